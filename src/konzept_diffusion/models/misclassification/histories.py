"""Rows of a panel as histories of units: who was observed to adopt, in which row, over which window."""

from __future__ import annotations

from dataclasses import dataclass, replace

import numpy as np
import pandas as pd
from numpy.typing import NDArray

from ...errors import ModelError
from ..design import Array, Design, build, check_frame, parse, warn_dropped, zero_one

_UNIT, _TIME, _NEEDS, _POSITION = "__unit", "__time", "__needs_window", "__position"
AFTER = "(rows after the observed adoption)"
"""Under this name `dropped` counts the rows that do not enter because the adoption is certain."""


@dataclass(frozen=True, eq=False)
class Histories:
    """U units and their N rows, sorted by unit and time.

    Attributes
    ----------
    design
        Outcome and covariates of the rows; its clusters are those of rows.
    starts
        Position of each unit's first row, shape (U,).
    unit
        Number of the unit of each row, shape (N,).
    event
        Position of the row in which the unit was observed to adopt; -1 for the others; shape (U,).
    kept
        Position of each unit in the table it was made from, shape (U,).
    false_dates
        Probability that an adoption named by mistake bears the date that was observed: one over the rows of
        the unit, shape (U,).
    codes
        Cluster number of each unit, shape (U,); None without clusters.
    """

    design: Design
    starts: NDArray[np.intp]
    unit: NDArray[np.intp]
    event: NDArray[np.intp]
    kept: NDArray[np.intp]
    false_dates: Array
    codes: NDArray[np.intp] | None

    @property
    def size(self) -> int:
        """Number of units."""
        return len(self.starts)

    @property
    def adopters(self) -> NDArray[np.bool_]:
        """Which units were observed to adopt, shape (U,)."""
        return self.event >= 0

    def subset(self, keep: NDArray[np.bool_]) -> Histories:
        """Return the units where `keep` (U,) is true."""
        rows = keep[self.unit]
        design = replace(self.design, y=self.design.y[rows], X=self.design.X[rows])
        event = np.where(self.event >= 0, np.cumsum(rows)[self.event] - 1, -1)[keep]
        number = (np.cumsum(keep) - 1)[self.unit[rows]]
        return Histories(
            design,
            _starts(number),
            number,
            event,
            self.kept[keep],
            self.false_dates[keep],
            None if self.codes is None else self.codes[keep],
        )


def unit_table(data: pd.DataFrame, unit: str | None, time: str | None, by: str | None) -> pd.DataFrame:
    """Return `data` sorted by unit and time, with the unit and the time under names of their own.

    Parameters
    ----------
    unit, time
        Columns that name the unit and order its rows; both None for a cross-section, one row per unit.
    by
        Column that must be constant within units, or None.

    Raises
    ------
    ModelError
        If a row has no unit or time, the times are no numbers, or a unit has two rows at one time or two values
        of `by`.
    """
    check_frame(data, [name for name in (unit, time, by) if name is not None], "unit=, time=, by=")
    frame = data.assign(
        **{
            _UNIT: np.arange(len(data)) if unit is None else data[unit],
            _TIME: 0 if time is None else data[time],
        }
    )
    for name, column in ((_UNIT, unit), (_TIME, time)):
        missing = frame[name].isna().to_numpy(dtype=bool)
        if missing.any():
            raise ModelError(
                f"The column {column!r} has no value in {int(missing.sum())} rows, first at index "
                f"{shown(frame.index[int(missing.argmax())])}: every row belongs to a unit and a time."
            )
    if pd.api.types.infer_dtype(frame[_UNIT]) == "mixed-integer":
        raise ModelError(f"The column {unit!r} mixes numbers and text: give all units keys of one kind.")
    frame[_TIME] = _times(frame[_TIME], time)
    frame = frame.sort_values([_UNIT, _TIME], kind="stable")
    twice = frame.duplicated([_UNIT, _TIME]).to_numpy()
    if twice.any():
        doubled, when = frame.loc[twice, _UNIT].iloc[0], frame.loc[twice, _TIME].iloc[0]
        raise ModelError(
            f"The unit {shown(doubled)} has two rows at {time} {when:.10g}: keep one row per unit and time."
        )
    if by is not None:
        _check_constant(frame, by, "class")
    return frame


