"""Diffusion: how many Großstädte had adopted by the end of each year, and what happened meanwhile."""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from types import MappingProxyType
from typing import Any

import pandas as pd
from matplotlib.axes import Axes
from matplotlib.figure import Figure
from matplotlib.patches import ConnectionPatch
from matplotlib.ticker import FuncFormatter

from ..catalogue import first_adoption_years
from ..catalogue.events import WAVE_START
from ..catalogue.rules import MAIN_RULE
from ..errors import DataError
from ..riskset import LAST_YEAR
from . import style
from .inputs import Inputs
from .labels import SOURCES, Labels, number, percent

FEDERAL = "00"
"""Key that the table `programmes` gives to the Bund."""
_LINES: Mapping[str, dict[str, Any]] = MappingProxyType(
    {
        MAIN_RULE: {"color": style.BLUE, "linestyle": "-", "linewidth": 2.2, "zorder": 4},
        "nur_konzept": {"color": style.ORANGE, "linestyle": (0, (4, 1.5)), "linewidth": 1.4, "zorder": 3},
        "mit_gruppenkonzepten": {
            "color": style.BLACK,
            "linestyle": (0, (1, 1.2)),
            "linewidth": 1.4,
            "zorder": 3,
        },
    }
)
_MILESTONES: Mapping[bool, dict[str, Any]] = MappingProxyType(
    {
        True: {"color": style.SILVER, "linestyle": "-", "marker": "o"},
        False: {"color": style.VERMILLION, "linestyle": (0, (2, 2)), "marker": "s"},
    }
)
LABELS: Labels = MappingProxyType(
    {
        "de": {
            "title": "Verbreitung von Integrationskonzepten und Leitbildern in den Großstädten",
            "subtitle": "Städte mit erstem eigenem Konzept oder Leitbild, kumuliert, "
            "Jahresende {first}–{last}",
            "share": "Anteil der {n} Großstädte",
            "count": "Zahl der Städte",
            "konzept_oder_leitbild": "Konzept oder Leitbild",
            "nur_konzept": "nur Konzept",
            "mit_gruppenkonzepten": "auch Konzepte für einzelne Gruppen",
            "end": "{count} von {n} ({share})",
            "federal": "Meilenstein des Bundes",
            "land": "Meilenstein eines Landes",
        },
        "en": {
            "title": "Diffusion of integration concepts and mission statements in large cities",
            "subtitle": "Large cities (Großstädte) with a first concept or mission statement, "
            "cumulative, year-end {first}–{last}",
            "share": "Share of the {n} large cities",
            "count": "Number of cities",
            "konzept_oder_leitbild": "concept or mission statement",
            "nur_konzept": "concept only",
            "mit_gruppenkonzepten": "also concepts for single groups",
            "end": "{count} of {n} ({share})",
            "federal": "federal milestone",
            "land": "Land milestone",
        },
    }
)


def data(inputs: Inputs) -> pd.DataFrame:
    """Return first adoptions and their cumulative count and share by year and coding rule.

    Returns
    -------
    pandas.DataFrame
        year (1995 to 2017), rule, new (first adoptions of the year; in the first year also earlier ones),
        cumulative (cities by year-end), share (per cent of all Großstädte), n (all Großstädte).
    """
    kommunen = inputs.tables["kommunen"]
    cities = kommunen.loc[kommunen["size_class"] == "grossstadt", "ags"]
    if cities.empty:
        raise DataError(
            "there is no Großstadt, so no shares exist.", file="table kommunen", column="size_class"
        )
    years = range(WAVE_START, LAST_YEAR + 1)
    parts = []
    for rule in _LINES:
        first = first_adoption_years(inputs.tables["documents"], rule=rule).reindex(cities).dropna()
        cumulative = pd.Series([int((first <= year).sum()) for year in years])
        parts.append(
            pd.DataFrame(
                {
                    "year": list(years),
                    "rule": rule,
                    "new": cumulative.diff().fillna(cumulative).astype(int),
                    "cumulative": cumulative,
                    "share": 100 * cumulative / len(cities),
                    "n": len(cities),
                }
            )
        )
    return pd.concat(parts, ignore_index=True)


def milestones(inputs: Inputs) -> pd.DataFrame:
    """Return the milestones that begin in the window: programme_id, year, land, label_de, label_en.

    Raises
    ------
    DataError
        If one of them has no label.
    """
    table = inputs.tables["programmes"]
    table = table[
        table["milestone"].fillna(False).astype(bool) & table["start"].between(WAVE_START, LAST_YEAR)
    ]
    columns = {"start": "year", "milestone_label_de": "label_de", "milestone_label_en": "label_en"}
    table = table.rename(columns=columns)[["programme_id", "year", "land", "label_de", "label_en"]]
    for name in ("label_de", "label_en"):
        bare = table[table[name].isna()]
        if len(bare):
            raise DataError(
                f"the milestone {bare.iloc[0]['programme_id']} has no label.",
                file="table programmes",
                column=f"milestone_{name}",
                hint="Write one into data/raw/programmes.csv.",
            )
    return table.sort_values(["year", "land", "programme_id"], ignore_index=True)


