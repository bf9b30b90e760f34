"""How many were missed: log-linear models for three and more lists that may depend on each other.

The units on t lists fill a table of 2^t cells of which one, on no list, cannot be seen. A Poisson model of the
seen cells, with interactions where two lists find or miss the same units, predicts it (Fienberg 1972, Biometrika
59; Cormack 1989, Biometrics 45). The interaction of all lists can never be tested: it is assumed to be nil.
"""

from __future__ import annotations

import itertools
import math
import warnings
from collections.abc import Callable, Iterable, Mapping, Sequence
from dataclasses import dataclass
from typing import Literal

import numpy as np
import pandas as pd
from numpy.typing import NDArray
from scipy.optimize import brentq, linprog
from scipy.special import gammaln, xlogy
from scipy.stats import norm
from statsmodels.genmod.families import Poisson
from statsmodels.genmod.generalized_linear_model import GLM
from statsmodels.tools.sm_exceptions import PerfectSeparationWarning

from ...errors import ModelError
from .capture_recapture import PopulationEstimate, check_level, limit_above, profile_limits

Array = NDArray[np.float64]
History = tuple[int, ...]
Pair = tuple[int, int]
MAX_LISTS = 5
"""Five lists have 1,024 models of two-way interactions; six have 32,768 and few cells that are not empty."""
NEGLIGIBLE = 1e-3
"""Models with less weight than this do not enter the average: they cost time and change no digit shown."""


@dataclass(frozen=True, eq=False)
class LoglinearModel:
    """One log-linear model.

    Attributes
    ----------
    interactions
        Pairs of list positions that depend on each other.
    estimate, std_error
        Population size and its standard error (Rivest & Lévesque 2001, Canadian J. Statistics 29).
    deviance, df
        Deviance and residual degrees of freedom.
    aic, bic
        Information criteria; that of Schwarz with the number of units seen.
    params
        Coefficients: intercept, lists, then what else the model has.
    profile
        Profile log-likelihood of the number of unseen units.
    """

    interactions: tuple[Pair, ...]
    estimate: float
    std_error: float
    deviance: float
    df: int
    aic: float
    bic: float
    params: Array
    profile: Callable[[float], float]


@dataclass(frozen=True, eq=False)
class LoglinearFit:
    """All models of a table of lists.

    Attributes
    ----------
    best, averaged
        Estimate of the model that the criterion prefers, and of all weighted by it.
    models
        One row per model that can be estimated, best first: interactions, estimate, std_error, deviance, df,
        aic, bic, weight.
    n_rejected
        Models whose maximum-likelihood estimate does not exist (empty margins).
    criterion
        `aic` or `bic`.
    """

    best: PopulationEstimate
    averaged: PopulationEstimate
    models: pd.DataFrame
    n_rejected: int
    criterion: str


def loglinear(
    counts: Mapping[History, int],
    *,
    names: Sequence[str] | None = None,
    impossible: Iterable[History] = (),
    criterion: Literal["aic", "bic"] = "aic",
    confidence: float = 0.95,
) -> LoglinearFit:
    """Fit every hierarchical log-linear model up to two-way interactions, choose and average.

    Parameters
    ----------
    counts
        Units by history: a tuple of 0 and 1, one per list. Histories not named have no units.
    names
        Names of the lists, for the table of models; by default their numbers.
    impossible
        Histories that cannot occur (structural zeros).
    criterion
        Which information criterion chooses and weights.
    confidence
        Level of the intervals, between 0 and 1.

    Returns
    -------
    LoglinearFit
        The interval of the best model is by profile likelihood (Cormack 1992, Biometrics 48), that of the
        average by the weighted tails of the profiles (Fletcher & Turek 2012, J. Agric. Biol. Environ. Stat. 17).

    Raises
    ------
    ModelError
        If the histories do not fit, there are fewer than two or more than `MAX_LISTS` lists, an impossible
        history has units, or no model can be estimated.
    """
    check_level(confidence)
    if criterion not in ("aic", "bic"):
        raise ModelError(f"criterion={criterion!r} is not known: choose aic or bic.")
    table, cells = _table(counts, impossible)
    n_lists = len(cells[0])
    labels = tuple(names) if names is not None else tuple(str(number + 1) for number in range(n_lists))
    if len(labels) != n_lists:
        raise ModelError(f"{len(labels)} names are given for {n_lists} lists.")
    pairs = list(itertools.combinations(range(n_lists), 2))
    fitted, rejected = [], 0
    for size in range(len(pairs) + 1):
        for interactions in itertools.combinations(pairs, size):
            model = fit_loglinear(table, cells, interactions)
            if model is None:
                rejected += 1
            else:
                fitted.append(model)
    if not fitted:
        raise ModelError(
            "No log-linear model can be estimated from these lists: some list shares no unit with the others, "
            "or has none of its own. Leave it out."
        )
    fitted.sort(key=lambda model: (getattr(model, criterion), len(model.interactions)))
    values = np.array([getattr(model, criterion) for model in fitted])
    weights = np.exp(-(values - values.min()) / 2)
    weights = weights / weights.sum()
    models = pd.DataFrame(
        {
            "interactions": [_named(model.interactions, labels) for model in fitted],
            **{
                column: [getattr(model, column) for model in fitted]
                for column in ("estimate", "std_error", "deviance", "df", "aic", "bic")
            },
            "weight": weights,
        }
    )
    observed = int(table.sum())
    kept = [(model, weight) for model, weight in zip(fitted, weights, strict=True) if weight >= NEGLIGIBLE]
    best = _of_one(fitted[0], observed, confidence, models["interactions"].iloc[0])
    return LoglinearFit(best, _averaged(kept, observed, confidence), models, rejected, criterion)


