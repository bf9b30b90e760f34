"""When a document was adopted: only by its deciding body, only this document, only as stated in one sentence.

A sentence is read clause by clause, so that what is said beside the decision (what it rests on, what is to
follow) neither makes nor spoils it. The terms are in `scraper/codebook.yml`, section `adoption`.
"""

from __future__ import annotations

import functools
import re
from collections.abc import Iterator
from dataclasses import dataclass

from .codebook import any_of, finder
from .dates import Date, dates
from .folding import pattern

FIRST_YEAR, LAST_YEAR = 1975, 2030
"""Years in which a document of this sort can have been adopted."""
# The end of a sentence: not after a number (12. März), not after an abbreviation.
_SENTENCE_END = re.compile(
    r"(?<![\d]\.)(?<!\b[a-z]\.)(?<!nr\.)(?<!abs\.)(?<!vgl\.)(?<!bzw\.)(?<!ca\.)(?<!str\.)(?<!\bdr\.)(?<!prof\.)(?<!gem\.)(?<!einst\.)(?<=[.!?:])\s+|"
    r"(?<=\b(?:19|20)\d\d\.)\s+|\n\s*\n|\f|\n(?=[-•▪*])"
)
_CLAUSE_END = re.compile(r"[,;] |\s-\s|, ?\n| \(|\)")
_REACH = 320
_BESIDE = 12
"""Characters between a body and the date of its decision ("durch den Kreistag im Herbst 2013")."""
_SHORT_LINE = 60
_COMPARED = re.compile(r"\banders als\b|\bim unterschied zu\b|\bim gegensatz zu\b")
_ITEM = pattern(r"\W*(?:(?:top|beschluß|vorlage|drucksache)[ -]*(?:nr|nummer)?[. :]*[a-z]{0,2} ?)?\d")
_BEFORE_PROPOSAL = 420
_NOTE_LENGTH = 160
_NOTE = pattern(
    r"^\W*(?:einstimmig |einmütig )?(?:beschl(?:o|u|ü)ß|verabschiedet|angenommen|gebilligt|(?:stadt|"
    r"gemeinde)?ratsbeschl|kreistagsbeschl|"
    r"(?:vom|durch den|durch die|von der|im|in der) [a-zäöü -]{3,60} (?:am|vom|im)\b).{0,110}$"
)
_OWN_SESSION = pattern(
    r"\b(?:seiner|ihrer|der)\s+(?:[a-z.]+ ){0,2}?(?:[a-z]*sitzung|versammlung)\s+(?:am|vom|"
    r"im)\s*(?:[a-z]+, ?(?:dem |den )?)?$"
)
_FOUNDATION = pattern(
    r"(?:auf (?:der )?(?:basis|grundlage)|im rahmen|zur umsetzung|zwecks|gemäß|gem\.|laut|entsprechend|"
    r"bei der|"
    r"aufgrund|im sinne|im zuge|umsetzung|in|aus)\s+(?:des|der|dem|einem|eines|einer|ihrem|ihres|seinem|"
    r"seines)\s+(?:[a-z]+ ){0,3}[a-z-]*$"
)
_PASSIVE = pattern(r"\bwurde|\bworden|\bist\b|\bsind\b")
_DECIDED = pattern(r"beschloßen|verabschiedet|angenommen|gebilligt|zugestimmt")
_PLACE = pattern(
    r"^(?:e?s)? ?(?:(?:der|des|von|in) )?(?:(?:hanse|kreis|universitäts|landeshaupt)?stadt|gemeinde|"
    r"markte?s?|"
    r"(?:land)?kreise?s)\s+([a-z][a-z-]+)"
)

_BY = pattern(r"\b(?:vom|von der|durch den|durch die) (?:[a-z]+ )?$")
_PROMPTED = pattern(r"\bauf (?:anregung|vorschlag|empfehlung|initiative|wunsch|betreiben) (?:[a-z]+ ){0,2}$")
_NO_PLACE_WORDS = (
    "hat haben am im in vom von mit und an auf beschloss beschlos beschliesst verabschiedete stimmte einstimmig "
    "der die das den dem des nach zu zur zum bei seine ihre sein ihr dieses diese wurde selbst"
)
_NO_PLACE = frozenset(_NO_PLACE_WORDS.split())


