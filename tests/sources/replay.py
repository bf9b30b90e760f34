"""A real HTTP server on the loopback interface that plays planned answers. All bodies are synthetic."""

from __future__ import annotations

import threading
from collections.abc import Callable, Mapping
from dataclasses import dataclass, field
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from types import TracebackType
from urllib.parse import parse_qs, urlsplit

import requests

from konzept_diffusion.sources.http import Client, Policy

MOST_REQUESTS = 500


@dataclass(frozen=True)
class Answer:
    """One planned answer; with `cut` only that many bytes of the announced body are sent."""

    status: int = 200
    body: bytes = b""
    headers: Mapping[str, str] = field(default_factory=dict)
    cut: int | None = None
    chunked: bool = False


@dataclass(frozen=True)
class Seen:
    """One request as it arrived."""

    method: str
    path: str
    query: dict[str, str]
    headers: dict[str, str]
    form: dict[str, str]


Plan = Callable[[Seen], Answer]


class Replay:
    """The server: `plan` says what a path answers, `seen` what was asked."""

    def __init__(self) -> None:
        self.seen: list[Seen] = []
        self._plans: dict[str, list[Answer | Plan]] = {}
        self._lock = threading.Lock()
        self._server = ThreadingHTTPServer(("127.0.0.1", 0), _handler(self))
        self._server.daemon_threads = True
        self._thread = threading.Thread(target=self._server.serve_forever, kwargs={"poll_interval": 0.01})

    @property
    def url(self) -> str:
        return f"http://127.0.0.1:{self._server.server_address[1]}"

    def plan(self, path: str, *answers: Answer | Plan) -> str:
        """Plan the answers of a path, one after another (a function answers for good); return its address."""
        self._plans[path] = list(answers)
        return self.url + path

    def answer(self, seen: Seen) -> Answer:
        with self._lock:
            self.seen.append(seen)
            if len(self.seen) > MOST_REQUESTS:
                return Answer(410, b"too many requests in one test")
            waiting = self._plans.get(seen.path, [])
            if not waiting:
                return Answer(418, f"not planned: {seen.path}".encode())
            planned = waiting[0]
            if not callable(planned):
                waiting.pop(0)
        return planned(seen) if callable(planned) else planned

    def __enter__(self) -> Replay:
        self._thread.start()
        return self

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        self._server.shutdown()
        self._server.server_close()
        self._thread.join(timeout=10)


def _handler(replay: Replay) -> type[BaseHTTPRequestHandler]:
    class Handler(BaseHTTPRequestHandler):
        protocol_version = "HTTP/1.1"
        timeout = 10

        def do_GET(self) -> None:
            self._play(b"")

        def do_POST(self) -> None:
            self._play(self.rfile.read(min(int(self.headers.get("Content-Length", "0")), 1 << 20)))

        def _play(self, body: bytes) -> None:
            parts = urlsplit(self.path)
            planned = replay.answer(
                Seen(
                    self.command,
                    parts.path,
                    {name: values[-1] for name, values in parse_qs(parts.query).items()},
                    {name.lower(): value for name, value in self.headers.items()},
                    {name: values[-1] for name, values in parse_qs(body.decode(), True).items()},
                )
            )
            self.send_response(planned.status)
            for name, value in planned.headers.items():
                self.send_header(name, value)
            if planned.chunked:
                self.send_header("Transfer-Encoding", "chunked")
            else:
                self.send_header("Content-Length", str(len(planned.body)))
            self.end_headers()
            sent = planned.body if planned.cut is None else planned.body[: planned.cut]
            if planned.chunked:
                sent = (
                    f"{len(sent):x}\r\n".encode()
                    + sent
                    + b"\r\n"
                    + (b"0\r\n\r\n" if planned.cut is None else b"")
                )
            self.wfile.write(sent)
            self.close_connection = planned.cut is not None

        def log_message(self, format: str, *args: object) -> None:
            """Be quiet."""

    return Handler


def file_plan(content: bytes, *, etag: str = '"v1"', ranges: bool = True, cuts: tuple[int, ...] = ()) -> Plan:
    """Return a plan that serves a file; the first requests break off after as many bytes as `cuts` says."""
    left = list(cuts)

    def plan(seen: Seen) -> Answer:
        cut = left.pop(0) if left else None
        wanted = seen.headers.get("range", "")
        if ranges and wanted and seen.headers.get("if-range") == etag:
            start = int(wanted.removeprefix("bytes=").rstrip("-"))
            if start >= len(content):
                return Answer(416, headers={"Content-Range": f"bytes */{len(content)}"})
            span = f"bytes {start}-{len(content) - 1}/{len(content)}"
            return Answer(206, content[start:], {"ETag": etag, "Content-Range": span}, cut)
        return Answer(200, content, {"ETag": etag} if ranges else {}, cut)

    return plan


def client(slept: list[float] | None = None, **policy: object) -> Client:
    """Return a client that waits for nothing and notes how long it would have waited."""
    session = requests.Session()
    session.trust_env = False  # a proxy of the machine would stand between us and the loopback interface
    noted = [] if slept is None else slept
    return Client(Policy(timeout=(10.0, 10.0), **policy), sleep=noted.append, session=session)  # type: ignore[arg-type]
