"""Binary outcomes with a random intercept per group (a Land, say): maximum likelihood by adaptive quadrature.

Sources: Pinheiro & Bates 1995 (J. Computational and Graphical Statistics 4(1)) for the quadrature; Self & Liang
1987 (JASA 82(398)) for the test of a variance at its boundary.
"""

from __future__ import annotations

import warnings
from dataclasses import dataclass
from functools import partial
from numbers import Integral

import numpy as np
import pandas as pd
from numpy.typing import NDArray
from scipy import stats

from ....errors import ModelError
from ...checks.separation import separating_terms
from ...design import Array, Design, build, check_estimable, check_frame, clusters, show, some, warn_dropped
from ...inference.covariance import Estimate, choose, covariance
from ...links import LINKS
from ...results import Estimates, check_level
from ..clusters import warn_without_events
from ..firth.solver import maximise, problem
from ..interval.optimise import climb
from .quadrature import Grouped, Marginal, marginal, slope_at_zero

KINDS = ("iid", "CR0", "CR1", "CR3")
NODES = 25
_FEWEST_NODES, _MOST_NODES = 5, 100
_START = 0.5
# Standard deviation, relative to that of the predictor's error, below which the variance is at its boundary.
_ZERO = 1e-4
_RESIDUAL = {"logit": np.pi**2 / 3, "cloglog": np.pi**2 / 6, "probit": 1.0}


class ZeroVarianceWarning(UserWarning):
    """The variance of the random intercepts is estimated at 0: the groups differ no more than by chance."""


@dataclass(frozen=True, eq=False, repr=False, kw_only=True)
class RandomInterceptFit(Estimates):
    """Result of `random_intercept`; `params` are conditional on the group, `loglik` is the marginal one.

    Attributes
    ----------
    link, group, n_groups, nodes
        As asked for, and the number of groups.
    variance, sd
        Estimated variance and standard deviation of the intercepts over groups.
    sd_error
        Standard error of `sd` from the covariance asked for; NaN where the variance is 0.
    loglik_pooled
        Log-likelihood of the same model without random intercepts.
    """

    link: str
    group: str
    n_groups: int
    nodes: int
    variance: float
    sd: float
    sd_error: float
    loglik_pooled: float
    _intercepts: pd.DataFrame
    _estimate: Estimate

    @property
    def icc(self) -> float:
        """Share of the latent variance that lies between groups."""
        return float(self.variance / (self.variance + _RESIDUAL[self.link]))

    def variance_test(self) -> pd.DataFrame:
        """Return the likelihood ratio test of variance 0: one row with variance, statistic, p_value.

        Under the hypothesis the statistic is 0 with probability one half and chi-squared with 1 d.f. otherwise.
        """
        # With variance 0 the two differ by rounding only.
        statistic = max(2 * (self.loglik - self.loglik_pooled), 0.0) if self.variance else 0.0
        p_value = float(stats.chi2.sf(statistic, 1)) / 2 if statistic > 0 else 1.0
        return pd.DataFrame({"variance": [self.variance], "statistic": [statistic], "p_value": [p_value]})

    def intercepts(self, level: float = 0.95) -> pd.DataFrame:
        """Return the predicted intercept of every group (empirical Bayes, coefficients taken as known).

        Columns: the group, nobs, n_events, mode and mode_error (conditional mode and its error from the
        curvature), estimate and std_error (posterior mean and standard deviation), conf_low, conf_high.
        """
        check_level(level)
        table = self._intercepts.copy(deep=True)
        half = float(stats.norm.ppf((1 + level) / 2)) * table["std_error"]
        return table.assign(conf_low=table["estimate"] - half, conf_high=table["estimate"] + half)

    def _notes(self) -> list[str]:
        spread = f"variance {self.variance:.4f}, standard deviation {self.sd:.4f}"
        if np.isfinite(self.sd_error):
            spread += f" (standard error {self.sd_error:.4f})"
        return [
            f"Intercepts of {self.n_groups} groups ({self.group}), {self.nodes} nodes: {spread}, share of the "
            f"latent variance between groups {self.icc:.4f}"
        ]

    def glance(self) -> pd.DataFrame:
        """Return one row about the whole fit; the variance counts as a parameter."""
        table = super().glance()
        return table.assign(
            n_params=table["n_params"] + 1,
            aic=table["aic"] + 2,
            bic=table["bic"] + float(np.log(self.nobs)),
        )


