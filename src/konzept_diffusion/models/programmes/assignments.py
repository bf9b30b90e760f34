"""A programme dealt to other Länder: its score and coefficient there, the outcomes as they are.

The statistic is the efficient score of the programme at the fit without it, over its standard deviation
(expected information): it exists where the coefficient is infinite, and Länder of different size compare.
A dummy of the Länder dealt the programme, and of its predecessor's years, moves along.
"""

from __future__ import annotations

import itertools
import math
from collections.abc import Iterator
from dataclasses import dataclass
from functools import cached_property

import numpy as np
from numpy.typing import NDArray

from ..design import Array
from ..estimators.binary.likelihood import EXPECTED, OBSERVED
from ..estimators.binary.newton import blocks, maximise, orthonormal, run
from ..links import LINKS
from .contrast import EARLIER, EVER, ON, Deal, deal_columns
from .interventions import Span

_ITERATIONS = 60
_FLAT = 1e-8
Bools = NDArray[np.bool_]


@dataclass(frozen=True, eq=False)
class Rows:
    """Rows at risk as arrays: baseline covariates X (n, k) and their names, y (n,), Land and year of each."""

    X: Array
    terms: tuple[str, ...]
    y: Array
    lands: NDArray[np.object_]
    years: Array
    link: str

    @cached_property
    def base(self) -> tuple[Array, Array] | None:
        """Orthonormal basis (k, n) of X and the maximum of the likelihood on it, shared by all deals."""
        return _maximum(self.X, self.terms, self.y, self.link, columns_only=True)


def deals(
    lands: tuple[str, ...], spans: tuple[Span, ...], earlier: tuple[Span, ...], draws: int, seed: int
) -> tuple[Iterator[tuple[Deal, Deal]], bool]:
    """Return the assignments of spans (with their predecessors) to Länder, and whether they are all.

    The actual one is among them, first if they are drawn. All are equally likely.
    """
    behind = [tuple(span for span in earlier if span.land == own.land) for own in spans]
    profiles = [
        ((own.start, own.end), tuple((span.start, span.end) for span in past))
        for own, past in zip(spans, behind, strict=True)
    ]

    def dealt(names: tuple[str, ...]) -> tuple[Deal, Deal]:
        pairs = list(zip(names, profiles, strict=True))
        return (
            tuple(Span(land, *own) for land, (own, _) in pairs),
            tuple(Span(land, *past) for land, (_, before) in pairs for past in before),
        )

    if math.perm(len(lands), len(spans)) <= max(draws, len(lands)):
        seen: dict[frozenset[Span], tuple[Deal, Deal]] = {}
        for names in itertools.permutations(lands, len(spans)):
            found = dealt(names)
            seen.setdefault(frozenset(found[0]), found)
        return iter(seen.values()), True
    rng = np.random.default_rng(seed)

    def drawn() -> Iterator[tuple[Deal, Deal]]:
        yield (spans, earlier)
        for _ in range(draws):
            yield dealt(tuple(str(lands[place]) for place in rng.permutation(len(lands))[: len(spans)]))

    return drawn(), False


def score(rows: Rows, deal: tuple[Deal, Deal]) -> float:
    """Return the standardised efficient score of a deal; NaN where it has no contrast of its own."""
    parts = _parts(rows, deal)
    if parts is None or rows.base is None:
        return math.nan
    dummies, _, on, keep = parts
    columns, theta = rows.base
    extra = dummies[keep].T
    extra = (extra - extra.mean(axis=1, keepdims=True)) / extra.std(axis=1, keepdims=True)
    columns, y = np.vstack([columns[:, keep], extra]), rows.y[keep]
    packed = blocks(columns, y)
    start = np.r_[theta, np.zeros(len(extra))]
    end = maximise(lambda point: run(packed, rows.link, point), start, len(y), _ITERATIONS)
    if not end.stationary or end.flat:
        return math.nan
    eta = end.theta @ columns
    weight = EXPECTED[rows.link](eta)
    slope = OBSERVED[rows.link](eta, np.flatnonzero(y))[1]
    inside = on[keep]
    own = float(weight[inside].sum())
    cross = columns[:, inside] @ weight[inside]
    variance = own - float(cross @ np.linalg.solve((columns * weight) @ columns.T, cross))
    if not own > 0 or not variance > _FLAT * own:
        return math.nan
    return float(slope[inside].sum()) / math.sqrt(variance)


def coefficient(rows: Rows, deal: tuple[Deal, Deal]) -> float:
    """Return the log hazard ratio of a deal: infinite without an event on one side, NaN without contrast."""
    parts = _parts(rows, deal)
    if parts is None:
        return math.nan
    dummies, names, on, keep = parts
    y = rows.y[keep]
    ever = dummies[keep, 0] > 0
    early = dummies[keep, 1] > 0 if EARLIER in names else np.zeros(len(y), dtype=bool)
    inside = on[keep]
    outside = ever & ~early & ~inside
    if not inside.any() or not outside.any():
        return math.nan
    if not y[inside].any():
        return -math.inf
    if not y[outside].any():
        return math.inf
    X = np.column_stack([rows.X[keep], dummies[keep], inside.astype(float)])
    found = _maximum(X, (*rows.terms, *names, ON), y, rows.link)
    return math.nan if found is None else float(found[0][-1] @ found[1])


def _parts(rows: Rows, deal: tuple[Deal, Deal]) -> tuple[Array, tuple[str, ...], Bools, Bools] | None:
    """Return the dummies (n, 1 or 2) beside the programme, their names, its rows, and the rows kept.

    Where the dummy of a predecessor meets no event, its estimate is minus infinity and its rows say nothing on
    the rest: they are left out, which is the limit of the likelihood. Without events otherwise, or where the
    dummy is 1 everywhere: None.
    """
    ever, early, on = deal_columns(deal[0], deal[1], rows.lands, rows.years)
    events = rows.y > 0
    if not on.any() or not (events & ever & ~early).any():
        return None
    keep = np.ones(len(events), dtype=bool)
    columns, names = [ever], [EVER]
    if early.any():
        if (events & early).any():
            columns, names = [ever, early], [EVER, EARLIER]
        else:
            keep = ~early
    if ever[keep].all():
        return None
    return np.column_stack(columns).astype(float), tuple(names), on, keep


def _maximum(
    X: Array, terms: tuple[str, ...], y: Array, link: str, columns_only: bool = False
) -> tuple[Array, Array] | None:
    """Return loadings (or the columns) of an orthonormal basis and the maximum on it; None without one."""
    try:
        basis = orthonormal(X, terms)
    except np.linalg.LinAlgError:  # collinear among the rows of this deal
        return None
    if not np.isfinite(basis.loadings).all() or not np.isfinite(basis.columns).all():
        return None
    rows = blocks(basis.columns, y)
    start = basis.columns.mean(axis=1) * float(LINKS[link](np.array(y.mean())))
    end = maximise(lambda theta: run(rows, link, theta), start, len(y), _ITERATIONS)
    if not end.stationary or end.flat:
        return None
    return (basis.columns if columns_only else basis.loadings), end.theta
