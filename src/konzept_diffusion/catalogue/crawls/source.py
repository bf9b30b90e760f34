"""A crawl's output folder as a source: its coded documents, what it could see, and where the evidence lies."""

from __future__ import annotations

import hashlib
from dataclasses import dataclass
from pathlib import Path

import pandas as pd

from ...errors import DataError
from ...files import file_sha256
from ...schemas import core
from ...schemas.crawl import CAPTURES, COVERAGE
from ...schemas.merge import CRAWLS
from ...schemas.processed import DOCUMENTS

CAPTURES_FILE = "captures.csv"
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
    captures
        Table `captures`, without rows of documents that are not in `documents` any more; empty if web archives
        were not asked.
    provenance
        Its row of the raw table `crawls`.
    """

    crawl_id: str
    folder: Path
    documents: pd.DataFrame
    coverage: pd.DataFrame
    captures: pd.DataFrame
    provenance: pd.DataFrame

    def searched(self) -> set[str]:
        """Return the Kommunen whose search came to its end."""
        return set(self.coverage.loc[self.coverage["status"] == COMPLETE, "ags"])


def read_crawl(folder: Path) -> Crawl:
    """Read documents.csv and coverage.csv of a crawl, and captures.csv if web archives were asked.

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
    captures = _captures(folder / CAPTURES_FILE, set(documents["document_id"]))
    return Crawl(crawl_id, folder, documents, coverage, captures, core.validate(provenance, CRAWLS))


def _captures(path: Path, known: set[str]) -> pd.DataFrame:
    if not path.is_file():
        return pd.DataFrame({column.name: pd.Series(dtype=column.dtype) for column in CAPTURES.columns})
    table = core.read(path, CAPTURES)
    # The crawl may have gone on since; a document that it does not hold any more needs no bound.
    return table[table["document_id"].isin(known)].reset_index(drop=True)
