"""What `random_intercept` gives for the reference cases."""

from __future__ import annotations

import pandas as pd

from ..estimators.random_intercept.model import random_intercept


def _fit(data: pd.DataFrame, link: str) -> dict[str, float]:
    cell = data[["occupation", "occupation_husb", "educ"]].astype(int).astype(str).agg(" ".join, axis=1)
    prepared = data.assign(y=(data["affairs"] > 0).astype(int), years=data["yrs_married"] / 10, cell=cell)
    fit = random_intercept("y ~ years + religious + rate_marriage", prepared, group="cell", link=link)
    modes = fit.intercepts().set_index("cell")["mode"]
    return {
        **{f"params[{term}]": value for term, value in fit.params.items()},
        **{f"se[{term}]": value for term, value in fit.se.items()},
        **{f"mode[{cell}]": value for cell, value in modes.items()},
        "sd": fit.sd,
        "loglik": fit.loglik,
        "loglik_pooled": fit.loglik_pooled,
    }


def fair_logit(data: pd.DataFrame) -> dict[str, float]:
    """Return the fit with the logit link."""
    return _fit(data, "logit")


def fair_cloglog(data: pd.DataFrame) -> dict[str, float]:
    """Return the fit with the complementary log-log link."""
    return _fit(data, "cloglog")


def fair_probit(data: pd.DataFrame) -> dict[str, float]:
    """Return the fit with the probit link."""
    return _fit(data, "probit")


CASES = {
    "fair_logit": ("fair", fair_logit),
    "fair_cloglog": ("fair", fair_cloglog),
    "fair_probit": ("fair", fair_probit),
}
