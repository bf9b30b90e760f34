"""Kinds by title: real titles of the survey of 2017 and of the desk research, as coded there by hand."""

from __future__ import annotations

import csv

import pytest

from konzept_diffusion.documents.folding import folded
from konzept_diffusion.documents.genre import genre_of_head, genre_of_title
from konzept_diffusion.documents.kinds import excluded, kind_of
from konzept_diffusion.documents.material import title_page
from konzept_diffusion.paths import raw_dir


def _rows(name):
    with (raw_dir() / f"{name}.csv").open(encoding="utf-8", newline="") as source:
        return list(csv.DictReader(source))


@pytest.mark.parametrize(
    ("table", "rows", "floor"), [("anlage1_grossstaedte", 127, 0.94), ("desk_research", 627, 0.96)]
)
def test_kinds_agree_with_those_coded_by_hand(table, rows, floor):
    hand = _rows(table)
    assert len(hand) == rows
    agrees = [(kind.kind if (kind := kind_of(row["title"])) else "sonstiges") == row["kind"] for row in hand]
    assert sum(agrees) / rows >= floor


@pytest.mark.parametrize("table", ["anlage1_grossstaedte", "desk_research"])
def test_hardly_a_real_title_is_taken_for_another_field_or_genre(table):
    titles = [folded(row["title"]) for row in _rows(table)]
    refused = [title for title in titles if excluded(title) or genre_of_title(title)]
    assert len(refused) <= 0.025 * len(titles), refused


@pytest.mark.parametrize(
    ("title", "kind"),
    [
        ("Gemeinsam in Vielfalt – Leitlinien für das Zusammenleben", "leitbild"),
        ("Masterplan Migration", "integrationskonzept"),
        ("Interkulturelles Handlungskonzept", "integrationskonzept"),
        ("Zuwanderungskonzept", "integrationskonzept"),
        ("Diversitätsstrategie", "integrationskonzept"),
        ("Rahmenkonzept Integration", "integrationskonzept"),
        ("Integrations- und Teilhabekonzept", "integrationskonzept"),
        ("Integrationskonzept und -bericht", "integrationskonzept"),
        ("Maßnahmenplan zum Integrationskonzept", "massnahmenplan"),
        ("Bericht über die Umsetzung des Integrationskonzepts", "integrationsbericht"),
        ("Integrationsmonitoring 2014", "integrationsbericht"),
        ("Unterbringungskonzept für Flüchtlinge", "fluechtlingskonzept"),
        ("Konzept zur Integration von Zugewanderten und Flüchtlingen", "integrationskonzept"),
    ],
)
def test_kind_of_a_title(title, kind):
    assert kind_of(title).kind == kind


@pytest.mark.parametrize(
    "title", ["Haushaltsplan 2016", "Lärmaktionsplan", "Stadtentwicklungskonzept", "Startseite", ""]
)
def test_other_titles_name_no_kind(title):
    assert kind_of(title) is None


@pytest.mark.parametrize(
    "title",
    [
        "Inklusionskonzept",
        "Biodiversitätsstrategie",
        "Integrationskonzept der Grundschule am Park",
        "IT-Integrationskonzept",
        "Integrationskonzept Kita Regenbogen",
        "Konzept zur Integration psychisch kranker Menschen",
        "Grünflächenkonzept",
    ],
)
def test_titles_of_other_fields_are_refused(title):
    assert excluded(folded(title))


@pytest.mark.parametrize(
    ("title", "code"),
    [
        ("Kurzfassung Integrationskonzept", "kurzfassung"),
        ("Integrationskonzept in Leichter Sprache", "leichte_sprache"),
        ("Niederschrift Rat 12.03.2009", "protokoll"),
        ("Beschlussvorlage Integrationskonzept", "vorlage"),
        ("Erstellung eines Integrationskonzepts", "vorgang"),
        ("Satzung des Integrationsrates", "recht"),
    ],
)
def test_genre_of_a_title(title, code):
    assert genre_of_title(folded(title)).code == code


def test_the_annex_of_a_council_paper_is_not_the_paper():
    assert genre_of_title(folded("Anlage 1 zur Beschlussvorlage 12/2009: Integrationskonzept")) is None
    assert genre_of_head(folded("Anlage zur Vorlage Nr. 12/2009\nIntegrationskonzept\nVorwort\n")) is None
    paper = "Vorlage Nr. 12/2009\nBeratungsfolge: Rat\nBeschlussvorschlag: Der Rat beschließt das Konzept."
    assert genre_of_head(folded(paper)).code == "vorlage"


@pytest.mark.parametrize(
    ("front", "title", "kind"),
    [
        (
            "Umsetzungsbericht zum\nIntegrationskonzept\nStadt Talbrück",
            "Umsetzungsbericht zum Integrationskonzept",
            "integrationsbericht",
        ),
        (
            "Stabsstelle Migration und Integration\nKonzept zur Wohnraumversorgung und\nIntegration von Flüchtlingen",
            "Konzept zur Wohnraumversorgung und Integration von Flüchtlingen",
            "fluechtlingskonzept",
        ),
        (
            "Integrationskonzept der Stadt Bad\nWiesenbach",
            "Integrationskonzept der Stadt Bad Wiesenbach",
            "integrationskonzept",
        ),
        (
            "Integrationsrichtlinien für den\nLandkreis Auental",
            "Integrationsrichtlinien für den Landkreis Auental",
            "leitbild",
        ),
    ],
)
def test_a_title_is_read_over_its_broken_lines_without_the_letterhead(front, title, kind):
    found = title_page(front)
    assert found is not None
    assert (found.text, found.kind.kind) == (title, kind)
