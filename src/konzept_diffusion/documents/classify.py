"""Coding of texts that come alone, one JSON object a line: what `konzept-diffusion classify` does."""

from __future__ import annotations

import json
import math
import re
from collections.abc import Callable, Iterable, Iterator
from dataclasses import dataclass, replace
from pathlib import Path
from typing import Any

from ..errors import DataError, StepError
from ..files import atomic_path
from .codebook import coder_name
from .folding import clean, pattern, quotation
from .owners import Owners
from .public_owner import PublicOwner, owner_of
from .standing import Standing, standing_of
from .themes import code_themes, theme_string
from .voice import OFFICIAL, THRESHOLD, Reading, Relevance, relevance_of, voice_of

_HINT = 'Every line is one object: {"id": ..., "url": ..., "title": ..., "text": ...}.'
_REPORT_EVERY = 1000
# Parties ask for a Kommune's document; they do not own it.
_PARTY = pattern(r"^(?:cdu|spd|fdp|afd|csu|fraktion|die grünen|die linke|freie wähler)")
_NAMED = re.compile(r"anfang|titel|text|konzept_der|organe|impressum|host")
# Share of right decisions by distance from the threshold: logistic fit on the texts of tests/documents/alone.jsonl
# as they were coded at first sight (93 texts, 6 errors); cross-validated it is no better than the mean share.
_SLOPE, _OFFSET = 0.41, 0.56


@dataclass(frozen=True, slots=True)
class Entry:
    """A line of the input: identifier, address, title and text; all but the identifier may be empty."""

    id: str | int
    url: str
    title: str
    text: str


@dataclass(frozen=True, slots=True)
class Classified:
    """What `classify_file` did: number of texts, number of relevant ones, file written."""

    texts: int
    relevant: int
    out: Path


Themes = Callable[[str, str], str]
"""From title and text to the theme codes, separated by "|"."""


def entries(lines: Iterable[str | bytes], *, file: object = "input") -> Iterator[Entry]:
    """Yield the entries of a JSONL source, one a line; empty lines are left out.

    Parameters
    ----------
    lines
        UTF-8, with or without a byte order mark at the beginning.
    file
        Named in errors.

    Raises
    ------
    DataError
        On the first line that is no such object, with file and row.
    """
    for row, line in enumerate(lines, start=1):
        try:
            text = line.decode("utf-8") if isinstance(line, bytes) else line
        except UnicodeDecodeError as error:
            raise DataError(
                f"byte {error.start + 1} of the line is not UTF-8",
                file=file,
                row=row,
                hint="Save it as UTF-8.",
            ) from error
        if row == 1:
            text = text.removeprefix("\ufeff")
        if not text.strip():
            continue
        try:
            said = json.loads(text)
        except (json.JSONDecodeError, RecursionError) as error:
            reason = getattr(error, "msg", "nested too deep")
            raise DataError(f"is not JSON ({reason})", file=file, row=row, hint=_HINT) from error
        yield _entry(said, file, row)


def _entry(said: Any, file: object, row: int) -> Entry:
    if not isinstance(said, dict):
        raise DataError(f"is no object but {_kind(said)}", file=file, row=row, hint=_HINT)
    name = said.get("id")
    if isinstance(name, bool) or not isinstance(name, str | int) or name == "":
        raise DataError("has no id (a text or a whole number)", file=file, row=row, column="id", hint=_HINT)
    values = []
    for column in ("url", "title", "text"):
        value = said.get(column)
        if column == "text" and column not in said:
            raise DataError("has no text (it may be empty)", file=file, row=row, column=column, hint=_HINT)
        if value is not None and not isinstance(value, str):
            raise DataError(f"is no text but {_kind(value)}", file=file, row=row, column=column, hint=_HINT)
        values.append((value or "").encode("utf-8", "replace").decode("utf-8"))
    return Entry(name, *values)


def _kind(value: Any) -> str:
    names = {dict: "an object", list: "a list", str: "a text", bool: "true or false", type(None): "null"}
    return names.get(type(value), "a number")


def classify(
    lines: Iterable[str | bytes],
    *,
    file: object = "input",
    owners: Owners | None = None,
    themes: Themes | None = None,
) -> Iterator[dict[str, Any]]:
    """Yield the coding of every entry, in order; see `classify_entry`.

    Raises
    ------
    DataError
        See `entries`.
    """
    known = owners or Owners()
    for entry in entries(lines, file=file):
        yield classify_entry(entry, known, themes=themes)


