"""The archive is WARC 1.1 that warcio reads, refers to what it has, and survives a full disk."""

from __future__ import annotations

import errno
import os
import resource
import subprocess
import sys
from datetime import datetime
from pathlib import Path
from typing import Any

import pytest
from warcio.archiveiterator import ArchiveIterator

from konzept_diffusion.errors import StepError
from konzept_diffusion.scrape.archive.reading import verify
from konzept_diffusion.scrape.archive.records import originals
from konzept_diffusion.scrape.archive.replay import Replay, read_record
from konzept_diffusion.scrape.archive.warc import ArchiveWriter

URL = "https://www.beispiel.de/rat/getfile.asp?id=12&type=do"
NAME = "05111000-20260101T000000Z.warc.gz"
SENT = [("Host", "www.beispiel.de"), ("User-Agent", "konzept-diffusion/0.1")]
OPERATOR = {
    "software": "konzept-diffusion/0.1",
    "operator": "mail@beispiel.de",
    "robots": "obey",
    "delay": 2.0,
}


def exchange(**changes: Any) -> dict[str, Any]:
    """What a client hands over for one answered request."""
    return {
        "url": URL,
        "method": "GET",
        "sent_headers": SENT,
        "status_line": "HTTP/1.1 200 OK",
        "headers": [("Content-Type", "application/pdf"), ("ETag", '"v1"')],
        "payload": b"%PDF-1.4 " + b"Integrationskonzept " * 50,
        "ip": "192.0.2.7",
        "started_at": "2026-01-01T00:00:01.000002Z",
        **changes,
    }


def place(tmp_path: Path, name: str = NAME) -> Path:
    return tmp_path / "archive" / ".open" / name


def written(path: Path) -> list[dict[str, Any]]:
    """Every record as warcio reads it, digests checked."""
    found = []
    with path.open("rb") as stream:
        for record in ArchiveIterator(stream, check_digests="raise"):
            found.append(
                {
                    "type": record.rec_type,
                    "version": record.rec_headers.protocol,
                    "fields": dict(record.rec_headers.headers),
                    "http": record.http_headers,
                    "raw": record.raw_stream.read(),
                }
            )
    return found


def test_an_exchange_is_a_request_and_a_response_that_belong_together(tmp_path: Path) -> None:
    with ArchiveWriter(place(tmp_path), operator=OPERATOR) as archive:
        ref = archive.write(**exchange())
    info, request, response = written(place(tmp_path))
    assert [item["type"] for item in (info, request, response)] == ["warcinfo", "request", "response"]
    assert {item["version"] for item in (info, request, response)} == {"WARC/1.1"}
    assert request["fields"]["WARC-Concurrent-To"] == response["fields"]["WARC-Record-ID"]
    assert ref == f"archive/{NAME}#{response['fields']['WARC-Record-ID'].strip('<>')}"
    for record in (request, response):
        assert record["fields"]["WARC-Target-URI"] == URL
        assert record["fields"]["WARC-Date"] == "2026-01-01T00:00:01.000002Z"
        assert record["fields"]["WARC-IP-Address"] == "192.0.2.7"
        assert record["fields"]["WARC-Warcinfo-ID"] == info["fields"]["WARC-Record-ID"]
    assert response["raw"] == exchange()["payload"]
    assert response["fields"]["WARC-Payload-Digest"].startswith("sha1:")
    assert request["http"].protocol == "GET"
    assert request["http"].statusline == "/rat/getfile.asp?id=12&type=do HTTP/1.1"


def test_the_first_record_says_who_crawled_and_by_which_rules(tmp_path: Path) -> None:
    ArchiveWriter(place(tmp_path), operator=OPERATOR).close()
    (info,) = written(place(tmp_path))
    assert info["fields"]["WARC-Filename"] == NAME
    lines = info["raw"].decode().splitlines()
    assert {"robots: obey", "operator: mail@beispiel.de", "delay: 2.0", "format: WARC File Format 1.1"} <= {
        *lines
    }
    datetime.fromisoformat(info["fields"]["WARC-Date"])


def test_every_record_is_a_gzip_member_of_its_own(tmp_path: Path) -> None:
    with ArchiveWriter(place(tmp_path), operator=OPERATOR) as archive:
        archive.write(**exchange())
        archive.failure(url=URL, reason="timeout")
    content = place(tmp_path).read_bytes()
    offsets = []
    with place(tmp_path).open("rb") as stream:
        records = ArchiveIterator(stream)
        for _ in records:
            offsets.append(records.get_record_offset())
    assert len(offsets) == 4
    assert all(content[offset : offset + 2] == b"\x1f\x8b" for offset in offsets)


