"""Logistic and Gompertz curves of adoption."""

from __future__ import annotations

from collections.abc import Sequence

import pandas as pd

from ....errors import ModelError
from .counts import read
from .forms import FORMS
from .result import AdoptionCurve, fit


def s_curve(
    counts: pd.Series | pd.DataFrame | Sequence[float],
    form: str = "logistic",
    include_nonadopters: bool | str = False,
    *,
    method: str = "nls",
    population: float | None = None,
    ceiling: str = "fixed",
    left_truncated: bool = False,
    vcov: str = "iid",
) -> AdoptionCurve:
    """Fit a logistic or Gompertz curve to adoptions per period.

    With time t in the periods of the counts (the end of the period), midpoint a and rate b, the share that has
    adopted is 1 / (1 + exp(-b (t - a))) or exp(-exp(-b (t - a))); most adopt at the midpoint, half and 1/e of
    all having adopted by then.

    Parameters
    ----------
    form
        `logistic` or `gompertz`.
    counts, include_nonadopters, method, population, ceiling, vcov
        As for `bass`.
    left_truncated
        Whether units that adopted before the first period are in neither the counts nor the population. If
        not, the first count includes all adoptions up to its end.

    Returns
    -------
    AdoptionCurve
        Frozen result with terms midpoint, rate (and ceiling).

    Raises
    ------
    ModelError
        If the form is not known; else as `bass`.
    """
    if form not in FORMS:
        raise ModelError(f"form={form!r} is not known: choose {' or '.join(FORMS)}.")
    data = read(counts, include_nonadopters, population)
    return fit(
        FORMS[form],
        data,
        include_nonadopters=include_nonadopters,
        method=method,
        ceiling=ceiling,
        elapsed=1 if left_truncated else None,
        vcov=vcov,
    )


def logistic_curve(
    counts: pd.Series | pd.DataFrame | Sequence[float],
    include_nonadopters: bool | str = False,
    *,
    method: str = "nls",
    population: float | None = None,
    ceiling: str = "fixed",
    left_truncated: bool = False,
    vcov: str = "iid",
) -> AdoptionCurve:
    """Fit a logistic curve to adoptions per period.

    Parameters
    ----------
    counts, include_nonadopters, method, population, ceiling, left_truncated, vcov
        As for `s_curve`, whose form is `logistic` here.

    Returns
    -------
    AdoptionCurve
        The frozen result.

    Raises
    ------
    ModelError
        As `s_curve` does.
    """
    return s_curve(
        counts,
        "logistic",
        include_nonadopters,
        method=method,
        population=population,
        ceiling=ceiling,
        left_truncated=left_truncated,
        vcov=vcov,
    )