def random_intercept(
    formula: str,
    data: pd.DataFrame,
    group: str,
    link: str = "cloglog",
    nodes: int = NODES,
    vcov: str | None = None,
    cluster: str | None = None,
) -> RandomInterceptFit:
    """Fit a binary-outcome model with a normally distributed intercept per group.

    Parameters
    ----------
    formula
        `outcome ~ terms`; the outcome is a 0/1 or boolean column.
    data
        One row per observation (per unit and period at risk for a hazard).
    group
        Column with the group of each row.
    link
        `cloglog`, `logit` or `probit`.
    nodes
        Quadrature nodes per group, 5 to 100.
    vcov
        `iid` (inverse observed information, the variance being estimated with the coefficients), `CR0`, `CR1`
        or `CR3`; unasked `CR1` with `cluster`, else `iid`. `HC1` is not defined: rows of a group depend on each
        other in this model.
    cluster
        Column with clusters, each group within one of them.

    Returns
    -------
    RandomInterceptFit
        The frozen result.

    Raises
    ------
    ModelError
        If the model cannot be estimated as asked.

    Warns
    -----
    DroppedRowsWarning
        If rows are left out because of missing values.
    ClusterWithoutEventsWarning
        If a cluster has no event.
    ZeroVarianceWarning
        If the variance is estimated at 0.
    """
    kind = choose(vcov, cluster)
    if kind not in KINDS:
        raise ModelError(
            f"vcov={kind!r} is not defined for random_intercept: choose one of {', '.join(KINDS)}."
        )
    if link not in LINKS:
        raise ModelError(
            f"link={link!r} is not defined for random_intercept: choose one of {', '.join(LINKS)}."
        )
    if not isinstance(nodes, Integral) or not _FEWEST_NODES <= nodes <= _MOST_NODES:
        raise ModelError(f"nodes={show(nodes)}: give a whole number from {_FEWEST_NODES} to {_MOST_NODES}.")
    nodes = int(nodes)
    design = build(formula, data, cluster)
    warn_dropped(
        design.dropped, design.nobs_total - len(design.y), design.nobs_total, "are left out", stacklevel=2
    )
    warn_without_events(design.y, design.codes, design.labels, cluster, stacklevel=2)
    check_frame(data, [group], formula)
    kept = ~data[[design.outcome, *design.columns]].isna().any(axis=1).to_numpy(dtype=bool)
    codes, labels = clusters(data.loc[kept, group].rename(group), "group")
    _check_nested(design, codes, labels, group)
    whole = np.ones(len(design.y), dtype=bool)
    found = _fit(design, codes, link, nodes, whole)
    point, params = found.point, found.params
    k = len(design.terms)
    sd = float(params[-1])
    size = k + (sd > 0)
    if sd == 0:
        warnings.warn(
            f"The variance of the intercepts over {group!r} is estimated at 0: the fit is that without random "
            "intercepts, and its groups differ no more than by chance.",
            ZeroVarianceWarning,
            stacklevel=2,
        )
    scores = np.empty((len(found.order), size))
    scores[found.order] = point.row_scores[:, :size]
    estimate = Estimate(
        params[:size],
        np.asarray(np.linalg.inv(-point.hessian[:size, :size])),
        scores,
        design.codes,
        design.labels,
        _Refit(design, codes, link, nodes, size),
        loadings=found.loadings[:size, :size],
    )
    V = covariance(kind, estimate)
    events = design.y.sum()
    n = len(design.y)
    return RandomInterceptFit(
        estimator="random_intercept",
        formula=formula,
        link=link,
        group=group,
        n_groups=len(labels),
        nodes=nodes,
        variance=sd**2,
        sd=sd,
        sd_error=float(np.sqrt(V[k, k])) if sd > 0 else float("nan"),
        loglik_pooled=found.pooled,
        vcov_type=kind,
        cluster=cluster,
        nobs=n,
        nobs_total=design.nobs_total,
        n_events=int(events),
        n_clusters=len(design.labels) or None,
        loglik=point.loglik,
        loglik_null=float(events * np.log(events / n) + (n - events) * np.log(1 - events / n)),
        _title=f"Random intercept by {group} ({link})",
        _terms=design.terms,
        _params=params[:k],
        _vcov=V[:k, :k],
        _dropped=design.dropped,
        _facts={"link": link, "group": group, "n_groups": len(labels), "nodes": nodes, "variance": sd**2},
        _intercepts=pd.DataFrame(
            {
                group: list(labels),
                "nobs": np.bincount(codes),
                "n_events": np.bincount(codes, weights=design.y).astype(int),
                "mode": point.mode,
                "mode_error": point.mode_error,
                "estimate": point.mean,
                "std_error": point.mean_error,
            }
        ),
        _estimate=estimate,
    )


