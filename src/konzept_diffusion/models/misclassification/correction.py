"""Hazard and binary models corrected for missed and wrongly named adoptions, by maximum likelihood.

Sources: Hausman, Abrevaya & Scott-Morton 1998 (J. Econometrics 87(2)) for the cross-section; Meier, Richardson &
Hughes 2003 (Biometrics 59(4)) for discrete-time durations with a fallible test; here the error is one per unit.
"""

from __future__ import annotations

import math
import warnings
from collections.abc import Mapping
from dataclasses import replace

import numpy as np
import pandas as pd

from ...errors import ModelError
from ..design import INTERCEPT, Array
from ..inference.covariance import choose, covariance
from ..links import LINKS
from .contradiction import contradicted, contradictions
from .corrected_fit import CorrectedFit, estimate_of, invert
from .histories import Histories, classes, histories, unit_names, unit_table
from .rates import Rates, UnitRates, unit_rates
from .unit_likelihood import Maximum, Problem, certain, maximise, rough_start


class WeakIdentificationWarning(UserWarning):
    """What was observed hardly fits the rates: the corrected estimate hangs on them."""


def misclassified_hazard(
    formula: str,
    data: pd.DataFrame,
    *,
    unit: str,
    time: str,
    sensitivity: Rates,
    specificity: Rates = 1.0,
    by: str | None = None,
    link: str = "cloglog",
    vcov: str | None = None,
    cluster: str | None = None,
) -> CorrectedFit:
    """Fit a discrete-time hazard of first adoption where adoptions were missed or named by mistake.

    Parameters
    ----------
    formula
        As for `hazard`.
    data
        One row per unit and period. Units not named as adopters need all rows of the window; adopters need
        those after the adoption, too, where specificity is below 1 or uncertain.
    unit, time
        Columns that name the unit and order its rows.
    sensitivity
        Probability that an adoption within the window was found and dated: a share, a `Rate` (with a
        distribution: its uncertainty is propagated), or a mapping from the values of `by` to either.
    specificity
        Probability that a unit without an adoption was not named; as `sensitivity`.
    by
        Column with the class that the rates depend on, such as the size class; constant within units.
    link
        `cloglog`, `logit` or `probit`.
    vcov
        `iid`, `HC1`, `CR0`, `CR1` or `CR3` (observations are units); unasked `CR1` with `cluster`, else `iid`.
    cluster
        Name of the cluster column, constant within units.

    Returns
    -------
    CorrectedFit
        The frozen result.

    Raises
    ------
    ModelError
        If a class has no rate, the two rates of a class add up to 1 or less, times are no numbers, rows are
        missing that the likelihood needs, or the coefficients are not identified at these rates.

    Warns
    -----
    DroppedRowsWarning
        If units are left out because of missing values.
    WeakIdentificationWarning
        If more units of a class were named than its sensitivity allows, or no more than mistakes explain. The
        data then contradict the rates; what is left of the estimate rests on the dates alone.

    Notes
    -----
    `iid` takes the expected information of the rows (that of `hazard` where both rates are 1), less what not
    knowing which units were missed costs; the sandwich's bread is the same matrix.
    An adoption that was found bears its true date, and none happened before the unit's first row. Adoptions named
    by mistake bear any date of the unit's window with equal probability. Covariates count as right: an exposure
    term made of others' observed adoptions is not, it misses the same adoptions, and nothing here mends it.
    Within a class adoptions count as missed regardless of covariates; `tipping_point` shows what follows if they
    are not.
    """
    return _fit(
        "misclassified_hazard", formula, data, unit, time, sensitivity, specificity, by, link, vcov, cluster
    )


def misclassified_binary(
    formula: str,
    data: pd.DataFrame,
    *,
    sensitivity: Rates,
    specificity: Rates = 1.0,
    by: str | None = None,
    link: str = "logit",
    vcov: str | None = None,
    cluster: str | None = None,
) -> CorrectedFit:
    """Fit a binary model of a cross-section whose outcome was missed or named by mistake.

    P(named) = 1 - specificity + (sensitivity + specificity - 1) F(x'b), the likelihood of Hausman, Abrevaya &
    Scott-Morton 1998 with rates from outside; they are not estimated from the outcome itself, which would rest on
    the form of F alone.

    Parameters
    ----------
    formula, data
        As for `logit`, one row per unit.
    sensitivity, specificity, by, vcov, cluster
        As for `misclassified_hazard`.
    link
        `logit`, `cloglog` or `probit`.

    Returns
    -------
    CorrectedFit
        The frozen result.

    Raises
    ------
    ModelError
        As `misclassified_hazard`; also where that only warns: without dates nothing is left of an estimate if
        more units of a class were named than its sensitivity allows, or no more than mistakes explain.

    Warns
    -----
    DroppedRowsWarning
        If rows are left out because of missing values.
    WeakIdentificationWarning
        Before that error.
    """
    return _fit(
        "misclassified_binary", formula, data, None, None, sensitivity, specificity, by, link, vcov, cluster
    )


