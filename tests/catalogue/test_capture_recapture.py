"""Capture–recapture: published data, values by hand and from R, and what must not be estimated."""

import itertools
import math

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from konzept_diffusion.catalogue.gaps.capture_recapture import chao_lower_bound, lincoln_petersen
from konzept_diffusion.catalogue.gaps.loglinear import MAX_LISTS, chao_mth, loglinear
from konzept_diffusion.errors import ModelError

# Diabetics of Casale Monferrato on four lists: clinic and family physicians, hospital, prescriptions, reagent
# strips (Bruno et al. 1994, Diabetes Care 17; Int. Working Group for Disease Monitoring and Forecasting 1995,
# Am. J. Epidemiology 142).
DIABETES = {
    "0001": 10, "0010": 182, "0011": 8, "0100": 74, "0101": 7, "0110": 20, "0111": 14, "1000": 709,
    "1001": 12, "1010": 650, "1011": 46, "1100": 104, "1101": 18, "1110": 157, "1111": 58,
}  # fmt: skip


def histories(table):
    return {tuple(int(digit) for digit in key): count for key, count in table.items()}


@pytest.fixture(scope="module")
def diabetes():
    return loglinear(histories(DIABETES), names="abcd", criterion="aic")


def test_two_lists_by_hand():
    """11 x 16 / 6 - 1; variance 11 x 16 x 5 x 10 / (36 x 7)."""
    found = lincoln_petersen(10, 15, 5)
    assert found.estimate == pytest.approx(11 * 16 / 6 - 1)
    assert found.std_error == pytest.approx(math.sqrt(11 * 16 * 5 * 10 / (36 * 7)))
    assert (found.n_observed, found.missed) == (20, pytest.approx(8.3333333))
    assert found.share_found == pytest.approx(20 / 28.3333333)


def test_profile_interval_of_two_lists_is_that_of_r():
    found = lincoln_petersen(11, 10, 2)
    assert (found.low, found.high) == pytest.approx((23.86931964, 251.04777560), abs=1e-4)


def test_a_lower_level_gives_a_narrower_interval():
    wide, narrow = lincoln_petersen(40, 30, 10), lincoln_petersen(40, 30, 10, confidence=0.5)
    assert wide.low < narrow.low < narrow.estimate < narrow.high < wide.high


def test_without_overlap_nothing_but_a_lower_limit():
    found = lincoln_petersen(11, 10, 0)
    assert found.status == "not_identifiable"
    assert (found.estimate, found.high, found.missed, found.share_found) == (None, None, None, None)
    assert found.low > found.n_observed == 21
    assert "both" in found.reason


def test_the_lower_limit_without_overlap_is_where_no_overlap_becomes_unlikely():
    """The likelihood rises to its bound for an endless population; 1.92 below it lies the limit."""
    low = lincoln_petersen(11, 10, 0).low

    def loglik(size):
        shares = [
            count * math.log(count / size) + (size - count) * math.log(1 - count / size) for count in (11, 10)
        ]
        return math.lgamma(size + 1) - math.lgamma(size - 20) + sum(shares)

    assert loglik(1e6) - loglik(low) == pytest.approx(1.9207, abs=0.01)


@pytest.mark.parametrize("counts", [(10, 3, 3), (3, 10, 3), (5, 5, 5)])
def test_nested_lists_tell_nothing(counts):
    found = lincoln_petersen(*counts)
    assert (found.status, found.estimate, found.high) == ("not_identifiable", None, None)
    assert "contains" in found.reason


def test_an_empty_list_tells_nothing():
    assert lincoln_petersen(7, 0, 0).status == "not_identifiable"


@pytest.mark.parametrize(
    ("counts", "message"),
    [((3, 4, 5), "on both lists"), ((-1, 4, 0), "no count"), ((0, 0, 0), "empty"), ((2.5, 4, 1), "no count")],
)
def test_impossible_counts_are_named(counts, message):
    with pytest.raises(ModelError, match=message):
        lincoln_petersen(*counts)


@pytest.mark.parametrize("confidence", [0, 1, 95])
def test_a_level_is_between_0_and_1(confidence):
    with pytest.raises(ModelError, match="confidence"):
        lincoln_petersen(10, 15, 5, confidence=confidence)


@given(st.integers(1, 300), st.integers(1, 300), st.integers(1, 300))
def test_the_estimate_lies_in_its_interval_and_above_what_was_seen(first, second, both):
    first, second = first + both, second + both
    found = lincoln_petersen(first, second, both)
    assert found.n_observed <= found.low <= found.estimate
    assert found.high is None or found.estimate <= found.high


def test_the_profile_interval_covers_as_often_as_it_says():
    rng = np.random.default_rng(5)
    size, hits, runs = 150, 0, 400
    for _ in range(runs):
        one, two = rng.random(size) < 0.4, rng.random(size) < 0.3
        found = lincoln_petersen(int(one.sum()), int(two.sum()), int((one & two).sum()))
        hits += found.low <= size <= (found.high or math.inf)
    assert 0.92 <= hits / runs <= 0.98


