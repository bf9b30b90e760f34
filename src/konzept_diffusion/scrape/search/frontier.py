"""What could be asked for next, most promising first."""

from __future__ import annotations

import heapq
import itertools
import math
from collections import Counter
from dataclasses import dataclass, field
from functools import lru_cache

from .. import addresses
from ..exchange import Request

HOME, SITEMAP, SEARCH, PAGE, COUNCIL, OPENSEARCH, OPARL = (
    "home", "sitemap", "search", "page", "council", "opensearch", "oparl",
)  # fmt: skip
"""What an answer is read as."""
FLOOR = 0.3
"""Rank below which a candidate is let go, whatever it promised when it was taken in."""


@dataclass(slots=True)
class Candidate:
    """One request that could be made, with all that is known of it before.

    Attributes
    ----------
    request
        What would be asked.
    promise
        How much it promises (see `terms.Scorer.promise`).
    role
        What the answer is read as.
    ways
        Strategies that pointed to it, first one first: seed, sitemap, search, links, council, portal.
    depth
        Clicks from the home page.
    anchors, context
        Texts of links that led to it; what stood around the first.
    landing
        The page that linked to it: address, title and text; empty if none.
    council
        It belongs to a council information system.
    """

    request: Request
    promise: float
    role: str = PAGE
    ways: list[str] = field(default_factory=list)
    depth: int = 0
    anchors: list[str] = field(default_factory=list)
    context: str = ""
    landing: tuple[str, str, str] = ("", "", "")
    council: bool = False


class Frontier:
    """Candidates by promise; each address is given out once.

    Endless families (calendars, filters) are recognised by their shape: the promise of an address falls
    with the number of addresses of its shape that were given out before, unless it is strong by itself.
    """

    LARGEST = 4000
    """Candidates kept; of more, the least promising are let go."""

    def __init__(self, threshold: float) -> None:
        self._threshold = threshold
        self._heap: list[tuple[float, int, str]] = []
        self._known: dict[str, Candidate] = {}
        self._given: set[str] = set()
        self._shapes: Counter[str] = Counter()
        self._fruitless: Counter[str] = Counter()
        self._order = itertools.count()
        self._shape = lru_cache(maxsize=8192)(addresses.shape)

    @staticmethod
    def key(request: Request) -> str:
        """Return what makes two requests the same: the page's identity, for POST with its fields."""
        identity = addresses.identity(request.url)
        return identity if request.method == "GET" else f"{identity} {request.key}"

    def seen(self, url: str) -> bool:
        """Return whether an address was given out."""
        return addresses.identity(url) in self._given

    def mark(self, url: str) -> None:
        """Take an address as given out: a redirect led there, or the page calls it its canonical one."""
        self._given.add(addresses.identity(url))

    def add(self, candidate: Candidate) -> Candidate | None:
        """Take a candidate in, or what is new of it; return what is known of its address by now.

        None if its promise is below the threshold.
        """
        key = self.key(candidate.request)
        known = self._known.get(key)
        if known is not None:
            known.ways += [way for way in candidate.ways if way not in known.ways]
            if len(known.anchors) < 6:
                known.anchors += [text for text in candidate.anchors if text and text not in known.anchors]
            if key not in self._given and candidate.promise > known.promise:
                known.promise, known.depth = candidate.promise, min(known.depth, candidate.depth)
                if candidate.landing[0]:
                    known.landing, known.context = candidate.landing, candidate.context
                self._push(key, known)
            return known
        if candidate.promise < self._threshold:
            return None
        if len(self._known) - len(self._given) >= self.LARGEST and candidate.promise < 4:
            return None
        self._known[key] = candidate
        if key not in self._given:
            self._push(key, candidate)
        return candidate

    def add_anew(self, candidate: Candidate) -> None:
        """Take a candidate in whose address counts as given out (https failed, http is tried)."""
        key = self.key(candidate.request)
        self._given.discard(key)
        self._known[key] = candidate
        self._push(key, candidate)

    def next(self) -> Candidate | None:
        """Return the most promising candidate and give it out; None if nothing above the threshold is left."""
        while self._heap:
            rank, _, key = heapq.heappop(self._heap)
            if key in self._given:
                continue
            candidate = self._known[key]
            current = self._rank(candidate)
            if current < -rank - 1e-9:  # addresses of its shape were given out since: look again
                if current >= FLOOR:
                    heapq.heappush(self._heap, (-current, next(self._order), key))
                continue
            if current < FLOOR:
                return None
            self._given.add(key)
            self._shapes[self._shape(candidate.request.url)] += 1
            return candidate
        return None

    def peek(self) -> float:
        """Return the rank of the most promising candidate; 0 if none is left."""
        while self._heap and self._heap[0][2] in self._given:
            heapq.heappop(self._heap)
        return -self._heap[0][0] if self._heap else 0.0

    def fruitless(self, url: str) -> None:
        """Note that an address brought nothing: its family loses promise."""
        self._fruitless[self._shape(url)] += 1

    def left(self, least: float, limit: int = 20) -> list[str]:
        """Return the addresses of at least that promise that were not given out, best first."""
        waiting = {
            candidate.request.url: candidate.promise
            for key, candidate in self._known.items()
            if key not in self._given and candidate.promise >= least and candidate.role == PAGE
        }
        return sorted(waiting, key=lambda url: (-waiting[url], url))[:limit]

    def _push(self, key: str, candidate: Candidate) -> None:
        heapq.heappush(self._heap, (-self._rank(candidate), next(self._order), key))

    def _rank(self, candidate: Candidate) -> float:
        """Return the promise less what depth and an endless family take off."""
        rank = candidate.promise - 0.12 * candidate.depth
        if candidate.role != PAGE:
            return rank
        shape = self._shape(candidate.request.url)
        repeated = self._shapes[shape]
        if repeated:
            rank -= 0.15 * math.log2(1 + repeated)
            rank -= min(0.25 * self._fruitless[shape], 3.0) if candidate.promise < 8 else 0.0
        return rank
