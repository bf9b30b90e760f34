"""Writing what was asked and answered as WARC 1.1: one file per Kommune, one gzip member per record.

Every record is handed to the operating system before the crawl goes on, so a killed process leaves a file
whose records are whole up to, at most, a cut last one; `replay` reads such a file, and the writer appends to
what is good in it. The exchange's answer is written after its request: an answer that can be read is complete.

Sources: ISO 28500:2017 (WARC 1.1), https://iipc.github.io/warc-specifications/specifications/warc-format/warc-1.1/;
records are formed by `warcio`.
"""

from __future__ import annotations

import contextlib
import json
import os
import uuid
from collections.abc import Mapping, Sequence
from io import BytesIO
from pathlib import Path
from typing import Any
from urllib.parse import urlsplit

from warcio.statusandheaders import StatusAndHeaders
from warcio.warcwriter import WARCWriter

from .members import LEVEL, Block, Members
from .records import (
    FOLDER,
    IDENTICAL,
    NOT_MODIFIED,
    OPEN_FLAGS,
    OWN_FIELD,
    TRUNCATIONS,
    Holding,
    Kept,
    Original,
    Segment,
    header,
    http_block,
    now,
    sha1,
    status_of,
    unwritable,
)

_VERSION = "WARC/1.1"
_SPECIFICATION = "http://iipc.github.io/warc-specifications/specifications/warc-format/warc-1.1/"


