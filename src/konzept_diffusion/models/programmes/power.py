"""What could have been found: the smallest hazard ratio that the placebo test sees in 80 of 100 histories.

Histories are drawn from the fitted model without the programme on the rows that would have been at risk had
nobody adopted; the programme then multiplies the hazard (adds to the link, for other links) by a given ratio.
Every history has its own risk set and is tested as the actual one is. Stated before results are looked at, and
by the same test, since a Wald test with one treated Land has no size to speak of.
"""

from __future__ import annotations

import math
from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np
import pandas as pd
from numpy.typing import NDArray

from ...errors import ModelError
from ..design import Array, covariates
from ..estimators.binary.models import hazard
from ..inference.covariance import SEED
from ..links import LINKS
from .assignments import Rows, deals, score
from .contrast import EARLIER, EVER, ON, Contrast

RATIOS = (1.5, 2.0, 3.0, 4.0, 6.0, 8.0, 12.0, 16.0)
DRAWS, POWER = 200, 0.8
LEAST_DRAWS = 20
REFERENCE = 2.0
"""The hazard ratio whose power is always stated."""
_DEALS = 99


@dataclass(frozen=True, eq=False, repr=False)
class Power:
    """Result of `detectable_ratio`; nothing in it can be changed.

    Attributes
    ----------
    name
        Of the intervention.
    ratio
        Smallest hazard ratio found with probability `power` (log-linear between the ratios tried), infinite if
        none of them is.
    power, level, draws, seed
        As asked for.
    largest
        Largest ratio tried.
    size
        Share of histories without any effect that the test calls significant.
    at_reference
        Share of histories in which a hazard ratio of `REFERENCE` is found.
    """

    name: str
    ratio: float
    power: float
    level: float
    draws: int
    seed: int
    largest: float
    size: float
    at_reference: float
    _curve: pd.DataFrame

    @property
    def curve(self) -> pd.DataFrame:
        """Ratios tried (`REFERENCE` among them) and the share of histories that find the programme, sign included.

        At ratio 1 either sign counts.
        """
        return self._curve.copy()

    def __repr__(self) -> str:
        """Return one line that identifies the result."""
        return f"<Power: {self.name}, detectable hazard ratio {self.ratio:.2f}>"


@dataclass(frozen=True, eq=False)
class _World:
    """What histories are drawn from: rows of every unit in every year, sorted by both."""

    eta: Array
    on: NDArray[np.bool_]
    first: NDArray[np.intp]
    X: Array
    terms: tuple[str, ...]
    lands: NDArray[np.object_]
    years: Array
    link: str

    def history(self, effect: float, seed: Sequence[int]) -> Rows:
        """Return the rows at risk of one history; the same seed gives the same luck for every effect."""
        chance = LINKS[self.link].inverse(self.eta + effect * self.on)
        event = np.random.default_rng(list(seed)).random(len(chance)) < chance
        before = np.cumsum(event) - event
        at_risk = before == before[self.first]
        return Rows(
            self.X[at_risk],
            self.terms,
            event[at_risk].astype(float),
            self.lands[at_risk],
            self.years[at_risk],
            self.link,
        )


