"""More named than the sensitivity allows: nothing is estimated where nothing but the rates speaks."""

from __future__ import annotations

from collections.abc import Callable

import numpy as np
import pandas as pd
import pytest

from konzept_diffusion.errors import ModelError
from konzept_diffusion.models.misclassification.correction import (
    WeakIdentificationWarning,
    misclassified_binary,
    misclassified_hazard,
)
from konzept_diffusion.models.misclassification.rates import Rate, rate_from_counts
from konzept_diffusion.models.misclassification.simulation_extrapolation import mc_simex
from konzept_diffusion.models.misclassification.tipping import tipping_point

Make = Callable[..., pd.DataFrame]
PLACE = {"unit": "unit", "time": "year"}


@pytest.fixture(scope="module")
def third_named() -> pd.DataFrame:
    """240 units, 84 of them (35 %) named; those with a larger x more often."""
    rng = np.random.default_rng(50)
    x = rng.normal(size=240)
    order = np.argsort(-(x + rng.normal(scale=2.0, size=240)))
    named = np.zeros(240, dtype=int)
    named[order[:84]] = 1
    return pd.DataFrame({"y": named, "x": x, "size": np.where(x > 0, "large", "small")})


@pytest.mark.filterwarnings(
    "ignore::konzept_diffusion.models.misclassification.correction.WeakIdentificationWarning"
)
def test_a_cross_section_that_contradicts_its_rates_has_no_estimate(third_named: pd.DataFrame) -> None:
    with pytest.raises(ModelError, match=r"35% of the units.*0\.35 were named.*sensitivity of 0\.3 allows"):
        misclassified_binary("y ~ x", third_named, sensitivity=0.3)
    with pytest.raises(ModelError, match=r"no more as the specificity of 0\.6 alone"):
        misclassified_binary("y ~ x", third_named, sensitivity=0.9, specificity=0.6)
    assert np.isfinite(misclassified_binary("y ~ x", third_named, sensitivity=0.6).se).all()


@pytest.mark.filterwarnings(
    "ignore::konzept_diffusion.models.misclassification.correction.WeakIdentificationWarning"
)
def test_every_class_is_held_against_its_own_rate(third_named: pd.DataFrame) -> None:
    share = third_named.groupby("size")["y"].mean()
    assert share["small"] < 0.4 < share["large"]
    rates = {"small": 0.9, "large": 0.4}
    with pytest.raises(ModelError, match=r"In size 'large', .* sensitivity of 0\.4"):
        misclassified_binary("y ~ x", third_named, sensitivity=rates, by="size")


def test_draws_that_the_data_contradict_do_not_count(third_named: pd.DataFrame) -> None:
    fit = misclassified_binary("y ~ x", third_named, sensitivity=rate_from_counts(4, 9))
    below = fit._rates.rates[0].draw(np.random.default_rng(1), 200) <= 0.35
    assert below.mean() > 0.1
    with pytest.raises(ModelError, match=r"draws of the rates .* or the data contradict them"):
        fit.propagate(draws=200, seed=1)
    narrow = misclassified_binary("y ~ x", third_named, sensitivity=Rate(0.5, 50.5, 50.5))
    assert narrow.propagate(draws=50).failed == 0
    for wrong in ({"seed": -1}, {"seed": "a"}, {"draws": 50.5}, {"draws": 3}):
        with pytest.raises(ModelError, match=f"{next(iter(wrong))}="):
            narrow.propagate(**wrong)


def test_the_summary_shows_the_rates_and_whether_the_error_holds_them(third_named: pd.DataFrame) -> None:
    known = misclassified_binary("y ~ x", third_named, sensitivity={"small": 0.9, "large": 0.8}, by="size")
    text = known.summary()
    assert "the standard error takes them as known" in text
    for line in known._rates.lines():
        assert line in text
    assert "sensitivity[large] 0.8 (known, " in text
    uncertain = misclassified_binary("y ~ x", third_named, sensitivity=Rate(0.9, 45.5, 5.5)).summary()
    assert "the standard error holds what the rates' own uncertainty adds" in uncertain
    assert "sensitivity 0.9 (standard deviation 0.0" in uncertain
    assert "240 units)" in uncertain


