"""How official statistics come in: one module per source, one shape out.

`gv_isys`, `inkar`, `zensus2022`, `vg250` and `crosswalk` read official files; `genesis`, `regionalatlas` and
`wikidata` ask services. `extract` writes the project's own small tables from the files, `statistics` makes one
long table of them, and `fetch` is what the command of that name calls.
"""

from __future__ import annotations

from typing import TYPE_CHECKING

from ..lazy import attach

if TYPE_CHECKING:
    from . import (
        crosswalk,
        ffcsv,
        genesis,
        gv_cache,
        gv_isys,
        inkar,
        population,
        regionalatlas,
        statistics,
        vg250,
        wikidata,
        zensus2022,
    )
    from .extraction import extract
    from .retrieval import fetch

__all__ = [
    "crosswalk",
    "extract",
    "fetch",
    "ffcsv",
    "genesis",
    "gv_cache",
    "gv_isys",
    "inkar",
    "population",
    "regionalatlas",
    "statistics",
    "vg250",
    "wikidata",
    "zensus2022",
]
_FUNCTIONS = {"extract": "extraction", "fetch": "retrieval"}
__getattr__, __dir__ = attach(__name__, {name: _FUNCTIONS.get(name, "") for name in __all__})
