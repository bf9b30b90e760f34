"""Flat-file CSV (ffcsv) of the GENESIS databases: both layouts, the signs in place of figures.

Since 2024/25 a table is long, with English headers for every language: `statistics_code`, `time`,
`1_variable_code`, `1_variable_attribute_code`, ..., `value`, `value_unit`, `value_variable_code`; before, it
was wide, with `Statistik_Code`, `Zeit`, `1_Merkmal_Code`, `1_Auspraegung_Code`, ... and one column
CODE__Label__Unit per figure. Source: Destatis, „Das neue Flatfile CSV-Format (ffcsv)“ (2024); signs:
Destatis, Zeichenerklärung.
"""

from __future__ import annotations

import csv
import io
import re
import zipfile
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import pandas as pd

from .. import keys
from ..errors import InvalidKeyError, SourceError

SIGNS: dict[str, str] = {
    "-": "nichts vorhanden",
    ".": "Zahlenwert unbekannt oder geheim zu halten",
    "...": "Angabe fällt später an",
    "/": "keine Angabe, da der Zahlenwert nicht sicher genug ist",
    "x": "Tabellenfach gesperrt, weil die Aussage nicht sinnvoll ist",
    "()": "Aussagewert eingeschränkt",
    "": "leer",
}
"""Signs in place of a figure. All but "-" mean that there is no figure; for "-" see `parse`. A "0" is a
figure: less than half of one, but more than nothing, or counted as zero."""
_MAX_BYTES = 512 << 20
_NEW = ("statistics_code", "time_code", "time", "value", "value_unit", "value_variable_code")
_OLD = ("Statistik_Code", "Zeit_Code", "Zeit")
_NUMBER = re.compile(r"[0-9]+(?:,[0-9]+)?")
"""Counts: never below zero."""
_DATE = re.compile(r"(?:(?P<iso>[0-9]{4})-12-31|31\.12\.(?P<german>[0-9]{4})|(?P<year>[0-9]{4}))")
_COUNT_UNITS = frozenset({"Anzahl", "Personen"})
_CITY_STATES: dict[str, str] = {"02": "02000", "11": "11000"}
"""Hamburg and Berlin: Land, Kreis and Gemeinde in one; some tables only have the key of the Land."""


@dataclass(frozen=True)
class Figures:
    """What a file holds.

    Attributes
    ----------
    table
        `ags` (Gemeinde tables: 8 digits, or 5 for Kreise and kreisfreie Städte) or `kreis` (5 digits),
        `year`, `indicator`, `value`, `unit` ("persons"), `source_table`; sorted by key, indicator, year.
    missing
        Same key columns, `year`, `indicator`, `sign`, `meaning`: cells of units without a figure.
    """

    table: pd.DataFrame
    missing: pd.DataFrame


@dataclass(frozen=True)
class _Cell:
    row: int
    time: str
    attributes: dict[str, str]
    content: str
    unit: str
    value: str


@dataclass(frozen=True)
class GenesisTable:
    """One table that we take.

    Attributes
    ----------
    name, host
        Number of the table and key of its host (`konzept_diffusion.sources.genesis.HOSTS`).
    title
        What it holds.
    region
        Code of its regional variable: "GEMEIN" or "KREISE".
    indicator
        Our name of the figure (its total over sexes and ages).
    by_year
        Ask year by year: all years at once would be more than the service gives without a background job.
    ages
        Code prefix of the age groups that are kept beside the total; "" for none.
    """

    name: str
    host: str
    title: str
    region: str
    indicator: str
    by_year: bool = False
    ages: str = ""


def read(path: Path, table: GenesisTable) -> Figures:
    """Return the figures in a downloaded file; see `parse`. Python API for users (docs/sources.md).

    Raises
    ------
    SourceError
        If the file is missing or is not what `parse` expects.
    """
    try:
        body = path.read_bytes()
    except FileNotFoundError:
        raise SourceError(f"{path}: there is no such file. Run 'konzept-diffusion fetch genesis'.") from None
    except OSError as error:
        raise SourceError(f"{path}: cannot be read ({error.strerror}).") from None
    return parse(csv_of(body, table.name), table)


