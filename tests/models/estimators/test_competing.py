from __future__ import annotations

import dataclasses

import numpy as np
import pandas as pd
import pytest

from konzept_diffusion import models
from konzept_diffusion.errors import ModelError
from konzept_diffusion.models.estimators.competing.incidence import cumulative_incidence
from konzept_diffusion.models.estimators.competing.risks import competing_risks, fine_gray
from konzept_diffusion.models.estimators.cox.model import cox
from konzept_diffusion.models.estimators.survival.kaplan_meier import kaplan_meier


@pytest.fixture
def units() -> pd.DataFrame:
    """300 invented units: konzept comes earlier with x, leitbild later; a third is censored."""
    rng = np.random.default_rng(21)
    x = rng.normal(size=300)
    times = np.column_stack(
        [rng.exponential(np.exp(-0.7 * x)), rng.exponential(np.exp(0.5 * x)), rng.exponential(1, 300)]
    )
    names = np.array(["konzept", "leitbild", "none"])
    return pd.DataFrame(
        {
            "stop": np.ceil(10 * times.min(axis=1)),
            "event": names[times.argmin(axis=1)],
            "x": x,
            "z": rng.normal(size=300),
        }
    )


def test_incidences_by_hand() -> None:
    data = pd.DataFrame({"t": [1, 2, 3, 4], "cause": ["a", "b", 0, "a"]}).astype({"cause": object})
    table = cumulative_incidence(data, "t", "cause").table
    a, b = (table[table["cause"] == name] for name in "ab")
    np.testing.assert_allclose(a["incidence"], [1 / 4, 1 / 4, 1 / 4, 3 / 4])
    np.testing.assert_allclose(b["incidence"], [0, 1 / 4, 1 / 4, 1 / 4])
    assert b["n_risk"].tolist() == [4, 3, 2, 1]
    assert b["conf_low"].isna().tolist() == [True, False, False, False]


def test_causes_and_survival_add_up_to_one(units: pd.DataFrame) -> None:
    table = cumulative_incidence(units, "stop", "event", censored="none").table
    total = table.groupby("time")["incidence"].sum()
    survival = kaplan_meier(units.assign(any=units["event"] != "none"), "stop", "any").table["survival"]
    np.testing.assert_allclose(total, 1 - survival, atol=1e-12)


def test_with_one_cause_it_is_one_less_kaplan_meier(units: pd.DataFrame) -> None:
    one = units.assign(event=(units["event"] == "konzept").astype(int))
    table = cumulative_incidence(one, "stop", "event").table
    curve = kaplan_meier(one, "stop", "event").table
    np.testing.assert_allclose(table["incidence"], 1 - curve["survival"], atol=1e-12)
    alive = curve["survival"] > 0
    np.testing.assert_allclose(table["std_error"][alive], curve["std_error"][alive], rtol=1e-9, atol=1e-12)


def test_groups_are_estimates_of_their_own(units: pd.DataFrame) -> None:
    both = cumulative_incidence(
        units.assign(g=units["x"] > 0), "stop", "event", by="g", censored="none"
    ).table
    alone = cumulative_incidence(units[units["x"] > 0], "stop", "event", censored="none").table
    part = both[both["group"]].drop(columns="group").reset_index(drop=True)
    pd.testing.assert_frame_equal(part, alone)


def test_cause_specific_fits_count_other_causes_as_censored(units: pd.DataFrame) -> None:
    fits = competing_risks("x + z", units, censored="none")
    alone = cox("x + z", units.assign(event=units["event"] == "leitbild"))
    pd.testing.assert_frame_equal(fits.cause_specific["leitbild"].tidy(), alone.tidy())
    table = fits.tidy().set_index(["cause", "term"])["estimate"]
    assert table["konzept", "x"] > 0.4 > -0.2 > table["leitbild", "x"]
    assert fits.glance()["cause"].tolist() == ["konzept", "leitbild"]
    with pytest.raises(dataclasses.FrozenInstanceError):
        fits.causes = ()  # type: ignore[misc]


def test_fine_gray_without_competing_events_is_the_robust_cox_model(units: pd.DataFrame) -> None:
    one = units.assign(event=(units["event"] == "konzept").astype(int), unit=range(300))
    fit, peer = fine_gray("x + z", one, 1), cox("x + z", one, ties="breslow", cluster="unit")
    np.testing.assert_allclose(fit.params, peer.params, rtol=1e-8)
    np.testing.assert_allclose(fit.se, peer.se, rtol=1e-8)
    assert fit.loglik == pytest.approx(peer.loglik)


