"""Coefficient plot: hazard ratios of the main models with two cluster-robust intervals."""

from __future__ import annotations

import math
from collections.abc import Callable, Mapping, Sequence
from types import MappingProxyType
from typing import Any

import numpy as np
import pandas as pd
from matplotlib.axes import Axes
from matplotlib.figure import Figure
from matplotlib.lines import Line2D
from matplotlib.ticker import FuncFormatter, LogLocator, NullLocator
from scipy import stats

from ..errors import DataError
from ..models.main import DISPLAY_SCALES, SPECIFICATIONS, TIME_TERMS
from ..sources.statistics import BREAK_YEAR
from . import labels, style
from .inputs import Inputs
from .labels import SOURCES, Labels, number

_VCOV = {"CR1": 3.2, "CR3": 1.0}
"""Covariance estimators shown, and how thick their intervals are."""
_DECADES = 2.5
"""Width of the axis, in powers of ten, above which 2 and 5 are no longer labelled."""
_LOOK: tuple[dict[str, Any], ...] = (
    {"color": style.BLUE, "marker": "o"},
    {"color": style.VERMILLION, "marker": "s"},
    {"color": style.BLACK, "marker": "D"},
)
LABELS: Labels = MappingProxyType(
    {
        "de": {
            "title": "Was mit früherer Einführung einhergeht: Hazardverhältnisse",
            "subtitle": "Diskrete Hazardmodelle (cloglog): {nobs} Stadt-Jahre, "
            "{events} erste Einführungen, {clusters} Länder",
            "log_population": "Einwohnerzahl, Vorjahr\n(je Verdopplung)",
            "foreign_share_lag": "Ausländeranteil, Vorjahr\n(je 5 Prozentpunkte)",
            "exposure_land": "Verbreitung im Land, Vorjahr\n(je 10 Prozentpunkte)",
            "programme": "Landesprogramm oder -gesetz\nin Kraft",
            "east": "Ostdeutsches Land\neinschließlich Berlin",
            "census_break": f"Jahre ab {BREAK_YEAR + 1}\n(Bruch der Reihe)",
            "axis": "Hazardverhältnis (logarithmische Achse)",
            "CR1": "{level}-Intervall CR1 (dick)",
            "CR3": "{level}-Intervall CR3 (dünn)",
            "note": "Standardfehler nach Ländern gruppiert; CR3 ist bei wenigen Gruppen vorsichtiger. "
            "Zeitterme (kubisch) nicht gezeigt.",
        },
        "en": {
            "title": "What goes with earlier adoption: hazard ratios",
            "subtitle": "Discrete-time hazard models (cloglog): {nobs} city-years, {events} first adoptions, "
            "{clusters} Länder",
            "log_population": "Population, year before\n(per doubling)",
            "foreign_share_lag": "Foreigners share, year before\n(per 5 percentage points)",
            "exposure_land": "Adopters in the Land, year before\n(per 10 percentage points)",
            "programme": "Land programme or law\nin force",
            "east": "Eastern Land\nincluding Berlin",
            "census_break": f"Years from {BREAK_YEAR + 1}\n(break of the series)",
            "axis": "Hazard ratio (log axis)",
            "CR1": "{level} interval, CR1 (thick)",
            "CR3": "{level} interval, CR3 (thin)",
            "note": "Standard errors clustered by Land; CR3 is the more cautious with few clusters. "
            "Time terms (cubic) not shown.",
        },
    }
)
EXTRA: Mapping[str, Callable[[Inputs], pd.DataFrame]] = MappingProxyType({})


def data(inputs: Inputs) -> pd.DataFrame:
    """Return the estimates of the main models, rescaled to readable steps of the covariates.

    Returns
    -------
    pandas.DataFrame
        model, vcov, term, scale (step of the covariate), estimate and std_error (log hazard ratio per step),
        hazard_ratio, conf_low, conf_high (hazard ratios per step), level (coverage of the interval, found
        from its width under t with clusters - 1 degrees of freedom), nobs, n_events, n_clusters.

    Raises
    ------
    DataError
        If a model or covariance is missing, or a term has no scale here.
    """
    table = inputs.coefficients
    names = [item.name for item in SPECIFICATIONS]
    for vcov in _VCOV:
        lacking = set(names) - set(table.loc[table["vcov"] == vcov, "model"])
        if lacking:
            raise DataError(
                f"model {min(lacking)!r} with {vcov} errors is missing.", file="table coefficients"
            )
    table = table[table["model"].isin(names) & table["vcov"].isin(_VCOV) & ~table["term"].isin(TIME_TERMS)]
    unknown = sorted(set(table["term"]) - set(DISPLAY_SCALES))
    if unknown:
        raise DataError(
            f"the term {unknown[0]!r} has neither scale nor label.",
            file="table coefficients",
            column="term",
            hint="Add the scale to models.main.DISPLAY_SCALES and the label to figures.koeffizienten.",
        )
    scale = table["term"].map(DISPLAY_SCALES)
    half = (table["conf_high"] - table["estimate"]) / table["std_error"]
    shown = pd.DataFrame(
        {
            "model": table["model"],
            "vcov": table["vcov"],
            "term": table["term"],
            "scale": scale,
            "estimate": table["estimate"] * scale,
            "std_error": table["std_error"] * scale,
            "hazard_ratio": np.exp(table["estimate"] * scale),
            "conf_low": np.exp(table["conf_low"] * scale),
            "conf_high": np.exp(table["conf_high"] * scale),
            "level": (2 * stats.t.cdf(half, table["n_clusters"].astype(float) - 1) - 1).round(6),
            "nobs": table["nobs"],
            "n_events": table["n_events"],
            "n_clusters": table["n_clusters"],
        }
    )
    order = {term: place for place, term in enumerate(DISPLAY_SCALES)}
    keys = shown.assign(place=shown["term"].map(order)).sort_values(["model", "vcov", "place"]).index
    return shown.loc[keys].reset_index(drop=True)


