"""Prevalence triangulated: the share of Großstädte with a concept in the catalogue beside published surveys.

The catalogue dates the documents that were current or remembered in autumn 2017. What earlier surveys
counted may since have lapsed, and they asked other things of other cities; each comparison carries its reasons.
"""

from __future__ import annotations

from dataclasses import dataclass

import pandas as pd

from ..errors import DataError
from .events import first_adoption_years


@dataclass(frozen=True)
class Comparison:
    """One published figure, the year-end it is compared with, and why the two may differ."""

    result_id: str
    year: int
    survey_de: str
    survey_en: str
    reason_de: str
    reason_en: str


COMPARISONS: tuple[Comparison, ...] = (
    Comparison(
        "fg2017_gesamtkonzept_ende_1990er_20",
        1998,
        "Ende der 1990er Jahre, untere Angabe",
        "end of the 1990s, lower figure",
        "Der Text zählt Gesamtkonzepte der 1970er bis 1990er Jahre in Städten aller Größen mit, viele davon nie "
        "fortgeschrieben; Anlage 1 führt fast nur Dokumente der heutigen Welle. Für 1998 ist der Katalog eine Untergrenze.",
        "The text counts overall concepts of the 1970s to 1990s in cities of all sizes, many never updated; Anlage 1 "
        "lists almost only documents of the present wave. For 1998 the catalogue is a lower bound.",
    ),
    Comparison(
        "fg2017_gesamtkonzept_ende_1990er_25",
        1998,
        "Ende der 1990er Jahre, obere Angabe",
        "end of the 1990s, upper figure",
        "Wie bei der unteren Angabe; der Text nennt beide Werte, ohne sie zu verbinden.",
        "As for the lower figure; the text gives both values without reconciling them.",
    ),
    Comparison(
        "fg2017_konzept_grossstadt_2007_share",
        2007,
        "Recherche Gesemann/Roth, Herbst 2007",
        "search by Gesemann/Roth, autumn 2007",
        "Andere Grundgesamtheit ({published_n} statt {catalogue_n} Großstädte), Stand Herbst statt Jahresende; die "
        "Recherche zählt Konzepte für einzelne Gruppen mit.",
        "Another population ({published_n} instead of {catalogue_n} cities), autumn instead of year-end; the search "
        "counts concepts for single groups too.",
    ),
    Comparison(
        "fg2017_desi2011_gesamtstrategie_grossstadt",
        2011,
        "DESI-Kommunalbefragung 2011",
        "DESI survey of municipalities 2011",
        "Selbstauskunft der antwortenden Städte zu einer Gesamtstrategie, nicht zu einem Dokument; möglicherweise "
        "antworten Städte ohne Strategie seltener. Der Katalog verlangt ein fertiges Dokument.",
        "Self-reports of responding cities about an overall strategy, not about a document; cities without one may "
        "respond less often. The catalogue requires a finished document.",
    ),
    Comparison(
        "fg2017_vhw2016_konzept_grossstadt",
        2016,
        "vhw-Kommunalbefragung 2016",
        "vhw survey of municipalities 2016",
        "Befragung der Antwortenden im Zusammenhang der Fluchtzuwanderung; möglicherweise zählen Konzepte zu "
        "Geflüchteten mit. Der Katalog zählt allgemeine Konzepte aller Großstädte.",
        "A survey of those who responded, made in the context of refugee immigration; it may include concepts on "
        "refugees. The catalogue counts general concepts of all cities.",
    ),
    Comparison(
        "fg2017_konzept_grossstadt_2017_share",
        2017,
        "Online-Recherche Herbst 2017 (Anlage 1)",
        "online search, autumn 2017 (Anlage 1)",
        "Dieselbe Quelle: Die Übereinstimmung prüft nur die Abschrift und die Kodierregel mit Fußnote 14, sie ist "
        "keine unabhängige Bestätigung.",
        "The same source: agreement checks only the transcription and the coding rule with footnote 14, it is no "
        "independent confirmation.",
    ),
)


def triangulation(
    documents: pd.DataFrame, early: pd.DataFrame, published: pd.DataFrame, kommunen: pd.DataFrame
) -> pd.DataFrame:
    """Return published beside catalogued prevalence among the Großstädte.

    Parameters
    ----------
    documents, early, published, kommunen
        Built tables `documents`, `early_concepts`, `published_results`, `kommunen`. The early concepts
        serve the wide count, which adds what the running text names.

    Returns
    -------
    pandas.DataFrame
        One row per published figure: `result_id`, `year` (year-end), `published` and `catalogue`,
        `catalogue_wide` (per cent), their counts and bases, `difference` (percentage points,
        catalogue minus published) and the reasons in German and English.

    Raises
    ------
    DataError
        If a published figure is not in the table.
    """
    cities = kommunen.loc[kommunen["size_class"] == "grossstadt", "ags"]
    main = first_adoption_years(documents).reindex(cities)
    wide = first_adoption_years(documents, rule="mit_gruppenkonzepten").reindex(cities)
    named = early[early["kind"].isin(["integrationskonzept", "leitbild"]) & early["year"].notna()]
    wide = pd.concat([wide.dropna(), named.set_index("ags")["year"]]).groupby(level=0).min().reindex(cities)
    by_id = published.set_index("result_id")
    rows = []
    for item in COMPARISONS:
        if item.result_id not in by_id.index:
            raise DataError(f"the result {item.result_id!r} is missing.", file="table published_results")
        figure = by_id.loc[item.result_id]
        count, count_wide = (int((series.dropna() <= item.year).sum()) for series in (main, wide))
        share = 100 * count / len(cities)
        bases = {
            "published_n": "?" if pd.isna(figure["n"]) else f"{figure['n']:g}",
            "catalogue_n": len(cities),
        }
        rows.append(
            {
                "result_id": item.result_id,
                "year": item.year,
                "survey_de": item.survey_de,
                "survey_en": item.survey_en,
                "published": float(figure["value"]),
                "published_count": figure["count"],
                "published_n": figure["n"],
                "qualifier": figure["qualifier"],
                "catalogue": share,
                "catalogue_count": count,
                "catalogue_wide": 100 * count_wide / len(cities),
                "catalogue_wide_count": count_wide,
                "catalogue_n": len(cities),
                "difference": share - float(figure["value"]),
                "reason_de": item.reason_de.format(**bases),
                "reason_en": item.reason_en.format(**bases),
            }
        )
    return pd.DataFrame(rows)
