"""All estimates, tables and numbers of the paper, from the built tables."""

from __future__ import annotations

from dataclasses import dataclass
from pathlib import Path
from typing import TYPE_CHECKING, Any

import pandas as pd

from ..catalogue.events import first_adoption_years, latest_versions
from ..catalogue.rules import MAIN_RULE, RULES
from ..catalogue.triangulation import triangulation
from ..models.main import SPECIFICATIONS, coefficients, fit_all
from ..models.results import Fit
from ..models.survival import KaplanMeier, kaplan_meier
from ..panel import FIRST_YEAR, LAST_YEAR, risk_set
from ..store import load, tables
from .checks import band_counts, band_sensitivity, difu_check, integrationsmonitoring, update_comparison

if TYPE_CHECKING:
    from ..figures.inputs import Inputs


@dataclass(frozen=True)
class Analysis:
    """Everything the paper reports; made by `analyse`."""

    tables: dict[str, pd.DataFrame]
    full_panel: pd.DataFrame
    fits: dict[str, Fit]
    coefficients: pd.DataFrame
    robustness: pd.DataFrame
    triangulation: pd.DataFrame
    survival: KaplanMeier
    survival_by_region: KaplanMeier

    def figure_inputs(self) -> Inputs:
        """Return what the figures are drawn from."""
        from ..figures.inputs import Inputs

        return Inputs(self.tables, self.full_panel, self.coefficients, self.triangulation)

    def output_tables(self) -> dict[str, pd.DataFrame]:
        """Return the tables that `reproduce` writes, by file name."""
        documents = self.tables["documents"]
        return {
            "coefficients": self.coefficients,
            "model_fit": pd.concat(
                [fit.glance().assign(model=name, formula=fit.formula) for name, fit in self.fits.items()],
                ignore_index=True,
            ),
            "robustness": self.robustness,
            "triangulation": self.triangulation,
            "abbildung_02_sensitivity": band_sensitivity(documents),
            "kaplan_meier": self.survival.table,
            "kaplan_meier_region": self.survival_by_region.table,
            "grossstaedte": self.cities(),
            "difu_check": difu_check(
                self.tables["monitoring"],
                self.tables["statistics"],
                self.tables["events"],
                self.tables["kommunen"],
            ),
            "integrationsmonitoring": integrationsmonitoring(self.tables["monitoring"]),
        }

    def cities(self) -> pd.DataFrame:
        """Return one row per Großstadt: first adoption, latest version, number of counted versions."""
        documents, kommunen = self.tables["documents"], self.tables["kommunen"]
        cities = kommunen.loc[
            kommunen["size_class"] == "grossstadt", ["ags", "name", "land_name", "population"]
        ]
        latest = latest_versions(documents).set_index("ags")
        counted = documents[RULES[MAIN_RULE](documents) & (documents["source"] == "anlage1_2017")]
        early = self.tables["events"].query("event == 'pre_wave'").groupby("ags")["year"].min()
        return cities.assign(
            pre_wave=cities["ags"].map(early).astype("Int64"),
            first_adoption=cities["ags"].map(first_adoption_years(documents)).astype("Int64"),
            latest_version=cities["ags"].map(latest["year"]).astype("Int64"),
            latest_title=cities["ags"].map(latest["title"]),
            versions=cities["ags"].map(counted.groupby("ags").size()).fillna(0).astype("Int64"),
        ).sort_values(["first_adoption", "ags"], ignore_index=True)

    def results(self) -> dict[str, Any]:
        """Return every number of the paper, for results.json."""
        documents, kommunen = self.tables["documents"], self.tables["kommunen"]
        risk = self.full_panel[self.full_panel["at_risk"].astype(bool)]
        latest = latest_versions(documents)
        bands = band_counts(latest)
        first = first_adoption_years(documents)
        cities = self.cities()
        published = self.tables["published_results"].set_index("result_id")
        yearly = cities["first_adoption"].dropna().astype(int).value_counts()
        desk = documents[documents["source"] == "desk_research"]
        sensitivity = band_sensitivity(documents)
        check = self.output_tables()["difu_check"]
        return {
            "catalogue": {
                "cities": len(cities),
                "cities_with_concept": int(cities["first_adoption"].notna().sum()),
                "cities_without": int(cities["first_adoption"].isna().sum()),
                "share_with_concept": 100 * float(cities["first_adoption"].notna().mean()),
                "documents_anlage1": int((documents["source"] == "anlage1_2017").sum()),
                "documents_desk_research": len(desk),
                "kommunen_desk_research": int(desk["ags"].nunique()),
                "searches_logged": len(self.tables["search_log"]),
                "kommunen": len(kommunen),
                "landkreise": int((kommunen["kind"] == "landkreis").sum()),
                "pre_wave_cities": int(cities["pre_wave"].notna().sum()),
                "published_results": len(published),
                "programmes": len(self.tables["programmes"]),
                "first_adoption_earliest": int(first.min()),
                "peak_year": int(yearly.idxmax()),
                "peak_year_adoptions": int(yearly.max()),
                "updates": update_comparison(documents, self.tables["published_results"]),
            },
            "abbildung_02": {
                "n": len(latest),
                "bands": {
                    name: {"n": count, "share": 100 * count / len(latest)} for name, count in bands.items()
                },
                "published": {
                    band: float(published.loc[f"fg2017_entstehung_{band}_share", "value"])
                    for band in list(bands)[1:]
                },
                "judgements_that_matter": len(sensitivity),
            },
            "triangulation": self.triangulation.to_dict(orient="records"),
            "panel": {
                "first_year": FIRST_YEAR,
                "last_year": LAST_YEAR,
                "city_years": len(risk),
                "adoptions": int(risk["adopt"].sum()),
                "laender": int(risk["land"].nunique()),
            },
            "models": {
                name: {
                    "nobs": fit.nobs,
                    "n_events": fit.n_events,
                    "n_clusters": fit.n_clusters,
                    "loglik": fit.loglik,
                    "aic": float(fit.glance()["aic"].iloc[0]),
                    "terms": _terms(self.coefficients[self.coefficients["model"] == name]),
                }
                for name, fit in self.fits.items()
            },
            "robustness": self.robustness.to_dict(orient="records"),
            "survival": {
                "median_years": _finite(self.survival.median()),
                "median_calendar_year": FIRST_YEAR - 1 + float(_finite(self.survival.median()) or 0),
            },
            "difu": {
                "kommunen": int(self.tables["monitoring"]["ags"].nunique()),
                "compared": len(check),
                "largest_population_difference_percent": float(
                    (
                        100
                        * check.loc[check["fact"] == "population", "difference"]
                        / check.loc[check["fact"] == "population", "difu"]
                    )
                    .abs()
                    .max()
                ),
                "largest_share_difference": float(
                    check.loc[check["fact"] == "foreign_share", "difference"].abs().max()
                ),
                "concept_years_compared": int((check["fact"] == "first_concept").sum()),
                "concept_years_equal": int(
                    ((check["fact"] == "first_concept") & (check["difference"] == 0)).sum()
                ),
            },
        }


