"""Years that stand elsewhere than in the sentence of the decision: nouns, feet, issues, headings, cut sentences."""

import pytest

from konzept_diffusion.documents.adoption import bodies_for
from konzept_diffusion.documents.dating import own_date, year_of_decision
from konzept_diffusion.documents.folding import folded
from konzept_diffusion.documents.issued import Issue, issue_of
from konzept_diffusion.documents.passages import Passage
from konzept_diffusion.documents.resolutions import resolution_elsewhere, whole_sentence

_TOLD = "Der Rat hat das Integrationskonzept verabschiedet."


def _passage(low: str, sentence: str) -> Passage:
    start = low.index(folded(sentence))
    return Passage(start, start + len(sentence), (0, 0), 0, True, (0, 0))


def _year(text: str, sentence: str, *, path: str = "", title: str = "", voice: str = "") -> int | None:
    low = folded(text)
    issue = issue_of(low, path, folded(title))
    return year_of_decision(low, folded(title), _passage(low, sentence), bodies_for(""), issue, voice)[0]


@pytest.mark.parametrize(
    ("beside", "year"),
    [
        ("Seit dem Ratsbeschluss vom 29.06.2012 ist es verbindlich.", 2012),
        ("Mit dem Beschluss vom 17. Juni 2009 bekam das Amt neue Aufgaben.", 2009),
        ("So kam am 4. März 2013 die Zustimmung der Stadtverordnetenversammlung.", 2013),
        ("Der Haushalt folgte mit Beschluss vom 3. Dezember 2015.", None),
        ("Den Auftrag gab der Ratsbeschluss vom 3. Mai 2008, ein Konzept zu erarbeiten.", None),
        ("Die Sitzung des Integrationsbeirats vom 5. Mai 2016 befasste sich damit.", None),
        ("Ratsbeschluss vom 12.03.2008. Ratsbeschluss vom 13.05.2011.", None),
    ],
)
def test_a_noun_dates_the_decision_if_it_is_the_only_one(beside, year):
    low = folded(f"{_TOLD} {beside}")
    assert resolution_elsewhere(low, _passage(low, _TOLD), bodies_for(""))[0] == year


@pytest.mark.parametrize(
    ("text", "year"),
    [
        (
            "Nach der Vorberatung im Beirat im Herbst 2010 folgte am 13. Dezember 2010 das Ja des Stadtrats.",
            2010,
        ),
        ("Nach der Konferenz 2007 entworfen, im Jahr 2009 vom Stadtrat angenommen und 2011 gedruckt.", 2009),
        (
            "Der Stadtrat hat es nach Beratung in drei Ausschüssen in seiner Sitzung am 16. Mai 2013 beschlossen.",
            2013,
        ),
        ("Der Rat hat die erste Fassung im Juni 2006 beschlossen, die Fortschreibung im Mai 2011.", 2011),
        ("Es schreibt das Konzept von 2008 (Ratsbeschluss vom 12.03.2008) fort.", None),
    ],
)
def test_of_several_dates_the_one_bound_to_the_decision_counts(text, year):
    found = own_date(folded(text), bodies_for(""))
    assert (found.year if found else None) == year


@pytest.mark.parametrize(
    ("foot", "issue"),
    [
        ("27. September 2019", Issue(2019, 9, foot=True)),
        ("19.11.2019, 17:42 Uhr · Lesedauer: 3 min", Issue(2019, 11, foot=True)),
        ("15. Dezember 2022 · 184 Reaktionen", Issue(2022, 12, foot=True)),
        ("© 2022 Landkreis | Impressum", Issue(2022, None, foot=True)),
        ("Nächste Sitzung: 12.03.2019", None),
        ("Anmeldung bis 12.03.2019", None),
    ],
)
def test_the_foot_of_a_text_tells_when_it_was_issued(foot, issue):
    assert issue_of(folded(f"{_TOLD}\n{'Es gilt fortan. ' * 12}\n\n{foot}"), "") == issue


def test_a_foot_dates_news_and_no_page():
    news = "Gestern hat der Rat das Integrationskonzept beschlossen."
    assert _year(f"{news}\n\n27. September 2019", news) == 2019
    assert _year(f"{_TOLD}\n\n27. September 2019", _TOLD, voice="zeitung") == 2019
    assert _year(f"{_TOLD}\n\n27. September 2019", _TOLD, voice="seite") is None
    long_ago = "Einst hat der Rat das Integrationskonzept verabschiedet."
    assert _year(f"Am Montag wurde gefeiert. {long_ago}\n\n27. September 2019", long_ago) is None


@pytest.mark.parametrize(
    ("said", "around", "year"),
    [
        ("Der Rat beschloss es am 27. Juni.", "Verwaltungsbericht für das Jahr 2011\n\n{}", 2011),
        ("Der Rat beschloss es am 27. Juni.", "Grußwort\n{}\n\nAhrfeld, im Juli 2014\nDer Landrat", 2014),
        ("Der Rat hat es im vergangenen November beschlossen.", "{}\n\nAhrfeld, 14.02.2018", 2017),
        ("Der Rat hat es im vergangenen Jahr beschlossen.", "{}\n\nAhrfeld, 14.02.2018", 2017),
        ("Der Rat hat es gestern beschlossen.", "{} Das teilte die Stadt am 23. Februar 2018 mit.", 2018),
        ("Der Rat beschloss 2011, ein Konzept aufzustellen.", "{}", None),
        ("Beschluss: Kreistag 1. Halbjahr 2015", "Wo wollen wir hin?\n{}", None),
    ],
)
def test_headings_signatures_and_relative_times(said, around, year):
    assert _year(around.format(said), said) == year


def test_a_sentence_that_a_break_cuts_is_read_whole():
    end = "Mehrheit verabschiedet worden."
    start = "Die Endfassung ist in der Ratssitzung vom 20.03.2013 mit großer"
    assert _year(f"{start}\n{end}", end) == 2013
    assert _year(f"{start}\n\nIntegrationskonzept · Seite 2\n\n{end}", end) == 2013
    low = folded(f"{start}\n\n{end}")
    assert whole_sentence(low, _passage(low, end)) == ""
