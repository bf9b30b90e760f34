"""One specification fitted: rows of the table, and what the joint tests need of it."""

from __future__ import annotations

import math
import warnings
from collections import Counter
from dataclasses import dataclass
from typing import Any

import numpy as np
import pandas as pd
from scipy import stats

from ...errors import KonzeptError, ModelError
from ..design import INTERCEPT, Array, Design, columns_of
from ..estimators.binary.models import hazard
from ..estimators.binary.result import Fit
from ..inference.covariance import CLUSTERED, ClusterSums
from ..links import LINKS
from ..margins import mean_derivative, mean_difference
from .choices import Multiverse, Specification

OK, FAILED = "ok", "failed"


@dataclass(frozen=True, eq=False)
class NullScore:
    """What the score bootstrap needs of one coefficient where it is held at 0: a few numbers per cluster.

    Attributes
    ----------
    labels
        The G clusters.
    push
        What the score of each cluster does to the coefficient in one scoring step, shape (G,).
    residual
        What weights leave over in each cluster after that step, shape (G, G): the standard error of a draw w is
        the root of G/(G-1) times the sum of squares of `residual @ w`.
    """

    labels: tuple[str, ...]
    push: Array
    residual: Array

    @classmethod
    def of(cls, sums: ClusterSums, coefficient: int, labels: tuple[str, ...]) -> NullScore:
        """Return it from the sums by cluster under the null (see `inference.score_bootstrap`)."""
        bread = np.linalg.inv(sums.information.sum(axis=0))
        direction = bread @ sums.loadings[coefficient]
        push = sums.scores @ direction
        pull = (sums.information @ direction) @ bread @ sums.scores.T
        return cls(labels, push, np.diag(push) - pull)


def estimate(
    specification: Specification, multiverse: Multiverse, data: pd.DataFrame | KonzeptError, scores: bool
) -> tuple[list[dict[str, Any]], list[NullScore | None]]:
    """Return one row per focal term of a specification, and its scores under the null.

    An error that names its cause ends up in the rows of its specification, since a model that does not exist is
    a finding about it; any other error is a mistake and is raised.

    Parameters
    ----------
    specification, multiverse
        What to fit.
    data
        The risk set of its coding and sample, or the error that kept it from being made.
    scores
        Whether scores under the null are wanted.
    """
    formula = specification.formula(multiverse.outcome)
    terms = [term for term in multiverse.focal if term in specification.covariates.terms]
    head: dict[str, Any] = {
        "specification": specification.number,
        **specification.choices,
        "formula": formula,
    }
    with warnings.catch_warnings(record=True) as caught:
        warnings.simplefilter("always")
        try:
            if isinstance(data, KonzeptError):
                raise data
            used, notes = _periods(specification, multiverse, data)
            share = len(used) / len(data)
            fit = hazard(formula, used, specification.link.name, multiverse.vcov, multiverse.cluster)
            left_out = len(data) - len(used)  # periods without an event: rows of the risk set all the same
            shown = _rows(fit, multiverse, terms, share, left_out)
            nulls = [_null(fit, term) if scores else None for term in terms]
        except KonzeptError as error:
            reason = {"status": FAILED, "error": type(error).__name__, "reason": str(error)}
            return [{**head, "term": term, **reason} for term in terms], [None] * len(terms)
    notes += list(dict.fromkeys(str(item.message) for item in caught))
    return [
        {**head, "term": row.pop("term"), **row, "notes": " ".join([*notes, *row["notes"]])} for row in shown
    ], nulls


def _periods(
    specification: Specification, multiverse: Multiverse, data: pd.DataFrame
) -> tuple[pd.DataFrame, list[str]]:
    """Return the rows used and a note on those left out because their period has no event."""
    period = specification.duration.period
    if period is None:
        return data, []
    events = data.groupby(period)[multiverse.outcome].sum()
    empty = events.index[events == 0]
    gone = data[period].isin(empty)
    if not gone.any():
        return data, []
    names = ", ".join(f"{value:g}" if isinstance(value, int | float) else str(value) for value in empty)
    note = (
        f"{int(gone.sum())} of {len(data)} rows of periods without an event are left out "
        f"({period}: {names}); they carry no information on the other coefficients."
    )
    return data[~gone], [note]