EXTRA: Mapping[str, Callable[[Inputs], pd.DataFrame]] = MappingProxyType({"milestones": milestones})


def draw(data: pd.DataFrame, lang: str = "de", *, milestones: pd.DataFrame | None = None) -> Figure:
    """Return the step curves, with the milestones as a strip of labels above and thin lines through the plot.

    Parameters
    ----------
    data
        As returned by `data`.
    lang
        "de" or "en".
    milestones
        As returned by `milestones`.
    """
    text = LABELS[lang]
    first, last, n = int(data["year"].min()), int(data["year"].max()), int(data["n"].iloc[0])
    rows = 0 if milestones is None else len(milestones)
    strip_cm, plot_cm = 0.32 * rows, 7.2
    with style.context():
        figure = style.canvas(
            strip_cm + plot_cm + 4.2,
            title=text["title"],
            subtitle=text["subtitle"].format(first=first, last=last),
            notes=[SOURCES[lang]["programmes" if rows else "catalogue"]],
        )
        if milestones is not None and rows:
            strip, axes = figure.subplots(2, 1, sharex=True, height_ratios=[strip_cm, plot_cm])
            _milestones(figure, strip, axes, milestones, lang)
        else:
            axes = figure.subplots()
        for rule, line in _LINES.items():
            part = data[data["rule"] == rule]
            axes.plot(part["year"], part["share"], drawstyle="steps-mid", label=text[rule], **line)
        _end_label(axes, data[(data["rule"] == MAIN_RULE) & (data["year"] == last)].iloc[0], lang)
        axes.set_xlim(first - 0.5, last + 0.5)
        axes.set_ylim(0, 100)
        axes.set_xticks(range(first, last + 1, 2))
        axes.set_xticks(range(first, last + 1), minor=True)
        axes.yaxis.set_major_formatter(FuncFormatter(lambda value, _: percent(value, lang, 0)))
        axes.set_ylabel(text["share"].format(n=number(n, lang)))
        counts = axes.secondary_yaxis(
            "right", functions=(lambda share: share * n / 100, lambda count: count * 100 / n)
        )
        counts.set_ylabel(text["count"])
        counts.yaxis.set_major_formatter(FuncFormatter(lambda value, _: number(value, lang)))
        axes.grid(visible=True, axis="y")
        style.legend(figure, axes.get_legend_handles_labels()[0], 3)
    return figure


def _end_label(axes: Axes, row: pd.Series, lang: str) -> None:
    """Write a curve's last value above its end."""
    label = LABELS[lang]["end"].format(
        count=number(row["cumulative"], lang), n=number(row["n"], lang), share=percent(row["share"], lang)
    )
    axes.annotate(
        label,
        (row["year"], row["share"]),
        xytext=(0, 5),
        textcoords="offset points",
        ha="right",
        va="bottom",
        zorder=6,
        bbox={"facecolor": "white", "edgecolor": "none", "pad": 1.0},
    )


def _milestones(figure: Figure, strip: Axes, axes: Axes, milestones: pd.DataFrame, lang: str) -> None:
    """Write one label per row of the strip and lead a thin line from each down through the plot.

    The latest is on top and every label ends left of its line, so that no line crosses a label.
    """
    strip.set_axis_off()
    axes.patch.set_visible(False)  # the lines lie behind the axes, in one piece with those of the strip
    strip.set_ylim(-0.5, len(milestones) - 0.5)
    places = _apart(milestones["year"].astype(int).tolist())
    for height, (x, row) in enumerate(zip(places, milestones.itertuples(), strict=True)):
        look = _MILESTONES[row.land == FEDERAL]
        lead = ConnectionPatch(
            (x, height),
            (x, 0.0),
            strip.transData,
            axes.get_xaxis_transform(),
            color=look["color"],
            linestyle=look["linestyle"],
            linewidth=0.7,
            zorder=-1,
        )
        lead.set_in_layout(False)
        figure.add_artist(lead)
        strip.plot(
            [x], [height], linestyle="none", marker=look["marker"], markersize=3.5, color=look["color"]
        )
        label = row.label_de if lang == "de" else row.label_en
        strip.annotate(
            label,
            (x, height),
            xytext=(-5, 0),
            textcoords="offset points",
            ha="right",
            va="center",
            size=style.SMALL,
        )
    for federal, key in ((True, "federal"), (False, "land")):
        if ((milestones["land"] == FEDERAL) == federal).any():
            axes.plot([], [], linewidth=0.7, markersize=3.5, label=LABELS[lang][key], **_MILESTONES[federal])


def _apart(years: Sequence[int], gap: float = 0.24) -> list[float]:
    """Return places on the time axis: milestones of the same year stand side by side around it."""
    return [
        year + gap * (years[:position].count(year) - (years.count(year) - 1) / 2)
        for position, year in enumerate(years)
    ]
