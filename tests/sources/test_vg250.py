"""Boundaries: repair, unions, adjacency and the project's own simplified build."""

from __future__ import annotations

import json
from pathlib import Path

import geopandas as gpd
import pandas as pd
import pytest
import shapely
from shapely import Polygon, box

from konzept_diffusion import keys
from konzept_diffusion.errors import SourceError
from konzept_diffusion.sources import topojson, vg250
from konzept_diffusion.store import load_raw

PROJECT = Path(__file__).resolve().parents[2]
BUILD = PROJECT / "data" / "raw" / "official" / "kreise_2017.topojson"
KM = 1000.0


def gemeinden(**shapes: Polygon) -> gpd.GeoDataFrame:
    """Return a table of Gemeinden, named g<AGS>."""
    return gpd.GeoDataFrame(
        {"ags": [name[1:] for name in shapes]}, geometry=list(shapes.values()), crs=vg250.CRS
    )


def square(x: float, y: float) -> Polygon:
    return box(x * KM, y * KM, (x + 1) * KM, (y + 1) * KM)


SQUARES = gemeinden(
    g16063001=square(0, 0), g16063105=square(1, 0), g16064001=square(2, 0), g09472001=square(3, 1)
)


class TestReading:
    def write(self, folder: Path, **columns: object) -> Path:
        table = gpd.GeoDataFrame(
            {"ARS": ["010510044044", "010020000000"]}, geometry=[square(0, 0), square(1, 0)], crs=vg250.CRS
        )
        path = folder / "outlines.gpkg"
        table.assign(**columns).to_file(path)
        return path

    def test_the_key_leaves_out_the_verband(self, tmp_path: Path) -> None:
        table = vg250.read_gemeinden(self.write(tmp_path))
        assert table["ags"].tolist() == ["01002000", "01051044"]
        assert table.crs.to_epsg() == vg250.CRS

    def test_stretches_of_water_are_left_out(self, tmp_path: Path) -> None:
        table = vg250.read_gemeinden(self.write(tmp_path, ARS=["010020000000"] * 2, GF=[4, 2]))
        assert table["ags"].tolist() == ["01002000"]
        assert table.total_bounds.tolist() == [0, 0, KM, KM]

    @pytest.mark.parametrize(
        ("columns", "message"),
        [
            ({"ARS": ["1051004404", "010020000000"]}, r"outlines.gpkg, row 1: ARS '1051004404' is no key"),
            ({"ARS": ["990510044044", "010020000000"]}, r"begins with '99', which is no Land"),
            ({"ARS": ["010020000000"] * 2}, r"the Gemeinde 01002000 stands there twice"),
            (
                {"geometry": gpd.GeoSeries([shapely.Point(0, 0), square(1, 0)], crs=vg250.CRS)},
                "01051044 has no area",
            ),
        ],
    )
    def test_what_is_odd_is_named(self, tmp_path: Path, columns: dict[str, object], message: str) -> None:
        with pytest.raises(SourceError, match=message):
            vg250.read_gemeinden(self.write(tmp_path, **columns))

    def test_a_renamed_column_is_named_with_what_there_is(self, tmp_path: Path) -> None:
        path = tmp_path / "outlines.geojson"
        SQUARES.rename(columns={"ags": "AGS"}).to_file(path)
        with pytest.raises(SourceError, match=r"column ARS .* is missing; there are: AGS"):
            vg250.read_gemeinden(path)

    def test_a_missing_file_and_one_of_another_kind(self, tmp_path: Path) -> None:
        with pytest.raises(SourceError, match="there is no such file"):
            vg250.read_gemeinden(tmp_path / "nothing.zip")
        (tmp_path / "page.zip").write_text("<html>not found</html>")
        with pytest.raises(SourceError, match=r"page.zip: is no readable file of outlines") as caught:
            vg250.read_gemeinden(tmp_path / "page.zip")
        assert "\n" not in str(caught.value)


