"""The Kaplan-Meier estimate of the survival curve, in groups if wanted.

Sources: Kaplan & Meier 1958 (JASA 53(282)); Greenwood 1926 for the standard error; the interval is that of
the log survival, Kalbfleisch & Prentice 2002, The Statistical Analysis of Failure Time Data, section 1.4.
"""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
import pandas as pd
from scipy import stats

from ...results import check_level
from .table import RiskTable, read_groups

# The curve is a running product: at 0.5 up to rounding counts as 0.5.
_ROUNDING = 1e-9


@dataclass(frozen=True, eq=False, repr=False)
class KaplanMeier:
    """Result of `kaplan_meier`; nothing in it can be changed.

    Attributes
    ----------
    duration, event, by
        The names of the columns used; `by` is None without groups.
    level
        Coverage of the confidence interval.
    nobs, n_events
        Rows, and rows with an event.
    start
        The name of the column with the entry (left truncation); None if all are at risk from 0.
    """

    duration: str
    event: str
    by: str | None
    level: float
    nobs: int
    n_events: int
    _table: pd.DataFrame
    _sizes: tuple[int, ...]
    start: str | None = None

    @property
    def table(self) -> pd.DataFrame:
        """One row per group and distinct duration.

        Columns: group (with `by` only), time, n_risk (at risk just before), n_event, n_censor, survival,
        std_error (Greenwood), conf_low, conf_high. Where the curve has reached 0 the error and interval
        do not exist and are missing.
        """
        return self._table.copy(deep=True)

    def tidy(self) -> pd.DataFrame:
        """Return `table`, the form in which every fit hands over its estimates."""
        return self.table

    def median(self) -> float | pd.Series:
        """Return the median duration: a number, or with `by` a Series by group.

        The first time at which survival is below one half; the middle of the flat stretch if it is exactly
        one half there. Missing where the curve does not come down to one half.
        """
        if self.by is None:
            return _median(self._table)
        groups = self._table.groupby("group", sort=False, observed=True)
        medians = {name: _median(rows) for name, rows in groups}
        return pd.Series(medians, name="median", dtype=float).rename_axis(self.by)

    def glance(self) -> pd.DataFrame:
        """Return one row per group: group (with `by` only), nobs, n_events, median."""
        rows = []
        for (name, part), size in zip(self._parts(), self._sizes, strict=True):
            facts = {
                "nobs": size,
                "n_events": int(part["n_event"].sum()),
                "median": _median(part),
            }
            rows.append(facts if self.by is None else {"group": name, **facts})
        return pd.DataFrame(rows)

    def summary(self) -> str:
        """Return the estimate as plain text."""
        head = f"Kaplan-Meier: {self.duration}, event {self.event}" + (f", by {self.by}" if self.by else "")
        sizes = self.glance().to_string(index=False, na_rep="not reached")
        curve = self.table.to_string(
            index=False, formatters={"time": "{:g}".format}, float_format="{:.4f}".format, na_rep="-"
        )
        used = f"{self.nobs} rows, {self.n_events} events; interval: {self.level:.0%}"
        return f"{head}\n{used}\n\n{sizes}\n\n{curve}"

    def __repr__(self) -> str:
        """Return one line that identifies the estimate."""
        groups = f" by {self.by}" if self.by else ""
        return (
            f"<KaplanMeier {self.duration}, {self.event}{groups}; {self.nobs} rows, {self.n_events} events>"
        )

    def _parts(self) -> list[tuple[object, pd.DataFrame]]:
        if self.by is None:
            return [(None, self._table)]
        return list(self._table.groupby("group", sort=False, observed=True))


def kaplan_meier(
    data: pd.DataFrame,
    duration: str,
    event: str,
    by: str | None = None,
    level: float = 0.95,
    start: str | None = None,
) -> KaplanMeier:
    """Estimate survival curves of right-censored, possibly left-truncated durations.

    Parameters
    ----------
    data
        One row per unit, or per spell with `start`.
    duration
        Column with the time of the event or of the end of observation, 0 or more.
    event
        Column that is 1 or true if the event was seen, 0 or false if the unit was censored.
    by
        Column with groups, one curve each.
    level
        Coverage of the confidence interval, between 0 and 1.
    start
        Column with the time of entry: the unit is at risk in (start, duration]. By default all are from 0.

    Returns
    -------
    KaplanMeier
        The frozen result. With `start` the curve is that of survival given survival to the first entry, and it
        stays at 0 once a risk set has died out, however many enter later.

    Raises
    ------
    ModelError
        If a column is absent or has missing values, a duration is negative or no finite number, a spell is empty
        or inverted, or an event is not 0/1.
    """
    check_level(level)
    groups = read_groups(data, duration, event, by, start, "kaplan_meier")
    curves = []
    for group in groups:
        curve = _curve(group.table, level)
        if by is not None:
            curve.insert(0, "group", group.label)
        curves.append(curve)
    table = pd.concat(curves, ignore_index=True)
    sizes = tuple(group.nobs for group in groups)
    events = int(table["n_event"].sum())
    return KaplanMeier(duration, event, by, level, len(data), events, table, sizes, start)


def _curve(table: RiskTable, level: float) -> pd.DataFrame:
    """Return the table of one group."""
    with np.errstate(divide="ignore", invalid="ignore"):
        survival = np.cumprod(1 - table.n_event / np.maximum(table.n_risk, 1))
        terms = table.n_event / (table.n_risk * (table.n_risk - table.n_event).astype(float))
        error = survival * np.sqrt(np.cumsum(np.where(table.n_event > 0, terms, 0.0)))
    low = np.full(len(survival), np.nan)
    high = np.full(len(survival), np.nan)
    alive = survival > 0
    error[~alive] = np.nan
    half = stats.norm.ppf((1 + level) / 2) * error[alive] / survival[alive]
    low[alive] = survival[alive] * np.exp(-half)
    high[alive] = np.minimum(survival[alive] * np.exp(half), 1.0)
    return table.frame().assign(survival=survival, std_error=error, conf_low=low, conf_high=high)


def _median(curve: pd.DataFrame) -> float:
    """Return the median of one group's table, NaN if survival stays above one half."""
    steps = curve[curve["n_event"] > 0]
    survival, times = steps["survival"].to_numpy(), steps["time"].to_numpy()
    reached = np.flatnonzero(survival <= 0.5 + _ROUNDING)
    if not len(reached):
        return float("nan")
    first = int(reached[0])
    if abs(survival[first] - 0.5) <= _ROUNDING and first + 1 < len(times):
        return float((times[first] + times[first + 1]) / 2)
    return float(times[first])
