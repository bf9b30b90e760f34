"""The Nelson-Aalen estimate of the cumulative hazard, in groups if wanted.

Sources: Nelson 1972 (Technometrics 14(4)); Aalen 1978 (Annals of Statistics 6(4)) for the variance, the sum of
d / n^2; interval of the log cumulative hazard, Klein & Moeschberger 2003, Survival Analysis, section 4.3.
"""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
import pandas as pd
from scipy import stats

from ...results import check_level
from .table import RiskTable, read_groups


@dataclass(frozen=True, eq=False, repr=False)
class NelsonAalen:
    """Result of `nelson_aalen`; nothing in it can be changed.

    Attributes
    ----------
    duration, event, by, start
        The names of the columns used; `by` and `start` are None without.
    level
        Coverage of the confidence interval.
    nobs, n_events
        Rows, and rows with an event.
    """

    duration: str
    event: str
    by: str | None
    start: str | None
    level: float
    nobs: int
    n_events: int
    _table: pd.DataFrame
    _sizes: tuple[int, ...]

    @property
    def table(self) -> pd.DataFrame:
        """One row per group and distinct duration.

        Columns: group (with `by` only), time, n_risk (at risk just before), n_event, n_censor,
        cumulative_hazard, std_error, conf_low, conf_high. Before the first event the interval does not exist
        and is missing.
        """
        return self._table.copy(deep=True)

    def tidy(self) -> pd.DataFrame:
        """Return `table`, the form in which every fit hands over its estimates."""
        return self.table

    def glance(self) -> pd.DataFrame:
        """Return one row per group: group (with `by` only), nobs, n_events."""
        if self.by is None:
            return pd.DataFrame([{"nobs": self.nobs, "n_events": self.n_events}])
        groups = self._table.groupby("group", sort=False, observed=True)["n_event"].sum()
        return pd.DataFrame(
            {"group": list(groups.index), "nobs": list(self._sizes), "n_events": groups.to_numpy()}
        )

    def summary(self) -> str:
        """Return the estimate as plain text."""
        head = f"Nelson-Aalen: {self.duration}, event {self.event}" + (f", by {self.by}" if self.by else "")
        used = f"{self.nobs} rows, {self.n_events} events; interval: {self.level:.0%}"
        table = self._table.to_string(
            index=False, formatters={"time": "{:g}".format}, float_format="{:.4f}".format, na_rep="-"
        )
        return f"{head}\n{used}\n\n{table}"

    def __repr__(self) -> str:
        """Return one line that identifies the estimate."""
        groups = f" by {self.by}" if self.by else ""
        return (
            f"<NelsonAalen {self.duration}, {self.event}{groups}; {self.nobs} rows, {self.n_events} events>"
        )


def nelson_aalen(
    data: pd.DataFrame,
    duration: str,
    event: str,
    by: str | None = None,
    level: float = 0.95,
    start: str | None = None,
) -> NelsonAalen:
    """Estimate cumulative hazards of right-censored, possibly left-truncated durations.

    Parameters
    ----------
    data
        One row per unit, or per spell with `start`.
    duration
        Column with the time of the event or of the end of observation, 0 or more.
    event
        Column that is 1 or true if the event was seen, 0 or false if the unit was censored.
    by
        Column with groups, one estimate each.
    level
        Coverage of the confidence interval, between 0 and 1.
    start
        Column with the time of entry: the unit is at risk in (start, duration]. By default all are from 0.

    Returns
    -------
    NelsonAalen
        The frozen result.

    Raises
    ------
    ModelError
        If a column is absent or has missing values, a duration is negative or no finite number, a spell is empty
        or inverted, or an event is not 0/1.
    """
    check_level(level)
    parts = []
    groups = read_groups(data, duration, event, by, start, "nelson_aalen")
    for group in groups:
        part = _hazard(group.table, level)
        if by is not None:
            part.insert(0, "group", group.label)
        parts.append(part)
    table = pd.concat(parts, ignore_index=True)
    sizes = tuple(group.nobs for group in groups)
    return NelsonAalen(
        duration, event, by, start, level, len(data), int(table["n_event"].sum()), table, sizes
    )


def _hazard(table: RiskTable, level: float) -> pd.DataFrame:
    """Return the table of one group."""
    at_risk = np.maximum(table.n_risk, 1).astype(float)
    hazard = np.cumsum(table.n_event / at_risk)
    error = np.sqrt(np.cumsum(table.n_event / at_risk**2))
    low, high = np.full(len(hazard), np.nan), np.full(len(hazard), np.nan)
    begun = hazard > 0
    ratio = np.exp(stats.norm.ppf((1 + level) / 2) * error[begun] / hazard[begun])
    low[begun], high[begun] = hazard[begun] / ratio, hazard[begun] * ratio
    return table.frame().assign(cumulative_hazard=hazard, std_error=error, conf_low=low, conf_high=high)
