"""How wrong would the search have to be? A corrected coefficient over a grid of sensitivities.

At a sensitivity below the share named the likelihood is highest where every unit has adopted: even then fewer
would have been named on average, and what is left of a coefficient tells nothing of who adopts. Such points have a
reason and no estimate, and the verdict does not rest on them.
"""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from dataclasses import dataclass

import numpy as np
import pandas as pd

from ...errors import ModelError
from ..design import check_frame
from ..inference.covariance import choose, covariance
from ..results import check_level, coefficient_table, percent
from .contradiction import contradicted, contradictions
from .corrected_fit import estimate_of
from .correction import prepared, solve
from .rates import Rate, Rates
from .unit_likelihood import Maximum, Problem, certain, maximise, rough_start

GRID = tuple(np.round(np.arange(1.0, 0.29, -0.05), 2).tolist())
"""Sensitivities looked at unless told otherwise."""
_REST, _GROUP = "rest", "group"
_TURNS = ("sign_lost", "significance_lost", "significance_gained")


@dataclass(frozen=True, eq=False, repr=False)
class TippingPoint:
    """Result of `tipping_point`; nothing in it can be changed.

    Attributes
    ----------
    term, level, link, vcov_type
        As asked for.
    differential
        What the sensitivity was let depend on; None if all units share it.
    specificity
        The specificity at every point.
    naive_sign, naive_significant
        Sign of the coefficient with both rates at 1, and whether its interval leaves 0 out.
    n_units, n_named
        Units used, and those of them that were named as adopters.
    """

    term: str
    level: float
    link: str
    vcov_type: str
    differential: str | None
    specificity: float
    naive_sign: int
    naive_significant: bool
    n_units: int
    n_named: int
    _table: pd.DataFrame

    @property
    def table(self) -> pd.DataFrame:
        """One row per point of the grid, the most sensitive first.

        Columns: sensitivity (of the rest, if differential), sensitivity_group, estimate, std_error, p_value,
        conf_low, conf_high, same_sign, significant, same_conclusion, reason (why there is no estimate: the model
        is not identified there, or more units were named than the sensitivity allows).
        """
        return self._table.copy(deep=True)

    def tidy(self) -> pd.DataFrame:
        """Return `table`, the form in which every result hands over its estimates."""
        return self.table

    def glance(self) -> pd.DataFrame:
        """Return one row about the whole grid.

        Columns: term, link, vcov_type, level, specificity, differential, n_units, n_named, naive_sign,
        naive_significant, n_points, n_estimable, n_holds (points with the sign and significance of the face
        value), then the largest sensitivities of `tipping` and the lowest at which there is an estimate, over all
        rows of it.
        """
        turns = self.tipping()
        facts: dict[str, object] = {
            "term": self.term,
            "link": self.link,
            "vcov_type": self.vcov_type,
            "level": self.level,
            "specificity": self.specificity,
            "differential": self.differential,
            "n_units": self.n_units,
            "n_named": self.n_named,
            "naive_sign": self.naive_sign,
            "naive_significant": self.naive_significant,
            "n_points": len(self._table),
            "n_estimable": int(self._table["estimate"].notna().sum()),
            "n_holds": int(self._table["same_conclusion"].fillna(False).sum()),
        }
        for name in _TURNS:
            facts[name] = turns[name].max()
        return pd.DataFrame([facts | {"lowest_estimable": turns["lowest_estimable"].min()}])

    def tipping(self) -> pd.DataFrame:
        """Return where the conclusion turns.

        Returns
        -------
        pandas.DataFrame
            One row per sensitivity of the rest (a single one if not differential): sensitivity, sign_lost,
            significance_lost, significance_gained, lowest_estimable. The middle three are the largest
            sensitivity (of the group, if differential) on the grid at which, coming from 1, the sign differs
            from the naive one, significance is lost, or a coefficient without significance gains it; missing
            if it never happens where the model can be estimated.
        """
        rows = []
        groups = (
            [(np.nan, self._table)]
            if self.differential is None
            else self._table.groupby("sensitivity", sort=False)
        )
        for value, part in groups:
            axis = part["sensitivity" if self.differential is None else "sensitivity_group"]
            there = part["estimate"].notna()
            significant = part["significant"].fillna(False).astype(bool)
            same = part["same_sign"].fillna(True).astype(bool)
            rows.append(
                {
                    "sensitivity": value,
                    "sign_lost": axis[there & ~same].max(),
                    "significance_lost": axis[there & ~significant].max()
                    if self.naive_significant
                    else np.nan,
                    "significance_gained": np.nan
                    if self.naive_significant
                    else axis[there & significant].max(),
                    "lowest_estimable": axis[there].min(),
                }
            )
        return pd.DataFrame(rows)

    def summary(self) -> str:
        """Return the verdict and the table as plain text."""
        word = "significant" if self.naive_significant else "not significant"
        sign = {1: "positive", -1: "negative", 0: "zero"}[self.naive_sign]
        head = [
            f"Tipping point of {self.term!r} ({self.link}, {self.vcov_type}, {percent(self.level)} interval, "
            f"specificity {self.specificity:g})",
            f"{self.n_named} of {self.n_units} units were named as adopters.",
            f"Taken at face value the coefficient is {sign} and {word}.",
        ]
        if self.differential is not None:
            head.append(f"The sensitivity may differ between {self.differential} and the rest.")
        there = self._table["estimate"].notna()
        lower = self._table[["sensitivity", "sensitivity_group"]].min(axis=1) < 1
        without = int((~there).sum())
        if without:
            head.append(
                f"{without} of {len(there)} points have no estimate (see reason); the verdict leaves them out."
            )
        turns = self.tipping().dropna(axis=1, how="all")
        if not (there & lower).any():
            head.append(
                "No sensitivity below 1 on this grid can be looked at: nothing is known of a tipping point."
            )
        elif not set(_TURNS) & set(turns):
            head.append("At every point of this grid that has an estimate, that stays so.")
        return "\n".join(
            [
                *head, "", turns.to_string(index=False), "",
                self._table.drop(columns="reason").to_string(
                    index=False, float_format="{:.4f}".format, na_rep="-"
                ),
                *self._reasons(),
            ]
        )  # fmt: skip

    def _reasons(self) -> list[str]:
        """Return the reasons for points without an estimate, one line each; a reason is not told twice."""
        lines = []
        for reason, part in self._table.dropna(subset=["reason"]).groupby("reason", sort=False):
            points = [
                f"{rest:g}" if self.differential is None else f"{rest:g}/{group:g}"
                for rest, group in zip(part["sensitivity"], part["sensitivity_group"], strict=True)
            ]
            lines.append(f"{', '.join(points)}: {reason}")
        return ["", "No estimate at", *lines] if lines else []

    def plot_data(self) -> pd.DataFrame:
        """Return what a figure draws, without points that have no estimate.

        Columns: x (sensitivity; of the group, if differential), series (sensitivity of the rest, or `all`),
        estimate, conf_low, conf_high, verdict (`holds`, `not significant`, `significant`, `other sign`): `holds`
        where sign and significance are those of the face value.
        """
        table = self._table.dropna(subset=["estimate"])
        differs = table["significant"].astype(bool) != self.naive_significant
        verdict = np.where(
            ~table["same_sign"].astype(bool),
            "other sign",
            np.where(differs, "not significant" if self.naive_significant else "significant", "holds"),
        )
        series = (
            pd.Series("all", index=table.index)
            if self.differential is None
            else table["sensitivity"].map("{:g}".format)
        )
        x = table["sensitivity" if self.differential is None else "sensitivity_group"]
        parts = {"x": x, "series": series, "estimate": table["estimate"]}
        parts |= {name: table[name] for name in ("conf_low", "conf_high")}
        return pd.DataFrame(parts).assign(verdict=verdict).reset_index(drop=True)

    def __repr__(self) -> str:
        """Return one line that identifies the result."""
        return f"<TippingPoint of {self.term}: {len(self._table)} points>"


