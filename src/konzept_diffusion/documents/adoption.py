"""When a document was adopted: only by its deciding body, only this document, only as stated in one sentence."""

from __future__ import annotations

import re
from dataclasses import dataclass

from .dates import Date, dates
from .folding import pattern

_VERB = pattern(
    r"beschloßen|beschließt|beschlüße|\bbeschloß\b|beschluß|verabschiedet|verabschiedung|zugestimmt|stimmte|"
    r"zustimmung|angenommen|in kraft gesetzt|gebilligt"
)
_COMPOUND = (
    r"(?:rats|stadtrats|gemeinderats|kreistags|bürgerschafts|stadtverordneten|magistrats|senats)-?beschl[uü]ß"
)
# Who can adopt. "Rat" alone, but not Integrationsrat, Ausländerrat, Beirat, Landrat, Ältestenrat.
_DECIDING = pattern(
    r"\b(?:stadt|gemeinde|markt|verbandsgemeinde)?-?rat(?:e?s)?\b|\bkreistag(?:e?s)?\b|"
    r"\bstadtverordnetenversammlung|\bstadtverordneten\b|"
    r"\bbürgerschaft\b|\bstadtvertretung|\bratsversammlung|\bstadtparlament|\bgemeindevertretung|"
    r"\bregionsversammlung|\bratssitzung|"
    r"\bkreistagssitzung|\bstadtratssitzung|\bgemeinderatssitzung|\bstädteregionstag|\bregionalversammlung|"
    r"\bsenats?\b|\babgeordnetenhaus|\bverbandsversammlung|"
    rf"\b{_COMPOUND}|\bplenum\b|\bvollversammlung"
)
_OTHER_BODY = pattern(
    r"[a-z]*(?:ausschuß|ausschüße)[a-z]*|\bintegrations(?:bei)?rat[a-z]*|\bmigrations(?:bei)?rat[a-z]*|"
    r"[a-z]*beirat[a-z]*|\bausländerrat[a-z]*|[a-z-]*fraktion[a-z]*|"
    r"\blenkungs[a-z]*|\bsteuerungs[a-z]*|\bverwaltungsvorstand|\bbundes(?:tag|regierung|rat|"
    r"kabinett)[a-z]*|\blandes?(?:tag|regierung|kabinett)[a-z]*|\blandtag[a-z]*|"
    r"\bministerrat[a-z]*|\bjugend(?:gemeinde)?rat[a-z]*|\bseniorenrat[a-z]*|\bantr[aä]ge?s?\b|"
    r"\bvorstand[a-z]*|\bmitgliederversammlung|\beuroparat[a-z]*|\bältestenrat|"
    r"\bexpertenrat|\bstaatsregierung|\bkabinett|\bdeutsche[rn]? städtetag[a-z]*|\bbezirks(?:vertretung|"
    r"verordneten)[a-z]*|\bortsrat[a-z]*|\bvereinten nationen"
)
_COMMISSION = pattern(
    r"beauftrag|\bauftrag|(?:die|zur|der|mit der|einer|für die|über die|nach|"
    r"vor)\s+(?:\w+\s+)?(?:erarbeitung|erstellung|aufstellung|entwicklung|ausarbeitung|überarbeitung|"
    r"weiterentwicklung|vergabe|einleitung)\b|"
    r"zu (?:erarbeiten|erstellen|entwickeln|überarbeiten)|erarbeiten zu laßen|erstellen zu laßen|"
    r"aufzustellen|fortzuschreiben|fortschreiben zu laßen|\beine (?:fortschreibung|neuauflage|überarbeitung)|"
    r"\beinen? (?:integrations|leitbild|konzept|entwurf)|aufstellungsbeschluß|grundsatzbeschluß zur|ob ein"
)
_FUTURE = pattern(
    r"\bsoll(?:en|te|ten)?\b|voraussichtlich|\bgeplant|vorgesehen|wird (?:derzeit|dem|der|im|am|"
    r"voraussichtlich|zur)|werden (?:soll|kann)|zur (?:beschlußfassung|beratung|entscheidung|"
    r"abstimmung) (?:vorgelegt|vorzulegen)|"
    r"vorbehaltlich|vor der beschlußfassung|bis zur beschlußfassung|noch nicht|noch (?:zu|nicht) beschl|"
    r"nicht beschloßen|abgelehnt|vertagt|zurückgestellt|ausstehend|steht (?:noch )?aus|beschlußvorschlag|"
    r"kenntnis"
)
_OTHER_OBJECT = pattern(
    r"satzung|haushalt|einrichtung (?:eines|des|einer)|einrichten|gründung|bildung eines|einstellung|"
    r"\bstelle\b|bebauungsplan|förderrichtlinie|nationale[rn]? (?:integrations|aktions)plan|"
    r"landesintegrations|integrationsgesetz|teilhabe- und integrationsgesetz|resolution|"
    r"umsetzung der maßnahme|beitritt|charta der vielfalt|inklusion|jugendhilfe|strategische[sn]? stadtziel|"
    r"durchführung (?:eines|einer|der)|bericht\b"
)
_PREDECESSOR = pattern(
    r"\berste[snmr]? (?:\w+ )?(?:integrations|migrations|kommunale|konzept|leitbild|gesamt|fassung|rahmen)|"
    r"\bbisherige|vorgänger|\bfrühere|\bdamalige|ursprünglich|\balte[snmr]? |\bseinerzeit|\bvorherige|"
    r"(?:19|20)\d\d (?:erstmals|bereits)|\bbereits (?:am|"
    r"im|in|19|20)|erstmals|\bzunächst|\bgrundlage (?:war|bildete|ist)|\bvorläufer|\bzuvor\b|"
    r"fortschreibung des (?:am|im|vom)"
)
_EARLIER_YEAR = pattern(r"aus dem jahre? (?:19|20)\d\d|\bvon (?:19|20)\d\d\b|abgelöst")
_THIS = pattern(
    r"\bvorliegende|\bdiese[sr]? (?:\w+ )?(?:konzept|integrations|leitbild|leitlinien|fassung|"
    r"fortschreibung|plan|papier|dokument)|\bfortschreibung\b|\bfortgeschrieben|\bneue[sn]? |\bneufassung|"
    r"\büberarbeitete|\baktualisiert|"
    r"\bzweite|\bdritte|\b2\. |\b3\. |hiermit|\bnunmehr"
)
_OBJECT = pattern(
    r"konzept|leitbild|leitlinie|leitsätze|masterplan|integrationsplan|rahmenplan|handlungsplan|aktionsplan|"
    r"maßnahmenplan|programm|strategie|\bes\b|\bdieses?\b|fortschreibung|grundsätze|fassung|papier|\bplan\b|"
    r"bericht"
)
# The end of a sentence: not after a number (12. März), not after an abbreviation.
_SENTENCE_END = re.compile(
    r"(?<![\d]\.)(?<!\b[a-z]\.)(?<!nr\.)(?<!abs\.)(?<!vgl\.)(?<!bzw\.)(?<!ca\.)(?<=[.!?:])\s+|\n\s*\n|\f|"
    r"\n(?=[-•▪*])"
)
_REACH = 320
_NOTE = pattern(
    r"^\W*(?:einstimmig |einmütig )?(?:beschl(?:o|u|ü)ß|verabschiedet|angenommen|gebilligt|(?:stadt|"
    r"gemeinde)?ratsbeschl|kreistagsbeschl|"
    r"(?:vom|durch den|durch die|von der|im|in der) [a-zäöü -]{3,60} (?:am|vom|im)\b).{0,110}$"
)


