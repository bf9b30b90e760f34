"""INKAR indicators by Kreis and year (territorial status 2021).

Source: Bundesinstitut für Bau-, Stadt- und Raumforschung (BBSR), INKAR; dl-de/by-2-0. Two layouts are read: the
whole of INKAR as it is published (one row per figure, semicolons, decimal comma), and a table re-cut from it
with one row per Kreis and year, whose codebook names the INKAR code (Kürzel) of every column.
"""

from __future__ import annotations

import csv
import re
from collections.abc import Iterable
from dataclasses import dataclass
from pathlib import Path

import pandas as pd

from .. import keys
from ..errors import InvalidKeyError, SourceError

FILE = "kreise_1995_2022.csv"
PUBLISHED = "inkar_20[0-9][0-9].csv"
"""Names of the published file (unpacked), which is read where there is no `FILE`; of several, the latest."""
STAND = "2021-12-31"
"""Territorial status of every year in the file."""
KREISE = 400
"""Kreise of that status; those of 31.12.2017 but for Eisenach, see `tracing.NEXT_KREISE`."""


@dataclass(frozen=True)
class Indicator:
    """One indicator: our name, column in the re-cut file, INKAR's code, unit, range, zeros that mean missing.

    `zero_is_missing` holds for all Kreise; `without` lists Länder that have no such figure, whatever the
    file says.
    """

    name: str
    column: str
    code: str
    unit: str
    minimum: float
    maximum: float
    zero_is_missing: bool = False
    without: frozenset[str] = frozenset()


INDICATORS: tuple[Indicator, ...] = (
    Indicator("foreign_share", "share_foreign", "a_ausl_bev", "percent", 0, 100),
    Indicator("unemployment_rate", "unemployment_rate", "q_alo", "percent", 0, 100),
    # Zero in eight eastern Kreise in 1997 (Leipzig among them): a municipality without any tax is no fact.
    Indicator(
        "tax_revenue_per_capita",
        "tax_revenue_per_capita",
        "q_gest_bev",
        "euro",
        0,
        100_000,
        zero_is_missing=True,
    ),
    # Hamburg, Bremen, Berlin have no municipal debt apart from the Land's; the file has 0 and -0.01 there.
    # Elsewhere zero is a figure (Dresden sold its housing and paid back).
    Indicator(
        "debt_per_capita",
        "municipal_debt_per_capita",
        "q_gemschuld_bev",
        "euro",
        0,
        100_000,
        without=frozenset(keys.CITY_STATES),
    ),
)
COLUMNS = ("kreis", "year", "indicator", "value", "unit")
_BLANK = ("", "NA")
_LONG = ("Kuerzel", "Raumbezug", "Kennziffer", "Zeitbezug", "Wert")
"""Columns that are needed of the published layout (Bereich;ID;Kuerzel;Indikator;Raumbezug;Kennziffer;Name;
Zeitbezug;Wert)."""
_NUMBER = re.compile(r"-?[0-9]+(?:\.[0-9]+)?")


