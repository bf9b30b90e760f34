"""How many were missed: population size from overlapping lists, by closed-form estimators.

A list is what one way of looking has found. Two lists that work independently and give every unit the same
chance tell by their overlap how much both have missed; where chances differ, Chao's estimator is a lower bound.
Models with dependence between lists are in `loglinear`.
"""

from __future__ import annotations

import math
from collections.abc import Callable, Sequence
from dataclasses import dataclass
from typing import Literal

from scipy.optimize import brentq, minimize_scalar
from scipy.special import gammaln, xlogy
from scipy.stats import chi2, norm

from ...errors import ModelError

Status = Literal["estimated", "lower_bound", "not_identifiable"]
UNBOUNDED = 1e6
"""An upper limit beyond this multiple of what was observed is reported as missing: the data do not bound it."""


@dataclass(frozen=True)
class PopulationEstimate:
    """The size of a population as far as its lists tell.

    Attributes
    ----------
    estimator
        Name of the estimator.
    n_observed
        Units on at least one list.
    estimate, std_error
        Population size and its standard error; None where the lists do not identify it.
    low, high
        Limits of the interval; `high` is None where the data do not bound the size.
    status
        `estimated`, `lower_bound` (the size is at least that) or `not_identifiable`.
    reason
        Why it is not identifiable, or what limits the estimate; empty if there is nothing to say.
    confidence
        Level of the interval, between 0 and 1.
    """

    estimator: str
    n_observed: int
    estimate: float | None
    std_error: float | None
    low: float | None
    high: float | None
    status: Status
    reason: str = ""
    confidence: float = 0.95

    @property
    def missed(self) -> float | None:
        """Units that are on no list, as estimated."""
        return None if self.estimate is None else self.estimate - self.n_observed

    @property
    def share_found(self) -> float | None:
        """Share of the population that is on a list, as estimated."""
        return None if not self.estimate else self.n_observed / self.estimate


def lincoln_petersen(
    n_first: int, n_second: int, n_both: int, *, confidence: float = 0.95
) -> PopulationEstimate:
    """Return the size of a population from two lists: Chapman's estimate with a profile-likelihood interval.

    Parameters
    ----------
    n_first, n_second
        Units on the first and on the second list.
    n_both
        Units on both.
    confidence
        Level of the interval, between 0 and 1.

    Returns
    -------
    PopulationEstimate
        `not_identifiable` if no unit is on both lists (the lower limit still holds if the lists are independent),
        or if one list contains the other.

    Raises
    ------
    ModelError
        If the counts contradict each other or the level lies outside 0 to 1.

    Notes
    -----
    Chapman (1951), Univ. California Publ. Statistics 1; variance after Seber (1970), Biometrics 26. The interval
    needs no symmetry and does not fall below what was seen (Cormack 1992, Biometrics 48).
    """
    check_level(confidence)
    _check_two_lists(n_first, n_second, n_both)
    observed = n_first + n_second - n_both
    name = "chapman"
    if min(n_first, n_second) == 0:
        return PopulationEstimate(
            name, observed, None, None, float(observed), None, "not_identifiable",
            "one of the two lists is empty", confidence,
        )  # fmt: skip
    low, high = _profile_two_lists(n_first, n_second, n_both, confidence)
    if n_both == 0:
        return PopulationEstimate(
            name, observed, None, None, low, None, "not_identifiable",
            "no unit is on both lists", confidence,
        )  # fmt: skip
    if n_both in (n_first, n_second):
        return PopulationEstimate(
            name, observed, None, None, float(observed), None, "not_identifiable",
            "one list contains the other", confidence,
        )  # fmt: skip
    estimate = (n_first + 1) * (n_second + 1) / (n_both + 1) - 1
    variance = (
        (n_first + 1) * (n_second + 1) * (n_first - n_both) * (n_second - n_both)
        / ((n_both + 1) ** 2 * (n_both + 2))
    )  # fmt: skip
    return PopulationEstimate(
        name, observed, estimate, math.sqrt(variance), low, high, "estimated", "", confidence
    )


def chao_lower_bound(
    frequencies: Sequence[int], *, n_lists: int | None = None, confidence: float = 0.95
) -> PopulationEstimate:
    """Return Chao's lower bound of a population whose units are found with unequal chances (model Mh).

    It is for repeated looking of equal strength. Where one list is much longer than another it is no lower bound
    but too high; `loglinear.chao_mth` allows for that.

    Parameters
    ----------
    frequencies
        Units that are on exactly 1, 2, 3 ... lists.
    n_lists
        Number of lists t, for the factor (t - 1)/t; None for many lists, as in Chao (1987).
    confidence
        Level of the log-normal interval, between 0 and 1.

    Returns
    -------
    PopulationEstimate
        Status `lower_bound`; `not_identifiable` if no unit is on exactly two lists.

    Raises
    ------
    ModelError
        If there are no frequencies, one is negative, or there are more of them than lists.

    Notes
    -----
    Chao (1987), Biometrics 43, 783-791: with f1 and f2 units on one and two lists at least f1^2 / (2 f2) are on
    none.
    """
    check_level(confidence)
    counts = [int(count) for count in frequencies]
    if (
        not counts
        or min(counts) < 0
        or any(count != given for count, given in zip(counts, frequencies, strict=True))
    ):
        raise ModelError("The frequencies are not counts: give the units on exactly 1, 2, 3 ... lists.")
    if n_lists is not None and (n_lists < 2 or any(counts[n_lists:])):
        raise ModelError(
            f"The frequencies do not fit {n_lists} lists: no unit can be on more lists than there are."
        )
    observed = sum(counts)
    once, twice = counts[0], counts[1] if len(counts) > 1 else 0
    if twice == 0:
        return PopulationEstimate(
            "chao", observed, None, None, float(observed), None, "not_identifiable",
            "no unit is on exactly two lists", confidence,
        )  # fmt: skip
    factor = 1.0 if n_lists is None else (n_lists - 1) / n_lists
    ratio = once / twice
    unseen = factor * once * ratio / 2
    variance = twice * (factor * ratio**2 / 2 + factor**2 * ratio**3 + factor**2 * ratio**4 / 4)
    low, high = lognormal_limits(observed, unseen, variance, confidence)
    return PopulationEstimate(
        "chao", observed, observed + unseen, math.sqrt(variance), low, high, "lower_bound",
        "at least that many, if chances to be found differ", confidence,
    )  # fmt: skip


