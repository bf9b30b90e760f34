"""Years: strict grammar, and what is never an adoption."""

from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from konzept_diffusion.documents.adoption import adoptions
from konzept_diffusion.documents.dates import dates
from konzept_diffusion.documents.folding import clean, folded
from konzept_diffusion.documents.status import announced_status, is_draft
from konzept_diffusion.documents.years import year_of


def _year(text, **options):
    found = year_of(folded(clean(text)), **options)
    return found.year, found.basis


@pytest.mark.parametrize(
    ("text", "year", "precision"),
    [
        ("am 12.03.2009", 2009, "day"),
        ("am 26. Juni 2014", 2014, "day"),
        ("am 30.9.15", 2015, "day"),
        ("Stand 03/2017", 2017, "month"),
        ("im März 2011", 2011, "month"),
        ("2012-2015", 2012, "span"),
        ("2013/14", 2013, "span"),
        ("2016 bis 2020", 2016, "span"),
        ("2018-05-17", 2018, "day"),
    ],
)
def test_forms_of_dates(text, year, precision):
    (date,) = dates(folded(text))
    assert (date.year, date.precision) == (year, precision)


@pytest.mark.parametrize(
    "text", ["Telefon 0201 20091", "2.000 Euro", "2010 Menschen", "45.13.2009", "Nr. 12009"]
)
def test_numbers_that_are_no_dates(text):
    assert dates(folded(text)) == []


@pytest.mark.parametrize(
    ("text", "year"),
    [
        ("Beschlossen vom Rat der Stadt am 12.03.2009", 2009),
        ("Der Kreistag hat das Konzept in seiner Sitzung am 26. Juni 2014 einstimmig beschlossen.", 2014),
        ("Beschluss der Stadtverordnetenversammlung vom 30.9.2015: Das Leitbild gilt.", 2015),
        (
            "Nach Beratung im Sozialausschuss am 3.2.2008 hat der Rat das Konzept am 5.6.2009 verabschiedet.",
            2009,
        ),
        ("Der Stadtrat stimmte dem Integrationskonzept am 5. Mai 2011 zu.", 2011),
    ],
)
def test_stated_adoptions(text, year):
    assert _year(text) == (year, "beschluss")


@pytest.mark.parametrize(
    "text",
    [
        "Der Rat hat am 3.4.2008 die Erarbeitung eines Integrationskonzepts beschlossen.",
        "Der Rat beauftragte die Verwaltung am 3.4.2008, ein Konzept zu erstellen; der Beschluss war einstimmig.",
        "Der Integrationsrat hat dem Konzept am 3.4.2008 zugestimmt.",
        "Der Ausschuss für Soziales hat das Konzept am 3.4.2008 beschlossen.",
        "Das Konzept soll vom Rat am 3.4.2030 beschlossen werden.",
        "Der Bundestag hat das Integrationsgesetz am 7.7.2016 beschlossen, der Rat begrüßt das Konzept.",
        "Der Rat hat am 5.5.2010 die Satzung des Integrationsrates beschlossen.",
        "Der Rat lehnte das Konzept ab; der Antrag vom 5.5.2010 wurde nicht beschlossen.",
    ],
)
def test_what_is_no_adoption(text):
    assert adoptions(folded(clean(text))) == []


def test_the_predecessors_adoption_is_not_the_updates():
    text = (
        "Fortschreibung des Integrationskonzepts\nStand: Mai 2016\n\n"
        "Das erste Konzept wurde vom Stadtrat am 3.5.2008 verabschiedet."
    )
    found = year_of(folded(clean(text)), update=True)
    assert (found.year, found.basis, found.predecessor) == (2016, "dokument", 2008)


@pytest.mark.parametrize(
    "text",
    [
        "Integrationskonzept 2012-2015",
        "Gesamtkonzept Vision 2020",
        "Konzept\nBevölkerungsdaten zum 31.12.2008",
        "Konzept",
    ],
)
def test_spans_targets_and_data_are_no_years(text):
    assert _year(text) == (None, "unbekannt")


@given(st.text(max_size=400))
def test_any_text_is_read_without_an_error_and_positions_hold(text):
    shown = clean(text)
    low = folded(shown)
    assert len(low) == len(shown)
    for date in dates(low):
        assert str(date.year)[-2:] in shown[date.start : date.end]
    year_of(low)


@given(st.integers(1975, 2030), st.integers(1, 12), st.integers(1, 28))
def test_an_adoption_on_any_day_is_found(year, month, day):
    text = f"Der Rat der Stadt hat das vorliegende Konzept am {day}.{month:02}.{year} beschlossen."
    assert _year(text) == (year, "beschluss")


def test_drafts_and_announcements():
    assert is_draft(folded("Integrationskonzept (Entwurf)"))
    assert not is_draft(folded("nach Diskussion des Entwurfs beschlossen"))
    assert announced_status(folded("Das Integrationskonzept wird derzeit erarbeitet.")).status == "in_arbeit"
    assert announced_status(folded("Der Kreis hat kein Integrationskonzept.")).status == "kein_konzept"
    assert announced_status(folded("Guten Tag.")).status == "unbekannt"


