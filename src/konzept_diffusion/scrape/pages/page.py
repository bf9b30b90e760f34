"""A page as a crawler sees it: links with what stands around them, headings, main text, forms, hints for robots."""

from __future__ import annotations

import re
from dataclasses import dataclass, field
from typing import Protocol

from lxml import etree

from ..addresses import folded, normalise
from .charsets import as_utf8
from .forms import Form
from .landmarks import OWN_TEXT
from .markup import BREAK, Reader
from .markup import Link as RawLink

MOST_BYTES = 5_000_000
"""Bytes of a page that are read; the rest of a longer one is left."""

CONTEXT = 300
"""Characters of context kept with a link, and of its anchor."""

_LITTLE_TEXT = 960
_LONG_TEXT = 1500
_NEAR = 16
_CLIMB = 4
_QUIET = frozenset(
    {"nav", "footer", "header", "breadcrumb", "pagination", "cookie", "form", "frame", "refresh"}
)

_NOT_FOUND = re.compile(
    r"\b(?:http |fehler |error )?404\b|\bnot found\b|page (?:does not|doesn t) exist"
    r"|\b(?:seite|dokument|datei|inhalt|artikel|objekt|adresse|url)\b[^!?]{0,60}"
    r"\b(?:nicht (?:gefunden|vorhanden|mehr vorhanden|verfuegbar|mehr verfuegbar|existent)|existiert (?:leider )?nicht)"
    r"|\bnicht gefunden\b|diese seite gibt es (?:leider )?nicht|seite (?:leider )?nicht gefunden"
)
_SEARCHED = re.compile(r"such|search|treffer|ergebnis")


class Source(Protocol):
    """What can be parsed: an `Exchange` or a `File`."""

    @property
    def body(self) -> bytes:
        """Bytes, decompressed."""
        ...

    @property
    def url(self) -> str:
        """Final address."""
        ...

    @property
    def charset(self) -> str:
        """Charset of the header; empty if none."""
        ...


@dataclass(frozen=True, slots=True)
class Link:
    """A link and what stands around it.

    Attributes
    ----------
    url
        As `addresses.normalise` gives it.
    anchor
        Its text, else the alternative text of its image, its label or title; at most 300 characters.
    title
        Its title or aria-label.
    section
        nav, header, main, aside, footer, breadcrumb, pagination, result, form (an option of a jump menu), frame
        (frame, iframe, object, embed) or refresh.
    path
        Last four steps of its tag path with the first class each: "ul.menu>li>a".
    context
        Text of the list item, table row or paragraph around it; where that holds the anchor only, of the block
        around that; of a long one what is next to the link; at most 300 characters. In navigation, header and
        footer the anchor only.
    heading
        Nearest h1 to h4 before it in the same section; of a heading's own link the heading above.
    rel, lang, kind_hint
        Attributes rel, hreflang and type, in lower case.
    """

    url: str
    anchor: str = ""
    title: str = ""
    section: str = "main"
    path: str = ""
    context: str = ""
    heading: str = ""
    rel: str = ""
    lang: str = ""
    kind_hint: str = ""


@dataclass(frozen=True, slots=True)
class Page:
    """A parsed page.

    Attributes
    ----------
    url, base
        Its address, and the one that relative links are resolved against.
    title, headings
        Title (else og:title, else first heading); h1 to h4 outside navigation and footer.
    text
        Main text: without navigation, header, margin and footer, one line a paragraph, list item or table row.
    links, forms
        In document order.
    opensearch, canonical, refresh
        Addresses of the OpenSearch description, of the canonical page, and of where a meta refresh (or, on a page
        with hardly any text, a script) leads; empty if none.
    lang, generator
        As the page says.
    noindex, nofollow
        Of its robots meta tag.
    tdm
        A meta tag reserves text and data mining (TDM Reservation Protocol: tdm-reservation is 1).
    words
        Words of `text`.
    charset
        As Python knows it.
    """

    url: str
    base: str = ""
    title: str = ""
    headings: tuple[str, ...] = ()
    text: str = field(default="", repr=False)
    links: tuple[Link, ...] = field(default=(), repr=False)
    forms: tuple[Form, ...] = field(default=(), repr=False)
    opensearch: str = ""
    canonical: str = ""
    lang: str = ""
    generator: str = ""
    refresh: str = ""
    noindex: bool = False
    nofollow: bool = False
    tdm: bool = False
    words: int = 0
    charset: str = "utf-8"


