"""Adoption counts per period, checked, with those who have not adopted under a named convention."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any

import numpy as np
import pandas as pd

from ....errors import ModelError
from ...design import Array

CONVENTIONS = (False, True, "censored")


@dataclass(frozen=True, eq=False)
class Adoptions:
    """What a curve is fitted to.

    Attributes
    ----------
    periods, counts
        Consecutive periods (calendar years, or 1, 2, ...) and the adoptions in each, shape (n,); under the
        convention True one period more, in which all others are counted.
    population
        Number of units that the shares refer to.
    remaining
        Units that have not adopted by the last period.
    observed
        Periods as given, without an added one.
    """

    periods: Array
    counts: Array
    population: float
    remaining: float
    observed: int

    @property
    def shares(self) -> Array:
        """Cumulative share of the population by the end of each period."""
        return np.cumsum(self.counts) / self.population


def read(
    counts: pd.Series | pd.DataFrame | Sequence[float],
    include_nonadopters: bool | str,
    population: float | None,
) -> Adoptions:
    """Return checked counts; see `bass` for the parameters.

    Raises
    ------
    ModelError
        If counts are missing, negative or all in one period, periods are not consecutive, or the convention
        and the population do not go together.
    """
    if not any(include_nonadopters is convention for convention in CONVENTIONS[:2]) and (
        include_nonadopters != CONVENTIONS[2]
    ):
        raise ModelError(
            f"include_nonadopters={include_nonadopters!r} is not known: choose False, True or 'censored'."
        )
    series = _series(counts)
    values, periods = series.to_numpy(dtype=float), _periods(series)
    for bad, problem in ((~np.isfinite(values), "no finite number"), (values < 0, "negative")):
        if bad.any():
            first = int(bad.argmax())
            raise ModelError(
                f"The count of period {periods[first]:g} is {problem} ({values[first]:g}): give the adoptions "
                "of each period, 0 where there were none."
            )
    if (values > 0).sum() < 2:
        raise ModelError(
            f"There are adoptions in {int((values > 0).sum())} of {len(values)} periods: a curve needs them "
            "in at least two."
        )
    total = float(values.sum())
    if population is not None and not total <= population < np.inf:
        raise ModelError(
            f"population={population!r} is less than the {total:g} adoptions counted, or no finite number: "
            "give all units, adopters included."
        )
    if include_nonadopters is False and population is not None:
        raise ModelError(
            "population= counts non-adopters, include_nonadopters=False leaves them out: choose True (they "
            "adopt one period after the end) or 'censored' (they have not adopted by the end)."
        )
    if include_nonadopters == "censored" and population is None:
        raise ModelError("include_nonadopters='censored' needs population=, the number of all units.")
    size = total if population is None else float(population)
    if include_nonadopters is True:
        periods = np.append(periods, periods[-1] + 1)
        return Adoptions(periods, np.append(values, size - total), size, 0.0, len(values))
    return Adoptions(periods, values, size, size - total, len(values))


def _series(counts: Any) -> pd.Series:
    if isinstance(counts, pd.DataFrame):
        if counts.shape[1] != 2:
            raise ModelError(
                f"The counts are a table of {counts.shape[1]} columns: pass one column, such as "
                "table.set_index('year')['adopters'], or two, period and count."
            )
        counts = counts.set_index(counts.columns[0]).iloc[:, 0]
    given = counts if isinstance(counts, pd.Series) else np.asarray(counts)
    if getattr(given, "ndim", 0) != 1 or len(given) == 0:
        raise ModelError("The counts are empty or not one-dimensional: give one number per period.")
    try:
        series = pd.Series(given)
        return pd.to_numeric(series).astype(float)
    except (ValueError, TypeError):
        raise ModelError("The counts are not all numbers: give the adoptions of each period.") from None


def _periods(series: pd.Series) -> Array:
    """The index, if it holds consecutive whole numbers; the default index counts from 1."""
    if isinstance(series.index, pd.RangeIndex) and series.index.start == 0 and series.index.step == 1:
        return np.arange(1.0, len(series) + 1)
    try:
        periods = series.index.to_numpy(dtype=float)
    except (ValueError, TypeError):
        raise ModelError("The index of the counts holds no numbers: use years or 1, 2, ...") from None
    steps = np.diff(periods)
    if not np.all(steps == 1):
        at = int(np.argmax(steps != 1))
        raise ModelError(
            f"The periods are not consecutive: {periods[at + 1]:g} follows {periods[at]:g}. Give every period "
            "in order, with 0 where nobody adopted."
        )
    return periods
