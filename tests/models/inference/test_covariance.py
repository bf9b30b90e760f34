from __future__ import annotations

import numpy as np
import pandas as pd
import pytest

from konzept_diffusion import models
from konzept_diffusion.errors import ModelError
from konzept_diffusion.models.inference.covariance import Estimate, cluster_weights, covariance

pytestmark = pytest.mark.filterwarnings(
    "ignore::konzept_diffusion.models.estimators.clusters.ClusterWithoutEventsWarning"
)


def test_without_cluster_the_default_is_iid_and_with_one_cr1(synthetic: pd.DataFrame) -> None:
    assert models.hazard("y ~ x1", synthetic).vcov_type == "iid"
    assert models.hazard("y ~ x1", synthetic, cluster="cluster").vcov_type == "CR1"


def test_cr1_is_cr0_times_g_over_g_minus_1(synthetic: pd.DataFrame) -> None:
    cr0, cr1 = (
        models.logit("y ~ x1", synthetic, vcov=name, cluster="cluster").vcov for name in ("CR0", "CR1")
    )
    np.testing.assert_allclose(cr1, cr0 * 16 / 15)


def test_clusters_of_one_row_give_the_sandwich_without_clusters(synthetic: pd.DataFrame) -> None:
    data = synthetic.assign(row=range(600))
    cr0 = models.logit("y ~ x1", data, vcov="CR0", cluster="row").vcov
    np.testing.assert_allclose(models.logit("y ~ x1", data, vcov="HC1").vcov, cr0 * 600 / 598)


def test_cr3_of_a_mean_is_the_jackknife_by_hand() -> None:
    values, codes = np.array([1.0, 2, 3, 4, 10]), np.array([0, 0, 1, 1, 2])
    mean = values.mean()

    def refit(keep: np.ndarray) -> np.ndarray:
        return np.array([values[keep].mean()])

    estimate = Estimate(
        np.array([mean]), np.array([[0.2]]), (values - mean)[:, None], codes, ("a", "b", "c"), refit
    )
    by_hand = 2 / 3 * ((17 / 3 - 4) ** 2 + (13 / 3 - 4) ** 2 + (2.5 - 4) ** 2)
    assert covariance("CR3", estimate)[0, 0] == pytest.approx(by_hand)


def test_cr3_needs_an_estimator_that_can_be_refitted() -> None:
    estimate = Estimate(np.zeros(1), np.eye(1), np.ones((4, 1)), np.array([0, 0, 1, 1]), ("a", "b"))
    with pytest.raises(ModelError, match="cannot be refitted"):
        covariance("CR3", estimate)


@pytest.mark.parametrize("vcov", ["WILD", "hc1", "robust"])
def test_what_is_not_defined_says_what_is(synthetic: pd.DataFrame, vcov: str) -> None:
    with pytest.raises(ModelError, match=f"vcov='{vcov}' is not defined.*iid, HC1, CR0, CR1, CR3, wild"):
        models.hazard("y ~ x1", synthetic, vcov=vcov, cluster="cluster")


@pytest.mark.parametrize("vcov", ["CR0", "CR1", "CR3", "wild"])
def test_clustered_covariances_ask_for_the_cluster(synthetic: pd.DataFrame, vcov: str) -> None:
    with pytest.raises(
        ModelError, match=f"vcov='{vcov}' needs clusters: name the cluster column with cluster="
    ):
        models.logit("y ~ x1", synthetic, vcov=vcov)


def test_cr3_names_the_cluster_without_which_there_is_no_fit(synthetic: pd.DataFrame) -> None:
    data = synthetic.assign(only=(synthetic["cluster"] == "c02").astype(int))
    assert models.hazard("y ~ only", data, vcov="CR1", cluster="cluster").nobs == 600
    with pytest.raises(ModelError, match=r"without cluster 'c02' fails.*No variation in the term 'only'"):
        models.hazard("y ~ only", data, vcov="CR3", cluster="cluster")


