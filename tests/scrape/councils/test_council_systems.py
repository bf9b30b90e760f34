"""From a page of each make to the paper and its file: recognised, searched, read."""

from urllib.parse import parse_qs, urlsplit

import pytest

from konzept_diffusion.scrape import councils, pages
from konzept_diffusion.scrape.exchange import Exchange, Request

TERMS = ("Integrationskonzept", "Integrationsleitbild", "Integration")


def answer(url, html, media_type="text/html"):
    return Exchange(Request(url), url, 200, {}, html.encode(), media_type, "utf-8")


def parsed(url, html):
    return pages.parse(answer(url, f"<!doctype html><html lang=de><body>{html}</body></html>"))


def pairs(system, page):
    return {link.url: context for link, context in councils.read_listing(system, page)}


SESSIONNET = "https://stadt.example/bi/"
SESSIONNET_START = """
<title>Bürgerinfo</title>
<nav><ul>
 <li><a href="si0040.php">Sitzungskalender</a></li><li><a href="kp0041.php">Mandatsträger</a></li>
 <li><a href="gr0040.php">Gremien</a></li><li><a href="vo0042.php?__cwpall=1">Vorlagen</a></li>
 <li><a href="suchen01.php?smcrecherche=1">Recherche</a></li>
</ul></nav><main><h1>Willkommen</h1><p>Hier finden Sie Unterlagen der öffentlichen Sitzungen.</p></main>"""
SESSIONNET_FORM = """<main><h1>Recherche</h1>
<form action="suchen01.php?smcrecherche=1" method="post">
 <input type="hidden" name="go" value="1">
 <label>Vorlagennummer <input type="text" name="vonummer"></label>
 <label>Suchbegriffe <input type="text" name="suchbegriffe"></label>
 <label>von <input type="text" name="datum_von" value="01.01.2024"></label>
 <label>bis <input type="text" name="datum_bis" value="31.12.2026"></label>
 <input type="submit" name="smcsuche" value="Suchen">
</form>
<form action="logon.php" method="post"><input name="user"><input type="password" name="pw"></form></main>"""
SESSIONNET_RESULTS = """<main><h1>Suchergebnis</h1><table class="smc-table"><tbody>
<tr><td><a href="vo0050.php?__kvonr=812" class="smc_datatype_vo" title="Vorlage anzeigen">0812/2009</a></td>
 <td>Kommunales Integrationskonzept der Stadt Musterau</td>
 <td><a href="getfile.php?id=4711&amp;type=do" title="Dokument Download">Anlage 1 (PDF 480 KB)</a></td></tr>
<tr><td><a href="vo0050.php?__kvonr=813" class="smc_datatype_vo" title="Vorlage anzeigen">0813/2009</a></td>
 <td>Sanierung der Turnhalle am Markt</td>
 <td><a href="getfile.php?id=4712&amp;type=do">Anlage 1 (PDF 90 KB)</a></td></tr>
</tbody></table></main>"""
SESSIONNET_PAPER = """<main><h1>Vorlage 0812/2009</h1>
<table><tr><th>Betreff:</th><td>Kommunales Integrationskonzept der Stadt Musterau</td></tr>
<tr><th>Art:</th><td>Beschlussvorlage</td></tr></table>
<h2>Dokumente</h2><ul>
<li><a href="getfile.php?id=4710&amp;type=do">Vorlage</a></li>
<li><a href="getfile.php?id=4711&amp;type=do">Anlage 1</a></li></ul>
<h2>Beratungsfolge</h2><ul><li><a href="si0057.php?__ksinr=99">Rat, 17.12.2009</a></li>
<li><a href="si0040.php?__cmonat=12&amp;__cjahr=2009">Kalender</a></li></ul></main>"""


def test_sessionnet_is_five_requests_from_its_start_page_to_the_attachment():
    start = parsed(SESSIONNET + "info.php", SESSIONNET_START)
    system = councils.detect(start, start.url)
    assert system == councils.System("sessionnet", SESSIONNET, "php")

    to_form = councils.searches(system, start, TERMS)
    assert to_form[0] == Request(SESSIONNET + "suchen01.php?smcrecherche=1", referer=start.url)
    assert not councils.has_search(system, start)

    form = parsed(to_form[0].url, SESSIONNET_FORM)
    assert councils.has_search(system, form)
    first, *others = councils.searches(system, form, TERMS)
    fields = dict(first.fields)
    assert first.method == "POST"
    assert fields["suchbegriffe"] == "Integrationskonzept"
    assert fields["go"] == "1"
    assert fields["vonummer"] == ""
    assert [dict(request.fields)["suchbegriffe"] for request in others] == list(TERMS[1:])

    results = parsed(first.url, SESSIONNET_RESULTS)
    listed = councils.read_listing(system, results)
    assert [link.url for link, _ in listed[:2]] == [
        SESSIONNET + "getfile.php?id=4711&type=do", SESSIONNET + "getfile.php?id=4712&type=do",
    ]  # fmt: skip
    assert "Integrationskonzept" in listed[0][1]
    assert "Integrationskonzept" in listed[0][0].context
    assert "Integrationskonzept" not in listed[1][1]
    assert "Turnhalle" in listed[1][1]

    paper = parsed(SESSIONNET + "vo0050.php?__kvonr=812", SESSIONNET_PAPER)
    assert councils.paper_title(paper) == "Kommunales Integrationskonzept der Stadt Musterau"
    contexts = pairs(system, paper)
    assert contexts[SESSIONNET + "getfile.php?id=4711&type=do"].startswith("Kommunales Integrationskonzept")
    assert "Anlage 1" in contexts[SESSIONNET + "getfile.php?id=4711&type=do"]
    assert not [url for url in contexts if "si0040" in url]