@dataclass(frozen=True, slots=True)
class Bodies:
    """Who decides on a document, and who only advises or belongs to someone else: expressions for folded text."""

    deciding: re.Pattern[str]
    other: re.Pattern[str]
    level: str = ""


@functools.cache
def bodies_for(level: str) -> Bodies:
    """Return the bodies that decide for an owner of a level: a council, for Land and Bund the government."""
    if level == "land":
        return Bodies(
            any_of("adoption", "deciding_land"), any_of("adoption", "other_body", "other_body_bund"), level
        )
    if level == "bund":
        return Bodies(
            any_of("adoption", "deciding_bund"), any_of("adoption", "other_body", "other_body_land"), level
        )
    other = any_of("adoption", "other_body", "other_body_land", "other_body_bund")
    return Bodies(any_of("adoption", "deciding"), other)


@dataclass(frozen=True, slots=True)
class Adoption:
    """A formal adoption as a text states it.

    Attributes
    ----------
    year
        Of the decision; None if the text does not date it.
    start, end
        Position of the sentence.
    rule
        Which rule read it: satz (a sentence about the document), vermerk (a short note without an object, on
        the title page or in the imprint), passiv (dated, the body is not named).
    this
        The sentence itself says that it is about the present version.
    predecessor
        The sentence is about an earlier version.
    place
        First word of the name of the deciding body's town or district, folded; empty if not named.
    """

    year: int | None
    start: int
    end: int
    rule: str
    this: bool
    predecessor: bool
    place: str = ""


def adoptions(
    text: str,
    *,
    note_until: int = 2500,
    limit: int = 400_000,
    undated: bool = False,
    level: str = "",
) -> list[Adoption]:
    """Return every adoption by a deciding body that a folded text states, in order.

    Left out are commissioning decisions, motions, proposals, committees, other bodies, other objects, and
    what is planned. Of a decision without a date only `undated` asks.

    Parameters
    ----------
    text
        Folded text.
    note_until
        Up to here a short note ("Beschlossen vom Rat am 12.03.2009") needs no object.
    limit
        Characters that are read.
    undated
        Return decisions that the text does not date too, with the year None.
    level
        Of the owner (see `bodies_for`); a Kommune's by default.
    """
    who = bodies_for(level)
    found: list[Adoption] = []
    done = -1
    for verb in finder("adoption", "verb").finditer(text, 0, limit):
        if verb.start() < done or proposed(text, verb.start()):
            continue
        adoption = _at(text, verb.start(), verb.end(), note_until, who)
        if adoption is None and undated:
            adoption = _undated(text, verb.start(), verb.end(), who)
        if adoption is not None:
            found.append(adoption)
            done = adoption.end
    return found


def _at(text: str, start: int, end: int, note_until: int, who: Bodies) -> Adoption | None:
    if start < note_until:
        first, last = text.rfind("\n", 0, start) + 1, text.find("\n", end)
        first, last = max(first, text.rfind("\f", 0, start) + 1), last if last >= 0 else len(text)
        page = text.find("\f", end, last)
        last = page if page >= 0 else last
        if _NOTE.search(text[first:last]) and (adoption := _read(text, first, last, who, note=True)):
            return adoption
    first, last = sentence_at(text, start, end)
    if _to_make(text, end, last) or _COMPARED.search(text, first, last):
        return None
    for part in _clauses(text, first, last, start):
        if adoption := _read(text, *part, who, note=False):
            return adoption
    return _read(text, first, last, who, note=start < note_until) or _passive(text, first, last, start, who)


def _to_make(text: str, end: int, last: int) -> bool:
    """Return whether the verb is followed by what is to be made ("beschlossen, ein Konzept zu erarbeiten")."""
    follows = text[end:last]
    return bool(re.match(r"[a-z]*(?: hat| haben| wurde)?[,:]", follows)) and bool(
        any_of("adoption", "commission").search(follows)
    )


def proposed(text: str, position: int) -> bool:
    """Return whether the words before call what follows a proposal, and no heading or decision ends it."""
    before = text[max(0, position - _BEFORE_PROPOSAL) : position]
    last = None
    for last in any_of("adoption", "proposal").finditer(before):  # noqa: B007
        pass
    return last is not None and not any_of("adoption", "proposal_end").search(before, last.end())


