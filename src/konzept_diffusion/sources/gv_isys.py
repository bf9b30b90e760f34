"""Gemeindeverzeichnis (GV-ISys), „Auszug GV“: every Gemeinde with key, name, area, population, coordinates.

Source: Statistisches Bundesamt (Destatis), Gemeindeverzeichnis-Informationssystem, yearly extracts.
Reproduction and distribution, also in parts, are allowed if the source is named.
"""

from __future__ import annotations

import re
from dataclasses import dataclass
from pathlib import Path
from typing import Literal

import pandas as pd

from .. import keys
from ..errors import InvalidKeyError, SourceError
from .gv_layout import Layout, find_layout, find_sheet
from .numbers import parse_number
from .workbook import Rows, sheets

TEXTKZ: dict[str, str] = {
    "41": "Kreisfreie Stadt",
    "42": "Stadtkreis (Baden-Württemberg)",
    "43": "Kreis",
    "44": "Landkreis",
    "45": "Regionalverband (Saarbrücken)",
    "60": "Markt",
    "61": "Kreisfreie Stadt",
    "62": "Stadtkreis (Baden-Württemberg)",
    "63": "Stadt",
    "64": "Kreisangehörige Gemeinde",
    "65": "Gemeindefreies Gebiet, bewohnt",
    "66": "Gemeindefreies Gebiet, unbewohnt",
    "67": "Große Kreisstadt",
}
"""Textkennzeichen of Kreise (41 to 45) and Gemeinden (60 to 67); the extracts have it since 1994."""
UNINCORPORATED = frozenset({"65", "66"})
"""Textkennzeichen of gemeindefreie Gebiete: areas without a Gemeinde."""


@dataclass(frozen=True)
class Vintage:
    """One extract: file name, dates (ISO) and what has to be known to read it.

    Attributes
    ----------
    file
        Name as published.
    stand
        Territorial status of the rows.
    population_date
        Date of the population figures.
    total
        Sum of the Gemeinde populations in the file: a cut file is noticed.
    coordinates
        "decimal" degrees, "dms" (9.2615 is 9° 26' 15"), or "none".
    header_stand
        Territorial status in the header of the sheet, where it differs from `stand`.
    note
        What is odd about the file.
    """

    file: str
    stand: str
    population_date: str
    total: int
    coordinates: Literal["decimal", "dms", "none"]
    header_stand: str = ""
    note: str = ""


VINTAGES: tuple[Vintage, ...] = (
    Vintage(
        "31121983_Auszug_GV.xlsx", "1983-12-31", "1983-12-31", 61_306_669, "none",
        note="Federal territory before 1990, Berlin (West) included. No Textkennzeichen.",
    ),
    Vintage(
        "31121987_Auszug_GV.xlsx", "1988-01-01", "1987-12-31", 61_238_079, "none",
        note="The title says 31.12.1988; cover and header say 31.12.1987, and so does the sum.",
    ),
    Vintage("31121990_Auszug_GV.xlsx", "1991-01-01", "1990-12-31", 79_753_227, "none"),
    Vintage(
        "31121994_Auszug_GV.xlsx", "1994-12-31", "1994-12-31", 81_538_603, "none",
        note="Areas in Bayern and Nordrhein-Westfalen as of 1.1.1994.",
    ),
    Vintage(
        "31121998_Auszug_GV.xlsx", "1998-12-31", "1997-12-31", 81_999_517, "none", header_stand="1997-12-31",
        note="The cover says Gebietsstand 31.12.1998, the header 31.12.1997. The rows are the Gemeinden of "
        "31.12.1998 with population and area of 31.12.1997; what belonged to Gemeinden dissolved in 1998 "
        "seems to be missing: the sum is some 58,000 below the published one (mostly Brandenburg, Sachsen).",
    ),
    Vintage("31122002_Auszug_GV.xlsx", "2002-12-31", "2002-12-31", 82_536_680, "none"),
    Vintage("31122005_Auszug_GV.xlsx", "2005-12-31", "2005-12-31", 82_437_995, "none"),
    Vintage(
        "31122009_Auszug_GV.xlsx", "2009-12-31", "2009-12-31", 81_802_257, "dms",
        note="Coordinates in degrees, minutes and seconds. About one Gemeinde in ten bears the point of "
        "another one of the same name: do not use them for maps.",
    ),
    Vintage("31122013_Auszug_GV.xlsx", "2013-12-31", "2013-12-31", 80_767_463, "decimal"),
    Vintage(
        "31122017_Auszug_GV.xlsx", "2017-12-31", "2017-12-31", 82_792_351, "decimal",
        note="Some gemeindefreie Gebiete stand there once per Reisegebiet.",
    ),
    Vintage("31122021_Auszug_GV.xlsx", "2021-12-31", "2021-12-31", 83_237_124, "decimal"),
    Vintage("31122023_Auszug_GV.xlsx", "2023-12-31", "2023-12-31", 84_669_326, "decimal"),
    Vintage(
        "AuszugGV4QAktuell_2024.xlsx", "2024-12-31", "2023-12-31", 84_669_326, "decimal",
        note="Population on the base of the census of 2011, at the territorial status of 31.12.2024.",
    ),
)  # fmt: skip
COLUMNS = (
    "ags", "satzart", "textkz", "name", "area_km2", "population", "lat", "lon", "stand", "population_date",
)  # fmt: skip

