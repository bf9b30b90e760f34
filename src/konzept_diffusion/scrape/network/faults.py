"""What went wrong on the wire, in the words of `exchange.REASONS`."""

from __future__ import annotations

import ssl
from typing import Any

import requests
import urllib3
from urllib3.exceptions import (
    ConnectTimeoutError,
    IncompleteRead,
    LocationValueError,
    NewConnectionError,
    ReadTimeoutError,
)

from ..exchange import NotFetched


def named(error: BaseException, url: str, *, late: bool) -> NotFetched:
    """Return the failure in our words. The libraries' texts may hold addresses of memory: they are left out.

    Parameters
    ----------
    error
        What `requests`, `urllib3` or the socket raised.
    url
        Address that was asked.
    late
        The deadline for the whole answer has passed.
    """
    causes: list[BaseException] = []
    waiting: list[Any] = [error]
    while waiting and len(causes) < 20:
        cause = waiting.pop(0)
        if isinstance(cause, BaseException) and cause not in causes:
            causes.append(cause)
            waiting += [getattr(cause, "reason", None), *cause.args, cause.__cause__]

    def seen(*kinds: type[BaseException]) -> BaseException | None:
        return next((cause for cause in causes if isinstance(cause, kinds)), None)

    if seen(NewConnectionError) and not late:  # to urllib3 it is a ConnectTimeoutError, too
        number = seen(OSError)
        return NotFetched("refused", url, getattr(number, "strerror", "") or "")
    if late or seen(ConnectTimeoutError, ReadTimeoutError, TimeoutError):
        detail = "not whole in time" if late else "connecting" if seen(ConnectTimeoutError) else "reading"
        return NotFetched("timeout", url, detail)
    fault = seen(ssl.SSLError)
    if fault is not None:
        return NotFetched(
            "tls", url, getattr(fault, "verify_message", "") or str(getattr(fault, "reason", ""))
        )
    if seen(requests.exceptions.SSLError, urllib3.exceptions.SSLError):
        return NotFetched("tls", url)
    if seen(IncompleteRead):
        return NotFetched("broken", url, "cut off")
    if seen(requests.exceptions.InvalidURL, LocationValueError, UnicodeError):
        return NotFetched("bad_address", url)
    last = causes[-1]
    return NotFetched("broken", url, getattr(last, "strerror", None) or type(last).__name__)
