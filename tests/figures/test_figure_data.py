"""What the CSV behind each figure holds, against a catalogue whose truth is known."""

from __future__ import annotations

import math
from dataclasses import replace

import pandas as pd
import pytest

from konzept_diffusion.errors import DataError
from konzept_diffusion.figures import Inputs, abbildung_02, hazard, koeffizienten, triangulation, verbreitung
from konzept_diffusion.models.main import SPECIFICATIONS, TIME_TERMS


def with_table(inputs: Inputs, name: str, table: pd.DataFrame) -> Inputs:
    return replace(inputs, tables={**inputs.tables, name: table})


class TestAbbildung02:
    def test_has_exactly_the_agreed_columns_and_four_rows(self, inputs: Inputs) -> None:
        table = abbildung_02.data(inputs)
        assert list(table.columns) == ["band", "n", "share"]
        assert list(table["band"]) == ["bis_2005", "2006_2010", "2011_2014", "2015_2017"]

    def test_counts_cities_by_their_latest_version_with_both_border_years_inside(
        self, inputs: Inputs
    ) -> None:
        # 2005 | 2006, 2010 | 2011, 2014 | 2015, and the city of 2005 that updated in 2017
        table = abbildung_02.data(inputs)
        assert list(table["n"]) == [1, 2, 2, 2]
        assert list(table["share"]) == [14.29, 28.57, 28.57, 28.57]

    @pytest.mark.parametrize(
        ("year", "band"),
        [(1999, 0), (2005, 0), (2006, 1), (2010, 1), (2011, 2), (2014, 2), (2015, 3), (2017, 3)],
    )
    def test_border_years(self, inputs: Inputs, year: int, band: int) -> None:
        documents = inputs.tables["documents"].head(1).assign(year=pd.array([year], dtype="Int64"))
        table = abbildung_02.data(with_table(inputs, "documents", documents))
        assert list(table["n"]) == [int(place == band) for place in range(4)]

    def test_the_document_of_a_kreis_is_not_a_citys(self, inputs: Inputs) -> None:
        kreis = inputs.tables["documents"].query("owner_level == 'kreis'")
        assert len(kreis) == 1
        with pytest.raises(DataError, match="no dated version"):
            abbildung_02.data(with_table(inputs, "documents", kreis))

    def test_a_year_after_the_last_band_is_refused_not_dropped(self, inputs: Inputs) -> None:
        late = inputs.tables["documents"].head(2).assign(year=pd.array([2010, 2018], dtype="Int64"))
        with pytest.raises(DataError, match=r"05112000 has a version of 2018.*2017"):
            abbildung_02.data(with_table(inputs, "documents", late))

    def test_published_shares_come_from_the_table_of_published_results(self, inputs: Inputs) -> None:
        table = abbildung_02.published(inputs)
        known = inputs.tables["published_results"].set_index("result_id")["value"]
        assert list(table["band"]) == ["2006_2010", "2011_2014", "2015_2017"]
        assert list(table["share"]) == [known[result] for result in table["result_id"]]

    def test_a_missing_published_share_is_named(self, inputs: Inputs) -> None:
        published = inputs.tables["published_results"]
        published = published[published["result_id"] != "fg2017_entstehung_2011_2014_share"]
        with pytest.raises(DataError, match="fg2017_entstehung_2011_2014_share"):
            abbildung_02.published(with_table(inputs, "published_results", published))


class TestVerbreitung:
    def test_counts_first_adoptions_cumulatively_by_rule(self, inputs: Inputs) -> None:
        table = verbreitung.data(inputs)
        assert list(table.columns) == ["year", "rule", "new", "cumulative", "share", "n"]
        wide = table.pivot_table(index="year", columns="rule", values="cumulative")
        assert list(wide.index) == list(range(1995, 2018))
        # konzept_oder_leitbild: 2005 (two), 2006, 2010, 2011, 2014, 2015
        assert wide["konzept_oder_leitbild"][[1995, 2004, 2005, 2006, 2009, 2010, 2017]].tolist() == [
            0, 0, 2, 3, 3, 4, 7,
        ]  # fmt: skip
        # the Leitbild of 2006 does not count; the group concept of 1998 counts
        assert wide["nur_konzept"][[2005, 2006, 2017]].tolist() == [2, 2, 6]
        assert wide["mit_gruppenkonzepten"][[1997, 1998, 2017]].tolist() == [0, 1, 8]

    def test_share_is_of_all_grossstaedte_and_new_adds_up(self, inputs: Inputs) -> None:
        table = verbreitung.data(inputs)
        assert set(table["n"]) == {9}
        assert table["share"].tolist() == pytest.approx((100 * table["cumulative"] / 9).tolist())
        assert table.groupby("rule")["new"].cumsum().tolist() == table["cumulative"].tolist()

    def test_adoptions_before_the_wave_are_not_in_the_curve(self, inputs: Inputs) -> None:
        documents = inputs.tables["documents"].head(1).assign(year=pd.array([1994], dtype="Int64"))
        first = verbreitung.data(with_table(inputs, "documents", documents)).query("year == 1995").iloc[0]
        assert (first["new"], first["cumulative"]) == (0, 0)

    def test_milestones_are_those_of_the_window_with_labels(self, inputs: Inputs) -> None:
        programmes = inputs.tables["programmes"]
        table = verbreitung.milestones(inputs)
        wanted = programmes[programmes["milestone"].fillna(False) & programmes["start"].between(1995, 2017)]
        assert len(table) > 5
        assert set(table["programme_id"]) == set(wanted["programme_id"])
        assert table["year"].is_monotonic_increasing
        assert {True, False} == set(table["land"] == "00")

    def test_a_milestone_without_label_is_named(self, inputs: Inputs) -> None:
        programmes = inputs.tables["programmes"].copy()
        programmes.loc[programmes["programme_id"] == "he_wir", "milestone_label_en"] = None
        with pytest.raises(DataError, match=r"milestone_label_en.*he_wir has no label"):
            verbreitung.milestones(with_table(inputs, "programmes", programmes))


