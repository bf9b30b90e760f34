"""The table `statistics`: what is official, what is interpolated, whose figure it is."""

from __future__ import annotations

from pathlib import Path

import pandas as pd
import pytest

from konzept_diffusion.schemas.core import read, validate
from konzept_diffusion.schemas.indicators import INDICATORS_KREISE, POPULATION, STATISTICS, ZENSUS2022
from konzept_diffusion.sources.statistics import statistics
from konzept_diffusion.sources.tracing import CHANGED, CHANGED_BY_2021

OFFICIAL = Path(__file__).resolve().parents[2] / "data" / "raw" / "official"
KOMMUNEN = pd.DataFrame(
    [
        ("05315000", "kreisfreie_stadt", "05315"),
        ("05358", "landkreis", "05358"),
        ("05358008", "kreisangehoerige_stadt", "05358"),
        ("16056000", "kreisfreie_stadt", "16056"),
    ],
    columns=["ags", "kind", "kreis"],
)
Figure = tuple[str, str, int, str, str]


def population(*figures: Figure) -> pd.DataFrame:
    frame = pd.DataFrame(figures, columns=["ags", "date", "population", "method", "source_file"])
    return frame.assign(ags_then=frame["ags"], area_km2=100.0, note=None)


def kreise(*figures: tuple[str, int, str, float, str]) -> pd.DataFrame:
    return pd.DataFrame(figures, columns=["kreis", "year", "indicator", "value", "unit"])


def census(*figures: tuple[str, float | None, float | None, str | None]) -> pd.DataFrame:
    names = ["ags", "foreign_share_zensus2022", "migration_background_share", "flag"]
    return pd.DataFrame(figures, columns=names)


V2009, V2013, V2017 = (f"3112{year}_Auszug_GV.xlsx" for year in (2009, 2013, 2017))
KOELN = (
    ("05315000", "2009-12-31", 1000, "own", V2009),
    ("05315000", "2013-12-31", 1101, "own", V2013),
    ("05315000", "2017-12-31", 1101, "own", V2017),
)


def make(
    figures: tuple[Figure, ...] = KOELN,
    by_kreis: pd.DataFrame | None = None,
    zensus: pd.DataFrame | None = None,
) -> pd.DataFrame:
    table = statistics(
        population(*figures),
        kreise(("05358", 2015, "foreign_share", 9.5, "percent")) if by_kreis is None else by_kreis,
        census(("05315000", 18.6, 27.8, None)) if zensus is None else zensus,
        KOMMUNEN,
    )
    return validate(table, STATISTICS)


def test_between_two_extracts_population_is_linear_and_flagged() -> None:
    table = make().query("indicator == 'population'").set_index("year")
    assert table["value"].to_dict() == {
        2009: 1000, 2010: 1025, 2011: 1050, 2012: 1076, 2013: 1101, 2014: 1101, 2015: 1101, 2016: 1101, 2017: 1101,
    }  # fmt: skip
    official = table["flag"] == "official"
    assert official[official].index.tolist() == [2009, 2013, 2017]
    assert set(table.loc[~official, "flag"]) == {"interpolated"}
    assert table.loc[[2009, 2010, 2013], "gebietsstand"].tolist() == ["2009-12-31", "2009/2013", "2013-12-31"]


def test_a_figure_between_both_sides_of_the_break_belongs_to_neither() -> None:
    table = make().query("indicator == 'population'").set_index("year")["series"]
    assert table[2009] == "before_break_2011"
    assert set(table[[2010, 2011, 2012]]) == {"across_break_2011"}
    assert set(table[[2013, 2014, 2017]]) == {"after_break_2011"}


def test_nothing_is_said_before_the_first_and_after_the_last_figure_of_a_kommune() -> None:
    figures = (*KOELN, ("05358008", "2013-12-31", 90, "own", V2013))
    years = make(figures).query("indicator == 'population'").groupby("ags")["year"].agg(["min", "max"])
    assert years.loc["05358008"].tolist() == [2013, 2013]
    assert years.loc["05315000"].tolist() == [2009, 2017]


def test_area_is_never_interpolated() -> None:
    assert make().query("indicator == 'area_km2'")["year"].tolist() == [2009, 2013, 2017]


def test_sums_and_conversions_are_flagged() -> None:
    figures = (
        ("05358", "2009-12-31", 50, "converted", V2009),
        ("05358", "2013-12-31", 60, "summed", V2013),
        ("05358", "2017-12-31", 70, "own", V2017),
    )
    table = make(figures).query("indicator == 'population' and flag != 'interpolated'")
    assert table["flag"].tolist() == ["converted", "summed", "official"]


