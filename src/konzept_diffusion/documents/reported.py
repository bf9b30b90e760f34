"""Adoptions as reports tell them: the sentence names verb and document, the session or the dateline dates it."""

from __future__ import annotations

import re
from collections.abc import Iterator

from .adoption import (
    FIRST_YEAR,
    LAST_YEAR,
    Adoption,
    Bodies,
    adoption_date,
    bodies_for,
    bodies_of,
    is_blocked,
    is_of_the_title,
    names_object,
    proposed,
)
from .codebook import any_of
from .dates import MONTHS, Date, dates
from .folding import pattern
from .statements import about, claim_of, without_history

_DONE = pattern(
    r"\bbeschloßen\b|\bbeschloß\b|verabschiedet|verabschiedung (?:des|der|im|durch)|\bangenommen\b|"
    r"gebilligt|\bbilligte|"
    r"zugestimmt|\bstimmte[n]?\b.{0,160}\b(?:zu|für)\b|\bgestimmt\b|abgesegnet|\bsegnete[n]?\b.{0,160}\bab\b|"
    r"\bnahm(?:en)?\b.{0,160}\ban\b|votierte|\bvotiert\b|grünes licht|\bpaßierte\b|\bbestätigte|\bgenehmigt|"
    r"\bfand\b.{0,100}\b(?:mehrheit|zustimmung)|\berteilte[n]?\b.{0,100}\bzustimmung|\bin kraft gesetzt|"
    r"\bbeschluß (?:des|der|vom|stvv|st\.?vv)\b|"
    r"(?:rats|kreistags|stadtrats|gemeinderats)beschluß|\bden weg\b.{0,100}\bfrei\b|"
    r"\bsetzte[n]?\b.{0,100}\bin kraft\b|"
    r"\beinstimmig\b|\b(?:beschloßene|verabschiedete|gebilligte|angenommene)[nsrm]?\b|\bbeschlußdatum\b|"
    r"\b[a-z]+-beschluß\b|"
    r"\b(?:mehrheit|einstimmig|stimmen)\b.{0,120}\bauf den weg gebracht|\baus der taufe\b|"
    r"\bgab es\b.{0,100}\bmehrheit|\babgenickt\b|\bnickte[n]?\b.{0,160}\bab\b|\bbestätigt\b|\bbeschloßene sache\b|"
    r"^\W*beschluß:? |\bja zu[mr]?\b.{0,60}\bgesagt|\bsagte[n]?\b.{0,60}\bja zu|"
    r"\bbeschluß [a-z]*[ \d/-]+vom\b|^\W*ja zu|\bbeschluß\b.{0,30}\bverbindlich"
)
_FORMAL = pattern(
    r"\bbeschloßen|\bbeschloß\b|verabschiedet|\bverabschiedung (?:des|der|im)\b|\bbeschluß|beschlußdatum"
)
_OWN = pattern(
    r"\b(?:die|der) (?:stadt|gemeinde|kreis|landkreis|kommune)\b.{0,60}\b(?:hat|hatte)\b|"
    r"\bpolitischen gremien\b"
)
_PRESENT = pattern(
    r"\bbeschließt\b|\bbeschließen\b|\bstimmt\b.{0,160}\bzu\b|\bnimmt\b.{0,160}\ban\b|\bbilligt\b|"
    r"\bsegnet\b.{0,100}\bab\b|"
    r"\bwird (?:\w+ ){0,6}(?:beschloßen|angenommen|verabschiedet)\b|\bvotiert\b"
)
_SESSION = pattern(
    r"sitzung|tagte|zusammen|beschlüße|protokoll|niederschrift|aus dem (?:rat|kreistag|stadtrat|gemeinderat)|"
    r"\b(?:rat|kreistag|stadtrat|gemeinderat|ratsversammlung|bürgerschaft|stadtverordnetenversammlung) "
    r"(?:der stadt |des [a-z]+ |[a-zäöü-]+,? )?(?:vom|am)\b|^[^.]{0,80}\b(?:stadtrat|kreistag|"
    r"gemeinderat|rat)\b[^.]{0,40}\d\d\.\d\d\.\d{4}"
)
_MINUTES = pattern(r"\b(?:protokoll|niederschrift|sitzung)\b")
_LATELY = pattern(
    r"\b(?:heute|gestern|vorgestern|nun|jetzt|soeben|kürzlich|am vorabend|am (?:gestrigen|"
    r"heutigen) abend|(?:am|vom) (?:vergangenen |letzten |gestrigen |heutigen |"
    r"späten )?(?:montag|dienstag|mittwoch|donnerstag|freitag|samstag)(?:abend|nachmittag|morgen)?|"
    r"in (?:seiner|ihrer|der) (?:jüngsten|letzten|heutigen|gestrigen|vergangenen|aktuellen|"
    r"dieser) [a-z]*sitzung|"
    r"(?:in der )?(?:vergangene[rn]?|letzte[rn]?|diese[rn]?) woche)\b"
)
_MONTH_ONLY = pattern(
    r"\b(?:am [0-3]?\d\. ?|im |ende |anfang |mitte )?(?P<month>januar|februar|märz|april|mai|juni|juli|"
    r"august|september|"
    r"oktober|november|dezember)\b(?! ?\d)"
)
_STIMMEN = pattern(
    r"\b(?:mit|gegen|bei) (?:den |die |der )?(?:ja-|gegen)?stimmen (?:von |der |des |aus )?[^.,;]{0,80}?"
    r"(?=[.,;]|$| (?:zu|an|ab|für|dem|das|die|den|beschloßen|verabschiedet|angenommen|zugestimmt|"
    r"gebilligt|abgelehnt)\b)|"
    r"\baller fraktionen\b"
)
_DATE_AHEAD = re.compile(r"[^.\n]{4,60}:\s+$")
_UNDECIDED = frozenset(["commission", "refused"])
_UPCOMING = frozenset(["work", "planned", "commission"])
_TOLD = pattern(r"\bteilte[n]?\b[^.]{0,60}\b(?:am|vom) [^.]{0,4}\.?[^.]{0,30}\bmit\b")
_DATELINE = 120
_FINITE = pattern(
    r"\b(?:hat|haben|wurden?|ist|sind|war|waren|wird|soll|lag|liegt|beschloß|fand|kam|kamen|legte)\b"
)
_SESSION_REACH = 2_500
_CLAUSE = re.compile(r"[;:] | - | \(|\), |, (?!(?:dem|den|das|der|die)\b)")


