"""Themes and types of merged crawls: the last reading of each document, and only of what the catalogue holds."""

import pandas as pd
import pytest

from konzept_diffusion.catalogue.crawls.readings import known_readings, latest_readings
from konzept_diffusion.documents.theme_codes import load_codebook
from konzept_diffusion.schemas import validate
from konzept_diffusion.schemas.merge import CRAWL_THEMES, CRAWL_TYPES


def _themes(*rows):
    """Return crawl_themes from (crawl, document, theme)."""
    filled = [
        {
            "crawl_id": crawl, "document_id": name, "theme": theme, "basis": "heading", "passages": 1, "share": 0.5,
            "evidence": theme, "position_start": 0, "position_end": 5, "codebook": "1",
        }
        for crawl, name, theme in rows
    ]  # fmt: skip
    return validate(pd.DataFrame(filled, columns=CRAWL_THEMES.column_names), CRAWL_THEMES)


def _types(*rows, codebook="1"):
    """Return crawl_types from (crawl, document)."""
    filled = [
        {
            "crawl_id": crawl, "document_id": name, "score_klassisch": 0.5, "score_diversitaet": 0.3,
            "score_postmigrantisch": 0.2, "type": "klassisch", "margin": 0.2, "codebook": codebook,
        }
        for crawl, name in rows
    ]  # fmt: skip
    return validate(pd.DataFrame(filled, columns=CRAWL_TYPES.column_names), CRAWL_TYPES)


def test_the_last_reading_of_a_document_counts_even_if_it_found_less():
    themes = _themes(
        ("c1", "a", "sport"), ("c1", "a", "bildung"), ("c2", "a", "sprache"), ("c1", "b", "sport")
    )
    found, types = latest_readings(
        themes, _types(("c1", "a"), ("c1", "b"), ("c2", "a"), ("c2", "b")), ["a", "b"]
    )
    assert list(zip(found["document_id"], found["theme"], strict=True)) == [("a", "sprache")]
    assert types["document_id"].tolist() == ["a", "b"]


def test_themes_stand_in_the_order_of_the_code_list():
    themes = _themes(("c1", "a", "sport"), ("c1", "a", "bildung"), ("c1", "a", "sprache"))
    found, _ = latest_readings(themes, _types(("c1", "a")), ["a"])
    assert found["theme"].tolist() == ["sprache", "bildung", "sport"]


@pytest.mark.parametrize("held", [[], ["b"]])
def test_what_the_catalogue_does_not_hold_is_left_out(held):
    found, types = latest_readings(_themes(("c1", "a", "sport")), _types(("c1", "a")), held)
    assert found.empty
    assert types.empty


def test_a_text_is_read_again_when_the_code_list_has_changed():
    documents = pd.DataFrame({"document_id": ["a", "b"], "text_sketch": ["00", None]})
    current = load_codebook().version
    assert known_readings(documents, _types(("c1", "a"), ("c1", "b"), codebook=current)) == {"a"}
    assert known_readings(documents, _types(("c1", "a"), codebook="older")) == set()
