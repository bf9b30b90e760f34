"""Chains of versions: which document updates which, and which draft became which final document.

A chain holds the versions of one kind of document (concept, Leitbild, report, ...) of one owner within one source.
Whether a Leitbild followed by a concept counts as an update is a question of events, not of documents.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence

import pandas as pd

from .dedup import FINAL_STATUSES, OPEN_STATUSES, Record, records, resemblance

DRAFT_LEAD = 2
"""Years that a draft may precede the final document it became."""
RELATED = 0.5
"""Resemblance from which a draft and a final document of unknown distance in time belong together."""
COLUMNS = ("document_id", "chain", "position", "relation", "predecessor", "basis")


def version_chains(documents: pd.DataFrame, sketches: Mapping[str, str] | None = None) -> pd.DataFrame:
    """Return the place of every document in its chain of versions.

    Parameters
    ----------
    documents
        Table `documents`, duplicates left out (`dedup.duplicates`). What is no document (status kein_konzept) is
        passed over.
    sketches
        Sketches of the texts by document_id, as far as there are any: they join drafts without a year to
        their final document.

    Returns
    -------
    pandas.DataFrame
        One row per document, sorted by chain and position: document_id; chain (id of its first version); position
        (from 1 by year; drafts bear that of their final document, undated documents none); relation (first,
        update, draft, undated); predecessor (the version it updates; of a draft, the final document it became);
        basis (stated: the document names the year of the version it updates; order: by years; text or years:
        what joins draft and final document). A second document of a year updates what the first one updates.
    """
    rows: list[tuple[object, ...]] = []
    real = documents[documents["status"] != "kein_konzept"]
    stated = pd.to_numeric(real["update_of"], errors="coerce")
    years = {name: int(year) for name, year in zip(real["document_id"], stated, strict=True) if year == year}
    sources = dict(zip(real["document_id"], real["source"], strict=True))
    groups: dict[tuple[str, str, str], list[Record]] = {}
    for record in records(real, sketches or {}):
        groups.setdefault((record.ags, sources[record.document_id], record.kind), []).append(record)
    for _, members in sorted(groups.items()):
        rows += _chain(members, years)
    table = pd.DataFrame(rows, columns=list(COLUMNS))
    return table.astype({"position": "Int64"}).sort_values(
        ["chain", "position", "document_id"], ignore_index=True, na_position="last"
    )


def _chain(members: Sequence[Record], stated: Mapping[str, int]) -> list[tuple[object, ...]]:
    ordered = sorted(members, key=lambda record: (record.year or 0, record.document_id))
    drafts = {
        record.document_id: final
        for record in ordered
        if record.status in OPEN_STATUSES and (final := _final(record, ordered))
    }
    dated = [record for record in ordered if record.year is not None and record.document_id not in drafts]
    chain = (dated or ordered)[0].document_id
    positions = {
        year: place for place, year in enumerate(sorted({record.year for record in dated if record.year}), 1)
    }
    rows: list[tuple[object, ...]] = []
    for record in ordered:
        name = record.document_id
        if name in drafts:
            became, why = drafts[name]
            place = positions.get(became.year) if became.year else None
            rows.append((name, chain, place, "draft", became.document_id, why))
        elif record.year is None:
            rows.append((name, chain, None, "undated", None, None))
        else:
            before, basis = _predecessor(record, dated, stated.get(name))
            relation = "update" if before or name in stated else "first"
            rows.append((name, chain, positions[record.year], relation, before, basis))
    return rows


def _final(draft: Record, members: Sequence[Record]) -> tuple[Record, str] | None:
    """Return the finished document that a draft became, and what says so: the text, else the years."""
    finals = [record for record in members if record.status in FINAL_STATUSES]
    later = [
        record
        for record in finals
        if draft.year is None or record.year is None or 0 <= record.year - draft.year <= DRAFT_LEAD
    ]
    alike = [(resemblance(draft.sketch, record.sketch) or 0.0, record) for record in later]
    best = max(alike, key=lambda pair: (pair[0], pair[1].document_id), default=None)
    if best is not None and best[0] >= RELATED:
        return best[1], "text"
    near = [record for record in later if draft.year is not None and record.year is not None]
    return (near[0], "years") if near else None


def _predecessor(record: Record, dated: Sequence[Record], named: int | None) -> tuple[str | None, str | None]:
    """Return the version that a dated one updates, and the basis; a stated year that we do not hold stays open."""
    finished = [item for item in dated if item.status not in OPEN_STATUSES]
    if named is not None:
        held = [item for item in finished if item.year == named]
        return (held[-1].document_id, "stated") if held else (None, "stated")
    assert record.year is not None
    earlier = [item for item in finished if item.year is not None and item.year < record.year]
    return (earlier[-1].document_id, "order") if earlier else (None, None)
