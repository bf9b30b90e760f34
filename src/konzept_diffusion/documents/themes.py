"""Themes of a document: coded by its headings and passages, each with the evidence and its position.

Codes and terms: scraper/themes.yml; rules: docs/themes.md. The list follows Abbildungen 3 and 8 of
Filsinger/Gesemann 2017.
"""

from __future__ import annotations

import re
from bisect import bisect_right
from collections import defaultdict
from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from typing import Any

from .folding import folded, quotation
from .theme_codes import Codebook, load_codebook
from .theme_headings import Heading, heading_lines
from .theme_lexicon import Find

_SHORTEST, _LONGEST = 200, 1500
_BREAK = re.compile(r"\n\n|\f")
_CUT = re.compile(r"[.!?] |\n| ")
_MOST_TERMS = 8
_MOST_HEADINGS = 1000
_Treated = dict[str, dict[int, dict[int, list[Find]]]]
"""Finds by theme, passage and term."""


@dataclass(frozen=True, slots=True)
class ThemeHit:
    """A theme that a text treats.

    Attributes
    ----------
    theme
        Code of scraper/themes.yml.
    basis
        heading (a heading names it) or passage (passages treat it).
    passages
        Number of passages that treat it.
    share
        Their share of all passages, 0 to 1.
    terms
        Terms found in these passages, commonest first; those of the heading where there are none.
    evidence
        The heading, or the strongest passage around its strongest term.
    start, end
        Position of that heading or term in the text; both 0 for a heading that is not in the text.
    """

    theme: str
    basis: str
    passages: int
    share: float
    terms: tuple[str, ...]
    evidence: str
    start: int
    end: int


def code_themes(
    text: str,
    headings: Sequence[str] | None = None,
    *,
    low: str | None = None,
    codebook: Codebook | None = None,
) -> tuple[ThemeHit, ...]:
    """Return the themes that a text treats, in the order of the code list.

    Parameters
    ----------
    text
        Clean text (`folding.clean`).
    headings
        Headings as the format marks them (HTML; the first 1,000 are used); None: lines of the text that look
        like headings.
    low
        `folded(text)`, if it is at hand.
    codebook
        Another code list than the project's.

    Returns
    -------
    tuple of ThemeHit
        Empty where nothing is treated more than in passing.
    """
    book = codebook or load_codebook()
    low = folded(text) if low is None else low
    marked = heading_lines(text) if headings is None else _placed(headings, text)
    inside = [heading for heading in marked if heading.end]
    by_heading = _outside_headings([heading for heading in marked if not heading.end], book)
    bounds = _passages(text, inside)
    terms = book.theme_lexicon.terms
    begins = [heading.start for heading in inside]
    ends = [heading.end for heading in inside]
    treated: _Treated = defaultdict(lambda: defaultdict(lambda: defaultdict(list)))
    for find in book.theme_lexicon.scan(low):
        number = find[2]
        term = terms[number]
        if term.heading and begins and term.code not in by_heading:
            last = bisect_right(begins, find[0]) - 1
            if last >= 0 and find[1] <= ends[last]:
                by_heading[term.code] = (inside[last], term.text)
        if term.weight:
            passage = bisect_right(bounds, find[0]) - 1
            treated[term.code][passage][number].append(find)
    hits = []
    for code in book.themes:
        hit = _hit(code, text, len(bounds), treated.get(code, {}), by_heading.get(code), book)
        if hit is not None:
            hits.append(hit)
    return tuple(hits)


def theme_string(hits: Iterable[ThemeHit]) -> str:
    """Return the codes of themes as the column `themes` of documents holds them: "sprache|bildung"."""
    return "|".join(hit.theme for hit in hits)


