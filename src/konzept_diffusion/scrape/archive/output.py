"""Writing a crawl's result: documents.csv, coverage.csv and unresolved.csv from the reports.

The same reports give the same bytes, whatever the order in which the Kommunen were finished. Nothing is dropped
silently: a document found twice is one row whose note names the other places, and what cannot be a row of
documents.csv stands in unresolved.csv with the reason.
"""

from __future__ import annotations

import csv
import datetime
import hashlib
import io
from collections.abc import Callable, Iterable, Mapping, Sequence
from dataclasses import dataclass, field
from pathlib import Path

from ... import keys
from ...errors import InvalidKeyError
from ...files import write_text
from ...schemas import crawl
from ...schemas.core import FIRST_YEAR, Table
from ...schemas.processed import DOCUMENTS
from ..reports import Found, Report
from .earlier import identities

SOURCE = "crawl"


@dataclass(slots=True)
class _Entry:
    """One document version: the place it is reported for, and the further places."""

    found: Found
    others: list[Found] = field(default_factory=list)


def write_outputs(reports: Iterable[Report], out: Path) -> dict[str, int]:
    """Write documents.csv, coverage.csv and unresolved.csv into `out` and return their numbers of rows.

    Parameters
    ----------
    reports
        One per Kommune, in any order.
    out
        Output folder; each file is replaced as a whole.

    Raises
    ------
    StepError
        If the folder cannot be written; the files before stay as they were.
    """
    ordered = sorted(reports, key=lambda report: report.kommune.ags)
    found = {report.kommune.ags: _within(report.documents) for report in ordered}
    entries = _across(entry for each in found.values() for entry in each)
    documents: list[dict[str, str]] = []
    unresolved: list[dict[str, str]] = []
    for entry in entries:
        row = _document(entry)
        problem = _problem(row, entry.found)
        if problem:
            unresolved.append(_unresolved(entry, problem))
        else:
            documents.append(row)
    coverage = [_coverage(report, len(found[report.kommune.ags])) for report in ordered]
    documents.sort(key=lambda row: (row["ags"], row["found_for"], row["document_id"]))
    unresolved.sort(key=lambda row: (row["found_for"], row["url"]))
    _write(out / "unresolved.csv", crawl.UNRESOLVED, unresolved)
    _write(out / "coverage.csv", crawl.COVERAGE, coverage)
    _write(out / "documents.csv", DOCUMENTS, documents)
    return {"documents": len(documents), "coverage": len(coverage), "unresolved": len(unresolved)}


def document_id(found: Found) -> str:
    """Return the id of a document version: the same in every run, as long as its text is.

    It is made of the Kommune whose site was searched and of the first there is of the digest of the text, the
    digest of the file, and the address.
    """
    substance = found.coding.text_digest or found.sha256 or found.url
    return f"crawl-{found.found_for}-{hashlib.sha256(substance.encode('utf-8', 'replace')).hexdigest()[:12]}"


def _within(documents: Sequence[Found]) -> list[_Entry]:
    """Return the finds of one survey, each document once: the first wins."""
    return _merged(documents, identities)


def _across(entries: Iterable[_Entry]) -> list[_Entry]:
    """Return the finds of all surveys, each document of an owner once: the owner's own survey wins.

    Documents without owner stay apart: that two Kommunen show the same one does not make them its owners.
    """
    ordered = sorted(
        entries,
        key=lambda entry: (entry.found.found_for != entry.found.coding.owner_ags, entry.found.found_for),
    )
    others = {id(entry.found): entry.others for entry in ordered}

    def marks(found: Found) -> list[str]:
        owner = found.coding.owner_ags or f"found for {found.found_for}"
        return [f"{owner} {mark}" for mark in identities(found)]

    merged = _merged([entry.found for entry in ordered], marks)
    for entry in merged:
        places = [entry.found, *entry.others]
        entry.others = [*entry.others, *(other for place in places for other in others[id(place)])]
    return merged


def _merged(documents: Iterable[Found], marks: Callable[[Found], list[str]]) -> list[_Entry]:
    entries: list[_Entry] = []
    by_mark: dict[str, _Entry] = {}
    for found in documents:
        entry = next((by_mark[mark] for mark in marks(found) if mark in by_mark), None)
        if entry is None:
            entry = _Entry(found)
            entries.append(entry)
        else:
            entry.others.append(found)
        for mark in marks(found):
            by_mark.setdefault(mark, entry)
    return entries


