"""The client against real servers on loopback: what it sends, follows, refuses, counts, archives and replays."""

import gzip
import socket
import threading
from contextlib import contextmanager
from datetime import UTC, datetime
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer

import pytest

from konzept_diffusion.errors import SourceError
from konzept_diffusion.scrape.archive.records import Original
from konzept_diffusion.scrape.archive.replay import Replay
from konzept_diffusion.scrape.archive.warc import ArchiveWriter
from konzept_diffusion.scrape.exchange import NotFetched, Request
from konzept_diffusion.scrape.network.client import Known, Politeness, Transport, known

HTML = {"Content-Type": "text/html; charset=utf-8"}
PAGE = b"<!doctype html><title>Stadt</title><h1>Integration</h1>"


class Site:
    """A server whose answers are a table: path to (status, headers, body), a list of them, or a function."""

    def __init__(self, routes, address="127.0.0.1"):
        site = self
        self.routes, self.seen, self.connections = routes, [], 0

        class Handler(BaseHTTPRequestHandler):
            protocol_version = "HTTP/1.1"

            def setup(self):
                super().setup()
                site.connections += 1

            def do_GET(self):
                length = int(self.headers.get("Content-Length", 0))
                body = self.rfile.read(length)
                site.seen.append((self.command, self.path, dict(self.headers.items()), body))
                answer = site.routes.get(self.path.partition("?")[0], (404, {}, b""))
                if isinstance(answer, list):
                    answer = answer.pop(0) if len(answer) > 1 else answer[0]
                if callable(answer):
                    answer = answer(self)
                    if answer is None:
                        self.close_connection = True
                        return
                status, headers, content = answer
                self.send_response(status)
                for name, value in headers.items():
                    self.send_header(name, value)
                if "Content-Length" not in headers:
                    self.send_header("Content-Length", str(len(content)))
                self.end_headers()
                self.wfile.write(content)

            do_POST = do_GET  # noqa: N815 - the name that http.server looks for

            def log_message(self, *_):
                pass

        self.server = ThreadingHTTPServer((address, 0), Handler)
        self.server.daemon_threads = True
        self.port = self.server.server_address[1]
        self.base = f"http://{address}:{self.port}"
        threading.Thread(target=self.server.serve_forever, args=(0.01,), daemon=True).start()

    def paths(self):
        return [path for _, path, _, _ in self.seen if path != "/robots.txt"]


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


def transport(slept=None, **limits):
    sleep = slept.append if slept is not None else lambda _: None
    limits = {"allow_private": True, "delay": 0.0, "pause": 0.0, **limits}
    return Transport(Politeness(**limits), sleep=sleep)


def visit(requests=50, *, slept=None, archive=None, replay=None, known=None, **limits):
    return transport(slept, **limits).visit(
        "Musterstadt", max_requests=requests, archive=archive, replay=replay, known=known
    )


def reason(client, url, **request):
    with pytest.raises(NotFetched) as caught:
        client.fetch(Request(url, **request))
    return caught.value.reason


def test_an_answer_is_decoded_typed_and_dated(serve):
    site = serve({"/a": (200, {**HTML, "Content-Encoding": "gzip", "X-A": "1"}, gzip.compress(PAGE))})
    with visit() as client:
        got = client.fetch(Request(f"{site.base}/a?b=ü".replace("ü", "%C3%BC"), referer=f"{site.base}/"))
    assert (got.status, got.body, got.media_type, got.charset) == (200, PAGE, "text/html", "utf-8")
    assert got.url == f"{site.base}/a?b=%C3%BC"
    assert got.headers["x-a"] == "1"
    assert datetime.fromisoformat(got.retrieved_at).tzinfo == UTC
    assert got.sent == client.requests == 1


def test_it_says_who_it_is_and_where_it_comes_from(serve, monkeypatch):
    monkeypatch.setenv("KONZEPT_CONTACT", "forschung@example.org")
    site = serve({"/a": (200, HTML, PAGE)})
    with visit() as client:
        client.fetch(Request(f"{site.base}/a", referer=f"{site.base}/"))
    sent = site.seen[-1][2]
    assert sent["User-Agent"].startswith("konzept-diffusion/")
    assert "forschung@example.org" in sent["User-Agent"]
    assert "python-requests" not in sent["User-Agent"]
    assert sent["From"] == "forschung@example.org"
    assert sent["Referer"] == f"{site.base}/"
    assert sent["Accept-Encoding"] == "gzip, deflate"
    assert sent["Host"] == site.base.removeprefix("http://")


