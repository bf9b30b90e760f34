"""Commands from files and crawls to the catalogue: extract, classify, captures, review, merge."""

from __future__ import annotations

import argparse
from collections.abc import Callable
from datetime import date
from pathlib import Path
from typing import TYPE_CHECKING, Any

from ..errors import DataError
from .output import say

if TYPE_CHECKING:
    import pandas as pd

Add = Callable[[str, Callable[[argparse.Namespace], None], str, str], argparse.ArgumentParser]
"""Adds a command: name, function, what it does, example."""


def add_coding(add: Add) -> None:
    """Add the commands of this module."""
    verb = add(
        "extract",
        _extract,
        "read the texts of files (PDF, HTML, docx, odt, rtf, plain) for classify",
        "extract papers --out texts.jsonl",
    )
    verb.add_argument("files", type=Path, nargs="+", metavar="FILE", help="files, or folders of files")
    verb.add_argument(
        "--out",
        type=Path,
        metavar="OUT.jsonl",
        required=True,
        help="one {id, url, title, text, ...} per file",
    )
    _ocr(verb, "read scanned PDFs, too, by optical character recognition")

    verb = add(
        "classify",
        _classify,
        "code texts: is it an integration document, which, whose, adopted when, with evidence",
        "classify texts.jsonl --out codes.jsonl",
    )
    verb.add_argument(
        "texts", type=Path, metavar="IN.jsonl", help="one {id, url, title, text} per line, UTF-8"
    )
    verb.add_argument("--out", type=Path, metavar="OUT.jsonl", required=True, help="one coding per line")

    verb = add(
        "merge", _merge, "merge a crawl's coded documents into the catalogue, then build", "merge crawl"
    )
    verb.add_argument("crawl", type=Path, metavar="DIR", help="output folder of a crawl")
    verb.add_argument(
        "--review", type=Path, metavar="FILE", help="codings by hand (default: review.csv of the raw tables)"
    )
    verb.add_argument(
        "--raw", type=Path, metavar="DIR", help="folder of the raw tables (default: the project's)"
    )
    verb.add_argument(
        "--out", type=Path, metavar="DIR", help="folder of the built tables (default: the project's)"
    )
    _ocr(verb, "read the texts of scans again, of a crawl that was made with --ocr")

    verb = add(
        "review",
        lambda given: given.act(given),
        "coding sheets out and in, and how well coders agree",
        "review export --documents crawl/documents.csv --out sheet --sample 200 --blind",
    )
    acts = verb.add_subparsers(title="what to do", metavar="export|import|agreement", required=True)
    _add_export(acts)
    _add_import(acts)
    _add_agreement(acts)

    verb = add(
        "captures",
        _captures,
        "ask web archives since when a crawl's documents have existed (an upper bound, never a year)",
        "captures crawl --archive wayback",
    )
    verb.add_argument("crawl", type=Path, metavar="DIR", help="output folder of a crawl")
    verb.add_argument(
        "--archive",
        choices=["wayback", "commoncrawl", "all"],
        default="wayback",
        help="whom to ask (default: wayback; commoncrawl asks each of its more than 100 crawls)",
    )


def _ocr(verb: argparse.ArgumentParser, text: str) -> None:
    verb.add_argument(
        "--ocr", action="store_true", help=f"{text} (slow; needs the extra [ocr] and Tesseract)"
    )


def _add_export(acts: Any) -> None:
    act = acts.add_parser(
        "export", help="write a coding sheet (XLSX and CSV) and its key", description="Write a coding sheet."
    )
    act.set_defaults(act=_export)
    which = act.add_mutually_exclusive_group()
    which.add_argument(
        "--documents", type=Path, metavar="FILE", help="table documents (default: the catalogue's)"
    )
    which.add_argument(
        "--waiting",
        action="store_true",
        help="only documents of merged crawls that wait for a code by hand",
    )
    act.add_argument(
        "--raw",
        type=Path,
        metavar="DIR",
        help="with --waiting: folder of the raw tables (default: the project's)",
    )
    act.add_argument("--out", type=Path, required=True, metavar="NAME", help="x.xlsx, x.csv, or x for both")
    act.add_argument(
        "--sample", type=int, metavar="N", help="how many, the uncertain ones preferred (default: all)"
    )
    act.add_argument(
        "--seed", type=int, default=20171231, metavar="N", help="of the sample (default: 20171231)"
    )
    act.add_argument(
        "--fields",
        metavar="A,B",
        help="what is to be coded (default: kind,status,year,... see docs/review.md)",
    )
    act.add_argument("--blind", action="store_true", help="hide the machine's codes: for reliability")
    act.add_argument(
        "--archive", type=Path, metavar="DIR", help="folder of the crawl, for links to its archive"
    )


def _add_import(acts: Any) -> None:
    act = acts.add_parser(
        "import",
        help="read a coded sheet back",
        description="Read a coded sheet back; nothing is overwritten.",
    )
    act.set_defaults(act=_import)
    act.add_argument("sheet", type=Path, metavar="FILE", help="the sheet, XLSX or CSV")
    act.add_argument("--coder", required=True, metavar="AB", help="who coded it")
    act.add_argument("--date", metavar="DAY", help="day of the coding, 2026-11-20 (default: today)")
    act.add_argument("--key", type=Path, metavar="FILE", help="the sheet's key (default: beside the sheet)")
    act.add_argument(
        "--raw", type=Path, metavar="DIR", help="folder of the raw tables (default: the project's)"
    )


