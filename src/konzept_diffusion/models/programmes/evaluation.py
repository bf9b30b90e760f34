"""Every programme of the table judged by the same rules: `programme_verdicts`."""

from __future__ import annotations

import math
import warnings
from collections.abc import Iterator, Sequence
from dataclasses import dataclass

import numpy as np
import pandas as pd

from ...errors import ModelError
from ..estimators.clusters import ClusterWithoutEventsWarning
from ..inference.few_clusters import cluster_table
from .contrast import COVARIATES, EVER, RATIO_NAMES, Contrast, contrast, counts
from .event_study import EventStudy, event_study
from .interventions import TOGETHER, Intervention, interventions, listed
from .placebo import PlaceboLaender, placebo_laender, without_each_land
from .power import RATIOS, Power, detectable_ratio
from .verdict import Criteria, Number, ProgrammeVerdict, judge


@dataclass(frozen=True, eq=False, repr=False)
class ProgrammeVerdicts:
    """All verdicts, in the order of Land and start; nothing in it can be changed."""

    verdicts: tuple[ProgrammeVerdict, ...]

    def __iter__(self) -> Iterator[ProgrammeVerdict]:
        """Go through the verdicts."""
        return iter(self.verdicts)

    def __len__(self) -> int:
        """Return how many there are."""
        return len(self.verdicts)

    def __getitem__(self, name: str) -> ProgrammeVerdict:
        """Return the verdict on a programme, also where it was judged with others.

        Raises
        ------
        ModelError
            If none of them was judged under this id.
        """
        for item in self.verdicts:
            if name == item.name or name in item.intervention.programmes:
                return item
        raise ModelError(
            f"There is no verdict on {name!r}: {', '.join(item.name for item in self.verdicts)}."
        )

    def tidy(self) -> pd.DataFrame:
        """Return one row per programme, see `ProgrammeVerdict.tidy`."""
        return pd.concat([item.tidy() for item in self.verdicts], ignore_index=True)

    def summary(self, lang: str = "en") -> str:
        """Return all verdicts as text, `en` or `de`."""
        return "\n\n".join(item.summary(lang) for item in self.verdicts)

    def __repr__(self) -> str:
        """Return one line that identifies the result."""
        return f"<Verdicts on {len(self.verdicts)} programmes>"


def programme_verdicts(
    panel: pd.DataFrame,
    programmes: pd.DataFrame,
    only: str | Sequence[str] | None = None,
    covariates: str = COVARIATES,
    controls: str = "not_yet",
    link: str = "cloglog",
    together: int | None = TOGETHER,
    criteria: Criteria | None = None,
) -> ProgrammeVerdicts:
    """Judge every programme by stated criteria: positive, negative, not distinguishable, not identifiable.

    Parameters
    ----------
    panel
        The risk set: adopt, ags, land, year and the covariates. With the years after adoption
        (`panel(full=True)`, `at_risk` false) simulated histories use the covariates there.
    programmes
        Table `programmes`.
    only
        Ids judged; the others still restrict the controls. By default all that `interventions` selects.
    covariates, controls, link
        See `contrast.contrast`. With `logit` ratios are odds ratios and called so; `probit` has none and is refused.
    together
        See `interventions.interventions`.
    criteria
        What is demanded; by default `Criteria()`.

    Returns
    -------
    ProgrammeVerdicts
        One verdict per programme, with the numbers that lead to it.

    Raises
    ------
    ModelError
        If the panel or the table cannot be used, an id is unknown, or the link has no ratios.
    """
    if link not in RATIO_NAMES:
        raise ModelError(
            f"link={link!r} has no ratios to state power and verdicts in: choose {' or '.join(RATIO_NAMES)}."
        )
    demanded = criteria or Criteria()
    only = listed(only)
    every = interventions(programmes, None if only is None else _with_default(programmes, only), together)
    asked = every if only is None else [item for item in every if set(item.programmes) & set(only)]
    return ProgrammeVerdicts(
        tuple(_verdict(panel, item, every, covariates, controls, link, demanded) for item in asked)
    )


def _with_default(programmes: pd.DataFrame, only: Sequence[str]) -> list[str]:
    """Return the ids asked for and those selected by default, whose Länder are no controls."""
    interventions(programmes, only, None)
    try:
        others = [name for item in interventions(programmes, None, None) for name in item.programmes]
    except ModelError:  # the default selects nothing
        others = []
    return list(dict.fromkeys([*others, *only]))


