"""Abbildung 2: when the current concepts and Leitbilder of the Großstädte were finished."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from types import MappingProxyType

import pandas as pd
from matplotlib.artist import Artist
from matplotlib.container import Container
from matplotlib.figure import Figure
from matplotlib.ticker import FuncFormatter

from ..catalogue import latest_versions
from ..errors import DataError
from . import style
from .inputs import Inputs
from .labels import SOURCES, Labels, number, percent

BANDS: tuple[tuple[str, int], ...] = (
    ("bis_2005", 2005),
    ("2006_2010", 2010),
    ("2011_2014", 2014),
    ("2015_2017", 2017),
)
"""Code and last year of each band; a band begins after the last year of the one before."""
PUBLISHED: Mapping[str, str] = MappingProxyType(
    {band: f"fg2017_entstehung_{band}_share" for band, _ in BANDS if not band.startswith("bis")}
)
"""Band to the result_id of the published share; that of the first band was not printed."""
LABELS: Labels = MappingProxyType(
    {
        "de": {
            "title": "Fertigstellung der aktuellen Konzepte und Leitbilder der Großstädte",
            "subtitle": "Anteil an den {n} Großstädten mit eigenem Konzept oder Leitbild, "
            "neueste fertige Fassung",
            "bis": "bis",
            "bars": "Katalog: Zahl der Städte (Anteil)",
            "published": "veröffentlichter Anteil",
            "unpublished": "Ohne veröffentlichten Anteil: {bands}.",
        },
        "en": {
            "title": "Completion of the large cities’ current concepts and mission statements",
            "subtitle": "Share of the {n} large cities (Großstädte) with a concept or "
            "mission statement (Leitbild), latest version",
            "bis": "up to",
            "bars": "Catalogue: number of cities (share)",
            "published": "published share",
            "unpublished": "Without a published share: {bands}.",
        },
    }
)


def data(inputs: Inputs) -> pd.DataFrame:
    """Return number and share of cities by band of the latest counted version's year.

    Documents of a Kreis are the Kreis's: only owners that are Großstädte count.

    Returns
    -------
    pandas.DataFrame
        Four rows; band (code), n (cities), share (per cent of all bands, two decimals).

    Raises
    ------
    DataError
        If there is no dated version, or one is later than the last band.
    """
    kommunen = inputs.tables["kommunen"]
    cities = set(kommunen.loc[kommunen["size_class"] == "grossstadt", "ags"])
    latest = latest_versions(inputs.tables["documents"])
    latest = latest[latest["ags"].isin(cities)]
    last = BANDS[-1][1]
    late = latest[latest["year"] > last]
    if len(late):
        raise DataError(
            f"{late.iloc[0]['ags']} has a version of {late.iloc[0]['year']}, the last band ends in {last}.",
            file="table documents",
            column="year",
            hint="Correct the year or the document's source.",
        )
    if latest.empty:
        raise DataError("there is no dated version that counts, so no shares exist.", file="table documents")
    edges = [-float("inf"), *(year for _, year in BANDS)]
    bands = pd.cut(latest["year"].astype(int), edges, labels=[band for band, _ in BANDS])
    count = bands.value_counts(sort=False)
    return pd.DataFrame(
        {
            "band": [band for band, _ in BANDS],
            "n": [int(count[band]) for band, _ in BANDS],
            "share": [round(100 * int(count[band]) / len(latest), 2) for band, _ in BANDS],
        }
    )


def published(inputs: Inputs) -> pd.DataFrame:
    """Return the published shares: band, result_id, share (per cent), n (base).

    Raises
    ------
    DataError
        If a published share is not in the table `published_results`.
    """
    known = inputs.tables["published_results"].set_index("result_id")
    lacking = [result for result in PUBLISHED.values() if result not in known.index]
    if lacking:
        raise DataError(
            f"the result {lacking[0]!r} is missing.", file="table published_results", column="result_id"
        )
    rows = known.loc[list(PUBLISHED.values())]
    return pd.DataFrame(
        {
            "band": list(PUBLISHED),
            "result_id": list(PUBLISHED.values()),
            "share": rows["value"].astype(float).to_numpy(),
            "n": rows["n"].array,
        }
    )


EXTRA: Mapping[str, Callable[[Inputs], pd.DataFrame]] = MappingProxyType({"published": published})


def draw(data: pd.DataFrame, lang: str = "de", *, published: pd.DataFrame | None = None) -> Figure:
    """Return the bar chart.

    Parameters
    ----------
    data
        As returned by `data`.
    lang
        "de" or "en".
    published
        As returned by `published`; drawn as reference markers beside the bars.
    """
    text = LABELS[lang]
    notes = []
    if published is not None:
        without = [_band(band, lang) for band in data["band"] if band not in set(published["band"])]
        if without:
            notes.append(text["unpublished"].format(bands=", ".join(without)))
    with style.context():
        figure = style.canvas(
            8.6,
            title=text["title"],
            subtitle=text["subtitle"].format(n=number(data["n"].sum(), lang)),
            notes=[*notes, SOURCES[lang]["catalogue"]],
        )
        axes = figure.subplots()
        width = 0.62
        handles: list[Artist | Container] = [
            axes.bar(range(len(data)), data["share"], width, color=style.BLUE, label=text["bars"])
        ]
        for x, (n, share) in enumerate(zip(data["n"], data["share"], strict=True)):
            # From the count: the rounded share of the table would be rounded a second time.
            label = f"{number(n, lang)} ({percent(100 * n / data['n'].sum(), lang)})"
            axes.annotate(
                label, (x, share), xytext=(0, 3), textcoords="offset points", ha="center", va="bottom"
            )
        if published is not None:
            places = {band: x for x, band in enumerate(data["band"])}
            handles += axes.plot(
                [places[band] + width / 2 + 0.05 for band in published["band"]],
                published["share"],
                linestyle="none",
                marker="<",
                markersize=6,
                color=style.BLACK,
                label=text["published"],
            )
        axes.set_xticks(range(len(data)), [_band(band, lang) for band in data["band"]])
        axes.tick_params(axis="x", length=0)
        axes.set_ylim(0, 1.12 * data["share"].max())
        axes.yaxis.set_major_formatter(FuncFormatter(lambda value, _: percent(value, lang, 0)))
        axes.grid(visible=True, axis="y")
        style.legend(figure, handles, 2)
    return figure


def _band(code: str, lang: str) -> str:
    """Return a band's code as text: "bis 2005", "2006–2010"."""
    first, last = code.split("_")
    return f"{LABELS[lang]['bis']} {last}" if first == "bis" else f"{first}–{last}"
