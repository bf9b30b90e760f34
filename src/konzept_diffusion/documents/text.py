"""The text of a file: PDF, HTML, docx, odt or plain; with the reason where there is none."""

from __future__ import annotations

from dataclasses import dataclass, field
from typing import TYPE_CHECKING

from ..scrape.reports import File
from .folding import clean
from .language import language

if TYPE_CHECKING:
    from ..scrape.pages import Page

MAX_CHARS = 400_000
_HTML = ("text/html", "application/xhtml+xml")
_UNREAD = ("application/msword", "application/rtf", "text/rtf", "application/x-tika-msoffice")
_OLE = b"\xd0\xcf\x11\xe0\xa1\xb1\x1a\xe1"


@dataclass(frozen=True, slots=True)
class Text:
    """What a file says.

    Attributes
    ----------
    status
        ok, needs_ocr (a scan), encrypted, broken or none (a format that is not read).
    text
        Clean text (see `folding.clean`), at most 400,000 characters; pages are separated by form feeds.
    pages
        Number of pages of a PDF; 0 where there are none.
    title
        Of the file's metadata, or of the page.
    language
        ISO 639-1; empty if unknown.
    reason
        Why there is no text, or not all.
    headings
        Of an HTML page, in order.
    html
        It came as a web page.
    pdf_links
        Anchor text and address of the links of a web page that lead to files, in order.
    """

    status: str
    text: str = field(default="", repr=False)
    pages: int = 0
    title: str = ""
    language: str = ""
    reason: str = ""
    headings: tuple[str, ...] = ()
    html: bool = False
    pdf_links: tuple[tuple[str, str], ...] = ()


def extract(file: File) -> Text:
    """Return the text of `file`; never raises for a bad file."""
    kind = file.media_type
    if kind == "application/pdf" or file.body[:1024].lstrip().startswith(b"%PDF-"):
        return _pdf(file.body)
    if kind in _HTML:
        return _html(file)
    if file.body[:4] == b"PK\x03\x04":
        return _office(file.body)
    if file.body[:8] == _OLE:
        return Text("none", reason="an old Office file (OLE)")
    if kind in _UNREAD:
        return Text("none", reason=f"{kind} is not read")
    if kind == "text/plain":
        return _made("ok", _decoded(file), "")
    return Text("none", reason=f"{kind or 'unknown type'} is not read")


def _made(status: str, raw: str, title: str, *, pages: int = 0, reason: str = "") -> Text:
    text = clean(raw[:MAX_CHARS])
    return Text(status, text, pages, " ".join(clean(title).split()), language(text), reason)


def _pdf(body: bytes) -> Text:
    from .pdf import shared_reader

    said = shared_reader().read(body)
    return _made(
        said["status"],
        said.get("text", ""),
        said.get("title", ""),
        pages=said.get("pages", 0),
        reason=said.get("reason", ""),
    )


def _office(body: bytes) -> Text:
    from .office import read_office

    status, text, title, reason = read_office(body)
    return _made(status, text, title, reason=reason)


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
    """Return the text of a page that has been parsed."""
    from ..scrape.addresses import suffix

    text = clean(page.text[:MAX_CHARS])
    links = tuple(
        (link.anchor or link.title, link.url)
        for link in page.links
        if suffix(link.url) in ("pdf", "docx", "odt", "doc")
    )
    said = page.lang[:2].lower()
    return Text(
        "ok" if text else "none",
        text,
        title=" ".join(clean(page.title).split()),
        language=language(text) or (said if said.isalpha() else ""),
        reason="" if text else "an empty page",
        headings=tuple(" ".join(clean(heading).split()) for heading in page.headings),
        html=True,
        pdf_links=links,
    )