def reported(low: str, title: str, *, level: str, present: bool) -> list[Adoption]:
    """Return the adoptions that a report tells without a date or body in the same sentence, in order.

    Parameters
    ----------
    low, title
        Folded text and title.
    level
        Of the owner; see `adoption.bodies_for`.
    present
        The present tense tells decisions too (minutes, headlines), not proposals.
    """
    who = bodies_for(level)
    found = []
    before = ""
    for _, start, end in about(low, titled=names_object(title)):
        sentence = without_history(low[start:end].replace("\n", " "))
        ahead, before = before, claim_of(sentence)
        if ahead in _UNDECIDED and not (
            any_of("standing", "object").search(sentence) or any_of("relevance", "speaks").search(sentence)
        ):
            continue  # "Der Rat möge ein Konzept erstellen lassen. Beschluss einstimmig."
        if before == "refused":
            continue
        shown = _STIMMEN.sub(lambda match: " " * len(match.group()), sentence)
        if any_of("standing", "update").search(shown) and claim_of(shown) in _UPCOMING:
            continue  # "Vier Jahre nach dem Ratsbeschluss wird das Konzept überarbeitet"
        verb = _DONE.search(shown) or (_PRESENT.search(shown) if present else None)
        if verb is None or proposed(low, start + verb.start()):
            continue
        neighbour = bool(any_of("adoption", "elsewhere").search(shown))
        for part in _parts(shown, verb.start()):
            whole = part is shown
            if neighbour and not bodies_of(part, who):
                continue  # "Andere Städte sind weiter; Krefeld hat sein Konzept schon 2004 beschlossen"
            if not whole and not names_object(part):
                continue
            if not is_blocked(part, level) and (told := _told(low, title, start, part, who)) is not None:
                found.append(told)
                break
    return found


def _parts(sentence: str, position: int) -> Iterator[str]:
    """Yield the sentence, then the clause that has the verb; what is left out is blank, so that positions hold."""
    yield sentence
    marks = [0, *(mark.end() for mark in _CLAUSE.finditer(sentence)), len(sentence)]
    number = max(index for index, mark in enumerate(marks) if mark <= position)
    if len(marks) > 2 and number + 1 < len(marks):
        first, last = marks[number], marks[number + 1]
        yield " " * first + sentence[first:last] + " " * (len(sentence) - last)


