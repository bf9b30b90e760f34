"""Is a whole specification curve more than chance? Joint tests with draws common to all specifications.

Simonsohn, Simmons & Nelson 2020 (Nature Human Behaviour 4(11)) compare three statistics of the curve - median
effect, share of the dominant sign, share significant in the dominant direction - and the average z value
(Stouffer) with their distribution if the effect were 0 in every specification. They draw from data in which the
null is true. Here the null is imposed on every specification's likelihood, and the scores of its clusters are
multiplied by random weights (the score wild cluster bootstrap of `inference.score_bootstrap`); a cluster has the
same weight in all specifications of a draw, so that the dependence between specifications, which share cities and
years, is kept without a single refit.
"""

from __future__ import annotations

import math
from collections.abc import Sequence

import numpy as np
import pandas as pd
from scipy import stats

from ..design import Array
from ..inference.covariance import cluster_weights
from .estimation import NullScore

STATISTICS = ("median_effect", "share_dominant_sign", "share_significant", "mean_statistic")
"""Statistics of a curve; for each, more is further away from the null."""
_ROUNDING = 1e-10


def joint_tests(
    scores: Sequence[NullScore], slopes: Array, level: float, draws: int, seed: int
) -> pd.DataFrame:
    """Return one row per statistic of a curve: statistic, observed, p_value, null_mean, null_95, draws.

    Parameters
    ----------
    scores
        Of the same term in every specification.
    slopes
        Average marginal effect per unit of the coefficient, shape (S,); NaN where it is not defined.
    level
        A specification counts as significant in a draw if its |t| exceeds the quantile of t with G-1 degrees of
        freedom for this coverage.
    draws, seed
        Of Webb weights, see `inference.covariance.cluster_weights`.
    """
    labels = sorted({label for score in scores for label in score.labels})
    weights, exact = cluster_weights(len(labels), draws, seed)
    place = {label: number for number, label in enumerate(labels)}
    everyone = np.vstack([np.ones(len(labels)), weights])  # the sample is the draw with all weights 1
    shape = (len(scores), len(everyone))
    statistic, effect = np.empty(shape), np.empty(shape)
    critical = np.empty(len(scores))
    for row, (score, slope) in enumerate(zip(scores, slopes, strict=True)):
        size = len(score.labels)
        own = everyone[:, [place[label] for label in score.labels]]
        rest = own @ score.residual.T
        error = np.sqrt(size / (size - 1) * np.einsum("ij,ij->i", rest, rest))
        step = own @ score.push
        with np.errstate(divide="ignore", invalid="ignore"):
            statistic[row] = np.nan_to_num(step / error, nan=0.0, posinf=np.inf, neginf=-np.inf)
        effect[row] = step * slope
        critical[row] = stats.t(size - 1).ppf((1 + level) / 2)
    found = curve_statistics(statistic, effect, critical)
    rows = []
    for name in STATISTICS:
        observed, null = float(found[name][0]), found[name][1:]
        larger = int((null >= observed - _ROUNDING * max(1.0, abs(observed))).sum())
        p_value = larger / len(null) if exact else (larger + 1) / (len(null) + 1)
        there = math.isfinite(observed)
        rows.append(
            {
                "statistic": name,
                "observed": observed,
                "p_value": p_value if there else math.nan,
                "null_mean": float(null.mean()) if there else math.nan,
                "null_95": float(np.quantile(null, 0.95)) if there else math.nan,
                "specifications": len(scores),
                "clusters": len(labels),
                "draws": len(null),
                "exact": exact,
            }
        )
    return pd.DataFrame(rows)


def curve_statistics(statistic: Array, effect: Array, critical: Array) -> dict[str, Array]:
    """Return `STATISTICS` by draw, each of shape (B,).

    Parameters
    ----------
    statistic, effect
        Studentised score, and effect after one scoring step from the null, shapes (S, B).
    critical
        What |statistic| has to exceed to be significant, shape (S,).
    """
    positive = (statistic > 0).mean(axis=0)
    negative = (statistic < 0).mean(axis=0)
    above = (statistic > critical[:, None]).mean(axis=0)
    below = (statistic < -critical[:, None]).mean(axis=0)
    defined = ~np.isnan(effect).any(axis=1)
    median = (
        np.abs(np.median(effect[defined], axis=0)) if defined.any() else np.full(effect.shape[1], math.nan)
    )
    return {
        "median_effect": median,
        "share_dominant_sign": np.maximum(positive, negative),
        "share_significant": np.where(
            positive > negative, above, np.where(negative > positive, below, np.maximum(above, below))
        ),
        "mean_statistic": np.abs(statistic.mean(axis=0)),
    }