def parse(exchange: Source) -> Page:
    """Return the page that a body holds; never raises, whatever the body is.

    Parameters
    ----------
    exchange
        An `Exchange` or a `File`; at most 5 MB of its body are read.
    """
    body, charset = as_utf8(exchange.body[:MOST_BYTES], exchange.charset)
    scripted = b"onclick" in body or b"data-href" in body or b"data-url" in body or b"onClick" in body
    reader = Reader(scripted=scripted)
    parser = etree.HTMLParser(target=reader, encoding="utf-8", huge_tree=True)
    try:
        parser.feed(body)
        parser.close()
    except etree.LxmlError:
        pass  # what was reported before counts
    url = normalise(exchange.url) or exchange.url
    base = (normalise(reader.base, url) if reader.base else "") or url
    text = _main_text(reader)
    links = _links(reader, base, charset)
    meta = reader.meta
    robots = f"{meta.get('robots', '')},{meta.get('konzept-diffusion', '')}".lower()
    words = text.count(" ") + text.count("\n") + 1 if text else 0
    headings = tuple(reader.headings)
    away = reader.refresh or (reader.moved if words < 40 else "")
    return Page(
        url=url,
        base=base,
        title=reader.title or meta.get("og:title", "") or (headings[0] if headings else ""),
        headings=headings,
        text=text,
        links=links,
        forms=tuple(parts.form(base, url, charset) for parts in reader.forms),
        opensearch=normalise(reader.opensearch, base) if reader.opensearch else "",
        canonical=normalise(reader.canonical, base) if reader.canonical else "",
        lang=reader.lang.strip().lower(),
        generator=meta.get("generator", ""),
        refresh=normalise(away, base, charset) if away else "",
        noindex="noindex" in robots or "none" in robots,
        nofollow="nofollow" in robots or "none" in robots,
        tdm=meta.get("tdm-reservation", "") == "1",
        words=words,
        charset=charset,
    )


def search_results(page: Page) -> tuple[Link, ...]:
    """Return the links of a page's result list; if none is marked as such, the links of its main part."""
    found = tuple(link for link in page.links if link.section == "result")
    return found or tuple(link for link in page.links if link.section == "main")


def is_soft_404(page: Page) -> bool:
    """Return whether a page answered with 200 says that there is no such page.

    Its title or first headings say so and it is short; or it is very short and its text begins so. A search
    without hits is none.
    """
    titles = folded(" | ".join((page.title, *page.headings[:2])))
    if page.words < 400 and _NOT_FOUND.search(titles):
        return not _SEARCHED.search(titles)
    return (
        page.words < 80 and bool(_NOT_FOUND.search(folded(page.text[:600]))) and not _SEARCHED.search(titles)
    )


def _main_text(reader: Reader) -> str:
    """Return the page's own text, one line a block.

    What <main> holds, if that is a good part of it; parts that only a class name takes for navigation or
    margin come back when hardly anything is left without them and they hold long text that is no link.
    """
    stretches = _stretches(reader)
    core = _joined(
        reader,
        [stretch for stretch in stretches if _own(reader, stretch) and reader.regions[stretch[0]].core],
    )
    if len(core) > _LONG_TEXT:
        return core
    text = _joined(reader, [stretch for stretch in stretches if _own(reader, stretch)])
    if len(text) < _LITTLE_TEXT and _restore(reader, stretches):
        return _joined(reader, [stretch for stretch in stretches if _own(reader, stretch)])
    return core if len(core) > 0.3 * len(text) else text


