"""What is simulated: the grids of the three studies, and the sizes of the sixteen Länder.

Everything simulated is synthetic; only the numbers of Kommunen by Land are real. The grid was written down before
the first full run and holds every design that was run.
"""

from __future__ import annotations

import itertools
import math
import zlib
from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

import konzept_diffusion as kd

SEED = 2017
REPLICATIONS = {"within": 3_000, "within/kommunen": 2_000, "programme": 2_000, "rare": 2_000}
"""Replications by study (and layout)."""
QUICK = 100
"""Replications of every design in the quick mode."""
DRAWS = 999
"""Bootstrap draws by replication: the test at 5 % has its exact level with 999 as with 9,999."""
LEVEL = 0.05
BAND = (0.035, 0.065)
"""Size that counts as kept at the nominal level of 5 %."""
LAENDER = 16


@dataclass(frozen=True)
class Layout:
    """Units by Land and the window.

    Attributes
    ----------
    name
        `grossstadt`, `kommunen` or `equal`.
    units
        Number of units by Land, 16 numbers.
    periods
        Periods of the window.
    level
        Log of the hazard in the middle of the window at mean covariates.
    """

    name: str
    units: tuple[int, ...]
    periods: int
    level: float


def layouts() -> dict[str, Layout]:
    """Return the layouts; the numbers of Kommunen are those of the table `kommunen`.

    `grossstadt`: the Großstädte, 22 years, four in five adopt. `kommunen`: all Kommunen of the study, seven
    periods of three years, a third adopt. `equal`: five units in every Land, else as `grossstadt`.
    """
    table = kd.load("kommunen")

    def counts(rows: NDArray[np.bool_]) -> tuple[int, ...]:
        found = table.loc[rows].groupby("land", observed=True).size().sort_index()
        return tuple(int(number) for number in found)

    cities = (table["size_class"] == "grossstadt").to_numpy(dtype=bool)
    found = (
        Layout("grossstadt", counts(cities), 22, -2.5),
        Layout("kommunen", counts(np.ones(len(table), dtype=bool)), 7, -3.0),
        Layout("equal", (5,) * LAENDER, 22, -2.5),
    )
    return {layout.name: layout for layout in found}


@dataclass(frozen=True)
class Design:
    """One cell of a grid.

    Attributes
    ----------
    study
        `within` (a covariate that varies within Länder), `programme` (a programme of whole Länder) or `rare`
        (rare events).
    layout
        Name of the layout.
    land_share
        Share of the covariates' variance that lies between Länder.
    icc
        Share of the random Land intercept in the variance of the latent variable (see `intercept_sd`).
    slope_sd
        Standard deviation by Land of the slope of the covariate tested.
    effect
        True coefficient of the term tested (its mean over Länder).
    treated
        Länder with the programme: `largest` (05, Nordrhein-Westfalen), `middle` (06, Hessen), or a number of
        Länder drawn anew in every replication.
    level
        Log of the hazard in place of the layout's, for `rare`.
    leaves
        Whether a unit leaves with its event, as in every hazard of first adoptions; False, for comparison, keeps it
        at risk to the end.
    """

    study: str
    layout: str
    land_share: float = 0.3
    icc: float = 0.0
    slope_sd: float = 0.0
    effect: float = 0.0
    treated: str = ""
    level: float | None = None
    leaves: bool = True

    @property
    def name(self) -> str:
        """Return what identifies the design; the random numbers hang on it alone."""
        parts = [self.study, self.layout, f"share{self.land_share:g}", f"icc{self.icc:g}"]
        parts += [f"slope{self.slope_sd:g}", f"effect{self.effect:.3g}"]
        parts += [f"treated-{self.treated}"] if self.treated else []
        parts += [f"level{self.level:g}"] if self.level is not None else []
        parts += [] if self.leaves else ["stays"]
        return "/".join(parts)

    @property
    def intercept_sd(self) -> float:
        """Standard deviation of the Land intercepts: the latent error of the link has variance pi^2 / 6."""
        return math.sqrt(self.icc / (1 - self.icc) * math.pi**2 / 6)

    def generator(self, seed: int = SEED) -> np.random.Generator:
        """Return the random numbers of this design, the same whichever other designs are run."""
        return np.random.default_rng([seed, zlib.crc32(self.name.encode())])


SHARES = (0.0, 0.3, 0.6)
ERRORS = ((0.0, 0.0), (0.05, 0.0), (0.15, 0.0), (0.0, 0.3), (0.15, 0.3))
"""Pairs of intra-cluster correlation and standard deviation of the slopes."""


def within() -> list[Design]:
    """Return the grid of the covariate that varies within Länder: every combination, and then with an effect."""
    grid = [
        Design("within", layout, share, icc, slope)
        for layout, share, (icc, slope) in itertools.product(
            ("equal", "grossstadt", "kommunen"), SHARES, ERRORS
        )
    ]
    with_effect = [
        Design("within", layout, 0.3, icc, slope, effect=0.5)
        for layout, (icc, slope) in itertools.product(("grossstadt", "kommunen"), ERRORS[::2])
    ]
    return grid + with_effect


def programme() -> list[Design]:
    """Return the grid of programmes: one Land's without and with an effect, then of several Länder."""
    one = [
        Design("programme", "grossstadt", icc=icc, effect=effect, treated=treated)
        for treated, (icc, effect) in itertools.product(
            ("largest", "middle", "1"), ((0.0, 0.0), (0.15, 0.0), (0.15, math.log(2)), (0.15, math.log(4)))
        )
    ]
    several = [
        Design("programme", "grossstadt", icc=0.15, effect=effect, treated=treated)
        for treated, effect in itertools.product(("2", "4", "8"), (0.0, math.log(2)))
    ]
    return one + several


def rare() -> list[Design]:
    """Return the grid of rare events: from about 46 events down to about seven, and two without leaving."""
    leaving = [Design("rare", "grossstadt", effect=1.0, level=level) for level in (-3.4, -4.4, -5.1, -5.8)]
    staying = [Design("rare", "grossstadt", effect=1.0, level=level, leaves=False) for level in (-3.4, -4.4)]
    return leaving + staying


def grid() -> list[Design]:
    """Return everything that the full study runs."""
    return [*within(), *programme(), *rare()]


def replications(design: Design, quick: bool = False) -> int:
    """Return how often a design is replicated."""
    if quick:
        return QUICK
    return REPLICATIONS.get(f"{design.study}/{design.layout}", REPLICATIONS[design.study])
