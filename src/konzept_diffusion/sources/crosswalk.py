"""Crosswalks of the BBSR: what share of an earlier Gemeinde or Kreis belongs to which one of today.

Two official files: Gemeinden 1990–2020 to those of 31.12.2020, and Kreise 1990–2020 to those of 31.12.2021.
Weights are shares of the old unit. `write_crosswalk` makes the project's own compact tables of them, which
`konzept_diffusion.keys.harmonise` uses.

Source: BBSR Bonn, Umsteigeschlüssel; Milbert, A. (2010): Gebietsreformen – politische Entscheidungen und Folgen
für die Statistik. BBSR-Berichte KOMPAKT 6/2010.
"""

from __future__ import annotations

import re
import zlib
from collections.abc import Callable
from pathlib import Path

import numpy as np
import pandas as pd

from .. import files, keys
from ..errors import InvalidKeyError, SourceError
from ..schemas.core import validate
from ..schemas.crosswalk import CROSSWALK_GEMEINDEN, CROSSWALK_KREISE
from .workbook import Rows, sheets

FOLDER = "crosswalk"
GEMEINDEN, KREISE = "gemeinden_1990_2020.csv.gz", "ref-kreise-umrech-2021-1990-2020.xlsx"
YEARS = range(1990, 2021)
WEIGHTS = ("weight_population", "weight_area", "weight_employment")
COLUMNS = ("year", "ags_old", "ags_new", *WEIGHTS)
_GEMEINDEN_COLUMNS = {
    "year_xw": "year",
    "ags_xw": "ags_old",
    "ags20": "ags_new",
    "pop_conv": "weight_population",
    "size_conv": "weight_area",
    "emp_conv": "weight_employment",
}
_TOLERANCE = 1e-6
_AGAIN = "Download the file again; if it is new, look what has moved."

Place = Callable[[int], str]
"""From the position of a row to where it stands in the file."""


def read_gemeinden(path: Path) -> pd.DataFrame:
    """Return the crosswalk from the Gemeinden of 1990–2020 to those of 31.12.2020.

    Parameters
    ----------
    path
        CSV file, gzipped or not, with the columns year_xw, ags_xw, pop_conv, size_conv, emp_conv, ags20.

    Returns
    -------
    pandas.DataFrame
        year (31.12.), ags_old, ags_new (8 digits), weight_population, weight_area, weight_employment: shares
        of the old unit, 0 to 1, adding up to 1 per old unit and year; the last missing before 1997. Where
        the source gives several parts of one unit a population weight of 1 each (gemeindefreie Gebiete of
        Bavaria under a collective key, where nobody lives), population and employment go by area.

    Raises
    ------
    SourceError
        If the file is missing, unreadable, laid out differently, or breaks one of these rules: with the row.
    """
    if not path.is_file():
        raise SourceError(f"{path}: there is no such file. Put the BBSR crosswalk of the Gemeinden there.")
    try:
        raw = pd.read_csv(path, dtype="str", keep_default_na=False, index_col=False)
    except (OSError, EOFError, zlib.error, UnicodeDecodeError, pd.errors.ParserError) as error:
        raise SourceError(f"{path}: cannot be read as CSV ({error}). {_AGAIN}") from None
    except pd.errors.EmptyDataError:
        raise SourceError(f"{path}: is empty. {_AGAIN}") from None
    missing = [name for name in _GEMEINDEN_COLUMNS if name not in raw.columns]
    if missing:
        raise SourceError(f"{path}, row 1: the column {missing[0]!r} is missing. {_AGAIN}")
    table = raw[list(_GEMEINDEN_COLUMNS)].rename(columns=_GEMEINDEN_COLUMNS)

    def place(position: int) -> str:
        return f"{path}, row {position + 2}"

    table["year"] = _whole(table["year"], place)
    return _checked(table[list(COLUMNS)], "gemeinde", place, str(path))