def test_robots_is_asked_once_uncounted_and_obeyed_also_after_a_redirect(serve):
    other = serve({"/robots.txt": (200, {}, b"User-agent: *\nDisallow: /geheim")}, "127.0.0.2")
    site = serve(
        {
            "/robots.txt": (200, {}, b"User-agent: *\nDisallow: /intern\nSitemap: /s.xml"),
            "/weiter": (302, {"Location": f"{other.base}/geheim/a"}, b""),
        }
    )
    with visit() as client:
        assert reason(client, f"{site.base}/intern/a") == "robots"
        assert reason(client, f"{site.base}/weiter") == "robots"
        assert client.fetch(Request(f"{site.base}/b")).status == 404
        assert client.robots(site.base).sitemaps == ("/s.xml",)
        assert client.requests == 2
    assert site.paths() == ["/weiter", "/b"]
    assert [path for _, path, _, _ in site.seen].count("/robots.txt") == 1
    assert other.paths() == []


@pytest.mark.parametrize(
    ("status", "expected"), [(404, True), (403, True), (401, True), (500, False), (503, False)]
)
def test_robots_4xx_allows_and_5xx_refuses(serve, status, expected):
    site = serve({"/robots.txt": (status, {}, b""), "/a": (200, HTML, PAGE)})
    with visit() as client:
        if expected:
            assert client.fetch(Request(f"{site.base}/a")).status == 200
        else:
            assert reason(client, f"{site.base}/a") == "robots"
            assert site.paths() == []


def test_robots_redirects_are_followed_five_times_and_no_further(serve):
    chain = {f"/{n}": (301, {"Location": f"/{n + 1}"}, b"") for n in range(1, 9)}
    site = serve(
        {
            "/robots.txt": (301, {"Location": "/1"}, b""),
            **chain,
            "/5": (200, {}, b"User-agent: *\nDisallow: /"),
        }
    )
    with visit() as client:
        assert not client.robots(site.base).allows(f"{site.base}/a")
    site = serve({"/robots.txt": (301, {"Location": "/1"}, b""), **chain})
    with visit() as client:
        assert client.robots(site.base).status == "missing"


def test_crawl_delay_and_delay_are_waited_for(serve):
    site = serve({"/robots.txt": (200, {}, b"User-agent: *\nCrawl-delay: 7")})
    slept = []
    with visit(slept=slept, delay=2.0) as client:
        for path in "ab":
            client.fetch(Request(f"{site.base}/{path}"))
    assert [round(seconds) for seconds in slept if seconds > 3] == [7, 7]


def test_private_addresses_are_refused_at_once_and_after_a_redirect(serve):
    with visit(allow_private=False) as client:
        assert reason(client, "http://localhost/") == "private"
        assert reason(client, "http://2130706433/") == "private"
        assert client.requests == 0


def test_a_redirect_to_a_private_address_is_refused(serve):
    site = serve({"/a": (302, {"Location": "http://intern.example/"}, b"")})

    def resolve(host, port, **_):
        return [
            (
                socket.AF_INET,
                socket.SOCK_STREAM,
                6,
                "",
                ("10.0.0.1" if host == "intern.example" else "127.0.0.1", port),
            )
        ]

    from konzept_diffusion.scrape.network import guard

    with pytest.MonkeyPatch.context() as patch:
        patch.setattr(guard, "is_public", lambda address: address != "10.0.0.1")
        client = Transport(Politeness(delay=0.0), resolve=resolve).visit("x", max_requests=9)
        assert reason(client, f"http://stadt.example:{site.port}/a") == "private"
    assert site.seen[-1][2]["Host"] == f"stadt.example:{site.port}"


def test_the_connection_goes_to_the_address_that_was_checked(serve):
    site = serve({"/a": (200, HTML, PAGE)}, "127.0.0.3")
    asked = []

    def resolve(host, port, **_):
        asked.append(host)
        return [(socket.AF_INET, socket.SOCK_STREAM, 6, "", ("127.0.0.3", port))]

    client = Transport(Politeness(delay=0.0, allow_private=True), resolve=resolve).visit("x", max_requests=9)
    for _ in range(3):
        assert client.fetch(Request(f"http://kein-name.invalid:{site.port}/a")).status == 200
    assert asked == ["kein-name.invalid"]
    assert site.connections == 1


