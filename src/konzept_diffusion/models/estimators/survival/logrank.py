"""The log-rank test of equal hazards in k groups, with strata, for right-censored or start-stop spells.

Mantel 1966 (Cancer Chemotherapy Reports 50(3)); Peto & Peto 1972 (JRSS A 135(2)); weights S(t-)^rho after
Harrington & Fleming 1982 (Biometrika 69(3)), as `survdiff` of R's survival.
"""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
import pandas as pd
from scipy import stats

from ....errors import ModelError
from ...checks.spells import bounds, refuse
from ...design import check_frame
from ..cox.risksets import risk_sets
from .table import group_codes


@dataclass(frozen=True, eq=False, repr=False)
class LogRank:
    """Result of `logrank`; nothing in it can be changed.

    Attributes
    ----------
    by, strata
        The columns with the groups and the strata (None without).
    rho
        Exponent of the survival weight; 0 is the log-rank test.
    statistic, df, p_value
        Chi-squared statistic, its degrees of freedom, and the p-value.
    """

    by: str
    strata: str | None
    rho: float
    statistic: float
    df: int
    p_value: float
    _table: pd.DataFrame

    def tidy(self) -> pd.DataFrame:
        """Return one row per group: group, nobs, observed and expected events (weighted where rho is not 0)."""
        return self._table.copy(deep=True)

    def glance(self) -> pd.DataFrame:
        """Return one row: statistic, df, p_value, rho."""
        facts = {"statistic": self.statistic, "df": self.df, "p_value": self.p_value, "rho": self.rho}
        return pd.DataFrame([facts])

    def summary(self) -> str:
        """Return the test as plain text."""
        strata = f", strata {self.strata}" if self.strata else ""
        table = self._table.to_string(index=False, float_format="{:.4f}".format)
        result = f"chi2 = {self.statistic:.4f} on {self.df} d.f., p = {self.p_value:.4g}"
        return f"Log-rank test by {self.by}{strata} (rho = {self.rho:g})\n\n{table}\n\n{result}"

    def __repr__(self) -> str:
        """Return one line that identifies the test."""
        return f"<LogRank by {self.by}: chi2 = {self.statistic:.3f} ({self.df}), p = {self.p_value:.4g}>"


def logrank(
    data: pd.DataFrame,
    duration: str,
    event: str,
    by: str,
    strata: str | None = None,
    start: str | None = None,
    rho: float = 0.0,
) -> LogRank:
    """Test whether groups have the same hazard at all times.

    Parameters
    ----------
    data
        One row per unit, or per spell with `start`.
    duration
        Column with the time of the event or of the end of observation, 0 or more.
    event
        Column that is 1 or true if the event was seen, 0 or false if the unit was censored.
    by
        Column with two groups or more.
    strata
        Column: groups are compared within its values only.
    start
        Column with the time of entry: the unit is at risk in (start, duration]. By default all are from 0.
    rho
        Weight S(t-)^rho; 0 is the log-rank test, 1 the Peto-Peto form of the Wilcoxon test.

    Returns
    -------
    LogRank
        The frozen result.

    Raises
    ------
    ModelError
        If a column is absent or has missing values, there is one group only or no event, a group is never at
        risk beside another, a spell cannot be used, or rho is negative.
    """
    if strata == by:
        raise ModelError(
            f"strata={strata!r} are the groups themselves: within a stratum there is nothing to compare; name another "
            "column or none."
        )
    columns = [duration, event, by, *(name for name in (strata, start) if name is not None)]
    check_frame(data, columns, "logrank")
    for name in columns:
        refuse(data[name], data[name].isna().to_numpy(dtype=bool), "has no value")
    if not (np.isfinite(rho) and rho >= 0):
        raise ModelError(f"rho={rho!r} is no weight: give 0 (log-rank) or a positive number.")
    begin, end, happened = bounds(data, start, duration, event)
    codes, labels = group_codes(data[by])
    k = len(labels)
    if k < 2:
        raise ModelError(f"The column {by!r} has one value only: a comparison needs at least two groups.")
    if not happened.any():
        raise ModelError(f"No event in the {len(data)} rows (column {event!r}): nothing can be compared.")
    layer = np.zeros(len(data), dtype=np.intp) if strata is None else group_codes(data[strata])[0]
    sets = risk_sets(begin, end, happened, layer)
    members = (codes[sets.rows][:, None] == np.arange(k)).astype(float)
    ones = np.ones(len(sets.rows))
    n, n_group = np.rint(sets.at_risk(ones)), np.rint(sets.at_risk(ones, members))
    d_group, d = sets.ties(members), sets.deaths.astype(float)
    weight = _weights(n, d, sets.stratum) ** rho
    share = n_group / n[:, None]
    observed, expected = weight @ d_group, weight @ (d[:, None] * share)
    spread = weight**2 * d * (n - d) / np.maximum(n - 1, 1)
    variance = np.diag(spread @ share) - share.T @ (spread[:, None] * share)
    gap = (observed - expected)[1:]
    inner = variance[1:, 1:]
    if np.linalg.matrix_rank(inner) < k - 1:
        raise ModelError(
            f"The groups of {by!r} cannot be compared, as one of them is never at risk beside another when an event "
            "happens: leave it out."
        )
    statistic = float(gap @ np.linalg.solve(inner, gap))
    table = pd.DataFrame(
        {"group": labels, "nobs": np.bincount(codes), "observed": observed, "expected": expected}
    )
    return LogRank(by, strata, float(rho), statistic, k - 1, float(stats.chi2.sf(statistic, k - 1)), table)


def _weights(n: np.ndarray, d: np.ndarray, stratum: np.ndarray) -> np.ndarray:
    """Return the Kaplan-Meier estimate of each stratum just before each event time."""
    result = np.ones(len(n))
    for number in np.unique(stratum):
        chosen = stratum == number
        result[chosen] = np.concatenate([[1.0], np.cumprod(1 - d[chosen] / n[chosen])[:-1]])
    return result