_KEPT = {"10": 2, "40": 5, "60": 8}
"""Satzart to length of its key: Land, Kreis, Gemeinde."""
_LEFT_OUT = frozenset({"20", "30", "50"})
"""Regierungsbezirke, regions and Gemeindeverbände: no Kommunen of this study."""
_WIDTHS = {"land": 2, "rb": 1, "kreis": 2, "gemeinde": 3}
_LATITUDES, _LONGITUDES = (47.0, 56.0), (5.0, 16.0)
_UNINCORPORATED_NAME = re.compile(r"gemfr\.|gdefr\.|gemeindefrei", re.IGNORECASE)


def vintage(name: str) -> Vintage:
    """Return the record of the extract with that file name.

    Raises
    ------
    SourceError
        If the file is not one of `VINTAGES`.
    """
    for item in VINTAGES:
        if item.file == name:
            return item
    raise SourceError(
        f"{name}: no extract of that name is known. Known: {', '.join(item.file for item in VINTAGES)}. "
        "A new one needs a record in VINTAGES (dates, total, kind of coordinates)."
    )


def read(path: Path) -> pd.DataFrame:
    """Return Länder, Kreise and Gemeinden of one extract.

    Parameters
    ----------
    path
        The xlsx file under its published name (see `VINTAGES`).

    Returns
    -------
    pandas.DataFrame
        One row per unit, in the order of the file: `ags` (2, 5 or 8 digits), `satzart` (10, 40, 60),
        `textkz` (missing before 1994 and for Länder), `name` (blanks tidied), `area_km2`, `population`
        (Int64; missing for Länder and Kreise, and for gemeindefreie Gebiete in 1983 and 1987), `lat`, `lon`
        (decimal degrees, WGS84; missing where the file has none), `stand` and `population_date` (ISO dates).

    Raises
    ------
    SourceError
        If the file is missing, laid out differently, holds a cell that is not what its column says, or its
        population does not add up; names file, sheet and row.
    """
    record = vintage(path.name)
    book = sheets(path)
    sheet = find_sheet(book, path.name)
    table = parse(book[sheet], record, sheet)
    total = int(table.loc[table["satzart"] == "60", "population"].sum())
    if total != record.total:
        raise SourceError(
            f"{path.name}, sheet {sheet!r}: the Gemeinden have {total:,} inhabitants together, expected were "
            f"{record.total:,}. The file is cut or changed; download it again from the official page."
        )
    return table


