"""The text of a file: PDF, HTML, docx, odt, rtf or plain; with a coded reason where there is none."""

from __future__ import annotations

import re
from bisect import bisect_right
from dataclasses import dataclass, field
from typing import TYPE_CHECKING

from ..scrape.reports import File
from .folding import clean
from .language import language
from .reasons import Reading

if TYPE_CHECKING:
    from ..scrape.pages import Page

MAX_CHARS = 400_000
"""Characters kept of one file."""
MAX_BYTES = 64 << 20
"""Larger files are not opened."""
_HTML = ("text/html", "application/xhtml+xml")
_LOOKS_HTML = re.compile(
    rb"\s*(?:\xef\xbb\xbf)?\s*(?:<!--.{0,500}?-->\s*)?<(?:!doctype\s+html|html)\b", re.I | re.S
)
_OLE = b"\xd0\xcf\x11\xe0\xa1\xb1\x1a\xe1"
_OLE_ENCRYPTED = "EncryptedPackage".encode("utf-16-le")
_FILES = ("pdf", "docx", "odt", "doc", "rtf")


@dataclass(frozen=True, slots=True)
class Text:
    """What a file says.

    Attributes
    ----------
    status
        ok, needs_ocr (a scan), encrypted, broken or none (a format that is not read, or nothing in it).
    text
        Clean text (see `folding.clean`), at most 400,000 characters; pages are separated by form feeds.
    pages
        Where each page begins in `text`; empty where the format has no pages.
    title
        Of the file's metadata, or of the page.
    language
        ISO 639-1; empty if unknown.
    reason
        Code of `reasons.REASONS`: why there is no text, or not all; empty for a whole text.
    headings
        Of an HTML page, in order.
    html
        It came as a web page.
    pdf_links
        Anchor text and address of the links of a web page that lead to files, in order.
    page_count
        Pages of the file, read or not; 0 where there are none.
    detail
        The reason in words, for a person.
    """

    status: str
    text: str = field(default="", repr=False)
    pages: tuple[int, ...] = ()
    title: str = ""
    language: str = ""
    reason: str = ""
    headings: tuple[str, ...] = ()
    html: bool = False
    pdf_links: tuple[tuple[str, str], ...] = ()
    page_count: int = 0
    detail: str = ""

    @property
    def text_status(self) -> str:
        """Return the code for the table: ok, needs_ocr, encrypted, or why there is no text."""
        return self.status if self.status in ("ok", "needs_ocr", "encrypted") else self.reason or self.status

    def page_at(self, position: int) -> int:
        """Return the page, counted from 1, on which a position of `text` stands; 0 where there are no pages."""
        return bisect_right(self.pages, position) if self.pages else 0


def extract(file: File, *, ocr: bool = False) -> Text:
    """Return the text of a file; never raises for a bad file.

    Parameters
    ----------
    file
        What was fetched. Its bytes say what it is before its media type does.
    ocr
        Read scanned PDFs by optical character recognition (slow; see `documents.ocr`).

    Raises
    ------
    KonzeptError
        With `ocr` only: the programs for it are not installed.
    """
    body, kind = file.body, file.media_type
    if not body:
        return Text("broken", reason="zero_bytes", detail="0 bytes")
    if len(body) > MAX_BYTES:
        return Text("broken", reason="too_large", detail=f"{len(body):,} bytes; {MAX_BYTES:,} are read")
    if b"%PDF-" in body[:1024]:
        return _pdf(body, ocr=ocr)
    if kind in _HTML or _LOOKS_HTML.match(body[:2048]):
        return _html(file)
    if body[:4] in (b"PK\x03\x04", b"PK\x05\x06"):
        return _asked(b"O", body)
    if body[:5] == b"{\\rtf":
        return _asked(b"R", body)
    if body[:8] == _OLE:
        if _OLE_ENCRYPTED in body:
            return Text("encrypted", reason="encrypted", detail="an Office file with a password")
        return Text("none", reason="old_office", detail="an old Office file (OLE)")
    if kind == "application/pdf":
        return Text("broken", reason="not_a_pdf", detail=f"begins with {body[:12]!r}")
    if kind == "text/plain":
        return _made(Reading("ok", (_decoded(file),)))
    return Text("none", reason="not_read", detail=f"{kind or 'unknown type'} is not read")


def _pdf(body: bytes, *, ocr: bool) -> Text:
    text = _asked(b"P", body)
    if ocr and text.status == "needs_ocr":
        from .ocr import recognise

        return _made(recognise(body))
    return text


def _asked(kind: bytes, body: bytes) -> Text:
    from .reader import shared_reader

    return _made(shared_reader().read(body, kind))


def _made(said: Reading) -> Text:
    """Return the text of a reading: cleaned page by page, so that every page keeps its place."""
    parts: list[str] = []
    starts: list[int] = []
    length, reason = 0, said.reason
    for page in said.pages:
        if length >= MAX_CHARS:
            reason = reason or "cut"
            break
        part = clean(page[: MAX_CHARS - length].replace("\f", " ").replace("\u00ad\n", ""))
        if len(page) > MAX_CHARS - length:
            reason = reason or "cut"
        starts.append(length)
        parts.append(part)
        length += len(part) + 1
    text = "\f".join(parts)
    status = said.status
    if status == "ok" and not text.strip("\f"):
        status, reason = "none", "empty"
    return Text(
        status,
        text,
        tuple(starts) if said.page_count else (),
        " ".join(clean(said.title).split()),
        language(text),
        reason,
        page_count=said.page_count,
        detail=said.detail,
    )


def _decoded(file: File) -> str:
    for charset in (file.charset, "utf-8"):
        if charset:
            try:
                return file.body.decode(charset)
            except (UnicodeDecodeError, LookupError):
                continue
    return file.body.decode("windows-1252", errors="replace")


def _html(file: File) -> Text:
    from ..scrape.pages import parse

    return of_page(parse(file))


def of_page(page: Page) -> Text:
    """Return the text of a page that has been parsed.

    Its main part, one line a paragraph, list item or table row (cells in order): menus, headers, margins and
    footers are left out by `scrape.pages.parse`, which reads in one pass, however deep the elements are nested.
    """
    from ..scrape.addresses import suffix

    text = clean(page.text[:MAX_CHARS])
    links = tuple((link.anchor or link.title, link.url) for link in page.links if suffix(link.url) in _FILES)
    said = page.lang[:2].lower()
    return Text(
        "ok" if text else "none",
        text,
        title=" ".join(clean(page.title).split()),
        language=language(text) or (said if said.isalpha() else ""),
        reason="empty" if not text else "cut" if len(page.text) > MAX_CHARS else "",
        headings=tuple(" ".join(clean(heading).split()) for heading in page.headings),
        html=True,
        pdf_links=links,
        detail="" if text else "an empty page",
    )
