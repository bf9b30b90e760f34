"""Declarations of what people have coded by hand, and of the key that belongs to a coding sheet."""

from __future__ import annotations

from collections.abc import Iterator
from typing import TYPE_CHECKING

from .core import Column, Table

if TYPE_CHECKING:
    import pandas as pd

REVIEW_FIELDS: dict[str, tuple[str, str]] = {
    "relevant": (
        "Ist es eine Fassung eines kommunalen Integrationsdokuments?",
        "is it a version of a municipal integration document?",
    ),
    "kind": ("Art des Dokuments", "kind of document"),
    "status": ("Status", "status"),
    "owner_level": ("Ebene des Trägers", "level of the owner"),
    "ags": ("amtlicher Schlüssel des Trägers", "official key of the owner"),
    "year": ("Jahr", "year"),
    "year_basis": ("worauf das Jahr beruht", "what the year rests on"),
    "version": ("erste Fassung oder Fortschreibung", "first version or update"),
    "target_group": ("um wen es geht", "whom it is about"),
    "themes": ("Themen", "themes"),
}
"""What can be coded by hand: column of `documents` (and `relevant`), with its meaning."""
COMMENT = "comment"
"""Value of the column field of a row that carries nothing but a remark."""
NONE = "kein"
"""Code for "none": no year stated, no theme, nothing said on the version. It is a coding, not a gap."""
_PROBABILITY = "Probability with which the document came into the sheet"


def _drawn(frame: pd.DataFrame) -> Iterator[tuple[int, str, str]]:
    """A document in a sheet has a chance above zero to be in it."""
    for position in frame.index[frame["inclusion_probability"] <= 0]:
        yield position, "inclusion_probability", "is zero, but the document was drawn."


REVIEW = Table(
    name="review",
    title="Codings by hand",
    description="One row per document, field, coder and day. Nothing is overwritten: a coder's changed mind is a row of a "
    "later day. What the machine said when the sheet was written stands beside it.",
    primary_key=("document_id", "field", "coder", "coded_on"),
    sources=("konzept_diffusion (CC BY 4.0)",),
    folder="raw",
    checks=(_drawn,),
    columns=(
        Column("document_id", "string", "Document, as in documents", required=True),
        Column(
            "field",
            "string",
            "What was coded; comment for a remark that stands alone",
            required=True,
            categories=(*REVIEW_FIELDS, COMMENT),
        ),
        Column("value", "string", f"Code given; {NONE} for none (no year stated)", required=True),
        Column("coder", "string", "Who coded, as a short name", required=True),
        Column("coded_on", "date", "Day of the coding", required=True),
        Column("comment", "string", "The coder's remark on the document"),
        Column("machine_value", "string", "Code of the machine when the sheet was written"),
        Column("machine_coder", "string", "Which machine, with version"),
        Column("sheet_id", "string", "Coding sheet", required=True),
        Column("blind", "boolean", "Was the machine's code hidden from the coder?", required=True),
        Column("stratum", "string", "Stratum of the sample", required=True),
        Column("inclusion_probability", "number", _PROBABILITY, required=True, minimum=0, maximum=1),
    ),
)
REVIEW_SHEETS = Table(
    name="review_sheets",
    title="Key of a coding sheet",
    description="One row per document and field of a coding sheet: what the machine said and how the document came into "
    "the sheet. The key stays with whoever hands the sheets out; a blind sheet does not show it.",
    primary_key=("sheet_id", "document_id", "field"),
    sources=("konzept_diffusion (CC BY 4.0)",),
    folder="raw",
    checks=(_drawn,),
    columns=(
        Column("sheet_id", "string", "Coding sheet", required=True),
        Column("document_id", "string", "Document, as in documents", required=True),
        Column("field", "string", "What is to be coded", required=True, categories=tuple(REVIEW_FIELDS)),
        Column("machine_value", "string", "Code of the machine"),
        Column("machine_coder", "string", "Which machine, with version"),
        Column("blind", "boolean", "Does the sheet hide the machine's codes?", required=True),
        Column("stratum", "string", "Stratum of the sample", required=True),
        Column("inclusion_probability", "number", _PROBABILITY, required=True, minimum=0, maximum=1),
    ),
)