def test_a_preset_period_is_widened_so_that_old_papers_are_found():
    form = parsed(SESSIONNET + "suchen01.php", SESSIONNET_FORM)
    fields = dict(councils.searches(councils.System("sessionnet", SESSIONNET, "php"), form, TERMS)[0].fields)
    assert fields["datum_von"] == "01.01.1990"
    assert fields["datum_bis"] == "31.12.2026"


ALLRIS3 = "https://kreis.example/bi/"


def test_allris_3_is_searched_without_a_form_at_hand():
    page = parsed(
        ALLRIS3 + "allris.net.asp",
        '<a href="si010_e.asp">Kalender</a><a href="vo040.asp">Vorlagen</a><a href="yw010.asp">Textsuche</a>',
    )
    system = councils.detect(page, page.url)
    assert system == councils.System("allris3", ALLRIS3)
    requests = councils.searches(system, page, TERMS)
    assert requests[0].method == "POST"
    assert requests[0].url == ALLRIS3 + "vo040.asp"
    assert dict(requests[0].fields)["VO040FIL2"] == "Integrationskonzept"
    assert ALLRIS3 + "yw010.asp" in [request.url for request in requests]


def test_allris_3_files_behind_buttons_are_links_with_the_papers_subject():
    page = parsed(
        ALLRIS3 + "vo020.asp?VOLFDNR=1001",
        """<h1>Vorlage - 2011/077</h1><table><tr><td>Betreff:</td><td>Integrationsplan des Kreises Musterland</td></tr>
        </table><form action="do027.asp" method="post"><input type="hidden" name="DOLFDNR" value="5005">
        <input type="hidden" name="options" value="64"><input type="submit" value="Anlage: Plan"></form>
        <a href="___tmp/tmp/45081036/5006.pdf">Anlage 2</a>""",
    )
    contexts = pairs(councils.detect(page, page.url), page)
    assert contexts[ALLRIS3 + "do027.asp?DOLFDNR=5005&options=64"].startswith("Integrationsplan des Kreises")
    assert contexts[ALLRIS3 + "___tmp/tmp/45081036/5006.pdf"].startswith("Integrationsplan des Kreises")


ALLRIS4 = "https://rat.example/public/"


def test_allris_4_is_known_by_its_addresses_and_offers_search_list_and_oparl():
    page = parsed(ALLRIS4 + "si010", '<a href="vo040">Vorlagen</a><a href="./gr020">Gremien</a>')
    system = councils.detect(page, page.url)
    assert system == councils.System("allris4", ALLRIS4)
    urls = [request.url for request in councils.searches(system, page, TERMS)]
    assert {ALLRIS4 + "tr010", ALLRIS4 + "vo040", ALLRIS4 + "oparl/system"} <= set(urls)
    assert len(urls) == len(set(urls))


def test_allris_4_paper_gives_files_without_extension():
    page = parsed(
        ALLRIS4 + "vo020?VOLFDNR=2001",
        """<h1>Vorlage - V/2015/12</h1><dl><dt>Betreff:</dt><dd>Integrationskonzept 2015</dd></dl>
        <ul><li><a href="doc?DOLFDNR=77&amp;DOCTYP=130&amp;OTYP=41">Anlage 1</a></li>
        <li><a href="wicket/resource/org.apache.wicket.Application/doc78.pdf">Anlage 2</a></li>
        <li><a href="wicket/resource/org.apache.wicket.Application/app.js">x</a></li></ul>
        <a href="to010?SILFDNR=5">Sitzung</a><a href="si010?MM=5&amp;YY=2031">weiter</a>""",
    )
    listed = councils.read_listing(councils.detect(page, page.url), page)
    files = [link.url for link, _ in listed][:2]
    assert files == [
        ALLRIS4 + "doc?DOLFDNR=77&DOCTYP=130&OTYP=41",
        ALLRIS4 + "wicket/resource/org.apache.wicket.Application/doc78.pdf",
    ]
    assert all("Integrationskonzept 2015" in context for _, context in listed[:2])
    assert not [link for link, _ in listed if "si010" in link.url or link.url.endswith(".js")]


