"""Are spells spells? Each lasts, none is left out in silence, and those of a unit follow one another.

A spell is the interval (start, stop] in which a unit is at risk with given covariates, and the event, if any,
stands at its end (Andersen & Gill 1982, Annals of Statistics 10(4)).
"""

from __future__ import annotations

from collections.abc import Sequence

import numpy as np
import pandas as pd
from numpy.typing import NDArray

from ...errors import ModelError
from ..design import Array, check_frame, zero_one

_SHOWN = 5
# Times closer than this share of their mean size differ by rounding only, as in survival::aeqSurv.
_ROUNDING = float(np.sqrt(np.finfo(float).eps))


def check_spells(
    data: pd.DataFrame, id: str, start: str | None, stop: str, event: str, *, recurrent: bool = False
) -> None:
    """Check that the spells of every unit are whole: none empty, inverted, overlapping or after its exit.

    Gaps between the spells of a unit are allowed (it was not at risk or not observed).

    Parameters
    ----------
    data
        One row per spell.
    id
        Column that names the unit of each spell.
    start, stop
        Columns with the bounds of (start, stop]; `start=None` lets every spell begin at 0.
    event
        0/1 or boolean column: the spell ends with the event.
    recurrent
        Whether a unit may have spells after an event (repeated events).

    Raises
    ------
    ModelError
        Naming the rows (index labels) and units that break a rule, and what to do.
    """
    columns = [id, *([start] if start is not None else []), stop, event]
    check_frame(data, columns, "check_spells")
    for name in columns:
        refuse(data[name], data[name].isna().to_numpy(dtype=bool), "has no value")
    begin, end, happened = bounds(data, start, stop, event)
    begin = np.zeros(len(end)) if begin is None else begin
    units = pd.factorize(data[id])[0]
    order = np.lexsort((end, begin, units))
    same = units[order][1:] == units[order][:-1]
    before, after = order[:-1], order[1:]
    overlap = same & (begin[after] < end[before])
    if overlap.any():
        raise ModelError(
            f"{int(overlap.sum())} spells overlap the spell before them of the same unit (column {id!r}): "
            f"{_pairs(data, id, before[overlap], after[overlap])}. A unit is at risk once at a time: cut or merge "
            "these spells."
        )
    late = same & (happened[before] > 0)
    if late.any() and not recurrent:
        raise ModelError(
            f"{int(late.sum())} spells begin after the event of their unit (column {id!r}): "
            f"{_pairs(data, id, before[late], after[late])}. A unit leaves the risk set with its event: take the "
            "later spells out, or pass recurrent=True if the event can be repeated."
        )


def bounds(data: pd.DataFrame, start: str | None, stop: str, event: str) -> tuple[Array | None, Array, Array]:
    """Return start (None if every spell begins at 0), stop and event (0/1) of spells without missing values.

    Times that differ by rounding only are made equal, as in R's survival (`timefix`): year fractions such as
    0.1 + 0.2 and 0.3 tie.

    Raises
    ------
    ModelError
        If a time is not numeric or not finite, a spell is empty or inverted (without `start`: ends before 0),
        or an event is not 0/1.
    """
    begin = None if start is None else times(data[start])
    end = times(data[stop])
    happened = zero_one(data[event].infer_objects(), f"the column {event!r}")
    if begin is None:
        refuse(data[stop], end < 0, "is negative")
        return None, _without_rounding([end])[0], happened
    begin_even, end_even = _without_rounding([begin, end])
    inverted = begin > end
    if inverted.any():
        raise ModelError(
            f"{int(inverted.sum())} of {len(end)} spells are inverted ({start!r} after {stop!r}), at index "
            f"{_labels(data.index, inverted)}: exchange the bounds or correct them."
        )
    empty = begin_even >= end_even
    if empty.any():
        raise ModelError(
            f"{int(empty.sum())} of {len(end)} spells have zero length ({start!r} equals {stop!r}), at index "
            f"{_labels(data.index, empty)}: a spell is (start, stop]; leave them out or let them begin earlier."
        )
    return begin_even, end_even, happened


def times(column: pd.Series) -> Array:
    """Return a column of times (no missing values) as floats.

    Raises
    ------
    ModelError
        If it is not numeric, or a value is not finite.
    """
    column = column.infer_objects()
    if not pd.api.types.is_numeric_dtype(column.dtype) or pd.api.types.is_bool_dtype(column.dtype):
        raise ModelError(
            f"The column {column.name!r} is not numeric ({column.dtype}): times and durations are numbers."
        )
    values = column.to_numpy(dtype=float)
    refuse(column, ~np.isfinite(values), "is not finite")
    return values


def refuse(column: pd.Series, bad: NDArray[np.bool_], what: str) -> None:
    """Raise a `ModelError` that says in which rows the column is bad, if any is."""
    if bad.any():
        raise ModelError(
            f"The column {column.name!r} {what} in {int(bad.sum())} of {len(column)} rows, first at index "
            f"{column.index[int(bad.argmax())]}: correct these rows or leave them out."
        )


def _without_rounding(columns: Sequence[Array]) -> list[Array]:
    """Return the columns with times that differ by rounding only made equal to the earliest of them."""
    if all(np.array_equal(values, np.rint(values)) for values in columns):
        return list(columns)
    grid = np.unique(np.concatenate(columns))
    steps = np.diff(grid)
    near = (steps <= _ROUNDING) | (steps <= _ROUNDING * np.abs(grid).mean())
    if not near.any():
        return list(columns)
    cuts = grid[np.concatenate([[True], ~near])]
    return [cuts[np.searchsorted(cuts, values, side="right") - 1] for values in columns]


def _labels(index: pd.Index, bad: NDArray[np.bool_]) -> str:
    where = np.flatnonzero(bad)
    return ", ".join(str(index[i]) for i in where[:_SHOWN]) + (", ..." if len(where) > _SHOWN else "")


def _pairs(data: pd.DataFrame, id: str, before: NDArray[np.intp], after: NDArray[np.intp]) -> str:
    shown = [
        f"row {data.index[b]} after row {data.index[a]} (unit {data[id].iloc[b]})"
        for a, b in list(zip(before, after, strict=True))[:_SHOWN]
    ]
    return "; ".join(shown) + ("; ..." if len(before) > _SHOWN else "")
