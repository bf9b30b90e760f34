"""How sure the paper's estimates are: other inference, other models, missed concepts, programmes, placebos.

Every table is made from the built tables and the models of the paper, with draws and seeds fixed here or in the
functions called, so that two runs agree. Together they take most of the time of `reproduce`; the figures ask only
for the table that they show (`OnDemand`).
"""

from __future__ import annotations

import signal
import warnings
from collections.abc import Callable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from multiprocessing import get_context
from pathlib import Path
from typing import TYPE_CHECKING

import pandas as pd
from threadpoolctl import threadpool_limits  # type: ignore[import-untyped]

from ..models.diffusion.network import peers
from ..models.diffusion.shocks import exposure_placebo
from ..models.inference.few_clusters import cluster_table, leave_one_out
from ..models.main import SPECIFICATIONS, prepare
from ..models.misclassification.application import HAZARD, application
from ..models.misclassification.tipping import GRID, TippingPoint, tipping_point
from ..models.multiverse.runner import specifications as run_specifications
from ..models.programmes.evaluation import programme_verdicts as judge_programmes
from ..models.programmes.interventions import UnknownEndWarning

if TYPE_CHECKING:
    from .analysis import Analysis

Tables = dict[str, pd.DataFrame]
Say = Callable[[str], None]

TIPPING_TERMS = ("log_population", "foreign_share_lag")
TIPPING_GRID = tuple(number / 100 for number in range(100, 69, -1))
"""Sensitivities of the survey of the Großstädte, 1 to 0.7 by 0.01."""
EXPOSURES = ("land", "neighbours")
"""Kinds of peers whose exposure term has a placebo; the term is `exposure_KIND`."""
PLACEBO_DRAWS = 199


def _silent(message: str) -> None:
    """Say nothing."""


def few_clusters(analysis: Analysis) -> Tables:
    """Return the few-cluster inference of every model of the paper, and its estimates without each Land.

    Returns
    -------
    dict
        `few_clusters`: model, then the columns of `models.ClusterTable.tidy`, and tests (what the bootstrap is).
        `leave_one_land_out`: model, then the columns of `models.LeaveOneOut.tidy`.
    """
    tables, without = [], []
    for name, fit in analysis.fits.items():
        found = cluster_table(fit)
        tables.append(found.tidy().assign(model=name, tests=found.tests))
        without.append(leave_one_out(fit).tidy().assign(model=name))
    return {
        "few_clusters": _first(pd.concat(tables, ignore_index=True), "model"),
        "leave_one_land_out": _first(pd.concat(without, ignore_index=True), "model"),
    }


def specifications(analysis: Analysis) -> Tables:
    """Return every specification of the multiverse, shares by term, and the joint tests.

    Returns
    -------
    dict
        `specifications`, `specification_shares`, `specification_tests`: `table`, `glance()` and `joint()` of
        `models.SpecificationCurve`.
    """
    with warnings.catch_warnings():
        # What a specification warned of stands in its row (column notes).
        warnings.simplefilter("ignore", UserWarning)
        curve = run_specifications(folder=analysis.folder)
    return {
        "specifications": curve.table,
        "specification_shares": curve.glance(),
        "specification_tests": curve.joint(),
    }


def tipping(analysis: Analysis) -> Tables:
    """Return size and foreigners share of the Großstädte over how much of the concepts the survey found.

    The model is m2 with the sensitivity built into the likelihood of each city; standard errors CR1 by Land,
    t distribution.

    Returns
    -------
    dict
        `tipping`: the columns of `models.TippingPoint.plot_data`, then term and level. `tipping_by_size`: the
        table of `models.TippingPoint` for size, where the survey may have missed more in the larger cities (above
        the median) or in the others.
    """
    panel, size = analysis.full_panel, TIPPING_TERMS[0]
    found = [_tipping_point(panel, term, TIPPING_GRID) for term in TIPPING_TERMS]
    parts = [item.plot_data().assign(term=item.term, level=item.level) for item in found]
    by_size = _tipping_point(panel, size, GRID, differential=size)
    return {
        "tipping": pd.concat(parts, ignore_index=True),
        "tipping_by_size": by_size.table.assign(term=by_size.term, level=by_size.level),
    }


