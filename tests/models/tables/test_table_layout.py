"""What a regression table shows, whatever the format."""

from __future__ import annotations

import math

import pytest

from konzept_diffusion import models
from konzept_diffusion.errors import ModelError
from konzept_diffusion.models.estimators.binary.result import Fit
from konzept_diffusion.models.tables.layout import RegressionTable, regression_table
from konzept_diffusion.models.tables.wording import MINUS, NARROW, interval, number


def cells(table: RegressionTable, label: str) -> list[str]:
    rows = [row for row in (*table.coefficients, *table.statistics) if row.label == label]
    return [cell.text for cell in rows[0].cells]


@pytest.mark.parametrize(
    ("value", "digits", "german", "english"),
    [
        (1234.5678, 2, f"1{NARROW}234,57", "1,234.57"),
        (-0.5, 1, f"{MINUS}0,5", f"{MINUS}0.5"),
        (-0.0004, 3, "0,000", "0.000"),
        (1e6, 0, f"1{NARROW}000{NARROW}000", "1,000,000"),
        (-math.inf, 2, f"{MINUS}∞", f"{MINUS}∞"),
        (math.nan, 2, "–", "–"),
    ],
)
def test_numbers_are_written_as_in_the_language(value: float, digits: int, german: str, english: str) -> None:
    assert number(value, "de", digits) == german
    assert number(value, "en", digits) == english


def test_bounds_of_an_interval_are_parted_so_that_a_decimal_comma_cannot_be_mistaken() -> None:
    assert interval(-0.1, 0.25, "de", 2) == f"[{MINUS}0,10; 0,25]"
    assert interval(-0.1, 0.25, "en", 2) == f"[{MINUS}0.10, 0.25]"


def test_models_are_columns_and_terms_rows(small: Fit, large: Fit) -> None:
    table = regression_table([small, large])
    assert table.models == ("(1)", "(2)")
    assert [row.label for row in table.coefficients] == ["Konstante", "x", "kind[T.b]"]
    assert cells(table, "x") == [number(fit.params["x"], "de", 3) for fit in (small, large)]
    assert cells(table, "kind[T.b]")[0] == ""
    assert [cell.text for cell in table.coefficients[1].below] == [
        f"({number(fit.se['x'], 'de', 3)})" for fit in (small, large)
    ]
    assert cells(table, "Beobachtungen") == ["397", "397"]
    assert cells(table, "Cluster") == ["8", "–"]


def test_headings_and_labels_are_the_users(small: Fit, large: Fit) -> None:
    table = regression_table({"klein": small, "groß": large}, labels={"x": "Größe", "nobs": "N"})
    assert table.models == ("klein", "groß")
    assert cells(table, "Größe")
    assert cells(table, "N") == ["397", "397"]


def test_a_row_of_statistics_without_any_value_is_left_out(large: Fit) -> None:
    table = regression_table(large)
    assert "Cluster" not in [row.label for row in table.statistics]


def test_ratios_are_exponentials_with_delta_method_errors(small: Fit, large: Fit) -> None:
    table = regression_table([small, large], exponentiate=True, lang="en")
    row = table.coefficients[1]
    assert row.cells[0].numbers == (pytest.approx(math.exp(small.params["x"])),)
    assert row.below[0].numbers == (pytest.approx(math.exp(small.params["x"]) * small.se["x"]),)
    assert any("hazard ratios in (1); odds ratios in (2)" in note for note in table.notes)
    assert "Standard errors of ratios by the delta method." in table.notes
    with_bounds = regression_table(small, exponentiate=True, below="ci", lang="en")
    assert not any("delta method" in note for note in with_bounds.notes)
    bounds = with_bounds.coefficients[1].below[0].numbers
    low, high = small.tidy().set_index("term").loc["x", ["conf_low", "conf_high"]]
    assert bounds == (pytest.approx(math.exp(low)), pytest.approx(math.exp(high)))


def test_a_probit_has_no_ratios(rows: object, small: Fit) -> None:
    probit = models.hazard("y ~ x", rows.dropna(), link="probit")
    with pytest.raises(ModelError, match=r"Model \(2\) .*show it without exponentiate"):
        regression_table([small, probit], exponentiate=True)


def test_stars_are_off_unless_asked_for(small: Fit) -> None:
    p = small.tidy().set_index("term").loc["x", "p_value"]
    assert p < 0.001
    assert "*" not in cells(regression_table(small), "x")[0]
    table = regression_table(small, stars=True)
    assert cells(table, "x")[0].endswith("***")
    assert any("p < 0,001" in note for note in table.notes)


def test_a_p_value_is_never_zero(small: Fit) -> None:
    table = regression_table(small, below="p", lang="en")
    assert table.coefficients[1].below[0].text == "(<\u00a00.001)"


