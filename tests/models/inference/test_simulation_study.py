"""The simulation study of benchmarks/: its pieces do what they say, its document says what its table holds."""

from __future__ import annotations

import importlib
import sys
from collections.abc import Iterator
from math import log
from pathlib import Path
from types import ModuleType
from typing import Any

import numpy as np
import pandas as pd
import pytest
import scipy.linalg  # noqa: F401  loads its linear algebra before the threads are limited
import threadpoolctl  # type: ignore[import-untyped]

from konzept_diffusion.errors import ModelError
from konzept_diffusion.models import design as models_design
from konzept_diffusion.models import hazard
from konzept_diffusion.models.inference.covariance import cluster_weights, covariance
from konzept_diffusion.models.inference.randomisation import randomisation_test
from konzept_diffusion.models.inference.score_bootstrap import ScoreTests

ROOT = Path(__file__).resolve().parents[3]
RESULTS = ROOT / "benchmarks" / "simulation_results.csv"


def part(name: str) -> ModuleType:
    """Return a module of the study, which is no part of the package."""
    folder = str(ROOT / "benchmarks")
    sys.path.insert(0, folder)
    try:
        return importlib.import_module(f"simulation_study.{name}")
    finally:
        sys.path.remove(folder)


designs, data, fitting, studies, measures, report = (
    part(name) for name in ("designs", "data", "fitting", "studies", "measures", "report")
)
LAYOUTS = designs.layouts()


@pytest.fixture(autouse=True)
def one_thread() -> Iterator[None]:
    """Matrices this small are slower with threads."""
    with threadpoolctl.threadpool_limits(1):
        yield


def synthetic(design: Any, seed: int = 1) -> tuple[models_design.Design, pd.DataFrame]:
    """Return one synthetic risk set as the study uses it, and the same as a table."""
    rows = data.risk_set(design, LAYOUTS[design.layout], np.random.default_rng(seed))
    table = pd.DataFrame(rows.X[:, 1:], columns=list(rows.terms[1:]))
    return rows, table.assign(y=rows.y, land=[data.LABELS[code] for code in rows.codes])


def rejected(table: pd.DataFrame) -> pd.DataFrame:
    return table[table["null"] == "true value"].set_index("method")


def test_the_laender_are_as_large_as_in_the_tables() -> None:
    cities, kommunen = LAYOUTS["grossstadt"], LAYOUTS["kommunen"]
    assert (sum(cities.units), len(cities.units), cities.units[data.LARGEST]) == (79, 16, max(cities.units))
    assert (sum(kommunen.units), min(kommunen.units)) == (1006, 1)
    assert LAYOUTS["equal"].units == (5,) * 16


def test_a_unit_stays_until_its_event_and_has_one_at_most() -> None:
    rows, table = synthetic(designs.Design("within", "grossstadt", 0.3, 0.15, 0.3))
    units = table.groupby(["x", "z"], sort=False)
    assert units.ngroups == 79
    assert rows.codes is not None
    assert (np.diff(rows.codes) >= 0).all()
    assert set(units["y"].sum()) == {0.0, 1.0}
    ended = units.agg(first=("t", "min"), last=("t", "max"), events=("y", "sum"), at_end=("y", "last"))
    assert (ended["first"] == -1).all()
    assert (ended["events"] == ended["at_end"]).all()
    assert (ended.loc[ended["events"] == 0, "last"] == 1).all()


@pytest.mark.parametrize("share", [0.0, 0.6])
def test_the_share_of_variance_between_laender_is_the_one_asked_for(share: float) -> None:
    layout = designs.Layout("many", (400,) * 16, 1, -2.0)
    rng = np.random.default_rng(0)
    within = [
        pd.Series(rows.X[:, 1]).groupby(rows.codes).var().mean()
        for rows in (data.risk_set(designs.Design("within", "many", share), layout, rng) for _ in range(5))
    ]
    assert np.mean(within) == pytest.approx(1 - share, rel=0.03)


