"""The estimators against values that R computed (reference_values.R); R itself is not needed here."""

from __future__ import annotations

import json
from pathlib import Path
from typing import Any

import numpy as np
import pandas as pd
import pytest

from konzept_diffusion import models

ROOT = Path(__file__).resolve().parents[2]
LOTTERY = ROOT / ".." / "shared" / "parity" / "berry_berry_1990_lottery.tab"
REFERENCE: dict[str, Any] = json.loads((Path(__file__).parent / "reference_values.json").read_text("utf-8"))
LINKS = ["cloglog", "logit", "probit"]
COEFFICIENT, ERROR = 1e-8, 1e-7
VCOV = [name for name in models.VCOV if name != "wild"]  # R has no score bootstrap

needs_lottery = pytest.mark.skipif(
    not LOTTERY.is_file(),
    reason="the lottery data (Berry & Berry 1990) is not part of the project: no ../shared/parity",
)


@pytest.fixture(scope="module")
def synthetic() -> pd.DataFrame:
    return pd.read_csv(ROOT / "tests" / "data" / "synthetic_binary.csv")


@pytest.fixture(scope="module")
def spells() -> pd.DataFrame:
    return pd.read_csv(ROOT / "tests" / "data" / "synthetic_survival.csv")


@pytest.fixture(scope="module")
def lottery() -> pd.DataFrame:
    return pd.read_csv(LOTTERY, sep="\t")


def close(found: pd.Series, expected: dict[str, float], rtol: float) -> None:
    assert set(found.index) == set(expected)
    np.testing.assert_allclose(found[list(expected)].to_numpy(), list(expected.values()), rtol=rtol)


def agrees(fit: models.Fit, expected: dict[str, Any], vcov: str) -> None:
    assert (fit.nobs, fit.n_events, fit.n_clusters) == tuple(
        expected[name] for name in ("nobs", "n_events", "n_clusters")
    )
    close(fit.params, expected["params"], COEFFICIENT)
    close(fit.se, expected["se"][vcov], ERROR)
    close(fit.vcov.loc["Intercept"], expected["first_row_of_vcov"][vcov], ERROR)
    glance = fit.glance().iloc[0]
    for name in ("loglik", "loglik_null", "aic", "bic"):
        assert glance[name] == pytest.approx(expected[name], rel=1e-9)


def test_the_reference_says_what_made_it() -> None:
    assert set(REFERENCE["made_with"]) == {"R", "survival", "sandwich", "lmtest"}


@pytest.mark.parametrize("vcov", VCOV)
@pytest.mark.parametrize("link", LINKS)
def test_hazard_on_synthetic_data(synthetic: pd.DataFrame, link: str, vcov: str) -> None:
    expected = REFERENCE["synthetic_binary"][link]
    agrees(
        models.hazard(expected["formula"], synthetic, link=link, vcov=vcov, cluster="cluster"), expected, vcov
    )


@pytest.mark.parametrize("vcov", VCOV)
def test_logit_with_categories(synthetic: pd.DataFrame, vcov: str) -> None:
    expected = REFERENCE["synthetic_categories"]
    agrees(models.logit(expected["formula"], synthetic, vcov=vcov, cluster="cluster"), expected, vcov)


@pytest.mark.parametrize("link", LINKS)
def test_tidy_is_coeftest_and_coefci(synthetic: pd.DataFrame, link: str) -> None:
    expected = REFERENCE["synthetic_binary"][link]
    fit = models.hazard(expected["formula"], synthetic, link=link, cluster="cluster")
    normal = fit.tidy().set_index("term")
    for column, values in expected["tidy_CR1"].items():
        close(normal[column], values, 1e-6)
    with_t = fit.tidy(level=0.9, distribution="t").set_index("term")
    for column, values in expected["tidy_CR1_t_90"].items():
        close(with_t[column], values, 1e-6)


@pytest.mark.parametrize("link", LINKS)
def test_predictions(synthetic: pd.DataFrame, link: str) -> None:
    expected = REFERENCE["synthetic_binary"][link]
    fit = models.hazard(expected["formula"], synthetic, link=link)
    np.testing.assert_allclose(fit.predict(synthetic.head(5)), expected["fitted_first_rows"], rtol=1e-8)


def test_average_marginal_effects(synthetic: pd.DataFrame) -> None:
    expected = REFERENCE["synthetic_margins"]
    effects = models.logit(expected["formula"], synthetic, cluster="cluster").margins().set_index("term")
    close(effects["estimate"], expected["estimate"], 1e-8)
    close(effects["std_error"], expected["se_CR1"], 1e-6)  # R's gradient is numerical


def same_curve(found: pd.DataFrame, expected: dict[str, list[float | None]]) -> None:
    for column, values in expected.items():
        np.testing.assert_allclose(
            found[column].to_numpy(dtype=float),
            np.array(values, dtype=float),
            rtol=1e-10,
            atol=1e-15,
            err_msg=column,
        )


def test_kaplan_meier(spells: pd.DataFrame) -> None:
    expected = REFERENCE["synthetic_survival"]
    estimate = models.kaplan_meier(spells, "time", "event")
    same_curve(estimate.table, expected["all"])
    assert estimate.median() == expected["median"]


def test_kaplan_meier_by_group(spells: pd.DataFrame) -> None:
    expected = REFERENCE["synthetic_survival"]
    estimate = models.kaplan_meier(spells, "time", "event", by="group")
    assert list(estimate.table["group"].unique()) == list(expected["by_group"])
    for name, curve in expected["by_group"].items():
        same_curve(estimate.table[estimate.table["group"] == name], curve)
    assert estimate.median().to_dict() == expected["median_by_group"]


@needs_lottery
@pytest.mark.filterwarnings("ignore::konzept_diffusion.models.design.DroppedRowsWarning")
@pytest.mark.parametrize("vcov", VCOV)
@pytest.mark.parametrize("link", LINKS)
def test_lottery_adoptions(lottery: pd.DataFrame, link: str, vcov: str) -> None:
    expected = REFERENCE["berry_berry_1990"][link]
    fit = models.hazard(expected["formula"], lottery, link=link, vcov=vcov, cluster="state")
    assert (fit.nobs_total, fit.dropped) == (901, {"party": 44})
    agrees(fit, expected, vcov)


@pytest.mark.parametrize(
    ("link", "quantity", "value", "rtol"),
    [
        ("probit", "loglik", -89.5605, 1e-6),
        ("probit", "params", 0.27122, 2e-5),
        ("logit", "params", 0.5154, 1e-4),
        ("cloglog", "params", 0.4508, 1e-4),
        ("logit", "CR1", 0.169257, 1e-5),
        ("logit", "CR3", 0.205023, 1e-5),
    ],
)
def test_the_specification_is_the_known_one(link: str, quantity: str, value: float, rtol: float) -> None:
    """Values of the neighbours' effect that were known before: the reference fits the same model."""
    fit = REFERENCE["berry_berry_1990"][link]
    found = {
        "loglik": fit["loglik"],
        "params": fit["params"]["neighbor"],
        **{k: v["neighbor"] for k, v in fit["se"].items()},
    }
    assert found[quantity] == pytest.approx(value, rel=rtol)