SDNET = "https://ris.example/"


def test_sdnet_search_form_keeps_its_tokens_and_results_name_their_paper():
    form = parsed(
        SDNET + "recherche",
        """<title>Recherche - SD.NET RIM 4</title><form action="/recherche" method="post">
        <input type="hidden" name="reqid" value="r-17"><input type="hidden" name="csrftoken" value="t-9">
        <input type="text" name="terms"><input type="date" name="datefrom" value="2025-01-01">
        <input type="date" name="dateto" value="2026-11-20"><button type="submit">Suchen</button></form>
        <a href="/vorgang/?__=UGhVM0hpd2NXNFdFcExj">Vorgang</a><a href="/termine/?__=AAAA">Termine</a>""",
    )
    system = councils.detect(form, form.url)
    assert system == councils.System("sdnet", SDNET)
    fields = dict(councils.searches(system, form, TERMS)[0].fields)
    assert (fields["reqid"], fields["csrftoken"], fields["terms"]) == ("r-17", "t-9", "Integrationskonzept")
    assert (fields["datefrom"], fields["dateto"]) == ("1990-01-01", "2026-11-20")

    results = parsed(
        SDNET + "recherche",
        """<table><tr class="row-0"><td class="column-dokument">
        <a href="/sdnetrim/UGhVM0hpd2NXNFdFcExjZ_aa/Anlage_1.pdf" title="Anlage 1 im PDF-Format öffnen">PDF</a></td>
        <td class="column-betreff"><a href="/vorgang/?__=UGhVM0hpd2NXNFdF">79/2010</a> -
        <span>Handlungskonzept Integration und Vielfalt</span></td></tr></table>""",
    )
    contexts = pairs(system, results)
    assert (
        "Handlungskonzept Integration" in contexts[SDNET + "sdnetrim/UGhVM0hpd2NXNFdFcExjZ_aa/Anlage_1.pdf"]
    )
    assert SDNET + "vorgang/?__=UGhVM0hpd2NXNFdF" in contexts


def test_rubin_is_entered_by_oparl_since_scripts_build_its_pages():
    page = pages.parse(
        answer("https://stadt.example/", "<title>more! rubin</title><body><div id=app></div></body>")
    )
    body = b"<title>more! rubin</title>"
    system = councils.detect(page, page.url, body)
    assert system == councils.System("rubin", "https://stadt.example/")
    assert councils.searches(system, page, TERMS)[0].url == "https://stadt.example/oparl/system"
    file = "https://stadt.example/documents.php?document_type_id=4&submission_id=10&id=69"
    assert councils.role(system, file) == "file"


UNKNOWN_START = """<title>Ratsinformationssystem der Gemeinde Musterau</title><h1>Ratsinformationssystem</h1>
<ul><li><a href="/rat/sitzungen">Sitzungen</a></li><li><a href="/rat/vorlagen">Vorlagen</a></li>
<li><a href="/rat/gremien">Gremien</a></li><li><a href="/rat/kalender?monat=5">Kalender</a></li></ul>
<form action="/rat/suche" method="get"><input name="begriff" type="text"><button>Suchen</button></form>"""


def test_a_system_of_unknown_make_is_searched_and_read_all_the_same():
    page = pages.parse(answer("https://gemeinde.example/rat/", UNKNOWN_START))
    system = councils.detect(page, page.url)
    assert system == councils.System("unknown", "https://gemeinde.example/rat/")
    first = councils.searches(system, page, TERMS)[0]
    assert parse_qs(urlsplit(first.url).query)["begriff"] == ["Integrationskonzept"]

    results = parsed(
        "https://gemeinde.example/rat/suche?begriff=x",
        """<ul><li><a href="/rat/vorlage/55">Leitbild für das Zusammenleben</a>
        <a href="/rat/dumpFile?nr=8">Anlage</a></li></ul><a href="/rat/kalender?monat=6">Juni</a>""",
    )
    contexts = pairs(system, results)
    assert "Leitbild für das Zusammenleben" in contexts["https://gemeinde.example/rat/dumpFile?nr=8"]
    assert "https://gemeinde.example/rat/vorlage/55" in contexts
    assert not [url for url in contexts if "kalender" in url]


