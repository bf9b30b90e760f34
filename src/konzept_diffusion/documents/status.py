"""How far a document is: adopted, finished, draft, in preparation, planned, or explicitly none."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

from .codebook import any_of
from .folding import pattern
from .statements import STATUS, Statement, statements, strongest

_LOOSE_IN_TITLE = frozenset(["finished", "planned", "pending", "work"])
"""Claims of a title that the text may correct."""
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
    """Status with the rule that gave it, the position of its words, and whether they are of an update."""

    status: str
    rule: str
    start: int = 0
    end: int = 0
    update: bool = False


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


def announced_by(said: Sequence[Statement], in_title: Sequence[Statement] = ()) -> Status:
    """Return the status of a document by what a text and its title say of it.

    What the title says counts before what the text says, unless the text tells more.
    """
    lead, body = strongest(in_title), strongest(said)
    if lead and not (lead.claim in _LOOSE_IN_TITLE and body):
        return Status(STATUS[lead.claim], f"seite_{lead.claim}_titel", update=lead.update)
    if body is None:
        return Status("unbekannt", "keine_angabe")
    return Status(STATUS[body.claim], f"seite_{body.claim}", body.start, body.end, body.update)


def announced(text: str, title: str = "") -> Status:
    """Return the status of a document that a folded text, or its folded title, only speaks of."""
    return announced_by(statements(text), statements(title) if title else ())


def announced_status(text: str) -> Status:
    """Return the status of a document that a folded text only speaks of."""
    return announced(text)
