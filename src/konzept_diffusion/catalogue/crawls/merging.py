"""Merged crawls and human codes: what of them is in the catalogue, and what waits.

The raw tables only grow. What holds now is read from them anew each time: the last accepted coding of every
document, a person's codes above the machine's, a mark where a later crawl did not find it again.
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from dataclasses import dataclass, field, replace
from pathlib import Path
from typing import Any

import pandas as pd

from ...schemas import core
from ...schemas.merge import CRAWLS, REVIEW_QUEUE, TABLES
from ...schemas.processed import DOCUMENTS
from ...schemas.review import NONE
from ..review.codings import by_unit, standing
from ..review.fields import NO, YES
from .bounds import bounded, capture_bounds, first_bound

CODING_DECISIONS = ("accepted", "waits")
"""Decisions of rows that carry a coding of their own; the others refer to one."""
VANISHED = "vanished"
"""Flag of a document that the last crawl which could have seen it did not find again."""


@dataclass(frozen=True)
class Merged:
    """The raw tables of merged crawls."""

    crawls: pd.DataFrame
    coverage: pd.DataFrame
    documents: pd.DataFrame
    captures: pd.DataFrame
    themes: pd.DataFrame
    types: pd.DataFrame

    def with_crawl(self, provenance: pd.DataFrame, coverage: pd.DataFrame, documents: pd.DataFrame) -> Merged:
        """Return these tables with the rows of one more crawl behind them."""
        return replace(
            self,
            crawls=_appended(self.crawls, provenance, CRAWLS),
            coverage=_appended(self.coverage, coverage, TABLES["crawl_coverage"]),
            documents=_appended(self.documents, documents, TABLES["crawl_documents"]),
        )

    def with_readings(self, crawl_id: str, themes: pd.DataFrame, types: pd.DataFrame) -> Merged:
        """Return these tables with the themes and types of one more crawl's texts behind them."""
        return replace(
            self,
            themes=_appended(self.themes, themes.assign(crawl_id=crawl_id), TABLES["crawl_themes"]),
            types=_appended(self.types, types.assign(crawl_id=crawl_id), TABLES["crawl_types"]),
        )

    def with_captures(self, crawl_id: str, captures: pd.DataFrame) -> Merged:
        """Return these tables with those captures of a crawl behind them that are not held yet."""
        table = TABLES["crawl_captures"]
        rows = captures[captures["captured_at"].notna()].assign(crawl_id=crawl_id)
        key = list(table.primary_key)
        held = set(self.captures[key].itertuples(index=False, name=None))
        known = [values in held for values in rows[key].itertuples(index=False, name=None)]
        fresh = rows[~pd.Series(known, index=rows.index, dtype=bool)]
        return replace(self, captures=_appended(self.captures, fresh, table))


@dataclass(slots=True)
class Entry:
    """What merged crawls say of one document.

    Attributes
    ----------
    latest
        Its last coding by machine, whether it waits or not.
    accepted
        Its last accepted coding, if there is one.
    vanished_in
        Crawl that last looked for it and did not find it; empty if it was found.
    also_at
        Further addresses of it, of rows that repeat it.
    names
        Its document_id, and those of rows that repeat it.
    """

    latest: dict[str, Any]
    accepted: dict[str, Any] | None = None
    vanished_in: str = ""
    also_at: list[str] = field(default_factory=list)
    names: set[str] = field(default_factory=set)


@dataclass(frozen=True)
class HumanCode:
    """What people say of one document: settled values by field, and the fields on which coders differ."""

    settled: Mapping[str, str]
    coders: tuple[str, ...]
    unsettled: tuple[str, ...] = ()


def read_merged(raw: Path) -> Merged:
    """Read the tables of merged crawls in `raw`; tables that are not there are empty.

    Rows of a crawl that is not in `crawls` are left out: its merge was interrupted.
    """
    tables = {name: _optional(raw / f"{name}.csv", table) for name, table in TABLES.items()}
    done = set(tables["crawls"]["crawl_id"])
    kept = {
        name: tables[name][tables[name]["crawl_id"].isin(done)].reset_index(drop=True)
        for name in TABLES
        if name.startswith("crawl_")
    }
    return Merged(
        tables["crawls"],
        kept["crawl_coverage"],
        kept["crawl_documents"],
        kept["crawl_captures"],
        kept["crawl_themes"],
        kept["crawl_types"],
    )


def _optional(path: Path, table: core.Table) -> pd.DataFrame:
    if path.is_file():
        return core.read(path, table)
    return pd.DataFrame({column.name: pd.Series(dtype=column.dtype) for column in table.columns})


def _appended(before: pd.DataFrame, more: pd.DataFrame, table: core.Table) -> pd.DataFrame:
    more = core.validate(more, table)
    return core.validate(pd.concat([before, more], ignore_index=True) if len(before) else more, table)


def human_codes(review: pd.DataFrame) -> dict[str, HumanCode]:
    """Return what people say of documents, by document_id (`codings.standing` settles where coders differ).

    Parameters
    ----------
    review
        Raw table `review`.
    """
    settled: dict[str, dict[str, str]] = {}
    unsettled: dict[str, list[str]] = {}
    coders: dict[str, set[str]] = {}
    for (name, what), rows in by_unit(review).items():
        coders.setdefault(name, set()).update(row.coder for row in rows)
        value, divided = standing(rows)
        if divided:
            unsettled.setdefault(name, []).append(what)
        else:
            settled.setdefault(name, {})[what] = value
    return {
        name: HumanCode(settled.get(name, {}), tuple(sorted(who)), tuple(unsettled.get(name, ())))
        for name, who in coders.items()
    }


