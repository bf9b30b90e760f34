"""Dyads with an opportunity, and errors of dyads that share members."""

import pickle

import numpy as np
import pandas as pd
import pytest

import konzept_diffusion as kd
from konzept_diffusion.errors import ModelError
from konzept_diffusion.models.design import DroppedRowsWarning
from konzept_diffusion.models.diffusion.dyads import dyadic_hazard, dyadic_meat, dyads

PANEL = pd.DataFrame(
    [
        (ags, year, int(year == adopted), year <= (adopted or 9999), size)
        for ags, adopted, size in (("01a", 2001, 1.0), ("01b", 2003, 2.0), ("02c", None, 3.0))
        for year in range(2000, 2005)
    ],
    columns=["ags", "year", "adopt", "at_risk", "size"],
)


def test_a_dyad_exists_where_the_unit_has_not_adopted_and_the_peer_has():
    table = dyads(PANEL)
    found = [tuple(row) for row in table[["ags", "peer", "year", "adopt", "since"]].itertuples(index=False)]
    assert found == [
        ("01b", "01a", 2002, 0, 1),
        ("01b", "01a", 2003, 1, 2),
        ("02c", "01a", 2002, 0, 1),
        ("02c", "01a", 2003, 0, 2),
        ("02c", "01a", 2004, 0, 3),
        ("02c", "01b", 2004, 0, 1),
    ]
    assert table["same_land"].tolist() == [1, 1, 0, 0, 0, 0]


def test_covariates_of_both_sides_and_links_are_carried():
    edges = pd.DataFrame({"ags": ["02c"], "peer": ["01b"]})
    table = dyads(PANEL, covariates=["size"], peer_covariates=["size"], links=edges)
    assert table["size"].tolist() == [2, 2, 3, 3, 3, 3]
    assert table["size_peer"].tolist() == [1, 1, 1, 1, 1, 2]
    assert table["linked"].tolist() == [0, 0, 0, 0, 0, 1]


def test_peers_outside_the_panel_come_from_the_events_and_undated_ones_are_named():
    events = pd.DataFrame({"ags": ["05999", "01a", "07x"], "year": [2000, 2001, None]})
    with pytest.warns(DroppedRowsWarning, match="1 peers whose adoption is not known .* 07x"):
        table = dyads(PANEL, events=events)
    assert set(table["peer"]) == {"05999", "01a"}
    assert (table["since"] >= 1).all()


def test_without_an_opportunity_there_is_nothing_to_model():
    with pytest.raises(ModelError, match="no opportunity to follow"):
        dyads(PANEL[PANEL["year"] < 2002])
    with pytest.raises(ModelError, match="stands twice"):
        dyads(pd.concat([PANEL, PANEL]))
    with pytest.raises(ModelError, match="no column 'sice'"):
        dyads(PANEL, covariates=["sice"])


@pytest.fixture(scope="module")
def data():
    table = dyads(kd.panel(), covariates=["log_population", "duration"])
    return table[table["land"].isin(["05", "06", "08"])].reset_index(drop=True)


FORMULA = "adopt ~ log_population + same_land + since"


def by_brute_force(scores, pairs, related):
    meat = np.zeros((scores.shape[1],) * 2)
    for r in range(len(scores)):
        for q in range(len(scores)):
            if related(set(pairs[r]), set(pairs[q]), pairs[r], pairs[q]):
                meat += np.outer(scores[r], scores[q])
    return meat


def test_the_dyadic_meat_is_the_sum_over_all_pairs_of_rows_with_a_common_member():
    generator = np.random.default_rng(0)
    pairs = np.array([generator.choice(8, 2, replace=False) for _ in range(70)])
    scores = generator.normal(size=(70, 3))
    brute = by_brute_force(scores, pairs, lambda a, b, *_: bool(a & b))
    np.testing.assert_allclose(dyadic_meat(scores, pairs), brute, atol=1e-10)
    assert not np.allclose(brute, scores.T @ scores)


@pytest.mark.parametrize("vcov", ["dyadic", "two_way", "CR1_unit", "CR1_peer"])
def test_estimates_are_those_of_the_hazard_and_only_the_covariance_differs(data, vcov):
    fit = dyadic_hazard(FORMULA, data, vcov=vcov)
    plain = kd.models.hazard(FORMULA, data, link="logit")
    np.testing.assert_array_equal(fit.params, plain.params)
    assert fit.vcov_type == vcov
    assert fit.nobs == len(data)
    assert fit.df_resid == fit.n_clusters - 1
    assert (fit.se > 0).all()
    assert fit.se["log_population"] > plain.se["log_population"] * (1 if vcov != "CR1_peer" else 0)


