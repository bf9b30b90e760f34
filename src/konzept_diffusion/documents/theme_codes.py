"""The code list of themes and types (`scraper/themes.yml`), read once and checked."""

from __future__ import annotations

import functools
import hashlib
import math
from collections.abc import Iterable, Mapping
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

from .. import paths
from ..errors import DataError
from ..schemas.themes import THEMES, TYPES
from .theme_lexicon import Lexicon, Term, problem_of

FOCUS = ("gruppe", "alle")
"""Who a text speaks of: named groups of migrants, or everybody."""
_RULES = ("passage_weight", "min_passages", "min_share", "lone_share", "lone_weight")
_TYPE_RULES = ("min_terms", "min_margin", "focus_weight")


@dataclass(frozen=True, slots=True)
class Label:
    """A code with its German and English label and the reason for it."""

    code: str
    de: str
    en: str
    reason: str


@dataclass(frozen=True, slots=True)
class Published:
    """A theme as a source text publishes it.

    Attributes
    ----------
    figure, label
        Where, and in which words.
    indicator
        Slug in `published_results`; empty where the text gives no number.
    codes
        Our codes for it.
    note
        What the two do not share.
    """

    figure: str
    label: str
    codes: tuple[str, ...]
    indicator: str = ""
    note: str = ""


@dataclass(frozen=True)
class Codebook:
    """What `scraper/themes.yml` says.

    Attributes
    ----------
    version
        Version and first digits of the file's SHA-256: the same codes rest on the same file.
    themes, types
        Labels in the order of the list, by code.
    rules, type_rules
        Thresholds by name; docs/themes.md explains them.
    published
        The map from published themes to codes.
    """

    version: str
    themes: Mapping[str, Label]
    types: Mapping[str, Label]
    rules: Mapping[str, float]
    type_rules: Mapping[str, float]
    published: tuple[Published, ...]
    theme_lexicon: Lexicon = field(repr=False)
    type_lexicon: Lexicon = field(repr=False)


@functools.cache
def load_codebook(file: Path | None = None) -> Codebook:
    """Return the code list in a file (default: the project's `scraper/themes.yml`).

    Raises
    ------
    DataError
        If the file is missing or no YAML, codes differ from the declared ones, or a term, weight, rule
        or published theme is none.
    """
    import yaml

    file = file or paths.scraper_dir() / "themes.yml"
    try:
        raw = file.read_bytes()
        content = yaml.load(raw.decode("utf-8-sig"), Loader=getattr(yaml, "CSafeLoader", yaml.SafeLoader))
    except OSError as error:
        raise DataError(f"cannot be read ({error.strerror}).", file=file) from None
    except UnicodeDecodeError:
        raise DataError("the file is not UTF-8.", file=file, hint="Save it as UTF-8.") from None
    except yaml.YAMLError as error:
        raise DataError(f"no valid YAML ({error}).", file=file) from None
    if not isinstance(content, dict):
        raise DataError("a mapping of themes, types and published themes was expected.", file=file)
    themes = _need(content, "themes", dict, file, "")
    types = _need(content, "types", dict, file, "")
    _same_codes(themes, THEMES, "themes", file)
    _same_codes([code for code in types if code not in ("rules", "focus")], TYPES, "types", file)
    focus = _need(types, "focus", dict, file, "types.")
    type_terms = [term for code in TYPES for term in _terms(code, types[code], f"types.{code}", file)]
    for code in FOCUS:
        for written, options in (
            (focus.get(code), {"weight": 1.0}),
            (focus.get("exclude"), {"exclude": True}),
        ):
            type_terms += [
                Term(code, text, **options) for text in _list(written, f"types.focus.{code}", file)
            ]
    version = _number(content.get("version"), "version", file)
    return Codebook(
        version=f"{version:g}-{hashlib.sha256(raw).hexdigest()[:8]}",
        themes={code: _label(code, themes[code], f"themes.{code}", file) for code in themes},
        types={code: _label(code, types[code], f"types.{code}", file) for code in TYPES},
        rules=_rules(_need(content, "rules", dict, file, ""), _RULES, "rules", file),
        type_rules=_rules(_need(types, "rules", dict, file, "types."), _TYPE_RULES, "types.rules", file),
        published=tuple(
            _published(entry, f"published, entry {number}", file)
            for number, entry in enumerate(_need(content, "published", list, file, ""), start=1)
        ),
        theme_lexicon=Lexicon(
            tuple(term for code in themes for term in _terms(code, themes[code], f"themes.{code}", file))
        ),
        type_lexicon=Lexicon(tuple(type_terms)),
    )


