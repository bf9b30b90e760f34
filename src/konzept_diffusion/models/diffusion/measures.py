"""Measures of units in a diffusion network: threshold, infectiousness, susceptibility, structural equivalence.

Definitions: threshold as exposure at adoption, Valente 1996 (Social Networks 18(1)); infectiousness and
susceptibility, Myers 2000 (American Journal of Sociology 106(1)) in the form of Valente, Dyal, Chu, Wipfli &
Fujimoto 2015 and the R package netdiffuseR; structural equivalence, Burt 1987 (American Journal of Sociology
92(6)).
"""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from typing import Any

import numpy as np
import pandas as pd

from ...errors import ModelError
from ..design import Array
from .arguments import whole
from .exposure_terms import exposure
from .histories import NEVER, Histories, read_events
from .network import Network, read_links

DISCOUNTS = ("linear", "exponential")


def thresholds(
    events: pd.DataFrame | pd.Series,
    links: pd.DataFrame,
    *,
    observed: Iterable[str] | None = None,
    until: int | None = None,
    source: str | Sequence[str] | None = None,
    directed: bool = False,
    weight: str | None = None,
    lag: int = 1,
) -> pd.DataFrame:
    """Return each adopter's exposure at its adoption: the share of its peers that had adopted by then.

    Parameters
    ----------
    events, links, observed, source, directed, weight
        As for `exposure`. Only units with a known year have a threshold.
    until
        Last year observed. If given, units known not to have adopted by then (those of `observed`, and those
        that adopted later) follow with their exposure in that year and `censored` true: their threshold is higher.
    lag
        1: peers that adopted by the year before; 0: in the same year too, as netdiffuseR does by default.

    Returns
    -------
    pandas.DataFrame
        ags, year, threshold, threshold_low, threshold_high (unknown peers), n_peers, n_known, n_adopted,
        censored. `threshold` is missing for units without peers, or of whose peers none is known.

    Raises
    ------
    ModelError
        If no unit has a threshold, or events, links or options cannot be used as given.
    """
    lag, last = (
        whole(lag, "lag", "number of years", least=0),
        NEVER if until is None else whole(until, "until", "year"),
    )
    network = read_links(links, directed=directed, weight=weight)
    own = read_events(events, network.units, observed=observed, source=source)
    seen = own.exact & (own.latest <= last)
    wanted = pd.DataFrame({"ags": own.units[seen], "year": own.latest[seen], "censored": False})
    if until is not None:
        without = own.units[own.earliest > last]
        wanted = pd.concat(
            [wanted, pd.DataFrame({"ags": without, "year": last, "censored": True})], ignore_index=True
        )
    if wanted.empty:
        raise ModelError("No unit with links has adopted in a known year: there is no threshold.")
    table = exposure(
        events,
        links,
        wanted["year"].astype(int).unique().tolist(),
        observed=observed,
        source=source,
        directed=directed,
        weight=weight,
        lag=lag,
        isolated=np.nan,
    )
    result = wanted.merge(table, on=["ags", "year"], how="left", validate="1:1")
    names = {name: name.replace("exposure", "threshold") for name in table if name.startswith("exposure")}
    result = result.rename(columns=names)
    order = [name for name in result.columns if name != "censored"]
    return result[[*order, "censored"]].sort_values(["censored", "year", "ags"], ignore_index=True)


def infectiousness(
    events: pd.DataFrame | pd.Series,
    links: pd.DataFrame,
    *,
    window: int = 1,
    discount: str = "linear",
    rate: float = 0.5,
    normalise: bool = False,
    observed: Iterable[str] | None = None,
    source: str | Sequence[str] | None = None,
    directed: bool = False,
    weight: str | None = None,
) -> pd.DataFrame:
    """Return how many of those that look at an adopter, and had not adopted, followed right after it.

    For a unit that adopts in t: the sum over k = 1 to `window` of its followers that adopt in t + k, over that of
    those that adopt in t + k or later, each divided by the discount of k. Units that never adopt do not count,
    as in the definition.

    Parameters
    ----------
    events, links, observed, source, directed, weight
        As for `exposure`; weights count as such.
    window
        Number of years after the adoption.
    discount, rate
        `linear`: k; `exponential`: (1 + rate)^(k - 1).
    normalise
        Divide by the number of units that adopt in the unit's own year.

    Returns
    -------
    pandas.DataFrame
        ags, year, infectiousness (missing where nobody was left to follow), followed, possible (numerator and
        denominator), n_unknown (followers whose year is not known; they do not count).
    """
    return _measure(
        "infectiousness", events, links, window, discount, rate, normalise, observed, source, directed, weight
    )


def susceptibility(
    events: pd.DataFrame | pd.Series,
    links: pd.DataFrame,
    *,
    window: int = 1,
    discount: str = "linear",
    rate: float = 0.5,
    normalise: bool = False,
    observed: Iterable[str] | None = None,
    source: str | Sequence[str] | None = None,
    directed: bool = False,
    weight: str | None = None,
) -> pd.DataFrame:
    """Return how many of an adopter's earlier peers had adopted right before it.

    For a unit that adopts in t: the sum over k = 1 to `window` of its peers that adopted in t - k, over that of
    those that adopted in t - k or earlier, each divided by the discount of k.

    Parameters
    ----------
    events, links, window, discount, rate, normalise, observed, source, directed, weight
        As for `infectiousness`.

    Returns
    -------
    pandas.DataFrame
        ags, year, susceptibility (missing where no peer had adopted before), followed, possible, n_unknown.
    """
    return _measure(
        "susceptibility", events, links, window, discount, rate, normalise, observed, source, directed, weight
    )