def test_headers_are_kept_byte_by_byte_and_chunks_are_not_announced(tmp_path: Path) -> None:
    headers = [
        ("Content-Disposition", 'attachment; filename="Köln.pdf"'),
        ("Set-Cookie", "a=1"),
        ("Set-Cookie", "b=2"),
        ("Transfer-Encoding", "chunked"),
        ("X-Folded", "one\r\n  two"),
    ]
    with ArchiveWriter(place(tmp_path), operator={}) as archive:
        ref = archive.write(**exchange(headers=headers))
    block = written(place(tmp_path))[2]["http"]
    assert block.get_header("X-Archive-Orig-Transfer-Encoding") == "chunked"
    assert block.get_header("Transfer-Encoding") is None
    answer = read_record(ref, tmp_path)
    assert answer.headers == (*headers[:4], ("X-Folded", "one two"))


def test_the_same_payload_is_archived_once_and_referred_to(tmp_path: Path) -> None:
    with ArchiveWriter(place(tmp_path), operator={}) as archive:
        first = archive.write(**exchange())
        second = archive.write(**exchange(url=URL + "&copy=1", started_at="2026-01-01T00:00:09Z"))
    original, revisit = written(place(tmp_path))[2], written(place(tmp_path))[4]
    fields = revisit["fields"]
    assert revisit["type"] == "revisit"
    assert fields["WARC-Profile"] == "http://netpreserve.org/warc/1.1/revisit/identical-payload-digest"
    assert fields["WARC-Refers-To"] == original["fields"]["WARC-Record-ID"]
    assert fields["WARC-Refers-To-Target-URI"] == URL
    assert fields["WARC-Refers-To-Date"] == original["fields"]["WARC-Date"]
    assert fields["WARC-Payload-Digest"] == original["fields"]["WARC-Payload-Digest"]
    assert revisit["http"].get_header("Content-Type") == "application/pdf"
    assert revisit["raw"] == b""
    assert read_record(second, tmp_path).payload == read_record(first, tmp_path).payload


def test_a_payload_of_an_earlier_crawl_is_referred_to_across_files(tmp_path: Path) -> None:
    old = tmp_path / "archive" / "05111000-20250101T000000Z.warc.gz"
    with ArchiveWriter(old, operator={}) as archive:
        first = archive.write(**exchange())
    with ArchiveWriter(place(tmp_path), operator={}, seen=originals(archive.holdings)) as archive:
        second = archive.write(**exchange())
    assert written(place(tmp_path))[2]["type"] == "revisit"
    assert read_record(second, tmp_path).payload == read_record(first, tmp_path).payload
    assert archive.holdings[0].original == first


def test_a_304_refers_to_the_body_that_it_confirms(tmp_path: Path) -> None:
    old = tmp_path / "archive" / "05111000-20250101T000000Z.warc.gz"
    with ArchiveWriter(old, operator={}) as archive:
        archive.write(**exchange())
    (held,) = archive.holdings
    assert (held.url, held.etag) == (URL, '"v1"')
    unchanged = exchange(status_line="HTTP/1.1 304 Not Modified", headers=[("ETag", '"v1"')], payload=b"")
    with ArchiveWriter(place(tmp_path), operator={}) as archive:
        ref = archive.write(**unchanged, unmodified=held.record)
    fields = written(place(tmp_path))[2]["fields"]
    assert fields["WARC-Profile"] == "http://netpreserve.org/warc/1.1/revisit/server-not-modified"
    assert f"{held.ref.split('#')[1]}" in fields["WARC-Refers-To"]
    answer = read_record(ref, tmp_path)
    assert (answer.status, answer.payload, answer.ref) == (200, exchange()["payload"], ref)


def test_what_was_cut_off_says_so_and_is_never_referred_to(tmp_path: Path) -> None:
    with ArchiveWriter(place(tmp_path), operator={}) as archive:
        archive.write(**exchange(truncated="length"))
        archive.write(**exchange())
    records = written(place(tmp_path))
    assert records[2]["fields"]["WARC-Truncated"] == "length"
    assert [item["type"] for item in records[2::2]] == ["response", "response"]
    assert len(archive.holdings) == 1
    with pytest.raises(ValueError, match="unknown truncation"):
        ArchiveWriter(place(tmp_path, "x.warc.gz"), operator={}).write(**exchange(truncated="tired"))


