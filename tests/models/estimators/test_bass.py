"""The Bass curve: both conventions for non-adopters, both methods, ceiling, start, errors."""

import copy
import pickle

import numpy as np
import pandas as pd
import pytest

from konzept_diffusion.errors import ModelError
from konzept_diffusion.models.estimators.s_curves.bass import bass
from konzept_diffusion.models.estimators.s_curves.curve import logistic_curve
from konzept_diffusion.models.estimators.s_curves.fit import CeilingWarning

P, Q = 0.01, 0.35


def shares(periods, p=P, q=Q):
    e = np.exp(-(p + q) * np.asarray(periods, dtype=float))
    return (1 - e) / (1 + q / p * e)


@pytest.fixture(scope="module")
def drawn():
    """5,000 units drawn from a Bass curve; 15 years observed, 1996 to 2010, and the number not adopted."""
    generator = np.random.default_rng(11)
    cells = np.diff(np.concatenate([[0], shares(range(1, 16)), [1]]))
    counts = generator.multinomial(5000, cells)
    return pd.Series(counts[:15], index=range(1996, 2011)), int(counts[15])


def test_least_squares_finds_an_exact_curve_but_for_noise():
    noise = np.random.default_rng(1).normal(0, 1e-7, 25)
    counts = np.diff(np.concatenate([[0], shares(range(1, 26)) + noise])) * 1000
    fit = bass(counts, "censored", population=1000)
    assert fit.params.to_dict() == pytest.approx({"p": P, "q": Q}, rel=1e-4)
    ever = bass(counts * 0.6, "censored", population=1000, ceiling="estimated")
    assert ever.params.to_dict() == pytest.approx({"p": P, "q": Q, "ceiling": 0.6}, rel=1e-4)
    assert ever.m == pytest.approx(600, rel=1e-4)


def test_maximum_likelihood_covers_the_truth(drawn):
    counts, remaining = drawn
    fit = bass(counts, "censored", method="ml", population=counts.sum() + remaining)
    assert fit.nobs == 5000
    assert fit.n_events == counts.sum() == 5000 - remaining
    gap = (fit.params - pd.Series({"p": P, "q": Q})) / fit.se
    assert gap.abs().max() < 3
    assert fit.se["q"] / fit.params["q"] < 0.05


def test_maximum_likelihood_has_score_zero_and_beats_its_surroundings(drawn):
    counts, remaining = drawn

    def loglik(p, q):
        cells = np.diff(np.concatenate([[0], shares(range(1, 16), p, q), [1]]))
        return float(np.append(counts, remaining) @ np.log(cells))

    fit = bass(counts, "censored", method="ml", population=counts.sum() + remaining)
    p, q = fit.params
    assert fit.loglik == pytest.approx(loglik(p, q), rel=1e-12)
    for factor in (0.999, 1.001):
        assert loglik(p * factor, q) < fit.loglik
        assert loglik(p, q * factor) < fit.loglik


def test_the_three_conventions_are_three_data_sets(drawn):
    counts, remaining = drawn
    size = counts.sum() + remaining
    adopters = bass(counts, False)
    added = bass(counts, True, population=size)
    censored = bass(counts, "censored", population=size)
    assert [fit.nobs for fit in (adopters, added, censored)] == [15, 16, 15]
    np.testing.assert_allclose(adopters.predict()["observed"], counts.cumsum() / counts.sum())
    np.testing.assert_allclose(censored.predict()["observed"], counts.cumsum() / size)
    assert added.predict()["observed"].iloc[-1] == 1
    assert added.predict()["period"].iloc[-1] == 2011
    # The added period is the same as giving it by hand.
    by_hand = bass(pd.concat([counts, pd.Series({2011: remaining})]), False)
    np.testing.assert_allclose(added.params, by_hand.params, rtol=1e-10)


def test_a_period_is_added_even_where_all_counted_have_adopted():
    counts = [6, 2, 10, 20, 30, 20, 10, 2]
    assert bass(counts, True).nobs == 9
    assert bass(counts, True).params["q"] != pytest.approx(bass(counts, False).params["q"], rel=1e-4)


