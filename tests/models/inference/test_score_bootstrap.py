"""The score wild cluster bootstrap, against its definition written out draw by draw."""

from __future__ import annotations

import pickle

import numpy as np
import pandas as pd
import pytest

from konzept_diffusion import models
from konzept_diffusion.errors import ModelError
from konzept_diffusion.models.inference.covariance import Estimate, cluster_weights
from konzept_diffusion.models.inference.score_bootstrap import ScoreTests

pytestmark = pytest.mark.filterwarnings(
    "ignore::konzept_diffusion.models.estimators.clusters.ClusterWithoutEventsWarning"
)
LINKS = ["cloglog", "logit", "probit"]


def by_hand(data: pd.DataFrame, weights: np.ndarray) -> tuple[float, np.ndarray]:
    """Statistics of `x1 = 0` in `y ~ x1 + x2` with a logit: of the sample and of the draws."""
    null = models.logit("y ~ x2", data)
    X = np.column_stack([np.ones(len(data)), data["x1"], data["x2"]])
    p = null.predict(data).to_numpy()
    codes = pd.factorize(data["cluster"], sort=True)[0]
    size = codes.max() + 1
    scores = np.array([X[codes == g].T @ (data["y"] - p)[codes == g] for g in range(size)])
    information = np.array(
        [X[codes == g].T @ (X[codes == g] * (p * (1 - p))[codes == g, None]) for g in range(size)]
    )
    bread = np.linalg.inv(information.sum(axis=0))

    def t(w: np.ndarray) -> float:
        step = bread @ (w @ scores)
        after = np.array([w[g] * scores[g] - information[g] @ step for g in range(size)])
        covariance = size / (size - 1) * bread @ after.T @ after @ bread
        return float(step[1] / np.sqrt(covariance[1, 1]))

    return t(np.ones(size)), np.array([t(w) for w in weights])


def test_statistic_and_p_value_are_those_of_the_definition(synthetic: pd.DataFrame) -> None:
    data = synthetic.assign(x1=synthetic["x1"] * 0.1 + np.random.default_rng(4).normal(size=600))
    fit = models.logit("y ~ x1 + x2", data, vcov="wild", cluster="cluster", draws=499, seed=5)
    weights, every = cluster_weights(16, 499, 5)
    sample, draws = by_hand(data, weights)
    assert not every
    row = fit.tidy().set_index("term").loc["x1"]
    assert row["statistic"] == pytest.approx(sample, rel=1e-7)
    assert row["p_value"] == (1 + (np.abs(draws) >= abs(sample)).sum()) / 500


def test_with_few_clusters_the_p_value_is_the_share_of_all_weights(synthetic: pd.DataFrame) -> None:
    groups = {name: f"g{code % 5}" for code, name in enumerate(sorted(synthetic["cluster"].unique()))}
    data = synthetic.assign(cluster=synthetic["cluster"].map(groups))
    fit = models.logit("y ~ x1 + x2", data, vcov="wild", cluster="cluster")
    sample, draws = by_hand(data, cluster_weights(5, 9_999, 0)[0])
    assert len(draws) == 6**5
    share = (np.abs(draws) >= abs(sample) * (1 - 1e-10)).mean()
    assert fit.tidy().set_index("term").loc["x1", "p_value"] == pytest.approx(share, abs=1e-12)
    assert "all 7776 draws" in fit.summary()
    other_seed = models.logit("y ~ x1 + x2", data, vcov="wild", cluster="cluster", seed=1)
    pd.testing.assert_frame_equal(other_seed.tidy(), fit.tidy())


@pytest.mark.parametrize("link", LINKS)
def test_a_bound_is_the_value_whose_test_is_at_its_limit(synthetic: pd.DataFrame, link: str) -> None:
    fit = models.hazard("y ~ x1 + x2", synthetic, link=link, vcov="wild", cluster="cluster", draws=999)
    tests = ScoreTests.of(fit._estimate, draws=999)
    low, high = tests.interval(0.9)
    width = high - low
    assert (low < fit.params).all()
    assert (fit.params < high).all()
    for bound, outward in ((low[1], -1), (high[1], 1)):
        inside, outside = (p_at(tests, 1, bound + side * 0.01 * width[1]) for side in (-outward, outward))
        assert inside > 0.1 >= outside


