"""Word-processor files: paragraphs, lists, tables, pages; archives that lie about their size."""

from __future__ import annotations

import io
import zipfile

import pytest
from making import WORD, archive, docx, odt

from konzept_diffusion.documents.office import MAX_XML, read_office

LINES = ["Integrationskonzept der Stadt Talbrück", "Für ein gutes Miteinander (2012)"]


def _p(*runs: str) -> str:
    return f"<w:p>{''.join(f'<w:r>{run}</w:r>' for run in runs)}</w:p>"


def _t(text: str) -> str:
    return f"<w:t>{text}</w:t>"


@pytest.mark.parametrize("body", [docx(LINES), odt(LINES)])
def test_paragraphs_are_lines(body):
    said = read_office(body)
    assert (said.status, said.reason, said.page_count) == ("ok", "", 0)
    assert said.pages[0].split("\n")[:-1] == LINES


def test_rows_of_tables_are_lines_and_cells_keep_their_order():
    cell = "<w:tc>{}</w:tc>".format
    row = f"<w:tr>{cell(_p(_t('2009')))}{cell(_p(_t('Beschluss')) + _p(_t('im Rat')))}</w:tr>"
    lines = read_office(docx(LINES, f"<w:tbl>{row}{row}</w:tbl>")).pages[0].split("\n")
    assert [" ".join(line.split()) for line in lines[2:4]] == ["2009 Beschluss im Rat"] * 2
    cells = "<table:table-cell><text:p>2009</text:p></table:table-cell>" * 2
    row = f"<table:table><table:table-row>{cells}</table:table-row></table:table>"
    assert read_office(odt(LINES, row)).pages[0].split("\n")[2].split() == ["2009", "2009"]


def test_items_of_lists_are_lines():
    items = "".join(
        f"<text:list-item><text:p>{item}</text:p></text:list-item>" for item in ("Sprache", "Arbeit")
    )
    assert read_office(odt(LINES, f"<text:list>{items}</text:list>")).pages[0].split("\n")[2:4] == [
        "Sprache",
        "Arbeit",
    ]


def test_pages_are_those_the_word_processor_noted():
    said = read_office(docx(LINES, _p("<w:lastRenderedPageBreak/>", _t("Zweite Seite"))))
    assert (said.page_count, len(said.pages)) == (2, 2)
    assert said.pages[1].strip() == "Zweite Seite"
    said = read_office(odt(LINES, "<text:p>eins<text:soft-page-break/>zwei</text:p>"))
    assert [part.split("\n")[-1] or part.split("\n")[-2] for part in said.pages] == ["eins", "zwei"]


def test_deleted_text_comments_and_field_codes_are_left_out():
    hidden = (
        "<w:del><w:r><w:delText>weg</w:delText></w:r></w:del><w:moveFrom><w:r><w:t>weg</w:t></w:r></w:moveFrom>"
        "<w:p><w:r><w:instrText>weg</w:instrText></w:r><w:r><w:t>da</w:t></w:r></w:p>"
    )
    assert read_office(docx([], hidden)).pages[0].split() == ["da"]
    hidden = "<office:annotation><text:p>weg</text:p></office:annotation>"
    tracked = "<text:tracked-changes><text:p>weg</text:p></text:tracked-changes>"
    assert read_office(odt([], f"{tracked}<text:p>da{hidden}</text:p>")).pages[0].split() == ["da"]


def test_the_title_of_the_metadata_is_read():
    assert read_office(odt(LINES, title="Konzept 2012")).title == "Konzept 2012"
    broken = archive({"content.xml": "<a><p>da</p></a>", "meta.xml": "<title"})
    assert (read_office(broken).status, read_office(broken).title) == ("ok", "")


def _nested(levels: int) -> bytes:
    body = archive({"word/document.xml": "<a>" + " " * (MAX_XML + 10) + "</a>"})
    for _ in range(levels):
        body = archive({"word/embeddings/a.docx": body, "word/document.xml": "<a><p><t>da</t></p></a>"})
    return body


def _laughs() -> str:
    entities = "".join(f'<!ENTITY l{n} "{f"&l{n - 1};" * 10}">' for n in range(1, 12))
    return f'<!DOCTYPE a [<!ENTITY l0 "ha">{entities}]><a><p>&l11;</p></a>'


def _packed(method: int) -> bytes:
    out = io.BytesIO()
    with zipfile.ZipFile(out, "w", method) as target:
        target.writestr("content.xml", "<a>" + " " * (MAX_XML + 10) + "</a>")
    return out.getvalue()


def _locked() -> bytes:
    body = bytearray(docx(LINES))
    for mark, place in ((b"PK\x03\x04", 6), (b"PK\x01\x02", 8)):
        body[body.index(mark) + place] |= 1
    return bytes(body)


@pytest.mark.parametrize(
    ("body", "status", "reason"),
    [
        (_nested(0), "broken", "bomb"),
        (_packed(zipfile.ZIP_DEFLATED), "broken", "bomb"),
        (_packed(zipfile.ZIP_STORED), "broken", "too_large"),
        (_packed(zipfile.ZIP_BZIP2), "broken", "damaged"),
        (_packed(zipfile.ZIP_LZMA), "broken", "damaged"),
        (archive({"content.xml": _laughs()}), "broken", "bomb"),
        (archive({"content.xml": _laughs().encode("utf-16")}), "broken", "bomb"),
        (
            archive({"content.xml": '<!DOCTYPE a [<!ENTITY b SYSTEM "file:///etc/hostname">]><a><p>&b;</p></a>'}),
            "broken",
            "bomb",
        ),
        (archive({"content.xml": "<a>" * 100_000}), "broken", "too_deep"),
        (archive({"word/document.xml": "<a>" * 100_000 + "</a>" * 100_000}), "broken", "too_deep"),
        (archive({"content.xml": "<a><p>offen"}), "broken", "damaged"),
        (archive({"x.txt": "y"}), "none", "other_archive"),
        (b"PK\x03\x04rubbish", "broken", "truncated"),
        (docx(LINES)[:-40], "broken", "truncated"),
        (_locked(), "encrypted", "encrypted"),
        (
            archive({"content.xml": "x", "META-INF/manifest.xml": "<m><manifest:encryption-data/></m>"}),
            "encrypted",
            "encrypted",
        ),
    ],
)  # fmt: skip
def test_what_cannot_be_read_says_why(body, status, reason):
    said = read_office(body)
    assert (said.status, said.reason, said.pages) == (status, reason, ())


def test_archives_within_archives_are_never_opened():
    said = read_office(_nested(3))
    assert (said.status, said.pages[0].strip()) == ("ok", "da")


def test_a_long_text_is_cut():
    said = read_office(docx(["Integration in der Stadt"] * 40_000))
    assert (said.status, said.reason) == ("ok", "cut")
    assert len(said.pages[0]) < 600_000


def test_only_text_elements_of_a_docx_carry_text():
    xml = f'<w:document xmlns:w="{WORD}">\n  <w:p>\n <w:r> <w:t>da</w:t> </w:r> </w:p> weg </w:document>'
    assert read_office(archive({"word/document.xml": xml})).pages[0] == "da\n"
