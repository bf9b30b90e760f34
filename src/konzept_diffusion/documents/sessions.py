"""Which body sat when: the sessions that a council's record names in its head and above its parts."""

from __future__ import annotations

import re
from dataclasses import dataclass

from .adoption import FIRST_YEAR, LAST_YEAR, bodies_of
from .dates import MONTHS, Date, dates
from .folding import pattern

HEAD = 1_000
"""Characters of a record that name its session."""
_SESSION = pattern(
    r"sitzung|niederschrift|protokoll|\bauszug|beschlüße|tagung|gremium|ratsbeschl|\btag:|"
    r"\bdatum:|beschluß nr|versammlung"
)
_NOT_ITS_DAY = pattern(
    r"(?:einladung|ladung|niederschrift|niederschrift (?:der|über die) \d+\. sitzung|protokolls?|"
    r"stand|faßung|anfrage|"
    r"antrag[a-z]*|antwort|eingang[a-z]*|eingetragen|schreiben|ausgefertigt|genehmigung des protokolls|"
    r"gültig|seit|bis|satzung|änderung|aktualisiert)[^.\n]{0,40}?\b(?:vom|am|:|den)? ?$"
)
_MINUTES_OF = pattern(
    r"(?:niederschrift|protokoll|auszug)[a-z]* (?:über|der|des|von|vom|aus|zur|zum|"
    r"zu)\b(?![^.\n]{0,70}(?:letzte|genehmig|einwend))"
    r"[^\n]{0,120}\b(?:vom|am|den|:|dem) ?$"
)
_PLACE_AND_DAY = re.compile(r"(?:^|\n|  )\W*[a-z .()/-]{3,30}, (?:den |dem )?$")
_FINITE = pattern(
    r"\b(?:hat|haben|hatte|wurden?|worden|ist|sind|war|waren|wird|soll|lag|legte|sagt[e]?|"
    r"berichtet[e]?|stimmte|"
    r"beschloß|verabschiedete)\b"
)
_NO_HEADER = pattern(
    r"\b(?:hat|haben|hatte|wurden?|ist|sind|war|wird|soll|vom|durch|beschlo[a-z]+|"
    r"verabschied[a-z]+|angenommen|am|bis)\b"
    r"(?! (?:(?:mon|diens|donners|frei|sams|sonn)tag|mittwoch|\d))|[.!?] (?:der|die|das|im|in) "
)
_LEAD = pattern(r"folgende[nr]?\b[^.\n]{0,50}beschlüße\b|folgendes beschloßen")
_ABBREVIATED = re.compile(r"\b(?:kt|st\.?vv|svv|gr|str|sr|vgr|stver|rv)\b")
_ADVISORY = re.compile(
    r"\b(?:soza|inta|asi|hfa|jha|ka|va|ha|kreisausschuss|magistrat|[a-z]+a)\b(?= ?:?\d)|"
    r"ortsbeirat|ortsrat|ortsteilrat"
)
_PARTIAL = re.compile(rf"\b([0-3]?\d)\. ?(?:({'|'.join(MONTHS)})\b|([01]?\d)\.)(?! ?\d)")
_NEAR = 150
_HEADER = 130
"""Characters of a line that names body and day of a session."""


@dataclass(frozen=True, slots=True)
class Session:
    """A session: from where on it is the one that is told of, whether its body decides, year (None if not told).

    `resolutions`: a list of what was decided follows. `header`: body and day stand on one line of their own."""

    start: int
    deciding: bool
    year: int | None
    resolutions: bool = False
    header: bool = False


def named_bodies(part: str) -> list[tuple[int, int, bool]]:
    """Return the bodies that a row or head of a record names, abbreviations too; True: it decides."""
    found = bodies_of(part)
    for rule, deciding in ((_ABBREVIATED, True), (_ADVISORY, False)):
        for one in rule.finditer(part):
            if not any(start < one.end() and one.start() < end for start, end, _ in found):
                found.append((one.start(), one.end(), deciding))
    return sorted(found)


def day_dates(part: str) -> list[Date]:
    """Return the days in a part of a folded text, over line breaks."""
    return [
        date
        for date in dates(part.replace("\n", " "))
        if date.precision == "day" and FIRST_YEAR <= date.year <= LAST_YEAR
    ]


