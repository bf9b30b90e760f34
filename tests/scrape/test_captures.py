"""Web archives are asked within their limits, and their answers are upper bounds only.

A server on loopback plays the documented answers; every text in it is synthetic.
"""

from __future__ import annotations

import csv
import itertools
import json
import threading
from collections.abc import Iterator
from dataclasses import dataclass, field
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from pathlib import Path
from urllib.parse import parse_qs, urlsplit

import pytest

from konzept_diffusion.errors import DataError, SourceError
from konzept_diffusion.schemas import crawl, vocabulary
from konzept_diffusion.schemas.core import read
from konzept_diffusion.scrape.archive.captures import (
    Capture,
    CommonCrawl,
    Manners,
    Wayback,
    upper_bound,
    web_fetch,
)
from konzept_diffusion.scrape.archive.dating import date_documents
from konzept_diffusion.scrape.archive.warc import ArchiveWriter

URL = "https://www.beispiel.de/rat/getfile.asp?id=12&type=do"
HEADER = ["timestamp", "original", "digest"]
ROW = ["20120304050607", URL, "3I42H3S6NNFQ2MSVX7XZKYAYSCX5QBYJ"]


class Time:
    """A clock that only sleeping moves."""

    def __init__(self) -> None:
        self.now, self.slept = 0.0, 0.0

    def clock(self) -> float:
        return self.now

    def sleep(self, seconds: float) -> None:
        assert seconds >= 0
        self.now += seconds
        self.slept += seconds


@dataclass
class Archive:
    """The server: answers per path, one after another, the last for good; `seen` are the queries."""

    time: Time
    answers: dict[str, list[tuple[int, dict[str, str], bytes]]] = field(default_factory=dict)
    seen: list[tuple[str, dict[str, list[str]], float]] = field(default_factory=list)
    url: str = ""

    def plan(
        self, path: str, *answers: object, status: int = 200, headers: dict[str, str] | None = None
    ) -> None:
        for answer in answers:
            body = answer if isinstance(answer, bytes) else json.dumps(answer).encode()
            self.answers.setdefault(path, []).append((status, headers or {}, body))

    def wayback(self, **manners: float) -> Wayback:
        return Wayback(
            web_fetch(),
            manners=Manners(**{"interval": 2.5, "pause": 90.0, **manners}),  # type: ignore[arg-type]
            endpoint=f"{self.url}/cdx",
            clock=self.time.clock,
            sleep=self.time.sleep,
        )

    def common_crawl(self) -> CommonCrawl:
        return CommonCrawl(
            web_fetch(),
            collections=f"{self.url}/collinfo.json",
            clock=self.time.clock,
            sleep=self.time.sleep,
        )


@pytest.fixture
def archive() -> Iterator[Archive]:
    played = Archive(Time())

    class Handler(BaseHTTPRequestHandler):
        def do_GET(self) -> None:
            parts = urlsplit(self.path)
            played.seen.append((parts.path, parse_qs(parts.query), played.time.now))
            left = played.answers.get(parts.path, [(404, {}, b'{"message": "No Captures found for: x"}')])
            status, headers, body = left.pop(0) if len(left) > 1 else left[0]
            assert self.headers["User-Agent"].startswith("konzept-diffusion/")
            self.send_response(status)
            for name, value in headers.items():
                self.send_header(name, value)
            self.send_header("Content-Length", str(len(body)))
            self.end_headers()
            self.wfile.write(body)

        def log_message(self, *_: object) -> None:
            pass

    server = ThreadingHTTPServer(("127.0.0.1", 0), Handler)
    server.daemon_threads = True
    thread = threading.Thread(target=server.serve_forever, kwargs={"poll_interval": 0.01})
    thread.start()
    played.url = f"http://127.0.0.1:{server.server_address[1]}"
    yield played
    server.shutdown()
    server.server_close()
    thread.join()


def plan_collections(archive: Archive, *names: str) -> None:
    archive.plan(
        "/collinfo.json",
        [
            {"id": f"CC-MAIN-{name}", "name": name, "timegate": "", "cdx-api": f"{archive.url}/{name}"}
            for name in names
        ],
    )


def line(timestamp: str, **more: str) -> bytes:
    row = {"urlkey": "de,beispiel)/", "timestamp": timestamp, "url": URL, "status": "200", "digest": "ABC"}
    return (
        json.dumps(row | {"filename": "crawl-data/x.warc.gz", "offset": "7", "length": "9"} | more).encode()
        + b"\n"
    )


