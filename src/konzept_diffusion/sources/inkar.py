"""INKAR indicators by Kreis and year (territorial status 2021).

Source: Bundesinstitut für Bau-, Stadt- und Raumforschung (BBSR), INKAR; dl-de/by-2-0. The file is a table
with one row per Kreis and year; its codebook names the INKAR code of every column.
"""

from __future__ import annotations

import csv
import re
from dataclasses import dataclass
from pathlib import Path

import pandas as pd

from .. import keys
from ..errors import InvalidKeyError, SourceError

FILE = "kreise_1995_2022.csv"
STAND = "2021-12-31"
"""Territorial status of every year in the file."""
KREISE = 400
"""Kreise of that status; those of 31.12.2017 but for Eisenach, see `HOME`."""
HOME: dict[str, str] = {"16056": "16063"}
"""Kreis of 31.12.2017 to the one of 31.12.2021 that contains it: Eisenach and the Wartburgkreis are one, and the
figures of all years are those of both together."""


@dataclass(frozen=True)
class Indicator:
    """One indicator: our name, column in the file, unit, allowed range, and zeros that mean missing.

    `zero_is_missing` holds for all Kreise; `without` lists Länder that have no such figure, whatever the
    file says.
    """

    name: str
    column: str
    unit: str
    minimum: float
    maximum: float
    zero_is_missing: bool = False
    without: frozenset[str] = frozenset()


INDICATORS: tuple[Indicator, ...] = (
    Indicator("foreign_share", "share_foreign", "percent", 0, 100),
    Indicator("unemployment_rate", "unemployment_rate", "percent", 0, 100),
    # Zero in eight eastern Kreise in 1997 (Leipzig among them): a municipality without any tax is no fact.
    Indicator("tax_revenue_per_capita", "tax_revenue_per_capita", "euro", 0, 100_000, zero_is_missing=True),
    # Hamburg, Bremen, Berlin have no municipal debt apart from the Land's; the file has 0 and -0.01 there.
    # Elsewhere zero is a figure (Dresden sold its housing and paid back).
    Indicator(
        "debt_per_capita",
        "municipal_debt_per_capita",
        "euro",
        0,
        100_000,
        without=frozenset(keys.CITY_STATES),
    ),
)
COLUMNS = ("kreis", "year", "indicator", "value", "unit")
_BLANK = ("", "NA")
_NUMBER = re.compile(r"-?[0-9]+(?:\.[0-9]+)?")


def read(path: Path) -> pd.DataFrame:
    """Return the indicators in long form; missing values are absent rows.

    Parameters
    ----------
    path
        The CSV file (comma, decimal point, UTF-8) with the columns county_code, year, and one per indicator.

    Returns
    -------
    pandas.DataFrame
        `kreis` (five digits), `year`, `indicator` (see `INDICATORS`), `value`, `unit` (percent, euro), sorted
        by Kreis, indicator and year. The foreigners share breaks between 2010 and 2011 (census rebasing).

    Raises
    ------
    SourceError
        If the file is missing or unreadable, a column is missing, a Kreis and year stand there twice, or a
        value is no number or out of range; names file, row and column.
    """
    try:
        with path.open(encoding="utf-8-sig", newline="") as stream:
            records = list(csv.reader(stream, strict=True))
    except FileNotFoundError:
        raise SourceError(
            f"{path}: there is no such file. Put the INKAR table by Kreis and year there."
        ) from None
    except (OSError, UnicodeDecodeError, csv.Error) as error:
        raise SourceError(f"{path}: cannot be read as a UTF-8 CSV file ({error}).") from None
    return parse(records, path.name)


def parse(records: list[list[str]], file: str) -> pd.DataFrame:
    """Return the table of `read` from header and rows as text.

    Raises
    ------
    SourceError
        As for `read`.
    """
    header = records[0] if records else []
    wanted = ["county_code", "year", *(item.column for item in INDICATORS)]
    for name in wanted:
        if header.count(name) != 1:
            raise SourceError(
                f"{file}, row 1: the column {name!r} was expected once; found: {', '.join(header)}."
            )
    position = {name: header.index(name) for name in wanted}
    seen: dict[tuple[str, int], int] = {}
    rows: list[tuple[str, int, str, float, str]] = []
    for number, record in enumerate(records[1:], start=2):
        if len(record) != len(header):
            raise SourceError(
                f"{file}, row {number}: {len(header)} cells were expected, found {len(record)}."
            )
        kreis, year = _kreis_and_year(record, position, f"{file}, row {number}")
        if (before := seen.setdefault((kreis, year), number)) != number:
            raise SourceError(
                f"{file}, row {number}: Kreis {kreis} and year {year} stand in row {before} already."
            )
        for item in INDICATORS:
            value = _value(
                record[position[item.column]], item, f"{file}, row {number}, column {item.column!r}", kreis
            )
            if value is not None:
                rows.append((kreis, year, item.name, value, item.unit))
    if not rows:
        raise SourceError(f"{file}: holds no values.")
    table = pd.DataFrame(rows, columns=list(COLUMNS))
    table = table.astype(
        {"kreis": "str", "year": "int64", "indicator": "str", "value": "float64", "unit": "str"}
    )
    return table.sort_values(["kreis", "indicator", "year"], ignore_index=True)


def _kreis_and_year(record: list[str], position: dict[str, int], place: str) -> tuple[str, int]:
    try:
        kreis = keys.check(record[position["county_code"]].strip(), level="kreis")
    except InvalidKeyError as error:
        raise SourceError(f"{place}, column 'county_code': {error}") from None
    year = record[position["year"]].strip()
    if not (year.isascii() and year.isdigit() and 1990 <= int(year) <= 2100):
        raise SourceError(f"{place}, column 'year': {year!r} is no year.")
    return kreis, int(year)


def _value(cell: str, item: Indicator, place: str, kreis: str) -> float | None:
    """Return one value; None if the cell is blank or the figure is known to stand for a missing one."""
    text = cell.strip()
    if text in _BLANK or kreis[:2] in item.without:
        return None
    if not _NUMBER.fullmatch(text):
        hint = " Decimal points were expected, not commas." if "," in text else ""
        raise SourceError(f"{place}: {text!r} is no number.{hint}")
    value = float(text)
    if value == 0 and item.zero_is_missing:
        return None
    if not item.minimum <= value <= item.maximum:
        raise SourceError(f"{place}: {text} is outside {item.minimum:g} to {item.maximum:g} {item.unit}.")
    return value
