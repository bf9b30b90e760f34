"""Maximise a partial likelihood: Newton with step halving, on an orthonormal basis of the covariates.

A likelihood that grows for ever in some direction (monotone likelihood) is told apart from a difficult one by
an exact check, see `monotone`.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Protocol, TypeVar

import numpy as np
from numpy.typing import NDArray

from ....errors import ModelError
from ...design import COLLINEAR, Array, some
from .likelihood import PartialLikelihood
from .monotone import monotone_terms
from .risksets import RiskSets

_MAX_ITERATIONS = 60
# Newton decrements (squared, in standard errors): below the first one more step is exact to all digits,
# below the second none is needed.
_LAST_STEP, _CONVERGED = 1e-9, 1e-20
# Where the likelihood grows for ever, the fit ends with predictors further apart than this.
SUSPICIOUS_RANGE = 15.0


@dataclass(frozen=True, eq=False)
class Maximum:
    """The maximum of a partial likelihood.

    Attributes
    ----------
    params
        Estimate (k,).
    bread, scores
        Inverse information (k, k), and score residuals of all n spells, (n, k), 0 for those that are never at
        risk; both on an orthonormal basis.
    loadings
        Shape (k, k), from parameters of the basis to the estimate.
    loglik, loglik_null
        At the estimate and at 0.
    """

    params: Array
    bread: Array
    scores: Array
    loadings: Array
    loglik: float
    loglik_null: float


def maximise(
    sets: RiskSets,
    X: Array,
    stratum: NDArray[np.intp],
    terms: Sequence[str],
    *,
    efron: bool,
    start: Array | None = None,
    scores: bool = True,
) -> Maximum:
    """Return the maximum over all spells.

    Parameters
    ----------
    sets
        The risk sets of n spells.
    X, stratum, terms
        Covariates (n, k), stratum numbers (n,), names of the k covariates.
    efron
        Tied events after Efron; after Breslow if false.
    start
        Where the search begins, shape (k,); 0 by default.
    scores
        Whether the score residuals are wanted.

    Raises
    ------
    ModelError
        If a covariate does not vary within risk sets or repeats others, or no finite maximum exists: the terms
        are named.
    """
    Z, triangle = basis(sets, X, stratum, terms)
    likelihood = PartialLikelihood(sets, Z, efron)
    with np.errstate(over="ignore", invalid="ignore", divide="ignore"):
        null = likelihood.at(np.zeros(len(terms)))
        begin = null if start is None else likelihood.at(triangle @ start)
        params, point = newton(
            likelihood, null, np.zeros(len(terms)) if start is None else triangle @ start, begin
        )
    spread = np.ptp(Z @ params) if point is not None else np.inf
    if spread > SUSPICIOUS_RANGE:
        culprits = monotone_terms(sets, X, terms)
        if culprits:
            names = some(culprits)
            raise ModelError(
                f"The events are perfectly separated by {names} (at every event the unit with the event has the "
                "extreme value among those at risk), the estimate would be infinite: take the term out or merge its "
                "categories."
            )
    if point is None:
        raise ModelError(
            f"The partial likelihood has no maximum that was reached in {_MAX_ITERATIONS} iterations: rescale "
            "extreme covariates or use fewer terms."
        )
    back = np.asarray(np.linalg.inv(triangle))
    residuals = np.zeros((len(X), len(terms)) if scores else (0, len(terms)))
    if scores:
        residuals[sets.rows] = point.scores()
    bread = np.asarray(np.linalg.inv(point.information()))
    return Maximum(back @ params, bread, residuals, back, point.loglik, null.loglik)


def basis(sets: RiskSets, X: Array, stratum: NDArray[np.intp], terms: Sequence[str]) -> tuple[Array, Array]:
    """Return Z (m, k) of unit size and T (k, k) with Z T = the covariates at risk less their stratum's mean.

    The partial likelihood does not see the means of strata, but its arithmetic does.

    Raises
    ------
    ModelError
        If a covariate does not vary within the strata or repeats others.
    """
    whole = np.linalg.norm(X[sets.rows], axis=0)
    where = "" if not stratum.any() else " within the strata"
    return orthonormal(centre(sets, X, stratum), whole, terms, where)


def orthonormal(centred: Array, whole: Array, terms: Sequence[str], where: str = "") -> tuple[Array, Array]:
    """Return Z (m, k) of unit size and T (k, k) with Z T = `centred`; `whole` are lengths before centring.

    Raises
    ------
    ModelError
        If a column does not vary or repeats others.
    """
    sizes = np.linalg.norm(centred, axis=0)
    flat = [repr(str(terms[j])) for j in range(len(terms)) if sizes[j] <= 1e-13 * max(whole[j], 1e-300)]
    if flat:
        raise ModelError(
            f"No variation in the term{'s' if len(flat) > 1 else ''} {', '.join(flat)}{where} among the "
            f"{len(centred)} rows at risk when an event happens: leave such terms out."
        )
    unit = centred / sizes
    q, r = np.linalg.qr(unit)
    for j in range(1, len(terms)):
        if abs(r[j, j]) < COLLINEAR:
            weights = np.linalg.solve(r[:j, :j], r[:j, j])
            others = ", ".join(repr(str(terms[i])) for i in range(j) if abs(weights[i]) > 1e-6)
            raise ModelError(
                f"The term {terms[j]!r} is a linear combination of {others or 'the strata'}{where}: take one of "
                "them out."
            )
    size = np.sqrt(len(unit))
    return np.ascontiguousarray(q * size), r * sizes / size


def centre(sets: RiskSets, X: Array, stratum: NDArray[np.intp]) -> Array:
    """Return the covariates of the spells at risk (m, k) less their stratum's mean."""
    rows = X[sets.rows]
    if not stratum.any():
        return rows - rows.mean(axis=0)
    codes = stratum[sets.rows]
    counts = np.bincount(codes)
    sums = np.column_stack([np.bincount(codes, weights=column) for column in rows.T])
    return rows - (sums / np.maximum(counts, 1)[:, None])[codes]


class Place(Protocol):
    """A log-likelihood at one parameter vector."""

    @property
    def loglik(self) -> float:
        """Its value."""
        ...

    def gradient(self) -> Array:
        """First derivatives, shape (k,)."""
        ...

    def information(self) -> Array:
        """Negative second derivatives, shape (k, k)."""
        ...


P = TypeVar("P", bound=Place)
P_co = TypeVar("P_co", bound=Place, covariant=True)


class Objective(Protocol[P_co]):
    """A log-likelihood."""

    def at(self, params: Array) -> P_co:
        """Return the log-likelihood at `params` (k,)."""
        ...


def newton(likelihood: Objective[P], null: P, params: Array, point: P) -> tuple[Array, P | None]:
    """Return the estimate and the likelihood there; None in its place if none was reached."""
    if not np.isfinite(point.loglik):
        params, point = np.zeros(len(params)), null
    for _ in range(_MAX_ITERATIONS):
        gradient, information = point.gradient(), point.information()
        try:
            step = np.linalg.solve(information, gradient)
        except np.linalg.LinAlgError:
            return params, None
        decrement = float(gradient @ step)
        if not np.isfinite(decrement) or decrement < -1e-6:
            return params, None
        if abs(decrement) < _CONVERGED:
            return params, point
        trial = likelihood.at(params + step)
        if abs(decrement) < _LAST_STEP:
            return params + step, trial
        halvings = 0
        while not trial.loglik >= point.loglik:  # also where it is not a number
            halvings += 1
            if halvings > 30:
                return params, None
            step = step / 2
            trial = likelihood.at(params + step)
        params, point = params + step, trial
    return params, None
