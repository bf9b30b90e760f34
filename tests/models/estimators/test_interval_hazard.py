from __future__ import annotations

import pickle

import numpy as np
import pandas as pd
import pytest
from scipy import stats

from konzept_diffusion.errors import ModelError
from konzept_diffusion.models.design import DroppedRowsWarning
from konzept_diffusion.models.estimators.interval.likelihood import (
    FAMILIES,
    LocationScale,
    PiecewiseConstant,
    Spells,
)
from konzept_diffusion.models.estimators.interval.model import DISTRIBUTIONS, interval_hazard


@pytest.fixture
def spells() -> pd.DataFrame:
    """300 durations of mean about 5: exact, interval, right- and left-censored, half of them entered late."""
    rng = np.random.default_rng(8)
    x = rng.normal(size=300)
    entry = np.where(rng.random(300) < 0.5, rng.uniform(0, 2, 300).round(1), 0.0)
    time = entry + np.exp(1.3 - 0.4 * x) * rng.exponential(size=300)
    low, high = np.maximum(np.floor(time), entry), np.floor(time) + 1
    kind = rng.integers(0, 4, 300)
    low, high = np.where(kind == 0, time, low), np.where(kind == 0, time, high)
    high = np.where((kind == 1) & (low > entry), np.nan, high)
    low = np.where((kind == 2) & (entry == 0), np.nan, low)
    return pd.DataFrame({"low": low, "high": high, "entry": entry, "x": x, "group": np.arange(300) % 15})


def model(data: pd.DataFrame, distribution: str, **options: object) -> object:
    cuts = (2.0, 5.0) if distribution == "piecewise" else ()
    return interval_hazard(
        "x", data, "low", "high", entry="entry", distribution=distribution, cuts=cuts, **options
    )


def by_definition(data: pd.DataFrame, distribution: str, params: pd.Series) -> float:
    """Log-likelihood from scipy's distributions."""
    location = params["Intercept"] + params["x"] * data["x"]
    scale = np.exp(params.get("log(scale)", 0.0))
    law = {
        "weibull": lambda: stats.weibull_min(1 / scale, scale=np.exp(location)),
        "exponential": lambda: stats.expon(scale=np.exp(location)),
        "loglogistic": lambda: stats.fisk(1 / scale, scale=np.exp(location)),
        "lognormal": lambda: stats.lognorm(scale, scale=np.exp(location)),
    }[distribution]()
    low, high = data["low"].fillna(data["entry"]).to_numpy(), data["high"].fillna(np.inf).to_numpy()
    with np.errstate(divide="ignore"):
        value = np.where(low == high, law.logpdf(low), np.log(law.cdf(high) - law.cdf(low)))
    return float(np.sum(value - law.logsf(data["entry"])))


@pytest.mark.parametrize("distribution", FAMILIES)
def test_the_likelihood_is_that_of_the_distribution(spells: pd.DataFrame, distribution: str) -> None:
    fit = model(spells, distribution)
    best = by_definition(spells, distribution, fit.params)
    assert fit.loglik == pytest.approx(best, rel=1e-10)
    for term in fit.params.index:
        for shift in (-1e-3, 1e-3):
            moved = fit.params.copy()
            moved[term] += shift
            assert by_definition(spells, distribution, moved) < best


@pytest.mark.parametrize("distribution", DISTRIBUTIONS)
def test_scores_are_derivatives_row_by_row(spells: pd.DataFrame, distribution: str) -> None:
    times = [spells["low"].fillna(spells["entry"]), spells["high"].fillna(np.inf), spells["entry"]]
    low, high, entry = (column.to_numpy() for column in times)
    for row in range(0, 300, 7):
        one = Spells(low[[row]], high[[row]], entry[[row]])
        x = spells["x"].to_numpy()[[row], None]
        if distribution == "piecewise":
            likelihood, params = (
                PiecewiseConstant(np.array([2.0, 5.0]), one, x),
                np.array([-1.2, -1.0, -1.5, 0.3]),
            )
        else:
            X = np.column_stack([np.ones(1), x])
            likelihood, params = LocationScale(distribution, one, X), np.array([1.2, -0.3, -0.2])
            params = params[:2] if distribution == "exponential" else params
        score = likelihood(params)[1][0]
        for j, unit in enumerate(np.eye(len(params))):
            numeric = (likelihood(params + 1e-5 * unit)[0] - likelihood(params - 1e-5 * unit)[0]) / 2e-5
            assert score[j] == pytest.approx(numeric, rel=1e-6, abs=1e-8)


def test_exact_exponential_durations_have_a_closed_form() -> None:
    data = pd.DataFrame({"a": [2.0, 3, 7, 9], "b": [2.0, 3, 7, np.nan], "start": [0.0, 1, 0, 4]})
    fit = interval_hazard("1", data, "a", "b", entry="start", distribution="exponential")
    assert fit.params["Intercept"] == pytest.approx(np.log((2 + 2 + 7 + 5) / 3), rel=1e-9)
    assert fit.counts == {"exact": 3, "interval": 0, "left": 0, "right": 1, "entered_late": 2}


