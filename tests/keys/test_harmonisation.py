"""`keys.harmonise` on the embedded crosswalks: named reforms, rules, properties, refusals."""

from __future__ import annotations

import random

import pandas as pd
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from konzept_diffusion import keys, paths
from konzept_diffusion.errors import DataError, InvalidKeyError
from konzept_diffusion.schemas.core import read
from konzept_diffusion.schemas.crosswalk import TABLES

KREISE = "2021-12-31"


@pytest.fixture(scope="module", params=sorted(TABLES))
def crosswalk(request) -> pd.DataFrame:
    return read(paths.raw_dir() / "official" / f"{request.param}.csv", TABLES[request.param])


def kreise_of(year: int) -> list[str]:
    table = read(paths.raw_dir() / "official" / "crosswalk_kreise.csv", TABLES["crosswalk_kreise"])
    return sorted(set(table.query("first_year <= @year <= last_year")["ags_old"]))


def by_key(table: pd.DataFrame, value: str = "population") -> dict[str, object]:
    return dict(zip(table["ags"], table[value], strict=True))


# --- the embedded tables ---------------------------------------------------------------------------------


def test_every_unit_of_every_year_passes_on_as_a_whole(crosswalk):
    seen = 0
    for year in range(1990, 2021):
        then = crosswalk.query("first_year <= @year <= last_year")
        sums = then.groupby("ags_old")[["weight_population", "weight_area"]].sum()
        assert (sums - 1).abs().max().max() < 1e-9
        employment = then.groupby("ags_old")["weight_employment"].sum(min_count=1).dropna()
        assert (employment - 1).abs().max() < 1e-9
        assert year < 1997 or then["weight_employment"].notna().all()
        seen += len(sums)
    assert seen > 12_000


def test_all_years_lead_to_the_same_new_units():
    for name, count in (("crosswalk_gemeinden", 11_001), ("crosswalk_kreise", 400)):
        table = read(paths.raw_dir() / "official" / f"{name}.csv", TABLES[name])
        for year in range(1990, 2021):
            then = table[(table["first_year"] <= year) & (table["last_year"] >= year)]
            assert then["ags_new"].nunique() == count


def test_the_embedded_tables_stay_small():
    assert sum((paths.raw_dir() / "official" / f"{name}.csv").stat().st_size for name in TABLES) < 2_500_000


# --- named reforms ---------------------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("last_year", "old", "new"),
    [
        pytest.param(2008, ("05313", "05354"), "05334", id="Städteregion Aachen"),
        pytest.param(2015, ("03152", "03156"), "03159", id="Göttingen"),
        pytest.param(2007, ("14171", "14181", "14188", "14191"), "14521", id="Erzgebirgskreis"),
        pytest.param(2007, ("14167", "14173", "14193"), "14524", id="Zwickau"),
        pytest.param(2006, ("15352", "15357", "15364", "15369"), "15085", id="Harz (and a part of 15352)"),
        pytest.param(2010, ("13005", "13057", "13061"), "13073", id="Vorpommern-Rügen"),
    ],
)
def test_landkreise_of_a_reform_merge_and_their_keys_end(units, last_year, old, new):
    table = units(last_year, dict.fromkeys(old, 100.0))
    found = keys.harmonise(table, to=KREISE).set_index("ags")
    lost = found["population"].drop(new).sum()
    assert lost == pytest.approx(0 if new != "15085" else 93.392, abs=0.001)
    assert found.loc[new, "population"] == pytest.approx(100 * len(old) - lost)
    assert found.loc[new, ["n_sources", "complete", "flag"]].tolist() == [len(old), True, "converted"]
    for key in old:
        with pytest.raises(InvalidKeyError, match=f"is no kreis of 31.12.{last_year + 1}; it did between"):
            keys.harmonise(units(last_year + 1, {key: 1.0}), to=KREISE)
    assert new in kreise_of(last_year + 1)


def test_aachen_2009_stadt_and_kreis_become_the_staedteregion(units):
    before = keys.harmonise(units(2008, {"05313": 259_030, "05354": 310_000}), to=KREISE)
    assert before.to_dict("records") == [
        {
            "ags": "05334",
            "year": 2008,
            "population": 569_030,
            "n_sources": 2,
            "complete": True,
            "flag": "converted",
        }
    ]
    after = keys.harmonise(units(2009, {"05334": 569_000}), to=KREISE)
    assert after[["ags", "population", "flag"]].to_numpy().tolist() == [["05334", 569_000, "official"]]