def test_an_address_that_refuses_is_passed_over_for_the_next(serve):
    site = serve({"/a": (200, HTML, PAGE)}, "127.0.0.3")

    def resolve(host, port, **_):
        return [(socket.AF_INET, socket.SOCK_STREAM, 6, "", (ip, port)) for ip in ("127.0.0.9", "127.0.0.3")]

    client = Transport(Politeness(delay=0.0, allow_private=True, attempts=1), resolve=resolve).visit(
        "x", max_requests=9
    )
    assert client.fetch(Request(f"http://stadt.example:{site.port}/a")).status == 200
    assert client.requests == 1


def test_proxies_of_the_environment_are_not_used(serve, monkeypatch):
    monkeypatch.setenv("http_proxy", "http://127.0.0.1:1")
    site = serve({"/a": (200, HTML, PAGE)})
    with visit() as client:
        assert client.fetch(Request(f"{site.base}/a")).status == 200


def test_a_certificate_variable_that_names_nothing_is_said_so(monkeypatch, tmp_path):
    monkeypatch.setenv("REQUESTS_CA_BUNDLE", str(tmp_path / "keine.pem"))
    with pytest.raises(SourceError, match="REQUESTS_CA_BUNDLE"):
        Transport()


def test_redirects_are_counted_and_post_becomes_get(serve):
    site = serve(
        {
            "/suche": (303, {"Location": "/ergebnis?q=%C3%BC"}, b""),
            "/behalten": (307, {"Location": "/ziel"}, b""),
            "/ergebnis": (200, HTML, PAGE),
            "/ziel": (200, HTML, PAGE),
        }
    )
    with visit() as client:
        fields = (("q", "Büro"), ("x", "\u20ac"))
        got = client.fetch(Request(f"{site.base}/suche", "POST", fields, charset="iso-8859-1"))
        assert (got.url, got.hops, got.sent) == (f"{site.base}/ergebnis?q=%C3%BC", (f"{site.base}/suche",), 2)
        client.fetch(Request(f"{site.base}/behalten", "POST", fields))
        assert client.requests == 4
    asked = [(method, path, body) for method, path, _, body in site.seen if path != "/robots.txt"]
    assert asked[0] == ("POST", "/suche", b"q=B%FCro&x=%26%238364%3B")
    assert asked[1] == ("GET", "/ergebnis?q=%C3%BC", b"")
    assert asked[3][0::2] == ("POST", b"q=B%C3%BCro&x=%E2%82%AC")


def test_circles_and_long_chains_of_redirects_end(serve):
    site = serve({
        "/a": (302, {"Location": "/b"}, b""), "/b": (302, {"Location": "/a"}, b""),
        **{f"/{n}": (302, {"Location": f"/{n + 1}"}, b"") for n in range(20)},
        "/weg": (302, {"Location": "mailto:x@y"}, b""),
    })  # fmt: skip
    with visit() as client:
        assert reason(client, f"{site.base}/a") == "redirects"
        assert client.requests == 2
        assert reason(client, f"{site.base}/0") == "redirects"
        assert client.requests == 2 + 9
        assert reason(client, f"{site.base}/weg") == "bad_address"


def test_cookies_live_within_a_visit_and_a_host_and_let_a_page_redirect_to_itself(serve):
    def page(handler):
        if "sitzung=1" in handler.headers.get("Cookie", ""):
            return 200, HTML, PAGE
        return 302, {"Location": "/a", "Set-Cookie": "sitzung=1; Path=/"}, b""

    site = serve({"/a": page})
    other = serve({"/": (200, HTML, PAGE)}, "127.0.0.2")
    shared = transport()
    with shared.visit("x", max_requests=9) as client:
        assert client.fetch(Request(f"{site.base}/a")).sent == 2
        client.fetch(Request(other.base + "/"))
    assert "Cookie" not in other.seen[-1][2]
    with shared.visit("y", max_requests=9) as client:
        assert client.fetch(Request(f"{site.base}/a")).sent == 2


