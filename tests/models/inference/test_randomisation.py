from __future__ import annotations

import math

import numpy as np
import pandas as pd
import pytest

from konzept_diffusion import models
from konzept_diffusion.errors import ModelError
from konzept_diffusion.models.inference.randomisation import randomisation_test


def risk_set(effect: float = 0.0, lands: int = 8, seed: int = 0) -> pd.DataFrame:
    """Eight Länder of twelve cities over ten years; land 3 has a programme from 2003 to 2006."""
    rng = np.random.default_rng(seed)
    data = pd.DataFrame(
        [
            (f"{land}", city, year)
            for land in range(lands)
            for city in range(12)
            for year in range(2000, 2010)
        ],
        columns=["land", "city", "year"],
    )
    data["programme"] = (data["land"] == "3") & data["year"].between(2003, 2006)
    data["x"] = rng.normal(size=len(data))
    data["y"] = rng.random(len(data)) < 1 - np.exp(
        -np.exp(-1.5 + 0.3 * data["x"] + effect * data["programme"])
    )
    return data


def test_one_treated_land_is_compared_with_every_other() -> None:
    data = risk_set()
    result = randomisation_test("y ~ x + programme", data, "programme")
    assert (result.assignments, result.exact, result.empty) == (8, True, 0)
    assert result.treated == (("3", (2003.0, 2006.0)),)
    placebos = result.placebos
    assert placebos["treated"].tolist() == [str(land) for land in range(8)]
    assert placebos["actual"].tolist() == [land == 3 for land in range(8)]
    assert result.rank == (placebos["statistic"].abs() >= abs(result.statistic)).sum()
    assert result.p_value == result.rank / 8
    assert result.smallest_p_value == 1 / 8
    assert "cannot identify an effect alone" in result.summary()


def test_a_strong_effect_reaches_the_smallest_p_value() -> None:
    result = randomisation_test("y ~ x + programme", risk_set(effect=2.5), "programme")
    assert result.rank == 1
    assert result.p_value == result.smallest_p_value == 1 / 8
    assert (
        randomisation_test("y ~ x + programme", risk_set(2.5), "programme", alternative="less").p_value == 1
    )


def test_coefficients_are_those_of_fits_with_the_moved_programme() -> None:
    data = risk_set(effect=0.5)
    result = randomisation_test("y ~ x + programme", data, "programme", statistic="coefficient")
    for land in ("0", "3", "7"):
        moved = data.assign(programme=(data["land"] == land) & data["year"].between(2003, 2006))
        fit = models.hazard("y ~ x + programme", moved)
        found = result.placebos.set_index("treated").loc[land, "statistic"]
        assert found == pytest.approx(fit.params.filter(like="programme").iloc[0], rel=1e-8)


def test_the_score_is_that_of_rao() -> None:
    data = risk_set(effect=0.5)
    null = models.hazard("y ~ x", data)
    intensity = -np.log1p(-null.predict(data).to_numpy())
    slope = np.where(data["y"], intensity / np.expm1(intensity), -intensity)
    weight = intensity**2 / np.expm1(intensity)
    X = np.column_stack([np.ones(len(data)), data["x"], data["programme"]]).astype(float)
    score = X.T @ slope
    expected = score[2] * math.sqrt(np.linalg.inv(X.T @ (X * weight[:, None]))[2, 2])
    found = randomisation_test("y ~ x + programme", data, "programme").statistic
    assert found == pytest.approx(expected, rel=1e-7)


def test_separated_assignments_are_infinite_and_not_left_out() -> None:
    data = risk_set(effect=0.5)
    data.loc[(data["land"] == "5") & data["year"].between(2003, 2006), "y"] = False
    result = randomisation_test("y ~ x + programme", data, "programme", statistic="coefficient")
    assert result.placebos.set_index("treated").loc["5", "statistic"] == -math.inf
    assert result.rank >= 2


def test_two_lands_with_different_starts() -> None:
    data = risk_set()
    data["programme"] |= (data["land"] == "5") & (data["year"] >= 2007)
    kept = randomisation_test("y ~ x + programme", data, "programme")
    assert kept.treated == (("3", (2003.0, 2006.0)), ("5", (2007.0, math.inf)))
    assert kept.assignments == math.comb(8, 2) * 2
    assert kept.placebos["actual"].sum() == 1
    assert randomisation_test("y ~ x + programme", data, "programme", starts="observed").assignments == 28 * 4


def test_many_assignments_are_drawn_by_seed() -> None:
    data = risk_set(lands=16)
    data["programme"] = data["land"].isin(["1", "2", "3", "4", "5"]) & (data["year"] >= 2004)
    first, again, other = (
        randomisation_test("y ~ x + programme", data, "programme", draws=200, seed=seed) for seed in (1, 1, 2)
    )
    assert (first.exact, first.assignments) == (False, 201)
    pd.testing.assert_frame_equal(first.placebos, again.placebos)
    assert not first.placebos.equals(other.placebos)
    assert first.placebos.loc[0, "actual"]


def test_assignments_without_rows_are_counted() -> None:
    data = risk_set()
    gone = (data["land"] == "6") & (data["year"] >= 2003)  # all adopted before
    result = randomisation_test("y ~ x + programme", data[~gone], "programme")
    assert (result.assignments, result.empty) == (7, 1)
    assert "1 assignments without any contrast" in result.summary()


def test_under_the_null_the_p_value_is_uniform() -> None:
    p = [randomisation_test("y ~ x + programme", risk_set(seed=s), "programme").p_value for s in range(160)]
    assert set(np.round(np.array(p) * 8)) == set(range(1, 9))
    assert 0.4 < np.mean(p) < 0.72  # 9/16 if uniform on 1/8, ..., 1


@pytest.mark.parametrize(
    ("change", "formula", "message"),
    [
        (lambda d: d["programme"] & (d["city"] < 6), "y ~ x + programme", "differs between the units of '3'"),
        (
            lambda d: d["programme"] & (d["year"] != 2004),
            "y ~ x + programme",
            "more than one span in '3'",
        ),
        (lambda d: d["programme"], "y ~ x * programme", "has to be one term"),
        (lambda d: d["programme"], "y ~ x", "has to be one term"),
    ],
)
def test_what_cannot_be_permuted_is_refused(change: object, formula: str, message: str) -> None:
    assert callable(change)
    data = risk_set()
    with pytest.raises(ModelError, match=message):
        randomisation_test(formula, data.assign(programme=change(data)), "programme")


def test_unknown_options_are_refused() -> None:
    for option in ("statistic", "starts", "alternative", "link"):
        with pytest.raises(ModelError, match=f"{option}='other' is not known: choose"):
            randomisation_test("y ~ x + programme", risk_set(), "programme", **{option: "other"})


def test_the_glance_says_what_was_permuted() -> None:
    result = randomisation_test("y ~ x + programme", risk_set(), "programme")
    facts = result.glance()
    assert len(facts) == 1
    assert facts.loc[0, ["programme", "cluster", "n_treated", "assignments", "exact"]].tolist() == [
        "programme", "land", 1, 8, True,
    ]  # fmt: skip


@pytest.mark.parametrize(
    ("asked", "message"),
    [
        ({"draws": 5}, "draws=5 is too few"),
        ({"draws": 99.5}, "draws=99.5 is no"),
        ({"seed": -1}, "seed=-1 is no"),
    ],
)
def test_draws_and_seed_are_checked(asked: dict[str, object], message: str) -> None:
    with pytest.raises(ModelError, match=message):
        randomisation_test("y ~ x + programme", risk_set(), "programme", **asked)
