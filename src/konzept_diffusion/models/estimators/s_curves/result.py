"""The result of an adoption curve: estimates, the curve with its band, the peak."""

from __future__ import annotations

import math
from collections.abc import Sequence
from dataclasses import dataclass
from functools import partial
from typing import Any

import numpy as np
import pandas as pd
from scipy import stats

from ....errors import ModelError
from ...design import Array
from ...results import Estimates, check_level
from .counts import Adoptions
from .fit import Curve, Solution, least_squares, maximum_likelihood, robust
from .forms import Form, derivative

METHODS = {"nls": "least squares", "ml": "maximum likelihood"}


@dataclass(frozen=True, eq=False, repr=False, kw_only=True)
class AdoptionCurve(Estimates):
    """Result of a Bass, logistic or Gompertz curve; nothing in it can be changed.

    `nobs` counts periods under least squares and units under maximum likelihood.

    Attributes
    ----------
    method
        `nls` or `ml`.
    include_nonadopters
        Convention for those who have not adopted: False, True or `censored`.
    population
        Number of units that shares refer to.
    """

    method: str
    include_nonadopters: bool | str
    population: float
    _curve: Curve
    _data: Adoptions

    @property
    def m(self) -> float:
        """Number of units that ever adopt: the ceiling times the population (those before the start left out)."""
        ever = float(self._curve.share(self._params, np.inf)) if self._curve.ceiling else 1.0
        return self.population * ever

    def predict(self, periods: Sequence[float] | None = None, level: float = 0.95) -> pd.DataFrame:
        """Return the curve: period, share, conf_low, conf_high, adopters, new, observed.

        `share` is the cumulative share of the population by the end of the period, with a delta-method
        interval; `adopters` the same as a number of units, `new` those within the period; `observed` the
        cumulative share in the data (missing outside).

        Parameters
        ----------
        periods
            Periods in the units of the counts' index; those of the fit by default.
        level
            Coverage of the interval, between 0 and 1.
        """
        check_level(level)
        wanted = self._data.periods if periods is None else np.asarray(list(periods), dtype=float)
        early = wanted < self._first_period
        if early.any():
            raise ModelError(
                f"The curve begins in period {self._first_period:g}: it says nothing about "
                f"{wanted[int(early.argmax())]:g}."
            )
        share = self._curve.share(self._params, wanted)
        first = wanted == self._data.periods[0]
        before = np.where(first, 0.0, self._curve.share(self._params, wanted - 1))
        slopes = derivative(partial(_share_at, self._curve, wanted), self._params)
        errors = np.sqrt(np.einsum("ij,jk,ik->i", slopes, self._vcov, slopes))
        half = stats.norm.ppf((1 + level) / 2) * errors
        observed = dict(zip(self._data.periods, self._data.shares, strict=True))
        return pd.DataFrame(
            {
                "period": wanted,
                "share": share,
                "conf_low": share - half,
                "conf_high": share + half,
                "adopters": share * self.population,
                "new": (share - before) * self.population,
                "observed": [observed.get(period, math.nan) for period in wanted],
            }
        )

    def peak(self, level: float = 0.95) -> pd.DataFrame:
        """Return when most adopt: one row, estimate (calendar time), std_error (delta), conf_low, conf_high.

        Time counts at the end of periods: 2008.0 is the end of 2008, 2007.5 its middle.

        Raises
        ------
        ModelError
            If adoptions are most frequent at the start (Bass with q not above p).
        """
        check_level(level)
        inflection = self._curve.form.inflection
        estimate = self._curve.origin + float(inflection(self._params))
        slopes = derivative(inflection, self._params)
        error = math.sqrt(float((slopes @ self._vcov @ slopes.T)[0, 0]))
        half = float(stats.norm.ppf((1 + level) / 2)) * error
        return pd.DataFrame(
            {
                "estimate": [estimate],
                "std_error": [error],
                "conf_low": [estimate - half],
                "conf_high": [estimate + half],
            }
        )

    @property
    def _first_period(self) -> float:
        return float(self._data.periods[0])


def fit(
    form: Form,
    data: Adoptions,
    *,
    include_nonadopters: bool | str,
    method: str,
    ceiling: str,
    elapsed: int | None,
    vcov: str,
) -> AdoptionCurve:
    """Return the fitted curve; for the parameters see `bass` and `s_curve`.

    Parameters
    ----------
    elapsed
        Periods that the diffusion had run, uncounted, before the counts begin; None if nothing was truncated.

    Raises
    ------
    ModelError
        If an option is not known or the curve cannot be fitted.
    """
    for name, value, allowed in (
        ("method", method, tuple(METHODS)),
        ("ceiling", ceiling, ("fixed", "estimated")),
        ("vcov", vcov, ("iid", "HC1")),
    ):
        if value not in allowed:
            raise ModelError(f"{name}={value!r} is not defined for a curve: choose {' or '.join(allowed)}.")
    if elapsed is not None and (isinstance(elapsed, bool) or elapsed != int(elapsed) or elapsed < 0):
        raise ModelError(f"elapsed={elapsed!r} is no whole number of periods: give 0, 1, 2, ...")
    if include_nonadopters is False and ceiling == "estimated" and method == "ml":
        raise ModelError(
            "Without non-adopters everybody adopts and the ceiling is 1: choose include_nonadopters='censored' "
            "or ceiling='fixed'."
        )
    begin = float(data.periods[0]) - 1
    origin = begin - (elapsed or 0) if form.from_start else 0.0
    curve = Curve(form, origin, begin if elapsed else None, ceiling == "estimated")
    solve = least_squares if method == "nls" else maximum_likelihood
    solution = solve(curve, data)
    return _result(curve, data, solution, include_nonadopters, method, vcov)


def _result(
    curve: Curve, data: Adoptions, solution: Solution, convention: bool | str, method: str, vcov: str
) -> AdoptionCurve:
    estimate = solution.estimate
    outcome = "cumulative_share" if method == "nls" else "adoptions"
    return AdoptionCurve(
        estimator=curve.form.name,
        formula=f"{outcome} ~ {curve.form.name}({', '.join(curve.terms)})",
        vcov_type=vcov,
        cluster=None,
        nobs=solution.nobs,
        nobs_total=solution.nobs,
        n_events=round(float(data.counts[: data.observed].sum())),
        n_clusters=None,
        loglik=solution.loglik,
        loglik_null=math.nan,
        _title=f"{curve.form.title} curve ({METHODS[method]})",
        _terms=curve.terms,
        _params=estimate.params,
        _vcov=estimate.bread if vcov == "iid" else robust(solution),
        _facts={
            "method": method,
            "include_nonadopters": str(convention),
            "population": data.population,
            "periods": len(data.periods),
        },
        method=method,
        include_nonadopters=convention,
        population=data.population,
        _curve=curve,
        _data=data,
    )


def _share_at(curve: Curve, periods: Array, theta: Any) -> Any:
    return curve.share(theta, periods)
