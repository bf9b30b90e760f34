"""Web pages: the main part with its lists and tables; no page is too deep or too strange."""

from __future__ import annotations

import resource

import pytest

from konzept_diffusion.documents.text import extract, of_page
from konzept_diffusion.scrape.pages import parse
from konzept_diffusion.scrape.reports import File, Kommune

SITE = Kommune("05999001", "Talbrück, Stadt", "stadt", "05")
DEPTH = 100_000
PAGE = """<html lang=de><title>Integration | Talbrück</title><body>
<nav><ul><li><a href=/rathaus>Rathaus</a><li><a href=/kultur>Kultur</a></ul></nav>
<main><h1>Integrationskonzept</h1><p>Der Rat hat es am 12.03.2009 beschlossen.</p>
<ul><li>Sprache<li>Bildung und <b>Arbeit</b><ol><li>Beratung</ol></ul>
<table><tr><th>Jahr<th>Schritt</tr><tr><td>2008<td>Auftrag</tr><tr><td>2009<td>Beschluss</tr></table>
<a href='k.pdf'>Integrationskonzept (PDF)</a> <a href=k.odt>als Text</a> <a href=/weiter>weiter</a></main>
<footer>Impressum Datenschutz</footer></body></html>"""


def _file(body: str | bytes) -> File:
    raw = body if isinstance(body, bytes) else body.encode()
    return File(raw, "text/html", "https://www.talbrueck.example/konzept", SITE, charset="utf-8")


def test_a_page_gives_headings_text_and_the_files_it_links_to():
    text = extract(_file(PAGE))
    assert (text.status, text.html, text.language, text.pages) == ("ok", True, "de", ())
    assert text.headings == ("Integrationskonzept",)
    assert text.pdf_links == (
        ("Integrationskonzept (PDF)", "https://www.talbrueck.example/k.pdf"),
        ("als Text", "https://www.talbrueck.example/k.odt"),
    )


def test_lists_and_tables_are_kept_line_by_line_and_menus_are_not():
    lines = extract(_file(PAGE)).text.split("\n")
    for line in (
        "Der Rat hat es am 12.03.2009 beschlossen.",
        "Sprache",
        "Bildung und Arbeit",
        "Beratung",
        "Jahr Schritt",
        "2008 Auftrag",
        "2009 Beschluss",
    ):
        assert line in lines
    assert not {"Rathaus", "Kultur", "Impressum Datenschutz"} & set(lines)


def test_a_page_that_was_parsed_gives_the_same_text():
    assert of_page(parse(_file(PAGE))) == extract(_file(PAGE))


@pytest.mark.parametrize(
    "element",
    [
        "div",
        "span",
        "b",
        "table><tr><td",
        "ul><li",
        "p",
        "font color=red",
        "a href=x",
        "blockquote",
        "section",
    ],
)
def test_elements_nested_a_hundred_thousand_deep_cost_neither_text_nor_memory(element):
    before = resource.getrusage(resource.RUSAGE_SELF).ru_maxrss
    text = extract(_file(f"<{element}>" * DEPTH + "Integrationskonzept der Stadt"))
    after = resource.getrusage(resource.RUSAGE_SELF).ru_maxrss
    assert (text.status, text.text) == ("ok", "Integrationskonzept der Stadt")
    assert after - before < 200_000  # kB


@pytest.mark.parametrize(
    "body",
    ["<" * 1_000_000, "<!--" * 200_000, "</div>" * 200_000, "<b><i>" * DEPTH + "</b></i>" * DEPTH, "\x00" * 1000,
     "<a " + "x=1 " * 200_000, "&amp;" * 200_000, "<script>" * DEPTH, "\ufffe" * 1000, "<![CDATA[" * DEPTH],
)  # fmt: skip
def test_rubbish_gives_a_text_or_a_reason(body):
    text = extract(_file(body))
    assert text.status in ("ok", "none")
    assert bool(text.text) == (text.status == "ok")
    assert text.text or text.reason == "empty"
