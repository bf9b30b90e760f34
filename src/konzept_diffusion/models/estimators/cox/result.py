"""The result of a Cox model: what every fit shows, predictions, baseline hazard, residuals, concordance."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np
import pandas as pd

from ....errors import ModelError
from ...design import Array, predictable
from ...inference.covariance import Estimate
from ...results import Estimates
from .concordance import concordance
from .design import SpellDesign, strata_labels
from .diagnostics import ProportionalHazards, proportional_hazards
from .likelihood import PartialLikelihood, Point
from .risksets import risk_sets


@dataclass(frozen=True, eq=False, repr=False, kw_only=True)
class CoxFit(Estimates):
    """Result of a Cox model; nothing in it can be changed.

    The log-likelihoods are partial; `bic` counts rows, as everywhere in the package.

    Attributes
    ----------
    ties
        `efron` or `breslow`.
    """

    ties: str
    _design: SpellDesign
    _estimate: Estimate

    @property
    def means(self) -> pd.Series:
        """Means of the covariates over the rows used: what predictions are relative to."""
        return pd.Series(self._design.X.mean(axis=0), index=pd.Index(self._terms, name="term"), name="means")

    def concordance(self) -> float:
        """Return the share of comparable pairs at risk that the fit orders as the events (ties count half).

        As `concordance(coxph(...))` in R; NaN without a comparable pair.
        """
        design = self._design
        predictor = design.X @ self._params
        return concordance(design.begin, design.end, design.happened, design.stratum, predictor)

    def baseline(self) -> pd.DataFrame:
        """Return the baseline hazard of a row with average covariates (`means`).

        Columns: stratum (with strata only), time, n_risk, n_event, hazard (its increment), cumulative_hazard,
        survival. One row per event time. After Breslow 1974 with `breslow`, after Efron with `efron` ties. R's
        `basehaz` is the same only without 0/1 covariates and factors, which R does not centre (`nocenter`).
        """
        point = self._point(self.means.to_numpy())
        sets = point.likelihood.sets
        table = pd.DataFrame(
            {
                "stratum": [self._design.stratum_labels[code] for code in sets.stratum],
                "time": sets.times,
                "n_risk": np.rint(sets.at_risk(np.ones(len(sets.rows)))).astype(int),
                "n_event": sets.deaths,
                "hazard": point.w,
            }
        )
        table["cumulative_hazard"] = table.groupby(sets.stratum)["hazard"].cumsum()
        table["survival"] = np.exp(-table["cumulative_hazard"])
        return table if self._design.strata else table.drop(columns="stratum")

    def predict(self, data: pd.DataFrame, times: Sequence[float] | None = None) -> pd.Series | pd.DataFrame:
        """Return the partial hazard of each row of `data`, or its survival probabilities at `times`.

        Parameters
        ----------
        data
            Rows with the covariates and, for survival with strata, the columns of the strata.
        times
            Times since the beginning at which survival is wanted; None for partial hazards.

        Returns
        -------
        Series or DataFrame
            exp((x - means)'b) by row; or survival, one column per time, covariates held constant from 0 on. A
            row with a missing value gets none, with a `DroppedRowsWarning` that counts them.

        Raises
        ------
        ModelError
            If a covariate is absent, not finite or has an unknown category, a stratum is unknown, or a time is
            negative, no finite number, or later than the last time observed in the row's stratum.
        """
        needed = [*self._design.columns, *(self._design.strata if times is not None else ())]
        frame, kept = predictable(data, needed, self.formula, stacklevel=2)
        centred = self._design.covariates_of(frame) - self.means.to_numpy()
        risk = np.exp(centred @ self._params)
        if times is None:
            hazard = pd.Series(np.nan, index=data.index, name="partial_hazard", dtype=float)
            hazard.iloc[np.flatnonzero(kept)] = risk
            return hazard
        try:
            grid = np.asarray(times, dtype=float).reshape(-1)
        except (TypeError, ValueError):
            grid = np.full(1, np.nan)
        if not np.isfinite(grid).all() or (grid < 0).any():
            raise ModelError("A time for predictions is negative or not finite: give times from 0 on.")
        curves = np.full((len(data), len(grid)), np.nan)
        curves[kept] = np.exp(-risk[:, None] * self._cumulative(frame, grid))
        return pd.DataFrame(curves, index=data.index, columns=pd.Index(grid, name="time"))

    def schoenfeld(self) -> pd.DataFrame:
        """Return Schoenfeld residuals: one row per event (index labels of the data), time and a column per term.

        Schoenfeld 1982 (Biometrika 69(1)); tied events after Efron have the mean of Efron's means.
        """
        point = self._point()
        sets = point.likelihood.sets
        table = pd.DataFrame(
            point.schoenfeld(),
            columns=list(self._terms),
            index=self._design.index[sets.rows[sets.event_rows]],
        )
        table.insert(0, "time", sets.times[sets.event_times])
        return table

    def score_residuals(self) -> pd.DataFrame:
        """Return score residuals by row; times the `iid` covariance they are the dfbeta residuals."""
        return pd.DataFrame(self._estimate.scores, index=self._design.index, columns=list(self._terms))

    def proportional_hazards(self, transform: str = "km") -> ProportionalHazards:
        """Test whether effects stay the same over time; see `proportional_hazards_test`."""
        design = self._design
        return proportional_hazards(
            self._point(), self._terms, transform, (design.begin, design.end, design.happened)
        )

    def glance(self) -> pd.DataFrame:
        """Return one row about the whole fit; adds the concordance."""
        return super().glance().assign(concordance=self.concordance())

    def _point(self, centres: Array | None = None) -> Point:
        """Return the partial likelihood at the estimate, covariates less `centres`."""
        design = self._design
        sets = risk_sets(design.begin, design.end, design.happened, design.stratum)
        Z = design.X[sets.rows] - (design.X.mean(axis=0) if centres is None else centres)
        return PartialLikelihood(sets, Z, self.ties == "efron").at(self._params)

    def _cumulative(self, frame: pd.DataFrame, grid: Array) -> Array:
        """Return the cumulative baseline hazard of each row's stratum at each time, shape (rows, times)."""
        design, table = self._design, self.baseline()
        labels = pd.Series("", index=frame.index)
        if design.strata:
            labels = strata_labels(frame, design.strata)
            unknown = sorted(set(labels) - set(design.stratum_labels))
            if unknown:
                raise ModelError(
                    f"The stratum {unknown[0]!r} ({', '.join(design.strata)}) is not among those of the fit: "
                    "predict for known strata only."
                )
        result = np.empty((len(frame), len(grid)))
        for number, label in enumerate(design.stratum_labels):
            rows = (labels == label).to_numpy(dtype=bool)
            if not rows.any():
                continue
            last = design.end[design.stratum == number].max()
            if (grid > last).any():
                raise ModelError(
                    f"Survival at {grid.max():g} is asked for, but nobody{f' of stratum {label!r}' if label else ''} "
                    f"was observed beyond {last:g}: predict up to that time."
                )
            part = table[table["stratum"] == label] if design.strata else table
            position = np.searchsorted(part["time"].to_numpy(), grid, side="right")
            result[rows] = np.concatenate([[0.0], part["cumulative_hazard"]])[position]
        return result