def test_notes_say_what_stands_below_whence_and_what_was_not_used(small: Fit, large: Fit) -> None:
    notes = regression_table([small, large], omit=["kind"], notes=["Quelle: erfunden."]).notes
    assert notes[0] == "Quelle: erfunden."
    assert "Kovarianz CR1, nach land gruppiert" in notes[1]
    assert "Modell (2): Kovarianz HC1" in notes[1]
    assert notes[2] == "Modell (1): 3 von 400 Zeilen mit fehlenden Werten nicht verwendet (x 3)."
    assert notes[3] == "Nicht gezeigt: kind[T.b]."


def test_one_covariance_for_all_is_said_once(small: Fit) -> None:
    notes = regression_table([small, small], lang="en").notes
    assert notes[0] == "Standard errors in parentheses; covariance CR1, clustered by land."


def test_bootstrap_tests_are_shown_and_named(rows: object) -> None:
    fit = models.hazard("y ~ x", rows.dropna(), vcov="wild", cluster="land", draws=199)
    table = regression_table(fit, below="p", lang="en", terms=["x"])
    expected = fit.tidy().set_index("term").loc["x", "p_value"]
    assert table.coefficients[0].below[0].numbers == (expected,)
    assert "score wild cluster bootstrap" in table.notes[0]


def test_terms_choose_and_order(large: Fit) -> None:
    table = regression_table(large, terms=["kind[T.b]", "x"])
    assert [row.label for row in table.coefficients] == ["kind[T.b]", "x"]
    assert table.notes[-1] == "Nicht gezeigt: Konstante."


@pytest.mark.parametrize(
    ("options", "message"),
    [
        ({"terms": ["xx"]}, "term 'xx' is in no fit: did you mean 'x'"),
        ({"omit": ["zzz"]}, "omit='zzz' fits no term"),
        ({"omit": ["Int", "x"]}, "No term is left"),
        ({"stats": ["nobss"]}, "statistic 'nobss' is in no fit: did you mean 'nobs'"),
        ({"below": "sd"}, "below='sd'"),
        ({"lang": "fr"}, "lang='fr'"),
        ({"digits": -1}, "digits=-1"),
        ({"level": 1.5}, "no confidence level"),
        ({"labels": {"x": "a\x07b"}}, "control character"),
    ],
)
def test_what_cannot_be_shown_is_refused_in_one_sentence(small: Fit, options: dict, message: str) -> None:
    with pytest.raises(ModelError, match=message):
        regression_table(small, **options)


@pytest.mark.parametrize("fits", [[], {}, ["no fit"]])
def test_something_else_than_fits_is_refused(fits: object) -> None:
    with pytest.raises(ModelError, match=r"There is no fit|is a str"):
        regression_table(fits)


def test_a_single_name_or_sentence_may_be_a_text(large: Fit) -> None:
    table = regression_table(large, terms="x", stats="nobs", notes="Quelle: erfunden.", lang="en")
    assert [row.label for row in table.coefficients] == ["x"]
    assert [row.label for row in table.statistics] == ["Observations"]
    assert table.notes[0] == "Quelle: erfunden."
    assert [row.label for row in regression_table(large, omit="kind").coefficients] == ["Konstante", "x"]


def test_a_label_for_nothing_is_refused(large: Fit) -> None:
    with pytest.raises(
        ModelError, match=r"labels= names 'knd\[T.b\]', which is in no fit: did you mean 'kind"
    ):
        regression_table(large, labels={"knd[T.b]": "Art"})


def test_tests_are_named_in_the_language_of_the_table(rows: object) -> None:
    firth = models.firth("y ~ x", rows.dropna())
    assert (
        regression_table(firth)
        .notes[0]
        .endswith("Tests: penalisierter Likelihood-Quotient, Chi-Quadrat mit 1 Freiheitsgrad.")
    )
    wild = models.hazard("y ~ x", rows.dropna(), vcov="wild", cluster="land", draws=199)
    note = regression_table(wild).notes[0]
    assert (
        "Score-Wild-Cluster-Bootstrap unter der Nullhypothese, Webb-Gewichte, 199 Ziehungen, Startwert"
        in note
    )


def test_curves_and_unknown_options_are_refused_by_the_function_called(rows: object, small: Fit) -> None:
    curve = models.kaplan_meier(rows.dropna().assign(t=1), "t", "y")
    with pytest.raises(ModelError, match="KaplanMeier is no regression result"):
        models.to_markdown(curve)
    with pytest.raises(ModelError, match="to_html has no option 'foo'"):
        models.to_html(small, foo=1)  # type: ignore[call-arg]
