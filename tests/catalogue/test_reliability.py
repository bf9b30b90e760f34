"""Agreement coefficients, held to published examples, to scikit-learn and to the package krippendorff 0.9.0.

That package is under the GPL and no dependency: its values are stored here as constants.
"""

import math

import numpy as np
import pandas as pd
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from sklearn.metrics import cohen_kappa_score

from konzept_diffusion.catalogue.review.reliability import cohen_kappa, krippendorff_alpha
from konzept_diffusion.errors import DataError

GAP = float("nan")
# Krippendorff (2011), Computing Krippendorff's Alpha-Reliability, section C: four observers, twelve units.
FOUR_OBSERVERS = pd.DataFrame(
    [
        [1, 2, 3, 3, 2, 1, 4, 1, 2, GAP, GAP, GAP],
        [1, 2, 3, 3, 2, 2, 4, 1, 2, 5, GAP, 3],
        [GAP, 3, 3, 3, 2, 3, 4, 2, 2, 5, 1, GAP],
        [1, 2, 3, 3, 2, 4, 4, 1, 2, 5, 1, GAP],
    ]
).T
# Made for this test; values of krippendorff 0.9.0.
THREE_CODERS = pd.DataFrame(
    [
        [GAP, 3, 3, 4, 3, GAP, 2, 1, 1, 2, 5, 4, 4, 1],
        [4, 3, GAP, 4, GAP, 4, 4, 1, GAP, 2, 2, 4, GAP, 4],
        [3, 3, 3, 4, GAP, 4, 1, 4, GAP, GAP, 2, 2, 3, 1],
    ]
).T
YEARS = pd.DataFrame(
    [
        [2009, 2012, 2014, GAP, 2016, 2010],
        [2009, 2013, 2014, 2005, 2016, GAP],
        [2008, 2012, 2017, 2005, GAP, 2010],
    ]
).T


def table(counts):
    """Return the two coders' codes of a table of counts (rows: first coder)."""
    pairs = [(i, j) for i, row in enumerate(counts) for j, n in enumerate(row) for _ in range(n)]
    return [pair[0] for pair in pairs], [pair[1] for pair in pairs]


@pytest.mark.parametrize(
    ("level", "published"), [("nominal", 0.743), ("ordinal", 0.815), ("interval", 0.849)]
)
def test_alpha_of_the_published_example(level, published):
    result = krippendorff_alpha(FOUR_OBSERVERS, level=level, replicates=0)
    assert round(result.value, 3) == published
    assert (result.units, result.codings) == (11, 40)  # the twelfth unit has one coding


def test_alpha_of_the_published_examples_of_two_observers():
    # Sections A (two codes) and B (five codes) of the same paper.
    binary = pd.DataFrame({"Jon": [0, 1, 0, 0, 0, 0, 0, 0, 1, 0], "Han": [1, 1, 1, 0, 0, 1, 0, 0, 0, 0]})
    words = pd.DataFrame({"Ben": list("aabbdcccedda"), "Gerry": list("babbbccceddd")})
    assert round(krippendorff_alpha(binary, replicates=0).value, 3) == 0.095
    assert round(krippendorff_alpha(words, replicates=0).value, 3) == 0.692


@pytest.mark.parametrize(
    ("ratings", "level", "stored"),
    [
        (THREE_CODERS, "nominal", 0.3626062322946175),
        (THREE_CODERS, "ordinal", 0.04922483086254803),
        (THREE_CODERS, "interval", 0.07550077041602465),
        (YEARS, "nominal", 0.5757575757575757),
        (YEARS, "ordinal", 0.9435619735258725),
        (YEARS, "interval", 0.948494983277592),
    ],
)
def test_alpha_equals_that_of_another_implementation(ratings, level, stored):
    assert krippendorff_alpha(ratings, level=level, replicates=0).value == pytest.approx(stored, abs=1e-9)


def test_kappa_of_published_examples():
    # Cohen (1960), table 1; Fleiss, Levin and Paik (2003), table 18.1.
    assert (
        round(cohen_kappa(*table([[88, 14, 18], [10, 40, 10], [2, 6, 12]]), replicates=0).value, 3) == 0.492
    )
    assert round(cohen_kappa(*table([[75, 1, 4], [5, 4, 1], [0, 0, 10]]), replicates=0).value, 3) == 0.676


@pytest.mark.parametrize("weights", [None, "linear", "quadratic"])
@given(st.lists(st.tuples(st.integers(1, 4), st.integers(1, 4)), min_size=2, max_size=40))
@settings(deadline=None, max_examples=60)
def test_kappa_equals_that_of_scikit_learn(weights, pairs):
    first, second = [pair[0] for pair in pairs], [pair[1] for pair in pairs]
    ours = cohen_kappa(first, second, weights=weights, order=[1, 2, 3, 4], replicates=0).value
    if len(set(first + second)) == 1:
        assert ours is None
    else:
        theirs = cohen_kappa_score(first, second, weights=weights, labels=[1, 2, 3, 4])
        assert ours == pytest.approx(theirs, abs=1e-9)


