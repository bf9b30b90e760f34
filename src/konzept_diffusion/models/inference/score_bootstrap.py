"""The score wild cluster bootstrap: tests of single coefficients with few clusters, the null imposed.

For H0: beta_j = b the model is fitted under the null; the scores of the clusters there, s_g, are multiplied by
random weights w_g. With A the inverse of the expected information H = sum of H_g, and e_j the coefficient,

    d(w)  = A sum_g w_g s_g                             (one scoring step from the null)
    t(w)  = e_j'd(w) / sqrt(G/(G-1) sum_g [e_j'A (w_g s_g - H_g d(w))]^2),

so the standard error is CR1's, from the scores after the step. t(1, ..., 1) is the statistic of the sample; the
p-value is the share of weights with |t(w)| at least as large. Nothing is refitted in a draw, and the same
construction holds for every likelihood with scores by cluster.

Sources: Kline & Santos 2012, J. Econometric Methods 1(1), the score bootstrap; Roodman, MacKinnon, Nielsen &
Webb 2019, Stata Journal 19(1), its use for maximum likelihood and tests by inversion; MacKinnon, Nielsen &
Webb 2023, J. Econometrics 232(2), six-point weights and few clusters.
"""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass, field
from functools import cached_property

import numpy as np
from numpy.typing import NDArray

from ...errors import ModelError
from ..design import Array
from .covariance import DRAWS, SEED, ClusterSums, Clusterwise, Estimate, cluster_weights

# Multiplications worked on together: they stay in the cache, and the linear algebra starts no threads, which
# for so little cost more than they bring.
_AT_ONCE = 250_000
# |t| of a draw that equals the sample's up to rounding counts as at least as large.
_ROUNDING = 1e-10
# A bound is found when |t| and its critical value agree to this share.
_AGREE = 1e-3
_STEPS, _WIDENINGS = 40, 8


@dataclass(frozen=True, eq=False)
class Bootstrap:
    """Statistics of one null hypothesis: that of the sample, those of the draws (B,), standard error at it."""

    statistic: float
    draws: Array
    std_error: float


