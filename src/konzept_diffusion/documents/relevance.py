"""Whether a file is a municipal integration document itself, or only speaks of one."""

from __future__ import annotations

from dataclasses import dataclass

from .codebook import any_of, finder
from .folding import folded, pattern
from .genre import Genre, chapters, genre_of_head, genre_of_title
from .kinds import KindMatch, excluded, kind_of
from .language import is_easy
from .material import Material, Title

READ = 40_000
"""Characters of a text that are counted."""
_NUMBERED = pattern(
    r"(?:^|\n)[^\w\n]*+(?:leitsatz|leitlinie|leitziel|grundsatz|artikel|handlungsfeld)?[^\S\n]*+(?:[1-9]\d?|"
    r"[ivx]{1,4})[.):]?[^\S\n]+[a-z]"
)
_ABOUT = pattern(
    r"\w{3,}.*\b(?:zum|über das|zu dem|für das|rund um das|aus dem|im rahmen des|beim) (?:\w+ )?$"
)
_DOCUMENT_NOUN = pattern(
    r"fortschreibung|konzept|plan\b|anlage|entwurf|bericht|leitbild|leitlinie|auf dem weg|^vom"
)
_LOOSE = frozenset(
    f"titel_{name}" for name in ("recht", "presse", "veranstaltung", "studie", "kurs", "stelle")
)
"""What a link's words say too loosely to gainsay the title page."""
MAX_HEADING = 90
"""Characters; a longer line above the title is a sentence."""
MIN_WORDS_PAGE = 330
MIN_WORDS_LEITBILD_PAGE = 70
MIN_WORDS_WHOLE, MIN_SECTIONS = 2500, 10


@dataclass(frozen=True, slots=True)
class Decision:
    """Whether a file is a document: with the title and kind that say so, or the rule that speaks against it."""

    is_document: bool
    speaks_of: bool
    rule: str
    title: Title | None = None
    kind: KindMatch | None = None
    confidence: str = "niedrig"


def decide(material: Material) -> Decision:
    """Return whether the file is a document itself; see the rules' names in `Decision.rule`."""
    status = material.text.status
    if not material.file.body and not material.text.text:
        return _page_by_name(material) if material.text.html else _by_name(material)
    if status == "broken":
        return Decision(False, False, "datei_defekt")
    if status in ("needs_ocr", "encrypted") or (status == "none" and not material.text.html):
        return _by_name(material)
    if material.text.html:
        return _page(material)
    return _readable(material)


def speaks_of(material: Material) -> bool:
    """Return whether the text or a link to it names an integration document."""
    if finder("relevance", "speaks").search(material.low, 0, READ):
        return True
    return any(title.kind and title.kind.strong for title in (*material.own_titles, *material.link_titles))


def _against(title: Title) -> str:
    low = folded(title.text)
    if genre := genre_of_title(low):
        return genre.rule
    if title.kind and title.kind.rule == "zusammensetzung" and _beside(low[: title.kind.start]):
        return "titel_beiwerk"
    return f"anderes_feld_{field}" if (field := excluded(low)) else ""


def _beside(ahead: str) -> bool:
    """Return whether a title is about a concept and not its own ("Rede zum ...", "Fragen rund um das ...")."""
    return bool(_ABOUT.search(ahead)) and not _DOCUMENT_NOUN.search(ahead)


def _named(titles: tuple[Title, ...]) -> Title | None:
    return next((title for title in titles if title.kind and title.kind.strong), None)


def _by_name(material: Material) -> Decision:
    """A scan or a locked file: what the links and the file's name say."""
    titles = material.link_titles
    for title in titles:
        if rule := _against(title):
            return Decision(False, False, rule, title)
    if material.text.status == "none" and material.file.body and not _is_office(material):
        return Decision(False, False, "format")
    named = _named(titles)
    if named is None and (kind := kind_of(material.context)) and kind.strong and len(material.context) <= 200:
        named = Title(material.context, "umgebung", kind)
        if rule := _against(named):
            return Decision(False, True, rule, named)
    if named is None:
        return Decision(False, False, "ohne_namen")
    confidence = "mittel" if named.origin == "link" else "niedrig"
    return Decision(True, True, "name_ohne_text", named, named.kind, confidence)


def _page_by_name(material: Material) -> Decision:
    """A page that must not be read: a document only if the link promises the whole text, not just a word about it."""
    said = _by_name(material)
    if not said.is_document:
        return said
    around = folded(" ".join([*material.file.anchors, material.context, material.filename]))
    if any_of("relevance", "whole_text").search(around):
        return said
    return Decision(False, True, "seite_ungelesen", said.title, said.kind)


def _is_office(material: Material) -> bool:
    return material.text.reason == "old_office" or material.file.media_type in (
        "application/msword",
        "application/rtf",
        "text/rtf",
    )


