"""Zensus 2022 by Gemeinde: population, foreigners, persons with Einwanderungsgeschichte (15 May 2022).

Source: Statistische Ämter des Bundes und der Länder, Zensus 2022; dl-de/by-2-0. The column of the file that is
named migration background has the level and the definition of Einwanderungsgeschichte (immigrated since 1950, or
both parents). Both shares carry the noise of the disclosure control and are missing in small Gemeinden.
"""

from __future__ import annotations

import csv
import re
from collections.abc import Iterable
from pathlib import Path

import pandas as pd

from .. import files, keys
from ..errors import InvalidKeyError, SourceError
from ..schemas.core import validate
from ..schemas.indicators import ZENSUS2022
from ..store import load_raw
from .tracing import NEXT_KEYS

FOLDER = "zensus2022"
FILE = "gemeinden.csv"
YEAR, DAY = 2022, "2022-05-15"
TOTAL = 82_711_294
"""Sum of the populations in the file; the published total is 82,719,540 (noise by Gemeinde, and four rounded)."""
COLUMNS = ("ags", "name", "population", "foreign_share", "migration_background_share", "flag")
NOISE, ROUNDED = "disclosure_noise", "rounded"
_HEADER = ("ags", "name", "population", "share_foreign", "share_migration_background")
_SHARES = ("share_foreign", "share_migration_background")
_BLANK = ("", "NA")
_NUMBER = re.compile(r"[0-9]+(?:\.[0-9]+)?")
_ROUNDED = re.compile(r"[0-9]\.[0-9]{1,5}e\+06")
"""Six digits and a power of ten, as the file has the four cities of more than a million: rounded to tens."""
_SPACES = re.compile("(?<=[0-9])[ \u00a0\u2009\u202f](?=[0-9]{3}(?![0-9]))")
_MOST_NOISE = 0.05
"""Share of Gemeinden that may have more foreigners than persons with Einwanderungsgeschichte; above it the two
columns must have been swapped (0.4 per cent in the file)."""


def read(path: Path) -> pd.DataFrame:
    """Return the census figures of all Gemeinden.

    Parameters
    ----------
    path
        CSV file (comma, decimal point, UTF-8) with the columns ags, name, population, share_foreign and
        share_migration_background.

    Returns
    -------
    pandas.DataFrame
        `ags` (status of the census day), `name`, `population` (Int64), `foreign_share` and
        `migration_background_share` (per cent; missing where withheld), `flag` ("disclosure_noise" where the
        second share is below the first, "rounded" where the file has the population with six digits only,
        else missing), sorted by key.

    Raises
    ------
    SourceError
        If the file is missing or unreadable, a column is missing, a Gemeinde stands there twice, a value is
        no number or out of range, the two shares are swapped, or the populations do not add up to `TOTAL`.
    """
    try:
        with path.open(encoding="utf-8-sig", newline="") as stream:
            records = list(csv.reader(stream, strict=True))
    except FileNotFoundError:
        raise SourceError(
            f"{path}: there is no such file. Put the census table by Gemeinde there (re-cut, not published as such; "
            "see docs/sources.md)."
        ) from None
    except (OSError, UnicodeDecodeError, csv.Error) as error:
        raise SourceError(f"{path}: cannot be read as a UTF-8 CSV file ({error}).") from None
    table = parse(records, path.name)
    if (total := int(table["population"].sum())) != TOTAL:
        raise SourceError(
            f"{path.name}: the Gemeinden have {total:,} inhabitants together, expected were {TOTAL:,}. The file "
            "is cut or changed; get it again, or enter the total of a new edition in TOTAL."
        )
    return table


