"""How far a document is: adopted, finished, draft, in preparation, planned, or explicitly none."""

from __future__ import annotations

from dataclasses import dataclass

from .folding import pattern

_DRAFT = pattern(
    r"\b(?:[a-z]*-?entwurf(?:s|es)?(?:faßung|version)?|entwürfe|vorentwurf|diskussionspapier|arbeitsfaßung|"
    r"arbeitspapier|beteiligungsfaßung|vorläufige faßung|rohfaßung)\b"
)
_NO_DRAFT = pattern(
    r"(?:nach|auf grundlage|aus|diskutiert|zu(?:m|r)?|des|der|den|ersten|einen|im|erste[rn]?|layout|"
    r"grafische[rn]?|textil|satz und)\s+(?:[a-z]+ )?$|(?:gestaltung|layout|satz)[^\n]{0,30}$"
)
_ADOPTED = pattern(
    r"\b(?:beschloßen|verabschiedet|beschloßene faßung|endfaßung)[^\n]{0,30}(?:vom|durch den|durch die|"
    r"im) (?:rat|stadtrat|gemeinderat|kreistag|stadtverordneten|ratsversammlung|bürgerschaft|"
    r"stadtvertretung|gemeindevertretung)|"
    r"(?:vom|durch den|durch die|von der) (?:rat|stadtrat|gemeinderat|kreistag|stadtverordnetenversammlung|"
    r"ratsversammlung|bürgerschaft|stadtvertretung|gemeindevertretung)\b[^.\n]{0,80}\b(?:einstimmig |"
    r"einmütig |mehrheitlich |mit großer mehrheit )?(?:beschloßen|verabschiedet)"
)
_NOT_YET = pattern(
    r"\bsoll|\bwerden soll|noch nicht|voraussichtlich|beauftragt|zu beschließen|zur beschlußfaßung|"
    r"wurde (?:19|20)\d\d die er(?:stell|arbeit)ung"
)
_EARLIER = pattern(
    r"\berste[snmr]? |bisherige|vorgänger|frühere|damalige|ursprünglich|\balte[snmr]? |vorherige"
)
_CONCEPT = (
    r"[a-z-]*(?:integrations|migrations|zuwanderungs|vielfalts)[a-z-]*(?:konzept|plan|strategie|"
    r"leitbild|leitlinien|programm)[a-z]*|(?:ein|eigenes|das|solches) (?:\w+ )?konzept"
)
_NONE = pattern(
    rf"(?:kein(?:e|en)?|weder|nicht über ein(?:e|en)?|bislang ohne|existiert (?:bislang |"
    rf"derzeit )?(?:noch )?kein)\s+(?:\w+\s+){{0,2}}(?:{_CONCEPT})|"
    rf"(?:{_CONCEPT})[^.\n]{{0,40}}(?:liegt (?:bisher |derzeit |noch )*nicht vor|gibt es (?:bisher |"
    rf"derzeit |noch )*nicht|existiert (?:bisher |derzeit )*nicht|nicht vorhanden|wird nicht (?:erstellt|"
    rf"benötigt))"
)
_WORK = pattern(
    rf"(?:{_CONCEPT})[^.\n]{{0,90}}(?:wird (?:derzeit|zurzeit|aktuell|momentan|gerade|"
    rf"gemeinsam)?[^.\n]{{0,40}}(?:erarbeitet|erstellt|entwickelt|fortgeschrieben|überarbeitet|"
    rf"aktualisiert)|in (?:bearbeitung|arbeit|erarbeitung|vorbereitung)|im entstehen|befindet sich)|"
    rf"(?:derzeit|zurzeit|aktuell|momentan|arbeit(?:en|et)|arbeiten gemeinsam)[^.\n]{{0,90}}(?:{_CONCEPT})"
)
_PLANNED = pattern(
    rf"(?:beauftragt|auftrag|beschließt|beschloßen|beschloß|beantragt|möge|soll|geplant|beabsichtigt|"
    rf"vorgesehen|einstieg)[^.\n]{{0,120}}(?:{_CONCEPT})[^.\n]{{0,60}}(?:zu erarbeiten|zu erstellen|"
    rf"zu entwickeln|erarbeiten|erstellen|erarbeitet|erstellt|entwickelt|entwickeln|vorzulegen|aufstellen)|"
    rf"(?:erarbeitung|erstellung|aufstellung|entwicklung) (?:eines|einer|des) (?:\w+ )?(?:{_CONCEPT})"
)


@dataclass(frozen=True, slots=True)
class Status:
    """Status with the rule that gave it and the position of its words."""

    status: str
    rule: str
    start: int = 0
    end: int = 0


def is_draft(text: str) -> tuple[int, int] | None:
    """Return where a folded title or title page calls its document a draft; None if it does not.

    "Entwurf" as the history of a finished text ("nach Diskussion des Entwurfs") or as design is no draft.
    """
    for found in _DRAFT.finditer(text):
        if not _NO_DRAFT.search(text[max(0, found.start() - 40) : found.start()]):
            return found.start(), found.end()
    return None


def document_status(text: str, titles: str, *, adopted: bool) -> Status:
    """Return the status of a document that is at hand.

    Parameters
    ----------
    text
        Folded text.
    titles
        Its titles, link texts and file name, folded.
    adopted
        An adoption of this version with its year is stated.
    """
    if is_draft(titles) and not adopted:
        return Status("entwurf", "entwurf_im_titel")
    front = text[:700]
    if not adopted and (draft := is_draft(front)):
        return Status("entwurf", "entwurf_auf_titelseite", *draft)
    if adopted:
        return Status("beschlossen", "beschluss_mit_jahr")
    for found in _ADOPTED.finditer(text, 0, 30_000):
        around = text[max(0, found.start() - 120) : found.end() + 60]
        if not (_NOT_YET.search(around) or _EARLIER.search(around)):
            return Status("beschlossen", "beschluss_ohne_jahr", found.start(), found.end())
    return Status("fertiggestellt", "liegt_vor")


def announced_status(text: str) -> Status:
    """Return the status of a document that a folded text only speaks of."""
    for status, rule in (("kein_konzept", _NONE), ("in_arbeit", _WORK), ("geplant", _PLANNED)):
        if found := rule.search(text, 0, 20_000):
            return Status(status, f"seite_{status}", found.start(), found.end())
    return Status("unbekannt", "keine_angabe")