def theme_rows(
    document_id: str, hits: Iterable[ThemeHit], codebook: Codebook | None = None
) -> list[dict[str, Any]]:
    """Return the rows of the table `document_themes` for one document."""
    version = (codebook or load_codebook()).version
    return [
        {
            "document_id": document_id,
            "theme": hit.theme,
            "basis": hit.basis,
            "passages": hit.passages,
            "share": round(hit.share, 4),
            "terms": "|".join(term.replace("|", "/") for term in hit.terms),
            "evidence": hit.evidence,
            "position_start": hit.start,
            "position_end": hit.end,
            "codebook": version,
        }
        for hit in hits
    ]


def _hit(
    code: str,
    text: str,
    total: int,
    found: dict[int, dict[int, list[Find]]],
    heading: tuple[Heading, str] | None,
    book: Codebook,
) -> ThemeHit | None:
    rules, terms = book.rules, book.theme_lexicon.terms
    weights = {
        passage: sum([terms[number].weight for number in numbers]) for passage, numbers in found.items()
    }
    enough = [passage for passage, weight in weights.items() if weight >= rules["passage_weight"]]
    if heading is None and not enough:
        return None
    share = len(enough) / total if total else 0.0
    counts: dict[int, int] = {}
    for passage in enough:
        for number, finds in found[passage].items():
            counts[number] = counts.get(number, 0) + len(finds)
    named = tuple(
        terms[number].text
        for number, _ in sorted(counts.items(), key=lambda item: (-item[1], item[0]))[:_MOST_TERMS]
    )
    if heading is not None:
        line, term = heading
        quoted = " ".join(line.text.split())[:240]
        return ThemeHit(code, "heading", len(enough), share, named or (term,), quoted, line.start, line.end)
    often = sum(terms[number].weight * min(count, 2) for number, count in sorted(counts.items()))
    several = len(enough) >= rules["min_passages"] and share >= rules["min_share"]
    if not (several or (share >= rules["lone_share"] and often >= rules["lone_weight"])):
        return None
    best = max(enough, key=lambda passage: (weights[passage], -passage))
    find = min(
        (finds[0] for finds in found[best].values()), key=lambda find: (-terms[find[2]].weight, find[0])
    )
    return ThemeHit(
        code, "passage", len(enough), share, named, quotation(text, find[0], find[1]), find[0], find[1]
    )


def _placed(headings: Sequence[str], text: str) -> list[Heading]:
    """Return given headings with their positions, in order of these; 0, 0 for those not in the text."""
    placed = []
    after = 0
    for given in headings[:_MOST_HEADINGS]:
        shown = given.strip()
        if not shown:
            continue
        start = text.find(shown, after)
        start = text.find(shown) if start < 0 else start
        if start < 0:
            placed.append(Heading(shown, 0, 0))
        else:
            placed.append(Heading(shown, start, start + len(shown)))
            after = start + len(shown)
    return sorted(placed, key=lambda heading: (heading.start, heading.end))


def _outside_headings(headings: Iterable[Heading], book: Codebook) -> dict[str, tuple[Heading, str]]:
    """Return the themes that headings outside the text name."""
    found: dict[str, tuple[Heading, str]] = {}
    for heading in headings:
        for find in book.theme_lexicon.scan(folded(heading.text)):
            term = book.theme_lexicon.terms[find[2]]
            if term.heading:
                found.setdefault(term.code, (heading, term.text))
    return found


def _passages(text: str, headings: Iterable[Heading]) -> list[int]:
    """Return where passages begin: paragraphs, pages and sections, short ones joined, long ones cut."""
    marks = {match.end() for match in _BREAK.finditer(text)} | {heading.start for heading in headings}
    bounds = [0]
    for mark in [*sorted(marks), len(text)]:
        while mark - bounds[-1] > _LONGEST:
            cut = _CUT.search(text, bounds[-1] + _LONGEST * 2 // 3, bounds[-1] + _LONGEST)
            bounds.append(cut.end() if cut else bounds[-1] + _LONGEST)
        if mark - bounds[-1] >= _SHORTEST and mark < len(text):
            bounds.append(mark)
    return bounds if text else []
