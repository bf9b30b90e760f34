"""Pages: links with what stands around them, main text, hints; whatever the markup is like."""

from __future__ import annotations

from dataclasses import dataclass

import pytest
from hypothesis import given
from hypothesis import strategies as st

from konzept_diffusion.scrape import pages
from konzept_diffusion.scrape.pages import Link, Page, markup

URL = "http://www.musterstadt.de/rathaus/integration.html"


@dataclass(frozen=True)
class Body:
    """The least that can be parsed."""

    body: bytes
    url: str = URL
    charset: str = ""


def page(html: str | bytes, charset: str = "") -> Page:
    return pages.parse(Body(html if isinstance(html, bytes) else html.encode(), charset=charset))


def link(html: str, path: str = "/ziel") -> Link:
    found = [each for each in page(html).links if each.url == "http://www.musterstadt.de" + path]
    assert len(found) == 1, page(html).links
    return found[0]


SENTENCE = "Die Stadt Musterstadt fördert das Zusammenleben aller Menschen, die hier wohnen und arbeiten. "

PAGE = f"""<!DOCTYPE html><html lang="de"><head><title>Integration –
 Musterstadt</title><meta name="generator" content="TYPO3 CMS"><base href="/portal/">
<link rel="canonical" href="/rathaus/integration.html"><link rel="search" href="/os.xml"
type="application/opensearchdescription+xml"><meta name="robots" content="noindex, nofollow">
<meta name="tdm-reservation" content="1"><script>var a = "<a href='/script'>x</a>";</script></head>
<body class="page result nav"><header><a href="/"><img src="l.png" alt="Startseite"></a>
<nav><ul class="menue stufe1"><li class="an"><a href="/leben/" title="Leben hier">Leben</a></li></ul></nav></header>
<div class="breadcrumb"><a href="/rathaus/">Rathaus</a></div>
<main><h1>Integration</h1><p>{SENTENCE * 3}</p><h2>Dokumente</h2>
<ul class="downloads"><li>Integrationskonzept 2012 <a class="datei" href="konzept.pdf" type="application/pdf">PDF</a>
 (2 MB)</li></ul>
<table><tr><td>Leitbild der Stadt</td><td><p><a href="/leitbild">Herunterladen</a></p></td></tr></table>
<h2>Kontakt</h2><aside><h3>Büro</h3><a href="/buero">Integrationsbüro</a></aside></main>
<footer><h3>Service</h3><a href="/impressum">Impressum</a><a href="mailto:x@y.de">Mail</a><a href="#top">oben</a>
</footer></body></html>"""


def test_a_page_gives_its_title_headings_language_and_hints() -> None:
    read = page(PAGE)
    assert read.title == "Integration – Musterstadt"
    assert read.headings == ("Integration", "Dokumente", "Kontakt", "Büro")
    assert (read.lang, read.generator) == ("de", "TYPO3 CMS")
    assert read.base == "http://www.musterstadt.de/portal/"
    assert read.canonical == URL
    assert read.opensearch == "http://www.musterstadt.de/os.xml"
    assert read.noindex
    assert read.nofollow
    assert read.tdm
    assert not page("<p>x</p>").tdm


def test_main_text_has_lines_and_neither_navigation_nor_footer_nor_scripts() -> None:
    lines = page(PAGE).text.split("\n")
    assert lines[0] == "Integration"
    assert lines[1] == " ".join([SENTENCE.strip()] * 3)
    assert "Integrationskonzept 2012 PDF (2 MB)" in lines
    assert "Leitbild der Stadt Herunterladen" in " ".join(lines)
    assert not {"Leben", "Impressum", "Rathaus", "Integrationsbüro"} & set(lines)
    assert page(PAGE).words == len(page(PAGE).text.split())


