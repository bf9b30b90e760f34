"""The manuscript: set with Typst from results.json and the figures, offline and without LaTeX."""

from __future__ import annotations

import shutil
import tempfile
from pathlib import Path

from .. import files, paths
from ..errors import StepError

FIGURES = ("abbildung_02", "verbreitung", "hazard", "koeffizienten", "triangulation")
"""The figures that the manuscript shows."""


def compile_paper(results: Path, figures: Path, target: Path) -> Path:
    """Set the manuscript as PDF and return its path.

    Every number in it is read from `results`; claims in the prose are asserted against it, so a
    result that no longer supports a sentence stops the build.

    Parameters
    ----------
    results
        The file results.json of a run.
    figures
        Folder with NAME.svg for every name in `FIGURES`.
    target
        The PDF to write.

    Raises
    ------
    StepError
        If an input is missing, or if Typst refuses the manuscript (the message says where).
    """
    import typst

    needed = [results, *(figures / f"{name}.svg" for name in FIGURES)]
    for path in needed:
        if not path.is_file():
            raise StepError(f"{path} is missing: run 'konzept-diffusion reproduce --out DIR' first.")
    target.parent.mkdir(parents=True, exist_ok=True)
    with tempfile.TemporaryDirectory(prefix=files.SCRATCH, dir=target.parent) as name:
        folder = Path(name).absolute()
        shutil.copytree(paths.paper_dir(), folder, dirs_exist_ok=True)
        shutil.copy(results, folder / "results.json")
        (folder / "figures").mkdir(exist_ok=True)
        for path in needed[1:]:
            shutil.copy(path, folder / "figures" / path.name)
        try:
            # Only the fonts inside the wheel: the same PDF on every machine.
            content = typst.compile(folder / "main.typ", root=folder, ignore_system_fonts=True)
        except typst.TypstError as error:
            raise StepError(f"Typst cannot set {paths.paper_dir() / 'main.typ'}: {error}") from error
    files.write_bytes(target, content)
    return target
