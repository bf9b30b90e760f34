"""Text recognition: off unless asked for, a clear sentence where it cannot be done.

The program is played by a script, so that the tests do not need Tesseract: what is tested is the way to it.
"""

from __future__ import annotations

import sys
from pathlib import Path

import pytest
from making import encrypted, pdf, scan

from konzept_diffusion.documents.ocr import read_scan, recognise, require
from konzept_diffusion.documents.text import extract
from konzept_diffusion.errors import KonzeptError
from konzept_diffusion.scrape.reports import File, Kommune

SITE = Kommune("05999001", "Talbrück, Stadt", "stadt", "05")
SAID = "Integrationskonzept der Stadt Talbrück für alle, die in der Stadt leben und nicht nur für die einen"
PROGRAM = """#!{python}
import sys
from pathlib import Path
if "--version" in sys.argv:
    print("tesseract 5.3.0")
elif "--list-langs" in sys.argv:
    print("List of available languages (2):\\n{languages}")
else:
    assert Path(sys.argv[1]).read_bytes()[:4] == b"\\x89PNG"
    assert sys.argv[sys.argv.index("-l") + 1] == "deu"
    Path(sys.argv[2] + ".txt").write_text({text!r}, encoding="utf-8")
"""


def _file(body: bytes) -> File:
    return File(body, "application/pdf", "https://www.talbrueck.example/konzept.pdf", SITE)


def _program(folder: Path, monkeypatch, languages: str = "deu\\neng", text: str = SAID) -> None:
    pytest.importorskip("pytesseract", reason="the extra [ocr] is not installed")
    program = folder / "tesseract"
    program.write_text(
        PROGRAM.format(python=sys.executable, languages=languages, text=text), encoding="utf-8"
    )
    program.chmod(0o755)
    monkeypatch.setenv("PATH", str(folder))


def test_a_scan_is_read_only_when_asked_for(tmp_path, monkeypatch):
    _program(tmp_path, monkeypatch)
    assert extract(_file(scan(2))).status == "needs_ocr"
    text = extract(_file(scan(2)), ocr=True)
    assert (text.status, text.page_count, text.language) == ("ok", 2, "de")
    assert text.text.split("\f") == [SAID, SAID]
    assert "recognition" in text.detail


def test_a_file_with_text_is_not_recognised(monkeypatch):
    monkeypatch.setenv("PATH", "")
    assert extract(_file(pdf([[SAID]])), ocr=True).status == "ok"


def test_recognition_that_finds_nothing_leaves_a_scan(tmp_path, monkeypatch):
    _program(tmp_path, monkeypatch, text=" ")
    said = recognise(scan(1))
    assert (said.status, said.reason) == ("needs_ocr", "scan")


def test_when_time_is_up_no_further_page_is_begun(tmp_path, monkeypatch):
    _program(tmp_path, monkeypatch)
    assert read_scan(scan(2), seconds=-1).status == "needs_ocr"


def test_a_broken_file_is_a_reason_here_too(tmp_path, monkeypatch):
    _program(tmp_path, monkeypatch)
    assert read_scan(b"%PDF-1.4", seconds=5).reason == "damaged"
    assert read_scan(encrypted(pdf([[SAID]]), user="x"), seconds=5).status == "broken"


def test_a_missing_package_is_named(monkeypatch):
    monkeypatch.setattr("importlib.util.find_spec", lambda name: None)
    with pytest.raises(KonzeptError, match=r"pytesseract.*pip install"):
        require()


def test_a_missing_program_is_named(tmp_path, monkeypatch):
    pytest.importorskip("pytesseract", reason="the extra [ocr] is not installed")
    monkeypatch.setenv("PATH", str(tmp_path))
    with pytest.raises(KonzeptError, match=r"the program tesseract.*needs_ocr"):
        extract(_file(scan(1)), ocr=True)


def test_missing_german_is_named(tmp_path, monkeypatch):
    _program(tmp_path, monkeypatch, languages="eng\\nosd")
    with pytest.raises(KonzeptError, match="German data"):
        require()