# Organs in nominative, genitive and as agent: every one of them adopts, in every wording, with every form of date.
ORGANS = [
    ("der Rat der Stadt", "des Rates", "vom Rat der Stadt"),
    ("der Stadtrat", "des Stadtrates", "vom Stadtrat"),
    (
        "die Stadtverordnetenversammlung",
        "der Stadtverordnetenversammlung",
        "von der Stadtverordnetenversammlung",
    ),
    ("der Kreistag", "des Kreistags", "vom Kreistag"),
    ("der Marktgemeinderat", "des Marktgemeinderates", "durch den Marktgemeinderat"),
    ("die Bürgerschaft", "der Bürgerschaft", "von der Bürgerschaft"),
    ("die Stadtvertretung", "der Stadtvertretung", "durch die Stadtvertretung"),
    ("die Gemeindevertretung", "der Gemeindevertretung", "von der Gemeindevertretung"),
    ("der Städteregionstag", "des Städteregionstages", "vom Städteregionstag"),
    ("die Regionsversammlung", "der Regionsversammlung", "von der Regionsversammlung"),
]
DAYS = [
    "am 12.03.2009",
    "am 12. März 2009",
    "am 12.3.09",
    "am Donnerstag, dem 12. März 2009,",
    "im März 2009",
]
ADOPTING = [
    "{who} hat {day} das Integrationskonzept beschlossen.",
    "Das Integrationskonzept wurde {by} {day} verabschiedet.",
    "{who} hat in seiner Sitzung {day} dem Konzept zugestimmt.",
    "Nach Vorberatung im Sozialausschuss am 3.2.2009 hat {who} {day} das Konzept beschlossen.",
    "Das Integrationskonzept, das {who} {day} beschlossen hat, umfasst sechs Handlungsfelder.",
    "Die Verwaltung wurde 2007 beauftragt, ein Konzept zu erarbeiten; {day} hat {who} das Konzept beschlossen.",
    "Mit Beschluss {of} vom 12. März 2009 wurde das Integrationskonzept verabschiedet.",
    "Beschlossen {by} {day}",
]
NOT_ADOPTING = [
    "{who} hat {day} beschlossen, ein Integrationskonzept zu erarbeiten.",
    "{who} beauftragte {day} die Verwaltung mit der Erstellung eines Integrationskonzepts.",
    "{who} nahm das Integrationskonzept {day} zur Kenntnis.",
    "{who} hat {day} die Einrichtung eines Integrationsrates beschlossen.",
    "{who} hat {day} auf Grundlage des Integrationskonzepts zwei Stellen beschlossen.",
    "{who} hat {day} den Bericht zum Integrationskonzept beschlossen.",
    "Das Konzept soll {by} {day} beschlossen werden.",
    "Das erste Integrationskonzept wurde {by} {day} beschlossen; es ist überholt.",
    "Die Beschlussfassung {of} über das Konzept ist für den 12. März 2009 vorgesehen.",
]


def _said(wording, organ, day):
    return wording.format(who=organ[0], of=organ[1], by=organ[2], day=day)


@pytest.mark.parametrize(
    "place", ["Integrationskonzept\n{}", "Integrationskonzept\n\nVorwort\nEin Anfang.\n{}\nEnde."]
)
@pytest.mark.parametrize("organ", ORGANS, ids=lambda organ: organ[0])
def test_every_organ_adopts_in_every_wording(organ, place):
    wrong = [
        said
        for wording in ADOPTING
        for day in DAYS
        if _year(place.format(said := _said(wording, organ, day))) != (2009, "beschluss")
    ]
    assert wrong == []


@pytest.mark.parametrize("organ", ORGANS, ids=lambda organ: organ[0])
def test_no_organ_adopts_by_what_is_no_adoption(organ):
    wrong = [
        said
        for wording in NOT_ADOPTING
        for day in DAYS
        if _year(f"Integrationskonzept\n{(said := _said(wording, organ, day))}")[1] == "beschluss"
    ]
    assert wrong == []


@pytest.mark.parametrize(
    "behind",
    [
        "Fotos: Archiv, 1998 und 2003",
        "Nachdruck 2021",
        "Druck: Hausdruckerei, Auflage 300 Stück\n\nVorwort\nDas Zuwanderungsgesetz trat am 1. Januar 2005 in Kraft.",
        "\fVorwort\nDie Bundesregierung hat 2007 den Nationalen Integrationsplan vorgelegt.",
        "\fVorwort\nBereits 1998 hatten die Gremien erste Grundsätze beschlossen; sie sind überholt.",
        "\fVorwort\nDas Teilhabe- und Integrationsgesetz wurde am 14. Februar 2012 vom Landtag beschlossen.",
    ],
)
def test_years_in_an_imprint_or_foreword_neither_date_a_document_nor_gainsay_its_adoption(behind):
    front = "Integrationskonzept der Stadt Talbrück\n\fImpressum\nHerausgeber: Stadt Talbrück\n"
    assert _year(f"{front}{behind}") == (None, "unbekannt")
    closing = "\fSchluss\nDas Konzept wurde vom Rat der Stadt am 9. Juli 2013 beschlossen."
    assert _year(f"{front}{behind}{closing}") == (2013, "beschluss")


def test_a_round_year_in_a_title_is_a_target():
    assert _year("Integrationskonzept 2020") == (None, "unbekannt")
    assert _year("Integrationskonzept 2013") == (2013, "dokument")


def test_a_neighbours_decision_is_not_ours():
    assert (
        adoptions(folded("In der Nachbarstadt hat der Rat am 3.3.2010 das Integrationskonzept beschlossen."))
        == []
    )
