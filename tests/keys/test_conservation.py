"""`keys.harmonise` on the official Gemeindeverzeichnis: totals, territory and population against outside numbers.

Skipped where the official files are absent.
"""

from __future__ import annotations

from dataclasses import dataclass
from functools import cache
from pathlib import Path

import pandas as pd
import pytest

from konzept_diffusion import keys, paths
from konzept_diffusion.schemas.core import read
from konzept_diffusion.schemas.crosswalk import TABLES
from konzept_diffusion.sources import gv_isys

NOBODY = {"07000999", "13000999"}
"""Areas under a key of their own in which nobody lives (the German-Luxembourg condominium, coastal waters)."""


@dataclass(frozen=True)
class Case:
    """An extract, the year whose 31.12. its keys belong to, and what the crosswalk does not know of it.

    `earlier` are keys that the crosswalk ends a year before, `inhabited` those it knows in neither year.
    """

    file: str
    year: int
    total: int
    inhabited: tuple[str, ...] = ()
    earlier: int = 0

    @property
    def nobody(self) -> set[str]:
        """The keys without inhabitants that stand in the extract."""
        since = {"07000999": 2005, "13000999": 2013}
        return {key for key, first in since.items() if self.year >= first}


CASES = (
    # Status 1.1.1991: Sachsen-Anhalt has its new keys, and 20 Gemeinden still stand there that had merged by
    # 31.12.1991. Three that merged in that year in Sachsen-Anhalt bear a key of no 31.12.
    Case("31121990_Auszug_GV.xlsx", 1991, 79_753_227, ("15228280", "15228380", "15320590"), earlier=20),
    # Cunsdorf and Naunhof: dissolved at the turn of the year, the crosswalk has them as gone.
    Case("31121994_Auszug_GV.xlsx", 1994, 81_538_603, ("14045730", "14085170")),
    # Population of 31.12.1997 under the keys of 31.12.1998: the year of the keys counts.
    Case("31121998_Auszug_GV.xlsx", 1998, 81_999_517),
    Case("31122002_Auszug_GV.xlsx", 2002, 82_536_680),
    Case("31122005_Auszug_GV.xlsx", 2005, 82_437_995),
    Case("31122009_Auszug_GV.xlsx", 2009, 81_802_257),
    Case("31122013_Auszug_GV.xlsx", 2013, 80_767_463),
    Case("31122017_Auszug_GV.xlsx", 2017, 82_792_351),
)
IDS = [f"{case.file[:8]}" for case in CASES]
CLEAN = [case for case in CASES if case.year not in (1991, 1998)]
"""Extracts whose population is of the same day as their keys."""


@cache
def crosswalk(name: str) -> pd.DataFrame:
    return read(paths.raw_dir() / "official" / f"{name}.csv", TABLES[name])


def known(year: int, name: str = "crosswalk_gemeinden") -> set[str]:
    return set(crosswalk(name).query("first_year <= @year <= last_year")["ags_old"])


@cache
def gemeinden(folder: Path, file: str) -> pd.DataFrame:
    table = gv_isys.read(folder / file).query("satzart == '60'")[["ags", "name", "population", "area_km2"]]
    return table.assign(population=table["population"].fillna(0))


def prepared(folder: Path, case: Case) -> pd.DataFrame:
    """Return the Gemeinden that the crosswalk knows, each with the year in which it does."""
    table = gemeinden(folder, case.file).assign(year=case.year)
    late = ~table["ags"].isin(known(case.year))
    table.loc[late & table["ags"].isin(known(case.year - 1)) & bool(case.earlier), "year"] = case.year - 1
    nowhere = late & (table["year"] == case.year)
    assert set(table[nowhere]["ags"]) - NOBODY == set(case.inhabited)
    assert NOBODY & set(table["ags"]) == case.nobody
    assert (table[table["ags"].isin(NOBODY)]["population"] == 0).all()
    assert (table["year"] < case.year).sum() == case.earlier
    return table[~table["ags"].isin(case.inhabited)]


