"""Empirical hazard: first adoptions of a year among the cities that had none before."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from types import MappingProxyType

import pandas as pd
from matplotlib.axes import Axes
from matplotlib.figure import Figure
from matplotlib.ticker import FuncFormatter
from statsmodels.stats.proportion import proportion_confint

from . import labels, style
from .inputs import Inputs
from .labels import SOURCES, Labels, number, percent

LEVEL = 0.95
"""Confidence level of the intervals."""
LABELS: Labels = MappingProxyType(
    {
        "de": {
            "title": "Hazard der ersten Einführung eines Konzepts oder Leitbilds",
            "subtitle": "Erste Einführungen je Jahr als Anteil an den Großstädten noch ohne Konzept, "
            "{first}–{last}",
            "hazard": "Hazard (Anteil im Jahr)",
            "at_risk": "unter Risiko",
            "events": "Ereignisse",
            "interval": "{level}-Intervall (Wilson)",
            "point": "Hazard",
        },
        "en": {
            "title": "Hazard of the first adoption of a concept or mission statement",
            "subtitle": "First adoptions per year as a share of the large cities (Großstädte) without "
            "a concept, {first}–{last}",
            "hazard": "Hazard (share in the year)",
            "at_risk": "at risk",
            "events": "events",
            "interval": "{level} interval (Wilson)",
            "point": "hazard",
        },
    }
)
EXTRA: Mapping[str, Callable[[Inputs], pd.DataFrame]] = MappingProxyType({})


def data(inputs: Inputs) -> pd.DataFrame:
    """Return the empirical hazard by year with Wilson score intervals (Wilson 1927, doi:10.2307/2276774).

    Returns
    -------
    pandas.DataFrame
        year, at_risk (cities at risk), events (first adoptions), hazard, conf_low, conf_high (0 to 1; missing
        where nobody is at risk).
    """
    panel = inputs.full_panel
    at_risk = panel["at_risk"].astype(bool)
    counts = pd.DataFrame(
        {
            "year": panel["year"].astype(int),
            "at_risk": at_risk.astype(int),
            "events": panel["adopt"].astype(int).where(at_risk, 0),
        }
    )
    table = counts.groupby("year", as_index=False).sum()
    some = table["at_risk"] > 0
    known = table[some]
    low, high = proportion_confint(known["events"], known["at_risk"], alpha=1 - LEVEL, method="wilson")
    # At 0 and n events the score interval ends at 0 and 1; floating point leaves a trace beside them.
    low = low.where(known["events"] > 0, 0.0)
    high = high.where(known["events"] < known["at_risk"], 1.0)
    table["hazard"] = (known["events"] / known["at_risk"]).reindex(table.index)
    table["conf_low"], table["conf_high"] = low.reindex(table.index), high.reindex(table.index)
    return table


def draw(data: pd.DataFrame, lang: str = "de") -> Figure:
    """Return the hazards with intervals, and below them the number of cities at risk and of adoptions.

    Parameters
    ----------
    data
        As returned by `data`.
    lang
        "de" or "en".
    """
    text = LABELS[lang]
    first, last = int(data["year"].min()), int(data["year"].max())
    with style.context():
        figure = style.canvas(
            9.6,
            title=text["title"],
            subtitle=text["subtitle"].format(first=first, last=last),
            notes=[SOURCES[lang]["catalogue"]],
        )
        axes, counts = figure.subplots(2, 1, sharex=True, height_ratios=[10, 1.5])
        shown = data.dropna(subset=["hazard"])
        axes.vlines(
            shown["year"],
            100 * shown["conf_low"],
            100 * shown["conf_high"],
            color=style.SKY,
            linewidth=2.4,
            label=text["interval"].format(level=labels.level(LEVEL, lang)),
        )
        axes.plot(
            shown["year"],
            100 * shown["hazard"],
            linestyle="none",
            marker="o",
            markersize=4.5,
            color=style.BLACK,
            label=text["point"],
            clip_on=False,
            zorder=3,
        )
        axes.set_xlim(first - 0.6, last + 0.6)
        axes.set_ylim(bottom=0)
        axes.set_ylabel(text["hazard"])
        axes.yaxis.set_major_formatter(FuncFormatter(lambda value, _: percent(value, lang, 0)))
        axes.grid(visible=True, axis="y")
        style.legend(figure, axes.get_legend_handles_labels()[0][::-1], 2)
        axes.set_xticks(range(first, last + 1, 2))
        axes.set_xticks(range(first, last + 1), minor=True)
        axes.tick_params(axis="x", labelbottom=True)
        _count_rows(counts, data, lang)
    return figure


def _count_rows(axes: Axes, data: pd.DataFrame, lang: str) -> None:
    """Write the numbers at risk and of adoptions as two rows under the years."""
    rows = ("at_risk", "events")
    axes.set_ylim(len(rows) - 0.5, -0.5)
    for height, name in enumerate(rows):
        for year, value in zip(data["year"], data[name], strict=True):
            axes.text(year, height, number(value, lang), ha="center", va="center", size=style.SMALL)
    axes.set_yticks(range(len(rows)), [LABELS[lang][name] for name in rows], size=style.SMALL)
    axes.tick_params(axis="both", which="both", length=0, labelbottom=False)
    axes.spines[:].set_visible(False)
