"""One programme against the Länder without it: the rows compared, and the terms of the contrast.

The model is the pooled form of Wooldridge 2023 (Econometrics Journal 26(3)) for a non-linear index, here the
complementary log-log of the hazard: covariates, calendar time, a dummy of the treated Länder (all years) and a
dummy of the programme in force. The likelihood of a discrete-time hazard is Bernoulli over the rows at risk, so
this is maximum likelihood. The coefficient of the programme is a difference in differences of log-hazards among
those that have not adopted yet: the programme's log hazard ratio if, without it, the log-hazards of both groups
had kept their distance, if nobody anticipated it, and if the units still at risk in both groups are alike given
the covariates. The last is not given by design: a programme that speeds up adoption takes the willing out of
its own risk set first, which pulls later contrasts towards a smaller hazard ratio (dynamic selection). Dummies
of units cannot be used (each unit has one event at most: Allison & Christakis 2006, Sociological Methodology
36), those of all 16 Länder would be nearly that where a Land has one city: only the treated group gets one.
"""

from __future__ import annotations

import math
from collections.abc import Collection, Mapping, Sequence
from dataclasses import dataclass
from types import MappingProxyType

import numpy as np
import pandas as pd
from numpy.typing import NDArray

from ...errors import ModelError
from ..design import Array, build, check_frame, columns_of, parse_terms, zero_one
from ..estimators.binary.models import hazard
from ..estimators.binary.result import Fit
from ..links import LINKS
from .interventions import Intervention, Span

COVARIATES = "log_population + foreign_share_lag + census_break + east"
EVER, EARLIER, ON = "treated_land", "earlier_programme", "in_programme"
"""Terms of the contrast: Land of the programme (all years), an earlier one there in force, this one in force."""
RATIO_NAMES: Mapping[str, str] = MappingProxyType({"cloglog": "hazard_ratio", "logit": "odds_ratio"})
"""What the exponential of a coefficient is; nothing for other links."""
TIMES = ("_time1", "_time2", "_time3")
CONTROLS = ("not_yet", "never")
Deal = tuple[Span, ...]


@dataclass(frozen=True, eq=False)
class Contrast:
    """The rows on which one intervention is judged.

    Attributes
    ----------
    intervention
        What is judged.
    earlier
        Earlier interventions of the same Länder, whose years get a term of their own.
    data
        Rows at risk: up to the end of the programme (or the year before the next of the same Land), without
        the years of other Länder since their own first programme.
    grid
        The same rows had nobody adopted: what histories are simulated on.
    covariates, outcome, unit, cluster, time, link
        As asked for, without the covariates in `flat`.
    last_year
        Last year compared.
    flat
        Covariates left out because they have one value in all rows compared.
    """

    intervention: Intervention
    earlier: tuple[Span, ...]
    data: pd.DataFrame
    grid: pd.DataFrame
    covariates: str
    outcome: str
    unit: str
    cluster: str
    time: str
    link: str
    last_year: int
    flat: tuple[str, ...]

    @property
    def formula(self) -> str:
        """Formula of the contrast; the programme is its last term."""
        parts = [self.base, EVER, *([EARLIER] if self.data[EARLIER].any() else []), ON]
        return f"{self.outcome} ~ {' + '.join(parts)}"

    @property
    def base(self) -> str:
        """Right-hand side without the terms of the programme."""
        return " + ".join([*([self.covariates] if self.covariates else []), *self.times])

    @property
    def times(self) -> tuple[str, ...]:
        """Terms of calendar time: no more than there are years to tell them apart."""
        return TIMES[: max(1, min(3, self.data[self.time].nunique() - 1))]

    def fit(self, vcov: str = "CR1") -> Fit:
        """Return the hazard model of the contrast.

        Raises
        ------
        ModelError
            If it cannot be estimated (a separated programme, no variation).
        """
        return hazard(self.formula, self.data, link=self.link, vcov=vcov, cluster=self.cluster)


