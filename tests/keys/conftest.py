"""Shared by the tests of keys: small tables of units, and the folder of official files where present."""

from __future__ import annotations

import os
from collections.abc import Callable
from pathlib import Path

import pandas as pd
import pytest

PROJECT = Path(__file__).resolve().parents[2]


@pytest.fixture(scope="session")
def gv_folder() -> Path:
    """The folder of the Gemeindeverzeichnis extracts: KONZEPT_MIRROR, else the one beside the project."""
    mirror = Path(os.environ.get("KONZEPT_MIRROR", "").strip() or PROJECT / ".." / "shared" / "mirror")
    if not (mirror / "gv_isys").is_dir():
        pytest.skip(f"needs the official files (gv_isys): {mirror} is not there; set KONZEPT_MIRROR")
    return mirror / "gv_isys"


@pytest.fixture(scope="session")
def units() -> Callable[..., pd.DataFrame]:
    """Return a maker of tables: the year, then key = value (or key = (value, size))."""

    def make(year: int, rows: dict[str, object], value: str = "population") -> pd.DataFrame:
        pairs = [item if isinstance(item, tuple) else (item, 1) for item in rows.values()]
        return pd.DataFrame(
            {
                "ags": list(rows),
                "year": year,
                value: pd.Series([pair[0] for pair in pairs], dtype="float64"),
                "size": [pair[1] for pair in pairs],
            }
        )

    return make
