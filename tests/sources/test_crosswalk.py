"""The crosswalk readers: weights add up, odd files are named with sheet and row, and runs of years are kept once."""

from __future__ import annotations

import gzip
from collections.abc import Callable
from pathlib import Path

import pandas as pd
import pytest

from konzept_diffusion.errors import SourceError
from konzept_diffusion.schemas.core import read
from konzept_diffusion.schemas.crosswalk import CROSSWALK_GEMEINDEN, CROSSWALK_KREISE
from konzept_diffusion.sources import crosswalk

PROJECT = Path(__file__).resolve().parents[2]
HEADER = "year_xw,ags_xw,pop_conv,size_conv,emp_conv,ags20"


def gemeinden(extra: dict[int, list[str]] | None = None) -> list[str]:
    """Lines of a small file: 05334002 (earlier 05313000), in 2000 also a divided unit, from line 2 on."""
    lines = []
    for year in crosswalk.YEARS:
        key = "05313000" if year < 2009 else "05334002"
        lines.append(f"{year},{key},1,1,{'NA' if year < 1997 else 1},05334002")
        lines.append(f"{year},05334004,1,1,{'NA' if year < 1997 else 1},05334004")
        lines.extend((extra or {}).get(year, []))
    return lines


@pytest.fixture
def written(tmp_path: Path) -> Callable[[list[str]], Path]:
    def write(lines: list[str], header: str = HEADER) -> Path:
        path = tmp_path / "gemeinden.csv.gz"
        path.write_bytes(gzip.compress("\n".join([header, *lines, ""]).encode()))
        return path

    return write


def kreise(
    year: int, rows: list[list[object]] | None = None, employment: bool | None = None
) -> list[list[object]]:
    """A sheet as published: keys as numbers that lost their zero, line breaks and hyphens in the header."""
    employed = year >= 1997 if employment is None else employment
    new = "Kreise\n 31.12.2020" if 2007 <= year <= 2010 else "Kreise\n 31.12.2021"
    key = "\nproportionaler\nUmsteige-\nschlüssel"
    head: list[object] = [
        f"Kreise\n 31.12.{year}",
        f"Kreisname {year}",
        f"flächen-{key}",
        f"bevölkerungs- {key}",
    ]
    head += [*([f"beschäftigten- {key}"] if employed else []), new, "Kreisname"]
    weight = [1.0] * (3 if employed else 2)
    default: list[list[object]] = [[5313000.0, "Aachen", *weight, 5334000.0, "Städteregion Aachen"],
                                   [1001000.0, "Flensburg", *weight, 1001000.0, "Flensburg"]]  # fmt: skip
    return [head, *(rows or default)]


def workbook(**changed: list[list[object]]) -> dict[str, list[list[object]]]:
    return {str(year): kreise(year) for year in crosswalk.YEARS} | {
        name.removeprefix("y"): rows for name, rows in changed.items()
    }


def test_a_row_per_year_old_and_new_gemeinde(written):
    divided = ["2000,05354000,0.4,0.3,0.5,05334002", "2000,05354000,0.6,0.7,0.5,05334004"]
    table = crosswalk.read_gemeinden(written(gemeinden({2000: divided})))
    assert list(table.columns) == list(crosswalk.COLUMNS)
    assert len(table) == 2 * 31 + 2
    assert table.query("ags_old == '05354000'").iloc[:, 1:].to_numpy().tolist() == [
        ["05354000", "05334002", 0.4, 0.3, 0.5], ["05354000", "05334004", 0.6, 0.7, 0.5],
    ]  # fmt: skip
    assert table["weight_employment"].isna().sum() == 2 * 7


def test_parts_in_which_nobody_lives_go_by_area(written):
    parts = ["2000,09472444,1,0.25,1,05334002", "2000,09472444,1,0.75,1,05334004"]
    table = crosswalk.read_gemeinden(written(gemeinden({2000: parts}))).query("ags_old == '09472444'")
    assert table[list(crosswalk.WEIGHTS)].to_numpy().tolist() == [[0.25] * 3, [0.75] * 3]


