"""How far a document is: adopted, finished, draft, in preparation, planned, or explicitly none."""

from __future__ import annotations

from dataclasses import dataclass

from .codebook import any_of
from .folding import pattern

_READ = 6_000
"""Characters in which an announcement is looked for."""
_NO_DRAFT = pattern(
    r"\b(?:nach|auf grundlage|aus|diskutiert|zu(?:m|r)?|des|der|den|ersten|einen|im|erste[rn]?|layout|"
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
_CONCEPT = (
    r"(?:[a-z-]*(?:integrations|migrations|zuwanderungs|vielfalts|diversitäts|teilhabe|"
    r"flüchtlings)[a-z-]*(?:konzept|plan|strategie|"
    r"leitbild|leitlinien|programm)[a-z]*|(?:ein|eigenes|das|solches|dieses) (?:\w+ )?konzept|"
    r"[a-z]*konzept[a-z]* (?:zur|für die|der) (?:integration|migration)|leitbild[a-z]* (?:zur |"
    r"für )?(?:die )?integration)"
)
_FORMS = r"(?:erarbeitet|erstellt|entwickelt|fortgeschrieben|überarbeitet|aktualisiert|weiterentwickelt|aufgestellt)"
_MAKING = (
    r"(?:erarbeitung|erstellung|aufstellung|entwicklung|fortschreibung|überarbeitung|aktualisierung|"
    r"neufaßung|weiterentwicklung)"
)
_NONE = pattern(
    rf"(?:\bkein(?:e|en|erlei)?|weder|nicht über ein(?:e|en)?|bislang ohne|existiert (?:bislang |"
    rf"derzeit )?(?:noch )?kein|verzichtet auf ein)\s+(?:\w+\s+){{0,3}}(?:{_CONCEPT})|"
    rf"(?:{_CONCEPT})[^.\n]{{0,40}}(?:liegt (?:bisher |derzeit |bislang |noch )*nicht vor|"
    rf"gibt es (?:[a-z]+ ){{0,3}}(?:bisher |"
    rf"derzeit |bislang |noch )*nicht|existiert (?:bisher |derzeit |bislang )*nicht|nicht vorhanden|"
    rf"wird nicht (?:erstellt|"
    rf"benötigt)|fehlt\b)"
)
_NOW = r"(?:derzeit|zurzeit|zur zeit|aktuell|momentan|gerade|gegenwärtig|jetzt)"
_WORK = pattern(
    rf"(?:{_CONCEPT})[^.\n]{{0,90}}(?:wird (?:{_NOW}|gemeinsam)?[^.\n]{{0,60}}{_FORMS}|"
    rf"in (?:bearbeitung|arbeit|erarbeitung|vorbereitung|der (?:erarbeitung|überarbeitung|entwicklung|"
    rf"fortschreibung|abstimmung))|"
    rf"im entstehen|entsteht|befindet sich)|"
    rf"(?:{_NOW}|arbeit(?:en|et)|arbeiten gemeinsam|entwickel[nt]+|erarbeite[nt]+|"
    rf"entsteht)[^.\n]{{0,90}}(?:{_CONCEPT})|"
    rf"{_NOW}[^.\n]{{0,60}}{_MAKING}[^.\n]{{0,40}}(?:{_CONCEPT})|"
    rf"(?:auftakt|startschuß|workshop|beteiligung|arbeitsgruppen|auf dem weg|prozeß)[^.\n]{{0,60}}(?:zum|"
    rf"für das|zur|des|eines|für ein|am) "
    rf"(?:[a-z]+ ){{0,2}}(?:{_MAKING} (?:des|eines|der) (?:[a-z]+ )?)?(?:{_CONCEPT})"
)
_REWORK = pattern(
    r"\b(?:überarbeitet|aktualisiert|erneuert) (?:die|der) (?:stadt|kreis|landkreis|gemeinde|verwaltung)|"
    r"\b(?:neufaßung|fortschreibung) soll\b|\bkonzept soll bis\b|"
    r"\b(?:kreis|stadt|landkreis|gemeinde|verwaltung)\b [^.\n]{0,30}überarbeitet (?:das|ihr|sein)"
)
_PLANNED = pattern(
    rf"(?:beauftragt|auftrag|beschließt|beschloßen|beschloß|beantragt|möge|\bsoll|geplant|plant|"
    rf"beabsichtigt|will|"
    rf"vorgesehen|einstieg)[^.\n]{{0,120}}(?:{_CONCEPT})[^.\n]{{0,60}}(?:zu erarbeiten|zu erstellen|"
    rf"zu laßen|laßen|fortzuschreiben|"
    rf"zu entwickeln|erarbeiten|erstellen|erarbeitet|erstellt|entwickelt|entwickeln|vorzulegen|"
    rf"aufstellen|auf den weg|bekommen|fortschreiben)|"
    rf"(?:möge|\bsoll|beantrag)[^.\n]{{0,120}}(?:erstellt|erarbeitet|entwickelt|erstellen|"
    rf"erarbeiten)[^.\n]{{0,60}}(?:{_CONCEPT})|"
    rf"{_MAKING} (?:eines|einer|des|ihres) (?:\w+ )?(?:{_CONCEPT})|"
    rf"(?:{_CONCEPT})[^.\n]{{0,40}}(?:ist geplant|soll[^.\n]{{0,60}}(?:{_FORMS}|entstehen)|"
    rf"in auftrag gegeben)"
)
_DRAFT_OF = pattern(
    rf"\b(?:[a-z-]*entwurf|entwürfe|entwurfs)\b[^.\n]{{0,50}}(?:{_CONCEPT})|"
    rf"(?:{_CONCEPT})[^.\n]{{0,50}}\b(?:im|als|liegt im) [a-z-]*entwurf|"
    rf"[a-z]*konzeptentwurf|(?:{_CONCEPT})s?[^.\n]{{0,8}}\(?entwurf\b|"
    rf"\bentwurf\b[^.\n]{{0,80}}(?:liegt vor|vorgelegt|beraten|vorgestellt|diskutiert)|"
    rf"empfiehlt [^.\n]{{0,60}}\b(?:rat|kreistag|stadtrat|gemeinderat|"
    rf"stadtverordnetenversammlung)\b[^\n]{{0,120}}(?:beschließen|zuzustimmen|zustimmung)|"
    rf"(?:{_CONCEPT})[^.\n]{{0,80}}(?:soll|wird)[^.\n]{{0,60}}(?:beschloßen|verabschiedet|zur abstimmung|"
    rf"zur beschlußfaßung|entscheiden)"
)
# Of a draft at hand: its adoption is still to come.
_PENDING = pattern(
    r"(?:beschlußfaßung|verabschiedung|beschluß|entscheidung)[^.\n]{0,80}(?:vorgesehen|geplant|"
    r"steht (?:noch )?aus|erfolgt voraussichtlich|"
    r"ist für [^.\n]{0,30}(?:vorgesehen|geplant))|\bsoll [^.\n]{0,90}(?:beschloßen|verabschiedet) werden|"
    r"vorbehaltlich (?:der|des) [a-z]*"
    r"(?:zustimmung|beschluß|beschlußfaßung)"
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
    for found in any_of("status", "draft").finditer(text):
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
    if pending := _PENDING.search(text, 0, 1500):
        return Status("entwurf", "beschluss_steht_aus", pending.start(), pending.end())
    for found in _ADOPTED.finditer(text, 0, 30_000):
        around = text[max(0, found.start() - 120) : found.end() + 60]
        if not (any_of("status", "not_yet", "earlier").search(around)):
            return Status("beschlossen", "beschluss_ohne_jahr", found.start(), found.end())
    return Status("fertiggestellt", "liegt_vor")


def announced(text: str, title: str = "") -> Status:
    """Return the status of a document that a folded text, or its folded title, only speaks of.

    What stands first in title or text counts before the order none, draft, in preparation, planned.
    """
    rules = (
        ("kein_konzept", _NONE),
        ("entwurf", _DRAFT_OF),
        ("in_arbeit", _WORK),
        ("in_arbeit", _REWORK),
        ("geplant", _PLANNED),
    )
    for status, rule in rules:
        if rule.search(title):
            return Status(status, f"seite_{status}_titel")
    found = []
    for order, (status, rule) in enumerate(rules):
        if match := rule.search(text, 0, _READ):
            found.append((match.start() // 400, order, status, match))
    if not found:
        return Status("unbekannt", "keine_angabe")
    _, _, status, match = min(found, key=lambda item: item[:2])
    return Status(status, f"seite_{status}", match.start(), match.end())


def announced_status(text: str) -> Status:
    """Return the status of a document that a folded text only speaks of."""
    return announced(text)
