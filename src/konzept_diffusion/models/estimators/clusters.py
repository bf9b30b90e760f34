"""Clusters that can say little: a named warning where one has no event."""

from __future__ import annotations

import warnings
from collections.abc import Sequence

import numpy as np
from numpy.typing import NDArray

from ..design import Array

MANY = 50
"""With more clusters than this (units, say) those without events are in the nature of things."""


class ClusterWithoutEventsWarning(UserWarning):
    """A cluster has no event: what it says about a covariate rests on non-events alone."""


def without_events(y: Array, codes: NDArray[np.intp], labels: Sequence[str]) -> tuple[str, ...]:
    """Return the clusters in which the outcome (n,) is 0 in every row."""
    events = np.bincount(codes, weights=y, minlength=len(labels))
    return tuple(label for label, count in zip(labels, events, strict=True) if count == 0)


def warn_without_events(
    y: Array, codes: NDArray[np.intp] | None, labels: Sequence[str], cluster: str | None, stacklevel: int
) -> None:
    """Warn of clusters without events, by name, if there are no more than `MANY` clusters."""
    empty = () if codes is None or len(labels) > MANY else without_events(y, codes, labels)
    if empty:
        warnings.warn(
            f"{len(empty)} of {len(labels)} clusters ({cluster}) have no event: {', '.join(empty)}. They stay "
            "in the fit; their dummies would be separated, and covariates that vary only there are not "
            "identified: see kd.models.cluster_table.",
            ClusterWithoutEventsWarning,
            stacklevel=stacklevel + 1,
        )