def test_the_package_finds_the_effects_that_the_data_were_made_with() -> None:
    layout = designs.Layout("many", (400,) * 16, 10, -2.5)
    design = designs.Design("programme", "many", effect=log(2), treated="8")
    rows = data.risk_set(design, layout, np.random.default_rng(3))
    found = dict(zip(rows.terms, fitting.estimate(rows).params, strict=True))
    truth = {"x": 0.0, "z": data.SIZE_EFFECT, "t": 1.5, "t2": -0.5, "programme": log(2)}
    assert found == pytest.approx({"Intercept": -2.5, **truth}, abs=0.15)


@pytest.mark.filterwarnings("ignore::konzept_diffusion.models.ClusterWithoutEventsWarning")
@pytest.mark.parametrize("layout", ["grossstadt", "kommunen"])
def test_every_number_of_the_fast_way_is_the_package_s(layout: str) -> None:
    rows, table = synthetic(designs.Design("within", layout, 0.3, 0.15, 0.3))
    weights, _ = cluster_weights(16, 199, 5)
    mine = studies.tests_of(fitting.estimate(rows), 1, 0.0, weights)
    for kind in ("iid", "HC1", "CR0", "CR1", "CR3"):
        fit = hazard("y ~ x + z + t + t2", table, cluster="land", vcov=kind)
        name = {"CR3": "CR3 t(15)"}.get(kind, kind)
        assert mine[name][1] == pytest.approx(fit.se["x"], rel=1e-7)
    tests = ScoreTests.of(fit._estimate, 199, 5)
    assert mine[studies.WILD][0] == pytest.approx(tests.p_values[1], abs=1e-12)
    assert mine["CR3 t(15)"][0] == pytest.approx(
        fit.tidy(distribution="t").set_index("term")["p_value"]["x"], rel=1e-6
    )


def test_without_a_fit_that_leaves_the_programme_s_land_out_there_is_no_cr3() -> None:
    rows, _ = synthetic(designs.Design("programme", "grossstadt", icc=0.15, treated="largest"))
    found = fitting.estimate(rows)
    with pytest.raises(ModelError, match="'05' fails"):
        covariance("CR3", found)
    p_value, error = studies.tests_of(found, 5, 0.0, cluster_weights(16, 99, 1)[0])["CR3 t(15)"]
    assert np.isnan([p_value, error]).all()


@pytest.mark.parametrize("treated", ["largest", "2"])
def test_the_randomisation_test_is_the_package_s(treated: str) -> None:
    rows, table = synthetic(designs.Design("programme", "grossstadt", icc=0.15, treated=treated), seed=4)
    result = randomisation_test("y ~ x + z + t + t2 + programme", table, "programme", time="t")
    since = table.loc[table["programme"] == 1, "t"].min()
    had = np.isin(data.LABELS, table.loc[table["programme"] == 1, "land"]).astype(float)
    pieces = studies.placebos(rows, since)
    assert studies.score_statistics(pieces, had[None])[0] == pytest.approx(result.statistic, rel=1e-6)
    mine = studies.randomisation_p(pieces, had, np.random.default_rng(0))
    assert mine == pytest.approx((result.p_value, result.smallest_p_value), abs=1e-12)
    assert result.exact


def test_with_independent_data_sizes_are_near_nominal() -> None:
    design = designs.Design("within", "equal", land_share=0.0)
    table = rejected(studies.simulate(design, LAYOUTS["equal"], 300, draws=199))
    assert (table["undefined"] == 0).all()
    for method in ("iid", "CR3 t(15)", studies.WILD):
        low, high = table.loc[method, ["rejected_low", "rejected_high"]]
        assert low < 0.05 < high
    assert abs(table.loc["iid", "bias"]) < 4 * table.loc["iid", "bias_mc_error"]
    assert table.loc["iid", "se_mean"] == pytest.approx(table.loc["iid", "sd"], rel=0.15)


