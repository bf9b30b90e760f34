"""Time-varying programme terms: a column per programme, in force in this Land in this year."""

from __future__ import annotations

import warnings
from collections.abc import Sequence

import pandas as pd

from ...errors import ModelError
from ..design import check_frame
from .interventions import Intervention, interventions

TAKES_PART = "teilnahme"
"""State of a row of table `participation` that is more than an application."""


class ChosenParticipationWarning(UserWarning):
    """A Kommune decides itself whether to take part: such a term is no exogenous cause of a concept."""


def programme_terms(
    panel: pd.DataFrame,
    programmes: pd.DataFrame,
    only: str | Sequence[str] | None = None,
    leads: int = 0,
    lag: int = 0,
    years_since: bool = False,
    together: int | None = None,
    participation: pd.DataFrame | None = None,
) -> pd.DataFrame:
    """Return the panel with columns for every programme, dated by the table.

    Parameters
    ----------
    panel
        One row per Kommune and year: land (two-digit key), year; ags with `participation`.
    programmes
        Table `programmes`.
    only
        Ids of programmes (or one); by default the support programmes and laws of Länder for concepts and structures.
    leads
        Number of years before the start that get a column each, `<id>_lead1` being the year before it.
    lag
        Years by which the term sets in (and ends) later than the programme.
    years_since
        Whether to add `<id>_since`: years since the term set in, 1 in its first year, 0 outside.
    together
        See `interventions`; by default every programme has its own column. The name of a joint one is its
        ids joined by `_and_`.
    participation
        Table `participation`: adds `<id>_participates` for the Kommune itself (not its Kreis), 1 in the years
        that the table knows, 0 where the programme is not in force, missing where it is and nothing is known:
        a Kommune without a row is not observed, which is not the same as not taking part.

    Returns
    -------
    pandas.DataFrame
        A copy with the new columns, `Int64`.

    Raises
    ------
    ModelError
        If a column is missing or taken, `leads` or `lag` is negative, or as `interventions`.

    Warns
    -----
    ChosenParticipationWarning
        With `participation`.
    UnknownEndWarning
        If the end of a programme is not known.
    """
    check_frame(panel, ["land", "year", *(["ags"] if participation is not None else [])], "programme_terms")
    for name, value in (("leads", leads), ("lag", lag)):
        if not isinstance(value, int) or value < 0:
            raise ModelError(f"{name}={value!r} is no number of years: give 0 or a positive whole number.")
    if panel[["land", "year"]].isna().any(axis=None):
        raise ModelError("Rows of the panel have no land or year: fill them or leave the rows out.")
    columns: dict[str, pd.Series] = {}
    for item in interventions(programmes, only, together):
        name = item.name.replace("+", "_and_")
        starts = panel["land"].map({span.land: span.start for span in item.spans}).astype("Int64")
        ends = panel["land"].map({span.land: span.end for span in item.spans}).astype("Int64")
        year = panel["year"].astype("Int64") - lag
        on = (year >= starts).fillna(False) & ((year <= ends) | ends.isna()).fillna(False)
        columns[name] = on.astype("Int64")
        if years_since:
            columns[f"{name}_since"] = (year - starts + 1).where(on, 0).astype("Int64")
        for step in range(1, leads + 1):
            before = (panel["year"].astype("Int64") == starts - step).fillna(False)
            columns[f"{name}_lead{step}"] = before.astype("Int64")
        if participation is not None:
            columns[f"{name}_participates"] = _participates(panel, item, participation, on, lag)
    taken = [name for name in columns if name in panel.columns]
    if taken:
        raise ModelError(
            f"The panel has a column {taken[0]!r} already: rename it or leave the programme out."
        )
    if participation is not None:
        warnings.warn(
            "Whether to take part in a programme is the decision of a Kommune, often because it has or wants a "
            "concept: a coefficient of participation is no effect of the programme.",
            ChosenParticipationWarning,
            stacklevel=2,
        )
    return panel.assign(**columns)


def _participates(
    panel: pd.DataFrame, item: Intervention, participation: pd.DataFrame, on: pd.Series, lag: int
) -> pd.Series:
    """Return 1 where the table knows of participation, 0 out of force, missing where nothing is known."""
    check_frame(participation, ["ags", "programme_id", "state", "start", "end"], "participation")
    rows = participation[
        participation["programme_id"].isin(item.programmes)
        & (participation["state"] == TAKES_PART)
        & participation["start"].notna()
    ]
    known = pd.Series(False, index=panel.index)
    year = panel["year"].astype("Int64") - lag
    for row in rows.itertuples():
        known |= (
            (panel["ags"] == row.ags)
            & (year >= row.start).fillna(False)
            & (pd.isna(row.end) or (year <= row.end).fillna(False))
        )
    known &= on
    found = pd.Series(0, index=panel.index, dtype="Int64")
    return found.mask(on & ~known).mask(known, 1).astype("Int64")
