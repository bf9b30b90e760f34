"""Text of word-processor files (docx, odt): zip archives whose size is not believed."""

from __future__ import annotations

import io
import zipfile
import zlib

from lxml import etree

MAX_XML = 30 << 20
"""Bytes that are read of one part of the archive after decompression."""
MAX_CHARS = 400_000
_PARTS = {"docx": ("word/document.xml", "docProps/core.xml"), "odt": ("content.xml", "meta.xml")}
_BLOCKS = frozenset(["p", "h"])
_SPACES = {"tab": " ", "br": "\n", "line-break": "\n", "s": " ", "cr": "\n"}


def read_office(body: bytes) -> tuple[str, str, str, str]:
    """Return the text of a docx or odt file.

    Parameters
    ----------
    body
        The file.

    Returns
    -------
    tuple of str
        Status (ok, encrypted, broken, none), text with a line per paragraph, title of the metadata, reason.
    """
    try:
        with zipfile.ZipFile(io.BytesIO(body)) as archive:
            names = set(archive.namelist())
            kind = next((kind for kind, (main, _) in _PARTS.items() if main in names), "")
            if not kind:
                return "none", "", "", "a zip archive, but no docx or odt"
            main, meta = _PARTS[kind]
            text = _paragraphs(_part(archive, main))
            title = _title(_part(archive, meta)) if meta in names else ""
    except (RuntimeError, NotImplementedError) as error:  # zipfile's word for a password
        return "encrypted", "", "", str(error)
    except (zipfile.BadZipFile, zlib.error, etree.XMLSyntaxError, EOFError, OSError, ValueError) as error:
        return "broken", "", "", f"{type(error).__name__}: {error}"
    return "ok", text, title, ""


def _part(archive: zipfile.ZipFile, name: str) -> bytes:
    with archive.open(name) as source:
        content = source.read(MAX_XML + 1)
    if len(content) > MAX_XML:
        raise ValueError(f"{name} is larger than {MAX_XML} bytes when unpacked")
    return content


def _events(xml: bytes) -> etree.iterparse:
    return etree.iterparse(
        io.BytesIO(xml), events=("end",), resolve_entities=False, no_network=True, load_dtd=False,
        huge_tree=False, remove_comments=True, remove_pis=True,
    )  # fmt: skip


def _paragraphs(xml: bytes) -> str:
    lines: list[str] = []
    length = 0
    for _, element in _events(xml):
        if not isinstance(element.tag, str) or etree.QName(element).localname not in _BLOCKS:
            continue
        line = "".join(_words(element)).strip()
        lines.append(line)
        length += len(line)
        element.clear()
        if length > MAX_CHARS:
            break
    return "\n".join(lines)


def _words(paragraph: etree._Element) -> list[str]:
    words: list[str] = []
    for element in paragraph.iter():
        name = etree.QName(element).localname if isinstance(element.tag, str) else ""
        words.append(_SPACES.get(name, ""))
        # In docx only w:t carries text; in odt any element does, and text follows its children.
        if element.text and name not in ("instrText", "delText"):
            words.append(element.text)
        if element.tail and element is not paragraph:
            words.append(element.tail)
    return words


def _title(xml: bytes) -> str:
    for _, element in _events(xml):
        if isinstance(element.tag, str) and etree.QName(element).localname == "title":
            return (element.text or "").strip()
    return ""
