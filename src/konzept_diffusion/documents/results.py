"""What a council did with an item: the outcome that its minutes, vote list or table state, read clause by clause.

Only the words of decisions count: debate, reported speech, votes on amendments, committees' earlier votes,
proposals and reasons are told apart by their place and grammar.
"""

from __future__ import annotations

import re
from dataclasses import dataclass

from .adoption import bodies_of
from .clauses import clauses
from .dates import dates
from .folding import pattern
from .votes import votes

_PROPOSAL = pattern(
    r"\W*(?:[ivx]+\. ?)?(?:beschlußvorschl[aä]g[a-z]*|beschlußempfehlung|beschlußentwurf|beschlußantrag|"
    r"antrag(?:stext|sinhalt)?|vorschlag der verwaltung|verwaltungsvorschlag|empfehlung)"
    r"(?: der verwaltung| des [a-z]+)?\W{0,3}(?:$|:|\n)|"
    r"[^\n]{0,40}beschlußvorschlag lautet|[^\n]{0,60}folgenden beschluß zu faßen"
)
_REASONS = pattern(
    r"\W*(?:[ivx]+\. ?)?(?:begründung|sachverhalt|sachbericht|sachdarstellung|sachstand|"
    r"erläuterung|hintergrund|"
    r"problembeschreibung|finanzielle auswirkungen|ausgangslage|anlagen?)[a-z/ ]{0,40}(?:$|:|\n)"
)
_DECISION = pattern(
    r"\W*(?:b ?e ?s ?c ?h ?l ?u ?s ?s ?e?s?|abst[a-z.]*-?(?:ergebnis[a-z]*)?|(?:beratungs|"
    r"abstimmungs|beschluß)?"
    r"ergebnis[a-z/]*|beschlußart|votum|es wird wie folgt|sodann|auszug aus|protokoll|"
    r"niederschrift|beratungsverlauf|"
    r"ergebnisvermerk|beschluß(?:text|-?nr| nr| der| des| zu))\b"
)
_EXPLICIT = pattern(
    r"\W*(?:abst[a-z.]*-?(?:ergebnis[a-z/]*)?|(?:beratungs|abstimmungs|beschluß)?ergebnis[a-z/]*|"
    r"beschlußart|votum|"
    r"ergebnisvermerk)\b"
)

