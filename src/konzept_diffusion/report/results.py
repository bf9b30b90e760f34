"""Every number of the paper in one dictionary: what becomes results.json and what the manuscript reads."""

from __future__ import annotations

import math
from collections.abc import Mapping
from typing import Any

import pandas as pd

from ..catalogue.events import WAVE_START, latest_versions
from ..catalogue.rules import has_flag
from ..models.main import DISPLAY_SCALES
from ..riskset import FIRST_YEAR, LAST_YEAR
from ..sources.statistics import BREAK_YEAR
from .analysis import Analysis
from .checks import band_counts, band_sensitivity, update_comparison
from .robustness import jumping_cities
from .sensitivity_results import sensitivity_results

_REPORTED = ("estimate", "std_error", "statistic", "p_value", "conf_low", "conf_high")


def results(analysis: Analysis, sensitivity: Mapping[str, pd.DataFrame] | None = None) -> dict[str, Any]:
    """Return every number that the paper states, by section.

    Parameters
    ----------
    analysis
        The models and tables of the paper.
    sensitivity
        The tables of `report.sensitivity`; without them their section is None.
    """
    cities = analysis.cities()
    risk = analysis.full_panel[analysis.full_panel["at_risk"].astype(bool)]
    return {
        "catalogue": _catalogue(analysis, cities),
        "abbildung_02": _bands(analysis),
        "curve": _curve(cities),
        "hazard": _hazard(risk),
        "triangulation": analysis.triangulation.to_dict(orient="records"),
        "panel": {
            "first_event": int(risk.loc[risk["adopt"] == 1, "year"].min()),
            "last_event": int(risk.loc[risk["adopt"] == 1, "year"].max()),
            "share_jumps": len(jumping_cities(risk)),
            "first_year": FIRST_YEAR,
            "last_year": LAST_YEAR,
            "city_years": len(risk),
            "adoptions": int(risk["adopt"].sum()),
            "laender": int(risk["land"].nunique()),
        },
        "models": _models(analysis),
        "robustness": _robustness(analysis.robustness),
        "survival": _survival(analysis),
        "difu": _difu(analysis),
        "completeness": _completeness(analysis.tables["completeness"]),
        "sensitivity": None if sensitivity is None else sensitivity_results(sensitivity),
    }


def _catalogue(analysis: Analysis, cities: pd.DataFrame) -> dict[str, Any]:
    documents, kommunen = analysis.tables["documents"], analysis.tables["kommunen"]
    desk = documents[documents["source"] == "desk_research"]
    events = analysis.tables["events"]
    desk_first = events[(events["source"] == "desk_research") & (events["event"] == "first_adoption")]
    size = kommunen.set_index("ags")["size_class"]
    anlage1 = documents[documents["source"] == "anlage1_2017"]
    yearly = cities["first_adoption"].dropna().astype(int).value_counts()
    with_concept = int(cities["first_adoption"].notna().sum())
    return {
        "cities": len(cities),
        "cities_with_concept": with_concept,
        "cities_without": len(cities) - with_concept,
        "share_with_concept": 100 * with_concept / len(cities),
        "documents": len(documents),
        "documents_anlage1": len(anlage1),
        "judgements": int((has_flag(anlage1, "judgement") | has_flag(anlage1, "judgement_year")).sum()),
        "survey_listing": int(has_flag(anlage1, "survey_listing").sum()),
        "conflicts": int(anlage1.loc[has_flag(anlage1, "conflict"), "found_for"].nunique()),
        "documents_desk_research": len(desk),
        "kommunen_desk_research": int(desk["ags"].nunique()),
        "searches_logged": len(analysis.tables["search_log"]),
        "desk_mittelstaedte_with_concept": int((desk_first["ags"].map(size) == "mittelstadt").sum()),
        "desk_landkreise_with_concept": int((desk_first["ags"].map(size) == "landkreis").sum()),
        "landkreise_with_concept": int(
            (
                events.loc[events["event"] == "first_adoption", "ags"].drop_duplicates().map(size)
                == "landkreis"
            ).sum()
        ),
        "mittelstaedte": int((size == "mittelstadt").sum()),
        "landkreise": int((size == "landkreis").sum()),
        "kommunen": len(kommunen),
        "pre_wave_cities": int(cities["pre_wave"].notna().sum()),
        "pre_wave_from": int(cities["pre_wave"].min()),
        "pre_wave_to": int(cities["pre_wave"].max()),
        "wave_start": WAVE_START,
        "break_year": BREAK_YEAR,
        "published_results": len(analysis.tables["published_results"]),
        "programmes": len(analysis.tables["programmes"]),
        "first_adoption_earliest": int(cities["first_adoption"].min()),
        "first_adoption_latest": int(cities["first_adoption"].max()),
        "peak_year": int(yearly.idxmax()),
        "peak_year_adoptions": int(yearly.max()),
        "updates": update_comparison(documents, analysis.tables["published_results"]),
    }


def _bands(analysis: Analysis) -> dict[str, Any]:
    documents = analysis.tables["documents"]
    latest = latest_versions(documents)
    strict = latest_versions(documents[~has_flag(documents, "survey_listing")])
    published = analysis.tables["published_results"].set_index("result_id")["value"]
    bands = band_counts(latest)
    stated = {band: float(published[f"fg2017_entstehung_{band}_share"]) for band in list(bands)[1:]}
    shares = {band: 100 * count / len(latest) for band, count in bands.items()}
    return {
        "n": len(latest),
        "bands": {band: {"n": count, "share": shares[band]} for band, count in bands.items()},
        "published": stated,
        "largest_difference": max(abs(shares[band] - value) for band, value in stated.items()),
        "judgements_that_matter": len(band_sensitivity(documents)),
        "without_survey_listing": {"n": len(strict), "bands": band_counts(strict)},
    }


