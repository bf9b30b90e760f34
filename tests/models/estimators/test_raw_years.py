"""Raw calendar years and their powers cost no digits: the cube's coefficient does not depend on the origin."""

from __future__ import annotations

from collections.abc import Callable

import numpy as np
import pandas as pd
import pytest

from konzept_diffusion import models
from konzept_diffusion.errors import ModelError
from konzept_diffusion.models.estimators.cox.model import cox
from konzept_diffusion.models.estimators.firth.model import firth
from konzept_diffusion.models.estimators.interval.model import interval_hazard
from konzept_diffusion.models.estimators.random_intercept.model import random_intercept
from konzept_diffusion.models.results import Estimates

RAW, CENTRED = (f"x + {name} + {{{name}**2}} + {{{name}**3}}" for name in ("year", "z"))
ESTIMATORS: dict[str, Callable[..., Estimates]] = {
    "hazard": lambda terms, data, **asked: models.hazard(f"y ~ {terms}", data, **asked),
    "logit": lambda terms, data, **asked: models.logit(f"y ~ {terms}", data, **asked),
    "firth": lambda terms, data, **asked: firth(f"y ~ {terms}", data, **asked),
    "random_intercept": lambda terms, data, **asked: random_intercept(
        f"y ~ {terms}", data, "land", nodes=7, **asked
    ),
    "weibull": lambda terms, data, **asked: interval_hazard(terms, data, "low", "high", **asked),
    "piecewise": lambda terms, data, **asked: interval_hazard(
        terms, data, "low", "high", distribution="piecewise", cuts=(10,), **asked
    ),
    "cox": lambda terms, data, **asked: cox(terms, data, stop="low", event="y", **asked),
}


@pytest.fixture(scope="module")
def panel() -> pd.DataFrame:
    """1,500 rows of 1997 to 2023 in 16 Länder, with an outcome and a duration."""
    rng = np.random.default_rng(1)
    n = 1500
    year, x, land = rng.integers(1997, 2024, n), rng.normal(size=n), rng.integers(0, 16, n)
    odds = 2 - 0.1 * (year - 2006) - 0.3 * x + rng.normal(size=16)[land]
    y = (rng.random(n) < 1 / (1 + np.exp(odds))).astype(int)
    low = rng.integers(1, 40, n) + rng.random(n)
    return pd.DataFrame(
        {"year": year, "z": year - 2006, "x": x, "land": [f"L{code:02d}" for code in land], "y": y}
    ).assign(low=low, high=np.where(y == 1, low + 1, np.nan))


@pytest.mark.parametrize("kind", ["iid", "HC1", "CR0", "CR1", "CR3", "wild"])
@pytest.mark.parametrize("name", list(ESTIMATORS))
def test_the_cube_has_the_same_standard_error_with_raw_years(
    panel: pd.DataFrame, name: str, kind: str
) -> None:
    asked = {"vcov": kind, **({} if kind in ("iid", "HC1") else {"cluster": "land"})}
    undefined = {"wild": set(ESTIMATORS) - {"hazard", "logit"}, "HC1": {"random_intercept"}}
    if name in undefined.get(kind, ()):
        with pytest.raises(ModelError, match=f"vcov='{kind}' is not defined"):
            ESTIMATORS[name](CENTRED, panel, **asked)
        return
    raw, centred = (ESTIMATORS[name](terms, panel, **asked) for terms in (RAW, CENTRED))
    assert raw.params["year ** 3"] == pytest.approx(centred.params["z ** 3"], rel=1e-7)
    assert raw.se["year ** 3"] == pytest.approx(centred.se["z ** 3"], rel=1e-8)
    assert raw.se["x"] == pytest.approx(centred.se["x"], rel=1e-8)


def test_fine_gray_keeps_the_digits_of_its_sandwich(panel: pd.DataFrame) -> None:
    raw, centred = (
        models.fine_gray(terms, panel, stop="low", event="y", cause=1) for terms in (RAW, CENTRED)
    )
    assert raw.se["year ** 3"] == pytest.approx(centred.se["z ** 3"], rel=1e-8)


@pytest.mark.parametrize("kind", ["iid", "HC1", "CR1", "CR3"])
def test_an_offset_of_a_thousand_million_leaves_the_slope_s_error_alone(
    panel: pd.DataFrame, kind: str
) -> None:
    asked = {"vcov": kind, **({"cluster": "land"} if kind.startswith("CR") else {})}
    near, far = (models.hazard("y ~ x", panel.assign(x=panel["x"] + shift), **asked) for shift in (0, 1e9))
    assert far.se["x"] == pytest.approx(near.se["x"], rel=1e-6)
    assert np.isfinite(far.se).all()


@pytest.mark.parametrize("name", ["hazard", "cox", "firth"])
def test_scores_and_bread_of_the_parameters_make_the_same_sandwich(panel: pd.DataFrame, name: str) -> None:
    fit = ESTIMATORS[name]("x + z", panel, vcov="HC1")
    scores, bread = fit._estimate.scores, fit._estimate.bread  # type: ignore[attr-defined]
    n, k = scores.shape
    np.testing.assert_allclose(bread @ scores.T @ scores @ bread * n / (n - k), fit.vcov, rtol=1e-8)
