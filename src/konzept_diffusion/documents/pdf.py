"""PDF text from a worker process with limits of time and memory: one process, any number of threads."""

from __future__ import annotations

import atexit
import json
import os
import selectors
import signal
import struct
import subprocess
import sys
import threading
import time
from typing import Any

TIME_LIMIT = 20.0
"""Seconds for one file."""
MEMORY_LIMIT = 2 << 30
"""Bytes of address space of the worker."""
_LENGTH = struct.Struct(">Q")
_CHUNK = 1 << 16


class PdfReader:
    """A worker process that reads PDFs, started when first needed and again when it hangs or dies.

    Parameters
    ----------
    time_limit
        Seconds for one file; then the worker is killed and the file is broken ("time").
    memory_limit
        Bytes of address space; a file that needs more is broken.
    command
        Another worker (tests).
    """

    def __init__(
        self,
        *,
        time_limit: float = TIME_LIMIT,
        memory_limit: int = MEMORY_LIMIT,
        command: tuple[str, ...] = (),
    ) -> None:
        self._limit = time_limit
        self._command = command or (
            sys.executable, "-m", "konzept_diffusion.documents.worker", str(memory_limit)
        )  # fmt: skip
        self._lock = threading.Lock()
        self._worker: subprocess.Popen[bytes] | None = None
        self._owner = 0

    def read(self, body: bytes) -> dict[str, Any]:
        """Return the worker's answer (see `documents.worker.read_pdf`); never raises for a bad file."""
        with self._lock:
            try:
                return self._ask(body)
            except TimeoutError:
                self._stop()
                return {"status": "broken", "reason": f"not read within {self._limit:g} s"}
            except (OSError, EOFError, ValueError) as error:
                self._stop()
                return {"status": "broken", "reason": f"the reader stopped ({type(error).__name__})"}

    def close(self) -> None:
        """End the worker."""
        with self._lock:
            self._stop()

    def _start(self) -> subprocess.Popen[bytes]:
        if self._worker is not None and self._owner != os.getpid():
            self._worker = None  # of the process that this one was forked from
        if self._worker is None or self._worker.poll() is not None:
            self._worker = subprocess.Popen(
                self._command, stdin=subprocess.PIPE, stdout=subprocess.PIPE, stderr=subprocess.DEVNULL,
                bufsize=0, start_new_session=True,
            )  # fmt: skip
            self._owner = os.getpid()
            assert self._worker.stdin is not None
            assert self._worker.stdout is not None
            os.set_blocking(self._worker.stdin.fileno(), False)
            os.set_blocking(self._worker.stdout.fileno(), False)
        return self._worker

    def _ask(self, body: bytes) -> dict[str, Any]:
        worker = self._start()
        assert worker.stdin is not None
        assert worker.stdout is not None
        deadline = time.monotonic() + self._limit
        out, into = worker.stdout.fileno(), worker.stdin.fileno()
        pending = memoryview(_LENGTH.pack(len(body)) + body)
        answer = bytearray()
        with selectors.DefaultSelector() as ready:
            ready.register(out, selectors.EVENT_READ)
            ready.register(into, selectors.EVENT_WRITE)
            while True:
                left = deadline - time.monotonic()
                events = ready.select(left) if left > 0 else []
                if not events:
                    raise TimeoutError
                for key, _ in events:
                    if key.fd == into:
                        pending = pending[os.write(into, pending[:_CHUNK]) :]
                        if not pending:
                            ready.unregister(into)
                    else:
                        part = os.read(out, _CHUNK)
                        if not part:
                            raise EOFError
                        answer += part
                if len(answer) >= _LENGTH.size:
                    (length,) = _LENGTH.unpack_from(answer)
                    if len(answer) >= _LENGTH.size + length:
                        return dict(json.loads(answer[_LENGTH.size : _LENGTH.size + length]))

    def _stop(self) -> None:
        worker, self._worker = self._worker, None
        if worker is None or self._owner != os.getpid():
            return
        if worker.poll() is None:
            # The worker leads its own session, so that Ctrl-C does not reach it: it is ended here.
            worker.send_signal(signal.SIGKILL)
        worker.wait()
        for stream in (worker.stdin, worker.stdout):
            if stream is not None:
                stream.close()


_shared: PdfReader | None = None
_making = threading.Lock()


def shared_reader() -> PdfReader:
    """Return the reader that all threads of this process share."""
    global _shared
    with _making:
        if _shared is None:
            _shared = PdfReader()
            atexit.register(_shared.close)
    return _shared
