"""Many terms looked for in a long text: only where a term can begin is its expression tried.

Looking for the fixed letters that a term begins with is some ten times as fast as trying an expression of many terms
at every position. The finds are those of the expression itself, in the same order.
"""

from __future__ import annotations

import re
from collections.abc import Iterable, Iterator
from dataclasses import dataclass, field
from itertools import islice

from .folding import pattern, spelled

_LEAST = 3
"""Letters a term must begin with; fewer stand everywhere."""
_MOST = 200
"""Ways a term may begin; one of more is tried everywhere."""
_FIRST_BLOCK, _GROWTH = 1_000, 8
"""Characters in which candidates are looked for first (a find near the beginning is found at once), and then."""
_FIXED = re.compile(r"[a-z /,&-]*")
_OPTIONAL = ("?", "*", "{")
_DOUBTFUL = re.compile(r"([a-z /,&-]{0,2})([a-z])\?(?![?+])")
_SPECIAL = re.compile(r"\\.|\[\^?\]?(?:\\.|[^\]\\])*\]|[(|)]", re.DOTALL)


@dataclass(frozen=True, slots=True)
class Finder:
    """Terms made ready to be looked for in long folded texts.

    Parameters
    ----------
    terms
        Regular expressions as in the codebook; none of them finds nothing (the empty text).
    """

    terms: tuple[str, ...]
    _whole: re.Pattern[str] = field(init=False, repr=False)
    _leads: tuple[str, ...] = field(init=False, repr=False)
    _rest: re.Pattern[str] | None = field(init=False, repr=False)

    def __post_init__(self) -> None:
        """Part the terms into those that begin with fixed letters and the rest."""
        leads: set[str] = set()
        rest: list[str] = []
        for way in (way for term in self.terms for way in _ways(spelled(term))):
            lead = _lead(way)
            if len(lead) < _LEAST:
                rest.append(way)
            else:
                leads.add(lead)
        # What begins with a longer lead begins with the shorter one.
        shortest = sorted(lead for lead in leads if not any(lead[:n] in leads for n in range(1, len(lead))))
        object.__setattr__(self, "_whole", pattern("|".join(self.terms)))
        object.__setattr__(self, "_leads", tuple(shortest))
        object.__setattr__(self, "_rest", re.compile("|".join(rest)) if rest else None)

    def finditer(self, text: str, start: int = 0, end: int | None = None) -> Iterator[re.Match[str]]:
        """Yield what `pattern("|".join(terms)).finditer` yields."""
        end = len(text) if end is None else min(end, len(text))
        done = start
        match = self._whole.match
        for place in self._places(text, start, end):
            if place >= done and (found := match(text, place, end)):
                yield found
                done = found.end()

    def search(self, text: str, start: int = 0, end: int | None = None) -> re.Match[str] | None:
        """Return the first find; None if there is none."""
        return next(self.finditer(text, start, end), None)

    def count(self, text: str, *, at_most: int | None = None) -> int:
        """Return the number of finds; with `at_most`, no more are looked for than that."""
        return sum(1 for _ in islice(self.finditer(text), at_most))

    def _places(self, text: str, start: int, end: int) -> Iterator[int]:
        """Yield, in order, every position at which a term can begin, block by block."""
        first, size = start, _FIRST_BLOCK
        other = self._rest.search(text, start, end) if self._rest else None
        find = text.find
        while first < end:
            last = min(first + size, end)
            places = set()
            for lead in self._leads:
                stop = min(last + len(lead) - 1, end)
                place = find(lead, first, stop)
                while place >= 0:
                    places.add(place)
                    place = find(lead, place + 1, stop)
            while self._rest and other and other.start() < last:
                places.add(other.start())
                other = self._rest.search(text, other.start() + 1, end)
            yield from sorted(places)
            first, size = last, size * _GROWTH


def _ways(source: str) -> Iterable[str]:
    """Return expressions for the ways in which a term can begin: "(?:a|b)?c" can begin with ac, bc or c."""
    ready: list[str] = []
    open_ways = [source]
    while open_ways:
        way = open_ways.pop()
        parts = _alternatives(way)
        if len(parts) > 1:
            open_ways += parts
            continue
        border = r"\b" if way.startswith(r"\b") else ""
        body = way.removeprefix(r"\b")
        inner = _group(body)
        if inner is None:
            # "fue?r" begins with "fuer" or with "fur"; where enough letters stand before, it does not matter.
            doubtful = _DOUBTFUL.match(body)
            if doubtful:
                sure, letter = doubtful.groups()
                behind = body[doubtful.end() :]
                open_ways += [f"{border}{sure}{letter}{behind}", f"{border}{sure}{behind}"]
            else:
                ready.append(way)
            continue
        behind = body[len(inner) + 4 :]
        if behind.startswith(("*", "+", "{")) or behind.startswith(("??", "?+")):
            ready.append(way)
            continue
        open_ways += [f"{border}{part}{behind.removeprefix('?')}" for part in _alternatives(inner)]
        if behind.startswith("?"):
            open_ways.append(border + behind[1:])
        if len(ready) + len(open_ways) > _MOST:
            return [source]
    return ready


def _alternatives(source: str) -> list[str]:
    """Return the parts of an expression between the | that stand in no group."""
    cuts, depth = [0], 0
    for sign in _SPECIAL.finditer(source):
        if sign.group() == "(":
            depth += 1
        elif sign.group() == ")":
            depth -= 1
        elif sign.group() == "|" and not depth:
            cuts.append(sign.end())
    return [source[first : last - 1] for first, last in zip(cuts, [*cuts[1:], len(source) + 1], strict=True)]


def _group(source: str) -> str | None:
    """Return what stands in the group "(?:...)" that an expression begins with; None if it begins with none."""
    if not source.startswith("(?:"):
        return None
    depth = 0
    for sign in _SPECIAL.finditer(source):
        depth += {"(": 1, ")": -1}.get(sign.group(), 0)
        if not depth and sign.group() == ")":
            return source[3 : sign.start()]
    return None


def _lead(way: str) -> str:
    """Return the fixed letters that an expression begins with."""
    body = way.removeprefix(r"\b")
    found = _FIXED.match(body)
    lead = found.group() if found else ""
    return lead[:-1] if body[len(lead) :].startswith(_OPTIONAL) else lead
