"""The likelihood of units whose adoption may have been missed or named by mistake, and its maximum.

A missed adoption is no error of one year: the unit looks like one that never adopts, and its later rows stay in
the risk set. So the likelihood is that of the unit. With f(t) the probability of a first adoption in row t, S(T)
that of none over the window, a unit is

- named as an adopter at t with probability sensitivity f(t) + (1 - specificity) S(T) g(t), g the distribution of
  dates named by mistake;
- not named with probability specificity S(T) + (1 - sensitivity) (1 - S(T)).

With one row per unit this is the likelihood of Hausman, Abrevaya & Scott-Morton 1998 (J. Econometrics 87(2)). The
date of an adoption that was found counts as right.
"""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray
from scipy.special import expit, log_ndtr

from ...errors import ModelError
from ..checks.separation import separating_terms
from ..design import Array, check_estimable
from .histories import Histories

_ITERATIONS = 200
_CLOSE = 1e-9
_HALVINGS = 40
FLAT = 1e-8
"""Information per row below which the data do not tell a direction of the parameters."""
_LOG_ROOT_TWO_PI = 0.5 * np.log(2 * np.pi)


@dataclass(frozen=True, eq=False)
class Pieces:
    """By row: log probability of no event and of an event, their derivatives in the predictor.

    `curve0`, `curve1` are second derivatives; `information` is the expected information of the row.
    """

    log0: Array
    slope0: Array
    curve0: Array
    log1: Array
    slope1: Array
    curve1: Array
    information: Array


@np.errstate(all="ignore")
def pieces(link: str, eta: Array) -> Pieces:
    """Return the pieces of each row at the predictor `eta` (N,) under `cloglog`, `logit` or `probit`."""
    if link == "cloglog":
        mean = np.exp(eta)
        slope = np.where(mean > 0, np.nan_to_num(mean / np.expm1(mean), nan=0.0, posinf=0.0), 1.0)
        return Pieces(
            log0=-mean,
            slope0=-mean,
            curve0=-mean,
            log1=np.log(-np.expm1(-mean)),
            slope1=slope,
            curve1=np.nan_to_num(slope * (1 - mean - slope)),
            information=np.nan_to_num(mean * slope),
        )
    if link == "logit":
        share = expit(eta)
        spread = share * expit(-eta)
        return Pieces(
            -np.logaddexp(0, eta), -share, -spread, -np.logaddexp(0, -eta), expit(-eta), -spread, spread
        )
    log0, log1 = log_ndtr(-eta), log_ndtr(eta)
    density = -0.5 * eta * eta - _LOG_ROOT_TWO_PI
    mills0, mills1 = np.exp(density - log0), np.exp(density - log1)
    return Pieces(
        log0, -mills0, -mills0 * (mills0 - eta), log1, mills1, -mills1 * (mills1 + eta), mills0 * mills1
    )


@dataclass(frozen=True, eq=False)
class Problem:
    """Units and rates, ready to be evaluated.

    Attributes
    ----------
    units
        The histories.
    link
        `cloglog`, `logit` or `probit`.
    sensitivity, specificity
        By unit, shape (U,).
    """

    units: Histories
    link: str
    sensitivity: Array
    specificity: Array

    def subset(self, keep: NDArray[np.bool_]) -> Problem:
        """Return the problem of the units where `keep` (U,) is true."""
        return Problem(self.units.subset(keep), self.link, self.sensitivity[keep], self.specificity[keep])


@dataclass(frozen=True, eq=False)
class Evaluation:
    """The likelihood at some parameters.

    Attributes
    ----------
    loglik
        Log-likelihood.
    scores
        By unit, shape (U, k).
    information
        Negative second derivative, shape (k, k); in `expected`, the curvature of each row is replaced by its
        expectation, which makes it the matrix that `hazard` uses where both rates are 1.
    by_sensitivity, by_specificity
        Derivative of each unit's score in its own rates, shape (U, k).
    """

    loglik: float
    scores: Array
    information: Array
    expected: Array
    by_sensitivity: Array
    by_specificity: Array
    survived: Array
    """Weight of the part of each unit's likelihood that has survived the window, shape (U,)."""
    survival: Array
    """Log probability of no event in the rows of each unit, shape (U,)."""


