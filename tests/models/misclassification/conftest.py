from __future__ import annotations

from collections.abc import Callable

import numpy as np
import pandas as pd
import pytest

TRUE_EFFECT = 0.7


@pytest.fixture(scope="session")
def simulate() -> Callable[..., pd.DataFrame]:
    """Return a maker of invented panels (whole window): unit, year, x, size (small, large), land, y."""

    def make(
        seed: int,
        sensitivity: tuple[float, float] = (1.0, 1.0),
        specificity: float = 1.0,
        units: int = 400,
        years: int = 8,
    ) -> pd.DataFrame:
        rng = np.random.default_rng(seed)
        x = rng.normal(size=units)
        large = (rng.random(units) < 1 / (1 + np.exp(-x))).astype(int)
        hazard = -np.expm1(-np.exp(-2.4 + TRUE_EFFECT * x[:, None] + 0.08 * np.arange(years)))
        events = rng.random((units, years)) < hazard
        year = np.where(events.any(axis=1), events.argmax(axis=1), -1)
        lost = (year >= 0) & (rng.random(units) >= np.array(sensitivity)[large])
        wrong = (year < 0) & (rng.random(units) >= specificity)
        year = np.where(wrong, rng.integers(0, years, units), np.where(lost, -1, year))
        unit = np.repeat(np.arange(units), years)
        when = np.tile(np.arange(years), units)
        return pd.DataFrame(
            {
                "unit": unit,
                "year": when,
                "x": x[unit],
                "size": np.array(["small", "large"])[large][unit],
                "land": unit % 16,
                "y": (year[unit] == when).astype(int),
            }
        )

    return make


@pytest.fixture(scope="session")
def to_risk_set() -> Callable[[pd.DataFrame], pd.DataFrame]:
    """Return the function that leaves out the rows after each unit's observed adoption."""

    def cut(data: pd.DataFrame) -> pd.DataFrame:
        so_far = data.groupby("unit")["y"].cumsum()
        return data[(so_far == 0) | (data["y"] == 1)]

    return cut
