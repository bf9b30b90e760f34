"""`build`: from the raw tables to the built ones, checked against their declarations and each other.

Nothing is written before every table is valid; each file is written beside its place and then
renamed, and files that would not change are left alone. The same input gives the same bytes.

`merge` puts a crawl before it: its rows join the raw tables, if all tables that follow from them are valid.
"""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from pathlib import Path
from typing import TYPE_CHECKING

from .. import files, paths
from ..catalogue.crawls.classification import classify
from ..catalogue.crawls.merging import Merged, crawled_documents, human_codes, read_merged, review_queue
from ..catalogue.crawls.readings import known_readings, latest_readings, read_texts
from ..catalogue.crawls.source import read_crawl
from ..catalogue.documents import documents as make_documents
from ..catalogue.effort import search_effort
from ..catalogue.events import adoption_events
from ..catalogue.gaps.completeness import completeness_table
from ..catalogue.gaps.error_rates import coding_error_table, review_cases
from ..catalogue.matching import require_names
from ..catalogue.participation import participation
from ..catalogue.register import kommunen as make_kommunen
from ..catalogue.review.codings import load_codings
from ..errors import DataError
from ..riskset import risk_set
from ..schemas import check_foreign_keys, validate
from ..schemas.datapackage import datapackage
from ..schemas.merge import TABLES as MERGE_TABLES
from ..schemas.processed import TABLES
from ..schemas.raw import TABLES as RAW_TABLES
from ..schemas.review import REVIEW
from ..sources.statistics import statistics as make_statistics
from ..store import load_raw, raw_file

if TYPE_CHECKING:
    import pandas as pd

LOOK_UP = ("crosswalk_gemeinden", "crosswalk_kreise")
"""Raw tables that serve `keys.harmonise` as they are; no built table is made from them."""
OPTIONAL = {*MERGE_TABLES, REVIEW.name}
"""Raw tables that are not there before a crawl was merged or a document coded by hand."""
GROSSSTAEDTE = 79
"""Cities that the survey of 2017 lists; another number means that the raw table is damaged."""


def build(
    raw: Path | None = None, out: Path | None = None, *, say: Callable[[str], None] = lambda message: None
) -> list[Path]:
    """Build all tables and `datapackage.json`.

    Parameters
    ----------
    raw
        Folder of the raw tables; by default the project's own.
    out
        Folder for the built tables; by default the project's own.
    say
        Called with one line per step.

    Returns
    -------
    list of Path
        The files of the data package, whether changed or not.

    Raises
    ------
    DataError
        If a raw table breaks its declaration or two tables contradict each other; nothing is written then.
    """
    raw, out = raw or paths.raw_dir(), out or paths.processed_dir()
    tables = make_tables(raw, say=say)
    return _write_tables(tables, out, say)


def _write_tables(tables: dict[str, pd.DataFrame], out: Path, say: Callable[[str], None]) -> list[Path]:
    """Write built tables and their package description; return the files, whether changed or not."""
    texts = {f"{name}.csv": files.csv_text(table) for name, table in tables.items()}
    package = datapackage({name: TABLES[name] for name in tables}, texts)
    written = []
    for name, text in texts.items():
        written.append(_write_if_changed(out / name, text))
    # The package description goes last: it carries the hashes of the tables.
    written.append(_write_if_changed(out / "datapackage.json", package))
    say(f"{len(tables)} tables in {out}")
    return written


@dataclass(frozen=True)
class Outcome:
    """What `merge` has done.

    Attributes
    ----------
    crawl_id
        The crawl.
    repeated
        It had been merged before; only human codes could bring anything new.
    changes
        Number of documents that are new, changed, unchanged and vanished, by these names.
    decisions
        Number of rows by what became of them (`schemas.merge.DECISIONS`).
    waiting
        Documents of all merged crawls that wait for a human code.
    """

    crawl_id: str
    repeated: bool
    changes: dict[str, int]
    decisions: dict[str, int]
    waiting: int


