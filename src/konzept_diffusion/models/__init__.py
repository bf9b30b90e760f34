"""Event-history and binary-outcome models: `hazard`, `logit`, `kaplan_meier`.

Rooms, each with one reason to change: `design` (formula and data to matrices), `checks` (do finite estimates
exist, are spells spells), `estimators`, `inference` (covariances and few-cluster tests), `margins` (average
marginal effects), `results` (what every fit shows). Loaded when first used.
"""

from __future__ import annotations

from typing import TYPE_CHECKING

from ..lazy import attach

if TYPE_CHECKING:
    from .design import DroppedRowsWarning
    from .diffusion.dyads import DyadicFit, dyadic_hazard, dyads
    from .diffusion.exposure_terms import exposure
    from .diffusion.measures import infectiousness, structural_equivalence, susceptibility, thresholds
    from .diffusion.network import peers
    from .diffusion.placebo_result import Placebo
    from .diffusion.rewiring import network_placebo
    from .diffusion.shocks import exposure_placebo
    from .estimators.bass import bass
    from .estimators.binary import hazard, logit
    from .estimators.binary_result import Fit
    from .estimators.s_curve import logistic_curve, s_curve
    from .estimators.s_curve_result import AdoptionCurve
    from .estimators.survival import KaplanMeier, kaplan_meier
    from .inference.covariance import VCOV

__all__ = [
    "VCOV",
    "AdoptionCurve",
    "DroppedRowsWarning",
    "DyadicFit",
    "Fit",
    "KaplanMeier",
    "Placebo",
    "bass",
    "dyadic_hazard",
    "dyads",
    "exposure",
    "exposure_placebo",
    "hazard",
    "infectiousness",
    "kaplan_meier",
    "logistic_curve",
    "logit",
    "network_placebo",
    "peers",
    "s_curve",
    "structural_equivalence",
    "susceptibility",
    "thresholds",
]
__getattr__, __dir__ = attach(
    __name__,
    {
        "AdoptionCurve": "estimators.s_curve_result",
        "DroppedRowsWarning": "design",
        "DyadicFit": "diffusion.dyads",
        "Fit": "estimators.binary_result",
        "KaplanMeier": "estimators.survival",
        "Placebo": "diffusion.placebo_result",
        "VCOV": "inference.covariance",
        "bass": "estimators.bass",
        "dyadic_hazard": "diffusion.dyads",
        "dyads": "diffusion.dyads",
        "exposure": "diffusion.exposure_terms",
        "exposure_placebo": "diffusion.shocks",
        "hazard": "estimators.binary",
        "infectiousness": "diffusion.measures",
        "kaplan_meier": "estimators.survival",
        "logistic_curve": "estimators.s_curve",
        "logit": "estimators.binary",
        "network_placebo": "diffusion.rewiring",
        "peers": "diffusion.network",
        "s_curve": "estimators.s_curve",
        "structural_equivalence": "diffusion.measures",
        "susceptibility": "diffusion.measures",
        "thresholds": "diffusion.measures",
    },
)
