"""A panel on which histories can be simulated: units by years, with exposure computed anew along each history."""

from __future__ import annotations

import warnings
from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any

import numpy as np
import pandas as pd
from numpy.typing import NDArray
from scipy import sparse

from ...errors import ModelError
from ..design import Array, check_frame, columns_of, parse, plain, zero_one
from ..estimators.binary.models import hazard
from ..estimators.binary.result import Fit
from .arguments import whole_years
from .histories import NEVER
from .network import read_links

_SAME = 1e-9


@dataclass(frozen=True, eq=False)
class Grid:
    """The panel as a rectangle.

    Attributes
    ----------
    frame
        All rows, sorted by unit and year.
    units, years
        Labels of the rectangle's sides.
    outcome
        Name of the outcome column.
    at_risk
        Rows in the observed risk set, shape (units, years).
    may_risk
        Rows in which the unit may be at risk along a simulated history: those of its observed spell and all
        after its adoption.
    adopted
        Observed year of adoption by unit; `NEVER` without, one year before the first where it was never at risk.
    """

    frame: pd.DataFrame
    units: pd.Index
    years: NDArray[np.int64]
    outcome: str
    at_risk: NDArray[np.bool_]
    may_risk: NDArray[np.bool_]
    adopted: NDArray[np.int64]

    def risk_set(self, adopted: NDArray[np.int64], exposures: Mapping[str, Array]) -> pd.DataFrame:
        """Return the risk set of a history, with its outcome and its exposures (units by years)."""
        inside = self.may_risk & (self.years[None, :] <= adopted[:, None])
        rows = inside.ravel()
        frame = self.frame[rows].copy()
        frame[self.outcome] = (self.years[None, :] == adopted[:, None]).ravel()[rows].astype(np.int64)
        for name, values in exposures.items():
            frame[name] = values.ravel()[rows]
        return frame


@dataclass(frozen=True, eq=False)
class Refit:
    """The model of interest, fitted to any risk set.

    Raises
    ------
    ModelError
        If the covariance is a bootstrap: the placebo compares estimates and Wald's tests of many fits.
    """

    formula: str
    term: str
    link: str
    vcov: str | None
    cluster: str | None

    def __post_init__(self) -> None:
        """Refuse what would take hours."""
        if self.vcov == "wild":
            raise ModelError("vcov='wild' is not defined for a placebo: choose CR1 or CR3.")

    def __call__(self, data: pd.DataFrame) -> Fit:
        """Return the fit."""
        return hazard(self.formula, data, link=self.link, vcov=self.vcov, cluster=self.cluster)

    def quietly(self, data: pd.DataFrame) -> Fit:
        """Return the fit of a draw: what it warns of, the fit to the data has said once."""
        with warnings.catch_warnings():
            warnings.simplefilter("ignore", UserWarning)
            return self(data)


