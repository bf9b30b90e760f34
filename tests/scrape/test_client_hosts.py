"""What a host says to one survey holds for all: refusals, pauses, paces; and the limits that keep a crawl sane."""

import gzip
import threading

import pytest
from test_client import HTML, PAGE, Site, reason, transport, visit

from konzept_diffusion.errors import DataError
from konzept_diffusion.scrape.archive.records import Original
from konzept_diffusion.scrape.archive.replay import Replay
from konzept_diffusion.scrape.archive.warc import ArchiveWriter
from konzept_diffusion.scrape.exchange import Request
from konzept_diffusion.scrape.network import room
from konzept_diffusion.scrape.network import visit as visits
from konzept_diffusion.scrape.network.client import Known, Politeness, Transport
from konzept_diffusion.scrape.network.connections import Lines, target
from konzept_diffusion.scrape.network.slots import SharedSlots

CHALLENGE = b"<html><head><title>Just a moment...</title></head><body></body></html>"
ROBOTS = "/robots.txt"


@pytest.fixture
def serve():
    sites = []

    def start(routes, address="127.0.0.1"):
        sites.append(Site(routes, address))
        return sites[-1]

    yield start
    for site in sites:
        site.server.shutdown()
        site.server.server_close()


@pytest.mark.parametrize(
    ("url", "line"),
    [
        ("https://h", "/"),
        ("http://h:8001?x=1", "/?x=1"),
        ("http://h:8001?x=/1", "/?x=/1"),
        ("http://h#top", "/"),
        ("http://h/a?b#c", "/a?b"),
        ("http://h/", "/"),
    ],
)
def test_an_address_without_a_path_is_asked_for_at_the_root(url, line):
    assert target(url) == line


def test_an_address_without_a_path_is_answered(serve):
    site = serve({"/": (200, HTML, PAGE)})
    with visit() as client:
        assert client.fetch(Request(f"{site.base}?x=1")).status == 200
        assert client.fetch(Request(site.base)).status == 200
    assert site.paths() == ["/?x=1", "/"]


@pytest.fixture(params=["threads", "processes", "restart"])
def pairs(request, tmp_path):
    """Yield two transports of one crawl, made when they are asked for."""
    made = []

    def make():
        if request.param == "threads" and made:
            return made[0]
        polite = Politeness(allow_private=True, delay=0.0, pause=0.0)
        slots = None if request.param == "threads" else SharedSlots(tmp_path / "s", sleep=lambda _: None)
        made.append(Transport(polite, slots, sleep=lambda _: None))
        return made[-1]

    yield make
    for one in made:
        one.close()


@pytest.mark.parametrize(
    ("answer", "expected"),
    [
        ((429, {"Retry-After": "3600"}, b""), "throttled"),
        ((503, {"Retry-After": "9" * 400}, b""), "throttled"),
        ((403, HTML, b""), "forbidden"),
        ((200, HTML, CHALLENGE), "challenge"),
        ((503, HTML, CHALLENGE), "challenge"),
    ],
)
def test_a_host_that_refuses_one_survey_is_left_alone_by_all(serve, pairs, tmp_path, answer, expected):
    site = serve({"/a": answer, "/b": (200, HTML, PAGE)})
    with pairs().visit("A", max_requests=9) as client:
        assert reason(client, f"{site.base}/a") == expected
    path = tmp_path / "archive" / ".open" / "b.warc.gz"
    with (
        ArchiveWriter(path, operator={}) as archive,
        pairs().visit("B", max_requests=9, archive=archive) as client,
    ):
        assert reason(client, f"{site.base}/b") == expected
        assert reason(client, f"{site.base}/b") == "stopped"
        assert client.requests == 0
    assert site.paths() == ["/a"]
    asked = len(site.seen)
    # Whoever replays B's survey sees the same, although nobody has been refused in this crawl.
    with transport().visit("B", max_requests=9, replay=Replay(path, tmp_path)) as client:
        assert reason(client, f"{site.base}/b") == expected
        assert reason(client, f"{site.base}/b") == "stopped"
    assert len(site.seen) == asked


