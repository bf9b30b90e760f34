"""Steps that run only when something has changed: a content-addressed cache of files.

A step's key is the hash of everything it depends on: the bytes of its input files, the code of the
package, the versions of the libraries that shape its results, and its options. After a step has run, the
hashes of its outputs are kept in the manifest beside them. A step is skipped if its key is the one in the
manifest and every output still has its hash, so a damaged or edited output is made again. The manifest
is written after every step: an interrupted run goes on where it was stopped.
"""

from __future__ import annotations

import hashlib
import json
import sys
import time
from collections.abc import Callable, Iterable, Sequence
from dataclasses import dataclass
from functools import cache
from importlib import metadata
from pathlib import Path
from typing import Any

from .. import files, paths

LIBRARIES = (
    "pandas",
    "numpy",
    "scipy",
    "statsmodels",
    "formulaic",
    "matplotlib",
    "seaborn",
    "typst",
    "pandera",
)
MANIFEST = ".konzept-steps.json"


@dataclass(frozen=True)
class Step:
    """One step of a pipeline.

    Attributes
    ----------
    name, title
        Short code, and what the user reads while it runs.
    inputs
        Files and folders whose content it depends on.
    run
        Does the work and returns the files it has written, all below the output folder.
    options
        Anything else that changes the result, as text.
    """

    name: str
    title: str
    inputs: Sequence[Path]
    run: Callable[[], Iterable[Path]]
    options: str = ""


def run_steps(steps: Sequence[Step], out: Path, *, say: Callable[[str], None], fresh: bool = False) -> int:
    """Run `steps` in order, skipping what is up to date; return how many ran.

    Parameters
    ----------
    steps
        The steps; a later one may take an earlier one's outputs as inputs.
    out
        Output folder; holds the manifest.
    say
        Called with one line per step.
    fresh
        Run every step even if nothing has changed.
    """
    manifest_path = out / MANIFEST
    manifest = {} if fresh else _read(manifest_path)
    ran = 0
    for number, step in enumerate(steps, start=1):
        key = _key(step)
        known = manifest.get(step.name, {})
        if known.get("key") == key and _intact(out, known.get("outputs", {})):
            say(f"[{number}/{len(steps)}] {step.title}: unchanged")
            continue
        say(f"[{number}/{len(steps)}] {step.title} ...")
        begun = time.perf_counter()
        written = sorted(set(step.run()))
        manifest[step.name] = {
            "key": key,
            "outputs": {path.relative_to(out).as_posix(): files.file_sha256(path) for path in written},
        }
        files.write_json(manifest_path, manifest)
        count = "1 file" if len(written) == 1 else f"{len(written)} files"
        say(f"      {count}, {time.perf_counter() - begun:.1f} s")
        ran += 1
    return ran


def _key(step: Step) -> str:
    """Return the key of a step. Each input counts under its own name, wherever the folders lie."""
    inputs = ",".join(
        f"{path.name}={files.digest(path, root=path.parent)}" for path in step.inputs if path.exists()
    )
    state = f"{step.name}|{step.options}|{_environment()}|{inputs}"
    return hashlib.sha256(state.encode("utf-8")).hexdigest()


@cache
def _environment() -> str:
    """Return code and library versions as text: a change of either makes every step stale."""
    versions = ",".join(f"{name}={metadata.version(name)}" for name in LIBRARIES)
    code = files.digest(*sorted(paths.PACKAGE.rglob("*.py")), root=paths.PACKAGE)
    return f"python={sys.version_info[:2]},{versions},code={code}"


def _read(path: Path) -> dict[str, Any]:
    """Return the manifest; one that cannot be read means that everything is made again."""
    try:
        content = json.loads(path.read_text(encoding="utf-8"))
    except (OSError, ValueError):
        return {}
    if not isinstance(content, dict):
        return {}
    return {name: entry for name, entry in content.items() if _well_formed(entry)}


def _well_formed(entry: Any) -> bool:
    """Return whether an entry of the manifest is one of ours: a key, and outputs with their hashes."""
    return (
        isinstance(entry, dict)
        and isinstance(entry.get("key"), str)
        and isinstance(entry.get("outputs"), dict)
        and all(isinstance(value, str) for value in entry["outputs"].values())
    )


def _intact(out: Path, outputs: dict[str, str]) -> bool:
    return bool(outputs) and all(
        (out / name).is_file() and files.file_sha256(out / name) == value for name, value in outputs.items()
    )
