"""How the hazard may depend on time: polynomials, splines and a level for every year, all in the formula."""

from __future__ import annotations

import numpy as np
import pandas as pd
import pytest

from konzept_diffusion import models
from konzept_diffusion.errors import ModelError


@pytest.fixture(scope="module")
def years() -> pd.DataFrame:
    rng = np.random.default_rng(11)
    data = pd.DataFrame({"time": np.tile(np.arange(1, 21), 150), "x": rng.normal(size=3000)})
    eta = -3.5 + 0.5 * data["x"] + 0.25 * data["time"] - 0.011 * data["time"] ** 2
    return data.assign(y=rng.random(3000) < 1 - np.exp(-np.exp(eta)))


@pytest.mark.parametrize("link", ["cloglog", "logit", "probit"])
def test_orthogonal_and_raw_polynomials_are_one_model(years: pd.DataFrame, link: str) -> None:
    raw = models.hazard("y ~ x + time + I(time**2) + I(time**3)", years, link=link)
    orthogonal = models.hazard("y ~ x + poly(time, 3)", years, link=link)
    assert orthogonal.params["x"] == pytest.approx(raw.params["x"], rel=1e-9)
    assert orthogonal.se["x"] == pytest.approx(raw.se["x"], rel=1e-8)
    assert orthogonal.loglik == pytest.approx(raw.loglik, rel=1e-12)
    np.testing.assert_allclose(orthogonal.predict(years[:50]), raw.predict(years[:50]), rtol=1e-8)


@pytest.mark.parametrize("spline", ["bs(time, df=4)", "cr(time, df=4, constraints='center')"])
def test_splines_lie_between_a_line_and_a_level_for_every_year(years: pd.DataFrame, spline: str) -> None:
    line, curve, levels = (
        models.hazard(f"y ~ x + {term}", years, vcov="HC1") for term in ("time", spline, "C(time)")
    )
    assert line.loglik < curve.loglik < levels.loglik
    assert curve.params["x"] == pytest.approx(levels.params["x"], abs=0.05)
    assert curve.predict(years).mean() == pytest.approx(years["y"].mean(), rel=0.02)


def test_a_level_for_every_year_with_nothing_else_gives_the_share_of_that_year(years: pd.DataFrame) -> None:
    predicted = models.hazard("y ~ C(time)", years).predict(years)
    shares = years["y"].groupby(years["time"]).mean()
    np.testing.assert_allclose(predicted, years["time"].map(shares), rtol=1e-8)


def test_a_year_without_events_is_separated_and_named(years: pd.DataFrame) -> None:
    quiet = years.assign(y=years["y"] & (years["time"] != 7))
    with pytest.raises(ModelError, match=r"perfectly separated by 'C\(time\)\[T\.7"):
        models.hazard("y ~ x + C(time)", quiet)


def test_splines_take_the_few_cluster_tests(years: pd.DataFrame) -> None:
    data = years.assign(land=np.arange(3000) // 20 % 10)
    fit = models.hazard("y ~ x + bs(time, df=4)", data, vcov="wild", cluster="land", draws=199)
    assert fit.tidy().set_index("term").loc["x", "p_value"] == pytest.approx(1 / 200)
