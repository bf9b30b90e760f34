"""The Bernoulli likelihood of one observation under each link: value, slope and curvature in the predictor.

All three are log-concave, so the observed curvature is never negative and Newton's method with step halving
cannot go astray (Pratt 1981, JASA 76(373); for the complementary log-log link Prentice & Gloeckler 1978,
Biometrics 34(1)). Written for the predictor itself, not for the probability, so that nothing is rounded to 0
or 1 on the way.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping
from types import MappingProxyType

import numpy as np
from numpy.typing import NDArray
from scipy.special import log_ndtr

from ...design import Array

Events = NDArray[np.intp]
Pieces = tuple[float, Array, Array]
"""Log-likelihood of a block of rows; its first and its negative second derivative by row."""

_LOG_ROOT_TWO_PI = 0.5 * np.log(2 * np.pi)
# Below it the first terms of a series keep more digits than the difference they stand for.
_SMALL = 1e-4


def _cloglog(eta: Array, events: Events) -> Pieces:
    intensity = np.exp(eta)
    at = intensity[events]
    inverse_odds = _over_expm1(at)
    curvature = np.where(at < _SMALL, at / 2 + at**2 / 12, at / -np.expm1(-at) - 1)
    loglik = float(np.log(-np.expm1(-at)).sum() + at.sum() - intensity.sum())
    gradient = -intensity
    gradient[events] = inverse_odds
    intensity[events] = np.nan_to_num(inverse_odds * curvature, nan=0.0, posinf=0.0)
    return loglik, gradient, intensity


def _cloglog_expected(eta: Array) -> Array:
    intensity = np.exp(eta)
    return np.nan_to_num(intensity * _over_expm1(intensity), nan=0.0, posinf=0.0)


def _over_expm1(at: Array) -> Array:
    """Return x / (exp(x) - 1), 1 at x = 0 and 0 far out."""
    ratio = at / np.expm1(at)
    return np.where(at > 0, np.where(np.isfinite(at), ratio, 0.0), 1.0)


def _logit(eta: Array, events: Events) -> Pieces:
    odds = np.exp(-np.abs(eta))
    share = 1 / (1 + odds)
    loglik = float(eta[events].sum() - np.maximum(eta, 0).sum() - np.log1p(odds).sum())
    weight = odds * share * share
    low = odds * share
    gradient = np.where(eta < 0, -low, -share)
    gradient[events] = np.where(eta[events] < 0, share[events], low[events])
    return loglik, gradient, weight


def _logit_expected(eta: Array) -> Array:
    odds = np.exp(-np.abs(eta))
    return odds / (1 + odds) ** 2


def _probit(eta: Array, events: Events) -> Pieces:
    toward = -eta
    toward[events] = eta[events]
    log_share = log_ndtr(toward)
    mills = np.exp(-0.5 * toward * toward - _LOG_ROOT_TWO_PI - log_share)
    weight = np.maximum(mills * (toward + mills), 0.0)
    gradient = -mills
    gradient[events] = mills[events]
    return float(log_share.sum()), gradient, weight


def _probit_expected(eta: Array) -> Array:
    return np.exp(-eta * eta - 2 * _LOG_ROOT_TWO_PI - log_ndtr(eta) - log_ndtr(-eta))


OBSERVED: Mapping[str, Callable[[Array, Events], Pieces]] = MappingProxyType(
    {"cloglog": _cloglog, "logit": _logit, "probit": _probit}
)
"""Link to the function of the predictor (n,) and the positions of the events that gives the pieces."""

EXPECTED: Mapping[str, Callable[[Array], Array]] = MappingProxyType(
    {"cloglog": _cloglog_expected, "logit": _logit_expected, "probit": _probit_expected}
)
"""Link to the expected curvature by row, which the inverse information is made of."""
