"""PDFs: pages, scans, passwords, page trees that lead nowhere; pypdf where pdfium fails."""

from __future__ import annotations

import pytest
from making import FONT, bursting_pdf, cyclic, deep_tree, encrypted, page, pdf, pdf_of, scan, stream

from konzept_diffusion.documents.pdf import MAX_PAGES, read_pdf

LINES = ["Integrationskonzept der Stadt Talbrück", "Für ein gutes Miteinander (2012)"]
LONG = ["Der Rat der Stadt hat das Konzept nach langer Beratung beschlossen"] * 12


@pytest.mark.parametrize("packed", [False, True])
def test_pages_are_read_one_by_one(packed):
    said = read_pdf(pdf([LINES, ["Zweite Seite mit genug Text"]], "Konzept", packed=packed))
    assert (said.status, said.page_count, said.title, said.reason) == ("ok", 2, "Konzept", "")
    assert [part.split() for part in said.pages] == [
        " ".join(LINES).split(),
        ["Zweite", "Seite", "mit", "genug", "Text"],
    ]


def test_only_the_first_pages_of_ten_thousand_are_read():
    said = read_pdf(pdf([["Seite mit genug Buchstaben fuer den Zaehler"]] * 10_000))
    assert (said.status, said.page_count, len(said.pages), said.reason) == ("ok", 10_000, MAX_PAGES, "cut")


def test_when_time_is_up_no_further_page_is_begun():
    said = read_pdf(pdf([LINES] * 5), seconds=-1)
    assert len(said.pages) == 0
    assert said.status == "broken"


@pytest.mark.parametrize(
    ("body", "reason"),
    [
        (scan(4), "scan"),
        (pdf([[], []]), "scan"),
        (scan(6, stamp="Drucksache 12/345, Seite zwei"), "mixed"),
        (scan(9, LONG), "mixed"),
    ],
    ids=["pictures", "nothing", "stamped pictures", "cover sheet"],
)
def test_scans_are_known(body, reason):
    said = read_pdf(body)
    assert (said.status, said.reason) == ("needs_ocr", reason)
    assert "of" in said.detail


def test_a_brochure_with_a_few_pictures_is_no_scan():
    assert read_pdf(scan(1, LONG)).status == "ok"
    assert read_pdf(pdf([LONG, ["Teil II"], LONG])).status == "ok"


def test_a_password_to_open_is_a_reason_and_one_to_change_is_none():
    assert read_pdf(encrypted(pdf([LINES]), user="geheim")).reason == "encrypted"
    readable = read_pdf(encrypted(pdf([LINES]), user=""))
    assert (readable.status, readable.pages[0].split()[0]) == ("ok", "Integrationskonzept")


@pytest.mark.parametrize("kind", ["itself", "two"])
def test_a_page_tree_without_an_end_is_cyclic(kind):
    said = read_pdf(cyclic(kind))
    assert (said.status, said.reason) == ("broken", "cyclic")


def test_a_page_beside_a_cycle_is_read():
    said = read_pdf(cyclic("beside"))
    assert (said.status, said.reason) == ("ok", "partial")
    assert "Integrationskonzept" in said.pages[0]


def test_a_page_tree_of_thousands_of_levels_is_too_deep():
    assert read_pdf(deep_tree(50)).status == "ok"
    assert read_pdf(deep_tree(4000)).reason == "too_deep"


def test_what_pdfium_refuses_pypdf_may_read():
    body = pdf([LINES]).replace(b"/Root 1 0 R", b"/Root 9 0 R")
    said = read_pdf(body)
    assert (said.status, said.reason) == ("ok", "damaged")
    assert "pypdf" in said.detail
    assert said.pages[0].split() == " ".join(LINES).split()


def test_pypdf_alone_reads_the_same_words():
    body = pdf([LINES, LONG], packed=True)
    one, other = read_pdf(body), read_pdf(body, fallback_only=True)
    assert other.status == "ok"
    assert [part.split() for part in one.pages] == [part.split() for part in other.pages]


def test_pypdf_alone_knows_passwords_and_scans():
    assert read_pdf(encrypted(pdf([LINES]), user="geheim"), fallback_only=True).reason == "encrypted"
    assert read_pdf(scan(3), fallback_only=True).status == "broken"


@pytest.mark.parametrize(
    ("body", "reason"),
    [
        (b"\x00\x01", "not_a_pdf"),
        (b"%PDF-1.7 \x00\xff" * 50, "truncated"),
        (pdf([LINES])[:-60], "truncated"),
        (pdf([]), "no_pages"),
        (pdf_of([b"<< /Type /Catalog >>"]), "damaged"),
        (pdf_of([b"<< /Type /Catalog /Pages 7 0 R >>"]), "damaged"),
    ],
)
def test_broken_files_say_why(body, reason):
    said = read_pdf(body)
    assert (said.status, said.reason, said.pages) == ("broken", reason, ())


def test_a_file_without_its_end_mark_is_read_and_said_to_be_cut_off():
    said = read_pdf(pdf([LINES]).replace(b"%%EOF", b""))
    assert (said.status, said.reason) == ("ok", "truncated")


def test_a_page_that_unpacks_to_a_thousand_times_its_size_is_read_within_bounds():
    body = bursting_pdf(8 << 20)
    assert len(body) * 500 < 8 << 20
    assert read_pdf(body).status == "needs_ocr"


def test_half_a_character_does_not_stop_the_others():
    text = stream(b"BT /F1 11 Tf 50 780 Td <ffd8feff0041> Tj (Integrationskonzept) Tj ET")
    pages = b"<< /Type /Pages /Kids [5 0 R] /Count 1 >>"
    said = read_pdf(pdf_of([b"<< /Type /Catalog /Pages 2 0 R >>", pages, FONT, text, page(4)]))
    assert "Integrationskonzept" in said.pages[0]
