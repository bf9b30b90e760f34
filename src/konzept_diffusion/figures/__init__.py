"""The paper's figures: one module per figure, one style, labels in German and English.

`draw("verbreitung", inputs)` returns a matplotlib Figure; `draw_all(inputs, folder)` writes every figure
as SVG and PNG with the data behind it as CSV. Figures are drawn from data frames that are handed in
(`Inputs`): nothing is estimated here and no number is typed.
"""

from __future__ import annotations

import importlib
from typing import TYPE_CHECKING, Any

if TYPE_CHECKING:
    from .drawing import FIGURES, draw, draw_all
    from .inputs import Inputs

__all__ = ["FIGURES", "Inputs", "draw", "draw_all"]
_HOMES = {"FIGURES": ".drawing", "Inputs": ".inputs", "draw": ".drawing", "draw_all": ".drawing"}


def __getattr__(name: str) -> Any:
    """Import a public name when it is first used (PEP 562)."""
    if name in _HOMES:
        return getattr(importlib.import_module(_HOMES[name], __name__), name)
    raise AttributeError(f"module {__name__!r} has no attribute {name!r}")


def __dir__() -> list[str]:
    """Return the public names."""
    return sorted(__all__)
