from __future__ import annotations

import numpy as np
import pandas as pd
import pytest

from konzept_diffusion import models
from konzept_diffusion.errors import ModelError
from konzept_diffusion.models.estimators.clusters import ClusterWithoutEventsWarning
from konzept_diffusion.models.inference.few_clusters import cluster_table, effective_clusters, leave_one_out

quiet = pytest.mark.filterwarnings(
    "ignore::konzept_diffusion.models.estimators.clusters.ClusterWithoutEventsWarning"
)


@quiet
@pytest.mark.parametrize("link", ["cloglog", "logit", "probit"])
def test_the_columns_are_those_of_the_fits(synthetic: pd.DataFrame, link: str) -> None:
    formula = "y ~ x1 + x2"
    fits = {
        name: models.hazard(formula, synthetic, link=link, vcov=name, cluster="cluster", draws=999)
        for name in ("iid", "CR1", "CR3", "wild")
    }
    table = cluster_table(fits["CR1"], draws=999).tidy().set_index("term")
    for name, distribution in (("iid", "normal"), ("CR1", "t"), ("CR3", "t")):
        tidy = fits[name].tidy(distribution=distribution).set_index("term")
        for column in ("std_error", "p_value", "conf_low", "conf_high"):
            np.testing.assert_allclose(table[f"{name.lower()}_{column}"], tidy[column], rtol=1e-8)
    wild = fits["wild"].tidy().set_index("term")
    for column in ("statistic", "p_value", "conf_low", "conf_high"):
        np.testing.assert_allclose(table[f"wild_{column}"], wild[column], rtol=1e-9)


@quiet
def test_leaving_out_is_fitting_without(synthetic: pd.DataFrame) -> None:
    fit = models.hazard("y ~ x1 + x2", synthetic, cluster="cluster")
    left_out = leave_one_out(fit)
    for label in ("c02", "c09", "c16"):
        without = models.hazard("y ~ x1 + x2", synthetic[synthetic["cluster"] != label])
        np.testing.assert_allclose(left_out.estimates.loc[label], without.params, rtol=1e-9)
    table = cluster_table(fit, draws=99, intervals=False).tidy().set_index("term")
    changes = (left_out.estimates - fit.params).abs()
    for term in fit.params.index:
        assert table.loc[term, "leave_one_out_min"] == left_out.estimates[term].min()
        assert table.loc[term, "leave_one_out_max"] == left_out.estimates[term].max()
        assert table.loc[term, "most_influential"] == changes[term].idxmax()
    assert table["wild_conf_low"].isna().all()
    long = left_out.tidy()
    assert len(long) == 16 * 3
    assert (long["reason"] == "").all()


def test_equal_clusters_count_in_full() -> None:
    rng = np.random.default_rng(0)
    one = pd.DataFrame({"x": rng.normal(size=60), "y": rng.integers(0, 2, 60)})
    data = pd.concat([one.assign(land=str(land)) for land in range(7)], ignore_index=True)
    result = cluster_table(models.logit("y ~ x", data, cluster="land"), draws=99, intervals=False)
    np.testing.assert_allclose(result.tidy()["effective_clusters"], 7)
    np.testing.assert_allclose(result.tidy()["effective_clusters_dependent"], 7)
    np.testing.assert_allclose(result.leverage, 1 / 7)


def test_a_covariate_of_one_cluster_has_one_effective_cluster() -> None:
    rng = np.random.default_rng(1)
    data = pd.DataFrame({"land": np.repeat(np.arange(8), 50), "y": rng.integers(0, 2, 400)})
    data["only"] = np.where(data["land"] == 3, rng.normal(size=400), 0.0)
    result = cluster_table(models.logit("y ~ 0 + only", data, cluster="land"), draws=99, intervals=False)
    assert result.tidy().loc[0, "effective_clusters"] == pytest.approx(1)
    assert result.leverage.loc["3", "only"] == pytest.approx(1)
    assert result.tidy().loc[0, "largest_leverage"] == pytest.approx(1)


def test_the_effective_number_by_hand() -> None:
    # Weights 1, 1, 4: mean 2, squared relative deviations 1/4, 1/4, 1; their mean is 1/2.
    assert effective_clusters(np.array([[1.0], [1.0], [4.0]]))[0] == pytest.approx(3 / 1.5)


