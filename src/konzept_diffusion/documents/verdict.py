"""What an outcome of a deciding or advising body makes of an integration document."""

from __future__ import annotations

import re
from dataclasses import dataclass

from .codebook import any_of
from .folding import pattern
from .results import heads_making, is_making

REPORT = pattern(r"bericht|sachstand|zwischenstand|monitoring|evaluation|umsetzungsstand|anfrage|stand der")
_STILL_WORK = pattern(
    r"zwischenbericht|entwurf liegt noch nicht|stand der erarbeitung|in erarbeitung|"
    r"arbeitsgruppen? [^.]{0,80}(?:getagt|einberufen)|"
    r"endfaßung (?:wird|kommt|soll)|zwischenstand|ersten? entwurf[^.]{0,40}zu rechnen|"
    r"sachstand (?:überarbeitung|fortschreibung|erarbeitung)"
)
_UPDATE = pattern(r"fortschreib|fortgeschrieben|neufaßung|überarbeit|weiterentwick|aktualisier|neuauflage")
_STATUS = {
    "adopted": "beschlossen", "proposed": "entwurf", "commissioned": "geplant", "postponed": "entwurf",
    "rejected": "kein_konzept", "noted": "fertiggestellt", "work": "in_arbeit",
}  # fmt: skip


@dataclass(frozen=True, slots=True)
class Sitting:
    """What a council's record tells of an integration document.

    Attributes
    ----------
    standing
        adopted, proposed, commissioned, postponed, rejected, noted or work.
    status
        The status that stands for: beschlossen, entwurf, geplant, kein_konzept, in_arbeit, fertiggestellt.
    year
        Of the adoption; None if it was none or is not dated.
    rule
        Where it stands and what it is: niederschrift, tabelle, beratungsfolge, beschlussliste or tagesordnung.
    start, end
        Position of the passage.
    update
        The item calls the document a later version.
    """

    standing: str
    status: str
    year: int | None
    rule: str
    start: int
    end: int
    update: bool


def judged(
    code: str,
    deciding: bool,
    year: int | None,
    text: str,
    before: str,
    heading: str,
    start: int,
    end: int,
    rule: str,
) -> Sitting | None:
    """Return what an outcome of a deciding or advising body stands for."""
    making = heads_making(heading)
    if code == "noted":
        if _STILL_WORK.search(text):
            return verdict("work", None, rule, start, end, heading)
        if REPORT.search(heading) and not any_of("adoption", "verb_done").search(text):
            return verdict("noted", None, rule, start, end, heading)
        return None
    if (
        code == "adopted"
        and REPORT.search(heading)
        and not re.search(r"beschl|\bkonzept", heading.split("bericht")[-1])
    ):
        return None
    if code == "released" or (not deciding and code in ("adopted", "recommended")):
        return verdict("commissioned" if making else "proposed", None, rule, start, end, heading)
    if code == "recommended":
        return None
    if code == "rejected" and not making and not is_making(before) and not re.search(r"\bantrag\b", heading):
        return verdict("postponed", None, rule, start, end, heading)
    return verdict(code, year if code == "adopted" else None, rule, start, end, heading)


def verdict(standing: str, year: int | None, rule: str, start: int, end: int, heading: str) -> Sitting:
    """Return what the record tells, with the status that the standing stands for."""
    return Sitting(
        standing, _STATUS[standing], year, f"{rule}_{standing}", start, end, bool(_UPDATE.search(heading))
    )
