"""The crawl: Kommunen handed out to workers, what they bring kept, and every way to end seen to.

Only this process writes state and outputs. Whatever kills it, the next run goes on: finished Kommunen stand in
the state, the others' exchanges in their open archive files.
"""

from __future__ import annotations

import signal
import threading
import time
from collections import Counter
from collections.abc import Callable, Iterator, Sequence
from contextlib import contextmanager
from dataclasses import dataclass, field, replace
from functools import partial
from pathlib import Path
from types import FrameType
from typing import Protocol

from ...errors import StepError
from ..archive import state
from ..archive.lockfile import locked
from ..archive.records import FOLDER, OPEN, Segment
from ..archive.state import State
from ..network.politeness import ca_bundle, identification
from ..reports import Kommune, Report
from ..search import scope
from ..search.settings import Settings
from . import unit
from .crew import Crew, Event, Lost, Ticked, processes_for
from .orders import CoderFactory, Counts, Options, Orders, Outcome, Task
from .progress import Display, Snapshot
from .register import with_seeds
from .schedule import PER_PLACE, Places, Ticket, Waiting

WORKERS = 128
"""Kommunen searched at a time, if not told otherwise."""
OUTPUTS_EVERY = 60.0
"""Seconds between two writings of documents.csv and coverage.csv."""
LOSSES = 3
"""A Kommune whose process has died so often is given up (status error)."""
_BEAT = 0.25
_SLOWEST = 3


class Hands(Protocol):
    """Who searches: `crew.Crew` on this machine, `cluster.Cluster` on others."""

    def room(self, lost: int = 0) -> bool:
        """Return whether a Kommune that was lost so often can be given now."""
        ...

    def give(self, task: Task) -> None:
        """Let a Kommune be searched."""
        ...

    def wait(self, seconds: float) -> list[Event]:
        """Return what happened, after at most so many seconds."""
        ...

    def stop(self) -> None:
        """Let the requests in hand be finished and no more."""
        ...

    def close(self, *, at_once: bool = False) -> list[Event]:
        """End the workers and return what they said last."""
        ...


@dataclass(frozen=True)
class Summary:
    """What a crawl has come to.

    Attributes
    ----------
    out
        Its folder.
    total, done
        Kommunen to search and searched, earlier runs included.
    kommunen, documents, unresolved
        Rows of coverage.csv, documents.csv and unresolved.csv: those of every Kommune that was ever searched
        in the folder, also of one that this crawl was not about.
    requests
        Of all Kommunen of coverage.csv.
    statuses
        Status to number of Kommunen, of those to search.
    stopped
        It was stopped before its end (Ctrl-C).
    """

    out: Path
    total: int
    done: int
    kommunen: int
    documents: int
    unresolved: int
    requests: int
    statuses: dict[str, int] = field(default_factory=dict)
    stopped: bool = False


def crawl(
    kommunen: Sequence[Kommune],
    out: Path,
    *,
    settings: Settings,
    options: Options,
    make_coder: CoderFactory,
    display: Display,
    register: Sequence[Kommune] | None = None,
    workers: int = WORKERS,
    fresh: bool = False,
    scheduler: str = "",
) -> Summary:
    """Search Kommunen and write documents.csv, coverage.csv and the archive.

    Parameters
    ----------
    kommunen
        Whom to search.
    out
        Output folder; a crawl stopped there is gone on with.
    settings, options
        See `scrape.search.settings.load` and `orders.Options`.
    make_coder
        Function of a module that makes the coder from the register; called once in every worker process.
    display
        See `progress.display`.
    register
        All Kommunen of the register (default: `kommunen`).
    workers
        Kommunen searched at a time.
    fresh
        Search again what is finished, with conditional requests; an interrupted fresh crawl is gone on with.
    scheduler
        Address of a Dask scheduler; empty for worker processes on this machine.

    Raises
    ------
    StepError
        If the folder cannot be written, is used by another crawl, or its state cannot be read; if the disk
        is full; if workers cannot start. What was found stays, and the next run goes on.
    SourceError
        If KONZEPT_CONTACT or a certificate variable of the environment cannot be used.
    KeyboardInterrupt
        If Ctrl-C is pressed a second time.
    """
    everyone = with_seeds(register if register is not None else kommunen, settings.seeds)
    kommunen = with_seeds(kommunen, settings.seeds)
    settings = replace(
        settings,
        foreign=frozenset(scope.root(kommune.website) for kommune in everyone if kommune.website),
    )
    orders = Orders(out, options, settings, tuple(everyone), make_coder)
    identification()
    ca_bundle()
    # What is wrong with all this is found out before there is a folder.
    with _cluster(orders, scheduler, workers) as cluster:
        _check_folder(out)
        with locked(out), State.open(out / state.NAME, fresh=fresh) as kept:
            kept.note({"settings": settings.digest, "options": repr(options)})
            return _Crawl(orders, kept, display, kommunen).run(workers, cluster)


