from __future__ import annotations

import numpy as np
import pandas as pd
import pytest

from konzept_diffusion.errors import ModelError
from konzept_diffusion.models.checks.spells import bounds, check_spells


@pytest.fixture
def spells() -> pd.DataFrame:
    """Unit a: three spells in wrong order, then its event; unit b: with a gap, no event."""
    return pd.DataFrame(
        {
            "unit": ["a", "a", "a", "b", "b"],
            "start": [2, 0, 1, 0, 5],
            "stop": [3, 1, 2, 4, 6],
            "event": [1, 0, 0, 0, 0],
        },
        index=[10, 11, 12, 13, 14],
    )


def test_whole_spells_pass_in_any_order_and_with_gaps(spells: pd.DataFrame) -> None:
    check_spells(spells, "unit", "start", "stop", "event")
    check_spells(spells.iloc[::-1], "unit", "start", "stop", "event")


@pytest.mark.parametrize(
    ("rows", "message"),
    [
        ({"start": [2, 0, 1, 0, 3.5]}, r"1 spells overlap.*row 14 after row 13 \(unit b\).*cut or merge"),
        ({"start": [0, 0, 1, 0, 5]}, "overlap"),
        ({"stop": [3, 1, 2, 4, 5]}, r"1 of 5 spells have zero length.*at index 14"),
        ({"stop": [1, 1, 2, 4, 4]}, r"2 of 5 spells are inverted.*at index 10, 14"),
        (
            {"event": [0, 1, 0, 0, 0]},
            r"1 spells begin after the event.*row 12 after row 11 \(unit a\).*recurrent",
        ),
        ({"event": [0, 2, 0, 0, 0]}, r"stands 2 \(index 11\)"),
        ({"unit": ["a", "a", None, "b", "b"]}, "'unit' has no value in 1 of 5 rows, first at index 12"),
        ({"stop": [3, 1, np.nan, 4, 6]}, "'stop' has no value"),
        ({"stop": [3, 1, np.inf, 4, 6]}, "'stop' is not finite"),
        ({"start": list("abcde")}, "'start' is not numeric"),
    ],
)
def test_what_is_wrong_is_named_with_its_rows(
    spells: pd.DataFrame, rows: dict[str, list[object]], message: str
) -> None:
    with pytest.raises(ModelError, match=message):
        check_spells(spells.assign(**rows), "unit", "start", "stop", "event")


def test_repeated_events_are_allowed_where_asked_for(spells: pd.DataFrame) -> None:
    check_spells(spells.assign(event=1), "unit", "start", "stop", "event", recurrent=True)


def test_without_start_a_unit_has_one_spell(spells: pd.DataFrame) -> None:
    with pytest.raises(ModelError, match="overlap"):
        check_spells(spells, "unit", None, "stop", "event")
    with pytest.raises(ModelError, match="'stop' is negative in 1 of 5 rows, first at index 11"):
        check_spells(spells.assign(stop=[1, -1, 1, 1, 1]), "unit", None, "stop", "event")


def test_times_that_differ_by_rounding_only_are_one_time() -> None:
    data = pd.DataFrame({"start": [0.0, 0.0], "stop": [0.1 + 0.2, 0.3], "event": [1, 0]})
    assert data["stop"].nunique() == 2
    _, stop, _ = bounds(data, "start", "stop", "event")
    assert stop[0] == stop[1]
    with pytest.raises(ModelError, match="zero length"):
        bounds(data.assign(start=[0.3, 0.0]), "start", "stop", "event")