def test_links_carry_section_path_context_and_heading() -> None:
    found = {each.url.removeprefix("http://www.musterstadt.de"): each for each in page(PAGE).links}
    assert set(found) == {
        "/",
        "/leben/",
        "/rathaus/",
        "/portal/konzept.pdf",
        "/leitbild",
        "/buero",
        "/impressum",
    }
    sections = {path: each.section for path, each in found.items()}
    assert sections == {
        "/": "header",
        "/leben/": "nav",
        "/rathaus/": "breadcrumb",
        "/portal/konzept.pdf": "main",
        "/leitbild": "main",
        "/buero": "aside",
        "/impressum": "footer",
    }
    file = found["/portal/konzept.pdf"]
    assert file.anchor == "PDF"
    assert file.context == "Integrationskonzept 2012 PDF (2 MB)"
    assert file.heading == "Dokumente"
    assert file.path == "main>ul.downloads>li>a.datei"
    assert file.kind_hint == "application/pdf"
    assert found["/leitbild"].context == "Leitbild der Stadt Herunterladen"
    assert found["/leben/"].title == "Leben hier"
    assert found["/"].anchor == "Startseite"
    assert found["/buero"].heading == "Büro"
    assert found["/impressum"].heading == "Service"


@pytest.mark.parametrize(
    ("html", "section"),
    [
        ('<div id="navigation"><a href="/ziel">x</a></div>', "nav"),
        ('<ul class="menu"><li><a href="/ziel">x</a></li></ul>', "nav"),
        ('<div role="navigation"><a href="/ziel">x</a></div>', "nav"),
        ('<div id="brotkrumen"><a href="/ziel">x</a></div>', "breadcrumb"),
        ('<nav aria-label="Pfad" class="rootline"><a href="/ziel">x</a></nav>', "breadcrumb"),
        ('<ul class="pagination"><li><a href="/ziel">2</a></ul>', "pagination"),
        ('<div class="tx-indexedsearch-browsebox"><a href="/ziel">2</a></div>', "pagination"),
        ('<ol class="search-results"><li><a href="/ziel">x</a></ol>', "result"),
        ('<div class="trefferliste"><a href="/ziel">x</a></div>', "result"),
        ('<main class="search-results"><div class="results"><a href="/ziel">x</a></div></main>', "result"),
        ('<div class="results"><ul class="pager"><a href="/ziel">x</a></ul></div>', "pagination"),
        ('<div id="fusszeile"><nav><a href="/ziel">x</a></nav></div>', "footer"),
        ('<div class="cookie-banner"><a href="/ziel">x</a></div>', "footer"),
        ('<div class="sidebar"><a href="/ziel">x</a></div>', "aside"),
        ('<main><header><h2><a href="/ziel">x</a></h2></header></main>', "main"),
        ('<article><footer><a href="/ziel">x</a></footer></article>', "main"),
        ('<main><ul class="ce-menu"><li><a href="/ziel">x</a></li></ul></main>', "main"),
        ('<div id="header"><div role="main"><a href="/ziel">x</a></div></div>', "main"),
        ('<body class="navigation-open results"><a href="/ziel">x</a>', "main"),
        ('<div class="conavigator"><a href="/ziel">x</a></div>', "main"),
        ('<iframe src="/ziel" title="x"></iframe>', "frame"),
        ('<object data="/ziel" type="application/pdf"></object>', "frame"),
        ('<embed src="/ziel">', "frame"),
        ('<frameset><frame src="/ziel" name="x"></frameset>', "frame"),
        ('<meta http-equiv="Refresh" content="0; URL=\'/ziel\'">', "refresh"),
        ('<link rel="next" href="/ziel">', "pagination"),
        ('<link rel="alternate" hreflang="en" href="/ziel">', "header"),
        ('<select onchange="go()"><option value="/ziel">x</option></select>', "form"),
    ],
)
def test_sections(html: str, section: str) -> None:
    assert link(html).section == section


@pytest.mark.parametrize(
    "html",
    [
        '<map><area href="/ziel" alt="Karte"></map>',
        '<tr data-href="/ziel"><td>x</td></tr>',
        "<div onclick=\"location.href='/ziel'\">x</div>",
        "<div onClick=\"document.location='/ziel';return false\">x</div>",
        "<a href=\"javascript:window.open('/ziel','w')\">x</a>",
        "<a href='#' onclick=\"window.location.assign('/ziel')\">x</a>",
        "<a href='javascript:void(0)' onclick=\"openPopup('/ziel')\">x</a>",
        "<button type='button' onclick=\"self.location='/ziel'\">x</button>",
        "<frameset><frame src='about:blank'><noframes><a href='/ziel'>x</a></noframes></frameset>",
        "<noscript><a href='/ziel'>x</a></noscript>",
        "<A HREF = /ziel>x</A>",
        "<a href=' /ziel\n'>x</a>",
        "<a href='/zi\nel'>x</a>",
        "<a href='/ziel#anker'>x</a>",
        "<a href='/ziel;jsessionid=0A1B'>x</a>",
        "<area shape=rect href='/ziel'>",
    ],
)
def test_unusual_links_are_found(html: str) -> None:
    assert link(html).url == "http://www.musterstadt.de/ziel"


