"""Competing events without covariates: the cumulative incidence of each cause.

Aalen & Johansen 1978 (Scandinavian Journal of Statistics 5(3)); variance by the delta method as in Klein &
Moeschberger 2003, Survival Analysis, section 4.7.
"""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
import pandas as pd
from numpy.typing import NDArray
from scipy import stats

from ....errors import ModelError
from ...checks.spells import bounds, refuse, times
from ...design import Array, check_frame
from ...results import check_level
from ..survival.table import group_codes, risk_table


@dataclass(frozen=True, eq=False, repr=False)
class CumulativeIncidence:
    """Result of `cumulative_incidence`; nothing in it can be changed.

    Attributes
    ----------
    duration, event, by, start
        The names of the columns used; `by` and `start` are None without.
    causes
        The causes in order.
    level
        Coverage of the confidence interval.
    nobs, n_events
        Rows, and rows with an event of any cause.
    """

    duration: str
    event: str
    by: str | None
    start: str | None
    causes: tuple[object, ...]
    level: float
    nobs: int
    n_events: int
    _table: pd.DataFrame
    _sizes: tuple[tuple[object, int], ...]

    @property
    def table(self) -> pd.DataFrame:
        """One row per group, cause and distinct duration.

        Columns: group (with `by` only), cause, time, n_risk (at risk just before), n_event (of the cause),
        incidence (probability that the cause has happened by then), std_error, conf_low, conf_high (of the log
        of -log incidence; missing before the first event of the cause).
        """
        return self._table.copy(deep=True)

    def tidy(self) -> pd.DataFrame:
        """Return `table`, the form in which every fit hands over its estimates."""
        return self.table

    def glance(self) -> pd.DataFrame:
        """Return one row per group (with `by`) and cause: group, cause, nobs (its rows), n_events (of the cause)."""
        keys = ["group", "cause"] if self.by else ["cause"]
        found = (
            self._table.groupby(keys, sort=False, observed=True)["n_event"]
            .sum()
            .rename("n_events")
            .reset_index()
        )
        found.insert(len(keys), "nobs", found["group"].map(dict(self._sizes)) if self.by else self.nobs)
        return found

    def summary(self) -> str:
        """Return the estimate as plain text."""
        head = f"Cumulative incidence: {self.duration}, event {self.event}"
        head += f", by {self.by}" if self.by else ""
        used = f"{self.nobs} rows, {self.n_events} events; interval: {self.level:.0%}"
        table = self._table.to_string(
            index=False, formatters={"time": "{:g}".format}, float_format="{:.4f}".format, na_rep="-"
        )
        return f"{head}\n{used}\n\n{table}"

    def __repr__(self) -> str:
        """Return one line that identifies the estimate."""
        causes = ", ".join(str(cause) for cause in self.causes)
        return f"<CumulativeIncidence of {causes}; {self.nobs} rows, {self.n_events} events>"


def cumulative_incidence(
    data: pd.DataFrame,
    duration: str,
    event: str,
    by: str | None = None,
    level: float = 0.95,
    start: str | None = None,
    censored: object = 0,
) -> CumulativeIncidence:
    """Estimate the cumulative incidence of each of several causes that exclude one another.

    Parameters
    ----------
    data
        One row per unit, or per spell with `start`.
    duration
        Column with the time of the event or of the end of observation, 0 or more.
    event
        Column with the cause (numbers or names), and `censored` where none has happened.
    by
        Column with groups, one estimate each.
    level
        Coverage of the confidence interval, between 0 and 1.
    start
        Column with the time of entry: the unit is at risk in (start, duration]. By default all are from 0.
    censored
        The value of `event` that means no event; None if nobody is censored.

    Returns
    -------
    CumulativeIncidence
        The frozen result.

    Raises
    ------
    ModelError
        If a column is absent or has missing values, a time or spell cannot be used, or no event happens.
    """
    check_level(level)
    columns = [duration, event, *(name for name in (start, by) if name is not None)]
    check_frame(data, columns, "cumulative_incidence")
    for name in columns:
        refuse(data[name], data[name].isna().to_numpy(dtype=bool), "has no value")
    refuse(data[duration], times(data[duration]) < 0, "is negative")
    cause, causes = causes_of(data[event], censored)
    flagged = data.assign(**{event: (cause >= 0).astype(int)})
    begin, end, happened = bounds(flagged, start, duration, event)
    codes, labels = (np.zeros(len(data), dtype=np.intp), [None]) if by is None else group_codes(data[by])
    parts = []
    for code, label in enumerate(labels):
        chosen = codes == code
        entry = None if begin is None else begin[chosen]
        for part in _incidence(entry, end[chosen], cause[chosen], causes, level):
            if by is not None:
                part.insert(0, "group", label)
            parts.append(part)
    table = pd.concat(parts, ignore_index=True)
    n_events = int(happened.sum())
    sizes = tuple((label, int((codes == code).sum())) for code, label in enumerate(labels))
    return CumulativeIncidence(duration, event, by, start, causes, level, len(data), n_events, table, sizes)


