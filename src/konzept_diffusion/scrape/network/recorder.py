"""What a visit writes into its archive file: every answer before it is read, and every failure."""

from __future__ import annotations

from collections.abc import Mapping
from typing import TYPE_CHECKING, Any

from ..exchange import NotFetched
from .answers import Known
from .asking import Asked

if TYPE_CHECKING:
    from ..archive.warc import ArchiveWriter


class Recorder:
    """Writes exchanges of one visit; nothing without an archive.

    Parameters
    ----------
    archive
        The Kommune's file, or None.
    """

    def __init__(self, archive: ArchiveWriter | None) -> None:
        self._archive = archive

    def answer(
        self,
        asked: Asked,
        key: str,
        *,
        hop: bool,
        extra: Mapping[str, Any] | None = None,
        known: Known | None = None,
    ) -> str:
        """Write an answer and return its reference ("" without an archive).

        Parameters
        ----------
        asked
            Request and answer.
        key
            Of the request (`exchange.Request.key`).
        hop
            Another answer to the same request follows.
        extra
            What a replay needs beside the answer.
        known
            The earlier answer that a 304 confirms.
        """
        if self._archive is None:
            return ""
        return self._archive.write(
            url=asked.url,
            method=asked.method,
            sent_headers=tuple(asked.sent_headers.items()),
            sent_body=asked.body or b"",
            status_line=asked.status_line,
            headers=asked.headers,
            payload=asked.payload,
            ip=asked.ip,
            started_at=asked.started_at,
            truncated="length" if asked.truncated else None,
            hop=hop,
            key=key,
            extra=extra,
            unmodified=known.original if known is not None else None,
        )

    def failure(self, failure: NotFetched, key: str, sent: int) -> None:
        """Write that a request ended without an answer of use, and how many requests it took."""
        if self._archive is not None:
            self._archive.failure(
                url=failure.url,
                reason=failure.reason,
                detail=failure.detail,
                key=key,
                extra={"sent": sent},
            )
