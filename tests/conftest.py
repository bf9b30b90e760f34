"""Shared by all tests: one full run of `reproduce`, and where the files outside the project would be."""

from pathlib import Path

import pytest


@pytest.fixture(scope="session")
def reproduced(tmp_path_factory) -> Path:
    """Return the folder of a full run from the embedded data (made once)."""
    from konzept_diffusion.pipeline.reproduce import reproduce

    said = []
    out = reproduce(tmp_path_factory.mktemp("run") / "out", say=said.append)
    assert said[-1] == f"done: {out}"
    assert not [line for line in said if "differ" in line]
    return out
