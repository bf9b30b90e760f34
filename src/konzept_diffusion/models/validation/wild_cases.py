"""What the score wild cluster bootstrap gives where all vectors of weights are enumerated."""

from __future__ import annotations

import pandas as pd

from ..estimators.binary.models import hazard


def rossi_webb(data: pd.DataFrame) -> dict[str, float]:
    """Return statistics and p-values of a logit with five clusters, the last digit of age modulo 5."""
    cells = data.assign(cell=data["age"] % 5)
    fit = hazard("arrest ~ fin + age + prio", cells, link="logit", vcov="wild", cluster="cell")
    table = fit.tidy().set_index("term").loc[["fin", "age", "prio"]]
    return {
        **{f"statistic[{term}]": float(value) for term, value in table["statistic"].items()},
        **{f"p[{term}]": float(value) for term, value in table["p_value"].items()},
    }


CASES = {"rossi_webb": ("rossi", rossi_webb)}
