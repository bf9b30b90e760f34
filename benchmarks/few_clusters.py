"""Few-cluster inference on 324,000 synthetic Kommune-years beside R's glm and sandwich, in the same run.

`run()` is what `measure.py` calls; `python benchmarks/few_clusters.py` prints it. The data are synthetic, twelve
covariates, sixteen unequal clusters. Each job has a process of its own and is repeated; times are medians and
leave out start, reading and simulating. Limits: the fit 0.5 of R's, the table 4 of R's fit, 1.5 GB.
"""

from __future__ import annotations

import json
import resource
import shutil
import statistics
import subprocess
import sys
import tempfile
import time
from collections.abc import Callable
from pathlib import Path

import numpy as np
import pandas as pd

ROWS = 324_000
# Cities at risk by Land are as unequal as this.
SHARES = np.array([4, 2, 11, 1, 30, 8, 6, 12, 12, 1, 2, 2, 2, 4, 2, 1]) / 100
TERMS = [f"x{number}" for number in range(10)] + ["programme", "time"]
FORMULA = f"y ~ {' + '.join(TERMS)}"
R_FIT = """
suppressPackageStartupMessages(library(sandwich))
arguments <- commandArgs(trailingOnly = TRUE)
columns <- strsplit(arguments[2], ",")[[1]]
values <- matrix(readBin(arguments[1], "double", 1e9), ncol = length(columns), dimnames = list(NULL, columns))
data <- as.data.frame(values)
formula <- as.formula(arguments[3])
spent <- system.time({
  fit <- glm(formula, binomial("cloglog"), data)
  V <- vcovCL(fit, cluster = data$land, type = "HC0", cadjust = TRUE)
})
cat(spent[["elapsed"]], spent[["user.self"]] + spent[["sys.self"]], coef(fit), sqrt(diag(V)), "\\n")
"""


def synthetic(rows: int = ROWS) -> pd.DataFrame:
    """Return simulated Kommune-years: y, twelve covariates, land (1 to 16)."""
    rng = np.random.default_rng(20)
    data = pd.DataFrame({name: rng.normal(size=rows) for name in TERMS[:10]})
    data["programme"] = (rng.random(rows) < 0.3).astype(float)
    data["time"] = rng.integers(0, 21, rows) / 20
    data["land"] = rng.choice(16, rows, p=SHARES) + 1.0
    eta = -4 + 0.1 * data[TERMS[:10]].sum(axis=1) + 0.3 * data["programme"] + 0.5 * data["time"]
    data["y"] = (rng.random(rows) < 1 - np.exp(-np.exp(eta))).astype(float)
    return data


def _timed(work: Callable[[], object]) -> tuple[float, float, object]:
    wall, cpu = time.perf_counter(), time.process_time()
    result = work()
    return time.perf_counter() - wall, time.process_time() - cpu, result


def once(job: str) -> None:
    """Do one job in this process: print wall and processor seconds, peak memory in MB, estimates and errors."""
    from konzept_diffusion import models
    from konzept_diffusion.models.inference.few_clusters import cluster_table

    data = synthetic()
    models.hazard("y ~ x0", data.iloc[:2000])  # what is loaded once does not count

    def fit() -> models.Fit:
        return models.hazard(FORMULA, data, link="cloglog", vcov="CR1", cluster="land")

    def table(intervals: bool) -> Callable[[], models.Fit]:
        def whole() -> models.Fit:
            fitted = fit()
            cluster_table(fitted, intervals=intervals)
            return fitted

        return whole

    work = {"fit": fit, "table": table(False), "table_with_intervals": table(True)}[job]
    wall, cpu, result = _timed(work)
    assert isinstance(result, models.Fit)
    peak = resource.getrusage(resource.RUSAGE_SELF).ru_maxrss / 1024
    print(wall, cpu, peak, *result.params, *result.se)


def run(times: int = 5) -> dict[str, object]:
    """Return the measurements."""

    def job(name: str, repeat: int) -> tuple[float, float, float, np.ndarray]:
        runs = []
        for _ in range(repeat):
            done = subprocess.run(
                [sys.executable, __file__, name], check=True, capture_output=True, text=True
            )
            runs.append(np.array(done.stdout.split(), dtype=float))
        wall, cpu = (statistics.median(one[place] for one in runs) for place in (0, 1))
        return wall, cpu, max(one[2] for one in runs), runs[0][3:]

    found: dict[str, object] = {
        "data": "synthetic Kommune-years, 12 covariates, 16 unequal clusters, cloglog",
        "rows": ROWS,
        "peak_limit_mb": 1500,
    }
    walls, cpus = {}, {}
    for name in ("fit", "table", "table_with_intervals"):
        walls[name], cpus[name], peak, numbers = job(name, times)
        found |= {
            f"{name}_wall_seconds": walls[name],
            f"{name}_cpu_seconds": cpus[name],
            f"{name}_peak_mb": peak,
        }
    if shutil.which("Rscript") is None:
        return found | {"peer": "R is not installed"}
    with tempfile.TemporaryDirectory() as folder:
        data = synthetic()
        file, script = Path(folder) / "data.bin", Path(folder) / "fit.R"
        file.write_bytes(data.to_numpy(dtype=float).tobytes(order="F"))
        script.write_text(R_FIT, encoding="utf-8")
        command = ["Rscript", str(script), str(file), ",".join(data.columns), FORMULA]
        peers = [
            np.array(
                subprocess.run(command, check=True, capture_output=True, text=True).stdout.split(),
                dtype=float,
            )
            for _ in range(times)
        ]
    peer_wall, peer_cpu = (statistics.median(one[place] for one in peers) for place in (0, 1))
    found |= {
        "peer": "R glm and sandwich::vcovCL (CR1)",
        "peer_wall_seconds": peer_wall,
        "peer_cpu_seconds": peer_cpu,
    }
    for name, limit in (("fit", 0.5), ("table", 4.0), ("table_with_intervals", 4.0)):
        found |= {
            f"{name}_over_peer_wall": walls[name] / peer_wall,
            f"{name}_over_peer_cpu": cpus[name] / peer_cpu,
            f"{name}_limit_over_peer": limit,
        }
    half = len(numbers) // 2
    gaps = np.abs(numbers / peers[0][2:] - 1)
    return found | {
        "largest_relative_difference_of_estimates": float(gaps[:half].max()),
        "largest_relative_difference_of_errors": float(gaps[half:].max()),
    }


if __name__ == "__main__":
    if len(sys.argv) > 1:
        once(sys.argv[1])
    else:
        print(json.dumps(run(), indent=2))
