"""Sentences written before the rules: status, adoption year and relevance; hostile input; what is coded unread."""

from __future__ import annotations

import pytest
from sentences import BELONGS, NEAR, STATUS, YEARS

from konzept_diffusion.documents.classify import Entry, classify_entry
from konzept_diffusion.documents.coder import RuleCoder
from konzept_diffusion.documents.folding import folded, legible
from konzept_diffusion.documents.genre import chapters
from konzept_diffusion.documents.kinds import kind_of
from konzept_diffusion.documents.material import trimmed
from konzept_diffusion.documents.owners import Owners
from konzept_diffusion.schemas.vocabulary import TEXT_STATUSES
from konzept_diffusion.scrape.reports import File, Kommune

OWNERS = Owners()
SITE = Kommune("05999001", "Talbrück, Stadt", "stadt", "05")
CODER = RuleCoder(Owners([SITE]))


def _coded(text, title=""):
    return classify_entry(Entry("1", "", title, text), OWNERS)


def test_how_far_a_document_is_by_one_sentence():
    wrong = [
        (status, coded["status"], sentence)
        for status, sentences in STATUS.items()
        for sentence in sentences
        if (coded := _coded(f"Stadt Ahrfeld\n{sentence}"))["status"] != status
    ]
    count = sum(len(sentences) for sentences in STATUS.values())
    assert count >= 90
    assert len(wrong) <= 0.05 * count, wrong


def test_the_year_of_an_adoption_by_one_sentence():
    def stated(text):
        coded = _coded(text, "Stadt Ahrfeld")
        return coded["year"] if coded["year_basis"] == "beschluss" else None

    answers = [(year, stated(text), text) for text, year in YEARS]
    assert len(answers) >= 60
    assert sum(year is None for year, _, _ in answers) >= 20
    assert [answer for answer in answers if answer[0] is None and answer[1] is not None] == []
    wrong = [answer for answer in answers if answer[0] != answer[1]]
    assert len(wrong) <= 0.06 * len(answers), wrong


@pytest.mark.parametrize("text", NEAR)
def test_what_uses_the_same_words_for_something_else_is_not_relevant(text):
    assert not _coded(text)["relevant"]


def test_what_a_public_body_has_or_wants_is_relevant():
    missed = [text for text in BELONGS if not _coded(text)["relevant"]]
    assert len(missed) <= 0.15 * len(BELONGS), missed


NAMES = (
    "das Weißbuch Integration", "den Pakt für Integration", "den Fahrplan Integration", "das Ausländerkonzept",
    "den Handlungsrahmen Zusammenleben", "den Rahmenplan Migration", "das Konzept „Miteinander leben“",
    "den Maßnahmenkatalog Integration", "die Diversity-Strategie", "die Integrationsgrundsätze",
    "das Leitbild „Interkulturelle Stadt“", "das Programm zur Integration von Aussiedlern",
)  # fmt: skip


@pytest.mark.parametrize("name", NAMES)
def test_documents_have_many_names(name):
    coded = _coded(f"Der Rat der Stadt Ahrfeld hat am 12. März 2009 {name} beschlossen.")
    assert (coded["relevant"], coded["status"], coded["year"]) == (True, "beschlossen", 2009)
    assert coded["kind"] != "sonstiges"


def test_the_government_decides_for_a_land_and_not_for_a_town():
    land = _coded(
        "Die Landesregierung Brandenburg hat am 12. März 2009 das Landesintegrationskonzept beschlossen."
    )
    assert (land["owner_level"], land["status"], land["year"]) == ("land", "beschlossen", 2009)
    town = _coded(
        "Das Kabinett hat am 12. März 2009 das Gesetz beschlossen; das Integrationskonzept der Stadt Ahrfeld folgt."
    )
    assert town["year"] is None


HOSTILE = {
    "word": "a" * 20_000,
    "stem": "integrations" * 1_700,
    "hyphens": "a-" * 10_000,
    "points": ".," * 10_000,
    "numbers": "1" * 20_000,
    "lines": "x\n\n" * 7_000,
    "spaces": " \n" * 10_000,
}


@pytest.mark.parametrize("name", HOSTILE)
def test_the_rules_take_steps_in_proportion_to_hostile_input(name, monkeypatch):
    """No rule sees a run of signs without a space that is longer than 200: words bound what a rule can retry."""
    low = legible(folded(HOSTILE[name]))
    assert len(low) == len(HOSTILE[name])
    assert max((len(word) for word in low.split()), default=0) < 200
    assert chapters(low) == 0
    assert kind_of(HOSTILE[name]) is None
    coded = classify_entry(Entry("1", "", HOSTILE[name], HOSTILE[name]), OWNERS)
    assert not coded["relevant"]


@pytest.mark.parametrize("media_type", ["application/pdf", "text/html"])
@pytest.mark.parametrize("anchor", ["Integrationskonzept der Stadt Talbrück (Volltext)"])
def test_what_must_not_be_read_is_coded_by_the_names_it_is_given(media_type, anchor):
    landing = "Das Integrationskonzept wurde vom Rat der Stadt am 13. Dezember 2012 beschlossen."
    coding = CODER(
        File(
            b"", media_type, "https://www.talbrueck.example/k", SITE, anchors=(anchor,), landing_text=landing
        )
    )
    assert (coding.is_document, coding.kind, coding.year) == (True, "integrationskonzept", 2012)
    assert coding.text_status == "not_read"
    assert coding.text_status in TEXT_STATUSES
    assert coding.themes == ""


def test_a_page_that_must_not_be_read_is_no_document_by_a_mere_mention():
    coding = CODER(
        File(b"", "text/html", "https://www.talbrueck.example/k", SITE, anchors=("Integrationskonzept",))
    )
    assert (coding.is_document, coding.speaks_of) == (False, True)


@pytest.mark.parametrize("behind", ["Impressum", "| Inhaltsverzeichnis", "Vorwort"])
def test_a_heading_that_ran_into_the_title_is_cut(behind):
    assert (
        trimmed(f"Leitbild Integration der Stadt Elmshorn {behind}")
        == "Leitbild Integration der Stadt Elmshorn"
    )
    assert trimmed(behind)


def test_a_page_with_sixty_sections_is_the_document_and_a_long_page_on_something_else_is_not():
    section = "<h2>{}. {}</h2><p>Zugewanderte Menschen sollen in Talbrück teilhaben. {}</p>"
    words = "Dazu arbeiten Vereine, Schulen und Verwaltung zusammen, damit Sprache und Arbeit gelingen. " * 4
    topics = ("Sprache im Alltag", "Arbeit finden", "Wohnen im Quartier", "Gesund bleiben", "Feste feiern")
    body = "".join(section.format(number, topics[number % 5], words) for number in range(1, 61))
    said = (
        "<p>Der Rat der Stadt Talbrück hat es am 12. März 2009 beschlossen.</p><p>Es wurde vorgestellt.</p>"
    )

    def page(title):
        head = f"<html lang=de><head><title>{title}</title></head><body><main><h1>{title}</h1>"
        return f"{head}{said}{body}</main></body></html>".encode()

    url = "https://www.talbrueck.example/konzept"
    coding = CODER(File(page("Integrationskonzept der Stadt Talbrück"), "text/html", url, SITE))
    assert (coding.is_document, coding.status, coding.year) == (True, "beschlossen", 2009)
    assert "sprache" in coding.themes
    assert not CODER(File(page("Jahresrückblick der Stadt Talbrück"), "text/html", url, SITE)).is_document
