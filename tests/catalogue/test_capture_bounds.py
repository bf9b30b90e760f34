"""What a capture in a web archive says of a year: that the file existed by then, and nothing more."""

import pandas as pd
import pytest

from konzept_diffusion.catalogue.crawls.bounds import (
    Bound,
    bounded,
    capture_bounds,
    contradicts,
    first_bound,
)
from konzept_diffusion.schemas import validate
from konzept_diffusion.schemas.crawl import CAPTURES

IN_2014 = Bound(2014, "wayback", "2014-03-05T10:00:00Z")


def _captures(*rows):
    filled = [
        {
            "document_id": "d1", "url": "https://town.de/a.pdf", "archive": "wayback", "match": "bytes",
            "captured_at": "2014-03-05T10:00:00Z", "year": 2014, "year_basis": "spaetestens",
        }
        | row
        for row in rows
    ]  # fmt: skip
    return validate(pd.DataFrame(filled, columns=CAPTURES.column_names), CAPTURES)


def _row(**changes):
    return {
        "year": None, "year_basis": "unbekannt", "status": "fertiggestellt", "flag": None,
    } | changes  # fmt: skip


def test_the_first_capture_of_the_file_counts_over_all_archives():
    later = {"captured_at": "2016-01-01T00:00:00Z", "year": 2016}
    found = capture_bounds(_captures(later, {"archive": "commoncrawl"}, {"document_id": "d2"} | later))
    assert found == {
        "d1": Bound(2014, "commoncrawl", "2014-03-05T10:00:00Z"),
        "d2": Bound(2016, "wayback", "2016-01-01T00:00:00Z"),
    }


def test_what_else_lay_at_the_address_bounds_nothing():
    nothing = {"match": None, "captured_at": None, "year": None, "year_basis": None}
    assert capture_bounds(_captures({"match": "address"}, {"archive": "commoncrawl"} | nothing)) == {}


def test_of_several_copies_the_first_captured_counts():
    copies = {"d1": IN_2014, "d2": Bound(2012, "wayback", "2012-01-01T00:00:00Z")}
    assert first_bound(copies, {"d1", "d2", "d3"}).year == 2012
    assert first_bound(copies, {"d3"}) is None


@pytest.mark.parametrize(
    ("year", "basis", "expected"),
    [
        (2015, "dokument", True),
        (2014, "dokument", False),
        (2015, "beschluss", False),
        (2016, "beschluss", True),
        (2019, "spaetestens", False),
        (None, "unbekannt", False),
        (2010, "beschluss", False),
    ],
)
def test_a_file_may_be_a_year_older_than_its_adoption_not_than_its_own_year(year, basis, expected):
    assert contradicts(IN_2014, year, basis) is expected


@pytest.mark.parametrize("coded", [{}, {"year": 2019, "year_basis": "spaetestens"}])
def test_a_finished_document_without_a_year_existed_by_the_capture(coded):
    changes = bounded(_row(**coded), IN_2014)
    assert (changes["year"], changes["year_basis"]) == (2014, "spaetestens")
    assert "file captured by wayback on 2014-03-05" in changes["note"]
    assert f"(coded: {coded.get('year', 'none')}," in changes["note"]


@pytest.mark.parametrize(
    "coded",
    [
        {"year": 2011, "year_basis": "spaetestens"},
        {"year": 2014, "year_basis": "spaetestens"},
        {"year": 2010, "year_basis": "beschluss"},
        {"year": 2014, "year_basis": "dokument"},
        {"status": "entwurf"},
        {"status": "in_arbeit"},
        {"status": "geplant", "year": 2019, "year_basis": "spaetestens"},
    ],
)
def test_nothing_changes_where_the_capture_says_nothing_new(coded):
    assert bounded(_row(**coded), IN_2014) == {}


def test_a_stated_year_stays_and_the_older_file_is_flagged():
    changes = bounded(_row(year=2018, year_basis="dokument", flag="vanished"), IN_2014)
    assert set(changes) == {"flag", "note"}
    assert changes["flag"] == "vanished|captured_earlier"
