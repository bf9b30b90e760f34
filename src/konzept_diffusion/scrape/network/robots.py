"""What a robots.txt says to us: groups, rules and verdicts after RFC 9309.

`protego` reads the lines that the RFC does not know (Crawl-delay, Request-rate, Sitemap). The verdict is made
here, since protego 0.7 departs from the RFC: it takes a group for "konzept" as meant for "konzept-diffusion",
ends a group's list of user agents at any line, allows "/" where "/index.html" is allowed, lets a final "$"
match a dollar sign too, and takes escaped reserved characters for plain ones ("%3F" for "?").

Sources: RFC 9309; for lines that are not quite well-formed (no colon, "Dissallow", byte order mark), what
RFC 9309, section 2.2, leaves to the crawler is read as leniently as the large search engines do. A Crawl-delay
counts for the user agents named directly before it.
"""

from __future__ import annotations

import re
from collections.abc import Iterable
from dataclasses import dataclass, field
from urllib.parse import quote, unquote_to_bytes

import protego

from . import tdm
from .politeness import PRODUCT
from .standing import LONGEST

_LINES = re.compile(r"\r\n|\r|\n")
_BOM = b"\xef\xbb\xbf"
_AGENTS = frozenset({"user-agent", "useragent", "user agent"})
_ALLOWS = frozenset({"allow"})
_DISALLOWS = frozenset({"disallow", "dissallow", "dissalow", "disalow", "diasllow", "disallaw"})
_PACES = frozenset({"crawl-delay", "crawl delay", "request-rate", "request rate"})
_SITEMAPS = frozenset({"sitemap", "sitemaps", "site-map"})
_TOKEN = re.compile(r"[A-Za-z_-]+")
_ESCAPE = re.compile(r"%([0-9A-Fa-f]{2})")
_UNRESERVED = frozenset(b"ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789-._~")
_CANONICAL = re.compile(r"[A-Za-z0-9/._~=&?:@!'()+,;-]*").fullmatch
_KEPT = "/?#[]@!&'()+,;=:%-._~"


@dataclass(frozen=True, slots=True)
class Rule:
    """One rule: allow or not, its pattern in canonical spelling, cut at the asterisks."""

    allow: bool
    pattern: str
    parts: tuple[str, ...]
    anchored: bool

    def matches(self, path: str) -> bool:
        """Return whether the pattern matches a path in canonical spelling."""
        first, *rest = self.parts
        if not path.startswith(first):
            return False
        if not rest:
            return not self.anchored or len(path) == len(first)
        at = len(first)
        for part in rest[:-1]:
            at = path.find(part, at)
            if at < 0:
                return False
            at += len(part)
        last = rest[-1]
        if self.anchored:
            return len(path) - len(last) >= at and path.endswith(last)
        return path.find(last, at) >= 0


@dataclass(frozen=True, slots=True)
class RobotsFile:
    """A robots.txt as it concerns us (`exchange.Robots`).

    Attributes
    ----------
    status
        "found"; "missing" (4xx: everything is allowed) or "unreachable" (5xx, no answer: nothing is).
    rules
        Of our group, or of the group for all; longest pattern first, allow before disallow.
    sitemaps
        Addresses as written.
    crawl_delay
        Seconds (Crawl-delay or Request-rate, the longer), a year at most; None without.
    tdm
        Reserves text and data mining (see `tdm`).
    reason
        Why it is unreachable: a key of `exchange.REASONS`; else empty.
    """

    status: str = "found"
    rules: tuple[Rule, ...] = ()
    sitemaps: tuple[str, ...] = ()
    crawl_delay: float | None = None
    tdm: bool = False
    reason: str = ""
    _prefixes: tuple[str, ...] = field(default=(), repr=False)
    _special: tuple[Rule, ...] = field(default=(), repr=False)

    def allows(self, url: str) -> bool:
        """Return whether the address (absolute, or from the path on) may be asked for."""
        if self.status == "missing":
            return True
        path = path_of(url)
        if path == "/robots.txt":
            return True
        if self.status != "found":
            return False
        # Most rules are plain prefixes: one comparison tells that none of them fits.
        rules = self.rules if path.startswith(self._prefixes) else self._special
        return next((rule.allow for rule in rules if rule.matches(path)), True)