def test_aachen_2009_the_city_keeps_its_territory_under_another_key(units):
    for year, key in ((2008, "05313000"), (2009, "05334002")):
        [row] = keys.harmonise(units(year, {key: 259_030.0})).to_dict("records")
        assert (row["ags"], row["population"], row["flag"]) == ("05334002", 259_030, "official")


def test_goettingen_2016_takes_in_osterode(units):
    before = keys.harmonise(units(2015, {"03152": 250_000, "03156": 73_000}), to=KREISE)
    assert by_key(before) == {"03159": 323_000}
    assert before["complete"].all()
    assert by_key(keys.harmonise(units(2016, {"03159": 323_000}), to=KREISE)) == {"03159": 323_000}
    assert by_key(keys.harmonise(units(2015, {"03152012": 118_914.0}))) == {"03159016": 118_914}


def test_sachsen_2008_chemnitz_keeps_its_territory_and_landkreise_merge(units):
    table = units(2007, {"14161": 245.0, "14171": 80.0, "14181": 85.0, "14188": 130.0, "14191": 130.0})
    found = keys.harmonise(table, to=KREISE).set_index("ags")
    assert found.loc["14511", ["population", "flag"]].tolist() == [245, "official"]
    assert found.loc["14521", ["population", "n_sources", "complete"]].tolist() == [425, 4, True]
    assert by_key(keys.harmonise(units(2007, {"14161000": 245.0}))) == {"14511000": 245}


def test_sachsen_anhalt_2007_landkreise_merge_and_anhalt_zerbst_is_divided(units):
    table = units(2006, {"15153": 75.0, "15357": 75.0, "15369": 95.0, "15151": 1000.0, "15202": 235.0})
    found = keys.harmonise(table, to=KREISE).set_index("ags")
    assert found.loc["15002", ["population", "flag"]].tolist() == [235, "official"]
    divided = keys.harmonise(units(2006, {"15151": 1000.0}), to=KREISE).set_index("ags")["population"]
    assert divided.index.tolist() == ["15001", "15082", "15086", "15091"]
    assert divided["15082"] == divided.max()
    assert found["population"].sum() == pytest.approx(1480, abs=1e-9)


def test_mecklenburg_vorpommern_2011_greifswald_merges_and_demmin_is_divided(units):
    table = units(2010, {"13001": 54_610.0, "13052": 80_000.0, "13059": 106_000.0, "13062": 72_000.0})
    found = keys.harmonise(table, to=KREISE).set_index("ags")
    assert found.index.tolist() == ["13071", "13075"]
    to_seenplatte, to_vorpommern = found["population"]
    assert to_seenplatte == pytest.approx(0.8237 * 80_000, rel=0.005)
    assert to_vorpommern == pytest.approx(54_610 + 106_000 + 72_000 + 0.1763 * 80_000, rel=0.005)
    assert found["complete"].tolist() == [False, True]
    assert found["population"].sum() == pytest.approx(312_610, abs=1e-6)
    assert by_key(keys.harmonise(units(2010, {"13001000": 54_610.0}))) == {"13075039": 54_610}


def test_eisenach_lies_in_the_wartburgkreis_of_2021_but_is_a_gemeinde_of_2020(units):
    assert by_key(keys.harmonise(units(2020, {"16056": 42.0, "16063": 118.0}), to=KREISE)) == {"16063": 160}
    assert by_key(keys.harmonise(units(2020, {"16056000": 42.0}))) == {"16056000": 42}


def test_uninhabited_areas_under_a_collective_key_are_not_counted_twice(units):
    # In the official table each of the parts has a population weight of 1.
    assert keys.harmonise(units(2005, {"09472444": 6.0}))["population"].sum() == pytest.approx(6, abs=1e-9)


# --- counts, shares, adoptions ---------------------------------------------------------------------------


def test_a_target_without_all_its_parts_says_so(units):
    [row] = keys.harmonise(units(2008, {"05313": 259_030.0}), to=KREISE).to_dict("records")
    assert (row["population"], row["n_sources"], row["complete"]) == (259_030, 1, False)
    assert row["flag"] == "converted"


