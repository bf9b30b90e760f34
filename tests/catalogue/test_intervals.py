"""Adoption intervals: from the last evidence of absence to the first evidence of presence."""

import pandas as pd
import pytest

from konzept_diffusion.catalogue.crawls.intervals import absences, adoption_intervals
from konzept_diffusion.catalogue.crawls.spread import prevalence
from konzept_diffusion.catalogue.events import adoption_events
from konzept_diffusion.errors import DataError

BY_2012 = {"source": "crawl", "year": 2012, "year_basis": "spaetestens"}
DESK = {"source": "desk_research"}


def _absent(year, status="in_arbeit", **more):
    return {"source": "crawl", "year": year, "year_basis": "spaetestens", "status": status} | more


def _bounds(events, source="crawl"):
    row = events[(events["event"] == "first_adoption") & (events["source"] == source)].iloc[0]
    return tuple(
        None if pd.isna(row[name]) else int(row[name]) for name in ("year", "year_lower", "year_upper")
    )


@pytest.mark.parametrize("status", ["kein_konzept", "geplant", "in_arbeit"])
def test_the_last_evidence_of_absence_begins_the_interval(documents, status):
    events = adoption_events(documents(BY_2012, _absent(2007), _absent(2009, status)))
    assert _bounds(events) == (None, 2009, 2012)


@pytest.mark.parametrize(
    "row",
    [
        _absent(2009, "entwurf"),
        _absent(2009, version="update"),
        _absent(2009, update_of="2005"),
        _absent(2009, kind="fluechtlingskonzept"),
        _absent(2009, target_group="aussiedler"),
        _absent(2014),
        _absent(2009, ags="05111000"),
        _absent(None, year_basis="unbekannt"),
        _absent(2009, source="desk_research"),
    ],
    ids=["draft", "of an update", "of a named version", "refugees", "group", "later", "other town", "undated",
         "other source"],
)  # fmt: skip
def test_what_is_no_evidence_of_absence_in_this_source(documents, row):
    assert _bounds(adoption_events(documents(BY_2012, row))) == (None, None, 2012)


def test_an_exact_year_is_not_widened(documents):
    exact = {"source": "crawl", "year": 2012}
    assert _bounds(adoption_events(documents(exact, _absent(2009)))) == (2012, 2012, 2012)


def test_events_of_other_sources_stay_as_they_were(documents):
    table = documents(
        DESK | {"year": 2012, "year_basis": "spaetestens"}, DESK | _absent(2009, source="desk_research")
    )
    assert _bounds(adoption_events(table), "desk_research") == (None, None, 2012)


def test_a_find_that_a_person_coded_belongs_to_the_crawls_events(documents):
    events = adoption_events(
        documents({"source": "crawl", "year": 2012}, {"source": "review", "year": 2018, "version": "update"})
    )
    assert list(zip(events["event"], events["year"], events["source"], strict=True)) == [
        ("first_adoption", 2012, "crawl"),
        ("update", 2018, "crawl"),
    ]


def test_intervals_over_several_sources_say_where_each_bound_comes_from(documents):
    table = documents(
        BY_2012, _absent(2010, source="desk_research"), DESK | {"year": 2015},
        _absent(2019, "kein_konzept", source="desk_research"),
    )  # fmt: skip
    row = adoption_intervals(table, adoption_events(table)).iloc[0]
    assert (row["year_lower"], row["year_upper"]) == (2010, 2012)
    assert (row["lower_source"], row["upper_source"]) == ("desk_research", "crawl")
    assert (row["lower_id"], row["upper_ids"]) == ("synthetic-01", "synthetic-00")
    assert row["contradicted_by"] == "synthetic-03"
    alone = adoption_intervals(table, adoption_events(table), sources=["crawl"]).iloc[0]
    assert pd.isna(alone["year_lower"])
    assert pd.isna(alone["contradicted_by"])
    desk = adoption_intervals(table, adoption_events(table), sources=["desk_research"]).iloc[0]
    assert (desk["year"], desk["year_lower"], desk["year_upper"]) == (2015, 2015, 2015)


def test_an_unknown_source_is_refused(documents):
    table = documents({})
    with pytest.raises(DataError, match="no source 'presse'"):
        adoption_intervals(table, adoption_events(table), sources=["presse"])


def test_a_bound_never_lies_outside_its_interval():
    from konzept_diffusion.store import load

    found = adoption_intervals(load("documents"), load("events"))
    assert len(found) > 100
    known = found[found["year_lower"].notna()]
    assert (known["year_lower"] <= known["year_upper"]).all()
    assert found["lower_id"].notna().any(), (
        "the embedded desk research has evidence of absence before presence"
    )


def test_absences_come_in_order_and_only_from_the_sources_asked_for(documents):
    table = documents(_absent(2011), _absent(2009), _absent(2010, source="desk_research"))
    assert [item.year for item in absences(table)["05315000"]] == [2009, 2010, 2011]
    assert [item.year for item in absences(table, ["crawl"])["05315000"]] == [2009, 2011]


def test_prevalence_counts_certain_and_possible_adopters_by_size_and_source():
    kommunen = pd.DataFrame(
        {"ags": ["05374", "05158008", "05158012"], "size_class": ["landkreis", "mittelstadt", "mittelstadt"]}
    )
    events = pd.DataFrame(
        {
            "ags": ["05374", "05158008", "05158012"], "event": "first_adoption", "source": "crawl",
            "year_lower": pd.array([2010, 2008, None], dtype="Int64"),
            "year_upper": pd.array([2010, 2011, 2009], dtype="Int64"),
        }
    )  # fmt: skip
    table = prevalence(events, kommunen, first_year=2007)
    towns = table[table["size_class"] == "mittelstadt"].set_index("year")
    assert towns["certain"].to_dict() == {2007: 0, 2008: 0, 2009: 1, 2010: 1, 2011: 2}
    assert towns["possible"].to_dict() == {2007: 1, 2008: 2, 2009: 2, 2010: 2, 2011: 2}
    assert set(towns["n"]) == {2}
    assert table[table["size_class"] == "landkreis"]["certain"].tolist() == [0, 0, 0, 1, 1]
