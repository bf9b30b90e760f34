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
