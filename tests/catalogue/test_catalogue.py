"""The real catalogue held against what the survey of 2017 states about it."""

import pytest

import konzept_diffusion as kd
from konzept_diffusion.catalogue.events import adoption_events, first_adoption_years, latest_versions
from konzept_diffusion.report.checks import BANDS, band_counts
from konzept_diffusion.store import load_raw

# What footnote 14 states, in words of the survey.
EXCEPTED = {
    "kein_konzept": {"Darmstadt", "Heilbronn", "Ingolstadt", "Ludwigshafen am Rhein", "Würzburg"},
    "nur_kreis": {"Fürth", "Hildesheim", "Moers", "Recklinghausen", "Siegen"},
}


@pytest.fixture(scope="module")
def documents():
    return kd.load("documents")


@pytest.fixture(scope="module")
def published():
    return kd.load("published_results").set_index("result_id")


def test_anlage_1_has_79_cities_and_about_130_versions():
    anlage1 = load_raw("anlage1_grossstaedte")
    assert anlage1["ags"].nunique() == 79
    assert 120 <= len(anlage1) <= 140
    assert not anlage1["ags"].str.startswith("12052").any()  # Cottbus is not in the survey


def test_footnote_14_is_coded_in_both_tables():
    anlage1, footnote = load_raw("anlage1_grossstaedte"), load_raw("fussnote14")
    for reason, cities in EXCEPTED.items():
        assert set(footnote.loc[footnote["reason"] == reason, "city"]) == cities
        assert set(anlage1.loc[anlage1["footnote14"] == reason, "city"]) == cities


def test_the_published_prevalence_comes_out(documents, published):
    first = first_adoption_years(documents)
    assert len(first) == published.loc["fg2017_konzept_grossstadt_2017_share", "count"]
    share = 100 * len(first) / published.loc["fg2017_konzept_grossstadt_2017_share", "n"]
    assert round(share, 1) == published.loc["fg2017_konzept_grossstadt_2017_share", "value"]


def test_the_bands_of_abbildung_2_come_out_to_within_a_city(documents, published):
    latest = latest_versions(documents)
    counts = band_counts(latest)
    assert sum(counts.values()) == len(latest) == 69
    for band, _, _ in BANDS[1:]:
        stated = published.loc[f"fg2017_entstehung_{band}_share", "value"] / 100 * len(latest)
        assert abs(counts[band] - stated) <= 1


def test_without_the_footnote_the_literal_list_gives_more_cities(documents):
    literal = set(first_adoption_years(documents, rule="anlage1_woertlich").index)
    main = set(first_adoption_years(documents).index)
    assert main < literal
    names = kd.load("kommunen").set_index("ags")["name"]
    assert {names[ags].split(",")[0] for ags in literal - main} == {
        "Darmstadt",
        "Fürth",
        "Hildesheim",
        "Ingolstadt",  # Leitlinien without a year
    }


def test_the_city_states_own_what_their_land_has_published(documents):
    for city in ("02000000", "04011000", "11000000"):
        own = documents[(documents["ags"] == city) & (documents["source"] == "anlage1_2017")]
        assert "land" in set(own["owner_level"])
    bremerhaven = documents[(documents["ags"] == "04012000") & (documents["source"] == "anlage1_2017")]
    assert set(bremerhaven["owner_level"]) == {"stadt"}


def test_a_kreis_document_in_a_citys_entry_is_no_event_of_the_city(documents):
    events = adoption_events(documents)
    for city, kreis in (("05170024", "05170"), ("05562032", "05562"), ("05970040", "05970")):
        assert events[(events["ags"] == city) & (events["source"] == "anlage1_2017")].empty
        assert not events[(events["ags"] == kreis) & (events["source"] == "beifang_2017")].empty


def test_early_concepts_named_in_the_text_are_kept_apart():
    events = kd.load("events")
    early = events[(events["event"] == "pre_wave") & events["year"].notna()]
    names = kd.load("kommunen").set_index("ags")["name"]
    assert {(names[ags].split(",")[0], int(year)) for ags, year in zip(early["ags"], early["year"], strict=True)} == {
        ("Hamburg", 1976), ("Köln", 1978), ("Leverkusen", 1979), ("Duisburg", 1980), ("Essen", 1984),
    }  # fmt: skip
    assert set(early["source"]) == {"text_2017"}


def test_desk_research_stays_a_source_of_its_own_with_its_confidence(documents):
    desk = documents[documents["source"] == "desk_research"]
    raw = load_raw("desk_research")
    assert len(desk) == len(raw) == 627
    assert desk["confidence"].value_counts().to_dict() == raw["confidence"].value_counts().to_dict()
    assert desk["landing_url"].notna().all()
    events = kd.load("events")
    behind = events.loc[events["source"] == "desk_research", "document_ids"].str.split("|").explode()
    assert behind.str.startswith("dr-").all()
    census = events.loc[events["source"] == "anlage1_2017", "document_ids"].str.split("|").explode()
    assert census.str.startswith("a1-").all()


def test_an_explicit_negative_is_a_document_row_and_never_an_event(documents):
    negatives = set(documents.loc[documents["status"] == "kein_konzept", "document_id"])
    assert negatives
    used = set(kd.load("events")["document_ids"].str.split("|").explode())
    assert not negatives & used
