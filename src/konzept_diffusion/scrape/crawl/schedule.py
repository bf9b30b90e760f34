"""Which Kommune comes next: never more than two at a time at one place, so that none waits for another's turn."""

from __future__ import annotations

import ipaddress
import queue
import socket
import threading
from collections import Counter
from collections.abc import Callable, Iterable, Mapping
from dataclasses import dataclass
from urllib.parse import urlsplit

from ..reports import Kommune

PER_PLACE = 2
"""Kommunen at work at one place: while one is read, the other has the turn; more would only wait (and use up
their time)."""
_RESOLVERS = 8


@dataclass(frozen=True, slots=True)
class Ticket:
    """A Kommune that waits to be searched, and how often the process that searched it has died."""

    kommune: Kommune
    lost: int = 0


class Places:
    """Where the websites are: IP address where it is known, else host name.

    Names are looked up in the background; whoever asks earlier gets the name. The guess only orders the
    work: politeness itself is kept by the slots.

    Parameters
    ----------
    kommunen
        Whose websites to look up.
    resolve
        Host name to IP addresses; raises OSError for none.
    """

    def __init__(
        self, kommunen: Iterable[Kommune], resolve: Callable[[str], list[str]] | None = None
    ) -> None:
        self._resolve = resolve or _addresses
        self._known: dict[str, str] = {}
        self._open: queue.SimpleQueue[str] = queue.SimpleQueue()
        names = dict.fromkeys(host for kommune in kommunen if (host := _host(kommune)))
        for name in names:
            try:
                self._known[name] = ipaddress.ip_address(name).compressed
            except ValueError:
                self._open.put(name)
        self._threads = [
            # Daemons: a name server that does not answer must not keep the command from ending.
            threading.Thread(target=self._look_up, name="places", daemon=True)
            for _ in range(min(_RESOLVERS, self._open.qsize()))
        ]
        for thread in self._threads:
            thread.start()

    def __call__(self, kommune: Kommune) -> str:
        """Return the place of a Kommune's website; its key if it has none."""
        host = _host(kommune)
        return self._known.get(host, host) or kommune.ags

    def settle(self, seconds: float) -> None:
        """Wait until all names are looked up, at most `seconds` per thread that looks them up."""
        for thread in self._threads:
            thread.join(seconds)

    def _look_up(self) -> None:
        while True:
            try:
                name = self._open.get_nowait()
            except queue.Empty:
                return
            try:
                self._known[name] = min(self._resolve(name))
            except (OSError, UnicodeError, ValueError):
                self._known[name] = name


class Waiting:
    """The Kommunen still to be searched.

    Parameters
    ----------
    kommunen
        In the order in which to begin.
    place
        Kommune to its place, see `Places`.
    per_place
        Most Kommunen at work at one place.
    """

    def __init__(
        self, kommunen: Iterable[Kommune], place: Callable[[Kommune], str], per_place: int = PER_PLACE
    ) -> None:
        self._waiting = [Ticket(kommune) for kommune in kommunen]
        self._place, self._per_place = place, per_place
        self._at_work: dict[str, str] = {}
        self._busy: Counter[str] = Counter()

    def __len__(self) -> int:
        """Return how many wait."""
        return len(self._waiting)

    def take(self, fits: Callable[[int], bool]) -> Ticket | None:
        """Return the next Kommune whose place is free, or None; it counts as at work until `release`.

        Parameters
        ----------
        fits
            Says of a number of losses whether somebody can take such a Kommune now. Those that were lost
            most often come first.
        """
        room: Mapping[int, bool] = {lost: fits(lost) for lost in {ticket.lost for ticket in self._waiting}}
        for ticket in sorted(self._waiting, key=lambda ticket: -ticket.lost):
            place = self._place(ticket.kommune)
            if room[ticket.lost] and self._busy[place] < self._per_place:
                self._waiting.remove(ticket)
                self._busy[place] += 1
                self._at_work[ticket.kommune.ags] = place
                return ticket
        return None

    def release(self, ags: str) -> None:
        """Count a Kommune as no longer at work."""
        self._busy[self._at_work.pop(ags)] -= 1

    def put_back(self, ticket: Ticket) -> None:
        """Let a Kommune wait again, after the process that searched it has died."""
        self.release(ticket.kommune.ags)
        self._waiting.append(Ticket(ticket.kommune, ticket.lost + 1))


def _host(kommune: Kommune) -> str:
    return (urlsplit(kommune.website).hostname or "") if kommune.website else ""


def _addresses(name: str) -> list[str]:
    return [str(entry[4][0]) for entry in socket.getaddrinfo(name, None, type=socket.SOCK_STREAM)]
