"""Dyads with an opportunity: who follows whom, asked only where there was somebody to follow.

In a directed dyad-year a unit can follow a peer only if it has not adopted and the peer has. Dyads without that
opportunity make likeness look like emulation (Boehmke 2009, "Policy emulation or policy convergence?", Journal
of Politics 71(3)), so they are left out. The outcome, the unit's own adoption, is the same in all its dyads of
a year, and every unit is in many dyads on both sides: errors are clustered on dyads' members (Aronow, Samii &
Assenova 2015, Political Analysis 23(4)) or two ways (Cameron, Gelbach & Miller 2011, JBES 29(2)).
"""

from __future__ import annotations

import warnings
from collections.abc import Sequence
from dataclasses import dataclass, fields
from typing import Any

import numpy as np
import pandas as pd
from numpy.typing import NDArray

from ...errors import ModelError
from ..design import Array, DroppedRowsWarning, check_frame, complete_rows, parse
from ..estimators.binary.models import hazard
from ..estimators.binary.result import Fit
from .arguments import shown, whole_years
from .histories import NEVER, read_events

VCOVS = ("dyadic", "two_way", "CR1_unit", "CR1_peer")


@dataclass(frozen=True, eq=False, repr=False, kw_only=True)
class DyadicFit(Fit):
    """Result of a dyadic hazard: a `Fit` whose covariance knows that dyads share members.

    It has members and no clusters: what is computed cluster by cluster (`cluster_table`, `leave_one_out`) is not
    defined for it.
    """

    _estimate: Any = None
    """Nothing: with a member on either side, rows do not fall into clusters whose scores could be summed."""

    @property
    def df_resid(self) -> int:
        """Degrees of freedom of the t distribution: members minus 1."""
        return (self.n_clusters or self.nobs) - 1

    def summary(self, level: float = 0.95, distribution: str | None = None) -> str:
        """Return the fit as plain text; what other fits call clusters are members of dyads here."""
        text = super().summary(level, distribution)
        counted = f"{self.n_clusters} clusters ({self.cluster})"
        return text.replace(counted, f"{self.n_clusters} members ({self.cluster})", 1)


