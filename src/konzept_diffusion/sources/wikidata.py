"""Wikidata: official websites (P856) of Gemeinden (P439, Amtlicher Gemeindeschlüssel) and Kreise (P440).

Asked by SPARQL at the Wikidata Query Service: one query of at most 60 seconds, a User-Agent that names its
contact (set KONZEPT_CONTACT), HTTP 429 with Retry-After obeyed. Content: CC0 1.0.
"""

from __future__ import annotations

import json
import re
from collections.abc import Callable, Iterator
from dataclasses import dataclass
from pathlib import Path
from typing import Any
from urllib.parse import urlsplit

import pandas as pd

from .. import files, keys
from ..errors import InvalidKeyError, SourceError
from .http import Access, Client

URL = "https://query.wikidata.org/sparql"
ACCESS = Access("Wikidata Query Service")
FILE = "websites.json"
COLUMNS = ("ags", "website", "item", "level")
QUERY = """SELECT DISTINCT ?item ?key ?level ?website WHERE {
  { ?item wdt:P439 ?key . BIND("gemeinde" AS ?level) }
  UNION
  { ?item wdt:P440 ?key . BIND("kreis" AS ?level) }
  ?item wdt:P856 ?website .
  FILTER NOT EXISTS { ?item wdt:P576 ?dissolved }
}
ORDER BY ?level ?key ?item ?website"""
"""Items with a website that were not dissolved (P576)."""
_VARIABLES = ("item", "key", "level", "website")
_ITEM = re.compile(r"https?://www\.wikidata\.org/entity/(Q[0-9]+)")


@dataclass(frozen=True)
class Websites:
    """What Wikidata holds.

    Attributes
    ----------
    table
        `ags` (8 digits, Kreise 5), `website`, `item` (QID), `level` (gemeinde, kreis), sorted; a key may
        have several websites and items.
    refused
        `key`, `website`, `item`, `level`, `reason`: rows whose key or address cannot be one. Wikidata is
        edited by its users; a slip there is no reason to stop.
    """

    table: pd.DataFrame
    refused: pd.DataFrame


def request(client: Client, *, url: str = URL) -> bytes:
    """Return the service's answer to `QUERY`.

    Raises
    ------
    SourceError
        If the service refuses or fails, or the answer is not what `parse` expects.
    """
    body = client.read(
        "GET",
        url,
        access=ACCESS,
        headers={"Accept": "application/sparql-results+json"},
        params={"query": QUERY, "format": "json"},
    ).body
    parse(body)
    return body


def retrieve_websites(
    client: Client, folder: Path, *, url: str = URL, keep: Callable[[Path], bool] = lambda path: False
) -> Iterator[tuple[Path, str]]:
    """Download the answer as `folder`/websites.json; yield the file and the address of the service.

    Raises
    ------
    SourceError
        As for `request`.
    """
    target = folder / FILE
    if not keep(target):
        files.write_bytes(target, request(client, url=url))
    yield target, url


def read(path: Path) -> Websites:
    """Return the websites in a downloaded answer; see `parse`. Python API for users (docs/sources.md).

    Raises
    ------
    SourceError
        If the file is missing or is not what `parse` expects.
    """
    try:
        return parse(path.read_bytes())
    except FileNotFoundError:
        raise SourceError(f"{path}: there is no such file. Run 'konzept-diffusion fetch wikidata'.") from None


def parse(body: bytes) -> Websites:
    """Return the websites in a SPARQL answer (JSON results).

    Raises
    ------
    SourceError
        If the answer is cut (the service ends a query that takes too long in mid-answer), lacks a variable
        (expected and found are named), or holds not a single website.
    """
    good: set[tuple[str, str, str, str]] = set()
    bad: set[tuple[str, str, str, str, str]] = set()
    for row in _bindings(body):
        item, key, level, website = (row[name] for name in _VARIABLES)
        match = _ITEM.fullmatch(item)
        if match is None or level not in ("gemeinde", "kreis"):
            raise SourceError(f"Wikidata: the layout has changed; item {item!r} with level {level!r} found.")
        reason = _problem(key, level, website)
        if reason:
            bad.add((key, website, match[1], level, reason))
        else:
            good.add((key, website, match[1], level))
    if not good:
        raise SourceError("Wikidata: the answer holds no website. The properties P439, P440 or P856 changed.")
    return Websites(
        pd.DataFrame(sorted(good), columns=list(COLUMNS)),
        pd.DataFrame(sorted(bad), columns=["key", *COLUMNS[1:], "reason"]),
    )


def _bindings(body: bytes) -> list[dict[str, str]]:
    try:
        answer: Any = json.loads(body)
    except ValueError:
        raise SourceError(
            "Wikidata: the answer is cut or no JSON, as when a query takes too long. Try again later."
        ) from None
    try:
        found = list(answer["head"]["vars"])
        rows = answer["results"]["bindings"]
        lost = [name for name in _VARIABLES if name not in found]
        if not lost:
            return [{name: str(row[name]["value"]) for name in _VARIABLES} for row in rows]
    except (KeyError, TypeError) as error:
        raise SourceError(
            f"Wikidata: the layout has changed; expected head.vars and results.bindings with "
            f"{', '.join(_VARIABLES)}; not found: {error}."
        ) from None
    raise SourceError(
        f"Wikidata: the layout has changed; expected variables {', '.join(_VARIABLES)}; missing: "
        f"{', '.join(lost)}; found: {', '.join(found)}."
    )


def _problem(key: str, level: str, website: str) -> str:
    """Return what is wrong with a row; "" if nothing is."""
    try:
        keys.check(key, level="gemeinde" if level == "gemeinde" else "kreis")
    except InvalidKeyError as error:
        return str(error)
    try:
        parts = urlsplit(website)
        good = parts.scheme in ("http", "https") and bool(parts.hostname)
    except ValueError:  # "http://[": brackets are for IPv6
        good = False
    return "" if good else f"{website!r} is no web address."
