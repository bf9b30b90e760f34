from __future__ import annotations

import dataclasses
import math
from random import Random

import numpy as np
import pandas as pd
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from konzept_diffusion import models
from konzept_diffusion.errors import ModelError


@pytest.fixture
def spells() -> pd.DataFrame:
    """Six units: events at 1 and 3 (two), censored at 2, 3 and 5."""
    return pd.DataFrame({"time": [1, 2, 3, 3, 3, 5], "event": [True, False, True, True, False, False]})


def test_the_curve_by_hand(spells: pd.DataFrame) -> None:
    table = models.kaplan_meier(spells, "time", "event").table
    assert list(table.columns) == [
        "time", "n_risk", "n_event", "n_censor", "survival", "std_error", "conf_low", "conf_high",
    ]  # fmt: skip
    assert table["time"].tolist() == [1, 2, 3, 5]
    assert table["n_risk"].tolist() == [6, 5, 4, 1]
    assert table["n_event"].tolist() == [1, 0, 2, 0]
    assert table["n_censor"].tolist() == [0, 1, 1, 1]
    np.testing.assert_allclose(table["survival"], [5 / 6, 5 / 6, 5 / 12, 5 / 12])
    np.testing.assert_allclose(table["std_error"].iloc[2], 5 / 12 * math.sqrt(1 / (6 * 5) + 2 / (4 * 2)))


def test_without_censoring_the_curve_is_the_share_that_survives() -> None:
    data = pd.DataFrame({"time": [1, 2, 3, 4], "event": 1})
    estimate = models.kaplan_meier(data, "time", "event")
    np.testing.assert_allclose(estimate.table["survival"], [0.75, 0.5, 0.25, 0], atol=1e-15)
    assert estimate.median() == 2.5  # the curve lies on one half from 2 to 3
    assert estimate.table.iloc[-1][["std_error", "conf_low", "conf_high"]].isna().all()


def test_without_events_the_curve_stays_at_one_and_has_no_median() -> None:
    estimate = models.kaplan_meier(pd.DataFrame({"time": [1, 2], "event": 0}), "time", "event")
    assert estimate.table["survival"].tolist() == [1, 1]
    assert estimate.table["std_error"].tolist() == [0, 0]
    assert math.isnan(estimate.median())
    assert "not reached" in estimate.summary()


@settings(max_examples=50, deadline=None)
@given(st.lists(st.tuples(st.integers(0, 8), st.booleans()), min_size=1, max_size=30), st.randoms())
def test_curves_fall_within_their_intervals_and_ignore_row_order(
    rows: list[tuple[int, bool]], random: Random
) -> None:
    table = models.kaplan_meier(pd.DataFrame(rows, columns=["t", "d"]), "t", "d").table
    random.shuffle(rows)
    pd.testing.assert_frame_equal(
        models.kaplan_meier(pd.DataFrame(rows, columns=["t", "d"]), "t", "d").table, table
    )
    assert (table["survival"].diff().dropna() <= 0).all()
    assert (table["n_event"] + table["n_censor"]).sum() == len(rows)
    inside = table.dropna()
    assert ((inside["conf_low"] <= inside["survival"]) & (inside["survival"] <= inside["conf_high"])).all()


def test_groups_are_curves_of_their_own(spells: pd.DataFrame) -> None:
    both = pd.concat([spells.assign(kind="a"), spells.assign(kind="b", time=spells["time"] * 2)])
    estimate = models.kaplan_meier(both, "time", "event", by="kind")
    alone = models.kaplan_meier(spells, "time", "event")
    pd.testing.assert_frame_equal(estimate.table.query("group == 'a'").drop(columns="group"), alone.table)
    assert estimate.median().to_dict() == {"a": 3, "b": 6}
    assert estimate.glance()["nobs"].tolist() == [6, 6]
    assert "by kind" in estimate.summary()


def test_the_result_cannot_be_changed(spells: pd.DataFrame) -> None:
    estimate = models.kaplan_meier(spells, "time", "event")
    table = estimate.table
    table.loc[0, "survival"] = 9.0
    assert estimate.tidy().loc[0, "survival"] == pytest.approx(5 / 6)
    with pytest.raises(dataclasses.FrozenInstanceError):
        estimate.nobs = 1  # type: ignore[misc]


@pytest.mark.parametrize(
    ("change", "message"),
    [
        ({"time": [1, 2, -3, 3, 3, 5]}, "'time' is negative in 1 of 6 rows, first at index 2"),
        ({"time": [1, 2, np.nan, 3, 3, 5]}, "'time' has no value in 1 of 6"),
        ({"time": [1, 2, np.inf, 3, 3, 5]}, "'time' is not finite"),
        ({"time": list("abcdef")}, "'time' is not numeric"),
        ({"event": [0, 1, 2, 0, 0, 0]}, r"'event' stands 2 \(index 2\)"),
        ({"event": [0, 1, None, 0, 0, 0]}, "'event' has no value"),
        ({"kind": ["a", None, "a", "b", "b", "b"]}, "'kind' has no value in 1 of 6 rows, first at index 1"),
    ],
)
def test_what_is_no_duration_or_event_is_refused(
    spells: pd.DataFrame, change: dict[str, list[object]], message: str
) -> None:
    data = spells.assign(**{"kind": "a", **change})
    with pytest.raises(ModelError, match=message):
        models.kaplan_meier(data, "time", "event", by="kind")


def test_absent_columns_and_levels_are_refused(spells: pd.DataFrame) -> None:
    with pytest.raises(ModelError, match="no column 'duration'"):
        models.kaplan_meier(spells, "duration", "event")
    with pytest.raises(ModelError, match="level="):
        models.kaplan_meier(spells, "time", "event", level=95)
