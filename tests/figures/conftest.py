"""Small inputs with a known truth: nine Großstädte, one Kreis, made-up estimates, real labels."""

from __future__ import annotations

from dataclasses import dataclass
from types import ModuleType

import numpy as np
import pandas as pd
import pytest
from model_tables import specifications_of, tipping_of
from scipy import stats

from konzept_diffusion.catalogue import adoption_events
from konzept_diffusion.catalogue.triangulation import COMPARISONS
from konzept_diffusion.figures import FIGURES, Inputs
from konzept_diffusion.figures.drawing import _frames
from konzept_diffusion.models.main import SPECIFICATIONS
from konzept_diffusion.store import load, load_raw

CLUSTERS = 16


@dataclass(frozen=True)
class Truth:
    """The catalogue behind the inputs: city to its counted versions, as year, kind, target group, status."""

    cities: dict[str, list[tuple[int, str, str, str]]]
    kreis: str


KONZEPT = ("integrationskonzept", "allgemein", "beschlossen")
LEITBILD = ("leitbild", "allgemein", "beschlossen")
TRUTH = Truth(
    cities={
        "05111000": [(2005, *KONZEPT)],
        "05112000": [(2006, *LEITBILD)],
        "05113000": [(2010, *KONZEPT)],
        "05114000": [(2011, *KONZEPT)],
        "05116000": [(2014, *KONZEPT)],
        "06412000": [(2015, *KONZEPT)],
        "09162000": [(2005, *KONZEPT), (2017, *KONZEPT)],
        "08111000": [(2012, "integrationskonzept", "allgemein", "entwurf")],
        "14612000": [(1998, "integrationskonzept", "aussiedler", "beschlossen")],
    },
    kreis="05170",
)


def documents_of(truth: Truth) -> pd.DataFrame:
    entries = [*truth.cities.items(), (truth.kreis, [(2013, *KONZEPT)])]
    rows = [
        {
            "document_id": f"{ags}-{number}",
            "ags": ags,
            "owner_level": "stadt" if len(ags) == 8 else "kreis",
            "kind": kind,
            "target_group": group,
            "status": status,
            "year": year,
            "year_basis": "beschluss",
            "version": "first" if number == 0 else "update",
            "update_of": None,
            "source": "anlage1_2017",
            "flag": None,
        }
        for ags, versions in entries
        for number, (year, kind, group, status) in enumerate(versions)
    ]
    return pd.DataFrame(rows).astype({"year": "Int64", "flag": "string", "update_of": "string"})


def coefficients_of(level: float = 0.95) -> pd.DataFrame:
    """Made-up estimates for every term of the real models; log population has 1, the others 0.1 more each."""
    t = stats.t.ppf(0.5 + level / 2, CLUSTERS - 1)
    rows = []
    for vcov, error in (("CR1", 0.2), ("CR3", 0.3)):
        for item in SPECIFICATIONS:
            terms = ["Intercept", *item.formula.split("~")[1].replace(" ", "").split("+")]
            for place, term in enumerate(terms):
                estimate = 0.9 + 0.1 * place
                low, high = estimate - t * error, estimate + t * error
                rows.append((item.name, vcov, term, estimate, error, low, high, 1126, 69, CLUSTERS))
    columns = ["model", "vcov", "term", "estimate", "std_error", "conf_low", "conf_high"]
    return pd.DataFrame(rows, columns=[*columns, "nobs", "n_events", "n_clusters"])


def triangulation_of() -> pd.DataFrame:
    published = [20.0, 25.0, 40.2, 89.2, 90.0, 87.3]
    catalogue = [0.0, 0.0, 38.0, 68.4, 87.3, 87.3]
    return pd.DataFrame(
        {
            "result_id": [item.result_id for item in COMPARISONS],
            "year": [item.year for item in COMPARISONS],
            "survey_de": [item.survey_de for item in COMPARISONS],
            "survey_en": [item.survey_en for item in COMPARISONS],
            "published": published,
            "published_count": np.nan,
            "published_n": np.nan,
            "qualifier": ["about", "about", "exact", "exact", "exact", "exact"],
            "catalogue": catalogue,
            "catalogue_count": [0, 0, 30, 54, 69, 69],
            "catalogue_wide": [8.9, 8.9, 44.3, 68.4, 87.3, 87.3],
            "catalogue_wide_count": [7, 7, 35, 54, 69, 69],
            "catalogue_n": 79,
            "difference": np.subtract(catalogue, published),
            "reason_de": [item.reason_de for item in COMPARISONS],
            "reason_en": [item.reason_en for item in COMPARISONS],
            "not_shown": "x",
        }
    )


def full_panel_of() -> pd.DataFrame:
    """Ten cities, 1996 to 2017: three adopt in 2000, seven in 2005; nobody is at risk afterwards."""
    rows = [
        (f"051{city:02d}000", year, year <= adopted, int(year == adopted))
        for city, adopted in enumerate([2000] * 3 + [2005] * 7)
        for year in range(1996, 2018)
    ]
    table = pd.DataFrame(rows, columns=["ags", "year", "at_risk", "adopt"])
    return table.astype({"year": "Int64", "adopt": "Int64", "at_risk": "boolean"})


@pytest.fixture(scope="session")
def inputs() -> Inputs:
    kommunen = load("kommunen")
    kommunen = kommunen[kommunen["ags"].isin([*TRUTH.cities, TRUTH.kreis, "05314000"])]
    kommunen = kommunen.assign(
        size_class=kommunen["size_class"].mask(kommunen["ags"] == "05314000", "mittelstadt")
    )
    tables = {
        "kommunen": kommunen,
        "documents": documents_of(TRUTH),
        "events": adoption_events(documents_of(TRUTH)),
        "search_log": pd.DataFrame({"ags": [TRUTH.kreis, None]}),
        "programmes": load_raw("programmes"),
        "published_results": load_raw("published_results"),
        "specifications": specifications_of(),
        "tipping": tipping_of(),
    }
    return Inputs(tables, full_panel_of(), coefficients_of(), triangulation_of())


@pytest.fixture(params=FIGURES)
def name(request: pytest.FixtureRequest) -> str:
    return str(request.param)


@pytest.fixture(params=["de", "en"])
def lang(request: pytest.FixtureRequest) -> str:
    return str(request.param)


@pytest.fixture
def module(name: str, inputs: Inputs) -> ModuleType:
    found, _ = _frames(name, inputs)
    assert isinstance(found, ModuleType)
    return found
