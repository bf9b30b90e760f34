"""The year of a document and what it rests on: a stated adoption before the year it bears.

A validity span, a target year, the date of a file, a motion or a committee is never a year (docs/coding-rules.md).
"""

from __future__ import annotations

import re
from dataclasses import dataclass

from .adoption import Adoption, adoptions
from .dates import Date, dates
from .folding import pattern

FRONT = 1600
"""Characters of a text that count as its title page."""
_IMPRINT = pattern(
    r"\b(?:impreßum|herausgeber(?:in)?|herausgegeben|redaktion(?:sschluß)?|redaktionelle bearbeitung|"
    r"druck(?:erei|legung)?|layout|copyright|\(c\)|©|auflage|1\. aufl)"
)
_STAND = pattern(
    r"\b(?:stand|entwurf|fassung|ausgabe|redaktionsschluß|veröffentlicht|erschienen|vorgelegt|"
    r"datum)\b\s*(?:der (?:fassung|veröffentlichung|bearbeitung)|vom|im|:|am)*\s*:?\s*$"
)
_DATA = pattern(r"(?:daten|zahlen|statistik|bevölkerung|einwohner|stichtag|zum)[^\n]{0,24}$")
_TARGET = pattern(
    r"(?:vision|agenda|bis(?: zum jahr| ins jahr)?|ziel(?:jahr)?|horizont|perspektive|zukunft|"
    r"seit(?: dem jahr)?|ab(?: dem jahr)?|vom|gesetz|verordnung|§|artikel|konferenz|zensus|mikrozensus|"
    r"in den jahren)\s*\"?$"
)
_TERM = pattern(
    r"konzept|leitbild|leitlinien|leitsätze|plan\b|programm|strategie|bericht|fortschreibung|fassung"
)
_FUNNEL = pattern(
    r"(?:beschloßen|beschluß|antrag|sitzung|verabschiedet|drucksache|vorlage|geändert|gedruckt|letzte|"
    r"zuletzt|ausdruck|abgerufen|aktualisierung der seite)"
)


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
    front = text[:FRONT]
    page_end = front.find("\f")
    if page_end > 40:
        front = front[:page_end]
    for line_start, line in _lines(front):
        if len(line) > 110:
            continue
        for date in dates(line):
            points, rule = _points(line, date)
            # What stands higher on the page is nearer to the title.
            rank = points * 10_000 - line_start
            if points and (best is None or rank > best[0]):
                best = (
                    rank,
                    Year(date.year, "dokument", rule, line_start + date.start, line_start + date.end),
                )
    if best is None and not html:
        best = _in_imprint(text)
    return best[1] if best else NONE


def _lines(text: str) -> list[tuple[int, str]]:
    found, position = [], 0
    for line in text.split("\n"):
        found.append((position, line))
        position += len(line) + 1
    return found


def _points(line: str, date: Date) -> tuple[int, str]:
    ahead, rest = line[: date.start], line[date.end :]
    if date.precision == "span" or _DATA.search(ahead) or _FUNNEL.search(ahead):
        return 0, ""
    if _STAND.search(ahead):
        return 5, "stand"
    if _TARGET.search(ahead):
        return 0, ""
    bare = not re.search(r"[a-z]{3,}", rest)
    if date.precision == "month" and len(line) <= 60 and bare:
        return 4, "monat_auf_titelseite"
    if date.precision == "month" and bare and _TERM.search(ahead):
        return 3, "monat_nach_titel"
    if date.precision == "day" and len(line) <= 45 and bare and not re.search(r"[a-z]{4,} [a-z]{4,}", ahead):
        return 3, "tag_auf_titelseite"
    if date.precision == "year":
        bracketed = ahead.rstrip().endswith("(") and rest.lstrip().startswith(")")
        if bracketed and _TERM.search(line):
            return 4, "klammer_nach_titel"
        if not re.search(r"[a-z]", line):
            return 4, "jahr_allein"
        if _TERM.search(ahead) and len(line) <= 110:
            return 3, "jahr_im_titel"
        if bare and len(line) <= 40 and len(ahead.split()) <= 3:
            return 2, "ort_und_jahr"
    return 0, ""


def _in_imprint(text: str) -> tuple[int, Year] | None:
    for first, last in ((0, 6000), (max(6000, len(text) - 2500), len(text))):
        for mark in _IMPRINT.finditer(text, first, min(last, len(text))):
            end = min(len(text), mark.start() + 420)
            for date in dates(text, mark.start(), end):
                ahead = text[max(0, date.start - 40) : date.start]
                if (
                    date.precision == "span"
                    or _TARGET.search(ahead)
                    or _DATA.search(ahead)
                    or _FUNNEL.search(ahead)
                ):
                    continue
                if re.search(r"(?:tel|fax|telefon|plz|d-)[\W\d]*$", ahead):
                    continue
                return 1, Year(date.year, "dokument", "impressum", date.start, date.end)
    # "Musterstadt, im März 2009" under a foreword
    signed = re.search(r"\n[^\n]{3,40}, (?:im|den|am)? ?[^\n]{0,24}?((?:19[89]|20[0-3])\d)\s*\n", text[:9000])
    if signed:
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
    stated = adoptions(text)
    own = _own(stated, borne.year, update=update)
    earlier = [adoption.year for adoption in stated if own is None or adoption.year < own.year]
    predecessor = max(earlier) if earlier and (update or own is not None) else None
    if own is not None:
        return Year(own.year, "beschluss", f"beschluss_{own.rule}", own.start, own.end, predecessor)
    return Year(borne.year, borne.basis, borne.rule, borne.start, borne.end, predecessor)


def _own(stated: list[Adoption], borne: int | None, *, update: bool) -> Adoption | None:
    fitting = []
    for adoption in stated:
        if borne is not None and not borne - 1 <= adoption.year <= borne + 3:
            continue  # of another version: a document bears about the year in which it is adopted
        note = adoption.rule == "vermerk" and not adoption.predecessor
        if adoption.predecessor and not adoption.this and borne is None:
            continue
        if adoption.predecessor and borne is not None and adoption.year < borne:
            continue
        if update and not (adoption.this or note or adoption.year == borne):
            continue
        fitting.append(
            (note or (adoption.this and not adoption.predecessor), adoption.year, -adoption.start, adoption)
        )
    return max(fitting, key=lambda item: item[:3])[3] if fitting else None
