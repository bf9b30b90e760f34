"""One crawl per output folder: a lock that the operating system gives back when its process ends, however it ends."""

from __future__ import annotations

import os
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

from ...errors import StepError
from .records import OPEN_FLAGS, unwritable

NAME = ".lock"


@contextmanager
def locked(folder: Path) -> Iterator[None]:
    """Hold the lock of an output folder (flock on its file `.lock`, which names the process and stays).

    Where there is no flock (Windows), nothing is locked: an open archive file cannot be moved there anyway.

    Raises
    ------
    StepError
        If another crawl is at work in the folder, or it cannot be written.
    """
    path = folder / NAME
    try:
        folder.mkdir(parents=True, exist_ok=True)
        handle = os.open(path, os.O_RDWR | OPEN_FLAGS, 0o644)
    except OSError as error:
        raise unwritable(path, error) from error
    try:
        try:
            _lock(handle)
        except BlockingIOError:
            owner = os.read(handle, 32).decode("ascii", "replace").strip()
            who = f"process {owner}" if owner.isdecimal() else "another process"
            raise StepError(
                f"{folder}: a crawl is at work in this folder ({who}). Wait for it, stop it, "
                "or choose another folder with --out."
            ) from None
        try:
            os.ftruncate(handle, 0)
            os.write(handle, f"{os.getpid()}\n".encode())
        except OSError as error:
            raise unwritable(path, error) from error
        yield
    finally:
        os.close(handle)


def _lock(handle: int) -> None:
    try:
        import fcntl
    except ImportError:
        return
    fcntl.flock(handle, fcntl.LOCK_EX | fcntl.LOCK_NB)
