"""An interrupted archive answers what it holds, in order, and the crawl goes on behind its last whole record."""

from __future__ import annotations

import contextlib
import os
import signal
import subprocess
import sys
import tempfile
from pathlib import Path

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from konzept_diffusion.errors import DataError
from konzept_diffusion.scrape.archive.reading import verify
from konzept_diffusion.scrape.archive.records import Original, originals
from konzept_diffusion.scrape.archive.replay import Replay, read_record
from konzept_diffusion.scrape.archive.warc import ArchiveWriter

NAME = "05111000-20260101T000000Z.warc.gz"
HOST = "https://www.beispiel.de"


def write(
    archive: ArchiveWriter, path: str, payload: bytes = b"", status: str = "200 OK", **more: object
) -> str:
    fields = {
        "url": HOST + path,
        "method": "GET",
        "sent_headers": [("Host", "www.beispiel.de")],
        "status_line": f"HTTP/1.1 {status}",
        "headers": [("Content-Type", "text/html")],
        "payload": payload,
        "started_at": "2026-01-01T00:00:01Z",
        **more,
    }
    return archive.write(**fields)  # type: ignore[arg-type]


def survey(archive: ArchiveWriter, steps: range = range(8)) -> None:
    """Archive eight requests: a redirect, a failure, a duplicate, plain pages."""
    for step in steps:
        if step == 2:
            write(archive, "/2", status="302 Found", hop=True, key=f"GET {HOST}/2")
            write(archive, "/two", b"page 2", key=f"GET {HOST}/2", extra={"sent": 2})
        elif step == 4:
            archive.failure(
                url=f"{HOST}/4", reason="timeout", detail="nach 30 s\r\nnichts", extra={"sent": 3}
            )
        elif step == 5:
            write(archive, "/5", b"page 0" * 100)
        else:
            write(archive, f"/{step}", f"page {step}".encode() * 100)


def taken(replay: Replay) -> list[tuple[str, list[tuple[str, int, bytes]], str]]:
    """Everything in a replay: key, answers (address, status, payload), reason of a failure."""
    found = []
    for step in range(8):
        stored = replay.take(f"GET {HOST}/{step}")
        if stored is not None:
            answers = [(answer.url, answer.status, answer.payload) for answer in stored.answers]
            found.append((f"{step}", answers, stored.failure.reason if stored.failure else ""))
    return found


@pytest.fixture(scope="module")
def whole(tmp_path_factory: pytest.TempPathFactory) -> Path:
    path = tmp_path_factory.mktemp("whole") / "archive" / ".open" / NAME
    with ArchiveWriter(path, operator={}) as archive:
        survey(archive)
    return path


def test_a_replay_gives_back_what_was_written(whole: Path) -> None:
    replay = Replay(whole)
    assert (len(replay), replay.problem, replay.kept.end) == (8, "", whole.stat().st_size)
    found = taken(replay)
    assert len(replay) == 0
    assert found[0] == ("0", [(f"{HOST}/0", 200, b"page 0" * 100)], "")
    assert found[2] == ("2", [(f"{HOST}/2", 302, b""), (f"{HOST}/two", 200, b"page 2")], "")
    assert found[4] == ("4", [], "timeout")
    assert found[5] == ("5", [(f"{HOST}/5", 200, b"page 0" * 100)], ""), "a revisit brings its payload"


def test_details_of_a_failure_and_further_facts_come_back(whole: Path) -> None:
    replay = Replay(whole)
    failed = replay.take(f"GET {HOST}/4")
    redirected = replay.take(f"GET {HOST}/2")
    assert failed is not None
    assert failed.failure is not None
    assert (failed.failure.detail, failed.failure.extra) == ("nach 30 s\r\nnichts", {"sent": 3})
    assert redirected is not None
    assert [answer.hop for answer in redirected.answers] == [True, False]
    assert redirected.answers[-1].extra == {"sent": 2}


def test_the_same_request_made_twice_is_answered_in_order(tmp_path: Path) -> None:
    path = tmp_path / NAME
    with ArchiveWriter(path, operator={}) as archive:
        write(archive, "/", b"first")
        write(archive, "/", b"second")
    replay = Replay(path)
    payloads = []
    while stored := replay.take(f"GET {HOST}/"):
        payloads.append(stored.answers[0].payload)
    assert payloads == [b"first", b"second"]


