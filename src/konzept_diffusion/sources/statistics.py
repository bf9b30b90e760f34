"""The table `statistics`: official figures of the Großstädte by year, interpolated only where flagged."""

from __future__ import annotations

import pandas as pd

FIRST_YEAR, LAST_YEAR = 1995, 2022
BREAK_YEAR = 2011
"""First year of the foreigners share on the base of the census of 2011."""
_COLUMNS = [
    "ags",
    "year",
    "indicator",
    "value",
    "unit",
    "level",
    "flag",
    "series",
    "source",
    "gebietsstand",
    "note",
]


def statistics(population: pd.DataFrame, foreign_share: pd.DataFrame, kommunen: pd.DataFrame) -> pd.DataFrame:
    """Return the table `statistics` for the cities that `population` covers.

    Parameters
    ----------
    population
        Raw table `population_grossstaedte`: figures at the dates of the official extracts.
    foreign_share
        Raw table `foreign_share`: per cent by Kreis and year.
    kommunen
        Table `kommunen`, for the Kreis of every city.

    Returns
    -------
    pandas.DataFrame
        Long table, 31 December of 1995 to 2022; see `konzept_diffusion.schemas`.
    """
    cities = kommunen[kommunen["ags"].isin(set(population["ags"]))]
    parts = [_population(population), _foreign_share(foreign_share, cities)]
    table = pd.concat(parts, ignore_index=True)[_COLUMNS]
    return table.sort_values(["ags", "indicator", "year"], ignore_index=True)


def _population(population: pd.DataFrame) -> pd.DataFrame:
    """Return population and area by year; between two extracts the population is interpolated linearly."""
    rows: list[tuple[object, ...]] = []
    for ags, group in population.groupby("ags", sort=True):
        official = group.assign(year=group["date"].str[:4].astype(int)).set_index("year").sort_index()
        known = list(official.index)
        for year in range(max(FIRST_YEAR, known[0]), min(LAST_YEAR, known[-1]) + 1):
            if year in official.index:
                figure = official.loc[year]
                stand = str(figure["date"])
                rows.append(
                    (ags, year, "population", float(figure["population"]), "persons", "official", stand, None)
                )
                if not pd.isna(figure["area_km2"]):
                    rows.append(
                        (ags, year, "area_km2", float(figure["area_km2"]), "km2", "official", stand, None)
                    )
                continue
            before = max(item for item in known if item < year)
            after = min(item for item in known if item > year)
            low, high = (float(official.loc[item, "population"]) for item in (before, after))
            value = round(low + (high - low) * (year - before) / (after - before))
            note = f"zwischen 31.12.{before} und 31.12.{after} linear interpoliert"
            rows.append(
                (ags, year, "population", float(value), "persons", "interpolated", f"{before}/{after}", note)
            )
    table = pd.DataFrame(
        rows, columns=["ags", "year", "indicator", "value", "unit", "flag", "gebietsstand", "note"]
    )
    return table.assign(level="own", series="continuous", source="gv_isys")


def _foreign_share(foreign_share: pd.DataFrame, cities: pd.DataFrame) -> pd.DataFrame:
    """Return the foreigners share of every city: its own if it is a Kreis, else that of its Kreis."""
    table = cities[["ags", "kind", "kreis", "kreis_name"]].merge(
        foreign_share, on="kreis", how="left", validate="1:m"
    )
    own = table["kind"] == "kreisfreie_stadt"
    return pd.DataFrame(
        {
            "ags": table["ags"],
            "year": table["year"],
            "indicator": "foreign_share",
            "value": table["value"],
            "unit": "percent",
            "level": own.map({True: "own", False: "parent_kreis"}),
            "flag": "official",
            "series": (table["year"] >= BREAK_YEAR).map(
                {True: "after_break_2011", False: "before_break_2011"}
            ),
            "source": "inkar",
            "gebietsstand": "2021-12-31",
            "note": ("Wert des Kreises " + table["kreis_name"]).where(~own),
        }
    )
