"""From the bytes of an answer to its body: content-encoding undone within a cap, media type, charset, file name.

Sources: RFC 9110 (content codings), RFC 6266 and RFC 8187 (Content-Disposition), WHATWG MIME Sniffing Standard
(first bytes that contradict the header).
"""

from __future__ import annotations

import re
import zlib
from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from email.errors import HeaderParseError
from email.header import decode_header, make_header
from urllib.parse import unquote_to_bytes

TEXTUAL = re.compile(r"text/|.*[/+](?:xml|json|xhtml\+xml|rss\+xml|atom\+xml)$")
"""Media types of which a part is of use too."""
GENERAL = frozenset(
    {
        "",
        "application/octet-stream",
        "binary/octet-stream",
        "application/download",
        "application/force-download",
    }
    | {
        "application/x-download",
        "application/unknown",
        "application/x-octet-stream",
        "unknown/unknown",
        "*/*",
    }
)
_OFFICE_ZIP = (
    (b"word/", "application/vnd.openxmlformats-officedocument.wordprocessingml.document"),
    (b"xl/", "application/vnd.openxmlformats-officedocument.spreadsheetml.sheet"),
    (b"ppt/", "application/vnd.openxmlformats-officedocument.presentationml.presentation"),
)
_HTML = re.compile(
    rb"(?:\xef\xbb\xbf)?\s*+(?:<\?xml[^>]{0,200}\?>\s*+)?(?><!--.*?-->\s*+)*+<(?:!doctype html|html|head"
    rb"|body|title|script|div|meta|frameset|h1|table|p)\b",
    re.I | re.S,
)
_XML = re.compile(
    rb"(?:\xef\xbb\xbf|\xff\xfe|\xfe\xff)?\s*+<\?xml|\s*+<(?:urlset|sitemapindex|rss|feed)\b", re.I
)
_TYPE = re.compile(r"[\w!#$&^.+-]+/[\w!#$&^.+-]+")
_CHARSET = re.compile(r"charset\s*+=\s*+[\"']?\s*+([A-Za-z0-9_:.+-]+)", re.I)
_EXTENDED = re.compile(r"filename\*\s*+=\s*+\"?([\w!#$%&+^`{}~-]*)'[^']*'([^;\"]*)", re.I)
_QUOTED = re.compile(r"filename\s*+=\s*+\"((?:[^\"\\]|\\.)*+)\"", re.I | re.S)
_PLAIN = re.compile(r"filename\s*+=\s*+([^;]*+)", re.I)
_LONGEST_NAME = 4096
"""Characters of Content-Disposition that are read: the decoder of encoded words takes its time on more."""
_DRAWN = re.compile(r"\\([\"\\])")


@dataclass(frozen=True, slots=True)
class Decoded:
    """A body with its content-encoding undone.

    Attributes
    ----------
    body
        The bytes.
    cut
        The compressed stream ended before its end.
    too_large
        More than the cap came out; `body` is empty.
    unknown
        A coding that cannot be undone; else empty.
    """

    body: bytes
    cut: bool = False
    too_large: bool = False
    unknown: str = ""


def decode(payload: bytes, encoding: str, cap: int) -> Decoded:
    """Return the body behind a content-encoding, at most `cap` bytes of it.

    A server that says gzip and sends none is believed less than its bytes.

    Parameters
    ----------
    payload
        As on the wire, chunks joined.
    encoding
        Value of Content-Encoding; several are undone from the last on.
    cap
        Bytes at which unpacking ends.
    """
    body, cut = payload, False
    for coding in reversed([word.strip().lower() for word in encoding.split(",")]):
        if not body or coding in ("", "identity", "none", "utf-8", "chunked", "binary"):
            continue
        if coding in ("gzip", "x-gzip"):
            if body[:2] != b"\x1f\x8b":
                continue
            unpacked = _gunzip(body, cap)
        elif coding == "deflate":
            unpacked = _inflate(body, cap)
        else:
            known = body[:5] == b"%PDF-" or _HTML.match(body) or _XML.match(body)
            if known:
                continue
            return Decoded(b"", unknown=coding)
        if unpacked is None:
            return Decoded(b"", too_large=True)
        body, ended = unpacked
        cut = cut or not ended
    if len(body) > cap:
        return Decoded(b"", too_large=True)
    return Decoded(body, cut)


def _gunzip(data: bytes, cap: int) -> tuple[bytes, bool] | None:
    """Return what is in the gzip members and whether the last one is whole; None beyond the cap."""
    parts: list[bytes] = []
    size, ended = 0, False
    while data[:2] == b"\x1f\x8b":
        member = zlib.decompressobj(31)
        ended = False
        try:
            part = member.decompress(data, cap - size + 1)
        except zlib.error:
            break
        parts.append(part)
        size += len(part)
        if size > cap:
            return None
        ended, data = member.eof, member.unused_data
        if not ended:
            break
    return (parts[0] if len(parts) == 1 else b"".join(parts)), ended


