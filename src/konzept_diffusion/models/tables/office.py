"""Regression tables as files of an office suite: Excel with real numbers, Word with a table of its own."""

from __future__ import annotations

import datetime
import importlib
import io
import re
import zipfile
from pathlib import Path
from typing import Any, Unpack

from openpyxl import Workbook
from openpyxl.cell.cell import Cell as ExcelCell
from openpyxl.styles import Alignment, Border, Font, Side
from openpyxl.utils import get_column_letter

from ...errors import ModelError
from ...files import write_bytes
from .layout import Cell, Fits, Options, RegressionTable, laid_out

_EPOCH = datetime.datetime(2000, 1, 1)  # no time of writing: the same table is the same bytes
_EPOCH_ZIP = (2000, 1, 1, 0, 0, 0)
_AUTHOR = "konzept_diffusion"
_FORMULA = "=+-@'"
_THIN = Side(style="thin")


def to_excel(fits: Fits, path: Path | str | None = None, **options: Unpack[Options]) -> bytes:
    """Return the table as an Excel workbook.

    Estimates, standard errors and counts are numbers with a format (parentheses, stars and the minus sign belong
    to the format), so that they can be computed with; Excel itself writes their decimal mark in the language of
    its user. An interval has two numbers and is a text. No text can become a formula.

    Parameters
    ----------
    fits
        One fit, a sequence of fits, or a mapping from the heading of its column to each fit.
    path
        File to write as well.
    **options
        See `layout.Options`.

    Raises
    ------
    ModelError
        As `layout.laid_out`.
    """
    table = laid_out("to_excel", fits, options)
    book = Workbook()
    sheet: Any = book.active
    sheet.title = "Regression"
    line = 1
    if table.title:
        _text(sheet.cell(line, 1), table.title)
        sheet.cell(line, 1).font = Font(bold=True)
        line += 1
    columns = range(2, len(table.models) + 2)
    for column, name in zip(columns, table.models, strict=True):
        _text(sheet.cell(line, column), name)
        sheet.cell(line, column).alignment = Alignment(horizontal="right")
    rule = {line: Border(top=_THIN, bottom=_THIN)}
    sheet.freeze_panes = sheet.cell(line + 1, 2)
    line += 1
    for block in (table.coefficients, table.statistics):
        for row in block:
            _text(sheet.cell(line, 1), row.label)
            for column, cell in zip(columns, row.cells, strict=True):
                _value(sheet.cell(line, column), cell, table.digits, inside=False)
            line += 1
            if row.below:
                for column, cell in zip(columns, row.below, strict=True):
                    _value(sheet.cell(line, column), cell, table.digits, inside=True)
                line += 1
        if block:
            rule[line - 1] = Border(bottom=_THIN)
    for number, border in rule.items():
        for column in range(1, len(table.models) + 2):
            sheet.cell(number, column).border = border
    for note in table.notes:
        _text(sheet.cell(line, 1), note)
        sheet.cell(line, 1).font = Font(size=9)
        line += 1
    rows = [*table.coefficients, *table.statistics]
    sheet.column_dimensions["A"].width = min(60, 2 + max(len(row.label) for row in rows))
    for column in columns:
        sheet.column_dimensions[get_column_letter(column)].width = 18
    book.properties.creator = _AUTHOR
    book.properties.title = table.title
    book.properties.created = _EPOCH
    raw = io.BytesIO()
    book.save(raw)
    return _written(_same_bytes(raw.getvalue()), path)


def to_docx(fits: Fits, path: Path | str | None = None, **options: Unpack[Options]) -> bytes:
    """Return the table as a Word document: caption, a table with a repeated heading row, notes.

    Parameters
    ----------
    fits
        One fit, a sequence of fits, or a mapping from the heading of its column to each fit.
    path
        File to write as well.
    **options
        See `layout.Options`.

    Raises
    ------
    ModelError
        As `layout.laid_out`; or if python-docx is not installed.
    """
    docx, align, oxml, ns, shared = _library()
    table = laid_out("to_docx", fits, options)
    document = docx.Document()
    properties = document.core_properties
    properties.author, properties.last_modified_by = _AUTHOR, _AUTHOR
    properties.title, properties.comments = table.title or "", ""
    properties.language = {"de": "de-DE", "en": "en-GB"}[table.lang]
    properties.created = properties.modified = _EPOCH
    properties.revision = 1
    if table.title:
        document.add_paragraph(table.title, style="Caption").paragraph_format.keep_with_next = True
    lines = _lines(table)
    grid = document.add_table(rows=0, cols=len(table.models) + 1)
    for number, cells in enumerate(lines):
        row = grid.add_row()
        for place, (cell, text) in enumerate(zip(row.cells, cells, strict=True)):
            paragraph = cell.paragraphs[0]
            paragraph.add_run(text).font.size = shared.Pt(9)
            paragraph.paragraph_format.space_after = shared.Pt(0)
            paragraph.paragraph_format.keep_with_next = True
            if place:
                paragraph.alignment = align.CENTER
        properties_of_row = row._tr.get_or_add_trPr()
        properties_of_row.append(oxml.OxmlElement("w:cantSplit"))
        if number == 0:
            properties_of_row.append(oxml.OxmlElement("w:tblHeader"))
    first = 1 + sum(2 if row.below else 1 for row in table.coefficients)
    for number in {0, first - 1, len(lines) - 1}:
        for cell in grid.rows[number].cells:
            _rule(cell, ("top", "bottom") if number == 0 else ("bottom",), oxml, ns)
    for note in table.notes:
        paragraph = document.add_paragraph()
        paragraph.add_run(note).font.size = shared.Pt(8)
        paragraph.paragraph_format.space_after = shared.Pt(0)
    raw = io.BytesIO()
    document.save(raw)
    return _written(_same_bytes(raw.getvalue()), path)


