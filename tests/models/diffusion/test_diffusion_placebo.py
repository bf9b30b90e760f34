"""Placebos: what an exposure coefficient is where there is no diffusion."""

import pickle

import numpy as np
import pandas as pd
import pytest
from scipy import sparse

from konzept_diffusion.errors import ModelError
from konzept_diffusion.models.diffusion.exposure_terms import exposure
from konzept_diffusion.models.diffusion.placebo_panel import exposure_matrices, exposures, grid
from konzept_diffusion.models.diffusion.rewiring import network_placebo, relabelled, swapped
from konzept_diffusion.models.diffusion.shocks import exposure_placebo, null_hazards, simulate

NAIVE = "adopt ~ x + exposure"
OPTIONS = {"directed": False, "draws": 60, "effects": ("year",)}


@pytest.fixture(scope="module")
def null_world(without_diffusion, links):
    return exposure_placebo(NAIVE, without_diffusion, "exposure", links=links, **OPTIONS)


def test_common_shocks_alone_make_an_exposure_coefficient(null_world):
    row = null_world.tidy().iloc[0]
    assert row["estimate"] / row["std_error"] > 3  # what a paper would report as diffusion
    assert row["p_value"] > 0.05
    assert row["bias"] > 0.8
    assert row["naive_size"] > 0.5
    assert abs(row["corrected"]) < 2 * row["placebo_sd"]


def test_diffusion_stands_out_from_its_placebo(with_diffusion, links):
    placebo = exposure_placebo(
        "adopt ~ x + time + exposure", with_diffusion, "exposure", links=links, **OPTIONS
    )
    assert placebo.p_value < 0.05
    assert placebo.estimate > np.quantile(placebo.distribution["estimate"], 0.99)
    network = network_placebo(
        "adopt ~ x + time + exposure",
        with_diffusion,
        "exposure",
        links=links,
        directed=False,
        draws=60,
        within=None,
    )
    assert network.p_value < 0.05
    assert network.bias < placebo.estimate


def test_the_same_seed_gives_the_same_placebo(without_diffusion, links, null_world):
    again = exposure_placebo(NAIVE, without_diffusion, "exposure", links=links, **OPTIONS)
    pd.testing.assert_frame_equal(again.distribution, null_world.distribution)
    other = exposure_placebo(NAIVE, without_diffusion, "exposure", links=links, **{**OPTIONS, "seed": 2})
    assert not np.allclose(other.distribution["estimate"][:5], null_world.distribution["estimate"][:5])


def test_the_numbers_of_the_result_belong_together(null_world):
    draws = null_world.distribution
    row = null_world.tidy(0.9).iloc[0]
    assert len(draws) + null_world.n_failed == 60
    assert row["bias"] == pytest.approx(draws["estimate"].mean())
    assert (row["placebo_low"], row["placebo_high"]) == tuple(np.quantile(draws["estimate"], [0.05, 0.95]))
    above = (1 + (draws["estimate"] >= null_world.estimate).sum()) / (len(draws) + 1)
    below = (1 + (draws["estimate"] <= null_world.estimate).sum()) / (len(draws) + 1)
    assert null_world.p_value == pytest.approx(min(1, 2 * min(above, below)))
    assert "C(year)" in null_world.summary()
    assert pickle.loads(pickle.dumps(null_world)).p_value == null_world.p_value
    with pytest.raises(AttributeError):
        null_world.seed = 3
    with pytest.raises(ValueError, match="read-only"):
        null_world._estimates[0] = 0


def test_the_null_model_expects_the_events_of_every_year(without_diffusion):
    data = grid(NAIVE, without_diffusion, "ags", "year")
    formula, hazards = null_hazards("adopt ~ x + time + exposure", data, {"exposure"}, ("year",), "logit")
    assert formula == "adopt ~ 1 + x + C(year)"  # time does not vary within a year
    events = (data.adopted[:, None] == data.years[None, :]).sum(axis=0)
    expected = (hazards * data.at_risk).sum(axis=0)
    np.testing.assert_allclose(expected, events, atol=1e-6)


