"""What may be chosen otherwise: codings, samples, links, duration terms and covariates, and all combinations.

Simonsohn, Simmons & Nelson 2020 (Nature Human Behaviour 4(11), "Specification curve analysis") ask for the set
of specifications that are sensible, statistically valid and not redundant to be named before it is run; here it
is declared as data. Steegen, Tuerlinckx, Gelman & Vanpaemel 2016 (Perspectives on Psychological Science 11(5))
call the same a multiverse.
"""

from __future__ import annotations

import itertools
from collections.abc import Iterator, Sequence
from dataclasses import dataclass

from ...catalogue.rules import MAIN_RULE, RULES
from ...errors import ModelError
from ..inference.covariance import choose
from ..links import LINKS
from ..results import check_level

DIMENSIONS = ("coding", "sample", "link", "duration", "covariates")
"""The choices, in the order of the columns and of the choice matrix."""


@dataclass(frozen=True, kw_only=True)
class Option:
    """One option of a choice: a short name (ASCII) and what it is called in figures."""

    name: str
    label_de: str
    label_en: str


@dataclass(frozen=True, kw_only=True)
class Coding(Option):
    """What counts as an adopted concept.

    Attributes
    ----------
    rule
        Name of a coding rule of the catalogue (`konzept_diffusion.catalogue.RULES`).
    named_in_text
        Whether concepts that only the running text of the survey names date first adoptions earlier.
    """

    rule: str = MAIN_RULE
    named_in_text: bool = False


@dataclass(frozen=True, kw_only=True)
class Sample(Option):
    """Which rows of the risk set are used.

    Attributes
    ----------
    without_pre_wave
        Whether cities with a concept before the present wave are left out.
    where
        Condition on the columns, as for `pandas.DataFrame.query`; None keeps every row.
    """

    without_pre_wave: bool = False
    where: str | None = None


@dataclass(frozen=True, kw_only=True)
class Link(Option):
    """Link function: the name is `cloglog`, `logit` or `probit`."""


@dataclass(frozen=True, kw_only=True)
class Duration(Option):
    """How the hazard depends on time.

    Attributes
    ----------
    terms
        Terms of the formula; none for a constant hazard.
    absorbs
        Covariates that the terms determine: they leave the formula.
    period
        Column of the period if every period has a level of its own: rows of periods without an event say
        nothing about the other coefficients (the level there is minus infinity) and are left out, with a note.
    """

    terms: tuple[str, ...] = ()
    absorbs: tuple[str, ...] = ()
    period: str | None = None


@dataclass(frozen=True, kw_only=True)
class Covariates(Option):
    """Covariates of the model, without those of time."""

    terms: tuple[str, ...]


@dataclass(frozen=True)
class Specification:
    """One combination of options; `number` counts from 1 in the order of the multiverse."""

    number: int
    coding: Coding
    sample: Sample
    link: Link
    duration: Duration
    covariates: Covariates

    def formula(self, outcome: str) -> str:
        """Return the formula of the model."""
        kept = [term for term in self.covariates.terms if term not in self.duration.absorbs]
        return f"{outcome} ~ {' + '.join([*kept, *self.duration.terms])}"

    @property
    def choices(self) -> dict[str, str]:
        """Names of the options by dimension."""
        return {name: getattr(self, name).name for name in DIMENSIONS}

    def __str__(self) -> str:
        """Return number and options on one line."""
        return f"{self.number}: " + ", ".join(f"{key} {value}" for key, value in self.choices.items())


@dataclass(frozen=True, kw_only=True)
class Multiverse:
    """All options of every choice; a specification is one of each.

    Attributes
    ----------
    codings, samples, links, durations, covariates
        The options.
    focal
        Terms whose coefficients are asked about: names of columns of numbers, each a term of its own.
    outcome
        Name of the 0/1 column of adoption.
    vcov, cluster
        Of every fit; tests and intervals use t with (clusters - 1) degrees of freedom if clustered.
    level
        Coverage of the intervals; a coefficient counts as significant if its interval leaves 0 out.

    Raises
    ------
    ModelError
        If a choice has no option or two of one name, a rule, link or covariance is not known, or a focal term is
        in no set of covariates.
    """

    codings: tuple[Coding, ...]
    samples: tuple[Sample, ...]
    links: tuple[Link, ...]
    durations: tuple[Duration, ...]
    covariates: tuple[Covariates, ...]
    focal: tuple[str, ...]
    outcome: str = "adopt"
    vcov: str = "CR1"
    cluster: str | None = "land"
    level: float = 0.95

    def __post_init__(self) -> None:
        """Check the declaration before hundreds of models are run."""
        for dimension in DIMENSIONS:
            names = [option.name for option in self.options(dimension)]
            if not names:
                raise ModelError(f"The multiverse has no option of {dimension!r}: declare at least one.")
            doubled = sorted({name for name in names if names.count(name) > 1})
            if doubled:
                raise ModelError(f"Two options of {dimension!r} are named {doubled[0]!r}: rename one.")
        for coding in self.codings:
            if coding.rule not in RULES:
                raise ModelError(
                    f"The coding {coding.name!r} has the rule {coding.rule!r}: choose one of {', '.join(RULES)}."
                )
        for link in self.links:
            if link.name not in LINKS:
                raise ModelError(f"The link {link.name!r} is not known: choose one of {', '.join(LINKS)}.")
        everywhere = {term for option in self.covariates for term in option.terms}
        for term in self.focal:
            if term not in everywhere:
                raise ModelError(f"The focal term {term!r} is in no set of covariates: add it to one.")
        if not self.focal:
            raise ModelError("The multiverse has no focal term: name the coefficients that it is about.")
        choose(self.vcov, self.cluster)
        check_level(self.level)

    def options(self, dimension: str) -> Sequence[Option]:
        """Return the options of one of `DIMENSIONS`."""
        attribute = dimension if dimension == "covariates" else f"{dimension}s"
        found: Sequence[Option] = getattr(self, attribute)
        return found

    def __iter__(self) -> Iterator[Specification]:
        """Yield every specification; the coding varies slowest."""
        combinations = itertools.product(
            self.codings, self.samples, self.links, self.durations, self.covariates
        )
        for number, (coding, sample, link, duration, covariates) in enumerate(combinations, start=1):
            yield Specification(number, coding, sample, link, duration, covariates)

    def __len__(self) -> int:
        """Return the number of specifications."""
        size = 1
        for dimension in DIMENSIONS:
            size *= len(self.options(dimension))
        return size

    def labels(self, lang: str) -> dict[str, dict[str, str]]:
        """Return dimension to option name to its label in "de" or "en"."""
        return {
            dimension: {option.name: getattr(option, f"label_{lang}") for option in self.options(dimension)}
            for dimension in DIMENSIONS
        }
