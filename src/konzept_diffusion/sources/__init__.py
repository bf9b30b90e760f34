"""How official statistics come in: one module per source, one shape out.

`gv_isys` reads the Gemeindeverzeichnis extracts, `inkar` the Kreis indicators, `extract` writes the
project's own small tables from them, and `fetch` is what the command of that name calls.
"""

from __future__ import annotations

from typing import TYPE_CHECKING

from ..lazy import attach

if TYPE_CHECKING:
    from . import gv_isys, inkar, statistics
    from .extraction import extract
    from .retrieval import fetch

__all__ = ["extract", "fetch", "gv_isys", "inkar", "statistics"]
__getattr__, __dir__ = attach(
    __name__, {"gv_isys": "", "inkar": "", "statistics": "", "extract": "extraction", "fetch": "retrieval"}
)
