"""Tipping points: hazard ratios corrected for missed adoptions, over how many of them the search finds."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from types import MappingProxyType
from typing import Any

import numpy as np
import pandas as pd
from matplotlib.axes import Axes
from matplotlib.figure import Figure
from matplotlib.lines import Line2D
from matplotlib.ticker import FixedLocator, FuncFormatter, LogLocator, MultipleLocator, NullLocator

from ..errors import DataError
from ..models.main import DISPLAY_SCALES
from . import labels, style
from .inputs import Inputs
from .labels import SOURCES, Labels, number, percent

TABLE = "tipping"
"""Name among `Inputs.tables`: `TippingPoint.plot_data()` of every term, with the columns term and level."""
_NEEDED = ("term", "level", "x", "series", "estimate", "conf_low", "conf_high", "verdict")
_ALL = "all"
_LOOK: Mapping[str, Mapping[str, Any]] = MappingProxyType(
    {
        "holds": {"marker": "o", "markerfacecolor": style.BLUE, "markeredgecolor": style.BLUE},
        "not significant": {"marker": "o", "markerfacecolor": "white", "markeredgecolor": style.BLUE},
        "significant": {"marker": "D", "markerfacecolor": style.BLACK, "markeredgecolor": style.BLACK},
        "other sign": {
            "marker": "X",
            "markerfacecolor": style.VERMILLION,
            "markeredgecolor": style.VERMILLION,
        },
    }
)
"""Marker by verdict; filled, open, diamond and cross can be told apart without colours."""
_LINES: tuple[Any, ...] = ("-", (0, (5, 2)), (0, (1, 1.5)), (0, (5, 2, 1, 2)))
_STEP, _SHORT_STEP, _SHORT = 0.1, 0.05, 0.35
"""Distance of the ticks of sensitivities, also where they span less than `_SHORT`."""
_FINE = (0.25, 0.33, 0.5, 0.67, 0.8, 1.0, 1.25, 1.5, 2.0, 2.5, 3.0, 4.0, 5.0)
_NARROW, _WIDE = 6.0, 300.0
"""Ratios of the largest to the smallest value on an axis, below which ticks are fine, and above which sparse."""
LABELS: Labels = MappingProxyType(
    {
        "de": {
            "title": "Wie schlecht müsste die Suche sein? Kipppunkte der Hazardverhältnisse",
            "subtitle": "Hazardverhältnis, berichtigt um übersehene Konzepte, nach Sensitivität der Suche",
            "log_population": "Einwohnerzahl, Vorjahr (je Verdopplung)",
            "foreign_share_lag": "Ausländeranteil, Vorjahr (je 5 Prozentpunkte)",
            "programme": "Landesprogramm oder -gesetz in Kraft",
            "axis": "Sensitivität: Anteil der Konzepte, den die Suche findet",
            "ratio": "Hazardverhältnis",
            "holds": "Befund bleibt",
            "not significant": "nicht mehr signifikant",
            "significant": "nun signifikant",
            "other sign": "anderes Vorzeichen",
            "interval": "{level}-Intervall",
            "series": "Sensitivität der übrigen {value}",
            "note": "Links: jedes Konzept wird gefunden, wie die unberichtigten Modelle es annehmen. Logarithmische "
            "Achse; die Linie bei 1 heißt: kein Zusammenhang.",
        },
        "en": {
            "title": "How bad would the search have to be? Tipping points of hazard ratios",
            "subtitle": "Hazard ratio, corrected for concepts missed, by the sensitivity of the search",
            "log_population": "Population, year before (per doubling)",
            "foreign_share_lag": "Foreigners share, year before (per 5 percentage points)",
            "programme": "Land programme or law in force",
            "axis": "Sensitivity: share of concepts that the search finds",
            "ratio": "Hazard ratio",
            "holds": "finding holds",
            "not significant": "no longer significant",
            "significant": "now significant",
            "other sign": "other sign",
            "interval": "{level} interval",
            "series": "sensitivity of the rest {value}",
            "note": "Left: every concept is found, as the uncorrected models assume. Log axis; the line at 1 means no "
            "association.",
        },
    }
)
EXTRA: Mapping[str, Callable[[Inputs], pd.DataFrame]] = MappingProxyType({})


def data(inputs: Inputs) -> pd.DataFrame:
    """Return the corrected hazard ratios, rescaled to readable steps of the covariates.

    Returns
    -------
    pandas.DataFrame
        term, step (of the covariate), sensitivity, series (sensitivity of the rest where it may differ, else
        `all`), hazard_ratio, conf_low, conf_high (per step), level, verdict (`holds`, `not significant`,
        `significant`, `other sign`: beside the estimate that takes the search for perfect).

    Raises
    ------
    DataError
        If the table or a column is missing, a term has no scale or label here, or a verdict is not known.
    """
    if TABLE not in inputs.tables:
        raise DataError(
            "it is missing.", file=f"table {TABLE}", hint="Hand in plot_data() of models.tipping_point()."
        )
    table = inputs.tables[TABLE]
    lacking = [name for name in _NEEDED if name not in table.columns]
    if lacking:
        raise DataError("the column is missing.", file=f"table {TABLE}", column=lacking[0])
    for column, known, hint in (
        (
            "term",
            set(DISPLAY_SCALES) & set(LABELS["de"]),
            "Add the scale to models.main.DISPLAY_SCALES and the label to figures.kipppunkt.",
        ),
        ("verdict", set(_LOOK), f"Known are {', '.join(_LOOK)}."),
    ):
        unknown = sorted(set(table[column]) - known)
        if unknown:
            raise DataError(
                f"{unknown[0]!r} cannot be drawn.", file=f"table {TABLE}", column=column, hint=hint
            )
    step = table["term"].map(DISPLAY_SCALES).astype(float)
    return pd.DataFrame(
        {
            "term": table["term"],
            "step": step,
            "sensitivity": table["x"].astype(float),
            "series": table["series"].astype(str),
            "hazard_ratio": np.exp(step * table["estimate"].astype(float)),
            "conf_low": np.exp(step * table["conf_low"].astype(float)),
            "conf_high": np.exp(step * table["conf_high"].astype(float)),
            "level": table["level"].astype(float),
            "verdict": table["verdict"],
        }
    ).reset_index(drop=True)


def draw(data: pd.DataFrame, lang: str = "de") -> Figure:
    """Return one panel per term: hazard ratio and interval from a perfect search (left) to a bad one.

    Parameters
    ----------
    data
        As returned by `data`.
    lang
        "de" or "en".
    """
    text = LABELS[lang]
    terms = list(dict.fromkeys(data["term"]))
    names = list(dict.fromkeys(data["series"]))
    with style.context():
        figure = style.canvas(
            4.4 + 3.9 * len(terms),
            title=text["title"],
            subtitle=text["subtitle"],
            notes=[text["note"], SOURCES[lang]["models"]],
        )
        panels = figure.subplots(len(terms), 1, sharex=True, squeeze=False, gridspec_kw={"hspace": 0.06})[
            :, 0
        ]
        for axes, term in zip(panels, terms, strict=True):
            rows = data[data["term"] == term]
            for place, name in enumerate(names):
                _series(axes, rows[rows["series"] == name].sort_values("sensitivity"), place, len(names))
            axes.text(0, 1.05, text[term], transform=axes.transAxes, va="bottom", ha="left", weight="bold")
            _axes(axes, lang, float(np.ptp(data["sensitivity"])))
            axes.tick_params(axis="x", length=3 if axes is panels[-1] else 0)
        low, high = data["sensitivity"].min(), data["sensitivity"].max()
        panels[0].set_xlim(high + 0.01, low - 0.01)
        panels[-1].set_xlabel(text["axis"])
        style.legend(figure, _handles(data, names, lang), 3)
    return figure


def _series(axes: Axes, rows: pd.DataFrame, place: int, number_of_series: int) -> None:
    """Draw one line with its intervals; the marker says what becomes of the finding."""
    shift = 0.004 * (place - (number_of_series - 1) / 2)
    x = rows["sensitivity"] - shift
    axes.vlines(x, rows["conf_low"], rows["conf_high"], color=style.SILVER, linewidth=1.6, zorder=1)
    axes.plot(
        x,
        rows["hazard_ratio"],
        color=style.GREY,
        linewidth=0.8,
        linestyle=_LINES[place % len(_LINES)],
        zorder=2,
    )
    for verdict, look in _LOOK.items():
        part = rows["verdict"] == verdict
        axes.plot(x[part], rows.loc[part, "hazard_ratio"], linestyle="none", markersize=4.5, zorder=3, **look)


def _axes(axes: Axes, lang: str, span: float) -> None:
    axes.axhline(1, color=style.GREY, linewidth=0.8, zorder=0)
    axes.set_yscale("log")
    low, high = axes.get_ylim()
    axes.yaxis.set_major_locator(
        FixedLocator(_FINE)
        if high / low < _NARROW
        else LogLocator(subs=(1, 2, 5) if high / low < _WIDE else (1,))
    )
    axes.yaxis.set_minor_locator(NullLocator())
    axes.yaxis.set_major_formatter(FuncFormatter(lambda value, _: _tick(value, lang)))
    axes.xaxis.set_major_locator(MultipleLocator(_SHORT_STEP if span < _SHORT else _STEP))
    axes.xaxis.set_major_formatter(FuncFormatter(lambda value, _: percent(100 * value, lang, 0)))
    axes.set_ylabel(LABELS[lang]["ratio"])
    axes.grid(visible=True, axis="y")


def _handles(data: pd.DataFrame, names: list[str], lang: str) -> list[Line2D]:
    """Return the legend's entries: verdicts and series that occur, and the interval."""
    text = LABELS[lang]
    present = set(data["verdict"])
    handles = [
        Line2D([], [], linestyle="none", markersize=4.5, label=text[verdict], **look)
        for verdict, look in _LOOK.items()
        if verdict in present
    ]
    level = labels.level(float(data["level"].iloc[0]), lang)
    handles.append(
        Line2D([], [], color=style.SILVER, linewidth=1.6, label=text["interval"].format(level=level))
    )
    if names != [_ALL]:
        handles += [
            Line2D(
                [], [], color=style.GREY, linewidth=0.8, linestyle=_LINES[place % len(_LINES)],
                label=text["series"].format(value=percent(100 * float(name), lang, 0)),
            )
            for place, name in enumerate(names)
        ]  # fmt: skip
    return handles


def _tick(value: float, lang: str) -> str:
    """Return 0.05, 0.67, 1, 1.25 or 50 with as many decimals as it needs."""
    digits = next((digits for digits in range(6) if abs(value - round(value, digits)) < 1e-9), 6)
    return number(value, lang, digits)
