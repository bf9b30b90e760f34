"""How wrong would the search have to be?"""

from __future__ import annotations

from collections.abc import Callable

import numpy as np
import pandas as pd
import pytest

from konzept_diffusion.errors import ModelError
from konzept_diffusion.models.misclassification.correction import misclassified_binary, misclassified_hazard
from konzept_diffusion.models.misclassification.tipping import tipping_point

Make = Callable[..., pd.DataFrame]
PLACE = {"unit": "unit", "time": "year"}


def group_is_found_better() -> pd.DataFrame:
    """1,000 units, half of them large; both halves have adopted as often, the large are found more often."""
    rng = np.random.default_rng(30)
    large = np.repeat([0, 1], 500)
    truth = rng.random(1000) < 0.5
    named = truth & (rng.random(1000) < np.where(large == 1, 1.0, 0.6))
    return pd.DataFrame({"y": named.astype(int), "large": large, "land": np.arange(1000) % 16})


def test_each_point_is_the_corrected_fit(simulate: Make) -> None:
    data = simulate(31, (0.8, 0.8))
    tipping = tipping_point("y ~ x", data, "x", **PLACE, sensitivities=[0.8, 1.0, 0.9], cluster="land")
    assert list(tipping.table["sensitivity"]) == [1.0, 0.9, 0.8]
    for row in tipping.table.itertuples():
        fit = misclassified_hazard("y ~ x", data, **PLACE, sensitivity=row.sensitivity, cluster="land")
        expected = fit.tidy().set_index("term").loc["x"]
        assert (row.estimate, row.std_error) == pytest.approx((expected["estimate"], expected["std_error"]))
        assert (row.conf_low, row.conf_high) == pytest.approx((expected["conf_low"], expected["conf_high"]))


def test_a_difference_made_by_the_search_is_found_out() -> None:
    data = group_is_found_better()
    tipping = tipping_point(
        "y ~ large", data, "large", differential="large", sensitivities=[1.0, 0.9, 0.8, 0.7, 0.6, 0.55]
    )
    assert tipping.naive_significant
    assert tipping.naive_sign == 1
    table = tipping.table.set_index(["sensitivity", "sensitivity_group"])
    assert not table.loc[(0.6, 1.0), "significant"]
    assert table.loc[(1.0, 1.0), "significant"]
    verdicts = tipping.tipping().set_index("sensitivity")
    # Equally good search: the difference stands; with 0.6 for the rest it is gone already where the group is at 1.
    assert np.isnan(verdicts.loc[1.0, "significance_lost"])
    assert verdicts.loc[0.6, "significance_lost"] == 1.0
    classes = data.assign(size=data["large"].map({0: "rest", 1: "group"}))
    fit = misclassified_binary("y ~ large", classes, sensitivity={"rest": 0.7, "group": 0.9}, by="size")
    assert table.loc[(0.7, 0.9), "estimate"] == pytest.approx(fit.params["large"])


def test_the_sign_can_turn() -> None:
    rng = np.random.default_rng(32)
    large = np.repeat([0, 1], 500)
    named = rng.random(1000) < np.where(large == 1, 0.40, 0.34)
    data = pd.DataFrame({"y": named.astype(int), "large": large})
    tipping = tipping_point("y ~ large", data, "large", differential="large", sensitivities=[1.0, 0.8, 0.6])
    verdict = tipping.tipping().set_index("sensitivity").loc[0.6]
    assert verdict["sign_lost"] == 1.0
    assert "other sign" in set(tipping.plot_data()["verdict"])


def test_points_without_an_estimate_stay_with_their_reason() -> None:
    data = pd.DataFrame({"y": [1] * 16 + [0] * 4, "x": [0, 1] * 10})
    tipping = tipping_point("y ~ x", data, "x", sensitivities=[1.0, 0.9, 0.5, 0.1], specificity=0.95)
    table = tipping.table.set_index("sensitivity")
    assert "not identified" in table.loc[0.5, "reason"]
    assert "not identified" in table.loc[0.1, "reason"]
    assert pd.isna(table.loc[1.0, "reason"])
    assert tipping.tipping()["lowest_estimable"].iloc[0] > 0.5
    assert len(tipping.plot_data()) == int(table["estimate"].notna().sum()) < 4


def test_what_a_figure_draws(simulate: Make) -> None:
    data = simulate(33, (0.8, 0.8), units=200)
    single = tipping_point("y ~ x", data, "x", **PLACE, sensitivities=[1, 0.9])
    assert list(single.plot_data()) == ["x", "series", "estimate", "conf_low", "conf_high", "verdict"]
    assert set(single.plot_data()["series"]) == {"all"}
    double = tipping_point("y ~ x", data, "x", **PLACE, sensitivities=[1, 0.9], differential="x")
    assert sorted(double.plot_data()["series"]) == ["0.9", "0.9", "1", "1"]
    assert "Tipping point of 'x'" in double.summary()
    pd.testing.assert_frame_equal(single.tidy(), single.table)


def test_what_is_no_question_is_refused(simulate: Make) -> None:
    data = simulate(34, units=100)
    with pytest.raises(ModelError, match=r"no term 'z': it has Intercept, x"):
        tipping_point("y ~ x", data, "z", **PLACE)
    with pytest.raises(ModelError, match="is no grid"):
        tipping_point("y ~ x", data, "x", **PLACE, sensitivities=[0.0, 1.0])
    with pytest.raises(ModelError, match="no column of numbers"):
        tipping_point("y ~ x", data, "x", **PLACE, differential="size")
    with pytest.raises(ModelError, match="No unit lies on one side"):
        tipping_point("y ~ x", data, "x", **PLACE, differential="x", above=99)


@pytest.mark.parametrize(
    "grid", [0.5, "abc", None, [], [0.5, "a"], [1.0, np.nan], [True], [1.2, 0.5]], ids=repr
)
def test_what_is_no_grid_is_refused(simulate: Make, grid: object) -> None:
    with pytest.raises(ModelError, match="is no grid: give a list of shares"):
        tipping_point("y ~ x", simulate(34, units=60), "x", **PLACE, sensitivities=grid)  # type: ignore[arg-type]


def test_the_interval_is_named_as_it_is(simulate: Make) -> None:
    tipping = tipping_point("y ~ x", simulate(34, units=60), "x", **PLACE, sensitivities=[1], level=0.999)
    assert "99.9% interval" in tipping.summary()
