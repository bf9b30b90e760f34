"""The three studies: what every method of inference rejects, replication by replication."""

from __future__ import annotations

from collections import defaultdict
from functools import cache
from itertools import combinations
from math import comb, sqrt

import numpy as np
import pandas as pd
from numpy.typing import NDArray
from scipy import stats

from konzept_diffusion.errors import ModelError
from konzept_diffusion.models import design as models_design
from konzept_diffusion.models.estimators.binary.likelihood import EXPECTED, OBSERVED
from konzept_diffusion.models.estimators.binary.models import _estimate
from konzept_diffusion.models.estimators.binary.refits import Refit
from konzept_diffusion.models.estimators.firth.profile import ProfileTests
from konzept_diffusion.models.estimators.firth.solver import maximise, problem
from konzept_diffusion.models.inference.covariance import Estimate, cluster_weights, covariance
from konzept_diffusion.models.inference.score_bootstrap import bootstrap

from . import data, fitting, measures
from .designs import DRAWS, LAENDER, LEVEL, SEED, Design, Layout

Array = NDArray[np.float64]
_T = stats.t(LAENDER - 1)
WALD = (
    ("iid", "iid", stats.norm()),
    ("HC1", "HC1", stats.norm()),
    ("CR0", "CR0", stats.norm()),
    ("CR1", "CR1", stats.norm()),
    ("CR1 t(15)", "CR1", _T),
    ("CR3 t(15)", "CR3", _T),
)
"""Name, covariance and reference distribution of the tests of Wald."""
WILD = "wild (Webb)"
METHODS = (*(name for name, _, _ in WALD), WILD)
RANDOMISATION = "randomisation"
RANDOMISATION_LEVELS = (0.05, 1 / 16, 0.10)
FIRST = "randomisation, first rank"
"""Rejects where the actual assignment is the most extreme of all; its level is 1 over those compared."""
RARE = ("ML, Wald", "ML, likelihood ratio", "Firth, Wald", "Firth, profile likelihood")
_MOST_ASSIGNMENTS = 2_000
_ROUNDING = 1e-9


def simulate(
    design: Design, layout: Layout, replications: int, seed: int = SEED, draws: int = DRAWS
) -> pd.DataFrame:
    """Return the rows of one design.

    Parameters
    ----------
    design, layout
        What is simulated.
    replications
        Data sets.
    seed
        Of everything random; the data also depend on the design's name.
    draws
        Bootstrap draws by test.
    """
    rng = design.generator(seed)
    if design.study == "rare":
        return _rare(design, layout, replications, rng, seed)
    return _clustered(design, layout, replications, rng, seed, draws)


def tests_of(estimate: Estimate, place: int, value: float, weights: Array) -> dict[str, tuple[float, float]]:
    """Return p-value and standard error by method of the hypothesis that one coefficient is `value`.

    NaN where a method gives none: no fit without one of the clusters, or none under the null.
    """
    found = {}
    distance = abs(float(estimate.params[place]) - value)
    errors: dict[str, float] = {}
    for name, kind, reference in WALD:
        if kind not in errors:
            try:
                errors[kind] = sqrt(covariance(kind, estimate)[place, place])
            except ModelError:
                errors[kind] = np.nan
        found[name] = (2 * float(reference.sf(distance / errors[kind])), errors[kind])
    assert estimate.clusterwise is not None
    try:
        drawn = bootstrap(estimate.clusterwise.restricted(place, value), place, weights)
    except ModelError:
        found[WILD] = (np.nan, np.nan)
    else:
        larger = (np.abs(drawn.draws) >= abs(drawn.statistic) * (1 - 1e-10)).sum()
        found[WILD] = ((float(larger) + 1) / (len(weights) + 1), np.nan)
    return found


