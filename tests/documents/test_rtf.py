"""Rich text files: paragraphs, umlauts in both ways of writing, nothing of fonts and pictures."""

from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st
from making import rtf

from konzept_diffusion.documents.rtf import MAX_DEPTH, read_rtf

LINES = ["Integrationskonzept der Stadt Talbrück", "Für ein gutes Miteinander (2012)"]


def test_paragraphs_are_lines():
    said = read_rtf(rtf(LINES))
    assert (said.status, said.reason, said.page_count) == ("ok", "", 0)
    assert said.pages[0].split("\n")[:-1] == LINES


@pytest.mark.parametrize(
    ("written", "read"),
    [
        (rb"Gr\u246?\u223?e", "Größe"),
        (rb"Gr\uc0\u246 \u223 e", "Größe"),
        (rb"\u-10179?\u-8704?", "\U0001f600"),
        (rb"\ansicpg1250\'9a", "š"),
        (rb"\ansicpg99999 a\'fc", "aü"),
        (rb"a\{b\}\\c\~d", "a{b}\\c d"),
        (rb"eins\tab zwei\endash drei", "eins zwei–drei"),
        (rb"{\pict\wmetafile8 0a0b0c}da{\header weg}{\*\unbekannt weg}", "da"),
        (rb"\trowd eins\cell zwei\cell\row", "eins zwei \n"),
    ],
)
def test_characters_and_destinations(written, read):
    assert read_rtf(b"{\\rtf1\\ansi " + written + b"}").pages[0] == read


def test_page_breaks_are_pages():
    said = read_rtf(rb"{\rtf1 eins\page zwei}")
    assert (said.page_count, said.pages) == (2, ("eins", "zwei"))


def test_a_file_without_its_end_says_so():
    assert read_rtf(rtf(LINES)[:-1]).reason == "truncated"


def test_groups_nested_without_end_are_too_deep():
    assert read_rtf(b"{\\rtf1" + b"{" * (MAX_DEPTH + 1)).reason == "too_deep"
    assert read_rtf(b"no").reason == "damaged"


@given(st.binary(max_size=300))
def test_any_bytes_are_read(tail):
    assert read_rtf(b"{\\rtf1 " + tail).status == "ok"
