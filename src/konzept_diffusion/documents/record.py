"""Decisions as councils record them: an agenda item with body, date and result; minutes with the session's date."""

from __future__ import annotations

import re

from .adoption import FIRST_YEAR, LAST_YEAR, Adoption, bodies_of, names_object, proposed, sentence_at
from .codebook import any_of
from .dates import Date, dates
from .folding import pattern

_RESULT = pattern(
    r"\d{4}\W{1,4}(?:[a-z]+ ){0,2}?(?:beschloßen|angenommen|zugestimmt|verabschiedet)\b|"
    r"\b(?:einstimmig|mehrheitlich)e[rn]? beschluß|"
    r"\bergebnis\W{0,4}(?:[a-z]+ ){0,3}?(?:einstimmig|mehrheitlich|angenommen|beschloßen|zugestimmt)|"
    r"abstimmungsergebnis\W{0,4}(?:[a-z]+ ){0,3}?(?:einstimmig|mehrheitlich|angenommen|beschloßen|zugestimmt|ja)|"
    r"\b(?:einstimmig|mehrheitlich|ungeändert|geändert|(?:un)?verändert|antragsgemäß|"
    r"bei \d+ (?:gegenstimmen|enthaltungen?))\s+(?:beschloßen|angenommen|zugestimmt|verabschiedet)"
)
_PRESENT = pattern(
    r"\bbeschließt\b|\bbeschloß\b|\bstimmt\b[^.\n]{0,120}\bzu\b|\bverabschiedet\b|\bgenehmigt\b"
)
_SESSION = pattern(r"niederschrift|protokoll|auszug|sitzung|beschlußdatum|gremium")
_RESULT_REACH = 520
_HEAD = 700
_NEAR = 70


def recorded(low: str) -> list[Adoption]:
    """Return the adoptions that a council's record states, in order; empty if it records none.

    Parameters
    ----------
    low
        Folded text of an agenda item, a paper's page in a council information system, or minutes.
    """
    if any_of("adoption", "commission").search(low[:_HEAD]):
        return []
    found = []
    session = _session(low)
    for result in _RESULT.finditer(low):
        start = max(0, result.start() - _RESULT_REACH)
        window = low[start : result.end()]
        # "ungeändert beschlossen" may stand before or behind the session's line.
        if _last_body_decides(window) and names_object(low[max(0, start - 300) : result.end()]):
            date = _dated(window, last=True) or session
            if date:
                found.append(Adoption(date.year, start, result.end(), "ergebnis", False, False))
    if not found and session:
        found = _decided(low, session)
    return found


def _decided(low: str, session: Date) -> list[Adoption]:
    for verb in _PRESENT.finditer(low):
        if proposed(low, verb.start()):
            continue
        first, last = sentence_at(low, verb.start(), verb.end())
        sentence = low[first:last]
        if (
            any_of("adoption", "deciding").search(sentence)
            and names_object(sentence)
            and not any_of("adoption", "commission", "future", "other_object").search(sentence)
        ):
            return [Adoption(session.year, first, last, "sitzung", False, False)]
    return []


def _session(low: str) -> Date | None:
    """Return the date of the deciding body's session that the head of a record names."""
    head = low[:_HEAD]
    return _dated(head, last=False) if _SESSION.search(head) else None


def _last_body_decides(window: str) -> bool:
    bodies = bodies_of(window)
    return bool(bodies) and bodies[-1][2]


def _dated(part: str, *, last: bool) -> Date | None:
    """Return the day that stands nearest to a deciding body, of several the last or the first."""
    bodies = bodies_of(part)
    fitting = []
    for date in dates(part):
        if date.precision != "day" or not FIRST_YEAR <= date.year <= LAST_YEAR:
            continue
        gaps = sorted(
            (date.start - end if end <= date.start else start - date.end, not deciding)
            for start, end, deciding in bodies
        )
        if gaps and gaps[0][0] <= _NEAR and not gaps[0][1]:
            fitting.append(date)
    return (fitting[-1] if last else fitting[0]) if fitting else None


def is_record(low: str) -> bool:
    """Return whether a folded text has the marks of a council's record."""
    return bool(re.search(r"\bgremium\b|niederschrift|beschlus?sauszug|abstimmungsergebnis|auszug aus", low))
