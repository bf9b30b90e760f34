"""Every combination is run, none is dropped, and the curve is what the fits say."""

from __future__ import annotations

import pickle
from dataclasses import replace

import numpy as np
import pandas as pd
import pytest

from konzept_diffusion import models
from konzept_diffusion.errors import ModelError
from konzept_diffusion.models.estimators.binary.refits import Refit
from konzept_diffusion.models.inference.score_bootstrap import bootstrap
from konzept_diffusion.models.multiverse.choices import (
    Coding,
    Covariates,
    Duration,
    Link,
    Multiverse,
    Sample,
    Specification,
)
from konzept_diffusion.models.multiverse.curve_result import SpecificationCurve
from konzept_diffusion.models.multiverse.estimation import NullScore
from konzept_diffusion.models.multiverse.runner import specifications

DIMENSIONS = ["coding", "sample", "link", "duration", "covariates"]


def named(kind: type, name: str, **more: object) -> object:
    return kind(name=name, label_de=name, label_en=name, **more)


def universe(**changes: object) -> Multiverse:
    declared = {
        "codings": (named(Coding, "a"),),
        "samples": (named(Sample, "all"), named(Sample, "few", where="land != '00'")),
        "links": (named(Link, "cloglog"), named(Link, "logit")),
        "durations": (
            named(Duration, "line", terms=("year",)),
            named(Duration, "levels", terms=("C(year)",), absorbs=("late",), period="year"),
            named(Duration, "none"),
        ),
        "covariates": (
            named(Covariates, "x", terms=("x", "late")),
            named(Covariates, "xz", terms=("x", "late", "z")),
        ),
        "focal": ("x", "z"),
    }
    return Multiverse(**(declared | changes))


def risk_set(effect: float, seed: int = 3) -> pd.DataFrame:
    """1,600 invented rows: land (10), year (8, none adopts in 2003), x, z (0/1), late (from 2004), adopt."""
    rng = np.random.default_rng(seed)
    n = 1600
    data = pd.DataFrame(
        {
            "land": np.array([f"{code:02d}" for code in range(10)])[np.arange(n) % 10],
            "year": 2000 + np.arange(n) // 10 % 8,
            "x": rng.normal(size=n),
            "z": rng.integers(0, 2, n),
        }
    )
    eta = -2 + effect * data["x"] + 0.05 * (data["year"] - 2003)
    data["late"] = (data["year"] >= 2004).astype(int)
    data["adopt"] = ((rng.random(n) < 1 - np.exp(-np.exp(eta))) & (data["year"] != 2003)).astype(int)
    return data


@pytest.fixture(scope="module")
def data() -> pd.DataFrame:
    return risk_set(0.6)


@pytest.fixture(scope="module")
def result(data: pd.DataFrame) -> SpecificationCurve:
    return specifications(universe(), data)


def test_every_combination_has_one_row_per_focal_term_that_it_contains(result: SpecificationCurve) -> None:
    table = result.table
    assert len(result.multiverse) == 2 * 2 * 3 * 2
    assert not table.duplicated(["specification", "term"]).any()
    assert len(table[DIMENSIONS].drop_duplicates()) == 24
    assert (table["term"] == "x").sum() == 24
    assert set(table.loc[table["term"] == "z", "covariates"]) == {"xz"}
    assert (table["status"] == "ok").all()


def test_a_row_is_the_fit_of_its_formula(result: SpecificationCurve, data: pd.DataFrame) -> None:
    table = result.table
    row = table[
        (table[DIMENSIONS] == ["a", "few", "logit", "line", "xz"]).all(axis=1) & (table["term"] == "x")
    ].iloc[0]
    fit = models.hazard(
        "adopt ~ x + late + z + year", data[data["land"] != "00"], link="logit", cluster="land"
    )
    expected = fit.tidy(distribution="t").set_index("term").loc["x"]
    for name in ("estimate", "std_error", "p_value", "conf_low", "conf_high"):
        assert row[name] == pytest.approx(expected[name])
    effect = fit.margins().set_index("term").loc["x"]
    assert row["effect"] == pytest.approx(effect["estimate"])
    assert row["effect_std_error"] == pytest.approx(effect["std_error"])
    assert (row["nobs"], row["n_events"], row["n_clusters"]) == (fit.nobs, fit.n_events, 9)
    assert np.isnan(row["hazard_ratio"])  # an odds ratio is not a ratio of hazards