@contextmanager
def _cluster(orders: Orders, scheduler: str, workers: int) -> Iterator[Hands | None]:
    """Yield the workers of a scheduler; None without one."""
    if not scheduler:
        yield None
        return
    from .cluster import Cluster

    made = Cluster(orders, scheduler, workers)
    try:
        yield made
    finally:
        made.close(at_once=True)  # unless the crawl has closed it


class _Crawl:
    def __init__(self, orders: Orders, kept: State, display: Display, kommunen: Sequence[Kommune]) -> None:
        self._orders, self._state, self._display, self._kommunen = orders, kept, display, kommunen
        self._todo = kept.plan(kommunen, budget=orders.options.max_requests)
        self._places = Places(self._todo)
        self._at_work: dict[str, tuple[Ticket, float]] = {}
        self._sent: dict[int, Counts] = {}
        self._documents = 0
        self._statuses: Counter[str] = Counter()
        earlier = {kommune.ags for kommune in kommunen} - {kommune.ags for kommune in self._todo}
        for report in kept.reports():
            if report.kommune.ags in earlier:
                self._statuses[report.status] += 1
                self._documents += len(report.documents)
        self._before = self._done
        self._started = time.monotonic()
        self._trouble = ""

    def run(self, workers: int, cluster: Hands | None) -> Summary:
        stopping = False
        if self._todo:
            hands, waiting = self._hire(workers, cluster)
            with _interruptions() as pressed:
                try:
                    stopping = self._work(hands, waiting, pressed)
                except BaseException:
                    hands.close(at_once=True)
                    raise
                for event in hands.close():
                    self._take_in(event, waiting)
        if self._trouble:
            raise StepError(self._trouble)
        rows = self._write()
        self._display.update(self._snapshot(stopping), final=True)
        return Summary(
            self._orders.out,
            len(self._kommunen),
            self._done,
            rows["coverage"],
            rows["documents"],
            rows["unresolved"],
            sum(report.requests for report in self._state.reports()),
            dict(self._statuses),
            stopping,
        )

    def _hire(self, workers: int, cluster: Hands | None) -> tuple[Hands, Waiting]:
        if cluster is not None:
            self._places.settle(10)
            return cluster, Waiting(self._todo, self._places, per_place=1)
        unit.mend_turns(self._orders.out)
        processes = processes_for(workers, len(self._todo))
        threads = -(-min(workers, len(self._todo)) // processes)
        crew = Crew(partial(unit.Workshop, self._orders), processes, threads)
        return crew, Waiting(self._todo, self._places, per_place=PER_PLACE)

    def _work(self, hands: Hands, waiting: Waiting, pressed: Callable[[], int]) -> bool:
        """Hand out and take in until all is done (False) or, once stopped, until nothing is at work (True)."""
        stopping = False
        written = time.monotonic()
        while self._at_work or (waiting and not stopping):
            if not stopping:
                self._hand_out(hands, waiting)
            for event in hands.wait(_BEAT):
                self._take_in(event, waiting)
            if not stopping and (pressed() or self._trouble):
                stopping = True
                hands.stop()
            self._display.update(self._snapshot(stopping))
            if time.monotonic() - written >= OUTPUTS_EVERY and not stopping:
                self._write()
                written = time.monotonic()
        return stopping

    def _hand_out(self, hands: Hands, waiting: Waiting) -> None:
        while (ticket := waiting.take(hands.room)) is not None:
            ags = ticket.kommune.ags
            segment = self._state.begin(ags)
            hands.give(Task(ticket.kommune, segment, self._state.known(ags), ticket.lost))
            self._at_work[ags] = ticket, time.monotonic()

    def _take_in(self, event: Event, waiting: Waiting) -> None:
        match event:
            case Ticked(worker, counts):
                self._sent[worker] = counts
            case Lost():
                self._lost(event, waiting)
            case Outcome(ags=ags):
                self._at_work.pop(ags)
                waiting.release(ags)
                if event.trouble:
                    self._trouble = self._trouble or event.trouble
                elif event.report is not None:
                    if event.trace:
                        self._display.say(f"{ags} {event.report.kommune.name}: {event.trace}")
                    self._finish(event.report, event.segment)

    def _finish(self, report: Report, segment: Segment | None) -> None:
        report = self._state.finish(report, segment)
        self._statuses[report.status] += 1
        self._documents += len(report.documents)

    def _lost(self, event: Lost, waiting: Waiting) -> None:
        code = event.exit_code
        died = f"killed by signal {-code}" if code and code < 0 else f"exit code {code}"
        if event.hung:
            died = "killed, as it gave no sign of life any more"
        self._display.say(
            f"a worker process has died ({died}); {len(event.tasks)} Kommunen are searched again."
        )
        for task in event.tasks:
            ticket, _ = self._at_work.pop(task.kommune.ags)
            if ticket.lost + 1 < LOSSES:
                waiting.put_back(ticket)
                continue
            waiting.release(task.kommune.ags)
            detail = f"the process that searched it died {LOSSES} times ({died})"
            left = self._orders.out / FOLDER / OPEN / task.segment
            self._finish(unit.failed(task.kommune, detail), Segment(task.segment) if left.exists() else None)

    @property
    def _done(self) -> int:
        return sum(self._statuses.values())

    def _write(self) -> dict[str, int]:
        from ..archive.output import write_outputs

        return write_outputs(self._state.reports(), self._orders.out)

    def _snapshot(self, stopping: bool) -> Snapshot:
        now = time.monotonic()
        requests = {ags: number for counts in self._sent.values() for ags, number in counts.at_work}
        slowest = sorted(self._at_work.values(), key=lambda item: item[1])[:_SLOWEST]
        return Snapshot(
            total=len(self._kommunen),
            done=self._done,
            done_before=self._before,
            at_work=len(self._at_work),
            documents=self._documents,
            requests=sum(counts.requests for counts in self._sent.values()),
            seconds=now - self._started,
            statuses=dict(self._statuses),
            slowest=tuple(
                (ticket.kommune.name, requests.get(ticket.kommune.ags, 0), now - since)
                for ticket, since in slowest
            ),
            stopping=stopping,
        )


def _check_folder(out: Path) -> None:
    """Make the folder, so that one that cannot be written is refused before the first request."""
    try:
        out.mkdir(parents=True, exist_ok=True)
        probe = out / ".writable"
        probe.write_bytes(b"")
        probe.unlink()
    except OSError as error:
        raise StepError(
            f"{out}: cannot be written ({error.strerror}). Choose another folder with --out."
        ) from None


@contextmanager
def _interruptions() -> Iterator[Callable[[], int]]:
    """Yield how often Ctrl-C (or SIGTERM) came; the first only counts, the second is a KeyboardInterrupt."""
    count = 0

    def note(number: int, frame: FrameType | None) -> None:
        nonlocal count
        count += 1
        if count > 1:
            raise KeyboardInterrupt

    if threading.current_thread() is not threading.main_thread():  # only the main thread hears signals
        yield lambda: 0
        return
    before = {number: signal.signal(number, note) for number in (signal.SIGINT, signal.SIGTERM)}
    try:
        yield lambda: count
    finally:
        for number, handler in before.items():
            signal.signal(number, handler)
