from __future__ import annotations

import dataclasses
import pickle

import numpy as np
import pandas as pd
import pytest

from konzept_diffusion import models
from konzept_diffusion.errors import ModelError
from konzept_diffusion.models.estimators.cox.diagnostics import proportional_hazards_test
from konzept_diffusion.models.estimators.cox.model import cox
from konzept_diffusion.models.validation import datasets
from konzept_diffusion.models.validation.comparison import validate


@pytest.fixture
def spells() -> pd.DataFrame:
    """80 invented units in spells of (at most) two years, with ties; x1, x2 vary from spell to spell."""
    rng = np.random.default_rng(11)
    rows = []
    for unit in range(80):
        group, begin = rng.integers(0, 3), float(rng.integers(0, 4))
        for _ in range(6):
            x1, x2 = rng.normal(), float(rng.integers(0, 2))
            wait = np.ceil(rng.exponential(6 * np.exp(-0.5 * x1)))
            rows.append((unit, "abc"[group], begin, begin + min(wait, 2), int(wait <= 2), x1, x2))
            begin += 2
            if wait <= 2:
                break
    return pd.DataFrame(rows, columns=["unit", "group", "start", "stop", "event", "x1", "x2"])


def partial_loglik(data: pd.DataFrame, beta: np.ndarray, efron: bool) -> float:
    """The definition, risk set by risk set."""
    total = 0.0
    predictor = data[["x1", "x2"]].to_numpy() @ beta
    for time in np.unique(data.loc[data["event"] == 1, "stop"]):
        at_risk = ((data["start"] < time) & (data["stop"] >= time)).to_numpy()
        dying = at_risk & ((data["stop"] == time) & (data["event"] == 1)).to_numpy()
        everyone, tied, count = np.exp(predictor[at_risk]).sum(), np.exp(predictor[dying]).sum(), dying.sum()
        total += predictor[dying].sum()
        total -= sum(np.log(everyone - efron * step / count * tied) for step in range(count))
    return total


@pytest.mark.parametrize("ties", ["efron", "breslow"])
def test_the_likelihood_is_that_of_the_definition_and_the_estimate_its_maximum(
    spells: pd.DataFrame, ties: str
) -> None:
    fit = cox("x1 + x2", spells, start="start", ties=ties)
    best, efron = fit.params.to_numpy(), ties == "efron"
    assert fit.loglik == pytest.approx(partial_loglik(spells, best, efron), rel=1e-12)
    assert fit.loglik_null == pytest.approx(partial_loglik(spells, np.zeros(2), efron), rel=1e-12)
    for step in ([1e-3, 0], [-1e-3, 0], [0, 1e-3], [0, -1e-3]):
        assert partial_loglik(spells, best + step, efron) < fit.loglik
    assert np.abs(fit.score_residuals().sum()).max() < 1e-9


def test_every_reference_number_of_r_is_met() -> None:
    table = validate(["cox"])
    assert len(table) > 200
    assert set(table["status"]) == {"ok"}


def test_strata_are_risk_sets_of_their_own(spells: pd.DataFrame) -> None:
    fit = cox("x1 + x2", spells, start="start", strata="group")
    alone = sum(
        partial_loglik(part, fit.params.to_numpy(), True)
        for _, part in spells.groupby("group")
        if part["event"].any()
    )
    assert fit.loglik == pytest.approx(alone, rel=1e-12)
    assert set(fit.baseline()["stratum"]) == {"a", "b", "c"}


def test_a_spell_that_starts_at_an_event_is_not_at_risk_there() -> None:
    data = pd.DataFrame(
        {"start": [0, 0, 2, 0], "stop": [2, 3, 4, 3], "event": [1, 1, 1, 0], "x": [0.1, 0.3, -2.0, 0.2]}
    )
    table = cox("x", data, start="start").baseline()
    assert table["time"].tolist() == [2, 3, 4]
    assert table["n_risk"].tolist() == [3, 3, 1]


