"""What the diffusion methods can and cannot tell; writes into benchmarks/results.json.

`python benchmarks/diffusion.py` measures, on invented data with a known truth:

- size and power of the common-shock placebo beside Wald's test of the same exposure coefficient;
- how many true ties a NetInf-like greedy search (Gomez-Rodriguez, Leskovec & Krause 2012, ACM TKDD 5(4)) finds
  from 1 to 100 policies, and how many ties it cannot tell apart: the reason why the package has no latent-tie
  estimator for a single policy;

and how long 999 draws of the placebo take on the risk set of the Großstädte.
"""

from __future__ import annotations

import importlib.util
import json
import time
import warnings
from pathlib import Path

import numpy as np
import pandas as pd

import konzept_diffusion as kd
from konzept_diffusion.models.diffusion.network import peers
from konzept_diffusion.models.diffusion.shocks import exposure_placebo

HERE = Path(__file__).parent
PANELS, DRAWS = 100, 39
UNITS, SOURCES, YEARS, TRANSMISSION = 69, 3, 22, 0.6
NEVER = 10**6


def _invented():
    """The generator of the tests, so that there is one of it."""
    path = HERE.parent / "tests" / "models" / "diffusion" / "conftest.py"
    spec = importlib.util.spec_from_file_location("invented_panels", path)
    module = importlib.util.module_from_spec(spec)
    spec.loader.exec_module(module)
    return module


def calibration() -> list[dict[str, object]]:
    """Share of panels in which the placebo, and Wald's test, find diffusion at 5 %."""
    invented = _invented()
    links, rows = invented.ring(60), []
    for diffusion, trend in ((0.0, 0.25), (3.0, 0.05)):
        for formula in ("adopt ~ x + exposure", "adopt ~ x + time + exposure"):
            found, naive = [], []
            for number in range(PANELS):
                panel = invented.make_panel(diffusion, seed=1000 + number, trend=trend)
                placebo = exposure_placebo(
                    formula, panel, "exposure", DRAWS, number, links=links, directed=False
                )
                found.append(placebo.p_value <= 0.05)
                naive.append(abs(placebo.estimate / placebo.std_error) > 1.96)
            rows.append(
                {
                    "true_diffusion": diffusion,
                    "formula": formula,
                    "panels": PANELS,
                    "placebo_rejects": np.mean(found),
                    "peer": "Wald's test",
                    "peer_rejects": np.mean(naive),
                }
            )
    return rows


def latent_ties() -> list[dict[str, object]]:
    """Precision of a greedy search for ties, by number of policies, and ties it takes for equally likely."""
    rows = []
    for policies in (1, 3, 10, 30, 100):
        precision, tied = [], []
        for seed in range(5):
            generator = np.random.default_rng(seed)
            truth, years = _policies(policies, generator)
            picks = _greedy(years, UNITS if policies == 1 else 2 * UNITS, generator)
            precision.append(np.mean([truth[i, j] for i, j, _ in picks]))
            tied.append(np.mean([count for *_, count in picks]))
        rows.append(
            {
                "policies": policies,
                "precision": np.mean(precision),
                "precision_by_chance": SOURCES / (UNITS - 1),
                "equally_likely_ties_per_pick": np.mean(tied),
            }
        )
    return rows


def _policies(number: int, generator: np.random.Generator) -> tuple[np.ndarray, np.ndarray]:
    """True ties (unit, source), and years of adoption (policy, unit) under strong diffusion along them."""
    truth = np.zeros((UNITS, UNITS), dtype=bool)
    for unit in range(UNITS):
        truth[unit, generator.choice(np.delete(np.arange(UNITS), unit), SOURCES, replace=False)] = True
    years = np.full((number, UNITS), NEVER)
    for policy in years:
        for year in range(YEARS):
            hazard = 1 - np.exp(-(0.01 + 0.12 * (truth @ (policy < year))))
            policy[(generator.random(UNITS) < hazard) & (policy > year)] = year
    return truth, years


