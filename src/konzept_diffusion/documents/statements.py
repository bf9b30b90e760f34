"""What the sentences of a text say of a document's standing: none, refused, draft, in preparation, planned, finished.

Only sentences that name the document, or follow one that does and refer back to it, are read. The terms are in
`scraper/codebook.yml`, section `standing`.
"""

from __future__ import annotations

import re
from collections.abc import Iterable, Iterator
from dataclasses import dataclass

from .adoption import sentences
from .codebook import any_of
from .folding import pattern

READ = 6_000
"""Characters of a text that are read."""
_BACK = pattern(
    r"^\W*(?:\w+ ){0,3}(?:er|sie|das|dieser|damit|dazu|hierzu|dafür|danach)\b|"
    r"^.{0,90}\b(?:es|ihn|ihm|dieses|darin|darüber|daran)\b|"
    r"\b(?:entwurf|endfaßung|rohfaßung|fortschreibung|neuauflage|neufaßung|papier|abstimmung|beschlußfaßung|entscheidung|"
    r"werk|regelwerk|dokument|votiert[a-z]*|beschlußdatum|[a-z-]*beschluß|letztere[sr]?|stimmte[n]?|billigte[n]?|angenommen|segnete[n]?|beschloß|gestimmt|zugestimmt|erarbeitung|erstellung|steuerungsgruppe|auftakt[a-z]*|beteiligung[a-z]*|broschüre|beschloßen|verabschiedet|"
    r"vorgestellt|vorlage|plan|konzept|arbeit am)\b"
)
_HISTORY = pattern(r"\bnachdem\b[^,.;]{5,160}\b(?:hatten?|war(?:en)?|worden)\b(?=,)")
_REACH, _CHAIN = 2, 5
"""Sentences behind one that names the document which may refer back to it."""


@dataclass(frozen=True, slots=True)
class Statement:
    """What one sentence says: code of the claim, its position, and whether it is of an update.

    `claim` is none, refused, pending, draft, work, commission, planned or finished.
    """

    claim: str
    start: int
    end: int
    update: bool
    number: int


def about(text: str, *, titled: bool = False) -> Iterator[tuple[int, int, int]]:
    """Yield number, start and end of the sentences of a folded text that speak of an integration document.

    `titled`: its title names it, so that the first sentences may refer back to it.
    """
    last = -1 if titled else -_REACH - 1
    named = last
    for number, (start, end) in enumerate(sentences(text, READ)):
        if any_of("standing", "object").search(text, start, end) or any_of("relevance", "speaks").search(
            text, start, end
        ):
            last = number
            yield number, start, end
            named = number
        elif number - last <= _REACH and number - named <= _CHAIN and _BACK.search(text[start:end]):
            last = number
            yield number, start, end


def without_history(sentence: str) -> str:
    """Return a folded sentence with what went before blank, but for bodies: "Nachdem der Rat es vertagt hatte, ..."."""

    def blank(told: re.Match[str]) -> str:
        kept = list(" " * len(told.group()))
        for body in any_of("adoption", "deciding").finditer(told.group()):
            kept[body.start() : body.end()] = body.group()
        return "".join(kept)

    return _HISTORY.sub(blank, sentence) if "nachdem" in sentence else sentence


def claim_of(sentence: str) -> str:
    """Return what a folded sentence says of the document that it is about; empty if nothing."""
    if any_of("standing", "none").search(sentence):
        return "none"
    if any_of("standing", "commission").search(sentence):
        return "commission"
    if any_of("standing", "refused").search(sentence):
        return "refused"
    if any_of("standing", "draft").search(sentence) and not any_of("standing", "to_come").search(sentence):
        return "draft"
    if any_of("standing", "pending").search(sentence):
        return "pending"
    made = any_of("standing", "made").search(sentence)
    if any_of("standing", "work").search(sentence) and not made:
        return "work"
    if any_of("standing", "planned").search(sentence):
        return "planned"
    if made or any_of("standing", "finished").search(sentence):
        return "finished"
    return ""


def statements(text: str) -> list[Statement]:
    """Return what the sentences of a folded text say of a document's standing, in order."""
    found = []
    for number, start, end in about(text):
        sentence = without_history(text[start:end].replace("\n", " "))
        if any_of("adoption", "elsewhere").search(sentence) and not any_of("standing", "none").search(
            sentence
        ):
            continue
        if claim := claim_of(sentence):
            update = bool(any_of("standing", "update").search(sentence))
            found.append(Statement(claim, start, end, update, number))
    return found


def strongest(said: Iterable[Statement]) -> Statement | None:
    """Return the statement that tells how far the document is; None if none does.

    A draft at hand outweighs the work on it, that a commission, that a wish. What is finished is outweighed by
    work on its update only where that is told first.
    """
    first: dict[str, Statement] = {}
    for statement in said:
        first.setdefault(statement.claim, statement)
    making = first.get("work") or first.get("commission") or first.get("planned")
    if (none := first.get("none")) and not any(
        name in first and first[name].start > none.start
        for name in ("draft", "work", "commission", "refused")
    ):
        return none
    finished = first.get("finished")
    if draft := first.get("refused") or first.get("draft"):
        return draft
    if (pending := first.get("pending")) and (finished or not making or pending.start < making.start):
        return pending
    if (
        finished
        and making
        and not (making.start < finished.start or (making.update and making.claim == "work"))
    ):
        return finished
    return making or finished or first.get("pending") or first.get("none")


STATUS = {
    "none": "kein_konzept",
    "refused": "entwurf",
    "pending": "entwurf",
    "draft": "entwurf",
    "work": "in_arbeit",
    "commission": "geplant",
    "planned": "geplant",
    "finished": "fertiggestellt",
}
"""Claim to status."""
