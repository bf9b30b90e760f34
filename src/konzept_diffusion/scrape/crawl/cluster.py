"""The same unit of work on the machines of a Dask cluster.

The driver hands out Kommunen (those at one IP address one after the other) and alone writes state, archive and
outputs: a worker sends report and archive file back. Hosts that several Kommunen link to are kept apart by
turns that all workers share (`ClusterSlots`). A Kommune whose worker is killed is searched by another one.

Source: https://distributed.dask.org/en/stable/api.html (Client, Semaphore, secede, WorkerPlugin).
"""

from __future__ import annotations

import queue
import time
import uuid
from collections import Counter
from collections.abc import Callable
from contextlib import suppress
from dataclasses import replace
from pathlib import Path
from typing import Any

from ...errors import StepError
from ...files import write_bytes
from ..archive.records import FOLDER, OPEN
from .crew import Event, Failed, Lost, Ticked
from .orders import Counts, Orders, Outcome, Task

INSTALL = 'pip install "konzept-diffusion[cluster]"'
BEAT = 2.0
"""Seconds between two signs of life of the driver; the answers say how far the workers are."""
_PATIENCE = 60


class Cluster:
    """The workers of a Dask scheduler, as `crawl.Hands`.

    Parameters
    ----------
    orders
        What the crawl is.
    scheduler
        Address, e.g. "tcp://head:8786".
    workers
        Kommunen searched at a time, by all workers together.

    Raises
    ------
    StepError
        If the extra is not installed, nobody answers at the address, there is no worker, or the workers
        lack this package.
    """

    def __init__(self, orders: Orders, scheduler: str, workers: int) -> None:
        try:
            import distributed

            from . import cluster_worker
        except ImportError:
            raise StepError(
                f"--scheduler needs Dask, which is not installed here: {INSTALL} (and on every worker)."
            ) from None
        self._remote = cluster_worker
        self._orders, self._workers, self._scheduler = orders, workers, scheduler
        self._name = f"konzept-{uuid.uuid4().hex[:8]}"
        self._given: dict[str, tuple[Task, Any, str]] = {}
        self._over: queue.SimpleQueue[str] = queue.SimpleQueue()
        self._stopping = self._closed = False
        self._beaten = 0.0
        try:
            self._client = distributed.Client(scheduler, timeout=_PATIENCE, set_as_default=False)
        except (OSError, ValueError) as error:
            raise StepError(f"--scheduler {scheduler}: no Dask scheduler answers there ({error}).") from None
        try:
            self._client.wait_for_workers(1, timeout=_PATIENCE)
            self._client.register_plugin(cluster_worker.Workplace(orders, self._name), name=self._name)
            self._threads = dict(self._client.nthreads())
        except TimeoutError:
            self._client.close()
            raise StepError(f"--scheduler {scheduler}: the scheduler has no workers. Start some.") from None
        except (ImportError, AttributeError, OSError) as error:
            self._client.close()
            raise StepError(
                f"--scheduler {scheduler}: the workers cannot load konzept-diffusion ({error}). Install the "
                f"same version there: {INSTALL}."
            ) from None

    def room(self, lost: int = 0) -> bool:
        """Return whether a Kommune can be given now; how often it was lost is the scheduler's matter, too."""
        return bool(self._threads) and len(self._given) < self._workers

    def give(self, task: Task) -> None:
        """Let the worker with the fewest Kommunen search one; another one does if it dies."""
        busy = Counter(address for _, _, address in self._given.values())
        address = min(self._threads, key=lambda one: busy[one])
        left = self._open(task)
        future = self._client.submit(
            self._remote.search,
            self._name,
            # What stands in archive files stays on this machine: the workers cannot refer to it.
            replace(task, known=()),
            left.read_bytes() if left.exists() else b"",
            workers=[address],
            allow_other_workers=True,
            pure=False,
            key=f"{self._name}-{task.kommune.ags}-{uuid.uuid4().hex[:8]}",
        )
        ags = task.kommune.ags
        self._given[ags] = task, future, address
        future.add_done_callback(lambda _: self._over.put(ags))

    def wait(self, seconds: float) -> list[Event]:
        """Return what happened, after at most `seconds` (see `crew.Crew.wait`)."""
        events = self._beat()
        try:
            over = [self._over.get(timeout=seconds)]
            while not self._over.empty():
                over.append(self._over.get_nowait())
        except queue.Empty:
            return events
        return events + [self._outcome(ags) for ags in over]

    def stop(self) -> None:
        """Let the requests in hand be finished and no more."""
        self._stopping = True
        self._everywhere(self._remote.stop, self._name)

    def close(self, *, at_once: bool = False) -> list[Event]:
        """Leave the cluster as it was and return what its workers said last; a second call does nothing."""
        events: list[Event] = []
        if self._closed:
            return events
        self._closed = True
        with suppress(OSError, TimeoutError, StepError):  # the scheduler is gone, and its workers with it
            if at_once:
                self._everywhere(self._remote.stop, self._name)
                self._client.cancel([future for _, future, _ in self._given.values()], force=True)
            else:
                events += self._counted()
            self._client.unregister_worker_plugin(self._name)
        self._client.close(timeout=5)
        return events

    def _open(self, task: Task) -> Path:
        return self._orders.out / FOLDER / OPEN / task.segment

    def _outcome(self, ags: str) -> Event:
        task, future, _ = self._given.pop(ags)
        if future.status != "finished":  # cancelled, lost, or its workers died again and again
            if future.status == "error" and not _is_death(error := future.exception()):
                raise StepError(f"{ags}: a worker of the cluster failed ({type(error).__name__}: {error}).")
            return Lost((task,), None)
        outcome: Outcome | Failed = future.result()
        future.release()
        if isinstance(outcome, Failed):
            raise StepError(outcome.message)
        if outcome.content:
            path = self._open(task)
            try:
                write_bytes(path, outcome.content)  # as a whole: what stands there is gone on with
            except StepError as error:
                return Outcome(ags, trouble=str(error))
        return replace(outcome, content=b"")

    def _beat(self) -> list[Event]:
        if time.monotonic() - self._beaten < BEAT:
            return []
        self._beaten = time.monotonic()
        return self._counted()

    def _counted(self) -> list[Event]:
        """Return how far the workers are."""
        answers = self._everywhere(self._remote.counts, self._name)
        self._threads = dict.fromkeys(answers, 1)
        return [
            Ticked(hash(address), counts) for address, counts in answers.items() if isinstance(counts, Counts)
        ]

    def _everywhere(self, function: Callable[..., object], *arguments: object) -> dict[str, object]:
        """Call a function on every worker, beside its tasks; a worker that dies meanwhile is left out."""
        try:
            return dict(self._client.run(function, *arguments, on_error="ignore"))
        except (OSError, TimeoutError, ValueError) as error:
            raise StepError(
                f"--scheduler {self._scheduler}: the scheduler is gone ({error}). Nothing is lost: run the "
                "command again to go on."
            ) from None


def _is_death(error: BaseException | None) -> bool:
    from distributed.scheduler import KilledWorker

    return isinstance(error, KilledWorker)
