"""The year of a document and what it rests on: a stated adoption before the year it bears.

A validity span, a target year, the date of a file, a motion or a committee is never a year (docs/coding-rules.md).
"""

from __future__ import annotations

import re
from collections.abc import Iterable
from dataclasses import dataclass, replace

from .adoption import Adoption, adoptions
from .codebook import any_of
from .dates import Date, dates
from .folding import pattern

FRONT = 1600
"""Characters of a text that count as its title page."""
_STAND = pattern(
    r"(?<!\d\. )\b(?:stand|entwurf|faßung|ausgabe|redaktionsschluß|veröffentlicht|erschienen|vorgelegt|"
    r"datum)\b\s*(?:der (?:faßung|veröffentlichung|bearbeitung)|vom|im|:|am|,)*\s*:?\s*$"
)
_STAND_LINE = pattern(r"\b(?:stand|faßung vom|redaktionsschluß|version vom)\s*:?\s*(?=[\w.])")
_SIGNED = re.compile(
    r"\n[^\n.]{3,40}, (?:im|den|am)? ?[^\n.]{0,12}?(?:\d\d?\. ?)?[^\n]{0,12}?((?:19[89]|20[0-3])\d)\s*(?=\n|$|\f)"
)
_SENTENCE_WORDS = pattern(
    r"\b(?:wurden?|hat|haben|hatten?|ist|sind|war|waren|wird|werden|soll(?:en)?|kann|können|trat|lebten|leben|liegt|lag|"
    r"beschloß|beträgt|betrug)\b"
)
_NAME = pattern(r"konzept|leitbild|plan\b|programm|strategie|agenda")
_IMPRINT_LINES = 14


@dataclass(frozen=True, slots=True)
class Year:
    """A year with its basis, rule and position; year None is a result too.

    `predecessor` is the year of an earlier version that the text names, None if it names none.
    """

    year: int | None
    basis: str
    rule: str
    start: int = 0
    end: int = 0
    predecessor: int | None = None


_ROUND = frozenset([2020, 2025, 2030])
"""Years by which plans are named ("Integrationskonzept 2020"): in a title they are targets."""
_WEAK = frozenset(["impressum", "vorwort"])
NONE = Year(None, "unbekannt", "kein_jahr")


def document_year(text: str, *, html: bool = False) -> Year:
    """Return the year that a document bears: on its title page, else in its imprint or under its foreword.

    Parameters
    ----------
    text
        Folded text; its first lines are the title page.
    html
        A web page: a "Stand" at its foot is that of the page.
    """
    best: tuple[int, Year] | None = None
    front = _front(text)
    for line_start, line in _lines(front):
        if len(line) > 110:
            continue
        for date in dates(line) if any(map(str.isdigit, line)) else ():
            points, rule = _points(line, date)
            # What stands higher on the page is nearer to the title.
            rank = points * 10_000 - line_start
            if points and (best is None or rank > best[0]):
                best = (
                    rank,
                    Year(date.year, "dokument", rule, line_start + date.start, line_start + date.end),
                )
    if best is None:
        best = _stand_in_line(front)
    if best is None and not html:
        best = _in_imprint(text) or _signed(text)
    return best[1] if best else NONE


def _front(text: str) -> str:
    """Return the title page: up to the first page's end, the imprint, the foreword or the contents."""
    front = text[:FRONT]
    page_end = front.find("\f")
    if page_end > 40:
        front = front[:page_end]
    heading = any_of("year", "front_end").search(front, 30)
    return front[: heading.start()] if heading else front


def _stand_in_line(front: str) -> tuple[int, Year] | None:
    for mark in _STAND_LINE.finditer(front):
        for date in dates(front, mark.end(), min(len(front), mark.end() + 24)):
            if date.precision != "span" and date.start - mark.end() <= 2:
                return 1, Year(date.year, "dokument", "stand", date.start, date.end)
    return None


def _lines(text: str) -> list[tuple[int, str]]:
    found, position = [], 0
    for line in text.split("\n"):
        found.append((position, line))
        position += len(line) + 1
    return found


