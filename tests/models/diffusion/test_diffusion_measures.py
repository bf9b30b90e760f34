"""Threshold, infectiousness, susceptibility, structural equivalence: hand-computed and published examples."""

import numpy as np
import pandas as pd
import pytest

from konzept_diffusion.errors import ModelError
from konzept_diffusion.models.diffusion.measures import (
    infectiousness,
    structural_equivalence,
    susceptibility,
    thresholds,
)

# Unit 5 looks at 1 to 4; it adopts in 3, they in 1, 4, 1, 2 (example of netdiffuseR's own tests).
STAR = pd.DataFrame({"unit": ["5"] * 4, "peer": list("1234")})
ADOPTED = pd.Series({"1": 1, "2": 4, "3": 1, "4": 2, "5": 3})


def of_five(table, name):
    return table.set_index("ags").loc["5", name]


@pytest.mark.parametrize(
    ("options", "expected"),
    [
        ({}, 1 / 3),
        ({"window": 2}, (1 + 2 / 2) / (3 + 2 / 2)),
        ({"discount": "exponential", "rate": 0.1}, 1 / 3),
        ({"window": 2, "discount": "exponential", "rate": 0.1}, (1 + 2 / 1.1) / (3 + 2 / 1.1)),
    ],
)
def test_susceptibility_as_netdiffuser_has_it(options, expected):
    table = susceptibility(ADOPTED, STAR, directed=True, **options)
    assert of_five(table, "susceptibility") == pytest.approx(expected, rel=1e-12)


def test_susceptibility_is_missing_where_nobody_came_before():
    table = susceptibility(ADOPTED, STAR, directed=True)
    assert table.set_index("ags")["susceptibility"].drop("5").isna().all()


def test_infectiousness_by_hand():
    # a adopts in 1; b, c, d, e look at it and adopt in 2, 2, 3 and never.
    links = pd.DataFrame({"unit": list("bcde"), "peer": ["a"] * 4})
    adopted = pd.Series({"a": 1, "b": 2, "c": 2, "d": 3})
    row = infectiousness(adopted, links, directed=True).set_index("ags").loc["a"]
    assert (row["followed"], row["possible"], row["infectiousness"]) == (2, 3, 2 / 3)
    assert row["n_unknown"] == 1  # e may have adopted, nobody knows
    census = infectiousness(adopted, links, directed=True, observed=["e"]).set_index("ags").loc["a"]
    assert (census["n_unknown"], census["infectiousness"]) == (0, 2 / 3)
    wide = infectiousness(adopted, links, directed=True, window=2).set_index("ags").loc["a"]
    assert wide["infectiousness"] == pytest.approx((2 + 1 / 2) / (3 + 1 / 2))
    table = infectiousness(adopted, links, directed=True).set_index("ags")["infectiousness"]
    assert table.drop("a").isna().all()


def test_the_one_s_infectiousness_is_the_other_s_susceptibility_in_a_pair():
    pair = pd.DataFrame({"unit": ["b"], "peer": ["a"]})
    adopted = pd.Series({"a": 2001, "b": 2002})
    assert infectiousness(adopted, pair).set_index("ags").loc["a", "infectiousness"] == 1
    assert susceptibility(adopted, pair).set_index("ags").loc["b", "susceptibility"] == 1


def test_weights_count_and_normalising_divides_by_the_year_s_adopters():
    weighted = STAR.assign(w=[1.0, 1.0, 3.0, 2.0])
    assert of_five(susceptibility(ADOPTED, weighted, directed=True, weight="w"), "susceptibility") == 2 / 6
    more = pd.concat([STAR, pd.DataFrame({"unit": ["6"], "peer": ["1"]})])
    adopted = pd.concat([ADOPTED, pd.Series({"6": 3})])
    plain = susceptibility(adopted, more, directed=True)
    normal = susceptibility(adopted, more, directed=True, normalise=True)
    assert of_five(normal, "susceptibility") == of_five(plain, "susceptibility") / 2


