"""Whose document a text is or speaks of, where no Kommune is given: by names, organs, imprint, host."""

from __future__ import annotations

import re
from dataclasses import dataclass, field, replace
from itertools import chain

from ..keys.codes import CITY_STATES, LAENDER
from .codebook import any_of, finder
from .folding import folded, pattern
from .owners import NO_NAME, Mention, Owners
from .places import Gazetteer, Place, key
from .voice import OFFICIAL, Reading

_READ, _BARE = 2600, 1000
_ORGANS_READ = 5000
_FRONT = 220
_TITLE, _BEHIND_CONCEPT, _AT_FRONT, _IN_TEXT, _ORGAN, _IMPRINT, _HOST = 5.0, 4.0, 2.0, 1.0, 1.2, 3.0, 2.5
_GENITIVE = pattern(
    r"^[a-z]*[\"']? ?(?:\(?[a-z0-9-]+\)? ){0,2}?(?:der|des|vom|von|für den|für die|für|beim|im|in der|in|"
    r"-|,|\n)?\s*"
    r"(?:der |des |dem )?$"
)
_CALLED_ON = re.compile(r" (?:am|an der|bei|im|in der|ob der|vor der|unter) [A-ZÄÖÜ]")
_IMPRINT_MARK = pattern(r"\b(?:herausgeber(?:in)?|herausgegeben von|impreßum)\b")
_NAME_BEHIND = re.compile(
    r"[\"”“»]? (?:für |in |der |von |– |- )?([A-ZÄÖÜ][a-zäöüß]{2,}(?:-[A-ZÄÖÜ][a-zäöüß]+)?)\b"
)
_NAME_IN = re.compile(r"\b(?:in|aus|für) ([A-ZÄÖÜ][a-zäöüß]{3,}(?:-[A-ZÄÖÜ][a-zäöüß]+)?)\b")
_OUTSIDE_VOICES = frozenset(["partei", "zeitung", "studie", "mitteilung", "kurs", "rat", "seite", "verein"])
_NOBODY = Gazetteer([])
_SIGNED = pattern(
    r"(?:^|\n)\W{0,3}(?P<place>[a-z][a-z -]{2,30}), (?:im |den |am )?(?:\d{1,2}\. ?)?"
    r"(?:[a-z]{3,9}|\d{1,2}\.) ?(?:19|20)\d\d"
)
_NEAR_ORGAN, _NEAR_REACH = 1.5, 160
_KREIS_SPEAKS = pattern(
    r"\bkreis-?tag(?:e?s)?\b|\b(?:der|des|im|den|dem|beim) (?:[a-z]+er )?(?:land)?kreis(?:e?s)?\b|"
    r"\blandrat(?:s|samt)?\b|\bkreisverwaltung"
)
_TOWN_SPEAKS = pattern(
    r"\b(?:stadt|gemeinde|markt)rat(?:e?s)?\b|\b(?:der|des|im|vom|dem) rat(?:e?s)?\b|stadtverordnet|"
    r"bürgerschaft|ratsversammlung|stadtvertretung|"
    r"\b(?:die|der|unserer) stadt\b|stadtverwaltung"
)
_OF_A_LAND = pattern(
    r"[^a-z]*(?:[a-z]+ )?landes(?:integrations|migrations|zuwanderungs|konzept|aktionsplan|leitbild)"
)
_PARTY_NAME = pattern(r"^(?:cdu|spd|fdp|afd|csu|fraktion|die grünen|grüne|die linke|linke|freie wähler)")


@dataclass(frozen=True, slots=True)
class PublicOwner:
    """Whose a text's document is.

    Attributes
    ----------
    level
        stadt, kreis, land, bund or sonstige.
    name
        "Stadt Köln", "Landkreis Celle", "Rhein-Sieg-Kreis", as the text names a Land or another body; empty
        if no name is told.
    ags
        Key; empty if the owner is not in the register or not to be told from others of its name.
    rule
        What decided.
    points
        How far it is ahead of the next level.
    """

    level: str
    name: str
    ags: str
    rule: str
    points: float


