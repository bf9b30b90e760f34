"""Harmonise all Gemeinden of 13 crosswalk years with synthetic populations, not 13 official extracts.

The peer merges the published crosswalk as it stands.
`run()` is what `measure.py` calls; `python benchmarks/harmonise.py` prints it. The peer does the sum only (no
checks, no flags) and needs the official file: KONZEPT_MIRROR, else the folder beside the project.
"""

from __future__ import annotations

import json
import os
import resource
import statistics
import subprocess
import sys
import time
from pathlib import Path

import pandas as pd

YEARS = (1990, 1994, 1997, 1998, 2000, 2002, 2005, 2007, 2009, 2011, 2013, 2017, 2020)
PROJECT = Path(__file__).resolve().parents[1]


def vintages() -> pd.DataFrame:
    """Return all Gemeinden of 13 crosswalk years, with synthetic populations: keys are real, figures are not."""
    from konzept_diffusion import paths

    runs = pd.read_csv(
        paths.raw_dir() / "official" / "crosswalk_gemeinden.csv", dtype={"ags_old": "str", "ags_new": "str"}
    )
    years = [
        pd.DataFrame({"ags": then["ags_old"].drop_duplicates(), "year": year})
        for year in YEARS
        if len(then := runs[(runs["first_year"] <= year) & (runs["last_year"] >= year)])
    ]
    table = pd.concat(years, ignore_index=True)
    table["population"] = (table.index * 7919) % 100_000
    return table


def peer(table: pd.DataFrame, file: Path) -> pd.Series:
    """Merge with the whole published table and add up: what one would write in a notebook."""
    crosswalk = pd.read_csv(file, dtype={"ags_xw": "str", "ags20": "str"})
    merged = table.merge(crosswalk, left_on=["year", "ags"], right_on=["year_xw", "ags_xw"])
    return (merged["population"] * merged["pop_conv"]).groupby([merged["ags20"], merged["year"]]).sum()


def once(who: str) -> None:
    """Do it once in this process; print seconds (the table not counted) and the peak memory in MB."""
    from konzept_diffusion import keys

    table = vintages()
    begun = time.perf_counter()
    if who == "own":
        keys.harmonise(table)
    else:
        peer(table, official())
    print(time.perf_counter() - begun, resource.getrusage(resource.RUSAGE_SELF).ru_maxrss / 1024)


def official() -> Path:
    """Return where the published crosswalk would be."""
    mirror = Path(os.environ.get("KONZEPT_MIRROR", "").strip() or PROJECT / ".." / "shared" / "mirror")
    return mirror / "crosswalk" / "gemeinden_1990_2020.csv.gz"


def run(times: int = 5) -> dict[str, object]:
    """Return the measurements: each run in a process of its own, so that nothing is cached."""

    def measure(who: str) -> tuple[float, float]:
        runs = [
            subprocess.run([sys.executable, __file__, who], check=True, capture_output=True, text=True)
            for _ in range(times)
        ]
        seconds, peaks = zip(*(map(float, done.stdout.split()) for done in runs), strict=True)
        return statistics.median(seconds), max(peaks)

    seconds, peak = measure("own")
    found: dict[str, object] = {
        "data": "13 years of the crosswalk (keys of all Gemeinden), synthetic populations",
        "rows": len(vintages()),
        "crosswalk_years": len(YEARS),
        "seconds": seconds,
        "limit_seconds": 3,
        "peak_mb": peak,
        "peak_limit_mb": 1000,
        "peer": "pandas merge with the whole published table",
    }
    if official().is_file():
        found["peer_seconds"], found["peer_peak_mb"] = measure("peer")
        found["over_peer"] = seconds / float(str(found["peer_seconds"]))
    return found


if __name__ == "__main__":
    if len(sys.argv) > 1:
        once(sys.argv[1])
    else:
        print(json.dumps(run(), indent=2))
