"""MC-SIMEX: the correction by simulating more misclassification and extrapolating back to none.

Source: Küchenhoff, Mwalili & Lesaffre 2006 (Biometrics 62(1)); the jackknife variance is that of Stefanski & Cook
1995 (JASA 90(432)). Here units are misclassified, not rows: a unit that is made a non-adopter stays in the risk set.
"""

from __future__ import annotations

from dataclasses import dataclass, replace
from typing import Literal, get_args

import numpy as np
import pandas as pd
from numpy.typing import NDArray

from ...errors import ModelError
from ..design import Array
from ..inference.covariance import check_draws, choose, covariance
from ..results import Estimates
from .contradiction import contradicted, contradictions
from .corrected_fit import FEWEST_DRAWS, estimate_of
from .correction import prepared
from .histories import Histories
from .rates import Rates, UnitRates
from .unit_likelihood import Problem, certain, maximise, rough_start

Extrapolation = Literal["quadratic", "loglinear", "linear"]
EXTRAPOLATIONS: tuple[str, ...] = get_args(Extrapolation)


@dataclass(frozen=True, eq=False, repr=False, kw_only=True)
class SimexFit(Estimates):
    """Result of `mc_simex`; nothing in it can be changed.

    `loglik` is that of the naive fit: the extrapolated estimate maximises no likelihood.

    Attributes
    ----------
    link, extrapolation
        As asked for.
    draws, failed
        Data sets simulated at each power, and those of all powers without an estimate (left out).
    seed
        Seed of the simulation.
    n_units
        Units used.
    """

    link: str
    extrapolation: str
    draws: int
    failed: int
    seed: int
    n_units: int
    _rates: UnitRates
    _powers: Array
    _means: Array

    @property
    def path(self) -> pd.DataFrame:
        """Mean estimates by power of the misclassification (0: as observed): lambda, term, estimate."""
        wide = pd.DataFrame(self._means, columns=list(self._terms)).assign(**{"lambda": self._powers})
        return wide.melt(id_vars="lambda", var_name="term", value_name="estimate")

    @property
    def rates(self) -> pd.DataFrame:
        """The rates used: rate, value, std_dev (not propagated here), units."""
        return self._rates.table()

    def _notes(self) -> list[str]:
        """Return how it was simulated, at which rates, and whose likelihood is shown."""
        powers = ", ".join(f"{power:g}" for power in self._powers[1:])
        return [
            f"Simulated at the powers {powers} with {self.draws} draws each (seed {self.seed}), {self.failed} without "
            "an estimate",
            f"Rates of the {self.n_units} units; the standard error takes them as known:",
            *self._rates.lines(),
            "The log-likelihood is that of the naive fit: the extrapolated estimate maximises none.",
        ]


def mc_simex(
    formula: str,
    data: pd.DataFrame,
    *,
    sensitivity: Rates,
    specificity: Rates = 1.0,
    unit: str | None = None,
    time: str | None = None,
    by: str | None = None,
    link: str | None = None,
    vcov: str | None = None,
    cluster: str | None = None,
    extrapolation: Extrapolation = "quadratic",
    powers: tuple[float, ...] = (0.5, 1.0, 1.5, 2.0),
    draws: int = 100,
    seed: int = 1,
) -> SimexFit:
    """Correct a hazard (with `unit` and `time`) or a binary model (without) by simulation and extrapolation.

    A check of the likelihood-based correction, not a rival: the extrapolation is approximate and corrects too
    little where much was missed. Rates are taken at their values, their uncertainty is not propagated.

    Parameters
    ----------
    formula, data, sensitivity, specificity, unit, time, by, link, vcov, cluster
        As for `misclassified_hazard` and `misclassified_binary`; of adopters all rows of the window are needed,
        since a simulated miss leaves them at risk to the end.
    extrapolation
        `quadratic`, `loglinear` or `linear` in the power.
    powers
        Positive powers of the misclassification matrix, at least as many as the extrapolation has terms less one.
    draws
        Simulated data sets at each power, at least 20.
    seed
        Seed of the simulation.

    Returns
    -------
    SimexFit
        The frozen result, with the jackknife variance.

    Raises
    ------
    ModelError
        If the arguments contradict each other, rows are missing, more units of a class were named than its
        sensitivity allows (or no more than mistakes explain), more than a tenth of the simulated data sets
        cannot be estimated, or the extrapolation gives a negative variance.
    """
    terms = {"quadratic": 3, "loglinear": 2, "linear": 2}
    if extrapolation not in EXTRAPOLATIONS:
        raise ModelError(
            f"extrapolation={extrapolation!r} is not defined: choose one of {', '.join(EXTRAPOLATIONS)}."
        )
    if (
        len(set(powers)) != len(powers)
        or len(powers) + 1 < terms[extrapolation]
        or min(powers, default=0.0) <= 0
    ):
        raise ModelError(f"powers={powers!r} cannot carry the extrapolation: give distinct positive numbers.")
    check_draws(draws, seed, FEWEST_DRAWS)
    if (unit is None) != (time is None):
        raise ModelError(
            "unit= and time= belong together: give both for a hazard, neither for a cross-section."
        )
    kind = choose(vcov, cluster)
    link = link or ("logit" if unit is None else "cloglog")
    problem, rates, _, classes = prepared(
        formula, data, unit, time, sensitivity, specificity, by, link, cluster, whole_window=True
    )
    reasons = contradictions(problem, classes)
    if reasons:  # an extrapolation would go on to a number all the same
        raise contradicted(problem, reasons)
    naive = maximise(certain(problem), [rough_start(problem)])
    rng = np.random.default_rng(seed)
    grid = np.concatenate([[0.0], powers])
    means = [naive.params]
    variances = [covariance(kind, estimate_of(certain(problem), naive))]
    failed = 0
    for power in powers:
        points, within = [], []
        for _ in range(draws):
            simulated = _misclassify(problem, power, rng)
            try:
                found = maximise(simulated, [naive.params, rough_start(simulated)])
                within.append(covariance(kind, estimate_of(simulated, found)))
            except ModelError:
                failed += 1
                continue
            points.append(found.params)
        if len(points) < 0.9 * draws:
            raise ModelError(
                f"At power {power:g}, {draws - len(points)} of {draws} simulated data sets have no estimate: too few "
                "adopters are left. Use smaller powers or the likelihood (misclassified_hazard)."
            )
        means.append(np.mean(points, axis=0))
        variances.append(np.mean(within, axis=0) - np.atleast_2d(np.cov(np.array(points), rowvar=False)))
    stacked = np.array(means)
    design = problem.units.design
    flat = _extrapolate(grid, np.array(variances).reshape(len(grid), -1), "quadratic")
    matrix = _positive(flat, design.terms, powers, draws)
    return SimexFit(
        estimator="mc_simex",
        formula=formula,
        link=link,
        vcov_type=kind,
        cluster=cluster,
        nobs=len(design.y),
        nobs_total=design.nobs_total,
        n_events=int(problem.units.adopters.sum()),
        n_clusters=len(design.labels) or None,
        loglik=naive.at.loglik,
        loglik_null=float("nan"),
        _title=f"MC-SIMEX, {extrapolation} ({link})",
        _terms=design.terms,
        _params=_extrapolate(grid, stacked, extrapolation),
        _vcov=matrix,
        _dropped=design.dropped,
        _facts={"link": link, "n_units": problem.units.size, "extrapolation": extrapolation},
        extrapolation=extrapolation,
        draws=draws,
        failed=failed,
        seed=seed,
        n_units=problem.units.size,
        _rates=rates,
        _powers=grid,
        _means=stacked,
    )