def test_a_threshold_is_the_exposure_at_adoption():
    table = thresholds(ADOPTED, STAR, directed=True)
    assert of_five(table, "threshold") == 3 / 4
    chain = pd.DataFrame({"a": list("abc"), "b": list("bcd")})
    adopted = pd.Series({"a": 1, "b": 2, "c": 2, "d": 5})
    lagged = thresholds(adopted, chain).set_index("ags")["threshold"].to_dict()
    assert lagged == {"a": 0, "b": 0.5, "c": 0, "d": 1}
    same = thresholds(adopted, chain, lag=0).set_index("ags")["threshold"].to_dict()
    assert same == {"a": 0, "b": 1, "c": 0.5, "d": 1}


def test_who_has_not_adopted_has_a_censored_threshold():
    chain = pd.DataFrame({"a": list("ab"), "b": list("bc")})
    adopted = pd.Series({"a": 2001, "c": 2003})
    table = thresholds(adopted, chain, observed=["b"], until=2017).set_index("ags")
    assert table["censored"].to_dict() == {"a": False, "c": False, "b": True}
    assert table.loc["b", "threshold"] == 1
    assert "b" not in set(thresholds(adopted, chain, observed=["b"])["ags"])
    unknown = thresholds(adopted, chain).set_index("ags")
    assert np.isnan(unknown.loc["a", "threshold"])
    assert (unknown.loc["a", "threshold_low"], unknown.loc["a", "threshold_high"]) == (0, 1)


def burt_by_hand(Z):
    n = len(Z)
    d = np.zeros((n, n))
    for i in range(n):
        for j in range(n):
            if i != j:
                others = [k for k in range(n) if k not in (i, j)]
                total = (Z[j, i] - Z[i, j]) ** 2
                total += sum((Z[j, k] - Z[i, k]) ** 2 + (Z[k, j] - Z[k, i]) ** 2 for k in others)
                d[i, j] = np.sqrt(total)
    weights = np.zeros((n, n))
    for i in range(n):
        close = {j: d[i].max() - d[i, j] for j in range(n) if j != i}
        for j, value in close.items():
            weights[i, j] = value / sum(close.values()) if sum(close.values()) else 0
    return weights


def test_structural_equivalence_follows_burt_s_formula():
    generator = np.random.default_rng(3)
    Z = generator.integers(0, 3, size=(7, 7)) * (1 - np.eye(7))
    rows, columns = np.nonzero(Z)
    links = pd.DataFrame({"a": rows.astype(str), "b": columns.astype(str), "w": Z[rows, columns]})
    table = structural_equivalence(links, directed=True, weight="w")
    found = np.zeros((7, 7))
    found[table["ags"].astype(int), table["peer"].astype(int)] = table["weight"]
    np.testing.assert_allclose(found, burt_by_hand(Z), atol=1e-7)
    np.testing.assert_allclose(table.groupby("ags")["weight"].sum(), 1)


def test_units_with_the_same_ties_are_closest():
    fan = pd.DataFrame({"a": ["hub", "hub", "hub", "other"], "b": ["p", "q", "r", "r"]})
    table = structural_equivalence(fan).set_index(["ags", "peer"])["weight"]
    assert table[("p", "q")] == table.loc["p"].max()


def test_what_cannot_be_measured_is_said():
    with pytest.raises(ModelError, match="no threshold"):
        thresholds(pd.Series({"zz": 1}), STAR)
    with pytest.raises(ModelError, match="there is no infectiousness"):
        infectiousness(pd.Series({"zz": 1}), STAR)
    with pytest.raises(ModelError, match="choose linear or exponential"):
        susceptibility(ADOPTED, STAR, discount="none")
    with pytest.raises(ModelError, match="no number of years"):
        susceptibility(ADOPTED, STAR, window=0)
