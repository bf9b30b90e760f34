"""Declarations of the hand-compiled and extracted tables in `data/raw`."""

from __future__ import annotations

from collections.abc import Iterator
from typing import TYPE_CHECKING

from .. import keys
from . import vocabulary as voc
from .core import Column, Table
from .crosswalk import CROSSWALK_GEMEINDEN, CROSSWALK_KREISE
from .geography import ADJACENCY_GEMEINDEN
from .indicators import INDICATORS_KREISE, POPULATION, ZENSUS2022
from .official import ADJACENCY, KEY_CHANGES, REGISTER, TO_REGISTER
from .register import PROGRAMME_PARTICIPATION, WEBSITES

if TYPE_CHECKING:
    import pandas as pd

_AGS: tuple[keys.Level, ...] = ("gemeinde", "kreis")
_KINDS = tuple(voc.DOCUMENT_KINDS)
_STATUSES = tuple(voc.STATUSES)
_BASES = tuple(voc.YEAR_BASES)
_FG2017 = (
    "Filsinger, D./Gesemann, F. (2017): Kommunale Integrationskonzepte: Verbreitung, Funktion und Wirksamkeit"
)


def _ags(
    name: str = "ags",
    description: str = "Official key of the Kommune (Gemeinde 8, Landkreis 5 digits)",
    **kw: object,
) -> Column:
    return Column(name, "key", description, required=kw.get("required", True) is True, level=_AGS)


def _anlage1_agrees(frame: pd.DataFrame) -> Iterator[tuple[int, str, str]]:
    """Yield rows whose columns contradict each other."""
    for position, row in enumerate(frame.itertuples()):
        if bool(row.refugees_only) != (row.target_group == "fluechtlinge"):
            yield position, "refugees_only", f"contradicts the target group {row.target_group!r}."
        if isinstance(row.judgement, str) != isinstance(row.judgement_about, str):
            yield position, "judgement_about", "must be given with a judgement, and only then."
    yield from _year_has_a_basis(frame)


def _year_has_a_basis(frame: pd.DataFrame) -> Iterator[tuple[int, str, str]]:
    """Yield rows with a year that rests on nothing, or a basis without a year."""
    for position, (dated, basis) in enumerate(zip(frame["year"].notna(), frame["year_basis"], strict=True)):
        if dated == (basis == "unbekannt"):
            yield position, "year_basis", f"is {basis!r}, but the year is {'given' if dated else 'missing'}."