@pytest.mark.parametrize(
    ("line", "says"),
    [
        ("2000,0535400,1,1,1,05334002", "row 24: '0535400' has 7 digits"),
        ("2000,99354000,1,1,1,05334002", "row 24: '99354000' begins with '99'"),
        ("2000,05354,1,1,1,05334002", "row 24: '05354' is the key of a kreis, expected gemeinde"),
        (
            "2000,05354000,1.2,1,1,05334002",
            "row 24: the weight_population should be a number from 0 to 1, is '1.2'",
        ),
        ("2000,05354000,1,-0.1,1,05334002", "row 24: the weight_area should .* is '-0.1'"),
        ("2000,05354000,,1,1,05334002", "row 24: the weight_population should .* is ''"),
        ("2000,05354000,1,1,x,05334002", "row 24: the weight_employment should .* is 'x'"),
        ('2000,05354000,"0,5",1,1,05334002', "row 24: the weight_population should .* is '0,5'"),
        (
            "2000,05354000,0.5,0.5,0.5,05334002",
            "row 24: the weight_population of all parts .* add up to 0.5, not to 1",
        ),
        ("2000,05354000,1,0.5,1,05334002", "row 24: the weight_area of all parts .* add up to 0.5"),
        (
            "2000,05313000,1,1,1,05334002",
            "row 24: the share of this unit in 05334002 stands there a second time",
        ),
        ("20x0,05354000,1,1,1,05334002", "row 24: '20x0' is no year"),
        ("2021,05354000,1,1,1,05334002", "year 2021 is missing or unexpected"),
        (
            "2000,05354000,1,1,1,05334999",
            "05334999 is a new unit in some years, but not both in 2000 and 2020",
        ),
    ],
)
def test_a_bad_row_of_the_gemeinden_is_named(written, line, says):
    with pytest.raises(SourceError, match=says):
        crosswalk.read_gemeinden(written(gemeinden({2000: [line]})))


def test_a_missing_year_column_or_file_is_named(written, tmp_path):
    with pytest.raises(SourceError, match="year 2005 is missing"):
        crosswalk.read_gemeinden(written([line for line in gemeinden() if not line.startswith("2005")]))
    with pytest.raises(SourceError, match="row 1: the column 'pop_conv' is missing"):
        crosswalk.read_gemeinden(written(gemeinden(), HEADER.replace("pop_conv", "pop")))
    with pytest.raises(SourceError, match="there is no such file"):
        crosswalk.read_gemeinden(tmp_path / "nothing.csv.gz")


def test_a_cut_file_is_refused(written, tmp_path):
    path = written(gemeinden())
    path.write_bytes(path.read_bytes()[:-40])
    with pytest.raises(SourceError, match="cannot be read as CSV"):
        crosswalk.read_gemeinden(path)
    (tmp_path / "empty.csv").write_bytes(b"")
    with pytest.raises(SourceError, match="is empty"):
        crosswalk.read_gemeinden(tmp_path / "empty.csv")


def test_one_sheet_per_year_with_and_without_employment(write_xlsx):
    table = crosswalk.read_kreise(write_xlsx("kreise.xlsx", workbook()))
    assert len(table) == 62
    assert sorted(set(table["ags_old"])) == ["01001", "05313"]
    assert sorted(set(table["ags_new"])) == ["01001", "05334"]
    assert table.groupby("year")["weight_employment"].count().tolist() == [0] * 7 + [2] * 24


def test_the_order_of_the_columns_does_not_matter_and_blank_rows_are_skipped(write_xlsx):
    turned = [row[::-1] for row in kreise(2003)]
    sheets = workbook(y2003=[*turned, [""] * 7])
    plain = crosswalk.read_kreise(write_xlsx("a.xlsx", workbook()))
    pd.testing.assert_frame_equal(crosswalk.read_kreise(write_xlsx("b.xlsx", sheets)), plain)


@pytest.mark.parametrize(
    ("sheet", "says"),
    [
        (
            [["Kreise 31.12.2002", *kreise(2003)[0][1:]]],
            "sheet '2003', row 1: 0 columns with the keys of 2003",
        ),
        ([kreise(2003)[0][:-2]], "sheet '2003', row 1: 0 columns with the new keys"),
        (kreise(2003, employment=False), "sheet '2003', row 1: 0 columns 'beschäftigtenproportional'"),
        ([], "sheet '2003', row 1: 0 columns"),
        (
            [*kreise(2003), [5313001.0, "x", 1.0, 1.0, 1.0, 5334000.0, "y"]],
            "sheet '2003', row 4: 5313001.0 is no Kreis key of eight digits",
        ),
        (
            [*kreise(2003), [5354000.0, "x", 1.0, "", 1.0, 5334000.0, "y"]],
            "sheet '2003', row 4: the weight_population should be a number from 0 to 1, is ''",
        ),
        (
            [*kreise(2003), [5354000.0, "x", 1.0, 0.9, 1.0, 5334000.0, "y"]],
            "sheet '2003', row 4: the weight_population of all parts of this unit add up to 0.9",
        ),
    ],
)
def test_a_bad_sheet_is_named(write_xlsx, sheet, says):
    with pytest.raises(SourceError, match=says):
        crosswalk.read_kreise(write_xlsx("kreise.xlsx", workbook(y2003=sheet)))


