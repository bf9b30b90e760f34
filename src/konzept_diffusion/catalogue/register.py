"""The Kommunen of the study with their size class."""

from __future__ import annotations

import pandas as pd

from .. import keys

GROSSSTADT = 100_000
MITTELSTADT = 20_000


def kommunen(register: pd.DataFrame, grossstaedte: set[str], websites: pd.DataFrame) -> pd.DataFrame:
    """Return the table `kommunen`.

    Parameters
    ----------
    register
        Raw table `register` (territorial status 31.12.2017).
    grossstaedte
        Keys of the Großstädte of the survey of 2017. The list is theirs, not ours: an interpolated
        population of 2015 would add Cottbus, which the survey does not count.
    websites
        Raw table `websites` (ags, website, source, status).

    Returns
    -------
    pandas.DataFrame
        One row per Kommune, sorted by key.
    """
    table = register.copy()
    table["land"] = table["ags"].str[:2]
    table["land_name"] = table["land"].map(keys.land_name)
    # 31.12.2015 lies half-way between the two official figures; shown as a whole number of persons.
    table["population_2015"] = (
        ((table["population_2013"] + table["population_2017"]) / 2).round().astype("Int64")
    )
    sizes = [
        _size_class(kind, ags in grossstaedte, pop15, pop17)
        for kind, ags, pop15, pop17 in zip(
            table["kind"], table["ags"], table["population_2015"], table["population_2017"], strict=True
        )
    ]
    table["size_class"] = [size for size, _ in sizes]
    table["size_class_basis"] = [basis for _, basis in sizes]
    table["size_class_2017"] = [
        "landkreis" if kind == "landkreis" else _by_population(population)
        for kind, population in zip(table["kind"], table["population_2017"], strict=True)
    ]
    table["study_population"] = [
        _study_population(kind, size) for kind, size in zip(table["kind"], table["size_class"], strict=True)
    ]
    table["population"] = table["population_2017"]
    table["gebietsstand"] = table["stand"]
    table = table.merge(
        websites.rename(columns={"source": "website_source", "status": "website_status"}),
        on="ags",
        how="left",
        validate="1:1",
    )
    return table.sort_values("ags", ignore_index=True)


def _size_class(kind: str, in_survey: bool, pop15: object, pop17: int) -> tuple[str, str]:
    """Return size class and its basis for one Kommune."""
    if kind == "landkreis":
        return "landkreis", "kind"
    if in_survey:
        return "grossstadt", "survey_2017"
    population, basis = (pop17, "population_2017") if pop15 is pd.NA else (int(str(pop15)), "population_2015")
    size = _by_population(population)
    return ("mittelstadt", "survey_2017") if size == "grossstadt" else (size, basis)


def _by_population(population: int) -> str:
    """Return the size class of a Gemeinde with so many inhabitants."""
    if population >= GROSSSTADT:
        return "grossstadt"
    return "mittelstadt" if population >= MITTELSTADT else "kleinstadt"


def _study_population(kind: str, size: str) -> str | None:
    """Return the population of the survey of 2017 that a Kommune belongs to.

    The survey looked at the Großstädte, at the Mittelstädte with town rights (Stadtrecht) at 31.12.2015, and
    at the Landkreise of 2017. A Gemeinde without town rights is in none, however large it is.
    """
    if kind == "landkreis":
        return "landkreise_2017"
    if kind == "gemeinde" or size == "kleinstadt":
        return None
    return "grossstaedte_2017" if size == "grossstadt" else "mittelstaedte_2015"
