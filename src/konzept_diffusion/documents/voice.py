"""Who speaks in a text, and of what: the document itself, an official page, a council's paper, press, party, study.

Rules for texts that come alone (title, address, words); terms in `scraper/codebook.yml`.
"""

from __future__ import annotations

import re
from dataclasses import dataclass
from functools import cached_property
from urllib.parse import urlsplit

from .codebook import any_of, finder, weighted
from .folding import folded, legible, pattern
from .genre import chapters, genre_of_head, genre_of_title
from .kinds import KindMatch, excluded, kind_of
from .material import title_page
from .surroundings import around

READ = 9_000
"""Characters of a text that are counted."""
READ_ON = 40_000
"""Characters in which documents are looked for by their nouns."""
_AROUND, _MOST_MENTIONS = 70, 60
_NOUNS = (
    "konzept",
    "leitbild",
    "leitlinie",
    "leitsatz",
    "plan",
    "strategie",
    "programm",
    "leitfaden",
    "bericht",
    "pakt",
    "concept",
)
_FIELD = (
    "integration",
    "migra",
    "wander",
    "vielfalt",
    "divers",
    "interkult",
    "fluchtling",
    "fluecht",
    "asyl",
    "zusammenleben",
    "auslan",
)
_OPENING = 1500
_MASTHEAD = 260
_DOCUMENT_WORDS, _WHOLE_WORDS = 180, 900
_OUTSIDERS = frozenset(["zeitung", "partei", "studie", "verein"])
OFFICIAL = frozenset(["dokument", "seite", "rat", "mitteilung"])
"""Voices of the Kommune itself."""
_ANSWERED = 300
_ANSWER = pattern(
    r"\bbeantwortung (?:der|einer|ihrer) (?:[a-z]+ )?anfrage|\bantwort der (?:stadt|kreis)?verwaltung\b"
)
_RELEASE = pattern(r"\n\W*(?:pressemitteilung|presseinformation|medieninformation) (?:nr\.?|\d|vom)")
_DATELINE = re.compile(
    r"(?:\A|\n)\W*[A-ZÄÖÜ]{4,}(?:[ -][A-ZÄÖÜ]{2,}){0,2}"
    r"(?:/[A-ZÄÖÜ]{2,}(?=[. ])|(?= ?[.–-] [A-ZÄÖÜ„\"])|"
    r"(?= \())(?: \([a-z/]{2,12}\))?(?: ?[.–-]) (?=[A-ZÄÖÜ„\"][^\n]{40})"
)
"""The place in capitals ahead of a newspaper's report: "BERNBURG/MZ. Der Kreistag ..."."""
_COUNCIL = frozenset(["vorlage", "protokoll", "tagesordnung"])


@dataclass(frozen=True)
class Reading:
    """A text with what the rules look at, folded once.

    Attributes
    ----------
    title, url, text
        As given, the text and the title clean.
    """

    title: str
    url: str
    text: str

    @cached_property
    def low(self) -> str:
        """The text, folded; as long as the text."""
        return legible(folded(self.text))

    @cached_property
    def low_title(self) -> str:
        """The title, folded."""
        return legible(folded(self.title[:1_000]))

    @cached_property
    def host(self) -> str:
        """Host of the address, folded; empty if there is none."""
        try:
            return folded(urlsplit(self.url).hostname or "")
        except ValueError:
            return ""

    @cached_property
    def path(self) -> str:
        """Path of the address, folded."""
        try:
            return folded(urlsplit(self.url).path)
        except ValueError:
            return ""

    @cached_property
    def front(self) -> str:
        """Title and beginning, folded: what a reader sees first."""
        return f"{self.low_title}\n{self.low[:_OPENING]}"

    @cached_property
    def named(self) -> tuple[tuple[str, KindMatch], ...]:
        """Titles that name a kind, most trusted first: the given one, the one on the first page."""
        found = []
        if self.title and (kind := kind_of(self.title)):
            found.append((self.title, kind))
        page = title_page(self.text)
        if page and page.kind and page.text != self.title:
            found.append((page.text, page.kind))
        return tuple(found)

    @cached_property
    def words(self) -> int:
        """Number of words."""
        return len(self.text.split())

    @cached_property
    def genre(self) -> str:
        """Genre by title, first lines or first page; empty if nothing speaks against a document."""
        if found := genre_of_title(self.low_title):
            return found.code
        first = self.low.split("\n", 1)[0][:120]
        if len(first) < 90 and not first.endswith(".") and (found := genre_of_title(first)):
            return found.code
        head = genre_of_head(self.low)
        return head.code if head else ""

    @cached_property
    def mentions(self) -> tuple[tuple[int, int], ...]:
        """Positions in the text at which an integration document of a public body is named."""
        rule = finder("relevance", "speaks")
        found = [found.span() for found in rule.finditer(self.low, 0, READ)]
        for noun in _later_nouns(self.low):
            if found and noun < found[-1][1]:
                continue
            first = max(noun - _AROUND, found[-1][1] if found else 0)
            found += [one.span() for one in rule.finditer(self.low, first, noun + _AROUND)]
            if len(found) >= _MOST_MENTIONS:
                break
        return tuple(found)

    @cached_property
    def own_mentions(self) -> tuple[tuple[int, int], ...]:
        """The mentions without those that belong to another field (the Kita's) or body; all if none is left."""
        return _of_the_field(self.low, self.mentions)

    def kind_at(self, start: int, end: int) -> str:
        """Return the kind that the words around a mention name; empty if they name none."""
        last = self.low.find("\n", end)
        stop = min(len(self.text), end + 60, last if last >= 0 else len(self.text))
        found = kind_of(self.text[start:stop]) or kind_of(self.text[start:end])
        return found.kind if found else ""