def _rows(
    fit: Fit, multiverse: Multiverse, terms: list[str], share: float, left_out: int
) -> list[dict[str, Any]]:
    """Return estimates, intervals, ratios and average marginal effects of the focal terms.

    Effects are averages over the whole risk set: where the hazard is 0 (periods without an event, whose level is
    minus infinity) they are 0, so that the average over the rows used counts for their `share`.
    """
    t = fit.vcov_type in CLUSTERED
    table = fit.tidy(multiverse.level, None if fit.vcov_type == "wild" else "t" if t else "normal")
    table = table.set_index("term")
    quantile = float((stats.t(fit.df_resid) if t else stats.norm()).ppf((1 + multiverse.level) / 2))
    rows = []
    for term in terms:
        if term not in table.index:
            raise ModelError(
                f"The focal term {term!r} has no coefficient of its own in {fit.formula!r}: focal terms are "
                "columns of numbers that enter as they are."
            )
        row = table.loc[term]
        proportional = fit.link == "cloglog"
        effect, error, note = marginal_effect(fit, term)
        effect, error = share * effect, share * error
        low, high = float(row["conf_low"]), float(row["conf_high"])
        rows.append(
            {
                "term": term,
                "status": OK,
                **{str(name): float(value) for name, value in row.items()},
                "significant": low > 0 or high < 0,
                "hazard_ratio": math.exp(row["estimate"]) if proportional else math.nan,
                "hazard_ratio_low": math.exp(low) if proportional else math.nan,
                "hazard_ratio_high": math.exp(high) if proportional else math.nan,
                "effect": effect,
                "effect_std_error": error,
                "effect_low": effect - quantile * error,
                "effect_high": effect + quantile * error,
                "nobs": fit.nobs,
                "nobs_total": fit.nobs_total + left_out,
                "n_events": fit.n_events,
                "n_clusters": fit.n_clusters,
                "loglik": fit.loglik,
                "aic": 2 * len(fit.params) - 2 * fit.loglik,
                "notes": [note] if note else [],
            }
        )
    return rows


def marginal_effect(fit: Fit, term: str) -> tuple[float, float, str]:
    """Return the average marginal effect of one term on the probability, its standard error and a note.

    Other than `Fit.margins` it asks only that the term itself enters once: the terms of time may be splines. It
    is NaN, with the reason as note, where the term has no effect of its own.
    """
    design: Design = fit._design
    uses = Counter(column for item in design.spec.terms for column in columns_of(item))
    if uses[term] != 1 or INTERCEPT not in design.terms:
        return math.nan, math.nan, f"{term!r} enters in more than one way or without an intercept: no effect."
    place, params = design.terms.index(term), fit.params.to_numpy()
    link = LINKS[fit.link]
    if np.isin(design.X[:, place], (0.0, 1.0)).all():
        effect, gradient = mean_difference(design.X, params, link, place, [place])
    else:
        effect, gradient = mean_derivative(design.X, params, link, place)
    return effect, float(np.sqrt(gradient @ fit.vcov.to_numpy() @ gradient)), ""


def _null(fit: Fit, term: str) -> NullScore | None:
    """Return the scores where the coefficient is held at 0; None, with a warning, if there is no such fit."""
    place = fit.params.index.get_loc(term)
    clusterwise = fit._estimate.clusterwise
    if clusterwise is None:
        raise ModelError("Joint tests multiply scores by cluster: give the multiverse a cluster column.")
    try:
        sums = clusterwise.restricted(place, 0.0)
    except ModelError as error:  # the estimate itself stands
        warnings.warn(f"Not in the joint tests of {term!r}: {error}", stacklevel=2)
        return None
    return NullScore.of(sums, place, tuple(fit._estimate.labels))
