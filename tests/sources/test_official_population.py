"""Population through territorial reforms: on small invented reforms, and in the committed table."""

from __future__ import annotations

from pathlib import Path

import pandas as pd
import pytest

from konzept_diffusion.errors import SourceError
from konzept_diffusion.schemas.core import read
from konzept_diffusion.schemas.indicators import POPULATION
from konzept_diffusion.sources.population import ABSENT_COLUMNS, key_at, trace, trace_population
from konzept_diffusion.sources.tracing import place_name, same_place
from konzept_diffusion.store import load_raw

FOLDER = Path(__file__).resolve().parents[2] / "data" / "raw" / "official"
Unit = tuple[str, str, float, int]
NOW: list[Unit] = [
    ("05315000", "Köln, Stadt", 405.0, 1_000_000),
    ("05358004", "Aldenhoven", 44.0, 14_000),
    ("05358008", "Düren, Stadt", 85.0, 90_000),
]
NO_CHANGES = pd.DataFrame(columns=["ags", "ags_old", "valid_until", "name"], dtype="str")
REGISTER = pd.DataFrame(
    [("05315000", "Köln, Stadt", 405.0), ("05358", "Düren", 129.0), ("05358008", "Düren, Stadt", 85.0)],
    columns=["ags", "name", "area_km2"],
)
Link = tuple[str, str, float]


def changes(*rows: tuple[str, str, str, str]) -> pd.DataFrame:
    return pd.DataFrame(rows, columns=NO_CHANGES.columns)


def extract(date: str, *units: Unit) -> pd.DataFrame:
    frame = pd.DataFrame(units, columns=["ags", "name", "area_km2", "population"])
    return frame.assign(satzart="60", stand=date, population_date=date).astype({"population": "Int64"})


def crosswalk(*old: Link, then: int = 1994) -> pd.DataFrame:
    """Return the crosswalk of an invented reform between `then` and 2017; units of today go to themselves."""
    rows = [(then, *link) for link in old] + [(2017, unit[0], unit[0], 1.0) for unit in NOW]
    frame = pd.DataFrame(rows, columns=["year", "ags_old", "ags_new", "weight_population"])
    return frame.assign(weight_area=frame["weight_population"])


def traced(
    then: pd.DataFrame, *old: Link, key_changes: pd.DataFrame = NO_CHANGES, last: pd.DataFrame | None = None
) -> pd.DataFrame:
    tables = {"then.xlsx": then, "now.xlsx": extract("2017-12-31", *NOW)}
    if last is not None:
        tables["last.xlsx"] = last
    return trace_population(tables, REGISTER, key_changes, crosswalk(*old)).set_index(["ags", "date"])


KOELN: Unit = ("05315000", "Köln, Stadt", 400.0, 950_000)
DUEREN: Unit = ("05358008", "Düren, Stadt", 84.0, 80_000)
REST: Unit = ("05358004", "Aldenhoven", 45.0, 13_000)
SAME: tuple[Link, ...] = tuple((unit[0], unit[0], 1.0) for unit in NOW)


def test_a_town_and_a_kreis_that_did_not_change_have_their_own_figures() -> None:
    found = traced(extract("1994-12-31", KOELN, DUEREN, REST), *SAME)
    assert found.loc[("05315000", "1994-12-31")].tolist()[:4] == [950_000, "05315000", 400.0, "own"]
    assert found.loc[("05358", "1994-12-31")].tolist()[:4] == [93_000, "05358", 129.0, "own"]
    assert found.loc[("05358", "2017-12-31")].tolist()[:4] == [104_000, "05358", 129.0, "own"]


def test_a_town_keeps_its_own_figure_under_an_earlier_key_and_through_incorporations() -> None:
    old: Unit = ("05399001", "Düren (Rur), Stadt", 60.0, 70_000)
    village: Unit = ("05399002", "Birgel", 24.0, 900)
    links = (*SAME[:2], ("05399001", "05358008", 1.0), ("05399002", "05358008", 1.0))
    found = traced(extract("1994-12-31", KOELN, old, village, REST), *links)
    assert found.loc[("05358008", "1994-12-31")].tolist()[:4] == [70_000, "05399001", 60.0, "own"]
    # The Kreis has its whole territory: an old Kreis and one more Kreis as a whole.
    assert found.loc[("05358", "1994-12-31")].tolist()[:4] == [83_900, "05358|05399", 129.0, "summed"]


