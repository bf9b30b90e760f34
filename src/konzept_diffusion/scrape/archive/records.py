"""The words that archive files are written and read with: references, what is held, digests, fields of ours.

Source: ISO 28500:2017 (WARC 1.1).
"""

from __future__ import annotations

import base64
import hashlib
import os
import re
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, field
from datetime import UTC, datetime
from pathlib import Path

from ...errors import StepError

FOLDER = "archive"
"""Folder of the finished files below a crawl's output folder; references begin with it."""
OPEN = ".open"
"""Folder below it, of the files that are being written."""
OWN_FIELD = "Konzept-Exchange"
"""Named field of ours on answers and failures: JSON with what a replay needs (WARC 1.1, section 4: unknown
fields are ignored by other readers)."""
IDENTICAL = "http://netpreserve.org/warc/1.1/revisit/identical-payload-digest"
NOT_MODIFIED = "http://netpreserve.org/warc/1.1/revisit/server-not-modified"
RENAMED = "X-Archive-Orig-"
"""Put before Transfer-Encoding: the payload is kept without chunks, and readers would look for them."""
OPEN_FLAGS = os.O_CREAT | getattr(os, "O_CLOEXEC", 0) | getattr(os, "O_BINARY", 0)
"""How files of ours are opened: not for child processes, and on Windows as bytes."""
TRUNCATIONS = ("length", "time", "disconnect", "unspecified")
"""Why a payload is incomplete (WARC-Truncated)."""

_CHUNKS = "transfer-encoding"
_FOLD = re.compile(r"[\r\n]+[ \t]*")


@dataclass(frozen=True, slots=True)
class Original:
    """The record in which a payload was archived first: reference, address and WARC-Date."""

    ref: str
    url: str
    date: str


@dataclass(frozen=True, slots=True)
class Holding:
    """An answer (GET, status 200, complete) that a later crawl can ask for conditionally or refer to.

    Attributes
    ----------
    url
        Address of the answer itself (of the last hop).
    etag, last_modified
        Validators as the server sent them; empty without.
    digest
        WARC-Payload-Digest ("sha1:" and Base32).
    ref, date, offset
        Archive reference, WARC-Date and place of the record in its file (bytes).
    original
        Reference of the record that holds the payload: `ref`, or what a revisit record refers to.
    """

    url: str
    etag: str
    last_modified: str
    digest: str
    ref: str
    date: str
    offset: int
    original: str

    @property
    def record(self) -> Original:
        """The record of the answer: what a 304 to a conditional request confirms."""
        return Original(self.ref, self.url, self.date)


@dataclass(frozen=True, slots=True)
class Kept:
    """What a file holds already (see `replay.Replay.kept`).

    Attributes
    ----------
    end
        Where its good part ends (bytes).
    holdings
        The answers in it.
    originals
        Digest of a payload to its record.
    revisits
        Reference of a revisit record to that of the record that holds the payload.
    """

    end: int = 0
    holdings: tuple[Holding, ...] = ()
    originals: Mapping[str, Original] = field(default_factory=dict)
    revisits: Mapping[str, str] = field(default_factory=dict)


@dataclass(frozen=True, slots=True)
class Segment:
    """A closed file: its name and the answers in it."""

    name: str
    holdings: tuple[Holding, ...] = ()


def originals(holdings: Iterable[Holding]) -> dict[str, Original]:
    """Return digest to record of the payloads among what is held: what a later crawl's revisits refer to."""
    return {item.digest: item.record for item in holdings if item.original == item.ref}


def now() -> str:
    """Return the time as WARC-Date: UTC, ISO 8601 with microseconds and Z."""
    return datetime.now(UTC).strftime("%Y-%m-%dT%H:%M:%S.%fZ")


def sha1(*parts: bytes) -> str:
    """Return the digest of the parts as WARC files bear it: "sha1:" and Base32."""
    state = hashlib.sha1(usedforsecurity=False)
    for part in parts:
        state.update(part)
    return "sha1:" + base64.b32encode(state.digest()).decode()


def header(headers: Sequence[tuple[str, str]], name: str) -> str:
    """Return the first value of a header (any case), or an empty text."""
    return next((value for key, value in headers if key.lower() == name), "")


def http_block(first: str, headers: Sequence[tuple[str, str]]) -> bytes:
    """Return start line and headers as on the wire; Transfer-Encoding is renamed, folded lines are joined.

    Parameters
    ----------
    first
        Request or status line.
    headers
        In order; text is ISO-8859-1, as HTTP headers are read.
    """
    lines = [first]
    for name, value in headers:
        lines.append(f"{RENAMED if name.lower() == _CHUNKS else ''}{name}: {value}")
    # A folded header (RFC 9112, section 5.2) arrives with its line break; it counts as a space.
    text = "\r\n".join(_FOLD.sub(" ", line) for line in lines)
    return text.encode("latin-1", "replace") + b"\r\n\r\n"


def read_http_block(block: bytes) -> tuple[str, tuple[tuple[str, str], ...]]:
    """Return start line and headers of what `http_block` wrote."""
    first, *lines = block.decode("latin-1").removesuffix("\r\n\r\n").split("\r\n")
    pairs = (line.partition(": ") for line in lines)
    return first, tuple(
        (name[len(RENAMED) :] if name.lower() == RENAMED.lower() + _CHUNKS else name, value)
        for name, _, value in pairs
    )


def status_of(status_line: str) -> int:
    """Return the status code of a status line; 0 if it bears none."""
    words = status_line.split(maxsplit=2)
    return int(words[1]) if len(words) > 1 and words[1].isascii() and words[1].isdigit() else 0


def unwritable(path: Path, error: OSError) -> StepError:
    """Return the error that ends a crawl whose folder cannot be written (full disk, rights)."""
    return StepError(
        f"{path}: cannot be written ({error.strerror or error}). Make room there and start the crawl again: "
        "it goes on where it was stopped."
    )
