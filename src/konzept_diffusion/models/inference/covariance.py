"""Covariance matrices of an estimate, from its scores and its expected information.

No estimator is known here: any estimator that can hand over a `Estimate` gets every covariance that its parts
allow. Sources: White 1980 (Econometrica 48(4)) for the sandwich; Liang & Zeger 1986 (Biometrika 73(1)) for
clusters; MacKinnon, Nielsen & Webb 2023 (J. Econometrics 232(2)) for the names CR0, CR1, CR3.
"""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import dataclass
from typing import Literal, get_args

import numpy as np
from numpy.typing import NDArray

from ...errors import ModelError
from ..design import Array

Vcov = Literal["iid", "HC1", "CR0", "CR1", "CR3"]
VCOV: tuple[str, ...] = get_args(Vcov)
"""The covariances defined today."""
CLUSTERED = frozenset({"CR0", "CR1", "CR3"})


@dataclass(frozen=True, eq=False)
class Estimate:
    """What a covariance is computed from: n observations, k parameters, G clusters.

    Attributes
    ----------
    params
        Estimate, shape (k,).
    bread
        Inverse of the expected information, shape (k, k).
    scores
        Contribution of each observation to the score at the estimate, shape (n, k).
    codes, labels
        Cluster number of each observation (0 to G-1), shape (n,), and the G cluster values; None and ()
        without clusters.
    refit
        Estimates anew on the observations where a boolean array of shape (n,) is true, for the jackknife.
    """

    params: Array
    bread: Array
    scores: Array
    codes: NDArray[np.intp] | None = None
    labels: Sequence[str] = ()
    refit: Callable[[NDArray[np.bool_]], Array] | None = None


def choose(vcov: str | None, cluster: str | None) -> str:
    """Return the covariance asked for; unasked `CR1` with a cluster column and `iid` without.

    Raises
    ------
    ModelError
        If the name is not in `VCOV`, or the covariance needs clusters and none are given.
    """
    if vcov is None:
        return "iid" if cluster is None else "CR1"
    if vcov not in VCOV:
        raise ModelError(f"vcov={vcov!r} is not defined for this estimator: choose one of {', '.join(VCOV)}.")
    if vcov in CLUSTERED and cluster is None:
        raise ModelError(f"vcov={vcov!r} needs clusters: name the cluster column with cluster=.")
    return vcov


def covariance(kind: str, estimate: Estimate) -> Array:
    """Return the covariance matrix of `estimate.params`, shape (k, k), symmetric.

    Parameters
    ----------
    kind
        `iid`: the inverse expected information A. `HC1`: A S'S A times n/(n-k), S the scores. `CR0`: A U'U A,
        U the scores summed by cluster. `CR1`: `CR0` times G/(G-1). `CR3`: jackknife that leaves out one
        cluster at a time, centred on the full estimate, times (G-1)/G.

    Raises
    ------
    ModelError
        If the estimate lacks the clusters or the refit that `kind` needs, or a refit fails.
    """
    n, k = estimate.scores.shape
    if kind == "iid":
        return _symmetric(estimate.bread)
    if kind == "HC1":
        return _sandwich(estimate.bread, estimate.scores) * n / (n - k)
    if kind not in CLUSTERED or estimate.codes is None:
        raise ModelError(
            f"vcov={kind!r} is not defined without clusters: name the cluster column with cluster=."
        )
    size = len(estimate.labels)
    if kind == "CR3":
        return _jackknife(estimate, estimate.codes) * (size - 1) / size
    sums = np.zeros((size, k))
    np.add.at(sums, estimate.codes, estimate.scores)
    return _sandwich(estimate.bread, sums) * (size / (size - 1) if kind == "CR1" else 1.0)


def _sandwich(bread: Array, scores: Array) -> Array:
    return _symmetric(bread @ (scores.T @ scores) @ bread)


def _jackknife(estimate: Estimate, codes: NDArray[np.intp]) -> Array:
    """Sum of squared deviations of the leave-one-cluster-out estimates from the full one."""
    if estimate.refit is None:
        raise ModelError(
            "vcov='CR3' is not defined for this estimator: it cannot be refitted cluster by cluster."
        )
    deviations = []
    for code, label in enumerate(estimate.labels):
        try:
            deviations.append(estimate.refit(codes != code) - estimate.params)
        except ModelError as error:
            raise ModelError(
                f"vcov='CR3' does not exist here, the fit without cluster {label!r} fails. {error}"
            ) from error
    gaps = np.array(deviations)
    return _symmetric(gaps.T @ gaps)


def _symmetric(matrix: Array) -> Array:
    return (matrix + matrix.T) / 2