def placebos(design: models_design.Design, since: float) -> tuple[Array, Array, Array]:
    """Return what `score_statistics` needs of every Land, from the fit without the programme (the last column).

    `since` is the first time (column t) in which a programme would be in force.
    """
    null = models_design.Design(
        **{name: getattr(design, name) for name in design.__dataclass_fields__}
        | {"X": design.X[:, :-1], "terms": design.terms[:-1]}
    )
    found, _ = _estimate(null, "cloglog")
    refit = found.refit
    assert isinstance(refit, Refit)
    columns = refit.basis.columns
    eta = refit.theta @ columns
    slope = OBSERVED["cloglog"](eta, np.flatnonzero(design.y))[1]
    weight = EXPECTED["cloglog"](eta)
    on = design.X[:, design.terms.index("t")] >= since
    codes = design.codes
    assert codes is not None

    def by_land(values: Array) -> Array:
        return np.bincount(codes[on], values[on], LAENDER).astype(float)

    cross = np.column_stack([by_land(column * weight) for column in columns])
    root = np.linalg.inv(np.linalg.cholesky((columns * weight) @ columns.T))
    return by_land(slope), by_land(weight), cross @ root.T


def score_statistics(pieces: tuple[Array, Array, Array], assignments: Array) -> Array:
    """Return the standardised efficient score by assignment (A,); NaN without contrast.

    `assignments` (A, 16) is 1 for the Länder with the programme, which is in force in all from the same time.
    """
    slope, weight, cross = pieces
    own = assignments @ weight
    variance = own - np.square(assignments @ cross).sum(axis=1)
    with np.errstate(divide="ignore", invalid="ignore"):
        return np.where(variance > 1e-10 * own, assignments @ slope / np.sqrt(variance), np.nan)


@cache
def _every_assignment(treated: int) -> Array:
    return np.array(
        [np.isin(np.arange(LAENDER), chosen) for chosen in combinations(range(LAENDER), treated)], dtype=float
    )


def randomisation_p(
    pieces: tuple[Array, Array, Array], actual: Array, rng: np.random.Generator
) -> tuple[float, float]:
    """Return p-value and smallest attainable one: all assignments, or 1,999 drawn ones beside the actual.

    Assignments without contrast (no unit of the Land is at risk any more) are left out; NaN if the actual is one.
    """
    treated = int(actual.sum())
    if comb(LAENDER, treated) <= _MOST_ASSIGNMENTS:
        others = _every_assignment(treated)
    else:
        drawn = rng.random((_MOST_ASSIGNMENTS - 1, LAENDER)).argsort(axis=1) < treated
        others = np.vstack([actual, drawn])
    values = np.abs(score_statistics(pieces, others))
    mine = abs(float(score_statistics(pieces, actual[None])[0]))
    values = values[~np.isnan(values)]
    if not np.isfinite(mine):
        return np.nan, np.nan
    return float((values >= mine - _ROUNDING * max(1.0, mine)).mean()), 1 / len(values)


