"""What a link inside a council information system leads to."""

from __future__ import annotations

import functools
from typing import TYPE_CHECKING

from .. import addresses
from .detection import System, _target
from .recipes import load_recipes

if TYPE_CHECKING:
    from ..pages import Link

_CONTENT = ("main", "result", "")


def role(system: System, url: str, link: Link | None = None) -> str:
    """Return the role (`recipes.ROLES`) of an address: the make's own rules first, then the general ones.

    Parameters
    ----------
    system
        The system on whose page it was found.
    url
        The address.
    link
        The link; without it the address alone decides.
    """
    if link is None:
        return _role(system.code, url, "", "address", "")
    return _role(system.code, url, link.anchor or link.title, link.section, link.kind_hint)


@functools.lru_cache(maxsize=16_384)
def _role(code: str, url: str, text: str, section: str, hint: str) -> str:
    recipes = load_recipes()
    known = recipes.systems.get(code)
    target, anchor = _target(url), addresses.folded(text)
    for rule in (*(known.rules if known else ()), *recipes.generic.rules):
        if rule.address is not None and rule.address.search(target):
            return rule.role
        if rule.anchor is not None and anchor and rule.anchor.search(anchor):
            return rule.role
    if "pdf" in hint:
        return "file"
    if section == "pagination":
        return "result"
    return "page" if section in _CONTENT else "noise"


def promise(role: str) -> float:
    """Return the promise (0: never followed, 1: a file) that systems.yml gives to a role."""
    return load_recipes().promises[role]
