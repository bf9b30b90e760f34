"""How far the document is that a text presents or speaks of: status, event and year, each with its passage."""

from __future__ import annotations

import re
from dataclasses import dataclass, replace

from .adoption import Adoption, adoptions, sentence_at
from .claims import claim
from .codebook import any_of
from .dates import dates
from .folding import folded, pattern
from .record import is_record, recorded
from .sitting import sitting_of
from .stated import here, stated_in_document, with_records
from .statements import READ, statements
from .status import Status, announced_by, document_status
from .telling import LEAST_STATUS, adoptions_told, announced_told, many_towns, told
from .voice import OFFICIAL, Reading
from .years import NONE, Year, document_year, year_among

_RESULT = pattern(
    r"\b(?:abstimmung|abgestimmt|ergebnis|beschlußart|ja-stimmen|nein-stimmen|gegenstimmen?)\b|\bbeschluß:"
)
_ATTRIBUTE = pattern(r"\b(?:beschloßene|verabschiedete|gebilligte)[nsrm]?\b")
_REPORT = pattern(r"bericht(?:e?s)?\b")
_RECALLED = pattern(
    r"\b(?:hat|habe|haben|hatte|wurde|worden|sei)\b[^;]{0,220}\b(?:beschloßen|zugestimmt|verabschiedet|"
    r"angenommen|gebilligt)\b|"
    r"\b(?:beschloßen|zugestimmt|verabschiedet|angenommen|gebilligt) (?:worden )?(?:hat|habe|hatte|wurde|"
    r"sei|ist|war)\b|"
    r"\b(?:beschloß|verabschiedete|billigte)\b"
)
_TO_END = pattern(
    r"\bantrag gegen (?:das |den )?[a-z]*(?:konzept|plan|leitbild)|"
    r"\b(?:aufhebung|abschaffung|rücknahme) (?:des|der|von) [a-z-]*(?:konzept|plan|leitbild|leitlinien|programm)"
)
_TO_REPORT = pattern(r"bericht|zur kenntnis|umsetzungsstand|sachstand|evaluation")
_OF_NEW = pattern(
    r"fortschreib|fortzuschreib|überarbeit|zu erarbeiten|zu erstellen|zu entwickeln|aktualisier|neufaßung|"
    r"neu aufzulegen|"
    r"erarbeitung|erstellung|entwurf|wird beschloßen|beschließt|verabschied|zugestimmt|zustimm"
)
_FOR_MAKING = pattern(
    r"\b(?:beantrag[a-z]*|forder(?:n|t)|anregung|möge|antrag)\b.{0,240}\b(?:neufaßung|erarbeit|erstell|"
    r"fortschreib|fortzuschreib|"
    r"überarbeit|zu entwickeln|entwickel|aufzustellen|vorzubereiten|vorbereitet|bekommt|auf den weg)"
)
_A_DRAFT = pattern(r"\bentw[uü]rf|liegt (?:nun|jetzt|vor)|vorgelegt|vorliegende")
_FIRST = pattern(r"\b(?:erste[snmr]?|erstmals|bereits)\b")
_FORMER = pattern(
    r"bisherige|vorgänger|frühere|damalige|ursprünglich|\balte[snmr]? |vorherige|vorläufer|abgelöst"
)
_OF_MAKING = pattern(r"fortschreib|überarbeit|neuauflage|erarbeitung|erstellung|entwurf|in arbeit")
_ASKS = pattern(r"\bmöge beschließen|\bbeantrag|\bwird (?:gebeten|beauftragt)")
_CONCEPT = pattern(r"[a-z]+konzept|leitbild|leitlinien|[a-z]+plan(?:s|es)?\b")
_FIRM_IN_TITLE = frozenset(["none", "refused", "draft", "commission"])
_OF_ONE_TOWN = 0.7
"""So sure a study must be of one town's document: most tell of many."""
_SURE_TITLE = 0.4
_HEADLINE, _FRONT = 320, 1500
_SHARE = re.compile(r"adopted p=([01]\.\d\d)")
_BEYOND_DOUBT = 0.8
_CASE = 120
_LEVELS = frozenset(["landkreis", "hansestadt", "landeshauptstadt"])
_FRESH = ("/ausgabe", "/meldung")
_RESOLUTION = 420
_ADOPTS = pattern(
    r"\bbeschließ(?:t|en)\b|\bbeschloßen\b|\bstimm(?:t|en)\b|zuzustimmen|zustimmung|verabschied|billigt"
)
_PUBLISHED = pattern(
    r"liegt seit|veröffentlich|vorgelegt|erschienen|herausgegeben|fertiggestellt|erstellt|erarbeitet|"
    r"entwickelt|aufgelegt"
)
_OF_THE_DOCUMENT = pattern(
    r"^[a-z]*\"?\s*(?:\((?:stand:? )?|aus dem jahre? |vom |von |, ?stand:? |stand:? |\d{4}-? ?)$"
)


