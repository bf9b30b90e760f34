"""The result of a binary-outcome model: what every fit shows, predictions and average marginal effects."""

from __future__ import annotations

import math
from dataclasses import dataclass

import numpy as np
import pandas as pd

from ...design import Array, Design, covariates, predictable
from ...inference.covariance import Estimate
from ...links import LINKS
from ...margins import average_effects
from ...results import Estimates, Tests, coefficient_table

_TITLES = {"hazard": "Discrete-time hazard", "logit": "Logit"}


@dataclass(frozen=True, eq=False, repr=False, kw_only=True)
class Fit(Estimates):
    """Result of a binary-outcome model; nothing in it can be changed.

    Attributes
    ----------
    link
        `cloglog`, `logit` or `probit`.
    """

    link: str
    _design: Design
    _estimate: Estimate

    @classmethod
    def of(
        cls,
        *,
        estimator: str,
        link: str,
        design: Design,
        estimate: Estimate,
        vcov: Array,
        vcov_type: str,
        loglik: float,
        tests: Tests | None = None,
    ) -> Fit:
        """Return the result of an estimator: its `estimate`, and `vcov` (k, k), kept as a read-only copy."""
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
            _title=f"{_TITLES[estimator]} ({link})",
            _terms=design.terms,
            _params=estimate.params,
            _vcov=vcov,
            _dropped=design.dropped,
            _tests=tests,
            _facts={"link": link},
            _design=design,
            _estimate=estimate,
        )

    def predict(self, data: pd.DataFrame) -> pd.Series:
        """Return the fitted hazard or probability of each row of `data`, between 0 and 1.

        Rows with a missing covariate get no value, with a `DroppedRowsWarning` that counts them.

        Raises
        ------
        ModelError
            If a covariate is absent, not finite, or has a category that the model was not fitted on.
        """
        name = "hazard" if self.estimator == "hazard" else "probability"
        predicted = pd.Series(np.nan, index=data.index, name=name, dtype=float)
        frame, kept = predictable(data, self._design.columns, self.formula, stacklevel=2)
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
