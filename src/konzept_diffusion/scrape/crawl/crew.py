"""The crawl's worker processes on this machine: threads in a few processes, each replaced when it dies.

The parent hands out one Kommune at a time and alone decides; a worker that loses its parent ends itself.
A Kommune whose process died is tried again in smaller company, at last alone: so the one that kills its
process is told from those that only shared it. A process that gives no sign of life any more counts as dead: a
thread of its own sends one every second, however long the others wait for a server, unless one of them never
comes back from a call.
"""

from __future__ import annotations

import ctypes
import os
import signal
import sys
import threading
import time
import traceback
from collections.abc import Callable, Iterator
from concurrent.futures import ThreadPoolExecutor
from contextlib import contextmanager, suppress
from dataclasses import dataclass, field
from multiprocessing import connection, get_context
from multiprocessing.connection import Connection
from multiprocessing.context import SpawnProcess
from typing import Protocol

from ...errors import KonzeptError, StepError
from .orders import Counts, Outcome, Task

TICK = 1.0
"""Seconds between two signs of life of a worker, which say how many requests it has sent."""
SILENCE = 600.0
"""Seconds without a sign of life after which a worker with something to do is killed."""
STOPPING_SILENCE = 30.0
"""The same while the crawl is being stopped: what the worker has asked is archived, nothing is lost."""
_LISTENING = 5.0
"""Most seconds that one wait may count as silence: the parent, too, may be held up (Ctrl-Z, a laptop asleep)."""
_FAREWELL = 5.0
_PR_SET_PDEATHSIG = 1
_SIGNALS = (signal.SIGINT, signal.SIGTERM)


class Worker(Protocol):
    """What works in a process: `unit.Workshop`, or a stand-in."""

    def run(self, task: Task) -> Outcome:
        """Search one Kommune; called from several threads."""
        ...

    def stop(self) -> None:
        """Let every thread finish the request in hand and no more."""
        ...

    def counts(self) -> Counts:
        """Return the requests sent so far."""
        ...

    def close(self) -> None:
        """Give back what is held (connections, subprocesses)."""
        ...


@dataclass(frozen=True)
class Ready:
    """A worker process has started."""


@dataclass(frozen=True)
class Failed:
    """A worker process could not start: the user's mistake in one sentence."""

    message: str


@dataclass(frozen=True)
class Lost:
    """Tasks whose process has died, and its exit code (negative: the signal); `hung`: it had to be killed."""

    tasks: tuple[Task, ...]
    exit_code: int | None
    hung: bool = False


@dataclass(frozen=True)
class Ticked:
    """How far a worker is."""

    worker: int
    counts: Counts


Event = Outcome | Lost | Ticked


@dataclass
class _Hand:
    number: int
    process: SpawnProcess
    line: Connection
    at_work: dict[str, Task] = field(default_factory=dict)
    ready: bool = False
    silence: float = 0.0
    hung: bool = False