def read_kreise(path: Path) -> pd.DataFrame:
    """Return the crosswalk from the Kreise of 1990–2020 to those of 31.12.2021.

    Parameters
    ----------
    path
        xlsx workbook with one sheet per year, named by it.

    Returns
    -------
    pandas.DataFrame
        As `read_gemeinden`, with keys of five digits. In the sheets 2007 to 2010 the header names 31.12.2020
        as the new status; the keys are those of 2021 there, too (Eisenach lies in 16063), which is checked.

    Raises
    ------
    SourceError
        As `read_gemeinden`, with sheet and row.
    """
    parts: list[pd.DataFrame] = []
    places: list[str] = []
    for name, rows in sheets(path).items():
        if not re.fullmatch(r"(19|20)[0-9]{2}", name):
            raise SourceError(f"{path}, sheet {name!r}: is not named by a year. {_AGAIN}")
        part, numbers = _sheet(rows, name, path)
        parts.append(part)
        places.extend(f"{path}, sheet {name!r}, row {number}" for number in numbers)
    if not places:
        raise SourceError(f"{path}: holds no rows. {_AGAIN}")
    table = pd.concat(parts, ignore_index=True)

    def place(position: int) -> str:
        return places[position]

    for column in ("ags_old", "ags_new"):
        text = _key_text(table[column])
        _refuse(
            ~text.str.fullmatch("[0-9]{5}000"), place, "{!r} is no Kreis key of eight digits", table[column]
        )
        table[column] = text.str[:5]
    return _checked(table, "kreis", place, str(path))


def write_crosswalk(folder: Path, out: Path) -> list[Path]:
    """Write the project's own `crosswalk_gemeinden.csv` and `crosswalk_kreise.csv`.

    Parameters
    ----------
    folder
        Folder of the official files, with the subfolder crosswalk.
    out
        Folder of the raw tables; the files go to its subfolder `official`.

    Returns
    -------
    list of Path
        The files written: the same input gives the same bytes.

    Raises
    ------
    SourceError
        If an official file is missing or odd.
    """
    written = []
    for declared, table in (
        (CROSSWALK_GEMEINDEN, read_gemeinden(folder / FOLDER / GEMEINDEN)),
        (CROSSWALK_KREISE, read_kreise(folder / FOLDER / KREISE)),
    ):
        target = out / "official" / f"{declared.name}.csv"
        files.write_csv(target, validate(compress(table), declared, file=f"{declared.name} (from BBSR)"))
        written.append(target)
    return written


def compress(table: pd.DataFrame) -> pd.DataFrame:
    """Return a crosswalk with one row per run of years in which a pair of units has the same weights.

    Unchanged units stay in the table, so that it also tells which keys existed when. A unit that passes
    into one other as a whole has an employment weight of 1 in the years without employment figures, too.
    """
    rows = table.sort_values(["ags_old", "ags_new", "year"], ignore_index=True)
    divided = rows.duplicated(["ags_old", "year"], keep=False)
    rows["weight_employment"] = rows["weight_employment"].mask(~divided, 1.0)
    same = ["ags_old", "ags_new", *WEIGHTS]
    marks = rows[same].fillna({"weight_employment": -1.0})
    begins = (marks != marks.shift()).any(axis=1) | (rows["year"] != rows["year"].shift() + 1)
    first = rows[begins].reset_index(drop=True)
    ends = np.append(np.flatnonzero(begins)[1:] - 1, len(rows) - 1)
    first["last_year"] = rows["year"].to_numpy()[ends]
    order = ["ags_old", "ags_new", "first_year", "last_year", *WEIGHTS]
    return first.rename(columns={"year": "first_year"})[order]


def _sheet(rows: Rows, name: str, path: Path) -> tuple[pd.DataFrame, list[int]]:
    """Return the rows of one year's sheet and their numbers; blank rows are left out."""
    header = [re.sub(r"[\s-]", "", str(cell)).casefold() for cell in rows[0]] if rows else []

    def find(pattern: str, meaning: str, *, required: bool = True) -> int | None:
        found = [position for position, cell in enumerate(header) if re.fullmatch(pattern, cell)]
        if len(found) == 1 or not (found or required):
            return found[0] if found else None
        raise SourceError(
            f"{path}, sheet {name!r}, row 1: {len(found)} columns {meaning}, expected was one. {_AGAIN}"
        )

    # The sheets 2007 to 2010 print the wrong year of the new status: only its not being the old one counts.
    where = {
        "ags_old": find(rf"kreise31\.12\.{name}", f"with the keys of {name} ('Kreise 31.12.{name}')"),
        "ags_new": find(
            rf"kreise31\.12\.(?!{name})20[0-9]{{2}}" if name != "2020" else r"kreise31\.12\.2021",
            "with the new keys ('Kreise 31.12.2021')",
        ),
        "weight_population": find(r"bevölkerungsproportionaler.*", "'bevölkerungsproportional'"),
        "weight_area": find(r"flächenproportionaler.*", "'flächenproportional'"),
        "weight_employment": find(
            r"beschäftigtenproportionaler.*", "'beschäftigtenproportional'", required=int(name) >= 1997
        ),
    }
    filled = [number for number, row in enumerate(rows) if number and any(cell != "" for cell in row)]
    cells = {
        column: ["" if at is None else rows[number][at] for number in filled] for column, at in where.items()
    }
    table = pd.DataFrame({column: pd.Series(values, dtype="object") for column, values in cells.items()})
    table.insert(0, "year", int(name))
    return table, [number + 1 for number in filled]


