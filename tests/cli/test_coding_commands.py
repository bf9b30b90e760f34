"""The commands from files and crawls to the catalogue, as a user meets them."""

import json

import pandas as pd
import pytest

from konzept_diffusion import cli, paths
from konzept_diffusion.files import write_csv
from konzept_diffusion.schemas import validate
from konzept_diffusion.schemas.merge import TABLES
from tesseract import play

DOCUMENTS = [("waiting-1", "waits"), ("accepted-1", "accepted"), ("waiting-2", "waits")]


def _raw(folder):
    """Write the tables of one merged crawl with documents that wait and one that does not."""
    crawl = {
        "crawl_id": "2026-11-01-abc", "folder": "crawl", "kommunen": 1, "searched": 1, "documents": 3,
        "documents_sha256": "a", "coverage_sha256": "b",
    }  # fmt: skip
    rows = [
        {
            "crawl_id": "2026-11-01-abc", "document_id": name, "ags": "05158012", "owner_level": "stadt",
            "found_for": "05158012", "title": f"Konzept {name}", "kind": "integrationskonzept",
            "target_group": "allgemein", "status": "beschlossen", "year": 2012, "year_basis": "beschluss",
            "discovered_by": "links", "source": "crawl", "coder": "rules-1", "confidence": "mittel",
            "change": "new", "decision": decision, "reasons": "confidence:mittel" if decision == "waits" else None,
        }
        for name, decision in DOCUMENTS
    ]  # fmt: skip
    for name, content in (("crawls", [crawl]), ("crawl_documents", rows)):
        frame = pd.DataFrame(content, columns=TABLES[name].column_names)
        write_csv(folder / f"{name}.csv", validate(frame, TABLES[name]))
    return folder


def test_the_sheet_of_what_waits_holds_nothing_else(tmp_path, capsys):
    raw = _raw(tmp_path / "raw")
    assert (
        cli.main(["review", "export", "--waiting", "--raw", str(raw), "--out", str(tmp_path / "s.csv")]) == 0
    )
    sheet = pd.read_csv(tmp_path / "s.csv", sep=";", dtype=str)
    assert set(sheet["document_id"]) == {"waiting-1", "waiting-2"}
    assert "s.key.csv" in capsys.readouterr().out


@pytest.mark.parametrize(
    ("more", "said"),
    [
        (["--waiting", "--raw", "{raw}"], "no document waits for a code by hand"),
        (["--raw", "{raw}"], "--raw goes with --waiting only"),
    ],
)
def test_a_sheet_that_cannot_be_made_is_one_sentence(more, said, tmp_path, capsys):
    raw = tmp_path / "raw"
    raw.mkdir()
    words = [word.format(raw=raw) for word in more]
    assert cli.main(["review", "export", *words, "--out", str(tmp_path / "s.csv")]) == 2
    assert said in capsys.readouterr().err
    assert not (tmp_path / "s.csv").exists()


def test_what_waits_and_a_table_are_not_named_together(tmp_path, capsys):
    with pytest.raises(SystemExit) as done:
        cli.main(["review", "export", "--waiting", "--documents", "d.csv", "--out", str(tmp_path / "s")])
    assert done.value.code == 2
    assert "not allowed with" in capsys.readouterr().err


def test_extract_tells_how_many_texts_it_read(tmp_path, capsys):
    (tmp_path / "a.txt").write_text("Integrationskonzept der Stadt", encoding="utf-8")
    (tmp_path / "b.pdf").write_bytes(b"nothing of the kind")
    out = tmp_path / "out.jsonl"
    assert cli.main(["extract", str(tmp_path / "a.txt"), str(tmp_path / "b.pdf"), "--out", str(out)]) == 0
    said = capsys.readouterr().out
    assert "b.pdf: no text (not_a_pdf" in said
    assert f"1 texts of 2 files: {out}" in said
    assert len([json.loads(line) for line in out.read_text(encoding="utf-8").splitlines()]) == 2


@pytest.mark.parametrize("command", ["extract", "scrape", "merge"])
def test_recognition_that_cannot_be_done_is_said_before_anything_is(command, tmp_path, monkeypatch, capsys):
    pytest.importorskip("pytesseract", reason="the extra [ocr] is not installed")
    (tmp_path / "a.txt").write_text("Integrationskonzept", encoding="utf-8")
    out = tmp_path / "out"
    words = {
        "extract": [str(tmp_path / "a.txt"), "--out", str(out)],
        "scrape": ["--only", "05315000", "--out", str(out)],
        "merge": [str(tmp_path), "--raw", str(paths.raw_dir()), "--out", str(out)],
    }[command]
    monkeypatch.setenv("PATH", str(tmp_path))
    assert cli.main([command, *words, "--ocr"]) == 2
    assert "Text recognition needs the program tesseract" in capsys.readouterr().err
    play(tmp_path / "bin", monkeypatch, "", languages="eng\\nosd")
    assert cli.main([command, *words, "--ocr"]) == 2
    assert "German data (deu)" in capsys.readouterr().err
    assert not out.exists()
