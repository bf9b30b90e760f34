"""Exposure: how many of a unit's peers had adopted by the year before.

The weighted share of adopters among peers is the network exposure of Valente 1995 (Network Models of the
Diffusion of Innovations) and the neighbour term of Berry & Berry 1990 (APSR 84(2)). What is not known is a
value: unknown peers count neither as adopters nor as non-adopters, and both bounds are given.
"""

from __future__ import annotations

from collections.abc import Iterable, Sequence

import numpy as np
import pandas as pd

from ...errors import ModelError
from .arguments import whole
from .arguments import years as distinct_years
from .histories import read_events
from .network import read_links

MEASURES = ("share", "count")


def exposure(
    events: pd.DataFrame | pd.Series,
    links: pd.DataFrame,
    years: Iterable[int],
    *,
    units: Iterable[str] | None = None,
    observed: Iterable[str] | None = None,
    source: str | Sequence[str] | None = None,
    directed: bool = False,
    weight: str | None = None,
    measure: str = "share",
    lag: int = 1,
    isolated: float = 0.0,
) -> pd.DataFrame:
    """Return, for every unit and year, which part of its peers had adopted.

    Parameters
    ----------
    events
        First adoptions: table `events`, or a Series of years by unit; see `observed` and `source`.
    links
        Edge list, the first two columns unit and peer: table `adjacency`, or of `peers`.
    years
        The years wanted.
    units
        The units wanted; by default all that have a link.
    observed
        Units without an event that are known not to have adopted. All others without an event are unknown,
        and so are units with an undated adoption in the years that their bounds leave open.
    source
        Sources of events in order of trust, where a unit is in several.
    directed
        Whether a link is seen from its first unit only (the edge lists of `peers` are directed).
    weight
        Column of `links` with positive weights (shared border, inverse distance, infectiousness of the peer).
    measure
        `share` of the weight of known peers, or `count`: their summed weight.
    lag
        Exposure of year t counts adoptions up to the end of year t - lag: 0, 1, 2, ... years.
    isolated
        Value for units without any peer.

    Returns
    -------
    pandas.DataFrame
        ags, year, exposure, exposure_low and exposure_high (unknown peers taken as without, and as with),
        n_peers, n_known, n_adopted (peers surely adopted). `exposure` is missing where peers exist and none
        is known; the bounds are always there. Where only adopters are ever known (desk research without a
        census), the share among known peers ends near 1 by construction: use the bounds there.

    Raises
    ------
    ModelError
        If events, links or options cannot be used as given.
    """
    if measure not in MEASURES:
        raise ModelError(f"measure={measure!r} is not known: choose {' or '.join(MEASURES)}.")
    lag = whole(lag, "lag", "number of years", least=0)
    wanted = distinct_years(years)
    network = read_links(links, units=units, directed=directed, weight=weight)
    histories = read_events(events, network.peers, observed=observed, source=source)
    if len(wanted) == 0 or len(network.units) == 0:
        raise ModelError("There are no years or no units to compute exposure for.")
    adopted, maybe = histories.adopted_by(wanted - lag), histories.maybe_by(wanted - lag)
    known = adopted | ~maybe
    W, ones = network.weights, network.weights.copy()
    ones.data[:] = 1.0
    total = np.asarray(W.sum(axis=1)).reshape(-1, 1)
    low, high, certain = W @ adopted.astype(float), W @ maybe.astype(float), W @ known.astype(float)
    n_known = np.rint(ones @ known.astype(float)).astype(np.int64)
    alone = np.repeat(total == 0, len(wanted), axis=1)
    with np.errstate(invalid="ignore", divide="ignore"):
        if measure == "share":
            main, low, high = low / certain, low / total, high / total
        else:
            main = np.where(n_known > 0, low, np.nan)
    main = np.where(n_known > 0, main, np.nan)
    table = {
        "ags": np.repeat(network.units.to_numpy(), len(wanted)),
        "year": np.tile(wanted, len(network.units)),
        "exposure": np.where(alone, isolated, main).ravel(),
        "exposure_low": np.where(alone, isolated, low).ravel(),
        "exposure_high": np.where(alone, isolated, high).ravel(),
        "n_peers": np.repeat(network.n_peers, len(wanted)),
        "n_known": n_known.ravel(),
        "n_adopted": np.rint(ones @ adopted.astype(float)).astype(np.int64).ravel(),
    }
    return pd.DataFrame(table)
