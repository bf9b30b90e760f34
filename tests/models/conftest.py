from __future__ import annotations

from pathlib import Path

import pandas as pd
import pytest


@pytest.fixture
def synthetic() -> pd.DataFrame:
    """600 invented rows: y (0/1), x1, x2, x3 (0/1), region (north, south, west), cluster (16)."""
    return pd.read_csv(Path(__file__).resolve().parents[1] / "data" / "synthetic_binary.csv")
