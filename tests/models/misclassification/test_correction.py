"""The likelihood of units whose adoption may have been missed or named by mistake."""

from __future__ import annotations

import copy
import math
import pickle
import warnings
from collections.abc import Callable
from dataclasses import replace

import numpy as np
import pandas as pd
import pytest

from konzept_diffusion import models
from konzept_diffusion.errors import ModelError
from konzept_diffusion.models.design import DroppedRowsWarning
from konzept_diffusion.models.misclassification.correction import (
    WeakIdentificationWarning,
    misclassified_binary,
    misclassified_hazard,
)
from konzept_diffusion.models.misclassification.histories import AFTER
from konzept_diffusion.models.misclassification.rates import Rate, rate_from_counts
from konzept_diffusion.models.misclassification.unit_likelihood import Problem, evaluate

Make = Callable[..., pd.DataFrame]
Cut = Callable[[pd.DataFrame], pd.DataFrame]
TRUE_EFFECT = 0.7  # of x in the panels that `simulate` makes
FORMULA = "y ~ x + year"
PLACE = {"unit": "unit", "time": "year"}


@pytest.mark.parametrize("link", ["cloglog", "logit", "probit"])
@pytest.mark.parametrize("vcov", ["iid", "CR0", "CR1", "CR3"])
def test_with_both_rates_at_one_it_is_the_hazard(
    simulate: Make, to_risk_set: Cut, link: str, vcov: str
) -> None:
    data = to_risk_set(simulate(1))
    expected = models.hazard(FORMULA, data, link=link, vcov=vcov, cluster="land")
    fit = misclassified_hazard(FORMULA, data, **PLACE, sensitivity=1.0, link=link, vcov=vcov, cluster="land")
    np.testing.assert_allclose(fit.params, expected.params, rtol=1e-8)
    np.testing.assert_allclose(fit.vcov, expected.vcov, rtol=1e-6)
    assert fit.loglik == pytest.approx(expected.loglik, abs=1e-8)
    assert fit.loglik_null == pytest.approx(expected.loglik_null, abs=1e-8)
    assert (fit.nobs, fit.n_events, fit.n_clusters) == (expected.nobs, expected.n_events, 16)


def test_with_both_rates_at_one_the_cross_section_is_the_logit(synthetic: pd.DataFrame) -> None:
    expected = models.logit("y ~ x1 + x2", synthetic, vcov="HC1")
    fit = misclassified_binary("y ~ x1 + x2", synthetic, sensitivity=1.0, vcov="HC1")
    np.testing.assert_allclose(fit.params, expected.params, rtol=1e-8)
    np.testing.assert_allclose(fit.se, expected.se, rtol=1e-8)


def test_the_likelihood_is_that_of_the_definition(simulate: Make) -> None:
    """By hand, unit by unit: f(t) times sensitivity, and the two ways of not being named."""
    data = simulate(2, (0.8, 0.8), 0.9, units=60)
    fit = misclassified_hazard("y ~ x", data, **PLACE, sensitivity=0.8, specificity=0.9)
    total = 0.0
    for _, rows in data.groupby("unit"):
        h = -np.expm1(-np.exp(fit.params["Intercept"] + fit.params["x"] * rows["x"].to_numpy()))
        before = np.concatenate([[1.0], np.cumprod(1 - h)])
        never, first = before[-1], before[:-1] * h
        if rows["y"].any():
            total += math.log(0.8 * first[int(rows["y"].argmax())] + 0.1 / len(rows) * never)
        else:
            total += math.log(0.9 * never + 0.2 * first.sum())
    assert fit.loglik == pytest.approx(total, abs=1e-9)


def test_the_cross_section_is_the_likelihood_of_hausman_et_al(synthetic: pd.DataFrame) -> None:
    fit = misclassified_binary("y ~ x1", synthetic, sensitivity=0.95, specificity=0.97)
    share = 1 / (1 + np.exp(-(fit.params["Intercept"] + fit.params["x1"] * synthetic["x1"])))
    named = 0.03 + 0.92 * share
    y = synthetic["y"]
    assert fit.loglik == pytest.approx(float(np.log(np.where(y == 1, named, 1 - named)).sum()), abs=1e-9)
    gradient = (y / named - (1 - y) / (1 - named)) * 0.92 * share * (1 - share)
    assert float((gradient * synthetic["x1"]).sum()) == pytest.approx(0, abs=1e-6)


