"""The paper's figures: one module per figure, one style, labels in German and English.

`draw("verbreitung", inputs)` returns a matplotlib Figure; `draw_all(inputs, folder)` writes every figure
as SVG and PNG with the data behind it as CSV. Figures are drawn from data frames that are handed in
(`Inputs`): nothing is estimated here and no number is typed.
"""

from __future__ import annotations

from typing import TYPE_CHECKING

from ..lazy import attach

if TYPE_CHECKING:
    from .drawing import FIGURES, OF_SENSITIVITY, draw, draw_all
    from .inputs import Inputs

__all__ = ["FIGURES", "OF_SENSITIVITY", "Inputs", "draw", "draw_all"]
__getattr__, __dir__ = attach(
    __name__,
    {
        "FIGURES": "drawing",
        "Inputs": "inputs",
        "OF_SENSITIVITY": "drawing",
        "draw": "drawing",
        "draw_all": "drawing",
    },
)
