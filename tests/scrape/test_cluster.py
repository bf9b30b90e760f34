"""The same crawl on a Dask cluster: real worker processes, one killed, turns kept between them."""

import csv
import os
import signal
import subprocess
import sys
import threading
import time
from itertools import pairwise
from typing import ClassVar

import little
import pytest

from konzept_diffusion.errors import StepError
from konzept_diffusion.scrape.crawl import register
from konzept_diffusion.scrape.crawl import running as crawl
from konzept_diffusion.scrape.crawl.cluster_slots import ClusterSlots
from konzept_diffusion.scrape.crawl.orders import Options
from konzept_diffusion.scrape.crawl.progress import Quiet
from konzept_diffusion.scrape.network.slots import NEVER
from konzept_diffusion.scrape.search import settings

distributed = pytest.importorskip("distributed", reason="the extra [cluster] is not installed")
VARYING = {"retrieved_at", "archive_ref", "started_at", "finished_at", "evidence"}


@pytest.fixture(scope="module")
def cluster():
    before = os.environ.copy()
    # A killed worker's hosts rest until its leases run out; the test need not wait half a minute.
    os.environ["DASK_DISTRIBUTED__SCHEDULER__LOCKS__LEASE_TIMEOUT"] = "2s"
    os.environ["DASK_DISTRIBUTED__SCHEDULER__LOCKS__LEASE_VALIDATION_INTERVAL"] = "500ms"
    import dask

    dask.config.refresh()
    try:
        with distributed.LocalCluster(
            n_workers=2, threads_per_worker=1, processes=True, dashboard_address=None, silence_logs="ERROR"
        ) as made:
            yield made
    finally:
        os.environ.clear()
        os.environ.update(before)
        dask.config.refresh()


@pytest.fixture
def sites():
    with little.serving(4) as found:
        yield found


def run(sites, out, scheduler="", delay=0.0):
    kommunen = register.read(sites.register(out.parent / "register.csv"))
    summary = crawl.crawl(
        kommunen,
        out,
        settings=settings.load(),
        options=Options(delay, 60, allow_private=True),
        make_coder=little.title_coder,
        display=Quiet(sys.stderr),
        scheduler=scheduler,
    )
    assert summary.done == summary.total == len(sites.kommunen)
    assert not list((out / "archive" / ".open").iterdir())
    found = {}
    for name in ("documents.csv", "coverage.csv"):
        with (out / name).open(encoding="utf-8", newline="") as stream:
            table = list(csv.DictReader(stream))
        found[name] = [{k: v for k, v in row.items() if k not in VARYING} for row in table]
        for row in table:
            assert (out / row.get("archive_ref", "").partition("#")[0]).exists()
    return found


def test_a_cluster_brings_what_one_machine_brings_also_if_a_worker_is_killed(cluster, sites, tmp_path):
    expected = run(sites, tmp_path / "local")
    assert len(expected["documents.csv"]) == 4 * len(sites.kommunen)
    sites.forget()

    assert run(sites, tmp_path / "cluster", cluster.scheduler_address) == expected
    assert not sites.twice()

    sites.forget()
    sites.hold(12)

    def kill_one():
        sites.held.wait(30)
        os.kill(next(iter(cluster.workers.values())).process.pid, signal.SIGKILL)
        sites.go_on.set()

    killer = threading.Thread(target=kill_one)
    killer.start()
    assert run(sites, tmp_path / "killed", cluster.scheduler_address) == expected
    killer.join()


def take_turns(number):
    slots = ClusterSlots(sleep=time.sleep)
    starts = []
    for _ in range(number):
        slots.acquire(("www.x.example:443", "192.0.2.1"), 0.1)
        starts.append(slots.clock())
        slots.release(("www.x.example:443", "192.0.2.1"), starts[-1])
    return os.getpid(), starts


def test_workers_keep_their_distance_from_each_other(cluster):
    with distributed.Client(cluster.scheduler_address, set_as_default=False) as client:
        client.wait_for_workers(2, timeout=30)
        addresses = list(client.nthreads())
        futures = [client.submit(take_turns, 4, workers=[one], pure=False) for one in addresses]
        found = client.gather(futures)
    assert len({pid for pid, _ in found}) == 2
    starts = sorted(start for _, times in found for start in times)
    assert len(starts) == 8
    assert min(b - a for a, b in pairwise(starts)) >= 0.099


class Gate:
    """A semaphore of one process that notes what is done to it."""

    made: ClassVar[dict[str, "Gate"]] = {}

    def __init__(self, key):
        self.lease, self.given_back = threading.Semaphore(1), threading.Event()
        Gate.made[key] = self

    def acquire(self, timeout):
        return self.lease.acquire(timeout=timeout)

    def release(self):
        self.lease.release()
        self.given_back.set()


def test_a_turn_is_given_back_when_its_delay_is_over_and_at_once_if_nothing_was_sent():
    slots = ClusterSlots(sleep=time.sleep, semaphore=Gate)
    slots.acquire(("h", "ip"), 1000.0)
    slots.release(("h",), NEVER)
    assert Gate.made["h"].given_back.wait(10)
    slots.release(("ip",), slots.clock() - 1001.0)
    assert Gate.made["ip"].given_back.wait(10)
    slots.acquire(("later",), 1000.0)
    slots.release(("later",), slots.clock())
    slots.acquire(("h",), 0.0)
    slots.release(("h",), NEVER)
    assert Gate.made["h"].given_back.wait(10)
    assert not Gate.made["later"].given_back.is_set()


class StopError(BaseException):
    pass


def test_who_is_stopped_while_waiting_holds_nothing():
    def sleep(seconds):
        raise StopError

    slots = ClusterSlots(sleep=sleep, semaphore=Gate)
    other = Gate("taken")
    assert other.acquire(1)
    slots._make = {"taken": other, "free": Gate("free")}.__getitem__
    with pytest.raises(StopError):
        slots.acquire(("free", "taken"), 0.0)
    assert Gate.made["free"].acquire(timeout=1)
    other.release()
    slots.acquire(("taken",), 0.0)


def test_an_address_without_scheduler_and_a_missing_extra_are_one_sentence(sites, tmp_path, monkeypatch):
    monkeypatch.setattr("konzept_diffusion.scrape.crawl.cluster._PATIENCE", 0.2)
    with pytest.raises(StepError, match=r"--scheduler tcp://127\.0\.0\.1:1: no Dask scheduler answers"):
        run(sites, tmp_path / "out", "tcp://127.0.0.1:1")
    assert not (tmp_path / "out").exists()
    code = (
        "import sys; sys.modules['distributed'] = None\n"
        "from konzept_diffusion.scrape.__main__ import main\n"
        "sys.exit(main(sys.argv[1:]))"
    )
    done = subprocess.run(
        [
            sys.executable, "-c", code, "--register", str(tmp_path / "register.csv"),
            "--out", str(tmp_path / "out"), "--scheduler", "tcp://127.0.0.1:1",
        ],
        capture_output=True, text=True,
    )  # fmt: skip
    assert done.returncode == 2
    assert 'pip install "konzept-diffusion[cluster]"' in done.stderr
    assert "Traceback" not in done.stderr
    assert not (tmp_path / "out").exists()
    assert not sites.asked
