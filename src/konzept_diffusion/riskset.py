"""The risk set: Kommune x year, from entry to first adoption, with covariates lagged one year.

Every Kommune enters in 1996 and leaves with its first adoption or at the end of 2017. Discrete-time event
history follows Allison (1982), doi:10.2307/270718. Population, foreigners share and exposure are those of the
end of the year before; whether a Land programme is in force is that of the year itself.

The module is not called `panel`, because `konzept_diffusion.panel` is the function.
"""

from __future__ import annotations

import math
import warnings
from collections.abc import Mapping
from pathlib import Path

import pandas as pd

from . import keys
from .catalogue.events import WAVE_START, adoption_events, first_adoption_years
from .catalogue.rules import MAIN_RULE
from .errors import DataError
from .schemas.processed import PANEL
from .sources.statistics import BREAK_YEAR
from .store import load

FIRST_YEAR, LAST_YEAR = 1996, 2017
INPUTS = ("kommunen", "statistics", "documents", "early_concepts", "programmes", "adjacency")
"""The built tables that the risk set is made from."""


def panel(
    *,
    rule: str = MAIN_RULE,
    full: bool = False,
    without_pre_wave: bool = False,
    named_in_text: bool = False,
    first_year: int = FIRST_YEAR,
    last_year: int = LAST_YEAR,
    folder: Path | str | None = None,
) -> pd.DataFrame:
    """Return the risk set of the Großstädte.

    Parameters
    ----------
    rule
        Coding rule for what counts as a concept (`konzept_diffusion.catalogue.RULES`).
    full
        Keep the years after the adoption too (`at_risk` false there): for plots, not for models.
    without_pre_wave
        Leave out the cities with a concept before 1995 (robustness sample).
    named_in_text
        Date first adoptions earlier where the running text of the survey names a dated concept that
        Anlage 1 does not list (robustness; Anlage 1 alone by default).
    first_year, last_year
        The window; 1996 to 2017 by default.
    folder
        Folder of the built tables; by default those that came with the package.

    Returns
    -------
    pandas.DataFrame
        One row per city and year; columns as declared for table `panel`.

    Raises
    ------
    DataError
        If the window begins before the statistics or ends after the survey.

    Warns
    -----
    UndatedAdoptionWarning
        If cities are left out because they have adopted in an unknown year.
    """
    tables = {name: load(name, folder=folder) for name in INPUTS}
    return risk_set(
        tables,
        rule=rule,
        full=full,
        without_pre_wave=without_pre_wave,
        named_in_text=named_in_text,
        first_year=first_year,
        last_year=last_year,
    )


def risk_set(
    tables: Mapping[str, pd.DataFrame],
    *,
    rule: str = MAIN_RULE,
    full: bool = False,
    without_pre_wave: bool = False,
    named_in_text: bool = False,
    first_year: int = FIRST_YEAR,
    last_year: int = LAST_YEAR,
) -> pd.DataFrame:
    """Return the risk set from the tables named in `INPUTS`; for the rest see `panel`."""
    kommunen, statistics, documents, early, programmes, adjacency = (tables[name] for name in INPUTS)
    if last_year > LAST_YEAR:
        raise DataError(
            f"the risk set ends in {LAST_YEAR}: the survey saw nothing after it, so later years without an "
            "adoption would be made up.",
            hint=f"Choose last_year={LAST_YEAR} or earlier.",
        )
    cities = kommunen[kommunen["size_class"] == "grossstadt"].sort_values("ags").set_index("ags")
    known = first_adoption_years(documents, rule=rule)
    adopted = known.reindex(cities.index)
    if named_in_text:
        adopted = _earlier(adopted, early)
    undated = sorted((set(known.index) & set(cities.index)) - set(adopted.dropna().index))
    if undated:
        warnings.warn(
            f"{len(undated)} of {len(cities)} cities have adopted without a known year and are left out: "
            f"{', '.join(undated)}.",
            UndatedAdoptionWarning,
            stacklevel=2,
        )
        cities = cities[~cities.index.isin(undated)]
    if without_pre_wave:
        cities = cities[~cities.index.isin(set(early.loc[early["event"] == "pre_wave", "ags"]))]
    years = range(first_year, last_year + 1)
    rows = pd.MultiIndex.from_product([cities.index, years], names=["ags", "year"]).to_frame(index=False)
    rows["land"] = rows["ags"].str[:2]
    first = rows["ags"].map(adopted).astype("Int64")
    rows["at_risk"] = ((first.isna()) | (rows["year"] <= first)).fillna(True).astype("boolean")
    rows["adopt"] = (rows["year"] == first).fillna(False).astype("Int64")
    rows["duration"] = (rows["year"] - (FIRST_YEAR - 1)).astype("Int64")
    rows = _with_statistics(rows, statistics)
    rows["east"] = rows["land"].map(lambda key: int(keys.LAENDER[key].part == "ost")).astype("Int64")
    rows = _with_exposure(rows, adopted, kommunen, adjacency, _kreise(documents, rule))
    rows = _with_programmes(rows, programmes)
    rows = rows.astype({"year": "Int64"})[PANEL.column_names]
    return rows if full else rows[rows["at_risk"].astype(bool)].reset_index(drop=True)


class UndatedAdoptionWarning(UserWarning):
    """Cities that have adopted in an unknown year are left out of the risk set: they are named."""


