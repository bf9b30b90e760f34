"""The parts of a map: page, legends, areas, circles and their names. What is drawn is decided in `maps`."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any, Literal

import pandas as pd
import shapely
from matplotlib.artist import Artist
from matplotlib.axes import Axes
from matplotlib.collections import LineCollection, PathCollection
from matplotlib.figure import Figure
from matplotlib.layout_engine import ConstrainedLayoutEngine
from matplotlib.legend_handler import HandlerTuple
from matplotlib.lines import Line2D
from matplotlib.patches import Patch
from matplotlib.path import Path

from . import style

if TYPE_CHECKING:
    import geopandas as gpd

Entry = tuple[str, Artist | tuple[Artist, ...]]
"""Label and key of a line in a legend."""
_CM, _POINTS = 1 / 2.54, 72.0
_GAP_CM = 0.35
_MARGIN_M = 6_000.0  # around the country
_LEGEND_KEY_PT = 26.0  # room of the keys beside the labels
_APART_PT = 5.0
_GROUND, _LINE = "#F1F1EE", "#9FA8AE"
_DOT_PT2 = 8.0  # area of the circle of a city of 100,000


@dataclass(frozen=True)
class Fill:
    """How a class is drawn: its label, colour, and (areas) hatch or (points) a cross on the circle."""

    label: str
    colour: str
    hatch: str = ""
    crossed: bool = False


@dataclass(frozen=True)
class Inset:
    """A part of the map that is drawn larger beside it: label and (west, south, east, north) in EPSG:25832."""

    label: str
    bounds: tuple[float, float, float, float]


@dataclass(frozen=True)
class Page:
    """A figure with the map on its left.

    `left`, `width`, `bottom` and `top` bound the column beside the map, as shares of the figure.
    """

    figure: Figure
    axes: Axes
    left: float
    width: float
    bottom: float
    top: float

    @property
    def width_pt(self) -> float:
        """Width of the figure in points."""
        return self.figure.get_figwidth() * _POINTS

    @property
    def height_pt(self) -> float:
        """Height of the figure in points."""
        return self.figure.get_figheight() * _POINTS


def page(laender: gpd.GeoSeries, width_cm: float, title: str, subtitle: str, notes: Sequence[str]) -> Page:
    """Return a figure with the map's axes, `width_cm` wide and as high as the country then is."""
    west, south, east, north = laender.total_bounds
    wide, high = east - west + 2 * _MARGIN_M, north - south + 2 * _MARGIN_M
    height_cm = width_cm * high / wide
    room = style.WIDTH_CM * _CM * _POINTS * 0.96
    lines = sum(len(style.wrap(note, room, style.SMALL)) for note in notes)
    heads = sum(
        size * len(style.wrap(text, room, size, weight))
        for text, size, weight in ((title, style.TITLE, "bold"), (subtitle, style.SIZE, "normal"))
    )
    around = 1.35 * (heads + lines * style.SMALL) + 24
    figure = style.canvas(height_cm + around / _POINTS / _CM, title=title, subtitle=subtitle, notes=notes)
    engine = figure.get_layout_engine()
    assert isinstance(engine, ConstrainedLayoutEngine)  # set by canvas
    left, bottom, width, _ = engine.get()["rect"]
    height = height_cm * _CM / figure.get_figheight()
    axes = figure.add_axes((left, bottom, width_cm / style.WIDTH_CM, height))
    axes.set(xlim=(west - _MARGIN_M, east + _MARGIN_M), ylim=(south - _MARGIN_M, north + _MARGIN_M))
    axes.set_axis_off()
    figure.set_layout_engine("none")  # everything has its place
    column = left + (width_cm + _GAP_CM) / style.WIDTH_CM
    return Page(figure, axes, column, left + width - column, bottom, bottom + height)


def inset_axes(page: Page, inset: Inset) -> Axes:
    """Return framed axes at the foot of the column, with their label above."""
    west, south, east, north = inset.bounds
    height = page.width * page.width_pt * (north - south) / (east - west) / page.height_pt
    axes = page.figure.add_axes((page.left, page.bottom, page.width, height))
    axes.set(xlim=(west, east), ylim=(south, north), xticks=[], yticks=[])
    axes.spines[:].set(visible=True, color=style.INK, linewidth=0.7)
    _heading(page, inset.label, page.bottom + height + 4 / page.height_pt, "bottom")
    return axes