def _readable(material: Material) -> Decision:
    speaks = speaks_of(material)
    own = next((title for title in material.own_titles if title.kind), None)
    named = _named(material.link_titles)
    for candidate in (*material.own_titles, *material.link_titles):
        rule = _against(candidate)
        # A file name or link may say more than the file is about ("Pressemitteilung und Konzept"); what a
        # link calls a summary is one.
        if candidate.origin == "link" and own and own.kind and own.kind.strong and rule in _LOOSE:
            continue  # "Richtlinien (PDF)" leads to the Kreis's "Integrationsrichtlinien"
        if rule and (candidate.origin in ("titelseite", "metadaten", "link") or own is None):
            return Decision(False, speaks and not rule.startswith("anderes_feld"), rule, candidate)
    for line in material.low[: own.start].split("\n") if own else ():
        if len(line) <= MAX_HEADING and not line.endswith(".") and (above := genre_of_title(line.strip())):
            return Decision(False, speaks, above.rule, own)
    if material.text.language not in ("", "de"):
        return Decision(False, speaks, "andere_sprache", own)
    if is_easy(material.text.text, own.text if own else material.text.title):
        return Decision(False, speaks, "leichte_sprache", own)
    head = genre_of_head(material.low)
    if head and not _annexed(material, head):
        return Decision(False, speaks, head.rule, own)
    title = own if own and own.kind and own.kind.strong else None
    confidence = "hoch"
    if title is None and (own or named):
        # The title page names no kind, or a weak one: the link names it, or the text bears it out.
        borne_out = (
            chapters(material.low[:READ]) >= 2
            or finder("relevance", "speaks").count(material.low[:READ]) >= 2
        )
        title, confidence = (named or own, "mittel") if borne_out else (None, "")
    if title is None:
        return Decision(False, speaks, "kein_titel")
    if rule := _other_field(material):
        return Decision(False, False, rule, title)
    return Decision(True, True, "titel_und_text", title, title.kind, confidence if not head else "niedrig")


def _annexed(material: Material, head: Genre) -> bool:
    """Return whether a council paper carries the whole document behind it in the same file."""
    return head.code == "vorlage" and material.words >= 3000 and chapters(material.low) >= 8


def _other_field(material: Material) -> str:
    part = material.low[:READ]
    other = finder("relevance", "other_fields").count(part)
    # So many words of migration outweigh the others; how many more there are does not matter.
    migration = finder("relevance", "migration").count(part, at_most=max(1, (other - 1) // 2))
    if other > 2 * migration + 2:
        return "anderes_feld_im_text"
    if not migration and material.words > 120:
        return "ohne_migration"
    return ""


def _page(material: Material) -> Decision:
    speaks = speaks_of(material)
    for candidate in material.own_titles:
        if rule := _against(candidate):
            return Decision(False, speaks and not rule.startswith("anderes_feld"), rule, candidate)
    title = _named(material.own_titles) or next((title for title in material.own_titles if title.kind), None)
    if head := genre_of_head(material.low):
        return Decision(False, speaks, head.rule, title, title.kind if title else None)
    if material.text.language not in ("", "de"):
        return Decision(False, speaks, "andere_sprache", title)
    if is_easy(material.text.text, title.text if title else material.text.title):
        return Decision(False, speaks, "leichte_sprache", title)
    if title is None or title.kind is None:
        return Decision(False, speaks, "kein_titel")
    if rule := _other_field(material):
        return Decision(False, False, rule, title)
    if _full_text(material, title.kind):
        return Decision(True, True, "volltext_im_web", title, title.kind, "mittel")
    return Decision(False, True, "seite_zum_dokument", title, title.kind)


def _full_text(material: Material, kind: KindMatch) -> bool:
    """Return whether a page carries a document's whole text, not just a word about it and a link."""
    low = material.low
    parts = chapters(low[:READ])
    voice = finder("relevance", "own_voice").count(low) + len(_NUMBERED.findall(low))
    has_file = any(
        (match := kind_of(anchor)) and match.strong for anchor, _ in material.text.pdf_links
    ) or bool(finder("relevance", "landing").search(low))
    sections = max(parts, len(material.text.headings) - 1)
    if material.words >= MIN_WORDS_WHOLE and sections >= MIN_SECTIONS:
        return True  # no word about a document is that long and so divided
    if any_of("relevance", "outward").search(low[:1500]):
        return False
    if has_file:
        return material.words >= 1500 and parts >= 6
    if kind.kind == "leitbild" and material.words >= MIN_WORDS_LEITBILD_PAGE and voice >= 5:
        return True
    return material.words >= MIN_WORDS_PAGE and parts >= 4