@dataclass
class _Candidate:
    name: str
    points: float = 0.0
    places: dict[str, Place] = field(default_factory=dict)
    rules: set[str] = field(default_factory=set)


def owner_of(reading: Reading, voice: str, owners: Owners) -> PublicOwner:
    """Return whose document a text is or speaks of.

    Parameters
    ----------
    reading, voice
        The text and who speaks in it: who reports on a document does not own it.
    owners
        Who is known.
    """
    levels: dict[str, dict[str, _Candidate]] = {
        level: {} for level in ("stadt", "kreis", "land", "bund", "sonstige")
    }
    head = reading.text[:_READ]
    low = reading.low[:_READ]
    concepts = [end for _, end in reading.mentions if end < _READ]
    _from_names(levels, reading.title, reading.low_title, owners, _TITLE, "titel")
    _from_text(levels, head, low, owners, concepts)
    _from_bodies(levels, reading, low, concepts, voice)
    _from_unknown_names(levels, reading, concepts)
    _from_organs(levels, reading)
    _near_organs(levels, reading, concepts)
    _from_host(levels, reading)
    return _decide(levels, voice, reading)


def _add(levels: dict, level: str, name: str, points: float, rule: str, places: tuple = ()) -> None:
    core = places[0][1].core if places else name
    candidate = levels[level].setdefault(key(core), _Candidate(core))
    candidate.points += points
    candidate.rules.add(rule)
    for _, place in places:
        candidate.places[place.ags] = place


def _from_mention(levels: dict, mention: Mention, points: float, rule: str) -> None:
    if mention.level:
        fitting = tuple(pair for pair in mention.places if pair[1].level == mention.level)
        _add(levels, mention.level, mention.name, points, rule, fitting)
        return
    for level in {place.level for _, place in mention.places}:
        fitting = tuple(pair for pair in mention.places if pair[1].level == level)
        # A bare name is the town's before it is the Kreis's.
        share = 0.6 if level == "stadt" else 0.35
        _add(levels, level, mention.name, points * share, rule, fitting)


def _from_names(levels: dict, text: str, low: str, owners: Owners, points: float, rule: str) -> None:
    for mention in owners.mentions(text, low, _NOBODY, bare=True):
        _from_mention(levels, _in_full(mention, text), points, rule)


def _from_text(levels: dict, text: str, low: str, owners: Owners, concepts: list[int]) -> None:
    counted: dict[tuple[str, str], int] = {}
    imprint = [mark.start() for mark in _IMPRINT_MARK.finditer(low)]
    signed = {mark.start("place") for mark in _SIGNED.finditer(low)}
    # Bare names are looked for at the beginning only: later ones are examples as often as owners.
    named = chain(
        owners.mentions(text[:_BARE], low[:_BARE], _NOBODY, bare=True),
        (
            replace(mention, start=mention.start + _BARE, end=mention.end + _BARE)
            for mention in owners.mentions(text[_BARE:], low[_BARE:], _NOBODY, bare=False)
        ),
    )
    for mention in named:
        seen = counted[(mention.level, key(mention.name))] = (
            counted.get((mention.level, key(mention.name)), 0) + 1
        )
        points, rule = (_IN_TEXT if seen <= 4 else 0.0), "text"
        if mention.start < _FRONT:
            points, rule = points + _AT_FRONT, "anfang"
        if any(
            0 <= mention.start - end <= 40 and _GENITIVE.search(low[end : mention.start]) for end in concepts
        ):
            points, rule = points + _BEHIND_CONCEPT, "konzept_der"
        if mention.start in signed:
            points, rule = points + _AT_FRONT, "unterschrift"
        if any(0 <= mention.start - mark <= 160 for mark in imprint):
            points, rule = points + _IMPRINT, "impressum"
        _from_mention(levels, _in_full(mention, text), points, rule)