def _points(line: str, date: Date) -> tuple[int, str]:
    ahead, rest = line[: date.start], line[date.end :]
    if date.precision == "span" or any_of("year", "data", "funnel", "beside").search(ahead):
        return 0, ""
    if _STAND.search(ahead):
        return 5, "stand"
    if any_of("year", "target").search(ahead) or _SENTENCE_WORDS.search(line):
        return 0, ""
    bare = not re.search(r"[a-z]{3,}", rest)
    if date.precision == "month" and len(line) <= 60 and bare:
        return 4, "monat_auf_titelseite"
    if date.precision == "month" and bare and any_of("year", "term").search(ahead):
        return 3, "monat_nach_titel"
    if date.precision == "day" and len(line) <= 45 and bare and not re.search(r"[a-z]{4,} [a-z]{4,}", ahead):
        return 3, "tag_auf_titelseite"
    if date.precision == "year":
        bracketed = ahead.rstrip().endswith("(") and rest.lstrip().startswith(")")
        if bracketed and any_of("year", "term").search(line):
            return 4, "klammer_nach_titel"
        if not re.search(r"[a-z]", line):
            return 4, "jahr_allein"
        if any_of("year", "term").search(ahead) and len(line) <= 110 and date.year not in _ROUND:
            return 3, "jahr_im_titel"
        if (
            bare
            and not rest.startswith(".")
            and not ahead.rstrip().endswith(":")
            and len(line) <= 40
            and len(ahead.split()) <= 3
            and not (date.year in _ROUND and _NAME.search(ahead))
        ):
            return 2, "ort_und_jahr"
    return 0, ""


def _in_imprint(text: str) -> tuple[int, Year] | None:
    for first, last in ((0, 6000), (max(6000, len(text) - 2500), len(text))):
        for mark in any_of("year", "imprint").finditer(text, first, min(last, len(text))):
            start = text.rfind("\n", 0, mark.start()) + 1
            best = None
            for number, (line_start, line) in enumerate(_lines(text[start : start + 700].split("\f")[0])):
                if number == _IMPRINT_LINES or (number and any_of("year", "imprint_end").search(line)):
                    break
                if _SENTENCE_WORDS.search(line) or any_of("year", "beside").search(line):
                    continue
                for date in dates(line):
                    if points := _imprint_points(line, date):
                        place = start + line_start
                        found = Year(date.year, "dokument", "impressum", place + date.start, place + date.end)
                        best = max(best or (0, found), (points, found), key=lambda item: item[0])
            if best:
                return best
    return None


def _imprint_points(line: str, date: Date) -> int:
    ahead = line[: date.start]
    if date.precision == "span" or any_of("year", "target", "data", "funnel").search(ahead):
        return 0
    if re.search(r"(?:tel|fax|telefon|plz|d-|hrb|nr\.?|isbn|issn)[\W\d]*$", ahead):
        return 0
    return 2 if _STAND.search(ahead) or any_of("year", "published").search(ahead) else 1


def _signed(text: str) -> tuple[int, Year] | None:
    """ "Musterstadt, im März 2009" under a foreword."""
    signed = _SIGNED.search(text, 0, 9000)
    if signed and not any_of("year", "beside", "funnel").search(signed.group()):
        return 1, Year(int(signed.group(1)), "dokument", "vorwort", signed.start(1), signed.end(1))
    return None


def year_of(text: str, *, update: bool = False, html: bool = False) -> Year:
    """Return the year of a document from its own text: the adoption it states, else the year it bears.

    Parameters
    ----------
    text
        Folded text.
    update
        The title says that it continues or revises an earlier version: an adoption counts only if the
        sentence is about the present version.
    html
        A web page.
    """
    borne = document_year(text, html=html)
    return year_among(adoptions(text), borne, update=update)


def year_among(stated: Iterable[Adoption], borne: Year, *, update: bool) -> Year:
    """Return the year of a document from the adoptions it states and the year it bears.

    Parameters
    ----------
    stated
        Adoptions that its text states.
    borne
        The year that it bears, see `document_year`.
    update
        See `year_of`.
    """
    dated = [adoption for adoption in stated if adoption.year is not None]
    own = _own(dated, borne, update=update)
    earlier = [
        adoption.year
        for adoption in dated
        if adoption.year is not None and (own is None or own.year is None or adoption.year < own.year)
    ]
    predecessor = max(earlier) if earlier and (update or own is not None) else None
    if own is not None:
        return Year(own.year, "beschluss", f"beschluss_{own.rule}", own.start, own.end, predecessor)
    return replace(borne, predecessor=predecessor)


def _own(stated: list[Adoption], borne: Year, *, update: bool) -> Adoption | None:
    # An imprint names many years; only what stands with the title can gainsay a stated adoption.
    year = borne.year if borne.rule not in _WEAK else None
    fitting = []
    for adoption in stated:
        if adoption.year is None:
            continue
        note = adoption.rule == "vermerk" and not adoption.predecessor
        # Of another version: a document bears about the year in which it is adopted.
        if year is not None and not year - 1 <= adoption.year <= year + 3:
            continue
        if adoption.predecessor and (not adoption.this if year is None else adoption.year < year):
            continue
        if update and not (adoption.this or note or adoption.year == borne.year):
            continue
        sure = note or (adoption.this and not adoption.predecessor)
        fitting.append((sure, adoption.rule != "passiv", adoption.year, -adoption.start, adoption))
    return max(fitting, key=lambda item: item[:4])[4] if fitting else None
