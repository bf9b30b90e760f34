"""All estimates and tables of the paper, from the built tables."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import dataclass
from functools import cached_property
from pathlib import Path
from typing import TYPE_CHECKING

import pandas as pd

from ..catalogue.events import first_adoption_years, latest_versions
from ..catalogue.rules import MAIN_RULE, RULES
from ..catalogue.triangulation import triangulation
from ..models.estimators.binary.result import Fit
from ..models.estimators.survival.kaplan_meier import KaplanMeier, kaplan_meier
from ..models.main import coefficients, fit_all
from ..riskset import risk_set
from ..store import load, tables
from .checks import band_sensitivity, difu_check, integrationsmonitoring
from .robustness import robustness

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
    folder: Path | str | None = None

    def figure_inputs(
        self,
        sensitivity: Mapping[str, pd.DataFrame] | None = None,
        say: Callable[[str], None] = lambda title: None,
    ) -> Inputs:
        """Return what the figures are drawn from.

        Parameters
        ----------
        sensitivity
            Tables of `report.sensitivity`; without them each is made when a figure first asks for it.
        say
            Called with the title of what is made then.
        """
        from ..figures.inputs import Inputs
        from .sensitivity import OnDemand

        tables = OnDemand(self, say) if sensitivity is None else {**self.tables, **sensitivity}
        return Inputs(tables, self.full_panel, self.coefficients, self.triangulation)

    @cached_property
    def output_tables(self) -> dict[str, pd.DataFrame]:
        """The tables that `reproduce` writes, by file name."""
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
            "completeness": self.tables["completeness"],
            "coding_error": self.tables["coding_error"],
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
        robustness=robustness(held),
        triangulation=triangulation(
            held["documents"], held["early_concepts"], held["published_results"], held["kommunen"]
        ),
        survival=kaplan_meier(spells, "duration", "event"),
        survival_by_region=kaplan_meier(spells, "duration", "event", by="region"),
        folder=folder,
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
