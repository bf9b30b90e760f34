"""Answering from archive files: an interrupted crawl's exchanges in order, and single records by reference.

An interrupted crawl surveys a Kommune again from its start, but every exchange that its file holds is answered
from there (`Replay`): nothing is asked twice.
"""

from __future__ import annotations

from collections import defaultdict, deque
from collections.abc import Mapping
from dataclasses import dataclass, replace
from pathlib import Path
from typing import Any

from ...errors import DataError
from .reading import ANSWERS, Answer, Record, read_answer, read_records, reference
from .records import FOLDER, OPEN, Holding, Kept, Original, header, read_http_block, status_of


@dataclass(frozen=True, slots=True)
class Failure:
    """An archived failure, as `warc.ArchiveWriter.failure` was given it."""

    key: str
    url: str
    reason: str
    detail: str
    started_at: str
    extra: Mapping[str, Any]
    ref: str


@dataclass(frozen=True, slots=True)
class Stored:
    """What became of one request: the answers on the way, the final one last, or the failure it ended in."""

    answers: tuple[Answer, ...]
    failure: Failure | None = None


class Replay:
    """The exchanges of an interrupted file, to be taken in the order in which they were made.

    Parameters
    ----------
    path
        The file; one that is not there counts as empty.
    root
        Output folder of the crawl, for payloads that stand in another file; by default found from `path`.

    Attributes
    ----------
    kept
        Its good part: hand it to `warc.ArchiveWriter`, which goes on behind it.
    problem
        Why reading ended before the end of the file; empty if it did not.
    """

    def __init__(self, path: Path, root: Path | None = None) -> None:
        self.path = path
        self._root = root or (path.parent.parent.parent if path.parent.name == OPEN else path.parent.parent)
        self._groups: dict[str, deque[list[Record]]] = defaultdict(deque)
        self._offsets: dict[str, int] = {}
        self.problem = ""
        end = 0
        under_way: dict[str, list[Record]] = {}
        holdings: list[Holding] = []
        originals: dict[str, Original] = {}
        revisits: dict[str, str] = {}
        for record in read_records(path):
            if isinstance(record, str):
                self.problem = record
                break
            if record.kind == "request":
                continue  # counts with its answer: the two are written together
            end = record.offset + record.length
            if record.kind == "warcinfo":
                under_way.clear()  # the crawl went on: what was under way before was asked for again
                continue
            own = record.own
            group = under_way.setdefault(own["key"], [])
            group.append(record)
            if not own["hop"]:
                self._groups[own["key"]].append(under_way.pop(own["key"]))
            if record.kind in ANSWERS:
                self._offsets[record.id] = record.offset
                _hold(record, own, path.name, holdings, originals)
                if record.kind == "revisit":
                    revisits[reference(path.name, record)] = own["original"]
        self.kept = Kept(end, tuple(holdings), originals, revisits)

    def __len__(self) -> int:
        """Return how many requests have not been taken."""
        return sum(map(len, self._groups.values()))

    def take(self, key: str) -> Stored | None:
        """Return what became of the next request with this `Request.key`, and forget it; None if there is none.

        A request whose final answer had not come when the crawl was stopped is none, nor is one whose payload
        stands in an earlier file that is not at hand any more: it is to be asked for anew.
        """
        groups = self._groups.get(key)
        if not groups:
            return None
        try:
            return self._stored(key, groups.popleft())
        except DataError:
            return None

    def _stored(self, key: str, group: list[Record]) -> Stored:
        *hops, last = group
        answers = [self._answer(record) for record in hops]
        if last.kind in ANSWERS:
            return Stored((*answers, self._answer(last)))
        own = last.own
        url, date = last.fields["warc-target-uri"], last.fields["warc-date"]
        failure = Failure(
            key, url, own["reason"], own["detail"], date, own["extra"], reference(self.path.name, last)
        )
        return Stored(tuple(answers), failure)

    def _answer(self, record: Record) -> Answer:
        answer = read_answer(self.path, record)
        if record.kind != "revisit" or answer.status == 304:
            return answer
        offset = self._offsets.get(answer.original.partition("#")[2])
        if offset is not None and answer.original.startswith(f"{FOLDER}/{self.path.name}#"):
            return replace(answer, payload=read_answer(self.path, _at(self.path, offset)).payload)
        return replace(answer, payload=read_record(answer.original, self._root).payload)


def read_record(ref: str, root: Path, *, offset: int | None = None) -> Answer:
    """Return the answer that a reference points to, with its payload.

    Parameters
    ----------
    ref
        "archive/NAME#urn:uuid:...", as in documents.csv.
    root
        Output folder of the crawl.
    offset
        Place of the record if known (`Holding.offset`); the file is searched if it is not there.

    Returns
    -------
    Answer
        Of a 304: status line, headers and payload of the answer it confirms, under the reference asked for.

    Raises
    ------
    DataError
        If there is no such file or record, or the record is damaged.
    """
    path, record_id = _locate(ref, root)
    record = _find(path, record_id, offset)
    answer = read_answer(path, record)
    if record.kind != "revisit":
        return answer
    if answer.original == ref:
        raise DataError(f"the record {record_id} refers to itself.", file=path)
    original = read_record(answer.original, root)
    if answer.status == 304:
        return replace(original, ref=ref)
    return replace(answer, payload=original.payload)


def _locate(ref: str, root: Path) -> tuple[Path, str]:
    """Return file and record identifier of a reference."""
    place, _, record_id = ref.partition("#")
    folder, _, name = place.partition("/")
    if folder != FOLDER or not name or "/" in name or "\\" in name or not record_id:
        raise DataError(f"{ref!r} is no reference to an archived record.")
    closed, open_ = root / FOLDER / name, root / FOLDER / OPEN / name
    return (open_ if open_.exists() and not closed.exists() else closed), record_id


def _find(path: Path, record_id: str, offset: int | None) -> Record:
    if offset is not None:
        record = next(read_records(path, offset), "")
        if not isinstance(record, str) and record.id == record_id:
            return record
    problem = "" if path.exists() else "the file is not there"
    for record in read_records(path):
        if isinstance(record, str):
            problem = record
        elif record.id == record_id:
            if record.kind not in ANSWERS:
                raise DataError(f"the record {record_id} is no answer.", file=path)
            return record
    raise DataError(f"the record {record_id} is not there{f' ({problem})' if problem else ''}.", file=path)


def _at(path: Path, offset: int) -> Record:
    record = next(read_records(path, offset), "is not there")
    if isinstance(record, str):
        raise DataError(record, file=path)
    return record


def _hold(
    record: Record,
    own: Mapping[str, Any],
    name: str,
    holdings: list[Holding],
    originals: dict[str, Original],
) -> None:
    """Note an answer the way the writer does when it writes it."""
    fields = record.fields
    digest = fields.get("warc-payload-digest", "")
    status_line, headers = read_http_block(record.http)
    complete = "warc-truncated" not in fields and int(fields["content-length"]) > len(record.http)
    revisit = record.kind == "revisit"
    if not digest or not (complete or revisit):
        return
    ref, url, date = reference(name, record), fields["warc-target-uri"], fields["warc-date"]
    if not revisit:
        originals.setdefault(digest, Original(ref, url, date))
    if status_of(status_line) == 200 and own["method"] == "GET":
        etag, modified = header(headers, "etag"), header(headers, "last-modified")
        holdings.append(
            Holding(url, etag, modified, digest, ref, date, record.offset, own.get("original", ref))
        )
