"""Exposure: shares and counts of peers that adopted by the year before, with what is not known."""

import numpy as np
import pandas as pd
import pytest

import konzept_diffusion as kd
from konzept_diffusion.errors import ModelError
from konzept_diffusion.models.diffusion.exposure_terms import exposure
from konzept_diffusion.models.diffusion.network import peers, read_links

LINKS = pd.DataFrame({"a": ["u", "u", "u", "v"], "b": ["v", "w", "x", "w"], "km": [1.0, 2.0, 5.0, 3.0]})
SOURCES = ["anlage1_2017", "beifang_2017", "desk_research"]


def at(table, ags, year):
    return table.set_index(["ags", "year"]).loc[(ags, year)]


def test_only_adoptions_before_the_year_count():
    table = exposure(pd.Series({"v": 2003, "w": 2005}), LINKS, [2003, 2004, 2006], observed=["u", "x"])
    assert [at(table, "u", year)["exposure"] for year in (2003, 2004, 2006)] == [0, 1 / 3, 2 / 3]
    same_year = exposure(pd.Series({"v": 2003, "w": 2005}), LINKS, [2003], observed=["u", "x"], lag=0)
    assert at(same_year, "u", 2003)["exposure"] == 1 / 3


def test_the_own_adoption_is_not_exposure():
    table = exposure(pd.Series({"u": 2000}), LINKS, [2005], observed=["v", "w", "x"])
    assert at(table, "u", 2005)["exposure"] == 0
    assert at(table, "v", 2005)["exposure"] == 0.5


def test_an_unobserved_peer_is_not_a_non_adopter():
    row = at(exposure(pd.Series({"v": 2003}), LINKS, [2010], observed=["w"]), "u", 2010)
    assert (row["n_peers"], row["n_known"], row["n_adopted"]) == (3, 2, 1)
    assert row["exposure"] == 1 / 2
    assert (row["exposure_low"], row["exposure_high"]) == (1 / 3, 2 / 3)


def test_where_nothing_is_known_the_value_is_missing_and_the_bounds_are_wide():
    row = at(exposure(pd.Series({"q": 2003}), LINKS, [2010]), "u", 2010)
    assert np.isnan(row["exposure"])
    assert (row["exposure_low"], row["exposure_high"], row["n_known"]) == (0, 1, 0)


def test_an_undated_adoption_is_unknown_within_its_bounds():
    events = pd.DataFrame(
        {"ags": ["v"], "year": [pd.NA], "year_lower": [2004], "year_upper": [2008]}, dtype=object
    )
    table = exposure(events, LINKS, range(2003, 2011), observed=["w", "x"])
    rows = table[table["ags"] == "u"].set_index("year")
    assert rows["n_known"].to_dict() == {
        2003: 3, 2004: 3, 2005: 2, 2006: 2, 2007: 2, 2008: 2, 2009: 3, 2010: 3,
    }  # fmt: skip
    assert rows.loc[2006, ["exposure", "exposure_low", "exposure_high"]].tolist() == [0, 0, 1 / 3]
    assert rows.loc[2009, "exposure"] == 1 / 3


def test_an_adoption_without_any_year_stays_unknown():
    events = pd.Series({"v": pd.NA, "w": 2003, "x": 2004}, dtype="Int64")
    row = at(exposure(events, LINKS, [2010]), "u", 2010)
    assert (row["n_known"], row["exposure"], row["exposure_low"]) == (2, 1, 2 / 3)


def test_weights_and_counts():
    options = {"observed": ["u", "x"], "weight": "km"}
    events = pd.Series({"v": 2003, "w": 2005})
    assert at(exposure(events, LINKS, [2010], **options), "u", 2010)["exposure"] == 3 / 8
    assert at(exposure(events, LINKS, [2010], measure="count", **options), "u", 2010)["exposure"] == 3
    assert at(exposure(events, LINKS, [2010], measure="count", observed=["x"]), "u", 2010)["exposure"] == 2


def test_directed_links_are_seen_from_one_side():
    events = pd.Series({"u": 2000, "w": 2001})
    table = exposure(events, LINKS, [2010], directed=True, observed=["v", "x"])
    assert set(table["ags"]) == {"u", "v"}
    both = exposure(events, LINKS, [2010], observed=["v", "x"])
    assert set(both["ags"]) == {"u", "v", "w", "x"}
    assert at(both, "x", 2010)["exposure"] == 1


def test_a_unit_without_peers_gets_the_value_for_isolated_units():
    table = exposure(pd.Series({"v": 2003}), LINKS, [2010], units=["z", "u"], observed=["w", "x"])
    assert at(table, "z", 2010)["exposure"] == 0
    assert at(table, "z", 2010)["n_peers"] == 0
    missing = exposure(pd.Series({"v": 2003}), LINKS, [2010], units=["z"], isolated=np.nan)
    assert missing["exposure"].isna().all()


@pytest.fixture(scope="module")
def kommunen():
    return kd.load("kommunen")


