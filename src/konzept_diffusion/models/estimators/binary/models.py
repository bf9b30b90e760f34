"""Maximum likelihood for binary outcomes: the discrete-time hazard and the logit.

A discrete-time event-history model is a binary model on the risk set, one row per unit and period at risk
(Allison 1982, Sociological Methodology 13); the complementary log-log link makes it the grouped proportional
hazards model (Prentice & Gloeckler 1978, Biometrics 34(1)). Separation is checked before an estimate is
believed; the likelihood is maximised by Newton's method on an orthonormal basis (`newton`).
"""

from __future__ import annotations

import numpy as np
import pandas as pd

from ....errors import ModelError
from ...design import Design, build, check_frame, warn_dropped
from ...inference.covariance import DRAWS, SEED, Estimate, choose, covariance
from ...inference.score_bootstrap import ScoreTests
from ...links import LINKS
from ..clusters import warn_without_events
from .likelihood import OBSERVED
from .newton import blocks, orthonormal, run
from .refits import Refit, maximum
from .result import Fit

_MAX_ITERATIONS = 100


def hazard(
    formula: str,
    data: pd.DataFrame,
    link: str = "cloglog",
    vcov: str | None = None,
    cluster: str | None = None,
    draws: int = DRAWS,
    seed: int = SEED,
) -> Fit:
    """Fit a discrete-time hazard model on the risk set.

    The formula is all there is: no duration term is added unasked.

    Parameters
    ----------
    formula
        `outcome ~ terms`; the outcome is a 0/1 or boolean column, 1 in the period of the event.
    data
        One row per unit and period at risk.
    link
        `cloglog`, `logit` or `probit`.
    vcov
        `iid`, `HC1`, `CR0`, `CR1`, `CR3` or `wild` (score wild cluster bootstrap: p-values and intervals come
        from it, see `inference.score_bootstrap`); unasked `CR1` with `cluster`, else `iid`.
    cluster
        Name of the cluster column.
    draws, seed
        Of the bootstrap, for `wild` only.

    Returns
    -------
    Fit
        The frozen result.

    Raises
    ------
    ModelError
        If the data holds rows that are not at risk (column `at_risk`), or the model cannot be estimated as
        asked.

    Warns
    -----
    DroppedRowsWarning
        If rows are left out because of missing values.
    ClusterWithoutEventsWarning
        If a cluster has no event.
    """
    if isinstance(data, pd.DataFrame) and "at_risk" in data.columns:
        check_frame(data, ["at_risk"], formula)
        outside = ~data["at_risk"].isin([True]).to_numpy(dtype=bool)
        if outside.any():
            raise ModelError(
                f"{int(outside.sum())} of {len(data)} rows are not at risk (column 'at_risk'), first at "
                f"index {data.index[int(outside.argmax())]}: pass the risk set only, data[data['at_risk']]."
            )
    if link not in LINKS:
        raise ModelError(f"link={link!r} is not defined for the hazard: choose one of {', '.join(LINKS)}.")
    return _fit("hazard", formula, data, link, vcov, cluster, draws, seed)


def logit(
    formula: str,
    data: pd.DataFrame,
    vcov: str | None = None,
    cluster: str | None = None,
    draws: int = DRAWS,
    seed: int = SEED,
) -> Fit:
    """Fit a logit model.

    Parameters
    ----------
    formula
        `outcome ~ terms`; the outcome is a 0/1 or boolean column.
    data
        One row per observation.
    vcov
        `iid`, `HC1`, `CR0`, `CR1`, `CR3` or `wild` (score wild cluster bootstrap: p-values and intervals come
        from it, see `inference.score_bootstrap`); unasked `CR1` with `cluster`, else `iid`.
    cluster
        Name of the cluster column.
    draws, seed
        Of the bootstrap, for `wild` only.

    Returns
    -------
    Fit
        The frozen result; `.margins()` gives average marginal effects.

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
    """
    return _fit("logit", formula, data, "logit", vcov, cluster, draws, seed)


def _fit(
    estimator: str,
    formula: str,
    data: pd.DataFrame,
    link: str,
    vcov: str | None,
    cluster: str | None,
    draws: int,
    seed: int,
) -> Fit:
    kind = choose(vcov, cluster)
    design = build(formula, data, cluster)
    warn_dropped(
        design.dropped, design.nobs_total - len(design.y), design.nobs_total, "are left out", stacklevel=3
    )
    warn_without_events(design.y, design.codes, design.labels, cluster, stacklevel=3)
    estimate, loglik = _estimate(design, link)
    return Fit.of(
        estimator=estimator,
        link=link,
        design=design,
        estimate=estimate,
        vcov=covariance(kind, estimate, draws, seed),
        vcov_type=kind,
        loglik=loglik,
        tests=ScoreTests.of(estimate, draws, seed) if kind == "wild" else None,
    )


def _estimate(design: Design, link: str) -> tuple[Estimate, float]:
    """Return the estimate on all rows of a design, and its log-likelihood."""
    y = design.y
    basis = orthonormal(design.X, design.terms)
    rows = blocks(basis.columns, y)
    level = float(LINKS[link](np.array(y.mean())))  # to begin with, the share of events everywhere
    theta = maximum(design, link, rows, basis.columns.mean(axis=1) * level, _MAX_ITERATIONS)
    found = run(rows, link, theta, expected=True)
    slope = np.concatenate([OBSERVED[link](theta @ block.basis, block.events)[1] for block in rows])
    refit = Refit(design, link, basis, theta, _MAX_ITERATIONS)
    estimate = Estimate(
        params=basis.loadings @ theta,
        own_bread=np.linalg.inv(found.information[0]),
        own_scores=basis.columns.T * slope[:, None],
        codes=design.codes,
        labels=design.labels,
        refit=refit,
        clusterwise=None if design.codes is None else refit,
        loadings=basis.loadings,
    )
    return estimate, found.loglik