def analyse(folder: Path | str | None = None) -> Analysis:
    """Estimate and compare everything the paper reports, from the built tables in `folder`."""
    held = {name: load(name, folder=folder) for name in tables()}
    full = risk_set(held, full=True)
    risk = full[full["at_risk"].astype(bool)].reset_index(drop=True)
    spells = _spells(full)
    return Analysis(
        tables=held,
        full_panel=full,
        fits=fit_all(risk),
        coefficients=coefficients(risk),
        robustness=_robustness(held),
        triangulation=triangulation(
            held["documents"], held["early_concepts"], held["published_results"], held["kommunen"]
        ),
        survival=kaplan_meier(spells, "duration", "event"),
        survival_by_region=kaplan_meier(spells, "duration", "event", by="region"),
    )


def _spells(full: pd.DataFrame) -> pd.DataFrame:
    """Return one row per city: years from 1995 to first adoption or censoring in 2017, and its region."""
    risk = full[full["at_risk"].astype(bool)]
    spells = risk.groupby("ags").agg(
        duration=("duration", "max"), event=("adopt", "max"), land=("land", "first"), east=("east", "first")
    )
    region = (
        spells["east"]
        .map({1: "ost", 0: "west_ohne_nrw"})
        .where(spells["land"] != "05", "nordrhein_westfalen")
    )
    return spells.assign(
        region=region, duration=spells["duration"].astype(float), event=spells["event"].astype(int)
    ).reset_index()


def _robustness(tables_held: dict[str, pd.DataFrame]) -> pd.DataFrame:
    """Return the size and foreigners-share terms of model m1 under other codings, links and samples."""
    variants: list[tuple[str, str, str, pd.DataFrame]] = []
    for rule in RULES:
        variants.append((f"rule={rule}", "cloglog", rule, risk_set(tables_held, rule=rule)))
    variants.append(
        ("sample=without_pre_wave", "cloglog", MAIN_RULE, risk_set(tables_held, without_pre_wave=True))
    )
    main = risk_set(tables_held)
    variants.append(
        ("sample=without_nrw", "cloglog", MAIN_RULE, main[main["land"] != "05"].reset_index(drop=True))
    )
    variants.append(
        (
            "sample=without_city_states",
            "cloglog",
            MAIN_RULE,
            main[~main["land"].isin(["02", "04", "11"])].reset_index(drop=True),
        )
    )
    variants += [(f"link={link}", link, MAIN_RULE, main) for link in ("logit", "probit")]
    rows = []
    for name, link, rule, data in variants:
        fit = fit_all(data, link=link)[SPECIFICATIONS[0].name]
        table = fit.tidy(distribution="t")
        table = table[table["term"].isin(["log_population", "foreign_share_lag"])]
        table.insert(0, "variant", name)
        rows.append(
            table.assign(
                link=link, rule=rule, nobs=fit.nobs, n_events=fit.n_events, n_clusters=fit.n_clusters
            )
        )
    return pd.concat(rows, ignore_index=True)


_REPORTED = (
    "estimate",
    "std_error",
    "statistic",
    "p_value",
    "conf_low",
    "conf_high",
    "hazard_ratio",
    "hazard_ratio_low",
    "hazard_ratio_high",
)


def _terms(table: pd.DataFrame) -> dict[str, Any]:
    """Return the estimates of one model by term and covariance."""
    found: dict[str, Any] = {}
    for row in table.to_dict(orient="records"):
        found.setdefault(row["term"], {})[row["vcov"]] = {key: row[key] for key in _REPORTED}
    return found


def _finite(value: Any) -> float | None:
    return None if value is None or pd.isna(value) else float(value)
