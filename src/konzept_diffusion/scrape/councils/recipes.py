"""The recipes for council information systems (`scraper/systems.yml`), read once and checked."""

from __future__ import annotations

import functools
import re
from collections.abc import Mapping
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from ... import paths
from ...errors import DataError

ROLES = ("file", "paper", "result", "search", "oparl", "page", "agenda", "calendar", "person", "noise")
"""What a link of a council system leads to; the promise of each is in systems.yml."""

STEPS = {
    "form": "a page that carries the search form",
    "list": "a list of papers",
    "query": "the search itself: {term} in path or fields is the search term",
}
"""Kinds of steps of a search."""

VERSION = 1


@dataclass(frozen=True, slots=True)
class Rule:
    """Links that fit one of the patterns have that role."""

    role: str
    address: re.Pattern[str] | None
    anchor: re.Pattern[str] | None


@dataclass(frozen=True, slots=True)
class Step:
    """A request that a search can begin with; `path` is relative to the system's base."""

    kind: str
    path: str
    method: str
    fields: tuple[tuple[str, str], ...]


@dataclass(frozen=True, slots=True)
class Recipe:
    """How one make of system is recognised, searched and read.

    Attributes
    ----------
    code, name
        Code of `detection.System`, and the product's name.
    address
        Patterns of path and query that no other software has; their group `base` ends before the program.
    weak
        Pattern of addresses that are its own if the page bears a marker as well.
    markers
        Texts of which one is in the source of its pages (lower case).
    rules
        Roles of its links, first fitting one decides.
    fields
        Names of the search form's text field, best first (lower case).
    search
        Where to search if the page at hand has no form.
    oparl
        Paths of its OParl system object, newest version first.
    oparl_first
        Its pages are built by scripts: OParl is the better way in.
    """

    code: str
    name: str
    address: tuple[re.Pattern[str], ...]
    weak: re.Pattern[str] | None
    markers: tuple[str, ...]
    rules: tuple[Rule, ...]
    fields: tuple[str, ...]
    search: tuple[Step, ...]
    oparl: tuple[str, ...]
    oparl_first: bool


@dataclass(frozen=True, slots=True)
class Recipes:
    """All of systems.yml.

    Attributes
    ----------
    promises
        Role to promise (0 to 1).
    systems
        Code to recipe, in the file's order.
    generic
        Recipe for systems of unknown make; its rules also follow those of the known.
    link_refuse
        Patterns on address and folded text of links that lead to none, whatever else speaks for them.
    link_anchors, link_addresses
        Patterns on a link's folded text and address, with their promise.
    title, anchors
        Patterns on the folded title and link texts of a system of unknown make.
    good_field, bad_field, from_field
        Names of text fields that take a search term, that take something else, and that begin a period.
    """

    promises: Mapping[str, float]
    systems: Mapping[str, Recipe]
    generic: Recipe
    link_refuse: tuple[re.Pattern[str], re.Pattern[str]]
    link_anchors: tuple[tuple[re.Pattern[str], float], ...]
    link_addresses: tuple[tuple[re.Pattern[str], float], ...]
    title: re.Pattern[str]
    anchors: re.Pattern[str]
    good_field: re.Pattern[str]
    bad_field: re.Pattern[str]
    from_field: re.Pattern[str]


class _Node:
    """A mapping of the file with its place, so that an error can name both."""

    def __init__(self, value: Any, file: Path, place: str, keys: set[str]) -> None:
        self.file, self.place = file, place
        if not isinstance(value, dict):
            self.fail("", f"a mapping was expected, not {type(value).__name__}.")
        self.values: dict[str, Any] = value
        for key in value:
            if key not in keys:
                self.fail(str(key), f"unknown key; known here: {', '.join(sorted(keys))}.")

    def fail(self, key: str, problem: str) -> Any:
        """Raise the error for one of the keys."""
        place = ".".join(part for part in (self.place, key) if part)
        raise DataError(f"{place or 'the file'}: {problem}", file=self.file)

    def text(self, key: str, default: str | None = None) -> str:
        value = self.values.get(key, default)
        return value if isinstance(value, str) and value else self.fail(key, "a text was expected.")

    def texts(self, key: str) -> tuple[str, ...]:
        value = self.values.get(key, [])
        if not isinstance(value, list) or not all(isinstance(item, str) and item for item in value):
            self.fail(key, "a list of texts was expected.")
        return tuple(value)

    def pattern(self, key: str, text: object = None) -> re.Pattern[str]:
        text = self.text(key) if text is None else text
        try:
            return re.compile(str(text))
        except re.error as error:
            return self.fail(key, f"{text!r} is no regular expression ({error}).")

    def maybe(self, key: str) -> re.Pattern[str] | None:
        return self.pattern(key) if key in self.values else None

    def number(self, key: str) -> float:
        value = self.values.get(key)
        if isinstance(value, bool) or not isinstance(value, int | float) or not 0 <= value <= 1:
            self.fail(key, f"a number from 0 to 1 was expected, not {value!r}.")
        return float(value)  # type: ignore[arg-type]

    def node(self, key: str, keys: set[str]) -> _Node:
        return _Node(self.values.get(key), self.file, ".".join(p for p in (self.place, key) if p), keys)

    def nodes(self, key: str, keys: set[str]) -> list[_Node]:
        value = self.values.get(key, [])
        if not isinstance(value, list):
            self.fail(key, "a list was expected.")
        place = ".".join(part for part in (self.place, key) if part)
        return [_Node(item, self.file, f"{place}[{number}]", keys) for number, item in enumerate(value, 1)]


