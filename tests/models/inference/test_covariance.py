from __future__ import annotations

import numpy as np
import pandas as pd
import pytest

from konzept_diffusion import models
from konzept_diffusion.errors import ModelError
from konzept_diffusion.models.inference.covariance import Estimate, covariance


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


@pytest.mark.parametrize("vcov", ["wild", "hc1", "robust"])
def test_what_is_not_defined_says_what_is(synthetic: pd.DataFrame, vcov: str) -> None:
    with pytest.raises(ModelError, match=f"vcov='{vcov}' is not defined.*iid, HC1, CR0, CR1, CR3"):
        models.hazard("y ~ x1", synthetic, vcov=vcov, cluster="cluster")


@pytest.mark.parametrize("vcov", ["CR0", "CR1", "CR3"])
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
