"""How well coders agree: Cohen's kappa and Krippendorff's alpha with bootstrap intervals over documents.

Own code, because the usual package for alpha is under the GPL and offers no bootstrap over units, and because thousands
of replicates need it in one matrix product. The tests hold it to published examples and to scikit-learn.

Sources: Cohen, J. (1960), Educational and Psychological Measurement 20: 37-46; Cohen, J. (1968), Psychological Bulletin
70: 213-220 (weights); Krippendorff, K. (2011), Computing Krippendorff's Alpha-Reliability.
"""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import dataclass
from typing import Literal

import numpy as np
import pandas as pd
from numpy.typing import NDArray

from ...errors import DataError

Level = Literal["nominal", "ordinal", "interval"]
Weights = Literal["linear", "quadratic"]
Floats = NDArray[np.float64]
COVERAGE = 0.95
_MOST_UNDEFINED = 0.05
"""Share of replicates without a value above which no interval is given: it would describe the others only."""


@dataclass(frozen=True)
class Reliability:
    """A coefficient of agreement.

    Attributes
    ----------
    statistic
        kappa or alpha.
    level
        nominal, ordinal or interval; for kappa nominal, linear or quadratic.
    value
        1 is perfect, 0 what chance gives; None if it is not defined, which `note` explains.
    lower, upper
        Percentile bootstrap interval (95 %) over units; None if there is none.
    units
        Units that entered: coded by at least two.
    codings
        Codings of these units.
    replicates, undefined
        Bootstrap replicates, and those of them in which the coefficient is not defined.
    note
        Why value or interval are missing; empty if they are not.
    """

    statistic: Literal["kappa", "alpha"]
    level: str
    value: float | None
    lower: float | None
    upper: float | None
    units: int
    codings: int
    replicates: int
    undefined: int
    note: str = ""


def cohen_kappa(
    first: Sequence[object],
    second: Sequence[object],
    *,
    weights: Weights | None = None,
    order: Sequence[object] | None = None,
    replicates: int = 2000,
    seed: int = 20171231,
) -> Reliability:
    """Return Cohen's kappa of two coders.

    Parameters
    ----------
    first, second
        Codes of the same units in the same order; units that one of them left out (None, NaN) do not enter.
    weights
        None for nominal codes; linear or quadratic weights by the distance in `order`.
    order
        The codes in their order; needed with `weights`, unless the codes are numbers: these are sorted.
    replicates, seed
        Of the bootstrap; 0 replicates for the value alone.

    Raises
    ------
    DataError
        If the lengths differ, or with weights and an order that misses a code.
    """
    if len(first) != len(second):
        raise DataError(f"one coder has {len(first)} units, the other {len(second)}.")
    pairs = [(a, b) for a, b in zip(first, second, strict=True) if not (_missing(a) or _missing(b))]
    categories = _categories(
        [code for pair in pairs for code in pair], ranked=weights is not None, order=order
    )
    index = {code: position for position, code in enumerate(categories)}
    a = np.array([index[pair[0]] for pair in pairs], dtype=int)
    b = np.array([index[pair[1]] for pair in pairs], dtype=int)
    size = len(categories)
    distance = np.abs(np.subtract.outer(np.arange(size), np.arange(size))).astype(float)
    disagreement = (distance > 0).astype(float) if weights is None else distance
    if weights == "quadratic":
        disagreement = distance**2

    def kappa(draws: Floats) -> Floats:
        total = draws.sum(axis=1)
        observed = draws @ disagreement[a, b] / total
        left, right = draws @ np.eye(size)[a], draws @ np.eye(size)[b]
        expected = ((left @ disagreement) * right).sum(axis=1) / total**2
        return _ratio(observed, expected)

    value = _estimate(kappa, len(pairs), replicates, seed)
    return Reliability(
        "kappa", weights or "nominal", *value[:3], len(pairs), 2 * len(pairs), replicates, *value[3:]
    )