class TestRepair:
    def test_a_clean_coverage_stays_as_it_is(self) -> None:
        table, report = vg250.repair(SQUARES)
        assert (report.invalid, report.moved_km2, report.largest) == ((), 0, 0)
        assert shapely.equals(table.geometry.to_numpy(), SQUARES.geometry.to_numpy()).all()

    def test_an_overlap_goes_to_one_of_the_two_and_is_reported(self) -> None:
        wide = gemeinden(
            g01001000=box(0, 0, 100 * KM, 100 * KM), g01002000=box(99.99 * KM, 0, 200 * KM, 100 * KM)
        )
        table, report = vg250.repair(wide)
        assert shapely.coverage_is_valid(table.geometry.to_numpy())
        assert table.area.sum() == pytest.approx(200 * 100 * KM**2)
        assert report.moved_km2 == pytest.approx(0.5)
        assert report.largest == pytest.approx(0.01 / 100.01, rel=0.01)

    def test_an_outline_that_crosses_itself_becomes_valid(self) -> None:
        ear = Polygon(
            [(0, 0), (500 * KM, 0), (500 * KM, 500 * KM), (0, 500 * KM), (0, 0.2 * KM), (-0.1 * KM, 0.1 * KM)]
        )
        crossing = Polygon([*ear.exterior.coords[:5], (0.05 * KM, -0.1 * KM), (-0.1 * KM, 0.1 * KM)])
        assert not crossing.is_valid
        table, report = vg250.repair(gemeinden(g01001000=crossing))
        assert report.invalid == ("01001000",)
        assert table.is_valid.all()

    def test_too_much_is_refused(self) -> None:
        with pytest.raises(SourceError, match="overlap too much to be repaired"):
            vg250.repair(gemeinden(g01001000=square(0, 0), g01002000=square(0.5, 0)))


class TestUnions:
    def test_eisenach_is_a_kreis_of_its_own_only_in_2017(self) -> None:
        then, now = (vg250.kreise(SQUARES, stand) for stand in ("2017-12-31", "2021-12-31"))
        assert then["ags"].tolist() == ["09472", "16056", "16063", "16064"]
        assert now["ags"].tolist() == ["09472", "16063", "16064"]
        assert now.set_index("ags").area["16063"] == 2 * KM**2
        assert now["land"].tolist() == ["09", "16", "16"]

    def test_laender_hold_their_kreise(self) -> None:
        laender = vg250.laender(vg250.kreise(SQUARES)).set_index("ags")
        assert laender.area.to_dict() == {"09": KM**2, "16": 3 * KM**2}

    def test_another_gebietsstand_is_refused(self) -> None:
        with pytest.raises(
            SourceError, match=r"'2010-12-31': choose the Gebietsstand 2017-12-31 or 2021-12-31"
        ):
            vg250.kreise(SQUARES, "2010-12-31")


class TestNeighbours:
    def test_a_common_border_counts_a_common_point_does_not(self) -> None:
        table = vg250.neighbours(SQUARES)
        assert table.to_numpy().tolist() == [["16063001", "16063105", 1.0], ["16063105", "16064001", 1.0]]

    def test_gemeinden_appear_under_their_keys_of_2017(self) -> None:
        register = pd.DataFrame({"ags": ["16056000", "16064001", "16064"]})
        table = vg250.gemeinde_adjacency(SQUARES, register)
        assert table.to_numpy().tolist() == [["16056000", "16064001", 1.0]]

    def test_a_gemeinde_without_outline_is_named(self) -> None:
        register = pd.DataFrame({"ags": ["16064001", "05315000"]})
        assert vg250.without_outline(SQUARES, register["ags"]) == ["05315000"]
        with pytest.raises(SourceError, match=r"1 Gemeinden of the register have no outline \(05315000\)"):
            vg250.gemeinde_adjacency(SQUARES, register)


class TestTopojson:
    # A ring with an enclave, a neighbour, and an island with a neighbour that touches it in a point.
    SHAPES = gpd.GeoSeries(
        {
            "a": box(0, 0, 100, 100).difference(box(20, 20, 40, 40)),
            "b": shapely.MultiPolygon([box(20, 20, 40, 40), box(300, 0, 400, 100)]),
            "c": box(100, 0, 200, 100),
            "d": box(400, 100, 500, 200),
        },
        crs=vg250.CRS,
    )

    def write(self, folder: Path) -> Path:
        path = folder / "x.topojson"
        path.write_text(topojson.encode(self.SHAPES, "x", grid=10, members={}), encoding="utf-8")
        return path

    def test_what_is_written_reads_back(self, tmp_path: Path) -> None:
        back = gpd.read_file(self.write(tmp_path)).set_index("id").geometry
        assert shapely.equals(back[self.SHAPES.index].to_numpy(), self.SHAPES.to_numpy()).all()

    def test_a_shared_border_stands_once(self, tmp_path: Path) -> None:
        arcs = json.loads(self.write(tmp_path).read_text())["arcs"]
        steps = sum(len(arc) - 1 for arc in arcs)
        # a: 8 sides, b: 4 more (the enclave is a's), c: 3 more, d: 4
        assert steps == 8 + 4 + 3 + 4

    def test_the_order_of_the_rows_does_not_matter(self) -> None:
        one, other = (
            topojson.encode(shapes, "x", grid=10, members={}) for shapes in (self.SHAPES, self.SHAPES[::-1])
        )
        assert one == other


