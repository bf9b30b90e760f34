"""The Kommunen of the study against numbers that others publish."""

import pytest

import konzept_diffusion as kd
from konzept_diffusion.catalogue.register import kommunen as make_kommunen


@pytest.fixture(scope="module")
def kommunen():
    return kd.load("kommunen")


def test_the_official_numbers_of_31_12_2017(kommunen):
    assert (kommunen["kind"] == "landkreis").sum() == 294
    assert (kommunen["kind"] == "kreisfreie_stadt").sum() == 107
    assert kommunen.set_index("ags").loc["05315000", "population"] == 1_080_394


def test_the_survey_s_populations_come_out(kommunen):
    counts = kommunen["study_population"].value_counts()
    published = kd.load("published_results").set_index("result_id")
    assert counts["grossstaedte_2017"] == published.loc["fg2017_konzept_grossstadt_2017_share", "n"]
    assert counts["landkreise_2017"] == published.loc["fg2017_landkreis_konzept_2017_share", "n"]
    # The text prints no denominator for the towns with town rights; its 151 are 26.3 % of ours.
    towns = published.loc["fg2017_konzept_oder_leitbild_mittelstadt_2017_share"]
    assert round(100 * towns["count"] / counts["mittelstaedte_2015"], 1) == towns["value"]


def test_cottbus_is_not_among_the_79_although_it_had_100_000(kommunen):
    cottbus = kommunen.set_index("ags").loc["12052000"]
    assert (cottbus["size_class"], cottbus["size_class_basis"]) == ("mittelstadt", "survey_2017")
    assert cottbus["size_class_2017"] == "grossstadt"


def test_a_gemeinde_without_town_rights_is_in_no_study_population(kommunen):
    assert kommunen.loc[kommunen["kind"] == "gemeinde", "study_population"].isna().all()


def test_a_new_town_without_a_figure_of_2013_is_sized_by_2017(kommunen):
    assert set(kommunen.loc[kommunen["population_2015"].isna(), "size_class_basis"]) <= {
        "population_2017",
        "kind",
    }


def test_every_website_says_how_sure_it_is(kommunen):
    assert (kommunen["website"].notna() == kommunen["website_status"].notna()).all()
    towns = kommunen[(kommunen["kind"] != "landkreis") & kommunen["website"].notna()]
    assert (towns["website_status"] == "wikidata").mean() > 0.95


def test_the_size_borders_belong_to_the_upper_class():
    import pandas as pd

    register = pd.DataFrame(
        {
            "ags": ["01001000", "01001001", "01001002"],
            "kind": "kreisangehoerige_stadt",
            "population_2013": pd.array([20_000, 19_999, 100_000], dtype="Int64"),
            "population_2017": pd.array([20_000, 19_999, 100_000], dtype="Int64"),
            "stand": "2017-12-31",
        }
    )
    websites = pd.DataFrame(columns=["ags", "website", "source", "status"], dtype=str)
    made = make_kommunen(register, {"01001002"}, websites)
    assert list(made["size_class"]) == ["mittelstadt", "kleinstadt", "grossstadt"]
    assert list(made["size_class_2017"]) == ["mittelstadt", "kleinstadt", "grossstadt"]
