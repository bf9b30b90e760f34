"""The items of a record, known by their number, and which of them are about an integration document."""

from __future__ import annotations

import re
from dataclasses import dataclass

from .codebook import finder
from .folding import pattern
from .kinds import excluded
from .sessions import Session

_WORD = r"(?:tops?|tagesordnungspunkt|punkt|pkt\.?|p\.|§|ziffer|ziff\.|(?<=\n)nr\.|ö|n|[a-c](?= ?\d))"
_NUMBERED = pattern(
    rf"(?:^|\n)[^\S\n]*(?P<head>\W{{0,3}}(?:(?:zu|zum) (?:{_WORD}\W{{0,2}})?|"
    rf"(?:[a-zäöü]+ )?{_WORD}\W{{0,2}}(?:ö |n )?)"
    r"(?P<number>\d{1,3}(?:\.\d{1,2})?)(?: ?(?:bis|-|und) ?(?P<last>\d{1,3})(?![\d.]))?|"
    r"(?P<bare>\d{1,2}(?:\.\d{1,2})?)(?:\.\)?|\)|(?=[^\S\n])))(?=[^\S\n]|[.:)-]|\n|$)(?![\d./-]*\d{2})"
)
FIELD = pattern(
    r"\bintegration\b|integrations(?!rat|beirat|ausschuß|klaß|betrieb|helfer|kraft|kräft|kurs|amt|"
    r"fachdienst)|migration|"
    r"zuwander|zugewander|einwander|vielfalt|interkult|flüchtling|geflücht|asyl|ausländer|"
    r"diversity|zusammenleben|miteinander"
)
_NOUN = pattern(
    r"konzept|leitbild|leitlinie|leitsätze|grundsätze|plan(?:e?s)?\b|strategie|programm|agenda|"
    r"charta|rahmen|pakt|papier"
)
REST = pattern(
    r"\n[^\w\n]*zu den übrigen punkten|\n[^\w\n]*weitere (?:punkte|themen)|"
    r"\n[^\w\n]*ende der (?:öffentlichen )?sitzung|\n[^\w\n]*nicht-?öffentlich"
)


@dataclass(frozen=True, slots=True)
class Item:
    """An item of a session: its number, heading and the parts of the text that deal with it."""

    number: str
    heading: str
    parts: tuple[tuple[int, int], ...]


def items_of(low: str) -> list[Item]:
    """Return the items of a record by number; an agenda's line and the minutes of the same number are one item.

    Numbered lines without a prefix count only before the first that has one ("TOP 3", "Zu 3", "Punkt 3", "§ 3"):
    inside an item they number something else.
    """
    marks: list[tuple[int, int, list[str]]] = []
    prefixed = False
    last_bare = 0
    for found in _NUMBERED.finditer(low):
        number = found.group("number") or found.group("bare")
        if found.group("number"):
            prefixed = True
        else:
            value = int(number.split(".")[0])
            if prefixed and not _agenda_only(low, marks, found.start()):
                continue
            if value > last_bare + 6 and value != 1 and last_bare:
                continue
            last_bare = value
        last = found.group("last")
        numbers = [number]
        if last and number.isdigit() and int(number) < int(last) <= int(number) + 40:
            numbers = [str(one) for one in range(int(number), int(last) + 1)]
        marks.append((found.start("head"), found.end(), numbers))
    if not marks:
        return []
    rest = REST.search(low, marks[-1][1])
    ends = [mark[0] for mark in marks[1:]] + [rest.start() if rest else len(low)]
    by_number: dict[str, list[tuple[int, int]]] = {}
    for (_, begin, numbers), end in zip(marks, ends, strict=True):
        stop = REST.search(low, begin, end)
        for number in numbers:
            by_number.setdefault(number, []).append((begin, stop.start() if stop else end))
    found_items = []
    for number, parts in by_number.items():
        heading = max(
            (_heading(low, *part) for part in parts),
            key=lambda text: (bool(names_document(text)), -len(text)),
        )
        found_items.append(Item(number, heading, tuple(parts)))
    return found_items


def _agenda_only(low: str, marks: list[tuple[int, int, list[str]]], position: int) -> bool:
    """Return whether the prefixed items so far are an agenda's lines, without text of their own."""
    ends = [mark[0] for mark in marks[1:]] + [position]
    return len(marks) >= 4 and all(
        end - mark[1] < 170 or mark is marks[-1] for mark, end in zip(marks, ends, strict=True)
    )


def _heading(low: str, start: int, end: int) -> str:
    """Return the heading at the begin of an item: its first line, with the next one where it is broken."""
    text = low[start:end].lstrip(" .:)-\n")
    lines = text.split("\n")
    first = lines[0]
    if (
        len(lines) > 1
        and lines[1]
        and (first.endswith((";", ",", "-", ":")) or 40 < len(first) < 75)
        and len(lines[1]) < 75
        and not lines[1].endswith(".")
    ):
        first = f"{first} {lines[1]}"
    return first[:220]


def names_document(part: str) -> bool:
    """Return whether a heading or row names an integration document: its title, or the field beside a noun."""
    return bool(finder("relevance", "speaks").search(part)) or bool(FIELD.search(part) and _NOUN.search(part))


def is_about(low: str, item: Item) -> bool:
    """Return whether an item is about an integration document: its heading says so, or its field and the text."""
    if excluded(item.heading) or re.search(
        r"\bkita|kindertages|stadtebau|stadtentwicklung|mobilitat", item.heading
    ):
        return False
    if names_document(item.heading) and not re.search(
        r"(?:wahl|bericht)[^.]{0,30} des integrations(?:bei)?rat", item.heading
    ):
        return True
    body = " ".join(low[start:end] for start, end in item.parts)
    return bool(
        FIELD.search(item.heading) and len(body) > 100 and finder("relevance", "speaks").search(body)
    ) or bool(
        FIELD.search(item.heading)
        and re.search(r"\b(?:das|des|dem|die) (?:konzept|leitbild|leitlinien)", body)
    )


def session_at(position: int, session: Session | None, inner: list[Session]) -> Session | None:
    """Return the session to which what stands at a position belongs: the last one named before, else the head\'s."""
    last = None
    for one in inner:
        if one.start <= position:
            last = one
    return last or session
