"""Maximum likelihood for binary outcomes: the discrete-time hazard and the logit.

A discrete-time event-history model is a binary model on the risk set, one row per unit and period at risk
(Allison 1982, Sociological Methodology 13); the complementary log-log link makes it the grouped proportional
hazards model (Prentice & Gloeckler 1978, Biometrics 34(1)).
"""

from __future__ import annotations

import warnings
from dataclasses import dataclass
from typing import Any

import numpy as np
import pandas as pd
from numpy.typing import NDArray
from statsmodels.genmod.families import Binomial
from statsmodels.genmod.generalized_linear_model import GLM

from ...errors import ModelError
from ..checks.separation import separating_terms
from ..design import Array, Design, build, check_estimable, check_frame, warn_dropped
from ..inference.covariance import Estimate, choose, covariance
from ..links import LINKS
from .binary_result import Fit

_MAX_ITERATIONS = 100
_TOLERANCE = 1e-10
# A fitted probability this close to its outcome may be on its way to 0 or 1: worth the exact check.
_SUSPICIOUS = 1e-6


def hazard(
    formula: str,
    data: pd.DataFrame,
    link: str = "cloglog",
    vcov: str | None = None,
    cluster: str | None = None,
) -> Fit:
    """Fit a discrete-time hazard model on the risk set.

    The formula is all there is: no duration term is added unasked.

    Parameters
    ----------
    formula
        `outcome ~ terms`; the outcome is a 0/1 or boolean column, 1 in the period of the event.
    data
        One row per unit and period at risk.
    link
        `cloglog`, `logit` or `probit`.
    vcov
        `iid`, `HC1`, `CR0`, `CR1` or `CR3`; unasked `CR1` with `cluster`, else `iid`.
    cluster
        Name of the cluster column.

    Returns
    -------
    Fit
        The frozen result.

    Raises
    ------
    ModelError
        If the data holds rows that are not at risk (column `at_risk`), or the model cannot be estimated as
        asked.

    Warns
    -----
    DroppedRowsWarning
        If rows are left out because of missing values.
    """
    if isinstance(data, pd.DataFrame) and "at_risk" in data.columns:
        check_frame(data, ["at_risk"], formula)
        outside = ~data["at_risk"].isin([True]).to_numpy(dtype=bool)
        if outside.any():
            raise ModelError(
                f"{int(outside.sum())} of {len(data)} rows are not at risk (column 'at_risk'), first at "
                f"index {data.index[int(outside.argmax())]}: pass the risk set only, data[data['at_risk']]."
            )
    if link not in LINKS:
        raise ModelError(f"link={link!r} is not defined for the hazard: choose one of {', '.join(LINKS)}.")
    return _fit("hazard", formula, data, link, vcov, cluster)


def logit(formula: str, data: pd.DataFrame, vcov: str | None = None, cluster: str | None = None) -> Fit:
    """Fit a logit model.

    Parameters
    ----------
    formula
        `outcome ~ terms`; the outcome is a 0/1 or boolean column.
    data
        One row per observation.
    vcov
        `iid`, `HC1`, `CR0`, `CR1` or `CR3`; unasked `CR1` with `cluster`, else `iid`.
    cluster
        Name of the cluster column.

    Returns
    -------
    Fit
        The frozen result; `.margins()` gives average marginal effects.

    Raises
    ------
    ModelError
        If the model cannot be estimated as asked.

    Warns
    -----
    DroppedRowsWarning
        If rows are left out because of missing values.
    """
    return _fit("logit", formula, data, "logit", vcov, cluster)


def _fit(
    estimator: str, formula: str, data: pd.DataFrame, link: str, vcov: str | None, cluster: str | None
) -> Fit:
    kind = choose(vcov, cluster)
    design = build(formula, data, cluster)
    warn_dropped(
        design.dropped, design.nobs_total - len(design.y), design.nobs_total, "are left out", stacklevel=3
    )
    solution = _maximise(design, LINKS[link])

    refit = _Refit(design, LINKS[link], solution.params)
    estimate = Estimate(solution.params, solution.bread, solution.scores, design.codes, design.labels, refit)
    return Fit.of(
        estimator=estimator,
        link=link,
        design=design,
        estimate=estimate,
        vcov=covariance(kind, estimate),
        vcov_type=kind,
        loglik=solution.loglik,
    )


