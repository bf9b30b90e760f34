"""Event-history and binary-outcome models: `hazard`, `logit`, `kaplan_meier`.

Rooms, each with one reason to change: `design` (formula and data to matrices), `binary` and `survival`
(estimators), `separation` (do finite estimates exist), `inference` (covariances), `margins` (average
marginal effects), `results` (what a fit shows). Loaded when first used.
"""

from __future__ import annotations

import importlib
from typing import TYPE_CHECKING, Any

if TYPE_CHECKING:
    from .binary import hazard, logit
    from .design import DroppedRowsWarning
    from .inference import VCOV
    from .results import Fit
    from .survival import KaplanMeier, kaplan_meier

__all__ = ["VCOV", "DroppedRowsWarning", "Fit", "KaplanMeier", "hazard", "kaplan_meier", "logit"]

_HOME = {
    "VCOV": "inference",
    "DroppedRowsWarning": "design",
    "Fit": "results",
    "KaplanMeier": "survival",
    "hazard": "binary",
    "kaplan_meier": "survival",
    "logit": "binary",
}


def __getattr__(name: str) -> Any:
    """Import a public name when it is first used (PEP 562)."""
    if name in _HOME:
        return getattr(importlib.import_module(f".{_HOME[name]}", __name__), name)
    raise AttributeError(f"module {__name__!r} has no attribute {name!r}")


def __dir__() -> list[str]:
    """Return the public names."""
    return sorted(__all__)
