"""The Cox model, its tests, survival curves, log-rank and competing risks against R's survival and cmprsk."""

from __future__ import annotations

from collections.abc import Callable, Sequence

import numpy as np
import pandas as pd

from ..estimators.competing.incidence import cumulative_incidence
from ..estimators.competing.risks import competing_risks, fine_gray
from ..estimators.cox.model import cox
from ..estimators.cox.result import CoxFit
from ..estimators.survival.kaplan_meier import kaplan_meier
from ..estimators.survival.logrank import logrank
from ..estimators.survival.nelson_aalen import nelson_aalen
from ..results import Estimates

_ROSSI = "fin + age + race + wexp + mar + paro + prio"
_HEART = "age + year + surgery + transplant"


def _numbers(fit: CoxFit) -> dict[str, float]:
    found = {f"params[{term}]": float(value) for term, value in fit.params.items()}
    found |= {f"se[{term}]": float(value) for term, value in fit.se.items()}
    return found | {"loglik": fit.loglik, "loglik_null": fit.loglik_null, "concordance": fit.concordance()}


def _errors(name: str, fit: Estimates) -> dict[str, float]:
    return {f"{name}[{term}]": float(value) for term, value in fit.se.items()}


def _tests(fit: CoxFit, *transforms: str) -> dict[str, float]:
    return {
        f"ph_{transform}[{row.term}]": float(row.statistic)
        for transform in transforms
        for row in fit.proportional_hazards(transform).tidy().itertuples()
    }


def _baseline(fit: CoxFit, times: Sequence[float]) -> dict[str, float]:
    """The cumulative hazard where all covariates are 0."""
    table = fit.baseline().set_index("time")["cumulative_hazard"]
    factor = float(np.exp(-(fit.means * fit.params).sum()))
    return {f"baseline[{time:g}]": float(table[time]) * factor for time in times}


def _rossi(data: pd.DataFrame, ties: str, transforms: Sequence[str]) -> dict[str, float]:
    fit = cox(_ROSSI, data, stop="week", event="arrest", ties=ties)
    return _numbers(fit) | _errors("se_iid", fit) | _tests(fit, *transforms) | _baseline(fit, (10, 52))


def _rossi_efron(data: pd.DataFrame) -> dict[str, float]:
    return _rossi(data, "efron", ("km", "identity", "rank", "log"))


def _rossi_breslow(data: pd.DataFrame) -> dict[str, float]:
    return _rossi(data, "breslow", ("km",))


def _rossi_strata(data: pd.DataFrame) -> dict[str, float]:
    fit = cox("fin + age + race + mar + prio", data, stop="week", event="arrest", strata=["wexp", "paro"])
    return _numbers(fit) | _errors("se_iid", fit) | _tests(fit, "km")


def _rossi_cluster(data: pd.DataFrame) -> dict[str, float]:
    fits = {
        kind: cox(_ROSSI, data, stop="week", event="arrest", cluster="age", vcov=kind)
        for kind in ("CR0", "CR3", "iid")
    }
    return _numbers(fits["CR0"]) | _errors("se_CR3", fits["CR3"]) | _errors("se_iid", fits["iid"])


def _heart_efron(data: pd.DataFrame) -> dict[str, float]:
    fits = {kind: cox(_HEART, data, start="start", cluster="id", vcov=kind) for kind in (None, "CR3", "iid")}
    fit = fits[None]
    errors = _errors("se_CR3", fits["CR3"]) | _errors("se_iid", fits["iid"])
    return _numbers(fit) | errors | _tests(fit, "km", "rank") | _baseline(fit, (53, 996))


def _heart_strata_breslow(data: pd.DataFrame) -> dict[str, float]:
    def fitted(kind: str) -> CoxFit:
        return cox(
            "age + year + surgery",
            data,
            start="start",
            ties="breslow",
            strata="transplant",
            cluster="id",
            vcov=kind,
        )

    fit = fitted("CR0")
    return _numbers(fit) | _errors("se_iid", fitted("iid")) | _tests(fit, "km")


def _curve(
    data: pd.DataFrame, duration: str, event: str, start: str | None, times: Sequence[float]
) -> dict[str, float]:
    survival = kaplan_meier(data, duration, event, start=start).table.set_index("time")
    hazard = nelson_aalen(data, duration, event, start=start).table.set_index("time")
    found: dict[str, float] = {}
    for time in times:
        found |= {
            f"survival[{time:g}]": float(survival.loc[time, "survival"]),
            f"survival_se[{time:g}]": float(survival.loc[time, "std_error"]),
            f"cumulative_hazard[{time:g}]": float(hazard.loc[time, "cumulative_hazard"]),
            f"cumulative_hazard_se[{time:g}]": float(hazard.loc[time, "std_error"]),
        }
    return found


def _rossi_curves(data: pd.DataFrame) -> dict[str, float]:
    return _curve(data, "week", "arrest", None, (10, 52)) | {
        "logrank_fin": logrank(data, "week", "arrest", by="fin").statistic,
        "logrank_prio": logrank(data, "week", "arrest", by="prio").statistic,
        "logrank_wexp_strata_mar": logrank(data, "week", "arrest", by="wexp", strata="mar").statistic,
        "peto_fin": logrank(data, "week", "arrest", by="fin", rho=1).statistic,
    }


def _heart_curves(data: pd.DataFrame) -> dict[str, float]:
    return _curve(data, "stop", "event", "start", (5, 53, 996))


def _rossi_competing(data: pd.DataFrame) -> dict[str, float]:
    """Invented causes: arrests of the youngest count as censored, the others by the number of earlier ones."""
    cause = (data["arrest"] * np.where(data["prio"] >= 3, 2, 1)).where(data["age"] >= 20, 0)
    data, formula = data.assign(cause=cause), "fin + age + wexp"
    table = cumulative_incidence(data, "week", "cause").table.set_index(["cause", "time"])
    specific = competing_risks(formula, data, stop="week", event="cause").cause_specific
    found: dict[str, float] = {}
    for number in (1, 2):
        for time in (10, 40):
            found[f"incidence_{number}[{time}]"] = float(table.loc[(number, time), "incidence"])
            found[f"incidence_se_{number}[{time}]"] = float(table.loc[(number, time), "std_error"])
        found |= {f"specific_{number}[{term}]": float(v) for term, v in specific[number].params.items()}
        fit = fine_gray(formula, data, number, stop="week", event="cause")
        found |= {f"fine_gray_{number}[{term}]": float(v) for term, v in fit.params.items()}
        found |= _errors(f"fine_gray_se_{number}", fit) | {f"fine_gray_loglik_{number}": fit.loglik}
    return found


_PRISON, _HOSPITAL = "lifelines:rossi", "lifelines:stanford_heart_transplants"
CASES: dict[str, tuple[str, Callable[[pd.DataFrame], dict[str, float]]]] = {
    "rossi_efron": (_PRISON, _rossi_efron),
    "rossi_breslow": (_PRISON, _rossi_breslow),
    "rossi_strata": (_PRISON, _rossi_strata),
    "rossi_cluster": (_PRISON, _rossi_cluster),
    "rossi_published": (_PRISON, _rossi_efron),
    "heart_efron": (_HOSPITAL, _heart_efron),
    "heart_strata_breslow": (_HOSPITAL, _heart_strata_breslow),
    "heart_published": (_HOSPITAL, _heart_efron),
    "rossi_curves": (_PRISON, _rossi_curves),
    "rossi_competing": (_PRISON, _rossi_competing),
    "heart_curves": (_HOSPITAL, _heart_curves),
}