def test_a_town_formed_by_a_merger_under_a_new_name_is_the_sum_of_its_predecessors() -> None:
    parts: tuple[Unit, ...] = (
        ("05399001", "Birkesdorf", 30.0, 30_000),
        ("05399002", "Lendersdorf", 54.0, 45_000),
    )
    links = (*SAME[:2], ("05399001", "05358008", 1.0), ("05399002", "05358008", 1.0))
    found = traced(extract("1994-12-31", KOELN, *parts, REST), *links)
    assert found.loc[("05358008", "1994-12-31")].tolist()[:4] == [75_000, "05399001|05399002", 84.0, "summed"]


def test_a_gemeinde_that_was_divided_counts_by_population_and_is_flagged() -> None:
    divided: Unit = ("05399001", "Grenzdorf", 10.0, 1_001)
    links = (*SAME, ("05399001", "05358004", 0.25), ("05399001", "05315000", 0.75))
    found = traced(extract("1994-12-31", KOELN, DUEREN, REST, divided), *links)
    assert found.loc[("05358", "1994-12-31")].tolist()[:4] == [93_250, "05358|05399001", 131.5, "converted"]
    assert found.loc[("05315000", "1994-12-31"), "method"] == "own"


def test_after_the_crosswalk_a_kreis_has_the_territory_of_the_date_and_says_so() -> None:
    last = extract("2021-12-31", KOELN, DUEREN, ("05358012", "Neuort", 40.0, 5_000))
    found = traced(extract("1994-12-31", KOELN, DUEREN, REST), *SAME, last=last)
    row = found.loc[("05358", "2021-12-31")]
    assert row.tolist()[:4] == [85_000, "05358", 124.0, "own"]
    assert row["note"] == "Gebietsstand des Datums; am 31.12.2017 129.00 km²"


def before_1990(*units: Unit) -> pd.DataFrame:
    tables = {
        "old.xlsx": extract("1987-12-31", *units),
        "then.xlsx": extract("1991-01-01", KOELN, DUEREN, REST),
        "now.xlsx": extract("2017-12-31", *NOW),
    }
    found = trace_population(tables, REGISTER, NO_CHANGES, crosswalk(*SAME, then=1991))
    return found[found["date"] == "1987-12-31"].set_index("ags")


def test_before_1990_units_are_followed_by_the_keys_of_1990() -> None:
    found = before_1990(KOELN, DUEREN, ("05358099", "Weiler", 45.0, 400))
    # The Kreis is one as a whole, whatever its Gemeinden were called.
    assert found["population"].to_dict() == {"05315000": 950_000, "05358": 80_400, "05358008": 80_000}


def test_before_1990_what_has_no_such_key_is_absent() -> None:
    assert "05358008" not in before_1990(KOELN, REST).index
    assert set(before_1990(KOELN).index) == {"05315000"}


def test_west_berlin_is_not_berlin() -> None:
    berlin: Unit = ("11000000", "Berlin, Stadt", 891.0, 3_600_000)
    west: Unit = ("11000000", "Berlin (West), Stadt", 480.0, 1_900_000)
    register = pd.DataFrame([("11000000", "Berlin, Stadt", 891.0)], columns=REGISTER.columns)
    rows = pd.DataFrame(
        [(year, "11000000", "11000000", 1.0, 1.0) for year in (1991, 2017)],
        columns=["year", "ags_old", "ags_new", "weight_population", "weight_area"],
    )
    dates = {"1987-12-31": west, "1991-01-01": berlin, "2017-12-31": berlin}
    tables = {f"{date}.xlsx": extract(date, unit) for date, unit in dates.items()}
    found = trace_population(tables, register, NO_CHANGES, rows)
    assert found["date"].tolist() == ["1991-01-01", "2017-12-31"]


def test_a_hand_written_earlier_key_comes_first_and_has_to_be_right() -> None:
    moved = changes(("05315000", "05315999", "2000-12-31", "Köln, Stadt"))
    old: Unit = ("05315999", "Köln (Rhein), Stadt", 400.0, 950_000)
    links = (*SAME[1:], ("05315999", "05315000", 1.0))
    found = traced(extract("1994-12-31", old, DUEREN, REST), *links, key_changes=moved)
    assert found.loc[("05315000", "1994-12-31"), "ags_then"] == "05315999"
    other: Unit = ("05315999", "Bonn, Stadt", 141.0, 290_000)
    with pytest.raises(
        SourceError, match=r"then.xlsx: under the key 05315999 stands 'Bonn, Stadt', expected was 'Köln"
    ):
        traced(extract("1994-12-31", other, DUEREN, REST), *links, key_changes=moved)
    with pytest.raises(SourceError, match=r"Köln, Stadt is not there under the key 05315999"):
        traced(extract("1994-12-31", KOELN, DUEREN, REST), *SAME, key_changes=changes(
            ("05315000", "05315999", "2000-12-31", "Köln, Stadt")))  # fmt: skip


