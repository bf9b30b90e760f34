"""The table `documents`: every source brought into one shape, none mixed with another."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

import pandas as pd

from .. import keys
from ..schemas import processed

CODER_2017 = "filsinger_gesemann_2017"


def documents(
    anlage1: pd.DataFrame,
    fussnote14: pd.DataFrame,
    desk: pd.DataFrame,
    crawled: pd.DataFrame | None = None,
) -> pd.DataFrame:
    """Return the table `documents` (one row per document version) from the three raw tables.

    `crawled` are the rows that merged crawls have brought (`merging.crawled_documents`), if any.
    """
    parts = [from_anlage1(anlage1), from_fussnote14(fussnote14, anlage1), from_desk_research(desk)]
    if crawled is not None and len(crawled):
        parts.append(crawled)
    return _shaped(pd.concat(parts, ignore_index=True)).sort_values("document_id", ignore_index=True)


def from_anlage1(anlage1: pd.DataFrame) -> pd.DataFrame:
    """Return the documents of Anlage 1; what is arguable, in conflict or excepted is flagged."""
    return pd.DataFrame(
        {
            "document_id": anlage1["row_id"],
            "ags": [
                _owner(owner, city) for owner, city in zip(anlage1["owner_ags"], anlage1["ags"], strict=True)
            ],
            "owner_level": anlage1["owner_level"],
            "found_for": anlage1["ags"],
            "title": anlage1["title"],
            "kind": anlage1["kind"],
            "target_group": anlage1["target_group"],
            "status": anlage1["status"],
            "year": anlage1["year"],
            "year_basis": anlage1["year_basis"],
            "discovered_by": "survey_2017",
            "evidence": "Anlage 1: "
            + anlage1["city_printed"]
            + " ("
            + anlage1["year_printed"].fillna("ohne Jahr")
            + ")",
            "source": "anlage1_2017",
            "coder": CODER_2017,
            "confidence": anlage1["judgement"].isna().map({True: "hoch", False: "mittel"}),
            "flag": [
                _joined(
                    "footnote14" if not pd.isna(fn14) else None,
                    None if pd.isna(about) else "judgement_year" if about == "jahr" else "judgement",
                    "survey_listing" if listing else None,
                    "conflict" if not pd.isna(conflict) else None,
                )
                for fn14, about, listing, conflict in zip(
                    anlage1["footnote14"],
                    anlage1["judgement_about"],
                    anlage1["survey_listing"],
                    anlage1["conflict"],
                    strict=True,
                )
            ],
            "note": [
                _joined(*values, separator=" ")
                for values in zip(anlage1["judgement"], anlage1["conflict"], anlage1["note"], strict=True)
            ],
        }
    )


def from_fussnote14(fussnote14: pd.DataFrame, anlage1: pd.DataFrame) -> pd.DataFrame:
    """Return the documents that only footnote 14 names; what Anlage 1 lists too is left to Anlage 1."""
    listed = set(zip(anlage1["owner_ags"], anlage1["kind"], anlage1["year"], strict=True))
    rows = fussnote14[fussnote14["evidence_title"].notna() & fussnote14["evidence_owner_ags"].notna()]
    repeated = [
        (owner, kind, year) in listed
        for owner, kind, year in zip(
            rows["evidence_owner_ags"], rows["evidence_kind"], rows["evidence_year"], strict=True
        )
    ]
    rows = rows[[not value for value in repeated]]
    return pd.DataFrame(
        {
            "document_id": "fn14-" + rows["ags"] + "-01",
            "ags": rows["evidence_owner_ags"],
            "owner_level": rows["evidence_owner_level"],
            "found_for": rows["ags"],
            "title": rows["evidence_title"],
            "kind": rows["evidence_kind"],
            "target_group": "allgemein",
            "status": rows["evidence_status"],
            "year": rows["evidence_year"],
            "year_basis": rows["evidence_year_basis"],
            "discovered_by": "survey_2017",
            "evidence": "Fußnote 14",
            "source": "fussnote14_2017",
            "coder": CODER_2017,
            "confidence": "hoch",
            "flag": "footnote14",
            "note": rows["note"],
        }
    )


def from_desk_research(desk: pd.DataFrame) -> pd.DataFrame:
    """Return the documents of the desk research; explicit negatives stay rows with status kein_konzept."""
    return pd.DataFrame(
        {
            "document_id": desk["row_id"],
            "ags": desk["ags"],
            "owner_level": desk["ags"].map(lambda key: "kreis" if keys.level(key) == "kreis" else "stadt"),
            "found_for": desk["ags"],
            "title": desk["title"],
            "kind": desk["kind"],
            "target_group": (desk["kind"] == "fluechtlingskonzept").map(
                {True: "fluechtlinge", False: "allgemein"}
            ),
            "status": desk["status"],
            "year": desk["year"],
            "year_basis": desk["year_basis"],
            "version": desk["event"],
            "update_of": desk["update_of_year"].astype("str").where(desk["update_of_year"].notna()),
            "landing_url": desk["url"],
            "retrieved_at": desk["retrieved"],
            "discovered_by": "desk_research_" + desk["source_type"],
            "evidence": desk["evidence"],
            "source": "desk_research",
            "coder": desk["coder"],
            "confidence": desk["confidence"],
        }
    )


def _owner(owner: str, city: str) -> str:
    """Return the owner's key; a Land that is a city (Berlin, Hamburg, Bremen) is that city."""
    if keys.level(owner) != "land":
        return owner
    return keys.CITY_STATES.get(owner, city)


def _joined(*values: Any, separator: str = "|") -> str | None:
    """Return the values that are there, joined; None if there is none."""
    return separator.join(str(value) for value in values if value is not None and not pd.isna(value)) or None


def _shaped(frame: pd.DataFrame) -> pd.DataFrame:
    """Return `frame` with all declared columns of `documents`, missing ones empty."""
    make: Callable[[str], pd.Series] = lambda name: (  # noqa: E731
        frame[name] if name in frame else pd.Series([None] * len(frame), index=frame.index, dtype=object)
    )
    return pd.DataFrame({column.name: make(column.name) for column in processed.DOCUMENTS.columns})
