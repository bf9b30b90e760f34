from __future__ import annotations

import pickle

import numpy as np
import pandas as pd
import pytest
from scipy.special import expit
from scipy.stats import chi2

from konzept_diffusion.errors import ModelError
from konzept_diffusion.models.estimators.clusters import ClusterWithoutEventsWarning
from konzept_diffusion.models.estimators.firth.kernel import KERNELS
from konzept_diffusion.models.estimators.firth.model import firth

LINKS = ["cloglog", "logit", "probit"]


@pytest.fixture
def separated() -> pd.DataFrame:
    """40 rows; d separates quasi-completely (all 5 rows with d = 1 are events)."""
    rng = np.random.default_rng(11)
    x = rng.normal(size=40).round(2)
    d = np.repeat([1, 0], [5, 35])
    return pd.DataFrame(
        {"y": np.where(d == 1, 1, rng.random(40) < expit(x - 0.5)).astype(int), "x": x, "d": d}
    )


def penalised(params: np.ndarray, X: np.ndarray, y: np.ndarray) -> float:
    """Log-likelihood with Jeffreys' penalty, from its definition."""
    p = expit(X @ params)
    information = X.T @ (X * (p * (1 - p))[:, None])
    return float(np.sum(np.log(np.where(y == 1, p, 1 - p))) + np.linalg.slogdet(information)[1] / 2)


@pytest.mark.parametrize("link", LINKS)
def test_kernels_hold_their_own_derivatives(link: str) -> None:
    eta, width = np.linspace(-6, 2.5, 40), 1e-5
    at, ahead, behind = (KERNELS[link](eta + shift) for shift in (0.0, width, -width))
    for value, slope in [("log_p", "slope_one"), ("log_q", "slope_zero")]:
        np.testing.assert_allclose(
            (getattr(ahead, value) - getattr(behind, value)) / (2 * width),
            getattr(at, slope),
            rtol=1e-7,
            atol=1e-9,
        )
    for value, slope in [("slope_one", "bend_one"), ("slope_zero", "bend_zero")]:
        np.testing.assert_allclose(
            (getattr(ahead, value) - getattr(behind, value)) / (2 * width),
            getattr(at, slope),
            rtol=1e-6,
            atol=1e-8,
        )
    log_weight = (np.log(ahead.weight) - np.log(behind.weight)) / (2 * width)
    np.testing.assert_allclose(log_weight, at.weight_slope, rtol=1e-6, atol=1e-8)
    p = np.exp(at.log_p)
    np.testing.assert_allclose(at.weight, (at.slope_one * p) ** 2 / (p * np.exp(at.log_q)), rtol=1e-9)


@pytest.mark.parametrize("link", LINKS)
def test_kernels_stay_finite_far_out(link: str) -> None:
    at = KERNELS[link](np.array([-35.0, -20.0, 6.0]))
    for name in ("log_p", "slope_one", "slope_zero", "bend_one", "bend_zero", "weight", "weight_slope"):
        assert np.isfinite(getattr(at, name)).all(), name


def test_one_proportion_has_a_closed_form() -> None:
    # With an intercept alone the penalty adds half an event and half a non-event.
    fit = firth("y ~ 1", pd.DataFrame({"y": [1, 0, 0, 0, 0, 0, 0, 0]}))
    assert fit.params["Intercept"] == pytest.approx(np.log(1.5 / 7.5), rel=1e-10)


def test_a_two_by_two_table_with_an_empty_cell_has_a_closed_form() -> None:
    data = pd.DataFrame({"d": [0] * 10 + [1] * 6, "y": [1] * 4 + [0] * 6 + [1] * 6})
    fit = firth("y ~ d", data)
    assert fit.params["d"] == pytest.approx(np.log(6.5 / 0.5) - np.log(4.5 / 6.5), rel=1e-9)


def test_estimates_maximise_the_penalised_likelihood(separated: pd.DataFrame) -> None:
    fit = firth("y ~ x + d", separated)
    X, y = np.column_stack([np.ones(40), separated[["x", "d"]]]), separated["y"].to_numpy()
    best = fit.params.to_numpy()
    assert fit.loglik == pytest.approx(penalised(best, X, y), rel=1e-12)
    for j in range(3):
        for shift in (-1e-3, 1e-3):
            assert penalised(best + shift * np.eye(3)[j], X, y) < fit.loglik


