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
    from .estimators.binary import hazard, logit
    from .estimators.binary_result import Fit
    from .estimators.survival import KaplanMeier, kaplan_meier
    from .inference.covariance import VCOV

__all__ = ["VCOV", "DroppedRowsWarning", "Fit", "KaplanMeier", "hazard", "kaplan_meier", "logit"]
__getattr__, __dir__ = attach(
    __name__,
    {
        "VCOV": "inference.covariance",
        "DroppedRowsWarning": "design",
        "Fit": "estimators.binary_result",
        "KaplanMeier": "estimators.survival",
        "hazard": "estimators.binary",
        "kaplan_meier": "estimators.survival",
        "logit": "estimators.binary",
    },
)
