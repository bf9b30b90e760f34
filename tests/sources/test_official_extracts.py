"""From official tables to our own: the register, the census figures of its Gemeinden, the files written."""

from __future__ import annotations

import pandas as pd
import pytest

from konzept_diffusion.errors import SourceError
from konzept_diffusion.sources import extract as extract_function
from konzept_diffusion.sources import gv_isys
from konzept_diffusion.sources.extraction import (
    by_population_date,
    register,
)

Unit = tuple[str, str | None, str, float | None, int | None, float | None, float | None]
NOW: list[Unit] = [
    ("05", None, "Nordrhein-Westfalen", None, None, None, None),
    ("05315", "41", "Köln, Stadt", None, None, None, None),
    ("05315000", "61", "Köln, Stadt", 405.02, 1080394, 50.94, 6.96),
    ("05358", "43", "Düren", None, None, None, None),
    ("05358004", "64", "Aldenhoven", 44.26, 13900, 50.9, 6.3),
    ("05358008", "63", "Düren, Stadt", 85.01, 20200, 50.8, 6.5),
    ("05358012", "60", "Markt", 10.0, 19800, 50.7, 6.4),
    ("05358444", "66", "Gemeindefreies Gebiet", 3.333, 0, None, None),
]
EARLIER: list[Unit] = [
    ("05315000", "61", "Köln, Stadt", 405.02, 1034175, 50.94, 6.96),
    ("05358004", "64", "Aldenhoven", 44.26, 13500, 50.9, 6.3),
    ("05358012", "60", "Markt", 10.0, 20200, 50.7, 6.4),
]
NO_CHANGES = pd.DataFrame(columns=["ags", "ags_old", "valid_until", "name"], dtype="str")


def table(units: list[Unit], stand: str = "2017-12-31") -> pd.DataFrame:
    frame = pd.DataFrame(units, columns=["ags", "textkz", "name", "area_km2", "population", "lat", "lon"])
    frame["satzart"] = frame["ags"].str.len().map({2: "10", 5: "40", 8: "60"})
    frame["stand"] = frame["population_date"] = stand
    return frame.astype({"population": "Int64", "lat": "float64", "lon": "float64", "area_km2": "float64"})


def changes(*rows: tuple[str, str, str, str]) -> pd.DataFrame:
    return pd.DataFrame(rows, columns=NO_CHANGES.columns)


def make_register(now: list[Unit] = NOW, extra: tuple[str, ...] = ()) -> pd.DataFrame:
    return register(table(EARLIER, "2013-12-31"), table(now), extra, NO_CHANGES).set_index("ags")


def test_the_register_holds_landkreise_and_gemeinden_of_20000_in_2015_or_2017() -> None:
    units = make_register()
    # Düren by 2017; Markt by exactly 20,000 midway; Aldenhoven is too small, 05358444 no Gemeinde.
    assert units["kind"].to_dict() == {
        "05315000": "kreisfreie_stadt",
        "05358": "landkreis",
        "05358008": "kreisangehoerige_stadt",
        "05358012": "gemeinde",
    }
    assert units["kreis_name"].to_dict()["05358008"] == "Düren"
    assert set(units["stand"]) == {"2017-12-31"}


def test_one_inhabitant_less_midway_and_the_gemeinde_is_out() -> None:
    now = [unit if unit[0] != "05358012" else (*unit[:4], 19798, *unit[5:]) for unit in NOW]
    assert "05358012" not in make_register(now).index


def test_extra_keys_are_in_whatever_their_size_and_unknown_ones_refused() -> None:
    assert make_register(extra=("05358004", "05358")).loc["05358004", "population_2013"] == 13500
    for unknown in ("05358999", "05315", "05358444"):
        with pytest.raises(SourceError, match=f"the key {unknown} is no Gemeinde or Landkreis of 31.12.2017"):
            make_register(extra=(unknown,))


def test_a_landkreis_has_the_sums_and_the_weighted_point_of_its_gemeinden() -> None:
    kreis = make_register().loc["05358"]
    assert kreis["population_2017"] == 13900 + 20200 + 19800
    assert kreis["population_2013"] == 13500 + 20200
    assert kreis["area_km2"] == pytest.approx(44.26 + 85.01 + 10 + 3.33)
    assert kreis["lat"] == round((50.9 * 13900 + 50.8 * 20200 + 50.7 * 19800) / 53900, 4)
    assert kreis["lon"] == round((6.3 * 13900 + 6.5 * 20200 + 6.4 * 19800) / 53900, 4)


def test_population_2013_is_missing_where_the_key_did_not_exist() -> None:
    assert pd.isna(make_register().loc["05358008", "population_2013"])


def test_an_earlier_key_gives_the_population_of_2013() -> None:
    before = table([("05358001", "63", "Düren, Stadt", 85.0, 19000, 50.8, 6.5)], "2013-12-31")
    units = register(before, table(NOW), (), changes(("05358008", "05358001", "2014-12-31", "Düren, Stadt")))
    assert units.set_index("ags").loc["05358008", "population_2013"] == 19000


def test_an_inhabited_gemeinde_without_a_point_is_refused() -> None:
    now = [unit if unit[0] != "05358004" else (*unit[:5], None, None) for unit in NOW]
    with pytest.raises(SourceError, match=r"Aldenhoven \(05358004\) has no coordinates"):
        make_register(now)


def test_of_two_extracts_with_the_same_population_the_nearer_status_counts() -> None:
    chosen = {item.population_date: item.file for item in by_population_date()}
    assert chosen["2023-12-31"] == "31122023_Auszug_GV.xlsx"
    assert len(chosen) == len(gv_isys.VINTAGES) - 1


def test_the_package_offers_extract_and_fetch_lazily() -> None:
    from konzept_diffusion import sources

    assert callable(extract_function)
    assert callable(sources.fetch)
    assert sources.gv_isys is gv_isys
    assert {"extract", "fetch", "gv_isys", "inkar"} <= set(dir(sources))
    with pytest.raises(AttributeError, match=r"no attribute 'zensus'"):
        _ = sources.zensus