def parse(body: bytes, table: GenesisTable) -> Figures:
    """Return the figures of an ffcsv file in either layout.

    Sums of Länder (but for Hamburg and Berlin), Regierungsbezirke and Germany are left out, and so are the
    sexes apart; age groups become the indicators `population_alt...` where the table has them. A "-" in the
    total of a unit means that the unit does not exist then (before its foundation, after its end) or that
    nobody lives there: it is missing. A "-" in an age group of a unit whose total is counted is a zero.

    Parameters
    ----------
    body
        The CSV text: UTF-8 (with or without BOM) or ISO-8859-1, semicolons, decimal comma.
    table
        Which table it should be.

    Raises
    ------
    SourceError
        If the layout has changed (expected and found columns are named), the file is another table's or
        empty, or a cell cannot be read (row named).
    """
    place = f"GENESIS table {table.name}"
    header, *lines = _records(body, place)
    cells = _new_layout(header, lines, place) if "value" in header else _old_layout(header, lines, place)
    key_column = "kreis" if table.region == "KREISE" else "ags"
    values: dict[tuple[str, int, str], float] = {}
    signs: dict[tuple[str, int, str], str] = {}
    contents: set[str] = set()
    levels: set[str] = set()
    for cell in cells:
        where = f"{place}, row {cell.row}"
        contents.add(f"{cell.content} ({cell.unit})")
        levels |= set(cell.attributes)
        named = _unit_and_indicator(cell, table, where)
        if named is None:
            continue
        key = (named[0], _year(cell.time, where), named[1])
        if key in values or key in signs:
            raise SourceError(f"{where}: {key[0]}, {key[1]}, {key[2]} stands there twice.")
        if cell.value in SIGNS:
            signs[key] = cell.value
        elif _NUMBER.fullmatch(cell.value):
            values[key] = float(cell.value.replace(",", "."))
        else:
            raise SourceError(f"{where}: {cell.value!r} is neither a number nor a known sign.")
    if not lines:  # after the loop, which looks at the header
        raise SourceError(f"{place}: the file is empty.")
    _name_city_states(values, signs)
    if len(contents) != 1 or next(iter(contents)).rpartition("(")[2].rstrip(")") not in _COUNT_UNITS:
        raise SourceError(
            f"{place}: one figure counted in persons was expected, found {', '.join(sorted(contents))}."
        )
    for (unit, year, indicator), sign in list(signs.items()):
        if sign == "-" and indicator != table.indicator and (unit, year, table.indicator) in values:
            values[unit, year, indicator] = 0.0
            del signs[unit, year, indicator]
    if not values and not signs:
        raise SourceError(
            f"{place}: holds no figure of a Gemeinde or Kreis; its variables are {', '.join(sorted(levels))}."
        )
    return Figures(_figures(values, key_column, table.name), _missing(signs, key_column))


def csv_of(body: bytes, table: str) -> bytes:
    """Return the CSV in an answer: as it is, or out of a zip with one CSV file.

    Raises
    ------
    SourceError
        If the zip is damaged, too large, or does not hold exactly one CSV file.
    """
    if not body.startswith(b"PK"):
        return body
    try:
        with zipfile.ZipFile(io.BytesIO(body)) as archive:
            members = [item for item in archive.infolist() if item.filename.lower().endswith(".csv")]
            if len(members) != 1 or members[0].file_size > _MAX_BYTES:
                names = ", ".join(item.filename for item in archive.infolist()) or "nothing"
                raise SourceError(
                    f"GENESIS table {table}: one CSV file was expected in the zip, found: {names}."
                )
            return archive.read(members[0])
    except (zipfile.BadZipFile, NotImplementedError, RuntimeError, EOFError) as error:
        raise SourceError(
            f"GENESIS table {table}: the zip is damaged ({error}). Download it again."
        ) from None


def _records(body: bytes, place: str) -> list[list[str]]:
    """Return header and rows, trailing empty lines apart."""
    try:
        text = body.decode("utf-8-sig")
    except UnicodeDecodeError:
        text = body.decode("iso-8859-1")  # the layout before 2024; cannot fail
    try:
        rows = [row for row in csv.reader(io.StringIO(text), delimiter=";", strict=True) if any(row)]
    except csv.Error as error:
        raise SourceError(f"{place}: is no CSV file with semicolons ({error}).") from None
    if not rows:
        raise SourceError(f"{place}: the file is empty.")
    return rows


def _new_layout(header: list[str], lines: list[list[str]], place: str) -> Iterator[_Cell]:
    pairs = _variables(header, "_variable_code", "_variable_attribute_code", _NEW, place)
    at = {name: header.index(name) for name in _NEW}
    for number, line in _full(header, lines, place):
        yield _Cell(
            number,
            line[at["time"]],
            {line[code]: line[attribute] for code, attribute in pairs},
            line[at["value_variable_code"]],
            line[at["value_unit"]],
            line[at["value"]],
        )


