"""The same document in several places: one file on mirrors, one text in several files, one title of one owner.

Nearly equal texts are told by the resemblance of their word 3-grams (Broder 1997, doi:10.1109/SEQUEN.1997.666900),
estimated from bottom-k sketches: the k smallest hashes of the 3-grams. A sketch is kept instead of the text.
Two papers of different owners are never one document, however alike: towns copy from each other.
"""

from __future__ import annotations

import hashlib
import re
from collections.abc import Callable, Hashable, Iterable, Mapping, Sequence
from dataclasses import dataclass
from urllib.parse import urlsplit

import pandas as pd

from ...schemas.codebook import fold

SKETCH_SIZE = 128
"""Hashes in a sketch; the standard error of a resemblance of 0.9 is then 0.027."""
NEAR = 0.9
"""Resemblance from which two texts are the same document."""
FAR = 0.5
"""Resemblance below which two texts are different documents, even under the same title."""
_SHINGLE = 3
_WIDTH = 8
"""Hexadecimal digits of one hash."""
OPEN_STATUSES = ("entwurf", "in_arbeit", "geplant")
"""Statuses of a document that is not finished."""
FINAL_STATUSES = ("beschlossen", "fertiggestellt")


def sketch(text: str) -> str:
    """Return the bottom-k sketch of `text`; empty if it has fewer than three words.

    Case, umlauts, punctuation and layout do not count.
    """
    words = re.findall(r"[^\W_]+", fold(text))
    grams = {" ".join(words[start : start + _SHINGLE]) for start in range(len(words) - _SHINGLE + 1)}
    size = _WIDTH // 2
    hashes = {hashlib.blake2b(gram.encode(), digest_size=size).hexdigest() for gram in grams}
    return "".join(sorted(hashes)[:SKETCH_SIZE])


def resemblance(one: str, other: str) -> float | None:
    """Return the estimated Jaccard similarity of the texts behind two sketches; None if one is empty."""
    if not one or not other:
        return None
    first, second = _hashes(one), _hashes(other)
    smallest = sorted(first | second)[:SKETCH_SIZE]
    return sum(value in first and value in second for value in smallest) / len(smallest)


def _hashes(text: str) -> set[str]:
    return {text[start : start + _WIDTH] for start in range(0, len(text), _WIDTH)}


def plain_title(title: object) -> str:
    """Return a title for comparison: its letters and digits, folded; empty if there is none."""
    return "" if not isinstance(title, str) else re.sub(r"[^a-z0-9]", "", fold(title))


def plain_url(url: object) -> str:
    """Return an address for comparison: without scheme, www., default port, fragment and final slash."""
    if not isinstance(url, str) or not url:
        return ""
    parts = urlsplit(url)
    host = re.sub(r"^www\.|:(?:80|443)$", "", parts.netloc.lower())
    query = f"?{parts.query}" if parts.query else ""
    return f"{host}{parts.path.rstrip('/')}{query}"


@dataclass(frozen=True, slots=True)
class Record:
    """What identifies a document version, as plain values; made by `records`."""

    document_id: str
    ags: str
    found_for: str
    kind: str
    status: str
    year: int | None
    title: str
    urls: tuple[str, ...]
    sha256: str
    sketch: str
    confidence: str


def records(documents: pd.DataFrame, sketches: Mapping[str, str]) -> list[Record]:
    """Return the rows of a table `documents` as records.

    Parameters
    ----------
    documents
        Columns of the table `documents`.
    sketches
        By document_id; documents without text are missing.
    """
    columns = (
        "document_id",
        "ags",
        "found_for",
        "kind",
        "status",
        "year",
        "title",
        "url",
        "sha256",
        "confidence",
    )
    return [
        Record(
            name, ags, found_for, kind, status, None if pd.isna(year) else int(year), plain_title(title),
            tuple(filter(None, [plain_url(url)])), sha256 if isinstance(sha256, str) else "",
            sketches.get(name, ""), confidence,
        )
        for name, ags, found_for, kind, status, year, title, url, sha256, confidence in zip(
            *(documents[column] for column in columns), strict=True
        )
    ]  # fmt: skip


