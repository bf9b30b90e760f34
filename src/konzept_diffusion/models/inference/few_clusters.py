"""Everything that few clusters ask for, side by side: `cluster_table` and `leave_one_out`.

The effective number of clusters of a coefficient is that of Carter, Schnepel & Steigerwald 2017 (Review of
Economics and Statistics 99(4)), with the working weights of the likelihood in place of a linear model's rows:
with A the inverse of the expected information H = sum of H_g, e_j the coefficient,

    gamma_g(0) = e_j'A H_g A e_j,    gamma_g(1) = (e_j'A sum_i sqrt(h_i) x_i)^2,
    G*(rho) = G / (1 + mean over g of ((gamma_g - mean gamma) / mean gamma)^2),

h_i the expected information of row i in its linear predictor; rho = 0 means that rows of a cluster are
independent, rho = 1 that they move as one. gamma_g(0) / sum gamma(0) is the partial leverage of a cluster
(MacKinnon, Nielsen & Webb 2023, Stata Journal 23(4), for linear models).
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass

import numpy as np
import pandas as pd
from scipy import stats

from ...errors import ModelError
from ..design import Array
from ..results import Estimates, check_level, percent
from .covariance import DRAWS, SEED, ClusterSums, Estimate, covariance, jackknife
from .score_bootstrap import ScoreTests


@dataclass(frozen=True, eq=False, repr=False)
class LeaveOneOut:
    """Estimates without one cluster at a time; nothing in it can be changed.

    Attributes
    ----------
    cluster
        Name of the cluster column.
    reasons
        Cluster to the reason why there is no estimate without it; empty where all exist.
    """

    cluster: str
    reasons: Mapping[str, str]
    _params: pd.Series
    _estimates: pd.DataFrame

    @property
    def estimates(self) -> pd.DataFrame:
        """Estimates by cluster left out (rows) and term (columns); NaN where there is none."""
        return self._estimates.copy()

    @property
    def vcov(self) -> Array:
        """CR3, shape (k, k): NaN if an estimate is missing."""
        gaps = self._estimates.to_numpy() - self._params.to_numpy()
        crossproduct: Array = gaps.T @ gaps * (len(gaps) - 1) / len(gaps)
        return crossproduct

    def tidy(self) -> pd.DataFrame:
        """Return one row per cluster and term: left_out, term, estimate, change (from all), reason."""
        long = self._estimates.rename_axis("left_out").reset_index()
        long = long.melt("left_out", var_name="term", value_name="estimate")
        return long.assign(
            change=long["estimate"] - long["term"].map(self._params).astype(float),
            reason=[self.reasons.get(label, "") for label in long["left_out"]],
        )

    def glance(self) -> pd.DataFrame:
        """Return one row: cluster, n_clusters, n_terms, failed (clusters without which there is no fit)."""
        size, terms = self._estimates.shape
        return pd.DataFrame(
            {
                "cluster": [self.cluster],
                "n_clusters": [size],
                "n_terms": [terms],
                "failed": [len(self.reasons)],
            }
        )

    def summary(self) -> str:
        """Return the range of every coefficient as plain text, and which fits do not exist."""
        lines = [f"Leave-one-out over {len(self._estimates)} clusters ({self.cluster})", ""]
        lines.append(
            pd.DataFrame(_range(self._params, self._estimates)).to_string(
                index=False, float_format=lambda value: f"{value:.4f}"
            )
        )
        lines += [f"No fit without {label}: {reason}" for label, reason in self.reasons.items()]
        return "\n".join(lines)

    def __repr__(self) -> str:
        """Return one line that identifies the result."""
        return f"<Leave-one-out: {len(self._estimates)} clusters ({self.cluster})>"


@dataclass(frozen=True, eq=False, repr=False)
class ClusterTable:
    """Result of `cluster_table`; nothing in it can be changed.

    Attributes
    ----------
    formula, cluster
        Of the fit.
    level
        Coverage of the intervals.
    tests
        What the bootstrap is, with draws and seed.
    leave_one_out
        The estimates without one cluster at a time.
    """

    formula: str
    cluster: str
    level: float
    tests: str
    leave_one_out: LeaveOneOut
    _table: pd.DataFrame
    _leverage: pd.DataFrame

    @property
    def leverage(self) -> pd.DataFrame:
        """Partial leverage by cluster (rows) and term (columns); each column sums to 1."""
        return self._leverage.copy()

    def tidy(self) -> pd.DataFrame:
        """Return one row per term.

        term, estimate, then std_error, p_value, conf_low and conf_high with the prefixes iid (normal), cr1 and
        cr3 (t with G-1 degrees of freedom), wild_statistic, wild_p_value, wild_conf_low, wild_conf_high,
        leave_one_out_min and _max, most_influential (the cluster without which the estimate moves most), its
        change, n_clusters, effective_clusters (rho = 0), effective_clusters_dependent (rho = 1),
        largest_leverage (share of one cluster), note (why a number is missing).
        """
        return self._table.copy()

    def glance(self) -> pd.DataFrame:
        """Return one row: formula, cluster, n_clusters, n_terms, level, tests, failed (as for leave-one-out)."""
        return pd.DataFrame(
            {
                "formula": [self.formula],
                "cluster": [self.cluster],
                "n_clusters": [len(self._leverage)],
                "n_terms": [len(self._table)],
                "level": [self.level],
                "tests": [self.tests],
                "failed": [len(self.leave_one_out.reasons)],
            }
        )

    def summary(self) -> str:
        """Return the table as plain text, one block per kind of inference."""
        table = self._table.set_index("term")
        blocks = {
            "Standard errors": ["estimate", "iid_std_error", "cr1_std_error", "cr3_std_error"],
            "p-values": ["iid_p_value", "cr1_p_value", "cr3_p_value", "wild_p_value"],
            f"Intervals ({percent(self.level)})": [
                f"{kind}_conf_{end}" for kind in ("cr1", "cr3", "wild") for end in ("low", "high")
            ],
            "Clusters": [
                "leave_one_out_min", "leave_one_out_max", "most_influential", "effective_clusters",
                "largest_leverage",
            ],
        }  # fmt: skip
        lines = [f"{self.formula}, {len(self._leverage)} clusters ({self.cluster})", f"wild: {self.tests}"]
        for title, columns in blocks.items():
            text = table[columns].to_string(float_format=lambda value: f"{value:.4f}")
            lines += ["", title, text]
        notes = [note for note in table["note"].unique() if note]
        return "\n".join([*lines, "", *notes]).rstrip()

    def __repr__(self) -> str:
        """Return one line that identifies the result."""
        return f"<Few-cluster table: {self.formula}; {len(self._leverage)} clusters ({self.cluster})>"


def leave_one_out(fit: Estimates) -> LeaveOneOut:
    """Estimate a fit anew without one cluster at a time.

    A fit that does not exist (separation, a covariate that no longer varies) leaves a row of NaN and its reason.

    Parameters
    ----------
    fit
        A fit with `cluster=`.

    Returns
    -------
    LeaveOneOut
        Estimates by cluster left out (rows) and term (columns).

    Raises
    ------
    ModelError
        If the fit has no clusters or cannot be refitted.
    """
    estimate, cluster = _clustered(fit)
    if estimate.clusterwise is None and estimate.refit is None:
        raise ModelError(f"{fit.estimator} cannot be refitted cluster by cluster: choose another estimator.")
    rows, reasons = [], {}
    for code, label in enumerate(estimate.labels):
        try:
            rows.append(jackknife(estimate, code))
        except ModelError as error:
            rows.append(np.full(len(estimate.params), np.nan))
            reasons[label] = str(error)
    index = pd.Index(estimate.labels, name=cluster)
    terms = pd.Index(fit.params.index, name="term")
    return LeaveOneOut(cluster, reasons, fit.params, pd.DataFrame(np.array(rows), index=index, columns=terms))


def cluster_table(
    fit: Estimates,
    level: float = 0.95,
    draws: int = DRAWS,
    seed: int = SEED,
    weights: str = "webb",
    intervals: bool = True,
) -> ClusterTable:
    """Return every kind of few-cluster inference for every coefficient of a fit with clusters.

    Parameters
    ----------
    fit
        Result of `hazard` or `logit` (or another estimator with restricted fits) with `cluster=`; which `vcov`
        it shows does not matter.
    level
        Coverage of the intervals, between 0 and 1.
    draws, seed, weights
        Of the score bootstrap (null imposed), see `covariance.cluster_weights`.
    intervals
        Whether to invert the bootstrap tests; without, the wild intervals are NaN, and large data take a third
        of the time.

    Returns
    -------
    ClusterTable
        `.tidy()`, `.leverage`, `.leave_one_out`, `.summary()`.

    Raises
    ------
    ModelError
        If the fit has no clusters, or its estimator no restricted fits.
    """
    check_level(level)
    estimate, cluster = _clustered(fit)
    tests = ScoreTests.of(estimate, draws, seed, weights)
    assert estimate.clusterwise is not None  # or `of` would have said so
    jackknifed = leave_one_out(fit)
    size, params = len(estimate.labels), fit.params
    columns: dict[str, object] = {"term": list(params.index), "estimate": params.to_numpy()}
    for name, matrix, reference in (
        ("iid", covariance("iid", estimate), stats.norm()),
        ("cr1", covariance("CR1", estimate), stats.t(size - 1)),
        ("cr3", jackknifed.vcov, stats.t(size - 1)),
    ):
        error = np.sqrt(np.diag(matrix))
        half = reference.ppf((1 + level) / 2) * error
        columns |= {
            f"{name}_std_error": error,
            f"{name}_p_value": 2 * reference.sf(np.abs(params.to_numpy() / error)),
            f"{name}_conf_low": params.to_numpy() - half,
            f"{name}_conf_high": params.to_numpy() + half,
        }
    nothing = np.full(len(params), np.nan)
    low, high = tests.interval(level) if intervals else (nothing, nothing)
    columns |= {
        "wild_statistic": tests.statistic,
        "wild_p_value": tests.p_values,
        "wild_conf_low": low,
        "wild_conf_high": high,
    }
    spread = _range(params, jackknifed.estimates)
    del spread["term"]
    sums = estimate.clusterwise.full()
    alone, together = _gammas(sums)
    shares = alone / alone.sum(axis=0)
    columns |= spread
    columns |= {
        "n_clusters": size,
        "effective_clusters": effective_clusters(alone),
        "effective_clusters_dependent": nothing if together is None else effective_clusters(together),
        "largest_leverage": shares.max(axis=0),
        "note": _note(jackknifed.reasons),
    }
    index = pd.Index(estimate.labels, name=cluster)
    leverage = pd.DataFrame(shares, index=index, columns=pd.Index(params.index, name="term"))
    return ClusterTable(
        fit.formula, cluster, level, tests.method, jackknifed, pd.DataFrame(columns), leverage
    )


def effective_clusters(gammas: Array) -> Array:
    """Return the effective number of clusters of each coefficient, shape (k,), from gamma_g, shape (G, k)."""
    mean = gammas.mean(axis=0)
    number: Array = len(gammas) / (1 + np.square((gammas - mean) / mean).mean(axis=0))
    return number


def _gammas(sums: ClusterSums) -> tuple[Array, Array | None]:
    """Return gamma_g(0) and gamma_g(1), each of shape (G, k); None where rows have no roots."""
    directions = np.linalg.solve(sums.information.sum(axis=0), sums.loadings.T)
    alone = np.einsum("aj,gab,bj->gj", directions, sums.information, directions)
    return alone, None if sums.roots is None else np.square(sums.roots @ directions)


def _clustered(fit: Estimates) -> tuple[Estimate, str]:
    """Return what the inference works on, and the name of the cluster column."""
    estimate = getattr(fit, "_estimate", None)
    if not isinstance(estimate, Estimate):
        raise ModelError(
            f"The result {fit!r} keeps no scores by row that belong to one cluster each: few-cluster inference is not "
            "defined for it; it is for hazard and logit with cluster=."
        )
    if fit.cluster is None or estimate.codes is None:
        raise ModelError(f"The fit of {fit.formula!r} has no clusters: fit it with cluster=.")
    return estimate, fit.cluster


def _range(params: pd.Series, estimates: pd.DataFrame) -> dict[str, object]:
    """Return smallest and largest estimate by term, the cluster that moves it most, and by how much."""
    values, full = estimates.to_numpy(), params.to_numpy()
    found = ~np.isnan(values).any(axis=1)
    if not found.any():
        nothing = np.full(len(full), np.nan)
        least, most, moved, change = nothing, nothing, [""] * len(full), nothing
    else:
        labels, values = estimates.index[found], values[found]
        least, most = values.min(axis=0), values.max(axis=0)
        place = np.abs(values - full).argmax(axis=0)
        moved = [str(labels[row]) for row in place]
        change = values[place, range(len(full))] - full
    return {
        "term": list(params.index),
        "leave_one_out_min": least,
        "leave_one_out_max": most,
        "most_influential": moved,
        "most_influential_change": change,
    }


def _note(reasons: Mapping[str, str]) -> str:
    if not reasons:
        return ""
    first = next(iter(reasons.values()))
    return f"No CR3: there is no fit without {', '.join(reasons)}. {first}"
