"""A binary-outcome model fitted again: without some rows or a cluster, or with one coefficient held.

Refits start from the estimate and what one Newton step from the sums by cluster says, so that two or three
passes over the rows suffice.
"""

from __future__ import annotations

from dataclasses import dataclass
from functools import cached_property
from typing import Any

import numpy as np
from numpy.typing import NDArray

from ....errors import ModelError
from ...checks.separation import separating_terms
from ...design import Array, Design, check_estimable, some
from ...inference.covariance import ClusterSums
from .newton import FLAT, Basis, Block, Pass, blocks, maximise, run

# A start further away than this (in units of the basis) is no better than the estimate itself.
_FAR = 1.0


def maximum(
    design: Design,
    link: str,
    rows: list[Block],
    start: Array,
    iterations: int,
    keep: NDArray[np.bool_] | None = None,
) -> Array:
    """Return the parameters of the basis that maximise the likelihood of the rows of a design.

    Parameters
    ----------
    design
        The whole design; `keep` says which of its rows `rows` hold (all if None).
    link
        `cloglog`, `logit` or `probit`.
    rows
        The rows as blocks of the basis.
    start
        Where to begin, shape (k,).
    iterations
        Newton steps at most.

    Raises
    ------
    ModelError
        If the outcome is separated, so that there is no maximum, or it is not found.
    """
    size = sum(block.basis.shape[1] for block in rows)
    end = maximise(lambda theta: run(rows, link, theta), start, size, iterations)
    if end.stationary and not end.flat:
        return end.theta
    y, X = (design.y, design.X) if keep is None else (design.y[keep], design.X[keep])
    culprits = separating_terms(y, X, design.terms)
    if culprits:
        raise ModelError(
            f"The outcome {design.outcome!r} is perfectly separated by {some(culprits)}, the estimate would be "
            "infinite: take the term out, merge its categories, or use penalised likelihood, "
            "kd.models.firth (kd.models.separation shows the rows)."
        )
    if end.stationary:
        return end.theta
    raise ModelError(
        f"The fit of {design.formula!r} did not converge in {iterations} iterations: rescale "
        "extreme covariates or use fewer terms."
    )


@dataclass(frozen=True, eq=False)
class Refit:
    """Refits of one model; an object and no closure, so that a fit can be kept (pickled).

    Called with a boolean array (n,), it estimates anew on the rows that are true. With clusters it is also the
    `inference.covariance.Clusterwise` of the estimate.
    """

    design: Design
    link: str
    basis: Basis
    theta: Array
    iterations: int

    def __call__(self, keep: NDArray[np.bool_]) -> Array:
        """Return the estimate (k,) on part of the rows."""
        rows = blocks(self.basis.columns[:, keep], self.design.y[keep])
        spread = sum((block.basis @ block.basis.T for block in rows), np.zeros_like(self.basis.loadings))
        return self._among(keep, rows, spread, self.theta)

    def full(self) -> ClusterSums:
        """Return the sums by cluster at the estimate."""
        return self._sums(self.theta)

    def without(self, code: int) -> Array:
        """Return the estimate (k,) without one cluster."""
        rows = [block for block in self._rows if block.group != code]
        left = self._here.information.sum(axis=0) - self._here.information[code]
        start = self.theta
        if np.linalg.eigvalsh(left)[0] > FLAT * len(self.design.y):
            step = np.linalg.solve(left, self._here.score[code])
            if np.abs(step).max() < _FAR:
                start = self.theta - step
        spread = self._spread.sum(axis=0) - self._spread[code]
        return self._among(self._codes != code, rows, spread, start)

    def restricted(self, coefficient: int, value: float, near: Array | None = None) -> ClusterSums:
        """Return the sums where the likelihood is largest with one coefficient held at `value`."""
        loading = self.basis.loadings[coefficient]
        theta = self.theta if near is None else np.linalg.solve(self.basis.loadings, near)
        along = np.linalg.solve(self._here.information.sum(axis=0), loading)
        start = theta + along * (value - loading @ theta) / (loading @ along)
        end = maximise(
            lambda point: run(self._rows, self.link, point),
            start,
            len(self.design.y),
            self.iterations,
            fixed=loading,
        )
        if not end.stationary:
            raise ModelError(
                f"The fit of {self.design.formula!r} with {self.design.terms[coefficient]!r} held at {value:g} "
                "did not converge: rescale extreme covariates or use fewer terms."
            )
        return self._sums(end.theta)

    def __getstate__(self) -> dict[str, Any]:
        """Leave out what is computed anew when it is asked for."""
        return {name: getattr(self, name) for name in self.__dataclass_fields__}

    @property
    def _codes(self) -> NDArray[np.intp]:
        assert self.design.codes is not None  # only fits with clusters have a `Clusterwise`
        return self.design.codes

    @cached_property
    def _rows(self) -> list[Block]:
        return blocks(self.basis.columns, self.design.y, self._codes)

    @cached_property
    def _here(self) -> Pass:
        return run(self._rows, self.link, self.theta, len(self.design.labels))

    @cached_property
    def _spread(self) -> Array:
        """Crossproduct of the basis by cluster, shape (G, k, k)."""
        k = len(self.theta)
        found = np.zeros((len(self.design.labels), k, k))
        for block in self._rows:
            found[block.group] += block.basis @ block.basis.T
        return found

    def _sums(self, theta: Array) -> ClusterSums:
        found = run(self._rows, self.link, theta, len(self.design.labels), expected=True)
        loadings = self.basis.loadings
        return ClusterSums(loadings @ theta, found.score, found.information, loadings, found.roots)

    def _among(self, keep: NDArray[np.bool_], rows: list[Block], spread: Array, start: Array) -> Array:
        """Return the estimate on the rows where `keep` is true, which `rows` hold as blocks."""
        design = self.design
        events = sum(len(block.events) for block in rows)
        if events in (0, int(keep.sum())) or np.linalg.eigvalsh(spread)[0] < FLAT * len(keep):
            check_estimable(design.y[keep], design.X[keep], design.terms, design.outcome)
        theta = maximum(design, self.link, rows, start, self.iterations, keep)
        return self.basis.loadings @ theta
