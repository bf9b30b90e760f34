"""Turns: one connection at a time and a delay between starts, per host and per IP address.

A turn is taken for two keys at once, the host ("www.stadt.de:443") and its IP address ("192.0.2.7"): many
Kommunen share the machines of one data centre. Waiting costs no CPU: a thread sleeps until its turn is due.

`LocalSlots` are for the threads of one process; for several processes of one machine see `slots`.
"""

from __future__ import annotations

import threading
import time
from abc import ABC, abstractmethod
from collections import deque
from collections.abc import Callable
from functools import cached_property

from .standing import Standings

NEVER = float("-inf")
"""As `started` of `Slots.release`: no request was sent."""

FOREVER = float("inf")

_SOME = 1024


class TooLate(Exception):  # noqa: N818 - an outcome
    """The turn would come later than its user can wait; nothing is held."""


class Slots(ABC):
    """Turns by key. `clock` counts the seconds that `release` takes; all users of the keys share it."""

    clock: Callable[[], float] = staticmethod(time.monotonic)

    @cached_property
    def hosts(self) -> Standings:
        """What the users of these turns tell each other of hosts."""
        return Standings(self.clock)

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

    def acquire_until(self, keys: tuple[str, ...], delay: float, latest: float) -> None:
        """Do as `acquire`, but give up rather than come later than `latest` (by `clock`).

        Raises
        ------
        TooLate
            If the turn is not due by then. Here it is found out only when the turn has come; slots that know
            beforehand do not wait.
        """
        self.acquire(keys, delay)
        if self.clock() > latest:
            self.release(keys, NEVER)
            raise TooLate

    def watch(self, close: Callable[[str], None]) -> None:  # noqa: B027 - of use among processes only
        """Have `close(key)` called when another process wants a key at which this one has an idle connection."""

    def hand_over(self, keys: tuple[str, ...]) -> bool:
        """Return whether another process wants one of the keys: close the connection before the turn ends."""
        return False

    def leave(self) -> None:  # noqa: B027 - of use among processes only
        """Note that this process has no idle connections any more and end the watch."""

    def turn(
        self, host: str, ip: str, delay: float, host_delay: float = 0.0, latest: float = FOREVER
    ) -> Turn:
        """Return a turn (a context manager) for a host and its address.

        Parameters
        ----------
        host, ip
            Keys: host with port, and address without.
        delay
            Seconds for both.
        host_delay
            Seconds for the host, if more (Crawl-delay): its neighbours on the same machine need not wait for it.
            A longer pace that another user of the turns knows of (`hosts`) counts instead.
        latest
            Moment until which the turn is of use (by `clock`).
        """
        return Turn(self, host, ip, delay, max(host_delay, self.hosts.pace(host)), latest)


class Turn:
    """One turn. Set `started` when the request is sent, `resume` if the host asks to be left alone until then."""

    __slots__ = ("_delay", "_host", "_ip", "_latest", "_slots", "host_delay", "resume", "started")

    def __init__(
        self, slots: Slots, host: str, ip: str, delay: float, host_delay: float, latest: float
    ) -> None:
        self._slots, self._host, self._ip, self._latest = slots, host, ip, latest
        self._delay, self.host_delay = delay, max(delay, host_delay)
        self.started, self.resume = NEVER, NEVER

    def __enter__(self) -> Turn:
        """Wait for the turn.

        Raises
        ------
        TooLate
            If it is not due in time.
        """
        if self.host_delay > self._delay:
            # Hosts before addresses, and who holds an address never waits for a host: no deadlock.
            self._slots.acquire_until((self._host,), self.host_delay, self._latest)
            try:
                self._slots.acquire_until((self._ip,), self._delay, self._latest)
            except BaseException:
                self._slots.release((self._host,), NEVER)
                raise
        else:
            self._slots.acquire_until((self._host, self._ip), self._delay, self._latest)
        return self

    def __exit__(self, *error: object) -> None:
        """Let the next one go."""
        if self.resume > NEVER:
            try:
                self._slots.release((self._ip,), self.started)
            finally:
                self._slots.release((self._host,), max(self.started, self.resume - self.host_delay))
        else:
            self._slots.release((self._host, self._ip), self.started)


class _Key:
    __slots__ = ("busy", "delay", "last", "queue")

    def __init__(self) -> None:
        self.busy, self.last, self.delay = False, NEVER, 0.0
        self.queue: deque[_Waiter] = deque()


class _Waiter:
    __slots__ = ("gate", "given", "keys")

    def __init__(self, keys: list[_Key]) -> None:
        self.keys, self.given = keys, False
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
        self._some = _SOME

    def acquire(self, keys: tuple[str, ...], delay: float) -> None:
        """Wait for the turn (see `Slots.acquire`)."""
        self.acquire_until(keys, delay, FOREVER)

    def acquire_until(self, keys: tuple[str, ...], delay: float, latest: float) -> None:
        """Wait for the turn (see `Slots.acquire_until`)."""
        due = self.reserve(keys, delay, latest) + delay
        try:
            if due > latest:
                raise TooLate
            wait = due - self.clock()
            if wait > 0:
                self._sleep(wait)
        except BaseException:
            self.release(keys, NEVER)
            raise

    def reserve(self, keys: tuple[str, ...], delay: float, latest: float = FOREVER) -> float:
        """Take the keys as soon as they are free and return the latest of their last starts.

        Raises
        ------
        TooLate
            If they are not free by `latest`.
        """
        waiter = None
        with self._lock:
            if len(self._keys) >= self._some:
                self._forget()
            states = [self._keys.get(key) or self._keys.setdefault(key, _Key()) for key in keys]
            for state in states:
                state.delay = max(state.delay, delay)
            if any(state.busy for state in states):
                waiter = _Waiter(states)
                for state in states:
                    state.queue.append(waiter)
            else:
                for state in states:
                    state.busy = True
        if waiter is not None:
            self._queue_up(waiter, latest)
        return max(state.last for state in states)

    def _queue_up(self, waiter: _Waiter, latest: float) -> None:
        left = min(max(latest - self.clock(), 0.0), threading.TIMEOUT_MAX)
        if waiter.gate.acquire(timeout=-1 if latest == FOREVER else left):
            return
        with self._lock:
            if waiter.given:  # just now: whoever asked for it looks at the time itself
                return
            for state in waiter.keys:
                state.queue.remove(waiter)
        raise TooLate

    def _forget(self) -> None:
        """Drop the keys whose delay is over: nobody can tell them from keys that were never used."""
        now = self.clock()
        pace = self.hosts.pace
        self._keys = {
            key: state
            for key, state in self._keys.items()
            if state.busy or state.queue or state.last + max(state.delay, pace(key)) > now
        }
        self._some = max(_SOME, 2 * len(self._keys))

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
                waiter.given = True
                waiter.gate.release()
                return
