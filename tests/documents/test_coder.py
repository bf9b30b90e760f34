"""The coder on whole files: what it is handed by the crawl, what it hands back."""

from __future__ import annotations

import json
from pathlib import Path

import pytest
from making import pdf

from konzept_diffusion.documents.coder import RuleCoder
from konzept_diffusion.documents.owners import Owners
from konzept_diffusion.schemas.vocabulary import DOCUMENT_KINDS, OWNER_LEVELS, STATUSES, YEAR_BASES
from konzept_diffusion.scrape.reports import File, Kommune

SITE = Kommune("05999001", "Talbrück, Stadt", "stadt", "05")
CODER = RuleCoder(Owners([SITE]))
PARAGRAPHS = json.loads((Path(__file__).parent / "paragraphs.json").read_text(encoding="utf-8"))
CHAPTERS = ("vorwort", "ausgang", "verstaendnis", "sprache", "arbeit", "wohnen", "teilhabe", "umsetzung")


def _file(body, media_type, **more):
    return File(body, media_type, "https://www.talbrueck.example/x", SITE, **more)


def _lines(text):
    return [line[at : at + 90] for line in text.split("\n") for at in range(0, max(len(line), 1), 90)]


def _page(title, chapters, link=""):
    parts = "".join(
        f"<h2>{PARAGRAPHS[name].split(chr(10))[0]}</h2><p>{PARAGRAPHS[name].split(chr(10), 1)[1]}</p>"
        for name in chapters
    )
    head = f"<html lang=de><head><title>{title}</title></head>"
    return f"{head}<body><main><h1>{title}</h1>{parts}{link}</main></body></html>".encode()


def test_a_pdf_with_a_stated_adoption():
    cover = ["Stadt Talbrück", "Integrationskonzept", "Beschlossen vom Rat der Stadt am 12.03.2009"]
    coding = CODER(_file(pdf([cover, *(_lines(PARAGRAPHS[name]) for name in CHAPTERS)]), "application/pdf"))
    assert coding.is_document
    assert (coding.kind, coding.status, coding.year, coding.year_basis) == (
        "integrationskonzept",
        "beschlossen",
        2009,
        "beschluss",
    )
    assert (coding.owner_level, coding.owner_ags, coding.language) == ("stadt", "05999001", "de")
    assert "12.03.2009" in coding.evidence
    assert len(coding.text_digest) == 64


def test_a_page_with_the_whole_text_is_a_document_and_a_page_about_it_is_not():
    whole = CODER(_file(_page("Integrationskonzept der Stadt Talbrück", CHAPTERS), "text/html"))
    assert whole.is_document
    link = "<p><a href='/k.pdf'>Integrationskonzept herunterladen (PDF)</a></p>"
    about = CODER(_file(_page("Integrationskonzept der Stadt Talbrück", CHAPTERS[:1], link), "text/html"))
    assert not about.is_document
    assert about.speaks_of


def test_a_scan_is_coded_by_its_link():
    coding = CODER(
        _file(pdf([[], []]), "application/pdf", anchors=("Integrationskonzept der Stadt Talbrück (2007)",))
    )
    assert (coding.is_document, coding.text_status, coding.year, coding.year_basis) == (
        True,
        "needs_ocr",
        2007,
        "dokument",
    )


def test_a_page_without_a_telling_word_is_not_even_parsed():
    coding = CODER(_file(b"<html><body>Freibad und Bauhof</body></html>", "text/html"))
    assert (coding.is_document, coding.speaks_of) == (False, False)


@pytest.mark.parametrize(
    "media_type", ["application/pdf", "text/html", "application/zip", "text/plain", "image/png", ""]
)
@pytest.mark.parametrize(
    "body",
    [
        b"",
        b"\x00" * 50,
        b"%PDF-broken integration",
        b"PK\x03\x04 integration",
        b"<div>" * 3000 + b"integration",
    ],
)
def test_rubbish_never_raises_and_codes_stay_in_the_lists(media_type, body):
    coding = CODER(_file(body, media_type, anchors=("Integrationskonzept",)))
    assert coding.kind in DOCUMENT_KINDS
    assert coding.status in STATUSES
    assert coding.year_basis in YEAR_BASES
    assert coding.owner_level in OWNER_LEVELS
    assert not (coding.is_document and coding.text_status == "broken")


def test_the_page_that_links_to_a_file_may_state_its_adoption():
    cover = ["Stadt Talbrück", "Kommunales Integrationskonzept", *(_lines(PARAGRAPHS["verstaendnis"]))]
    landing = "Das Integrationskonzept wurde vom Rat der Stadt am 13. Dezember 2012 beschlossen."
    coding = CODER(_file(pdf([cover]), "application/pdf", landing_text=landing))
    assert (coding.status, coding.year, coding.year_basis) == ("beschlossen", 2012, "beschluss")
    assert "13. Dezember 2012" in coding.evidence
