"""Files read in a worker process with limits of time and memory: one process, any number of threads."""

from __future__ import annotations

import atexit
import contextlib
import json
import os
import selectors
import signal
import subprocess
import sys
import threading
import time
from typing import Any

from .reasons import Reading
from .worker import HEAD, LENGTH

TIME_LIMIT = 20.0
"""Seconds for one file."""
MEMORY_LIMIT = 1 << 30
"""Bytes of address space of the worker."""
FILES_A_WORKER = 2000
"""A worker is replaced after so many files, so that what a library leaks does not add up."""
_CHUNK = 1 << 20
_READ_CHUNK = 1 << 16

_RSS_UNIT = 1 if sys.platform == "darwin" else 1024


class FileReader:
    """A worker process that reads files, started when first needed and again when it hangs or dies.

    Parameters
    ----------
    time_limit
        Seconds for one file; then the worker is killed ("timeout"). From half of it on no further page is begun.
    memory_limit
        Bytes of address space; a file that needs more gives "memory". A library that ends the process on a file gives
        "crashed", or "memory" where the process held more than half of the limit.
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
        self._limit, self._memory = time_limit, memory_limit
        self._floor = 0
        self._command = command or (
            sys.executable, "-m", "konzept_diffusion.documents.worker", str(memory_limit), str(time_limit / 2)
        )  # fmt: skip
        self._lock = threading.Lock()
        self._worker: subprocess.Popen[bytes] | None = None
        self._owner = 0
        self._files = 0

    def read(self, body: bytes, kind: bytes = b"P") -> Reading:
        """Return what a file says; never raises for a bad file.

        Parameters
        ----------
        body
            The file.
        kind
            P (PDF), O (docx, odt), R (rtf) or S (a scanned PDF by OCR): see `documents.worker`.
        """
        with self._lock:
            deadline = time.monotonic() + self._limit
            said = self._try(kind, body, deadline)
            if kind == b"P" and said.reason == "crashed" and time.monotonic() < deadline:
                second = self._try(b"F", body, deadline)
                said = second if second.status in ("ok", "needs_ocr") else said
            return said

    def close(self) -> None:
        """End the worker."""
        with self._lock:
            self._stop()

    def _try(self, kind: bytes, body: bytes, deadline: float) -> Reading:
        try:
            return self._ask(kind, body, deadline)
        except TimeoutError:
            self._stop()
            return Reading("broken", reason="timeout", detail=f"not read within {self._limit:g} s")
        except (OSError, EOFError, ValueError) as error:
            ended, peak = self._stop()
            reason = "memory" if peak > self._memory / 2 else "crashed"
            detail = f"the reader ended ({type(error).__name__}, {ended}, {peak >> 20} MB)"
            return Reading("broken", reason=reason, detail=detail)

    def _start(self) -> subprocess.Popen[bytes]:
        if self._worker is not None and self._owner != os.getpid():
            self._worker = None  # of the process that this one was forked from
        if self._files >= FILES_A_WORKER:
            self._stop()
        if self._worker is None or self._worker.poll() is not None:
            self._stop()
            self._worker = subprocess.Popen(
                self._command, stdin=subprocess.PIPE, stdout=subprocess.PIPE, stderr=subprocess.DEVNULL,
                bufsize=0, start_new_session=True,
            )  # fmt: skip
            self._owner, self._files, self._floor = os.getpid(), 0, _own_peak()
            assert self._worker.stdin is not None
            assert self._worker.stdout is not None
            os.set_blocking(self._worker.stdin.fileno(), False)
            os.set_blocking(self._worker.stdout.fileno(), False)
        self._files += 1
        return self._worker

    def _ask(self, kind: bytes, body: bytes, deadline: float) -> Reading:
        worker = self._start()
        assert worker.stdin is not None
        assert worker.stdout is not None
        out, into = worker.stdout.fileno(), worker.stdin.fileno()
        pending = memoryview(HEAD.pack(kind, len(body)) + body)
        said = bytearray()
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
                        part = os.read(out, _READ_CHUNK)
                        if not part:
                            raise EOFError
                        said += part
                if len(said) >= LENGTH.size:
                    (length,) = LENGTH.unpack_from(said)
                    if len(said) >= LENGTH.size + length:
                        return _reading(json.loads(said[LENGTH.size : LENGTH.size + length]))

    def _stop(self) -> tuple[int, int]:
        """End the worker with all that it started; return its exit code and its peak memory in bytes."""
        worker, self._worker = self._worker, None
        if worker is None or self._owner != os.getpid():
            return 0, 0
        # The worker leads its own session, so that Ctrl-C does not reach it: it is ended here, with an OCR program
        # that it may be waiting for.
        peak = 0
        if worker.returncode is None and hasattr(os, "wait4"):
            with contextlib.suppress(ProcessLookupError, PermissionError):
                os.killpg(worker.pid, signal.SIGKILL)
            _, status, usage = os.wait4(worker.pid, 0)
            worker.returncode = os.waitstatus_to_exitcode(status)
            peak = usage.ru_maxrss * _RSS_UNIT
            if (
                peak <= 1.1 * self._floor
            ):  # a child's peak begins with what its parent held when it started it
                peak = 0
        elif worker.returncode is None:
            worker.kill()
        worker.wait()
        for stream in (worker.stdin, worker.stdout):
            if stream is not None:
                stream.close()
        return worker.returncode, peak


def _own_peak() -> int:
    """Return the peak memory of this process in bytes; 0 where it cannot be told (Windows)."""
    try:
        import resource
    except ImportError:
        return 0
    return resource.getrusage(resource.RUSAGE_SELF).ru_maxrss * _RSS_UNIT


def _reading(said: dict[str, Any]) -> Reading:
    return Reading(**{**said, "pages": tuple(said["pages"])})


_shared: FileReader | None = None
_making = threading.Lock()


def shared_reader() -> FileReader:
    """Return the reader that all threads of this process share."""
    global _shared
    with _making:
        if _shared is None:
            _shared = FileReader()
            atexit.register(_shared.close)
    return _shared
