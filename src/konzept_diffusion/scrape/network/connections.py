"""The wire: `requests` over connections that go to a vetted address, keep a deadline and know when they sent.

Three things that an ordinary session lacks: the socket is opened to the IP address that `guard` has checked,
while certificate, SNI and Host go by the name; a deadline for the whole answer holds also against a server that
sends a byte now and then, in the headers too; and the moment is known at which the request left, by which turns
are counted (`slots`).
"""

from __future__ import annotations

import io
import queue
import socket
import ssl
import threading
import time
from collections import Counter
from collections.abc import Callable, Mapping
from contextlib import suppress
from dataclasses import dataclass, field
from functools import partial
from http.client import HTTPResponse
from pathlib import Path
from typing import Any
from urllib.parse import urlsplit

import requests
import urllib3
from urllib3.connection import HTTPConnection, HTTPSConnection
from urllib3.exceptions import ConnectTimeoutError, HTTPError, LocationValueError, NewConnectionError
from urllib3.util import create_urllib3_context
from urllib3.util.connection import create_connection

from .faults import named
from .politeness import Politeness
from .room import LARGE, Room
from .turns import NEVER

_BUFFER = 1 << 15


@dataclass(slots=True)
class Wire:
    """What a host's connection is told before a request and tells after it (one request at a time).

    Attributes
    ----------
    clock
        Seconds, monotonic.
    address
        IP address to connect to.
    deadline
        Moment at which the answer has to be whole.
    patience
        Seconds without a byte.
    sent
        Moment at which the request had been handed to the socket; `slots.NEVER` before.
    heard
        Moment at which the first bytes of the answer had come; `slots.NEVER` before.
    """

    clock: Callable[[], float]
    address: str = ""
    deadline: float = 0.0
    patience: float = 30.0
    sent: float = NEVER
    heard: float = NEVER


class _Timed(io.RawIOBase):
    """A socket's stream that no read takes past the deadline."""

    def __init__(self, raw: io.RawIOBase, sock: socket.socket, wire: Wire) -> None:
        self._raw, self._sock, self._wire = raw, sock, wire

    def readable(self) -> bool:
        return True

    def readinto(self, buffer: Any) -> int | None:
        left = self._wire.deadline - self._wire.clock()
        if left <= 0:
            raise TimeoutError("deadline")
        self._sock.settimeout(min(left, self._wire.patience))
        count: int | None = self._raw.readinto(buffer)  # type: ignore[attr-defined]
        if self._wire.heard == NEVER:
            self._wire.heard = self._wire.clock()
        return count

    def close(self) -> None:
        self._raw.close()
        super().close()


class _Response(HTTPResponse):
    def __init__(self, sock: socket.socket, *args: Any, wire: Wire, **options: Any) -> None:
        super().__init__(sock, *args, **options)
        raw = self.fp.detach()  # type: ignore[attr-defined]
        self.fp = io.BufferedReader(_Timed(raw, sock, wire), _BUFFER)


class _Pinned(HTTPConnection):
    def __init__(self, *args: Any, wire: Wire, **options: Any) -> None:
        super().__init__(*args, **options)
        self.wire = wire
        self.response_class = partial(_Response, wire=wire)  # type: ignore[assignment]

    def _new_conn(self) -> socket.socket:
        try:
            return create_connection(
                (self.wire.address, self.port or self.default_port),
                self.timeout,
                socket_options=self.socket_options,
            )
        except TimeoutError as error:
            raise ConnectTimeoutError(self, "connection timed out") from error
        except OSError as error:
            raise NewConnectionError(self, error.strerror or type(error).__name__) from error

    def send(self, data: Any) -> None:
        if self.sock is None:
            self.connect()
        try:
            super().send(data)
        finally:
            # After the call, not before: a thread that is held up in between would have sent later than it says.
            if self.wire.sent == NEVER:
                self.wire.sent = self.wire.clock()


class _PinnedTLS(_Pinned, HTTPSConnection):
    pass


class _Pool(urllib3.HTTPConnectionPool):
    ConnectionCls = _Pinned  # type: ignore[assignment]