@dataclass(frozen=True, slots=True)
class Standing:
    """Status, event and year of a document with their rules and the position of the deciding passage.

    `event` is adopted, draft, planned, updated, mentioned or none.
    """

    status: str
    event: str
    year: int | None
    year_basis: str
    rules: tuple[str, ...]
    start: int
    end: int


def standing_of(reading: Reading, voice: str, owner_name: str, level: str = "") -> Standing:
    """Return status, event and year of the document that a relevant text is or speaks of.

    Parameters
    ----------
    reading, voice
        The text and who speaks in it.
    owner_name
        Whose document it is: another town's decision is not its.
    level
        Of the owner: a council decides for a Kommune, the government for Land and Bund.
    """
    update, first = edition(reading)
    if voice == "dokument":
        return _of_document(reading, owner_name, level, update=update)
    return _of_report(reading, voice, owner_name, level, update=update, first=first)


def edition(reading: Reading) -> tuple[bool, bool]:
    """Return whether title or beginning say that the version is an update, and that it is the first."""
    titles = " ".join([reading.low_title, *(folded(title) for title, _ in reading.named)])
    first = bool(any_of("edition", "first").search(titles))
    update = bool(any_of("edition", "update").search(titles))
    return update or (bool(any_of("edition", "update").search(reading.low[:400])) and not first), first


def _of_document(reading: Reading, owner_name: str, level: str, *, update: bool) -> Standing:
    low = reading.low
    borne = document_year(low)
    if borne.year is None and (in_title := document_year(reading.low_title, html=True)).year is not None:
        borne = Year(in_title.year, "dokument", "jahr_im_titel")
    stated = stated_in_document(reading, owner_name, level, update=update)
    year = year_among(stated, borne, update=update)
    status = document_status(low, reading.low_title, adopted=year.basis == "beschluss")
    if status.rule == "liegt_vor" and (undated := [one for one in stated if _surely(one)]):
        status = Status("beschlossen", "beschluss_ohne_jahr", undated[0].start, undated[0].end)
    start, end = (year.start, year.end) if year.end else (status.start, status.end)
    return Standing(
        status.status,
        event_of(status.status, update=update, is_document=True),
        year.year,
        year.basis,
        (status.rule, year.rule),
        start,
        end,
    )


def event_of(status: str, *, update: bool, is_document: bool = False) -> str:
    """Return the event that a status stands for."""
    if status == "beschlossen":
        return "updated" if update else "adopted"
    if status == "fertiggestellt" and update and is_document:
        return "updated"
    return {"entwurf": "draft", "in_arbeit": "planned", "geplant": "planned", "kein_konzept": "none"}.get(
        status, "mentioned"
    )


