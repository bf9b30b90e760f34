"""Competing risks with covariates: for every cause its own hazard, and its subdistribution hazard.

The cause-specific hazards say what drives each event among those still at risk (Prentice et al. 1978, Biometrics
34(4)); the subdistribution hazard says how a covariate moves the cumulative incidence (Fine & Gray 1999).
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np
import pandas as pd
from scipy.linalg import block_diag

from ....errors import ModelError
from ...checks.spells import refuse
from ...design import check_frame, warn_dropped
from ...inference.covariance import Estimate, covariance
from ...results import Estimates
from ..cox.design import build_spells
from ..cox.model import cox
from ..cox.result import CoxFit
from .incidence import causes_of
from .subdistribution import subdistribution


@dataclass(frozen=True, eq=False, repr=False)
class CompetingRisks:
    """Result of `competing_risks`; nothing in it can be changed.

    Attributes
    ----------
    causes
        The causes in order.
    """

    causes: tuple[object, ...]
    _specific: tuple[CoxFit, ...]

    @property
    def cause_specific(self) -> dict[object, CoxFit]:
        """The Cox model of each cause, other causes counted as censored."""
        return dict(zip(self.causes, self._specific, strict=True))

    @property
    def params(self) -> pd.Series:
        """Estimates of all causes, by (cause, term)."""
        return self._stacked([fit.params for fit in self._specific])

    @property
    def se(self) -> pd.Series:
        """Standard errors of all causes, by (cause, term)."""
        return self._stacked([fit.se for fit in self._specific])

    @property
    def vcov(self) -> pd.DataFrame:
        """Covariance by (cause, term), 0 between causes: each cause has a model of its own.

        Their information is block-diagonal; for a robust covariance the blocks between causes are left out.
        """
        index = self.params.index
        return pd.DataFrame(
            block_diag(*(fit.vcov.to_numpy() for fit in self._specific)), index=index, columns=index
        )

    @property
    def loglik(self) -> float:
        """Sum of the partial log-likelihoods: they factor by cause (Prentice et al. 1978)."""
        return float(sum(fit.loglik for fit in self._specific))

    @property
    def nobs(self) -> int:
        """Rows used, the same for every cause."""
        return self._specific[0].nobs

    def _stacked(self, parts: Sequence[pd.Series]) -> pd.Series:
        return pd.concat(dict(zip(self.causes, parts, strict=True)), names=["cause", "term"])

    def tidy(self, level: float = 0.95) -> pd.DataFrame:
        """Return the coefficients of all causes: cause, then the columns of every fit's `tidy`."""
        tables = []
        for cause, fit in self.cause_specific.items():
            table = fit.tidy(level)
            table.insert(0, "cause", cause)
            tables.append(table)
        return pd.concat(tables, ignore_index=True)

    def glance(self) -> pd.DataFrame:
        """Return one row per cause: cause, then the columns of every fit's `glance`."""
        tables = []
        for cause, fit in self.cause_specific.items():
            table = fit.glance()
            table.insert(0, "cause", cause)
            tables.append(table)
        return pd.concat(tables, ignore_index=True)

    def summary(self, level: float = 0.95) -> str:
        """Return the fits as plain text."""
        return "\n\n".join(
            f"Cause {cause}\n{fit.summary(level)}" for cause, fit in self.cause_specific.items()
        )

    def __repr__(self) -> str:
        """Return one line that identifies the fits."""
        return f"<CompetingRisks: {', '.join(str(cause) for cause in self.causes)}>"