def sentence_at(text: str, start: int, end: int) -> tuple[int, int]:
    """Return the borders of the sentence around a find in a folded text."""
    first = max(0, start - _REACH)
    for stop in _SENTENCE_END.finditer(text, first, start):
        first = stop.end()
    stop_after = _SENTENCE_END.search(text, end, min(len(text), end + _REACH))
    return first, stop_after.start() if stop_after else min(len(text), end + _REACH)


def sentences(text: str, limit: int) -> Iterator[tuple[int, int]]:
    """Yield the borders of the sentences of a folded text up to `limit`; a short line is one of its own."""
    limit = min(limit, len(text))
    first = 0
    ends = (found.span() for found in _SENTENCE_END.finditer(text, 0, limit))
    # What a colon announces belongs to its sentence.
    kept = [(start, end) for start, end in ends if text[start - 1 : start] != ":" or "\n" in text[start:end]]
    for stop in (*kept, (limit, limit)):
        line = text.find("\n", first, stop[0])
        while line >= 0:
            if line - first < _SHORT_LINE or _ITEM.match(text, line + 1):
                yield first, line
                first = line + 1
                line = text.find("\n", first, stop[0])
            else:
                line = text.find("\n", line + 1, stop[0])
        if stop[0] > first:
            yield first, stop[0]
        first = stop[1]


def _clauses(text: str, first: int, last: int, position: int) -> Iterator[tuple[int, int]]:
    """Yield the clause around a position, alone and with the one before it that it belongs to."""
    marks = [first, *(mark.end() for mark in _CLAUSE_END.finditer(text, first, last)), last]
    number = max(index for index, mark in enumerate(marks) if mark <= position)
    if len(marks) > 2:
        yield marks[number], marks[number + 1]
        if number:
            yield marks[number - 1], marks[number + 1]


def is_blocked(part: str, level: str = "") -> bool:
    """Return whether a part tells a plan, a commission, a refusal, another town's decision or another object."""
    if any_of("adoption", "future", "commission", "elsewhere").search(part):
        return True
    if any_of("adoption", "this").search(part):
        return False
    others = {
        "land": ("other_object", "other_object_bund"),
        "bund": ("other_object",),
    }.get(level, ("other_object", "other_object_land", "other_object_bund"))
    return bool(any_of("adoption", *others).search(part))


def names_object(part: str) -> bool:
    """Return whether the part names what is adopted, other than as what the decision rests on."""
    return any(
        not _FOUNDATION.search(part, 0, found.start())
        for found in any_of("adoption", "object").finditer(part)
    )


def _read(text: str, start: int, end: int, who: Bodies, *, note: bool) -> Adoption | None:
    part = text[start:end]
    deciding = who.deciding.search(part)
    if not deciding or is_blocked(part, who.level):
        return None
    has_object = names_object(part)
    if not has_object and not (note and len(part) < _NOTE_LENGTH):
        return None
    day = adoption_date(part, who)
    if day is None:
        return None
    return _adoption(part, start, end, "satz" if has_object else "vermerk", day, deciding)


def _passive(text: str, first: int, last: int, position: int, who: Bodies) -> Adoption | None:
    """A decision dated to the day whose body the sentence does not name, and that of no other body before it."""
    for start, end in (*_clauses(text, first, last, position), (first, last)):
        part = text[start:end]
        if not (_DECIDED.search(part) and (_PASSIVE.search(part) or len(part) < _NOTE_LENGTH)):
            continue
        if is_blocked(part, who.level) or bodies_of(text[first:last], who):
            continue
        if any_of("adoption", "elsewhere").search(text, first, last):
            continue
        if not names_object(part):
            continue
        before = text[max(0, first - 240) : first]
        if who.other.search(before) and not who.deciding.search(before):
            continue
        for date in dates(part):
            if date.precision == "day" and FIRST_YEAR <= date.year <= LAST_YEAR:
                return _adoption(part, start, end, "passiv", date, None)
    return None


