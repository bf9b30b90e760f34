"""Newton's method for binary outcomes on many rows: blocks of rows on an orthonormal basis.

The covariates are replaced by an orthonormal basis (Cholesky of the crossproduct of centred, scaled columns;
Householder's QR where that would cost digits), so that calendar years and their powers lose nothing, one
tolerance fits all parameters, and a small curvature means that the data say little. Every pass works on blocks
that fit into the processor's cache; per-cluster sums come from the same pass.
"""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray
from scipy.linalg import solve_triangular

from ...design import INTERCEPT, Array
from .likelihood import EXPECTED, OBSERVED

# Multiplications of a block's crossproduct: it stays in the cache, and the linear algebra starts no threads,
# which wait for each other longer than they work.
_AT_ONCE = 250_000
_CLOSE = 1e-9
# A step is the last one if, by the rate of the two before, the next would be smaller than this.
_NEXT = 1e-13
_HALVINGS = 40
_WELL_CONDITIONED = 1e8
FLAT = 1e-9
"""Information per row below which the estimate may be on its way to infinity."""


@dataclass(frozen=True, eq=False)
class Block:
    """Some rows of one cluster: basis (k, m), positions of the events, number of the cluster (0 without)."""

    basis: Array
    events: NDArray[np.intp]
    group: int


@dataclass(frozen=True, eq=False)
class Pass:
    """What one pass over the rows gives, on the basis: log-likelihood, score and information by cluster.

    `score` has shape (G, k), `information` (G, k, k), `roots` (G, k): the sums of the basis weighted by the
    square root of the information of each row (None but for the expected information).
    """

    loglik: float
    score: Array
    information: Array
    roots: Array | None = None


@dataclass(frozen=True, eq=False)
class Basis:
    """Orthonormal rows: `columns` (k, n), length of each the square root of n; `loadings` (k, k) lead back.

    Parameters of the covariates are `loadings @ theta` for parameters `theta` of the basis.
    """

    columns: Array
    loadings: Array


def orthonormal(X: Array, terms: Sequence[str]) -> Basis:
    """Return an orthonormal basis of the columns of `X` (n, k), which are not collinear."""
    n, k = X.shape
    back = np.eye(k)
    columns = np.array(X.T, order="C")
    if INTERCEPT in terms:
        one = list(terms).index(INTERCEPT)
        for j in range(k):
            if j != one:
                centre = columns[j].mean()
                columns[j] -= centre
                back[one, j] = -centre
    lengths = np.sqrt(np.einsum("ij,ij->i", columns, columns) / n)
    lengths[lengths == 0] = 1.0
    columns /= lengths[:, None]
    back = back / lengths
    crossproduct = _crossproduct(columns) / n
    values = np.linalg.eigvalsh(crossproduct)
    if values[0] > 0 and values[-1] / values[0] < _WELL_CONDITIONED:
        lower = np.linalg.cholesky(crossproduct)
        inverse = solve_triangular(lower, np.eye(k), lower=True)
        size = _rows(k)
        for start in range(0, n, size):
            columns[:, start : start + size] = inverse @ columns[:, start : start + size]
        return Basis(columns, back @ inverse.T)
    basis, triangle = np.linalg.qr(columns.T)
    length = np.sqrt(n)
    return Basis(np.ascontiguousarray(basis.T) * length, back @ np.linalg.inv(triangle / length))


