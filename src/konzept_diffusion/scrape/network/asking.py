"""Asking once: one request, in its host's turn, at a vetted address.

What is tried again, followed or given up is decided in `visit`.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import dataclass, field
from datetime import datetime
from email.message import Message
from functools import lru_cache, partial
from typing import Protocol
from urllib.parse import urlencode

import requests
from requests.cookies import MockRequest, MockResponse, RequestsCookieJar

from ...sources.http import retry_after
from .. import addresses
from ..exchange import NotFetched, Request
from .bodies import TEXTUAL
from .connections import Lines, Received
from .guard import Guard
from .politeness import Politeness, identification
from .turns import FOREVER, NEVER, Slots, TooLate, Turn

KNOWN = "the host refused an earlier survey"
"""Detail of a refusal that was not asked for: the host had been given up already."""
PACE = "Crawl-delay:"
"""What the detail begins with if a host asks for longer pauses than there is time."""
_SLACK = 0.01
"""Share of the delay by which a start is counted later than the request was sent."""
_SMALL = 2 << 20
"""Bytes that are read of an answer that is no document (redirects, errors)."""
_ACCEPT = {
    "Accept": "text/html,application/xhtml+xml,application/pdf,application/xml;q=0.9,*/*;q=0.8",
    "Accept-Language": "de-DE,de;q=0.9,en;q=0.3",
    "Accept-Encoding": "gzip, deflate",
    "Connection": "keep-alive",
}


@dataclass(frozen=True, slots=True)
class Place:
    """Where an address leads: origin, authority (Host header), host, port and the host's key for turns."""

    origin: str
    authority: str
    host: str
    port: int
    key: str


@lru_cache(maxsize=8192)
def _place(origin: str) -> Place:
    scheme, _, authority = origin.partition("://")
    host, port = authority, 443 if scheme == "https" else 80
    if not authority.endswith("]"):
        name, colon, number = authority.rpartition(":")
        if colon:
            host, port = name, int(number)
    return Place(origin, authority, host, port, f"{host}:{port}")


def place(url: str) -> Place:
    """Return where an address leads.

    Raises
    ------
    NotFetched
        "bad_address" if it is none.
    """
    origin = addresses.origin(url)
    if not origin:
        raise NotFetched("bad_address", url)
    return _place(origin)


@dataclass(slots=True)
class Asked:
    """One request as sent, and the answer (`answers.Answer`) or `failure` that it brought.

    Attributes
    ----------
    url, method, sent_headers, body
        The request.
    in_part
        The beginning of a long body is of use, whatever its media type.
    status, status_line, headers, payload, truncated
        The answer, as in `connections.Received`; status 0 without one.
    failure
        Why there is none.
    ip
        Address that was connected to.
    started_at
        UTC, ISO 8601 with microseconds.
    went_out
        The request was handed to the socket.
    wait
        Seconds that the server asks for (Retry-After); None if it does not.
    """

    url: str
    method: str
    sent_headers: dict[str, str]
    body: bytes | None
    in_part: bool = False
    status: int = 0
    status_line: str = ""
    headers: tuple[tuple[str, str], ...] = ()
    payload: bytes = field(default=b"", repr=False)
    truncated: bool = False
    failure: NotFetched | None = None
    ip: str = ""
    started_at: str = ""
    went_out: bool = False
    wait: float | None = None

    def take(self, received: Received) -> None:
        """Take over the answer."""
        self.status, self.status_line, self.headers = received.status, received.status_line, received.headers
        self.payload, self.truncated = received.payload, received.truncated


