"""Group-time effects without a model, in the sense of Callaway & Sant'Anna 2021 (J. Econometrics 225(2)).

The outcome of a group g (Länder with the same first year) in year t is its hazard: adoptions over units at risk.
The gap D(g, t) is the group's hazard less that of the controls (never treated, or not treated yet by t) in the same
year; the effect of (g, band of years) is the mean gap of the band less the mean gap of the base band before the
start, each mean weighted by the group's rows at risk. On the scale `log_hazard` a band's gap is the logarithm of
the group's adoptions over those expected at the controls' hazards. Two adaptations to an absorbing
outcome: the gap is conditional on not having adopted, so the estimand is a change in the hazard among those still
at risk and not an average effect on all units (dynamic selection: early adopters leave both groups), and
"parallel trends" means that hazards, not levels of adoption, would have kept their distance. No covariates.
"""

from __future__ import annotations

import math
from collections.abc import Mapping, Sequence
from dataclasses import dataclass

import numpy as np
import pandas as pd
from numpy.typing import NDArray
from scipy import stats

from ...errors import ModelError
from ..design import Array
from ..results import check_level
from .staggered import treated_since

SCALES, CONTROLS, BASES = ("hazard", "log_hazard"), ("not_yet", "never"), ("previous", "before")
AGGREGATIONS = ("cell", "simple", "group", "event_time")


@dataclass(frozen=True, eq=False, repr=False)
class GroupTimeEffects:
    """Result of `group_time_effects`; nothing in it can be changed.

    Attributes
    ----------
    scale, control, base, width
        As asked for.
    first
        First treated year by Land.
    pretrend_statistic, pretrend_df, pretrend_p_value
        Test that all hazard gaps before the start equal that of the base, by the variance under equal hazards of
        all units of a year (independent); NaN without such an effect. With few adoptions chi-squared is rough.
    unidentified
        Group to the reason why it has no effect.
    """

    scale: str
    control: str
    base: str
    width: int
    first: Mapping[str, int]
    pretrend_statistic: float
    pretrend_df: int
    pretrend_p_value: float
    unidentified: Mapping[int, str]
    _cells: pd.DataFrame
    _influence: Array
    _codes: NDArray[np.intp]

    def tidy(self, by: str = "cell", level: float = 0.95) -> pd.DataFrame:
        """Return effects: by `cell` (group and band), or those from the start on by `simple`, `group`, `event_time`.

        Returns
        -------
        pandas.DataFrame
            group and/or first and last (years since the start), estimate, std_error (units independent, given
            who is at risk), cr1_std_error (by Land; too small with few treated Länder), p_value, conf_low,
            conf_high (normal, std_error), treated_rows, treated_events, and for cells control_events,
            years_left_out (without controls) and reason. Aggregates weight cells by treated rows and hold no
            cell with a reason; `cells_left_out` counts these.

        Raises
        ------
        ModelError
            If `by` or `level` is none of these.
        """
        check_level(level)
        if by not in AGGREGATIONS:
            raise ModelError(f"by={by!r} is not known: choose {', '.join(AGGREGATIONS)}.")
        half = float(stats.norm.ppf((1 + level) / 2))
        if by == "cell":
            return self._with_errors(self._cells.copy(), self._influence, half)
        after = self._cells["first"] >= 0
        keys = {"simple": [], "group": ["group"], "event_time": ["first", "last"]}[by]
        part = self._cells[after]
        groups = part.groupby(keys).indices if keys else {(): np.arange(len(part))}
        positions = np.flatnonzero(after.to_numpy())
        rows, influence = [], []
        for key, places in groups.items():
            values = key if isinstance(key, tuple) else (key,)
            cells = part.iloc[places]
            usable = np.isfinite(cells["estimate"].to_numpy(dtype=float))
            weights = cells["treated_rows"].to_numpy(dtype=float) * usable
            share = weights / weights.sum() if weights.sum() else np.full(len(cells), math.nan)
            estimate = float(share[usable] @ cells["estimate"].to_numpy(dtype=float)[usable])
            rows.append(
                {
                    **dict(zip(keys, (int(value) for value in values), strict=True)),
                    "estimate": estimate if usable.any() else math.nan,
                    "treated_rows": int(cells["treated_rows"][usable].sum()),
                    "treated_events": int(cells["treated_events"][usable].sum()),
                    "cells_left_out": int((~usable).sum()),
                }
            )
            influence.append(
                share[usable] @ self._influence[positions[places[usable]]]
                if usable.any()
                else np.full(self._influence.shape[1], math.nan)
            )
        return self._with_errors(pd.DataFrame(rows), np.array(influence), half)

    def _with_errors(self, table: pd.DataFrame, influence: Array, half: float) -> pd.DataFrame:
        size = int(self._codes.max()) + 1
        sums = np.array([np.bincount(self._codes, weights=row, minlength=size) for row in influence])
        error = np.sqrt(np.square(influence).sum(axis=1))
        table.insert(table.columns.get_loc("estimate") + 1, "std_error", error)
        clustered = np.sqrt(size / (size - 1) * np.square(sums).sum(axis=1))
        table.insert(table.columns.get_loc("std_error") + 1, "cr1_std_error", clustered)
        with np.errstate(divide="ignore", invalid="ignore"):
            table["p_value"] = 2 * stats.norm.sf(np.abs(table["estimate"].astype(float) / error))
        table["conf_low"] = table["estimate"] - half * error
        table["conf_high"] = table["estimate"] + half * error
        return table

    def summary(self) -> str:
        """Return effects by cell and the test of the years before as plain text."""
        return "\n".join(
            [
                f"Group-time effects ({self.scale}, controls {self.control}, base {self.base})",
                self.tidy().to_string(index=False, float_format="{:.4f}".format),
                f"Years before: chi2 {self.pretrend_statistic:.3f}, {self.pretrend_df} d.f., "
                f"p = {self.pretrend_p_value:.3f}",
            ]
        )

    def __repr__(self) -> str:
        """Return one line that identifies the result."""
        return f"<Group-time effects: {len(self._cells)} cells, {self.scale}>"


