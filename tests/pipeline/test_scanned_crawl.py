"""A concept that is a scan: from a site on loopback to the catalogue, with a played Tesseract."""

import shutil
import subprocess
import sys
import threading
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from pathlib import Path

import pandas as pd
import pytest

from konzept_diffusion import paths
from konzept_diffusion.pipeline.build import merge
from konzept_diffusion.schemas import core
from konzept_diffusion.schemas.merge import TABLES
from tesseract import play

sys.path.insert(0, str(Path(__file__).parents[1] / "documents"))
from making import scan

TOWN, NAME = "05158012", "Lindenfurt"
FIELDS = ["Sprache", "Bildung", "Arbeit", "Wohnen", "Gesundheit", "Sport"] * 5
SAID = (
    f"Integrationskonzept der Stadt {NAME}\nBeschlossen vom Rat der Stadt {NAME} am 12.03.2009\n"
    + "\n".join(
        f"{number} Handlungsfeld {name}: Die Integration der Zugewanderten in {name} wird von der Stadt gestärkt."
        for number, name in enumerate(FIELDS, start=1)
    )
)
HEAD = f"<html lang=de><head><title>{NAME}</title></head><body><main>"
ANSWERS = {
    "/": ("text/html", f"{HEAD}<a href='/integration'>Integration</a></main>".encode()),
    "/integration": (
        "text/html",
        f"{HEAD}<h1>Integration</h1><a href='/konzept.pdf'>Integrationskonzept der Stadt {NAME}</a></main>".encode(),
    ),
    "/konzept.pdf": ("application/pdf", scan(2)),
}


class _Handler(BaseHTTPRequestHandler):
    def log_message(self, *_):
        pass

    def do_GET(self):
        media, body = ANSWERS.get(self.path, ("text/plain", b"Nicht gefunden"))
        self.send_response(200 if self.path in ANSWERS else 404)
        self.send_header("Content-Type", media)
        self.send_header("Content-Length", str(len(body)))
        self.end_headers()
        self.wfile.write(body)


@pytest.fixture
def site():
    """Yield the address of the town's site."""
    server = ThreadingHTTPServer(("127.0.8.1", 0), _Handler)
    threading.Thread(target=server.serve_forever, kwargs={"poll_interval": 0.05}, daemon=True).start()
    yield f"http://127.0.8.1:{server.server_address[1]}/"
    server.shutdown()
    server.server_close()


def _crawl(site, out, *more):
    """Run the real command; return the one document that it finds."""
    register = out.parent / "register.csv"
    register.write_text(f"ags,name,kind,land,website\n{TOWN},{NAME},stadt,05,{site}\n", encoding="utf-8")
    done = subprocess.run(
        [
            sys.executable, "-m", "konzept_diffusion.scrape", "--register", str(register), "--out", str(out),
            "--delay", "0", "--workers", "1", "--allow-private-hosts", "--quiet", *more,
        ],
        capture_output=True, text=True, encoding="utf-8",
    )  # fmt: skip
    assert done.returncode == 0, done.stderr
    found = pd.read_csv(out / "documents.csv", dtype=str)
    assert len(found) == 1
    return found.iloc[0]


def test_a_scan_is_read_when_asked_for_and_waits_for_a_person(site, tmp_path, monkeypatch):
    out = tmp_path / "crawl"
    unread = _crawl(site, out)
    assert (unread["text_status"], unread["kind"]) == ("needs_ocr", "integrationskonzept")
    assert pd.isna(unread["year"])

    play(tmp_path / "bin", monkeypatch, SAID)
    read = _crawl(site, out, "--fresh", "--ocr")
    assert (read["text_status"], read["year"], read["year_basis"]) == ("ok", "2009", "beschluss")
    assert (read["coder"], read["confidence"]) == (f"{unread['coder']}+ocr", "mittel")

    # Merged without recognition the coding stands, but nothing of the text; with it both do.
    for ocr, texts in ((False, 0), (True, 1)):
        raw = tmp_path / f"raw-{ocr}"
        shutil.copytree(paths.raw_dir(), raw, ignore=shutil.ignore_patterns("downloads"))
        outcome = merge(out, raw=raw, out=tmp_path / f"built-{ocr}", ocr=ocr)
        assert (outcome.decisions, outcome.waiting) == ({"waits": 1}, 1)
        held = {
            name: core.read(raw / f"{name}.csv", TABLES[name]) for name in ("crawl_documents", "crawl_types")
        }
        assert held["crawl_documents"]["reasons"].tolist() == ["confidence:mittel"]
        assert held["crawl_documents"]["text_sketch"].notna().sum() == texts
        assert len(held["crawl_types"]) == texts
