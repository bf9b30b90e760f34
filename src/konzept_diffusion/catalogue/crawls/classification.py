"""What a crawl says against what is held: new, changed, unchanged or vanished, and what has to wait for a person.

A coding is accepted unseen only if the machine is sure of it and it contradicts nothing: neither what was accepted
before, nor the survey of 2017, nor evidence that there was no concept.
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, replace
from typing import Any

import pandas as pd

from ..events import first_adoption_years
from ..rules import MAIN_RULE, RULES
from .bounds import bounded, capture_bounds, contradicts
from .dedup import (
    FINAL_STATUSES,
    NEAR,
    OPEN_STATUSES,
    Record,
    duplicates,
    owner_conflicts,
    plain_url,
    records,
    resemblance,
    sameness,
)
from .intervals import absences
from .merging import Entry, Merged, entries
from .source import Crawl
from .versions import version_chains

CODED = (
    "ags", "owner_level", "kind", "target_group", "status", "year", "year_basis", "version", "update_of",
)  # fmt: skip
"""Columns whose change is another coding of the same document."""
CENSUS_YEAR = 2017
"""Year of the survey that saw all Großstädte."""


@dataclass(frozen=True, slots=True)
class Match:
    """A document held before, why it is the same one, and what differs."""

    record: Record
    by: str
    changed: tuple[str, ...]
    crawled: bool
    """It was found by an earlier crawl; otherwise another source holds it."""
    content: bool = False
    """The address is the same, the content is not: another version."""


def classify(
    crawl: Crawl,
    merged: Merged,
    known: pd.DataFrame,
    kommunen: Iterable[str],
    cities: Iterable[str],
    sketches: Mapping[str, str],
) -> pd.DataFrame:
    """Return the crawl's rows for the raw table `crawl_documents`.

    Parameters
    ----------
    crawl
        The crawl.
    merged
        The crawls merged before.
    known
        Table `documents` of the other sources.
    kommunen, cities
        Keys of the Kommunen that the catalogue can hold, and of the Großstädte of the survey of 2017.
    sketches
        Sketches of the crawl's texts by document_id.
    """
    held = entries(merged)
    latest = pd.DataFrame([entry.latest for entry in held.values()], columns=merged.documents.columns)
    held_sketches = _sketches_of(merged.documents)
    found = {record.document_id: record for record in records(crawl.documents, {**held_sketches, **sketches})}
    repeats = duplicates(crawl.documents, {**held_sketches, **sketches}).set_index("document_id")["same_as"]
    held_records = _by_owner(records(latest, held_sketches))
    other_records = _by_owner(_other_sources(known))
    matches = {
        name: _match(record, row, held, held_records.get(record.ags, []), other_records.get(record.ags, []))
        for (name, record), row in zip(found.items(), crawl.documents.to_dict("records"), strict=True)
    }
    inside = set(kommunen)
    judge = _Judge(crawl, latest, held, known, set(cities), found, held_records, set(repeats.index))
    rows = []
    for row in crawl.documents.to_dict("records"):
        name, match = row["document_id"], matches[row["document_id"]]
        change = "new" if match is None else "changed" if match.changed else "unchanged"
        reasons: list[str] = []
        if row["ags"] not in inside or row["found_for"] not in inside:
            decision = "outside"
        elif name in repeats.index:
            decision = "duplicate"
        elif match is not None and match.crawled and change == "unchanged":
            decision = "held"
        else:
            reasons = judge.reasons(row, found[name], match)
            decision = "waits" if reasons else "accepted"
        rows.append(
            row
            | {
                "crawl_id": crawl.crawl_id,
                "change": change,
                "changed_fields": "|".join(match.changed) or None if match else None,
                "matched_id": match.record.document_id if match else None,
                "matched_by": match.by if match else None,
                "same_as": repeats.get(name),
                "decision": decision,
                "reasons": "|".join(reasons) or None,
                "text_sketch": found[name].sketch or None,
            }
        )
    rows += _vanished(crawl, held, matches)
    return pd.DataFrame(rows, columns=merged.documents.columns)


def _sketches_of(rows: pd.DataFrame) -> dict[str, str]:
    return {
        name: value
        for name, value in zip(rows["document_id"], rows["text_sketch"], strict=True)
        if isinstance(value, str)
    }


def _other_sources(known: pd.DataFrame) -> list[Record]:
    """Return the documents of other sources, which often know only the page that speaks of a document."""
    pages = dict(zip(known["document_id"], known["landing_url"], strict=True))
    return [
        replace(record, urls=tuple(filter(None, [*record.urls, plain_url(pages[record.document_id])])))
        for record in records(known, {})
    ]


def _by_owner(found: Iterable[Record]) -> dict[str, list[Record]]:
    groups: dict[str, list[Record]] = {}
    for record in found:
        groups.setdefault(record.ags, []).append(record)
    return groups


def _match(
    record: Record,
    row: Mapping[str, Any],
    held: Mapping[str, Entry],
    of_owner: Sequence[Record],
    of_others: Sequence[Record],
) -> Match | None:
    """Return what a document was known as: by an earlier crawl, else by another source."""
    if record.document_id in held:
        own = records(pd.DataFrame([held[record.document_id].latest]), {})[0]
        return Match(own, "document_id", _recoded(row, held[record.document_id].latest), True)
    for basis in ("sha256", "text", "url", "title"):
        for other in of_owner:
            if sameness(record, other) == basis:
                return Match(other, basis, _recoded(row, held[other.document_id].latest), True)
    for other in of_owner:
        if set(record.urls) & set(other.urls):
            changed = ("sha256", *_recoded(row, held[other.document_id].latest))
            return Match(other, "url", changed, True, content=True)
    for other in of_others:
        same_years = record.year is None or other.year is None or record.year == other.year
        if set(record.urls) & set(other.urls) and record.kind == other.kind and same_years:
            return Match(other, "url", _differing(record, other), False)
        if record.title and record.title == other.title and record.kind == other.kind and same_years:
            return Match(other, "title", _differing(record, other), False)
    return None


def _recoded(row: Mapping[str, Any], before: Mapping[str, Any]) -> tuple[str, ...]:
    return tuple(name for name in CODED if _plain(row[name]) != _plain(before[name]))


def _plain(value: Any) -> Any:
    return None if pd.isna(value) else value


def _differing(record: Record, other: Record) -> tuple[str, ...]:
    """Return what another source says differently; a year or status that one of them leaves open is no difference."""
    years = record.year is not None and other.year is not None and record.year != other.year
    classes = [
        "open" if item.status in OPEN_STATUSES else "final" if item.status in FINAL_STATUSES else ""
        for item in (record, other)
    ]
    status = all(classes) and classes[0] != classes[1]
    return tuple(name for name, differs in (("status", status), ("year", years)) if differs)


def _vanished(
    crawl: Crawl, held: Mapping[str, Entry], matches: Mapping[str, Match | None]
) -> list[dict[str, Any]]:
    """Return a row for every document that a complete search of its place did not find again."""
    searched = crawl.searched()
    seen = {match.record.document_id for match in matches.values() if match is not None and not match.content}
    replaced = {
        match.record.document_id: name
        for name, match in matches.items()
        if match is not None and match.content
    }
    return [
        entry.latest
        | {
            "crawl_id": crawl.crawl_id,
            "change": "vanished",
            "changed_fields": None,
            "matched_id": replaced.get(name),
            "matched_by": "url" if name in replaced else None,
            "same_as": None,
            "decision": "marked",
            "reasons": "replaced" if name in replaced else None,
        }
        for name, entry in held.items()
        if name not in seen and not entry.vanished_in and entry.latest["found_for"] in searched
    ]


class _Judge:
    """Says why a coding has to wait; made once per crawl, since most reasons need all documents at hand."""

    def __init__(
        self,
        crawl: Crawl,
        latest: pd.DataFrame,
        held: Mapping[str, Entry],
        known: pd.DataFrame,
        cities: set[str],
        found: Mapping[str, Record],
        held_records: Mapping[str, list[Record]],
        repeats: set[str],
    ) -> None:
        self.cities, self.held = cities, held
        self.census = first_adoption_years(known)
        self.absent = absences(known)
        self.counted = dict(
            zip(crawl.documents["document_id"], RULES[MAIN_RULE](crawl.documents).astype(bool), strict=True)
        )
        everyone = [*found.values(), *(record for group in held_records.values() for record in group)]
        self.owners = owner_conflicts(everyone)
        self.captured = capture_bounds(crawl.captures)
        accepted = latest[latest["decision"] == "accepted"]
        fresh = crawl.documents[~crawl.documents["document_id"].isin(repeats)]
        before = accepted[~accepted["document_id"].isin(set(fresh["document_id"]))]
        pool = pd.concat([before[fresh.columns], fresh], ignore_index=True) if len(before) else fresh
        chains = version_chains(pool)
        updates = chains[(chains["relation"] == "update") & chains["predecessor"].notna()]
        self.earlier = dict(zip(updates["document_id"], updates["predecessor"], strict=True))

    def reasons(self, row: Mapping[str, Any], record: Record, match: Match | None) -> list[str]:
        """Return the reasons why this coding waits; none if it may be accepted."""
        found = [] if row["confidence"] == "hoch" else [f"confidence:{row['confidence']}"]
        if row["text_status"] != "ok":
            found.append(f"text:{_plain(row['text_status']) or 'none'}")
        found += [f"owner:{ags}" for ags in sorted(self.owners.get(record.document_id, ()))]
        if match is not None:
            found += self._against(record, match)
        if row["version"] == "first" and record.document_id in self.earlier:
            found.append(f"earlier:{self.earlier[record.document_id]}")
        year = record.year
        if (bound := self.captured.get(record.document_id)) is not None:
            if contradicts(bound, year, row["year_basis"]):
                found.append(f"captured:{bound.year}")
            year = bounded(row, bound).get("year", year)
        if self.counted[record.document_id] and year is not None:
            found += self._against_others(record, year)
        return found

    def _against(self, record: Record, match: Match) -> list[str]:
        """Return where the coding contradicts what was accepted of the same document."""
        if not match.crawled:
            return [f"known:{name}:{match.record.document_id}" for name in match.changed]
        if self.held[match.record.document_id].accepted is None:
            return []
        if match.content:
            alike = resemblance(record.sketch, match.record.sketch) or 0.0
            other_year = alike >= NEAR and record.year != match.record.year
            return ["recoded:year"] if other_year else []
        return [f"recoded:{name}" for name in match.changed]

    def _against_others(self, record: Record, year: int) -> list[str]:
        """Return where an adoption contradicts the survey of 2017 or evidence that there was no concept."""
        found = []
        if record.ags in self.cities and year <= CENSUS_YEAR:
            if record.ags not in self.census.index:
                found.append("census:no_concept")
            elif not pd.isna(first := self.census[record.ags]) and year < first:
                found.append(f"census:first_{first}")
        found += [
            f"absence:{item.document_id}"
            for item in self.absent.get(record.ags, ())
            if item.explicit and item.year >= year
        ]
        return found
