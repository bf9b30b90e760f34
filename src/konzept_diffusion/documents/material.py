"""What a coder looks at: the titles and the text of a file, folded once."""

from __future__ import annotations

import re
from dataclasses import dataclass, field
from functools import cached_property
from urllib.parse import unquote, urlsplit

from ..scrape.reports import File
from .folding import clean, folded, legible, pattern
from .kinds import KindMatch, kind_of
from .text import Text

_TITLE_LINES = 16
_TITLE_REACH = 1100
_LONGEST_LINE = 130
_CONTINUES = pattern(
    r"^(?:der|die|des|dem|den|für|zur|zum|im|in|von|vom|mit|und|auf|an|am|bei|gemeinsam|eine[rs]?)\b|^[-(]"
)
_ADDS = pattern(
    r"^(?:\d\.? ?)?(?:zwischen|umsetzungs|sachstands|fortschritts|ergebnis|erfahrungs|evaluations|"
    r"jahres)?-?(?:bericht|monitoring|fortschreibung|kurzfaßung|zusammenfaßung|entwurf|"
    r"maßnahmenplan|maßnahmenkatalog|handlungskonzept|konzept|aktionsplan|leitbild|leitlinien|präsentation|"
    r"english|umsetzungsstand|neufaßung|überarbeit|[a-z]*integrationskonzept)"
)
# A line that cannot be the end of a title: "Umsetzungsbericht zum", "Integrationskonzept der Stadt Bad"
_UNFINISHED = pattern(
    r"(?:\b(?:zum|zur|der|die|das|des|dem|den|für|in|im|von|vom|mit|und|an|am|über|stadt|gemeinde|"
    r"(?:land)?kreise?s?|"
    r"bad|sankt|st\.)|-)$"
)
_LETTERHEAD = pattern(
    r"^\W*(?:stabsstelle|fachbereich|fachdienst|fachstelle|amt für|dezernat|referat|abteilung|"
    r"sozialreferat|schriftenreihe|büro|"
    r"koordinierungsstelle|der (?:ober)?bürgermeister|die (?:ober)?bürgermeisterin|der landrat|"
    r"die landrätin)\b|"
    r"·\s*(?:dezernat|fachbereich|amt|referat)"
)
_FILE_SIGNS = re.compile(r"[_+%\-.]+|(?<=[a-zäöüß])(?=[A-ZÄÖÜ])")
_SENTENCE = re.compile(r"(?<!e\.[Vv])(?<!e\. [Vv])[.;]\s*$")
_LONGEST_TITLE = 1_000
_RAN_INTO = re.compile(
    r"(?<=\w)[ |·–-]+(?:Impressum|IMPRESSUM|Inhalt(?:sverzeichnis|sübersicht)?|INHALT(?:SVERZEICHNIS)?|"
    r"Vorwort|VORWORT)$"
)
_VERDICT = pattern(
    r"beschloßen|beschluß|verabschied|zugestimmt|in (?:seiner|der|ihrer) sitzung|\bstand\b:?|"
    r"herausgeb|impreßum"
)
_STOP = pattern(r"beschlußvorlage|vorlage|drucksache|tagesordnung|niederschrift|protokoll|sachverhalt")


@dataclass(frozen=True)
class Title:
    """A title that something bears, with where it stands and the kind it names.

    `origin` is titelseite, ueberschrift, metadaten, link, dateiname or umgebung.
    """

    text: str
    origin: str
    kind: KindMatch | None
    start: int = 0