def misclassification(analysis: Analysis) -> Tables:
    """Return naive beside corrected estimates for Großstädte, Mittelstädte and Landkreise.

    Returns
    -------
    dict
        `misclassification`: see `models.misclassification.application.Application.tidy`.
    """
    return {"misclassification": application(folder=analysis.folder).tidy()}


def programme_verdicts(analysis: Analysis) -> Tables:
    """Return the verdict on every Land programme with the numbers it rests on.

    Returns
    -------
    dict
        `programme_verdicts`: label, land_name, the columns of `models.ProgrammeVerdicts.tidy`, level, units_demanded,
        power and largest_ratio demanded, text_de, text_en.
    """
    with warnings.catch_warnings():
        # An end that no source names is an empty cell of the table.
        warnings.simplefilter("ignore", UnknownEndWarning)
        found = judge_programmes(analysis.full_panel, analysis.tables["programmes"])
    table = found.tidy().assign(
        label=[item.intervention.label for item in found],
        land_name=[item.intervention.land_name for item in found],
        level=[item.criteria.level for item in found],
        units_demanded=[item.criteria.units for item in found],
        power=[item.criteria.power for item in found],
        largest_ratio=[item.criteria.largest_ratio for item in found],
        text_de=[item.summary("de") for item in found],
        text_en=[item.summary("en") for item in found],
    )
    return {"programme_verdicts": _first(table, "programme", "label", "land_name")}


def diffusion_placebo(analysis: Analysis) -> Tables:
    """Return what the exposure terms of m3 are in histories without diffusion.

    Returns
    -------
    dict
        `diffusion_placebo`: the columns of `models.Placebo.tidy`, then formula, null, seed.
    """
    kommunen = analysis.tables["kommunen"]
    cities = kommunen[kommunen["size_class"] == "grossstadt"]
    panel = prepare(analysis.full_panel)
    formula = SPECIFICATIONS[-1].formula
    rows = []
    for kind in EXPOSURES:
        term = f"exposure_{kind}"
        found = exposure_placebo(
            formula.replace("exposure_land", term),
            panel,
            term,
            PLACEBO_DRAWS,
            links=peers(cities, kind, analysis.tables["adjacency"]),
            vcov="CR1",
            cluster="land",
        )
        rows.append(found.tidy().assign(formula=found.formula, null=found.null, seed=found.seed))
    return {"diffusion_placebo": pd.concat(rows, ignore_index=True)}


@dataclass(frozen=True)
class Part:
    """One analysis: what the user reads while it runs, the tables it makes, and the function that makes them."""

    title: str
    tables: tuple[str, ...]
    run: Callable[[Analysis], Tables]


PARTS: tuple[Part, ...] = (
    Part("few clusters", ("few_clusters", "leave_one_land_out"), few_clusters),
    Part(
        "all specifications",
        ("specifications", "specification_shares", "specification_tests"),
        specifications,
    ),
    Part("tipping points", ("tipping", "tipping_by_size"), tipping),
    Part("missed concepts", ("misclassification",), misclassification),
    Part("programmes", ("programme_verdicts",), programme_verdicts),
    Part("placebos of diffusion", ("diffusion_placebo",), diffusion_placebo),
)
TABLES: tuple[str, ...] = tuple(name for part in PARTS for name in part.tables)
"""Names of all tables."""
_TEXT = ("left_out", "most_influential", "series", "laender", "reason", "reasons", "error", "note", "notes")
"""Columns that are text even if they look like numbers or are empty."""
_YES_NO = ("significant", "same_sign", "same_conclusion", "concept_condition")
_WHOLE = ("end", "nobs", "nobs_total", "n_events", "n_clusters")