def test_who_waits_for_its_turn_while_another_is_refused_does_not_ask_any_more(serve):
    site = serve({"/a": (429, {"Retry-After": "3600"}, b""), "/b": (200, HTML, PAGE)})
    with visit(delay=5.0) as client:
        client.robots(site.base)
        slots = client._asker.slots
        slots._sleep = lambda _: slots.hosts.stop(f"127.0.0.1:{site.port}", "throttled")
        assert reason(client, f"{site.base}/b") == "throttled"
    assert site.paths() == []


def test_a_refusal_in_between_and_failures_are_the_survey_s_own(serve, pairs):
    site = serve({"/a": (200, HTML, PAGE), "/nein": (403, HTML, b""), "/500": (500, {}, b"")})
    with pairs().visit("A", max_requests=30) as client:
        client.fetch(Request(f"{site.base}/a"))
        assert reason(client, f"{site.base}/nein") == "forbidden"
        for _ in range(3):
            assert reason(client, f"{site.base}/500") == "server_error"
        assert reason(client, f"{site.base}/a") == "stopped"
    with pairs().visit("B", max_requests=9) as client:
        assert client.fetch(Request(f"{site.base}/a")).status == 200


def test_a_robots_txt_that_asks_for_a_long_pause_stops_its_host_for_all(serve, pairs):
    site = serve({ROBOTS: (503, {"Retry-After": "7200"}, b"")})
    for number in range(2):
        with pairs().visit(number, max_requests=9) as client:
            assert reason(client, f"{site.base}/a") in ("robots", "throttled")
    assert len(site.seen) == 1


def test_a_pace_is_kept_by_a_process_that_has_not_read_robots_txt_yet(serve, tmp_path):
    site = serve({ROBOTS: (200, {}, b"User-agent: *\nCrawl-delay: 7")})
    slept = []
    for _ in range(2):
        slots = SharedSlots(tmp_path / "s", sleep=slept.append)
        one = Transport(Politeness(allow_private=True, delay=0.0), slots)
        with one.visit("x", max_requests=9) as client:
            client.fetch(Request(f"{site.base}/a"))
        one.close()
    assert [path for _, path, _, _ in site.seen] == [ROBOTS, "/a", ROBOTS, "/a"]
    assert [round(seconds) for seconds in slept if seconds > 3] == [7, 7, 7]


@pytest.mark.parametrize(
    "line", ["Crawl-delay: 86400", "Crawl-delay: 99999999999", "Request-rate: 1/" + "9" * 400]
)
def test_a_pace_for_which_there_is_no_time_gives_the_host_up_at_once(serve, line):
    site = serve({ROBOTS: (200, {}, f"User-agent: *\n{line}".encode())})
    slept = []
    with visit(slept=slept) as client:
        assert reason(client, f"{site.base}/a") == "throttled"
        assert reason(client, f"{site.base}/a") == "stopped"
    assert max(slept, default=0) < 1
    assert site.paths() == []


def test_waiting_for_a_turn_ends_with_the_kommune_s_time(serve):
    site = serve({ROBOTS: (200, {}, b"User-agent: *\nCrawl-delay: 7")})
    time = [0.0]

    def sleep(seconds):
        time[0] += seconds

    one = Transport(
        Politeness(allow_private=True, delay=0.0, max_seconds=20.0), clock=lambda: time[0], sleep=sleep
    )
    with one.visit("x", max_requests=9) as client:
        for path in "ab":
            client.fetch(Request(f"{site.base}/{path}"))
        assert reason(client, f"{site.base}/c") == "budget"
    assert site.paths() == ["/a", "/b"]
    assert time[0] <= 20


def test_a_robots_txt_that_came_too_late_is_asked_for_when_there_is_time_again(serve, tmp_path):
    site = serve({ROBOTS: (200, {}, b""), "/a": (200, HTML, PAGE)})
    path = tmp_path / "archive" / ".open" / "x.warc.gz"
    one = transport(delay=1000.0, max_seconds=100.0)
    with ArchiveWriter(path, operator={}) as archive, one.visit("x", max_requests=9) as client:
        client.robots(site.base)
        other = one.visit("y", max_requests=9, archive=archive)
        one._robots.clear()
        assert reason(other, f"{site.base}/a") == "budget"
    with visit(replay=Replay(path, tmp_path)) as client:
        assert client.fetch(Request(f"{site.base}/a")).status == 200


