"""Do the data allow the rates? Which share of a class was named bounds what the rates can be."""

from __future__ import annotations

import numpy as np
import pandas as pd
from numpy.typing import NDArray

from ...errors import ModelError
from .histories import shown
from .unit_likelihood import Problem


def contradictions(problem: Problem, groups: pd.Series | None) -> tuple[str, ...]:
    """Return what the shares named tell against the rates, one sentence for each class that they contradict.

    If every unit of a class has adopted, the sensitivity is the share named, and if none has, it is 1 minus the
    specificity (on average: few units may stray by chance). Outside these two the likelihood is highest at the edge,
    where the coefficients are no longer told by who was named.
    """
    codes: NDArray[np.intp] = np.zeros(problem.units.size, dtype=np.intp)
    labels = ["all units"]
    if groups is not None:
        codes, values = pd.factorize(groups)
        labels = [
            f"{groups.name} {shown(value)}" if groups.name else f"class {shown(value)}" for value in values
        ]
    found = []
    for code, label in enumerate(labels):
        inside = codes == code
        share = problem.units.adopters[inside].mean()
        high, low = problem.sensitivity[inside].mean(), 1 - problem.specificity[inside].mean()
        if share >= high and high < 1:
            bound = f"as many or more as the sensitivity of {high:.3g} allows on average even if every unit has adopted"
        elif share <= low and low > 0:
            bound = f"no more as the specificity of {1 - low:.3g} alone would give if no unit had adopted"
        else:
            continue
        found.append(f"In {label}, {share:.3g} were named as adopters, {bound}")
    return tuple(found)


def contradicted(problem: Problem, reasons: tuple[str, ...]) -> ModelError:
    """Return the error of a point at which the data contradict the rates."""
    named = problem.units.adopters.mean()
    return ModelError(
        f"The coefficients of {problem.units.design.formula!r} are not identified at these rates: {named:.0%} of "
        f"the units were named as adopters. {reasons[0]}: give rates that the data allow."
    )
