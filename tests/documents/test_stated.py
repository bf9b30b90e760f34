"""One path for documents and pages: which decision is the version's own, news by their issue, rows of lists."""

from __future__ import annotations

import pytest

from konzept_diffusion.documents.issued import Issue, issue_of
from konzept_diffusion.documents.stated import stated_in_document, stated_on_page
from konzept_diffusion.documents.surroundings import around
from konzept_diffusion.documents.voice import Reading


def _reading(text, title="Integrationskonzept"):
    return Reading(title, "", text)


def test_of_several_decisions_in_an_update_the_latest_is_its_own():
    text = (
        "Stadt Talbrück\nIntegrationskonzept, zweite Fortschreibung\n\n"
        "Erstfassung: Beschluss des Rates vom 29.05.2006\n"
        "Zweite Fortschreibung: Beschluss des Rates vom 25.01.2016\n\n"
        "1. Handlungsfeld Bildung\nDie Kitas fördern die Sprache."
    )
    found = stated_in_document(_reading(text), "Stadt Talbrück", "stadt", update=True)
    assert [one.year for one in found if one.this and not one.predecessor] == [2016]


def test_another_towns_decision_is_not_stated_on_a_page():
    text = (
        "Unser Integrationskonzept wird derzeit erarbeitet.\n\n"
        "Der Landkreis Mühlenau hat sein Integrationskonzept bereits 2014 im Kreistag beschlossen."
    )
    assert stated_on_page(_reading(text), "Stadt Talbrück", "stadt") == []


@pytest.mark.parametrize(
    ("low", "title", "expected"),
    [
        (
            "mitgliederbrief, ausgabe dezember 2012\n\nder rat hat beschlossen.",
            "",
            Issue(2012, 12, periodical=True),
        ),
        ("medieninformation 2020/117\n\ndas kabinett hat beschlossen.", "", Issue(2020, None)),
        ("der rat stimmte zu.\nveroffentlicht am 25.10.2013, 18:22 uhr\nkommentare (7)", "", Issue(2013, 10)),
        ("der rat stimmte am 3. marz zu.", "", None),
    ],
)
def test_when_a_text_was_issued(low, title, expected):
    assert issue_of(low, "", title) == expected


def test_of_an_agenda_only_the_row_that_names_the_document_is_around_it():
    rows = [f"{number} satzung nummer {number}" for number in range(1, 9)]
    rows[4] = "5 leitbild integration - beschlussfassung"
    low = "\n".join(rows)
    start = low.index("leitbild")
    assert around(low, ((start, start + 20),)) == rows[4]