def test_another_place_under_the_same_key_and_a_lost_gemeinde_are_errors() -> None:
    other: Unit = ("05315000", "Bonn, Stadt", 141.0, 290_000)
    with pytest.raises(
        SourceError, match=r"under the key 05315000 stands 'Bonn, Stadt', expected was 'Köln, Stadt'"
    ):
        traced(extract("1994-12-31", other, DUEREN, REST), *SAME)
    lost: Unit = ("05777001", "Nirgends", 1.0, 10)
    with pytest.raises(
        SourceError, match=r"the Gemeinde Nirgends \(05777001\) is in no year of the crosswalk"
    ):
        traced(extract("1994-12-31", KOELN, DUEREN, REST, lost), *SAME)


def test_what_is_not_of_the_study_is_left_out_and_listed_where_it_is_not_found() -> None:
    other: Unit = ("05358008", "Jülich, Stadt", 90.0, 33_000)
    tables = {"then.xlsx": extract("1994-12-31", KOELN, other, REST), "now.xlsx": extract("2017-12-31", *NOW)}
    found = trace(tables, REGISTER, NO_CHANGES, crosswalk(*SAME), strict=["05315000", "05358"])
    assert found.table[["ags", "date"]].to_numpy().tolist() == [
        ["05315000", "1994-12-31"], ["05315000", "2017-12-31"], ["05358", "1994-12-31"],
        ["05358", "2017-12-31"], ["05358008", "2017-12-31"],
    ]  # fmt: skip
    assert tuple(found.absent.columns) == ABSENT_COLUMNS
    assert found.absent.to_numpy().tolist() == [
        ["05358008", "Düren, Stadt", "1994-12-31", "then.xlsx",
         "under the key 05358008 stands 'Jülich, Stadt', expected was 'Düren, Stadt'."],
    ]  # fmt: skip
    with pytest.raises(SourceError, match=r"then.xlsx: under the key 05358008 stands 'Jülich, Stadt'"):
        trace(tables, REGISTER, NO_CHANGES, crosswalk(*SAME), strict=REGISTER["ags"])


def test_a_gemeinde_that_was_merged_after_the_crosswalk_is_absent_then() -> None:
    tables = {"now.xlsx": extract("2017-12-31", *NOW), "last.xlsx": extract("2021-12-31", *NOW[:2])}
    found = trace(tables, REGISTER, NO_CHANGES, crosswalk(*SAME), strict=["05315000", "05358"])
    assert found.absent[["ags", "date"]].to_numpy().tolist() == [["05358008", "2021-12-31"]]
    assert "merged after 31.12.2017 or has a new key" in found.absent["reason"].iloc[0]


def test_the_key_at_a_date_is_the_earliest_one_still_valid() -> None:
    table = changes(
        ("14511000", "14161000", "2008-07-31", "Chemnitz, Stadt"),
        ("14511000", "14001000", "1994-07-31", "Chemnitz, Stadt"),
    )
    assert key_at("14511000", "1991-01-01", table)[0] == "14001000"
    assert key_at("14511000", "1994-07-31", table)[0] == "14001000"
    assert key_at("14511000", "1994-08-01", table)[0] == "14161000"
    assert key_at("14511000", "2008-08-01", table) == ("14511000", "")
    assert key_at("05315000", "1991-01-01", table) == ("05315000", "")


@pytest.mark.parametrize(
    ("one", "other"),
    [
        ("Halle/Saale, Stadt", "Halle (Saale), Stadt"),
        ("Mülheim a.d. Ruhr, Stadt", "Mülheim an der Ruhr, Stadt"),
        ("Münster (Westf.), Stadt", "Münster, Stadt"),
        ("Hannover,\xa0Landeshauptstadt\xa0", "Hannover, Landeshauptstadt"),
        ("Kassel, Stadt", "Kassel, documenta-Stadt"),
    ],
)
def test_two_ways_to_write_one_place(one: str, other: str) -> None:
    assert place_name(one) == place_name(other)


@pytest.mark.parametrize(
    ("one", "other"),
    [
        ("Emmerich, Stadt", "Emmerich am Rhein, Stadt"),
        ("Burg b. Magdeburg, Stadt", "Burg, Stadt"),
        ("Neufahrn b. Freising", "Neufahrn b.Freising"),
        ("Weiden i.d. OPf., Stadt", "Weiden i.d.OPf."),
        ("Sankt Ingbert, Stadt", "St. Ingbert, Stadt"),
        ("Münden, Stadt", "Hann. Münden, Stadt"),
        ("Alt Mölln", "Alt-Mölln"),
        ("Sankt-Peter Ording", "St. Peter-Ording"),
    ],
)
def test_within_one_area_the_addition_does_not_count(one: str, other: str) -> None:
    assert same_place(one, other)


