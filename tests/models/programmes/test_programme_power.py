from __future__ import annotations

import math
from collections.abc import Callable

import pandas as pd
import pytest

from konzept_diffusion.errors import ModelError
from konzept_diffusion.models.programmes.contrast import contrast
from konzept_diffusion.models.programmes.interventions import interventions
from konzept_diffusion.models.programmes.power import detectable_ratio

Build = Callable[..., pd.DataFrame]


def test_power_is_seeded_rises_and_may_be_out_of_reach(histories: Build, table: Build) -> None:
    items = interventions(table(("p", "05", 2005, None)))
    item = contrast(histories(units=10, level=-3.0), items[0], items, covariates="x")
    found = detectable_ratio(item, ratios=(3.0, 20.0), draws=20)
    again = detectable_ratio(item, ratios=(3.0, 20.0), draws=20)
    assert found.curve.equals(again.curve)
    power = found.curve.set_index("hazard_ratio")["power"]
    assert power[20.0] > power[1.0]
    assert power[20.0] >= 0.8
    assert 1 < found.ratio <= 20
    assert detectable_ratio(item, ratios=(1.01,), draws=20).ratio == math.inf
    # Sixteen assignments cannot reject at 5 %, whatever the effect.
    assert detectable_ratio(item, level=0.05, ratios=(20.0,), draws=20).ratio == math.inf
    with pytest.raises(ModelError, match="above 1"):
        detectable_ratio(item, ratios=(0.5,))
