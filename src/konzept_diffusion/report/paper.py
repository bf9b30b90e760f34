"""The manuscript: set with Typst from results.json and the figures, offline and without LaTeX."""

from __future__ import annotations

import json
import shutil
import tempfile
from pathlib import Path

from .. import files, paths
from ..errors import StepError
from ..figures import OF_SENSITIVITY

_FIGURES = ("abbildung_02", "verbreitung", "hazard", "koeffizienten", "triangulation")


def shown_figures(*, quick: bool = False) -> tuple[str, ...]:
    """Return the figures that the manuscript shows; `quick` without those of the sensitivity analyses."""
    return _FIGURES if quick else (*_FIGURES, *OF_SENSITIVITY)


def compile_paper(results: Path, figures: Path, target: Path) -> Path:
    """Set the manuscript as PDF and return its path.

    Every number in it is read from `results`; claims in the prose are asserted against it, so a
    result that no longer supports a sentence stops the build.

    Parameters
    ----------
    results
        The file results.json of a run. If its `sensitivity` is null, the section on it says that it is left out.
    figures
        Folder with NAME.svg for every name of `shown_figures`.
    target
        The PDF to write.

    Raises
    ------
    StepError
        If an input is missing, or if Typst refuses the manuscript (the message says where).
    """
    import typst

    _require(results)
    numbers = json.loads(results.read_text(encoding="utf-8"))
    quick = numbers.get("sensitivity") is None
    drawn = [figures / f"{name}.svg" for name in shown_figures(quick=quick)]
    for path in drawn:
        _require(path)
    target.parent.mkdir(parents=True, exist_ok=True)
    with tempfile.TemporaryDirectory(prefix=files.SCRATCH, dir=target.parent) as name:
        folder = Path(name).absolute()
        shutil.copytree(paths.paper_dir(), folder, dirs_exist_ok=True)
        shutil.copy(results, folder / "results.json")
        (folder / "figures").mkdir(exist_ok=True)
        for path in drawn:
            shutil.copy(path, folder / "figures" / path.name)
        try:
            # Only the fonts inside the wheel: the same PDF on every machine.
            content = typst.compile(folder / "main.typ", root=folder, ignore_system_fonts=True)
        except typst.TypstError as error:
            raise StepError(f"Typst cannot set {paths.paper_dir() / 'main.typ'}: {error}") from error
    files.write_bytes(target, content)
    return target


def _require(path: Path) -> None:
    if not path.is_file():
        raise StepError(f"{path} is missing: run 'konzept-diffusion reproduce --out DIR' first.")
