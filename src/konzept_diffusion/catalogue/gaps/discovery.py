"""Lists for capture–recapture: which way of looking has found which unit, where every way was possible."""

from __future__ import annotations

import warnings
from collections.abc import Collection, Mapping, Sequence
from dataclasses import dataclass, replace

import pandas as pd

from ...errors import DataError, ModelError
from ..rules import MAIN_RULE, RULES
from .capture_recapture import PopulationEstimate, lincoln_petersen
from .loglinear import MAX_LISTS, History, chao_mth, loglinear

STRATEGIES = ("sitemap", "search", "links", "council", "portal")
"""Ways of the crawl that find by themselves; a seed was known before and says nothing about what is missed."""


class NestedListsWarning(UserWarning):
    """One list contains another: their overlap says nothing about what both have missed."""


@dataclass(frozen=True, eq=False)
class CaptureLists:
    """Units by list.

    Attributes
    ----------
    frame
        One row per unit that is on at least one list (index: the unit), one boolean column per list.
    n_eligible
        Kommunen that every list could have named.
    n_left_out
        Units of Kommunen that some list could not name: they are in no count.
    """

    frame: pd.DataFrame
    n_eligible: int
    n_left_out: int = 0

    @property
    def names(self) -> tuple[str, ...]:
        """The names of the lists."""
        return tuple(self.frame.columns)

    def histories(self) -> dict[History, int]:
        """Return the number of units by history (a tuple of 0 and 1, one per list)."""
        counts = self.frame.astype(int).value_counts(sort=False)
        return {tuple(int(value) for value in history): int(count) for history, count in counts.items()}


def capture_lists(members: Mapping[str, Collection[str]], eligible: Collection[str]) -> CaptureLists:
    """Return lists of Kommunen, limited to those that every list could have named.

    Parameters
    ----------
    members
        Keys of the Kommunen on each list, by the list's name.
    eligible
        Keys of the Kommunen that every list could have named.

    Raises
    ------
    DataError
        If there are fewer than two lists.
    """
    if len(members) < 2:
        raise DataError("capture–recapture needs two lists at least.", hint="Name another source.")
    possible = set(eligible)
    everyone = set().union(*members.values())
    index = pd.Index(sorted(everyone & possible), name="ags", dtype="str")
    frame = pd.DataFrame({name: index.isin(list(keys)) for name, keys in members.items()}, index=index)
    return CaptureLists(frame, len(possible), len(everyone - possible))


def strategy_lists(
    documents: pd.DataFrame,
    coverage: pd.DataFrame,
    strategies: Sequence[str] = STRATEGIES,
    *,
    rule: str = MAIN_RULE,
) -> CaptureLists:
    """Return the crawl's strategies as lists of Kommunen whose concept each has pointed to on their own sites.

    Parameters
    ----------
    documents
        Table `documents`; rows of source `crawl` count. `discovered_by` holds every strategy that pointed to
        the document, separated by |.
    coverage
        Table `coverage`. A Kommune counts only if its search ran to its end (status `searched`) and all
        `strategies` were tried there: a site without a search form has no chance to be found by search.
    strategies
        Two or more of `STRATEGIES`.
    rule
        Coding rule that says which documents are a concept.

    Raises
    ------
    DataError
        If a strategy is unknown or fewer than two are named.
    """
    unknown = sorted(set(strategies) - set(STRATEGIES))
    if unknown:
        raise DataError(f"there is no strategy {unknown[0]!r}.", hint=f"Known: {', '.join(STRATEGIES)}.")
    wanted = set(strategies)
    tried = coverage["strategies"].fillna("").str.split("|").map(set)
    possible = coverage["status"].eq("searched") & tried.map(wanted.issubset)
    own = documents[
        (documents["source"] == "crawl")
        & (documents["found_for"] == documents["ags"])
        & RULES[rule](documents).astype(bool)
    ]
    ways = own["discovered_by"].fillna("").str.split("|").map(set)
    members = {name: set(own.loc[[name in found for found in ways], "ags"]) for name in strategies}
    return capture_lists(members, set(coverage.loc[possible, "ags"]))