def merge(
    crawl_dir: Path,
    *,
    review: Path | None = None,
    raw: Path | None = None,
    out: Path | None = None,
    ocr: bool = False,
    say: Callable[[str], None] = lambda message: None,
) -> Outcome:
    """Merge a crawl's coded documents into the catalogue, then build.

    Sure and uncontradicted codings are taken in; the others wait in the raw table `review_queue` until a person
    has coded them. Raw rows are added, never changed. Merging the same crawl again changes nothing but what human
    codes have settled since. Everything is checked before anything is written. Rows count once their crawl stands
    in the table `crawls`, which is written after them: an interrupted merge leaves the old state and can be run
    again.

    Parameters
    ----------
    crawl_dir
        Output folder of a crawl.
    review
        Codings by hand (raw table `review`); by default review.csv among the raw tables, if it is there. Another
        file counts for this merge only: a later `build` reads the default.
    raw, out
        Folders of the raw and of the built tables; by default the project's own.
    ocr
        Read scans by character recognition, for a crawl that did so.
    say
        Called with one line per step.

    Raises
    ------
    KonzeptError
        With `ocr` only: the programs for it are not installed.
    DataError
        If the folder is no crawl's output, or its rows do not fit the catalogue; nothing is written then.
    """
    raw, out = raw or paths.raw_dir(), out or paths.processed_dir()
    if ocr:
        from ..documents.ocr import require

        require()
    crawl, before = read_crawl(crawl_dir), read_merged(raw)
    repeated = crawl.crawl_id in set(before.crawls["crawl_id"])
    merged = before
    if not repeated:
        source = {name: load_raw(name, folder=raw) for name in _CATALOGUE}
        known = make_documents(*(source[name] for name in _CATALOGUE[:3]))
        readings = read_texts(crawl, skip=known_readings(before.documents, before.types), ocr=ocr)
        rows = classify(
            crawl,
            before,
            validate(known, TABLES["documents"]),
            source["register"]["ags"],
            set(source["anlage1_grossstaedte"]["ags"]),
            readings.sketches,
        )
        coverage = crawl.coverage.assign(crawl_id=crawl.crawl_id)
        merged = before.with_crawl(crawl.provenance, coverage, rows).with_readings(
            crawl.crawl_id, readings.themes, readings.types
        )
    # Web archives may be asked after the first merge, so captures count whenever they come.
    merged = merged.with_captures(crawl.crawl_id, crawl.captures)
    codings = load_codings(review or raw / f"{REVIEW.name}.csv")
    queue = review_queue(merged, human_codes(codings))
    tables = make_tables(raw, say=say, merged=merged, review=codings)
    staged = {
        "crawl_coverage": merged.coverage,
        "crawl_documents": merged.documents,
        "crawl_captures": merged.captures,
        "crawl_themes": merged.themes,
        "crawl_types": merged.types,
        "crawls": merged.crawls,  # from here on the rows above count
        "review_queue": queue,
    }
    for name, table in staged.items():
        _write_if_changed(raw / f"{name}.csv", files.csv_text(validate(table, MERGE_TABLES[name])))
    _write_tables(tables, out, say)
    own = merged.documents[merged.documents["crawl_id"] == crawl.crawl_id]
    counts = {
        name: {str(code): int(number) for code, number in own[name].value_counts().items()}
        for name in ("change", "decision")
    }
    return Outcome(crawl.crawl_id, repeated, counts["change"], counts["decision"], len(queue))


_CATALOGUE = ("anlage1_grossstaedte", "fussnote14", "desk_research", "register")


