"""Forms: the site search is recognised, other forms are refused, and a browser's request is sent."""

from __future__ import annotations

from dataclasses import dataclass

import pytest
from hypothesis import given
from hypothesis import strategies as st

from konzept_diffusion.scrape import pages
from konzept_diffusion.scrape.exchange import Request
from konzept_diffusion.scrape.pages import forms
from konzept_diffusion.scrape.pages.forms import Form

URL = "http://www.musterstadt.de/rathaus/index.php?id=5"


@dataclass(frozen=True)
class Body:
    body: bytes
    url: str = URL
    charset: str = ""


def found(html: str, charset: str = "utf-8") -> list[Form]:
    return forms.search_forms(pages.parse(Body(html.encode(charset), charset=charset)))


def only(html: str, charset: str = "utf-8") -> Form:
    (form,) = found(html, charset)
    return form


SEARCHES = {
    "plain": ('<form action="/suche"><input type="search" name="q"><button>Suchen</button></form>', "q"),
    "role": ('<form role="search" action="/s.html"><input type="text" name="begriff"></form>', "begriff"),
    "TYPO3 indexed search": (
        '<form action="/suche/" method="post"><input type="hidden" name="tx_indexedsearch[_sections]" value="0">'
        '<input name="tx_indexedsearch[sword]" value=""><input type="submit" value="Los"></form>',
        "tx_indexedsearch[sword]",
    ),
    "TYPO3 ke_search": (
        '<form><input type="hidden" name="id" value="9"><input type="text" name="tx_kesearch_pi1[sword]"'
        ' placeholder="Ihr Suchbegriff"></form>',
        "tx_kesearch_pi1[sword]",
    ),
    "TYPO3 solr": ('<form action="/suche"><input class="tx-solr-q" name="tx_solr[q]"></form>', "tx_solr[q]"),
    "WordPress": ('<form role="search" class="search-form" action="/"><input name="s"></form>', "s"),
    "Drupal": ('<form action="/search/node"><input title="Zu suchende Begriffe" name="keys"></form>', "keys"),
    "Plone": ('<form id="searchGadget_form" action="/@@search"><input name="SearchableText"></form>', "SearchableText"),
    "Joomla": ('<form action="/index.php"><input name="searchword"><input type="hidden" name="task" value="search">'
               "</form>", "searchword"),
    "Government Site Builder": (
        '<form action="/SiteGlobals/Suche_Formular.html"><input name="templateQueryString"></form>',
        "templateQueryString",
    ),
    "old table layout": (
        '<table><form name="suchform" action="suche.asp" method="post"><tr><td><input name="wort" size=10></td>'
        "<td><input type=image src=go.gif></td></tr></form></table>",
        "wort",
    ),
    "label": ('<form action="/a"><label for="x">Suche nach</label><input id="x" name="feld7"></form>', "feld7"),
    "ASP.NET around the whole page": (
        '<form method="post" id="aspnetForm" action="default.aspx"><input type=hidden name="__VIEWSTATE" value="dDw=">'
        '<input type="password" name="ctl00$pw"><input name="ctl00$user"><input type=submit name="ctl00$login">'
        '<input name="ctl00$kopf$txtSuche"><input type="submit" name="ctl00$kopf$btn" value="Suchen"></form>',
        "ctl00$kopf$txtSuche",
    ),
}  # fmt: skip


@pytest.mark.parametrize(("html", "name"), SEARCHES.values(), ids=SEARCHES.keys())
def test_site_searches_are_recognised(html: str, name: str) -> None:
    assert only(html).text_field == name


OTHERS = {
    "login": '<form action="/login"><input name="user"><input type="password" name="pass"></form>',
    "newsletter": '<form class="newsletter" action="/abo"><input name="email" placeholder="E-Mail"></form>',
    "contact": '<form action="/kontakt"><input name="name"><input name="text"><textarea name="t"></textarea></form>',
    "comment": '<form id="commentform" action="/c.php"><input name="author"><textarea name="c"></textarea></form>',
    "guest book": '<form action="/gaestebuch.php"><input name="text"><input type="submit"></form>',
    "web search": '<form action="https://www.google.de/search"><input type="search" name="q"></form>',
    "no text field": '<form action="/suche"><input type="checkbox" name="q" checked><button>Suchen</button></form>',
    "script only": '<form action="javascript:suche()"><input type="search" name="q"></form>',
    "no name": '<form action="/suche"><input type="search"></form>',
    "upload": '<form action="/suche"><input type="file" name="f"><input name="q"></form>',
}


@pytest.mark.parametrize("html", OTHERS.values(), ids=OTHERS.keys())
def test_other_forms_are_refused(html: str) -> None:
    assert found(html) == []


def test_the_site_search_comes_before_searches_for_events_and_streets() -> None:
    best, *_ = found(
        '<form action="/veranstaltungen/suche"><input name="suchbegriff"><input name="ort"><input name="von"></form>'
        '<form action="/abfall"><input name="strasse" placeholder="Straße suchen"></form>'
        '<form action="/volltext"><input name="q" placeholder="Suchbegriff"></form>'
    )
    assert best.action == "http://www.musterstadt.de/volltext"


def test_the_same_form_twice_is_one() -> None:
    html = '<form action="/suche"><input type="search" name="q"></form>'
    assert len(found(html * 2)) == 1


CONTROLS = """<form action="/suche.php?alt=1" method="{method}" {more}>
<input type="hidden" name="id" value="7"><input type="text" name="suche" value="Suchbegriff">
<input type="checkbox" name="a" value="1" checked><input type="checkbox" name="b" value="1">
<input type="radio" name="r" value="x"><input type="radio" name="r" value="y" checked>
<select name="s"><option value="1">eins<option value="2" selected>zwei</select>
<select name="t"><option value="alle">alle</option><option value="web">web</option></select>
<select name="m" multiple><option value="1" selected><option value="2" selected></select>
<input name="aus" value="1" disabled><input type="reset" name="z" value="0"><input type="button" name="k" value="0">
<input type="submit" name="los" value="Suchen"><input type="submit" name="erweitert" value="Erweitert"></form>"""