def powered(sensitivity: Array, specificity: Array, power: float) -> tuple[Array, Array]:
    """Return the rates that belong to a power of the misclassification matrix (whose eigenvalues are 1 and J).

    J is Youden's index, sensitivity + specificity - 1, above 0; the power 0 gives rates of 1.
    """
    youden = sensitivity + specificity - 1
    wrong = 2 - sensitivity - specificity
    with np.errstate(invalid="ignore"):
        named = np.where(wrong > 0, (1 - specificity) / np.where(wrong > 0, wrong, 1.0), 0.5)
    return named + (1 - named) * youden**power, 1 - named + named * youden**power


def _misclassify(problem: Problem, power: float, rng: np.random.Generator) -> Problem:
    """Return the units once more misclassified, as if all were observed rightly."""
    units = problem.units
    sensitivity, specificity = powered(problem.sensitivity, problem.specificity, power)
    lost = units.adopters & (rng.random(units.size) >= sensitivity)
    wrong = ~units.adopters & (rng.random(units.size) >= specificity)
    event: NDArray[np.intp] = np.where(lost, -1, units.event)
    lengths = np.bincount(units.unit)
    dates = units.starts + np.minimum((rng.random(units.size) * lengths).astype(np.intp), lengths - 1)
    event = np.where(wrong, dates, event)
    y = np.zeros(len(units.unit))
    y[event[event >= 0]] = 1.0
    changed: Histories = replace(units, event=event, design=replace(units.design, y=y))
    return certain(Problem(changed, problem.link, problem.sensitivity, problem.specificity))


def _extrapolate(grid: Array, values: Array, how: str) -> Array:
    """Return `values` (L, k) at the powers `grid` (L,) continued to the power -1, shape (k,)."""
    degree = {"quadratic": 2, "loglinear": 1, "linear": 1}[how]
    columns = np.vander(grid, degree + 1, increasing=True)
    at = np.vander(np.array([-1.0]), degree + 1, increasing=True)
    if how != "loglinear":
        return np.asarray((at @ np.linalg.lstsq(columns, values)[0])[0])
    # The logarithm needs positive numbers: estimates that are not are shifted, and shifted back.
    low = values.min(axis=0)
    shift = np.where(low <= 0, np.abs(low) + 1, 0.0)
    return np.asarray(np.exp((at @ np.linalg.lstsq(columns, np.log(values + shift))[0])[0]) - shift)


def _positive(flat: Array, terms: tuple[str, ...], powers: tuple[float, ...], draws: int) -> Array:
    """Return the extrapolated covariance; an extrapolation with a negative variance is refused."""
    k = len(terms)
    matrix = flat.reshape(k, k)
    matrix = (matrix + matrix.T) / 2
    bad = np.diag(matrix) <= 0
    if bad.any():
        raise ModelError(
            f"The variance of {terms[int(bad.argmax())]!r}, extrapolated from powers up to {max(powers):g} with "
            f"{draws} draws each, is negative: too much is missed for simulation and extrapolation. Use the "
            "likelihood (misclassified_hazard, misclassified_binary), or try more draws= or smaller powers=."
        )
    return matrix
