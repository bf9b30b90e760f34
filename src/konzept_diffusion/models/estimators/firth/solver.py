"""Maximum of a binary likelihood with or without Jeffreys' penalty, all coefficients free or some held fixed.

The penalised likelihood adds half the log determinant of the expected information (Firth 1993, Biometrika
80(1)). Its estimates are finite whenever the covariates have full rank, for the logit, probit and
complementary log-log links alike (Kosmidis & Firth 2021, Biometrika 108(1)); with the logit link they are free
of first-order bias.
"""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from ....errors import ModelError
from ...design import INTERCEPT, Array
from ...links import LINKS
from ..binary.newton import orthonormal
from .kernel import KERNELS, Kernel

_MAX_ITERATIONS = 500
_HALVINGS = 40
# Iterations of scoring before the curvature is measured, which costs 2 k evaluations.
_PATIENCE = 12
# Largest step of a converged fit, on parameters whose covariates have mean square 1.
_TOLERANCE = 1e-11
# With the log-likelihood flat to rounding no smaller step can be told from none.
_FLAT = 1e-9
_LARGEST_STEP = 5.0
# Rows looked at to see whether rows repeat at all.
_SAMPLE = 1000


@dataclass(frozen=True, eq=False)
class Problem:
    """A penalised or plain binary likelihood on an orthonormal basis of the covariates.

    Rows with the same covariates are one row with counts, which changes no number and saves most of the work
    where covariates are categories.

    Attributes
    ----------
    basis
        Covariates of the distinct rows, shape (m, k), as a basis that is orthonormal over all rows times n.
    loadings
        Shape (k, k): coefficients of the covariates are `loadings` times the parameters on the basis.
    ones, zeros
        Number (or weight) of events and non-events by distinct row, shape (m,).
    link
        `cloglog`, `logit` or `probit`.
    penalty
        Weight of the log determinant of the information: 0.5 after Firth, 0 for maximum likelihood.
    group
        Distinct row of every row, shape (n,).
    """

    basis: Array
    loadings: Array
    ones: Array
    zeros: Array
    link: str
    group: NDArray[np.intp]
    penalty: float = 0.5

    @property
    def triangle(self) -> Array:
        """The way back, shape (k, k): covariates = basis @ triangle, parameters = triangle @ coefficients."""
        return np.asarray(np.linalg.inv(self.loadings))


@dataclass(frozen=True, eq=False)
class Point:
    """The penalised likelihood at one parameter vector, on the basis.

    Attributes
    ----------
    params
        Parameters on the basis, shape (k,).
    loglik
        Log-likelihood with the penalty.
    gradient
        Its derivative, shape (k,).
    information
        Expected information, shape (k, k).
    row_scores
        Derivative in the predictor by distinct row: of one event, of one non-event, and the part of the
        penalty per unit of weight, each of shape (m,).
    """

    params: Array
    loglik: float
    gradient: Array
    information: Array
    row_scores: tuple[Array, Array, Array]


def problem(y: Array, X: Array, link: str, penalty: float = 0.5, weights: Array | None = None) -> Problem:
    """Return the problem of outcome `y` (n,) on covariates `X` (n, k) of full rank."""
    weight = np.ones(len(y)) if weights is None else weights
    first, group = distinct_rows(X)
    constant = (np.ptp(X, axis=0) == 0) & (X[0] != 0)
    one = int(constant.argmax()) if constant.any() else -1
    found = orthonormal(X, [INTERCEPT if j == one else "" for j in range(X.shape[1])])
    ones: Array = np.bincount(group, weights=weight * y, minlength=len(first)).astype(float)
    zeros: Array = np.bincount(group, weights=weight * (1 - y), minlength=len(first)).astype(float)
    basis = np.ascontiguousarray(found.columns[:, first].T)
    return Problem(basis, found.loadings, ones, zeros, link, group, penalty)


