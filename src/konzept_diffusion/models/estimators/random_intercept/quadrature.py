"""Marginal likelihood of a binary outcome with a normal intercept per group, by adaptive quadrature.

Each group's integral over its intercept is taken at Gauss-Hermite nodes centred at the mode of the integrand and
scaled by its curvature (Pinheiro & Bates 1995, J. Computational and Graphical Statistics 4(1)). Derivatives are
posterior means over the same nodes (Fisher's and Louis's identities; Louis 1982, JRSS B 44(2)).
"""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass

import numpy as np
from numpy.polynomial.hermite import hermgauss
from numpy.typing import NDArray

from ...design import Array
from ..firth.kernel import KERNELS

_MODE_STEPS = 200
_MODE_TOLERANCE = 1e-12
# Rows times nodes worked on at once, so that memory does not grow with the data.
_BLOCK = 1_000_000


@dataclass(frozen=True, eq=False)
class Grouped:
    """Rows in the order of their groups.

    Attributes
    ----------
    y, X
        Outcome (n,) and covariates (n, k), sorted by group.
    starts
        First row of each of the J groups, shape (J,); every group has rows.
    link
        `cloglog`, `logit` or `probit`.
    nodes
        Number of quadrature nodes.
    """

    y: Array
    X: Array
    starts: NDArray[np.intp]
    link: str
    nodes: int


@dataclass(frozen=True, eq=False)
class Marginal:
    """The marginal likelihood at coefficients and standard deviation of the intercepts.

    Attributes
    ----------
    params
        Coefficients and, last, the standard deviation, shape (k + 1,).
    loglik
        Marginal log-likelihood.
    row_scores
        Share of each row (sorted by group) in the score, shape (n, k + 1).
    hessian
        Second derivative, shape (k + 1, k + 1).
    mode, mode_error
        Conditional mode of each group's intercept and its error from the curvature, shape (J,).
    mean, mean_error
        Posterior mean and standard deviation of each group's intercept, shape (J,).
    """

    params: Array
    loglik: float
    row_scores: Array
    hessian: Array
    mode: Array
    mode_error: Array
    mean: Array
    mean_error: Array


@np.errstate(all="ignore")
def marginal(data: Grouped, params: Array) -> Marginal:
    """Return the marginal likelihood and its derivatives at `params` (k + 1,)."""
    n, k = data.X.shape
    sd = float(params[-1])
    fixed = data.X @ params[:-1]
    mode, width = _modes(data, fixed, sd)
    x, weight = hermgauss(data.nodes)
    log_weight = np.log(weight) + x**2
    u = mode[:, None] + np.sqrt(2.0) * width[:, None] * x  # standardised intercepts at the nodes, (J, Q)
    row_scores, hessian, loglik = np.empty((n, k + 1)), np.zeros((k + 1, k + 1)), 0.0
    mean, spread = np.empty(len(mode)), np.empty(len(mode))
    for groups, rows in _blocks(data):
        starts = data.starts[groups] - rows.start
        sizes = np.diff(np.append(starts, rows.stop - rows.start))
        U = np.repeat(u[groups], sizes, axis=0)
        at = KERNELS[data.link](fixed[rows, None] + sd * U)
        event = data.y[rows, None] > 0
        value = np.where(event, at.log_p, at.log_q)
        slope = np.where(event, at.slope_one, at.slope_zero)
        bend = np.where(event, at.bend_one, at.bend_zero)
        log_terms = np.add.reduceat(value, starts, axis=0) - u[groups] ** 2 / 2 + log_weight
        top = log_terms.max(axis=1, keepdims=True)
        terms = np.exp(log_terms - top)
        total = terms.sum(axis=1, keepdims=True)
        loglik += float(
            (top + np.log(total)).sum() + np.log(width[groups]).sum() - len(starts) * np.log(np.pi) / 2
        )
        posterior = terms / total
        mean[groups] = (posterior * u[groups]).sum(axis=1)
        spread[groups] = np.sqrt(((posterior * u[groups] ** 2).sum(axis=1) - mean[groups] ** 2).clip(0))
        P = np.repeat(posterior, sizes, axis=0)
        X = data.X[rows]
        row_scores[rows, :k] = X * (P * slope).sum(axis=1)[:, None]
        row_scores[rows, k] = (P * slope * U).sum(axis=1)
        curve, curve_u, curve_uu = _moments(P * bend, U)
        hessian[:k, :k] += X.T @ (X * curve[:, None])
        hessian[:k, k] += X.T @ curve_u
        hessian[k, :k] += X.T @ curve_u
        hessian[k, k] += curve_uu.sum()
        by_node = np.empty((k + 1, *posterior.shape))
        for j in range(k):
            by_node[j] = np.add.reduceat(slope * X[:, j, None], starts, axis=0)
        by_node[k] = np.add.reduceat(slope, starts, axis=0) * u[groups]
        centred = (by_node - (by_node * posterior).sum(axis=2, keepdims=True)) * np.sqrt(posterior)
        flat = centred.reshape(k + 1, -1)
        variance = flat @ flat.T
        hessian += variance
    return Marginal(
        params, loglik, row_scores, hessian, sd * mode, abs(sd) * width, sd * mean, abs(sd) * spread
    )


def slope_at_zero(data: Grouped, coefficients: Array) -> float:
    """Return the derivative of the marginal log-likelihood in the variance of the intercepts at variance 0."""
    at = KERNELS[data.link](data.X @ coefficients)
    event = data.y > 0
    slope = np.add.reduceat(np.where(event, at.slope_one, at.slope_zero), data.starts)
    return float((slope**2).sum() + np.where(event, at.bend_one, at.bend_zero).sum()) / 2


def _moments(weights: Array, U: Array) -> tuple[Array, Array, Array]:
    first = weights * U
    return weights.sum(axis=1), first.sum(axis=1), (first * U).sum(axis=1)


def _modes(data: Grouped, fixed: Array, sd: float) -> tuple[Array, Array]:
    """Return mode and width (inverse root of the curvature) of each group's standardised intercept.

    The integrand is log-concave, with curvature 1 or more: Newton's method with short steps gets there.
    """
    sizes = np.diff(np.append(data.starts, len(fixed)))
    event = data.y > 0
    mode = np.zeros(len(data.starts))
    for _ in range(_MODE_STEPS):
        at = KERNELS[data.link](fixed + sd * np.repeat(mode, sizes))
        slope = np.add.reduceat(np.where(event, at.slope_one, at.slope_zero), data.starts)
        bend = np.add.reduceat(np.where(event, at.bend_one, at.bend_zero), data.starts)
        curvature = 1.0 - sd**2 * bend
        step = np.clip((sd * slope - mode) / curvature, -1.0, 1.0)
        mode = mode + step
        if np.abs(step).max() < _MODE_TOLERANCE:
            break
    return mode, 1 / np.sqrt(curvature)


def _blocks(data: Grouped) -> Iterator[tuple[slice, slice]]:
    """Yield consecutive groups and their rows, about `_BLOCK` rows times nodes at a time."""
    ends = np.append(data.starts[1:], len(data.y))
    first = 0
    while first < len(data.starts):
        reach = data.starts[first] + max(_BLOCK // data.nodes, 1)
        last = max(int(np.searchsorted(ends, reach, side="right")), first + 1)
        yield slice(first, last), slice(int(data.starts[first]), int(ends[last - 1]))
        first = last