def _later_nouns(low: str) -> list[int]:
    """Return where, behind the part that is read as a whole, a noun of documents stands beside a word of the field."""
    found = set()
    for noun in _NOUNS:
        place = low.find(noun, READ, READ_ON)
        while place >= 0:
            around = low[max(0, place - _AROUND) : place + _AROUND]
            if any(word in around for word in _FIELD):
                found.add(place)
            place = low.find(noun, place + _AROUND, READ_ON)
    return sorted(found)


def voice_of(reading: Reading) -> str:
    """Return who speaks: dokument, seite, rat, mitteilung, zeitung, partei, studie, verein or kurs."""
    if any_of("voice", "amtlich_text").search(reading.low[:_MASTHEAD]):
        return "mitteilung"
    if any_of("voice", "dritte_text").search(reading.front[:_MASTHEAD]):
        return "verein"
    for voice, rule in (
        ("partei", any_of("voice", "partei")),
        ("studie", any_of("voice", "studie")),
        ("zeitung", any_of("voice", "zeitung")),
        ("verein", any_of("voice", "verein")),
        ("kurs", any_of("voice", "kurs")),
    ):
        if rule.search(reading.host):
            return voice
    genre = reading.genre
    if _ANSWER.search(reading.front, 0, _ANSWERED):
        return "rat"  # the administration answers a group's question
    if genre == "antrag" or any_of("voice", "partei_text").search(reading.front):
        return "partei"
    if is_whole(reading):
        return "dokument"
    if any_of("voice", "rat_adresse").search(f"{reading.host}{reading.path}"):
        return "rat"
    if genre in _COUNCIL:
        return "rat"
    if genre in ("studie", "partei", "kurs"):
        return genre
    if _RELEASE.search(reading.low[-_MASTHEAD:]):
        return "mitteilung"
    if any_of("voice", "zeitung_text").search(reading.front) or _DATELINE.search(reading.text[:_MASTHEAD]):
        return "zeitung"
    if genre == "presse" or any_of("voice", "mitteilung_text").search(f"{reading.front} {reading.path}"):
        return "mitteilung"
    return "seite"


def is_whole(reading: Reading) -> bool:
    """Return whether a text carries a document itself, whole or as an excerpt."""
    if not any(kind.strong for _, kind in reading.named) or reading.genre:
        return False
    front = reading.low[:_OPENING]
    if any_of("relevance", "outward").search(front):
        return False
    if reading.path.endswith((".pdf", ".docx", ".odt", ".doc")) or "\f" in reading.text:
        return True
    if reading.words >= _WHOLE_WORDS and chapters(reading.low[:READ]) >= 3:
        return True
    if finder("relevance", "landing").search(reading.low, 0, READ):
        return False
    voice = finder("relevance", "own_voice").count(reading.low[:READ])
    parts = chapters(reading.low[:READ])
    return (reading.words >= _DOCUMENT_WORDS and parts >= 3) or voice >= 3


@dataclass(frozen=True, slots=True)
class Relevance:
    """Whether a text belongs to the subject: points over the threshold, the rules that gave them, a position."""

    points: float
    rules: tuple[str, ...]
    start: int
    end: int

    @property
    def relevant(self) -> bool:
        """Points reach the threshold."""
        return self.points >= THRESHOLD


THRESHOLD = 3.0
_SIGN = re.compile(
    r"[.,;:!?()\n]| - | (?:umfass?t|ist|hat|wird|wurde|soll|sieht|enthalt|richtet|nennt|betrifft) "
)