def _own(reader: Reader, stretch: tuple[int, int, int]) -> bool:
    """Return whether a stretch belongs to the page's own text."""
    return reader.regions[stretch[0]].section in OWN_TEXT


def _joined(reader: Reader, stretches: list[tuple[int, int, int]]) -> str:
    """Return the text of stretches, blanks collapsed, one line a block."""
    text = "".join(["".join(reader.pieces[start:end]) for _, start, end in stretches])
    lines = [" ".join(line.split()) for line in text.split(BREAK)]
    return "\n".join([line for line in lines if line])


def _stretches(reader: Reader) -> list[tuple[int, int, int]]:
    """Return (region, start, end) of the text, in document order."""
    places = [place for place, _ in reader.turns[1:]] + [len(reader.pieces)]
    return [
        (region, place, end) for (place, region), end in zip(reader.turns, places, strict=True) if end > place
    ]


def _length(reader: Reader, stretch: tuple[int, int, int]) -> int:
    """Return the characters of a stretch, without the white space of the source at its pieces' ends."""
    return sum(len(piece.strip()) for piece in reader.pieces[stretch[1] : stretch[2]])


def _restore(reader: Reader, stretches: list[tuple[int, int, int]]) -> bool:
    """Make regions main again that hold long text outside links; return whether there were any."""
    plain: dict[int, int] = {}
    for stretch in stretches:
        plain[stretch[0]] = plain.get(stretch[0], 0) + _length(reader, stretch)
    for link in reader.links:
        if link.region in plain:
            plain[link.region] -= _length(reader, (0, link.start, link.end))
    restored = False
    for number, length in plain.items():
        region = reader.regions[number]
        if (
            length > _LONG_TEXT
            and region.section not in OWN_TEXT
            and region.section not in ("footer", "cookie")
        ):
            region.section = "main"
            restored = True
    return restored


def _links(reader: Reader, base: str, charset: str) -> tuple[Link, ...]:
    """Return the links with their texts; the same address with the same text in one section only once."""
    found: dict[tuple[str, str, str], Link] = {}
    addresses: dict[str, str] = {}
    blocks: dict[int, str] = {}
    for raw in reader.links:
        url = addresses.get(raw.href)
        if url is None:
            url = addresses[raw.href] = normalise(raw.href, base, charset)
        if not url:
            continue
        given = raw.attributes
        title = given.get("title") or given.get("aria-label") or ""
        anchor = (
            (reader.text(raw.start, min(raw.end, raw.start + 4 * _NEAR)) if raw.end > raw.start else "")
            or raw.label
            or title
        )
        anchor = anchor[:CONTEXT]
        section = reader.regions[raw.region].section
        section = "footer" if section == "cookie" else section
        if (url, anchor, section) in found:
            continue
        context = anchor if section in _QUIET else _context(reader, raw, anchor, blocks)
        found[url, anchor, section] = Link(
            url,
            anchor,
            title,
            section,
            raw.path,
            context,
            raw.heading,
            given.get("rel", "").lower(),
            given.get("hreflang", "").lower(),
            given.get("type", "").lower(),
        )
    return tuple(found.values())


def _context(reader: Reader, link: RawLink, anchor: str, known: dict[int, str]) -> str:
    """Return what is written around a link (see `Link.context`)."""
    number = link.block
    text = ""
    for _ in range(_CLIMB):
        block = reader.blocks[number]
        end = block.end if block.end >= 0 else len(reader.pieces)
        if end - block.start > 4 * _NEAR:
            start, end = max(block.start, link.start - _NEAR), min(end, link.end + _NEAR)
            text = reader.text(start, end)
        else:
            if number not in known:
                known[number] = reader.text(block.start, end)
            text = known[number]
        if block.item or block.parent < 0 or len(text) > len(anchor) + 12:
            break
        number = block.parent
    if len(text) > CONTEXT:
        before = reader.text(max(block.start, link.start - _NEAR), link.start)[-CONTEXT // 3 :]
        after = reader.text(link.end, min(end, link.end + _NEAR))
        text = f"{before} {anchor} {after}".strip()[:CONTEXT]
    return text
