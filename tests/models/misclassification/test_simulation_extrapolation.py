"""MC-SIMEX at the level of units, a check of the likelihood."""

from __future__ import annotations

from collections.abc import Callable

import numpy as np
import pandas as pd
import pytest

from konzept_diffusion import models
from konzept_diffusion.errors import ModelError
from konzept_diffusion.models.misclassification.correction import misclassified_binary, misclassified_hazard
from konzept_diffusion.models.misclassification.simulation_extrapolation import (
    _positive,
    mc_simex,
    powered,
)

Make = Callable[..., pd.DataFrame]
PLACE = {"unit": "unit", "time": "year"}


def test_powers_of_the_misclassification_matrix() -> None:
    matrix = np.array([[0.9, 0.3], [0.1, 0.7]])  # columns: true state; rows: observed
    for power in (1, 2, 3):
        sensitivity, specificity = powered(np.array([0.7]), np.array([0.9]), power)
        expected = np.linalg.matrix_power(matrix, power)
        assert (sensitivity[0], specificity[0]) == pytest.approx((expected[1, 1], expected[0, 0]))
    half = powered(np.array([0.7]), np.array([0.9]), 0.5)
    root = np.array([[half[1][0], 1 - half[0][0]], [1 - half[1][0], half[0][0]]])
    np.testing.assert_allclose(root @ root, matrix)


def test_nothing_is_simulated_where_nothing_is_misclassified(simulate: Make) -> None:
    data = simulate(20)
    fit = mc_simex("y ~ x", data, **PLACE, sensitivity=1.0, draws=20, vcov="CR1", cluster="land")
    naive = models.hazard("y ~ x", data[data.groupby("unit")["y"].cumsum().shift(fill_value=0).where(
        data["year"] > 0, 0) == 0], vcov="CR1", cluster="land")  # fmt: skip
    np.testing.assert_allclose(fit.params, naive.params, rtol=1e-7)
    np.testing.assert_allclose(fit.se, naive.se, rtol=1e-6)


def test_it_leads_from_the_naive_estimate_to_the_corrected_one(simulate: Make) -> None:
    rates = {"small": 0.95, "large": 0.75}
    arguments = {**PLACE, "sensitivity": rates, "specificity": 0.95, "by": "size"}
    data = simulate(21, (0.95, 0.75), 0.95, units=1500)
    exact = misclassified_hazard("y ~ x + year", data, **arguments)
    naive = exact.compare().set_index("term")["naive"]
    for extrapolation in ("quadratic", "loglinear"):
        fit = mc_simex("y ~ x + year", data, **arguments, draws=20, extrapolation=extrapolation)
        assert abs(fit.params["x"] - exact.params["x"]) < 0.4 * abs(naive["x"] - exact.params["x"])
        assert fit.se["x"] == pytest.approx(exact.se["x"], rel=0.3)
        path = fit.path[fit.path["term"] == "x"]
        assert path["estimate"].iloc[0] == pytest.approx(naive["x"])
        assert list(path["lambda"]) == [0, 0.5, 1, 1.5, 2]


def test_a_cross_section_is_corrected_too() -> None:
    rng = np.random.default_rng(4)
    x = rng.normal(size=4000)
    truth = rng.random(4000) < 1 / (1 + np.exp(0.5 - x))
    named = np.where(truth, rng.random(4000) < 0.85, rng.random(4000) >= 0.95)
    data = pd.DataFrame({"x": x, "y": named.astype(int)})
    exact = misclassified_binary("y ~ x", data, sensitivity=0.85, specificity=0.95)
    fit = mc_simex("y ~ x", data, sensitivity=0.85, specificity=0.95, draws=30)
    naive = exact.compare().set_index("term")["naive"]
    assert abs(fit.params["x"] - exact.params["x"]) < 0.4 * abs(naive["x"] - exact.params["x"])
    assert fit.link == "logit"


def test_the_seed_fixes_the_result(simulate: Make) -> None:
    arguments = {**PLACE, "sensitivity": 0.8, "draws": 20}
    first, same, other = (
        mc_simex("y ~ x", simulate(22, units=150), **arguments, seed=seed).params["x"] for seed in (1, 1, 2)
    )
    assert first == same != other


def test_what_cannot_be_simulated_is_refused(simulate: Make) -> None:
    data = simulate(23, units=100)
    before = data.groupby("unit")["y"].cumsum() - data["y"]
    with pytest.raises(ModelError, match=r"later rows are needed"):
        mc_simex("y ~ x", data[before == 0], **PLACE, sensitivity=0.9)
    with pytest.raises(ModelError, match="extrapolation='cubic'"):
        mc_simex("y ~ x", data, **PLACE, sensitivity=0.9, extrapolation="cubic")  # type: ignore[arg-type]
    with pytest.raises(ModelError, match="belong together"):
        mc_simex("y ~ x", data, unit="unit", sensitivity=0.9)
    with pytest.raises(ModelError, match="powers="):
        mc_simex("y ~ x", data, **PLACE, sensitivity=0.9, powers=(1.0,))


@pytest.mark.parametrize(
    "wrong", [{"seed": -1}, {"seed": "a"}, {"seed": True}, {"draws": 20.5}, {"draws": 3}]
)
def test_draws_and_seed_are_whole_numbers(simulate: Make, wrong: dict[str, object]) -> None:
    with pytest.raises(ModelError, match=f"{next(iter(wrong))}="):
        mc_simex("y ~ x", simulate(23, units=60), **PLACE, sensitivity=0.9, **wrong)  # type: ignore[arg-type]


def test_the_summary_shows_rates_powers_and_draws(simulate: Make) -> None:
    fit = mc_simex("y ~ x", simulate(22, units=150), **PLACE, sensitivity=0.9, draws=20, seed=7)
    text = fit.summary()
    assert "powers 0.5, 1, 1.5, 2 with 20 draws each (seed 7), 0 without an estimate" in text
    assert "the standard error takes them as known" in text
    assert "sensitivity 0.9 (known, 150 units)" in text
    assert list(fit.rates["value"]) == [0.9, 1.0]


def test_a_negative_variance_names_its_term() -> None:
    matrix = np.diag([0.1, -0.2])
    with pytest.raises(ModelError, match=r"variance of 'x', extrapolated from powers up to 2 with 30 draws"):
        _positive(matrix.ravel(), ("Intercept", "x"), (0.5, 2.0), 30)
    np.testing.assert_array_equal(_positive(np.eye(2).ravel(), ("Intercept", "x"), (2.0,), 30), np.eye(2))
