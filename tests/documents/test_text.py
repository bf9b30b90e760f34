"""Text of files: what a file is, its text with pages and language; a bad file is a reason, never an error."""

from __future__ import annotations

import pytest
from making import docx, encrypted, odt, pdf, rtf, scan

from konzept_diffusion.documents.folding import clean, digest, folded, pattern, quotation
from konzept_diffusion.documents.reasons import REASONS, TEXT_STATUSES
from konzept_diffusion.documents.text import MAX_BYTES, MAX_CHARS, Text, extract
from konzept_diffusion.scrape.reports import File, Kommune

SITE = Kommune("05999001", "Talbrück, Stadt", "stadt", "05")
LINES = [
    "Integrationskonzept der Stadt Talbrück",
    "Für ein gutes Miteinander (2012)",
    "mit Bürgerinnen und Bürgern",
]


def _file(body, media_type="application/pdf", **more):
    return File(body, media_type, "https://www.talbrueck.example/konzept", SITE, **more)


def test_a_pdf_gives_its_text_page_by_page():
    text = extract(_file(pdf([LINES, ["Zweite Seite mit dem Vorwort der Bürgermeisterin"]], title="Konzept")))
    assert (text.status, text.page_count, text.title, text.language) == ("ok", 2, "Konzept", "de")
    first, second = text.text.split("\f")
    assert first.split("\n") == LINES
    assert "Vorwort" in second


def test_a_position_gives_its_page_even_after_an_empty_first_page():
    pages = [[], ["Beschlossen vom Rat der Stadt am 12.03.2009"], [], ["Anhang mit Zahlen und Tabellen"]]
    text = extract(_file(pdf(pages)))
    assert len(text.pages) == text.page_count == 4
    assert text.page_at(text.text.index("Beschlossen")) == 2
    assert text.page_at(text.text.index("Anhang")) == text.page_at(len(text.text) - 1) == 4
    assert [text.text[start:].split("\f")[0][:8] for start in text.pages] == ["", "Beschlos", "", "Anhang m"]


def test_a_word_divided_at_the_foot_of_a_page_keeps_the_pages_apart():
    text = extract(_file(pdf([["Wir sprechen hier von Integra-"], ["tionskonzepten fuer alle Menschen"]])))
    assert len(text.pages) == 2
    assert text.page_at(text.text.index("tionskonzepten")) == 2


def test_words_divided_by_soft_hyphens_are_joined():
    text = extract(
        _file("Der Aus\u00ad\nschuss für Integra\u00adtion".encode(), "text/plain", charset="utf-8")
    )
    assert text.text == "Der Ausschuss für Integration"


def test_formats_without_pages_have_no_page_numbers():
    text = extract(_file("Ein Text über Integration.".encode(), "text/plain"))
    assert (text.pages, text.page_count, text.page_at(3)) == ((), 0, 0)


@pytest.mark.parametrize(
    ("body", "media_type"),
    [
        (pdf([LINES]), "application/octet-stream"),
        (pdf([LINES]), "text/html"),
        (docx(LINES), "application/pdf"),
        (odt(LINES), "application/zip"),
        (rtf(LINES), "application/msword"),
        ("<!DOCTYPE html><html><p>" + "<p>".join(LINES) + "</html>", "application/pdf"),
        ("\n".join(LINES), "text/plain"),
    ],
)
def test_the_bytes_say_what_a_file_is_before_its_media_type_does(body, media_type):
    text = extract(_file(body if isinstance(body, bytes) else body.encode(), media_type))
    assert text.status == "ok"
    assert text.text.replace("\f", "").split("\n") == LINES


@pytest.mark.parametrize(
    ("body", "media_type", "status", "reason"),
    [
        (b"", "application/pdf", "broken", "zero_bytes"),
        (b"", "text/html", "broken", "zero_bytes"),
        (b"GIF89a nothing", "application/pdf", "broken", "not_a_pdf"),
        (b"%PDF-1.4\n", "application/pdf", "broken", "truncated"),
        (pdf([LINES])[:180], "application/pdf", "broken", "truncated"),
        (encrypted(pdf([LINES]), user="geheim"), "application/pdf", "encrypted", "encrypted"),
        (scan(3), "application/pdf", "needs_ocr", "scan"),
        (b"\xd0\xcf\x11\xe0\xa1\xb1\x1a\xe1....", "application/msword", "none", "old_office"),
        (
            b"\xd0\xcf\x11\xe0\xa1\xb1\x1a\xe1.." + "EncryptedPackage".encode("utf-16-le"),
            "application/octet-stream",
            "encrypted",
            "encrypted",
        ),
        (b"\x89PNG....", "image/png", "none", "not_read"),
        (b"\x00\x01", "", "none", "not_read"),
        (b"   \n\t ", "text/plain", "none", "empty"),
        (b"<html><body></body></html>", "text/html", "none", "empty"),
    ],
)
def test_every_failure_is_a_coded_reason(body, media_type, status, reason):
    text = extract(_file(body, media_type))
    assert (text.status, text.reason) == (status, reason)
    assert reason in REASONS
    assert text.text_status == (status if status in ("needs_ocr", "encrypted") else reason)
    assert text.text_status in TEXT_STATUSES


def test_a_file_that_is_too_large_is_not_opened():
    text = extract(_file(b"%PDF-" + bytes(MAX_BYTES)))
    assert (text.status, text.reason) == ("broken", "too_large")


def test_a_text_that_is_cut_says_so():
    text = extract(_file(b"Integration in der Stadt. " * (MAX_CHARS // 20), "text/plain"))
    assert (text.status, text.reason) == ("ok", "cut")
    assert MAX_CHARS - 30 < len(text.text) <= MAX_CHARS


def test_the_codes_for_the_table_are_statuses_and_reasons():
    plain = {"ok", "needs_ocr", "encrypted", "broken", "none"}
    assert set(TEXT_STATUSES) <= plain | set(REASONS)
    beside_a_text = {"cut", "partial", "scan", "mixed"}
    assert set(REASONS) - beside_a_text <= set(TEXT_STATUSES)
    assert Text("ok", "x", reason="cut").text_status == "ok"
    assert Text("broken").text_status == "broken"


def test_lines_broken_inside_words_are_joined_and_pairs_are_kept():
    assert clean("Integra-\ntionskonzept") == "Integrationskonzept"
    assert clean("Integrations-\nund Teilhabekonzept") == "Integrations-\nund Teilhabekonzept"
    assert clean("Will\u00adkommen\u00a0hier") == "Willkommen hier"


def test_folding_keeps_every_position():
    text = "Größe – „Maßnahmen“ für Künftige İ"
    assert len(folded(clean(text))) == len(clean(text))
    assert pattern("maßnahmen").search(folded("Massnahmen"))
    assert pattern("für").search(folded("fuer"))
    assert quotation("eins zwei drei vier", 5, 9, limit=12) in "eins zwei drei vier"
    assert digest("A b\nc.") == digest("a B c")
    assert digest("...") == ""
