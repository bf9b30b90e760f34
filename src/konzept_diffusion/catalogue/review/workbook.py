"""A coding sheet as an Excel workbook: lists to choose from, links, and how to fill it in."""

from __future__ import annotations

import datetime
import io
import re
import zipfile
from collections.abc import Mapping, Sequence

from openpyxl import Workbook
from openpyxl.cell.cell import Cell
from openpyxl.styles import Alignment, Font, PatternFill
from openpyxl.utils import get_column_letter
from openpyxl.worksheet.datavalidation import DataValidation
from openpyxl.worksheet.worksheet import Worksheet

from ...schemas.core import FIRST_YEAR
from ...schemas.review import NONE
from .fields import NO, YES, ReviewField

SHEET = "Kodierbogen"
CODES = "Codes"
INSTRUCTIONS = "Anleitung"
_GREY = PatternFill("solid", fgColor="E7E6E6")
_TO_FILL = PatternFill("solid", fgColor="FFF2CC")
_EPOCH = datetime.datetime(2000, 1, 1)  # no time of writing: the same sheet is the same bytes
_EPOCH_ZIP = (2000, 1, 1, 0, 0, 0)
_TEXT = "@"


def workbook_bytes(
    header: Sequence[str],
    rows: Sequence[Sequence[str]],
    fields: Sequence[ReviewField],
    *,
    widths: Mapping[str, int],
    links: Sequence[Mapping[str, str]],
    instructions: Sequence[tuple[str, str]],
    done: str,
) -> bytes:
    """Return the workbook: the sheet to fill in, the instructions and the codes.

    Parameters
    ----------
    header, rows
        The coding sheet, every cell a text.
    fields
        What is coded; their columns bear their names.
    widths
        Width by column in characters; 14 by default.
    links
        For every row: address by column.
    instructions
        Heading and paragraph, in order.
    done
        Column that says that a row has been looked through (ja).
    """
    book = Workbook()
    sheet = book.active
    assert isinstance(sheet, Worksheet)
    sheet.title = SHEET
    to_fill = {field.name for field in fields}
    linked = {name for targets in links for name in targets}
    _head(sheet, header, widths, to_fill)
    for number, (row, targets) in enumerate(zip(rows, links, strict=True), start=2):
        for column, (name, text) in enumerate(zip(header, row, strict=True), start=1):
            cell = sheet.cell(number, column)
            _put(cell, text)
            cell.alignment = Alignment(
                vertical="top", wrap_text=widths.get(name, 0) >= 30 and name not in linked
            )
            if name in to_fill or name == done:
                cell.fill = _TO_FILL
            if targets.get(name):
                cell.hyperlink = targets[name]
                cell.font = Font(color="0563C1", underline="single")
    last = len(rows) + 1
    _validate(sheet, header, fields, last, _codes(book, fields), done)
    sheet.auto_filter.ref = f"A1:{get_column_letter(len(header))}{last}"
    sheet.freeze_panes = f"{get_column_letter(header.index('titel') + 2)}2"
    _explain(book, instructions)
    return _same_bytes(book)


def _put(cell: Cell, text: str) -> None:
    """Write a text as a text: never a formula, a number or a date, also after the cell was edited."""
    cell.number_format = _TEXT
    if text:
        cell.value = text
        cell.data_type = "s"
        cell.quotePrefix = text[0] in "=+-@'"


def _head(sheet: Worksheet, header: Sequence[str], widths: Mapping[str, int], to_fill: set[str]) -> None:
    for column, name in enumerate(header, start=1):
        cell = sheet.cell(1, column)
        _put(cell, name)
        cell.font = Font(bold=True)
        cell.fill = _TO_FILL if name in to_fill else _GREY
        cell.alignment = Alignment(vertical="top", wrap_text=True)
        sheet.column_dimensions[get_column_letter(column)].width = widths.get(name, 14)


