"""Boundaries on the official files (skipped where these are absent)."""

from __future__ import annotations

from pathlib import Path

import geopandas as gpd
import pandas as pd
import pytest
import shapely

from konzept_diffusion import files
from konzept_diffusion.schemas import read
from konzept_diffusion.schemas.geography import ADJACENCY_GEMEINDEN
from konzept_diffusion.sources import gv_isys, vg250
from konzept_diffusion.sources.tracing import CHANGED, NEXT_KEYS
from konzept_diffusion.store import load_raw

PROJECT = Path(__file__).resolve().parents[2]
OFFICIAL = PROJECT / "data" / "raw" / "official"


@pytest.fixture(scope="module")
def boundaries(mirror: Path) -> Path:
    folder = mirror / vg250.FOLDER
    if not (folder / vg250.FILE).is_file():
        pytest.skip(f"needs the official outlines: {folder} is not there; set KONZEPT_MIRROR")
    return folder


@pytest.fixture(scope="module")
def gemeinden(boundaries: Path) -> gpd.GeoDataFrame:
    return vg250.read_gemeinden(boundaries / vg250.FILE)


def test_the_repair_changes_next_to_nothing(boundaries: Path) -> None:
    outlines = vg250.read_outlines(boundaries / vg250.FILE)
    table, report = vg250.repair(outlines)
    assert len(outlines) == 10_990
    assert len(report.invalid) == 37
    assert report.moved_km2 < 3
    assert (report.largest_ags, round(report.largest, 3)) == ("16061056", 0.057)
    assert not shapely.coverage_is_valid(outlines.geometry.to_numpy())
    assert shapely.coverage_is_valid(table.geometry.to_numpy())


def test_the_simplified_kreise_keep_their_area(gemeinden: gpd.GeoDataFrame) -> None:
    full = vg250.kreise(gemeinden, vg250.THEN).set_index("ags").area
    simple = vg250.load_boundaries().set_index("ags").area
    assert list(simple.index) == list(full.index)
    assert simple.sum() == pytest.approx(full.sum(), rel=1e-4)
    assert (simple / full - 1).abs().max() < 0.01


def test_the_laender_agree_with_another_official_file(boundaries: Path) -> None:
    other = gpd.read_file(boundaries / "bundeslaender.geojson").to_crs(vg250.CRS).set_index("state_code")
    own = vg250.load_boundaries("land").set_index("ags")
    assert set(own.index) == set(other.index)
    assert (own.area / other.area - 1).abs().max() < 0.01


def test_areas_differ_from_2017_by_over_one_per_cent_only_where_it_is_known(mirror: Path) -> None:
    def areas(file: str) -> pd.Series:
        table = gv_isys.read(mirror / "gv_isys" / file).query("satzart == '60'")
        key = table["ags"].map(vg250.SEPARATE).fillna(table["ags"].str[:5])
        return table["area_km2"].groupby(key).sum()

    then, now = areas("31122017_Auszug_GV.xlsx"), areas("AuszugGV4QAktuell_2024.xlsx")
    known = vg250.load_boundaries()["ags"]  # the extracts also list stretches of water
    assert set(known) <= set(then.index) & set(now.index)
    changed = (now[known] / then[known] - 1).abs() > 0.01
    assert set(changed[changed].index) == CHANGED


def test_the_neighbouring_kreise_are_what_the_outlines_give(gemeinden: gpd.GeoDataFrame) -> None:
    committed = PROJECT / "data" / "raw" / "kreis_adjacency.csv"
    assert files.csv_text(vg250.kreis_adjacency(gemeinden)) == committed.read_text(encoding="utf-8")


def test_every_kreis_of_2017_has_a_neighbour_unless_it_is_an_island() -> None:
    table = load_raw("kreis_adjacency")
    assert (table["kreis_a"] < table["kreis_b"]).all()
    assert set(table["kreis_a"]) | set(table["kreis_b"]) == set(load_raw("register")["kreis"])
    assert len(table) == 1046
    eisenach = table[(table["kreis_a"] == "16056") | (table["kreis_b"] == "16056")]
    # Round about lies the Wartburgkreis; in the west the city reaches the Werra-Meißner-Kreis.
    assert set(eisenach["kreis_a"]) | set(eisenach["kreis_b"]) == {"06636", "16056", "16063"}


def test_every_gemeinde_of_the_register_has_an_outline(gemeinden: gpd.GeoDataFrame) -> None:
    wanted = load_raw("register").query("kind != 'landkreis'")["ags"]
    assert len(wanted) == 712
    assert vg250.without_outline(gemeinden, wanted) == []
    assert sorted(set(wanted) - set(gemeinden["ags"])) == sorted(NEXT_KEYS)


def test_neighbouring_gemeinden() -> None:
    table = read(OFFICIAL / "adjacency_gemeinden.csv", ADJACENCY_GEMEINDEN)
    assert (table["ags_a"] < table["ags_b"]).all()
    assert set(table["ags_a"]) | set(table["ags_b"]) <= set(load_raw("register")["ags"])
    pairs = set(zip(table["ags_a"], table["ags_b"], strict=True))
    assert ("05315000", "05316000") in pairs  # Köln and Leverkusen
    assert ("07314000", "08222000") in pairs  # Ludwigshafen and Mannheim, across the Rhine
    assert ("05315000", "05111000") not in pairs  # Köln and Düsseldorf


def test_the_committed_files_are_what_the_official_files_give(boundaries: Path, tmp_path: Path) -> None:
    written = vg250.write_boundaries(boundaries.parent, tmp_path)
    assert sorted(path.name for path in written) == ["adjacency_gemeinden.csv", "kreise_2017.topojson"]
    for path in written:
        assert path.read_bytes() == (OFFICIAL / path.name).read_bytes(), f"{path.name}: run `fetch vg250`"
