"""The process that opens PDFs: a file that crashes or blows up the library takes only this process with it.

Run as `python -m konzept_diffusion.documents.worker MEMORY`; spoken to by `documents.pdf` through its
standard input and output. A frame is its length in eight bytes, big endian, then the bytes: a PDF in, a
JSON object out.
"""

from __future__ import annotations

import json
import os
import struct
import sys
import threading
import time
from typing import Any, BinaryIO

MAX_PAGES = 60
MAX_CHARS = 400_000
SCAN_LETTERS = 16
"""Fewer letters than this per page read, on average: the file is a picture of text."""
_LENGTH = struct.Struct(">Q")


def read_pdf(body: bytes) -> dict[str, Any]:
    """Return what a PDF says.

    Parameters
    ----------
    body
        The file.

    Returns
    -------
    dict
        status (ok, needs_ocr, encrypted, broken), text (pages separated by form feeds), pages (in the
        file), read (pages read), title (of the metadata), reason.
    """
    import pypdfium2

    answer: dict[str, Any] = {
        "status": "broken",
        "text": "",
        "pages": 0,
        "read": 0,
        "title": "",
        "reason": "",
    }
    try:
        pdf = pypdfium2.PdfDocument(body)
    except pypdfium2.PdfiumError as error:
        answer["reason"] = str(error)
        if "password" in str(error).lower():
            answer["status"] = "encrypted"
        return answer
    try:
        answer["pages"] = len(pdf)
        answer["title"] = str(pdf.get_metadata_dict().get("Title", ""))
        parts, length = [], 0
        for number in range(min(len(pdf), MAX_PAGES)):
            try:
                page = pdf[number]
                textpage = page.get_textpage()
            except pypdfium2.PdfiumError as error:
                answer["reason"] = f"page {number + 1}: {error}"
                parts.append("")
                continue
            part = textpage.get_text_range(errors="replace")
            textpage.close()
            page.close()
            parts.append(part.replace("\f", " ")[: MAX_CHARS - length])
            length += len(parts[-1])
            if length >= MAX_CHARS:
                break
    finally:
        pdf.close()
    answer["read"] = len(parts)
    if not parts:
        answer["reason"] = answer["reason"] or "no pages"
        return answer
    answer["text"] = "\f".join(parts)
    letters = sum(map(str.isalpha, answer["text"][: SCAN_LETTERS * 4 * len(parts) + 4000]))
    answer["status"] = "ok" if letters >= SCAN_LETTERS * len(parts) else "needs_ocr"
    return answer


def write_frame(stream: BinaryIO, payload: bytes) -> None:
    """Write one frame."""
    stream.write(_LENGTH.pack(len(payload)))
    stream.write(payload)
    stream.flush()


def read_frame(stream: BinaryIO) -> bytes | None:
    """Return the next frame; None at the end of the stream."""
    head = stream.read(_LENGTH.size)
    if len(head) < _LENGTH.size:
        return None
    (length,) = _LENGTH.unpack(head)
    payload = stream.read(length)
    return payload if len(payload) == length else None


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
    """Answer PDFs until the standard input ends."""
    source, target = sys.stdin.buffer, sys.stdout.buffer
    _limit_memory(int(arguments[0]) if arguments else 0)
    _leave_with_the_parent()
    while (body := read_frame(source)) is not None:
        try:
            answer = read_pdf(body)
        except MemoryError:
            answer = {"status": "broken", "reason": "out of memory"}
        except (ValueError, OSError, RuntimeError, OverflowError, KeyError, IndexError) as error:
            answer = {"status": "broken", "reason": f"{type(error).__name__}: {error}"}
        del body
        write_frame(target, json.dumps(answer, ensure_ascii=True).encode())
    return 0


if __name__ == "__main__":
    raise SystemExit(main(sys.argv[1:]))
