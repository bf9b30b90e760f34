"""The state of a crawl: killed anywhere, it goes on; a Kommune and its archive file count together or not at all."""

from __future__ import annotations

import dataclasses
import errno
import os
import signal
import sqlite3
import subprocess
import sys
from collections.abc import Iterator
from pathlib import Path

import pytest

from konzept_diffusion.errors import StepError
from konzept_diffusion.scrape.archive.replay import Replay
from konzept_diffusion.scrape.archive.state import State
from konzept_diffusion.scrape.archive.warc import ArchiveWriter
from konzept_diffusion.scrape.reports import STATUSES, Coding, Found, Kommune, Report

KOELN = Kommune(
    "05315000", "Köln", "stadt", "05", "https://www.koeln.example", ("https://ris.koeln.example",)
)
FUERTH = Kommune("09563000", "Fürth", "stadt", "09", "https://www.fuerth.example")
LANDKREIS = Kommune("09573", "Fürth", "landkreis", "09", "https://www.landkreis.example")
REGISTER = [KOELN, FUERTH, LANDKREIS]


def report_of(kommune: Kommune, **changes: object) -> Report:
    coding = Coding(
        True, kind="leitbild", year=2011, year_basis="beschluss", owner_ags=kommune.ags, title="Ä „x“"
    )
    found = Found(kommune.ags, f"{kommune.website}/k.pdf", coding, sha256="ab", tdm=True, request_number=4)
    base = Report(
        kommune,
        "searched",
        requests=7,
        strategies=("robots", "search"),
        documents=(found,),
        unseen=("https://x.example/a",),
        hosts=("www.example",),
        started_at="2026-01-01T00:00:00Z",
        finished_at="2026-01-01T00:01:00Z",
    )
    return dataclasses.replace(base, **changes)  # type: ignore[arg-type]


def archive_of(state: State, kommune: Kommune, number: int = 1) -> ArchiveWriter:
    """Begin a Kommune as its unit of work does: what is in the interrupted file is kept."""
    path = state.archive / ".open" / state.begin(kommune.ags)
    archive = ArchiveWriter(path, operator={}, kept=Replay(path).kept)
    for index in range(number):
        archive.write(
            url=f"{kommune.website}/{index}",
            method="GET",
            sent_headers=[],
            status_line="HTTP/1.1 200 OK",
            headers=[("ETag", f'"{index}"')],
            payload=f"{kommune.ags} {index}".encode(),
        )
    return archive


def finish(state: State, kommune: Kommune, **changes: object) -> None:
    state.finish(report_of(kommune, **changes), archive_of(state, kommune).close())


def names(folder: Path) -> list[str]:
    return sorted(path.name for path in folder.glob("*.warc.gz"))


@pytest.fixture
def path(tmp_path: Path) -> Path:
    return tmp_path / "out" / "state.sqlite"


@pytest.fixture
def state(path: Path) -> Iterator[State]:
    with State.open(path) as state:
        yield state


def test_a_report_comes_back_as_it_was(state: State) -> None:
    state.plan(REGISTER)
    finish(state, FUERTH)
    finish(state, KOELN)
    assert state.reports() == [report_of(KOELN), report_of(FUERTH)]
    assert state.counts() == {"done": 2, "pending": 1}


def test_what_is_finished_is_not_done_again(path: Path) -> None:
    with State.open(path) as state:
        assert state.plan(REGISTER) == REGISTER
        finish(state, FUERTH)
        state.begin(KOELN.ags)
    with State.open(path) as state:
        assert state.plan(REGISTER) == [KOELN, LANDKREIS]
        assert state.plan([FUERTH]) == []


def test_a_changed_website_is_surveyed_again_and_the_old_report_stays_until_then(state: State) -> None:
    state.plan(REGISTER)
    finish(state, FUERTH)
    moved = dataclasses.replace(FUERTH, website="https://neu.fuerth.example")
    assert state.plan([moved]) == [moved]
    assert state.reports() == [report_of(FUERTH)]
    finish(state, moved)
    assert state.reports() == [report_of(moved)]
    assert state.plan([moved]) == []
    assert len(names(state.archive)) == 2


