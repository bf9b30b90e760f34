"""Looking for terms by the letters they begin with finds what their expression finds."""

from __future__ import annotations

import json
import random
import re
from pathlib import Path

import pytest

from konzept_diffusion.documents.codebook import any_of, book, finder
from konzept_diffusion.documents.finding import Finder
from konzept_diffusion.documents.folding import folded, pattern

PARAGRAPHS = Path(__file__).with_name("paragraphs.json")
GROUPS = [(section, name) for section, groups in book().sections.items() for name in groups]


def shuffled() -> list[str]:
    """Return texts of the terms' own words in any order, so that many terms are found, whole and broken."""
    bank = json.loads(PARAGRAPHS.read_text(encoding="utf-8"))
    running = " ".join(
        text for text in (bank.values() if isinstance(bank, dict) else bank) if isinstance(text, str)
    )
    terms = " ".join(term for section, name in GROUPS for term in book().sections[section][name].terms)
    words = running.split() + re.findall(r"[^\W\d_]+[ -]?[^\W\d_]*", terms) * 2
    found = []
    for seed in range(12):
        draw = random.Random(seed)
        parts = [draw.choice(words) + draw.choice((" ", " ", " ", "", "-", "\n", ". ")) for _ in range(1500)]
        found.append(folded("".join(parts)))
    return found


TEXTS = shuffled()


@pytest.mark.parametrize(("section", "name"), GROUPS)
def test_every_group_of_the_codebook_is_found_as_by_its_expression(section: str, name: str):
    expression, ready = any_of(section, name), finder(section, name)
    for text in TEXTS:
        for first, last in ((0, len(text)), (51, 1_500)):
            expected = [found.span() for found in expression.finditer(text, first, last)]
            assert [found.span() for found in ready.finditer(text, first, last)] == expected
        said = expression.search(text)
        found = ready.search(text)
        assert (found and found.span()) == (said and said.span())


def test_the_texts_hold_finds_of_most_groups():
    found = [pair for pair in GROUPS if any(any_of(*pair).search(text) for text in TEXTS)]
    assert len(found) > 0.75 * len(GROUPS)


@pytest.mark.parametrize(
    "terms",
    [
        (r"(?:handlungs|gesamt)?konzept", "konzeptidee"),
        (r"\b(?:abc|[a-z]{2}x)y?z", "abcz"),
        ("förder|für", r"fü+r\b"),
        (r"(?:ab|cd){2}", r"(?:abcd)+e"),
        (r"abc(?=d)|[(|]abc", r"\(abc"),
    ],
)
def test_optional_repeated_and_special_beginnings_are_found(terms: tuple[str, ...]):
    draw = random.Random(1)
    pieces = [
        "abc",
        "ab",
        "cd",
        "x",
        "y",
        "z",
        "d",
        "e",
        "(",
        "|",
        " ",
        "konzept",
        "idee",
        "gesamt",
        "fur",
        "fuer",
        "foer",
        "der",
    ]
    text = "".join(draw.choice(pieces) for _ in range(20_000))
    expected = [found.span() for found in pattern("|".join(terms)).finditer(text)]
    assert expected
    assert [found.span() for found in Finder(terms).finditer(text)] == expected


def test_counting_stops_where_it_is_told():
    ready = Finder(("konzept",))
    assert ready.count("konzept " * 9) == 9
    assert ready.count("konzept " * 9, at_most=4) == 4
