"""The HTTP client of the sources against a real server on the loopback interface."""

from __future__ import annotations

import gzip
import itertools
from collections.abc import Iterator
from dataclasses import replace
from datetime import UTC, datetime

import pytest
import requests
from hypothesis import given
from hypothesis import strategies as st
from replay import Answer, Replay, client

from konzept_diffusion import __version__
from konzept_diffusion.errors import SourceError
from konzept_diffusion.sources.http import Access, TransientError, check_whole, origin, retry_after

OPEN = Access("Testdienst")
CLOSED = Access(
    "Testdienst",
    "TEST_USERNAME and TEST_PASSWORD",
    "https://register.example",
    {"username": "somebody", "password": "hush-hush"},
)
NOW = datetime(2026, 11, 20, 12, 0, tzinfo=UTC)


@pytest.fixture
def server() -> Iterator[Replay]:
    with Replay() as replay:
        yield replay


def test_an_answer_is_read_whole_and_the_client_says_who_it_is(
    server: Replay, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("KONZEPT_CONTACT", "someone@example.org")
    url = server.plan("/data", Answer(body=b"content"))
    reply = client().read("GET", url, access=OPEN, params={"year": "2017"})
    assert (reply.status, reply.body) == (200, b"content")
    assert server.seen[0].query == {"year": "2017"}
    agent = server.seen[0].headers["user-agent"]
    assert agent.startswith(f"konzept-diffusion/{__version__} (")
    assert "someone@example.org" in agent


def test_without_a_contact_the_agent_holds_no_placeholder(
    server: Replay, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.delenv("KONZEPT_CONTACT", raising=False)
    client().read("GET", server.plan("/data", Answer()), access=OPEN)
    agent = server.seen[0].headers["user-agent"]
    assert "(research on German municipalities)" in agent
    assert "example" not in agent


@pytest.mark.parametrize("contact", ["a\nb", "müller@example.org", "me (home)"])
def test_a_contact_that_cannot_stand_in_a_header_is_refused(
    monkeypatch: pytest.MonkeyPatch, contact: str
) -> None:
    monkeypatch.setenv("KONZEPT_CONTACT", contact)
    with pytest.raises(SourceError, match=r"KONZEPT_CONTACT: a mail address or web page"):
        client().read("GET", "http://127.0.0.1:9/", access=OPEN)


def test_failures_that_may_pass_are_tried_again_with_growing_pauses(server: Replay) -> None:
    slept: list[float] = []
    url = server.plan("/data", Answer(500), Answer(502), Answer(503), Answer(body=b"ok"))
    assert client(slept).read("GET", url, access=OPEN).body == b"ok"
    assert slept == [2.0, 4.0, 8.0]


def test_after_the_last_try_the_service_and_the_status_are_named(server: Replay) -> None:
    url = server.plan("/data", *[Answer(500)] * 4)
    with pytest.raises(
        SourceError, match=r"Testdienst: .* HTTP 500. Tried 4 times; try again later"
    ) as error:
        client().read("GET", url, access=OPEN)
    assert not isinstance(error.value, TransientError)
    assert len(server.seen) == 4


@pytest.mark.parametrize(
    ("header", "pause"), [("7", 7.0), ("Fri, 20 Nov 2026 12:00:30 GMT", 30.0), ("soon", 2.0)]
)
def test_retry_after_is_obeyed_in_both_forms(server: Replay, header: str, pause: float) -> None:
    slept: list[float] = []
    url = server.plan("/data", Answer(429, headers={"Retry-After": header}), Answer(body=b"ok"))
    patient = replace(client(slept), now=lambda: NOW)
    assert patient.read("GET", url, access=OPEN).body == b"ok"
    assert slept == [pause]


def test_a_server_that_asks_for_a_very_long_pause_ends_the_command(server: Replay) -> None:
    slept: list[float] = []
    url = server.plan("/data", Answer(429, headers={"Retry-After": "86400"}))
    with pytest.raises(SourceError, match=r"asks for a pause of 86400 seconds"):
        client(slept).read("GET", url, access=OPEN)
    assert slept == []


@pytest.mark.parametrize("status", [401, 403])
def test_a_refusal_says_what_to_set_and_where_to_register_but_no_secret(server: Replay, status: int) -> None:
    url = server.plan("/data", Answer(status, b"hush-hush is wrong"))
    with pytest.raises(
        SourceError, match=r"Set TEST_USERNAME and TEST_PASSWORD; .* https://register.example"
    ) as error:
        client().read("POST", url, access=CLOSED, data={})
    assert len(server.seen) == 1
    assert server.seen[0].headers["password"] == "hush-hush"
    assert "hush-hush" not in str(error.value)
    assert "somebody" not in str(error.value) + repr(CLOSED)


def test_a_refusal_by_an_open_service_asks_for_a_contact(server: Replay) -> None:
    url = server.plan("/data", Answer(403))
    with pytest.raises(SourceError, match=r"Set KONZEPT_CONTACT"):
        client().read("GET", url, access=OPEN)


def test_an_address_that_is_gone_is_not_tried_again(server: Replay) -> None:
    url = server.plan("/data", Answer(404))
    with pytest.raises(SourceError, match=r"HTTP 404. The address has changed"):
        client().read("GET", url, access=OPEN)
    assert len(server.seen) == 1


@pytest.mark.parametrize("chunked", [False, True])
def test_a_truncated_body_is_tried_again(server: Replay, chunked: bool) -> None:
    cut = Answer(body=b"0123456789", cut=4, chunked=chunked)
    url = server.plan("/data", cut, Answer(body=b"0123456789", chunked=chunked))
    assert client().read("GET", url, access=OPEN).body == b"0123456789"
    url = server.plan("/data", *[cut] * 4)
    with pytest.raises(SourceError, match=r"Testdienst: .*(broke|came).* Tried 4 times"):
        client().read("GET", url, access=OPEN)


def test_a_short_body_is_noticed_whatever_the_library_below_does() -> None:
    response = requests.Response()
    response.headers["Content-Length"] = "10"
    with pytest.raises(TransientError, match=r"4 of 10 bytes"):
        check_whole(response, 4, "Testdienst")
    check_whole(response, 10, "Testdienst")


def test_an_answer_that_is_too_large_is_refused(server: Replay) -> None:
    url = server.plan("/data", Answer(body=b"x" * 1001))
    with pytest.raises(SourceError, match=r"larger than 1,000 bytes"):
        client(max_bytes=1000).read("GET", url, access=OPEN)
    assert len(server.seen) == 1


def test_a_request_has_a_deadline_beside_that_of_a_single_read(server: Replay) -> None:
    """Every look at the clock is 40 seconds later: no single read is slow, but the answer never ends."""
    ticks = itertools.count(0, 40)
    url = server.plan("/data", Answer(body=b"x" * 100_000, cut=100_000))
    slow = replace(client(total=100.0), clock=lambda: float(next(ticks)))
    with pytest.raises(SourceError, match=r"Testdienst: the answer was not whole after 100 seconds") as error:
        slow.read("GET", url, access=OPEN)
    assert not isinstance(error.value, TransientError)
    assert len(server.seen) == 1
    server.plan("/data", Answer(body=b"x" * 100_000))
    assert len(client(total=100.0).read("GET", url, access=OPEN).body) == 100_000


def test_redirects_count_towards_the_deadline(server: Replay) -> None:
    ticks = itertools.count(0, 40)
    url = server.plan("/data", lambda seen: Answer(302, headers={"Location": "/data"}))
    slow = replace(client(total=100.0), clock=lambda: float(next(ticks)))
    with pytest.raises(SourceError, match=r"not whole after 100 seconds"):
        slow.read("GET", url, access=OPEN)
    assert len(server.seen) == 3


def test_a_compressed_answer_is_unpacked(server: Replay) -> None:
    body = b"content " * 10_000
    zipped = Answer(body=gzip.compress(body), headers={"Content-Encoding": "gzip"})
    broken = Answer(body=b"no gzip", headers={"Content-Encoding": "gzip"})
    url = server.plan("/data", broken, zipped)
    assert client().read("GET", url, access=OPEN).body == body
    assert len(server.seen) == 2


def test_a_server_that_is_not_there_is_named_without_the_query(server: Replay) -> None:
    gone = server.url
    server.__exit__(None, None, None)
    with pytest.raises(SourceError, match=r"Testdienst: the server cannot be reached") as error:
        client().read("GET", f"{gone}/data", access=OPEN, params={"q": "private"})
    assert "private" not in str(error.value)


def test_a_redirect_is_followed_with_method_form_and_credentials_on_the_same_origin(server: Replay) -> None:
    url = server.plan("/old", Answer(307, headers={"Location": "/new"}))
    server.plan("/new", Answer(body=b"ok"))
    assert client().read("POST", url, access=CLOSED, data={"name": "t"}).body == b"ok"
    assert [(seen.method, seen.form) for seen in server.seen] == [("POST", {"name": "t"})] * 2
    assert server.seen[1].headers["password"] == "hush-hush"


def test_credentials_follow_to_a_trusted_origin_only(server: Replay) -> None:
    with Replay() as other:
        target = other.plan("/data", Answer(body=b"ok"), Answer(body=b"ok"))
        url = server.plan("/data", *[Answer(307, headers={"Location": target})] * 2)
        with pytest.raises(
            SourceError, match=r"redirects to http://127.0.0.1.*the credentials were not sent"
        ):
            client().read("POST", url, access=CLOSED, data={})
        assert other.seen == []
        trusting = replace(CLOSED, trusted=frozenset({origin(target)}))
        assert client().read("POST", url, access=trusting, data={}).body == b"ok"


def test_a_post_that_would_become_a_get_is_an_error(server: Replay) -> None:
    url = server.plan("/data", Answer(302, headers={"Location": "/announcement"}))
    with pytest.raises(SourceError, match=r"the service has moved to http://127.0.0.1:\d+ \(HTTP 302\)"):
        client().read("POST", url, access=CLOSED, data={})


def test_a_circle_of_redirects_ends(server: Replay) -> None:
    url = server.plan("/data", lambda seen: Answer(302, headers={"Location": "/data"}))
    with pytest.raises(SourceError, match=r"redirects in a circle"):
        client().read("GET", url, access=OPEN)


@given(st.one_of(st.none(), st.text(max_size=40)))
def test_any_retry_after_gives_seconds_or_nothing(value: str | None) -> None:
    seconds = retry_after(value, NOW)
    assert seconds is None or seconds >= 0


def test_a_retry_after_in_the_past_is_no_pause() -> None:
    assert retry_after("Fri, 20 Nov 2026 11:00:00 GMT", NOW) == 0.0
