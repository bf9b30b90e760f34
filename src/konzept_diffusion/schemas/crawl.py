"""Declarations of what a crawl writes into its output folder beside documents.csv."""

from __future__ import annotations

from .. import keys
from . import vocabulary as voc
from .core import Column, Table

REGISTER_KINDS = ("stadt", *voc.KOMMUNE_KINDS)
"""Kinds that a register may use: those of the study, and "stadt" for a town of either status."""
COVERAGE_STATUSES = (
    "searched",
    "budget",
    "no_website",
    "unreachable",
    "blocked",
    "robots",
    "private",
    "error",
)
"""Codes of `scrape.reports.STATUSES`, which gives their meaning (a test keeps the two alike)."""
ARCHIVES: dict[str, tuple[str, str]] = {
    "wayback": ("Wayback Machine des Internet Archive", "Wayback Machine of the Internet Archive"),
    "commoncrawl": ("Common Crawl", "Common Crawl"),
}
_SOURCES = ("konzept_diffusion scrape",)
_LEVELS: tuple[keys.Level, ...] = ("gemeinde", "kreis")

COVERAGE = Table(
    name="coverage",
    title="What a crawl could see",
    description="One row per Kommune. 'Not found after N requests' is a result; 'has none' is not something a crawl can say.",
    primary_key=("ags",),
    sources=_SOURCES,
    folder="crawl",
    columns=(
        Column("ags", "key", "Official key: Gemeinde 8, Landkreis 5 digits", required=True, level=_LEVELS),
        Column("name", "string", "Name, as in the register", required=True),
        Column("kind", "string", "Kind, as in the register", required=True, categories=REGISTER_KINDS),
        Column("land", "key", "Land", required=True, level=("land",)),
        Column("website", "string", "Website, as in the register; empty if it names none"),
        Column("status", "string", "How the search ended", required=True, categories=COVERAGE_STATUSES),
        Column("detail", "string", "More on the status, in one sentence"),
        Column(
            "requests",
            "integer",
            "Requests that counted (robots.txt not)",
            unit="requests",
            required=True,
            minimum=0,
        ),
        Column(
            "documents",
            "integer",
            "Document versions found on its sites, each once: rows of documents.csv (where it may stand as found for another Kommune too) and of unresolved.csv",
            unit="documents",
            required=True,
            minimum=0,
        ),
        Column("strategies", "string", "Strategies tried, in order, separated by |"),
        Column("systems", "string", "Council information systems seen, separated by |"),
        Column(
            "unseen", "string", "Promising addresses that were not asked for, separated by | (at most 20)"
        ),
        Column("hosts", "string", "Hosts asked, separated by |"),
        Column("started_at", "string", "Begin of the search (UTC, ISO 8601)"),
        Column("finished_at", "string", "End of the search (UTC, ISO 8601)"),
    ),
)
UNRESOLVED = Table(
    name="unresolved",
    title="Documents found that are no row of documents.csv",
    description="One row per document version that cannot be a row of documents.csv, mostly because its owner is no Kommune or could not be told, with the reason.",
    primary_key=("found_for", "url"),
    sources=_SOURCES,
    folder="crawl",
    columns=(
        Column("found_for", "key", "Kommune on whose site it was found", required=True, level=_LEVELS),
        Column("url", "string", "Address", required=True),
        Column("reason", "string", "Why it is no row of documents.csv", required=True),
        Column("title", "string", "Title"),
        Column("kind", "string", "Kind as coded"),
        Column("status", "string", "Status as coded"),
        Column("year", "string", "Year as coded"),
        Column("year_basis", "string", "What the year rests on"),
        Column("owner_level", "string", "Level of the owner as coded"),
        Column("owner_ags", "string", "Key of the owner as coded"),
        Column("owner_name", "string", "Name of the owner as coded"),
        Column("landing_url", "string", "Address of the page that speaks of it"),
        Column("media_type", "string", "Media type"),
        Column("sha256", "string", "SHA-256 of the file"),
        Column("archive_ref", "string", "WARC record"),
        Column("retrieved_at", "string", "Time of retrieval"),
        Column("evidence", "string", "Evidence"),
        Column("coder", "string", "Who coded it"),
    ),
)
CAPTURES = Table(
    name="captures",
    title="First captures in web archives",
    description="One row per document and web archive asked. A first capture says that the file existed by then: an upper bound of its year, never the year itself; the column match says of what.",
    primary_key=("document_id", "archive"),
    sources=("Internet Archive, Wayback CDX Server", "Common Crawl, URL index"),
    folder="crawl",
    columns=(
        Column("document_id", "string", "Document, as in documents.csv", required=True),
        Column("url", "string", "Address asked for", required=True),
        Column("archive", "string", "Web archive", required=True, categories=tuple(ARCHIVES)),
        Column(
            "match",
            "string",
            "bytes: a capture of this very file, a bound for this version; address: of whatever lay at the address then, perhaps an earlier version; empty if there is none",
            categories=("bytes", "address"),
        ),
        Column("captured_at", "string", "Time of the first capture (UTC, ISO 8601); empty if there is none"),
        Column("year", "year", "Year of the first capture: the document existed by then", unit="year"),
        Column("year_basis", "string", "What the year rests on", categories=("spaetestens",)),
        Column("capture_url", "string", "Address of the capture"),
        Column("digest", "string", "Digest of the captured payload, as the archive gives it"),
    ),
)
TABLES: dict[str, Table] = {table.name: table for table in (COVERAGE, UNRESOLVED, CAPTURES)}
"""What a crawl writes beside documents.csv, which is the table `documents`."""