def draft_and_final(one: str, other: str) -> bool:
    """Tell whether one status is that of an unfinished document and the other that of a finished one."""
    return (one in OPEN_STATUSES and other in FINAL_STATUSES) or (
        other in OPEN_STATUSES and one in FINAL_STATUSES
    )


def sameness(one: Record, other: Record) -> str | None:
    """Return why two records are the same document version (sha256, text, url, title), or None.

    A text that is nearly the same but bears another year, or is the draft of the other, is another version.
    At one address two different files may have stood, so with `url` the content must not be known to differ.
    """
    if one.ags != other.ags:
        return None
    if one.sha256 and one.sha256 == other.sha256:
        return "sha256"
    alike = resemblance(one.sketch, other.sketch)
    versions = draft_and_final(one.status, other.status) or (
        one.year is not None and other.year is not None and one.year != other.year
    )
    if alike is not None and alike >= NEAR and not versions and one.kind == other.kind:
        return "text"
    if alike is not None and alike < FAR:
        return None
    if set(one.urls) & set(other.urls) and not (one.sha256 and other.sha256):
        return "url"
    if one.title and one.title == other.title and one.kind == other.kind and one.year == other.year:
        return None if versions or one.year is None else "title"
    return None


def duplicates(documents: pd.DataFrame, sketches: Mapping[str, str] | None = None) -> pd.DataFrame:
    """Return the documents that repeat another one of the table.

    Parameters
    ----------
    documents
        Columns of the table `documents`, of one source.
    sketches
        Sketches of the texts by document_id, as far as there are any.

    Returns
    -------
    pandas.DataFrame
        document_id, same_as (the document that stands for all of them: found on the owner's own site, coded
        with more confidence, with a text, in this order), basis (sha256, text, url, title), resemblance
        (missing without texts). Sorted by document_id; documents that repeat nothing are not in it.
    """
    found = records(documents, sketches or {})
    rows = []
    for members in _joined(found).values():
        best = min(members, key=_rank)
        for member in members:
            if member is best:
                continue
            basis = sameness(member, best) or next(
                basis for other in members if other is not member and (basis := sameness(member, other))
            )
            rows.append(
                (member.document_id, best.document_id, basis, resemblance(member.sketch, best.sketch))
            )
    table = pd.DataFrame(rows, columns=["document_id", "same_as", "basis", "resemblance"])
    table["resemblance"] = table["resemblance"].astype("float64")
    return table.sort_values("document_id", ignore_index=True)


def _rank(record: Record) -> tuple[Hashable, ...]:
    order = {"hoch": 0, "mittel": 1, "niedrig": 2}
    return (
        record.found_for != record.ags,
        order.get(record.confidence, 3),
        not record.sketch,
        record.document_id,
    )


def _joined(found: Sequence[Record]) -> dict[str, list[Record]]:
    """Return the records by group of the same document (transitively), each group under one of its ids."""
    parent = {record.document_id: record.document_id for record in found}

    def root(name: str) -> str:
        while parent[name] != name:
            parent[name] = parent[parent[name]]
            name = parent[name]
        return name

    for members in _grouped(found, lambda record: record.ags).values():
        for position, one in enumerate(members):
            for other in members[position + 1 :]:
                if sameness(one, other):
                    first, second = sorted((root(one.document_id), root(other.document_id)))
                    parent[second] = first
    return _grouped(found, lambda record: root(record.document_id))


def _grouped(found: Iterable[Record], key: Callable[[Record], str]) -> dict[str, list[Record]]:
    groups: dict[str, list[Record]] = {}
    for record in found:
        groups.setdefault(key(record), []).append(record)
    return groups


def owner_conflicts(found: Iterable[Record]) -> dict[str, set[str]]:
    """Return for each document the keys of other owners to whom the very same file or text is ascribed."""
    owners: dict[str, set[str]] = {}
    listed = list(found)
    for record in listed:
        for mark in _marks(record):
            owners.setdefault(mark, set()).add(record.ags)
    return {
        record.document_id: others
        for record in listed
        if (others := {ags for mark in _marks(record) for ags in owners[mark]} - {record.ags})
    }


def _marks(record: Record) -> list[str]:
    """Return what only one document can have; a sketch of few words is too common for that."""
    text = record.sketch if len(record.sketch) == SKETCH_SIZE * _WIDTH else ""
    return [mark for mark in (record.sha256, text) if mark]