def shown(value: object) -> str:
    """Return a value as a message shows it: a number of numpy as a plain one."""
    return repr(value.item() if isinstance(value, np.generic) else value)


def _times(values: pd.Series, name: str | None) -> Array:
    """Return times as floats: text would be sorted by letters, 10 before 9."""
    values = values.infer_objects()
    if not pd.api.types.is_numeric_dtype(values.dtype) or pd.api.types.is_bool_dtype(values.dtype):
        raise ModelError(
            f"The times in {name!r} are no numbers (first {shown(values.iloc[0])}), so that their order is not "
            "known: convert them, for instance to years."
        )
    times = values.to_numpy(dtype=float)
    if not np.isfinite(times).all():
        at = values.index[int((~np.isfinite(times)).argmax())]
        raise ModelError(f"The time in {name!r} at index {shown(at)} is not finite: correct it.")
    return times


def classes(frame: pd.DataFrame, by: str | None) -> pd.Series | None:
    """Return the class of each unit of a `unit_table`, indexed by unit."""
    return None if by is None else frame.drop_duplicates(_UNIT).set_index(_UNIT)[by]


def unit_names(frame: pd.DataFrame) -> NDArray[np.object_]:
    """Return the units of a `unit_table`, in its order."""
    return frame[_UNIT].drop_duplicates().to_numpy(dtype=object)


def histories(
    formula: str,
    frame: pd.DataFrame,
    cluster: str | None,
    needs_window: NDArray[np.bool_],
    total: int,
    stacklevel: int,
) -> Histories:
    """Return the histories of a `unit_table`.

    Parameters
    ----------
    formula
        As for `hazard`; rows after the observed adoption may be there (outcome 0).
    cluster
        Column with the cluster, constant within units.
    needs_window
        Whether a unit's rows after its observed adoption enter, shape (U,) in the order of the table; where
        they do not, they are left out and counted.
    total
        Rows of the table as the user gave it.
    stacklevel
        Calls between this one and the user's, for the warning.

    Raises
    ------
    ModelError
        If a unit adopts twice or changes its cluster, lacks a period within its rows that other units have,
        later rows are needed and absent, or the model cannot be estimated.

    Warns
    -----
    DroppedRowsWarning
        If units are left out because one of their rows has a missing value.
    """
    outcome, _, variables = parse(formula)
    check_frame(frame, [outcome, *variables, *([cluster] if cluster is not None else [])], formula)
    position = pd.factorize(frame[_UNIT])[0]
    frame = frame.assign(**{_POSITION: position, _NEEDS: needs_window[position]})
    periods = np.unique(frame[_TIME].to_numpy(dtype=float))
    frame, after = _before_adoption(frame, outcome)
    frame, dropped = _complete_units(frame, [outcome, *variables], total, stacklevel)
    _check_window(frame, outcome, periods[-1])
    _check_gaps(frame, periods)
    design = build(formula, frame, cluster)
    if after:
        dropped = (*dropped, (AFTER, after))
    design = replace(design, nobs_total=total, dropped=dropped)
    number = pd.factorize(frame[_UNIT])[0].astype(np.intp)
    starts = _starts(number)
    rows = np.flatnonzero(design.y > 0)
    event = np.full(len(starts), -1, dtype=np.intp)
    event[number[rows]] = rows
    codes = None
    if cluster is not None and design.codes is not None:
        _check_constant(frame, cluster, "cluster")
        codes = design.codes[starts]
    kept = frame[_POSITION].to_numpy(dtype=np.intp)[starts]
    return Histories(design, starts, number, event, kept, 1.0 / np.bincount(number), codes)


def _starts(number: NDArray[np.intp]) -> NDArray[np.intp]:
    return np.flatnonzero(np.r_[True, number[1:] != number[:-1]]).astype(np.intp)


