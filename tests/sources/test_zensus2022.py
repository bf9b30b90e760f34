"""The census reader: one row per Gemeinde, noise and rounding flagged, a bad cell named."""

from __future__ import annotations

from pathlib import Path

import pandas as pd
import pytest

from konzept_diffusion.errors import SourceError
from konzept_diffusion.schemas.core import read
from konzept_diffusion.schemas.indicators import ZENSUS2022
from konzept_diffusion.sources import zensus2022
from konzept_diffusion.sources.zensus2022 import census_of_register

HEADER = ["ags", "name", "population", "share_foreign", "share_migration_background"]
FLENSBURG = ["01001000", "Flensburg, Stadt", "95015", "15.5", "24.7"]
SMALL = ["01051002", "Arkebek", "226", "", "NA"]


def parse(*records: list[str], header: list[str] = HEADER) -> pd.DataFrame:
    return zensus2022.parse([header, *records], "gemeinden.csv")


def test_one_row_per_gemeinde_with_withheld_shares_missing() -> None:
    table = parse(SMALL, FLENSBURG)
    assert list(table.columns) == list(zensus2022.COLUMNS)
    assert table["ags"].tolist() == ["01001000", "01051002"]
    assert table.loc[0, ["population", "foreign_share", "migration_background_share"]].tolist() == [
        95015,
        15.5,
        24.7,
    ]
    assert table.loc[1, ["foreign_share", "migration_background_share", "flag"]].isna().all()


def test_the_order_of_the_columns_does_not_matter() -> None:
    turned = parse(FLENSBURG[::-1], SMALL[::-1], header=HEADER[::-1])
    pd.testing.assert_frame_equal(turned, parse(FLENSBURG, SMALL))


@pytest.mark.parametrize("space", [" ", "\u00a0", "\u2009", "\u202f"])
def test_groups_of_three_may_be_set_apart(space: str) -> None:
    assert parse([*FLENSBURG[:2], f"1{space}095{space}015", "1", "2"])["population"].tolist() == [1_095_015]


def test_a_city_of_a_million_stands_there_with_six_digits_and_is_flagged() -> None:
    table = parse(["02000000", "Hamburg", "1.80885e+06", "16.9", "28.9"])
    assert table[["population", "flag"]].to_numpy().tolist() == [[1_808_850, "rounded"]]


def test_a_share_below_that_of_foreigners_is_kept_and_flagged() -> None:
    others = [[f"01051{number:03d}", "Ort", "1000", "5", "9"] for number in range(100, 130)]
    table = parse(["01001000", "Flensburg", "95015", "24.7", "15.5"], *others)
    assert table["flag"].dropna().to_dict() == {0: "disclosure_noise"}


def test_swapped_shares_are_noticed() -> None:
    rows = [[f"01051{number:03d}", "Ort", "1000", "9", "5"] for number in range(100, 130)]
    with pytest.raises(SourceError, match=r"gemeinden.csv: in 30 of 30 Gemeinden .* are swapped"):
        parse(*rows)


@pytest.mark.parametrize(
    ("column", "value", "problem"),
    [
        ("ags", "1001000", "row 2, column 'ags': .*7 digits"),
        ("name", " ", "row 2, column 'name': is blank"),
        ("population", "", "row 2, column 'population': is blank"),
        ("population", "NA", "row 2, column 'population': is blank"),
        ("population", "15.5", "row 2, column 'population': '15.5' is no whole number"),
        ("population", "9 5015", "row 2, column 'population': '9 5015' is no whole number"),
        ("population", "-5", "is no whole number"),
        ("share_foreign", "15,5", "row 2, column 'share_foreign': '15,5' is no number. Decimal points"),
        ("share_foreign", "95015", "row 2, column 'share_foreign': 95015 is outside 0 to 100 percent"),
        (
            "share_migration_background",
            "nan",
            "row 2, column 'share_migration_background': 'nan' is no number",
        ),
    ],
)
def test_a_bad_cell_is_named_with_row_and_column(column: str, value: str, problem: str) -> None:
    record = list(FLENSBURG)
    record[HEADER.index(column)] = value
    with pytest.raises(
        SourceError, match=f"gemeinden.csv, {problem}" if problem.startswith("row") else problem
    ):
        parse(record)


