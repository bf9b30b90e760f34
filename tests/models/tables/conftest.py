from __future__ import annotations

import numpy as np
import pandas as pd
import pytest

from konzept_diffusion import models
from konzept_diffusion.models.estimators.binary.result import Fit


@pytest.fixture(scope="module")
def rows() -> pd.DataFrame:
    """400 invented rows: y, x, kind (a, b), land (8); x is missing in three."""
    rng = np.random.default_rng(8)
    data = pd.DataFrame(
        {"x": rng.normal(size=400), "kind": rng.choice(["a", "b"], 400), "land": np.arange(400) % 8}
    )
    eta = -1 - 0.8 * data["x"] + 0.5 * (data["kind"] == "b")
    data["y"] = (rng.random(400) < 1 / (1 + np.exp(-eta))).astype(int)
    data.loc[[1, 5, 9], "x"] = np.nan
    return data


@pytest.fixture(scope="module")
def small(rows: pd.DataFrame) -> Fit:
    with pytest.warns(models.DroppedRowsWarning):
        return models.hazard("y ~ x", rows, cluster="land")


@pytest.fixture(scope="module")
def large(rows: pd.DataFrame) -> Fit:
    return models.logit("y ~ x + kind", rows.dropna(), vcov="HC1")
