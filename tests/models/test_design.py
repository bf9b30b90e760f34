from __future__ import annotations

import numpy as np
import pandas as pd
import pytest

from konzept_diffusion import models
from konzept_diffusion.errors import ModelError
from konzept_diffusion.models.design import some


def test_terms_are_named_as_in_the_formula(synthetic: pd.DataFrame) -> None:
    fit = models.hazard("y ~ np.log(x2) + x3 + region", synthetic)
    assert list(fit.params.index) == ["Intercept", "np.log(x2)", "x3", "region[T.south]", "region[T.west]"]


@pytest.mark.parametrize("dtype", [bool, "boolean", "Int64", "float64", object])
def test_outcome_and_covariates_of_any_number_type_give_the_same_fit(
    synthetic: pd.DataFrame, dtype: object
) -> None:
    expected = models.logit("y ~ x1 + x3", synthetic)
    converted = synthetic.assign(y=synthetic["y"].astype(dtype), x3=synthetic["x3"].astype(dtype))
    fit = models.logit("y ~ x1 + x3", converted)
    pd.testing.assert_series_equal(fit.params, expected.params)


def test_rows_with_missing_values_are_counted_and_announced(synthetic: pd.DataFrame) -> None:
    data = synthetic.astype({"y": "boolean", "x1": "Float64"})
    data.loc[[3, 4], "x1"] = pd.NA
    data.loc[4, "y"] = pd.NA
    data.loc[0, "x2"] = np.nan  # not in use
    with pytest.warns(
        models.DroppedRowsWarning, match=r"2 of 600 rows are left out.*y \(1\), x1 \(2\)"
    ) as caught:
        fit = models.hazard("y ~ x1", data)
    assert caught[0].filename == __file__
    assert (fit.nobs, fit.nobs_total, fit.dropped) == (598, 600, {"y": 1, "x1": 2})
    pd.testing.assert_series_equal(fit.params, models.hazard("y ~ x1", synthetic.drop(index=[3, 4])).params)


def test_missing_values_inside_a_transform_are_seen(synthetic: pd.DataFrame) -> None:
    synthetic.loc[5, "x1"] = np.nan
    with pytest.warns(models.DroppedRowsWarning, match=r"x1 \(1\)"):
        fit = models.hazard("y ~ poly(x1, 2)", synthetic)
    assert fit.nobs == 599


@pytest.mark.filterwarnings("error")
def test_complete_data_gives_no_warning(synthetic: pd.DataFrame) -> None:
    assert models.hazard("y ~ x1 + region", synthetic, cluster="region").dropped == {}


def test_categories_without_rows_are_no_terms(synthetic: pd.DataFrame) -> None:
    data = synthetic.assign(region=pd.Categorical(synthetic["region"], ["north", "south", "west", "east"]))
    fit = models.hazard("y ~ region", data)
    assert list(fit.params.index) == ["Intercept", "region[T.south]", "region[T.west]"]


@pytest.mark.parametrize(
    ("formula", "change", "message"),
    [
        ("y ~ x11", {}, "no column 'x11'.*did you mean 'x1'"),
        ("z ~ x1", {}, "no column 'z'"),
        ("y ~ x1 + (x2", {}, "cannot be read"),
        ("y ~ .", {}, "cannot be read"),
        ("~ x1", {}, "has not one outcome"),
        ("y + x3 ~ x1", {}, "has not one outcome"),
        ("y ~ x1 | x2", {}, "has not one outcome"),
        ("y ~ x1 + y", {}, "'y' is also a covariate"),
        ("y ~ 0", {}, "no terms"),
        ("y ~ unknown(x1)", {}, "cannot be computed.*unknown"),
        ("x1 ~ x2", {}, r"outcome 'x1' stands 0.5735 \(index 0\)"),
        ("region ~ x2", {}, "outcome 'region' stands 'west'"),
        ("y ~ x1", {"y": 1}, "'y' is 1 in all 600 rows"),
        ("y ~ x1 + k", {"k": 3}, "No variation in the term 'k'"),
        ("y ~ x1 + k", {"k": "one"}, "No variation in the term 'k'"),
        (
            "y ~ x1 + x3 + k",
            {"k": lambda d: 2 * d["x1"] - d["x3"]},
            "'k' is a linear combination of the terms 'x1', 'x3'",
        ),
        ("y ~ x1", {"x1": np.nan}, r"No row is complete.*x1 \(600\)"),
        (
            "y ~ x1",
            {"x1": lambda d: d["x1"].where(d.index != 7, np.inf)},
            "'x1' is not finite in 1 of 600.*index 7",
        ),
        ("y ~ log(x3)", {}, r"'log\(x3\)' is not finite"),
    ],
)
def test_what_cannot_be_a_design_is_refused(
    synthetic: pd.DataFrame, formula: str, change: dict[str, object], message: str
) -> None:
    with pytest.raises(ModelError, match=message):
        models.hazard(formula, synthetic.assign(**change))