def _old_layout(header: list[str], lines: list[list[str]], place: str) -> Iterator[_Cell]:
    pairs = _variables(header, "_Merkmal_Code", "_Auspraegung_Code", _OLD, place)
    figures = [index for index, name in enumerate(header) if "__" in name and not name.endswith("__q")]
    if not figures:
        raise SourceError(_changed(place, [*_OLD, "CODE__Label__Unit"], header))
    for number, line in _full(header, lines, place):
        for index in figures:
            content, _, rest = header[index].partition("__")
            yield _Cell(
                number,
                line[header.index("Zeit")],
                {line[code]: line[attribute] for code, attribute in pairs},
                content,
                rest.rpartition("__")[2],
                line[index],
            )


def _variables(
    header: list[str], code: str, attribute: str, fixed: tuple[str, ...], place: str
) -> list[tuple[int, int]]:
    """Return the positions of code and attribute of every variable; check the fixed columns."""
    numbers = [name.removesuffix(code) for name in header if name.endswith(code) and name[0].isdigit()]
    wanted = [*fixed, *(f"{number}{attribute}" for number in numbers or ["1"])]
    if not numbers or any(header.count(name) != 1 for name in wanted):
        raise SourceError(_changed(place, wanted, header))
    return [(header.index(f"{number}{code}"), header.index(f"{number}{attribute}")) for number in numbers]


def _changed(place: str, wanted: list[str], header: list[str]) -> str:
    lost = [name for name in wanted if name not in header]
    twice = sorted({name for name in header if header.count(name) > 1})
    what = "; ".join(
        part
        for part in (
            f"missing: {', '.join(lost)}" if lost else "",
            f"twice: {', '.join(twice)}" if twice else "",
            f"found: {', '.join(header)}",
        )
        if part
    )
    return f"{place}: the layout has changed; expected columns {', '.join(wanted)}; {what}."


def _full(header: list[str], lines: list[list[str]], place: str) -> Iterator[tuple[int, list[str]]]:
    for number, line in enumerate(lines, start=2):
        if len(line) != len(header):
            raise SourceError(f"{place}, row {number}: {len(header)} cells were expected, found {len(line)}.")
        yield number, [cell.strip() for cell in line]


def _unit_and_indicator(cell: _Cell, table: GenesisTable, where: str) -> tuple[str, str] | None:
    """Return key and indicator of a cell; None for sums above the Kreis and for one sex alone."""
    attributes = dict(cell.attributes)
    key = attributes.pop(table.region, None)
    if key is None:
        if any(name in attributes for name in ("DG", "DINSG", "DLAND", "REGBEZ", "KREISE", "GEMEIN")):
            return None
        raise SourceError(
            f"{where}: the regional variable {table.region} is not there; found {', '.join(attributes)}."
        )
    if key not in _CITY_STATES and (not key.isdigit() or len(key) < 5):
        return None
    try:
        keys.check(key, level=("land", "kreis", "gemeinde"))
    except InvalidKeyError as error:
        raise SourceError(f"{where}: {error}") from None
    apart = {name: code for name, code in attributes.items() if code}
    if not apart:
        return key, table.indicator
    if set(apart) == {"GES"}:
        return None
    (name, code), *others = apart.items()
    if others:
        return None
    if table.ages and code.startswith(table.ages):
        return key, f"{table.indicator}_{code.lower()}"
    raise SourceError(f"{where}: the variable {name} (attribute {code}) is not known in this table.")


def _name_city_states(*columns: dict[tuple[str, int, str], Any]) -> None:
    """Give Hamburg and Berlin their Kreis key where the file only has that of the Land; else drop the sum."""
    known = {key for column in columns for key, _, _ in column}
    for column in columns:
        for key, year, indicator in [item for item in column if item[0] in _CITY_STATES]:
            value = column.pop((key, year, indicator))
            if not any(len(other) > 2 and other.startswith(key) for other in known):
                column[_CITY_STATES[key], year, indicator] = value


def _year(time: str, where: str) -> int:
    match = _DATE.fullmatch(time)
    if match is None:
        raise SourceError(f"{where}: {time!r} is neither a year nor a 31 December.")
    return int(next(filter(None, match.groups())))


def _figures(values: dict[tuple[str, int, str], float], key_column: str, name: str) -> pd.DataFrame:
    rows = [(*key, value, "persons", name) for key, value in values.items()]
    table = pd.DataFrame(rows, columns=[key_column, "year", "indicator", "value", "unit", "source_table"])
    table = table.astype({"year": "int64", "value": "float64"})
    return table.sort_values([key_column, "indicator", "year"], ignore_index=True)


def _missing(signs: dict[tuple[str, int, str], str], key_column: str) -> pd.DataFrame:
    rows = [(*key, sign, SIGNS[sign]) for key, sign in signs.items()]
    table = pd.DataFrame(rows, columns=[key_column, "year", "indicator", "sign", "meaning"])
    return table.astype({"year": "int64"}).sort_values([key_column, "indicator", "year"], ignore_index=True)