def test_splitting_spells_changes_nothing(spells: pd.DataFrame) -> None:
    long = spells[spells["stop"] - spells["start"] > 1]
    halves = pd.concat(
        [
            spells.drop(index=long.index),
            long.assign(stop=long["start"] + 1, event=0),
            long.assign(start=long["start"] + 1),
        ],
        ignore_index=True,
    )
    whole, split = (cox("x1 + x2", data, start="start", cluster="unit") for data in (spells, halves))
    np.testing.assert_allclose(split.params, whole.params, rtol=1e-9)
    np.testing.assert_allclose(split.se, whole.se, rtol=1e-9)
    assert split.nobs > whole.nobs
    assert split.n_events == whole.n_events


def test_without_start_all_are_at_risk_from_zero(spells: pd.DataFrame) -> None:
    first = spells.drop_duplicates("unit")
    explicit = cox("x1", first.assign(start=-1.0), start="start")
    np.testing.assert_allclose(cox("x1", first).params, explicit.params, rtol=1e-12)


def test_covariances_by_cluster(spells: pd.DataFrame) -> None:
    robust = cox("x1 + x2", spells, start="start", cluster="unit")
    assert robust.vcov_type == "CR0"
    scores = robust.score_residuals().groupby(spells["unit"]).sum().to_numpy()
    bread = cox("x1 + x2", spells, start="start").vcov.to_numpy()
    np.testing.assert_allclose(robust.vcov, bread @ scores.T @ scores @ bread, rtol=1e-10)
    larger = cox("x1 + x2", spells, start="start", cluster="unit", vcov="CR1")
    np.testing.assert_allclose(larger.vcov, robust.vcov * 80 / 79)
    assert cox("x1", spells.drop_duplicates("unit"), vcov="HC1").vcov_type == "HC1"
    with pytest.raises(ModelError, match=r"HC1.*unit of its own.*cluster="):
        cox("x1", spells, start="start", vcov="HC1")


def test_predictions_are_relative_to_the_average_row(spells: pd.DataFrame) -> None:
    fit = cox("x1 + C(group)", spells, start="start")
    hazard = fit.predict(spells)
    assert np.log(hazard).mean() == pytest.approx(0, abs=1e-12)
    curves = fit.predict(spells.head(2), times=[0, 3, 8])
    assert curves[0.0].tolist() == [1, 1]
    base = fit.baseline().query("time <= 8")["cumulative_hazard"].iloc[-1]
    np.testing.assert_allclose(curves[8.0], np.exp(-base * hazard.head(2)))
    with pytest.warns(models.DroppedRowsWarning, match="1 of 2 rows get no prediction"):
        assert fit.predict(spells.head(2).assign(x1=[np.nan, 0])).isna().tolist() == [True, False]
    with pytest.raises(ModelError, match="nobody was observed beyond"):
        fit.predict(spells, times=[99])
    with pytest.raises(ModelError, match="negative"):
        fit.predict(spells, times=[-1])


def test_survival_by_stratum_knows_its_strata(spells: pd.DataFrame) -> None:
    fit = cox("x1", spells, start="start", strata=["group", "x2"])
    curves = fit.predict(spells, times=[2, 4])
    assert ((curves[4.0] <= curves[2.0]) & (curves[4.0] > 0)).all()
    with pytest.raises(ModelError, match=r"'z, 1' .* is not among those"):
        fit.predict(spells.head(1).assign(group="z", x2=1.0), times=[2])


def concordance_by_pairs(data: pd.DataFrame, predictor: np.ndarray) -> float:
    good = pairs = 0.0
    for i in np.flatnonzero(data["event"] == 1):
        time = data["stop"].iloc[i]
        later = (data["stop"] > time) | ((data["stop"] == time) & (data["event"] == 0))
        others = np.flatnonzero(later & (data["start"] < time))
        pairs += len(others)
        good += (predictor[i] > predictor[others]).sum() + (predictor[i] == predictor[others]).sum() / 2
    return good / pairs


