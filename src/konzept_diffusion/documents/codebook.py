"""The codebook of the rule coder: terms, weights and exclusions in `scraper/codebook.yml`, each with its reason.

A change of a term is a change of the coding: raise `version` there, it goes into the column `coder`.
"""

from __future__ import annotations

import functools
import re
from collections.abc import Mapping
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from ..errors import DataError
from ..paths import scraper_dir
from .finding import Finder
from .folding import pattern

_HINT = "See scraper/README.md for the form."


@dataclass(frozen=True, slots=True)
class Group:
    """Terms with one reason.

    Attributes
    ----------
    why
        The reason, one sentence.
    terms
        Regular expressions in German with umlauts, matched on folded text (see `folding.pattern`).
    weight
        Points a find is worth; negative speaks against. 1 where a group is only looked up.
    """

    why: str
    terms: tuple[str, ...]
    weight: float = 1.0


@dataclass(frozen=True, slots=True)
class Codebook:
    """Version and sections: name of the section to name of the group to group, in the file's order."""

    version: int
    sections: Mapping[str, Mapping[str, Group]]


def read(path: Path) -> Codebook:
    """Return the codebook of a file.

    Raises
    ------
    DataError
        If the file is not YAML, lacks its version, or a group lacks a reason or has a term that is no
        regular expression.
    """
    import yaml

    try:
        content = yaml.load(path.read_bytes(), Loader=getattr(yaml, "CSafeLoader", yaml.SafeLoader))
    except OSError as error:
        raise DataError(f"cannot be read ({error.strerror})", file=path, hint=_HINT) from error
    except (yaml.YAMLError, UnicodeDecodeError) as error:
        where = getattr(getattr(error, "problem_mark", None), "line", None)
        row = None if where is None else where + 1
        raise DataError("is not YAML", file=path, row=row, hint=_HINT) from error
    if not isinstance(content, dict) or not isinstance(content.get("version"), int):
        raise DataError("has no version (a whole number)", file=path, hint=_HINT)
    sections = {}
    for name, groups in content.items():
        if name == "version":
            continue
        if not isinstance(groups, dict):
            raise DataError(f"section {name!r} is no list of groups", file=path, hint=_HINT)
        sections[str(name)] = {
            str(group): _group(path, f"{name}.{group}", said) for group, said in groups.items()
        }
    return Codebook(content["version"], sections)


def _group(path: Path, place: str, said: Any) -> Group:
    if not isinstance(said, dict) or set(said) - {"why", "terms", "weight"}:
        raise DataError(f"{place} is no group of why, terms and weight", file=path, hint=_HINT)
    why, terms, weight = said.get("why"), said.get("terms"), said.get("weight", 1)
    if not isinstance(why, str) or not why.strip():
        raise DataError(f"{place} gives no reason (why)", file=path, hint=_HINT)
    if not isinstance(terms, list) or not terms or not all(isinstance(term, str) and term for term in terms):
        raise DataError(f"{place} has no terms (a list of texts)", file=path, hint=_HINT)
    if isinstance(weight, bool) or not isinstance(weight, int | float):
        raise DataError(f"{place}: the weight {weight!r} is no number", file=path, hint=_HINT)
    try:
        pattern("|".join(terms))
    except re.error as error:
        broken = next((term for term in terms if not _is_expression(term)), terms[0])
        problem = f"{place}: {broken!r} is no regular expression ({error.msg})"
        raise DataError(problem, file=path, hint=_HINT) from error
    return Group(why.strip(), tuple(terms), float(weight))


def _is_expression(term: str) -> bool:
    try:
        pattern(term)
    except re.error:
        return False
    return True


@functools.cache
def book() -> Codebook:
    """Return the project's codebook (read once)."""
    return read(scraper_dir() / "codebook.yml")


def coder_name() -> str:
    """Return what goes into the column `coder`: "rules-" and the codebook's version."""
    return f"rules-{book().version}"


def source(section: str, name: str) -> str:
    """Return the terms of a group as one expression, for use within a rule of grammar."""
    return "|".join(book().sections[section][name].terms)


@functools.cache
def any_of(section: str, *names: str) -> re.Pattern[str]:
    """Return the expression that finds any term of the groups, for folded text."""
    return pattern("|".join(source(section, name) for name in names))


@functools.cache
def finder(section: str, *names: str) -> Finder:
    """Return what finds the same as `any_of`, faster in long texts."""
    return Finder(tuple(term for name in names for term in book().sections[section][name].terms))


@functools.cache
def named(section: str) -> tuple[tuple[str, re.Pattern[str]], ...]:
    """Return the groups of a section with their expressions, in the file's order."""
    return tuple((name, any_of(section, name)) for name in book().sections[section])


@functools.cache
def weighted(section: str) -> tuple[tuple[str, float, re.Pattern[str]], ...]:
    """Return the groups of a section with weight and expression, in the file's order."""
    return tuple(
        (name, group.weight, any_of(section, name)) for name, group in book().sections[section].items()
    )
