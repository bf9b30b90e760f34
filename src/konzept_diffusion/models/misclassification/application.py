"""The correction on the data held: the census of the Großstädte, and the desk research on the others.

Großstädte were surveyed completely: their hazard is shown as it is, and for sensitivities of the survey that are
assumed. For Mittelstädte and Landkreise there is a cross-section of those that were looked up on their own: looked
up without a find is an observation, not looked up is none.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path

import numpy as np
import pandas as pd

from ... import keys
from ...errors import ModelError
from ...riskset import panel
from ...store import load
from .corrected_fit import COMPARED, CorrectedFit
from .correction import misclassified_binary, misclassified_hazard
from .rates import Rate, Rates, rate_from_counts, rate_from_interval

HAZARD = (
    "adopt ~ log_population + foreign_share_lag + census_break + east + programme + poly(duration, degree=3)"
)
"""Hazard of the Großstädte: the covariates of the paper's model m2, cubic in time."""
CROSS_SECTION = "has_concept ~ log_population + foreign_share + east"
"""Logit of the others, by size class."""
SEARCHED = ("mittelstadt", "landkreis")
_FOUND, _NOTHING = "gefunden", "gesucht_ohne_fund"
LIMITS = (
    "Kommunen that were not looked up on their own are left out, also those that by-catch named: nothing is "
    "claimed about them, and whether those looked up are like them is not known.",
    "Specificity has been measured for ten Großstädte only; for Mittelstädte and Landkreise it is assumed.",
    "Sensitivity among mentions rests on five towns and nine Landkreise that are better known than the rest, so it is "
    "an upper bound; capture-recapture assumes lists that are no more alike than the model allows.",
    "Both measure whether anything was found at all. A concept that was found in a later version only counts as "
    "adopted later; how often that happens has not been measured.",
    "Within a size class misses count as random. If larger towns publish more, the effect of size is still too "
    "large; tipping_point with differential= shows by how much the search would have to differ.",
    "The rates of by-catch in Großstädte say nothing about a search of its own and are not used.",
)
"""What these data cannot tell."""


@dataclass(frozen=True, eq=False, repr=False)
class Application:
    """Naive beside corrected estimates on the data held; nothing in it can be changed.

    Attributes
    ----------
    limits
        What the data cannot tell, one sentence each.
    """

    limits: tuple[str, ...]
    _table: pd.DataFrame
    _sample: pd.DataFrame

    @property
    def sample(self) -> pd.DataFrame:
        """What became of the Kommunen: size_class, fate, n; every Kommune of a class stands in one row."""
        return self._sample.copy(deep=True)

    def tidy(self) -> pd.DataFrame:
        """Return naive beside corrected estimates.

        Columns: size_class, model, basis (of the rates), sensitivity, specificity, n_units, n_named, then
        those of `CorrectedFit.compare`, draws_estimate and draws_se (averaged over draws of the measured rates,
        see `CorrectedFit.propagate`; missing for rates that are assumed), and reason where there is no corrected
        estimate.
        """
        return self._table.copy(deep=True)

    def summary(self) -> str:
        """Return everything as plain text."""
        lines = ["Naive and corrected estimates", "", self._sample.to_string(index=False), ""]
        lines.append(self._table.to_string(index=False, float_format="{:.3f}".format, na_rep="-"))
        return "\n".join([*lines, "", "What these data cannot tell:", *(f"- {text}" for text in self.limits)])

    def __repr__(self) -> str:
        """Return one line that identifies the result."""
        return f"<Application: {len(self._table)} estimates>"


