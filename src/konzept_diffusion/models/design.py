"""From a formula and a table to the outcome, the covariate matrix and the clusters.

Nothing is dropped silently: rows with missing values are counted by column, everything else that
cannot be used ends in a `ModelError` that names the term, column or row.
"""

from __future__ import annotations

import ast
import difflib
import re
import warnings
from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any

import formulaic
import numpy as np
import pandas as pd
from formulaic.errors import DataMismatchWarning, FormulaicError
from formulaic.transforms import TRANSFORMS
from numpy.typing import NDArray

from ..errors import ModelError

Array = NDArray[np.float64]
INTERCEPT = "Intercept"
# Share of a column's length that may be left after projecting it on the other columns; below it the column
# counts as their linear combination. Loose enough for raw calendar years and their squares.
COLLINEAR = 1e-11
# With more than this left no exact check is needed.
_CLEARLY_APART = 1e-5


class DroppedRowsWarning(UserWarning):
    """Rows were left out because a column in use has no value there."""


@dataclass(frozen=True, eq=False)
class Design:
    """What an estimator works on.

    Attributes
    ----------
    formula, outcome
        The formula as given and the name of the outcome column.
    y
        Outcome, shape (n,), 0 or 1.
    X
        Covariates, shape (n, k), read-only.
    terms
        The k column names of `X`.
    nobs_total
        Rows of the table before any was left out.
    dropped
        Pairs (column, rows with a missing value in it); a row may count under several columns.
    cluster
        Name of the cluster column, or None.
    codes, labels
        Cluster number of every row (0 to G-1), shape (n,), and the G cluster values; None and () without.
    columns
        The columns that the covariates are made of.
    spec
        Formulaic's recipe of `X`, which builds the same columns for other rows.
    """

    formula: str
    outcome: str
    y: Array
    X: Array
    terms: tuple[str, ...]
    nobs_total: int
    dropped: tuple[tuple[str, int], ...]
    cluster: str | None
    codes: NDArray[np.intp] | None
    labels: tuple[str, ...]
    columns: tuple[str, ...]
    spec: Any


def build(formula: str, data: pd.DataFrame, cluster: str | None = None) -> Design:
    """Return the design of `formula` on `data`.

    Parameters
    ----------
    formula
        `outcome ~ terms` in formulaic's grammar; the outcome is the name of a 0/1 (or boolean) column.
    data
        One row per observation.
    cluster
        Name of the column that holds the cluster of each row.

    Raises
    ------
    ModelError
        If the formula cannot be read, a column is missing, the outcome is not 0/1 or does not vary, a value
        is not finite, a covariate does not vary or repeats others, or the clusters cannot serve.
    """
    outcome, right, variables = parse(formula)
    check_frame(data, [outcome, *variables, *([cluster] if cluster is not None else [])], formula)
    frame, kept, dropped = complete_rows(data, [outcome, *variables])
    y = zero_one(frame[outcome], f"the outcome {outcome!r}")
    X, spec = covariates(right, frame, formula)
    gone = [str(term) for term, columns in spec.term_slices.items() if columns.start == columns.stop]
    if gone:  # a factor with one category has no column left beside the intercept
        raise ModelError(f"No variation in {_names(gone)} over the {len(y)} rows used: leave such terms out.")
    terms = tuple(str(name) for name in spec.column_names)
    check_estimable(y, X, terms, outcome)
    codes, labels = (None, ()) if cluster is None else clusters(data.loc[kept, cluster])
    for array in (y, X):
        array.setflags(write=False)
    return Design(
        formula, outcome, y, X, terms, len(data), dropped, cluster, codes, labels, tuple(variables), spec
    )


def parse(formula: str) -> tuple[str, Any, list[str]]:
    """Return the outcome's name, the parsed right-hand side and the names that it uses.

    Raises
    ------
    ModelError
        If the formula cannot be read or has not the form `outcome ~ terms`.
    """
    form = "write it as 'outcome ~ term + term', the outcome being the name of one column"
    if not isinstance(formula, str):
        raise ModelError(f"The formula is {formula!r}, not a string: {form}.")
    try:
        parsed = formulaic.Formula(formula)
    except FormulaicError as error:
        reason = str(error).partition("\n")[0].partition(". ")[0].rstrip(".")
        raise ModelError(f"The formula {formula!r} cannot be read ({reason}): {form}.") from None
    left, right = getattr(parsed, "lhs", None), getattr(parsed, "rhs", None)
    factors = [factor for term in left or () for factor in term.factors]
    if (
        len(factors) != 1
        or factors[0].eval_method.value != "lookup"
        or not isinstance(right, formulaic.SimpleFormula)
    ):
        raise ModelError(f"The formula {formula!r} has not one outcome and one right-hand side: {form}.")
    outcome = str(factors[0].expr)
    variables = sorted({name for term in right for name in columns_of(term)})
    if outcome in variables:
        raise ModelError(
            f"The outcome {outcome!r} is also a covariate in {formula!r}: take it out of the right-hand side."
        )
    return outcome, right, variables


