"""The texts of a crawl's documents, read from its archive: what is kept of them instead of the text itself."""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from dataclasses import dataclass
from pathlib import Path
from typing import TYPE_CHECKING, Any

import pandas as pd

from ...schemas import core
from ...schemas.themes import DOCUMENT_THEMES, DOCUMENT_TYPES
from ...scrape.reports import File, Kommune
from .dedup import sketch
from .source import Crawl

if TYPE_CHECKING:
    from warcio.recordloader import ArcWarcRecord

    from ...documents.text import Text


@dataclass(frozen=True)
class Readings:
    """What the texts of a crawl say.

    Attributes
    ----------
    sketches
        Sketch of the text by document_id (`dedup.sketch`).
    themes, types
        Rows of `document_themes` and `document_types`; one row of types for every text that was read. Clusters
        are empty: they need the texts of the whole catalogue at once.
    """

    sketches: dict[str, str]
    themes: pd.DataFrame
    types: pd.DataFrame


def read_texts(crawl: Crawl, *, skip: Iterable[str] = (), ocr: bool = False) -> Readings:
    """Return what the documents' texts say, read from the crawl's archive.

    Documents without readable text, or whose record is not in the archive (any more), are missing. Each archive
    file is read once, from its begin to its end.

    Parameters
    ----------
    crawl
        The crawl.
    skip
        Documents of which all this is known already.
    ocr
        Read scans by character recognition, where the crawl did so, too.

    Raises
    ------
    KonzeptError
        With `ocr` only: the programs for it are not installed.
    """
    from ...documents.themes import code_themes, theme_rows
    from ...documents.types import type_row, type_score

    sketches: dict[str, str] = {}
    themes: list[dict[str, Any]] = []
    types: list[dict[str, Any]] = []
    for name, text in _texts(crawl, set(skip), ocr):
        if made := sketch(text.text):
            sketches[name] = made
        themes += theme_rows(name, code_themes(text.text, text.headings if text.html else None))
        types.append(type_row(name, type_score(text.text)))
    return Readings(
        sketches,
        core.validate(pd.DataFrame(themes, columns=DOCUMENT_THEMES.column_names), DOCUMENT_THEMES),
        core.validate(pd.DataFrame(types, columns=DOCUMENT_TYPES.column_names), DOCUMENT_TYPES),
    )


def known_readings(documents: pd.DataFrame, types: pd.DataFrame) -> set[str]:
    """Return the documents of earlier crawls whose text need not be read again.

    Their sketch is held, and their themes and types were coded by the code list of today.

    Parameters
    ----------
    documents, types
        Raw tables `crawl_documents` and `crawl_types`.
    """
    from ...documents.theme_codes import load_codebook

    current = types.loc[types["codebook"] == load_codebook().version, "document_id"]
    return set(documents.dropna(subset="text_sketch")["document_id"]) & set(current)


def latest_readings(
    themes: pd.DataFrame, types: pd.DataFrame, documents: Iterable[str]
) -> tuple[pd.DataFrame, pd.DataFrame]:
    """Return the tables `document_themes` and `document_types`: what the last reading of each document says.

    Parameters
    ----------
    themes, types
        Raw tables `crawl_themes` and `crawl_types`, in the order of merging.
    documents
        Documents of the catalogue; others are left out.
    """
    last = types[types["document_id"].isin(set(documents))].drop_duplicates("document_id", keep="last")
    kept = set(zip(last["crawl_id"], last["document_id"], strict=True))
    current = [pair in kept for pair in zip(themes["crawl_id"], themes["document_id"], strict=True)]
    own = themes[pd.Series(current, index=themes.index, dtype=bool)]
    order = {code: place for place, code in enumerate(DOCUMENT_THEMES.column("theme").categories)}
    own = own.sort_values(
        ["document_id", "theme"], key=lambda cells: cells.map(order) if cells.name == "theme" else cells
    )
    return (
        core.validate(own[DOCUMENT_THEMES.column_names], DOCUMENT_THEMES),
        core.validate(last.sort_values("document_id")[DOCUMENT_TYPES.column_names], DOCUMENT_TYPES),
    )


def _texts(crawl: Crawl, skip: set[str], ocr: bool) -> Iterator[tuple[str, Text]]:
    """Yield document_id and text of the readable documents."""
    from ...documents.text import extract

    table = crawl.documents
    readable = table[(table["text_status"] == "ok") & table["archive_ref"].notna()]
    readable = readable[~readable["document_id"].isin(skip)]
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
    for place, by_record in sorted(wanted.items()):
        for record_id, body, charset in _payloads(crawl.folder, place, set(by_record)):
            for row in by_record[record_id]:
                media = row.media_type if isinstance(row.media_type, str) else ""
                file = File(body, media, str(row.url), kommunen[row.found_for], charset=charset)
                text = extract(file, ocr=ocr)
                if text.status == "ok":
                    yield row.document_id, text


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
