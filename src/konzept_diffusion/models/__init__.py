"""Event-history and binary-outcome models: `hazard`, `logit`, `kaplan_meier`.

Rooms, each with one reason to change: `design` (formula and data to matrices), `checks` (do finite estimates
exist, are spells spells), `estimators`, `inference` (covariances and few-cluster tests), `margins` (average
marginal effects), `results` (what every fit shows). Loaded when first used.
"""

from __future__ import annotations

from typing import TYPE_CHECKING

from ..lazy import attach

if TYPE_CHECKING:
    from .checks.separation import separation
    from .checks.separation_report import SeparationReport
    from .checks.spells import check_spells
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
    from .estimators.clusters import ClusterWithoutEventsWarning
    from .estimators.competing import CumulativeIncidence, cumulative_incidence
    from .estimators.competing_risks import CompetingRisks, competing_risks, fine_gray
    from .estimators.cox import cox
    from .estimators.cox_diagnostics import ProportionalHazards, proportional_hazards_test
    from .estimators.cox_result import CoxFit
    from .estimators.firth import FirthFit, firth
    from .estimators.interval import interval_hazard
    from .estimators.interval_result import IntervalFit
    from .estimators.logrank import LogRank, logrank
    from .estimators.nelson_aalen import NelsonAalen, nelson_aalen
    from .estimators.random_intercept import RandomInterceptFit, ZeroVarianceWarning, random_intercept
    from .estimators.repeated import repeated_events
    from .estimators.s_curve import logistic_curve, s_curve
    from .estimators.s_curve_result import AdoptionCurve
    from .estimators.survival import KaplanMeier, kaplan_meier
    from .inference.covariance import VCOV
    from .inference.few_clusters import ClusterTable, LeaveOneOut, cluster_table, leave_one_out
    from .inference.randomisation import RandomisationTest, randomisation_test
    from .misclassification.corrected_fit import CorrectedFit, Propagated
    from .misclassification.correction import (
        WeakIdentificationWarning,
        misclassified_binary,
        misclassified_hazard,
    )
    from .misclassification.rates import Rate, rate_from_counts, rate_from_interval
    from .misclassification.simulation_extrapolation import SimexFit, mc_simex
    from .misclassification.tipping import TippingPoint, tipping_point

__all__ = [
    "VCOV",
    "AdoptionCurve",
    "ClusterTable",
    "ClusterWithoutEventsWarning",
    "CompetingRisks",
    "CorrectedFit",
    "CoxFit",
    "CumulativeIncidence",
    "DroppedRowsWarning",
    "DyadicFit",
    "FirthFit",
    "Fit",
    "IntervalFit",
    "KaplanMeier",
    "LeaveOneOut",
    "LogRank",
    "NelsonAalen",
    "Placebo",
    "Propagated",
    "ProportionalHazards",
    "RandomInterceptFit",
    "RandomisationTest",
    "Rate",
    "SeparationReport",
    "SimexFit",
    "TippingPoint",
    "WeakIdentificationWarning",
    "ZeroVarianceWarning",
    "bass",
    "check_spells",
    "cluster_table",
    "competing_risks",
    "cox",
    "cumulative_incidence",
    "dyadic_hazard",
    "dyads",
    "exposure",
    "exposure_placebo",
    "fine_gray",
    "firth",
    "hazard",
    "infectiousness",
    "interval_hazard",
    "kaplan_meier",
    "leave_one_out",
    "logistic_curve",
    "logit",
    "logrank",
    "mc_simex",
    "misclassified_binary",
    "misclassified_hazard",
    "nelson_aalen",
    "network_placebo",
    "peers",
    "proportional_hazards_test",
    "random_intercept",
    "randomisation_test",
    "rate_from_counts",
    "rate_from_interval",
    "repeated_events",
    "s_curve",
    "separation",
    "structural_equivalence",
    "susceptibility",
    "thresholds",
    "tipping_point",
]
__getattr__, __dir__ = attach(
    __name__,
    {
        "AdoptionCurve": "estimators.s_curve_result",
        "ClusterTable": "inference.few_clusters",
        "ClusterWithoutEventsWarning": "estimators.clusters",
        "CompetingRisks": "estimators.competing_risks",
        "CorrectedFit": "misclassification.corrected_fit",
        "CoxFit": "estimators.cox_result",
        "CumulativeIncidence": "estimators.competing",
        "DroppedRowsWarning": "design",
        "DyadicFit": "diffusion.dyads",
        "FirthFit": "estimators.firth",
        "Fit": "estimators.binary_result",
        "IntervalFit": "estimators.interval_result",
        "KaplanMeier": "estimators.survival",
        "LeaveOneOut": "inference.few_clusters",
        "LogRank": "estimators.logrank",
        "NelsonAalen": "estimators.nelson_aalen",
        "Placebo": "diffusion.placebo_result",
        "Propagated": "misclassification.corrected_fit",
        "ProportionalHazards": "estimators.cox_diagnostics",
        "RandomInterceptFit": "estimators.random_intercept",
        "RandomisationTest": "inference.randomisation",
        "Rate": "misclassification.rates",
        "SeparationReport": "checks.separation_report",
        "SimexFit": "misclassification.simulation_extrapolation",
        "TippingPoint": "misclassification.tipping",
        "VCOV": "inference.covariance",
        "WeakIdentificationWarning": "misclassification.correction",
        "ZeroVarianceWarning": "estimators.random_intercept",
        "bass": "estimators.bass",
        "check_spells": "checks.spells",
        "cluster_table": "inference.few_clusters",
        "competing_risks": "estimators.competing_risks",
        "cox": "estimators.cox",
        "cumulative_incidence": "estimators.competing",
        "dyadic_hazard": "diffusion.dyads",
        "dyads": "diffusion.dyads",
        "exposure": "diffusion.exposure_terms",
        "exposure_placebo": "diffusion.shocks",
        "fine_gray": "estimators.competing_risks",
        "firth": "estimators.firth",
        "hazard": "estimators.binary",
        "infectiousness": "diffusion.measures",
        "interval_hazard": "estimators.interval",
        "kaplan_meier": "estimators.survival",
        "leave_one_out": "inference.few_clusters",
        "logistic_curve": "estimators.s_curve",
        "logit": "estimators.binary",
        "logrank": "estimators.logrank",
        "mc_simex": "misclassification.simulation_extrapolation",
        "misclassified_binary": "misclassification.correction",
        "misclassified_hazard": "misclassification.correction",
        "nelson_aalen": "estimators.nelson_aalen",
        "network_placebo": "diffusion.rewiring",
        "peers": "diffusion.network",
        "proportional_hazards_test": "estimators.cox_diagnostics",
        "random_intercept": "estimators.random_intercept",
        "randomisation_test": "inference.randomisation",
        "rate_from_counts": "misclassification.rates",
        "rate_from_interval": "misclassification.rates",
        "repeated_events": "estimators.repeated",
        "s_curve": "estimators.s_curve",
        "separation": "checks.separation",
        "structural_equivalence": "diffusion.measures",
        "susceptibility": "diffusion.measures",
        "thresholds": "diffusion.measures",
        "tipping_point": "misclassification.tipping",
    },
)
