"""The day that a text bears as news: by its dateline, source, masthead, copyright or address."""

from __future__ import annotations

import re
from dataclasses import dataclass

from .adoption import FIRST_YEAR, LAST_YEAR
from .dates import MONTHS, Date, dates
from .folding import pattern

MONTH_NAMES = "januar|februar|märz|april|mai|juni|juli|august|september|oktober|november|dezember"
_ISSUED = pattern(
    rf"\b(?:ausgabe|rundbrief|mitgliederbrief|newsletter|mitteilungsblatt|amtsblatt|gemeindebrief|"
    rf"infobrief|heft)\b[^\n]{{0,24}}?\b"
    rf"(?:(?P<month>{MONTH_NAMES})|(?:frühjahr|frühling|sommer|herbst|winter)) (?P<year>(?:19|20)\d\d)"
)
_NUMBERED = pattern(
    r"\b(?:(?:medien|presse)(?:information|mitteilung)|newsletter|amtsblatt|mitteilungsblatt)\b[^\n]{0,12}?"
    r"\b(?:(?P<first>20[0-3]\d)/\d{1,3}|\d{1,3}/(?P<last>20[0-3]\d))\b"
)
_CLOCK = re.compile(r",? \d{1,2}[.:]\d\d(?: uhr)?(?:\n|$)")
_ISSUE = pattern(
    r"\b(?:ausgabe|nr\.?|jahrgang|vom|stand|veröffentlicht|erschienen|online seit|mitteilung)\b[^\n]{0,40}$"
)
_SOURCE = re.compile(
    r"(?:\(|- |aktualisiert|veroffentlicht|veroeffentlicht|text: |"
    r"\bvon unser[a-z]* |(?:^|\n)von [a-z]+ [a-z-]+, |\u00b7 |\b(?:vom|am) )[^\n()]{0,60}$"
)
_FINITE = pattern(
    r"\b(?:hat|haben|wurden?|ist|sind|war|waren|wird|soll|lag|liegt|beschloß|fand|kam|kamen|legte|sitzung|"
    r"auszug|niederschrift|protokoll)\b"
)
_URL = re.compile(r"/(20[0-3]\d)(?:[/-](\d\d)(?!\d)|/kw|[/-]|$)")
_FILE = re.compile(r"upload|download|fileadmin|media|dokument|\.(?:pdf|docx?|odt|rtf)$")
_RIGHT = re.compile(
    r"\u00a9 ?[^\n]{0,40}?(20[0-3]\d)\b(?!\d| ?[-/] ?\d)|(?:^|\n)[^\n]{0,30}\(c\) [^\n]{0,30}(20[0-3]\d)\s*$"
)
_DEADLINE = pattern(r"\b(?:anmeldung|frist|anmeldeschluß|bis|nächste[nrs]?)\b")
_FOOT_LINES, _FOOT, _FOOT_LINE = 5, 420, 120
_NOT_ISSUED = pattern(
    r"\b(?:bis|frist|ab|anmeldung|termin[a-z]*|nächste[nrs]?|gültig|vorschau|einladung|kraft|beschl[a-z]+|"
    r"verabschied[a-z]*|[a-z]*sitzung[a-z]*|veranstaltung|seit|geboren|satzung|abgerufen|"
    r"druck|auflage|ratsbeschl[a-z]*|kreistagsbeschl[a-z]*)\b"
)


@dataclass(frozen=True, slots=True)
class Issue:
    """The day that a text bears as news: year, and month (1 to 12) where it is told.

    `foot`: it stands below the text, where a page bears the day of its last change.
    `periodical`: it is the month of an issue or of an address under which news stands.
    """

    year: int
    month: int | None
    foot: bool = False
    periodical: bool = False


def issue_of(low: str, path: str, title: str = "") -> Issue | None:
    """Return when a text was issued: by its dateline, source, masthead, copyright or address; None if unknown.

    Parameters
    ----------
    low, title
        Folded text and title.
    path
        Path of its address, folded.
    """
    days = [
        date
        for date in dates(low, 0, min(len(low), 400))
        if date.precision == "day"
        and not _FINITE.search(low, max(0, low.rfind("\n", 0, date.start)), date.start)
        and not _DEADLINE.search(low, max(0, low.rfind("\n", 0, date.start)), date.start)
        and (date.start < 140 or _ISSUE.search(low[max(0, date.start - 60) : date.start]))
    ]
    if not days:
        days = [
            date
            for date in dates(low)
            if date.precision == "day"
            and (
                date.end >= len(low) - 24
                or _CLOCK.match(low, date.end)
                or low[date.end : date.end + 2] in (")\n", ")")
                or low[date.end : date.end + 1] == "\n"
            )
            and _is_source(low, date)
        ][-1:]
    if days and usable(days[0]):
        return Issue(days[0].year, _month(low[days[0].start : days[0].end]))
    foot = _at_foot(low)
    if issued := _ISSUED.search(f"{title}\n{low[:400]}"):
        name = issued.group("month")
        return Issue(int(issued.group("year")), numbered(name) if name else None, periodical=True)
    if issued := _NUMBERED.search(f"{title}\n{low[:200]}"):
        return Issue(int(issued.group("first") or issued.group("last")), None)
    if foot:
        return foot
    if found := _URL.search(path):
        month = int(found.group(2)) if found.group(2) else None
        month = month if month and 1 <= month <= 12 else None
        return Issue(int(found.group(1)), month, periodical=bool(month and not _FILE.search(path)))
    if found := _RIGHT.search(low[-300:]):
        return Issue(int(found.group(1) or found.group(2)), None, foot=True)
    return None


def _at_foot(low: str) -> Issue | None:
    """Return the day on one of the last lines of a text, where no sentence tells of it: "19.11.2019, 17:42 Uhr"."""
    first = max(0, len(low) - _FOOT)
    lines = [line for line in low[first:].split("\n") if line.strip()]
    for line in reversed(lines[-_FOOT_LINES:] if first or len(lines) > 1 else ()):
        if len(line) > _FOOT_LINE or not any(map(str.isdigit, line)):
            continue
        if _FINITE.search(line) or _NOT_ISSUED.search(line):
            continue
        days = [date for date in dates(line) if date.precision == "day" and usable(date)]
        if len({date.year for date in days}) == 1:
            return Issue(days[0].year, _month(line[days[0].start : days[0].end]), foot=True)
    return None


def _is_source(low: str, date: Date) -> bool:
    """Return whether a date ends a source: "(Inn-Bote vom 16.12.2016)", "- hap, 30. Oktober 2018"."""
    first = max(0, date.start - 62)
    ahead = re.split(r"[.!?\n(]\s|[\n(]", low[first : date.start])[-1]
    marked = low[date.start - len(ahead) - 1 : date.start - len(ahead)] == "(" or _SOURCE.search(
        low[first : date.start]
    )
    return bool(marked) and _FINITE.search(ahead) is None


def _month(day: str) -> int | None:
    for number, name in enumerate(MONTHS, start=1):
        if name[:3] in day:
            return number
    numbers = [int(number) for number in re.findall(r"\d+", day)]
    if len(numbers) == 3:
        month = numbers[1]
        return month if 1 <= month <= 12 else None
    return None


def usable(date: Date) -> bool:
    """Return whether a date can be that of an adoption: no span, within the years of such documents."""
    return date.precision != "span" and FIRST_YEAR <= date.year <= LAST_YEAR


def numbered(name: str) -> int:
    """Return the number of a month, 1 to 12, by its folded name."""
    return MONTHS.index(name.replace("ae", "a")) + 1