def test_a_year_without_adoptions_has_none_in_any_history(without_diffusion):
    quiet = without_diffusion.copy()
    gone = set(quiet.loc[(quiet["year"] == 2004) & (quiet["adopt"] == 1), "ags"])
    assert gone
    quiet = quiet[~quiet["ags"].isin(gone)]
    data = grid(NAIVE, quiet, "ags", "year")
    _, hazards = null_hazards(NAIVE, data, {"exposure"}, ("year", "land"), "cloglog")
    assert (hazards[:, list(data.years).index(2004)] == 0).all()
    generator = np.random.default_rng(1)
    assert 2004 not in np.concatenate([simulate(data, hazards, generator) for _ in range(20)])


def test_a_year_in_which_all_left_adopt_shares_the_effect_of_the_year_before(without_diffusion):
    last = without_diffusion["year"].max()
    never = set(without_diffusion["ags"]) - set(without_diffusion.loc[without_diffusion["adopt"] == 1, "ags"])
    panel = without_diffusion[~without_diffusion["ags"].isin(never)]
    data = grid(NAIVE, panel, "ags", "year")
    assert (data.adopted[data.at_risk[:, -1]] == last).all()
    formula, hazards = null_hazards(NAIVE, data, {"exposure"}, ("year",), "cloglog")
    assert formula == "adopt ~ 1 + x + C(year_merged)"
    assert 0 < hazards[:, -1].max() < 1
    np.testing.assert_allclose(hazards[:, -1], hazards[:, -2])


def test_exposure_is_computed_anew_along_each_history(without_diffusion, links):
    data = grid(NAIVE, without_diffusion, "ags", "year")
    shares = exposure_matrices(data, {"exposure": links}, directed=False)
    _, hazards = null_hazards(NAIVE, data, {"exposure"}, ("year",), "cloglog")
    adopted = simulate(data, hazards, np.random.default_rng(8))
    assert (adopted != data.adopted).any()
    frame = data.risk_set(adopted, exposures(data, adopted, shares))
    happened = pd.Series(adopted, index=data.units)[lambda years: years < 9999]
    table = exposure(happened, links, data.years.tolist(), observed=data.units)
    both = frame.merge(table, on=["ags", "year"], suffixes=("", "_function"))
    assert len(both) == len(frame)
    np.testing.assert_allclose(both["exposure"], both["exposure_function"], atol=1e-12)
    assert frame.loc[frame["adopt"] == 1].set_index("ags")["year"].to_dict() == happened.to_dict()
    assert (frame.groupby("ags")["year"].max() == pd.Series(adopted, data.units).clip(upper=2011)).all()


def test_swaps_keep_degrees_and_change_links(links):
    data = np.zeros((60, 60))
    a, b = links["ags_a"].str[2:].astype(int), links["ags_b"].str[2:].astype(int)
    data[a, b] = data[b, a] = 1
    matrix, groups = sparse.csr_matrix(data), np.arange(60) % 2
    everyone = np.zeros(60, dtype=int)
    for group in (everyone, groups):
        new = swapped(matrix, group, np.random.default_rng(1)).toarray()
        assert (new == new.T).all()
        assert new.diagonal().sum() == 0
        assert set(np.unique(new)) == {0, 1}
        np.testing.assert_array_equal(new.sum(axis=1), data.sum(axis=1))
        assert (new != data).sum() > 60
    for side in (0, 1):  # within groups: the number of peers in each group stays, too
        np.testing.assert_array_equal(new[:, groups == side].sum(axis=1), data[:, groups == side].sum(axis=1))
    directed = sparse.csr_matrix(np.triu(data))
    new = swapped(directed, everyone, np.random.default_rng(1)).toarray()
    for axis in (0, 1):
        np.testing.assert_array_equal(new.sum(axis=axis), np.triu(data).sum(axis=axis))
    assert (new != np.triu(data)).sum() > 30


