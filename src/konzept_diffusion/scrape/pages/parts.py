"""What a page is made of while it is read (`markup`): links, blocks and regions as places in its text."""

from __future__ import annotations

import re
from functools import lru_cache

Attributes = dict[str, str]
"""An element's attributes as the parser gives them."""

_JUMP = re.compile(
    r"(?:location(?:\.href)?\s*=|location\.(?:assign|replace)\s*\(|\bopen\w*\s*\()\s*\\?['\"]([^'\"\\]{1,2000})",
    re.I,
)


@lru_cache(maxsize=4096)
def label_of(tag: str, classes: str) -> str:
    """Return a step of a tag path: "ul.menu"."""
    names = classes.split(None, 1)
    return f"{tag}.{names[0]}" if names else tag


def jump(script: str) -> str:
    """Return the address that a piece of JavaScript goes to (location = ..., window.open(...)), or ""."""
    found = _JUMP.search(script)
    return found[1] if found else ""


class Link:
    """A link while its page is read; `start` and `end` are places in `markup.Reader.pieces`."""

    __slots__ = ("attributes", "block", "end", "heading", "href", "label", "path", "region", "start")

    def __init__(self, href: str, attributes: Attributes, start: int, block: int, region: int) -> None:
        self.href, self.attributes, self.start, self.end = href, attributes, start, start
        self.block, self.region = block, region
        self.heading = self.path = self.label = ""


class Block:
    """A piece of the page with a text of its own: paragraph, list item, table row, div."""

    __slots__ = ("end", "item", "parent", "start")

    def __init__(self, start: int, parent: int, item: bool) -> None:
        self.start, self.end, self.parent, self.item = start, -1, parent, item


class Region:
    """A connected part of the page (`landmarks`); `core`: inside <main>."""

    __slots__ = ("core", "section")

    def __init__(self, section: str, core: bool) -> None:
        self.section, self.core = section, core