def test_fresh_begins_again_with_what_is_known_and_touches_no_other_kommune(path: Path) -> None:
    with State.open(path) as state:
        state.plan(REGISTER)
        finish(state, FUERTH)
        finish(state, KOELN)
    with State.open(path, fresh=True) as state:
        assert state.plan([FUERTH]) == [FUERTH]
        (held,) = state.known(FUERTH.ags)
        assert (held.url, held.etag) == (f"{FUERTH.website}/0", '"0"')
        assert held.ref.startswith("archive/09563000-")
        assert len(state.reports()) == 2
    with State.open(path) as state:
        assert state.plan(REGISTER) == [FUERTH, LANDKREIS], (
            "a fresh crawl that was stopped goes on without --fresh"
        )


def test_fresh_closes_the_file_of_an_interrupted_crawl(path: Path) -> None:
    with State.open(path) as state:
        state.plan([FUERTH])
        archive_of(state, FUERTH).close()
    with State.open(path, fresh=True) as state:
        state.plan([FUERTH])
        assert (names(state.archive), names(state.archive / ".open")) == ([*names(state.archive)][:1], [])
        first = names(state.archive)[0]
        assert state.begin(FUERTH.ags) != first


def test_an_interrupted_kommune_goes_on_in_its_file(path: Path) -> None:
    with State.open(path) as state:
        state.plan(REGISTER)
        archive_of(state, FUERTH, 3).close()
        name = names(state.archive / ".open")
    with State.open(path) as state:
        state.plan(REGISTER)
        assert [state.begin(FUERTH.ags)] == name
        assert len(Replay(state.archive / ".open" / name[0])) == 3


def test_same_named_stadt_and_landkreis_have_files_of_their_own(state: State) -> None:
    state.plan(REGISTER)
    assert {state.begin(item.ags).split("-")[0] for item in REGISTER} == {item.ags for item in REGISTER}


def test_a_kommune_without_requests_needs_no_file(state: State) -> None:
    state.plan([FUERTH])
    state.finish(report_of(FUERTH, status="no_website", documents=()))
    assert names(state.archive) == []
    assert state.plan([FUERTH]) == []


def test_a_kommune_that_was_not_planned_is_refused(state: State) -> None:
    with pytest.raises(ValueError, match="not planned"):
        state.begin(FUERTH.ags)


class Killed(BaseException):
    """Stands for kill -9: nothing of the program runs after it."""


@pytest.mark.parametrize("step", ["before the move", "after the move", "in the commit", "after the commit"])
def test_killed_between_any_two_steps_file_and_report_count_together(
    path: Path, monkeypatch: pytest.MonkeyPatch, step: str
) -> None:
    with State.open(path) as state:
        state.plan(REGISTER)
        finish(state, KOELN)
        segment = archive_of(state, FUERTH, 2).close()
        move = state._move

        def moved(source: Path, target: Path) -> None:
            if step == "before the move":
                raise Killed
            move(source, target)
            if step == "after the move":
                raise Killed

        monkeypatch.setattr(state, "_move", moved)
        if step == "in the commit":
            bad = dataclasses.replace(segment.holdings[0], offset=Killed)  # type: ignore[arg-type]
            segment = dataclasses.replace(segment, holdings=(*segment.holdings, bad))
            with pytest.raises(StepError):
                state.finish(report_of(FUERTH), segment)
        elif step == "after the commit":
            state.finish(report_of(FUERTH), segment)
        else:
            with pytest.raises(Killed):
                state.finish(report_of(FUERTH), segment)
    with State.open(path) as state:
        committed = step == "after the commit"
        assert state.reports() == ([report_of(KOELN), report_of(FUERTH)] if committed else [report_of(KOELN)])
        assert names(state.archive / ".open") == ([] if committed else [segment.name])
        assert len(names(state.archive)) == (2 if committed else 1)
        assert len(state.known(FUERTH.ags)) == (2 if committed else 0)
        todo = state.plan(REGISTER)
        assert (FUERTH in todo) is not committed
        if not committed:
            assert state.begin(FUERTH.ags) == segment.name
            assert len(Replay(state.archive / ".open" / segment.name)) == 2


_CRAWL = """
import sys
from pathlib import Path
sys.path.insert(0, sys.argv[2])
from test_state import archive_of, report_of
from konzept_diffusion.scrape.reports import Kommune
from konzept_diffusion.scrape.archive.state import State
register = [Kommune(f"05{n:06}", f"Ort {n}", "stadt", "05", f"https://{n}.example") for n in range(400)]
with State.open(Path(sys.argv[1])) as state:
    for kommune in state.plan(register):
        state.finish(report_of(kommune), archive_of(state, kommune).close())
        print(kommune.ags, flush=True)
"""