def _key_text(cells: pd.Series) -> pd.Series:
    """Return keys as text of eight digits; as numbers they have lost the zero at the front."""
    return cells.map(
        lambda cell: str(int(cell)) if isinstance(cell, float) and cell.is_integer() else str(cell)
    ).str.zfill(8)


def _checked(table: pd.DataFrame, level: keys.Level, place: Place, file: str) -> pd.DataFrame:
    """Return a crosswalk with numeric weights after every check that the docstring of the readers promises."""
    for column in ("ags_old", "ags_new"):
        wrong = table[column].map({key: _key_problem(key, level) for key in table[column].unique()})
        _refuse(wrong != "", place, "{}", wrong)
    for column in WEIGHTS:
        blank = table[column].isin(["", "NA", "NaN"])
        number = pd.to_numeric(table[column].mask(blank), errors="coerce").astype("float64")
        bad = ~number.between(0, 1) & ~(blank & (column == "weight_employment"))
        _refuse(bad, place, f"the {column} should be a number from 0 to 1, is {{!r}}", table[column])
        table = table.assign(**{column: number})
    again = table.duplicated(["year", "ags_old", "ags_new"])
    _refuse(again, place, "the share of this unit in {} stands there a second time", table["ags_new"])
    table = _uninhabited_by_area(table)
    unit = [table["year"], table["ags_old"]]
    for column in WEIGHTS:
        total = table[column].groupby(unit).transform("sum", min_count=1)
        some = table[column].isna() & total.notna()
        problem = f"the {column} of all parts of this unit add up to {{:.6g}}, not to 1 (is a part missing?)"
        _refuse(((total - 1).abs() > _TOLERANCE) | some, place, problem, total)
    _check_years(table, file)
    return table


def _uninhabited_by_area(table: pd.DataFrame) -> pd.DataFrame:
    """Give units in which nobody lives weights that add up: their parts have the weight 1 each in the source."""
    unit = [table["year"], table["ags_old"]]
    parts = table["weight_area"].groupby(unit).transform("size")
    marked = (table["weight_population"].groupby(unit).transform("min") == 1) & (parts > 1)
    table = table.copy()
    table.loc[marked, "weight_population"] = table.loc[marked, "weight_area"]
    counted = marked & table["weight_employment"].notna()
    table.loc[counted, "weight_employment"] = table.loc[counted, "weight_area"]
    return table


def _check_years(table: pd.DataFrame, file: str) -> None:
    """Check that every year is there, and that all lead to the same new units."""
    found = table.groupby("year")["ags_new"].agg(lambda new: frozenset(new))
    absent = sorted(set(YEARS) - set(found.index)) + sorted(set(found.index) - set(YEARS))
    if absent:
        raise SourceError(f"{file}: year {absent[0]} is missing or unexpected; the years are 1990 to 2020.")
    for year, new in found.items():
        if other := sorted(new ^ found[YEARS[-1]]):
            raise SourceError(
                f"{file}: {other[0]} is a new unit in some years, but not both in {year} and 2020."
            )


def _whole(cells: pd.Series, place: Place) -> pd.Series:
    _refuse(~cells.str.fullmatch(r"[0-9]{4}"), place, "{!r} is no year", cells)
    return cells.astype("int64")


def _key_problem(key: str, level: keys.Level) -> str:
    try:
        keys.check(key, level=level)
    except InvalidKeyError as error:
        return str(error).rstrip(".")
    return ""


def _refuse(bad: pd.Series, place: Place, problem: str, cells: pd.Series) -> None:
    """Raise for the first bad row; its cell goes into the problem."""
    if bad.any():
        position = int(bad.to_numpy().argmax())
        raise SourceError(f"{place(position)}: {problem.format(cells.iloc[position])}. {_AGAIN}")