def _verdict(
    panel: pd.DataFrame,
    intervention: Intervention,
    every: Sequence[Intervention],
    covariates: str,
    controls: str,
    link: str,
    criteria: Criteria,
) -> ProgrammeVerdict:
    item = contrast(panel, intervention, every, covariates, controls, link)
    numbers: dict[str, Number] = {**counts(item), "panel_last_year": int(panel["year"].max())}
    placebo: PlaceboLaender | None = None
    power: Power | None = None
    study: EventStudy | None = None
    with warnings.catch_warnings():
        # Länder without events are in the nature of the contrast; what cannot be said follows by rule.
        warnings.simplefilter("ignore", ClusterWithoutEventsWarning)
        # Without a row of the programme, or of controls in its years, there is nothing to simulate or to deal out.
        if numbers["treated_units"] and numbers["control_units"]:
            ratios = [*(ratio for ratio in RATIOS if ratio < criteria.largest_ratio), criteria.largest_ratio]
            power = detectable_ratio(
                item, criteria.power, criteria.level, ratios, criteria.power_draws, criteria.seed
            )
            placebo = _placebo(item, criteria)
            study = _study(item, criteria)
        estimates, without = _estimates(item, criteria)
        numbers |= estimates
    numbers |= {
        "detectable_ratio": None if power is None else power.ratio,
        "power_at_2": None if power is None else power.at_reference,
        "simulated_size": None if power is None else power.size,
        "statistic": None if placebo is None else placebo.statistic,
        "placebo_rank": None if placebo is None else placebo.rank,
        "placebo_assignments": None if placebo is None else placebo.assignments,
        "placebo_p_value": None if placebo is None else placebo.p_value,
        "smallest_p_value": None if placebo is None else placebo.smallest_p_value,
        "pretrend_p_value": None if study is None else _finite(study.pretrend_p_value),
    }
    verdict, reasons = judge(numbers, criteria, intervention.start <= int(panel["year"].max()))
    earlier = tuple(
        other.name
        for other in every
        if set(other.laender) & set(intervention.laender) and other.start < intervention.start
    )
    nexts = sorted(
        (other.start, other.name)
        for other in every
        if set(other.laender) & set(intervention.laender) and other.start > intervention.start
    )
    whole = min(int(panel["year"].max()), intervention.end or item.last_year + 1)
    cut = bool(nexts) and item.last_year == nexts[0][0] - 1 and item.last_year < whole
    return ProgrammeVerdict(
        intervention=intervention,
        verdict=verdict,
        reasons=reasons,
        numbers=numbers,
        criteria=criteria,
        formula=item.formula,
        link=link,
        first_year=int(item.data[item.time].min()),
        last_year=item.last_year,
        flat=item.flat,
        earlier=earlier,
        followed_by=(nexts[0][1], nexts[0][0]) if cut else None,
        left_out_without_estimate=without,
        placebo=placebo,
        power=power,
        event_study=study,
    )


def _placebo(item: Contrast, criteria: Criteria) -> PlaceboLaender | None:
    try:
        return placebo_laender(item, criteria.placebo_draws, criteria.seed)
    except ModelError:  # no contrast: the verdict says so by its counts
        return None


def _study(item: Contrast, criteria: Criteria) -> EventStudy | None:
    try:
        return event_study(item, width=criteria.width)
    except ModelError:  # no event in the reference band: the verdict says that the years cannot be tested
        return None


def _estimates(item: Contrast, criteria: Criteria) -> tuple[dict[str, Number], tuple[str, ...]]:
    """Return the programme's coefficient under every inference, and the controls without which it has none.

    Numbers are None where there is no finite estimate.
    """
    ratio = RATIO_NAMES[item.link]
    names = ("estimate", "iid_std_error", "cr1_std_error", "cr3_std_error", "wild_p_value")
    found: dict[str, Number] = dict.fromkeys(("estimate", ratio, *names[1:]))
    found |= dict.fromkeys(("leave_one_out_low", "leave_one_out_high", "leave_one_out_failed"))
    try:
        fit = item.fit()
    except ModelError:  # separated, or no row of the programme
        return found, ()
    row = cluster_table(fit, draws=criteria.wild_draws, seed=criteria.seed, intervals=False).tidy().iloc[-1]
    for name in names:
        if name in row.index:
            found[name] = _finite(float(row[name]))
    found[ratio] = math.exp(float(row["estimate"]))
    table = without_each_land(item)
    treated = set(item.data.loc[item.data[EVER] == 1, item.cluster].astype(str))
    if len(treated) == 1:  # without the only treated Land there is no programme
        table = table[~table["left_out"].astype(str).isin(treated)]
    lost = table["estimate"].isna()
    found["leave_one_out_failed"] = int(lost.sum())
    ratios = np.exp(table.loc[~lost, "estimate"].to_numpy(dtype=float))
    if len(ratios):
        found |= {"leave_one_out_low": float(ratios.min()), "leave_one_out_high": float(ratios.max())}
    return found, tuple(table.loc[lost, "left_out"].astype(str))


def _finite(value: float) -> float | None:
    return value if math.isfinite(value) else None
