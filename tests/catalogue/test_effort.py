"""Search effort: looked for and not found is kept apart from never looked for."""

import pandas as pd
import pytest

from konzept_diffusion.catalogue.effort import combined_targets, search_effort
from konzept_diffusion.errors import DataError
from konzept_diffusion.schemas import core
from konzept_diffusion.schemas.register import SEARCH_EFFORT, SEARCH_OUTCOMES
from konzept_diffusion.store import load, load_raw

KOMMUNEN = pd.DataFrame(
    [
        ("05315000", "Köln, Stadt", "grossstadt"),
        ("14625240", "Hoyerswerda, Stadt", "mittelstadt"),
        ("14627230", "Riesa, Stadt", "mittelstadt"),
        ("14626610", "Zittau, Stadt", "mittelstadt"),
        ("14522180", "Freiberg, Stadt, Universitätsstadt", "mittelstadt"),
        ("16070", "Ilm-Kreis", "landkreis"),
        ("16071", "Weimarer Land", "landkreis"),
        ("16070029", "Ilmenau, Stadt", "mittelstadt"),
    ],
    columns=["ags", "name", "size_class"],
)
LOG = pd.DataFrame(
    [
        ("14625240", "Stadt Hoyerswerda Riesa Integrationskonzept Stadtrat", "found", "mittelstaedte"),
        ("14625240", "Hoyerswerda Integrationskonzept", "nothing", "mittelstaedte_2"),
        ("14626610", "Zittau Integrationskonzept", "bycatch_only", "mittelstaedte_2"),
        ("16070", "Ilm-Kreis Landkreis Weimarer Land (Sammelsuche auch 16071)", "bycatch_only", "landkreise"),
        ("16070", "Ilm-Kreis Integrationskonzept Arnstadt Ilmenau Kreistag", "nothing", "landkreise"),
        (None, "Integrationskonzepte Sachsen Riesa", "nothing", "landkreise"),
    ],
    columns=["ags", "query", "outcome", "search_batch"],
)
DESK = pd.DataFrame(
    [
        ("14625240", "fertiggestellt", "mittelstaedte"),
        ("14522180", "entwurf", "mittelstaedte"),
        ("16071", "kein_konzept", "landkreise"),
        ("05315000", "beschlossen", "mittelstaedte"),
    ],
    columns=["ags", "status", "search_batch"],
)


@pytest.fixture(scope="module")
def small():
    return core.validate(search_effort(KOMMUNEN, LOG, DESK), SEARCH_EFFORT).set_index("ags")


@pytest.fixture(scope="module")
def real():
    kommunen = load("kommunen")
    table = search_effort(kommunen, load_raw("desk_research_log"), load_raw("desk_research"))
    return core.validate(table, SEARCH_EFFORT).merge(
        kommunen[["ags", "size_class", "population_2015"]], on="ags", validate="1:1"
    )


def test_the_outcome_says_whether_it_was_looked_for(small):
    assert small["outcome"].to_dict() == {
        "05315000": "vollerhebung_2017",
        "14625240": "gefunden",
        "14627230": "nicht_gesucht",  # named in a combined look-up only
        "14626610": "gesucht_ohne_fund",  # by-catch for others is nothing for Zittau
        "14522180": "nur_beifang",  # a document, but never a look-up
        "16070": "gesucht_ohne_fund",
        "16071": "nur_beifang",  # an explicit negative
        "16070029": "nicht_gesucht",  # the seat of a Kreis in a query is not its target
    }


def test_look_ups_are_counted_by_outcome(small):
    counts = ["n_searches", "n_found", "n_nothing", "n_bycatch", "n_shared", "n_combined"]
    assert small.loc["14625240", counts].tolist() == [2, 1, 1, 0, 1, 0]
    assert small.loc["14627230", counts].tolist() == [0, 0, 0, 0, 0, 1]
    assert small.loc["16070", counts].tolist() == [2, 0, 1, 1, 1, 0]
    assert small.loc["16071", [*counts, "n_documents", "n_negatives"]].tolist() == [0, 0, 0, 0, 0, 1, 0, 1]


def test_an_explicit_negative_is_no_find(small):
    assert not small.loc["16071", "found"]
    assert small.loc["14522180", "found"]


def test_batches_come_from_log_and_documents(small):
    assert small.loc["14625240", "batches"] == "mittelstaedte|mittelstaedte_2"
    assert pd.isna(small.loc["14627230", "batches"])


def test_combined_look_ups_name_further_targets_by_key_or_town():
    assert combined_targets(LOG, KOMMUNEN) == [["14627230"], [], [], ["16071"], [], []]


def test_counts_that_do_not_add_up_are_named(small):
    spoilt = small.reset_index()
    spoilt.loc[1, "n_found"] += 1
    with pytest.raises(DataError, match="row 3, column 'n_searches': is not the sum"):
        core.validate(spoilt, SEARCH_EFFORT)


def test_every_kommune_of_the_register_has_one_row(real):
    assert set(real["ags"]) == set(load_raw("register")["ags"])
    assert set(real["outcome"]) == set(SEARCH_OUTCOMES)
    assert (real["outcome"] == "vollerhebung_2017").sum() == 79


def test_no_look_up_and_no_document_is_lost(real):
    log, desk = load_raw("desk_research_log"), load_raw("desk_research")
    assert real["n_searches"].sum() == log["ags"].notna().sum()
    assert real["n_documents"].sum() + real["n_negatives"].sum() == len(desk)


def test_what_the_readme_of_the_log_says_about_mittelstaedte_holds(real):
    """About 260 Mittelstädte without look-up: those that have no evidence either, 13 of them from 42,000 on."""
    towns = real[real["size_class"] == "mittelstadt"]
    unsearched = towns[towns["outcome"] == "nicht_gesucht"]
    assert len(unsearched) == 254
    assert (towns["n_searches"] == 0).sum() == 302
    large = unsearched[unsearched["population_2015"] >= 42_000]
    assert len(large) == 13
    assert (large["n_combined"] > 0).all(), "the larger ones were at least named in a combined look-up"


def test_every_landkreis_without_a_document_had_a_query_of_its_own(real):
    kreise = real[(real["size_class"] == "landkreis") & ~real["found"]]
    assert len(kreise) == 136
    assert (kreise["n_searches"] > kreise["n_shared"]).all()
    log = load_raw("desk_research_log")
    second = set(log.loc[log["search_batch"] == "landkreise_2", "ags"].dropna())
    assert kreise["ags"].isin(second).sum() == 95, "41 had theirs in the first batch"
