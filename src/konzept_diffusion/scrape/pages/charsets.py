"""The charset of a page: what it really is, since headers and meta tags often say something else."""

from __future__ import annotations

import codecs
import re

_DECLARED = re.compile(
    rb"""<meta[^>]{0,200}?charset\s*=\s*["']?\s*([\w:.-]+)|<\?xml[^>]{0,100}?encoding=["']([\w.-]+)""", re.I
)
_HEAD = 4096
_MARKS = ((codecs.BOM_UTF8, "utf-8"), (codecs.BOM_UTF16_LE, "utf-16-le"), (codecs.BOM_UTF16_BE, "utf-16-be"))


def codec(name: str) -> str:
    """Return a charset's name as Python knows it; Latin-1 and ASCII as windows-1252, as browsers do; "" if unknown."""
    name = name.strip("\"' \t\r\n").lower()
    if not name or not name.isascii() or "\x00" in name:
        return ""
    try:
        found = codecs.lookup(name)
    except LookupError:
        return ""
    if not getattr(found, "_is_text_encoding", True) or found.name in (
        "idna",
        "punycode",
        "undefined",
        "utf-7",
    ):
        return ""
    return "windows-1252" if found.name in ("iso8859-1", "ascii", "cp1252") else found.name


def as_utf8(body: bytes, header: str = "") -> tuple[bytes, str]:
    """Return a page's bytes in UTF-8, without mark and NULs, and the charset they came in.

    Order: byte order mark, header, meta tag or XML declaration, UTF-8 if valid, windows-1252. But text that is valid
    UTF-8 beyond ASCII is UTF-8 whatever was declared (other charsets do not look like it by chance), and text
    declared as UTF-8 that mostly is not is windows-1252.

    Parameters
    ----------
    body
        As received, decompressed.
    header
        Charset of the Content-Type header; empty if none.
    """
    for mark, name in _MARKS:
        if body.startswith(mark):
            return _recoded(body[len(mark) :], name), name
    declared = codec(header)
    if declared.startswith(("utf-16", "utf-32")) and b"\x00" in body:
        return _recoded(body, declared), declared
    if not declared and (found := _DECLARED.search(body, 0, _HEAD)):
        declared = codec((found[1] or found[2]).decode("ascii", errors="replace"))
    if declared.startswith(("utf-16", "utf-32")):  # what could be read so far is none of these
        declared = ""
    if body.isascii():
        return body.replace(b"\x00", b""), declared or "utf-8"
    try:
        body.decode("utf-8")
    except UnicodeDecodeError:
        if not declared or declared == "utf-8":
            declared = "utf-8" if _mostly_utf8(body) else "windows-1252"
        return _recoded(body, declared), declared
    return body.replace(b"\x00", b""), "utf-8"


def _mostly_utf8(body: bytes) -> bool:
    """Return whether more of the characters beyond ASCII are UTF-8 than not (one bad byte, a cut-off end)."""
    text = body.decode("utf-8", errors="replace")
    broken = text.count("\ufffd")
    return broken < sum(character > "\x7f" for character in text) - broken


def _recoded(body: bytes, name: str) -> bytes:
    return body.decode(name, errors="replace").replace("\x00", "").encode("utf-8", errors="replace")
