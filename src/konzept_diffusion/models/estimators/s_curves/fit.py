"""Fitting a cumulative adoption curve: non-linear least squares and maximum likelihood.

Least squares on the cumulative shares follows Srinivasan & Mason 1986 (Marketing Science 5(2)) and the R
package netdiffuseR; maximum likelihood on the cells, the probabilities to adopt within each period, follows
Schmittlein & Mahajan 1982 (Marketing Science 1(1)), with those who have not adopted as the last cell.
"""

from __future__ import annotations

import math
import warnings
from dataclasses import dataclass
from typing import Any

import numpy as np
from scipy import optimize

from ....errors import ModelError
from ...design import Array
from ...inference.covariance import Estimate
from .counts import Adoptions
from .forms import Form, derivative

_SMALLEST = 1e-290
_MAX_ITERATIONS = 500
_IMPOSSIBLE = 1e300
_AT_THE_BOUND = 1e-5


class CeilingWarning(UserWarning):
    """The share that ever adopts is estimated above 1, which least squares does not rule out."""


@dataclass(frozen=True, eq=False)
class Curve:
    """A form with a ceiling and a start.

    Attributes
    ----------
    form
        The shape.
    origin
        Calendar period at which time is 0, for forms whose time counts from the start.
    entry
        End of the last period before the counts begin, if who adopted by then is not counted at all (left
        truncation); else None.
    ceiling
        Whether the share of the population that ever adopts is estimated; it is 1 otherwise.
    """

    form: Form
    origin: float
    entry: float | None
    ceiling: bool

    @property
    def terms(self) -> tuple[str, ...]:
        """Names of the parameters."""
        return (*self.form.terms, "ceiling") if self.ceiling else self.form.terms

    def share(self, theta: Any, periods: Any) -> Any:
        """Return the cumulative share of the population by the end of `periods`."""
        top = theta[-1] if self.ceiling else 1.0
        reached = top * self.form.share(theta, np.asarray(periods) - self.origin)
        if self.entry is None:
            return reached
        before = top * self.form.share(theta, np.asarray(self.entry - self.origin))
        return (reached - before) / (1 - before)

    def natural(self, phi: Any) -> Any:
        """Return parameters from the scale without bounds: logarithms of those above 0."""
        positive = (*self.form.positive, True) if self.ceiling else self.form.positive
        return np.array([np.exp(v) if up else v for v, up in zip(phi, positive, strict=True)])

    def unbounded(self, theta: Array) -> Array:
        """Return parameters on the scale without bounds."""
        positive = (*self.form.positive, True) if self.ceiling else self.form.positive
        return np.array([math.log(v) if up else v for v, up in zip(theta, positive, strict=True)])


@dataclass(frozen=True, eq=False)
class Solution:
    """The estimate with what its covariances need; `meat_factor` is n/(n-k) of the robust covariance."""

    estimate: Estimate
    loglik: float
    nobs: int


def least_squares(curve: Curve, data: Adoptions) -> Solution:
    """Return the least-squares fit of the cumulative shares.

    Raises
    ------
    ModelError
        If there are too few periods or no start leads to an optimum.
    """
    periods, observed = data.periods, data.shares
    k = len(curve.terms)
    if len(periods) <= k + 1:
        raise ModelError(
            f"{len(periods)} periods are too few for the {k} parameters {', '.join(curve.terms)}: give at "
            f"least {k + 2}."
        )
    theta = _best_start(curve, data)
    if curve.ceiling and theta[-1] > 1:
        warnings.warn(
            f"The ceiling is estimated at {theta[-1]:.4f}, more than the whole population: the shares do not level "
            "off, and the curve says nothing about where they would. Use ceiling='fixed', which sets it to 1, or give "
            "population= if there are more units than were counted.",
            CeilingWarning,
            stacklevel=4,
        )
    J = derivative(lambda point: curve.share(point, periods), theta)
    residuals = observed - curve.share(theta, periods)
    n, rss = len(periods), float(residuals @ residuals)
    if rss <= 1e-24:
        raise ModelError("The curve fits the shares exactly: there is no error to judge the estimates by.")
    variance = rss / (n - k)
    bread = variance * _inverse(J.T @ J, curve)
    scores = J * (residuals / variance)[:, None]
    loglik = -n / 2 * (math.log(2 * math.pi * rss / n) + 1)
    return Solution(Estimate(theta, bread, scores), loglik, n)


