"""What a column of a table may hold to serve as a covariate: numbers, truth values, categories."""

from __future__ import annotations

import re
from collections.abc import Sequence
from typing import Any

import pandas as pd

from ..errors import ModelError

# Digits in a text column: up to so many different ones they are keys (a Land, a year), beyond them numbers.
_KEYS = 20
_NUMBER = re.compile(r"[-+]?(\d+[.,]?\d*|[.,]\d+)([eE][-+]?\d+)?")


def plain(frame: pd.DataFrame) -> pd.DataFrame:
    """Return `frame` (no missing values) with numbers as numpy numbers and unused categories removed.

    Formulaic would read numbers in an object column as categories.
    """
    frame = frame.infer_objects()
    for name in frame.columns:
        dtype = frame[name].dtype
        if isinstance(dtype, pd.CategoricalDtype):
            frame[name] = frame[name].cat.remove_unused_categories()
        elif pd.api.types.is_bool_dtype(dtype):
            frame[name] = frame[name].astype(bool)
        elif pd.api.types.is_complex_dtype(dtype):
            continue  # refused where it is used
        elif pd.api.types.is_numeric_dtype(dtype):
            frame[name] = frame[name].astype(float)
        elif pd.api.types.is_extension_array_dtype(dtype) and pd.api.types.is_string_dtype(dtype):
            frame[name] = frame[name].astype(object)  # formulaic does not know every kind of text
    return frame


def check_kinds(terms: Sequence[Any], frame: pd.DataFrame, *, text: bool) -> None:
    """Refuse columns that stand in a formula by their name and hold dates, complex numbers, numbers as text.

    Parameters
    ----------
    terms
        Formulaic's terms.
    frame
        The rows used, without missing values.
    text
        Whether numbers as text are looked for.

    Raises
    ------
    ModelError
        Naming the column.
    """
    factors = {str(factor.expr): factor for term in terms for factor in term.factors}
    for name, factor in factors.items():
        if factor.eval_method.value != "lookup":
            continue
        values = frame[name]
        if pd.api.types.is_complex_dtype(values.dtype):
            raise ModelError(f"The column {name!r} holds complex numbers: covariates are real numbers.")
        if values.dtype.kind in "mM" or isinstance(values.dtype, pd.PeriodDtype):
            raise ModelError(
                f"The column {name!r} holds dates or spans of time ({values.dtype}): make a number of it, such as "
                "the year."
            )
        if text and values.dtype.kind == "O" and not isinstance(values.dtype, pd.CategoricalDtype):
            _refuse_numbers_as_text(values)


def _refuse_numbers_as_text(values: pd.Series) -> None:
    distinct = [str(value).strip() for value in pd.unique(values)]
    numbers = sum(_NUMBER.fullmatch(value) is not None for value in distinct)
    if numbers < 0.9 * len(distinct):
        return
    keys = len(distinct) <= _KEYS or any(value[0] == "0" and len(value) > 1 for value in distinct)
    if all(value.isdigit() for value in distinct) and keys:
        return
    odd = next((value for value in distinct if not _NUMBER.fullmatch(value)), None)
    also = "" if odd is None else f" (and {odd!r})"
    raise ModelError(
        f"The column {values.name!r} holds numbers as text{also}: convert it with pd.to_numeric, or write "
        f"C({values.name}) if they are categories."
    )


def holds_integers(values: pd.Series) -> bool:
    """Return whether a column of floats (no missing values) holds whole numbers only, exactly."""
    return values.dtype.kind == "f" and bool((values % 1 == 0).all() and (values.abs() < 2**53).all())
