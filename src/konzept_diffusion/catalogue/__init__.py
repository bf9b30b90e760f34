"""What we hold true: documents by source, named coding rules, adoption events."""

from __future__ import annotations

from typing import TYPE_CHECKING

from ..lazy import attach

if TYPE_CHECKING:
    from .events import adoption_events, first_adoption_years, latest_versions
    from .rules import RULES

__all__ = ["RULES", "adoption_events", "first_adoption_years", "latest_versions"]
__getattr__, __dir__ = attach(
    __name__,
    {
        "RULES": "rules",
        "adoption_events": "events",
        "first_adoption_years": "events",
        "latest_versions": "events",
    },
)
