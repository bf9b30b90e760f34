"""The Kommunen by all the names they go by, found in running text without reading it a thousand times."""

from __future__ import annotations

import csv
import functools
import re
from collections.abc import Iterable
from dataclasses import dataclass

from ..paths import processed_dir
from ..scrape.reports import Kommune
from .folding import clean, folded

_SUFFIX = re.compile(
    r",.*$|\b(?:landeshauptstadt|freie und hansestadt|hansestadt|kreisstadt|universitatsstadt|gkst)\b",
    re.IGNORECASE,
)
_PREFIX = re.compile(
    r"^(?:(?:Freie und |Hanse- und )?(?:[Kk]reisfreie |Große )?(?:(?:Landeshaupt|Hanse|Kreis|Universitäts|"
    r"Bundes|Wissenschafts|Kupfer|"
    r"Klingen|Luther)?[Ss]tadt|Gemeinde|Markt|Landkreis|Kreis|Region|Regionalverband|Städteregion|"
    r"Stadtverband))\s+(?=[A-ZÄÖÜ])"
)
_CONNECTIVE = re.compile(
    r"\s+(?:am|an der|an den|im|in der|in|bei|ob der|ob|vor der|vor|unter|auf|a\.|i\.|b\.|u\.|o\.|v\.)[\s.]?.*$"
)
_TOKEN = re.compile(r"[^\W_]+(?:-[^\W_]+)*")
_ORDINARY_WORDS = (
    "essen singen regen roth hof haar norden esens halle weiden ahlen buchen aalen werl selm kamen "
    "lage plan linden bergen wangen lohne melle walsrode velen gronau hamm rain stade sande ober "
    "neustadt burg bad land am friesland harz main hagen rees erding senden sehnde fulda eitorf"
)
ORDINARY = frozenset(_ORDINARY_WORDS.split())
"""Names that are words of the language: taken for a place only behind "Stadt", "für", "in" and the like."""


@dataclass(frozen=True, slots=True)
class Place:
    """A Kommune as the texts name it."""

    ags: str
    name: str
    level: str
    core: str

    @property
    def kreis(self) -> str:
        """Key of the Kreis: of a Kreis its own."""
        return self.ags[:5]


def core_of(name: str) -> str:
    """Return a register name without titles: "Lübeck, Hansestadt" is "Lübeck", "Landkreis Celle" is "Celle"."""
    core = _SUFFIX.sub("", clean(name)).strip()
    shorter = _PREFIX.sub("", core).strip()
    return shorter or core


@functools.lru_cache(maxsize=100_000)
def key(name: str) -> str:
    """Return the form under which names are compared: folded words, without signs between them."""
    return " ".join(_TOKEN.findall(folded(name).replace("-", " ")))


def aliases(core: str) -> list[tuple[str, int]]:
    """Return the keys of a core name with their rank: 0 the full name, 1 a shortened one."""
    full = key(core)
    found = [(full, 0)]
    short = re.sub(r"\s*\(.*$", "", core)
    for shorter in (short, _CONNECTIVE.sub("", short), short.split("/")[0]):
        candidate = key(shorter)
        if candidate and all(candidate != name for name, _ in found):
            found.append((candidate, 1))
    return found


def adjectives(core: str) -> set[str]:
    """Return the adjectives of a place, folded: "Bremer", "Dresdner", "Münchener", "Fellbacher"."""
    base = key(core).split(" ")[-1] if key(core).startswith(("bad ", "sankt ")) else key(core).split(" ")[0]
    found = {base + "er", base + "aner", base + "ener"}
    if base.endswith("e"):
        found |= {base + "r", base[:-1] + "enser", base + "sche"}
    if base.endswith("en"):
        found |= {base[:-2] + "er", base[:-2] + "ner", base[:-2] + "ener", base[:-2] + "enser"}
    if base.endswith("er"):
        found |= {base[:-2] + "aner", base + "aner"}
    if base.endswith("el"):
        found.add(base[:-2] + "ler")
    if base.endswith("haus"):
        found.add(base + "er")
    if base.endswith("hausen"):
        found.add(base[:-6] + "hauser")
    return {word for word in found if len(word) > 4}


class Gazetteer:
    """Places by key; the same key may name several."""

    def __init__(self, kommunen: Iterable[Kommune]) -> None:
        self.by_ags: dict[str, Place] = {}
        self.by_key: dict[str, list[tuple[int, Place]]] = {}
        self.by_adjective: dict[str, list[Place]] = {}
        self.by_host: dict[str, Place] = {}
        self.longest = 1
        for kommune in kommunen:
            if kommune.ags in self.by_ags:
                continue
            level = "kreis" if kommune.kind == "landkreis" or len(kommune.ags) == 5 else "stadt"
            place = Place(kommune.ags, kommune.name, level, core_of(kommune.name))
            self.by_ags[place.ags] = place
            for name, rank in aliases(place.core):
                self.by_key.setdefault(name, []).append((rank, place))
                self.longest = max(self.longest, name.count(" ") + 1)
            for word in adjectives(place.core):
                self.by_adjective.setdefault(word, []).append(place)

    def at(self, words: list[str]) -> tuple[int, list[tuple[int, Place]]]:
        """Return the longest name that `words` (keys) begin with: number of words, and the places with rank."""
        for count in range(min(self.longest, len(words)), 0, -1):
            name = " ".join(words[:count])
            found = self.by_key.get(name)
            if not found and name.endswith("s"):
                found = self.by_key.get(name[:-1])
            if found:
                return count, found
        return 0, []


@functools.cache
def embedded() -> tuple[Kommune, ...]:
    """Return the Kommunen of the embedded register (data/processed/kommunen.csv)."""
    with (processed_dir() / "kommunen.csv").open(encoding="utf-8", newline="") as source:
        return tuple(
            Kommune(row["ags"], row["name"], row["kind"], row["land"], row["website"] or "")
            for row in csv.DictReader(source)
        )


@functools.cache
def embedded_gazetteer() -> Gazetteer:
    """Return the gazetteer of the embedded register (made once)."""
    return Gazetteer(embedded())