@pytest.mark.parametrize("kind", ["land", "neighbours", "national"])
def test_it_gives_the_columns_of_the_panel(kommunen, kind):
    cities = kommunen[kommunen["size_class"] == "grossstadt"]
    edges = peers(cities, kind, kd.load("adjacency") if kind == "neighbours" else None)
    table = exposure(
        kd.load("events"),
        edges,
        range(1996, 2018),
        units=cities["ags"],
        observed=cities["ags"],
        source="anlage1_2017",
        directed=True,
    )
    panel = kd.panel(full=True).merge(table, on=["ags", "year"], validate="1:1")
    assert len(panel) == 79 * 22
    np.testing.assert_allclose(panel["exposure"], panel[f"exposure_{kind}"], atol=1e-12)
    assert panel["exposure"].std() > 0.1
    if kind != "national":
        assert (panel["n_peers"] == panel[f"n_{kind}"]).all()


def test_the_panel_s_own_kreis_is_the_lower_bound(kommunen):
    """The panel counts a Kreis only from the earliest upper bound of all sources on: rather late than early."""
    events = kd.load("events")
    kreise = events[(events["event"] == "first_adoption") & (events["ags"].str.len() == 5)]
    earliest = kreise.groupby("ags")["year_upper"].min().rename("year_upper").reset_index().assign(year=pd.NA)
    towns = kommunen[(kommunen["size_class"] == "grossstadt") & (kommunen["kind"] != "kreisfreie_stadt")]
    edges = peers(kommunen, "own_kreis")
    table = exposure(earliest, edges, range(1996, 2018), units=towns["ags"], directed=True)
    panel = kd.panel(full=True).merge(table, on=["ags", "year"], validate="1:1")
    assert len(panel) == 22 * len(towns) > 0
    assert (panel["exposure_low"] == panel["exposure_kreis"]).all()
    assert (panel["exposure_high"] > panel["exposure_low"]).any()


def test_town_and_kreis_see_each_other(kommunen):
    up, down = peers(kommunen, "own_kreis"), peers(kommunen, "own_towns")
    assert set(zip(up["ags"], up["peer"], strict=True)) == set(zip(down["peer"], down["ags"], strict=True))
    kinds = kommunen.set_index("ags")["kind"]
    assert (up["peer"].map(kinds) == "landkreis").all()
    assert "kreisfreie_stadt" not in set(up["ags"].map(kinds))
    assert (up["ags"].str[:5] == up["peer"]).all()
    table = exposure(kd.load("events"), down, [2018], source=SOURCES, directed=True)
    assert (table["ags"].str.len() == 5).all()
    assert table["n_adopted"].sum() > 50


def test_neighbouring_towns_come_from_the_borders(kommunen):
    borders = kd.load("adjacency_gemeinden")
    edges = peers(kommunen, "towns", borders)
    assert len(edges) == 2 * len(borders)
    assert set(peers(kommunen, "towns", borders, among=["02000000"])["peer"]) == {"02000000"}


@pytest.mark.parametrize(
    ("edges", "options", "message"),
    [
        (LINKS.assign(b="u"), {}, "u is linked with itself"),
        (pd.concat([LINKS, LINKS.head(1)]), {}, "u – v stands twice"),
        (LINKS.assign(km=-1.0), {"weight": "km"}, "weights are positive"),
        (LINKS.assign(b=[None, "w", "x", "w"]), {}, "1 links have no unit or peer"),
        (LINKS, {"weight": "distance"}, "no column 'distance'"),
        (LINKS, {"measure": "mean"}, "choose share or count"),
        (LINKS, {"units": ["u", "u"]}, "asked for twice"),
        (LINKS[["a"]], {}, "at least two columns"),
    ],
)
def test_links_that_cannot_be_used_are_refused(edges, options, message):
    with pytest.raises(ModelError, match=message):
        exposure(pd.Series({"v": 2003}), edges, [2010], **options)


def test_a_link_given_in_both_directions_is_one():
    twice = pd.concat([LINKS, LINKS.rename(columns={"a": "b", "b": "a"})])
    one, two = read_links(LINKS), read_links(twice)
    assert (one.weights != two.weights).nnz == 0


@pytest.mark.parametrize(
    ("events", "options", "message"),
    [
        (pd.DataFrame({"ags": ["v", "v"], "year": [2001, 2002]}), {}, "more than one first adoption"),
        (
            pd.DataFrame({"ags": ["v"], "year": [None], "year_lower": [2005], "year_upper": [2003]}),
            {},
            "interval of v is inverted",
        ),
        (pd.DataFrame({"unit": ["v"]}), {}, "no table with columns ags and year"),
        (pd.DataFrame({"ags": ["v"], "year": [1], "source": ["s"]}), {"source": "t"}, "known are s"),
    ],
)
def test_events_that_cannot_be_used_are_refused(events, options, message):
    with pytest.raises(ModelError, match=message):
        exposure(events, LINKS, [2010], **options)


def test_the_first_named_source_that_knows_a_unit_wins():
    events = pd.DataFrame(
        {"ags": ["v", "v", "w"], "year": [2001, 2006, 2003], "source": ["desk", "survey", "desk"]}
    )
    table = exposure(events, LINKS, [2005], source=["survey", "desk"], observed=["x"])
    assert at(table, "u", 2005)["n_adopted"] == 1
    table = exposure(events, LINKS, [2005], source=["desk", "survey"], observed=["x"])
    assert at(table, "u", 2005)["n_adopted"] == 2


@pytest.mark.parametrize(
    ("kind", "message"), [("friends", "choose one of"), ("towns", "adjacency_gemeinden")]
)
def test_kinds_of_peers_are_named(kommunen, kind, message):
    with pytest.raises(ModelError, match=message):
        peers(kommunen, kind)