@pytest.mark.parametrize(
    "html",
    [
        '<title>Stadt Musterau</title><a href="https://musterau.gremien.example/bi/vo0040.php">Vorlagen</a>'
        '<a href="https://musterau.gremien.example/bi/si0040.php">Sitzungen</a><a href="/rathaus">Rathaus</a>',
        '<title>Stadt Musterau</title><a href="/bi/vo0050.php?__kvonr=1">Vorlage</a>'
        '<a href="/bi/si0040.php">Sitzungen</a><a href="/rathaus">Rathaus</a>',
    ],
    ids=["elsewhere", "in a folder of its own"],
)
def test_a_site_that_only_links_to_a_system_is_none(html):
    page = pages.parse(answer("https://musterau.example/", html))
    assert councils.detect(page, page.url) is None


@pytest.mark.parametrize(
    ("url", "anchor", "least", "most"),
    [
        ("https://stadt.example/politik", "Ratsinformationssystem", 0.9, 1),
        ("https://stadt.example/politik", "Bürgerinformationssystem", 0.9, 1),
        ("https://kreis.example/x", "Kreistagsinformationssystem", 0.9, 1),
        ("https://stadt.example/bi/vo0050.asp?__kvonr=9", "hier", 0.9, 1),
        ("https://ratsinfo.stadt.example/", "zum Portal", 0.8, 1),
        ("https://stadt.example/x", "Sitzungsdienst", 0.9, 1),
        ("https://stadt.example/x", "Sitzungskalender", 0.3, 0.7),
        ("https://stadt.example/x", "Neues Ratsinformationssystem der Stadt: Rat stimmt nach Debatte zu", 0.1, 0.5),
        ("https://ratsinfo.stadt.example/login", "Ratsinformationssystem (Login)", 0, 0),
        ("https://stadt.example/freizeit", "Schwimmbad", 0, 0),
        ("https://stadt.example/x", "Kreistag", 0.1, 0.4),
    ],
)  # fmt: skip
def test_links_to_council_systems_are_known_by_name_or_address(url, anchor, least, most):
    link = pages.Link(url, anchor, "", "nav", "", "", "", "", "", "")
    assert least <= councils.detect_link(link) <= most


@pytest.mark.parametrize(
    ("code", "path", "role"),
    [
        ("sessionnet", "getfile.asp?id=12&type=do", "file"),
        ("sessionnet", "vo0050.asp?__kvonr=12", "paper"),
        ("sessionnet", "to0045.asp?__ksinr=12", "agenda"),
        ("sessionnet", "si0100.asp?__cjahr=2031", "calendar"),
        ("sessionnet", "kp0050.asp?__kpenr=12", "person"),
        ("sessionnet", "vo0042.asp?__cwpall=1", "result"),
        ("allris3", "do027.asp?DOLFDNR=3&options=64", "file"),
        ("allris3", "vo020.asp?VOLFDNR=3", "paper"),
        ("allris3", "to010.asp?SILFDNR=3", "agenda"),
        ("allris3", "si010_e.asp?MM=5&YY=2031", "calendar"),
        ("allris4", "doc?DOLFDNR=3", "file"),
        ("allris4", "vo020?VOLFDNR=3&refresh=false", "paper"),
        ("sdnet", "tops/?__=UGhVM0hpd2NX", "agenda"),
        ("sdnet", "termine", "calendar"),
        ("sdnet", "vorlagen?__=PAGE2", "result"),
        ("unknown", "files/konzept.pdf", "file"),
        ("unknown", "impressum", "noise"),
    ],
)
def test_addresses_have_roles(code, path, role):
    system = councils.System(code, "https://stadt.example/bi/")
    assert councils.role(system, system.base + path) == role


def test_a_row_whose_link_is_only_a_number_is_told_by_the_whole_row():
    page = parsed(
        SESSIONNET + "vo0042.php",
        """<table><tr><td><a href="vo0050.php?__kvonr=7">Beschlussvorlage Nr. 7/2012</a></td>
        <td>Leitbild Integration</td><td><a href="getfile.php?id=70">Anlage</a></td></tr></table>""",
    )
    contexts = pairs(councils.System("sessionnet", SESSIONNET, "php"), page)
    assert "Leitbild Integration" in contexts[SESSIONNET + "getfile.php?id=70"]
    assert "Leitbild Integration" in contexts[SESSIONNET + "vo0050.php?__kvonr=7"]


def test_a_hostile_link_text_costs_no_time():
    text = "vorlage" * 40 + " x" + "vorlage " * 30 + "! x"
    page = parsed(SESSIONNET + "vo0042.php", f'<p><a href="vo0050.php?__kvonr=7">{text}</a></p>')
    assert len(councils.read_listing(councils.System("sessionnet", SESSIONNET, "php"), page)) == 1


def test_calendars_and_persons_are_never_promising():
    assert [councils.promise(role) for role in ("calendar", "person", "noise")] == [0, 0, 0]
    assert councils.promise("file") > councils.promise("paper") > councils.promise("agenda") > 0
