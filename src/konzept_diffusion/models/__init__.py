"""Event-history and binary-outcome models: `hazard`, `logit`, `kaplan_meier`.

Rooms, each with one reason to change: `design` (formula and data to matrices), `binary` and `survival`
(estimators), `separation` (do finite estimates exist), `inference` (covariances), `margins` (average
marginal effects), `results` (what a fit shows). Loaded when first used.
"""

from __future__ import annotations

from typing import TYPE_CHECKING

from ..lazy import attach

if TYPE_CHECKING:
    from .binary import hazard, logit
    from .design import DroppedRowsWarning
    from .inference import VCOV
    from .results import Fit
    from .survival import KaplanMeier, kaplan_meier

__all__ = ["VCOV", "DroppedRowsWarning", "Fit", "KaplanMeier", "hazard", "kaplan_meier", "logit"]
__getattr__, __dir__ = attach(
    __name__,
    {
        "VCOV": "inference",
        "DroppedRowsWarning": "design",
        "Fit": "results",
        "KaplanMeier": "survival",
        "hazard": "binary",
        "kaplan_meier": "survival",
        "logit": "binary",
    },
)
