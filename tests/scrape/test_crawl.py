"""A crawl can be ended in every way, at every moment: the next run goes on, and the result is the same."""

import csv
import json
import os
import shutil
import signal
import subprocess
import sys
from contextlib import suppress
from hashlib import sha256
from pathlib import Path

import little
import pytest
from warcio.archiveiterator import ArchiveIterator

VARYING = {"retrieved_at", "archive_ref", "started_at", "finished_at"}


class Run:
    """A crawl in a process of its own."""

    def __init__(self, sites, out, register=None, **options):
        register = register or sites.register(out.parent / "register.csv")
        self.out = out
        self.process = subprocess.Popen(
            [sys.executable, little.__file__, str(register), str(out), json.dumps(options)],
            stdout=subprocess.PIPE,
            stderr=subprocess.PIPE,
            text=True,
            start_new_session=True,
        )

    def workers(self):
        children = Path(f"/proc/{self.process.pid}/task/{self.process.pid}/children").read_text().split()
        return [int(pid) for pid in children if b"spawn_main" in Path(f"/proc/{pid}/cmdline").read_bytes()]

    def end(self):
        out, err = self.process.communicate(timeout=60)
        assert "Traceback" not in err, err
        return self.process.returncode, out + err


def rows(out, name):
    with (out / name).open(encoding="utf-8", newline="") as stream:
        return [{k: v for k, v in row.items() if k not in VARYING} for row in csv.DictReader(stream)]


def result(out):
    assert not list((out / "archive" / ".open").iterdir())
    found = {name: rows(out, name) for name in ("documents.csv", "coverage.csv", "unresolved.csv")}
    for row in rows_with_refs(out):
        assert (out / row["archive_ref"].partition("#")[0]).is_file()
    return found


def rows_with_refs(out):
    with (out / "documents.csv").open(encoding="utf-8", newline="") as stream:
        return list(csv.DictReader(stream))


@pytest.fixture(scope="module")
def all_sites():
    with little.serving(3) as found:
        yield found


@pytest.fixture
def sites(all_sites):
    all_sites.forget()
    return all_sites


@pytest.fixture(scope="module")
def one_run(all_sites, tmp_path_factory):
    """Return the folder of a crawl that nothing disturbed, and how many requests it took."""
    all_sites.forget()
    out = tmp_path_factory.mktemp("undisturbed") / "out"
    code, said = Run(all_sites, out).end()
    assert code == 0, said
    return out, len(all_sites.asked)


@pytest.fixture
def undisturbed(one_run, sites):
    return result(one_run[0]), one_run[1]


@pytest.fixture
def finished(one_run, sites, tmp_path):
    """Return a copy of the finished crawl's folder."""
    return shutil.copytree(one_run[0], tmp_path / "out")


def test_what_an_undisturbed_crawl_brings(sites, undisturbed):
    found, number = undisturbed
    assert len(found["documents.csv"]) == 4 * len(sites.kommunen)
    assert [row["status"] for row in found["coverage.csv"]] == ["searched"] * len(sites.kommunen)
    assert number == sum(int(row["requests"]) + 1 for row in found["coverage.csv"]), "and robots.txt"
    assert {row["evidence"] for row in found["documents.csv"]} == {"loaded: []"}, "nothing heavy in a worker"


@pytest.mark.parametrize(("at", "workers"), [(2, 1), (12, 3), (25, 3)])
def test_killed_at_any_moment_it_goes_on_and_asks_nothing_twice(sites, undisturbed, tmp_path, at, workers):
    expected, number = undisturbed
    assert at < number
    sites.hold(at)
    more = ["--workers", str(workers)]
    run = Run(sites, tmp_path / "out", more=more)
    assert sites.held.wait(30)
    run.process.kill()
    run.process.communicate(timeout=30)
    sites.go_on.set()
    code, said = Run(sites, tmp_path / "out", more=more).end()
    assert code == 0, said
    assert result(tmp_path / "out") == expected
    twice = sites.twice()  # apart from the one that was held back
    in_hand = {host for host, _ in twice}
    assert len(twice) == len(in_hand), "at most the request in hand, one per host"
    assert len(in_hand) <= workers - 1


