"""The package's estimate with all sixteen leave-one-Land-out fits at once: thousands of replications a minute.

Estimate, covariances and bootstrap are the package's own. Only the passes over the rows by cluster are written
for many small fits: matrix products over all rows and all fits together in place of one pass per cluster. Where
the fast way does not converge, the package's refit decides whether there is an estimate. The tests compare
every number with the package's.
"""

from __future__ import annotations

from dataclasses import dataclass, replace
from functools import cached_property

import numpy as np
from numpy.typing import NDArray

from konzept_diffusion.errors import ModelError
from konzept_diffusion.models.design import Design
from konzept_diffusion.models.estimators.binary.likelihood import EXPECTED, OBSERVED
from konzept_diffusion.models.estimators.binary.models import _estimate
from konzept_diffusion.models.estimators.binary.newton import FLAT, Block, blocks, maximise, run
from konzept_diffusion.models.estimators.binary.refits import Refit
from konzept_diffusion.models.inference.covariance import ClusterSums, Estimate

Array = NDArray[np.float64]
_STEPS = 12
# Newton's method squares its error: after a step this long nothing is left that single precision would show.
_CLOSE = 1e-5
# Rows worked on together: their arrays stay in the cache.
_AT_ONCE = 1_200


def estimate(design: Design, link: str = "cloglog") -> Estimate:
    """Return the package's estimate, its `clusterwise` replaced by the fast one; rows in order of the clusters.

    Raises
    ------
    ModelError
        If the outcome is separated.
    """
    found, _ = _estimate(design, link)
    assert isinstance(found.refit, Refit)
    return replace(found, clusterwise=Batch(found.refit))


@dataclass(frozen=True, eq=False)
class Batch:
    """`inference.covariance.Clusterwise` of a fit whose rows are in the order of the clusters."""

    refit: Refit

    def full(self) -> ClusterSums:
        """Return the sums by cluster at the estimate."""
        return self.sums(self.refit.theta)

    def without(self, code: int) -> Array:
        """Return the estimate (k,) without one cluster."""
        theta = self._left[code]
        if np.isnan(theta).any():
            return self.refit(self._codes != code)
        return np.asarray(self.refit.basis.loadings @ theta)

    def restricted(self, coefficient: int, value: float, near: Array | None = None) -> ClusterSums:
        """Return the sums where the likelihood is largest with one coefficient held at `value`."""
        refit = self.refit
        loading = refit.basis.loadings[coefficient]
        along = np.linalg.solve(self._here[1].sum(axis=0), loading)
        start = refit.theta + along * (value - loading @ refit.theta) / (loading @ along)
        end = maximise(
            lambda point: run(self._rows, refit.link, point), start, len(refit.design.y), 100, fixed=loading
        )
        if not end.stationary:
            raise ModelError("The fit under the null did not converge.")
        return self.sums(end.theta)

    def sums(self, theta: Array) -> ClusterSums:
        """Return score and expected information by cluster at parameters of the basis."""
        score, information = self._by_cluster(theta, expected=True)
        loadings = self.refit.basis.loadings
        return ClusterSums(loadings @ theta, score, information, loadings)

    @property
    def _codes(self) -> NDArray[np.intp]:
        assert self.refit.design.codes is not None
        return self.refit.design.codes

    @cached_property
    def _events(self) -> NDArray[np.intp]:
        return np.flatnonzero(self.refit.design.y)

    @cached_property
    def _starts(self) -> NDArray[np.intp]:
        return np.flatnonzero(np.diff(self._codes, prepend=-1))

    @cached_property
    def _rows(self) -> list[Block]:
        return blocks(self.refit.basis.columns, self.refit.design.y)

    @cached_property
    def _products(self) -> Array:
        """Products of the basis with itself by row, shape (k * k, n)."""
        columns = self.refit.basis.columns
        k, n = columns.shape
        return np.asarray((columns[:, None, :] * columns[None, :, :]).reshape(k * k, n))

    @cached_property
    def _here(self) -> tuple[Array, Array]:
        """Score (G, k) and observed information (G, k, k) by cluster at the estimate."""
        return self._by_cluster(self.refit.theta, expected=False)

    def _by_cluster(self, theta: Array, expected: bool) -> tuple[Array, Array]:
        columns, k = self.refit.basis.columns, len(theta)
        eta = theta @ columns
        _, slope, weight = OBSERVED[self.refit.link](eta, self._events)
        if expected:
            weight = EXPECTED[self.refit.link](eta)
        score = np.add.reduceat(columns * slope, self._starts, axis=1).T
        information = np.add.reduceat(self._products * weight, self._starts, axis=1).T
        return score, information.reshape(-1, k, k)

    @cached_property
    @np.errstate(all="ignore")
    def _left(self) -> Array:
        """Parameters of the basis without each cluster (G, k); NaN where the fast way finds none."""
        columns, (score, information) = self.refit.basis.columns, self._here
        size, k = score.shape
        left = information.sum(axis=0) - information
        found = np.full((size, k), np.nan)
        going = np.flatnonzero(np.linalg.eigvalsh(left)[:, 0] > FLAT * columns.shape[1])
        if not len(going):
            return found
        step = np.linalg.solve(left[going], score[going][:, :, None])[:, :, 0]
        theta = self.refit.theta - np.clip(step, -1.0, 1.0)
        for _ in range(_STEPS):
            gradient, bend = self._passes(theta, going)
            if not (np.isfinite(bend).all() and np.isfinite(gradient).all()):
                return found
            if np.linalg.eigvalsh(bend)[:, 0].min() <= FLAT * columns.shape[1]:
                return found
            step = np.linalg.solve(bend, gradient[:, :, None])[:, :, 0]
            theta = theta + step
            if np.abs(step).max() < _CLOSE:
                found[going] = theta
                return found
        return found

    def _passes(self, theta: Array, going: NDArray[np.intp]) -> tuple[Array, Array]:
        """Return score (g, k) and information (g, k, k) of fits at `theta` (g, k), each without its cluster."""
        columns, products = self.refit.basis.columns, self._products
        size, k = theta.shape
        gradient, bend = np.zeros((size, k)), np.zeros((size, k * k))
        for low in range(0, columns.shape[1], _AT_ONCE):
            part = slice(low, low + _AT_ONCE)
            eta = theta @ columns[:, part]
            events = np.flatnonzero(self.refit.design.y[part])
            spots = (events + np.arange(size)[:, None] * eta.shape[1]).ravel()
            _, slope, weight = OBSERVED[self.refit.link](eta.ravel(), spots)
            own = self._codes[part] == going[:, None]
            slope, weight = slope.reshape(eta.shape), weight.reshape(eta.shape)
            slope[own] = weight[own] = 0.0
            gradient += slope @ columns[:, part].T
            bend += weight @ products[:, part].T
        return gradient, bend.reshape(-1, k, k)
