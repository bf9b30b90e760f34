"""What `interval_hazard` gives for the reference cases."""

from __future__ import annotations

import numpy as np
import pandas as pd

from ..estimators.interval.model import interval_hazard
from ..estimators.interval.result import IntervalFit

_TERMS = "fin + age + prio"


def _coarse(data: pd.DataFrame) -> pd.DataFrame:
    """Arrests known to four weeks, those before week 4 by their upper bound, those of under-20s exactly."""
    arrested = data["arrest"] == 1
    low = (4 * ((data["week"] - 1) // 4)).where(arrested, data["week"]).astype(float)
    high = (low + 4).where(arrested, np.nan)
    known = arrested & (data["age"] < 20)
    low, high = low.mask(known, data["week"]), high.mask(known, data["week"])
    return data.assign(low=low.mask(low == 0), high=high)


def _numbers(fit: IntervalFit) -> dict[str, float]:
    return {
        **{f"params[{term}]": value for term, value in fit.params.items()},
        **{f"se[{term}]": value for term, value in fit.se.items()},
        "loglik": fit.loglik,
        "loglik_null": fit.loglik_null,
    }


def _fit(data: pd.DataFrame, distribution: str) -> dict[str, float]:
    return _numbers(interval_hazard(_TERMS, _coarse(data), "low", "high", distribution=distribution))


def weibull(data: pd.DataFrame) -> dict[str, float]:
    """Return the Weibull fit."""
    return _fit(data, "weibull")


def exponential(data: pd.DataFrame) -> dict[str, float]:
    """Return the exponential fit."""
    return _fit(data, "exponential")


def loglogistic(data: pd.DataFrame) -> dict[str, float]:
    """Return the log-logistic fit."""
    return _fit(data, "loglogistic")


def lognormal(data: pd.DataFrame) -> dict[str, float]:
    """Return the log-normal fit."""
    return _fit(data, "lognormal")


def clustered(data: pd.DataFrame) -> dict[str, float]:
    """Return the Weibull fit of exact and right-censored times with CR0 by the last digit of age."""
    exact = data.assign(low=data["week"], high=data["week"].where(data["arrest"] == 1), cell=data["age"] % 10)
    return _numbers(interval_hazard(_TERMS, exact, "low", "high", vcov="CR0", cluster="cell"))


def piecewise(data: pd.DataFrame) -> dict[str, float]:
    """Return the piecewise constant hazard of exact and right-censored times."""
    exact = data.assign(low=data["week"], high=data["week"].where(data["arrest"] == 1))
    fit = interval_hazard(_TERMS, exact, "low", "high", distribution="piecewise", cuts=(13, 26, 39))
    return _numbers(fit)


CASES = {
    "rossi_weibull": ("rossi", weibull),
    "rossi_exponential": ("rossi", exponential),
    "rossi_loglogistic": ("rossi", loglogistic),
    "rossi_lognormal": ("rossi", lognormal),
    "rossi_clustered": ("rossi", clustered),
    "rossi_piecewise": ("rossi", piecewise),
}
