"""From files on this machine to the lines that `classify` reads: what the command `extract` does."""

from __future__ import annotations

import json
import mimetypes
from collections.abc import Callable, Iterable, Iterator
from dataclasses import dataclass
from pathlib import Path
from typing import TYPE_CHECKING

from ..errors import DataError
from ..files import atomic_path
from ..scrape.reports import File, Kommune

if TYPE_CHECKING:
    from ..documents.text import Text

_TYPES = {
    ".pdf": "application/pdf",
    ".html": "text/html",
    ".htm": "text/html",
    ".xhtml": "application/xhtml+xml",
    ".docx": "application/vnd.openxmlformats-officedocument.wordprocessingml.document",
    ".odt": "application/vnd.oasis.opendocument.text",
    ".rtf": "application/rtf",
    ".txt": "text/plain",
}
_NOBODY = Kommune("", "", "stadt", "")
"""Files that come alone were found for nobody; reading does not ask."""


@dataclass(frozen=True, slots=True)
class Extracted:
    """What `extract_files` did: number of files, of those with a text, and the file written."""

    files: int
    texts: int
    out: Path


def extract_files(
    given: Iterable[Path], out: Path, *, ocr: bool = False, say: Callable[[str], None] = lambda message: None
) -> Extracted:
    """Write the texts of files as JSON Lines: one {id, url, title, text, ...} per file, as `classify` reads it.

    A file that cannot be read is a line with an empty text and the coded reason in `text_status`; it ends nothing.

    Parameters
    ----------
    given
        Files, and folders whose files are taken (all, also in folders below; hidden ones not). The id of a file is
        its path as named.
    out
        The file to write; replaced as a whole.
    ocr
        Read scanned PDFs by optical character recognition (`documents.ocr`; slow).
    say
        Called with one line for every file without a text.

    Raises
    ------
    KonzeptError
        With `ocr` only: the programs for it are not installed.
    DataError
        If a path is not there, or there is no file at all.
    StepError
        If `out` cannot be written.
    """
    if ocr:
        from ..documents.ocr import require

        require()
    paths = list(_files(given))
    if not paths:
        raise DataError("there is no file to read.", hint="Name files, or a folder that holds some.")
    texts = 0
    with atomic_path(out) as temporary, temporary.open("w", encoding="utf-8", newline="\n") as stream:
        for path in paths:
            text = _read(path, ocr)
            stream.write(json.dumps(_line(path, text), ensure_ascii=False) + "\n")
            if text.status == "ok":
                texts += 1
            else:
                say(f"{path.as_posix()}: no text ({text.text_status}; {text.detail})")
    return Extracted(len(paths), texts, out)


def _files(given: Iterable[Path]) -> Iterator[Path]:
    """Yield the files, each once, those of a folder in order of their names."""
    seen: set[Path] = set()
    for path in given:
        if not path.exists():
            raise DataError("is not there.", file=path)
        inside = sorted(path.rglob("*")) if path.is_dir() else [path]
        for file in inside:
            hidden = path.is_dir() and any(part.startswith(".") for part in file.relative_to(path).parts)
            if file.is_file() and not hidden and file.resolve() not in seen:
                seen.add(file.resolve())
                yield file


def _read(path: Path, ocr: bool) -> Text:
    from ..documents.text import extract

    try:
        body = path.read_bytes()
    except OSError as error:
        raise DataError(f"cannot be read ({error.strerror}).", file=path) from error
    media = _TYPES.get(path.suffix.lower()) or mimetypes.guess_type(path.name)[0] or ""
    return extract(File(body, media, "", _NOBODY, filename=path.name), ocr=ocr)


def _line(path: Path, text: Text) -> dict[str, str | int]:
    return {
        "id": path.as_posix(),
        "url": "",
        "title": text.title,
        "text": text.text,
        "text_status": text.text_status,
        "language": text.language,
        "pages": text.page_count,
        "detail": text.detail,
    }
