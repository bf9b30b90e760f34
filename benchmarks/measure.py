"""Measure what the project promises, each beside a peer in the same run; write benchmarks/results.json.

Nothing here is a test: numbers depend on the machine, ratios less so. Run with `make benchmarks`.
"""

from __future__ import annotations

import json
import os
import statistics
import subprocess
import sys
import tempfile
import time
from collections.abc import Callable
from pathlib import Path

import cox
import few_clusters
import harmonise
import vintages

HERE = Path(__file__).parent


def _child(arguments: list[str]) -> tuple[float, float]:
    """Run a Python child; return wall seconds and peak memory in MB.

    The peak is the child's own: a helper process runs it and reports its children's maximum.
    """
    helper = (
        "import resource, subprocess, sys, time\n"
        "begun = time.perf_counter()\n"
        "subprocess.run([sys.executable, *sys.argv[1:]], check=True, stdout=subprocess.DEVNULL)\n"
        "print(time.perf_counter() - begun, resource.getrusage(resource.RUSAGE_CHILDREN).ru_maxrss / 1024)\n"
    )
    done = subprocess.run(
        [sys.executable, "-c", helper, *arguments], check=True, capture_output=True, text=True, env=os.environ
    )
    wall, peak = done.stdout.split()[-2:]
    return float(wall), float(peak)


def _median_wall(arguments: list[str], times: int = 7) -> float:
    return statistics.median(_child(arguments)[0] for _ in range(times))


def _seconds(work: Callable[[], object], times: int = 5) -> float:
    samples = []
    for _ in range(times):
        begun = time.perf_counter()
        work()
        samples.append(time.perf_counter() - begun)
    return statistics.median(samples)


def reproduce() -> dict[str, object]:
    """Cold and warm `reproduce`; the peer is the bare import of the libraries it needs."""
    with tempfile.TemporaryDirectory() as folder:
        command = ["-m", "konzept_diffusion", "reproduce", "--out", folder]
        cold, peak = _child(command)
        warm, _ = _child(command)
    floor = _median_wall(
        ["-c", "import pandas, pandera.pandas, statsmodels.api, formulaic, matplotlib.figure, typst"], 3
    )
    return {
        "cold_seconds": cold,
        "cold_limit_seconds": 60,
        "warm_seconds": warm,
        "warm_limit_seconds": 5,
        "peak_mb": peak,
        "peak_limit_mb": 1000,
        "peer": "importing the libraries only",
        "peer_seconds": floor,
        "cold_over_peer": cold / floor,
        "warm_over_peer": warm / floor,
    }


def importing() -> dict[str, object]:
    """Import of the package; the peers are an empty interpreter and pandas."""
    empty, own, pandas = (
        _median_wall(["-c", code]) for code in ("pass", "import konzept_diffusion", "import pandas")
    )
    return {
        "seconds_beyond_an_empty_interpreter": own - empty,
        "limit_seconds": 0.3,
        "peer": "import pandas",
        "peer_seconds": pandas - empty,
        "over_peer": (own - empty) / (pandas - empty),
    }


def fitting() -> dict[str, object]:
    """Cloglog hazard with CR1 on the real risk set, a hundredfold; the peer is statsmodels' own GLM."""
    import numpy as np
    import pandas as pd
    import statsmodels.api as sm

    import konzept_diffusion as kd
    from konzept_diffusion.models.main import SPECIFICATIONS, prepare

    data = pd.concat([prepare(kd.panel())] * 100, ignore_index=True)
    formula = SPECIFICATIONS[0].formula
    terms = [term.strip() for term in formula.split("~")[1].split("+")]

    def peer() -> object:
        matrix = sm.add_constant(data[terms].astype(float).to_numpy())
        family = sm.families.Binomial(link=sm.families.links.CLogLog())
        model = sm.GLM(data["adopt"].to_numpy(dtype=float), matrix, family=family)
        return model.fit(cov_type="cluster", cov_kwds={"groups": pd.factorize(data["land"])[0]})

    def own() -> object:
        return kd.models.hazard(formula, data, link="cloglog", vcov="CR1", cluster="land")

    seconds, peer_seconds = _seconds(own), _seconds(peer)
    agreement = np.abs(own().params.to_numpy() / peer().params - 1).max()
    return {
        "rows": len(data),
        "seconds": seconds,
        "peer": "statsmodels GLM, cov_type='cluster'",
        "peer_seconds": peer_seconds,
        "over_peer": seconds / peer_seconds,
        "largest_relative_difference_of_estimates": float(agreement),
    }


def reading() -> dict[str, object] | str:
    """Parse all vintages of the Gemeindeverzeichnis, cold and from the cache, where the files are at hand."""
    from konzept_diffusion import paths

    mirror = paths.mirror_dir()
    if mirror is None or not (mirror / "gv_isys").is_dir():
        return "not measured: set KONZEPT_MIRROR to a folder with the official files"
    return vintages.vintages(mirror / "gv_isys")


def main() -> None:
    """Measure everything and keep it."""
    found = {
        "python": sys.version.split()[0],
        "cores": os.cpu_count(),
        "reproduce": reproduce(),
        "import": importing(),
        "harmonise": harmonise.run(),
        "few_clusters": few_clusters.run(),
        "cox": cox.run(),
        "vintages": reading(),
        # Last: a child's peak begins with what this process holds when it starts.
        "fit": fitting(),
    }
    results = HERE / "results.json"
    kept = json.loads(results.read_text(encoding="utf-8")) if results.exists() else {}
    text = json.dumps(kept | found, indent=2, default=lambda value: round(float(value), 4))
    results.write_text(text + "\n", encoding="utf-8")
    print(text)


if __name__ == "__main__":
    main()
