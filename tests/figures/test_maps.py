"""Maps: what is filled, what is refused, what stands on them, and the two maps of the paper."""

from __future__ import annotations

import itertools
from dataclasses import replace
from pathlib import Path

import matplotlib.colors
import pandas as pd
import pytest
from matplotlib.collections import PathCollection
from matplotlib.figure import Figure
from matplotlib.text import Text

from konzept_diffusion.errors import DataError, SourceError
from konzept_diffusion.figures import Inputs, karte_grossstaedte, karte_landkreise, maps, style
from konzept_diffusion.figures.labels import SOURCES
from konzept_diffusion.store import load

FILLS = {"yes": maps.Fill("ja", "#08306B"), "no": maps.Fill("nein", "#FEE391", "xx")}
TABLES = ("kommunen", "documents", "events", "search_log")


@pytest.fixture(scope="module")
def real() -> Inputs:
    nothing = pd.DataFrame()
    return Inputs({name: load(name) for name in TABLES}, nothing, nothing, nothing)


def written_on(figure: Figure) -> str:
    return " ".join(text.get_text().replace("\n", " ") for text in figure.findobj(Text))


def filled(figure: Figure) -> dict[str, int]:
    """Return the number of areas on the map by colour; hatched ones count as `hatched`."""
    return {
        "hatched" if drawn.get_hatch() else matplotlib.colors.to_hex(drawn.get_facecolor()[0]): len(
            drawn.get_paths()
        )
        for drawn in figure.axes[0].collections
        if isinstance(drawn, PathCollection)
    }


def lightness(colour: str) -> float:
    """Return the luma of a colour, as a greyscale print shows it (ITU-R BT.601)."""
    red, green, blue = matplotlib.colors.to_rgb(colour)
    return 0.299 * red + 0.587 * green + 0.114 * blue


class TestChoropleth:
    def test_areas_without_a_value_are_hatched_as_not_observed(self) -> None:
        values = pd.Series({"01": 1.0, "02": 5.0, "03": float("nan")})
        figure = maps.choropleth(values, level="land", title="t", breaks=[2, 4])
        pale, dark = maps.SEQUENCE[0].lower(), maps.SEQUENCE[-1].lower()
        assert filled(figure) == {pale: 1, dark: 1, "hatched": 14}
        assert "nicht beobachtet" in written_on(figure)

    def test_nothing_is_said_to_be_missing_where_nothing_is(self) -> None:
        values = pd.Series(3.0, index=[f"{land:02d}" for land in range(1, 17)])
        figure = maps.choropleth(values, level="land", title="t", breaks=[2], lang="en")
        assert "not observed" not in written_on(figure)

    def test_a_class_includes_its_lower_border(self) -> None:
        figure = maps.choropleth(
            pd.Series({"01": 1.99, "02": 2.0}), level="land", title="t", breaks=[2], digits=1, lang="en"
        )
        assert filled(figure)[maps.SEQUENCE[0].lower()] == filled(figure)[maps.SEQUENCE[-1].lower()] == 1
        assert "under 2.0" in written_on(figure)
        assert "2.0 and more" in written_on(figure)

    def test_numbers_are_written_in_the_language_and_the_boundaries_name_their_source(self) -> None:
        values = pd.Series({"05315": 1234.5})
        german, english = (
            written_on(maps.choropleth(values, title="t", breaks=[1000], lang=lang)) for lang in ("de", "en")
        )
        assert "1\u202f000 und mehr" in german
        assert "1,000 and more" in english
        assert "Grenzen: © GeoBasis-DE / BKG (2024), VG250, dl-de/by-2-0; verändert" in german
        assert "Gebietsstand 31.12.2017" in german
        assert "Boundaries: © GeoBasis-DE / BKG (2024), VG250, dl-de/by-2-0; changed" in english

    def test_the_gebietsstand_decides_which_kreise_there_are(self) -> None:
        values = pd.Series({"16056": "yes"})
        assert filled(maps.choropleth(values, title="t", fills=FILLS))["hatched"] == 400
        with pytest.raises(DataError, match=r"16056 has no area on the map of 2021-12-31"):
            maps.choropleth(values, title="t", fills=FILLS, gebietsstand="2021-12-31")

    @pytest.mark.parametrize(
        ("values", "options", "message"),
        [
            ({"05315": "perhaps"}, {"fills": FILLS}, r"no fill for 'perhaps'. Known: yes, no"),
            ({"05315": 1.0}, {"breaks": [2, 1]}, r"a scale of \[2, 1\] cannot be drawn"),
            ({"05315": 1.0}, {}, r"Give one to three breaks"),
            ({"05315000": 1.0}, {"breaks": [1]}, r"05315000 has no area"),
        ],
    )
    def test_what_cannot_be_drawn_is_refused(
        self, values: dict[str, object], options: dict[str, object], message: str
    ) -> None:
        with pytest.raises(DataError, match=message):
            maps.choropleth(pd.Series(values), title="t", **options)  # type: ignore[arg-type]

    def test_two_values_for_one_area_are_refused(self) -> None:
        twice = pd.Series(["yes", "no"], index=["05315", "05315"])
        with pytest.raises(DataError, match="05315 has more than one value"):
            maps.choropleth(twice, title="t", fills=FILLS)

    def test_an_unknown_level_is_refused(self) -> None:
        with pytest.raises(SourceError, match="choose kreis or land"):
            maps.choropleth(pd.Series({"05": 1.0}), level="gemeinde", title="t", breaks=[1])  # type: ignore[arg-type]