def test_a_part_in_which_nobody_lives_is_no_part_of_the_population(units):
    table = units(1990, {"09275": 170.0, "09262": 50.0})
    assert keys.harmonise(table, to=KREISE)["n_sources"].tolist() == [1, 1]
    assert keys.harmonise(table, to=KREISE, proportional_to="area")["n_sources"].tolist() == [2, 1]


def test_area_and_employment_have_weights_of_their_own(units):
    table = units(2010, {"13052": 1.0})
    shares = {
        basis: keys.harmonise(table, to=KREISE, proportional_to=basis)["population"][0]
        for basis in ("population", "area", "employment")
    }
    assert len({round(share, 6) for share in shares.values()}) == 3
    with pytest.raises(DataError, match=r"13052 was divided later.*no employment weights for 1995"):
        keys.harmonise(units(1995, {"13052": 1.0}), to=KREISE, proportional_to="employment")
    assert keys.harmonise(units(1995, {"13051": 1.0}), to=KREISE, proportional_to="employment")[
        "population"
    ].tolist() == [1]


def test_a_share_is_the_mean_weighted_by_the_denominator(units):
    table = units(2015, {"03152": (8.0, 300), "03156": (4.0, 100)}, "foreign_share")
    found = keys.harmonise(table, "foreign_share", "share", KREISE, weight="size")
    assert found["foreign_share"].tolist() == [7]


def test_a_share_with_a_divided_part_uses_the_divided_denominator(units):
    rows = {"13001": (10.0, 1000), "13059": (10.0, 1000), "13062": (10.0, 1000), "13052": (30.0, 1000)}
    found = keys.harmonise(units(2010, rows, "rate"), "rate", "share", KREISE, weight="size")
    part = 1000 * keys.harmonise(units(2010, {"13052": 1.0}), to=KREISE)["population"][1]
    assert by_key(found, "rate")["13075"] == pytest.approx((3000 * 10 + part * 30) / (3000 + part))
    assert by_key(found, "rate")["13071"] == 30


def test_a_share_asks_for_the_denominator_only_where_units_merge(units):
    whole = keys.harmonise(units(2015, {"03152": 8.0}, "rate"), "rate", "share", KREISE)
    assert whole[["rate", "complete"]].to_numpy().tolist() == [[8, False]]
    with pytest.raises(DataError, match=r"03159 in 2015 has several parts .* Give weight="):
        keys.harmonise(units(2015, {"03152": 8.0, "03156": 4.0}, "rate"), "rate", "share", KREISE)


def test_parts_without_any_weight_have_no_mean(units):
    table = units(2015, {"03152": (8.0, 0), "03156": (4.0, 0)}, "rate")
    with pytest.raises(DataError, match="parts of 03159 in 2015 have a weight of zero"):
        keys.harmonise(table, "rate", "share", KREISE, weight="size")


@pytest.mark.parametrize(
    ("rule", "years", "expected"),
    [
        ("earliest", (2005, 2009), 2005),
        ("latest", (2005, 2009), 2009),
        ("largest", (2005, 2009), 2005),
        ("all", (2005, 2009), 2009),
        ("earliest", (None, 2009), 2009),
        ("latest", (2005, None), 2005),
        ("largest", (None, 2009), None),
        ("all", (2005, None), None),
        ("earliest", (None, None), None),
    ],
)
def test_the_adoption_of_merged_units_follows_the_rule(units, rule, years, expected):
    table = units(2015, {"03152": (years[0], 250), "03156": (years[1], 73)}, "adopted")
    weight = "size" if rule == "largest" else None
    found = keys.harmonise(table, "adopted", "adoption", KREISE, rule=rule, weight=weight)
    assert found["adopted"].dtype == "Int64"
    assert found["adopted"].astype("object").where(found["adopted"].notna(), None).tolist() == [expected]


def test_there_is_no_default_rule_but_none_is_needed_without_mergers(units):
    with pytest.raises(DataError, match=r"03159 in 2015 has several parts .* earliest, latest, largest, all"):
        keys.harmonise(units(2015, {"03152": 2005, "03156": 2006}, "adopted"), "adopted", "adoption", KREISE)
    alone = keys.harmonise(units(2008, {"14612": 2005}, "adopted"), "adopted", "adoption", KREISE)
    assert alone["adopted"].tolist() == [2005]


