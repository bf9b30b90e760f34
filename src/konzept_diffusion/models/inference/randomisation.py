"""Randomisation inference for programmes: which Länder had it is permuted, the outcomes stay.

Under the sharp null that the programme changed nothing for any unit, every other assignment of the programme to
clusters would have left the same outcomes, and the statistic of the actual one is one draw among them (Fisher
1935, The Design of Experiments; Imbens & Rubin 2015, Causal Inference, ch. 5; for few treated clusters
MacKinnon & Webb 2020, J. Econometrics 218(2)). The p-value is valid if the assignments are equally likely:
with one treated Land of sixteen it is never below 1/16.
"""

from __future__ import annotations

import itertools
import math
from collections.abc import Iterator
from dataclasses import dataclass, replace

import numpy as np
import pandas as pd
from numpy.typing import NDArray

from ...errors import ModelError
from ..design import INTERCEPT, Array, Design, build, check_frame, columns_of, warn_dropped
from ..estimators.binary.likelihood import EXPECTED, OBSERVED
from ..estimators.binary.newton import blocks, orthonormal, run
from ..estimators.binary.refits import maximum
from ..links import LINKS
from .covariance import DRAWS, SEED, check_draws

Profile = tuple[float, float]
"""First and last period in which a programme is in force; the last is infinite where its end is not seen."""
STATISTICS = ("score", "coefficient")
STARTS = ("kept", "observed")
ALTERNATIVES = ("two-sided", "greater", "less")
_ITERATIONS = 100
_ROUNDING = 1e-9
_FLAT = 1e-10


@dataclass(frozen=True, eq=False, repr=False)
class RandomisationTest:
    """Result of `randomisation_test`; nothing in it can be changed.

    Attributes
    ----------
    formula, programme, cluster
        As asked for.
    statistic_name, alternative
        `score` or `coefficient`; `two-sided`, `greater` or `less`.
    treated
        Clusters that had the programme, with first and last period.
    statistic
        Of the actual assignment.
    p_value
        Share of assignments with a statistic at least as extreme, the actual one among them.
    smallest_p_value
        The smallest that was attainable: 1 over the assignments that can be compared.
    rank
        Place of the actual assignment by extremeness, 1 for the most extreme (ties take the last place).
    assignments, exact
        Assignments compared, the actual one included, and whether these are all there are.
    empty
        Assignments left out because the programme would have been in force in no row, or in all.
    """

    formula: str
    programme: str
    cluster: str
    statistic_name: str
    alternative: str
    treated: tuple[tuple[str, Profile], ...]
    statistic: float
    p_value: float
    smallest_p_value: float
    rank: int
    assignments: int
    exact: bool
    empty: int
    _placebos: pd.DataFrame

    @property
    def placebos(self) -> pd.DataFrame:
        """One row per assignment: treated (cluster names), statistic, actual."""
        return self._placebos.copy()

    def tidy(self) -> pd.DataFrame:
        """Return one row: term, statistic, p_value, smallest_p_value, rank, assignments, exact, empty."""
        return pd.DataFrame(
            {
                "term": [self.programme],
                "statistic": [self.statistic],
                "p_value": [self.p_value],
                "smallest_p_value": [self.smallest_p_value],
                "rank": [self.rank],
                "assignments": [self.assignments],
                "exact": [self.exact],
                "empty": [self.empty],
            }
        )

    def glance(self) -> pd.DataFrame:
        """Return one row about the whole test: what was permuted how, and how many assignments there are."""
        names = ("formula", "programme", "cluster", "statistic_name", "alternative", "assignments", "exact")
        facts = {name: [getattr(self, name)] for name in (*names, "empty", "p_value", "smallest_p_value")}
        return pd.DataFrame(facts).assign(n_treated=len(self.treated))

    def summary(self) -> str:
        """Return the test as plain text."""
        had = ", ".join(f"{name} ({_span(profile)})" for name, profile in self.treated)
        kind = "all assignments" if self.exact else "drawn assignments"
        lines = [
            f"Randomisation test of {self.programme!r} over {self.cluster}: {self.formula}",
            f"Programme in {had}",
            f"Statistic ({self.statistic_name}, {self.alternative}) {self.statistic:.4f}, rank {self.rank} of "
            f"{self.assignments} ({kind}), p = {self.p_value:.4f}, smallest attainable "
            f"{self.smallest_p_value:.4f}",
        ]
        if self.empty:
            lines.append(f"{self.empty} assignments without any contrast in the risk set are left out.")
        if self.smallest_p_value > 0.05:
            lines.append("No result of this test could have reached 5 %: it cannot identify an effect alone.")
        return "\n".join(lines)

    def __repr__(self) -> str:
        """Return one line that identifies the result."""
        return f"<Randomisation test: {self.programme} over {self.cluster}, p = {self.p_value:.4f}>"


