"""Which process is which: a name that no later process of the same machine bears."""

from __future__ import annotations

import os
import sys
from pathlib import Path
from typing import Any

_QUERY = 0x1000
_ACCESS_DENIED = 5
_STILL_ACTIVE = 259


def process_name(pid: int) -> str:
    """Return what names a process for good: its id and when it started; "" if there is none.

    Where the system does not tell when a process started, the id alone is the name.
    """
    if sys.platform == "win32":
        return windows_name(pid)
    try:
        stat = Path(f"/proc/{pid}/stat").read_bytes()
    except OSError:
        if Path("/proc/self/stat").exists():
            return ""
        try:
            os.kill(pid, 0)
        except ProcessLookupError:
            return ""
        except PermissionError:
            pass
        return f"{pid}:"
    fields = stat.rpartition(b")")[2].split()
    return "" if fields[0] in (b"Z", b"X") else f"{pid}:{fields[19].decode()}"


def windows_name(pid: int, kernel: Any = None) -> str:
    """Return the name of a process of Windows, where `os.kill(pid, 0)` would end it instead of looking.

    Parameters
    ----------
    pid
        Process id.
    kernel
        kernel32; by default the system's.

    Source: Windows API, processthreadsapi.h (OpenProcess, GetExitCodeProcess, GetProcessTimes).
    """
    import ctypes

    if kernel is None:
        kernel = ctypes.WinDLL("kernel32", use_last_error=True)  # type: ignore[attr-defined]
        kernel.OpenProcess.restype = ctypes.c_void_p
    handle = kernel.OpenProcess(_QUERY, False, pid)
    if not handle:
        # A process of another user is not shown, but it is there.
        return f"{pid}:" if kernel.GetLastError() == _ACCESS_DENIED else ""
    handle = ctypes.c_void_p(handle)
    try:
        code = ctypes.c_ulong(0)
        times = [ctypes.c_ulonglong(0) for _ in range(4)]
        known = kernel.GetExitCodeProcess(handle, ctypes.byref(code))
        if known and code.value != _STILL_ACTIVE:
            return ""
        kernel.GetProcessTimes(handle, *(ctypes.byref(time) for time in times))
        return f"{pid}:{times[0].value}"
    finally:
        kernel.CloseHandle(handle)