def test_ctrl_c_finishes_the_request_in_hand_and_says_where_to_go_on(sites, undisturbed, tmp_path):
    expected, number = undisturbed
    sites.hold(9)
    run = Run(sites, tmp_path / "out")
    assert sites.held.wait(30)
    os.killpg(run.process.pid, signal.SIGINT)  # as a terminal does: the workers get it, too
    sites.go_on.set()
    code, said = run.end()
    assert code == 130
    assert f"--out {tmp_path / 'out'} to go on" in said
    assert (tmp_path / "out" / "coverage.csv").is_file()
    sites.held_request = ("", "")  # it was in hand: not even this one is asked again
    assert Run(sites, tmp_path / "out").end()[0] == 0
    assert result(tmp_path / "out") == expected
    assert len(sites.asked) == number


def test_ctrl_c_twice_ends_at_once(sites, tmp_path):
    sites.hold(5)
    run = Run(sites, tmp_path / "out")
    assert sites.held.wait(30)
    workers = run.workers()
    while run.process.poll() is None:
        run.process.send_signal(signal.SIGINT)
        with suppress(subprocess.TimeoutExpired):
            run.process.wait(0.2)
    code, said = run.end()
    assert code == 130
    assert "interrupted" in said
    assert not [pid for pid in workers if Path(f"/proc/{pid}").exists()]


def test_a_killed_worker_is_replaced_and_nothing_is_lost(sites, undisturbed, tmp_path):
    expected, _ = undisturbed
    sites.hold(15)
    run = Run(sites, tmp_path / "out")
    assert sites.held.wait(30)
    for pid in run.workers():
        os.kill(pid, signal.SIGKILL)
    sites.go_on.set()
    code, said = run.end()
    assert code == 0, said
    assert "a worker process has died (killed by signal 9)" in said
    assert result(tmp_path / "out") == expected


def test_a_kommune_that_kills_its_process_costs_itself_only(sites, undisturbed, tmp_path):
    expected, _ = undisturbed
    code, said = Run(sites, tmp_path / "out", deadly=True).end()
    assert code == 0, said
    found = result(tmp_path / "out")
    status = {row["name"]: row["status"] for row in found["coverage.csv"]}
    assert status == {"Aburg": "searched", "Bestadt": "error", "Cehausen": "searched"}
    others = [row for row in expected["documents.csv"] if row["found_for"] != "05000002"]
    assert found["documents.csv"] == others
    (row,) = [row for row in found["coverage.csv"] if row["name"] == "Bestadt"]
    assert "died 3 times (killed by signal 9)" in row["detail"]


def test_no_worker_outlives_its_parent(sites, tmp_path):
    sites.hold(5)
    run = Run(sites, tmp_path / "out")
    assert sites.held.wait(30)
    workers = run.workers()
    assert workers
    run.process.kill()
    run.process.communicate(timeout=30)
    for pid in workers:
        for _ in range(1000):
            if not alive(pid):
                break
            os.sched_yield()
        assert not alive(pid)


def alive(pid):
    try:
        return Path(f"/proc/{pid}/stat").read_text().rpartition(")")[2].split()[0] not in "ZX"
    except OSError:
        return False


@pytest.mark.parametrize("largest", [3_000, 20_000])
def test_a_full_disk_is_one_sentence_and_the_next_run_goes_on(sites, undisturbed, tmp_path, largest):
    expected, number = undisturbed
    code, said = Run(sites, tmp_path / "out", largest_file=largest).end()
    assert code == 2, said
    assert "cannot be written" in said
    assert len([line for line in said.splitlines() if "konzept-diffusion:" in line]) == 1
    assert Run(sites, tmp_path / "out").end()[0] == 0
    assert result(tmp_path / "out") == expected
    again = len(sites.asked) - number
    assert again <= len(sites.kommunen), "only what could not be archived is asked again"


def test_a_finished_crawl_asks_nothing_and_fresh_asks_what_has_changed(sites, undisturbed, finished):
    expected, number = undisturbed
    assert Run(sites, finished).end()[0] == 0
    assert not sites.asked
    assert Run(sites, finished, more=["--fresh"]).end()[0] == 0
    assert len(sites.asked) == number
    assert len([path for _, path, etag in sites.asked if etag == '"1"']) >= number * 0.8
    assert result(finished) == expected