def dyads(
    panel: pd.DataFrame,
    *,
    covariates: Sequence[str] = (),
    peer_covariates: Sequence[str] = (),
    links: pd.DataFrame | None = None,
    events: pd.DataFrame | pd.Series | None = None,
    source: str | Sequence[str] | None = None,
    outcome: str = "adopt",
    unit: str = "ags",
    year: str = "year",
) -> pd.DataFrame:
    """Return the directed dyad-years in which a unit could follow a peer.

    Parameters
    ----------
    panel
        One row per unit and year, such as `kd.panel(full=True)`; the risk set is enough where no
        `peer_covariates` are wanted and `events` is given or all adoptions are in it.
    covariates, peer_covariates
        Columns of the panel to carry for the unit, and for the peer (named with `_peer`). A peer's value is
        missing where the panel has no row for it in that year.
    links
        Edge list (unit, peer): a column `linked` says whether the unit looks at the peer.
    events, source
        First adoptions of the peers, as for `exposure`; by default those of the panel. Peers whose adoption
        is not known to the year are left out.
    outcome, unit, year
        Names of the columns.

    Returns
    -------
    pandas.DataFrame
        unit, peer, year, outcome, since (years since the peer's adoption, at least 1), land and land_peer and
        same_land where the keys are AGS, `linked`, and the covariates. One row per unit at risk and peer that
        had adopted by the year before.

    Raises
    ------
    ModelError
        If columns are missing, rows stand twice, or there is no dyad with an opportunity.

    Warns
    -----
    DroppedRowsWarning
        If peers are left out because the year of their adoption is not known.
    """
    check_frame(panel, [unit, year, outcome, *covariates, *peer_covariates], "dyads")
    if panel[[unit, year, outcome]].isna().any(axis=None) or panel.duplicated([unit, year]).any():
        raise ModelError(
            "A row of the panel lacks its key or outcome, or stands twice: one row per unit and year."
        )
    whole_years(panel[year], panel[unit], year)
    rows = panel.assign(**{unit: panel[unit].astype(str), year: panel[year].astype(int)})
    if events is None:
        adopters = rows[rows[outcome] == 1]
        events = pd.Series(adopters[year].to_numpy(), index=adopters[unit].to_numpy())
        names, source = pd.Index(adopters[unit].unique()), None
    else:
        listed = events["ags"] if isinstance(events, pd.DataFrame) else events.index.to_series()
        names = pd.Index(sorted(set(listed.astype(str))))
    histories = read_events(events, names, source=source)
    if "at_risk" in rows:
        risk = rows[rows["at_risk"].isin([True])]
    else:
        own = rows[rows[outcome] == 1].groupby(unit)[year].min()
        risk = rows[rows[year] <= rows[unit].map(own).fillna(NEVER)]
    undated = ~histories.exact & (histories.earliest < NEVER)
    if undated.any():
        warnings.warn(
            f"{int(undated.sum())} peers whose adoption is not known to the year are left out of the dyads, the "
            f"first of them {names[int(undated.argmax())]}.",
            DroppedRowsWarning,
            stacklevel=2,
        )
    theirs_by = pd.DataFrame({"peer": names[histories.exact], "adopted": histories.latest[histories.exact]})
    pairs = _with_opportunity(risk[[unit, year, outcome, *covariates]], theirs_by, unit, year)
    if pairs.empty:
        raise ModelError(
            "No unit at risk has a peer that adopted in a year before: there is no opportunity to follow."
        )
    for side, column in (("", unit), ("_peer", "peer")):
        pairs[f"land{side}"] = pairs[column].str[:2]
    pairs["same_land"] = (pairs["land"] == pairs["land_peer"]).astype(int)
    if links is not None:
        linked = set(zip(links.iloc[:, 0].astype(str), links.iloc[:, 1].astype(str), strict=True))
        pairs["linked"] = [int(pair in linked) for pair in zip(pairs[unit], pairs["peer"], strict=True)]
    if peer_covariates:
        theirs = rows[[unit, year, *peer_covariates]].rename(
            columns={unit: "peer", **{name: f"{name}_peer" for name in peer_covariates}}
        )
        pairs = pairs.merge(theirs, on=["peer", year], how="left", validate="m:1")
    first = [unit, "peer", year, outcome, "since", "land", "land_peer", "same_land"]
    pairs = pairs[first + [name for name in pairs.columns if name not in first]]
    return pairs.sort_values([unit, year, "peer"], ignore_index=True)


def _with_opportunity(risk: pd.DataFrame, adopters: pd.DataFrame, unit: str, year: str) -> pd.DataFrame:
    """Pair every row at risk with all others that adopted in a year before, year by year to spare memory."""
    years, adopted = risk[year].to_numpy(dtype=np.int64), adopters["adopted"].to_numpy(dtype=np.int64)
    left, right = [np.zeros(0, dtype=np.intp)], [np.zeros(0, dtype=np.intp)]
    for now in np.unique(years):
        at_risk, before = np.flatnonzero(years == now), np.flatnonzero(adopted < now)
        left.append(np.repeat(at_risk, len(before)))
        right.append(np.tile(before, len(at_risk)))
    i, j = np.concatenate(left), np.concatenate(right)
    pairs = risk.iloc[i].reset_index(drop=True)
    pairs["peer"] = adopters["peer"].to_numpy()[j]
    pairs["since"] = years[i] - adopted[j]
    return pairs[pairs["peer"] != pairs[unit]].copy()