class _PoolTLS(urllib3.HTTPSConnectionPool):
    ConnectionCls = _PinnedTLS  # type: ignore[assignment]


class _Adapter(requests.adapters.HTTPAdapter):
    """The adapter of `requests` without what a crawl has no use for (proxies, cookies, certificates by request)."""

    def get_connection_with_tls_context(self, request: Any, *_: Any, **__: Any) -> Any:
        return request.pool

    def cert_verify(self, *_: Any, **__: Any) -> None:
        """Do nothing: the pool has its TLS context."""

    def request_url(self, request: Any, proxies: Any) -> str:
        return request.target  # type: ignore[no-any-return]

    def build_response(self, req: Any, resp: Any) -> requests.Response:
        response = requests.Response()
        response.status_code, response.reason, response.raw, response.url = (
            resp.status,
            resp.reason,
            resp,
            req.url,
        )
        response.request = req
        return response


class _Prepared(requests.PreparedRequest):
    """A request whose address and headers are ready to be sent as they are."""

    def __init__(self, method: str, url: str, headers: dict[str, str], body: bytes | None, pool: Any) -> None:
        super().__init__()
        self.method, self.url, self.body, self.pool = method, url, body, pool
        self.headers = headers  # type: ignore[assignment]
        self.target = target(url)


def target(url: str) -> str:
    """Return what stands in the request line for an absolute address: path and query, "/" for no path."""
    rest = url.partition("://")[2].partition("#")[0]
    start = min((at for at in (rest.find("/"), rest.find("?")) if at >= 0), default=len(rest))
    return rest[start:] if rest[start : start + 1] == "/" else f"/{rest[start:]}"


@dataclass(frozen=True, slots=True)
class Received:
    """One answer from the wire.

    Attributes
    ----------
    status, status_line
        "HTTP/1.1 200 OK" and its code.
    headers
        In order, as received.
    payload
        Body without chunks, content-encoding not undone.
    truncated
        It was cut at the cap.
    """

    status: int
    status_line: str
    headers: tuple[tuple[str, str], ...]
    payload: bytes = field(repr=False)
    truncated: bool = False


class Line:
    """The connection to one origin (scheme, host, port); its users take turns."""

    __slots__ = ("_adapter", "_politeness", "_pool", "_room", "_timeout", "connected", "key", "wire")

    def __init__(
        self, scheme: str, host: str, port: int, politeness: Politeness, lines: Lines, wire: Wire
    ) -> None:
        self.wire, self.connected = wire, ""
        self._adapter, self._politeness, self._room = lines.adapter, politeness, lines.room
        self.key = f"{host}:{port}"
        self._timeout = (politeness.timeout_connect, politeness.timeout_read)
        host = host.strip("[]")
        if scheme == "https":
            self._pool: Any = _PoolTLS(host, port, maxsize=1, ssl_context=lines.tls(), wire=wire)
        else:
            self._pool = _Pool(host, port, maxsize=1, wire=wire)

    def ask(
        self,
        method: str,
        url: str,
        headers: dict[str, str],
        body: bytes | None,
        address: str,
        keep: Callable[[int, Mapping[str, str]], int],
    ) -> Received:
        """Send a request to an address and return the answer, read to its end.

        Parameters
        ----------
        method, url, headers, body
            Complete; nothing is added but Host, and Content-Length for a body.
        address
            Vetted IP address.
        keep
            Given status and headers, says how many bytes of the body are read.

        Raises
        ------
        NotFetched
            dns, refused, tls, timeout, broken or bad_address.
        """
        wire = self.wire
        if self.connected != address:
            self.hang_up()
        wire.address, wire.sent, wire.heard = address, NEVER, NEVER
        wire.patience = self._politeness.timeout_read
        wire.deadline = wire.clock() + self._politeness.total
        self.connected = address
        try:
            response = self._adapter.send(
                _Prepared(method, url, headers, body, self._pool), stream=True, timeout=self._timeout
            )
            return self._read(response.raw, keep)
        except (requests.RequestException, HTTPError, LocationValueError, OSError, ValueError) as error:
            self.hang_up()
            raise named(error, url, late=wire.clock() >= wire.deadline) from None
        except BaseException:
            self.hang_up()
            raise

    def _read(self, raw: Any, keep: Callable[[int, Mapping[str, str]], int]) -> Received:
        cap = keep(raw.status, raw.headers)
        buffer = io.BytesIO()  # hands its content out without a copy, which a list of parts would take
        size, large = 0, False
        while size <= cap and (part := raw.read(1 << 16, decode_content=False)):
            size += buffer.write(part)
            if size >= LARGE and not large:
                large = True
                self.wire.deadline += self._room.take()
        if size > cap:
            self.hang_up()
            raw.close()
            buffer.truncate(cap)
        else:
            raw.release_conn()
        payload = buffer.getvalue()
        line = f"HTTP/{raw.version // 10}.{raw.version % 10} {raw.status} {raw.reason or ''}".rstrip()
        return Received(raw.status, line, tuple(raw.headers.iteritems()), payload, size > cap)

    def hang_up(self) -> None:
        """Close the idle connection."""
        self.connected = ""
        idle = self._pool.pool
        # A connection in use is not in the pool; `ask` itself closes it, nobody hangs up in another's turn.
        with suppress(queue.Empty, queue.Full):
            connection = idle.get_nowait()
            if connection is not None:
                connection.close()
            idle.put_nowait(None)


