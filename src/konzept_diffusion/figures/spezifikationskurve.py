"""Specification curve: the effect of each driver in every model of the multiverse, and what was chosen in it."""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from types import MappingProxyType

import numpy as np
import pandas as pd
from matplotlib.axes import Axes
from matplotlib.colors import ListedColormap
from matplotlib.figure import Figure
from matplotlib.lines import Line2D
from matplotlib.patches import Patch
from matplotlib.ticker import FuncFormatter, MaxNLocator

from ..errors import DataError
from ..models.main import DISPLAY_SCALES
from ..models.multiverse.choices import DIMENSIONS
from ..models.multiverse.grossstaedte import MULTIVERSE
from . import labels, style
from .inputs import Inputs
from .labels import SOURCES, Labels, number, percent

TABLE = "specifications"
"""Name among `Inputs.tables` of the table of `models.specifications`."""
_OK = "ok"
_NEEDED = (
    "specification", *DIMENSIONS, "term", "status", "effect", "effect_low", "effect_high", "significant",
    "nobs", "n_events",
)  # fmt: skip
_ROW_CM, _TOP_CM = 0.36, 4.6
_STRETCH = 8
_NOT, _SIGNIFICANT = style.SILVER, style.BLUE
LABELS: Labels = MappingProxyType(
    {
        "de": {
            "title": "Spezifikationskurve: jeder Treiber in allen Modellen",
            "subtitle": "{models} Modelle der ersten Einführung; je Treiber nach Größe des Effekts geordnet",
            "log_population": "Einwohnerzahl\n(je Verdopplung)",
            "foreign_share_lag": "Ausländeranteil\n(je 5 Prozentpunkte)",
            "programme": "Landesprogramm\nin Kraft",
            "coding": "Kodierung",
            "sample": "Stichprobe",
            "link": "Linkfunktion",
            "duration": "Zeitterme",
            "covariates": "Kovariaten",
            "axis": "Effekt auf den Hazard\n(Prozentpunkte)",
            "rank": "Modelle, nach Effekt geordnet",
            "significant": "Intervall schließt 0 aus",
            "not": "Intervall enthält 0",
            "band": "{level}-Intervalle",
            "median": "Median",
            "panel": "{name}\nMedian {median}\n{share} ohne die 0",
            "note": "Durchschnittlicher Effekt auf den jährlichen Hazard, t-Intervalle mit nach Ländern "
            "gruppierten Standardfehlern. Unten: welche Option die Modelle darüber haben. Nicht schätzbar: {failed}.",
        },
        "en": {
            "title": "Specification curve: each driver in all models",
            "subtitle": "{models} models of the first adoption; by driver, in the order of the effect",
            "log_population": "Population\n(per doubling)",
            "foreign_share_lag": "Foreigners share\n(per 5 percentage points)",
            "programme": "Land programme\nin force",
            "coding": "Coding",
            "sample": "Sample",
            "link": "Link",
            "duration": "Time terms",
            "covariates": "Covariates",
            "axis": "Effect on the hazard\n(percentage points)",
            "rank": "Models, in the order of the effect",
            "significant": "Interval excludes 0",
            "not": "Interval includes 0",
            "band": "{level} intervals",
            "median": "Median",
            "panel": "{name}\nMedian {median}\n{share} without 0",
            "note": "Average effect on the yearly hazard, t intervals with standard errors clustered by Land. "
            "Below: which option the models above have. Not estimable: {failed}.",
        },
    }
)
EXTRA: Mapping[str, Callable[[Inputs], pd.DataFrame]] = MappingProxyType({})