def make_tables(
    raw: Path,
    *,
    say: Callable[[str], None] = lambda message: None,
    merged: Merged | None = None,
    review: pd.DataFrame | None = None,
) -> dict[str, pd.DataFrame]:
    """Return every built table by name, validated, from the raw tables in `raw`.

    `merged` and `review` stand for the tables of merged crawls and human codes; by default those in `raw`.
    """
    source = {
        name: load_raw(name, folder=raw)
        for name in RAW_TABLES
        if name not in LOOK_UP and name not in OPTIONAL
    }
    merged = read_merged(raw) if merged is None else merged
    review = load_codings(raw / f"{REVIEW.name}.csv") if review is None else review
    say(f"{len(source)} raw tables read from {raw}")
    places = {name: raw_file(name, raw) for name in source}
    check_foreign_keys(source, RAW_TABLES, files=places)
    require_names(source, source["register"], files=places)
    grossstaedte = set(source["anlage1_grossstaedte"]["ags"])
    _check_census(raw, source, grossstaedte)
    tables: dict[str, pd.DataFrame] = {}
    tables["kommunen"] = make_kommunen(source["register"], grossstaedte, source["websites"])
    tables["statistics"] = make_statistics(
        source["population"], source["indicators_kreise"], source["zensus2022"], tables["kommunen"]
    )
    tables["programmes"] = source["programmes"]
    tables["documents"] = make_documents(
        source["anlage1_grossstaedte"],
        source["fussnote14"],
        source["desk_research"],
        crawled_documents(merged, human_codes(review)),
    )
    tables["events"] = adoption_events(tables["documents"], source["early_concepts"])
    tables["early_concepts"] = source["early_concepts"]
    tables["adjacency"] = source["kreis_adjacency"]
    tables["published_results"] = source["published_results"]
    tables["monitoring"] = source["difu_2022"]
    tables["search_log"] = source["desk_research_log"]
    tables["search_effort"] = search_effort(
        tables["kommunen"], source["desk_research_log"], source["desk_research"]
    )
    tables["participation"] = participation(source["programme_participation"])
    tables["adjacency_gemeinden"] = source["adjacency_gemeinden"]
    tables["coverage"] = merged.coverage
    tables["document_themes"], tables["document_types"] = latest_readings(
        merged.themes, merged.types, tables["documents"]["document_id"]
    )
    # Typed before they are used further: the risk set computes with them.
    tables = {name: validate(table, TABLES[name]) for name, table in tables.items()}
    tables["panel"] = validate(risk_set(tables), TABLES["panel"])
    tables |= _knowledge(tables, source["desk_research"], merged, review)
    check_foreign_keys(tables, TABLES)
    return tables


def _knowledge(
    tables: dict[str, pd.DataFrame], desk: pd.DataFrame, merged: Merged, review: pd.DataFrame
) -> dict[str, pd.DataFrame]:
    """Return what is known of the catalogue's own gaps and errors: `completeness` and `coding_error`."""
    last = merged.coverage.drop_duplicates("ags", keep="last") if len(merged.coverage) else None
    machine = merged.documents.drop_duplicates("document_id", keep="last")
    codings = review_cases(review, machine) if len(review) and len(machine) else None
    found = {
        "completeness": completeness_table(tables, desk, coverage=last),
        "coding_error": coding_error_table(tables, desk, codings=codings),
    }
    return {name: validate(table, TABLES[name]) for name, table in found.items()}


def _check_census(raw: Path, source: dict[str, pd.DataFrame], grossstaedte: set[str]) -> None:
    """Check what the tables must agree on across files."""
    place = raw_file("anlage1_grossstaedte", raw)
    if len(grossstaedte) != GROSSSTAEDTE:
        raise DataError(
            f"lists {len(grossstaedte)} cities, Anlage 1 has {GROSSSTAEDTE}.", file=place, column="ags"
        )
    lacking = sorted(grossstaedte - set(source["population"]["ags"]))
    if lacking:
        raise DataError(
            f"lacks the city {lacking[0]} of Anlage 1.",
            file=raw_file("population", raw),
            column="ags",
            hint="Run 'konzept-diffusion fetch all' again.",
        )
    named = source["anlage1_grossstaedte"]
    flagged = named.loc[named["footnote14"].notna(), ["ags", "footnote14"]].drop_duplicates()
    stated = source["fussnote14"][["ags", "reason"]]
    if set(flagged.itertuples(index=False, name=None)) != set(stated.itertuples(index=False, name=None)):
        raise DataError(
            "the cities marked in column footnote14 are not those of fussnote14.csv.",
            file=place,
            column="footnote14",
        )


def _write_if_changed(target: Path, text: str) -> Path:
    content = text.encode("utf-8")
    if not target.is_file() or target.read_bytes() != content:
        files.write_bytes(target, content)
    return target
