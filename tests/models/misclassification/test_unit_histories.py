"""Rows that make no history of a unit are refused, whatever else stands in them."""

from __future__ import annotations

from collections.abc import Callable

import numpy as np
import pandas as pd
import pytest

from konzept_diffusion.errors import ModelError
from konzept_diffusion.models.misclassification.correction import misclassified_hazard

Make = Callable[..., pd.DataFrame]
Cut = Callable[[pd.DataFrame], pd.DataFrame]
ARGUMENTS = {"unit": "unit", "time": "year", "sensitivity": 0.9}


@pytest.mark.parametrize(
    ("change", "shown"),
    [
        (lambda years: (years + 8).astype(str), "first '8'"),  # as text, 10 would come before 8
        (lambda years: pd.to_datetime("2000-01-01") + pd.to_timedelta(years, unit="D"), "first Timestamp"),
        (lambda years: years.astype("category"), "first 0"),
        (lambda years: years > 3, "first False"),
    ],
)
def test_times_that_are_no_numbers_are_refused(
    simulate: Make, change: Callable[[pd.Series], pd.Series], shown: str
) -> None:
    data = simulate(40, units=60)
    with pytest.raises(ModelError, match=rf"times in 'year' are no numbers \({shown}"):
        misclassified_hazard("y ~ x", data.assign(year=change(data["year"])), **ARGUMENTS)


@pytest.mark.parametrize("dtype", ["float64", "Int64", "object"])
def test_numbers_of_any_kind_are_times(simulate: Make, dtype: str) -> None:
    data = simulate(40, units=60)
    expected = misclassified_hazard("y ~ x", data, **ARGUMENTS)
    fit = misclassified_hazard("y ~ x", data.astype({"year": dtype}), **ARGUMENTS)
    pd.testing.assert_series_equal(fit.params, expected.params)


def test_a_time_that_is_not_finite_is_refused(simulate: Make) -> None:
    data = simulate(40, units=60).astype({"year": float})
    data.loc[5, "year"] = np.inf
    with pytest.raises(ModelError, match="at index 5 is not finite"):
        misclassified_hazard("y ~ x", data, **ARGUMENTS)


def test_a_gap_inside_a_unit_s_rows_is_refused(simulate: Make) -> None:
    data = simulate(41, units=60)
    never = data.groupby("unit")["y"].max().eq(0)
    unit = never.index[never][0]
    holes = data[~((data["unit"] == unit) & data["year"].isin([3, 4]))]
    with pytest.raises(ModelError, match=rf"unit {unit} has no row at 3, .* \(1 units have such gaps\)"):
        misclassified_hazard("y ~ x", holes, **ARGUMENTS)


def test_rows_that_do_not_enter_may_be_absent(simulate: Make, to_risk_set: Cut) -> None:
    """Of a certain adopter, rows after the adoption are not needed: a hole among them is none."""
    data = simulate(41, units=60)
    event = data[(data["y"] == 1) & (data["year"] < 5)].iloc[0]
    after = (data["unit"] == event["unit"]) & (data["year"] == event["year"] + 1)
    expected = misclassified_hazard("y ~ x", to_risk_set(data), **ARGUMENTS)
    fit = misclassified_hazard("y ~ x", data[~after], **ARGUMENTS)
    pd.testing.assert_series_equal(fit.params, expected.params)
    with pytest.raises(ModelError, match=f"unit {event['unit']} has no row at {event['year'] + 1}"):
        misclassified_hazard("y ~ x", data[~after], **ARGUMENTS, specificity=0.95)


def test_a_period_that_no_unit_has_is_no_gap(simulate: Make, to_risk_set: Cut) -> None:
    data = to_risk_set(simulate(41, units=60))
    biennial = data.assign(year=2 * data["year"])
    expected = misclassified_hazard("y ~ x", data, **ARGUMENTS)
    fit = misclassified_hazard("y ~ x", biennial, **ARGUMENTS)
    pd.testing.assert_series_equal(fit.params, expected.params)


def test_messages_show_plain_numbers_and_keys_of_one_kind_are_asked_for(simulate: Make) -> None:
    data = simulate(41, units=60)
    with pytest.raises(ModelError, match="unit 0 has two rows at year 0:"):
        misclassified_hazard("y ~ x", pd.concat([data, data.iloc[:1]]), **ARGUMENTS)
    mixed = data.assign(unit=data["unit"].astype(object).where(data["unit"] > 3, "a"))
    with pytest.raises(ModelError, match="'unit' mixes numbers and text"):
        misclassified_hazard("y ~ x", mixed, **ARGUMENTS)


@pytest.mark.parametrize("vcov", ["iid", "CR1", "CR3"])
def test_calendar_years_and_their_powers_cost_no_digits(simulate: Make, vcov: str) -> None:
    data = simulate(42, (0.8, 0.8), units=300)
    data = data.assign(calendar=data["year"] + 2004)
    last = []
    for name in ("year", "calendar"):
        fit = misclassified_hazard(
            f"y ~ x + {name} + {{{name}**2}}", data, **ARGUMENTS, vcov=vcov, cluster="land" if vcov != "iid" else None
        )  # fmt: skip
        last.append((fit.params.iloc[-1], fit.se.iloc[-1]))
    np.testing.assert_allclose(last[0], last[1], rtol=1e-6)