def partial_year(part: str, issued: Date | None, low: str) -> int | None:
    """Return the year of a day without one ("Sitzung vom 19. Juli"), by the day that the text bears."""
    if issued is None or not (found := _PARTIAL.search(part)):
        return None
    month = MONTHS.index(found.group(2)) + 1 if found.group(2) else int(found.group(3))
    issue_month = _month(low[issued.start : issued.end])
    return issued.year - bool(issue_month and month > issue_month)


def _month(day: str) -> int | None:
    for number, name in enumerate(MONTHS, start=1):
        if name[:3] in day:
            return number
    numbers = re.findall(r"\d+", day)
    return int(numbers[1]) if len(numbers) == 3 and int(numbers[1]) <= 12 else None


def head_session(head: str) -> Session | None:
    """Return the session that the head of a record (folded) names; None if it names none.

    The day nearest to a body counts, before all on a line that speaks of a session.
    """
    flat = head.replace("\n", " ")
    bodies = named_bodies(flat)
    if not bodies:
        return None
    best: tuple[tuple[int, ...], Session] | None = None
    for order, date in enumerate(day_dates(head)):
        if _NOT_ITS_DAY.search(flat, max(0, date.start - 70), date.start) and not _MINUTES_OF.search(
            flat, max(0, date.start - 160), date.start
        ):
            continue
        around = flat[max(0, date.start - _NEAR) : date.end + 90]
        if _FINITE.search(flat, max(0, date.start - 60), date.start):
            continue
        before = [body for body in bodies if body[1] <= date.start and date.start - body[1] <= _NEAR * 2]
        after = [body for body in bodies if body[0] >= date.end and body[0] - date.end <= 60]
        body = _first_of_line(head, before, date.start) or (after[0] if after else None)
        if body is None:
            continue
        line = flat[head.rfind("\n", 0, date.start) + 1 : date.end + 40]
        own = bool(_SESSION.search(around))
        lettered = bool(_PLACE_AND_DAY.search(head, max(0, date.start - 40), date.start)) and not own
        begin = head.rfind("\n", 0, date.start) + 1
        header = (
            body[0] >= begin
            and date.start - begin < _HEADER
            and not _NO_HEADER.search(flat, begin, min(len(flat), date.end + 16))
        )
        rank = (lettered, not _SESSION.search(line), not own, order)
        if best is None or rank < best[0]:
            best = (rank, Session(0, body[2], date.year, header=header))
    if best:
        return best[1]
    first = next((body for body in bodies if body[0] < 400), None)
    return Session(0, first[2], None) if first else None


def _first_of_line(
    head: str, before: list[tuple[int, int, bool]], position: int
) -> tuple[int, int, bool] | None:
    """Return the body that a head means: of those on the line of the last one the first."""
    if not before:
        return None
    last = before[-1]
    line = max(head.rfind("\n", 0, last[0]), head.rfind(";", 0, last[0]))
    return next((body for body in before if body[0] > line), last)


def inner_sessions(low: str, head: Session | None, issued: Date | None) -> list[Session]:
    """Return the sessions that are named behind the head: above parts, and before lists of resolutions.

    Parameters
    ----------
    low
        Folded text.
    head
        The session that the head names: its body is meant where a line names none.
    issued
        The day that the text bears.
    """
    found: list[Session] = []
    for one in re.finditer(
        r"sitzung|tagte|gemeinderat|kreistag|\brat\b|stadtrat|burgerschaft|versammlung", low
    ):
        first = low.rfind("\n", 0, one.start()) + 1
        if found and first <= found[-1].start:
            continue
        stop = low.find("\n", one.end())
        stop = len(low) if stop < 0 else stop
        line = low[first:stop]
        lead = _LEAD.search(low, first, min(stop + 130, len(low)))
        if not lead and (len(line) > 130 or _FINITE.search(line) or line.rstrip().endswith((".", "!"))):
            continue
        if not lead and not re.search(r"sitzung", line):
            continue
        part = low[first : lead.end() if lead else stop]
        bodies = named_bodies(part) or named_bodies(
            low[max(0, low.rfind("\n", 0, max(first - 1, 0))) : first]
        )
        days = day_dates(part)
        if (
            re.search(
                r"(?:nachste|folgende|kommende)n? [a-z]*sitzung|niederschrift (?:der|uber die) (?:letzte|sitzung vom)",
                part,
            )
            and not lead
        ):
            continue
        year = days[0].year if days else partial_year(part, issued, low)
        if year is None and not (lead and head):
            continue
        deciding = bodies[0][2] if bodies else head.deciding if head else None
        if deciding is None:
            continue
        found.append(Session(first, deciding, year or (head.year if head else None), bool(lead)))
    return found
