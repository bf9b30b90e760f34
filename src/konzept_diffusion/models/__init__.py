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
    from .estimators.binary.models import hazard, logit
    from .estimators.binary.repeated import repeated_events
    from .estimators.binary.result import Fit
    from .estimators.clusters import ClusterWithoutEventsWarning
    from .estimators.competing.incidence import CumulativeIncidence, cumulative_incidence
    from .estimators.competing.risks import CompetingRisks, competing_risks, fine_gray
    from .estimators.cox.diagnostics import ProportionalHazards, proportional_hazards_test
    from .estimators.cox.model import cox
    from .estimators.cox.result import CoxFit
    from .estimators.firth.model import FirthFit, firth
    from .estimators.interval.model import interval_hazard
    from .estimators.interval.result import IntervalFit
    from .estimators.random_intercept.model import RandomInterceptFit, ZeroVarianceWarning, random_intercept
    from .estimators.s_curves.bass import bass
    from .estimators.s_curves.curve import logistic_curve, s_curve
    from .estimators.s_curves.fit import CeilingWarning
    from .estimators.s_curves.result import AdoptionCurve
    from .estimators.survival.kaplan_meier import KaplanMeier, kaplan_meier
    from .estimators.survival.logrank import LogRank, logrank
    from .estimators.survival.nelson_aalen import NelsonAalen, nelson_aalen
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
    from .multiverse.choices import Coding, Covariates, Duration, Link, Multiverse, Sample, Specification
    from .multiverse.curve_result import SpecificationCurve
    from .multiverse.grossstaedte import MULTIVERSE
    from .multiverse.runner import specifications
    from .programmes.contrast import Contrast, contrast
    from .programmes.evaluation import ProgrammeVerdicts, programme_verdicts
    from .programmes.event_study import EventStudy, event_study
    from .programmes.group_time import GroupTimeEffects, group_time_effects
    from .programmes.interventions import Intervention, UnknownEndWarning, interventions
    from .programmes.placebo import PlaceboLaender, placebo_laender, without_each_land
    from .programmes.power import Power, detectable_ratio
    from .programmes.staggered import FewTreatedClustersWarning, ImputedEffects, imputed_effects
    from .programmes.terms import ChosenParticipationWarning, programme_terms
    from .programmes.verdict import Criteria, ProgrammeVerdict
    from .tables.great import to_great_table
    from .tables.layout import regression_table
    from .tables.markup import to_html, to_latex, to_markdown
    from .tables.office import to_docx, to_excel