class TestPoints:
    TABLE = pd.DataFrame(
        {
            "ags": ["05315000", "05111000"],
            "name": ["Köln", "Düsseldorf"],
            "lat": [50.94, 51.22],
            "lon": [6.96, 6.78],
            "population": [1_080_394, 617_280],
            "value": ["yes", "no"],
        }
    )

    def test_area_is_in_proportion_to_population(self) -> None:
        figure = maps.points(self.TABLE, title="t", fills=FILLS)
        circles = [drawn for drawn in figure.axes[0].collections if len(drawn.get_offsets()) == 2]
        assert len(circles) == 1
        large, small = circles[0].get_sizes()
        assert large / small == pytest.approx(1_080_394 / 617_280)

    def test_names_are_written_and_the_inset_repeats_the_points(self) -> None:
        inset = maps.Inset("Rheinland", (330_000, 5_630_000, 380_000, 5_690_000))
        figure = maps.points(self.TABLE, title="t", fills=FILLS, inset=inset)
        for axes, expected in zip(figure.axes, ([], ["Düsseldorf", "Köln"]), strict=True):
            assert sorted(text.get_text() for text in axes.texts) == expected

    @pytest.mark.parametrize("column", ["lat", "population", "value"])
    def test_a_gap_is_refused_not_dropped(self, column: str) -> None:
        table = self.TABLE.astype(object)
        table.loc[1, column] = None
        with pytest.raises(DataError, match=f"05111000 has no {column}"):
            maps.points(table, title="t", fills=FILLS)

    def test_a_value_without_fill_is_refused(self) -> None:
        with pytest.raises(DataError, match="no fill for 'no'"):
            maps.points(self.TABLE, title="t", fills={"yes": FILLS["yes"]})


class TestKarteGrossstaedte:
    def test_every_city_of_the_survey_has_its_band(self, real: Inputs) -> None:
        table = karte_grossstaedte.data(real)
        assert len(table) == table["ags"].nunique() == 79
        assert (table["band"] == "ohne").sum() == table["year"].isna().sum() == 10
        known = table.dropna(subset=["year"])
        last = known["band"].str[-4:].astype(int)
        assert (known["year"] <= last).all()
        assert set(table["band"]) == {"bis_2005", "2006_2010", "2011_2014", "2015_2017", "ohne"}
        assert not table[["lat", "lon", "population"]].isna().any(axis=None)

    def test_an_adoption_after_the_last_band_is_refused(self, real: Inputs) -> None:
        documents = real.tables["documents"].copy()
        documents.loc[documents["ags"] == "01003000", "year"] = 2019
        with pytest.raises(DataError, match="01003000 has a first adoption after 2017"):
            karte_grossstaedte.data(replace(real, tables={**real.tables, "documents": documents}))


