"""konzept_diffusion: who adopted which integration concept, when, and what drove it.

`import konzept_diffusion as kd`, then `kd.load("documents")` for a table, `kd.panel()` for the risk
set, `kd.models.hazard(...)` for a model and `kd.figures.draw(...)` for a chart. Everything heavy is
imported where it is used.
"""

from __future__ import annotations

import importlib
from typing import TYPE_CHECKING, Any

if TYPE_CHECKING:
    from . import catalogue, errors, figures, keys, models, schemas
    from .riskset import panel
    from .store import load, tables

__version__ = "0.1.0"
__all__ = [
    "__version__",
    "catalogue",
    "errors",
    "figures",
    "keys",
    "load",
    "models",
    "panel",
    "schemas",
    "tables",
]

_MODULES = {"catalogue", "errors", "figures", "keys", "models", "schemas"}
_FUNCTIONS = {"load": ".store", "tables": ".store", "panel": ".riskset"}


def __getattr__(name: str) -> Any:
    """Import a public name when it is first used (PEP 562)."""
    if name in _MODULES:
        return importlib.import_module(f".{name}", __name__)
    if name in _FUNCTIONS:
        value = getattr(importlib.import_module(_FUNCTIONS[name], __name__), name)
        globals()[name] = value  # the function wins over the submodule of the same name
        return value
    raise AttributeError(f"module {__name__!r} has no attribute {name!r}")


def __dir__() -> list[str]:
    """Return the public names."""
    return sorted(__all__)
