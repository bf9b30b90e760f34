"""Who is at risk at each event time, held so that sums over all risk sets cost one sparse product.

A spell (start, stop] is at risk at every event time t of its stratum with start < t <= stop; a spell that
starts at t is not (Andersen & Gill 1982, Annals of Statistics 10(4)), in which R's survival agrees.
"""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray
from scipy import sparse

from ...design import Array

Indices = NDArray[np.intp]


@dataclass(frozen=True, eq=False)
class RiskSets:
    """The risk sets of n spells at D event times (distinct within a stratum; stratum by stratum, ascending).

    Attributes
    ----------
    rows
        The m of n rows that are at risk at one event time or more; all other attributes count in these.
    low, high
        Spell i is at risk at the event times low[i] to high[i] - 1; shape (m,).
    event_rows, event_times
        The E rows that end with an event, ordered by event time, and the number of that time; shape (E,).
    times, stratum, deaths
        Time, stratum number and events of each event time; shape (D,).
    """

    rows: Indices
    low: Indices
    high: Indices
    event_rows: Indices
    event_times: Indices
    times: Array
    stratum: Indices
    deaths: Indices
    _entries: sparse.csr_array
    _signs: Array
    _below: Indices

    @property
    def first_of_ties(self) -> Indices:
        """Position of the first event of each event time within `event_rows`; shape (D,)."""
        return np.concatenate([[0], np.cumsum(self.deaths)[:-1]])

    def at_risk(self, weights: Array, values: Array | None = None) -> Array:
        """Return the sums of weights (m,), or of weights times values (m, k), over each risk set."""
        table = sparse.csr_array(
            (self._signs * weights[self._entries.indices], self._entries.indices, self._entries.indptr),
            shape=self._entries.shape,
        )
        changes = table @ (np.ones(len(weights)) if values is None else values)
        # From the last event time backwards, in extended precision: late risk sets are small, and what has
        # left a large one must leave no rounding behind.
        total = np.cumsum(changes[::-1].astype(np.longdouble), axis=0)[::-1]
        if self._below[0] < len(total):  # more than one stratum: take off what stands above it
            padded = np.concatenate([total, np.zeros_like(total[:1])])
            total = total - padded[self._below]
        return np.asarray(total, dtype=float)

    def ties(self, values: Array) -> Array:
        """Return the sums of values (m,) or (m, k) over the events at each event time."""
        return np.add.reduceat(values[self.event_rows], self.first_of_ties, axis=0)

    def over_spell(self, values: Array) -> Array:
        """Return for every spell the sum of values (D,) or (D, k) over the event times at which it is at risk."""
        running = np.concatenate([np.zeros_like(values[:1]), np.cumsum(values, axis=0)])
        return running[self.high] - running[self.low]


def risk_sets(begin: Array | None, end: Array, happened: Array, stratum: Indices) -> RiskSets:
    """Return the risk sets of spells.

    Parameters
    ----------
    begin, end
        Bounds of the spells (begin, end], shape (n,); None if all are at risk from the beginning.
    happened
        Whether the spell ends with an event, shape (n,).
    stratum
        Stratum number of each spell, shape (n,).
    """
    event = happened > 0
    grid = np.unique(end[event])
    width = len(grid) + 1
    keys, deaths = np.unique(stratum[event] * width + np.searchsorted(grid, end[event]), return_counts=True)
    one = len(keys) == len(grid) and not stratum.any()

    def position(ranks: Indices) -> Indices:
        return ranks if one else np.searchsorted(keys, stratum * width + ranks)

    high = position(np.searchsorted(grid, end, side="right"))
    zero = np.zeros(len(end), dtype=np.intp)
    low = position(zero if begin is None else np.searchsorted(grid, begin, side="right"))
    rows = np.flatnonzero(low < high)
    low, high = low[rows], high[rows]
    ends = np.flatnonzero(event[rows])
    event_rows = ends[np.argsort(high[ends], kind="stable")]
    strata_of_times = keys // width
    count = len(keys)
    first = np.searchsorted(strata_of_times, strata_of_times)  # first event time of the same stratum
    starts_late = low > first[np.minimum(high - 1, count - 1)]
    number = np.arange(len(rows))
    positions = np.concatenate([high - 1, low[starts_late] - 1])
    columns = np.concatenate([number, number[starts_late]])
    order = np.argsort(positions, kind="stable")
    signs = np.where(order < len(number), 1.0, -1.0)
    pointers = np.concatenate([[0], np.cumsum(np.bincount(positions, minlength=count))])
    entries = sparse.csr_array((signs, columns[order], pointers), shape=(count, len(rows)))
    return RiskSets(
        rows=rows,
        low=low,
        high=high,
        event_rows=event_rows,
        event_times=high[event_rows] - 1,
        times=grid[keys % width],
        stratum=strata_of_times,
        deaths=deaths,
        _entries=entries,
        _signs=signs,
        _below=np.searchsorted(strata_of_times, strata_of_times, side="right"),
    )
