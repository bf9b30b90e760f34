"""Loopback web servers, one address and port per host, that keep a record of every request."""

from __future__ import annotations

import gzip
import hashlib
import math
import selectors
import socket
import socketserver
import struct
import threading
import time
from collections import Counter
from collections.abc import Callable
from dataclasses import dataclass, field
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from urllib.parse import parse_qsl, unquote_plus, unquote_to_bytes, urlsplit

LAST_MODIFIED = "Tue, 14 May 2024 08:15:00 GMT"


@dataclass(frozen=True)
class Ask:
    """A request as a route sees it. `number`: how many the host has had; `tries`: how often this address."""

    method: str
    path: str
    query: str
    headers: dict[str, str] = field(default_factory=dict)
    body: bytes = b""
    number: int = 1
    tries: int = 1
    probe: bool = False

    def fields(self, charset: str = "utf-8") -> dict[str, str]:
        """Query and form fields, decoded."""
        text = self.query + ("&" + self.body.decode("latin-1") if self.body else "")
        pairs = (part.partition("=")[::2] for part in text.split("&") if part)
        return {unquote_plus(k, charset, "replace"): unquote_plus(v, charset, "replace") for k, v in pairs}


@dataclass(frozen=True)
class Answer:
    """A response. `document`: key of the truth that the body is; `relevant`: page on the way to one."""

    body: bytes = b""
    status: int = 200
    media_type: str = "text/html; charset=utf-8"
    headers: tuple[tuple[str, str], ...] = ()
    document: str = ""
    relevant: bool = False
    plain: bool = False  # never compressed, no validators
    raw: Callable[[BaseHTTPRequestHandler], None] | None = None  # writes to the socket itself


Route = Answer | Callable[[Ask], Answer | None]


@dataclass
class Hit:
    """One request as the server saw it; times are `time.monotonic()` (`finished` is infinite until it is)."""

    shape: str
    host: str
    method: str
    target: str
    status: int
    started: float
    finished: float
    headers: dict[str, str]
    document: str
    relevant: bool

    @property
    def counts(self) -> bool:
        """Whether it is one of the Kommune's requests: all but robots.txt."""
        return urlsplit(self.target).path != "/robots.txt"


def address_key(path: str, query: str, ignored: frozenset[str]) -> tuple[str, tuple[tuple[str, str], ...]]:
    """Key of an address: escapes decoded, query sorted, ignored parameters dropped."""
    pairs = sorted((k, v) for k, v in parse_qsl(query, True, encoding="latin-1") if k not in ignored)
    return _bytes(path), tuple(pairs)


def _bytes(path: str) -> str:
    """The path's bytes, one character each: raw umlauts go over the wire as UTF-8, escapes as they are."""
    return unquote_to_bytes(path).decode("latin-1")


def redirect(to: str, status: int = 302) -> Answer:
    return Answer(b"", status, headers=(("Location", to),), plain=True)