_ACTS = 28
"""Characters of a clause within which the body that acts is named."""
_NO_AGENT = pattern(
    r"\b(?:vom|des|dem|zum|durch den|durch die|an den|mit dem|aus dem|beim|von|fraktion|"
    r"für die) (?:[a-z]+ )?$"
)
_AMENDMENT = pattern(
    r"änderungsantr|änderungsbegehren|ergänzungsantr|zusatzantr|geschäftsordnung|(?:beantragt|"
    r"antrag auf|antrag,|"
    r"bittet um)[^.\n]{0,60}(?:vertag|absetz|verweis|schluß der)[^\n]*(?:abgelehnt|keine mehrheit)|"
    r"(?:einzel|getrennte) ?abstimmung"
)
_MOVED = pattern(
    r"\bbeantragt|\bstellt(?: [a-z()]+){0,5} (?:den|einen) antrag\b|(?<!auf )\bantrag (?:auf|der|von)\b"
)
_MOTION = pattern(r"\b(?:der|dieser|den|dieses|dies|beide[nr]?|die) ?(?:antr[aä]ge?|begehren)?\b")
_MOTION = pattern(r"\b(?:der|dieser|deßen|ihr|sein|deren|dem|diesem|den) antrag\b|^\W*(?:dies|dem|diesem)\b")
_TO_POSTPONE = pattern(
    r"vertag|absetz|abzusetz|verweis|überweis|zurückst|zurückzu|zurückverw|von der tagesordnung|"
    r"zurück(?:zu)?geben"
)
_REPORTED = pattern(
    r"\b(?:habe|hätten?|seien|sei|hatten?|damals|seinerzeit|laße|werde|müße|solle|könne|gehe|"
    r"bleibe|erinnert|"
    r"verweist auf|war(?:en)?|wurde (?:bereits|erstmals|zuletzt|20\d\d|19\d\d)|hat (?:bereits|"
    r"erstmals|20\d\d|im jahr))\b"
)
_ATTRIBUTE = pattern(r"\b(?:beschloßene|verabschiedete|angenommene|gebilligte)[nrsm]?\b")
_PAST = re.compile(r"\b(?:hat|hatte|wurde|haben|fasste|beschloss|verabschiedete|erinnert)\b")
_SPEAKER = pattern(
    r"\W*(?:herrn?|frau|rats(?:herr|frau|mitglied)|rm|stv\.|stadtverordnete[r]? [a-z]|kt[am]\b|"
    r"kreisr[aä]t[a-z]* [a-z]|"
    r"stadtr[aä]t(?:in)? (?!\w+t\b)[a-z]|abg\.|abgeordnete[r]?|dezernent|beigeordnete|bgo|"
    r"\(?ober\)?bürgermeister|"
    r"bürgermeister|bm\b|ob[mr]?\b|lr\b|landr[aä]t|für die [a-z]+(?:-fraktion)?\b|[a-z]+sprecher)"
)
_STATES = pattern(r"stellt (?:[a-z]+ ){0,3}fest|wird (?:[a-z]+ ){0,6}(?:angenommen|beschloßen|zugestimmt)")
_MODAL = pattern(
    r"\b(?:möge|soll(?:en|te)?|voraussichtlich|geplant|vorgesehen|kann|zu (?:beschließen|entscheiden)|"
    r"zur (?:beschlußfaßung|entscheidung|abstimmung) (?:vor|ge)|ist (?:im|für|mit)|angestrebt|"
    r"befaßt sich|"
    r"wird (?:im|in) (?:frühjahr|sommer|herbst|winter|der nächsten|seiner nächsten|[a-z]+ quartal))\b"
)

