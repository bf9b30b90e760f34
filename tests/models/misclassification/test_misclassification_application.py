"""The correction on the data held."""

from __future__ import annotations

import numpy as np
import pandas as pd
import pytest

import konzept_diffusion as kd
from konzept_diffusion.models.misclassification.application import (
    LIMITS,
    Application,
    application,
    cross_section,
    measured_sensitivities,
)


@pytest.fixture(scope="module")
def applied() -> Application:
    return application(specificities=(1.0, 0.95), census_sensitivities=(1.0, 0.95), draws=40)


def test_every_kommune_has_a_fate_and_the_unsearched_do_not_enter() -> None:
    data, sample = cross_section()
    kommunen, effort = kd.load("kommunen"), kd.load("search_effort").set_index("ags")
    expected = kommunen["size_class"].isin(["mittelstadt", "landkreis"]).sum()
    assert len(sample) == expected == sample["ags"].nunique()
    assert sample["fate"].str.startswith("used").sum() == len(data)
    assert (effort.loc[data["ags"], "n_searches"] > 0).all()
    unsearched = sample["fate"] == "left out: not looked up"
    assert unsearched.sum() == (effort.loc[sample["ags"], "outcome"] == "nicht_gesucht").sum() > 0
    assert not data.isna().any(axis=None)


def test_looked_up_without_a_find_is_an_observation() -> None:
    data, _ = cross_section()
    outcome = data["ags"].map(kd.load("search_effort").set_index("ags")["outcome"])
    nothing = data[outcome == "gesucht_ohne_fund"]
    assert len(nothing) > 100
    assert (nothing["has_concept"] == 0).all()


def test_rates_of_by_catch_in_grossstaedte_are_not_among_those_used() -> None:
    for rates in measured_sensitivities().values():
        assert set(rates) == {"mittelstadt", "landkreis"}
        assert all(rate.uncertain for rate in rates.values())
    assert any("by-catch in Großstädte" in text for text in LIMITS)


def test_the_census_is_the_hazard_of_the_paper(applied: Application) -> None:
    table = applied.tidy()
    census = table[(table["size_class"] == "grossstadt") & (table["sensitivity"] == 1)].set_index("term")
    pd.testing.assert_series_equal(census["naive"], census["corrected"], check_names=False)
    panel = kd.panel()
    fit = kd.models.hazard(
        "adopt ~ log_population + foreign_share_lag + census_break + east + programme + poly(year, degree=3)",
        panel.astype({"year": float}), cluster="land",
    )  # fmt: skip
    for term in ("log_population", "programme", "east"):
        assert census.loc[term, "naive"] == pytest.approx(fit.params[term], rel=1e-6)
        assert census.loc[term, "se"] == pytest.approx(fit.se[term], rel=1e-6)


def test_naive_stands_beside_corrected_with_both_errors(applied: Application) -> None:
    table = applied.tidy()
    others = table[table["size_class"] != "grossstadt"]
    assert set(others["basis"]) == {"nennungen", "capture_recapture"}
    there = others[others["reason"].isna()]
    assert len(there) > 0
    assert (there["se"] >= there["se_conditional"]).all()
    assert np.isfinite(there[["corrected", "draws_estimate", "draws_se"]]).all(axis=None)
    assert (others.groupby("size_class")["naive_se"].nunique() == others["term"].nunique()).all()


def test_the_summary_says_what_cannot_be_known(applied: Application) -> None:
    text = applied.summary()
    assert all(sentence in text for sentence in LIMITS)
    assert "left out: not looked up" in text