def _greedy(years: np.ndarray, ties: int, generator: np.random.Generator) -> list[tuple[int, int, int]]:
    """Ties (unit, source) one by one by their gain in likelihood, and how many others had the same gain."""
    gap = years[:, :, None] - years[:, None, :]
    possible = (gap > 0) & (years[:, :, None] < NEVER)
    weight = np.where(possible, np.maximum(7 - TRANSMISSION * (np.clip(gap, 1, 50) - 1), 0), 0).astype(
        np.float32
    )
    best, taken, picks = (
        np.zeros(years.shape, dtype=np.float32),
        np.zeros((UNITS, UNITS), dtype=bool),
        [],
    )
    for _ in range(ties):
        gain = np.maximum(weight - best[:, :, None], 0).sum(axis=0)
        gain[taken] = -1
        if gain.max() <= 0:
            break
        candidates = np.argwhere(gain >= gain.max() - 1e-5)
        i, j = candidates[generator.integers(len(candidates))]
        taken[i, j] = True
        best[:, i] = np.maximum(best[:, i], weight[:, i, j])
        picks.append((int(i), int(j), len(candidates)))
    return picks


def own_data() -> dict[str, object]:
    """How ambiguous the ties behind the Großstädte's adoptions are: the likeliest source is in the year before."""
    events = kd.load("events")
    first = events[(events["event"] == "first_adoption") & (events["source"] == "anlage1_2017")]
    years = first["year"].dropna().astype(int).to_numpy()
    known = np.unique(years)
    sources = [int((years == known[known < year].max()).sum()) for year in years if (known < year).any()]
    return {
        "adopters": len(years),
        "years_of_adoption": len(known),
        "equally_likely_sources_each": np.mean(sources),
        "log10_equally_likely_trees": np.log10(sources).sum(),
    }


def speed() -> dict[str, object]:
    """999 draws on the risk set of the Großstädte, own effects of years and Länder; CPU a draw beside one fit."""
    kommunen, panel = kd.load("kommunen"), kd.panel(full=True)
    cities = kommunen[kommunen["size_class"] == "grossstadt"]
    edges = peers(cities, "neighbours", kd.load("adjacency"))
    formula = "adopt ~ log_population + foreign_share_lag + poly(duration, 3) + exposure_neighbours"
    begun, cpu = time.perf_counter(), time.process_time()
    placebo = exposure_placebo(formula, panel, "exposure_neighbours", 999, 1, links=edges, cluster="land")
    wall, cpu = time.perf_counter() - begun, time.process_time() - cpu
    risk = panel[panel["at_risk"].astype(bool)]
    begun = time.process_time()
    for _ in range(20):
        kd.models.hazard(formula, risk, cluster="land")
    fit = (time.process_time() - begun) / 20
    return {
        "draws": 999,
        "failed": placebo.n_failed,
        "wall_seconds": wall,
        "cpu_seconds": cpu,
        "peer": "one hazard fit with CR1",
        "peer_cpu_seconds": fit,
        "draw_over_fit": cpu / 999 / fit,
    }


def main() -> None:
    """Measure, print, and put the numbers under `diffusion` in results.json."""
    with warnings.catch_warnings():
        warnings.simplefilter("ignore", UserWarning)
        found = {"speed": speed(), "own_data": own_data(), "latent_ties": latent_ties()}
        found["placebo"] = calibration()
    results = HERE / "results.json"
    kept = json.loads(results.read_text(encoding="utf-8")) if results.exists() else {}
    text = json.dumps(kept | {"diffusion": found}, indent=2, default=lambda value: round(float(value), 4))
    results.write_text(text + "\n", encoding="utf-8")
    for name, part in found.items():
        print(name, pd.DataFrame(part if isinstance(part, list) else [part]).to_string(), sep="\n")


if __name__ == "__main__":
    main()