def parse_terms(formula: str) -> tuple[Any, list[str]]:
    """Return the parsed terms of a formula without outcome (`x1 + x2`) and the names that they use.

    The intercept stays among the terms, so that a factor is coded against a reference category; an estimator
    that has none drops its column.

    Raises
    ------
    ModelError
        If the formula cannot be read, names an outcome, removes the intercept or has no term.
    """
    form = "write it as 'term + term', without an outcome"
    if not isinstance(formula, str):
        raise ModelError(f"The formula is {formula!r}, not a string: {form}.")
    try:
        parsed = formulaic.Formula(formula)
    except FormulaicError as error:
        reason = str(error).partition("\n")[0].partition(". ")[0].rstrip(".")
        raise ModelError(f"The formula {formula!r} cannot be read ({reason}): {form}.") from None
    if not isinstance(parsed, formulaic.SimpleFormula):
        raise ModelError(f"The formula {formula!r} has more than a right-hand side: {form}.")
    if not any(str(term) == "1" for term in parsed):
        raise ModelError(
            f"The formula {formula!r} takes out the intercept, and the model has none: leave out '- 1' or '0 +'."
        )
    variables = sorted({name for term in parsed for name in columns_of(term)})
    if not variables:
        raise ModelError(f"The formula {formula!r} has no terms: name at least one covariate.")
    return parsed, variables


def columns_of(term: Any) -> set[str]:
    """Return the names of the columns that a formulaic term uses.

    Formulaic's own `required_variables` misses the columns inside stateful transforms such as `poly(x, 2)`.
    """
    names: set[str] = set()
    for factor in term.factors:
        expression = str(factor.expr)
        if factor.eval_method.value == "lookup":
            names.add(expression)
        elif factor.eval_method.value == "python":
            names.update(re.findall("`([^`]+)`", expression))
            nodes = list(ast.walk(ast.parse(re.sub("`[^`]+`", "0", expression), mode="eval")))
            called = {id(node.func) for node in nodes if isinstance(node, ast.Call)}
            plain_names = {node.id for node in nodes if isinstance(node, ast.Name) and id(node) not in called}
            names.update(plain_names - set(TRANSFORMS))
    return names


def check_frame(data: pd.DataFrame, columns: Sequence[str], what: str) -> None:
    """Check that `data` is a non-empty table with each of `columns` exactly once.

    Raises
    ------
    ModelError
        Naming the first column that is missing (with the closest name) or doubled.
    """
    if not isinstance(data, pd.DataFrame):
        raise ModelError(f"The data is a {type(data).__name__}: pass a pandas DataFrame.")
    if data.empty:
        raise ModelError("The data has no rows: nothing can be estimated.")
    for name in columns:
        found = int((data.columns == name).sum())
        if found > 1:
            raise ModelError(f"The data has {found} columns named {name!r}: keep one of them.")
        if found == 0:
            close = difflib.get_close_matches(str(name), [str(column) for column in data.columns], n=1)
            hint = f"did you mean {close[0]!r}?" if close else "check the spelling or add the column."
            raise ModelError(f"The data has no column {name!r}, used in {what!r}: {hint}")


def complete_rows(
    data: pd.DataFrame, columns: Sequence[str]
) -> tuple[pd.DataFrame, NDArray[np.bool_], tuple[tuple[str, int], ...]]:
    """Return `columns` of the complete rows, which rows these are, and the missing values by column.

    Raises
    ------
    ModelError
        If no row is complete.
    """
    names = list(dict.fromkeys(columns))
    missing = data[names].isna()
    dropped = tuple((name, int(missing[name].sum())) for name in names if missing[name].any())
    kept = ~missing.any(axis=1).to_numpy(dtype=bool)
    if not kept.any():
        counts = ", ".join(f"{name} ({count})" for name, count in dropped)
        raise ModelError(
            f"No row is complete; missing values by column: {counts}. Fill or leave out such columns."
        )
    return plain(data.loc[kept, names]), kept, dropped


def warn_dropped(
    dropped: tuple[tuple[str, int], ...], rows: int, total: int, fate: str, stacklevel: int
) -> None:
    """Warn that `rows` of `total` rows meet their `fate` because of missing values, if there are any."""
    if dropped:
        counts = ", ".join(f"{column} ({count})" for column, count in dropped)
        warnings.warn(
            f"{rows} of {total} rows {fate}, missing values by column: {counts}.",
            DroppedRowsWarning,
            stacklevel=stacklevel + 1,
        )


def plain(frame: pd.DataFrame) -> pd.DataFrame:
    """Return `frame` (no missing values) with numbers as numpy numbers and unused categories removed.

    Formulaic would read numbers in an object column as categories.
    """
    frame = frame.infer_objects()
    for name in frame.columns:
        dtype = frame[name].dtype
        if isinstance(dtype, pd.CategoricalDtype):
            frame[name] = frame[name].cat.remove_unused_categories()
        elif pd.api.types.is_bool_dtype(dtype):
            frame[name] = frame[name].astype(bool)
        elif pd.api.types.is_numeric_dtype(dtype):
            frame[name] = frame[name].astype(float)
    return frame


