"""Whose turn it is among several processes of one machine, and what they know of hosts: one small SQLite file."""

from __future__ import annotations

import os
import sqlite3
import threading
import time
from collections.abc import Callable
from contextlib import closing, suppress
from pathlib import Path

from .processes import process_name
from .standing import SharedStandings
from .turns import FOREVER, NEVER, LocalSlots, Slots, TooLate

__all__ = ["NEVER", "LocalSlots", "SharedSlots", "Slots", "TooLate", "forget_stops", "process_name"]

_TABLE = """CREATE TABLE IF NOT EXISTS turns (
    key TEXT PRIMARY KEY, holder TEXT NOT NULL, due REAL NOT NULL, last REAL NOT NULL,
    user TEXT NOT NULL, wanted INTEGER NOT NULL) WITHOUT ROWID"""
_INDEX = "CREATE INDEX IF NOT EXISTS wanted ON turns (user) WHERE wanted"
_SHORTEST, _LONGEST, _DOZE = 0.005, 0.1, 5.0
_LOOK = 0.2
"""Seconds after which a process looks whether another one wants an address where it has an idle connection."""
_STALE = 3600.0
_PREPARING = 60.0
"""Seconds that a request of a process that died may have left later than its turn was due (connecting)."""
_NONE = -1e18