def _told(low: str, title: str, start: int, sentence: str, who: Bodies) -> Adoption | None:
    bodies = bodies_of(sentence, who)
    end = start + len(sentence)
    decides = any(deciding for _, _, deciding in bodies)
    if bodies and not decides:
        return None
    this = bool(any_of("adoption", "this").search(sentence))
    earlier = bool(any_of("adoption", "predecessor", "earlier_year").search(sentence))
    formal = _FORMAL.search(sentence) and names_object(sentence + " " + title)
    if not bodies and formal and (told := [date for date in dates(sentence) if _usable(date, sentence)]):
        dated = min(told, key=lambda date: ["day", "month", "year"].index(date.precision))
        return Adoption(dated.year, start, end, "passiv", this, earlier)
    ahead = bodies_of(low[max(0, start - 300) : start], who)
    if (
        not bodies
        and formal
        and ahead
        and all(deciding for _, _, deciding in ahead)
        and session_before(low, title, start, who) is None
    ):
        year = _by_dateline(low, low[max(0, start - 300) : end])
        return Adoption(year, start, end, "ohne_datum", this, earlier)
    if not bodies and formal and (_OWN.search(sentence) or "beschlossene sache" in sentence):
        return Adoption(_by_dateline(low, sentence), start, end, "ohne_datum", this, earlier)
    if decides and (day := adoption_date(sentence, who)):
        return Adoption(day.year, start, end, "bericht", this, earlier)
    session = session_before(low, title, start, who)
    if not decides and session is None:
        return None
    own = [date for date in dates(sentence) if FIRST_YEAR <= date.year <= LAST_YEAR]
    if not own and (not decides or all(deciding for _, _, deciding in bodies)):
        if decides and (head := _DATE_AHEAD.search(low, max(0, start - 60), start)):
            days = [date for date in dates(head.group()) if date.precision != "span"]
            if days:
                return Adoption(days[-1].year, start, end, "datum_davor", this, earlier)
        if session is not None:
            return Adoption(session.year, start, end, "sitzung_davor", this, earlier)
        return Adoption(_by_dateline(low, sentence), start, end, "ohne_datum", this, earlier)
    return None


def _usable(date: Date, sentence: str) -> bool:
    return (
        date.precision != "span"
        and FIRST_YEAR <= date.year <= LAST_YEAR
        and not is_of_the_title(sentence, date)
    )


def session_before(low: str, title: str, position: int, who: Bodies) -> Date | None:
    """Return the day of the deciding body's session that title or text name last before a position."""
    for part in (low[max(0, position - _SESSION_REACH) : position], title):
        lines = [line for line in re.split(r"\n|(?<=[a-z)])\. ", part) if line.strip()]
        for number in range(len(lines) - 1, -1, -1):
            line = lines[number]
            bodies = bodies_of(line, who)
            if bodies and not any(deciding for _, _, deciding in bodies):
                if _SESSION.search(line):
                    return None
                continue
            around = " ".join(lines[max(0, number - 1) : number + 1])
            days = [date for date in dates(line) if date.precision == "day"]
            if not days or not _SESSION.search(around):
                continue
            near = bodies_of(around, who)
            if any(deciding for _, _, deciding in near) or (not near and _MINUTES.search(line)):
                return days[0]
    return None


def dateline(low: str) -> Date | None:
    """Return the day on which a report is dated: the one that stands first, or at the very end."""
    days = [
        date
        for date in dates(low, 0, min(len(low), _DATELINE))
        if date.precision == "day" and not _FINITE.search(low, 0, date.start)
    ]
    if not days:
        days = [date for date in dates(low, max(0, len(low) - 60)) if date.precision == "day"]
    if not days:
        days = [
            date
            for told in _TOLD.finditer(low, 0, 500)
            for date in dates(low, told.start(), told.end())
            if date.precision == "day"
        ]
    fitting = [date for date in days if FIRST_YEAR <= date.year <= LAST_YEAR]
    return fitting[0] if fitting else None


def _by_dateline(low: str, sentence: str) -> int | None:
    """Return the year of a decision dated by "gestern" or a month alone, from the report's own date."""
    line = dateline(low)
    if line is None:
        return None
    if month := _MONTH_ONLY.search(sentence):
        told = MONTHS.index(month.group("month").replace("ae", "a"))
        written = _month_of(low[line.start : line.end])
        return line.year if written is None or told <= written else line.year - 1
    return line.year if _LATELY.search(sentence) else None


def year_by_dateline(low: str, start: int, end: int) -> int | None:
    """Return the year of an undated decision from the report's own date; None if that says nothing."""
    return _by_dateline(low, low[max(0, start - 10) : end + 10])


def _month_of(day: str) -> int | None:
    for number, name in enumerate(MONTHS):
        if name[:3] in day:
            return number
    numbers = re.findall(r"\d+", day)
    if len(numbers) == 3:
        month = int(numbers[1]) - 1
        return month if 0 <= month < 12 else None
    return None
