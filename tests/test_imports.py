"""The house: data flows one way, and importing the package costs next to nothing."""

import ast
import subprocess
import sys
from pathlib import Path

import pytest

import konzept_diffusion

SOURCE = Path(konzept_diffusion.__file__).parent
# From the foundation upwards; a room may import from rooms before it and from itself.
ROOMS = [
    "errors", "paths", "files", "lazy", "keys", "schemas", "store",
    "sources", "scrape", "documents", "catalogue", "riskset", "models", "figures", "report",
    "pipeline", "cli", "__main__",
]  # fmt: skip
FOUNDATION = {"errors", "paths", "files", "lazy", "keys", "schemas", "store"}


ENTRY_POINTS = {"scrape/__main__.py": "cli"}
"""Modules that wire rooms together, and the room whose rights they have."""


def _room(path: Path) -> str:
    entry = ENTRY_POINTS.get(path.relative_to(SOURCE).as_posix())
    if entry:
        return entry
    part = path.relative_to(SOURCE).parts[0]
    return part.removesuffix(".py")


def _imported_rooms(path: Path, *, with_types: bool = False) -> set[str]:
    """Return the rooms that a module imports from (not those only needed for type hints)."""
    tree = ast.parse(path.read_text(encoding="utf-8"))
    hidden = {
        id(inner)
        for node in ast.walk(tree)
        if isinstance(node, ast.If) and "TYPE_CHECKING" in ast.dump(node.test) and not with_types
        for inner in ast.walk(node)
    }
    package = ("konzept_diffusion", *path.relative_to(SOURCE).parts[:-1])
    rooms = set()
    for node in ast.walk(tree):
        if id(node) in hidden:
            continue
        if isinstance(node, ast.ImportFrom):
            base = package[: len(package) - node.level + 1] if node.level else ()
            module = ".".join((*base, *([node.module] if node.module else [])))
            names = [module, *(f"{module}.{alias.name}" for alias in node.names)]
        elif isinstance(node, ast.Import):
            names = [alias.name for alias in node.names]
        else:
            continue
        for name in names:
            parts = name.split(".")
            if parts[0] == "konzept_diffusion" and len(parts) > 1 and parts[1] in ROOMS:
                rooms.add(parts[1])
    return rooms


MODULES = [path for path in sorted(SOURCE.rglob("*.py")) if path != SOURCE / "__init__.py"]


def test_the_scan_sees_imports():
    assert {"catalogue", "sources", "store"} <= _imported_rooms(SOURCE / "riskset.py")


@pytest.mark.parametrize("path", MODULES, ids=lambda path: path.relative_to(SOURCE).as_posix())
def test_no_module_imports_from_a_room_further_down_the_flow(path):
    room = _room(path)
    assert room in ROOMS, f"{room} is not in the plan of the house: add it to ROOMS in its place"
    later = set(ROOMS[ROOMS.index(room) + 1 :])
    assert not _imported_rooms(path) & later


@pytest.mark.parametrize("path", MODULES, ids=lambda path: path.relative_to(SOURCE).as_posix())
def test_a_module_stays_readable_in_one_sitting(path):
    assert len(path.read_text(encoding="utf-8").splitlines()) <= 400


def test_importing_the_package_imports_nothing_heavy():
    code = "import sys, konzept_diffusion as kd; kd.keys.check('05'); print(' '.join(sorted(sys.modules)))"
    loaded = subprocess.run(
        [sys.executable, "-c", code], capture_output=True, text=True, check=True
    ).stdout.split()
    heavy = {
        "pandas",
        "numpy",
        "scipy",
        "statsmodels",
        "matplotlib",
        "seaborn",
        "pandera",
        "geopandas",
        "sklearn",
    }
    assert "konzept_diffusion.keys" in loaded
    assert not heavy & set(loaded)


def test_every_public_name_can_be_reached():
    for name in konzept_diffusion.__all__:
        assert getattr(konzept_diffusion, name) is not None
    assert callable(konzept_diffusion.panel)
    with pytest.raises(AttributeError, match="no attribute 'nonsense'"):
        _ = konzept_diffusion.nonsense
