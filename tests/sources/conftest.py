"""Helpers of this room: small official-looking sheets, and the folder of official files where present."""

from __future__ import annotations

import os
import zipfile
from collections.abc import Callable, Mapping
from pathlib import Path
from xml.sax.saxutils import escape

import pytest

PROJECT = Path(__file__).resolve().parents[2]
Rows = list[list[object]]


@pytest.fixture(scope="session")
def mirror() -> Path:
    """The folder of official files: KONZEPT_MIRROR, else the one beside the project."""
    folder = Path(os.environ.get("KONZEPT_MIRROR", "").strip() or PROJECT / ".." / "shared" / "mirror")
    if not (folder / "gv_isys").is_dir() or not (folder / "inkar").is_dir():
        pytest.skip(f"needs the official files (gv_isys, inkar): {folder} is not there; set KONZEPT_MIRROR")
    return folder


@pytest.fixture
def header_2017() -> Callable[..., Rows]:
    """Return a maker of header rows as in the extracts since 2013 (without the columns behind the points)."""

    def make(stand: str = "31.12.2017", population: str = "31.12.2017") -> Rows:
        return [
            ["Gemeinden in Deutschland nach Fläche, Bevölkerung und Postleitzahl", *[""] * 14],
            [""] * 15,
            ["Satz-art", "Text-kenn-zeichen", "Regionalschlüssel (RS)", "", "", "", "", "Gemeindename",
             f"Fläche km2 1)\nam {population}", "Bevölkerung2)", "", "", "", "Geografische Koordinaten", ""],
            ["", "", "Land", "RB", "Kreis", "VB", "Gem", "", "",
             "insgesamt", "männlich", "weiblich", "je km2", "Längengrad", "Breitengrad"],
            ["", "", f"Gebietsstand am {stand} (Jahr)", "", "", "", "", "", "", f"am {population} (Jahr) ",
             "", "", "", "Zuordnungsstand", ""],
            [""] * 15,
        ]  # fmt: skip

    return make


@pytest.fixture
def body_2017() -> Callable[[], Rows]:
    """Return a maker of data rows: one Land, a kreisfreie Stadt, a Landkreis with two Gemeinden."""

    def make() -> Rows:
        blank = [""] * 7
        return [
            ["10", "", "05", "", "", "", "", "Nordrhein-Westfalen", *blank],
            ["40", "41", "05", "3", "15", "", "", "Köln, Stadt", *blank],
            ["50", "50", "05", "3", "15", "0000", "", "Köln, Stadt", *blank],
            ["60", "61", "05", "3", "15", "0000", "000", "Köln, Stadt", 405.02, 1080394.0, 526528.0, 553866.0,
             2668.0, "6,956944", "50,938056"],
            ["40", "43", "05", "3", "58", "", "", "Düren", *blank],
            ["60", "63", "05", "3", "58", "0004", "004", "Aldenhoven,  Stadt",
             "44,26", "13\u2009900", 7000.0, 6900.0, 314.0, "6,28", "50,9"],
            ["60", "64", "05", "3", "58", "0008", "008", "Düren", 85.01, 90244.0, 45000.0, 45244.0, 1062.0,
             "6,48", "50,8"],
        ]  # fmt: skip

    return make


@pytest.fixture
def write_xlsx(tmp_path: Path) -> Callable[[str, Mapping[str, Rows]], Path]:
    """Return a writer of small workbooks: name and sheets in, path out."""

    def write(name: str, sheets: Mapping[str, Rows]) -> Path:
        path = tmp_path / name
        with zipfile.ZipFile(path, "w") as book:
            for member, content in _members(sheets).items():
                book.writestr(member, '<?xml version="1.0" encoding="UTF-8"?>' + content)
        return path

    return write


def _members(sheets: Mapping[str, Rows]) -> dict[str, str]:
    office = "http://schemas.openxmlformats.org/officeDocument/2006/relationships"
    package = "http://schemas.openxmlformats.org/package/2006"
    related = f"{package}/relationships"
    main = "http://schemas.openxmlformats.org/spreadsheetml/2006/main"
    kind = "application/vnd.openxmlformats-officedocument.spreadsheetml"
    numbers = range(1, len(sheets) + 1)
    parts = "".join(
        f'<Override PartName="/xl/worksheets/sheet{n}.xml" ContentType="{kind}.worksheet+xml"/>'
        for n in numbers
    )
    entries = "".join(
        f'<sheet name="{escape(name)}" sheetId="{n}" r:id="r{n}"/>' for n, name in enumerate(sheets, start=1)
    )
    links = "".join(
        f'<Relationship Id="r{n}" Type="{office}/worksheet" Target="worksheets/sheet{n}.xml"/>'
        for n in numbers
    )
    members = {
        "[Content_Types].xml": f'<Types xmlns="{package}/content-types">'
        '<Default Extension="rels" ContentType="application/vnd.openxmlformats-package.relationships+xml"/>'
        f'<Override PartName="/xl/workbook.xml" ContentType="{kind}.sheet.main+xml"/>{parts}</Types>',
        "_rels/.rels": f'<Relationships xmlns="{related}">'
        f'<Relationship Id="r1" Type="{office}/officeDocument" Target="xl/workbook.xml"/></Relationships>',
        "xl/workbook.xml": f'<workbook xmlns="{main}" xmlns:r="{office}">'
        f"<sheets>{entries}</sheets></workbook>",
        "xl/_rels/workbook.xml.rels": f'<Relationships xmlns="{related}">{links}</Relationships>',
    }
    for number, rows in enumerate(sheets.values(), start=1):
        lines = "".join(
            f'<row r="{r}">{"".join(_cell(cell, r, c) for c, cell in enumerate(row) if cell != "")}</row>'
            for r, row in enumerate(rows, start=1)
        )
        members[f"xl/worksheets/sheet{number}.xml"] = (
            f'<worksheet xmlns="{main}"><sheetData>{lines}</sheetData></worksheet>'
        )
    return members


def _cell(value: object, row: int, column: int) -> str:
    reference = f"{chr(ord('A') + column)}{row}"
    if isinstance(value, int | float):
        return f'<c r="{reference}"><v>{value}</v></c>'
    text = escape(str(value))
    return f'<c r="{reference}" t="inlineStr"><is><t xml:space="preserve">{text}</t></is></c>'
