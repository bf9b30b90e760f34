"""The year of a decision: its own date, else what dates the text around it; none rather than a guess."""

import pytest

from konzept_diffusion.documents.adoption import bodies_for
from konzept_diffusion.documents.dating import own_date, year_of_decision
from konzept_diffusion.documents.folding import folded
from konzept_diffusion.documents.issued import issue_of
from konzept_diffusion.documents.passages import Passage


def _year(text: str, sentence: str, path: str = "") -> int | None:
    low, part = folded(text), folded(sentence)
    start = low.index(part)
    passage = Passage(start, start + len(part), (0, 0), 0, True, (0, 0))
    return year_of_decision(low, "", passage, bodies_for(""), issue_of(low, path))[0]


@pytest.mark.parametrize(
    ("text", "year"),
    [
        ("Der Rat beschloss am 3. Mai 2011 das Konzept 2020.", 2011),
        ("Nach dem Auftrag vom Juni 2008 nahm der Rat das Konzept am 4.7.2010 an.", 2010),
        ("Der Ausschuss empfahl es am 2. Mai 2012, der Rat beschloss es am 9. Mai 2013.", 2013),
        ("Der Rat verabschiedete das Konzept von 2009.", None),
        ("Der Rat beschloss die Laufzeit 2012 bis 2015.", None),
    ],
)
def test_the_date_of_the_decision_is_told_from_others(text, year):
    found = own_date(folded(text), bodies_for(""))
    assert (found.year if found else None) == year


def test_a_month_after_that_of_the_issue_is_last_years():
    said = "Die Leitlinien, denen der Kreistag am 13. Dezember zugestimmt hatte, sind gedruckt."
    assert _year(f"Bad Oldesloe, 7. Januar 2014\n\n{said}", said) == 2013
    assert _year(f"Bad Oldesloe, 20. Dezember 2014\n\n{said}", said) == 2014
    assert _year(said, said) is None


def test_a_weekday_is_dated_by_the_source():
    said = "Der Kreistag hat am Mittwoch das Integrationskonzept beschlossen."
    assert _year(f"{said} (Bote vom 16.12.2016)", said) == 2016
    assert _year(said, said, "/lokales/2015/06/konzept") == 2015
    assert _year(said, said) is None


def test_years_ago_count_from_the_issue():
    said = "Vor fünf Jahren beschloss der Rat das Integrationskonzept."
    assert _year(f"Ahrfeld, 3. Mai 2017\n\n{said}", said) == 2012
    assert _year(said, said) is None


def test_minutes_date_their_decisions():
    head = "Niederschrift über die Sitzung des Rates der Stadt Ahrfeld am 12.10.2011\n\n"
    said = "Das Integrationskonzept wird einstimmig beschlossen."
    assert _year(head + said, said) == 2011
    assert _year(head.replace("Rates", "Sozialausschusses") + said, said) is None
