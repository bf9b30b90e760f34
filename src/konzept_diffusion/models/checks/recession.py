"""The directions in which a binary likelihood never falls: exact, by linear programmes on few of the rows.

With signed covariates (those of non-events times -1) a direction d separates if `signed @ d` is nowhere
negative and somewhere positive. The programme starts with some hundred rows; rows that its answer violates join
until none is violated, or until the rows at hand prove that there is no such direction: an answer for part of
the rows is a bound for all, so the result is that of all rows.
"""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray
from scipy.optimize import linprog

from ...errors import ModelError
from ..design import Array

# Covariates are scaled to unit size; what a linear programme leaves below this is rounding.
SIGN_TOLERANCE = 1e-6
# Share of the largest eigenvalue of the remaining rows below which they do not move in a direction at all.
_NULL = 1e-13
_BEGIN = 40
_JOIN = 400


@dataclass(frozen=True, eq=False)
class Recession:
    """Which rows are separated, and the space of separating directions.

    Attributes
    ----------
    separated
        True for rows whose fitted probability tends to their outcome, shape (n,).
    space
        Orthonormal basis of the span of all separating directions, shape (k, r).
    """

    separated: NDArray[np.bool_]
    space: Array


def separating_direction(signed: Array) -> Array | None:
    """Return a direction, shape (k,), elements within -1 and 1, that separates rows, or None if none does.

    Raises
    ------
    ModelError
        If a linear programme is not solved.
    """
    return _extreme(signed, signed.sum(axis=0))


def recession(signed: Array) -> Recession:
    """Return the rows that some direction separates.

    Directions are peeled off: rows separated by one leave, and the next is sought within what leaves the
    others untouched, until the remaining rows overlap.

    Raises
    ------
    ModelError
        If a linear programme is not solved.
    """
    n, k = signed.shape
    separated = np.zeros(n, dtype=bool)
    while not separated.all():
        left = signed[~separated]
        direction = separating_direction(left)
        if direction is None:
            break
        separated[np.flatnonzero(~separated)[left @ direction > SIGN_TOLERANCE]] = True
    left = signed[~separated]
    if not len(left):
        return Recession(separated, np.eye(k))
    if not separated.any():
        return Recession(separated, np.zeros((k, 0)))
    values, vectors = np.linalg.eigh(left.T @ left / len(left))
    return Recession(separated, vectors[:, values < _NULL * max(values[-1], 1.0)])


def directions(signed: Array, cone: Recession, coefficients: Array) -> list[str]:
    """Return where each coefficient goes: `finite`, `+inf`, `-inf` or `undetermined`.

    Undetermined: some separating directions raise it and others lower it. Row j of `coefficients` (k, k) is
    coefficient j as a combination of those of the scaled columns.
    """
    answers = []
    rows = signed[cone.separated] @ cone.space
    for row in coefficients / np.linalg.norm(coefficients, axis=1, keepdims=True) @ cone.space:
        if np.abs(row).max(initial=0.0) < SIGN_TOLERANCE:
            answers.append("finite")
            continue
        up, down = (_extreme(rows, sign * row) is not None for sign in (1.0, -1.0))
        answers.append("undetermined" if up and down else "+inf" if up else "-inf")
    return answers


def _extreme(signed: Array, aim: Array) -> Array | None:
    """Return the direction in the unit box furthest towards `aim` with no negative margin; None if it is 0."""
    k = signed.shape[1]
    chosen = _first_rows(signed)
    size = float(np.abs(aim).max(initial=0.0))
    if size == 0.0:
        return None
    while True:
        rows = np.flatnonzero(chosen)
        solution = linprog(
            -aim / size, A_ub=-signed[rows], b_ub=np.zeros(len(rows)), bounds=[(-1, 1)] * k, method="highs"
        )
        if solution.status != 0:
            raise ModelError(
                f"Whether the outcomes are separated cannot be decided ({solution.message.rstrip('.')})."
            )
        margins = signed @ solution.x
        if -solution.fun * size <= SIGN_TOLERANCE:
            return None
        violated = np.flatnonzero((margins < -SIGN_TOLERANCE) & ~chosen)
        if not len(violated):
            return np.asarray(solution.x)
        worst = violated[np.argsort(margins[violated])[:_JOIN]]
        chosen[worst] = True


def _first_rows(signed: Array) -> NDArray[np.bool_]:
    """Mark the rows to begin with: the extremes of every column, and others at even distances."""
    n, k = signed.shape
    chosen = np.zeros(n, dtype=bool)
    chosen[np.linspace(0, n - 1, min(n, _BEGIN * k)).astype(int)] = True
    chosen[signed.argmax(axis=0)] = True
    chosen[signed.argmin(axis=0)] = True
    return chosen