def test_piecewise_rates_without_covariates_are_events_over_exposure() -> None:
    data = pd.DataFrame({"a": [1.0, 2, 4, 6, 8], "b": [1.0, 2, 4, 6, np.nan], "start": [0.0, 0, 1, 0, 5]})
    fit = interval_hazard("1", data, "a", "b", entry="start", distribution="piecewise", cuts=[3])
    exposure = (1 + 2 + 2 + 3 + 0, 0 + 0 + 1 + 3 + 3)
    np.testing.assert_allclose(fit.params, np.log([2 / exposure[0], 2 / exposure[1]]), rtol=1e-9)
    assert list(fit.params.index) == ["log(rate)(0,3]", "log(rate)(3,inf]"]


def test_one_interval_for_all_gives_the_share() -> None:
    # Survival to 4 is estimated by the share that got there.
    data = pd.DataFrame({"a": [0.0] * 3 + [4.0] * 2, "b": [4.0] * 3 + [np.inf] * 2})
    fit = interval_hazard("1", data, "a", "b", distribution="exponential")
    assert fit.survival(data.head(1), [4]).iloc[0, 0] == pytest.approx(0.4, rel=1e-9)


def test_late_entry_removes_the_bias_of_length() -> None:
    rng = np.random.default_rng(5)
    x = rng.normal(size=6000)
    time = np.exp(1.5 + 0.4 * x) * rng.weibull(1 / 0.6, size=6000)
    entry = rng.uniform(0, 6, 6000)
    seen = time > entry
    data = pd.DataFrame(
        {"a": np.maximum(np.floor(time), entry), "b": np.floor(time) + 1, "e": entry, "x": x}
    )[seen]
    truth = np.array([1.5, 0.4, np.log(0.6)])
    fit = interval_hazard("x", data, "a", "b", entry="e")
    assert (np.abs(fit.params - truth) < 3 * fit.se).all()
    blind = interval_hazard("x", data, "a", "b")
    assert abs(blind.params["Intercept"] - 1.5) > 10 * blind.se["Intercept"]


def test_weibull_and_exponential_are_proportional_hazards(spells: pd.DataFrame) -> None:
    fit = model(spells, "weibull")
    effect = fit.proportional_hazards().iloc[0]
    assert effect["estimate"] == pytest.approx(-fit.params["x"] / fit.scale)
    one, two = (fit.survival(pd.DataFrame({"x": [value]}), [3.0]).iloc[0, 0] for value in (0.0, 1.0))
    assert np.log(two) / np.log(one) == pytest.approx(np.exp(effect["estimate"]))
    covariance, scale = fit.vcov.loc[["x", "log(scale)"], ["x", "log(scale)"]].to_numpy(), fit.scale
    gradient = np.array([-1 / scale, fit.params["x"] / scale])
    assert effect["std_error"] == pytest.approx(np.sqrt(gradient @ covariance @ gradient))
    exponential = model(spells, "exponential")
    assert exponential.proportional_hazards()["std_error"].iloc[0] == pytest.approx(exponential.se["x"])
    with pytest.raises(ModelError, match="not proportional in the lognormal"):
        model(spells, "lognormal").proportional_hazards()


@pytest.mark.parametrize("distribution", DISTRIBUTIONS)
def test_any_covariance_serves_any_distribution(spells: pd.DataFrame, distribution: str) -> None:
    fits = {
        kind: model(spells, distribution, vcov=kind, cluster="group") for kind in ("HC1", "CR0", "CR1", "CR3")
    }
    np.testing.assert_allclose(fits["CR1"].vcov, fits["CR0"].vcov * 15 / 14)
    assert all(np.isfinite(fit.se).all() for fit in fits.values())
    assert np.allclose(fits["CR0"]._estimate.scores.sum(axis=0), 0, atol=1e-6)
    kept = pickle.loads(pickle.dumps(fits["CR3"]))
    assert kept.summary() == fits["CR3"].summary()


def test_calendar_years_are_whole_periods_from_an_origin() -> None:
    data = pd.DataFrame({"from": [2003.0, 2006, 2010, np.nan], "to": [2005.0, 2006, np.nan, 2001]})
    years = interval_hazard("1", data, "from", "to", origin=2000, whole_periods=True)
    times = pd.DataFrame({"a": [3.0, 6, 10, np.nan], "b": [6.0, 7, np.nan, 2]})
    same = interval_hazard("1", times, "a", "b")
    np.testing.assert_allclose(years.params, same.params, rtol=1e-9)
    shown = years.survival(data.head(1), [2000, 2008])
    np.testing.assert_allclose(shown, same.survival(times.head(1), [0, 8]), rtol=1e-9)
    assert shown[2000].iloc[0] == 1


