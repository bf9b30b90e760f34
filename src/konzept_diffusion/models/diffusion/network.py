"""Links between units: any edge list as a sparse matrix, and the edge lists that the Kommunen have."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from typing import Any

import numpy as np
import pandas as pd
from scipy import sparse

from ...errors import ModelError
from ..design import check_frame
from .arguments import keys, shown

KINDS = ("land", "national", "neighbours", "towns", "own_kreis", "own_towns")


@dataclass(frozen=True, eq=False)
class Network:
    """Who looks at whom.

    Attributes
    ----------
    units, peers
        Row and column labels of `weights`.
    weights
        Sparse matrix, shape (units, peers); the weight of each peer for each unit.
    """

    units: pd.Index
    peers: pd.Index
    weights: Any

    @property
    def n_peers(self) -> np.ndarray:
        """Number of peers of each unit."""
        return np.diff(self.weights.indptr)


def read_links(
    links: pd.DataFrame,
    *,
    units: Iterable[str] | None = None,
    directed: bool = False,
    weight: str | None = None,
) -> Network:
    """Return an edge list as a network.

    Parameters
    ----------
    links
        One row per link: the first two columns are the keys of unit and peer; others are ignored.
    units
        The units wanted, in order; units without links are kept. By default all that have a link.
    directed
        Whether a row means only that its first unit looks at its second; else both look at each other.
    weight
        Column with positive weights; 1 without.

    Raises
    ------
    ModelError
        If a key is missing, a unit is linked with itself, a link stands twice or a weight is not positive.
    """
    if not isinstance(links, pd.DataFrame) or links.shape[1] < 2:
        raise ModelError("The links are no table of at least two columns, unit and peer: pass an edge list.")
    if weight is not None and len(links):
        check_frame(links, [weight], "weight")
    pairs = links.iloc[:, :2]
    missing = pairs.isna().any(axis=1).to_numpy(dtype=bool)
    if missing.any():
        raise ModelError(
            f"{int(missing.sum())} links have no unit or peer, first at index "
            f"{links.index[int(missing.argmax())]}: complete or remove them."
        )
    a, b = (pairs.iloc[:, column].astype(str).to_numpy() for column in (0, 1))
    values = np.ones(len(a))
    if weight is not None:  # what is no number becomes missing, and is refused below
        values = pd.to_numeric(links[weight], errors="coerce").to_numpy(dtype=float, na_value=np.nan)
    if not (np.isfinite(values) & (values > 0)).all():
        bad = int(np.argmin(np.isfinite(values) & (values > 0)))
        raise ModelError(
            f"The weight of the link {a[bad]} – {b[bad]} is {shown(links[weight].iloc[bad])}: weights are "
            "positive; remove links that do not count."
        )
    if (a == b).any():
        raise ModelError(f"{a[int((a == b).argmax())]} is linked with itself: remove such links.")
    edges = pd.DataFrame({"unit": a, "peer": b, "weight": values})
    if not directed:  # a link given in both directions is the same link
        edges = pd.concat([edges, edges.rename(columns={"unit": "peer", "peer": "unit"})[edges.columns]])
        reversed_too = edges.duplicated() & (np.arange(len(edges)) >= len(a))
        edges = edges[~reversed_too.to_numpy()]
    twice = edges.duplicated(["unit", "peer"]).to_numpy()
    if twice.any():
        unit, peer = edges.iloc[int(twice.argmax()), :2]
        raise ModelError(f"The link {unit} – {peer} stands twice in the links: keep one row.")
    a, b, values = (edges[name].to_numpy() for name in ("unit", "peer", "weight"))
    rows = pd.Index(sorted(set(a))) if units is None else pd.Index(keys(units, "units"))
    if rows.has_duplicates:
        raise ModelError(f"The unit {rows[rows.duplicated()][0]} is asked for twice: give every unit once.")
    columns = pd.Index(sorted(set(b)))
    at_row, at_column = rows.get_indexer(a), columns.get_indexer(b)
    used = at_row >= 0
    matrix = sparse.csr_matrix(
        (values[used], (at_row[used], at_column[used])), shape=(len(rows), len(columns))
    )
    matrix.sort_indices()
    return Network(rows, columns, matrix)


def peers(
    kommunen: pd.DataFrame,
    kind: str,
    adjacency: pd.DataFrame | None = None,
    among: Sequence[str] | None = None,
) -> pd.DataFrame:
    """Return the directed edge list (ags, peer) of one kind of peers.

    Parameters
    ----------
    kommunen
        Table `kommunen` or a part of it; needs ags, kind and kreis.
    kind
        `land`: all others of the same Land. `national`: all others. `neighbours`: those in the same or a
        neighbouring Kreis (`adjacency` is the table `adjacency`). `towns`: towns that border on each other
        (the table `adjacency_gemeinden`). `own_kreis`: the Landkreis of a town that is not kreisfrei.
        `own_towns`: the towns of a Landkreis, the other direction.
    adjacency
        Needed for `neighbours` and `towns`: one row per border, two key columns.
    among
        Kommunen that may be peers; by default all of the table.

    Raises
    ------
    ModelError
        If the kind is not known or its table is missing.
    """
    if kind not in KINDS:
        raise ModelError(f"kind={kind!r} is not known: choose one of {', '.join(KINDS)}.")
    check_frame(kommunen, ["ags", "kind", "kreis"], "peers")
    if kind in ("neighbours", "towns") and adjacency is None:
        table = "adjacency" if kind == "neighbours" else "adjacency_gemeinden"
        raise ModelError(f"kind={kind!r} needs adjacency=, the table {table!r}.")
    table = pd.DataFrame(
        {
            "ags": kommunen["ags"].astype(str).to_numpy(),
            "kreis": kommunen["kreis"].astype(str).to_numpy(),
            "town": (kommunen["kind"] != "landkreis").to_numpy(dtype=bool),
            "free": (kommunen["kind"] == "kreisfreie_stadt").to_numpy(dtype=bool),
        }
    ).sort_values("ags", ignore_index=True)
    if kind == "land":
        pairs = _joined(table.assign(key=table["ags"].str[:2]), table.assign(key=table["ags"].str[:2]))
    elif kind == "national":
        pairs = _joined(table.assign(key=0), table.assign(key=0))
    elif kind == "neighbours":
        assert adjacency is not None
        near = _both_ways(adjacency, "kreis", "key")
        same = pd.DataFrame({"kreis": table["kreis"].unique(), "key": table["kreis"].unique()})
        reach = pd.concat([near, same], ignore_index=True).drop_duplicates()
        pairs = _joined(table.merge(reach, on="kreis"), table.assign(key=table["kreis"]))
    elif kind == "towns":
        assert adjacency is not None
        near = _both_ways(adjacency, "ags", "peer")
        pairs = near[near["ags"].isin(set(table["ags"])) & near["peer"].isin(set(table["ags"]))]
    else:
        towns = table[table["town"] & ~table["free"]]
        kreise = table[~table["town"]]
        pairs = towns[towns["kreis"].isin(set(kreise["ags"]))][["ags", "kreis"]].set_axis(
            ["ags", "peer"], axis=1
        )
        if kind == "own_towns":
            pairs = pairs.rename(columns={"ags": "peer", "peer": "ags"})[["ags", "peer"]]
    if among is not None:
        pairs = pairs[pairs["peer"].isin(set(keys(among, "among")))]
    return pairs.drop_duplicates().sort_values(["ags", "peer"], ignore_index=True)


def _joined(left: pd.DataFrame, right: pd.DataFrame) -> pd.DataFrame:
    """All pairs with the same key, nobody being its own peer."""
    pairs = left[["ags", "key"]].merge(right[["ags", "key"]].rename(columns={"ags": "peer"}), on="key")
    return pairs.loc[pairs["ags"] != pairs["peer"], ["ags", "peer"]]


def _both_ways(adjacency: pd.DataFrame, first: str, second: str) -> pd.DataFrame:
    there = adjacency.iloc[:, :2].astype(str).set_axis([first, second], axis=1)
    back = adjacency.iloc[:, [1, 0]].astype(str).set_axis([first, second], axis=1)
    return pd.concat([there, back], ignore_index=True).drop_duplicates()