def test_chao_on_the_taxi_cabs_of_edinburgh():
    """Carothers (1973), as in Chao (1987): 283 of 420 cabs seen; 283 + 142^2 / (2 x 81)."""
    found = chao_lower_bound([142, 81, 49, 7, 3, 1])
    assert found.n_observed == 283
    assert found.estimate == pytest.approx(283 + 142**2 / 162)
    ratio = 142 / 81
    variance = 81 * (ratio**4 / 4 + ratio**3 + ratio**2 / 2)
    assert found.std_error == pytest.approx(math.sqrt(variance))
    assert found.status == "lower_bound"
    assert found.low < 420 < found.high


def test_chao_on_snowshoe_hares_with_six_occasions():
    """Otis et al. (1978): 68 hares, 25 caught once and 22 twice; five sixths of 25^2 / 44 unseen."""
    frequencies = [25, 22, 13, 5, 1, 2]
    assert sum(frequency * number for number, frequency in enumerate(frequencies, 1)) == 145
    assert chao_lower_bound(frequencies, n_lists=6).missed == pytest.approx(5 / 6 * 625 / 44)
    assert chao_lower_bound(frequencies).missed == pytest.approx(625 / 44)


def test_chao_needs_units_on_two_lists():
    assert chao_lower_bound([12, 0, 3]).status == "not_identifiable"
    assert chao_lower_bound([12]).estimate is None


@pytest.mark.parametrize(("frequencies", "n_lists"), [([], None), ([3, -1], None), ([3, 1, 1], 2), ([3], 1)])
def test_frequencies_that_cannot_be_are_refused(frequencies, n_lists):
    with pytest.raises(ModelError):
        chao_lower_bound(frequencies, n_lists=n_lists)


def test_the_margins_of_the_diabetes_data_are_the_published_ones():
    table = histories(DIABETES)
    assert sum(table.values()) == 2069
    margins = [sum(count for history, count in table.items() if history[number]) for number in range(4)]
    assert margins == [1754, 452, 1135, 173]


def test_the_published_model_of_the_diabetes_data_is_chosen(diabetes):
    """Published: 2,771 diabetics, G2 = 7.6 on 5 degrees of freedom."""
    row = diabetes.models.iloc[0]
    assert row["interactions"] == "a*b a*c b*c b*d c*d"
    assert round(row["estimate"]) == 2771
    assert (round(row["deviance"], 1), row["df"]) == (7.6, 5)


def test_every_model_of_the_diabetes_data_agrees_with_glm_of_r(diabetes):
    """R 4.2.2, glm(y ~ ..., poisson): N, standard error, AIC."""
    assert (len(diabetes.models), diabetes.n_rejected) == (64, 0)
    by_name = diabetes.models.set_index("interactions")
    reference = {
        "": (2250.60076, 18.5946150, 312.638057),
        "b*d": (2264.02347, 19.6550280, 193.833731),
        "a*c b*d c*d": (2472.24655, 53.4570335, 123.134575),
        "a*b a*c b*c b*d c*d": (2771.19128, 145.0890703, 112.779304),
        "a*b a*c a*d b*c b*d c*d": (2789.83445, 151.7421148, 114.215955),
    }
    for name, values in reference.items():
        row = by_name.loc[name, ["estimate", "std_error", "aic"]].astype(float)
        assert tuple(row) == pytest.approx(values, rel=1e-7), name


def test_profile_interval_of_the_best_model_is_that_of_r(diabetes):
    assert (diabetes.best.low, diabetes.best.high) == pytest.approx((2527.558661, 3104.090621), abs=1e-3)


def test_the_average_allows_for_not_knowing_the_model(diabetes):
    averaged = diabetes.averaged
    weights = diabetes.models["weight"]
    assert weights.sum() == pytest.approx(1)
    assert averaged.estimate == pytest.approx((weights * diabetes.models["estimate"]).sum(), rel=2e-3)
    assert averaged.std_error > diabetes.best.std_error
    assert averaged.low < diabetes.best.low
    assert averaged.high > diabetes.best.high


def test_the_criterion_decides():
    by_bic = loglinear(histories(DIABETES), names="abcd", criterion="bic")
    assert by_bic.models["interactions"].iloc[0] == "a*c b*d c*d"
    assert by_bic.models["bic"].is_monotonic_increasing


def test_two_lists_as_a_loglinear_model_are_lincoln_petersen():
    fit = loglinear({(1, 0): 9, (0, 1): 8, (1, 1): 2})
    assert fit.best.estimate == pytest.approx(11 * 10 / 2)
    pair = lincoln_petersen(11, 10, 2)
    assert (fit.best.low, fit.best.high) == pytest.approx((pair.low, pair.high), abs=1e-3)
    assert fit.n_rejected == 1, "one interaction more than two lists can tell"


