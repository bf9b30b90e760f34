"""`build`: from the raw tables to the built ones, checked against their declarations and each other.

Nothing is written before every table is valid; each file is written beside its place and then
renamed, and files that would not change are left alone. The same input gives the same bytes.
"""

from __future__ import annotations

from collections.abc import Callable
from pathlib import Path
from typing import TYPE_CHECKING

from .. import files, paths
from ..catalogue.documents import documents as make_documents
from ..catalogue.effort import search_effort
from ..catalogue.events import adoption_events
from ..catalogue.matching import require_names
from ..catalogue.participation import participation
from ..catalogue.register import kommunen as make_kommunen
from ..errors import DataError
from ..riskset import risk_set
from ..schemas import check_foreign_keys, validate
from ..schemas.datapackage import datapackage
from ..schemas.processed import TABLES
from ..schemas.raw import TABLES as RAW_TABLES
from ..sources.statistics import statistics as make_statistics
from ..store import load_raw, raw_file

if TYPE_CHECKING:
    import pandas as pd

LOOK_UP = ("crosswalk_gemeinden", "crosswalk_kreise")
"""Raw tables that serve `keys.harmonise` as they are; no built table is made from them."""
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
    texts = {f"{name}.csv": files.csv_text(table) for name, table in tables.items()}
    package = datapackage({name: TABLES[name] for name in tables}, texts)
    written = []
    for name, text in texts.items():
        written.append(_write_if_changed(out / name, text))
    # The package description goes last: it carries the hashes of the tables.
    written.append(_write_if_changed(out / "datapackage.json", package))
    say(f"{len(tables)} tables in {out}")
    return written


def make_tables(raw: Path, *, say: Callable[[str], None] = lambda message: None) -> dict[str, pd.DataFrame]:
    """Return every built table by name, validated, from the raw tables in `raw`."""
    source = {name: load_raw(name, folder=raw) for name in RAW_TABLES if name not in LOOK_UP}
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
        source["anlage1_grossstaedte"], source["fussnote14"], source["desk_research"]
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
    # Typed before they are used further: the risk set computes with them.
    tables = {name: validate(table, TABLES[name]) for name, table in tables.items()}
    tables["panel"] = validate(risk_set(tables), TABLES["panel"])
    check_foreign_keys(tables, TABLES)
    return tables


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
