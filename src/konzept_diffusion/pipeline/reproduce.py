"""`reproduce`: every table, figure and number of the paper, and the paper, from the embedded raw tables."""

from __future__ import annotations

from collections.abc import Callable, Iterable
from functools import cached_property
from pathlib import Path
from typing import TYPE_CHECKING

from .. import files, paths
from ..errors import StepError
from .steps import Step, run_steps

if TYPE_CHECKING:
    from ..figures.inputs import Inputs
    from ..report.analysis import Analysis

LANGUAGES = ("de", "en")


def german_figures(out: Path) -> Path:
    """Return where the paper's figures lie when those of the run are not German."""
    return out / "paper" / "figures"


class Workspace:
    """The output folder of one run, and the objects that several steps share (made when first needed)."""

    def __init__(self, out: Path, lang: str, say: Callable[[str], None]) -> None:
        self.out, self.lang, self.say = out, lang, say
        self.data, self.figures, self.tables = out / "data", out / "figures", out / "tables"

    @cached_property
    def analysis(self) -> Analysis:
        """The estimates and tables of the paper, from the tables built in this run."""
        from ..report.analysis import analyse

        return analyse(self.data)

    @cached_property
    def inputs(self) -> Inputs:
        """What the figures are drawn from."""
        return self.analysis.figure_inputs()

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

    def draw(self) -> Iterable[Path]:
        """Draw every figure as SVG and PNG, with the data behind it as CSV."""
        from ..figures import draw_all

        return draw_all(self.inputs, self.figures, lang=self.lang)

    def results(self) -> Iterable[Path]:
        """Write every number of the paper to results.json."""
        from ..report.results import results

        files.write_json(self.out / "results.json", results(self.analysis))
        return [self.out / "results.json"]

    def paper(self) -> Iterable[Path]:
        """Compile the manuscript from results.json and the German figures."""
        from ..report.paper import FIGURES, compile_paper

        folder = self.figures
        if self.lang == "de":
            # Figures of an earlier run in another language; only what we wrote is removed.
            for name in FIGURES:
                for kind in ("svg", "png", "csv"):
                    (german_figures(self.out) / f"{name}.{kind}").unlink(missing_ok=True)
        else:
            from ..figures import draw_all

            folder = german_figures(self.out)
            draw_all(self.inputs, folder, lang="de", names=FIGURES)
        return [compile_paper(self.out / "results.json", folder, self.out / "paper.pdf")]

    def steps(self) -> list[Step]:
        """Return the steps in order; each one's inputs include the outputs of those before it."""
        return [
            Step("build", "building the tables", paths.raw_files(), self.build),
            Step("models", "fitting the models", [self.data], self.models),
            Step("figures", "drawing the figures", [self.data, self.tables], self.draw, self.lang),
            Step("results", "collecting the numbers", [self.data, self.tables], self.results),
            Step(
                "paper",
                "setting the paper",
                [paths.paper_dir(), self.out / "results.json", self.figures],
                self.paper,
                self.lang,
            ),
        ]


def reproduce(
    out: Path, *, lang: str = "de", fresh: bool = False, say: Callable[[str], None] = print
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
    space = Workspace(out, lang, say)
    files.remove_leftovers(out, below=(space.data, space.figures, space.tables, german_figures(out)))
    ran = run_steps(space.steps(), out, say=say, fresh=fresh)
    say(f"done: {out}" if ran else f"nothing had changed: {out}")
    return out