def krippendorff_alpha(
    ratings: pd.DataFrame,
    *,
    level: Level = "nominal",
    order: Sequence[object] | None = None,
    replicates: int = 2000,
    seed: int = 20171231,
) -> Reliability:
    """Return Krippendorff's alpha of any number of coders with missing codings.

    Parameters
    ----------
    ratings
        One row per unit, one column per coder; missing where the coder left the unit out. Units with fewer than two
        codings cannot be compared and do not enter.
    level
        nominal; ordinal (codes in the order `order`, numbers sorted); interval (numbers).
    order
        The codes in their order, for level ordinal.
    replicates, seed
        Of the bootstrap; 0 replicates for the value alone.

    Raises
    ------
    DataError
        If codes of level interval are no numbers, or `order` misses a code.
    """
    rows = [
        [code for code in row if not _missing(code)] for row in ratings.itertuples(index=False, name=None)
    ]
    rows = [row for row in rows if len(row) > 1]
    categories = _categories([code for row in rows for code in row], ranked=level != "nominal", order=order)
    index = {code: position for position, code in enumerate(categories)}
    counts = np.zeros((len(rows), len(categories)))
    for unit, row in enumerate(rows):
        for code in row:
            counts[unit, index[code]] += 1
    scores = _numbers(categories) if level == "interval" else np.zeros(len(categories))
    if len(scores):
        scores = (scores - scores.mean()) / (np.ptp(scores) or 1.0)  # the squares of years would lose digits
    coded = counts.sum(axis=1)

    def alpha(draws: Floats) -> Floats:
        used = draws @ counts
        total = used.sum(axis=1)
        if level == "nominal":
            within = draws @ ((coded**2 - (counts**2).sum(axis=1)) / (coded - 1))
            between = total**2 - (used**2).sum(axis=1)
        else:
            # Ordinal distances are squared differences of the middle ranks of the codes that are there.
            ranks = (np.cumsum(used, axis=1) - used / 2) / total[:, None]
            position = ranks if level == "ordinal" else np.tile(scores, (len(draws), 1))
            first, second = counts @ position.T, counts @ (position**2).T
            spread = 2 * (coded[:, None] * second - first**2) / (coded - 1)[:, None]
            within = (draws * spread.T).sum(axis=1)
            between = 2 * (total * (used * position**2).sum(axis=1) - (used * position).sum(axis=1) ** 2)
        return _ratio(within * (total - 1), np.where(between > 1e-9 * total**2, between, 0.0))

    value = _estimate(alpha, len(rows), replicates, seed)
    return Reliability("alpha", level, *value[:3], len(rows), int(coded.sum()), replicates, *value[3:])


def _estimate(
    statistic: Callable[[Floats], Floats], units: int, replicates: int, seed: int
) -> tuple[float | None, float | None, float | None, int, str]:
    """Return value, bounds, number of undefined replicates and note of a coefficient.

    Parameters
    ----------
    statistic
        From draws (replicates x units: how often each unit was drawn) to one value per replicate.
    """
    if units == 0:
        return None, None, None, 0, "no unit was coded by two"
    point = float(statistic(np.ones((1, units)))[0])
    if np.isnan(point):
        return None, None, None, 0, "not defined: only one code was given, so nothing could differ by chance"
    if replicates == 0:
        return point, None, None, 0, "no interval asked for"
    rng = np.random.default_rng(seed)
    values = np.concatenate(
        [
            statistic(rng.multinomial(units, np.full(units, 1 / units), size=size).astype(float))
            for size in _chunks(replicates)
        ]
    )
    undefined = int(np.isnan(values).sum())
    if undefined > _MOST_UNDEFINED * replicates:
        note = f"no interval: not defined in {undefined} of {replicates} replicates (too few units with a second code)"
        return point, None, None, undefined, note
    tail = (1 - COVERAGE) / 2
    lower, upper = np.nanquantile(values, [tail, 1 - tail])
    return point, float(lower), float(upper), undefined, ""


def _chunks(replicates: int, size: int = 250) -> list[int]:
    """Return the sizes of the batches in which replicates are made: bounded memory."""
    return [min(size, replicates - start) for start in range(0, replicates, size)]


def _ratio(observed: Floats, expected: Floats) -> Floats:
    """Return 1 - observed / expected; NaN where nothing is expected."""
    defined = expected > 0
    return np.where(defined, 1 - observed / np.where(defined, expected, 1.0), np.nan)


def _missing(code: object) -> bool:
    return bool(pd.isna(code))  # type: ignore[call-overload]


def _categories(codes: list[object], *, ranked: bool, order: Sequence[object] | None) -> list[object]:
    """Return the distinct codes, in their order if it matters."""
    used = set(codes)
    if order is not None:
        if unknown := used - set(order):
            raise DataError(f"the code {min(map(str, unknown))!r} is not in the order given.")
        return list(order)
    if ranked:
        _numbers(list(used))
        return sorted(used, key=float)  # type: ignore[arg-type]
    return sorted(used, key=str)


def _numbers(codes: list[object]) -> Floats:
    try:
        return np.array([float(code) for code in codes])  # type: ignore[arg-type]
    except (TypeError, ValueError):
        wrong = min(str(code) for code in codes if not isinstance(code, int | float))
        raise DataError(f"the code {wrong!r} is no number.", hint="Give the order of the codes.") from None
