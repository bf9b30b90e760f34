"""One polite HTTP client for all sources: it says who it is, waits when asked to, and checks what it got.

Rules: User-Agent after the Wikimedia User-Agent policy (name, version, contact); Retry-After, Range and
If-Range after RFC 9110. Credentials travel in headers only, to origins that the caller trusts, and never
into a message.
"""

from __future__ import annotations

import os
import time
from collections.abc import Callable, Iterator, Mapping
from contextlib import contextmanager
from dataclasses import dataclass, field
from datetime import UTC, datetime
from email.utils import parsedate_to_datetime
from typing import Any, TypeVar
from urllib.parse import urljoin, urlsplit

import requests
import urllib3

from ..errors import SourceError

CONTACT_VARIABLE = "KONZEPT_CONTACT"
"""Environment variable with a mail address or web page that the services may turn to (optional)."""
_TRANSIENT = frozenset({408, 425, 429, 500, 502, 503, 504})
_REDIRECTS = frozenset({301, 302, 303, 307, 308})
_CHUNK = 1 << 14
_STARTED = "_konzept_started"
"""Attribute of a response: when its request began, by the client's clock."""
_T = TypeVar("_T")


class TransientError(SourceError):
    """A failure that may pass: it is tried again, after `wait` seconds if the server named them."""

    def __init__(self, message: str, wait: float | None = None) -> None:
        self.wait = wait
        super().__init__(message)


@dataclass(frozen=True)
class Policy:
    """How patient the client is.

    Attributes
    ----------
    timeout
        Seconds to connect, and seconds without a byte, until a try counts as failed.
    total
        Seconds from the request to the last byte of its answer, redirects included: a server that sends a
        byte now and then keeps within `timeout` for ever. A request that takes longer is not tried again.
    attempts
        Tries in all (1 or more).
    pause
        Seconds before the second try; doubled before each further one. No jitter: there is one client only.
    longest_pause
        Seconds; a server that asks for more ends the command.
    max_bytes
        Largest body that is accepted.
    """

    timeout: tuple[float, float] = (15.0, 120.0)
    total: float = 3600.0
    attempts: int = 4
    pause: float = 2.0
    longest_pause: float = 600.0
    max_bytes: int = 512 << 20


@dataclass(frozen=True)
class Access:
    """What a service asks of its users: for the message after a refusal (401, 403).

    Attributes
    ----------
    service
        Name of the service.
    variables
        What to set in the environment, in words.
    register
        Page on which an account is made.
    headers
        The credentials as headers; never shown.
    trusted
        Further origins ("https://host") that may get the headers after a redirect.
    """

    service: str
    variables: str = ""
    register: str = ""
    headers: Mapping[str, str] = field(default_factory=dict, repr=False)
    trusted: frozenset[str] = frozenset()


@dataclass(frozen=True)
class Reply:
    """An answer that was read to its end."""

    status: int
    headers: Mapping[str, str]
    body: bytes = field(repr=False)