def zero_one(values: pd.Series, what: str) -> Array:
    """Return a 0/1 or boolean column (no missing values) as floats.

    Raises
    ------
    ModelError
        If another value occurs; the first one is shown with its index.
    """
    numeric = pd.api.types.is_numeric_dtype(values.dtype) and not pd.api.types.is_complex_dtype(values.dtype)
    bad = ~values.isin([0, 1]).to_numpy(dtype=bool) if numeric else np.ones(len(values), dtype=bool)
    if bad.any():
        first = int(bad.argmax())
        raise ModelError(
            f"In {what} stands {_show(values.iloc[first])} (index {values.index[first]}): only 0 and 1, or "
            "true and false, are allowed."
        )
    return values.to_numpy(dtype=float)


def covariates(right: Any, frame: pd.DataFrame, formula: str) -> tuple[Array, Any]:
    """Return the covariate matrix (n, k) of a parsed right-hand side, or of an earlier spec, and its spec.

    Raises
    ------
    ModelError
        If a term cannot be evaluated, a category is unknown to the spec, or a value is not finite.
    """
    with warnings.catch_warnings(), np.errstate(all="ignore"):
        warnings.simplefilter("error", DataMismatchWarning)
        warnings.simplefilter(
            "ignore", RuntimeWarning
        )  # log of a negative number: reported below by term and row
        try:
            matrix = right.get_model_matrix(frame, na_action="ignore")
        except DataMismatchWarning as error:
            unseen = str(error).partition("dataset): ")[2].partition(".")[0]
            raise ModelError(f"The data has categories the model was not fitted on: {unseen}.") from None
        except FormulaicError as error:
            raise ModelError(f"A term of {formula!r} cannot be computed: {error}") from None
    X = np.array(matrix, dtype=float).reshape(len(frame), -1)
    for column, term in enumerate(matrix.model_spec.column_names):
        bad = ~np.isfinite(X[:, column])
        if bad.any():
            first = int(bad.argmax())
            raise ModelError(
                f"The term {term!r} is not finite in {int(bad.sum())} of {len(X)} rows, first at index "
                f"{frame.index[first]}: correct these values or leave the rows out."
            )
    return X, matrix.model_spec


def clusters(values: pd.Series) -> tuple[NDArray[np.intp], tuple[str, ...]]:
    """Return cluster numbers (n,) and the cluster values of a cluster column.

    Raises
    ------
    ModelError
        If a row has no cluster, or all rows have the same.
    """
    missing = values.isna().to_numpy(dtype=bool)
    if missing.any():
        raise ModelError(
            f"The cluster column {values.name!r} has no value in {int(missing.sum())} rows, first at index "
            f"{values.index[int(missing.argmax())]}: give every row a cluster or leave the rows out."
        )
    codes, labels = pd.factorize(values, sort=True)
    if len(labels) < 2:
        raise ModelError(
            f"The cluster column {values.name!r} has one value only: clustering needs at least two."
        )
    return codes, tuple(str(label) for label in labels)


def check_estimable(y: Array, X: Array, terms: Sequence[str], outcome: str) -> None:
    """Check that the outcome and every covariate vary and that no term is a combination of others.

    Raises
    ------
    ModelError
        Naming the outcome or the terms.
    """
    n, k = X.shape
    if k == 0:
        raise ModelError("The formula has no terms, not even an intercept: add one.")
    if np.ptp(y) == 0:
        raise ModelError(f"The outcome {outcome!r} is {y[0]:g} in all {n} rows: there is nothing to explain.")
    flat = [str(term) for j, term in enumerate(terms) if term != INTERCEPT and np.ptp(X[:, j]) == 0]
    if flat and (INTERCEPT in terms or not np.all(X[:, list(terms).index(flat[0])])):
        raise ModelError(f"No variation in {_names(flat)} over the {n} rows used: leave such terms out.")
    unit = X / np.linalg.norm(X, axis=0)
    for j in range(1, k) if _nearly_collinear(unit) else ():
        weights, *_ = np.linalg.lstsq(unit[:, :j], unit[:, j])
        if np.linalg.norm(unit[:, j] - unit[:, :j] @ weights) < COLLINEAR:
            others = [terms[i] for i in range(j) if abs(weights[i]) > 1e-6]
            raise ModelError(
                f"The term {terms[j]!r} is a linear combination of {_names(others)}: take one of them out."
            )
    if n <= k:
        raise ModelError(f"{n} rows cannot identify {k} terms: use fewer terms or more rows.")


def _nearly_collinear(unit: Array) -> bool:
    """Whether columns of length 1 (n, k) may be collinear: cheap, and wrong only in saying that they may.

    The pivots of the crossproduct's Cholesky factor are the lengths left after projecting each column on those
    before it; they are good to eight digits.
    """
    try:
        return bool(np.diag(np.linalg.cholesky(unit.T @ unit)).min() < _CLEARLY_APART)
    except np.linalg.LinAlgError:
        return True


def _names(terms: Sequence[str]) -> str:
    return ("the term " if len(terms) == 1 else "the terms ") + ", ".join(repr(term) for term in terms)


def _show(value: object) -> str:
    return repr(value.item() if isinstance(value, np.generic) else value)
