"""Covariance matrices of an estimate, from its scores and its expected information.

No estimator is known here: any estimator that can hand over a `Estimate` gets every covariance that its parts
allow. Sources: White 1980 (Econometrica 48(4)) for the sandwich; Liang & Zeger 1986 (Biometrika 73(1)) for
clusters; MacKinnon, Nielsen & Webb 2023 (J. Econometrics 232(2)) for the names CR0, CR1, CR3; Kline & Santos
2012 (J. Econometric Methods 1(1)) for the score bootstrap.
"""

from __future__ import annotations

import math
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from numbers import Integral
from types import MappingProxyType
from typing import Literal, Protocol, get_args

import numpy as np
from numpy.typing import NDArray

from ...errors import ModelError
from ..design import Array, show

Vcov = Literal["iid", "HC1", "CR0", "CR1", "CR3", "wild"]
VCOV: tuple[str, ...] = get_args(Vcov)
"""The covariances defined today."""
CLUSTERED = frozenset({"CR0", "CR1", "CR3", "wild"})


DRAWS, SEED, FEWEST_DRAWS = 9_999, 2017, 99
"""Bootstrap draws and seed unless asked otherwise; fewer draws than 99 are refused."""
WEIGHTS: Mapping[str, tuple[float, ...]] = MappingProxyType(
    {
        "webb": (-math.sqrt(1.5), -1.0, -math.sqrt(0.5), math.sqrt(0.5), 1.0, math.sqrt(1.5)),
        "rademacher": (-1.0, 1.0),
    }
)
"""Points of the bootstrap weights, each as likely as the others."""


@dataclass(frozen=True, eq=False)
class ClusterSums:
    """Score and expected information by cluster at some parameters, in the estimator's own coordinates.

    Attributes
    ----------
    params
        Where they are taken, shape (k,), as coefficients of the terms.
    scores, information
        Summed over the rows of each cluster, shapes (G, k) and (G, k, k).
    loadings
        Shape (k, k): the coefficients are `loadings` times the parameters that scores and information are
        derivatives in. An identity matrix where the estimator works on the coefficients themselves.
    roots
        Sums over the rows of each cluster of the covariates times the square root of the row's information,
        shape (G, k); None where the information is no sum over rows of that form.
    """

    params: Array
    scores: Array
    information: Array
    loadings: Array
    roots: Array | None = None


class Clusterwise(Protocol):
    """What few-cluster inference asks of an estimator beyond its estimate."""

    def full(self) -> ClusterSums:
        """Return the sums at the estimate."""
        ...

    def restricted(self, coefficient: int, value: float, near: Array | None = None) -> ClusterSums:
        """Return the sums where the likelihood is largest with one coefficient held at `value`.

        `near` (coefficients, shape (k,)) is a good place to start from. Raises ModelError if there is no such
        place.
        """
        ...

    def without(self, code: int) -> Array:
        """Return the estimate (k,) without one cluster. Raises ModelError if it does not exist."""
        ...


@dataclass(frozen=True, eq=False)
class Estimate:
    """What a covariance is computed from: n observations, k parameters, G clusters.

    Attributes
    ----------
    params
        Estimate, shape (k,).
    own_bread, own_scores
        Inverse of the expected information, shape (k, k), and the contribution of each observation to the score
        at the estimate, shape (n, k), both in the estimator's own coordinates. `bread` and `scores` are those of
        the parameters.
    codes, labels
        Cluster number of each observation (0 to G-1), shape (n,), and the G cluster values; None and ()
        without clusters.
    refit
        Estimates anew on the observations where a boolean array of shape (n,) is true, for the jackknife.
    clusterwise
        Sums by cluster and restricted fits, for the score bootstrap; also a faster way to the jackknife.
    loadings
        Shape (k, k): the parameters are `loadings` times those of the own coordinates, an orthonormal basis of
        the covariates, say, on which products of scores keep digits that calendar years and their powers would
        cost. None where the two are the same.
    """

    params: Array
    own_bread: Array
    own_scores: Array
    codes: NDArray[np.intp] | None = None
    labels: Sequence[str] = ()
    refit: Callable[[NDArray[np.bool_]], Array] | None = None
    clusterwise: Clusterwise | None = None
    loadings: Array | None = None

    @property
    def bread(self) -> Array:
        """Inverse of the expected information about the parameters, shape (k, k)."""
        if self.loadings is None:
            return self.own_bread
        mapped: Array = self.loadings @ self.own_bread @ self.loadings.T
        return mapped

    @property
    def scores(self) -> Array:
        """Contribution of each observation to the score of the parameters, shape (n, k)."""
        return self.own_scores if self.loadings is None else self.own_scores @ np.linalg.inv(self.loadings)

    def influence(self, scores: Array) -> Array:
        """Return what sums of scores in the own coordinates, shape (m, k), do to the parameters, shape (m, k)."""
        back = self.own_bread if self.loadings is None else self.own_bread @ self.loadings.T
        moved: Array = scores @ back
        return moved


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


def covariance(kind: str, estimate: Estimate, draws: int = DRAWS, seed: int = SEED) -> Array:
    """Return the covariance matrix of `estimate.params`, shape (k, k), symmetric.

    Parameters
    ----------
    kind
        `iid`: the inverse expected information A. `HC1`: A S'S A times n/(n-k), S the scores. `CR0`: A U'U A,
        U the scores summed by cluster. `CR1`: `CR0` times G/(G-1). `CR3`: jackknife that leaves out one
        cluster at a time, centred on the full estimate, times (G-1)/G. `wild`: covariance of the draws
        A U'w of the score bootstrap, w the Webb weights of the clusters (CR0 but for the error of drawing).
    draws, seed
        Of the weights, see `cluster_weights`; for `wild` only.

    Raises
    ------
    ModelError
        If the estimate lacks the clusters or the refit that `kind` needs, a refit fails, or a variance is no
        finite number.
    """
    matrix = _covariance(kind, estimate, draws, seed)
    check_variances(kind, matrix)
    return matrix