ANLAGE1 = Table(
    name="anlage1_grossstaedte",
    title="Anlage 1: documents of the 79 Großstädte, autumn 2017",
    description="One row per document version listed in Anlage 1 of the survey of 2017.",
    folder="raw",
    primary_key=("row_id",),
    foreign_keys=(TO_REGISTER,),
    checks=(_anlage1_agrees,),
    sources=(_FG2017 + ", Anlage 1",),
    columns=(
        Column("row_id", "string", "Stable id: a1-<ags>-<nn>, nn in printed order", required=True),
        Column(
            "ags",
            "key",
            "City in whose entry the document stands (status 31.12.2017)",
            required=True,
            level=("gemeinde",),
        ),
        Column("city", "string", "Name of the city", required=True),
        Column("city_printed", "string", "Name as printed", required=True),
        Column("position", "integer", "Position within the entry", required=True, minimum=1),
        Column("title", "string", "Title as printed", required=True),
        Column("year", "year", "Year of completion or adoption; missing if none is printed", unit="year"),
        Column("year_printed", "string", "What is printed about time"),
        Column("year_basis", "string", "What the year rests on", required=True, categories=_BASES),
        Column("kind", "string", "Kind of document", required=True, categories=_KINDS),
        Column("status", "string", "Status of the document", required=True, categories=_STATUSES),
        Column(
            "owner_level",
            "string",
            "Level of the owner",
            required=True,
            categories=("stadt", "kreis", "land"),
        ),
        Column("owner_ags", "key", "Key of the owner (Land 2, Kreis 5, Gemeinde 8 digits)", required=True),
        Column("refugees_only", "boolean", "Is the document about refugees only?", required=True),
        Column(
            "target_group",
            "string",
            "Whom the document is about",
            required=True,
            categories=tuple(voc.TARGET_GROUPS),
        ),
        Column(
            "footnote14",
            "string",
            "Reason why footnote 14 counts the city as without a concept of its own",
            categories=("kein_konzept", "nur_kreis"),
        ),
        Column("judgement", "string", "Why the coding of the row is arguable"),
        Column(
            "judgement_about",
            "string",
            "What is arguable: kind, status, target group, owner or only the year",
            categories=("art", "status", "zielgruppe", "traeger", "jahr"),
        ),
        Column(
            "survey_listing",
            "boolean",
            "Does the coding rest on the survey's own count (listed, and not excepted by footnote 14) rather than on the title?",
            required=True,
        ),
        Column("conflict", "string", "Where footnote 14 and Anlage 1 disagree"),
        Column("source", "string", "Source text", required=True),
        Column("source_place", "string", "Place in the source text", required=True),
        Column("note", "string", "Note"),
    ),
)
FUSSNOTE14 = Table(
    name="fussnote14",
    title="Footnote 14: the ten Großstädte without a concept of their own",
    description="One row per city that footnote 14 of the survey of 2017 excepts, with the document it names.",
    folder="raw",
    primary_key=("ags",),
    foreign_keys=(TO_REGISTER,),
    sources=(_FG2017 + ", Fußnote 14",),
    columns=(
        Column("ags", "key", "The city", required=True, level=("gemeinde",)),
        Column("city", "string", "Name of the city", required=True),
        Column(
            "reason", "string", "Why it is excepted", required=True, categories=("kein_konzept", "nur_kreis")
        ),
        Column("evidence_title", "string", "Document that the footnote names"),
        Column("evidence_kind", "string", "Its kind", categories=_KINDS),
        Column("evidence_status", "string", "Its status", categories=_STATUSES),
        Column("evidence_owner_level", "string", "Level of its owner", categories=("stadt", "kreis", "land")),
        Column("evidence_owner_ags", "key", "Key of its owner", level=_AGS),
        Column("evidence_year", "year", "Its year", unit="year"),
        Column("evidence_year_basis", "string", "What the year rests on", categories=_BASES),
        Column("note", "string", "Note"),
        Column("source", "string", "Source text", required=True),
        Column("source_place", "string", "Place in the source text", required=True),
    ),
)
EARLY = Table(
    name="early_concepts",
    title="Early and additional concepts named in the running text",
    description="One row per concept that the text of 2017 names outside Anlage 1.",
    folder="raw",
    primary_key=("row_id",),
    sources=(_FG2017,),
    columns=(
        Column("row_id", "string", "Stable id", required=True),
        Column("ags", "key", "The Kommune", required=True, level=_AGS),
        Column("city", "string", "Name of the Kommune", required=True),
        Column("title", "string", "Title, if the text gives one"),
        Column("year", "year", "Year named in the text", unit="year"),
        Column("year_printed", "string", "What is printed about time"),
        Column("kind", "string", "Kind of document", required=True, categories=_KINDS),
        Column(
            "event",
            "string",
            "pre_wave: before 1995; mention: named only",
            required=True,
            categories=("pre_wave", "mention"),
        ),
        Column("source", "string", "Source text", required=True),
        Column("source_place", "string", "Place in the source text", required=True),
        Column("note", "string", "Note"),
    ),
)
PUBLISHED = Table(
    name="published_results",
    title="Published results of the source texts",
    description="One row per number that the five source texts publish on prevalence, timing, themes and importance.",
    folder="raw",
    primary_key=("result_id",),
    sources=("The five source texts; see the columns text, citation and origin",),
    columns=(
        Column("result_id", "string", "Stable id", required=True),
        Column("text", "string", "Key of the text in hand", required=True),
        Column("citation", "string", "Short citation of the text in hand", required=True),
        Column("origin", "string", "Who measured it", required=True),
        Column(
            "topic",
            "string",
            "Topic",
            required=True,
            categories=(
                "prevalence",
                "timing",
                "themes",
                "importance",
                "structures",
                "instruments",
                "monitoring",
                "programmes",
                "effects",
                "population",
                "other",
            ),
        ),
        Column("indicator", "string", "What is measured (slug)", required=True),
        Column("population", "string", "Base group (code)", required=True),
        Column("subgroup", "string", "Part of the base group; empty for the whole"),
        Column("year", "year", "Year the number refers to", unit="year"),
        Column("year_from", "year", "First year of a span", unit="year"),
        Column("year_to", "year", "Last year of a span", unit="year"),
        Column("value", "number", "The number", required=True),
        Column("unit", "string", "Unit of the number", required=True),
        Column("n", "number", "Base N, if stated", minimum=0),
        Column("count", "number", "Numerator, if stated", minimum=0),
        Column("qualifier", "string", "How exact the text is", required=True),
        Column("page", "string", "Page, where derivable"),
        Column("figure", "string", "Figure, table or footnote"),
        Column("section", "string", "Section"),
        Column("flag", "string", "Known inconsistency (code)"),
        Column("note", "string", "Note in our words"),
    ),
)
DIFU = Table(
    name="difu_2022",
    title="The ten Projektkommunen of the Difu study on Integrationsmonitoring",
    description="One row per fact (year of concept, report, monitoring; indicators; population figures) of a Projektkommune.",
    folder="raw",
    primary_key=("row_id",),
    foreign_keys=(TO_REGISTER,),
    sources=("Reimann, B./Hollbach-Grömig, B. (2022): Kommunales Integrationsmonitoring. Difu",),
    columns=(
        Column("row_id", "string", "Stable id", required=True),
        _ags(),
        Column("kommune", "string", "Name", required=True),
        Column("kind", "string", "Kind of Kommune", required=True, categories=tuple(voc.KOMMUNE_KINDS)),
        Column("variable", "string", "What the fact is about (code)", required=True),
        Column("value", "number", "Number or year; empty where the fact is a text"),
        Column(
            "unit",
            "string",
            "Unit",
            required=True,
            categories=("persons", "percent", "percentage_point", "year", "count", "boolean", "text"),
        ),
        Column("date", "string", "Date or period the fact refers to, as stated"),
        Column("detail", "string", "Title or short description in our words"),
        Column("source", "string", "Source text", required=True),
        Column("page", "string", "Page"),
        Column("section", "string", "Section"),
        Column("note", "string", "Note"),
    ),
)
PROGRAMMES = Table(
    name="programmes",
    title="Land programmes, laws and federal milestones",
    description="One row per programme, law, plan or event that may have driven adoption.",
    folder="raw",
    primary_key=("programme_id",),
    sources=(_FG2017 + ", Kap. 2.3, 3.2 und 7",),
    columns=(
        Column("programme_id", "string", "Stable id", required=True),
        Column(
            "land",
            "string",
            "Two-digit Land key; 00 for nationwide",
            required=True,
            categories=("00", *(f"{number:02d}" for number in range(1, 17))),
        ),
        Column("land_name", "string", "Name of the Land, or Bund", required=True),
        Column("programme", "string", "Name", required=True),
        Column("kind", "string", "Kind", required=True, categories=voc.PROGRAMME_KINDS),
        Column("start", "year", "First year in force", unit="year"),
        Column("end", "year", "Last year in force", unit="year"),
        Column(
            "end_status",
            "string",
            "Is the end stated?",
            required=True,
            categories=("stated", "open", "unknown"),
        ),
        Column(
            "scope",
            "string",
            "What it is about",
            required=True,
            categories=("konzeptentwicklung", "strukturen", "allgemein"),
        ),
        Column(
            "concept_condition",
            "boolean",
            "Is a concept a condition for it, or funded by it? Missing: not stated",
        ),
        Column("milestone", "boolean", "Drawn as a milestone in the adoption curve", required=True),
        Column("milestone_label_de", "string", "Label in German"),
        Column("milestone_label_en", "string", "Label in English"),
        Column("source", "string", "Source text", required=True),
        Column("source_place", "string", "Place in the source text"),
        Column("note", "string", "Note"),
    ),
)
DESK = Table(
    name="desk_research",
    title="Desk research of 2026: documents of Mittelstädte and Landkreise",
    description="One row per document, version or explicit negative found in public web pages. A Kommune without a row is not observed, not without a concept.",
    folder="raw",
    primary_key=("row_id",),
    foreign_keys=(TO_REGISTER,),
    checks=(_year_has_a_basis,),
    sources=("Desk research 2026-11 in public web pages; every row has its URL",),
    columns=(
        Column("row_id", "string", "Stable id: dr-<ags>-<nn>", required=True),
        _ags(),
        Column("name", "string", "Name", required=True),
        Column("land", "string", "Name of the Land", required=True),
        Column("kind", "string", "Kind of document", required=True, categories=_KINDS),
        Column("title", "string", "Title"),
        Column("year", "year", "Year; its meaning depends on year_basis and status", unit="year"),
        Column("year_basis", "string", "What the year rests on", required=True, categories=_BASES),
        Column("status", "string", "Status", required=True, categories=_STATUSES),
        Column(
            "event",
            "string",
            "Earliest version seen, update, or unclear",
            required=True,
            categories=("first", "update", "unclear"),
        ),
        Column("update_of_year", "year", "Year of the version that is updated", unit="year"),
        Column("url", "string", "Address of the page", required=True),
        Column(
            "source_type",
            "string",
            "Kind of page",
            required=True,
            categories=("amtlich", "presse", "ris", "partei", "dokumentspiegel", "sonstige", "studie"),
        ),
        Column("evidence", "string", "Evidence in the coder's words", required=True),
        Column("confidence", "string", "Coder's confidence", required=True, categories=voc.CONFIDENCES),
        Column("search_batch", "string", "Batch of the search", required=True),
        Column("coder", "string", "Coder", required=True),
        Column("retrieved", "date", "Date of retrieval", required=True),
    ),
)
DESK_LOG = Table(
    name="desk_research_log",
    title="Search log of the desk research",
    description="One row per look-up. Nothing found is not absence: search effort differs by Land and size.",
    folder="raw",
    primary_key=("log_id",),
    foreign_keys=(TO_REGISTER,),
    sources=("Desk research 2026-11",),
    columns=(
        Column("log_id", "string", "Stable id", required=True),
        _ags(required=False),
        Column("name", "string", "Name of the Kommune; empty for look-ups that name none"),
        Column("query", "string", "Search terms", required=True),
        Column(
            "outcome", "string", "Outcome", required=True, categories=("found", "nothing", "bycatch_only")
        ),
        Column("search_batch", "string", "Batch of the search", required=True),
    ),
)
TABLES: dict[str, Table] = {
    table.name: table
    for table in (
        ANLAGE1,
        FUSSNOTE14,
        EARLY,
        PUBLISHED,
        DIFU,
        PROGRAMMES,
        DESK,
        DESK_LOG,
        ADJACENCY,
        REGISTER,
        WEBSITES,
        PROGRAMME_PARTICIPATION,
        ADJACENCY_GEMEINDEN,
        CROSSWALK_GEMEINDEN,
        CROSSWALK_KREISE,
        POPULATION,
        INDICATORS_KREISE,
        ZENSUS2022,
        KEY_CHANGES,
    )
}
OFFICIAL = (
    "register",
    "population",
    "indicators_kreise",
    "zensus2022",
    "adjacency_gemeinden",
    "crosswalk_gemeinden",
    "crosswalk_kreise",
)
"""Tables that `fetch` writes from official files, kept in `data/raw/official`."""
