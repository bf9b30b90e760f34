"""One crawl per folder."""

from __future__ import annotations

import os
import signal
import subprocess
import sys
from pathlib import Path

import pytest

from konzept_diffusion.errors import StepError
from konzept_diffusion.scrape.archive.lockfile import locked

_HOLDER = """
import sys
from pathlib import Path
from konzept_diffusion.scrape.archive.lockfile import locked
with locked(Path(sys.argv[1])):
    print("locked", flush=True)
    sys.stdin.read()
"""


def test_a_second_crawl_is_refused_and_told_who_is_at_work(tmp_path: Path) -> None:
    folder = tmp_path / "out"
    with (
        locked(folder),
        pytest.raises(StepError, match=rf"at work in this folder \(process {os.getpid()}\)"),
        locked(folder),
    ):
        pytest.fail("two crawls in one folder")
    with locked(folder):
        pass


def test_the_lock_goes_with_its_process_however_it_ends(tmp_path: Path) -> None:
    command = [sys.executable, "-c", _HOLDER, str(tmp_path)]
    with subprocess.Popen(command, stdin=subprocess.PIPE, stdout=subprocess.PIPE, text=True) as process:
        assert process.stdout is not None
        assert process.stdout.readline() == "locked\n"
        with pytest.raises(StepError, match=f"process {process.pid}"), locked(tmp_path):
            pytest.fail("two crawls in one folder")
        os.kill(process.pid, signal.SIGKILL)
        process.wait()
        with locked(tmp_path):
            assert (tmp_path / ".lock").read_text() == f"{os.getpid()}\n"


def test_a_folder_that_cannot_be_made_is_named(tmp_path: Path) -> None:
    (tmp_path / "out").write_text("a file")
    with pytest.raises(StepError, match="cannot be written"), locked(tmp_path / "out"):
        pytest.fail("no folder")
