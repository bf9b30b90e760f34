"""How many were missed: lists from what was possible, honest where nothing can be told, tried on the census."""

import itertools
import warnings

import pandas as pd
import pytest

from konzept_diffusion.catalogue.gaps.completeness import completeness_table, named_elsewhere, searched
from konzept_diffusion.catalogue.gaps.discovery import (
    CaptureLists,
    NestedListsWarning,
    capture_lists,
    nested_lists,
    population_estimates,
    strategy_lists,
)
from konzept_diffusion.errors import DataError
from konzept_diffusion.schemas import validate
from konzept_diffusion.schemas.completeness import COMPLETENESS
from konzept_diffusion.store import load, load_raw


def of_counts(names, counts, n_eligible=500):
    """Lists of as many made-up units per history as `counts` says."""
    rows = [
        [bool(int(digit)) for digit in history] for history, count in counts.items() for _ in range(count)
    ]
    return CaptureLists(pd.DataFrame(rows, columns=list(names)), n_eligible)


def test_only_kommunen_that_every_list_could_name_count():
    lists = capture_lists(
        {"a": {"05315000", "05314000"}, "b": {"05314000", "05911000"}}, {"05315000", "05314000"}
    )
    assert lists.histories() == {(1, 0): 1, (1, 1): 1}
    assert (lists.n_eligible, lists.n_left_out) == (2, 1)


def test_one_list_is_not_enough():
    with pytest.raises(DataError, match="two lists"):
        capture_lists({"a": {"05315000"}}, {"05315000"})


COVERAGE = pd.DataFrame(
    [
        ("05315000", "searched", "robots|sitemap|search|links"),
        ("05314000", "searched", "robots|sitemap|links"),  # no search form
        ("05911000", "budget", "robots|sitemap|search|links"),  # cut short
        ("05112000", "searched", "robots|sitemap|search|links"),
        ("05913000", "searched", "robots|sitemap|search|links"),
    ],
    columns=["ags", "status", "strategies"],
)


@pytest.fixture
def crawled(documents):
    crawl = {"source": "crawl"}
    return documents(
        {"ags": "05315000", "found_for": "05315000", "discovered_by": "sitemap|search", **crawl},
        {"ags": "05315000", "found_for": "05315000", "discovered_by": "links", **crawl},
        {"ags": "05314000", "found_for": "05314000", "discovered_by": "links", **crawl},
        {"ags": "05911000", "found_for": "05911000", "discovered_by": "search|links", **crawl},
        {"ags": "05112000", "found_for": "05112000", "discovered_by": "links|seed", **crawl},
        {"ags": "05913000", "found_for": "05315000", "discovered_by": "search", **crawl},
        {"ags": "05913000", "found_for": "05913000", "discovered_by": "search", "status": "entwurf", **crawl},
        {"ags": "05913000", "found_for": "05913000", "discovered_by": "search", "source": "desk_research"},
    )


def test_strategies_are_compared_where_all_of_them_were_possible(crawled):
    """Bonn has no search form, Bochum's search was cut short; drafts, other sites and other sources do not count."""
    lists = strategy_lists(crawled, COVERAGE, ["search", "links"])
    assert lists.n_eligible == 3
    assert lists.frame.to_dict("index") == {
        "05112000": {"search": False, "links": True},
        "05315000": {"search": True, "links": True},
    }


def test_without_the_search_more_kommunen_can_be_compared(crawled):
    lists = strategy_lists(crawled, COVERAGE, ["sitemap", "links"])
    assert lists.n_eligible == 4
    assert set(lists.frame.index) == {"05112000", "05314000", "05315000"}


def test_a_seed_is_no_way_of_finding(crawled):
    with pytest.raises(DataError, match="no strategy 'seed'"):
        strategy_lists(crawled, COVERAGE, ["seed", "links"])


def test_nested_lists_are_named_inner_first():
    lists = of_counts("abc", {"110": 4, "010": 3, "011": 2, "001": 5})
    assert nested_lists(lists) == [("a", "b")]
    assert nested_lists(of_counts("ab", {"11": 3})) == [("b", "a")]


def test_two_nested_lists_give_a_warning_and_no_number():
    with pytest.warns(NestedListsWarning, match="a lies wholly within b"):
        found = population_estimates(of_counts("ab", {"11": 4, "01": 9}))
    assert [(item.status, item.estimate) for item in found] == [("not_identifiable", None)]


def test_of_three_lists_the_nested_one_is_left_out():
    with pytest.warns(NestedListsWarning):
        found = population_estimates(of_counts("abc", {"110": 4, "010": 9, "011": 6, "001": 5}))
    assert [item.estimator for item in found] == ["chapman"]
    assert found[0].n_observed == 24
    assert "left out: a, wholly within b" in found[0].reason


def test_lists_without_a_common_unit_give_no_number():
    found = population_estimates(of_counts("ab", {"10": 4, "01": 9}))
    assert [item.status for item in found] == ["not_identifiable"]


