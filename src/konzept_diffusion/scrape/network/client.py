"""The polite client of a process: connections, vetted addresses, turns and robots.txt, shared by its visits."""

from __future__ import annotations

import threading
import time
from collections.abc import Callable, Iterator, Mapping
from contextlib import contextmanager
from datetime import UTC, datetime
from typing import TYPE_CHECKING, Any

from .answers import Known, known
from .asking import Asker, place
from .connections import Lines
from .guard import Guard, Resolve
from .politeness import Politeness, ca_bundle
from .robots import RobotsFile
from .turns import LocalSlots, Slots
from .visit import Visit

if TYPE_CHECKING:
    from ..archive.replay import Replay
    from ..archive.warc import ArchiveWriter

__all__ = ["Known", "Politeness", "Transport", "Visit", "known"]

_ROBOTS_LIFETIME = 24 * 3600.0
_SOME = 2048
"""Files that are kept; a visit keeps those that it met itself."""


class Transport:
    """What the visits of one process share.

    Parameters
    ----------
    politeness
        Limits.
    slots
        Turns; by default among the threads of this process.
    resolve
        Called like `socket.getaddrinfo`; the default is that function.
    clock, sleep, now
        Seconds (monotonic), waiting for the default slots, and UTC time. What `sleep` raises ends the fetch
        that waits: nothing was sent.

    Raises
    ------
    SourceError
        If KONZEPT_CONTACT or a certificate variable of the environment cannot be used.
    """

    def __init__(
        self,
        politeness: Politeness | None = None,
        slots: Slots | None = None,
        *,
        resolve: Resolve | None = None,
        clock: Callable[[], float] = time.monotonic,
        sleep: Callable[[float], object] = time.sleep,
        now: Callable[[], datetime] = lambda: datetime.now(UTC),
    ) -> None:
        self.politeness = politeness or Politeness()
        options: dict[str, Any] = {"resolve": resolve} if resolve else {}
        self.asker = Asker(
            self.politeness,
            guard=Guard(allow_private=self.politeness.allow_private, clock=clock, **options),
            slots=slots or LocalSlots(clock=clock, sleep=sleep),
            lines=Lines(self.politeness, ca_bundle(), clock),
            clock=clock,
            now=now,
        )
        self._lock = threading.Lock()
        self._locks: dict[str, tuple[threading.Lock, list[None]]] = {}
        self._robots: dict[str, tuple[float, RobotsFile]] = {}
        self.asker.slots.watch(self.asker.lines.close_at)

    def visit(
        self,
        kommune: object,
        *,
        max_requests: int,
        archive: ArchiveWriter | None = None,
        replay: Replay | None = None,
        known: Mapping[str, Known] | None = None,
    ) -> Visit:
        """Return the client for the survey of one Kommune (a context manager).

        Parameters
        ----------
        kommune
            Whose survey it is.
        max_requests
            Requests that may be sent, robots.txt not counted.
        archive
            Takes every exchange.
        replay
            Answers what an interrupted run has asked already.
        known
            Answers of an earlier crawl by address: asked for again only if they have changed.
        """
        return Visit(
            self, kommune, max_requests=max_requests, archive=archive, replay=replay, known=known or {}
        )

    def close(self) -> None:
        """Close the idle connections."""
        self.asker.lines.close()
        self.asker.slots.leave()

    @contextmanager
    def robots_lock(self, origin: str) -> Iterator[None]:
        """Hold the lock under which an origin's robots.txt is asked for: once, whoever needs it."""
        with self._lock:
            lock, users = self._locks.setdefault(origin, (threading.Lock(), []))
            users.append(None)
        try:
            with lock:
                yield
        finally:
            with self._lock:
                users.pop()
                if not users:
                    del self._locks[origin]

    def robots_known(self, origin: str) -> RobotsFile | None:
        """Return an origin's robots.txt if it was read within a day (RFC 9309, section 2.4)."""
        found = self._robots.get(origin)
        return found[1] if found is not None and self.asker.clock() < found[0] else None

    def keep_robots(self, origin: str, robots: RobotsFile) -> None:
        """Keep an origin's robots.txt for the visits to come, and its pace for those of other processes, too."""
        with self._lock:
            self._robots.pop(origin, None)
            self._robots[origin] = (self.asker.clock() + _ROBOTS_LIFETIME, robots)
            if len(self._robots) > _SOME:
                del self._robots[next(iter(self._robots))]
        self.asker.slots.hosts.keep_pace(place(origin).key, robots.crawl_delay or 0.0)
