"""Concordance of predictor and survival among those at risk at each event, in n log n steps.

Harrell et al. 1982 (JAMA 247(18)); for spells as in R's survival: an event at t is compared with the spells of
its stratum that are at risk at t and last longer (or end at t without event).
"""

from __future__ import annotations

import numpy as np
from numpy.typing import NDArray

from ...design import Array


def concordance(
    begin: Array | None, end: Array, happened: Array, stratum: NDArray[np.intp], predictor: Array
) -> float:
    """Return the share of comparable pairs that the predictor orders as the events (half for equal ones).

    Parameters
    ----------
    begin, end, happened, stratum
        Spells, as for `risk_sets`; shape (n,).
    predictor
        Larger for those expected to have the event earlier, shape (n,).

    Returns
    -------
    float
        Between 0 and 1; NaN without a comparable pair.
    """
    concordant = tied = pairs = 0
    for number in np.unique(stratum):
        chosen = stratum == number
        counts = _pairs(
            None if begin is None else begin[chosen], end[chosen], happened[chosen] > 0, predictor[chosen]
        )
        concordant, tied, pairs = concordant + counts[0], tied + counts[1], pairs + counts[2]
    return (concordant + tied / 2) / pairs if pairs else float("nan")


def _pairs(
    begin: Array | None, end: Array, event: NDArray[np.bool_], predictor: Array
) -> tuple[int, int, int]:
    """Return concordant pairs, pairs tied in the predictor, and all comparable pairs of one stratum."""
    if not event.any():
        return 0, 0, 0
    levels, ranks = np.unique(predictor, return_inverse=True)
    # Later ends first, and at the same end those without event: all that outlast an event stand before it.
    order = np.lexsort((event, -end))
    moment = end[order]
    is_event = event[order]
    first_of_group = np.flatnonzero(np.r_[True, (np.diff(moment) != 0) | (is_event[1:] != is_event[:-1])])
    group = np.searchsorted(first_of_group, np.arange(len(order)), side="right") - 1
    outlast = first_of_group[group][is_event]
    asked = order[is_event]
    lower, below_or_equal = _counts(ranks[order], outlast, ranks[asked], len(levels))
    total = outlast.astype(np.int64)
    if begin is not None:
        late = np.argsort(-begin, kind="stable")
        not_yet = np.searchsorted(-begin[late], -end[asked], side="right")  # begin >= t: not at risk at t
        fewer, fewer_or_equal = _counts(ranks[late], not_yet, ranks[asked], len(levels))
        lower, below_or_equal, total = lower - fewer, below_or_equal - fewer_or_equal, total - not_yet
    return int(lower.sum()), int((below_or_equal - lower).sum()), int(total.sum())


def _counts(
    ranks: NDArray[np.intp], prefix: NDArray[np.intp], rank: NDArray[np.intp], levels: int
) -> tuple[NDArray[np.int64], NDArray[np.int64]]:
    """Return how many of the first `prefix` of `ranks` are below, and at or below, each `rank`.

    A wavelet matrix: from the highest bit down, the numbers are split stably into zeros and ones.
    """
    return _below(ranks, prefix, rank, levels), _below(ranks, prefix, rank + 1, levels)


def _below(
    ranks: NDArray[np.intp], prefix: NDArray[np.intp], bound: NDArray[np.intp], levels: int
) -> NDArray[np.int64]:
    bits = max(int(levels).bit_length(), 1)
    current, low, high = ranks, np.zeros_like(prefix), prefix.copy()
    found = np.zeros(len(prefix), dtype=np.int64)
    for bit in range(bits - 1, -1, -1):
        ones = (current >> bit) & 1
        zeros_before = np.concatenate([[0], np.cumsum(1 - ones)])
        low_zeros, high_zeros = zeros_before[low], zeros_before[high]
        up = ((bound >> bit) & 1) == 1
        found += np.where(up, high_zeros - low_zeros, 0)
        zeros = zeros_before[-1]
        low = np.where(up, zeros + low - low_zeros, low_zeros)
        high = np.where(up, zeros + high - high_zeros, high_zeros)
        current = np.concatenate([current[ones == 0], current[ones == 1]])
    return found
