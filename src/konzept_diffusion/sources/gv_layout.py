"""Where the columns of a Gemeindeverzeichnis extract stand: found from its header, never assumed.

The header has three rows: captions (Satzart, Gemeindename, Fläche ...), parts of merged captions (Land,
RB, Kreis, Gem; insgesamt, männlich ...) and dates (Gebietsstand, date of the population). Captions differ
between vintages in hyphens, footnote marks and wording; the order of the columns changed in 1994.
"""

from __future__ import annotations

import re
from dataclasses import dataclass
from functools import partial

from ..errors import SourceError
from .workbook import Rows

_SEARCHED_ROWS = 20
_DATE = re.compile(r"([0-9]{2})\.([0-9]{2})\.([0-9]{4})")


@dataclass(frozen=True)
class Layout:
    """Positions (from 0) of the columns of one sheet, its first data row, and the dates of its header.

    `textkz`, `lat` and `lon` are None where the vintage has no such column.
    """

    satzart: int
    textkz: int | None
    land: int
    rb: int
    kreis: int
    gemeinde: int
    name: int
    area: int
    population: int
    lat: int | None
    lon: int | None
    first_row: int
    stand: str
    population_date: str

    @property
    def width(self) -> int:
        """How many cells a row needs at least."""
        columns = (
            self.satzart, self.textkz, self.land, self.rb, self.kreis, self.gemeinde, self.name, self.area,
            self.population, self.lat, self.lon,
        )  # fmt: skip
        return 1 + max(column for column in columns if column is not None)


def find_sheet(sheets: dict[str, Rows], file: str) -> str:
    """Return the name of the one sheet that lists Gemeinden (it has the captions Satzart and Gemeindename).

    Raises
    ------
    SourceError
        If no sheet or more than one has such a header.
    """
    found = [name for name, rows in sheets.items() if _header_row(rows) is not None]
    if len(found) != 1:
        which = f"the sheets {', '.join(found)} do" if found else "none of the sheets does"
        raise SourceError(
            f"{file}: exactly one sheet should have a header with 'Satzart' and 'Gemeindename' in its first "
            f"{_SEARCHED_ROWS} rows, but {which} (sheets: {', '.join(sheets) or 'none'}). "
            "Is this an 'Auszug GV' of the Statistisches Bundesamt?"
        )
    return found[0]


def find_layout(rows: Rows, file: str, sheet: str) -> Layout:
    """Return the positions of all columns and the two dates of the header.

    Raises
    ------
    SourceError
        If a caption is missing or occurs twice; names file, sheet, row and what was expected.
    """
    top = _header_row(rows)
    if top is None or len(rows) < top + 3:
        raise SourceError(
            f"{file}, sheet {sheet!r}: a header of three rows that begins with 'Satzart' was expected in the "
            f"first {_SEARCHED_ROWS} rows."
        )
    captions, parts, dates = rows[top], rows[top + 1], rows[top + 2]
    place = f"{file}, sheet {sheet!r}"
    in_captions = partial(_column, captions, f"{place}, row {top + 1}")
    in_parts = partial(_column, parts, f"{place}, row {top + 2}")
    population = in_parts("insgesamt")
    group = _fold(_last_filled(captions, population))
    if not group.startswith(("bevölkerung", "einwohner")):
        raise SourceError(
            f"{place}, row {top + 1}: 'Bevölkerung' or 'Einwohner' was expected above the caption "
            f"'insgesamt' (column {population + 1}), found {group!r}."
        )
    # The captions of the coordinates stand in the second row, in 2009 in the third.
    coordinates = dates if _positions(dates, "Breitengrad", "Längengrad") else parts
    place_of_them = f"{place}, row {top + (3 if coordinates is dates else 2)}"
    lat = lon = None
    if _positions(coordinates, "Breitengrad", "Längengrad"):
        lat = _column(coordinates, place_of_them, "Breitengrad")
        lon = _column(coordinates, place_of_them, "Längengrad")
    gebietsstand = [cell for cell in dates if _fold(cell).startswith("gebietsstand")]
    return Layout(
        satzart=in_captions("Satzart"),
        textkz=in_captions("Textkennzeichen") if _positions(captions, "Textkennzeichen") else None,
        land=in_parts("Land"),
        rb=in_parts("RB"),
        kreis=in_parts("Kreis"),
        gemeinde=in_parts("Gem", "Gemeinde"),
        name=in_captions("Gemeindename"),
        area=in_captions("Fläche*"),
        population=population,
        lat=lat,
        lon=lon,
        first_row=top + 3,
        stand=_date(gebietsstand, f"{place}, row {top + 3}", "Gebietsstand"),
        population_date=_date(_above(dates, population), f"{place}, row {top + 3}", "date of the population"),
    )


def _header_row(rows: Rows) -> int | None:
    for position, row in enumerate(rows[:_SEARCHED_ROWS]):
        captions = {_fold(cell) for cell in row}
        if {"satzart", "gemeindename"} <= captions:
            return position
    return None


def _fold(cell: object) -> str:
    """Return the letters of a caption in lower case; hyphens, line breaks and footnote marks do not count."""
    return "".join(letter for letter in str(cell).casefold() if letter.isalpha())


def _positions(cells: list[object], *captions: str) -> list[int]:
    """Return where one of the captions stands; a star at the end of one means "begins with"."""
    found = []
    for position, cell in enumerate(cells):
        text = _fold(cell)
        for caption in captions:
            wanted = _fold(caption)
            if text == wanted or (caption.endswith("*") and text.startswith(wanted)):
                found.append(position)
                break
    return found


def _column(cells: list[object], place: str, *captions: str) -> int:
    """Return the one position of a caption."""
    found = _positions(cells, *captions)
    if len(found) != 1:
        count = f"occurs {len(found)} times" if found else "is missing"
        expected = " or ".join(repr(caption.rstrip("*")) for caption in captions)
        raise SourceError(f"{place}: the caption {expected} was expected once, but {count}.")
    return found[0]


def _last_filled(cells: list[object], position: int) -> object:
    """Return the cell at `position`, or the nearest filled one to its left (a merged caption)."""
    return next((cell for cell in reversed(cells[: position + 1]) if _fold(cell)), "")


def _above(dates: list[object], population: int) -> list[object]:
    """Return the cell with the date of the population; where it is merged with that of the area, that one."""
    filled = [cell for cell in dates[: population + 1] if str(cell).strip()]
    return [cell for cell in filled[-1:] if not _fold(cell).startswith("gebietsstand")]


def _date(cells: list[object], place: str, expected: str) -> str:
    """Return the first date (dd.mm.yyyy) in `cells` as an ISO date."""
    for cell in cells:
        if found := _DATE.search(str(cell)):
            day, month, year = found.groups()
            return f"{year}-{month}-{day}"
    raise SourceError(f"{place}: a {expected} with a date (dd.mm.yyyy) was expected.")