def test_fine_gray_without_censoring_keeps_competing_units_at_risk_for_ever(units: pd.DataFrame) -> None:
    seen = units[units["event"] != "none"].reset_index(drop=True)
    forever = seen.assign(
        event=(seen["event"] == "konzept").astype(int),
        stop=seen["stop"].where(seen["event"] == "konzept", 1e4),
    )
    fit = fine_gray("x", seen, "konzept", censored=None)
    np.testing.assert_allclose(fit.params, cox("x", forever, ties="breslow").params, rtol=1e-8)


def test_missing_values_are_announced_and_do_not_shift_causes(units: pd.DataFrame) -> None:
    data = units.assign(x=units["x"].where(units.index != 3))
    with pytest.warns(models.DroppedRowsWarning, match=r"1 of 300 rows are left out.*x \(1\)"):
        fit = fine_gray("x", data, "konzept", censored="none")
    whole = fine_gray("x", units.drop(index=3), "konzept", censored="none")
    pd.testing.assert_series_equal(fit.params, whole.params)
    assert (fit.nobs, fit.nobs_total) == (299, 300)


def test_what_cannot_be_estimated_says_why(units: pd.DataFrame) -> None:
    with pytest.raises(ModelError, match=r"'plan' does not occur.* 'konzept', 'leitbild'"):
        fine_gray("x", units, "plan", censored="none")
    with pytest.raises(ModelError, match=r"holds 'none' in all 300 rows.*censored="):
        cumulative_incidence(units.assign(event="none"), "stop", "event", censored="none")
    with pytest.raises(ModelError, match=r"model of cause 'konzept' cannot be estimated.*No variation"):
        competing_risks("x + k", units.assign(k=1.0), censored="none")
    with pytest.raises(ModelError, match=r"'event' has no value in 1 of 300 rows"):
        competing_risks("x", units.assign(event=units["event"].where(units.index != 0)), censored="none")


def test_a_monotone_subdistribution_likelihood_is_refused_by_term(units: pd.DataFrame) -> None:
    one_side = units.assign(
        g=(units["x"] > 0).astype(int),
        event=units["event"].where((units["event"] != "konzept") | (units["x"] > 0), "leitbild"),
    )
    with pytest.raises(ModelError, match=r"'konzept' are perfectly separated by 'g'"):
        fine_gray("z + g", one_side, "konzept", censored="none")
    assert np.isfinite(fine_gray("z", one_side, "konzept", censored="none").params["z"])


def test_the_value_of_censored_rows_has_to_occur(units: pd.DataFrame) -> None:
    calls = (
        lambda **more: cumulative_incidence(units, "stop", "event", **more),
        lambda **more: competing_risks("x", units, **more),
        lambda **more: fine_gray("x", units, "konzept", **more),
    )
    for call in calls:
        with pytest.raises(
            ModelError, match=r"0 never occurs in the column 'event' \(konzept, leitbild, none\)"
        ):
            call()
        call(censored="none")
    assert cumulative_incidence(units, "stop", "event", censored=None).causes == (
        "konzept",
        "leitbild",
        "none",
    )


def test_all_causes_together_are_what_each_is(units: pd.DataFrame) -> None:
    fits = competing_risks("x + z", units, censored="none")
    single = fits.cause_specific
    assert fits.params["leitbild", "x"] == single["leitbild"].params["x"]
    assert fits.se["konzept", "z"] == single["konzept"].se["z"]
    np.testing.assert_allclose(np.sqrt(np.diag(fits.vcov)), fits.se)
    assert fits.vcov.loc[("konzept", "x"), ("leitbild", "x")] == 0
    assert fits.loglik == pytest.approx(single["konzept"].loglik + single["leitbild"].loglik)
    assert fits.nobs == 300


def test_incidences_at_a_glance(units: pd.DataFrame) -> None:
    found = cumulative_incidence(
        units.assign(g=units["x"] > 0), "stop", "event", by="g", censored="none"
    ).glance()
    assert list(found.columns) == ["group", "cause", "nobs", "n_events"]
    assert found["n_events"].sum() == (units["event"] != "none").sum()
    assert found.groupby("cause")["nobs"].sum().tolist() == [300, 300]
    assert cumulative_incidence(units, "stop", "event", censored="none").glance()["nobs"].tolist() == [
        300,
        300,
    ]
