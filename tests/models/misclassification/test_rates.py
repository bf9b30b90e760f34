"""Sensitivity and specificity with what is known of them."""

from __future__ import annotations

import numpy as np
import pytest
from scipy.stats import beta

from konzept_diffusion.errors import ModelError
from konzept_diffusion.models.misclassification.rates import Rate, rate_from_counts, rate_from_interval


@pytest.mark.parametrize(
    "interval", [(0.26, 0.17, 0.38), (0.889, 0.565, 0.98), (0.95, 0.9, 0.97), (0.1, 0.02, 0.4)]
)
def test_the_distribution_has_the_interval_given(interval: tuple[float, float, float]) -> None:
    rate = rate_from_interval(*interval)
    assert rate.value == interval[0]
    np.testing.assert_allclose(beta(rate.a, rate.b).ppf([0.025, 0.975]), interval[1:], atol=1e-5)


def test_a_limit_at_the_end_is_no_quantile() -> None:
    up, down = rate_from_interval(1.0, 0.5655, 1.0), rate_from_interval(0.0, 0.0, 0.4345)
    assert beta(up.a, up.b).ppf(0.025) == pytest.approx(0.5655)
    assert (up.b, down.a) == (0.5, 0.5)
    assert down.b == pytest.approx(up.a)


def test_counts_give_the_posterior_of_jeffreys() -> None:
    rate = rate_from_counts(8, 9)
    assert (rate.value, rate.a, rate.b) == (8 / 9, 8.5, 1.5)
    draws = rate.draw(np.random.default_rng(1), 20_000)
    assert draws.mean() == pytest.approx(0.85, abs=0.005)
    assert ((draws - 8 / 9) ** 2).mean() == pytest.approx(rate.variance, rel=0.05)


def test_a_known_rate_does_not_vary() -> None:
    rate = Rate(0.9)
    assert not rate.uncertain
    assert rate.variance == 0
    assert (rate.draw(np.random.default_rng(1), 5) == 0.9).all()


@pytest.mark.parametrize("interval", [(0.5, 0.6, 0.7), (0.5, 0.0, 1.0), (0.5, 0.5, 0.5), (1.2, 0.9, 1.3)])
def test_what_is_no_interval_is_refused(interval: tuple[float, float, float]) -> None:
    with pytest.raises(ModelError, match="no rate with an interval"):
        rate_from_interval(*interval)


def test_what_is_no_rate_is_refused() -> None:
    with pytest.raises(ModelError, match=r"1\.2 is no share"):
        Rate(1.2)
    with pytest.raises(ModelError, match="3 hits of 2"):
        rate_from_counts(3, 2)
    with pytest.raises(ModelError, match="is no distribution"):
        Rate(0.9, 1.0, None)
