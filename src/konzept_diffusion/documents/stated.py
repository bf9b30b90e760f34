"""The adoptions that a text states: in its passages or as a record; whose they are and of which version."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import replace

from .adoption import Adoption, bodies_of
from .folding import folded, pattern
from .record import is_record, recorded
from .sitting import sitting_of
from .telling import Told, adoptions_told, told
from .voice import Reading

_OF_A_KREIS = pattern(r"\bkreistag(?:e?s)? (?:des|vom|im) [a-z-]*kreis")
_NOT_YET = frozenset(["commissioned", "planned", "proposed", "draft", "work"])
_NOTE = 130
_AHEAD = 260
_AT_HAND = pattern(
    r"vorliegende|hiermit|\bdiese[rs]? (?:text|fassung|faßung|fortschreibung|neufaßung|überarbeitung)|nunmehr"
)
_SURE = 0.6
_FRONT = 1500


def here(stated: Iterable[Adoption], owner_name: str, low: str = "", level: str = "") -> list[Adoption]:
    """Return the adoptions without those of another Kommune's body; no Kreis decides for a town."""
    name = folded(owner_name)
    return [
        found
        for found in stated
        if not (found.place and name and found.place[:5] not in name and not found.this)
        and not (level == "stadt" and _only_kreistag(low[found.start : found.end]))
    ]


def _only_kreistag(sentence: str) -> bool:
    """Return whether the Kreistag of a Kreis that is named decides, and no town's council."""
    bodies = [sentence[start:end] for start, end, deciding in bodies_of(sentence) if deciding]
    return bool(_OF_A_KREIS.search(sentence)) and all(body.startswith("kreistag") for body in bodies)


def stated_in_document(reading: Reading, owner_name: str, level: str, *, update: bool) -> list[Adoption]:
    """Return the adoptions that a document's own text states, with those of the version at hand marked.

    Parameters
    ----------
    reading
        The document.
    owner_name, level
        Whose it is: another town's decision is not its.
    update
        It continues an earlier version: of several adoptions the latest is its own.
    """
    low = reading.low
    stated = adoptions_told(told(reading, "dokument", owner_name, level))
    if "beratungsfolge" in low[:_FRONT]:
        stated = with_records(recorded(low[:_FRONT]), stated, [])
    # A short note on the title page is about the version at hand.
    stated = [
        replace(found, this=True)
        if found.year and found.start < _FRONT and found.end - found.start < _NOTE and not found.predecessor
        else found
        for found in stated
    ]
    if update:
        latest = max((found.year or 0 for found in stated if not found.predecessor), default=0)
        several = len(stated) > 1
        stated = [
            replace(found, this=found.this or (found.year == latest and (several or _of_this(low, found))))
            for found in stated
        ]
    return stated


def stated_on_page(reading: Reading, owner_name: str, level: str) -> list[Adoption]:
    """Return the adoptions that a page about a document states: as the record of a council, else in its passages."""
    low = reading.low
    if is_record(low) and (item := sitting_of(low, reading.low_title)):
        if item.standing != "adopted":
            return []
        return [Adoption(item.year, item.start, item.end, item.rule, item.update, False)]
    return [
        found for found in adoptions_told(told(reading, "seite", owner_name, level)) if not found.predecessor
    ]


def _of_this(low: str, found: Adoption) -> bool:
    """Return whether the sentences before an adoption speak of the version at hand."""
    return bool(_AT_HAND.search(low, max(0, found.start - _AHEAD), found.end))


def _same(one: Adoption, other: Adoption) -> bool:
    return one.start < other.end and other.start < one.end


def with_records(recorded_ones: list[Adoption], stated: list[Adoption], said: list[Told]) -> list[Adoption]:
    """Return the adoptions of records and passages: a record counts unless passages say that it is none."""
    against = [one.passage for one in said if one.claim.code in _NOT_YET and one.claim.p >= _SURE]
    kept = [
        found
        for found in recorded_ones
        if found.rule == "ergebnis"
        or not any(passage.start < found.end and found.start < passage.end for passage in against)
    ]
    kept = [one for one in kept if not any(_same(one, other) for other in stated)]
    return sorted([*kept, *stated], key=lambda one: one.start)