def detectable_ratio(
    item: Contrast,
    power: float = POWER,
    level: float = 0.10,
    ratios: Sequence[float] = RATIOS,
    draws: int = DRAWS,
    seed: int = SEED,
) -> Power:
    """Return the smallest hazard ratio that the placebo test detects with a given probability.

    Parameters
    ----------
    item
        See `contrast.contrast`.
    power, level
        Probability to detect, and level of the test, each between 0 and 1.
    ratios
        Hazard ratios tried, rising, above 1; power is searched among them by bisection.
    draws, seed
        Histories per ratio; the same luck for each ratio.

    Raises
    ------
    ModelError
        If the arguments are out of range or the model without the programme cannot be fitted.
    """
    steps = sorted(float(ratio) for ratio in ratios)
    if not steps or steps[0] <= 1 or not all(map(math.isfinite, steps)):
        raise ModelError(f"ratios={tuple(ratios)!r}: give finite hazard ratios above 1.")
    if not (0 < power < 1 and 0 < level < 1) or draws < LEAST_DRAWS:
        raise ModelError(f"power and level lie between 0 and 1, and {LEAST_DRAWS} draws are the least.")
    world = _world(item)
    lands = tuple(sorted(set(world.lands.tolist())))
    spans, earlier = item.intervention.spans, item.earlier
    actual = frozenset(spans)
    placebos = [
        deal for deal in deals(lands, spans, earlier, _DEALS, seed)[0] if frozenset(deal[0]) != actual
    ]

    def rejects(rows: Rows, own: float) -> bool:
        """Return whether so few placebos are as extreme that the test rejects; stop once it cannot."""
        larger = comparable = 0
        for place, deal in enumerate(placebos):
            most = comparable + len(placebos) - place + 1
            if larger + 1 > level * most + 1e-12:
                return False
            value = score(rows, deal)
            comparable += not math.isnan(value)
            larger += abs(value) >= abs(own)
        return (larger + 1) / (comparable + 1) <= level + 1e-12

    def found(ratio: float) -> float:
        hits = 0
        for draw in range(draws):
            rows = world.history(math.log(ratio), (seed, draw))
            own = score(rows, (spans, earlier))
            if not math.isnan(own) and (ratio == 1 or own > 0):
                hits += rejects(rows, own)
        return hits / draws

    curve = {ratio: found(ratio) for ratio in sorted({1.0, REFERENCE, steps[-1]})}
    if curve[steps[-1]] < power:
        ratio = math.inf
    else:
        low, high = (
            -1,
            len(steps) - 1,
        )  # power is too small at `low` (-1: no effect) and large enough at `high`
        while high - low > 1:
            middle = (low + high) // 2
            if steps[middle] not in curve:
                curve[steps[middle]] = found(steps[middle])
            low, high = (middle, high) if curve[steps[middle]] < power else (low, middle)
        below = steps[low] if low >= 0 else 1.0
        ratio = _between(below, curve[below], steps[high], curve[steps[high]], power)
    table = pd.DataFrame(sorted(curve.items()), columns=["hazard_ratio", "power"])
    return Power(
        item.intervention.name, ratio, power, level, draws, seed, steps[-1], curve[1.0], curve[REFERENCE], table
    )  # fmt: skip


def _between(low: float, below: float, high: float, above: float, power: float) -> float:
    """Return where power is reached between two hazard ratios, linear in the logarithm."""
    if above <= below:
        return high
    share = max(0.0, (power - below) / (above - below))
    return math.exp(math.log(low) + share * (math.log(high) - math.log(low)))


def _world(item: Contrast) -> _World:
    """Return what histories are drawn from, by the model fitted without the programme."""
    early = [EARLIER] if (item.data.loc[item.data[EARLIER] == 1, item.outcome] == 1).any() else []
    ever = [EVER] if (item.data.loc[item.data[EVER] == 1, item.outcome] == 1).any() else []
    formula = f"{item.outcome} ~ {' + '.join([item.base, *ever, *early])}"
    fit = hazard(formula, item.data, link=item.link)
    chance = fit.predict(item.grid).to_numpy()
    base = hazard(f"{item.outcome} ~ {item.base}", item.data, link=item.link)
    X, spec = covariates(base._design.spec, item.grid[list(base._design.columns)], formula)
    codes, _ = pd.factorize(item.grid[item.unit])
    starts = np.flatnonzero(np.r_[True, codes[1:] != codes[:-1]])
    return _World(
        eta=LINKS[item.link](np.clip(chance, 1e-12, 1 - 1e-12)),
        on=item.grid[ON].to_numpy() == 1,
        first=starts[codes],
        X=X,
        terms=tuple(str(name) for name in spec.column_names),
        lands=item.grid[item.cluster].astype(str).to_numpy(dtype=object),
        years=item.grid[item.time].to_numpy(dtype=float),
        link=item.link,
    )
