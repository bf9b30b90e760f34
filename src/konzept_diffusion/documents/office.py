"""Text of word-processor files (docx, odt): zip archives whose size is not believed. Runs in the worker process."""

from __future__ import annotations

import io
import zipfile

from lxml import etree

from .reasons import BAD_FILE, Reading

MAX_XML = 30 << 20
"""Bytes that are read of one part of the archive after decompression."""
MAX_CHARS = 400_000
MAX_DEPTH = 1000
"""Levels of elements; word processors write a few dozen."""
_BOMB_RATIO = 100
_PARTS = {"docx": ("word/document.xml", "docProps/core.xml"), "odt": ("content.xml", "meta.xml")}
_LOCK = "META-INF/manifest.xml"
_METHODS = (zipfile.ZIP_STORED, zipfile.ZIP_DEFLATED)
_ENTITY = tuple(
    "<!ENTITY".encode(code) for code in ("utf-8", "utf-16-le", "utf-16-be", "utf-32-le", "utf-32-be")
)
_BLOCKS = frozenset(["p", "h"])
_CELLS = frozenset(["tc", "table-cell"])
_ROWS = frozenset(["tr", "table-row"])
_SPACES = {"tab": " ", "br": "\n", "line-break": "\n", "s": " ", "cr": "\n", "noBreakHyphen": "-"}
_PAGES = frozenset(["lastRenderedPageBreak", "soft-page-break"])
# Deleted and moved text, comments, field codes, and the copy that old programs are given of a drawing's text.
_LEFT_OUT = frozenset(
    [
        "del",
        "moveFrom",
        "instrText",
        "delText",
        "Fallback",
        "annotation",
        "tracked-changes",
        "automatic-styles",
    ]
)


class _Refused(Exception):  # noqa: N818 -- it carries a code, it is no error of the program
    """The archive is not read; `args` are status, reason and detail."""


def read_office(body: bytes) -> Reading:
    """Return the text of a docx or odt file.

    One line a paragraph, list item or table row. Pages are those that the word processor noted when it last
    laid the file out; a file without such notes has none.

    Parameters
    ----------
    body
        The file.

    Returns
    -------
    Reading
        status ok, encrypted, broken or none.
    """
    try:
        with zipfile.ZipFile(io.BytesIO(body)) as archive:
            names = set(archive.namelist())
            kind = next((kind for kind, (main, _) in _PARTS.items() if main in names), "")
            if not kind:
                return Reading("none", reason="other_archive", detail="no word/document.xml, no content.xml")
            if kind == "odt" and _LOCK in names and b"encryption-data" in _part(archive, _LOCK):
                return Reading("encrypted", reason="encrypted", detail="encryption-data in its manifest")
            main, meta = _PARTS[kind]
            lines = _Lines(words_only=kind == "docx")
            cut = _parsed(_part(archive, main), lines)
            title = _title(archive, meta) if meta in names else ""
    except _Refused as refused:
        status, reason, detail = refused.args
        return Reading(status, reason=reason, detail=detail)
    except (zipfile.BadZipFile, *BAD_FILE) as error:
        reason = "damaged" if b"PK\x05\x06" in body[-66_000:] else "truncated"
        return Reading("broken", reason=reason, detail=f"{type(error).__name__}: {error}"[:300])
    pages = "".join(lines.done).split("\f")
    count = len(pages) if len(pages) > 1 else 0
    return Reading("ok", tuple(pages), count, title, "cut" if cut else "")


def _part(archive: zipfile.ZipFile, name: str) -> bytes:
    info = archive.getinfo(name)
    if info.flag_bits & 1:
        raise _Refused("encrypted", "encrypted", f"{name} needs a password")
    if info.compress_type not in _METHODS:
        raise _Refused("broken", "damaged", f"{name} is compressed as no word processor does it")
    with archive.open(info) as source:
        content = source.read(MAX_XML + 1)
    if len(content) > MAX_XML:
        bomb = len(content) > _BOMB_RATIO * max(info.compress_size, 1)
        reason = "bomb" if bomb else "too_large"
        raise _Refused("broken", reason, f"{name} is larger than {MAX_XML:,} bytes when unpacked")
    if any(mark in content for mark in _ENTITY):
        raise _Refused("broken", "bomb", f"{name} declares entities")
    return content


class _Lines:
    """Target of the parser: collects lines without building a tree."""

    def __init__(self, *, words_only: bool) -> None:
        self.done: list[str] = []
        self.length = 0
        self._words_only = words_only  # docx: only w:t carries text
        self._line: list[str] = []
        self._hidden = self._cell = 0
        self._names: list[str] = []

    def start(self, tag: str, attributes: object) -> None:
        """Take in a start tag."""
        name = tag.rpartition("}")[2]
        self._names.append(name)
        if len(self._names) > MAX_DEPTH:
            raise _Refused("broken", "too_deep", f"elements nested more than {MAX_DEPTH:,} deep")
        if name in _LEFT_OUT:
            self._hidden += 1
        elif self._hidden:
            return
        elif name in _SPACES:
            self._line.append(_SPACES[name] if not self._cell else _SPACES[name].replace("\n", " "))
        elif name in _PAGES:
            self._line.append("\f")
        elif name in _CELLS:
            self._cell += 1

    def end(self, tag: str) -> None:
        """Take in an end tag."""
        name = self._names.pop()
        if name in _LEFT_OUT:
            self._hidden -= 1
        elif self._hidden:
            return
        elif name in _CELLS:
            self._cell -= 1
        elif name in _BLOCKS:
            if self._cell:
                self._line.append(" ")
            else:
                self._end_line()
        elif name in _ROWS and not self._cell:
            self._end_line()

    def data(self, data: str) -> None:
        """Take in text."""
        if not self._hidden and (not self._words_only or (self._names and self._names[-1] == "t")):
            self._line.append(data)
            self.length += len(data)

    def close(self) -> None:
        """End the last line."""
        self._end_line()

    def _end_line(self) -> None:
        line = "".join(self._line)
        self._line.clear()
        if line.strip(" \n"):
            self.done.append(f"{line}\n")


class _Title:
    """Target of the parser: the first element called title."""

    def __init__(self) -> None:
        self.text = ""
        self._inside = self._over = False

    def start(self, tag: str, attributes: object) -> None:
        """Take in a start tag."""
        self._inside = not self._over and tag.rpartition("}")[2] == "title"

    def end(self, tag: str) -> None:
        """Take in an end tag."""
        self._over = self._over or self._inside
        self._inside = False

    def data(self, data: str) -> None:
        """Take in text."""
        if self._inside:
            self.text += data

    def close(self) -> None:
        """Nothing is left to do."""


def _parsed(xml: bytes, target: _Lines | _Title) -> bool:
    """Parse XML into a target; return whether only its beginning was read."""
    parser = etree.XMLParser(
        target=target, resolve_entities=False, no_network=True, load_dtd=False, huge_tree=False,
        remove_comments=True, remove_pis=True,
    )  # fmt: skip
    try:
        for start in range(0, len(xml), 1 << 16):
            parser.feed(xml[start : start + (1 << 16)])
            if isinstance(target, _Lines) and target.length > MAX_CHARS:
                target.close()
                return True
        parser.close()
    except etree.XMLSyntaxError as error:
        raise _Refused("broken", "damaged", str(error)[:300]) from error
    return False


def _title(archive: zipfile.ZipFile, name: str) -> str:
    title = _Title()
    try:
        _parsed(_part(archive, name), title)
    except (_Refused, zipfile.BadZipFile, *BAD_FILE):
        return ""  # the text counts; a broken title is none
    return title.text.strip()
