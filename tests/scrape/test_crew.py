"""Worker processes: what they bring, how they die, how they stop."""

import os
import signal
import sys
import threading
from dataclasses import dataclass
from functools import partial

import pytest

from konzept_diffusion.errors import StepError
from konzept_diffusion.scrape.crawl.crew import Crew, Lost, Ticked, processes_for
from konzept_diffusion.scrape.crawl.orders import Counts, Outcome, Task
from konzept_diffusion.scrape.reports import Kommune, Report


def task(number: int, name: str = "good", lost: int = 0) -> Task:
    return Task(Kommune(f"05{number:06}", name, "stadt", "05"), f"{number}.warc.gz", lost=lost)


@dataclass
class Stub:
    """Does by the Kommune's name: good, killed (by itself), bug, patient (until stopped)."""

    def __post_init__(self):
        self.stopped = threading.Event()

    def run(self, task):
        kommune = task.kommune
        if kommune.name == "killed":
            os.kill(os.getpid(), signal.SIGKILL)
        if kommune.name == "bug":
            raise AssertionError("a worker never raises")
        if kommune.name == "patient":
            self.stopped.wait()
            return Outcome(kommune.ags)
        names = "pandas" if "pandas" in sys.modules else str(os.getpid())
        return Outcome(kommune.ags, Report(kommune, "searched", names))

    def stop(self):
        self.stopped.set()

    def counts(self):
        return Counts(7)

    def close(self):
        pass


def unable():
    raise StepError("scraper/terms.yml: is missing.")


def broken():
    os._exit(3)


def gather(crew, number, kinds=Outcome):
    found = []
    while len(found) < number:
        found += [event for event in crew.wait(30) if isinstance(event, kinds)]
    return found


@pytest.fixture
def crew():
    made = []

    def make(processes=1, threads=4, worker=Stub):
        made.append(Crew(worker, processes, threads))
        return made[-1]

    yield make
    for one in made:
        one.close(at_once=True)


def test_tasks_come_back_from_all_processes_and_none_has_loaded_pandas(crew):
    team = crew(processes=2, threads=2)
    for number in range(4):
        assert team.room()
        team.give(task(number))
    assert not team.room()
    found = gather(team, 4)
    assert {outcome.ags for outcome in found} == {f"05{number:06}" for number in range(4)}
    pids = {outcome.report.detail for outcome in found}
    assert len(pids) == 2
    assert "pandas" not in pids
    assert str(os.getpid()) not in pids
    assert team.room()


def test_a_dead_process_gives_its_tasks_back_and_is_replaced(crew):
    team = crew()
    team.give(task(1, "patient"))
    team.give(task(2, "killed"))
    (lost,) = gather(team, 1, Lost)
    assert {one.kommune.name for one in lost.tasks} == {"patient", "killed"}
    assert lost.exit_code == -signal.SIGKILL
    team.give(task(3))
    assert gather(team, 1)[0].report.status == "searched"


def test_a_worker_that_raises_ends_its_process_rather_than_to_keep_a_task_for_ever(crew, capfd):
    team = crew()
    team.give(task(1, "bug"))
    (lost,) = gather(team, 1, Lost)
    assert [one.kommune.name for one in lost.tasks] == ["bug"]
    assert "a worker never raises" in capfd.readouterr().err


def test_the_lost_are_tried_in_smaller_company_and_at_last_alone(crew):
    team = crew(threads=8)
    team.give(task(1, "patient", lost=1))
    assert not team.room(0), "a fresh one would share its fate"
    assert team.room(1)
    team.give(task(2, "patient", lost=1))
    assert not team.room(1), "a quarter of the threads"
    with pytest.raises(ValueError, match="no worker has room"):
        team.give(task(3))
    alone = crew(threads=8)
    alone.give(task(4, "patient", lost=2))
    assert not any(alone.room(lost) for lost in range(4))


def test_stop_lets_them_come_back_unfinished(crew):
    team = crew(processes=2, threads=2)
    for number in range(4):
        team.give(task(number, "patient"))
    team.stop()
    assert all(outcome.report is None and not outcome.trouble for outcome in gather(team, 4))
    team.close()


def test_counts_come_in_between(crew):
    team = crew()
    team.give(task(1, "patient"))
    (ticked,) = gather(team, 1, Ticked)
    assert ticked.counts == Counts(7)


def test_a_worker_that_cannot_start_is_one_sentence(crew):
    team = crew(worker=unable)
    with pytest.raises(StepError, match=r"terms\.yml: is missing"):
        gather(team, 1)
    team = crew(worker=broken)
    with pytest.raises(StepError, match=r"exit code 3"):
        gather(team, 1)


def test_as_many_processes_as_cpus_and_none_without_work(monkeypatch):
    monkeypatch.setattr(os, "sched_getaffinity", lambda _: set(range(4)), raising=False)
    assert [processes_for(*given) for given in ((128, 1000), (2, 1000), (128, 3), (128, 1))] == [4, 2, 3, 1]


def test_the_environment_is_left_as_it_was(crew, monkeypatch):
    monkeypatch.delenv("MALLOC_ARENA_MAX", raising=False)
    crew(worker=partial(Stub))
    assert "MALLOC_ARENA_MAX" not in os.environ