@np.errstate(divide="ignore", over="ignore", under="ignore")
def evaluate(problem: Problem, X: Array, params: Array) -> Evaluation:
    """Return the likelihood at `params` (k,) of the covariates `X` (N, k)."""
    units = problem.units
    row = pieces(problem.link, X @ params)
    adopter = units.adopters
    place = np.arange(len(X)) - units.event[units.unit]
    named = adopter[units.unit]
    at, after = named & (place == 0), named & (place > 0)
    before = named & (place < 0)

    def by_unit(values: Array) -> Array:
        return np.asarray(np.add.reduceat(values, units.starts, axis=0))

    # log f(t) of those named, log S(T) of all.
    path = by_unit(np.where(before, row.log0, 0.0) + np.where(at, row.log1, 0.0))
    survival = by_unit(row.log0)
    wrong = (1 - problem.specificity) * units.false_dates
    never = np.where(adopter, wrong, problem.sensitivity + problem.specificity - 1)
    other = np.where(adopter, np.log(problem.sensitivity) + path, np.log(1 - problem.sensitivity))
    log_never = np.log(never) + survival
    loglik = np.logaddexp(other, log_never)
    weight = np.exp(log_never - loglik)  # of the part that has survived the window
    kept = np.where(before | at, 1.0, weight[units.unit])

    w = weight[units.unit]
    slope = np.where(at, (1 - w) * row.slope1 + w * row.slope0, kept * row.slope0)
    curve = np.where(at, (1 - w) * row.curve1 + w * row.curve0, kept * row.curve0)
    scores = by_unit(slope[:, None] * X)
    # Derivative of the log ratio of the two parts; for those not named, the other part is a constant.
    contrast = np.where(at, row.slope0 - row.slope1, np.where(after | ~named, row.slope0, 0.0))
    gap = by_unit(contrast[:, None] * X)
    mixing = gap.T @ (gap * (weight * (1 - weight))[:, None])

    # d score / d rate = d weight / d rate times the gap; d weight = weight (1 - weight) d log ratio.
    spread = (weight * (1 - weight))[:, None] * gap
    ratio_sensitivity = np.where(
        adopter,
        -1 / problem.sensitivity,
        1 / never + np.nan_to_num(1 / (1 - problem.sensitivity), posinf=0.0),
    )
    ratio_specificity = np.where(
        adopter, np.nan_to_num(-1 / (1 - problem.specificity), neginf=0.0), 1 / never
    )
    by_sensitivity, by_specificity = spread * ratio_sensitivity[:, None], spread * ratio_specificity[:, None]
    _at_the_edge(problem, never, path, survival, gap, by_sensitivity, by_specificity)
    return Evaluation(
        float(loglik.sum()),
        scores,
        -(X.T @ (X * curve[:, None])) - mixing,
        X.T @ (X * (kept * row.information)[:, None]) - mixing,
        by_sensitivity,
        by_specificity,
        weight,
        survival,
    )


def adoption_probability(problem: Problem, params: Array) -> Array:
    """Return the probability that each unit has adopted, given what was observed and `params`, shape (U,)."""
    here = evaluate(problem, problem.units.design.X, params)
    survived = np.exp(here.survival)
    missed = (1 - problem.sensitivity) * (1 - survived)
    unnamed = missed / (missed + problem.specificity * survived)
    return np.where(problem.units.adopters, 1 - here.survived, unnamed)


def _at_the_edge(
    problem: Problem,
    never: Array,
    path: Array,
    survival: Array,
    gap: Array,
    by_sensitivity: Array,
    by_specificity: Array,
) -> None:
    """Set the derivatives in a rate of exactly 1, where one part vanishes but its derivative does not."""
    units, adopter = problem.units, problem.units.adopters
    sure = ~adopter & (problem.sensitivity == 1)
    odds = np.exp(-survival[sure]) / never[sure]
    # Not named and surely found: the other part is 0, its derivative in the sensitivity is -1.
    by_sensitivity[sure] = odds[:, None] * gap[sure]
    right = adopter & (problem.specificity == 1)
    odds = units.false_dates[right] * np.exp(survival[right] - path[right]) / problem.sensitivity[right]
    by_specificity[right] = -odds[:, None] * gap[right]


