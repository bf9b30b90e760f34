"""Sensitivity and specificity of search and coding, with intervals: the measures and their estimators.

Simple counts get a binomial interval. A review sample drawn with unequal probabilities, several documents to a
Kommune, gets Horvitz–Thompson weights and a design-based interval.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Literal

import numpy as np
import pandas as pd
from numpy.typing import NDArray
from scipy.stats import beta
from scipy.stats import t as student
from statsmodels.stats.proportion import proportion_confint

from ...errors import DataError
from .capture_recapture import check_level

Interval = Literal["wilson", "clopper_pearson", "jeffreys"]
_METHODS = {"wilson": "wilson", "clopper_pearson": "beta", "jeffreys": "jeffreys"}


@dataclass(frozen=True)
class Proportion:
    """A share with its interval.

    Attributes
    ----------
    estimate, low, high
        Share and limits, 0 to 1.
    n
        Cases it rests on.
    n_effective
        Cases that a simple random sample of the same precision would have.
    method
        `wilson`, `clopper_pearson`, `jeffreys` or `korn_graubard`.
    """

    estimate: float
    low: float
    high: float
    n: int
    n_effective: float
    method: str


@dataclass(frozen=True)
class Accuracy:
    """Error rates of a coding held against the truth.

    Attributes
    ----------
    sensitivity
        Share of the true cases that were found; None if there are no true cases.
    specificity
        Share of the others that were rightly not named; None if there are no others.
    n_positive, n_negative
        True cases and others.
    """

    sensitivity: Proportion | None
    specificity: Proportion | None
    n_positive: int
    n_negative: int


def proportion(hits: int, n: int, *, method: Interval = "wilson", confidence: float = 0.95) -> Proportion:
    """Return a share of simple counts with its interval.

    Parameters
    ----------
    hits, n
        Hits among n cases, n at least 1.
    method
        `wilson`, `clopper_pearson` (never covers less often than stated, hence wide) or `jeffreys` (0 of n reaches
        down to 0, n of n up to 1).
    confidence
        Level, between 0 and 1.

    Raises
    ------
    DataError
        If the counts contradict each other or the method is unknown.

    Notes
    -----
    Brown, Cai & DasGupta (2001), Statistical Science 16, compare the three.
    """
    check_level(confidence)
    if method not in _METHODS:
        raise DataError(f"there is no interval {method!r}.", hint=f"Known: {', '.join(_METHODS)}.")
    if n < 1 or not 0 <= hits <= n:
        raise DataError(f"{hits} hits of {n} cases make no share.", hint="Give 0 <= hits <= n and n >= 1.")
    low, high = proportion_confint(hits, n, alpha=1 - confidence, method=_METHODS[method])
    # The limits at the ends are 0 and 1 by definition, not up to rounding.
    low = 0.0 if hits == 0 else float(low)
    high = 1.0 if hits == n else float(high)
    return Proportion(hits / n, low, high, n, float(n), method)


def weighted_proportion(
    hits: Sequence[bool],
    probabilities: Sequence[float],
    *,
    clusters: Sequence[str] | None = None,
    strata: Sequence[str] | None = None,
    domain: Sequence[bool] | None = None,
    confidence: float = 0.95,
) -> Proportion:
    """Return a share in a population from a sample with known inclusion probabilities.

    Parameters
    ----------
    hits
        Is the case a hit?, shape (n,).
    probabilities
        Inclusion probability of each case, above 0 and at most 1, shape (n,).
    clusters
        Kommune of each case, shape (n,); by default every case is its own.
    strata
        Stratum of each case, shape (n,); by default there is one. A cluster's cases of a stratum are one.
    domain
        Cases that the share is about, shape (n,); by default all. The others still tell how the sample was drawn.
    confidence
        Level, between 0 and 1.

    Returns
    -------
    Proportion
        The ratio of Horvitz–Thompson totals; its variance by linearisation over the clusters, drawn as if with
        replacement; limits after Korn & Graubard (1998), Survey Methodology 24. Where all cases agree, the variance
        is 0 whatever the sample; then the clusters in the domain count as the cases.

    Raises
    ------
    DataError
        If lengths differ, a probability is none, the domain is empty, or a stratum has one cluster only.
    """
    check_level(confidence)
    n = len(hits)
    y = np.asarray(hits, dtype=bool).astype(float)
    chances = np.asarray(probabilities, dtype=float)
    inside = np.ones(n, dtype=bool) if domain is None else np.asarray(domain, dtype=bool)
    units = np.arange(n).astype(str) if clusters is None else np.asarray(clusters, dtype=str)
    layers = np.full(n, "") if strata is None else np.asarray(strata, dtype=str)
    if {len(chances), len(inside), len(units), len(layers)} != {n}:
        raise DataError("hits, probabilities, clusters, strata and domain differ in length.")
    wrong = ~((chances > 0) & (chances <= 1))
    if wrong.any():
        position = int(wrong.argmax())
        raise DataError(
            f"{chances[position]!r} is no inclusion probability.",
            row=position + 2,
            column="inclusion_probability",
            hint="Give a number above 0 and at most 1.",
        )
    if not inside.any():
        raise DataError("no case belongs to the group that the share is about.")
    weights = np.where(inside, 1 / chances, 0.0)
    share = float((weights * y).sum() / weights.sum())
    frame = pd.DataFrame({"layer": layers, "unit": units, "gap": weights * (y - share), "weight": weights})
    totals = frame.groupby(["layer", "unit"], sort=True)[["gap", "weight"]].sum()
    variance = _between(totals["gap"]) / weights.sum() ** 2
    present = totals[totals["weight"] > 0]
    n_inside = int(inside.sum())
    if share in (0.0, 1.0) or variance <= 0:
        effective = float(present["weight"].sum() ** 2 / (present["weight"] ** 2).sum())
    else:
        freedom = len(present) - present.index.get_level_values("layer").nunique()
        level = (1 + confidence) / 2
        shrink = (student.ppf(level, max(n_inside - 1, 1)) / student.ppf(level, max(freedom, 1))) ** 2
        effective = min(share * (1 - share) / variance * shrink, float(n_inside))
    low, high = _beta_limits(share, effective, confidence)
    return Proportion(share, low, high, n_inside, float(effective), "korn_graubard")


def accuracy(
    truth: Sequence[bool],
    found: Sequence[bool],
    *,
    probabilities: Sequence[float] | None = None,
    clusters: Sequence[str] | None = None,
    strata: Sequence[str] | None = None,
    domain: Sequence[bool] | None = None,
    method: Interval = "wilson",
    confidence: float = 0.95,
) -> Accuracy:
    """Return sensitivity and specificity of `found` held against `truth`.

    Parameters
    ----------
    truth, found
        True state and coding of each case, shape (n,).
    probabilities, clusters, strata, domain
        Design of the sample and the cases asked about, see `weighted_proportion`. Simple counts are used if every
        probability is the same and no cluster has two cases.
    method, confidence
        Interval of simple counts, and level.

    Raises
    ------
    DataError
        If there are no cases, the lengths differ, or the design is none.
    """
    real, named = np.asarray(truth, dtype=bool), np.asarray(found, dtype=bool)
    if len(real) != len(named) or not len(real):
        raise DataError(f"{len(real)} true states and {len(named)} codings are no cases to compare.")
    chances = np.ones(len(real)) if probabilities is None else np.asarray(probabilities, dtype=float)
    simple = len(set(chances)) == 1 and (clusters is None or len(set(clusters)) == len(real))

    asked = np.ones(len(real), dtype=bool) if domain is None else np.asarray(domain, dtype=bool)

    def rate(inside: NDArray[np.bool_], hits: NDArray[np.bool_]) -> Proportion | None:
        if not inside.any():
            return None
        if simple:
            return proportion(
                int((hits & inside).sum()), int(inside.sum()), method=method, confidence=confidence
            )
        return weighted_proportion(
            list(hits), list(chances), clusters=clusters, strata=strata, domain=list(inside),
            confidence=confidence,
        )  # fmt: skip

    positive, negative = real & asked, ~real & asked
    return Accuracy(rate(positive, named), rate(negative, ~named), int(positive.sum()), int(negative.sum()))


def _between(gaps: pd.Series) -> float:
    """Return the variance of a total from its parts by stratum (level 0) and cluster (level 1)."""
    total = 0.0
    for layer, parts in gaps.groupby(level=0):
        if len(parts) < 2:
            raise DataError(
                f"the stratum {layer!r} has one Kommune only: its variance cannot be told.",
                hint="Join it with another stratum.",
            )
        total += len(parts) / (len(parts) - 1) * float(((parts - parts.mean()) ** 2).sum())
    return total


def _beta_limits(share: float, n: float, confidence: float) -> tuple[float, float]:
    """Return Clopper–Pearson limits for a number of cases that need not be whole."""
    tail, hits = (1 - confidence) / 2, share * n
    low = 0.0 if share == 0 else float(beta.ppf(tail, hits, n - hits + 1))
    high = 1.0 if share == 1 else float(beta.ppf(1 - tail, hits + 1, n - hits))
    return low, high