def _earlier(adopted: pd.Series, early: pd.DataFrame) -> pd.Series:
    """Return the years of adoption, earlier where the running text names a dated concept of the wave."""
    named = early[
        early["kind"].isin(["integrationskonzept", "leitbild"])
        & (early["event"] == "mention")
        & (early["year"] >= WAVE_START).fillna(False)
    ]
    first = named.groupby("ags")["year"].min().reindex(adopted.index).astype("Int64")
    return adopted.where(first.isna() | (adopted <= first).fillna(False), first)


def _kreise(documents: pd.DataFrame, rule: str) -> dict[str, int]:
    """Return the year by which each Kreis had a concept, by `rule`: the earliest evidence of any source."""
    events = adoption_events(documents, rule=rule)
    kreise = events[(events["event"] == "first_adoption") & (events["ags"].str.len() == 5)]
    return kreise.groupby("ags")["year_upper"].min().dropna().astype(int).to_dict()


def _with_statistics(rows: pd.DataFrame, statistics: pd.DataFrame) -> pd.DataFrame:
    """Add population and foreigners share at the end of the year before."""
    needed = statistics["indicator"].isin(["population", "foreign_share"]) & statistics["ags"].isin(
        set(rows["ags"])
    )
    wide = (
        statistics[needed]
        .pivot_table(index=["ags", "year"], columns="indicator", values="value")
        .reset_index()
    )
    wide["year"] = wide["year"].astype(int) + 1
    rows = rows.merge(
        wide[["ags", "year", "population", "foreign_share"]], on=["ags", "year"], how="left", validate="1:1"
    )
    for name in ("population", "foreign_share"):
        missing = rows[rows[name].isna()]
        if len(missing):
            first = missing.iloc[0]
            raise DataError(
                f"there is no {name} for {first['ags']} at the end of {int(first['year']) - 1}.",
                file="table statistics",
                hint=f"The window may begin in {FIRST_YEAR}.",
            )
    rows = rows.rename(columns={"population": "population_lag", "foreign_share": "foreign_share_lag"})
    rows["log_population"] = rows["population_lag"].map(math.log)
    rows["census_break"] = (rows["year"] - 1 >= BREAK_YEAR).astype("Int64")
    return rows


def _with_exposure(
    rows: pd.DataFrame,
    adopted: pd.Series,
    kommunen: pd.DataFrame,
    adjacency: pd.DataFrame,
    kreise: Mapping[str, int],
) -> pd.DataFrame:
    """Add who had adopted by the year before: in the Land, next door, in the nation, in the own Kreis.

    The peers are all Großstädte, also those that a robustness sample leaves out as cases.
    """
    cities = kommunen[kommunen["size_class"] == "grossstadt"].set_index("ags")
    pairs = pd.concat([adjacency, adjacency.rename(columns={"kreis_a": "kreis_b", "kreis_b": "kreis_a"})])
    next_to = pairs.groupby("kreis_a")["kreis_b"].agg(set).to_dict()
    everyone = set(cities.index)
    peers: dict[str, dict[str, set[str]]] = {"land": {}, "neighbours": {}, "national": {}}
    for ags, kreis in cities["kreis"].items():
        near = next_to.get(kreis, set()) | {kreis}
        peers["land"][str(ags)] = {other for other in everyone if other[:2] == str(ags)[:2]} - {str(ags)}
        peers["neighbours"][str(ags)] = set(cities.index[cities["kreis"].isin(near)]) - {str(ags)}
        peers["national"][str(ags)] = everyone - {str(ags)}
    year_of = {str(ags): int(year) for ags, year in adopted.items() if not pd.isna(year)}

    def share(ags: str, year: int, kind: str) -> float:
        others = peers[kind][ags]
        return sum(year_of.get(other, 9999) < year for other in others) / len(others) if others else 0.0

    for kind in peers:
        rows[f"exposure_{kind}"] = [
            share(ags, year, kind) for ags, year in zip(rows["ags"], rows["year"], strict=True)
        ]
    rows["n_land"] = rows["ags"].map(lambda ags: len(peers["land"][ags])).astype("Int64")
    rows["n_neighbours"] = rows["ags"].map(lambda ags: len(peers["neighbours"][ags])).astype("Int64")
    own = cities["kreis"].where(cities["kind"] != "kreisfreie_stadt")
    rows["exposure_kreis"] = pd.array(
        [
            None if pd.isna(own[ags]) else int(kreise.get(own[ags], 9999) < year)
            for ags, year in zip(rows["ags"], rows["year"], strict=True)
        ],
        dtype="Int64",
    )
    return rows


def _with_programmes(rows: pd.DataFrame, programmes: pd.DataFrame) -> pd.DataFrame:
    """Add whether a programme or law of the Land that promotes municipal concepts is in force."""
    counted = programmes[
        (programmes["land"] != "00")
        & programmes["kind"].isin(["foerderprogramm", "gesetz"])
        & (programmes["scope"] == "konzeptentwicklung")
        & programmes["start"].notna()
    ]

    spans = [
        (item.land, item.start, 9999 if pd.isna(item.end) else item.end, item.programme_id)
        for item in counted.itertuples()
    ]

    def in_force(land: str, year: int) -> list[str]:
        return sorted(name for where, start, end, name in spans if where == land and start <= year <= end)

    found = {key: in_force(*key) for key in set(zip(rows["land"], rows["year"], strict=True))}
    lists = [found[key] for key in zip(rows["land"], rows["year"], strict=True)]
    rows["programme"] = pd.array([int(bool(names)) for names in lists], dtype="Int64")
    rows["programme_ids"] = ["|".join(names) or None for names in lists]
    return rows
