"""When a passage's decision was taken: by its own date, else by session, issue, chronology or reference number.

Strict: no year rather than a guess. Terms of a decision, dates that belong to something else (a span, a commission,
a predecessor, a target) and the days that a text itself bears are told apart by grammar.
"""

from __future__ import annotations

import re

from .adoption import Bodies, bodies_of, is_of_the_title
from .codebook import any_of
from .dates import Date, dates
from .folding import pattern
from .issued import MONTH_NAMES, Issue, numbered, usable
from .passages import Passage
from .statements import without_history

_PARTIAL = pattern(
    rf"\b(?P<day>[0-3]?\d)\. ?(?:(?P<month>{MONTH_NAMES})\b(?! ?(?:19|20)\d\d)|"
    rf"(?P<number>[01]?\d)\.(?! ?\d))|"
    rf"\b(?:im|ende|anfang|mitte|vom|monat|[a-z]{{2,}}ten) (?P<alone>{MONTH_NAMES})\b(?! ?(?:19|20)\d\d)|"
    r"\b[0-3]?\d\. (?:des|jenes|deßelben|dieses) monats\b|"
    r"\b(?:am|vom) (?P<day_only>[0-3]?\d)\.(?= (?:und|für|über|in|im|mit|den|dem|das|ein|nach|an)\b|\W*$)|"
    rf"^\W*(?P<row>{MONTH_NAMES}):"
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
_NOT_THAT_DAY = re.compile(
    r"\b(?:stand|auftrag[a-z]*|antrag[a-z]*|seit|bis|erstfassung\W+beschluss|vorg[a-z]+|(?:erste|"
    r"vorige) fassung\W+[a-z]*)\W+(?:[a-z]+ ){0,3}$"
)
_TIME = 45
"""Characters up to which a part of a sentence without a verb only tells the time."""
_VERB = re.compile(
    r"\b(?:hat|haben|wurden?|ist|sind|war|waren|wird|soll|lag|liegt|kam|kamen|gab|nahm|[a-z]{3,}te[n]?|beschloss|"
    r"verabschiedet|angenommen|gebilligt|zugestimmt|beschlossen)\b"
)
_CLAUSE = re.compile(
    r"[;:] | - |, (?=dem (?:19|20)\d\d|der (?:seit|bis|ab) )|"
    r", (?!dem |den |de[rs] |die |das |in |im |am |vom |\d|montag|dienstag|mittwoch|donnerstag|"
    r"freitag|samstag)|(?<!\d)\. "
)
_BESIDE = 12
_BEHIND = pattern(
    r"[.!]?\s+(?:[^.\n]{0,80}\.\s+)?(?:(?:das|dies|die (?:entscheidung|abstimmung|sitzung)|"
    r"der beschluß) (?:war|geschah|fiel|erfolgte|fand)\b|in (?:derselben|der gleichen|dieser) sitzung\b)"
    r"[^\n]{0,60}"
)
_BESIDE_IT = re.compile(
    r"\b(?:dass|damit|bis|spae?testens|fruehestens|fruhestens|erstmals|ab|evaluation|evaluier[a-z]*|bericht[a-z]*|"
    r"bilanz|u(?:e)?berpruf[a-z]*|landespreis|preis)\b"
)
_REVIEW = pattern(
    r"\b(?:das war|jahresrückblick|rückblick auf(?: das jahr)?|rückblick|chronik|jahresbericht|"
    r"protokolle|"
    r"beschlüße(?: des [a-z]+)?(?: im jahre?)?)\W{0,3}(?P<year>(?:19|20)\d\d)\b(?!\W{0,2}(?:bis|-|/))"
)
_RESOLVED = pattern(r"\b(?:[a-z]*beschlu?ß(?:e?s)?) (?:vom|am) $")
_BEFORE_THIS = pattern(
    r"\b(?:damals|seinerzeit|bereits|schon|einst|hatten?|früher|ursprünglich|zuletzt)\b|"
    r"\b(?:beschloßene|verabschiedete|gebilligte|angenommene)[nsrm]?\b"
)
_REPORTING = frozenset(["zeitung", "mitteilung"])
_HEAD, _SHORT, _YEAR_HEADING, _ELECTION = 300, 120, 30, 24
_PRECISIONS = ("day", "month", "year")


def own_date(part: str, who: Bodies) -> Date | None:
    """Return the date that a passage gives its decision: in the clause of the decision, nearest to it."""
    deciders = [(start, end) for start, end, deciding in bodies_of(part, who) if deciding]
    # The votes of the groups ("mit den Stimmen aller Fraktionen") date nothing.
    others = [
        end
        for start, end, deciding in bodies_of(part, who)
        if not deciding and "fraktion" not in part[start:end]
    ]
    cues = [found.start() for found in _DECIDED.finditer(part)] or [start for start, _ in deciders]
    if not cues:
        return None
    possible = [date for date in dates(part) if usable(date) and not is_of_the_title(part, date)]
    # "mit Beschluss vom 27.05.2013 und - als Dritte Fassung - mit Beschluss vom 11.06.2018": the newest.
    resolved = [date for date in possible if _RESOLVED.search(part[max(0, date.start - 40) : date.start])]
    if len(resolved) > 1 and all(date.precision == "day" for date in resolved):
        return max(resolved, key=lambda date: date.year)
    fitting = []
    marks = _clauses(part)
    for date in possible:
        ahead = part[max(0, date.start - 48) : date.start]
        if date.precision != "day" and _NOT_OF_IT.search(ahead):
            continue
        if _MADE_THEN.match(part, date.end):
            continue
        if date.precision == "day" and _NOT_THAT_DAY.search(ahead):
            continue
        agent = _AGENT.match(part, date.end)
        ends = [end for _, end in deciders]
        near = -1 if agent else max((end for end in (*others, *ends) if end <= date.start), default=-1)
        if near in others and near not in ends:
            continue  # "der Ausschuss am 2., der Rat am 9. Mai"
        clause = max(index for index, mark in enumerate(marks) if mark <= date.start)
        first, last = marks[clause], marks[clause + 1]
        inside = [cue for cue in cues if first <= cue < last]
        acting = any(first <= start < last for start, _ in deciders)
        if not inside and not acting and date.precision == "year" and len(marks) > 2 and date.start > 3:
            continue  # "Was die Stadt 2011 vormachte, hat der Kreistag nun beschlossen"
        if not inside and any_of("adoption", "commission").search(part, first, min(last, len(part))):
            continue
        if date.precision != "day" and _is_beside(part, first, date.start):
            continue  # "zugestimmt, dass 2019 eine Evaluation vorgelegt wird"
        gap = min(abs(cue - date.start) for cue in inside or cues)
        beside = any(0 <= date.start - end <= _BESIDE for end in ends)
        fitting.append((not beside, not (inside or acting), _PRECISIONS.index(date.precision), gap, date))
    return min(fitting, key=lambda item: item[:4])[4] if fitting else None


def _is_beside(part: str, first: int, last: int) -> bool:
    """Return whether what stands before a date gives it to something else than the decision."""
    beside = _BESIDE_IT.search(part, first, last)
    if beside is None or _DECIDED.search(part, beside.end(), last):
        return False
    # "vor fünf Jahren, dass der Rat es 2014 annahm" tells the decision, "zugestimmt, dass 2019" does not.
    return beside.group() not in ("dass", "damit") or bool(_DECIDED.search(part, 0, beside.start()))


def _clauses(part: str) -> list[int]:
    """Return where the clauses of a passage begin, and its end; what only tells the time joins the next clause."""
    marks = [0]
    for mark in _CLAUSE.finditer(part):
        if mark.start() - marks[-1] > _TIME or _VERB.search(part, marks[-1], mark.start()):
            marks.append(mark.end())
    return [*marks, len(part) + 1]


def year_of_decision(
    low: str, title: str, passage: Passage, who: Bodies, issue: Issue | None, voice: str = ""
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
    voice
        Who speaks: what a newspaper or a press release tells without a date has happened lately.
    """
    part = without_history(low[passage.start : passage.end].replace("\n", " "))
    if own := own_date(part, who):
        return own.year, "datum"
    ahead = low[passage.item : passage.start][-900:]
    earlier = [date for date in dates(ahead) if usable(date)]
    told = [date for date in dates(part) if usable(date) and not is_of_the_title(part, date)]
    if any(date.precision == "day" for date in told) and bodies_of(part, who):
        return None, "kein_jahr"  # dated by a day that is another body's
    if relative := _relative(part, told, earlier, issue):
        return relative
    partial = _PARTIAL.search(part)
    if partial and "wahl" in part[max(0, partial.start() - _ELECTION) : partial.start()]:
        partial = None  # "vor der Kommunalwahl am 7. Juni"
    if partial and len({date.year for date in told if date.end <= partial.start()}) == 1:
        return told[0].year, "datum"
    near = f"{low[passage.before[0] : passage.before[1]]} {part}".replace("\n", " ") if partial else part
    if numbered := _NUMBERED.search(near):
        year = int(numbered.group("year"))
        if partial or _DECIDED.search(part):
            return (year if year > 99 else 2000 + year), "nummer"
    session = session_near(low, title, passage, who, issue)
    if partial:
        return _of_partial(low, title, partial, session, issue, earlier)
    if not _LATELY.search(part) and any(
        not _BESIDE_IT.search(part, 0, date.start) and not _NOT_OF_IT.search(part[: date.start])
        for date in told
    ):
        return None, "kein_jahr"
    if session:
        return session, "sitzung"
    if around := _around(low, passage, who, ahead):
        return around
    if issue and (_LATELY.search(part) or _LATELY.search(ahead[-400:])):
        return issue.year, "ausgabe"
    if (
        issue
        and issue.month
        and voice in _REPORTING
        and not _BEFORE_THIS.search(part)
        and not any(usable(date) for date in dates(low, *passage.before))
    ):
        return issue.year, "meldung"
    return None, "kein_jahr"


def _relative(
    part: str, told: list[Date], earlier: list[Date], issue: Issue | None
) -> tuple[int, str] | None:
    """Return the year that a passage counts from another one: "im selben Jahr", "vor drei Jahren"."""
    if _SAME.search(part) and (told or earlier):
        return (told or earlier)[-1].year, "im_selben_jahr"
    if _NEXT.search(part) and earlier:
        return earlier[-1].year + 1, "im_folgenden_jahr"
    if (ago := _AGO.search(part)) and issue:
        number = ago.group("number")
        return issue.year - (_NUMBERS.get(number) or int(number)), "vor_jahren"
    return None


def _of_partial(
    low: str,
    title: str,
    partial: re.Match[str],
    session: int | None,
    issue: Issue | None,
    earlier: list[Date],
) -> tuple[int | None, str]:
    """Return the year of a day or month without one: of the session, the review, the issue, what stands before."""
    if session:
        return session, "sitzung"
    if review := _REVIEW.search(f"{title}\n{low[:_HEAD]}"):
        return int(review.group("year")), "rueckblick"
    if issue:
        month = _partial_month(partial)
        return issue.year - bool(month and issue.month and month > issue.month), "ausgabe"
    if earlier:
        return earlier[-1].year, "jahr_davor"
    return None, "kein_jahr"


def _around(low: str, passage: Passage, who: Bodies, ahead: str) -> tuple[int, str] | None:
    """Return the year by the heading of a passage, the sentence behind it or one before it."""
    headed = low[passage.head[0] : passage.head[1]]
    years = [date for date in dates(headed) if usable(date)]
    if len(years) == 1 and (years[0].precision != "year" or len(headed) <= _YEAR_HEADING):
        return years[0].year, "ueberschrift"
    if (behind := _BEHIND.match(low, passage.end)) and (
        days := [date for date in dates(behind.group()) if usable(date)]
    ):
        return days[0].year, "satz_danach"
    for sentence in reversed(re.split(r"(?<=[a-z)])[.!?]\s", ahead)[-3:]) if not passage.named else ():
        days = [date for date in dates(sentence) if date.precision == "day" and usable(date)]
        if (
            days
            and any(deciding for _, _, deciding in bodies_of(sentence, who))
            and not any_of("adoption", "commission").search(sentence)
        ):
            return days[-1].year, "satz_davor"
    before = low[passage.before[0] : passage.before[1]]
    days = [date for date in dates(before) if date.precision == "day" and usable(date)]
    bodies = bodies_of(before, who)
    if len(days) == 1 and (
        (bodies and bodies[0][2])
        or (
            not bodies
            and len(before) < _SHORT
            and not any_of("adoption", "commission", "future").search(before)
        )
    ):
        return days[0].year, "satz_davor"
    return None


def _partial_month(partial: re.Match[str]) -> int | None:
    name = partial.group("month") or partial.group("alone") or partial.group("row")
    if name:
        return numbered(name)
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
        days = [date for date in dates(around) if date.precision == "day" and usable(date)]
        own = [date for date in dates(line) if date.precision == "day" and usable(date)]
        if own or days:
            return (own or days)[0].year
        if issue and (partial := _PARTIAL.search(line)):
            month = _partial_month(partial)
            return issue.year - bool(month and issue.month and month > issue.month)
    bodies = bodies_of(title, who)
    if bodies and any(deciding for _, _, deciding in bodies) and _SESSION.search(title):
        days = [date for date in dates(title) if date.precision == "day" and usable(date)]
        return days[0].year if days else None
    return None
