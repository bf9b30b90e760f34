"""Parametric hazards of durations that are known only within intervals, such as adoptions dated to some years.

Sources: Kalbfleisch & Prentice 2002, The Statistical Analysis of Failure Time Data; for interval censoring Sun
2006, The Statistical Analysis of Interval-censored Failure Time Data; for piecewise constant hazards Friedman
1982 (Annals of Statistics 10(1)).
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any

import formulaic
import numpy as np
import pandas as pd
from numpy.typing import NDArray

from ....errors import ModelError
from ...design import (
    INTERCEPT,
    Array,
    check_frame,
    clusters,
    complete_rows,
    covariates,
    parse_terms,
    warn_dropped,
)
from ...inference.covariance import VCOV, Estimate, choose, covariance
from ..binary.newton import orthonormal
from ..clusters import warn_without_events
from .likelihood import FAMILIES, LocationScale, PiecewiseConstant, Point, Spells, exposure
from .optimise import climb
from .result import LOG_SCALE, IntervalFit, piece_names
from .spells import spells as read_spells

DISTRIBUTIONS = (*FAMILIES, "piecewise")
# Curvature per row, on the basis, below which the likelihood does not bend.
_FLAT = 1e-8
_KINDS = tuple(kind for kind in VCOV if kind != "wild")


def interval_hazard(
    formula: str,
    data: pd.DataFrame,
    lower: str,
    upper: str,
    entry: str | None = None,
    distribution: str = "weibull",
    cuts: Sequence[float] = (),
    origin: float = 0.0,
    whole_periods: bool = False,
    vcov: str | None = None,
    cluster: str | None = None,
) -> IntervalFit:
    """Fit a parametric model of durations that are known exactly, between two times, or by one bound.

    Parameters
    ----------
    formula
        `term + term`, without an outcome; `1` for none.
    data
        One row per unit; covariates do not change over time.
    lower, upper
        Columns of bounds: the event is after `lower` and not after `upper`, at `lower` where they are equal. A
        missing or infinite `upper`: no event seen (right-censored). A missing `lower`: any time from entry on
        (left-censored).
    entry
        Column of the time from which the unit was observed, having had no event until then (left truncation).
    distribution
        `weibull`, `exponential`, `loglogistic`, `lognormal`: coefficients are effects on log durations
        (accelerated failure time). `piecewise`: hazard constant between `cuts`, coefficients are effects on the
        log hazard.
    cuts
        Increasing bounds between the pieces, measured from the origin; piecewise only.
    origin
        Calendar time at which durations begin.
    whole_periods
        Whether bounds are numbers of whole periods: an event dated to the years 2006 to 2008 then lies between
        the beginning of 2006 and the end of 2008, times 2006 and 2009. A lower bound is always the beginning of
        its period: without an upper one, lower=2010 says that there was no event before 2010, and who was
        without one until the end of 2010 has lower=2011.
    vcov
        `iid` (inverse observed information), `HC1`, `CR0`, `CR1` or `CR3`; unasked `CR1` with `cluster`, else
        `iid`.
    cluster
        Name of the cluster column.

    Returns
    -------
    IntervalFit
        The frozen result.

    Raises
    ------
    ModelError
        If rows are impossible or the model cannot be estimated as asked.

    Warns
    -----
    DroppedRowsWarning
        If rows are left out because of missing covariates.
    ClusterWithoutEventsWarning
        If a cluster has no event.
    """
    kind = choose(vcov, cluster)
    if kind not in _KINDS:
        raise ModelError(
            f"vcov={kind!r} is not defined for interval_hazard: choose one of {', '.join(_KINDS)}."
        )
    bounds = _check_cuts(distribution, cuts)
    right, names = (
        (formulaic.Formula("1"), []) if str(formula).strip() in ("1", "~ 1", "~1") else parse_terms(formula)
    )
    columns = [lower, upper, *([entry] if entry else []), *([cluster] if cluster else []), *names]
    check_frame(data, columns, formula)
    if names:
        frame, kept, dropped = complete_rows(data, names)
    else:
        frame, kept, dropped = data, np.ones(len(data), dtype=bool), ()
    warn_dropped(dropped, int((~kept).sum()), len(data), "are left out", stacklevel=2)
    rows = read_spells(data.loc[kept], lower, upper, entry, origin, whole_periods)
    X, spec = covariates(right, frame, formula)
    terms = tuple(str(name) for name in spec.column_names)
    events = int(np.isfinite(rows.upper).sum())
    if events == 0:
        raise ModelError(
            "No row has an event: every upper bound is missing, and no duration can be estimated."
        )
    _check_columns(X, terms)
    codes, labels = (None, ()) if cluster is None else clusters(data.loc[kept, cluster])
    happened = np.isfinite(rows.upper).astype(float)
    warn_without_events(happened, codes, labels, cluster, stacklevel=2)
    model = _Model(distribution, bounds, rows, X, terms)
    point, loadings = model.fit()
    null, _ = _Model(distribution, bounds, rows, X[:, [terms.index(INTERCEPT)]], (INTERCEPT,)).fit()
    params = np.asarray(loadings @ point.params)
    estimate = Estimate(
        params,
        np.asarray(np.linalg.inv(-point.hessian)),
        point.row_scores,
        codes,
        labels,
        _Refit(model),
        loadings=loadings,
    )
    exact = rows.lower == rows.upper
    left, censored = (rows.lower <= rows.entry) & ~exact, np.isinf(rows.upper)
    counts = {
        "exact": int(exact.sum()),
        "interval": int((~exact & ~left & ~censored).sum()),
        "left": int(left.sum()),
        "right": int(censored.sum()),
        "entered_late": int((rows.entry > 0).sum()),
    }
    return IntervalFit(
        estimator="interval_hazard",
        formula=formula,
        distribution=distribution,
        cuts=tuple(float(cut) for cut in bounds),
        origin=float(origin),
        counts=counts,
        vcov_type=kind,
        cluster=cluster,
        nobs=len(X),
        nobs_total=len(data),
        n_events=events,
        n_clusters=len(labels) or None,
        loglik=point.loglik,
        loglik_null=null.loglik,
        _title=f"Interval-censored hazard ({distribution})",
        _terms=model.names,
        _params=params,
        _vcov=covariance(kind, estimate),
        _dropped=dropped,
        _facts={"distribution": distribution, **{f"n_{name}": count for name, count in counts.items()}},
        _columns=tuple(names),
        _spec=spec,
        _estimate=estimate,
    )


@dataclass(frozen=True, eq=False)
class _Model:
    """A family, its rows and covariates (n, k)."""

    distribution: str
    cuts: Array
    rows: Spells
    X: Array
    terms: tuple[str, ...]

    @property
    def names(self) -> tuple[str, ...]:
        """Names of the parameters."""
        if self.distribution == "piecewise":
            return (*piece_names(self.cuts), *(term for term in self.terms if term != INTERCEPT))
        return self.terms if self.distribution == "exponential" else (*self.terms, LOG_SCALE)

    def fit(self) -> tuple[Point, Array]:
        """Return the maximum on an orthonormal basis of the covariates, and the loadings (k, k) that lead back.

        Raises
        ------
        ModelError
            If there is no convergence, or the likelihood does not bend at the maximum in some direction.
        """
        likelihood, back, start = (
            self._piecewise() if self.distribution == "piecewise" else self._location_scale()
        )
        found = climb(_Evaluate(likelihood), start, f"the {self.distribution} model")
        bends, directions = np.linalg.eigh(-found.hessian)
        if not bends[0] > _FLAT * len(self.X):
            name = self.names[int(np.abs(back @ directions[:, 0]).argmax())]
            raise ModelError(
                f"The likelihood of the {self.distribution} model is flat at its end, above all in {name!r}: the "
                "estimate would be infinite. Durations that all lie within one and the same interval do not tell "
                "their spread; otherwise take out terms, merge categories, or use fewer pieces."
            )
        return found, back

    def _location_scale(self) -> tuple[Any, Array, Array]:
        found = orthonormal(self.X, self.terms)
        middle = np.where(
            np.isfinite(self.rows.upper), (self.rows.lower + self.rows.upper) / 2, self.rows.lower
        )
        one = np.zeros(len(self.terms))
        one[self.terms.index(INTERCEPT)] = float(np.log(np.maximum(middle, 1e-12)).mean())
        extra = 0 if self.distribution == "exponential" else 1
        back = np.eye(len(one) + extra)
        back[: len(one), : len(one)] = found.loadings
        start = np.concatenate([np.linalg.solve(found.loadings, one), np.zeros(extra)])
        return LocationScale(self.distribution, self.rows, found.columns.T), back, start

    def _piecewise(self) -> tuple[Any, Array, Array]:
        slopes = [j for j, term in enumerate(self.terms) if term != INTERCEPT]
        X, pieces = self.X[:, slopes], len(self.cuts) + 1
        centre = X.mean(axis=0)
        basis, loadings = np.zeros((len(X), 0)), np.zeros((0, 0))
        if slopes:
            found = orthonormal(X - centre, [self.terms[j] for j in slopes])
            basis, loadings = found.columns.T, found.loadings
        back = np.eye(pieces + len(slopes))
        back[pieces:, pieces:] = loadings
        back[:pieces, pieces:] = -(centre @ back[pieces:, pieces:])
        last = np.where(np.isfinite(self.rows.upper), self.rows.upper, self.rows.lower)
        watched = exposure(last, self.cuts) - exposure(self.rows.entry, self.cuts)
        idle = watched.sum(axis=0) <= 0
        if idle.any():
            name = piece_names(self.cuts)[int(idle.argmax())]
            raise ModelError(f"No row is observed in the piece {name}: choose other cuts.")
        rate = np.isfinite(self.rows.upper).sum() / watched.sum()
        start = np.concatenate([np.full(pieces, np.log(rate)), np.zeros(len(slopes))])
        return PiecewiseConstant(self.cuts, self.rows, basis), back, start


@dataclass(frozen=True, eq=False)
class _Evaluate:
    """The point of a likelihood at given parameters."""

    likelihood: Any

    def __call__(self, params: Array) -> Point:
        loglik, scores = self.likelihood(params)
        return Point(params, loglik, scores, self.likelihood)


@dataclass(frozen=True, eq=False)
class _Refit:
    """The estimate on part of the rows, for the jackknife."""

    model: _Model

    def __call__(self, keep: NDArray[np.bool_]) -> Array:
        model = self.model
        _check_columns(model.X[keep], model.terms)
        part = _Model(model.distribution, model.cuts, model.rows.take(keep), model.X[keep], model.terms)
        point, loadings = part.fit()
        return np.asarray(loadings @ point.params)


def _check_cuts(distribution: str, cuts: Sequence[float]) -> Array:
    if distribution not in DISTRIBUTIONS:
        raise ModelError(
            f"distribution={distribution!r} is not known: choose one of {', '.join(DISTRIBUTIONS)}."
        )
    try:
        bounds = np.asarray(list(cuts) if not isinstance(cuts, str) else None, dtype=float)
    except (TypeError, ValueError):
        bounds = np.full(1, np.nan)
    if bounds.ndim != 1 or np.isnan(bounds).any():
        raise ModelError(f"cuts={cuts!r} is no list of times: give bounds between pieces, such as [5, 10].")
    if distribution != "piecewise":
        if len(bounds):
            raise ModelError(f"cuts are for distribution='piecewise' only, not for {distribution!r}.")
        return bounds
    if not len(bounds) or not (np.isfinite(bounds).all() and bounds[0] > 0 and (np.diff(bounds) > 0).all()):
        raise ModelError(
            f"cuts={bounds.tolist()!r}: give increasing positive times from the origin, at least one."
        )
    return bounds


def _check_columns(X: Array, terms: Sequence[str]) -> None:
    """Check that no covariate is constant or a combination of others."""
    flat = [term for j, term in enumerate(terms) if term != INTERCEPT and np.ptp(X[:, j]) == 0]
    if flat:
        raise ModelError(
            f"No variation in {', '.join(map(repr, flat))} over the {len(X)} rows used: leave it out."
        )
    if np.linalg.matrix_rank(X / np.linalg.norm(X, axis=0), tol=1e-9) < X.shape[1]:
        raise ModelError(f"The terms {', '.join(map(repr, terms))} are collinear: take one of them out.")
