"""When a passage's decision was taken: by its own date, else by session, issue, chronology or reference number.

Strict: no year rather than a guess. Terms of a decision, dates that belong to something else (a span, a commission,
a predecessor, a target) and the days that a text itself bears are told apart by grammar.
"""

from __future__ import annotations

import re
from dataclasses import dataclass

from .adoption import FIRST_YEAR, LAST_YEAR, Bodies, bodies_of, is_of_the_title
from .codebook import any_of
from .dates import MONTHS, Date, dates
from .folding import pattern
from .passages import Passage
from .statements import without_history

_MONTH_NAMES = "januar|februar|märz|april|mai|juni|juli|august|september|oktober|november|dezember"
_PARTIAL = pattern(
    rf"\b(?P<day>[0-3]?\d)\. ?(?:(?P<month>{_MONTH_NAMES})\b(?! ?(?:19|20)\d\d)|"
    rf"(?P<number>[01]?\d)\.(?! ?\d))|"
    rf"\b(?:im|ende|anfang|mitte|vom|monat) (?P<alone>{_MONTH_NAMES})\b(?! ?(?:19|20)\d\d)|"
    r"\b[0-3]?\d\. (?:des|jenes|deßelben|dieses) monats\b|\b(?P<day_only>[0-3]?\d)\. und\b"
)
_AGO = pattern(
    r"\bvor (?P<number>zwei|drei|vier|fünf|sechs|sieben|acht|neun|zehn|zwölf|"
    r"\d{1,2}) jahren\b(?! (?:begann|gestartet|angefangen))"
)
_NUMBERS = {
    "zwei": 2, "drei": 3, "vier": 4, "funf": 5, "fuenf": 5, "sechs": 6, "sieben": 7, "acht": 8,
    "neun": 9, "zehn": 10, "zwolf": 12,
}  # fmt: skip
_SAME = pattern(
    r"\b(?:im (?:selben|gleichen|nämlichen)|noch im selben|in (?:demselben|dem) ) ?jahr|\bjenes monats|"
    r"\bdes monats\b"
)
_NEXT = pattern(
    r"\b(?:im (?:folgenden|darauffolgenden|nächsten) jahr|ein jahr (?:später|darauf)|im jahr darauf)\b"
)
_LATELY = pattern(
    r"\b(?:heute|gestern|vorgestern|nun|jetzt|soeben|kürzlich|jüngst|diese woche|montag|dienstag|mittwoch|"
    r"donnerstag|freitag|"
    r"samstag)(?:s|abend|nachmittag|morgen|vormittag)?\b|"
    r"\b(?:jüngsten|letzten|heutigen|gestrigen|vergangenen|aktuellen) [a-z]*(?:sitzung|woche|versammlung|"
    r"abend|kreistag|rat)|"
    r"\b(?:vergangene|letzte|diese|dieser|letzter|vergangener)[nr]? woche\b|\bfrisch\b"
)
_NUMBERED = pattern(
    r"\b(?:drucksache|drs\.?|vorlage|vorlagen?-?nr\.?|beschlußnummer|beschluß-?nr\.?|beschluß|"
    r"vo)\W{0,3}(?:nr\.? ?)?[a-z0-9-]*[ /-]?"
    r"[\d-]{1,7}/(?P<year>(?:19|20)\d\d|[012]\d)\b"
)
_SESSION = pattern(r"sitzung|tagte|protokoll|niederschrift|auszug|beschlüße|gremium|beschlußdatum|aus dem")
_NOT_OF_IT = pattern(
    r"(?:\b(?:stand|seit|bis|ab|seit dem|für|gegenüber|aus|von|gültig|laufzeit|geltung[a-z]*|"
    r"vorgänger[a-z]*|ersetzt|gegründet|geburtstag|"
    r"gedruckt|druck[a-z]*|auflage|ausgabe|evaluation|evaluiert|bericht[e]?|auftrag[a-z]*|beauftrag[a-z]*|"
    r"auftakt[a-z]*|antrag[a-z]*|"
    r"entwurf[a-z]*|gesetz|wahl|amtszeit|spätestens|frühestens|ende|haushalt[a-z]*|budget|finanz[a-z]*|"
    r"as of|since|until|from|for)\W+)"
    r"(?:(?:dem|der|des|den|jahr|jahre|jahres|zum|im|am|vom|in|:|anfang|mitte) ?){0,3}$"
)
_MADE_THEN = pattern(
    r" (?:erarbeitete|erstellte|entwickelte|begonnene|gestartete|vorgestellte|erschienene|gedruckte|"
    r"in auftrag|beauftragt)"
)
_DECIDED = pattern(
    r"beschl(?:o|u)ß|beschließt|verabschied|angenommen|annahm|\bnahm|billig|segn|segen|zugestimmt|zustimm|"
    r"stimmt|votier|votum|"
    r"abgenickt|gew[iu]nkt|besiegel|paßier|bestätig|genehmig|kraft|einstimmig|einmütig|mehrheit|adopt|"
    r"approv|\bpassed|vote|taufe|"
    r"grünes licht|gutgeheiß|rats?beschl|weg\b|hände|dafür\b"
)
_AGENT = pattern(
    r"\)?,? (?:[a-z]+ )?(?:vom|von der|durch den|durch die|im|in der) (?:[a-z]+ )?(?:stadt|gemeinde|"
    r"markt)?(?:rat|kreistag|stadtverordneten|bürgerschaft|"
    r"ratsversammlung|stadtvertretung|gemeindevertretung|parlament)"
)
_CLAUSE = re.compile(
    r"[;:] | - |, (?!dem |den |de[rs] |die |das |in |im |am |vom |\d|montag|dienstag|mittwoch|donnerstag|"
    r"freitag|samstag)|(?<!\d)\. "
)
_ISSUE = pattern(
    r"\b(?:ausgabe|nr\.?|jahrgang|vom|stand|veröffentlicht|erschienen|online seit|mitteilung)\b[^\n]{0,40}$"
)
_SOURCE = re.compile(r"(?:\(|- |\u00b7 |\b(?:vom|am) )[^\n()]{0,60}$")
_FINITE = pattern(
    r"\b(?:hat|haben|wurden?|ist|sind|war|waren|wird|soll|lag|liegt|beschloß|fand|kam|kamen|legte|sitzung|"
    r"auszug|niederschrift|protokoll)\b"
)
_URL = re.compile(r"/(20[0-3]\d)(?:[/-](\d\d)(?!\d)|/kw|[/-]|$)")
_RIGHT = re.compile(
    r"\u00a9 ?[^\n]{0,40}?(20[0-3]\d)\s*$|(?:^|\n)[^\n]{0,30}\(c\) [^\n]{0,30}(20[0-3]\d)\s*$"
)
_BESIDE = 12
_BEHIND = pattern(
    r"[.!]?\s+(?:[^.\n]{0,80}\.\s+)?(?:das|dies|die (?:entscheidung|abstimmung|sitzung)|"
    r"der beschluß) (?:war|geschah|fiel|erfolgte|fand)\b[^\n]{0,60}"
)
_PRECISIONS = ("day", "month", "year")


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
                date.end >= len(low) - 3
                or low[date.end : date.end + 2] in (")\n", ")")
                or low[date.end : date.end + 1] == "\n"
            )
            and _is_source(low, date)
        ][-1:]
    if days and _usable(days[0]):
        return Issue(days[0].year, _month(low[days[0].start : days[0].end]))
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