@dataclass(frozen=True, slots=True)
class Adoption:
    """A formal adoption as a text states it.

    Attributes
    ----------
    year
        Of the decision.
    start, end
        Position of the sentence.
    rule
        Which rule read it: satz (a sentence about the document), vermerk (a short note without an object, on
        the title page or in the imprint).
    this
        The sentence itself says that it is about the present version.
    predecessor
        The sentence is about an earlier version.
    """

    year: int
    start: int
    end: int
    rule: str
    this: bool
    predecessor: bool


def adoptions(text: str, *, note_until: int = 2500, limit: int = 80_000) -> list[Adoption]:
    """Return every adoption by a deciding body that a folded text states, in order.

    Left out are commissioning decisions, motions, committees, other bodies, other objects, and what is
    planned. A year without a deciding body in the same sentence is none.

    Parameters
    ----------
    text
        Folded text.
    note_until
        Up to here a short note ("Beschlossen vom Rat am 12.03.2009") needs no object.
    limit
        Characters that are read.
    """
    found: list[Adoption] = []
    done = -1
    for verb in _VERB.finditer(text, 0, limit):
        if verb.start() < done:
            continue
        start, end = _sentence(text, verb.start(), verb.end())
        done = end
        adoption = None
        if verb.start() < note_until:
            line = text.rfind("\n", 0, verb.start()) + 1, text.find("\n", verb.end())
            line = line[0], line[1] if line[1] >= 0 else len(text)
            if _NOTE.search(text[line[0] : line[1]]):
                adoption = _read(text, *line, note=True)
        adoption = adoption or _read(text, start, end, note=start < note_until)
        if adoption is not None:
            found.append(adoption)
    return found


