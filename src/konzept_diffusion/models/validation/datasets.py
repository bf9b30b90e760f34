"""The data sets that targets are computed on, by name, from where they are at hand."""

from __future__ import annotations

from collections.abc import Callable, Iterable
from pathlib import Path

import pandas as pd

from ... import paths
from ...errors import ModelError

EMBEDDED = Path(__file__).parent / "data"


def available(name: str, folder: Path | None = None) -> bool:
    """Return whether the data set `name` is at hand; see `read`."""
    home, _, what = name.partition(":")
    if home == "parity":
        return folder is not None and (folder / what).is_file()
    return home in _HOMES


def read(name: str, folder: Path | None = None) -> pd.DataFrame:
    """Return a data set.

    Parameters
    ----------
    name
        `statsmodels:fair` (comes with statsmodels), `lifelines:rossi` (embedded copy of the figures), or
        `parity:sex2.csv` (a file of that name in `folder`).
    folder
        Folder of files that are not part of the project.

    Raises
    ------
    ModelError
        If the name is not known or its file is not at hand.
    """
    home, _, what = name.partition(":")
    if home not in _HOMES or not what:
        raise ModelError(f"The data set {name!r} is not known: its name begins with one of {sorted(_HOMES)}.")
    if not available(name, folder):
        raise ModelError(f"The data set {what!r} is not at hand: name the folder that holds it with --data.")
    return _HOMES[home](what, folder)


def export(names: Iterable[str], out: Path, folder: Path | None = None) -> list[Path]:
    """Write data sets as CSV for the R scripts in `reference/`; return the files, without those not at hand."""
    out.mkdir(parents=True, exist_ok=True)
    written = []
    for name in sorted(set(names)):
        if available(name, folder):
            path = out / f"{Path(name.partition(':')[2]).stem}.csv"
            read(name, folder).to_csv(path, index=False)
            written.append(path)
    return written


def default_folder() -> Path | None:
    """Return the folder of files that are not part of the project: $KONZEPT_PARITY, or beside a checkout."""
    return paths.parity_dir()


def _statsmodels(what: str, folder: Path | None) -> pd.DataFrame:
    import importlib

    try:
        module = importlib.import_module(f"statsmodels.datasets.{what}")
    except ModuleNotFoundError:
        raise ModelError(f"statsmodels brings no data set {what!r}.") from None
    data: pd.DataFrame = module.load_pandas().data
    return data


def _lifelines(what: str, folder: Path | None) -> pd.DataFrame:
    file = {"stanford_heart_transplants": "stanford_heart"}.get(what, what)
    path = EMBEDDED / f"{file}.csv"
    if not path.is_file():
        raise ModelError(f"The data set {what!r} is not embedded.")
    return pd.read_csv(path)


def _parity(what: str, folder: Path | None) -> pd.DataFrame:
    assert folder is not None  # `read` has asked `available`
    path = folder / what
    return pd.read_csv(path, sep="\t" if path.suffix == ".tab" else ",")


_HOMES: dict[str, Callable[[str, Path | None], pd.DataFrame]] = {
    "statsmodels": _statsmodels,
    "lifelines": _lifelines,
    "parity": _parity,
}