def randomisation_test(
    formula: str,
    data: pd.DataFrame,
    programme: str,
    cluster: str = "land",
    time: str = "year",
    link: str = "cloglog",
    statistic: str = "score",
    starts: str = "kept",
    alternative: str = "two-sided",
    draws: int = DRAWS,
    seed: int = SEED,
) -> RandomisationTest:
    """Test a programme of whole clusters by permuting which clusters had it.

    Parameters
    ----------
    formula
        As in `hazard`; `programme` is one of its terms, and in no other.
    data
        The risk set, one row per unit and period.
    programme
        Name of a 0/1 or boolean column: in force in that cluster and period, one span of periods per cluster.
    cluster, time
        Names of the columns of the cluster and of the period (numbers).
    link
        `cloglog`, `logit` or `probit`.
    statistic
        `score`: the programme's efficient score at the fit without it over its standard deviation (expected
        information), which exists for every assignment with contrast. `coefficient`: its estimate; minus or
        plus infinity where the assignment is separated.
    starts
        `kept`: the spans of the treated clusters are dealt out anew. `observed`: every cluster dealt the
        programme draws its span from those observed, with replacement.
    alternative
        `two-sided` (absolute value), `greater` or `less`.
    draws, seed
        If there are more than `draws` assignments, so many are drawn, and the actual one is added.

    Returns
    -------
    RandomisationTest
        The frozen result.

    Raises
    ------
    ModelError
        If the programme differs within a cluster and period, comes in more than one span, is in force in no or
        every cluster from the beginning, or is not a term of its own.
    """
    for name, given, known in (
        ("statistic", statistic, STATISTICS),
        ("starts", starts, STARTS),
        ("alternative", alternative, ALTERNATIVES),
        ("link", link, tuple(LINKS)),
    ):
        if given not in known:
            raise ModelError(f"{name}={given!r} is not known: choose {', '.join(known)}.")
    check_draws(draws, seed)
    check_frame(data, [programme, cluster, time], formula)
    needed = data[[programme, cluster, time]].isna().any(axis=1)
    if needed.any():
        raise ModelError(
            f"{int(needed.sum())} rows have no {programme!r}, {cluster!r} or {time!r}, first at index "
            f"{data.index[int(needed.to_numpy().argmax())]}: fill them or leave the rows out."
        )
    design = build(formula, data, cluster)
    warn_dropped(
        design.dropped, design.nobs_total - len(design.y), design.nobs_total, "are left out", stacklevel=2
    )
    column = _column(design, programme)
    profiles = _profiles(data, programme, cluster, time)
    assert design.codes is not None  # `build` was given the cluster
    complete = data[list(dict.fromkeys([design.outcome, *design.columns]))].notna().all(axis=1)
    periods = data.loc[complete, time].to_numpy(dtype=float)
    measure = _Score(design, column, link) if statistic == "score" else _Coefficient(design, column, link)

    actual = tuple(sorted((design.labels.index(name), profile) for name, profile in profiles.items()))
    deals, exact = _deals(len(design.labels), actual, starts, draws, seed)
    found, empty = [], 0
    for deal in deals:
        value = measure(_in_force(deal, design.codes, periods))
        if math.isnan(value):
            empty += 1
        else:
            names = ", ".join(design.labels[code] for code, _ in deal)
            found.append((names, value, deal == actual))
    table = pd.DataFrame(found, columns=["treated", "statistic", "actual"])
    here = measure(_in_force(actual, design.codes, periods))
    size = table["statistic"].abs() if alternative == "two-sided" else table["statistic"]
    mine = abs(here) if alternative == "two-sided" else here
    if alternative == "less":
        size, mine = -size, -mine
    slack = _ROUNDING * max(1.0, abs(mine)) if math.isfinite(mine) else 0.0
    rank = int((size >= mine - slack).sum())
    return RandomisationTest(
        formula=formula,
        programme=programme,
        cluster=cluster,
        statistic_name=statistic,
        alternative=alternative,
        treated=tuple((design.labels[code], profile) for code, profile in actual),
        statistic=here,
        p_value=rank / len(table),
        smallest_p_value=1 / len(table),
        rank=rank,
        assignments=len(table),
        exact=exact,
        empty=empty,
        _placebos=table,
    )