@quiet
def test_partial_leverage_is_that_of_the_weighted_regression(synthetic: pd.DataFrame) -> None:
    fit = models.logit("y ~ x1 + x2", synthetic, cluster="cluster")
    p = fit.predict(synthetic).to_numpy()
    root = np.sqrt(p * (1 - p))
    others = np.column_stack([np.ones(600), synthetic["x2"]]) * root[:, None]
    x = synthetic["x1"].to_numpy() * root
    left = x - others @ np.linalg.lstsq(others, x)[0]
    expected = pd.Series(left**2).groupby(synthetic["cluster"]).sum() / (left**2).sum()
    leverage = cluster_table(fit, draws=99, intervals=False).leverage["x1"]
    np.testing.assert_allclose(leverage, expected, rtol=1e-7)


@quiet
def test_a_fit_that_does_not_exist_leaves_a_gap_and_a_reason(synthetic: pd.DataFrame) -> None:
    data = synthetic.assign(only=(synthetic["cluster"] == "c02").astype(int))
    fit = models.hazard("y ~ x1 + only", data, cluster="cluster")
    result = cluster_table(fit, draws=199)
    table = result.tidy()
    assert table["cr3_std_error"].isna().all()
    assert table["wild_p_value"].between(0, 1).all()
    assert table["leave_one_out_min"].notna().all()
    assert table.loc[0, "note"].startswith(
        "No CR3: there is no fit without c02. No variation in the term 'only'"
    )
    assert list(result.leave_one_out.reasons) == ["c02"]
    assert result.leave_one_out.estimates.loc["c02"].isna().all()
    assert "there is no fit without c02" in result.summary()


@quiet
def test_separation_without_a_cluster_is_such_a_reason(synthetic: pd.DataFrame) -> None:
    rare = (synthetic["cluster"].isin(["c15", "c16", "c02"]) & (synthetic["x1"] > -9)).astype(int)
    fit = models.logit("y ~ x1 + rare", synthetic.assign(rare=rare), cluster="cluster")
    reasons = leave_one_out(fit).reasons
    assert list(reasons) == ["c02"]
    assert "perfectly separated by 'rare'" in reasons["c02"]


def test_clusters_without_events_are_named(synthetic: pd.DataFrame) -> None:
    with pytest.warns(ClusterWithoutEventsWarning, match=r"2 of 16 clusters \(cluster\).*: c15, c16\."):
        models.hazard("y ~ x1", synthetic, cluster="cluster")


def test_what_has_no_clusters_is_refused(synthetic: pd.DataFrame) -> None:
    fit = models.hazard("y ~ x1", synthetic)
    for ask in (cluster_table, leave_one_out):
        with pytest.raises(ModelError, match="has no clusters: fit it with cluster="):
            ask(fit)


@quiet
def test_every_result_has_a_glance_of_one_row(synthetic: pd.DataFrame) -> None:
    fit = models.hazard("y ~ x1 + x2", synthetic, cluster="cluster")
    table = cluster_table(fit, draws=99, intervals=False)
    facts = table.glance().iloc[0]
    assert len(table.glance()) == 1
    assert (facts["n_clusters"], facts["n_terms"], facts["level"], facts["failed"]) == (16, 3, 0.95, 0)
    alone = models.hazard("y ~ only", synthetic.assign(only=synthetic["cluster"] == "c02"), cluster="cluster")
    jackknifed = leave_one_out(alone).glance()
    assert jackknifed.to_dict("records") == [
        {"cluster": "cluster", "n_clusters": 16, "n_terms": 2, "failed": 1}
    ]


def test_dyads_are_not_told_to_use_an_argument_that_there_is_not(synthetic: pd.DataFrame) -> None:
    pairs = synthetic.assign(ags=synthetic["cluster"], peer=[f"p{i % 20}" for i in range(600)])
    fit = models.dyadic_hazard("y ~ x1", pairs, vcov="CR1_unit")
    for few in (cluster_table, leave_one_out):
        with pytest.raises(ModelError, match="few-cluster inference is not defined for it"):
            few(fit)
