"""One survey's requests: counted, allowed, followed, tried again where that may help, archived and replayed.

Every request goes the same way: address, the host's standing, budget, archive of an interrupted run, robots.txt,
turn, wire, archive. Sources: RFC 9110 (redirects, conditional requests, Retry-After), RFC 9309 (robots.txt).
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import replace
from typing import TYPE_CHECKING, Any
from urllib.parse import urlsplit

from ...errors import DataError
from ..exchange import Exchange, NotFetched, Request
from .answers import Known, challenge_in, confirmed, exchange, redirect_target, robots_file
from .asking import Asked, form_body, place, request_headers
from .hosts import Host
from .robots import RobotsFile

if TYPE_CHECKING:
    from ..archive.replay import Replay, Stored
    from ..archive.warc import ArchiveWriter
    from .client import Transport

_AGAIN = frozenset({"refused", "timeout", "broken"})
_ROBOTS_HOPS = 5


class Visit:
    """The client of one survey (`exchange.KommuneClient`), made by `client.Transport.visit`; for one thread."""

    def __init__(
        self,
        transport: Transport,
        kommune: object,
        *,
        max_requests: int,
        archive: ArchiveWriter | None,
        replay: Replay | None,
        known: Mapping[str, Known],
    ) -> None:
        self._transport, self._asker, self.kommune = transport, transport.asker, kommune
        self._politeness = transport.politeness
        self._max, self._archive, self._replay = max_requests, archive, replay
        self._known = dict(known)
        self._count = self._sent = 0
        self._began = self._asker.clock()
        self._hosts: dict[str, Host] = {}
        self._robots: dict[str, RobotsFile] = {}
        self._origins: set[str] = set()
        self._reserved: dict[str, None] = {}

    def __enter__(self) -> Visit:
        """Return the visit."""
        return self

    def __exit__(self, *error: object) -> None:
        """Close its connections."""
        self._asker.lines.hang_up(self._origins)

    @property
    def requests(self) -> int:
        """Return the requests that count so far (see `exchange.KommuneClient`)."""
        return self._count

    @property
    def left(self) -> int:
        """Return the requests that may still be made; none when the time is used up."""
        return 0 if self._late() else max(0, self._max - self._count)

    @property
    def reserved(self) -> tuple[str, ...]:
        """Return the addresses for which `note_tdm` recorded a reservation."""
        return tuple(self._reserved)

    def note_tdm(self, exchange: Exchange) -> None:
        """Record a reservation that only the page's content shows (meta tag)."""
        self._reserved[exchange.url] = None

    def fetch(self, request: Request) -> Exchange:
        """Return the answer to a request (see `exchange.KommuneClient`).

        Raises
        ------
        NotFetched
            If there is none.
        """
        self._admit(request.url)
        stored = self._replay.take(request.key) if self._replay is not None else None
        if stored is not None and not self._to_repeat(stored):
            return self._replayed(request, stored)
        self._sent = 0
        try:
            return self._follow(request)
        except NotFetched as failure:
            self._note(failure)
            self._record_failure(failure, request.key)
            raise

    def robots(self, url: str) -> RobotsFile:
        """Return what the robots.txt of the address's host says (asked for once per host)."""
        origin = place(url).origin
        robots = self._robots.get(origin)
        if robots is None:
            with self._transport.robots_lock(origin):
                robots = self._find_robots(origin)
            self._robots[origin] = robots
        return robots

    # --- what may be asked -------------------------------------------------------------------------------------

    def _late(self) -> bool:
        return self._asker.clock() - self._began > self._politeness.max_seconds

    def _host(self, url: str) -> Host:
        key = place(url).key
        host = self._hosts.get(key)
        if host is None:
            host = self._hosts[key] = Host()
        return host

    def _admit(self, url: str) -> None:
        """Refuse what needs no request to be refused."""
        name = place(url).host
        if any(name == host or name.endswith(f".{host}") for host in self._politeness.blocked_hosts):
            raise NotFetched("blocked_host", url)
        stopped = self._host(url).stopped
        if stopped:
            raise NotFetched("stopped", url, stopped)
        if self._late():
            raise NotFetched("budget", url, "time")
        if self._count >= self._max:
            raise NotFetched("budget", url, f"{self._max} requests")

    def _permit(self, url: str) -> RobotsFile:
        """Refuse what the host's robots.txt does not allow."""
        robots = self.robots(url)
        if robots.status == "unreachable" and robots.reason != "server_error":
            raise NotFetched(robots.reason, url, "robots.txt")
        if not robots.allows(url):
            raise NotFetched("robots", url, "robots.txt: 5xx" if robots.status == "unreachable" else "")
        return robots

    # --- one request and its redirects -------------------------------------------------------------------------

    def _follow(self, request: Request) -> Exchange:
        url, method, body = request.url, request.method, form_body(request)
        hops: list[str] = []
        seen: set[tuple[str, str, str]] = set()
        while True:
            robots = self._permit(url)
            known = self._known.get(url) if method == "GET" else None
            cookie = self._host(url).cookies.header(url)
            if (method, url, cookie) in seen or len(hops) > self._politeness.max_redirects:
                raise NotFetched("redirects", url, f"{len(hops)} redirects")
            more = request_headers(request.referer, cookie, body, known)
            asked = self._ask(request.key, url, method, more, body, robots.crawl_delay or 0.0)
            if asked.status == 304 and known is not None:
                try:
                    earlier = known.load()
                except DataError:  # the archive has lost it: ask for it anew
                    del self._known[url]
                    self._write(asked, request.key, hop=True)
                    continue
                return self._unmodified(request, asked, hops, robots, known, earlier)
            seen.add((method, url, cookie))
            target = redirect_target(asked)
            if not target:
                return self._finish(request, asked, hops, robots)
            self._write(asked, request.key, hop=True)
            self._host(url).answered()
            hops.append(url)
            if asked.status == 303 or (method == "POST" and asked.status in (301, 302)):
                method, body = "GET", None
            url = target
            self._admit(url)

    def _ask(
        self,
        key: str,
        url: str,
        method: str,
        more: Mapping[str, str],
        body: bytes | None,
        delay: float,
        *,
        robots: bool = False,
    ) -> Asked:
        """Return an answer that is no 429 and no 5xx, tried again where that may help."""
        politeness, where = self._politeness, place(url)
        host, pause, tries, unreachable = self._host(url), politeness.pause, 1, set[str]()
        cap = politeness.max_robots_bytes if robots else politeness.max_bytes
        headers = self._asker.headers(where, more)
        self._origins.add(where.origin)
        while True:
            if not robots and self._count >= self._max:
                raise NotFetched("budget", url, f"{self._max} requests")
            asked = Asked(url, method, headers, body)
            self._asker.ask(asked, where, delay, pause, cap)
            if asked.went_out and not robots:
                self._count += 1
                self._sent += 1
            last, failure = tries >= politeness.attempts, asked.failure
            if failure is None:
                host.cookies.take(url, asked.headers)
                if asked.status != 429 and asked.status < 500:
                    return asked
                self._write(asked, key, hop=True)
                mark = challenge_in(asked)
                if mark:
                    raise NotFetched("challenge", url, mark)
                if last or (asked.wait or 0) > politeness.longest_pause:
                    asks = asked.status == 429 or asked.wait is not None
                    detail = f"HTTP {asked.status}" + (f", {asked.wait:.0f} s" if asked.wait else "")
                    raise NotFetched("throttled" if asks else "server_error", url, detail)
            else:
                if not asked.went_out and failure.reason in ("refused", "timeout"):
                    unreachable.add(asked.ip)
                    self._asker.guard.demote(where.host, where.port, asked.ip)
                    if self._asker.guard.addresses(url, where.host, where.port)[0] not in unreachable:
                        continue
                if last or failure.reason not in _AGAIN or failure.detail == "not whole in time":
                    raise failure
            tries += 1
            pause *= 2

    def _finish(self, request: Request, asked: Asked, hops: list[str], robots: RobotsFile) -> Exchange:
        extra = {"sent": self._sent, "hops": hops, "tdm": robots.tdm}
        try:
            result = exchange(request, asked, self._politeness, extra)
        except NotFetched as failure:
            if failure.reason != "too_large":  # the archive need not keep what nobody reads
                self._write(asked, request.key, hop=True)
            raise
        ref = self._write(asked, request.key, hop=False, extra=extra)
        self._host(asked.url).answered()
        return replace(result, archive_ref=ref, sent=self._sent)

    def _unmodified(
        self,
        request: Request,
        asked: Asked,
        hops: list[str],
        robots: RobotsFile,
        known: Known,
        earlier: Exchange,
    ) -> Exchange:
        extra = {"sent": self._sent, "hops": hops, "tdm": robots.tdm}
        ref = self._write(asked, request.key, hop=False, extra=extra, known=known)
        self._host(asked.url).answered()
        result = confirmed(earlier, request, asked.url, asked.started_at, extra)
        return replace(result, archive_ref=ref or earlier.archive_ref, sent=self._sent)

    # --- robots.txt --------------------------------------------------------------------------------------------

    def _find_robots(self, origin: str) -> RobotsFile:
        first = f"{origin}/robots.txt"
        key = f"ROBOTS {first}"
        stored = self._replay.take(key) if self._replay is not None else None
        if stored is not None:
            if stored.failure is not None:
                return _unreachable(stored.failure.reason)
            robots = robots_file(stored.answers[-1], self._politeness)
            self._transport.keep_robots(origin, robots)
            return robots
        shared = self._transport.robots_known(origin)
        if shared is not None:
            return shared
        url = first
        try:
            for _ in range(_ROBOTS_HOPS + 1):
                asked = self._ask(key, url, "GET", {}, None, 0.0, robots=True)
                target = redirect_target(asked, strict=False)
                if not target:
                    break
                self._write(asked, key, hop=True)
                url = target
        except NotFetched as failure:
            self._record_failure(failure, key)
            return _unreachable(failure.reason)
        # After too many redirects the last of them stands for an answer that is none: everything is allowed.
        self._write(asked, key, hop=False)
        robots = robots_file(asked, self._politeness)
        self._transport.keep_robots(origin, robots)
        if urlsplit(url).path == "/robots.txt":
            self._transport.keep_robots(place(url).origin, robots)
        return robots

    # --- archive -----------------------------------------------------------------------------------------------

    def _write(
        self,
        asked: Asked,
        key: str,
        *,
        hop: bool,
        extra: Mapping[str, Any] | None = None,
        known: Known | None = None,
    ) -> str:
        if self._archive is None:
            return ""
        return self._archive.write(
            url=asked.url,
            method=asked.method,
            sent_headers=tuple(asked.sent_headers.items()),
            sent_body=asked.body or b"",
            status_line=asked.status_line,
            headers=asked.headers,
            payload=asked.payload,
            ip=asked.ip,
            started_at=asked.started_at,
            truncated="length" if asked.truncated else None,
            hop=hop,
            key=key,
            extra=extra,
            unmodified=known.original if known is not None else None,
        )

    def _record_failure(self, failure: NotFetched, key: str) -> None:
        if self._archive is not None:
            self._archive.failure(
                url=failure.url,
                reason=failure.reason,
                detail=failure.detail,
                key=key,
                extra={"sent": self._sent},
            )

    def _note(self, failure: NotFetched) -> None:
        self._host(failure.url).failed(failure, self._politeness.failures_to_stop)

    def _to_repeat(self, stored: Stored) -> bool:
        """Return whether an archived failure was only for want of budget, of which there is more now."""
        failure = stored.failure
        if failure is None or failure.reason != "budget":
            return False
        return self._count + int(failure.extra.get("sent", 0)) < self._max

    def _replayed(self, request: Request, stored: Stored) -> Exchange:
        """Return or raise what the interrupted run saw, counted as it was counted."""
        for answer in stored.answers:
            host = self._host(answer.url)
            host.cookies.take(answer.url, answer.headers)
            if redirect_target(answer):
                host.answered()
        if stored.failure is not None:
            self._count += int(stored.failure.extra.get("sent", 0))
            failure = NotFetched(stored.failure.reason, stored.failure.url, stored.failure.detail)
            self._note(failure)
            raise failure
        last = stored.answers[-1]
        self._count += int(last.extra.get("sent", 0))
        known = self._known.get(last.url)
        if last.status == 304 and known is not None:
            result = confirmed(known.load(), request, last.url, last.started_at, last.extra)
        else:
            result = exchange(request, last, self._politeness, last.extra)
        self._host(last.url).answered()
        return replace(result, archive_ref=last.ref)


def _unreachable(reason: str) -> RobotsFile:
    return RobotsFile(
        "unreachable", reason="server_error" if reason in ("throttled", "challenge") else reason
    )
