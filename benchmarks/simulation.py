"""Simulation study: bias, coverage and size of every method of inference with sixteen unequal Länder.

`python benchmarks/simulation.py` runs it all (about a quarter of an hour on one core), writes
`simulation_results.csv` beside this file, and from that table alone `docs/simulation.md` and
`docs/img/simulation_size.png`. `--quick` runs every design with 100 replications and prints the table without
writing anything; `--report` writes the document and the figure anew from the table as it is.
All data are synthetic; the same seed gives the same table.
"""

from __future__ import annotations

import argparse
import time
from collections.abc import Sequence
from concurrent.futures import ProcessPoolExecutor
from pathlib import Path

import pandas as pd
import scipy.linalg  # noqa: F401  loads its linear algebra before the threads are limited
import threadpoolctl  # type: ignore[import-untyped]
from simulation_study import designs, report, studies

from konzept_diffusion import files

HERE = Path(__file__).resolve().parent
RESULTS = HERE / "simulation_results.csv"
DOCUMENT = HERE.parent / "docs" / "simulation.md"
FIGURE = HERE.parent / "docs" / "img" / "simulation_size.png"


def one(design: designs.Design, quick: bool, seed: int) -> tuple[pd.DataFrame, float]:
    """Run one design; return its rows and the processor seconds it took."""
    begun = time.process_time()
    layout = designs.layouts()[design.layout]
    with threadpoolctl.threadpool_limits(1):  # matrices this small are slower with threads
        found = studies.simulate(design, layout, designs.replications(design, quick), seed)
    return found, time.process_time() - begun


def run(quick: bool = False, jobs: int = 1, seed: int = designs.SEED) -> tuple[pd.DataFrame, float]:
    """Run the grid; return the table, the same for any number of jobs, and the processor seconds."""
    grid = designs.grid()
    arguments = (grid, [quick] * len(grid), [seed] * len(grid))
    if jobs == 1:
        parts = list(map(one, *arguments))
    else:
        with ProcessPoolExecutor(jobs) as pool:
            parts = list(pool.map(one, *arguments))
    table = pd.concat([rows for rows, _ in parts], ignore_index=True)
    return table, sum(seconds for _, seconds in parts)


def main(arguments: Sequence[str] | None = None) -> None:
    """Run what the command line asks for."""
    parser = argparse.ArgumentParser(description=(__doc__ or "").split("\n", 1)[0])
    parser.add_argument("--quick", action="store_true", help="100 replications by design, nothing written")
    parser.add_argument("--report", action="store_true", help="document and figure from the table as it is")
    parser.add_argument("--jobs", type=int, default=1, help="processes (1)")
    asked = parser.parse_args(arguments)
    if not asked.report:
        table, seconds = run(asked.quick, asked.jobs)
        print(f"{len(designs.grid())} designs, {seconds:.0f} processor seconds")
        if asked.quick:
            print(report.overview(table))
            return
        files.write_csv(RESULTS, table)
    table = report.read(RESULTS)
    files.write_text(DOCUMENT, report.document(table))
    report.draw(table, FIGURE)


if __name__ == "__main__":
    main()