class Host:
    """Routes of one host. `before` may answer anything first; `robots` is the text of /robots.txt."""

    def __init__(self, shape: str, name: str, address: str) -> None:
        self.shape, self.name, self.address, self.port = shape, name, address, 0
        self.robots: str | Answer | None = None
        self.disallowed: tuple[str, ...] = ()
        self.ignored: frozenset[str] = frozenset()
        self.before: list[Callable[[Ask], Answer | None]] = []
        self.exact: dict[object, Route] = {}
        self.prefixes: list[tuple[str, Route]] = []
        self.missing: Route = Answer(
            b"<!DOCTYPE html><html><head><title>404</title></head><body><h1>Nicht gefunden</h1></body></html>",
            404,
        )
        self.counts: Counter[str] = Counter()
        self.total = 0
        self.open = 0
        self.most_open = 0
        self.lock = threading.Lock()

    @property
    def origin(self) -> str:
        return f"http://{self.address}:{self.port}"

    def put(self, target: str, route: Route) -> str:
        """Serve a route at path?query (or path with any query if the target has none); return the address."""
        path, _, query = target.partition("?")
        self.exact[address_key(path, query, self.ignored)] = route
        return target

    def under(self, prefix: str, route: Route) -> None:
        """Serve every path that begins so (longest prefix first)."""
        self.prefixes.append((prefix, route))
        self.prefixes.sort(key=lambda entry: -len(entry[0]))

    def answer(self, ask: Ask) -> Answer:
        """Return what the host says."""
        if ask.path == "/robots.txt":
            if isinstance(self.robots, Answer):
                return self.robots
            if self.robots is not None:
                return Answer(self.robots.encode(), media_type="text/plain")
        for gate in self.before:
            said = gate(ask)
            if said is not None:
                return said
        key = address_key(ask.path, ask.query, self.ignored)
        candidates = [self.exact.get(key), self.exact.get((key[0], ()))]
        candidates += [route for prefix, route in self.prefixes if key[0].startswith(_bytes(prefix))]
        for route in (*candidates, self.missing):
            said = route(ask) if callable(route) else route
            if said is not None:
                return said
        raise AssertionError("a host always answers")


class _Handler(BaseHTTPRequestHandler):
    protocol_version = "HTTP/1.1"
    server_version, sys_version = "Apache", ""
    timeout = 60
    server: _Server

    def do_GET(self) -> None:
        started = time.monotonic()
        host = self.server.host
        length = int(self.headers.get("Content-Length") or 0)
        body = self.rfile.read(length) if length else b""
        path, _, query = self.path.partition("?")
        with host.lock:
            host.open += 1
            host.most_open = max(host.most_open, host.open)
            host.counts[self.path] += 1
            if path != "/robots.txt":
                host.total += 1
            ask = Ask(
                self.command,
                path,
                query,
                {k.lower(): v for k, v in self.headers.items()},
                body,
                host.total,
                host.counts[self.path],
            )
        # On record before the answer leaves: whoever reads the record after an answer finds it there.
        hit = Hit(
            host.shape, host.name, self.command, self.path, 0, started, math.inf, ask.headers, "", False
        )
        try:
            answer = host.answer(ask)
            hit.status, hit.relevant = answer.status, answer.relevant
            hit.document = answer.document if answer.status == 200 else ""
            self.server.record(hit)
            self._send(ask, answer, hit)
        finally:
            self._done(host, hit)

    do_POST = do_HEAD = do_GET  # noqa: N815 - the base class looks for these names

    def _done(self, host: Host, hit: Hit) -> None:
        """The request is no longer in hand (once)."""
        if hit.finished == math.inf:
            hit.finished = time.monotonic()
            with host.lock:
                host.open -= 1

    def _send(self, ask: Ask, answer: Answer, hit: Hit) -> None:
        try:
            if answer.raw is not None:
                self.close_connection = True
                self._done(self.server.host, hit)  # a client that gives up is not seen to
                answer.raw(self)
                return
            body, headers, status = answer.body, dict(answer.headers), answer.status
            if status == 200 and not answer.plain and ask.method != "POST":
                headers.setdefault("ETag", '"' + hashlib.sha256(body).hexdigest()[:16] + '"')
                headers.setdefault("Last-Modified", LAST_MODIFIED)
                if ask.headers.get("if-none-match") == headers["ETag"]:
                    status, body = 304, b""
                    hit.status = status
            compress = (
                "gzip" in ask.headers.get("accept-encoding", "") and len(body) > 400 and not answer.plain
            )
            if compress and answer.media_type.startswith(("text/", "application/xml", "application/json")):
                body = gzip.compress(body, 1, mtime=0)
                headers["Content-Encoding"] = "gzip"
            self.send_response(status)
            if answer.media_type and status != 304:
                self.send_header("Content-Type", answer.media_type)
            for name, value in headers.items():
                self.send_header(name, value)
            self.send_header("Content-Length", str(len(body)))
            # Before the last byte: a client may ask again the moment it has it.
            self._done(self.server.host, hit)
            self.end_headers()
            if ask.method != "HEAD":
                self.wfile.write(body)
        except (BrokenPipeError, ConnectionResetError, TimeoutError):
            self.close_connection = True

    def log_message(self, format: str, *args: object) -> None:
        """Say nothing: the record is kept by the server."""


