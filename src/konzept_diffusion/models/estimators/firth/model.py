"""Firth's penalised likelihood for binary outcomes: finite estimates under separation, less bias with few events.

Firth 1993 (Biometrika 80(1)); Heinze & Schemper 2002 (Statistics in Medicine 21(16)) for separation, tests and
intervals; Kosmidis & Firth 2021 (Biometrika 108(1)) for links other than the logit; Puhr, Heinze, Nold, Lusa &
Geroldinger 2017 (Statistics in Medicine 36(14)) for predictions.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np
import pandas as pd
from numpy.typing import NDArray
from scipy import optimize, stats
from scipy.special import expit

from ....errors import ModelError
from ...design import (
    INTERCEPT,
    Array,
    Design,
    build,
    check_estimable,
    covariates,
    predictable,
    warn_dropped,
)
from ...inference.covariance import Estimate, choose, covariance
from ...links import LINKS
from ..binary.result import Fit
from ..clusters import warn_without_events
from .profile import ProfileTests, likelihood_ratio
from .solver import Point, Problem, maximise, problem

CORRECTIONS = ("flic", "flac")


@dataclass(frozen=True, eq=False, repr=False, kw_only=True)
class FirthFit(Fit):
    """Result of `firth`; `loglik` and `loglik_null` are penalised, by the penalty of the full model.

    With the covariance `iid` tests and intervals are those of the profile penalised likelihood; a robust or
    clustered covariance brings tests of Wald, since a likelihood ratio takes rows to be independent.
    """

    _task: Problem
    _best: Point

    def test(self, terms: Sequence[str] | None = None) -> pd.DataFrame:
        """Return the penalised likelihood ratio test that several coefficients are 0 together.

        Parameters
        ----------
        terms
            Coefficients to test, names as in `params`; all but the intercept by default.

        Returns
        -------
        pandas.DataFrame
            One row: terms, statistic, df, p_value.

        Raises
        ------
        ModelError
            If a term is not in the model, or there is none to test.
        """
        chosen = tuple(dict.fromkeys(terms if terms is not None else _slopes(self._terms)))
        unknown = [name for name in chosen if name not in self._terms]
        if unknown or not chosen:
            raise ModelError(
                f"No coefficient {unknown[0]!r} to test: choose among {', '.join(self._terms)}."
                if unknown
                else "The model has no coefficient but the intercept: name what to test."
            )
        ratio = likelihood_ratio(self._task, self._best, self._terms, chosen)
        p_value = float(stats.chi2.sf(ratio, len(chosen)))
        return pd.DataFrame(
            {"terms": [" + ".join(chosen)], "statistic": [ratio], "df": [len(chosen)], "p_value": [p_value]}
        )

    def predict(self, data: pd.DataFrame, correction: str | None = None) -> pd.Series:
        """Return the fitted probability of each row of `data`, between 0 and 1.

        Firth's estimates pull predicted probabilities towards one half. The corrections make the mean
        prediction over the rows of the fit equal to the share of events.

        Parameters
        ----------
        data
            Rows with the covariates of the model; a missing one gives no value and a `DroppedRowsWarning`.
        correction
            None; `flic`: the intercept anew by maximum likelihood, the other coefficients as they are; `flac`:
            all coefficients anew, with a term for the pseudo-observations that the penalty stands for.

        Raises
        ------
        ModelError
            If a covariate is absent or unusable, or the correction unknown or not defined (it needs the logit
            link and an intercept).
        """
        if correction is None:
            return super().predict(data)
        if correction not in CORRECTIONS:
            raise ModelError(
                f"correction={correction!r} is not known: choose one of {', '.join(CORRECTIONS)}."
            )
        if self.link != "logit" or INTERCEPT not in self._terms:
            raise ModelError(
                f"correction={correction!r} is defined for the logit link with an intercept only."
            )
        params = self._flic() if correction == "flic" else self._flac()
        frame, kept = predictable(data, self._design.columns, self.formula, stacklevel=2)
        X, _ = covariates(self._design.spec, frame, self.formula)
        predicted = pd.Series(np.nan, index=data.index, name="probability", dtype=float)
        predicted.iloc[np.flatnonzero(kept)] = expit(X @ params)
        return predicted

    def _flic(self) -> Array:
        eta = self._design.X @ self._params
        share = float(self._design.y.mean())
        widest = float(np.abs(eta).max()) + abs(float(np.log(share / (1 - share)))) + 1.0
        params = self._params.copy()
        params[self._terms.index(INTERCEPT)] += optimize.brentq(
            lambda shift: float(expit(eta + shift).mean()) - share, -widest, widest, xtol=1e-14
        )
        return params

    def _flac(self) -> Array:
        y, X = self._design.y, self._design.X
        p = expit(X @ self._params)
        spread = np.linalg.solve(np.linalg.cholesky(self._best.information), self._task.basis.T)
        leverage = p * (1 - p) * np.einsum("ij,ij->j", spread, spread)[self._task.group]
        pseudo = np.repeat([0.0, 1.0, 1.0], len(y))
        stacked = np.column_stack([np.vstack([X, X, X]), pseudo])
        weights = np.concatenate([np.ones(len(y)), leverage / 2, leverage / 2])
        task = problem(np.concatenate([y, y, 1 - y]), stacked, "logit", penalty=0.0, weights=weights)
        return np.asarray(task.loadings @ maximise(task).params)[:-1]


def firth(
    formula: str,
    data: pd.DataFrame,
    link: str = "logit",
    vcov: str | None = None,
    cluster: str | None = None,
) -> FirthFit:
    """Fit a binary-outcome model by Firth's penalised likelihood (Jeffreys' prior as penalty).

    The estimates are finite under complete and quasi-complete separation as well.

    Parameters
    ----------
    formula
        `outcome ~ terms`; the outcome is a 0/1 or boolean column.
    data
        One row per observation (per unit and period at risk for a discrete-time hazard).
    link
        `logit`, `probit` or `cloglog`; Firth's reduction of bias is exact to first order with `logit` only.
    vcov
        `iid` (inverse expected information, with profile likelihood tests and intervals), `HC1`, `CR0`, `CR1`
        or `CR3` (tests of Wald); unasked `CR1` with `cluster`, else `iid`.
    cluster
        Name of the cluster column.

    Returns
    -------
    FirthFit
        The frozen result.

    Raises
    ------
    ModelError
        If the model cannot be estimated as asked.

    Warns
    -----
    DroppedRowsWarning
        If rows are left out because of missing values.
    ClusterWithoutEventsWarning
        If a cluster has no event.
    """
    kind = choose(vcov, cluster)
    if link not in LINKS:
        raise ModelError(f"link={link!r} is not defined for firth: choose one of {', '.join(LINKS)}.")
    design = build(formula, data, cluster)
    warn_dropped(
        design.dropped, design.nobs_total - len(design.y), design.nobs_total, "are left out", stacklevel=2
    )
    warn_without_events(design.y, design.codes, design.labels, cluster, stacklevel=2)
    task = problem(design.y, design.X, link)
    best = maximise(task)
    params = task.loadings @ best.params
    estimate = Estimate(
        params,
        np.asarray(np.linalg.inv(best.information)),
        _scores(design, task, best),
        design.codes,
        design.labels,
        _Refit(design, link, params),
        loadings=task.loadings,
    )
    # The determinant of the information of the covariates themselves, not of their basis, as others report it.
    scale = -float(np.linalg.slogdet(task.loadings)[1])
    slopes = _slopes(design.terms)
    ratio = likelihood_ratio(task, best, design.terms, slopes) if slopes else 0.0
    return FirthFit(
        estimator="firth",
        formula=formula,
        link=link,
        vcov_type=kind,
        cluster=cluster,
        nobs=len(design.y),
        nobs_total=design.nobs_total,
        n_events=int(design.y.sum()),
        n_clusters=len(design.labels) or None,
        loglik=best.loglik + scale,
        loglik_null=best.loglik + scale - ratio / 2,
        _title=f"Firth's penalised likelihood ({link})",
        _terms=design.terms,
        _params=params,
        _vcov=covariance(kind, estimate),
        _dropped=design.dropped,
        _tests=ProfileTests(task, best, design.terms) if kind == "iid" else None,
        _facts={"link": link},
        _design=design,
        _estimate=estimate,
        _task=task,
        _best=best,
    )


@dataclass(frozen=True, eq=False)
class _Refit:
    """The estimate on part of the rows, for the jackknife."""

    design: Design
    link: str
    start: Array

    def __call__(self, keep: NDArray[np.bool_]) -> Array:
        y, X = self.design.y[keep], self.design.X[keep]
        check_estimable(y, X, self.design.terms, self.design.outcome)
        task = problem(y, X, self.link)
        return np.asarray(task.loadings @ maximise(task, task.triangle @ self.start).params)


def _scores(design: Design, task: Problem, best: Point) -> Array:
    """Contribution of each row to the penalised score on the basis, which is zero in sum."""
    one, zero, penalty = (part[task.group] for part in best.row_scores)
    return task.basis[task.group] * (np.where(design.y > 0, one, zero) + penalty)[:, None]


def _slopes(terms: Sequence[str]) -> tuple[str, ...]:
    return tuple(term for term in terms if term != INTERCEPT)
