"""What can be said of one programme, by criteria stated in advance: numbers, rules, verdict."""

from __future__ import annotations

import math
from collections.abc import Mapping
from dataclasses import dataclass

import pandas as pd

from ...errors import ModelError
from ..inference.covariance import SEED
from .contrast import RATIO_NAMES
from .event_study import EventStudy
from .interventions import Intervention
from .placebo import PlaceboLaender
from .power import LEAST_DRAWS, Power

POSITIVE, NEGATIVE = "positive", "negative"
NOT_DISTINGUISHABLE, NOT_IDENTIFIABLE = "not distinguishable", "not identifiable"
VERDICTS = (POSITIVE, NEGATIVE, NOT_DISTINGUISHABLE, NOT_IDENTIFIABLE)
CONDITION_FOR_CENTRE = frozenset({"nw_teilhabe_integrationsgesetz", "nw_kommunale_integrationszentren"})
"""Programmes under which a concept was the condition for, or due with, a Kommunales Integrationszentrum."""

Number = float | int | None


@dataclass(frozen=True)
class Criteria:
    """What a verdict demands, fixed before results are looked at.

    Attributes
    ----------
    level
        Of the placebo test. One Land of 16 cannot do better than 1/16, so 0.10 is the smallest conventional
        level at which the answer is not fixed in advance; at 0.05 no programme of one Land is identifiable.
    units
        Units of treated Länder at risk while the programme is in force, at least.
    events_before, events_during
        Adoptions of treated Länder before the start and while in force, at least.
    power, largest_ratio
        A hazard ratio up to the largest has to be detectable with this probability. Sixteen is a ceiling beyond
        which a programme would have brought nearly every Kommune to adopt within a year or two: a programme that
        could be found only above it counts as not identifiable.
    informative_power
        A verdict of "not distinguishable" says something only where a hazard ratio of 2 would be found with this
        probability; below it the result is not `informative`, and the text says that it is no finding.
    pretrend_level
        A test of the years before the start that rejects at this level bars a positive or negative verdict.
    width
        Years per band of the event study.
    power_draws, placebo_draws, wild_draws, seed
        Draws of the simulated histories, of assignments with several treated Länder, of the score bootstrap.
    """

    level: float = 0.10
    units: int = 5
    events_before: int = 1
    events_during: int = 1
    power: float = 0.80
    largest_ratio: float = 16.0
    informative_power: float = 0.50
    pretrend_level: float = 0.10
    width: int = 3
    power_draws: int = 200
    placebo_draws: int = 999
    wild_draws: int = 999
    seed: int = SEED

    def __post_init__(self) -> None:
        """Check the values.

        Raises
        ------
        ModelError
            If one of them is out of range.
        """
        for name in ("level", "power", "pretrend_level", "informative_power"):
            if not 0 < getattr(self, name) < 1:
                raise ModelError(f"{name}={getattr(self, name)!r} lies not between 0 and 1.")
        for name in ("units", "events_before", "events_during", "width"):
            if getattr(self, name) < 1:
                raise ModelError(f"{name}={getattr(self, name)!r}: the least is 1.")
        for name, least in (("power_draws", LEAST_DRAWS), ("placebo_draws", 99), ("wild_draws", 99)):
            if getattr(self, name) < least:
                raise ModelError(f"{name}={getattr(self, name)!r}: the least is {least}.")
        if not (math.isfinite(self.largest_ratio) and self.largest_ratio > 1):
            raise ModelError(f"largest_ratio={self.largest_ratio!r}: give a finite hazard ratio above 1.")