def _of_report(
    reading: Reading, voice: str, owner_name: str, level: str, *, update: bool, first: bool
) -> Standing:
    low = reading.low
    if (voice == "rat" or is_record(low)) and (item := sitting_of(low, reading.low_title)):
        adopted = item.standing == "adopted"
        event = event_of(item.status, update=update or (item.update and not first))
        basis = "beschluss" if adopted and item.year else "unbekannt"
        return Standing(
            item.status, event, item.year if adopted else None, basis, (item.rule,), item.start, item.end
        )
    said = told(reading, voice, owner_name, level)
    stated = [*_in_title(reading, level, owner_name), *adoptions_told(said)]
    if voice == "rat" or is_record(low) or is_record(reading.low_title) or "beratungsfolge" in low:
        ahead = len(reading.low_title) + 1
        stated = with_records(
            [
                replace(found, start=max(found.start - ahead, 0), end=max(found.end - ahead, 0))
                for found in recorded(f"{reading.low_title}\n{low}")
            ],
            stated,
            said,
        )
    if voice not in ("rat", "dokument") and many_towns(said, low):
        return Standing("unbekannt", "mentioned", None, "unbekannt", ("viele_kommunen",), 0, 0)
    if (
        voice in OFFICIAL - {"rat"}
        and any(kind.kind == "integrationsbericht" for _, kind in reading.named[:1])
        and _REPORT.search(f"{reading.low_title}\n{low[:_HEADLINE]}")
    ):
        # A report tells when its concept was adopted; that is not its own adoption.
        stated = [
            found
            for found in stated
            if _REPORT.search(low, max(found.start, sentence_at(low, found.end - 1, found.end)[0]), found.end)
            and not _CONCEPT.search(low, found.start, found.end)
        ]
    if reading.genre == "tagesordnung" and not _RESULT.search(low):
        # What is to be decided has not been; what the minutes recall has.
        stated = [found for found in stated if found.year and _RECALLED.search(low, found.start, found.end)]
    if (
        voice == "studie"
        and not _headed_by(reading, owner_name)
        and len({date.year for date in dates(low, 0, 6_000) if date.precision != "span"}) > 1
    ):
        stated = []  # of many towns
    if any_of("adoption", "commission").search(reading.low_title):
        # What the title has made has been adopted only where a sentence says so.
        done = any_of("adoption", "verb_done")
        stated = [found for found in stated if done.search(low, found.start, found.end)]
    current = [found for found in stated if not found.predecessor]
    if (
        not current
        and stated
        and not update
        and not any_of("standing", "update").search(low, 0, READ)
        and announced_told(said, but=stated).status not in ("in_arbeit", "geplant", "entwurf")
    ):
        # The first version, and no later one is spoken of.
        current = [found for found in stated if _only_one(low[found.start : found.end])]
    if reading.genre == "antrag" and not any(_by_record(found) for found in current) and _ASKS.search(low):
        current = []  # what a motion tells of decisions is of others or of before
    least = _OF_ONE_TOWN if voice == "studie" else LEAST_STATUS
    announcement = announced_told(said, but=current, least=least)
    if title_says := _title_says(reading):
        announcement = title_says
    elif announcement.status == "entwurf" and reading.genre == "antrag" and _wants_one(low):
        announcement = replace(announcement, status="geplant", rule="seite_planned; antrag")
    leading = announcement.status in ("in_arbeit", "geplant", "entwurf") and (
        announcement.rule.endswith("titel")
        or (
            announcement.update
            and (
                announcement.start < current[0].start
                or (
                    announcement.start < _HEADLINE
                    and (
                        announcement.status == "in_arbeit"
                        or _ATTRIBUTE.search(low[current[0].start : current[0].end])
                    )
                )
            )
        )
        if current
        else True
    )
    if leading and any(found.rule.endswith(_FRESH) for found in current):
        leading = False  # news of the adoption of the version that has been worked on
    if voice == "rat" and not any(_by_record(found) for found in stated):
        # A council's paper proposes; what it tells of earlier decisions is its history.
        proposal = _proposal(reading)
        if proposal and (update or leading or not any(found.this for found in current)):
            return Standing(
                proposal, event_of(proposal, update=False), None, "unbekannt", ("vorlage_schlaegt_vor",), 0, 0
            )
    if current and not (leading and not any(found.this for found in current)):
        return _adopted(reading, current, update=update and not first)
    if announcement.status != "unbekannt":
        year = NONE
        if announcement.status in ("entwurf", "fertiggestellt") and voice in OFFICIAL and not stated:
            year = _borne(reading)
        return Standing(
            announcement.status,
            event_of(announcement.status, update=update),
            year.year,
            year.basis,
            (announcement.rule,),
            announcement.start,
            announcement.end,
        )
    if reading.genre == "tagesordnung" and not _RESULT.search(low):
        return Standing("entwurf", "draft", None, "unbekannt", ("tagesordnung",), 0, 0)
    if any(kind.kind == "integrationsbericht" for _, kind in reading.named) or (
        voice in ("seite", "mitteilung") and any(kind.strong for _, kind in reading.named)
    ):
        year = _borne(reading) if voice in OFFICIAL and not stated else NONE
        event = event_of("fertiggestellt", update=update)
        return Standing("fertiggestellt", event, year.year, year.basis, ("titel_nennt_es", year.rule), 0, 0)
    if voice == "partei" and (wish := any_of("status", "commissioned").search(low)):
        return Standing("geplant", "planned", None, "unbekannt", ("antrag",), wish.start(), wish.end())
    return Standing("unbekannt", "mentioned", None, "unbekannt", ("keine_angabe",), 0, 0)


def _title_says(reading: Reading) -> Status | None:
    """Return what the title says of the document that the text names: "Fortschreibung läuft"."""
    if _TO_END.search(reading.low_title):
        return None  # a motion against a document that there is
    said = announced_by((), statements(reading.low_title))
    if said.status != "unbekannt" and said.rule.split("_")[1] in _FIRM_IN_TITLE:
        return said
    if said.update and said.status in ("in_arbeit", "geplant", "entwurf"):
        return said
    if not reading.mentions or not _OF_MAKING.search(reading.low_title):
        return None
    told_by = claim(reading.low_title, "integrationskonzept")
    if told_by.code not in ("work", "planned", "commissioned", "none") or told_by.p < _SURE_TITLE:
        return None
    update = bool(any_of("standing", "update").search(reading.low_title))
    status = {"work": "in_arbeit", "planned": "geplant", "commissioned": "geplant", "none": "kein_konzept"}[
        told_by.code
    ]
    return Status(status, f"seite_{told_by.code}_titel", 0, 0, update)