def _add_agreement(acts: Any) -> None:
    act = acts.add_parser(
        "agreement",
        help="Cohen's kappa and Krippendorff's alpha, with bootstrap intervals",
        description="Print how well coders agree with one another and with the machine.",
    )
    act.set_defaults(act=_agreement)
    act.add_argument("--fields", metavar="A,B", help="which fields (default: all that were coded)")
    act.add_argument("--all", action="store_true", help="also codings that saw the machine's codes")
    act.add_argument(
        "--raw", type=Path, metavar="DIR", help="folder of the raw tables (default: the project's)"
    )


def _extract(given: argparse.Namespace) -> None:
    from ..pipeline.extraction import extract_files

    done = extract_files(given.files, given.out, ocr=given.ocr, say=say)
    say(f"{done.texts} texts of {done.files} files: {done.out}")


def _classify(given: argparse.Namespace) -> None:
    from ..documents.classify import classify_file

    classify_file(given.texts, given.out, say=say)


def _merge(given: argparse.Namespace) -> None:
    from ..pipeline.build import merge

    outcome = merge(given.crawl, review=given.review, raw=_raw(given), out=given.out, ocr=given.ocr, say=say)
    found = ", ".join(f"{number} {name}" for name, number in outcome.changes.items() if number)
    say(
        f"crawl {outcome.crawl_id}{' (merged before)' if outcome.repeated else ''}: {found or 'no documents'}"
    )
    if outcome.waiting:
        say(
            f"{outcome.waiting} documents wait for a human code: konzept-diffusion review export --waiting --out NAME"
        )


def _export(given: argparse.Namespace) -> None:
    from ..catalogue.review.sheet import DEFAULT_FIELDS, export_sheet
    from ..store import load

    sheet = export_sheet(
        _to_code(given),
        given.out,
        sample=given.sample,
        seed=given.seed,
        blind=given.blind,
        names=load("kommunen").set_index("ags")["name"].to_dict(),
        archive=given.archive,
        fields=_words(given.fields) if given.fields else DEFAULT_FIELDS,
    )
    for path in (*sheet.paths, sheet.key_path):
        say(f"written: {path}")


def _to_code(given: argparse.Namespace) -> pd.DataFrame:
    """Return the documents of a coding sheet: those that wait, a crawl's, or the catalogue's."""
    from ..schemas.core import read
    from ..schemas.processed import DOCUMENTS
    from ..store import load

    if not given.waiting:
        if given.raw:
            raise DataError("--raw goes with --waiting only.", hint="Or name a table with --documents FILE.")
        return read(given.documents, DOCUMENTS) if given.documents else load("documents")
    from ..catalogue.crawls.merging import human_codes, read_merged, waiting_documents
    from ..catalogue.review.codings import load_codings

    raw = _raw_folder(given)
    waiting = waiting_documents(read_merged(raw), human_codes(load_codings(raw / "review.csv")))
    if waiting.empty:
        raise DataError(
            "no document waits for a code by hand.",
            file=raw,
            hint="Merge a crawl first: konzept-diffusion merge DIR.",
        )
    return waiting


def _import(given: argparse.Namespace) -> None:
    from ..catalogue.review.codings import conflicts, load_codings, store_codings
    from ..catalogue.review.importing import import_sheet

    try:
        day = date.fromisoformat(given.date) if given.date else date.today()
    except ValueError:
        raise DataError(f"--date: {given.date!r} is no day.", hint="Write it as 2026-11-20.") from None
    imported = import_sheet(given.sheet, coder=given.coder, coded_on=day, key=given.key)
    file = _raw_folder(given) / "review.csv"
    stored = store_codings(imported.rows, file)
    for note in imported.notes:
        say(note)
    say(f"{stored.added} codings added, {stored.unchanged} were there: {file}")
    for row in conflicts(load_codings(file)).itertuples():
        settled = "" if row.settled else "; not settled"
        say(
            f"conflict ({row.between}): {row.document_id}, {row.field}: {row.codings} | "
            f"machine: {row.machine_value}{settled}"
        )


def _agreement(given: argparse.Namespace) -> None:
    from ..catalogue.review.agreement import agreement
    from ..catalogue.review.codings import load_codings

    file = _raw_folder(given) / "review.csv"
    codings = load_codings(file)
    if codings.empty:
        raise DataError(
            "there are no codings by hand yet.", file=file, hint="See konzept-diffusion review --help."
        )
    found = agreement(codings, fields=_words(given.fields) if given.fields else None, blind=not given.all)
    say(found.to_string(index=False))


def _words(given: str) -> tuple[str, ...]:
    return tuple(word.strip() for word in given.split(",") if word.strip())


def _raw(given: argparse.Namespace) -> Path | None:
    """Return the folder of the raw tables that was named; an installed package must name one."""
    from .. import paths
    from ..errors import StepError

    if given.raw is None and not paths.is_checkout():
        raise StepError(
            "an installed package keeps its own tables: name a folder of raw tables with --raw DIR."
        )
    return given.raw


def _raw_folder(given: argparse.Namespace) -> Path:
    from .. import paths

    return _raw(given) or paths.raw_dir()


def _captures(given: argparse.Namespace) -> None:
    from ..scrape.archive.captures import CommonCrawl, Index, Wayback, web_fetch
    from ..scrape.archive.dating import date_documents

    fetch = web_fetch()
    indexes: dict[str, Index] = {"wayback": Wayback(fetch), "commoncrawl": CommonCrawl(fetch)}
    counts = date_documents(
        given.crawl, [index for name, index in indexes.items() if given.archive in (name, "all")]
    )
    say(
        f"{counts['documents']} documents, {counts['asked']} asked for, {counts['found']} with a first capture: "
        f"{given.crawl / 'captures.csv'}"
    )