def published_theme(label: str, codebook: Codebook | None = None) -> tuple[str, ...]:
    """Return the codes of a theme that a source text publishes.

    Parameters
    ----------
    label
        The label as printed, or the indicator of a row of `published_results` with topic `themes`.

    Returns
    -------
    tuple of str
        One code, or several where the text joins what is coded apart.

    Raises
    ------
    DataError
        If the label is not in the map.
    """
    book = codebook or load_codebook()
    asked = " ".join(label.split()).lower()
    found = [theme.codes for theme in book.published if asked in (theme.label.lower(), theme.indicator)]
    if not asked or not found:
        raise DataError(
            f"{label!r} is no published theme that the code list knows.",
            file="scraper/themes.yml",
            hint="Add it to the group published.",
        )
    return found[0]


def _need(content: Mapping[str, Any], key: str, kind: type, file: Path, place: str) -> Any:
    value = content.get(key)
    if not isinstance(value, kind):
        raise DataError(f"{place}{key} is missing or is no {kind.__name__}.", file=file)
    return value


def _same_codes(given: Iterable[str], declared: tuple[str, ...], group: str, file: Path) -> None:
    differing = set(given) ^ set(declared)
    if differing:
        raise DataError(
            f"{group}: {sorted(differing)[0]!r} is in the file or in schemas/themes.py, but not in both.",
            file=file,
        )


def _number(value: object, place: str, file: Path) -> float:
    if isinstance(value, bool) or not isinstance(value, int | float) or not math.isfinite(value) or value < 0:
        raise DataError(f"{place}: a number from 0 was expected, not {value!r}.", file=file)
    return float(value)


def _rules(content: Mapping[str, Any], names: tuple[str, ...], place: str, file: Path) -> dict[str, float]:
    unknown = set(content) - set(names)
    if unknown:
        raise DataError(f"{place}: {min(unknown, key=str)!r} is no rule.", file=file)
    return {name: _number(content.get(name), f"{place}.{name}", file) for name in names}


def _label(code: str, content: Any, place: str, file: Path) -> Label:
    if not isinstance(content, dict):
        raise DataError(f"{place}: labels, reason and terms were expected.", file=file)
    return Label(code, *(_need(content, key, str, file, f"{place}.") for key in ("de", "en", "reason")))


def _list(content: Any, place: str, file: Path) -> list[str]:
    if not isinstance(content, list):
        raise DataError(f"{place}: a list of terms was expected.", file=file)
    for text in content:
        problem = problem_of(text) if isinstance(text, str) else f"{text!r} is no text."
        if problem:
            raise DataError(f"{place}: {problem}", file=file)
    if len(set(content)) < len(content):
        twice = next(text for text in content if content.count(text) > 1)
        raise DataError(f"{place}: {twice!r} stands there twice.", file=file)
    return content


def _terms(code: str, content: Mapping[str, Any], place: str, file: Path) -> list[Term]:
    _label(code, content, place, file)
    terms = [Term(code, text, heading=True) for text in _list(content.get("headings", []), place, file)]
    for weight, texts in _need(content, "terms", dict, file, f"{place}.").items():
        value = _number(weight, f"{place}.terms", file)
        if not value:
            raise DataError(f"{place}.terms: a weight above 0 was expected.", file=file)
        terms += [
            Term(code, text, value, heading=value >= 2) for text in _list(texts, f"{place}.terms", file)
        ]
    excluded = _list(content.get("exclude", []), f"{place}.exclude", file)
    return terms + [Term(code, text, exclude=True) for text in excluded]


def _published(content: Any, place: str, file: Path) -> Published:
    if not isinstance(content, dict):
        raise DataError(f"{place}: figure, label and codes were expected.", file=file)
    codes = _need(content, "codes", list, file, f"{place}, ")
    wrong = [code for code in codes if code not in THEMES]
    if wrong or not codes:
        raise DataError(f"{place}: {wrong[0] if wrong else 'an empty list'!r} is no theme.", file=file)
    return Published(
        figure=_need(content, "figure", str, file, f"{place}, "),
        label=_need(content, "label", str, file, f"{place}, "),
        codes=tuple(codes),
        indicator=str(content.get("indicator", "")),
        note=str(content.get("note", "")),
    )
