"""The Kaplan-Meier estimate of the survival curve, in groups if wanted.

Sources: Kaplan & Meier 1958 (JASA 53(282)); Greenwood 1926 for the standard error; the interval is that of
the log survival, Kalbfleisch & Prentice 2002, The Statistical Analysis of Failure Time Data, section 1.4.
"""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
import pandas as pd
from numpy.typing import NDArray
from scipy import stats
from statsmodels.duration.survfunc import SurvfuncRight

from ...errors import ModelError
from ..design import Array, check_frame, zero_one
from ..results import check_level

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
    """

    duration: str
    event: str
    by: str | None
    level: float
    nobs: int
    n_events: int
    _table: pd.DataFrame

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
        for name, part in self._parts():
            facts = {
                "nobs": int(part["n_risk"].iloc[0]),
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
    data: pd.DataFrame, duration: str, event: str, by: str | None = None, level: float = 0.95
) -> KaplanMeier:
    """Estimate survival curves of right-censored durations.

    Parameters
    ----------
    data
        One row per unit.
    duration
        Column with the time until the event or the end of observation, 0 or more.
    event
        Column that is 1 or true if the event was seen, 0 or false if the unit was censored.
    by
        Column with groups, one curve each.
    level
        Coverage of the confidence interval, between 0 and 1.

    Returns
    -------
    KaplanMeier
        The frozen result.

    Raises
    ------
    ModelError
        If a column is absent or has missing values, a duration is negative or no finite number, or an event
        is not 0/1.
    """
    check_level(level)
    columns = [duration, event, *([by] if by is not None else [])]
    check_frame(data, columns, "kaplan_meier")
    for name in columns:
        _refuse(data[name], data[name].isna().to_numpy(dtype=bool), "has no value")
    if not pd.api.types.is_numeric_dtype(data[duration].dtype):
        raise ModelError(
            f"The column {duration!r} is not numeric ({data[duration].dtype}): durations are numbers."
        )
    times = data[duration].to_numpy(dtype=float)
    _refuse(data[duration], ~np.isfinite(times), "is not finite")
    _refuse(data[duration], times < 0, "is negative")
    events = zero_one(data[event].infer_objects(), f"the column {event!r}")
    if by is None:
        table = _curve(times, events, level)
    else:
        codes, labels = pd.factorize(data[by], sort=True)
        curves = [_curve(times[codes == code], events[codes == code], level) for code in range(len(labels))]
        for label, curve in zip(labels, curves, strict=True):
            curve.insert(0, "group", label)
        table = pd.concat(curves, ignore_index=True)
    return KaplanMeier(duration, event, by, level, len(data), int(events.sum()), table)


def _refuse(column: pd.Series, bad: NDArray[np.bool_], what: str) -> None:
    if bad.any():
        raise ModelError(
            f"The column {column.name!r} {what} in {int(bad.sum())} of {len(column)} rows, first at index "
            f"{column.index[int(bad.argmax())]}: correct these rows or leave them out."
        )


def _curve(times: Array, events: Array, level: float) -> pd.DataFrame:
    """Return the table of one group."""
    grid, position = np.unique(times, return_inverse=True)
    n_event = np.bincount(position, weights=events, minlength=len(grid)).astype(int)
    n_all = np.bincount(position, minlength=len(grid))
    with np.errstate(divide="ignore", invalid="ignore"):
        estimate = SurvfuncRight(times, events)
    # statsmodels keeps the times with an event; between them the curve stays where it is, and it begins at 1.
    last = np.searchsorted(estimate.surv_times, grid, side="right")
    survival = np.concatenate([[1.0], estimate.surv_prob])[last]
    error = np.concatenate([[0.0], estimate.surv_prob_se])[last]
    low = np.full(len(grid), np.nan)
    high = np.full(len(grid), np.nan)
    alive = survival > 0
    half = stats.norm.ppf((1 + level) / 2) * error[alive] / survival[alive]
    low[alive] = survival[alive] * np.exp(-half)
    high[alive] = np.minimum(survival[alive] * np.exp(half), 1.0)
    return pd.DataFrame(
        {
            "time": grid,
            "n_risk": np.cumsum(n_all[::-1])[::-1],
            "n_event": n_event,
            "n_censor": n_all - n_event,
            "survival": survival,
            "std_error": error,
            "conf_low": low,
            "conf_high": high,
        }
    )


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
