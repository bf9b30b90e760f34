"""The network placebo: the same adoptions, but neighbours who are none.

Rewiring by double-edge swaps keeps everybody's number of peers (Maslov & Sneppen 2002, Science 296);
relabelling keeps the whole shape of the network and changes who sits where (quadratic assignment, Krackhardt
1988, Social Networks 10(4)).
"""

from __future__ import annotations

from typing import Any

import numpy as np
import pandas as pd
from numpy.typing import NDArray
from scipy import sparse

from ...errors import ModelError
from ..design import Array
from .placebo_panel import Refit, exposure_matrices, exposures, grid, single_coefficient
from .placebo_result import Placebo
from .shocks import check_draws, run

METHODS = ("degree", "label")
_SWAPS_PER_LINK = 10


def network_placebo(
    formula: str,
    panel: pd.DataFrame,
    term: str,
    draws: int = 999,
    seed: int = 1,
    *,
    links: pd.DataFrame,
    directed: bool = True,
    method: str = "degree",
    within: str | None = "land",
    link: str = "cloglog",
    vcov: str | None = None,
    cluster: str | None = None,
    unit: str = "ags",
    year: str = "year",
) -> Placebo:
    """Return what the coefficient of an exposure term is with rewired links.

    Adoptions and covariates stay as they are; only who is whose peer is drawn anew, and exposure with it. What
    is left of the coefficient comes from the timing that all units, or those of a Land, share.

    Parameters
    ----------
    formula, panel, term, draws, seed, links, directed, link, vcov, cluster, unit, year
        As for `exposure_placebo`; one edge list, without weights.
    method
        `degree`: double-edge swaps, every unit keeps its number of peers (and of those that look at it).
        `label`: units change places.
    within
        Column within whose categories swaps or exchanges stay, so that each unit keeps the number of its peers
        in each; None for none.

    Returns
    -------
    Placebo
        Frozen result; `n_failed` counts draws whose model could not be fitted.

    Raises
    ------
    ModelError
        If no rewiring is possible, so that the term stays what it is, or as `exposure_placebo`.
    """
    single_coefficient(formula, term)
    check_draws(draws, seed)
    if method not in METHODS:
        raise ModelError(f"method={method!r} is not known: choose {' or '.join(METHODS)}.")
    data = grid(formula, panel, unit, year)
    if within is not None and within not in data.frame:
        raise ModelError(f"The panel has no column {within!r} to stay within: name another or within=None.")
    shares = exposure_matrices(data, {term: links}, directed)
    links_of = (shares[term] > 0).astype(float).tocsr()
    groups = np.zeros(len(data.units), dtype=np.intp)
    if within is not None:
        groups = pd.factorize(data.frame.groupby(unit)[within].first().reindex(data.units))[0]
    refit = Refit(formula, term, link, vcov, cluster)
    observed = refit(data.risk_set(data.adopted, {}))
    generator = np.random.default_rng(seed)
    changed = 0

    def world() -> tuple[NDArray[np.int64], dict[str, Array]]:
        nonlocal changed
        draw = swapped if method == "degree" else relabelled
        new = draw(links_of, groups, generator)
        changed += int((new != links_of).nnz > 0)
        total = np.asarray(new.sum(axis=1)).ravel()
        scale = np.divide(1.0, total, out=np.zeros_like(total), where=total > 0)
        return data.adopted, exposures(data, data.adopted, {term: sparse.diags(scale) @ new})

    words = "links rewired" if method == "degree" else "units relabelled"
    words += "" if within is None else f" within {within}"
    placebo = run("network", words, data, refit, observed, draws, seed, world)
    if changed == 0:
        raise ModelError(
            f"Rewiring leaves {term} as it is (everybody within {within!r} is linked with everybody, or there are "
            "too few links): choose another method or within=."
        )
    return placebo


def swapped(links: Any, groups: NDArray[np.intp], generator: np.random.Generator) -> Any:
    """Return links after double-edge swaps: a–b and c–d become a–d and c–b, b and d being of the same group.

    A symmetric matrix stays symmetric; nobody is linked with itself or twice with the same peer.
    """
    symmetric = (links != links.T).nnz == 0
    coordinates = sparse.triu(links).tocoo() if symmetric else links.tocoo()
    edges = list(zip(coordinates.row.tolist(), coordinates.col.tolist(), strict=True))
    held = set(edges) | ({(b, a) for a, b in edges} if symmetric else set())
    if len(edges) > 1:
        picks = generator.integers(len(edges), size=(_SWAPS_PER_LINK * len(edges), 2))
        turns = generator.random((len(picks), 2)) < 0.5
        for (first, second), (turn_first, turn_second) in zip(picks.tolist(), turns.tolist(), strict=True):
            (a, b), (c, d) = edges[first], edges[second]
            if symmetric and turn_first:
                a, b = b, a
            if symmetric and turn_second:
                c, d = d, c
            if len({a, b, c, d}) < 4 or groups[b] != groups[d] or (symmetric and groups[a] != groups[c]):
                continue
            if (a, d) in held or (c, b) in held:
                continue
            for old, new in (((a, b), (a, d)), ((c, d), (c, b))):
                held.discard(old)
                held.add(new)
                if symmetric:
                    held.discard(old[::-1])
                    held.add(new[::-1])
            edges[first], edges[second] = (a, d), (c, b)
    rows, columns = zip(*sorted(held), strict=True) if held else ((), ())
    return sparse.csr_matrix((np.ones(len(rows)), (rows, columns)), shape=links.shape)


def relabelled(links: Any, groups: NDArray[np.intp], generator: np.random.Generator) -> Any:
    """Return links after units of the same group have changed places."""
    order = np.arange(links.shape[0])
    for group in np.unique(groups):
        members = np.flatnonzero(groups == group)
        order[members] = generator.permutation(members)
    return links[order][:, order].tocsr()