__all__ = [
    "MULTIVERSE",
    "VCOV",
    "AdoptionCurve",
    "CeilingWarning",
    "ChosenParticipationWarning",
    "ClusterTable",
    "ClusterWithoutEventsWarning",
    "Coding",
    "CompetingRisks",
    "Contrast",
    "CorrectedFit",
    "Covariates",
    "CoxFit",
    "Criteria",
    "CumulativeIncidence",
    "DroppedRowsWarning",
    "Duration",
    "DyadicFit",
    "EventStudy",
    "FewTreatedClustersWarning",
    "FirthFit",
    "Fit",
    "GroupTimeEffects",
    "ImputedEffects",
    "IntervalFit",
    "Intervention",
    "KaplanMeier",
    "LeaveOneOut",
    "Link",
    "LogRank",
    "Multiverse",
    "NelsonAalen",
    "Placebo",
    "PlaceboLaender",
    "Power",
    "ProgrammeVerdict",
    "ProgrammeVerdicts",
    "Propagated",
    "ProportionalHazards",
    "RandomInterceptFit",
    "RandomisationTest",
    "Rate",
    "Sample",
    "SeparationReport",
    "SimexFit",
    "Specification",
    "SpecificationCurve",
    "TippingPoint",
    "UnknownEndWarning",
    "WeakIdentificationWarning",
    "ZeroVarianceWarning",
    "bass",
    "check_spells",
    "cluster_table",
    "competing_risks",
    "contrast",
    "cox",
    "cumulative_incidence",
    "detectable_ratio",
    "dyadic_hazard",
    "dyads",
    "event_study",
    "exposure",
    "exposure_placebo",
    "fine_gray",
    "firth",
    "group_time_effects",
    "hazard",
    "imputed_effects",
    "infectiousness",
    "interval_hazard",
    "interventions",
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
    "placebo_laender",
    "programme_terms",
    "programme_verdicts",
    "proportional_hazards_test",
    "random_intercept",
    "randomisation_test",
    "rate_from_counts",
    "rate_from_interval",
    "regression_table",
    "repeated_events",
    "s_curve",
    "separation",
    "specifications",
    "structural_equivalence",
    "susceptibility",
    "thresholds",
    "tipping_point",
    "to_docx",
    "to_excel",
    "to_great_table",
    "to_html",
    "to_latex",
    "to_markdown",
    "without_each_land",
]
__getattr__, __dir__ = attach(
    __name__,
    {
        "AdoptionCurve": "estimators.s_curves.result",
        "CeilingWarning": "estimators.s_curves.fit",
        "ChosenParticipationWarning": "programmes.terms",
        "ClusterTable": "inference.few_clusters",
        "ClusterWithoutEventsWarning": "estimators.clusters",
        "Coding": "multiverse.choices",
        "CompetingRisks": "estimators.competing.risks",
        "Contrast": "programmes.contrast",
        "CorrectedFit": "misclassification.corrected_fit",
        "Covariates": "multiverse.choices",
        "CoxFit": "estimators.cox.result",
        "Criteria": "programmes.verdict",
        "CumulativeIncidence": "estimators.competing.incidence",
        "DroppedRowsWarning": "design",
        "Duration": "multiverse.choices",
        "DyadicFit": "diffusion.dyads",
        "EventStudy": "programmes.event_study",
        "FewTreatedClustersWarning": "programmes.staggered",
        "FirthFit": "estimators.firth.model",
        "Fit": "estimators.binary.result",
        "GroupTimeEffects": "programmes.group_time",
        "ImputedEffects": "programmes.staggered",
        "IntervalFit": "estimators.interval.result",
        "Intervention": "programmes.interventions",
        "KaplanMeier": "estimators.survival.kaplan_meier",
        "LeaveOneOut": "inference.few_clusters",
        "Link": "multiverse.choices",
        "LogRank": "estimators.survival.logrank",
        "MULTIVERSE": "multiverse.grossstaedte",
        "Multiverse": "multiverse.choices",
        "NelsonAalen": "estimators.survival.nelson_aalen",
        "Placebo": "diffusion.placebo_result",
        "PlaceboLaender": "programmes.placebo",
        "Power": "programmes.power",
        "ProgrammeVerdict": "programmes.verdict",
        "ProgrammeVerdicts": "programmes.evaluation",
        "Propagated": "misclassification.corrected_fit",
        "ProportionalHazards": "estimators.cox.diagnostics",
        "RandomInterceptFit": "estimators.random_intercept.model",
        "RandomisationTest": "inference.randomisation",
        "Rate": "misclassification.rates",
        "Sample": "multiverse.choices",
        "SeparationReport": "checks.separation_report",
        "SimexFit": "misclassification.simulation_extrapolation",
        "Specification": "multiverse.choices",
        "SpecificationCurve": "multiverse.curve_result",
        "TippingPoint": "misclassification.tipping",
        "UnknownEndWarning": "programmes.interventions",
        "VCOV": "inference.covariance",
        "WeakIdentificationWarning": "misclassification.correction",
        "ZeroVarianceWarning": "estimators.random_intercept.model",
        "bass": "estimators.s_curves.bass",
        "check_spells": "checks.spells",
        "cluster_table": "inference.few_clusters",
        "competing_risks": "estimators.competing.risks",
        "contrast": "programmes.contrast",
        "cox": "estimators.cox.model",
        "cumulative_incidence": "estimators.competing.incidence",
        "detectable_ratio": "programmes.power",
        "dyadic_hazard": "diffusion.dyads",
        "dyads": "diffusion.dyads",
        "event_study": "programmes.event_study",
        "exposure": "diffusion.exposure_terms",
        "exposure_placebo": "diffusion.shocks",
        "fine_gray": "estimators.competing.risks",
        "firth": "estimators.firth.model",
        "group_time_effects": "programmes.group_time",
        "hazard": "estimators.binary.models",
        "imputed_effects": "programmes.staggered",
        "infectiousness": "diffusion.measures",
        "interval_hazard": "estimators.interval.model",
        "interventions": "programmes.interventions",
        "kaplan_meier": "estimators.survival.kaplan_meier",
        "leave_one_out": "inference.few_clusters",
        "logistic_curve": "estimators.s_curves.curve",
        "logit": "estimators.binary.models",
        "logrank": "estimators.survival.logrank",
        "mc_simex": "misclassification.simulation_extrapolation",
        "misclassified_binary": "misclassification.correction",
        "misclassified_hazard": "misclassification.correction",
        "nelson_aalen": "estimators.survival.nelson_aalen",
        "network_placebo": "diffusion.rewiring",
        "peers": "diffusion.network",
        "placebo_laender": "programmes.placebo",
        "programme_terms": "programmes.terms",
        "programme_verdicts": "programmes.evaluation",
        "proportional_hazards_test": "estimators.cox.diagnostics",
        "random_intercept": "estimators.random_intercept.model",
        "randomisation_test": "inference.randomisation",
        "rate_from_counts": "misclassification.rates",
        "rate_from_interval": "misclassification.rates",
        "regression_table": "tables.layout",
        "repeated_events": "estimators.binary.repeated",
        "s_curve": "estimators.s_curves.curve",
        "separation": "checks.separation",
        "specifications": "multiverse.runner",
        "structural_equivalence": "diffusion.measures",
        "susceptibility": "diffusion.measures",
        "thresholds": "diffusion.measures",
        "tipping_point": "misclassification.tipping",
        "to_docx": "tables.office",
        "to_excel": "tables.office",
        "to_great_table": "tables.great",
        "to_html": "tables.markup",
        "to_latex": "tables.markup",
        "to_markdown": "tables.markup",
        "without_each_land": "programmes.placebo",
    },
)