def _library() -> tuple[Any, Any, Any, Any, Any]:
    """Return the parts of python-docx in use."""
    try:
        return (
            importlib.import_module("docx"),
            importlib.import_module("docx.enum.text").WD_ALIGN_PARAGRAPH,
            importlib.import_module("docx.oxml"),
            importlib.import_module("docx.oxml.ns"),
            importlib.import_module("docx.shared"),
        )
    except ModuleNotFoundError as error:
        raise ModelError(
            "Tables for Word need the package python-docx: pip install 'konzept-diffusion[docx]', or use to_html, "
            "which Word opens too."
        ) from error


def _lines(table: RegressionTable) -> list[list[str]]:
    lines = [["", *table.models]]
    for row in [*table.coefficients, *table.statistics]:
        lines.append([row.label, *(cell.text for cell in row.cells)])
        if row.below:
            lines.append(["", *(cell.text for cell in row.below)])
    return lines


def _rule(cell: Any, sides: tuple[str, ...], oxml: Any, ns: Any) -> None:
    borders = oxml.OxmlElement("w:tcBorders")
    for side in sides:
        border = oxml.OxmlElement(f"w:{side}")
        for name, value in (("val", "single"), ("sz", "6"), ("space", "0"), ("color", "000000")):
            border.set(ns.qn(f"w:{name}"), value)
        borders.append(border)
    cell._tc.get_or_add_tcPr().append(borders)


def _text(cell: ExcelCell, text: str) -> None:
    """Write a text as a text, also after it was edited."""
    if text:
        cell.value = text
        cell.data_type = "s"
        cell.number_format = "@"
        cell.quotePrefix = text[0] in _FORMULA


def _value(cell: ExcelCell, content: Cell, digits: int, *, inside: bool) -> None:
    """Write one number with its format, or the text of a cell that has none or two."""
    cell.alignment = Alignment(horizontal="right")
    if (
        len(content.numbers) != 1
        or content.numbers[0] != content.numbers[0]
        or abs(content.numbers[0]) == float("inf")
    ):
        _text(cell, content.text)
        return
    body = "#,##0" if content.whole else "#,##0" + ("." + "0" * digits if digits else "")
    before, after = ("\\(", "\\)") if inside else ("", f'"{content.stars}"' if content.stars else "")
    cell.value = int(content.numbers[0]) if content.whole else content.numbers[0]
    if "<" in content.text:  # a p-value too small for its decimal places: shown as such, kept as a number
        cell.number_format = f'"{content.text}"'
        return
    cell.number_format = f'{before}{body}{after};{before}"\u2212"{body}{after}'


def _same_bytes(content: bytes) -> bytes:
    """Return an office file with the time of writing taken out of its properties and its zip entries."""
    out = io.BytesIO()
    stamp = _EPOCH.strftime("%Y-%m-%dT%H:%M:%SZ").encode()
    with (
        zipfile.ZipFile(io.BytesIO(content)) as source,
        zipfile.ZipFile(out, "w", zipfile.ZIP_DEFLATED) as target,
    ):
        for name in source.namelist():
            part = source.read(name)
            if name == "docProps/core.xml":
                part = re.sub(rb"(<dcterms:modified[^>]*>)[^<]*", rb"\g<1>" + stamp, part)
            target.writestr(zipfile.ZipInfo(name, _EPOCH_ZIP), part, zipfile.ZIP_DEFLATED)
    return out.getvalue()


def _written(content: bytes, path: Path | str | None) -> bytes:
    if path is not None:
        write_bytes(Path(path), content)
    return content
