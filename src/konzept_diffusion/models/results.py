"""What every fit shows: estimates, covariance, tests, fit statistics, text. Read-only."""

from __future__ import annotations

import math
from collections.abc import Mapping
from dataclasses import dataclass, field
from numbers import Real
from typing import Any, Protocol

import numpy as np
import pandas as pd
from scipy import stats

from ..errors import ModelError
from .design import Array, show
from .inference.covariance import CLUSTERED
from .maketables_hooks import MaketablesHooks


class Tests(Protocol):
    """Tests of every coefficient against 0 that do not come from estimate and standard error alone.

    Profile likelihoods and bootstraps have tests and intervals of their own; a fit that carries them shows
    them in `tidy` in place of those of Wald.
    """

    @property
    def method(self) -> str:
        """What the tests are, in a few words for the summary."""
        ...

    @property
    def statistic(self) -> Array:
        """Test statistic by coefficient, shape (k,)."""
        ...

    @property
    def p_values(self) -> Array:
        """Two-sided p-value by coefficient, shape (k,)."""
        ...

    def interval(self, level: float) -> tuple[Array, Array]:
        """Return lower and upper bounds at a confidence level, each of shape (k,)."""
        ...


@dataclass(frozen=True, eq=False, repr=False, kw_only=True)
class Estimates(MaketablesHooks):
    """Base of every regression result; nothing in it can be changed.

    Attributes
    ----------
    estimator
        Name of the estimator in lower case, such as `hazard` or `cox`.
    formula, vcov_type, cluster
        As asked for; `cluster` is None without clusters.
    nobs, nobs_total
        Rows used, and rows of the table before any was left out.
    n_events, n_clusters
        Events among the rows used; clusters among them (None without).
    loglik, loglik_null
        Log-likelihood (partial or penalised where the estimator says so) of the model and of the model without
        covariates; the latter is NaN where it is not defined.
    """

    estimator: str
    formula: str
    vcov_type: str
    cluster: str | None
    nobs: int
    nobs_total: int
    n_events: int
    n_clusters: int | None
    loglik: float
    loglik_null: float
    _title: str
    _terms: tuple[str, ...]
    _params: Array
    _vcov: Array
    _dropped: tuple[tuple[str, int], ...] = ()
    _tests: Tests | None = None
    _facts: Mapping[str, Any] = field(default_factory=dict)
    """Further columns of `glance`, in this order, after `estimator`."""

    def __post_init__(self) -> None:
        """Keep read-only copies of the arrays."""
        for name in ("_params", "_vcov"):
            array = np.array(getattr(self, name), dtype=float)
            array.setflags(write=False)
            object.__setattr__(self, name, array)

    @property
    def dropped(self) -> dict[str, int]:
        """Rows left out, by the column that has no value there; a row may count under several columns."""
        return dict(self._dropped)

    @property
    def params(self) -> pd.Series:
        """Estimates by term."""
        return pd.Series(self._params, index=pd.Index(self._terms, name="term"), name="params")

    @property
    def se(self) -> pd.Series:
        """Standard errors by term, from the covariance asked for."""
        return pd.Series(np.sqrt(np.diag(self._vcov)), index=pd.Index(self._terms, name="term"), name="se")

    @property
    def vcov(self) -> pd.DataFrame:
        """Covariance of the estimates, terms by terms."""
        terms = pd.Index(self._terms, name="term")
        return pd.DataFrame(self._vcov.copy(), index=terms, columns=terms.rename(None))

    @property
    def df_resid(self) -> int:
        """Degrees of freedom of the t distribution: G-1 for a clustered covariance, else n-k."""
        if self.vcov_type in CLUSTERED and self.n_clusters is not None:
            return self.n_clusters - 1
        return self.nobs - len(self._params)

    def tidy(self, level: float = 0.95, distribution: str | None = None) -> pd.DataFrame:
        """Return one row per term: term, estimate, std_error, statistic, p_value, conf_low, conf_high.

        Parameters
        ----------
        level
            Coverage of the confidence interval, between 0 and 1.
        distribution
            `normal`, or `t` with `df_resid` degrees of freedom, for tests and intervals of Wald. By default
            the tests that the fit carries (profile likelihood, bootstrap), and `normal` where it has none.

        Raises
        ------
        ModelError
            If `level` or `distribution` is none of these.
        """
        errors = np.sqrt(np.diag(self._vcov))
        table = coefficient_table(
            self._terms, self._params, errors, level, distribution or "normal", self.df_resid
        )
        if self._tests is None or distribution is not None:
            return table
        low, high = self._tests.interval(level)
        return table.assign(
            statistic=self._tests.statistic, p_value=self._tests.p_values, conf_low=low, conf_high=high
        )

    def glance(self) -> pd.DataFrame:
        """Return one row about the whole fit; `mcfadden_r2` is 1 - loglik / loglik_null."""
        k = len(self._params)
        return pd.DataFrame(
            {
                "estimator": [self.estimator],
                **{name: [value] for name, value in self._facts.items()},
                "nobs": [self.nobs],
                "nobs_total": [self.nobs_total],
                "n_events": [self.n_events],
                "n_params": [k],
                "n_clusters": pd.array([self.n_clusters], dtype="Int64"),
                "cluster": [self.cluster],
                "vcov_type": [self.vcov_type],
                "loglik": [self.loglik],
                "loglik_null": [self.loglik_null],
                "aic": [2 * k - 2 * self.loglik],
                "bic": [k * math.log(self.nobs) - 2 * self.loglik],
                "mcfadden_r2": [1 - self.loglik / self.loglik_null if self.loglik_null else math.nan],
            }
        )

    def summary(self, level: float = 0.95, distribution: str | None = None) -> str:
        """Return the fit as plain text."""
        facts = self.glance().iloc[0]
        used = f"{self.nobs} of {self.nobs_total} rows, {self.n_events} events"
        if self.n_clusters is not None:
            used += f", {self.n_clusters} clusters ({self.cluster})"
        lines = [f"{self._title}: {self.formula}", used]
        if self.dropped:
            counts = ", ".join(f"{column} {count}" for column, count in self.dropped.items())
            lines.append(f"{self.nobs_total - self.nobs} rows left out, missing values by column: {counts}")
        if self._tests is not None and distribution is None:
            lines.append(
                f"Standard errors: {self.vcov_type}; tests: {self._tests.method}; interval: {percent(level)}"
            )
        else:
            reference = f"t with {self.df_resid} d.f." if distribution == "t" else "normal"
            lines.append(
                f"Standard errors: {self.vcov_type}; distribution: {reference}; interval: {percent(level)}"
            )
        table = self.tidy(level, distribution)
        lines += [
            *self._notes(),
            "",
            table.to_string(index=False, float_format=lambda value: f"{value:.4f}"),
            "",
        ]
        null = f" (without covariates {self.loglik_null:.3f})" if math.isfinite(self.loglik_null) else ""
        closing = f"Log-likelihood {self.loglik:.3f}{null}, AIC {facts['aic']:.2f}, BIC {facts['bic']:.2f}"
        if math.isfinite(facts["mcfadden_r2"]):
            closing += f", McFadden R2 {facts['mcfadden_r2']:.4f}"
        return "\n".join([*lines, closing])

    def _notes(self) -> list[str]:
        """Return what else a reader of the summary has to know, one line each; for subclasses."""
        return []

    def __repr__(self) -> str:
        """Return one line that identifies the fit."""
        return f"<{self._title}: {self.formula}; {self.nobs} rows, vcov {self.vcov_type}>"


