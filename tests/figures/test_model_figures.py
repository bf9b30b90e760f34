"""Specification curve and tipping points: what is drawn is what the table says."""

from __future__ import annotations

import itertools
import math
import string
from dataclasses import replace
from types import ModuleType

import numpy as np
import pandas as pd
import pytest
from matplotlib.text import Text
from model_tables import SENSITIVITIES, TERMS, specifications_of
from test_figure_labels import texts_of, written_on

from konzept_diffusion.errors import DataError
from konzept_diffusion.figures import Inputs, kipppunkt, spezifikationskurve
from konzept_diffusion.figures.labels import SOURCES
from konzept_diffusion.files import csv_text


@pytest.fixture(scope="module")
def estimated(inputs: Inputs) -> Inputs:
    return inputs


@pytest.fixture(params=[spezifikationskurve, kipppunkt], ids=["spezifikationskurve", "kipppunkt"])
def figure_module(request: pytest.FixtureRequest) -> ModuleType:
    return request.param


def test_the_curve_has_every_specification_once_per_term_in_the_order_of_its_effect(
    estimated: Inputs,
) -> None:
    data = spezifikationskurve.data(estimated)
    assert len(data) == 3 * 648
    for term in TERMS:
        part = data[data["term"] == term]
        assert list(part["rank"].dropna()) == list(range(1, 648))
        assert part["effect"].dropna().is_monotonic_increasing
        assert list(part.loc[part["rank"].isna(), "status"]) == ["failed"]


def test_effects_are_percentage_points_per_readable_step(estimated: Inputs) -> None:
    data = spezifikationskurve.data(estimated).query("specification == 100").set_index("term")
    raw = specifications_of().query("specification == 100").set_index("term")
    for term, step in {"log_population": math.log(2), "foreign_share_lag": 5, "programme": 1}.items():
        for name in ("effect", "effect_low", "effect_high"):
            assert data.loc[term, name] == pytest.approx(100 * step * raw.loc[term, name])


def test_the_matrix_marks_the_chosen_options_and_no_other(estimated: Inputs) -> None:
    data = spezifikationskurve.data(estimated)
    figure = spezifikationskurve.draw(data)
    rows = spezifikationskurve._rows(data)
    curve = data[(data["term"] == "programme") & data["rank"].notna()].sort_values("rank")
    image = figure.axes[5].images[0].get_array()
    lines = image.reshape(len(rows), -1, len(curve)).max(axis=1)
    for (dimension, name), line in zip(rows, lines, strict=True):
        chosen = np.zeros(len(curve), bool) if name is None else (curve[dimension] == name).to_numpy()
        np.testing.assert_array_equal(line > 0, chosen)
        np.testing.assert_array_equal(line == 2, chosen & curve["significant"].to_numpy(dtype=bool))


def test_the_curve_tells_what_could_not_be_estimated(estimated: Inputs) -> None:
    drawn = written_on(spezifikationskurve.draw(spezifikationskurve.data(estimated), "en"))
    assert "Not estimable: 1." in drawn
    assert "648 models" in drawn


def test_options_that_were_not_declared_are_drawn_by_their_name(estimated: Inputs) -> None:
    data = spezifikationskurve.data(estimated).replace({"coding": {"nur_konzept": "my_rule"}})
    drawn = written_on(spezifikationskurve.draw(data, "en"))
    assert "my_rule" in drawn
    assert "Concept only" not in drawn


def test_tipping_points_are_hazard_ratios_per_step(estimated: Inputs) -> None:
    data = kipppunkt.data(estimated)
    row = data.iloc[0]
    assert row["hazard_ratio"] == pytest.approx(2**0.3)
    assert row["conf_low"] == pytest.approx(2**0.2)
    assert sorted(data["sensitivity"].unique(), reverse=True) == list(SENSITIVITIES)


def test_a_perfect_search_is_on_the_left(estimated: Inputs) -> None:
    left, right = kipppunkt.draw(kipppunkt.data(estimated)).axes[0].get_xlim()
    assert left > 1 > SENSITIVITIES[-1] > right


def test_verdicts_differ_in_shape_or_filling_and_not_in_colour_alone() -> None:
    looks = [(look["marker"], look["markerfacecolor"] == "white") for look in kipppunkt._LOOK.values()]
    assert len(set(looks)) == len(looks)


def test_one_series_needs_no_legend_of_series(estimated: Inputs) -> None:
    data = kipppunkt.data(estimated).query("series == '1'").assign(series="all")
    assert "sensitivity of the rest" not in written_on(kipppunkt.draw(data, "en"))


@pytest.mark.parametrize("lang", ["de", "en"])
def test_every_label_and_the_source_line_are_drawn(
    figure_module: ModuleType, estimated: Inputs, lang: str
) -> None:
    drawn = written_on(figure_module.draw(figure_module.data(estimated), lang))
    for key, label in figure_module.LABELS[lang].items():
        for part, _, _, _ in string.Formatter().parse(label.replace("\n", " ")):
            assert part.strip() in drawn, (key, part)
    assert SOURCES[lang]["models"] in drawn


@pytest.mark.parametrize("lang", ["de", "en"])
def test_nothing_written_overlaps(figure_module: ModuleType, estimated: Inputs, lang: str) -> None:
    figure = figure_module.draw(figure_module.data(estimated), lang)
    boxes = [(text.get_text(), Text.get_window_extent(text)) for text in texts_of(figure)]
    assert len(boxes) > 20
    page = figure.bbox
    for label, box in boxes:
        assert page.x0 <= box.x0 < box.x1 <= page.x1, label
        assert page.y0 <= box.y0 < box.y1 <= page.y1, label
    for (one, a), (other, b) in itertools.combinations(boxes, 2):
        wide = min(a.x1, b.x1) - max(a.x0, b.x0)
        high = min(a.y1, b.y1) - max(a.y0, b.y0)
        assert wide <= 1 or high <= 1, f"{one!r} overlaps {other!r}"


def test_a_figure_can_be_drawn_from_its_csv_again(
    figure_module: ModuleType, estimated: Inputs, tmp_path: object
) -> None:
    data = figure_module.data(estimated)
    target = tmp_path / "data.csv"
    target.write_text(csv_text(data), encoding="utf-8")
    again = pd.read_csv(target, dtype={"series": str})
    if "significant" in again:
        again["significant"] = again["significant"].astype("boolean")
    assert written_on(figure_module.draw(again)) == written_on(figure_module.draw(data))


@pytest.mark.parametrize(
    ("change", "message"),
    [
        (lambda table: None, "it is missing"),
        (lambda table: table.drop(columns="term"), "column is missing"),
        (lambda table: table.assign(term="width"), "'width'"),
    ],
)
def test_a_table_that_cannot_be_drawn_is_named(
    figure_module: ModuleType, estimated: Inputs, change: object, message: str
) -> None:
    changed = change(estimated.tables[figure_module.TABLE])
    tables = {name: table for name, table in estimated.tables.items() if name != figure_module.TABLE}
    if changed is not None:
        tables[figure_module.TABLE] = changed
    with pytest.raises(DataError, match=message) as caught:
        figure_module.data(replace(estimated, tables=tables))
    assert figure_module.TABLE in str(caught.value)
