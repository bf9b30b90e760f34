"""How warcio writes records: HTTP headers byte by byte as received, every record a gzip member of its own."""

from __future__ import annotations

import zlib

from warcio.statusandheaders import StatusAndHeaders

LEVEL = 3
"""zlib level of text; what the server compressed already is stored as it is."""


class Block(StatusAndHeaders):
    """HTTP start line and headers, byte by byte as they were on the wire (ISO-8859-1, as they were read).

    warcio would percent-encode what is not ASCII.
    """

    def __init__(self, block: bytes) -> None:
        super().__init__("", [], protocol="HTTP/1.1")
        self.headers_buff = block

    def __bool__(self) -> bool:
        """Say that there are headers: warcio would look for them in the payload."""
        return True

    def compute_headers_buffer(self, header_filter: object = None) -> None:
        """Leave the bytes as they are."""


class Members:
    """Where warcio writes to: each record becomes a gzip member of its own."""

    def __init__(self) -> None:
        self.done: list[bytes] = []
        self.begin(LEVEL)

    def begin(self, level: int) -> None:
        """Begin a member with a zlib level (0 to 9)."""
        self._compressor = zlib.compressobj(level, zlib.DEFLATED, 31)

    def write(self, data: bytes) -> None:
        """Take bytes of the record."""
        self.done.append(self._compressor.compress(data))

    def flush(self) -> None:
        """End the member."""
        self.done.append(self._compressor.flush())

    @property
    def size(self) -> int:
        """Bytes of the members not taken yet."""
        return sum(map(len, self.done))

    def take(self) -> bytes:
        """Return the members made so far and forget them."""
        content = b"".join(self.done)
        self.done.clear()
        return content
