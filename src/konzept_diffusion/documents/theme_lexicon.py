"""Many terms looked for in one pass over a text: a word is looked up once, what it starts is checked then.

A term is written as in scraper/themes.yml: words with * for any letters and | for a choice, .. for up to
three words in between. The memory of words seen makes a second document of the same field much cheaper.
"""

from __future__ import annotations

import itertools
import re
from bisect import bisect_left
from collections.abc import Callable, Iterable, Sequence
from dataclasses import dataclass, field

from .folding import pattern

Find = tuple[int, int, int]
"""Start, end and number of the term."""
_Senses = tuple[tuple[int, int, int, re.Pattern[str] | None], ...]
"""What a token can be or begin: offset and length of the word, number of the term, what must follow."""
_WORD = re.compile(r"[^\W\d_]+")
_ALLOWED = re.compile(r"(?:[^\W\d_]|[*| .-])+")
_LETTERS = r"[^\W\d_]*"
_GAP = r"(?:, ?|[ /:-]{1,3}|-?\n)"
_BETWEEN = rf"(?:{_GAP}[^\W\d_]+){{0,3}}?"
_END = r"(?![^\W\d_])"
_FOLDS = {"ä": ("a", "ae"), "ö": ("o", "oe"), "ü": ("u", "ue"), "ß": ("s", "ss")}
_LEAST = 3
"""Letters that a word with a * needs beside it."""
_DEEP = 6
"""Letters by which terms are found; those that begin with fewer, by all they have."""
_MEMORY = 200_000
_LONGEST_KEPT = 60


@dataclass(frozen=True, slots=True)
class Term:
    """One term of a code list.

    Attributes
    ----------
    code
        What it stands for.
    text
        As written in the code list.
    weight
        What a find adds; 0 for terms of headings and of exclusions.
    heading
        Whether it may code a heading.
    exclude
        Whether finds of its code within it do not count.
    """

    code: str
    text: str
    weight: float = 0
    heading: bool = False
    exclude: bool = False


@dataclass(frozen=True, slots=True)
class _Compiled:
    """A term ready to be matched; its first word begins with one of `begins` or holds one of `holds`."""

    first: re.Pattern[str]
    rest: re.Pattern[str] | None
    begins: frozenset[str]
    holds: tuple[str, ...]


def problem_of(text: str) -> str:
    """Return what is wrong with a term as written; empty if nothing is."""
    words = _words(text)
    if not words or words[0] == ".." or words[-1] == ".." or not _ALLOWED.fullmatch(text):
        return f"{text!r} is no term: words of letters, with *, | or .. between them."
    for word in words:
        for choice in word.split("|") if word != ".." else ():
            letters = max(choice.split("*"), key=len)
            if "." in choice or not letters or ("*" in choice and len(letters) < _LEAST):
                return f"{text!r} is no term: {choice!r} needs three letters beside the *."
    return ""


def _words(text: str) -> list[str]:
    return text.lower().replace("-", " ").split()


def _compiled(term: Term) -> _Compiled:
    words = _words(term.text)
    sources = [_BETWEEN if word == ".." else rf"(?:{word.replace('*', _LETTERS)})" for word in words]
    rest = ""
    for word, source in zip(words[1:], sources[1:], strict=True):
        rest += source if word == ".." else _GAP + source
    begins, holds = [], []
    for choice in words[0].split("|"):
        lead = choice.split("*")[0]
        if len(lead) >= _LEAST or "*" not in choice:
            begins += [spelled[:_DEEP] for spelled in _spellings(lead)]
        else:
            holds += _spellings(max(choice.split("*"), key=len))
    return _Compiled(
        pattern(sources[0]), pattern(rest + _END) if rest else None, frozenset(begins), tuple(holds)
    )


def _spellings(letters: str) -> list[str]:
    """Return letters as they can stand in folded text: "ü" is "u" or "ue" there."""
    return ["".join(signs) for signs in itertools.product(*(_FOLDS.get(sign, (sign,)) for sign in letters))]


class _Memory(dict[str, _Senses]):
    """Tokens seen with their senses; one that is new is learnt, and kept unless it is long."""

    def __init__(self, learn: Callable[[str], _Senses]) -> None:
        super().__init__()
        self._learn = learn

    def __missing__(self, token: str) -> _Senses:
        senses = self._learn(token)
        if len(token) <= _LONGEST_KEPT:
            self[token] = senses
        return senses