@dataclass(frozen=True, eq=False)
class _Refit:
    """The estimate on part of the rows, for the jackknife."""

    design: Design
    codes: NDArray[np.intp]
    link: str
    nodes: int
    size: int

    def __call__(self, keep: NDArray[np.bool_]) -> Array:
        check_estimable(self.design.y[keep], self.design.X[keep], self.design.terms, self.design.outcome)
        return _fit(self.design, self.codes, self.link, self.nodes, keep).params[: self.size]


@dataclass(frozen=True, eq=False)
class _Found:
    """The maximum on an orthonormal basis, the loadings (k + 1, k + 1) that lead back, the order of its rows.

    `pooled` is the log-likelihood without random intercepts. The likelihood is even in the standard deviation:
    the loadings make it positive.
    """

    point: Marginal
    loadings: Array
    order: NDArray[np.intp]
    pooled: float

    @property
    def params(self) -> Array:
        """Coefficients and, last, the standard deviation, shape (k + 1,)."""
        return np.asarray(self.loadings @ self.point.params)


def _fit(design: Design, codes: NDArray[np.intp], link: str, nodes: int, keep: NDArray[np.bool_]) -> _Found:
    """Return the maximum over the rows where `keep` (n,) is true."""
    rows = np.flatnonzero(keep)
    order = rows[np.argsort(codes[rows], kind="stable")]
    y, X = design.y[order], design.X[order]
    culprits = separating_terms(y, X, design.terms)
    if culprits:
        raise ModelError(
            f"The outcome {design.outcome!r} is perfectly separated by {some(culprits)}, the "
            "estimate would be infinite: take the term out, merge its categories, or use firth."
        )
    rows_by_group, events = np.bincount(codes[order]), np.bincount(codes[order], weights=y)
    if not ((events > 0) & (events < rows_by_group)).any():
        raise ModelError(
            f"Every group has one outcome {design.outcome!r} only, the variance of their intercepts would be "
            "infinite: choose larger groups."
        )
    pooled_task = problem(y, X, link, penalty=0.0)
    pooled = maximise(pooled_task)
    basis = pooled_task.basis[pooled_task.group]
    starts = np.flatnonzero(np.diff(codes[order], prepend=-1))
    grouped = Grouped(y, basis, starts, link, nodes)
    start = np.append(pooled.params, _START)
    found = climb(partial(marginal, grouped), start, f"{design.formula!r} with random intercepts")
    inside = abs(found.params[-1]) > _ZERO and found.loglik > pooled.loglik
    if not inside and slope_at_zero(grouped, pooled.params) > 0:  # the maximum is near 0 but not at it
        near = climb(partial(marginal, grouped), np.append(pooled.params, 100 * _ZERO), repr(design.formula))
        found, inside = near, near.params[-1] != 0
    if not inside:
        found = marginal(grouped, np.append(pooled.params, 0.0))
    loadings = np.eye(len(design.terms) + 1)
    loadings[:-1, :-1] = pooled_task.loadings
    loadings[-1, -1] = -1.0 if found.params[-1] < 0 else 1.0
    return _Found(found, loadings, order, pooled.loglik)


def _check_nested(design: Design, codes: NDArray[np.intp], labels: tuple[str, ...], group: str) -> None:
    if design.codes is None:
        return
    pairs = np.unique(np.column_stack([codes, design.codes]), axis=0)[:, 0]
    doubled = pairs[1:][np.diff(pairs) == 0]
    if len(doubled):
        raise ModelError(
            f"The group {labels[doubled[0]]!r} of {group!r} has rows in more than one cluster of "
            f"{design.cluster!r}: clusters must hold whole groups."
        )