@pytest.mark.parametrize("rates", [(0.8, 0.9), (1.0, 0.9), (0.8, 1.0), (1.0, 1.0)])
@pytest.mark.parametrize("link", ["cloglog", "logit", "probit"])
def test_derivatives_are_those_of_the_likelihood(
    simulate: Make, link: str, rates: tuple[float, float]
) -> None:
    data = simulate(3, (0.9, 0.9), 0.95, units=50)
    fit = misclassified_hazard(FORMULA, data, **PLACE, sensitivity=0.9, specificity=0.95, link=link)
    n = fit.n_units
    problem = replace(fit._problem, sensitivity=np.full(n, rates[0]), specificity=np.full(n, rates[1]))
    X, at = problem.units.design.X, fit.params.to_numpy() + 0.05
    here = evaluate(problem, X, at)
    steps = np.eye(len(at)) * 1e-5

    def differ(which: Callable[[np.ndarray], np.ndarray | float]) -> np.ndarray:
        return np.array([(which(at + step) - which(at - step)) / 2e-5 for step in steps])

    slope = differ(lambda point: evaluate(problem, X, point).loglik)
    curve = differ(lambda point: evaluate(problem, X, point).scores.sum(axis=0))
    np.testing.assert_allclose(here.scores.sum(axis=0), slope, rtol=1e-6, atol=1e-6)
    np.testing.assert_allclose(-here.information, curve, rtol=1e-6, atol=1e-5)
    for name, analytic in (("sensitivity", here.by_sensitivity), ("specificity", here.by_specificity)):
        lower: Problem = replace(problem, **{name: getattr(problem, name) - 1e-6})
        numeric = (here.scores - evaluate(lower, X, at).scores) / 1e-6
        np.testing.assert_allclose(analytic, numeric, rtol=1e-3, atol=1e-3 * np.abs(numeric).max())


def test_the_naive_estimate_is_biased_and_the_corrected_one_covers(simulate: Make) -> None:
    """60 invented panels in which large units are missed more often: rates of 0.9 and 0.6, specificity 0.95."""
    rates = {"small": 0.9, "large": 0.6}
    found = []
    for seed in range(60):
        data = simulate(100 + seed, (0.9, 0.6), 0.95)
        fit = misclassified_hazard(
            FORMULA, data, **PLACE, sensitivity=rates, specificity=0.95, by="size", vcov="iid"
        )
        found.append(fit.compare().set_index("term").loc["x"])
    table = pd.DataFrame(found)
    error = table["corrected"].std() / math.sqrt(len(table))
    assert abs(table["corrected"].mean() - TRUE_EFFECT) < 3 * error
    assert abs(table["naive"].mean() - TRUE_EFFECT) > 5 * error
    covered = (table["conf_low"] < TRUE_EFFECT) & (table["conf_high"] > TRUE_EFFECT)
    naive = (table["naive_low"] < TRUE_EFFECT) & (table["naive_high"] > TRUE_EFFECT)
    assert covered.mean() >= 0.88  # 0.95 less two and a half standard errors of 60 runs
    assert naive.mean() < 0.85
    assert table["se"].mean() == pytest.approx(table["corrected"].std(), rel=0.25)


def test_the_robust_error_agrees_with_the_model_based_one_where_the_model_holds(simulate: Make) -> None:
    data = simulate(5, (0.8, 0.8), 0.95, units=3000)
    fits = {
        kind: misclassified_hazard(
            FORMULA, data, **PLACE, sensitivity=0.8, specificity=0.95, vcov=kind, cluster="unit"
        )
        for kind in ("iid", "CR1")
    }
    np.testing.assert_allclose(fits["CR1"].se, fits["iid"].se, rtol=0.1)


def test_the_cluster_jackknife_is_that_of_refits(simulate: Make) -> None:
    data = simulate(6, (0.8, 0.8), units=200)
    arguments = {**PLACE, "sensitivity": 0.8}
    fit = misclassified_hazard(FORMULA, data, **arguments, vcov="CR3", cluster="land")
    gaps = np.array(
        [
            misclassified_hazard(FORMULA, data[data["land"] != land], **arguments).params - fit.params
            for land in range(16)
        ]
    )
    np.testing.assert_allclose(fit.vcov, gaps.T @ gaps * 15 / 16, rtol=1e-6)


