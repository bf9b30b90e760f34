"""Whose document it is: names in the title before organs, organs before the imprint, that before the host."""

from __future__ import annotations

import re
from collections.abc import Iterable, Iterator
from dataclasses import dataclass

from ..keys.codes import CITY_STATES, LAENDER
from ..scrape.reports import Kommune
from .codebook import any_of, finder
from .folding import folded, pattern
from .places import ORDINARY, Gazetteer, Place, embedded_gazetteer, key

# Titles before a place's name. The name itself is read from the unfolded text, where it has a capital.
_STADT_WORD = (
    r"(?:[a-z]*(?:haupt|hanse|kreis|universitäts|wißenschafts|bundes|luther|kupfer|klingen|"
    r"welterbe|hochschul|gemeinde|documenta)?stadt|gemeinde|samtgemeinde|verbandsgemeinde|"
    r"marktgemeinde|markt|rat der stadt|stadtverwaltung|stadtgebiet)"
)
_KREIS_WORD = (
    r"(?:(?:land)?kreis(?:e?s)?|landratsamt(?:e?s)?|kreisverwaltung|kreistag(?:e?s)?|lkr\.?|lk|"
    r"städteregion|regionalverband(?:e?s)?|region)"
)
_NAMED = pattern(
    rf"(?<![\w-])(?P<stadt>{_STADT_WORD})\s+(?=\w)|(?<![\w-])(?P<kreis>{_KREIS_WORD})\s+(?=\w)|"
    rf"\b(?P<loose>für|in|im|aus)\s+(?=\w)"
)
_KREIS_NAME = pattern(r"\b[a-z]+(?:-[a-z]+)*-?kreis(?:e?s)?\b|\b[a-z]+(?:-[a-z]+)*-land(?:e?s)?\b")
_NO_NAME_WORDS = (
    "der die das des dem den und oder mit von vom zu zur zum im in am ist hat wird als auf bei für "
    "seine ihre eine ein alle stadt kreis integration migration vielfalt zusammenleben menschen "
    "integrationskonzept leitbild konzept rat kreistag landkreis gemeinde verwaltung amt fachbereich "
    "dezernat referat stabsstelle oberburgermeister burgermeister landrat politik gesellschaft "
    "kommune kommunale land zusammenarbeit kooperation kraft bezug anspruch frage arbeit bildung schule kinder "
    "familien frauen jugendliche zuwanderer vereine ehrenamt anlehnung hinblick zuge rahmen abstimmung "
    "januar februar marz april mai juni juli august september oktober november "
    "dezember deutschland europa migrantinnen migranten zukunft fluchtlinge gefluchtete zugewanderte "
    "burgerinnen burger anlage vorlage seite teil stand entwurf fortschreibung fassung"
)
NO_NAME = frozenset(_NO_NAME_WORDS.split())
_WORD = re.compile(r"[^\W_]+(?:[-/][^\W_]+)*\.?|\([^)\n]{2,20}\)")
_IMPRINT = pattern(r"\b(?:herausgeber(?:in)?|herausgegeben von|impreßum)\b")
_FRONT = 1500


@dataclass(frozen=True, slots=True)
class Owner:
    """Whose a document is.

    Attributes
    ----------
    level
        stadt, kreis, land, bund or sonstige.
    ags
        Key; empty if the owner is not in a register or not to be told from others of its name.
    name
        As in the register, else as in the text.
    basis
        What it rests on: titel, organe, titelseite, impressum or host.
    quote
        The words.
    """

    level: str
    ags: str
    name: str
    basis: str
    quote: str = ""


@dataclass(frozen=True, slots=True)
class Mention:
    """A place or body named in a text: level (empty if open), key of the name, places of that name."""

    level: str
    name: str
    places: tuple[tuple[int, Place], ...]
    start: int
    end: int


