"""Adding captures.csv to a crawl's folder: the first captures of its documents (see `captures`)."""

from __future__ import annotations

import csv
import io
import re
from collections.abc import Iterable, Sequence
from pathlib import Path

from ...errors import DataError
from ...files import write_text
from ...schemas.crawl import CAPTURES
from .captures import Capture, Index, upper_bound
from .records import sha1
from .replay import read_record

NAME = "captures.csv"
_EVERY = 20


def date_documents(folder: Path, indexes: Sequence[Index]) -> dict[str, int]:
    """Ask web archives for the documents of a crawl that were not asked for before; write captures.csv.

    For each document and archive the first capture of the very file is asked for, by the digest of the
    archived payload, and, if there is none, that of the address. An archive that is asked after another need
    not tell of later captures than that one has: its row may then be empty.

    Parameters
    ----------
    folder
        The crawl's output folder, with documents.csv and archive/.
    indexes
        The archives, e.g. `captures.Wayback(captures.web_fetch())`.

    Returns
    -------
    dict
        `documents`, `asked` (document and archive) and `found`.

    Raises
    ------
    DataError
        If documents.csv or an older captures.csv cannot be read.
    SourceError
        If an archive cannot be asked; what was found until then is written.
    StepError
        If captures.csv cannot be written.
    """
    documents = _read(folder / "documents.csv", ("document_id", "url", "archive_ref"))
    rows = {
        (row["document_id"], row["archive"]): row
        for row in (_read(folder / NAME, CAPTURES.column_names) if (folder / NAME).exists() else [])
    }
    asked = 0
    try:
        for document in documents:
            for index in indexes:
                key = (document["document_id"], index.archive)
                if not document["url"] or (key in rows and rows[key]["url"] == document["url"]):
                    continue
                earlier = [row for (name, _), row in rows.items() if name == document["document_id"]]
                capture = _first(folder, document, index, earlier)
                rows[key] = _row(document, index.archive, capture)
                asked += 1
                if asked % _EVERY == 0:
                    _write(folder / NAME, rows.values())
    finally:
        _write(folder / NAME, rows.values())
    found = sum(1 for row in rows.values() if row["captured_at"])
    return {"documents": len(documents), "asked": asked, "found": found}


def _first(
    folder: Path, document: dict[str, str], index: Index, earlier: Iterable[dict[str, str]]
) -> Capture | None:
    """Return the first capture of the file, else of the address; none later than what other archives have."""
    bounds = {row["match"]: re.sub(r"\D", "", row["captured_at"]) for row in earlier if row["captured_at"]}
    same = bounds.get("bytes", "")
    digest = _digest(folder, document["archive_ref"])
    capture = index.first_capture(document["url"], digest=digest, before=same) if digest else None
    return capture or index.first_capture(document["url"], before=bounds.get("address", same))


def _digest(folder: Path, ref: str) -> str:
    """Return the digest of a document's payload; empty if its record is not at hand (the address will do)."""
    if not ref:
        return ""
    try:
        return sha1(read_record(ref, folder).payload)
    except DataError:
        return ""


def _row(document: dict[str, str], archive: str, capture: Capture | None) -> dict[str, str]:
    row = dict.fromkeys(CAPTURES.column_names, "")
    row |= {"document_id": document["document_id"], "url": document["url"], "archive": archive}
    if capture:
        year, basis = upper_bound(capture)
        row |= {
            "match": capture.match,
            "captured_at": capture.captured_at,
            "year": str(year),
            "year_basis": basis,
            "capture_url": capture.capture_url,
            "digest": capture.digest,
        }
    return row


def _read(path: Path, columns: Sequence[str]) -> list[dict[str, str]]:
    try:
        with path.open(encoding="utf-8-sig", newline="") as stream:
            reader = csv.DictReader(stream)
            missing = [name for name in columns if name not in (reader.fieldnames or ())]
            if missing:
                raise DataError(f"the column {missing[0]!r} is missing.", file=path, row=1)
            return [{name: row.get(name) or "" for name in columns} for row in reader]
    except OSError as error:
        raise DataError(f"cannot be read ({error.strerror}).", file=path) from error
    except UnicodeDecodeError:
        raise DataError("is not UTF-8.", file=path) from None


def _write(path: Path, rows: Iterable[dict[str, str]]) -> None:
    content = io.StringIO(newline="")
    writer = csv.DictWriter(content, CAPTURES.column_names, lineterminator="\n")
    writer.writeheader()
    writer.writerows(sorted(rows, key=lambda row: (row["document_id"], row["archive"])))
    write_text(path, content.getvalue())
