"""What a fit shows: estimates, covariance, fit statistics, text. Read-only."""

from __future__ import annotations

import math
from dataclasses import dataclass

import numpy as np
import pandas as pd
from scipy import stats

from ..errors import ModelError
from .design import Array, Design, check_frame, complete_rows, covariates, warn_dropped
from .inference import CLUSTERED
from .links import LINKS
from .margins import average_effects

_TITLES = {"hazard": "Discrete-time hazard", "logit": "Logit"}


@dataclass(frozen=True, eq=False, repr=False)
class Fit:
    """Result of a binary-outcome model; nothing in it can be changed.

    Attributes
    ----------
    estimator
        `hazard` or `logit`.
    formula, link, vcov_type, cluster
        As asked for; `cluster` is None without clusters.
    nobs, nobs_total
        Rows used, and rows of the table before those with missing values were left out.
    n_events, n_clusters
        Rows used with outcome 1; clusters among the rows used (None without).
    loglik, loglik_null
        Log-likelihood of the model and of the intercept alone.
    """

    estimator: str
    formula: str
    link: str
    vcov_type: str
    cluster: str | None
    nobs: int
    nobs_total: int
    n_events: int
    n_clusters: int | None
    loglik: float
    loglik_null: float
    _params: Array
    _vcov: Array
    _design: Design

    @classmethod
    def of(
        cls,
        *,
        estimator: str,
        link: str,
        design: Design,
        params: Array,
        vcov: Array,
        vcov_type: str,
        loglik: float,
    ) -> Fit:
        """Return the result of an estimator: `params` (k,), `vcov` (k, k), both kept as read-only copies."""
        params, vcov = params.copy(), vcov.copy()
        params.setflags(write=False)
        vcov.setflags(write=False)
        n, events = len(design.y), int(design.y.sum())
        return cls(
            estimator=estimator,
            formula=design.formula,
            link=link,
            vcov_type=vcov_type,
            cluster=design.cluster,
            nobs=n,
            nobs_total=design.nobs_total,
            n_events=events,
            n_clusters=len(design.labels) or None,
            loglik=loglik,
            loglik_null=events * math.log(events / n) + (n - events) * math.log(1 - events / n),
            _params=params,
            _vcov=vcov,
            _design=design,
        )

    @property
    def dropped(self) -> dict[str, int]:
        """Rows left out, by the column that has no value there; a row may count under several columns."""
        return dict(self._design.dropped)

    @property
    def params(self) -> pd.Series:
        """Estimates by term."""
        return self.tidy().set_index("term")["estimate"].rename("params")

    @property
    def se(self) -> pd.Series:
        """Standard errors by term, from the covariance asked for."""
        return self.tidy().set_index("term")["std_error"].rename("se")

    @property
    def vcov(self) -> pd.DataFrame:
        """Covariance of the estimates, terms by terms."""
        terms = pd.Index(self._design.terms, name="term")
        return pd.DataFrame(self._vcov.copy(), index=terms, columns=terms.rename(None))

    @property
    def df_resid(self) -> int:
        """Degrees of freedom of the t distribution: G-1 for a clustered covariance, else n-k."""
        if self.vcov_type in CLUSTERED and self.n_clusters is not None:
            return self.n_clusters - 1
        return self.nobs - len(self._params)

    def tidy(self, level: float = 0.95, distribution: str = "normal") -> pd.DataFrame:
        """Return one row per term: term, estimate, std_error, statistic, p_value, conf_low, conf_high.

        Parameters
        ----------
        level
            Coverage of the confidence interval, between 0 and 1.
        distribution
            `normal`, or `t` with `df_resid` degrees of freedom.

        Raises
        ------
        ModelError
            If `level` or `distribution` is none of these.
        """
        return coefficient_table(
            self._design.terms, self._params, np.sqrt(np.diag(self._vcov)), level, distribution, self.df_resid
        )

    def glance(self) -> pd.DataFrame:
        """Return one row about the whole fit; `mcfadden_r2` is 1 - loglik / loglik_null."""
        k = len(self._params)
        return pd.DataFrame(
            {
                "estimator": [self.estimator],
                "link": [self.link],
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
                "mcfadden_r2": [1 - self.loglik / self.loglik_null],
            }
        )

    def summary(self, level: float = 0.95, distribution: str = "normal") -> str:
        """Return the fit as plain text."""
        facts = self.glance().iloc[0]
        used = f"{self.nobs} of {self.nobs_total} rows, {self.n_events} events"
        if self.n_clusters is not None:
            used += f", {self.n_clusters} clusters ({self.cluster})"
        lines = [f"{_TITLES.get(self.estimator, self.estimator)} ({self.link}): {self.formula}", used]
        if self.dropped:
            counts = ", ".join(f"{column} {count}" for column, count in self.dropped.items())
            lines.append(f"{self.nobs_total - self.nobs} rows left out, missing values by column: {counts}")
        reference = "normal" if distribution == "normal" else f"t with {self.df_resid} d.f."
        lines.append(f"Standard errors: {self.vcov_type}; distribution: {reference}; interval: {level:.0%}")
        table = self.tidy(level, distribution)
        lines += ["", table.to_string(index=False, float_format=lambda value: f"{value:.4f}"), ""]
        lines.append(
            f"Log-likelihood {self.loglik:.3f} (intercept only {self.loglik_null:.3f}), "
            f"AIC {facts['aic']:.2f}, BIC {facts['bic']:.2f}, McFadden R2 {facts['mcfadden_r2']:.4f}"
        )
        return "\n".join(lines)

    def predict(self, data: pd.DataFrame) -> pd.Series:
        """Return the fitted hazard or probability of each row of `data`, between 0 and 1.

        Rows with a missing covariate get no value, with a `DroppedRowsWarning` that counts them.

        Raises
        ------
        ModelError
            If a covariate is absent, not finite, or has a category that the model was not fitted on.
        """
        columns = self._design.columns
        check_frame(data, columns, self.formula)
        name = "hazard" if self.estimator == "hazard" else "probability"
        predicted = pd.Series(np.nan, index=data.index, name=name, dtype=float)
        frame, kept, dropped = complete_rows(data, columns)
        warn_dropped(dropped, int((~kept).sum()), len(data), "get no prediction", stacklevel=2)
        X, _ = covariates(self._design.spec, frame, self.formula)
        with np.errstate(over="ignore"):  # far out on the predictor the probability is 0 or 1 to all digits
            predicted.iloc[np.flatnonzero(kept)] = LINKS[self.link].inverse(X @ self._params)
        return predicted

    def margins(self, level: float = 0.95) -> pd.DataFrame:
        """Return average marginal effects with delta-method standard errors, as `tidy` does.

        See `konzept_diffusion.models.margins.average_effects`.
        """
        terms, effects, errors = average_effects(self._design, self._params, self._vcov, LINKS[self.link])
        return coefficient_table(terms, effects, errors, level, "normal", self.df_resid)

    def __repr__(self) -> str:
        """Return one line that identifies the fit."""
        return (
            f"<Fit {self.estimator} ({self.link}): {self.formula}; {self.nobs} rows, vcov {self.vcov_type}>"
        )


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


def check_level(level: float) -> None:
    """Check that a confidence level lies between 0 and 1.

    Raises
    ------
    ModelError
        If it does not.
    """
    if not 0 < level < 1:
        raise ModelError(
            f"level={level!r} is no confidence level: give a share between 0 and 1, such as 0.95."
        )