def _clustered(
    design: Design, layout: Layout, replications: int, rng: np.random.Generator, seed: int, draws: int
) -> pd.DataFrame:
    """Size (null: the true value) and, with an effect, power (null: zero) for a covariate or a programme."""
    term = "programme" if design.treated else "x"
    since = np.linspace(-1, 1, layout.periods)[int(np.ceil(data.START * layout.periods))] - 1e-9
    nulls = {"true value": design.effect} | ({"zero": 0.0} if design.effect else {})
    p_values: dict[tuple[str, str], list[float]] = defaultdict(list)
    errors: dict[str, list[float]] = defaultdict(list)
    estimates: list[float] = []
    events, smallest = [], []
    for _ in range(replications):
        rows = data.risk_set(design, layout, rng)
        weights, _ = cluster_weights(LAENDER, draws, int(rng.integers(2**31)))
        events.append(rows.y.sum())
        place = rows.terms.index(term)
        if design.treated:
            treated = np.zeros(LAENDER)
            assert rows.codes is not None
            treated[np.unique(rows.codes[rows.X[:, place] == 1])] = 1.0
            pieces = placebos(rows, since)
            p_value, least = randomisation_p(pieces, treated, rng) if treated.any() else (np.nan, np.nan)
            p_values[(RANDOMISATION, "zero")].append(p_value)
            smallest.append(least)
        try:
            if design.treated and not 0 < rows.X[:, place].sum() < len(rows.y):
                raise ModelError("The programme is in force in no row at risk.")
            estimate = fitting.estimate(rows)
        except ModelError:
            estimates.append(np.nan)
            for null in nulls:
                for method in METHODS:
                    p_values[(method, null)].append(np.nan)
            continue
        estimates.append(float(estimate.params[place]))
        for null, value in nulls.items():
            for method, (p_value, error) in tests_of(estimate, place, value, weights).items():
                p_values[(method, null)].append(p_value)
                if null == "true value":
                    errors[method].append(error)
    tests: list[dict[str, object]] = []
    for (method, null), found in p_values.items():
        if method == RANDOMISATION:
            given = np.array(found)
            hits = [(method, level, _rejected(given, level)) for level in RANDOMISATION_LEVELS]
            hits.append((FIRST, float(np.nanmean(smallest)), _rejected(given, np.array(smallest))))
            nothing: dict[str, object] = {
                "null": "zero" if design.effect else "true value",
                "estimates": [],
                "errors": [],
            }
            tests += [
                {"method": name, "level": level, "rejected": hit} | nothing for name, level, hit in hits
            ]
        else:
            tests.append(
                {
                    "method": method,
                    "null": null,
                    "level": LEVEL,
                    "rejected": _rejected(np.array(found), LEVEL),
                    "estimates": estimates,
                    "errors": errors[method] if null == "true value" else [],
                }
            )
    return measures.table(design, layout, term, tests, np.array(events), seed)


def _rare(
    design: Design, layout: Layout, replications: int, rng: np.random.Generator, seed: int
) -> pd.DataFrame:
    """Bias and coverage with plain and penalised likelihood (logit) when events are rare."""
    critical, value = float(stats.norm.ppf(1 - LEVEL / 2)), design.effect
    rejected: dict[str, list[float]] = defaultdict(list)
    estimates: dict[str, list[float]] = defaultdict(list)
    errors: dict[str, list[float]] = defaultdict(list)
    events = []

    def keep(method: str, estimate: float, error: float, reject: float) -> None:
        estimates[method].append(estimate)
        errors[method].append(error)
        rejected[method].append(reject)

    place = 1
    for _ in range(replications):
        rows = data.risk_set(design, layout, rng)
        events.append(rows.y.sum())
        for name, penalty in (("ML", 0.0), ("Firth", 0.5)):
            wald, ratio = RARE[:2] if name == "ML" else RARE[2:]
            try:
                if np.ptp(rows.X[:, place]) == 0 or not rows.y.any():
                    raise ModelError("The covariate or the outcome does not vary.")
                begin = _estimate(rows, "logit")[0].params if name == "ML" else None
                task = problem(rows.y, rows.X, "logit", penalty)
                best = maximise(task, None if begin is None else task.triangle @ begin)
                back = np.linalg.inv(task.triangle)
                estimate = float(back[place] @ best.params)
                error = sqrt(back[place] @ np.linalg.solve(best.information, back[place]))
                keep(wald, estimate, error, float(abs(estimate - value) / error > critical))
                drop, _, _ = ProfileTests(task, best, rows.terms)._drop(place, value)
                keep(ratio, estimate, np.nan, float(drop > critical**2))
            except ModelError:
                for method in (wald, ratio)[len(rejected[wald]) - len(rejected[ratio]) :]:
                    keep(method, np.nan, np.nan, np.nan)
    tests = [
        {
            "method": method,
            "null": "true value",
            "level": LEVEL,
            "rejected": rejected[method],
            "estimates": estimates[method],
            "errors": errors[method],
        }
        for method in RARE
    ]
    return measures.table(design, layout, "binary", tests, np.array(events), seed)


def _rejected(p_values: Array, level: float | Array) -> Array:
    return np.where(np.isnan(p_values), np.nan, p_values <= level * (1 + 1e-12))