SENT = (
    ("id", "7"),
    ("suche", "Integration für alle"),
    ("a", "1"),
    ("r", "y"),
    ("s", "2"),
    ("t", "alle"),
    ("m", "1"),
    ("m", "2"),
    ("los", "Suchen"),
)


def test_a_post_form_sends_what_a_browser_sends() -> None:
    form = only(CONTROLS.format(method="POST", more=""))
    request = forms.fill(form, "Integration für alle")
    assert request == Request("http://www.musterstadt.de/suche.php?alt=1", "POST", SENT, "utf-8", URL)


def test_a_get_form_replaces_the_query_of_its_action() -> None:
    request = forms.fill(only(CONTROLS.format(method="get", more="")), "Integration für alle")
    assert request.url == (
        "http://www.musterstadt.de/suche.php?id=7&suche=Integration+f%C3%BCr+alle&a=1&r=y&s=2&t=alle&m=1&m=2&los=Suchen"
    )
    assert (request.method, request.fields, request.referer) == ("GET", (), URL)


def test_the_charset_is_the_form_s_or_the_page_s() -> None:
    html = '<meta charset="iso-8859-1"><form action="/suche" {more}><input name="q"><p>für</p></form>'
    latin = only(html.format(more=""), "iso-8859-1")
    assert forms.fill(latin, "für ж").url == "http://www.musterstadt.de/suche?q=f%FCr+%26%231078%3B"
    told = only(html.format(more='accept-charset="utf-8"'), "iso-8859-1")
    assert forms.fill(told, "für").url == "http://www.musterstadt.de/suche?q=f%C3%BCr"
    strange = only(html.format(more='accept-charset="UNKNOWN"'), "iso-8859-1")
    assert forms.fill(strange, "für").url == "http://www.musterstadt.de/suche?q=f%FCr"


def test_a_form_without_action_goes_to_its_own_page() -> None:
    assert forms.fill(only('<form><input type="search" name="q"></form>'), "a").url == (
        "http://www.musterstadt.de/rathaus/index.php?q=a"
    )


def test_an_image_button_sends_its_coordinates() -> None:
    form = only(
        '<form action="/suche"><input type="search" name="q"><input type="image" name="go" src="x"></form>'
    )
    assert forms.fill(form, "a").url == "http://www.musterstadt.de/suche?q=a&go.x=1&go.y=1"


def test_of_several_buttons_the_one_after_the_field_is_pressed() -> None:
    form = only(SEARCHES["ASP.NET around the whole page"][0])
    sent = dict(forms.fill(form, "Konzept").fields)
    assert sent["ctl00$kopf$txtSuche"] == "Konzept"
    assert sent["ctl00$kopf$btn"] == "Suchen"
    assert sent["__VIEWSTATE"] == "dDw="
    assert "ctl00$login" not in sent


def test_controls_that_broken_markup_left_outside_belong_to_the_form_before() -> None:
    html = (
        '<div><form action="/suche" role="search"></form></div><input name="q"><input type="submit" name="x">'
    )
    assert forms.fill(only(html), "a").url == "http://www.musterstadt.de/suche?q=a&x="


OPENSEARCH = """<?xml version="1.0"?><OpenSearchDescription xmlns="http://a9.com/-/spec/opensearch/1.1/">
<ShortName>Suche</ShortName><InputEncoding>ISO-8859-1</InputEncoding>
<Url type="application/x-suggestions+json" template="/vorschlag?q={searchTerms}"/>
<Url type="text/html" method="get" template="/suche?q={searchTerms}&amp;page={startPage?}&amp;n={count}&amp;lang=de"/>
</OpenSearchDescription>"""


def test_opensearch_descriptions_are_forms() -> None:
    form = forms.opensearch(OPENSEARCH.encode(), "http://www.musterstadt.de/os.xml")
    assert form is not None
    assert forms.fill(form, "für").url == "http://www.musterstadt.de/suche?q=f%FCr&n=&lang=de"


def test_opensearch_with_the_term_in_its_path() -> None:
    body = b'<OpenSearchDescription><Url type="text/html" template="http://s.de/suche/{searchTerms}"/></OpenSearchDescription>'
    form = forms.opensearch(body, "http://www.musterstadt.de/os.xml")
    assert form is not None
    assert forms.fill(form, "a b/ü").url == "http://s.de/suche/a%20b%2F%C3%BC"


@pytest.mark.parametrize(
    "body",
    [
        b"",
        b"<html><body>404</body></html>",
        b"no xml",
        b'<OpenSearchDescription><Url type="text/html" template="/suche"/></OpenSearchDescription>',
        b'<OpenSearch><Url type="text/html" method="post" template="/s?q={searchTerms}"/></OpenSearch>',
        b'<OpenSearchDescription><Url type="text/html" template="javascript:{searchTerms}"/></OpenSearchDescription>',
    ],
)
def test_what_is_no_opensearch_description_is_none(body: bytes) -> None:
    assert forms.opensearch(body, URL) is None


@given(st.binary(max_size=200))
def test_opensearch_never_raises(body: bytes) -> None:
    assert forms.opensearch(body, URL) is None


@given(st.text(max_size=30))
def test_any_term_makes_a_request(term: str) -> None:
    for method in ("get", "post"):
        request = forms.fill(only(CONTROLS.format(method=method, more="")), term)
        assert request.url.startswith("http://www.musterstadt.de/suche.php?")
