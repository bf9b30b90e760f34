"""`reproduce`: every table, figure and number of the paper, and the paper, from the embedded raw tables."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Iterator
from functools import cached_property
from pathlib import Path
from typing import TYPE_CHECKING

from .. import files, paths
from ..errors import StepError
from .steps import Step, run_steps

if TYPE_CHECKING:
    import pandas as pd

    from ..figures.inputs import Inputs
    from ..report.analysis import Analysis

LANGUAGES = ("de", "en")


def german_figures(out: Path) -> Path:
    """Return where the paper's figures lie when those of the run are not German."""
    return out / "paper" / "figures"


class Workspace:
    """The output folder of one run, and the objects that several steps share (made when first needed)."""

    def __init__(
        self, out: Path, lang: str, say: Callable[[str], None], quick: bool = False, workers: int = 1
    ) -> None:
        self.out, self.lang, self.say, self.quick, self.workers = out, lang, say, quick, workers
        self.data, self.figures, self.tables = out / "data", out / "figures", out / "tables"

    @cached_property
    def analysis(self) -> Analysis:
        """The estimates and tables of the paper, from the tables built in this run."""
        from ..report.analysis import analyse

        return analyse(self.data)

    @cached_property
    def tried(self) -> dict[str, pd.DataFrame] | None:
        """The tables of the step `sensitivity` as it wrote them; None if it is left out."""
        from ..report.sensitivity import read

        return None if self.quick else read(self.tables)

    @cached_property
    def inputs(self) -> Inputs:
        """What the figures are drawn from."""
        return self.analysis.figure_inputs(self.tried or {})

    def build(self) -> Iterable[Path]:
        """Build the tables into the run's own folder; say so if they differ from the embedded ones."""
        from .build import build

        written = build(paths.raw_dir(), self.data)
        embedded = paths.processed_dir()
        differing = [
            path.name
            for path in written
            if not (embedded / path.name).is_file()
            or (embedded / path.name).read_bytes() != path.read_bytes()
        ]
        if differing:
            self.say(
                f"      note: {', '.join(differing)} differ from data/processed; "
                "run 'konzept-diffusion build'"
            )
        return written

    def models(self) -> Iterable[Path]:
        """Write the tables of estimates and comparisons."""
        for name, table in self.analysis.output_tables.items():
            files.write_csv(self.tables / f"{name}.csv", table)
            yield self.tables / f"{name}.csv"

    def sensitivity(self) -> Iterator[Path]:
        """Write the tables that tell how sure the estimates are."""
        from ..report.sensitivity import sensitivity

        said = sensitivity(self.analysis, lambda title: self.say(f"      {title} ..."), workers=self.workers)
        for name, table in said:
            files.write_csv(self.tables / f"{name}.csv", table)
            yield self.tables / f"{name}.csv"

    def draw(self) -> Iterable[Path]:
        """Draw every figure as SVG and PNG, with the data behind it as CSV."""
        from ..figures import FIGURES, OF_SENSITIVITY, draw_all

        names = [name for name in FIGURES if not (self.quick and name in OF_SENSITIVITY)]
        return draw_all(self.inputs, self.figures, lang=self.lang, names=names)

    def results(self) -> Iterable[Path]:
        """Write every number of the paper to results.json."""
        from ..report.results import results

        files.write_json(self.out / "results.json", results(self.analysis, self.tried))
        return [self.out / "results.json"]

    def paper(self) -> Iterable[Path]:
        """Compile the manuscript from results.json and the German figures."""
        from ..report.paper import compile_paper, shown_figures

        folder = self.figures
        if self.lang == "de":
            # Figures of an earlier run in another language; only what we wrote is removed.
            _remove_figures(german_figures(self.out), shown_figures())
        else:
            from ..figures import draw_all

            folder = german_figures(self.out)
            draw_all(self.inputs, folder, lang="de", names=shown_figures(quick=self.quick))
        return [compile_paper(self.out / "results.json", folder, self.out / "paper.pdf")]

    def forget_sensitivity(self) -> None:
        """Remove what an earlier run has written on it, so that the folder holds what its paper tells."""
        from ..figures import OF_SENSITIVITY
        from ..report.sensitivity import TABLES

        for name in TABLES:
            (self.tables / f"{name}.csv").unlink(missing_ok=True)
        for folder in (self.figures, german_figures(self.out)):
            _remove_figures(folder, OF_SENSITIVITY)

    def steps(self) -> list[Step]:
        """Return the steps in order; each one's inputs include the outputs of those before it."""
        quick = "quick" if self.quick else ""
        how_sure = Step(
            "sensitivity",
            "asking how sure that is: other inference, models and placebos (about a minute)",
            [self.data],
            self.sensitivity,
        )
        return [
            Step("build", "building the tables", paths.raw_files(), self.build),
            Step("models", "fitting the models", [self.data], self.models),
            *([] if self.quick else [how_sure]),
            Step("figures", "drawing the figures", [self.data, self.tables], self.draw, self.lang + quick),
            Step("results", "collecting the numbers", [self.data, self.tables], self.results, quick),
            Step(
                "paper",
                "setting the paper",
                [paths.paper_dir(), self.out / "results.json", self.figures],
                self.paper,
                self.lang + quick,
            ),
        ]


def _remove_figures(folder: Path, names: Iterable[str]) -> None:
    """Remove figures that we wrote into a folder."""
    for name in names:
        for kind in ("svg", "png", "csv"):
            (folder / f"{name}.{kind}").unlink(missing_ok=True)


def reproduce(
    out: Path,
    *,
    lang: str = "de",
    fresh: bool = False,
    quick: bool = False,
    workers: int = 1,
    say: Callable[[str], None] = print,
) -> Path:
    """Rebuild everything into `out` and return it.

    Writes `data/*.csv`, `tables/*.csv`, `figures/*.svg|png|csv`, `results.json` and `paper.pdf`. Steps whose
    inputs have not changed are skipped; an interrupted run goes on where it was stopped.

    Parameters
    ----------
    out
        Output folder, made if missing.
    lang
        Language of the figures, "de" or "en". The paper is German with an English abstract.
    fresh
        Run every step even if nothing has changed.
    quick
        Leave out the sensitivity analyses (about a minute): their tables and figures are not made, those of an
        earlier run in `out` are removed, and the paper says that its section on them is left out.
    workers
        Processes that make the sensitivity analyses; the outputs do not depend on it.
    say
        Called with one line of progress at a time.

    Raises
    ------
    StepError
        If the folder cannot be written.
    """
    if lang not in LANGUAGES:
        raise StepError(f"the language {lang!r} is not known: choose one of {', '.join(LANGUAGES)}.")
    if not str(out).strip() or str(out) == ".":
        raise StepError("the output folder is missing: name one with --out DIR.")
    out = out.expanduser().absolute()
    if out.exists() and not out.is_dir():
        raise StepError(f"{out} is a file: choose a folder with --out.")
    if out == paths.project_root():
        raise StepError(f"{out} is the project itself: choose another folder with --out.")
    space = Workspace(out, lang, say, quick, workers)
    files.remove_leftovers(out, below=(space.data, space.figures, space.tables, german_figures(out)))
    if quick:
        space.forget_sensitivity()
        say("quick: the sensitivity analyses are left out, also in the paper; run without --quick for them")
    ran = run_steps(space.steps(), out, say=say, fresh=fresh)
    say(f"done: {out}" if ran else f"nothing had changed: {out}")
    return out