def test_a_hazard_is_left_with_its_dates_and_its_summary_says_so(simulate: Make) -> None:
    data = simulate(16)
    with pytest.warns(WeakIdentificationWarning):
        fit = misclassified_hazard("y ~ x", data, **PLACE, sensitivity=0.3)
    assert "rests on the dates alone" in fit.summary()
    plain = misclassified_hazard("y ~ x", data, **PLACE, sensitivity=0.95).summary()
    assert "rests on the dates alone" not in plain


def test_the_verdict_rests_on_possible_sensitivities_only(simulate: Make) -> None:
    data = simulate(16)
    named = data.groupby("unit")["y"].max()
    share = named.mean()
    grid = [1.0, 0.95, 0.9, 0.8, 0.6, 0.4, 0.2]
    tipping = tipping_point("y ~ x", data, "x", **PLACE, sensitivities=grid)
    table = tipping.table.set_index("sensitivity")
    impossible = [value for value in grid if value <= share]
    assert len(impossible) >= 2
    assert table.loc[impossible, "estimate"].isna().all()
    assert table.loc[impossible, "same_conclusion"].isna().all()
    assert table.loc[impossible, "reason"].str.contains("were named as adopters").all()
    possible = [value for value in grid if value > share]
    assert table.loc[possible, "estimate"].notna().all()
    assert tipping.tipping()["lowest_estimable"].iloc[0] == min(possible)
    assert len(tipping.plot_data()) == len(possible)
    text = tipping.summary()
    assert f"{int(named.sum())} of 400 units were named" in text
    assert f"{len(impossible)} of {len(grid)} points have no estimate" in text
    facts = tipping.glance().iloc[0]
    assert (facts["n_points"], facts["n_estimable"]) == (len(grid), len(possible))
    assert (facts["n_units"], facts["n_named"]) == (400, named.sum())
    assert facts["lowest_estimable"] == min(possible)
    assert np.isnan(facts["sign_lost"])


def test_a_sign_cannot_be_lost_where_nothing_can_be_known() -> None:
    """50 % and 46 % named: a rest found at 0.4 would turn the sign, but 0.4 cannot have found 46 %."""
    large = np.repeat([0, 1], 500)
    named = np.r_[np.arange(500) < 230, np.arange(500) < 250].astype(int)
    data = pd.DataFrame({"y": named, "large": large})
    tipping = tipping_point("y ~ large", data, "large", differential="large", sensitivities=[1.0, 0.8, 0.4])
    table = tipping.table.set_index(["sensitivity", "sensitivity_group"])
    assert table.loc[0.4, "estimate"].isna().all()
    assert not bool(table.loc[(0.8, 1.0), "same_sign"])
    verdicts = tipping.tipping().set_index("sensitivity")
    assert verdicts.loc[0.8, "sign_lost"] == 1.0
    assert np.isnan(verdicts.loc[0.4, "sign_lost"])
    assert np.isnan(verdicts.loc[0.4, "lowest_estimable"])
    assert tipping.glance()["differential"].iloc[0] == "large"


def test_a_grid_without_a_possible_point_below_one_has_no_verdict(simulate: Make) -> None:
    text = tipping_point("y ~ x", simulate(16), "x", **PLACE, sensitivities=[1.0, 0.3]).summary()
    assert "nothing is known of a tipping point" in text
    assert "that stays so" not in text


def test_simulation_refuses_what_the_data_contradict(simulate: Make) -> None:
    with pytest.raises(ModelError, match=r"not identified at these rates.*sensitivity of 0\.4 allows"):
        mc_simex("y ~ x", simulate(16), **PLACE, sensitivity=0.4, draws=20)
