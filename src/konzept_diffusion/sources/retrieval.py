"""Where the official files lie, and the command `fetch`: from them to the project's own small tables."""

from __future__ import annotations

from pathlib import Path
from typing import TYPE_CHECKING

from .. import paths
from ..errors import SourceError

if TYPE_CHECKING:
    from collections.abc import Callable

SOURCES = ("gv_isys", "inkar")
WHERE: dict[str, str] = {
    "gv_isys": "the xlsx files 'Auszug GV' from the archive of the Gemeindeverzeichnis on the website of the "
    "Statistisches Bundesamt (destatis.de: Themen, Länder und Regionen, Regionales, Gemeindeverzeichnis), "
    "under their published names, in the subfolder gv_isys",
    "inkar": "the indicators foreigners share, unemployment rate, tax revenue and debt of all Kreise from "
    "INKAR, the online atlas of the Bundesinstitut für Bau-, Stadt- und Raumforschung (inkar.de), as one "
    "table kreise_1995_2022.csv with the columns county_code, year, share_foreign, unemployment_rate, "
    "tax_revenue_per_capita, municipal_debt_per_capita, in the subfolder inkar",
}
"""What to download by hand, and from whom."""


def fetch(source: str, mirror: Path | None, out: Path) -> list[Path]:
    """Write the project's own tables from the official files in a folder.

    Parameters
    ----------
    source
        "gv_isys" (register and population), "inkar" (foreigners share) or "all".
    mirror
        Folder with the subfolders gv_isys and inkar; None: the one that KONZEPT_MIRROR names.
    out
        Folder of the raw tables (as a rule `data/raw`); the tables go to its subfolder `official`.

    Returns
    -------
    list of Path
        The files written.

    Raises
    ------
    SourceError
        If the source is unknown, there is no folder of official files, or a file is missing or odd.
    """
    from .extraction import write_gv_isys, write_inkar

    writers: dict[str, Callable[..., list[Path]]] = {
        "gv_isys": write_gv_isys,
        "inkar": write_inkar,
    }
    if source not in (*SOURCES, "all"):
        raise SourceError(f"there is no source {source!r}. Known: {', '.join(SOURCES)}, all.")
    names = SOURCES if source == "all" else (source,)
    folder = locate(mirror, names)
    return [path for name in names for path in writers[name](folder, out)]


def locate(mirror: Path | None, names: tuple[str, ...] = SOURCES) -> Path:
    """Return the folder of official files after a look whether the subfolders are there.

    Raises
    ------
    SourceError
        If none is named or a subfolder is missing: what to download from where.
    """
    folder = mirror or paths.mirror_dir()
    downloads = "; ".join(WHERE[name] for name in names)
    if folder is None:
        raise SourceError(
            f"no folder with the official files is named. Set {paths.MIRROR_VARIABLE} to a folder that "
            f"holds: {downloads}."
        )
    for name in names:
        if not (folder / name).is_dir():
            raise SourceError(f"{folder}: the subfolder {name} is missing. It should hold: {WHERE[name]}.")
    return folder