@dataclass(slots=True)
class Lexicon:
    """Terms made ready to be looked for.

    Parameters
    ----------
    terms
        Of any codes; `scan` gives back their numbers in this order.
    """

    terms: tuple[Term, ...]
    _ready: list[_Compiled] = field(init=False, repr=False)
    _by_begin: dict[str, list[int]] = field(init=False, repr=False)
    _firsts: frozenset[str] = field(init=False, repr=False)
    _lengths: list[int] = field(init=False, repr=False)
    _holding: list[int] = field(init=False, repr=False)
    _held: re.Pattern[str] = field(init=False, repr=False)
    _codes: list[str] = field(init=False, repr=False)
    _excluding: frozenset[int] = field(init=False, repr=False)
    _memory: _Memory = field(init=False, repr=False)

    def __post_init__(self) -> None:
        """Compile the terms and index them by the first letters of what they must hold."""
        self._ready = [_compiled(term) for term in self.terms]
        self._by_begin = {}
        for number, ready in enumerate(self._ready):
            for begin in ready.begins:
                self._by_begin.setdefault(begin, []).append(number)
        self._firsts = frozenset(begin[:_LEAST] for begin in self._by_begin)
        self._lengths = sorted({len(begin) for begin in self._by_begin})
        self._holding = [number for number, ready in enumerate(self._ready) if ready.holds]
        held = {letters for number in self._holding for letters in self._ready[number].holds}
        self._held = re.compile("|".join(sorted(held)) or r"(?!)")
        self._codes = [term.code for term in self.terms]
        self._excluding = frozenset(number for number, term in enumerate(self.terms) if term.exclude)
        self._memory = _Memory(self._learn)

    def scan(self, low: str) -> list[Find]:
        """Return the finds of all terms in a folded text, in order of their starts.

        Finds within an exclusion of their code, or within a find of their code that says at least as
        much, are left out.
        """
        if len(self._memory) > _MEMORY:
            self._memory.clear()
        finds: list[Find] = []
        covers: list[Find] = []
        tokens = low.replace("\n", " ").replace("\f", " ").split(" ")
        senses = list(map(self._memory.__getitem__, tokens))
        letters_before = itertools.accumulate(map(len, tokens), initial=0)
        # Of the many tokens only the few that mean something are looked at one by one.
        telling = zip(
            itertools.compress(itertools.count(), senses),
            itertools.compress(letters_before, senses),
            filter(None, senses),
            strict=True,
        )
        excluding = self._excluding
        for blanks, letters, known in telling:
            for offset, length, number, rest in known:
                start = blanks + letters + offset
                end = start + length
                if rest is not None:
                    more = rest.match(low, end)
                    if more is None:
                        continue
                    end = more.end()
                    covers.append((start, end, number))
                elif number in excluding:
                    covers.append((start, end, number))
                finds.append((start, end, number))
        return self._standing(finds, covers)

    def _learn(self, token: str) -> _Senses:
        """Return what a token can be or begin."""
        found = []
        by_begin, lengths = self._by_begin, self._lengths
        for match in _WORD.finditer(token):
            word = match.group()
            held = self._held.search(word)
            if word[:_LEAST] not in self._firsts and held is None:
                continue
            numbers = [number for n in lengths for number in by_begin.get(word[:n], ()) if n <= len(word)]
            if held:
                numbers += self._holding
            hits = [number for number in sorted(set(numbers)) if self._ready[number].first.fullmatch(word)]
            if hits:
                keep = self._best([number for number in hits if self._ready[number].rest is None])
                for number in hits:
                    rest = self._ready[number].rest
                    if rest is not None or number in keep:
                        found.append((match.start(), len(word), number, rest))
        return tuple(found)

    def _best(self, numbers: Sequence[int]) -> set[int]:
        """Return, per code, the heaviest of the terms that a word is, and one that may code a heading."""
        keep: set[int] = set()
        by_code: dict[str, list[int]] = {}
        for number in numbers:
            term = self.terms[number]
            if term.exclude:
                keep.add(number)
            else:
                by_code.setdefault(term.code, []).append(number)
        for group in by_code.values():
            best = max(group, key=lambda number: (self.terms[number].weight, self.terms[number].heading))
            keep.add(best)
            if not self.terms[best].heading:
                keep.update([number for number in group if self.terms[number].heading][:1])
        return keep

    def _standing(self, finds: list[Find], covers: Iterable[Find]) -> list[Find]:
        over: dict[str, list[Find]] = {}
        for cover in covers:
            over.setdefault(self._codes[cover[2]], []).append(cover)
        # Only covers that begin within the longest one's reach are compared: texts may repeat a term endlessly.
        reach = {code: max(end - start for start, end, _ in group) for code, group in over.items()}
        standing = []
        codes, excluding = self._codes, self._excluding
        for find in finds:
            if find[2] in excluding:
                continue
            code = codes[find[2]]
            group = over.get(code)
            if group is not None:
                first = bisect_left(group, (find[0] - reach[code],))
                last = bisect_left(group, (find[0] + 1,), first)
                if first < last and self._covered(group[first:last], find):
                    continue
            standing.append(find)
        return standing

    def _covered(self, covers: Iterable[Find], find: Find) -> bool:
        end = find[1]
        return any(self._beats(cover, find) for cover in covers if cover[1] >= end)

    def _beats(self, cover: Find, find: Find) -> bool:
        if not (cover[0] <= find[0] and find[1] <= cover[1]) or cover == find:
            return False
        above, below = self.terms[cover[2]], self.terms[find[2]]
        if above.exclude:
            return True
        if cover[:2] == find[:2] and above.weight == below.weight and above.heading == below.heading:
            return cover[2] < find[2]  # two terms of one weight on the same words: the first of the list
        return above.weight >= below.weight and (above.heading or not below.heading)
