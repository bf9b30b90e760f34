from __future__ import annotations

import pickle

import numpy as np
import pandas as pd
import pytest
from scipy import integrate, stats

from konzept_diffusion import models
from konzept_diffusion.errors import ModelError
from konzept_diffusion.models.estimators.random_intercept.model import ZeroVarianceWarning, random_intercept
from konzept_diffusion.models.estimators.random_intercept.quadrature import Grouped, marginal

LINKS = ["cloglog", "logit", "probit"]


@pytest.fixture
def grouped() -> pd.DataFrame:
    """400 rows in 12 groups, intercepts with standard deviation 1, in no order of groups."""
    rng = np.random.default_rng(2)
    land = rng.integers(0, 12, 400)
    x = rng.normal(size=400)
    eta = -1 + 0.5 * x + rng.normal(size=12)[land]
    return pd.DataFrame(
        {"land": [f"L{code:02d}" for code in land], "x": x, "y": rng.random(400) < -np.expm1(-np.exp(eta))}
    )


def by_quadrature(fit: object, data: pd.DataFrame, link: str) -> float:
    """Marginal log-likelihood of a fit from its definition, by scipy's adaptive integration."""
    inverse = {
        "cloglog": lambda eta: -np.expm1(-np.exp(eta)),
        "logit": lambda eta: 1 / (1 + np.exp(-eta)),
        "probit": stats.norm.cdf,
    }[link]
    total = 0.0
    for _, rows in data.groupby("land"):
        eta, y = fit.params["Intercept"] + fit.params["x"] * rows["x"].to_numpy(), rows["y"].to_numpy()

        def density(u: float, eta: np.ndarray = eta, y: np.ndarray = y) -> float:
            p = inverse(eta + fit.sd * u)
            return float(np.prod(np.where(y, p, 1 - p)) * stats.norm.pdf(u))

        total += np.log(
            integrate.quad(density, -8, 8, epsabs=0, epsrel=1e-10, points=[-2, -1, 0, 1, 2], limit=200)[0]
        )
    return total


@pytest.mark.parametrize("link", LINKS)
def test_the_likelihood_is_the_integral(grouped: pd.DataFrame, link: str) -> None:
    fit = random_intercept("y ~ x", grouped, "land", link=link)
    assert fit.loglik == pytest.approx(by_quadrature(fit, grouped, link), rel=1e-9)
    assert fit.loglik > fit.loglik_pooled


@pytest.mark.parametrize("link", LINKS)
def test_scores_and_curvature_are_derivatives(grouped: pd.DataFrame, link: str) -> None:
    data = grouped.sort_values("land")
    X = np.column_stack([np.ones(len(data)), data["x"]])
    starts = np.flatnonzero(np.diff(pd.factorize(data["land"])[0], prepend=-1))
    rows = Grouped(data["y"].to_numpy(float), X, starts, link, 25)
    params, width = np.array([-0.8, 0.4, 0.7]), 1e-5
    at = marginal(rows, params)
    for j in range(3):
        ahead, behind = (marginal(rows, params + sign * width * np.eye(3)[j]) for sign in (1, -1))
        score = (ahead.loglik - behind.loglik) / (2 * width)
        assert at.row_scores[:, j].sum() == pytest.approx(score, rel=1e-6)
        second = (ahead.row_scores - behind.row_scores).sum(axis=0) / (2 * width)
        np.testing.assert_allclose(at.hessian[j], second, rtol=1e-6)


def test_blocks_of_groups_do_not_matter(grouped: pd.DataFrame, monkeypatch: pytest.MonkeyPatch) -> None:
    from konzept_diffusion.models.estimators.random_intercept import quadrature as quadrature

    whole = random_intercept("y ~ x", grouped, "land", vcov="CR1", cluster="land")
    monkeypatch.setattr(quadrature, "_BLOCK", 1000)
    parts = random_intercept("y ~ x", grouped, "land", vcov="CR1", cluster="land")
    np.testing.assert_allclose(parts.vcov, whole.vcov, rtol=1e-8)
    pd.testing.assert_frame_equal(parts.intercepts(), whole.intercepts())


def test_predicted_intercepts_are_shrunk_towards_zero_and_cover_groups(grouped: pd.DataFrame) -> None:
    fit = random_intercept("y ~ x", grouped, "land")
    table = fit.intercepts(level=0.8)
    assert list(table["land"]) == sorted(grouped["land"].unique())
    assert table["nobs"].sum() == 400
    assert (table["std_error"] < fit.sd).all()
    assert (table["conf_low"] < table["estimate"]).all()
    raw = grouped.groupby("land")["y"].mean().to_numpy()
    assert np.corrcoef(raw, table["estimate"])[0, 1] > 0.9


