"""Formulas: the outcome's name, the terms, and the columns of the table that they use."""

from __future__ import annotations

import ast
import re
from collections.abc import Iterable
from typing import Any

import formulaic
from formulaic.errors import FormulaicError
from formulaic.transforms import TRANSFORMS

from ..errors import ModelError


def parse(formula: str) -> tuple[str, Any, list[str]]:
    """Return the outcome's name, the parsed right-hand side and the names that it uses.

    Raises
    ------
    ModelError
        If the formula cannot be read or has not the form `outcome ~ terms`.
    """
    form = "write it as 'outcome ~ term + term', the outcome being the name of one column"
    parsed = _parsed(formula, form)
    left, right = getattr(parsed, "lhs", None), getattr(parsed, "rhs", None)
    factors = [factor for term in left or () for factor in term.factors]
    if (
        len(factors) != 1
        or factors[0].eval_method.value != "lookup"
        or not isinstance(right, formulaic.SimpleFormula)
    ):
        raise ModelError(f"The formula {formula!r} has not one outcome and one right-hand side: {form}.")
    outcome = str(factors[0].expr)
    variables = _variables(right, formula, form)
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
    parsed = _parsed(formula, form)
    if not isinstance(parsed, formulaic.SimpleFormula):
        raise ModelError(f"The formula {formula!r} has more than a right-hand side: {form}.")
    if not any(str(term) == "1" for term in parsed):
        raise ModelError(
            f"The formula {formula!r} takes out the intercept, and the model has none: leave out '- 1' or '0 +'."
        )
    variables = _variables(parsed, formula, form)
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


def category_columns(terms: Iterable[Any]) -> set[str]:
    """Return the names of the columns that terms use as categories, as `C(t)` uses `t`, and do not compute with."""
    categories: set[str] = set()
    others: set[str] = set()
    for term in terms:
        for factor in term.factors:
            expression = str(factor.expr)
            tree = ast.parse(expression, mode="eval").body if factor.eval_method.value == "python" else None
            column = tree.args[0] if _is_categorical(tree) else None  # type: ignore[union-attr]
            if isinstance(column, ast.Name):
                categories.add(column.id)
            elif tree is not None:
                others |= columns_of(term)
    return categories - others


def _is_categorical(tree: ast.expr | None) -> bool:
    return isinstance(tree, ast.Call) and bool(tree.args) and getattr(tree.func, "id", None) == "C"


def _parsed(formula: str, form: str) -> Any:
    if not isinstance(formula, str):
        raise ModelError(f"The formula is {formula!r}, not a string: {form}.")
    try:
        return formulaic.Formula(formula)
    except (FormulaicError, SyntaxError) as error:
        reason = str(error).partition("\n")[0].partition(". ")[0].rstrip(".")
        raise ModelError(f"The formula {formula!r} cannot be read ({reason}): {form}.") from None


def _variables(terms: Iterable[Any], formula: str, form: str) -> list[str]:
    try:
        return sorted({name for term in terms for name in columns_of(term)})
    except SyntaxError:
        raise ModelError(f"The formula {formula!r} cannot be read: {form}.") from None
