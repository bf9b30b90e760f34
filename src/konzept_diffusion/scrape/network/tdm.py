"""Reservations against text and data mining (§ 44b (3) UrhG, Article 4 (3) of Directive (EU) 2019/790).

Taken for a reservation in machine-readable form: the header or meta tag `tdm-reservation: 1` (TDM Reservation
Protocol, W3C community report), "noai" or "notdm" in X-Robots-Tag or a robots meta tag, and in robots.txt a line
"Content-Signal" with ai-train=no or ai-input=no, or "tdm-reservation: 1". Not taken for one: rules for other
crawlers (GPTBot, CCBot ...): they are addressed to these, and "noimageai", which is about pictures.
/.well-known/tdmrep.json is not asked for: it would be one more request to every host.
"""

from __future__ import annotations

import re
from collections.abc import Mapping

_DIRECTIVES = frozenset({"noai", "notdm", "no-tdm"})
_SIGNAL = re.compile(r"(?:^|[,;\s])ai-(?:train|input)\s*=\s*no\b", re.I)


def reserved(headers: Mapping[str, str]) -> bool:
    """Return whether the headers of an answer (names in lower case) reserve mining."""
    value = headers.get("tdm-reservation")
    if value is not None and value.strip() == "1":
        return True
    tag = headers.get("x-robots-tag")
    return tag is not None and meta_reserved("robots", tag)


def meta_reserved(name: str, content: str) -> bool:
    """Return whether a meta tag reserves mining."""
    name = name.strip().lower()
    if name == "tdm-reservation":
        return content.strip() == "1"
    if name == "robots":
        return not _DIRECTIVES.isdisjoint(re.split(r"[\s,;:]+", content.lower()))
    return False


def robots_reserved(name: str, value: str) -> bool:
    """Return whether a line of robots.txt (name in lower case) reserves mining."""
    if name == "content-signal":
        return _SIGNAL.search(value) is not None
    return name == "tdm-reservation" and value == "1"
