"""Are effects proportional? The score test for coefficients that change with time.

Grambsch & Therneau 1994 (Biometrika 81(3)), with the exact information in place of their approximation, as
`cox.zph` of R's survival since version 3.0.
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

import numpy as np
import pandas as pd
from scipy import stats

from ....errors import ModelError
from ...design import Array
from .likelihood import Point
from .risksets import risk_sets

if TYPE_CHECKING:
    from .result import CoxFit

TRANSFORMS = ("km", "identity", "log", "rank")
GLOBAL = "GLOBAL"


@dataclass(frozen=True, eq=False, repr=False)
class ProportionalHazards:
    """Tests that the coefficients do not change with time; nothing in it can be changed.

    Attributes
    ----------
    transform
        The function of time against which change is tested.
    """

    transform: str
    _table: pd.DataFrame

    def tidy(self) -> pd.DataFrame:
        """Return one row per term and one for all of them (GLOBAL): term, statistic (chi2), df, p_value."""
        return self._table.copy(deep=True)

    def summary(self) -> str:
        """Return the tests as plain text."""
        table = self._table.to_string(index=False, float_format=lambda value: f"{value:.4f}")
        return f"Score tests of proportional hazards against time ({self.transform})\n\n{table}"

    def __repr__(self) -> str:
        """Return one line that identifies the tests."""
        return f"<Proportional hazards ({self.transform}): global p = {self._table['p_value'].iloc[-1]:.4f}>"


def proportional_hazards_test(fit: CoxFit, transform: str = "km") -> ProportionalHazards:
    """Test whether the effects of a Cox model stay the same over time.

    Parameters
    ----------
    fit
        Result of `cox`.
    transform
        Function of time: `km` (1 less the Kaplan-Meier estimate just before), `identity`, `log`, `rank`.

    Returns
    -------
    ProportionalHazards
        Score tests, one per term and one for all, based on the model's own information (not on clusters).

    Raises
    ------
    ModelError
        If `fit` is no result of `cox`, the transform is not known, or the logarithm of time 0 is asked for.
    """
    test = getattr(fit, "proportional_hazards", None)
    if test is None:
        what = getattr(fit, "estimator", None) or type(fit).__name__
        raise ModelError(f"The test of proportional hazards is defined for results of cox, not of {what}.")
    found: ProportionalHazards = test(transform)
    return found


def proportional_hazards(
    point: Point, terms: tuple[str, ...], transform: str, spells: tuple[Array | None, Array, Array]
) -> ProportionalHazards:
    """Return the tests at the estimate `point`; `spells` are begin, end and event of all rows."""
    if transform not in TRANSFORMS:
        raise ModelError(f"transform={transform!r} is not known: choose one of {', '.join(TRANSFORMS)}.")
    sets = point.likelihood.sets
    time = _scale(transform, sets.times, spells)
    time = time - np.average(time, weights=sets.deaths)
    score = point.schoenfeld().T @ time[sets.event_times]
    plain, mixed, squared = (point.information(time**power) for power in (0, 1, 2))
    k = len(terms)
    # The part of the score that the coefficients themselves do not account for.
    adjusted = squared - mixed @ np.linalg.solve(plain, mixed)
    rows = []
    for name, chosen in [*((term, [j]) for j, term in enumerate(terms)), (GLOBAL, list(range(k)))]:
        value = float(score[chosen] @ np.linalg.solve(adjusted[np.ix_(chosen, chosen)], score[chosen]))
        rows.append((name, value, len(chosen), float(stats.chi2.sf(value, len(chosen)))))
    return ProportionalHazards(transform, pd.DataFrame(rows, columns=["term", "statistic", "df", "p_value"]))


def _scale(transform: str, times: Array, spells: tuple[Array | None, Array, Array]) -> Array:
    begin, end, happened = spells
    if transform == "identity":
        return times
    if transform == "log":
        if (times <= 0).any():
            raise ModelError("transform='log' is not defined, as an event happens at time 0: choose another.")
        return np.log(times)
    if transform == "rank":
        ordered = np.sort(end)
        before, upto = np.searchsorted(ordered, times), np.searchsorted(ordered, times, side="right")
        return (before + upto + 1) / 2
    pooled = risk_sets(begin, end, happened, np.zeros(len(end), dtype=np.intp))
    survival = np.cumprod(1 - pooled.deaths / pooled.at_risk(np.ones(len(pooled.rows))))
    return 1 - np.concatenate([[1.0], survival])[np.searchsorted(pooled.times, times)]
