"""From a formula without outcome and a table of spells to what the Cox model works on."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any

import numpy as np
import pandas as pd
from numpy.typing import NDArray

from ....errors import ModelError
from ...checks.spells import bounds
from ...design import (
    INTERCEPT,
    Array,
    check_frame,
    clusters,
    complete_rows,
    covariates,
    parse_terms,
)


@dataclass(frozen=True, eq=False)
class SpellDesign:
    """Spells and their covariates.

    Attributes
    ----------
    formula, start, stop, event
        The formula and the names of the columns; `start` is None if every spell begins at 0.
    begin, end, happened
        Bounds of the spells, shape (n,) (`begin` None without start), and the event, 0 or 1.
    X
        Covariates without intercept, shape (n, k), read-only.
    terms
        The k column names of `X`.
    strata, stratum, stratum_labels
        Names of the columns that make the strata; stratum number of every row, shape (n,); what the strata are.
    nobs_total, dropped
        Rows of the table, and pairs (column, rows with a missing value in it).
    cluster, codes, labels
        Name of the cluster column, cluster number of every row, cluster values; None and () without.
    columns, spec
        The columns that the covariates are made of, and formulaic's recipe for other rows.
    index
        Index labels of the rows used.
    """

    formula: str
    start: str | None
    stop: str
    event: str
    begin: Array | None
    end: Array
    happened: Array
    X: Array
    terms: tuple[str, ...]
    strata: tuple[str, ...]
    stratum: NDArray[np.intp]
    stratum_labels: tuple[str, ...]
    nobs_total: int
    dropped: tuple[tuple[str, int], ...]
    cluster: str | None
    codes: NDArray[np.intp] | None
    labels: tuple[str, ...]
    columns: tuple[str, ...]
    spec: Any
    index: pd.Index

    def covariates_of(self, frame: pd.DataFrame) -> Array:
        """Return the covariate matrix of other complete rows, in the order of `terms`."""
        X, _ = covariates(self.spec, frame, self.formula)
        return X[:, _slopes(self.spec)]


def build_spells(
    formula: str,
    data: pd.DataFrame,
    *,
    start: str | None,
    stop: str,
    event: str,
    strata: str | Sequence[str] | None = None,
    cluster: str | None = None,
) -> SpellDesign:
    """Return the design of a Cox model; for the parameters see `cox`.

    Raises
    ------
    ModelError
        If the formula cannot be read, a column is missing, spells are inverted or empty, no event happens, a
        covariate is a time or the event, or a value cannot be used.
    """
    right, variables = parse_terms(formula)
    layers = (strata,) if isinstance(strata, str) else tuple(strata or ())
    times = [name for name in (start, stop, event) if name is not None]
    check_frame(
        data, [*variables, *times, *layers, *([cluster] if cluster is not None else [])], formula or "cox"
    )
    doubled = [name for name in variables if name in (stop, event)]
    if doubled:
        raise ModelError(
            f"{doubled[0]!r} is both a covariate and the {'event' if doubled[0] == event else 'end'} of the spells: "
            "take it out of the formula."
        )
    frame, kept, dropped = complete_rows(data, [*times, *layers, *variables])
    begin, end, happened = bounds(frame, start, stop, event)
    if not happened.any():
        raise ModelError(
            f"No event in the {len(frame)} rows used (column {event!r}): nothing can be estimated."
        )
    X, spec = covariates(right, frame, formula)
    stratum, stratum_labels = _strata(frame, layers)
    X = np.ascontiguousarray(X[:, _slopes(spec)])
    X.setflags(write=False)
    codes, labels = (None, ()) if cluster is None else clusters(data.loc[kept, cluster])
    return SpellDesign(
        formula=formula,
        start=start,
        stop=stop,
        event=event,
        begin=begin,
        end=end,
        happened=happened,
        X=X,
        terms=tuple(str(name) for name in np.array(spec.column_names)[_slopes(spec)]),
        strata=layers,
        stratum=stratum,
        stratum_labels=stratum_labels,
        nobs_total=len(data),
        dropped=dropped,
        cluster=cluster,
        codes=codes,
        labels=labels,
        columns=tuple(variables),
        spec=spec,
        index=frame.index,
    )


def _slopes(spec: Any) -> list[int]:
    return [j for j, name in enumerate(spec.column_names) if str(name) != INTERCEPT]


def _strata(frame: pd.DataFrame, layers: tuple[str, ...]) -> tuple[NDArray[np.intp], tuple[str, ...]]:
    """Return the stratum number of every row and the labels of the strata."""
    if not layers:
        return np.zeros(len(frame), dtype=np.intp), ("",)
    numbers = frame.groupby(list(layers), sort=True, observed=True).ngroup().to_numpy(dtype=np.intp)
    first = np.unique(numbers, return_index=True)[1]
    return numbers, tuple(strata_labels(frame.iloc[first], layers))


def strata_labels(frame: pd.DataFrame, layers: tuple[str, ...]) -> pd.Series:
    """Return what stratum each row is in: the values of the columns, joined by a comma."""
    values = [", ".join(_text(value) for value in row) for row in frame[list(layers)].to_numpy(dtype=object)]
    return pd.Series(values, index=frame.index, dtype=object)


def _text(value: object) -> str:
    return f"{value:.15g}" if isinstance(value, float) else str(value)