def tipping_point(
    formula: str,
    data: pd.DataFrame,
    term: str,
    *,
    unit: str | None = None,
    time: str | None = None,
    sensitivities: Sequence[float] = GRID,
    specificity: float = 1.0,
    differential: str | None = None,
    above: float | None = None,
    link: str | None = None,
    vcov: str | None = None,
    cluster: str | None = None,
    level: float = 0.95,
    distribution: str = "normal",
) -> TippingPoint:
    """Estimate a coefficient over a grid of sensitivities: at which is its sign or significance lost?

    Parameters
    ----------
    formula, data, unit, time, link, vcov, cluster
        As for `misclassified_hazard` (with `unit` and `time`) and `misclassified_binary` (without).
    term
        The coefficient, by its name in the fit.
    sensitivities
        The grid, shares above 0.
    specificity
        The specificity at all points.
    differential
        Column by which the sensitivity may differ, such as the covariate itself: units above `above` form the
        group, the others the rest, and every pair of sensitivities of the grid is looked at. A unit counts by
        its first row.
    above
        Cut of that column; its median over the units by default (for 0/1 columns 0.5).
    level, distribution
        Of the interval: coverage; `normal`, or `t` with the degrees of freedom of the fit.

    Returns
    -------
    TippingPoint
        The frozen result; points at which the model is not identified, or at which more units of a class were
        named than its sensitivity allows, stay in the table with the reason and without an estimate.

    Raises
    ------
    ModelError
        If the term is not in the model, the grid is empty or no share, or the model cannot be estimated even
        at face value.
    """
    check_level(level)
    grid = _grid(sensitivities)
    if isinstance(specificity, Rate):
        raise ModelError(
            "The tipping point takes specificity as a number: one point of the grid, one pair of rates."
        )
    link = link or ("logit" if unit is None else "cloglog")
    kind = choose(vcov, cluster)
    frame, by = data, None
    if differential is not None:
        frame, by = _grouped(data, unit, time, differential, above), _GROUP
    rates: Rates = 1.0 if by is None else {_REST: 1.0, _GROUP: 1.0}
    problem, _, _, classes = prepared(formula, frame, unit, time, rates, specificity, by, link, cluster)
    terms = problem.units.design.terms
    if term not in terms:
        raise ModelError(f"The model has no term {term!r}: it has {', '.join(terms)}.")
    place = terms.index(term)
    inside = np.zeros(problem.units.size, dtype=bool) if classes is None else (classes == _GROUP).to_numpy()
    design = problem.units.design
    df = (
        len(design.labels) - 1
        if cluster is not None and kind.startswith("CR")
        else len(design.y) - len(terms)
    )

    def row(at: Problem, found: Maximum) -> dict[str, float]:
        error = np.sqrt(np.diag(covariance(kind, estimate_of(at, found)))[[place]])
        one = coefficient_table((term,), found.params[[place]], error, level, distribution, df)
        names = ("estimate", "std_error", "p_value", "conf_low", "conf_high")
        return {name: float(one[name].iloc[0]) for name in names}

    plain = certain(problem)
    naive = row(plain, maximise(plain, [rough_start(plain)]))
    sign = int(np.sign(naive["estimate"]))
    significant = naive["conf_low"] > 0 or naive["conf_high"] < 0
    rows = []
    pairs = [(s, s) for s in grid] if by is None else [(rest, group) for rest in grid for group in grid]
    for rest, group in pairs:
        point: dict[str, object] = {"sensitivity": rest, "sensitivity_group": group, "reason": None}
        try:
            if rest + specificity <= 1 or group + specificity <= 1:
                raise ModelError("Sensitivity and specificity add up to 1 or less.")
            by_unit = np.where(inside, group, rest)
            at = Problem(problem.units, link, by_unit, problem.specificity)
            against = contradictions(at, classes)
            if against:
                raise contradicted(at, against)
            point |= row(at, solve(at)[1])
        except ModelError as error:  # a point at which nothing can be said is a result of its own
            point["reason"] = str(error)
        rows.append(point)
    return TippingPoint(
        term,
        level,
        link,
        kind,
        differential,
        float(specificity),
        sign,
        significant,
        problem.units.size,
        int(problem.units.adopters.sum()),
        _judged(rows, sign, significant),
    )


