"""From a formula and a table to the outcome, the covariate matrix and the clusters.

Nothing is dropped silently: rows with missing values are counted by column, everything else that
cannot be used ends in a `ModelError` that names the term, column or row.
"""

from __future__ import annotations

import difflib
import re
import warnings
from collections.abc import Hashable, Sequence
from dataclasses import dataclass
from typing import Any

import formulaic
import numpy as np
import pandas as pd
from formulaic.errors import DataMismatchWarning, FormulaicError
from numpy.typing import NDArray

from ..errors import ModelError
from .column_kinds import check_kinds, holds_integers, plain
from .formulas import category_columns
from .formulas import columns_of as columns_of  # read from here by every room
from .formulas import parse as parse
from .formulas import parse_terms as parse_terms

Array = NDArray[np.float64]
INTERCEPT = "Intercept"
# Share of a column's length that may be left after projecting it on the other columns; below it the column
# counts as their linear combination. Loose enough for raw calendar years and their squares.
COLLINEAR = 1e-11
# With more than this left no exact check is needed.
_CLEARLY_APART = 1e-5
# Squares of such values, and of what is estimated for them, still fit into double precision.
_LARGEST = 1e100


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
    if cluster == outcome:
        raise ModelError(
            f"The outcome {outcome!r} is also the cluster: name what rows share, such as the Land."
        )
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


def check_frame(data: pd.DataFrame, columns: Sequence[str], what: str, *, rows: bool = True) -> None:
    """Check that `data` is a table with each of `columns` exactly once, not empty unless `rows` is false.

    Raises
    ------
    ModelError
        Naming the first column that is missing (with the closest name) or doubled.
    """
    if not isinstance(data, pd.DataFrame):
        raise ModelError(f"The data is a {type(data).__name__}: pass a pandas DataFrame.")
    if rows and not len(data):
        raise ModelError("The data has no rows: nothing can be estimated.")
    present = list(data.columns)
    for name in columns:
        if not isinstance(name, Hashable):
            raise ModelError(
                f"A {type(name).__name__} is given as the name of a column, for {what!r}: give one name, as text."
            )
        found = present.count(name)
        if found > 1:
            raise ModelError(f"The data has {found} columns named {name!r}: keep one of them.")
        if found == 0:
            close = difflib.get_close_matches(str(name), [str(column) for column in data.columns], n=1)
            hint = f"did you mean {close[0]!r}?" if close else "check the spelling or add the column."
            raise ModelError(f"The data has no column {name!r}, used in {what!r}: {hint}")


def complete_rows(
    data: pd.DataFrame, columns: Sequence[str], *, needed: bool = True
) -> tuple[pd.DataFrame, NDArray[np.bool_], tuple[tuple[str, int], ...]]:
    """Return `columns` of the complete rows, which rows these are, and the missing values by column.

    Raises
    ------
    ModelError
        If no row is complete, unless `needed` is false.
    """
    names = list(dict.fromkeys(columns))
    missing = data[names].isna()
    dropped = tuple((name, int(missing[name].sum())) for name in names if missing[name].any())
    kept = ~missing.any(axis=1).to_numpy(dtype=bool)
    if needed and not kept.any():
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


def predictable(
    data: pd.DataFrame, columns: Sequence[str], formula: str, stacklevel: int
) -> tuple[pd.DataFrame, NDArray[np.bool_]]:
    """Return `columns` of the rows that a fit can predict for, and which rows these are; both may be empty.

    Raises
    ------
    ModelError
        If a column is missing.

    Warns
    -----
    DroppedRowsWarning
        If rows get no prediction because of missing values.
    """
    check_frame(data, columns, formula, rows=False)
    frame, kept, dropped = complete_rows(data, columns, needed=False)
    warn_dropped(dropped, int((~kept).sum()), len(data), "get no prediction", stacklevel=stacklevel + 1)
    return frame, kept


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
            f"In {what} stands {show(values.iloc[first])} (index {values.index[first]}): only 0 and 1, or "
            "true and false, are allowed."
        )
    return values.to_numpy(dtype=float)