def test_concordance_counts_pairs_at_risk(spells: pd.DataFrame) -> None:
    rounded = spells.assign(x1=spells["x1"].round())  # ties in the predictor
    fit = cox("x1", rounded, start="start")
    predictor = rounded["x1"].to_numpy() * fit.params["x1"]
    assert fit.concordance() == pytest.approx(concordance_by_pairs(rounded, predictor), rel=1e-12)
    assert fit.glance()["concordance"].iloc[0] == fit.concordance()


def test_schoenfeld_residuals_have_one_row_per_event_and_sum_to_nothing(spells: pd.DataFrame) -> None:
    table = cox("x1 + x2", spells, start="start").schoenfeld()
    assert sorted(table.index) == sorted(spells.index[spells["event"] == 1])
    assert (table["time"] == spells.loc[table.index, "stop"]).all()
    np.testing.assert_allclose(table[["x1", "x2"]].sum(), 0, atol=1e-9)


def test_an_effect_that_turns_with_time_is_seen() -> None:
    rng = np.random.default_rng(3)
    x = rng.normal(size=800)
    early = rng.exponential(np.exp(-2 * x))
    time = np.where(early < 1, early, 1 + rng.exponential(np.exp(2 * x)))
    data = pd.DataFrame({"stop": time, "event": 1, "x": x, "z": rng.normal(size=800)})
    tests = proportional_hazards_test(cox("x + z", data)).tidy().set_index("term")
    assert list(tests.index) == ["x", "z", "GLOBAL"]
    assert tests.loc["x", "p_value"] < 1e-10 < 0.001 < tests.loc["z", "p_value"]
    assert tests.loc["GLOBAL", "df"] == 2
    with pytest.raises(ModelError, match="transform='wrong'"):
        proportional_hazards_test(cox("x", data), "wrong")


def test_separated_events_are_named(spells: pd.DataFrame) -> None:
    with pytest.raises(ModelError, match=r"perfectly separated by 'early' .*infinite: take the term out"):
        cox("x1 + early", spells.assign(early=spells["event"]), start="start")
    rng = np.random.default_rng(5)
    data = pd.DataFrame({"stop": np.arange(1.0, 41), "event": 1, "a": rng.normal(size=40)})
    data["b"] = -data["stop"] - data["a"]  # a + b falls with time: neither does alone
    with pytest.raises(ModelError, match="perfectly separated by 'a', 'b'"):
        cox("a + b", data)
    rare = spells.assign(x2=0.0)
    events = rare.index[rare["event"] == 1]
    rare.loc[events[1:], "x2"] = 1.0  # without the first event, all events and they alone have x2 = 1
    assert np.isfinite(cox("x2", rare, start="start").params["x2"])
    with pytest.raises(ModelError, match=r"fit without cluster.*perfectly separated by 'x2'"):
        cox("x2", rare, start="start", cluster="unit", vcov="CR3")


def test_strong_but_finite_effects_are_estimated() -> None:
    rng = np.random.default_rng(8)
    x = rng.normal(size=400) * 4
    time = pd.Series(rng.exponential(np.exp(-2 * x))).rank()  # only the order matters
    fit = cox("x", pd.DataFrame({"stop": time, "event": 1, "x": x}))
    assert fit.params["x"] == pytest.approx(2, abs=4 * fit.se["x"])
    assert np.ptp(x) * fit.params["x"] > 15  # far enough apart for the exact check to be run


def test_large_and_shifted_covariates_cost_no_digits(spells: pd.DataFrame) -> None:
    plain = cox("x1 + x2", spells, start="start")
    moved = cox("x1 + x2", spells.assign(x1=spells["x1"] * 1e-6 + 2017, x2=spells["x2"] * 1e7), start="start")
    np.testing.assert_allclose(moved.params * [1e-6, 1e7], plain.params, rtol=1e-6)


