"""Counts of votes as minutes and tables write them: "Ja 36 / Nein 2", "42 : 0", "29 gegen 8"."""

from __future__ import annotations

import re

from .folding import pattern

_NAMED = pattern(r"\b(?:ja|dafür|zustimmung)(?:-?stimmen)?:? ?(\d{1,3})\b(?! ?(?:gegenstimm|ja|dafür))")
_NAMED_NO = pattern(r"(?:nein|dagegen|ablehnung)(?:-?stimmen)?:? ?(\d{1,3})\b")
_YES = pattern(r"(\d{1,3}) ?(?:ja\b|ja-|jastimm|stimmen dafür|dafür|zustimmung|stimmen für)")
_NO = pattern(r"(\d{1,3}) ?(?:nein|gegenstimm|dagegen|stimmen dagegen|gegen\b)")
_TALLY = re.compile(
    r"(?<![\d./:-])(?P<yes>\d{1,3}) ?(?P<sign>[:/]) ?(?P<no>\d{1,3})(?: ?(?P=sign) ?\d{1,3})?(?![\d./:]?\d)(?! ?uhr)|"
    r"\b(?P<yes2>\d{1,3}) (?:gegen|zu) (?P<no2>\d{1,3}) ?(?:ja-|stimm|bei)?"
)
_MOST_VOTES = 140
_NO_TALLY = pattern(
    r"(?:vorlagen?|nr\.?|drs\.?|drucksache|\bvo|\bsv|\bbv|\bds|zeit|beginn|ende|\bum|\bab|\bvon|"
    r"\bbis|uhr|stand|heft|ausgabe)"
    r"[^,;a-z\d]{0,6}(?:nr\.? ?)?[a-z]{0,3}[ -]?$"
)


def votes(part: str) -> bool | None:
    """Return whether the ayes have it; None if the part of a folded text counts no votes."""
    if named := _NAMED.search(part):
        against = _NAMED_NO.search(part, named.end())
        return int(named.group(1)) > (int(against.group(1)) if against else 0)
    yes = [int(found.group(1)) for found in _YES.finditer(part)]
    no = [int(found.group(1)) for found in _NO.finditer(part)]
    if yes and (no or len(yes) > 1 or re.search(r"ja|enth|dafur|stimm", part)):
        return sum(yes) > sum(no)
    for tally in _TALLY.finditer(part):
        ayes, noes = tally.group("yes") or tally.group("yes2"), tally.group("no") or tally.group("no2")
        padded = any(len(count) > 1 and count.startswith("0") for count in (ayes, noes))
        if (
            padded
            or int(ayes) > _MOST_VOTES
            or int(noes) > _MOST_VOTES
            or _NO_TALLY.search(part, 0, tally.start())
        ):
            continue
        return int(ayes) > int(noes)
    return None