class TestBuild:
    @pytest.mark.parametrize(
        ("level", "stand", "count"),
        [("kreis", "2017-12-31", 401), ("kreis", "2021-12-31", 400), ("land", "2017-12-31", 16)],
    )
    def test_the_outlines_are_a_valid_coverage(self, level: vg250.Level, stand: str, count: int) -> None:
        table = vg250.load_boundaries(level, stand)
        assert list(table.columns) == ["ags", "name", "land", "geometry"]
        assert len(table) == table["ags"].nunique() == count
        assert table.crs.to_epsg() == vg250.CRS
        assert table.is_valid.all()
        assert shapely.coverage_is_valid(table.geometry.to_numpy())
        assert table["name"].notna().all()
        assert set(table["land"]) == set(keys.LAENDER)

    def test_the_kreise_of_2017_are_those_of_the_register(self) -> None:
        register = load_raw("register").query("kind in ('landkreis', 'kreisfreie_stadt')")
        table = vg250.load_boundaries().set_index("ags")
        assert set(table.index) == set(register["kreis"])
        assert register["kind"].value_counts().to_dict() == {"landkreis": 294, "kreisfreie_stadt": 107}
        assert table.loc["16056", "name"] == "Eisenach, Stadt"

    def test_the_file_is_small_text_with_its_source(self) -> None:
        assert BUILD.stat().st_size <= 500_000
        head = BUILD.read_text(encoding="utf-8")[:600]
        assert "© GeoBasis-DE / BKG (2024)" in head
        assert "dl-de/by-2-0" in head
        assert "EPSG::25832" in head

    def test_every_place_of_the_register_lies_in_its_kreis(self) -> None:
        register = load_raw("register")
        places = gpd.GeoSeries(gpd.points_from_xy(register["lon"], register["lat"]), crs=4326).to_crs(
            vg250.CRS
        )
        units = vg250.load_boundaries().set_index("ags").geometry
        own = gpd.GeoSeries(units[register["kreis"]].to_numpy(), crs=vg250.CRS)
        away = places.distance(own)
        outside = register.assign(x=places.x, y=places.y, away=away)[away > 0].set_index("ags")
        # Two harbours lie in the lake, and so does the middle of the Landkreis Lindau.
        lake = ["08335043", "09776", "09776116"]
        assert outside.loc[lake, "away"].max() < 1500
        # The population-weighted point of a Landkreis can lie in the kreisfreie Stadt that it surrounds.
        rings = outside.drop(lake)
        assert set(rings["kind"]) == {"landkreis"}
        assert len(rings) == 17
        cities = units[register.loc[register["kind"] == "kreisfreie_stadt", "kreis"]]
        for row in rings.itertuples():
            inside = cities[cities.contains(shapely.Point(row.x, row.y))]
            assert len(inside) == 1, row.name
            assert inside.iloc[0].touches(units[row.kreis]), row.name

    def test_a_missing_or_damaged_file_says_what_to_do(self, tmp_path: Path) -> None:
        with pytest.raises(SourceError, match=r"no such file. Write it with `konzept-diffusion fetch vg250`"):
            vg250.load_boundaries(path=tmp_path / "none.topojson")
        half = tmp_path / "half.topojson"
        half.write_bytes(BUILD.read_bytes()[: BUILD.stat().st_size // 2])
        with pytest.raises(SourceError, match=r"fetch vg250|expected were 401"):
            vg250.load_boundaries(path=half)

    def test_an_unknown_level_is_refused(self) -> None:
        with pytest.raises(SourceError, match="'gemeinde': choose kreis or land"):
            vg250.load_boundaries("gemeinde")  # type: ignore[arg-type]