def test_dependence_is_seen_and_corrected():
    """Two lists that find the same units, a third on its own: expected counts of a population of 2,000."""
    first, third, size = 0.4, 0.3, 2000
    copy = {1: 0.8, 0: 0.2}
    counts = {}
    for history in itertools.product((0, 1), repeat=3):
        one, two, three = history
        chance = (first if one else 1 - first) * (copy[one] if two else 1 - copy[one])
        counts[history] = round(size * chance * (third if three else 1 - third))
    del counts[0, 0, 0]
    fit = loglinear(counts, names="xyz")
    assert fit.models["interactions"].iloc[0] == "x*y"
    assert fit.best.estimate == pytest.approx(size, rel=0.01)
    independent = fit.models.set_index("interactions").loc["", "estimate"]
    assert independent < 0.9 * size


def test_models_whose_estimate_is_infinite_are_left_out():
    """No unit on the first and second list: their interaction would be minus infinity."""
    counts = {(1, 0, 0): 10, (0, 1, 0): 12, (0, 0, 1): 9, (1, 0, 1): 4, (0, 1, 1): 5}
    fit = loglinear(counts, names="xyz")
    assert fit.n_rejected > 0
    assert not any("x*y" in name for name in fit.models["interactions"])
    assert all(math.isfinite(value) for value in fit.models["estimate"])


def test_a_structural_zero_is_no_observation():
    counts = {(1, 0, 0): 30, (0, 1, 0): 25, (0, 0, 1): 20, (1, 0, 1): 9, (0, 1, 1): 8, (1, 1, 0): 11}
    as_zero = loglinear(counts).models.set_index("interactions").loc[""]
    impossible = loglinear(counts, impossible=[(1, 1, 1)]).models.set_index("interactions").loc[""]
    assert as_zero["df"] == impossible["df"] + 1
    assert as_zero["estimate"] != pytest.approx(impossible["estimate"])


def test_lists_that_share_nothing_are_refused():
    with pytest.raises(ModelError, match="No log-linear model"):
        loglinear({(1, 0): 5, (0, 1): 7})


@pytest.mark.parametrize(
    ("counts", "options", "message"),
    [
        ({(1, 0): 1, (1, 0, 1): 2}, {}, "differ in length"),
        ({(1, 2): 1}, {}, "else than 0 and 1"),
        ({(1, 0): -1}, {}, "no count"),
        ({(1, 1): 0}, {}, "empty"),
        ({(0, 0): 4, (1, 1): 3}, {}, "no list"),
        ({(1, 1): 3}, {"impossible": [(1, 1)]}, "impossible"),
        ({(1, 1): 3}, {"names": ["a"]}, "names"),
        ({(1, 1): 3}, {"criterion": "cp"}, "criterion"),
        ({(1,) * (MAX_LISTS + 1): 3}, {}, "lists are given"),
    ],
)
def test_tables_that_cannot_be_are_refused(counts, options, message):
    with pytest.raises(ModelError, match=message):
        loglinear(counts, **options)


def test_chao_for_unequal_lists_is_that_of_r():
    """R 4.2.2, glm with an effect for units on three and on four lists."""
    found = chao_mth(histories(DIABETES))
    assert (found.estimate, found.std_error) == pytest.approx((2318.35138707, 25.52920426), rel=1e-7)
    assert found.status == "lower_bound"


def test_a_group_rarer_than_independence_has_is_no_heterogeneity():
    """Nobody on all three lists: the effect would be negative, the bound is then the independent estimate."""
    counts = {(1, 0, 0): 30, (0, 1, 0): 25, (0, 0, 1): 20, (1, 0, 1): 9, (0, 1, 1): 8, (1, 1, 0): 11}
    independent = loglinear(counts).models.set_index("interactions").loc["", "estimate"]
    assert chao_mth(counts).estimate == pytest.approx(independent)


def test_the_bound_for_unequal_lists_stays_below_the_truth_where_the_simple_one_does_not():
    """Expected counts of 10,000 units, half of them hard to find, on one long and two short lists."""
    chances, size = ((0.9, 0.1, 0.1), (0.5, 0.02, 0.02)), 10_000
    counts = dict.fromkeys(itertools.product((0, 1), repeat=3), 0.0)
    for group, history in itertools.product(chances, list(counts)):
        counts[history] += (
            size / 2 * math.prod(p if hit else 1 - p for p, hit in zip(group, history, strict=True))
        )
    table = {history: round(count) for history, count in counts.items() if any(history)}
    frequencies = [
        sum(count for history, count in table.items() if sum(history) == number) for number in (1, 2, 3)
    ]
    assert chao_lower_bound(frequencies, n_lists=3).low > size
    assert sum(table.values()) < chao_mth(table).estimate < size


def test_chao_for_unequal_lists_needs_three():
    with pytest.raises(ModelError, match="Two lists"):
        chao_mth({(1, 0): 3, (0, 1): 4, (1, 1): 2})