DENIED = b"User-agent: *\nDisallow: /\n"


@pytest.mark.parametrize(
    ("headers", "body"),
    [
        ({"Content-Encoding": "br"}, b"\x0b\x02\x80" + DENIED + b"\x03"),
        ({"Content-Encoding": "gzip"}, gzip.compress(DENIED + b"#" * 200_000)),
        ({"Content-Encoding": "gzip"}, gzip.compress(b"User-agent: *\nDisallow: /\n")[:-12]),
        ({"Content-Encoding": "gzip"}, b"\x1f\x8b\x08\x00kaputt"),
        ({"Content-Encoding": "deflate"}, b"\x00\x01\x02\xff"),
    ],
)
def test_a_robots_txt_that_cannot_be_unpacked_allows_nothing(serve, headers, body):
    site = serve({ROBOTS: (200, headers, body), "/a": (200, HTML, PAGE)})
    with visit(max_decoded=100_000) as client:
        assert client.robots(site.base).status == "unreachable"
        assert reason(client, f"{site.base}/a") == "broken"
    assert site.paths() == []


@pytest.mark.parametrize("packed", [False, True])
def test_of_a_long_robots_txt_the_beginning_counts(serve, packed):
    body = b"User-agent: *\nDisallow: /a\n" + b"#\n" * 500_000 + b"Disallow: /b\n"
    site = serve(
        {ROBOTS: (200, {"Content-Encoding": "gzip"}, gzip.compress(body)) if packed else (200, {}, body)}
    )
    with visit() as client:
        robots = client.robots(site.base)
    assert (robots.allows("/a"), robots.allows("/b")) == (False, True)


def test_a_robots_txt_does_not_lead_to_blocked_hosts(serve):
    other = serve({ROBOTS: (200, {}, b"")}, "127.0.0.2")
    site = serve({ROBOTS: (301, {"Location": f"{other.base}{ROBOTS}"}, b""), "/a": (200, HTML, PAGE)})
    with visit(blocked_hosts=frozenset({"127.0.0.2"})) as client:
        assert reason(client, f"{site.base}/a") == "blocked_host"
        assert client.robots(other.base).status == "unreachable"
    assert other.seen == []


@pytest.mark.parametrize(
    ("answer", "expected"),
    [
        ((200, HTML, CHALLENGE), "challenge"),
        ((403, HTML, b""), "forbidden"),
        ((200, {**HTML, "Content-Encoding": "br"}, b"\x00\x01"), "broken"),
        ((200, {**HTML, "Content-Encoding": "gzip"}, gzip.compress(b"\0" * 200_000)), "too_large"),
    ],
)
def test_an_answer_is_archived_before_it_is_read(serve, tmp_path, monkeypatch, answer, expected):
    site = serve({"/a": answer, "/b": (200, HTML, PAGE)})
    path = tmp_path / "archive" / ".open" / "x.warc.gz"

    def killed(*_):
        raise KeyboardInterrupt

    with monkeypatch.context() as patch, ArchiveWriter(path, operator={}) as archive:
        patch.setattr(visits, "exchange", killed)
        with visit(archive=archive, max_decoded=100_000) as client, pytest.raises(KeyboardInterrupt):
            client.fetch(Request(f"{site.base}/a"))
    for _ in range(2):  # once more: what the replay has added must not change it
        replay = Replay(path, tmp_path)
        with (
            ArchiveWriter(path, operator={}, kept=replay.kept) as archive,
            visit(archive=archive, replay=replay, max_decoded=100_000) as client,
        ):
            assert reason(client, f"{site.base}/a") == expected
            assert client.requests == 1
    assert site.paths() == ["/a"]


