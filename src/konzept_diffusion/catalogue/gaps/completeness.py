"""The table `completeness`: how many concepts the search has probably missed, with its limits stated."""

from __future__ import annotations

import warnings
from collections.abc import Collection, Iterable, Mapping, Sequence
from itertools import combinations

import pandas as pd

from ...schemas.completeness import ALL_SIZES, COMPLETENESS
from ..events import first_adoption_years
from ..rules import MAIN_RULE, RULES
from .capture_recapture import PopulationEstimate
from .discovery import CaptureLists, NestedListsWarning, capture_lists, population_estimates, strategy_lists

SURVEY = "anlage1_2017"
SURVEY_YEAR = 2017
_BATCHES = {"mittelstadt": "mittelstaedte", "landkreis": "landkreise"}
"""How the batches of the desk research begin that looked for a size class on its own."""
_OTHER = {"mittelstadt": "landkreise", "landkreis": "mittelstaedte"}
_DIFU_YEARS = ("konzept_year", "leitlinien_year")
_CRAWL_LISTS = (
    ("sitemap", "search"),
    ("search", "links"),
    ("links", "council"),
    ("sitemap", "search", "links"),
    ("sitemap", "search", "links", "council"),
)
"""Sets of strategies that are compared; each is conditioned on the sites where all of its ways were possible."""


def completeness_table(
    tables: Mapping[str, pd.DataFrame], desk: pd.DataFrame, *, coverage: pd.DataFrame | None = None
) -> pd.DataFrame:
    """Return the table `completeness`.

    Parameters
    ----------
    tables
        Built tables `kommunen`, `documents`, `events`, `early_concepts`, `monitoring`, `search_log`.
    desk
        Raw table `desk_research`: it knows the batch of every find.
    coverage
        Table `coverage` of the crawl whose documents are in `documents`; without it there are no rows on strategies.

    Returns
    -------
    pandas.DataFrame
        Columns as declared in `schemas.completeness.COMPLETENESS`. Counted are Kommunen with a concept by the
        main rule; every list of an analysis is limited to Kommunen that all of its lists could have named.
    """
    size = tables["kommunen"].set_index("ags")["size_class"]
    finds = finds_by_batch(tables["documents"], desk)
    rows = [*_cities(tables, finds, size), *_searches(tables, finds, size)]
    if coverage is not None:
        rows += _strategies(tables["documents"], coverage, size)
    return pd.DataFrame(rows, columns=COMPLETENESS.column_names)


def finds_by_batch(documents: pd.DataFrame, desk: pd.DataFrame, *, rule: str = MAIN_RULE) -> pd.DataFrame:
    """Return the desk research's finds that are a concept by `rule`: columns ags, search_batch, year."""
    counted = documents[(documents["source"] == "desk_research") & RULES[rule](documents).astype(bool)]
    batch = desk.set_index("row_id")["search_batch"]
    return counted[["ags", "year"]].assign(search_batch=counted["document_id"].map(batch))


def named_elsewhere(tables: Mapping[str, pd.DataFrame]) -> set[str]:
    """Return the Kommunen whose concept a source other than the desk research names, outside of a census.

    These are the Kreise that Anlage 1 and footnote 14 name in passing, the concepts and Leitbilder with a year in the
    running text of 2017, and those of Difu 2022. They are the better-known ones: what is found among them is
    more than what is found in general.
    """
    events, early, facts = tables["events"], tables["early_concepts"], tables["monitoring"]
    passing = events[(events["source"] == "beifang_2017") & (events["event"] == "first_adoption")]
    text = early[
        (early["event"] == "mention")
        & early["kind"].isin(["integrationskonzept", "leitbild"])
        & early["year"].notna()
    ]
    difu = facts[facts["variable"].isin(_DIFU_YEARS) & facts["value"].notna()]
    return {*passing["ags"], *text["ags"], *difu["ags"]}


def searched(log: pd.DataFrame, batches: str, *, suffix: str | None = None) -> set[str]:
    """Return the Kommunen with a look-up of their own in the batches that begin with `batches`.

    Parameters
    ----------
    log
        Table `search_log`.
    batches
        `mittelstaedte` or `landkreise`.
    suffix
        Only the batch with this end: "" for the first, "_2" for the second; all by default.
    """
    names = log["search_batch"]
    chosen = names.str.startswith(batches) if suffix is None else names == batches + suffix
    return set(log.loc[chosen & log["ags"].notna(), "ags"])


