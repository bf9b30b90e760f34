"""The result of an interval-censored hazard model."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from itertools import pairwise
from typing import Any

import numpy as np
import pandas as pd

from ....errors import ModelError
from ...design import INTERCEPT, Array, covariates, predictable
from ...inference.covariance import Estimate
from ...results import Estimates, coefficient_table
from .likelihood import FAMILIES, exposure

LOG_SCALE = "log(scale)"


@dataclass(frozen=True, eq=False, repr=False, kw_only=True)
class IntervalFit(Estimates):
    """Result of `interval_hazard`; nothing in it can be changed.

    Attributes
    ----------
    distribution
        `weibull`, `exponential`, `loglogistic`, `lognormal` or `piecewise`.
    cuts
        Bounds between the pieces, () unless piecewise.
    origin
        Calendar time of duration 0.
    counts
        Rows by what is known: exact, interval, left, right, entered_late.
    """

    distribution: str
    cuts: tuple[float, ...]
    origin: float
    counts: dict[str, int]
    _columns: tuple[str, ...]
    _spec: Any
    _estimate: Estimate

    @property
    def scale(self) -> float:
        """Scale of log durations; 1 for the exponential, NaN for a piecewise constant hazard."""
        if LOG_SCALE in self._terms:
            return float(np.exp(self.params[LOG_SCALE]))
        return float("nan") if self.distribution == "piecewise" else 1.0

    def _notes(self) -> list[str]:
        words = {
            "exact": "exact", "interval": "within an interval", "left": "left-censored",
            "right": "right-censored", "entered_late": "entered late",
        }  # fmt: skip
        return ["Durations: " + ", ".join(f"{self.counts[name]} {word}" for name, word in words.items())]

    def glance(self) -> pd.DataFrame:
        """Return one row about the whole fit; no `mcfadden_r2` with exact durations.

        Their likelihood is a density, which changes with the unit of time.
        """
        table = super().glance()
        return table.assign(mcfadden_r2=np.nan) if self.counts["exact"] else table

    def proportional_hazards(self, level: float = 0.95) -> pd.DataFrame:
        """Return the covariates' effects on the log hazard, as `tidy` does, with delta-method standard errors.

        Raises
        ------
        ModelError
            If hazards are not proportional in this family (log-logistic, log-normal).
        """
        if self.distribution not in ("weibull", "exponential", "piecewise"):
            raise ModelError(
                f"Hazards are not proportional in the {self.distribution} model: choose weibull, exponential or "
                "piecewise, or read its coefficients as effects on log durations."
            )
        covariate = [j for j, term in enumerate(self._terms) if not _baseline(term)]
        rows = np.eye(len(self._terms))[covariate]
        effects = self._params[covariate]
        if self.distribution != "piecewise":
            effects = -effects / self.scale
            rows = -rows / self.scale
            if LOG_SCALE in self._terms:
                rows[:, self._terms.index(LOG_SCALE)] = -effects
        errors = np.sqrt(np.einsum("ij,jk,ik->i", rows, self._vcov, rows))
        names = tuple(self._terms[j] for j in covariate)
        return coefficient_table(names, effects, errors, level, "normal", self.df_resid)

    def survival(self, data: pd.DataFrame, times: Sequence[float]) -> pd.DataFrame:
        """Return the probability of no event until each of `times`, one row per row of `data`.

        Parameters
        ----------
        data
            Rows with the covariates of the model; a missing one gives no value and a `DroppedRowsWarning`.
        times
            Times on the scale of the data (calendar times if the fit had an `origin`), not before the origin.

        Raises
        ------
        ModelError
            If a time lies before the origin, or a covariate is absent or unusable.
        """
        try:
            passed = np.asarray(times, dtype=float) - self.origin
        except (TypeError, ValueError):
            passed = np.full(1, np.nan)
        if passed.ndim != 1 or not (passed >= 0).all():
            raise ModelError(f"times must be a list of times from {self.origin:g} on.")
        table = pd.DataFrame(np.nan, index=data.index, columns=list(times), dtype=float)
        frame, kept = predictable(data, self._columns, self.formula, stacklevel=2)
        X, spec = covariates(self._spec, frame, self.formula)
        if self.distribution == "piecewise":
            slopes = [j for j, name in enumerate(spec.column_names) if name != INTERCEPT]
            pieces = len(self.cuts) + 1
            hazard = exposure(passed, np.array(self.cuts)) @ np.exp(self._params[:pieces])
            log_survival = -np.exp(X[:, slopes] @ self._params[pieces:])[:, None] * hazard
        else:
            location = X @ self._params[: X.shape[1]]
            with np.errstate(divide="ignore"):
                z = (np.log(passed) - location[:, None]) / self.scale
                log_survival = FAMILIES[self.distribution](z)[0]
        table.iloc[np.flatnonzero(kept)] = np.exp(log_survival)
        return table


def _baseline(term: str) -> bool:
    return term in (INTERCEPT, LOG_SCALE) or term.startswith("log(rate)")


def piece_names(cuts: Array) -> tuple[str, ...]:
    """Return the names of the log rates by piece, such as `log(rate)(0,5]`."""
    bounds = [0.0, *cuts, np.inf]
    return tuple(f"log(rate)({low:g},{high:g}]" for low, high in pairwise(bounds))
