"""Likelihood of durations that are known exactly, between two times, or by one bound, with late entry.

Families: log T = X b + scale * W with W of the smallest extreme value (Weibull; exponential where the scale is
1), logistic or normal; and hazards that are constant within pieces of time and proportional in the covariates.
Late entry conditions on survival to the entry (left truncation). Source: Kalbfleisch & Prentice 2002, The
Statistical Analysis of Failure Time Data, chapters 2 and 3.
"""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from functools import cached_property

import numpy as np
from numpy.typing import NDArray
from scipy.special import log_expit, log_ndtr

from ...design import Array

_LOG_ROOT_2PI = 0.5 * np.log(2 * np.pi)
_WIDTH = 1e-5


@dataclass(frozen=True, eq=False)
class Spells:
    """Durations of n rows.

    Attributes
    ----------
    lower, upper
        The event is after `lower` and not after `upper`; equal where it is known exactly; 0 and infinity where
        there is no bound. Shape (n,).
    entry
        Time from which the row was under observation, 0 for all of its time. Shape (n,).
    """

    lower: Array
    upper: Array
    entry: Array

    def take(self, keep: NDArray[np.bool_]) -> Spells:
        """Return part of the rows."""
        return Spells(self.lower[keep], self.upper[keep], self.entry[keep])


@dataclass(frozen=True, eq=False)
class Point:
    """The likelihood at one parameter vector; `of` gives log-likelihood and scores by row (n, k) elsewhere."""

    params: Array
    loglik: float
    row_scores: Array
    of: Callable[[Array], tuple[float, Array]]

    @cached_property
    def hessian(self) -> Array:
        """Second derivative, by central differences of the score, shape (k, k)."""
        k = len(self.params)
        matrix = np.empty((k, k))
        for j in range(k):
            shift = np.zeros(k)
            shift[j] = _WIDTH
            ahead, behind = (self.of(self.params + sign * shift)[1].sum(axis=0) for sign in (1, -1))
            matrix[j] = (ahead - behind) / (2 * _WIDTH)
        return (matrix + matrix.T) / 2


def _weibull(z: Array) -> tuple[Array, Array, Array, Array]:
    rate = np.exp(z)
    return -rate, np.log(-np.expm1(-rate)), z - rate, 1 - rate


def _logistic(z: Array) -> tuple[Array, Array, Array, Array]:
    return log_expit(-z), log_expit(z), log_expit(z) + log_expit(-z), -np.tanh(z / 2)


def _normal(z: Array) -> tuple[Array, Array, Array, Array]:
    return log_ndtr(-z), log_ndtr(z), -0.5 * z**2 - _LOG_ROOT_2PI, -z


FAMILIES = {"weibull": _weibull, "exponential": _weibull, "loglogistic": _logistic, "lognormal": _normal}
"""Log survival, log distribution, log density and the derivative of the latter, of the standardised log time."""


