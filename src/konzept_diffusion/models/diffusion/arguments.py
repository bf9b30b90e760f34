"""What the functions on diffusion are handed: keys of units, years, lags, checked before anything is computed.

A year that is cut off to a whole one, or a text taken for a list of letters, would give exposure that nobody asked
for.
"""

from __future__ import annotations

from collections.abc import Iterable
from typing import Any

import numpy as np
import pandas as pd
from numpy.typing import NDArray

from ...errors import ModelError


def shown(value: object) -> str:
    """Return a value as a message shows it: a number of numpy as a plain one."""
    return repr(value.item() if isinstance(value, np.generic) else value)


def keys(values: Iterable[object], name: str) -> list[str]:
    """Return keys of units as texts.

    Raises
    ------
    ModelError
        If they are a single text, no list, or one of them is missing.
    """
    if isinstance(values, (str, bytes)) or not isinstance(values, Iterable):
        raise ModelError(f"{name}={values!r} is no list of units: write {name}=[{values!r}].")
    listed = list(values)
    if any(value is None or value is pd.NA or value != value for value in listed):
        raise ModelError(f"{name}= holds a missing key: give the key of every unit.")
    return [str(value) for value in listed]


def whole(value: Any, name: str, what: str, least: int | None = None) -> int:
    """Return a whole number; `what` says in the message what it is the number of.

    Raises
    ------
    ModelError
        If it is none, or less than `least`.
    """
    number = isinstance(value, (int, float, np.integer, np.floating)) and not isinstance(value, bool)
    if not number or not np.isfinite(value) or value != int(value) or (least is not None and value < least):
        wanted = "a whole number" if least is None else f"a whole number of at least {least}"
        raise ModelError(f"{name}={shown(value)} is no {what}: give {wanted}.")
    return int(value)


def years(values: Iterable[object]) -> NDArray[np.int64]:
    """Return distinct years in order.

    Raises
    ------
    ModelError
        If they are no list, or one of them is no whole number.
    """
    if isinstance(values, (str, bytes)) or not isinstance(values, Iterable):
        raise ModelError(f"years={values!r} is no list of years: write years=[{values!r}].")
    return np.array(sorted({whole(value, "years", "year") for value in values}), dtype=np.int64)


def whole_years(values: pd.Series, units: pd.Series, name: str) -> NDArray[np.float64]:
    """Return a column of years as floats, missing ones as NaN.

    Raises
    ------
    ModelError
        If one of them is no whole number; the first is named with its unit.
    """
    numbers = pd.to_numeric(values, errors="coerce")
    found = numbers.to_numpy(dtype=float, na_value=np.nan)
    there = values.notna().to_numpy(dtype=bool)
    if values.dtype.kind in "mMb":  # dates and true/false would be turned into numbers that are no years
        found = np.full(len(values), np.nan)
    with np.errstate(invalid="ignore"):
        bad = there & ~(np.isfinite(found) & (found == np.floor(found)))
    if bad.any():
        at = int(bad.argmax())
        raise ModelError(
            f"The {name} of {units.iloc[at]} is {shown(values.iloc[at])}: years are whole numbers, or missing where "
            "they are not known."
        )
    return found