def test_a_crawl_killed_again_and_again_ends_like_an_undisturbed_one(path: Path) -> None:
    here = str(Path(__file__).parent)
    said: list[str] = []
    for patience in (3, 1, 40, 400):
        command = [sys.executable, "-c", _CRAWL, str(path), here]
        with subprocess.Popen(command, stdout=subprocess.PIPE, text=True) as process:
            assert process.stdout is not None
            for _, line in zip(range(patience), process.stdout, strict=False):
                said.append(line.strip())
            os.kill(process.pid, signal.SIGKILL)
            said += [line.strip() for line in process.stdout]
    assert len(said) == len(set(said)), "a finished Kommune was done again"
    assert len(said) <= 400
    with State.open(path) as state:
        assert [report.kommune.ags for report in state.reports()] == [f"05{n:06}" for n in range(400)]
        files = names(state.archive)
        assert (len(files), names(state.archive / ".open")) == (400, [])
        assert all(len(Replay(state.archive / name)) == 1 for name in files)


@pytest.mark.parametrize(
    ("content", "message"),
    [
        (b"this is no database, but a long enough text " * 200, "is damaged"),
        (b"SQLite format 3\x00" + bytes(range(256)) * 40, "is damaged"),
    ],
)
def test_a_damaged_file_is_one_clear_message_and_fresh_puts_it_aside(
    path: Path, content: bytes, message: str
) -> None:
    path.parent.mkdir()
    path.write_bytes(content)
    with pytest.raises(StepError, match=rf"state\.sqlite: {message}.*Move it away or start with --fresh"):
        State.open(path)
    assert path.read_bytes() == content
    with State.open(path, fresh=True) as state:
        assert state.plan(REGISTER) == REGISTER
    (aside,) = path.parent.glob("state.sqlite.damaged-*")
    assert aside.read_bytes() == content


def test_damage_inside_a_state_file_is_found(path: Path) -> None:
    with State.open(path) as state:
        state.plan(REGISTER)
        for kommune in REGISTER:
            finish(state, kommune, detail="x" * 5000)
    content = bytearray(path.read_bytes())
    content[4096 : len(content) - 100] = b"\xa5" * (len(content) - 4196)
    path.write_bytes(content)
    with pytest.raises(StepError, match=r"state\.sqlite: is damaged"):
        State.open(path)


@pytest.mark.parametrize(
    ("statement", "message"),
    [
        ("PRAGMA user_version = 9", "written by another version"),
        ("PRAGMA application_id = 7", "no state file of this program"),
        ("DROP TABLE known", "is damaged"),
    ],
)
def test_a_foreign_or_newer_file_is_refused(path: Path, statement: str, message: str) -> None:
    State.open(path).close()
    with sqlite3.connect(path) as connection:
        connection.execute(statement)
    connection.close()
    with pytest.raises(StepError, match=message):
        State.open(path)


def test_a_folder_that_cannot_be_made_is_named(tmp_path: Path) -> None:
    (tmp_path / "out").write_text("a file")
    with pytest.raises(StepError, match="out: cannot be written"):
        State.open(tmp_path / "out" / "state.sqlite")


