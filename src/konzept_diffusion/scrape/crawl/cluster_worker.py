"""What runs on the workers of a Dask cluster: a workshop per crawl, and the unit of work with its archive file."""

from __future__ import annotations

import shutil
import threading
import time
from collections.abc import Callable
from dataclasses import replace
from pathlib import Path
from typing import TYPE_CHECKING, Any

from distributed import WorkerPlugin, secede

from ...errors import KonzeptError
from ..archive.records import FOLDER, OPEN
from .cluster_slots import ClusterSlots
from .crew import Failed
from .orders import Counts, Orders, Outcome, Task
from .unit import Workshop, politeness

if TYPE_CHECKING:
    from ..network.client import Transport

WATCH = 5.0
ALONE = 60.0
"""Seconds without a sign of life after which a worker asks no more: the driver may be dead."""


class Workplace(WorkerPlugin):
    """What every worker of the cluster has for one crawl: orders, and a workshop once it is needed.

    Dask sends it to every worker, those that join later included.
    """

    def __init__(self, orders: Orders, name: str) -> None:
        self.orders, self.name = orders, name

    def setup(self, worker: Any) -> None:
        """Begin on a worker."""
        folder = Path(worker.local_directory) / self.name
        _PLACES[self.name] = _Place(replace(self.orders, out=folder))

    def teardown(self, worker: Any) -> None:
        """End on a worker."""
        place = _PLACES.pop(self.name, None)
        if place is not None:
            place.leave()


class _Place:
    def __init__(self, orders: Orders) -> None:
        self.orders = orders
        self.heard = time.monotonic()
        self._lock = threading.Lock()
        self._workshop: Workshop | None = None
        self._left = threading.Event()
        threading.Thread(target=self._watch, name="konzept-watch", daemon=True).start()

    def workshop(self) -> Workshop:
        with self._lock:
            if self._workshop is None:
                self._workshop = Workshop(self.orders, transport=_transport)
            return self._workshop

    def stop(self) -> None:
        if self._workshop is not None:
            self._workshop.stop()

    def counts(self) -> Counts:
        self.heard = time.monotonic()
        return self._workshop.counts() if self._workshop is not None else Counts()

    def leave(self) -> None:
        self._left.set()
        self.stop()
        shutil.rmtree(self.orders.out, ignore_errors=True)

    def _watch(self) -> None:
        while not self._left.wait(WATCH):
            if time.monotonic() - self.heard > ALONE:
                self.stop()
                return


_PLACES: dict[str, _Place] = {}
"""The crawls that this worker process takes part in."""


def search(name: str, task: Task, kept: bytes) -> Outcome | Failed:
    """Search one Kommune on a worker and bring the archive file along."""
    # A survey waits most of its time: it must not take one of the worker's few places.
    secede()
    place = _PLACES[name]
    path = place.orders.out / FOLDER / OPEN / task.segment
    try:
        path.parent.mkdir(parents=True, exist_ok=True)
        path.write_bytes(kept)
        outcome = place.workshop().run(task)
        content = path.read_bytes()
        path.unlink()
    except KonzeptError as error:
        return Failed(str(error))
    except OSError as error:
        return Outcome(
            task.kommune.ags, trouble=f"{path}: cannot be written on a worker ({error.strerror or error})."
        )
    return replace(outcome, content=content)


def counts(name: str) -> Counts:
    """Take a sign of life of the driver and return how far this worker is."""
    return _PLACES[name].counts()


def stop(name: str) -> None:
    """Let every survey of this worker finish the request in hand and no more."""
    _PLACES[name].stop()


def _transport(orders: Orders, sleep: Callable[[float], None]) -> Transport:
    from ..network.client import Transport

    return Transport(politeness(orders), ClusterSlots(sleep=sleep), sleep=sleep)
