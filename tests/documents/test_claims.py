"""Claims: what a passage says of a document, by the learned model and by the rules that overrule it."""

import json

import pytest

from konzept_diffusion.documents.claims import CLAIMS, claim, model, probabilities, read
from konzept_diffusion.documents.folding import folded
from konzept_diffusion.documents.training import bank, digest
from konzept_diffusion.errors import DataError
from konzept_diffusion.paths import scraper_dir


@pytest.mark.parametrize(
    ("sentence", "code"),
    [
        ("Der Rat der Stadt Ahrfeld hat das Integrationskonzept einstimmig verabschiedet.", "adopted"),
        ("Mit 31 zu 4 Stimmen gab der Kreistag dem Integrationskonzept seinen Segen.", "adopted"),
        ("Der Rat beauftragte die Verwaltung, ein Integrationskonzept zu erarbeiten.", "commissioned"),
        ("Der Stadtrat möge das Integrationskonzept beschließen.", "proposed"),
        ("Ein Integrationskonzept gibt es in Ahrfeld nicht.", "none"),
        ("In drei Arbeitsgruppen wird derzeit am Integrationskonzept geschrieben.", "work"),
    ],
)
def test_a_sentence_claims(sentence, code):
    assert claim(folded(sentence)).code == code


@pytest.mark.parametrize(
    "sentence",
    [
        "Hat der Rat das Integrationskonzept beschlossen?",
        "Der Sozialausschuss hat das Integrationskonzept einstimmig beschlossen.",
        "Das Integrationskonzept wurde vom Rat nicht beschlossen.",
        "Der Rat nahm das Integrationskonzept zur Kenntnis.",
        "Der Rat beschloss im Rahmen des Integrationskonzepts die Einstellung von zwei Stellen.",
    ],
)
def test_grammar_forbids_an_adoption(sentence):
    said = claim(folded(sentence))
    assert said.code != "adopted"
    assert said.adopted == 0.0 or said.code == "other"


def test_probabilities_are_shares():
    shares, about = probabilities(folded("Der Kreistag hat das Integrationskonzept beschlossen."))
    assert tuple(shares) == CLAIMS
    assert sum(shares.values()) == pytest.approx(1)
    assert sum(about.values()) == pytest.approx(1)


def test_the_model_was_learned_from_this_bank_and_this_codebook():
    assert model().sha256 == digest(bank()), "run: python -m konzept_diffusion.documents.training"


def test_the_model_holds_for_writers_it_has_not_read():
    measured = json.loads((scraper_dir() / "statements.json").read_text(encoding="utf-8"))["measured"]
    # w4 wrote with the development texts at hand.
    seen = ("development", "w4")
    writers = {name: share for name, share in measured["claim_by_writer"].items() if name not in seen}
    assert len(writers) == 3
    assert min(writers.values()) >= 0.75


def test_a_broken_model_is_named(tmp_path):
    file = tmp_path / "statements.json"
    for content in ("{", "{}", '{"claims": [], "abouts": [], "bias": [1], "weights": {}}'):
        file.write_text(content, encoding="utf-8")
        with pytest.raises(DataError, match=r"statements\.json"):
            read(file)
    with pytest.raises(DataError, match="cannot be read"):
        read(tmp_path / "none.json")


@pytest.mark.parametrize(
    ("sentence", "code"),
    [
        ("Das Gremium machte mit großer Mehrheit den Weg für das Integrationskonzept frei.", "adopted"),
        ("Gegen neun hoben 31 Stadträte die Hand für das Integrationskonzept.", "adopted"),
        (
            "Der Kreistag folgte der Empfehlung des Sozialausschusses und beschloss das Integrationskonzept.",
            "adopted",
        ),
        (
            "Der Kreistag hat das Integrationskonzept am 3.3.2015 beschlossen; die Verwaltung wird beauftragt, "
            "jährlich zu berichten.",
            "adopted",
        ),
        ("Der Stadtrat hat 2011 beschlossen, ein Integrationskonzept aufstellen zu lassen.", "commissioned"),
        ("Im Herbst soll ein erster Entwurf des Integrationskonzepts vorliegen.", "work"),
        ("Das Integrationskonzept ist im Stadtrat durchgefallen.", "draft"),
    ],
)
def test_what_is_said_in_other_words_than_beschlossen(sentence, code):
    assert claim(folded(sentence)).code == code


def test_an_estimate_of_the_budget_is_no_draft_of_the_document():
    said = claim(folded("Im Haushaltsentwurf steht für das Integrationskonzept kein Euro."))
    assert said.code != "draft"