def test_with_a_part_unseen_nobody_can_say_that_all_have_adopted(units):
    found = keys.harmonise(units(2015, {"03152": 2005}, "adopted"), "adopted", "adoption", KREISE, rule="all")
    assert found["adopted"].isna().tolist() == [True]
    assert found["complete"].tolist() == [False]


def test_an_adoption_passes_to_the_principal_successor_only(units):
    # Two percent of Cochem-Zell joined the Rhein-Hunsrück-Kreis: that did not give it a concept.
    table = units(2013, {"07135": 2008, "07140": None}, "adopted")
    found = keys.harmonise(table, "adopted", "adoption", KREISE, rule="earliest")
    assert found["ags"].tolist() == ["07135", "07140"]
    assert found["adopted"].isna().tolist() == [False, True]
    assert found["complete"].all()


def test_an_adoption_is_not_copied_to_a_unit_that_is_nobodys_principal_successor(units):
    # 57 percent of the gemeindefreie Gebiete 09172444 became 09172454, the rest 09172452 and nothing else did.
    found = keys.harmonise(units(2005, {"09172444": 2004}, "adopted"), "adopted", "adoption")
    assert found["ags"].tolist() == ["09172452", "09172454"]
    assert found["adopted"].astype("object").where(found["adopted"].notna(), None).tolist() == [None, 2004]
    assert found[["n_sources", "complete", "flag"]].to_numpy().tolist() == [
        [0, False, "converted"],
        [1, True, "converted"],
    ]
    # The same with 01060102, of which 01060048 got 45 percent.
    found = keys.harmonise(units(1996, {"01060102": 1995}, "adopted"), "adopted", "adoption")
    assert found["ags"].tolist() == ["01060048", "01060091"]
    assert found["adopted"].isna().tolist() == [True, False]


def test_of_two_equal_successors_the_lower_key_takes_the_adoption(units):
    found = keys.harmonise(units(1990, {"12019550": 1989}, "adopted"), "adopted", "adoption")
    assert by_key(found, "adopted") == {"12071032": 1989}, "12071244 is the successor of others"


# --- properties ------------------------------------------------------------------------------------------

KREISE_2005 = kreise_of(2005)
VALUES = st.lists(st.integers(0, 10**6), min_size=len(KREISE_2005), max_size=len(KREISE_2005))


def all_kreise(values: list[int], size: list[int] | None = None) -> pd.DataFrame:
    return pd.DataFrame({"ags": KREISE_2005, "year": 2005, "population": values, "size": size or 1})


@given(VALUES)
@settings(max_examples=20, deadline=None)
def test_totals_stay_the_same(values):
    for basis in ("population", "area", "employment"):
        found = keys.harmonise(all_kreise(values), to=KREISE, proportional_to=basis)
        assert len(found) == 400
        assert found["complete"].all()
        assert found["population"].sum() == pytest.approx(sum(values), rel=1e-9, abs=1e-6)


@given(VALUES)
@settings(max_examples=20, deadline=None)
def test_unchanged_units_keep_their_figures(values):
    table = all_kreise(values)
    found = keys.harmonise(table, to=KREISE)
    same = found[found["flag"] == "official"].merge(table, on="ags")
    assert len(same) > 300
    assert (same["population_x"] == same["population_y"]).all()


def gemeinden_of(year: int) -> list[str]:
    table = read(paths.raw_dir() / "official" / "crosswalk_gemeinden.csv", TABLES["crosswalk_gemeinden"])
    return sorted(set(table.query("first_year <= @year <= last_year")["ags_old"]))


@given(
    st.sampled_from([1990, 1996, 2005, 2010, 2020]),
    st.sampled_from(["earliest", "latest", "largest", "all"]),
    st.integers(0, 10**6),
)
@settings(max_examples=12, deadline=None)
def test_there_are_never_more_adoptions_out_than_in(year, rule, seed):
    ags, draw = gemeinden_of(year), random.Random(seed)
    adopted = [draw.choice([None, year - 1, year]) for _ in ags]
    table = pd.DataFrame({"ags": ags, "year": year, "adopted": pd.array(adopted, dtype="Int64"), "size": 1})
    weight = "size" if rule == "largest" else None
    found = keys.harmonise(table, "adopted", "adoption", rule=rule, weight=weight)
    assert 0 < found["adopted"].notna().sum() <= table["adopted"].notna().sum()
    assert len(found) == 11_001
    assert found["n_sources"].sum() == len(table), "every unit has exactly one principal successor"


