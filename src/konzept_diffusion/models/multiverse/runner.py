"""Running a multiverse."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from pathlib import Path
from typing import Any

import pandas as pd

from ...errors import ModelError
from .choices import Multiverse, Specification
from .curve_result import COLUMNS, SpecificationCurve
from .estimation import NullScore, estimate
from .grossstaedte import MULTIVERSE
from .risk_sets import risk_sets

Progress = Callable[[int, int, Specification], None]
"""Called after every specification with how many are done, how many there are, and which it was."""

_COUNTS = ("nobs", "nobs_total", "n_events", "n_clusters")


def specifications(
    multiverse: Multiverse = MULTIVERSE,
    data: pd.DataFrame | Mapping[str, pd.DataFrame] | None = None,
    *,
    scores: bool = True,
    progress: Progress | None = None,
    folder: Path | str | None = None,
) -> SpecificationCurve:
    """Run every specification of a multiverse as a discrete-time hazard model.

    A specification that cannot be estimated stays in the table with its named error; none is dropped.

    Parameters
    ----------
    multiverse
        The choices; by default those of the paper for the Großstädte.
    data
        Name of each coding to its risk set (one row per unit and period at risk), or one risk set if there is a
        single coding. By default the risk sets of the catalogue, one per coding and sample.
    scores
        Keep what `SpecificationCurve.joint` needs: one fit under the null more per coefficient.
    progress
        Called after every specification, see `Progress`.
    folder
        Folder of the built tables, if `data` is not given; by default those that came with the package.

    Returns
    -------
    SpecificationCurve
        The frozen result: `.table`, `.curve(term)`, `.glance()`, `.by_choice(term)`, `.joint()`, `.summary()`.

    Raises
    ------
    ModelError
        If `multiverse` is none, or `data` does not fit the codings or samples declared.
    """
    if not isinstance(multiverse, Multiverse):
        raise ModelError(
            f"The multiverse is a {type(multiverse).__name__}: pass a models.Multiverse, or none for that of the paper."
        )
    made = risk_sets(multiverse, data, folder)
    rows: list[dict[str, Any]] = []
    nulls: list[NullScore | None] = []
    wanted = scores and multiverse.cluster is not None
    for done, specification in enumerate(multiverse, start=1):
        table, notes = made[specification.coding.name, specification.sample.name]
        found, own = estimate(specification, multiverse, table, wanted)
        for row in found:
            row["notes"] = " ".join([*notes, *([row["notes"]] if row.get("notes") else [])])
        rows += found
        nulls += own
        if progress is not None:
            progress(done, len(multiverse), specification)
    table = pd.DataFrame(rows).reindex(columns=list(COLUMNS))
    for name in _COUNTS:
        table[name] = table[name].astype("Int64")
    table["significant"] = table["significant"].astype("boolean")
    for name in ("error", "reason", "notes"):
        table[name] = table[name].astype(object).fillna("").astype(str)
    return SpecificationCurve(multiverse, table, tuple(nulls))
