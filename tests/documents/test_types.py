"""The coarse type: transparent, shares of three, honest about narrow leads and about too little text."""

import math

import pandas as pd
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from type_sentences import NEUTRAL, SENTENCES, synthetic_corpus, synthetic_document

from konzept_diffusion.documents.folding import clean, folded
from konzept_diffusion.documents.types import type_row, type_score
from konzept_diffusion.errors import DataError
from konzept_diffusion.schemas import validate
from konzept_diffusion.schemas.themes import DOCUMENT_TYPES, TYPES, UNDECIDED


@pytest.mark.parametrize("name", TYPES)
def test_a_text_of_one_type_scores_as_it(name):
    text = clean("\n\n".join([*SENTENCES[name], *NEUTRAL]))
    score = type_score(text)
    assert score.type == name
    assert not score.small
    assert score.scores[name] > 0.6
    assert math.isclose(sum(score.scores.values()), 1)


@pytest.mark.parametrize("text", ["", " ".join(NEUTRAL), "Vielfalt und Diversity in der Stadt."])
def test_too_little_is_undecided(text):
    score = type_score(text)
    assert score.type == UNDECIDED


def test_the_evidence_says_what_counted_and_where():
    text = clean("Vorwort.\n\n" + "\n\n".join(SENTENCES["diversitaet"]))
    score = type_score(text)
    points = [item.points for item in score.evidence]
    assert points == sorted(points, reverse=True)
    for item in score.evidence:
        assert item.start < item.end
        assert text[item.start : item.end].replace("\n", " ") in item.passage
        assert item.count >= 1
    charta = next(item for item in score.evidence if item.term == "Charta der Vielfalt")
    assert (charta.type, text[charta.start : charta.end], charta.count) == (
        "diversitaet",
        "Charta der Vielfalt",
        1,
    )


def test_speaking_of_groups_and_of_everybody():
    groups = type_score("Migrantinnen und Zugewanderte, Ausländer, Menschen mit Migrationshintergrund.")
    everybody = type_score("Alle Menschen und alle Einwohner, die gesamte Bevölkerung, alle Bewohnerinnen.")
    nobody = type_score("Der Saal war voll.")
    assert (groups.everybody, everybody.everybody, nobody.everybody) == (0, 1, None)
    assert groups.scores["klassisch"] == groups.scores["diversitaet"] == 0.5
    assert everybody.scores["postmigrantisch"] == 1
    assert {groups.type, everybody.type} == {UNDECIDED}, "who is spoken of does not make a type alone"


@pytest.mark.parametrize(
    ("text", "name"),
    [
        ("Das Haushaltsdefizit sinkt. Die Eingliederungshilfe und die Anpassung des Konzepts folgen.", "klassisch"),
        ("Artenvielfalt, Biodiversität und die Vielfalt der Angebote; Einsparpotenziale sind benannt.", "diversitaet"),
        ("Religionszugehörigkeit und Staatszugehörigkeit werden nicht erfasst.", "postmigrantisch"),
    ],
)  # fmt: skip
def test_words_that_mean_something_else_do_not_count(text, name):
    assert type_score(clean(text)).scores[name] == 0


def test_a_mixed_text_has_a_small_lead():
    texts = [synthetic_document(dict.fromkeys(TYPES, 1 / 3), seed, sentences=60) for seed in range(12)]
    pure = [synthetic_document({name: 1.0}, 7) for name in TYPES]
    mixed = sum(type_score(clean(text)).margin for text in texts) / len(texts)
    assert mixed < 0.2 < 0.5 < min(type_score(clean(text)).margin for text in pure)


def test_the_score_finds_the_type_of_a_synthetic_text():
    texts, truth = synthetic_corpus(0.7)
    right = sum(type_score(clean(text)).type == name for text, name in zip(texts, truth, strict=True))
    assert right / len(texts) >= 0.9


def test_length_alone_changes_nothing():
    text = clean("\n\n".join([*SENTENCES["klassisch"], *SENTENCES["diversitaet"], *NEUTRAL * 2]))
    once, twice = type_score(text), type_score(f"{text}\n\n{text}")
    assert len(text.split()) > 200
    assert once.scores == pytest.approx(twice.scores)


@settings(max_examples=100, deadline=None)
@given(
    st.lists(st.sampled_from([sentence for name in TYPES for sentence in SENTENCES[name]]), max_size=30),
    st.text(max_size=100),
)
def test_scores_are_shares_and_the_margin_is_the_lead(sentences, noise):
    text = clean("\n\n".join([*sentences, noise]))
    score = type_score(text)
    assert score == type_score(text, low=folded(text))
    assert set(score.scores) == set(TYPES)
    assert math.isclose(sum(score.scores.values()), 1 if any(score.scores.values()) else 0)
    first, second, _ = sorted(score.scores.values(), reverse=True)
    assert score.margin == first - second
    assert score.type == UNDECIDED or score.scores[score.type] == first
    assert score.type != UNDECIDED or len(score.evidence) < 3 or first == second


@settings(max_examples=50, deadline=None)
@given(st.permutations(SENTENCES["klassisch"] + SENTENCES["postmigrantisch"]))
def test_the_order_of_sentences_does_not_matter(order):
    score = type_score(clean("\n\n".join(order)))
    fixed = type_score(clean("\n\n".join(SENTENCES["klassisch"] + SENTENCES["postmigrantisch"])))
    assert score.scores == pytest.approx(fixed.scores)


def test_a_row_for_the_table():
    score = type_score(clean("\n\n".join(SENTENCES["postmigrantisch"])))
    rows = pd.DataFrame([type_row("d1", score, cluster=2), type_row("d2", type_score(""))])
    checked = validate(rows, DOCUMENT_TYPES)
    assert checked["type"].tolist() == ["postmigrantisch", UNDECIDED]
    assert checked["cluster"].isna().tolist() == [False, True]
    assert checked["evidence"][0].count("|") == 2
    wrong = list(DOCUMENT_TYPES.checks[0](checked.assign(score_klassisch=0.9)))
    assert [row for row, _, _ in wrong] == [0, 1]
    with pytest.raises(DataError, match="neutral"):
        validate(rows.assign(type="neutral"), DOCUMENT_TYPES)
