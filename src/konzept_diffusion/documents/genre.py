"""What sort of text something is when it is not the document itself: council paper, press, summary, course ...

The rules read a title (or a link's text) and the head of a text, both folded. Each has a name and a reason.
"""

from __future__ import annotations

import functools
import re
from dataclasses import dataclass

from .codebook import finder, named, source
from .folding import pattern


@dataclass(frozen=True, slots=True)
class Genre:
    """What a text is instead of a document: code, rule and position of the words."""

    code: str
    rule: str
    start: int
    end: int


_ATTACHED = pattern(r"\b(?:anlage|anhang|anl\.?)\b[^\n]{0,40}$")
_OPENING = 260
HEAD = 1500
"""Characters of a text that tell its genre."""


def genre_of_title(title: str) -> Genre | None:
    """Return what a folded title, link text or file name says the text is; None if it may be a document."""
    for code, rule in named("title_genre"):
        if found := rule.search(title):
            if code == "vorlage" and _ATTACHED.search(title[: found.start()]):
                continue  # "Anlage 1 zur Beschlussvorlage 12/2009" is the annex, not the paper
            return Genre(code, f"titel_{code}", found.start(), found.end())
    return None


def genre_of_head(text: str) -> Genre | None:
    """Return what the first page of a folded text says it is; None if nothing speaks against a document."""
    head = text[:HEAD]
    page = head.find("\f")
    if page >= 20:
        head = head[:page]
    best: tuple[int, Genre] | None = None
    for code, _ in named("head_genre_strong"):
        strong_rule, weak_rule = finder("head_genre_strong", code), finder("head_genre_weak", code)
        strong = strong_rule.search(head)
        while strong and _ATTACHED.search(head[max(0, strong.start() - 60) : strong.start()]):
            strong = strong_rule.search(head, strong.end())
        weak = {found.group() for found in weak_rule.finditer(head)}
        points = (3 if strong and strong.start() < _OPENING else 2 if strong else 0) + min(len(weak), 3)
        if (strong and (points >= 4 or (strong.start() < _OPENING and len(weak) >= 1))) or (
            len(weak) >= 3 and code == "vorlage"
        ):
            found = strong or weak_rule.search(head)
            if found and (best is None or points > best[0]):
                best = (points, Genre(code, f"kopf_{code}", found.start(), found.end()))
    return best[1] if best else None


@functools.cache
def _chapter() -> re.Pattern[str]:
    return pattern(
        r"(?:^|\n)[^\w\n]*+(?:\d{1,4}(?:\.\d{1,4})*+\.?|[ivx]{1,6}\.|[a-h][.)])?[^\S\n]*+(?:"
        + source("chapter", "heading")
        + r")[^\n]{0,90}(?=\n|$)"
    )


def chapters(text: str) -> int:
    """Return how many different chapter headings of a policy document a folded text has."""
    return len({re.sub(r"\W|\d", "", found.group())[:14] for found in _chapter().finditer(text)})
