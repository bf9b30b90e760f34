"""The rooms of `models`: estimators, inference and results stay apart, and imports go one way."""

import ast
from pathlib import Path

import pytest

import konzept_diffusion

MODELS = Path(konzept_diffusion.__file__).parent / "models"
# From the foundation upwards; what stands later may import what stands earlier, or in the same place.
PLACES = [
    "formulas", "column_kinds", "design", "links", "inference/covariance", "inference/score_bootstrap",
    "maketables_hooks", "results", "checks", "margins", "estimators", "inference", "misclassification",
    "programmes", "diffusion", "multiverse", "tables", "main", "validation",
]  # fmt: skip
MODULES = [path for path in sorted(MODELS.rglob("*.py")) if path.name != "__init__.py"]


def place(parts: tuple[str, ...]) -> str:
    joined = "/".join(parts)
    return next(name for name in (joined, parts[0]) if name in PLACES)


def imported(path: Path) -> set[str]:
    """Return the places within `models` that a module imports from (not those for type hints only)."""
    here = path.relative_to(MODELS).parts[:-1]
    tree = ast.parse(path.read_text(encoding="utf-8"))
    hidden = {
        id(inner)
        for node in ast.walk(tree)
        if isinstance(node, ast.If) and "TYPE_CHECKING" in ast.dump(node.test)
        for inner in ast.walk(node)
    }
    found = set()
    for node in ast.walk(tree):
        if not isinstance(node, ast.ImportFrom) or node.level == 0 or id(node) in hidden:
            continue
        if node.level - 1 > len(here):
            continue  # another room of the house: tests/test_imports.py
        base = (*here[: len(here) - node.level + 1], *(node.module.split(".") if node.module else ()))
        targets = (
            [(*base, alias.name) for alias in node.names] if (MODELS.joinpath(*base)).is_dir() else [base]
        )
        found |= {place(target) for target in targets if target}
    return found


@pytest.mark.parametrize("path", MODULES, ids=lambda path: path.relative_to(MODELS).as_posix())
def test_imports_between_the_rooms_of_models_go_one_way(path: Path) -> None:
    own = place(path.relative_to(MODELS).with_suffix("").parts)
    later = set(PLACES[PLACES.index(own) + 1 :])
    assert not imported(path) & later


def test_the_scan_sees_imports() -> None:
    assert {"design", "results", "margins"} <= imported(MODELS / "estimators" / "binary" / "result.py")
    assert "inference/covariance" in imported(MODELS / "results.py")