@pytest.mark.parametrize("lost", ["body", "all"])
def test_a_replayed_confirmation_of_what_the_archive_has_lost_is_asked_for_anew(serve, tmp_path, lost):
    def page(handler):
        return (304, {}, b"") if handler.headers.get("If-Modified-Since") else (200, HTML, PAGE)

    def gone():
        raise DataError("weg")

    site = serve({"/a": page})
    url = f"{site.base}/a"
    with visit() as client:
        whole = client.fetch(Request(url))
    original = Original("archive/x#urn:uuid:1", url, "2026-11-20T10:00:00Z")
    path = tmp_path / "archive" / ".open" / "y.warc.gz"

    def earlier(load):
        return {url: Known("", "Fri, 20 Nov 2026 10:00:00 GMT", original, load)}

    with (
        ArchiveWriter(path, operator={}) as archive,
        visit(archive=archive, known=earlier(lambda: whole)) as client,
    ):
        assert client.fetch(Request(url)).body == PAGE
    known = earlier(gone) if lost == "body" else None
    with visit(replay=Replay(path, tmp_path), known=known) as client:
        assert client.fetch(Request(url)).body == PAGE
        assert client.requests == 2


def test_a_connection_is_kept_while_another_visit_uses_its_host(serve):
    site = serve({"/a": (200, HTML, PAGE)})
    shared = transport()
    with shared.visit("x", max_requests=9) as one:
        one.fetch(Request(f"{site.base}/a"))
        with shared.visit("y", max_requests=9) as other:
            other.fetch(Request(f"{site.base}/a"))
        one.fetch(Request(f"{site.base}/a"))
        assert site.connections == 1
        assert shared.asker.lines._lines
    assert not shared.asker.lines._lines
    assert not shared.asker.lines._by_address


def test_a_connection_is_closed_where_another_process_wants_its_address(serve):
    site = serve({"/a": (200, HTML, PAGE)})
    shared = transport()
    for key in ("127.0.0.1", f"127.0.0.1:{site.port}"):
        with shared.visit("x", max_requests=9) as client:
            client.fetch(Request(f"{site.base}/a"))
            shared.asker.lines.close_at("127.0.0.9")
            client.fetch(Request(f"{site.base}/a"))
            before = site.connections
            shared.asker.lines.close_at(key)
            client.fetch(Request(f"{site.base}/a"))
            assert site.connections == before + 1


def test_what_a_process_keeps_of_hosts_does_not_grow_for_ever():
    shared = transport()
    for number in range(5000):
        origin = f"http://h{number}.example"
        with shared.robots_lock(origin):
            shared.keep_robots(origin, visits.RobotsFile("missing"))
    assert len(shared._robots) <= 2048
    assert shared.robots_known("http://h4999.example") is not None
    assert not shared._locks


def test_only_so_many_large_bodies_are_in_memory_at_a_time():
    places = room.Room(places=1, patience=30.0)
    places.take()
    places.take()
    entered, left = threading.Event(), threading.Event()

    def second():
        places.take()
        entered.set()
        left.wait(30)
        places.leave()

    thread = threading.Thread(target=second)
    thread.start()
    assert not entered.wait(0.05)
    places.leave()
    assert entered.wait(30)
    left.set()
    thread.join(30)
    impatient = room.Room(places=1, patience=0.0)
    impatient.take()
    thread = threading.Thread(target=impatient.take)
    thread.start()
    thread.join(30)
    assert not thread.is_alive(), "who has waited long enough goes on"


def test_a_large_body_takes_a_place_until_its_visit_asks_anew(serve, monkeypatch):
    monkeypatch.setattr("konzept_diffusion.scrape.network.connections.LARGE", 1 << 18)
    big = b"%PDF-1.4" + bytes(1 << 19)
    site = serve({"/big": (200, {"Content-Type": "application/pdf"}, big), "/a": (200, HTML, PAGE)})
    shared = transport()
    places = shared.asker.lines.room
    with shared.visit("x", max_requests=9) as client:
        assert client.fetch(Request(f"{site.base}/big")).body == big
        assert places._taken
        client.fetch(Request(f"{site.base}/a"))
        assert not places._taken
        client.fetch(Request(f"{site.base}/big"))
    assert not places._taken


def test_lines_forget_origins_that_nobody_uses():
    lines = Lines(Politeness(), "")
    for number in range(100):
        origin = f"http://h{number}"
        lines.enter(origin)
        lines.line(origin)
        lines.leave({origin})
    assert not lines._lines
    assert not lines._users
