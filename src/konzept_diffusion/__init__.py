"""konzept_diffusion: who adopted which integration concept, when, and what drove it.

`import konzept_diffusion as kd`, then `kd.load("documents")` for a table, `kd.panel()` for the risk
set, `kd.models.hazard(...)` for a model and `kd.figures.draw(...)` for a chart. Everything heavy is
imported where it is used.
"""

from __future__ import annotations

from typing import TYPE_CHECKING

from .lazy import attach

if TYPE_CHECKING:
    from . import catalogue, documents, errors, figures, keys, models, schemas, scrape
    from .riskset import panel
    from .store import codebook, load, tables

__version__ = "0.1.0"
__all__ = [
    "__version__",
    "catalogue",
    "codebook",
    "documents",
    "errors",
    "figures",
    "keys",
    "load",
    "models",
    "panel",
    "schemas",
    "scrape",
    "tables",
]
__getattr__, __dir__ = attach(
    __name__,
    {
        "catalogue": "",
        "documents": "",
        "errors": "",
        "figures": "",
        "keys": "",
        "models": "",
        "schemas": "",
        "scrape": "",
        "load": "store",
        "tables": "store",
        "codebook": "store",
        "panel": "riskset",
    },
)
