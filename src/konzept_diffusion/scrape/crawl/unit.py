"""One Kommune as a unit of work: survey, archive file, replay of what an interrupted crawl had asked already.

A unit knows nothing of the others and of who hands it out: threads of a local crawl and workers of a cluster
run the same one.
"""

from __future__ import annotations

import errno
import os
import sqlite3
import threading
import time
import traceback
from collections.abc import Callable, Iterator
from contextlib import closing, contextmanager
from dataclasses import replace
from datetime import UTC, datetime
from pathlib import Path
from typing import TYPE_CHECKING, Protocol, cast

from ... import __version__
from ...errors import StepError
from ..archive.records import FOLDER, OPEN, Holding, Original, Segment
from ..exchange import Exchange, KommuneClient, Request, Robots
from ..reports import Coder, Kommune, Report
from ..search.settings import Settings
from .orders import Counts, Options, Orders, Outcome, Task

if TYPE_CHECKING:
    from ..archive.warc import ArchiveWriter
    from ..network.client import Transport, Visit
    from ..network.politeness import Politeness


_STORAGE = frozenset(
    {errno.ENOSPC, errno.EDQUOT, errno.EIO, errno.EROFS, errno.EFBIG, errno.EMFILE, errno.ENFILE}
)
TURNS = ".slots.sqlite"
"""File of the turns in the output folder: a crawl that was killed and started again keeps its distances, too."""
_GO_ON = "Make room there and start the crawl again: it goes on where it was stopped."


class Stopped(BaseException):
    """The crawl is being stopped: no further request. Not an `Exception`, so that no survey swallows it."""


class Survey(Protocol):
    """What searches: `survey.survey`."""

    def __call__(
        self,
        kommune: Kommune,
        client: KommuneClient,
        *,
        settings: Settings,
        coder: Coder,
        research_use: bool = False,
    ) -> Report:
        """Return what the search brought."""
        ...


class Workshop:
    """What the units of one process share: connections, coder, the sign to stop.

    Parameters
    ----------
    orders
        What the crawl is.
    transport
        Makes the requests, given a sleep that the stop ends (`Stopped`); default: with turns
        shared by all processes of this crawl.
    survey
        What searches; default `scrape.search.survey.survey`.
    """

    def __init__(
        self,
        orders: Orders,
        *,
        transport: Callable[[Orders, Callable[[float], None]], Transport] | None = None,
        survey: Survey | None = None,
    ) -> None:
        if survey is None:
            from ..search.survey import survey as standard

            survey = standard
        self.orders, self._survey = orders, survey
        self._stopping = threading.Event()
        self._coder = orders.make_coder(orders.register)
        self._transport = (transport or _transport)(orders, self._sleep)
        self._operator = operator(orders.options)
        self._lock = threading.Lock()
        self._at_work: dict[str, _Watched] = {}
        self._sent = 0

    def run(self, task: Task) -> Outcome:
        """Search one Kommune; never raises for what a site, a survey or a disk does."""
        from ..archive.replay import Replay
        from ..archive.warc import ArchiveWriter
        from ..network.client import known

        ags = task.kommune.ags
        if not (task.kommune.website or task.kommune.seeds):
            return Outcome(ags, _report(task.kommune, "no_website"))
        path = self.orders.out / FOLDER / OPEN / task.segment
        try:
            with _sole_writer(path):
                self._check_stop()
                replay = Replay(path, self.orders.out)
                with ArchiveWriter(
                    path, operator=self._operator, seen=_originals(task.known), kept=replay.kept
                ) as archive:
                    with self._transport.visit(
                        task.kommune,
                        max_requests=self.orders.options.max_requests,
                        archive=archive,
                        replay=replay,
                        known=known(task.known, self.orders.out),
                    ) as visit:
                        report, trace = self._search(task.kommune, visit)
                    report = _with_payloads(report, archive)
                    return Outcome(ags, report, archive.close(), trace=trace)
        except Stopped:
            return Outcome(ags)
        except Exception as error:
            if (trouble := _trouble(error, path)) is None:
                return Outcome(
                    ags,
                    failed(task.kommune, _said(error)),
                    Segment(task.segment),
                    trace=traceback.format_exc(),
                )
            return Outcome(ags, trouble=trouble)

    def stop(self) -> None:
        """Let every survey finish the request in hand and no more."""
        self._stopping.set()

    def counts(self) -> Counts:
        """Return the requests sent so far."""
        with self._lock:
            at_work = list(self._at_work.items())
            done = self._sent
        return Counts(
            done + sum(client.sent for _, client in at_work),
            tuple((ags, client.requests) for ags, client in at_work),
        )

    def close(self) -> None:
        """Give back connections and the coder's subprocess."""
        for part in (self._transport, self._coder):
            close = getattr(part, "close", None)
            if close is not None:
                close()

    def _search(self, kommune: Kommune, visit: Visit) -> tuple[Report, str]:
        client = _Watched(cast(KommuneClient, visit), self._check_stop)
        started = _stamp()
        with self._lock:
            self._at_work[kommune.ags] = client
        try:
            report = self._survey(
                kommune,
                client,
                settings=self.orders.settings,
                coder=self._coder,
                research_use=self.orders.options.research_use,
            )
            return report, ""
        except Exception as error:
            if _trouble(error, self.orders.out) is not None:
                raise
            # A site that trips a survey costs its Kommune, not the night: the row says error, and why.
            report = Report(
                kommune,
                "error",
                _said(error),
                requests=client.requests,
                started_at=started,
                finished_at=_stamp(),
            )
            return report, traceback.format_exc()
        finally:
            with self._lock:
                self._sent += client.sent
                del self._at_work[kommune.ags]

    def _check_stop(self) -> None:
        if self._stopping.is_set():
            raise Stopped

    def _sleep(self, seconds: float) -> None:
        """Sleep, unless the crawl is being stopped: a request that waits for its turn is not in hand yet."""
        if self._stopping.wait(seconds):
            raise Stopped


