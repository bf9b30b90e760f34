"""Average marginal effects of a binary-outcome model, with delta-method standard errors."""

from __future__ import annotations

from collections import Counter
from typing import Any

import numpy as np

from ..errors import ModelError
from .design import INTERCEPT, Array, Design, columns_of


def average_effects(
    design: Design, params: Array, vcov: Array, link: Any
) -> tuple[tuple[str, ...], Array, Array]:
    """Return terms, average effects on the probability and their standard errors, without the intercept.

    The effect of a number is the mean derivative; of a 0/1 term the mean difference between 1 and 0; of a
    category the mean difference to the reference category. Source: Wooldridge 2010, Econometric Analysis of
    Cross Section and Panel Data, ch. 15.

    Raises
    ------
    ModelError
        If a variable enters through several terms or an interaction: no term then has an effect of its own.
    """
    spec, X = design.spec, design.X
    uses = Counter(column for term in spec.terms for column in columns_of(term))
    shared = sorted(column for column, count in uses.items() if count > 1)
    joint = [str(term) for term in spec.terms if len(term.factors) > 1]
    if shared or joint:
        raise ModelError(
            f"Average marginal effects by term are not defined for {design.formula!r}: "
            f"{', '.join(map(repr, shared or joint))} enters in more than one way. Compare predictions."
        )
    if INTERCEPT not in design.terms:
        raise ModelError(
            f"Average marginal effects are not defined for {design.formula!r}: it has no intercept."
        )
    names, effects, gradients = [], [], []
    for term, columns in spec.term_slices.items():
        block = range(*columns.indices(X.shape[1]))
        for j in block:
            if design.terms[j] == INTERCEPT:
                continue
            if np.isin(X[:, j], (0.0, 1.0)).all():
                effect, gradient = mean_difference(X, params, link, j, list(block))
            elif len(block) == 1:
                effect, gradient = mean_derivative(X, params, link, j)
            else:
                raise ModelError(
                    f"The term {str(term)!r} has several columns, none has an effect of its own."
                )
            names.append(design.terms[j])
            effects.append(effect)
            gradients.append(gradient)
    G = np.array(gradients).reshape(len(names), len(params))
    return tuple(names), np.array(effects), np.sqrt(np.einsum("ij,jk,ik->i", G, vcov, G))


def mean_derivative(X: Array, params: Array, link: Any, j: int) -> tuple[float, Array]:
    """Mean of dp/dx_j and its gradient in the parameters."""
    eta = X @ params
    slope = link.inverse_deriv(eta)
    gradient = params[j] * (link.inverse_deriv2(eta)[:, None] * X).mean(axis=0)
    gradient[j] += slope.mean()
    return float(params[j] * slope.mean()), gradient


def mean_difference(X: Array, params: Array, link: Any, j: int, block: list[int]) -> tuple[float, Array]:
    """Mean difference between column j at 1 and at 0, the other columns of its factor at 0."""
    off = X.copy()
    off[:, block] = 0.0
    on = off.copy()
    on[:, j] = 1.0
    high, low = on @ params, off @ params
    gradient = (link.inverse_deriv(high)[:, None] * on - link.inverse_deriv(low)[:, None] * off).mean(axis=0)
    return float((link.inverse(high) - link.inverse(low)).mean()), gradient
