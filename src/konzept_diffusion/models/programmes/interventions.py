"""Which Land programmes are compared, and when each was in force: read from the table, never typed."""

from __future__ import annotations

import difflib
import warnings
from collections.abc import Sequence
from dataclasses import dataclass

import pandas as pd

from ...errors import ModelError
from ..design import check_frame

KINDS = ("foerderprogramm", "gesetz")
"""Kinds of programme that can act on a Kommune; plans, recommendations and events of the nation cannot."""
SCOPES = ("konzeptentwicklung", "strukturen")
"""Scopes counted: programmes for concepts, and for the structures that the survey says led to concepts."""
NATION = "00"
TOGETHER = 1
"""Programmes of a Land that begin no more than so many years apart are one intervention."""


class UnknownEndWarning(UserWarning):
    """The table does not say when a programme ended: it counts as in force to the end of the panel."""


@dataclass(frozen=True)
class Span:
    """When an intervention was in force in one Land; `end` is None while it is open."""

    land: str
    start: int
    end: int | None

    def covers(self, year: int) -> bool:
        """Return whether the intervention is in force in a year."""
        return self.start <= year and (self.end is None or year <= self.end)


@dataclass(frozen=True)
class Intervention:
    """One programme, or programmes of one Land that began together and cannot be told apart.

    Attributes
    ----------
    name
        The programme's id; several joined by `+`.
    programmes
        Ids in the table.
    spans
        One per Land.
    label
        Name as in the table.
    land_name
        Names of the Länder.
    concept_condition
        Whether a concept was a condition or task of the support; None where no source says so.
    """

    name: str
    programmes: tuple[str, ...]
    spans: tuple[Span, ...]
    label: str
    land_name: str
    concept_condition: bool | None

    @property
    def laender(self) -> tuple[str, ...]:
        """The Länder that had it."""
        return tuple(span.land for span in self.spans)

    @property
    def start(self) -> int:
        """First year in any Land."""
        return min(span.start for span in self.spans)

    @property
    def end(self) -> int | None:
        """Last year in any Land, None while open."""
        ends = [span.end for span in self.spans]
        return None if None in ends else max(end for end in ends if end is not None)


def listed(only: str | Sequence[str] | None) -> Sequence[str] | None:
    """Return ids as a sequence: a single one may be given as a text."""
    return [only] if isinstance(only, str) else only


def selected(programmes: pd.DataFrame, only: str | Sequence[str] | None = None) -> pd.DataFrame:
    """Return the rows of the programmes that are compared, in the order of Land and start.

    Parameters
    ----------
    programmes
        Table `programmes`: programme_id, land, start, end; kind and scope decide where they are there.
    only
        Ids (or one) to take instead of choosing by kind and scope.

    Raises
    ------
    ModelError
        If an id is unknown or has no start, a span is inverted, or nothing is left.

    Warns
    -----
    UnknownEndWarning
        If the end of a programme is not known.
    """
    only = listed(only)
    check_frame(programmes, ["programme_id", "land", "start", "end"], "programmes")
    if only is None:
        keep = (programmes["land"] != NATION) & programmes["start"].notna()
        for column, allowed in (("kind", KINDS), ("scope", SCOPES)):
            if column in programmes.columns:
                keep &= programmes[column].isin(allowed)
        rows = programmes[keep]
    else:
        known = [str(name) for name in programmes["programme_id"]]
        for name in only:
            if name not in known:
                close = difflib.get_close_matches(name, known, n=1)
                hint = f"did you mean {close[0]!r}?" if close else "see kd.load('programmes')."
                raise ModelError(f"The table has no programme {name!r}: {hint}")
        rows = programmes[programmes["programme_id"].isin(list(only))]
        undated = rows.loc[rows["start"].isna(), "programme_id"].tolist()
        if undated:
            raise ModelError(
                f"The table does not say when {', '.join(undated)} began: leave such programmes out."
            )
    if rows.empty:
        raise ModelError("No programme of a Land with a known start is left: name ids of the table.")
    inverted = rows[(rows["end"] < rows["start"]).fillna(False).astype(bool)]
    if len(inverted):
        first = inverted.iloc[0]
        raise ModelError(
            f"The programme {first['programme_id']!r} ends in {first['end']}, before it begins in "
            f"{first['start']}: correct the table."
        )
    if "end_status" in rows.columns:
        unknown = rows.loc[rows["end"].isna() & (rows["end_status"] == "unknown"), "programme_id"].tolist()
        if unknown:
            warnings.warn(
                f"The end of {', '.join(unknown)} is not known: in force to the end of the panel.",
                UnknownEndWarning,
                stacklevel=3,
            )
    return rows.sort_values(["land", "start", "programme_id"])


def interventions(
    programmes: pd.DataFrame, only: str | Sequence[str] | None = None, together: int | None = TOGETHER
) -> tuple[Intervention, ...]:
    """Return the interventions of a table of programmes, by Land and start.

    Parameters
    ----------
    programmes, only
        See `selected`. Rows with the same programme_id are one programme in several Länder.
    together
        Programmes of one Land whose starts lie no more than so many years apart are one intervention (their
        effects could not be told apart), in force from the first start to the last end. None: never.

    Raises
    ------
    ModelError
        As `selected`.
    """
    rows = selected(programmes, only)
    found: list[Intervention] = []
    for _, group in rows.groupby("programme_id", sort=False):
        spans = tuple(
            Span(str(row.land), int(row.start), None if pd.isna(row.end) else int(row.end))
            for row in group.itertuples()
        )
        first = group.iloc[0]
        names = group["land_name"] if "land_name" in group.columns else group["land"]
        condition = first.get("concept_condition")
        found.append(
            Intervention(
                name=str(first["programme_id"]),
                programmes=(str(first["programme_id"]),),
                spans=spans,
                label=str(first["programme"]) if "programme" in group.columns else str(first["programme_id"]),
                land_name=", ".join(str(name) for name in names),
                concept_condition=None if condition is None or pd.isna(condition) else bool(condition),
            )
        )
    merged: list[Intervention] = []
    for item in found:
        last = merged[-1] if merged else None
        if (
            together is not None
            and last is not None
            and len(last.spans) == len(item.spans) == 1
            and last.laender == item.laender
            and item.start - last.start <= together
        ):
            merged[-1] = _joined(last, item)
        else:
            merged.append(item)
    return tuple(merged)


def _joined(first: Intervention, second: Intervention) -> Intervention:
    ends = [first.end, second.end]
    end = None if None in ends else max(end for end in ends if end is not None)
    conditions = {first.concept_condition, second.concept_condition}
    return Intervention(
        name=f"{first.name}+{second.name}",
        programmes=first.programmes + second.programmes,
        spans=(Span(first.laender[0], first.start, end),),
        label=f"{first.label}; {second.label}",
        land_name=first.land_name,
        concept_condition=True if True in conditions else (None if None in conditions else False),
    )
