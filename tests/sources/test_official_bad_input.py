"""Damaged official files: parsed right, or refused with file, sheet (or column) and row; never a silent gap."""

from __future__ import annotations

import zipfile
from collections.abc import Callable
from dataclasses import replace
from pathlib import Path

import pandas as pd
import pytest

from konzept_diffusion.errors import SourceError
from konzept_diffusion.sources import gv_isys, inkar

Rows = list[list[object]]
V2017 = gv_isys.vintage("31122017_Auszug_GV.xlsx")
TOTAL = 1_080_394 + 13_900 + 90_244
AREA, POPULATION = 8, 9
KOELN = 9
"""Position of the row of Köln below header and Land."""


@pytest.fixture
def rows(
    header_2017: Callable[..., Rows], body_2017: Callable[[], Rows], monkeypatch: pytest.MonkeyPatch
) -> Rows:
    monkeypatch.setattr(gv_isys, "VINTAGES", (replace(V2017, total=TOTAL),))
    return header_2017() + body_2017()


def test_a_moved_header_is_found(rows: Rows, write_xlsx: Callable[..., Path]) -> None:
    straight = gv_isys.read(write_xlsx(V2017.file, {"Gemeinden": rows}))
    moved = gv_isys.read(write_xlsx(V2017.file, {"Gemeinden": [["Vorbemerkung"], [""], *rows]}))
    pd.testing.assert_frame_equal(moved, straight)


def test_a_header_too_far_down_is_refused(rows: Rows, write_xlsx: Callable[..., Path]) -> None:
    path = write_xlsx(V2017.file, {"Gemeinden": [["Vorbemerkung"]] * 30 + rows})
    with pytest.raises(SourceError, match=r"31122017_Auszug_GV.xlsx: exactly one sheet .* first 20 rows"):
        gv_isys.read(path)


def test_columns_swapped_with_their_captions_are_read_right(
    rows: Rows, write_xlsx: Callable[..., Path]
) -> None:
    straight = gv_isys.read(write_xlsx(V2017.file, {"Gemeinden": rows}))
    order = [*range(7), AREA, 7, *range(9, 15)]
    swapped = [[(row + [""] * 15)[position] for position in order] for row in rows]
    pd.testing.assert_frame_equal(gv_isys.read(write_xlsx(V2017.file, {"Gemeinden": swapped})), straight)


def test_columns_swapped_under_their_captions_are_refused(
    rows: Rows, write_xlsx: Callable[..., Path]
) -> None:
    for row in rows[6:]:
        row[AREA], row[POPULATION] = row[POPULATION], row[AREA]
    with pytest.raises(
        SourceError, match=r"xlsx, sheet 'Gemeinden', row 10: a population of 405.02 is no whole"
    ):
        gv_isys.read(write_xlsx(V2017.file, {"Gemeinden": rows}))


def test_men_in_place_of_all_inhabitants_do_not_add_up(rows: Rows, write_xlsx: Callable[..., Path]) -> None:
    for row in rows[6:]:
        row[POPULATION] = row[10] if row[POPULATION] != "" else ""
    with pytest.raises(SourceError, match=r"sheet 'Gemeinden': .* expected were 1,184,538"):
        gv_isys.read(write_xlsx(V2017.file, {"Gemeinden": rows}))


def test_a_blank_population_is_refused(rows: Rows, write_xlsx: Callable[..., Path]) -> None:
    rows[KOELN][POPULATION] = ""
    with pytest.raises(
        SourceError, match=r"xlsx, sheet 'Gemeinden', row 10: the Bevölkerung of Köln, Stadt is blank"
    ):
        gv_isys.read(write_xlsx(V2017.file, {"Gemeinden": rows}))


@pytest.mark.parametrize("space", ["\u2009", "\u202f", "\u00a0", " "])
def test_thin_spaces_between_groups_of_three_are_read(
    rows: Rows, write_xlsx: Callable[..., Path], space: str
) -> None:
    rows[KOELN][POPULATION] = f"1{space}080{space}394"
    table = gv_isys.read(write_xlsx(V2017.file, {"Gemeinden": rows})).set_index("ags")
    assert table.loc["05315000", "population"] == 1_080_394


def test_a_space_in_the_wrong_place_is_refused(rows: Rows, write_xlsx: Callable[..., Path]) -> None:
    rows[KOELN][POPULATION] = "1\u20090803\u200994"
    with pytest.raises(SourceError, match=r"sheet 'Gemeinden', row 10: Bevölkerung: .* is no number"):
        gv_isys.read(write_xlsx(V2017.file, {"Gemeinden": rows}))


def test_an_unreadable_sheet_is_refused(rows: Rows, write_xlsx: Callable[..., Path], tmp_path: Path) -> None:
    whole = write_xlsx(V2017.file, {"Gemeinden": rows})
    broken = tmp_path / "broken" / V2017.file
    broken.parent.mkdir()
    with zipfile.ZipFile(whole) as source, zipfile.ZipFile(broken, "w") as target:
        for member in source.namelist():
            content = source.read(member)
            target.writestr(member, content[: len(content) // 2] if "sheet1.xml" in member else content)
    with pytest.raises(SourceError, match=r"31122017_Auszug_GV.xlsx: is no readable Excel workbook"):
        gv_isys.read(broken)


def test_a_cut_download_is_refused(rows: Rows, write_xlsx: Callable[..., Path]) -> None:
    path = write_xlsx(V2017.file, {"Gemeinden": rows})
    path.write_bytes(path.read_bytes()[:-200])
    with pytest.raises(SourceError, match=r"is no readable Excel workbook"):
        gv_isys.read(path)


INKAR = ["county_code", "year", "share_foreign", "unemployment_rate", "municipal_debt_per_capita",
         "tax_revenue_per_capita"]  # fmt: skip
OFFENBACH = ["06413", "2015", "33.60", "10.2", "6000.5", "755.6"]


def test_inkar_with_a_moved_header_is_refused_with_what_stands_there() -> None:
    with pytest.raises(SourceError, match=r"kreise.csv, row 1: the column 'county_code' .* found: INKAR"):
        inkar.parse([["INKAR"], INKAR, OFFENBACH], "kreise.csv")


@pytest.mark.parametrize(
    ("one", "other"),
    [
        ("share_foreign", "municipal_debt_per_capita"),
        ("unemployment_rate", "tax_revenue_per_capita"),
        ("county_code", "year"),
    ],
)
def test_inkar_columns_of_different_kind_swapped_under_their_captions_are_refused(
    one: str, other: str
) -> None:
    record = list(OFFENBACH)
    first, second = INKAR.index(one), INKAR.index(other)
    record[first], record[second] = record[second], record[first]
    with pytest.raises(SourceError, match=r"kreise.csv, row 2, column"):
        inkar.parse([INKAR, record], "kreise.csv")


def test_a_number_with_a_thin_space_in_inkar_is_refused() -> None:
    record = [*OFFENBACH[:4], "6\u2009000.5", OFFENBACH[5]]
    with pytest.raises(SourceError, match=r"row 2, column 'municipal_debt_per_capita': .* is no number"):
        inkar.parse([INKAR, record], "kreise.csv")