def test_a_ceiling_can_be_estimated_by_maximum_likelihood():
    generator = np.random.default_rng(5)
    cells = np.append(np.diff(np.concatenate([[0], 0.7 * shares(range(1, 26))])), 0)
    cells[-1] = 1 - cells[:-1].sum()
    counts = generator.multinomial(4000, cells)
    fit = bass(counts[:25], "censored", method="ml", population=4000, ceiling="estimated")
    assert abs(fit.params["ceiling"] - 0.7) < 3 * fit.se["ceiling"] < 0.06
    assert fit.m == pytest.approx(4000 * fit.params["ceiling"])


def test_a_truncated_start_is_conditioned_on():
    counts = np.round(np.diff(shares(range(5, 26))) * 1e6)  # those of the first five periods are not counted
    population = round((1 - shares(5)) * 1e6)
    fit = bass(counts, "censored", method="ml", population=population, elapsed=5)
    assert fit.params.to_dict() == pytest.approx({"p": P, "q": Q}, rel=2e-3)
    ignored = bass(counts, "censored", method="ml", population=population)
    assert ignored.params["p"] > 3 * P
    # A truncated Bass curve is a Bass curve: the start moves p, never the fit.
    assert ignored.loglik == pytest.approx(fit.loglik, rel=1e-9)


def test_a_bass_curve_is_a_left_truncated_logistic_curve(drawn):
    counts, remaining = drawn
    options = {"method": "ml", "population": counts.sum() + remaining}
    b = bass(counts, "censored", **options)
    logistic = logistic_curve(counts, "censored", left_truncated=True, **options)
    assert logistic.loglik == pytest.approx(b.loglik, rel=1e-10)
    assert logistic.params["rate"] == pytest.approx(b.params.sum(), rel=1e-6)
    assert logistic.params["midpoint"] == pytest.approx(b.peak()["estimate"][0], rel=1e-9)


def test_the_peak_is_where_the_curve_is_steepest(drawn):
    counts, _ = drawn
    fit = bass(counts)
    peak = fit.peak().iloc[0]
    fine = np.linspace(1996, 2010, 14001)
    slope = np.gradient(fit.predict(fine)["share"], fine)
    assert peak["estimate"] == pytest.approx(fine[slope.argmax()], abs=0.01)
    p, q = fit.params
    assert peak["estimate"] == pytest.approx(1995 + np.log(q / p) / (p + q))
    gradient = np.array([-1 / p, 1 / q]) / (p + q) - np.log(q / p) / (p + q) ** 2
    assert peak["std_error"] == pytest.approx(np.sqrt(gradient @ fit.vcov.to_numpy() @ gradient), rel=1e-8)


def test_predictions_are_shares_with_a_band(drawn):
    counts, remaining = drawn
    size = counts.sum() + remaining
    table = bass(counts, "censored", population=size, method="ml").predict(range(1996, 2031))
    assert (table["conf_low"] < table["share"]).all()
    assert (table["share"] < table["conf_high"]).all()
    np.testing.assert_allclose(table["new"].cumsum(), table["adopters"])
    assert table["observed"].notna().sum() == 15
    assert table["share"].iloc[-1] == pytest.approx(1, abs=1e-3)
    with pytest.raises(ModelError, match="begins in period 1996: it says nothing about 1990"):
        bass(counts).predict([1990])


def test_a_table_of_periods_and_counts_is_its_series(drawn):
    counts, _ = drawn
    table = counts.rename("adopters").rename_axis("year").reset_index()
    pd.testing.assert_frame_equal(bass(table).predict(), bass(counts).predict())
    assert bass(counts.tolist()).predict()["period"].tolist() == list(range(1, 16))