def dyadic_hazard(
    formula: str,
    data: pd.DataFrame,
    link: str = "logit",
    vcov: str = "dyadic",
    unit: str = "ags",
    peer: str = "peer",
) -> DyadicFit:
    """Fit a hazard to directed dyad-years, with errors that may be correlated wherever dyads share a member.

    Parameters
    ----------
    formula, link
        As for `hazard`.
    data
        Dyad-years, such as those of `dyads`.
    vcov
        `dyadic`: any two rows that have a member in common, on either side, may be correlated (no small-sample
        factor). `two_way`: rows with the same unit, or with the same peer; each part times G/(G-1).
        `CR1_unit`, `CR1_peer`: one side only.
    unit, peer
        Names of the key columns.

    Returns
    -------
    DyadicFit
        A `Fit`; `n_clusters` counts members (of both sides; of one for a one-sided covariance, the smaller
        number for `two_way`).

    Raises
    ------
    ModelError
        As `hazard`; if a dyad lacks a member or has the same on both sides; or if the covariance is not positive
        on the diagonal, which happens with few members.
    """
    if vcov not in VCOVS:
        raise ModelError(f"vcov={vcov!r} is not defined for dyads: choose one of {', '.join(VCOVS)}.")
    check_frame(data, [unit, peer], formula)
    _check_members(data, unit, peer)
    fit = hazard(formula, data, link=link)
    outcome, _, variables = parse(formula)
    _, kept, _ = complete_rows(data, [outcome, *variables])
    members, codes = np.unique(
        data.loc[kept, [unit, peer]].astype(str).to_numpy().ravel(), return_inverse=True
    )
    pairs = codes.reshape(-1, 2)
    scores = fit._estimate.own_scores  # on the estimator's own basis: raw calendar years would cost digits
    counts = [len(np.unique(pairs[:, side])) for side in (0, 1)]
    if vcov == "dyadic":
        middle, size = dyadic_meat(scores, pairs), len(members)
    elif vcov == "two_way":
        both = pairs[:, 0] * len(members) + pairs[:, 1]
        middle = _meat(scores, pairs[:, 0]) + _meat(scores, pairs[:, 1]) - _meat(scores, both)
        size = min(counts)
    else:
        side = 0 if vcov == "CR1_unit" else 1
        middle, size = _meat(scores, pairs[:, side]), counts[side]
    back = fit._estimate.influence(np.eye(len(middle)))
    matrix = back.T @ middle @ back
    matrix = (matrix + matrix.T) / 2
    bad = ~(np.diag(matrix) > 0)
    if bad.any():
        name = fit.params.index[int(bad.argmax())]
        raise ModelError(
            f"vcov={vcov!r} gives no positive variance for {name!r}: there are too few members ({size}); choose "
            "CR1_unit."
        )
    kept_fields = {field.name: getattr(fit, field.name) for field in fields(Fit)}
    cluster = {"CR1_unit": unit, "CR1_peer": peer}.get(vcov, f"{unit}, {peer}")
    kept_fields |= {"_vcov": matrix, "vcov_type": vcov, "cluster": cluster, "n_clusters": size}
    kept_fields |= {"_title": f"Hazard of directed dyads ({link})", "_estimate": None}
    return DyadicFit(**kept_fields)


def _check_members(data: pd.DataFrame, unit: str, peer: str) -> None:
    """Refuse dyads without one of their members, and a unit that is its own peer; the first row is named."""
    lacking = data[[unit, peer]].isna().any(axis=1).to_numpy(dtype=bool)
    if lacking.any():
        raise ModelError(
            f"{int(lacking.sum())} dyads lack {unit} or {peer}, first at index "
            f"{shown(data.index[int(lacking.argmax())])}: complete or remove such rows."
        )
    same = (data[unit].astype(str) == data[peer].astype(str)).to_numpy(dtype=bool)
    if same.any():
        at = int(same.argmax())
        raise ModelError(
            f"{int(same.sum())} dyads have the same on both sides, first {data[unit].iloc[at]} at index "
            f"{shown(data.index[at])}: remove such rows."
        )


def dyadic_meat(scores: Array, pairs: NDArray[np.intp]) -> Array:
    """Return the sum of s_r s_q' over all pairs of rows that share a member, shape (k, k).

    By member first, minus what pairs of rows of the same two members have got twice: no pair of rows is ever
    formed.
    """
    size = int(pairs.max()) + 1
    sums = np.zeros((size, scores.shape[1]))
    for side in (0, 1):
        np.add.at(sums, pairs[:, side], scores)
    low, high = pairs.min(axis=1), pairs.max(axis=1)
    same = _sums(scores, low * size + high)
    result: Array = sums.T @ sums - same.T @ same
    return result


def _sums(scores: Array, codes: NDArray[np.intp]) -> Array:
    groups, dense = np.unique(codes, return_inverse=True)
    sums = np.zeros((len(groups), scores.shape[1]))
    np.add.at(sums, dense, scores)
    return sums


def _meat(scores: Array, codes: NDArray[np.intp]) -> Array:
    """Meat of one way of clustering, times G/(G-1)."""
    sums = _sums(scores, codes)
    result: Array = sums.T @ sums * len(sums) / (len(sums) - 1)
    return result
