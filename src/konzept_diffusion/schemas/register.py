"""Declarations of what surrounds the register: websites, participation in programmes, search effort."""

from __future__ import annotations

from collections.abc import Iterator
from typing import TYPE_CHECKING

from .. import keys
from .core import Column, ForeignKey, Table
from .official import TO_REGISTER

if TYPE_CHECKING:
    import pandas as pd

_AGS: tuple[keys.Level, ...] = ("gemeinde", "kreis")
_TO_KOMMUNEN = ForeignKey(("ags",), "kommunen", ("ags",))
_TO_PROGRAMMES = ForeignKey(("programme_id",), "programmes", ("programme_id",))
_DESK = "Desk research 2026-11 in public web pages; every row has its URL"

WEBSITE_STATUSES: dict[str, tuple[str, str]] = {
    "wikidata": (
        "offizielle Website laut Wikidata (P856), zugeordnet über Name und Land; trägt eine weitere Gemeinde den "
        "Namen oder ist er gekürzt, auch über die Domain",
        "official website according to Wikidata (P856), matched by name and Land; where another Gemeinde bears the "
        "name or it is shortened, by the domain too",
    ),
    "official_host_cited": (
        "Host einer in der Recherche zitierten amtlichen Seite, der den Namen der Kommune trägt",
        "host of an official page cited in the desk research that bears the name of the Kommune",
    ),
    "hint_unverified": (
        "Hinweis aus fremdem Programmcode oder OParl-Liste, Host trägt den Namen der Kommune; ungeprüft",
        "hint from third-party code or the OParl list, host bears the name of the Kommune; unverified",
    ),
}
PARTICIPATION_STATES: dict[str, tuple[str, str]] = {
    "teilnahme": ("als Teilnehmerin genannt", "named as participant"),
    "antrag": ("nur ein Antrag ist belegt", "only an application is evidenced"),
}
SEARCH_OUTCOMES: dict[str, tuple[str, str]] = {
    "vollerhebung_2017": (
        "Großstadt: Vollerhebung 2017 (Anlage 1), die Recherche zählt nicht",
        "city of the census of 2017 (Anlage 1); the desk research does not decide",
    ),
    "gefunden": (
        "in eigener Suche gesucht, mindestens ein Dokument gefunden",
        "had a look-up of its own, at least one document found",
    ),
    "gesucht_ohne_fund": (
        "in eigener Suche gesucht, kein Dokument gefunden (das ist kein Nachweis, dass es keines gibt)",
        "had a look-up of its own, no document found (which does not show that there is none)",
    ),
    "nur_beifang": (
        "nie eigens gesucht, Belege nur als Beifang anderer Suchen",
        "never searched on its own, evidence only as by-catch of other look-ups",
    ),
    "nicht_gesucht": ("nie eigens gesucht, keine Belege", "never searched on its own, no evidence"),
}


def _ags() -> Column:
    return Column(
        "ags",
        "key",
        "Official key of the Kommune: Gemeinde 8, Landkreis 5 digits",
        required=True,
        level=_AGS,
    )


def _ends_after_start(frame: pd.DataFrame) -> Iterator[tuple[int, str, str]]:
    """Yield rows that end before they start."""
    reversed_span = (frame["end_year"] < frame["start_year"]).fillna(False)
    for position in reversed_span.to_numpy(dtype=bool).nonzero()[0]:
        yield int(position), "end_year", "lies before the start year."


def _searches_add_up(frame: pd.DataFrame) -> Iterator[tuple[int, str, str]]:
    """Yield rows whose outcomes do not add up to the number of look-ups."""
    total = frame["n_found"] + frame["n_nothing"] + frame["n_bycatch"]
    for position in (total != frame["n_searches"]).to_numpy().nonzero()[0]:
        yield int(position), "n_searches", "is not the sum of n_found, n_nothing and n_bycatch."


