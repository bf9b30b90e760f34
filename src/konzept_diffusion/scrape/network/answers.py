"""What an answer means: redirect, challenge, refusal, or an exchange for the survey; from the wire or the archive."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Mapping
from dataclasses import dataclass, field, replace
from functools import partial
from pathlib import Path
from typing import Any, Protocol

from .. import addresses
from ..archive.records import Holding, Original
from ..exchange import Exchange, NotFetched, Request
from . import bodies, tdm
from .challenge import challenge
from .politeness import Politeness
from .robots import RobotsFile, read

_REDIRECTS = frozenset({301, 302, 303, 307, 308})
_PEEK = 1 << 20


class Answer(Protocol):
    """One answer as it came: `connections.Received` with its circumstances, or `reading.Answer`."""

    @property
    def url(self) -> str:
        """Address that was asked."""

    @property
    def status(self) -> int:
        """HTTP status."""

    @property
    def headers(self) -> tuple[tuple[str, str], ...]:
        """As received."""

    @property
    def payload(self) -> bytes:
        """Content-encoding not undone."""

    @property
    def truncated(self) -> object:
        """True, or a reason, if the payload is incomplete."""

    @property
    def started_at(self) -> str:
        """UTC, ISO 8601 with Z."""


@dataclass(frozen=True, slots=True)
class Known:
    """An answer of an earlier crawl, for a conditional request.

    Attributes
    ----------
    etag, last_modified
        Validators; empty without.
    original
        Record that holds the body.
    load
        Returns that answer; raises DataError if the archive has lost it.
    """

    etag: str
    last_modified: str
    original: Original
    load: Callable[[], Exchange] = field(repr=False)


def known(holdings: Iterable[Holding], root: Path) -> dict[str, Known]:
    """Return what an earlier crawl can ask for conditionally, by address; the newest answer counts.

    Parameters
    ----------
    holdings
        Answers that the state knows.
    root
        Output folder of the crawl.
    """
    result = {}
    for item in sorted(holdings, key=lambda item: item.date):
        if item.etag or item.last_modified:
            original = Original(item.original, item.url, item.date)
            result[item.url] = Known(item.etag, item.last_modified, original, partial(_load, item, root))
    return result


def _load(item: Holding, root: Path) -> Exchange:
    from ..archive.replay import read_record

    answer = read_record(item.original, root, offset=item.offset if item.original == item.ref else None)
    return replace(exchange(Request(item.url), answer, Politeness()), archive_ref=item.original)


def location(answer: Answer) -> str:
    """Return the Location header of a redirect; "" if the answer is none."""
    if answer.status not in _REDIRECTS:
        return ""
    return next((value for name, value in answer.headers if name.lower() == "location"), "")


def redirect_target(answer: Answer, *, strict: bool = True) -> str:
    """Return where a redirect leads; "" if the answer is none, or if it leads nowhere and `strict` is False.

    Raises
    ------
    NotFetched
        "bad_address" if it leads to what is no web address.
    """
    written = location(answer)
    if not written:
        return ""
    raw = written.encode("latin-1", "replace")
    try:
        written = raw.decode("utf-8")
    except UnicodeDecodeError:
        written = raw.decode("cp1252", "replace")
    target = addresses.normalise(written, answer.url)
    if not target and strict:
        raise NotFetched("bad_address", answer.url, f"redirect to {written[:200]!r}")
    return target


def too_large(answer: Answer, politeness: Politeness) -> NotFetched | None:
    """Return the failure if an answer was cut at the cap and its part is of no use: no archive need keep it."""
    if not answer.truncated or answer.status != 200:
        return None
    headers = bodies.joined(answer.headers)
    of_use = bodies.TEXTUAL.match(headers.get("content-type", "").strip().lower())
    if headers.get("content-encoding", "") or not of_use or answer.payload[:5] == b"%PDF-":
        return NotFetched("too_large", answer.url, f"more than {politeness.max_bytes:,} bytes")
    return None


def challenge_in(answer: Answer) -> str:
    """Return what shows that an error answer is a challenge; "" if it is none."""
    headers = bodies.joined(answer.headers)
    body = bodies.decode(answer.payload, headers.get("content-encoding", ""), _PEEK).body
    return challenge(answer.status, headers, body, bodies.media_type(headers, body))


def exchange(
    request: Request, answer: Answer, politeness: Politeness, extra: Mapping[str, Any] | None = None
) -> Exchange:
    """Return a final answer as the survey sees it; `sent` is 0 and `archive_ref` empty.

    Parameters
    ----------
    request
        What was asked for.
    answer
        Final answer.
    politeness
        For the caps.
    extra
        What the archive keeps beside the answer: hops, tdm (robots.txt reserves mining).

    Raises
    ------
    NotFetched
        too_large, challenge, forbidden, or broken (a content-encoding that was not asked for).
    """
    extra = extra or {}
    headers, url, status = bodies.joined(answer.headers), answer.url, answer.status
    encoding = headers.get("content-encoding", "")
    failure = too_large(answer, politeness)
    if failure is not None:
        raise failure
    decoded = bodies.decode(answer.payload, encoding, politeness.max_decoded)
    if decoded.too_large:
        raise NotFetched("too_large", url, f"more than {politeness.max_decoded:,} bytes unpacked")
    media_type = bodies.media_type(headers, decoded.body)
    mark = challenge(status, headers, decoded.body, media_type)
    if mark:
        raise NotFetched("challenge", url, mark)
    if status in (401, 403):
        raise NotFetched("forbidden", url, f"HTTP {status}")
    if decoded.unknown:
        raise NotFetched("broken", url, f"content-encoding {decoded.unknown[:40]}")
    return Exchange(
        request=request,
        url=url,
        status=status,
        headers=headers,
        body=decoded.body,
        media_type=media_type,
        charset=bodies.charset(headers),
        filename=bodies.filename(headers),
        truncated=bool(answer.truncated) or decoded.cut,
        hops=tuple(extra.get("hops", ())),
        retrieved_at=f"{answer.started_at[:19]}Z",
        tdm=bool(extra.get("tdm")) or tdm.reserved(headers),
        sent=0,
    )


def robots_file(answer: Answer, politeness: Politeness) -> RobotsFile:
    """Return what an answer to the request for robots.txt means (RFC 9309, section 2.3.1; no 5xx).

    Of a long file the beginning counts. A file that cannot be unpacked may forbid anything: nothing is asked.
    """
    if not 200 <= answer.status < 300:
        return RobotsFile("missing")
    encoding = bodies.joined(answer.headers).get("content-encoding", "")
    decoded = bodies.decode(answer.payload, encoding, politeness.max_decoded)
    # `bodies.decode` lets bytes pass that are not packed as the header says: a text is one, anything else is not.
    as_it_came = encoding and decoded.body == answer.payload and bodies.is_binary(decoded.body)
    if decoded.unknown or decoded.too_large or (decoded.cut and not answer.truncated) or as_it_came:
        return RobotsFile("unreachable", reason="broken")
    return read(decoded.body[: politeness.max_robots_bytes])


def confirmed(
    earlier: Exchange, request: Request, url: str, started_at: str, extra: Mapping[str, Any]
) -> Exchange:
    """Return an earlier answer that a 304 confirms."""
    return replace(
        earlier,
        request=request,
        url=url,
        hops=tuple(extra.get("hops", ())),
        retrieved_at=f"{started_at[:19]}Z",
        tdm=earlier.tdm or bool(extra.get("tdm")),
        sent=0,
    )
