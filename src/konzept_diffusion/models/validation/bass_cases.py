"""Adoption curves against R: Bass by both conventions and methods, logistic, Gompertz."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

import pandas as pd

from ..estimators.s_curves.bass import bass
from ..estimators.s_curves.curve import s_curve
from ..estimators.s_curves.result import AdoptionCurve

_CENSORED: dict[str, Any] = {"include_nonadopters": "censored", "population": 692}


def _counts(data: pd.DataFrame) -> pd.Series:
    """The last of the 20 years holds the farmers that had not adopted."""
    return data.set_index("year")["adopters"]


def _years(data: pd.DataFrame) -> pd.Series:
    return _counts(data).iloc[:19]


def _numbers(fit: AdoptionCurve) -> dict[str, float]:
    numbers = {f"params[{term}]": float(value) for term, value in fit.params.items()}
    numbers |= {f"se[{term}]": float(value) for term, value in fit.se.items()}
    return numbers | {"loglik": fit.loglik}


def _published(data: pd.DataFrame) -> dict[str, float]:
    given, added = bass(_counts(data), False).params, bass(_counts(data), True).params
    return {
        "20 years p": given["p"],
        "20 years q": given["q"],
        "21 years p": added["p"],
        "21 years q": added["q"],
    }


def _case(function: Callable[[pd.DataFrame], AdoptionCurve]) -> tuple[str, Callable[..., dict[str, float]]]:
    return "brfarmers_adoptions", lambda data: _numbers(function(data))


CASES: dict[str, tuple[str, Callable[[pd.DataFrame], dict[str, float]]]] = {
    "brfarmers_20": _case(lambda data: bass(_counts(data), False)),
    "brfarmers_21": _case(lambda data: bass(_counts(data), True)),
    "brfarmers_censored_ceiling": _case(lambda data: bass(_years(data), ceiling="estimated", **_CENSORED)),
    "brfarmers_ml": _case(lambda data: bass(_counts(data), False, method="ml")),
    "brfarmers_censored_ml": _case(lambda data: bass(_years(data), method="ml", **_CENSORED)),
    "brfarmers_logistic": _case(lambda data: s_curve(_years(data), **_CENSORED)),
    "brfarmers_gompertz_ml": _case(lambda data: s_curve(_years(data), "gompertz", method="ml", **_CENSORED)),
    "brfarmers_published": ("brfarmers_adoptions", _published),
}
