"""Sentences and result lines of minutes: wrapped lines stay together, abbreviations and days end none."""

from __future__ import annotations

import re
from collections.abc import Iterator

from .folding import pattern

_ABBREVIATED = frozenset(
    [
        "nr",
        "dr",
        "st",
        "bzw",
        "abs",
        "art",
        "vgl",
        "ca",
        "enth",
        "stv",
        "abg",
        "inkl",
        "ggf",
        "einst",
        "mehrh",
        "gem",
        "lt",
        "o",
        "p",
        "pkt",
        "a",
        "b",
        "d",
        "u",
        "z",
        "h",
        "f",
        "ff",
        "str",
        "rm",
        "bm",
        "lr",
        "dez",
        "drs",
        "vorl",
        "abst",
        "sog",
        "vom",
        "am",
    ]
)
_LABEL_START = pattern(
    r"\W*(?:abst|ergebnis|beschluß|beratungsergebnis|votum|ja\b|nein\b|mehrheit|einst|mit \d+|\(|"
    r"\d+ ja|dafür|"
    r"begründung|sach|antrag\b|bemerkung|wie vor|zur kenntnis|kenntnis|vertagt|zurück|angenommen|"
    r"abgelehnt|- )"
)
_END = re.compile(r"[.!?;](?=\s|$)|\n\n|\n")
_SHORT = 46


def clauses(low: str, start: int, end: int) -> Iterator[tuple[int, int]]:
    """Yield sentences and result lines of a folded text between two positions; wrapped lines stay together."""
    first = start
    for stop in _END.finditer(low, start, end):
        sign = stop.group()
        if sign == ".":
            word = low[max(first, stop.start() - 8) : stop.start()].rsplit(maxsplit=1)
            last = re.split(r"[\s(|/]", word[-1])[-1] if word else ""
            if last in _ABBREVIATED or (
                last.isdigit() and len(last) <= 2 and low[stop.end() : stop.end() + 1] == " "
            ):
                continue
        elif sign == "\n":
            line = low.rfind("\n", start, stop.start()) + 1
            short = stop.start() - max(line, first) < _SHORT and low[max(stop.start() - 1, 0)] in ":."
            if not (
                short or _LABEL_START.match(low, stop.end()) or low[stop.start() - 1 : stop.start()] == ":"
            ):
                continue
        if low[first : stop.start()].strip():
            yield first, stop.end()
        first = stop.end()
    if low[first:end].strip():
        yield first, end