@given(VALUES, VALUES, st.integers(0, 9))
@settings(max_examples=10, deadline=None)
def test_counts_are_linear(first, second, factor):
    both = [a + factor * b for a, b in zip(first, second, strict=True)]
    one, two, sum_ = (keys.harmonise(all_kreise(v), to=KREISE)["population"] for v in (first, second, both))
    assert ((one + factor * two) - sum_).abs().max() < 1e-6


@given(VALUES, VALUES)
@settings(max_examples=10, deadline=None)
def test_shares_stay_between_the_lowest_and_the_highest(values, sizes):
    table = all_kreise(values, [size + 1 for size in sizes])
    found = keys.harmonise(table, how="share", to=KREISE, weight="size")["population"]
    assert found.between(min(values), max(values)).all()
    constant = keys.harmonise(table.assign(population=0.3), how="share", to=KREISE, weight="size")
    assert (constant["population"] == 0.3).all()


@given(st.randoms(use_true_random=False))
@settings(max_examples=10, deadline=None)
def test_the_order_of_rows_columns_and_index_does_not_matter(rng):
    table = all_kreise(list(range(len(KREISE_2005))))
    order = list(range(len(table)))
    rng.shuffle(order)
    turned = table.iloc[order, ::-1]
    pd.testing.assert_frame_equal(
        keys.harmonise(turned, to=KREISE), keys.harmonise(table, to=KREISE), rtol=1e-12
    )


def test_years_do_not_mix(units):
    both = pd.concat([units(2008, {"05313": 1.0, "05354": 2.0}), units(2009, {"05334": 4.0})])
    found = keys.harmonise(both, to=KREISE)
    assert found[["year", "population"]].to_numpy().tolist() == [[2008, 3], [2009, 4]]


def test_the_input_is_left_alone_and_an_empty_table_gives_an_empty_one(units):
    table = units(2015, {"03152": 8.0, "03156": 4.0})
    copy = table.copy()
    keys.harmonise(table, to=KREISE)
    pd.testing.assert_frame_equal(table, copy)
    assert keys.harmonise(table.iloc[:0], to=KREISE).columns.tolist() == [
        "ags", "year", "population", "n_sources", "complete", "flag",
    ]  # fmt: skip


@pytest.mark.parametrize("dtype", ["int64", "Int64", "float32", "Float64"])
def test_any_numeric_type_will_do(units, dtype):
    table = units(2015, {"03152": 8, "03156": 4}).astype({"population": dtype, "year": "Int64"})
    assert keys.harmonise(table, to=KREISE)["population"].tolist() == [12]


# --- refusals --------------------------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("change", "error", "says"),
    [
        ({"ags": ["03152", "3156"]}, InvalidKeyError, "row 3, column 'ags': '3156' has 4 digits"),
        ({"ags": [3152, 3156]}, InvalidKeyError, "row 2, column 'ags': 3152 is not a key"),
        ({"ags": ["03152", None]}, DataError, "row 3, column 'ags': the key is missing"),
        (
            {"ags": ["03152", "03159"]},
            InvalidKeyError,
            "row 3, column 'ags': 03159 is no kreis of 31.12.2015; it did between 2016 and 2020",
        ),
        ({"ags": ["03152", "03999"]}, InvalidKeyError, "03999 is no kreis of 31.12.2015; nor in any year"),
        (
            {"ags": ["03152", "03152012"]},
            InvalidKeyError,
            "row 3, column 'ags': '03152012' is the key of a gemeinde, expected kreis. .*levels apart",
        ),
        ({"ags": ["03152", "03152"]}, DataError, "row 3, column 'ags, year': 03152 in 2015 .* second time"),
        ({"year": [2015, 2021]}, DataError, "row 3, column 'year': 2021 is not covered: .* 1990 to 2020"),
        ({"year": [1989, 2015]}, DataError, "row 2, column 'year': 1989 is not covered"),
        ({"year": [2015, 2015.5]}, DataError, "row 3, column 'year': 2015.5 is not covered"),
        ({"year": ["2015", "2015"]}, DataError, "column 'year': holds no numbers"),
        ({"population": [1.0, None]}, DataError, "row 3, column 'population': the value is missing"),
        ({"population": [1.0, float("inf")]}, DataError, "row 3, column 'population': inf"),
        ({"population": ["1", "2"]}, DataError, "column 'population': holds no numbers"),
        ({"population": [True, False]}, DataError, "column 'population': holds no numbers"),
    ],
)
def test_bad_input_is_one_sentence_with_the_row(units, change, error, says):
    table = units(2015, {"03152": 8.0, "03156": 4.0}).assign(**change)
    with pytest.raises(error, match=says):
        keys.harmonise(table, to=KREISE)