@dataclass(frozen=True, eq=False)
class Maximum:
    """The highest point of the likelihood.

    Attributes
    ----------
    params
        The estimate, shape (k,), as coefficients of the terms.
    at
        The likelihood there, its derivatives taken in the coordinates of an orthogonal basis of the covariates:
        on the raw columns, calendar years and their powers would cost digits.
    loadings
        Shape (k, k): the coefficients are `loadings` times these coordinates.
    """

    params: Array
    at: Evaluation
    loadings: Array


def maximise(problem: Problem, starts: list[Array]) -> Maximum:
    """Return the highest maximum of the likelihood found from `starts` (each (k,)).

    Raises
    ------
    ModelError
        If a covariate separates the outcomes, or no start leads to a maximum: the rates and the data then
        leave the coefficients open.
    """
    design = problem.units.design
    Q, R = np.linalg.qr(design.X)
    size = np.sqrt(len(Q))
    Q, R = Q * size, R / size
    best: tuple[float, Array] | None = None
    for start in starts:
        found = _newton(problem, Q, R @ start)
        if found is not None and (best is None or found[0] > best[0] + 1e-9):
            best = found
    if best is None:
        raise _reason(problem)
    return Maximum(np.linalg.solve(R, best[1]), evaluate(problem, Q, best[1]), np.linalg.inv(R))


def _newton(problem: Problem, Q: Array, theta: Array) -> tuple[float, Array] | None:
    """Newton's method with the curvature made positive; None if it does not end at a maximum."""
    here = evaluate(problem, Q, theta)
    if not np.isfinite(here.loglik):
        return None
    for _ in range(_ITERATIONS):
        values, vectors = np.linalg.eigh(here.information)
        floor = FLAT * len(Q)
        score = vectors.T @ here.scores.sum(axis=0)
        step = vectors @ (score / np.maximum(np.abs(values), floor))
        length = float(np.abs(step).max())
        if length < _CLOSE:
            return (here.loglik, theta + step) if values[0] > floor else None
        step /= max(1.0, length / 5)
        slack = 1e-12 * abs(here.loglik)
        for _ in range(_HALVINGS):
            there = evaluate(problem, Q, theta + step)
            if there.loglik >= here.loglik - slack and np.isfinite(there.information).all():
                break
            step /= 2
        else:
            return None
        theta, here = theta + step, there
    return None


def _reason(problem: Problem) -> ModelError:
    design = problem.units.design
    named = np.mean(problem.units.adopters)
    culprits = separating_terms(design.y, design.X, design.terms)
    if culprits:
        names = ", ".join(repr(name) for name in culprits)
        return ModelError(
            f"The outcome {design.outcome!r} is perfectly separated by {names}, the estimate would be infinite: "
            "take the term out or merge its categories."
        )
    return ModelError(
        f"The coefficients of {design.formula!r} are not identified at these rates: {named:.0%} of the units were "
        f"named as adopters at a mean sensitivity of {problem.sensitivity.mean():.2f} and specificity of "
        f"{problem.specificity.mean():.2f}, so the likelihood has no maximum. Use fewer terms or rates nearer to 1."
    )


@dataclass(frozen=True, eq=False)
class Refit:
    """The estimate on part of the units; an object and no closure, so that a fit can be kept (pickled)."""

    problem: Problem
    start: Array

    def __call__(self, keep: NDArray[np.bool_]) -> Array:
        """Return the estimate on the units where `keep` (U,) is true."""
        part = self.problem.subset(keep)
        design = part.units.design
        check_estimable(design.y, design.X, design.terms, design.outcome)
        return maximise(part, [self.start]).params


def certain(problem: Problem) -> Problem:
    """Return the problem with both rates at 1: what is estimated without a correction."""
    ones = np.ones(problem.units.size)
    return Problem(problem.units, problem.link, ones, ones)


def rough_start(problem: Problem) -> Array:
    """Return parameters to start from: all rows at the mean predictor that gives the share of events."""
    design = problem.units.design
    share = float(np.clip(design.y.mean(), 1e-6, 1 - 1e-6))
    level = {"cloglog": np.log(-np.log1p(-share)), "logit": np.log(share / (1 - share))}
    target = np.full(len(design.y), level.get(problem.link, -1.0))
    return np.asarray(np.linalg.lstsq(design.X, target)[0])