_POSTPONED = pattern(
    r"\bvertagt|\bvertagung (?:wird|beschl|auf)|zurückgestellt|\babgesetzt|"
    r"von der tagesordnung (?:genommen|gestrichen)|"
    r"\bsetzt\b[^.]{0,90}\bab\b|zurück(?:ver|über)?wiesen|(?:ver|über)wiesen (?:an|in)|"
    r"\büberwiesen|\bverwiesen\b|"
    r"\b(?:ver|über)weist\b|\bverweisung|\b(?:wird|auf)[^.]{0,60}\bverschoben|"
    r"nicht zur abstimmung|zurückgezogen|"
    r"\bentfallen\b|\bvertagen\b|\bzurückgegeben|\bnicht behandelt|erneute (?:beratung|vorlage|befaßung)|"
    r"\bwird (?:[a-z]+ ){0,8}nicht gefaßt"
)
_REJECTED = pattern(
    r"\babgelehnt|keine (?:erforderliche )?mehrheit|\blehnt(?:e|en)?\b[^.]{0,90}\bab\b|"
    r"nicht (?:angenommen|beschloßen|zugestimmt|gefolgt|erreicht)|\bverworfen|\bverfehlt"
)
_NOTED = pattern(r"\bkenntn(?:is|\.)")
_RECOMMENDED = pattern(r"\bempfiehlt|\bempfohlen\b|\bempfehlen|\bempfahl|beschlußempfehlung an")
_RELEASED = pattern(
    r"freigegeben|\bfreigabe|zur (?:öffentlichen |weiteren )?(?:beteiligung|auslegung|diskußion|"
    r"anhörung)|"
    r"\böffentlich ausgelegt|als (?:entwurf|grundlage für die weitere|diskußionsgrundlage)|"
    r"(?:erste|1\.) lesung"
)
_POSITIVE = pattern(
    r"\bangenommen|\bbeschloßen\b|\bbeschließt\b|\bbeschloß\b|\bzugestimmt|\bverabschiedet|"
    r"\bgebilligt|\bbilligt|"
    r"\bgutgeheißen|\bbestätigt|\bin kraft gesetzt|\beinstimmig|\bmehrheitlich|\beinmütig|"
    r"\beinvernehmlich|"
    r"\beinst\.|\bmehrh\.|\bmit (?:[a-z]+ )?(?:stimmen)?mehrheit|\bstimmenmehrheit|"
    r"\bwie (?:vorlage|vorgeschlagen|vorgelegt|vorberaten|beantragt|empfohlen|im ausschuß|"
    r"verwaltungsvorl)|"
    r"\b(?:gemäß|laut|lt\.|entsprechend|nach) (?:dem |der )?(?:antrag|vorlage|vorschlag|beschlußv|"
    r"empfehlung|verwaltungsv)|"
    r"antragsgemäß|\bungeändert|\bgeändert beschl|\bunverändert beschl|\b(?:ihre|seine|sein|die|"
    r"erteilt)\b[^.]{0,90}"
    r"\b(?:zustimmung|einverständnis|einvernehmen)\b|\bfolgt[e]?\b|\bgefolgt\b|\bentsprochen\b|"
    r"\bschließt sich\b[^.]{0,80}\ban\b|"
    r"\bzu eigen\b|\bn[ai]h?m(?:mt|t)?\b[^.]{0,140}\ban\b|\bnimmt\b[^.]{0,140}\ban\b|"
    r"\bstimmte?\b[^.]{0,160}\bzu\b|"
    r"\bgeben?\b[^.]{0,60}\bzustimmung|\bgilt als (?:angenommen|beschloßen)|\bannahme\b|"
    r"\bpaßiert\b|\bzuzustimmen\b|"
    r"\bsetzt\b[^.]{0,80}\bin kraft|\bmehrheit dafür|\bfindet\b[^.]{0,60}\bmehrheit|\bja-mehrheit|"
    r"\b(?:keine|ohne|bei [a-z0-9]+) gegenstimmen?\b"
)
_MAKE = pattern(
    r"zu (?:erarbeiten|erstellen|entwickeln|überarbeiten|aktualisieren|verfaßen|entwerfen|"
    r"erstellen laßen)\b|"
    r"auszuarbeiten|aufzustellen|fortzuschreiben|weiterzuentwickeln|neu zu faßen|erarbeiten zu laßen|"
    r"erstellen zu laßen|fortschreiben zu laßen|\b(?:mit|für|über) (?:der|"
    r"die) (?:[a-z]+ ){0,2}(?:erarbeitung|erstellung|"
    r"aufstellung|ausarbeitung|entwicklung|fortschreibung|überarbeitung|aktualisierung|neufaßung|"
    r"konzeption)\b|"
    r"\b(?:erarbeitung|erstellung|aufstellung|ausarbeitung)(?: und [a-z]+)? (?:eines|einer|des)\b|"
    r"\b(?:einen?|den|ein|das) (?:[a-z-]+ ){0,3}(?:entwurf|[a-z-]*konzept|leitbild|"
    r"[a-z]*plan)\b[^.]{0,90}\bvor(?:zu)?legen"
)
_ORDER = pattern(
    r"beauftrag|\bauftrag|\bbittet\b|\bgebeten\b|beschließt|beschloßen|\bveranlaß|"
    r"\bleitet\b[^.]{0,60}\bein\b|\bwird\b|\bwerden\b|\bzu\b"
)
_HEAD_MAKE = pattern(
    r"\b(?:erarbeitung|erstellung|aufstellung|ausarbeitung|entwicklung|konzipierung|neuerstellung)\b"
    r"(?! und beschluß)|\b(?:prüf|arbeits)?auftrag\b|beauftragung|aufstellungsbeschluß|grundsatzbeschluß|"
    r"\bbeschluß zur fortschreibung|\beinleitung der|auf den weg bringen"
)
_DOCUMENT = pattern(
    r"konzept|leitbild|leitlinie|leitsätze|grundsätze|[a-z]*plan(?:e?s)?\b|strategie|programm|"
    r"fortschreibung|papier|"
    r"vorlage|beschlußvorschlag|faßung|drucksache|agenda|rahmen|charta|pakt|dem antrag|bv\b"
)