def bootstrap(sums: ClusterSums, coefficient: int, weights: Array) -> Bootstrap:
    """Return the studentised scores of one coefficient.

    Parameters
    ----------
    sums
        Scores and information by cluster under the null.
    coefficient
        Its number j.
    weights
        Shape (B, G), see `covariance.cluster_weights`.
    """
    size = len(sums.scores)
    bread = np.linalg.inv(sums.information.sum(axis=0))
    direction = bread @ sums.loadings[coefficient]
    push = sums.scores @ direction  # what the score of each cluster does to the coefficient
    pull = (sums.information @ direction) @ bread @ sums.scores.T
    residual = np.diag(push) - pull

    def studentised(block: Array) -> tuple[Array, Array]:
        rest = residual @ block.T
        squares = np.einsum("ij,ij->j", rest, rest)
        error = np.sqrt(size / (size - 1) * squares)
        with np.errstate(divide="ignore", invalid="ignore"):
            return np.nan_to_num(block @ push / error, nan=0.0, posinf=np.inf, neginf=-np.inf), error

    sample, error = studentised(np.ones((1, size)))
    rows = max(64, _AT_ONCE // size**2)
    parts = [studentised(weights[start : start + rows])[0] for start in range(0, len(weights), rows)]
    return Bootstrap(float(sample[0]), np.concatenate(parts), float(error[0]))


@dataclass(frozen=True, eq=False)
class ScoreTests:
    """Score bootstrap tests of every coefficient; the `results.Tests` of a fit with `vcov="wild"`.

    Attributes
    ----------
    estimate
        Has a `clusterwise`.
    draws, seed, weights
        See `covariance.cluster_weights`. All coefficients and all values tested share the same weights.
    """

    estimate: Estimate
    draws: int = DRAWS
    seed: int = SEED
    weights: str = "webb"
    _intervals: dict[float, tuple[Array, Array]] = field(default_factory=dict, repr=False)

    @classmethod
    def of(
        cls, estimate: Estimate, draws: int = DRAWS, seed: int = SEED, weights: str = "webb"
    ) -> ScoreTests:
        """Return the tests; nothing is computed before it is asked for.

        Raises
        ------
        ModelError
            If the estimator has no restricted fits by cluster, or draws or weights are not defined.
        """
        if estimate.clusterwise is None:
            raise ModelError(
                "The score bootstrap is not defined for this estimator: it has no restricted fits."
            )
        cluster_weights(2, draws, seed, weights)
        return cls(estimate, draws, seed, weights)

    @property
    def method(self) -> str:
        """What the tests are, with the number of draws and the seed."""
        drawn = f"all {len(self._weights[0])}" if self._weights[1] else f"{self.draws}"
        seed = "" if self._weights[1] else f", seed {self.seed}"
        return f"score wild cluster bootstrap, null imposed, {self.weights} weights, {drawn} draws{seed}"

    @property
    def statistic(self) -> Array:
        """Studentised score by coefficient, the sign that of the estimate, shape (k,)."""
        return np.array([found.statistic for found in self._null])

    @property
    def p_values(self) -> Array:
        """Two-sided p-value by coefficient, shape (k,).

        The share of draws with |t| at least that of the sample, the sample counted as one of them (Davison &
        Hinkley 1997, Bootstrap Methods, ch. 4) unless all weights are enumerated.
        """
        exact = self._weights[1]
        return np.array([_p_value(found, exact) for found in self._null])

    def interval(self, level: float) -> tuple[Array, Array]:
        """Return the bounds of the values that are not rejected, each of shape (k,); computed once per level.

        Bounds are exact to a few thousandths of the standard error, given the weights. A bound is infinite where no
        value is rejected as far as the model can be fitted.
        """
        if level not in self._intervals:
            bounds = [
                [self._bound(j, side, level) for side in (-1, 1)] for j in range(len(self.estimate.params))
            ]
            low, high = np.array(bounds).T
            self._intervals[level] = (low, high)
        low, high = self._intervals[level]
        return low.copy(), high.copy()

    @property
    def _clusterwise(self) -> Clusterwise:
        assert self.estimate.clusterwise is not None  # `of` has checked
        return self.estimate.clusterwise

    @cached_property
    def _weights(self) -> tuple[Array, bool]:
        return cluster_weights(len(self.estimate.labels), self.draws, self.seed, self.weights)

    @cached_property
    def _even(self) -> NDArray[np.bool_]:
        return np.ptp(self._weights[0], axis=1) == 0

    @cached_property
    def _null(self) -> tuple[Bootstrap, ...]:
        return tuple(
            bootstrap(self._clusterwise.restricted(j, 0.0), j, self._weights[0])
            for j in range(len(self.estimate.params))
        )

    @cached_property
    def _full(self) -> ClusterSums:
        return self._clusterwise.full()

    def _critical(self, draws: Array, level: float) -> float:
        """Return what |t| has to exceed to be rejected; infinite if nothing can be.

        Where all clusters have the same weight, t is that of the sample whatever is tested: such draws always
        count as at least as large.
        """
        exact = self._weights[1]
        allowed = int(np.floor((1 - level) * (len(draws) + (0 if exact else 1)) + 1e-9)) - (0 if exact else 1)
        rank = allowed - int(self._even.sum()) + 1
        if rank < 1:
            return np.inf
        return float(-np.partition(-np.abs(draws[~self._even]), rank - 1)[rank - 1])

    def _bound(self, coefficient: int, side: int, level: float) -> float:
        """Return where |t| of the value tested meets its critical value, below (-1) or above (1)."""
        centre = float(self.estimate.params[coefficient])
        here = bootstrap(self._full, coefficient, self._weights[0])
        critical = self._critical(here.draws, level)
        if not np.isfinite(critical) or not here.std_error > 0:
            return side * np.inf
        near: Array | None = None

        def excess(distance: float) -> tuple[float, float]:
            nonlocal near
            sums = self._clusterwise.restricted(coefficient, centre + side * distance, near)
            near = sums.params
            found = bootstrap(sums, coefficient, self._weights[0])
            limit = self._critical(found.draws, level)
            return abs(found.statistic) - limit, limit

        inner, below = 0.0, -critical
        outer = critical * here.std_error
        try:
            above, limit = excess(outer)
            for tried in range(_WIDENINGS):
                if above > 0 or abs(above) < _AGREE * limit:
                    break
                inner, below = outer, above
                outer *= min(2.0, max(1.05, 1.1 * limit / max(above + limit, 1e-3)) if tried == 0 else 1.6)
                above, limit = excess(outer)
            else:
                return side * np.inf
            return centre + side * _meet(excess, (inner, below), (outer, above), limit)
        except ModelError:  # too far out for a fit under the null: nothing was rejected up to there
            return side * np.inf


def _p_value(found: Bootstrap, exact: bool) -> float:
    larger = int((np.abs(found.draws) >= abs(found.statistic) * (1 - _ROUNDING)).sum())
    return larger / len(found.draws) if exact else (larger + 1) / (len(found.draws) + 1)


def _meet(
    excess: Callable[[float], tuple[float, float]],
    inside: tuple[float, float],
    outside: tuple[float, float],
    limit: float,
) -> float:
    """Return where `excess` is 0 between two points with opposite signs (regula falsi, Illinois rule)."""
    (low, below), (high, above) = inside, outside
    if abs(above) < _AGREE * limit:
        return high
    kept = 0
    for _ in range(_STEPS):
        middle = (low * above - high * below) / (above - below)
        value, limit = excess(middle)
        if abs(value) < _AGREE * limit or high - low < 1e-9 * high:
            return middle
        if value > 0:
            high, above = middle, value
            below = below / 2 if kept == 1 else below
            kept = 1
        else:
            low, below = middle, value
            above = above / 2 if kept == -1 else above
            kept = -1
    return high
