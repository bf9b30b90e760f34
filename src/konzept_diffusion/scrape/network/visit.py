"""One survey's requests: counted, allowed, followed, tried again where that may help, archived and replayed.

Every request goes the same way: address, the host's standing, budget, archive of an interrupted run, robots.txt,
turn, wire, archive. Sources: RFC 9110 (redirects, conditional requests, Retry-After), RFC 9309 (robots.txt).
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, replace
from typing import TYPE_CHECKING
from urllib.parse import urlsplit

from ...errors import DataError
from ..exchange import Exchange, NotFetched, Request
from .answers import (
    Known,
    challenge_in,
    confirmed,
    exchange,
    location,
    redirect_target,
    robots_file,
    too_large,
)
from .asking import KNOWN, PACE, Asked, form_body, place, request_headers
from .hosts import SHARED, Host
from .recorder import Recorder
from .robots import RobotsFile
from .standing import DAY

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
        self._max, self._recorder, self._replay = max_requests, Recorder(archive), replay
        self._known = dict(known)
        self._count = self._sent = 0
        self._latest = self._asker.clock() + self._politeness.max_seconds
        self._rest = DAY
        self._hosts: dict[str, Host] = {}
        self._robots: dict[str, RobotsFile] = {}
        self._origins: set[str] = set()
        self._reserved: dict[str, None] = {}

    def __enter__(self) -> Visit:
        """Return the visit."""
        return self

    def __exit__(self, *error: object) -> None:
        """Close its connections."""
        self._asker.lines.room.leave()
        self._asker.lines.leave(self._origins)
        self._origins = set()

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
        self._asker.lines.room.leave()
        self._admit(request.url)
        stored = self._replay.take(request.key) if self._replay is not None else None
        if stored is not None and not self._to_repeat(stored):
            result = self._replayed(request, stored)
            if result is not None:
                return result
        self._sent = 0
        try:
            final = self._follow(request)
        except NotFetched as failure:
            self._note(failure)
            self._recorder.failure(failure, request.key, self._sent)
            self._share(failure)
            raise
        return self._finish(request, final)

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
        return self._asker.clock() > self._latest

    def _host(self, url: str) -> Host:
        key = place(url).key
        host = self._hosts.get(key)
        if host is None:
            host = self._hosts[key] = Host()
        return host

    def _admit(self, url: str) -> None:
        """Refuse what needs no request to be refused."""
        self._refuse_blocked(url)
        stopped = self._host(url).stopped
        if stopped:
            raise NotFetched("stopped", url, stopped)
        if self._late():
            raise NotFetched("budget", url, "time")
        if self._count >= self._max:
            raise NotFetched("budget", url, f"{self._max} requests")

    def _refuse_blocked(self, url: str) -> None:
        name = place(url).host
        if any(name == host or name.endswith(f".{host}") for host in self._politeness.blocked_hosts):
            raise NotFetched("blocked_host", url)

    def _permit(self, url: str) -> RobotsFile:
        """Refuse what the host's robots.txt does not allow."""
        robots = self.robots(url)
        if robots.status == "unreachable" and robots.reason != "server_error":
            raise NotFetched(robots.reason, url, "robots.txt")
        if not robots.allows(url):
            raise NotFetched("robots", url, "robots.txt: 5xx" if robots.status == "unreachable" else "")
        return robots

    # --- one request and its redirects -------------------------------------------------------------------------

    def _follow(self, request: Request) -> _Final:
        """Return the answer at the end of the redirects, not yet archived."""
        url, method, body = request.url, request.method, form_body(request)
        hops: list[str] = []
        seen: set[tuple[str, str, str]] = set()
        while True:
            self._asker.refuse_unwanted(url, place(url))
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
                    self._recorder.answer(asked, request.key, hop=True)
                    continue
                return _Final(asked, hops, robots.tdm, known, earlier)
            seen.add((method, url, cookie))
            if not location(asked):
                failure = too_large(asked, self._politeness)
                if failure is not None:
                    raise failure
                return _Final(asked, hops, robots.tdm)
            self._recorder.answer(asked, request.key, hop=True)
            target = redirect_target(asked)
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
        if where.origin not in self._origins:
            self._origins.add(where.origin)
            self._asker.lines.enter(where.origin)
        while True:
            if not robots and self._count >= self._max:
                raise NotFetched("budget", url, f"{self._max} requests")
            asked = Asked(url, method, headers, body, in_part=robots)
            try:
                self._asker.ask(asked, where, delay, pause, cap, self._latest)
            except NotFetched as untimely:
                if host.has_answered and untimely.detail.startswith(PACE):  # it is our time that ends
                    raise NotFetched("budget", url, "time") from None
                raise
            if asked.went_out and not robots:
                self._count += 1
                self._sent += 1
            last, failure = tries >= politeness.attempts, asked.failure
            if failure is None:
                host.cookies.take(url, asked.headers)
                if asked.status != 429 and asked.status < 500:
                    return asked
                self._recorder.answer(asked, key, hop=True)
                mark = challenge_in(asked)
                if mark:
                    raise NotFetched("challenge", url, mark)
                if last or (asked.wait or 0) > politeness.longest_pause:
                    asks = asked.status == 429 or asked.wait is not None
                    self._rest = DAY if asked.wait is None else asked.wait
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

    def _finish(self, request: Request, final: _Final) -> Exchange:
        """Archive an answer and return what it means: what trips its reading is not asked for again."""
        asked = final.asked
        extra = {"sent": self._sent, "hops": final.hops, "tdm": final.tdm}
        ref = self._recorder.answer(asked, request.key, hop=False, extra=extra, known=final.known)
        if final.earlier is not None:
            result = confirmed(final.earlier, request, asked.url, asked.started_at, extra)
            ref = ref or final.earlier.archive_ref
        else:
            try:
                result = exchange(request, asked, self._politeness, extra)
            except NotFetched as failure:
                self._refused(request.key, failure)
                self._share(failure)
                raise
        self._host(asked.url).answered()
        return replace(result, archive_ref=ref, sent=self._sent)

    # --- robots.txt --------------------------------------------------------------------------------------------

    def _find_robots(self, origin: str) -> RobotsFile:
        key = f"ROBOTS {origin}/robots.txt"
        stored = self._replay.take(key) if self._replay is not None else None
        if stored is not None and stored.failure is None:
            robots = robots_file(stored.answers[-1], self._politeness)
            self._transport.keep_robots(origin, robots)
            return robots
        if stored is not None and stored.failure is not None and stored.failure.reason != "budget":
            return _unreachable(stored.failure.reason)
        return self._transport.robots_known(origin) or self._ask_robots(origin, key)

    def _ask_robots(self, origin: str, key: str) -> RobotsFile:
        url = f"{origin}/robots.txt"
        try:
            for _ in range(_ROBOTS_HOPS + 1):
                self._refuse_blocked(url)
                self._asker.refuse_unwanted(url, place(url))
                asked = self._ask(key, url, "GET", {}, None, 0.0, robots=True)
                target = redirect_target(asked, strict=False)
                if not target:
                    break
                self._recorder.answer(asked, key, hop=True)
                url = target
        except NotFetched as failure:
            self._recorder.failure(failure, key, self._sent)
            self._share(failure)
            return _unreachable(failure.reason)
        # After too many redirects the last of them stands for an answer that is none: everything is allowed.
        self._recorder.answer(asked, key, hop=False)
        robots = robots_file(asked, self._politeness)
        self._transport.keep_robots(origin, robots)
        if urlsplit(url).path == "/robots.txt":
            self._transport.keep_robots(place(url).origin, robots)
        return robots

    # --- what is over ------------------------------------------------------------------------------------------

    def _note(self, failure: NotFetched) -> None:
        self._host(failure.url).failed(failure, self._politeness.failures_to_stop)

    def _share(self, failure: NotFetched) -> None:
        """Let other surveys leave a host alone that said itself that it does not want us."""
        rest, self._rest = self._rest, DAY
        its_own_word = failure.detail != KNOWN and not failure.detail.startswith(PACE)
        once_enough = failure.reason != "forbidden" or self._host(failure.url).stopped
        if failure.reason in SHARED and its_own_word and once_enough:
            self._asker.slots.hosts.stop(place(failure.url).key, failure.reason, rest)

    def _refused(self, key: str, failure: NotFetched) -> None:
        """Note that an answer, archived already, is none that a survey can use."""
        self._note(failure)
        mark = f"REFUSED {key}"
        if self._replay is None or self._replay.take(mark) is None:
            self._recorder.failure(failure, mark, 0)

    def _to_repeat(self, stored: Stored) -> bool:
        """Return whether an archived failure was only for want of budget, of which there is more now."""
        failure = stored.failure
        if failure is None or failure.reason != "budget":
            return False
        return self._count + int(failure.extra.get("sent", 0)) < self._max

    def _replayed(self, request: Request, stored: Stored) -> Exchange | None:
        """Return or raise what the interrupted run saw, counted as it was counted; None to ask for it anew."""
        for answer in stored.answers:
            host = self._host(answer.url)
            host.cookies.take(answer.url, answer.headers)
            if location(answer):
                host.answered()
        if stored.failure is not None:
            self._count += int(stored.failure.extra.get("sent", 0))
            failure = NotFetched(stored.failure.reason, stored.failure.url, stored.failure.detail)
            self._note(failure)
            raise failure
        last = stored.answers[-1]
        self._count += int(last.extra.get("sent", 0))
        known = self._known.get(last.url)
        try:
            if last.original != last.ref and last.status == 304:  # it was asked for with a condition
                if known is None:
                    return None
                result = confirmed(known.load(), request, last.url, last.started_at, last.extra)
            else:
                result = exchange(request, last, self._politeness, last.extra)
        except DataError:  # the archive has lost what it confirms
            self._known.pop(last.url, None)
            return None
        except NotFetched as failure:
            self._refused(request.key, failure)
            raise
        self._host(last.url).answered()
        return replace(result, archive_ref=last.ref)


@dataclass(frozen=True, slots=True)
class _Final:
    """The last answer to a request, the way to it, and the earlier answer that it confirms."""

    asked: Asked
    hops: list[str]
    tdm: bool
    known: Known | None = None
    earlier: Exchange | None = None


def _unreachable(reason: str) -> RobotsFile:
    return RobotsFile(
        "unreachable", reason="server_error" if reason in ("throttled", "challenge") else reason
    )
