"""Carry figures of earlier Gemeinden and Kreise to the units of one territorial status (Gebietsstand).

The crosswalk of the BBSR tells, for 31.12. of every year from 1990 to 2020, what share of each unit's
population, area and employment lies in which Gemeinde of 31.12.2020 (Kreis of 31.12.2021). See
`docs/harmonisation.md` for formulae and limits.

Source: BBSR Bonn, Umsteigeschlüssel; Milbert, A. (2010): Gebietsreformen – politische Entscheidungen und Folgen
für die Statistik. BBSR-Berichte KOMPAKT 6/2010.
"""

from __future__ import annotations

from dataclasses import dataclass
from functools import cache
from typing import Literal, get_args

import numpy as np
import pandas as pd

from .. import paths
from ..errors import DataError, InvalidKeyError
from . import codes
from .tables import check_table

How = Literal["count", "share", "adoption"]
Basis = Literal["population", "area", "employment"]
Rule = Literal["earliest", "latest", "largest", "all"]
RESULT = ("n_sources", "complete", "flag")
"""Columns that the result has beside ags, year and the value."""
_WHOLE = 1 - 1e-9


@dataclass(frozen=True)
class Territory:
    """A territorial status that the crosswalk leads to: level of its units, width of their keys, table.

    `uninhabited` are keys that official extracts list and the crosswalk does not, because nobody lives there.
    """

    level: codes.Level
    width: int
    table: str
    uninhabited: frozenset[str]


TERRITORIES: dict[str, Territory] = {
    # The condominium with Luxembourg and the coastal waters of Mecklenburg-Vorpommern.
    "2020-12-31": Territory("gemeinde", 8, "crosswalk_gemeinden", frozenset({"07000999", "13000999"})),
    "2021-12-31": Territory("kreis", 5, "crosswalk_kreise", frozenset({"07000", "13000"})),
}


