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
    rf"infobrief|heft)\b[^\n]{{0,24}}?\b(?P<month>{MONTH_NAMES}) (?P<year>(?:19|20)\d\d)"
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
_RIGHT = re.compile(
    r"\u00a9 ?[^\n]{0,40}?(20[0-3]\d)\s*$|(?:^|\n)[^\n]{0,30}\(c\) [^\n]{0,30}(20[0-3]\d)\s*$"
)


@dataclass(frozen=True, slots=True)
class Issue:
    """The day that a text bears as news: year, and month (1 to 12) where it is told."""

    year: int
    month: int | None


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
    if issued := _ISSUED.search(f"{title}\n{low[:400]}"):
        return Issue(int(issued.group("year")), numbered(issued.group("month")))
    if issued := _NUMBERED.search(f"{title}\n{low[:200]}"):
        return Issue(int(issued.group("first") or issued.group("last")), None)
    if found := _URL.search(path):
        month = int(found.group(2)) if found.group(2) else None
        return Issue(int(found.group(1)), month if month and month <= 12 else None)
    if found := _RIGHT.search(low[-160:]):
        return Issue(int(found.group(1) or found.group(2)), None)
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
