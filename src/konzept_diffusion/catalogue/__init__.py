"""What we hold true: documents by source, named coding rules, adoption events."""

from __future__ import annotations

import importlib
from typing import TYPE_CHECKING, Any

if TYPE_CHECKING:
    from .events import adoption_events, first_adoption_years, latest_versions
    from .rules import RULES

__all__ = ["RULES", "adoption_events", "first_adoption_years", "latest_versions"]
_HOMES = {
    "RULES": ".rules",
    "adoption_events": ".events",
    "first_adoption_years": ".events",
    "latest_versions": ".events",
}


def __getattr__(name: str) -> Any:
    """Import a public name when it is first used."""
    if name in _HOMES:
        return getattr(importlib.import_module(_HOMES[name], __name__), name)
    raise AttributeError(f"module {__name__!r} has no attribute {name!r}")
