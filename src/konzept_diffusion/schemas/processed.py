"""Declarations of the built tables in `data/processed`: what `konzept_diffusion.load` returns."""

from __future__ import annotations

from dataclasses import replace

from .. import keys
from . import completeness, crawl, geography, indicators, official, raw, register, themes
from . import vocabulary as voc
from .core import Column, ForeignKey, Table

_AGS_LEVELS: tuple[keys.Level, ...] = ("gemeinde", "kreis")
_TO_KOMMUNEN = ForeignKey(("ags",), "kommunen", ("ags",))
_OWN = "konzept_diffusion (CC BY 4.0)"


def _ags(description: str = "Official key of the Kommune: Gemeinde 8, Landkreis 5 digits") -> Column:
    return Column("ags", "key", description, required=True, level=_AGS_LEVELS)


KOMMUNEN = Table(
    name="kommunen",
    title="Kommunen of the study",
    description="Großstädte, Mittelstädte and Landkreise at 31.12.2017, and smaller towns that the desk research covers. "
    "The size class follows the population of 31.12.2015 (interpolated from official figures of 2013 and 2017); the "
    "79 Großstädte are those of the survey of 2017.",
    primary_key=("ags",),
    foreign_keys=(),
    sources=official.REGISTER.sources,
    licence=official.REGISTER.licence,
    columns=(
        _ags(),
        Column("name", "string", "Official name", required=True),
        Column("kind", "string", "Kind of Kommune", required=True, categories=tuple(voc.KOMMUNE_KINDS)),
        Column("land", "key", "Two-digit key of the Land", required=True, level=("land",)),
        Column("land_name", "string", "Name of the Land", required=True),
        Column("kreis", "key", "Five-digit key of the Kreis", required=True, level=("kreis",)),
        Column("kreis_name", "string", "Name of the Kreis", required=True),
        Column(
            "size_class",
            "string",
            "Size class of 31.12.2015",
            required=True,
            categories=tuple(voc.SIZE_CLASSES),
        ),
        Column(
            "size_class_basis",
            "string",
            "What the size class rests on",
            required=True,
            categories=("survey_2017", "population_2015", "population_2017", "kind"),
        ),
        Column(
            "size_class_2017",
            "string",
            "Size class by the official population of 31.12.2017",
            required=True,
            categories=tuple(voc.SIZE_CLASSES),
        ),
        Column(
            "study_population",
            "string",
            "Population of the survey of 2017 that it belongs to: Großstädte, Mittelstädte with town rights at 31.12.2015, Landkreise; empty for others",
            categories=tuple(voc.STUDY_POPULATIONS),
        ),
        Column("population", "integer", "Population 31.12.2017", unit="persons", required=True, minimum=0),
        Column(
            "population_2015",
            "integer",
            "Population 31.12.2015, interpolated linearly between 2013 and 2017",
            unit="persons",
            minimum=0,
        ),
        Column("area_km2", "number", "Area", unit="km²", minimum=0),
        Column(
            "lat", "number", "Latitude (WGS84); for Landkreise a population-weighted point", unit="degrees"
        ),
        Column(
            "lon", "number", "Longitude (WGS84); for Landkreise a population-weighted point", unit="degrees"
        ),
        Column("website", "string", "Official website; empty where unknown"),
        Column("website_source", "string", "Where the website comes from"),
        Column(
            "website_status",
            "string",
            "How sure the website is; none was visited",
            categories=tuple(register.WEBSITE_STATUSES),
        ),
        Column("gebietsstand", "date", "Territorial status", required=True),
    ),
)
STATISTICS = indicators.STATISTICS
DOCUMENTS = Table(
    name="documents",
    title="Catalogue of documents",
    description="One row per document version. Sources never mix silently: the column source tells which fact rests on what.",
    primary_key=("document_id",),
    foreign_keys=(_TO_KOMMUNEN, ForeignKey(("found_for",), "kommunen", ("ags",))),
    sources=(*raw.ANLAGE1.sources, *raw.FUSSNOTE14.sources, *raw.DESK.sources),
    columns=(
        Column("document_id", "string", "Stable id", required=True),
        _ags("Owner. The documents of Berlin, Hamburg and the Land Bremen are the city's"),
        Column("owner_level", "string", "Level of the owner", required=True, categories=voc.OWNER_LEVELS),
        Column(
            "found_for",
            "key",
            "Kommune in whose entry or site it was found",
            required=True,
            level=_AGS_LEVELS,
        ),
        Column("title", "string", "Title"),
        Column("kind", "string", "Kind", required=True, categories=tuple(voc.DOCUMENT_KINDS)),
        Column(
            "target_group", "string", "Whom it is about", required=True, categories=tuple(voc.TARGET_GROUPS)
        ),
        Column("status", "string", "Status", required=True, categories=tuple(voc.STATUSES)),
        Column("year", "year", "Year; its meaning follows year_basis", unit="year"),
        Column(
            "year_basis", "string", "What the year rests on", required=True, categories=tuple(voc.YEAR_BASES)
        ),
        Column(
            "version",
            "string",
            "First version seen, update, or unclear; empty where the source does not say",
            categories=("first", "update", "unclear"),
        ),
        Column(
            "update_of", "string", "document_id of the version that it updates, or the year of it as text"
        ),
        Column("url", "string", "Address of the document"),
        Column("landing_url", "string", "Address of the page that speaks of it"),
        Column("media_type", "string", "Media type"),
        Column("sha256", "string", "SHA-256 of the file"),
        Column("archive_ref", "string", "WARC record"),
        Column(
            "text_status",
            "string",
            "State of the text",
            categories=voc.TEXT_STATUSES,
        ),
        Column("tdm", "boolean", "Was a text-and-data-mining reservation seen?"),
        Column("retrieved_at", "string", "Date or time of retrieval"),
        Column("discovered_by", "string", "How it was found", required=True),
        Column("evidence", "string", "Evidence"),
        Column("themes", "string", "Themes, separated by |"),
        Column(
            "source", "string", "Source of the row", required=True, categories=tuple(voc.DOCUMENT_SOURCES)
        ),
        Column("coder", "string", "Who coded it", required=True),
        Column("confidence", "string", "Confidence", required=True, categories=voc.CONFIDENCES),
        Column(
            "flag",
            "string",
            "judgement (arguable coding), judgement_year (only the year is arguable), survey_listing (coding rests on the survey's own count), conflict (sources disagree), footnote14 (city excepted by footnote 14), vanished (a later crawl did not find it again), captured_earlier (a web archive has captured this very file before its coded year); separated by |",
        ),
        Column("note", "string", "Note"),
    ),
)
EVENTS = Table(
    name="events",
    title="Adoption events",
    description="One row per adoption event, by the named coding rule and separately by source.",
    primary_key=("ags", "event", "source", "document_ids"),
    foreign_keys=(_TO_KOMMUNEN,),
    sources=DOCUMENTS.sources,
    columns=(
        _ags(),
        Column("event", "string", "Event", required=True, categories=tuple(voc.EVENTS)),
        Column("year", "year", "Year; missing if only a bound is known", unit="year"),
        Column("year_lower", "year", "First possible year; missing if not known", unit="year"),
        Column("year_upper", "year", "Last possible year", unit="year"),
        Column("document_ids", "string", "Documents behind the event, separated by |", required=True),
        Column("rule", "string", "Coding rule (name of the function)", required=True),
        Column(
            "source",
            "string",
            "Source; beifang_2017: Landkreise named in passing",
            required=True,
            categories=tuple(voc.EVENT_SOURCES),
        ),
    ),
)
PANEL = Table(
    name="panel",
    title="Risk set of the Großstädte, 1996 to 2017",
    description="One row per city and year at risk of its first adoption: every city enters in 1996 and leaves with its "
    "first adoption or at the end of 2017. Population, foreigners share and exposure are those of the end of the year "
    "before; the programme is that of the year itself.",
    primary_key=("ags", "year"),
    foreign_keys=(_TO_KOMMUNEN,),
    sources=(*EVENTS.sources, *STATISTICS.sources, *official.ADJACENCY.sources),
    columns=(
        _ags(),
        Column("year", "year", "Year", unit="year", required=True),
        Column("land", "key", "Land", required=True, level=("land",)),
        Column("at_risk", "boolean", "Is the city at risk in this year?", required=True),
        Column(
            "adopt",
            "integer",
            "1 in the year of the first adoption, else 0",
            required=True,
            minimum=0,
            maximum=1,
        ),
        Column("duration", "integer", "Years since 1995", unit="years", required=True, minimum=1),
        Column(
            "population_lag",
            "number",
            "Population at the end of the year before",
            unit="persons",
            required=True,
            minimum=1,
        ),
        Column("log_population", "number", "Natural logarithm of population_lag", required=True),
        Column(
            "foreign_share_lag",
            "number",
            "Foreigners share at the end of the year before",
            unit="percent",
            required=True,
            minimum=0,
            maximum=100,
        ),
        Column(
            "census_break",
            "integer",
            "1 if the lagged share lies after the break of 2010/2011: a term of time, the same for all cities",
            required=True,
            minimum=0,
            maximum=1,
        ),
        Column("east", "integer", "1 for the eastern Länder and Berlin", required=True, minimum=0, maximum=1),
        Column(
            "exposure_land",
            "number",
            "Share of the other Großstädte of the Land with a concept by the year before; 0 where there are none",
            minimum=0,
            maximum=1,
            required=True,
        ),
        Column("n_land", "integer", "Number of other Großstädte in the Land", required=True, minimum=0),
        Column(
            "exposure_neighbours",
            "number",
            "Share of the Großstädte in the same or a neighbouring Kreis with a concept by the year before; 0 where there are none",
            minimum=0,
            maximum=1,
            required=True,
        ),
        Column(
            "n_neighbours",
            "integer",
            "Number of Großstädte in the same or a neighbouring Kreis",
            required=True,
            minimum=0,
        ),
        Column(
            "exposure_kreis",
            "integer",
            "1 if the own Kreis had a concept by the year before: earliest evidence of all sources, upper bounds included, hence rather late than early; missing for kreisfreie Städte",
            minimum=0,
            maximum=1,
        ),
        Column(
            "exposure_national",
            "number",
            "Share of the other Großstädte with a concept by the year before",
            minimum=0,
            maximum=1,
            required=True,
        ),
        Column(
            "programme",
            "integer",
            "1 if a Land programme or law that promotes municipal concepts is in force",
            required=True,
            minimum=0,
            maximum=1,
        ),
        Column("programme_ids", "string", "Which, separated by |"),
    ),
)
MONITORING = replace(raw.DIFU, name="monitoring", folder="processed", foreign_keys=(_TO_KOMMUNEN,))
PROGRAMMES = replace(raw.PROGRAMMES, folder="processed")
PUBLISHED = replace(raw.PUBLISHED, folder="processed")
SEARCH_LOG = replace(raw.DESK_LOG, name="search_log", folder="processed", foreign_keys=(_TO_KOMMUNEN,))
EARLY = replace(raw.EARLY, folder="processed")
ADJACENCY_GEMEINDEN = replace(
    geography.ADJACENCY_GEMEINDEN,
    folder="processed",
    foreign_keys=(ForeignKey(("ags_a",), "kommunen", ("ags",)), ForeignKey(("ags_b",), "kommunen", ("ags",))),
)
ADJACENCY = replace(official.ADJACENCY, name="adjacency", folder="processed")
COVERAGE = replace(
    crawl.COVERAGE,
    description="One row per merged crawl and Kommune; none before a crawl was merged. 'Not found after N requests' is a result; 'has none' is not something a crawl can say.",
    folder="processed",
    primary_key=("crawl_id", "ags"),
    columns=(
        Column(
            "crawl_id",
            "string",
            "Crawl: date of its end and begin of the digest of its result",
            required=True,
        ),
        *crawl.COVERAGE.columns,
    ),
)

TABLES: dict[str, Table] = {
    table.name: table
    for table in (
        KOMMUNEN,
        STATISTICS,
        PROGRAMMES,
        DOCUMENTS,
        EVENTS,
        EARLY,
        PANEL,
        PUBLISHED,
        MONITORING,
        SEARCH_LOG,
        register.SEARCH_EFFORT,
        register.PARTICIPATION,
        ADJACENCY,
        ADJACENCY_GEMEINDEN,
        *completeness.TABLES.values(),
        COVERAGE,
        *themes.PROCESSED_TABLES.values(),
    )
}