def test_what_the_server_compressed_is_kept_as_it_came(tmp_path: Path) -> None:
    payload = os.urandom(20_000)
    headers = [("Content-Encoding", "gzip")]
    with ArchiveWriter(place(tmp_path), operator={}) as archive:
        ref = archive.write(**exchange(headers=headers, payload=payload))
    assert read_record(ref, tmp_path).payload == payload
    assert verify(place(tmp_path)) == []


@pytest.mark.parametrize("payload", [b"", b"HTTP/1.1 200 OK\r\n\r\n", b"\r\n\r\n", b"WARC/1.1\r\n\r\n" * 3])
def test_any_payload_comes_back(tmp_path: Path, payload: bytes) -> None:
    with ArchiveWriter(place(tmp_path), operator={}) as archive:
        ref = archive.write(**exchange(headers=[], payload=payload))
    assert read_record(ref, tmp_path).payload == payload
    assert verify(place(tmp_path)) == []


def test_a_post_keeps_its_form(tmp_path: Path) -> None:
    with ArchiveWriter(place(tmp_path), operator={}) as archive:
        archive.write(**exchange(method="POST", sent_body=b"q=Integrationskonzept"))
    request = written(place(tmp_path))[1]
    assert (request["http"].protocol, request["raw"]) == ("POST", b"q=Integrationskonzept")
    assert archive.holdings == ()


def test_a_full_disk_leaves_whole_records_and_one_clear_message(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    archive = ArchiveWriter(place(tmp_path), operator={})
    archive.write(**exchange())
    size = place(tmp_path).stat().st_size
    write, room = os.write, [200]

    def little_room(handle: int, content: bytes) -> int:
        if not room[0]:
            raise OSError(errno.ENOSPC, os.strerror(errno.ENOSPC))
        done = write(handle, content[: room[0]])
        room[0] -= done
        return done

    with monkeypatch.context() as patch:
        patch.setattr(os, "write", little_room)
        with pytest.raises(StepError, match=r"No space left on device.*goes on where it was stopped"):
            archive.write(**exchange(url=URL + "&x=1"))
    assert place(tmp_path).stat().st_size == size
    archive.write(**exchange(url=URL + "&x=2"))
    archive.close()
    assert verify(place(tmp_path)) == []
    assert len(Replay(place(tmp_path))) == 2


def test_a_limit_on_file_size_ends_in_the_same_way(tmp_path: Path) -> None:
    program = (
        "import os, resource, sys\n"
        "from pathlib import Path\n"
        "from konzept_diffusion.errors import StepError\n"
        "from konzept_diffusion.scrape.archive.warc import ArchiveWriter\n"
        "resource.setrlimit(resource.RLIMIT_FSIZE, (30_000, 30_000))\n"
        "archive = ArchiveWriter(Path(sys.argv[1]), operator={})\n"
        "try:\n"
        "    for number in range(100):\n"
        "        archive.write(url=f'http://a.de/{number}', method='GET', sent_headers=[],\n"
        "                      status_line='HTTP/1.1 200 OK', headers=[], payload=os.urandom(5000))\n"
        "except StepError as error:\n"
        "    print(number, error)\n"
    )
    done = subprocess.run(
        [sys.executable, "-c", program, str(place(tmp_path))], capture_output=True, text=True, check=True
    )
    number, message = done.stdout.split(maxsplit=1)
    assert "cannot be written" in message
    assert 0 < int(number) == len(Replay(place(tmp_path)))
    assert verify(place(tmp_path)) == []
    assert resource.getrlimit(resource.RLIMIT_FSIZE)[0] != 30_000


def test_a_folder_that_cannot_be_written_is_named(tmp_path: Path) -> None:
    (tmp_path / "archive").write_text("a file in the folder's place")
    with pytest.raises(StepError, match=r"archive.*cannot be written"):
        ArchiveWriter(place(tmp_path), operator={})


def test_a_closed_archive_takes_nothing_more(tmp_path: Path) -> None:
    archive = ArchiveWriter(place(tmp_path), operator={})
    assert archive.close() == archive.close()
    with pytest.raises(ValueError, match="closed"):
        archive.write(**exchange())


def test_a_file_with_records_is_never_overwritten(tmp_path: Path) -> None:
    with ArchiveWriter(place(tmp_path), operator={}) as archive:
        archive.write(**exchange())
    content = place(tmp_path).read_bytes()
    with pytest.raises(ValueError, match="holds records"):
        ArchiveWriter(place(tmp_path), operator={})
    assert place(tmp_path).read_bytes() == content
