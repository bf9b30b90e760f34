"""The codebook: every rule has a reason, mistakes are told with file and place."""

from __future__ import annotations

import pytest

from konzept_diffusion.documents import codebook
from konzept_diffusion.errors import DataError


def test_every_group_of_the_projects_codebook_has_a_reason_and_terms_that_compile():
    book = codebook.book()
    assert len(book.sections) >= 10
    groups = [
        (section, name, group) for section, groups in book.sections.items() for name, group in groups.items()
    ]
    assert len(groups) >= 80
    for section, name, group in groups:
        assert len(group.why) > 10, (section, name)
        assert codebook.any_of(section, name).pattern


def test_the_coders_name_carries_the_version():
    assert codebook.coder_name() == f"rules-{codebook.book().version}"


def test_what_a_text_is_instead_has_strong_and_weak_marks_in_the_same_order():
    sections = codebook.book().sections
    assert list(sections["head_genre_strong"]) == list(sections["head_genre_weak"])


def test_events_and_services_speak_against_policy():
    weights = {name: weight for name, weight, _ in codebook.weighted("policy")}
    assert weights["veranstaltung"] < 0 < weights["aufgabe"]


@pytest.mark.parametrize(
    ("content", "said"),
    [
        ("a: [1", "is not YAML"),
        ("a: {}", "has no version"),
        ("version: true x", "has no version"),
        ("version: 1\na: 3", "'a'"),
        ("version: 1\na: {b: {terms: ['x']}}", "a.b gives no reason"),
        ("version: 1\na: {b: {why: reason, terms: []}}", "a.b has no terms"),
        ("version: 1\na: {b: {why: reason, terms: ['ok', 'x(']}}", "'x('"),
        ("version: 1\na: {b: {why: reason, terms: ['x'], weight: high}}", "'high' is no number"),
        ("version: 1\na: {b: {why: reason, terms: ['x'], colour: red}}", "a.b is no group"),
    ],
)
def test_a_mistake_is_one_sentence_with_the_file(tmp_path, content, said):
    path = tmp_path / "codebook.yml"
    path.write_text(content, encoding="utf-8")
    with pytest.raises(DataError) as caught:
        codebook.read(path)
    assert said in str(caught.value)
    assert "codebook.yml" in str(caught.value)


def test_a_missing_codebook_is_told(tmp_path):
    with pytest.raises(DataError, match="cannot be read"):
        codebook.read(tmp_path / "none.yml")