def maximum_likelihood(curve: Curve, data: Adoptions) -> Solution:
    """Return the maximum-likelihood fit of the counts per period.

    Raises
    ------
    ModelError
        If a count is no whole number, there are too few periods, or there is no maximum within bounds.
    """
    counts, k = np.append(data.counts, data.remaining), len(curve.terms)
    broken = counts != np.round(counts)
    if broken.any():
        raise ModelError(
            f"method='ml' counts units, {counts[int(broken.argmax())]:g} is no whole number: use method='nls'."
        )
    if len(data.periods) < k + 1:
        raise ModelError(
            f"{len(data.periods)} periods are too few for the {k} parameters {', '.join(curve.terms)}: give at "
            f"least {k + 1}."
        )
    if curve.ceiling and data.remaining == 0:
        raise ModelError(
            "method='ml' cannot estimate a ceiling where everybody adopts: give population= with "
            "include_nonadopters='censored', or use ceiling='fixed'."
        )

    def cells(theta: Any) -> Any:
        share = curve.share(theta, data.periods)
        start = np.zeros(1, dtype=share.dtype)
        return np.diff(np.concatenate([start, share, np.ones(1, dtype=share.dtype)]))

    def loss(phi: Array) -> tuple[float, Array]:
        with np.errstate(all="ignore"):
            theta = curve.natural(phi)
            probability = cells(theta)
            if not np.isfinite(probability).all() or (probability[counts > 0] <= _SMALLEST).any():
                return _IMPOSSIBLE, np.zeros(k)
            slopes = derivative(lambda point: cells(curve.natural(point)), phi)
            ratio = np.where(counts > 0, counts / np.maximum(probability, _SMALLEST), 0.0)
            return -_loglik(counts, probability), -slopes.T @ ratio

    starts = [_best_start(curve, data), *_starts(curve, data)]
    losses = [loss(curve.unbounded(start))[0] for start in starts]
    if min(losses) >= _IMPOSSIBLE:
        raise ModelError(f"No {curve.form.title} curve makes these counts possible: use another form.")
    start = curve.unbounded(starts[int(np.argmin(losses))])
    with np.errstate(all="ignore"):
        phi = optimize.minimize(loss, start, jac=True, method="BFGS", options={"gtol": 1e-9}).x
        theta = _score(curve.natural(phi), counts, cells, curve)
    if curve.ceiling and theta[-1] > 1 - _AT_THE_BOUND:
        raise ModelError("The ceiling reaches the whole population: use ceiling='fixed'.")
    with np.errstate(all="ignore"):
        probability, slopes = cells(theta), derivative(cells, theta)
    kept = probability > _SMALLEST
    if not kept[counts > 0].all() or not np.isfinite(slopes).all():
        raise ModelError(f"No {curve.form.title} curve makes these counts possible: use another form.")
    information = data.population * (slopes[kept].T / probability[kept]) @ slopes[kept]
    # One unit, one score: units that adopt in the same period have the same.
    scores = slopes[kept] / probability[kept][:, None] * np.sqrt(counts[kept])[:, None]
    return Solution(
        Estimate(theta, _inverse(information, curve), scores),
        _loglik(counts, probability),
        round(data.population),
    )


def robust(solution: Solution) -> Array:
    """Return the sandwich covariance with the factor n/(n-k), n periods (nls) or units (ml)."""
    estimate, n = solution.estimate, solution.nobs
    sandwich = estimate.bread @ (estimate.scores.T @ estimate.scores) @ estimate.bread
    return (sandwich + sandwich.T) / 2 * n / (n - len(estimate.params))


