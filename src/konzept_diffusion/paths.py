"""Where the project's own files are: in a checkout, or inside an installed wheel.

The wheel carries `data/raw`, `data/processed` and `paper` under `konzept_diffusion/_project`
(see `pyproject.toml`), so every command works after `pip install` as it does in a clone.
"""

from __future__ import annotations

import os
from pathlib import Path

PACKAGE = Path(__file__).resolve().parent
MIRROR_VARIABLE = "KONZEPT_MIRROR"


def project_root() -> Path:
    """Return the folder that holds `data/` and `paper/`: the checkout, else the wheel's copy."""
    checkout = PACKAGE.parent.parent
    if (checkout / "pyproject.toml").is_file() and (checkout / "data" / "raw").is_dir():
        return checkout
    return PACKAGE / "_project"


def raw_dir() -> Path:
    """Return the folder of the hand-compiled tables (one row per sourced fact)."""
    return project_root() / "data" / "raw"


def processed_dir() -> Path:
    """Return the folder of the built tables and their `datapackage.json`."""
    return project_root() / "data" / "processed"


def paper_dir() -> Path:
    """Return the folder of the manuscript's source."""
    return project_root() / "paper"


def mirror_dir() -> Path | None:
    """Return the folder of official files named by the variable KONZEPT_MIRROR, if it is set."""
    value = os.environ.get(MIRROR_VARIABLE, "").strip()
    return Path(value) if value else None