class Crew:
    """Worker processes with threads.

    Parameters
    ----------
    make_worker
        Makes the worker in its process; must be picklable.
    processes, threads
        How many processes, and how many Kommunen each searches at a time.
    clock
        Seconds.
    """

    def __init__(
        self,
        make_worker: Callable[[], Worker],
        processes: int,
        threads: int,
        clock: Callable[[], float] = time.monotonic,
    ) -> None:
        self._make_worker, self._threads, self._clock = make_worker, threads, clock
        self._listened = clock()
        self._context = get_context("spawn")
        self._hands: list[_Hand] = []
        self._started = 0
        self._stopping = False
        with _lean_allocator():
            for _ in range(processes):
                self._hire()

    def room(self, lost: int = 0) -> bool:
        """Return whether a Kommune that was lost so often can be given to somebody now."""
        return self._free(lost) is not None

    def give(self, task: Task) -> None:
        """Hand a task to the worker process that has least to do and room for it.

        Raises
        ------
        ValueError
            If there is no room.
        """
        hand = self._free(task.lost)
        if hand is None:
            raise ValueError("no worker has room")
        hand.at_work[task.kommune.ags] = task
        self._send(hand, task)

    def wait(self, seconds: float) -> list[Event]:
        """Return what happened, after at most `seconds`.

        Raises
        ------
        StepError
            If a worker process cannot start.
        """
        events: list[Event] = []
        ready = set(connection.wait([hand.line for hand in self._hands], seconds))
        now = self._clock()
        passed, self._listened = min(now - self._listened, _LISTENING), now
        for hand in list(self._hands):
            if hand.line in ready:
                hand.silence = 0.0
                events += self._heard(hand)
            elif hand.ready and hand.at_work:
                hand.silence += passed
                if hand.silence > (STOPPING_SILENCE if self._stopping else SILENCE):
                    hand.hung = True
                    hand.process.kill()  # the end of its line comes with the next wait
        return events

    def stop(self) -> None:
        """Let every worker finish its requests in hand; the outcomes still come in."""
        self._stopping = True
        for hand in self._hands:
            self._send(hand, "stop")

    def close(self, *, at_once: bool = False) -> list[Event]:
        """End the worker processes, with `at_once` whatever they do; return what they said last of their requests."""
        events: list[Event] = []
        for hand in self._hands:
            if at_once:
                hand.process.kill()
            else:
                self._send(hand, None)
        for hand in self._hands:
            if not at_once:
                events += self._last_words(hand)
            hand.line.close()
            hand.process.join(_FAREWELL)
            if hand.process.exitcode is None:
                hand.process.kill()
                hand.process.join()
            hand.process.close()
        self._hands.clear()
        return events

    def _last_words(self, hand: _Hand) -> Iterator[Event]:
        until = time.monotonic() + _FAREWELL
        with suppress(EOFError, ConnectionError):  # it has ended
            while hand.line.poll(max(0.0, until - time.monotonic())):
                message = hand.line.recv()
                if isinstance(message, Counts):
                    yield Ticked(hand.number, message)

    def _hire(self) -> None:
        here, there = self._context.Pipe()
        process = self._context.Process(
            target=_serve, args=(there, self._make_worker, self._threads), name="konzept-scrape"
        )
        with _deaf():
            process.start()
        there.close()
        self._started += 1
        self._hands.append(_Hand(self._started, process, here))

    def _free(self, lost: int) -> _Hand | None:
        """Return the least busy process that may take a task lost so often: never mixed with others."""
        most = (self._threads, max(1, self._threads // 4))[lost] if lost < 2 else 1
        free = [
            hand
            for hand in self._hands
            if len(hand.at_work) < most and all(task.lost == lost for task in hand.at_work.values())
        ]
        return min(free, key=lambda hand: len(hand.at_work), default=None)

    def _send(self, hand: _Hand, message: object) -> None:
        with suppress(BrokenPipeError, ConnectionError):  # it has died; `wait` hears of it
            hand.line.send(message)

    def _heard(self, hand: _Hand) -> Iterator[Event]:
        try:
            while hand.line.poll():
                message = hand.line.recv()
                if isinstance(message, Ready):
                    hand.ready = True
                elif isinstance(message, Failed):
                    raise StepError(message.message)
                elif isinstance(message, Counts):
                    yield Ticked(hand.number, message)
                else:
                    hand.at_work.pop(message.ags, None)
                    yield message
        except (EOFError, ConnectionError):
            yield from self._buried(hand)

    def _buried(self, hand: _Hand) -> Iterator[Event]:
        hand.process.join()
        code = hand.process.exitcode
        hand.line.close()
        self._hands.remove(hand)
        if not hand.ready and not self._stopping:
            raise StepError(
                f"a worker process ended before it could begin (exit code {code}); what it said stands above. "
                "Nothing is lost: start the crawl again once the cause is gone."
            )
        hand.process.close()
        yield Lost(tuple(hand.at_work.values()), code, hand.hung)
        if not self._stopping:
            with _lean_allocator():
                self._hire()


@contextmanager
def _deaf() -> Iterator[None]:
    """Let a process started here ignore Ctrl-C and SIGTERM from its first moment on (it inherits that).

    Both reach the whole process group; the parent decides what comes of them.
    """
    if threading.current_thread() is not threading.main_thread():  # only that one may set signals
        yield
        return
    before = {number: signal.signal(number, signal.SIG_IGN) for number in _SIGNALS}
    try:
        yield
    finally:
        for number, handler in before.items():
            signal.signal(number, handler)


@contextmanager
def _lean_allocator() -> Iterator[None]:
    """Let processes started here keep few memory arenas: glibc would give every few threads one of their own."""
    name = "MALLOC_ARENA_MAX"
    if name in os.environ:
        yield
        return
    os.environ[name] = "2"
    try:
        yield
    finally:
        os.environ.pop(name, None)


def _serve(line: Connection, make_worker: Callable[[], Worker], threads: int) -> None:
    """Work in a process of its own until the parent says so or is gone."""
    for number in _SIGNALS:
        signal.signal(number, signal.SIG_IGN)
    _die_with_parent()
    sending = threading.Lock()

    def send(message: object) -> None:
        try:
            with sending:
                line.send(message)
        except (BrokenPipeError, ConnectionError):
            os._exit(1)  # the parent is gone: nothing may be asked in its name any more

    try:
        worker = make_worker()
    except KonzeptError as error:
        send(Failed(str(error)))
        return
    send(Ready())
    over = threading.Event()

    def tick() -> None:
        while not over.wait(TICK):
            send(worker.counts())

    def work(task: Task) -> None:
        try:
            send(worker.run(task))
        except BaseException:
            # Out of memory, or a bug of ours: nobody would ever hear of the task. The parent hears of a death.
            traceback.print_exc()
            sys.stderr.flush()
            os._exit(1)

    threading.Thread(target=tick, name="tick", daemon=True).start()
    with ThreadPoolExecutor(threads, thread_name_prefix="kommune") as pool:
        while True:
            try:
                message = line.recv()
            except (EOFError, ConnectionError):
                os._exit(1)
            if message is None:
                break
            if message == "stop":
                worker.stop()
            else:
                pool.submit(work, message)
    over.set()
    send(worker.counts())
    worker.close()


def _die_with_parent() -> None:
    """Let the kernel end this process with its parent (Linux): at once, even within a long calculation.

    Elsewhere the end of the pipe does it, a moment later.
    """
    if sys.platform == "linux":
        parent = os.getppid()
        ctypes.CDLL(None, use_errno=True).prctl(_PR_SET_PDEATHSIG, signal.SIGKILL, 0, 0, 0)
        if os.getppid() != parent:  # it was gone before the kernel knew
            os._exit(1)


def processes_for(workers: int, kommunen: int) -> int:
    """Return how many worker processes suit: one per CPU that may be used, and none without work."""
    affinity = getattr(os, "sched_getaffinity", None)
    cpus = len(affinity(0)) if affinity else os.cpu_count() or 1
    return max(1, min(cpus, workers, kommunen))
