"""Adoptions that a council's record states (see `sitting`), and whether a text is such a record."""

from __future__ import annotations

from .adoption import Adoption
from .folding import pattern
from .sitting import sitting_of

_READ = 3_000
"""Characters of a text that show it to be a record."""
_IS_RECORD = pattern(
    r"(?:^|\n)[^\w\n]*(?:drucksache|beschlußvorlage|sitzungsvorlage|informationsvorlage|"
    r"vorlage)(?: nr\.?)? [\w/-]*\d|"
    r"\bgremium\b|niederschrift|n i e d e r s c h|beschlußauszug|abstimmungsergebnis|auszug aus|"
    r"p r o t o k o l l|"
    r"protokoll (?:der|über|des|vom|zu|s\.)|\btop (?:ö ?)?\d|tagesordnungspunkt \d|\bö \d+\b|"
    r"beschlußart|beratungsfolge|"
    r"(?:^|\n)[^\w\n]*(?:abst[a-z.]*-?ergebnis|abstimmung(?: über[^\n]{0,60})?|ergebnis):|"
    r"beschlußverzeichnis|beschlußkontrolle|"
    r"drucksachenverzeichnis|(?:zusammenstellung|bekanntmachung) der beschlüße|(?:^|"
    r"\n)[^\n]{0,30}beschlüße (?:des|der) [a-z]*(?:rat|tag|vers|bürg|vertr)|"
    r"folgende[n]? beschlüße gefaßt|\n[^\w\n]*beschluß \(\d|\babstimmung \d+ ?:|"
    r"(?:^|\n)\W*(?:anwesend(?: sind| waren)?|entschuldigt|schriftführ[a-z]*|sitzungs(?:beginn|dauer|"
    r"leitung|ort)|protokollführ[a-z]*)\b|"
    r"ja:? \d+[,;/ ]+nein:? \d+|\d\. (?:öffentliche )?sitzung\b"
)


def recorded(low: str) -> list[Adoption]:
    """Return the adoption that a council's record states, at most one; empty if it records none with its year.

    Parameters
    ----------
    low
        Folded text of an agenda item, a paper's page in a council information system, minutes or an official
        gazette's list of resolutions.
    """
    found = sitting_of(low)
    if found is None or found.standing != "adopted" or found.year is None:
        return []
    return [Adoption(found.year, found.start, found.end, "ergebnis", False, False)]


def is_record(low: str) -> bool:
    """Return whether a folded text has the marks of a council's record."""
    return bool(_IS_RECORD.search(low[:_READ]))
