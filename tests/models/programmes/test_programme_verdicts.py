from __future__ import annotations

import math
import pickle
from collections.abc import Callable
from dataclasses import replace

import pandas as pd
import pytest

from konzept_diffusion.errors import ModelError
from konzept_diffusion.models.programmes.evaluation import programme_verdicts
from konzept_diffusion.models.programmes.verdict import (
    NEGATIVE,
    NOT_DISTINGUISHABLE,
    NOT_IDENTIFIABLE,
    POSITIVE,
    Criteria,
    judge,
)

Build = Callable[..., pd.DataFrame]
QUICK = Criteria(power_draws=20, wild_draws=99)
GOOD = {
    "treated_units": 20,
    "events_before": 3,
    "events_during": 9,
    "control_units": 40,
    "smallest_p_value": 1 / 16,
    "detectable_ratio": 3.0,
    "placebo_p_value": 1 / 16,
    "pretrend_p_value": 0.5,
    "leave_one_out_low": 2.0,
    "leave_one_out_high": 4.0,
    "leave_one_out_failed": 0,
    "statistic": 3.0,
}


@pytest.mark.parametrize(
    ("change", "verdict", "reason"),
    [
        ({}, POSITIVE, "placebo_p"),
        ({"statistic": -3.0, "leave_one_out_low": 0.2, "leave_one_out_high": 0.5}, NEGATIVE, "placebo_p"),
        ({"placebo_p_value": 0.5}, NOT_DISTINGUISHABLE, "placebo_p"),
        ({"pretrend_p_value": 0.02}, NOT_DISTINGUISHABLE, "pretrend"),
        ({"pretrend_p_value": None}, NOT_DISTINGUISHABLE, "pretrend_unknown"),
        ({"leave_one_out_low": 0.9}, NOT_DISTINGUISHABLE, "one_land_decides"),
        ({"treated_units": 4}, NOT_IDENTIFIABLE, "few_units"),
        ({"treated_units": 0}, NOT_IDENTIFIABLE, "no_units"),
        ({"events_before": 0}, NOT_IDENTIFIABLE, "events_before"),
        ({"events_during": 0}, NOT_IDENTIFIABLE, "events_during"),
        ({"smallest_p_value": 1 / 9}, NOT_IDENTIFIABLE, "few_assignments"),
        ({"smallest_p_value": None}, NOT_IDENTIFIABLE, "few_assignments"),
        ({"detectable_ratio": math.inf}, NOT_IDENTIFIABLE, "no_power"),
    ],
)
def test_the_rules(change: dict, verdict: str, reason: str) -> None:
    found, reasons = judge({**GOOD, **change}, Criteria(), started=True)
    assert found == verdict
    assert reason in reasons


def test_at_five_per_cent_one_land_of_sixteen_identifies_nothing() -> None:
    assert judge(GOOD, Criteria(level=0.05), started=True) == (NOT_IDENTIFIABLE, ("few_assignments",))


def test_a_strong_programme_is_positive_and_says_why(histories: Build, table: Build) -> None:
    panel = histories({"05": (2005, 6.0)}, units={"05": 60}, level=-3.0)
    found = programme_verdicts(panel, table(("p", "05", 2005, None)), covariates="x", criteria=QUICK)
    verdict = found["p"]
    assert verdict.verdict == POSITIVE
    assert verdict.numbers["placebo_rank"] == 1
    assert verdict.numbers["hazard_ratio"] == pytest.approx(6.0, rel=0.5)
    english, german = verdict.summary(), verdict.summary("de")
    assert "rank 1 of 16" in english
    assert "Rang 1 von 16" in german
    assert f"{verdict.numbers['hazard_ratio']:.2f}".replace(".", ",") in german
    assert english.index("Power, before the result") < english.index("Estimate")
    assert pickle.loads(pickle.dumps(verdict)).summary() == english
    row = found.tidy().iloc[0]
    assert (row["programme"], row["verdict"], row["placebo_rank"]) == ("p", POSITIVE, 1)


def test_a_placebo_programme_is_not_positive(histories: Build, table: Build) -> None:
    panel = histories(units=12, seed=2)
    found = programme_verdicts(panel, table(("p", "05", 2005, None)), covariates="x", criteria=QUICK)
    assert found["p"].verdict in (NOT_DISTINGUISHABLE, NOT_IDENTIFIABLE)
    assert found["p"].numbers["placebo_p_value"] > 0.10


@pytest.mark.parametrize("before", [True, False])
def test_without_events_on_one_side_nothing_is_identifiable(
    histories: Build, table: Build, before: bool
) -> None:
    panel = histories()
    side = (panel["year"] < 2005) == before
    panel = panel[~((panel["land"] == "05") & side & (panel["adopt"] == 1))]
    verdict = programme_verdicts(panel, table(("p", "05", 2005, None)), covariates="x", criteria=QUICK)["p"]
    assert verdict.verdict == NOT_IDENTIFIABLE
    assert ("events_before" if before else "events_during") in verdict.reasons
    assert "first adoptions" in verdict.summary()


