"""`extract`: from files to the lines that `classify` reads; what cannot be read is said and ends nothing."""

import json
import sys
from pathlib import Path

import pytest

from konzept_diffusion.documents.classify import classify_file
from konzept_diffusion.errors import DataError, KonzeptError
from konzept_diffusion.pipeline.extraction import extract_files
from tesseract import play

sys.path.insert(0, str(Path(__file__).parents[1] / "documents"))
from making import docx, encrypted, pdf, scan

SAID = (
    "Integrationskonzept der Stadt Talbrück für alle, die in der Stadt leben. Beschlossen vom Rat der Stadt "
    "Talbrück am 12.03.2009. Die Handlungsfelder sind Sprache, Bildung und Arbeit."
)


def _lines(path):
    return {line["id"]: line for line in map(json.loads, path.read_text(encoding="utf-8").splitlines())}


@pytest.fixture
def papers(tmp_path, monkeypatch):
    """A folder of readable and unreadable files, named relative to where the test runs."""
    monkeypatch.chdir(tmp_path)
    folder = tmp_path / "papers"
    (folder / "below").mkdir(parents=True)
    (folder / "a.pdf").write_bytes(pdf([[SAID]], "Integrationskonzept"))
    (folder / "below" / "b.docx").write_bytes(docx([SAID]))
    (folder / "c.html").write_text(f"<html><body><main><p>{SAID}</p></main></body></html>", encoding="utf-8")
    (folder / "d.txt").write_bytes(SAID.encode("cp1252"))
    (folder / "scan.pdf").write_bytes(scan(2))
    (folder / "locked.pdf").write_bytes(encrypted(pdf([[SAID]]), user="x"))
    (folder / "empty.pdf").write_bytes(b"")
    (folder / ".hidden.txt").write_text(SAID, encoding="utf-8")
    return Path("papers")


def test_every_file_is_a_line_and_every_failure_has_its_code(papers, tmp_path):
    said = []
    done = extract_files([papers], tmp_path / "out.jsonl", say=said.append)
    lines = _lines(tmp_path / "out.jsonl")
    assert (done.files, done.texts) == (len(lines), 4) == (7, 4)
    assert {name: line["text_status"] for name, line in lines.items()} == {
        "papers/a.pdf": "ok",
        "papers/below/b.docx": "ok",
        "papers/c.html": "ok",
        "papers/d.txt": "ok",
        "papers/scan.pdf": "needs_ocr",
        "papers/locked.pdf": "encrypted",
        "papers/empty.pdf": "zero_bytes",
    }
    for line in lines.values():
        assert ("Stadt Talbrück" in line["text"]) is (line["text_status"] == "ok")
    assert lines["papers/a.pdf"]["title"] == "Integrationskonzept"
    assert len(said) == 3
    assert any(line.startswith("papers/locked.pdf: no text (encrypted") for line in said)


def test_classify_reads_what_extract_writes(papers, tmp_path):
    extract_files([papers / "a.pdf", papers / "scan.pdf"], tmp_path / "texts.jsonl")
    classify_file(tmp_path / "texts.jsonl", tmp_path / "codes.jsonl")
    codes = _lines(tmp_path / "codes.jsonl")
    assert codes["papers/a.pdf"]["relevant"] is True
    assert codes["papers/a.pdf"]["year"] == 2009
    assert codes["papers/scan.pdf"]["relevant"] is False


def test_a_file_named_twice_is_read_once(papers, tmp_path):
    assert extract_files([papers / "a.pdf", papers, papers / "a.pdf"], tmp_path / "o.jsonl").files == 7


def test_scans_are_read_when_asked_for(papers, tmp_path, monkeypatch):
    play(tmp_path / "bin", monkeypatch, SAID)
    extract_files([papers / "scan.pdf"], tmp_path / "out.jsonl", ocr=True)
    line = _lines(tmp_path / "out.jsonl")["papers/scan.pdf"]
    assert (line["text_status"], line["pages"]) == ("ok", 2)
    assert line["text"].split("\f") == [SAID, SAID]


def test_without_the_program_nothing_is_begun(papers, tmp_path, monkeypatch):
    pytest.importorskip("pytesseract", reason="the extra [ocr] is not installed")
    monkeypatch.setenv("PATH", str(tmp_path))
    with pytest.raises(KonzeptError, match=r"the program tesseract.*or run without"):
        extract_files([papers / "a.pdf"], tmp_path / "out.jsonl", ocr=True)
    assert not (tmp_path / "out.jsonl").exists()


def test_a_missing_file_and_an_empty_folder_are_one_sentence(tmp_path):
    with pytest.raises(DataError, match=r"gone\.pdf: is not there"):
        extract_files([tmp_path / "gone.pdf"], tmp_path / "out.jsonl")
    with pytest.raises(DataError, match="no file to read"):
        extract_files([tmp_path], tmp_path / "out.jsonl")
    assert not list(tmp_path.iterdir())
