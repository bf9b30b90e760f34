"""Does a finite maximum-likelihood estimate exist? An exact check for binary outcomes, and a report on it.

For links with log-concave likelihood (logit, probit, cloglog) the estimate is finite if and only if no
combination of the covariates separates the outcomes (Albert & Anderson 1984, Biometrika 71(1); Silvapulle
1981, JRSS B 43(3)). Whether one does is a linear programme (Konis 2007, DPhil thesis, Oxford).
"""

from __future__ import annotations

from collections.abc import Sequence

import numpy as np
import pandas as pd

from ..design import INTERCEPT, Array, Design, build, warn_dropped
from .recession import SIGN_TOLERANCE, Recession, directions, recession, separating_direction
from .separation_report import COMPLETE, NONE, QUASI, SeparationReport


def separating_terms(y: Array, X: Array, terms: Sequence[str]) -> tuple[str, ...]:
    """Return the terms that separate the outcomes perfectly (completely or quasi-completely); () if none do.

    Parameters
    ----------
    y
        Outcome, shape (n,), 0 or 1.
    X
        Covariates, shape (n, k), of full rank.
    terms
        The k names; a column of ones is called `Intercept`.

    Returns
    -------
    tuple of str
        The terms that separate on their own, else all that take part in the separating combination.

    Raises
    ------
    ModelError
        If the linear programme is not solved.
    """
    Z, slopes = _scaled(X, terms)
    with_intercept = len(slopes) < len(terms)
    alone = [j for j in range(len(slopes)) if _separates(y, Z[:, j], with_intercept)]
    if not alone:
        direction = separating_direction(Z * np.where(y > 0, 1.0, -1.0)[:, None])
        if direction is None:
            return ()
        alone = [j for j in range(len(slopes)) if abs(direction[j]) > SIGN_TOLERANCE]
    return tuple(terms[slopes[j]] for j in alone)


def separation(formula: str, data: pd.DataFrame) -> SeparationReport:
    """Report whether covariates separate the outcomes, so that estimates would be infinite.

    Parameters
    ----------
    formula
        `outcome ~ terms`; the outcome is a 0/1 or boolean column.
    data
        One row per observation (per unit and period at risk for a hazard).

    Returns
    -------
    SeparationReport
        The frozen report: which terms, in which direction, and which rows.

    Raises
    ------
    ModelError
        If the design cannot be built.

    Warns
    -----
    DroppedRowsWarning
        If rows are left out because of missing values.
    """
    design = build(formula, data)
    warn_dropped(
        design.dropped, design.nobs_total - len(design.y), design.nobs_total, "are left out", stacklevel=2
    )
    used = data.index[~data[[design.outcome, *design.columns]].isna().any(axis=1).to_numpy(dtype=bool)]
    return report(design, used)


def report(design: Design, index: pd.Index | None = None) -> SeparationReport:
    """Return the report on a design; `index` labels its n rows, by default with their positions."""
    y, X, terms = design.y, design.X, design.terms
    Z, slopes = _scaled(X, terms)
    with_intercept = len(slopes) < len(terms)
    signed = Z * np.where(y > 0, 1.0, -1.0)[:, None]
    cone = recession(signed)
    kind = NONE if not cone.separated.any() else COMPLETE if cone.separated.all() else QUASI
    signs = _signs(X, signed, cone, slopes)
    labels = pd.RangeIndex(len(y)) if index is None else index
    rows = []
    for j, term in enumerate(terms):
        alone = term != INTERCEPT and _separates(y, Z[:, slopes.index(j)], with_intercept)
        rows.append({"term": term, "direction": signs[j], "alone": alone, **_where(y, X[:, j], term)})
    return SeparationReport(
        formula=design.formula,
        outcome=design.outcome,
        kind=kind,
        nobs=len(y),
        n_events=int(y.sum()),
        separated_rows=labels[cone.separated],
        separated_events=int(y[cone.separated].sum()),
        _table=pd.DataFrame(rows),
    )


def _scaled(X: Array, terms: Sequence[str]) -> tuple[Array, list[int]]:
    """Return the covariates centred (where there is an intercept) and scaled to 1, a constant at the end."""
    slopes = [j for j, term in enumerate(terms) if term != INTERCEPT]
    with_intercept = len(slopes) < len(terms)
    Z = X[:, slopes] - X[:, slopes].mean(axis=0) if with_intercept else X[:, slopes].copy()
    Z /= np.abs(Z).max(axis=0)
    return (np.column_stack([Z, np.ones(len(Z))]) if with_intercept else Z), slopes


def _signs(X: Array, signed: Array, cone: Recession, slopes: list[int]) -> list[str]:
    """Return, by term, where its estimate goes: `finite`, `+inf`, `-inf` or `undetermined`."""
    k = X.shape[1]
    if not cone.separated.any():
        return ["finite"] * k
    centre = X[:, slopes].mean(axis=0) if len(slopes) < k else np.zeros(len(slopes))
    scale = np.abs(X[:, slopes] - centre).max(axis=0)
    coefficients = np.zeros((k, k))  # of the terms, from those of the centred and scaled columns
    for position, j in enumerate(slopes):
        coefficients[j, position] = 1 / scale[position]
    for j in set(range(k)) - set(slopes):
        coefficients[j] = [*(-centre / scale), 1.0]
    return directions(signed, cone, coefficients)


def _where(y: Array, x: Array, term: str) -> dict[str, float]:
    """Return what shows the overlap of one term: sizes of a category, ranges of a number."""
    dummy = term != INTERCEPT and bool(np.isin(x, (0.0, 1.0)).all())
    ones, zeros = x[y > 0], x[y == 0]
    return {
        "rows_in_category": float((x == 1).sum()) if dummy else np.nan,
        "events_in_category": float((ones == 1).sum()) if dummy else np.nan,
        "events_low": float(ones.min()),
        "events_high": float(ones.max()),
        "nonevents_low": float(zeros.min()),
        "nonevents_high": float(zeros.max()),
    }


def _separates(y: Array, z: Array, with_intercept: bool) -> bool:
    """Whether one covariate has all events on one side and all non-events on the other."""
    ones, zeros = z[y > 0], z[y == 0]
    if with_intercept:
        return bool(ones.min() >= zeros.max() or ones.max() <= zeros.min())
    return bool((ones.min() >= 0 >= zeros.max()) or (ones.max() <= 0 <= zeros.min()))
