"""Reading a filled-in coding sheet: every code checked, every problem with file, row and column.

What counts is the key that was written with the sheet: which documents are in it, what the machine said. The sheet's
own columns of the machine are compared with it, because a code typed there by mistake must not get lost.
"""

from __future__ import annotations

import datetime
import re
from collections.abc import Mapping
from dataclasses import dataclass
from pathlib import Path
from typing import TYPE_CHECKING, Any

from ...errors import DataError
from ...schemas.core import read, validate
from ...schemas.review import COMMENT, REVIEW, REVIEW_SHEETS
from .fields import FIELDS, NO, YES, ReviewField, contradiction, read_code
from .reading import Filled, read_filled
from .sheet import CODED_ON, CONTEXT, DONE, ID, KEY_SUFFIX, MACHINE, REMARK, SHEET_ID

if TYPE_CHECKING:
    import pandas as pd

_YES = frozenset(["ja", "j", "x", "wahr", "true"])
_NO = frozenset(["", "nein", "n", "falsch", "false"])


@dataclass(frozen=True)
class Imported:
    """What a sheet brought.

    Attributes
    ----------
    rows
        Table `review`: one row per code given; nothing is stored yet.
    notes
        Sentences on what the reader should know (code page, rows without a code, documents missing).
    """

    rows: pd.DataFrame
    notes: tuple[str, ...]


@dataclass(frozen=True)
class _Entry:
    """What the key says of one document: its row by field."""

    rows: Mapping[str, Mapping[str, Any]]
    blind: bool
    sheet_id: str


def import_sheet(
    file: Path | str, *, coder: str, coded_on: datetime.date | str, key: Path | str | None = None
) -> Imported:
    """Return the codings of a filled-in sheet.

    Parameters
    ----------
    file
        XLSX or CSV, columns and rows in any order.
    coder
        Short name of the person: letters, digits, dot, dash or underscore; at most 40.
    coded_on
        Day of the coding, for rows that name none; not in the future.
    key
        The key that was written with the sheet; by default the file "x.key.csv" beside "x.xlsx" or "x.csv".

    Raises
    ------
    DataError
        On the first thing that cannot be read or is no code: with file, row, column and what is allowed.
    """
    path = Path(file)
    name = _coder(coder)
    day = _day(coded_on.isoformat() if isinstance(coded_on, datetime.date) else coded_on)
    if isinstance(day, str):
        raise DataError(day, hint="Give the day of the coding as YYYY-MM-DD or TT.MM.JJJJ.")
    entries = _entries(path, Path(key) if key is not None else path.with_name(path.stem + KEY_SUFFIX))
    filled = read_filled(path, marker=DONE)
    fields = _columns(filled, entries, path)
    found: list[dict[str, Any]] = []
    seen: dict[str, int] = {}
    empty = 0
    for number, cells in filled.rows:
        row = dict(zip(filled.header, cells, strict=True))
        entry = _entry(row, number, entries, seen, path)
        coded = _codes(row, number, fields, entry, path)
        when = _when(row, number, day, path)
        remark = row[REMARK] or None
        if not coded and remark:
            coded = {COMMENT: remark}
        empty += not coded
        found.extend(
            _coding(row[ID], field, value, entry, name, when, remark) for field, value in coded.items()
        )
    if not found:
        raise DataError("holds no code: the columns to fill in are empty.", file=path)
    notes = [*filled.notes]
    if empty:
        notes.append(f"{path}: {empty} of {len(filled.rows)} documents bear no code and stay uncoded.")
    if left_out := len(entries) - len(seen):
        notes.append(f"{path}: {left_out} of {len(entries)} documents of the sheet are no longer in it.")
    import pandas as pd

    return Imported(validate(pd.DataFrame(found), REVIEW), tuple(notes))


def _coder(coder: str) -> str:
    name = coder.strip()
    if not re.fullmatch(r"[\w.-]{1,40}", name) or name.casefold() == "machine":
        raise DataError(
            f"{coder!r} is no name of a coder.",
            hint="Use up to 40 letters, digits, dots, dashes or underscores.",
        )
    return name


def _day(text: str) -> datetime.date | str:
    """Return the day that a text means, or what is wrong with it."""
    plain = text.strip()
    german = re.fullmatch(r"([0-9]{1,2})\.\s?([0-9]{1,2})\.\s?([0-9]{4})", plain)
    iso = re.fullmatch(r"([0-9]{4})-([0-9]{2})-([0-9]{2})(?:[T ]00:00(?::00)?)?", plain)
    if german:
        numbers = [int(part) for part in reversed(german.groups())]
    elif iso:
        numbers = [int(part) for part in iso.groups()]
    else:
        return f"{plain!r} is no date (TT.MM.JJJJ or YYYY-MM-DD)."
    try:
        day = datetime.date(*numbers)
    except ValueError:
        return f"{plain!r} is no day of the calendar."
    return f"{plain!r} lies in the future." if day > datetime.date.today() else day


def _entries(file: Path, key: Path) -> dict[str, _Entry]:
    if not key.is_file():
        raise DataError(
            "the key of the sheet is not there.", file=key, hint=f"Name it with --key to import {file.name}."
        )
    frame = read(key, REVIEW_SHEETS)
    if len(set(frame["sheet_id"])) != 1:
        raise DataError("holds the keys of several sheets or of none.", file=key)
    return {
        str(document): _Entry(
            {str(row["field"]): row for row in part.to_dict("records")},
            bool(part["blind"].iloc[0]),
            str(part["sheet_id"].iloc[0]),
        )
        for document, part in frame.groupby(ID, sort=False)
    }


