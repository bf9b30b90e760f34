"""Placebo Länder: the programme assigned to every Land that did not have it, and refitted.

Randomisation inference (Fisher 1935, The Design of Experiments; for few treated clusters MacKinnon & Webb 2020,
J. Econometrics 218(2)); the rank among placebos is that of Abadie, Diamond & Hainmueller 2010 (JASA 105(490)).
The treated Länder stay in the placebo fits with their outcomes, which is what makes the test exact under the
sharp null that the programme changed nothing, if every assignment was equally likely.
"""

from __future__ import annotations

import math
from dataclasses import dataclass

import numpy as np
import pandas as pd

from ...errors import ModelError
from ..inference.covariance import SEED
from ..inference.few_clusters import leave_one_out
from .assignments import Rows, coefficient, deals, score
from .contrast import RATIO_NAMES, Contrast, base_matrix

DRAWS = 999
_ROUNDING = 1e-9


@dataclass(frozen=True, eq=False, repr=False)
class PlaceboLaender:
    """Result of `placebo_laender`; nothing in it can be changed.

    Attributes
    ----------
    name
        Of the intervention.
    statistic, estimate
        Standardised score and coefficient (log hazard ratio with cloglog) of the actual assignment.
    p_value
        Share of assignments with a score at least as large in absolute value, the actual one among them.
    smallest_p_value
        The smallest attainable: 1 over the assignments that can be compared.
    rank, assignments
        Place of the actual one (1 the most extreme; ties take the last place) and how many there are.
    exact
        Whether these are all.
    empty
        Länder or groups where the programme would meet no contrast in the rows at risk.
    """

    name: str
    statistic: float
    estimate: float
    p_value: float
    smallest_p_value: float
    rank: int
    assignments: int
    exact: bool
    empty: tuple[str, ...]
    _placebos: pd.DataFrame

    @property
    def placebos(self) -> pd.DataFrame:
        """One row per assignment, by absolute score: treated, statistic, estimate, its ratio, actual.

        The ratio is `hazard_ratio` with cloglog, `odds_ratio` with logit, and left out with probit.
        """
        return self._placebos.copy()

    def tidy(self) -> pd.DataFrame:
        """Return one row: term, statistic, estimate, p_value, smallest_p_value, rank, assignments, exact."""
        names = (
            "statistic", "estimate", "p_value", "smallest_p_value", "rank", "assignments", "exact",
        )  # fmt: skip
        return pd.DataFrame([{"term": self.name, **{name: getattr(self, name) for name in names}}])

    def summary(self) -> str:
        """Return the test as plain text."""
        lines = [
            f"Placebo Länder of {self.name}: rank {self.rank} of {self.assignments}, p = {self.p_value:.4f}, "
            f"smallest attainable {self.smallest_p_value:.4f}"
        ]
        if self.empty:
            lines.append(f"Without contrast: {', '.join(self.empty)}")
        return "\n".join([*lines, self._placebos.to_string(index=False, float_format="{:.3f}".format)])

    def __repr__(self) -> str:
        """Return one line that identifies the result."""
        return f"<Placebo Länder: {self.name}, rank {self.rank} of {self.assignments}>"


def rows_of(item: Contrast) -> Rows:
    """Return the rows at risk of a contrast as arrays."""
    X, terms, _ = base_matrix(item)
    data = item.data
    return Rows(
        X,
        terms,
        data[item.outcome].to_numpy(dtype=float),
        data[item.cluster].astype(str).to_numpy(dtype=object),
        data[item.time].to_numpy(dtype=float),
        item.link,
    )


def placebo_laender(item: Contrast, draws: int = DRAWS, seed: int = SEED) -> PlaceboLaender:
    """Assign the programme of a contrast to other Länder and rank the actual assignment.

    Parameters
    ----------
    item
        See `contrast.contrast`.
    draws, seed
        With more assignments than `draws` (several treated Länder), so many are drawn.

    Returns
    -------
    PlaceboLaender
        Rank of the actual assignment, its p-value and the smallest p-value that could be reached.

    Raises
    ------
    ModelError
        If the actual assignment itself has no contrast.
    """
    rows = rows_of(item)
    actual = frozenset(item.intervention.spans)
    lands = tuple(sorted(set(rows.lands.tolist())))
    dealt, exact = deals(lands, item.intervention.spans, item.earlier, draws, seed)
    found, empty = [], []
    for deal in dealt:
        names = ", ".join(span.land for span in deal[0])
        value = score(rows, deal)
        if math.isnan(value):
            empty.append(names)
            continue
        estimate = coefficient(rows, deal)
        found.append((names, value, estimate, float(np.exp(estimate)), frozenset(deal[0]) == actual))
    ratio = RATIO_NAMES.get(item.link, "ratio")
    table = pd.DataFrame(found, columns=["treated", "statistic", "estimate", ratio, "actual"])
    if item.link not in RATIO_NAMES:
        table = table.drop(columns=ratio)
    own = table[table["actual"]]
    if own.empty:
        raise ModelError(
            f"{item.intervention.name!r} has no contrast in the rows compared: no event in its Länder, or no row "
            "at risk before or while it was in force."
        )
    size = table["statistic"].abs().to_numpy()
    mine = abs(float(own["statistic"].iloc[0]))
    rank = int((size >= mine - _ROUNDING * max(1.0, mine)).sum())
    return PlaceboLaender(
        name=item.intervention.name,
        statistic=float(own["statistic"].iloc[0]),
        estimate=float(own["estimate"].iloc[0]),
        p_value=rank / len(table),
        smallest_p_value=1 / len(table),
        rank=rank,
        assignments=len(table),
        exact=exact,
        empty=tuple(dict.fromkeys(empty)),
        _placebos=table.iloc[np.argsort(-size, kind="stable")].reset_index(drop=True),
    )


def without_each_land(item: Contrast) -> pd.DataFrame:
    """Return the programme's coefficient without one Land at a time: left_out, estimate, reason.

    Parameters
    ----------
    item
        The contrast of a programme; see `contrast`.

    Raises
    ------
    ModelError
        If the contrast itself cannot be estimated.
    """
    fit = item.fit()
    table = leave_one_out(fit).tidy()
    last = fit.params.index[-1]
    return table[table["term"] == last][["left_out", "estimate", "change", "reason"]].reset_index(drop=True)