def test_an_empty_list_is_named():
    found = population_estimates(of_counts("abc", {"110": 4, "100": 9, "010": 6}))
    assert all("the list c is empty" in item.reason for item in found)
    alone = population_estimates(of_counts("ab", {"10": 4}))
    assert [(item.estimator, item.status) for item in alone] == [("none", "not_identifiable")]


def test_nobody_found_is_not_nobody_missed():
    found = population_estimates(of_counts("ab", {}))
    assert [(item.n_observed, item.estimate, item.high) for item in found] == [(0, None, None)]


def test_three_lists_give_bound_best_model_and_average():
    lists = of_counts("abc", {"100": 30, "010": 25, "001": 20, "110": 11, "101": 9, "011": 8, "111": 4})
    with warnings.catch_warnings():
        warnings.simplefilter("error")
        found = population_estimates(lists)
    assert [item.estimator for item in found] == ["chao_mth", "loglinear_best", "loglinear_averaged"]
    assert all(107 < item.low < item.estimate < item.high for item in found)


NAMES = ("kommunen", "documents", "events", "early_concepts", "monitoring", "search_log")


@pytest.fixture(scope="module")
def built():
    return {name: load(name) for name in NAMES}


@pytest.fixture(scope="module")
def table(built):
    return validate(completeness_table(built, load_raw("desk_research")), COMPLETENESS)


def test_every_analysis_ends_in_a_number_or_in_a_reason(table):
    given = table[table["status"] != "not_identifiable"]
    assert given[["estimate", "std_error", "low", "missed"]].notna().all(axis=None)
    assert (given["low"] <= given["estimate"]).all()
    refused = table[table["status"] == "not_identifiable"]
    assert refused[["estimate", "high", "missed"]].isna().all(axis=None)
    assert refused["reason"].str.len().gt(20).all()
    assert len(given) > 0
    assert len(refused) > 0


def test_the_method_is_tried_on_the_cities_where_the_census_knows(table):
    """Two streams of by-catch saw 19 cities, the census knows 69: the interval holds the truth, and is wide."""
    row = table.set_index("analysis").loc["beifang_der_recherchen"]
    assert (row["n_observed"], row["known"]) == (19, 69)
    assert row["estimate"] == pytest.approx(12 * 11 / 3 - 1), "11 and 10 cities, 2 on both lists"
    assert row["estimate"] < row["known"], "by-catch favours the better-known cities"
    assert row["low"] <= row["known"] <= row["high"]
    assert row["high"] > 200


def test_a_second_pass_for_what_the_first_had_not_is_no_second_list(table):
    passes = table[table["analysis"] == "erster_und_zweiter_durchgang"]
    assert set(passes["size_class"]) == {"mittelstadt", "landkreis"}
    assert set(passes["status"]) == {"not_identifiable"}


def test_only_kommunen_with_a_look_up_of_their_own_are_in_the_searches(table, built):
    own = table[table["analysis"] == "suche_und_beifang"].set_index("size_class")
    size = built["kommunen"].set_index("ags")["size_class"]
    for name, batches in (("mittelstadt", "mittelstaedte"), ("landkreis", "landkreise")):
        looked_up = [ags for ags in searched(built["search_log"], batches) if size.get(ags) == name]
        assert own.loc[name, "n_eligible"] == len(looked_up)
    assert own["n_eligible"].to_dict() == {"mittelstadt": 306, "landkreis": 263}


def test_mentions_elsewhere_are_finished_concepts_outside_the_desk_research(built):
    named = named_elsewhere(built)
    assert {"05970", "09573"} <= named, "Kreise that Anlage 1 names in passing"
    assert "08416041" in named, "Tübingen, in the running text"
    assert "16070" not in named, "in preparation only"


def test_crawls_add_their_strategies_by_size_class(built):
    ags = built["kommunen"].query("size_class == 'mittelstadt'")["ags"].head(40).tolist()
    counts = {"sitemap": 12, "links": 10, "sitemap|links": 8}
    ways = list(itertools.chain.from_iterable([way] * count for way, count in counts.items()))
    crawled = pd.concat([built["documents"].head(1)] * len(ways), ignore_index=True).assign(
        document_id=[f"c-{number}" for number in range(len(ways))],
        ags=ags[: len(ways)], found_for=ags[: len(ways)], discovered_by=ways, source="crawl",
        kind="integrationskonzept", status="beschlossen", target_group="allgemein", owner_level="stadt", flag=None,
    )  # fmt: skip
    coverage = pd.DataFrame({"ags": ags, "status": "searched", "strategies": "sitemap|search|links"})
    together = built | {"documents": pd.concat([built["documents"], crawled], ignore_index=True)}
    rows = validate(completeness_table(together, load_raw("desk_research"), coverage=coverage), COMPLETENESS)
    ways = rows[rows["analysis"] == "strategien"].set_index(["size_class", "lists"])
    assert set(ways.index.get_level_values("size_class")) == {"mittelstadt", "alle"}
    pair = ways.loc[("mittelstadt", "sitemap|search|links")]
    assert (pair["estimator"], pair["n_observed"], pair["n_eligible"]) == ("chapman", 30, 40)
    assert pair["estimate"] == pytest.approx(21 * 19 / 9 - 1)
    assert "search is empty" in pair["reason"]
