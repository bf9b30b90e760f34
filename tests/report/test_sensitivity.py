"""How sure the estimates are: what the tables hold, that figures and paper read them, and only when needed."""

import json
import math

import pandas as pd
import pytest

from konzept_diffusion import paths
from konzept_diffusion.errors import StepError
from konzept_diffusion.figures import OF_SENSITIVITY, draw_all
from konzept_diffusion.models.main import DISPLAY_SCALES, SPECIFICATIONS
from konzept_diffusion.report import sensitivity
from konzept_diffusion.report.analysis import analyse
from konzept_diffusion.report.paper import compile_paper, shown_figures
from konzept_diffusion.report.sensitivity import PARTS, TABLES, OnDemand, Part
from konzept_diffusion.report.sensitivity_results import sensitivity_results


@pytest.fixture(scope="module")
def tables(reproduced):
    return sensitivity.read(reproduced / "tables")


@pytest.fixture(scope="module")
def results(reproduced):
    return json.loads((reproduced / "results.json").read_text(encoding="utf-8"))


@pytest.fixture(scope="module")
def analysis():
    return analyse(paths.processed_dir())


def test_every_table_of_every_part_is_written(tables):
    assert len(set(TABLES)) == len(TABLES) == sum(len(part.tables) for part in PARTS)
    assert all(len(table) for table in tables.values())


def test_a_part_makes_the_tables_that_it_names(analysis):
    for part in PARTS:
        if part.title in ("few clusters", "tipping points"):
            assert tuple(part.run(analysis)) == part.tables


def test_what_is_read_back_is_what_was_made(analysis, tables):
    made = sensitivity.few_clusters(analysis) | sensitivity.tipping(analysis)
    for name, table in made.items():
        held = tables[name]
        assert list(held.columns) == list(table.columns)
        for column in table.columns:
            if pd.api.types.is_float_dtype(table[column]):
                assert held[column].to_numpy() == pytest.approx(
                    table[column].to_numpy(), rel=1e-9, abs=1e-12, nan_ok=True
                )
            else:
                assert _as_text(held[column]) == _as_text(table[column]), (name, column)


def _as_text(values):
    return values.astype(object).fillna("").astype(str).tolist()


def test_cr1_and_cr3_are_those_of_the_coefficients(reproduced, tables):
    coefficients = pd.read_csv(reproduced / "tables" / "coefficients.csv")
    few = tables["few_clusters"].set_index(["model", "term"])
    assert len(few) == len(coefficients) / 2
    for row in coefficients.itertuples():
        kind = row.vcov.lower()
        for name in ("std_error", "p_value", "conf_low", "conf_high"):
            assert few.loc[(row.model, row.term), f"{kind}_{name}"] == pytest.approx(
                getattr(row, name), rel=1e-6
            )


def test_every_land_is_left_out_once_in_every_model(tables):
    without = tables["leave_one_land_out"]
    assert without.groupby(["model", "term"])["left_out"].nunique().eq(16).all()
    assert set(without["model"]) == {item.name for item in SPECIFICATIONS}
    few = tables["few_clusters"].set_index(["model", "term"])
    for (model, term), rows in without.groupby(["model", "term"]):
        assert rows["estimate"].min() == pytest.approx(few.loc[(model, term), "leave_one_out_min"])
        assert rows["estimate"].max() == pytest.approx(few.loc[(model, term), "leave_one_out_max"])


def test_the_specifications_hold_the_first_model_of_the_paper(reproduced, tables):
    chosen = tables["specifications"].query(
        "coding == 'konzept_oder_leitbild' and sample == 'alle' and link == 'cloglog' and "
        "duration == 'kubisch' and covariates == 'groesse' and term == 'log_population'"
    )
    coefficients = pd.read_csv(reproduced / "tables" / "coefficients.csv")
    main = coefficients.query("model == 'm1' and vcov == 'CR1' and term == 'log_population'")
    assert len(chosen) == len(main) == 1
    assert chosen["estimate"].iloc[0] == pytest.approx(main["estimate"].iloc[0], rel=1e-6)


def test_at_a_perfect_search_the_tipping_curve_is_the_second_model(reproduced, tables):
    coefficients = pd.read_csv(reproduced / "tables" / "coefficients.csv").query(
        "model == 'm2' and vcov == 'CR1'"
    )
    estimates = coefficients.set_index("term")
    perfect = tables["tipping"].query("x == 1").set_index("term")
    for term in sensitivity.TIPPING_TERMS:
        for name in ("estimate", "conf_low", "conf_high"):
            assert perfect.loc[term, name] == pytest.approx(estimates.loc[term, name], rel=1e-4)


def test_the_search_cannot_have_missed_more_than_the_cities_without_a_concept(tables, results):
    lowest = tables["tipping"]["x"].min()
    assert results["catalogue"]["share_with_concept"] / 100 < lowest < 1


def test_every_programme_has_a_verdict_and_its_words(tables):
    programmes = tables["programme_verdicts"]
    assert len(programmes) == programmes["programme"].nunique() > 5
    for row in programmes.itertuples():
        assert row.programme in row.text_de
        assert row.programme in row.text_en
        assert row.verdict in row.text_en
    assert "nicht identifizierbar" in " ".join(programmes["text_de"])


