"""Numbers and words of a regression table in German and English."""

from __future__ import annotations

import math
from collections.abc import Mapping
from types import MappingProxyType

from ...errors import ModelError

NARROW, NO_BREAK, MINUS, INFINITY, MISSING = "\u202f", "\u00a0", "\u2212", "\u221e", "\u2013"
"""Narrow no-break space, no-break space, minus sign, infinity, and the dash where there is no value."""
_MARKS = {"de": (NARROW, ","), "en": (",", ".")}

STAT_LABELS: Mapping[str, Mapping[str, str]] = MappingProxyType(
    {
        "de": {
            "nobs": "Beobachtungen",
            "nobs_total": "Zeilen insgesamt",
            "n_events": "Ereignisse",
            "n_clusters": "Cluster",
            "n_params": "Parameter",
            "n_groups": "Gruppen",
            "loglik": "Log-Likelihood",
            "loglik_null": "Log-Likelihood ohne Kovariaten",
            "aic": "AIC",
            "bic": "BIC",
            "mcfadden_r2": "McFadden-R²",
            "estimator": "Schätzer",
            "link": "Link",
            "vcov_type": "Kovarianz",
            "cluster": "Cluster nach",
        },
        "en": {
            "nobs": "Observations",
            "nobs_total": "Rows in all",
            "n_events": "Events",
            "n_clusters": "Clusters",
            "n_params": "Parameters",
            "n_groups": "Groups",
            "loglik": "Log-likelihood",
            "loglik_null": "Log-likelihood without covariates",
            "aic": "AIC",
            "bic": "BIC",
            "mcfadden_r2": "McFadden R²",
            "estimator": "Estimator",
            "link": "Link",
            "vcov_type": "Covariance",
            "cluster": "Clustered by",
        },
    }
)
TEXTS: Mapping[str, Mapping[str, str]] = MappingProxyType(
    {
        "de": {
            "Intercept": "Konstante",
            "term": "Term",
            "se": "Standardfehler in Klammern",
            "ci": "{level}-Konfidenzintervalle in Klammern",
            "statistic": "Teststatistiken in Klammern",
            "p": "p-Werte in Klammern",
            "covariance": "Kovarianz",
            "by": "nach {cluster} gruppiert",
            "model": "Modell {name}: {rest}",
            "hazard": "Hazardverhältnisse",
            "odds": "Chancenverhältnisse (Odds Ratios)",
            "subhazard": "Subhazardverhältnisse",
            "ratios": "Gezeigt sind {kinds}.",
            "delta": "Standardfehler der Verhältnisse nach der Delta-Methode.",
            "stars": "Sterne: * p < 0,05, ** p < 0,01, *** p < 0,001.",
            "hidden": "Nicht gezeigt: {terms}.",
            "dropped": "{gone} von {total} Zeilen mit fehlenden Werten nicht verwendet",
            "tests": "Tests: {method}",
        },
        "en": {
            "Intercept": "Constant",
            "term": "Term",
            "se": "Standard errors in parentheses",
            "ci": "{level} confidence intervals in brackets",
            "statistic": "Test statistics in parentheses",
            "p": "p-values in parentheses",
            "covariance": "covariance",
            "by": "clustered by {cluster}",
            "model": "Model {name}: {rest}",
            "hazard": "hazard ratios",
            "odds": "odds ratios",
            "subhazard": "subhazard ratios",
            "ratios": "Shown are {kinds}.",
            "delta": "Standard errors of ratios by the delta method.",
            "stars": "Stars: * p < 0.05, ** p < 0.01, *** p < 0.001.",
            "hidden": "Not shown: {terms}.",
            "dropped": "{gone} of {total} rows with missing values not used",
            "tests": "tests: {method}",
        },
    }
)


_METHODS_DE = (
    (
        "penalised likelihood ratio, chi-squared with 1 d.f",
        "penalisierter Likelihood-Quotient, Chi-Quadrat mit 1 Freiheitsgrad",
    ),
    ("score wild cluster bootstrap, null imposed", "Score-Wild-Cluster-Bootstrap unter der Nullhypothese"),
    (" weights", "-Gewichte"),
    ("webb", "Webb"),
    ("rademacher", "Rademacher"),
    ("all ", "alle "),
    (" draws", " Ziehungen"),
    (", seed ", ", Startwert "),
)


def method_words(method: str, lang: str) -> str:
    """Return what tests are (`Tests.method`) in the language of the table, to stand within a sentence."""
    method = method.rstrip(".")
    if lang == "de":
        for english, german in _METHODS_DE:
            method = method.replace(english, german)
    return method


def check_language(lang: str) -> str:
    """Return `lang` if it is "de" or "en".

    Raises
    ------
    ModelError
        If it is neither.
    """
    if lang not in _MARKS:
        raise ModelError(f"lang={lang!r} is not known: choose {' or '.join(_MARKS)}.")
    return lang


def number(value: float, lang: str, digits: int) -> str:
    """Return a number as printed: "−1 234,500" with narrow no-break spaces in German, "−1,234.500" in English.

    The minus is U+2212; what rounds to zero has no sign; NaN is a dash.
    """
    if math.isnan(value):
        return MISSING
    sign = MINUS if value < 0 else ""
    if math.isinf(value):
        return sign + INFINITY
    thousands, decimal = _MARKS[lang]
    text = f"{abs(value):,.{digits}f}".translate({ord(","): thousands, ord("."): decimal})
    return sign + text if any(digit in text for digit in "123456789") else text


def interval(low: float, high: float, lang: str, digits: int) -> str:
    """Return "[0,1; 0,3]" in German, "[0.1, 0.3]" in English."""
    mark = ";" if lang == "de" else ","
    return f"[{number(low, lang, digits)}{mark} {number(high, lang, digits)}]"


def percent(share: float, lang: str) -> str:
    """Return a confidence level: "95-%" (part of a German compound) or "95%"."""
    text = f"{100 * share:g}"
    return text.replace(".", ",") + "-%" if lang == "de" else text + "%"
