"""Proportional subdistribution hazards: how covariates move the cumulative incidence of one cause.

Fine & Gray 1999 (JASA 94(446)): those who had a competing event stay in the risk set, weighted by the probability
of being uncensored; the covariance counts the estimation of these weights, as `crr` of R's cmprsk.
"""

from __future__ import annotations

from dataclasses import dataclass
from functools import cached_property

import numpy as np
from numpy.typing import NDArray

from ....errors import ModelError
from ...design import Array, some
from ..cox.monotone import monotone_terms
from ..cox.risksets import risk_sets
from ..cox.solver import SUSPICIOUS_RANGE, newton, orthonormal
from ..survival.table import risk_table


@dataclass(frozen=True, eq=False)
class Subdistribution:
    """The maximum: estimate (k,), inverse information (k, k), influence before bread (n, k), log-likelihoods.

    Information and influence are on an orthonormal basis, from which `loadings` (k, k) lead to the estimate.
    """

    params: Array
    bread: Array
    scores: Array
    loadings: Array
    loglik: float
    loglik_null: float


@dataclass(frozen=True, eq=False)
class _Weighted:
    """Risk sets of a cause: who has it, who is still there, and who had a competing event before."""

    Z: Array
    end: Array
    own: NDArray[np.bool_]
    competing: NDArray[np.bool_]
    censored: NDArray[np.bool_]

    @cached_property
    def times(self) -> Array:
        return np.unique(self.end[self.own])

    @cached_property
    def until(self) -> NDArray[np.intp]:
        """At how many event times each row is at risk in the ordinary way."""
        return np.searchsorted(self.times, self.end, side="right")

    @cached_property
    def deaths(self) -> NDArray[np.intp]:
        return np.bincount(self.until[self.own] - 1, minlength=len(self.times))

    @cached_property
    def g_times(self) -> Array:
        """Probability of being uncensored just before each event time."""
        return self._uncensored(self.times)

    @cached_property
    def inverse(self) -> Array:
        """One over the probability just before the own time for competing events, 0 for all others."""
        result = np.zeros(len(self.end))
        result[self.competing] = 1 / self._uncensored(self.end[self.competing])
        return result

    def _uncensored(self, at: Array) -> Array:
        table = risk_table(None, self.end, self.censored.astype(float))
        curve = np.concatenate([[1.0], np.cumprod(1 - table.n_event / table.n_risk)])
        return curve[np.searchsorted(table.time, at, side="left")]

    def at_risk(self, values: Array) -> Array:
        """Return weighted sums of values (n,) or (n, k) over the risk set of each event time."""
        size = (len(self.times) + 1, *values.shape[1:])
        present, gone = np.zeros(size), np.zeros(size)
        np.add.at(present, self.until, values)
        np.add.at(gone, self.until, (values.T * self.inverse).T)
        staying = np.cumsum(present[::-1], axis=0)[::-1][1:]
        return staying + (np.cumsum(gone, axis=0)[:-1].T * self.g_times).T

    def over_time(self, values: Array) -> Array:
        """Return weighted sums of values (D,) or (D, k) over the event times at which each row is at risk."""
        zero = np.zeros_like(values[:1])
        plain = np.concatenate([zero, np.cumsum(values, axis=0)])[self.until]
        weighted = np.concatenate([zero, np.cumsum((values.T * self.g_times).T, axis=0)])
        return plain + ((weighted[-1] - weighted[self.until]).T * self.inverse).T

    def at(self, params: Array) -> _Place:
        return _Place(self, np.exp(self.Z @ params), self.Z @ params)


