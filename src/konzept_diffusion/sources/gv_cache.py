"""Parsed Gemeindeverzeichnis extracts, kept on disk: thirteen workbooks in a fraction of a second.

A cached table is named by what it was made from: the bytes of the workbook and the code of the parser. Another
file or another version of the code has another name, so nothing stale is ever read; old entries may be deleted at
any time. The format is NumPy's `.npz` without pickled objects.
"""

from __future__ import annotations

import functools
import hashlib
import os
import zipfile
from collections.abc import Iterable
from pathlib import Path

import numpy as np
import pandas as pd

from .. import files, paths
from ..errors import SourceError, StepError
from . import gv_isys
from .gv_isys import Vintage

_FORMAT = "1"
"""Version of the cached layout itself."""
_CODE = ("gv_isys.py", "gv_layout.py", "numbers.py", "workbook.py")
_TEXTS = ("ags", "satzart", "textkz", "name", "stand", "population_date")
_NUMBERS = ("area_km2", "lat", "lon")
_MISSING = -1
"""Stands for a missing population, which is never below zero."""


def default_folder() -> Path:
    """Return the user's cache folder for parsed extracts (`XDG_CACHE_HOME`, `LOCALAPPDATA`, or `~/.cache`)."""
    base = os.environ.get("XDG_CACHE_HOME") or os.environ.get("LOCALAPPDATA")
    return (Path(base) if base else Path.home() / ".cache") / "konzept_diffusion" / "gv_isys"


def read_all(
    folder: Path, *, cache: Path | None = None, vintages: Iterable[Vintage] = gv_isys.VINTAGES
) -> dict[str, pd.DataFrame]:
    """Return extracts by file name, from the cache where they are in it.

    Parameters
    ----------
    folder
        Folder of the workbooks under their published names.
    cache
        Folder of the cache (`default_folder()` is the usual one); None parses without one.
    vintages
        Which extracts; all by default.

    Raises
    ------
    SourceError
        As for `gv_isys.read`.
    """
    return {item.file: read_cached(folder / item.file, cache=cache) for item in vintages}


def read_cached(path: Path, *, cache: Path | None = None) -> pd.DataFrame:
    """Return the table of `gv_isys.read`, from the cache if it is there, else parsed and kept.

    A damaged entry is parsed anew, and a folder that cannot be written only costs the time next time.

    Raises
    ------
    SourceError
        As for `gv_isys.read`.
    """
    if cache is None:
        return gv_isys.read(path)
    gv_isys.vintage(path.name)
    if not path.is_file():
        raise SourceError(
            f"{path}: there is no such file. Download it from the official page and put it there."
        )
    target = cache / f"{path.stem}-{_name(path)}.npz"
    table = _load(target)
    if table is None:
        table = gv_isys.read(path)
        _keep(table, target)
    return table


@functools.cache
def _code_digest() -> str:
    folder = paths.PACKAGE / "sources"
    return files.digest(*(folder / name for name in _CODE), extra=_FORMAT)


def _name(path: Path) -> str:
    state = hashlib.sha256(f"{_code_digest()}\0{files.file_sha256(path)}".encode())
    return state.hexdigest()[:24]


def _keep(table: pd.DataFrame, target: Path) -> None:
    """Write a table: texts as UTF-8 lines, numbers as they are."""
    arrays = {name: np.frombuffer(_lines(table[name]), dtype="uint8") for name in _TEXTS}
    arrays |= {name: table[name].to_numpy(dtype="float64") for name in _NUMBERS}
    arrays["population"] = table["population"].fillna(_MISSING).to_numpy(dtype="int64")
    try:
        with files.atomic_path(target) as temporary:
            np.savez(temporary, allow_pickle=False, **arrays)
    except (StepError, OSError):
        return


def _load(target: Path) -> pd.DataFrame | None:
    """Return a cached table, or None if there is none that can be read."""
    try:
        with np.load(target, allow_pickle=False) as kept:
            texts = {name: kept[name].tobytes().decode("utf-8").split("\n") for name in _TEXTS}
            numbers = {name: kept[name] for name in _NUMBERS}
            population = kept["population"]
        columns = {name: pd.Series(texts[name], dtype="str") for name in _TEXTS}
        columns["textkz"] = columns["textkz"].mask(columns["textkz"] == "")
        columns |= {name: pd.Series(values) for name, values in numbers.items()}
        columns["population"] = pd.Series(population).astype("Int64").mask(population == _MISSING)
        if len({len(column) for column in columns.values()}) != 1:
            return None
        return pd.DataFrame({name: columns[name] for name in gv_isys.COLUMNS})
    except (OSError, ValueError, KeyError, EOFError, zipfile.BadZipFile):
        return None


def _lines(column: pd.Series) -> bytes:
    """Return a column as lines; names hold no line ends, because the reader makes every blank a single space."""
    return "\n".join(column.fillna("")).encode("utf-8")
