"""All programmes at once: adoption after a Land's first programme against what it would have been (imputed).

The imputation form of the difference in differences (Borusyak, Jaravel & Spiess 2024, Review of Economic Studies
91(6); for non-linear indices Wooldridge 2023, Econometrics Journal 26(3)), adapted to a hazard: the model of the
hazard (covariates, calendar time, a dummy per cohort of Länder with the same first year) is fitted on untreated
rows at risk only, never and not yet treated, so that no treated row serves as a control. It then says for every
treated row at risk the probability to adopt in that year without the programme. Effects are sums over
rows: observed minus expected adoptions per row (a difference in probabilities among those still at risk), and the
logarithm of observed over expected. Cells without an adoption stay defined, which a coefficient per cell is not.

Identified if cohorts' log-hazards would have kept their distance without the programmes, nobody anticipated
them, and those still at risk under the programme are like those at risk without it, given the covariates
(dynamic selection: what has adopted cannot be at risk, so later cells compare more and more selected units). A
Land stays treated after its first programme.
"""

from __future__ import annotations

import math
import warnings
from collections.abc import Mapping, Sequence
from dataclasses import dataclass

import numpy as np
import pandas as pd
from scipy import stats

from ...errors import ModelError
from ..design import Array, check_frame, covariates, parse_terms
from ..estimators.binary.models import hazard
from ..estimators.binary.result import Fit
from ..links import LINKS
from ..results import check_level
from .contrast import COVARIATES, TIMES
from .interventions import Intervention, interventions

FEW_TREATED = 6
AGGREGATIONS = ("cell", "simple", "group", "event_time", "calendar")


class FewTreatedClustersWarning(UserWarning):
    """So few Länder are treated that a covariance by clusters says nothing on what differs between them."""


def first_years(items: Sequence[Intervention]) -> dict[str, int]:
    """Return the first year of any intervention by Land."""
    found: dict[str, int] = {}
    for item in items:
        for span in item.spans:
            found[span.land] = min(span.start, found.get(span.land, span.start))
    return found


def treated_since(
    panel: pd.DataFrame, programmes: pd.DataFrame, only: Sequence[str] | None, columns: Sequence[str]
) -> tuple[pd.DataFrame, dict[str, int]]:
    """Return the complete rows at risk with `_first` (first treated year, infinite without), and the years by Land.

    Raises
    ------
    ModelError
        If a column is missing or has missing values, or all or none of the clusters are treated.

    Warns
    -----
    FewTreatedClustersWarning
        If fewer than six clusters are treated.
    """
    check_frame(panel, columns, "staggered contrasts")
    rows = panel[panel["at_risk"].astype(bool)] if "at_risk" in panel.columns else panel
    gaps = rows[list(columns)].isna().sum()
    if gaps.any():
        counts = ", ".join(f"{name} ({count})" for name, count in gaps[gaps > 0].items())
        raise ModelError(f"The panel has missing values in {counts}: fill them or leave these rows out.")
    years = first_years(interventions(programmes, only))
    last = int(rows["year"].max())
    years = {
        land: year
        for land, year in years.items()
        if year <= last and (rows["land"].astype(str) == land).any()
    }
    lands = set(rows["land"].astype(str))
    if not years or not lands - set(years):
        raise ModelError(
            f"{len(years)} of {len(lands)} Länder of the panel had a programme: the contrast needs some and not all."
        )
    if len(years) < FEW_TREATED:
        warnings.warn(
            f"{len(years)} of {len(lands)} Länder are treated: standard errors by clusters leave out what differs "
            "between treated Länder. Read the ranks among placebo Länder (placebo_laender).",
            FewTreatedClustersWarning,
            stacklevel=3,
        )
    first = rows["land"].astype(str).map(years).astype(float).fillna(math.inf)
    return rows.assign(_first=first).reset_index(drop=True), years


