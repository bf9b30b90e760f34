"""What stands around the names of documents in a text: the item, or the row of a list, that names one."""

from __future__ import annotations

import re

_ITEM_BEFORE, _ITEM_BEHIND, _HEADING = 500, 700, 60
_LISTED = re.compile(
    r"\W*(?:(?:top|[a-z]\.?|§) ?)?\d{1,2}(?:\.\d+)*[.):]? +\S|\W*(?:[ivx]+/\d+|(?:[a-z]{1,3}|\d+)?[-/]?\d{2,4}[/-]\d+)|"
    r"\d{1,2}\.\d{1,2}\.\d{2,4} |[^\n]*\S {3,}\S|[^|\n]*\|[^|\n]*\|"
)
_ROW, _ROWS, _LIST = 140, 400, 5
"""Characters of a row, of its neighbourhood, and how many rows make a list."""


def around(low: str, mentions: tuple[tuple[int, int], ...]) -> str:
    """Return the parts of a folded text around the names of documents, each up to the empty lines before and behind."""
    parts, done = [], 0
    for start, end in mentions[:12]:
        if start < done:
            continue
        if row := _row(low, start):
            parts.append(low[slice(*row)])
            done = row[1]
            continue
        gap = low.rfind("\n\n", max(0, start - _ITEM_BEFORE), start)
        above = low.rfind("\n\n", max(0, gap - 120), gap) if gap > 0 else -1
        first = above if above >= 0 else gap if gap >= 0 else max(0, start - _ITEM_BEFORE)
        gap = low.find("\n\n", end, end + _ITEM_BEHIND)
        if 0 <= gap < end + _HEADING:  # a heading: what stands below it belongs to it
            gap = low.find("\n\n", gap + 2, end + _ITEM_BEHIND)
        done = gap if gap >= 0 else min(len(low), end + _ITEM_BEHIND)
        parts.append(low[first:done])
    return "\n".join(parts)


def _row(low: str, start: int) -> tuple[int, int] | None:
    """Return the borders of the row of a list (agenda, table) that names a document; None if it is in running text."""
    first = low.rfind("\n", 0, start) + 1
    last = low.find("\n", start)
    last = last if last >= 0 else len(low)
    if last - first > _ROW or not _LISTED.match(low, first, last):
        return None
    around = low[max(0, first - _ROWS) : last + _ROWS].split("\n")
    return (first, last) if sum(bool(_LISTED.match(line)) for line in around) >= _LIST else None