def draw(data: pd.DataFrame, lang: str = "de") -> Figure:
    """Return the plot: one row per covariate, in it one line per model.

    Parameters
    ----------
    data
        As returned by `data`.
    lang
        "de" or "en".
    """
    text = LABELS[lang]
    terms = [term for term in DISPLAY_SCALES if term in set(data["term"])]
    models = [item.name for item in SPECIFICATIONS]
    largest = data.loc[data["nobs"].idxmax()]
    with style.context():
        figure = style.canvas(
            4.6 + 1.15 * len(terms),
            title=text["title"],
            subtitle=text["subtitle"].format(
                nobs=number(largest["nobs"], lang),
                events=number(largest["n_events"], lang),
                clusters=number(largest["n_clusters"], lang),
            ),
            notes=[text["note"], SOURCES[lang]["models"]],
        )
        axes = figure.subplots()
        axes.axvline(1, color=style.GREY, linewidth=0.8, zorder=1)
        for place, term in enumerate(terms):
            if place:
                axes.axhline(place - 0.5, color=style.PALE, linewidth=0.5, zorder=0)
            present = [name for name in models if ((data["model"] == name) & (data["term"] == term)).any()]
            for name in present:
                height = place + 0.24 * (present.index(name) - (len(present) - 1) / 2)
                _interval(
                    axes, data[(data["model"] == name) & (data["term"] == term)], height, models.index(name)
                )
        axes.set_ylim(len(terms) - 0.5, -0.5)
        axes.set_yticks(range(len(terms)), [text[term] for term in terms])
        axes.tick_params(axis="y", length=0)
        axes.set_xscale("log")
        low, high = axes.get_xlim()
        wide = math.log10(high / low) > _DECADES
        axes.xaxis.set_major_locator(LogLocator(subs=(1,) if wide else (1, 2, 5)))
        axes.xaxis.set_minor_locator(NullLocator())
        axes.xaxis.set_major_formatter(FuncFormatter(lambda value, _: _tick(value, lang)))
        axes.set_xlabel(text["axis"])
        axes.grid(visible=True, axis="x")
        level = labels.level(float(data["level"].iloc[0]), lang)
        style.legend(figure, _handles(level, lang), 3)
    return figure


def _interval(axes: Axes, rows: pd.DataFrame, height: float, model: int) -> None:
    """Draw one estimate with its intervals, the thin one longer or shorter than the thick one."""
    look = _LOOK[model]
    for row in rows.itertuples():
        axes.hlines(
            height, row.conf_low, row.conf_high, color=look["color"], linewidth=_VCOV[row.vcov], zorder=2
        )
    axes.plot(
        [rows["hazard_ratio"].iloc[0]],
        [height],
        linestyle="none",
        markersize=5,
        markeredgecolor="white",
        markeredgewidth=0.6,
        zorder=3,
        **look,
    )


def _handles(level: str, lang: str) -> Sequence[Line2D]:
    """Return the legend's entries, in the order that fills its columns: models above, intervals below."""
    models = [
        Line2D(
            [], [], linestyle="none", markersize=5, label=f"{item.name.upper()}: {_model(item, lang)}", **look
        )
        for item, look in zip(SPECIFICATIONS, _LOOK, strict=True)
    ]
    intervals = [
        Line2D([], [], color=style.INK, linewidth=width, label=LABELS[lang][vcov].format(level=level))
        for vcov, width in _VCOV.items()
    ]
    return [models[0], intervals[0], models[1], intervals[1], models[2]]


def _model(item: object, lang: str) -> str:
    return str(getattr(item, f"label_{lang}"))


def _tick(value: float, lang: str) -> str:
    """Return 0.05, 0.5, 5 or 50 with as many decimals as it needs."""
    return number(value, lang, max(0, -math.floor(math.log10(value) + 1e-9)))
