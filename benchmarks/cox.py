"""Measure the Cox model on 300,000 synthetic spells beside R's coxph on the same data, each a process of its own.

Both fit start-stop spells with Efron's ties and the covariance robust by unit; the times are those of the fit alone
(R computes the concordance in it, so ours is timed with it as well). Run: python benchmarks/cox.py
"""

from __future__ import annotations

import json
import shutil
import subprocess
import sys
import tempfile
from pathlib import Path

UNITS, SPELLS, COVARIATES, SEED = 20_000, 15, 8, 6
TARGET = 0.5
FORMULA = " + ".join(f"x{number + 1}" for number in range(COVARIATES))

_OWN = """
import json, resource, sys, time
import numpy as np, pandas as pd
import konzept_diffusion as kd
cox = kd.models.cox
data = pd.DataFrame(dict(np.load(sys.argv[1])))
cox({formula!r}, data.head(3000), start="start", cluster="unit")  # what is loaded on first use
held = resource.getrusage(resource.RUSAGE_SELF).ru_maxrss / 1024
wall, cpu = time.perf_counter(), time.process_time()
fit = cox({formula!r}, data, start="start", cluster="unit")
between, cpu_between = time.perf_counter(), time.process_time()
fit.concordance()
print(json.dumps({{
    "seconds": between - wall, "cpu_seconds": cpu_between - cpu,
    "seconds_with_concordance": time.perf_counter() - wall, "cpu_seconds_with_concordance": time.process_time() - cpu,
    "peak_mb": resource.getrusage(resource.RUSAGE_SELF).ru_maxrss / 1024, "mb_before_the_fit": held,
    "params": fit.params.tolist(), "se": fit.se.tolist(), "n_events": fit.n_events}}))
"""
_PEER = """
library(survival)
path <- commandArgs(TRUE)[1]
n <- {rows}
read <- function(name) readBin(file.path(path, name), "double", n)
data <- as.data.frame(sapply(c("unit", "start", "stop", "event", {names}), read, simplify = FALSE))
invisible(coxph(Surv(start, stop, event) ~ {formula}, data[1:3000, ], cluster = unit))
spent <- system.time(fit <- coxph(Surv(start, stop, event) ~ {formula}, data, cluster = unit))
cat(sprintf("%.17g", c(spent[["elapsed"]], spent[["user.self"]] + spent[["sys.self"]],
                       coef(fit), sqrt(diag(fit$var)))))
"""


def synthetic(folder: Path) -> int:
    """Write spells of units with covariates that vary from spell to spell; return how many."""
    import numpy as np

    rng = np.random.default_rng(SEED)
    rows = UNITS * SPELLS
    unit = np.repeat(np.arange(UNITS), SPELLS).astype(float)
    start = np.tile(np.arange(SPELLS), UNITS) * 12.0  # months
    X = rng.normal(size=(rows, COVARIATES))
    X[:, 1] = np.repeat(rng.integers(0, 2, UNITS), SPELLS)
    rate = 0.004 * np.exp(X @ np.linspace(-0.4, 0.4, COVARIATES))
    wait = np.ceil(rng.exponential(1 / rate))  # whole months: ties
    event = (wait <= 12).astype(float)
    columns = {"unit": unit, "start": start, "stop": start + np.where(event > 0, wait, 12.0), "event": event}
    columns |= {f"x{number + 1}": X[:, number] for number in range(COVARIATES)}
    np.savez(folder / "spells.npz", **columns)
    for name, values in columns.items():
        values.tofile(folder / name)
    return rows


def run() -> dict[str, object]:
    """Return seconds (wall and processor), peak memory, the peer's, ratios, and how far estimates agree.

    Events do not end a unit here: repeated events, so that all spells stay.
    """
    with tempfile.TemporaryDirectory() as name:
        folder = Path(name)
        rows = synthetic(folder)
        own = json.loads(
            _out([sys.executable, "-c", _OWN.format(formula=FORMULA), str(folder / "spells.npz")])
        )
        params, errors = own.pop("params"), own.pop("se")
        found: dict[str, object] = {"spells": rows, "covariates": COVARIATES, **own}
        if shutil.which("Rscript") is None:
            return found | {"peer": "not measured: Rscript is not here"}
        script = folder / "peer.R"
        names = ", ".join(f'"x{number + 1}"' for number in range(COVARIATES))
        script.write_text(_PEER.format(rows=rows, names=names, formula=FORMULA), encoding="utf-8")
        wall, cpu, *numbers = map(float, _out(["Rscript", str(script), str(folder)]).split())
    gaps = [abs(a / b - 1) for a, b in zip(params + errors, numbers, strict=True)]
    return found | {
        "peer": "R survival::coxph",
        "peer_seconds": wall,
        "peer_cpu_seconds": cpu,
        "over_peer": own["seconds"] / wall,
        "cpu_over_peer": own["cpu_seconds"] / cpu,
        "over_peer_with_concordance": own["seconds_with_concordance"] / wall,
        "cpu_over_peer_with_concordance": own["cpu_seconds_with_concordance"] / cpu,
        "target_over_peer": TARGET,
        "largest_relative_difference_of_estimates": max(gaps[:COVARIATES]),
        "largest_relative_difference_of_standard_errors": max(gaps[COVARIATES:]),
    }


def _out(command: list[str]) -> str:
    return subprocess.run(command, check=True, capture_output=True, text=True).stdout


def main() -> None:
    """Measure and keep the numbers under "cox" in results.json."""
    found = run()
    results = Path(__file__).parent / "results.json"
    kept = json.loads(results.read_text(encoding="utf-8")) if results.exists() else {}
    text = json.dumps(kept | {"cox": found}, indent=2, default=lambda value: round(float(value), 4))
    results.write_text(text + "\n", encoding="utf-8")
    print(json.dumps(found, indent=2))


if __name__ == "__main__":
    main()