def _usable(date: Date) -> bool:
    return date.precision != "span" and FIRST_YEAR <= date.year <= LAST_YEAR


def own_date(part: str, who: Bodies) -> Date | None:
    """Return the date that a passage gives its decision: in the clause of the decision, nearest to it."""
    fitting = []
    cues = [found.start() for found in _DECIDED.finditer(part)]
    if not cues:
        return None
    marks = [0, *(mark.end() for mark in _CLAUSE.finditer(part)), len(part) + 1]
    others = [end for _, end, deciding in bodies_of(part, who) if not deciding]
    deciders = [end for _, end, deciding in bodies_of(part, who) if deciding]
    for date in dates(part):
        if not _usable(date) or is_of_the_title(part, date):
            continue
        ahead = part[max(0, date.start - 48) : date.start]
        if date.precision != "day" and _NOT_OF_IT.search(ahead):
            continue
        if _MADE_THEN.match(part, date.end):
            continue
        if date.precision == "day" and re.search(
            r"\b(?:stand|auftrag[a-z]*|antrag[a-z]*|seit|bis|erstfassung\W+beschluss|vorg[a-z]+|(?:erste|"
            r"vorige) fassung\W+[a-z]*)\W+(?:[a-z]+ ){0,3}$",
            ahead,
        ):
            continue
        agent = _AGENT.match(part, date.end)
        near = -1 if agent else max((end for end in (*others, *deciders) if end <= date.start), default=-1)
        if near in others and near not in deciders:
            continue  # "der Ausschuss am 2., der Rat am 9. Mai"
        clause = max(index for index, mark in enumerate(marks) if mark <= date.start)
        first, last = marks[clause], marks[clause + 1]
        inside = [cue for cue in cues if first <= cue < last]
        if not inside and date.precision == "year" and len(marks) > 2 and date.start > 3:
            continue  # "Was die Stadt 2011 vormachte, hat der Kreistag nun beschlossen"
        if any_of("adoption", "commission").search(part, first, min(last, len(part))) and not inside:
            continue
        gap = min(abs(cue - date.start) for cue in inside or cues)
        beside = any(0 <= date.start - end <= _BESIDE for end in deciders)
        fitting.append((not beside, not inside, _PRECISIONS.index(date.precision), gap, date))
    return min(fitting, key=lambda item: item[:4])[4] if fitting else None