@dataclass(frozen=True, eq=False)
class LocationScale:
    """Log-likelihood and scores of a location-scale family of log durations; parameters b, then log scale.

    `X` has shape (n, k); with the exponential the scale is 1 and no parameter.
    """

    family: str
    spells: Spells
    X: Array

    @np.errstate(all="ignore")
    def __call__(self, params: Array) -> tuple[float, Array]:
        """Return log-likelihood and scores by row at `params`."""
        spells, fixed = self.spells, self.family == "exponential"
        location = self.X @ (params if fixed else params[:-1])
        scale = 1.0 if fixed else float(np.exp(params[-1]))
        log_survival, log_below, log_density, slope = (
            _Column(FAMILIES[self.family], part) for part in range(4)
        )
        exact = spells.lower == spells.upper
        from_below, to_above = spells.lower <= 0, ~np.isfinite(spells.upper)
        late = spells.entry > 0
        a, b, e = ((np.log(time) - location) / scale for time in (spells.lower, spells.upper, spells.entry))
        value = np.zeros(len(location))
        at_a, at_b, at_e = np.zeros(len(a)), np.zeros(len(a)), np.zeros(len(a))  # derivatives in a, b and e
        value[exact] = log_density(a[exact]) - np.log(scale) - np.log(spells.lower[exact])
        at_a[exact] = slope(a[exact])
        right = to_above & ~from_below
        value[right] = log_survival(a[right])
        at_a[right] = -np.exp(log_density(a[right]) - value[right])
        left = from_below & ~to_above
        value[left] = log_below(b[left])
        at_b[left] = np.exp(log_density(b[left]) - value[left])
        between = ~(exact | from_below | to_above)
        low, high = a[between], b[between]
        # In the upper half the difference of survival is taken, in the lower that of the distribution.
        upper_half = low + high > 0
        big = np.where(upper_half, log_survival(low), log_below(high))
        small = np.where(upper_half, log_survival(high), log_below(low))
        value[between] = big + np.log(-np.expm1(small - big))
        at_a[between] = -np.exp(log_density(low) - value[between])
        at_b[between] = np.exp(log_density(high) - value[between])
        gone = log_survival(e[late])
        value[late] -= gone
        at_e[late] = np.exp(log_density(e[late]) - gone)
        scores = -self.X * ((at_a + at_b + at_e) / scale)[:, None]
        if not fixed:
            moved = _times(at_a, a) + _times(at_b, b) + _times(at_e, e)
            scores = np.column_stack([scores, -moved - exact])
        return float(value.sum()), scores


@dataclass(frozen=True, eq=False)
class _Column:
    """One of the four functions of a family."""

    family: Callable[[Array], tuple[Array, Array, Array, Array]]
    part: int

    def __call__(self, z: Array) -> Array:
        return self.family(z)[self.part]


@dataclass(frozen=True, eq=False)
class PiecewiseConstant:
    """Log-likelihood and scores of a piecewise constant hazard; parameters log rates by piece, then b.

    `cuts` (m - 1,) are the bounds between the m pieces; `X` has shape (n, k) and no intercept.
    """

    cuts: Array
    spells: Spells
    X: Array

    @cached_property
    def _times(self) -> tuple[Array, Array, Array]:
        spells = self.spells
        finite = np.where(np.isfinite(spells.upper), spells.upper, spells.lower)
        return tuple(exposure(time, self.cuts) for time in (spells.lower, finite, spells.entry))  # type: ignore[return-value]

    @np.errstate(all="ignore")
    def __call__(self, params: Array) -> tuple[float, Array]:
        """Return log-likelihood and scores by row at `params`."""
        spells = self.spells
        pieces = len(self.cuts) + 1
        predictor = self.X @ params[pieces:]
        rates = np.exp(params[:pieces]) * np.exp(predictor)[:, None]
        lower, upper, entry = self._times
        exact = (spells.lower == spells.upper).astype(float)
        between = (exact == 0) & np.isfinite(spells.upper)
        waited, gap = (rates * (lower - entry)), rates * (upper - lower)
        survived, step = waited.sum(axis=1), gap.sum(axis=1)
        piece = np.searchsorted(self.cuts, spells.lower, side="left")
        value = exact * (params[piece] + predictor) - survived
        value[between] += np.log(-np.expm1(-step[between]))
        odds = np.where(between, 1 / np.expm1(np.where(between, step, 1.0)), 0.0)
        by_piece = -waited + odds[:, None] * gap
        scores = np.column_stack([by_piece, self.X * (by_piece.sum(axis=1) + exact)[:, None]])
        scores[np.arange(len(piece)), piece] += exact
        return float(value.sum()), scores


def exposure(times: Array, cuts: Array) -> Array:
    """Return the time spent in each piece until `times` (n,), shape (n, m)."""
    bounds = np.concatenate([[0.0], cuts, [np.inf]])
    return np.clip(times[:, None], bounds[:-1], bounds[1:]) - bounds[:-1]


def _times(derivative: Array, place: Array) -> Array:
    """Product of derivative and place, 0 where the derivative is: places may be infinite there."""
    return np.where(derivative == 0, 0.0, derivative * np.where(np.isfinite(place), place, 0.0))
