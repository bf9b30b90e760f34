from __future__ import annotations

from collections.abc import Callable, Mapping

import numpy as np
import pandas as pd
import pytest

Histories = Callable[..., pd.DataFrame]


@pytest.fixture(scope="session")
def histories() -> Histories:
    """A risk set of Länder "01" to "16" over 1996-2015; programmes multiply the hazard by a known ratio."""

    def build(
        ratios: Mapping[str, tuple[int, float]] | None = None,
        units: int | Mapping[str, int] = 12,
        lands: int = 16,
        level: float = -2.6,
        seed: int = 1,
        pretrend: Mapping[str, float] | None = None,
        full: bool = False,
    ) -> pd.DataFrame:
        rng = np.random.default_rng(seed)
        rows = []
        for number in range(1, lands + 1):
            land = f"{number:02d}"
            start, ratio = (ratios or {}).get(land, (9999, 1.0))
            size = units if isinstance(units, int) else units.get(land, 12)
            for unit in range(size):
                x = rng.normal()
                alive = True
                for year in range(1996, 2016):
                    eta = level + 0.05 * (year - 2006) + 0.3 * x + 0.2 * np.sin(number)
                    eta += np.log(ratio) * (year >= start) + (pretrend or {}).get(land, 0.0) * (year - 2006)
                    event = alive and rng.random() < 1 - np.exp(-np.exp(eta))
                    if alive or full:
                        rows.append((f"{land}{unit:03d}", land, year, int(event), x, alive))
                    alive = alive and not event
        return pd.DataFrame(rows, columns=["ags", "land", "year", "adopt", "x", "at_risk"])

    return build


@pytest.fixture(scope="session")
def table() -> Callable[..., pd.DataFrame]:
    """A table of programmes from (id, land, start, end)."""

    def build(*rows: tuple[str, str, int, int | None]) -> pd.DataFrame:
        found = pd.DataFrame(rows, columns=["programme_id", "land", "start", "end"])
        return found.astype({"start": "Int64", "end": "Int64"})

    return build
