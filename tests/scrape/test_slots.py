"""Turns: one at a time and a delay between starts, per host and per address, whoever asks."""

import subprocess
import sys
import threading

import pytest

from konzept_diffusion.scrape.network.slots import NEVER, LocalSlots, SharedSlots, process_name


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