def read(path: Path) -> pd.DataFrame:
    """Return the indicators in long form; missing values are absent rows.

    Parameters
    ----------
    path
        The CSV file (UTF-8): comma, decimal point, with the columns county_code, year, and one per indicator;
        or as INKAR publishes it. If it is missing, a file `PUBLISHED` beside it is read.

    Returns
    -------
    pandas.DataFrame
        `kreis` (five digits), `year`, `indicator` (see `INDICATORS`), `value`, `unit` (percent, euro), sorted
        by Kreis, indicator and year. The foreigners share breaks between 2010 and 2011 (census rebasing).

    Raises
    ------
    SourceError
        If the file is missing or unreadable, a column or indicator is missing, a Kreis and year stand there
        twice, or a value is no number or out of range; names file, row and column.
    """
    if not path.is_file():
        path = max(path.parent.glob(PUBLISHED), default=path)
    try:
        with path.open(encoding="utf-8-sig", newline="") as stream:
            first = stream.readline()
            stream.seek(0)
            if ";" in first:
                return parse_published(csv.reader(stream, delimiter=";", strict=True), path.name)
            records = list(csv.reader(stream, strict=True))
    except FileNotFoundError:
        raise SourceError(
            f"{path}: there is no such file. Put the INKAR table by Kreis and year there, or the published "
            "file inkar_2025.csv beside it."
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
    return _table(rows, file)


def parse_published(records: Iterable[list[str]], file: str) -> pd.DataFrame:
    """Return the table of `read` from the published file, row by row: it has several gigabytes.

    An indicator stands there once for every subject (Bereich) that it belongs to, with the same figure.

    Parameters
    ----------
    records
        Header and rows as text.
    file
        Name for messages.

    Raises
    ------
    SourceError
        As for `read`.
    """
    lines = iter(records)
    header = next(lines, [])
    for name in _LONG:
        if header.count(name) != 1:
            raise SourceError(
                f"{file}, row 1: the layout has changed; the column {name!r} was expected once; found: "
                f"{', '.join(header)}."
            )
    code, level, kreis_at, year_at, value_at = (header.index(name) for name in _LONG)
    wanted = {item.code: item for item in INDICATORS}
    values: dict[tuple[str, int, str], float | None] = {}
    seen: set[str] = set()
    for number, line in enumerate(lines, start=2):
        if len(line) != len(header):
            raise SourceError(f"{file}, row {number}: {len(header)} cells were expected, found {len(line)}.")
        if line[level] != "Kreise" or line[code] not in wanted:
            continue
        item, place = wanted[line[code]], f"{file}, row {number}"
        # the key of a Kreis is filled up to the eight digits of a Gemeinde
        short = line[kreis_at].strip()
        record = [short.removesuffix("000") if len(short) == 8 else short, line[year_at]]
        kreis, year = _kreis_and_year(
            record, {"county_code": 0, "year": 1}, place, names=("Kennziffer", "Zeitbezug")
        )
        text = line[value_at].strip()
        if "." in text:
            raise SourceError(f"{place}, column 'Wert': {text!r} has a point; a decimal comma was expected.")
        value = _value(text.replace(",", "."), item, f"{place}, column 'Wert'", kreis)
        if values.setdefault((kreis, year, item.name), value) != value:
            raise SourceError(
                f"{place}: {item.code} of Kreis {kreis} in {year} stands there twice, with different figures."
            )
        seen.add(item.code)
    if lost := [name for name in wanted if name not in seen]:
        raise SourceError(
            f"{file}: has no rows of Kreise for {', '.join(lost)}; the indicators have changed."
        )
    units = {item.name: item.unit for item in INDICATORS}
    rows = [(*key, value, units[key[2]]) for key, value in values.items() if value is not None]
    return _table(rows, file)


def _table(rows: list[tuple[str, int, str, float, str]], file: str) -> pd.DataFrame:
    if not rows:
        raise SourceError(f"{file}: holds no values.")
    table = pd.DataFrame(rows, columns=list(COLUMNS))
    table = table.astype(
        {"kreis": "str", "year": "int64", "indicator": "str", "value": "float64", "unit": "str"}
    )
    return table.sort_values(["kreis", "indicator", "year"], ignore_index=True)


def _kreis_and_year(
    record: list[str],
    position: dict[str, int],
    place: str,
    names: tuple[str, str] = ("county_code", "year"),
) -> tuple[str, int]:
    try:
        kreis = keys.check(record[position["county_code"]].strip(), level="kreis")
    except InvalidKeyError as error:
        raise SourceError(f"{place}, column {names[0]!r}: {error}") from None
    year = record[position["year"]].strip()
    if not (year.isascii() and year.isdigit() and 1990 <= int(year) <= 2100):
        raise SourceError(f"{place}, column {names[1]!r}: {year!r} is no year.")
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