def parse(rows: Rows, record: Vintage, sheet: str) -> pd.DataFrame:
    """Return the table of `read` from the rows of a sheet, without the check of the total.

    A unit that stands there several times with the same content (2017: once per Reisegebiet) is one row.

    Raises
    ------
    SourceError
        As for `read`.
    """
    layout = find_layout(rows, record.file, sheet)
    _check_record(layout, record, sheet)
    units: dict[str, tuple[int, tuple[object, ...]]] = {}
    for number, row in enumerate(rows[layout.first_row :], start=layout.first_row + 1):
        if not any(map(_filled, row)) or _is_note(row, layout):
            continue
        try:
            unit = _unit([*row, *[""] * (layout.width - len(row))], layout, record)
        except (ValueError, InvalidKeyError) as error:
            raise SourceError(f"{record.file}, sheet {sheet!r}, row {number}: {error}.") from None
        if unit is None:
            continue
        ags = str(unit[0])
        before, same = units.setdefault(ags, (number, unit))
        if same != unit:
            raise SourceError(
                f"{record.file}, sheet {sheet!r}, row {number}: the key {ags} stands in row {before} "
                "already, with other content."
            )
    if not units:
        raise SourceError(f"{record.file}, sheet {sheet!r}: below the header there is not a single data row.")
    table = pd.DataFrame([unit for _, unit in units.values()], columns=list(COLUMNS[:8]))
    table = table.astype(
        {"ags": "str", "satzart": "str", "textkz": "str", "name": "str", "area_km2": "float64",
         "population": "Int64", "lat": "float64", "lon": "float64"}
    )  # fmt: skip
    table["stand"], table["population_date"] = record.stand, record.population_date
    _check_sums(table, record, sheet)
    return table


def tidy_name(name: object) -> str:
    """Return an official name with no-break and repeated blanks made single ones."""
    return " ".join(str(name).split())


def _check_record(layout: Layout, record: Vintage, sheet: str) -> None:
    """Check dates and coordinates of the header against what is known of the extract."""
    expected = (record.header_stand or record.stand, record.population_date)
    found = (layout.stand, layout.population_date)
    if found != expected:
        raise SourceError(
            f"{record.file}, sheet {sheet!r}, row {layout.first_row}: Gebietsstand and date of the "
            f"population are {found[0]} and {found[1]}, expected were {expected[0]} and {expected[1]}."
        )
    if (layout.lat is None) != (record.coordinates == "none"):
        raise SourceError(
            f"{record.file}, sheet {sheet!r}, row {layout.first_row}: columns of coordinates were "
            f"{'not expected' if layout.lat is not None else 'expected'} ({record.coordinates})."
        )


def _is_note(row: list[object], layout: Layout) -> bool:
    """Is a row a footnote: text in the first cell (not the column of the names) and nothing else?"""
    return layout.name != 0 and str(row[0]) not in ("", *_KEPT, *_LEFT_OUT) and not any(map(_filled, row[1:]))


def _filled(cell: object) -> bool:
    return str(cell).strip() != ""


def _unit(row: list[object], layout: Layout, record: Vintage) -> tuple[object, ...] | None:
    """Return one row as a tuple in the order of `COLUMNS` (without dates); None for other Satzarten.

    Raises
    ------
    ValueError, InvalidKeyError
        For a cell that is not what its column says.
    """
    satzart = _code(row[layout.satzart], 2, "Satzart")
    if satzart in _LEFT_OUT:
        return None
    if satzart not in _KEPT:
        raise ValueError(f"{satzart!r} is no Satzart (10, 20, 30, 40, 50, 60)")
    parts = {"10": ("land",), "40": ("land", "rb", "kreis"), "60": ("land", "rb", "kreis", "gemeinde")}[
        satzart
    ]
    ags = keys.check("".join(_code(row[getattr(layout, part)], _WIDTHS[part], part) for part in parts))
    name = tidy_name(row[layout.name])
    if not name:
        raise ValueError("the Gemeindename is blank")
    textkz = None
    if layout.textkz is not None and satzart != "10":
        textkz = _code(row[layout.textkz], 2, "Textkennzeichen")
        if textkz not in TEXTKZ:
            raise ValueError(f"{textkz!r} is no known Textkennzeichen")
    area = _measure(row[layout.area], "Fläche")
    population = _measure(row[layout.population], "Bevölkerung")
    if population is not None and population != int(population):
        raise ValueError(f"a population of {population} is no whole number")
    if satzart == "60":
        if area is None:
            raise ValueError("the Fläche is blank")
        free = textkz in UNINCORPORATED if textkz else _UNINCORPORATED_NAME.search(name) is not None
        if population is None and not free:
            raise ValueError(f"the Bevölkerung of {name} is blank, which only a gemeindefreies Gebiet may be")
    lat, lon = _point(row, layout, record)
    return ags, satzart, textkz, name, area, None if population is None else int(population), lat, lon