def test_nothing_is_replayed_from_a_file_that_is_not_there(tmp_path: Path) -> None:
    replay = Replay(tmp_path / "none.warc.gz")
    assert (len(replay), replay.problem, replay.kept.end, replay.take("GET x")) == (0, "", 0, None)


def go_on(path: Path) -> None:
    """Survey again as the crawler does: what is in the replay is not asked for."""
    replay = Replay(path)
    with ArchiveWriter(path, operator={}, kept=replay.kept) as archive:
        for step in range(8):
            if replay.take(f"GET {HOST}/{step}") is None:
                survey(archive, range(step, step + 1))


@settings(max_examples=150, deadline=None)
@given(data=st.data())
def test_a_file_cut_anywhere_goes_on_to_the_same_result(whole: Path, data: st.DataObject) -> None:
    content = whole.read_bytes()
    cut = data.draw(st.integers(0, len(content)), label="bytes left")
    with tempfile.TemporaryDirectory() as folder:
        path = Path(folder) / "archive" / ".open" / NAME
        path.parent.mkdir(parents=True)
        path.write_bytes(content[:cut])
        replay = Replay(path)
        assert replay.kept.end <= cut
        assert len(replay) < 8 or replay.kept.end == len(content)
        before = taken(replay)
        assert before == taken(Replay(whole))[: len(before)]
        go_on(path)
        assert taken(Replay(path)) == taken(Replay(whole))
        assert verify(path) == []


@settings(max_examples=100, deadline=None)
@given(data=st.data())
def test_a_damaged_byte_never_gives_a_wrong_answer(whole: Path, data: st.DataObject) -> None:
    content = bytearray(whole.read_bytes())
    where = data.draw(st.integers(0, len(content) - 1), label="damaged byte")
    content[where] ^= data.draw(st.integers(1, 255), label="by")
    with tempfile.TemporaryDirectory() as folder:
        path = Path(folder) / NAME
        path.write_bytes(content)
        found = taken(Replay(path))
        expected = taken(Replay(whole))
        # A flipped bit in gzip's own header (time, system) changes nothing that is read.
        assert found == expected[: len(found)]
        if len(found) < len(expected):
            assert Replay(path).problem
            assert verify(path)


@settings(max_examples=60, deadline=None)
@given(st.binary(max_size=400))
def test_rubbish_is_no_archive(content: bytes) -> None:
    with tempfile.TemporaryDirectory() as folder:
        path = Path(folder) / NAME
        path.write_bytes(content)
        replay = Replay(path)
        assert (len(replay), replay.kept.end, bool(replay.problem)) == (0, 0, bool(content))


def test_a_redirect_without_its_end_is_asked_for_again_and_counts_once(tmp_path: Path) -> None:
    path = tmp_path / NAME
    with contextlib.suppress(KeyboardInterrupt), ArchiveWriter(path, operator={}) as archive:
        write(archive, "/2", status="302 Found", hop=True, key=f"GET {HOST}/2")
        raise KeyboardInterrupt
    assert Replay(path).take(f"GET {HOST}/2") is None
    go_on(path)
    stored = Replay(path).take(f"GET {HOST}/2")
    assert stored is not None
    assert [answer.status for answer in stored.answers] == [302, 200]


def test_what_is_held_and_referred_to_is_known_again_after_an_interruption(
    whole: Path, tmp_path: Path
) -> None:
    path = tmp_path / NAME
    archive = ArchiveWriter(path, operator={})
    survey(archive)
    with ArchiveWriter(path, operator={}, kept=Replay(path).kept) as again:
        assert again.holdings == archive.holdings
        write(again, "/copy", b"page 7" * 100)
    archive.close()
    stored = Replay(path).take(f"GET {HOST}/copy")
    assert stored is not None
    assert stored.answers[0].original != stored.answers[0].ref
    assert stored.answers[0].payload == b"page 7" * 100


