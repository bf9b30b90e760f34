from __future__ import annotations

import numpy as np
import pandas as pd
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from konzept_diffusion import models
from konzept_diffusion.errors import ModelError
from konzept_diffusion.models.checks.separation import separating_terms
from konzept_diffusion.models.checks.separation import separation as models_separation


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


def test_many_rows_give_the_same_answer_as_the_whole_programme() -> None:
    rng = np.random.default_rng(4)
    X = with_intercept(*rng.normal(size=(3, 20_000)))
    score = X[:, 1:] @ [1.0, -2.0, 0.5]
    terms = ["Intercept", "a", "b", "c"]
    separated = (score > 3.0).astype(float)
    assert separating_terms(separated, X, terms) == ("a", "b", "c")
    one_wrong = separated.copy()
    one_wrong[score.argmin()] = 1.0
    assert separating_terms(one_wrong, X, terms) == ()


def test_the_report_says_which_terms_where_to_and_which_rows(synthetic: pd.DataFrame) -> None:
    report = models_separation("y ~ x1 + cluster", synthetic)
    assert (report.kind, report.separated) == ("quasi-complete", True)
    assert report.terms == ("cluster[T.c15]", "cluster[T.c16]")
    assert set(report.separated_rows) == set(synthetic.index[synthetic["cluster"].isin(["c15", "c16"])])
    table = report.tidy().set_index("term")
    assert table.loc["cluster[T.c15]", ["direction", "events_in_category"]].tolist() == ["-inf", 0]
    assert (table.drop(index=list(report.terms))["direction"] == "finite").all()
    assert "cluster[T.c16]: -inf, separates on its own; 0 events" in report.summary()


def test_the_report_of_overlapping_outcomes_says_so(synthetic: pd.DataFrame) -> None:
    report = models_separation("y ~ x1 + x2", synthetic)
    assert (report.kind, report.terms, len(report.separated_rows)) == ("none", (), 0)
    assert "all estimates are finite" in report.summary()


def test_complete_separation_reaches_every_row() -> None:
    data = pd.DataFrame({"y": [0, 0, 1, 1], "x": [1, 2, 3, 4], "noise": [5, 1, 4, 1]}, index=list("abcd"))
    report = models_separation("y ~ x + noise", data)
    assert (report.kind, report.terms, list(report.separated_rows)) == ("complete", ("x",), list("abcd"))
    table = report.tidy().set_index("term")
    assert table.loc["x", ["direction", "events_low", "nonevents_high"]].tolist() == ["+inf", 3, 2]
    assert table.loc["noise", "direction"] == "undetermined"


def test_directions_that_need_two_steps_are_found() -> None:
    # d1 separates on its own; among the rows that it leaves (d1 = 0), d2 does.
    d1, d2 = [1, 1, 0, 0, 0, 0], [0, 1, 1, 1, 0, 0]
    data = pd.DataFrame({"y": [1, 1, 0, 0, 0, 1], "d1": d1, "d2": d2})
    directions = models_separation("y ~ d1 + d2", data).tidy().set_index("term")["direction"]
    assert directions.to_dict() == {"Intercept": "finite", "d1": "+inf", "d2": "-inf"}


def test_rows_left_out_are_counted_and_the_report_keeps_their_neighbours_labels() -> None:
    data = pd.DataFrame({"y": [0, 1, 0, 0, 1, 1], "x": [0, None, 1, 0, 1, 2.0]}, index=list("abcdef"))
    with pytest.warns(models.DroppedRowsWarning, match=r"x \(1\)"):
        report = models_separation("y ~ x", data)
    assert (report.nobs, list(report.separated_rows)) == (5, ["a", "d", "f"])


def test_the_glance_counts_terms_and_rows(synthetic: pd.DataFrame) -> None:
    parted = synthetic.assign(
        k=np.where(synthetic.index < 3, 1.0, 0.0), y=synthetic["y"].where(synthetic.index > 2, 1)
    )
    facts = models_separation("y ~ x1 + k", parted).glance()
    assert len(facts) == 1
    assert facts.loc[0, ["kind", "nobs", "n_terms", "separated_rows", "separated_events"]].tolist() == [
        "quasi-complete", 600, 1, 3, 3,
    ]  # fmt: skip
    assert models_separation("y ~ x1", synthetic).glance().loc[0, "n_terms"] == 0
