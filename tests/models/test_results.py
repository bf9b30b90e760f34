from __future__ import annotations

import dataclasses
import pickle
from functools import partial

import numpy as np
import pandas as pd
import pytest

from konzept_diffusion import models
from konzept_diffusion.errors import ModelError


@pytest.fixture
def fit(synthetic: pd.DataFrame) -> models.Fit:
    return models.hazard("y ~ x1 + x3", synthetic, cluster="cluster")


def test_tidy_is_what_params_and_se_show(fit: models.Fit) -> None:
    table = fit.tidy()
    assert list(table.columns) == [
        "term",
        "estimate",
        "std_error",
        "statistic",
        "p_value",
        "conf_low",
        "conf_high",
    ]
    assert list(table["term"]) == ["Intercept", "x1", "x3"] == list(fit.params.index) == list(fit.se.index)
    assert (fit.params.to_numpy() == table["estimate"]).all()
    assert (fit.se.to_numpy() == table["std_error"]).all()
    np.testing.assert_allclose(np.sqrt(np.diag(fit.vcov)), table["std_error"])
    assert list(fit.vcov.index) == list(fit.vcov.columns) == list(table["term"])


def test_nothing_in_a_fit_can_be_changed(fit: models.Fit) -> None:
    before = fit.tidy()
    params, se, vcov, tidy, dropped = fit.params, fit.se, fit.vcov, fit.tidy(), fit.dropped
    params["x1"] = se["x1"] = 9.0
    vcov.loc["x1", "x1"] = 9.0
    tidy.loc[0, "estimate"] = 9.0
    dropped["x1"] = 9
    pd.testing.assert_frame_equal(fit.tidy(), before)
    assert fit.vcov.loc["x1", "x1"] == pytest.approx(before.loc[1, "std_error"] ** 2)
    assert fit.dropped == {}
    with pytest.raises(dataclasses.FrozenInstanceError):
        fit.nobs = 1  # type: ignore[misc]


def test_a_fit_does_not_follow_later_changes_of_the_data(synthetic: pd.DataFrame) -> None:
    fit = models.logit("y ~ x1", synthetic)
    before = fit.margins()
    synthetic.loc[:, "x1"] = 0.0
    pd.testing.assert_frame_equal(fit.margins(), before)


def test_t_uses_clusters_or_rows_less_terms(synthetic: pd.DataFrame, fit: models.Fit) -> None:
    assert fit.df_resid == 15
    assert models.hazard("y ~ x1", synthetic, vcov="HC1", cluster="cluster").df_resid == 598
    normal, with_t = fit.tidy(), fit.tidy(distribution="t")
    assert (with_t["p_value"] > normal["p_value"]).all()
    assert (with_t["conf_high"] > normal["conf_high"]).all()


@pytest.mark.parametrize("level", [0, 1, 95])
def test_a_level_is_a_share(fit: models.Fit, level: float) -> None:
    with pytest.raises(ModelError, match="level="):
        fit.tidy(level=level)


def test_an_unknown_distribution_is_refused(fit: models.Fit) -> None:
    with pytest.raises(ModelError, match="normal or t"):
        fit.tidy(distribution="chi2")


def test_glance_is_one_row(fit: models.Fit, synthetic: pd.DataFrame) -> None:
    row = fit.glance()
    assert len(row) == 1
    facts = row.iloc[0]
    assert (facts["nobs"], facts["n_events"], facts["n_clusters"]) == (600, synthetic["y"].sum(), 16)
    assert (facts["link"], facts["vcov_type"], facts["cluster"]) == ("cloglog", "CR1", "cluster")
    assert facts["mcfadden_r2"] == pytest.approx(1 - fit.loglik / fit.loglik_null)
    assert pd.isna(models.logit("y ~ x1", synthetic).glance().loc[0, "n_clusters"])


def test_summary_says_what_was_done(synthetic: pd.DataFrame) -> None:
    synthetic.loc[0, "x1"] = np.nan
    with pytest.warns(models.DroppedRowsWarning):
        text = models.hazard("y ~ x1", synthetic, cluster="cluster").summary(distribution="t")
    for part in (
        "y ~ x1",
        "599 of 600 rows",
        "16 clusters (cluster)",
        "x1 1",
        "CR1",
        "t with 15 d.f.",
        "Log-likelihood",
    ):
        assert part in text


def test_predict_keeps_the_index_and_counts_what_it_cannot_predict(
    synthetic: pd.DataFrame, fit: models.Fit
) -> None:
    new = synthetic.head(3).set_index(pd.Index(["a", "b", "c"])).drop(columns="y")
    predicted = fit.predict(new)
    assert list(predicted.index) == ["a", "b", "c"]
    assert predicted.between(0, 1).all()
    assert predicted.name == "hazard"
    new.loc["b", "x1"] = np.nan
    with pytest.warns(models.DroppedRowsWarning, match=r"1 of 3 rows get no prediction.*x1 \(1\)") as caught:
        partly = fit.predict(new)
    assert caught[0].filename == __file__
    assert partly.isna().tolist() == [False, True, False]


def test_predict_refuses_what_the_model_has_not_seen(synthetic: pd.DataFrame) -> None:
    fit = models.logit("y ~ region", synthetic)
    with pytest.raises(ModelError, match=r"not fitted on: {'east'}"):
        fit.predict(pd.DataFrame({"region": ["east", "west"]}))
    with pytest.raises(ModelError, match="no column 'region'"):
        fit.predict(synthetic[["x1"]])


def test_a_fit_can_be_kept(fit: models.Fit) -> None:
    kept = pickle.loads(pickle.dumps(fit))
    pd.testing.assert_frame_equal(kept.tidy(), fit.tidy())
    assert "hazard (cloglog): y ~ x1 + x3" in repr(kept)


@pytest.mark.parametrize("level", ["a", None, [0.9]])
def test_a_level_is_a_number(fit: models.Fit, level: object) -> None:
    with pytest.raises(ModelError, match="is no confidence level"):
        fit.tidy(level)  # type: ignore[arg-type]


@pytest.mark.parametrize(("level", "shown"), [(0.999, "99.9%"), (0.95, "95%"), (0.99999, "99.999%")])
def test_the_summary_shows_the_level_asked_for(fit: models.Fit, level: float, shown: str) -> None:
    assert f"interval: {shown}\n" in fit.summary(level)


def test_rows_without_any_covariate_and_no_rows_get_no_prediction(synthetic: pd.DataFrame) -> None:
    data = synthetic.assign(stop=1.0 + synthetic.index, high=np.nan)
    data["high"] = data["stop"].where(data["y"] == 1)
    predictions = [
        models.hazard("y ~ x1 + region", data).predict,
        partial(models.firth("y ~ x1 + region", data).predict, correction="flic"),
        models.cox("x1 + region", data, event="y").predict,
        partial(models.cox("x1 + region", data, event="y").predict, times=[1, 2]),
        partial(models.interval_hazard("x1 + region", data, "stop", "high").survival, times=[1, 2]),
    ]
    for predict in predictions:
        with pytest.warns(models.DroppedRowsWarning, match="3 of 3 rows get no prediction"):
            missing = predict(data.head(3).assign(x1=np.nan))
        assert len(missing) == 3
        assert missing.isna().to_numpy().all()
        assert len(predict(data.head(0))) == 0
