"""A crawl's output folder as a source: its coded documents, what it could see, and where the evidence lies."""

from __future__ import annotations

import hashlib
from collections.abc import Iterable, Iterator
from dataclasses import dataclass
from pathlib import Path
from typing import TYPE_CHECKING, Any

import pandas as pd

from ...errors import DataError
from ...files import file_sha256
from ...schemas import core
from ...schemas.crawl import COVERAGE
from ...schemas.merge import CRAWLS
from ...schemas.processed import DOCUMENTS
from ...scrape.reports import File, Kommune
from .dedup import sketch

if TYPE_CHECKING:
    from warcio.recordloader import ArcWarcRecord

COMPLETE = "searched"
"""Status of a Kommune whose search came to its end: only there can a document be missed."""


@dataclass(frozen=True)
class Crawl:
    """One crawl as it lies in its folder; made by `read_crawl`.

    Attributes
    ----------
    crawl_id
        Date of its end and begin of the digest of its result: the same result is the same crawl.
    folder
        Its output folder.
    documents, coverage
        Tables as declared (`documents`, `coverage`).
    provenance
        Its row of the raw table `crawls`.
    """

    crawl_id: str
    folder: Path
    documents: pd.DataFrame
    coverage: pd.DataFrame
    provenance: pd.DataFrame

    def searched(self) -> set[str]:
        """Return the Kommunen whose search came to its end."""
        return set(self.coverage.loc[self.coverage["status"] == COMPLETE, "ags"])


def read_crawl(folder: Path) -> Crawl:
    """Read documents.csv and coverage.csv of a crawl.

    Raises
    ------
    DataError
        If `folder` is no crawl's output, a file breaks its declaration, or a document was found for a
        Kommune that coverage.csv does not know.
    """
    paths = {name: folder / f"{name}.csv" for name in ("documents", "coverage")}
    for path in paths.values():
        if not path.is_file():
            raise DataError(
                "is not there.", file=path, hint="Name the output folder of 'konzept-diffusion scrape'."
            )
    documents = core.read(paths["documents"], DOCUMENTS)
    coverage = core.read(paths["coverage"], COVERAGE)
    for name, allowed, problem in (
        ("found_for", set(coverage["ags"]), "is not in coverage.csv."),
        ("source", {"crawl"}, "is not the source of a crawl's documents ('crawl')."),
    ):
        wrong = ~documents[name].isin(allowed)
        if wrong.any():
            row = int(wrong.to_numpy().argmax())
            value = documents.loc[row, name]
            raise DataError(f"{value!r} {problem}", file=paths["documents"], row=row + 2, column=name)
    hashes = {name: file_sha256(path) for name, path in paths.items()}
    ends = sorted(coverage["finished_at"].dropna())
    joint = hashlib.sha256("".join(hashes[name] for name in sorted(hashes)).encode()).hexdigest()
    crawl_id = f"{ends[-1][:10] if ends else 'undated'}-{joint[:12]}"
    provenance = pd.DataFrame(
        [
            {
                "crawl_id": crawl_id,
                "folder": folder.resolve().name,
                "started_at": min(coverage["started_at"].dropna(), default=None),
                "finished_at": ends[-1] if ends else None,
                "coders": "|".join(sorted(set(documents["coder"]))) or None,
                "kommunen": len(coverage),
                "searched": int((coverage["status"] == COMPLETE).sum()),
                "documents": len(documents),
                "documents_sha256": hashes["documents"],
                "coverage_sha256": hashes["coverage"],
            }
        ]
    )
    return Crawl(crawl_id, folder, documents, coverage, core.validate(provenance, CRAWLS))


def text_sketches(crawl: Crawl, *, skip: Iterable[str] = ()) -> dict[str, str]:
    """Return the sketches of the documents' texts by document_id, read from the crawl's archive.

    Documents without readable text, or whose record is not in the archive (any more), are missing. Each
    archive file is read once, from its begin to its end.

    Parameters
    ----------
    crawl
        The crawl.
    skip
        Documents whose sketch is known already.
    """
    from ...documents.text import extract

    known = set(skip)
    table = crawl.documents
    readable = table[(table["text_status"] == "ok") & table["archive_ref"].notna()]
    readable = readable[~readable["document_id"].isin(known)]
    kommunen = {
        ags: Kommune(ags, name, kind, land)
        for ags, name, kind, land in zip(
            *(crawl.coverage[c] for c in ("ags", "name", "kind", "land")), strict=True
        )
    }
    wanted: dict[str, dict[str, list[Any]]] = {}
    for row in readable.itertuples():
        place, _, record_id = str(row.archive_ref).partition("#")
        wanted.setdefault(place, {}).setdefault(record_id, []).append(row)
    sketches: dict[str, str] = {}
    for place, by_record in sorted(wanted.items()):
        for record_id, body, charset in _payloads(crawl.folder, place, set(by_record)):
            for row in by_record[record_id]:
                media = row.media_type if isinstance(row.media_type, str) else ""
                file = File(body, media, str(row.url), kommunen[row.found_for], charset=charset)
                text = extract(file)
                if text.status == "ok" and (made := sketch(text.text)):
                    sketches[row.document_id] = made
    return sketches


def _payloads(folder: Path, place: str, wanted: set[str]) -> Iterator[tuple[str, bytes, str]]:
    """Yield record id, payload and charset of the wanted answers in one archive file, as far as it is readable."""
    from warcio.archiveiterator import ArchiveIterator
    from warcio.exceptions import ArchiveLoadFailed

    path = (folder / place).resolve()
    if not path.is_relative_to(folder.resolve()) or not path.is_file():
        return
    with path.open("rb") as stream:
        try:
            for record in ArchiveIterator(stream):
                name = record.rec_headers.get_header("WARC-Record-ID", "").strip("<>")
                if record.rec_type in ("response", "resource") and name in wanted:
                    yield name, record.content_stream().read(), _charset(record)
        except (ArchiveLoadFailed, EOFError, OSError):
            return  # a damaged end: the documents behind it have no sketch, which only hides near-duplicates


def _charset(record: ArcWarcRecord) -> str:
    said = record.http_headers.get_header("Content-Type", "") if record.http_headers else ""
    _, _, charset = said.lower().partition("charset=")
    return charset.partition(";")[0].strip(" \"'")
