"""The table `statistics`: official figures of all Kommunen by year, interpolated only where flagged."""

from __future__ import annotations

import numpy as np
import pandas as pd

from . import inkar, zensus2022
from .gv_isys import VINTAGES

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
_ZENSUS = {
    "foreign_share_zensus2022": "foreign_share_zensus",
    "migration_background_share": "migration_background_share",
}
"""Column of the raw table `zensus2022` to indicator."""


def statistics(
    population: pd.DataFrame, indicators_kreise: pd.DataFrame, zensus: pd.DataFrame, kommunen: pd.DataFrame
) -> pd.DataFrame:
    """Return the table `statistics` for all Kommunen.

    Parameters
    ----------
    population
        Raw table `population`: figures at the dates of the official extracts.
    indicators_kreise
        Raw table `indicators_kreise`: by Kreis (status 2021) and year.
    zensus
        Raw table `zensus2022`: by Gemeinde.
    kommunen
        Table `kommunen`: ags, kind, kreis.

    Returns
    -------
    pandas.DataFrame
        Long table (see `konzept_diffusion.schemas.indicators.STATISTICS`), sorted by key, indicator and year:
        population of every year between the first and the last figure of a Kommune, `area_km2` in the years
        of the extracts, the Kreis indicators where there is a value, census figures in 2022.
    """
    known = kommunen[["ags", "kind", "kreis"]]
    parts = [
        *_population(population[population["ags"].isin(known["ags"])]),
        _kreis_indicators(indicators_kreise, known),
        _census(zensus[zensus["ags"].isin(known["ags"])]),
    ]
    table = pd.concat([part[_COLUMNS].astype({"note": "str"}) for part in parts], ignore_index=True)
    return table.sort_values(["ags", "indicator", "year"], ignore_index=True)


def _population(population: pd.DataFrame) -> tuple[pd.DataFrame, pd.DataFrame]:
    """Return population by year, linear between two extracts, and area in the years of the extracts."""
    stand = {item.file: item.stand for item in VINTAGES}
    known = population.assign(
        year=population["date"].str[:4].astype("int64"),
        value=population["population"].astype("float64"),
        flag=population["method"].where(population["method"] != "own", "official"),
        gebietsstand=population["source_file"].map(stand),
    ).sort_values(["ags", "year"], ignore_index=True)
    # One row per year from each figure up to the one before the next figure of the same Kommune.
    same = known["ags"] == known["ags"].shift(-1)
    after = known["year"].shift(-1).where(same, known["year"] + 1).astype("int64")
    high = known["value"].shift(-1).where(same, known["value"])
    span = after - known["year"]
    rows = known.index.repeat(span)
    step = pd.Series(np.arange(len(rows)), index=rows).groupby(level=0).cumcount().to_numpy()
    table = known.loc[rows].reset_index(drop=True)
    later, end, length = (item.loc[rows].to_numpy() for item in (after, high, span))
    between = step > 0
    low = table["value"].to_numpy()
    table["value"] = np.where(between, np.rint(low + (end - low) * step / length), low)
    years = table["year"].astype("str") + "/" + pd.Series(later).astype("str")
    table["gebietsstand"] = table["gebietsstand"].mask(between, years)
    table["flag"] = table["flag"].mask(between, "interpolated")
    table["note"] = table["note"].mask(between)
    table["series"] = np.select(
        [np.where(between, later, table["year"]) < BREAK_YEAR, table["year"] >= BREAK_YEAR],
        ["before_break_2011", "after_break_2011"],
        "across_break_2011",
    )
    table["year"] += step
    table = table.assign(indicator="population", unit="persons", level="own", source="gv_isys")
    # The areas of a sum are sums, too; the note on the territory stands with the population.
    area = known.assign(
        value=known["area_km2"], indicator="area_km2", unit="km2", level="own", source="gv_isys", note=None
    ).dropna(subset="value")
    return table, area.assign(series=_side_of_the_break(area["year"]))


def _kreis_indicators(indicators: pd.DataFrame, kommunen: pd.DataFrame) -> pd.DataFrame:
    """Return the Kreis indicators of every Kommune: its own if it is a Kreis, else those of its Kreis."""
    home = kommunen.assign(kreis_then=kommunen["kreis"], kreis=kommunen["kreis"].replace(inkar.HOME))
    table = home.merge(indicators, on="kreis", how="inner")
    moved = table["kreis"] != table["kreis_then"]
    own = table["kind"].isin(["kreisfreie_stadt", "landkreis"]) & ~moved
    enlarged = table["kreis"].isin(list(inkar.HOME.values()))
    return table.assign(
        level=own.map({True: "own", False: "parent_kreis"}),
        flag="official",
        series=_side_of_the_break(table["year"]),
        source="inkar",
        gebietsstand=inkar.STAND,
        note=pd.Series("Wartburgkreis mit Eisenach (16056)", index=table.index).where(enlarged),
    )


def _census(zensus: pd.DataFrame) -> pd.DataFrame:
    """Return the shares of the census of 2022."""
    table = zensus.melt(
        id_vars=["ags", "flag"], value_vars=list(_ZENSUS), var_name="column", value_name="value"
    ).dropna(subset="value")
    noisy = (table["flag"] == zensus2022.NOISE) & (table["column"] == "migration_background_share")
    return table.assign(
        indicator=table["column"].map(_ZENSUS),
        year=zensus2022.YEAR,
        unit="percent",
        level="own",
        flag=noisy.map({True: "disclosure_noise", False: "official"}),
        series="after_break_2011",
        source="zensus2022",
        gebietsstand=zensus2022.DAY,
        note=None,
    )


def _side_of_the_break(year: pd.Series) -> pd.Series:
    return (year >= BREAK_YEAR).map({True: "after_break_2011", False: "before_break_2011"})