@given(st.permutations(range(12)), st.permutations(range(4)))
@settings(deadline=None, max_examples=25)
def test_alpha_does_not_depend_on_the_order_of_units_or_coders(units, coders):
    shuffled = FOUR_OBSERVERS.iloc[units, coders]
    for level in ("nominal", "ordinal", "interval"):
        before = krippendorff_alpha(FOUR_OBSERVERS, level=level, replicates=0).value
        assert krippendorff_alpha(shuffled, level=level, replicates=0).value == pytest.approx(before)


def test_alpha_of_level_interval_does_not_depend_on_the_unit_of_measurement():
    tiny = krippendorff_alpha(YEARS * 1e-8, level="interval", replicates=0).value
    assert tiny == pytest.approx(krippendorff_alpha(YEARS, level="interval", replicates=0).value, abs=1e-6)


def test_missing_codings_of_two_coders_are_left_out_of_kappa():
    whole = cohen_kappa(["a", "b", "a", "b"], ["a", "b", "b", "b"], replicates=0)
    gaps = cohen_kappa(["a", "b", "a", "b", None, "a"], ["a", "b", "b", "b", "a", GAP], replicates=0)
    assert (gaps.value, gaps.units) == (whole.value, 4)


def test_agreement_that_nothing_could_disturb_is_not_defined_rather_than_perfect():
    alpha = krippendorff_alpha(pd.DataFrame({"A": ["x"] * 5, "B": ["x"] * 5}))
    kappa = cohen_kappa(["x"] * 5, ["x"] * 5)
    assert alpha.value is kappa.value is None
    assert "only one code" in alpha.note
    assert "only one code" in kappa.note


def test_without_a_unit_coded_by_two_there_is_no_value():
    apart = pd.DataFrame({"A": ["x", None], "B": [None, "y"]})
    assert krippendorff_alpha(apart).note == "no unit was coded by two"
    assert cohen_kappa(["x", None], [None, "y"]).value is None


def test_the_interval_is_that_of_a_plain_bootstrap_over_units():
    rng = np.random.default_rng(5)
    first = rng.integers(0, 3, 80)
    second = np.where(rng.random(80) < 0.7, first, rng.integers(0, 3, 80))
    fast = cohen_kappa(list(first), list(second), replicates=3000, seed=1)
    again = np.random.default_rng(2)
    slow = [
        cohen_kappa_score(first[drawn], second[drawn])
        for drawn in (again.integers(0, 80, 80) for _ in range(1000))
    ]
    # Two independent bootstraps: their bounds differ by chance only.
    assert fast.lower == pytest.approx(np.quantile(slow, 0.025), abs=0.04)
    assert fast.upper == pytest.approx(np.quantile(slow, 0.975), abs=0.04)
    assert fast.lower < fast.value < fast.upper


@pytest.mark.parametrize("level", ["nominal", "ordinal", "interval"])
def test_the_interval_of_alpha_is_that_of_drawn_tables(level):
    fast = krippendorff_alpha(THREE_CODERS, level=level, replicates=3000, seed=1)
    rng = np.random.default_rng(3)
    slow = [
        krippendorff_alpha(THREE_CODERS.iloc[rng.integers(0, 14, 14)], level=level, replicates=0).value
        for _ in range(600)
    ]
    assert fast.lower == pytest.approx(np.quantile(slow, 0.025), abs=0.09)
    assert fast.upper == pytest.approx(np.quantile(slow, 0.975), abs=0.09)


def test_the_same_seed_gives_the_same_interval():
    first, again, other = (
        krippendorff_alpha(THREE_CODERS, level="interval", seed=seed) for seed in (4, 4, 5)
    )
    assert again == first
    assert (first.lower, first.upper) != (other.lower, other.upper)


def test_an_interval_is_refused_where_many_replicates_have_no_value():
    rare = pd.DataFrame({"A": ["x"] * 9 + ["y"], "B": ["x"] * 9 + ["y"]})
    result = krippendorff_alpha(rare)
    assert result.value == 1
    assert result.lower is result.upper is None
    # A draw misses the one unit with a second code with probability 0.9 ** 10.
    assert result.undefined / result.replicates == pytest.approx(0.9**10, abs=0.05)
    assert "no interval" in result.note


def test_wrong_input_is_named():
    with pytest.raises(DataError, match="has 2 units, the other 1"):
        cohen_kappa(["a", "b"], ["a"])
    with pytest.raises(DataError, match="'c' is not in the order"):
        cohen_kappa(["a", "c"], ["a", "b"], weights="linear", order=["a", "b"])
    with pytest.raises(DataError, match="'kein' is no number"):
        krippendorff_alpha(pd.DataFrame({"A": [2009, "kein"], "B": [2009, 2010]}), level="interval")
    assert math.isfinite(cohen_kappa(["a", "b", "a"], ["a", "b", "b"], weights="linear", order="ab").value)