@pytest.mark.parametrize(
    ("row", "message"),
    [
        ({"low": 5.0, "high": 3.0}, "have 'low' after 'high', first at index r2"),
        (
            {"low": 1.0, "high": 3.0, "entry": 2.0},
            "have 'entry' after 'low', first at index r2.*raise the lower bound",
        ),
        ({"low": -1.0}, "before the origin 0, first at index r2"),
        ({"low": np.nan, "high": np.nan}, "say nothing about the duration, first at index r2"),
        ({"low": 0.0, "high": 0.0}, "event at the entry or origin itself, first at index r2"),
        ({"entry": np.nan}, "have no entry"),
    ],
)
def test_impossible_rows_are_named(row: dict[str, float], message: str) -> None:
    data = pd.DataFrame(
        {"low": [1.0, 2, 3, 4], "high": [2.0, 3, 4, 5], "entry": [0.0] * 4}, index=["r1", "r2", "r3", "r4"]
    )
    for column, value in row.items():
        data.loc["r2", column] = value
    with pytest.raises(ModelError, match=message):
        interval_hazard("1", data, "low", "high", entry="entry")


def test_other_mistakes_are_named(spells: pd.DataFrame) -> None:
    with pytest.raises(ModelError, match="distribution='gamma'"):
        interval_hazard("x", spells, "low", "high", distribution="gamma")
    with pytest.raises(ModelError, match="cuts are for distribution='piecewise' only"):
        interval_hazard("x", spells, "low", "high", cuts=[1])
    with pytest.raises(ModelError, match="increasing positive times"):
        interval_hazard("x", spells, "low", "high", distribution="piecewise", cuts=[3, 2])
    with pytest.raises(ModelError, match="No row has an event"):
        interval_hazard("x", spells.assign(low=1.0, high=np.nan), "low", "high")
    with pytest.raises(ModelError, match="No variation in 'one'"):
        interval_hazard("x + one", spells.assign(one=1), "low", "high")
    with pytest.raises(ModelError, match=r"No row is observed in the piece log\(rate\)\(500,inf\]"):
        interval_hazard("x", spells, "low", "high", distribution="piecewise", cuts=[2, 500])
    with pytest.warns(DroppedRowsWarning, match=r"x \(1\)"):
        fit = interval_hazard("x", spells.assign(x=spells["x"].mask(spells.index == 2)), "low", "high")
    assert (fit.nobs, fit.nobs_total, fit.dropped) == (299, 300, {"x": 1})


def test_durations_within_one_interval_do_not_tell_their_spread() -> None:
    data = pd.DataFrame({"low": [4.0] * 30, "high": [5.0] * 30})
    for family in ("weibull", "lognormal", "loglogistic"):
        with pytest.raises(ModelError, match="infinite"):
            interval_hazard("1", data, "low", "high", distribution=family)
    rate = interval_hazard("1", data, "low", "high", distribution="exponential")
    assert np.exp(-rate.params["Intercept"]) == pytest.approx(np.log(5 / 4), rel=1e-6)


@pytest.mark.parametrize("cuts", [3, "ab", ["a"], [[1, 2]], None])
def test_cuts_are_a_list_of_times(spells: pd.DataFrame, cuts: object) -> None:
    with pytest.raises(ModelError, match="is no list of times"):
        interval_hazard("x", spells, "low", "high", distribution="piecewise", cuts=cuts)  # type: ignore[arg-type]


def test_the_summary_says_what_is_known_of_the_durations(spells: pd.DataFrame) -> None:
    fit = interval_hazard("x", spells, "low", "high", entry="entry")
    known = fit.counts
    assert f"{known['exact']} exact, {known['interval']} within an interval" in fit.summary()
    assert f"{known['right']} right-censored" in fit.summary()
    assert "McFadden" not in fit.summary()  # a density has none
    assert np.isnan(fit.glance()["mcfadden_r2"].iloc[0])
    blurred = spells.assign(
        high=np.where(spells["low"] == spells["high"], spells["high"] + 1, spells["high"])
    )
    assert "McFadden" in interval_hazard("x", blurred, "low", "high", entry="entry").summary()


def test_a_lower_bound_of_whole_periods_is_the_beginning_of_its_period() -> None:
    data = pd.DataFrame({"low": [2006, 2010, 2007], "high": [2008, np.nan, 2009]})
    years = interval_hazard(
        "1", data, "low", "high", distribution="exponential", origin=2000, whole_periods=True
    )
    bounds = data.assign(high=data["high"] + 1)
    times = interval_hazard("1", bounds, "low", "high", distribution="exponential", origin=2000)
    assert years.loglik == times.loglik
