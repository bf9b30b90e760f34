"""Cells of a coding sheet: no cell that a spreadsheet would run as a formula, and back again.

A cell that begins with = + - @, a tab or a line break may be taken for a formula (OWASP, "CSV injection"), and the
texts in a sheet come from strangers' websites. Such a cell gets an apostrophe in front, which `restore` takes
away. The rule holds for cells that begin with apostrophes before such a sign as well, so nothing gets lost.
"""

from __future__ import annotations

import re

_RISKY = re.compile(r"'*\s*[=+\-@\t\r\n\uff1d\uff0b\uff0d\uff20]")
_GUARDED = re.compile(r"'+\s*[=+\-@\t\r\n\uff1d\uff0b\uff0d\uff20]")
# What XML 1.0 cannot hold, and what turns the direction of a text around so that it shows as another.
_UNPRINTABLE = re.compile(
    r"[\x00-\x08\x0b\x0c\x0e-\x1f\x7f-\x9f\u202a-\u202e\u2066-\u2069\ud800-\udfff\ufffe\uffff]"
)
LONGEST = 32_000
"""Characters that a cell of ours holds at most (Excel's limit is 32,767)."""


def guard(text: str) -> str:
    """Return `text` so that no spreadsheet takes it for a formula."""
    return f"'{text}" if _RISKY.match(text) else text


def restore(text: str) -> str:
    """Return what `guard` was given."""
    return text[1:] if _GUARDED.match(text) else text


def printable(text: str) -> str:
    """Return a stranger's text on one line, control characters as U+FFFD, cut visibly before Excel cuts it."""
    line = " ".join(_UNPRINTABLE.sub("\ufffd", text).split())
    return line if len(line) <= LONGEST else f"{line[: LONGEST - 12]} [gekürzt …]"


def web_address(text: str) -> str:
    """Return `text` if it is an http(s) address that Excel can link to (2,079 characters), else an empty text."""
    plain = text.strip()
    fits = len(plain) <= 2079 and re.fullmatch(r"https?://[^\s\"<>\\]+", plain, re.IGNORECASE)
    return plain if fits else ""