def _grid(sensitivities: object) -> list[float]:
    """Return distinct sensitivities, the highest first."""
    message = f"sensitivities={sensitivities!r} is no grid: give a list of shares above 0, at most 1."
    if isinstance(sensitivities, (str, bytes)) or not isinstance(sensitivities, Iterable):
        raise ModelError(message)
    values = list(sensitivities)
    numbers = (int, float, np.integer, np.floating)
    if not values or not all(isinstance(one, numbers) and not isinstance(one, bool) for one in values):
        raise ModelError(message)
    grid = sorted({float(value) for value in values}, reverse=True)
    if not all(0 < value <= 1 for value in grid):
        raise ModelError(message)
    return grid


def _grouped(
    data: pd.DataFrame, unit: str | None, time: str | None, column: str, above: float | None
) -> pd.DataFrame:
    check_frame(data, [column, *([] if unit is None else [unit])], "differential=")
    if not pd.api.types.is_numeric_dtype(data[column]):
        raise ModelError(
            f"differential={column!r} is no column of numbers: units are told apart by a cut of it."
        )
    ordered = data if time is None else data.sort_values(time, kind="stable")
    first = ordered[column] if unit is None else ordered.groupby(unit)[column].first()
    first = first.astype(float)
    cut = above
    if cut is None:
        cut = 0.5 if first.dropna().isin([0, 1]).all() else float(first.median())
    group = pd.Series(np.where(first > cut, _GROUP, _REST), index=first.index).where(first.notna())
    if group.nunique() < 2:
        raise ModelError(
            f"No unit lies on one side of {cut:g} in {column!r}: choose another cut with above=."
        )
    values = group.reindex(data.index) if unit is None else data[unit].map(group)
    if _GROUP in data.columns:
        raise ModelError(f"The data has a column {_GROUP!r}, a name that is needed here: rename it.")
    return data.assign(**{_GROUP: values.to_numpy()})


def _judged(rows: list[dict[str, object]], sign: int, significant: bool) -> pd.DataFrame:
    columns = [
        "sensitivity",
        "sensitivity_group",
        "estimate",
        "std_error",
        "p_value",
        "conf_low",
        "conf_high",
    ]
    table = pd.DataFrame(rows).reindex(columns=[*columns, "reason"])
    there = table["estimate"].notna()
    apart = (table["conf_low"] > 0) | (table["conf_high"] < 0)
    same = np.sign(table["estimate"]) == sign
    judged = {
        "same_sign": same,
        "significant": apart,
        "same_conclusion": same & (apart == significant),
    }
    for name, values in judged.items():
        table[name] = values.astype("boolean").where(there)
    return table[[*columns, *judged, "reason"]]