def _column(design: Design, programme: str) -> int:
    """Return the number of the programme's column, which no other term uses."""
    users = [term for term in design.spec.terms if programme in columns_of(term)]
    if len(users) != 1 or str(users[0]) != programme:
        raise ModelError(
            f"{programme!r} has to be one term of {design.formula!r}, on its own: its column is replaced by that "
            "of every other assignment."
        )
    slots = range(len(design.terms))[design.spec.term_slices[users[0]]]
    if len(slots) != 1 or not np.isin(design.X[:, slots[0]], (0.0, 1.0)).all():
        raise ModelError(f"{programme!r} is no 0/1 column: a programme is in force or it is not.")
    return int(slots[0])


def _profiles(data: pd.DataFrame, programme: str, cluster: str, time: str) -> dict[str, Profile]:
    """Return the clusters that had the programme, and when."""
    cells = data.assign(_on=data[programme].astype(float)).groupby([cluster, time], observed=True)["_on"]
    split = cells.max() > cells.min()
    if split.any():
        where, when = split.idxmax()
        raise ModelError(
            f"{programme!r} differs between the units of {str(where)!r} in {when}: only programmes of whole clusters "
            "can be permuted over them."
        )
    in_force = cells.first()
    found: dict[str, Profile] = {}
    for label, series in in_force.groupby(level=0, observed=True):
        values = series.to_numpy() > 0
        periods = series.index.get_level_values(1).to_numpy(dtype=float)
        if not values.any():
            continue
        first, last = int(values.argmax()), int(len(values) - 1 - values[::-1].argmax())
        if not values[first : last + 1].all():
            raise ModelError(
                f"{programme!r} comes in more than one span in {str(label)!r}: give each its own column."
            )
        # In force when observation begins, it has no start of its own; the same goes for its end.
        before = first == 0 and periods[0] == data[time].min()
        found[str(label)] = (
            -math.inf if before else float(periods[first]),
            float(periods[last]) if last < len(values) - 1 else math.inf,
        )
    if not found:
        raise ModelError(f"{programme!r} is in force in no row: there is nothing to permute.")
    return found


def _span(profile: Profile) -> str:
    first, last = (f"{period:g}" if math.isfinite(period) else "" for period in profile)
    return f"{first}-{last}" if first or last else "throughout"