@pytest.mark.parametrize(
    "href",
    [
        "mailto:a@b.de",
        "tel:1",
        "javascript:void(0)",
        "#top",
        "",
        "data:text/html,x",
        "http://",
        "http://x.de:99999/",
    ],
)
def test_what_is_no_link_is_none(href: str) -> None:
    assert page(f'<a href="{href}">x</a>').links == ()


def test_refresh_leads_on_unless_it_only_reloads_or_stands_in_noscript() -> None:
    assert page('<meta http-equiv="refresh" content="0;url=start.html">').refresh.endswith(
        "/rathaus/start.html"
    )
    assert page('<meta http-equiv="refresh" content="300">').refresh == ""
    assert page('<noscript><meta http-equiv="refresh" content="0;url=/x"></noscript>').refresh == ""
    assert (
        page("<script>window.location.replace('/neu/');</script>").refresh == "http://www.musterstadt.de/neu/"
    )
    assert page(f"<script>location.href='/neu/';</script><p>{SENTENCE * 9}").refresh == ""


def test_the_heading_of_a_result_title_is_the_heading_above_and_not_the_result_before() -> None:
    read = page(
        "<h1>Suche</h1><ol class='results'><li><h3><a href='/1'>Eins</a></h3><p>Auszug eins.</p></li>"
        "<li><h3><a href='/2'>Zwei</a></h3><p>Auszug zwei.</p><a href='/3'>mehr</a></li></ol>"
    )
    one, two, more = read.links
    assert (one.heading, two.heading, more.heading) == ("", "", "Zwei")
    assert two.context == "Zwei Auszug zwei. mehr"
    assert pages.search_results(read) == read.links


def test_a_definition_takes_its_term_along_and_a_card_its_text() -> None:
    html = "<dl><dt>Integrationsplan</dt><dd><a href='/ziel'>PDF</a></dd></dl>"
    assert link(html).context == "Integrationsplan PDF"
    assert (
        link("<div><p>Leitbild Vielfalt</p><div><a href='/ziel'>PDF</a></div></div>").context
        == "Leitbild Vielfalt PDF"
    )


def test_contexts_are_cut_around_the_link() -> None:
    read = link(
        f"<p>{SENTENCE * 20}<b>Das Konzept</b> <a href='/ziel'>hier</a> ist fertig. {SENTENCE * 20}</p>"
    )
    assert len(read.context) <= 300
    assert "hier ist fertig." in read.context
    assert len(link(f"<a href='/ziel'>{SENTENCE * 20}</a>").anchor) == 300


def test_equal_links_are_kept_once_and_other_anchors_beside_them() -> None:
    read = page("<p><a href='/a'>x</a> <a href='/a'>x</a> <a href='/a'>Integrationskonzept</a></p>")
    assert [each.anchor for each in read.links] == ["x", "Integrationskonzept"]


def test_long_text_comes_back_from_a_part_that_only_a_class_takes_for_a_margin() -> None:
    read = page(f"<div class='sidebar'><p>{SENTENCE * 30}</p><a href='/a'>x</a></div>")
    assert read.words > 300
    assert read.links[0].section == "main"
    assert page(f"<div class='cookie-layer'><p>{SENTENCE * 30}</p></div>").words == 0


def test_a_page_without_main_element_keeps_its_whole_text() -> None:
    assert page(f"<table><tr><td>{SENTENCE * 12}</td></tr></table>").words == len((SENTENCE * 12).split())


def test_a_small_main_element_does_not_hide_the_text_beside_it() -> None:
    assert "Vorwort" in page(f"<main><p>Kurz</p></main><div><h1>Vorwort</h1>{SENTENCE * 20}</div>").text