def nested_lists(lists: CaptureLists) -> list[tuple[str, str]]:
    """Return the pairs (inner, outer) of lists of which one contains the other; equal lists once."""
    frame, found = lists.frame, []
    for position, one in enumerate(lists.names):
        for other in lists.names[position + 1 :]:
            if not frame[one].any() or not frame[other].any():
                continue
            if not (frame[other] & ~frame[one]).any():
                found.append((other, one))
            elif not (frame[one] & ~frame[other]).any():
                found.append((one, other))
    return found


def population_estimates(lists: CaptureLists, *, confidence: float = 0.95) -> list[PopulationEstimate]:
    """Return every estimate of how many units there are that the lists allow.

    Two lists give Chapman's estimate; three and more Chao's bound for unequal lists, the log-linear model of the
    smallest AIC and the average over all of them. AIC rather than BIC, since a dependence left out biases the
    number while one too many only widens the interval.

    Parameters
    ----------
    lists
        Two to five lists.
    confidence
        Level of the intervals, between 0 and 1.

    Returns
    -------
    list of PopulationEstimate
        Never empty; where nothing can be said, one with status `not_identifiable` and the reason.

    Warns
    -----
    NestedListsWarning
        If a list contains another. With two lists nothing can be estimated then; with more, the inner one is
        left out.
    """
    notes: list[str] = []
    frame = lists.frame
    for name in lists.names:
        if not frame[name].any():
            frame = frame.drop(columns=name)
            notes.append(f"the list {name} is empty")
    nested = nested_lists(lists)
    for inner, outer in nested:
        warnings.warn(
            f"The list {inner} lies wholly within {outer}: their overlap does not tell what both have missed.",
            NestedListsWarning,
            stacklevel=2,
        )
    for inner, outer in nested:
        if len(frame.columns) > 2 and inner in frame and outer in frame:
            frame = frame.drop(columns=inner)
            notes.append(f"left out: {inner}, wholly within {outer}")
    observed = len(frame)
    if len(frame.columns) < 2:
        return [_nothing(observed, [*notes, "fewer than two lists name anyone"], confidence)]
    used = CaptureLists(frame[frame.any(axis=1)], lists.n_eligible, lists.n_left_out)
    if len(used.names) == 2:
        both = int(used.frame.all(axis=1).sum())
        first, second = (int(used.frame[name].sum()) for name in used.names)
        found = [lincoln_petersen(first, second, both, confidence=confidence)]
    elif len(used.names) > MAX_LISTS:
        found = [_nothing(observed, [f"more than {MAX_LISTS} lists"], confidence)]
    else:
        found = [chao_mth(used.histories(), confidence=confidence), *_loglinear(used, observed, confidence)]
    return [_with(item, notes) for item in found]


def _loglinear(lists: CaptureLists, observed: int, confidence: float) -> list[PopulationEstimate]:
    try:
        fit = loglinear(lists.histories(), names=lists.names, criterion="aic", confidence=confidence)
    except ModelError as error:
        return [_nothing(observed, [str(error)], confidence)]
    left = f"{fit.n_rejected} of {fit.n_rejected + len(fit.models)} models without a finite estimate left out"
    notes = [left] if fit.n_rejected else []
    return [_with(fit.best, notes), _with(fit.averaged, notes)]


def _nothing(observed: int, notes: Sequence[str], confidence: float) -> PopulationEstimate:
    return PopulationEstimate(
        "none", observed, None, None, float(observed), None, "not_identifiable", "; ".join(notes), confidence
    )


def _with(estimate: PopulationEstimate, notes: Sequence[str]) -> PopulationEstimate:
    """Return the estimate with more reasons."""
    return replace(estimate, reason="; ".join(part for part in (estimate.reason, *notes) if part))
