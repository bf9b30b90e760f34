from __future__ import annotations

import numpy as np
import pandas as pd
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from konzept_diffusion import models
from konzept_diffusion.errors import ModelError
from konzept_diffusion.models.estimators.binary.repeated import repeated_events

UNITS = pd.DataFrame(
    {"ags": ["a", "b", "c"], "entry": [2000, 2001, 2003], "exit": [2005, 2003, 2003], "x": [1, 2, 3]}
)
EVENTS = pd.DataFrame({"ags": ["a", "c", "a"], "year": [2004, 2003, 2001]})


def test_the_risk_set_by_hand() -> None:
    rows = repeated_events(UNITS, EVENTS)
    a = rows[rows["ags"] == "a"]
    assert a["year"].tolist() == [2000, 2001, 2002, 2003, 2004, 2005]
    assert a["event"].tolist() == [False, True, False, False, True, False]
    assert a["gap"].tolist() == [1, 2, 1, 2, 3, 1]
    assert a["prior_events"].tolist() == [0, 0, 1, 1, 1, 2]
    assert a["stratum"].tolist() == [1, 1, 2, 2, 2, 3]
    assert rows.loc[rows["ags"] == "b", "gap"].tolist() == [1, 2, 3]
    assert rows.loc[rows["ags"] == "c", ["year", "gap", "event"]].to_numpy().tolist() == [[2003, 1, True]]
    assert rows["x"].tolist() == [1] * 6 + [2] * 3 + [3]
    assert rows["at_risk"].all()


def test_late_strata_are_one_and_the_first_can_be_left_out() -> None:
    assert repeated_events(UNITS, EVENTS, max_stratum=2)["stratum"].max() == 2
    later = repeated_events(UNITS, EVENTS, after_first=True)
    assert later["year"].tolist() == [2002, 2003, 2004, 2005]
    assert not repeated_events(UNITS, EVENTS.iloc[:0])["event"].any()


@settings(max_examples=60, deadline=None)
@given(
    st.lists(st.tuples(st.integers(0, 5), st.integers(0, 6)), min_size=1, max_size=6),
    st.data(),
)
def test_gaps_and_counts_follow_a_walk_along_the_years(
    windows: list[tuple[int, int]], data: st.DataObject
) -> None:
    units = pd.DataFrame(
        [(str(number), start, start + length) for number, (start, length) in enumerate(windows)],
        columns=["ags", "entry", "exit"],
    )
    chosen = [
        (row.ags, year)
        for row in units.itertuples()
        for year in range(row.entry, row.exit + 1)
        if data.draw(st.booleans())
    ]
    events = pd.DataFrame(chosen, columns=["ags", "year"]).sample(frac=1, random_state=1)
    expected = []
    for row in units.itertuples():
        gap = prior = 0
        for year in range(row.entry, row.exit + 1):
            gap += 1
            happened = (row.ags, year) in chosen
            expected.append((row.ags, year, happened, gap, prior))
            gap, prior = (0, prior + 1) if happened else (gap, prior)
    rows = repeated_events(units, events)
    found = rows[["ags", "year", "event", "gap", "prior_events"]].itertuples(index=False, name=None)
    assert [tuple(row) for row in found] == expected


def test_hazard_takes_the_strata() -> None:
    rng = np.random.default_rng(8)
    units = pd.DataFrame({"ags": [f"{i:03d}" for i in range(200)], "entry": 2000, "exit": 2014})
    units["x"] = rng.normal(size=200)
    chosen = [
        (row.ags, year)
        for row in units.itertuples()
        for year in range(2000, 2015)
        if rng.random() < 0.12 * np.exp(0.5 * row.x)
    ]
    rows = repeated_events(units, pd.DataFrame(chosen, columns=["ags", "year"]))
    fit = models.hazard("event ~ x + np.log(gap) + C(stratum)", rows, cluster="ags")
    assert [name for name in fit.params.index if "stratum" not in name] == ["Intercept", "x", "np.log(gap)"]
    assert len(fit.params.filter(like="C(stratum)")) == 2
    assert fit.params["x"] == pytest.approx(0.5, abs=3 * fit.se["x"])
    assert fit.n_events == len(chosen)


@pytest.mark.parametrize(
    ("units", "events", "message"),
    [
        ({"ags": ["a", "a", "c"]}, {}, "1 of 3 rows 'ags' is missing or doubled, first at index 1"),
        ({"exit": [2005, 2000, 2003]}, {}, "'exit' comes before 'entry', first at index 1"),
        ({"entry": [2000.5, 2001, 2003]}, {}, "'entry' is no whole number, first at index 0"),
        ({}, {"year": [2004, 2004, 2001]}, "outside its unit's window, first at index 1"),
        ({}, {"ags": ["a", "z", "a"]}, "belongs to no unit, first at index 1"),
        ({}, {"year": [2001, 2003, 2001]}, "the unit's second in one period, first at index 2"),
        ({"gap": [1, 2, 3]}, {}, "already have a column 'gap'"),
    ],
)
def test_what_is_no_history_is_refused(
    units: dict[str, list[object]], events: dict[str, list[object]], message: str
) -> None:
    with pytest.raises(ModelError, match=message):
        repeated_events(UNITS.assign(**units), EVENTS.assign(**events))


def test_arguments_of_the_wrong_kind_are_refused() -> None:
    with pytest.raises(ModelError, match="is a NoneType: pass a pandas DataFrame"):
        repeated_events(UNITS, None)  # type: ignore[arg-type]
    with pytest.raises(ModelError, match="max_stratum=True is no number of strata"):
        repeated_events(UNITS, EVENTS, max_stratum=True)
    with pytest.raises(
        ModelError, match=r"the window from 'entry' to 'exit' has 100,000 periods or more.*index 1"
    ):
        repeated_events(UNITS.assign(exit=[2005, 10**7, 2003]), EVENTS)
    assert repeated_events(UNITS, EVENTS, max_stratum=np.int64(2))["stratum"].max() == 2