def read(content: bytes, product: str = PRODUCT) -> RobotsFile:
    """Return what a robots.txt says to a crawler.

    Parameters
    ----------
    content
        The file; any bytes.
    product
        Product token of the crawler.
    """
    for length in (3, 2, 1):
        if content.startswith(_BOM[:length]):
            content = content[length:]
            break
    lines = [
        parsed for line in _LINES.split(content.decode("utf-8", "surrogateescape")) if (parsed := _line(line))
    ]
    ours, paces, reserved = _of_group(lines, product.lower())
    rules = {}
    for allow, value in ours:
        rule = _rule(allow, value)
        rules[rule.allow, rule.pattern] = rule
    ordered = tuple(sorted(rules.values(), key=lambda rule: (-len(rule.pattern), not rule.allow)))
    plain = tuple(rule.parts[0] for rule in ordered if len(rule.parts) == 1 and not rule.anchored)
    rest = "\n".join(f"{name}: {value}" for name, value in paces)
    others = protego.Protego.parse(
        f"User-agent: *\n{rest}\n"
        + "\n".join(f"Sitemap: {value}" for name, value in lines if name in _SITEMAPS and value)
    )
    delay, rate = others.crawl_delay("*"), others.request_rate("*")
    pace = max(float(delay or 0), _pause(rate.seconds, rate.requests) if rate else 0.0)
    return RobotsFile(
        rules=ordered,
        sitemaps=tuple(dict.fromkeys(_text(address) for address in others.sitemaps)),
        crawl_delay=min(pace, LONGEST) if delay is not None or rate is not None else None,
        tdm=reserved,
        _prefixes=plain,
        _special=tuple(rule for rule in ordered if len(rule.parts) > 1 or rule.anchored),
    )


def _pause(seconds: int, requests: int) -> float:
    try:
        return seconds / requests
    except OverflowError:  # a number of hundreds of digits
        return LONGEST


def _text(value: str) -> str:
    return value.encode("utf-8", "surrogateescape").decode("utf-8", "replace")


def _line(line: str) -> tuple[str, str] | None:
    """Return name (lower case) and value of a line; None if it is none.

    Without a colon, exactly two words are read as name and value.
    """
    line = line.partition("#")[0].strip(" \t\0\f\v\xa0")
    name, colon, value = line.partition(":")
    if not colon:
        words = line.split()
        if len(words) != 2:
            return None
        name, value = words
    return name.strip().lower(), value.strip()


def _of_group(
    lines: Iterable[tuple[str, str]], product: str
) -> tuple[list[tuple[bool, str]], list[tuple[str, str]], bool]:
    """Return rules, pace lines and reservation of the groups for `product`, of those for all if there are none."""
    # Only two user agents matter: a file of thousands of others costs no more than its length.
    rules: dict[str, list[tuple[bool, str]]] = {}
    paces: dict[str, list[tuple[str, str]]] = {}
    reserved: set[str] = set()
    agents: set[str] = set()  # of the group, as far as they matter
    recent: set[str] = set()  # named directly before
    closed = paced = grouped = False
    for name, value in lines:
        if name in _AGENTS:
            if closed:
                agents, closed = set(), False
            if paced:
                recent, paced = set(), False
            grouped = True
            agent = _agent(value)
            if agent in (product, "*"):
                agents.add(agent)
                recent.add(agent)
                rules.setdefault(agent, [])
        elif name in _ALLOWS or name in _DISALLOWS:
            closed = paced = True
            if value:
                for agent in agents:
                    rules[agent].append((name in _ALLOWS, value))
        elif name in _PACES:
            paced = True
            for agent in recent:
                paces.setdefault(agent, []).append((name, value))
        elif tdm.robots_reserved(name, value):
            reserved |= agents if grouped else {"*"}
    mine = product if product in rules else "*"
    return rules.get(mine, []), paces.get(mine, []), mine in reserved or "*" in reserved


def _agent(value: str) -> str:
    """Return the product token of a user-agent line in lower case; "*" for all."""
    if value == "*" or (value[:1] == "*" and value[1:2].isspace()):
        return "*"
    found = _TOKEN.match(value)
    return found[0].lower() if found else ""


def _rule(allow: bool, value: str) -> Rule:
    anchored = value.endswith("$")
    body = value[:-1] if anchored else value
    spelled = "*".join(canonical(part) for part in body.split("*"))
    parts = [canonical(part) for part in re.split(r"\*+", body)]
    return Rule(allow, spelled + "$" * anchored, tuple(parts), anchored)


def canonical(text: str) -> str:
    """Return a path in the spelling that is compared (RFC 9309, section 2.2.2).

    Unreserved characters are plain, everything outside ASCII, blanks, "*" and "$" escaped, escapes in capitals;
    escaped reserved characters stay escaped.
    """
    if _CANONICAL(text):
        return text
    raw = text.encode("utf-8", "surrogateescape")
    spelled = quote(raw, safe=_KEPT)
    if "%" not in spelled:
        return spelled

    def unified(escape: re.Match[str]) -> str:
        octet = unquote_to_bytes(escape[0])
        return octet.decode() if octet[0] in _UNRESERVED else escape[0].upper()

    return _ESCAPE.sub(unified, spelled)


def path_of(url: str) -> str:
    """Return path and query of an address in canonical spelling, without fragment."""
    start = url.find("://")
    if start >= 0 and start < url.find("/") + 1:
        slash = min((at for at in (url.find(c, start + 3) for c in "/?#") if at >= 0), default=-1)
        url = url[slash:] if slash >= 0 else "/"
    url = url.partition("#")[0]
    return canonical(url if url.startswith("/") else f"/{url}")