@dataclass(frozen=True, eq=False)
class _Place:
    """The weighted partial likelihood (Breslow's ties) at one parameter vector."""

    sets: _Weighted
    risk: Array
    eta: Array

    @cached_property
    def s0(self) -> Array:
        return self.sets.at_risk(self.risk)

    @cached_property
    def means(self) -> Array:
        return self.sets.at_risk(self.risk[:, None] * self.sets.Z) / self.s0[:, None]

    @cached_property
    def hazard(self) -> Array:
        return self.sets.deaths / self.s0

    @property
    def loglik(self) -> float:
        return float(self.eta[self.sets.own].sum() - self.sets.deaths @ np.log(self.s0))

    def _expected(self) -> Array:
        return self.risk * self.sets.over_time(self.hazard)

    def gradient(self) -> Array:
        return self.sets.Z.T @ (self.sets.own - self._expected())

    def information(self) -> Array:
        Z = self.sets.Z
        spread = self.means.T @ (self.sets.deaths[:, None] * self.means)
        return Z.T @ (self._expected()[:, None] * Z) - spread

    def influence(self) -> Array:
        """Score residuals plus what each row adds by entering the censoring weights, shape (n, k)."""
        sets = self.sets
        weighted = self.hazard[:, None] * self.means
        scores = self.risk[:, None] * sets.over_time(weighted) - self._expected()[:, None] * sets.Z
        scores[sets.own] += sets.Z[sets.own] - self.means[sets.until[sets.own] - 1]
        table = risk_table(None, sets.end, sets.censored.astype(float))
        chosen = table.n_event > 0
        if not chosen.any():
            return scores
        moments, n, d = table.time[chosen], table.n_risk[chosen].astype(float), table.n_event[chosen]
        # What follows from each censoring time on.
        after = np.searchsorted(sets.times, moments, side="left")
        hazard = np.append(np.cumsum((self.hazard * sets.g_times)[::-1])[::-1], 0.0)[after]
        shift = np.cumsum((weighted * sets.g_times[:, None])[::-1], axis=0)[::-1]
        shift = np.concatenate([shift, np.zeros_like(shift[:1])])[after]
        order = np.argsort(sets.end, kind="stable")
        share = (self.risk * sets.inverse)[order]
        before = np.searchsorted(sets.end[order], moments, side="left")
        mass = np.concatenate([[0.0], np.cumsum(share)])[before]
        moved = np.cumsum(share[:, None] * sets.Z[order], axis=0)
        moved = np.concatenate([np.zeros_like(moved[:1]), moved])[before]
        q = (moved * hazard[:, None] - mass[:, None] * shift) / n[:, None]
        compensator = np.cumsum(q * (d / n)[:, None], axis=0)
        compensator = np.concatenate([np.zeros_like(compensator[:1]), compensator])
        scores -= compensator[np.searchsorted(moments, sets.end, side="right")]
        scores[sets.censored] += q[np.searchsorted(moments, sets.end[sets.censored])]
        return scores


def subdistribution(
    X: Array, end: Array, cause: NDArray[np.intp], number: int, terms: tuple[str, ...], name: object
) -> Subdistribution:
    """Return the fit for the cause `number`; `cause` (n,) is -1 for censored rows.

    Raises
    ------
    ModelError
        If a covariate does not vary or repeats others, or no finite maximum exists: the terms are named.
    """
    Z, triangle = orthonormal(X - X.mean(axis=0), np.linalg.norm(X, axis=0), terms)
    sets = _Weighted(Z, end, cause == number, (cause >= 0) & (cause != number), cause < 0)
    zero = np.zeros(len(terms))
    with np.errstate(over="ignore", invalid="ignore", divide="ignore"):
        null = sets.at(zero)
        params, place = newton(sets, null, zero, null)
    if place is None or np.ptp(Z @ params) > SUSPICIOUS_RANGE:
        culprits = _separating(sets, X, terms)
        if culprits:
            raise ModelError(
                f"The events of {name!r} are perfectly separated by {some(culprits)} (at every event the unit with "
                "the event has the extreme value among those at risk, units with a competing event included), the "
                "estimate would be infinite: take the term out or merge its categories."
            )
    if place is None:
        raise ModelError(
            f"The subdistribution hazard of {name!r} has no maximum that was reached: rescale extreme covariates or "
            "use fewer terms."
        )
    back = np.asarray(np.linalg.inv(triangle))
    bread = np.asarray(np.linalg.inv(place.information()))
    return Subdistribution(back @ params, bread, place.influence(), back, place.loglik, null.loglik)


def _separating(sets: _Weighted, X: Array, terms: tuple[str, ...]) -> tuple[str, ...]:
    """Return the terms along which the likelihood grows for ever: weights scale risk sets, they empty none."""
    staying = np.where(sets.competing, sets.end.max(), sets.end)
    one = np.zeros(len(X), dtype=np.intp)
    return monotone_terms(risk_sets(None, staying, sets.own.astype(float), one), X, terms)