@pytest.mark.parametrize("vcov", models.VCOV)
def test_every_covariance_is_symmetric_and_positive(synthetic: pd.DataFrame, vcov: str) -> None:
    matrix = models.hazard("y ~ x1 + x2", synthetic, vcov=vcov, cluster="cluster").vcov.to_numpy()
    assert (matrix == matrix.T).all()
    assert (np.linalg.eigvalsh(matrix) > 0).all()


def test_wild_needs_restricted_fits() -> None:
    estimate = Estimate(np.zeros(1), np.eye(1), np.ones((4, 1)), np.array([0, 0, 1, 1]), ("a", "b"))
    with pytest.raises(ModelError, match="'wild' is not defined for this estimator: it has no restricted"):
        covariance("wild", estimate)


def test_the_wild_covariance_is_cr0_but_for_drawing(synthetic: pd.DataFrame) -> None:
    wild = models.logit("y ~ x1 + x2", synthetic, vcov="wild", cluster="cluster")
    cr0 = models.logit("y ~ x1 + x2", synthetic, vcov="CR0", cluster="cluster")
    np.testing.assert_allclose(wild.se, cr0.se, rtol=0.05)
    assert wild.df_resid == 15


@pytest.mark.parametrize(
    ("kind", "size", "draws", "rows"), [("webb", 5, 9_999, 6**5), ("rademacher", 13, 9_999, 2**13)]
)
def test_few_clusters_have_all_their_weights_enumerated(kind: str, size: int, draws: int, rows: int) -> None:
    weights, every = cluster_weights(size, draws, 1, kind)
    assert every
    assert len(np.unique(weights, axis=0)) == len(weights) == rows
    np.testing.assert_allclose(weights.mean(axis=0), 0, atol=1e-12)
    np.testing.assert_allclose(weights.T @ weights / rows, np.eye(size), atol=1e-12)
    assert not cluster_weights(size + 1, draws, 1, kind)[1]


def test_weights_follow_their_seed() -> None:
    first, again, other = (cluster_weights(16, 999, seed)[0] for seed in (1, 1, 2))
    assert first.shape == (999, 16)
    np.testing.assert_array_equal(first, again)
    assert (first != other).any()
    assert set(np.round(np.unique(first) ** 2, 12)) == {0.5, 1.0, 1.5}
    with pytest.raises(ModelError, match="draws=9 is too few"):
        cluster_weights(16, 9, 1)
    with pytest.raises(ModelError, match="weights='mammen' is not known: choose webb or rademacher"):
        cluster_weights(16, 99, 1, "mammen")


@pytest.mark.parametrize("kind", ["iid", "HC1", "CR0", "CR1", "wild"])
def test_a_standard_error_that_is_no_number_is_refused(kind: str) -> None:
    bread = np.diag([1.0, np.inf])
    estimate = Estimate(
        np.zeros(2), bread, np.ones((4, 2)), np.array([0, 0, 1, 1]), ("a", "b"), clusterwise=object()
    )
    with pytest.raises(ModelError, match=f"vcov='{kind}': . of 2 standard errors cannot be computed"):
        covariance(kind, estimate)


@pytest.mark.parametrize(
    ("asked", "message"),
    [
        ({"seed": -1}, "seed=-1 is no whole number from 0 on"),
        ({"seed": "a"}, "seed='a' is no whole number"),
        ({"draws": 500.5}, "draws=500.5 is no whole number"),
        ({"draws": True}, "draws=True is no whole number"),
        ({"draws": np.int64(98)}, "draws=98 is too few"),
    ],
)
def test_draws_and_seeds_are_whole_numbers(
    synthetic: pd.DataFrame, asked: dict[str, object], message: str
) -> None:
    with pytest.raises(ModelError, match=message):
        models.logit("y ~ x1", synthetic, vcov="wild", cluster="cluster", **asked)
    for name in ("draws", "seed"):
        numpy_one = models.logit("y ~ x1", synthetic, vcov="wild", cluster="cluster", **{name: np.int64(99)})
        plain = models.logit("y ~ x1", synthetic, vcov="wild", cluster="cluster", **{name: 99})
        pd.testing.assert_frame_equal(numpy_one.tidy(), plain.tidy())
