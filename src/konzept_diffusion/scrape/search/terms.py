"""How promising a link is: terms on its text, its address and what stands around it."""

from __future__ import annotations

import re
from dataclasses import dataclass, replace
from functools import lru_cache
from urllib.parse import unquote

from .. import addresses
from ..pages import Link
from .settings import Settings, Term

CLOSE = 200
"""Characters up to which the surroundings of a link are taken to speak of it alone: a list item, a table row."""
STRONG = 8.0
"""From this promise on an address names a document of the kind that is looked for."""


@dataclass(frozen=True, slots=True)
class Score:
    """The highest weight of each group of terms that a text matches; zero for none."""

    target: float = 0.0
    topic: float = 0.0
    document: float = 0.0
    hub: float = 0.0
    noise: float = 0.0

    @property
    def subject(self) -> float:
        """How much the text speaks of the subject (documents and field), noise left aside."""
        return max(self.target, self.topic + (self.document if self.topic else 0.0))

    @property
    def total(self) -> float:
        """Promise of the text alone. Noise counts half where the text speaks of the subject, too."""
        plain = self.subject or max(self.document, self.hub)
        return plain - (self.noise / 2 if self.subject >= 4 else self.noise)


class Scorer:
    """The terms of a `Settings`, compiled."""

    def __init__(self, settings: Settings) -> None:
        self._groups = {group: _Group(terms) for group, terms in settings.terms.items()}
        self._plain = re.compile(settings.plain_anchors)
        self._bonus = settings.file_bonus
        self._skip = settings.skip_suffixes
        self.score = lru_cache(maxsize=4096)(self._score)

    def _score(self, folded: str) -> Score:
        """Return the score of a folded text (see `addresses.folded`)."""
        if not folded:
            return Score()
        weigh = {name: group.weigh(folded) for name, group in self._groups.items()}
        return Score(weigh["targets"], weigh["topics"], weigh["documents"], weigh["hubs"], weigh["noise"])

    def address(self, url: str) -> Score:
        """Return the score of an address.

        The whole path tells the subject; whether the page itself is a section on the way, its last part does.
        """
        path, _, query = url.split("://", 1)[-1].partition("/")[2].partition("?")
        parts = [part for part in path.split("/") if part]
        whole = self.score(_words(addresses.folded(" ".join([*parts, query]))))
        if (not whole.hub and not whole.document) or len(parts) < 2:
            return whole
        last = self.score(_words(addresses.folded(f"{parts[-1]} {query}")))
        return replace(whole, hub=last.hub, document=last.document)

    def worth(self, url: str, title: str = "") -> bool:
        """Return whether an address or title contains any stem of the subject: cheap, for long lists."""
        return bool(_STEMS.search(unquote(url)) or (title and _STEMS.search(title)))

    def skipped(self, url: str) -> bool:
        """Return whether the address ends in a suffix that is never asked for."""
        return addresses.suffix(url) in self._skip

    def is_plain(self, anchor: str) -> bool:
        """Return whether a folded link text says nothing itself ("Download (PDF, 2 MB)")."""
        return bool(self._plain.match(anchor))

    def promise(self, link: Link, page_subject: float = 0.0) -> float:
        """Return how promising a link is: about 0 (nothing) to about 16 (the named document as a file).

        Parameters
        ----------
        link
            As `pages.parse` gives it.
        page_subject
            How much the page that carries it speaks of the subject (`Score.subject` of title and headings).
        """
        anchor = addresses.folded(link.anchor)
        own = self.score(_words(addresses.folded(f"{link.anchor} {link.title}")))
        path = self.address(link.url)
        value = Score(
            max(own.target, path.target * 0.95),
            max(own.topic, path.topic * 0.95),
            max(own.document, path.document * 0.9),
            max(own.hub, path.hub * 0.9),
            max(own.noise, path.noise * (0.35 if own.subject else 0.8)),
        ).total
        if own.subject and path.subject:
            value += 0.7
        around = link.section in ("main", "result") and (self.is_plain(anchor) or not own.subject)
        if around:
            near = self.score(_words(addresses.folded(f"{link.context} {link.heading}")))
            share = 0.9 if self.is_plain(anchor) else 0.75 if own.document else 0.45
            if share < 0.7 and near.target and len(link.context) <= CLOSE:
                share = 0.7
            value = max(value, replace(near, hub=0.0).total * share)
        suffix = addresses.suffix(link.url)
        bonus = self._bonus.get(suffix, 0.0) or (2.0 if "pdf" in link.kind_hint else 0.0)
        if bonus and max(value, page_subject * 0.5) >= 3.5:
            value = max(value, page_subject * 0.45) + bonus
        if page_subject >= STRONG and link.section == "main" and self.is_plain(anchor):
            value = max(value, page_subject * 0.6)
        if link.section in ("nav", "header", "footer", "breadcrumb") and value < STRONG:
            value *= 0.92
        if link.section in ("frame", "refresh"):
            value = max(value, 9.0)
        return value

    def inherited(self, link: Link, page_subject: float) -> float:
        """Return the promise that a link has from its page, which is about the subject and names it first.

        "Handlungskonzept" says little on the home page and nearly everything on "Migration und Integration".
        """
        own = self.score(_words(addresses.folded(f"{link.anchor} {link.title}")))
        if own.noise:
            return own.total
        subject = min(page_subject, 10.0)
        return 0.55 * subject + 1.3 * own.document if own.document else 0.45 * subject


class _Group:
    """The terms of one group: one pattern first that says whether any of them can match."""

    def __init__(self, terms: tuple[Term, ...]) -> None:
        ordered = sorted(terms, key=lambda term: -term.weight)
        self._any = re.compile("|".join(f"(?:{term.pattern})" for term in ordered)) if ordered else None
        self._terms = [(term.weight, re.compile(term.pattern)) for term in ordered]

    def weigh(self, folded: str) -> float:
        if self._any is None or not self._any.search(folded):
            return 0.0
        return next((weight for weight, pattern in self._terms if pattern.search(folded)), 0.0)


_STEMS = re.compile(
    r"integr|migra|wander|kultur|vielfalt|divers|konzept|leitbild|leitlini|strateg|plan|fl(?:ü|ue)cht|asyl"
    r"|ausl(?:ä|ae)nd|teilhabe|zusammenleb|willkommen",
    re.IGNORECASE,
)
_PIECES = re.compile(r"[^0-9a-z ]+")


def _words(folded: str) -> str:
    """Return the folded text with everything but letters and digits as blanks."""
    return " ".join(_PIECES.sub(" ", folded).split())


def words(text: str) -> str:
    """Return a text as terms see it: folded, letters and digits only."""
    return _words(addresses.folded(text))
