"""The notebooks run from top to bottom, and the committed ones carry their output."""

from pathlib import Path

import nbformat
import pytest
from nbclient import NotebookClient

FOLDER = Path(__file__).parents[2] / "notebooks"
NOTEBOOKS = sorted(FOLDER.glob("*.ipynb"))


def test_there_are_notebooks():
    assert NOTEBOOKS


@pytest.mark.notebook
@pytest.mark.parametrize("path", NOTEBOOKS, ids=lambda path: path.name)
def test_a_notebook_runs_and_says_the_same_as_the_committed_one(path):
    committed = nbformat.read(path, as_version=4)
    fresh = nbformat.read(path, as_version=4)
    NotebookClient(
        fresh, timeout=300, kernel_name="python3", resources={"metadata": {"path": FOLDER}}
    ).execute()
    compared = 0
    for old, new in zip(committed.cells, fresh.cells, strict=True):
        if old.cell_type != "code":
            continue
        assert _texts(old) == _texts(new), (
            f"run 'make notebooks': {old.source[:60]!r} gives something else now"
        )
        compared += bool(_texts(old))
    assert compared >= 8
    pictures = [
        output
        for cell in committed.cells
        for output in cell.get("outputs", [])
        if "image/png" in output.get("data", {})
    ]
    assert len(pictures) >= 2


def _texts(cell):
    return [output["data"]["text/plain"] for output in cell.outputs if "text/plain" in output.get("data", {})]
