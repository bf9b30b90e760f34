"""Declarations of the crosswalks from earlier Gemeinden and Kreise to those of one territorial status."""

from __future__ import annotations

from collections.abc import Iterator
from typing import TYPE_CHECKING

from .. import keys
from .core import Column, Table

if TYPE_CHECKING:
    import pandas as pd

_SOURCE = "© BBSR Bonn, Umsteigeschlüssel {what} (Milbert 2010, BBSR-Berichte KOMPAKT 6/2010)"


def _runs_are_in_order(frame: pd.DataFrame) -> Iterator[tuple[int, str, str]]:
    """Yield rows that end before they begin, or begin before the run above them has ended."""
    again = frame.duplicated(["ags_old", "ags_new"]) & (frame["first_year"] <= frame["last_year"].shift())
    for position in (frame["first_year"] > frame["last_year"]).to_numpy().nonzero()[0]:
        yield position, "last_year", "lies before first_year."
    for position in again.fillna(False).to_numpy().nonzero()[0]:
        yield position, "first_year", "lies within the years of the row above."


def _columns(level: keys.Level, status: str) -> tuple[Column, ...]:
    def weight(of: str, *, required: bool = True, note: str = "") -> Column:
        description = f"Share of the old unit's {of} that passes to the new unit{note}"
        return Column(
            f"weight_{of.split()[0]}",
            "number",
            description,
            unit="share",
            required=required,
            minimum=0,
            maximum=1,
        )

    return (
        Column("ags_old", "key", f"Key of the {level} in these years", required=True, level=(level,)),
        Column(
            "ags_new", "key", f"Key of the {level} of {status} it passes to", required=True, level=(level,)
        ),
        Column(
            "first_year", "year", "First year (31.12.) for which the row holds", unit="year", required=True
        ),
        Column("last_year", "year", "Last year (31.12.) for which the row holds", unit="year", required=True),
        weight("population", note="; of the area where nobody lives"),
        weight("area"),
        weight("employment", required=False, note="; missing before 1997 for units that were divided"),
    )


CROSSWALK_GEMEINDEN = Table(
    name="crosswalk_gemeinden",
    title="Gemeinden 1990 to 2020 and their share in the Gemeinden of 31.12.2020",
    description="One row per old Gemeinde, new Gemeinde and run of years with the same weights. A key without a row for a year did not exist on 31.12. of that year.",
    folder="raw",
    primary_key=("ags_old", "ags_new", "first_year"),
    checks=(_runs_are_in_order,),
    sources=(_SOURCE.format(what="Gemeinden 1990–2020"),),
    licence="BBSR: Nutzung mit Quellenangabe",
    columns=_columns("gemeinde", "31.12.2020"),
)
CROSSWALK_KREISE = Table(
    name="crosswalk_kreise",
    title="Kreise 1990 to 2020 and their share in the Kreise of 31.12.2021",
    description="One row per old Kreis, new Kreis and run of years with the same weights. A key without a row for a year did not exist on 31.12. of that year.",
    folder="raw",
    primary_key=("ags_old", "ags_new", "first_year"),
    checks=(_runs_are_in_order,),
    sources=(_SOURCE.format(what="Kreise 1990–2020 auf den Gebietsstand 31.12.2021"),),
    licence="BBSR: Nutzung mit Quellenangabe",
    columns=_columns("kreis", "31.12.2021"),
)
TABLES: dict[str, Table] = {table.name: table for table in (CROSSWALK_GEMEINDEN, CROSSWALK_KREISE)}