def test_the_wayback_machine_is_asked_for_the_first_good_capture(archive: Archive) -> None:
    archive.plan("/cdx", [HEADER, ROW])
    capture = archive.wayback().first_capture(URL)
    assert capture == Capture(
        "wayback",
        URL,
        "20120304050607",
        f"https://web.archive.org/web/20120304050607/{URL}",
        ROW[2],
        "address",
    )
    ((_, query, _),) = archive.seen
    assert query["url"] == [URL]
    assert (query["limit"], query["output"], query["filter"]) == (["1"], ["json"], ["statuscode:200"])


def test_a_digest_asks_for_the_very_file(archive: Archive) -> None:
    archive.plan("/cdx", [HEADER, ROW])
    capture = archive.wayback().first_capture(URL, digest=f"sha1:{ROW[2]}")
    assert capture is not None
    assert capture.match == "bytes"
    assert archive.seen[0][1]["filter"] == ["statuscode:200", f"digest:{ROW[2]}"]


@pytest.mark.parametrize("answer", [b"", b"[]", b" \n", json.dumps([HEADER]).encode()])
def test_no_capture_is_none(archive: Archive, answer: bytes) -> None:
    archive.plan("/cdx", answer)
    assert archive.wayback().first_capture(URL) is None


def test_a_site_that_is_left_out_of_the_archive_has_no_capture(archive: Archive) -> None:
    archive.plan(
        "/cdx", b"org.archive.util.io.RuntimeIOException: AdministrativeAccessControlException", status=403
    )
    assert archive.wayback().first_capture(URL) is None


def test_a_capture_is_an_upper_bound_and_never_a_year_of_the_document() -> None:
    capture = Capture("wayback", URL, "20120304050607", "", "", "bytes")
    assert upper_bound(capture) == (2012, "spaetestens")
    assert upper_bound(capture)[1] in vocabulary.YEAR_BASES
    assert crawl.CAPTURES.column("year_basis").categories == ("spaetestens",)
    assert capture.captured_at == "2012-03-04T05:06:07Z"


def test_requests_keep_their_distance(archive: Archive) -> None:
    archive.plan("/cdx", [HEADER, ROW])
    wayback = archive.wayback()
    for _ in range(25):
        wayback.first_capture(URL)
    times = [moment for _, _, moment in archive.seen]
    assert all(late - early >= 60 / 24 for early, late in itertools.pairwise(times))


@pytest.mark.parametrize(
    ("headers", "pause"), [({}, 90.0), ({"Retry-After": "200"}, 200.0), ({"Retry-After": "x"}, 90.0)]
)
def test_429_is_answered_with_patience(archive: Archive, headers: dict[str, str], pause: float) -> None:
    archive.plan("/cdx", b"slow down", status=429, headers=headers)
    archive.plan("/cdx", [HEADER, ROW])
    assert archive.wayback().first_capture(URL) is not None
    assert archive.seen[1][2] - archive.seen[0][2] == pause


def test_an_archive_that_goes_on_refusing_is_left_alone(archive: Archive) -> None:
    archive.plan("/cdx", b"", status=429)
    with pytest.raises(SourceError, match=r"Wayback Machine: it answered 429\. Go on later"):
        archive.wayback().first_capture(URL)
    assert [moment for _, _, moment in archive.seen] == [0, 90, 270]


@pytest.mark.parametrize(
    ("status", "headers", "body", "message", "requests"),
    [
        (429, {"Retry-After": "3600"}, b"", "it asks for a pause of 3600 s", 1),
        (403, {}, b"Forbidden", r"refuses us \(403\)", 1),
        (400, {}, b"", r"an unexpected answer \(400\)", 1),
        (503, {}, b"", "it answered 503", 3),
        (200, {}, b"<html>", "the answer is no JSON list", 1),
        (200, {}, b'{"a": 1}', "the answer is no JSON list", 1),
        (200, {}, json.dumps([HEADER, ["2012", URL, ""]]).encode(), "timestamp '2012'", 1),
    ],
)
def test_other_answers_end_in_one_sentence(
    archive: Archive, status: int, headers: dict[str, str], body: bytes, message: str, requests: int
) -> None:
    archive.plan("/cdx", body, status=status, headers=headers)
    with pytest.raises(SourceError, match=message):
        archive.wayback().first_capture(URL)
    assert len(archive.seen) == requests


def test_an_archive_out_of_reach_is_one_sentence() -> None:
    time = Time()

    def unreachable(url: str) -> None:
        raise ConnectionError("no route")

    wayback = Wayback(unreachable, clock=time.clock, sleep=time.sleep)  # type: ignore[arg-type]
    with pytest.raises(SourceError, match=r"no answer \(no route\)"):
        wayback.first_capture(URL)