def test_missing_values_are_counted_and_announced(spells: pd.DataFrame) -> None:
    data = spells.copy()
    data.loc[[1, 2], "x1"] = np.nan
    data.loc[2, "group"] = None
    with pytest.warns(models.DroppedRowsWarning, match=r"2 of .* group \(1\), x1 \(2\)") as caught:
        fit = cox("x1 + x2", data, start="start", strata="group")
    assert caught[0].filename == __file__
    assert (fit.nobs_total - fit.nobs, fit.dropped) == (2, {"group": 1, "x1": 2})


@pytest.mark.parametrize(
    ("formula", "options", "change", "message"),
    [
        ("event ~ x1", {}, {}, "more than a right-hand side"),
        ("x1 - 1", {}, {}, "takes out the intercept"),
        ("1", {}, {}, "has no terms"),
        ("x9", {}, {}, "no column 'x9'"),
        ("x1 + stop", {}, {}, "'stop' is both a covariate and the end"),
        ("x1 + k", {}, {"k": 2.0}, "No variation in the term 'k'"),
        ("x1 + C(group)", {"strata": "group"}, {}, "No variation in the terms .* within the strata"),
        (
            "x1 + x2 + k",
            {},
            {"k": lambda d: d["x1"] + 2 * d["x2"]},
            "'k' is a linear combination of 'x1', 'x2'",
        ),
        ("x1", {}, {"event": 0}, "No event in the"),
        ("x1", {}, {"start": lambda d: d["stop"]}, "zero length"),
        ("x1", {}, {"start": 99.0}, "are inverted"),
        ("x1", {"ties": "exact"}, {}, "ties='exact'"),
        ("x1", {"vcov": "CR1"}, {}, "needs clusters"),
        ("x1", {"strata": "region"}, {}, "no column 'region'"),
    ],
)
def test_what_cannot_be_estimated_says_why(
    spells: pd.DataFrame, formula: str, options: dict[str, str], change: dict[str, object], message: str
) -> None:
    with pytest.raises(ModelError, match=message):
        cox(formula, spells.assign(**change), start="start", **options)


def test_a_fit_can_be_kept_and_not_be_changed(spells: pd.DataFrame) -> None:
    fit = cox("x1 + x2", spells, start="start", cluster="unit")
    kept = pickle.loads(pickle.dumps(fit))
    pd.testing.assert_frame_equal(kept.tidy(), fit.tidy())
    pd.testing.assert_frame_equal(kept.baseline(), fit.baseline())
    with pytest.raises(dataclasses.FrozenInstanceError):
        fit.ties = "breslow"  # type: ignore[misc]
    facts = fit.glance().iloc[0]
    assert (facts["n_spells"], facts["n_events"], facts["ties"]) == (
        len(spells),
        spells["event"].sum(),
        "efron",
    )
    assert "Cox (efron): x1 + x2" in fit.summary()


def test_left_truncation_of_real_data() -> None:
    heart = datasets.read("lifelines:stanford_heart_transplants")
    fit = cox("age + year + surgery + transplant", heart, start="start")
    assert fit.params["surgery"] == pytest.approx(-0.63720989, abs=5e-9)


def test_the_test_of_proportional_hazards_asks_for_a_cox_model() -> None:
    with pytest.raises(ModelError, match="defined for results of cox, not of int"):
        proportional_hazards_test(3)  # type: ignore[arg-type]


def test_rows_without_any_value_get_no_prediction(spells: pd.DataFrame) -> None:
    fit = cox("x1 + x2", spells, start="start")
    empty = spells.head(3).assign(x1=np.nan)
    with pytest.warns(models.DroppedRowsWarning, match="3 of 3 rows get no prediction"):
        assert fit.predict(empty).isna().all()
    with pytest.raises(ModelError, match="time for predictions"):
        fit.predict(spells.head(3), ["a"])  # type: ignore[list-item]