def test_the_budget_ends_before_a_request_is_sent(serve):
    site = serve({"/a": (302, {"Location": "/b"}, b""), "/b": (302, {"Location": "/c"}, b"")})
    with visit(2) as client:
        assert reason(client, f"{site.base}/a") == "budget"
        assert (client.requests, client.left) == (2, 0)
        assert reason(client, f"{site.base}/d") == "budget"
    assert site.paths() == ["/a", "/b"]


def test_the_first_refusal_of_a_host_ends_it(serve):
    site = serve({"/a": (403, HTML, b"nein"), "/b": (200, HTML, PAGE)})
    with visit() as client:
        assert reason(client, f"{site.base}/a") == "forbidden"
        assert reason(client, f"{site.base}/b") == "stopped"
    assert site.paths() == ["/a"]


@pytest.mark.parametrize(
    ("order", "ends"),
    [("+-+-+", None), ("+--+", 3), ("+-+-+-+", 6), ("-", 1)],
)
def test_two_refusals_in_a_row_or_three_in_all_end_a_host(serve, order, ends):
    site = serve({"/ja": (200, HTML, PAGE), "/nein": (401, HTML, b"")})
    stopped = None
    with visit() as client:
        for number, sign in enumerate(order):
            try:
                client.fetch(Request(f"{site.base}/{'ja' if sign == '+' else 'nein'}?{number}"))
            except NotFetched as failure:
                if failure.reason == "stopped":
                    stopped = number
                    break
    assert stopped == (ends if ends is not None and ends < len(order) else None)
    assert len(site.paths()) == (ends or len(order))


@pytest.mark.parametrize("status", [200, 403, 503])
def test_a_challenge_ends_a_host_at_once(serve, status):
    body = b"<html><head><title>Just a moment...</title></head><body></body></html>"
    site = serve({"/a": (200, HTML, PAGE), "/b": (status, HTML, body)})
    with visit() as client:
        client.fetch(Request(f"{site.base}/a"))
        assert reason(client, f"{site.base}/b") == "challenge"
        assert reason(client, f"{site.base}/a") == "stopped"
    assert site.paths() == ["/a", "/b"]


def test_retry_after_is_waited_for_and_too_long_a_one_ends_the_host(serve):
    site = serve({
        "/a": [(429, {"Retry-After": "30"}, b""), (200, HTML, PAGE)],
        "/b": (503, {"Retry-After": "86400"}, b""),
    })  # fmt: skip
    slept = []
    with visit(slept=slept, delay=1.0) as client:
        assert client.fetch(Request(f"{site.base}/a")).sent == 2
        assert any(29 < seconds <= 31 for seconds in slept)
        assert reason(client, f"{site.base}/b") == "throttled"
        assert reason(client, f"{site.base}/a") == "stopped"
        assert client.requests == 3


def test_5xx_is_tried_again_with_growing_pauses_and_ends_the_host_in_the_end(serve):
    site = serve({"/a": [(500, {}, b""), (502, {}, b""), (200, HTML, PAGE)], "/b": (500, {}, b"")})
    slept = []
    with visit(slept=slept, pause=5.0, delay=1.0) as client:
        assert client.fetch(Request(f"{site.base}/a")).sent == 3
        assert [round(seconds) for seconds in slept if seconds > 2] == [5, 10]
        for _ in range(3):
            assert reason(client, f"{site.base}/b") == "server_error"
        assert reason(client, f"{site.base}/a") == "stopped"


def test_a_dropped_connection_is_tried_again(serve):
    site = serve({"/a": [lambda _: None, (200, HTML, PAGE)], "/b": (200, {"Content-Length": "900"}, b"kurz")})
    with visit(timeout_read=0.3, attempts=2) as client:
        assert client.fetch(Request(f"{site.base}/a")).sent == 2
        assert reason(client, f"{site.base}/b") in ("broken", "timeout")


def test_what_cannot_be_reached_has_a_name(serve):
    with socket.socket() as taken:
        taken.bind(("127.0.0.1", 0))
        port = taken.getsockname()[1]
    with visit() as client:
        assert reason(client, f"http://127.0.0.1:{port}/") == "refused"
        assert reason(client, "http://stadt.invalid/") == "dns"
        assert reason(client, "mailto:a@b") == "bad_address"
        assert client.requests == 0
        assert client.robots(f"http://127.0.0.1:{port}/").status == "unreachable"