def _in_full(mention: Mention, text: str) -> Mention:
    """Return the mention without places whose short name only it shares ("Bernau am See" is not Bernau bei Berlin)."""
    if not _CALLED_ON.match(text, mention.end) or not any(rank for rank, _ in mention.places):
        return mention
    return replace(mention, places=tuple(pair for pair in mention.places if not pair[0]))


def _from_unknown_names(levels: dict, reading: Reading, concepts: list[int]) -> None:
    """A capital word right behind the concept's name, or behind "in", that no register has."""
    if levels["stadt"] or levels["kreis"]:
        return
    for text, ends in (
        (reading.title, [found.end() for found in any_of("relevance", "speaks").finditer(reading.low_title)]),
        (reading.text, concepts),
    ):
        for end in ends:
            if (found := _NAME_BEHIND.match(text, end)) and folded(found.group(1)) not in NO_NAME:
                _add(levels, "stadt", found.group(1), _AT_FRONT, "name_hinter_konzept")
    for found in _NAME_IN.finditer(reading.text[:_READ]):
        if folded(found.group(1)) not in NO_NAME:
            _add(levels, "stadt", found.group(1), 0.2, "in_name")


def _from_bodies(levels: dict, reading: Reading, low: str, concepts: list[int], voice: str) -> None:
    """Bund, Land and private bodies: in the title, behind the concept's name, in the text."""
    title_concepts = [found.end() for found in any_of("relevance", "speaks").finditer(reading.low_title)]
    for title, kind in reading.named:
        if _OF_A_LAND.match(folded(" ".join(title.split()))[max(0, kind.start - 8) :]):
            _add(levels, "land", title[kind.start : kind.end], _TITLE, "landeskonzept")
    for level in ("bund", "land", "sonstige"):
        rule = any_of("owner", level)
        for found in rule.finditer(reading.low_title):
            behind = any(0 <= found.start() - end <= 40 for end in title_concepts)
            if level == "sonstige" and voice in _OUTSIDE_VOICES and not behind:
                continue
            _add(levels, level, found.group().strip(), _TITLE + (_BEHIND_CONCEPT if behind else 0), "titel")
        # Private bodies are looked for only where they can own: at the beginning and behind the concept's name.
        reach = (
            [(0, len(low))] if level != "sonstige" else [(0, 160), *((end, end + 70) for end in concepts[:8])]
        )
        finds = [found for first, last in reach for found in rule.finditer(low, first, min(last, len(low)))]
        for number, found in enumerate(finds):
            if any(
                0 <= found.start() - end <= 40 and _GENITIVE.search(low[end : found.start()])
                for end in concepts
            ):
                _add(levels, level, found.group().strip(), _BEHIND_CONCEPT + _IN_TEXT, "konzept_der")
            elif found.start() < 160 and (level != "sonstige" or voice not in _OUTSIDE_VOICES):
                _add(levels, level, found.group().strip(), _AT_FRONT, "anfang")
            elif number < 5 and level != "sonstige":
                _add(levels, level, found.group().strip(), 0.25, "text")