def test_whose_figure_it_is() -> None:
    figures = [
        (kreis, 2010, indicator, 5.0, "euro")
        for kreis in ("05315", "05358", "16063")
        for indicator in ("tax_revenue_per_capita", "debt_per_capita")
    ]
    table = make(by_kreis=kreise(*figures)).query("indicator == 'debt_per_capita'").set_index("ags")
    assert table["level"].to_dict() == {
        "05315000": "own",
        "05358": "own",
        "05358008": "parent_kreis",
        "16056000": "parent_kreis",
    }
    assert table.loc["16056000", "note"].startswith(
        "Wartburgkreis mit Eisenach (16056); Kreis in den Grenzen"
    )
    assert table.loc[["05315000", "05358"], "note"].isna().all()
    assert table["series"].unique().tolist() == ["before_break_2011"]


def test_census_shares_are_own_figures_of_2022_and_missing_ones_absent() -> None:
    zensus = census(
        ("05315000", 18.6, 27.8, "rounded"),
        ("05358008", None, 9.0, None),
        ("16056000", 9, 8, "disclosure_noise"),
    )
    table = make(zensus=zensus).query("source == 'zensus2022'")
    assert set(table["year"]) == {2022}
    found = {(row.ags, row.indicator): (row.value, row.flag) for row in table.itertuples()}
    assert found == {
        ("05315000", "foreign_share_zensus"): (18.6, "official"),
        ("05315000", "migration_background_share"): (27.8, "official"),
        ("05358008", "migration_background_share"): (9.0, "official"),
        ("16056000", "foreign_share_zensus"): (9.0, "official"),
        ("16056000", "migration_background_share"): (8.0, "disclosure_noise"),
    }


@pytest.fixture(scope="module")
def committed() -> pd.DataFrame:
    people, by_kreis, shares = (
        read(OFFICIAL / f"{item.name}.csv", item) for item in (POPULATION, INDICATORS_KREISE, ZENSUS2022)
    )
    register = pd.read_csv(OFFICIAL / "register.csv", dtype="str")
    return validate(statistics(people, by_kreis, shares, register), STATISTICS)


def value(table: pd.DataFrame, ags: str, indicator: str, year: int) -> float:
    return table.set_index(["ags", "indicator", "year"]).loc[(ags, indicator, year), "value"]


def test_figures_known_from_elsewhere(committed: pd.DataFrame) -> None:
    assert value(committed, "05315000", "population", 2017) == 1_080_394
    assert value(committed, "06413000", "foreign_share", 2015) == 33.60
    assert value(committed, "06413000", "foreign_share_zensus", 2022) > 35


def towns(*areas: float, people: tuple[int, ...], note: str | None = None) -> pd.DataFrame:
    """Return population and notes by year of a town with these areas and people in 2009, 2013 and 2017."""
    dates = (("2009-12-31", V2009), ("2013-12-31", V2013), ("2017-12-31", V2017))
    figures = [
        ("05358008", date, number, "own", file) for (date, file), number in zip(dates, people, strict=True)
    ]
    raw = population(*figures).assign(area_km2=areas)
    raw.loc[2, "note"] = note
    table = statistics(raw, kreise(("05358", 2015, "foreign_share", 9.5, "percent")), census(), KOMMUNEN)
    return validate(table, STATISTICS).query("indicator == 'population'").set_index("year")


def test_across_a_jump_of_the_area_nothing_is_interpolated() -> None:
    table = towns(100, 106, 106, people=(50_000, 60_000, 60_400), note="am 31.12.2017")
    assert table.index.tolist() == [2009, 2013, 2014, 2015, 2016, 2017]
    assert table.loc[2013, "note"] == (
        "Gebietsänderung seit der Zahl von 2009: Fläche damals 100.00 km², jetzt 106.00 km²"
    )
    assert table.loc[[2009, 2014, 2015, 2016], "note"].isna().all()
    assert table.loc[2017, "note"] == "am 31.12.2017"


def test_a_smaller_change_of_the_area_is_interpolated_and_noted() -> None:
    table = towns(100, 104, 104.9, people=(50_000, 60_000, 60_400))
    assert table.index.tolist() == list(range(2009, 2018))
    note = "interpoliert über eine Gebietsänderung: Fläche 100.00 km², dann 104.00 km²"
    assert table.loc[[2010, 2011, 2012], "note"].tolist() == [note] * 3
    assert table.loc[[2009, *range(2013, 2018)], "note"].isna().all()


