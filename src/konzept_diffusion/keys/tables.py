"""What a table handed to `harmonise` must be before anything is computed with it."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

from ..errors import DataError


def check_table(table: Any, columns: Sequence[Any], to: Any) -> None:
    """Check that `table` is a DataFrame with each of `columns` once, and `to` a date as text.

    Raises
    ------
    DataError
        If it is not: what is wrong, in one sentence.
    """
    import pandas as pd

    if not isinstance(table, pd.DataFrame):
        raise DataError(f"the table is a {type(table).__name__}, not a pandas DataFrame.")
    if not isinstance(to, str):
        raise DataError(f"to={to!r} is no date: write it as text, such as '2020-12-31'.")
    for name in columns:
        if not isinstance(name, str):
            raise DataError(f"{name!r} is no name of a column: write it as text.")
        times = list(table.columns).count(name)
        if times != 1:
            problem = "is missing" if times == 0 else f"stands there {times} times"
            raise DataError(f"the column {name!r} {problem}.", file="table")
