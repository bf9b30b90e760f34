"""Years, keys and lags that cannot be meant: each one is refused with what to write instead."""

from __future__ import annotations

import numpy as np
import pandas as pd
import pytest
from hypothesis import given
from hypothesis import strategies as st

from konzept_diffusion.errors import ModelError
from konzept_diffusion.models.diffusion.arguments import keys, whole, whole_years, years
from konzept_diffusion.models.diffusion.dyads import dyads
from konzept_diffusion.models.diffusion.exposure_terms import exposure
from konzept_diffusion.models.diffusion.measures import infectiousness, thresholds
from konzept_diffusion.models.diffusion.network import read_links

LINKS = pd.DataFrame({"a": ["u", "v"], "b": ["v", "w"]})
ADOPTED = pd.Series({"u": 2001, "v": 2003})


@pytest.mark.parametrize(
    ("wanted", "message"),
    [
        (2003, r"years=2003 is no list of years: write years=\[2003\]"),
        ("2003", "is no list of years"),
        (["2003"], "years='2003' is no year"),
        ([2002.5], r"years=2002\.5 is no year"),
        ([np.nan], "years=nan is no year"),
        ([np.float64(np.inf)], "years=inf is no year"),
        ([True], "years=True is no year"),
    ],
)
def test_years_are_a_list_of_whole_numbers(wanted, message):
    with pytest.raises(ModelError, match=message):
        exposure(ADOPTED, LINKS, wanted)


def test_whole_years_of_any_kind_are_taken():
    expected = exposure(ADOPTED, LINKS, [2002, 2004])
    for wanted in (np.array([2004, 2002]), pd.Series([2002, 2004, 2002]), [2002.0, 2004.0]):
        pd.testing.assert_frame_equal(exposure(ADOPTED, LINKS, wanted), expected)


@pytest.mark.parametrize(
    ("value", "shown"),
    [
        (2001.5, r"2001\.5"),
        (np.inf, "inf"),
        ("x", "'x'"),
        (pd.Timestamp("2001-01-01"), "Timestamp"),
        (True, "True"),
    ],
)
def test_an_event_s_year_is_a_whole_number(value, shown):
    with pytest.raises(ModelError, match=f"The year of u is {shown}"):
        exposure(pd.Series({"u": value}), LINKS, [2005])


def test_bounds_are_whole_years_too():
    events = pd.DataFrame({"ags": ["v"], "year": [None], "year_lower": [2001.5], "year_upper": [2003]})
    with pytest.raises(ModelError, match=r"The year_lower of v is 2001\.5"):
        exposure(events, LINKS, [2005])


@pytest.mark.parametrize(
    "events",
    [
        pd.DataFrame({"ags": ["u", None], "year": [2001, 2002]}),
        pd.Series([2001, 2002], index=["u", None]),
        pd.Series([2001, 2002], index=["u", np.nan]),
    ],
)
def test_an_event_without_a_unit_is_refused(events):
    with pytest.raises(ModelError, match=r"1 events have no unit .*first at index 1"):
        exposure(events, LINKS, [2005])


@pytest.mark.parametrize("lag", [0.5, -1, "a", True, np.nan])
def test_a_lag_is_a_number_of_years_back(lag):
    with pytest.raises(ModelError, match=r"lag=.* is no number of years: .* at least 0"):
        exposure(ADOPTED, LINKS, [2005], lag=lag)
    with pytest.raises(ModelError, match="lag="):
        thresholds(ADOPTED, LINKS, lag=lag)


def test_a_text_is_no_list_of_units():
    with pytest.raises(ModelError, match=r"observed='w' is no list of units: write observed=\['w'\]"):
        exposure(ADOPTED, LINKS, [2005], observed="w")
    with pytest.raises(ModelError, match="units='uv' is no list"):
        exposure(ADOPTED, LINKS, [2005], units="uv")
    with pytest.raises(ModelError, match="units= holds a missing key"):
        exposure(ADOPTED, LINKS, [2005], units=["u", None])


def test_a_weight_that_is_no_number_is_shown():
    with pytest.raises(ModelError, match="u – v is 'near': weights are positive"):
        read_links(LINKS.assign(w=["near", "1"]), weight="w")


@pytest.mark.parametrize("until", ["a", 2002.5, np.inf])
def test_the_last_year_observed_is_a_year(until):
    with pytest.raises(ModelError, match=r"until=.* is no year"):
        thresholds(ADOPTED, LINKS, until=until)


def test_an_adoption_after_the_last_year_observed_is_not_seen():
    table = thresholds(ADOPTED, LINKS, until=2002).set_index("ags")
    assert table["censored"].to_dict() == {"u": False, "v": True}
    assert table.loc["v", "year"] == 2002
    later = thresholds(ADOPTED, LINKS, until=2003).set_index("ags")
    assert later["censored"].to_dict() == {"u": False, "v": False}
    assert later.loc["v", "year"] == 2003


@pytest.mark.parametrize("window", ["a", np.nan, 1.5, True])
def test_a_window_is_a_number_of_years(window):
    with pytest.raises(ModelError, match=r"window=.* is no number of years"):
        infectiousness(ADOPTED, LINKS, window=window)


def test_the_years_of_a_panel_are_whole():
    panel = pd.DataFrame({"ags": ["a", "b"], "year": [2000.0, 2001.5], "adopt": [1, 0]})
    with pytest.raises(ModelError, match=r"The year of b is 2001\.5"):
        dyads(panel)


@given(st.lists(st.integers(-3000, 3000)))
def test_years_come_back_distinct_and_in_order(listed):
    assert years(listed).tolist() == sorted(set(listed))
    assert years([float(year) for year in listed]).tolist() == sorted(set(listed))


@given(st.floats(allow_nan=True, allow_infinity=True))
def test_a_number_is_whole_or_refused(value):
    if np.isfinite(value) and value == np.floor(value):
        assert whole(value, "lag", "number of years") == value
    else:
        with pytest.raises(ModelError, match="lag="):
            whole(value, "lag", "number of years")


@given(st.lists(st.one_of(st.text(min_size=1), st.integers())))
def test_keys_are_texts(listed):
    assert keys(listed, "units") == [str(value) for value in listed]


def test_missing_years_stay_missing():
    column = pd.Series([2001, pd.NA, 2003], dtype="Int64")
    found = whole_years(column, pd.Series(list("abc")), "year")
    np.testing.assert_array_equal(found, [2001, np.nan, 2003])
