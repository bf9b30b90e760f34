"""Error rates: intervals as R gives them, samples with unequal chances, and rates that a sample cannot tell."""

import numpy as np
import pandas as pd
import pytest
from hypothesis import given
from hypothesis import strategies as st

from konzept_diffusion.catalogue.gaps.error_rates import coding_error_table, coding_rates, review_cases
from konzept_diffusion.catalogue.gaps.misclassification import accuracy, proportion, weighted_proportion
from konzept_diffusion.errors import DataError
from konzept_diffusion.schemas import validate
from konzept_diffusion.schemas.completeness import CODING_ERROR
from konzept_diffusion.store import load, load_raw

# Ten cases of seven Kommunen in two strata, drawn with chances 1/2 and 1/10.
HITS = [True, True, False, True, False, True, True, False, True, True]
CHANCES = [0.5] * 5 + [0.1] * 5
KOMMUNEN = ["1", "1", "2", "3", "3", "4", "5", "5", "6", "7"]
STRATA = ["a"] * 5 + ["b"] * 5

SIZES = pd.Series(
    ["grossstadt", "grossstadt", "mittelstadt", "mittelstadt", "landkreis"],
    index=["05315000", "05314000", "05562004", "05562008", "05562"],
)


def codings(*rows, **more):
    frame = pd.DataFrame(rows, columns=["document_id", "ags", "task", "machine", "human"])
    return frame.assign(**more)


@pytest.mark.parametrize(
    ("method", "limits"),
    [
        ("wilson", (0.1718555529, 0.3751057445)),  # prop.test(18, 69, correct = FALSE)
        ("clopper_pearson", (0.1625160813, 0.3805962112)),  # binom.test(18, 69)
        ("jeffreys", (0.1685535692, 0.3727680876)),  # qbeta(c(.025, .975), 18.5, 51.5)
    ],
)
def test_simple_intervals_are_those_of_r(method, limits):
    found = proportion(18, 69, method=method)
    assert (found.low, found.high) == pytest.approx(limits, abs=1e-9)
    assert (found.estimate, found.n) == (18 / 69, 69)


@pytest.mark.parametrize("method", ["wilson", "clopper_pearson", "jeffreys"])
def test_none_and_all_reach_to_the_end(method):
    none, every = proportion(0, 9, method=method), proportion(9, 9, method=method)
    assert none.low == 0
    assert every.high == 1
    assert none.high == pytest.approx(1 - every.low)
    assert 0 < none.high < 0.5


@given(st.integers(1, 500), st.data())
def test_clopper_pearson_is_never_narrower_than_jeffreys(n, data):
    hits = data.draw(st.integers(0, n))
    exact, bayes = proportion(hits, n, method="clopper_pearson"), proportion(hits, n, method="jeffreys")
    assert exact.low <= bayes.low + 1e-12
    assert exact.high >= bayes.high - 1e-12


@pytest.mark.parametrize(("hits", "n"), [(3, 2), (-1, 4), (0, 0)])
def test_counts_that_make_no_share_are_refused(hits, n):
    with pytest.raises(DataError, match="make no share"):
        proportion(hits, n)


def test_an_unknown_interval_is_refused():
    with pytest.raises(DataError, match="wald"):
        proportion(1, 2, method="wald")


def test_a_weighted_clustered_share_is_that_of_r():
    """R 4.2.2: Horvitz–Thompson ratio, variance between Kommunen within strata, Korn–Graubard limits."""
    found = weighted_proportion(HITS, CHANCES, clusters=KOMMUNEN, strata=STRATA)
    assert found.estimate == pytest.approx(46 / 60)
    assert found.n_effective == pytest.approx(7.8013792451)
    assert (found.low, found.high) == pytest.approx((0.3590157462, 0.9747271944), abs=1e-9)
    assert found.method == "korn_graubard"


def test_equal_chances_without_clusters_cost_one_case():
    """The variance of a simple sample divides by n - 1."""
    found = weighted_proportion([True] * 12 + [False] * 28, [0.2] * 40)
    assert found.estimate == pytest.approx(0.3)
    assert found.n_effective == pytest.approx(39)