def without_units(frame: pd.DataFrame, columns: list[str]) -> pd.DataFrame:
    """Return the rows of the units that have a value in all `columns` in all rows."""
    bad = frame.loc[frame[columns].isna().any(axis=1).to_numpy(), _UNIT]
    return frame[~frame[_UNIT].isin(bad).to_numpy()]


def _before_adoption(frame: pd.DataFrame, outcome: str) -> tuple[pd.DataFrame, int]:
    """Leave out the rows after the adoption of units that do not need them; return how many that were."""
    given = frame[outcome].notna().to_numpy(dtype=bool)
    adopted = np.zeros(len(frame), dtype=bool)
    adopted[given] = zero_one(frame.loc[given, outcome], f"the outcome {outcome!r}") > 0
    number, labels = pd.factorize(frame[_UNIT])
    many = np.bincount(number, weights=adopted)
    if (many > 1).any():
        raise ModelError(
            f"The unit {shown(labels[int(many.argmax())])} adopts {many.max():.0f} times: the correction is for first "
            "adoptions, one event per unit."
        )
    running = pd.Series(adopted.astype(int)).groupby(number).cumsum().to_numpy()
    out = (running > 0) & ~adopted & ~frame[_NEEDS].to_numpy(dtype=bool)
    return frame[~out], int(out.sum())


def _complete_units(
    frame: pd.DataFrame, columns: list[str], total: int, stacklevel: int
) -> tuple[pd.DataFrame, tuple[tuple[str, int], ...]]:
    """Leave out units with a missing value: without one year the path to the others is unknown."""
    columns = list(dict.fromkeys(columns))
    missing = frame[columns].isna()
    dropped = tuple((name, int(missing[name].sum())) for name in columns if missing[name].any())
    kept = without_units(frame, columns)
    if kept.empty:
        counts = ", ".join(f"{name} ({count})" for name, count in dropped)
        raise ModelError(
            f"No unit is complete; missing values by column: {counts}. Fill or leave out such columns."
        )
    units = frame[_UNIT].nunique() - kept[_UNIT].nunique()
    fate = f"are left out, all rows of {units} units, since a path with a gap has no likelihood"
    warn_dropped(dropped, len(frame) - len(kept), total, fate, stacklevel=stacklevel + 3)
    return kept, dropped


def _check_window(frame: pd.DataFrame, outcome: str, last: float) -> None:
    final = ~frame.duplicated(_UNIT, keep="last").to_numpy()
    adopted = frame[outcome].to_numpy(dtype=float) > 0
    short = final & adopted & frame[_NEEDS].to_numpy(dtype=bool) & (frame[_TIME] != last).to_numpy()
    if short.any():
        raise ModelError(
            f"The rows of {int(short.sum())} adopters end with their adoption, first of "
            f"{shown(frame.loc[short, _UNIT].iloc[0])}, but their later rows are needed: without the adoption the "
            "unit is at risk to the end. Pass the whole window, such as kd.panel(full=True)."
        )


def _check_gaps(frame: pd.DataFrame, periods: Array) -> None:
    """Refuse a unit without a row in one of the `periods` between its first row and its last: S(T) needs all."""
    place = np.searchsorted(periods, frame[_TIME].to_numpy(dtype=float))
    units = frame[_UNIT].to_numpy(dtype=object)
    gap = np.flatnonzero((units[1:] == units[:-1]) & (np.diff(place) > 1))
    if len(gap):
        first, named = int(gap[0]), frame[_UNIT].iloc[gap].nunique()
        raise ModelError(
            f"The unit {shown(units[first])} has no row at {periods[place[first] + 1]:.10g}, between its first row and "
            f"its last ({named} units have such gaps): a path with a gap has no likelihood; add the rows or leave "
            "these units out."
        )


def _check_constant(frame: pd.DataFrame, column: str, what: str) -> None:
    counts = frame.groupby(_UNIT)[column].nunique(dropna=False)
    if (counts > 1).any():
        raise ModelError(
            f"The unit {shown(counts.index[int((counts > 1).to_numpy().argmax())])} changes its {what} ({column!r}) "
            "over time: give each unit one."
        )