def test_a_grossstadt_keeps_every_year_and_each_says_so() -> None:
    table = towns(100, 200, 200, people=(99_000, 100_000, 100_000))
    assert table.index.tolist() == list(range(2009, 2018))
    assert (
        table.loc[[2010, 2011, 2012], "note"].str.startswith("interpoliert über eine Gebietsänderung").all()
    )
    assert table.loc[2013, "note"].startswith("Gebietsänderung seit der Zahl von 2009")
    assert len(towns(100, 200, 200, people=(99_000, 99_999, 99_000))) == 6


def test_both_figures_of_one_later_territory_lend_their_note_to_the_years_between(
    committed: pd.DataFrame,
) -> None:
    suhl = committed.query("ags == '16054000' and indicator == 'population'").set_index("year")
    assert suhl.index[-5:].tolist() == [2016, 2017, 2021, 2022, 2023]
    assert suhl.loc[[2021, 2022, 2023], "note"].str.endswith("am 31.12.2017 103.03 km²").all()


def test_figures_of_another_territory_after_2020_say_so(committed: pd.DataFrame) -> None:
    population_ = read(OFFICIAL / "population.csv", POPULATION)
    register = pd.read_csv(OFFICIAL / "register.csv", dtype={"ags": "str"}).set_index("ags")["area_km2"]
    late = population_[population_["date"] > "2021"]
    other = (late["area_km2"] / late["ags"].map(register) - 1).abs() > 0.01
    assert other.sum() > 30
    assert (late["note"].notna() == other).all()
    noted = late.loc[other, ["ags", "date"]].assign(year=late["date"].str[:4].astype(int))
    for indicator in ("population", "area_km2"):
        table = committed[committed["indicator"] == indicator].set_index(["ags", "year"])["note"]
        assert table[list(zip(noted["ags"], noted["year"], strict=True))].str.contains("am 31.12.2017").all()
    census_ = committed[committed["source"] == "zensus2022"].set_index("ags")["note"]
    in_2021 = set(noted.loc[noted["year"] == 2021, "ags"])
    assert set(census_.dropna().index) == {ags for ags in in_2021 if len(ags) == 8}


def test_indicators_of_kreise_whose_territory_changed_until_2021_say_so(committed: pd.DataFrame) -> None:
    inkar = committed[committed["source"] == "inkar"]
    assert set(inkar.loc[inkar["note"].notna(), "ags"].str[:5]) == CHANGED_BY_2021 | {"16056"}
    assert inkar[inkar["ags"].str[:5].isin(CHANGED_BY_2021 | {"16056"})]["note"].notna().all()
    late = read(OFFICIAL / "population.csv", POPULATION).query("date == '2021-12-31'").dropna(subset="note")
    # Suhl, a kreisfreie Stadt, stands there as a Gemeinde.
    assert {ags for ags in late["ags"] if len(ags) == 5} | {"16054"} == CHANGED_BY_2021
    assert sorted(CHANGED - CHANGED_BY_2021) == ["16061", "16064"]


def test_every_kommune_has_a_complete_series_since_1990_but_for_what_the_sources_lack(
    committed: pd.DataFrame,
) -> None:
    assert committed["ags"].nunique() == 1006
    years = committed.groupby(["indicator", "ags"])["year"].agg(["min", "max", "size"])
    for indicator, first, last in (("population", 1990, 2023), ("foreign_share", 1995, 2022)):
        span = years.loc[indicator]
        assert len(span) == 1006
        assert (span["min"] <= first).all()
        assert (span["max"] == last).all()
        gaps = span["max"] - span["min"] + 1 - span["size"]
        assert gaps.sum() == (564 if indicator == "population" else 0)
    anlage = pd.read_csv(OFFICIAL.parent / "anlage1_grossstaedte.csv", dtype="str")["ags"]
    cities = committed[committed["ags"].isin(anlage) & (committed["indicator"] == "population")]
    every = cities[cities["year"].between(1990, 2023)].groupby("ags").size()
    assert len(every) == 79
    assert (every == 34).all()
    assert len(years.loc["unemployment_rate"]) == len(years.loc["tax_revenue_per_capita"]) == 1006


def test_the_figures_of_the_grossstaedte_are_those_the_models_were_fitted_with(
    committed: pd.DataFrame,
) -> None:
    """Sums over the 79 cities as they were before the table was widened to all Kommunen."""
    anlage = pd.read_csv(OFFICIAL.parent / "anlage1_grossstaedte.csv", dtype="str")
    cities = committed[committed["ags"].isin(anlage["ags"]) & committed["year"].between(1995, 2022)]
    sums = cities.groupby("indicator")["value"].sum()
    assert sums["population"] == 713_551_411
    assert sums["foreign_share"] == pytest.approx(29771.91, abs=1e-6)