def contrast(
    panel: pd.DataFrame,
    intervention: Intervention,
    others: Sequence[Intervention] = (),
    covariates: str = COVARIATES,
    controls: str = "not_yet",
    link: str = "cloglog",
    outcome: str = "adopt",
    unit: str = "ags",
    cluster: str = "land",
    time: str = "year",
) -> Contrast:
    """Return the contrast of one intervention with Länder that had none (yet).

    Parameters
    ----------
    panel
        The risk set; rows not at risk (`at_risk` false) only serve the simulated histories. Without them a
        unit's last covariates stand for the years after its adoption, and calendar covariates for the year's.
    intervention, others
        What is judged; all interventions, of which those of other Länder restrict the controls.
    covariates
        Terms of the baseline hazard, without an outcome; may be empty.
    controls
        `not_yet`: Länder without a programme, and the years of others before their first. `never`: Länder
        that have none in the panel.
    link
        `cloglog`, `logit` or `probit`.
    outcome, unit, cluster, time
        Names of columns.

    Raises
    ------
    ModelError
        If a column is missing, holds missing values, or no treated or no control row is left.
    """
    if controls not in CONTROLS:
        raise ModelError(f"controls={controls!r} is not known: choose {' or '.join(CONTROLS)}.")
    if link not in LINKS:
        raise ModelError(f"link={link!r} is not defined for the hazard: choose one of {', '.join(LINKS)}.")
    used = [] if not covariates else parse_terms(covariates)[1]
    needed = [outcome, unit, cluster, time, *used]
    check_frame(panel, needed, covariates)
    gaps = panel[needed].isna().sum()
    if gaps.any():
        counts = ", ".join(f"{name} ({count})" for name, count in gaps[gaps > 0].items())
        raise ModelError(f"The panel has missing values in {counts}: fill them or leave these rows out.")
    at_risk = (
        panel["at_risk"].astype(bool) if "at_risk" in panel.columns else pd.Series(True, index=panel.index)
    )
    panel_last = int(panel[time].max())
    own = [item for item in others if set(item.laender) & set(intervention.laender) and item != intervention]
    earlier = tuple(
        span
        for item in own
        for span in item.spans
        if span.land in intervention.laender and span.start < intervention.start
    )
    following = [item.start - 1 for item in own if item.start > intervention.start]
    last = min([panel_last, *following, *([intervention.end] if intervention.end is not None else [])])
    frame = panel[needed].assign(_at_risk=at_risk)
    frame = frame[(frame[time] <= last) & _admitted(frame, intervention, others, controls, cluster, time)]
    if frame.empty:
        raise ModelError(f"No row of the panel can be compared for {intervention.name!r}.")
    frame = _grid(frame, outcome, unit, cluster, time)
    clock = (frame[time].astype(float) - 2006.0) / 10.0
    frame = frame.assign(**{name: clock**power for power, name in enumerate(TIMES, start=1)})
    codes = frame[cluster].astype(str).to_numpy()
    years = frame[time].to_numpy(dtype=float)
    ever, before, on = deal_columns(intervention.spans, earlier, codes, years)
    frame = frame.assign(**{EVER: ever.astype(int), EARLIER: before.astype(int), ON: on.astype(int)})
    grid = frame[_admitted(frame, intervention, others, controls, cluster, time)]
    grid = grid.sort_values([unit, time]).reset_index(drop=True)
    data = grid[grid["_at_risk"]].drop(columns="_at_risk").reset_index(drop=True)
    data[outcome] = zero_one(data[outcome], f"the outcome {outcome!r}").astype(int)
    kept, flat = _varying(covariates, data)
    return Contrast(
        intervention, earlier, data, grid, kept, outcome, unit, cluster, time, link, last, flat
    )  # fmt: skip


def deal_columns(
    spans: Collection[Span], earlier: Collection[Span], lands: NDArray[np.object_], years: Array
) -> tuple[NDArray[np.bool_], NDArray[np.bool_], NDArray[np.bool_]]:
    """Return who ever had the programme, when an earlier one of the same Land was in force, when this one."""
    ever, before, on = (np.zeros(len(lands), dtype=bool) for _ in range(3))
    for span in spans:
        here = lands == span.land
        ever |= here
        on |= here & (years >= span.start) & (years <= (math.inf if span.end is None else span.end))
    for span in earlier:
        here = (lands == span.land) & (years >= span.start)
        before |= here & (years <= (math.inf if span.end is None else span.end))
    return ever, before & ~on, on


