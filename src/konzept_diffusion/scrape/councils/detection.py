"""Which council information system a page belongs to, and which links lead to one."""

from __future__ import annotations

import functools
import re
from dataclasses import dataclass
from typing import TYPE_CHECKING
from urllib.parse import urlsplit

from .. import addresses
from .recipes import Recipes, load_recipes

if TYPE_CHECKING:
    from ..pages import Link, Page

LONGEST_ANCHOR = 60
"""Longer link texts are headlines about a system ("New council system is online") rather than its name."""

KINDS_OF_LINKS = 3
"""Different kinds of links (Vorlagen, Sitzungen, Gremien ...) that a system of unknown make has at least."""

_EXTENSION = re.compile(r"\.(asp|php)(?=[?;]|$)")


@dataclass(frozen=True, slots=True)
class System:
    """A council information system.

    Attributes
    ----------
    code
        sessionnet, allris3, allris4, sdnet, rubin, oparl or unknown.
    base
        Address of the folder its programs are in, with "/" at the end; of OParl the address of the object.
    extension
        asp or php, where the make comes in both; else empty.
    """

    code: str
    base: str
    extension: str = ""


def detect(page: Page | None, url: str, body: bytes = b"", media_type: str = "") -> System | None:
    """Return the system that a page or its address belongs to; None if it belongs to none.

    A site that merely links to a system on another host is none. Addresses that only one make has decide
    alone; others need the make's mark in the page's source, or links of its kind on the same host.

    Parameters
    ----------
    page
        The parsed page; None if only the address is known.
    url
        Its address.
    body, media_type
        As in `Exchange`; without them the marks in the source are not looked at.
    """
    recipes = load_recipes()
    if "json" in media_type or (not media_type and body[:1] == b"{"):
        return System("oparl", url) if b"schema.oparl.org" in body else None
    code, base = _located(url)
    if code:
        return System(code, base, _extension(recipes, code, url, page))
    if page is None:
        return None
    source = body[:200_000].lower() or f"{page.generator} {page.title} {page.text[-400:]}".lower().encode()
    target = _target(url)
    linked = _linked(page, url)
    for code, recipe in recipes.systems.items():
        marked = any(marker.encode() in source for marker in recipe.markers)
        weak = recipe.weak.match(target) if recipe.weak else None
        own = linked.get(code, [])
        if len(own) >= (1 if marked else 2):
            return System(code, own[0], _extension(recipes, code, url, page))
        if marked and weak:
            return System(code, _prefix(url, weak), _extension(recipes, code, url, page))
        if (
            marked and recipe.oparl_first and not own and len(page.links) < 5
        ):  # built by scripts: no links yet
            return System(code, addresses.origin(url) + "/")
    return _unknown(recipes, page, url)


def detect_link(link: Link) -> float:
    """Return the promise (0 to 1) that a link leads to a council information system."""
    return _promise(link.url, link.anchor or link.title)


@functools.lru_cache(maxsize=16_384)
def _promise(url: str, text: str) -> float:
    recipes = load_recipes()
    refused_address, refused_anchor = recipes.link_refuse
    anchor, lowered = addresses.folded(text), url.lower()
    if refused_address.search(lowered) or refused_anchor.search(anchor):
        return 0.0
    promise = 0.95 if _located(url)[0] else 0.0
    for pattern, value in recipes.link_addresses:
        if value > promise and pattern.search(lowered):
            promise = value
    for pattern, value in recipes.link_anchors:
        weighed = value if len(anchor) <= LONGEST_ANCHOR else value / 2
        if weighed > promise and pattern.search(anchor):
            promise = weighed
    return promise


def _target(url: str) -> str:
    """Return path and query in lower case: what the patterns are matched on."""
    parts = urlsplit(url)
    return (f"{parts.path}?{parts.query}" if parts.query else parts.path or "/").lower()


@functools.lru_cache(maxsize=16_384)
def _located(url: str) -> tuple[str, str]:
    """Return make and base of an address that only one make has, else two empty texts.

    Kept, because a site's menu brings the same addresses on every page.
    """
    target = _target(url)
    for code, recipe in load_recipes().systems.items():
        for pattern in recipe.address:
            found = pattern.match(target)
            if found:
                return code, _prefix(url, found)
    if "/oparl/" in f"{target.partition('?')[0]}/":
        return "oparl", url
    return "", ""


def _prefix(url: str, found: re.Match[str]) -> str:
    """Return the address up to the end of the group `base` (lower case keeps the length of an ASCII address)."""
    return addresses.origin(url) + (urlsplit(url).path or "/")[: found.end("base")]


def _linked(page: Page, url: str) -> dict[str, list[str]]:
    """Return, by make, the bases of the page's links into the folder that the page itself is in."""
    bases: dict[str, list[str]] = {}
    for address in {link.url for link in page.links}:
        code, base = _located(address)
        if code and url.startswith(base):
            bases.setdefault(code, []).append(base)
    return {code: sorted(found, key=len) for code, found in bases.items()}


def _extension(recipes: Recipes, code: str, url: str, page: Page | None) -> str:
    """Return the extension of the programs' names for a make that comes in several languages."""
    recipe = recipes.systems.get(code)
    if recipe is None or not any("{ext}" in step.path for step in recipe.search):
        return ""
    for candidate in (url, *(link.url for link in (page.links if page else ()))):
        found = _EXTENSION.search(_target(candidate))
        if found:
            return found[1]
    return "asp"


def _unknown(recipes: Recipes, page: Page, url: str) -> System | None:
    """Return a system of unknown make if the page names itself one and has links of that kind."""
    if not any(recipes.title.search(addresses.folded(text)) for text in (page.title, *page.headings[:3])):
        return None
    site = addresses.site(url)
    own = {
        found[0]
        for link in page.links
        if len(link.anchor) <= LONGEST_ANCHOR and addresses.site(link.url) == site
        if (found := recipes.anchors.search(addresses.folded(link.anchor)))
    }
    if len(own) < KINDS_OF_LINKS:
        return None
    path = urlsplit(url).path
    return System("unknown", addresses.origin(url) + (path[: path.rfind("/") + 1] or "/"))