def test_a_hazard_ratio_is_shown_for_cloglog(result: SpecificationCurve) -> None:
    rows = result.table.query("link == 'cloglog'")
    np.testing.assert_allclose(rows["hazard_ratio"], np.exp(rows["estimate"]))
    assert (rows["hazard_ratio_low"] < rows["hazard_ratio"]).all()


def test_levels_of_periods_leave_out_empty_periods_and_say_so(
    result: SpecificationCurve, data: pd.DataFrame
) -> None:
    rows = result.table.query("duration == 'levels' and sample == 'all'")
    assert (rows["nobs"] == (data["year"] != 2003).sum()).all()
    assert rows["notes"].str.contains("200 of 1600 rows of periods without an event are left out").all()
    assert not rows["formula"].str.contains("late").any()
    others = result.table.query("duration != 'levels'")
    assert (others["notes"] == "").all()


def test_leaving_out_empty_periods_changes_no_other_coefficient(
    result: SpecificationCurve, data: pd.DataFrame
) -> None:
    kept = result.table.query("duration == 'levels' and sample == 'all' and link == 'logit'").iloc[0]
    nearly = pd.concat([data, data[data["year"] == 2003].iloc[:1].assign(adopt=1, x=0.0)])
    fit = models.logit("adopt ~ x + C(year)", nearly)
    assert kept["estimate"] == pytest.approx(fit.params["x"], abs=0.01)
    effect = fit.margins().set_index("term").loc["x", "estimate"]
    assert kept["effect"] == pytest.approx(effect, rel=0.02)  # over all years, those with hazard 0 included


def test_what_fails_keeps_its_rows_and_its_reason(data: pd.DataFrame) -> None:
    samples = (
        named(Sample, "all"),
        named(Sample, "flat", where="z == 0"),
        named(Sample, "nobody", where="year > 2050"),
        named(Sample, "typo", where="laand == '05'"),
    )
    found = specifications(universe(samples=samples), data)
    table = found.table
    assert len(table) == 4 * (12 + 6)
    failed = table[table["status"] == "failed"]
    assert set(failed["error"]) == {"ModelError"}
    reasons = failed.groupby("sample")["reason"].unique()
    assert "No variation in the term 'z'" in reasons["flat"][0]
    assert "has no row" in reasons["nobody"][0]
    assert "laand" in reasons["typo"][0]
    assert set(failed.query("sample == 'flat'")["covariates"]) == {"xz"}
    assert failed["estimate"].isna().all()
    glance = found.glance().set_index("term")
    assert list(glance.loc["z", ["specifications", "estimated", "failed"]]) == [24, 6, 18]
    assert "failed 12 times: The sample 'nobody'" in found.summary()


def test_the_curve_is_sorted_and_its_matrix_repeats_the_choices(result: SpecificationCurve) -> None:
    curve = result.curve("x")
    assert len(curve) == 24
    assert curve["value"].is_monotonic_increasing
    assert list(curve["rank"]) == list(range(1, 25))
    for name in DIMENSIONS:
        matrix = curve[[column for column in curve if column.startswith(f"{name}=")]]
        assert (matrix.sum(axis=1) == 1).all()
        assert (matrix.idxmax(axis=1) == name + "=" + curve[name]).all()
    assert len(result.curve("x", "hazard_ratio")) == 12


def test_glance_counts_what_the_table_holds(result: SpecificationCurve) -> None:
    rows = result.table.query("term == 'x'")
    row = result.glance().set_index("term").loc["x"]
    assert row["median_effect"] == pytest.approx(rows["effect"].median())
    assert row["share_positive"] == (rows["estimate"] > 0).mean()
    assert row["dominant_sign"] == 1
    assert row["share_significant"] == rows["significant"].mean()
    by_choice = result.by_choice("x")
    assert (by_choice.groupby("dimension")["estimated"].sum() == 24).all()