def test_with_correlated_laender_cr1_rejects_too_often_and_cr3_less() -> None:
    design = designs.Design("within", "grossstadt", 0.6, 0.15)
    table = rejected(studies.simulate(design, LAYOUTS["grossstadt"], 200, draws=199))
    assert table.loc["CR1 t(15)", "rejected_low"] > 0.065
    assert table.loc["CR3 t(15)", "rejected"] < table.loc["CR1 t(15)", "rejected"] - 0.05


def test_a_programme_of_one_land_makes_cr1_reject_far_too_often_and_randomisation_never_at_5_percent() -> (
    None
):
    design = designs.Design("programme", "grossstadt", icc=0.15, treated="1")
    table = rejected(studies.simulate(design, LAYOUTS["grossstadt"], 150, draws=199))
    assert table.loc["CR1 t(15)", "rejected_low"] > 0.3
    assert table.loc["CR3 t(15)", "undefined"] == 1
    drawn = table.loc[studies.RANDOMISATION].set_index("level")
    assert drawn.loc[0.05, "rejected"] == 0
    level, low, high = table.loc[studies.FIRST, ["level", "rejected_low", "rejected_high"]]
    assert level >= 1 / 16  # more where the only city of a Land has adopted before: it is no placebo then
    assert low < level < high


def test_plain_likelihood_has_no_estimate_where_firth_has_one() -> None:
    design = next(one for one in designs.rare() if one.level == -5.8)
    table = rejected(studies.simulate(design, LAYOUTS["grossstadt"], 40))
    assert table["events_mean"].iloc[0] == pytest.approx(8, abs=3)
    assert table.loc["ML, Wald", "undefined"] > 0
    assert table.loc["Firth, Wald", "undefined"] < table.loc["ML, Wald", "undefined"]


def test_a_design_gives_the_same_numbers_whenever_it_is_run() -> None:
    design = designs.Design("within", "grossstadt", 0.3, 0.05)
    first, again = (studies.simulate(design, LAYOUTS["grossstadt"], 20, draws=99) for _ in range(2))
    pd.testing.assert_frame_equal(first, again)
    other = studies.simulate(design, LAYOUTS["grossstadt"], 20, seed=1, draws=99)
    assert other["sd"].iloc[0] != first["sd"].iloc[0]
    names = [one.name for one in designs.grid()]
    assert len(set(names)) == len(names)


def test_the_interval_of_a_share_is_clopper_and_pearson_s() -> None:
    assert measures.share_interval(0, 100) == (0.0, pytest.approx(1 - 0.025 ** (1 / 100)))
    assert measures.share_interval(5, 100) == pytest.approx((0.016432, 0.112835), abs=1e-6)
    assert measures.share_interval(100, 100)[1] == 1.0


def test_the_stored_table_holds_the_whole_grid_with_enough_replications() -> None:
    table = report.read(RESULTS)
    assert table["replications"].min() >= 2000
    assert set(table["seed"]) == {designs.SEED}
    keys = ["study", "layout", "land_share", "icc", "slope_sd", "treated", "log_hazard", "leaves", "effect"]
    found = {
        key: set(rows["method"]) for key, rows in table.assign(effect=table["effect"].round(9)).groupby(keys)
    }
    alone = {studies.RANDOMISATION, studies.FIRST}
    expected = {
        "within": set(studies.METHODS),
        "programme": {*studies.METHODS, *alone},
        "rare": set(studies.RARE),
    }
    assert found == {
        (
            *(one.study, one.layout, one.land_share, one.icc, one.slope_sd, one.treated),
            LAYOUTS[one.layout].level if one.level is None else one.level,
            one.leaves,
            round(one.effect, 9),
        ): expected[one.study]
        for one in designs.grid()
    }


def test_the_document_is_made_from_the_stored_table() -> None:
    text = (ROOT / "docs" / "simulation.md").read_text(encoding="utf-8")
    assert text == report.document(report.read(RESULTS))
