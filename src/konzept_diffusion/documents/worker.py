"""The process that opens files: one that crashes or blows up a library takes only this process with it.

Run as `python -m konzept_diffusion.documents.worker MEMORY SECONDS`; spoken to by `documents.reader` through
its standard input and output. A request is one byte for what to do (P a PDF, F a PDF by the fallback, O an
office archive, R rich text, S a scanned PDF), the length in eight bytes, big endian, and the file; an answer is
its length and a JSON object with the fields of `reasons.Reading`. Files travel as bytes, not as paths: the crawl
has them in memory, and copying one through a pipe costs far less than reading it.
"""

from __future__ import annotations

import json
import os
import struct
import sys
import threading
import time
from dataclasses import asdict
from typing import BinaryIO

from .reasons import BAD_FILE, Reading

HEAD = struct.Struct(">cQ")
LENGTH = struct.Struct(">Q")


def answer(kind: bytes, body: bytes, seconds: float) -> Reading:
    """Return what a file says.

    Parameters
    ----------
    kind
        P, F, O, R or S (see the module).
    body
        The file.
    seconds
        No further page is begun after this time.

    Raises
    ------
    ValueError
        For an unknown kind.
    """
    try:
        if kind in (b"P", b"F"):
            from .pdf import read_pdf

            return read_pdf(body, seconds=seconds, fallback_only=kind == b"F")
        if kind == b"O":
            from .office import read_office

            return read_office(body)
        if kind == b"R":
            from .rtf import read_rtf

            return read_rtf(body)
        if kind == b"S":
            from .ocr import read_scan

            return read_scan(body, seconds=seconds)
    except MemoryError:
        return Reading("broken", reason="memory", detail="out of memory")
    except BAD_FILE as error:
        return Reading("broken", reason="damaged", detail=f"{type(error).__name__}: {error}"[:300])
    raise ValueError(f"unknown kind {kind!r}")


def _exactly(stream: BinaryIO, size: int) -> bytes | None:
    payload = stream.read(size)
    return payload if len(payload) == size else None


def _leave_with_the_parent() -> None:
    # The end of standard input ends an idle worker; a busy one looks after its parent itself.
    parent = os.getppid()

    def watch() -> None:
        while os.getppid() == parent:
            time.sleep(1)
        os._exit(0)

    threading.Thread(target=watch, daemon=True).start()


def _limit_memory(size: int) -> None:
    if sys.platform == "win32" or not size:
        return
    import resource

    resource.setrlimit(resource.RLIMIT_AS, (size, size))
    resource.setrlimit(resource.RLIMIT_CORE, (0, 0))


def main(arguments: list[str]) -> int:
    """Answer requests until the standard input ends."""
    source, target = sys.stdin.buffer, sys.stdout.buffer
    _limit_memory(int(arguments[0]))
    seconds = float(arguments[1])
    _leave_with_the_parent()
    while (head := _exactly(source, HEAD.size)) is not None:
        kind, length = HEAD.unpack(head)
        body = _exactly(source, length)
        if body is None:
            break
        said = answer(kind, body, seconds)
        del body
        payload = json.dumps(asdict(said), ensure_ascii=False).encode("utf-8", "replace")  # half characters
        target.write(LENGTH.pack(len(payload)) + payload)
        target.flush()
    return 0


if __name__ == "__main__":
    raise SystemExit(main(sys.argv[1:]))