def fit_loglinear(
    table: Array, cells: Sequence[History], interactions: Sequence[Pair]
) -> LoglinearModel | None:
    """Return one log-linear model, or None if its maximum-likelihood estimate does not exist.

    Parameters
    ----------
    table
        Units per cell, shape (m,).
    cells
        The m histories that can occur and be seen.
    interactions
        Pairs of list positions that depend on each other.
    """
    return _fit(table, _design(cells, interactions), interactions)


def chao_mth(
    counts: Mapping[History, int], *, impossible: Iterable[History] = (), confidence: float = 0.95
) -> PopulationEstimate:
    """Return Chao's lower bound for lists of unequal strength whose units have unequal chances (model Mth).

    A log-linear model of independent lists in which the units on 3, 4, ... lists are free to be more frequent than
    independence would have it; only those on one and two lists then speak for those on none. The simple bound
    (`capture_recapture.chao_lower_bound`) is too high where lists differ much in length.

    Parameters
    ----------
    counts, impossible, confidence
        As for `loglinear`, with three lists at least.

    Raises
    ------
    ModelError
        If the histories do not fit or there are fewer than three lists.

    Notes
    -----
    Rivest & Baillargeon (2007), Biometrics 63.
    """
    check_level(confidence)
    table, cells = _table(counts, impossible)
    n_lists = len(cells[0])
    if n_lists < 3:
        raise ModelError(
            "Two lists leave nothing free: Chao's bound for them is the estimate of Lincoln and Petersen."
        )
    hits = np.array(cells).sum(axis=1)
    base = _design(cells, ())
    observed = int(table.sum())
    # An empty group would need an effect of minus infinity: it is not more frequent, hence has no effect.
    free = [number for number in range(3, n_lists + 1) if table[hits == number].sum() > 0]
    while True:
        extra = [(hits == number).astype(float) for number in free]
        model = _fit(table, np.column_stack([base, *extra]), ())
        if model is None:
            return PopulationEstimate(
                "chao_mth", observed, None, None, float(observed), None, "not_identifiable",
                "too few units on two lists", confidence,
            )  # fmt: skip
        effects = model.params[n_lists + 1 :]
        if effects.min(initial=0.0) >= 0:
            break
        del free[int(effects.argmin())]
    low, high, _ = profile_limits(model.profile, observed, confidence)
    return PopulationEstimate(
        "chao_mth", observed, model.estimate, model.std_error, low, high, "lower_bound",
        "at least that many, if chances to be found differ", confidence,
    )  # fmt: skip


def _fit(table: Array, design: Array, interactions: Sequence[Pair]) -> LoglinearModel | None:
    if np.linalg.matrix_rank(design) < design.shape[1] or not _exists(table, design):
        return None
    result = _poisson(table, design)
    unseen = math.exp(result.params[0])
    spread = unseen**2 * result.cov_params()[0, 0]
    observed = float(table.sum())
    parameters = design.shape[1]
    loglik = float(result.llf)
    # The unseen cell has no list, hence the intercept only.
    whole = np.vstack([design, np.eye(1, parameters)])

    def profile(number: float) -> float:
        """Log-likelihood of a multinomial of size observed + number, the model fitted to the whole table."""
        completed = np.append(table, number)
        means = _poisson(completed, whole).mu
        size = observed + number
        return float(
            gammaln(size + 1)
            - gammaln(number + 1)
            + xlogy(completed, np.maximum(means, 1e-300)).sum()
            - xlogy(size, size)
        )

    return LoglinearModel(
        interactions=tuple(interactions),
        estimate=observed + unseen,
        std_error=math.sqrt(unseen + spread),
        deviance=float(result.deviance),
        df=len(table) - parameters,
        aic=-2 * loglik + 2 * parameters,
        bic=-2 * loglik + math.log(observed) * parameters,
        params=np.asarray(result.params),
        profile=profile,
    )


