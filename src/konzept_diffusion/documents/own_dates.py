"""The date that a passage itself gives its decision: in the clause of the decision, nearest to it."""

from __future__ import annotations

import re

from .adoption import Bodies, bodies_of, is_of_the_title
from .codebook import any_of
from .dates import Date, dates
from .folding import pattern
from .issued import usable
from .resolutions import followed_by_resolution

NOT_OF_IT = pattern(
    r"(?:\b(?:stand|seit|bis|ab|seit dem|für|gegenüber|aus|von|gültig|laufzeit|geltung[a-z]*|"
    r"vorgänger[a-z]*|ersetzt|gegründet|geburtstag|"
    r"gedruckt|druck[a-z]*|auflage|ausgabe|evaluation|evaluiert|bericht[e]?|auftrag[a-z]*|beauftrag[a-z]*|"
    r"auftakt[a-z]*|antrag[a-z]*|"
    r"entwurf[a-z]*|gesetz|wahl|amtszeit|spätestens|frühestens|ende|haushalt[a-z]*|budget|finanz[a-z]*|"
    r"as of|since|until|from|for)\W+)"
    r"(?:(?:dem|der|des|den|jahr|jahre|jahres|zum|im|am|vom|in|:|anfang|mitte) ?){0,3}$"
)
MADE_THEN = pattern(
    r" (?:erarbeitete|erstellte|entwickelte|begonnene|gestartete|vorgestellte|erschienene|gedruckte|"
    r"in auftrag|beauftragt)"
)
DECIDED = pattern(
    r"beschl(?:o|u)ß|beschließt|verabschied|angenommen|annahm|\bnahm|billig|segn|segen|zugestimmt|zustimm|"
    r"stimmt|votier|votum|"
    r"abgenickt|gew[iu]nkt|besiegel|paßier|bestätig|genehmig|kraft|einstimmig|einmütig|mehrheit|adopt|"
    r"approv|\bpassed|vote|taufe|"
    r"grünes licht|gutgeheiß|rats?beschl|weg\b|hände|dafür\b"
)
OTHERS_WORK = pattern(
    r" (?:gedruckt|entworfen|veröffentlicht|erschienen|vorgestellt|evaluiert|gegründet|begonnen|gestartet|"
    r"aktualisiert|ausgewertet|angestoßen|in auftrag gegeben|erarbeitet)\b"
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
BESIDE_IT = re.compile(
    r"\b(?:dass|damit|bis|spae?testens|fruehestens|fruhestens|erstmals|ab|evaluation|evaluier[a-z]*|bericht[a-z]*|"
    r"bilanz|u(?:e)?berpruf[a-z]*|landespreis|preis)\b"
)
_OWN_SITTING = pattern(
    r"\b(?:seiner|ihrer) (?:[a-z.]+ ){0,2}[a-z]*(?:sitzung|versammlung) (?:am|vom) (?:[a-z]+, (?:dem |den )?)?$"
)
_ADVICE = pattern(
    r"\bnach (?:[a-z]+ )?(?:[a-z]*beratung(?:en)?|empfehlung|befaßung|votum) (?:in|im|des|der) (?:[a-z]+ ){0,2}$"
)
_REPLACES = pattern(
    r"\b(?:schreibt|löst|ersetzt|aktualisiert)\b[^.,;]{0,60}\b(?:konzept|papier|faßung|leitbild|plan|jene[rs]?)"
)
_GOES_ON = pattern(r"\b(?:fort|ab|weiter)\W*$|^\W*$")
_RENEWED = pattern(
    r"\b(?:fortschreibung|neufaßung|neuauflage|überarbeitung|zweite[ns]?|dritte[ns]?|aktuelle[ns]?|neue[ns]?)\b"
)
_FIRST_VERSION = pattern(
    r"\b(?:erste[nrs]?|ursprüngliche[nrs]?|alte[nrs]?|vorige[nrs]?|bisherige[nrs]?) (?:[a-zß-]+ ){0,5}[^.,;]{0,30}$|"
    r"\bursprungs[a-z]+[^.,;]{0,30}$|\bvorgänger[a-z]*[^.,;]{0,30}$"
)
_SINCE = pattern(r"(?:seit|bis|stand)\b")
_RESOLVED = pattern(r"\b(?:[a-z]*beschlu?ß(?:e?s)?) (?:vom|am) $")
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
    cues = [found.start() for found in DECIDED.finditer(part)] or [start for start, _ in deciders]
    if not cues:
        return None
    possible = [date for date in dates(part) if usable(date) and not is_of_the_title(part, date)]
    if nouns := [date for date in possible if followed_by_resolution(part, date)]:
        return nouns[-1]  # "folgte am 13. Dezember 2010 das einhellige Ja des Stadtrats"
    # "mit Beschluss vom 27.05.2013 und - als Dritte Fassung - mit Beschluss vom 11.06.2018": the newest.
    resolved = [date for date in possible if _RESOLVED.search(part[max(0, date.start - 40) : date.start])]
    if len(resolved) > 1 and all(date.precision == "day" for date in resolved):
        return max(resolved, key=lambda date: date.year)
    bodies = [
        body for body in bodies_of(part, who) if not _ADVICE.search(part[max(0, body[0] - 40) : body[0]])
    ]
    first_decides = bool(bodies) and bodies[0][2]
    renewed = bool(_RENEWED.search(part))
    fitting = []
    marks = _clauses(part)
    for date in possible:
        ahead = part[max(0, date.start - 48) : date.start]
        if date.precision != "day" and NOT_OF_IT.search(ahead):
            continue
        if MADE_THEN.match(part, date.end):
            continue
        if _REPLACES.search(part, 0, date.start) and _GOES_ON.search(part, date.end):
            continue  # "Es schreibt das Konzept von 2008 (Ratsbeschluss vom 12.03.2008) fort"
        if (
            date.precision == "day"
            and (before := _NOT_THAT_DAY.search(ahead))
            and not (_SINCE.match(before.group()) and _RESOLVED.search(ahead))
        ):
            continue
        agent = _AGENT.match(part, date.end)
        ends = [end for _, end in deciders]
        own = bool(_OWN_SITTING.search(ahead)) and first_decides
        near = -1 if agent or own else max((end for end in (*others, *ends) if end <= date.start), default=-1)
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
        # "vom Rat angenommen und 2011 gedruckt"
        made = bool(OTHERS_WORK.match(part, date.end)) or (
            renewed and bool(_FIRST_VERSION.search(part[max(0, date.start - 60) : date.start]))
        )
        fitting.append(
            (
                made,
                not (beside or agent),
                not (inside or acting),
                _PRECISIONS.index(date.precision),
                gap,
                date,
            )
        )
    return min(fitting, key=lambda item: item[:5])[5] if fitting else None


def _is_beside(part: str, first: int, last: int) -> bool:
    """Return whether what stands before a date gives it to something else than the decision."""
    beside = BESIDE_IT.search(part, first, last)
    if beside is None or DECIDED.search(part, beside.end(), last):
        return False
    # "vor fünf Jahren, dass der Rat es 2014 annahm" tells the decision, "zugestimmt, dass 2019" does not.
    return beside.group() not in ("dass", "damit") or bool(DECIDED.search(part, 0, beside.start()))


def _clauses(part: str) -> list[int]:
    """Return where the clauses of a passage begin, and its end; what only tells the time joins the next clause."""
    marks = [0]
    for mark in _CLAUSE.finditer(part):
        if mark.start() - marks[-1] > _TIME or _VERB.search(part, marks[-1], mark.start()):
            marks.append(mark.end())
    return [*marks, len(part) + 1]