class _Watched:
    """A client that counts what was sent and ends when the crawl is being stopped."""

    def __init__(self, inner: KommuneClient, check_stop: Callable[[], None]) -> None:
        self._inner, self._check_stop = inner, check_stop
        self.sent = 0

    @property
    def requests(self) -> int:
        return self._inner.requests

    @property
    def left(self) -> int:
        return self._inner.left

    def fetch(self, request: Request) -> Exchange:
        self._check_stop()
        exchange = self._inner.fetch(request)
        self.sent += exchange.sent
        return exchange

    def robots(self, url: str) -> Robots:
        self._check_stop()
        return self._inner.robots(url)

    def note_tdm(self, exchange: Exchange) -> None:
        self._inner.note_tdm(exchange)


def politeness(orders: Orders) -> Politeness:
    """Return how polite the crawl is: its options and the blocked hosts of the settings."""
    from ..network.politeness import Politeness

    return Politeness(
        delay=orders.options.delay,
        allow_private=orders.options.allow_private,
        blocked_hosts=orders.settings.blocked_hosts,
        research_use=orders.options.research_use,
    )


def operator(options: Options) -> dict[str, object]:
    """Return the fields of the warcinfo records: who asks, and by which rules."""
    from ...sources.http import CONTACT_VARIABLE
    from ..network.politeness import identification

    return {
        "software": f"konzept-diffusion/{__version__}",
        "operator": os.environ.get(CONTACT_VARIABLE, "").strip(),
        "http-header-user-agent": identification()["User-Agent"],
        "robots": "obey (RFC 9309)",
        "delay": f"{options.delay:g} s per host and per IP address",
        "max-requests": options.max_requests,
        "text-and-data-mining": (
            "research use (§ 60d UrhG): reservations recorded, texts read"
            if options.research_use
            else "reservations (§ 44b UrhG) recorded and heeded"
        ),
    }


def failed(kommune: Kommune, detail: str) -> Report:
    """Return the report of a Kommune whose survey could not be carried out."""
    return _report(kommune, "error", detail)


def _transport(orders: Orders, sleep: Callable[[float], None]) -> Transport:
    from ..network.client import Transport
    from ..network.slots import SharedSlots

    path = orders.out / TURNS
    try:
        path.parent.mkdir(parents=True, exist_ok=True)
        slots = SharedSlots(path, sleep=sleep)
    except (OSError, sqlite3.Error) as error:
        raise StepError(f"{path}: cannot be written ({error}). {_GO_ON}") from None
    return Transport(politeness(orders), slots, sleep=sleep)


def mend_turns(out: Path) -> None:
    """Remove the file of the turns if a killed crawl left it damaged (call it while no worker uses it).

    It is written without a journal, for speed: turns are of worth for some seconds only. That a host refused us
    holds for the crawl that met it: a new one may knock again.
    """
    from ..network.slots import forget_stops

    path = out / TURNS
    try:
        if path.exists():
            with closing(sqlite3.connect(path)) as connection:
                whole = connection.execute("PRAGMA quick_check(1)").fetchone() == ("ok",)
            if not whole:
                path.unlink()
            elif not any((out / FOLDER / OPEN).glob("*")):  # nothing was interrupted: a new crawl begins
                forget_stops(path)
    except sqlite3.DatabaseError:
        path.unlink()


def _trouble(error: Exception, path: Path) -> str | None:
    """Return in one sentence why nothing can be written any more; None if the error is no matter of the disk."""
    if isinstance(error, StepError):
        return str(error)
    if isinstance(error, sqlite3.OperationalError):
        return f"{path.parent}: cannot be written ({error}). {_GO_ON}"
    if isinstance(error, OSError) and error.errno in _STORAGE:
        return f"{error.filename or path}: cannot be written ({error.strerror}). {_GO_ON}"
    return None


def _said(error: Exception) -> str:
    return " ".join(f"{type(error).__name__}: {error}".split())[:300]


def _originals(holdings: tuple[Holding, ...]) -> dict[str, Original]:
    """Return the payloads of earlier crawls by digest, for revisit records."""
    return {item.digest: _original(item) for item in holdings}


def _original(item: Holding) -> Original:
    # Of a payload that was archived still earlier only the reference is at hand.
    first = item.original == item.ref
    return Original(item.original, item.url if first else "", item.date if first else "")


@contextmanager
def _sole_writer(path: Path) -> Iterator[None]:
    """Wait until no other process writes the file: one of a killed crawl may take a moment to end."""
    path.parent.mkdir(parents=True, exist_ok=True)
    with path.open("ab") as stream:
        try:
            import fcntl
        except ImportError:  # Windows: an open file cannot be renamed or cut there anyway
            yield
            return
        fcntl.flock(stream, fcntl.LOCK_EX)
        yield


def _with_payloads(report: Report, archive: ArchiveWriter) -> Report:
    """Let each document refer to the record that holds its bytes: of a 304 or a duplicate that is an earlier one."""
    documents = tuple(
        replace(found, archive_ref=archive.payload_ref(found.archive_ref)) for found in report.documents
    )
    return replace(report, documents=documents)


def _report(kommune: Kommune, status: str, detail: str = "") -> Report:
    now = _stamp()
    return Report(kommune, status, detail, started_at=now, finished_at=now)


def _stamp() -> str:
    return datetime.fromtimestamp(time.time(), UTC).strftime("%Y-%m-%dT%H:%M:%SZ")
