"""Languages: a translation is no new document, a summary in English makes none of an original."""

from __future__ import annotations

import pytest

from konzept_diffusion.documents.language import is_easy, is_translation, language

GERMAN = (
    "Das Konzept ist von der Stadt und für die Menschen in der Stadt geschrieben, die hier leben und arbeiten. "
    "Es wird vom Rat beschlossen und durch die Verwaltung mit den Vereinen umgesetzt. "
)
ENGLISH = (
    "This is the concept of the city and it is written for all of the people who live here and work in the town. "
    "It has been adopted by the council and will be carried out by the administration with our associations. "
)
TURKISH = (
    "Bu konsept kentte birlikte yaşamak için ve herkes için eşit fırsatlar için hazırlandı. Belediye meclisi "
    "daha iyi bir gelecek için bu planı kabul etti ve dernekler ile birlikte uygulayacak. "
)
EASY = "Das ist ein Text über die Stadt.\nAlle Menschen gehören dazu.\nDie Stadt hilft allen.\nDas ist uns wichtig.\n"


@pytest.mark.parametrize(
    ("text", "code"),
    [
        (GERMAN, "de"),
        (ENGLISH, "en"),
        (TURKISH, "tr"),
        ("Le plan de la ville est écrit pour les habitants et les associations qui sont dans la ville.", "fr"),
        ("El plan de la ciudad es para los vecinos y las asociaciones que viven con nosotros en la ciudad.", "es"),
        ("Il piano della città è per gli abitanti e le associazioni che si trovano nel comune e sono qui.", "it"),
        ("O plano da cidade é para os moradores e as associações que não são do centro, com mais apoio.", "pt"),
        ("Het plan van de stad is voor de mensen die in de stad wonen en ook voor het bestuur met deze taak.", "nl"),
        ("Plan miasta jest dla mieszkańców i stowarzyszeń, które są w mieście, oraz do pracy przez radę.", "pl"),
        ("Planul orașului este pentru oamenii care sunt în oraș și din asociații, prin consiliu și cu ei.", "ro"),
        ("Plan grada je za ljude koji žive u gradu i za udruge koje se brinu o njima, kao i od vijeća.", "hr"),
        ("Plani i qytetit është për njerëzit që janë në qytet dhe për shoqatat me të cilat punon, si dhe një.", "sq"),
        ("A város terve azoknak szól, akik itt élnek, és az egyesületeknek is, hogy ez egy jó hely.", "hu"),
        ("Концепция интеграции города для всех жителей и мигрантов, которые живут здесь, была принята.", "ru"),
        ("Концепція інтеграції міста для всіх жителів і мігрантів, які живуть у місті.", "uk"),
        ("Концепцията за интеграция на града е за всички жители, които живеят тук, и за съвета във въпроса.", "bg"),
        ("Концепција интеграције града је за све људе који живе у граду и за њихова удружења.", "sr"),
        ("خطة المدينة مكتوبة لجميع الناس الذين يعيشون هنا ويعملون في المدينة وفي الجمعيات.", "ar"),
        ("برنامه شهر برای همه مردمی است که در اینجا زندگی می‌کنند و گروه‌ها و چگونگی پیشرفت آن.", "fa"),
        ("Το σχέδιο της πόλης είναι για όλους τους ανθρώπους που ζουν εδώ.", "el"),
        ("kurz", ""),
        ("Caritas e. V., Diakonie e. V., Arbeiterwohlfahrt o. Ä., z. B. u. a. " * 20, ""),
        ("2009 2010 2011 " * 40, ""),
        ("", ""),
    ],
)  # fmt: skip
def test_language(text, code):
    assert language(text) == code


@pytest.mark.parametrize(
    ("text", "code"),
    [
        (GERMAN * 4 + ENGLISH * 60, "en"),
        (GERMAN * 60 + ENGLISH * 12, "de"),
        (ENGLISH * 8 + GERMAN * 60, "de"),
        (GERMAN * 30 + TURKISH * 30, "de"),
        (GERMAN * 6 + TURKISH * 90, "tr"),
    ],
    ids=["German foreword", "English summary", "English cover", "half and half", "German cover"],
)
def test_most_of_a_text_decides(text, code):
    assert language(text) == code
    assert is_translation(text) == (code != "de")


def test_an_unknown_language_is_no_translation():
    assert not is_translation("Integrationskonzept 2012")


def test_easy_language_says_so_and_is_short():
    assert is_easy(EASY * 5, "Integrationskonzept in Leichter Sprache")
    assert is_translation("Das Konzept in leichter Sprache\n" + EASY * 5)
    assert not is_easy(EASY * 5, "Integrationskonzept")
    assert not is_easy(GERMAN * 5, "Angebote in Leichter Sprache")
