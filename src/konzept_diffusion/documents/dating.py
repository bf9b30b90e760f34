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
from .own_dates import BESIDE_IT, DECIDED, MADE_THEN, NOT_OF_IT, OTHERS_WORK, own_date
from .passages import Passage
from .resolutions import resolution_elsewhere, whole_sentence
from .statements import without_history

__all__ = ["own_date", "session_near", "year_of_decision"]

_PARTIAL = pattern(
    rf"\b(?P<day>[0-3]?\d)\. ?(?:(?P<month>{MONTH_NAMES})\b(?! ?(?:19|20)\d\d)|"
    rf"(?P<number>[01]?\d)\.(?! ?\d))|"
    rf"\b(?:im|ende|anfang|mitte|vom|monat|vergangenen|vorigen|[a-z]{{2,}}ten) "
    rf"(?P<alone>{MONTH_NAMES})\b(?! ?(?:19|20)\d\d)|"
    r"\b[0-3]?\d\. (?:des|jenes|deßelben|dieses) monats\b|"
    r"\b(?:am|vom) (?P<day_only>[0-3]?\d)\.(?= (?:und|für|über|in|im|mit|den|dem|das|ein|nach|an)\b|\W*$)|"
    rf"^\W*(?P<row>{MONTH_NAMES}):"
)
_AGO = pattern(
    r"\bvor (?:rund |gut |genau |fast )?(?P<number>zwei|drei|vier|fünf|sechs|sieben|acht|neun|zehn|zwölf|"
    r"\d{1,2}) jahren\b(?! (?:begann|gestartet|angefangen))|"
    r"\b(?P<since>zwei|drei|vier|fünf|sechs|sieben|acht|neun|zehn|zwölf|\d{1,2}) jahre (?:ist|sind|liegt) (?:es|das) "
    r"(?:nun |jetzt )?her\b"
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
_BEHIND = pattern(
    r"[.!]?\s+(?:[^.\n]{0,80}\.\s+)?(?:(?:das|dies|die (?:entscheidung|abstimmung|sitzung)|"
    r"der beschluß) (?:war|geschah|fiel|erfolgte|fand)\b|in (?:derselben|der gleichen|dieser) sitzung\b)"
    r"[^\n]{0,60}"
)
_REVIEW = pattern(
    r"\b(?:das war|jahresrückblick|rückblick auf(?: das jahr)?|rückblick|chronik|"
    r"(?:jahres|verwaltungs|geschäfts|tätigkeits|rechenschafts|sach)bericht|protokolle|"
    r"beschlüße(?: des [a-z]+)?|(?=(?:19|20)\d\d war (?:ein|das|für))|"
    r"(?:was geschah|das geschah))"
    r"(?: für das jahr| im jahre?| des jahres| für)?\W{0,3}(?P<year>(?:19|20)\d\d)\b(?!\W{0,2}(?:bis|-|/))"
)
_LONG_AGO = pattern(
    r"\b(?:damals|seinerzeit|einst|früher|ursprünglich|vor (?:einigen|mehreren|vielen|etlichen|wenigen) jahren|"
    r"vor jahren|hatten?(?! (?:am|gestern|in (?:seiner|ihrer)|erst)\b))\b"
)
_SINCE_WHEN = pattern(r"\bseit (?P<year>(?:19|20)\d\d),? (?:als|nachdem|da)\b")
_LAST_MONTH = pattern(rf"\b(?:vergangenen|vorigen|letzten) (?:{MONTH_NAMES})\b")
_TO_MAKE = pattern(
    r"\b(?:beschloßen|beschloß[^.;]{0,60}|entschieden), [^.;]{0,90}\b(?:(?:(?:er|auf)stellen|erarbeiten|entwickeln|"
    r"schreiben|anfertigen) zu laßen|aufzustellen|zu erstellen|zu erarbeiten|auszuarbeiten|zu entwickeln)\b|"
    r"\bbeschl[ou]ß[a-z]*, daß [^.;]{0,90}\b(?:bekommen|erhalten|haben|"
    r"(?:erarbeitet|erstellt|entwickelt) werden) soll\b"
)
_TO_COME = pattern(
    r"\b(?:wo wollen wir hin|wie geht es weiter|wie es weitergeht|nächste schritte|die nächsten schritte|zeitplan|"
    r"ausblick|weiteres vorgehen|weitere schritte|noch zu tun|geplant(?:er ablauf|e schritte)?)\b"
)
_VERB = pattern(r"\b(?:hat|wurde|ist|beschloß|beschließt|stimmte|verabschiedete)\b")
_SIGNATURE = pattern(
    rf"\n[a-z .-]{{3,40}}, (?:im |den |am )?(?:\d\d?\. ?)?(?P<month>{MONTH_NAMES}) (?P<year>(?:19|20)\d\d)\s*(?=\n|$)"
)
_LETTER = 3_000
_SAID_ON = pattern(
    r"\b(?:teilte[n]?|teilt|berichtete[n]?|meldete[n]?|sagte[n]?|gab|erklärte[n]?|hieß es)\b"
    r"[^.\n]{0,70}?\bam (?:[a-z]+, (?:dem |den )?)?$"
)
_LAST_YEAR = pattern(
    r"\b(?:im |ende |anfang |mitte )?(?:vergangene[nsr]?|letzte[nsr]?|vorige[nsr]?|verfloßene[nsr]?) jahr(?:e?s)?\b|"
    r"\bim vorjahr\b|\bvorige[ns] jahr(?:e?s)?\b"
)
_THIS_YEAR = pattern(r"\b(?:in diesem|dieses|im laufenden|des laufenden) jahr(?:e?s)?\b|\bheuer\b")
_BEFORE_THIS = pattern(
    r"\b(?:damals|seinerzeit|bereits|schon|einst|hatten?|früher|ursprünglich|zuletzt)\b|"
    r"\b(?:beschloßene|verabschiedete|gebilligte|angenommene)[nsrm]?\b"
)
_REPORTING = frozenset(["zeitung", "mitteilung"])
_HEAD, _SHORT, _YEAR_HEADING, _ELECTION = 300, 120, 30, 24


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
    if _TO_MAKE.search(part) or (
        passage.end - passage.start < _SHORT
        and not _VERB.search(part)
        and _TO_COME.search(low, max(0, passage.start - _HEAD // 2), passage.end)
    ):
        return None, "kein_jahr"
    if own := own_date(part, who):
        return own.year, "datum"
    if (whole := whole_sentence(low, passage)) and (own := own_date(without_history(whole), who)):
        return own.year, "satz"
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
    if partial and (since := _SINCE_WHEN.search(part, 0, partial.start())):
        return int(since.group("year")), "datum"
    near = f"{low[passage.before[0] : passage.before[1]]} {part}".replace("\n", " ") if partial else part
    if numbered := _NUMBERED.search(near):
        year = int(numbered.group("year"))
        if partial or DECIDED.search(part):
            return (year if year > 99 else 2000 + year), "nummer"
    session = session_near(low, title, passage, who, issue)
    fresh = voice in _REPORTING or bool(_LATELY.search(part) or _LAST_MONTH.search(part))
    if partial:
        dated = _of_partial(low, title, passage, partial, session, issue, earlier, fresh=fresh)
        return dated if dated[0] else resolution_elsewhere(low, passage, who, voice)
    if not _LATELY.search(part) and any(
        not BESIDE_IT.search(part, 0, date.start)
        and not NOT_OF_IT.search(part[: date.start])
        and not MADE_THEN.match(part, date.end)
        and not OTHERS_WORK.match(part, date.end)
        for date in told
    ):
        return resolution_elsewhere(low, passage, who, voice)
    if session:
        return session, "sitzung"
    if around := _around(low, passage, who, ahead):
        return around
    if (named := resolution_elsewhere(low, passage, who, voice))[0]:
        return named
    if _LATELY.search(part) and (reported := _reported(low, passage)):
        return reported, "mitgeteilt"
    if issue and not _LONG_AGO.search(part) and (_LATELY.search(part) or _LATELY.search(ahead[-400:])):
        return issue.year, "ausgabe"
    if (
        issue
        and issue.month
        and (voice in _REPORTING or issue.periodical)
        and not _BEFORE_THIS.search(part)
        and not any(usable(date) for date in dates(low, *passage.before))
    ):
        return issue.year, "meldung"
    if not told and not _BEFORE_THIS.search(part) and (review := _REVIEW.search(f"{title}\n{low[:_HEAD]}")):
        return int(review.group("year")), "rueckblick"
    return None, "kein_jahr"


def _reported(low: str, passage: Passage) -> int | None:
    """Return the year in which news was told: "Das teilte die Verwaltung am 23. Februar 2018 mit"."""
    first, last = passage.before[0] or passage.start, min(len(low), passage.end + 160)
    for date in dates(low, first, last):
        if date.precision == "day" and _SAID_ON.search(low, max(first, date.start - 100), date.start):
            return date.year
    return None


def _relative(
    part: str, told: list[Date], earlier: list[Date], issue: Issue | None
) -> tuple[int, str] | None:
    """Return the year that a passage counts from another one: "im selben Jahr", "vor drei Jahren"."""
    if _SAME.search(part) and (told or earlier):
        return (told or earlier)[-1].year, "im_selben_jahr"
    if _NEXT.search(part) and earlier:
        return earlier[-1].year + 1, "im_folgenden_jahr"
    if (ago := _AGO.search(part)) and issue:
        number = ago.group("number") or ago.group("since")
        return issue.year - (_NUMBERS.get(number) or int(number)), "vor_jahren"
    if issue and not told and _LAST_YEAR.search(part):
        return issue.year - 1, "im_vorjahr"
    if issue and not told and _THIS_YEAR.search(part):
        return issue.year, "im_laufenden_jahr"
    return None


def _of_partial(
    low: str,
    title: str,
    passage: Passage,
    partial: re.Match[str],
    session: int | None,
    issue: Issue | None,
    earlier: list[Date],
    *,
    fresh: bool,
) -> tuple[int | None, str]:
    """Return the year of a day or month without one: of the session, the review, the issue, what stands before."""
    if session:
        return session, "sitzung"
    if review := _REVIEW.search(f"{title}\n{low[:_HEAD]}"):
        return int(review.group("year")), "rueckblick"
    if headed := _year_in(low[passage.head[0] : passage.head[1]]):
        return headed, "ueberschrift"
    if issue and (fresh or not issue.foot):
        month = _partial_month(partial)
        return issue.year - bool(month and issue.month and month > issue.month), "ausgabe"
    if titled := _year_in(title):
        return titled, "titel"
    if signed := _SIGNATURE.search(low, passage.end, passage.end + _LETTER):
        month = _partial_month(partial)
        return int(signed.group("year")) - bool(
            month and month > numbered(signed.group("month"))
        ), "unterschrift"
    if earlier:
        return earlier[-1].year, "jahr_davor"
    return None, "kein_jahr"


def _year_in(heading: str) -> int | None:
    """Return the only year that a heading or title bears, if it is not that of a document's name."""
    years = {date.year for date in dates(heading) if usable(date) and not is_of_the_title(heading, date)}
    return years.pop() if len(years) == 1 else None


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
            and not _TO_MAKE.search(sentence)
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
            and not _TO_MAKE.search(before)
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
