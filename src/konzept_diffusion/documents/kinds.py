"""What kind of document a title names: rules on folded titles, each with a name.

Codes: `schemas.vocabulary.DOCUMENT_KINDS`. Coding rules: docs/coding-rules.md (Integrationskonzept in the
wide sense; Leitbild; report; plan of measures without a concept; concept on refugees only).
"""

from __future__ import annotations

import re
from dataclasses import dataclass

from .codebook import any_of, named
from .folding import folded, legible, pattern

_STEM = (
    r"(?:ausländer|integrations|migrations|immigrations|zuwanderungs|einwanderungs|diversitäts|"
    r"diversity[- ]?|vielfalts|"
    r"eingliederungs|interkultur(?:ali[tä]*ts)?|kreisintegrations|partizipations)"
)
_JOINED = (
    r"(?:(?:politik|rahmen|gesamt|handlungs|teilhabe|entwicklungs|grob|basis|strategie|aktions|"
    r"arbeits)s?[- ]?)*"
)
_CONCEPT_NOUN = (
    r"(?:konzept(?:e|en|es|s|ion|ionen)?|rahmenplan|masterplan|fahrplan|gesamtplan|plan(?:es)?|programm|"
    r"strategie|"
    r"strategiekonzept|rahmen|leitfaden|papier|agenda|weißbuch)\b"
)
# "Integrationskonzept", "Integrations- und Diversitätskonzept", "Teilhabe- und Integrationsplan"
_STRONG = pattern(
    rf"\b[a-z]*{_STEM}[- ]?{_JOINED}{_CONCEPT_NOUN}|"
    rf"\b{_STEM}-? ?(?:und|,|/|&){{1}}[- ]*(?:[a-zäöüß]+-?,? ){{0,2}}[a-zäöüß]*{_CONCEPT_NOUN}|"
    rf"\b[a-zäöüß]+s?- (?:und|,|/|&) {_STEM}{_JOINED}{_CONCEPT_NOUN}"
)
_REFUGEE_STRONG = pattern(
    r"\b(?:flüchtlings|asyl|unterbringungs|geflüchteten)[a-z]*-?(?:konzept(?:es|ion)?|plan|strategie)\b"
)
_LEITBILD_STRONG = pattern(
    r"\b(?:integrations|migrations|vielfalts|zuwanderungs|interkultur)[a-z]*-?(?:leitbild|leitlinie|"
    r"leitsatz|leitsätze|pakt)"
)
_REPORT_OF = pattern(
    r"^[\s\d./:,-]*(?:(?:zum|zur|über|des|der|den|die|für|umsetzung|fortschreibung|kommunalen|städtischen|"
    r"stand|entwicklung|"
    r"wirkungsorientierten)\s+){1,5}[a-z-]*$"
)
# A refugee concept's own nouns: plans and guidelines count as concepts here.
_REFUGEE_NOUN = pattern(r"konzept|plan\b|fahrplan|strategie|leitlinien|leitfaden|programm\b")
_LONGEST = 1_000
_EXTENSION = pattern(r"\b(?:erweiterung|ergänzung)\b.{0,60}\bum\b")


@dataclass(frozen=True, slots=True)
class KindMatch:
    """The kind that a title names: code, rule, position of the words in the title, and whether they suffice alone."""

    kind: str
    rule: str
    start: int
    end: int
    strong: bool


def excluded(title: str) -> str:
    """Return the rule by which a folded title belongs to another field; empty if it does not."""
    for name, rule in named("other_field"):
        if rule.search(title):
            return name
    return ""


def kind_of(title: str) -> KindMatch | None:
    """Return the kind that a title names, None if it names none.

    Parameters
    ----------
    title
        As printed, one line or several.
    """
    low = legible(folded(" ".join(title[:_LONGEST].split())))
    strong = _STRONG.search(low)
    noun = strong or any_of("kind", "noun").search(low)
    subject = any_of("kind", "general").search(low)
    refugee = any_of("kind", "refugees").search(low)
    if not (strong or subject or refugee):
        return None
    leitbild = any_of("kind", "leitbild").search(low)
    report = any_of("kind", "report").search(low)
    measures = any_of("kind", "measures").search(low)
    if report and _is_report(low, report, strong or noun or leitbild):
        return KindMatch("integrationsbericht", "bericht", report.start(), report.end(), True)
    only_refugees = (
        refugee and not any_of("kind", "beyond_refugees").search(low) and not _EXTENSION.search(low)
    )
    if only_refugees and refugee and not measures and _REFUGEE_NOUN.search(low):
        named = _REFUGEE_STRONG.search(low) or noun or leitbild or refugee
        return KindMatch("fluechtlingskonzept", "nur_gefluechtete", named.start(), named.end(), True)
    if measures and not (
        noun and not measures.start() <= noun.start() < measures.end() and not _after_of(low, noun)
    ):
        return KindMatch("massnahmenplan", "massnahmenplan", measures.start(), measures.end(), bool(subject))
    if leitbild and not (strong and not _LEITBILD_STRONG.search(low[: strong.start()])):
        first = not noun or leitbild.start() < noun.start() or noun.group() in ("grundlagen", "empfehlungen")
        if first or _LEITBILD_STRONG.search(low):
            return KindMatch("leitbild", "leitbild", leitbild.start(), leitbild.end(), bool(subject))
    if strong:
        return KindMatch("integrationskonzept", "zusammensetzung", strong.start(), strong.end(), True)
    if noun and subject and _near(noun, subject, low):
        weak = noun.group() in (
            "programm",
            "grundlagen",
            "empfehlungen",
            "handlungsempfehlungen",
            "eckpunkte",
        )
        return KindMatch("integrationskonzept", "konzept_zu", noun.start(), noun.end(), not weak)
    return None


def _near(noun: re.Match[str], subject: re.Match[str], low: str) -> bool:
    first, last = sorted([(noun.start(), noun.end()), (subject.start(), subject.end())])
    return last[0] - first[1] <= 90


def _after_of(low: str, noun: re.Match[str]) -> bool:
    """Return whether the noun is only what something belongs to ("Maßnahmenplan zum Integrationskonzept")."""
    return bool(
        re.search(
            r"\b(?:zum|zur|des|der|aus dem|vom)\s+[a-z -]*$", low[max(0, noun.start() - 40) : noun.start()]
        )
    )


def _is_report(low: str, report: re.Match[str], noun: re.Match[str] | None) -> bool:
    if noun is None or noun.group().endswith("empfehlungen"):
        return True
    if noun.start() < report.start():
        # "Integrationskonzept und -bericht" is both; "... - Bericht 2012 zur Umsetzung" after a dash is a report.
        between = low[noun.end() : report.start()]
        after = low[report.end() : report.end() + 30]
        if re.match(r"\s+und\s+(?:fortschreibung|konzept)", after):
            return False
        return not re.search(r"\bund\b|,|konzept|\.", between) and bool(re.search(r"[-:(]", between))
    return (
        bool(_REPORT_OF.match(low[report.end() : noun.start()] or " x"))
        or not low[report.end() : noun.start()].strip()
        or (report.group().startswith("integration") and _after_of(low, noun))
    )