def test_every_answer_leads_to_the_record_with_its_payload_also_after_an_interruption(tmp_path: Path) -> None:
    old, path = tmp_path / "archive" / "old.warc.gz", tmp_path / "archive" / ".open" / NAME
    with ArchiveWriter(old, operator={}) as archive:
        earlier = write(archive, "/1", b"one")
    seen = originals(archive.holdings)
    with ArchiveWriter(path, operator={}, seen=seen) as archive:
        confirmed = write(
            archive, "/1", status="304 Not Modified", unmodified=archive_original(seen), key=f"GET {HOST}/1"
        )
        copied = write(archive, "/copy", b"one")
        first = write(archive, "/2", b"two")
        again = write(archive, "/again", b"two")
    expected = {confirmed: earlier, copied: earlier, first: first, again: first}
    assert {ref: archive.payload_ref(ref) for ref in expected} == expected
    with ArchiveWriter(path, operator={}, seen=seen, kept=Replay(path).kept) as archive:
        assert {ref: archive.payload_ref(ref) for ref in expected} == expected
    assert {read_record(ref, tmp_path).payload for ref in (earlier, copied)} == {b"one"}


def archive_original(seen: dict[str, Original]) -> Original:
    (original,) = seen.values()
    return original


def test_a_payload_whose_file_is_gone_is_asked_for_again(tmp_path: Path) -> None:
    old, path = tmp_path / "archive" / "old.warc.gz", tmp_path / "archive" / ".open" / NAME
    with ArchiveWriter(old, operator={}) as archive:
        write(archive, "/1", b"one")
    with ArchiveWriter(path, operator={}, seen=originals(archive.holdings)) as archive:
        write(archive, "/1", b"one")
    stored = Replay(path).take(f"GET {HOST}/1")
    assert stored is not None
    assert stored.answers[0].payload == b"one"
    old.unlink()
    assert Replay(path).take(f"GET {HOST}/1") is None


_WRITER = """
import sys
from pathlib import Path
from konzept_diffusion.scrape.archive.warc import ArchiveWriter
archive = ArchiveWriter(Path(sys.argv[1]), operator={})
for number in range(10_000):
    archive.write(url=f"https://www.beispiel.de/{number}", method="GET", sent_headers=[],
                  status_line="HTTP/1.1 200 OK", headers=[], payload=b"%d " % number * 2000)
    print(number, flush=True)
"""


@pytest.mark.parametrize("after", [1, 5, 20])
def test_a_killed_process_loses_nothing_that_it_said_it_had(tmp_path: Path, after: int) -> None:
    path = tmp_path / NAME
    with subprocess.Popen(
        [sys.executable, "-c", _WRITER, str(path)], stdout=subprocess.PIPE, text=True
    ) as process:
        assert process.stdout is not None
        for _ in range(after):
            process.stdout.readline()
        os.kill(process.pid, signal.SIGKILL)
        said = after + sum(1 for _ in process.stdout)
    replay = Replay(path)
    assert len(replay) >= said >= after
    for number in range(said):
        stored = replay.take(f"GET {HOST}/{number}")
        assert stored is not None
        assert stored.answers[0].payload == b"%d " % number * 2000
    ArchiveWriter(path, operator={}, kept=Replay(path).kept).close()
    assert verify(path) == []


@pytest.mark.parametrize(
    ("ref", "message"),
    [
        ("archive/../state.sqlite#urn:uuid:1", "is no reference"),
        ("elsewhere/x.warc.gz#urn:uuid:1", "is no reference"),
        ("", "is no reference"),
        ("archive/none.warc.gz#urn:uuid:1", "the file is not there"),
        (f"archive/{NAME}#urn:uuid:1", "urn:uuid:1 is not there"),
    ],
)
def test_a_reference_that_leads_nowhere_is_named(whole: Path, ref: str, message: str) -> None:
    with pytest.raises(DataError, match=message):
        read_record(ref, whole.parent.parent.parent)


def test_a_record_is_found_with_and_without_its_place(whole: Path) -> None:
    root = whole.parent.parent.parent
    for held in Replay(whole).kept.holdings:
        expected = read_record(held.ref, root)
        assert read_record(held.ref, root, offset=held.offset) == expected
        assert read_record(held.ref, root, offset=held.offset + 1) == expected
        assert expected.url == held.url


def test_verify_finds_what_whole_records_can_hide(tmp_path: Path) -> None:
    path = tmp_path / "archive" / NAME
    with ArchiveWriter(path, operator={}) as archive:
        write(archive, "/1", b"one")
        write(archive, "/2", b"two")
    first = Replay(path).kept.holdings[0].offset
    content = path.read_bytes()
    path.write_bytes(content[first:])
    assert "the first record is no warcinfo" in verify(path)
    path.write_bytes(content + content)
    assert "a WARC-Record-ID occurs twice" in verify(path)
    path.write_bytes(b"")
    assert verify(path) == ["the file is empty"]