def test_uncertain_rates_widen_the_standard_error(simulate: Make) -> None:
    data = simulate(7, (0.6, 0.9))
    known = {"small": 0.6, "large": 0.9}
    uncertain = {"small": rate_from_counts(12, 20), "large": 0.9}
    plain = misclassified_hazard(FORMULA, data, **PLACE, sensitivity=known, by="size")
    fit = misclassified_hazard(FORMULA, data, **PLACE, sensitivity=uncertain, by="size")
    pd.testing.assert_series_equal(fit.params, plain.params)
    np.testing.assert_allclose(fit.se_conditional, plain.se)
    assert (fit.se >= fit.se_conditional).all()
    assert fit.se["x"] > 1.02 * fit.se_conditional["x"]
    # The derivative that the delta method uses is that of the refitted estimate.
    moved = misclassified_hazard(
        FORMULA, data, **PLACE, sensitivity={"small": 0.6001, "large": 0.9}, by="size"
    )
    slope = (moved.params["x"] - plain.params["x"]) / 1e-4
    added = fit.se["x"] ** 2 - fit.se_conditional["x"] ** 2
    assert added == pytest.approx(slope**2 * uncertain["small"].variance, rel=1e-2)


def test_draws_of_the_rates_agree_with_the_delta_method_where_they_are_narrow(simulate: Make) -> None:
    data = simulate(8, (0.7, 0.7))
    fit = misclassified_hazard(FORMULA, data, **PLACE, sensitivity=Rate(0.7, 140.5, 60.5))
    table = fit.propagate(draws=200, seed=2).tidy().set_index("term")
    np.testing.assert_allclose(table["std_error"], fit.se, rtol=0.03)
    np.testing.assert_allclose(table["se_conditional"], fit.se_conditional, rtol=0.03)
    np.testing.assert_allclose(table["estimate"], fit.params, atol=0.1 * fit.se.max())
    assert (table["share_from_rates"] > 0).all()
    again = fit.propagate(draws=200, seed=2).tidy()
    pd.testing.assert_frame_equal(again.set_index("term"), table)


def test_draws_need_an_uncertain_rate(simulate: Make) -> None:
    fit = misclassified_hazard(FORMULA, simulate(8), **PLACE, sensitivity=0.95)
    with pytest.raises(ModelError, match="All rates are known numbers"):
        fit.propagate()


def test_the_probability_of_an_adoption_reckons_with_missed_ones(simulate: Make) -> None:
    fit = misclassified_hazard(FORMULA, simulate(9, (0.6, 0.6)), **PLACE, sensitivity=0.6)
    share = fit.adoption_probability()
    named = fit._problem.units.adopters
    assert (share[named] == 1).all()
    assert ((share[~named] > 0) & (share[~named] < 1)).all()
    # The expected number is near what the sensitivity says: named by 0.6.
    assert share.sum() == pytest.approx(named.sum() / 0.6, rel=0.05)


def test_rows_after_a_certain_adoption_do_not_enter_and_are_counted(simulate: Make, to_risk_set: Cut) -> None:
    data = simulate(10, (0.8, 0.8))
    full = misclassified_hazard(FORMULA, data, **PLACE, sensitivity=0.8)
    cut = misclassified_hazard(FORMULA, to_risk_set(data), **PLACE, sensitivity=0.8)
    np.testing.assert_allclose(full.params, cut.params, rtol=1e-12)
    assert full.dropped == {AFTER: len(data) - len(to_risk_set(data))}
    assert full.nobs == cut.nobs == full.nobs_total - full.dropped[AFTER]


@pytest.mark.parametrize("specificity", [0.95, Rate(1.0, 5.5, 0.5)])
def test_mistaken_adopters_need_the_whole_window(
    simulate: Make, to_risk_set: Cut, specificity: float | Rate
) -> None:
    data = to_risk_set(simulate(11))
    with pytest.raises(ModelError, match=r"adopters end with their adoption.*whole window"):
        misclassified_hazard(FORMULA, data, **PLACE, sensitivity=0.9, specificity=specificity)


def test_the_order_of_rows_does_not_matter(simulate: Make) -> None:
    data = simulate(12, (0.8, 0.8), 0.95)
    arguments = {**PLACE, "sensitivity": {"small": 0.8, "large": 0.9}, "specificity": 0.95, "by": "size"}
    expected = misclassified_hazard(FORMULA, data, **arguments, cluster="land")
    shuffled = data.sample(frac=1, random_state=1)
    fit = misclassified_hazard(FORMULA, shuffled, **arguments, cluster="land")
    np.testing.assert_allclose(fit.params, expected.params, rtol=1e-9)
    np.testing.assert_allclose(fit.vcov, expected.vcov, rtol=1e-7)