def _undated(text: str, start: int, end: int, who: Bodies) -> Adoption | None:
    first, last = sentence_at(text, start, end)
    for begin, stop in (*_clauses(text, first, last, start), (first, last)):
        part = text[begin:stop]
        bodies = bodies_of(part, who)
        if (
            bodies
            and all(deciding for _, _, deciding in bodies)
            and not is_blocked(text[first:last], who.level)
            and names_object(part)
            and any_of("adoption", "verb_done").search(part)
            and not dates(part)
        ):
            return _adoption(part, begin, stop, "ohne_datum", None, None)
    return None


def _adoption(
    part: str, start: int, end: int, rule: str, day: Date | None, deciding: re.Match[str] | None
) -> Adoption:
    predecessor = bool(
        any_of("adoption", "predecessor").search(part)
        or (day and any_of("adoption", "earlier_year").search(part, 0, day.start))
    ) and not re.search(r"vorliegend|hiermit", part)
    place = _PLACE.search(part[deciding.end() :]) if deciding else None
    return Adoption(
        day.year if day else None,
        start,
        end,
        rule,
        bool(any_of("adoption", "this").search(part)),
        predecessor,
        place.group(1) if place and place.group(1) not in _NO_PLACE else "",
    )


def bodies_of(part: str, who: Bodies | None = None) -> list[tuple[int, int, bool]]:
    """Return every body that a part names, in order, and whether it decides; a Kommune's unless told."""
    who = who or bodies_for("")
    others = [found.span() for found in who.other.finditer(part)]
    bodies = [
        (found.start(), found.end(), True)
        for found in who.deciding.finditer(part)
        if not any(start <= found.start() and found.end() <= end for start, end in others)
    ]
    # Who prompted a decision ("auf Anregung des Integrationsrats") has no part in it.
    advising = [(first, last, False) for first, last in others if not _PROMPTED.search(part, 0, first)]
    return sorted([*bodies, *advising])


def adoption_date(part: str, who: Bodies) -> Date | None:
    """Return the date of the deciding body: the nearest body before it decides, else the one after it."""
    bodies = bodies_of(part, who)
    if not any(deciding for _, _, deciding in bodies):
        return None
    best: tuple[tuple[bool, int, int], Date] | None = None
    for date in dates(part):
        if (
            date.precision == "span"
            or not FIRST_YEAR <= date.year <= LAST_YEAR
            or is_of_the_title(part, date)
        ):
            continue
        before = [body for body in bodies if body[1] <= date.start]
        body = before[-1] if before else _agent(part, bodies)
        if not body[2] and bodies[0][2] and _OWN_SESSION.search(part, 0, date.start):
            body = bodies[0]
        if not body[2]:
            continue
        gap = date.start - body[1] if before else body[0] - date.end
        beside = bool(before) and 0 <= gap <= _BESIDE
        rank = (not beside, {"day": 0, "month": 1, "year": 2}[date.precision], abs(gap))
        if best is None or rank < best[0]:
            best = (rank, date)
    return best[1] if best else None


def _agent(part: str, bodies: list[tuple[int, int, bool]]) -> tuple[int, int, bool]:
    """Return the body that acts ("2012 nach Beratung im Ausschuss vom Kreistag angenommen"), else the first."""
    return next((body for body in bodies if _BY.search(part, 0, body[0])), bodies[0])


@functools.cache
def _title_year() -> re.Pattern[str]:
    return pattern(
        r"(?P<name>konzept(?:e?s)?|leitbild(?:e?s)?|plan(?:s|es)?|programms?|strategie)\s*\"?\s*$|"
        r"(?:vision|agenda|bis|seit|ab|von|aus|vor|nach|für|jahrgang|haushalt)\s*\"?\s*$"
    )


def is_of_the_title(part: str, date: Date) -> bool:
    """Return whether a bare year belongs to the title ("das Integrationskonzept 2020") or to a law."""
    if date.precision != "year":
        return False
    ahead = _title_year().search(part, max(0, date.start - 24), date.start)
    if ahead is None:
        return False
    # "wurde das Integrationskonzept 2009 (einstimmig) beschlossen" dates the decision.
    follows = pattern(
        r"^\s*(?:erstmals |einstimmig |mehrheitlich |durch den rat |vom [a-z]+ |"
        r"von der [a-z]+ ){0,2}(?:beschloßen|verabschiedet)"
    )
    return not (ahead.group("name") and follows.search(part[date.end :]))
