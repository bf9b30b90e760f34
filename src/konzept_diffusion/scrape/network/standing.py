"""What the visits of a crawl tell each other of a host: the pace it asks for, and that it does not want us.

A host that answered one Kommune's survey with a refusal, a challenge or a long Retry-After is left alone by all
of them. In memory for the threads of one process; in the file of the turns for all processes of a machine, and
for those of the next start.
"""

from __future__ import annotations

import sqlite3
import threading
from collections.abc import Callable

DAY = 24 * 3600.0
"""Seconds for which a host that does not want us is left alone: longer than a crawl takes."""
LONGEST = 366 * DAY
"""Seconds above which a pause is not told apart from a longer one."""

TABLE = """CREATE TABLE IF NOT EXISTS hosts (
    key TEXT PRIMARY KEY, pace REAL NOT NULL DEFAULT 0, reason TEXT NOT NULL DEFAULT '',
    until REAL NOT NULL DEFAULT 0) WITHOUT ROWID"""
_SOME = 1024


class Standings:
    """The standing of hosts among the threads of one process.

    Parameters
    ----------
    clock
        Seconds, monotonic.
    """

    def __init__(self, clock: Callable[[], float]) -> None:
        self.clock = clock
        self._paces: dict[str, float] = {}
        self._stops: dict[str, tuple[str, float]] = {}

    def pace(self, host: str) -> float:
        """Return the seconds between two requests that a host's robots.txt asks for; 0 without."""
        return self._paces.get(host, 0.0)

    def keep_pace(self, host: str, seconds: float) -> None:
        """Note the pace of a host."""
        if seconds > 0:
            self._paces[host] = min(seconds, LONGEST)
        else:
            self._paces.pop(host, None)

    def stopped(self, host: str) -> str:
        """Return the reason (a key of `exchange.REASONS`) for which a host is left alone; "" if it is not."""
        found = self._stops.get(host)
        return found[0] if found is not None and self.clock() < found[1] else ""

    def stop(self, host: str, reason: str, seconds: float = DAY) -> None:
        """Leave a host alone for so many seconds, a day at most."""
        now = self.clock()
        if len(self._stops) >= _SOME:
            self._stops = {key: stop for key, stop in self._stops.items() if now < stop[1]}
        self._stops[host] = (reason, now + min(seconds, DAY))


class SharedStandings(Standings):
    """The standing of hosts among all processes that use a file.

    Parameters
    ----------
    file
        Open SQLite file in autocommit mode.
    lock
        Guards it among threads.
    clock
        Seconds, monotonic and the same in all processes of the machine.
    """

    def __init__(self, file: sqlite3.Connection, lock: threading.Lock, clock: Callable[[], float]) -> None:
        super().__init__(clock)
        self._file, self._lock = file, lock
        file.execute(TABLE)

    def pace(self, host: str) -> float:
        """Return the pace of a host (see `Standings.pace`)."""
        return float(self._row(host)[0])

    def keep_pace(self, host: str, seconds: float) -> None:
        """Note the pace of a host (see `Standings.keep_pace`)."""
        seconds = min(max(seconds, 0.0), LONGEST)
        if seconds != self.pace(host):
            with self._lock:
                self._file.execute(
                    "INSERT INTO hosts (key, pace) VALUES (?1, ?2) ON CONFLICT (key) DO UPDATE SET pace = ?2",
                    (host, seconds),
                )

    def stopped(self, host: str) -> str:
        """Return why a host is left alone (see `Standings.stopped`)."""
        _, reason, until = self._row(host)
        # The clock begins anew with the machine: a stop that ends later than a day from now is one from before.
        return str(reason) if reason and self.clock() < until <= self.clock() + DAY else ""

    def stop(self, host: str, reason: str, seconds: float = DAY) -> None:
        """Leave a host alone (see `Standings.stop`)."""
        with self._lock:
            self._file.execute(
                "INSERT INTO hosts (key, reason, until) VALUES (?1, ?2, ?3) "
                "ON CONFLICT (key) DO UPDATE SET reason = ?2, until = ?3",
                (host, reason, self.clock() + min(seconds, DAY)),
            )

    def _row(self, host: str) -> tuple[float, str, float]:
        with self._lock:
            found = self._file.execute(
                "SELECT pace, reason, until FROM hosts WHERE key = ?", (host,)
            ).fetchone()
        return found or (0.0, "", 0.0)
