"""Map of the Großstädte: when each adopted its first concept or Leitbild."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from types import MappingProxyType

import pandas as pd
from matplotlib.figure import Figure

from ..catalogue import first_adoption_years
from ..errors import DataError
from . import maps
from .abbildung_02 import BANDS
from .inputs import Inputs
from .labels import SOURCES, Labels, percent

NO_BREAK = "\u00a0"
NONE = "ohne"
"""Value of a city without a concept or Leitbild of its own."""
RUHR = (314_500.0, 5_637_500.0, 424_500.0, 5_735_000.0)
"""The part of the map, in EPSG:25832, in which the cities lie too close to be told apart."""
LABELS: Labels = MappingProxyType(
    {
        "de": {
            "title": "Erste Einführung eines Konzepts oder Leitbilds in den Großstädten",
            "subtitle": "{n} Großstädte nach dem Jahr des ersten eigenen Konzepts oder Leitbilds, Stand Herbst 2017",
            "legend": "Erstes Konzept oder Leitbild",
            "until": "bis",
            NONE: "keines bis 2017",
            "sizes": "Einwohner 31.12.2017",
            "inset": "Rhein-Ruhr",
        },
        "en": {
            "title": "First adoption of a concept or mission statement in large cities",
            "subtitle": "{n} large cities (Großstädte) by year of the first concept or mission statement, "
            "as of autumn 2017",
            "legend": "First concept or statement",
            "until": "up to",
            NONE: "none by 2017",
            "sizes": "Population, end of 2017",
            "inset": "Rhine-Ruhr area",
        },
    }
)
EXTRA: Mapping[str, Callable[[Inputs], pd.DataFrame]] = MappingProxyType({})


def data(inputs: Inputs) -> pd.DataFrame:
    """Return the Großstädte with the year of their first adoption by the main rule (census of 2017).

    Returns
    -------
    pandas.DataFrame
        ags, name (without "Stadt" and titles), lat, lon (degrees, WGS84), population (31.12.2017), year
        (missing where there is none), band (as in Abbildung 2, or "ohne").

    Raises
    ------
    DataError
        If there is no Großstadt, or an adoption is later than the last band.
    """
    kommunen = inputs.tables["kommunen"]
    cities = kommunen[kommunen["size_class"] == "grossstadt"].sort_values("ags", ignore_index=True)
    if cities.empty:
        raise DataError("there is no Großstadt to draw.", file="table kommunen", column="size_class")
    year = cities["ags"].map(first_adoption_years(inputs.tables["documents"])).astype("Int64")
    if (year > BANDS[-1][1]).any():
        late = cities.loc[(year > BANDS[-1][1]).fillna(False), "ags"].iloc[0]
        raise DataError(
            f"{late} has a first adoption after {BANDS[-1][1]}, the last year of the map.",
            file="table documents",
            column="year",
        )
    return pd.DataFrame(
        {
            "ags": cities["ags"],
            "name": cities["name"].str.split(",").str[0],
            "lat": cities["lat"],
            "lon": cities["lon"],
            "population": cities["population"],
            "year": year,
            "band": [NONE if pd.isna(value) else _band(value) for value in year],
        }
    )


def draw(data: pd.DataFrame, lang: str = "de") -> Figure:
    """Return the point map, with the Rhine-Ruhr area drawn larger beside it.

    Parameters
    ----------
    data
        As returned by `data`.
    lang
        "de" or "en".
    """
    text = LABELS[lang]
    shades = (*reversed(maps.SEQUENCE), "white")
    fills = {}
    for code, colour in zip([*(band for band, _ in BANDS), NONE], shades, strict=True):
        count = int((data["band"] == code).sum())
        share = percent(100 * count / len(data), lang)
        fills[code] = maps.Fill(
            f"{_label(code, lang)}: {count}{NO_BREAK}({share})", colour, crossed=code == NONE
        )
    return maps.points(
        data.rename(columns={"band": "value"}),
        lang=lang,
        title=text["title"],
        subtitle=text["subtitle"].format(n=len(data)),
        legend=text["legend"],
        fills=fills,
        size_legend=text["sizes"],
        inset=maps.Inset(text["inset"], RUHR),
        notes=[SOURCES[lang]["catalogue"]],
    )


def _band(year: int) -> str:
    return next(code for code, last in BANDS if year <= last)


def _label(code: str, lang: str) -> str:
    """Return a band as written: "bis 2005", "2006–2010"."""
    if code == NONE:
        return LABELS[lang][NONE]
    first, last = code.split("_")
    return f"{LABELS[lang]['until']} {last}" if first == "bis" else f"{first}–{last}"