def p_at(tests: ScoreTests, coefficient: int, value: float) -> float:
    from konzept_diffusion.models.inference.score_bootstrap import bootstrap

    weights, _ = cluster_weights(len(tests.estimate.labels), tests.draws, tests.seed)
    assert tests.estimate.clusterwise is not None
    found = bootstrap(tests.estimate.clusterwise.restricted(coefficient, value), coefficient, weights)
    return float((1 + (np.abs(found.draws) >= abs(found.statistic)).sum()) / (len(found.draws) + 1))


@pytest.mark.parametrize("link", LINKS)
def test_the_restricted_fit_is_the_fit_without_the_term(synthetic: pd.DataFrame, link: str) -> None:
    estimate = models.hazard("y ~ x1 + x2", synthetic, link=link, cluster="cluster")._estimate
    assert estimate.clusterwise is not None
    sums = estimate.clusterwise.restricted(1, 0.0)
    without = models.hazard("y ~ x2", synthetic, link=link).params
    np.testing.assert_allclose(sums.params[[0, 2]], without, rtol=1e-9)
    assert sums.params[1] == pytest.approx(0, abs=1e-12)
    full = estimate.clusterwise.full()
    np.testing.assert_allclose(full.scores.sum(axis=0), 0, atol=1e-7)
    information = full.loadings @ np.linalg.inv(full.information.sum(axis=0)) @ full.loadings.T
    np.testing.assert_allclose(information, estimate.bread, rtol=1e-9)


def test_intervals_cover_nothing_wider_at_a_lower_level_and_are_kept(synthetic: pd.DataFrame) -> None:
    fit = models.hazard("y ~ x1 + x2", synthetic, vcov="wild", cluster="cluster", draws=999)
    wide, narrow = fit.tidy(0.95), fit.tidy(0.8)
    assert (wide["conf_low"] < narrow["conf_low"]).all()
    assert (narrow["conf_high"] < wide["conf_high"]).all()
    pd.testing.assert_frame_equal(pickle.loads(pickle.dumps(fit)).tidy(), wide)
    assert "score wild cluster bootstrap, null imposed, webb weights, 999 draws, seed 2017" in fit.summary()
    wald = fit.tidy(distribution="t")
    assert (wald["statistic"] == wald["estimate"] / wald["std_error"]).all()


def test_where_no_weights_can_reject_the_interval_has_no_end(synthetic: pd.DataFrame) -> None:
    two = synthetic.assign(half=(synthetic.index % 2).astype(str))
    fit = models.logit("y ~ x1", two, vcov="wild", cluster="half")
    table = fit.tidy()
    assert (table["p_value"] >= 6 / 36).all()
    assert (table["conf_low"] == -np.inf).all()
    assert (table["conf_high"] == np.inf).all()


def test_estimators_without_restricted_fits_say_so() -> None:
    estimate = Estimate(np.zeros(1), np.eye(1), np.ones((4, 1)), np.array([0, 0, 1, 1]), ("a", "b"))
    with pytest.raises(ModelError, match="has no restricted fits"):
        ScoreTests.of(estimate)


def test_one_size_where_cr1_rejects_too_often() -> None:
    """Sixteen unequal clusters, a covariate that varies little within them: 5 % tests over 300 samples."""
    sizes = np.array([8, 3, 22, 3, 80, 14, 12, 26, 26, 3, 3, 3, 4, 8, 5, 5]) * 4
    land = np.repeat(np.arange(16), sizes)
    rng = np.random.default_rng(20)
    cr1, wild = [], []
    for _ in range(300):
        x = rng.normal(size=len(land)) + 1.5 * rng.normal(size=16)[land]
        eta = -1.5 + 0.7 * rng.normal(size=16)[land] + 0 * x
        data = pd.DataFrame({"y": rng.random(len(land)) < 1 - np.exp(-np.exp(eta)), "x": x, "land": land})
        fit = models.hazard("y ~ x", data, cluster="land")
        cr1.append(fit.tidy(distribution="t").loc[1, "p_value"])
        wild.append(ScoreTests.of(fit._estimate, draws=399).p_values[1])
    assert np.mean(np.array(cr1) <= 0.05) > 0.09
    assert np.mean(np.array(wild) <= 0.05) < 0.08