def _sentence(text: str, start: int, end: int) -> tuple[int, int]:
    first = max(0, start - _REACH)
    for stop in _SENTENCE_END.finditer(text, first, start):
        first = stop.end()
    stop_after = _SENTENCE_END.search(text, end, min(len(text), end + _REACH))
    return first, stop_after.start() if stop_after else min(len(text), end + _REACH)


def _read(text: str, start: int, end: int, *, note: bool) -> Adoption | None:
    sentence = text[start:end]
    if not _DECIDING.search(sentence):
        return None
    if _FUTURE.search(sentence) or _COMMISSION.search(sentence):
        return None
    has_object = bool(_OBJECT.search(sentence))
    if _OTHER_OBJECT.search(sentence) and not _THIS.search(sentence):
        return None
    if not has_object and not (note and len(sentence) < 160):
        return None
    day = _decision_date(sentence)
    if day is None:
        return None
    this = bool(_THIS.search(sentence))
    predecessor = bool(
        _PREDECESSOR.search(sentence) or _EARLIER_YEAR.search(sentence, 0, day.start)
    ) and not re.search(r"vorliegend|hiermit", sentence)
    return Adoption(day.year, start, end, "satz" if has_object else "vermerk", this, predecessor)


def _decision_date(sentence: str) -> Date | None:
    """Return the date that belongs to the deciding body: the nearest body before it decides, else the one after it."""
    bodies = [(found.start(), found.end(), True) for found in _DECIDING.finditer(sentence)]
    others = [(found.start(), found.end()) for found in _OTHER_BODY.finditer(sentence)]
    bodies = [
        (first, last, True)
        for first, last, _ in bodies
        if not any(start <= first and last <= end for start, end in others)
    ] + [(first, last, False) for first, last in others]
    bodies.sort()
    if not any(deciding for _, _, deciding in bodies):
        return None
    best: tuple[tuple[int, int], Date] | None = None
    for date in dates(sentence):
        if date.precision == "span" or _is_of_the_title(sentence, date):
            continue
        before = [body for body in bodies if body[1] <= date.start]
        body = before[-1] if before else bodies[0]
        if not body[2]:
            continue
        gap = date.start - body[1] if before else body[0] - date.end
        rank = ({"day": 0, "month": 1, "year": 2}[date.precision], abs(gap))
        if best is None or rank < best[0]:
            best = (rank, date)
    return best[1] if best else None


def _is_of_the_title(sentence: str, date: Date) -> bool:
    """Return whether a bare year belongs to the title ("das Integrationskonzept 2020", "Vision 2030") or to a law."""
    if date.precision != "year":
        return False
    ahead = sentence[max(0, date.start - 24) : date.start]
    return bool(
        re.search(
            r"(?:konzept(?:e?s)?|leitbild|plan|vision|agenda|strategie|bis|seit|ab|von|aus)\s*\"?$", ahead
        )
    )