def test_plain_http_on_a_tls_port_is_tls(serve):
    site = serve({})
    with visit() as client:
        assert reason(client, site.base.replace("http://", "https://") + "/") == "tls"


@contextmanager
def dripping(first):
    """Serve one answer of which a byte comes now and then, for ever; robots.txt is missing."""
    listener, done = socket.create_server(("127.0.0.1", 0)), threading.Event()

    def answer(connection):
        with connection:
            asked = connection.recv(65536)
            if b"robots.txt" in asked:
                connection.sendall(
                    b"HTTP/1.1 404 Not Found\r\nContent-Length: 0\r\nConnection: close\r\n\r\n"
                )
                return
            try:
                connection.sendall(first)
                while not done.wait(0.02):
                    connection.sendall(b"x")
            except OSError:
                return

    def accept():
        while True:
            try:
                connection, _ = listener.accept()
            except OSError:
                return
            threading.Thread(target=answer, args=(connection,), daemon=True).start()

    threading.Thread(target=accept, daemon=True).start()
    try:
        yield f"http://127.0.0.1:{listener.getsockname()[1]}/"
    finally:
        done.set()
        listener.close()


@pytest.mark.parametrize(
    "first", [b"", b"HTTP/1.1 200 OK\r\nX-Long: ", b"HTTP/1.1 200 OK\r\nContent-Length: 999999\r\n\r\n"]
)
def test_a_slow_drip_ends_at_the_deadline_in_headers_and_body(first):
    with dripping(first) as url, visit(total=0.3, timeout_read=5.0) as client:
        assert reason(client, url) == "timeout"
        assert client.requests == 1


def test_bodies_past_the_cap_are_refused_and_text_is_cut(serve):
    big = b"%PDF-1.4" + b"0" * 5000
    site = serve({
        "/a.pdf": (200, {"Content-Type": "application/pdf"}, big),
        "/b.html": (200, HTML, b"<html>" + b"x" * 5000),
        "/c.html": (200, {**HTML, "Content-Encoding": "gzip"}, gzip.compress(b"\0" * 1_000_000)),
    })  # fmt: skip
    with visit(max_bytes=2000, max_decoded=100_000) as client:
        assert reason(client, f"{site.base}/a.pdf") == "too_large"
        got = client.fetch(Request(f"{site.base}/b.html"))
        assert got.truncated
        assert len(got.body) == 2000
        assert reason(client, f"{site.base}/c.html") == "too_large"
        assert client.fetch(Request(f"{site.base}/d")).status == 404


def test_blocked_hosts_are_not_asked(serve):
    with visit(blocked_hosts=frozenset({"example.org"})) as client:
        assert reason(client, "https://www.example.org/") == "blocked_host"
        assert reason(client, "https://example.org/") == "blocked_host"


def test_reservations_are_seen_in_headers_and_robots_and_noted_from_the_page(serve):
    site = serve({"/a": (200, {**HTML, "TDM-Reservation": "1"}, PAGE), "/b": (200, HTML, PAGE)})
    with visit() as client:
        assert client.fetch(Request(f"{site.base}/a")).tdm
        plain = client.fetch(Request(f"{site.base}/b"))
        assert not plain.tdm
        client.note_tdm(plain)
        assert client.reserved == (f"{site.base}/b",)
    site = serve(
        {"/robots.txt": (200, {}, b"User-agent: *\nContent-Signal: ai-train=no"), "/a": (200, HTML, PAGE)}
    )
    with visit() as client:
        assert client.fetch(Request(f"{site.base}/a")).tdm


def routes():
    return {
        "/robots.txt": (200, {}, b"User-agent: *\nDisallow: /intern"),
        "/a": (302, {"Location": "/b"}, b""),
        "/b": (200, {**HTML, "ETag": '"1"', "Set-Cookie": "s=1"}, PAGE),
        "/c": [
            (500, {}, b""),
            (200, {"Content-Type": "application/pdf", "TDM-Reservation": "1"}, b"%PDF-1.4 x"),
        ],
        "/d": (401, {}, b""),
    }