@dataclass(frozen=True)
class Client:
    """The client; `sleep`, `now` and `clock` (seconds) can be replaced, so that tests wait for nothing."""

    policy: Policy = Policy()
    sleep: Callable[[float], None] = time.sleep
    now: Callable[[], datetime] = lambda: datetime.now(UTC)
    clock: Callable[[], float] = time.monotonic
    session: requests.Session = field(default_factory=requests.Session, repr=False)

    def read(
        self,
        method: str,
        url: str,
        *,
        access: Access,
        expected: frozenset[int] = frozenset({200}),
        **content: Any,
    ) -> Reply:
        """Return the whole answer, tried again after failures that may pass.

        Parameters
        ----------
        method, url
            GET or POST, and the address.
        access
            Service and credentials.
        expected
            Status codes whose body is of use; any other is an error.
        **content
            `params`, `data` or `headers` as `requests` takes them.

        Raises
        ------
        SourceError
            If the service refuses, is not reached, or sends something cut, too large or unexpected.
        """

        def once() -> Reply:
            with self.open(method, url, access=access, expected=expected, **content) as response:
                body = b"".join(self.chunks(response, access.service))
                check_whole(response, len(body), access.service)
                return Reply(response.status_code, dict(response.headers), body)

        return self.retrying(access.service, once)

    def retrying(self, what: str, once: Callable[[], _T]) -> _T:
        """Return what `once` returns, called again (see `Policy`) while it raises TransientError.

        Raises
        ------
        SourceError
            After the last try, or if the server asks for a longer pause than `Policy.longest_pause`.
        """
        pause = self.policy.pause
        for number in range(1, self.policy.attempts + 1):
            try:
                return once()
            except TransientError as error:
                if number == self.policy.attempts:
                    raise SourceError(f"{error} Tried {number} times; try again later.") from None
                wait = pause if error.wait is None else error.wait
                if wait > self.policy.longest_pause:
                    raise SourceError(
                        f"{what}: the server asks for a pause of {wait:.0f} seconds. Try again after that."
                    ) from None
                self.sleep(wait)
                pause *= 2
        raise SourceError(f"{what}: no try was allowed (Policy.attempts is {self.policy.attempts}).")

    @contextmanager
    def open(
        self,
        method: str,
        url: str,
        *,
        access: Access,
        expected: frozenset[int] = frozenset({200}),
        headers: Mapping[str, str] | None = None,
        **content: Any,
    ) -> Iterator[requests.Response]:
        """Yield one answer whose body is not read yet (one try; redirects followed).

        Raises
        ------
        TransientError, SourceError
            As for `read`.
        """
        sent = {"User-Agent": user_agent(), **(headers or {}), **access.headers}
        target, started = url, self.clock()
        with _network_errors(access.service):
            for _ in range(6):
                response = self.session.request(
                    method,
                    target,
                    headers=sent,
                    stream=True,
                    allow_redirects=False,
                    timeout=self.policy.timeout,
                    **content,
                )
                with response:
                    setattr(response, _STARTED, started)
                    self._in_time(started, access.service)
                    if response.status_code not in _REDIRECTS:
                        if response.status_code not in expected:
                            raise self._refusal(response, access)
                        yield response
                        return
                    target = _redirect(response, method, access)
                    content.pop("params", None)
        raise SourceError(f"{access.service}: redirects in a circle at {origin(url)}.")

    def chunks(self, response: requests.Response, what: str) -> Iterator[bytes]:
        """Yield the body in pieces, up to `Policy.max_bytes` and `Policy.total`."""
        size, started = 0, getattr(response, _STARTED, self.clock())
        with _network_errors(what):
            for chunk in _pieces(response):
                self._in_time(started, what)
                size += len(chunk)
                if size > self.policy.max_bytes:
                    raise SourceError(
                        f"{what}: the answer is larger than {self.policy.max_bytes:,} bytes, which nothing "
                        "here should be. Ask for less (fewer years or keys)."
                    )
                yield chunk

    def _in_time(self, started: float, what: str) -> None:
        if self.clock() - started > self.policy.total:
            raise SourceError(
                f"{what}: the answer was not whole after {self.policy.total:,.0f} seconds. Try again later, or "
                "ask for less (fewer years or keys)."
            )

    def _refusal(self, response: requests.Response, access: Access) -> SourceError:
        status, where = response.status_code, origin(response.url)
        if status in _TRANSIENT:
            wait = retry_after(response.headers.get("Retry-After"), self.now())
            return TransientError(f"{access.service}: {where} answered with HTTP {status}.", wait)
        if status in (401, 403):
            return SourceError(refused(access, f"HTTP {status}"))
        hint = "The address has changed; see docs/sources.md." if status in (404, 410) else "Try again later."
        return SourceError(f"{access.service}: {where} answered with HTTP {status}. {hint}")


def refused(access: Access, reason: str) -> str:
    """Return the sentence that says which credentials are asked for and where to get them."""
    if not access.variables:
        return (
            f"{access.service}: access was refused ({reason}). Set {CONTACT_VARIABLE} to a mail address or "
            "web page, so that the service knows whom to turn to, and try again later."
        )
    return (
        f"{access.service}: the credentials were refused ({reason}). Set {access.variables}; an account is "
        f"free: {access.register}."
    )