def test_robust_errors_differ_and_are_named(drawn):
    counts, _ = drawn
    for method in ("nls", "ml"):
        iid, hc1 = bass(counts, method=method), bass(counts, method=method, vcov="HC1")
        np.testing.assert_array_equal(iid.params, hc1.params)
        assert hc1.vcov_type == "HC1"
        assert 0.2 < (hc1.se / iid.se).min() < (hc1.se / iid.se).max() < 5
        assert not np.allclose(hc1.se, iid.se, rtol=1e-3)


def test_a_result_is_kept_and_shown(drawn):
    fit = bass(drawn[0])
    again = pickle.loads(pickle.dumps(copy.copy(fit)))
    pd.testing.assert_frame_equal(again.predict(), fit.predict())
    assert list(fit.tidy()["term"]) == ["p", "q"]
    assert "Bass curve (least squares)" in fit.summary()
    assert fit.glance()["include_nonadopters"][0] == "False"
    with pytest.raises(AttributeError):
        fit.method = "ml"


@pytest.mark.parametrize(
    ("counts", "options", "message"),
    [
        ([1, -2, 3, 4, 5, 6], {}, "count of period 2 is negative"),
        ([1, np.nan, 3, 4, 5, 6], {}, "count of period 2 is no finite number"),
        ([1, 2, 3], {}, "3 periods are too few for the 2 parameters p, q: give at least 4"),
        ([1, 2], {"method": "ml"}, "2 periods are too few"),
        ([0, 0, 7, 0, 0], {}, "adoptions in 1 of 5 periods"),
        ([], {}, "empty"),
        (["a", "b"], {}, "not all numbers"),
        (pd.Series([1, 2, 3, 4], index=[1996, 1997, 1999, 2000]), {}, "1999 follows 1997"),
        (pd.Series([1, 2, 3, 4], index=list("abcd")), {}, "holds no numbers"),
        (pd.DataFrame({"a": [1, 2]}), {}, "pass one column"),
        ([1, 3, 5, 3, 1], {"include_nonadopters": None}, "choose False, True or 'censored'"),
        ([1, 3, 5, 3, 1], {"population": 20}, "False leaves them out"),
        ([1, 3, 5, 3, 1], {"include_nonadopters": "censored"}, "needs population="),
        ([1, 3, 5, 3, 1], {"include_nonadopters": True, "population": 5}, "less than the 13 adoptions"),
        ([1, 3, 5, 3, 1], {"include_nonadopters": 1}, "choose False, True or 'censored'"),
        ([1, 3, 5, 3, 1], {"method": "ols"}, "choose nls or ml"),
        ([1, 3, 5, 3, 1], {"vcov": "CR1"}, "choose iid or HC1"),
        ([1, 3, 5, 3, 1], {"ceiling": 10}, "choose fixed or estimated"),
        ([1, 3, 5, 3, 1], {"elapsed": -1}, "no whole number of periods"),
        ([1, 3, 5, 3, 1], {"method": "ml", "ceiling": "estimated"}, "Without non-adopters everybody adopts"),
        ([1.5, 3, 5, 3, 1], {"method": "ml"}, "1.5 is no whole number"),
    ],
)
def test_what_cannot_be_fitted_is_said(counts, options, message):
    with pytest.raises(ModelError, match=message):
        bass(counts, **options)


def test_without_imitation_there_is_no_peak():
    cells = -np.diff(np.exp(-0.2 * np.arange(0, 13)))
    fit = bass(np.round(cells * 1e5), "censored", method="ml", population=100_000)
    assert abs(fit.params["q"]) < 3 * fit.se["q"] + 1e-4
    with pytest.raises(ModelError, match="There is no peak"):
        fit.peak()


def test_a_ceiling_above_everybody_is_announced():
    with pytest.warns(CeilingWarning, match="1.0102, more than the whole population") as caught:
        fit = bass([1, 3, 6, 10, 14, 15, 12, 8, 4, 2, 1], ceiling="estimated")
    assert caught[0].filename == __file__
    assert fit.params["ceiling"] == pytest.approx(1.0102, abs=5e-5)
