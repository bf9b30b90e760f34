"""The INKAR reader: long form, missing values are absent rows, a bad cell is named."""

from __future__ import annotations

from pathlib import Path

import pytest

from konzept_diffusion.errors import SourceError
from konzept_diffusion.sources import inkar

HEADER = ["county_code", "year", "share_foreign", "gdp_per_capita", "unemployment_rate",
          "municipal_debt_per_capita", "tax_revenue_per_capita"]  # fmt: skip
OFFENBACH = ["06413", "2015", "33.60", "37.1", "10.2", "6000.5", "755.6"]


def values(*records: list[str]) -> dict[tuple[str, int, str], float]:
    table = inkar.parse([HEADER, *records], "kreise.csv")
    return {(row.kreis, row.year, row.indicator): row.value for row in table.itertuples()}


def test_one_row_per_indicator_with_its_unit() -> None:
    table = inkar.parse([HEADER, OFFENBACH], "kreise.csv")
    assert list(table.columns) == ["kreis", "year", "indicator", "value", "unit"]
    assert table.to_numpy().tolist() == [
        ["06413", 2015, "debt_per_capita", 6000.5, "euro"],
        ["06413", 2015, "foreign_share", 33.6, "percent"],
        ["06413", 2015, "tax_revenue_per_capita", 755.6, "euro"],
        ["06413", 2015, "unemployment_rate", 10.2, "percent"],
    ]


def test_the_order_of_the_columns_does_not_matter() -> None:
    turned = [record[::-1] for record in (HEADER, OFFENBACH)]
    assert inkar.parse(turned, "f").equals(inkar.parse([HEADER, OFFENBACH], "f"))


def test_missing_values_are_absent_rows() -> None:
    assert values(["06413", "1996", "31.2", "", "", "NA", ""]) == {("06413", 1996, "foreign_share"): 31.2}


def test_a_tax_revenue_of_zero_stands_for_a_missing_one() -> None:
    assert ("14713", 1997, "tax_revenue_per_capita") not in values(["14713", "1997", "3.1", "", "", "", "0"])


def test_city_states_have_no_municipal_debt_but_zero_elsewhere_is_a_figure() -> None:
    found = values(
        ["02000", "2015", "14", "", "", "0", "900"],
        ["04012", "2015", "13", "", "", "-0.01", "600"],
        ["14612", "2015", "5", "", "", "0", "600"],
    )
    assert {key for key in found if key[2] == "debt_per_capita"} == {("14612", 2015, "debt_per_capita")}


@pytest.mark.parametrize(
    ("column", "value", "problem"),
    [
        ("share_foreign", "33,6", "row 2, column 'share_foreign': '33,6' is no number. Decimal points"),
        ("share_foreign", "101", "row 2, column 'share_foreign': 101 is outside 0 to 100 percent"),
        ("share_foreign", "nan", "row 2, column 'share_foreign': 'nan' is no number"),
        ("share_foreign", "1_0", "is no number"),
        ("unemployment_rate", "-1", "is outside"),
        ("municipal_debt_per_capita", "-0.01", "row 2, column 'municipal_debt_per_capita': -0.01 is outside"),
        ("county_code", "6413", "row 2, column 'county_code': .*4 digits"),
        ("year", "15", "row 2, column 'year': '15' is no year"),
    ],
)
def test_a_bad_cell_is_named_with_row_and_column(column: str, value: str, problem: str) -> None:
    record = list(OFFENBACH)
    record[HEADER.index(column)] = value
    with pytest.raises(SourceError, match=problem):
        inkar.parse([HEADER, record], "kreise.csv")


def test_a_kreis_and_year_twice_a_short_row_and_a_missing_column_are_refused() -> None:
    with pytest.raises(SourceError, match=r"row 3: Kreis 06413 and year 2015 stand in row 2 already"):
        inkar.parse([HEADER, OFFENBACH, OFFENBACH], "kreise.csv")
    with pytest.raises(SourceError, match=r"row 2: 7 cells were expected, found 6"):
        inkar.parse([HEADER, OFFENBACH[:-1]], "kreise.csv")
    with pytest.raises(SourceError, match=r"row 1: the column 'county_code' was expected once"):
        inkar.parse([["kreis", *HEADER[1:]], OFFENBACH], "kreise.csv")
    with pytest.raises(SourceError, match=r"holds no values"):
        inkar.parse([HEADER], "kreise.csv")


