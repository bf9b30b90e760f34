"""The table `statistics`: official figures of the Großstädte by year, interpolated only where flagged."""

from __future__ import annotations

import pandas as pd

from .gv_isys import VINTAGES

FIRST_YEAR = 1995
BREAK_YEAR = 2011
"""First year whose figures rest on the census of 2011."""
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
        Long table, 31 December, from 1995 to the last year of each source; see `konzept_diffusion.schemas`.
    """
    cities = kommunen[kommunen["ags"].isin(set(population["ags"]))]
    parts = [_population(population), _foreign_share(foreign_share, cities)]
    table = pd.concat(parts, ignore_index=True)[_COLUMNS]
    return table.sort_values(["ags", "indicator", "year"], ignore_index=True)


def _population(population: pd.DataFrame) -> pd.DataFrame:
    """Return population and area by year; between two extracts the population is interpolated linearly."""
    stand = {item.file: item.stand for item in VINTAGES}
    rows: list[dict[str, object]] = []
    for ags, group in population.groupby("ags", sort=True):
        official = group.assign(year=group["date"].str[:4].astype(int)).set_index("year").sort_index()
        known = list(official.index)
        for year in range(max(FIRST_YEAR, known[0]), known[-1] + 1):
            before = max(item for item in known if item <= year)
            after = min(item for item in known if item >= year)
            row = {"ags": ags, "year": year, "series": _series(before, after)}
            if before == after:
                figure = official.loc[year]
                row |= {"flag": "official", "gebietsstand": stand[figure["source_file"]], "note": None}
                rows.append(
                    row | {"indicator": "population", "value": figure["population"], "unit": "persons"}
                )
                if not pd.isna(figure["area_km2"]):
                    rows.append(row | {"indicator": "area_km2", "value": figure["area_km2"], "unit": "km2"})
                continue
            low, high = (float(official.loc[item, "population"]) for item in (before, after))
            row |= {
                "indicator": "population",
                "value": round(low + (high - low) * (year - before) / (after - before)),
                "unit": "persons",
                "flag": "interpolated",
                "gebietsstand": f"{before}/{after}",
                "note": f"zwischen 31.12.{before} und 31.12.{after} linear interpoliert",
            }
            rows.append(row)
    return pd.DataFrame(rows).assign(level="own", source="gv_isys").astype({"value": float})


def _series(before: int, after: int) -> str:
    """Return on which side of the census of 2011 a figure between two extracts lies."""
    if after < BREAK_YEAR:
        return "before_break_2011"
    return "after_break_2011" if before >= BREAK_YEAR else "across_break_2011"


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
