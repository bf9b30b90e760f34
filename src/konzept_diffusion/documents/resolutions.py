"""The day of a resolution that a text names beside the sentence of the adoption: "Mit dem Beschluss vom 17. Juni 2009".

Only a noun that names a decision, bound to a day of its own; one year only, and none rather than a guess.
"""

from __future__ import annotations

import re

from .adoption import Bodies, bodies_of
from .codebook import any_of
from .dates import Date, dates
from .folding import pattern
from .issued import usable
from .passages import Passage

_READ, _PAGE, _FULL, _NEAR = 16_000, 500, 40, 70
_STOP = re.compile(r"(?<!\d)[.!?](?= )|(?<=\d{4})\.(?= )")
_FURNITURE = pattern(r"\bseite \d|^\W*\d{1,3}\W*$|\f")
_BODY = (
    r"(?:(?:stadt|gemeinde|markt)?rats?|(?:stadt|gemeinde|markt)?rate?s|kreistag(?:e?s)?|"
    r"stadtverordnetenversammlung|bürgerschaft|stadtvertretung|gemeindevertretung|ratsversammlung|landtag(?:e?s)?)"
)
_NOUN = pattern(
    rf"\b(?:(?:{_BODY}|grundsatz)?beschluß(?:e?s)?|beschlußfaßung|verabschiedung|annahme|zustimmung|votum|billigung|"
    rf"(?:stadt|gemeinde)?ratsvotum|ja(?= (?:des|der|vom|im|aus) )|segen|ja-wort|"
    r"(?:(?:stadt|gemeinde)?rats|kreistags|plenar)?sitzung|abstimmung)\b"
)
_SITTING = re.compile(r"sitzung|abstimmung")
_TO_DATE = pattern(
    rf"^(?: (?:{_BODY}|des|der|dem|den|die|vom|von|am|im|in|durch|seiner|ihrer|einstimmige[nr]?|"
    r"öffentliche[nr]?|stadt|kreis(?:e?s)?|landkreis(?:e?s)?|nr\.?|(?:mon|diens|donners|frei|sams)tag,?|mittwoch,?|dem)"
    r"|[ ,:(-]| ?[a-z]?\d{1,4}/\d{2,4},?){0,9} ?$"
)
_FROM_DATE = pattern(
    r"^(?: (?:das|die|der|den|ein|eine|einen|einhellige[sn]?|einstimmige[sn]?|mehrheitliche[sn]?|breite|große|"
    r"endgültige|"
    r"formelle|formale|förmliche|klare[sn]?|schließlich|dann|mit|deßen|deren|ihre|zur)){0,4} $"
)
_OF_BODY = pattern(rf"^ (?:des|der|durch|vom|im|in|aus)(?: [a-z]+)?? {_BODY}")
_NOT_IT = pattern(
    r"\b(?:vorgänger[a-z]*|erste[nrs]? (?:konzept|faßung|auflage)|haushalt[a-z]*|gesetz[a-z]*|aufhebung|"
    r"aufzuheben|aufgehoben|wahl|bericht[a-z]*|evaluation|beauftrag[a-z]*|auftrag[a-z]*|entwurf|"
    r"konferenz|satzung|vorläufer[a-z]*|frühere[nrs]?|alte[nrs]?|aufstellung|erstellung|erarbeitung)\b"
)


def resolution_elsewhere(low: str, passage: Passage, who: Bodies, voice: str = "") -> tuple[int | None, str]:
    """Return the year of the resolution that a text names by a noun and its day; None with "kein_jahr" if not one.

    Parameters
    ----------
    low
        Folded text.
    passage
        The passage that tells an adoption without its date.
    who
        Who decides, see `adoption.bodies_for`.
    voice
        Who speaks: of a document itself only what stands near the passage is its own.
    """
    first, last = (
        (max(0, passage.start - 600), passage.end + 600) if voice == "dokument" else (0, min(len(low), _READ))
    )
    years = set()
    for noun in _NOUN.finditer(low, first, min(last, len(low))):
        if date := _bound(low, noun, who):
            years.add(date.year)
    return (years.pop(), "beschluss_vom") if len(years) == 1 else (None, "kein_jahr")


def followed_by_resolution(part: str, date: Date) -> bool:
    """Return whether the noun of a body's decision follows a day: "am 4. März 2013 die Zustimmung des Stadtrats"."""
    if date.precision == "year" or not (noun := _NOUN.search(part, date.end, date.end + 60)):
        return False
    return bool(_FROM_DATE.match(part[date.end : noun.start()]) and _OF_BODY.match(part[noun.end() :]))


def whole_sentence(low: str, passage: Passage) -> str:
    """Return the sentence that a line or page break cuts, with what stands before and behind; empty if it is whole."""
    begin, end = passage.start, passage.end
    ahead = low[max(0, begin - _PAGE) : begin]
    lines = ahead.split("\n")
    if len(lines) > 1 and not lines[-1].strip():
        kept = _before_break(lines[:-1])
        if kept:
            cut = list(_STOP.finditer(kept))
            begin_words = kept[cut[-1].end() :] if cut else kept
            return f"{begin_words} {low[begin:end]}".replace("\n", " ")
    return ""


def _before_break(lines: list[str]) -> str:
    """Return the line that is cut by the break behind it, over page numbers and running heads; empty if none is."""
    furniture = blank = False
    for place in range(len(lines) - 1, max(-1, len(lines) - 7), -1):
        line = lines[place].strip()
        if not line:
            blank = True
        elif _FURNITURE.search(line):
            furniture = True
        elif (blank and not furniture) or len(line) < _FULL or line.endswith((".", "!", "?", ":", ";", "|")):
            return ""
        else:
            above = lines[place - 1].strip() if place else ""
            return f"{above} {line}" if len(above) >= _FULL else line
    return ""


def _bound(low: str, noun: re.Match[str], who: Bodies) -> Date | None:
    """Return the date bound to a noun of a decision: behind it ("vom 29.06.2018") or ahead ("am 13.12.2010 das Ja")."""
    begin = max(_sentence_start(low, noun.start()), noun.start() - 220)
    stop = _sentence_stop(low, noun.end())
    sentence = low[begin:stop].replace("\n", " ")
    start, end = noun.start() - begin, noun.end() - begin
    near = sentence[max(0, start - _NEAR) : end + _NEAR]
    if _NOT_IT.search(near) or any_of("adoption", "commission").search(near):
        return None
    bodies = bodies_of(sentence, who)
    if bodies and not any(deciding for _, _, deciding in bodies):
        return None
    deciding = any(found[2] for found in bodies) or bool(re.search(r"rats|kreistag", noun.group()))
    if _SITTING.search(noun.group()) and not deciding:
        return None
    for date in dates(sentence):
        if date.precision not in ("day", "month") or not usable(date):
            continue
        if date.start >= end and _TO_DATE.match(sentence[end : date.start]):
            return date
        if (
            date.end <= start
            and _FROM_DATE.match(sentence[date.end : start])
            and _OF_BODY.match(sentence[end:])
        ):
            return date
    return None


def _sentence_start(low: str, position: int) -> int:
    found = max(
        (
            mark.end()
            for mark in re.finditer(r"(?<!\d)[.!?] |\n\s*\n|\d{4}\. ", low[max(0, position - 220) : position])
        ),
        default=0,
    )
    return max(0, position - 220) + found


def _sentence_stop(low: str, position: int) -> int:
    mark = re.compile(r"(?<!\d)[.!?](?:\s|$)|\n\s*\n|\d{4}\.\s").search(low, position, position + 200)
    return mark.end() if mark else min(len(low), position + 200)
