"""From the columns of a table to interval-censored durations, every row checked."""

from __future__ import annotations

import numpy as np
import pandas as pd
from numpy.typing import NDArray

from ....errors import ModelError
from ...design import Array
from .likelihood import Spells


def spells(
    data: pd.DataFrame, lower: str, upper: str, entry: str | None, origin: float, whole_periods: bool
) -> Spells:
    """Return the durations in the columns of `data`, measured from `origin`.

    Raises
    ------
    ModelError
        If a row is impossible (inverted, before the origin, entered after the lower bound) or says nothing; the
        first such row is named by its index.
    """
    low, high = _numbers(data[lower]) - origin, _numbers(data[upper]) - origin
    if whole_periods:
        high = high + 1.0
    start = np.zeros(len(data)) if entry is None else _numbers(data[entry]) - origin
    if entry is not None:
        _refuse(
            data,
            np.isnan(start),
            f"have no entry ({entry!r})",
            "give the origin where observation is complete",
        )
    low = np.where(np.isnan(low), start, low)
    high = np.where(np.isnan(high), np.inf, high)
    _refuse(data, (low < 0) | (start < 0), f"lie before the origin {origin:g}", "choose an earlier origin")
    _refuse(data, low > high, f"have {lower!r} after {upper!r}", "correct these bounds")
    _refuse(
        data,
        start > low,
        f"have {entry!r} after {lower!r}",
        "the event is known to lie after the entry: raise the lower bound to it, or leave the rows out",
    )
    _refuse(data, ~np.isfinite(low), f"have an infinite {lower!r}", "correct these bounds")
    _refuse(
        data,
        (high == 0) | ((low == high) & (low == start)),
        "have their event at the entry or origin itself",
        "move the origin back, or leave the rows out",
    )
    _refuse(data, (low == start) & np.isinf(high), "say nothing about the duration", "leave them out")
    return Spells(low, high, start)


def _numbers(column: pd.Series) -> Array:
    numeric = pd.api.types.is_numeric_dtype(column.dtype) and not pd.api.types.is_bool_dtype(column.dtype)
    if not numeric and not column.isna().all():
        raise ModelError(f"The column {column.name!r} is not numeric ({column.dtype}): times are numbers.")
    return np.array(column.to_numpy(dtype=float, na_value=np.nan), dtype=float)


def _refuse(data: pd.DataFrame, bad: NDArray[np.bool_], what: str, remedy: str) -> None:
    if bad.any():
        raise ModelError(
            f"{int(bad.sum())} of {len(data)} rows {what}, first at index {data.index[int(bad.argmax())]}: {remedy}."
        )