@pytest.mark.parametrize(
    ("body", "header", "charset"),
    [
        ("<p>Fürth".encode(), "", "utf-8"),
        ("<p>Fürth".encode("latin-1"), "", "windows-1252"),
        ("<p>Fürth".encode("latin-1"), "iso-8859-1", "windows-1252"),
        ("<p>Fürth".encode("latin-1"), "utf-8", "windows-1252"),
        ("<p>Fürth".encode(), "iso-8859-1", "utf-8"),
        ("<p>Fürth".encode(), "unheard-of", "utf-8"),
        (b'<meta charset="iso-8859-15"><p>' + "Fürth".encode("iso-8859-15"), "", "iso8859-15"),
        (
            b'<meta http-equiv=Content-Type content="text/html; charset=ISO-8859-1"><p>F\xfcrth',
            "",
            "windows-1252",
        ),
        (b'<?xml version="1.0" encoding="iso-8859-1"?><p>F\xfcrth', "", "windows-1252"),
        (b'<meta charset="iso-8859-1"><p>' + "Fürth".encode(), "", "utf-8"),
        ("\ufeff<p>Fürth".encode("utf-8"), "iso-8859-1", "utf-8"),
        ("\ufeff<p>Fürth".encode("utf-16-le"), "", "utf-16-le"),
        ("\ufeff<p>Fürth".encode("utf-16-be"), "utf-8", "utf-16-be"),
        ("<p>Fürth".encode("utf-16-le"), "utf-16-le", "utf-16-le"),
        (b"<p>F\x00\xc3\xbcrth", "", "utf-8"),
        ("<p>Fürth".encode() + "ü".encode()[:1], "utf-8", "windows-1252"),
    ],
)
def test_charsets(body: bytes, header: str, charset: str) -> None:
    read = page(body, header)
    assert read.charset == charset
    if charset != "windows-1252" or not body.startswith("<p>Fü".encode()):
        assert read.text == "Fürth"


def test_one_bad_byte_does_not_turn_a_utf_8_page_into_latin_1() -> None:
    read = page("<p>Fürth, Köln, Nürnberg ".encode() + b"\xfc</p>", "utf-8")
    assert read.text == "Fürth, Köln, Nürnberg \ufffd"


def test_addresses_of_a_latin_1_page_are_escaped_in_its_charset() -> None:
    assert (
        page("<a href='/a?q=Fürth'>x</a>".encode("latin-1")).links[0].url
        == "http://www.musterstadt.de/a?q=F%FCrth"
    )


MALFORMED = {
    "empty": b"",
    "nothing but a bracket": b"<",
    "unclosed comment": b"<!-- a <a href=/x>",
    "unclosed attribute": b"<a href='/x>y</a><p>z",
    "closed twice": b"<div></div></div></p></table><a href=/x>y</a>",
    "crossed": b"<b><i><a href=/x></b>y</i></a>",
    "nul bytes": b"\x00<\x00a href=/x>\x00y</a>",
    "bad references": b"&#0;&#xD800;&#99999999;&nope;&amp<a href='/x?a=1&copy=2'>y</a>",
    "binary": bytes(range(256)) * 20,
    "pdf": b"%PDF-1.4\n\xe2\xe3\xcf\xd3\n1 0 obj<</Type/Catalog>>endobj",
    "two bodies": b"<html><body>a</body></html><html><body><a href=/x>y</a>",
    "nested links and forms": b"<form><form><a href=/x><a href=/y>z</form><input name=q>",
    "duplicate attributes": b"<a href=/x href=/y class=a class=b>z</a>",
    "list without list": b"<li><a href=/x>y<li>z</ul><td><tr>",
    "script never closed": b"<script>if (a < b) document.write('<a href=/x>')",
    "textarea never closed": b"<form><textarea name=a><a href=/x>",
    "xml": b"<?xml version='1.0'?><feed xmlns='a'><entry/></feed>",
    "bad doctype": b"<!DOCTYPE html [<!ENTITY a '&a;'>]>&a;<a href=/x>y</a>",
    "label without form": b"<label for=a>b</label></label></select></form></noscript><option value='/x'>",
}


@pytest.mark.parametrize("body", MALFORMED.values(), ids=MALFORMED.keys())
def test_malformed_markup_is_read_as_far_as_it_goes(body: bytes) -> None:
    assert isinstance(page(body), Page)
    assert isinstance(pages.is_soft_404(page(body)), bool)


