"""Dating evidence from web archives: when an address, or the very file, was captured first.

A first capture says that something existed by then: an upper bound of its year (`spaetestens`), never the year
of a document or of its adoption. Two archives can be asked, each within the limits that it has made known:

- Wayback Machine, CDX server (parameters:
  https://github.com/internetarchive/wayback/blob/master/wayback-cdx-server/README.md). 24 requests a minute
  (https://github.com/edgi-govdata-archiving/wayback/releases/tag/v0.5.1); who goes on for a minute after a 429
  is blocked for an hour, then for twice as long
  (https://github.com/edgi-govdata-archiving/wayback/issues/137).
- Common Crawl, URL index, one per crawl (https://commoncrawl.org/cdxj-index; parameters:
  https://pywb.readthedocs.io/en/latest/manual/cdxserver_api.html). A single machine that asks not to be
  overloaded and to keep collinfo.json, which changes once a month
  (https://groups.google.com/g/common-crawl/c/3QmQjFA_3y4/m/vTbhGqIBBQAJ), to try again at most once a second and
  to slow down at a 503 (https://status.commoncrawl.org), or it refuses the caller
  (https://github.com/commoncrawl/cc-index-server/issues/15). No capture is a 404 with the message "No Captures
  found" or an empty answer (https://github.com/webrecorder/pywb/issues/627).
"""

from __future__ import annotations

import json
import time
from collections.abc import Callable, Iterator, Mapping
from dataclasses import dataclass
from datetime import UTC, datetime
from typing import Any, Protocol
from urllib.parse import urlencode

import requests

from ...errors import SourceError
from ...sources.http import retry_after, user_agent

WAYBACK = "https://web.archive.org/cdx/search/cdx"
WAYBACK_COPIES = "https://web.archive.org/web"
COLLECTIONS = "https://index.commoncrawl.org/collinfo.json"
COMMON_CRAWL_FILES = "https://data.commoncrawl.org"
BASIS = "spaetestens"
"""What a capture's year rests on: the code of the vocabulary's `YEAR_BASES`."""


@dataclass(frozen=True, slots=True)
class Reply:
    """An archive's answer: status, headers (lower case), body."""

    status: int
    headers: Mapping[str, str]
    body: bytes


Fetch = Callable[[str], Reply]
"""How an address is asked for; raises OSError if there is no answer."""


@dataclass(frozen=True, slots=True)
class Capture:
    """A capture with status 200.

    Attributes
    ----------
    archive
        wayback or commoncrawl.
    url
        Address as captured.
    timestamp
        UTC, 14 digits.
    capture_url
        Where the copy is.
    digest
        SHA-1 of the payload in Base32, as in WARC files without "sha1:".
    match
        "bytes": the file asked for, by its digest; "address": whatever lay at the address.
    """

    archive: str
    url: str
    timestamp: str
    capture_url: str
    digest: str
    match: str

    @property
    def captured_at(self) -> str:
        """UTC, ISO 8601."""
        return datetime.strptime(self.timestamp, "%Y%m%d%H%M%S").strftime("%Y-%m-%dT%H:%M:%SZ")


class Index(Protocol):
    """An archive's index."""

    archive: str

    def first_capture(self, url: str, *, digest: str = "", before: str = "") -> Capture | None:
        """Return the first capture of an address, or of the file with this digest there; None if there is none.

        One later than `before` (14 digits, found in another archive) need not be looked for.
        """
        ...


def upper_bound(capture: Capture) -> tuple[int, str]:
    """Return the year by which what was captured existed, and its basis: always `spaetestens`."""
    return int(capture.timestamp[:4]), BASIS


@dataclass(frozen=True)
class Manners:
    """How an archive is asked.

    Attributes
    ----------
    interval
        Seconds from one request to the next.
    pause
        Seconds before a request is made again after 429 or 503, if the archive names none; doubled each time.
    attempts
        Requests in all for one answer.
    longest_pause
        Seconds; an archive that asks for more is left alone.
    """

    interval: float
    pause: float
    attempts: int = 3
    longest_pause: float = 900.0