def _curve(cities: pd.DataFrame) -> dict[str, Any]:
    """Return the cumulative number of cities with a concept by year-end."""
    first = cities["first_adoption"].dropna().astype(int)
    return {str(year): int((first <= year).sum()) for year in range(FIRST_YEAR - 1, LAST_YEAR + 1)}


def _hazard(risk: pd.DataFrame) -> dict[str, Any]:
    """Return cities at risk, adoptions and their ratio by year."""
    yearly = risk.groupby("year")["adopt"].agg(["size", "sum"])
    return {
        str(year): {
            "at_risk": int(row["size"]),
            "events": int(row["sum"]),
            "hazard": row["sum"] / row["size"],
        }
        for year, row in yearly.iterrows()
    }


def _models(analysis: Analysis) -> dict[str, Any]:
    found: dict[str, Any] = {}
    for name, fit in analysis.fits.items():
        own = analysis.coefficients[analysis.coefficients["model"] == name]
        found[name] = {
            "nobs": fit.nobs,
            "n_events": fit.n_events,
            "n_clusters": fit.n_clusters,
            "loglik": fit.loglik,
            "aic": float(fit.glance()["aic"].iloc[0]),
            "terms": _terms(own),
        }
    return found


def _terms(table: pd.DataFrame) -> dict[str, Any]:
    """Return the estimates of one model by term and covariance, with hazard ratios on a readable scale."""
    found: dict[str, Any] = {}
    for row in table.to_dict(orient="records"):
        scale = DISPLAY_SCALES.get(row["term"], 1.0)
        ratios = {
            name: math.exp(scale * row[source])
            for name, source in (
                ("ratio", "estimate"),
                ("ratio_low", "conf_low"),
                ("ratio_high", "conf_high"),
            )
        }
        found.setdefault(row["term"], {})[row["vcov"]] = {key: row[key] for key in _REPORTED} | ratios
    return found


def _robustness(table: pd.DataFrame) -> dict[str, Any]:
    """Return the range of each term's hazard ratio over the variants of the same link, and all rows."""
    same_link = table[table["link"] == "cloglog"]
    ranges = {
        term: {
            "low": math.exp(DISPLAY_SCALES[term] * group["estimate"].min()),
            "high": math.exp(DISPLAY_SCALES[term] * group["estimate"].max()),
            "smallest_p": group["p_value"].min(),
            "largest_p": group["p_value"].max(),
            "variants": len(group),
        }
        for term, group in (
            (name, same_link[same_link["term"] == name]) for name in ("log_population", "foreign_share_lag")
        )
    }
    return {"ranges": ranges, "rows": table.to_dict(orient="records")}


def _survival(analysis: Analysis) -> dict[str, Any]:
    """Return median times to adoption; None where half of the group never adopted."""

    def calendar(value: Any) -> float | None:
        return None if value is None or pd.isna(value) else FIRST_YEAR - 1 + float(value)

    by_region = pd.Series(analysis.survival_by_region.median())
    return {
        "median_year": calendar(analysis.survival.median()),
        "median_year_by_region": {str(region): calendar(value) for region, value in by_region.items()},
    }


def _completeness(table: pd.DataFrame) -> dict[str, Any]:
    """Return how many concepts the desk research has probably missed, and the same where all are known."""

    def row(analysis: str, size: str, estimator: str) -> dict[str, Any]:
        found = table[
            (table["analysis"] == analysis)
            & (table["size_class"] == size)
            & (table["estimator"] == estimator)
        ]
        (only,) = found.to_dict(orient="records")
        fields = ("n_eligible", "n_observed", "estimate", "low", "high", "missed", "known")
        return {name: None if pd.isna(only[name]) else float(only[name]) for name in fields}

    averaged = ("suche_beifang_nennung", "loglinear_averaged")
    return {
        "check": row("beifang_der_recherchen", "grossstadt", "chapman"),
        "mittelstadt": row(averaged[0], "mittelstadt", averaged[1]),
        "landkreis": row(averaged[0], "landkreis", averaged[1]),
    }


def _difu(analysis: Analysis) -> dict[str, Any]:
    check = analysis.output_tables["difu_check"]
    population = check[check["fact"] == "population"]
    share = check[(check["fact"] == "foreign_share") & (check["our_flag"] != "parent_kreis")]
    concept = check[check["fact"] == "first_concept"]
    equal = concept.groupby("ags")["difference"].agg(lambda values: bool((values == 0).any()))
    return {
        "kommunen": int(analysis.tables["monitoring"]["ags"].nunique()),
        "facts": len(analysis.tables["monitoring"]),
        "compared": len(check),
        "cities": int(check["ags"].nunique()),
        "largest_population_difference_percent": float(
            (100 * population["difference"] / population["difu"]).abs().max()
        ),
        "largest_share_difference": float(share["difference"].abs().max()),
        "interpolated": int((population["our_flag"] == "interpolated").sum()),
        "population_compared": len(population),
        "ours_higher": sorted(set(population.loc[population["difference"] > 0, "kommune"])),
        "concept_year_differs": sorted(
            set(concept["kommune"]) - set(concept.loc[concept["difference"] == 0, "kommune"])
        ),
        "concept_years_compared": len(equal),
        "concept_years_equal": int(equal.sum()),
        "monitoring": int(
            analysis.output_tables["integrationsmonitoring"]["monitoring_start_years"].notna().sum()
        ),
    }