def group_time_effects(
    panel: pd.DataFrame,
    programmes: pd.DataFrame,
    only: Sequence[str] | None = None,
    control: str = "not_yet",
    base: str = "before",
    width: int = 1,
    scale: str = "hazard",
) -> GroupTimeEffects:
    """Return the change of a group's hazard gap to its controls, by group and band of years.

    Parameters
    ----------
    panel
        The risk set: adopt, land, year.
    programmes, only
        See `interventions.interventions`.
    control
        `not_yet`: Länder not treated by that year, or never. `never`: those without any programme.
    base
        `previous`: the band before the start. `before`: all years before the start.
    width
        Years per band, counted from the start.
    scale
        `hazard` or `log_hazard`; on the latter a band without an adoption has no finite effect.

    Raises
    ------
    ModelError
        If an argument is not known, or no group has rows before and after its start.

    Warns
    -----
    FewTreatedClustersWarning
        If fewer than six Länder are treated.
    """
    for name, given, known in (
        ("control", control, CONTROLS), ("base", base, BASES), ("scale", scale, SCALES),
    ):  # fmt: skip
        if given not in known:
            raise ModelError(f"{name}={given!r} is not known: choose {' or '.join(known)}.")
    if width < 1:
        raise ModelError(f"width={width!r}: give the years per band, 1 or more.")
    rows, first = treated_since(panel, programmes, only, ["adopt", "land", "year"])
    y = rows["adopt"].to_numpy(dtype=float)
    year, since = rows["year"].to_numpy(dtype=int), rows["_first"].to_numpy(dtype=float)
    cells, influence, contrasts = [], [], []
    unidentified: dict[int, str] = {}
    for group in sorted(set(first.values())):
        own = since == group
        band = np.floor((year - group) / width).astype(int)
        numbers = sorted(set(band[own].tolist()))
        if not numbers or numbers[0] >= 0 or numbers[-1] < 0:
            unidentified[group] = (
                "no row at risk " + ("since" if numbers and numbers[0] < 0 else "before") + " its start"
            )
            continue
        reference = own & ((band == -1) if base == "previous" else (band < 0))
        zero = _gap(y, year, since, reference, control, scale)
        for number in numbers:
            if number == -1 and base == "previous":
                continue
            inside = own & (band == number)
            here = _gap(y, year, since, inside, control, scale)
            reason = here.reason or ("base: " + zero.reason if zero.reason else "")
            cells.append(
                {
                    "group": group,
                    "first": number * width,
                    "last": (number + 1) * width - 1,
                    "estimate": here.value - zero.value if not zero.reason else math.nan,
                    "treated_rows": int(inside.sum()),
                    "treated_events": int(y[inside].sum()),
                    "control_events": here.control_events,
                    "years_left_out": here.years_left_out + zero.years_left_out,
                    "reason": reason,
                }
            )
            influence.append(here.influence - zero.influence)
            contrasts.append(here.weights - zero.weights)
    if not cells:
        raise ModelError("No group of Länder has rows at risk both before and after its start.")
    table, matrix = pd.DataFrame(cells), np.array(influence)
    share = pd.Series(y).groupby(year).transform("mean").to_numpy()
    statistic, df = _pretrend(table, np.array(contrasts), y, share * (1 - share))
    return GroupTimeEffects(
        scale=scale,
        control=control,
        base=base,
        width=width,
        first=first,
        pretrend_statistic=statistic,
        pretrend_df=df,
        pretrend_p_value=float(stats.chi2(df).sf(statistic)) if df else math.nan,
        unidentified=unidentified,
        _cells=table,
        _influence=matrix,
        _codes=pd.factorize(rows["land"].astype(str), sort=True)[0],
    )