def test_after_the_panel_or_with_nobody_at_risk_nothing_is_compared(histories: Build, table: Build) -> None:
    panel = histories()
    panel = panel[(panel["land"] != "06") | (panel["year"] < 2005)]
    found = programme_verdicts(
        panel, table(("late", "05", 2030, None), ("empty", "06", 2005, None)), covariates="x", criteria=QUICK
    )
    assert {item.name: item.reasons for item in found} == {"late": ("after_window",), "empty": ("no_units",)}
    assert "nichts vergleichen" in found.summary("de")


def test_a_condition_is_no_exogenous_cause(histories: Build, table: Build) -> None:
    name = "nw_kommunale_integrationszentren"
    programmes = table((name, "05", 2030, None)).assign(concept_condition=pd.array([True], dtype="boolean"))
    verdict = programme_verdicts(histories(), programmes, covariates="x", criteria=QUICK)[name]
    assert "not an exogenous cause" in verdict.summary("en")
    assert "keine exogene Ursache" in verdict.summary("de")
    with pytest.raises(ModelError, match="lang='fr'"):
        verdict.summary("fr")


def test_without_power_nothing_found_is_no_finding(histories: Build, table: Build) -> None:
    panel = histories(units={"05": 12}, level=-3.2, seed=5)
    found = programme_verdicts(panel, table(("p", "05", 2005, None)), covariates="x", criteria=QUICK)
    verdict, row = found["p"], found.tidy().iloc[0]
    assert row["power_at_2"] == verdict.power.curve.set_index("hazard_ratio").loc[2.0, "power"] < 0.5
    assert not row["informative"]
    weak = replace(verdict, verdict=NOT_DISTINGUISHABLE, reasons=("placebo_p",))
    assert "kein Befund" in weak.summary("de").splitlines()[0]
    assert "says nothing against effects up to a hazard ratio of about" in weak.summary()
    strong = replace(weak, numbers={**verdict.numbers, "power_at_2": 0.9})
    assert strong.informative
    assert "no finding" not in strong.summary()


def test_the_years_compared_are_explained(histories: Build, table: Build) -> None:
    programmes = table(("p", "05", 2003, 2012), ("q", "05", 2008, None))
    found = programme_verdicts(histories(), programmes, covariates="x", criteria=QUICK)
    assert "die Jahre 1996-2007, da 2008 q beginnt, die vor 2003 als Zeit davor" in found["p"].summary("de")
    assert "1996-2015 (up to the last year observed)" in found["q"].summary()
    assert found.tidy()["compared_last"].tolist() == [2007, 2015]


def test_an_offer_is_compared_only_where_something_is(histories: Build, table: Build) -> None:
    programmes = table(("p", "05", 2003, None), ("late", "06", 2030, None)).assign(
        concept_condition=pd.array([True, True], dtype="boolean")
    )
    found = programme_verdicts(histories(), programmes, covariates="x", criteria=QUICK)
    assert "nur der landesweite Beginn" in found["p"].summary("de")
    assert "nur der landesweite Beginn" not in found["late"].summary("de")


def test_ratios_are_called_what_they_are(histories: Build, table: Build) -> None:
    programmes = table(("p", "05", 2005, None))
    with pytest.raises(ModelError, match="link='probit' has no ratios"):
        programme_verdicts(histories(), programmes, covariates="x", link="probit", criteria=QUICK)
    found = programme_verdicts(
        histories(), programmes, only="p", covariates="x", link="logit", criteria=QUICK
    )
    row = found.tidy().iloc[0]
    assert row["odds_ratio"] == pytest.approx(math.exp(row["estimate"]))
    assert "hazard_ratio" not in row
    assert "Chancenverhältnis" in found.summary("de")
    assert "hazard ratio" not in found.summary("en")


def test_a_control_without_which_nothing_can_be_estimated_is_named(histories: Build, table: Build) -> None:
    numbers = {**GOOD, "leave_one_out_failed": 1}
    assert judge(numbers, Criteria(), started=True) == (NOT_DISTINGUISHABLE, ("one_land_needed",))
    found = programme_verdicts(
        histories(lands=6), table(("p", "05", 2005, None)), covariates="x", criteria=QUICK
    )["p"]
    assert found.numbers["leave_one_out_failed"] == 0  # without the treated Land itself there is no programme
    lost = replace(found, left_out_without_estimate=("04",))
    assert "(without Bremen there is no finite estimate)" in lost.summary()


@pytest.mark.parametrize("name", ["power_draws", "placebo_draws", "wild_draws"])
def test_too_few_draws_are_refused(name: str) -> None:
    with pytest.raises(ModelError, match=f"{name}=0: the least is"):
        Criteria(**{name: 0})
