"""What the check for separation shows."""

from __future__ import annotations

from dataclasses import dataclass

import pandas as pd

from ..design import some

_SHOWN = 10
NONE, QUASI, COMPLETE = "none", "quasi-complete", "complete"


@dataclass(frozen=True, eq=False, repr=False, kw_only=True)
class SeparationReport:
    """Whether maximum-likelihood estimates of a binary outcome are finite; nothing in it can be changed.

    Attributes
    ----------
    formula, outcome
        What was checked.
    kind
        `none`; `quasi-complete` (some rows are predicted perfectly, the others overlap); `complete` (all are).
    nobs, n_events
        Rows and events among them.
    separated_rows
        Index labels of the rows that are predicted perfectly.
    separated_events
        Events among these.
    """

    formula: str
    outcome: str
    kind: str
    nobs: int
    n_events: int
    separated_rows: pd.Index
    separated_events: int
    _table: pd.DataFrame

    @property
    def separated(self) -> bool:
        """Whether any estimate is infinite."""
        return self.kind != NONE

    @property
    def terms(self) -> tuple[str, ...]:
        """The terms to act on: those that separate on their own, else all whose estimates are infinite."""
        if not self.separated:
            return ()
        table = self._table
        alone = table[table["alone"]]
        infinite = table[(table["direction"] != "finite") & (table["term"] != "Intercept")]
        return tuple((alone if len(alone) else infinite)["term"])

    def tidy(self) -> pd.DataFrame:
        """Return one row per term.

        Columns: term; direction of the estimate (`finite`, `+inf`, `-inf`, or `undetermined` where separating
        combinations differ); alone (the term separates without the others); rows_in_category and
        events_in_category (0/1 terms only); events_low, events_high, nonevents_low, nonevents_high, the ranges
        of the term among events and non-events.
        """
        return self._table.copy(deep=True)

    def glance(self) -> pd.DataFrame:
        """Return one row: formula, outcome, kind, nobs, n_events, n_terms, separated_rows, separated_events."""
        return pd.DataFrame(
            {
                "formula": [self.formula],
                "outcome": [self.outcome],
                "kind": [self.kind],
                "nobs": [self.nobs],
                "n_events": [self.n_events],
                "n_terms": [len(self.terms)],
                "separated_rows": [len(self.separated_rows)],
                "separated_events": [self.separated_events],
            }
        )

    def summary(self) -> str:
        """Return the report as plain text: what is separated, by which terms and rows, and what to do."""
        head = f"Separation: {self.kind}. {self.formula}; {self.nobs} rows, {self.n_events} events"
        if not self.separated:
            return f"{head}\nEvents and non-events overlap: all estimates are finite."
        lines = [head]
        for row in self._table[self._table["term"].isin(self.terms)].head(_SHOWN).itertuples():
            how = "on its own" if row.alone else "together with others"
            lines.append(f"  {row.term}: {row.direction}, separates {how}; {_overlap(row)}")
        if len(self.terms) > _SHOWN:
            lines.append(f"  and {len(self.terms) - _SHOWN} more terms (tidy() shows all)")
        shown = ", ".join(str(label) for label in self.separated_rows[:_SHOWN])
        more = len(self.separated_rows) - _SHOWN
        lines.append(
            f"{len(self.separated_rows)} rows ({self.separated_events} events) are predicted perfectly: index "
            + (f"{shown} and {more} more" if more > 0 else shown)
        )
        left = self.nobs - len(self.separated_rows)
        if left:
            events = self.n_events - self.separated_events
            lines.append(f"The other {left} rows ({events} events) overlap.")
        lines.append("Take the terms out, merge their categories, or fit by penalised likelihood (firth).")
        return "\n".join(lines)

    def __repr__(self) -> str:
        """Return one line that identifies the report."""
        names = f" by {some(self.terms)}" if self.separated else ""
        return f"<SeparationReport: {self.kind}{names}; {self.nobs} rows>"


def _overlap(row: object) -> str:
    values = {name: getattr(row, name) for name in COLUMNS}
    if values["rows_in_category"] == values["rows_in_category"]:
        return f"{values['events_in_category']:.0f} events in its {values['rows_in_category']:.0f} rows"
    return (
        f"events at {values['events_low']:g} to {values['events_high']:g}, "
        f"non-events at {values['nonevents_low']:g} to {values['nonevents_high']:g}"
    )


COLUMNS = (
    "rows_in_category",
    "events_in_category",
    "events_low",
    "events_high",
    "nonevents_low",
    "nonevents_high",
)
