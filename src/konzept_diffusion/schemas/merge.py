"""Declarations of what merged crawls leave in `data/raw`: kept row by row, crawl by crawl, nothing overwritten.

The tables are optional: a folder of raw tables without them is one into which no crawl was merged.
"""

from __future__ import annotations

from dataclasses import replace

from . import crawl, processed, themes
from .core import Column, Table

CHANGES: dict[str, tuple[str, str]] = {
    "new": ("bisher nicht bekannt", "not known before"),
    "changed": (
        "bekannt, aber mit anderem Inhalt oder anders kodiert",
        "known, with other content or coded otherwise",
    ),
    "unchanged": ("bekannt und gleich", "known and the same"),
    "vanished": (
        "bekannt, in einer abgeschlossenen Suche nicht wieder gefunden",
        "known, not found again by a search that came to its end",
    ),
}
DECISIONS: dict[str, tuple[str, str]] = {
    "accepted": (
        "in den Katalog übernommen: sicher kodiert und ohne Widerspruch",
        "taken into the catalogue: coded with high confidence, contradicting nothing",
    ),
    "waits": ("wartet auf eine Kodierung von Hand", "waits for a code by hand"),
    "held": ("nichts zu entscheiden: steht schon im Katalog", "nothing to decide: held already"),
    "duplicate": (
        "dasselbe Dokument wie ein anderes dieses Crawls",
        "the same document as another of this crawl",
    ),
    "outside": ("Träger nicht im Register des Katalogs", "owner not in the catalogue's register"),
    "marked": ("nur vermerkt, nichts gelöscht", "noted only, nothing deleted"),
}
MATCHES: dict[str, tuple[str, str]] = {
    "document_id": ("gleiche Kennung (gleicher Text)", "same id (same text)"),
    "sha256": ("gleiche Datei", "same file"),
    "text": ("nahezu gleicher Text", "nearly the same text"),
    "url": ("gleiche Adresse", "same address"),
    "title": ("gleicher Titel, Träger, Art und Jahr", "same title, owner, kind and year"),
}
_SOURCES = ("konzept_diffusion scrape",)
_CRAWL_ID = Column(
    "crawl_id", "string", "Crawl: date of its end and begin of the digest of its result", required=True
)

CRAWLS = Table(
    name="crawls",
    title="Crawls that were merged",
    description="One row per merged crawl, in the order of merging. Rows of the other crawl tables count only if their crawl stands here: this file is written after them.",
    folder="raw",
    primary_key=("crawl_id",),
    sources=_SOURCES,
    columns=(
        _CRAWL_ID,
        Column("folder", "string", "Name of the crawl's output folder", required=True),
        Column("started_at", "string", "Begin of the first search (UTC, ISO 8601)"),
        Column("finished_at", "string", "End of the last search (UTC, ISO 8601)"),
        Column("coders", "string", "Coders with their versions, separated by |"),
        Column("kommunen", "integer", "Kommunen in the crawl", unit="Kommunen", required=True, minimum=0),
        Column(
            "searched",
            "integer",
            "Kommunen whose search came to its end",
            unit="Kommunen",
            required=True,
            minimum=0,
        ),
        Column("documents", "integer", "Rows of documents.csv", unit="documents", required=True, minimum=0),
        Column("documents_sha256", "string", "SHA-256 of documents.csv", required=True),
        Column("coverage_sha256", "string", "SHA-256 of coverage.csv", required=True),
    ),
)
CRAWL_COVERAGE = replace(
    crawl.COVERAGE,
    name="crawl_coverage",
    title="What the merged crawls could see",
    folder="raw",
    primary_key=("crawl_id", "ags"),
    columns=(_CRAWL_ID, *crawl.COVERAGE.columns),
)
CRAWL_DOCUMENTS = Table(
    name="crawl_documents",
    title="Documents of the merged crawls, as coded by machine",
    description="One row per document version and crawl that found it, or found it no more. Rows are added and never changed.",
    folder="raw",
    primary_key=("crawl_id", "document_id"),
    sources=_SOURCES,
    columns=(
        _CRAWL_ID,
        *processed.DOCUMENTS.columns,
        Column(
            "change",
            "string",
            "What the crawl says against what was held before",
            required=True,
            categories=tuple(CHANGES),
        ),
        Column("changed_fields", "string", "Columns that differ from the matched row, separated by |"),
        Column("matched_id", "string", "Document held before that it was matched with"),
        Column("matched_by", "string", "What the match rests on", categories=tuple(MATCHES)),
        Column("same_as", "string", "Document of the same crawl that this row repeats"),
        Column("decision", "string", "What became of the row", required=True, categories=tuple(DECISIONS)),
        Column("reasons", "string", "Why the row waits, separated by |"),
        Column(
            "text_sketch",
            "string",
            "Bottom-k sketch of the text's word 3-grams (hexadecimal): shows near-duplicates without the text",
        ),
    ),
)
REVIEW_QUEUE = Table(
    name="review_queue",
    title="Rows of merged crawls that wait for a human code",
    description="One row per document that is in the catalogue only after somebody has coded it. Made anew by every merge from crawl_documents and the human codes.",
    folder="raw",
    primary_key=("document_id",),
    sources=_SOURCES,
    columns=(
        Column("document_id", "string", "Document", required=True),
        _CRAWL_ID,
        Column("change", "string", "New or changed", required=True, categories=tuple(CHANGES)),
        Column("reasons", "string", "Why it waits, separated by |", required=True),
        Column("matched_id", "string", "Document held before that it was matched with"),
        *(
            processed.DOCUMENTS.column(name)
            for name in (
                "ags", "owner_level", "found_for", "title", "kind", "target_group", "status", "year", "year_basis",
                "version", "update_of", "url", "landing_url", "archive_ref", "evidence", "coder", "confidence",
            )
        ),
    ),
)  # fmt: skip
CRAWL_CAPTURES = replace(
    crawl.CAPTURES,
    name="crawl_captures",
    title="First captures of merged crawls' documents in web archives",
    description="One row per crawl, document and web archive that has a capture. Rows are added and never changed; only those of the very file (match is bytes) bound a year.",
    folder="raw",
    primary_key=("crawl_id", "document_id", "archive", "captured_at"),
    columns=(_CRAWL_ID, *crawl.CAPTURES.columns),
)
CRAWL_THEMES = replace(
    themes.DOCUMENT_THEMES,
    name="crawl_themes",
    title="Themes of the merged crawls' documents",
    description="One row per crawl, document whose text was read when that crawl was merged, and theme that it treats. Rows are added and never changed.",
    folder="raw",
    primary_key=("crawl_id", "document_id", "theme"),
    foreign_keys=(),
    columns=(_CRAWL_ID, *themes.DOCUMENT_THEMES.columns),
)
CRAWL_TYPES = replace(
    themes.DOCUMENT_TYPES,
    name="crawl_types",
    title="Coarse types of the merged crawls' documents",
    description="One row per crawl and document whose text was read when that crawl was merged. Rows are added and never changed.",
    folder="raw",
    primary_key=("crawl_id", "document_id"),
    foreign_keys=(),
    columns=(_CRAWL_ID, *themes.DOCUMENT_TYPES.columns),
)
TABLES: dict[str, Table] = {
    table.name: table
    for table in (
        CRAWLS,
        CRAWL_COVERAGE,
        CRAWL_DOCUMENTS,
        CRAWL_CAPTURES,
        CRAWL_THEMES,
        CRAWL_TYPES,
        REVIEW_QUEUE,
    )
}
"""Optional raw tables, by name."""
