"""Measure reading all Gemeindeverzeichnis extracts: parsed anew, from the cache, and the peer on the same sheets.

The peer is `pandas.read_excel` with the same engine (calamine): it only reads cells, without keys, checks and dates.
Every measurement is a process of its own. Run: KONZEPT_MIRROR=DIR python benchmarks/vintages.py
"""

from __future__ import annotations

import json
import os
import subprocess
import sys
import tempfile
from pathlib import Path

LIMITS = {"cold_seconds": 20.0, "cached_seconds": 1.0, "peak_mb": 1000.0}
"""What the project promises for thirteen extracts."""
_CHILD = """
import resource, sys, time
from pathlib import Path
{imports}
begun = time.perf_counter()
{work}
print(time.perf_counter() - begun, resource.getrusage(resource.RUSAGE_SELF).ru_maxrss / 1024)
"""
_OWN = "from konzept_diffusion.sources import gv_cache"
_READ = "gv_cache.read_all(Path(sys.argv[1]), cache=Path(sys.argv[2]))"
_PEER = """for item in json.loads(sys.argv[2]):
    pd.read_excel(Path(sys.argv[1]) / item[0], sheet_name=item[1], header=None, engine="calamine")"""


def vintages(folder: Path) -> dict[str, object]:
    """Return seconds and peak memory of reading all extracts in `folder`, beside the peer.

    Parameters
    ----------
    folder
        Folder with the thirteen workbooks (the subfolder gv_isys of a mirror).

    Returns
    -------
    dict
        cold_seconds, cached_seconds, peak_mb (of the cold run) with their limits; the peer's seconds and peak; the
        ratios cold and cached over peer. Times are without imports.
    """
    sheets = json.dumps(_sheets(folder))
    with tempfile.TemporaryDirectory() as cache:
        cold, peak = _child(_OWN, _READ, str(folder), cache)
        cached, cached_peak = _child(_OWN, _READ, str(folder), cache)
    peer, peer_peak = _child("import json\nimport pandas as pd", _PEER, str(folder), sheets)
    return {
        "extracts": len(json.loads(sheets)),
        "cold_seconds": cold,
        "cached_seconds": cached,
        "peak_mb": peak,
        "cached_peak_mb": cached_peak,
        **{f"{name}_limit": limit for name, limit in LIMITS.items()},
        "within_limits": cold <= LIMITS["cold_seconds"]
        and cached <= LIMITS["cached_seconds"]
        and peak <= LIMITS["peak_mb"],
        "peer": "pandas.read_excel(engine='calamine') of the same sheets",
        "peer_seconds": peer,
        "peer_peak_mb": peer_peak,
        "cold_over_peer": cold / peer,
        "cached_over_peer": cached / peer,
    }


def _sheets(folder: Path) -> list[tuple[str, str]]:
    """Return file and sheet of every extract."""
    from konzept_diffusion.sources import gv_isys
    from konzept_diffusion.sources.gv_layout import find_sheet
    from konzept_diffusion.sources.workbook import sheets

    return [(item.file, find_sheet(sheets(folder / item.file), item.file)) for item in gv_isys.VINTAGES]


def _child(imports: str, work: str, *arguments: str) -> tuple[float, float]:
    code = _CHILD.format(imports=imports, work=work)
    done = subprocess.run(
        [sys.executable, "-c", code, *arguments], check=True, capture_output=True, text=True
    )
    wall, peak = done.stdout.split()[-2:]
    return float(wall), float(peak)


def main() -> None:
    """Measure with the mirror that KONZEPT_MIRROR names."""
    mirror = os.environ.get("KONZEPT_MIRROR", "").strip()
    if not mirror or not (Path(mirror) / "gv_isys").is_dir():
        raise SystemExit("Set KONZEPT_MIRROR to a folder of official files with the subfolder gv_isys.")
    found = vintages(Path(mirror) / "gv_isys")
    print(json.dumps(found, indent=2, default=lambda value: round(float(value), 4)))


if __name__ == "__main__":
    main()