def test_like_documents_of_a_kommune_count_less():
    hits = [True] * 20 + [False] * 20
    alone = weighted_proportion(hits, [1.0] * 40)
    together = weighted_proportion(hits, [1.0] * 40, clusters=[str(number // 5) for number in range(40)])
    assert together.n_effective < alone.n_effective / 3
    assert together.low < alone.low < alone.high < together.high


def test_where_all_agree_the_kommunen_are_the_cases():
    found = weighted_proportion([True] * 12, [1.0] * 12, clusters=list("aaabbbcccddd"))
    assert (found.estimate, found.high) == (1, 1)
    assert found.n_effective == pytest.approx(4)
    assert found.low == pytest.approx(0.025 ** (1 / 4))


def test_weights_undo_a_sample_that_prefers_the_uncertain():
    """1,000 certain documents (95 % right) drawn with 1/20, 200 uncertain ones (50 % right) with 1/2."""
    rng = np.random.default_rng(11)
    right = np.r_[rng.random(1000) < 0.95, rng.random(200) < 0.5]
    chances = np.r_[np.full(1000, 0.05), np.full(200, 0.5)]
    naive, weighted, covered = [], [], 0
    for _ in range(300):
        drawn = rng.random(1200) < chances
        found = weighted_proportion(
            right[drawn], chances[drawn], strata=np.where(chances[drawn] < 0.1, "a", "b")
        )
        naive.append(right[drawn].mean())
        weighted.append(found.estimate)
        covered += found.low <= right.mean() <= found.high
    assert abs(np.mean(weighted) - right.mean()) < 0.01
    assert abs(np.mean(naive) - right.mean()) > 0.1
    assert 0.92 <= covered / 300 <= 1


@pytest.mark.parametrize(
    ("options", "message"),
    [
        ({"probabilities": [0.5, 0.5, 0.0]}, "inclusion probability"),
        ({"probabilities": [0.5, 0.5, 1.5]}, "inclusion probability"),
        ({"probabilities": [0.5, 0.5]}, "differ in length"),
        ({"strata": ["a", "a", "b"]}, "'b' has one Kommune only"),
        ({"domain": [False] * 3}, "no case belongs"),
    ],
)
def test_designs_that_cannot_be_are_named(options, message):
    with pytest.raises(DataError, match=message):
        weighted_proportion([True, False, True], **({"probabilities": [0.5] * 3} | options))


def test_sensitivity_and_specificity_are_told_apart():
    found = accuracy([True] * 10 + [False] * 20, [True] * 8 + [False] * 2 + [True] * 1 + [False] * 19)
    assert (found.sensitivity.estimate, found.specificity.estimate) == (0.8, 0.95)
    assert (found.n_positive, found.n_negative) == (10, 20)
    assert found.sensitivity.method == "wilson"


def test_a_rate_without_cases_is_none():
    found = accuracy([True] * 5, [True] * 4 + [False])
    assert found.specificity is None
    assert found.sensitivity.estimate == 0.8


def test_no_cases_are_refused():
    with pytest.raises(DataError, match="no cases"):
        accuracy([], [])


def test_each_code_of_a_task_is_told_apart_from_the_others():
    table = codings(
        ("a", "05315000", "kind", "leitbild", "leitbild"),
        ("b", "05314000", "kind", "leitbild", "integrationskonzept"),
        ("c", "05562004", "kind", "integrationskonzept", "integrationskonzept"),
        ("d", "05562008", "kind", "integrationskonzept", "integrationskonzept"),
    )
    rows = pd.DataFrame(coding_rates(table, SIZES)).set_index(["task", "size_class"])
    assert set(rows.index.get_level_values("task")) == {"kind=leitbild", "kind=integrationskonzept"}
    whole = rows.loc[("kind=integrationskonzept", "alle")]
    assert whole["sensitivity"] == pytest.approx(2 / 3)
    assert whole["specificity"] == 1
    assert (whole["n_positive"], whole["n_negative"], whole["method"]) == (3, 1, "wilson")
    cities = rows.loc[("kind=integrationskonzept", "grossstadt")]
    assert (cities["sensitivity"], cities["specificity"], cities["n"]) == (0, 1, 2)


def test_a_sample_of_what_the_machine_named_tells_neither_rate():
    """What was wrongly left out was never looked at: a sensitivity of 1 would be an artefact."""
    table = codings(("a", "05315000", "relevant", "ja", "ja"), ("b", "05314000", "relevant", "ja", "nein"))
    rows = pd.DataFrame(coding_rates(table, SIZES)).set_index("size_class")
    whole = rows.loc["alle"]
    assert (whole["sensitivity"], whole["specificity"]) == (None, None)
    assert "only what the machine named" in whole["note"]


def test_unequal_chances_and_clusters_change_the_method():
    table = codings(
        ("a", "05315000", "relevant", "ja", "ja"),
        ("b", "05314000", "relevant", "nein", "ja"),
        ("c", "05562004", "relevant", "nein", "nein"),
        ("d", "05562008", "relevant", "nein", "nein"),
        inclusion_probability=[1.0, 0.1, 0.5, 0.5],
        stratum=["s", "s", "t", "t"],
        blind=[True, True, True, False],
    )
    whole = pd.DataFrame(coding_rates(table, SIZES)).set_index("size_class").loc["alle"]
    assert whole["method"] == "korn_graubard"
    assert whole["sensitivity"] == pytest.approx(1 / 11), "the one in ten stands for ten"
    assert whole["note"] == "1 of 4 cases were coded with the machine's code in sight"


def test_a_stratum_of_one_kommune_is_joined_with_another():
    table = codings(
        ("a", "05315000", "relevant", "ja", "ja"),
        ("b", "05314000", "relevant", "nein", "ja"),
        ("c", "05562004", "relevant", "nein", "nein"),
        inclusion_probability=[1.0, 0.5, 0.5],
        stratum=["s", "s", "t"],
    )
    whole = pd.DataFrame(coding_rates(table, SIZES)).set_index("size_class").loc["alle"]
    assert whole["sensitivity"] == pytest.approx(1 / 3)
    assert 0 < whole["sensitivity_low"] < whole["sensitivity_high"] < 1


def test_several_themes_are_codes_of_their_own():
    table = codings(
        ("a", "05315000", "themes", "arbeit|bildung", "arbeit|sprache"),
        ("b", "05314000", "themes", "sprache", "sprache"),
    )
    rows = pd.DataFrame(coding_rates(table, SIZES)).set_index(["task", "size_class"])
    assert rows.loc[("themes=sprache", "alle"), "sensitivity"] == 0.5
    assert rows.loc[("themes=bildung", "alle"), "specificity"] == 0.5


@pytest.mark.parametrize(
    ("change", "message"),
    [
        ({"human": [None, "ja"]}, "row 2, column 'human': is empty"),
        ({"document_id": ["a", "a"]}, "row 3, column 'document_id': the document stands there a second time"),
        ({"ags": ["05315000", "09999999"]}, "row 3, column 'ags': 09999999 is not in table kommunen"),
    ],
)
def test_bad_codings_are_named_with_their_place(change, message):
    table = codings(("a", "05315000", "relevant", "ja", "ja"), ("b", "05314000", "relevant", "nein", "ja"))
    with pytest.raises(DataError, match=message):
        coding_rates(table.assign(**change), SIZES)


def test_a_missing_column_is_named():
    table = codings(("a", "05315000", "relevant", "ja", "ja")).drop(columns="machine")
    with pytest.raises(DataError, match="the column 'machine' is missing"):
        coding_rates(table, SIZES)


def review_row(document, field, value, coder="AB", **more):
    return {
        "document_id": document, "field": field, "value": value, "coder": coder, "coded_on": "2026-11-20",
        "sheet_id": "s1", "stratum": "hoch", "inclusion_probability": 0.5, "blind": True,
    } | more  # fmt: skip


def test_codings_by_hand_meet_those_of_the_machine(documents):
    held = documents(
        {"document_id": "x1", "kind": "leitbild", "year": 2010},
        {"document_id": "x2", "kind": "integrationskonzept", "year": None, "year_basis": "unbekannt"},
    )
    review = pd.DataFrame(
        [
            review_row("x1", "kind", "integrationskonzept"),
            review_row("x1", "year", "2011"),
            review_row("x2", "kind", "integrationskonzept"),
            review_row("x2", "year", "2012", coder="AB"),
            review_row("x2", "status", "entwurf", coder="AB"),
            review_row("x2", "status", "beschlossen", coder="CD"),
        ]
    )
    cases = review_cases(review, held).set_index(["document_id", "task"])
    assert cases.loc[("x1", "kind"), ["machine", "human"]].tolist() == ["leitbild", "integrationskonzept"]
    assert cases.loc[("x1", "year_stated"), ["machine", "human"]].tolist() == ["ja", "ja"]
    assert cases.loc[("x2", "year_stated"), ["machine", "human"]].tolist() == ["nein", "ja"]
    assert cases.loc[("x2", "kind"), "stratum"] == "s1:hoch"
    assert ("x2", "status") not in cases.index, "coders are divided: no truth to compare with"


@pytest.fixture(scope="module")
def embedded():
    names = ("kommunen", "documents", "events", "early_concepts", "monitoring", "search_effort")
    table = coding_error_table({name: load(name) for name in names}, load_raw("desk_research"))
    return validate(table, CODING_ERROR)


def test_what_the_desk_research_saw_of_the_cities_was_by_catch(embedded):
    row = embedded.set_index(["size_class", "task"]).loc[("grossstadt", "konzept")]
    assert (row["n_positive"], row["n_negative"]) == (69, 10)
    assert row["sensitivity"] == pytest.approx(18 / 69)
    assert row["specificity"] == pytest.approx(9 / 10)
    assert "0 of 79 cities were looked up" in row["note"]


def test_specificity_is_unknown_where_there_is_no_census(embedded):
    named = embedded[embedded["basis"] == "nennungen"]
    assert set(named["size_class"]) == {"mittelstadt", "landkreis"}
    assert named[["specificity", "specificity_low", "specificity_high"]].isna().all(axis=None)
    assert (named["n"] == named["n_positive"]).all()
    assert (named["sensitivity_high"] - named["sensitivity_low"] > 0.3).all(), "few cases, wide intervals"


def test_reviewed_codings_join_the_table():
    names = ("kommunen", "documents", "events", "early_concepts", "monitoring", "search_effort")
    cases = codings(("a", "05315000", "relevant", "ja", "ja"), ("b", "05314000", "relevant", "nein", "ja"))
    table = coding_error_table({name: load(name) for name in names}, load_raw("desk_research"), codings=cases)
    reviewed = validate(table, CODING_ERROR).query("basis == 'review'")
    assert set(reviewed["size_class"]) == {"grossstadt", "alle"}
    assert set(reviewed["source"]) == {"crawl"}
