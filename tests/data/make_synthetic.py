"""Write the two synthetic data sets of the estimator tests. Invented numbers, no observation of anything.

`python tests/data/make_synthetic.py` writes synthetic_binary.csv and synthetic_survival.csv beside this file.
"""

from __future__ import annotations

from pathlib import Path

import numpy as np
import pandas as pd

HERE = Path(__file__).resolve().parent
# Sixteen clusters as unequal as the Länder: one holds a fifth of the rows, the smallest seven.
SIZES = [120, 90, 75, 60, 50, 40, 35, 30, 24, 20, 16, 12, 8, 7, 7, 6]


def binary() -> pd.DataFrame:
    """Return 600 rows in 16 clusters: y and x3 are 0 or 1, x1 varies within clusters, x2 mostly between."""
    rng = np.random.default_rng(20171130)
    cluster = np.repeat(np.arange(len(SIZES)), SIZES)
    shift = rng.normal(0, 0.5, len(SIZES))
    level = rng.normal(0, 1, len(SIZES))
    x1 = rng.normal(0, 1, len(cluster))
    x2 = 50 + 8 * level[cluster] + rng.normal(0, 2, len(cluster))
    x3 = rng.random(len(cluster)) < 0.35
    eta = -2.0 + 0.6 * x1 + 0.03 * (x2 - 50) + 0.5 * x3 + shift[cluster]
    y = rng.random(len(cluster)) < 1 - np.exp(-np.exp(eta))
    region = np.array(["north", "south", "west"])[cluster % 3]
    frame = pd.DataFrame(
        {"y": y, "x1": x1.round(4), "x2": x2.round(2), "x3": x3, "region": region, "cluster": cluster}
    )
    frame["cluster"] = [f"c{number + 1:02d}" for number in frame["cluster"]]
    return frame.astype({"y": int, "x3": int}).sample(frac=1, random_state=7).reset_index(drop=True)


def survival() -> pd.DataFrame:
    """Return 90 whole-year durations in three groups, with ties and censoring; one group ends in an event."""
    rng = np.random.default_rng(1990)
    group = np.repeat(["a", "b", "c"], [40, 30, 20])
    scale = np.repeat([6.0, 10.0, 25.0], [40, 30, 20])
    time = np.ceil(rng.exponential(scale))
    end = rng.integers(4, 16, len(time))
    event = time <= end
    frame = pd.DataFrame(
        {"time": np.minimum(time, end).astype(int), "event": event.astype(int), "group": group}
    )
    # The longest spell of group a ends in an event, so that its curve comes down to 0.
    last = frame.index[frame["group"] == "a"][-1]
    frame.loc[last, ["time", "event"]] = [17, 1]
    return frame


if __name__ == "__main__":
    binary().to_csv(HERE / "synthetic_binary.csv", index=False, lineterminator="\n")
    survival().to_csv(HERE / "synthetic_survival.csv", index=False, lineterminator="\n")