def _document(entry: _Entry) -> dict[str, str]:
    found, coding = entry.found, entry.found.coding
    notes = _notes(entry)
    year, basis = coding.year, coding.year_basis
    if year is not None and not FIRST_YEAR <= year <= datetime.date.today().year:
        notes.append(f"coded year {year} left out: not from {FIRST_YEAR} to today")
        year, basis = None, "unbekannt"
    return {
        "document_id": document_id(found),
        "ags": coding.owner_ags,
        "owner_level": coding.owner_level,
        "found_for": found.found_for,
        "title": coding.title,
        "kind": coding.kind,
        "target_group": "fluechtlinge" if coding.kind == "fluechtlingskonzept" else "allgemein",
        "status": coding.status,
        "year": "" if year is None else str(year),
        "year_basis": basis,
        "version": coding.version,
        "update_of": coding.update_of,
        "url": found.url,
        "landing_url": found.landing_url,
        "media_type": found.media_type,
        "sha256": found.sha256,
        "archive_ref": found.archive_ref,
        "text_status": coding.text_status,
        "tdm": "true" if found.tdm or any(other.tdm for other in entry.others) else "false",
        "retrieved_at": found.retrieved_at,
        "discovered_by": found.discovered_by or "unknown",
        "evidence": coding.evidence,
        "themes": coding.themes,
        "source": SOURCE,
        "coder": coding.coder or "unknown",
        "confidence": coding.confidence,
        "flag": "",
        "note": "; ".join(notes),
    }


def _notes(entry: _Entry) -> list[str]:
    """Return the parts of a document's note: that it was not seen again, and its further places, each once."""
    unseen = entry.found.unseen_on
    places: dict[str, None] = {f"not seen again on {unseen}": None} if unseen else {}
    for other in entry.others:
        if other.found_for != entry.found.found_for:
            places[f"also found for {other.found_for} at {other.url}"] = None
        elif other.url != entry.found.url:
            places[f"also at {other.url}"] = None
    return list(places)


def _problem(row: Mapping[str, str], found: Found) -> str:
    """Return why a row does not fit the table of documents, or an empty text."""
    if not row["ags"]:
        if found.coding.owner_level in ("land", "bund"):
            return f"the owner is no Kommune ({found.coding.owner_level})"
        return "the owner could not be resolved"
    for column in DOCUMENTS.columns:
        value = _clean(row[column.name])
        if not value:
            if column.required:
                return f"{column.name} is empty"
            continue
        if column.categories and value not in column.categories:
            return f"{column.name}: {value!r} is no code"
        if column.type == "key":
            try:
                keys.check(value, level=column.level or None)
            except InvalidKeyError as error:
                return f"{column.name}: {error}"
    return ""


def _unresolved(entry: _Entry, reason: str) -> dict[str, str]:
    found, coding = entry.found, entry.found.coding
    return {
        "found_for": found.found_for,
        "url": found.url,
        "reason": "; ".join([reason, *_notes(entry)]),
        "title": coding.title,
        "kind": coding.kind,
        "status": coding.status,
        "year": "" if coding.year is None else str(coding.year),
        "year_basis": coding.year_basis,
        "owner_level": coding.owner_level,
        "owner_ags": coding.owner_ags,
        "owner_name": coding.owner_name,
        "landing_url": found.landing_url,
        "media_type": found.media_type,
        "sha256": found.sha256,
        "archive_ref": found.archive_ref,
        "retrieved_at": found.retrieved_at,
        "evidence": coding.evidence,
        "coder": coding.coder,
    }


def _coverage(report: Report, documents: int) -> dict[str, str]:
    kommune = report.kommune
    return {
        "ags": kommune.ags,
        "name": kommune.name,
        "kind": kommune.kind,
        "land": kommune.land,
        "website": kommune.website,
        "status": report.status,
        "detail": report.detail,
        "requests": str(report.requests),
        "documents": str(documents),
        "strategies": _list(report.strategies),
        "systems": _list(report.systems),
        "unseen": _list(report.unseen),
        "hosts": _list(report.hosts),
        "started_at": report.started_at,
        "finished_at": report.finished_at,
    }


def _list(values: Iterable[str]) -> str:
    """Join by "|", which is percent-encoded inside a value."""
    return "|".join(value.replace("|", "%7C") for value in values)


def _clean(text: str) -> str:
    """Return the text on one line, without control characters and halves of surrogate pairs."""
    whole = text.encode("utf-8", "replace").decode("utf-8")
    return " ".join("".join(" " if ord(sign) < 32 or ord(sign) == 127 else sign for sign in whole).split())


def _write(path: Path, table: Table, rows: Iterable[Mapping[str, str]]) -> None:
    content = io.StringIO(newline="")
    writer = csv.writer(content, lineterminator="\n")
    writer.writerow(table.column_names)
    for row in rows:
        writer.writerow([_clean(row[name]) for name in table.column_names])
    write_text(path, content.getvalue())