def lognormal_limits(observed: int, unseen: float, variance: float, confidence: float) -> tuple[float, float]:
    """Return limits of a population size, the number unseen taken as log-normal (Chao 1987).

    Parameters
    ----------
    observed, unseen, variance
        Units seen, units estimated as unseen, and the variance of that estimate.
    confidence
        Level, between 0 and 1.
    """
    if unseen <= 0:
        return float(observed), float(observed)
    spread = math.exp(norm.ppf((1 + confidence) / 2) * math.sqrt(math.log1p(variance / unseen**2)))
    return observed + unseen / spread, observed + unseen * spread


def limit_above(drop: Callable[[float], float], start: float, observed: int) -> float | None:
    """Return where an increasing function of the number unseen crosses zero, or None if it does so nowhere.

    Parameters
    ----------
    drop
        Function of the number of unseen units, negative at `start`.
    start
        Where to begin.
    observed
        Units seen: the search ends at `UNBOUNDED` times that.
    """
    step = max(start, 1.0)
    low = start
    while low < UNBOUNDED * max(observed, 1):
        high = low + step
        if drop(high) >= 0:
            return float(brentq(drop, low, high, xtol=1e-6, rtol=1e-10))
        low, step = high, 2 * step
    return None


def check_level(confidence: float) -> None:
    """Raise a `ModelError` unless 0 < confidence < 1."""
    if not 0 < confidence < 1:
        raise ModelError(
            f"confidence={confidence!r} is no level: give a number between 0 and 1, such as 0.95."
        )


def _check_two_lists(n_first: int, n_second: int, n_both: int) -> None:
    for name, value in (("n_first", n_first), ("n_second", n_second), ("n_both", n_both)):
        if value < 0 or value != int(value):
            raise ModelError(f"{name}={value!r} is no count of units.")
    if n_both > min(n_first, n_second):
        raise ModelError(
            f"{n_both} units are said to be on both lists, but a list has only {min(n_first, n_second)}."
        )
    if n_first + n_second == 0:
        raise ModelError("Both lists are empty: there is nothing to estimate from.")


def _profile_two_lists(
    n_first: int, n_second: int, n_both: int, confidence: float
) -> tuple[float, float | None]:
    """Return limits by the likelihood of the population size, the lists' chances at their best for each size."""
    observed = n_first + n_second - n_both

    def loglik(unseen: float) -> float:
        size = observed + unseen
        value = gammaln(size + 1) - gammaln(unseen + 1)
        for count in (n_first, n_second):
            value += xlogy(count, count / size) + xlogy(size - count, (size - count) / size)
        return float(value)

    limits = profile_limits(loglik, observed, confidence, bounded=n_both > 0)
    return limits[0], limits[1]


def profile_limits(
    loglik: Callable[[float], float], observed: int, confidence: float, *, bounded: bool = True
) -> tuple[float, float | None, float]:
    """Return limits of the population size by likelihood ratio, and the number unseen at the maximum.

    Parameters
    ----------
    loglik
        Profile log-likelihood of the number unseen (0 or more), with one maximum.
    observed
        Units seen.
    confidence
        Level, between 0 and 1.
    bounded
        False if the likelihood rises for ever: then there is a lower limit only.

    Returns
    -------
    tuple
        Lower limit, upper limit (None: not bounded), number unseen at the maximum.
    """
    best = maximum(loglik, observed) if bounded else UNBOUNDED * max(observed, 1)
    half = float(chi2.ppf(confidence, 1)) / 2
    top = loglik(best)

    def drop(unseen: float) -> float:
        return top - loglik(unseen) - half

    low = 0.0 if drop(0.0) <= 0 else float(brentq(drop, 0.0, best, xtol=1e-6, rtol=1e-10))
    above = limit_above(drop, best, observed) if bounded else None
    return observed + low, None if above is None else observed + above, best


def maximum(loglik: Callable[[float], float], observed: int) -> float:
    """Return where a function of the number unseen with one maximum has it; 0 if it only falls."""
    # On the logarithmic scale a handful and a hundred thousand unseen are equally easy to find.
    result = minimize_scalar(
        lambda scale: -loglik(math.expm1(scale)),
        bounds=(0.0, math.log1p(UNBOUNDED * max(observed, 1))),
        method="bounded",
        options={"xatol": 1e-8},
    )
    best = math.expm1(float(result.x))
    return best if loglik(best) > loglik(0.0) else 0.0