def _codes(book: Workbook, fields: Sequence[ReviewField]) -> dict[str, str]:
    """Add the sheet of codes; return the range of each field's codes."""
    sheet = book.create_sheet(CODES)
    ranges: dict[str, str] = {}
    row = 1
    for column, (name, width) in enumerate((("Feld", 16), ("Code", 24), ("Bedeutung", 90)), start=1):
        _put(sheet.cell(row, column), name)
        sheet.cell(row, column).font = Font(bold=True)
        sheet.column_dimensions[get_column_letter(column)].width = width
    for field in fields:
        codes = dict(field.codes) | ({NONE: "nichts angegeben"} if field.optional else {})
        first = row + 1
        for code, meaning in codes.items():
            row += 1
            for column, text in enumerate((field.name, code, meaning), start=1):
                _put(sheet.cell(row, column), text)
        if field.form == "code":
            ranges[field.name] = f"{CODES}!$B${first}:$B${row}"
    sheet.freeze_panes = "A2"
    return ranges


def _validate(
    sheet: Worksheet,
    header: Sequence[str],
    fields: Sequence[ReviewField],
    last: int,
    ranges: Mapping[str, str],
    done: str,
) -> None:
    rules: list[tuple[str, DataValidation, str]] = []
    for field in fields:
        letter = get_column_letter(header.index(field.name) + 1)
        if field.name in ranges:
            rule = DataValidation(type="list", formula1=f"={ranges[field.name]}")
            rules.append((letter, rule, "Bitte einen Code aus der Liste wählen (Blatt Codes)."))
        elif field.form == "year":
            # The cells are texts: VALUE reads both a typed text and a number.
            year = f"IFERROR(VALUE({letter}2),0)"
            test = f'OR({letter}2="{NONE}",AND({year}>={FIRST_YEAR},{year}<={datetime.date.today().year}))'
            rule = DataValidation(type="custom", formula1=test)
            rules.append((letter, rule, f"Bitte ein Jahr mit vier Ziffern oder {NONE!r} eintragen."))
    choice = DataValidation(type="list", formula1=f'"{YES},{NO}"')
    rules.append((get_column_letter(header.index(done) + 1), choice, f"{YES}, {NO} oder leer."))
    for letter, rule, message in rules:
        rule.allow_blank = True
        rule.showErrorMessage = True
        rule.errorTitle, rule.error = "Kein zulässiger Eintrag", message
        rule.add(f"{letter}2:{letter}{last}")
        sheet.add_data_validation(rule)


def _explain(book: Workbook, instructions: Sequence[tuple[str, str]]) -> None:
    sheet = book.create_sheet(INSTRUCTIONS)
    sheet.column_dimensions["A"].width = 26
    sheet.column_dimensions["B"].width = 110
    for row, (heading, paragraph) in enumerate(instructions, start=1):
        _put(sheet.cell(row, 1), heading)
        _put(sheet.cell(row, 2), paragraph)
        sheet.cell(row, 1).font = Font(bold=True)
        for column in (1, 2):
            sheet.cell(row, column).alignment = Alignment(vertical="top", wrap_text=True)


def _same_bytes(book: Workbook) -> bytes:
    """Return the file with the time of writing taken out of its properties and its zip entries."""
    book.properties.creator = "konzept_diffusion"
    book.properties.created = _EPOCH
    raw = io.BytesIO()
    book.save(raw)
    out = io.BytesIO()
    with zipfile.ZipFile(raw) as source, zipfile.ZipFile(out, "w", zipfile.ZIP_DEFLATED) as target:
        for name in source.namelist():
            content = source.read(name)
            if name == "docProps/core.xml":
                stamp = _EPOCH.strftime("%Y-%m-%dT%H:%M:%SZ").encode()
                content = re.sub(rb"(<dcterms:modified[^>]*>)[^<]*", rb"\g<1>" + stamp, content)
            target.writestr(zipfile.ZipInfo(name, _EPOCH_ZIP), content, zipfile.ZIP_DEFLATED)
    return out.getvalue()
