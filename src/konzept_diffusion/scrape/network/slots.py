"""Whose turn it is: one connection at a time and a delay between starts, per host and per IP address.

A turn is taken for two keys at once, the host ("www.stadt.de:443") and its IP address ("192.0.2.7"): many
Kommunen share the machines of one data centre. Waiting costs no CPU: a thread sleeps until its turn is due.

`LocalSlots` are for the threads of one process, `SharedSlots` for several processes of one machine.
"""

from __future__ import annotations

import os
import sqlite3
import threading
import time
from abc import ABC, abstractmethod
from collections import deque
from collections.abc import Callable
from pathlib import Path

NEVER = float("-inf")
"""As `started` of `Slots.release`: no request was sent."""

_TABLE = """CREATE TABLE IF NOT EXISTS slots (
    key TEXT PRIMARY KEY, holder TEXT NOT NULL, due REAL NOT NULL, last REAL NOT NULL) WITHOUT ROWID"""
_SHORTEST, _LONGEST = 0.005, 0.1
_STALE = 3600.0


class Slots(ABC):
    """Turns by key. `clock` counts the seconds that `release` takes; all users of the keys share it."""

    clock: Callable[[], float] = staticmethod(time.monotonic)

    @abstractmethod
    def acquire(self, keys: tuple[str, ...], delay: float) -> None:
        """Wait until all keys are free and `delay` seconds have passed since the last start of each.

        All keys are taken at once or none, so two users cannot wait for each other.
        """

    @abstractmethod
    def release(self, keys: tuple[str, ...], started: float) -> None:
        """Give the keys back.

        Parameters
        ----------
        keys
            All or some of those acquired; each is given back once.
        started
            When the request was sent. A time to come keeps others away until then (plus their delay);
            `NEVER` leaves the last start as it was.
        """

    def turn(self, host: str, ip: str, delay: float, host_delay: float = 0.0) -> Turn:
        """Return a turn (a context manager) for a host and its address.

        Parameters
        ----------
        host, ip
            Keys: host with port, and address without.
        delay
            Seconds for both.
        host_delay
            Seconds for the host, if more (Crawl-delay): its neighbours on the same machine need not wait for it.
        """
        return Turn(self, host, ip, delay, host_delay)


class Turn:
    """One turn. Set `started` when the request is sent, `resume` if the host asks to be left alone until then."""

    __slots__ = ("_delay", "_host", "_host_delay", "_ip", "_slots", "resume", "started")

    def __init__(self, slots: Slots, host: str, ip: str, delay: float, host_delay: float) -> None:
        self._slots, self._host, self._ip = slots, host, ip
        self._delay, self._host_delay = delay, max(delay, host_delay)
        self.started, self.resume = NEVER, NEVER

    def __enter__(self) -> Turn:
        """Wait for the turn."""
        if self._host_delay > self._delay:
            # Hosts before addresses, and who holds an address never waits for a host: no deadlock.
            self._slots.acquire((self._host,), self._host_delay)
            try:
                self._slots.acquire((self._ip,), self._delay)
            except BaseException:
                self._slots.release((self._host,), NEVER)
                raise
        else:
            self._slots.acquire((self._host, self._ip), self._delay)
        return self

    def __exit__(self, *error: object) -> None:
        """Let the next one go."""
        if self.resume > NEVER:
            self._slots.release((self._ip,), self.started)
            self._slots.release((self._host,), max(self.started, self.resume - self._host_delay))
        else:
            self._slots.release((self._host, self._ip), self.started)


class _Key:
    __slots__ = ("busy", "last", "queue")

    def __init__(self) -> None:
        self.busy, self.last = False, NEVER
        self.queue: deque[_Waiter] = deque()


class _Waiter:
    __slots__ = ("gate", "keys")

    def __init__(self, keys: list[_Key]) -> None:
        self.keys = keys
        self.gate = threading.Lock()
        self.gate.acquire()