def test_more_terms_than_rows_are_refused(synthetic: pd.DataFrame) -> None:
    few = synthetic.sort_values("y", ascending=False).iloc[[0, 1, -1]]
    with pytest.raises(ModelError, match="3 rows cannot identify 3 terms"):
        models.logit("y ~ x1 + x2", few)


def test_data_must_be_a_table_with_rows_and_single_columns(synthetic: pd.DataFrame) -> None:
    with pytest.raises(ModelError, match="is a dict: pass a pandas DataFrame"):
        models.logit("y ~ x1", {"y": [0, 1], "x1": [1, 2]})  # type: ignore[arg-type]
    with pytest.raises(ModelError, match="no rows"):
        models.logit("y ~ x1", synthetic.head(0))
    with pytest.raises(ModelError, match="2 columns named 'x1'"):
        models.logit("y ~ x1", pd.concat([synthetic, synthetic[["x1"]]], axis=1))
    with pytest.raises(ModelError, match="not a string"):
        models.logit(None, synthetic)  # type: ignore[arg-type]


@pytest.mark.parametrize(
    ("change", "message"),
    [
        ({}, "no column 'land'"),
        (
            {"land": lambda d: d["cluster"].where(d.index != 9)},
            "'land' has no value in 1 rows, first at index 9",
        ),
        ({"land": "05"}, "'land' has one value only"),
    ],
)
def test_what_cannot_be_clusters_is_refused(
    synthetic: pd.DataFrame, change: dict[str, object], message: str
) -> None:
    with pytest.raises(ModelError, match=message):
        models.hazard("y ~ x1", synthetic.assign(**change), cluster="land")


def test_every_kind_of_text_makes_the_same_categories(synthetic: pd.DataFrame) -> None:
    expected = models.logit("y ~ region", synthetic).params
    for kind in ("string", "category", object, "str"):
        data = synthetic.assign(region=synthetic["region"].astype(kind))
        fit = models.logit("y ~ region", data)
        pd.testing.assert_series_equal(fit.params, expected)
        assert fit.predict(data).notna().all()


@pytest.mark.parametrize(
    ("column", "message"),
    [
        (
            lambda d: pd.Timestamp("2020-01-01") + pd.to_timedelta(range(len(d)), "D"),
            "'k' holds dates or spans",
        ),
        (lambda d: pd.to_timedelta(range(len(d)), "D"), "'k' holds dates or spans of time"),
        (lambda d: pd.period_range("2000", periods=len(d), freq="D"), "'k' holds dates or spans of time"),
        (lambda d: d["x1"] + 1j, "'k' holds complex numbers"),
        (lambda d: d["x1"].astype(str), "'k' holds numbers as text: convert it with pd.to_numeric"),
        (lambda d: d["x1"].astype(object).where(d.index != 5, "bad"), r"numbers as text \(and 'bad'\)"),
        (lambda d: [str(i % 30) for i in range(len(d))], "'k' holds numbers as text"),
        (lambda d: d["x1"] * 1e200, "'k' has values of the size .e.200, too far from 1"),
        (lambda d: d["x1"] * 1e-200, "'k' has values of the size .e-200, too far from 1"),
    ],
)
def test_columns_that_are_neither_numbers_nor_categories_are_named(
    synthetic: pd.DataFrame, column: object, message: str
) -> None:
    data = synthetic.assign(k=column)
    for fit in (models.hazard, models.firth, models.separation):
        with pytest.raises(ModelError, match=message):
            fit("y ~ x2 + k", data)
    with pytest.raises(ModelError, match=message):
        models.cox("x2 + k", data.assign(stop=1 + synthetic.index), event="y")