def classify_entry(entry: Entry, owners: Owners, *, themes: Themes | None = None) -> dict[str, Any]:
    """Return the coding of one text.

    Parameters
    ----------
    entry
        Any text: the document itself, an official page, council paper, press, party, study, course offer.
    owners
        Who is known besides the embedded register.
    themes
        Codes the themes of relevant texts; `themes_of` by default.

    Returns
    -------
    dict
        id, relevant, kind, status, event (adopted, draft, planned, updated, mentioned, none), owner_level,
        owner ("Stadt Köln"; empty if no name is told), owner_ags (key; empty if not resolved), year, year_basis,
        themes (list of codes), score (0 to 1, confidence in `relevant`), evidence (rules, and quote with start
        and end in the clean text; empty without a passage), coder.
    """
    reading = Reading(" ".join(clean(entry.title).split()), entry.url, clean(entry.text))
    voice = voice_of(reading)
    owner = owner_of(reading, voice, owners)
    relevance = relevance_of(
        reading,
        voice,
        private=owner.level == "sonstige" and bool(owner.name) and not _PARTY.search(owner.name),
        nameless=not _NAMED.search(owner.rule),
    )
    coded: dict[str, Any] = {"id": entry.id, "relevant": relevance.relevant}
    if relevance.relevant:
        standing = standing_of(reading, voice, owner.name, owner.level)
        kind, kind_rule = _presented(reading, voice, standing.rules)
        if "viele_kommunen" in standing.rules:
            owner = replace(owner, level="sonstige", name="", ags="", rule="viele_kommunen")
            kind, kind_rule = "sonstiges", "viele_kommunen"
    else:
        standing = Standing("unbekannt", "none", None, "unbekannt", (), 0, 0)
        kind, kind_rule = "sonstiges", "nicht_einschlaegig"
    said = ""
    if relevance.relevant:
        said = themes(reading.title, reading.text) if themes else _themes(reading)
    return {
        **coded,
        "kind": kind,
        "status": standing.status,
        "event": standing.event,
        "owner_level": owner.level,
        "owner": owner.name,
        "owner_ags": owner.ags,
        "year": standing.year,
        "year_basis": standing.year_basis,
        "themes": [code for code in said.split("|") if code],
        "score": score(relevance.points),
        "evidence": _evidence(reading, voice, owner, relevance, standing, kind_rule),
        "coder": coder_name(),
    }


def themes_of(title: str, text: str) -> str:
    """Return the themes that a text treats, separated by "|"; see `documents.themes`."""
    return theme_string(code_themes(f"{title}\n\n{text}" if title else text))


def _themes(reading: Reading) -> str:
    """Return `themes_of` a text that has been folded already."""
    if not reading.title:
        return theme_string(code_themes(reading.text, low=reading.low))
    return theme_string(
        code_themes(f"{reading.title}\n\n{reading.text}", low=f"{reading.low_title}\n\n{reading.low}")
        if len(reading.low_title) == len(reading.title)
        else code_themes(f"{reading.title}\n\n{reading.text}")
    )


def score(points: float) -> float:
    """Return the confidence, 0.5 to 1, that a text with these points of relevance is coded rightly."""
    margin = abs(points - THRESHOLD + 0.5)
    return round(1 / (1 + math.exp(-(_OFFSET + _SLOPE * margin))), 3)


def _presented(reading: Reading, voice: str, rules: tuple[str, ...]) -> tuple[str, str]:
    """Return the kind of the document that a text is or officially presents, and the rule."""
    if voice not in OFFICIAL:
        return "sonstiges", f"dritte_{voice}"
    if rules[:1] == ("niederschrift_rejected",):
        return "sonstiges", "kein_dokument"
    if reading.genre == "stelle":
        return "sonstiges", "stelle"
    for _, kind in reading.named:
        if kind.strong or voice == "dokument":
            return kind.kind, kind.rule
    if reading.mentions:
        counted: dict[str, float] = {}
        for number, (start, end) in enumerate(reading.own_mentions[:12]):
            if name := reading.kind_at(start, end):
                counted[name] = counted.get(name, 0) + 1 + (2 if number == 0 else 0)
        if counted:
            return max(counted, key=lambda name: counted[name]), "im_text_vorgestellt"
    for _, kind in reading.named:
        return kind.kind, kind.rule
    return "sonstiges", "kein_dokument_genannt"


def _evidence(
    reading: Reading,
    voice: str,
    owner: PublicOwner,
    relevance: Relevance,
    standing: Standing,
    kind_rule: str,
) -> dict[str, Any]:
    start, end = (standing.start, standing.end) if standing.end else (relevance.start, relevance.end)
    rules = [
        *relevance.rules,
        f"stimme_{voice}",
        f"art_{kind_rule}",
        *standing.rules,
        f"traeger_{owner.rule}",
    ]
    return {
        "rules": [rule for rule in rules if rule],
        "quote": quotation(reading.text, start, end) if end else "",
        "start": start,
        "end": end,
    }


def classify_file(
    source: Path,
    target: Path,
    *,
    say: Callable[[str], None] | None = None,
    owners: Owners | None = None,
    themes: Themes | None = None,
) -> Classified:
    """Classify a JSONL file into a JSONL file, line by line; `target` appears only when all is done.

    Parameters
    ----------
    source, target
        Input and output; they must differ.
    say
        Told the progress every thousand texts.
    owners, themes
        As in `classify_entry`.

    Raises
    ------
    DataError
        If the source cannot be read or a line is bad: with file and row; nothing is written then.
    StepError
        If the target cannot be written, or is the source.
    """
    if target.exists() and source.exists() and target.samefile(source):
        raise StepError(f"{target}: is the input too. Choose another file with --out.")
    texts = relevant = 0
    try:
        stream = source.open("rb")
    except OSError as error:
        raise DataError(
            f"cannot be read ({error.strerror})", file=source, hint="Name a file of one JSON object a line."
        ) from error
    with stream, atomic_path(target) as temporary, temporary.open("w", encoding="utf-8", newline="\n") as out:
        for coded in classify(stream, file=source, owners=owners, themes=themes):
            out.write(json.dumps(coded, ensure_ascii=False) + "\n")
            texts += 1
            relevant += coded["relevant"]
            if say and texts % _REPORT_EVERY == 0:
                say(f"{texts} texts classified, {relevant} relevant")
    return Classified(texts, relevant, target)