def _code(cell: object, width: int, name: str) -> str:
    """Return a code of fixed width as text; a cell that lost its leading zeros gets them back."""
    text = str(int(cell)) if isinstance(cell, float) and cell.is_integer() else str(cell).strip()
    text = text.zfill(width) if text else text
    if len(text) != width or not (text.isascii() and text.isdigit()):
        raise ValueError(f"{name} should be a code of {width} digits, found {cell!r}")
    return text


def _measure(cell: object, name: str) -> float | None:
    try:
        value = parse_number(cell)
    except ValueError as error:
        raise ValueError(f"{name}: {error}") from None
    if value is not None and value < 0:
        raise ValueError(f"{name}: {value:g} is below zero")
    return value


def _point(row: list[object], layout: Layout, record: Vintage) -> tuple[float | None, float | None]:
    """Return latitude and longitude in decimal degrees; blank or 0/0 means that there is none."""
    if layout.lat is None or layout.lon is None:
        return None, None
    pair = [_measure(row[layout.lat], "Breitengrad"), _measure(row[layout.lon], "Längengrad")]
    if not any(pair):
        return None, None
    if record.coordinates == "dms":
        pair = [None if value is None else dms_to_decimal(value) for value in pair]
    for value, (low, high), name in zip(
        pair, (_LATITUDES, _LONGITUDES), ("Breitengrad", "Längengrad"), strict=True
    ):
        if value is None or not low <= value <= high:
            raise ValueError(f"{name}: {value} does not lie in Germany ({low:g} to {high:g} degrees)")
    return pair[0], pair[1]


def dms_to_decimal(value: float) -> float:
    """Return degrees written as DD.MMSS (54.4657 is 54° 46' 57") in decimal degrees, rounded to six places.

    Sixty seconds occur in the file of 2009: they come from rounding and are accepted.

    Raises
    ------
    ValueError
        If minutes or seconds are above what a clock has.
    """
    degrees, digits = f"{value:.4f}".split(".")
    minutes, seconds = int(digits[:2]), int(digits[2:])
    if abs(float(f"{value:.4f}") - value) > 1e-9 or minutes > 59 or seconds > 60:
        raise ValueError(f"{value!r} are no degrees, minutes and seconds (DD.MMSS)")
    return round(int(degrees) + minutes / 60 + seconds / 3600, 6)


def _check_sums(table: pd.DataFrame, record: Vintage, sheet: str) -> None:
    """Check the Gemeinden of each Land against the Land's own row, where that carries a population."""
    laender = table[table["satzart"] == "10"].dropna(subset="population")
    gemeinden = table[table["satzart"] == "60"]
    sums = gemeinden.groupby(gemeinden["ags"].str[:2])["population"].sum()
    for land, stated in laender[["ags", "population"]].itertuples(index=False):
        if (found := int(sums.get(land, 0))) != stated:
            raise SourceError(
                f"{record.file}, sheet {sheet!r}: the Gemeinden of {keys.land_name(land)} have {found:,} "
                f"inhabitants together, the row of the Land says {stated:,}."
            )