def competing_risks(
    formula: str,
    data: pd.DataFrame,
    start: str | None = None,
    stop: str = "stop",
    event: str = "event",
    censored: object = 0,
    ties: str = "efron",
    strata: str | Sequence[str] | None = None,
    cluster: str | None = None,
    vcov: str | None = None,
) -> CompetingRisks:
    """Fit a cause-specific Cox model for every cause.

    Parameters
    ----------
    formula, data, start, stop, ties, strata, cluster, vcov
        As for `cox`.
    event
        Column with the cause (numbers or names), and `censored` where none has happened.
    censored
        The value of `event` that means no event; None if nobody is censored.

    Returns
    -------
    CompetingRisks
        The frozen result, one fit per cause.

    Raises
    ------
    ModelError
        If no event happens, a row has no value in `event`, or the model of a cause cannot be estimated.

    Warns
    -----
    DroppedRowsWarning
        If rows are left out because of missing values.
    """
    check_frame(data, [event], "competing_risks")
    refuse(data[event], data[event].isna().to_numpy(dtype=bool), "has no value")
    numbers, causes = causes_of(data[event], censored)
    fits = []
    for number, cause in enumerate(causes):
        flagged = data.assign(**{event: (numbers == number).astype(int)})
        try:
            fits.append(cox(formula, flagged, start, stop, event, ties, strata, cluster, vcov))
        except ModelError as error:
            raise ModelError(f"The model of cause {cause!r} cannot be estimated. {error}") from error
    return CompetingRisks(causes, tuple(fits))


def fine_gray(
    formula: str,
    data: pd.DataFrame,
    cause: object,
    stop: str = "stop",
    event: str = "event",
    censored: object = 0,
    cluster: str | None = None,
) -> Estimates:
    """Fit the proportional subdistribution hazards model of one cause.

    Parameters
    ----------
    formula
        Terms without outcome, such as `x1 + x2`.
    data
        One row per unit, at risk from 0 (the weights are not defined for late entry or changing covariates).
    cause
        The value of `event` whose incidence is modelled.
    stop, event
        Columns with the time, and with the cause or `censored`.
    censored
        The value of `event` that means no event; None if nobody is censored.
    cluster
        Column with clusters; the covariance is then robust by cluster (CR0).

    Returns
    -------
    Estimates
        The frozen result; ties after Breslow, covariance robust and with the estimated weights, as cmprsk's `crr`.

    Raises
    ------
    ModelError
        If the cause does not occur, or the model cannot be estimated as asked.

    Warns
    -----
    DroppedRowsWarning
        If rows are left out because of missing values.
    """
    check_frame(data, [event], "fine_gray")
    refuse(data[event], data[event].isna().to_numpy(dtype=bool), "has no value")
    numbers, causes = causes_of(data[event], censored)
    if cause not in causes:
        known = ", ".join(repr(value) for value in causes)
        raise ModelError(f"The cause {cause!r} does not occur in {event!r}: choose one of {known}.")
    number = causes.index(cause)
    coded = pd.Series(numbers, index=data.index)
    flagged = data.assign(**{event: (numbers == number).astype(int)})
    design = build_spells(formula, flagged, start=None, stop=stop, event=event, cluster=cluster)
    n = len(design.end)
    warn_dropped(design.dropped, design.nobs_total - n, design.nobs_total, "are left out", stacklevel=2)
    kept = flagged[[*design.columns, stop]].notna().all(axis=1).to_numpy(dtype=bool)
    fit = subdistribution(design.X, design.end, coded.to_numpy()[kept], number, design.terms, cause)
    codes, labels = design.codes, design.labels
    if codes is None:  # every row its own cluster
        codes, labels = np.arange(n), tuple(map(str, range(n)))
    return Estimates(
        estimator="fine_gray",
        formula=formula,
        vcov_type="robust" if cluster is None else "CR0",
        cluster=cluster,
        nobs=n,
        nobs_total=design.nobs_total,
        n_events=int(design.happened.sum()),
        n_clusters=len(design.labels) or None,
        loglik=fit.loglik,
        loglik_null=fit.loglik_null,
        _title=f"Subdistribution hazard of {cause} (Fine-Gray)",
        _terms=design.terms,
        _params=fit.params,
        _vcov=covariance(
            "CR0", Estimate(fit.params, fit.bread, fit.scores, codes, labels, loadings=fit.loadings)
        ),
        _dropped=design.dropped,
        _facts={"cause": cause},
    )
