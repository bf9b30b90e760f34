"""Downloads with resume, and the lock of what came from where, against a real server on the loopback interface."""

from __future__ import annotations

import hashlib
import json
from collections.abc import Iterator
from datetime import date
from pathlib import Path

import pytest
from replay import Answer, Replay, Seen, client, file_plan

from konzept_diffusion import files
from konzept_diffusion.errors import SourceError
from konzept_diffusion.sources.download import (
    LOCK,
    Lock,
    Source,
    SourceFile,
    read_lock,
    retrieve,
)
from konzept_diffusion.sources.http import Access
from konzept_diffusion.sources.retrieval import SOURCES, _function

PROJECT = Path(__file__).resolve().parents[2]
CONTENT = bytes(range(256)) * 1600
SHA256 = hashlib.sha256(CONTENT).hexdigest()
SOURCE = Source("test", "Testamt", "test", "dl-de/by-2-0", "© Testamt", (SourceFile("a.bin"),))


@pytest.fixture
def server() -> Iterator[Replay]:
    with Replay() as replay:
        yield replay


def download(
    url: str, folder: Path, *, slept: list[float] | None = None, attempts: int = 4, **more: object
) -> Path:
    target = folder / "test" / "a.bin"
    lock = read_lock(folder / LOCK)
    retrieve(
        client(slept, attempts=attempts), url, target, access=Access("Testamt"), lock=lock,
        file="test/a.bin", **more,  # type: ignore[arg-type]
    )  # fmt: skip
    return target


def locked(folder: Path, sha256: str) -> None:
    lock = Lock(folder / LOCK)
    (folder / "old").write_bytes(b"old")
    lock.record(SOURCE, "test/a.bin", folder / "old", "https://testamt.example/a.bin", date(2020, 1, 2))
    text = json.dumps({"version": 1, "files": [{**vars(lock.entries["test/a.bin"]), "sha256": sha256}]})
    (folder / LOCK).write_text(text, encoding="utf-8")


def asked_from(server: Replay, number: int) -> int:
    return int(server.seen[number].headers["range"].removeprefix("bytes=").removesuffix("-"))


def beside(target: Path) -> list[str]:
    return sorted(path.name for path in target.parent.iterdir())


def test_a_file_is_there_once_it_is_whole(server: Replay, tmp_path: Path) -> None:
    target = download(server.plan("/a.bin", file_plan(CONTENT)), tmp_path)
    assert target.read_bytes() == CONTENT
    assert beside(target) == ["a.bin"]


def test_after_a_cut_connection_the_download_goes_on_where_it_was(server: Replay, tmp_path: Path) -> None:
    slept: list[float] = []
    url = server.plan("/a.bin", file_plan(CONTENT, cuts=(100_000, 200_000)))
    assert download(url, tmp_path, slept=slept).read_bytes() == CONTENT
    assert "range" not in server.seen[0].headers
    first, second = (asked_from(server, number) for number in (1, 2))
    assert 0 < first <= 100_000 < second <= 300_000
    assert {seen.headers.get("if-range") for seen in server.seen[1:]} == {'"v1"'}
    assert slept == [2.0, 4.0]


def test_a_later_run_goes_on_with_what_an_earlier_one_left(server: Replay, tmp_path: Path) -> None:
    url = server.plan("/a.bin", file_plan(CONTENT, cuts=(100_000,)))
    with pytest.raises(SourceError, match=r"Testamt: .* Tried 1 times"):
        download(url, tmp_path, attempts=1)
    assert beside(tmp_path / "test" / "a.bin") == ["a.bin.part", "a.bin.part.json"]
    target = download(url, tmp_path)
    assert target.read_bytes() == CONTENT
    assert 0 < asked_from(server, -1) <= 100_000
    assert beside(target) == ["a.bin"]


def test_without_range_support_the_download_starts_anew(server: Replay, tmp_path: Path) -> None:
    url = server.plan("/a.bin", file_plan(CONTENT, ranges=False, cuts=(100_000,)))
    assert download(url, tmp_path).read_bytes() == CONTENT
    assert [seen.headers.get("range") for seen in server.seen] == [None, None]