def application(
    *,
    by_year: int = 2017,
    specificities: Sequence[float] = (1.0, 0.975, 0.95),
    census_sensitivities: Sequence[float] = (1.0, 0.975, 0.95),
    vcov: str = "CR1",
    draws: int = 200,
    folder: Path | str | None = None,
) -> Application:
    """Return naive beside corrected estimates for Großstädte, Mittelstädte and Landkreise.

    Parameters
    ----------
    by_year
        The cross-section asks who had adopted by the end of this year.
    specificities
        Assumed specificities of the desk research; it has not been measured for these classes.
    census_sensitivities
        Sensitivities of the survey of the Großstädte: 1 is its claim, the others are assumptions.
    vcov
        Covariance, clustered by Land.
    draws
        Draws of the measured sensitivities.
    folder
        Folder of the built tables; by default those that came with the package.

    Raises
    ------
    ModelError
        If a class has no measured sensitivity.
    """
    rows = []
    cities = panel(full=True, folder=folder)
    for value in census_sensitivities:
        fit = misclassified_hazard(
            HAZARD, cities, unit="ags", time="year", sensitivity=value, vcov=vcov, cluster="land"
        )
        basis = "vollerhebung" if value == 1 else "angenommen"
        rows.append(
            _facts(fit.compare(), "grossstadt", "hazard", basis, value, 1.0, fit.n_units, fit.n_events)
        )
    data, sample = cross_section(by_year=by_year, folder=folder)
    for size in SEARCHED:
        part = data[data["size_class"] == size]
        for basis, rates in measured_sensitivities(folder=folder).items():
            for specificity in specificities:
                rows.append(_corrected(part, size, basis, rates, specificity, vcov, draws))
    counted = sample.groupby(["size_class", "fate"], sort=False).size().rename("n").reset_index()
    survey = pd.DataFrame(
        {"size_class": ["grossstadt"], "fate": ["used: census of 2017"], "n": [cities["ags"].nunique()]}
    )
    return Application(
        LIMITS, pd.concat(rows, ignore_index=True), pd.concat([survey, counted], ignore_index=True)
    )


def cross_section(
    *, by_year: int = 2017, folder: Path | str | None = None
) -> tuple[pd.DataFrame, pd.DataFrame]:
    """Return the Mittelstädte and Landkreise that were looked up on their own, and what became of the others.

    Returns
    -------
    data : pandas.DataFrame
        ags, land, size_class, has_concept (an own concept or Leitbild by the end of `by_year`), log_population and
        foreign_share of the year before (of the Kreis for towns within one), east.
    sample : pandas.DataFrame
        ags, size_class, fate of every Kommune of these classes.
    """
    kommunen, effort, events, statistics = (
        load(name, folder=folder) for name in ("kommunen", "search_effort", "events", "statistics")
    )
    table = kommunen.loc[kommunen["size_class"].isin(SEARCHED), ["ags", "land", "size_class"]]
    table = table.merge(effort[["ags", "outcome"]], on="ags", validate="1:1")
    first = events[events["event"] == "first_adoption"].groupby("ags")
    table["first"] = table["ags"].map(first["year_upper"].min()).astype("Int64")
    table["year"] = table["ags"].map(first["year"].min()).astype("Int64")
    adopted = table["ags"].isin(set(first.groups))
    before = (table["first"] <= by_year).fillna(False).astype(bool)
    later = (table["year"] > by_year).fillna(False).astype(bool)
    searched = table["outcome"].isin([_FOUND, _NOTHING])
    undated = adopted & ~before & ~later
    for name, column in (("population", "population"), ("foreign_share", "foreign_share")):
        chosen = statistics[(statistics["indicator"] == name) & (statistics["year"] == by_year - 1)]
        table[column] = table["ags"].map(chosen.drop_duplicates("ags").set_index("ags")["value"])
    lacking = table[["population", "foreign_share"]].isna().any(axis=1)
    table["fate"] = np.select(
        [
            table["outcome"] == "nicht_gesucht",
            ~searched,
            undated,
            lacking,
            before,
            table["outcome"] == _NOTHING,
        ],
        [
            "left out: not looked up",
            "left out: named by by-catch only",
            f"left out: concept found, not known whether by {by_year}",
            "left out: no statistics",
            f"used: concept by {by_year}",
            "used: looked up, nothing found",
        ],
        default=f"used: looked up, no concept by {by_year} among the finds",
    )
    used = table["fate"].str.startswith("used").to_numpy()
    data = table[used].assign(
        has_concept=before[used].astype(int),
        log_population=np.log(table.loc[used, "population"].astype(float)),
        foreign_share=table.loc[used, "foreign_share"].astype(float),
        east=[int(keys.LAENDER[land].part == "ost") for land in table.loc[used, "land"]],
    )
    columns = ["ags", "land", "size_class", "has_concept", "log_population", "foreign_share", "east"]
    return (
        data[columns].reset_index(drop=True),
        table[["ags", "size_class", "fate"]].sort_values(["size_class", "fate", "ags"], ignore_index=True),
    )


