"""A document leaves the table only if its own address says that it is gone; of all else nothing is concluded."""

from __future__ import annotations

import dataclasses
from collections.abc import Callable
from pathlib import Path

import pytest

from konzept_diffusion.scrape.archive.earlier import settled, with_earlier
from konzept_diffusion.scrape.archive.output import write_outputs
from konzept_diffusion.scrape.archive.warc import ArchiveWriter
from konzept_diffusion.scrape.reports import STATUSES, Coding, Found, Kommune, Report

HOST = "https://www.fuerth.example"
FUERTH = Kommune("09563000", "Fürth", "stadt", "09", f"{HOST}/")
CODING = Coding(True, kind="integrationskonzept", owner_level="stadt", owner_ags=FUERTH.ags, title="K")
DAY = "2026-03-04"


def found(path: str, text: str = "", **changes: str) -> Found:
    coding = dataclasses.replace(CODING, text_digest=text)
    return Found(FUERTH.ags, HOST + path, coding, sha256=f"bytes of {path}", **changes)  # type: ignore[arg-type]


def report(*documents: Found, status: str = "searched", kommune: Kommune = FUERTH) -> Report:
    return Report(kommune, status, documents=documents, finished_at=f"{DAY}T01:02:03Z")


def redirected(archive: ArchiveWriter, path: str, status: str) -> None:
    key = f"GET {HOST}{path}"
    write(archive, path, "302 Found", hop=True, key=key)
    write(archive, "/elsewhere", status, key=key)


def refused(archive: ArchiveWriter, path: str) -> None:
    """A challenge is sent with status 200."""
    write(archive, path, "200 OK", hop=True, key=f"GET {HOST}{path}")
    archive.failure(url=HOST + path, reason="challenge")


def refused_in_the_end(archive: ArchiveWriter, path: str) -> None:
    """What an answer is worth may be noted after it, under a key of its own."""
    write(archive, path, "200 OK")
    archive.failure(url=HOST + path, reason="challenge", key=f"REFUSED GET {HOST}{path}")


def write(archive: ArchiveWriter, path: str, status: str, **more: object) -> None:
    fields = {"url": HOST + path, "method": "GET", "sent_headers": [], "headers": [], "payload": b"text"}
    archive.write(**fields, status_line=f"HTTP/1.1 {status}", **more)  # type: ignore[arg-type]


ANSWERS: dict[str, tuple[Callable[[ArchiveWriter, str], None] | None, bool]] = {
    "not asked for": (None, False),
    "404": (lambda archive, path: write(archive, path, "404 Not Found"), True),
    "410": (lambda archive, path: write(archive, path, "410 Gone"), True),
    "no document any more": (lambda archive, path: write(archive, path, "200 OK"), True),
    "redirect to 404": (lambda archive, path: redirected(archive, path, "404 Not Found"), True),
    "redirect to a page": (lambda archive, path: redirected(archive, path, "200 OK"), False),
    "timeout": (lambda archive, path: archive.failure(url=HOST + path, reason="timeout"), False),
    "challenge": (refused, False),
    "challenge, noted afterwards": (refused_in_the_end, False),
    "bad request": (lambda archive, path: write(archive, path, "400 Bad Request"), False),
}


@pytest.fixture(params=ANSWERS)
def answered(request: pytest.FixtureRequest, tmp_path: Path) -> tuple[Path, bool]:
    """Return an archive file in which /k.pdf was answered so, and whether that says that it is gone."""
    path = tmp_path / "one.warc.gz"
    answer, gone = ANSWERS[request.param]
    with ArchiveWriter(path, operator={}) as archive:
        write(archive, "/", "200 OK")
        if answer is not None:
            answer(archive, "/k.pdf")
    return path, gone


def test_only_the_address_itself_says_that_a_document_is_gone(answered: tuple[Path, bool]) -> None:
    path, gone = answered
    seen = found("/other.pdf")
    now = with_earlier(report(seen), report(found("/k.pdf")), path)
    kept = dataclasses.replace(found("/k.pdf"), unseen_on=DAY)
    assert now.documents == ((seen,) if gone else (seen, kept))


@pytest.mark.parametrize("status", sorted(set(STATUSES) - {"searched", "budget"}))
def test_a_search_that_did_not_come_to_its_end_takes_nothing_away(
    answered: tuple[Path, bool], status: str
) -> None:
    now = with_earlier(report(status=status), report(found("/k.pdf")), answered[0])
    assert [item.url for item in now.documents] == [f"{HOST}/k.pdf"]
    assert with_earlier(report(status=status), report(found("/k.pdf")), None) == now


def test_the_last_answer_counts_and_another_spelling_is_the_same_address(tmp_path: Path) -> None:
    path = tmp_path / "one.warc.gz"
    with ArchiveWriter(path, operator={}) as archive:
        write(archive, "/k.pdf?utm_source=x", "404 Not Found")
        write(archive, "/back.pdf", "404 Not Found")
        archive.failure(url=f"{HOST}/back.pdf", reason="timeout")
    assert len(settled(path)) == 1
    before = report(found("/k.pdf"), found("/back.pdf"))
    assert [item.url for item in with_earlier(report(), before, path).documents] == [f"{HOST}/back.pdf"]


def test_the_same_text_or_a_new_version_at_the_address_is_the_document_seen_again(tmp_path: Path) -> None:
    before = report(found("/old.pdf", "one"), found("/k.pdf", "two"))
    now = report(found("/new.pdf", "one"), dataclasses.replace(found("/k.pdf", "three"), sha256="other"))
    assert with_earlier(now, before, None) == now
    assert with_earlier(now, None, None) == now


def test_another_host_as_website_ends_what_was_found_before_once_it_was_searched() -> None:
    moved = dataclasses.replace(FUERTH, website="https://neu.example/")
    before = report(found("/k.pdf"))
    assert with_earlier(report(kommune=moved), before, None).documents == ()
    assert len(with_earlier(report(kommune=moved, status="unreachable"), before, None).documents) == 1
    spelled = dataclasses.replace(FUERTH, website="http://fuerth.example/start")
    assert len(with_earlier(report(kommune=spelled), before, None).documents) == 1


def test_an_archive_that_cannot_be_read_says_nothing(tmp_path: Path) -> None:
    (tmp_path / "one.warc.gz").mkdir()
    before = report(found("/k.pdf"))
    assert len(with_earlier(report(), before, tmp_path / "one.warc.gz").documents) == 1


def test_the_tables_note_it(tmp_path: Path) -> None:
    unclear = dataclasses.replace(found("/x.pdf"), coding=dataclasses.replace(CODING, owner_ags=""))
    write_outputs([with_earlier(report(), report(found("/k.pdf"), unclear), None)], tmp_path)
    assert f",not seen again on {DAY}\n" in (tmp_path / "documents.csv").read_text()
    assert f"not seen again on {DAY}," in (tmp_path / "unresolved.csv").read_text()
    assert ",searched,,0,2," in (tmp_path / "coverage.csv").read_text()