class TestHazard:
    def test_events_over_at_risk_by_year(self, inputs: Inputs) -> None:
        table = hazard.data(inputs).set_index("year")
        assert list(table.columns) == ["at_risk", "events", "hazard", "conf_low", "conf_high"]
        assert table.loc[1999, ["at_risk", "events", "hazard"]].tolist() == [10, 0, 0]
        assert table.loc[2000, ["at_risk", "events", "hazard"]].tolist() == [10, 3, 0.3]
        assert table.loc[2001, ["at_risk", "events", "hazard"]].tolist() == [7, 0, 0]
        assert table.loc[2005, ["at_risk", "events", "hazard"]].tolist() == [7, 7, 1]

    def test_wilson_intervals(self, inputs: Inputs) -> None:
        table = hazard.data(inputs).set_index("year")
        n, p, z = 10, 0.3, 1.959963984540054
        centre = (p + z**2 / (2 * n)) / (1 + z**2 / n)
        half = z / (1 + z**2 / n) * math.sqrt(p * (1 - p) / n + z**2 / (4 * n**2))
        assert table.loc[2000, ["conf_low", "conf_high"]].tolist() == pytest.approx(
            [centre - half, centre + half]
        )
        assert table.loc[1999, "conf_low"] == 0.0
        assert table.loc[2005, "conf_high"] == 1.0

    def test_years_without_anyone_at_risk_stay_with_a_missing_hazard(self, inputs: Inputs) -> None:
        table = hazard.data(inputs).set_index("year")
        assert list(table.index) == list(range(1996, 2018))
        assert table.loc[2006:, "at_risk"].eq(0).all()
        assert table.loc[2006:, ["hazard", "conf_low", "conf_high"]].isna().all(axis=None)


class TestKoeffizienten:
    def test_rescales_estimate_error_and_interval(self, inputs: Inputs) -> None:
        table = koeffizienten.data(inputs).set_index(["model", "vcov", "term"])
        raw = inputs.coefficients.set_index(["model", "vcov", "term"])
        for term, scale in (("log_population", math.log(2)), ("foreign_share_lag", 5), ("census_break", 1)):
            shown, given = table.loc[("m1", "CR3", term)], raw.loc[("m1", "CR3", term)]
            assert shown["scale"] == pytest.approx(scale)
            assert shown["estimate"] == pytest.approx(scale * given["estimate"])
            assert shown["std_error"] == pytest.approx(scale * given["std_error"])
            assert shown["hazard_ratio"] == pytest.approx(math.exp(scale * given["estimate"]))
            assert shown["conf_low"] == pytest.approx(math.exp(scale * given["conf_low"]))
            assert shown["conf_high"] == pytest.approx(math.exp(scale * given["conf_high"]))

    def test_a_doubling_of_population_with_coefficient_one_doubles_the_hazard(self, inputs: Inputs) -> None:
        table = inputs.coefficients.assign(estimate=1.0)
        shown = koeffizienten.data(replace(inputs, coefficients=table)).query("term == 'log_population'")
        assert shown["hazard_ratio"].tolist() == pytest.approx([2.0] * len(shown))

    def test_shows_every_term_but_time_of_every_model(self, inputs: Inputs) -> None:
        table = koeffizienten.data(inputs)
        given = inputs.coefficients
        assert len(table) == (~given["term"].isin(TIME_TERMS)).sum() > 0
        assert not set(table["term"]) & set(TIME_TERMS)
        assert set(table["model"]) == {item.name for item in SPECIFICATIONS}

    def test_level_is_found_from_the_intervals(self, inputs: Inputs) -> None:
        assert set(koeffizienten.data(inputs)["level"]) == {0.95}

    def test_a_model_that_is_missing_is_named(self, inputs: Inputs) -> None:
        table = inputs.coefficients.query("not (model == 'm2' and vcov == 'CR3')")
        with pytest.raises(DataError, match=r"'m2' with CR3"):
            koeffizienten.data(replace(inputs, coefficients=table))

    def test_a_term_without_label_is_named(self, inputs: Inputs) -> None:
        table = inputs.coefficients.replace({"term": {"programme": "new_term"}})
        with pytest.raises(DataError, match="'new_term' has neither scale nor label"):
            koeffizienten.data(replace(inputs, coefficients=table))


class TestTriangulation:
    def test_keeps_the_columns_needed_with_reasons(self, inputs: Inputs) -> None:
        table = triangulation.data(inputs)
        assert list(table.columns) == list(triangulation.COLUMNS)
        assert list(table["year"]) == [1998, 1998, 2007, 2011, 2016, 2017]
        assert table[["reason_de", "reason_en"]].notna().all(axis=None)

    def test_a_missing_column_is_named(self, inputs: Inputs) -> None:
        with pytest.raises(DataError, match="'reason_de' is missing"):
            triangulation.data(replace(inputs, triangulation=inputs.triangulation.drop(columns="reason_de")))