def _loglik(counts: Array, probability: Array) -> float:
    seen = counts > 0
    return float(counts[seen] @ np.log(probability[seen]))


def _score(theta: Array, counts: Array, cells: Any, curve: Curve) -> Array:
    """Return the maximum near `theta`, by Fisher's scoring with halved steps."""
    best = _loglik(counts, np.maximum(cells(theta), _SMALLEST))
    for _ in range(_MAX_ITERATIONS):
        probability = np.maximum(cells(theta), _SMALLEST)
        slopes = derivative(cells, theta)
        information = counts.sum() * (slopes.T / probability) @ slopes
        step = _inverse(information, curve) @ (slopes.T @ (counts / probability))
        if np.all(np.abs(step) <= 1e-12 * (1e-3 + np.abs(theta))):
            return theta + step
        while True:
            with np.errstate(all="ignore"):
                candidate = cells(theta + step)
            if np.isfinite(candidate).all() and (candidate[counts > 0] > 0).all():
                loglik = _loglik(counts, candidate)
                if loglik >= best - 1e-10 * abs(best):
                    break
            step = step / 2
            if np.all(np.abs(step) <= 1e-14 * np.abs(theta)):
                return theta
        theta, best = theta + step, loglik
    raise ModelError(
        f"The {curve.form.title} curve did not converge in {_MAX_ITERATIONS} iterations: the counts do not "
        "bend as the curve does; fix the ceiling or use another form."
    )


def _best_start(curve: Curve, data: Adoptions) -> Array:
    """Return the least-squares estimate, best of several starts."""
    periods, observed = data.periods, data.shares

    def residuals(phi: Array) -> Array:
        with np.errstate(all="ignore"):
            gaps = np.asarray(curve.share(curve.natural(phi), periods) - observed)
        return np.nan_to_num(gaps, nan=1e3, posinf=1e3, neginf=-1e3)

    def slopes(phi: Array) -> Array:
        with np.errstate(all="ignore"):
            jacobian = derivative(lambda point: curve.share(curve.natural(point), periods), phi)
        return np.nan_to_num(jacobian, nan=0.0, posinf=0.0, neginf=0.0)

    best: Any = None
    for full in _starts(curve, data):
        options: dict[str, Any] = {"xtol": 1e-15, "ftol": 1e-15, "gtol": 1e-15, "max_nfev": 2000}
        found = optimize.least_squares(
            residuals, curve.unbounded(full), jac=slopes, x_scale="jac", method="lm", **options
        )
        if found.status > 0 and (best is None or found.cost < best.cost):
            best = found
    theta = None if best is None else curve.natural(best.x)
    if theta is None or not np.isfinite(theta).all() or (curve.ceiling and theta[-1] > 1e3):
        raise ModelError(
            f"No {curve.form.title} curve fits these counts: the shares do not bend; fix the ceiling or give "
            "more periods."
        )
    return np.asarray(theta, dtype=float)


def _starts(curve: Curve, data: Adoptions) -> list[Array]:
    """Return the form's starting values, with the share reached so far as the ceiling."""
    starts = curve.form.starts(data.periods - curve.origin, data.shares)
    reached = min(max(float(data.shares[-1]), 1e-3), 0.99)
    return [np.append(start, reached) if curve.ceiling else start for start in starts]


def _inverse(information: Array, curve: Curve) -> Array:
    scale = np.sqrt(np.diag(information))
    if not np.isfinite(scale).all() or (scale == 0).any():
        raise ModelError(
            f"The counts do not tell the parameters {', '.join(curve.terms)} apart: give more periods."
        )
    unit = information / np.outer(scale, scale)
    if np.linalg.cond(unit) > 1e14:
        raise ModelError(
            f"The counts do not tell the parameters {', '.join(curve.terms)} apart: fix the ceiling or give more "
            "periods."
        )
    inverse: Array = np.linalg.inv(unit) / np.outer(scale, scale)
    return inverse