def coefficient_table(
    terms: tuple[str, ...], estimates: Array, errors: Array, level: float, distribution: str, df: int
) -> pd.DataFrame:
    """Return term, estimate, std_error, statistic, p_value (two-sided), conf_low, conf_high.

    Raises
    ------
    ModelError
        If `level` is not between 0 and 1 or `distribution` neither `normal` nor `t`.
    """
    check_level(level)
    if distribution not in ("normal", "t"):
        raise ModelError(f"distribution={distribution!r} is not known: choose normal or t.")
    reference = stats.norm() if distribution == "normal" else stats.t(df)
    statistic = estimates / errors
    half = reference.ppf((1 + level) / 2) * errors
    return pd.DataFrame(
        {
            "term": list(terms),
            "estimate": estimates,
            "std_error": errors,
            "statistic": statistic,
            "p_value": 2 * reference.sf(np.abs(statistic)),
            "conf_low": estimates - half,
            "conf_high": estimates + half,
        }
    )


def percent(level: float) -> str:
    """Return a confidence level as a percentage with the digits it has: 0.999 as 99.9%."""
    return f"{100 * level:.10g}%"


def check_level(level: float) -> None:
    """Check that a confidence level lies between 0 and 1.

    Raises
    ------
    ModelError
        If it does not.
    """
    if not isinstance(level, Real) or not 0 < level < 1:
        raise ModelError(
            f"level={show(level)} is no confidence level: give a share between 0 and 1, such as 0.95."
        )