def _columns(filled: Filled, entries: Mapping[str, _Entry], path: Path) -> tuple[ReviewField, ...]:
    """Return the fields of the sheet; every column must be known and every field there."""
    entry = next(iter(entries.values()))
    fields = tuple(FIELDS[name] for name in entry.rows)
    needed = [SHEET_ID, ID, *(field.name for field in fields), DONE, REMARK, CODED_ON]
    for name in needed:
        if name not in filled.header:
            raise DataError(f"the column {name!r} is missing.", file=path, row=1)
    known = {*needed, *CONTEXT, *(MACHINE + field.name for field in fields)}
    for name in filled.header:
        if name not in known:
            raise DataError(
                f"the column {name!r} does not belong to the sheet.",
                file=path,
                row=1,
                hint=f"Put remarks into {REMARK!r} and delete the column.",
            )
    return fields


def _entry(
    row: Mapping[str, str], number: int, entries: Mapping[str, _Entry], seen: dict[str, int], path: Path
) -> _Entry:
    document = row[ID]
    entry = entries.get(document)
    if entry is None:
        raise DataError(
            f"{document!r} is no document of this sheet.",
            file=path,
            row=number,
            column=ID,
            hint="Restore the id, or give the key of the right sheet with --key.",
        )
    if row[SHEET_ID] != entry.sheet_id:
        raise DataError(
            f"{row[SHEET_ID]!r} is another sheet; the key is that of {entry.sheet_id!r}.",
            file=path,
            row=number,
            column=SHEET_ID,
        )
    if document in seen:
        raise DataError(
            f"{document!r} stands already in row {seen[document]}.",
            file=path,
            row=number,
            column=ID,
            hint="Keep one.",
        )
    seen[document] = number
    return entry


def _codes(
    row: Mapping[str, str], number: int, fields: tuple[ReviewField, ...], entry: _Entry, path: Path
) -> dict[str, str]:
    """Return the codes of one row by field; a row looked through confirms the machine where the cell is empty."""
    codes: dict[str, str] = {}
    done = _done(row, number, path)
    for field in fields:
        machine = _plain(entry.rows[field.name]["machine_value"])
        _untouched(row, number, field, machine, path)
        if row[field.name]:
            try:
                codes[field.name] = read_code(row[field.name], field)
            except ValueError as error:
                raise DataError(str(error), file=path, row=number, column=field.name) from None
    others = [name for name in codes if name != "relevant"]
    if codes.get("relevant") == NO and others:
        raise DataError(
            f"{row[others[0]]!r} stands there, but relevant is {NO!r}.",
            file=path,
            row=number,
            column=others[0],
            hint="Empty the cell or change relevant.",
        )
    if done and not entry.blind and codes.get("relevant") != NO:
        for field in fields:
            machine = _plain(entry.rows[field.name]["machine_value"])
            if field.name not in codes and not machine:
                raise DataError(
                    f"is empty, but {DONE} is {YES!r} and the machine has no code to confirm.",
                    file=path,
                    row=number,
                    column=field.name,
                    hint=f"Allowed: {field.allowed()}.",
                )
            codes.setdefault(field.name, machine)
        if codes.get("relevant") == NO:
            codes = {"relevant": NO}
    if problem := contradiction(codes):
        raise DataError(problem[1], file=path, row=number, column=problem[0])
    return codes


def _done(row: Mapping[str, str], number: int, path: Path) -> bool:
    answer = row[DONE].casefold()
    if answer not in _YES | _NO:
        raise DataError(f"{row[DONE]!r} is neither ja nor nein.", file=path, row=number, column=DONE)
    return answer in _YES


def _untouched(row: Mapping[str, str], number: int, field: ReviewField, machine: str, path: Path) -> None:
    """A code typed over the machine's is a code in the wrong place."""
    column = MACHINE + field.name
    if column not in row or row[column] == machine:
        return
    try:
        same = bool(row[column]) and read_code(row[column], field) == machine
    except ValueError:
        same = False
    if not same:
        raise DataError(
            f"{row[column]!r} stands where the machine said {machine!r}.",
            file=path,
            row=number,
            column=column,
            hint=f"Write your code into the column {field.name!r} and restore this cell.",
        )


def _when(row: Mapping[str, str], number: int, default: datetime.date, path: Path) -> datetime.date:
    if not row[CODED_ON]:
        return default
    day = _day(row[CODED_ON])
    if isinstance(day, str):
        raise DataError(day, file=path, row=number, column=CODED_ON)
    return day


def _coding(
    document: str, field: str, value: str, entry: _Entry, coder: str, day: datetime.date, remark: str | None
) -> dict[str, Any]:
    known = entry.rows.get(field, {})
    first = next(iter(entry.rows.values()))
    return {
        "document_id": document,
        "field": field,
        "value": value,
        "coder": coder,
        "coded_on": day.isoformat(),
        "comment": None if field == COMMENT else remark,
        "machine_value": known.get("machine_value"),
        "machine_coder": first["machine_coder"],
        "sheet_id": entry.sheet_id,
        "blind": entry.blind,
        "stratum": first["stratum"],
        "inclusion_probability": first["inclusion_probability"],
    }


def _plain(value: Any) -> str:
    return value if isinstance(value, str) else ""