def test_a_file_that_changed_meanwhile_is_not_patched_together(server: Replay, tmp_path: Path) -> None:
    url = server.plan("/a.bin", file_plan(b"x" * 300_000, etag='"v0"', cuts=(100_000,)))
    with pytest.raises(SourceError):
        download(url, tmp_path, attempts=1)
    server.plan("/a.bin", file_plan(CONTENT, etag='"v1"'))
    assert download(url, tmp_path).read_bytes() == CONTENT
    assert server.seen[-1].headers["if-range"] == '"v0"'


@pytest.mark.parametrize(
    "odd",
    [Answer(416, headers={"Content-Range": "bytes */409600"}),
     Answer(206, CONTENT[7:], {"Content-Range": "bytes 7-409599/409600"})],
)  # fmt: skip
def test_a_range_that_cannot_be_had_is_given_up(server: Replay, tmp_path: Path, odd: Answer) -> None:
    url = server.plan("/a.bin", file_plan(CONTENT, cuts=(100_000,)))
    with pytest.raises(SourceError):
        download(url, tmp_path, attempts=1)
    server.plan("/a.bin", odd, Answer(body=CONTENT))
    slept: list[float] = []
    assert download(url, tmp_path, slept=slept).read_bytes() == CONTENT
    assert slept == [0.0]
    assert asked_from(server, 1) > 0
    assert "range" not in server.seen[2].headers


@pytest.mark.parametrize("header", [{"ETag": '"v1"'}, {"ETag": 'W/"v0"'}, {"Last-Modified": '"v0"x'}, {}])
def test_a_range_of_another_version_is_not_joined_to_the_first_bytes(
    server: Replay, tmp_path: Path, header: dict[str, str]
) -> None:
    """A server that ignores If-Range sends the new file's bytes for the old file's range."""
    old, new = b"x" * len(CONTENT), CONTENT
    url = server.plan("/a.bin", file_plan(old, etag='"v0"', cuts=(100_000,)))
    with pytest.raises(SourceError):
        download(url, tmp_path, attempts=1)

    def heedless(seen: Seen) -> Answer:
        if "range" not in seen.headers:
            return Answer(200, new, {"ETag": '"v1"'})
        start = int(seen.headers["range"].removeprefix("bytes=").rstrip("-"))
        return Answer(206, new[start:], {"Content-Range": f"bytes {start}-409599/409600", **header})

    server.plan("/a.bin", heedless)
    target = download(url, tmp_path)
    assert target.read_bytes() == new
    assert [seen.headers.get("range") is None for seen in server.seen] == [True, False, True]
    assert beside(target) == ["a.bin"]


def test_a_range_with_the_date_of_the_first_bytes_goes_on(server: Replay, tmp_path: Path) -> None:
    day = {"Last-Modified": "Fri, 20 Nov 2026 11:00:00 GMT"}
    url = server.plan("/a.bin", Answer(200, CONTENT, day, cut=100_000))
    with pytest.raises(SourceError):
        download(url, tmp_path, attempts=1)
    start = (tmp_path / "test" / "a.bin.part").stat().st_size
    assert 0 < start <= 100_000
    span = {"Content-Range": f"bytes {start}-409599/409600", **day}
    server.plan("/a.bin", Answer(206, CONTENT[start:], span))
    assert download(url, tmp_path).read_bytes() == CONTENT
    assert server.seen[-1].headers["if-range"] == day["Last-Modified"]