def test_different_places_stay_different() -> None:
    names = [
        "Frankfurt am Main, Stadt",
        "Frankfurt (Oder), Stadt",
        "Mülheim an der Ruhr",
        "Offenbach am Main",
        "Köln",
    ]
    assert len({place_name(name) for name in names}) == len(names)
    assert not same_place("Dessau, Stadt", "Dessau-Roßlau, Stadt")
    assert not same_place("Bad Homburg v.d. Höhe", "Homburg, Stadt")


@pytest.fixture(scope="module")
def committed() -> pd.DataFrame:
    return read(FOLDER / "population.csv", POPULATION).set_index(["ags", "date"])


def figure(table: pd.DataFrame, ags: str, date: str) -> list[object]:
    return table.loc[(ags, date)][["population", "ags_then", "method"]].tolist()


def test_reforms_by_name(committed: pd.DataFrame) -> None:
    assert figure(committed, "05315000", "2017-12-31") == [1_080_394, "05315000", "own"]
    # Göttingen 2016 and Aachen 2009: the sum of the old two.
    assert figure(committed, "03159", "2013-12-31") == [248_249 + 74_367, "03152|03156", "summed"]
    assert figure(committed, "05334", "2005-12-31")[1:] == ["05313|05354", "summed"]
    # Sachsen 2008, Sachsen-Anhalt 2007, Mecklenburg-Vorpommern 2011.
    assert figure(committed, "14521", "2005-12-31")[1:] == ["14171|14181|14188|14191", "summed"]
    assert figure(committed, "15087", "2005-12-31")[1:] == ["15260|15266", "summed"]
    assert figure(committed, "13076", "2009-12-31")[1:] == ["13054|13060", "summed"]
    # Merged under a new name: Dessau and Roßlau.
    assert figure(committed, "15001000", "2005-12-31") == [78_360 + 13_979, "15101000|15151053", "summed"]
    # Bitterfeld, Bobbau, Greppin, Holzweißig, Rödgen, Thalheim and Wolfen became Bitterfeld-Wolfen in 2007.
    assert figure(committed, "15082015", "2002-12-31") == [
        15_985 + 1_728 + 2_954 + 3_356 + 392 + 1_590 + 27_452,
        "15154002|15154003|15154010|15154014|15154030|15154041|15154044",
        "summed",
    ]
    # After the crosswalk: Eisenach lies in the Wartburgkreis, which is counted without it.
    assert figure(committed, "16056000", "2021-12-31") == [41_806, "16063105", "own"]
    assert "16063105" not in committed.loc[("16063", "2021-12-31"), "ags_then"]


def test_the_figures_of_the_register_come_out_again(committed: pd.DataFrame) -> None:
    register = load_raw("register").set_index("ags")
    then = committed.xs("2017-12-31", level="date")
    assert then["population"].to_dict() == register["population_2017"].to_dict()
    before = committed.xs("2013-12-31", level="date")["population"]
    stated = register["population_2013"].dropna()
    # Lahr, Mörsdorf and Zilshausen moved from Cochem-Zell to the Rhein-Hunsrück-Kreis in between.
    assert {ags for ags in stated.index if stated[ags] != before[ags]} == {"07135", "07140"}
    assert before[["07135", "07140"]].sum() == stated[["07135", "07140"]].sum()


def test_every_gap_has_one_of_the_stated_reasons(committed: pd.DataFrame) -> None:
    register = load_raw("register")["ags"]
    dates = committed.index.get_level_values("date").unique()
    missing = {(ags, date) for ags in register for date in dates} - set(committed.index)
    east_before_1990 = {(ags, date) for ags, date in missing if date < "1990" and ags[:2] >= "11"}
    sums_of_1997 = {(ags, date) for ags, date in missing if date == "1997-12-31"}
    assert len(east_before_1990) == 2 * sum(register.str[:2] >= "11")
    assert {ags[:2] for ags, _ in sums_of_1997} == {"12", "13", "14", "15"}
    assert all(len(ags) == 5 for ags, _ in sums_of_1997)
    # Lüneburg has had Amt Neuhaus of Mecklenburg since 1993, Geestland was formed of nine Gemeinden in 2015.
    assert missing - east_before_1990 - sums_of_1997 == {
        (ags, date) for ags in ("03355", "03352062") for date in ("1983-12-31", "1987-12-31")
    }
