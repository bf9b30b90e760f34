"""The coarse type of a concept as a transparent score: classical, diversity, postmigrant.

Filsinger/Gesemann 2017, section 3.2, Großstädte (paragraph after Abbildung 3) tells the three apart and notes that
the line cannot always be drawn sharply; so the score keeps all three and says how narrow the lead is.
Terms and weights: scraper/themes.yml, group types; the formula: docs/themes.md.
"""

from __future__ import annotations

import math
from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any

from ..schemas.themes import TYPES, UNDECIDED
from .folding import folded, quotation
from .theme_codes import Codebook, load_codebook

_LEAST_WORDS = 200
_SHOWN = 3


@dataclass(frozen=True, slots=True)
class TypeEvidence:
    """What speaks for a type: term, number of finds, what it adds to the score, first passage and position."""

    type: str
    term: str
    count: int
    points: float
    passage: str
    start: int
    end: int


@dataclass(frozen=True, slots=True)
class TypeScore:
    """How much of each type a text has.

    Attributes
    ----------
    scores
        Share of each type, summing to 1; all 0 where nothing was found.
    type
        The leading one; `unbestimmt` where fewer different terms were found than the code list asks for.
    margin
        Lead of the first over the second, 0 to 1.
    small
        Whether the margin is below the one that the code list calls small.
    everybody
        Share of "everybody" among all mentions of people (groups of migrants or everybody); None without any.
    evidence
        Terms found, those that add most first.
    """

    scores: Mapping[str, float]
    type: str
    margin: float
    small: bool
    everybody: float | None
    evidence: tuple[TypeEvidence, ...]


def type_score(text: str, *, low: str | None = None, codebook: Codebook | None = None) -> TypeScore:
    """Return the score of the three types for a text.

    Every term adds weight x log2(1 + finds per 1,000 words), texts below 200 words counting as 200. The
    balance of who is spoken of adds to postmigrantisch by the share of "everybody", to the other two by
    half of the share of named groups.

    Parameters
    ----------
    text
        Clean text (`folding.clean`).
    low
        `folded(text)`, if it is at hand.
    codebook
        Another code list than the project's.
    """
    book = codebook or load_codebook()
    rules, terms = book.type_rules, book.type_lexicon.terms
    low = folded(text) if low is None else low
    per_find = 1000 / max(len(low.split()), _LEAST_WORDS)
    found: dict[int, list[tuple[int, int, int]]] = {}
    for find in book.type_lexicon.scan(low):
        found.setdefault(find[2], []).append(find)
    points = dict.fromkeys(TYPES, 0.0)
    people = {"gruppe": 0, "alle": 0}
    evidence = []
    for number, finds in found.items():
        term = terms[number]
        if term.code in people:
            people[term.code] += len(finds)
            continue
        added = term.weight * math.log2(1 + len(finds) * per_find)
        points[term.code] += added
        start, end, _ = finds[0]
        evidence.append(TypeEvidence(term.code, term.text, len(finds), added, "", start, end))
    mentions = sum(people.values())
    everybody = people["alle"] / mentions if mentions else None
    if everybody is not None:
        balance = rules["focus_weight"] * math.log2(1 + mentions * per_find)
        points["postmigrantisch"] += balance * everybody
        for name in ("klassisch", "diversitaet"):
            points[name] += balance * (1 - everybody) / 2
    total = math.fsum(points.values())
    scores = {name: value / total if total else 0.0 for name, value in points.items()}
    first, second, _ = sorted(scores.values(), reverse=True)
    decided = len(evidence) >= rules["min_terms"] and first > second
    evidence.sort(key=lambda item: (-item.points, item.start, item.term))
    return TypeScore(
        scores=scores,
        type=max(scores, key=lambda name: scores[name]) if decided else UNDECIDED,
        margin=first - second,
        small=first - second < rules["min_margin"],
        everybody=everybody,
        evidence=tuple(_quoted(item, text) for item in evidence),
    )


def _quoted(item: TypeEvidence, text: str) -> TypeEvidence:
    passage = quotation(text, item.start, item.end, limit=160)
    return TypeEvidence(item.type, item.term, item.count, item.points, passage, item.start, item.end)


def type_row(
    document_id: str, score: TypeScore, *, cluster: int | None = None, codebook: Codebook | None = None
) -> dict[str, Any]:
    """Return the row of the table `document_types` for one document.

    Parameters
    ----------
    cluster
        Label of `clusters.cluster_documents`; None where nothing was clustered.
    """
    shown = [item for item in score.evidence if item.type == score.type or score.type == UNDECIDED][:_SHOWN]
    return {
        "document_id": document_id,
        **{f"score_{name}": round(score.scores[name], 4) for name in TYPES},
        "type": score.type,
        "margin": round(score.margin, 4),
        "cluster": cluster,
        "evidence": "|".join(item.passage.replace("|", "/") for item in shown),
        "codebook": (codebook or load_codebook()).version,
    }