def causes_of(column: pd.Series, censored: object) -> tuple[NDArray[np.intp], tuple[object, ...]]:
    """Return the number of each row's cause (-1 if censored) and the causes in order.

    `censored` has to occur, so that no other code for it is taken for a cause; None says that nobody is censored.

    Raises
    ------
    ModelError
        If no event happens, or no row is censored and it was not said that none is.
    """
    happened = np.ones(len(column), bool) if censored is None else (column != censored).to_numpy(dtype=bool)
    if censored is not None and happened.all():
        values = sorted({str(value) for value in column.unique()})
        raise ModelError(
            f"The value {censored!r} never occurs in the column {column.name!r} ({', '.join(values[:8])}"
            f"{', ...' if len(values) > 8 else ''}), so that no row is censored: name the value that means no event "
            "with censored=, or pass censored=None if nobody is censored."
        )
    if not happened.any():
        raise ModelError(
            f"The column {column.name!r} holds {censored!r} in all {len(column)} rows: there is no event. Name the "
            "value that means no event with censored=."
        )
    found, labels = pd.factorize(column[happened], sort=True)
    numbers = np.full(len(column), -1, dtype=np.intp)
    numbers[happened] = found
    return numbers, tuple(value.item() if isinstance(value, np.generic) else value for value in labels)


def _incidence(
    begin: Array | None, end: Array, cause: NDArray[np.intp], causes: tuple[object, ...], level: float
) -> list[pd.DataFrame]:
    """Return the table of each cause in one group."""
    counts = risk_table(begin, end, (cause >= 0).astype(float))
    n, d = np.maximum(counts.n_risk, 1).astype(float), counts.n_event.astype(float)
    survival = np.cumprod(1 - d / n)
    before = np.concatenate([[1.0], survival[:-1]])
    z = stats.norm.ppf((1 + level) / 2)
    tables = []
    for number, name in enumerate(causes):
        own = np.bincount(
            np.searchsorted(counts.time, end[cause == number]), minlength=len(counts.time)
        ).astype(float)
        incidence = np.cumsum(before * own / n)
        error = np.sqrt(np.maximum(_variance(incidence, before, own, d, n), 0.0))
        low, high = np.full(len(n), np.nan), np.full(len(n), np.nan)
        inside = (incidence > 0) & (incidence < 1)
        spread = z * error[inside] / (incidence[inside] * np.abs(np.log(incidence[inside])))
        low[inside] = incidence[inside] ** np.exp(spread)
        high[inside] = incidence[inside] ** np.exp(-spread)
        tables.append(
            pd.DataFrame(
                {
                    "cause": name,
                    "time": counts.time,
                    "n_risk": counts.n_risk,
                    "n_event": own.astype(int),
                    "incidence": incidence,
                    "std_error": error,
                    "conf_low": low,
                    "conf_high": high,
                }
            )
        )
    return tables


def _variance(incidence: Array, before: Array, own: Array, d: Array, n: Array) -> Array:
    """Return the variance at each time: sums over earlier times of squares in I(t) - I(s), by running sums."""
    with np.errstate(divide="ignore", invalid="ignore"):
        greenwood = np.where(d < n, d / (n * (n - d)), 0.0)
    s = before**2 * (n - own) * own / n**3
    cross = before * own / n**2
    first = incidence**2 * np.cumsum(greenwood) - 2 * incidence * np.cumsum(incidence * greenwood)
    first += np.cumsum(incidence**2 * greenwood)
    return first + np.cumsum(s) - 2 * (incidence * np.cumsum(cross) - np.cumsum(incidence * cross))