def data(inputs: Inputs) -> pd.DataFrame:
    """Return the curves: every specification of every term in the order of its effect.

    Returns
    -------
    pandas.DataFrame
        term, step (of the covariate), rank (1 for the smallest effect; missing where the model failed),
        specification, coding, sample, link, duration, covariates, status, effect, effect_low, effect_high
        (percentage points of the yearly hazard per step), significant, level, nobs, n_events.

    Raises
    ------
    DataError
        If the table of specifications or a column is missing, or a term has no scale or label here.
    """
    if TABLE not in inputs.tables:
        raise DataError(
            "it is missing.", file=f"table {TABLE}", hint="Hand in the table of models.specifications()."
        )
    table = inputs.tables[TABLE]
    lacking = [name for name in _NEEDED if name not in table.columns]
    if lacking:
        raise DataError("the column is missing.", file=f"table {TABLE}", column=lacking[0])
    for term in table["term"].unique():
        if term not in DISPLAY_SCALES or term not in LABELS["de"]:
            raise DataError(
                f"the term {term!r} has neither scale nor label.",
                file=f"table {TABLE}",
                column="term",
                hint="Add the scale to models.main.DISPLAY_SCALES and the label to figures.spezifikationskurve.",
            )
    step = table["term"].map(DISPLAY_SCALES).astype(float)
    shown = table[[name for name in _NEEDED if not name.startswith("effect")]].copy()
    for name in ("effect", "effect_low", "effect_high"):
        shown[name] = 100 * step * table[name].astype(float)
    there = shown["effect"].notna()
    rank = shown.loc[there].groupby("term")["effect"].rank(method="first").astype(int)
    shown["rank"] = rank.reindex(shown.index).astype("Int64")
    shown["step"], shown["level"] = step, MULTIVERSE.level
    place = {term: number for number, term in enumerate(dict.fromkeys(table["term"]))}
    order = shown.assign(place=shown["term"].map(place)).sort_values(["place", "rank", "specification"]).index
    columns = [
        "term", "step", "rank", "specification", *DIMENSIONS, "status", "effect", "effect_low", "effect_high",
        "significant", "level", "nobs", "n_events",
    ]  # fmt: skip
    return shown.loc[order, columns].reset_index(drop=True)