def test_the_joint_test_sees_an_effect_and_no_effect(result: SpecificationCurve) -> None:
    tests = result.joint(draws=999).set_index(["term", "statistic"])
    assert tests.loc[("x", "share_significant"), "observed"] == 1
    assert (tests.loc["x", "p_value"][["median_effect", "share_significant", "mean_statistic"]] < 0.05).all()
    assert (tests.loc["z", "p_value"] > 0.05).all()
    assert ((tests["p_value"] >= 1 / 1000) & (tests["p_value"] <= 1)).all()


def test_the_joint_test_is_the_score_bootstrap_where_there_is_one_specification(data: pd.DataFrame) -> None:
    one = universe(
        samples=(named(Sample, "all"),),
        links=(named(Link, "cloglog"),),
        durations=(named(Duration, "none"),),
        covariates=(named(Covariates, "xz", terms=("x", "z")),),
        focal=("z",),
    )
    tests = specifications(one, data).joint(draws=999, seed=5).set_index("statistic")
    fit = models.hazard("adopt ~ x + z", data, vcov="wild", cluster="land", draws=999, seed=5)
    row = fit.tidy().set_index("term").loc["z"]
    assert tests.loc["mean_statistic", "observed"] == pytest.approx(abs(row["statistic"]))
    assert tests.loc["mean_statistic", "p_value"] == pytest.approx(row["p_value"])


def test_scores_of_a_coefficient_give_the_statistic_of_the_score_bootstrap(data: pd.DataFrame) -> None:
    fit = models.hazard("adopt ~ x + z", data, cluster="land")
    sums = fit._estimate.clusterwise.restricted(1, 0.0)
    score = NullScore.of(sums, 1, fit._estimate.labels)
    weights = np.random.default_rng(1).normal(size=(50, 10))
    rest = weights @ score.residual.T
    error = np.sqrt(10 / 9 * (rest**2).sum(axis=1))
    np.testing.assert_allclose(weights @ score.push / error, bootstrap(sums, 1, weights).draws)


def test_the_same_seed_gives_the_same_joint_test_and_another_seed_another(result: SpecificationCurve) -> None:
    pd.testing.assert_frame_equal(result.joint(199, 1), result.joint(199, 1))
    assert not result.joint(199, 1)["null_mean"].equals(result.joint(199, 2)["null_mean"])


def test_progress_is_told_after_every_specification(data: pd.DataFrame) -> None:
    small = universe(links=(named(Link, "logit"),), durations=(named(Duration, "none"),))
    seen: list[tuple[int, int, int]] = []

    def note(done: int, total: int, specification: Specification) -> None:
        seen.append((done, total, specification.number))

    specifications(small, data, progress=note)
    assert seen == [(number, 4, number) for number in range(1, 5)]


def test_codings_have_risk_sets_of_their_own(data: pd.DataFrame) -> None:
    two = universe(codings=(named(Coding, "a"), named(Coding, "b")), samples=(named(Sample, "all"),))
    table = specifications(two, {"a": data, "b": risk_set(0.0, seed=4)}).table
    assert table.groupby("coding")["n_events"].nunique().ge(1).all()
    assert set(table.query("coding == 'a'")["n_events"]) != set(table.query("coding == 'b'")["n_events"])
    with pytest.raises(ModelError, match="no risk set for the coding 'b'"):
        specifications(two, {"a": data})
    with pytest.raises(ModelError, match="One table cannot serve 2 codings"):
        specifications(two, data)


def test_a_result_survives_pickle_and_cannot_be_changed_through_its_table(result: SpecificationCurve) -> None:
    again = pickle.loads(pickle.dumps(result))
    pd.testing.assert_frame_equal(again.table, result.table)
    pd.testing.assert_frame_equal(again.joint(199), result.joint(199))
    changed = result.table
    changed["estimate"] = 0.0
    assert result.table["estimate"].ne(0).all()


