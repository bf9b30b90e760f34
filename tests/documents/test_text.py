"""Text of files: PDF in a worker with limits, office files, pages; a bad file is a reason, never an error."""

from __future__ import annotations

import os
import random
import sys
import threading

import pytest
from making import archive, docx, odt, pdf

from konzept_diffusion.documents.folding import clean, digest, folded, pattern, quotation
from konzept_diffusion.documents.language import language
from konzept_diffusion.documents.office import read_office
from konzept_diffusion.documents.pdf import PdfReader
from konzept_diffusion.documents.text import extract
from konzept_diffusion.documents.worker import read_pdf
from konzept_diffusion.scrape.reports import File, Kommune

SITE = Kommune("05999001", "Talbrück, Stadt", "stadt", "05")
LINES = [
    "Integrationskonzept der Stadt Talbrück",
    "Für ein gutes Miteinander (2012)",
    "mit Bürgerinnen und Bürgern",
]


def _file(body, media_type="application/pdf", **more):
    return File(body, media_type, "https://www.talbrueck.example/konzept", SITE, **more)


@pytest.fixture(scope="module")
def reader():
    made = PdfReader(time_limit=20)
    yield made
    made.close()


def test_a_pdf_gives_its_text_page_by_page():
    text = extract(_file(pdf([LINES, ["Zweite Seite mit dem Vorwort der Bürgermeisterin"]], title="Konzept")))
    assert (text.status, text.pages, text.title, text.language) == ("ok", 2, "Konzept", "de")
    first, second = text.text.split("\f")
    assert first.strip().split("\n") == LINES
    assert "Vorwort" in second


def test_a_pdf_without_text_is_a_scan():
    assert extract(_file(pdf([[], []]))).status == "needs_ocr"


@pytest.mark.parametrize("body", [b"", b"%PDF-1.4\n", b"%PDF-1.7 \x00\xff" * 50, pdf([LINES])[:180]])
def test_broken_pdfs_are_said_to_be_broken(body):
    text = extract(_file(body))
    assert text.status == "broken"
    assert text.reason


def test_mutated_pdfs_never_raise(reader):
    chance = random.Random(7)
    whole = pdf([LINES, LINES])
    for _ in range(60):
        body = bytearray(whole)
        for _ in range(chance.randint(1, 30)):
            body[chance.randrange(len(body))] = chance.randrange(256)
        assert reader.read(bytes(body))["status"] in ("ok", "needs_ocr", "broken", "encrypted")


def test_the_reader_starts_again_after_its_worker_died(reader):
    assert reader.read(pdf([LINES]))["status"] == "ok"
    first = reader._worker
    first.kill()
    first.wait()
    assert reader.read(pdf([LINES]))["status"] == "ok"
    assert reader._worker.pid != first.pid


def test_a_worker_that_dies_on_a_file_costs_only_that_file():
    dying = PdfReader(command=(sys.executable, "-c", "import sys; sys.stdin.buffer.read(8); sys.exit(3)"))
    answer = dying.read(pdf([LINES]))
    dying.close()
    assert answer["status"] == "broken"


def test_a_worker_that_hangs_is_killed():
    hanging = PdfReader(time_limit=0.2, command=(sys.executable, "-c", "import time; time.sleep(60)"))
    answer = hanging.read(b"%PDF-")
    assert "within" in answer["reason"]
    assert hanging._worker is None
    hanging.close()


def test_many_threads_share_one_worker(reader):
    bodies = [pdf([[f"Seite Nummer {number} mit genug Buchstaben"]]) for number in range(12)]
    answers = {}
    threads = [
        threading.Thread(target=lambda n=number, b=body: answers.__setitem__(n, reader.read(b)["text"]))
        for number, body in enumerate(bodies)
    ]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    assert all(f"Nummer {number} " in answers[number] for number in range(12))


def test_only_the_first_pages_of_a_long_pdf_are_read():
    answer = read_pdf(pdf([["Seite mit genug Buchstaben fuer den Zaehler"]] * 75))
    assert (answer["pages"], answer["read"]) == (75, 60)


@pytest.mark.parametrize("made", [docx(LINES), odt(LINES)])
def test_office_files_give_their_paragraphs(made):
    text = extract(_file(made, "application/zip"))
    assert text.status == "ok"
    assert text.text.split("\n") == LINES


def test_a_zip_bomb_is_not_unpacked():
    bomb = archive({"word/document.xml": "<a>" + " " * (40 << 20) + "</a>"})
    status, text, _, reason = read_office(bomb)
    assert (status, text) == ("broken", "")
    assert "larger" in reason


@pytest.mark.parametrize("body", [b"PK\x03\x04rubbish", archive({"x.txt": "y"}), docx(LINES)[:-40]])
def test_other_archives_give_no_text(body):
    assert extract(_file(body, "application/zip")).status in ("broken", "none")


def test_entities_are_not_expanded():
    xml = '<!DOCTYPE a [<!ENTITY b SYSTEM "file:///etc/hostname">]><a><p>x&b;</p></a>'
    assert read_office(archive({"content.xml": xml}))[1] in ("x", "x&b;", "")


def test_a_page_gives_headings_text_and_the_files_it_links_to():
    body = (
        "<html lang=de><title>Integration | Talbrück</title><body><main><h1>Integrationskonzept</h1>"
        "<p>Der Rat hat es am 12.03.2009 beschlossen.</p>"
        "<a href='k.pdf'>Integrationskonzept (PDF)</a></main></body></html>"
    )
    text = extract(_file(body.encode(), "text/html", charset="utf-8"))
    assert text.html
    assert "Integrationskonzept" in text.headings
    assert "beschlossen" in text.text
    assert text.pdf_links[0][0] == "Integrationskonzept (PDF)"


@pytest.mark.parametrize("media_type", ["image/png", "application/msword", "", "video/mp4"])
def test_other_formats_are_not_read(media_type):
    assert extract(_file(b"\x89PNG....", media_type)).status == "none"


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


@pytest.mark.parametrize(
    ("text", "code"),
    [
        ("Das ist ein Text, der von der Stadt und für die Menschen in der Stadt geschrieben ist.", "de"),
        ("This is the concept of the city and it is written for all of the people who live here.", "en"),
        ("Bu konsept kentte birlikte yaşamak için ve herkes için eşit fırsatlar için hazırlandı.", "tr"),
        ("Концепция интеграции города для всех жителей и мигрантов, которые живут здесь.", "ru"),
        ("kurz", ""),
    ],
)
def test_language(text, code):
    assert language(text) == code


def test_the_worker_ends_with_its_input():
    reader = PdfReader()
    reader.read(pdf([LINES]))
    worker = reader._worker
    os.close(os.dup(worker.stdin.fileno()))
    worker.stdin.close()
    assert worker.wait(timeout=10) == 0
    worker.stdout.close()
    reader._worker = None
