"""Worker processes: what they bring, how they die, how they stop."""

import os
import re
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
    """Does by the Kommune's name: good, killed (by itself), bug, patient (until stopped), hung (no thread goes on)."""

    def __post_init__(self):
        self.stopped = threading.Event()

    def run(self, task):
        kommune = task.kommune
        if kommune.name == "killed":
            os.kill(os.getpid(), signal.SIGKILL)
        if kommune.name == "bug":
            raise AssertionError("a worker never raises")
        if kommune.name == "hung":
            re.match(r"(a+)+$", "a" * 60 + "b")
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

    def make(processes=1, threads=4, worker=Stub, **more):
        made.append(Crew(worker, processes, threads, **more))
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


class Time:
    """A clock that goes on by a step whenever it is looked at."""

    def __init__(self, step):
        self.now, self.step = 0.0, step

    def __call__(self):
        self.now += self.step
        return self.now


def test_a_process_without_a_sign_of_life_is_killed_and_its_tasks_come_back(crew):
    team = crew(clock=Time(1.0))
    team.give(task(1, "hung"))
    team.give(task(2, "patient"))
    lost = []
    while not lost:
        lost = [event for event in team.wait(0.001) if isinstance(event, Lost)]
    assert lost[0].hung
    assert lost[0].exit_code == -signal.SIGKILL
    assert {one.kommune.name for one in lost[0].tasks} == {"hung", "patient"}
    team.give(task(3))
    assert gather(team, 1)[0].report.status == "searched"


def test_a_process_that_only_waits_gives_signs_of_life(crew, monkeypatch):
    monkeypatch.setattr("konzept_diffusion.scrape.crawl.crew.SILENCE", 8.0)
    team = crew(clock=Time(5.0))  # two waits without a sign would be too many
    team.give(task(1, "patient"))
    assert all(isinstance(event, Ticked) for _ in range(3) for event in gather(team, 1, (Ticked, Lost)))


def test_a_parent_that_was_held_up_does_not_take_it_for_silence(crew):
    time = Time(0.0)
    team = crew(clock=time)
    team.give(task(1, "patient"))
    gather(team, 1, Ticked)
    time.now += 8 * 3600
    assert not [event for _ in range(3) for event in team.wait(0.001) if isinstance(event, Lost)]


def test_what_a_worker_has_counted_last_comes_with_its_end(crew):
    team = crew()
    team.give(task(1))
    gather(team, 1)
    assert team.close()[-1] == Ticked(1, Counts(7))


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