def test_a_full_disk_when_the_file_is_moved_loses_nothing(
    path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    def full(source: Path, target: Path) -> Path:
        raise OSError(errno.ENOSPC, os.strerror(errno.ENOSPC))

    with State.open(path) as state:
        state.plan([FUERTH])
        segment = archive_of(state, FUERTH).close()
        with monkeypatch.context() as patch:
            patch.setattr(Path, "rename", full)
            with pytest.raises(StepError, match="No space left on device"):
                state.finish(report_of(FUERTH), segment)
        assert state.reports() == []
        state.finish(report_of(FUERTH), segment)
        assert state.reports() == [report_of(FUERTH)]


def test_a_full_disk_in_the_state_file_is_one_clear_message(path: Path) -> None:
    with State.open(path) as state:
        state.plan([FUERTH, KOELN])
        finish(state, KOELN)
        segment = archive_of(state, FUERTH).close()
        pages = state._connection.execute("PRAGMA page_count").fetchone()[0]
        state._connection.execute(f"PRAGMA max_page_count = {pages}")
        with pytest.raises(StepError, match=r"state\.sqlite: cannot be written \(database or disk is full\)"):
            state.finish(report_of(FUERTH, detail="x" * 100_000), segment)
    with State.open(path) as state:
        assert state.reports() == [report_of(KOELN)]
        assert state.begin(FUERTH.ags) == segment.name
        assert len(Replay(state.archive / ".open" / segment.name)) == 1


def test_notes_on_the_crawl_are_kept(path: Path) -> None:
    with State.open(path) as state:
        assert state.note({"register": "ab", "delay": "2.0"}) == {}
    with State.open(path) as state:
        assert state.note({"delay": "1.0"}) == {"register": "ab", "delay": "2.0"}
        assert state.note({}) == {"register": "ab", "delay": "1.0"}


def test_an_interrupted_fresh_crawl_is_gone_on_with_by_fresh_too(path: Path) -> None:
    with State.open(path) as state:
        state.plan(REGISTER)
        for kommune in REGISTER:
            finish(state, kommune)
    with State.open(path, fresh=True) as state:
        assert state.plan(REGISTER) == REGISTER
        finish(state, FUERTH)
        archive_of(state, KOELN, 2).close()
        (name,) = names(state.archive / ".open")
    with State.open(path, fresh=True) as state:
        assert state.plan(REGISTER) == [KOELN, LANDKREIS], "Fürth was searched by this fresh crawl"
        assert state.begin(KOELN.ags) == name, "what it has asked is not asked again"
        finish(state, KOELN)
        finish(state, LANDKREIS)
    with State.open(path, fresh=True) as state:
        assert state.plan(REGISTER) == REGISTER, "it was finished: another one begins"


def test_fresh_means_the_kommunen_it_is_given(path: Path) -> None:
    with State.open(path) as state:
        state.plan(REGISTER)
        for kommune in REGISTER:
            finish(state, kommune)
    with State.open(path, fresh=True) as state:
        assert state.plan([FUERTH, KOELN]) == [FUERTH, KOELN]
        finish(state, KOELN)
    with State.open(path, fresh=True) as state:
        assert state.plan([KOELN]) == [KOELN], "it alone was finished"
        finish(state, KOELN)
    with State.open(path, fresh=True) as state:
        assert state.plan(REGISTER) == [FUERTH, LANDKREIS], "Köln has been searched since that one began"


def test_what_a_plain_run_takes_up_again_is_no_fresh_crawl(path: Path) -> None:
    with State.open(path, fresh=True) as state:
        state.plan([FUERTH, KOELN])
        finish(state, KOELN)
        finish(state, FUERTH, status="unreachable")
    with State.open(path) as state:
        assert state.plan([FUERTH, KOELN]) == [FUERTH]
    with State.open(path, fresh=True) as state:
        assert state.plan([FUERTH, KOELN]) == [FUERTH, KOELN]


@pytest.mark.parametrize("status", sorted(STATUSES))
def test_a_run_on_a_finished_crawl_searches_once_more_what_could_not_be_reached(
    path: Path, status: str
) -> None:
    with State.open(path) as state:
        state.plan([FUERTH, KOELN])
        finish(state, FUERTH, status=status)
    with State.open(path) as state:
        assert state.plan([FUERTH, KOELN]) == [KOELN], "it goes on where it was stopped, no more"
        finish(state, KOELN)
    with State.open(path) as state:
        again = status in ("unreachable", "error")
        assert state.plan([FUERTH, KOELN]) == ([FUERTH] if again else [])
        if again:
            assert state.begin(FUERTH.ags) not in names(state.archive), "its failures are not replayed"
            finish(state, FUERTH, status=status)
            assert state.plan([FUERTH, KOELN]) == [], "once per run"
    with State.open(path) as state:
        assert state.plan([FUERTH]) == ([FUERTH] if again else [])


def test_one_that_ended_for_want_of_requests_goes_on_when_there_are_more(path: Path) -> None:
    with State.open(path) as state:
        state.plan([FUERTH, KOELN], budget=5)
        finish(state, FUERTH, status="budget")
        finish(state, KOELN)
        (segment,) = [name for name in names(state.archive) if name.startswith(FUERTH.ags)]
    for budget in (4, 5):
        with State.open(path) as state:
            assert state.plan([FUERTH, KOELN], budget=budget) == []
    for _ in range(2):  # interrupted once
        with State.open(path) as state:
            assert state.plan([FUERTH, KOELN], budget=6) == [FUERTH]
            assert state.begin(FUERTH.ags) == segment
            assert len(Replay(state.archive / ".open" / segment)) == 1, "what it asked is answered from there"
            assert segment in names(state.archive), "references stay good meanwhile"
    with State.open(path) as state:
        state.plan([FUERTH, KOELN], budget=6)
        finish(state, FUERTH, status="budget")
        assert names(state.archive / ".open") == []
        assert len(Replay(state.archive / segment)) == 2
    with State.open(path) as state:
        assert state.plan([FUERTH, KOELN], budget=6) == []


@pytest.mark.parametrize("step", ["before the move", "after the move"])
def test_killed_while_it_goes_on_nothing_is_lost(
    path: Path, monkeypatch: pytest.MonkeyPatch, step: str
) -> None:
    with State.open(path) as state:
        state.plan([FUERTH], budget=1)
        finish(state, FUERTH, status="budget")
        (segment,) = names(state.archive)
    with State.open(path) as state:
        state.plan([FUERTH], budget=2)
        closed = archive_of(state, FUERTH).close()
        move = state._move

        def moved(source: Path, target: Path) -> None:
            if step == "after the move":
                move(source, target)
            raise Killed

        monkeypatch.setattr(state, "_move", moved)
        with pytest.raises(Killed):
            state.finish(report_of(FUERTH), closed)
    with State.open(path) as state:
        assert state.plan([FUERTH], budget=2) == [FUERTH]
        assert state.begin(FUERTH.ags) == segment
        assert len(Replay(state.archive / ".open" / segment)) == 2
        finish(state, FUERTH)
        assert (names(state.archive), names(state.archive / ".open")) == ([segment], [])


def test_without_links_a_file_is_moved_to_be_gone_on_with(
    path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    def unable(source: Path, target: Path) -> None:
        raise OSError(errno.EPERM, os.strerror(errno.EPERM))

    monkeypatch.setattr(os, "link", unable)
    with State.open(path) as state:
        state.plan([FUERTH], budget=1)
        finish(state, FUERTH, status="budget")
    with State.open(path) as state:
        state.plan([FUERTH], budget=2)
        (segment,) = names(state.archive)
        assert state.begin(FUERTH.ags) == segment
        assert (names(state.archive), names(state.archive / ".open")) == ([], [segment])
        finish(state, FUERTH)
        assert len(Replay(state.archive / segment)) == 2


def test_a_site_that_is_down_takes_no_document_away(path: Path) -> None:
    with State.open(path) as state:
        state.plan([FUERTH])
        finish(state, FUERTH)
        (before,) = state.reports()
    with State.open(path, fresh=True) as state:
        state.plan([FUERTH])
        down = report_of(FUERTH, status="unreachable", documents=(), finished_at="2026-05-06T00:00:00Z")
        kept = state.finish(down, archive_of(state, FUERTH).close())
        assert state.reports() == [kept]
        marked = tuple(dataclasses.replace(item, unseen_on="2026-05-06") for item in before.documents)
        assert kept == dataclasses.replace(down, documents=marked)
    with State.open(path) as state:
        assert state.plan([FUERTH]) == [FUERTH]
        finish(state, FUERTH)
        assert state.reports() == [report_of(FUERTH)], "seen again: the mark is gone"


def test_a_state_file_of_the_first_layout_is_brought_up_to_date(path: Path) -> None:
    with State.open(path) as state:
        state.plan(REGISTER, budget=7)
        finish(state, FUERTH, status="unreachable")
        finish(state, KOELN, status="budget")
        finish(state, LANDKREIS)
        reports = state.reports()
    with sqlite3.connect(path) as connection:
        for column in ("generation", "ending", "budget"):
            connection.execute(f"ALTER TABLE kommunen DROP COLUMN {column}")
        connection.execute("PRAGMA user_version = 1")
    connection.close()
    with State.open(path) as state:
        assert state.reports() == reports
        assert state.plan(REGISTER, budget=7) == [FUERTH]
    with State.open(path) as state:
        assert state.plan(REGISTER, budget=8) == [KOELN, FUERTH]


def test_where_folders_cannot_be_opened_they_are_not_brought_to_the_disk(
    path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    opened = os.open

    def windows(place: Path, *arguments: int) -> int:
        if Path(place).is_dir():
            raise PermissionError(errno.EACCES, os.strerror(errno.EACCES))
        return opened(place, *arguments)

    monkeypatch.delattr(os, "O_DIRECTORY")
    monkeypatch.setattr(os, "open", windows)
    with State.open(path) as state:
        state.plan([FUERTH])
        finish(state, FUERTH)
        assert len(names(state.archive)) == 1
