"""Declarations of the tables on space: who borders on whom."""

from __future__ import annotations

from .core import Column, ForeignKey, Table

ADJACENCY_GEMEINDEN = Table(
    name="adjacency_gemeinden",
    title="Neighbouring Gemeinden of the study",
    description="One row per pair of Gemeinden of the register (712: 20,000 inhabitants and more, and smaller ones that the "
    "desk research covers) that share a border, ags_a < ags_b. Keys of 31.12.2017, outlines of 2024. A Gemeinde without a "
    "row borders on no other one of the register.",
    folder="raw",
    primary_key=("ags_a", "ags_b"),
    foreign_keys=(
        ForeignKey(("ags_a",), "register", ("ags",)),
        ForeignKey(("ags_b",), "register", ("ags",)),
    ),
    sources=("© GeoBasis-DE / BKG (2024), VG250 (changed: adjacency derived)",),
    licence="dl-de/by-2-0",
    columns=(
        Column("ags_a", "key", "Gemeinde", required=True, level=("gemeinde",)),
        Column("ags_b", "key", "Neighbour", required=True, level=("gemeinde",)),
        Column(
            "shared_km_approx",
            "number",
            "Approximate length of the common border (from generalised outlines)",
            unit="km",
            required=True,
            minimum=0,
        ),
    ),
)