def _rows(k: int) -> int:
    """Return how many rows of `k` columns make a block."""
    return max(256, _AT_ONCE // k**2)


def _crossproduct(columns: Array) -> Array:
    total = np.zeros((len(columns), len(columns)))
    size = _rows(len(columns))
    for start in range(0, columns.shape[1], size):
        part = columns[:, start : start + size]
        total += part @ part.T
    return total


def blocks(columns: Array, y: Array, codes: NDArray[np.intp] | None = None) -> list[Block]:
    """Return the rows (in the order of `codes`, if given, a copy) as blocks, none across two clusters."""
    n = columns.shape[1]
    if codes is None:
        bounds, groups = [0, n], [0]
    else:
        order = np.argsort(codes, kind="stable")
        columns, y = np.ascontiguousarray(columns[:, order]), y[order]
        bounds = [0, *np.cumsum(np.bincount(codes)).tolist()]
        groups = list(range(len(bounds) - 1))
    found, size = [], _rows(len(columns))
    for group, low, high in zip(groups, bounds[:-1], bounds[1:], strict=True):
        for start in range(low, high, size):
            rows = slice(start, min(start + size, high))
            found.append(Block(columns[:, rows], np.flatnonzero(y[rows]), group))
    return found


@np.errstate(all="ignore")
def run(
    rows: Sequence[Block], link: str, theta: Array, groups: int | None = None, expected: bool = False
) -> Pass:
    """Go over the rows once at the parameters `theta` (k,) of the basis.

    Sums are kept by the `groups` groups of the blocks, or, without, in one.
    """
    k, apart = len(theta), groups is not None
    groups = groups or 1
    observed, curvature = OBSERVED[link], EXPECTED[link]
    score, information = np.zeros((groups, k)), np.zeros((groups, k, k))
    roots = np.zeros((groups, k)) if expected else None
    loglik = 0.0
    for block in rows:
        eta = theta @ block.basis
        value, slope, weight = observed(eta, block.events)
        if expected:
            weight = curvature(eta)
        root = np.sqrt(weight)
        scaled = block.basis * root
        loglik += value
        group = block.group if apart else 0
        score[group] += block.basis @ slope
        information[group] += scaled @ scaled.T
        if roots is not None:
            roots[group] += block.basis @ root
    return Pass(loglik, score, information, roots)


@dataclass(frozen=True, eq=False)
class Maximum:
    """Where Newton's method ended.

    Attributes
    ----------
    theta
        Parameters of the basis, shape (k,).
    stationary
        Whether the steps came to an end there.
    flat
        Whether the likelihood is nearly flat in some direction, as it is on the way to an infinite estimate.
    """

    theta: Array
    stationary: bool
    flat: bool


def maximise(
    evaluate: Callable[[Array], Pass], start: Array, size: int, iterations: int, fixed: Array | None = None
) -> Maximum:
    """Maximise a concave log-likelihood by Newton's method with step halving.

    Parameters
    ----------
    evaluate
        The pass at given parameters, observed information.
    start
        Where to begin, shape (k,).
    size
        Number of rows.
    iterations
        Give up after so many.
    fixed
        Direction (k,) in which the parameters must not move: `fixed @ theta` stays as it is.
    """
    theta, here = start, evaluate(start)
    last = np.inf
    for _ in range(iterations):
        step = _step(here, fixed)
        if step is None:
            return Maximum(theta, False, True)
        length = float(np.abs(step).max())
        if length < _CLOSE or (length < 1e-3 and 10 * max(1.0, length / last**2) * length**2 < _NEXT):
            weakest = float(np.linalg.eigvalsh(here.information.sum(axis=0))[0])
            return Maximum(theta + step, True, weakest < FLAT * size)
        last = length
        slack = 1e-12 * abs(here.loglik)  # at the end the gain is smaller than the rounding of the sum
        for _ in range(_HALVINGS):
            there = evaluate(theta + step)
            if there.loglik >= here.loglik - slack and np.isfinite(there.score).all():
                break
            step, last = step / 2, np.inf
        else:
            return Maximum(theta, False, True)
        theta, here = theta + step, there
    return Maximum(theta, False, True)


def _step(here: Pass, fixed: Array | None) -> Array | None:
    """Return Newton's step, within the plane that `fixed` allows; None where the information is singular."""
    information, score = here.information.sum(axis=0), here.score.sum(axis=0)
    try:
        lower = np.linalg.cholesky(information)
    except np.linalg.LinAlgError:
        return None
    half = solve_triangular(lower, score, lower=True, check_finite=False)
    if fixed is not None:
        normal = solve_triangular(lower, fixed, lower=True, check_finite=False)
        half = half - normal * (normal @ half) / (normal @ normal)
    step: Array = solve_triangular(lower.T, half, lower=False, check_finite=False)
    return step if np.isfinite(step).all() else None