def measured_sensitivities(*, folder: Path | str | None = None) -> Mapping[str, Mapping[str, Rate]]:
    """Return what is known of the desk research's sensitivity: basis, then size class, then rate.

    `nennungen`: share of concepts named elsewhere that it found (table `coding_error`). `capture_recapture`: share
    found by the average of log-linear models (table `completeness`), its interval limits as counts found over
    limits of the total. The rates of Großstädte are those of by-catch and are not among them.

    Raises
    ------
    ModelError
        If one of the classes is missing.
    """
    errors, completeness = load("coding_error", folder=folder), load("completeness", folder=folder)
    found: dict[str, dict[str, Rate]] = {"nennungen": {}, "capture_recapture": {}}
    mentions = errors[
        (errors["source"] == "desk_research")
        & (errors["basis"] == "nennungen")
        & (errors["task"] == "konzept")
    ].set_index("size_class")
    averaged = completeness[
        (completeness["estimator"] == "loglinear_averaged") & completeness["estimate"].notna()
    ].set_index("size_class")
    for size in SEARCHED:
        if size not in mentions.index or size not in averaged.index:
            raise ModelError(
                f"There is no measured sensitivity for {size!r} in the tables coding_error and completeness: the rates "
                "of the Großstädte must not be carried over to it."
            )
        n = int(mentions.loc[size, "n_positive"])
        found["nennungen"][size] = rate_from_counts(round(float(mentions.loc[size, "sensitivity"]) * n), n)
        row = averaged.loc[size]
        seen, high = float(row["n_observed"]), float(row["high"])
        low = max(float(row["low"]), seen)
        found["capture_recapture"][size] = rate_from_interval(
            float(row["share_found"]), seen / high, seen / low
        )
    return found


def _corrected(
    data: pd.DataFrame,
    size: str,
    basis: str,
    rates: Mapping[str, Rate],
    specificity: float,
    vcov: str,
    draws: int,
) -> pd.DataFrame:
    def fit(sensitivity: Rates, specificity: float) -> CorrectedFit:
        return misclassified_binary(
            CROSS_SECTION, data, sensitivity=sensitivity, specificity=specificity,
            by="size_class", vcov=vcov, cluster="land",
        )  # fmt: skip

    reason = None
    try:
        found = fit(rates, specificity)
        table = found.compare()
        averaged = found.propagate(draws).tidy()
        table = table.assign(draws_estimate=averaged["estimate"], draws_se=averaged["std_error"])
    except ModelError as error:  # that nothing can be estimated is a result, with its reason
        reason = str(error)
        table = fit(1.0, 1.0).compare()
        table[["corrected", "se_conditional", "se", "conf_low", "conf_high"]] = np.nan
    return _facts(
        table,
        size,
        "logit",
        basis,
        rates[size].value,
        specificity,
        len(data),
        int(data["has_concept"].sum()),
        reason,
    )


def _facts(
    table: pd.DataFrame,
    size: str,
    model: str,
    basis: str,
    sensitivity: float,
    specificity: float,
    n_units: int,
    n_named: int,
    reason: str | None = None,
) -> pd.DataFrame:
    facts = {
        "size_class": size, "model": model, "basis": basis, "sensitivity": sensitivity,
        "specificity": specificity, "n_units": n_units, "n_named": n_named,
    }  # fmt: skip
    table = table.assign(**facts, reason=reason)
    return table.reindex(columns=[*facts, *COMPARED, "draws_estimate", "draws_se", "reason"])