def test_fresh_goes_on_with_a_fresh_crawl_that_was_interrupted(sites, undisturbed, finished):
    expected, number = undisturbed
    sites.hold(number * 2 // 3)
    run = Run(sites, finished, more=["--fresh", "--workers", "1"])
    assert sites.held.wait(30)
    run.process.kill()
    run.process.communicate(timeout=30)
    sites.go_on.set()
    assert Run(sites, finished, more=["--fresh"]).end()[0] == 0
    assert not sites.twice()
    assert len(sites.asked) == number + 1, "and the one that was held back"
    assert result(finished) == expected


def test_fresh_keeps_what_it_cannot_say_is_gone(sites, undisturbed, finished):
    left = [row for row in undisturbed[0]["documents.csv"] if row["title"] != "1"]
    sites.instead.update({"/konzept/1": 404})
    assert Run(sites, finished, more=["--fresh"]).end()[0] == 0
    assert rows(finished, "documents.csv") == left
    sites.instead.clear()
    sites.instead.update({"/": 403})
    assert Run(sites, finished, more=["--fresh"]).end()[0] == 0
    assert {row["status"] for row in rows(finished, "coverage.csv")} == {"blocked"}
    kept = rows(finished, "documents.csv")
    assert {row["note"][:-10] for row in kept} == {"not seen again on "}
    assert [row | {"note": ""} for row in kept] == left


def test_every_document_refers_to_the_record_with_its_bytes_also_after_fresh(sites, finished):
    assert Run(sites, finished, more=["--fresh"]).end()[0] == 0
    table = rows_with_refs(finished)
    assert table
    for row in table:
        place, _, name = row["archive_ref"].partition("#")
        with (finished / place).open("rb") as stream:
            (digest,) = [
                sha256(record.content_stream().read()).hexdigest()
                for record in ArchiveIterator(stream)
                if record.rec_type == "response" and name in record.rec_headers.get_header("WARC-Record-ID")
            ]
        assert digest == row["sha256"]


def test_with_more_requests_it_goes_on_and_asks_nothing_twice(sites, undisturbed, tmp_path):
    expected, number = undisturbed
    out = tmp_path / "out"
    assert Run(sites, out, more=["--max-requests", "4"]).end()[0] == 0
    assert {row["status"] for row in rows(out, "coverage.csv")} == {"budget"}
    asked = len(sites.asked)
    assert Run(sites, out, more=["--max-requests", "4"]).end()[0] == 0
    assert len(sites.asked) == asked
    code, said = Run(sites, out).end()
    assert code == 0, said
    assert result(out) == expected
    assert not sites.twice()
    assert len(sites.asked) == number


def test_the_last_line_of_progress_has_counted_every_request(sites, tmp_path):
    code, said = Run(sites, tmp_path / "out").end()
    assert code == 0, said
    number = sum(int(row["requests"]) for row in rows(tmp_path / "out", "coverage.csv"))
    (line,) = [line for line in said.splitlines() if line.startswith("3/3 Kommunen")]
    assert f", {number} requests (" in line


def test_only_some_and_later_the_others(sites, undisturbed, tmp_path):
    expected, number = undisturbed
    assert Run(sites, tmp_path / "out", more=["--only", "05000003,05000001"]).end()[0] == 0
    assert [row["ags"] for row in rows(tmp_path / "out", "coverage.csv")] == ["05000001", "05000003"]
    assert Run(sites, tmp_path / "out").end()[0] == 0
    assert result(tmp_path / "out") == expected
    assert len(sites.asked) == number


def test_a_second_crawl_in_the_same_folder_is_refused(sites, tmp_path):
    sites.hold(3)
    run = Run(sites, tmp_path / "out")
    assert sites.held.wait(30)
    code, said = Run(sites, tmp_path / "out").end()
    assert code == 2
    assert f"process {run.process.pid}" in said
    sites.go_on.set()
    assert run.end()[0] == 0


def test_a_damaged_state_is_one_sentence_and_fresh_puts_it_aside(sites, undisturbed, finished):
    expected, _ = undisturbed
    (finished / "state.sqlite").write_bytes(b"no database at all" * 100)
    code, said = Run(sites, finished).end()
    assert code == 2
    assert "state.sqlite: is damaged" in said
    assert "--fresh" in said
    assert not sites.asked
    assert Run(sites, finished, more=["--fresh"]).end()[0] == 0
    assert result(finished) == expected


def test_a_folder_that_cannot_be_written_is_refused_before_any_request(sites, tmp_path):
    (tmp_path / "file").write_text("in the way")
    register = sites.register(tmp_path / "register.csv")
    for out in (tmp_path / "file", tmp_path / "file" / "below"):
        code, said = Run(sites, out, register).end()
        assert code == 2
        assert f"{out}: cannot be written" in said
    assert not sites.asked
