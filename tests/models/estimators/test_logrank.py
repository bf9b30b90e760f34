from __future__ import annotations

import numpy as np
import pandas as pd
import pytest

from konzept_diffusion.errors import ModelError
from konzept_diffusion.models.estimators.survival.logrank import logrank


@pytest.fixture
def units() -> pd.DataFrame:
    return pd.DataFrame(
        {"time": [1, 2, 3, 4, 5], "event": [1, 1, 0, 1, 0], "kind": list("aabba"), "one": "x"}
    )


def test_two_groups_by_hand(units: pd.DataFrame) -> None:
    test = logrank(units, "time", "event", by="kind")
    expected = 3 / 5 + 2 / 4 + 1 / 2
    variance = 6 / 25 + 1 / 4 + 1 / 4
    assert test.tidy()["observed"].tolist() == [2, 1]
    assert test.tidy()["expected"].iloc[0] == pytest.approx(expected)
    assert test.statistic == pytest.approx((2 - expected) ** 2 / variance)
    assert test.df == 1


def test_entries_count_from_after_the_entry(units: pd.DataFrame) -> None:
    late = units.assign(start=[0, 0, 2, 0, 0])
    expected = logrank(late, "time", "event", by="kind", start="start").tidy()["expected"]
    assert expected.iloc[0] == pytest.approx(3 / 4 + 2 / 3 + 1 / 2)  # the third is not at risk at 1 and 2


def test_strata_add_up(units: pd.DataFrame) -> None:
    both = pd.concat([units.assign(s=0), units.assign(s=1)], ignore_index=True)
    alone, twice = logrank(units, "time", "event", "kind"), logrank(both, "time", "event", "kind", strata="s")
    assert twice.statistic == pytest.approx(2 * alone.statistic)
    np.testing.assert_allclose(twice.tidy()["expected"], 2 * alone.tidy()["expected"])


def test_what_cannot_be_compared_is_refused(units: pd.DataFrame) -> None:
    with pytest.raises(ModelError, match="'one' has one value only"):
        logrank(units, "time", "event", by="one")
    with pytest.raises(ModelError, match="No event"):
        logrank(units.assign(event=0), "time", "event", by="kind")
    with pytest.raises(ModelError, match="never at risk beside another"):
        logrank(units.assign(same=units["kind"]), "time", "event", by="kind", strata="same")
    with pytest.raises(ModelError, match="strata='kind' are the groups themselves"):
        logrank(units, "time", "event", by="kind", strata="kind")
    with pytest.raises(ModelError, match="rho=-1"):
        logrank(units, "time", "event", by="kind", rho=-1)
