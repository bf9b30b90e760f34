"""The shapes of a cumulative adoption curve: Bass, logistic, Gompertz.

A form gives the share of eventual adopters that have adopted by a time. All are written so that they take
complex arguments: derivatives are complex steps, exact to rounding (Squire & Trapp 1998, SIAM Review 40(1)).
Sources: Bass 1969 (Management Science 15(5)); Griliches 1957 (Econometrica 25(4)) for the logistic curve;
Gompertz 1825 (Philosophical Transactions 115).
"""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from typing import Any

import numpy as np

from ....errors import ModelError
from ...design import Array

_STEP = 1e-30


@dataclass(frozen=True)
class Form:
    """One shape.

    Attributes
    ----------
    name, title
        As asked for, and as shown.
    terms
        Names of the parameters.
    positive
        Which of them must be above 0.
    from_start
        Whether time counts from the start of the diffusion (Bass), and not in calendar periods.
    share
        (parameters, times) to the cumulative share, 0 to 1.
    starts
        (times, cumulative shares) to starting values, one row each.
    inflection
        Parameters to the time at which most adopt.
    """

    name: str
    title: str
    terms: tuple[str, ...]
    positive: tuple[bool, ...]
    from_start: bool
    share: Callable[[Any, Any], Any]
    starts: Callable[[Array, Array], Array]
    inflection: Callable[[Any], Any]


def derivative(function: Callable[[Any], Any], theta: Array) -> Array:
    """Return the Jacobian of `function` at `theta`, shape (m, k), by complex steps."""
    columns = []
    for j in range(len(theta)):
        point = theta.astype(complex)
        point[j] += 1j * _STEP
        columns.append(np.imag(np.atleast_1d(function(point))) / _STEP)
    return np.column_stack(columns)


def _bass_share(theta: Any, time: Any) -> Any:
    """(1 - e) / (1 + q/p e) with e = exp(-(p+q)t), so written that p + q may come near 0."""
    p, q = theta[0], theta[1]
    total = p + q
    if total == 0:
        return p * time / (1 + p * time)
    reached = -np.expm1(-total * time) / total
    return p * reached / (1 - q * reached)


def _bass_starts(time: Array, share: Array) -> Array:
    span = 20.0 / float(time[-1])  # p and q are rates: shorter histories have larger ones
    return np.array([[p * span, q * span] for p in (0.001, 0.01, 0.05) for q in (0.1, 0.3, 0.8)])


def _bass_inflection(theta: Any) -> Any:
    p, q = theta[0], theta[1]
    if np.real(q) <= np.real(p):
        raise ModelError(
            f"There is no peak: q = {np.real(q):.4g} does not exceed p = {np.real(p):.4g}, adoptions are "
            "most frequent at the start."
        )
    return np.log(q / p) / (p + q)


def _logistic_share(theta: Any, time: Any) -> Any:
    return 1 / (1 + np.exp(-theta[1] * (time - theta[0])))


def _gompertz_share(theta: Any, time: Any) -> Any:
    return np.exp(-np.exp(-theta[1] * (time - theta[0])))


def _calendar_starts(time: Array, share: Array) -> Array:
    half = float(np.interp(share[-1] / 2, share, time))
    return np.array([[half + shift, rate / len(time)] for shift in (-1.0, 1.0) for rate in (3.0, 8.0, 20.0)])


def _first(theta: Any) -> Any:
    return theta[0]


BASS = Form("bass", "Bass", ("p", "q"), (True, False), True, _bass_share, _bass_starts, _bass_inflection)
LOGISTIC = Form(
    "logistic",
    "Logistic",
    ("midpoint", "rate"),
    (False, True),
    False,
    _logistic_share,
    _calendar_starts,
    _first,
)
GOMPERTZ = Form(
    "gompertz",
    "Gompertz",
    ("midpoint", "rate"),
    (False, True),
    False,
    _gompertz_share,
    _calendar_starts,
    _first,
)
FORMS = {form.name: form for form in (LOGISTIC, GOMPERTZ)}
