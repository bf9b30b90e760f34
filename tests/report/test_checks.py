"""The checks against other sources: what is compared, and what comes out on the real tables."""

import pandas as pd
import pytest

import konzept_diffusion as kd
from konzept_diffusion.catalogue.triangulation import COMPARISONS, triangulation
from konzept_diffusion.errors import DataError
from konzept_diffusion.report.checks import band_counts, band_sensitivity, difu_check, integrationsmonitoring
from konzept_diffusion.report.robustness import jumping_cities, robustness


@pytest.fixture(scope="module")
def tables():
    return {name: kd.load(name) for name in kd.tables()}


def test_the_bands_meet_without_overlap():
    years = pd.DataFrame({"year": pd.array([1999, 2005, 2006, 2010, 2011, 2014, 2015, 2017], dtype="Int64")})
    assert band_counts(years) == {"bis_2005": 2, "2006_2010": 2, "2011_2014": 2, "2015_2017": 2}


def test_the_judgement_calls_that_matter_are_listed_with_their_effect(tables):
    table = band_sensitivity(tables["documents"]).set_index("document_id")
    remscheid = table.loc["a1-05120000-03"]
    assert (remscheid["change"], remscheid["2015_2017"], remscheid["2006_2010"], remscheid["n"]) == (
        "left_out",
        11,
        29,
        69,
    )
    berlin = table.loc["a1-11000000-03"]
    assert (berlin["change"], berlin["2015_2017"], berlin["2006_2010"], berlin["n"]) == (
        "counted",
        13,
        27,
        69,
    )
    assert set(table.loc[table["survey_listing"], "ags"]) >= {"01002000", "03102000", "08421000"}
    assert not {"a1-12054000-03", "a1-05913000-03"} & set(table.index)  # only the year is arguable there
    assert table["note"].notna().all()
    assert table["n"].isin([68, 69]).all()


def test_the_robustness_table_holds_the_main_model_and_what_a_referee_would_ask(tables):
    table = robustness(tables)
    size = table[table["term"] == "log_population"].set_index("variant")
    assert size["nobs"]["rule=konzept_oder_leitbild"] == len(tables["panel"])
    assert size["n_cities"]["rule=anlage1_woertlich"] == 78
    assert size["n_cities"]["sample=without_pre_wave"] == 74
    assert size["nobs"]["years=to_2016"] < size["nobs"]["rule=konzept_oder_leitbild"]
    assert len(size) == table["variant"].nunique() >= 14
    assert "foreign_share_lag:census_break" in set(table["term"])


def test_shares_that_jump_outside_the_census_break_are_found(tables):
    cities = tables["kommunen"].set_index("ags")["name"]
    jumping = {cities[ags].split(",")[0] for ags in jumping_cities(tables["panel"])}
    assert {"Bremerhaven", "Hamm"} <= jumping
    assert len(jumping) < 8


def test_official_and_difu_figures_are_close_where_both_count_the_same(tables):
    check = difu_check(tables["monitoring"], tables["statistics"], tables["events"], tables["kommunen"])
    population = check[check["fact"] == "population"]
    assert len(population) >= 8
    assert ((population["difference"] / population["difu"]).abs() < 0.07).all()
    own_share = check[(check["fact"] == "foreign_share") & (check["our_flag"] == "official")]
    assert len(own_share) >= 5
    assert (own_share["difference"].abs() < 2.5).all()
    parent = check[check["our_flag"] == "parent_kreis"]
    assert set(parent["kommune"]) == {"Saarbrücken"}


def test_a_concept_year_of_difu_before_2017_is_the_catalogue_s(tables):
    check = difu_check(tables["monitoring"], tables["statistics"], tables["events"], tables["kommunen"])
    early = check[(check["fact"] == "first_concept") & (check["difu"] <= 2017)]
    assert early.groupby("ags")["difference"].apply(lambda values: (values == 0).any()).all()


def test_contradicting_years_of_a_source_stay_side_by_side(tables):
    table = integrationsmonitoring(tables["monitoring"]).set_index("kommune")
    assert len(table) == 10
    assert table.loc["Saarbrücken", "concept_years"] == "2007|2008"
    assert table.loc["Wiesbaden", "monitoring_start_years"] == "2003"


def test_the_triangulation_covers_the_five_year_ends_with_reasons(tables):
    table = triangulation(
        tables["documents"], tables["early_concepts"], tables["published_results"], tables["kommunen"]
    )
    assert sorted(set(table["year"])) == [1998, 2007, 2011, 2016, 2017]
    assert (table["catalogue_wide"] >= table["catalogue"]).all()
    assert table["catalogue"].is_monotonic_increasing
    last = table.iloc[-1]
    assert (last["catalogue_count"], last["published_count"], last["catalogue_n"]) == (69, 69, 79)


def test_a_published_figure_that_is_gone_is_named(tables):
    lacking = tables["published_results"].query(f"result_id != '{COMPARISONS[2].result_id}'")
    with pytest.raises(DataError, match="fg2017_konzept_grossstadt_2007_share"):
        triangulation(tables["documents"], tables["early_concepts"], lacking, tables["kommunen"])