def _headed_by(reading: Reading, owner_name: str) -> bool:
    """Return whether title or first lines name the owner: "Fallstudie Kreis Gütersloh"."""
    head = f"{reading.low_title}\n{reading.low[:_CASE]}"
    return any(
        len(word) > len("stadt") and word not in _LEVELS and word in head
        for word in folded(owner_name).split()
    )


def _wants_one(low: str) -> bool:
    """Return whether a motion asks to have a document made, and tells of no draft: what is debated is the motion."""
    return bool(_FOR_MAKING.search(low[:_FRONT].replace("\n", " "))) and not _A_DRAFT.search(low[:READ])


def _by_record(found: Adoption) -> bool:
    return found.rule in ("ergebnis", "sitzung") or "regel:" in found.rule or found.rule.endswith("/sitzung")


def _surely(found: Adoption) -> bool:
    """Return whether an adoption of the version at hand is told beyond doubt, if without its year."""
    p = _SHARE.search(found.rule)
    return (
        not found.predecessor and found.year is None and p is not None and float(p.group(1)) >= _BEYOND_DOUBT
    )


def _only_one(sentence: str) -> bool:
    return bool(_FIRST.search(sentence)) and not _FORMER.search(sentence)


def _in_title(reading: Reading, level: str, owner_name: str) -> list[Adoption]:
    """Return the adoption that a title tells: "Kreistag beschließt Integrationskonzept"."""
    return [
        replace(found, start=0, end=0)
        for found in here(adoptions(reading.low_title, note_until=0, undated=True, level=level), owner_name)
    ]


def _adopted(reading: Reading, current: list[Adoption], *, update: bool) -> Standing:
    dated = [found for found in current if found.year is not None]
    chosen = max(dated, key=lambda found: (found.this, found.rule != "passiv", found.year or 0), default=None)
    years = {found.year for found in dated}
    event = event_of("beschlossen", update=update)
    if chosen is None:
        found = current[0]
        return Standing(
            "beschlossen", event, None, "unbekannt", (found.rule, "kein_jahr"), found.start, found.end
        )
    if update and len(years) > 1 and not chosen.this:
        chosen = max(dated, key=lambda found: found.year or 0)
    return Standing("beschlossen", event, chosen.year, "beschluss", (chosen.rule,), chosen.start, chosen.end)


def _proposal(reading: Reading) -> str:
    """Return what a council's paper proposes: geplant (to have one made), entwurf (to adopt one), or nothing."""
    if any_of("adoption", "commission").search(reading.low_title):
        return "geplant"
    for mark in any_of("adoption", "resolution").finditer(reading.low):
        proposed = reading.low[mark.end() : mark.end() + _RESOLUTION]
        stop = any_of("adoption", "proposal_end").search(proposed, 5)
        proposed = proposed[: stop.start()] if stop else proposed
        if _TO_REPORT.search(proposed) and not _OF_NEW.search(proposed):
            continue
        if any_of("adoption", "commission").search(proposed) or any_of("status", "commissioned").search(
            proposed
        ):
            return "geplant"
        if _ADOPTS.search(proposed) and any_of("adoption", "object").search(proposed):
            return "entwurf"
    return ""


def _borne(reading: Reading) -> Year:
    """Return the year that the text gives the document it presents: "Integrationskonzept (2012)"."""
    for start, end in reading.mentions[:6]:
        for date in dates(reading.low, end, min(len(reading.low), end + 60)):
            between = reading.low[end : date.start]
            if date.precision != "span" and _OF_THE_DOCUMENT.search(between):
                return Year(date.year, "dokument", "jahr_am_titel", start, date.end)
    for start, end in reading.mentions[:6]:
        first, last = sentence_at(reading.low, start, end)
        following = sentence_at(reading.low, min(last + 1, len(reading.low)), min(last + 1, len(reading.low)))
        for begin, stop in ((first, last), following):
            published = _PUBLISHED.search(reading.low, begin, stop)
            if not published or any_of("adoption", "future", "commission", "other_body").search(
                reading.low, begin, stop
            ):
                continue
            for date in dates(reading.low, begin, stop):
                ahead = reading.low[max(begin, date.start - 24) : date.start]
                told = ahead.endswith("liegt seit ") or not any_of("year", "target", "beside").search(ahead)
                if date.precision != "span" and told:
                    return Year(date.year, "dokument", "veroeffentlicht", begin, stop)
    in_title = document_year(reading.low_title, html=True)
    if in_title.year is not None and in_title.rule in ("klammer_nach_titel", "stand", "jahr_im_titel"):
        return Year(in_title.year, "dokument", "jahr_im_titel")
    return NONE
