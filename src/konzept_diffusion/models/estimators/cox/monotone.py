"""Does the partial likelihood have a finite maximum? An exact check by linear programming.

It has none if and only if some combination of the covariates is, at every event, largest among those at risk
(tied events sharing the largest value), and is not the same for all of them: the likelihood then grows for
ever in its direction (Bryson & Johnson 1981, Technometrics 23(4)). The programme has one constraint per pair
of event and spell at risk; they are added only where they are broken.
"""

from __future__ import annotations

from collections.abc import Sequence

import numpy as np
from scipy.optimize import linprog

from ....errors import ModelError
from ...design import Array
from .risksets import Indices, RiskSets

# Covariates are scaled to unit size; what the linear programme leaves below this is rounding.
_ROUNDING = 1e-6
_ROUNDS = 200
_CONSTRAINTS_PER_ROUND = 2000


def monotone_terms(sets: RiskSets, X: Array, terms: Sequence[str]) -> tuple[str, ...]:
    """Return the terms along which the partial likelihood grows for ever; () if it has a maximum.

    Parameters
    ----------
    sets
        Risk sets of n spells.
    X, terms
        Covariates (n, k) and their names.

    Returns
    -------
    tuple of str
        The terms that do so on their own, else all that take part in the combination.

    Raises
    ------
    ModelError
        If the linear programme is not solved.
    """
    Z = X[sets.rows] - X[sets.rows].mean(axis=0)
    Z = Z / np.abs(Z).max(axis=0)
    direction = _direction(sets, Z)
    if direction is None:
        return ()
    taking_part = [j for j in range(len(terms)) if abs(direction[j]) > _ROUNDING]
    alone = [
        j
        for j in taking_part
        if any(_broken(sets, sign * Z[:, j])[0].max(initial=0.0) <= _ROUNDING for sign in (1.0, -1.0))
    ]
    return tuple(terms[j] for j in (alone or taking_part))


def _direction(sets: RiskSets, Z: Array) -> Array | None:
    """Return a direction in which the likelihood grows for ever, or None."""
    ones = np.ones(len(Z))
    at_risk = sets.at_risk(ones)
    # What is gained, summed over all pairs of event and spell at risk.
    gain = (at_risk[:, None] * sets.ties(Z) - sets.deaths[:, None] * sets.at_risk(ones, Z)).sum(axis=0)
    scale = float(np.abs(gain).max())
    if scale == 0:
        scale = 1.0
    # Two tied events must not differ: their pairs are constraints in both directions from the beginning.
    first = sets.event_rows[sets.first_of_ties[sets.event_times]]
    ties = Z[sets.event_rows] - Z[first]
    ties = np.unique(ties[np.any(ties != 0, axis=1)], axis=0)
    constraints = np.empty((0, Z.shape[1]))
    for _ in range(_ROUNDS):
        solution = linprog(
            -gain / scale,
            A_ub=constraints if len(constraints) else None,
            b_ub=np.zeros(len(constraints)) if len(constraints) else None,
            A_eq=ties if len(ties) else None,
            b_eq=np.zeros(len(ties)) if len(ties) else None,
            bounds=(-1, 1),
            method="highs",
        )
        if solution.status != 0:
            raise ModelError(
                f"Whether the events are separated cannot be decided ({solution.message.rstrip('.')})."
            )
        if -solution.fun * scale <= _ROUNDING * max(1.0, len(Z) * 1e-3) or not np.any(
            np.abs(solution.x) > _ROUNDING
        ):
            return None
        excess, event = _broken(sets, Z @ solution.x)
        worst = np.argsort(-excess)[:_CONSTRAINTS_PER_ROUND]
        worst = worst[excess[worst] > _ROUNDING]
        if not len(worst):
            return np.asarray(solution.x)
        constraints = np.unique(np.concatenate([constraints, Z[worst] - Z[event[worst]]]), axis=0)
    raise ModelError("Whether the events are separated cannot be decided: the linear programme does not end.")


def _broken(sets: RiskSets, values: Array) -> tuple[Array, Indices]:
    """Return by how much each spell exceeds an event while at risk (m,), and the row of that event (m,)."""
    smallest = np.minimum.reduceat(values[sets.event_rows], sets.first_of_ties)
    # Which event it is: the first of its time with the smallest value.
    order = np.lexsort((values[sets.event_rows], sets.event_times))
    row = sets.event_rows[order[sets.first_of_ties]]
    where = _range_argmin(smallest, sets.low, sets.high)
    return values - smallest[where], row[where]


def _range_argmin(values: Array, low: Indices, high: Indices) -> Indices:
    """Return the position of the smallest of values[low:high] for each pair, by a sparse table."""
    level = np.floor(np.log2(high - low)).astype(int)
    table = [np.arange(len(values))]
    width = 1
    while width <= (high - low).max() // 2:
        left, right = table[-1][:-width], table[-1][width:]
        table.append(np.where(values[left] <= values[right], left, right))
        width *= 2
    result = np.empty(len(low), dtype=np.intp)
    for depth in np.unique(level):
        chosen = level == depth
        left = table[depth][low[chosen]]
        right = table[depth][high[chosen] - (1 << int(depth))]
        result[chosen] = np.where(values[left] <= values[right], left, right)
    return result