def parse(records: list[list[str]], file: str) -> pd.DataFrame:
    """Return the table of `read` from header and rows as text, without the check of the total.

    Raises
    ------
    SourceError
        As for `read`.
    """
    header = [cell.strip() for cell in records[0]] if records else []
    for name in _HEADER:
        if header.count(name) != 1:
            below = [number for number, record in enumerate(records[1:20], start=2) if "ags" in record]
            moved = f" A header seems to stand in row {below[0]}: delete the rows above it." if below else ""
            raise SourceError(
                f"{file}, row 1: the column {name!r} was expected once; found: {', '.join(header)}.{moved}"
            )
    position = {name: header.index(name) for name in _HEADER}
    seen: dict[str, int] = {}
    rows: list[tuple[object, ...]] = []
    for number, record in enumerate(records[1:], start=2):
        place = f"{file}, row {number}"
        if len(record) != len(header):
            raise SourceError(f"{place}: {len(header)} cells were expected, found {len(record)}.")
        cells = {name: record[position[name]].strip() for name in _HEADER}
        try:
            ags = keys.check(cells["ags"], level="gemeinde")
        except InvalidKeyError as error:
            raise SourceError(f"{place}, column 'ags': {error}") from None
        if (before := seen.setdefault(ags, number)) != number:
            raise SourceError(f"{place}: the Gemeinde {ags} stands in row {before} already.")
        if not cells["name"]:
            raise SourceError(f"{place}, column 'name': is blank.")
        shares = [_share(cells[name], f"{place}, column {name!r}") for name in _SHARES]
        count, flag = _population(cells["population"], place)
        rows.append((ags, cells["name"], count, *shares, flag))
    if not rows:
        raise SourceError(f"{file}: holds no Gemeinden.")
    table = pd.DataFrame(rows, columns=list(COLUMNS)).astype(
        {"ags": "str", "name": "str", "population": "Int64", "foreign_share": "float64",
         "migration_background_share": "float64", "flag": "str"}
    )  # fmt: skip
    below = table["migration_background_share"] < table["foreign_share"]
    if below.mean() > _MOST_NOISE:
        raise SourceError(
            f"{file}: in {int(below.sum())} of {len(table)} Gemeinden there are more foreigners than persons with "
            "Einwanderungsgeschichte. The columns share_foreign and share_migration_background are swapped."
        )
    table.loc[below, "flag"] = NOISE
    return table.sort_values("ags", ignore_index=True)


def write_zensus2022(folder: Path, out: Path, *, units: Iterable[str] | None = None) -> list[Path]:
    """Write the raw table `zensus2022`.

    Parameters
    ----------
    folder
        Folder of the official files, with the subfolder zensus2022.
    out
        Folder of the raw tables; the file goes to its subfolder `official`.
    units
        Keys of 31.12.2017; by default those of the register in `out`, else of the project's own.

    Returns
    -------
    list of Path
        The file written: the same input gives the same bytes.

    Raises
    ------
    SourceError
        If the official file is missing, odd, or lacks a Gemeinde.
    """
    if units is None:
        units = load_raw("register", folder=out if (out / "official" / "register.csv").is_file() else None)[
            "ags"
        ]
    chosen = census_of_register(read(folder / FOLDER / FILE), units)
    target = out / "official" / f"{ZENSUS2022.name}.csv"
    files.write_csv(target, validate(chosen, ZENSUS2022, file=f"{ZENSUS2022.name} (from Zensus 2022)"))
    return [target]


def census_of_register(table: pd.DataFrame, units: Iterable[str]) -> pd.DataFrame:
    """Return the census figures of the register's Gemeinden by their keys of 31.12.2017.

    Parameters
    ----------
    table
        Table of `read`.
    units
        Keys of 31.12.2017; Landkreise are passed over.

    Raises
    ------
    SourceError
        If the census has no Gemeinde under a key.
    """
    wanted = sorted({key for key in units if len(key) == 8})
    then = [NEXT_KEYS.get(key, key) for key in wanted]
    known = table.set_index("ags")
    for key, old in zip(then, wanted, strict=True):
        if key not in known.index:
            raise SourceError(
                f"{FILE}: there is no Gemeinde {key}. If {old} bears another key since 31.12.2017, "
                "enter it in NEXT_KEYS."
            )
    found = known.loc[then]
    return pd.DataFrame(
        {
            "ags": wanted,
            "ags_then": then,
            "population_zensus2022": found["population"].array,
            "foreign_share_zensus2022": found["foreign_share"].array,
            "migration_background_share": found["migration_background_share"].array,
            "flag": found["flag"].array,
        }
    )


def _population(cell: str, place: str) -> tuple[int, str | None]:
    """Return a count and its flag; groups of three may be set apart by one of the usual spaces."""
    if _ROUNDED.fullmatch(cell):
        return round(float(cell)), ROUNDED
    text = _SPACES.sub("", cell)
    if cell in _BLANK:
        raise SourceError(f"{place}, column 'population': is blank; every Gemeinde has a population.")
    if not (text.isascii() and text.isdigit()):
        raise SourceError(f"{place}, column 'population': {cell!r} is no whole number.")
    return int(text), None


def _share(cell: str, place: str) -> float | None:
    if cell in _BLANK:
        return None
    if not _NUMBER.fullmatch(cell):
        hint = " Decimal points were expected, not commas." if "," in cell else ""
        raise SourceError(f"{place}: {cell!r} is no number.{hint}")
    if (value := float(cell)) > 100:
        raise SourceError(f"{place}: {cell} is outside 0 to 100 percent.")
    return value
