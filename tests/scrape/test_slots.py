"""Turns: one at a time and a delay between starts, per host and per address, whoever asks."""

import subprocess
import sys
import threading

import pytest

from konzept_diffusion.scrape.network import processes
from konzept_diffusion.scrape.network.processes import windows_name
from konzept_diffusion.scrape.network.slots import (
    NEVER,
    LocalSlots,
    SharedSlots,
    Slots,
    TooLate,
    forget_stops,
    process_name,
)
from konzept_diffusion.scrape.network.standing import DAY


class Time:
    """A clock that only sleeping moves."""

    def __init__(self):
        self.now, self.slept = 1000.0, []

    def __call__(self):
        return self.now

    def sleep(self, seconds):
        self.slept.append(round(seconds, 6))
        self.now += seconds


@pytest.fixture(params=["local", "shared"])
def make(request, tmp_path):
    made = []

    def slots(time):
        kind = (
            LocalSlots
            if request.param == "local"
            else lambda **o: SharedSlots(tmp_path / "slots.sqlite", **o)
        )
        made.append(kind(clock=time, sleep=time.sleep))
        return made[-1]

    yield slots
    for one in made:
        if isinstance(one, SharedSlots):
            one.close()


def take(slots, time, host, ip, delay, *, host_delay=0.0, lasts=0.1, resume=None):
    with slots.turn(host, ip, delay, host_delay) as turn:
        turn.started = time()
        if resume is not None:
            turn.resume = time() + resume
        time.now += lasts
    return turn.started


def test_the_first_turn_comes_at_once_and_the_next_after_the_delay(make):
    time = Time()
    slots = make(time)
    starts = [take(slots, time, "a:80", "1", 2.0) for _ in range(3)]
    assert starts == pytest.approx([1000, 1002, 1004])


def test_hosts_at_one_address_share_its_turns(make):
    time = Time()
    slots = make(time)
    assert [take(slots, time, host, "1", 2.0) for host in ("a:80", "b:80", "a:80")] == pytest.approx(
        [1000, 1002, 1004]
    )


def test_other_hosts_at_other_addresses_need_not_wait(make):
    time = Time()
    slots = make(time)
    take(slots, time, "a:80", "1", 2.0)
    take(slots, time, "b:80", "2", 2.0)
    assert time.slept == []


def test_a_crawl_delay_holds_for_its_host_and_not_for_its_neighbours(make):
    time = Time()
    slots = make(time)
    take(slots, time, "a:80", "1", 1.0, host_delay=10.0)
    assert take(slots, time, "b:80", "1", 1.0) == pytest.approx(1001)
    assert take(slots, time, "a:80", "1", 1.0, host_delay=10.0) == pytest.approx(1010)


def test_a_turn_in_which_nothing_was_sent_does_not_count(make):
    time = Time()
    slots = make(time)
    with slots.turn("a:80", "1", 5.0) as turn:
        pass
    assert turn.started == NEVER
    take(slots, time, "a:80", "1", 5.0)
    assert time.slept == []


def test_a_host_that_asks_for_rest_is_left_alone_while_its_neighbours_go_on(make):
    time = Time()
    slots = make(time)
    take(slots, time, "a:80", "1", 1.0, resume=30.0)
    assert take(slots, time, "b:80", "1", 1.0) == pytest.approx(1001)
    assert take(slots, time, "a:80", "1", 1.0) == pytest.approx(1030)


def test_what_stops_the_waiting_gives_the_turn_back(make):
    class Ended(BaseException):
        pass

    time = Time()
    slots = make(time)
    take(slots, time, "a:80", "1", 2.0)

    def end(_):
        raise Ended

    sleep, slots._sleep = slots._sleep, end
    for host_delay in (0.0, 9.0):
        with pytest.raises(Ended), slots.turn("a:80", "1", 2.0, host_delay):
            pytest.fail("the turn was not due")
    slots._sleep = sleep
    assert take(slots, time, "a:80", "1", 2.0) == pytest.approx(1002)