def distinct_rows(X: Array) -> tuple[NDArray[np.intp], NDArray[np.intp]]:
    """Return the position of one row of each distinct kind (m,), and the kind of every row (n,)."""
    n = len(X)
    some = X[:: max(n // _SAMPLE, 1)]
    if n > _SAMPLE and len(np.unique(some, axis=0)) == len(
        some
    ):  # numbers, not categories: sorting gains little
        return np.arange(n), np.arange(n)
    rows = np.ascontiguousarray(X + 0.0)  # -0.0 and 0.0 are the same number in different bytes
    whole = rows.view(np.dtype((np.void, rows.dtype.itemsize * rows.shape[1]))).ravel()
    _, first, group = np.unique(whole, return_index=True, return_inverse=True)
    return first, group.ravel()


def evaluate(task: Problem, params: Array) -> Point | None:
    """Return the penalised likelihood at `params`, or None where the information is singular to all digits."""
    at = KERNELS[task.link](task.basis @ params)
    total = task.ones + task.zeros
    loglik = _dot(task.ones, at.log_p) + _dot(task.zeros, at.log_q)
    weight = total * at.weight
    information = task.basis.T @ (task.basis * weight[:, None])
    if not (np.isfinite(loglik) and np.isfinite(information).all()):
        return None
    penalty_rows = np.zeros(len(total))
    if task.penalty:
        try:
            factor = np.linalg.cholesky(information)
        except np.linalg.LinAlgError:
            return None
        loglik += 2 * task.penalty * float(np.log(np.diag(factor)).sum())
        spread = task.basis @ np.linalg.inv(factor).T
        leverage = at.weight * np.einsum("ij,ij->i", spread, spread)
        penalty_rows = task.penalty * leverage * at.weight_slope
    scores = _dot_rows(task, at) + total * penalty_rows
    gradient = task.basis.T @ scores
    if not (np.isfinite(loglik) and np.isfinite(gradient).all()):
        return None
    return Point(params, loglik, gradient, information, (at.slope_one, at.slope_zero, penalty_rows))


def maximise(task: Problem, start: Array | None = None, held: Array | None = None) -> Point:
    """Return the maximum of the likelihood, over all parameters or within an affine subspace.

    Parameters
    ----------
    task
        The problem.
    start
        Parameters on the basis to begin at, shape (k,); by default where every predictor is that of the share of
        events, as far as the covariates allow.
    held
        Directions on the basis in which no step is made, orthonormal, shape (k, r): the fit keeps
        `held.T @ start`.

    Raises
    ------
    ModelError
        If there is no convergence.
    """
    k = task.basis.shape[1]
    free = (
        np.eye(k) if held is None else np.linalg.qr(np.column_stack([held, np.eye(k)]))[0][:, held.shape[1] :]
    )
    point = evaluate(task, _constant(task) if start is None else start)
    if point is None:
        raise ModelError(
            "The penalised likelihood cannot be computed at the start: rescale extreme covariates."
        )
    curvature = None
    for iteration in range(_MAX_ITERATIONS):
        gradient = free.T @ point.gradient
        matrix = free.T @ point.information @ free
        if curvature is not None:
            matrix = curvature
        try:
            step = np.linalg.solve(matrix, gradient)
        except np.linalg.LinAlgError:
            break
        rise = float(gradient @ step)
        if rise < 0:  # the measured curvature is not that of a maximum here: back to scoring
            curvature, step = None, np.linalg.lstsq(free.T @ point.information @ free, gradient)[0]
            rise = float(gradient @ step)
        length = float(np.abs(step).max(initial=0.0))
        if length < _TOLERANCE:
            return point
        trial = _climb(task, point, free @ step * min(1.0, _LARGEST_STEP / length))
        if trial is None:
            if rise < _FLAT:
                return point
            if curvature is None:
                break
            curvature = None
            continue
        # Where scoring is slow, the measured curvature of the penalised likelihood makes convergence quadratic.
        close = iteration >= _PATIENCE and length < 0.1
        point = trial
        curvature = _curvature(task, point, free) if close else None
    raise ModelError(
        f"The penalised fit did not converge in {_MAX_ITERATIONS} iterations: rescale extreme covariates or use "
        "fewer terms."
    )


def _constant(task: Problem) -> Array:
    """Return the parameters whose predictor is closest to that of the share of events."""
    total = task.ones + task.zeros
    share = (task.ones.sum() + 0.5) / (total.sum() + 1)
    return np.asarray(task.basis.T @ total / total.sum() * float(LINKS[task.link](share)))


def _climb(task: Problem, point: Point, step: Array) -> Point | None:
    """Return the first point on the way back from a full step that is not lower, or None."""
    slack = 1e-13 * (1 + abs(point.loglik))
    for halving in range(_HALVINGS):
        trial = evaluate(task, point.params + step * 0.5**halving)
        if trial is not None and trial.loglik >= point.loglik - slack:
            return trial
    return None


def _curvature(task: Problem, point: Point, free: Array) -> Array | None:
    """Return minus the second derivative within `free` by central differences, None if it is not positive."""
    k = free.shape[1]
    width = 1e-5
    matrix = np.empty((k, k))
    for j in range(k):
        ahead, behind = (evaluate(task, point.params + sign * width * free[:, j]) for sign in (1, -1))
        if ahead is None or behind is None:
            return None
        matrix[:, j] = free.T @ (behind.gradient - ahead.gradient) / (2 * width)
    matrix = (matrix + matrix.T) / 2
    return matrix if k == 0 or np.linalg.eigvalsh(matrix)[0] > 0 else None


def _dot(counts: Array, values: Array) -> float:
    """Sum of counts times values, a count of 0 leaving out what may be infinite."""
    used = counts > 0
    return float(counts[used] @ values[used])


def _dot_rows(task: Problem, at: Kernel) -> Array:
    return task.ones * at.slope_one + task.zeros * at.slope_zero
