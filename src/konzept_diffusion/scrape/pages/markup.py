"""Reading HTML in one pass: text in pieces, links, blocks, headings and forms, without building a tree.

libxml2's parser reports elements as it meets them (and repairs what is not well-formed), so neither the depth of
nesting nor the size of a page costs memory beyond what is kept. `pages` makes a `Page` of what is collected here.
"""

from __future__ import annotations

import re
from typing import Any

from .forms import FormParts
from .landmarks import CONTAINERS, SECTIONING, entered, landmark
from .parts import Attributes, Block, Link, Region, jump, label_of

MOST_LINKS = 5000
"""Links kept of one page."""

MOST_FORMS = 50
"""Forms kept of one page."""

MOST_HEADINGS = 500
"""Headings kept of one page."""

_MOST_BLOCKS = 100_000
_SHORT = 60  # pieces of text that a heading, label or anchor is put together from

BREAK = "\x1e"
"""Stands in the text where a line ends; `str.split` takes it for a blank."""

_BLOCKS = frozenset(
    {
        "p",
        "div",
        "li",
        "tr",
        "dd",
        "dt",
        "article",
        "section",
        "blockquote",
        "figure",
        "details",
        "body",
        "fieldset",
    }
    | {"h1", "h2", "h3", "h4", "h5", "h6", "center", "address"}
)
_LINES = _BLOCKS | frozenset(
    {
        "figcaption",
        "caption",
        "ul",
        "ol",
        "dl",
        "table",
        "main",
        "nav",
        "header",
        "footer",
        "aside",
        "form",
        "legend",
    }
    | {"pre", "summary", "option", "label", "hr"}
)
_ITEMS = frozenset({"li", "tr", "article", "dd"})
_LEVELS = {"h1": 1, "h2": 2, "h3": 3, "h4": 4}
_REFRESH = re.compile(r"\s*[\d.]*\s*[;,]?\s*(?:url\s*=\s*)?['\"]?\s*([^'\"]+)", re.I)
_RAW_LINK = re.compile(r"""<a\s[^>]{0,500}?href\s*=\s*["']?([^"'\s>]+)[^>]*>([^<]*)""", re.I)
_RELS = frozenset(
    {"next", "prev", "previous", "alternate", "contents", "index", "section", "up", "start", "first"}
)