def test_the_old_bytes_are_gone_before_the_new_notes_are_written(
    server: Replay, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    url = server.plan("/a.bin", file_plan(b"x" * 300_000, etag='"v0"', cuts=(100_000,)))
    with pytest.raises(SourceError):
        download(url, tmp_path, attempts=1)
    server.plan("/a.bin", file_plan(CONTENT, etag='"v1"'))
    there: list[list[str]] = []
    write = files.write_json

    def noted(path: Path, content: object) -> None:
        there.append(beside(tmp_path / "test" / "a.bin"))
        write(path, content)

    monkeypatch.setattr(files, "write_json", noted)
    assert download(url, tmp_path).read_bytes() == CONTENT
    assert there == [[]]


def test_a_half_file_without_notes_is_not_trusted(server: Replay, tmp_path: Path) -> None:
    (tmp_path / "test").mkdir()
    (tmp_path / "test" / "a.bin.part").write_bytes(b"something else")
    assert download(server.plan("/a.bin", file_plan(CONTENT)), tmp_path).read_bytes() == CONTENT
    assert "range" not in server.seen[0].headers


def test_another_checksum_than_that_of_the_lock_is_an_error_and_can_be_accepted(
    server: Replay, tmp_path: Path
) -> None:
    locked(tmp_path, "0" * 64)
    url = server.plan("/a.bin", file_plan(CONTENT))
    with pytest.raises(
        SourceError,
        match=rf"checksum {SHA256}, sources.lock says {'0' * 64} \(2020-01-02\).*--accept-changes",
    ):
        download(url, tmp_path)
    assert beside(tmp_path / "test" / "a.bin") == []
    assert download(url, tmp_path, accept=True).read_bytes() == CONTENT


def test_the_lock_says_where_a_file_came_from_and_is_the_same_for_the_same_files(tmp_path: Path) -> None:
    (tmp_path / "a.bin").write_bytes(CONTENT)
    (tmp_path / "b.bin").write_bytes(b"b")
    lock = Lock(tmp_path / LOCK)
    lock.record(SOURCE, "test/b.bin", tmp_path / "b.bin", None, None)
    lock.record(SOURCE, "test/a.bin", tmp_path / "a.bin", "https://testamt.example/a.bin", date(2026, 11, 20))
    lock.save()
    written = json.loads((tmp_path / LOCK).read_text(encoding="utf-8"))
    assert written["files"][0] == {
        "source": "test", "file": "test/a.bin", "url": "https://testamt.example/a.bin", "sha256": SHA256,
        "bytes": 409_600, "retrieved": "2026-11-20", "licence": "dl-de/by-2-0", "citation": "© Testamt",
    }  # fmt: skip
    assert [row["file"] for row in written["files"]] == ["test/a.bin", "test/b.bin"]
    assert written["files"][1]["retrieved"] is None
    again = read_lock(tmp_path / LOCK)
    again.record(SOURCE, "test/a.bin", tmp_path / "a.bin", None, date(2027, 1, 1))
    before = (tmp_path / LOCK).read_bytes()
    again.save()
    assert (tmp_path / LOCK).read_bytes() == before


@pytest.mark.parametrize(
    "text", ["{", "[]", '{"version": 2, "files": []}', '{"version": 1, "files": [{"file": "a"}]}']
)
def test_a_lock_that_is_none_is_refused(tmp_path: Path, text: str) -> None:
    (tmp_path / LOCK).write_text(text, encoding="utf-8")
    with pytest.raises(SourceError, match=r"sources.lock: .*Restore the committed file"):
        read_lock(tmp_path / LOCK)


def test_every_source_states_its_terms_and_no_address_is_a_guess() -> None:
    for source in SOURCES.values():
        assert source.licence
        assert source.citation
        assert bool(source.files) != bool(source.query)
        assert source.query or source.where
        for name in filter(None, (source.writer, source.query)):
            assert callable(_function(name))
        for item in source.files:
            assert item.url == "" or item.url.startswith("https://")


def test_the_committed_lock_is_that_of_the_official_files(mirror: Path, tmp_path: Path) -> None:
    made = Lock(tmp_path / LOCK)
    for source in SOURCES.values():
        for item in source.files:
            file = f"{source.folder}/{item.name}"
            made.record(source, file, mirror / file, item.url or None, None)
    committed = read_lock(PROJECT / "data" / "raw" / LOCK)
    assert len(made.entries) == 18
    for file, entry in made.entries.items():
        assert committed.entries[file].sha256 == entry.sha256
        assert committed.entries[file].licence == entry.licence
