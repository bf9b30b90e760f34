"""The paper's multiverse on the catalogue: what is declared can be run, and holds the paper's models."""

from __future__ import annotations

from dataclasses import replace

import pytest

import konzept_diffusion as kd
from konzept_diffusion.catalogue.rules import RULES
from konzept_diffusion.models import main
from konzept_diffusion.models.estimators.binary.result import Fit
from konzept_diffusion.models.multiverse.curve_result import SpecificationCurve
from konzept_diffusion.models.multiverse.grossstaedte import MULTIVERSE
from konzept_diffusion.models.multiverse.runner import specifications

pytestmark = pytest.mark.filterwarnings("ignore::UserWarning")


@pytest.fixture(scope="module")
def result() -> SpecificationCurve:
    few = replace(
        MULTIVERSE,
        codings=MULTIVERSE.codings[:1],
        samples=MULTIVERSE.samples[:2],
        links=MULTIVERSE.links[:1],
        focal=("log_population", "programme", "exposure_land"),
    )
    return specifications(few)


@pytest.fixture(scope="module")
def paper() -> dict[str, Fit]:
    return main.fit_all(kd.panel())


def test_every_coding_rule_of_the_catalogue_is_a_coding() -> None:
    assert {coding.rule for coding in MULTIVERSE.codings} == set(RULES)
    assert len(MULTIVERSE) == len(list(MULTIVERSE)) == 6 * 3 * 3 * 4 * 3


@pytest.mark.parametrize("lang", ["de", "en"])
def test_every_option_has_a_label_of_its_own(lang: str) -> None:
    for labels in MULTIVERSE.labels(lang).values():
        assert len(set(labels.values())) == len(labels)
        assert all(label.strip() for label in labels.values())


@pytest.mark.parametrize(
    ("model", "covariates"), [("m1", "groesse"), ("m2", "programm"), ("m3", "verbreitung")]
)
def test_the_models_of_the_paper_are_among_them(
    result: SpecificationCurve, paper: dict[str, Fit], model: str, covariates: str
) -> None:
    fit = paper[model]
    rows = result.table.query(
        f"sample == 'alle' and duration == 'kubisch' and covariates == '{covariates}'"
    ).set_index("term")
    for term in rows.index:
        assert rows.loc[term, "estimate"] == pytest.approx(fit.params[term], rel=1e-6)
        assert rows.loc[term, "std_error"] == pytest.approx(fit.se[term], rel=1e-6)


def test_leaving_out_early_cities_leaves_out_rows(result: SpecificationCurve) -> None:
    events = result.table.groupby("sample")["nobs"].max()
    assert events["ohne_fruehe"] < events["alle"]


def test_every_model_of_it_exists(result: SpecificationCurve) -> None:
    assert (result.table["status"] == "ok").all()
    assert result.table["effect"].notna().all()
