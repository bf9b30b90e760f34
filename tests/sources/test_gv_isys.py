"""The Gemeindeverzeichnis reader on small sheets: columns by header, every cell checked."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import replace
from pathlib import Path
from typing import Any

import pandas as pd
import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from konzept_diffusion.errors import SourceError
from konzept_diffusion.sources import gv_isys

Rows = list[list[object]]
V2017 = gv_isys.vintage("31122017_Auszug_GV.xlsx")
HEADER = 6
KOELN, ALDENHOVEN = HEADER + 3, HEADER + 5
"""Positions in `rows` of the rows most tests change."""
NAME, AREA, POPULATION, LON, LAT = 7, 8, 9, 13, 14


@pytest.fixture
def rows(header_2017: Callable[..., Rows], body_2017: Callable[[], Rows]) -> Rows:
    return header_2017() + body_2017()


def parse(rows: Rows, record: gv_isys.Vintage = V2017) -> pd.DataFrame:
    return gv_isys.parse(rows, record, "Gemeinden")


def unit(table: pd.DataFrame, ags: str) -> dict[str, Any]:
    return table.set_index("ags").loc[ags].to_dict()


def test_laender_kreise_and_gemeinden_with_keys_of_their_level(rows: Rows) -> None:
    table = parse(rows)
    assert list(table.columns) == list(gv_isys.COLUMNS)
    assert table[["ags", "satzart"]].to_numpy().tolist() == [
        ["05", "10"], ["05315", "40"], ["05315000", "60"], ["05358", "40"], ["05358004", "60"],
        ["05358008", "60"],
    ]  # fmt: skip
    assert unit(table, "05315000") == {
        "satzart": "60", "textkz": "61", "name": "Köln, Stadt", "area_km2": 405.02, "population": 1080394,
        "lat": 50.938056, "lon": 6.956944, "stand": "2017-12-31", "population_date": "2017-12-31",
    }  # fmt: skip


def test_numbers_as_text_and_doubled_blanks_in_names_are_read(rows: Rows) -> None:
    town = unit(parse(rows), "05358004")
    assert (town["name"], town["area_km2"], town["population"]) == ("Aldenhoven, Stadt", 44.26, 13900)


def test_laender_and_kreise_have_no_population_where_the_file_has_none(rows: Rows) -> None:
    table = parse(rows)
    assert table["population"].isna().tolist() == [True, True, False, True, False, False]
    assert str(table["population"].dtype) == "Int64"


@settings(suppress_health_check=[HealthCheck.function_scoped_fixture], max_examples=60)
@given(order=st.permutations(range(15)))
def test_the_order_of_the_columns_does_not_matter(rows: Rows, order: list[int]) -> None:
    shuffled = [[row[position] for position in order] for row in rows]
    pd.testing.assert_frame_equal(parse(shuffled), parse(rows))


@pytest.mark.parametrize("moved", [1, 5, 12])
def test_the_header_may_stand_further_down(rows: Rows, moved: int) -> None:
    preface: Rows = [["Statistisches Bundesamt", *[""] * 14] for _ in range(moved)]
    pd.testing.assert_frame_equal(parse(preface + rows), parse(rows))


def test_footnotes_and_blank_rows_are_no_data(rows: Rows) -> None:
    notes: Rows = [
        [""] * 15,
        ["1) Abweichungen durch Runden möglich.", *[""] * 14],
        ["© Destatis, 2018", *[""] * 14],
    ]
    pd.testing.assert_frame_equal(parse(rows + notes), parse(rows))


def test_an_extract_before_1994_has_other_columns_and_no_textkennzeichen() -> None:
    record = gv_isys.vintage("31121987_Auszug_GV.xlsx")
    table = parse(
        [
            ["Satz-art", "Gemeindeschlüssel", "", "", "", "Gemeindename", "Stadtrechte\nx=ja",
             "Verbandszugehörigkeit", "", "Fläche km2  ", "Bevölkerung", "", "", ""],
            ["", "Land", "RB", "Kreis", "Gemeinde", "", "", "Schlüssel", "Name", "", "insgesamt", "männlich",
             "weiblich", "je km2"],
            ["", "Gebietsstand am 01.01.1988", "", "", "", "", "", "", "", "am 31.12.1987", "", "", "", ""],
            [60.0, "03", "2", "01", "000", "Hannover,\xa0Landeshauptstadt\xa0\xa0", "x", "", "",
             203.96, 495867.0, "", "", ""],
            [60.0, "03", "1", "51", "501", "Giebel, gemfr. Gebiet", "", "", "", 10.36, "", "", "", ""],
        ],
        record,
    )  # fmt: skip
    assert unit(table, "03201000")["name"] == "Hannover, Landeshauptstadt"
    assert table["stand"].unique().tolist() == ["1988-01-01"]
    assert table["population_date"].unique().tolist() == ["1987-12-31"]
    assert table["textkz"].isna().all()
    assert table["lat"].isna().all()
    assert table["population"].isna().tolist() == [False, True]


def test_points_of_2009_are_degrees_minutes_and_seconds() -> None:
    assert gv_isys.dms_to_decimal(9.2615) == pytest.approx(9 + 26 / 60 + 15 / 3600, abs=1e-6)
    assert gv_isys.dms_to_decimal(54.4657) == pytest.approx(54.7825, abs=1e-6)
    assert gv_isys.dms_to_decimal(54.0260) == pytest.approx(54.05, abs=1e-6)  # sixty seconds, from rounding


@given(st.integers(47, 55), st.integers(0, 59), st.integers(0, 60))
def test_degrees_minutes_seconds_come_back(degrees: int, minutes: int, seconds: int) -> None:
    written = float(f"{degrees}.{minutes:02d}{seconds:02d}")
    assert gv_isys.dms_to_decimal(written) == pytest.approx(degrees + minutes / 60 + seconds / 3600, abs=1e-6)


@pytest.mark.parametrize("value", [54.78252, 54.6000, 54.1061])
def test_what_a_clock_does_not_have_are_no_minutes_and_seconds(value: float) -> None:
    with pytest.raises(ValueError, match=r"DD.MMSS"):
        gv_isys.dms_to_decimal(value)


@pytest.mark.parametrize("point", [("", ""), ("0", "0"), (0.0, 0.0)])
def test_no_point_is_missing(rows: Rows, point: tuple[object, object]) -> None:
    rows[KOELN][LON], rows[KOELN][LAT] = point
    assert parse(rows)[["lat", "lon"]].loc[2].isna().all()


def test_a_unit_repeated_with_the_same_content_is_one_row(rows: Rows) -> None:
    pd.testing.assert_frame_equal(parse([*rows, list(rows[KOELN])]), parse(rows))


@pytest.mark.parametrize(
    ("row", "column", "value", "problem"),
    [
        (KOELN, POPULATION, "", "row 10: the Bevölkerung of Köln, Stadt is blank"),
        (KOELN, POPULATION, "-", "row 10: Bevölkerung: '-' is no number"),
        (KOELN, POPULATION, "1.080", "row 10: Bevölkerung: '1.080' is ambiguous"),
        (KOELN, POPULATION, 405.02, "row 10: a population of 405.02 is no whole number"),
        (KOELN, POPULATION, -5.0, "row 10: Bevölkerung: -5 is below zero"),
        (KOELN, AREA, "", "row 10: the Fläche is blank"),
        (KOELN, AREA, "k. A.", "row 10: Fläche: 'k. A.' is no number"),
        (KOELN, NAME, " ", "row 10: the Gemeindename is blank"),
        (KOELN, LAT, "", "row 10: Breitengrad: None does not lie in Germany"),
        (KOELN, 0, "70", "row 10: '70' is no Satzart"),
        (KOELN, 0, "", "row 10: Satzart should be a code of 2 digits, found ''"),
        (KOELN, 1, "99", "row 10: '99' is no known Textkennzeichen"),
        (KOELN, 2, "17", "row 10: .*17.* no Land"),
        (KOELN, 6, "00", None),
        (KOELN, 6, "0000", "row 10: gemeinde should be a code of 3 digits, found '0000'"),
        (KOELN, 6, "x00", "row 10: gemeinde should be a code of 3 digits, found 'x00'"),
        (ALDENHOVEN, 6, "008", "row 13: the key 05358008 stands in row 12 already"),
    ],
)
def test_a_bad_cell_is_named_with_file_sheet_and_row(
    rows: Rows, row: int, column: int, value: object, problem: str | None
) -> None:
    rows[row][column] = value
    if problem is None:  # a code that lost its leading zeros gets them back
        assert "05315000" in set(parse(rows)["ags"])
        return
    with pytest.raises(SourceError, match=f"31122017_Auszug_GV.xlsx, sheet 'Gemeinden', {problem}"):
        parse(rows)


def test_a_row_with_nothing_but_a_name_is_no_footnote(rows: Rows) -> None:
    rows[KOELN] = ["", "", "", "", "", "", "", "Köln, Stadt"]
    with pytest.raises(SourceError, match=r"row 10: Satzart"):
        parse(rows)


@pytest.mark.parametrize(
    ("row", "column", "value", "problem"),
    [
        (3, POPULATION, "gesamt", "row 4: the caption 'insgesamt' was expected once, but is missing"),
        (3, 10, "insgesamt", "row 4: the caption 'insgesamt' was expected once, but occurs 2 times"),
        (2, POPULATION, "Haushalte", "row 3: 'Bevölkerung' or 'Einwohner' was expected above"),
        (2, AREA, "Bodenwert", "row 3: the caption 'Fläche' was expected once, but is missing"),
        (3, 6, "Ort", "row 4: the caption 'Gem' or 'Gemeinde' was expected once"),
        (3, LAT, "", "row 4: the caption 'Breitengrad' was expected once"),
        (4, 2, "Gebietsstand", "row 5: a Gebietsstand with a date"),
        (4, 2, "Gebietsstand am 31.12.2016 (Jahr)", "row 5: .* are 2016-12-31 and 2017-12-31, expected"),
        (4, POPULATION, "am 31.12.2015", "row 5: .* are 2017-12-31 and 2015-12-31, expected"),
        (4, POPULATION, "", "row 5: a date of the population with a date"),
    ],
)
def test_another_layout_is_refused_with_what_was_expected(
    rows: Rows, row: int, column: int, value: str, problem: str
) -> None:
    rows[row][column] = value
    with pytest.raises(SourceError, match=f"31122017_Auszug_GV.xlsx, sheet 'Gemeinden', {problem}"):
        parse(rows)


def test_swapped_captions_of_the_coordinates_are_noticed(rows: Rows) -> None:
    rows[3][LON], rows[3][LAT] = rows[3][LAT], rows[3][LON]
    with pytest.raises(SourceError, match=r"row 10: Breitengrad: 6.95.* does not lie in Germany"):
        parse(rows)


def test_swapped_data_columns_are_noticed(rows: Rows) -> None:
    for row in rows[HEADER:]:
        row[AREA], row[POPULATION] = row[POPULATION], row[AREA]
    with pytest.raises(SourceError, match=r"no whole number"):
        parse(rows)


def test_coordinates_must_be_there_if_the_extract_has_them_and_only_then(rows: Rows) -> None:
    with pytest.raises(SourceError, match=r"columns of coordinates were not expected"):
        parse(rows, replace(V2017, coordinates="none"))
    with pytest.raises(SourceError, match=r"columns of coordinates were expected"):
        parse([row[:LON] for row in rows])


def test_a_header_without_data_is_refused(rows: Rows) -> None:
    with pytest.raises(SourceError, match=r"not a single data row"):
        parse(rows[:HEADER])


def test_gemeinden_must_add_up_to_their_land_where_it_states_a_population(rows: Rows) -> None:
    total = 1080394 + 13900 + 90244
    rows[HEADER][POPULATION] = float(total)
    assert parse(rows)["population"].iloc[0] == total
    rows[HEADER][POPULATION] = float(total + 1)
    with pytest.raises(
        SourceError, match=r"Nordrhein-Westfalen have 1,184,538 inhabitants together, .* 1,184,539"
    ):
        parse(rows)


def test_read_finds_the_sheet_and_checks_the_total(
    rows: Rows, write_xlsx: Callable[..., Path], monkeypatch: pytest.MonkeyPatch
) -> None:
    sheets = {"Inhalt": [["Statistisches Bundesamt"]], "Onlineprodukt": rows}
    path = write_xlsx(V2017.file, sheets)
    with pytest.raises(SourceError, match=r"1,184,538 inhabitants together, expected were 82,792,351"):
        gv_isys.read(path)
    monkeypatch.setattr(gv_isys, "VINTAGES", (replace(V2017, total=1184538),))
    pd.testing.assert_frame_equal(gv_isys.read(path), parse(rows))


def test_read_needs_exactly_one_sheet_of_gemeinden(rows: Rows, write_xlsx: Callable[..., Path]) -> None:
    with pytest.raises(SourceError, match=r"the sheets A, B do"):
        gv_isys.read(write_xlsx(V2017.file, {"A": rows, "B": rows}))
    with pytest.raises(SourceError, match=r"none of the sheets does \(sheets: Inhalt\)"):
        gv_isys.read(write_xlsx(V2017.file, {"Inhalt": [["Satzart"]]}))


def test_a_file_that_is_no_workbook_missing_or_unknown_is_one_sentence(tmp_path: Path) -> None:
    (tmp_path / V2017.file).write_bytes(b"<html>not found</html>")
    with pytest.raises(SourceError, match=r"no readable Excel workbook"):
        gv_isys.read(tmp_path / V2017.file)
    with pytest.raises(SourceError, match=r"there is no such file"):
        gv_isys.read(tmp_path / "31122013_Auszug_GV.xlsx")
    with pytest.raises(SourceError, match=r"no extract of that name is known"):
        gv_isys.read(tmp_path / "31122019_Auszug_GV.xlsx")


def test_every_vintage_has_its_own_file_and_plausible_dates() -> None:
    assert len({item.file for item in gv_isys.VINTAGES}) == len(gv_isys.VINTAGES) == 13
    for item in gv_isys.VINTAGES:
        assert item.population_date <= item.stand
        assert item.population_date.endswith("-12-31")
