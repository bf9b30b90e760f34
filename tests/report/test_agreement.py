"""The paper, the figures' tables and results.json tell the same numbers."""

import json
import re

import pandas as pd
import pypdfium2
import pytest

from konzept_diffusion.errors import StepError
from konzept_diffusion.figures import FIGURES
from konzept_diffusion.report.paper import compile_paper


@pytest.fixture(scope="module")
def results(reproduced):
    return json.loads((reproduced / "results.json").read_text(encoding="utf-8"))


@pytest.fixture(scope="module")
def paper(reproduced):
    """The text of the PDF, blanks and hyphenation undone."""
    document = pypdfium2.PdfDocument(reproduced / "paper.pdf")
    text = "\n".join(page.get_textpage().get_text_range() for page in document)
    document.close()
    text = text.replace("\ufffe", "-").replace("\xad", "-").replace("\u2010", "-")
    text = re.sub(r"–\s*[\r\n]+\s*", "–", re.sub(r"-\s*[\r\n]+\s*", "", text))
    return re.sub(r"\s+", " ", text)


def _csv(reproduced, name, folder="figures"):
    return pd.read_csv(reproduced / folder / f"{name}.csv", dtype={"ags": str})


def german(value, digits=1):
    return f"{value:.{digits}f}".replace(".", ",").replace("-", "−")


def test_the_run_wrote_what_the_contract_names(reproduced):
    for name in FIGURES:
        for kind in ("svg", "png", "csv"):
            assert (reproduced / "figures" / f"{name}.{kind}").stat().st_size > 0
    assert (reproduced / "paper.pdf").read_bytes().startswith(b"%PDF")
    assert len(list((reproduced / "tables").glob("*.csv"))) >= 8


def test_abbildung_02_is_the_same_in_csv_results_and_paper(reproduced, results, paper):
    table = _csv(reproduced, "abbildung_02")
    assert list(table.columns) == ["band", "n", "share"]
    assert len(table) == 4
    assert table["n"].sum() == results["abbildung_02"]["n"] == results["catalogue"]["cities_with_concept"]
    for row in table.itertuples():
        known = results["abbildung_02"]["bands"][row.band]
        assert row.n == known["n"]
        assert row.share == pytest.approx(known["share"], abs=0.005)
    bands = results["abbildung_02"]["bands"]
    assert (
        f"{bands['bis_2005']['n']} aus der Zeit bis 2005, {bands['2006_2010']['n']} aus 2006–2010, "
        f"{bands['2011_2014']['n']} aus 2011–2014 und {bands['2015_2017']['n']} aus 2015–2017" in paper
    )
    for value in results["abbildung_02"]["published"].values():
        assert f"{german(value)} %" in paper


def test_the_adoption_curve_is_the_same_in_csv_results_and_paper(reproduced, results, paper):
    table = _csv(reproduced, "verbreitung")
    main = table[table["rule"] == "konzept_oder_leitbild"].set_index("year")["cumulative"]
    assert {str(year): count for year, count in main.items()} == results["curve"]
    catalogue = results["catalogue"]
    assert main.iloc[-1] == catalogue["cities_with_concept"]
    assert main.diff().max() == catalogue["peak_year_adoptions"]
    assert (
        f"das stärkste Jahr ist {catalogue['peak_year']} mit {catalogue['peak_year_adoptions']} Städten"
        in paper
    )
    assert (
        f"{catalogue['cities_with_concept']} der {catalogue['cities']} Großstädte "
        f"({german(catalogue['share_with_concept'])} %)" in paper
    )


def test_the_hazard_is_the_same_in_csv_and_results(reproduced, results, paper):
    table = _csv(reproduced, "hazard").set_index("year")
    for year, known in results["hazard"].items():
        row = table.loc[int(year)]
        assert (row["at_risk"], row["events"]) == (known["at_risk"], known["events"])
        assert row["hazard"] == pytest.approx(known["hazard"])
    assert table["at_risk"].sum() == results["panel"]["city_years"]
    assert table["events"].sum() == results["panel"]["adoptions"]
    assert (
        f"{results['panel']['city_years']} Stadt-Jahre, {results['panel']['adoptions']} Ereignisse" in paper
    )