def _cities(
    tables: Mapping[str, pd.DataFrame], finds: pd.DataFrame, size: pd.Series
) -> Iterable[dict[str, object]]:
    """Yield the analyses of the Großstädte, where the census tells the truth."""
    cities = set(size.index[size == "grossstadt"])
    census = set(first_adoption_years(tables["documents"], source=SURVEY).index) & cities
    # A concept of 2019 is no find of what the census of 2017 counted; an undated one may be.
    by_then = finds[~(finds["year"] > SURVEY_YEAR).fillna(False).astype(bool)]
    streams = {
        f"beifang_{name}": set(by_then.loc[by_then["search_batch"].str.startswith(name), "ags"])
        for name in ("mittelstaedte", "landkreise")
    }
    yield from _rows(
        "beifang_der_recherchen", "grossstadt", capture_lists(streams, cities), known=len(census),
        note="no city was looked up on its own; both streams favour the better-known ones",
    )  # fmt: skip
    both = {SURVEY: census, "desk_research": set(by_then["ags"])}
    yield from _rows(
        "vollerhebung_und_recherche", "grossstadt", capture_lists(both, cities), known=len(census),
        note="one of the lists is the census itself, so this is no test of the method",
    )  # fmt: skip


def _searches(
    tables: Mapping[str, pd.DataFrame], finds: pd.DataFrame, size: pd.Series
) -> Iterable[dict[str, object]]:
    """Yield the analyses of Mittelstädte and Landkreise from the batches of the desk research."""
    log, elsewhere = tables["search_log"], named_elsewhere(tables)
    for size_class, own in _BATCHES.items():
        members = set(size.index[size == size_class])
        batch = finds["search_batch"]
        first, second = searched(log, own, suffix=""), searched(log, own, suffix="_2")
        passes = {name: set(finds.loc[batch == name, "ags"]) for name in (own, f"{own}_2")}
        yield from _rows(
            "erster_und_zweiter_durchgang", size_class, capture_lists(passes, members & first & second),
            note="the second batch looked mostly for what the first had not: the lists avoid each other by design",
        )  # fmt: skip
        lists = {
            "eigene_suche": set(finds.loc[batch.str.startswith(own), "ags"]),
            "beifang": set(finds.loc[batch.str.startswith(_OTHER[size_class]), "ags"]),
        }
        eligible = members & searched(log, own)
        yield from _rows(
            "suche_und_beifang", size_class, capture_lists(lists, eligible),
            note="by-catch favours what a search finds too, so the number missed is rather too small",
        )  # fmt: skip
        yield from _rows(
            "suche_beifang_nennung", size_class, capture_lists(lists | {"nennung": elsewhere}, eligible),
            note="the third list is short and names the better-known",
        )  # fmt: skip


def _strategies(
    documents: pd.DataFrame, coverage: pd.DataFrame, size: pd.Series
) -> Iterable[dict[str, object]]:
    """Yield the analyses of the crawl's strategies, by size class and over all."""
    groups: list[tuple[str, Collection[str]]] = [
        (str(name), set(size.index[size == name])) for name in sorted(size.dropna().unique())
    ]
    for name, members in [*groups, (ALL_SIZES, set(coverage["ags"]))]:
        part = coverage[coverage["ags"].isin(list(members))]
        own = documents[documents["ags"].isin(list(members))]
        for strategies in _CRAWL_LISTS:
            lists = strategy_lists(own, part, strategies)
            if lists.n_eligible:
                yield from _rows("strategien", name, lists, note=_pairs(strategies))


def _pairs(strategies: Sequence[str]) -> str:
    """Return how strategies hang together, for the reason."""
    linked = [pair for pair in combinations(strategies, 2) if "links" in pair]
    return "what has a link from the menu is found by links and often by the others too" if linked else ""


def _rows(
    analysis: str, size_class: str, lists: CaptureLists, *, note: str, known: int | None = None
) -> Iterable[dict[str, object]]:
    """Yield one row per estimator."""
    with warnings.catch_warnings():
        warnings.simplefilter("ignore", NestedListsWarning)  # the column reason says it
        found = population_estimates(lists)
    for item in found:
        yield {
            "analysis": analysis,
            "size_class": size_class,
            "lists": "|".join(lists.names),
            "n_eligible": lists.n_eligible,
            "estimator": item.estimator,
            "known": known,
            **_figures(item),
            "reason": "; ".join(part for part in (item.reason, note) if part),
        }


def _figures(item: PopulationEstimate) -> dict[str, object]:
    names = ("n_observed", "estimate", "std_error", "low", "high", "missed", "share_found", "status")
    return {name: getattr(item, name) for name in names}
