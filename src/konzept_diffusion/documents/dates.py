"""German dates in running text: days, months, years, and the spans that are no dates."""

from __future__ import annotations

import re
from dataclasses import dataclass

from .folding import pattern

MONTHS = (
    "januar", "februar", "marz", "april", "mai", "juni", "juli", "august", "september", "oktober", "november",
    "dezember",
)  # fmt: skip
FIRST_YEAR, LAST_YEAR = 1970, 2035
_MONTH = (
    r"(?:januar|jänner|jan\.|februar|feb\.|märz|april|apr\.|mai|juni|juli|august|aug\.|september|"
    r"sept?\.|oktober|okt\.|november|nov\.|dezember|dez\.|"
    r"january|february|march|may|june|july|october|december)"
)
_YEAR = r"(?:19[7-9]\d|20[0-3]\d)"
_DATES = pattern(
    rf"(?P<iso>\b{_YEAR}-[01]\d-[0-3]\d\b)|"
    # 2012-2015, 2012 bis 2015, 2013/2014, 2016/17: a span, never a date
    rf"(?P<span>\b{_YEAR} ?(?:-|/|bis|bis einschließlich|und folgende) ?(?:{_YEAR}|\d\d)\b(?!\.\d))|"
    rf"(?P<day>\b[0-3]?\d\. ?(?:[01]?\d\. ?(?:{_YEAR}|[089]\d|[1-3]\d)(?!\d)|{_MONTH} {_YEAR})|"
    rf"\b[0-3]?\d {_MONTH} {_YEAR})|"
    rf"(?P<month>\b{_MONTH}[ ,]+{_YEAR}\b|\b[01]?\d ?[/.] ?{_YEAR}\b)|"
    rf"(?P<year>(?<![\d/.,])\b{_YEAR}\b(?!\s?(?:euro|€|personen|einwohner|menschen|stück|km|teilnehm|kinder|"
    rf"plätze)))"
)
_DIGITS = re.compile(r"\d+")


@dataclass(frozen=True, slots=True)
class Date:
    """A date as it stands in a text.

    Attributes
    ----------
    year
        Four digits; of a span the first.
    precision
        day, month, year or span.
    start, end
        Position in the text.
    last
        Of a span the last year; else the year.
    """

    year: int
    precision: str
    start: int
    end: int
    last: int


def dates(text: str, start: int = 0, end: int | None = None) -> list[Date]:
    """Return the dates of a folded text between two positions, in order; impossible ones are left out."""
    found = []
    for match in _DATES.finditer(text, start, len(text) if end is None else end):
        kind = str(match.lastgroup)
        numbers = [int(number) for number in _DIGITS.findall(match.group())]
        precision = "day" if kind == "iso" else kind
        year = numbers[0] if kind in ("span", "iso", "year") else numbers[-1]
        last = year
        if kind == "span":
            last = numbers[-1] if numbers[-1] > 99 else year // 100 * 100 + numbers[-1]
            if not year < last <= year + 30:
                continue
        if kind == "day":
            if year < 100:
                year += 2000 if year < 40 else 1900
            last = year
            if not 1 <= numbers[0] <= 31 or (len(numbers) == 3 and not 1 <= numbers[1] <= 12):
                continue
        if kind == "month" and len(numbers) == 2 and not 1 <= numbers[0] <= 12:
            continue
        if FIRST_YEAR <= year <= LAST_YEAR:
            found.append(Date(year, precision, match.start(), match.end(), last))
    return found
