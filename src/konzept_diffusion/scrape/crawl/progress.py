"""How a crawl shows where it is: a live display on a terminal, log lines elsewhere, nothing when told so."""

from __future__ import annotations

import time
from collections.abc import Callable
from dataclasses import dataclass, field
from typing import TYPE_CHECKING, Protocol, TextIO

if TYPE_CHECKING:
    from rich.console import RenderableType

LINE_EVERY = 30.0
"""Seconds between log lines where there is no terminal."""
DRAW_EVERY = 0.5
"""Seconds between drawings on a terminal."""


@dataclass(frozen=True)
class Snapshot:
    """Where a crawl is.

    Attributes
    ----------
    total, done
        Kommunen of this crawl, and those finished (also in earlier runs).
    done_before
        Of `done`, those that earlier runs finished.
    at_work
        Kommunen being searched.
    documents
        Found so far.
    requests
        Requests sent in this run, robots.txt not counted.
    seconds
        Since this run began.
    statuses
        Status of finished Kommunen to their number.
    slowest
        Name, requests and seconds of the Kommunen at work longest, longest first.
    stopping
        Ctrl-C was pressed: only the requests in hand are finished.
    """

    total: int
    done: int = 0
    done_before: int = 0
    at_work: int = 0
    documents: int = 0
    requests: int = 0
    seconds: float = 0.0
    statuses: dict[str, int] = field(default_factory=dict)
    slowest: tuple[tuple[str, int, float], ...] = ()
    stopping: bool = False

    @property
    def rate(self) -> float:
        """Requests per second in this run."""
        return self.requests / self.seconds if self.seconds > 0 else 0.0

    @property
    def remaining(self) -> float | None:
        """Seconds to go at the pace of this run; None before the first Kommune is finished."""
        finished = self.done - self.done_before
        return (self.total - self.done) * self.seconds / finished if finished > 0 else None


class Display(Protocol):
    """What a crawl reports to."""

    def update(self, snapshot: Snapshot, *, final: bool = False) -> None:
        """Take the newest state; called several times a second, and once at the end."""
        ...

    def say(self, message: str) -> None:
        """Show a message that stays."""
        ...

    def close(self) -> None:
        """Leave the terminal as it was."""
        ...


def display(stream: TextIO, *, quiet: bool = False, clock: Callable[[], float] = time.monotonic) -> Display:
    """Return the display that suits a stream.

    Parameters
    ----------
    stream
        Where to write; a terminal gets the live display, anything else a line now and then.
    quiet
        Messages only.
    clock
        Seconds.
    """
    if quiet:
        return Quiet(stream)
    return Live(stream, clock) if stream.isatty() else Lines(stream, clock)


def duration(seconds: float | None) -> str:
    """Return seconds as "1:02:03" or "2:03"; "?" for None."""
    if seconds is None:
        return "?"
    minutes, rest = divmod(round(seconds), 60)
    hours, minutes = divmod(minutes, 60)
    return f"{hours}:{minutes:02}:{rest:02}" if hours else f"{minutes}:{rest:02}"


def line(snapshot: Snapshot) -> str:
    """Return the state as one line of a log."""
    parts = [
        f"{snapshot.done}/{snapshot.total} Kommunen",
        f"{snapshot.documents} documents",
        f"{snapshot.requests} requests ({snapshot.rate:.1f}/s)",
        f"{duration(snapshot.seconds)} gone, {duration(snapshot.remaining)} to go",
    ]
    trouble = failures(snapshot)
    return ", ".join(parts) + (f"; {trouble}" if trouble else "")


def failures(snapshot: Snapshot) -> str:
    """Return the Kommunen that could not be searched to the end, by status; empty if there are none."""
    return ", ".join(
        f"{status} {number}"
        for status, number in sorted(snapshot.statuses.items())
        if status != "searched" and number
    )


class Quiet:
    """Messages only, one per line."""

    def __init__(self, stream: TextIO) -> None:
        self._stream = stream

    def update(self, snapshot: Snapshot, *, final: bool = False) -> None:
        """Show nothing."""

    def say(self, message: str) -> None:
        """Write a line."""
        print(message, file=self._stream, flush=True)

    def close(self) -> None:
        """Have nothing to tidy up."""


class Lines(Quiet):
    """A line every `LINE_EVERY` seconds, and one at the end."""

    def __init__(self, stream: TextIO, clock: Callable[[], float] = time.monotonic) -> None:
        super().__init__(stream)
        self._clock = clock
        self._last = clock()

    def update(self, snapshot: Snapshot, *, final: bool = False) -> None:
        """Write a line if it is time for one."""
        now = self._clock()
        if final or now - self._last >= LINE_EVERY:
            self._last = now
            self.say(line(snapshot))


class Live:
    """A few lines that are drawn again and again, with a bar."""

    def __init__(self, stream: TextIO, clock: Callable[[], float] = time.monotonic) -> None:
        from rich.console import Console
        from rich.live import Live as RichLive

        self._clock = clock
        self._last = float("-inf")
        # soft_wrap is left off and markup is never parsed: names of Kommunen may hold brackets.
        self._live = RichLive(
            console=Console(file=stream, markup=False, highlight=False),
            auto_refresh=False,
            redirect_stdout=False,
            redirect_stderr=False,
        )
        self._live.start()

    def update(self, snapshot: Snapshot, *, final: bool = False) -> None:
        """Draw the state if it is time to."""
        now = self._clock()
        if final or now - self._last >= DRAW_EVERY:
            self._last = now
            self._live.update(_picture(snapshot), refresh=True)

    def say(self, message: str) -> None:
        """Print a message above the display."""
        self._live.console.print(message)

    def close(self) -> None:
        """Leave the last picture and give the cursor back."""
        self._live.stop()


def _picture(snapshot: Snapshot) -> RenderableType:
    from rich.console import Group
    from rich.progress_bar import ProgressBar
    from rich.text import Text

    rows: list[RenderableType] = [
        ProgressBar(total=max(snapshot.total, 1), completed=snapshot.done, width=60),
        Text(line(snapshot)),
    ]
    if snapshot.stopping:
        rows.append(Text("stopping: the requests in hand are finished; Ctrl-C again to stop at once"))
    elif snapshot.slowest:
        longest = ", ".join(
            f"{name} ({requests} requests, {duration(seconds)})"
            for name, requests, seconds in snapshot.slowest
        )
        rows.append(
            Text(f"{snapshot.at_work} at work, longest: {longest}", overflow="ellipsis", no_wrap=True)
        )
    return Group(*rows)
