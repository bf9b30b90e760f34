"""What `firth` gives for the reference cases."""

from __future__ import annotations

import pandas as pd

from ..estimators.firth.model import FirthFit, firth

_SEX2 = "case ~ age + oc + vic + vicl + vis + dia"
_SPECTOR = "GRADE ~ GPA + TUCE + PSI"


def _wald(fit: FirthFit) -> dict[str, float]:
    return {
        **{f"params[{term}]": value for term, value in fit.params.items()},
        **{f"se[{term}]": value for term, value in fit.se.items()},
    }


def _profile(fit: FirthFit) -> dict[str, float]:
    obtained = _wald(fit)
    table = fit.tidy().set_index("term")
    for quantity, column in (("conf_low", "conf_low"), ("conf_high", "conf_high"), ("ratio", "statistic")):
        obtained |= {f"{quantity}[{term}]": value for term, value in table[column].items()}
    return obtained | {"ratio_all": float(fit.test()["statistic"].iloc[0])}


def sex2_logit(data: pd.DataFrame) -> dict[str, float]:
    """Return estimates and standard errors with the logit link."""
    return _wald(firth(_SEX2, data))


def sex2_cloglog(data: pd.DataFrame) -> dict[str, float]:
    """Return estimates and standard errors with the complementary log-log link."""
    return _wald(firth(_SEX2, data, link="cloglog"))


def sex2_probit(data: pd.DataFrame) -> dict[str, float]:
    """Return estimates and standard errors with the probit link."""
    return _wald(firth(_SEX2, data, link="probit"))


def sex2_profile(data: pd.DataFrame) -> dict[str, float]:
    """Return estimates, profile intervals and likelihood ratios with the logit link."""
    return _profile(firth(_SEX2, data))


def spector_logit(data: pd.DataFrame) -> dict[str, float]:
    """Return estimates and standard errors with the logit link."""
    return _wald(firth(_SPECTOR, data))


def spector_cloglog(data: pd.DataFrame) -> dict[str, float]:
    """Return estimates and standard errors with the complementary log-log link."""
    return _wald(firth(_SPECTOR, data, link="cloglog"))


def spector_profile(data: pd.DataFrame) -> dict[str, float]:
    """Return profile intervals and likelihood ratios with the logit link."""
    return _profile(firth(_SPECTOR, data))


CASES = {
    "sex2_logit": ("sex2", sex2_logit),
    "sex2_cloglog": ("sex2", sex2_cloglog),
    "sex2_probit": ("sex2", sex2_probit),
    "sex2_published": ("sex2", sex2_profile),
    "spector_logit": ("spector", spector_logit),
    "spector_cloglog": ("spector", spector_cloglog),
    "spector_profile": ("spector", spector_profile),
}