class ArchiveWriter:
    """Appends the exchanges of one Kommune to its file.

    Parameters
    ----------
    path
        The file; made if it is not there. Its name goes into the references: "archive/NAME#urn:uuid:...".
    operator
        Fields of the warcinfo record, e.g. software, operator, contact, robots, delay.
    seen
        Payloads archived by earlier crawls: digest to original.
    kept
        What is good in an interrupted file (`Replay.kept`); the rest is cut off. Without it the file must be
        new or empty.

    Raises
    ------
    StepError
        If the file cannot be written (full disk, rights); what was written before stays good.
    """

    def __init__(
        self,
        path: Path,
        *,
        operator: Mapping[str, object],
        seen: Mapping[str, Original] | None = None,
        kept: Kept | None = None,
    ) -> None:
        self.path = path
        self._seen = seen or {}
        self._members = Members()
        self._warc = WARCWriter(self._members, gzip=False, warc_version=_VERSION)
        self._info_id = _record_id()
        try:
            path.parent.mkdir(parents=True, exist_ok=True)
            self._file = os.open(path, os.O_WRONLY | OPEN_FLAGS, 0o644)
        except OSError as error:
            raise unwritable(path, error) from error
        try:
            if kept is None and os.fstat(self._file).st_size:
                raise ValueError(f"{path.name} holds records: read it with Replay and hand over what it kept")
            kept = kept or Kept()
            os.ftruncate(self._file, kept.end)
            os.lseek(self._file, kept.end, os.SEEK_SET)
            self._end = kept.end
            self._originals: dict[str, Original] = dict(kept.originals)
            self._revisits = dict(kept.revisits)
            self._holdings = list(kept.holdings)
            self._information(operator)
        except BaseException as error:
            self._abandon()
            if isinstance(error, OSError):
                raise unwritable(path, error) from error
            raise

    def write(
        self,
        *,
        url: str,
        method: str,
        sent_headers: Sequence[tuple[str, str]],
        sent_body: bytes = b"",
        status_line: str,
        headers: Sequence[tuple[str, str]],
        payload: bytes,
        ip: str = "",
        started_at: str = "",
        truncated: str | None = None,
        hop: bool = False,
        key: str = "",
        extra: Mapping[str, Any] | None = None,
        unmodified: Original | None = None,
    ) -> str:
        """Archive one request and its answer and return the reference of the answer.

        Parameters
        ----------
        url, method, sent_headers, sent_body
            The request as sent, of this hop.
        status_line
            As received, with protocol: "HTTP/1.1 200 OK".
        headers
            As received, in order, repeated ones repeated; text is ISO-8859-1.
        payload
            The body as on the wire, chunks joined, content-encoding not undone.
        ip
            Address that was connected to.
        started_at
            UTC, ISO 8601 with Z and up to microseconds; now if empty.
        truncated
            One of `TRUNCATIONS` if the payload is incomplete.
        hop
            The answer is not the final one of `key`: a redirect, or an attempt that is made again.
        key
            `Request.key` of what the survey asked for; by default that of `method` and `url`.
        extra
            Further facts for the replay that JSON can hold (e.g. sent, tdm).
        unmodified
            With status 304: the record that holds the body (WARC-Profile server-not-modified).
        """
        if truncated is not None and truncated not in TRUNCATIONS:
            raise ValueError(f"unknown truncation {truncated!r}")
        date = started_at or now()
        record_id = _record_id()
        ref = self._reference(record_id)
        request_block = http_block(_request_line(method, url), sent_headers)
        answer_block = http_block(status_line, headers)
        digest = sha1(payload)
        complete = bool(payload) and truncated is None
        original = (self._originals.get(digest) or self._seen.get(digest)) if complete else None
        own = _own(key or f"{method} {url}", extra, hop=hop, method=method)
        common = {
            "WARC-Target-URI": url,
            "WARC-Date": date,
            "WARC-Warcinfo-ID": self._info_id,
            **({"WARC-IP-Address": ip} if ip else {}),
        }
        status = status_of(status_line)
        revisit: dict[str, str] = {}
        if status == 304 and unmodified is not None:
            own["original"] = unmodified.ref
            revisit = _refers(NOT_MODIFIED, unmodified)
        elif original is not None:
            own["original"] = original.ref
            revisit = {**_refers(IDENTICAL, original), "WARC-Payload-Digest": digest}

        compressed = header(headers, "content-encoding").lower() not in ("", "identity")
        self._record(
            "request",
            {**common, "WARC-Record-ID": _record_id(), "WARC-Concurrent-To": record_id},
            request_block,
            sent_body,
        )
        begin = self._end + self._members.size
        body = b"" if revisit else payload
        self._record(
            "revisit" if revisit else "response",
            {
                **common,
                "WARC-Record-ID": record_id,
                **(revisit or {"WARC-Payload-Digest": digest}),
                **({"WARC-Truncated": truncated} if truncated else {}),
                OWN_FIELD: json.dumps(own, separators=(",", ":")),
            },
            answer_block,
            body,
            level=0 if compressed and body else LEVEL,
        )
        self._flush()
        if revisit:
            self._revisits[ref] = own["original"]
        if complete and original is None:
            self._originals[digest] = Original(ref, url, date)
        if complete and status == 200 and method == "GET":
            self._holdings.append(
                Holding(
                    url,
                    header(headers, "etag"),
                    header(headers, "last-modified"),
                    digest,
                    ref,
                    date,
                    begin,
                    own.get("original", ref),
                )
            )
        return ref

    def failure(
        self,
        *,
        url: str,
        reason: str,
        detail: str = "",
        key: str = "",
        started_at: str = "",
        extra: Mapping[str, Any] | None = None,
    ) -> str:
        """Archive that a request brought no answer (`NotFetched`), so that a replay knows it too.

        Parameters
        ----------
        url, reason, detail
            Of the `NotFetched`.
        key, started_at, extra
            As for `write`.
        """
        record_id = _record_id()
        own = _own(key or f"GET {url}", extra, hop=False, reason=reason, detail=detail)
        fields = f"fetch-failure: {_line(reason)}\r\ndetail: {_line(detail)}\r\n".encode()
        self._record(
            "metadata",
            {
                "WARC-Record-ID": record_id,
                "WARC-Target-URI": url,
                "WARC-Date": started_at or now(),
                "WARC-Warcinfo-ID": self._info_id,
                OWN_FIELD: json.dumps(own, separators=(",", ":")),
            },
            None,
            fields,
        )
        self._flush()
        return self._reference(record_id)

    @property
    def holdings(self) -> tuple[Holding, ...]:
        """The answers archived so far, those of the kept part included."""
        return tuple(self._holdings)

    def payload_ref(self, ref: str) -> str:
        """Return the reference of the record that holds the payload of an answer: `ref`, unless it is a revisit."""
        return self._revisits.get(ref, ref)

    def close(self) -> Segment:
        """Bring the file to the disk and close it; a second call does nothing."""
        if self._file >= 0:
            try:
                os.fsync(self._file)
            except OSError as error:
                raise unwritable(self.path, error) from error
            finally:
                self._abandon()
        return Segment(self.path.name, self.holdings)

    def __enter__(self) -> ArchiveWriter:
        """Return the writer."""
        return self

    def __exit__(self, *error: object) -> None:
        """Close the file, also after an error: its records stay for the replay."""
        if error[0] is None:
            self.close()
        else:
            self._abandon()

    def _abandon(self) -> None:
        if self._file >= 0:
            os.close(self._file)
            self._file = -1

    def _reference(self, record_id: str) -> str:
        return f"{FOLDER}/{self.path.name}#{record_id[1:-1]}"

    def _information(self, operator: Mapping[str, object]) -> None:
        """Write the warcinfo record: it describes the records up to the next one of its kind."""
        fields = {"format": "WARC File Format 1.1", "conformsTo": _SPECIFICATION, **operator}
        record = self._warc.create_warcinfo_record(
            self.path.name,
            {name: _line(str(value)) for name, value in fields.items() if value not in ("", None)},
        )
        record.rec_headers.replace_header("WARC-Record-ID", self._info_id)
        self._warc.write_record(record)
        self._flush()

    def _record(
        self, kind: str, fields: dict[str, str], block: bytes | None, payload: bytes, *, level: int = LEVEL
    ) -> None:
        # Both digests are set here: warcio would run over the payload once more for each.
        fields["WARC-Block-Digest"] = sha1(block or b"", payload)
        if kind == "request" and payload:
            fields["WARC-Payload-Digest"] = sha1(payload)
        headers = StatusAndHeaders("", [("WARC-Type", kind), *fields.items()], protocol=_VERSION)
        self._members.begin(level)
        record = self._warc.create_warc_record(
            fields["WARC-Target-URI"],
            kind,
            payload=BytesIO(payload),
            length=len(payload),
            warc_headers=headers,
            http_headers=Block(block) if block is not None else None,
        )
        self._warc.write_record(record)

    def _flush(self) -> None:
        content = memoryview(self._members.take())
        if self._file < 0:
            raise ValueError(f"{self.path.name} is closed")
        written = 0
        try:
            while written < len(content):
                written += os.write(self._file, content[written:])
        except OSError as error:
            # A full disk takes the first part of a record: cut it off, so that the file ends with a whole one.
            with contextlib.suppress(OSError):  # a replay overlooks a cut record anyway
                os.ftruncate(self._file, self._end)
                os.lseek(self._file, self._end, os.SEEK_SET)
            raise unwritable(self.path, error) from error
        self._end += written


def _record_id() -> str:
    return f"<urn:uuid:{uuid.uuid4()}>"


def _own(key: str, extra: Mapping[str, Any] | None, **facts: object) -> dict[str, Any]:
    return {"key": key, **facts, "extra": dict(extra or {})}


def _line(text: str) -> str:
    """Return the text as one line: a field must not end early."""
    return " ".join(text.split())


def _request_line(method: str, url: str) -> str:
    parts = urlsplit(url)
    return f"{method} {parts.path or '/'}{'?' + parts.query if parts.query else ''} HTTP/1.1"


def _refers(profile: str, original: Original) -> dict[str, str]:
    fields = {"WARC-Profile": profile, "WARC-Refers-To": f"<{original.ref.partition('#')[2]}>"}
    if original.url and original.date:
        fields |= {"WARC-Refers-To-Target-URI": original.url, "WARC-Refers-To-Date": original.date}
    return fields