def test_intervals_and_tests_are_those_of_the_profile(separated: pd.DataFrame) -> None:
    from scipy.optimize import minimize

    fit = firth("y ~ x + d", separated)
    X, y = np.column_stack([np.ones(40), separated[["x", "d"]]]), separated["y"].to_numpy()

    def drop(j: int, value: float) -> float:
        others = [i for i in range(3) if i != j]

        def loss(rest: np.ndarray) -> float:
            params = np.empty(3)
            params[j], params[others] = value, rest
            return -penalised(params, X, y)

        options = {"gtol": 1e-9}
        return 2 * (fit.loglik + minimize(loss, fit.params.to_numpy()[others], options=options).fun)

    table = fit.tidy(level=0.9)
    for j in range(3):
        assert drop(j, table.loc[j, "conf_low"]) == pytest.approx(chi2.ppf(0.9, 1), abs=1e-6)
        assert drop(j, table.loc[j, "conf_high"]) == pytest.approx(chi2.ppf(0.9, 1), abs=1e-6)
        assert drop(j, 0.0) == pytest.approx(table.loc[j, "statistic"], abs=1e-6)
    assert (table["conf_low"] < table["estimate"]).all()
    assert (table["estimate"] < table["conf_high"]).all()
    np.testing.assert_allclose(table["p_value"], chi2.sf(table["statistic"], 1))
    assert "penalised likelihood ratio" in fit.summary()


def test_the_joint_test_of_one_term_is_that_of_the_table(separated: pd.DataFrame) -> None:
    fit = firth("y ~ x + d", separated)
    assert fit.test(["d"])["statistic"].iloc[0] == pytest.approx(fit.tidy()["statistic"].iloc[2], abs=1e-9)
    assert fit.test()["statistic"].iloc[0] == pytest.approx(2 * (fit.loglik - fit.loglik_null))
    assert fit.test()["df"].iloc[0] == 2
    with pytest.raises(ModelError, match=r"No coefficient 'z'.*Intercept, x, d"):
        fit.test(["z"])


@pytest.mark.parametrize("link", LINKS)
def test_estimates_are_finite_for_every_link(separated: pd.DataFrame, link: str) -> None:
    table = firth("y ~ x + d", separated, link=link).tidy()
    assert np.isfinite(table.drop(columns="term").to_numpy(dtype=float)).all()
    assert table.loc[2, "estimate"] > 1


def test_doubled_rows_are_not_doubled_work_but_doubled_data(synthetic: pd.DataFrame) -> None:
    coarse = synthetic.assign(x1=synthetic["x1"].round())
    fit = firth("y ~ x1 + x3", coarse)
    assert len(fit._task.basis) < len(coarse)
    order = coarse.sample(frac=1, random_state=1)
    np.testing.assert_allclose(firth("y ~ x1 + x3", order).params, fit.params, rtol=1e-9)
    np.testing.assert_allclose(firth("y ~ x1 + x3", order).vcov, fit.vcov, rtol=1e-9)


@pytest.mark.parametrize("vcov", ["HC1", "CR0", "CR1", "CR3"])
def test_robust_covariances_bring_tests_of_wald(synthetic: pd.DataFrame, vcov: str) -> None:
    with pytest.warns(ClusterWithoutEventsWarning, match="c15"):
        fit = firth("y ~ x1 + x3", synthetic, vcov=vcov, cluster="cluster")
    table = fit.tidy()
    np.testing.assert_allclose(table["statistic"], table["estimate"] / table["std_error"])
    assert np.allclose(fit._estimate.scores.sum(axis=0), 0, atol=1e-7)


def test_corrected_predictions_have_the_right_mean(separated: pd.DataFrame) -> None:
    fit = firth("y ~ x + d", separated)
    share = separated["y"].mean()
    assert abs(fit.predict(separated).mean() - share) > 1e-3
    for correction in ("flic", "flac"):
        predicted = fit.predict(separated, correction)
        assert predicted.mean() == pytest.approx(share, abs=1e-9)
        assert predicted.between(0, 1).all()
    with pytest.raises(ModelError, match=r"correction='no'.*flic, flac"):
        fit.predict(separated, "no")
    with pytest.raises(ModelError, match="logit link with an intercept only"):
        firth("y ~ x + d", separated, link="probit").predict(separated, "flic")


def test_a_kept_fit_gives_the_same_intervals(separated: pd.DataFrame) -> None:
    fit = firth("y ~ x + d", separated)
    pd.testing.assert_frame_equal(pickle.loads(pickle.dumps(fit)).tidy(), fit.tidy())


def test_unknown_links_and_collinear_terms_are_refused(separated: pd.DataFrame) -> None:
    with pytest.raises(ModelError, match=r"link='log'.*cloglog, logit, probit"):
        firth("y ~ x", separated, link="log")
    with pytest.raises(ModelError, match="linear combination"):
        firth("y ~ x + twice", separated.assign(twice=2 * separated["x"]))