def entries(merged: Merged) -> dict[str, Entry]:
    """Return what the merged crawls say of every document, by document_id, in the order of first sight."""
    found: dict[str, Entry] = {}
    order = {name: place for place, name in enumerate(merged.crawls["crawl_id"])}
    rows = sorted(merged.documents.to_dict("records"), key=lambda row: order[row["crawl_id"]])
    for row in rows:
        name, decision = row["document_id"], row["decision"]
        if decision in CODING_DECISIONS:
            entry = found.setdefault(name, Entry(row))
            entry.latest, entry.vanished_in = row, ""
            entry.names.add(name)
            if decision == "accepted":
                entry.accepted = row
        elif decision == "marked":
            found[name].vanished_in = row["crawl_id"]
        for other in {name, row["matched_id"], row["same_as"]}:
            if decision in ("held", "duplicate") and isinstance(other, str) and other in found:
                found[other].vanished_in = ""
    # A row may repeat one that comes after it, so the further addresses are collected last.
    for row in rows:
        stands_for = row["same_as"] if row["decision"] == "duplicate" else row["matched_id"]
        entry_or_none = found.get(stands_for) if row["decision"] in ("held", "duplicate") else None
        if entry_or_none is None:
            continue
        entry_or_none.names.add(row["document_id"])
        if isinstance(row["url"], str):
            known = [entry_or_none.latest["url"], *entry_or_none.also_at]
            if row["url"] not in known:
                entry_or_none.also_at.append(row["url"])
    return found


def crawled_documents(merged: Merged, codes: Mapping[str, HumanCode]) -> pd.DataFrame:
    """Return the rows that merged crawls give to the table `documents`.

    A document is in it if a coding of it was accepted or a person says that it belongs there, and no person
    says that it does not, or that it is no Kommune's. Where a person has coded, source is "review", the coder is
    the person, and the note gives what the machine had said. The first capture of its file in a web archive bounds
    the year (`bounds.bounded`), unless a person has coded it.
    """
    rows = []
    captured = capture_bounds(merged.captures)
    for name, entry in entries(merged).items():
        code = codes.get(name, HumanCode({}, ()))
        relevant = code.settled.get("relevant")
        base = entry.latest if relevant == YES else entry.accepted
        if relevant == NO or code.settled.get("ags") == NONE or base is None:
            continue
        row = {column: base[column] for column in DOCUMENTS.column_names}
        notes = [row["note"], *(f"also at {url}" for url in entry.also_at)]
        if code.settled:
            notes.append(_overrule(row, code))
        bound = first_bound(captured, entry.names)
        if bound is not None and not {"year", "year_basis"} & set(code.settled):
            changes = bounded(row, bound)
            notes.append(changes.pop("note", None))
            row |= changes
        if entry.vanished_in:
            row["flag"] = _joined("|", row["flag"], VANISHED)
            notes.append(f"not found again by crawl {entry.vanished_in}")
        row["note"] = _joined("; ", *notes)
        rows.append(row)
    table = pd.DataFrame(rows, columns=DOCUMENTS.column_names)
    return core.validate(table, DOCUMENTS).sort_values("document_id", ignore_index=True)


def _overrule(row: dict[str, Any], code: HumanCode) -> str:
    """Put a person's values into `row`; return what the machine had said where it differs."""
    said = []
    for name, value in sorted(code.settled.items()):
        if name == "relevant":
            continue
        new: Any = None if value == NONE else int(value) if name == "year" else value
        before = None if pd.isna(row[name]) else row[name]
        if before != new:
            said.append(f"{name} {'none' if before is None else before}")
        row[name] = new
    machine = row["coder"]
    row["source"], row["coder"], row["confidence"] = "review", "|".join(code.coders), "hoch"
    return f"machine ({machine}): {', '.join(said) or 'the same'}"


def review_queue(merged: Merged, codes: Mapping[str, HumanCode]) -> pd.DataFrame:
    """Return what waits for a person: documents whose last coding waits and whose relevance nobody has settled.

    Where coders differ the field is named among the reasons.
    """
    rows = []
    for name, entry in entries(merged).items():
        row, code = entry.latest, codes.get(name, HumanCode({}, ()))
        if row["decision"] != "waits" or (
            "relevant" in code.settled and (code.settled["relevant"] == NO or not code.unsettled)
        ):
            continue
        reasons = [row["reasons"], *(f"coders_differ:{what}" for what in code.unsettled)]
        rows.append(
            {column: row[column] for column in REVIEW_QUEUE.column_names}
            | {"reasons": _joined("|", *reasons)}
        )
    table = pd.DataFrame(rows, columns=REVIEW_QUEUE.column_names)
    return core.validate(table, REVIEW_QUEUE).sort_values("document_id", ignore_index=True)


def waiting_documents(merged: Merged, codes: Mapping[str, HumanCode]) -> pd.DataFrame:
    """Return what waits as rows of the table `documents`, as the machine coded them: for a coding sheet."""
    held = entries(merged)
    rows = [held[name].latest for name in review_queue(merged, codes)["document_id"]]
    return core.validate(pd.DataFrame(rows, columns=DOCUMENTS.column_names), DOCUMENTS)


def _joined(separator: str, *values: object) -> str | None:
    return separator.join(text for text in _texts(values) if text) or None


def _texts(values: Iterable[object]) -> list[str]:
    return [value for value in values if isinstance(value, str)]
