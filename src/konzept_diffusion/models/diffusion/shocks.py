"""The common-shock placebo: exposure coefficients from histories in which nobody looked at anybody.

Units that answer to the same shocks (an integration summit, a Land programme, a year of arrivals) adopt close
together, and exposure then predicts adoption without diffusion (Manski 1993, Review of Economic Studies 60(3),
correlated effects; Shalizi & Thomas 2011, Sociological Methods & Research 40(2)). Here the model without
exposure, with effects of its own for years and Länder, makes the histories.
"""

from __future__ import annotations

from collections import Counter
from collections.abc import Callable, Iterable, Mapping, Sequence

import numpy as np
import pandas as pd
from numpy.typing import NDArray

from ...errors import ModelError
from ..design import Array, columns_of, parse
from ..estimators.binary.models import hazard
from ..estimators.binary.result import Fit
from .histories import NEVER
from .placebo_panel import Grid, Refit, exposure_matrices, exposures, grid, single_coefficient
from .placebo_result import Placebo


def exposure_placebo(
    formula: str,
    panel: pd.DataFrame,
    term: str,
    draws: int = 999,
    seed: int = 1,
    *,
    links: pd.DataFrame | Mapping[str, pd.DataFrame],
    directed: bool = True,
    effects: Sequence[str] = ("year", "land"),
    null: str | None = None,
    link: str = "cloglog",
    vcov: str | None = None,
    cluster: str | None = None,
    unit: str = "ags",
    year: str = "year",
) -> Placebo:
    """Return what the coefficient of an exposure term is with no diffusion at all.

    The model without the term, with own effects of `effects`, is fitted; from its hazards histories of
    adoption are simulated; exposure is computed anew along each of them, year by year; the model of interest is
    fitted to each.

    Parameters
    ----------
    formula
        The model of interest, `term` in it.
    panel
        All years of all units, such as `kd.panel(full=True)`; only rows at risk are used for fitting.
    term
        Exposure column: the share of peers that adopted before the year.
    draws, seed
        Number of simulated histories, and the seed.
    links
        Edge list that the column was made from (`peers`), or a table per exposure column where the formula
        has several: all of them are left out of the null model and computed anew.
    directed
        As for `exposure`.
    effects
        Columns that get an effect for each category in the null model, `year` and `land` for instance. Where
        a category has no event its hazard is 0, the limit of maximum likelihood. Terms that do not vary
        within one of these columns are left out of the null model.
    null
        Formula of the null model, instead of the formula without exposure; `effects` are added.
    link, vcov, cluster
        As for `hazard`.
    unit, year
        Names of the key columns.

    Returns
    -------
    Placebo
        Frozen result: distribution, bias, p_value, `tidy`, `summary`.

    Raises
    ------
    ModelError
        If the panel is no rectangle, the links do not give the column, or the null model cannot be fitted.
    """
    single_coefficient(formula, term)
    check_draws(draws, seed)
    data = grid(formula, panel, unit, year)
    by_column = {term: links} if isinstance(links, pd.DataFrame) else dict(links)
    if term not in by_column:
        raise ModelError(
            f"The links name {', '.join(by_column)}, but not the term {term!r}: add its edge list."
        )
    shares = exposure_matrices(data, by_column, directed)
    refit = Refit(formula, term, link, vcov, cluster)
    observed = refit(data.risk_set(data.adopted, {}))
    null_formula, hazards = null_hazards(null or formula, data, set(shares), tuple(effects), link)
    generator = np.random.default_rng(seed)

    def world() -> tuple[NDArray[np.int64], dict[str, Array]]:
        adopted = simulate(data, hazards, generator)
        return adopted, exposures(data, adopted, shares)

    return run("common_shocks", f"simulated from {null_formula}", data, refit, observed, draws, seed, world)


def run(
    kind: str,
    null: str,
    data: Grid,
    refit: Refit,
    observed: Fit,
    draws: int,
    seed: int,
    world: Callable[[], tuple[NDArray[np.int64], dict[str, Array]]],
) -> Placebo:
    """Return the placebo whose worlds (years of adoption, exposures) are drawn by `world`."""
    found: list[tuple[float, float, float]] = []
    reasons: Counter[str] = Counter()
    for _ in range(draws):
        adopted, exposed = world()
        try:
            fit = refit.quietly(data.risk_set(adopted, exposed))
        except ModelError as error:
            reasons[str(error)] += 1
            continue
        found.append((fit.params[refit.term], fit.se[refit.term], fit.n_events))
    if len(found) < 2:
        common = f" The most frequent reason: {reasons.most_common(1)[0][0]}" if reasons else ""
        raise ModelError(
            f"{len(found)} of {draws} placebo draws could be fitted: use a simpler formula.{common}"
        )
    estimates, errors, events = (np.array(values) for values in zip(*found, strict=True))
    return Placebo(
        kind=kind,
        formula=refit.formula,
        term=refit.term,
        null=null,
        estimate=float(observed.params[refit.term]),
        std_error=float(observed.se[refit.term]),
        seed=seed,
        n_failed=draws - len(found),
        reasons=tuple(reasons.most_common(5)),
        _estimates=estimates,
        _errors=errors,
        _events=events,
    )