def user_agent() -> str:
    """Return how the client names itself: package, version, purpose, contact if there is one.

    Raises
    ------
    SourceError
        If KONZEPT_CONTACT cannot stand in a header.
    """
    from .. import __version__

    contact = os.environ.get(CONTACT_VARIABLE, "").strip()
    if not (contact.isascii() and contact.isprintable()) or set(contact) & set("()"):
        raise SourceError(
            f"{CONTACT_VARIABLE}: a mail address or web page in plain ASCII without brackets was expected."
        )
    purpose = "research on German municipalities" + (f"; {contact}" if contact else "")
    return f"konzept-diffusion/{__version__} ({purpose}) python-requests/{requests.__version__}"


def retry_after(value: str | None, now: datetime) -> float | None:
    """Return the seconds that a Retry-After header asks for (a number or an HTTP date); None if none."""
    text = (value or "").strip()
    if text.isascii() and text.isdigit():
        return float(text)
    try:
        moment = parsedate_to_datetime(text)
    except ValueError:
        return None
    moment = moment if moment.tzinfo else moment.replace(tzinfo=UTC)
    return max(0.0, (moment - now).total_seconds())


def check_whole(response: requests.Response, received: int, what: str) -> None:
    """Raise TransientError if fewer bytes came than the server announced.

    urllib3 2 notices that itself; urllib3 1.26, which `requests` allows too, does not.
    """
    announced = response.headers.get("Content-Length", "")
    if "Content-Encoding" not in response.headers and announced.isdigit() and received != int(announced):
        raise TransientError(f"{what}: {received:,} of {announced} bytes came.")


def origin(url: str) -> str:
    """Return scheme, host and port of an address (no path, no query, no user)."""
    parts = urlsplit(url)
    return f"{parts.scheme}://{parts.hostname or ''}" + (f":{parts.port}" if parts.port else "")


def _redirect(response: requests.Response, method: str, access: Access) -> str:
    """Return the next address; credentials only follow to the same or a trusted origin."""
    try:
        target = urljoin(response.url, response.headers.get("Location", ""))
        aim = origin(target)
    except ValueError:
        raise SourceError(f"{access.service}: the service redirects to an address that is none.") from None
    if method != "GET" and response.status_code not in (307, 308):
        raise SourceError(
            f"{access.service}: the service has moved to {aim} (HTTP {response.status_code}). The "
            "package must be adapted; see docs/sources.md."
        )
    if access.headers and aim not in {origin(response.url), *access.trusted}:
        raise SourceError(
            f"{access.service}: the service redirects to {aim}, which is not known to belong to "
            "it; the credentials were not sent there."
        )
    return target


def _pieces(response: requests.Response) -> Iterator[bytes]:
    """Yield the body as it arrives, decoded.

    `iter_content` waits until a whole piece is there, which a slow server can draw out past any deadline;
    `read1` (urllib3 2) returns what has come.
    """
    read1 = getattr(response.raw, "read1", None)
    if read1 is None:
        yield from response.iter_content(_CHUNK)
        return
    while piece := read1(_CHUNK, decode_content=True):
        yield piece


@contextmanager
def _network_errors(what: str) -> Iterator[None]:
    """Turn the errors of `requests` into ours. Their texts are left out: they may hold the full address."""
    try:
        yield
    except requests.exceptions.SSLError:
        raise SourceError(f"{what}: the certificate of the server cannot be checked.") from None
    except (requests.exceptions.Timeout, urllib3.exceptions.TimeoutError):
        raise TransientError(f"{what}: the server does not answer in time.") from None
    except (
        requests.exceptions.ChunkedEncodingError,
        requests.exceptions.ContentDecodingError,
        urllib3.exceptions.ProtocolError,
        urllib3.exceptions.DecodeError,
    ):
        raise TransientError(f"{what}: the answer broke off before its end.") from None
    except requests.exceptions.ConnectionError:
        raise TransientError(f"{what}: the server cannot be reached, or the connection broke.") from None
    except requests.exceptions.RequestException as error:
        raise SourceError(f"{what}: the request cannot be sent ({type(error).__name__}).") from None
