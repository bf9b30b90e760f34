"""Sitemaps and feeds: the addresses a site offers by itself, read as a stream and as far as they are readable."""

from __future__ import annotations

import re
import zlib
from collections.abc import Iterator
from dataclasses import dataclass
from html import unescape

from lxml import etree

from ..addresses import LONGEST, folded, normalise
from ..exchange import Exchange

MOST_ENTRIES = 50_000
"""Entries read of one file: as many as the sitemap protocol allows."""

MOST_BYTES = 60_000_000
"""Bytes read of one file after decompression; the protocol allows 52,428,800."""

_CHUNK = 1 << 16
_STRAY_AMPERSAND = re.compile(rb"&(?!(?:#[0-9]+|#x[0-9A-Fa-f]+|amp|lt|gt|quot|apos);)")
_FIELDS = frozenset({"loc", "link", "title", "lastmod", "pubDate", "updated", "date", "guid"})
_ROOTS = {"urlset": "urlset", "sitemapindex": "index", "rss": "feed", "feed": "feed", "RDF": "feed"}
_PROMISING = re.compile(
    r"page|seite|dokument|document|download|datei|file|pdf|content|inhalt|attachment|anhang|artikel|service"
)
_UNPROMISING = re.compile(
    r"image|bild|foto|video|galer|news|nachricht|presse|meldung|event|veranstaltung|termin|kalender|\btags?\b|categor|kategorie"
    r"|author|user|product|stellen|job|verein|branche|firmen|tourism|gastgeb"
)


@dataclass(frozen=True, slots=True)
class Entry:
    """One address of a sitemap or feed, with its date and title as given (empty if not)."""

    url: str
    lastmod: str = ""
    title: str = ""


@dataclass(frozen=True, slots=True)
class Sitemap:
    """What a file lists.

    Attributes
    ----------
    kind
        "index" (entries are sitemaps, most promising first), "urlset", "text", "feed" (RSS or Atom) or "none".
    entries
        In file order (an index: by promise); addresses normalised, others left out.
    complete
        False if the file was cut off, malformed, or longer than the limits.
    """

    kind: str
    entries: tuple[Entry, ...] = ()
    complete: bool = True


class _Done(Exception):  # noqa: N818 - ends the parsing early, no error
    """Enough was read."""


class _Target:
    """Receives the parser's events; keeps entries only, so that memory does not grow with the file."""

    def __init__(self, url: str, limit: int) -> None:
        self.url, self.limit = url, limit
        self.kind = ""
        self.closed = False
        self.entries: list[Entry] = []
        self.text: list[str] = []
        self.data = self.text.append
        self.item: dict[str, str] = {}
        self.files: list[str] = []

    def start(self, tag: str, attributes: dict[str, str]) -> None:
        """Note what kind of file it is, and Atom's links, which are attributes."""
        name = tag.rpartition("}")[2]
        if not self.kind:
            self.kind = _ROOTS.get(name, "none")
            if self.kind == "none":
                raise _Done
        if name in ("url", "sitemap", "item", "entry"):
            self.item, self.files = {}, []
        elif name == "link" and "href" in attributes and "xhtml" not in tag:
            if attributes.get("rel", "alternate") == "alternate":
                self.item.setdefault("link", attributes["href"])
            elif attributes["rel"] == "enclosure":
                self.files.append(attributes["href"])
        elif name == "enclosure" and "url" in attributes:
            self.files.append(attributes["url"])
        self.text.clear()

    def end(self, tag: str) -> None:
        """Take in an element's text, and an entry when it closes."""
        space, _, name = tag.rpartition("}")
        if name in ("url", "sitemap", "item", "entry"):
            self.take()
        elif name in _FIELDS and "image" not in space and "video" not in space:
            if text := " ".join("".join(self.text).split()):
                self.item.setdefault(name, unescape(text))
        elif name in _ROOTS:
            self.closed = True
        self.text.clear()

    def take(self) -> None:
        """Turn the open entry into one or more addresses."""
        item = self.item
        guid = item.get("guid", "")
        address = item.get("loc") or item.get("link") or (guid if guid.startswith("http") else "")
        date = item.get("lastmod") or item.get("updated") or item.get("pubDate") or item.get("date") or ""
        for found in (address, *self.files):
            if found and (url := normalise(found, self.url)):
                self.entries.append(Entry(url, date, item.get("title", "")[:300]))
        self.item, self.files = {}, []
        if len(self.entries) >= self.limit:
            raise _Done

    def close(self) -> None:
        """Nothing is handed on: the entries are read from the target."""


