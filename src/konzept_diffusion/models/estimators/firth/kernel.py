"""Log-likelihood of a binary outcome and its derivatives in the linear predictor, exact far out as well.

`links` serves fits whose probabilities stay off 0 and 1. Penalised fits, profile likelihoods and quadrature
visit predictors where 1 - p is 0 to all digits: here every quantity is computed on the log scale or as a ratio
that does not cancel.
"""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass

import numpy as np
from scipy.special import expit, log_expit, log_ndtr

from ...design import Array

# Beyond this the predictor of the complementary log-log link overflows or p is 0 to all digits.
_CLOGLOG_LIMIT = 700.0
_LOG_ROOT_2PI = 0.5 * np.log(2 * np.pi)


@dataclass(frozen=True, eq=False)
class Kernel:
    """Functions of the predictor eta, each of the shape of eta; p is the probability of a 1.

    Attributes
    ----------
    log_p, log_q
        log p and log(1 - p).
    slope_one, slope_zero
        Their derivatives in eta.
    bend_one, bend_zero
        Their second derivatives, 0 or less.
    weight
        Expected information (dp/deta)^2 / (p (1 - p)).
    weight_slope
        Derivative of log weight in eta.
    """

    log_p: Array
    log_q: Array
    slope_one: Array
    slope_zero: Array
    bend_one: Array
    bend_zero: Array
    weight: Array
    weight_slope: Array


@np.errstate(over="ignore", under="ignore", divide="ignore")
def _logit(eta: Array) -> Kernel:
    p, q = expit(eta), expit(-eta)
    return Kernel(log_expit(eta), log_expit(-eta), q, -p, -p * q, -p * q, p * q, q - p)


@np.errstate(over="ignore", under="ignore", divide="ignore")
def _probit(eta: Array) -> Kernel:
    log_p, log_q = log_ndtr(eta), log_ndtr(-eta)
    log_density = -0.5 * eta**2 - _LOG_ROOT_2PI
    one, zero = np.exp(log_density - log_p), np.exp(log_density - log_q)
    return Kernel(
        log_p,
        log_q,
        one,
        -zero,
        -one * (eta + one),
        -zero * (zero - eta),
        np.exp(2 * log_density - log_p - log_q),
        -2 * eta - one + zero,
    )


@np.errstate(over="ignore", under="ignore", divide="ignore", invalid="ignore")
def _cloglog(eta: Array) -> Kernel:
    rate = np.exp(np.clip(eta, -_CLOGLOG_LIMIT, _CLOGLOG_LIMIT))
    # rate / (exp(rate) - 1) and rate / p, each 1 in the limit of rate 0, and 0 or rate in that of large rates.
    one = np.where(rate < _CLOGLOG_LIMIT, rate / np.expm1(np.minimum(rate, _CLOGLOG_LIMIT)), 0.0)
    ratio = -rate / np.expm1(-rate)
    return Kernel(
        np.log(-np.expm1(-rate)),
        -rate,
        one,
        -rate,
        one * (1.0 - ratio),
        -rate,
        rate * one,
        2.0 - ratio,
    )


KERNELS: dict[str, Callable[[Array], Kernel]] = {"cloglog": _cloglog, "logit": _logit, "probit": _probit}