def _near_organs(levels: dict, reading: Reading, concepts: list[int]) -> None:
    """The council that decides on the document, or the Kreis that writes it, in the sentence that names it."""
    counted = {"stadt": 0, "kreis": 0}
    front = f"{reading.low_title}\n{reading.low[:_FRONT]}"
    counted["kreis"] += bool(_KREIS_SPEAKS.search(front)) and not _TOWN_SPEAKS.search(front)
    for end in concepts[:4]:
        around = reading.low[max(0, end - _NEAR_REACH) : end + _NEAR_REACH // 2]
        kreis, town = bool(_KREIS_SPEAKS.search(around)), bool(_TOWN_SPEAKS.search(around))
        if kreis != town:
            counted["kreis" if kreis else "stadt"] += 1
    titled = any("titel" in one.rules for level in ("stadt", "kreis") for one in levels[level].values())
    if titled or bool(counted["kreis"]) == bool(counted["stadt"]):
        return
    level = "kreis" if counted["kreis"] else "stadt"
    points = _NEAR_ORGAN * min(2, counted[level])
    for candidate in levels[level].values():
        candidate.points += points
        candidate.rules.add("gremium_am_konzept")
    if not levels[level]:
        _add(levels, level, "", points, "gremium_am_konzept")


def _from_organs(levels: dict, reading: Reading) -> None:
    part = f"{reading.low_title}\n{reading.low[:_ORGANS_READ]}"
    for level in ("stadt", "kreis"):
        count = finder("owner", f"organ_{level}").count(part)
        if not count:
            continue
        points = _ORGAN * min(count, 4)
        if levels[level]:
            for candidate in levels[level].values():
                candidate.points += points
                candidate.rules.add("organe")
        else:
            _add(levels, level, "", points, "organe")


def _from_host(levels: dict, reading: Reading) -> None:
    host = folded(reading.host).replace("ae", "a").replace("oe", "o").replace("ue", "u").replace("-", "")
    if not host:
        return
    is_kreis = bool(re.search(r"kreis|^www\.lk|\blk|landratsamt", host))
    for level in ("stadt", "kreis"):
        for name, candidate in levels[level].items():
            plain = name.replace(" ", "").replace("ae", "a").replace("oe", "o").replace("ue", "u")
            if len(plain) > 3 and plain in host and (level == "kreis") == is_kreis:
                candidate.points += _HOST
                candidate.rules.add("host")
    if is_kreis and not levels["kreis"]:
        _add(levels, "kreis", "", _HOST, "host")
    if "ministerium" in host or re.search(r"\.(?:nrw|bayern|sachsen|hessen)\.de$|(?:^|\.)mags\.", host):
        _add(levels, "land", "", _HOST, "host")
    if re.search(r"(?:^|\.)(?:bund|bamf|bmi|bundesregierung)\.de$|bundesregierung|bmfsfj", host):
        _add(levels, "bund", "", _HOST, "host")


def _decide(levels: dict, voice: str, reading: Reading) -> PublicOwner:
    if voice != "partei":  # a party asks for a document, it owns none
        levels["sonstige"] = {
            name: found for name, found in levels["sonstige"].items() if not _PARTY_NAME.search(name)
        }
    ranked = sorted(
        (
            (max(found.values(), key=lambda one: one.points), level)
            for level, found in levels.items()
            if found
        ),
        key=lambda pair: -pair[0].points,
    )
    if not ranked or ranked[0][0].points <= 0:
        # Who speaks officially without a name is most often a town; a guess that the rule's name tells.
        return PublicOwner("stadt" if voice in OFFICIAL else "sonstige", "", "", "kein_name", 0.0)
    best, level = ranked[0]
    ahead = best.points - (ranked[1][0].points if len(ranked) > 1 else 0.0)
    rule = "+".join(sorted(best.rules))
    if not best.name and (named := max(levels[level].values(), key=lambda one: bool(one.name))).name:
        best = named
    if level == "land" and (land := _land_in(reading)):
        best = _Candidate(land, best.points, best.places, best.rules)
    places = list(best.places.values())
    ags = places[0].ags if len(places) == 1 else ""
    if ags in CITY_STATES.values():
        return PublicOwner("land", best.name, ags, rule, ahead)
    return PublicOwner(level, _shown(best.name, level), ags, rule, ahead)


def _land_in(reading: Reading) -> str:
    """Return the Land that title or beginning name ("Land Hessen"); empty if none or several."""
    part = f"{reading.low_title}\n{reading.low[:_READ]}"
    named = {
        land.name
        for land in LAENDER.values()
        if re.search(rf"(?<![a-z]){re.escape(folded(land.name))}", part)
    }
    return f"Land {named.pop()}" if len(named) == 1 else ""


def _shown(name: str, level: str) -> str:
    if not name or level not in ("stadt", "kreis"):
        return name
    if level == "stadt":
        return f"Stadt {name}"
    return name if "kreis" in name.lower() else f"Landkreis {name}"