def year_of_decision(
    low: str, title: str, passage: Passage, who: Bodies, issue: Issue | None
) -> tuple[int | None, str]:
    """Return the year of the decision that a passage tells and the rule; None with "kein_jahr" if nothing dates it.

    Parameters
    ----------
    low, title
        Folded text and title.
    passage
        The passage.
    who
        Who decides, see `adoption.bodies_for`.
    issue
        When the text was issued.
    """
    part = without_history(low[passage.start : passage.end].replace("\n", " "))
    if own := own_date(part, who):
        return own.year, "datum"
    ahead = low[passage.item : passage.start]
    if len(ahead) > 900:
        ahead = ahead[-900:]
    earlier = [date for date in dates(ahead) if _usable(date)]
    if any(_usable(date) and date.precision == "day" for date in dates(part)) and bodies_of(part, who):
        return None, "kein_jahr"  # dated by a day that is another body's
    partial = _PARTIAL.search(part)
    if _SAME.search(part):
        inside = [date for date in dates(part) if _usable(date)]
        if inside or earlier:
            return (inside or earlier)[-1].year, "im_selben_jahr"
    if _NEXT.search(part) and earlier:
        return earlier[-1].year + 1, "im_folgenden_jahr"
    if (ago := _AGO.search(part)) and issue:
        told = ago.group("number")
        return issue.year - (_NUMBERS.get(told) or int(told)), "vor_jahren"
    near = f"{low[passage.before[0] : passage.before[1]]} {part}".replace("\n", " ") if partial else part
    if numbered := _NUMBERED.search(near):
        year = int(numbered.group("year"))
        if partial or _DECIDED.search(part):
            return (year if year > 99 else 2000 + year), "nummer"
    if partial:
        session = session_near(low, title, passage, who, issue)
        if session:
            return session, "sitzung"
        if issue:
            told_month = _partial_month(partial)
            later = bool(told_month and issue.month and told_month > issue.month)
            return issue.year - later, "ausgabe"
        if earlier:
            return earlier[-1].year, "jahr_davor"
        return None, "kein_jahr"
    if any(_usable(date) for date in dates(part) if not is_of_the_title(part, date)) and not _LATELY.search(
        part
    ):
        return None, "kein_jahr"
    if session := session_near(low, title, passage, who, issue):
        return session, "sitzung"
    headed = low[passage.head[0] : passage.head[1]]
    years = [date for date in dates(headed) if _usable(date)]
    if len(years) == 1 and (years[0].precision != "year" or len(headed) <= 12):
        return years[0].year, "ueberschrift"
    if (behind := _BEHIND.match(low, passage.end)) and (
        days := [date for date in dates(behind.group()) if _usable(date)]
    ):
        return days[0].year, "satz_danach"
    for sentence in reversed(re.split(r"(?<=[a-z)])[.!?]\s", ahead)[-3:]) if not passage.named else ():
        days = [date for date in dates(sentence) if date.precision == "day" and _usable(date)]
        if (
            days
            and any(deciding for _, _, deciding in bodies_of(sentence, who))
            and not any_of("adoption", "commission").search(sentence)
        ):
            return days[-1].year, "satz_davor"
    before = low[passage.before[0] : passage.before[1]]
    days = [date for date in dates(before) if date.precision == "day" and _usable(date)]
    if len(days) == 1 and any(deciding for _, _, deciding in bodies_of(before, who)[:1]):
        return days[0].year, "satz_davor"
    if issue and (_LATELY.search(part) or _LATELY.search(ahead[-400:])):
        return issue.year, "ausgabe"
    return None, "kein_jahr"


def _partial_month(partial: re.Match[str]) -> int | None:
    name = partial.group("month") or partial.group("alone")
    if name:
        return MONTHS.index(name.replace("ae", "a")) + 1
    return int(partial.group("number")) if partial.group("number") else None


def session_near(low: str, title: str, passage: Passage, who: Bodies, issue: Issue | None) -> int | None:
    """Return the year of the deciding body's session in whose record a passage stands; None if it is in none.

    The last line before the passage that names a session counts; a committee's session ends the search.
    """
    first = max(0, passage.start - 9_000)
    part = low[first : passage.start]
    number = 0
    lines = [line for line in part.split("\n") if line]
    for place in range(len(lines) - 1, -1, -1):
        line = lines[place]
        number += 1
        if len(line) > 260 or not _SESSION.search(line):
            continue
        around = " ".join(lines[max(0, place - 3) : place + 3])
        bodies = (
            bodies_of(line, who)
            or bodies_of(" ".join(lines[max(0, place - 3) : place]), who)
            or bodies_of(" ".join(lines[place + 1 : place + 3]), who)
        )
        if bodies and not bodies[0][2]:
            if any(date.precision == "day" for date in dates(around)):
                return None
            continue
        if not bodies:
            continue
        days = [date for date in dates(around) if date.precision == "day" and _usable(date)]
        own = [date for date in dates(line) if date.precision == "day" and _usable(date)]
        if own or days:
            return (own or days)[0].year
        if issue and _PARTIAL.search(line):
            month = _partial_month(_PARTIAL.search(line) or re.match("", ""))  # type: ignore[arg-type]
            return issue.year - bool(month and issue.month and month > issue.month)
    bodies = bodies_of(title, who)
    if bodies and any(deciding for _, _, deciding in bodies) and _SESSION.search(title):
        days = [date for date in dates(title) if date.precision == "day" and _usable(date)]
        return days[0].year if days else None
    return None
