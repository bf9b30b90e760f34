"""Why a file gives no text, or not all of it: one list of codes, and what reading a file answers."""

from __future__ import annotations

import struct
import zlib
from dataclasses import dataclass, field

from ..schemas.vocabulary import TEXT_STATUSES as TEXT_STATUSES

BAD_FILE = (
    ArithmeticError, AssertionError, AttributeError, LookupError, OSError, RuntimeError, TypeError, ValueError,
    EOFError, struct.error, zlib.error,
)  # fmt: skip
"""What libraries raise on files that break every rule; anything else ends the worker, and the file is `crashed`."""
REASONS: dict[str, str] = {
    "zero_bytes": "the file is empty",
    "too_large": "the file, or a part of it when unpacked, is larger than what is read",
    "not_a_pdf": "the server calls it a PDF, the bytes do not",
    "truncated": "the end of the file is missing",
    "damaged": "the file breaks the rules of its format and could not be repaired",
    "cyclic": "the page tree leads back into itself",
    "no_pages": "a PDF without a page",
    "encrypted": "a password is needed to read it",
    "bomb": "an archive that unpacks to far more than it weighs, or XML that declares entities",
    "too_deep": "elements nested deeper than the reader goes",
    "timeout": "not read within the time limit",
    "memory": "not read within the memory limit",
    "crashed": "the reading library ended on it",
    "scan": "pictures of text",
    "mixed": "most pages are pictures, some have text",
    "empty": "a page or text without a word",
    "cut": "only the beginning was read: more pages, characters or time than are given to one file",
    "partial": "some pages could not be read",
    "other_archive": "a zip archive, but no docx or odt",
    "old_office": "an old binary Office file",
    "not_read": "a format that is not read",
}
"""Code to meaning. `cut`, `partial`, `truncated` and `damaged` also stand beside a text that may not be whole."""


@dataclass(frozen=True, slots=True)
class Reading:
    """What the worker process says of a file.

    Attributes
    ----------
    status
        ok, needs_ocr, encrypted, broken or none.
    pages
        Text of each page that was read, not yet cleaned; a single one where the format has no pages.
    page_count
        Pages of the file; 0 where the format has none.
    title
        Of the metadata.
    reason
        Code of `REASONS`, or empty.
    detail
        What happened, in words; for a person, not for a rule.
    """

    status: str
    pages: tuple[str, ...] = field(default=(), repr=False)
    page_count: int = 0
    title: str = ""
    reason: str = ""
    detail: str = ""