@dataclass(frozen=True, eq=False, repr=False)
class ImputedEffects:
    """Result of `imputed_effects`; nothing in it can be changed.

    Attributes
    ----------
    first
        First treated year by Land.
    untreated
        The hazard model of the untreated rows.
    unidentified
        Cohort (first year) to the reason why it has no effect.
    """

    first: Mapping[str, int]
    untreated: Fit
    unidentified: Mapping[int, str]
    _rows: pd.DataFrame
    _gradient: Array

    def tidy(self, by: str = "simple", level: float = 0.95) -> pd.DataFrame:
        """Return effects, summed over treated rows.

        Parameters
        ----------
        by
            `simple` (all), `group` (cohort), `event_time`, `calendar` or `cell` (cohort and year).
        level
            Coverage of the intervals.

        Returns
        -------
        pandas.DataFrame
            group and/or year or event_time, rows, observed, expected (adoptions), difference (observed minus
            expected, per row) and its std_error, log_ratio (minus infinity without an adoption), its
            log_ratio_std_error, ratio, ratio_low, ratio_high. Standard errors join those of the untreated fit
            with independent adoptions of treated units.

        Raises
        ------
        ModelError
            If `by` or `level` is none of these.
        """
        check_level(level)
        if by not in AGGREGATIONS:
            raise ModelError(f"by={by!r} is not known: choose {', '.join(AGGREGATIONS)}.")
        keys = {
            "simple": [],
            "group": ["group"],
            "event_time": ["event_time"],
            "calendar": ["year"],
            "cell": ["group", "year"],
        }[by]
        groups = self._rows.groupby(keys).indices if keys else {(): np.arange(len(self._rows))}
        vcov = self.untreated.vcov.to_numpy()
        half = float(stats.norm.ppf((1 + level) / 2))
        found = []
        for key, places in groups.items():
            values = key if isinstance(key, tuple) else (key,)
            part = self._rows.iloc[places]
            size, seen = len(part), float(part["_event"].sum())
            expected = float(part["_expected"].sum())
            gradient = self._gradient[places].sum(axis=0)
            spread = float(gradient @ vcov @ gradient)
            share = seen / size
            log_ratio = math.log(seen / expected) if seen else -math.inf
            error = math.sqrt(1 / seen + spread / expected**2) if seen else math.nan
            found.append(
                {
                    **dict(zip(keys, (int(value) for value in values), strict=True)),
                    "rows": size,
                    "observed": int(seen),
                    "expected": expected,
                    "difference": (seen - expected) / size,
                    "std_error": math.sqrt(size * share * (1 - share) + spread) / size,
                    "log_ratio": log_ratio,
                    "log_ratio_std_error": error,
                    "ratio": seen / expected,
                    "ratio_low": math.exp(log_ratio - half * error) if seen else math.nan,
                    "ratio_high": math.exp(log_ratio + half * error) if seen else math.nan,
                }
            )
        return pd.DataFrame(found)

    def summary(self) -> str:
        """Return the effects by cohort as plain text."""
        lines = ["Adoptions after the first programme of a Land, observed and imputed", ""]
        lines.append(self.tidy("group").to_string(index=False, float_format="{:.3f}".format))
        lines += [f"Cohort {year}: {reason}" for year, reason in self.unidentified.items()]
        return "\n".join(lines)

    def __repr__(self) -> str:
        """Return one line that identifies the result."""
        return f"<Imputed effects: {len(self.first)} treated Länder, {len(self._rows)} treated rows>"


def imputed_effects(
    panel: pd.DataFrame,
    programmes: pd.DataFrame,
    only: Sequence[str] | None = None,
    covariate_terms: str = COVARIATES,
    link: str = "cloglog",
    vcov: str = "CR1",
) -> ImputedEffects:
    """Compare adoptions of treated Länder with those expected without a programme.

    Parameters
    ----------
    panel
        The risk set: adopt, land, year and the covariates.
    programmes, only
        See `interventions.interventions`.
    covariate_terms
        Terms of the baseline hazard beside a cubic in time and cohort dummies; may be empty.
    link
        `cloglog`, `logit` or `probit`.
    vcov
        Of the untreated fit.

    Returns
    -------
    ImputedEffects
        Observed and imputed adoptions, their ratio and its interval, in all and by group and year.

    Raises
    ------
    ModelError
        If no cohort has an adoption before and rows at risk after its start, or the model cannot be fitted.

    Warns
    -----
    FewTreatedClustersWarning
        If fewer than six Länder are treated.
    """
    used = parse_terms(covariate_terms)[1] if covariate_terms else []
    rows, years = treated_since(panel, programmes, only, ["adopt", "land", "year", *used])
    clock = (rows["year"].astype(float) - 2006.0) / 10.0
    rows = rows.assign(**{name: clock**power for power, name in enumerate(TIMES, start=1)})
    treated = rows["year"].astype(float) >= rows["_first"]
    unidentified: dict[int, str] = {}
    cohorts: dict[int, str] = {}
    for year in sorted(set(years.values())):
        own = rows["_first"] == year
        if not (own & treated).any():
            unidentified[year] = "no row at risk since its start"
        elif not (rows.loc[own & ~treated, "adopt"] == 1).any():
            unidentified[year] = "no adoption before its start"
        else:
            cohorts[year] = f"_cohort{year}"
    if not cohorts:
        reasons = "; ".join(f"{year}: {reason}" for year, reason in unidentified.items())
        raise ModelError(f"No cohort of Länder can be compared ({reasons}).")
    rows = rows.assign(**{name: (rows["_first"] == year).astype(int) for year, name in cohorts.items()})
    # The untreated rows of a cohort without an adoption say nothing: its dummy would be minus infinity.
    silent = rows["_first"].isin([year for year in years.values() if year not in cohorts])
    base = rows[~treated & ~silent]
    parts = [*([covariate_terms] if covariate_terms else []), *TIMES, *cohorts.values()]
    fit = hazard(f"adopt ~ {' + '.join(parts)}", base, link=link, vcov=vcov, cluster="land")
    target = rows[treated & rows["_first"].isin(cohorts)].reset_index(drop=True)
    X, _ = covariates(fit._design.spec, target[list(fit._design.columns)].astype(float), fit.formula)
    eta = X @ fit.params.to_numpy()
    target = target.assign(
        _event=target["adopt"].astype(float),
        _expected=LINKS[link].inverse(eta),
        group=target["_first"].astype(int),
        event_time=(target["year"].astype(float) - target["_first"]).astype(int),
        year=target["year"].astype(int),
    )
    keep = ["group", "event_time", "year", "_event", "_expected"]
    return ImputedEffects(years, fit, unidentified, target[keep], LINKS[link].inverse_deriv(eta)[:, None] * X)