def test_a_complex_expression_is_refused(synthetic: pd.DataFrame) -> None:
    with pytest.raises(ModelError, match="is complex"):
        models.logit("y ~ np.conj(k)", synthetic.assign(k=synthetic["x1"] + 1j))


def test_keys_of_digits_are_categories(synthetic: pd.DataFrame) -> None:
    land = synthetic["x3"].map({0: "05", 1: "12"})
    assert list(models.logit("y ~ land", synthetic.assign(land=land)).params.index) == [
        "Intercept",
        "land[T.12]",
    ]
    text = synthetic.assign(k=synthetic["x1"].round().astype(str))
    assert "C(k)[T.0.0]" in models.firth("y ~ C(k)", text).params


@pytest.mark.parametrize("kind", [int, float, "Int64"])
def test_categories_of_whole_numbers_are_named_as_in_r(synthetic: pd.DataFrame, kind: object) -> None:
    data = synthetic.assign(t=(synthetic.index % 3).astype(float)).astype({"t": kind})
    fit = models.logit("y ~ C(t)", data)
    assert list(fit.params.index) == ["Intercept", "C(t)[T.1]", "C(t)[T.2]"]
    assert fit.predict(data.head(3)).nunique() == 3
    assert models.logit("y ~ C(t) * x1", data).params.index[-1] == "C(t)[T.2]:x1"
    with pytest.raises(ModelError, match=r"not fitted on: \{7\}\."):
        fit.predict(data.assign(t=7))


def test_powers_of_large_whole_numbers_do_not_wrap_around(synthetic: pd.DataFrame) -> None:
    large = synthetic.assign(k=3_000_000 + synthetic.index)
    expected = models.logit("y ~ C(k > 3000300) + np.log(k**3)", large.astype({"k": float}))
    pd.testing.assert_series_equal(
        models.logit("y ~ C(k > 3000300) + np.log(k**3)", large).params, expected.params
    )


@pytest.mark.parametrize("formula", ["y ~ __import__('os').getcwd()", "y ~ {x1 +}", "y ~ $"])
def test_what_python_cannot_read_is_no_formula(synthetic: pd.DataFrame, formula: str) -> None:
    with pytest.raises(ModelError, match=r"cannot be (read|computed)"):
        models.logit(formula, synthetic)


@pytest.mark.parametrize(
    ("cluster", "message"),
    [
        (["cluster", "region"], "A list is given as the name of a column"),
        (pd.Series(range(600)), "A Series is given as the name of a column"),
        ("y", "'y' is also the cluster"),
    ],
)
def test_a_cluster_is_one_column(synthetic: pd.DataFrame, cluster: object, message: str) -> None:
    for fit in (models.hazard, models.firth):
        with pytest.raises(ModelError, match=message):
            fit("y ~ x1", synthetic, cluster=cluster)


def test_clusters_that_read_the_same_are_refused(synthetic: pd.DataFrame) -> None:
    mixed = synthetic.assign(land=[1, "1", "b"] * 200)
    with pytest.raises(ModelError, match="'land' holds 1 both as a number and as text"):
        models.hazard("y ~ x1", mixed, cluster="land")


def test_long_lists_of_terms_are_cut() -> None:
    assert some(["a", "b"]) == "'a', 'b'"
    assert some(list("abcdefgh")) == "'a', 'b', 'c', 'd', 'e' and 3 more"