@pytest.mark.filterwarnings("ignore:.*clusters .* have no event")
def test_one_sided_clusters_are_those_of_the_hazard(data):
    for vcov, column in (("CR1_unit", "ags"), ("CR1_peer", "peer")):
        ours = dyadic_hazard(FORMULA, data, vcov=vcov)
        theirs = kd.models.hazard(FORMULA, data, link="logit", vcov="CR1", cluster=column)
        np.testing.assert_allclose(ours.vcov, theirs.vcov, rtol=1e-8)
        assert ours.n_clusters == theirs.n_clusters


@pytest.mark.filterwarnings("ignore:.*clusters .* have no event")
def test_two_way_is_one_side_and_the_other_minus_both(data):
    both = data.assign(dyad=data["ags"] + data["peer"])
    parts = [
        kd.models.hazard(FORMULA, both, link="logit", vcov="CR1", cluster=name).vcov
        for name in ("ags", "peer", "dyad")
    ]
    two_way = dyadic_hazard(FORMULA, data, vcov="two_way").vcov
    np.testing.assert_allclose(two_way, parts[0] + parts[1] - parts[2], rtol=1e-7, atol=1e-14)


def test_rows_with_missing_values_are_dropped_with_their_members(data):
    holes = data.copy()
    holes.loc[::7, "log_population"] = np.nan
    with pytest.warns(DroppedRowsWarning):
        fit = dyadic_hazard(FORMULA, holes)
    whole = dyadic_hazard(FORMULA, data[data.index % 7 != 0])
    np.testing.assert_allclose(fit.vcov, whole.vcov, rtol=1e-9)
    assert fit.dropped == {"log_population": len(range(0, len(data), 7))}


def test_dyads_that_are_none_are_refused(data):
    with pytest.raises(ModelError, match="the same on both sides"):
        dyadic_hazard(FORMULA, data.assign(peer=data["ags"]))
    with pytest.raises(ModelError, match="choose one of dyadic, two_way"):
        dyadic_hazard(FORMULA, data, vcov="CR1")


def test_the_row_of_a_dyad_that_is_none_is_named(data):
    lacking = data.assign(peer=data["peer"].where(data.index != 4))
    with pytest.raises(ModelError, match="1 dyads lack ags or peer, first at index 4:"):
        dyadic_hazard(FORMULA, lacking)
    own = data["ags"].iloc[7]
    with pytest.raises(ModelError, match=f"1 dyads have the same on both sides, first {own} at index 7:"):
        dyadic_hazard(FORMULA, data.assign(peer=data["peer"].where(data.index != 7, data["ags"])))


def test_the_summary_speaks_of_dyads_and_members(data):
    fit = dyadic_hazard(FORMULA, data)
    text = fit.summary()
    assert text.startswith("Hazard of directed dyads (logit)")
    assert f"{fit.n_clusters} members (ags, peer)" in text
    assert "clusters" not in text
    assert "members (ags)" in dyadic_hazard(FORMULA, data, vcov="CR1_unit").summary()


def test_what_goes_cluster_by_cluster_is_not_defined_for_dyads(data):
    fit = pickle.loads(pickle.dumps(dyadic_hazard(FORMULA, data)))
    for inference in (kd.models.cluster_table, kd.models.leave_one_out):
        with pytest.raises(ModelError, match="few-cluster inference is not defined") as said:
            inference(fit)
        assert "has no clusters" not in str(said.value)  # dyadic_hazard has no cluster= to fit it with


@pytest.mark.parametrize("vcov", ["dyadic", "two_way", "CR1_unit", "CR1_peer"])
def test_calendar_years_and_their_squares_cost_no_digits(data, vcov):
    centred = data.assign(z=data["year"] - 2006)
    raw = dyadic_hazard("adopt ~ same_land + year + {year**2}", centred, vcov=vcov)
    fit = dyadic_hazard("adopt ~ same_land + z + {z**2}", centred, vcov=vcov)
    assert raw.se.iloc[-1] == pytest.approx(fit.se.iloc[-1], rel=1e-8)