@dataclass(frozen=True)
class Material:
    """A file as the rules see it.

    Attributes
    ----------
    file, text
        What was fetched and what it says.
    """

    file: File
    text: Text = field(repr=False)

    @cached_property
    def low(self) -> str:
        """The text, folded; as long as the text."""
        return legible(folded(self.text.text))

    @cached_property
    def words(self) -> int:
        """Number of words."""
        return self.text.text.count(" ") + self.text.text.count("\n") + 1 if self.text.text else 0

    @cached_property
    def filename(self) -> str:
        """Name of the file without its ending, signs made spaces; empty if the address has none."""
        name = self.file.filename or unquote(
            urlsplit(self.file.url).path.rsplit("/", 1)[-1], errors="replace"
        )
        stem = name.rsplit(".", 1)[0] if "." in name else (name if self.file.filename else "")
        return " ".join(_FILE_SIGNS.sub(" ", stem).split())

    @cached_property
    def own_titles(self) -> tuple[Title, ...]:
        """What the file itself calls itself, most trusted first."""
        found: list[Title] = []
        if self.text.html:
            for heading in (*self.text.headings[:3], self.text.title):
                shown = trimmed(heading)
                if shown and all(shown != title.text for title in found):
                    found.append(Title(shown, "ueberschrift", kind_of(shown)))
        elif self.text.text and (title := title_page(self.text.text)):
            found.append(title)
        return tuple(found)

    @cached_property
    def link_titles(self) -> tuple[Title, ...]:
        """What others call it: metadata, link texts, file name, in this order."""
        found = []
        for origin, names in (
            ("metadaten", () if self.text.html else (self.text.title,)),
            ("link", self.file.anchors),
            ("dateiname", () if self.text.html else (self.filename,)),
        ):
            for name in names:
                shown = trimmed(" ".join(clean(name).split()))
                if shown:
                    found.append(Title(shown, origin, kind_of(shown)))
        return tuple(found)

    @cached_property
    def context(self) -> str:
        """Words around the link, on one line."""
        return " ".join(clean(self.file.context).split())


def _runs_on(line: str) -> bool:
    return line[0].islower() or bool(_CONTINUES.search(folded(line)))


def trimmed(title: str) -> str:
    """Return a title without the heading that ran into it ("... Impressum"), at most 1,000 signs."""
    cut = _RAN_INTO.sub("", title[:_LONGEST_TITLE])
    return cut or title[:_LONGEST_TITLE]


def title_page(text: str) -> Title | None:
    """Return the title on the first page: the first lines that name a kind, with the lines they run over."""
    lines: list[tuple[int, str]] = []
    position = 0
    for raw in text[:_TITLE_REACH].split("\n"):
        line = raw.strip(" \f")
        if line:
            lines.append((position, line))
        position += len(raw) + 1
        if len(lines) == _TITLE_LINES:
            break
    for number, (_, line) in enumerate(lines):
        if len(line) > _LONGEST_LINE or _SENTENCE.search(line) or _LETTERHEAD.search(folded(line)):
            continue
        kind = kind_of(line)
        last = number
        if kind is None and number + 1 < len(lines) and len(lines[number + 1][1]) <= _LONGEST_LINE:
            joined = f"{line} {lines[number + 1][1]}"
            if kind_of(lines[number + 1][1]) is None and not _SENTENCE.search(lines[number + 1][1]):
                kind, last = kind_of(joined), number + 1
        if kind is None:
            continue
        first = number
        while (
            first > 0
            and first > number - 3
            and (_runs_on(lines[first][1]) or _UNFINISHED.search(folded(lines[first - 1][1])))
        ):
            if len(lines[first - 1][1]) > _LONGEST_LINE or _STOP.search(folded(lines[first - 1][1])):
                break
            first -= 1
        while last + 1 < len(lines) and last < number + 3 and len(lines[last + 1][1]) <= 100:
            following = folded(lines[last + 1][1])
            if _VERDICT.search(following) or _SENTENCE.search(following):
                break
            unfinished = _UNFINISHED.search(folded(lines[last][1]))
            if not (unfinished or _runs_on(lines[last + 1][1]) or _ADDS.search(following)):
                break
            last += 1
        title = trimmed(" ".join(part for _, part in lines[first : last + 1]))[:300]
        return Title(title, "titelseite", kind_of(title) or kind, lines[first][0])
    return None
