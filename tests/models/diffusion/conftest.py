"""An invented panel: 60 units in six Länder over twelve years, adopting with or without diffusion."""

from __future__ import annotations

import numpy as np
import pandas as pd
import pytest

YEARS = np.arange(2000, 2012)


def ring(size: int, reach: int = 2) -> pd.DataFrame:
    """Links of each unit with the next `reach` units."""
    pairs = [(i, (i + step) % size) for i in range(size) for step in range(1, reach + 1)]
    return pd.DataFrame([(key(a), key(b)) for a, b in pairs], columns=["ags_a", "ags_b"])


def key(number: int) -> str:
    """An eight-digit key; ten units share a Land, neighbours on the ring lie in different ones."""
    return f"{number % 6 + 1:02d}{number:06d}"


def make_panel(diffusion: float, seed: int, trend: float = 0.25, size: int = 60) -> pd.DataFrame:
    """Full panel with columns ags, year, land, at_risk, adopt, x, time, exposure (share of ring peers)."""
    generator = np.random.default_rng(seed)
    links = ring(size)
    labels = [key(i) for i in range(size)]
    W = np.zeros((size, size))
    for a, b in links.itertuples(index=False):
        W[labels.index(a), labels.index(b)] = W[labels.index(b), labels.index(a)] = 1
    W /= W.sum(axis=1, keepdims=True)
    x, land = generator.normal(size=size), generator.normal(scale=0.4, size=6)
    adopted, rows = np.full(size, 9999), []
    shock = trend * (YEARS - YEARS[0]) + generator.normal(scale=0.5, size=len(YEARS))
    for place, year in enumerate(YEARS):
        exposed = W @ (adopted < year)
        predictor = -3.3 + shock[place] + 0.5 * x + land[np.arange(size) % 6] + diffusion * exposed
        hit = (generator.random(size) < -np.expm1(-np.exp(predictor))) & (adopted > year)
        for i in range(size):
            rows.append((labels[i], year, labels[i][:2], adopted[i] >= year, int(hit[i]), x[i], exposed[i]))
        adopted[hit] = year
    names = ["ags", "year", "land", "at_risk", "adopt", "x", "exposure"]
    return pd.DataFrame(rows, columns=names).assign(time=lambda table: table["year"] - YEARS[0])


@pytest.fixture(scope="session")
def links() -> pd.DataFrame:
    return ring(60)


@pytest.fixture(scope="session")
def without_diffusion() -> pd.DataFrame:
    return make_panel(0.0, seed=4)


@pytest.fixture(scope="session")
def with_diffusion() -> pd.DataFrame:
    return make_panel(4.0, seed=5, trend=0.05)
