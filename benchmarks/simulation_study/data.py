"""Synthetic risk sets in the form of a discrete-time hazard with sixteen Länder."""

from __future__ import annotations

import numpy as np
from numpy.typing import NDArray

from konzept_diffusion.models import design as models_design

from .designs import LAENDER, Design, Layout

Array = NDArray[np.float64]
LABELS = tuple(f"{number:02d}" for number in range(1, LAENDER + 1))
LARGEST, MIDDLE = 4, 5
"""Places of Nordrhein-Westfalen (05) and Hessen (06) among the Länder."""
START = 0.4
"""Share of the window before the programme begins (about 2005 of 1996 to 2017)."""
SIZE_EFFECT = 0.3
BINARY_SHARE = 0.15


def risk_set(design: Design, layout: Layout, rng: np.random.Generator) -> models_design.Design:
    """Return one synthetic risk set, rows in the order of the Länder.

    The hazard is 1 - exp(-exp(eta)) for `within` and `programme`, 1 / (1 + exp(-eta)) for `rare`, with
    eta = level + 1.5 t - 0.5 t^2 + slope of the Land * x + 0.3 z + intercept of the Land (+ effect * programme),
    t from -1 to 1 over the window. x (the covariate tested) and z are standard normal, constant in a unit, with
    `land_share` of their variance between Länder; all are drawn anew. A unit leaves with its event (if
    `leaves`). For `rare` the trend is 0.5 t and the covariate tested is 1 for a random share of the units,
    0 for the others.

    Terms: Intercept, x, z, t, t2, then `programme` if there is one; for `rare` Intercept, binary, x, t.
    """
    land = np.repeat(np.arange(LAENDER), layout.units)
    x, z = (_covariate(land, design.land_share, rng) for _ in range(2))
    intercepts = design.intercept_sd * rng.standard_normal(LAENDER)
    slopes = design.slope_sd * rng.standard_normal(LAENDER)
    t = np.linspace(-1.0, 1.0, layout.periods)
    level = layout.level if design.level is None else design.level
    on = np.zeros((len(land), layout.periods))
    if design.study == "rare":
        binary = (rng.random(len(land)) < BINARY_SHARE).astype(float)
        eta = level + 0.5 * t + (design.effect * binary + 0.5 * x)[:, None]
        probability = 1 / (1 + np.exp(-eta))
    else:
        if design.treated:
            had = np.isin(land, treated_laender(design, rng))
            on = np.outer(had, np.arange(layout.periods) >= START * layout.periods).astype(float)
            units = SIZE_EFFECT * z + intercepts[land]
        else:
            units = SIZE_EFFECT * z + intercepts[land] + (design.effect + slopes[land]) * x
        eta = level + 1.5 * t - 0.5 * t**2 + units[:, None] + design.effect * on
        probability = -np.expm1(-np.exp(eta))
    event = rng.random(eta.shape) < probability
    at_risk: NDArray[np.bool_] = np.cumsum(event, axis=1) - event == 0
    if not design.leaves:
        at_risk[:] = True
    unit, period = np.nonzero(at_risk)
    one, time = np.ones(len(unit)), t[period]
    terms: tuple[str, ...]
    if design.study == "rare":
        columns, terms = [one, binary[unit], x[unit], time], ("Intercept", "binary", "x", "t")
    else:
        columns, terms = [one, x[unit], z[unit], time, time**2], ("Intercept", "x", "z", "t", "t2")
        if design.treated:
            columns, terms = [*columns, on[unit, period]], (*terms, "programme")
    return models_design.Design(
        formula=f"y ~ {' + '.join(terms[1:])}",
        outcome="y",
        y=event[at_risk].astype(float),
        X=np.column_stack(columns),
        terms=terms,
        nobs_total=len(unit),
        dropped=(),
        cluster="land",
        codes=land[unit],
        labels=LABELS,
        columns=terms[1:],
        spec=None,
    )


def treated_laender(design: Design, rng: np.random.Generator) -> NDArray[np.intp]:
    """Return the places of the Länder that have the programme."""
    if design.treated in ("largest", "middle"):
        return np.array([LARGEST if design.treated == "largest" else MIDDLE])
    return rng.permutation(LAENDER)[: int(design.treated)]


def _covariate(land: NDArray[np.intp], share: float, rng: np.random.Generator) -> Array:
    common = rng.standard_normal(LAENDER)[land]
    return np.sqrt(share) * common + np.sqrt(1 - share) * rng.standard_normal(len(land))
