"""From replications to rows of the table: rates with their Monte Carlo error, bias, spread."""

from __future__ import annotations

import platform
from collections.abc import Mapping, Sequence
from importlib.metadata import version

import numpy as np
import pandas as pd
from numpy.typing import NDArray
from scipy import stats

from .designs import Design, Layout

Array = NDArray[np.float64]
MADE_WITH = "; ".join(
    [f"python {platform.python_version()}"]
    + [f"{name} {version(name)}" for name in ("konzept-diffusion", "numpy", "scipy")]
)


def share_interval(hits: int, of: int, level: float = 0.95) -> tuple[float, float]:
    """Return the exact binomial interval of a share (Clopper & Pearson 1934, Biometrika 26(4))."""
    tail = (1 - level) / 2
    low = stats.beta.ppf(tail, hits, of - hits + 1) if hits else 0.0
    high = stats.beta.ppf(1 - tail, hits + 1, of - hits) if hits < of else 1.0
    return float(low), float(high)


def table(
    design: Design,
    layout: Layout,
    term: str,
    tests: Sequence[Mapping[str, object]],
    events: Array,
    seed: int,
) -> pd.DataFrame:
    """Return one row per test of a design.

    Parameters
    ----------
    tests
        Each with `method`, `level` (nominal), `null` (`true value` or `zero`), `rejected` (by replication: 1, 0,
        NaN where the test does not exist), `estimates` and `errors` (by replication; NaN where there is none).
    events
        Events by replication.
    """
    rows = []
    for test in tests:
        rejected = np.asarray(test["rejected"], dtype=float)
        estimates = np.asarray(test["estimates"], dtype=float)
        errors = np.asarray(test["errors"], dtype=float)
        there = ~np.isnan(rejected)
        known = estimates[np.isfinite(estimates)]
        usable = errors[np.isfinite(errors)]
        hits, of = int(rejected[there].sum()), int(there.sum())
        low, high = share_interval(hits, of) if of else (np.nan, np.nan)
        rows.append(
            {
                "study": design.study,
                "layout": layout.name,
                "units": sum(layout.units),
                "periods": layout.periods,
                "land_share": design.land_share,
                "icc": design.icc,
                "slope_sd": design.slope_sd,
                "treated": design.treated,
                "leaves": design.leaves,
                "term": term,
                "effect": design.effect,
                "log_hazard": layout.level if design.level is None else design.level,
                "events_mean": float(events.mean()),
                "method": test["method"],
                "null": test["null"],
                "level": test["level"],
                "replications": len(rejected),
                "undefined": 1 - of / len(rejected),
                "rejected": hits / of if of else np.nan,
                "rejected_low": low,
                "rejected_high": high,
                "bias": float(known.mean() - design.effect) if len(known) else np.nan,
                "bias_mc_error": float(known.std(ddof=1) / np.sqrt(len(known))) if len(known) > 1 else np.nan,
                "median_bias": float(np.median(known) - design.effect) if len(known) else np.nan,
                "sd": float(known.std(ddof=1)) if len(known) > 1 else np.nan,
                "se_mean": float(usable.mean()) if len(usable) else np.nan,
                "seed": seed,
                "made_with": MADE_WITH,
            }
        )
    return pd.DataFrame(rows)
