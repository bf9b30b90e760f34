"""Reading the records of an archive file, whole, interrupted or damaged, and checking one.

A file is read up to its first record that is not whole; a killed process leaves at most one such record, the
last.

Sources: ISO 28500:2017 (WARC 1.1); RFC 1952 for gzip members.
"""

from __future__ import annotations

import json
import zlib
from collections.abc import Iterator, Mapping
from dataclasses import dataclass, field
from io import BytesIO
from pathlib import Path
from typing import Any

from warcio.archiveiterator import ArchiveIterator
from warcio.exceptions import ArchiveLoadFailed
from warcio.statusandheaders import StatusAndHeadersParser, StatusAndHeadersParserException

from .records import FOLDER, OWN_FIELD, read_http_block, status_of

_CHUNK = 1 << 15
_HEAD = 1 << 18  # bytes of a record that may hold its headers
ANSWERS = ("response", "revisit")
_PARSER = StatusAndHeadersParser(["WARC/1.1"])


@dataclass(frozen=True, slots=True)
class Answer:
    """An archived answer, as the writer was given it.

    Attributes
    ----------
    key, url, status_line, headers, ip, started_at, truncated, hop, extra
        As in `warc.ArchiveWriter.write`.
    payload
        As on the wire (content-encoding not undone); of a revisit record, that of the record it refers to.
        Empty for a 304 read by `Replay.take`.
    ref
        Reference of the record.
    original
        Reference of the record that holds the payload: `ref`, or what a revisit record refers to.
    """

    key: str
    url: str
    status_line: str
    headers: tuple[tuple[str, str], ...]
    payload: bytes = field(repr=False)
    ip: str
    started_at: str
    truncated: str
    hop: bool
    extra: Mapping[str, Any]
    ref: str
    original: str

    @property
    def status(self) -> int:
        """The status code; 0 if the status line bears none."""
        return status_of(self.status_line)


@dataclass(frozen=True, slots=True)
class Record:
    """A whole record in a file: place and length in bytes, its fields (lower case), the HTTP headers."""

    offset: int
    length: int
    fields: Mapping[str, str]
    http: bytes

    @property
    def kind(self) -> str:
        """The WARC-Type."""
        return self.fields["warc-type"]

    @property
    def id(self) -> str:
        """The WARC-Record-ID without its brackets."""
        return self.fields["warc-record-id"].strip("<>")

    @property
    def own(self) -> dict[str, Any]:
        """What the writer noted for the replay (`OWN_FIELD`)."""
        return json.loads(self.fields[OWN_FIELD.lower()])


def read_records(path: Path, offset: int = 0) -> Iterator[Record | str]:
    """Yield the records from a place on, up to the first that is not whole, then the reason as text."""
    try:
        stream = path.open("rb")
    except FileNotFoundError:
        return
    with stream:
        stream.seek(offset)
        rest = b""
        while True:
            member = zlib.decompressobj(31)
            head, size, used = bytearray(), 0, 0
            while not member.eof:
                chunk = rest or stream.read(_CHUNK)
                rest = b""
                if not chunk:
                    break
                used += len(chunk)
                try:
                    text = member.decompress(chunk)
                except zlib.error as error:
                    yield f"the record at byte {offset} is damaged ({error})"
                    return
                size += len(text)
                if len(head) < _HEAD:
                    head += text[: _HEAD - len(head)]
            if not member.eof:
                if used:
                    yield f"the record at byte {offset} is cut off"
                return
            rest = member.unused_data
            length = used - len(rest)
            record = _parsed(bytes(head), size, offset, length)
            if record is None:
                yield f"the record at byte {offset} is none that this program writes"
                return
            yield record
            offset += length