class Asker:
    """Sends single requests; shared by all visits of a process."""

    def __init__(
        self,
        politeness: Politeness,
        *,
        guard: Guard,
        slots: Slots,
        lines: Lines,
        clock: Callable[[], float],
        now: Callable[[], datetime],
    ) -> None:
        self.politeness, self.guard, self.slots, self.lines = politeness, guard, slots, lines
        self.clock, self.now = clock, now
        self._common = {**identification(), **_ACCEPT}

    def headers(self, where: Place, more: Mapping[str, str]) -> dict[str, str]:
        """Return all headers of a request, in the order in which they are sent."""
        return {"Host": where.authority, **self._common, **more}

    def ask(
        self,
        asked: Asked,
        where: Place,
        host_delay: float,
        pause: float,
        cap: int,
        latest: float = FOREVER,
    ) -> None:
        """Wait for the turn and send; the outcome is written into `asked`.

        Parameters
        ----------
        asked
            The request.
        where
            Its place.
        host_delay
            Crawl-delay of the host in seconds, or 0.
        pause
            Seconds for which the host is left alone after a failure that may pass.
        cap
            Bytes of the body that are read at most.
        latest
            Moment (by `clock`) after which it is not sent any more.

        Raises
        ------
        NotFetched
            dns, private or bad_address: there is nobody to ask. throttled: the host asks for longer pauses than
            there is time for a Kommune. budget: the turn would come too late. What `refuse_unwanted` raises.
        """
        ip = self.guard.addresses(asked.url, where.host, where.port)[0]
        turn = self.slots.turn(where.key, ip, self.politeness.delay, host_delay, latest)
        if turn.host_delay > max(latest - self.clock(), self.politeness.delay):
            raise NotFetched("throttled", asked.url, f"{PACE} {turn.host_delay:.0f} s")
        try:
            with turn:
                self.refuse_unwanted(
                    asked.url, where
                )  # another survey may have been refused while this waited
                self._in_turn(turn, asked, where, ip, pause, cap)
        except TooLate:
            raise NotFetched("budget", asked.url, "time") from None

    def refuse_unwanted(self, url: str, where: Place) -> None:
        """Refuse what another survey of the crawl was refused: by its nature no replay can know it.

        Raises
        ------
        NotFetched
            forbidden, challenge or throttled, with `KNOWN` as detail.
        """
        reason = self.slots.hosts.stopped(where.key)
        if reason:
            raise NotFetched(reason, url, KNOWN)

    def _in_turn(self, turn: Turn, asked: Asked, where: Place, ip: str, pause: float, cap: int) -> None:
        politeness, line = self.politeness, self.lines.line(where.origin)
        self.lines.claim(line, ip)
        asked.ip = ip
        asked.started_at = self.now().strftime("%Y-%m-%dT%H:%M:%S.%fZ")
        keep = partial(self._keep, cap, asked.in_part)
        try:
            asked.take(line.ask(asked.method, asked.url, asked.sent_headers, asked.body, ip, keep))
        except NotFetched as failure:
            asked.failure = failure
        finally:
            # A busy server sees a request later than it was sent: count from its first sign, within limits.
            sent, heard = line.wire.sent, line.wire.heard
            asked.went_out = sent > NEVER
            if asked.went_out:
                turn.started = sent + min(max(heard - sent, 0.0), _SLACK * politeness.delay)
            if self.slots.hand_over((where.key, ip)):
                line.hang_up()
        if asked.status == 429 or asked.status >= 500:
            value = next((v for name, v in asked.headers if name.lower() == "retry-after"), None)
            asked.wait = retry_after(value, self.now())
            pause = asked.wait if asked.wait is not None else pause
        elif asked.failure is None:
            return
        if pause <= politeness.longest_pause:
            turn.resume = self.clock() + pause

    def _keep(self, cap: int, in_part: bool, status: int, headers: Mapping[str, str]) -> int:
        """Return how many bytes of a body are read: none of one that is announced as too large."""
        if status != 200:
            return min(cap, _SMALL)
        length = headers.get("content-length", "")
        if length.isascii() and length.isdigit() and int(length) > cap:
            return cap if in_part or TEXTUAL.match(headers.get("content-type", "")) else 0
        return cap


def form_body(request: Request) -> bytes | None:
    """Return the body of a POST, encoded as a browser would: what the charset lacks becomes "&#228;"."""
    if request.method != "POST":
        return None
    try:
        return urlencode(request.fields, encoding=request.charset, errors="xmlcharrefreplace").encode()
    except LookupError:
        return urlencode(request.fields).encode()


class Validators(Protocol):
    """What a conditional request needs of an earlier answer."""

    @property
    def etag(self) -> str:
        """Entity tag, empty without."""

    @property
    def last_modified(self) -> str:
        """Date as the server wrote it, empty without."""


def request_headers(
    referer: str, cookie: str, body: bytes | None, known: Validators | None
) -> dict[str, str]:
    """Return the headers that belong to one request only."""
    more: dict[str, str] = {}
    if referer:
        more["Referer"] = referer
    if cookie:
        more["Cookie"] = cookie
    if body is not None:
        more["Content-Type"] = "application/x-www-form-urlencoded"
        more["Content-Length"] = str(len(body))
    if known is not None and known.etag:
        more["If-None-Match"] = known.etag
    if known is not None and known.last_modified:
        more["If-Modified-Since"] = known.last_modified
    return more


class Cookies:
    """The cookies of one host during one visit."""

    def __init__(self) -> None:
        self._jar = RequestsCookieJar()

    def take(self, url: str, headers: tuple[tuple[str, str], ...]) -> None:
        """Keep what an answer sets."""
        lines = [value for name, value in headers if name.lower() == "set-cookie"]
        if lines:
            message = Message()
            for line in lines:
                message["Set-Cookie"] = line
            self._jar.extract_cookies(MockResponse(message), MockRequest(_bare(url)))  # type: ignore[arg-type]

    def header(self, url: str) -> str:
        """Return the Cookie header for an address; "" for none."""
        if not len(self._jar):
            return ""
        request = MockRequest(_bare(url))
        self._jar.add_cookie_header(request)  # type: ignore[arg-type]
        return str(request.get_new_headers().get("Cookie", ""))


def _bare(url: str) -> requests.PreparedRequest:
    request = requests.PreparedRequest()
    request.url, request.method = url, "GET"
    request.headers = requests.structures.CaseInsensitiveDict()
    return request
