"""The partial likelihood of spells in risk sets: value, derivatives, score residuals.

Cox 1972 (JRSS B 34(2)); tied events after Efron 1977 (JASA 72(359)) or Breslow 1974 (Biometrics 30(1)).

With r_i = exp(x_i'b), S0, S1 the sums of r and r x over the risk set of an event time and E0, E1 those over
its d events, Efron's likelihood has the denominators S0 - c E0 for c = 0, 1/d, ..., (d-1)/d; Breslow's has
c = 0 throughout. No matrix is ever formed per event time: the information is X' diag(r H) X less products of
matrices with one row per event time, H_i being the cumulated hazard of spell i.
"""

from __future__ import annotations

from dataclasses import dataclass
from functools import cached_property

import numpy as np

from ...design import Array
from .risksets import RiskSets


@dataclass(frozen=True, eq=False)
class PartialLikelihood:
    """The partial likelihood of covariates Z (m, k), one row per spell of `sets`."""

    sets: RiskSets
    Z: Array
    efron: bool

    @cached_property
    def shares(self) -> Array:
        """The share c that is taken off at each event, in the order of `sets.event_rows`; shape (E,)."""
        if not self.efron:
            return np.zeros(len(self.sets.event_rows))
        rank = np.arange(len(self.sets.event_rows)) - self.sets.first_of_ties[self.sets.event_times]
        return rank / self.sets.deaths[self.sets.event_times]

    @cached_property
    def tied(self) -> bool:
        """Whether any share is above 0, so that sums over the events of a time are needed."""
        return bool(self.shares.any())

    def at(self, params: Array) -> Point:
        """Return the likelihood at `params` (k,)."""
        sets = self.sets
        eta = self.Z @ params if len(params) else np.zeros(len(self.Z))
        risk = np.exp(eta)
        s0 = sets.at_risk(risk)
        e0 = sets.ties(risk) if self.tied else np.zeros_like(s0)
        at = sets.event_times
        denominators = s0[at] - self.shares * e0[at]
        loglik = float(eta[sets.event_rows].sum() - np.log(denominators).sum())
        first = sets.first_of_ties

        def per_time(values: Array) -> Array:
            return np.add.reduceat(values, first)

        shares = self.shares
        inverse = 1 / denominators
        return Point(
            likelihood=self,
            risk=risk,
            loglik=loglik,
            w=per_time(inverse),
            v=per_time(shares * inverse) if self.tied else np.zeros_like(s0),
            a=per_time(inverse**2),
            b=per_time(shares * inverse**2) if self.tied else np.zeros_like(s0),
            c=per_time(shares**2 * inverse**2) if self.tied else np.zeros_like(s0),
        )


@dataclass(frozen=True, eq=False)
class Point:
    """The partial likelihood at one parameter vector.

    Attributes
    ----------
    risk
        exp(z'b) of each spell, shape (m,).
    w, v, a, b, c
        Per event time the sums over its events of 1/D, c/D, 1/D^2, c/D^2 and c^2/D^2, D the denominators and
        c the shares; `w` is the increment of the baseline hazard.
    """

    likelihood: PartialLikelihood
    risk: Array
    loglik: float
    w: Array
    v: Array
    a: Array
    b: Array
    c: Array

    @cached_property
    def s1(self) -> Array:
        """Sums of risk times covariates over the risk sets, shape (D, k)."""
        return self.likelihood.sets.at_risk(self.risk, self.likelihood.Z)

    @cached_property
    def e1(self) -> Array | None:
        """Sums of risk times covariates over the events of each time, shape (D, k); None without ties."""
        if not self.likelihood.tied:
            return None
        sets = self.likelihood.sets
        rows = sets.event_rows
        return np.add.reduceat(self.risk[rows, None] * self.likelihood.Z[rows], sets.first_of_ties, axis=0)

    def _expected(self, weights: Array | float = 1.0) -> Array:
        """Expected events of each spell, each event time weighted; shape (m,)."""
        sets = self.likelihood.sets
        hazard = sets.over_spell(self.w * weights)
        if self.likelihood.tied:
            hazard[sets.event_rows] -= (self.v * weights)[sets.event_times]
        return self.risk * hazard

    def gradient(self) -> Array:
        """First derivatives, shape (k,)."""
        residual = -self._expected()
        residual[self.likelihood.sets.event_rows] += 1.0
        return self.likelihood.Z.T @ residual

    def information(self, weights: Array | float = 1.0) -> Array:
        """Negative second derivatives, shape (k, k), the events of each time weighted by `weights` (D,)."""
        Z = self.likelihood.Z
        first = Z.T @ (self._expected(weights)[:, None] * Z)
        second = self.s1.T @ ((self.a * weights)[:, None] * self.s1)
        if self.e1 is not None:
            cross = self.s1.T @ ((self.b * weights)[:, None] * self.e1)
            second += self.e1.T @ ((self.c * weights)[:, None] * self.e1) - cross - cross.T
        return first - second

    @cached_property
    def means(self) -> Array:
        """Mean covariates of each event time, averaged over its events; shape (D, k)."""
        total = self.s1 * self.w[:, None]
        if self.e1 is not None:
            total = total - self.e1 * self.v[:, None]
        return total / self.likelihood.sets.deaths[:, None]

    def schoenfeld(self) -> Array:
        """Covariates less their mean at each event, in the order of `sets.event_rows`; shape (E, k)."""
        sets = self.likelihood.sets
        return self.likelihood.Z[sets.event_rows] - self.means[sets.event_times]

    def martingale(self) -> Array:
        """Events less expected events by spell, shape (m,) (Breslow's hazard: ties are not averaged)."""
        sets = self.likelihood.sets
        residual = -self.risk * sets.over_spell(self.w)
        if self.likelihood.tied:
            residual[sets.event_rows] += (self.risk[sets.event_rows]) * self.v[sets.event_times]
        residual[sets.event_rows] += 1.0
        return residual

    def scores(self) -> Array:
        """Score residuals by spell (Therneau, Grambsch & Fleming 1990, Biometrika 77(1)), shape (m, k)."""
        sets = self.likelihood.sets
        weighted = self.a[:, None] * self.s1
        if self.e1 is not None:
            weighted -= self.b[:, None] * self.e1
        scores = sets.over_spell(weighted)
        if self.e1 is not None:
            tied = self.b[:, None] * self.s1 - self.c[:, None] * self.e1
            scores[sets.event_rows] -= tied[sets.event_times]
        scores *= self.risk[:, None]
        scores -= self._expected()[:, None] * self.likelihood.Z
        scores[sets.event_rows] += self.schoenfeld()
        return scores