def counts(item: Contrast) -> dict[str, int]:
    """Return the numbers that a verdict rests on, from the rows of a contrast.

    treated_laender, treated_units (at risk in a year of the programme), treated_rows, events_before (treated
    Länder, before the start and outside earlier programmes), events_during, control_laender, control_units,
    control_events_before and control_events_during (by calendar, from the first start on).
    """
    data, start = item.data, item.intervention.start
    events = data[item.outcome] == 1
    ever, on, early = (data[name] == 1 for name in (EVER, ON, EARLIER))
    late = data[item.time] >= start
    return {
        "treated_laender": int(data.loc[on, item.cluster].nunique()),
        "treated_units": int(data.loc[on, item.unit].nunique()),
        "treated_rows": int(on.sum()),
        "events_before": int((events & ever & ~on & ~early).sum()),
        "events_during": int((events & on).sum()),
        "control_laender": int(data.loc[~ever & late, item.cluster].nunique()),
        "control_units": int(data.loc[~ever & late, item.unit].nunique()),
        "control_events_before": int((events & ~ever & ~late).sum()),
        "control_events_during": int((events & ~ever & late).sum()),
    }


def base_matrix(item: Contrast) -> tuple[Array, tuple[str, ...], object]:
    """Return the covariates and time terms (n, k) of the rows at risk, their names, and the recipe.

    Raises
    ------
    ModelError
        If they cannot be estimated.
    """
    design = build(f"{item.outcome} ~ {item.base}", item.data)
    return design.X, design.terms, design.spec


def _varying(covariates: str, data: pd.DataFrame) -> tuple[str, tuple[str, ...]]:
    """Return the covariates that vary in the rows compared (a window may end before a break does), and the rest."""
    if not covariates:
        return "", ()
    terms = [term for term in parse_terms(covariates)[0] if str(term) != "1"]
    flat = [term for term in terms if all(_constant(data[name]) for name in columns_of(term))]
    kept = " + ".join(str(term) for term in terms if term not in flat)
    return kept, tuple(str(term) for term in flat)


def _constant(values: pd.Series) -> bool:
    return bool((values == values.iloc[0]).all())


def _admitted(
    frame: pd.DataFrame,
    intervention: Intervention,
    others: Sequence[Intervention],
    controls: str,
    cluster: str,
    time: str,
) -> pd.Series:
    """Return which rows may be compared: treated Länder, and others before their own first programme."""
    first: dict[str, int] = {}
    for item in others:
        for span in item.spans:
            if span.land not in intervention.laender:
                first[span.land] = min(span.start, first.get(span.land, span.start))
    lands = frame[cluster].astype(str)
    if controls == "never":
        return ~lands.isin(set(first))
    return frame[time].astype(float) < lands.map(first).astype(float).fillna(math.inf)


def _grid(frame: pd.DataFrame, outcome: str, unit: str, cluster: str, time: str) -> pd.DataFrame:
    """Return `frame` with a row for every unit in every year from its entry on, `_at_risk` false in new ones."""
    entry = frame.groupby(unit)[time].min()
    years = range(int(frame[time].min()), int(frame[time].max()) + 1)
    index = pd.MultiIndex.from_product([entry.index, years], names=[unit, time])
    doubled = frame.duplicated([unit, time])
    if doubled.any():
        row = frame[doubled].iloc[0]
        raise ModelError(
            f"The panel has two rows of {row[unit]!r} in {row[time]}: keep one row per {unit} and {time}."
        )
    wide = frame.astype({time: int}).set_index([unit, time]).reindex(index)
    wide = wide[index.get_level_values(1) >= index.get_level_values(0).map(entry)]
    wide["_at_risk"] = wide["_at_risk"].fillna(False).astype(bool)
    wide[outcome] = wide[outcome].fillna(0)
    for name in wide.columns.difference(["_at_risk", outcome]):
        by_year = frame.groupby(time)[name]
        same = bool((frame[name] == by_year.transform("first")).all())
        if name != cluster and same and not _constant(frame[name]):
            of_year = by_year.first()
            calendar = wide.index.get_level_values(1).to_series(index=wide.index).map(of_year)
            wide[name] = wide[name].fillna(calendar)
        wide[name] = wide.groupby(level=0)[name].ffill()
    return wide.reset_index()