def test_relabelling_keeps_the_shape_of_the_network(links):
    matrix = sparse.csr_matrix(np.diag(np.ones(9), 1) + np.diag(np.ones(9), -1))
    groups = np.arange(10) // 5
    new = relabelled(matrix, groups, np.random.default_rng(2)).toarray()
    np.testing.assert_allclose(np.linalg.eigvalsh(new), np.linalg.eigvalsh(matrix.toarray()), atol=1e-12)
    assert (new != matrix.toarray()).any()
    assert new[:5, 5:].sum() == 1


@pytest.mark.parametrize(
    ("change", "options", "message"),
    [
        (lambda table: table[table["at_risk"]], {}, r"pass the full panel, such as kd.panel\(full=True\)"),
        (lambda table: pd.concat([table, table.head(1)]), {}, "stands twice"),
        (lambda table: table.assign(exposure=0.5), {}, "the panel holds 0.5"),
        (lambda table: table, {"term": "x"}, "the panel holds"),
        (lambda table: table.assign(at_risk=True), {}, "is at risk after its adoption"),
        (
            lambda table: table.assign(adopt=table["adopt"].where(table["year"] > 2000)),
            {},
            "missing in 60 rows",
        ),
        (lambda table: table.assign(adopt=table["adopt"] * 2), {}, "only 0 and 1"),
        (lambda table: table, {"draws": 1}, "at least 2"),
        (lambda table: table, {"vcov": "wild", "cluster": "land"}, "not defined for a placebo"),
        (lambda table: table, {"effects": ("region",)}, "effects names 'region'"),
        (lambda table: table, {"formula": "adopt ~ x + log(exposure + 1)"}, "must be a term of its own"),
        (lambda table: table, {"formula": "adopt ~ x"}, "enters 'adopt ~ x' not at all"),
    ],
)
def test_what_cannot_be_simulated_is_said(without_diffusion, links, change, options, message):
    arguments = {"formula": NAIVE, "term": "exposure", "links": links, **OPTIONS, **options}
    with pytest.raises(ModelError, match=message):
        exposure_placebo(
            arguments.pop("formula"), change(without_diffusion), arguments.pop("term"), **arguments
        )


def test_a_network_that_cannot_be_rewired_is_named(without_diffusion):
    panel = without_diffusion.copy()
    units = panel["ags"].unique()
    edges = pd.DataFrame(
        [(a, b) for a in units for b in units if a < b and a[:2] == b[:2]], columns=["a", "b"]
    )
    years = panel[panel["adopt"] == 1].set_index("ags")["year"]
    table = exposure(years, edges, panel["year"].unique().tolist(), observed=units)
    panel = panel.drop(columns="exposure").merge(table[["ags", "year", "exposure"]], on=["ags", "year"])
    with pytest.raises(ModelError, match="everybody within 'land' is linked with everybody"):
        network_placebo(NAIVE, panel, "exposure", links=edges, directed=False, draws=3)


@pytest.mark.parametrize("seed", [-1, "a", 1.5, True])
def test_a_seed_is_a_whole_number(without_diffusion, links, seed):
    for placebo in (exposure_placebo, network_placebo):
        with pytest.raises(ModelError, match="is no seed: give a whole number of at least 0"):
            placebo(NAIVE, without_diffusion, "exposure", links=links, directed=False, draws=2, seed=seed)


def test_at_a_glance(null_world):
    row = null_world.glance().iloc[0]
    assert (row["kind"], row["term"], row["seed"]) == ("common_shocks", "exposure", 1)
    assert row["n_draws"] + row["n_failed"] == OPTIONS["draws"]
    assert row["mean_events"] == null_world.distribution["n_events"].mean()
    assert (row["bias"], row["p_value"]) == (null_world.bias, null_world.p_value)
    assert "99.9% between" in null_world.summary(0.999)
    assert "(nominal 0.1%)" in null_world.summary(0.999)