@dataclass(frozen=True, slots=True)
class Outcome:
    """What was done with an item.

    Attributes
    ----------
    code
        adopted, commissioned, postponed, rejected, noted, recommended or released (a draft, to be discussed).
    start, end
        Position of the clause that says so.
    """

    code: str
    start: int
    end: int


def is_making(part: str) -> bool:
    """Return whether a resolution has a document made, instead of adopting one."""
    return bool(_MAKE.search(part) and _ORDER.search(part))


def heads_making(heading: str) -> bool:
    """Return whether a heading announces that a document is to be made."""
    return bool(_HEAD_MAKE.search(heading))


def row_outcome(cells: str) -> str:
    """Return the outcome that the last cells of a table's row state; empty if they are blank.

    Parameters
    ----------
    cells
        Folded text behind body, date or subject.
    """
    if _POSTPONED.search(cells):
        return "postponed"
    if re.search(r"\bauftrag (?:an|zur)", cells) or is_making(cells):
        return "commissioned"
    if _REJECTED.search(cells):
        return "rejected"
    if _NOTED.search(cells):
        return "noted"
    if _RECOMMENDED.search(cells) and not re.search(r"wie empfohlen", cells):
        return "recommended"
    counted = votes(cells)
    if counted is not None:
        return "adopted" if counted else "rejected"
    return (
        "adopted"
        if _POSITIVE.search(cells) or re.search(r"\b(?:erledigt|beschl\.|ang\.|zugest)", cells)
        else ""
    )


def outcome_of(
    low: str, start: int, end: int, *, heading: str = "", only_labelled: bool = False, deciding: bool = False,
    year: int | None = None,
) -> Outcome | None:  # fmt: skip
    """Return what was done with the item whose text stands between two positions; None if nothing tells.

    Parameters
    ----------
    low
        Folded text.
    start, end
        The item without its heading.
    heading
        Folded heading of the item.
    only_labelled
        Only result lines ("Abstimmungsergebnis: ...") are read: the text is a paper, not minutes.
    deciding
        The body decides: what a committee did with the item before is its history.
    year
        Of the session: what is dated earlier is history too.
    """
    of_motion = bool(re.search(r"\bantrag (?:der|des|von)\b|fraktion", heading))
    mode, moved, putting_off = "debate", False, False
    found: Outcome | None = None
    explicit = commissioned = False
    for first, last in clauses(low, start, end):
        part = low[first:last].replace("\n", " ").strip()
        label = low[first:last]
        if _PROPOSAL.match(label):
            mode = "proposal"
            continue
        if _REASONS.match(label):
            mode = "reasons"
        elif _DECISION.match(label) and not part.startswith("beschlußvorschl".replace("ß", "ss")):
            mode = "decision"
        moved_now = bool(_MOVED.search(part)) and not of_motion
        if year is not None and _PAST.search(part) and any(day.year < year for day in dates(part)):
            continue  # an earlier decision
        if mode in ("proposal", "reasons") or (only_labelled and mode != "decision"):
            continue
        if only_labelled and not _EXPLICIT.match(label) and not _DECISION.match(label) and mode != "decision":
            continue
        putting_off = bool(_TO_POSTPONE.search(part)) if moved_now else putting_off and moved
        event = _event(part, of_motion=of_motion, moved=moved or moved_now)
        if moved and event is None and putting_off and _carried(part):
            event = "postponed"
        moved = moved_now or (moved and event is None)
        if event is None or (event == "recommended" and deciding):
            continue
        if event in ("aye", "nay"):
            if found is not None and found.code in ("postponed", "released", "noted", "recommended"):
                continue  # the count belongs to that decision
            if event == "nay":
                found = Outcome("rejected", first, last)
                continue
            if found is None or found.code == "rejected":
                found = Outcome("adopted", first, last)
            else:
                found = Outcome(found.code, found.start, last) if last - found.start < 400 else found
            continue
        if event == "commissioned":
            commissioned = True
            if found is None or (found.code == "adopted" and not explicit):
                found = Outcome("commissioned", first, last)
            continue
        if event == "adopted":
            names = bool(_DOCUMENT.search(part))
            if commissioned and not names:
                continue
            explicit = explicit or names
        if event == "noted" and found is not None and found.code == "adopted" and explicit:
            continue
        found = Outcome(event, first, last)
    if (
        found
        and found.code == "adopted"
        and heads_making(heading)
        and not _adopts(low[found.start : found.end])
    ):
        return Outcome("commissioned", found.start, found.end)
    return found


