from __future__ import annotations

import numpy as np
import pandas as pd
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from konzept_diffusion import models
from konzept_diffusion.errors import ModelError
from konzept_diffusion.models.checks.separation import separating_terms


def with_intercept(*columns: list[float]) -> np.ndarray:
    return np.column_stack([np.ones(len(columns[0])), *columns])


def test_overlapping_outcomes_are_not_separated() -> None:
    X = with_intercept([1, 2, 3, 4], [0, 1, 0, 1])
    assert separating_terms(np.array([0.0, 1, 0, 1]), X[:, :2], ["Intercept", "x"]) == ()


def test_a_threshold_separates_completely() -> None:
    X = with_intercept([1, 2, 3, 4], [5, 1, 4, 1])
    assert separating_terms(np.array([0.0, 0, 1, 1]), X, ["Intercept", "x", "noise"]) == ("x",)


def test_a_category_without_events_separates_quasi_completely() -> None:
    X = with_intercept([0, 0, 0, 0, 1, 1], [3, 1, 1, 3, 2, 3])
    assert separating_terms(np.array([0.0, 1, 0, 1, 0, 0]), X, ["Intercept", "d", "x"]) == ("d",)


def test_two_terms_can_separate_together() -> None:
    a, b = [0.0, 1, 2, 3, 1, 4], [0.0, -1, -2, -3, 0, -2]
    y = (np.array(a) + np.array(b) > 0).astype(float)
    assert separating_terms(y, with_intercept(a, b), ["Intercept", "a", "b"]) == ("a", "b")


def test_without_intercept_only_the_sign_separates() -> None:
    x = np.array([[-1.0], [-2], [3], [4]])
    assert separating_terms(np.array([0.0, 0, 1, 1]), x, ["x"]) == ("x",)
    assert separating_terms(np.array([0.0, 0, 1, 1]), x + 5, ["x"]) == ()


@settings(max_examples=60, deadline=None)
@given(st.lists(st.tuples(st.integers(0, 1), st.integers(-4, 4)), min_size=4, max_size=25))
def test_one_covariate_separates_exactly_if_the_ranges_do_not_overlap(rows: list[tuple[int, int]]) -> None:
    y, x = np.array(rows, dtype=float).T
    if np.ptp(y) == 0 or np.ptp(x) == 0:
        return
    ones, zeros = x[y == 1], x[y == 0]
    expected = ones.min() >= zeros.max() or ones.max() <= zeros.min()
    assert (separating_terms(y, with_intercept(list(x)), ["Intercept", "x"]) == ("x",)) == expected


@pytest.mark.parametrize("link", ["cloglog", "logit", "probit"])
def test_an_infinite_estimate_is_an_error_that_names_the_term(synthetic: pd.DataFrame, link: str) -> None:
    with pytest.raises(ModelError, match=r"perfectly separated by 'cluster\[T.c15\]', 'cluster\[T.c16\]'"):
        models.hazard("y ~ x1 + cluster", synthetic, link=link)
    with pytest.raises(ModelError, match="perfectly separated by 'copy'"):
        models.hazard("y ~ x1 + copy", synthetic.assign(copy=synthetic["y"]), link=link)
