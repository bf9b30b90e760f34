from __future__ import annotations

import numpy as np
import pandas as pd
import pytest

from konzept_diffusion import models
from konzept_diffusion.errors import ModelError


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