def relevance_of(reading: Reading, voice: str, *, private: bool, nameless: bool = False) -> Relevance:
    """Return whether a text is, or speaks of, a public body's integration document, or is official policy.

    Parameters
    ----------
    reading, voice
        The text and who speaks in it.
    private
        A private body is named as its owner: its concept is none of a Kommune.
    nameless
        No Kommune, council or other public body is named at all.
    """
    points, rules = 0.0, []
    start = end = 0

    def add(worth: float, rule: str) -> None:
        nonlocal points
        points += worth
        rules.append(f"{rule}{worth:+g}")

    strong = next((title for title, kind in reading.named if kind.strong), None)
    mentions = reading.mentions
    if strong is not None:
        add(6, "titel")
        start = max(reading.text.find(strong.split("\n")[0]), 0)
        end = start + len(strong) if reading.text.startswith(strong, start) else start
    if mentions:
        start, end = mentions[0]
        add(5, "nennung")
        if len(mentions) > 1:
            add(min(len(mentions) - 1, 3), "mehrfach")
    elif any_of("relevance", "speaks").search(reading.low_title):
        add(5, "nennung_im_titel")
    if not strong and not mentions:
        for name, weight, rule in weighted("policy"):
            found = rule.search(reading.low, 0, READ)
            in_title = rule.search(reading.low_title)
            if found or in_title:
                add(weight * (2 if in_title and weight > 0 else 1), name)
                if found and not end:
                    start, end = found.start(), found.end()
        if voice not in OFFICIAL:
            add(-3, "nicht_amtlich")
    low = reading.low[:READ]
    nameless = nameless and not any_of("relevance", "kommune").search(low)
    migration = finder("relevance", "migration").count(low)
    # Of a page with many subjects only what stands around the names of documents tells in which sense they are meant.
    near = around(reading.low, reading.own_mentions) if mentions else low
    if near is not low:
        migration = max(min(migration, 3), finder("relevance", "migration").count(near))
    if field := _other_field(reading):
        add(-10 if migration < 4 else -5, f"anderes_feld_{field}")
    other = finder("relevance", "other_fields").count(near)
    if other > 2 * migration + 1 or (other and not migration):
        add(-6, "anderes_feld_im_text")
    elif not migration and reading.words > 40 and (mentions or strong):
        add(-2, "ohne_migration")
    refugees = any(any_of("kind", "refugees").search(reading.low, *mention) for mention in mentions)
    if migration <= 1 and not refugees and len(_senses(reading.low_title, near)) >= (1 if nameless else 2):
        add(-9, "anderer_sinn")
    elif not migration and nameless:
        add(-6, "ohne_migration_und_namen")
    if migration <= 1 and mentions and all(_of_things(reading.low, *mention) for mention in mentions[:4]):
        add(-9, "integration_von_sachen")
    if _of_another_body(reading):
        add(-9, "anderer_traeger")
    if voice == "kurs" or reading.genre == "kurs":
        add(-6, "kurs")
    elif reading.genre in ("veranstaltung", "stelle"):
        add(-2, reading.genre)
    if private:
        add(-12, "privater_traeger")
    return Relevance(points, tuple(rules), start, end)


_THINGS = pattern(
    r"\bintegration (?:des|der|von|eines|einer) (?!(?:[a-z]+ ){0,2}(?:[a-z-]*(?:stadt|kreis|gemeinde|"
    r"region|kommune|migrant|wander|"
    r"flucht|flüchtling|ausländ|menschen|person|bürger|familien|frauen|jugend|kinder|aussiedler|asyl|"
    r"einwohner|bewohner|eu-|"
    r"zugezogen|arbeitnehmer|minderheit|roma|landes|freistaat)|[a-z]+s\b$))"
)


def _of_the_field(low: str, mentions: tuple[tuple[int, int], ...]) -> tuple[tuple[int, int], ...]:
    """Return the names that no words around them give to another field or body; all if that leaves none."""
    own = tuple(
        (start, end)
        for start, end in mentions
        if not excluded(_phrase(low, start, end))
        and not any_of("relevance", "other_body").search(_phrase(low, start, end))
    )
    return own or mentions


def _of_things(low: str, start: int, end: int) -> bool:
    """Return whether what is to be integrated is a thing ("Konzept zur Integration des Bahnhofs")."""
    return bool(_THINGS.search(low, start, min(len(low), end + 60)))


def _senses(title: str, low: str) -> set[str]:
    return {found.group() for found in any_of("relevance", "other_sense").finditer(f"{title} {low}")}


def _other_field(reading: Reading) -> str:
    """Return the other field that a title names, or the words around every mention; empty if there is none."""
    if field := excluded(reading.low_title):
        return field
    for title, kind in reading.named:
        if field := excluded(_phrase(folded(" ".join(title.split())), kind.start, kind.end)):
            return field
    around = [excluded(_phrase(reading.low, start, end)) for start, end in reading.mentions[:4]]
    return around[0] if around and all(around) else ""


def _phrase(low: str, start: int, end: int) -> str:
    """Return the words around a mention that no sign parts from it: "Integrationskonzept der Kita Sonnenhügel"."""
    ahead = _SIGN.split(low[max(0, start - 24) : start])[-1]
    behind = _SIGN.split(low[end : end + 60])[0]
    return f"{ahead}{low[start:end]}{behind}"


def _of_another_body(reading: Reading) -> bool:
    """Return whether every mention is of a concept of a university, association, hospital ..., none of a Kommune."""
    phrases = [_phrase(reading.low, start, end) for start, end in reading.mentions[:4]]
    if not phrases:
        return False
    return all(any_of("relevance", "other_body").search(phrase) for phrase in phrases) or bool(
        any_of("relevance", "other_body_speaks").search(reading.low[:_OPENING])
        and not any_of("adoption", "deciding").search(reading.low[:_OPENING].replace("senat", "      "))
    )
