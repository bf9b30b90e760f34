"""How many are at risk, have the event and leave at each time: what every estimate without covariates starts from."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
import pandas as pd
from numpy.typing import NDArray

from ...checks.spells import bounds, refuse, times
from ...design import Array, check_frame


@dataclass(frozen=True, eq=False)
class RiskTable:
    """Counts at the distinct ends of the spells, shape (T,): time, at risk just before, events, censored."""

    time: Array
    n_risk: NDArray[np.int64]
    n_event: NDArray[np.int64]
    n_censor: NDArray[np.int64]

    def frame(self) -> pd.DataFrame:
        """Return the counts as columns time, n_risk, n_event, n_censor."""
        return pd.DataFrame(
            {"time": self.time, "n_risk": self.n_risk, "n_event": self.n_event, "n_censor": self.n_censor}
        )


@dataclass(frozen=True, eq=False)
class Group:
    """A group's label (None without groups), number of rows, spells and counts."""

    label: object
    nobs: int
    begin: Array | None
    end: Array
    happened: Array
    table: RiskTable


def read_groups(
    data: pd.DataFrame, duration: str, event: str, by: str | None, start: str | None, what: str
) -> list[Group]:
    """Return the groups of `data` in the order of their labels; one without `by`.

    Raises
    ------
    ModelError
        If a column is absent or has missing values, a time cannot be used, a spell is empty or inverted, or an
        event is not 0/1.
    """
    columns = [duration, event, *([start] if start is not None else []), *([by] if by is not None else [])]
    check_frame(data, columns, what)
    for name in columns:
        refuse(data[name], data[name].isna().to_numpy(dtype=bool), "has no value")
    refuse(data[duration], times(data[duration]) < 0, "is negative")
    begin, end, happened = bounds(data, start, duration, event)
    codes, labels = (np.zeros(len(data), dtype=np.intp), [None]) if by is None else group_codes(data[by])
    groups = []
    for code, label in enumerate(labels):
        chosen = codes == code
        part = (None if begin is None else begin[chosen], end[chosen], happened[chosen])
        groups.append(Group(label, int(chosen.sum()), *part, risk_table(*part)))
    return groups


def group_codes(column: pd.Series) -> tuple[NDArray[np.intp], list[object]]:
    """Return group numbers and the labels in order."""
    codes, labels = pd.factorize(column, sort=True)
    return codes, list(labels)


def risk_table(begin: Array | None, end: Array, happened: Array) -> RiskTable:
    """Return the counts of spells (begin, end]; a spell that begins at t is not at risk at t."""
    grid, position = np.unique(end, return_inverse=True)
    n_all = np.bincount(position, minlength=len(grid))
    n_event = np.bincount(position[happened > 0], minlength=len(grid))
    n_risk = np.cumsum(n_all[::-1])[::-1]
    if begin is not None:
        n_risk = n_risk - (len(begin) - np.searchsorted(np.sort(begin), grid))  # not yet entered
    return RiskTable(grid, n_risk, n_event, n_all - n_event)
