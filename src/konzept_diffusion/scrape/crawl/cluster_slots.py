"""Turns that the workers of a Dask cluster share: whoever has one keeps it until the delay is over.

A turn is a `distributed.Semaphore` of one lease, held by the scheduler. It is given back only when the next
request may start, so no clock of one machine is compared with another's. A killed worker's leases run out by
themselves (Dask's `distributed.scheduler.locks.lease-timeout`, 30 s): its hosts rest that long.
"""

from __future__ import annotations

import heapq
import threading
from collections.abc import Callable
from typing import Any

from ..network.slots import NEVER, LocalSlots, Slots

_ASK_EVERY = 1.0
"""Seconds after which a waiting thread looks whether the crawl is being stopped."""


class ClusterSlots(Slots):
    """Turns among the workers of a cluster; the threads of one worker queue up among themselves first.

    Parameters
    ----------
    sleep
        As for `LocalSlots`.
    semaphore
        Name to a semaphore with `acquire(timeout)` and `release()`; default: of the cluster.
    """

    def __init__(
        self, *, sleep: Callable[[float], None], semaphore: Callable[[str], Any] | None = None
    ) -> None:
        self._sleep = sleep
        self._make = semaphore or _semaphore
        self._local = LocalSlots(sleep=sleep)
        self._lock = threading.Condition()
        self._semaphores: dict[str, Any] = {}
        self._delays: dict[str, float] = {}
        self._due: list[tuple[float, str]] = []
        threading.Thread(target=self._give_back, name="turns", daemon=True).start()

    def acquire(self, keys: tuple[str, ...], delay: float) -> None:
        """Wait for the turn (see `Slots.acquire`).

        Keys are taken in the order given, hosts before addresses everywhere: no deadlock.
        """
        self._local.acquire(keys, delay)
        taken: list[str] = []
        try:
            for key in keys:
                with self._lock:
                    semaphore = self._semaphores.get(key)
                if semaphore is None:
                    semaphore = self._semaphores.setdefault(key, self._make(key))
                while not semaphore.acquire(timeout=_ASK_EVERY):
                    self._sleep(0)
                taken.append(key)
                self._delays[key] = delay
        except BaseException:
            for key in taken:
                self._semaphores[key].release()
            self._local.release(keys, NEVER)
            raise

    def release(self, keys: tuple[str, ...], started: float) -> None:
        """Give the keys back once their delay is over (see `Slots.release`)."""
        self._local.release(keys, started)
        with self._lock:
            for key in keys:
                heapq.heappush(self._due, (started + self._delays[key], key))
            self._lock.notify()

    def _give_back(self) -> None:
        while True:
            with self._lock:
                while not self._due or self._due[0][0] > self.clock():
                    self._lock.wait(max(self._due[0][0] - self.clock(), 0) if self._due else None)
                _, key = heapq.heappop(self._due)
            self._semaphores[key].release()


def _semaphore(key: str) -> Any:
    from distributed import Semaphore

    return Semaphore(max_leases=1, name=f"konzept-diffusion {key}")
