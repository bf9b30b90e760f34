"""Room for large bodies: only so many of them are in memory at a time, however many surveys a process runs."""

from __future__ import annotations

import threading
import time
from collections.abc import Callable

LARGE = 4 << 20
"""Bytes from which on a body counts as large."""
PLACES = 2
PATIENCE = 60.0
"""Seconds after which a body is read all the same: a server does not wait for ever, either."""


class Room:
    """Places for large bodies; a thread takes one when a body turns out large and keeps it until it asks anew.

    Parameters
    ----------
    places
        Large bodies at a time.
    patience
        Seconds to wait for a place at most.
    clock
        Seconds, monotonic.
    """

    def __init__(
        self, places: int = PLACES, patience: float = PATIENCE, clock: Callable[[], float] = time.monotonic
    ) -> None:
        self._places, self._patience, self._clock = threading.BoundedSemaphore(places), patience, clock
        self._taken: set[int] = set()

    def take(self) -> float:
        """Take a place for this thread, unless it has one, and return the seconds that it waited."""
        me = threading.get_ident()
        if me in self._taken:
            return 0.0
        begun = self._clock()
        if self._places.acquire(timeout=self._patience):
            self._taken.add(me)
        return self._clock() - begun

    def leave(self) -> None:
        """Give this thread's place back, if it has one."""
        me = threading.get_ident()
        if me in self._taken:
            self._taken.remove(me)
            self._places.release()