class _Server(ThreadingHTTPServer):
    daemon_threads = True
    request_queue_size = 64
    host: Host
    record: Callable[[Hit], None]

    def server_bind(self) -> None:
        """Bind without asking for the address's name, which takes long where there is no resolver."""
        socketserver.TCPServer.server_bind(self)
        self.server_name, self.server_port = self.server_address[:2]

    def handle_error(self, request: object, client_address: object) -> None:
        """Clients that hang up are part of the game."""


class Farm:
    """All hosts of a testbed behind one accepting thread."""

    def __init__(self) -> None:
        self.hits: list[Hit] = []
        self._servers: list[_Server] = []
        self._selector = selectors.DefaultSelector()
        self._wake = socket.socketpair()
        self._selector.register(self._wake[0], selectors.EVENT_READ)
        self._thread = threading.Thread(target=self._accept, daemon=True)

    def add(self, host: Host) -> None:
        """Bind the host to a free port of its address."""
        server = _Server((host.address, 0), _Handler)
        server.host, server.record = host, self.hits.append
        host.port = server.server_address[1]
        server.socket.setblocking(False)
        self._servers.append(server)
        self._selector.register(server.socket, selectors.EVENT_READ, server)

    def start(self) -> None:
        self._thread.start()

    def stop(self) -> None:
        self._wake[1].send(b"x")
        self._thread.join()
        for server in self._servers:
            server.server_close()
        self._selector.close()
        for end in self._wake:
            end.close()

    def _accept(self) -> None:
        while True:
            for key, _ in self._selector.select():
                if key.data is None:
                    return
                try:
                    connection, client = key.data.get_request()
                except OSError:
                    continue
                connection.setblocking(True)
                connection.setsockopt(socket.IPPROTO_TCP, socket.TCP_NODELAY, 1)
                key.data.process_request(connection, client)


def reset(handler: BaseHTTPRequestHandler) -> None:
    """Cut the connection with a TCP reset."""
    handler.connection.setsockopt(socket.SOL_SOCKET, socket.SO_LINGER, struct.pack("ii", 1, 0))
    handler.connection.close()  # in earnest once the handler lets go of its files


def drip(seconds: float, first: bytes = b"%PDF-1.4\n") -> Callable[[BaseHTTPRequestHandler], None]:
    """Send a promised body a byte at a time until the client or `seconds` give out."""

    def send(handler: BaseHTTPRequestHandler) -> None:
        handler.send_response(200)
        handler.send_header("Content-Type", "application/pdf")
        handler.send_header("Content-Length", "900000")
        handler.end_headers()
        handler.wfile.write(first)
        end = time.monotonic() + seconds
        while time.monotonic() < end:
            handler.wfile.write(b"%")
            time.sleep(0.25)

    return send


def hang(seconds: float) -> Callable[[BaseHTTPRequestHandler], None]:
    """Take the request and say nothing."""

    def send(handler: BaseHTTPRequestHandler) -> None:
        time.sleep(seconds)

    return send


def endless(piece: bytes, times: int, media_type: str = "text/html; charset=utf-8"):
    """Send `piece` again and again without a length (connection closed at the end)."""

    def send(handler: BaseHTTPRequestHandler) -> None:
        handler.send_response(200)
        handler.send_header("Content-Type", media_type)
        handler.send_header("Connection", "close")
        handler.end_headers()
        for _ in range(times):
            handler.wfile.write(piece)

    return send