@functools.cache
def load_recipes(file: Path | None = None) -> Recipes:
    """Return the recipes (each file is read once per process).

    Parameters
    ----------
    file
        A file laid out like `scraper/systems.yml`; None for that one.

    Raises
    ------
    DataError
        If the file cannot be read or breaks its layout; file and key are named.
    """
    import yaml

    file = file or paths.scraper_dir() / "systems.yml"
    try:
        text = file.read_text(encoding="utf-8-sig")
    except UnicodeDecodeError:
        raise DataError("the file is not UTF-8.", file=file, hint="Save it as UTF-8.") from None
    except OSError as error:
        raise DataError(f"cannot be read ({error.strerror}).", file=file) from None
    try:
        content = yaml.load(text, Loader=getattr(yaml, "CSafeLoader", yaml.SafeLoader))
    except yaml.YAMLError as error:
        raise DataError(f"no valid YAML ({error}).", file=file) from None
    top = _Node(content, file, "", {"version", "roles", "links", "unknown", "fields", "systems", "generic"})
    if top.values.get("version") != VERSION:
        top.fail("version", f"{VERSION} was expected.")
    roles = top.node("roles", set(ROLES))
    links = top.node("links", {"refuse", "anchors", "addresses"})
    unknown = top.node("unknown", {"title", "anchors"})
    fields = top.node("fields", {"good", "bad", "from"})
    made = top.values.get("systems")
    systems = top.node("systems", {str(code) for code in made} if isinstance(made, dict) else set())
    keys = {"name", "address", "weak", "markers", "roles", "fields", "search", "oparl", "oparl_first"}
    refuse = links.node("refuse", {"address", "anchor"})
    return Recipes(
        promises={role: roles.number(role) for role in ROLES},
        systems={code: _recipe(code, systems.node(code, keys)) for code in systems.values},
        generic=_recipe("unknown", top.node("generic", {"roles", "oparl"})),
        link_refuse=(refuse.pattern("address"), refuse.pattern("anchor")),
        link_anchors=_weighted(links, "anchors"),
        link_addresses=_weighted(links, "addresses"),
        title=unknown.pattern("title"),
        anchors=unknown.pattern("anchors"),
        good_field=fields.pattern("good"),
        bad_field=fields.pattern("bad"),
        from_field=fields.pattern("from"),
    )


def _weighted(links: _Node, key: str) -> tuple[tuple[re.Pattern[str], float], ...]:
    nodes = links.nodes(key, {"match", "promise"})
    return tuple((node.pattern("match"), node.number("promise")) for node in nodes)


def _recipe(code: str, node: _Node) -> Recipe:
    addresses = tuple(node.pattern("address", text) for text in node.texts("address"))
    weak = node.maybe("weak")
    for pattern in (*addresses, *([weak] if weak else [])):
        if "base" not in pattern.groupindex:
            node.fail("address", f"{pattern.pattern!r} has no group (?P<base>...).")
    oparl_first = node.values.get("oparl_first", False)
    if not isinstance(oparl_first, bool):
        node.fail("oparl_first", "true or false was expected.")
    return Recipe(
        code=code,
        name=node.text("name", code),
        address=addresses,
        weak=weak,
        markers=tuple(marker.lower() for marker in node.texts("markers")),
        rules=tuple(_rule(rule) for rule in node.nodes("roles", {"role", "address", "anchor"})),
        fields=tuple(name.lower() for name in node.texts("fields")),
        search=tuple(_step(step) for step in node.nodes("search", {"kind", "path", "method", "fields"})),
        oparl=node.texts("oparl"),
        oparl_first=oparl_first,
    )


def _rule(node: _Node) -> Rule:
    role = node.text("role")
    if role not in ROLES:
        node.fail("role", f"{role!r} is none of {', '.join(ROLES)}.")
    rule = Rule(role, node.maybe("address"), node.maybe("anchor"))
    return rule if rule.address or rule.anchor else node.fail("address", "address or anchor is needed.")


def _step(node: _Node) -> Step:
    kind, method = node.text("kind"), node.text("method", "GET")
    if kind not in STEPS:
        node.fail("kind", f"{kind!r} is none of {', '.join(STEPS)}.")
    if method not in ("GET", "POST"):
        node.fail("method", f"{method!r} is neither GET nor POST.")
    fields = node.values.get("fields", {})
    if not isinstance(fields, dict) or not all(isinstance(value, str) for value in fields.values()):
        node.fail("fields", "names with texts were expected (numbers in quotes).")
    pairs = tuple((str(name), value) for name, value in fields.items())
    if (kind == "query") != any("{term}" in text for text in (node.text("path"), *(v for _, v in pairs))):
        node.fail("kind", "a query needs {term} in its path or fields, other steps have none.")
    return Step(kind, node.text("path"), method, pairs)
