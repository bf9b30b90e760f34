"""The worker process: limits of time and memory, a new one after each death, one for all threads."""

from __future__ import annotations

import subprocess
import sys
import threading
import zlib

import pytest
from making import FONT, docx, page, pdf, pdf_of, rtf, stream

from konzept_diffusion.documents.reader import FileReader, shared_reader
from konzept_diffusion.documents.worker import answer

LINES = ["Integrationskonzept der Stadt Talbrück", "Für ein gutes Miteinander (2012)"]


@pytest.fixture(scope="module")
def reader():
    made = FileReader()
    yield made
    made.close()


def test_a_worker_reads_every_kind_of_file(reader):
    for kind, body in ((b"P", pdf([LINES])), (b"O", docx(LINES)), (b"R", rtf(LINES))):
        said = reader.read(body, kind)
        assert said.status == "ok"
        assert said == answer(kind, body, 10)


def test_an_unknown_kind_is_a_mistake_of_the_program():
    with pytest.raises(ValueError, match="unknown kind"):
        answer(b"X", b"", 1)


def test_the_reader_starts_again_after_its_worker_died(reader):
    assert reader.read(pdf([LINES])).status == "ok"
    first = reader._worker
    first.kill()
    first.wait()
    assert reader.read(pdf([LINES])).status == "ok"
    assert reader._worker.pid != first.pid


def test_a_worker_that_dies_on_a_file_costs_only_that_file():
    dying = FileReader(command=(sys.executable, "-c", "import sys; sys.stdin.buffer.read(8); sys.exit(3)"))
    said = dying.read(pdf([LINES]))
    assert (said.status, said.reason) == ("broken", "crashed")
    assert dying._worker is None
    dying.close()


def test_a_file_that_ends_pdfium_is_read_by_the_fallback():
    # A worker that dies when asked for a PDF, as it would if the library did.
    code = (
        "import sys, konzept_diffusion.documents.worker as w\n"
        "usual = w.answer\n"
        "w.answer = lambda kind, body, seconds: sys.exit(3) if kind == b'P' else usual(kind, body, seconds)\n"
        "w.main(['0', '10'])\n"
    )
    reader = FileReader(command=(sys.executable, "-c", code))
    said = reader.read(pdf([LINES]))
    reader.close()
    assert (said.status, said.reason) == ("ok", "damaged")
    assert "Integrationskonzept" in said.pages[0]


def test_a_worker_that_hangs_is_killed():
    hanging = FileReader(time_limit=0.2, command=(sys.executable, "-c", "import time; time.sleep(60)"))
    said = hanging.read(b"%PDF-")
    assert (said.status, said.reason) == ("broken", "timeout")
    assert hanging._worker is None
    hanging.close()


def test_a_file_that_unpacks_beyond_the_memory_limit_is_given_up_and_the_next_is_read():
    # 600 MB of content packed twice, so that the file itself is small.
    packer = zlib.compressobj(1)
    once = b"".join(packer.compress(b"q Q " * (1 << 18)) for _ in range(600)) + packer.flush()
    text = stream(once).replace(b"/Length", b"/Filter /FlateDecode /Length", 1)
    pages = b"<< /Type /Pages /Kids [5 0 R] /Count 1 >>"
    bomb = pdf_of([b"<< /Type /Catalog /Pages 2 0 R >>", pages, FONT, text, page(4)])
    reader = FileReader(memory_limit=400 << 20)
    said = reader.read(bomb)
    after = reader.read(pdf([LINES]))
    reader.close()
    assert (said.status, said.reason) in (("broken", "memory"), ("broken", "crashed"))
    assert after.status == "ok"


def test_many_threads_share_one_worker(reader):
    bodies = [pdf([[f"Seite Nummer {number} mit genug Buchstaben"]]) for number in range(12)]
    answers = {}
    threads = [
        threading.Thread(target=lambda n=number, b=body: answers.__setitem__(n, reader.read(b).pages[0]))
        for number, body in enumerate(bodies)
    ]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    assert all(f"Nummer {number} " in answers[number] for number in range(12))
    assert shared_reader() is shared_reader()


def test_a_worker_is_replaced_after_so_many_files(monkeypatch):
    monkeypatch.setattr("konzept_diffusion.documents.reader.FILES_A_WORKER", 2)
    reader = FileReader()
    pids = []
    for _ in range(3):
        assert reader.read(pdf([LINES])).status == "ok"
        pids.append(reader._worker.pid)
    reader.close()
    assert pids[0] == pids[1] != pids[2]


def test_the_worker_ends_with_its_input():
    reader = FileReader()
    reader.read(pdf([LINES]))
    worker = reader._worker
    worker.stdin.close()
    assert worker.wait(timeout=10) == 0
    worker.stdout.close()
    reader._worker = None


def test_a_large_parent_does_not_make_a_crash_look_like_lack_of_memory():
    code = """
import sys
from konzept_diffusion.documents.reader import FileReader
large = bytearray(700 << 20)
dying = FileReader(command=(sys.executable, "-c", "import sys; sys.stdin.buffer.read(8); sys.exit(3)"))
print(dying.read(b"%PDF-1.4 nothing").reason)
"""
    done = subprocess.run([sys.executable, "-c", code], capture_output=True, text=True, check=True)
    assert done.stdout.split() == ["crashed"]