def sensitivity(
    analysis: Analysis, say: Say = _silent, *, workers: int = 1
) -> Iterator[tuple[str, pd.DataFrame]]:
    """Yield every table with its name, in the order of `TABLES`, as soon as it is made.

    Parameters
    ----------
    analysis
        The models of the paper and the tables that they rest on.
    say
        Called with the title of each part before it runs (with several workers: before it is waited for).
    workers
        Processes that make the parts; the tables do not depend on it. More than 1 needs a main module that can
        be imported, as every command has.
    """
    if workers <= 1:
        for part in PARTS:
            say(part.title)
            yield from _made(part, analysis).items()
        return
    # Leaving the block ends the workers at once, also after Ctrl-C.
    with get_context("spawn").Pool(min(workers, len(PARTS)), _begin, (analysis,)) as pool:
        made = pool.imap(_made_by_worker, range(len(PARTS)))
        for part in PARTS:
            say(part.title)
            yield from next(made).items()


def read(folder: Path) -> Tables:
    """Return the tables that `reproduce` has written as CSV files into `folder`.

    What is read back has the 12 digits of the files, so figures and numbers do not depend on whether the step
    ran just now.
    """
    found = {}
    for name in TABLES:
        table = pd.read_csv(folder / f"{name}.csv", dtype=dict.fromkeys(_TEXT, str))
        for column in table.columns.intersection(_WHOLE):
            table[column] = table[column].astype("Int64")
        for column in table.columns.intersection(_YES_NO):
            table[column] = table[column].astype("boolean")
        found[name] = table
    return found


class OnDemand(Mapping[str, pd.DataFrame]):
    """The built tables, and those of this module, each part made when one of its tables is first asked for."""

    def __init__(self, analysis: Analysis, say: Say = _silent) -> None:
        self._analysis, self._say = analysis, say
        self._made: Tables = {}

    def __getitem__(self, name: str) -> pd.DataFrame:
        """Return a table.

        Raises
        ------
        KeyError
            If there is none of this name.
        """
        if name in self._analysis.tables:
            return self._analysis.tables[name]
        for part in PARTS:
            if name in part.tables and name not in self._made:
                self._say(part.title)
                self._made |= _made(part, self._analysis)
        return self._made[name]

    def __contains__(self, name: object) -> bool:
        """Return whether there is a table of this name, without making it."""
        return name in self._analysis.tables or name in TABLES

    def __iter__(self) -> Iterator[str]:
        """Go through the names."""
        return iter([*self._analysis.tables, *TABLES])

    def __len__(self) -> int:
        """Return how many tables there are."""
        return len(self._analysis.tables) + len(TABLES)


def _made(part: Part, analysis: Analysis) -> Tables:
    """Return the tables of a part. Its matrices are small: threads of the linear algebra would double the time."""
    with threadpool_limits(limits=1, user_api="blas"):
        return part.run(analysis)


def _begin(analysis: Analysis) -> None:
    """Keep what a worker process works on; an interrupt is for the parent."""
    global _held
    signal.signal(signal.SIGINT, signal.SIG_IGN)
    _held = analysis


def _made_by_worker(number: int) -> Tables:
    assert _held is not None  # `_begin` has run
    return _made(PARTS[number], _held)


_held: Analysis | None = None
"""What a worker process works on."""


def _tipping_point(
    panel: pd.DataFrame, term: str, grid: Sequence[float], differential: str | None = None
) -> TippingPoint:
    return tipping_point(
        HAZARD,
        panel,
        term,
        unit="ags",
        time="year",
        sensitivities=grid,
        differential=differential,
        vcov="CR1",
        cluster="land",
        distribution="t",
    )


def _first(table: pd.DataFrame, *names: str) -> pd.DataFrame:
    """Return a table with some columns before the others."""
    return table[[*names, *table.columns.difference(names, sort=False)]]