def harmonise(
    table: pd.DataFrame,
    value: str = "population",
    how: How = "count",
    to: str = "2020-12-31",
    *,
    weight: str | None = None,
    rule: Rule | None = None,
    proportional_to: Basis = "population",
) -> pd.DataFrame:
    """Return one column of a table, carried to the units of one territorial status.

    Parameters
    ----------
    table
        One row per unit and year: `ags` (text, 8 digits for Gemeinden, 5 for Kreise), `year` (whole number,
        1990 to 2020: the keys are those of 31.12. of that year) and the column `value`. Other columns are
        ignored, the order of the rows does not matter.
    value
        Column to carry over: numbers, none missing ("adoption": four-digit years, missing = not adopted).
    how
        "count": totals (persons, euro, km²; balances may be negative) are divided by the weights of the
        crosswalk and added up, so that the sum over all units stays the same; the documented uninhabited keys
        (`Territory.uninhabited`) may stand there with 0, which adds nothing. "share": rates and means; the new
        unit has the mean of its parts, weighted by the column `weight` (the rate's denominator) times the weight
        of the crosswalk. "adoption": a year of adoption passes to the principal successor of a unit and to no
        other: the one that takes most of its population (of equal ones the lower key). `rule` decides where
        units with different years merge.
    to
        "2020-12-31" (Gemeinden) or "2021-12-31" (Kreise).
    weight
        Column with the size of the units, >= 0, none missing: needed for "share", and for the rule
        "largest", as soon as one of the new units has several parts. No unit is assumed to be as large as
        another.
    rule
        For merged units, "earliest": the first adoption among the parts counts; "latest": the last one;
        "largest": that of the part that brings most of `weight` (of equal ones the lower key); "all": the
        last one, if every part has adopted, else none. There is no default: the choice is a question of
        substance, and it is asked for as soon as one new unit has several parts.
    proportional_to
        Weights of the crosswalk for divided units: "population", "area" or "employment" (from 1997 on).

    Returns
    -------
    pandas.DataFrame
        ags, year, the value (float; Int64 for "adoption"), and
        n_sources: number of units in `table` that went into the row;
        complete: False if a part of the new unit is missing from `table` that year (the value then rests on
        the parts there are, and a count is too low; under the rule "all" it is missing). Always False, with
        a missing adoption and n_sources 0, for a new unit that is nobody's principal successor;
        flag: "official" if one whole unit makes up the new one, "converted" otherwise.
        One row per new unit and year, sorted; units without any part in `table` have no row.

    Raises
    ------
    InvalidKeyError
        If a key is malformed, of the wrong level, or did not exist on 31.12. of its year.
    DataError
        If a column is missing, a value, weight or year is missing or wrong, (ags, year) stands there twice,
        a year is not covered, or `weight` or `rule` is needed and not given. With the row, the header being 1.
    """
    check_table(table, ("ags", "year", value, *([weight] if weight else [])), to)
    territory = _territory(to)
    _check_options(how, weight, rule, proportional_to)
    if value in ("ags", "year", *RESULT):
        raise DataError(f"{value!r} cannot be the column to carry over: the result has one of that name.")
    units = pd.DataFrame({"unit": _units(table, territory)})
    units["value"] = _numbers(table, value, missing_allowed=how == "adoption")
    nobody = table["ags"].isin(territory.uninhabited).to_numpy() & (units["value"] == 0).to_numpy()
    _check_known(units["unit"].to_numpy(), territory, allowed=nobody & (how == "count"))
    if how == "adoption":
        _check_adoption(units["value"], value)
    units["size"] = _numbers(table, weight, minimum=0) if weight else 1.0
    parts = _parts(territory, proportional_to)
    parts = parts[parts["year"].isin(units["unit"].unique() // 10**8)]
    heirless = np.array([], dtype="int64")
    if how == "adoption":
        heirless = _heirless(units["unit"], parts)
        parts = parts[parts["principal"]]
    pairs = units.merge(parts, on="unit", how="inner")
    if pairs["weight"].isna().any():
        row = pairs[pairs["weight"].isna()].iloc[0]
        raise DataError(
            f"{_text(row['unit'], territory)} was divided later, and there are no {proportional_to} weights "
            f"for {int(row['year'])}. Use proportional_to='population' or 'area', or the years from 1997 on."
        )
    whole = parts.groupby("target")["weight"].agg(["size", "min"])
    groups = pairs.groupby("target")
    result = pd.DataFrame({"n_sources": groups.size()})
    expected = whole.loc[result.index]
    result["complete"] = result["n_sources"].to_numpy() == expected["size"].to_numpy()
    official = (expected["size"] == 1) & (expected["min"] >= _WHOLE)
    result["flag"] = np.where(official, "official", "converted")
    several = result.index[result["n_sources"] > 1]
    if how == "count":
        result[value] = (pairs["value"] * pairs["weight"]).groupby(pairs["target"]).sum()
    elif how == "share":
        _ask(several, weight, territory, "weight=, the column with the denominator of the rate (population)")
        result[value] = _mean(pairs, territory)
    else:
        _ask(several, rule, territory, f"rule=, which adoption counts: {', '.join(get_args(Rule))}")
        # Without a rule every new unit has one part here, and every rule gives the same.
        result[value] = _adoption(pairs, rule or "earliest", result["complete"])
        result = _with_heirless(result, heirless)
    index = result.index.to_numpy()
    numbers, distinct = pd.factorize(index % 10**8)
    names = np.array([_text(key, territory) for key in distinct], dtype="object")
    result.insert(0, "ags", pd.array(names[numbers], dtype="str"))
    result.insert(1, "year", index // 10**8)
    return result[["ags", "year", value, *RESULT]].reset_index(drop=True)


def _territory(to: str) -> Territory:
    if to not in TERRITORIES:
        raise DataError(
            f"there is no crosswalk to the territorial status {to!r}.",
            hint="Known: '2020-12-31' (Gemeinden) and '2021-12-31' (Kreise).",
        )
    return TERRITORIES[to]


def _check_options(how: str, weight: str | None, rule: str | None, basis: str) -> None:
    for name, given, known in (
        ("how", how, get_args(How)),
        ("rule", rule, (None, *get_args(Rule))),
        ("proportional_to", basis, get_args(Basis)),
    ):
        if given not in known:
            raise DataError(f"{name}={given!r} is unknown.", hint=f"Known: {', '.join(map(str, known))}.")
    if rule is not None and how != "adoption":
        raise DataError(f"rule={rule!r} is for how='adoption'; leave it out for how={how!r}.")
    if weight is not None and how != "share" and rule != "largest":
        raise DataError(
            f"weight={weight!r} is for how='share' and for rule='largest'; leave it out here "
            "(proportional_to chooses the weights of the crosswalk)."
        )
    if rule == "largest" and weight is None:
        raise DataError("rule='largest' needs weight=: the column with the size of the units.")


def _units(table: pd.DataFrame, territory: Territory) -> np.ndarray:
    """Return year and key of each row as one number (yyyy and eight digits) after every check of the two."""
    if table.empty:
        return np.array([], dtype="int64")
    years = _numbers(table, "year")
    span = _crosswalk(territory)["year"]
    low, high = int(span.min()), int(span.max())
    outside = ~np.isin(years, np.arange(low, high + 1))
    if outside.any():
        raise _problem(
            outside,
            "year",
            f"{years[outside][0]:g} is not covered: the crosswalk has the years {low} to {high}.",
            "Leave out the other years.",
        )
    numbers, names = pd.factorize(table["ags"], use_na_sentinel=True)
    if (numbers < 0).any():
        raise _problem(numbers < 0, "ags", "the key is missing.")
    for position, key in enumerate(names):
        try:
            codes.check(key, level=territory.level)
        except InvalidKeyError as error:
            row = int((numbers == position).argmax()) + 2
            raise InvalidKeyError(
                f"table, row {row}, column 'ags': {error} Gemeinden (8 digits) go to='2020-12-31', "
                "Kreise (5 digits) to='2021-12-31'; harmonise the two levels apart."
            ) from None
    digits = np.array([int(key) for key in names], dtype="int64")
    return years.astype("int64") * 10**8 + digits[numbers]


def _check_known(units: np.ndarray, territory: Territory, *, allowed: np.ndarray) -> None:
    """Refuse units that did not exist in their year (unless allowed) or stand there twice."""
    unknown = ~pd.Series(units).isin(_crosswalk(territory)["unit"]).to_numpy() & ~allowed
    if unknown.any():
        raise _unknown(units, unknown, territory)
    again = pd.Series(units).duplicated().to_numpy()
    if again.any():
        unit = units[again][0]
        raise _problem(
            again,
            "ags, year",
            f"{_text(unit, territory)} in {unit // 10**8} stands there a second time.",
            "One row per unit and year: select one indicator first.",
        )


def _unknown(units: np.ndarray, unknown: np.ndarray, territory: Territory) -> InvalidKeyError:
    """Return the error for a key that did not exist in its year, with the years in which it did."""
    unit = int(units[unknown][0])
    known = _crosswalk(territory)
    years = sorted(set(known.loc[known["unit"] % 10**8 == unit % 10**8, "year"]))
    text = _text(unit, territory)
    if text in territory.uninhabited:
        return InvalidKeyError(
            f"table, row {int(unknown.argmax()) + 2}, column 'ags': {text} is an area without "
            "inhabitants that is in no crosswalk; it may stand there with how='count' and the value 0 only. "
            "Leave out the row."
        )
    when = (
        f"it did between {years[0]} and {years[-1]}: give each row the year whose 31.12. its key belongs to."
        if years
        else "nor in any year from 1990 to 2020: correct or leave out the row."
    )
    others = len(set(units[unknown])) - 1
    more = f" ({others} more such keys.)" if others else ""
    return InvalidKeyError(
        f"table, row {int(unknown.argmax()) + 2}, column 'ags': {text} is no "
        f"{territory.level} of 31.12.{unit // 10**8}; {when}{more}"
    )


def _numbers(
    table: pd.DataFrame, column: str, *, missing_allowed: bool = False, minimum: float = -np.inf
) -> np.ndarray:
    """Return a column as floats: finite, and none missing unless that is allowed."""
    cells = table[column]
    if cells.isna().all():
        found = np.full(len(cells), np.nan)
    elif pd.api.types.is_numeric_dtype(cells) and not pd.api.types.is_bool_dtype(cells):
        found = cells.to_numpy(dtype="float64", na_value=np.nan)
    else:
        hint = "Convert it first, with pd.to_numeric for instance."
        raise DataError(f"holds no numbers but {cells.dtype}.", file="table", column=column, hint=hint)
    if not missing_allowed and np.isnan(found).any():
        raise _problem(
            np.isnan(found), column, "the value is missing.", "Fill it or leave out the row (see `complete`)."
        )
    bad = np.isinf(found) | (found < minimum)
    if bad.any():
        raise _problem(bad, column, f"{found[bad][0]:g} is no number that can be used here.")
    return found


def _check_adoption(years: pd.Series, column: str) -> None:
    bad = years.notna() & ~(years.between(1000, 9999) & (years % 1 == 0))
    if bad.any():
        raise _problem(
            bad.to_numpy(),
            column,
            f"{years[bad].iloc[0]:g} is no year of adoption.",
            "Four digits; missing where there is none.",
        )


def _problem(bad: np.ndarray, column: str, problem: str, hint: str | None = None) -> DataError:
    return DataError(problem, file="table", row=int(bad.argmax()) + 2, column=column, hint=hint)


def _text(unit: int, territory: Territory) -> str:
    return str(int(unit) % 10**8).zfill(territory.width)


def _ask(several: pd.Index, given: str | None, territory: Territory, what: str) -> None:
    """Ask for an option that is needed once a new unit has several parts."""
    if len(several) and given is None:
        first = int(several[0])
        raise DataError(
            f"{_text(first, territory)} in {first // 10**8} has several parts ({len(several)} such rows).",
            hint=f"Give {what}.",
        )


def _mean(pairs: pd.DataFrame, territory: Territory) -> pd.Series:
    """Return the weighted mean of the parts; a single part passes on its value whatever it weighs."""
    weight = pairs["size"] * pairs["weight"]
    by = pairs["target"]
    total = weight.groupby(by).sum()
    mean = (pairs["value"] * weight).groupby(by).sum() / total
    single = pairs["value"].groupby(by).agg(["size", "first", "min", "max"])
    nobody = (single["size"] > 1) & (total == 0)
    if nobody.any():
        target = int(nobody.index[nobody][0])
        raise DataError(
            f"the parts of {_text(target, territory)} in {target // 10**8} have a weight of zero together, so that "
            "the mean is not defined. Leave them out."
        )
    # Rounding must not carry a mean beyond its parts.
    return mean.clip(single["min"], single["max"]).where(single["size"] > 1, single["first"])


def _adoption(pairs: pd.DataFrame, rule: str, complete: pd.Series) -> pd.Series:
    """Return the year of adoption of each new unit under the rule."""
    groups = pairs.groupby("target")["value"]
    if rule == "largest":
        brings = pairs.assign(brings=pairs["size"] * pairs["weight"])
        ordered = brings.sort_values(["target", "brings", "unit"], ascending=[True, False, True])
        year = ordered.drop_duplicates("target").set_index("target")["value"]
    elif rule == "earliest":
        year = groups.min()
    else:
        year = groups.max()
    if rule == "all":
        year = year.where((groups.count() == groups.size()) & complete)
    return year.astype("Int64")


def _parts(territory: Territory, basis: str) -> pd.DataFrame:
    """Return unit, target, year, weight and `principal` of all pairs with a weight."""
    known = _crosswalk(territory)
    parts = known[["unit", "target", "year", "principal", basis]].rename(columns={basis: "weight"})
    return parts[parts["weight"] != 0]


def _heirless(units: pd.Series, parts: pd.DataFrame) -> np.ndarray:
    """Return the new units that got parts of `units`, but are the principal successor of no unit at all."""
    got = parts.loc[parts["unit"].isin(units), "target"].unique()
    return got[~np.isin(got, parts.loc[parts["principal"], "target"])]


def _with_heirless(result: pd.DataFrame, targets: np.ndarray) -> pd.DataFrame:
    """Return the result of an adoption with rows for new units to which none can pass."""
    rows = result.reindex(result.index.union(targets, sort=True))
    rows.index.name = result.index.name
    rows["n_sources"] = rows["n_sources"].fillna(0).astype(result["n_sources"].dtype)
    rows["complete"] = result["complete"].reindex(rows.index, fill_value=False)
    rows["flag"] = rows["flag"].fillna("converted")
    return rows


@cache
def _crosswalk(territory: Territory) -> pd.DataFrame:
    """Return the crosswalk with one row per year and pair, keys and year as one number each."""
    path = paths.raw_dir() / "official" / f"{territory.table}.csv"
    if not path.is_file():
        raise DataError("is missing; install the package again.", file=path)
    runs = pd.read_csv(path, dtype={"ags_old": "int64", "ags_new": "int64"})
    length = (runs["last_year"] - runs["first_year"] + 1).to_numpy()
    rows = runs.loc[runs.index.repeat(length)].reset_index(drop=True)
    step = np.arange(len(rows)) - np.repeat(length.cumsum() - length, length)
    year = rows["first_year"].to_numpy() + step
    unit = year * 10**8 + rows["ags_old"].to_numpy()
    # The largest share makes the principal successor, of equal ones the lower key: one per unit.
    order = pd.DataFrame({"unit": unit, "share": -rows["weight_population"], "target": rows["ags_new"]})
    first = order.sort_values(["unit", "share", "target"]).drop_duplicates("unit").index
    return pd.DataFrame(
        {
            "unit": unit,
            "target": year * 10**8 + rows["ags_new"].to_numpy(),
            "year": year,
            "population": rows["weight_population"],
            "area": rows["weight_area"],
            "employment": rows["weight_employment"],
            "principal": rows.index.isin(first),
        }
    )