class SharedSlots(Slots):
    """Turns among several processes of one machine, kept in a small SQLite file.

    A key is a row: who holds it, when the holder's turn is due, when the last start was. Threads of one process
    queue up among themselves first, so at most one of them asks the file for a key. A process that dies gives
    its keys back: holders are known by process id and start time.

    The row also says which process may have an idle connection there (`user`). Another process that is next
    has it closed first (`wanted`), so an address never sees two connections of a crawl.

    Parameters
    ----------
    path
        The SQLite file, made if it is not there; on a disk of this machine.
    clock
        Seconds, monotonic and the same in all processes of the machine.
    sleep
        As for `LocalSlots`.
    """

    def __init__(
        self,
        path: Path,
        *,
        clock: Callable[[], float] = time.monotonic,
        sleep: Callable[[float], object] = time.sleep,
    ) -> None:
        self.clock = clock  # type: ignore[method-assign]
        self._sleep = sleep
        self._local = LocalSlots(clock=clock, sleep=sleep)
        self._lock = threading.Lock()
        self._me = process_name(os.getpid())
        self._close: Callable[[str], None] | None = None
        self._ended = threading.Event()
        self._file = sqlite3.connect(path, timeout=60, isolation_level=None, check_same_thread=False)
        # What is lost with the machine's power is worth nothing afterwards.
        self._file.execute("PRAGMA journal_mode = MEMORY")
        self._file.execute("PRAGMA synchronous = OFF")
        self._file.execute(_TABLE)
        self._file.execute(_INDEX)
        self.hosts = SharedStandings(self._file, self._lock, clock)

    def acquire(self, keys: tuple[str, ...], delay: float) -> None:
        """Wait for the turn (see `Slots.acquire`)."""
        self.acquire_until(keys, delay, FOREVER)

    def acquire_until(self, keys: tuple[str, ...], delay: float, latest: float) -> None:
        """Wait for the turn (see `Slots.acquire_until`)."""
        self._local.reserve(keys, 0.0, latest)
        try:
            pause = _SHORTEST
            while True:
                mine, wait = self._try(keys, delay, latest)
                if mine:
                    break
                # A holder that waits itself will not be done before its turn is due, unless it gives up.
                self._sleep(min(max(wait, pause), _DOZE))
                pause = min(2 * pause, _LONGEST)
        except BaseException:
            self._local.release(keys, NEVER)
            raise
        if wait > 0:
            try:
                self._sleep(wait)
            except BaseException:
                self.release(keys, NEVER)
                raise

    def _try(self, keys: tuple[str, ...], delay: float, latest: float = FOREVER) -> tuple[bool, float]:
        """Return whether the keys are ours now, and how many seconds to wait."""
        with self._lock:
            self._file.execute("BEGIN IMMEDIATE")
            try:
                now = self.clock()
                held, others, last = self._look_at(keys, now)
                wait = max(now, held if held or others else last + delay) - now
                if now + wait > latest:
                    raise TooLate
                if not held and not others:
                    user = self._me if self._close is not None else ""
                    self._file.executemany(
                        "INSERT INTO turns VALUES (?1, ?2, ?3, ?5, ?4, 0) "
                        "ON CONFLICT (key) DO UPDATE SET holder = ?2, due = ?3, user = ?4, wanted = 0",
                        [(key, self._me, now + wait, user, _NONE) for key in keys],
                    )
                self._file.execute("COMMIT")
            except BaseException:
                if self._file.in_transaction:
                    self._file.execute("ROLLBACK")
                raise
        return not held and not others, wait

    def _look_at(self, keys: tuple[str, ...], now: float) -> tuple[float, bool, float]:
        """Return until when others hold the keys (0 for not), whether others may be connected, the last start."""
        held, others, last = 0.0, False, NEVER
        marks = ",".join("?" * len(keys))
        rows = self._file.execute(f"SELECT * FROM turns WHERE key IN ({marks})", keys).fetchall()
        for key, holder, due, start, user, wanted in rows:
            if holder and self._lives(holder):
                held = max(held, due, now)
            elif holder:
                # A process that died may have sent its request, at some time since its turn was due.
                start = max(start, due, min(now, due + _PREPARING))
                self._file.execute("UPDATE turns SET holder = '', last = ? WHERE key = ?", (start, key))
            if user and user != self._me and self._lives(user):
                others = True
                if not wanted:
                    self._file.execute("UPDATE turns SET wanted = 1 WHERE key = ?", (key,))
            # The clock begins anew with the machine: a start far ahead is one from before.
            if start < now + _STALE:
                last = max(last, start)
        return held, others, last

    def _lives(self, name: str) -> bool:
        return name == self._me or process_name(int(name.partition(":")[0])) == name

    def release(self, keys: tuple[str, ...], started: float) -> None:
        """Give the keys back (see `Slots.release`)."""
        marks = ",".join("?" * len(keys))
        try:
            with self._lock:
                self._file.execute(
                    f"UPDATE turns SET holder = '', last = max(last, ?) WHERE key IN ({marks})",
                    (max(started, _NONE), *keys),
                )
        finally:
            self._local.release(keys, NEVER)

    def watch(self, close: Callable[[str], None]) -> None:
        """Have idle connections closed that another process wants (see `Slots.watch`)."""
        self._close = close
        self._ended.clear()
        threading.Thread(target=self._watch, name="turns", daemon=True).start()

    def hand_over(self, keys: tuple[str, ...]) -> bool:
        """Return whether another process wants one of the keys (see `Slots.hand_over`)."""
        marks = ",".join("?" * len(keys))
        with self._lock:
            wanted = self._file.execute(
                f"SELECT 1 FROM turns WHERE key IN ({marks}) AND wanted", keys
            ).fetchone()
            if wanted:
                self._file.execute(f"UPDATE turns SET user = '', wanted = 0 WHERE key IN ({marks})", keys)
        return wanted is not None

    def leave(self) -> None:
        """Note that this process has no idle connections any more (see `Slots.leave`)."""
        self._ended.set()
        self._close = None
        with self._lock:
            self._file.execute("UPDATE turns SET user = '', wanted = 0 WHERE user = ?", (self._me,))

    def close(self) -> None:
        """Close the file; keys that are still held stay so until the process ends."""
        self.leave()
        with self._lock:
            self._file.close()

    def _watch(self) -> None:
        while not self._ended.wait(_LOOK):
            try:
                self.yield_wanted()
            except sqlite3.Error:  # whoever asks for a turn next says so
                continue

    def yield_wanted(self) -> None:
        """Close the idle connections that other processes want, each in a turn of its own."""
        mine = "wanted AND user = ? AND holder = ''"
        with self._lock:
            if (
                self._ended.is_set()
                or not self._file.execute(f"SELECT 1 FROM turns WHERE {mine}", (self._me,)).fetchone()
            ):
                return
            self._file.execute("BEGIN IMMEDIATE")
            keys = [key for (key,) in self._file.execute(f"SELECT key FROM turns WHERE {mine}", (self._me,))]
            self._file.executemany(
                "UPDATE turns SET holder = ?, due = ? WHERE key = ?", [(self._me, _NONE, key) for key in keys]
            )
            self._file.execute("COMMIT")
        for key in keys:
            try:
                if self._close is not None:
                    self._close(key)
            finally:
                with self._lock:
                    self._file.execute(
                        "UPDATE turns SET holder = '', user = '', wanted = 0 WHERE key = ?", (key,)
                    )


def forget_stops(path: Path) -> None:
    """Let a new crawl ask hosts again that refused an earlier one (call it while no process uses the file).

    Parameters
    ----------
    path
        The file of the turns; one that is not there, or of an earlier version, holds no stops.
    """
    if path.exists():
        with closing(sqlite3.connect(path)) as file, suppress(sqlite3.OperationalError):
            file.execute("UPDATE hosts SET reason = '', until = 0")
            file.commit()
