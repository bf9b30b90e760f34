"""What `misclassified_binary` gives for the reference cases."""

from __future__ import annotations

import pandas as pd

from ..misclassification.correction import misclassified_binary


def _fit(data: pd.DataFrame, link: str) -> dict[str, float]:
    fit = misclassified_binary(
        "arrest ~ fin + decade + prio",
        data.assign(decade=data["age"] / 10),
        sensitivity=0.9,
        specificity=0.97,
        link=link,
    )
    return {
        **{f"params[{term}]": value for term, value in fit.params.items()},
        **{f"se[{term}]": value for term, value in fit.se.items()},
        "loglik": fit.loglik,
    }


def rossi_logit(data: pd.DataFrame) -> dict[str, float]:
    """Return the fit with the logit link."""
    return _fit(data, "logit")


def rossi_cloglog(data: pd.DataFrame) -> dict[str, float]:
    """Return the fit with the complementary log-log link."""
    return _fit(data, "cloglog")


def rossi_probit(data: pd.DataFrame) -> dict[str, float]:
    """Return the fit with the probit link."""
    return _fit(data, "probit")


CASES = {
    "rossi_logit": ("rossi", rossi_logit),
    "rossi_cloglog": ("rossi", rossi_cloglog),
    "rossi_probit": ("rossi", rossi_probit),
}