def test_a_moved_header_a_missing_column_and_doubled_or_short_rows_are_refused() -> None:
    with pytest.raises(
        SourceError, match=r"row 1: the column 'ags' .* A header seems to stand in row 3: delete"
    ):
        zensus2022.parse([["Zensus 2022"], [""], HEADER, FLENSBURG], "gemeinden.csv")
    with pytest.raises(SourceError, match=r"row 1: the column 'share_foreign' was expected once"):
        parse(FLENSBURG[:3], header=HEADER[:3])
    with pytest.raises(SourceError, match=r"row 3: the Gemeinde 01001000 stands in row 2 already"):
        parse(FLENSBURG, FLENSBURG)
    with pytest.raises(SourceError, match=r"row 2: 5 cells were expected, found 4"):
        parse(FLENSBURG[:4])
    with pytest.raises(SourceError, match=r"holds no Gemeinden"):
        parse()


def test_a_cut_file_a_missing_one_and_one_that_is_not_utf8_are_one_sentence(tmp_path: Path) -> None:
    path = tmp_path / zensus2022.FILE
    with pytest.raises(SourceError, match=r"there is no such file"):
        zensus2022.read(path)
    path.write_bytes("Köln".encode("latin-1"))
    with pytest.raises(SourceError, match=r"cannot be read as a UTF-8 CSV"):
        zensus2022.read(path)
    path.write_text("\n".join([",".join(HEADER), "01001000,Flensburg,95015,15.5,24.7"]), encoding="utf-8")
    with pytest.raises(SourceError, match=r"95,015 inhabitants together, expected were 82,711,294"):
        zensus2022.read(path)


def figures(*rows: tuple[str, int, float | None, float | None]) -> pd.DataFrame:
    frame = pd.DataFrame(rows, columns=["ags", "population", "foreign_share", "migration_background_share"])
    return frame.assign(flag=None)


def test_the_census_table_has_the_gemeinden_of_the_register_and_only_them() -> None:
    table = figures(
        ("05315000", 1_017_360, 18.6, 27.8), ("05358004", 13_800, None, 9.1), ("05358008", 9, 1.0, 2.0)
    )
    found = census_of_register(table, ["05358", "05358004", "05315000"])
    assert found[["ags", "ags_then", "population_zensus2022"]].to_numpy().tolist() == [
        ["05315000", "05315000", 1_017_360],
        ["05358004", "05358004", 13_800],
    ]
    assert found["foreign_share_zensus2022"].isna().tolist() == [False, True]


def test_eisenach_and_walsrode_are_found_under_their_later_keys() -> None:
    table = figures(("03358024", 30_000, 9.0, 15.0), ("16063105", 41_000, 10.0, 16.0))
    found = census_of_register(table, ["16056000", "03358022"])
    assert found[["ags", "ags_then"]].to_numpy().tolist() == [
        ["03358022", "03358024"],
        ["16056000", "16063105"],
    ]


def test_a_gemeinde_that_the_census_does_not_have_is_an_error() -> None:
    with pytest.raises(SourceError, match=r"there is no Gemeinde 05358004"):
        census_of_register(figures(("05315000", 1, 1.0, 2.0)), ["05358004"])


def test_the_committed_table_has_every_gemeinde_of_the_register() -> None:
    folder = Path(__file__).resolve().parents[2] / "data" / "raw" / "official"
    table = read(folder / "zensus2022.csv", ZENSUS2022).set_index("ags")
    register = pd.read_csv(folder / "register.csv", dtype={"ags": "str"})["ags"]
    assert set(table.index) == set(register[register.str.len() == 8])
    assert table["foreign_share_zensus2022"].notna().all()
    assert (table["migration_background_share"] > table["foreign_share_zensus2022"]).all()
    assert table.loc["06413000", "foreign_share_zensus2022"] == table["foreign_share_zensus2022"].max()