class Owners:
    """Resolves who owns a document.

    Parameters
    ----------
    kommunen
        The register in use; it goes before the embedded one.
    """

    def __init__(self, kommunen: Iterable[Kommune] = ()) -> None:
        self._register = Gazetteer(kommunen)
        self._own: dict[str, Gazetteer] = {}

    def resolve(self, titles: Iterable[str], text: str, found_for: Kommune) -> Owner:
        """Return the owner.

        Parameters
        ----------
        titles
            Titles of the document, most trusted first, unfolded (title page, link text, file name).
        text
            Its clean text; may be empty.
        found_for
            Kommune on whose site it was found.
        """
        own = Gazetteer([found_for])
        here = own.by_ags[found_for.ags]
        for title in titles:
            if title and (owner := self._of_title(title, text, here, own)):
                return owner
        low = folded(text[:_FRONT])
        if low:
            if owner := self._of_front(text[:_FRONT], low, text, here, own):
                return owner
            if owner := self._of_imprint(text, here, own):
                return owner
        level = self._level_by_organs(text, here)
        if level != here.level:
            sibling = self._sibling(here, level)
            if sibling is not None:
                return _owned(sibling, "organe")
        return _owned(here, "host")

    def _of_title(self, title: str, text: str, here: Place, own: Gazetteer) -> Owner | None:
        low = folded(title)
        mentions = list(self.mentions(title, low, own, bare=True))
        mine = [mention for mention in mentions if any(place is here for _, place in mention.places)]
        other = _other_body(low)
        if other and not _city_state(here, low):
            first = min((mention.start for mention in mine if mention.level), default=len(low))
            if first > low.index(other[1]) and not (mine and other[0] != "sonstige"):
                return Owner(other[0], "", other[1], "titel", title)
        levels = {mention.level for mention in mine if mention.level}
        if mine:
            if levels and here.level not in levels:
                sibling = self._sibling(here, levels.pop())
                return (
                    _owned(sibling, "titel", title)
                    if sibling
                    else Owner(mine[0].level, "", mine[0].name, "titel", title)
                )
            if not levels and (sibling := self._sibling(here, "kreis" if here.level == "stadt" else "stadt")):
                by_organs = self._level_by_organs(text, here)
                return _owned(here if by_organs == here.level else sibling, "titel", title)
            return _owned(here, "titel", title)
        for mention in mentions:
            if mention.level or mention.places:
                return self._of_mention(mention, here, "titel", title)
        return None

    def _of_front(self, front: str, low: str, text: str, here: Place, own: Gazetteer) -> Owner | None:
        counted: dict[tuple[str, str], list[Mention]] = {}
        for mention in self.mentions(front, low, own, bare=False):
            if mention.level:
                known = next((place.ags for _, place in mention.places if place is here), mention.name)
                counted.setdefault((mention.level, known), []).append(mention)
        if not counted:
            return None
        own_keys = [pair for pair in counted if pair[1] == here.ags]
        if any(level == here.level for level, _ in own_keys):
            return _owned(here, "titelseite", "")
        (level, name), found = max(counted.items(), key=lambda item: (len(item[1]), -item[1][0].start))
        if name == here.ags:
            sibling = self._sibling(here, level)
            organs = self._level_by_organs(text, here)
            return _owned(sibling, "titelseite") if sibling and organs == level else None
        # A neighbour that is named once in running text does not own the document.
        if len(found) > 1 or found[0].start < 120:
            return self._of_mention(found[0], here, "titelseite", front[found[0].start : found[0].end])
        return None

    def _of_imprint(self, text: str, here: Place, own: Gazetteer) -> Owner | None:
        for first, last in ((0, 4000), (max(4000, len(text) - 3000), len(text))):
            part = text[first:last]
            low = folded(part)
            for mark in _IMPRINT.finditer(low):
                window = slice(mark.start(), mark.start() + 220)
                other = _other_body(low[mark.end() : mark.end() + 90])
                mentions = [
                    mention
                    for mention in self.mentions(part[window], low[window], own, bare=False)
                    if mention.level
                ]
                if any(
                    place is here
                    for mention in mentions
                    for _, place in mention.places
                    if mention.level == here.level
                ):
                    return _owned(here, "impressum")
                if other and not _city_state(here, low):
                    return Owner(other[0], "", other[1], "impressum", part[window])
                for mention in mentions:
                    return self._of_mention(mention, here, "impressum", part[window])
        return None

    def _of_mention(self, mention: Mention, here: Place, basis: str, quote: str) -> Owner:
        level = mention.level or "stadt"
        fitting = [pair for pair in mention.places if not mention.level or pair[1].level == level]
        if not fitting:
            return Owner(level, "", mention.name, basis, quote)
        for near in (
            lambda place: place is here,
            lambda place: place.kreis == here.kreis,
            lambda place: place.ags in self._register.by_ags,
            lambda place: place.ags[:2] == here.ags[:2],
        ):
            chosen = [place for _, place in fitting if near(place)]
            if len({place.ags for place in chosen}) == 1:
                return _owned(chosen[0], basis, quote)
        best = min(rank for rank, _ in fitting)
        chosen = [place for rank, place in fitting if rank == best]
        if len({place.ags for place in chosen}) == 1:
            return _owned(chosen[0], basis, quote)
        return Owner(level, "", mention.name, basis, quote)

    def mentions(self, text: str, low: str, own: Gazetteer, *, bare: bool) -> Iterator[Mention]:
        """Yield the places and bodies that a text names, in two runs: with their title, then bare.

        Parameters
        ----------
        text, low
            The text and its folded form.
        own
            Whose names go first; may be empty.
        bare
            Names without "Stadt" or "Kreis" and adjectives ("Dresdner") too.
        """
        gazetteers = (own, self._register, embedded_gazetteer())
        taken = -1
        for found in _NAMED.finditer(low):
            if found.start() < taken:
                continue
            level = "stadt" if found.group("stadt") else "kreis" if found.group("kreis") else ""
            words = list(_WORD.finditer(text, found.end(), found.end() + 60))[:5]
            if not words or words[0].start() != found.end() or not words[0].group()[0].isupper():
                continue
            mention = _lookup([word.group() for word in words], gazetteers)
            if mention:
                end = words[min(len(words), mention[0]) - 1].end()
                taken = end
                yield Mention(level, text[found.end() : end], mention[1], found.start(), end)
            elif level and key(words[0].group()) not in NO_NAME and len(words[0].group()) > 2:
                name = words[0].group().rstrip(".")
                yield Mention(level, name, (), found.start(), words[0].end())
        spans: list[tuple[int, int]] = []
        for found in _KREIS_NAME.finditer(low):
            word = found.group().rstrip("s") if found.group().endswith("kreises") else found.group()
            word = word.removesuffix("e") if word.endswith("kreise") else word
            following = _WORD.match(text, found.end() + 1)
            mention = _lookup([word, *([following.group()] if following else [])], gazetteers, level="kreis")
            places = mention[1] if mention else ()
            end = following.end() if mention and following and mention[0] > 1 else found.end()
            if places or "-kreis" in word:
                spans.append((found.start(), end))
                yield Mention("kreis", text[found.start() : end], places, found.start(), end)
        if bare:
            # "Neuss" in "Rhein-Kreis Neuss" is not the town.
            for mentioned in _bare(text, gazetteers):
                if not any(start <= mentioned.start and mentioned.end <= end for start, end in spans):
                    yield mentioned

    def _level_by_organs(self, text: str, here: Place) -> str:
        low = folded(text[:40_000])
        counts = {level: finder("owner", f"organ_{level}").count(low) for level in ("kreis", "stadt")}
        if counts["kreis"] > 2 * counts["stadt"] + 1:
            return "kreis"
        if counts["stadt"] > 2 * counts["kreis"] + 1:
            return "stadt"
        return here.level

    def _sibling(self, here: Place, level: str) -> Place | None:
        """Return the Kommune of the same name at the other level: the Landkreis of a Stadt, or the reverse."""
        if level == here.level:
            return here
        names = {here.core, here.core.split(" ")[0]} if here.level == "stadt" else {here.core}
        for gazetteer in (self._register, embedded_gazetteer()):
            found = {
                place.ags: place
                for name in names
                for _, place in gazetteer.by_key.get(key(name), [])
                if place.level == level and place.ags[:2] == here.ags[:2]
            }
            if len(found) == 1:
                return next(iter(found.values()))
        return None