def test_common_crawl_is_asked_from_the_oldest_crawl_on(archive: Archive) -> None:
    plan_collections(archive, "2024-18", "2013-20", "2018-05", "2008-2009")
    archive.plan("/2018-05", line("20180120101112"))
    capture = archive.common_crawl().first_capture(URL)
    assert capture is not None
    assert (capture.timestamp, capture.match) == ("20180120101112", "address")
    assert capture.capture_url == "https://data.commoncrawl.org/crawl-data/x.warc.gz#7-9"
    assert [path for path, _, _ in archive.seen] == ["/collinfo.json", "/2008-2009", "/2013-20", "/2018-05"]
    assert archive.seen[1][1]["filter"] == ["=status:200"]


def test_the_list_of_crawls_is_asked_for_once(archive: Archive) -> None:
    plan_collections(archive, "2018-05")
    archive.plan("/2018-05", b"")
    index = archive.common_crawl()
    assert index.first_capture(URL) is None
    assert index.first_capture(URL, digest="ABC") is None
    assert [path for path, _, _ in archive.seen].count("/collinfo.json") == 1
    assert archive.seen[2][1]["filter"] == ["=status:200", "=digest:ABC"]


def test_crawls_that_cannot_better_a_find_are_not_asked(archive: Archive) -> None:
    plan_collections(archive, "2018-05", "2012-01", "2020-01")
    assert archive.common_crawl().first_capture(URL, before="20120304050607") is None
    assert [path for path, _, _ in archive.seen] == ["/collinfo.json", "/2012-01"]


@pytest.mark.parametrize("answer", [b"{}", b'[{"id": "x"}]', b"[1]"])
def test_another_form_of_the_list_is_told(archive: Archive, answer: bytes) -> None:
    archive.plan("/collinfo.json", answer)
    with pytest.raises(SourceError, match=r"Common Crawl: the (list|answer)"):
        archive.common_crawl().first_capture(URL)


@pytest.fixture
def crawled(tmp_path: Path) -> Path:
    """A crawl's folder with two documents, one of them archived."""
    with ArchiveWriter(tmp_path / "archive" / "1-x.warc.gz", operator={}) as writer:
        ref = writer.write(
            url=URL, method="GET", sent_headers=[], status_line="HTTP/1.1 200 OK", headers=[], payload=b"%PDF"
        )
    with (tmp_path / "documents.csv").open("w", newline="") as stream:
        csv.writer(stream).writerows(
            [
                ["document_id", "url", "archive_ref", "title"],
                ["a", URL, ref, "Ä"],
                ["b", URL + "&x=1", "", ""],
            ]
        )
    return tmp_path


def test_a_crawls_documents_get_their_first_captures(archive: Archive, crawled: Path) -> None:
    archive.plan("/cdx", [HEADER, ROW], [])
    assert date_documents(crawled, [archive.wayback()]) == {"documents": 2, "asked": 2, "found": 1}
    captures = read(crawled / "captures.csv", crawl.CAPTURES).set_index("document_id")
    assert captures.loc["a", "match"] == "bytes"
    assert captures.loc["a", "year"] == 2012
    assert captures.loc["a", "year_basis"] == "spaetestens"
    assert captures["year"].isna().to_dict() == {"a": False, "b": True}
    assert archive.seen[0][1]["filter"][1].startswith("digest:")


def test_what_was_asked_before_is_not_asked_again(archive: Archive, crawled: Path) -> None:
    archive.plan("/cdx", [HEADER, ROW])
    date_documents(crawled, [archive.wayback()])
    before, asked = (crawled / "captures.csv").read_bytes(), len(archive.seen)
    assert date_documents(crawled, [archive.wayback()])["asked"] == 0
    assert ((crawled / "captures.csv").read_bytes(), len(archive.seen)) == (before, asked)


def test_what_was_found_before_a_refusal_is_kept(archive: Archive, crawled: Path) -> None:
    archive.plan("/cdx", [HEADER, ROW])
    archive.plan("/cdx", b"", status=403)
    with pytest.raises(SourceError):
        date_documents(crawled, [archive.wayback()])
    assert list(read(crawled / "captures.csv", crawl.CAPTURES)["document_id"]) == ["a"]


def test_a_second_archive_need_not_tell_of_later_captures(archive: Archive, crawled: Path) -> None:
    archive.plan("/cdx", [HEADER, ROW])
    plan_collections(archive, "2010-01", "2020-01")
    date_documents(crawled, [archive.wayback(), archive.common_crawl()])
    assert "/2020-01" not in [path for path, _, _ in archive.seen]
    assert len(read(crawled / "captures.csv", crawl.CAPTURES)) == 4


def test_a_folder_without_a_crawl_is_named(tmp_path: Path) -> None:
    with pytest.raises(DataError, match=r"documents\.csv: cannot be read"):
        date_documents(tmp_path, [])