@dataclass(frozen=True, eq=False)
class _Gap:
    value: float
    influence: Array
    weights: Array
    control_events: int
    years_left_out: int
    reason: str


def _gap(
    y: Array, year: NDArray[np.int_], since: Array, inside: NDArray[np.bool_], control: str, scale: str
) -> _Gap:
    """Return the mean gap of some rows of a group to their controls, and the influence of every row."""
    influence = np.zeros(len(y))
    own_years = sorted(set(year[inside].tolist()))
    hazards: dict[int, tuple[float, Array]] = {}
    for when in own_years:
        others = (year == when) & (np.isinf(since) if control == "never" else since > when) & ~inside
        if others.any():
            hazards[when] = (float(y[others].mean()), others)
    used = inside & np.isin(year, list(hazards))
    size, left_out = int(used.sum()), len(own_years) - len(hazards)
    if not size:
        reason = "no row at risk" if not own_years else "no control at risk"
        return _Gap(math.nan, np.full(len(y), math.nan), np.full(len(y), math.nan), 0, left_out, reason)
    seen = float(y[used].sum())
    counts = {when: int((used & (year == when)).sum()) for when in hazards}
    expected = sum(counts[when] * level for when, (level, _) in hazards.items())
    control_events = int(sum(y[others].sum() for _, others in hazards.values()))
    own, outside = (1 / size, 1 / size) if scale == "hazard" else (1 / (seen or 1), 1 / (expected or 1))
    weights = np.where(used, 1 / size, 0.0)  # the gap of the hazards is the sum of weights times adoptions
    for when, (_, others) in hazards.items():
        weights[others] -= counts[when] / size / int(others.sum())
    influence[used] += own * (y[used] - seen / size)
    for when, (level, others) in hazards.items():
        influence[others] -= outside * counts[when] / int(others.sum()) * (y[others] - level)
    if scale == "hazard":
        return _Gap((seen - expected) / size, influence, weights, control_events, left_out, "")
    if not seen or not expected:
        which = "no adoption in the group" if not seen else "no adoption among the controls"
        value = math.nan if not seen and not expected else (-math.inf if not seen else math.inf)
        return _Gap(value, np.full(len(y), math.nan), weights, control_events, left_out, which)
    return _Gap(math.log(seen / expected), influence, weights, control_events, left_out, "")


def _pretrend(table: pd.DataFrame, contrasts: Array, y: Array, variance: Array) -> tuple[float, int]:
    """Return the statistic of all hazard gaps before the start together, and its degrees of freedom."""
    early = (table["first"] < 0).to_numpy() & ~np.isnan(contrasts).any(axis=1)
    estimates = contrasts[early] @ y
    vcov = (contrasts[early] * variance) @ contrasts[early].T
    rank = int(np.linalg.matrix_rank(vcov, hermitian=True)) if len(estimates) else 0
    if not rank:
        return math.nan, 0
    return float(estimates @ np.linalg.pinv(vcov, hermitian=True) @ estimates), rank