def as_kreise(table: pd.DataFrame) -> pd.DataFrame:
    sums = table.assign(ags=table["ags"].str[:5]).groupby(["ags", "year"], as_index=False)
    return sums[["population", "area_km2"]].sum()


@pytest.mark.parametrize("case", CASES, ids=IDS)
def test_the_population_of_germany_stays_the_same(gv_folder, case):
    table = prepared(gv_folder, case)
    left_out = gemeinden(gv_folder, case.file).query("ags in @case.inhabited")["population"].sum()
    assert left_out < 1500
    assert table["population"].sum() + left_out == case.total
    found = keys.harmonise(table)
    assert found["population"].sum() + left_out == pytest.approx(case.total, abs=1e-4)
    assert found["ags"].nunique() == 11_001
    assert found["complete"].all() == (case.year > 1991)


@pytest.mark.parametrize("case", CASES, ids=IDS)
def test_the_same_holds_for_kreise(gv_folder, case):
    table = as_kreise(gemeinden(gv_folder, case.file).assign(year=case.year))
    found = keys.harmonise(table, to="2021-12-31")
    assert found["population"].sum() == pytest.approx(case.total, abs=1e-4)
    assert found["ags"].nunique() == 400
    assert found["complete"].all()


@pytest.mark.parametrize("case", CLEAN, ids=lambda case: case.file[:8])
def test_divided_kreise_have_the_population_of_the_gemeinden_that_moved(gv_folder, case):
    """The weights of the Kreise against native figures of the Gemeinden: two official tables, one answer."""
    table = prepared(gv_folder, case)
    by_weights = keys.harmonise(as_kreise(table), to="2021-12-31").set_index("ags")["population"]
    fine = keys.harmonise(table)
    by_gemeinden = fine.groupby(fine["ags"].str[:5].replace("16056", "16063"))["population"].sum()
    assert by_weights.index.tolist() == by_gemeinden.index.tolist()
    assert (by_weights - by_gemeinden).abs().max() < 1e-3


@pytest.mark.parametrize("case", [case for case in CASES if case.year in (2005, 2009)], ids=["2005", "2009"])
def test_the_territory_of_reformed_kreise_is_that_of_the_extract_of_2021(gv_folder, case):
    # The area without inhabitants has square kilometres, and no place in the crosswalk.
    table = as_kreise(prepared(gv_folder, case).query("ags not in @NOBODY"))
    found = keys.harmonise(table, "area_km2", to="2021-12-31", proportional_to="area").set_index("ags")
    native = as_kreise(gemeinden(gv_folder, "31122021_Auszug_GV.xlsx").assign(year=2021)).set_index("ags")
    reformed = found[found["flag"] == "converted"]
    assert len(reformed) == {2005: 40, 2009: 17}[case.year]
    error = (reformed["area_km2"] / native["area_km2"].reindex(reformed.index) - 1).abs()
    # Surveys and coastlines move by some tenths of a percent, a wrong Gemeinde by more.
    assert error.max() < 0.01
    assert error.median() < 0.002


def test_goettingen_before_2016(gv_folder):
    table = gemeinden(gv_folder, "31122013_Auszug_GV.xlsx")
    parts = {key: table[table["ags"].str[:5] == key]["population"].sum() for key in ("03152", "03156")}
    kreise = pd.DataFrame({"ags": list(parts), "year": 2013, "population": list(parts.values())})
    found = keys.harmonise(kreise, to="2021-12-31")
    assert found[["ags", "complete"]].to_numpy().tolist() == [["03159", True]]
    later = gemeinden(gv_folder, "31122017_Auszug_GV.xlsx")
    native = later[later["ags"].str[:5] == "03159"]["population"].sum()
    assert found["population"][0] == pytest.approx(native, rel=0.03)
    assert found["population"][0] == sum(parts.values()) > 300_000
