from __future__ import annotations

import numpy as np
import pandas as pd
import pytest

from konzept_diffusion.errors import ModelError
from konzept_diffusion.models.estimators.survival.kaplan_meier import kaplan_meier
from konzept_diffusion.models.estimators.survival.nelson_aalen import nelson_aalen


@pytest.fixture
def spells() -> pd.DataFrame:
    """Five spells; the last enters at 2, when the first has its event, and is not at risk then."""
    return pd.DataFrame(
        {"start": [0, 0, 0, 1, 2], "stop": [2, 3, 3, 4, 5], "event": [1, 1, 0, 0, 1], "kind": list("aabba")}
    )


def test_the_hazard_by_hand(spells: pd.DataFrame) -> None:
    table = nelson_aalen(spells, "stop", "event", start="start").table
    assert table["n_risk"].tolist() == [4, 4, 2, 1]
    np.testing.assert_allclose(table["cumulative_hazard"], [1 / 4, 1 / 2, 1 / 2, 3 / 2])
    np.testing.assert_allclose(table["std_error"] ** 2, [1 / 16, 1 / 8, 1 / 8, 9 / 8])
    spread = np.exp(1.959963984540054 * np.sqrt(9 / 8) / 1.5)
    assert table["conf_high"].iloc[-1] == pytest.approx(1.5 * spread)
    assert table["conf_low"].iloc[-1] == pytest.approx(1.5 / spread)


def test_left_truncated_survival_by_hand(spells: pd.DataFrame) -> None:
    estimate = kaplan_meier(spells, "stop", "event", start="start")
    np.testing.assert_allclose(estimate.table["survival"], [3 / 4, 9 / 16, 9 / 16, 0])
    assert estimate.glance()["nobs"].tolist() == [5]
    assert estimate.start == "start"


def test_groups_and_the_time_before_any_event(spells: pd.DataFrame) -> None:
    table = nelson_aalen(spells.assign(event=[0, 1, 0, 0, 1]), "stop", "event", by="kind").table
    assert table["group"].tolist() == ["a", "a", "a", "b", "b"]
    assert table["conf_low"].isna().tolist() == [True, False, False, True, True]


def test_what_is_no_spell_is_refused(spells: pd.DataFrame) -> None:
    with pytest.raises(ModelError, match=r"zero length.*at index 0"):
        nelson_aalen(spells.assign(start=[2, 0, 0, 1, 2]), "stop", "event", start="start")
    with pytest.raises(ModelError, match="inverted"):
        kaplan_meier(spells.assign(start=9), "stop", "event", start="start")


def test_hazards_at_a_glance() -> None:
    data = pd.DataFrame({"t": [1, 2, 3, 4], "event": [1, 0, 1, 1], "g": ["a", "a", "b", "b"]})
    assert nelson_aalen(data, "t", "event").glance().to_dict("records") == [{"nobs": 4, "n_events": 3}]
    assert nelson_aalen(data, "t", "event", by="g").glance()["n_events"].tolist() == [1, 2]
