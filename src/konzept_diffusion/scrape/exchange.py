"""What is asked of a server and what came back: the words that all parts of the scraper share."""

from __future__ import annotations

import hashlib
from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import Protocol

REASONS: dict[str, str] = {
    "bad_address": "the address is none (scheme, host or port)",
    "blocked_host": "the host is on the list of blocked hosts",
    "private": "the host has a private, loopback or reserved IP address",
    "robots": "robots.txt does not allow it (also: robots.txt answered with 5xx or not at all)",
    "dns": "the host's name has no address",
    "refused": "the host does not take the connection",
    "tls": "no secure connection could be made",
    "timeout": "no answer, or none in full, in time",
    "broken": "the answer was cut off or is no HTTP",
    "forbidden": "the server answered 401 or 403",
    "challenge": "the server asks for a proof of being human",
    "throttled": "the server asks for a longer pause than a crawl can wait (429 or 503 with Retry-After)",
    "server_error": "the server answered 5xx, also when tried again",
    "redirects": "redirects in a circle, or too many",
    "too_large": "the body is larger than the cap, before or after decompression",
    "stopped": "the host was given up before: forbidden, challenge, or too many failures",
    "budget": "the Kommune's requests or time are used up",
}
"""Why a request was not answered with a body: code to meaning."""


class NotFetched(Exception):  # noqa: N818 - an outcome, not a mistake of the user
    """A request that brought no usable answer; `reason` is a key of `REASONS`."""

    def __init__(self, reason: str, url: str, detail: str = "") -> None:
        if reason not in REASONS:
            raise ValueError(f"unknown reason {reason!r}")
        self.reason, self.url, self.detail = reason, url, detail
        super().__init__(f"{url}: {REASONS[reason]}" + (f" ({detail})" if detail else ""))


@dataclass(frozen=True, slots=True)
class Request:
    """One request.

    Attributes
    ----------
    url
        Absolute http or https address, percent-encoded ASCII, without fragment.
    method
        GET or POST.
    fields
        Name and value of the form fields that a POST carries (application/x-www-form-urlencoded).
    charset
        Encoding of `fields` in the body: the page's, or the form's accept-charset.
    referer
        Page on which the address was found; empty if none.
    """

    url: str
    method: str = "GET"
    fields: tuple[tuple[str, str], ...] = ()
    charset: str = "utf-8"
    referer: str = ""

    @property
    def key(self) -> str:
        """Identity of the request within a crawl: method, address and a digest of the fields."""
        if self.method == "GET":
            return f"GET {self.url}"
        digest = hashlib.sha256(repr((self.fields, self.charset)).encode()).hexdigest()[:16]
        return f"{self.method} {self.url} {digest}"


@dataclass(frozen=True, slots=True)
class Exchange:
    """A request and its final answer, whatever its status (404 too; 401, 403, 429 and 5xx raise NotFetched).

    Attributes
    ----------
    request
        What was asked.
    url
        Address of the final answer, after redirects; query unchanged.
    status
        HTTP status.
    headers
        Names in lower case; of repeated headers the values joined by ", ".
    body
        Decoded (content-encoding undone), complete or cut at the cap (`truncated`).
    media_type
        Lower case, without parameters; corrected by the first bytes where the header is missing, general
        (application/octet-stream) or contradicts them (a PDF sent as text/html).
    charset
        Of the header, lower case; empty if it names none.
    filename
        Of Content-Disposition (RFC 6266, also filename*), decoded; else empty.
    truncated
        The body was cut at the cap.
    hops
        Addresses on the way, first asked first; empty without redirects.
    archive_ref
        Record of the answer: archive file, "#", WARC-Record-ID; empty if nothing was archived.
    retrieved_at
        UTC, ISO 8601 with seconds and Z.
    tdm
        A text-and-data-mining reservation was seen (robots, header, meta).
    sent
        Requests that went out for it (redirects and tries included, robots.txt not); 0 if it was replayed.
    """

    request: Request
    url: str
    status: int
    headers: Mapping[str, str]
    body: bytes = field(repr=False)
    media_type: str
    charset: str = ""
    filename: str = ""
    truncated: bool = False
    hops: tuple[str, ...] = ()
    archive_ref: str = ""
    retrieved_at: str = ""
    tdm: bool = False
    sent: int = 1

    @property
    def sha256(self) -> str:
        """SHA-256 of the body as hexadecimal text."""
        return hashlib.sha256(self.body).hexdigest()


class Robots(Protocol):
    """What a host's robots.txt says to us."""

    sitemaps: tuple[str, ...]
    crawl_delay: float | None
    status: str

    def allows(self, url: str) -> bool:
        """Return whether the address may be asked for."""
        ...


class KommuneClient(Protocol):
    """The client as one survey sees it: polite, counted, archived (see `scrape.network.visit`)."""

    @property
    def requests(self) -> int:
        """Requests that count so far: robots.txt not; replayed ones as in the first run."""
        ...

    @property
    def left(self) -> int:
        """Requests that may still be made."""
        ...

    def fetch(self, request: Request) -> Exchange:
        """Return the answer; robots.txt, politeness, redirects, retries, caps and archive are seen to.

        Raises
        ------
        NotFetched
            If there is none.
        """
        ...

    def robots(self, url: str) -> Robots:
        """Return what the robots.txt of the address's host says (asked for once per host)."""
        ...

    def note_tdm(self, exchange: Exchange) -> None:
        """Record a reservation that only the page's content shows (meta tag)."""
        ...