@dataclass(frozen=True, eq=False, repr=False)
class ProgrammeVerdict:
    """Result for one intervention; nothing in it can be changed.

    Attributes
    ----------
    intervention
        What is judged.
    verdict
        One of `VERDICTS`.
    reasons
        Codes of what decided, see `programmes.wording`.
    numbers
        Everything the verdict rests on: counts, power, estimate, placebo rank, tests (None where not defined).
    criteria
        What was demanded.
    formula, link, first_year, last_year, flat, earlier
        The model, its link, its years, covariates without variation there, earlier programmes of the same Länder.
    followed_by
        The next programme of the same Länder and its start, if the comparison ends before it; else None.
    left_out_without_estimate
        Control Länder without which the coefficient has no finite estimate: the range does not cover them.
    placebo, power, event_study
        The parts, None where they could not be computed.
    """

    intervention: Intervention
    verdict: str
    reasons: tuple[str, ...]
    numbers: Mapping[str, Number]
    criteria: Criteria
    formula: str
    link: str
    first_year: int
    last_year: int
    flat: tuple[str, ...]
    earlier: tuple[str, ...]
    followed_by: tuple[str, int] | None
    left_out_without_estimate: tuple[str, ...]
    placebo: PlaceboLaender | None
    power: Power | None
    event_study: EventStudy | None

    @property
    def name(self) -> str:
        """Id of the intervention."""
        return self.intervention.name

    @property
    def informative(self) -> bool:
        """Whether the verdict is a finding: positive or negative, or an effect of 2 would have been found."""
        if self.verdict == NOT_DISTINGUISHABLE:
            return _value(self.numbers, "power_at_2") >= self.criteria.informative_power
        return self.verdict in (POSITIVE, NEGATIVE)

    @property
    def ratio_name(self) -> str:
        """Name of the exponential of the coefficient: `hazard_ratio` or `odds_ratio`."""
        return RATIO_NAMES[self.link]

    @property
    def precondition(self) -> bool:
        """Whether a concept was a condition for a Kommunales Integrationszentrum under it."""
        return bool(CONDITION_FOR_CENTRE & set(self.intervention.programmes))

    def tidy(self) -> pd.DataFrame:
        """Return one row: programme, laender, start, end, verdict, reasons, then every number."""
        item = self.intervention
        row: dict[str, object] = {
            "programme": item.name,
            "laender": ", ".join(item.laender),
            "start": item.start,
            "end": item.end,
            "verdict": self.verdict,
            "reasons": "|".join(self.reasons),
            "concept_condition": item.concept_condition,
            "compared_first": self.first_year,
            "compared_last": self.last_year,
            "link": self.link,
            "informative": self.informative,
        }
        numbers = {name: math.nan if value is None else value for name, value in self.numbers.items()}
        table = pd.DataFrame([{**row, **numbers}])
        return table.astype({"end": "Int64", "concept_condition": "boolean"})

    def summary(self, lang: str = "en") -> str:
        """Return the verdict with its numbers as text: `en` or `de`.

        Raises
        ------
        ModelError
            If the language is neither.
        """
        from .wording import text

        return text(self, lang)

    def __repr__(self) -> str:
        """Return one line that identifies the result."""
        return f"<Verdict on {self.name}: {self.verdict}>"


def judge(numbers: Mapping[str, Number], criteria: Criteria, started: bool) -> tuple[str, tuple[str, ...]]:
    """Return the verdict and the codes of its reasons.

    Not identifiable, if any demand on the data or on power fails. Otherwise positive or negative, if the placebo
    test rejects, the years before show no trend, and no Land decides on the sign. Otherwise not distinguishable.

    Parameters
    ----------
    numbers
        As in `ProgrammeVerdict.numbers`.
    criteria
        What is demanded.
    started
        Whether the programme began within the years of the panel.
    """
    lacking: list[str] = []
    if not started:
        return NOT_IDENTIFIABLE, ("after_window",)
    if not numbers["treated_units"]:
        return NOT_IDENTIFIABLE, ("no_units",)
    for name, least, code in (
        ("treated_units", criteria.units, "few_units"),
        ("events_before", criteria.events_before, "events_before"),
        ("events_during", criteria.events_during, "events_during"),
        ("control_units", 1, "no_controls"),
    ):
        if _value(numbers, name) < least:
            lacking.append(code)
    smallest = numbers["smallest_p_value"]
    if smallest is None or smallest > criteria.level + 1e-12:
        lacking.append("few_assignments")
    ratio = numbers["detectable_ratio"]
    if ratio is None or not math.isfinite(ratio):
        lacking.append("no_power")
    if lacking:
        return NOT_IDENTIFIABLE, tuple(lacking)
    if _value(numbers, "placebo_p_value") > criteria.level + 1e-12:
        return NOT_DISTINGUISHABLE, ("placebo_p",)
    against: list[str] = []
    pretrend = numbers["pretrend_p_value"]
    if pretrend is None:
        against.append("pretrend_unknown")
    elif pretrend <= criteria.pretrend_level:
        against.append("pretrend")
    low, high = numbers["leave_one_out_low"], numbers["leave_one_out_high"]
    if low is None or high is None or low <= 1 <= high:
        against.append("one_land_decides")
    if numbers["leave_one_out_failed"]:
        against.append("one_land_needed")
    if against:
        return NOT_DISTINGUISHABLE, tuple(against)
    return (POSITIVE if _value(numbers, "statistic") > 0 else NEGATIVE), ("placebo_p",)


def _value(numbers: Mapping[str, Number], name: str) -> float:
    value = numbers[name]
    return math.nan if value is None else float(value)