def test_nesting_of_any_depth() -> None:
    read = page("<div>" * 100_000 + "<a href='/tief'>x</a>" + "</div>" * 100_000 + "<a href='/danach'>y</a>")
    assert [each.url[-7:] for each in read.links] == ["de/tief", "/danach"]


def test_a_page_with_links_without_end_is_cut() -> None:
    read = page("".join(f"<a href='/{n}'>{n}</a>" for n in range(20_000)))
    assert len(read.links) == 5000


@given(st.binary(max_size=300))
def test_bytes_never_raise(body: bytes) -> None:
    assert isinstance(page(body), Page)


TAGS = st.sampled_from(
    [
        "a",
        "div",
        "p",
        "li",
        "ul",
        "ol",
        "tr",
        "td",
        "table",
        "form",
        "input",
        "select",
        "option",
        "textarea",
        "label",
        "nav",
        "main",
        "header",
        "h1",
        "h2",
        "dt",
        "dd",
        "script",
        "title",
        "svg",
        "noscript",
        "noframes",
        "iframe",
        "frame",
        "base",
        "meta",
        "button",
        "article",
    ]
)


@given(
    st.lists(
        st.one_of(
            TAGS.map(lambda tag: f"<{tag}>"),
            TAGS.map(lambda tag: f"</{tag}>"),
            TAGS.map(lambda tag: f"<{tag} href=/x class=results name=q value=/y onclick=\"location='/z'\">"),
            st.sampled_from(["Text ", "&uuml;", "<!--", "-->", "<br>", "<"]),
        ),
        max_size=40,
    )
)
def test_tags_in_any_order_never_raise_and_sections_are_known(parts: list[str]) -> None:
    read = page("".join(parts))
    known = {
        "nav",
        "header",
        "main",
        "aside",
        "footer",
        "breadcrumb",
        "pagination",
        "result",
        "form",
        "frame",
        "refresh",
    }
    assert {each.section for each in read.links} <= known
    assert all(len(each.context) <= 300 and each.url for each in read.links)


@pytest.mark.parametrize(
    ("html", "expected"),
    [
        ("<title>404 – Musterstadt</title><p>Hoppla.</p>", True),
        ("<title>Musterstadt</title><h1>Seite nicht gefunden</h1><p>Prüfen Sie die Adresse.</p>", True),
        ("<title>Musterstadt</title><p>Die angeforderte Seite existiert leider nicht (mehr).</p>", True),
        ("<title>Page not found</title>", True),
        ("<title>Suchergebnisse</title><h1>Suche</h1><p>Es wurde nichts gefunden.</p>", False),
        ("<title>Suche</title><p>Dokument nicht gefunden. 0 Treffer</p>", False),
        ("<title>Integration</title><p>Unser Konzept.</p>", False),
        (f"<title>Integration</title><p>{SENTENCE * 10} Die Seite wurde nicht gefunden.</p>", False),
        (f"<title>Haushalt 404</title><p>{SENTENCE * 40}</p>", False),
        ("", False),
    ],
)
def test_soft_404(html: str, expected: bool) -> None:
    assert pages.is_soft_404(page(html)) is expected


def test_without_a_marked_result_list_the_links_of_the_main_part_are_the_results() -> None:
    read = page("<nav><a href='/n'>n</a></nav><h1>Suche</h1><p><a href='/1'>eins</a></p>")
    assert [each.url for each in pages.search_results(read)] == ["http://www.musterstadt.de/1"]


@pytest.mark.parametrize(
    "part",
    [
        "<h4>x<h3>",
        "<div onclick=\"location='/a'\">x",
        "<label>x",
        "<form>",
        "<div><form></form>",
        "<select><option>",
    ],
)
def test_the_work_grows_with_the_page_and_not_with_its_square(
    part: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    joined: list[int] = []
    text = markup.Reader.text

    def counted(self: markup.Reader, start: int, end: int | None = None) -> str:
        joined.append(len(self.pieces[start:end]))
        return text(self, start, end)

    monkeypatch.setattr(markup.Reader, "text", counted)
    page(part * 3000)
    assert sum(joined) <= 3000 * 4 * 70
