"""What a maintainer tunes in `scraper/` without touching code, read once and checked."""

from __future__ import annotations

import csv
import hashlib
import re
from collections.abc import Mapping
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

from ... import keys, paths
from ...errors import DataError, InvalidKeyError
from .. import addresses
from ..addresses import normalise

GROUPS = ("targets", "topics", "documents", "hubs", "noise")
"""Groups of terms in terms.yml."""


@dataclass(frozen=True, slots=True)
class Term:
    """One pattern on folded text, its weight, and the reason why it is there."""

    weight: float
    pattern: str
    why: str


@dataclass(frozen=True)
class Settings:
    """The settings of a crawl: plain and picklable, so that every worker process gets the same.

    Attributes
    ----------
    search_terms
        What is typed into a site's search, in order.
    threshold
        Promise below which an address is not asked for.
    terms
        Group (see `GROUPS`) to its terms.
    plain_anchors
        Pattern of link texts that say nothing themselves.
    file_bonus
        Suffix to what is added to the promise of such a file.
    skip_suffixes
        Suffixes never asked for.
    seeds
        AGS to further addresses to begin with.
    blocked_hosts
        Hosts never asked, with all their subdomains.
    foreign
        Addresses of the register's other Kommunen (site and path): left to their own surveys.
    digest
        SHA-256 of the files read.
    """

    search_terms: tuple[str, ...]
    threshold: float
    terms: Mapping[str, tuple[Term, ...]]
    plain_anchors: str
    file_bonus: Mapping[str, float]
    skip_suffixes: frozenset[str]
    seeds: Mapping[str, tuple[str, ...]] = field(default_factory=dict)
    blocked_hosts: frozenset[str] = frozenset()
    foreign: frozenset[str] = frozenset()
    digest: str = ""


def load(folder: Path | None = None) -> Settings:
    """Return the settings in a folder (default: the project's `scraper/`).

    Raises
    ------
    DataError
        If a file is missing, is no YAML or CSV, or holds a pattern, weight, key or address that is none.
    """
    import yaml

    folder = folder or paths.scraper_dir()
    texts = {name: _read(folder / name) for name in ("terms.yml", "seeds.csv", "blocked_hosts.csv")}
    file = folder / "terms.yml"
    try:
        content = yaml.safe_load(texts["terms.yml"])
    except yaml.YAMLError as error:
        raise DataError(f"no valid YAML ({error}).", file=file) from None
    if not isinstance(content, dict):
        raise DataError("a mapping of groups was expected.", file=file)
    systems = folder / "systems.yml"
    digest = hashlib.sha256("\0".join([*texts.values(), _read(systems)]).encode()).hexdigest()
    return Settings(
        search_terms=tuple(str(term) for term in _need(content, "search_terms", list, file)),
        threshold=_number(content.get("threshold"), file, "threshold"),
        terms={group: _terms(_need(content, group, list, file), group, file) for group in GROUPS},
        plain_anchors=_pattern(content.get("plain_anchors"), file, "plain_anchors"),
        file_bonus={
            str(suffix): _number(bonus, file, f"file_bonus.{suffix}")
            for suffix, bonus in _need(content, "file_bonus", dict, file).items()
        },
        skip_suffixes=frozenset(str(suffix) for suffix in _need(content, "skip_suffixes", list, file)),
        seeds=_seeds(texts["seeds.csv"], folder / "seeds.csv"),
        blocked_hosts=_hosts(texts["blocked_hosts.csv"], folder / "blocked_hosts.csv"),
        digest=digest,
    )


def _read(file: Path) -> str:
    try:
        return file.read_text(encoding="utf-8-sig")
    except UnicodeDecodeError:
        raise DataError("the file is not UTF-8.", file=file, hint="Save it as UTF-8.") from None
    except OSError as error:
        raise DataError(f"cannot be read ({error.strerror}).", file=file) from None


def _need(content: Mapping[str, Any], key: str, kind: type, file: Path) -> Any:
    value = content.get(key)
    if not isinstance(value, kind):
        raise DataError(f"{key!r} is missing or is no {kind.__name__}.", file=file)
    return value


def _number(value: object, file: Path, key: str) -> float:
    if isinstance(value, bool) or not isinstance(value, int | float):
        raise DataError(f"{key}: a number was expected, not {value!r}.", file=file)
    return float(value)


def _pattern(value: object, file: Path, key: str) -> str:
    try:
        re.compile(str(value or ""))
    except re.error as error:
        raise DataError(f"{key}: {value!r} is no regular expression ({error}).", file=file) from None
    if not value:
        raise DataError(f"{key}: a pattern was expected.", file=file)
    return str(value)


def _terms(entries: list[Any], group: str, file: Path) -> tuple[Term, ...]:
    found = []
    for number, entry in enumerate(entries, 1):
        place = f"{group} {number}"
        if not isinstance(entry, dict) or set(entry) != {"weight", "pattern", "why"}:
            raise DataError(f"{place}: weight, pattern and why were expected.", file=file)
        weight = _number(entry["weight"], file, f"{place}, weight")
        found.append(Term(weight, _pattern(entry["pattern"], file, place), str(entry["why"])))
    return tuple(found)


def _rows(text: str, columns: tuple[str, ...], file: Path) -> list[dict[str, str]]:
    reader = csv.DictReader(text.splitlines())
    if tuple(reader.fieldnames or ()) != columns:
        raise DataError(f"the columns {', '.join(columns)} were expected.", file=file, row=1)
    return list(reader)


def _seeds(text: str, file: Path) -> dict[str, tuple[str, ...]]:
    found: dict[str, tuple[str, ...]] = {}
    for number, row in enumerate(_rows(text, ("ags", "url", "note"), file), 2):
        url = normalise(row["url"] or "")
        if not url:
            raise DataError(f"{row['url']!r} is no web address.", file=file, row=number, column="url")
        try:
            key = keys.check(row["ags"])
        except InvalidKeyError as error:
            raise DataError(str(error), file=file, row=number, column="ags") from None
        found[key] = (*found.get(key, ()), url)
    return found


def _hosts(text: str, file: Path) -> frozenset[str]:
    found = set()
    for number, row in enumerate(_rows(text, ("host", "reason"), file), 2):
        named = (row["host"] or "").strip()
        host = addresses.host(addresses.normalise(f"http://{named}/"))
        if not host or any(sign in named for sign in "/:@? "):
            raise DataError(
                f"{row['host']!r} is no host name without path and port.",
                file=file,
                row=number,
                column="host",
            )
        found.add(host)
    return frozenset(found)
