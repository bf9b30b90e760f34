"""How official statistics come in: one module per source, one shape out.

`gv_isys` reads the Gemeindeverzeichnis extracts, `inkar` the Kreis indicators, `extract` writes the
project's own small tables from them, and `fetch` is what the command of that name calls.
"""

from __future__ import annotations

import importlib
from typing import TYPE_CHECKING, Any

if TYPE_CHECKING:
    from . import gv_isys, inkar, statistics
    from .extraction import extract
    from .retrieval import fetch

__all__ = ["extract", "fetch", "gv_isys", "inkar", "statistics"]

_MODULES = {"gv_isys", "inkar", "statistics"}
_FUNCTIONS = {"extract": ".extraction", "fetch": ".retrieval"}


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