class Reader:
    """Target of the parser: collects one page.

    Attributes
    ----------
    pieces
        Text in document order; `BREAK` where a line ends.
    links, blocks, regions, forms, headings, meta
        As met.
    turns
        (place, region): from that place on the text belongs to that region.
    """

    def __init__(self, *, scripted: bool) -> None:
        self._scripted = scripted
        self.pieces: list[str] = []
        self.data = self.pieces.append
        self.links: list[Link] = []
        self.blocks = [Block(0, -1, False)]
        self.regions = [Region("main", False)]
        self.turns = [(0, 0)]
        self.headings: list[str] = []
        self.forms: list[FormParts] = []
        self.meta: Attributes = {}
        self.lang = self.base = self.title = self.canonical = self.opensearch = self.refresh = self.moved = ""
        # Open elements: tag, class, region, inside <main> or <article>, block, first piece, what it opened.
        self._open: list[tuple[str, str, int, bool, int, int, Any]] = [("", "", 0, False, 0, 0, None)]
        self._heads: dict[str, list[tuple[int, str]]] = {}
        self._level = 0
        self._form: FormParts | None = None
        self._forms_open: list[FormParts] = []
        self._link: Link | None = None
        self._options: list[tuple[str, bool]] = []
        self._term = -1
        self._noscript = 0

    def start(self, tag: str, attributes: Attributes) -> None:
        """Take in a start tag."""
        _, _, region, inside, block, _, _ = self._open[-1]
        pieces = self.pieces
        place = len(pieces)
        classes = attributes.get("class", "") if attributes else ""  # the parser's empty mapping is slow
        opened: Any = None
        if tag in _LINES:
            pieces.append(BREAK)
            if tag in _BLOCKS and len(self.blocks) < _MOST_BLOCKS:
                opened = Block(self._term if tag == "dd" and self._term >= 0 else place, block, tag in _ITEMS)
                if tag == "dt":
                    self._term = place
                block = len(self.blocks)
                self.blocks.append(opened)
        elif tag == "br" or tag == "td" or tag == "th":
            pieces.append(BREAK if tag == "br" else " ")
        if tag in CONTAINERS and (attributes or tag in SECTIONING or tag == "article"):
            mark, sure = landmark(tag, classes, attributes.get("id", ""), attributes.get("role", ""))
            if mark:
                around = self.regions[region]
                section = entered(mark, sure, around.section, inside)
                core = around.core or (section == "main" and sure)
                if section and (section != around.section or core != around.core):
                    region = len(self.regions)
                    self.regions.append(Region(section, core))
                    self.turns.append((place, region))
                inside = inside or core
            inside = inside or tag == "article"
        self._open.append((tag, classes, region, inside, block, place, opened))
        handler = _STARTS.get(tag)
        if handler is not None:
            found = handler(self, tag, attributes)
            if found is not None:
                self._open[-1] = (tag, classes, region, inside, block, place, found)
        elif self._scripted and attributes:
            link = self._scripted_link(attributes)
            if link is not None:
                self._open[-1] = (tag, classes, region, inside, block, place, (opened, link))

    def end(self, tag: str) -> None:
        """Take in an end tag (also of what the parser closes by itself)."""
        if len(self._open) < 2:
            return
        _, _, region, _, _, place, opened = self._open.pop()
        pieces = self.pieces
        if opened.__class__ is tuple:
            opened, link = opened
            link.end = len(pieces)
        if opened.__class__ is Link:
            opened.end = len(pieces)
            if opened is self._link:
                self._link = None
        elif opened.__class__ is Block:
            opened.end = len(pieces)
        handler = _ENDS.get(tag)
        if handler is not None:
            handler(self, tag, region, place, opened)
        if tag in _LINES:
            pieces.append(BREAK)
        outer = self._open[-1][2]
        if outer != region:
            self.turns.append((len(pieces), outer))

    def close(self) -> None:
        """Nothing is handed on: everything is read from the target."""

    def text(self, start: int, end: int | None = None) -> str:
        """Return the text between two places, blanks collapsed."""
        return " ".join("".join(self.pieces[start:end]).split())

    def _add_link(self, href: str, attributes: Attributes) -> Link | None:
        """Begin a link at the element that is open."""
        href = href.strip()
        if not href or len(self.links) >= MOST_LINKS:
            return None
        _, _, region, _, block, place, _ = self._open[-1]
        link = Link(href, attributes, place, block, region)
        link.path = ">".join([label_of(frame[0], frame[1]) for frame in self._open[-4:] if frame[0]])
        heads = self._heads.get(self.regions[region].section)
        if heads:
            link.heading = heads[-1][1] if not self._level else self._above(heads)
        self.links.append(link)
        return link

    def _above(self, heads: list[tuple[int, str]]) -> str:
        """Return the heading above the one that is open: a heading's own link belongs there."""
        return next((text for level, text in reversed(heads) if level < self._level), "")

    def _alone(self, href: str, attributes: Attributes, section: str) -> None:
        """Take in a link without text of its own (frame, area, refresh, head)."""
        link = self._add_link(href, attributes)
        if link is not None:
            link.label = attributes.get("alt") or attributes.get("title") or attributes.get("name", "")
            link.start = link.end = len(self.pieces)
            self.regions.append(Region(section, False))
            link.region = len(self.regions) - 1

    def _scripted_link(self, attributes: Attributes) -> Link | None:
        href = (
            attributes.get("data-href")
            or jump(attributes.get("onclick", ""))
            or attributes.get("data-url", "")
        )
        return self._add_link(href, attributes) if href else None

    def _starts_anchor(self, tag: str, attributes: Attributes) -> Link | None:
        href = attributes.get("href", "").strip()
        if href[:11].lower() == "javascript:":
            href = jump(href)
        if not href or href[0] == "#":
            link = self._scripted_link(attributes) if self._scripted else None
        elif href[:7].lower() == "mailto:":
            return None
        else:
            link = self._add_link(href, attributes)
        self._link = link
        return link

    def _starts_frame(self, tag: str, attributes: Attributes) -> None:
        self._alone(attributes.get("src") or attributes.get("data-src", ""), attributes, "frame")

    def _starts_object(self, tag: str, attributes: Attributes) -> None:
        if attributes.get("type", "").partition("/")[0] not in ("image", "video", "audio"):
            self._alone(attributes.get("data") or attributes.get("src", ""), attributes, "frame")

    def _starts_area(self, tag: str, attributes: Attributes) -> None:
        href = attributes.get("href", "")
        section = self.regions[self._open[-1][2]].section
        self._alone(jump(href) if href[:11].lower() == "javascript:" else href, attributes, section)

    def _starts_image(self, tag: str, attributes: Attributes) -> None:
        link = self._link
        if link is None:  # a button or tile that a script makes a link
            around = (frame[6] for frame in reversed(self._open[-4:]) if frame[6].__class__ is tuple)
            link = next((opened[1] for opened in around), None)
        if link is not None and not link.label:
            link.label = attributes.get("alt") or attributes.get("title", "")

    def _starts_link(self, tag: str, attributes: Attributes) -> None:
        rels = attributes.get("rel", "").lower().split()
        href = attributes.get("href", "").strip()
        if not href or not rels:
            return
        if "canonical" in rels:
            self.canonical = self.canonical or href
        elif "search" in rels:
            if "opensearch" in attributes.get("type", ""):
                self.opensearch = self.opensearch or href
        elif "stylesheet" not in rels and _RELS.intersection(rels):
            turning = {"next", "prev", "previous"}.intersection(rels)
            self._alone(href, attributes, "pagination" if turning else "header")

    def _starts_meta(self, tag: str, attributes: Attributes) -> None:
        content = attributes.get("content", "")
        if attributes.get("http-equiv", "").lower() == "refresh":
            found = _REFRESH.match(content)
            if found and not found[1].strip().isdigit():
                self._alone(found[1], {}, "refresh")
                if not self._noscript:
                    self.refresh = self.refresh or found[1].strip()
        elif name := (attributes.get("name") or attributes.get("property") or "").strip().lower():
            self.meta.setdefault(name, content.strip())

    def _starts_base(self, tag: str, attributes: Attributes) -> None:
        self.base = self.base or attributes.get("href", "").strip()

    def _starts_html(self, tag: str, attributes: Attributes) -> None:
        self.lang = attributes.get("lang") or attributes.get("xml:lang", "")

    def _starts_noscript(self, tag: str, attributes: Attributes) -> None:
        self._noscript += 1

    def _starts_heading(self, tag: str, attributes: Attributes) -> None:
        self._level = _LEVELS[tag]

    def _starts_form(self, tag: str, attributes: Attributes) -> FormParts:
        form = FormParts(attributes)
        if len(self.forms) < MOST_FORMS:
            self.forms.append(form)
        self._forms_open.append(form)
        self._form = form
        return form

    def _starts_control(self, tag: str, attributes: Attributes) -> Link | None:
        form = self._form
        if form is None and self.forms and self.forms[-1].waiting():
            form = self.forms[-1]  # broken markup closed it too early
        if form is not None:
            form.add(tag, attributes)
        return self._scripted_link(attributes) if self._scripted else None

    def _starts_select(self, tag: str, attributes: Attributes) -> Attributes:
        self._options = []
        return attributes

    def _starts_option(self, tag: str, attributes: Attributes) -> None:
        value = attributes.get("value", "")
        self._options.append((value, "selected" in attributes))
        if value.startswith(("/", "http://", "https://", "./", "../")):
            self._alone(value, attributes, "form")

    def _starts_label(self, tag: str, attributes: Attributes) -> Attributes:
        return attributes

    def _ends_heading(self, tag: str, region: int, place: int, opened: Any) -> None:
        self._level = 0
        text = self.text(place, place + _SHORT)[:300]
        if text:
            section, level = self.regions[region].section, _LEVELS[tag]
            heads = self._heads.setdefault(section, [])
            while heads and heads[-1][0] >= level:
                heads.pop()
            heads.append((level, text))
            if section not in ("nav", "footer", "cookie") and len(self.headings) < MOST_HEADINGS:
                self.headings.append(text)

    def _ends_form(self, tag: str, region: int, place: int, opened: Any) -> None:
        self._forms_open.pop()
        self._form = self._forms_open[-1] if self._forms_open else None

    def _ends_label(self, tag: str, region: int, place: int, opened: Any) -> None:
        if self._form is not None:
            self._form.labels.append((opened.get("for", ""), self.text(place, place + _SHORT)[:200]))

    def _ends_noscript(self, tag: str, region: int, place: int, opened: Any) -> None:
        self._noscript -= 1

    def _ends_unread(self, tag: str, region: int, place: int, opened: Any) -> None:
        """Take out text that is not the page's own: scripts, selections, what stands in for frames, the title."""
        if tag == "title":
            if self._open[-1][0] in ("head", "html", "body") and not self.title:
                self.title = self.text(place)[:500]
        elif tag == "script":
            script = "".join(self.pieces[place:]) if not self.moved else ""
            self.moved = jump(script) if "location" in script and len(script) < 5000 else self.moved
        elif tag == "noframes":
            for found in _RAW_LINK.finditer("".join(self.pieces[place:])):
                self._alone(found[1], {"title": found[2]}, "main")
        elif tag == "select" and self._form is not None and opened.get("name") and "disabled" not in opened:
            self._form.select(opened["name"], self._options, several="multiple" in opened)
        del self.pieces[place:]
        for link in reversed(self.links):
            if link.end <= place:
                break
            link.start, link.end = min(link.start, place), place


_STARTS = {
    "a": Reader._starts_anchor,
    "img": Reader._starts_image,
    "iframe": Reader._starts_frame,
    "frame": Reader._starts_frame,
    "object": Reader._starts_object,
    "embed": Reader._starts_object,
    "area": Reader._starts_area,
    "link": Reader._starts_link,
    "meta": Reader._starts_meta,
    "base": Reader._starts_base,
    "html": Reader._starts_html,
    "noscript": Reader._starts_noscript,
    "form": Reader._starts_form,
    "input": Reader._starts_control,
    "button": Reader._starts_control,
    "textarea": Reader._starts_control,
    "select": Reader._starts_select,
    "option": Reader._starts_option,
    "label": Reader._starts_label,
}
_STARTS |= dict.fromkeys(_LEVELS, Reader._starts_heading)
_ENDS = {"form": Reader._ends_form, "label": Reader._ends_label, "noscript": Reader._ends_noscript}
_ENDS |= dict.fromkeys(_LEVELS, Reader._ends_heading)
_ENDS |= dict.fromkeys(
    ("script", "style", "title", "textarea", "select", "noframes", "iframe"), Reader._ends_unread
)