WEBSITES = Table(
    name="websites",
    title="Official websites of Kommunen",
    description="One row per Kommune whose official website is known or plausible; none was visited. A Kommune without a row has no known website.",
    folder="raw",
    primary_key=("ags",),
    foreign_keys=(TO_REGISTER,),
    sources=(
        "german-gov-domains (Wikidata P856, 2020-10), CC0; matched by name and Land",
        _DESK,
        "risklayer/corona-landkreis-crawler, corona-zahlen-landkreis and OParl endpoints (2022-12): unverified hints",
    ),
    columns=(
        _ags(),
        Column("website", "string", "Address of the start page; not visited", required=True),
        Column(
            "source",
            "string",
            "Where the address comes from; for Wikidata with the step that matched the name (see catalogue.matching.HOW)",
            required=True,
        ),
        Column(
            "status", "string", "How well founded it is", required=True, categories=tuple(WEBSITE_STATUSES)
        ),
    ),
)
PROGRAMME_PARTICIPATION = Table(
    name="programme_participation",
    title="Kommunen named as participants of programmes",
    description="One row per Kommune and programme named in a public page. Far from complete: a Kommune without a row is not observed, not without a programme. Starts of Kommunale Integrationszentren are endogenous: a concept was their condition.",
    folder="raw",
    primary_key=("row_id",),
    foreign_keys=(TO_REGISTER,),
    checks=(_ends_after_start,),
    sources=(_DESK,),
    columns=(
        Column("row_id", "string", "Stable id: pp-<ags>-<nn>", required=True),
        _ags(),
        Column("name", "string", "Name of the Kommune", required=True),
        Column("programme", "string", "Programme as the coder named it", required=True),
        Column("start_year", "year", "First year of participation; missing if not stated", unit="year"),
        Column("end_year", "year", "Last year of participation; missing if not stated", unit="year"),
        Column("url", "string", "Address of the page", required=True),
        Column("evidence", "string", "Evidence in the coder's words", required=True),
    ),
)
PARTICIPATION = Table(
    name="participation",
    title="Participation of Kommunen in programmes",
    description="One row per Kommune and programme named in a public page, with the programme's code and, where it is listed, its row in programmes. Far from complete: no row is not no participation. Count programmes per Kommune by distinct programme_code; two pages may name the same.",
    primary_key=("row_id",),
    foreign_keys=(_TO_KOMMUNEN, _TO_PROGRAMMES),
    sources=(_DESK,),
    columns=(
        Column("row_id", "string", "Row of programme_participation", required=True),
        _ags(),
        Column("programme_code", "string", "Code of the programme", required=True),
        Column("programme", "string", "Programme as the coder named it", required=True),
        Column("start", "year", "First year of participation; missing if not stated", unit="year"),
        Column("end", "year", "Last year of participation; missing if not stated", unit="year"),
        Column(
            "state",
            "string",
            "Is participation evidenced, or an application only?",
            required=True,
            categories=tuple(PARTICIPATION_STATES),
        ),
        Column("programme_id", "string", "Row of programmes; empty where the programme is not listed there"),
        Column("link_reason", "string", "Why the row is linked to programmes, or why not", required=True),
        Column("source", "string", "Address of the page", required=True),
        Column("evidence", "string", "Evidence in the coder's words", required=True),
    ),
)
SEARCH_EFFORT = Table(
    name="search_effort",
    title="Search effort of the desk research per Kommune",
    description="One row per Kommune of the register: how often it was looked up on its own and what came of it. Nothing found is not absence; effort differs by Land and size and has to enter any analysis of detection.",
    primary_key=("ags",),
    foreign_keys=(_TO_KOMMUNEN,),
    checks=(_searches_add_up,),
    sources=("Desk research 2026-11: search log and documents",),
    columns=(
        _ags(),
        Column(
            "n_searches",
            "integer",
            "Look-ups of its own (logged under its key)",
            unit="look-ups",
            required=True,
            minimum=0,
        ),
        Column(
            "n_found",
            "integer",
            "Own look-ups logged as found",
            unit="look-ups",
            required=True,
            minimum=0,
        ),
        Column(
            "n_nothing",
            "integer",
            "Own look-ups without any find",
            unit="look-ups",
            required=True,
            minimum=0,
        ),
        Column(
            "n_bycatch",
            "integer",
            "Own look-ups that only brought finds for others",
            unit="look-ups",
            required=True,
            minimum=0,
        ),
        Column(
            "n_shared",
            "integer",
            "Own look-ups whose query names other Kommunen too",
            unit="look-ups",
            required=True,
            minimum=0,
        ),
        Column(
            "n_combined",
            "integer",
            "Look-ups logged under another Kommune that name this one too",
            unit="look-ups",
            required=True,
            minimum=0,
        ),
        Column(
            "n_documents",
            "integer",
            "Documents found (rows of the desk research without explicit negatives)",
            unit="documents",
            required=True,
            minimum=0,
        ),
        Column(
            "n_negatives",
            "integer",
            "Explicit statements that there is no concept (status kein_konzept)",
            unit="documents",
            required=True,
            minimum=0,
        ),
        Column("found", "boolean", "Was at least one document found?", required=True),
        Column(
            "outcome", "string", "Outcome of the search", required=True, categories=tuple(SEARCH_OUTCOMES)
        ),
        Column("batches", "string", "Batches of the search that touched the Kommune, separated by |"),
    ),
)
RAW_TABLES: dict[str, Table] = {table.name: table for table in (WEBSITES, PROGRAMME_PARTICIPATION)}
PROCESSED_TABLES: dict[str, Table] = {table.name: table for table in (PARTICIPATION, SEARCH_EFFORT)}
