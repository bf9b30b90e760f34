"""Published prevalence beside the catalogue's, for every survey that can be compared."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from types import MappingProxyType
from typing import Any

import pandas as pd
from matplotlib.axes import Axes
from matplotlib.figure import Figure
from matplotlib.ticker import FuncFormatter

from ..errors import DataError
from . import style
from .inputs import Inputs
from .labels import SOURCES, Labels, number, percent

_COLUMN_PT = 64.0
"""Width of one column of values in points."""
COLUMNS = (
    "result_id",
    "year",
    "survey_de",
    "survey_en",
    "qualifier",
    "published",
    "published_count",
    "published_n",
    "catalogue",
    "catalogue_count",
    "catalogue_wide",
    "catalogue_wide_count",
    "catalogue_n",
    "difference",
    "reason_de",
    "reason_en",
)
LABELS: Labels = MappingProxyType(
    {
        "de": {
            "title": "Großstädte mit Konzept: veröffentlichte Werte und Katalog",
            "subtitle": "Anteil der Großstädte mit eigenem Konzept oder Leitbild, Katalog zum Jahresende",
            "row": "Ende {year}: {survey}",
            "published": "veröffentlicht",
            "catalogue": "Katalog (Hauptregel)",
            "catalogue_wide": "Katalog, weite Zählung (mit Gruppenkonzepten und im Text genannten)",
            "column_published": "veröffentlicht",
            "column_catalogue": "Katalog",
            "column_difference": "Differenz",
            "about": "ca. ",
            "note": "Differenz in Prozentpunkten: Katalog (Hauptregel) minus veröffentlicht. "
            "Unterschiede erklärt Tabelle triangulation.csv.",
        },
        "en": {
            "title": "Large cities with a concept: published values and the catalogue",
            "subtitle": "Share of large cities (Großstädte) with a concept or mission statement "
            "(Leitbild), catalogue at year-end",
            "row": "End of {year}: {survey}",
            "published": "published",
            "catalogue": "catalogue (main rule)",
            "catalogue_wide": "catalogue, wide count (with group concepts and those named in the text)",
            "column_published": "published",
            "column_catalogue": "catalogue",
            "column_difference": "difference",
            "about": "c. ",
            "note": "Difference in percentage points: catalogue (main rule) minus published. "
            "Reasons: table triangulation.csv.",
        },
    }
)
_SERIES: Mapping[str, dict[str, Any]] = MappingProxyType(
    {
        "published": {
            "marker": "|",
            "color": style.BLACK,
            "markersize": 12,
            "markeredgewidth": 2.0,
            "zorder": 3,
        },
        "catalogue": {"marker": "o", "color": style.BLUE, "markersize": 5.5, "zorder": 4},
        "catalogue_wide": {
            "marker": "o",
            "color": style.BLUE,
            "markersize": 8.5,
            "markerfacecolor": "none",
            "markeredgewidth": 1.0,
            "zorder": 2,
        },
    }
)
EXTRA: Mapping[str, Callable[[Inputs], pd.DataFrame]] = MappingProxyType({})


def data(inputs: Inputs) -> pd.DataFrame:
    """Return published and catalogued prevalence with the reasons why they differ.

    Returns
    -------
    pandas.DataFrame
        The columns `COLUMNS` of `konzept_diffusion.catalogue.triangulation`; shares in per cent, the
        difference in percentage points.

    Raises
    ------
    DataError
        If a column is missing or there is nothing to compare.
    """
    table = inputs.triangulation
    lacking = [name for name in COLUMNS if name not in table.columns]
    if lacking or table.empty:
        problem = f"the column {lacking[0]!r} is missing." if lacking else "there is no comparison in it."
        raise DataError(problem, file="table triangulation")
    return table[list(COLUMNS)].sort_values("year", kind="stable", ignore_index=True)


def draw(data: pd.DataFrame, lang: str = "de") -> Figure:
    """Return the dot plot with the values beside it.

    Parameters
    ----------
    data
        As returned by `data`.
    lang
        "de" or "en".
    """
    text = LABELS[lang]
    with style.context():
        figure = style.canvas(
            4.4 + 1.05 * len(data),
            title=text["title"],
            subtitle=text["subtitle"],
            notes=[text["note"], SOURCES[lang]["surveys"]],
        )
        axes = figure.subplots()
        heights = range(len(data))
        axes.hlines(heights, data["published"], data["catalogue"], color=style.GREY, linewidth=1.0, zorder=1)
        for name, look in _SERIES.items():
            axes.plot(data[name], heights, linestyle="none", label=text[name], clip_on=False, **look)
        axes.set_xlim(-2, 102)
        axes.set_ylim(len(data) - 0.6, -0.75)
        axes.set_yticks([])
        axes.spines["left"].set_visible(False)
        axes.set_xticks(range(0, 101, 20))
        axes.xaxis.set_major_formatter(FuncFormatter(lambda value, _: percent(value, lang, 0)))
        axes.grid(visible=True, axis="x")
        _row_labels(axes, data, lang)
        _value_columns(axes, data, lang)
        style.legend(figure, axes.get_legend_handles_labels()[0], 2)
    return figure


def _row_labels(axes: Axes, data: pd.DataFrame, lang: str) -> None:
    """Write year-end and survey above each row's line."""
    for height, (year, survey) in enumerate(zip(data["year"], data[f"survey_{lang}"], strict=True)):
        axes.annotate(
            LABELS[lang]["row"].format(year=year, survey=survey),
            (0.0, height - 0.3),
            va="bottom",
            ha="left",
            xycoords=axes.get_yaxis_transform(),
            bbox={"facecolor": "white", "edgecolor": "none", "pad": 0.5},
        )


def _value_columns(axes: Axes, data: pd.DataFrame, lang: str) -> None:
    """Write published value, catalogue value and difference as a table right of the dots."""
    text = LABELS[lang]
    columns = {
        "published": [_published(row, lang) for _, row in data.iterrows()],
        "catalogue": [percent(value, lang) for value in data["catalogue"]],
        "difference": [number(value, lang, 1, sign=True) for value in data["difference"]],
    }
    for place, (name, values) in enumerate(columns.items(), start=1):
        for height, value in ((-0.75, text[f"column_{name}"]), *enumerate(values)):
            axes.annotate(
                value,
                (1.0, height),
                xycoords=axes.get_yaxis_transform(),
                xytext=(place * _COLUMN_PT, 0),
                textcoords="offset points",
                ha="right",
                va="bottom" if height < 0 else "center",
                annotation_clip=False,
            )


def _published(row: pd.Series, lang: str) -> str:
    """Return the published value; one given as "about" keeps the roundness of the text."""
    about = row["qualifier"] != "exact"
    return (LABELS[lang]["about"] if about else "") + percent(row["published"], lang, 0 if about else 1)
