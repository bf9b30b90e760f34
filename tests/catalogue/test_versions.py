"""Chains of versions: updates by stated year or order, drafts beside what they became."""

import pandas as pd

from konzept_diffusion.catalogue.crawls.dedup import sketch
from konzept_diffusion.catalogue.crawls.versions import version_chains

CRAWL = {"source": "crawl"}


def _by_id(table):
    return {
        row.document_id: (
            None if pd.isna(row.position) else row.position,
            row.relation,
            None if pd.isna(row.predecessor) else row.predecessor,
            None if pd.isna(row.basis) else row.basis,
        )
        for row in table.itertuples()
    }


def test_later_versions_update_the_one_before(documents):
    chain = version_chains(documents({"year": 2016}, {"year": 2008}, {"year": 2012}))
    assert _by_id(chain) == {
        "synthetic-01": (1, "first", None, None),
        "synthetic-02": (2, "update", "synthetic-01", "order"),
        "synthetic-00": (3, "update", "synthetic-02", "order"),
    }
    assert set(chain["chain"]) == {"synthetic-01"}


def test_a_stated_year_decides_over_the_order_and_stays_open_if_that_version_is_not_held(documents):
    chain = _by_id(
        version_chains(
            documents(
                {"year": 2008}, {"year": 2012}, {"year": 2016, "update_of": "2008"},
                {"year": 2018, "update_of": "2003"},
            )
        )
    )  # fmt: skip
    assert chain["synthetic-02"] == (3, "update", "synthetic-00", "stated")
    assert chain["synthetic-03"] == (4, "update", None, "stated")


def test_an_update_of_something_we_have_not_seen_is_no_first_version(documents):
    chain = _by_id(version_chains(documents({"year": 2016, "update_of": "2009"})))
    assert chain == {"synthetic-00": (1, "update", None, "stated")}


def test_a_draft_stands_beside_the_final_document_of_its_year_or_the_two_after(documents):
    chain = _by_id(
        version_chains(
            documents(
                {"year": 2011, "status": "entwurf"}, {"year": 2012, "status": "beschlossen"},
                {"year": 2020, "status": "entwurf"},
            )
        )
    )  # fmt: skip
    assert chain["synthetic-00"] == (1, "draft", "synthetic-01", "years")
    assert chain["synthetic-01"] == (1, "first", None, None)
    assert chain["synthetic-02"] == (2, "update", "synthetic-01", "order"), "a draft of a version still open"


def test_the_text_tells_which_final_document_an_undated_draft_became(documents):
    text, other = (" ".join(f"{name}{number}" for number in range(500)) for name in ("a", "b"))
    table = documents(
        {"year": None, "year_basis": "unbekannt", "status": "entwurf"}, {"year": 2008}, {"year": 2014},
    )  # fmt: skip
    sketches = {
        "synthetic-00": sketch(f"{text} Entwurf"),
        "synthetic-01": sketch(other),
        "synthetic-02": sketch(text),
    }
    assert _by_id(version_chains(table, sketches))["synthetic-00"] == (2, "draft", "synthetic-02", "text")
    assert _by_id(version_chains(table))["synthetic-00"] == (None, "undated", None, None)


def test_owners_kinds_and_sources_have_chains_of_their_own_and_a_negative_is_no_version(documents):
    table = documents(
        {}, {"ags": "05111000", "year": 2012}, {"kind": "leitbild", "year": 2013}, CRAWL | {"year": 2014},
        {"status": "kein_konzept", "year": 2005},
    )  # fmt: skip
    chain = version_chains(table)
    assert set(chain["relation"]) == {"first"}
    assert list(chain["chain"]) == ["synthetic-00", "synthetic-01", "synthetic-02", "synthetic-03"]


def test_a_table_without_rows_has_no_chains(documents):
    assert version_chains(documents({}).iloc[:0]).empty