def _heading(page: Page, text: str, y: float, align: Literal["top", "bottom"]) -> None:
    page.figure.text(page.left, y, text, size=style.SIZE, weight="bold", va=align, ha="left")


def legend(page: Page, title: str, entries: Sequence[Entry], top: float) -> float:
    """Put a legend with its heading into the column below `top` and return where it ends."""
    if title:
        _heading(page, title, top, "top")
        top -= 2 * style.SIZE / page.height_pt
    room = page.width * page.width_pt - _LEGEND_KEY_PT
    labels = [style.wrap(label, room, style.SIZE) for label, _ in entries]
    drawn = page.figure.legend(
        handles=[handle for _, handle in entries],
        labels=["\n".join(lines) for lines in labels],
        handler_map={tuple: HandlerTuple(ndivide=1)},
        loc="upper left",
        bbox_to_anchor=(page.left, top),
        borderaxespad=0.0,
        borderpad=0.0,
        labelspacing=0.7,
        handletextpad=0.8,
        handlelength=1.8,
        handleheight=1.1,
    )
    page.figure.draw_without_rendering()
    return float(drawn.get_window_extent().y0 / page.figure.bbox.height)


def area_entry(fill: Fill) -> Entry:
    """Return a legend's entry for areas."""
    patch = Patch(facecolor=fill.colour, edgecolor=style.GREY, linewidth=0.5)
    if fill.hatch:
        patch.set(hatch=fill.hatch, hatch_linewidth=0.5)
    return fill.label, patch


def circle_entry(fill: Fill, population: int = 350_000) -> Entry:
    """Return a legend's entry for circles, as large as that of a city of this population."""
    size = _area(population) ** 0.5
    circle = Line2D([], [], marker="o", markersize=size, markerfacecolor=fill.colour, markeredgewidth=0.5)
    cross = Line2D([], [], marker="x", markersize=0.7 * size, markeredgewidth=0.6)
    for part in (circle, cross):
        part.set(linestyle="none", markeredgecolor=style.INK)
    return fill.label, (circle, cross) if fill.crossed else (circle,)


def _area(population: float) -> float:
    return _DOT_PT2 * population / 100_000


def _paths(shapes: gpd.GeoSeries) -> list[Path]:
    """Return one path per (multi)polygon, holes included."""
    return [
        Path.make_compound_path(
            *(
                Path(shapely.get_coordinates(ring), closed=True)
                for ring in shapely.get_rings(shapely.get_parts(shape))
            )
        )
        for shape in shapes
    ]


def fill_areas(axes: Axes, shapes: gpd.GeoSeries, fill: Fill) -> None:
    """Fill areas; fine lines keep neighbours of one class apart."""
    drawn = _collection(axes, shapes, facecolor=fill.colour, edgecolor=_LINE, linewidth=0.3)
    if fill.hatch:
        drawn.set(hatch=fill.hatch, hatch_linewidth=0.5, edgecolor=style.GREY)


def outline(axes: Axes, shapes: gpd.GeoSeries, colour: str, width: float) -> None:
    """Draw the borders of areas, each once, `width` in points; a white rim lifts them off dark fills."""
    lines = shapely.get_parts(shapely.line_merge(shapely.union_all(shapes.boundary.to_numpy())))
    paths = [shapely.get_coordinates(line) for line in lines]
    for edge, thick, zorder in (("white", 2.4 * width, 2.8), (colour, width, 3)):
        drawn = LineCollection(paths, colors=edge, linewidths=thick, zorder=zorder)
        drawn.set(capstyle="round", joinstyle="round")
        axes.add_collection(drawn, autolim=False)


def ground(axes: Axes, shapes: gpd.GeoSeries) -> None:
    """Draw the Länder as a quiet ground for points."""
    _collection(axes, shapes, facecolor=_GROUND, edgecolor=style.SILVER, linewidth=0.6)


def fine_lines(axes: Axes, shapes: gpd.GeoSeries) -> None:
    """Draw borders of areas (of those that the axes show) as a hint of where one is."""
    (west, east), (south, north) = axes.get_xlim(), axes.get_ylim()
    _collection(axes, shapes.cx[west:east, south:north], facecolor="none", edgecolor="#D0D0CC", linewidth=0.4)


