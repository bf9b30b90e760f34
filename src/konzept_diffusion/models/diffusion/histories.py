"""Who had adopted by when, who had not, and of whom it is not known."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from dataclasses import dataclass

import numpy as np
import pandas as pd
from numpy.typing import NDArray

from ...errors import ModelError
from ..design import check_frame
from .arguments import keys, shown, whole_years

NEVER = 10**6
_BEFORE_ALL = -(10**6)


@dataclass(frozen=True, eq=False)
class Histories:
    """The first adoption of each unit, known as an interval.

    Attributes
    ----------
    units
        Labels, shape (n,).
    earliest, latest
        First and last year in which the unit may have adopted, shape (n,); equal where the year is known,
        `NEVER` for both where it has not adopted, and the widest interval where nothing is known.
    """

    units: pd.Index
    earliest: NDArray[np.int64]
    latest: NDArray[np.int64]

    def adopted_by(self, years: NDArray[np.int64]) -> NDArray[np.bool_]:
        """Return who has surely adopted by the end of each year, shape (n, years)."""
        return self.latest[:, None] <= years[None, :]

    def maybe_by(self, years: NDArray[np.int64]) -> NDArray[np.bool_]:
        """Return who has or may have adopted by the end of each year, shape (n, years)."""
        return self.earliest[:, None] <= years[None, :]

    @property
    def exact(self) -> NDArray[np.bool_]:
        """Whose adoption is known to the year, shape (n,)."""
        return (self.earliest == self.latest) & (self.latest < NEVER)


def read_events(
    events: pd.DataFrame | pd.Series,
    units: Sequence[str] | pd.Index,
    *,
    observed: Iterable[str] | None = None,
    source: str | Sequence[str] | None = None,
) -> Histories:
    """Return the histories of `units`.

    Parameters
    ----------
    events
        Table `events` (ags, year, and where present event, year_lower, year_upper, source; only first
        adoptions count), or a Series of years by unit, missing where a unit adopted in an unknown year.
    units
        The units wanted, in order.
    observed
        Units of which it is known that they have not adopted if they are not among the events. Any other
        unit without an event is unknown: not observed is not the same as without.
    source
        Sources to take, the first one that knows a unit wins; needed where a unit is in several.

    Raises
    ------
    ModelError
        If a unit has several first adoptions, an event no unit or a year that is no whole number, or an interval
        is inverted.
    """
    table = _first_adoptions(events, source)
    twice = table["ags"].duplicated(keep=False)
    if twice.any():
        some = ", ".join(sorted(set(table.loc[twice, "ags"]))[:3])
        raise ModelError(
            f"{table.loc[twice, 'ags'].nunique()} units have more than one first adoption ({some}): sources do "
            "not mix by themselves; name them in order of trust with source=, or pass one row per unit."
        )
    table = table.set_index("ags")
    lower = table["year_lower"].where(table["year"].isna(), table["year"]).fillna(_BEFORE_ALL)
    upper = table["year_upper"].where(table["year"].isna(), table["year"]).fillna(NEVER)
    inverted = (lower > upper).to_numpy(dtype=bool)
    if inverted.any():
        at = int(inverted.argmax())
        raise ModelError(
            f"The interval of {table.index[at]} is inverted ({lower.iloc[at]:g} to {upper.iloc[at]:g}): "
            "correct year_lower and year_upper."
        )
    index = pd.Index([str(unit) for unit in units])
    known_without = set() if observed is None else set(keys(observed, "observed"))
    without = index.isin(known_without) & ~index.isin(table.index)
    earliest = lower.reindex(index, fill_value=_BEFORE_ALL).to_numpy(dtype=np.int64, copy=True)
    latest = upper.reindex(index, fill_value=NEVER).to_numpy(dtype=np.int64, copy=True)
    earliest[without] = NEVER
    return Histories(index, earliest, latest)


def _first_adoptions(events: pd.DataFrame | pd.Series, source: str | Sequence[str] | None) -> pd.DataFrame:
    if isinstance(events, pd.Series):
        if source is not None:
            raise ModelError("source= needs the table of events, a Series of years has no source.")
        events = pd.DataFrame({"ags": events.index.to_numpy(), "year": events.array})
    if not isinstance(events, pd.DataFrame) or not {"ags", "year"} <= set(events.columns):
        raise ModelError("The events are no table with columns ags and year, nor a Series of years by ags.")
    table = events
    if "event" in table:
        table = table[table["event"] == "first_adoption"]
    nobody = table["ags"].isna().to_numpy(dtype=bool)
    if nobody.any():
        raise ModelError(
            f"{int(nobody.sum())} events have no unit (ags), first at index "
            f"{shown(table.index[int(nobody.argmax())])}: complete or remove them."
        )
    if source is not None:
        check_frame(events, ["source"], "source")
        order = [source] if isinstance(source, str) else list(source)
        unknown = [name for name in order if name not in set(events["source"])]
        if unknown:
            raise ModelError(f"No event has the source {unknown[0]!r}: known are {_known(events['source'])}.")
        rank = table["source"].map({name: place for place, name in enumerate(order)})
        table = table[rank.notna()].assign(rank=rank.dropna()).sort_values(["ags", "rank"])
        table = table[table["rank"] == table.groupby("ags")["rank"].transform("min")]
    columns = {
        name: whole_years(table[name], table["ags"], name) if name in table else np.nan
        for name in ("year", "year_lower", "year_upper")
    }
    return pd.DataFrame({"ags": table["ags"].astype(str).to_numpy(), **columns})


def _known(values: pd.Series) -> str:
    return ", ".join(sorted(str(value) for value in values.dropna().unique()))
