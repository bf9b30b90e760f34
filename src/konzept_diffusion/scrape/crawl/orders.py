"""What a crawl's processes tell each other: orders, tasks, outcomes, counts; all plain and picklable."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass, field
from pathlib import Path

from ..archive.records import Holding, Segment
from ..reports import Coder, Kommune, Report
from ..search.settings import Settings


@dataclass(frozen=True)
class Options:
    """How a crawl searches.

    Attributes
    ----------
    delay
        Seconds from the start of one request to the start of the next, per host and per IP address.
    max_requests
        Per Kommune, its portals and council system included, robots.txt not.
    allow_private
        Ask hosts with private and loopback addresses, too.
    research_use
        Read texts under a reservation against text and data mining (§ 60d UrhG).
    """

    delay: float = 2.0
    max_requests: int = 200
    allow_private: bool = False
    research_use: bool = False


CoderFactory = Callable[[tuple[Kommune, ...]], Coder]
"""Makes the coder of a process from the register in use; a function of a module, so that it can be pickled."""


@dataclass(frozen=True)
class Orders:
    """What every worker process of a crawl is told: plain and picklable.

    Attributes
    ----------
    out
        Output folder of the crawl.
    options, settings
        How to search, and the maintainer's settings.
    register
        All Kommunen of the register, also those not searched now: owners are resolved against them.
    make_coder
        Makes the coder.
    """

    out: Path
    options: Options
    settings: Settings
    register: tuple[Kommune, ...]
    make_coder: CoderFactory


@dataclass(frozen=True)
class Task:
    """One Kommune to search.

    Attributes
    ----------
    kommune
        Whom.
    segment
        Name of its archive file.
    known
        Answers of earlier crawls: asked for conditionally, and not archived twice.
    lost
        How often the process that searched it has died.
    """

    kommune: Kommune
    segment: str
    known: tuple[Holding, ...] = ()
    lost: int = 0


@dataclass(frozen=True)
class Outcome:
    """What became of a task.

    Attributes
    ----------
    ags
        Of the Kommune.
    report, segment
        Of a finished survey; no report if it was stopped on the way (its file stays for the replay), no
        segment if nothing was asked.
    trouble
        Why nothing can be written any more (full disk): one sentence; the crawl ends.
    trace
        Of a survey that failed (status error): the traceback.
    content
        The archive file's bytes, where it was written on another machine.
    """

    ags: str
    report: Report | None = None
    segment: Segment | None = None
    trouble: str = ""
    trace: str = ""
    content: bytes = field(default=b"", repr=False)


@dataclass(frozen=True)
class Counts:
    """Requests that a worker has sent (replayed ones not), and those of the Kommunen it is at (AGS, requests)."""

    requests: int = 0
    at_work: tuple[tuple[str, int], ...] = ()