def test_a_unit_with_a_missing_value_is_left_out_whole(simulate: Make) -> None:
    data = simulate(13).astype({"x": float})
    never = data.groupby("unit")["y"].max().eq(0)
    first, second = never.index[never][:2]  # of 8 rows each
    data.loc[[8 * first, 8 * first + 1, 8 * second], "x"] = np.nan
    with pytest.warns(DroppedRowsWarning, match=r"16 of 3200.*all rows of 2 units.*x \(3\)") as said:
        fit = misclassified_hazard(
            FORMULA, data, **PLACE, sensitivity={"small": 0.9, "large": 0.95}, by="size"
        )
    rest = data[~data["unit"].isin([first, second])]
    expected = misclassified_hazard(
        FORMULA, rest, **PLACE, sensitivity={"small": 0.9, "large": 0.95}, by="size"
    )
    pd.testing.assert_series_equal(fit.params, expected.params)
    assert fit.dropped["x"] == 3
    assert said[0].filename == __file__
    assert str(second) not in fit.adoption_probability().index


def test_rates_that_add_up_to_one_are_refused(simulate: Make) -> None:
    with pytest.raises(ModelError, match=r"sensitivity and specificity add up to 0\.9"):
        misclassified_hazard(FORMULA, simulate(14), **PLACE, sensitivity=0.4, specificity=0.5)


def test_a_class_without_a_rate_is_refused_and_no_other_rate_may_stand_in(simulate: Make) -> None:
    for rates in ({"large": 0.9}, {"large": 0.9, "small": math.nan}):
        with pytest.raises(
            ModelError, match=r"no sensitivity for size 'small' \(\d+ units\).*Großstädte.*must not"
        ):
            misclassified_hazard(FORMULA, simulate(15), **PLACE, sensitivity=rates, by="size")
    with pytest.raises(ModelError, match="name the column of the classes with by="):
        misclassified_hazard(FORMULA, simulate(15), **PLACE, sensitivity={"large": 0.9})


def test_more_named_than_the_rates_allow_is_a_warning(simulate: Make) -> None:
    data = simulate(16)
    with pytest.warns(WeakIdentificationWarning, match="hardly identified"):
        misclassified_hazard(FORMULA, data, **PLACE, sensitivity=0.3)
    with warnings.catch_warnings():
        warnings.simplefilter("error")
        misclassified_hazard(FORMULA, data, **PLACE, sensitivity=0.95)


def test_rates_that_leave_the_coefficients_open_are_an_error() -> None:
    """Nobody lacks what more than the sensitivity allows have: the best share is 1, its logit infinite."""
    data = pd.DataFrame({"y": [1] * 8 + [0] * 2, "x": [0, 1] * 5})
    with (
        pytest.warns(WeakIdentificationWarning),
        pytest.raises(ModelError, match=r"not identified at these rates: 80% of the units"),
    ):
        misclassified_binary("y ~ x", data, sensitivity=0.5)


def test_separation_is_named() -> None:
    data = pd.DataFrame({"y": [0] * 10 + [1] * 10, "x": range(20)})
    with pytest.raises(ModelError, match="perfectly separated by 'x'"):
        misclassified_binary("y ~ x", data, sensitivity=0.99)


def test_histories_that_are_none_are_refused(simulate: Make) -> None:
    data = simulate(17)
    event = data.index[data["y"] == 1][0]
    again = data.copy()
    again.loc[again["unit"] == data.loc[event, "unit"], "y"] = 1
    with pytest.raises(ModelError, match=r"adopts 8 times"):
        misclassified_hazard(FORMULA, again, **PLACE, sensitivity=0.9)
    with pytest.raises(ModelError, match="has two rows at year"):
        misclassified_hazard(FORMULA, pd.concat([data, data.iloc[:1]]), **PLACE, sensitivity=0.9)
    moving = data.assign(land=data["year"])
    with pytest.raises(ModelError, match=r"changes its cluster \('land'\)"):
        misclassified_hazard(FORMULA, moving, **PLACE, sensitivity=0.9, cluster="land")
    with pytest.raises(ModelError, match=r"changes its class \('land'\)"):
        misclassified_hazard(FORMULA, moving, **PLACE, sensitivity=0.9, by="land")
    with pytest.raises(ModelError, match="no value in 1 rows"):
        misclassified_hazard(
            FORMULA, data.assign(year=data["year"].where(data.index > 0)), **PLACE, sensitivity=0.9
        )


def test_a_fit_can_be_kept(simulate: Make) -> None:
    fit = misclassified_hazard(FORMULA, simulate(18), **PLACE, sensitivity=0.9, cluster="land")
    for twin in (pickle.loads(pickle.dumps(fit)), copy.deepcopy(fit)):
        pd.testing.assert_frame_equal(twin.compare(), fit.compare())
    assert "corrected for misclassified adoptions" in fit.summary()
    assert fit.glance()["rates"].iloc[0] == "sensitivity 0.9; specificity 1"
