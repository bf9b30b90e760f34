"""Text of rich text files (RTF 1.9). Runs in the worker process.

Only what text needs: groups, characters in the file's code page or in Unicode, paragraphs, cells and pages.
"""

from __future__ import annotations

import codecs
import re

from .reasons import Reading

MAX_CHARS = 400_000
MAX_DEPTH = 10_000
"""Groups nested deeper than this are not followed."""
_TOKEN = re.compile(
    rb"\\([a-zA-Z]{1,32})(-?\d{1,10})? ?|\\'([0-9a-fA-F]{2})|\\(.)|([{}])|[\r\n]+|([^\\{}\r\n]+)", re.S
)
# Destinations whose text is not the document's.
_ASIDE = frozenset(
    b"fonttbl colortbl stylesheet info pict header headerl headerr headerf footer footerl footerr footerf listtable "
    b"listoverridetable rsidtbl generator themedata colorschememapping datastore latentstyles xmlnstbl fldinst "
    b"annotation atnid atnauthor object objdata bkmkstart bkmkend filetbl revtbl shppict nonshppict deleted".split()
)
_SIGNS = {
    b"par": "\n", b"line": "\n", b"sect": "\n", b"row": "\n", b"cell": " ", b"tab": " ", b"page": "\f",
    b"softpage": "\f", b"emdash": "—", b"endash": "–", b"bullet": "•", b"lquote": "‘", b"rquote": "’",
    b"ldblquote": "“", b"rdblquote": "”", b"emspace": " ", b"enspace": " ",
}  # fmt: skip
_SYMBOLS = {b"~": " ", b"_": "-", b"\\": "\\", b"{": "{", b"}": "}", b"\n": "\n", b"\r": "\n"}


def read_rtf(body: bytes) -> Reading:
    """Return the text of a rich text file.

    Parameters
    ----------
    body
        The file.

    Returns
    -------
    Reading
        status ok or broken; pages only where the file breaks them itself.
    """
    if not body.startswith(b"{\\rtf"):
        return Reading("broken", reason="damaged", detail="does not begin with {\\rtf")
    charset, out, length = "cp1252", [""], 0
    aside, spare, skip = False, 1, 0
    groups: list[tuple[bool, int]] = []
    starred = False
    for token in _TOKEN.finditer(body):
        word, number, code, symbol, brace, plain = token.groups()
        said = ""
        if brace == b"{":
            if len(groups) >= MAX_DEPTH:
                return Reading("broken", reason="too_deep", detail=f"more than {MAX_DEPTH:,} groups open")
            groups.append((aside, spare))
        elif brace:
            if not groups:
                break
            aside, spare = groups.pop()
            skip = 0
        elif symbol == b"*":
            starred = True
            continue
        elif word is not None:
            if starred or word in _ASIDE:
                aside = True
            elif word == b"ansicpg" and number:
                charset = _known(f"cp{number.decode()}")
            elif word == b"uc" and number:
                spare = max(0, int(number))
            elif word == b"u" and number:
                said, skip = chr(int(number) % 0x10000), spare
            else:
                said = _SIGNS.get(word, "")
        elif skip and (code or plain):
            taken = 1 if code else min(skip, len(plain))
            skip -= taken
            said = "" if code else plain[taken:].decode(charset, "replace")
        elif code:
            said = bytes([int(code, 16)]).decode(charset, "replace")
        elif plain:
            said = plain.decode(charset, "replace")
        elif symbol:
            said = _SYMBOLS.get(symbol, "")
        starred = False
        if said and not aside:
            out.append(said)
            length += len(said)
            if length > MAX_CHARS:
                break
    text = "".join(out)
    # Characters beyond the first plane come as two halves.
    pages = text.encode("utf-16-le", "surrogatepass").decode("utf-16-le", "replace").split("\f")
    reason = "cut" if length > MAX_CHARS else "truncated" if groups else ""
    return Reading("ok", tuple(pages), len(pages) if len(pages) > 1 else 0, reason=reason)


def _known(charset: str) -> str:
    try:
        codecs.lookup(charset)
    except LookupError:
        return "cp1252"
    return charset
