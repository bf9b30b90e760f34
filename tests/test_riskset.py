"""The risk set: who is at risk when, and what is known a year before."""

import pandas as pd
import pytest

import konzept_diffusion as kd
from konzept_diffusion.catalogue.events import first_adoption_years
from konzept_diffusion.errors import DataError
from konzept_diffusion.riskset import UndatedAdoptionWarning


@pytest.fixture(scope="module")
def risk():
    return kd.panel()


@pytest.fixture(scope="module")
def full():
    return kd.panel(full=True)


@pytest.fixture(scope="module")
def adopted():
    return first_adoption_years(kd.load("documents"))


def test_the_embedded_panel_is_the_function_s(risk):
    pd.testing.assert_frame_equal(kd.load("panel"), risk, check_dtype=False, rtol=1e-10)


def test_every_city_enters_in_1996_and_leaves_with_its_first_adoption_or_in_2017(risk, adopted):
    spells = risk.groupby("ags")["year"].agg(["min", "max", "size"])
    assert len(spells) == 79
    assert (spells["min"] == 1996).all()
    last = pd.Series(spells.index, index=spells.index).map(adopted).fillna(2017).astype(int)
    assert (spells["max"] == last).all()
    assert (spells["size"] == spells["max"] - spells["min"] + 1).all()
    assert risk["at_risk"].all()


def test_each_adoption_is_one_event_in_the_last_year_of_its_city(risk, adopted):
    events = risk[risk["adopt"] == 1].set_index("ags")["year"]
    assert events.astype(int).to_dict() == adopted.astype(int).to_dict()


def test_the_full_panel_is_balanced_and_not_at_risk_after_adoption(full, risk, adopted):
    assert len(full) == 79 * 22
    after = full[full["year"] > full["ags"].map(adopted).astype("Int64").fillna(9999)]
    assert len(after) == len(full) - len(risk) > 0
    assert not after["at_risk"].any()
    assert (after["adopt"] == 0).all()


def test_covariates_are_those_of_the_year_before(risk):
    statistics = kd.load("statistics").set_index(["ags", "indicator", "year"])["value"]
    for row in risk.sample(50, random_state=1).itertuples():
        assert row.population_lag == statistics[row.ags, "population", row.year - 1]
        assert row.foreign_share_lag == statistics[row.ags, "foreign_share", row.year - 1]
        assert row.census_break == int(row.year >= 2012)


def test_exposure_counts_the_others_by_the_year_before(full, adopted):
    row = full[(full["ags"] == "05315000") & (full["year"] == 2009)].iloc[0]
    others = [ags for ags in full["ags"].unique() if ags.startswith("05") and ags != "05315000"]
    by_2008 = sum(int(adopted.get(ags, 9999)) <= 2008 for ags in others)
    assert row["n_land"] == len(others)
    assert row["exposure_land"] == pytest.approx(by_2008 / len(others))
    everyone = [ags for ags in full["ags"].unique() if ags != "05315000"]
    assert row["exposure_national"] == pytest.approx(
        sum(int(adopted.get(ags, 9999)) <= 2008 for ags in everyone) / len(everyone)
    )


def test_exposure_never_falls_and_never_sees_the_own_adoption(full):
    for name in ("exposure_land", "exposure_neighbours", "exposure_national"):
        assert full.groupby("ags")[name].apply(lambda values: values.is_monotonic_increasing).all()
    alone = full[full["n_land"] == 0]
    assert set(alone["land"]) >= {"02", "11"}
    assert (alone["exposure_land"] == 0).all()


def test_neighbours_are_cities_of_the_same_or_a_neighbouring_kreis(full):
    bochum = full[full["ags"] == "05911000"].iloc[0]
    kiel = full[full["ags"] == "01002000"].iloc[0]
    assert bochum["n_neighbours"] >= 4
    assert kiel["n_neighbours"] == 0


def test_the_own_kreis_counts_for_towns_within_a_kreis_only(full):
    kinds = kd.load("kommunen").set_index("ags")["kind"]
    own = full["ags"].map(kinds) != "kreisfreie_stadt"
    assert full.loc[own, "exposure_kreis"].notna().all()
    assert full.loc[~own, "exposure_kreis"].isna().all()
    moers = full[full["ags"] == "05170024"].set_index("year")["exposure_kreis"]
    assert (moers[2015], moers[2016]) == (0, 1)  # Kreis Wesel: 2015


def test_a_land_programme_is_in_force_between_its_years(full):
    first = full.drop_duplicates(["land", "year"]).set_index(["land", "year"])
    assert [first.loc[("05", year), "programme"] for year in (2004, 2005, 2012, 2017)] == [0, 1, 1, 1]
    assert "nw_komm_in" in first.loc[("05", 2012), "programme_ids"]
    assert "nw_komm_in" not in first.loc[("05", 2013), "programme_ids"]
    assert first.loc[("09", 2017), "programme"] == 0
    # Nationwide plans are common shocks, not a Land's programme.
    assert first.loc[("02", 2008), "programme"] == 0


def test_cities_with_a_concept_before_1995_can_be_left_out_as_cases(risk):
    reduced = kd.panel(without_pre_wave=True)
    assert reduced["ags"].nunique() == 74
    kept = risk[risk["ags"].isin(set(reduced["ags"]))].reset_index(drop=True)
    pd.testing.assert_frame_equal(reduced, kept)  # exposure still counts all peers


def test_another_rule_gives_another_risk_set(risk):
    narrow = kd.panel(rule="nur_konzept")
    assert len(narrow) > len(risk)
    assert narrow["adopt"].sum() < risk["adopt"].sum()


def test_years_that_the_survey_did_not_see_are_refused():
    with pytest.raises(DataError, match="the risk set ends in 2017: the survey saw nothing after it"):
        kd.panel(last_year=2023)


def test_a_city_with_an_undated_adoption_is_left_out_and_named():
    with pytest.warns(UndatedAdoptionWarning, match="1 of 79 cities .* 09161000"):
        literal = kd.panel(rule="anlage1_woertlich")
    assert literal["ags"].nunique() == 78
    assert "09161000" not in set(literal["ags"])


def test_the_running_text_can_date_an_adoption_earlier(risk):
    named = kd.panel(named_in_text=True)
    changed = set(risk[risk["adopt"] == 1][["ags", "year"]].itertuples(index=False, name=None)) ^ set(
        named[named["adopt"] == 1][["ags", "year"]].itertuples(index=False, name=None)
    )
    assert {("09162000", 2008), ("09162000", 1997)} <= changed  # München: Leitlinienbeschluss
    assert named["adopt"].sum() == risk["adopt"].sum()


def test_the_own_kreis_follows_the_rule_too():
    wide, narrow = kd.panel(full=True), kd.panel(full=True, rule="nur_konzept")
    hildesheim = [
        frame[frame["ags"] == "03254021"].set_index("year")["exposure_kreis"] for frame in (wide, narrow)
    ]
    assert (hildesheim[0][2010], hildesheim[1][2010]) == (1, 0)  # the Kreis has a Leitbild of 2009


def test_a_window_before_the_statistics_is_refused():
    with pytest.raises(DataError, match=r"there is no population for \d+ at the end of 1989"):
        kd.panel(first_year=1990)