def _deals(
    size: int, actual: tuple[tuple[int, Profile], ...], starts: str, draws: int, seed: int
) -> tuple[Iterator[tuple[tuple[int, Profile], ...]], bool]:
    """Return the assignments, the actual one included, and whether they are all there are."""
    profiles = [profile for _, profile in actual]
    kinds, treated = sorted(set(profiles)), len(actual)
    if starts == "observed":
        number = math.comb(size, treated) * len(kinds) ** treated
    else:
        orders = math.factorial(treated)
        for kind in kinds:
            orders //= math.factorial(profiles.count(kind))
        number = math.comb(size, treated) * orders
    if number <= draws:
        choices = (
            list(itertools.product(kinds, repeat=treated))
            if starts == "observed"
            else sorted(set(itertools.permutations(profiles)))
        )
        every = (
            tuple(zip(codes, choice, strict=True))
            for codes in itertools.combinations(range(size), treated)
            for choice in choices
        )
        return every, True
    rng = np.random.default_rng(seed)

    def drawn() -> Iterator[tuple[tuple[int, Profile], ...]]:
        yield actual
        for _ in range(draws):
            codes = rng.permutation(size)[:treated]
            picks = rng.integers(0, len(kinds), treated) if starts == "observed" else range(treated)
            pool = kinds if starts == "observed" else profiles
            yield tuple(sorted((int(code), pool[pick]) for code, pick in zip(codes, picks, strict=True)))

    return drawn(), False


def _in_force(
    deal: tuple[tuple[int, Profile], ...], codes: NDArray[np.intp], periods: Array
) -> NDArray[np.bool_]:
    on = np.zeros(len(codes), dtype=bool)
    for code, (first, last) in deal:
        on |= (codes == code) & (periods >= first) & (periods <= last)
    return on


class _Score:
    """The standardised efficient score of an added column at the fit without it."""

    def __init__(self, design: Design, column: int, link: str) -> None:
        others = np.delete(design.X, column, axis=1)
        terms = tuple(term for j, term in enumerate(design.terms) if j != column)
        basis = orthonormal(others, terms)
        rows = blocks(basis.columns, design.y)
        start = basis.columns.mean(axis=1) * float(LINKS[link](np.array(design.y.mean())))
        theta = maximum(design, link, rows, start, _ITERATIONS)
        eta = theta @ basis.columns
        self.slope = OBSERVED[link](eta, np.flatnonzero(design.y))[1]
        self.weight = EXPECTED[link](eta)
        self.basis = basis.columns
        self.bread = np.linalg.inv(run(rows, link, theta, expected=True).information[0])

    def __call__(self, on: NDArray[np.bool_]) -> float:
        """Return the statistic; NaN where the column has no contrast of its own."""
        own = float(self.weight[on].sum())
        cross = self.basis[:, on] @ self.weight[on]
        variance = own - float(cross @ self.bread @ cross)
        if not variance > _FLAT * max(own, 1e-300) or not own:
            return math.nan
        return float(self.slope[on].sum()) / math.sqrt(variance)


class _Coefficient:
    """The estimate of a replaced column; infinite, with the sign of the score, where it is separated."""

    def __init__(self, design: Design, column: int, link: str) -> None:
        self.design, self.column, self.link = design, column, link
        self.score = _Score(design, column, link)

    def __call__(self, on: NDArray[np.bool_]) -> float:
        """Return the statistic; NaN where the column has no contrast of its own."""
        direction = self.score(on)
        if math.isnan(direction):
            return direction
        with_it, without = self.design.y[on], self.design.y[~on]
        if np.ptp(with_it) == 0:  # the likelihood rises without end in this column
            return math.copysign(math.inf, with_it[0] - 0.5)
        if np.ptp(without) == 0 and INTERCEPT in self.design.terms:
            return math.copysign(math.inf, 0.5 - without[0])
        X = self.design.X.copy()
        X[:, self.column] = on
        basis = orthonormal(X, self.design.terms)
        start = basis.columns.mean(axis=1) * float(LINKS[self.link](np.array(self.design.y.mean())))
        rows = blocks(basis.columns, self.design.y)
        theta = maximum(replace(self.design, X=X), self.link, rows, start, _ITERATIONS)
        return float(basis.loadings[self.column] @ theta)