class Lines:
    """The connections of this process: one per origin, and one per IP address that is open."""

    def __init__(
        self, politeness: Politeness, ca_bundle: str, clock: Callable[[], float] = time.monotonic
    ) -> None:
        self.adapter, self.room = _Adapter(), Room()
        self._politeness, self._ca_bundle, self._clock = politeness, ca_bundle, clock
        self._lock = threading.Lock()
        self._lines: dict[str, Line] = {}
        self._by_address: dict[str, Line] = {}
        self._users: Counter[str] = Counter()
        self._tls: ssl.SSLContext | None = None

    def tls(self) -> ssl.SSLContext:
        """Return the context of all TLS connections, made when the first is needed."""
        if self._tls is None:
            context = create_urllib3_context()
            folder = Path(self._ca_bundle).is_dir()
            context.load_verify_locations(**{"capath" if folder else "cafile": self._ca_bundle})
            self._tls = context
        return self._tls

    def enter(self, origin: str) -> None:
        """Count one more user of an origin: its connection is kept until the last one has left."""
        with self._lock:
            self._users[origin] += 1

    def leave(self, origins: set[str]) -> None:
        """Count one user less of each origin and close what nobody uses."""
        with self._lock:
            self._users.subtract(origins)
            over = {origin for origin in origins if self._users[origin] <= 0}
            for origin in over:
                del self._users[origin]
        self._hang_up(over)

    def line(self, origin: str) -> Line:
        """Return the connection to an origin ("https://www.stadt.de")."""
        line = self._lines.get(origin)
        if line is None:
            with self._lock:
                line = self._lines.get(origin)
                if line is None:
                    parts = urlsplit(origin)
                    port = parts.port or (443 if parts.scheme == "https" else 80)
                    wire = Wire(self._clock)
                    line = Line(parts.scheme, parts.hostname or "", port, self._politeness, self, wire)
                    self._lines[origin] = line
        return line

    def claim(self, line: Line, address: str) -> None:
        """Close what another origin has open at the address (call it in the address's turn)."""
        other = self._by_address.get(address)
        if other is not line:
            if other is not None and other.connected == address:
                other.hang_up()
            self._by_address[address] = line

    def close(self) -> None:
        """Close all idle connections."""
        self._hang_up(set(self._lines))

    def close_at(self, key: str) -> None:
        """Close the idle connection to an IP address or host ("www.stadt.de:443"; call it in its turn)."""
        with self._lock:
            lines = [line for line in self._lines.values() if key in (line.connected, line.key)]
        for line in lines:
            line.hang_up()

    def _hang_up(self, origins: set[str]) -> None:
        with self._lock:
            lines = [line for origin in origins if (line := self._lines.pop(origin, None))]
            for address, line in list(self._by_address.items()):
                if line in lines:
                    self._by_address.pop(address, None)
        for line in lines:
            line.hang_up()