def check_variances(kind: str, matrix: Array) -> None:
    """Check that every variance of a covariance matrix (k, k) is a finite number and none negative.

    Raises
    ------
    ModelError
        If one is not.
    """
    variances = np.diag(matrix)
    if not (np.isfinite(matrix).all() and (variances >= 0).all()):
        bad = int((~(np.isfinite(variances) & (variances >= 0))).sum())
        raise ModelError(
            f"vcov={kind!r}: {bad or 'some'} of {len(variances)} standard errors cannot be computed: "
            "rescale or centre extreme covariates, use fewer terms, or choose another covariance."
        )


def _covariance(kind: str, estimate: Estimate, draws: int, seed: int) -> Array:
    n, k = estimate.own_scores.shape
    if kind == "iid":
        return _symmetric(estimate.bread)
    if kind == "HC1":
        return _sandwich(estimate, estimate.own_scores) * n / (n - k)
    if kind not in CLUSTERED or estimate.codes is None:
        raise ModelError(
            f"vcov={kind!r} is not defined without clusters: name the cluster column with cluster=."
        )
    size = len(estimate.labels)
    if kind == "CR3":
        return _jackknife(estimate) * (size - 1) / size
    sums = cluster_scores(estimate.own_scores, estimate.codes, size)
    if kind == "wild":
        if estimate.clusterwise is None:
            raise ModelError("vcov='wild' is not defined for this estimator: it has no restricted fits.")
        weights, _ = cluster_weights(size, draws, seed)
        return _sandwich(estimate, weights @ sums) / len(weights)
    return _sandwich(estimate, sums) * (size / (size - 1) if kind == "CR1" else 1.0)


def cluster_scores(scores: Array, codes: NDArray[np.intp], size: int) -> Array:
    """Return the scores (n, k) summed by cluster, shape (G, k)."""
    return np.column_stack([np.bincount(codes, column, size) for column in scores.T])


def check_draws(draws: int, seed: int, fewest: int = FEWEST_DRAWS) -> None:
    """Check that `draws` is a whole number of at least `fewest` and `seed` one of at least 0.

    Raises
    ------
    ModelError
        If they are not.
    """
    for name, value, least in (("draws", draws, 1), ("seed", seed, 0)):
        if not isinstance(value, Integral) or isinstance(value, bool) or value < least:
            raise ModelError(f"{name}={show(value)} is no whole number from {least} on: give one.")
    if draws < fewest:
        raise ModelError(f"draws={show(draws)} is too few for a p-value: give at least {fewest}.")


def cluster_weights(size: int, draws: int, seed: int, kind: str = "webb") -> tuple[Array, bool]:
    """Return bootstrap weights, shape (B, G), mean 0 and variance 1, and whether they are all there are.

    Parameters
    ----------
    size
        Clusters G.
    draws
        Draws B. Where there are no more than `draws` different vectors of weights, all of them are returned
        once (with Webb weights up to five clusters at 9,999 draws, with Rademacher weights up to 13).
    seed
        Of numpy's generator PCG64; the same seed gives the same weights.
    kind
        `webb`: minus or plus the square roots of 1/2, 1 and 3/2, each with probability 1/6 (Webb 2014, Queen's
        Economics Department Working Paper 1315). `rademacher`: minus or plus 1.

    Raises
    ------
    ModelError
        If `draws` is below 99, draws or seed are no whole numbers, or `kind` is neither.
    """
    if kind not in WEIGHTS:
        raise ModelError(f"weights={kind!r} is not known: choose {' or '.join(WEIGHTS)}.")
    check_draws(draws, seed)
    points = np.array(WEIGHTS[kind])
    if len(points) ** size <= draws:
        places = np.indices((len(points),) * size).reshape(size, -1).T
        return points[places], True
    return points[np.random.default_rng(seed).integers(0, len(points), (draws, size))], False


def jackknife(estimate: Estimate, code: int) -> Array:
    """Return the estimate (k,) without cluster number `code`.

    Raises
    ------
    ModelError
        If it does not exist, or the estimator cannot be refitted.
    """
    if estimate.clusterwise is not None:
        return estimate.clusterwise.without(code)
    if estimate.refit is None or estimate.codes is None:
        raise ModelError(
            "vcov='CR3' is not defined for this estimator: it cannot be refitted cluster by cluster."
        )
    return estimate.refit(estimate.codes != code)


def _sandwich(estimate: Estimate, scores: Array) -> Array:
    """A S'S A as a product of the influences with themselves, so that no variance comes out negative."""
    moved = estimate.influence(scores)
    return _symmetric(moved.T @ moved)


def _jackknife(estimate: Estimate) -> Array:
    """Sum of squared deviations of the leave-one-cluster-out estimates from the full one."""
    if estimate.refit is None and estimate.clusterwise is None:
        raise ModelError(
            "vcov='CR3' is not defined for this estimator: it cannot be refitted cluster by cluster."
        )
    deviations = []
    for code, label in enumerate(estimate.labels):
        try:
            deviations.append(jackknife(estimate, code) - estimate.params)
        except ModelError as error:
            raise ModelError(
                f"vcov='CR3' does not exist here, the fit without cluster {label!r} fails. {error}"
            ) from error
    gaps = np.array(deviations)
    return _symmetric(gaps.T @ gaps)


def _symmetric(matrix: Array) -> Array:
    return (matrix + matrix.T) / 2