def draw(data: pd.DataFrame, lang: str = "de") -> Figure:
    """Return the curves side by side, one column per term, the choices below.

    Parameters
    ----------
    data
        As returned by `data`.
    lang
        "de" or "en".
    """
    text = LABELS[lang]
    terms = list(dict.fromkeys(data["term"]))
    rows = _rows(data)
    failed = data.loc[data["status"] != _OK, "specification"].nunique()
    height = _ROW_CM * len(rows)
    with style.context():
        figure = style.canvas(
            4.2 + _TOP_CM + height,
            title=text["title"],
            subtitle=text["subtitle"].format(models=number(data["specification"].nunique(), lang)),
            notes=[text["note"].format(failed=number(failed, lang)), SOURCES[lang]["models"]],
        )
        grid = figure.subplots(
            2,
            len(terms),
            sharex="col",
            squeeze=False,
            height_ratios=[_TOP_CM, height],
            gridspec_kw={"hspace": 0.02},
        )
        for column, term in enumerate(terms):
            curve = data[(data["term"] == term) & data["rank"].notna()].sort_values("rank")
            _curve(grid[0, column], curve, lang)
            _choices(grid[1, column], curve, rows)
            grid[1, column].set_xlabel(text["rank"] if column == len(terms) // 2 else "")
            _row_labels(grid[1, column], rows if column == 0 else (), lang)
        grid[0, 0].set_ylabel(text["axis"])
        style.legend(figure, _handles(float(data["level"].iloc[0]), lang), 4)
    return figure


def _rows(data: pd.DataFrame) -> list[tuple[str, str | None]]:
    """Return the rows of the choice matrix: a heading (dimension, None), then its options."""
    rows: list[tuple[str, str | None]] = []
    for dimension in DIMENSIONS:
        present = set(data[dimension])
        declared = [option.name for option in MULTIVERSE.options(dimension)]
        names = [name for name in declared if name in present]
        names += sorted(present - set(declared))
        rows.append((dimension, None))
        rows += [(dimension, name) for name in names]
    return rows


def _curve(axes: Axes, curve: pd.DataFrame, lang: str) -> None:
    """Draw effects in their order, their intervals as a band behind them."""
    text = LABELS[lang]
    ranks, effect = curve["rank"].to_numpy(dtype=float), curve["effect"].to_numpy(dtype=float)
    significant = curve["significant"].to_numpy(dtype=bool)
    low, high = (curve[name].to_numpy(dtype=float) for name in ("effect_low", "effect_high"))
    axes.fill_between(ranks, low, high, color=style.PALE, linewidth=0, step="mid")
    axes.axhline(0, color=style.GREY, linewidth=0.8)
    for chosen, colour, size in ((~significant, _NOT, 2.0), (significant, _SIGNIFICANT, 3.0)):
        axes.scatter(ranks[chosen], effect[chosen], s=size, color=colour, linewidths=0, zorder=3)
    median = float(np.median(effect))
    axes.axhline(median, color=style.BLACK, linewidth=0.8, linestyle=(0, (4, 2)), zorder=4)
    axes.text(
        0,
        1.03,
        text["panel"].format(
            name=text[str(curve["term"].iloc[0])],
            median=number(median, lang, 1, sign=True),
            share=percent(100 * significant.mean(), lang, 0),
        ),
        transform=axes.transAxes,
        va="bottom",
        ha="left",
        size=style.SMALL,
    )
    axes.yaxis.set_major_locator(MaxNLocator(5))
    axes.yaxis.set_major_formatter(FuncFormatter(lambda value, _: _tick(value, lang)))
    axes.tick_params(axis="x", length=0, labelbottom=False)
    axes.spines["bottom"].set_visible(False)
    axes.grid(visible=True, axis="y")


def _choices(axes: Axes, curve: pd.DataFrame, rows: Sequence[tuple[str, str | None]]) -> None:
    """Draw the matrix: one column per model, grey or dark where the model has the row's option."""
    mark = 1 + curve["significant"].to_numpy(dtype=int)
    matrix = np.array(
        [
            np.zeros(len(curve), dtype=int) if name is None else np.where(curve[dimension] == name, mark, 0)
            for dimension, name in rows
        ]
    )
    # Rows are stretched, with an empty line above and below, so that averaging thousands of columns into the
    # figure's pixels does not run into the rows beside them.
    stretched = np.repeat(matrix, _STRETCH, axis=0)
    stretched[::_STRETCH] = stretched[_STRETCH - 1 :: _STRETCH] = 0
    axes.imshow(
        stretched,
        cmap=ListedColormap(["white", _NOT, _SIGNIFICANT]),
        vmin=0,
        vmax=2,
        aspect="auto",
        interpolation="antialiased",
        interpolation_stage="rgba",
        extent=(0.5, len(curve) + 0.5, len(rows) - 0.5, -0.5),
    )
    axes.spines[:].set_visible(False)
    axes.xaxis.set_major_locator(MaxNLocator(3, integer=True, prune="lower"))


def _row_labels(axes: Axes, rows: Sequence[tuple[str, str | None]], lang: str) -> None:
    """Write options beside the matrix, the names of the choices in bold above theirs."""
    if not rows:
        axes.set_yticks([])
        return
    names = MULTIVERSE.labels(lang)
    written = [
        LABELS[lang][dimension] if name is None else names[dimension].get(name, name)
        for dimension, name in rows
    ]
    axes.set_yticks(range(len(rows)), written, size=style.SMALL)
    axes.tick_params(axis="y", length=0)
    for tick, (_, name) in zip(axes.get_yticklabels(), rows, strict=True):
        if name is None:
            tick.set_fontweight("bold")


def _handles(level: float, lang: str) -> list[Line2D | Patch]:
    text = LABELS[lang]
    return [
        Line2D(
            [], [], linestyle="none", marker="o", markersize=4, color=_SIGNIFICANT, label=text["significant"]
        ),
        Line2D([], [], linestyle="none", marker="o", markersize=3, color=_NOT, label=text["not"]),
        Patch(color=style.PALE, label=text["band"].format(level=labels.level(level, lang))),
        Line2D([], [], color=style.BLACK, linewidth=0.8, linestyle=(0, (4, 2)), label=text["median"]),
    ]


def _tick(value: float, lang: str) -> str:
    return number(value, lang, 0 if abs(value - round(value)) < 1e-9 else 1)