def _chunks(body: bytes) -> Iterator[bytes]:
    """Yield the body in pieces, gunzipped if its first bytes say so (twice compressed too), up to the cap."""
    for _ in range(2):
        if not body.startswith(b"\x1f\x8b"):
            break
        rest, parts, size = body, [], 0
        while rest.startswith(b"\x1f\x8b") and size < MOST_BYTES:
            inflate = zlib.decompressobj(31)
            try:
                part = inflate.decompress(rest, MOST_BYTES - size)
            except zlib.error:
                part = _salvaged(rest, MOST_BYTES - size)
            parts.append(part)
            size += len(part)
            rest = inflate.unused_data
        body = b"".join(parts)
    for start in range(0, min(len(body), MOST_BYTES), _CHUNK):
        yield body[start : start + _CHUNK]


def _salvaged(body: bytes, limit: int) -> bytes:
    """Return what can be gunzipped before the first damaged place."""
    inflate = zlib.decompressobj(31)
    parts: list[bytes] = []
    size = 0
    for start in range(0, len(body), 1024):
        try:
            part = inflate.decompress(body[start : start + 1024], limit - size)
        except zlib.error:
            break
        parts.append(part)
        size += len(part)
        if size >= limit:
            break
    return b"".join(parts)


def _promise(entry: Entry) -> int:
    """Return the rank of a sitemap in an index: lower is read earlier."""
    name = folded(entry.url.partition("://")[2].partition("/")[2])
    return bool(_UNPROMISING.search(name)) * 2 - bool(_PROMISING.search(name))


def _text(chunks: Iterator[bytes], first: bytes, url: str, limit: int) -> Sitemap:
    """Read a plain list of addresses, one a line."""
    entries: list[Entry] = []
    rest = first
    for chunk in (*chunks, b"\n"):
        lines = (rest + chunk).split(b"\n")
        rest = lines.pop()[-LONGEST:]  # a longer line is no address
        for line in lines:
            text = line.decode("utf-8", errors="replace").strip(" \t\r\ufeff\x00")
            if text.startswith(("http://", "https://")) and (address := normalise(text, url)):
                entries.append(Entry(address))
                if len(entries) >= limit:
                    return Sitemap("text", tuple(entries), complete=False)
    return Sitemap("text" if entries else "none", tuple(entries))


def looks_like_one(body: bytes) -> bool:
    """Return whether a body begins like a sitemap, an index or a feed (looked for in its first 2,000 bytes)."""
    head = next(_chunks(body[:_CHUNK]), b"")[:2000]
    return bool(re.search(rb"<(?:[\w.-]+:)?(?:urlset|sitemapindex|rss|feed|RDF)[\s>]", head))


def read(source: Exchange | bytes, url: str = "", limit: int = MOST_ENTRIES) -> Sitemap:
    """Read a sitemap, sitemap index, text sitemap, RSS or Atom feed.

    Parameters
    ----------
    source
        The answer, or its body; gzip is told by the first bytes, not by the name.
    url
        Address for relative entries; an exchange brings its own.
    limit
        Entries after which reading stops.

    Returns
    -------
    Sitemap
        Of a truncated or malformed file what came before; kind "none" for everything else (an HTML page too).

    Notes
    -----
    sitemaps.org protocol 0.9; RSS 0.9x, 1.0 and 2.0; RFC 4287 (Atom). Entities of a document type definition are
    not expanded, nothing is loaded from outside.
    """
    body = source if isinstance(source, bytes) else source.body
    url = url or ("" if isinstance(source, bytes) else source.url)
    chunks = _chunks(body)
    first = next(chunks, b"").lstrip(b" \t\r\n")
    wide = first.startswith((b"\xff\xfe", b"\xfe\xff"))
    start = first.removeprefix(b"\xef\xbb\xbf").lstrip(b" \t\r\n")
    if not wide and not start.startswith(b"<"):
        return _text(chunks, start, url, limit)
    target = _Target(url, limit)
    parser = etree.XMLParser(
        target=target, recover=True, resolve_entities=False, no_network=True, huge_tree=False
    )
    try:
        chunk = first if wide else start
        while chunk:
            following = next(chunks, b"")
            if not wide and following:  # an ampersand and what tells whether it is stray stay together
                cut = chunk.rfind(b"&", len(chunk) - 12)
                if cut > 0:
                    chunk, following = chunk[:cut], chunk[cut:] + following
            parser.feed(chunk if wide else _STRAY_AMPERSAND.sub(b"&amp;", chunk))
            chunk = following
        parser.close()
        target.take()  # of a file that was cut off: the entry whose address was complete
    except (_Done, etree.XMLSyntaxError, ValueError):
        pass  # what came before counts
    kind = target.kind or "none"
    entries = target.entries
    if kind == "none":
        return Sitemap("none")
    if kind == "index":
        entries.sort(key=_promise)
    return Sitemap(kind, tuple(entries), complete=target.closed)