def covariates(right: Any, frame: pd.DataFrame, formula: str) -> tuple[Array, Any]:
    """Return the covariate matrix (n, k) of a parsed right-hand side, or of an earlier spec, and its spec.

    Raises
    ------
    ModelError
        If a term cannot be evaluated, a category is unknown to the spec, a column holds dates, complex numbers
        or numbers as text, or a value is not finite or not of a size to compute with.
    """
    known = isinstance(right, formulaic.ModelSpec)
    if known and not len(frame):
        return np.zeros((0, len(right.column_names))), right
    terms = list(right.terms if known else right)
    check_kinds(terms, frame, text=not known)
    whole = [name for name in category_columns(terms) if holds_integers(frame[name])]
    frame = frame.astype(dict.fromkeys(whole, np.int64))  # categories are then called 1, not 1.0
    with warnings.catch_warnings(), np.errstate(all="ignore"):
        warnings.simplefilter("error", DataMismatchWarning)
        warnings.simplefilter(
            "ignore", RuntimeWarning
        )  # log of a negative number: reported below by term and row
        try:
            matrix = right.get_model_matrix(frame, na_action="ignore")
        except DataMismatchWarning as error:
            unseen = re.sub(r"np\.\w+\(([^)]*)\)", r"\1", str(error).partition("dataset): ")[2])
            unseen = unseen.partition("}")[0] + "}"
            raise ModelError(f"The data has categories the model was not fitted on: {unseen}.") from None
        except FormulaicError as error:
            raise ModelError(f"A term of {formula!r} cannot be computed: {error}") from None
        except (TypeError, ValueError) as error:  # from within formulaic: a kind of column it cannot code
            kinds = ", ".join(f"{name} ({frame[name].dtype})" for name in frame.columns)
            raise ModelError(
                f"A term of {formula!r} cannot be computed ({error}): make numbers or categories of {kinds}."
            ) from None
    if any(pd.api.types.is_complex_dtype(dtype) for dtype in getattr(matrix, "dtypes", ())):
        raise ModelError(f"A term of {formula!r} is complex: covariates are real numbers.")
    X = np.array(matrix, dtype=float).reshape(len(frame), -1)
    for column, term in enumerate(matrix.model_spec.column_names):
        bad = ~np.isfinite(X[:, column])
        if bad.any():
            first = int(bad.argmax())
            raise ModelError(
                f"The term {term!r} is not finite in {int(bad.sum())} of {len(X)} rows, first at index "
                f"{frame.index[first]}: correct these values or leave the rows out."
            )
        size = float(np.abs(X[:, column]).max(initial=0.0))
        if size > _LARGEST or 0 < size < 1 / _LARGEST:
            raise ModelError(
                f"The term {term!r} has values of the size {size:.0e}, too far from 1 to compute with: rescale it."
            )
    return X, matrix.model_spec


def clusters(values: pd.Series, what: str = "cluster") -> tuple[NDArray[np.intp], tuple[str, ...]]:
    """Return cluster numbers (n,) and the cluster values of a cluster column; `what` it is called in messages.

    Raises
    ------
    ModelError
        If a row has no cluster, all rows have the same, or two clusters read the same.
    """
    missing = values.isna().to_numpy(dtype=bool)
    if missing.any():
        raise ModelError(
            f"The {what} column {values.name!r} has no value in {int(missing.sum())} rows, first at index "
            f"{values.index[int(missing.argmax())]}: give every row a {what} or leave the rows out."
        )
    codes, labels = pd.factorize(values, sort=True)
    if len(labels) < 2:
        raise ModelError(f"The {what} column {values.name!r} has one value only: at least two are needed.")
    names = tuple(str(label) for label in labels)
    doubled = [name for name in names if names.count(name) > 1] if len(set(names)) < len(names) else []
    if doubled:
        raise ModelError(
            f"The {what} column {values.name!r} holds {doubled[0]} both as a number and as text: make them one "
            "kind, with .astype(str)."
        )
    return codes, names


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
    if n <= k:
        raise ModelError(f"{n} rows cannot identify {k} terms: use fewer terms or more rows.")
    unit = X / np.linalg.norm(X, axis=0)
    for j in range(1, k) if _nearly_collinear(unit) else ():
        weights, *_ = np.linalg.lstsq(unit[:, :j], unit[:, j])
        if np.linalg.norm(unit[:, j] - unit[:, :j] @ weights) < COLLINEAR:
            others = [terms[i] for i in range(j) if abs(weights[i]) > 1e-6]
            raise ModelError(
                f"The term {terms[j]!r} is a linear combination of {_names(others)}: take one of them out."
            )


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
    return ("the term " if len(terms) == 1 else "the terms ") + some(terms)


def some(names: Sequence[str], shown: int = 5) -> str:
    """Return names in quotes, the first `shown` of them and how many more there are."""
    listed = ", ".join(repr(str(name)) for name in names[:shown])
    return listed if len(names) <= shown else f"{listed} and {len(names) - shown} more"


def show(value: object) -> str:
    """Return a value as messages show it: a number of numpy as a plain one."""
    return repr(value.item() if isinstance(value, np.generic) else value)
