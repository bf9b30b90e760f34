"""Profile penalised likelihood: tests and intervals of each coefficient, the intercept's included.

The test of a coefficient compares the penalised maximum with the one where it is held at 0, the penalty being
that of the full model in both; the interval holds the values that this test does not reject (Heinze & Schemper
2002, Statistics in Medicine 21(16)).
"""

from __future__ import annotations

import math
from dataclasses import dataclass, field

import numpy as np
from scipy import stats

from ....errors import ModelError
from ...design import Array
from .solver import Point, Problem, maximise

_MAX_ITERATIONS = 60
# The bound is found when the drop of twice the log-likelihood is this close to the quantile.
_TOLERANCE = 1e-9
_FARTHEST = 60.0


@dataclass(frozen=True, eq=False)
class ProfileTests:
    """Penalised likelihood ratio tests and profile intervals, computed when first asked for.

    Attributes
    ----------
    task, best
        The problem and its maximum.
    terms
        Names of the k coefficients, for messages.
    """

    task: Problem
    best: Point
    terms: tuple[str, ...]
    _known: dict[object, tuple[Array, ...]] = field(default_factory=dict)

    @property
    def method(self) -> str:
        """What the tests are, in a few words for the summary."""
        return "penalised likelihood ratio, chi-squared with 1 d.f."

    @property
    def statistic(self) -> Array:
        """Twice the drop of the penalised log-likelihood with the coefficient held at 0, shape (k,)."""
        if "ratio" not in self._known:
            ratios = [self._drop(j, 0.0)[0] for j in range(len(self.terms))]
            self._known["ratio"] = (np.maximum(ratios, 0.0),)
        return self._known["ratio"][0]

    @property
    def p_values(self) -> Array:
        """p-value by coefficient, shape (k,)."""
        return np.asarray(stats.chi2.sf(self.statistic, 1))

    def interval(self, level: float) -> tuple[Array, Array]:
        """Return lower and upper bounds of the profile interval, each of shape (k,).

        Raises
        ------
        ModelError
            If a bound is not found.
        """
        if level not in self._known:
            bounds = np.array(
                [[self._bound(j, side, level) for j in range(len(self.terms))] for side in (-1, 1)]
            )
            self._known[level] = (bounds[0], bounds[1])
        low, high = self._known[level]
        return low.copy(), high.copy()

    def _direction(self, j: int) -> Array:
        """Coefficient j is the product of this direction with the parameters on the basis."""
        return self.task.loadings[j]

    def _drop(self, j: int, value: float, near: Array | None = None) -> tuple[float, float, Array]:
        """Return the drop of twice the log-likelihood at coefficient j = value, its slope, and the parameters."""
        direction = self._direction(j)
        square = float(direction @ direction)
        begin = self.best.params if near is None else near
        along = np.linalg.solve(self.best.information, direction)  # where the other coefficients go, about
        begin = begin + along * (value - float(direction @ begin)) / float(direction @ along)
        point = maximise(self.task, begin, held=(direction / math.sqrt(square))[:, None])
        slope = float(direction @ point.gradient) / square
        return 2 * (self.best.loglik - point.loglik), -2 * slope, point.params

    def _bound(self, j: int, side: int, level: float) -> float:
        """Return the value on one side of the estimate where the drop reaches the quantile.

        Newton's method on the signed root of the drop, which is close to a straight line in the coefficient,
        kept between the values known to lie inside and outside.
        """
        quantile = float(stats.chi2.ppf(level, 1))
        root = math.sqrt(quantile)
        direction = self._direction(j)
        estimate = float(direction @ self.best.params)
        error = math.sqrt(float(direction @ np.linalg.solve(self.best.information, direction)))
        inside, outside = estimate, math.inf * side
        value, near = estimate + side * root * error, None
        for _ in range(_MAX_ITERATIONS):
            drop, slope, near = self._drop(j, value, near)
            if abs(drop - quantile) < _TOLERANCE * quantile:
                return value
            if drop < quantile:
                inside = value
            else:
                outside = value
            now = math.sqrt(max(drop, 0.0))
            step = (root - now) * 2 * now / slope if slope * side > 0 and now > 0 else math.nan
            value = value + step
            reach = min(abs(outside - inside), _FARTHEST * error)
            if not (min(inside, outside) < value < max(inside, outside)) or abs(value - inside) > reach:
                value = inside + side * min(reach, 2 * abs(inside - estimate) + error) * 0.5
            if abs(outside - inside) < 1e-12 * (1 + abs(inside)):
                return inside
        raise ModelError(
            f"The profile interval of {self.terms[j]!r} was not found at level {level:g}: rescale this covariate, "
            "or ask for Wald intervals with tidy(distribution='normal')."
        )


def likelihood_ratio(task: Problem, best: Point, terms: tuple[str, ...], tested: tuple[str, ...]) -> float:
    """Return twice the drop of the penalised log-likelihood with the coefficients `tested` held at 0."""
    places = [terms.index(name) for name in tested]
    rows = task.loadings[places]
    held, _ = np.linalg.qr(rows.T)
    begin = best.params - held @ (held.T @ best.params)
    return max(2 * (best.loglik - maximise(task, begin, held=held).loglik), 0.0)