def test_the_placebo_is_that_of_the_third_model_with_fixed_draws(reproduced, tables):
    placebo = tables["diffusion_placebo"].set_index("term")
    assert (placebo["n_draws"] + placebo["n_failed"]).eq(sensitivity.PLACEBO_DRAWS).all()
    coefficients = pd.read_csv(reproduced / "tables" / "coefficients.csv").query(
        "model == 'm3' and vcov == 'CR1'"
    )
    main = coefficients.set_index("term").loc["exposure_land"]
    assert placebo.loc["exposure_land", "estimate"] == pytest.approx(main["estimate"], rel=1e-6)
    assert placebo.loc["exposure_land", "std_error"] == pytest.approx(main["std_error"], rel=1e-6)


def test_the_numbers_of_the_paper_are_those_of_the_tables(tables, results):
    numbers = results["sensitivity"]
    step = DISPLAY_SCALES["log_population"]
    few = tables["few_clusters"].set_index(["model", "term"]).loc[("m1", "log_population")]
    told = numbers["few_clusters"]["m1"]["log_population"]
    assert told["wild"]["p_value"] == pytest.approx(few["wild_p_value"])
    assert told["wild"]["ratio_low"] == pytest.approx(math.exp(step * few["wild_conf_low"]))
    without = tables["leave_one_land_out"].query("model == 'm1' and term == 'log_population'")
    lowest = numbers["leave_one_land_out"]["m1"]["log_population"]
    assert lowest["low"] == pytest.approx(math.exp(step * without["estimate"].min()))
    assert lowest["low_without"] == "Bayern"
    curve = tables["specifications"].query("term == 'log_population'")
    assert numbers["specifications"]["terms"]["log_population"]["median_effect"] == pytest.approx(
        100 * step * curve["effect"].median()
    )
    assert numbers["programmes"]["total"] == sum(numbers["programmes"]["counts"].values())
    assert json.dumps(sensitivity_results(tables), default=str, allow_nan=True)


def test_the_figures_draw_these_tables(reproduced, tables):
    curve = pd.read_csv(reproduced / "figures" / "spezifikationskurve.csv")
    assert len(curve) == len(tables["specifications"])
    turns = pd.read_csv(reproduced / "figures" / "kipppunkt.csv")
    assert turns["hazard_ratio"].iloc[0] == pytest.approx(
        math.exp(DISPLAY_SCALES["log_population"] * tables["tipping"]["estimate"].iloc[0])
    )


def _flip(numbers, *path):
    """Change one number (its place in the section) to one that contradicts the prose."""
    *way, last = path
    place = numbers["sensitivity"]
    for name in way:
        place = place[name]
    place[last] = {"p_value": 0.5, "share_positive": 0.9, "changes_at": 0.95, "verdict": "positive"}[last]


@pytest.mark.parametrize(
    "path",
    [
        ("few_clusters", "m2", "log_population", "wild", "p_value"),
        ("specifications", "terms", "log_population", "share_positive"),
        ("tipping", "log_population", "changes_at"),
        ("programmes", "rows", 0, "verdict"),
    ],
    ids=lambda path: path[0],
)
def test_a_number_that_contradicts_the_section_stops_the_paper(reproduced, tmp_path, results, path):
    numbers = json.loads(json.dumps(results))
    _flip(numbers, *path)
    (tmp_path / "results.json").write_text(json.dumps(numbers), encoding="utf-8")
    with pytest.raises(StepError, match=r"(?i)assert"):
        compile_paper(tmp_path / "results.json", reproduced / "figures", tmp_path / "paper.pdf")


def test_a_paper_without_the_section_needs_no_figures_of_it(reproduced, tmp_path, results):
    (tmp_path / "results.json").write_text(json.dumps(results | {"sensitivity": None}), encoding="utf-8")
    for name in shown_figures(quick=True):
        (tmp_path / f"{name}.svg").write_bytes((reproduced / "figures" / f"{name}.svg").read_bytes())
    assert compile_paper(tmp_path / "results.json", tmp_path, tmp_path / "quick.pdf").is_file()
    assert set(shown_figures()) - set(shown_figures(quick=True)) == set(OF_SENSITIVITY)
    with pytest.raises(StepError, match=r"spezifikationskurve\.svg is missing"):
        compile_paper(reproduced / "results.json", tmp_path, tmp_path / "full.pdf")


def test_a_table_is_made_when_it_is_asked_for_and_once(analysis, monkeypatch):
    ran, said = [], []

    def run(of):
        ran.append(of)
        return {"tipping": pd.DataFrame({"x": [1.0]})}

    monkeypatch.setattr(sensitivity, "PARTS", (Part("tipping points", ("tipping",), run),))
    held = OnDemand(analysis, said.append)
    assert "tipping" in held
    assert "width" not in held
    assert len(held["documents"]) > 0
    assert not ran
    assert held["tipping"] is held["tipping"]
    assert ran == [analysis]
    assert said == ["tipping points"]
    with pytest.raises(KeyError):
        held["width"]


def test_other_figures_do_not_ask_for_them(analysis, tmp_path, monkeypatch):
    def refuse(of):
        raise AssertionError("not needed")

    monkeypatch.setattr(sensitivity, "PARTS", (Part("all", TABLES, refuse),))
    assert draw_all(analysis.figure_inputs(), tmp_path, names=["hazard", "koeffizienten", "verbreitung"])
