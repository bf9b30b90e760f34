"""The figure of the study: size by method and design."""

from __future__ import annotations

from pathlib import Path

import pandas as pd
from matplotlib.axes import Axes
from matplotlib.lines import Line2D
from matplotlib.ticker import FixedFormatter, FixedLocator, NullLocator

from konzept_diffusion import files
from konzept_diffusion.figures import style

from .designs import BAND, LEVEL
from .studies import FIRST, METHODS, RANDOMISATION
from .tables import number, sizes

_TICKS = (1, 2, 3.5, 5, 6.5, 10, 20, 40, 80)
_LAYOUTS = {
    "equal": ("equal Länder (80 units)", style.SKY, "o", -0.24),
    "grossstadt": ("as the Großstädte", style.BLUE, "s", 0.0),
    "kommunen": ("as all Kommunen", style.VERMILLION, "^", 0.24),
}
_TREATED = {
    "largest": ("programme in Nordrhein-Westfalen", style.BLACK, "P", -0.24),
    "middle": ("programme in Hessen", style.GREEN, "D", 0.0),
    "1": ("programme in a Land drawn", style.ORANGE, "v", 0.24),
}
_FLOOR = 0.8


def draw(table: pd.DataFrame, target: Path) -> None:
    """Draw the size of every method: left for covariates within Länder, right for one Land's programme."""
    names = [*METHODS, f"{RANDOMISATION},\n5 %", FIRST.replace(" first", "\nfirst")]
    with style.context():
        figure = style.canvas(
            12.0,
            title="Rejections of a true null hypothesis at nominal 5 %, sixteen unequal Länder",
            subtitle="Per cent of synthetic data sets, one point per design; grey: 3.5 to 6.5 per cent",
            notes=[
                f"Left: {number(sizes(table))} designs, correlation within Länder {_reach(table, 'icc')}, slopes by "
                f"Land with standard deviation {_reach(table, 'slope_sd')}, share of the covariates' variance "
                f"between Länder {_reach(table, 'land_share')}. Right: a programme of one Land, in force for the "
                "second part of the window; CR3 does not exist there, and no randomisation test with sixteen Länder "
                f"can reject at 5 per cent. Points at the left edge: {_FLOOR:g} per cent or less. "
                "That the Land has the first rank among those "
                "compared happens by chance in one of up to sixteen, 6.25 per cent or more.",
                "Source: benchmarks/simulation_results.csv, synthetic data.",
            ],
        )
        left, right = figure.subplots(1, 2, sharey=True)
        _points(left, sizes(table), "layout", _LAYOUTS)
        programme = table[(table["study"] == "programme") & (table["effect"] == 0)]
        _points(right, programme, "treated", _TREATED)
        left.set_title("a covariate that varies within Länder", size=style.SIZE, loc="left")
        right.set_title("a programme of one Land", size=style.SIZE, loc="left")
        right.text(1.0, METHODS.index("CR3 t(15)"), "does not exist", size=style.SMALL, va="center")
        for axes in (left, right):
            axes.axvspan(100 * BAND[0], 100 * BAND[1], color=style.PALE, lw=0)
            axes.axvline(100 * LEVEL, color=style.GREY, lw=0.8)
            axes.set_xscale("log")
            axes.set_xlim(_FLOOR * 0.9, 100)
            axes.xaxis.set_major_locator(FixedLocator(_TICKS))
            axes.xaxis.set_major_formatter(FixedFormatter([f"{tick:g}" for tick in _TICKS]))
            axes.xaxis.set_minor_locator(NullLocator())
            axes.tick_params(axis="x", labelsize=style.SMALL)
            axes.set_xlabel("rejections, per cent (log scale)")
        left.set_yticks(range(len(names)), names)
        left.set_ylim(len(names) - 0.4, -0.6)
        handles = [
            Line2D([], [], color=colour, marker=marker, ls="", ms=4, label=label)
            for label, colour, marker, _ in (*_LAYOUTS.values(), *_TREATED.values())
        ]
        style.legend(figure, handles, 3)
    with files.atomic_path(target) as path:
        style.save(figure, path)


def _reach(table: pd.DataFrame, column: str) -> str:
    values = sizes(table)[column]
    return f"{values.min():g} to {values.max():g}"


def _points(
    axes: Axes, rows: pd.DataFrame, column: str, kinds: dict[str, tuple[str, str, str, float]]
) -> None:
    places = {name: place for place, name in enumerate(METHODS)}
    for kind, (_, colour, marker, shift) in kinds.items():
        mine = rows[rows[column] == kind].dropna(subset=["rejected"])
        place = mine["method"].map(places)
        place = place.mask((mine["method"] == RANDOMISATION) & (mine["level"] == LEVEL), len(METHODS))
        place = place.mask(mine["method"] == FIRST, len(METHODS) + 1)
        here = place.notna()
        axes.plot(
            (100 * mine.loc[here, "rejected"]).clip(lower=_FLOOR),
            place[here] + shift,
            ls="", marker=marker, color=colour, ms=3.5, alpha=0.75, mew=0, clip_on=False,
        )  # fmt: skip