def test_a_key_is_never_held_twice_by_many_threads(make):
    time = Time()
    slots = make(time)
    inside, most, lock = {}, [], threading.Lock()

    def work(number):
        for step in range(20):
            keys = (f"h{number % 3}:80", f"ip{step % 2}")
            slots.acquire(keys, 0.0)
            with lock:
                for key in keys:
                    inside[key] = inside.get(key, 0) + 1
                most.append(max(inside.values()))
                for key in keys:
                    inside[key] -= 1
            slots.release(keys, NEVER)

    threads = [threading.Thread(target=work, args=(number,)) for number in range(8)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join(30)
    assert len(most) == 160
    assert max(most) == 1


def test_two_processes_share_a_file(tmp_path):
    time = Time()
    one, other = (SharedSlots(tmp_path / "s", clock=time, sleep=time.sleep) for _ in range(2))
    one.acquire(("a:80", "1"), 2.0)
    mine, _ = other._try(("b:80", "1"), 2.0)
    assert not mine
    one.release(("a:80", "1"), time())
    other.acquire(("b:80", "1"), 2.0)
    assert time.slept == [2.0]
    one.close()
    other.close()


def test_a_process_that_died_gives_its_turns_back(tmp_path):
    code = (
        "import sys, os, pathlib; from konzept_diffusion.scrape.network.slots import SharedSlots\n"
        "SharedSlots(pathlib.Path(sys.argv[1])).acquire(('a:80', '1'), 0.0); print('held', flush=True)\n"
        "sys.stdin.read()"
    )
    path = tmp_path / "s"
    child = subprocess.Popen(
        [sys.executable, "-c", code, str(path)], stdin=subprocess.PIPE, stdout=subprocess.PIPE, text=True
    )
    slots = SharedSlots(path)
    try:
        assert child.stdout.readline() == "held\n"
        assert process_name(child.pid)
        assert slots._try(("a:80", "1"), 0.0)[0] is False
        child.kill()
        child.wait()
        assert process_name(child.pid) == ""
        assert slots._try(("a:80", "1"), 0.0)[0] is True
    finally:
        child.kill()
        child.communicate()
        slots.close()


def test_starts_from_before_a_restart_of_the_machine_do_not_hold_anyone_up(tmp_path):
    time = Time()
    before = SharedSlots(tmp_path / "s", clock=lambda: 1e7, sleep=time.sleep)
    before.acquire(("a:80",), 2.0)
    before.release(("a:80",), 1e7)
    before.close()
    after = SharedSlots(tmp_path / "s", clock=time, sleep=time.sleep)
    after.acquire(("a:80",), 2.0)
    after.close()
    assert time.slept == []


HOLD = (
    "import sys, pathlib; from konzept_diffusion.scrape.network.slots import SharedSlots\n"
    "slots = SharedSlots(pathlib.Path(sys.argv[1]))\n"
    "slots.watch(lambda key: print('closed', key, flush=True))\n"
    "slots.acquire(('a:80', '1'), 0.0); print('held', flush=True); sys.stdin.readline()\n"
    "print('wanted', slots.hand_over(('a:80', '1')), flush=True)\n"
    "slots.release(('a:80', '1'), slots.clock()); print('free', flush=True); sys.stdin.read()"
)


class Other:
    """Another process that holds the turns of a:80 at address 1, and gives them back when told."""

    def __init__(self, path):
        self.process = subprocess.Popen(
            [sys.executable, "-c", HOLD, str(path)], stdin=subprocess.PIPE, stdout=subprocess.PIPE, text=True
        )
        assert self.line() == "held"

    def line(self):
        return self.process.stdout.readline().strip()

    def end_turn(self):
        self.process.stdin.write("\n")
        self.process.stdin.flush()
        lines = [self.line()]
        while lines[-1] != "free":
            lines.append(self.line())
        return lines

    def kill(self):
        self.process.kill()
        self.process.communicate()


@pytest.fixture
def other(tmp_path):
    one = Other(tmp_path / "s")
    yield one
    one.kill()


def test_the_request_of_a_process_that_was_killed_counts_for_the_delay(tmp_path, other):
    slots = SharedSlots(tmp_path / "s")
    other.kill()
    with pytest.raises(TooLate):
        slots.acquire_until(("b:80", "1"), 1000.0, slots.clock() + 900.0)
    with pytest.raises(TooLate):
        slots.acquire_until(("a:80", "1"), 1000.0, slots.clock() + 900.0)
    slots.close()


def test_an_idle_connection_of_another_process_is_closed_before_its_address_is_used(tmp_path, other):
    slots = SharedSlots(tmp_path / "s")
    assert other.end_turn() == ["wanted False", "free"]
    assert slots._try(("b:80", "1"), 0.0) == (False, 0.0), "the other one may be connected"
    assert other.line() == "closed 1"
    slots.acquire(("b:80", "1"), 0.0)
    slots.close()


def test_who_is_waited_for_closes_its_connection_with_the_turn(tmp_path, other):
    slots = SharedSlots(tmp_path / "s")
    assert slots._try(("a:80", "1"), 0.0)[0] is False
    assert other.end_turn() == ["wanted True", "free"]
    assert slots._try(("a:80", "1"), 0.0)[0] is True
    slots.close()


def test_who_has_left_has_no_connections_that_others_would_wait_for(tmp_path):
    slots = SharedSlots(tmp_path / "s")
    slots.watch(lambda key: None)
    slots.acquire(("a:80", "1"), 0.0)
    slots.release(("a:80", "1"), NEVER)
    slots.leave()
    other = SharedSlots(tmp_path / "s")
    other._me = "another"
    assert other._try(("a:80", "1"), 0.0)[0] is True
    slots.close()
    other.close()


@pytest.mark.parametrize("host_delay", [0.0, 7.0])
def test_a_turn_that_would_come_too_late_is_not_waited_for(make, host_delay):
    time = Time()
    slots = make(time)
    take(slots, time, "a:80", "1", 5.0, host_delay=host_delay)
    with pytest.raises(TooLate), slots.turn("a:80", "1", 5.0, host_delay, latest=time() + 4):
        pytest.fail("the turn was not due")
    assert time.slept == []
    assert take(slots, time, "a:80", "1", 5.0) == pytest.approx(1005)


def test_a_thread_does_not_queue_up_for_longer_than_it_has(make):
    time = Time()
    slots = make(time)
    slots.acquire(("a:80", "1"), 0.0)
    with pytest.raises(TooLate):
        slots.acquire_until(("b:80", "1"), 0.0, time())
    slots.release(("a:80", "1"), NEVER)
    slots.acquire_until(("b:80", "1"), 0.0, time())


def test_slots_that_do_not_know_beforehand_find_out_afterwards():
    class Plain(Slots):
        clock = staticmethod(lambda: 50.0)
        released = ()

        def acquire(self, keys, delay):
            pass

        def release(self, keys, started):
            self.released = keys

    slots = Plain()
    with pytest.raises(TooLate), slots.turn("a:80", "1", 0.0, latest=49.0):
        pytest.fail("the turn came too late")
    assert slots.released == ("a:80", "1")
    assert not slots.hand_over(("a:80", "1"))


def test_a_pace_that_another_visit_knows_of_holds_for_all(make):
    time = Time()
    slots, other = make(time), make(time)
    slots.hosts.keep_pace("a:80", 30.0)
    for one in (slots, other) if isinstance(slots, SharedSlots) else (slots, slots):
        take(one, time, "a:80", "1", 1.0)
    assert time.now == pytest.approx(1030.1)


def test_a_stop_holds_for_all_until_it_is_over_or_a_new_crawl_begins(make, tmp_path):
    time = Time()
    slots = make(time)
    slots.hosts.stop("a:80", "throttled", 60.0)
    slots.hosts.stop("b:80", "forbidden")
    slots.hosts.stop("c:80", "throttled", float("inf"))
    again = make(time) if isinstance(slots, SharedSlots) else slots
    assert [again.hosts.stopped(host) for host in ("a:80", "b:80", "d:80")] == ["throttled", "forbidden", ""]
    time.now += 61
    assert [again.hosts.stopped(host) for host in ("a:80", "b:80")] == ["", "forbidden"]
    time.now += DAY
    assert not again.hosts.stopped("c:80")
    slots.hosts.stop("a:80", "forbidden")
    forget_stops(tmp_path / "slots.sqlite")
    assert again.hosts.stopped("a:80") == ("" if isinstance(slots, SharedSlots) else "forbidden")


def test_no_stops_are_forgotten_where_there_is_no_file(tmp_path):
    forget_stops(tmp_path / "keine")
    assert not (tmp_path / "keine").exists()


def test_one_key_is_given_back_although_the_other_cannot_be(make, monkeypatch):
    time = Time()
    slots = make(time)
    release, failing = slots.release, ["1"]

    def fragile(keys, started):
        if keys == ("1",) and failing:
            failing.clear()
            raise OSError("full")
        release(keys, started)

    monkeypatch.setattr(slots, "release", fragile)
    with pytest.raises(OSError, match="full"):
        take(slots, time, "a:80", "1", 0.0, resume=0.0)
    assert take(slots, time, "a:80", "2", 0.0) == pytest.approx(1000.1)


def test_keys_whose_delay_is_over_are_forgotten_and_others_not():
    time = Time()
    slots = LocalSlots(clock=time, sleep=time.sleep)
    take(slots, time, "slow:80", "slow", 1.0, host_delay=90_000.0)
    slots.hosts.keep_pace("paced:80", 90_000.0)
    slots.acquire(("paced:80",), 1.0)
    slots.release(("paced:80",), time())
    for number in range(5000):
        take(slots, time, f"h{number}:80", f"ip{number}", 1.0)
    assert len(slots._keys) < 2500
    assert {"slow:80", "paced:80"} <= set(slots._keys)


def test_a_process_of_windows_is_looked_at_and_not_ended():
    class Kernel:
        """As much of kernel32 as is asked for; process 7 runs, 8 has ended, 9 is another user's."""

        closed = 0

        def OpenProcess(self, access, inherit, pid):  # noqa: N802 - the system's name
            return pid if pid in (7, 8) else 0

        def GetLastError(self):  # noqa: N802
            return self.error

        def GetExitCodeProcess(self, handle, code):  # noqa: N802
            code._obj.value = 259 if handle.value == 7 else 0
            return 1

        def GetProcessTimes(self, handle, created, *_):  # noqa: N802
            created._obj.value = 1234

        def CloseHandle(self, handle):  # noqa: N802
            self.closed += 1

    kernel = Kernel()
    assert windows_name(7, kernel) == "7:1234"
    assert windows_name(8, kernel) == ""
    kernel.error = 5
    assert windows_name(9, kernel) == "9:"
    kernel.error = 87
    assert windows_name(10, kernel) == ""
    assert kernel.closed == 2


def test_no_process_of_windows_is_signalled(monkeypatch):
    def kill(*_):
        pytest.fail("ends the process on Windows")

    monkeypatch.setattr(processes.os, "kill", kill)
    monkeypatch.setattr(processes.sys, "platform", "win32")
    monkeypatch.setattr(processes, "windows_name", lambda pid: f"{pid}:1")
    assert processes.process_name(4) == "4:1"