@pytest.mark.parametrize(
    ("options", "says"),
    [
        ({"to": "2023-12-31"}, "no crosswalk to the territorial status '2023-12-31'"),
        ({"how": "sum"}, "how='sum' is unknown"),
        ({"how": "adoption", "rule": "first"}, "rule='first' is unknown"),
        ({"proportional_to": "people"}, "proportional_to='people' is unknown"),
        ({"rule": "earliest"}, "is for how='adoption'"),
        ({"weight": "size"}, "is for how='share' and for rule='largest'"),
        ({"how": "adoption", "rule": "largest"}, "rule='largest' needs weight="),
        ({"value": "people"}, "the column 'people' is missing"),
        ({"how": "share", "weight": "people"}, "the column 'people' is missing"),
        ({"value": "year"}, "'year' cannot be the column"),
        ({"how": "adoption", "rule": "all"}, "row 2, column 'population': 8 is no year of adoption"),
    ],
)
def test_bad_options_say_what_to_write(units, options, says):
    with pytest.raises(DataError, match=says):
        keys.harmonise(units(2015, {"03152": 8.0, "03156": 4.0}), **{"to": KREISE, **options})


@pytest.mark.parametrize(("key", "to"), [("07000999", "2020-12-31"), ("13000", KREISE)])
def test_an_area_without_inhabitants_may_stand_there_with_zero_only(units, key, to):
    known = {"05315000": 7.0} if to != KREISE else {"05315": 7.0}
    alone = keys.harmonise(units(2005, known), to=to)
    pd.testing.assert_frame_equal(keys.harmonise(units(2005, {key: 0.0, **known}), to=to), alone)
    with pytest.raises(InvalidKeyError, match=f"row 2, column 'ags': {key} is an area without inhabitants"):
        keys.harmonise(units(2005, {key: 1.0, **known}), to=to)
    with pytest.raises(InvalidKeyError, match="area without inhabitants"):
        keys.harmonise(units(2005, {key: 0.0, **known}), how="share", to=to)
    with pytest.raises(DataError, match="second time"):
        keys.harmonise(pd.concat([units(2005, {key: 0.0})] * 2), to=to)


def test_a_kreis_is_no_gemeinde(units):
    with pytest.raises(InvalidKeyError, match=r"'03152' is the key of a kreis, .* to='2021-12-31'"):
        keys.harmonise(units(2015, {"03152": 8.0}))


def test_a_negative_weight_is_refused(units):
    table = units(2015, {"03152": (8.0, 5), "03156": (4.0, -5)}, "rate")
    with pytest.raises(DataError, match="row 3, column 'size': -5"):
        keys.harmonise(table, "rate", "share", KREISE, weight="size")


@pytest.mark.parametrize(
    ("table", "options", "says"),
    [
        ([1, 2], {}, "the table is a list, not a pandas DataFrame"),
        (None, {}, "the table is a NoneType"),
        (
            pd.DataFrame({"ags": ["05315000"], "year": [2010], "x": [1]}),
            {"value": ["x"]},
            "no name of a column",
        ),
        (
            pd.DataFrame({"ags": ["05315000"], "year": [2010], "x": [1]}),
            {"value": "x", "to": ["2020"]},
            "no date",
        ),
        (
            pd.DataFrame([["05315000", 2010, 1, 2]], columns=["ags", "year", "x", "x"]),
            {"value": "x"},
            "2 times",
        ),
    ],
)
def test_what_is_no_table_is_refused_in_one_sentence(table, options, says):
    with pytest.raises(DataError, match=says):
        keys.harmonise(table, **options)
