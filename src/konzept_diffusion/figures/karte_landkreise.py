"""Map of the Landkreise: what the desk research has found, and where it found nothing."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from types import MappingProxyType

import pandas as pd
from matplotlib.figure import Figure

from ..errors import DataError
from . import maps
from .inputs import Inputs
from .labels import SOURCES, Labels, percent

STATES: Mapping[str, tuple[str, str]] = MappingProxyType(
    {
        "konzept": ("#08306B", ""),
        "konzept_crawl": ("#08306B", "......"),
        "anderes": ("#4A8FC2", ""),
        "ohne_konzept": ("#FEE391", "xxxxxx"),
        "nichts_gefunden": ("#E6EEF4", ""),
        "nicht_gesucht": ("white", "//////"),
    }
)
"""What is known of a Landkreis, the strongest evidence first: colour and hatch."""
CITY, CITY_COLOUR = "kreisfreie_stadt", "#BDBDBD"
DOCUMENT_SOURCES = ("desk_research", "anlage1_2017", "fussnote14_2017", "text_2017")
EVENT_SOURCES = ("desk_research", "beifang_2017")
"""What the map rests on. What only a crawl has found is a class of its own, empty before one was merged."""
NO_BREAK = "\u00a0"
LABELS: Labels = MappingProxyType(
    {
        "de": {
            "title": "Was über Integrationskonzepte der Landkreise gefunden wurde",
            "subtitle": "{n} Landkreise nach Beleglage: Schreibtischrecherche und Nennungen in Filsinger/Gesemann 2017",
            "legend": "Landkreise: Zahl (Anteil)",
            "konzept": "fertiges Konzept oder Leitbild",
            "konzept_crawl": "desgleichen, nur vom Crawl gefunden",
            "anderes": "anderer Beleg (Entwurf, Plan, Bericht, …)",
            "ohne_konzept": "ausdrücklich ohne Konzept",
            "nichts_gefunden": "eigens gesucht, nichts gefunden",
            "nicht_gesucht": "nicht eigens gesucht",
            CITY: "kreisfreie Städte (nicht Teil der Karte)",
            "note": "Nichts gefunden heißt nicht: keines vorhanden. Der Suchaufwand ist ungleich verteilt.",
            "research": "Schreibtischrecherche 2026 in öffentlichen Seiten mit Suchprotokoll.",
        },
        "en": {
            "title": "What was found on integration concepts of rural districts",
            "subtitle": "{n} rural districts (Landkreise) by evidence: desk research and mentions in "
            "Filsinger/Gesemann 2017",
            "legend": "Landkreise: number (share)",
            "konzept": "finished concept or mission statement",
            "konzept_crawl": "the same, found by the crawl only",
            "anderes": "other evidence (draft, plan, report, …)",
            "ohne_konzept": "explicitly without concept",
            "nichts_gefunden": "searched for, nothing found",
            "nicht_gesucht": "not searched for by name",
            CITY: "kreisfreie Städte (not part of this map)",
            "note": "Nothing found does not mean that there is none. The search effort is uneven.",
            "research": "Desk research of 2026 in public web pages, with a search log.",
        },
    }
)
EXTRA: Mapping[str, Callable[[Inputs], pd.DataFrame]] = MappingProxyType({})


def data(inputs: Inputs) -> pd.DataFrame:
    """Return all Kreise with what is known of the concepts of the Landkreise.

    A Landkreis has a concept if there is an adoption event by the main rule (konzept_crawl if only a merged
    crawl gives one); other evidence is
    any other document; explicitly without are those of which every document says that there is none. The
    rest is told apart by whether a look-up in the search log names the Landkreis.

    Returns
    -------
    pandas.DataFrame
        ags (five digits), name, state (a key of `STATES`, or "kreisfreie_stadt").

    Raises
    ------
    DataError
        If there is no Landkreis.
    """
    kommunen = inputs.tables["kommunen"]
    districts = kommunen[kommunen["kind"].isin(["landkreis", CITY])].sort_values("kreis", ignore_index=True)
    if not (districts["kind"] == "landkreis").any():
        raise DataError("there is no Landkreis to draw.", file="table kommunen", column="kind")
    documents, events = inputs.tables["documents"], inputs.tables["events"]
    documents = documents[documents["source"].isin(DOCUMENT_SOURCES)]
    counted = events[events["event"].isin(["first_adoption", "update"])]
    adopted = set(counted.loc[counted["source"].isin(EVENT_SOURCES), "ags"])
    crawled = set(counted.loc[counted["source"] == "crawl", "ags"])
    without = (documents["status"] == "kein_konzept").groupby(documents["ags"]).all()
    searched = set(inputs.tables["search_log"]["ags"].dropna())

    def state(ags: str, kind: str) -> str:
        if kind == CITY:
            return CITY
        if ags in adopted:
            return "konzept"
        if ags in crawled:
            return "konzept_crawl"
        if ags in without.index:
            return "ohne_konzept" if without[ags] else "anderes"
        return "nichts_gefunden" if ags in searched else "nicht_gesucht"

    return pd.DataFrame(
        {
            "ags": districts["kreis"],
            "name": districts["name"],
            "state": [state(*row) for row in zip(districts["ags"], districts["kind"], strict=True)],
        }
    )


def draw(data: pd.DataFrame, lang: str = "de") -> Figure:
    """Return the map of the Kreise.

    Parameters
    ----------
    data
        As returned by `data`.
    lang
        "de" or "en".
    """
    text = LABELS[lang]
    landkreise = data[data["state"] != CITY]
    fills = {}
    for code, (colour, hatch) in STATES.items():
        count = int((landkreise["state"] == code).sum())
        if not count:
            continue  # an empty class explains nothing on the map
        share = percent(100 * count / len(landkreise), lang)
        fills[code] = maps.Fill(f"{text[code]}: {count}{NO_BREAK}({share})", colour, hatch)
    fills[CITY] = maps.Fill(text[CITY], CITY_COLOUR)
    return maps.choropleth(
        data.set_index("ags")["state"],
        lang=lang,
        title=text["title"],
        subtitle=text["subtitle"].format(n=len(landkreise)),
        legend=text["legend"],
        fills=fills,
        notes=[text["note"], f"{SOURCES[lang]['catalogue']} {text['research']}"],
    )