def _parsed(head: bytes, size: int, offset: int, length: int) -> Record | None:
    """Return the record that begins with `head` and is `size` bytes long, or None if it cannot be one."""
    begin = head.find(b"\r\n\r\n") + 4
    if begin < 4:
        return None
    try:
        parsed = _PARSER.parse(BytesIO(head[:begin]))
    except (StatusAndHeadersParserException, EOFError):
        return None
    fields = {name.lower(): value for name, value in parsed.headers}
    if not {"warc-type", "warc-record-id", "warc-date", "content-length"} <= fields.keys():
        return None
    if not fields["content-length"].isdecimal() or begin + int(fields["content-length"]) + 4 != size:
        return None
    if fields["warc-type"] in (*ANSWERS, "metadata") and OWN_FIELD.lower() not in fields:
        return None
    http = b""
    if fields["warc-type"] in ANSWERS:
        end = head.find(b"\r\n\r\n", begin)
        http = head[begin : end + 4] if end >= 0 else b""
    return Record(offset, length, fields, http)


def read_answer(path: Path, record: Record) -> Answer:
    """Return the answer in a record; of a revisit record without payload."""
    with path.open("rb") as stream:
        stream.seek(record.offset)
        content = zlib.decompress(stream.read(record.length), 31)
    fields, own = record.fields, record.own
    block = len(content) - 4 - int(fields["content-length"])
    begin = content.index(b"\r\n\r\n", block) + 4
    status_line, headers = read_http_block(content[block:begin])
    ref = reference(path.name, record)
    return Answer(
        key=own["key"],
        url=fields["warc-target-uri"],
        status_line=status_line,
        headers=headers,
        payload=content[begin:-4],
        ip=fields.get("warc-ip-address", ""),
        started_at=fields["warc-date"],
        truncated=fields.get("warc-truncated", ""),
        hop=own["hop"],
        extra=own["extra"],
        ref=ref,
        original=own.get("original", ref),
    )


def reference(name: str, record: Record) -> str:
    """Return the archive reference of a record in the file called `name`."""
    return f"{FOLDER}/{name}#{record.id}"


def verify(path: Path) -> list[str]:
    """Return what is wrong with an archive file; an empty list if nothing is.

    Checked are the gzip members, the mandatory fields, the digests of block and payload (by warcio), that a
    warcinfo record comes first, that no identifier occurs twice, and that the records that requests and
    revisits refer to exist (those in this file).
    """
    found = list(read_records(path))
    problems = [item for item in found if isinstance(item, str)]
    records = [item for item in found if isinstance(item, Record)]
    if not found:
        problems.append("the file is empty" if path.exists() else "the file is not there")
    if records and records[0].kind != "warcinfo":
        problems.append("the first record is no warcinfo")
    ids = {record.id for record in records}
    if len(ids) < len(records):
        problems.append("a WARC-Record-ID occurs twice")
    for record in records:
        where = f"{record.kind} at byte {record.offset}"
        needed = [] if record.kind == "warcinfo" else ["warc-target-uri", "warc-warcinfo-id"]
        if record.kind == "revisit":
            needed += ["warc-profile", "warc-refers-to"]
        problems += [f"{where}: {name} is missing" for name in needed if not record.fields.get(name)]
        partner = record.fields.get("warc-concurrent-to", "").strip("<>")
        if partner and partner not in ids:
            problems.append(f"{where}: belongs to {partner}, which is not there")
        original = record.own.get("original", "") if record.kind == "revisit" else ""
        if original.startswith(f"{FOLDER}/{path.name}#") and original.partition("#")[2] not in ids:
            problems.append(f"{where}: refers to {original}, which is not there")
    if not problems:
        problems += _digest_problems(path)
    return problems


def _digest_problems(path: Path) -> Iterator[str]:
    try:
        with path.open("rb") as stream:
            for record in ArchiveIterator(stream, check_digests=True):
                while record.raw_stream.read(_CHUNK):
                    pass
                yield from (
                    f"{record.rec_headers.get_header('WARC-Record-ID')}: {problem}"
                    for problem in record.digest_checker.problems
                )
    except ArchiveLoadFailed as error:
        yield str(error)