def _carried(part: str) -> bool:
    """Return whether a clause carries the motion that was spoken of before."""
    return (
        bool(_MOTION.search(part))
        and (
            votes(part) is True
            or bool(re.search(r"gefolgt|angenommen|zugestimmt|stattgegeben|mehrheit", part))
        )
        and not _REJECTED.search(part)
    )


def _adopts(part: str) -> bool:
    return bool(re.search(r"konzept|leitbild|leitlinie|\bplan\b", part)) and not is_making(part)


def _event(part: str, *, of_motion: bool, moved: bool) -> str | None:
    """Return what a clause decides: an outcome's code, aye or nay for a bare count, None for no decision."""
    if _AMENDMENT.search(part):
        return None
    if moved and _MOTION.search(part) and not re.search(r"nicht zur abstimmung", part):
        return None
    bodies = [body for body in bodies_of(part) if not part.startswith("antr", body[0])]
    acts = next(((first, decides) for first, _, decides in bodies if first < _ACTS), None)
    if (
        acts
        and not acts[1]
        and not any(decides for _, _, decides in bodies)
        and not _NO_AGENT.search(part[: acts[0]])
    ):
        # The committee acts: in a committee's minutes that is its advice, in the council's its report.
        return "recommended" if _RECOMMENDED.search(part) or _POSITIVE.search(part) else None
    counted = votes(part)
    if _SPEAKER.match(part) and not _STATES.search(part) and not _POSTPONED.search(part):
        return None
    reported = _REPORTED.search(part)
    if moved and re.search(r"\b(?:dies|dieser|der antrag)\b[^.]{0,60}abgelehnt", part):
        return None
    if postponed := _POSTPONED.search(part):
        if (
            not reported
            and not _MOVED.search(part)
            and not _REJECTED.search(part)
            and not _MODAL.search(part, 0, postponed.start())
        ):
            return "postponed"
        return None
    if _REJECTED.search(part) and not reported:
        return None if moved and not of_motion else "rejected"
    if reported and not re.match(r"\W*(?:abst|ergebnis|beschluss)", part):
        return None
    if _RELEASED.search(part) and (_POSITIVE.search(part) or counted or "freigegeben" in part):
        return "released"
    if is_making(part) and not _MODAL.search(part.split(" zu ")[0][:40]):
        return "commissioned"
    if _RECOMMENDED.search(part) and not re.search(r"folg(?:t|te)\b|wie empfohlen|entsprech", part):
        return "recommended"
    positive = _POSITIVE.search(part)
    if _NOTED.search(part) and not re.search(r"beschliesst|zugestimmt|\bund (?:stimmt|billigt)", part):
        return "noted"
    if positive and not _ATTRIBUTE.search(part) and not _MODAL.search(part, 0, positive.start()):
        if counted is False and not re.search(r"angenommen|beschlossen|zugestimmt", part):
            return "nay"
        bare = re.sub(r"\W", "", _POSITIVE.sub("", part))
        return "adopted" if len(bare) > 3 and _DOCUMENT.search(part) else "aye"
    if counted is not None:
        return "aye" if counted else "nay"
    return None
