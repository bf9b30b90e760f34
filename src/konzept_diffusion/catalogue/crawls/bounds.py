"""Upper bounds of years from web archives: a file that was captured existed by then, and says no more.

Only a capture of the very file counts (`match` is bytes): what else lay at its address may have been anything. A
capture never gives a year of adoption; it bounds one, as `year_basis` spaetestens says.
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from typing import Any

import pandas as pd

from .dedup import FINAL_STATUSES

CAPTURED_EARLIER = "captured_earlier"
"""Flag of a document whose file was captured before the year that is coded."""
LEADS = {"dokument": 0, "beschluss": 1}
"""Years by which a file may precede its coded year, by what that rests on: papers lie out before they are adopted."""
SAME_FILE = "bytes"
"""Code of `captures.match`: a capture of this very file."""


@dataclass(frozen=True, slots=True)
class Bound:
    """The first capture of a file: its year (UTC), the archive, and when (UTC, ISO 8601)."""

    year: int
    archive: str
    captured_at: str


def capture_bounds(captures: pd.DataFrame) -> dict[str, Bound]:
    """Return the first capture of every document's file, by document_id.

    Parameters
    ----------
    captures
        Columns of the table `captures`, of one crawl or of several. Rows without a capture and captures of
        whatever else lay at the address are passed over.
    """
    rows = captures[
        (captures["match"] == SAME_FILE) & captures["captured_at"].notna() & captures["year"].notna()
    ]
    columns = ("document_id", "year", "archive", "captured_at")
    found: dict[str, Bound] = {}
    for name, year, archive, moment in zip(*(rows[column] for column in columns), strict=True):
        bound = Bound(int(year), archive, moment)
        if name not in found or moment < found[name].captured_at:
            found[name] = bound
    return found


def first_bound(bounds: Mapping[str, Bound], names: Iterable[str]) -> Bound | None:
    """Return the earliest bound of several copies of one document; None if there is none."""
    found = [bounds[name] for name in names if name in bounds]
    return min(found, key=lambda bound: (bound.captured_at, bound.archive), default=None)


def contradicts(bound: Bound, year: object, basis: object) -> bool:
    """Tell whether a file was captured too early for the year that is coded (see `LEADS`)."""
    if not isinstance(basis, str) or basis not in LEADS or not isinstance(year, int):
        return False
    return year - bound.year > LEADS[basis]


def bounded(row: Mapping[str, Any], bound: Bound) -> dict[str, Any]:
    """Return what a capture changes in a row of `documents`; empty if it tells nothing new.

    A finished document without a year, or with a later one that is itself a bound, gets the year of the capture on
    the basis spaetestens. A year that the document states stays as it is; if the file is older, the row is flagged.
    Drafts and plans are left alone: that one existed by a year does not bound an adoption.
    """
    year = None if pd.isna(row["year"]) else int(row["year"])
    note = f"file captured by {bound.archive} on {bound.captured_at[:10]}"
    if contradicts(bound, year, row["year_basis"]):
        flags = [flag for flag in (row["flag"], CAPTURED_EARLIER) if isinstance(flag, str) and flag]
        return {"flag": "|".join(flags), "note": note}
    stated = year is not None and row["year_basis"] in LEADS
    if stated or row["status"] not in FINAL_STATUSES or (year is not None and year <= bound.year):
        return {}
    before = "none" if year is None else f"{year}"
    return {
        "year": bound.year,
        "year_basis": "spaetestens",
        "note": f"year: {note} (coded: {before}, {row['year_basis']})",
    }
