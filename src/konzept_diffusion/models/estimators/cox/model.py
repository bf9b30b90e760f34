"""The Cox model on spells (start, stop], with strata, ties after Efron or Breslow, any covariance.

Cox 1972 (JRSS B 34(2)); Andersen & Gill 1982 (Annals of Statistics 10(4)); robust by cluster as Lin & Wei 1989
(JASA 84(408)).
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, replace

import numpy as np
import pandas as pd
from numpy.typing import NDArray

from ....errors import ModelError
from ...design import Array, warn_dropped
from ...inference.covariance import Estimate, choose, covariance
from .design import SpellDesign, build_spells
from .result import CoxFit
from .risksets import risk_sets
from .solver import maximise

TIES = ("efron", "breslow")


def cox(
    formula: str,
    data: pd.DataFrame,
    start: str | None = None,
    stop: str = "stop",
    event: str = "event",
    ties: str = "efron",
    strata: str | Sequence[str] | None = None,
    cluster: str | None = None,
    vcov: str | None = None,
) -> CoxFit:
    """Fit a Cox proportional-hazards model.

    Parameters
    ----------
    formula
        Terms without outcome, such as `x1 + x2`; there is no intercept.
    data
        One row per spell; several rows of a unit carry covariates that vary in time. Whether the spells of each
        unit follow one another is checked by `check_spells`.
    start, stop
        Columns with the bounds of the spell (start, stop]: a spell that starts at t is not at risk at t. With
        `start=None` every unit is at risk from 0.
    event
        0/1 or boolean column: the spell ends with the event.
    ties
        `efron` or `breslow`, for events at the same time.
    strata
        Column, or several, whose combinations have baseline hazards of their own.
    cluster
        Column with the cluster of each row; with spells the unit, or what units share.
    vcov
        `iid` (inverse observed information), `HC1` (units of one row each only), `CR0`, `CR1`, `CR3`. Unasked
        `CR0` with `cluster`, the robust covariance of R's `coxph`, else `iid`.

    Returns
    -------
    CoxFit
        The frozen result.

    Raises
    ------
    ModelError
        If a column, spell or value cannot be used, a term does not vary or repeats others, events are perfectly
        separated by a term (named), or the covariance is not defined.

    Warns
    -----
    DroppedRowsWarning
        If rows are left out because of missing values.
    """
    if ties not in TIES:
        raise ModelError(f"ties={ties!r} is not known: choose one of {', '.join(TIES)}.")
    kind = choose("CR0" if vcov is None and cluster is not None else vcov, cluster)
    if kind == "HC1" and start is not None:
        raise ModelError(
            "vcov='HC1' takes every row for a unit of its own, which spells (start=) are not: name the unit with "
            "cluster= and use CR0, CR1 or CR3."
        )
    design = build_spells(formula, data, start=start, stop=stop, event=event, strata=strata, cluster=cluster)
    warn_dropped(
        design.dropped, design.nobs_total - len(design.end), design.nobs_total, "are left out", stacklevel=2
    )
    sets = risk_sets(design.begin, design.end, design.happened, design.stratum)
    maximum = maximise(sets, design.X, design.stratum, design.terms, efron=ties == "efron")
    refit = _Refit(design, ties == "efron", maximum.params)
    estimate = Estimate(
        maximum.params,
        maximum.bread,
        maximum.scores,
        design.codes,
        design.labels,
        refit,
        loadings=maximum.loadings,
    )
    return CoxFit(
        estimator="cox",
        formula=formula,
        vcov_type=kind,
        cluster=cluster,
        nobs=len(design.end),
        nobs_total=design.nobs_total,
        n_events=int(design.happened.sum()),
        n_clusters=len(design.labels) or None,
        loglik=maximum.loglik,
        loglik_null=maximum.loglik_null,
        ties=ties,
        _title=f"Cox ({ties})",
        _terms=design.terms,
        _params=maximum.params,
        _vcov=covariance(kind, estimate),
        _dropped=design.dropped,
        _facts={
            "ties": ties,
            "strata": ", ".join(design.strata) or None,
            "n_spells": len(design.end),
        },
        _design=design,
        _estimate=estimate,
    )


@dataclass(frozen=True, eq=False)
class _Refit:
    """The estimate on part of the spells; an object and no closure, so that a fit can be kept (pickled)."""

    design: SpellDesign
    efron: bool
    start: Array

    def __call__(self, keep: NDArray[np.bool_]) -> Array:
        part = subset(self.design, keep)
        if not part.happened.any():
            raise ModelError("No event is left.")
        sets = risk_sets(part.begin, part.end, part.happened, part.stratum)
        fitted = maximise(
            sets, part.X, part.stratum, part.terms, efron=self.efron, start=self.start, scores=False
        )
        return fitted.params


def subset(design: SpellDesign, keep: NDArray[np.bool_]) -> SpellDesign:
    """Return the design of the spells where `keep` (n,) is true."""
    return replace(
        design,
        begin=None if design.begin is None else design.begin[keep],
        end=design.end[keep],
        happened=design.happened[keep],
        X=design.X[keep],
        stratum=design.stratum[keep],
        index=design.index[keep],
        codes=None,
        labels=(),
    )