def _collection(axes: Axes, shapes: gpd.GeoSeries, **look: Any) -> PathCollection:
    """Add areas to the axes as one collection."""
    drawn = PathCollection(_paths(shapes), transform=axes.transData, **look)
    axes.add_collection(drawn, autolim=False)
    return drawn


def circles(axes: Axes, places: pd.DataFrame, fills: Mapping[str, Fill]) -> None:
    """Draw the circles, the largest first, so that none hides a smaller one."""
    axes.scatter(
        places["x"],
        places["y"],
        s=[_area(value) for value in places["population"]],
        c=[fills[value].colour for value in places["value"]],
        edgecolors=style.INK,
        linewidths=0.5,
        zorder=4,
    )
    crossed = places[[fills[value].crossed for value in places["value"]]]
    axes.scatter(
        crossed["x"],
        crossed["y"],
        s=[_area(value) * 0.5 for value in crossed["population"]],
        c=style.INK,
        marker="x",
        linewidths=0.6,
        zorder=5,
    )


def names(axes: Axes, places: pd.DataFrame, wanted: pd.Series) -> None:
    """Write names beside the circles where a side is free of other names and circles, as many as can be.

    Parameters
    ----------
    axes
        Axes in EPSG:25832 with a fixed place on the figure.
    places
        name, x, y, population; the circles that are drawn.
    wanted
        Which of them are to have their name.
    """
    (west, east), (south, north) = axes.get_xlim(), axes.get_ylim()
    figure = axes.get_figure(root=True)
    assert figure is not None  # made by `page` or `inset_axes`
    high = axes.get_position().height * figure.get_figheight() * _POINTS
    scale = high / (north - south)  # points per metre
    spots = pd.DataFrame(
        {
            "name": places["name"],
            "x": (places["x"] - west) * scale,
            "y": (places["y"] - south) * scale,
            "radius": [_area(value) ** 0.5 / 2 for value in places["population"]],
        }
    )
    room = shapely.box(0, 0, (east - west) * scale, high)
    chosen = spots[wanted]
    # What comes first takes the best side, so a few orders are tried; of equals the first counts.
    orders = (chosen, chosen[::-1], chosen.sort_values("x"), chosen.sort_values("y"))
    for name, x, y, align in max((_placed(order, spots, room) for order in orders), key=len):
        text = axes.text(west + x / scale, south + y / scale, name, size=style.SMALL, ha=align, va="center")
        text.set(zorder=7, bbox={"facecolor": _GROUND, "edgecolor": "none", "alpha": 0.8, "pad": 0.2})


def _placed(
    order: pd.DataFrame, spots: pd.DataFrame, room: shapely.Polygon
) -> list[tuple[str, float, float, str]]:
    """Return name, x, y (in points) and alignment of the names that find a free side, one after the other."""
    taken = list(shapely.buffer(shapely.points(spots["x"], spots["y"]), spots["radius"]))
    placed: list[tuple[str, float, float, str]] = []
    for spot in order.itertuples():
        wide, high = style.text_width(spot.name, style.SMALL) + 1, style.SMALL * 1.2
        near, slant = spot.radius + 1.5, 0.7 * spot.radius + 1
        for dx, dy, align in (
            (near, 0, "left"),
            (-near, 0, "right"),
            (0, near + high / 2, "center"),
            (0, -near - high / 2, "center"),
            (slant, slant + high / 3, "left"),
            (slant, -slant - high / 3, "left"),
            (-slant, slant + high / 3, "right"),
            (-slant, -slant - high / 3, "right"),
        ):
            x, y = spot.x + dx, spot.y + dy
            left = x - {"left": 0, "right": wide, "center": wide / 2}[align]
            box = shapely.box(left, y - high / 2, left + wide, y + high / 2)
            # A name that ends at another circle would read as that one's.
            ends = {"left": (0, _APART_PT), "right": (_APART_PT, 0), "center": (0, 0)}[align]
            clear = shapely.box(left - ends[0], y - high / 2, left + wide + ends[1], y + high / 2)
            if room.contains(box) and not shapely.intersects(clear, taken).any():
                taken.append(box)
                placed.append((spot.name, x, y, align))
                break
    return placed
