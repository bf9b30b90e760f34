"""Reading an xlsx workbook into plain rows: the only place that knows about the file format."""

from __future__ import annotations

from pathlib import Path

import python_calamine

from ..errors import SourceError

Rows = list[list[object]]
"""Rows of cells as they stand in a sheet, from its first row and column on; blank cells are ''."""


def sheets(path: Path) -> dict[str, Rows]:
    """Return the sheets of a workbook by name.

    Raises
    ------
    SourceError
        If the file is missing or is no readable workbook.
    """
    if not path.is_file():
        raise SourceError(
            f"{path}: there is no such file. Download it from the official page and put it there."
        )
    try:
        book = python_calamine.CalamineWorkbook.from_path(str(path))
        return {
            name: book.get_sheet_by_name(name).to_python(skip_empty_area=False) for name in book.sheet_names
        }
    except (python_calamine.CalamineError, OSError) as error:
        raise SourceError(
            f"{path}: is no readable Excel workbook ({error}). Download it again from the official page."
        ) from None