WAYBACK_MANNERS = Manners(interval=2.5, pause=90.0)
"""24 requests a minute; a pause longer than the minute after which a caller is blocked."""
COMMON_CRAWL_MANNERS = Manners(interval=2.0, pause=30.0)


class _Asking:
    """Asks one archive, one request at a time, within its limits."""

    def __init__(
        self,
        fetch: Fetch,
        manners: Manners,
        *,
        clock: Callable[[], float] = time.monotonic,
        sleep: Callable[[float], None] = time.sleep,
    ) -> None:
        self._fetch, self._manners, self._clock, self._sleep = fetch, manners, clock, sleep
        self._next = 0.0

    def __call__(self, url: str, service: str) -> Reply:
        """Return an answer that is no demand to slow down.

        Raises
        ------
        SourceError
            If the archive refuses (403), does not answer, or goes on asking for patience.
        """
        pause, trouble = self._manners.pause, ""
        for attempt in range(self._manners.attempts):
            if attempt:
                self._sleep(pause)
                pause *= 2
            self._sleep(max(0.0, self._next - self._clock()))
            self._next = self._clock() + self._manners.interval
            try:
                reply = self._fetch(url)
            except OSError as error:
                trouble = f"no answer ({error})"
                continue
            if reply.status == 429 or reply.status >= 500:
                trouble = f"it answered {reply.status}"
                asked = retry_after(reply.headers.get("retry-after"), datetime.now(UTC)) or 0.0
                if asked > self._manners.longest_pause:
                    trouble = f"it asks for a pause of {asked:.0f} s"
                    break
                pause = max(pause, asked)
                continue
            return reply
        raise SourceError(f"{service}: {trouble}. Go on later: what was found is kept.")


class Wayback:
    """The Wayback Machine's index.

    Parameters
    ----------
    fetch
        How an address is asked for.
    manners, clock, sleep
        Limits and time.
    endpoint
        Address of the CDX server.
    """

    archive = "wayback"

    def __init__(
        self, fetch: Fetch, *, manners: Manners = WAYBACK_MANNERS, endpoint: str = WAYBACK, **timing: Any
    ) -> None:
        self._ask = _Asking(fetch, manners, **timing)
        self._endpoint = endpoint

    def first_capture(self, url: str, *, digest: str = "", before: str = "") -> Capture | None:
        """Return the first capture of an address with status 200, or None.

        Parameters
        ----------
        url
            The address; http and https, with and without www. count as one there.
        digest
            SHA-1 in Base32 ("sha1:" may precede): only captures of this very file count.
        before
            Timestamp of an earlier find: later captures do not count.

        Raises
        ------
        SourceError
            If the archive cannot be asked.
        """
        digest = digest.removeprefix("sha1:")
        filters = ["statuscode:200", *([f"digest:{digest}"] if digest else [])]
        query = [("url", url), ("output", "json"), ("fl", "timestamp,original,digest"), ("limit", "1")]
        query += [("filter", item) for item in filters]
        query += [("to", before)] if before else []
        reply = self._ask(f"{self._endpoint}?{urlencode(query)}", "Wayback Machine")
        if reply.status == 403 and b"AccessControlException" in reply.body:
            return None  # the site is left out of the archive
        _expect_ok(reply, "Wayback Machine")
        rows = _rows(reply.body, "Wayback Machine")
        if len(rows) < 2:
            return None
        row = dict(zip(rows[0], rows[1], strict=False))
        timestamp, original = _timestamp(row, "Wayback Machine"), str(row.get("original", url))
        return Capture(
            self.archive,
            original,
            timestamp,
            f"{WAYBACK_COPIES}/{timestamp}/{original}",
            str(row.get("digest", "")),
            "bytes" if digest else "address",
        )


