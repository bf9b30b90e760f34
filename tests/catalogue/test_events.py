"""From versions to events: exact years, upper bounds, updates, sources kept apart."""

import pandas as pd
import pytest

from konzept_diffusion.catalogue.events import adoption_events, first_adoption_years, latest_versions
from konzept_diffusion.errors import DataError


def _first(events, source="anlage1_2017"):
    found = events[(events["event"] == "first_adoption") & (events["source"] == source)]
    assert len(found) == 1
    return found.iloc[0]


def test_the_earliest_version_is_the_first_adoption_later_years_are_updates(documents):
    events = adoption_events(documents({"year": 2012}, {"year": 2008}, {"year": 2016}))
    assert list(zip(events["event"], events["year"], strict=True)) == [
        ("first_adoption", 2008), ("update", 2012), ("update", 2016),
    ]  # fmt: skip


def test_two_documents_of_one_year_are_one_event_with_both_behind_it(documents):
    events = adoption_events(documents({"year": 2008, "kind": "leitbild"}, {"year": 2008}, {"year": 2012}))
    assert list(events["document_ids"]) == ["synthetic-00|synthetic-01", "synthetic-02"]


def test_a_version_known_to_exist_by_a_year_gives_an_upper_bound(documents):
    desk = {"source": "desk_research", "version": "first"}
    first = _first(
        adoption_events(documents(desk | {"year": 2009, "year_basis": "spaetestens"})), "desk_research"
    )
    assert pd.isna(first["year"])
    assert pd.isna(first["year_lower"])
    assert first["year_upper"] == 2009


def test_an_update_bounds_the_first_adoption_from_above(documents):
    desk = {"source": "desk_research", "version": "update", "year": 2016}
    alone = _first(adoption_events(documents(desk)), "desk_research")
    assert (pd.isna(alone["year"]), alone["year_upper"]) == (True, 2016)
    of_2010 = _first(adoption_events(documents(desk | {"update_of": "2010"})), "desk_research")
    assert (pd.isna(of_2010["year"]), of_2010["year_upper"]) == (True, 2010)


def test_an_earlier_bound_beats_a_later_exact_year_and_the_reverse(documents):
    desk = {"source": "desk_research"}
    bound_first = documents(
        desk | {"version": "first", "year": 2012},
        desk | {"version": "unclear", "year": 2007, "year_basis": "spaetestens"},
    )
    assert _first(adoption_events(bound_first), "desk_research")["year_upper"] == 2007
    exact_first = documents(
        desk | {"version": "first", "year": 2007},
        desk | {"version": "update", "year": 2012, "update_of": "2007"},
    )
    assert _first(adoption_events(exact_first), "desk_research")["year"] == 2007


def test_without_any_year_there_is_an_event_without_bounds(documents):
    first = _first(adoption_events(documents({"year": None, "year_basis": "unbekannt"})))
    assert first[["year", "year_lower", "year_upper"]].isna().all()
    assert first["document_ids"] == "synthetic-00"


def test_sources_never_mix(documents):
    table = documents({"year": 2012}, {"year": 2008, "source": "desk_research", "version": "first"})
    events = adoption_events(table)
    assert _first(events)["year"] == 2012
    assert _first(events, "desk_research")["year"] == 2008
    assert first_adoption_years(table).to_dict() == {"05315000": 2012}


def test_a_kreis_named_in_passing_is_by_catch_not_census(documents):
    kreis = {"ags": "05170", "owner_level": "kreis", "year": 2015}
    events = adoption_events(documents(kreis, {"year": 2010}))
    assert set(zip(events["ags"], events["source"], strict=True)) == {
        ("05170", "beifang_2017"), ("05315000", "anlage1_2017"),
    }  # fmt: skip
    assert list(latest_versions(documents(kreis, {"year": 2010}))["ags"]) == ["05315000"]


def test_early_concepts_are_events_of_their_own(documents):
    early = pd.DataFrame(
        {
            "row_id": ["ec-1", "ec-2"], "ags": ["05315000", "05315000"], "year": pd.array([1978, 1997], dtype="Int64"),
            "event": ["pre_wave", "mention"],
        }
    )  # fmt: skip
    events = adoption_events(documents({"year": 2010}), early)
    assert list(zip(events["event"], events["year"], strict=True)) == [
        ("first_adoption", 2010),
        ("pre_wave", 1978),
    ]


def test_a_document_from_before_the_wave_is_no_first_adoption(documents):
    events = adoption_events(documents({"year": 1984}, {"year": 1999}))
    assert set(zip(events["event"], events["year"], strict=True)) == {
        ("pre_wave", 1984),
        ("first_adoption", 1999),
    }
    assert set(adoption_events(documents({"year": 1984}))["event"]) == {"pre_wave"}


def test_an_upper_bound_from_before_the_wave_stays_a_bound(documents):
    events = adoption_events(documents({"year": 1993, "year_basis": "spaetestens"}))
    assert list(events["event"]) == ["pre_wave"]
    assert events["year"].isna().all()
    assert list(events["year_upper"]) == [1993]


def test_an_update_of_a_concept_from_before_the_wave_is_the_first_of_the_wave(documents):
    first = _first(adoption_events(documents({"year": 2003, "version": "update", "update_of": "1984"})))
    assert (first["year"], first["year_upper"]) == (2003, 2003)


def test_a_known_update_is_an_update_even_where_it_only_bounds_the_first_adoption(documents):
    desk = {"source": "desk_research", "version": "update", "year": 2018}
    events = adoption_events(documents(desk))
    assert list(zip(events["event"], events["year_upper"], strict=True)) == [
        ("first_adoption", 2018),
        ("update", 2018),
    ]
    unclear = adoption_events(documents(desk | {"version": "unclear"}))
    assert list(unclear["event"]) == ["first_adoption"]


def test_a_kommune_with_an_undated_adoption_is_known_but_not_dated(documents):
    years = first_adoption_years(documents({"year": None, "year_basis": "unbekannt"}))
    assert list(years.index) == ["05315000"]
    assert years.isna().all()


def test_the_latest_version_is_the_last_counted_one(documents):
    table = documents(
        {"year": 2008}, {"year": 2012, "title": "Fassung A"}, {"year": 2012, "title": "Fassung B"},
        {"year": 2016, "status": "in_arbeit"}, {"year": None, "year_basis": "unbekannt"},
    )  # fmt: skip
    assert latest_versions(table)[["title", "year"]].to_numpy().tolist() == [["Fassung B", 2012]]


def test_the_order_of_rows_does_not_matter(documents):
    table = documents(
        {"year": 2012}, {"year": 2008}, {"year": 2010, "ags": "05111000", "found_for": "05111000"}
    )
    shuffled = table.sample(frac=1, random_state=7)
    pd.testing.assert_frame_equal(adoption_events(table), adoption_events(shuffled))


def test_an_unknown_rule_is_refused_with_the_known_ones(documents):
    with pytest.raises(DataError, match=r"no coding rule 'alles'\. Known: konzept_oder_leitbild"):
        adoption_events(documents({}), rule="alles")
