"""Sensitivity and specificity of the search, per size class, with what is known of their uncertainty."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass

import numpy as np
import pandas as pd
from numpy.typing import NDArray
from scipy import optimize
from scipy.stats import beta

from ...errors import ModelError
from ..design import Array

# Jeffreys' prior, half a case on either side: what a share of 0 or 1 in few cases is not certain of.
_JEFFREYS = 0.5
_ADVICE = (
    "give a rate or a range that rests on a search of that very class, or leave its units out. The rates of the "
    "Großstädte in table coding_error are those of by-catch: they must not be carried over to Mittelstädte and "
    "Landkreise that were looked up on their own"
)


@dataclass(frozen=True)
class Rate:
    """A rate and its uncertainty.

    Attributes
    ----------
    value
        The rate that the corrected estimate uses, above 0, at most 1.
    a, b
        Beta distribution of what is known of the rate; both None for a rate that is taken as known.
    """

    value: float
    a: float | None = None
    b: float | None = None

    def __post_init__(self) -> None:
        """Check the rate."""
        if not 0 <= self.value <= 1:
            raise ModelError(f"The rate {self.value!r} is no share: give a number between 0 and 1.")
        if (self.a is None) != (self.b is None) or min(self.a or 1.0, self.b or 1.0) <= 0:
            raise ModelError(
                f"Beta({self.a}, {self.b}) is no distribution: give two positive numbers or none."
            )

    @property
    def uncertain(self) -> bool:
        """Whether the rate has a distribution."""
        return self.a is not None

    @property
    def variance(self) -> float:
        """Mean squared deviation from `value` under the distribution; 0 for a known rate."""
        if self.a is None or self.b is None:
            return 0.0
        known = beta(self.a, self.b)
        return float(known.var() + (known.mean() - self.value) ** 2)

    def draw(self, rng: np.random.Generator, size: int) -> Array:
        """Return `size` draws; a known rate repeats itself."""
        if self.a is None or self.b is None:
            return np.full(size, self.value)
        return rng.beta(self.a, self.b, size)


def rate_from_counts(hits: int, n: int) -> Rate:
    """Return the rate `hits` of `n` with the posterior of Jeffreys' prior, Beta(hits + 1/2, n - hits + 1/2).

    Source: Brown, Cai & DasGupta 2001, Statistical Science 16(2).

    Raises
    ------
    ModelError
        If the counts contradict each other.
    """
    if n < 1 or not 0 <= hits <= n:
        raise ModelError(f"{hits} hits of {n} cases make no rate: give 0 <= hits <= n and n >= 1.")
    return Rate(hits / n, hits + _JEFFREYS, n - hits + _JEFFREYS)


def rate_from_interval(value: float, low: float, high: float, level: float = 0.95) -> Rate:
    """Return the rate `value` with the Beta distribution whose central `level` lies between `low` and `high`.

    A limit at 0 or 1 is no quantile: there the distribution has half a case on that side, as Jeffreys' prior
    has, and the other limit alone is met.

    Raises
    ------
    ModelError
        If the three are not in order or no distribution has these limits.
    """
    if not 0 <= low <= value <= high <= 1 or low == high or not 0 < level < 1 or (low == 0 and high == 1):
        raise ModelError(
            f"{value!r} between {low!r} and {high!r} is no rate with an interval: give 0 <= low <= value <= high "
            "<= 1, low below high, not both 0 and 1."
        )
    tail = (1 - level) / 2

    def gap(logs: Array) -> list[float]:
        a, b = np.exp(np.clip(logs, -12, 16))
        return [
            float(_logit(beta.ppf(tail, a, b)) - _logit(low)),
            float(_logit(beta.ppf(1 - tail, a, b)) - _logit(high)),
        ]

    if high == 1 or low == 0:
        side = 0 if high == 1 else 1

        def one(log: float) -> float:
            logs = np.full(2, np.log(_JEFFREYS))
            logs[side] = log
            a, b = np.exp(logs)
            limit, target = (beta.ppf(tail, a, b), low) if side == 0 else (beta.ppf(1 - tail, a, b), high)
            return float(limit - target)

        free = float(np.exp(optimize.brentq(one, -8, 14)))
        return Rate(value, free, _JEFFREYS) if side == 0 else Rate(value, _JEFFREYS, free)
    spread = (high - low) / 4
    mean = float(np.clip(value, 0.02, 0.98))
    size = max(mean * (1 - mean) / spread**2 - 1, 1.0)
    solution = optimize.root(gap, np.log([mean * size, (1 - mean) * size]))
    if not solution.success or max(map(abs, gap(solution.x))) > 1e-6:
        raise ModelError(
            f"No Beta distribution has {level:.0%} between {low!r} and {high!r}: give the counts instead "
            "(rate_from_counts)."
        )
    a, b = np.exp(solution.x)
    return Rate(value, float(a), float(b))


def _logit(share: float) -> float:
    share = float(np.clip(share, 1e-12, 1 - 1e-12))
    return float(np.log(share / (1 - share)))


Rates = float | Rate | Mapping[str, "float | Rate"]
"""A rate for all units, or a mapping from the values of the class column to rates."""


@dataclass(frozen=True, eq=False)
class UnitRates:
    """The rates by unit: `sensitivity` and `specificity` point into the distinct `rates` (R of them).

    Attributes
    ----------
    rates, names
        The R distinct rates and what they are, such as `sensitivity[mittelstadt]`.
    sensitivity, specificity
        Position of each unit's rate in `rates`, shape (U,).
    """

    rates: tuple[Rate, ...]
    names: tuple[str, ...]
    sensitivity: NDArray[np.intp]
    specificity: NDArray[np.intp]

    @property
    def numbers(self) -> Array:
        """The R rates as numbers."""
        return np.array([rate.value for rate in self.rates])

    @property
    def uncertain(self) -> bool:
        """Whether any of the rates has a distribution."""
        return any(rate.uncertain for rate in self.rates)

    def lines(self) -> list[str]:
        """Return one line per rate for a summary: the rate, its uncertainty, the units it is the rate of."""
        table = self.table()
        return [
            f"  {row.rate} {row.value:.3g} "
            + (f"(standard deviation {row.std_dev:.3g}, " if row.std_dev > 0 else "(known, ")
            + f"{row.units} units)"
            for row in table.itertuples()
        ]

    def table(self) -> pd.DataFrame:
        """Return one row per rate: rate, value, std_dev, units."""
        uses = np.bincount(self.sensitivity, minlength=len(self.rates))
        uses += np.bincount(self.specificity, minlength=len(self.rates))
        return pd.DataFrame(
            {
                "rate": self.names,
                "value": self.numbers,
                "std_dev": [rate.variance**0.5 for rate in self.rates],
                "units": uses,
            }
        )


def unit_rates(sensitivity: Rates, specificity: Rates, classes: pd.Series | None, units: int) -> UnitRates:
    """Return the rates by unit.

    Parameters
    ----------
    sensitivity, specificity
        One rate, or a mapping from class to rate.
    classes
        Class of each unit, shape (U,); needed where one of them is a mapping.
    units
        Number of units U.

    Raises
    ------
    ModelError
        If a class has no rate, a rate is no share, or sensitivity and specificity do not add up to more than
        1: then what was observed tells nothing of what is.
    """
    rates: list[Rate] = []
    names: list[str] = []
    columns = []
    for what, given in (("sensitivity", sensitivity), ("specificity", specificity)):
        if isinstance(given, Mapping):
            if classes is None:
                raise ModelError(f"{what} is given by class: name the column of the classes with by=.")
            columns.append(_by_class(what, given, classes, rates, names))
        else:
            columns.append(np.full(units, len(rates), dtype=np.intp))
            rates.append(_rate(what, given))
            names.append(what)
    found = UnitRates(tuple(rates), tuple(names), *columns)
    total = found.numbers[found.sensitivity] + found.numbers[found.specificity]
    if (total <= 1).any():
        worst = int(total.argmin())
        pair = [found.names[found.sensitivity[worst]], found.names[found.specificity[worst]]]
        raise ModelError(
            f"{' and '.join(pair)} add up to {total[worst]:g}: they must add up to more than 1, else being named "
            "as an adopter is no sign of being one."
        )
    return found


def _by_class(
    what: str, given: Mapping[str, float | Rate], classes: pd.Series, rates: list[Rate], names: list[str]
) -> NDArray[np.intp]:
    if classes.isna().any():
        raise ModelError(
            f"The class column {classes.name!r} has no value for {int(classes.isna().sum())} units: without a "
            "class there is no rate; fill it or leave these units out."
        )
    counts = classes.value_counts()
    lacking = [str(value) for value in counts.index if value not in given or _is_missing(given[value])]
    if lacking:
        shown = ", ".join(f"{name!r} ({int(counts[name])} units)" for name in sorted(lacking))
        raise ModelError(f"There is no {what} for {classes.name} {shown}: {_ADVICE}.")
    positions = {}
    for value in sorted(counts.index):
        positions[value] = len(rates)
        rates.append(_rate(f"{what}[{value}]", given[value]))
        names.append(f"{what}[{value}]")
    return classes.map(positions).to_numpy(dtype=np.intp)


def _is_missing(rate: float | Rate) -> bool:
    return not isinstance(rate, Rate) and bool(pd.isna(rate))


def _rate(what: str, given: float | Rate) -> Rate:
    if isinstance(given, Rate):
        return given
    if (
        isinstance(given, bool)
        or not isinstance(given, (int, float, np.floating, np.integer))
        or pd.isna(given)
    ):
        raise ModelError(
            f"{what}={given!r} is no rate: give a share, a Rate or a mapping from class to rate."
        )
    return Rate(float(given))
