"""The same document in several places, and what only looks like it."""

import pytest
from hypothesis import given
from hypothesis import strategies as st

from konzept_diffusion.catalogue.crawls.dedup import (
    SKETCH_SIZE,
    duplicates,
    owner_conflicts,
    plain_url,
    records,
    resemblance,
    sameness,
    sketch,
)

WORDS = [f"wort{number}" for number in range(2000)]
TEXT = " ".join(WORDS)
EDITED = " ".join([*WORDS[:1000], "neu", "gefasst", *WORDS[1000:]])
HALF = " ".join(WORDS[:1000] + [f"anders{number}" for number in range(1000)])


def _pairs(table):
    return dict(zip(table["document_id"], zip(table["same_as"], table["basis"], strict=True), strict=True))


def test_a_sketch_sees_words_not_layout():
    assert sketch("Über die  Integration,\nin Köln") == sketch("ueber die integration in koeln")
    assert sketch("zwei Wörter") == ""
    assert len(sketch(TEXT)) == 8 * SKETCH_SIZE


def test_resemblance_estimates_the_share_of_common_word_groups():
    # Jaccard of the 3-grams: 998 of 2998 for HALF (998 common, 1998 in each), 1996/2002 for EDITED.
    assert resemblance(sketch(TEXT), sketch(HALF)) == pytest.approx(998 / 2998, abs=0.13)
    assert resemblance(sketch(TEXT), sketch(EDITED)) > 0.95
    assert resemblance(sketch(TEXT), "") is None


@given(st.text(), st.text())
def test_resemblance_is_symmetric_between_0_and_1_and_1_for_the_same_text(one, other):
    first, second = sketch(one), sketch(other)
    alike = resemblance(first, second)
    assert alike == resemblance(second, first)
    assert alike is None or 0 <= alike <= 1
    assert resemblance(first, first) in (None, 1.0)


@pytest.mark.parametrize(
    ("one", "other", "same"),
    [
        ("http://www.stadt.de/a/", "https://stadt.de/a", True),
        ("https://stadt.de:443/a#teil", "https://stadt.de/a", True),
        ("https://stadt.de/a?id=1", "https://stadt.de/a?id=2", False),
        ("https://stadt.de/A", "https://stadt.de/a", False),
    ],
)
def test_addresses_are_compared_without_what_does_not_matter(one, other, same):
    assert (plain_url(one) == plain_url(other)) is same


def test_one_file_on_a_mirror_is_one_document_of_the_owners_own_site(documents):
    table = documents(
        {"sha256": "a" * 64, "url": "https://mirror.de/x.pdf", "found_for": "05111000"},
        {"sha256": "a" * 64, "url": "https://stadt.de/x.pdf"},
    )
    assert _pairs(duplicates(table)) == {"synthetic-00": ("synthetic-01", "sha256")}


def test_nearly_the_same_text_is_one_document_unless_year_kind_or_stage_differ(documents):
    table = documents(
        {"title": "A", "year": 2010}, {"title": "B", "year": 2010}, {"title": "C", "year": 2014},
        {"title": "D", "year": 2010, "status": "entwurf"}, {"title": "E", "year": 2010, "kind": "leitbild"},
        {"title": "F", "year": 2010, "ags": "05111000", "found_for": "05111000"},
    )  # fmt: skip
    texts = {f"synthetic-0{number}": sketch(EDITED if number else TEXT) for number in range(6)}
    found = duplicates(table, texts)
    assert _pairs(found) == {"synthetic-01": ("synthetic-00", "text")}
    assert found["resemblance"].iloc[0] > 0.9


def test_the_same_title_of_one_owner_and_year_is_one_document_unless_the_texts_are_others(documents):
    table = documents(
        {"title": "Integrationskonzept für Köln"},
        {"title": "INTEGRATIONSKONZEPT FUER KÖLN"},
        {"title": "Integrationskonzept für Köln", "year": 2015},
        {"title": "Integrationskonzept für Köln", "year": None, "year_basis": "unbekannt"},
    )
    assert _pairs(duplicates(table)) == {"synthetic-01": ("synthetic-00", "title")}
    texts = {"synthetic-00": sketch(TEXT), "synthetic-01": sketch(HALF)}
    assert duplicates(table, texts).empty


def test_two_files_that_lay_at_one_address_are_two_documents(documents):
    table = documents(
        {"title": "A", "sha256": "a" * 64, "url": "https://stadt.de/konzept.pdf"},
        {"title": "B", "sha256": "b" * 64, "url": "https://stadt.de/konzept.pdf"},
    )
    assert duplicates(table).empty


def test_repetitions_join_across_what_they_have_in_common(documents):
    table = documents(
        {"title": "A", "sha256": "a" * 64},
        {"title": "B", "sha256": "a" * 64, "url": "https://stadt.de/x"},
        {"title": "C", "url": "https://stadt.de/x/"},
    )
    assert _pairs(duplicates(table)) == {
        "synthetic-01": ("synthetic-00", "sha256"),
        "synthetic-02": ("synthetic-00", "url"),
    }


def test_the_order_of_rows_does_not_matter(documents):
    table = documents({"title": "A"}, {"title": "A"}, {"title": "A"}, {"title": "B"})
    assert duplicates(table).equals(duplicates(table.iloc[::-1]))
    assert set(duplicates(table)["same_as"]) == {"synthetic-00"}


def test_one_file_ascribed_to_two_owners_is_a_conflict_not_a_duplicate(documents):
    table = documents(
        {"sha256": "a" * 64}, {"sha256": "a" * 64, "ags": "05374"}, {"sha256": "b" * 64, "title": "anderes"}
    )
    assert duplicates(table).empty
    assert sameness(*records(table, {})[:2]) is None
    assert owner_conflicts(records(table, {})) == {"synthetic-00": {"05374"}, "synthetic-01": {"05315000"}}
