"""The codebook: complete, current, and found by whatever word one remembers."""

import pytest

from konzept_diffusion.paths import project_root
from konzept_diffusion.schemas import Column, ForeignKey, Table, crawl, merge, processed, raw, review
from konzept_diffusion.schemas.codebook import (
    COLUMNS,
    code_lists,
    codebook_frame,
    codebook_markdown,
    declared_tables,
    fold,
    meanings,
    search,
    write_codebook,
)
from konzept_diffusion.schemas.register import PROCESSED_TABLES, RAW_TABLES

SMALL = Table(
    name="towns",
    title="Städte",
    description="One row per town.",
    columns=(
        Column("ags", "key", "Key | of the town", required=True),
        Column("size_class", "string", "Class", categories=("grossstadt", "mittelstadt")),
        Column("height", "number", "Height above the sea", unit="m"),
    ),
    primary_key=("ags",),
    foreign_keys=(ForeignKey(("ags",), "kommunen", ("ags",)),),
    sources=("A", "B"),
    licence="CC0",
    folder="raw",
)


def test_every_column_of_every_table_is_a_row():
    frame = codebook_frame()
    assert list(frame.columns) == list(COLUMNS)
    by_hand = (
        raw.TABLES | merge.TABLES | {table.name: table for table in (review.REVIEW, review.REVIEW_SHEETS)}
    )
    expected = [
        (folder, name, column.name)
        for folder, group in (("processed", processed.TABLES), ("raw", by_hand), ("crawl", crawl.TABLES))
        for name in sorted(group)
        for column in group[name].columns
    ]
    assert list(frame[["folder", "table", "column"]].itertuples(index=False, name=None)) == expected
    assert (frame["description"] != "").all()
    assert (frame["source"] != "").all()
    assert (frame["licence"] != "").all()


def test_a_row_says_type_unit_codes_and_role_of_the_key():
    rows = codebook_frame([SMALL]).set_index("column")
    assert rows.loc["ags", ["type", "required", "key"]].tolist() == ["key", "yes", "primary, → kommunen.ags"]
    assert rows.loc["size_class", "categories"] == "grossstadt|mittelstadt"
    assert rows.loc["height", ["unit", "required", "key"]].tolist() == ["m", "no", ""]
    assert rows.loc["height", "source"] == "A | B"


def test_the_committed_codebook_is_current():
    path = project_root() / "docs" / "codebook.md"
    assert path.read_text(encoding="utf-8") == codebook_markdown(), (
        'run: python -c "from pathlib import Path; from konzept_diffusion.schemas.codebook import write_codebook; '
        "write_codebook(Path('docs/codebook.md'))\""
    )


def test_markdown_has_one_section_per_table_and_explains_the_codes():
    text = codebook_markdown()
    for table in declared_tables():
        assert f"\n### {table.name}\n" in text
    assert "| `integrationskonzept` | Integrationskonzept, auch -plan" in text
    small = codebook_markdown([SMALL])
    assert "Key \\| of the town" in small
    assert "### size_classes" in small
    assert "### statuses" not in small


def test_writing_gives_the_same_bytes(tmp_path):
    first, second = write_codebook(tmp_path / "a.md"), write_codebook(tmp_path / "b.md")
    assert first.read_bytes() == second.read_bytes()


@pytest.mark.parametrize("term", ["Großstadt", "grossstadt", "GROSSSTADT", "großstadt 100"])
def test_search_knows_neither_case_nor_umlauts(term):
    found = search(term, [SMALL])
    assert list(found["column"]) == ["size_class"]
    assert found["meanings"].iloc[0].startswith("grossstadt: Großstadt")


@pytest.mark.parametrize("term", ["Städte", "staedte", "stadte"])
def test_search_looks_at_titles_too(term):
    assert len(search(term, [SMALL])) == 3


def test_search_finds_by_english_meaning_description_and_unit():
    assert list(search("town of 20,000", [SMALL])["column"]) == ["size_class"]
    assert list(search("above sea", [SMALL])["column"]) == ["height"]
    assert list(search("fluechtlingskonzept")["column"].unique()) != []


@pytest.mark.parametrize("term", ["", "   ", "gibtesnicht"])
def test_nothing_found_is_an_empty_table(term):
    found = search(term)
    assert len(found) == 0
    assert list(found.columns) == list(COLUMNS)


def test_codes_are_explained_where_a_list_covers_them():
    assert list(meanings(SMALL.column("size_class"))) == ["grossstadt", "mittelstadt"]
    assert meanings(SMALL.column("height")) == {}
    assert meanings(Column("x", "string", "X", categories=("nobody", "knows"))) == {}


def test_every_code_list_has_both_languages():
    assert {"document_kinds", "statuses", "search_outcomes", "website_statuses"} <= set(code_lists())
    for codes in code_lists().values():
        for german, english in codes.values():
            assert german
            assert english


def test_the_tables_around_the_register_are_explained():
    text = codebook_markdown([*PROCESSED_TABLES.values(), *RAW_TABLES.values()])
    for name in ("participation", "search_effort", "websites", "programme_participation"):
        assert f"### {name}\n" in text
    assert "`gesucht_ohne_fund` | in eigener Suche gesucht" in text


@pytest.mark.parametrize(
    ("text", "expected"), [("Größe", "groesse"), ("CHÓŚEBUZ", "chosebuz"), ("a\u0308", "ae")]
)
def test_folding(text, expected):
    assert fold(text) == expected
