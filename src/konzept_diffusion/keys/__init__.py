"""Official keys of German territory: their form (`codes`) and their changes over time (`harmonisation`).

`check`, `level`, `land`, `kreis` and the like look at the form of a key only and cost nothing to import;
`harmonise` carries figures from one territorial status (Gebietsstand) to another and is loaded when first used.
"""

from __future__ import annotations

from typing import TYPE_CHECKING

from ..lazy import attach
from .codes import CITY_STATES, LAENDER, Land, Level, check, kreis, land, land_key, land_name, level

if TYPE_CHECKING:
    from .harmonisation import harmonise

__all__ = [
    "CITY_STATES",
    "LAENDER",
    "Land",
    "Level",
    "check",
    "harmonise",
    "kreis",
    "land",
    "land_key",
    "land_name",
    "level",
]
__getattr__, _ = attach(__name__, {"harmonise": "harmonisation"})


def __dir__() -> list[str]:
    return list(__all__)
