"""What one visit remembers of a host: its cookies, its refusals, and why it was given up."""

from __future__ import annotations

from dataclasses import dataclass, field

from ..exchange import NotFetched
from .asking import KNOWN, Cookies

FAILURES = frozenset({"dns", "refused", "tls", "timeout", "broken", "server_error"})
"""Reasons that count as an answer that did not come."""
_AT_ONCE = frozenset({"challenge", "throttled"})
SHARED = frozenset({"forbidden", "challenge", "throttled"})
"""Reasons for which a host is left alone by all surveys of a crawl: it said so itself."""


@dataclass(slots=True)
class Host:
    """State of a host.

    Attributes
    ----------
    cookies
        Never shown to another host or another Kommune's visit.
    stopped
        Why the host was given up; empty while it was not.
    """

    cookies: Cookies = field(default_factory=Cookies)
    stopped: str = ""
    _answers: int = 0
    _refusals: int = 0
    _in_a_row: int = 0
    _failures: int = 0

    @property
    def has_answered(self) -> bool:
        """Return whether any answer came, a refusal included."""
        return self._answers > 0

    def answered(self) -> None:
        """Note an answer of whatever status but 401, 403, 429 and 5xx."""
        self._answers += 1
        self._in_a_row = self._failures = 0

    def failed(self, failure: NotFetched, failures_to_stop: int) -> None:
        """Note a failure and give the host up if it is time.

        401 and 403 end it at a host's first answer, the second time in a row or the third in all; a challenge
        or a long Retry-After at once; other failures after `failures_to_stop` in a row.
        """
        reason = failure.reason
        if failure.detail == KNOWN:
            self.stopped = reason
        elif reason == "forbidden":
            self._refusals += 1
            self._in_a_row += 1
            first = not self._answers
            self._answers += 1
            if first or self._in_a_row >= 2 or self._refusals >= 3:
                self.stopped = reason
        elif reason in _AT_ONCE:
            self.stopped = reason
        elif reason in FAILURES:
            self._failures += 1
            if self._failures >= failures_to_stop:
                self.stopped = reason
