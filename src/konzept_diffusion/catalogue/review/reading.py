"""Reading a filled-in coding sheet into texts by row and column, whatever Excel has made of the file."""

from __future__ import annotations

import csv
import datetime
import io
import zipfile
from dataclasses import dataclass
from pathlib import Path

import python_calamine

from ...errors import DataError
from .cells import restore
from .fields import NO, YES

_LARGEST = 200_000_000
"""Bytes of a workbook after decompression: some hundred times the largest sheet of all Kommunen."""


@dataclass(frozen=True)
class Filled:
    """A sheet as it came back: header, rows with their numbers in the spreadsheet, and what was odd about the file."""

    header: tuple[str, ...]
    rows: tuple[tuple[int, tuple[str, ...]], ...]
    notes: tuple[str, ...] = ()


def read_filled(file: Path, *, marker: str) -> Filled:
    """Read an XLSX or CSV file; what it is follows from its content, not from its name.

    Parameters
    ----------
    file
        The file. CSV: semicolon, comma or tab; UTF-8, or the code page 1252 of a German Excel.
    marker
        Name of a column that every sheet has and that holds an umlaut: it tells whether the encoding was guessed right.

    Raises
    ------
    DataError
        If it cannot be read as a coding sheet: with file, row and what to do.
    """
    try:
        content = file.read_bytes()
    except OSError as error:
        raise DataError(f"cannot be read ({error.strerror}).", file=file) from None
    if content[:4] == b"PK\x03\x04":
        return _workbook(content, file, marker)
    if content[:8] == b"\xd0\xcf\x11\xe0\xa1\xb1\x1a\xe1":
        raise DataError(
            "is an old or encrypted Excel file.", file=file, hint="Save it as .xlsx without a password."
        )
    return _csv(content, file, marker)


def _workbook(content: bytes, file: Path, marker: str) -> Filled:
    try:
        with zipfile.ZipFile(io.BytesIO(content)) as archive:
            size = sum(item.file_size for item in archive.infolist())
        sheets = _sheets(content) if size <= _LARGEST else []
    except (
        python_calamine.CalamineError,
        zipfile.BadZipFile,
        NotImplementedError,
        ValueError,
        OSError,
    ) as error:
        raise DataError(
            f"is no readable Excel workbook ({error}).", file=file, hint="Save it again as .xlsx."
        ) from None
    if size > _LARGEST:
        raise DataError(f"unpacks to {size:,} bytes: no coding sheet is that large.", file=file)
    for sheet in sheets:
        rows = [[_text(cell) for cell in row] for row in sheet]
        if rows and marker in [cell.strip() for cell in rows[0]]:
            return _filled(rows, file)
    raise DataError(
        f"has no sheet with a column {marker!r} in row 1.",
        file=file,
        hint="Import the sheet that was exported.",
    )


def _sheets(content: bytes) -> list[list[list[object]]]:
    book = python_calamine.CalamineWorkbook.from_filelike(io.BytesIO(content))
    return [book.get_sheet_by_name(name).to_python(skip_empty_area=False) for name in book.sheet_names]


def _text(cell: object) -> str:
    """Return a cell of Excel as a person would have typed it."""
    if isinstance(cell, bool):
        return YES if cell else NO
    if isinstance(cell, float) and cell.is_integer():
        return str(int(cell))
    if isinstance(cell, datetime.datetime):
        return cell.date().isoformat()
    return str(cell)


def _csv(content: bytes, file: Path, marker: str) -> Filled:
    text, notes = _decoded(content, file, marker)
    first = text.partition("\n")[0]
    separator = next((sign for sign in ";,\t" if sign in first), ";")
    reader = csv.reader(io.StringIO(text, newline=""), delimiter=separator, strict=True)
    rows: list[list[str]] = []
    try:
        rows.extend([restore(cell) for cell in record] for record in reader)
    except csv.Error as error:
        raise DataError(f"is no readable CSV ({error}).", file=file, row=len(rows) + 1) from None
    if not rows or marker not in [cell.strip() for cell in rows[0]]:
        raise DataError(
            f"has no column {marker!r} in row 1.",
            file=file,
            row=1,
            hint="Import the sheet that was exported, with its header.",
        )
    return _filled(rows, file, notes)


def _decoded(content: bytes, file: Path, marker: str) -> tuple[str, tuple[str, ...]]:
    if content[:2] in (b"\xff\xfe", b"\xfe\xff"):
        raise DataError("is 'Unicode text' (UTF-16).", file=file, hint="Save it as 'CSV UTF-8' or as .xlsx.")
    if b"\0" in content:
        raise DataError("holds NUL bytes: it is no CSV file.", file=file)
    try:
        return content.decode("utf-8-sig"), ()
    except UnicodeDecodeError as error:
        row = content[: error.start].count(b"\n") + 1
    problem = DataError(
        "is neither UTF-8 nor the code page 1252 of a German Excel.",
        file=file,
        row=row,
        hint="Save it as 'CSV UTF-8' or as .xlsx.",
    )
    try:
        text = content.decode("cp1252")
    except UnicodeDecodeError:
        raise problem from None
    if marker not in text.partition("\n")[0]:
        raise problem
    note = (
        f"{file}: Excel has saved it in code page 1252. It was read so; letters that this page lacks (ş, ł, ğ) "
        "had already become question marks. 'CSV UTF-8' or .xlsx keeps them."
    )
    return text, (note,)


def _filled(rows: list[list[str]], file: Path, notes: tuple[str, ...] = ()) -> Filled:
    header = [cell.strip() for cell in rows[0]]
    while header and not header[-1]:
        header.pop()
    width = len(header)
    twice = [name for name in header if header.count(name) > 1]
    if twice:
        raise DataError(f"the column {twice[0]!r} stands there twice.", file=file, row=1)
    kept = []
    for number, row in enumerate(rows[1:], start=2):
        cells = [cell.strip() for cell in row]
        if any(cells[width:]):
            raise DataError(
                f"has a cell beyond the header ({next(filter(None, cells[width:]))!r}).",
                file=file,
                row=number,
                hint="Quote cells that hold the separator, or delete the cell.",
            )
        if any(cells):
            kept.append((number, tuple([*cells, *[""] * width][:width])))
    return Filled(tuple(header), tuple(kept), notes)