class TestKarteLandkreise:
    def test_every_kreis_has_its_state(self, real: Inputs) -> None:
        table = karte_landkreise.data(real)
        assert len(table) == table["ags"].nunique() == 401
        assert (table["state"] == "kreisfreie_stadt").sum() == 107
        assert set(table["state"]) <= {*karte_landkreise.STATES, "kreisfreie_stadt"}

    def test_the_strongest_evidence_counts(self) -> None:
        keys = ["05154", "05158", "05162", "05166", "05170"]
        kommunen = pd.DataFrame({"ags": keys, "kreis": keys, "name": keys, "kind": "landkreis"})
        documents = pd.DataFrame(
            [
                ("05154", "kein_konzept", "desk_research"),
                ("05154", "beschlossen", "desk_research"),
                ("05158", "entwurf", "desk_research"),
                ("05158", "kein_konzept", "desk_research"),
                ("05162", "kein_konzept", "desk_research"),
                ("05170", "beschlossen", "crawl"),
            ],
            columns=["ags", "status", "source"],
        )
        events = pd.DataFrame(
            [("05154", "first_adoption", "desk_research"), ("05170", "first_adoption", "crawl")],
            columns=["ags", "event", "source"],
        )
        log = pd.DataFrame({"ags": ["05166", None]})
        tables = dict(zip(TABLES, (kommunen, documents, events, log), strict=True))
        table = karte_landkreise.data(Inputs(tables, kommunen, kommunen, kommunen))
        states = ["konzept", "anderes", "ohne_konzept", "nichts_gefunden", "konzept_crawl"]
        assert table["state"].tolist() == states

    def test_the_map_shows_the_counts_of_its_data(self, real: Inputs) -> None:
        table = karte_landkreise.data(real)
        figure = karte_landkreise.draw(table, "de")
        n = table["state"].value_counts()
        colour = karte_landkreise.STATES["konzept"][0].lower()
        assert filled(figure)[colour] == n["konzept"] > 100
        assert f"fertiges Konzept oder Leitbild: {n['konzept']}\u00a0(" in written_on(figure)


@pytest.mark.parametrize("lang", ["de", "en"])
@pytest.mark.parametrize(
    "module", [karte_grossstaedte, karte_landkreise], ids=lambda item: item.__name__[-10:]
)
class TestBothMaps:
    def test_texts_are_complete_on_the_page_and_apart(self, module, lang: str, real: Inputs) -> None:
        figure = module.draw(module.data(real), lang)
        figure.draw_without_rendering()
        boxes = [
            (text.get_text(), Text.get_window_extent(text))
            for text in figure.findobj(Text)
            if text.get_text().strip() and text.get_visible()
        ]
        assert len(boxes) > 10
        for label, box in boxes:
            assert figure.bbox.x0 <= box.x0 < box.x1 <= figure.bbox.x1, label
            assert figure.bbox.y0 <= box.y0 < box.y1 <= figure.bbox.y1, label
        for (one, a), (other, b) in itertools.combinations(boxes, 2):
            wide, high = min(a.x1, b.x1) - max(a.x0, b.x0), min(a.y1, b.y1) - max(a.y0, b.y0)
            assert wide <= 1 or high <= 1, f"{one!r} overlaps {other!r}"

    def test_labels_and_sources(self, module, lang: str, real: Inputs) -> None:
        drawn = written_on(module.draw(module.data(real), lang))
        assert SOURCES[lang]["catalogue"] in drawn
        assert "GeoBasis-DE / BKG" in drawn
        assert set(module.LABELS["de"]) == set(module.LABELS["en"])
        # A class without a Kreis is not in the legend.
        empty = set(karte_landkreise.STATES) - set(karte_landkreise.data(real)["state"])
        for key, label in module.LABELS[lang].items():
            if key not in empty:
                assert label.split("{n}")[-1].strip() in drawn

    def test_files_are_small_and_the_same_twice(
        self, module, lang: str, real: Inputs, tmp_path: Path
    ) -> None:
        data = module.data(real)
        for kind in ("svg", "png"):
            paths = [tmp_path / f"{number}.{kind}" for number in range(2)]
            for path in paths:
                style.save(module.draw(data, lang), path)
            assert paths[0].read_bytes() == paths[1].read_bytes()
            assert 50_000 < paths[0].stat().st_size <= 800_000


def test_the_scales_survive_in_greyscale() -> None:
    steps = [lightness(colour) for colour in maps.SEQUENCE]
    assert all(one - other > 0.15 for one, other in itertools.pairwise(steps))
    plain = [colour for colour, hatch in karte_landkreise.STATES.values() if not hatch]
    greys = sorted(lightness(colour) for colour in [*plain, karte_landkreise.CITY_COLOUR])
    assert all(other - one > 0.15 for one, other in itertools.pairwise(greys))
