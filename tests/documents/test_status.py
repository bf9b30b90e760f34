"""Status: what is proposed, pending, planned or refused has not been adopted."""

from __future__ import annotations

import pytest

from konzept_diffusion.documents.folding import folded
from konzept_diffusion.documents.record import recorded
from konzept_diffusion.documents.status import announced, document_status, is_draft


@pytest.mark.parametrize(
    ("text", "status"),
    [
        ("Der Kreis verfügt bislang über kein eigenes Integrationskonzept.", "kein_konzept"),
        ("Der Entwurf des Integrationskonzepts wird im Herbst beraten.", "entwurf"),
        ("Der Ausschuss empfiehlt dem Rat, das Integrationskonzept zu beschließen.", "entwurf"),
        ("Derzeit entsteht im Dialog mit Vereinen ein Integrationskonzept.", "in_arbeit"),
        ("Die Verwaltung wurde beauftragt, ein Integrationskonzept zu erstellen.", "geplant"),
        ("Das Freibad öffnet im Mai.", "unbekannt"),
    ],
)
def test_what_a_page_announces(text, status):
    assert announced(folded(text)).status == status


@pytest.mark.parametrize(
    "front",
    [
        "Integrationskonzept der Stadt Bad Wiesenbach\nDiskussionsentwurf, Stand: Oktober 2016",
        "Integrationskonzept\nEntwurf für die Beteiligung",
        "Integrationskonzept\nEine Beschlussfassung durch den Stadtrat ist für 2017 vorgesehen.",
        "Integrationskonzept\nvorbehaltlich der Zustimmung des Kreistags",
    ],
)
def test_a_document_whose_adoption_is_to_come_is_a_draft(front):
    assert document_status(folded(front), "", adopted=False).status == "entwurf"


@pytest.mark.parametrize(
    "text", ["nach Diskussion des Entwurfs beschlossen", "grafischer Entwurf: Büro Sommer"]
)
def test_a_draft_in_the_history_or_design_is_none(text):
    assert is_draft(folded(text)) is None


@pytest.mark.parametrize(
    ("text", "year"),
    [
        (
            "Betreff Integrationskonzept\nGremium Rat\nDatum 27.11.2014\n"
            "Der Rat beschließt das Konzept. Abstimmungsergebnis: einstimmig beschlossen.",
            2014,
        ),
        ("Kreistag 11.09.2018\nTOP 5 Handlungskonzept Integration\nBeschluss: ungeändert beschlossen", 2018),
        (
            "Niederschrift über die Sitzung des Kreistages am 26. Juni 2014\nTOP 4 Integrationskonzept\n"
            "Der Kreistag beschließt das Integrationskonzept.",
            2014,
        ),
    ],
)
def test_a_councils_record_dates_the_adoption(text, year):
    assert [found.year for found in recorded(folded(text))] == [year]


@pytest.mark.parametrize(
    "text",
    [
        "Niederschrift der Sitzung des Sozialausschusses vom 05.12.2012\nIntegrationskonzept\nEinstimmig beschlossen.",
        "Beratungsfolge: Rat 12.03.2009\nBeschlussvorschlag: Der Rat beschließt das Integrationskonzept.",
        "Sitzung des Rates vom 3.3.2010\nErarbeitung eines Integrationskonzepts\nErgebnis: einstimmig beschlossen",
        "Sitzung des Rates vom 3.3.2010\nIntegrationskonzept\nErgebnis: abgelehnt",
    ],
)
def test_committees_proposals_commissions_and_refusals_are_no_record_of_an_adoption(text):
    assert recorded(folded(text)) == []
