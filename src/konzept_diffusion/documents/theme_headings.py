"""Headings of a text that has none marked: short lines that stand for themselves."""

from __future__ import annotations

import re
from collections import Counter
from typing import NamedTuple

from .folding import folded

_LONGEST = 100
_MOST_WORDS = 12
_RUNNING = 4
"""A line that stands there so often is a page's running title."""
_NUMBER = re.compile(r"(?:\d{1,2}(?:\.\d{1,2}){1,4}\.?|\d{1,2}\.|[IVX]{1,4}\.|[A-H][.)])\s+(?=[A-ZÄÖÜ\"„])")
_BARE_NUMBER = re.compile(r"\d{1,2}\s+(?=[A-ZÄÖÜ])")
"""Of a chapter, or of a footnote: the line must look like a heading without it."""
_NO_HEADING = re.compile(
    r"\b(?:abbildung|abb\.|tabelle|tab\.|quelle|foto|karte|grafik|bild|diagramm|fusnote|tel\.?|telefon|isbn)[ :]|"
    r"https?:|www\.|@|\b(?:siehe|vgl\.)|\bstand:? \d"
)
_LEADER = re.compile(r"(?:\s*\.(?:\s?\.){2,}\s*|\s{1,})\d{1,3}$")
_SENTENCE_END = (".", "!", "?", ":", ";")
_NO_HEADING_END = (".", ";", ",", "-")
_RUNS_ON = re.compile(
    r"\b(?:der|die|das|des|dem|den|und|oder|sowie|fur|fuer|mit|von|vom|zu|zum|zur|in|im|an|am|auf|ein|eine|einer|"
    r"einem|einen|als|bei|durch|nach|auch|sich|dass|wie)$"
)
_TAIL = 8
"""Characters at the end of a line in which the word that it runs on from stands."""
_VERB = re.compile(
    r"\b(?:ist|sind|war|waren|wird|werden|wurde|wurden|hat|haben|hatte|soll|sollen|kann|konnen|koennen|muss|mussen|"
    r"muessen|gibt|geht|fordert|foerdert|bietet|steht|stehen|liegt|leben|lebt)\b"
)


class Heading(NamedTuple):
    """A heading as printed (leaders and page number left out) and its position."""

    text: str
    start: int
    end: int


def heading_lines(text: str) -> tuple[Heading, ...]:
    """Return the lines of a clean text that look like headings, those of a table of contents included.

    A heading is short, begins with a capital or a section number, ends without a full stop, does not run
    on from the line before or into the line after, holds no common verb, and is no running title.

    Parameters
    ----------
    text
        Clean text (`folding.clean`); lines end with newlines, pages with form feeds.
    """
    lines = text.replace("\f", "\n").split("\n")
    found: list[Heading] = []
    position = 0
    before = ""
    for number, line in enumerate(lines):
        if 3 <= len(line) <= _LONGEST and not line.endswith(_NO_HEADING_END):
            after = lines[number + 1] if number + 1 < len(lines) else ""
            lead = _heads(line, before, after, bool(found) and found[-1].end >= position - 8)
            if lead is not None:
                shown = line[lead:]
                if shown[-1:].isdecimal():
                    shown = _LEADER.sub("", shown)
                found.append(Heading(shown, position + lead, position + lead + len(shown)))
        before = line
        position += len(line) + 1
    often = Counter(heading.text for heading in found)
    return tuple(heading for heading in found if often[heading.text] < _RUNNING)


def _heads(line: str, before: str, after: str, after_heading: bool) -> int | None:
    """Return where the heading in a line begins; None if it is none."""
    start = len(line) - len(line.lstrip("# \t"))
    numbered = _NUMBER.match(line, start)
    lead = numbered or _BARE_NUMBER.match(line, start)
    first = line[lead.end() if lead else start :]
    if not first or not (first[0].isupper() or first[0] in "„\"'") or first.count(" ") >= _MOST_WORDS:
        return None
    # What the lines around tell costs less than what the words tell.
    if not numbered:
        if before and not after_heading and not before.endswith(_SENTENCE_END):
            return None
        if after and (after[0].islower() or len(line) > 60):
            return None
    low = folded(first)
    if (
        _NO_HEADING.search(low)
        or _RUNS_ON.search(low, max(0, len(low) - _TAIL))
        or (_VERB.search(low) and not low.endswith("?"))
    ):
        return None
    return start