@dataclass(frozen=True, eq=False)
class _Refit:
    """The estimate on part of the rows; an object and no closure, so that a fit can be kept (pickled)."""

    design: Design
    link: Any
    start: Array

    def __call__(self, keep: NDArray[np.bool_]) -> Array:
        return _maximise(self.design, self.link, keep, start=self.start).params


@dataclass(frozen=True, eq=False)
class _Solution:
    """The maximum: estimate (k,), inverse expected information (k, k), scores (n, k), log-likelihood."""

    params: Array
    bread: Array
    scores: Array
    loglik: float


@np.errstate(over="ignore", under="ignore", invalid="ignore")
def _maximise(
    design: Design, link: Any, keep: NDArray[np.bool_] | None = None, start: Array | None = None
) -> _Solution:
    """Maximise the likelihood over all rows, or those where `keep` is true.

    The fit runs on an orthonormal basis of the covariates, so that calendar years and their powers cost no
    digits, and convergence is judged on parameters of comparable size.
    """
    y, X = design.y, design.X
    if keep is not None:
        y, X = y[keep], X[keep]
        check_estimable(y, X, design.terms, design.outcome)
    basis, triangle = np.linalg.qr(X)
    size = np.sqrt(len(y))
    basis, triangle = basis * size, triangle / size
    model = GLM(y, basis, family=Binomial(link=link))
    fitted = _scoring(model, None if start is None else triangle @ start) or _newton_then_scoring(model)
    if fitted is None or np.abs(y - fitted.mu).min() < _SUSPICIOUS:
        culprits = separating_terms(y, X, design.terms)
        if culprits:
            names = ", ".join(repr(name) for name in culprits)
            raise ModelError(
                f"The outcome {design.outcome!r} is perfectly separated by {names}, the estimate would be "
                "infinite: take the term out or merge its categories."
            )
    if fitted is None:
        raise ModelError(
            f"The fit of {design.formula!r} did not converge in {_MAX_ITERATIONS} iterations: rescale "
            "extreme covariates or use fewer terms."
        )
    # Far out on the predictor the slope is 0 to all digits; statsmodels may return 0 times infinity there.
    slope = np.nan_to_num(link.inverse_deriv(basis @ fitted.params))
    variance = model.family.variance(fitted.mu)
    back = np.linalg.inv(triangle)
    information = basis.T @ (basis * (slope**2 / variance)[:, None])
    return _Solution(
        params=back @ fitted.params,
        bread=back @ np.linalg.inv(information) @ back.T,
        scores=X * ((y - fitted.mu) * slope / variance)[:, None],
        loglik=float(fitted.llf),
    )


def _scoring(model: Any, start: Array | None) -> Any:
    """Return statsmodels' result of Fisher scoring, or None if it did not converge."""
    result = _attempt(
        model,
        start_params=start,
        tol_criterion="params",
        maxiter=_MAX_ITERATIONS,
        atol=_TOLERANCE,
        rtol=_TOLERANCE,
    )
    return result if result is not None and result.converged and np.isfinite(result.params).all() else None


def _newton_then_scoring(model: Any) -> Any:
    """Return Fisher scoring started from Newton's method, which gets further with extreme covariates."""
    zero = np.zeros(model.exog.shape[1])
    rough = _attempt(model, start_params=zero, method="newton", maxiter=_MAX_ITERATIONS, disp=0)
    return None if rough is None or not np.isfinite(rough.params).all() else _scoring(model, rough.params)


def _attempt(model: Any, **options: Any) -> Any:
    """Return `model.fit(**options)`, or None where its arithmetic breaks down."""
    with warnings.catch_warnings(), np.errstate(all="ignore"):
        warnings.simplefilter("ignore")  # convergence and separation are judged by the caller
        try:
            return model.fit(**options)
        except ValueError:  # includes numpy's LinAlgError
            return None