def test_a_sheet_that_is_no_year_or_a_year_without_a_sheet_is_refused(write_xlsx):
    with pytest.raises(SourceError, match="sheet 'Hinweise': is not named by a year"):
        crosswalk.read_kreise(write_xlsx("a.xlsx", workbook(Hinweise=[["x"]])))
    sheets = workbook()
    del sheets["2011"]
    with pytest.raises(SourceError, match="year 2011 is missing"):
        crosswalk.read_kreise(write_xlsx("b.xlsx", sheets))


def test_runs_of_equal_years_are_one_row(written):
    divided = {
        year: [f"{year},05354000,{share},0.5,NA,05334002", f"{year},05354000,{1 - share},0.5,NA,05334004"]
        for year, share in ((1990, 0.25), (1991, 0.25), (1992, 0.5), (1994, 0.5))
    }
    runs = crosswalk.compress(crosswalk.read_gemeinden(written(gemeinden(divided))))
    assert runs.query("ags_old != '05354000'")[["ags_old", "first_year", "last_year", "weight_employment"]].to_numpy(
    ).tolist() == [["05313000", 1990, 2008, 1], ["05334002", 2009, 2020, 1], ["05334004", 1990, 2020, 1]]  # fmt: skip
    some = runs.query("ags_old == '05354000' and ags_new == '05334002'")
    assert some[["first_year", "last_year", "weight_population"]].to_numpy().tolist() == [
        [1990, 1991, 0.25], [1992, 1992, 0.5], [1994, 1994, 0.5],
    ]  # fmt: skip
    assert some["weight_employment"].isna().all()


@pytest.fixture(scope="module")
def official(mirror: Path) -> Path:
    if not (mirror / crosswalk.FOLDER).is_dir():
        pytest.skip(f"needs the official files (crosswalk) in {mirror}")
    return mirror


def test_the_committed_tables_are_what_the_official_files_give(official, tmp_path):
    made = crosswalk.write_crosswalk(official, tmp_path)
    assert [path.name for path in made] == ["crosswalk_gemeinden.csv", "crosswalk_kreise.csv"]
    for path in made:
        committed = PROJECT / "data" / "raw" / "official" / path.name
        assert path.read_bytes() == committed.read_bytes(), (
            f"{path.name}: run `konzept-diffusion fetch crosswalk`"
        )


@pytest.mark.parametrize(
    ("reader", "file", "declared", "rows"),
    [
        (crosswalk.read_gemeinden, crosswalk.GEMEINDEN, CROSSWALK_GEMEINDEN, 405_911),
        (crosswalk.read_kreise, crosswalk.KREISE, CROSSWALK_KREISE, 14_165),
    ],
    ids=["gemeinden", "kreise"],
)
def test_the_compact_table_loses_nothing(official, reader, file, declared, rows):
    full = reader(official / crosswalk.FOLDER / file).sort_values(
        ["ags_old", "ags_new", "year"], ignore_index=True
    )
    assert len(full) == rows
    runs = read(PROJECT / "data" / "raw" / "official" / f"{declared.name}.csv", declared)
    years = [
        range(first, last + 1) for first, last in zip(runs["first_year"], runs["last_year"], strict=True)
    ]
    back = (
        runs.assign(year=years).explode("year").sort_values(["ags_old", "ags_new", "year"], ignore_index=True)
    )
    for column in ("ags_old", "ags_new", "year"):
        assert (back[column] == full[column]).all()
    for column in crosswalk.WEIGHTS:
        assert (back[column] - full[column]).abs().max() < 1e-11
    # Employment is only filled in where the unit passes on as a whole.
    filled = full["weight_employment"].isna() & back["weight_employment"].notna()
    assert (full.loc[filled, ["weight_population", "weight_area"]] == 1).all().all()