class LocalSlots(Slots):
    """Turns among the threads of this process; first come, first served.

    Parameters
    ----------
    clock
        Seconds, monotonic.
    sleep
        Waits for so many seconds; what it raises (a crawl is being stopped) gives the turn back.
    """

    def __init__(
        self,
        *,
        clock: Callable[[], float] = time.monotonic,
        sleep: Callable[[float], object] = time.sleep,
    ) -> None:
        self.clock = clock  # type: ignore[method-assign]
        self._sleep = sleep
        self._lock = threading.Lock()
        self._keys: dict[str, _Key] = {}

    def acquire(self, keys: tuple[str, ...], delay: float) -> None:
        """Wait for the turn (see `Slots.acquire`)."""
        last = self.reserve(keys)
        wait = last + delay - self.clock()
        if wait > 0:
            try:
                self._sleep(wait)
            except BaseException:
                self.release(keys, NEVER)
                raise

    def reserve(self, keys: tuple[str, ...]) -> float:
        """Take the keys as soon as they are free and return the latest of their last starts."""
        waiter = None
        with self._lock:
            states = [self._keys.get(key) or self._keys.setdefault(key, _Key()) for key in keys]
            if any(state.busy for state in states):
                waiter = _Waiter(states)
                for state in states:
                    state.queue.append(waiter)
            else:
                for state in states:
                    state.busy = True
        if waiter is not None:
            waiter.gate.acquire()
        return max(state.last for state in states)

    def release(self, keys: tuple[str, ...], started: float) -> None:
        """Give the keys back (see `Slots.release`)."""
        with self._lock:
            states = [self._keys[key] for key in keys]
            for state in states:
                state.busy = False
                state.last = max(state.last, started)
            for state in states:
                if state.queue and not state.busy:
                    self._hand_over(state)

    @staticmethod
    def _hand_over(state: _Key) -> None:
        """Give the key to the first in its queue whose other keys are free too."""
        for waiter in state.queue:
            if not any(key.busy for key in waiter.keys):
                for key in waiter.keys:
                    key.busy = True
                    key.queue.remove(waiter)
                waiter.gate.release()
                return


def process_name(pid: int) -> str:
    """Return what names a process for good: its id and when it started; "" if there is none.

    Where the system does not tell when a process started (no /proc), the id alone is the name.
    """
    try:
        stat = Path(f"/proc/{pid}/stat").read_bytes()
    except OSError:
        if Path("/proc/self/stat").exists():
            return ""
        try:
            os.kill(pid, 0)
        except ProcessLookupError:
            return ""
        except PermissionError:
            pass
        return f"{pid}:"
    fields = stat.rpartition(b")")[2].split()
    return "" if fields[0] in (b"Z", b"X") else f"{pid}:{fields[19].decode()}"


class SharedSlots(Slots):
    """Turns among several processes of one machine, kept in a small SQLite file.

    A key is a row: who holds it, when the holder's turn is due, when the last start was. Threads of one process
    queue up among themselves first, so at most one of them asks the file for a key. A process that dies gives
    its keys back: holders are known by process id and start time.

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
        self._file = sqlite3.connect(path, timeout=60, isolation_level=None, check_same_thread=False)
        # What is lost with the machine's power is worth nothing afterwards.
        self._file.execute("PRAGMA journal_mode = MEMORY")
        self._file.execute("PRAGMA synchronous = OFF")
        self._file.execute(_TABLE)

    def acquire(self, keys: tuple[str, ...], delay: float) -> None:
        """Wait for the turn (see `Slots.acquire`)."""
        self._local.reserve(keys)
        try:
            pause = _SHORTEST
            while True:
                mine, wait = self._try(keys, delay)
                if mine:
                    break
                # A holder that waits itself will not be done before its turn is due.
                self._sleep(max(wait, pause))
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

    def _try(self, keys: tuple[str, ...], delay: float) -> tuple[bool, float]:
        """Return whether the keys are ours now, and how many seconds to wait."""
        marks = ",".join("?" * len(keys))
        with self._lock:
            self._file.execute("BEGIN IMMEDIATE")
            try:
                rows = self._file.execute(
                    f"SELECT holder, due, last FROM slots WHERE key IN ({marks})", keys
                ).fetchall()
                now = self.clock()
                held = [
                    due
                    for holder, due, _ in rows
                    if holder and process_name(int(holder.partition(":")[0])) == holder
                ]
                if held:
                    self._file.execute("ROLLBACK")
                    return False, max(held) - now
                # The clock begins anew with the machine: a start far ahead is one from before.
                starts = [last for _, _, last in rows if last < now + _STALE]
                due = max(now, *(start + delay for start in starts)) if starts else now
                self._file.executemany(
                    "INSERT INTO slots VALUES (?1, ?2, ?3, -1e18) "
                    "ON CONFLICT (key) DO UPDATE SET holder = ?2, due = ?3",
                    [(key, self._me, due) for key in keys],
                )
                self._file.execute("COMMIT")
            except BaseException:
                if self._file.in_transaction:
                    self._file.execute("ROLLBACK")
                raise
        return True, due - now

    def release(self, keys: tuple[str, ...], started: float) -> None:
        """Give the keys back (see `Slots.release`)."""
        marks = ",".join("?" * len(keys))
        try:
            with self._lock:
                self._file.execute(
                    f"UPDATE slots SET holder = '', last = max(last, ?) WHERE key IN ({marks})",
                    (max(started, -1e18), *keys),
                )
        finally:
            self._local.release(keys, NEVER)

    def close(self) -> None:
        """Close the file; keys that are still held stay so until the process ends."""
        with self._lock:
            self._file.close()