class CommonCrawl:
    """Common Crawl's indexes, one per crawl, asked from the oldest on.

    Parameters
    ----------
    fetch
        How an address is asked for.
    manners, clock, sleep
        Limits and time.
    collections
        Address of the list of indexes; asked for once.
    """

    archive = "commoncrawl"

    def __init__(
        self,
        fetch: Fetch,
        *,
        manners: Manners = COMMON_CRAWL_MANNERS,
        collections: str = COLLECTIONS,
        **timing: Any,
    ) -> None:
        self._ask = _Asking(fetch, manners, **timing)
        self._collections = collections
        self._indexes: list[tuple[str, str]] | None = None

    def first_capture(self, url: str, *, digest: str = "", before: str = "") -> Capture | None:
        """Return the first capture of an address with status 200, or None.

        Parameters
        ----------
        url
            The address.
        digest
            SHA-1 in Base32 ("sha1:" may precede): only captures of this very file count.
        before
            Timestamp of an earlier find: crawls of later years are not asked, as they cannot better it. There
            are over a hundred indexes: without it, an address that was never crawled costs as many requests.

        Raises
        ------
        SourceError
            If the archive cannot be asked.
        """
        digest = digest.removeprefix("sha1:")
        query = [("url", url), ("output", "json"), ("limit", "1"), ("filter", "=status:200")]
        query += [("filter", f"=digest:{digest}")] if digest else []
        for year, endpoint in self._known_indexes():
            if before and year > before[:4]:
                break
            reply = self._ask(f"{endpoint}?{urlencode(query)}", "Common Crawl")
            if reply.status == 404:
                continue
            _expect_ok(reply, "Common Crawl")
            for row in _lines(reply.body):
                timestamp = _timestamp(row, "Common Crawl")
                place = f"{row.get('filename', '')}#{row.get('offset', '')}-{row.get('length', '')}"
                return Capture(
                    self.archive,
                    str(row.get("url", url)),
                    timestamp,
                    f"{COMMON_CRAWL_FILES}/{place}",
                    str(row.get("digest", "")),
                    "bytes" if digest else "address",
                )
        return None

    def _known_indexes(self) -> list[tuple[str, str]]:
        """Return first year and address of the indexes, oldest first ("CC-MAIN-2018-05": 2018)."""
        if self._indexes is None:
            reply = self._ask(self._collections, "Common Crawl")
            _expect_ok(reply, "Common Crawl")
            found = []
            for item in _rows(reply.body, "Common Crawl"):
                if not isinstance(item, dict) or not {"id", "cdx-api"} <= item.keys():
                    raise SourceError("Common Crawl: the list of indexes has another form than documented.")
                name = str(item["id"]).removeprefix("CC-MAIN-")
                found.append((name, str(item["cdx-api"])))
            self._indexes = [(name[:4], endpoint) for name, endpoint in sorted(found)]
        return self._indexes


def web_fetch(timeout: float = 60.0) -> Fetch:
    """Return a fetch over HTTPS that says who it is (`sources.http.user_agent`)."""
    session = requests.Session()
    session.headers["User-Agent"] = user_agent()

    def fetch(url: str) -> Reply:
        answer = session.get(url, timeout=timeout)
        return Reply(
            answer.status_code, {name.lower(): text for name, text in answer.headers.items()}, answer.content
        )

    return fetch


def _expect_ok(reply: Reply, service: str) -> None:
    if reply.status == 403:
        raise SourceError(f"{service}: it refuses us (403). Leave it alone for some hours, then go on.")
    if reply.status != 200:
        raise SourceError(f"{service}: an unexpected answer ({reply.status}).")


def _rows(body: bytes, service: str) -> list[Any]:
    try:
        rows = json.loads(body) if body.strip() else []
    except ValueError:
        rows = None
    if not isinstance(rows, list):
        raise SourceError(f"{service}: the answer is no JSON list.")
    return rows


def _lines(body: bytes) -> Iterator[dict[str, Any]]:
    for line in body.splitlines():
        if line.strip():
            try:
                row = json.loads(line)
            except ValueError:
                row = None
            if not isinstance(row, dict):
                raise SourceError("Common Crawl: a line of the answer is no JSON object.")
            yield row


def _timestamp(row: Mapping[str, Any], service: str) -> str:
    timestamp = str(row.get("timestamp", ""))
    try:
        datetime.strptime(timestamp, "%Y%m%d%H%M%S")
    except ValueError:
        raise SourceError(f"{service}: a capture with the timestamp {timestamp!r}.") from None
    return timestamp
