"""Logistic and Gompertz curves of adoption."""

import numpy as np
import pandas as pd
import pytest

from konzept_diffusion.errors import ModelError
from konzept_diffusion.models.estimators.s_curves.curve import logistic_curve, s_curve

YEARS = np.arange(1996, 2018)
SHAPES = {
    "logistic": lambda t: 1 / (1 + np.exp(-0.4 * (t - 2007.5))),
    "gompertz": lambda t: np.exp(-np.exp(-0.4 * (t - 2007.5))),
}


@pytest.fixture(params=SHAPES)
def drawn(request):
    """3,000 units drawn from a curve with midpoint 2007.5 and rate 0.4, and those left at the end of 2017."""
    share = SHAPES[request.param]
    cells = np.diff(np.concatenate([[0], share(YEARS), [1]]))
    counts = np.random.default_rng(3).multinomial(3000, cells)
    return request.param, pd.Series(counts[:-1], index=YEARS), counts[-1]


@pytest.mark.parametrize("method", ["nls", "ml"])
def test_both_methods_find_the_curve(drawn, method):
    form, counts, _ = drawn
    fit = s_curve(counts, form, "censored", method=method, population=3000)
    assert fit.params.to_dict() == pytest.approx({"midpoint": 2007.5, "rate": 0.4}, rel=0.05)
    assert abs(fit.params["midpoint"] - 2007.5) < 0.3
    if method == "ml":
        assert (abs(fit.params - [2007.5, 0.4]) < 3 * fit.se).all()


def test_the_midpoint_is_the_peak(drawn):
    form, counts, _ = drawn
    fit = s_curve(counts, form, "censored", population=3000)
    peak = fit.peak().iloc[0]
    assert peak["estimate"] == fit.params["midpoint"]
    assert peak["std_error"] == pytest.approx(fit.se["midpoint"])
    at_midpoint = fit.predict([fit.params["midpoint"]])["share"][0]
    assert at_midpoint == pytest.approx(0.5 if form == "logistic" else np.exp(-1))


def test_left_truncation_leaves_out_who_adopted_before(drawn):
    form, counts, _ = drawn
    late = counts.loc[2008:]
    at_risk = 3000 - counts.loc[:2007].sum()
    options = {"method": "ml", "population": at_risk}
    right = s_curve(late, form, "censored", left_truncated=True, **options)
    wrong = s_curve(late, form, "censored", **options)
    assert (abs(right.params - [2007.5, 0.4]) < 3 * right.se).all()
    assert abs(wrong.params["rate"] - 0.4) > 3 * wrong.se["rate"]
    assert right.predict()["share"].iloc[0] < 0.25


def test_logistic_curve_is_the_s_curve_of_that_form(drawn):
    counts = drawn[1]
    np.testing.assert_array_equal(logistic_curve(counts).params, s_curve(counts, "logistic").params)


def test_a_ceiling_scales_the_logistic_curve():
    noise = np.random.default_rng(2).normal(0, 1e-6, len(YEARS))
    counts = np.diff(np.concatenate([[0], 0.8 * SHAPES["logistic"](YEARS) + noise])) * 500
    fit = logistic_curve(np.clip(counts, 0, None), "censored", population=500, ceiling="estimated")
    assert fit.params["ceiling"] == pytest.approx(0.8, rel=1e-3)
    assert fit.m == pytest.approx(400, rel=1e-3)
    assert fit.params["midpoint"] == pytest.approx(2007.5 - 1995, rel=1e-3)


def test_an_unknown_form_is_refused():
    with pytest.raises(ModelError, match="choose logistic or gompertz"):
        s_curve([1, 2, 3, 2, 1], "richards")
