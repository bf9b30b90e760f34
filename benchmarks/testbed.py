"""Run the real command and three plain crawlers against the testbed; print the table, keep the numbers.

    python benchmarks/testbed.py [--only SHAPE,...] [--workers N] [--max-requests N] [--no-baselines] [--keep DIR]

The section "testbed" of benchmarks/results.json is written only after a run over all shapes.
"""

from __future__ import annotations

import argparse
import json
import statistics
import subprocess
import sys
import tempfile
import time
from pathlib import Path

HERE = Path(__file__).resolve().parent
sys.path.insert(
    0, str(HERE.parent / "tests" / "scrape")
)  # the package `testbed`, before this file of the same name

from testbed import Score, Testbed, score  # noqa: E402
from testbed.baselines import BASELINES, run  # noqa: E402

TARGETS = {"recall_at_50": 0.97, "precision": 0.97, "median_requests_to_first_target": 12}


def crawl(bed: Testbed, out: Path, *, workers: int, max_requests: int) -> tuple[Score, float]:
    """Run the command over the testbed's register; return its score and the seconds it took."""
    bed.reset()
    out.mkdir(parents=True, exist_ok=True)
    register = bed.write_register(out / "register.csv")
    command = [
        sys.executable,
        "-m",
        "konzept_diffusion.scrape",
        "--register",
        str(register),
        "--out",
        str(out / "crawl"),
        "--allow-private-hosts",
        "--delay",
        "0",
        "--workers",
        str(workers),
        "--max-requests",
        str(max_requests),
        "--fresh",
    ]
    begun = time.perf_counter()
    subprocess.run(command, check=True, stdout=subprocess.DEVNULL)
    return score(bed, out / "crawl"), time.perf_counter() - begun


def main() -> None:
    parser = argparse.ArgumentParser(
        description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter
    )
    parser.add_argument("--only", default="", help="shapes, separated by commas")
    parser.add_argument("--workers", type=int, default=16)
    parser.add_argument("--max-requests", type=int, default=150)
    parser.add_argument("--no-baselines", action="store_true")
    parser.add_argument("--no-crawl", action="store_true", help="the baselines only")
    parser.add_argument("--keep", type=Path, help="folder for register and output (temporary otherwise)")
    options = parser.parse_args()
    only = [name for name in options.only.split(",") if name]
    found: dict[str, object] = {}
    with Testbed(only) as bed, tempfile.TemporaryDirectory() as folder:
        found["shapes"] = len(bed.shapes)
        found["documents"] = sum(len(web.truth.required) for web in bed.webs.values())
        if not options.no_crawl:
            result, seconds = crawl(
                bed, options.keep or Path(folder), workers=options.workers, max_requests=options.max_requests
            )
            print(result.table())
            numbers = result.numbers()
            found |= numbers | {"targets": TARGETS, "seconds": seconds}
            found["median_requests_per_kommune"] = statistics.median(
                s.requests for s in result.shapes.values()
            )
        if not options.no_baselines:
            peers = {name: run(bed, name).numbers(rows=False) for name in BASELINES}
            found["peers"] = peers
            for name, numbers in peers.items():
                print(
                    f"{name:16}",
                    {key: value if value is None else round(value, 3) for key, value in numbers.items()},
                )
    if only or options.no_crawl or options.no_baselines:
        return
    path = HERE / "results.json"
    everything = json.loads(path.read_text(encoding="utf-8")) if path.exists() else {}
    everything["testbed"] = json.loads(json.dumps(found), parse_float=lambda text: round(float(text), 4))
    path.write_text(json.dumps(everything, indent=2) + "\n", encoding="utf-8")


if __name__ == "__main__":
    main()
