"""What the package obtains for the targets of topic `binary`: hazards of three links, and the logit."""

from __future__ import annotations

from collections.abc import Callable, Iterable
from functools import partial

import numpy as np
import pandas as pd

from ..design import complete_rows
from ..estimators.binary.models import hazard, logit
from ..estimators.binary.result import Fit

_LOTTERY = ("elect1", "elect2", "income1", "fiscal", "party", "religion", "neighbor")
_ROSSI = ("fin", "age", "race", "wexp", "mar", "paro", "prio")


def _numbers(fit: Fit, terms: Iterable[str] | None = None) -> dict[str, float]:
    names = list(fit.params.index if terms is None else terms)
    found = {f"params[{name}]": float(fit.params[name]) for name in names}
    found |= {f"se_{fit.vcov_type}[{name}]": float(fit.se[name]) for name in names}
    return found | {"loglik": fit.loglik, "nobs": float(fit.nobs), "n_events": float(fit.n_events)}


def _lottery(data: pd.DataFrame, link: str) -> dict[str, float]:
    rows, _, _ = complete_rows(data, ["adopt", *_LOTTERY, "state"])
    found: dict[str, float] = {}
    for vcov in ("iid", "CR1", "CR3"):
        formula = f"adopt ~ {' + '.join(_LOTTERY)}"
        found |= _numbers(hazard(formula, rows, link=link, vcov=vcov, cluster="state"))
    return found


def person_weeks(data: pd.DataFrame) -> pd.DataFrame:
    """Return rossi as one row per person and week, with `event` and the decades of weeks `t`."""
    weeks = data.loc[data.index.repeat(data["week"])]
    time = np.concatenate([np.arange(1, last + 1) for last in data["week"]])
    event = (weeks["arrest"].to_numpy() == 1) & (time == weeks["week"].to_numpy())
    return weeks.assign(t=time / 10, event=event).reset_index(drop=True)


def _rossi(data: pd.DataFrame) -> dict[str, float]:
    formula = f"event ~ {' + '.join(_ROSSI)} + poly(t, 3)"
    return _numbers(hazard(formula, person_weeks(data)), _ROSSI)


def _spector(data: pd.DataFrame, link: str) -> dict[str, float]:
    return _numbers(hazard("GRADE ~ GPA + TUCE + PSI", data, link=link))


def _fair(data: pd.DataFrame) -> dict[str, float]:
    had = data.assign(had=data["affairs"] > 0)
    return _numbers(logit("had ~ rate_marriage + age + yrs_married + religious", had))


_BY_LINK = {link: partial(_lottery, link=link) for link in ("logit", "probit", "cloglog")}
CASES: dict[str, tuple[str, Callable[[pd.DataFrame], dict[str, float]]]] = {
    **{f"lottery_{link}": ("parity:berry_berry_1990_lottery.tab", run) for link, run in _BY_LINK.items()},
    **{
        f"lottery_{link}_given": ("parity:berry_berry_1990_lottery.tab", run)
        for link, run in _BY_LINK.items()
    },
    "rossi_person_weeks": ("lifelines:rossi", _rossi),
    "rossi_person_weeks_given": ("lifelines:rossi", _rossi),
    "spector_logit": ("statsmodels:spector", partial(_spector, link="logit")),
    "spector_probit": ("statsmodels:spector", partial(_spector, link="probit")),
    "fair_logit": ("statsmodels:fair", _fair),
}
"""Case to its data set and the function from it to the obtained numbers."""
