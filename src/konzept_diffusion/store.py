"""Reading what we hold: the built tables (`load`) and the raw ones (`load_raw`), typed and checked."""

from __future__ import annotations

from pathlib import Path
from typing import TYPE_CHECKING

from . import paths
from .errors import DataError

if TYPE_CHECKING:
    import pandas as pd


def tables() -> list[str]:
    """Return the names that `load` knows."""
    from .schemas.processed import TABLES

    return sorted(TABLES)


def load(name: str, *, folder: Path | str | None = None) -> pd.DataFrame:
    """Return a built table as a typed DataFrame.

    Keys and codes are strings, whole numbers nullable `Int64`, measures `float64`, yes/no `boolean`;
    columns, units and categories are declared in `konzept_diffusion.schemas`.

    Parameters
    ----------
    name
        A table: see `konzept_diffusion.tables()`.
    folder
        Where the CSV files are; by default the data that came with the package.

    Raises
    ------
    DataError
        If there is no such table or the file breaks its declaration.
    """
    from .schemas import core
    from .schemas.processed import TABLES

    if name not in TABLES:
        raise DataError(f"there is no table {name!r}.", hint=f"Known: {', '.join(sorted(TABLES))}.")
    return core.read(Path(folder or paths.processed_dir()) / f"{name}.csv", TABLES[name])


def codebook(term: str | None = None) -> pd.DataFrame:
    """Return the codebook: one row per column of every table, or those in which `term` occurs.

    Parameters
    ----------
    term
        Word or words to look for in names, descriptions, codes and their meanings; case and umlauts do
        not matter. Everything by default.
    """
    from .schemas.codebook import codebook_frame, search

    return search(term) if term else codebook_frame()


def load_raw(name: str, *, folder: Path | str | None = None) -> pd.DataFrame:
    """Return a raw table as a typed DataFrame; official extracts lie in the subfolder `official`.

    Raises
    ------
    DataError
        If there is no such table or the file breaks its declaration.
    """
    from .schemas import core
    from .schemas.raw import TABLES

    if name not in TABLES:
        raise DataError(f"there is no raw table {name!r}.", hint=f"Known: {', '.join(sorted(TABLES))}.")
    return core.read(raw_file(name, folder), TABLES[name])


def raw_file(name: str, folder: Path | str | None = None) -> Path:
    """Return where the raw table `name` lies in `folder` (by default the project's own)."""
    from .schemas.raw import OFFICIAL

    base = Path(folder or paths.raw_dir())
    return (base / "official" if name in OFFICIAL else base) / f"{name}.csv"