def survey(client, base):
    """Return everything that a survey can see."""
    seen = []
    for path in ("/a", "/intern", "/c", "/d", "/nichts", "/d", "/b"):
        try:
            got = client.fetch(Request(base + path))
            seen.append(
                (
                    got.url,
                    got.status,
                    got.body,
                    got.media_type,
                    got.hops,
                    got.tdm,
                    got.retrieved_at,
                    got.archive_ref,
                )
            )
        except NotFetched as failure:
            seen.append((failure.url, failure.reason, failure.detail))
        seen.append(client.requests)
    return seen


def test_a_replay_asks_nothing_and_sees_the_same(serve, tmp_path):
    site = serve(routes())
    path = tmp_path / "archive" / ".open" / "x.warc.gz"
    with ArchiveWriter(path, operator={}) as archive, visit(archive=archive) as client:
        first = survey(client, site.base)
    asked = len(site.seen)
    assert first[-1] == client.requests == 8
    replay = Replay(path, tmp_path)
    with (
        ArchiveWriter(path, operator={}, kept=replay.kept) as archive,
        visit(archive=archive, replay=replay) as client,
    ):
        assert survey(client, site.base) == first
    assert len(site.seen) == asked
    assert len(replay) == 1  # robots.txt: nothing new had to be judged by it


def test_an_interrupted_run_goes_on_where_it_was(serve, tmp_path):
    site = serve(routes())
    path = tmp_path / "archive" / ".open" / "x.warc.gz"
    with ArchiveWriter(path, operator={}) as archive, visit(archive=archive) as client:
        client.fetch(Request(f"{site.base}/a"))
    replay = Replay(path, tmp_path)
    with (
        ArchiveWriter(path, operator={}, kept=replay.kept) as archive,
        visit(archive=archive, replay=replay) as client,
    ):
        assert survey(client, site.base)[-1] == 8
    assert site.paths().count("/a") == 1
    assert [path for _, path, _, _ in site.seen].count("/robots.txt") == 1


def test_an_unchanged_answer_is_taken_from_the_archive(serve, tmp_path):
    def page(handler):
        return (
            (304, {"ETag": '"1"'}, b"")
            if handler.headers.get("If-None-Match") == '"1"'
            else (200, {**HTML, "ETag": '"1"'}, PAGE)
        )

    site = serve({"/a": page})
    with (
        ArchiveWriter(tmp_path / "archive" / "x.warc.gz", operator={}) as archive,
        visit(archive=archive) as client,
    ):
        client.fetch(Request(f"{site.base}/a"))
        held = archive.holdings
    path = tmp_path / "archive" / ".open" / "y.warc.gz"
    earlier = known(held, tmp_path)
    with ArchiveWriter(path, operator={}) as archive, visit(archive=archive, known=earlier) as client:
        got = client.fetch(Request(f"{site.base}/a"))
        assert (got.status, got.body, got.media_type, got.sent) == (200, PAGE, "text/html", 1)
        assert got.archive_ref.startswith("archive/y.warc.gz#")
    with visit(replay=Replay(path, tmp_path), known=earlier) as client:
        again = client.fetch(Request(f"{site.base}/a"))
    assert (again.body, again.archive_ref, client.requests) == (PAGE, got.archive_ref, 1)
    assert len(site.paths()) == 2


def test_an_earlier_answer_that_the_archive_has_lost_is_asked_for_anew(serve):
    from konzept_diffusion.errors import DataError

    def load():
        raise DataError("weg")

    def page(handler):
        return (304, {}, b"") if handler.headers.get("If-Modified-Since") else (200, HTML, PAGE)

    site = serve({"/a": page})
    date = "Fri, 20 Nov 2026 10:00:00 GMT"
    earlier = {f"{site.base}/a": Known("", date, Original("archive/x#y", f"{site.base}/a", ""), load)}
    with visit(known=earlier) as client:
        got = client.fetch(Request(f"{site.base}/a"))
    assert (got.body, got.sent) == (PAGE, 2)


def test_connections_are_kept_one_per_address_and_closed_with_the_visit(serve):
    one = serve({"/a": (200, HTML, PAGE)})
    two = serve({"/a": (200, HTML, PAGE)})
    with visit() as client:
        for site in (one, one, two, two, one):
            client.fetch(Request(f"{site.base}/a"))
    assert (one.connections, two.connections) == (2, 1)