def test_a_file_that_is_missing_or_not_utf8_is_one_sentence(tmp_path: Path) -> None:
    with pytest.raises(SourceError, match=r"there is no such file"):
        inkar.read(tmp_path / "kreise.csv")
    (tmp_path / "kreise.csv").write_bytes("Köln".encode("latin-1"))
    with pytest.raises(SourceError, match=r"cannot be read as a UTF-8 CSV"):
        inkar.read(tmp_path / "kreise.csv")


PUBLISHED = """\
Bereich;ID;Kuerzel;Indikator;Raumbezug;Kennziffer;Name;Zeitbezug;Wert
Bevölkerung;12;a_ausl_bev;Ausländeranteil;Kreise;06413000;Offenbach;2015;33,60
SDG;12;a_ausl_bev;Ausländeranteil;Kreise;06413000;Offenbach;2015;33,6
Bevölkerung;12;a_ausl_bev;Ausländeranteil;Gemeinden;06413000;Offenbach;2015;99
Arbeitsmarkt;3;q_alo;Arbeitslosenquote;Kreise;06413000;Offenbach;2015;10,2
Bevölkerung;7;xbev;Bevölkerung;Kreise;06413000;Offenbach;2015;123734
Finanzen;5;q_gest_bev;Steuerkraft;Kreise;06413000;Offenbach;2015;755,6
Finanzen;5;q_gest_bev;Steuerkraft;Kreise;14713000;Leipzig;1997;0
Finanzen;6;q_gemschuld_bev;Schulden;Kreise;06413000;Offenbach;2015;6000,5
Finanzen;6;q_gemschuld_bev;Schulden;Kreise;04012000;Bremerhaven;2015;-0,01
"""
"""Synthetic, in the layout in which the whole of INKAR is published."""


@pytest.mark.parametrize("name", ["kreise_1995_2022.csv", "inkar_2025.csv"])
def test_the_published_layout_gives_the_same_table_as_the_re_cut_one(tmp_path: Path, name: str) -> None:
    (tmp_path / name).write_text(PUBLISHED, encoding="utf-8-sig")
    table = inkar.read(tmp_path / inkar.FILE)
    assert table.equals(inkar.parse([HEADER, OFFENBACH], "kreise.csv"))
    assert table.dtypes.equals(inkar.parse([HEADER, OFFENBACH], "kreise.csv").dtypes)


def test_the_re_cut_table_comes_first_and_of_published_files_the_latest(tmp_path: Path) -> None:
    (tmp_path / "inkar_2024.csv").write_text("x;y\n", encoding="utf-8")
    (tmp_path / "inkar_2025.csv").write_text(PUBLISHED, encoding="utf-8")
    assert len(inkar.read(tmp_path / inkar.FILE)) == 4
    recut = [",".join(HEADER), "01001,1995,7.76,,,,"]
    (tmp_path / inkar.FILE).write_text("\n".join(recut), encoding="utf-8")
    assert len(inkar.read(tmp_path / inkar.FILE)) == 1


@pytest.mark.parametrize(
    ("old", "new", "problem"),
    [
        (
            "Kuerzel",
            "Kürzel",
            r"row 1: the layout has changed; the column 'Kuerzel' was expected once; found: Ber",
        ),
        ("q_alo", "q_al", r"has no rows of Kreise for q_alo"),
        ("2015;33,6\n", "2015;33,7\n", r"row 3: a_ausl_bev of Kreis 06413 in 2015 stands there twice"),
        ("10,2", "10.2", r"row 5, column 'Wert': '10.2' has a point; a decimal comma was expected"),
        ("10,2", "n.a", r"row 5, column 'Wert': 'n.a' has a point"),
        ("10,2", "102", r"row 5, column 'Wert': 102 is outside 0 to 100 percent"),
        ("10,2", "10,2;", r"row 5: 9 cells were expected, found 10"),
        ("Kreise;14713000", "Kreise;1471300", r"row 8, column 'Kennziffer'"),
        ("Kreise;14713000", "Kreise;14713001", r"row 8, column 'Kennziffer'"),
        ("Leipzig;1997", "Leipzig;97", r"row 8, column 'Zeitbezug': '97' is no year"),
    ],
)
def test_what_is_odd_in_a_published_file_is_named(tmp_path: Path, old: str, new: str, problem: str) -> None:
    assert old in PUBLISHED
    (tmp_path / "inkar_2025.csv").write_text(PUBLISHED.replace(old, new), encoding="utf-8")
    with pytest.raises(SourceError, match=problem):
        inkar.read(tmp_path / inkar.FILE)