def test_the_coefficients_are_the_same_in_csv_table_results_and_paper(reproduced, results, paper):
    drawn = _csv(reproduced, "koeffizienten")
    estimated = _csv(reproduced, "coefficients", "tables").set_index(["model", "vcov", "term"])
    assert len(drawn) > 0
    for row in drawn.itertuples():
        known = results["models"][row.model]["terms"][row.term][row.vcov]
        assert row.hazard_ratio == pytest.approx(known["ratio"])
        assert row.conf_low == pytest.approx(known["ratio_low"])
        assert row.conf_high == pytest.approx(known["ratio_high"])
        assert estimated.loc[(row.model, row.vcov, row.term), "estimate"] == pytest.approx(known["estimate"])
    size = results["models"]["m1"]["terms"]["log_population"]
    for vcov in ("CR1", "CR3"):
        interval = f"{german(size[vcov]['ratio_low'], 2)} bis {german(size[vcov]['ratio_high'], 2)}"
        assert f"{vcov}: {interval}" in paper
    for model in ("m1", "m2", "m3"):
        assert german(results["models"][model]["loglik"], 2) in paper


def test_no_punctuation_is_swallowed_by_the_typesetting(results, paper):
    size = results["models"]["m1"]["terms"]["log_population"]
    assert f"{german(size['CR1']['ratio_high'], 2)}; CR3: {german(size['CR3']['ratio_low'], 2)}" in paper
    assert "(< 0,001; < 0,001)" in paper
    assert f"vor {results['catalogue']['first_adoption_earliest']}; das stärkste Jahr" in paper


def test_the_triangulation_is_the_same_in_csv_table_results_and_paper(reproduced, results, paper):
    drawn = _csv(reproduced, "triangulation").set_index("result_id")
    table = _csv(reproduced, "triangulation", "tables").set_index("result_id")
    assert len(table) == len(results["triangulation"]) == 6
    for known in results["triangulation"]:
        row = table.loc[known["result_id"]]
        for name in ("published", "catalogue", "catalogue_wide", "difference"):
            assert row[name] == pytest.approx(known[name])
        assert drawn.loc[known["result_id"], "catalogue"] == pytest.approx(known["catalogue"])
        assert f"{german(known['published'])} {german(known['catalogue'])}" in paper
        assert row["reason_de"]
        assert row["reason_en"]


def test_every_number_of_the_paper_changes_with_results(reproduced, tmp_path):
    changed = json.loads((reproduced / "results.json").read_text(encoding="utf-8"))
    changed["catalogue"]["searches_logged"] = 123456
    path = tmp_path / "results.json"
    path.write_text(json.dumps(changed), encoding="utf-8")
    pdf = pypdfium2.PdfDocument(compile_paper(path, reproduced / "figures", tmp_path / "paper.pdf"))
    text = "".join(page.get_textpage().get_text_range() for page in pdf)
    pdf.close()
    assert re.search(r"123\s?456", text)


def test_a_result_that_contradicts_the_prose_stops_the_paper(reproduced, tmp_path):
    changed = json.loads((reproduced / "results.json").read_text(encoding="utf-8"))
    changed["models"]["m1"]["terms"]["log_population"]["CR1"]["conf_low"] = -0.1
    path = tmp_path / "results.json"
    path.write_text(json.dumps(changed), encoding="utf-8")
    with pytest.raises(StepError, match=r"(?i)assert"):
        compile_paper(path, reproduced / "figures", tmp_path / "paper.pdf")
    assert not (tmp_path / "paper.pdf").exists()


def test_a_missing_figure_is_named(reproduced, tmp_path):
    with pytest.raises(StepError, match=r"abbildung_02\.svg is missing: run 'konzept-diffusion reproduce"):
        compile_paper(reproduced / "results.json", tmp_path, tmp_path / "paper.pdf")
