"""The first models of the paper: discrete-time hazards of the first adoption in the 79 Großstädte.

Complementary log-log link (the proportional hazards model grouped into years: Prentice/Gloeckler 1978),
cubic in time, standard errors clustered by Land (16 clusters: CR1 beside the more cautious CR3).
"""

from __future__ import annotations

import math
from collections.abc import Mapping
from dataclasses import dataclass
from types import MappingProxyType

import pandas as pd

from .estimators.binary.models import hazard
from .estimators.binary.result import Fit

TIME = "time + time2 + time3"


@dataclass(frozen=True)
class Specification:
    """One model of the paper: name, formula and what it asks."""

    name: str
    formula: str
    label_de: str
    label_en: str


SPECIFICATIONS: tuple[Specification, ...] = (
    Specification(
        "m1",
        f"adopt ~ log_population + foreign_share_lag + census_break + {TIME}",
        "Größe und Ausländeranteil",
        "Size and foreigners share",
    ),
    Specification(
        "m2",
        f"adopt ~ log_population + foreign_share_lag + census_break + east + programme + {TIME}",
        "mit Landesprogramm",
        "with Land programme",
    ),
    Specification(
        "m3",
        "adopt ~ log_population + foreign_share_lag + census_break + east + programme + exposure_land"
        f" + {TIME}",
        "mit Verbreitung im Land",
        "with adoption in the Land",
    ),
)
TIME_TERMS = ("Intercept", "time", "time2", "time3")
"""Terms of the baseline hazard: in every table, not in the coefficient plot."""

DISPLAY_SCALES: Mapping[str, float] = MappingProxyType(
    {
        "log_population": math.log(2),
        "foreign_share_lag": 5.0,
        "exposure_land": 0.1,
        "programme": 1.0,
        "east": 1.0,
        "census_break": 1.0,
    }
)
"""Term to the step of the covariate that its hazard ratio is shown for, in the order of the plot: population
doubled, five percentage points of foreigners, ten percentage points of the Land's other cities."""


def prepare(panel: pd.DataFrame) -> pd.DataFrame:
    """Return the risk set with the time terms: decades since 2006 and their square and cube.

    Centred and scaled so that the cubic is well conditioned; fits and predictions do not depend on it.
    """
    time = (panel["year"].astype(float) - 2006.0) / 10.0
    return panel.assign(time=time, time2=time**2, time3=time**3)


def fit_all(panel: pd.DataFrame, *, link: str = "cloglog", vcov: str = "CR1") -> dict[str, Fit]:
    """Fit every specification on the risk set; standard errors clustered by Land."""
    data = prepare(panel)
    return {
        item.name: hazard(item.formula, data, link=link, vcov=vcov, cluster="land") for item in SPECIFICATIONS
    }


def coefficients(panel: pd.DataFrame) -> pd.DataFrame:
    """Return estimates and intervals of every specification under CR1 and CR3.

    Intervals and p-values use the t distribution with (number of Länder in the data - 1) degrees of
    freedom, since 16 clusters are few.

    Returns
    -------
    pandas.DataFrame
        model, vcov, term, estimate, std_error, statistic, p_value, conf_low, conf_high, hazard_ratio,
        hazard_ratio_low, hazard_ratio_high, nobs, n_events, n_clusters.
    """
    import numpy as np

    rows = []
    for vcov in ("CR1", "CR3"):
        for name, fit in fit_all(panel, vcov=vcov).items():
            table = fit.tidy(distribution="t")
            table.insert(0, "model", name)
            table.insert(1, "vcov", vcov)
            rows.append(table.assign(nobs=fit.nobs, n_events=fit.n_events, n_clusters=fit.n_clusters))
    table = pd.concat(rows, ignore_index=True)
    for name, source in (("", "estimate"), ("_low", "conf_low"), ("_high", "conf_high")):
        table[f"hazard_ratio{name}"] = np.exp(table[source])
    return table
