"""Maps of Kreise, Länder and cities in the figures' look, drawn offline in ETRS89 / UTM 32N (EPSG:25832).

`choropleth` fills areas, `points` sets circles; both keep the legend beside the map and name the source of
the boundaries under it. Missing is hatched, never a colour of the scale.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from functools import cache
from itertools import pairwise
from types import MappingProxyType
from typing import TYPE_CHECKING

import numpy as np
import pandas as pd
from matplotlib.figure import Figure
from matplotlib.patches import Rectangle

from ..errors import DataError
from ..sources.vg250 import ATTRIBUTION, CRS, THEN, Level, load_boundaries
from . import map_page, style
from .labels import Labels, check_lang, number
from .map_page import Fill, Inset

if TYPE_CHECKING:
    import geopandas as gpd

__all__ = ["LABELS", "SEQUENCE", "Fill", "Inset", "choropleth", "points"]

SEQUENCE = ("#FEE391", "#8CC6DE", "#2B7BBA", "#08306B")
"""Pale yellow to dark blue: lightness falls evenly (91, 76, 49, 21), so the order survives in greyscale."""
LABELS: Labels = MappingProxyType(
    {
        "de": {
            "missing": "nicht beobachtet",
            "boundaries": f"Grenzen: {ATTRIBUTION}; verändert (vereinfacht, Gebietsstand {{stand}}).",
            "below": "unter {high}",
            "between": "{low} bis unter {high}",
            "above": "{low} und mehr",
        },
        "en": {
            "missing": "not observed",
            "boundaries": f"Boundaries: {ATTRIBUTION}; changed (simplified, territorial status {{stand}}).",
            "below": "under {high}",
            "between": "{low} to under {high}",
            "above": "{low} and more",
        },
    }
)
_TOLERANCE_M = 1_400.0  # a fifth of a millimetre in print: keeps the SVG small
_WIDTH_CM, _WIDTH_BESIDE_INSET_CM = 9.6, 9.1
_MISSING_HATCH = "//////"
_DATES = {"de": "{2}.{1}.{0}", "en": "{0}-{1}-{2}"}


def choropleth(
    values: pd.Series,
    *,
    level: Level = "kreis",
    lang: str = "de",
    title: str,
    subtitle: str = "",
    legend: str = "",
    fills: Mapping[str, Fill] | None = None,
    breaks: Sequence[float] = (),
    digits: int = 0,
    notes: Sequence[str] = (),
    gebietsstand: str = THEN,
) -> Figure:
    """Return a map of areas filled by value, with the Länder outlined over them.

    Parameters
    ----------
    values
        By key (index): five digits for Kreise, two for Länder. Codes if `fills` are given, else numbers.
        Areas without a value are hatched as not observed.
    level
        "kreis" or "land".
    lang
        "de" or "en".
    title, subtitle, legend
        What is shown; of whom, in which unit; heading of the legend.
    fills
        Code to fill, in the order of the legend. All of them are listed, drawn or not.
    breaks
        One to three rising borders of the classes of a numeric scale; a class includes its lower border.
    digits
        Decimal places of the breaks in the legend.
    notes
        Paragraphs under the map; the source of the boundaries is added.
    gebietsstand
        "2017-12-31" or "2021-12-31".

    Raises
    ------
    DataError
        If a key has no area on the map or stands there twice, a code has no fill, or the breaks do not rise.
    SourceError
        If level or Gebietsstand is not known.
    """
    check_lang(lang)
    areas = _areas(level, gebietsstand)
    _check_keys(values, areas["ags"], gebietsstand)
    known = values.dropna()
    if fills is None:
        classes, known = _classes(known.astype(float), breaks, lang, digits)
    else:
        classes = dict(fills)
        if unknown := sorted(set(known) - set(classes)):
            raise DataError(f"there is no fill for {unknown[0]!r}.", hint=f"Known: {', '.join(classes)}.")
    codes = areas["ags"].map(known)
    laender = _areas("land", gebietsstand).geometry
    missing = Fill(LABELS[lang]["missing"], "white", _MISSING_HATCH)
    with style.context():
        page = map_page.page(laender, _WIDTH_CM, title, subtitle, [*notes, _attribution(lang, gebietsstand)])
        for code, fill in [*classes.items(), (None, missing)]:
            chosen = codes.isna() if code is None else codes == code
            if chosen.any():
                map_page.fill_areas(page.axes, areas.geometry[chosen.to_numpy()], fill)
        map_page.outline(page.axes, laender, style.INK, 0.7)
        listed = [*classes.values(), *([missing] if codes.isna().any() else [])]
        map_page.legend(page, legend, [map_page.area_entry(fill) for fill in listed], page.top)
    return page.figure


def points(
    table: pd.DataFrame,
    *,
    lang: str = "de",
    title: str,
    subtitle: str = "",
    legend: str = "",
    fills: Mapping[str, Fill],
    size_legend: str = "",
    sizes: Sequence[int] = (100_000, 500_000, 1_000_000),
    label_from: int = 500_000,
    inset: Inset | None = None,
    notes: Sequence[str] = (),
    gebietsstand: str = THEN,
) -> Figure:
    """Return a map with one circle per row, its area in proportion to population, over the Länder.

    Parameters
    ----------
    table
        ags, name (as it is to be written), lat, lon (WGS84, degrees), population, value (a code of `fills`).
    lang, title, subtitle, legend, fills, notes, gebietsstand
        As for `choropleth`.
    size_legend, sizes
        Heading and examples of the legend of sizes.
    label_from
        Population from which a circle gets its name, where there is room; in the inset all may.
    inset
        Part that is drawn larger below the legend.

    Raises
    ------
    DataError
        If a row has no point, population or value, or a value has no fill.
    """
    check_lang(lang)
    for name in ("lat", "lon", "population", "value"):
        if table[name].isna().any():
            ags = table.loc[table[name].isna(), "ags"].iloc[0]
            raise DataError(f"{ags} has no {name}, so it cannot be drawn.", column=name)
    if unknown := sorted(set(table["value"]) - set(fills)):
        raise DataError(f"there is no fill for {unknown[0]!r}.", hint=f"Known: {', '.join(fills)}.")
    places = _projected(table)
    laender = _areas("land", gebietsstand).geometry
    with style.context():
        width = _WIDTH_BESIDE_INSET_CM if inset else _WIDTH_CM
        page = map_page.page(laender, width, title, subtitle, [*notes, _attribution(lang, gebietsstand)])
        map_page.ground(page.axes, laender)
        map_page.circles(page.axes, places, fills)
        named = places["population"] >= label_from
        if inset:
            west, south, east, north = inset.bounds
            named &= ~(places["x"].between(west, east) & places["y"].between(south, north))
            box = Rectangle((west, south), east - west, north - south, zorder=6)
            box.set(fill=False, edgecolor=style.INK, linewidth=0.7)
            page.axes.add_patch(box)
            detail = map_page.inset_axes(page, inset)
            map_page.ground(detail, laender)
            map_page.fine_lines(detail, _areas("kreis", gebietsstand).geometry)
            map_page.circles(detail, places, fills)
            map_page.names(detail, places, places["population"] > 0)
        map_page.names(page.axes, places, named)
        end = map_page.legend(
            page, legend, [map_page.circle_entry(fill) for fill in fills.values()], page.top
        )
        examples = [map_page.circle_entry(Fill(number(size, lang), style.PALE), size) for size in sizes]
        map_page.legend(page, size_legend, examples, end - 2 * style.SIZE / page.height_pt)
    return page.figure


def _classes(
    values: pd.Series, breaks: Sequence[float], lang: str, digits: int
) -> tuple[dict[str, Fill], pd.Series]:
    """Return the classes of a numeric scale, the highest first, and the class of every value."""
    if not 1 <= len(breaks) < len(SEQUENCE) or list(breaks) != sorted(set(breaks)):
        raise DataError(
            f"a scale of {list(breaks)} cannot be drawn.", hint="Give one to three breaks that rise."
        )
    text = LABELS[lang]
    written = [number(value, lang, digits) for value in breaks]
    labels = [
        text["below"].format(high=written[0]),
        *(text["between"].format(low=low, high=high) for low, high in pairwise(written)),
        text["above"].format(low=written[-1]),
    ]
    steps = np.linspace(0, len(SEQUENCE) - 1, len(labels)).round().astype(int)
    classes = {
        str(place): Fill(label, SEQUENCE[step])
        for place, (label, step) in enumerate(zip(labels, steps, strict=True))
    }
    found = pd.Series(np.digitize(values, breaks), index=values.index).astype(str)
    return dict(reversed(classes.items())), found


def _check_keys(values: pd.Series, known: pd.Series, gebietsstand: str) -> None:
    if unknown := sorted(set(values.index) - set(known)):
        raise DataError(
            f"{unknown[0]} has no area on the map of {gebietsstand} ({len(unknown)} such keys).",
            hint="Check the Gebietsstand of the table.",
        )
    if values.index.has_duplicates:
        raise DataError(f"{values.index[values.index.duplicated()][0]} has more than one value.")


@cache
def _areas(level: Level, gebietsstand: str) -> gpd.GeoDataFrame:
    """Return the boundaries as coarse as print allows; neighbours still share their borders."""
    areas = load_boundaries(level, gebietsstand)
    return areas.set_geometry(areas.geometry.simplify_coverage(_TOLERANCE_M))


def _projected(table: pd.DataFrame) -> pd.DataFrame:
    """Return the table with x and y in EPSG:25832, the largest place first."""
    import geopandas as gpd

    spots = gpd.GeoSeries(gpd.points_from_xy(table["lon"], table["lat"]), crs=4326).to_crs(CRS)
    placed = table.assign(x=spots.x.to_numpy(), y=spots.y.to_numpy())
    return placed.sort_values(["population", "ags"], ascending=[False, True], ignore_index=True)


def _attribution(lang: str, gebietsstand: str) -> str:
    return LABELS[lang]["boundaries"].format(stand=_DATES[lang].format(*gebietsstand.split("-")))
