"""Which documents go into a coding sheet: a stratified sample that prefers the uncertain ones.

Every document keeps its inclusion probability, so that shares among all documents can be estimated from a sample
that is deliberately not representative (Horvitz and Thompson 1952, JASA 47: 663-685).
"""

from __future__ import annotations

from collections.abc import Mapping
from typing import TYPE_CHECKING

from ...errors import DataError

if TYPE_CHECKING:
    import numpy as np
    import pandas as pd

OVERSAMPLING: dict[str, float] = {"niedrig": 4.0, "mittel": 2.0, "hoch": 1.0}
"""How much more often a document of that confidence is drawn than one of confidence hoch, where there are enough."""
UNKNOWN = "ohne"
"""Stratum of documents without confidence; drawn like the most uncertain ones."""
_LEAST = 2  # two per stratum: below that its variance cannot be estimated


def allocate(sizes: Mapping[str, int], factors: Mapping[str, float], sample: int) -> dict[str, int]:
    """Return how many documents each stratum gives.

    In proportion to size times factor, at most the stratum's size, at least two where the sample allows it; what a
    small stratum cannot give goes to the others. They add up to `sample`, or to all documents if there are fewer.

    Parameters
    ----------
    sizes
        Documents by stratum, each above zero.
    factors
        Oversampling factor by stratum, above zero.
    sample
        Documents wanted.
    """
    given = dict.fromkeys(sizes, 0)
    target = min(sample, sum(sizes.values()))
    floors = {name: min(_LEAST, size) for name, size in sizes.items()}
    if sum(floors.values()) <= target:
        given = floors
    # One after the other to the stratum furthest below its share (Sainte-Laguë): no rounding to repair.
    while sum(given.values()) < target:
        open_strata = [name for name in sizes if given[name] < sizes[name]]
        name = max(open_strata, key=lambda item: (sizes[item] * factors[item] / (2 * given[item] + 1), item))
        given[name] += 1
    return given


def draw(
    documents: pd.DataFrame,
    rng: np.random.Generator,
    *,
    sample: int | None = None,
    factors: Mapping[str, float] = OVERSAMPLING,
) -> pd.DataFrame:
    """Return the documents drawn, with the columns stratum and inclusion_probability.

    Parameters
    ----------
    documents
        With document_id (unique) and confidence (hoch, mittel, niedrig or missing).
    rng
        Source of chance; the order of rows in `documents` does not matter.
    sample
        How many; None for all.
    factors
        Oversampling factor by confidence.

    Raises
    ------
    DataError
        If `sample` is below one.
    """
    if sample is not None and sample < 1:
        raise DataError(
            f"a sample of {sample} documents is none.", hint="Give --sample a number of at least 1."
        )
    frame = documents.sort_values("document_id", ignore_index=True)
    frame["stratum"] = frame["confidence"].astype("object").where(frame["confidence"].notna(), UNKNOWN)
    sizes = {str(name): int(size) for name, size in frame["stratum"].value_counts().sort_index().items()}
    most = max(factors.values())
    given = allocate(sizes, {name: factors.get(name, most) for name in sizes}, sample or len(frame))
    chosen: list[int] = []
    for name, size in given.items():
        members = frame.index[frame["stratum"] == name].to_numpy()
        chosen.extend(int(position) for position in rng.choice(members, size=size, replace=False))
    frame["inclusion_probability"] = frame["stratum"].map({name: given[name] / sizes[name] for name in sizes})
    return frame.loc[sorted(chosen)].reset_index(drop=True)