def _owned(place: Place, basis: str, quote: str = "") -> Owner:
    level = "land" if place.ags in CITY_STATES.values() else place.level
    return Owner(level, place.ags, place.name, basis, quote)


def _city_state(here: Place, low: str) -> bool:
    """Return whether the Land that is named is the city itself (Berlin, Hamburg, Bremen)."""
    land = next((key for key, ags in CITY_STATES.items() if ags == here.ags), "")
    return bool(land) and (key(LAENDER[land].name) in low or "senat" in low)


def _other_body(low: str) -> tuple[str, str] | None:
    for level in ("bund", "land", "sonstige"):
        if found := any_of("owner", level).search(low):
            return level, found.group().strip()
    return None


def _lookup(
    words: list[str], gazetteers: tuple[Gazetteer, ...], level: str = ""
) -> tuple[int, tuple[tuple[int, Place], ...]] | None:
    keys: list[str] = []
    counts: list[int] = []
    for number, word in enumerate(words):
        for part in key(word).split(" "):
            keys.append(part)
            counts.append(number + 1)
    best: tuple[int, tuple[tuple[int, Place], ...]] | None = None
    for gazetteer in gazetteers:
        count, found = gazetteer.at(keys)
        fitting = tuple(pair for pair in found if not level or pair[1].level == level)
        # "Siegen-Wittgenstein" before "Siegen", also on the site of Siegen.
        if fitting and (best is None or count > best[0]):
            best = (count, fitting)
    return (counts[best[0] - 1], best[1]) if best else None


def _bare(text: str, gazetteers: tuple[Gazetteer, ...]) -> Iterator[Mention]:
    words = list(_WORD.finditer(text))
    number = 0
    while number < len(words):
        word = words[number]
        number += 1
        if not word.group()[0].isupper():
            continue
        name = key(word.group())
        if name in NO_NAME or (name in ORDINARY and gazetteers[0].at([name])[0] == 0):
            continue
        mention = _lookup([following.group() for following in words[number - 1 : number + 4]], gazetteers)
        if mention:
            last = words[min(len(words), number - 1 + mention[0]) - 1]
            number += mention[0] - 1
            yield Mention("", text[word.start() : last.end()], mention[1], word.start(), last.end())
            continue
        for gazetteer in gazetteers:
            if places := gazetteer.by_adjective.get(name):
                yield Mention(
                    "", word.group(), tuple((1, place) for place in places), word.start(), word.end()
                )
                break