def test_a_term_without_an_effect_of_its_own_keeps_its_coefficient(data: pd.DataFrame) -> None:
    sets = (
        named(Covariates, "both", terms=("x", "z", "x:z")),
        named(Covariates, "alone", terms=("x", "z")),
    )
    declared = universe(covariates=sets, samples=(named(Sample, "all"),), focal=("x",))
    found = specifications(declared, data)
    rows = found.table.set_index("covariates")
    assert rows.loc["both", "effect"].isna().all()
    assert rows.loc["both", "estimate"].notna().all()
    assert rows.loc["both", "notes"].str.contains("'x' enters in more than one way").all()
    assert set(found.curve("x")["covariates"]) == {"alone"}
    assert len(found.curve("x", "estimate")) == 12
    tests = found.joint(199).set_index("statistic")
    assert np.isfinite(tests["observed"]).all()


def test_a_fit_without_a_null_stays_and_is_left_out_of_the_joint_tests(
    data: pd.DataFrame, monkeypatch: pytest.MonkeyPatch
) -> None:
    whole = Refit.restricted

    def fails(self: Refit, coefficient: int, *rest: object) -> object:
        if self.link == "logit":
            raise ModelError("no maximum there")
        return whole(self, coefficient, *rest)

    monkeypatch.setattr(Refit, "restricted", fails)
    found = specifications(universe(samples=(named(Sample, "all"),)), data)
    assert (found.table["status"] == "ok").all()
    notes = found.table.query("link == 'logit'")["notes"]
    assert notes.str.contains("Not in the joint tests of '[xz]': no maximum there").all()
    counted = found.joint(199).groupby("term")["specifications"].unique()
    assert (counted["x"][0], counted["z"][0]) == (6, 3)


def test_bootstrap_covariances_show_their_own_tests(data: pd.DataFrame) -> None:
    one = universe(
        samples=(named(Sample, "all"),),
        links=(named(Link, "cloglog"),),
        durations=(named(Duration, "none"),),
        covariates=(named(Covariates, "xz", terms=("x", "z")),),
        vcov="wild",
    )
    row = specifications(one, data).table.set_index("term").loc["z"]
    fit = models.hazard("adopt ~ x + z", data, vcov="wild", cluster="land")
    expected = fit.tidy().set_index("term").loc["z"]
    assert row["p_value"] == expected["p_value"]
    assert row["conf_low"] == expected["conf_low"]


@pytest.mark.parametrize(
    ("changes", "message"),
    [
        ({"links": ()}, "no option of 'link'"),
        ({"links": (named(Link, "loglog"),)}, "'loglog' is not known"),
        ({"links": (named(Link, "logit"), named(Link, "logit"))}, "named 'logit': rename"),
        ({"codings": (named(Coding, "a", rule="alles"),)}, "rule 'alles': choose one of"),
        ({"focal": ("w",)}, "'w' is in no set of covariates"),
        ({"focal": ()}, "no focal term"),
        ({"vcov": "CR9"}, "vcov='CR9'"),
        ({"level": 95}, "no confidence level"),
    ],
)
def test_a_declaration_that_cannot_be_run_is_refused_at_once(changes: dict, message: str) -> None:
    with pytest.raises(ModelError, match=message):
        universe(**changes)


def test_questions_that_the_result_cannot_answer_are_refused(
    result: SpecificationCurve, data: pd.DataFrame
) -> None:
    with pytest.raises(ModelError, match="'w' is no focal term"):
        result.curve("w")
    with pytest.raises(ModelError, match="scale='odds'"):
        result.curve("x", "odds")
    bare = specifications(universe(samples=(named(Sample, "all"),)), data, scores=False)
    with pytest.raises(ModelError, match="without scores"):
        bare.joint()
    loose = specifications(replace(universe(), cluster=None, vcov="iid"), data)
    with pytest.raises(ModelError, match="give the multiverse a cluster column"):
        loose.joint()


def test_rows_in_all_count_those_of_empty_periods(result: SpecificationCurve, data: pd.DataFrame) -> None:
    assert set(result.table.query("sample == 'all'")["nobs_total"]) == {len(data)}


def test_something_else_than_a_multiverse_is_refused(data: pd.DataFrame) -> None:
    with pytest.raises(ModelError, match="is a str: pass a models"):
        specifications("x", data)  # type: ignore[arg-type]