def test_the_variance_is_tested_at_its_boundary(grouped: pd.DataFrame) -> None:
    fit = random_intercept("y ~ x", grouped, "land")
    test = fit.variance_test().iloc[0]
    assert test["statistic"] == pytest.approx(2 * (fit.loglik - fit.loglik_pooled))
    assert test["p_value"] == pytest.approx(stats.chi2.sf(test["statistic"], 1) / 2)
    assert 0 < fit.icc < 1
    assert fit.glance()["n_params"].iloc[0] == 3


def test_zero_variance_is_a_warning_and_the_pooled_fit() -> None:
    # The same rows in every group: groups differ less than chance would make them.
    block = pd.DataFrame({"x": [0.0, 1, 2, 3, 4, 5], "y": [0, 1, 0, 0, 1, 1]})
    data = pd.concat([block.assign(g=code) for code in range(8)], ignore_index=True)
    with pytest.warns(ZeroVarianceWarning, match="over 'g' is estimated at 0"):
        fit = random_intercept("y ~ x", data, "g", link="logit", vcov="CR1", cluster="g")
    pooled = models.logit("y ~ x", data)
    np.testing.assert_allclose(fit.params, pooled.params, rtol=1e-8)
    assert (fit.variance, fit.loglik) == (0.0, pytest.approx(pooled.loglik, rel=1e-12))
    assert fit.variance_test()["p_value"].iloc[0] == 1
    assert (fit.intercepts()["estimate"] == 0).all()
    assert np.isfinite(fit.se).all()
    assert np.isnan(fit.sd_error)


def test_clustered_covariances_are_made_of_group_scores(grouped: pd.DataFrame) -> None:
    cr0, cr1, cr3 = (
        random_intercept("y ~ x", grouped, "land", vcov=kind, cluster="land")
        for kind in ("CR0", "CR1", "CR3")
    )
    np.testing.assert_allclose(cr1.vcov, cr0.vcov * 12 / 11)
    assert (cr3.se > cr0.se).all()
    without = grouped[grouped["land"] != "L00"]
    refit = cr0._estimate.refit((grouped["land"] != "L00").to_numpy())
    again = random_intercept("y ~ x", without, "land")
    np.testing.assert_allclose(refit, [*again.params, again.sd], rtol=1e-7)


def test_a_kept_fit_is_the_same(grouped: pd.DataFrame) -> None:
    fit = random_intercept("y ~ x", grouped, "land")
    assert pickle.loads(pickle.dumps(fit)).summary() == fit.summary()


def test_what_cannot_be_is_refused(grouped: pd.DataFrame) -> None:
    with pytest.raises(ModelError, match="vcov='HC1' is not defined for random_intercept"):
        random_intercept("y ~ x", grouped, "land", vcov="HC1")
    with pytest.raises(ModelError, match="nodes=2"):
        random_intercept("y ~ x", grouped, "land", nodes=2)
    with pytest.raises(ModelError, match=r"'L\d\d' of 'land' has rows in more than one cluster"):
        random_intercept("y ~ x", grouped.assign(half=np.arange(400) % 2), "land", cluster="half")
    with pytest.raises(ModelError, match=r"perfectly separated by 'copy'.*firth"):
        random_intercept("y ~ x + copy", grouped.assign(copy=grouped["y"].astype(int)), "land")
    with pytest.raises(ModelError, match="has no value in 1 rows"):
        random_intercept("y ~ x", grouped.assign(land=grouped["land"].mask(grouped.index == 3)), "land")


def test_groups_with_one_outcome_each_have_no_finite_variance(grouped: pd.DataFrame) -> None:
    alike = grouped.assign(y=grouped["land"] > "L05")
    with pytest.raises(ModelError, match="Every group has one outcome 'y' only"):
        random_intercept("y ~ x", alike, "land")
    mixed = alike.assign(y=alike["y"] ^ (alike.index % 4 == 0))
    assert random_intercept("y ~ x", mixed, "land").sd > 0.5


def test_the_summary_shows_the_spread_of_the_groups(grouped: pd.DataFrame) -> None:
    fit = random_intercept("y ~ x", grouped, "land", nodes=np.int64(9))
    for part in (
        "12 groups (land), 9 nodes",
        f"variance {fit.variance:.4f}",
        f"{fit.sd:.4f}",
        f"{fit.icc:.4f}",
    ):
        assert part in fit.summary()


def test_a_row_without_a_group_is_named(grouped: pd.DataFrame) -> None:
    gaps = grouped.assign(land=grouped["land"].where(grouped.index != 7))
    with pytest.raises(ModelError, match="The group column 'land' has no value in 1 rows, first at index 7"):
        random_intercept("y ~ x", gaps, "land")
