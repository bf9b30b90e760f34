"""Repeated events in discrete time: first concept, Fortschreibung, next Fortschreibung.

Gap-time risk sets of Prentice, Williams & Peterson 1981 (Biometrika 68(2)), the conditional model: a unit is at
risk of its second event only after its first; the clock starts anew with every event; the number of earlier
events is the stratum, so that baselines may differ.
"""

from __future__ import annotations

from numbers import Integral

import numpy as np
import pandas as pd
from numpy.typing import NDArray

from ....errors import ModelError
from ...design import check_frame, show

# Three centuries of days: a longer window is an exit in other units than the entry.
_LONGEST = 100_000


def repeated_events(
    units: pd.DataFrame,
    events: pd.DataFrame,
    *,
    unit: str = "ags",
    time: str = "year",
    entry: str = "entry",
    exit: str = "exit",  # the word of survival analysis
    max_stratum: int = 3,
    after_first: bool = False,
) -> pd.DataFrame:
    """Return the gap-time risk set of repeated events, one row per unit and period, ready for `hazard`.

    Use it as `hazard("event ~ x + C(stratum) + np.log(gap)", rows, cluster=...)`: strata as separate levels,
    or with `C(stratum):log_gap`-like interactions as separate baselines; clusters by unit or above, since spells
    of a unit are not independent.

    Parameters
    ----------
    units
        One row per unit: `unit`, first and last period under observation (`entry`, `exit`, whole numbers); other
        columns are carried along.
    events
        One row per event: `unit`, `time` (period, a whole number). Units without events have no row.
    unit, time, entry, exit
        Names of the columns.
    max_stratum
        Strata from this number on are one (the stratum is 1 before the first event, 2 after it).
    after_first
        Whether only periods after the first event are wanted (Fortschreibungen).

    Returns
    -------
    pandas.DataFrame
        The columns of `units`, and: `time`, event (bool), gap (periods since the event before or since entry, 1
        in the first period at risk), prior_events (int), stratum (int), at_risk (always true).

    Raises
    ------
    ModelError
        If a unit is doubled, an exit comes before its entry, a period is no whole number, an event lies outside
        its unit's window or belongs to no unit, or two events of a unit fall into one period.
    """
    check_frame(units, [unit, entry, exit], "repeated_events")
    check_frame(events, [unit, time], "repeated_events", rows=False)
    if not isinstance(max_stratum, Integral) or isinstance(max_stratum, bool) or max_stratum < 1:
        raise ModelError(f"max_stratum={show(max_stratum)} is no number of strata: give 1 or more.")
    clash = {time, "event", "gap", "prior_events", "stratum", "at_risk"} & set(units.columns)
    if clash:
        raise ModelError(f"The units already have a column {min(clash)!r}: rename it, the risk set adds one.")
    _refuse(units, units[unit].isna() | units[unit].duplicated(), f"{unit!r} is missing or doubled")
    first, last = _whole(units, entry), _whole(units, exit)
    _refuse(units, last < first, f"{exit!r} comes before {entry!r}")
    _refuse(
        units,
        last - first >= _LONGEST,
        f"the window from {entry!r} to {exit!r} has {_LONGEST:,} periods or more",
    )
    position = pd.Series(range(len(units)), index=units[unit])
    if len(events):
        _refuse(events, ~events[unit].isin(units[unit]), "the event belongs to no unit")
        owner = position.loc[events[unit]].to_numpy()
        when = _whole(events, time)
        _refuse(
            events, (when < first[owner]) | (when > last[owner]), "the event is outside its unit's window"
        )
        _refuse(events, events.duplicated([unit, time]), "the event is the unit's second in one period")
    else:
        owner, when = np.zeros(0, dtype=int), np.zeros(0, dtype=int)

    lengths = last - first + 1
    row_unit = np.repeat(np.arange(len(units)), lengths)
    begins = np.cumsum(lengths) - lengths
    period = np.arange(len(row_unit)) - begins[row_unit] + first[row_unit]
    happened = np.zeros(len(row_unit), dtype=int)
    happened[begins[owner] + when - first[owner]] = 1
    running = np.cumsum(happened) - happened  # events of all units before this row
    prior = running - running[begins][row_unit]
    start = np.where(happened == 1, period, np.iinfo(np.int64).min)
    previous = np.full(len(row_unit), np.iinfo(np.int64).min)
    previous[1:] = start[:-1]
    opening = begins[lengths > 0]
    previous[opening] = first - 1
    # The latest renewal at or before each row: positions only ever grow, so a running maximum finds it.
    renewed = np.maximum.accumulate(np.where(previous > np.iinfo(np.int64).min, np.arange(len(row_unit)), 0))
    rows = units.iloc[row_unit].reset_index(drop=True)
    rows[time] = period
    rows["event"] = happened == 1
    rows["gap"] = period - previous[renewed]
    rows["prior_events"] = prior
    rows["stratum"] = np.minimum(prior + 1, max_stratum)
    rows["at_risk"] = True
    return rows[rows["prior_events"] > 0].reset_index(drop=True) if after_first else rows


def _whole(table: pd.DataFrame, column: str) -> NDArray[np.int64]:
    """Return a column of whole numbers."""
    numbers = pd.to_numeric(table[column], errors="coerce")
    _refuse(table, numbers.isna() | (numbers % 1 != 0), f"{column!r} is no whole number")
    return numbers.to_numpy(dtype=np.int64)


def _refuse(table: pd.DataFrame, bad: pd.Series | NDArray[np.bool_], what: str) -> None:
    wrong = np.asarray(bad, dtype=bool)
    if wrong.any():
        raise ModelError(
            f"In {int(wrong.sum())} of {len(table)} rows {what}, first at index "
            f"{table.index[int(wrong.argmax())]}: correct these rows."
        )