def _table(counts: Mapping[History, int], impossible: Iterable[History]) -> tuple[Array, list[History]]:
    """Return the counts of all cells that can occur and be seen, and their histories."""
    lengths = {len(history) for history in counts}
    if len(lengths) != 1:
        raise ModelError("The histories differ in length: every one needs a 0 or 1 for each list.")
    n_lists = lengths.pop()
    if not 2 <= n_lists <= MAX_LISTS:
        raise ModelError(f"{n_lists} lists are given: log-linear models here take 2 to {MAX_LISTS}.")
    for history, count in counts.items():
        if set(history) - {0, 1}:
            raise ModelError(f"The history {history!r} holds something else than 0 and 1.")
        if count < 0 or count != int(count):
            raise ModelError(f"The history {history!r} has {count!r} units, which is no count.")
    nowhere = (0,) * n_lists
    if counts.get(nowhere, 0):
        raise ModelError("Units on no list cannot have been seen: take them out of the counts.")
    closed = {tuple(history) for history in impossible}
    for history in closed:
        if counts.get(history, 0):
            raise ModelError(f"The history {history!r} is said to be impossible but has units.")
    cells = [
        history
        for history in itertools.product((0, 1), repeat=n_lists)
        if history != nowhere and history not in closed
    ]
    table = np.array([float(counts.get(history, 0)) for history in cells])
    if not table.sum():
        raise ModelError("All lists are empty: there is nothing to estimate from.")
    return table, cells


def _design(cells: Sequence[History], interactions: Sequence[Pair]) -> Array:
    lists = np.array(cells, dtype=float)
    columns = [np.ones(len(lists)), *lists.T, *(lists[:, one] * lists[:, two] for one, two in interactions)]
    return np.column_stack(columns)


def _exists(table: Array, design: Array) -> bool:
    """Return whether the estimate is finite: some positive table has the same margins.

    Haberman (1974); as a linear programme Fienberg & Rinaldo (2012), Annals of Statistics 40.
    """
    rows, parameters = design.shape
    result = linprog(
        c=np.append(np.zeros(rows), -1.0),
        A_ub=np.column_stack([-np.eye(rows), np.ones(rows)]),
        b_ub=np.zeros(rows),
        A_eq=np.column_stack([design.T, np.zeros(parameters)]),
        b_eq=design.T @ table,
        bounds=[(0, None)] * rows + [(0, 1)],
    )
    return bool(result.status == 0 and -result.fun > 1e-9)


def _poisson(counts: Array, design: Array) -> GLM:
    """Return statsmodels' Poisson fit."""
    with warnings.catch_warnings(), np.errstate(all="ignore"):
        # A saturated model reproduces its table: that is no separation.
        warnings.simplefilter("ignore", PerfectSeparationWarning)
        return GLM(counts, design, family=Poisson()).fit(maxiter=200, tol=1e-10)


def _named(interactions: Iterable[Pair], labels: Sequence[str]) -> str:
    return " ".join(f"{labels[one]}*{labels[two]}" for one, two in interactions)


def _of_one(model: LoglinearModel, observed: int, confidence: float, interactions: str) -> PopulationEstimate:
    low, high, _ = profile_limits(model.profile, observed, confidence)
    return PopulationEstimate(
        "loglinear_best", observed, model.estimate, model.std_error, low, high,
        "estimated" if high is not None else "not_identifiable",
        f"dependent lists: {interactions}" if interactions else "lists taken as independent",
        confidence,
    )  # fmt: skip


def _averaged(
    weighted: Sequence[tuple[LoglinearModel, float]], observed: int, confidence: float
) -> PopulationEstimate:
    """Return the average over models; the limits leave the weighted tail areas of the profiles outside."""
    total = sum(weight for _, weight in weighted)
    shares = [weight / total for _, weight in weighted]
    models = [model for model, _ in weighted]
    estimate = float(sum(share * model.estimate for share, model in zip(shares, models, strict=True)))
    # Buckland, Burnham & Augustin 1997, Biometrics 53: the spread between models is part of the error.
    error = float(
        sum(
            share * math.hypot(model.std_error, model.estimate - estimate)
            for share, model in zip(shares, models, strict=True)
        )
    )
    peaks = [profile_limits(model.profile, observed, confidence)[2] for model in models]
    tops = [model.profile(peak) for model, peak in zip(models, peaks, strict=True)]

    def above(unseen: float) -> float:
        """Return the weighted probability that lies below `unseen`."""
        return sum(
            share
            * float(
                norm.cdf(math.copysign(math.sqrt(2 * max(top - model.profile(unseen), 0.0)), unseen - peak))
            )
            for share, model, peak, top in zip(shares, models, peaks, tops, strict=True)
        )

    tail = (1 - confidence) / 2
    highest = max(peaks)
    low = 0.0 if above(0.0) >= tail else float(brentq(lambda x: above(x) - tail, 0.0, highest, xtol=1e-5))
    high = limit_above(lambda unseen: above(unseen) - (1 - tail), min(peaks), observed)
    return PopulationEstimate(
        "loglinear_averaged", observed, estimate, error, observed + low,
        None if high is None else observed + high,
        "estimated" if high is not None else "not_identifiable",
        "" if high is not None else "the data do not bound the size",
        confidence,
    )  # fmt: skip