def grid(formula: str, panel: pd.DataFrame, unit: str, year: str) -> Grid:
    """Return the panel as a rectangle.

    Raises
    ------
    ModelError
        If rows are missing or doubled, or the panel ends with the observed adoption.
    """
    outcome, _, variables = parse(formula)
    check_frame(panel, [unit, year, outcome, *variables], formula)
    keys = panel[[unit, year]]
    if keys.isna().any(axis=None) or keys.duplicated().any():
        raise ModelError(
            f"A row of the panel has no {unit} or {year}, or stands twice: one row per unit and year."
        )
    whole_years(panel[year], panel[unit], year)
    frame = panel.sort_values([unit, year], ignore_index=True)
    units, years = pd.Index(frame[unit].unique()), np.sort(frame[year].unique().astype(np.int64))
    if len(frame) != len(units) * len(years):
        raise ModelError(
            f"The panel has {len(frame)} rows, {len(units)} units in {len(years)} years make "
            f"{len(units) * len(years)}: a simulated history may run on after the observed adoption, so pass the "
            "full panel, such as kd.panel(full=True)."
        )
    shape = (len(units), len(years))
    if "at_risk" in frame:
        inside = frame["at_risk"].isin([True]).to_numpy(dtype=bool)
    else:
        inside = np.ones(len(frame), dtype=bool)
    values = frame.loc[inside, outcome]
    if values.isna().any():
        raise ModelError(
            f"The outcome {outcome!r} is missing in {int(values.isna().sum())} rows at risk: complete it."
        )
    happened = np.zeros(len(frame), dtype=bool)
    happened[inside] = zero_one(plain(values.to_frame())[outcome], f"the outcome {outcome!r}") == 1
    event, at_risk = happened.reshape(shape), inside.reshape(shape)
    adopted = np.where(event.any(axis=1), years[event.argmax(axis=1)], NEVER)
    if "at_risk" not in frame:
        at_risk = years[None, :] <= adopted[:, None]
    again = ((years[None, :] > adopted[:, None]) & (at_risk | event)).any(axis=1)
    if again.any():
        raise ModelError(
            f"{units[int(again.argmax())]} adopts again, or is at risk after its adoption: first adoptions only, "
            "correct at_risk or the outcome."
        )
    after = years[None, :] > adopted[:, None]
    adopted = np.where(at_risk.any(axis=1), adopted, years[0] - 1)
    return Grid(
        frame.drop(columns="at_risk", errors="ignore"),
        units,
        years,
        outcome,
        at_risk,
        at_risk | after,
        adopted,
    )


def exposure_matrices(data: Grid, links: Mapping[str, pd.DataFrame], directed: bool) -> dict[str, Any]:
    """Return, by column, the matrix that turns adoptions into shares among peers, shape (units, units).

    Raises
    ------
    ModelError
        If links and the observed adoptions do not give the column that the panel holds.
    """
    shares = {}
    for column, edges in links.items():
        network = read_links(edges, units=[str(unit) for unit in data.units], directed=directed)
        place = pd.Index([str(unit) for unit in data.units]).get_indexer(network.peers)
        W = network.weights.tocsc()[:, place >= 0].tocoo()
        square = sparse.csr_matrix((W.data, (W.row, place[place >= 0][W.col])), shape=(len(data.units),) * 2)
        shares[column] = _by_row(square)
        found = exposures(data, data.adopted, {column: shares[column]})[column]
        held = data.frame[column].to_numpy(dtype=float).reshape(found.shape)
        off = data.at_risk & ~(np.abs(found - held) <= _SAME)
        if off.any():
            at_unit, at_year = np.argwhere(off)[0]
            raise ModelError(
                f"The links and the panel's adoptions give {column} = {found[at_unit, at_year]:.4g} for "
                f"{data.units[at_unit]} in {data.years[at_year]}, the panel holds {held[at_unit, at_year]:.4g}: "
                "pass the links the column was made from, and a panel with all peers."
            )
    return shares


def _by_row(square: Any) -> Any:
    total = np.asarray(square.sum(axis=1)).ravel()
    scale = np.divide(1.0, total, out=np.zeros_like(total), where=total > 0)
    return sparse.diags(scale) @ square


def exposures(data: Grid, adopted: NDArray[np.int64], shares: Mapping[str, Any]) -> dict[str, Array]:
    """Return exposure along a history, units by years: the share of peers that adopted before the year."""
    before = (adopted[:, None] < data.years[None, :]).astype(float)
    return {name: matrix @ before for name, matrix in shares.items()}


def single_coefficient(formula: str, term: str) -> None:
    """Check that `term` is a column that enters the formula as one term of its own.

    Raises
    ------
    ModelError
        If it does not.
    """
    _, right, _ = parse(formula)
    if term not in [str(item) for item in right]:
        near = [str(item) for item in right if term in columns_of(item)]
        where = f"only within {', '.join(near)}" if near else "not at all"
        raise ModelError(
            f"The term {term!r} enters {formula!r} {where}: it must be a term of its own, not transformed."
        )
