"""Does a finite maximum-likelihood estimate exist? An exact check for binary outcomes.

For links with log-concave likelihood (logit, probit, cloglog) the estimate is finite if and only if no
combination of the covariates separates the outcomes (Albert & Anderson 1984, Biometrika 71(1); Silvapulle
1981, JRSS B 43(3)). Whether one does is a linear programme (Konis 2007, DPhil thesis, Oxford).
"""

from __future__ import annotations

from collections.abc import Sequence

import numpy as np
from scipy.optimize import linprog

from ...errors import ModelError
from ..design import INTERCEPT, Array

# Covariates are scaled to unit size; what the linear programme leaves below this is rounding.
_ROUNDING = 1e-6


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
    slopes = [j for j, term in enumerate(terms) if term != INTERCEPT]
    with_intercept = len(slopes) < len(terms)
    Z = X[:, slopes] - X[:, slopes].mean(axis=0) if with_intercept else X[:, slopes].copy()
    Z /= np.abs(Z).max(axis=0)
    columns = np.column_stack([Z, np.ones(len(Z))]) if with_intercept else Z
    signed = columns * np.where(y > 0, 1.0, -1.0)[:, None]
    # Maximise the summed margins under the constraint that every observation is on its own side of the plane.
    solution = linprog(
        -signed.sum(axis=0), A_ub=-signed, b_ub=np.zeros(len(y)), bounds=(-1, 1), method="highs"
    )
    if solution.status != 0:
        raise ModelError(
            f"Whether the outcomes are separated cannot be decided ({solution.message.rstrip('.')})."
        )
    if (signed @ solution.x).max(initial=0.0) <= _ROUNDING:
        return ()
    taking_part = [j for j in range(len(slopes)) if abs(solution.x[j]) > _ROUNDING]
    alone = [j for j in taking_part if _separates(y, Z[:, j], with_intercept)]
    return tuple(terms[slopes[j]] for j in (alone or taking_part))


def _separates(y: Array, z: Array, with_intercept: bool) -> bool:
    """Whether one covariate has all events on one side and all non-events on the other."""
    ones, zeros = z[y > 0], z[y == 0]
    if with_intercept:
        return bool(ones.min() >= zeros.max() or ones.max() <= zeros.min())
    return bool((ones.min() >= 0 >= zeros.max()) or (ones.max() <= 0 <= zeros.min()))
