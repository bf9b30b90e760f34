from __future__ import annotations

import numpy as np
import pandas as pd
import pytest

from konzept_diffusion import models
from konzept_diffusion.errors import ModelError
from konzept_diffusion.models.estimators.binary import models as binary

LINKS = ["cloglog", "logit", "probit"]


def test_logit_is_the_hazard_with_the_logit_link(synthetic: pd.DataFrame) -> None:
    fit = models.logit("y ~ x1 + x2", synthetic)
    pd.testing.assert_series_equal(fit.params, models.hazard("y ~ x1 + x2", synthetic, link="logit").params)
    assert (fit.link, fit.estimator) == ("logit", "logit")


def test_hazard_adds_no_term_unasked(synthetic: pd.DataFrame) -> None:
    assert list(models.hazard("y ~ x1", synthetic).params.index) == ["Intercept", "x1"]


@pytest.mark.parametrize("link", LINKS)
def test_intercept_alone_gives_the_share_of_events(synthetic: pd.DataFrame, link: str) -> None:
    fit = models.hazard("y ~ 1", synthetic, link=link)
    assert fit.predict(synthetic).iloc[0] == pytest.approx(synthetic["y"].mean())
    assert fit.loglik == pytest.approx(fit.loglik_null)


@pytest.mark.parametrize("link", LINKS)
def test_the_order_of_rows_does_not_matter(synthetic: pd.DataFrame, link: str) -> None:
    formula = "y ~ x1 + x2 + region"
    expected = models.hazard(formula, synthetic, link=link, vcov="CR3", cluster="cluster")
    for seed in range(3):
        shuffled = synthetic.sample(frac=1, random_state=seed)
        fit = models.hazard(formula, shuffled, link=link, vcov="CR3", cluster="cluster")
        np.testing.assert_allclose(fit.params, expected.params, rtol=1e-8)
        np.testing.assert_allclose(fit.vcov, expected.vcov, rtol=1e-6)


@pytest.mark.parametrize("link", LINKS)
def test_calendar_years_and_their_squares_lose_no_digits(link: str) -> None:
    rng = np.random.default_rng(3)
    year = rng.integers(1996, 2018, 800)
    data = pd.DataFrame({"year": year, "t": year - 2006, "y": rng.random(800) < 0.02 + 0.2 * (year > 2007)})
    raw = models.hazard("y ~ year + I(year**2)", data, link=link)
    centred = models.hazard("y ~ t + I(t**2)", data, link=link)
    np.testing.assert_allclose(raw.predict(data), centred.predict(data), rtol=1e-8)
    assert raw.params["I(year ** 2)"] == pytest.approx(centred.params["I(t ** 2)"], rel=1e-8)
    assert raw.se["I(year ** 2)"] == pytest.approx(centred.se["I(t ** 2)"], rel=1e-7)


def test_rows_not_at_risk_are_refused(synthetic: pd.DataFrame) -> None:
    at_risk = pd.Series(synthetic.index != 4, dtype="boolean")
    with pytest.raises(ModelError, match=r"1 of 600 rows are not at risk.*index 4.*pass the risk set only"):
        models.hazard("y ~ x1", synthetic.assign(at_risk=at_risk))
    with pytest.raises(ModelError, match="not at risk"):
        models.hazard("y ~ x1", synthetic.assign(at_risk=at_risk.mask(at_risk == False)))  # noqa: E712
    data = synthetic.assign(at_risk=at_risk)
    assert models.hazard("y ~ x1", data[data["at_risk"]]).nobs == 599


def test_a_wrong_link_is_refused(synthetic: pd.DataFrame) -> None:
    with pytest.raises(ModelError, match=r"link='cauchit'.*cloglog, logit, probit"):
        models.hazard("y ~ x1", synthetic, link="cauchit")


def test_newton_takes_over_where_scoring_goes_astray() -> None:
    a = [0.2, -0.4, -0.8, 0.7, 0.1, -1.7, 0.1, -1.2, 2.1, 0.6, 0.4, -0.2, -0.3, 0.7]
    b = [23.0, -35.4, -7.9, -0.8, -5.1, 8.1, -0.9, -5.6, -16.7, 22.4, 4.3, 5.5, 1.7, 14.9]
    data = pd.DataFrame({"y": [1, 0, 1, 0, 0, 0, 0, 1, 0, 0, 0, 1, 1, 0], "a": a, "b": b})
    fit = models.hazard("y ~ a + b", data)
    # At the maximum the score is zero: d log-likelihood / d eta is (y - p) exp(eta) / p with this link.
    p = fit.predict(data)
    eta = np.log(-np.log1p(-p))
    weight = (data["y"] - p) * np.exp(eta) / p
    for column in (1.0, data["a"], data["b"]):
        assert (weight * column).sum() == pytest.approx(0, abs=1e-6)


def test_a_fit_that_does_not_converge_is_an_error(
    synthetic: pd.DataFrame, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(binary, "_MAX_ITERATIONS", 2)
    with pytest.raises(ModelError, match="'y ~ x1' did not converge"):
        models.logit("y ~ x1", synthetic)
