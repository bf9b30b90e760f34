"""Where the project's own files are: in a checkout, or inside an installed wheel.

The wheel carries `data/raw`, `data/processed` and `paper` under `konzept_diffusion/_project`
(see `pyproject.toml`), so every command works after `pip install` as it does in a clone.
"""

from __future__ import annotations

import os
from pathlib import Path

PACKAGE = Path(__file__).resolve().parent
MIRROR_VARIABLE = "KONZEPT_MIRROR"
PARITY_VARIABLE = "KONZEPT_PARITY"


CHECKOUT = PACKAGE.parent.parent


def is_checkout() -> bool:
    """Return whether the package runs from a checkout (else it is installed from a wheel)."""
    return (CHECKOUT / "pyproject.toml").is_file() and (CHECKOUT / "data" / "raw").is_dir()


def project_root() -> Path:
    """Return the folder that holds `data/` and `paper/`: the checkout, else the wheel's copy."""
    return CHECKOUT if is_checkout() else PACKAGE / "_project"


def raw_dir() -> Path:
    """Return the folder of the hand-compiled tables (one row per sourced fact)."""
    return project_root() / "data" / "raw"


def raw_files() -> list[Path]:
    """Return the raw tables' files and folders, without the downloads that `fetch` keeps among them."""
    return sorted(path for path in raw_dir().iterdir() if path.name != "downloads")


def processed_dir() -> Path:
    """Return the folder of the built tables and their `datapackage.json`."""
    return project_root() / "data" / "processed"


def paper_dir() -> Path:
    """Return the folder of the manuscript's source."""
    return project_root() / "paper"


def scraper_dir() -> Path:
    """Return the folder of what a maintainer of the scraper edits: terms, systems, seeds, blocked hosts."""
    return project_root() / "scraper"


def mirror_dir() -> Path | None:
    """Return the folder of official files named by the variable KONZEPT_MIRROR, if it is set."""
    value = os.environ.get(MIRROR_VARIABLE, "").strip()
    return Path(value) if value else None


def parity_dir() -> Path | None:
    """Return the folder of estimator test data that are not part of the project.

    The one named by the variable KONZEPT_PARITY, else `../shared/parity` beside a checkout, else None.
    """
    value = os.environ.get(PARITY_VARIABLE, "").strip()
    if value:
        return Path(value)
    beside = CHECKOUT.parent / "shared" / "parity"
    return beside if is_checkout() and beside.is_dir() else None