def prepared(
    formula: str,
    data: pd.DataFrame,
    unit: str | None,
    time: str | None,
    sensitivity: Rates,
    specificity: Rates,
    by: str | None,
    link: str,
    cluster: str | None,
    whole_window: bool = False,
    stacklevel: int = 2,
) -> tuple[Problem, UnitRates, tuple[str, ...], pd.Series | None]:
    """Return the problem, its rates, the units used and their classes.

    Raises
    ------
    ModelError
        As `misclassified_hazard`.
    """
    if link not in LINKS:
        raise ModelError(f"link={link!r} is not defined here: choose one of {', '.join(LINKS)}.")
    if by is None and (isinstance(sensitivity, Mapping) or isinstance(specificity, Mapping)):
        raise ModelError("A rate is given by class: name the column of the classes with by=.")
    frame = unit_table(data, unit, time, by)
    names = unit_names(frame)
    groups = classes(frame, by)
    every = unit_rates(sensitivity, specificity, groups, len(names))
    wrongly = np.array([rate.value < 1 or rate.uncertain for rate in every.rates])[every.specificity]
    units = histories(formula, frame, cluster, wrongly | whole_window, len(data), stacklevel)
    rates = replace(
        every, sensitivity=every.sensitivity[units.kept], specificity=every.specificity[units.kept]
    )
    numbers = rates.numbers
    problem = Problem(units, link, numbers[rates.sensitivity], numbers[rates.specificity])
    kept = tuple(str(name) for name in names[units.kept])
    return problem, rates, kept, None if groups is None else groups.iloc[units.kept]


def _fit(
    estimator: str,
    formula: str,
    data: pd.DataFrame,
    unit: str | None,
    time: str | None,
    sensitivity: Rates,
    specificity: Rates,
    by: str | None,
    link: str,
    vcov: str | None,
    cluster: str | None,
) -> CorrectedFit:
    kind = choose(vcov, cluster)
    problem, rates, names, groups = prepared(
        formula, data, unit, time, sensitivity, specificity, by, link, cluster, stacklevel=3
    )
    reasons = contradictions(problem, groups)
    for reason in reasons:
        warnings.warn(
            f"{reason}: the coefficients are hardly identified at these rates; show them over a range "
            "(tipping_point).",
            WeakIdentificationWarning,
            stacklevel=3,
        )
    if reasons and estimator == "misclassified_binary":
        raise contradicted(problem, reasons)
    plain, found = solve(problem)
    conditional = covariance(kind, estimate_of(problem, found))
    naive = certain(problem)
    design = problem.units.design
    kinds = {"misclassified_hazard": "Hazard", "misclassified_binary": "Binary model"}
    return CorrectedFit(
        estimator=estimator,
        formula=formula,
        link=link,
        vcov_type=kind,
        cluster=cluster,
        nobs=len(design.y),
        nobs_total=design.nobs_total,
        n_events=int(problem.units.adopters.sum()),
        n_clusters=len(design.labels) or None,
        loglik=found.at.loglik,
        loglik_null=_null(problem),
        _title=f"{kinds[estimator]} corrected for misclassified adoptions ({link})",
        _terms=design.terms,
        _params=found.params,
        _vcov=conditional + from_rates(rates, found),
        _dropped=design.dropped,
        _facts={"link": link, "n_units": problem.units.size, "rates": _shown(rates)},
        n_units=problem.units.size,
        _units=names,
        _conditional=conditional,
        _naive_params=plain.params,
        _naive_vcov=covariance(kind, estimate_of(naive, plain)),
        _rates=rates,
        _problem=problem,
        _contradictions=reasons,
    )


def solve(problem: Problem) -> tuple[Maximum, Maximum]:
    """Return the naive maximum and the corrected one.

    The likelihood is not concave: it is climbed from the naive estimate and from no effects at all.
    """
    rough = rough_start(problem)
    naive = maximise(certain(problem), [rough])
    return naive, maximise(problem, [naive.params, rough])


def from_rates(rates: UnitRates, found: Maximum) -> Array:
    """Return the covariance (k, k) that the uncertainty of the rates adds, by the delta method."""
    shift = np.zeros((len(rates.rates), len(found.params)))
    np.add.at(shift, rates.sensitivity, found.at.by_sensitivity)
    np.add.at(shift, rates.specificity, found.at.by_specificity)
    shift = np.where(np.array([rate.uncertain for rate in rates.rates])[:, None], shift, 0.0)
    moves = shift @ invert(found.at.information) @ found.loadings.T
    added = moves.T @ (moves * np.array([rate.variance for rate in rates.rates])[:, None])
    return np.asarray((added + added.T) / 2)


def _shown(rates: UnitRates) -> str:
    return "; ".join(f"{name} {rate.value:.3g}" for name, rate in zip(rates.names, rates.rates, strict=True))


def _null(problem: Problem) -> float:
    """Log-likelihood of the intercept alone, at the same rates; NaN where it is not defined."""
    units = problem.units
    if INTERCEPT not in units.design.terms:
        return math.nan
    column = units.design.X[:, [units.design.terms.index(INTERCEPT)]]
    alone: Histories = replace(units, design=replace(units.design, X=column, terms=(INTERCEPT,)))
    try:
        null = Problem(alone, problem.link, problem.sensitivity, problem.specificity)
        return maximise(null, [rough_start(null)]).at.loglik
    except ModelError:
        return math.nan