def _inflate(data: bytes, cap: int) -> tuple[bytes, bool] | None:
    """Return the unpacked bytes: "deflate" is zlib by the standard and bare deflate with some servers."""
    for wbits in (15, -15):
        stream = zlib.decompressobj(wbits)
        try:
            body = stream.decompress(data, cap + 1)
        except zlib.error:
            continue
        return None if len(body) > cap else (body, stream.eof)
    return data, True


def joined(headers: Iterable[tuple[str, str]]) -> dict[str, str]:
    """Return headers by name in lower case; the values of repeated ones joined by ", "."""
    result: dict[str, str] = {}
    for name, value in headers:
        name = name.lower()
        result[name] = f"{result[name]}, {value}" if name in result else value
    return result


def media_type(headers: Mapping[str, str], body: bytes, url: str = "") -> str:
    """Return the media type: the header's, unless it is missing, general or contradicted by the first bytes."""
    found = _TYPE.match(headers.get("content-type", "").strip())
    named = found[0].lower() if found else ""
    if named == "application/xhtml+xml" or (named == "text/html" and body[:1] == b"<"):
        return named
    start = body[:1024]
    if start.lstrip(b"\xef\xbb\xbf \t\r\n\0")[:5] == b"%PDF-" or b"\n%PDF-1." in start:
        return "application/pdf"
    office = named.startswith(("application/vnd.", "application/msword", "application/vnd"))
    if start[:4] == b"PK\x03\x04":
        return (
            named if office or named in ("application/epub+zip", "application/java-archive") else _zip(body)
        )
    if start[:8] == b"\xd0\xcf\x11\xe0\xa1\xb1\x1a\xe1":
        return named if office else "application/msword"
    if start[:5] == b"{\\rtf":
        return "application/rtf"
    for magic, kind in (
        (b"\x1f\x8b", "application/gzip"),
        (b"\x89PNG", "image/png"),
        (b"\xff\xd8\xff", "image/jpeg"),
        (b"GIF8", "image/gif"),
    ):
        if start.startswith(magic):
            return kind
    # HTML under a file's type is an error page; under a text's type it is the author's choice.
    doubtful = (
        named in GENERAL or named == "application/pdf" or office or named.startswith(("image/", "video/"))
    )
    if doubtful and named != "image/svg+xml":
        if _HTML.match(start):
            return "text/html"
        if _XML.match(start):
            return "application/xml"
    if named not in GENERAL:
        return named
    if start and not is_binary(start):
        return "text/plain"
    return "application/octet-stream"


def is_binary(body: bytes) -> bool:
    """Return whether the first bytes hold control characters that no text has."""
    return any(octet < 32 and octet not in (9, 10, 12, 13, 27) for octet in body[:1024])


def _zip(body: bytes) -> str:
    start = body[:4096]
    if start[30:38] == b"mimetype":
        return start[38:110].split(b"PK")[0].decode("ascii", "replace").strip().lower() or "application/zip"
    return next(
        (kind for mark, kind in _OFFICE_ZIP if mark in start or mark in body[-4096:]), "application/zip"
    )


def charset(headers: Mapping[str, str]) -> str:
    """Return the charset that Content-Type names, in lower case; "" if none."""
    found = _CHARSET.search(headers.get("content-type", ""))
    return found[1].lower() if found else ""


def filename(headers: Mapping[str, str]) -> str:
    """Return the file name of Content-Disposition without folders; "" if none.

    `filename*` counts before `filename`; missing quotes, raw UTF-8 or Latin-1, percent escapes and encoded words
    are read as they were meant.
    """
    value = headers.get("content-disposition", "")[:_LONGEST_NAME]
    if not value:
        return ""
    name = ""
    extended = _EXTENDED.search(value)
    if extended:
        try:
            name = unquote_to_bytes(extended[2].strip()).decode(extended[1] or "utf-8", "strict")
        except (UnicodeDecodeError, LookupError):
            name = ""
    if not name:
        quoted = _QUOTED.search(value)
        plain = None if quoted else _PLAIN.search(value)
        if quoted:
            name = _DRAWN.sub(r"\1", quoted[1])
        elif plain:
            name = plain[1].strip().strip("\"'")
        name = _readable(name)
    name = "".join(char for char in name if char.isprintable())
    return re.split(r"[/\\]", name)[-1].strip().strip(".")[:255] if name.strip("./\\ ") else ""


def _readable(name: str) -> str:
    """Return a name that came as ISO-8859-1 text in the encoding that it was written in."""
    if "=?" in name and "?=" in name:
        try:
            return str(make_header(decode_header(name)))
        except (HeaderParseError, UnicodeDecodeError, LookupError, ValueError):
            return name
    raw = name.encode("latin-1", "replace")
    if re.search(rb"%[0-9A-Fa-f]{2}", raw):
        raw = unquote_to_bytes(raw)
    try:
        return raw.decode("utf-8")
    except UnicodeDecodeError:
        return raw.decode("cp1252", "replace")
