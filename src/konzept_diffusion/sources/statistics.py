"""The table `statistics`: official figures of all Kommunen by year, interpolated only where flagged."""

from __future__ import annotations

import numpy as np
import pandas as pd

from . import inkar, tracing, zensus2022
from .gv_isys import VINTAGES

BREAK_YEAR = 2011
"""First year whose figures rest on the census of 2011."""
JUMP = 0.05
"""Relative change of the area between two figures above which they describe two territories: the years between
are left out (see `GROSSSTADT` for the exception)."""
SHIFT = 0.01
"""From this relative change of the area on, a figure interpolated across it says so."""
GROSSSTADT = 100_000
"""Towns with that many inhabitants at one of two figures keep a complete series, because the risk set needs every
year of theirs: what they took in is small beside them. Each figure interpolated across a jump says so."""
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
_AFTER_CROSSWALK = "2020-12-31"
OTHER_TERRITORY = "Kreis in den Grenzen von 2021, die mehr als 1 % von denen von 2017 abweichen"
"""Note of the Kreis indicators of `tracing.CHANGED_BY_2021`."""
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
        population of every year between the first and the last figure of a Kommune (but for years between two
        territories, see `JUMP`), `area_km2` in the years of the extracts, the Kreis indicators where there is
        a value, census figures in 2022.
    """
    known = kommunen[["ags", "kind", "kreis"]]
    parts = [
        *_population(population[population["ags"].isin(known["ags"])]),
        _kreis_indicators(indicators_kreise, known),
        _census(zensus[zensus["ags"].isin(known["ags"])], population),
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
    known = _with_territory(known)
    # One row per year from each figure up to the one before the next figure of the same Kommune.
    same = known["ags"] == known["ags"].shift(-1)
    after = known["year"].shift(-1).where(same, known["year"] + 1).astype("int64")
    high = known["value"].shift(-1).where(same, known["value"])
    span = (after - known["year"]).mask(known["jump"], 1)
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
    table["note"] = table["note"].mask(between, table["note_between"])
    table["series"] = np.select(
        [np.where(between, later, table["year"]) < BREAK_YEAR, table["year"] >= BREAK_YEAR],
        ["before_break_2011", "after_break_2011"],
        "across_break_2011",
    )
    table["year"] += step
    table = table.assign(indicator="population", unit="persons", level="own", source="gv_isys")
    # The areas of a sum are sums, too.
    area = known.assign(
        value=known["area_km2"], indicator="area_km2", unit="km2", level="own", source="gv_isys"
    ).dropna(subset="value")
    return table, area.assign(series=_side_of_the_break(area["year"]))


def _with_territory(known: pd.DataFrame) -> pd.DataFrame:
    """Return the figures with what changes of the territory mean for them.

    Added are `jump` (no interpolation towards the next figure), `note_between` (note of the figures interpolated
    from here), and in `note`, after a jump, that earlier figures are those of another territory.
    """
    by = known.groupby("ags")
    area, later, earlier = known["area_km2"], by["area_km2"].shift(-1), by["area_km2"].shift(1)
    high = by["value"].shift(-1)
    grown = (later / area - 1).abs()
    kept = (known["ags"].str.len() == 8) & (known[["value"]].assign(high=high).max(axis=1) >= GROSSSTADT)
    across = "interpoliert über eine Gebietsänderung: Fläche " + _km2(area) + ", dann " + _km2(later)
    since = (
        "Gebietsänderung seit der Zahl von "
        + by["year"].shift(1).fillna(0).astype("int64").astype("str")
        + ": Fläche damals "
        + _km2(earlier)
        + ", jetzt "
        + _km2(area)
    )
    note = known["note"].astype("object")
    jumped = (area / earlier - 1).abs() > JUMP
    both = since.where(note.isna(), since + "; " + note.fillna(""))
    return known.assign(
        jump=(grown > JUMP) & ~kept,
        # Between two figures of one later territory, the note of the first holds for the years between.
        note_between=across.where(grown > SHIFT, note.where(by["note"].shift(-1).notna())),
        note=note.mask(jumped, both),
    )


def _km2(area: pd.Series) -> pd.Series:
    return area.map("{:.2f} km²".format)


def _kreis_indicators(indicators: pd.DataFrame, kommunen: pd.DataFrame) -> pd.DataFrame:
    """Return the Kreis indicators of every Kommune: its own if it is a Kreis, else those of its Kreis."""
    home = kommunen.assign(
        kreis_then=kommunen["kreis"], kreis=kommunen["kreis"].replace(dict(tracing.NEXT_KREISE))
    )
    table = home.merge(indicators, on="kreis", how="inner")
    moved = table["kreis"] != table["kreis_then"]
    own = table["kind"].isin(["kreisfreie_stadt", "landkreis"]) & ~moved
    note = table["kreis"].map(dict.fromkeys(tracing.CHANGED_BY_2021, OTHER_TERRITORY))
    enlarged = table["kreis"].isin(list(tracing.NEXT_KREISE.values()))
    return table.assign(
        level=own.map({True: "own", False: "parent_kreis"}),
        flag="official",
        series=_side_of_the_break(table["year"]),
        source="inkar",
        gebietsstand=inkar.STAND,
        note=note.mask(enlarged, f"Wartburgkreis mit Eisenach (16056); {OTHER_TERRITORY}"),
    )


def _census(zensus: pd.DataFrame, population: pd.DataFrame) -> pd.DataFrame:
    """Return the shares of the census of 2022, with the note of the last population figure before it, if any."""
    last = population[population["date"].between(_AFTER_CROSSWALK, zensus2022.DAY)].sort_values("date")
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
        note=table["ags"].map(
            last.drop_duplicates("ags", keep="last").set_index("ags")["note"].astype("object")
        ),
    )


def _side_of_the_break(year: pd.Series) -> pd.Series:
    return (year >= BREAK_YEAR).map({True: "after_break_2011", False: "before_break_2011"})
