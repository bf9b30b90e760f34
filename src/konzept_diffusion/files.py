"""Writing files so that a reader never sees half of one, and the same input gives the same bytes."""

from __future__ import annotations

import hashlib
import json
import math
import os
import shutil
import tempfile
from collections.abc import Iterable, Iterator, Mapping
from contextlib import contextmanager
from pathlib import Path
from typing import TYPE_CHECKING, Any

from .errors import StepError

if TYPE_CHECKING:
    import pandas as pd

SCRATCH = ".konzept-paper-"
"""How the scratch folder of the paper begins; a killed run may leave one."""


@contextmanager
def atomic_path(target: Path) -> Iterator[Path]:
    """Yield a temporary path beside `target`; rename it to `target` only if the block succeeds.

    The temporary file keeps the suffix, so writers that look at it (matplotlib, typst) work. Whatever
    interrupts the block (an error, Ctrl-C, a kill) leaves `target` as it was.

    Raises
    ------
    StepError
        If the folder cannot be made or written.
    """
    try:
        target.parent.mkdir(parents=True, exist_ok=True)
        handle, name = tempfile.mkstemp(
            prefix=f".{target.stem}-", suffix=f".tmp{target.suffix}", dir=target.parent
        )
        os.close(handle)
    except OSError as error:
        raise _unwritable(target, error) from error
    temporary = Path(name)
    try:
        yield temporary
        temporary.chmod(0o644)
        temporary.replace(target)
    except OSError as error:  # a full disk, a folder in the file's place
        raise _unwritable(target, error) from error
    finally:
        temporary.unlink(missing_ok=True)


def _unwritable(target: Path, error: OSError) -> StepError:
    reason = error.strerror or error
    return StepError(
        f"{target}: cannot be written ({reason}). Make room there or choose another folder with --out."
    )


def remove_leftovers(folder: Path, *, below: Iterable[Path] = ()) -> None:
    """Remove temporary files and folders of ours that a killed run has left in `folder` and in `below`.

    Nothing deeper is looked at: an output folder may hold other things of the user's.
    """
    left = [path for place in (folder, *below) for path in place.glob(".*-????????.tmp*")]
    for path in [*left, *folder.glob(f"{SCRATCH}????????")]:
        if path.is_dir():
            shutil.rmtree(path)
        else:
            path.unlink(missing_ok=True)


def write_bytes(target: Path, content: bytes) -> None:
    """Write `content` to `target` by rename."""
    with atomic_path(target) as temporary:
        temporary.write_bytes(content)


def write_text(target: Path, text: str) -> None:
    """Write `text` as UTF-8 with `\\n` line ends to `target` by rename."""
    write_bytes(target, text.encode("utf-8"))


def write_json(target: Path, value: Any) -> None:
    """Write `value` as indented UTF-8 JSON with sorted keys; NaN is refused, missing is null."""
    write_text(
        target,
        json.dumps(_plain(value), ensure_ascii=False, indent=2, sort_keys=True, allow_nan=False) + "\n",
    )


def write_csv(target: Path, table: pd.DataFrame) -> None:
    """Write `table` as the project's CSV: UTF-8, comma, `\\n`, true/false, no index, shortest floats."""
    write_text(target, csv_text(table))


def csv_text(table: pd.DataFrame) -> str:
    """Return `table` as the text that `write_csv` writes."""
    plain = table.copy()
    for name in plain.columns:
        if str(plain[name].dtype) in ("bool", "boolean"):
            plain[name] = plain[name].map({True: "true", False: "false"})
        elif str(plain[name].dtype).lower() == "float64":
            plain[name] = plain[name].map(_shortest, na_action="ignore")
    return plain.to_csv(index=False, lineterminator="\n")


def _shortest(value: float) -> str:
    """Return the shortest text of a float at 12 significant digits: stable across platforms."""
    text = f"{value:.12g}"
    return "0" if text == "-0" else text


def _plain(value: Any) -> Any:
    """Turn numpy scalars and missing values into what JSON knows."""
    if isinstance(value, Mapping):
        return {str(key): _plain(item) for key, item in value.items()}
    if isinstance(value, list | tuple):
        return [_plain(item) for item in value]
    if hasattr(value, "item") and not isinstance(value, str):
        value = value.item()
    if value is None or (isinstance(value, float) and math.isnan(value)):
        return None
    if type(value).__name__ == "NAType":
        return None
    if isinstance(value, float):
        return float(f"{value:.12g}")
    return value


def digest(*paths: Path, extra: str = "", root: Path | None = None) -> str:
    """Return the SHA-256 over the names and contents of files and folders (recursively), plus `extra`.

    Names enter relative to `root`, so that the same tree in two places has the same digest.
    """
    state = hashlib.sha256(extra.encode("utf-8"))
    for path in paths:
        members = sorted(item for item in path.rglob("*") if item.is_file()) if path.is_dir() else [path]
        for member in members:
            if "__pycache__" in member.parts or member.name.startswith("."):
                continue
            name = member.relative_to(root).as_posix() if root else member.name
            state.update(f"\0{name}\0{member.stat().st_size}\0".encode())
            state.update(member.read_bytes())
    return state.hexdigest()


def file_sha256(path: Path) -> str:
    """Return the SHA-256 of one file."""
    with path.open("rb") as stream:
        return hashlib.file_digest(stream, "sha256").hexdigest()