def _measure(
    name: str,
    events: pd.DataFrame | pd.Series,
    links: pd.DataFrame,
    window: int,
    discount: str,
    rate: float,
    normalise: bool,
    observed: Iterable[str] | None,
    source: str | Sequence[str] | None,
    directed: bool,
    weight: str | None,
) -> pd.DataFrame:
    if discount not in DISCOUNTS:
        raise ModelError(f"discount={discount!r} is not known: choose {' or '.join(DISCOUNTS)}.")
    window = whole(window, "window", "number of years", least=1)
    network, histories = _square(links, events, observed, source, directed, weight)
    W = network.weights.T.tocsr() if name == "infectiousness" else network.weights
    toa, exact = histories.latest, histories.exact
    who = np.flatnonzero(exact)
    if len(who) == 0:
        raise ModelError(f"No unit with links has adopted in a known year: there is no {name}.")
    sign = 1 if name == "infectiousness" else -1
    followed, possible, unknown = np.zeros(len(who)), np.zeros(len(who)), np.zeros(len(who), dtype=np.int64)
    unclear = ~exact & (histories.earliest < histories.latest)
    for place, i in enumerate(who):
        peers, weights = W.indices[W.indptr[i] : W.indptr[i + 1]], W.data[W.indptr[i] : W.indptr[i + 1]]
        unknown[place] = unclear[peers].sum()
        distance = sign * (toa[peers] - toa[i])
        for k in range(1, window + 1):
            factor = 1 / k if discount == "linear" else (1 + rate) ** (1 - k)
            followed[place] += factor * weights[exact[peers] & (distance == k)].sum()
            possible[place] += factor * weights[exact[peers] & (distance >= k)].sum()
    value = np.divide(followed, possible, out=np.full(len(who), np.nan), where=possible > 0)
    if normalise:
        years, counts = np.unique(toa[who], return_counts=True)
        value = value / counts[np.searchsorted(years, toa[who])]
    return pd.DataFrame(
        {
            "ags": histories.units[who],
            "year": toa[who],
            name: value,
            "followed": followed,
            "possible": possible,
            "n_unknown": unknown,
        }
    )


def structural_equivalence(
    links: pd.DataFrame, *, directed: bool = False, weight: str | None = None, power: float = 1.0
) -> pd.DataFrame:
    """Return links by likeness of position: who has the same ties to the same others.

    With d the Euclidean distance between the ties of two units (to and from all others, and between them), the
    weight of peer j for unit i is (max d_i - d_ij)^power over the sum of these over all peers of i (Burt 1987).

    Parameters
    ----------
    links, directed, weight
        As for `exposure`.
    power
        How steeply likeness counts.

    Returns
    -------
    pandas.DataFrame
        ags, peer, weight: a directed edge list for `exposure(..., weight="weight", directed=True)`; peers at the
        largest distance have no weight and no row.
    """
    network = read_links(links, directed=directed, weight=weight)
    labels = network.units.union(network.peers)
    Z = _dense(network, labels)
    to, back, own = _distances(Z), _distances(Z.T), Z - Z.T
    # The full distances hold, for k = i and k = j, the (absent) ties to oneself against the tie between the two.
    squared = to + back - 2 * (Z**2 + (Z**2).T) + own**2
    d = np.sqrt(np.maximum(squared, 0.0))
    np.fill_diagonal(d, 0.0)
    closeness = (d.max(axis=1)[:, None] - d) ** power
    np.fill_diagonal(closeness, 0.0)
    total = closeness.sum(axis=1)
    share = np.divide(closeness, total[:, None], out=np.zeros_like(closeness), where=total[:, None] > 0)
    rows, columns = np.nonzero(share > 0)
    return pd.DataFrame({"ags": labels[rows], "peer": labels[columns], "weight": share[rows, columns]})


def _square(
    links: pd.DataFrame,
    events: pd.DataFrame | pd.Series,
    observed: Iterable[str] | None,
    source: str | Sequence[str] | None,
    directed: bool,
    weight: str | None,
) -> tuple[Network, Histories]:
    """Return the network with the same units on both sides, and their histories."""
    first = read_links(links, directed=directed, weight=weight)
    labels = first.units.union(first.peers)
    network = read_links(links, units=labels, directed=directed, weight=weight)
    W = network.weights.tocoo()
    square: Any = W.copy()
    square.resize((len(labels), len(labels)))
    square.col = labels.get_indexer(network.peers)[W.col]
    matrix = square.tocsr()
    return Network(labels, labels, matrix), read_events(events, labels, observed=observed, source=source)


def _dense(network: Network, labels: pd.Index) -> Array:
    Z = np.zeros((len(labels), len(labels)))
    at = np.ix_(labels.get_indexer(network.units), labels.get_indexer(network.peers))
    Z[at] = network.weights.toarray()
    return Z


def _distances(Z: Array) -> Array:
    """Squared Euclidean distances between the rows of Z."""
    size = (Z**2).sum(axis=1)
    result: Array = size[:, None] + size[None, :] - 2 * Z @ Z.T
    return result