def null_hazards(
    formula: str, data: Grid, exposed: set[str], effects: Sequence[str], link: str
) -> tuple[str, Array]:
    """Return the null model's formula and its hazards, shape (units, years).

    Raises
    ------
    ModelError
        If it cannot be fitted or gives no hazard where a history may need one.
    """
    for column in effects:
        if column not in data.frame or data.frame[column].isna().any():
            raise ModelError(
                f"effects names {column!r}, which the panel lacks or does not hold in every row."
            )
    outcome, right, _ = parse(formula)
    kept = [
        str(item)
        for item in right
        if not columns_of(item) & exposed and (str(item) == "1" or not _flat(data.frame, item, effects))
    ]
    frame, at_risk = data.frame, data.at_risk.ravel()
    frame, names, possible = _effects(frame, at_risk, outcome, effects)
    words = ["1" if "1" in kept else "0", *(word for word in kept if word != "1")]
    null = f"{outcome} ~ {' + '.join([*words, *(f'C({name})' for name in names)])}"
    try:
        fit = hazard(null, frame[at_risk & possible], link=link)
    except ModelError as error:
        raise ModelError(
            f"The null model {null!r} cannot be fitted; choose other effects= or give null=. {error}"
        ) from error
    hazards = np.zeros(len(frame))
    needed = possible & data.may_risk.ravel()
    hazards[needed] = fit.predict(frame[needed]).to_numpy(dtype=float)
    if np.isnan(hazards).any():
        at_unit, at_year = divmod(int(np.isnan(hazards).argmax()), len(data.years))
        raise ModelError(
            f"A covariate of {null!r} is missing for {data.units[at_unit]} in {data.years[at_year]}: the null model "
            "needs every year of every unit."
        )
    return null, hazards.reshape(data.at_risk.shape)


def _effects(
    frame: pd.DataFrame, at_risk: NDArray[np.bool_], outcome: str, effects: Sequence[str]
) -> tuple[pd.DataFrame, list[str], NDArray[np.bool_]]:
    """Return the table with the effects' categories, their columns, and the rows in which an event is possible.

    A category in which all at risk adopt (the last two in the last year) would have hazard 1, for whomever a
    simulated history leaves at risk then: it shares the effect of the category before it.
    """
    possible = np.ones(len(frame), dtype=bool)
    for column in effects:
        with_event = set(frame.loc[at_risk & (frame[outcome] == 1), column])
        possible &= frame[column].isin(with_event).to_numpy()
    names = []
    for column in effects:
        rates = frame[at_risk & possible].groupby(column)[outcome].mean()
        full = rates.index[rates.astype(float) == 1]
        fitted = rates.index.difference(full)
        if len(full) == 0 or len(fitted) == 0:
            names.append(column)
            continue
        before = {value: fitted[max(fitted.searchsorted(value) - 1, 0)] for value in full}
        names.append(f"{column}_merged")
        frame = frame.assign(**{names[-1]: [before.get(value, value) for value in frame[column]]})
    return frame, names, possible


def _flat(frame: pd.DataFrame, item: object, effects: Iterable[str]) -> bool:
    """Whether a term's columns do not vary within a category of one of the effects."""
    columns = sorted(columns_of(item))
    if not columns:
        return False
    for effect in effects:
        values = frame.groupby(effect)[columns].nunique(dropna=False)
        if values.max(axis=None) == 1:
            return True
    return False


def simulate(data: Grid, hazards: Array, generator: np.random.Generator) -> NDArray[np.int64]:
    """Return years of adoption drawn from hazards; units that were never at risk keep theirs."""
    hit = (generator.random(hazards.shape) < hazards) & data.may_risk
    drawn = np.where(hit.any(axis=1), data.years[hit.argmax(axis=1)], NEVER)
    return np.where(data.may_risk.any(axis=1), drawn, data.adopted)


def check_draws(draws: int, seed: int) -> None:
    """Check that a number of draws is whole and at least 2, and a seed whole and not negative.

    Raises
    ------
    ModelError
        If they are not.
    """
    for name, value, least, what in (("draws", draws, 2, "number of draws"), ("seed", seed, 0, "seed")):
        if isinstance(value, bool) or not isinstance(value, (int, np.integer)) or value < least:
            raise ModelError(f"{name}={value!r} is no {what}: give a whole number of at least {least}.")
