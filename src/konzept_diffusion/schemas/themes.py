"""Declarations of what the coding of themes and types gives, and the codes it may use."""

from __future__ import annotations

from collections.abc import Iterator
from typing import TYPE_CHECKING

from .core import Column, ForeignKey, Table

if TYPE_CHECKING:
    import pandas as pd

THEMES = (
    "sprache",
    "bildung",
    "arbeit",
    "gesundheit",
    "soziales",
    "wohnen",
    "quartier",
    "teilhabe",
    "oeffnung",
    "engagement",
    "migrantenorganisationen",
    "sport",
    "kultur_religion",
    "kinder_familie",
    "frauen_gender",
    "alter",
    "sicherheit",
    "antidiskriminierung",
    "flucht",
    "zuwanderung_eu",
    "recht",
    "umwelt",
    "monitoring",
)
"""Codes of scraper/themes.yml, which gives labels, terms and reasons (reading it checks that both agree)."""
BASES: dict[str, tuple[str, str]] = {
    "heading": ("eigene Überschrift", "a heading of its own"),
    "passage": ("nur in Abschnitten behandelt", "treated in passages only"),
}
TYPES = ("klassisch", "diversitaet", "postmigrantisch")
"""The coarse types of Filsinger/Gesemann 2017, section 3.2; labels and terms in scraper/themes.yml."""
UNDECIDED = "unbestimmt"
"""Type of a text with too little to tell it by."""
_SOURCES = (
    "konzept_diffusion.documents; code list in scraper/themes.yml after Filsinger/Gesemann 2017, Abbildungen 3 and 8",
)
_TO_DOCUMENTS = ForeignKey(("document_id",), "documents", ("document_id",))


def _position_in_order(frame: pd.DataFrame) -> Iterator[tuple[int, str, str]]:
    wrong = frame["position_end"] < frame["position_start"]
    for row in wrong[wrong].index:
        yield int(row), "position_end", "is before position_start."


def _scores_are_shares(frame: pd.DataFrame) -> Iterator[tuple[int, str, str]]:
    """Scores are shares: they sum to 1, or are all 0 where nothing was found."""
    for row, total in enumerate(frame[[f"score_{name}" for name in TYPES]].sum(axis=1)):
        if total and abs(total - 1) > 1e-3:
            yield row, f"score_{TYPES[0]}", f"the three scores sum to {total:g}, not to 1."


DOCUMENT_THEMES = Table(
    name="document_themes",
    title="Themes of documents",
    description="One row per document version and theme that it treats, with the passage that shows it. A theme without a row is not treated, or only in passing.",
    primary_key=("document_id", "theme"),
    foreign_keys=(_TO_DOCUMENTS,),
    sources=_SOURCES,
    checks=(_position_in_order,),
    columns=(
        Column("document_id", "string", "Document, as in documents", required=True),
        Column("theme", "string", "Theme (docs/themes.md)", required=True, categories=THEMES),
        Column("basis", "string", "What shows the theme", required=True, categories=tuple(BASES)),
        Column(
            "passages",
            "integer",
            "Passages that treat the theme",
            unit="passages",
            required=True,
            minimum=0,
        ),
        Column(
            "share",
            "number",
            "Share of these among all passages",
            unit="share",
            required=True,
            minimum=0,
            maximum=1,
        ),
        Column(
            "terms",
            "string",
            "Terms of scraper/themes.yml found in these passages (in the heading where there are none), commonest first, at most 8, separated by |",
        ),
        Column("evidence", "string", "Heading or passage, quoted", required=True),
        Column(
            "position_start",
            "integer",
            "Begin of the heading or of the find in the clean text; equal to position_end where the heading is not in the text",
            unit="characters",
            required=True,
            minimum=0,
        ),
        Column(
            "position_end",
            "integer",
            "End of it (exclusive)",
            unit="characters",
            required=True,
            minimum=0,
        ),
        Column("codebook", "string", "Version of scraper/themes.yml", required=True),
    ),
)
DOCUMENT_TYPES = Table(
    name="document_types",
    title="Coarse types of documents",
    description="One row per document version: the scores of the three types, the type that leads, by how much, and the cluster beside it. The line between the types is not sharp: small margins say where.",
    primary_key=("document_id",),
    foreign_keys=(_TO_DOCUMENTS,),
    sources=_SOURCES,
    checks=(_scores_are_shares,),
    columns=(
        Column("document_id", "string", "Document, as in documents", required=True),
        *(
            Column(
                f"score_{name}",
                "number",
                f"Score of the type {name} as a share of all three",
                unit="share",
                required=True,
                minimum=0,
                maximum=1,
            )
            for name in TYPES
        ),
        Column(
            "type",
            "string",
            "Type with the highest score; unbestimmt where there is too little to tell it by",
            required=True,
            categories=(*TYPES, UNDECIDED),
        ),
        Column(
            "margin",
            "number",
            "Lead of the first over the second",
            unit="share",
            required=True,
            minimum=0,
            maximum=1,
        ),
        Column(
            "cluster",
            "integer",
            "Cluster of the words of the text (k-means); the number has no meaning of its own; empty where nothing was clustered",
            minimum=0,
        ),
        Column("evidence", "string", "The passages that speak most for the type, quoted, separated by |"),
        Column("codebook", "string", "Version of scraper/themes.yml", required=True),
    ),
)
PROCESSED_TABLES: dict[str, Table] = {table.name: table for table in (DOCUMENT_THEMES, DOCUMENT_TYPES)}
