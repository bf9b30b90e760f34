"""Coding sheets as they go out: safe cells, German Excel, lists to choose from, blind copies, a known sample."""

import csv
import io

import numpy as np
import openpyxl
import pandas as pd
import pytest
from hypothesis import given
from hypothesis import strategies as st

from konzept_diffusion.catalogue.review.cells import guard, printable, restore, web_address
from konzept_diffusion.catalogue.review.fields import FIELDS, machine_code, read_code
from konzept_diffusion.catalogue.review.sampling import allocate, draw
from konzept_diffusion.catalogue.review.sheet import export_sheet
from konzept_diffusion.errors import DataError
from konzept_diffusion.schemas import review
from konzept_diffusion.schemas import vocabulary as voc
from konzept_diffusion.schemas.core import read

FORMULAS = [
    "=1+1", "+49 561 787", "-2", "@SUM(A1)", "\t=1", "\r=1", " =1", "'=1", "''@x", '=HYPERLINK("http://x")', "＝1",
]  # fmt: skip


def rows_of(path):
    text = path.read_bytes().decode("utf-8-sig")
    return list(csv.DictReader(io.StringIO(text, newline=""), delimiter=";"))


def sheet_of(path):
    return openpyxl.load_workbook(path)["Kodierbogen"]


def column(sheet, name):
    header = [cell.value for cell in sheet[1]]
    return [row[header.index(name)] for row in sheet.iter_rows(min_row=2)]


@pytest.mark.parametrize("text", FORMULAS)
def test_a_formula_is_guarded_and_restored(text):
    assert guard(text).startswith("'")
    assert restore(guard(text)) == text


@given(st.text(alphabet="=+-@'\t\r\n aä;", max_size=8) | st.text(max_size=20))
def test_guarding_loses_nothing_and_leaves_nothing_that_runs(text):
    assert restore(guard(text)) == text
    assert guard(text)[:1] not in set("=+-@\t\r\n")


@pytest.mark.parametrize("text", ["'s-Hertogenbosch", "Köln", "", "2014", "'nur' so"])
def test_other_cells_stay_as_they_are(text):
    assert guard(text) == restore(text) == text


def test_a_strangers_text_is_made_printable():
    assert printable("Kon\x00zept\n\n für  \u202eAlle\ud800") == "Kon�zept für �Alle�"
    long = printable("ä" * 40_000)
    assert len(long) <= 32_000
    assert long.endswith("[gekürzt …]")


def test_only_web_addresses_become_links():
    assert web_address("https://www.köln.de/a b") == ""
    assert web_address("https://www.koeln.de/a?b=1") == "https://www.koeln.de/a?b=1"
    for other in ("javascript:alert(1)", "file:///etc/passwd", "\\\\host\\share", "https://x/" + "a" * 3000):
        assert web_address(other) == ""


@pytest.fixture
def hostile(documents):
    """Return documents whose texts try to run, break the file or look like something else."""
    return documents(
        *({"title": text or "x", "evidence": f"{text}; ä ö ü ß „Zitat“", "found_for": "05315000"} for text in FORMULAS),
        {"title": 'Ein "Titel"; mit Semikolon,\nund Umbruch\x01', "url": "https://a.de/x.pdf", "confidence": "niedrig",
         "landing_url": "javascript:alert(1)", "archive_ref": "archive/05315000.warc.gz#urn:uuid:1"},
    )  # fmt: skip


def test_a_csv_opens_in_german_excel_and_runs_nothing(hostile, tmp_path):
    sheet = export_sheet(hostile, tmp_path / "bogen.csv")
    content = sheet.paths[0].read_bytes()
    assert content.startswith(b"\xef\xbb\xbfbogen;document_id;")
    assert content.count(b"\r\n") == len(hostile) + 1
    for row in csv.reader(io.StringIO(content.decode("utf-8-sig"), newline=""), delimiter=";"):
        assert not [cell for cell in row if cell[:1] in set("=+-@\t\r\n＝")]
    assert any("„Zitat“" in row["beleg"] for row in rows_of(sheet.paths[0]))


def test_a_workbook_holds_texts_only(hostile, tmp_path):
    sheet = sheet_of(export_sheet(hostile, tmp_path / "bogen.xlsx").paths[0])
    cells = [cell for row in sheet.iter_rows() for cell in row if cell.value is not None]
    assert {cell.data_type for cell in cells} == {"s"}
    assert {cell.number_format for cell in cells} == {"@"}
    risky = [cell for cell in cells if cell.value[0] in "=+-@'"]
    assert len(risky) >= 6
    assert all(cell.quotePrefix for cell in risky)


def test_a_workbook_offers_the_codes_of_the_vocabulary(documents, tmp_path):
    path = export_sheet(documents({}, {}), tmp_path / "bogen.xlsx").paths[0]
    book = openpyxl.load_workbook(path)
    sheet = book["Kodierbogen"]
    header = [cell.value for cell in sheet[1]]
    letter = sheet.cell(1, header.index("kind") + 1).column_letter
    rule = next(
        rule for rule in sheet.data_validations.dataValidation if f"{letter}2:{letter}3" in str(rule.sqref)
    )
    name, area = rule.formula1.lstrip("=").split("!")
    assert [row[0].value for row in book[name][area.replace("$", "")]] == list(voc.DOCUMENT_KINDS)
    assert rule.type == "list"
    assert rule.errorStyle in (None, "stop")
    years = [rule for rule in sheet.data_validations.dataValidation if rule.type == "custom"]
    assert len(years) == 1
    assert "1970" in years[0].formula1


def test_a_workbook_is_laid_out_for_reading(documents, tmp_path):
    made = documents({"url": "https://a.de/x.pdf", "landing_url": "https://a.de/", "evidence": "Beschluss vom 1.1.2010",
                      "archive_ref": "archive/05315000.warc.gz#urn:uuid:1"})  # fmt: skip
    path = export_sheet(
        made, tmp_path / "b" / "bogen.xlsx", archive=tmp_path / "crawl", names={"05315000": "Köln"}
    ).paths[0]
    sheet = sheet_of(path)
    assert sheet.freeze_panes == "E2"
    assert sheet.column_dimensions["D"].width > 40
    assert column(sheet, "kommune")[0].value == "Köln"
    assert column(sheet, "adresse")[0].hyperlink.target == "https://a.de/x.pdf"
    assert column(sheet, "fundseite")[0].hyperlink.target == "https://a.de/"
    assert column(sheet, "archiv")[0].hyperlink.target == "../crawl/archive/05315000.warc.gz"
    assert column(sheet, "beleg")[0].value == "Beschluss vom 1.1.2010"
    guide = openpyxl.load_workbook(path)["Anleitung"]
    assert any("gelben Felder" in str(row[1].value) for row in guide.iter_rows())


def test_a_link_that_is_no_web_address_stays_text(hostile, tmp_path):
    sheet = sheet_of(export_sheet(hostile, tmp_path / "bogen.xlsx").paths[0])
    cell = next(cell for cell in column(sheet, "fundseite") if cell.value == "javascript:alert(1)")
    assert cell.hyperlink is None


def test_a_blind_sheet_shows_nothing_of_the_machine(documents, tmp_path):
    made = documents(
        *({"kind": "leitbild", "evidence": "Leitbild [leitbild]", "confidence": "mittel"} for _ in range(9))
    )
    sheet = export_sheet(made, tmp_path / "blind", blind=True)
    assert [path.suffix for path in sheet.paths] == [".xlsx", ".csv"]
    rows = rows_of(sheet.paths[1])
    assert not [name for name in rows[0] if name.startswith("maschine_") or name in ("beleg", "sicherheit")]
    assert not [row for row in rows if {"leitbild", "mittel", "synthetic"} & set(row.values())]
    assert [row["document_id"] for row in rows] != sorted(row["document_id"] for row in rows)
    book = openpyxl.load_workbook(sheet.paths[0])
    shown = [cell.value for cell in (c for r in book["Kodierbogen"].iter_rows() for c in r)]
    assert "leitbild" not in shown
    assert set(sheet.key["machine_value"][sheet.key["field"] == "kind"]) == {"leitbild"}


def test_an_open_sheet_shows_the_machines_codes_and_the_uncertain_documents_first(documents, tmp_path):
    made = documents(
        {"confidence": "hoch"}, {"confidence": "niedrig", "year": None, "year_basis": "unbekannt"}
    )
    rows = rows_of(export_sheet(made, tmp_path / "offen.csv").paths[0])
    assert [row["sicherheit"] for row in rows] == ["niedrig", "hoch"]
    assert (rows[0]["maschine_year"], rows[0]["year"]) == ("kein", "")
    assert rows[0]["maschine_relevant"] == "ja"


def test_the_same_documents_give_the_same_bytes(documents, tmp_path):
    made = documents(*({"title": f"Konzept {n}"} for n in range(20)))
    first = export_sheet(made, tmp_path / "a", sample=7, seed=3)
    again = export_sheet(made.iloc[::-1], tmp_path / "b", sample=7, seed=3)
    for one, other in zip((*first.paths, first.key_path), (*again.paths, again.key_path), strict=True):
        assert one.read_bytes() == other.read_bytes()
    assert export_sheet(made, tmp_path / "c", sample=7, seed=4).sheet_id != first.sheet_id


def test_the_key_is_a_valid_table(documents, tmp_path):
    sheet = export_sheet(documents({}, {}), tmp_path / "bogen.xlsx", fields=("kind", "year"))
    pd.testing.assert_frame_equal(read(sheet.key_path, review.REVIEW_SHEETS), sheet.key)
    assert len(sheet.key) == 4
    assert sheet.documents == 2


def test_somebodys_work_is_not_overwritten(documents, tmp_path):
    made = documents({})
    export_sheet(made, tmp_path / "bogen")
    for name in ("bogen", "bogen.xlsx", "bogen.csv"):
        with pytest.raises(DataError, match="may hold codings"):
            export_sheet(made, tmp_path / name)


@pytest.mark.parametrize(
    ("change", "message"),
    [
        (lambda frame: frame.iloc[:0], "no documents"),
        (lambda frame: pd.concat([frame, frame]), "twice"),
        (lambda frame: frame.drop(columns="landing_url"), "'landing_url'"),
        (lambda frame: frame.drop(columns="kind"), "'kind'"),
    ],
)
def test_documents_that_make_no_sheet_are_refused(documents, tmp_path, change, message):
    with pytest.raises(DataError, match=message):
        export_sheet(change(documents({})), tmp_path / "bogen.csv")
    assert not list(tmp_path.iterdir())


def test_unknown_fields_and_empty_samples_are_refused(documents, tmp_path):
    with pytest.raises(DataError, match=r"'jahr' is no field.*year_basis"):
        export_sheet(documents({}), tmp_path / "bogen.csv", fields=("jahr",))
    with pytest.raises(DataError, match="sample of 0"):
        export_sheet(documents({}), tmp_path / "bogen.csv", sample=0)


def test_a_sample_prefers_the_uncertain_and_knows_by_how_much(documents):
    made = documents(*({"confidence": name} for name in ["hoch"] * 200 + ["mittel"] * 100 + ["niedrig"] * 50))
    drawn = draw(made, np.random.default_rng(1), sample=60)
    chance = drawn.groupby("stratum")["inclusion_probability"].first()
    assert len(drawn) == 60
    assert chance["niedrig"] == pytest.approx(4 * chance["hoch"], rel=0.05)
    assert chance["mittel"] == pytest.approx(2 * chance["hoch"], rel=0.05)
    # What the probabilities are for: the weights of the documents drawn count all documents, stratum by stratum.
    weights = (1 / drawn["inclusion_probability"]).groupby(drawn["stratum"]).sum()
    assert weights.to_dict() == pytest.approx({"hoch": 200, "mittel": 100, "niedrig": 50})


def test_every_document_of_a_stratum_has_the_stated_chance(documents):
    made = documents(*({"confidence": name} for name in ["hoch"] * 12 + ["niedrig"] * 6))
    rng = np.random.default_rng(9)
    counts = pd.Series(0, index=made["document_id"])
    for _ in range(400):
        drawn = draw(made, rng, sample=6)
        counts[drawn["document_id"]] += 1
    stated = drawn.groupby("stratum")["inclusion_probability"].first()
    seen = counts / 400
    for name, part in made.groupby("confidence"):
        assert seen[part["document_id"]].to_numpy() == pytest.approx(stated[name], abs=0.1)


@given(
    st.dictionaries(st.sampled_from("abcd"), st.integers(1, 40), min_size=1),
    st.integers(1, 120),
    st.lists(st.floats(0.5, 8), min_size=4, max_size=4),
)
def test_an_allocation_adds_up_and_asks_no_stratum_for_more_than_it_has(sizes, sample, weights):
    given_ = allocate(sizes, dict(zip("abcd", weights, strict=True)), sample)
    assert sum(given_.values()) == min(sample, sum(sizes.values()))
    assert all(0 <= given_[name] <= sizes[name] for name in sizes)
    if sample >= 2 * len(sizes):
        assert all(given_[name] >= min(2, sizes[name]) for name in sizes)


def test_all_documents_have_probability_one_without_a_sample(documents):
    drawn = draw(documents({}, {"confidence": "mittel"}), np.random.default_rng(0))
    assert list(drawn["inclusion_probability"]) == [1, 1]


@pytest.mark.parametrize(
    ("field", "written", "code"),
    [
        ("kind", " Leitbild ", "leitbild"),
        ("year", "2014,0", "2014"),
        ("year", "2014", "2014"),
        ("year", "Kein", "kein"),
        ("ags", "5315000", "05315000"),
        ("ags", "1051", "01051"),
        ("ags", "05315000.0", "05315000"),
        ("relevant", "JA", "ja"),
        ("themes", "sprache | arbeit|sprache", "arbeit|sprache"),
    ],
)
def test_a_code_is_read_as_people_and_excel_write_it(field, written, code):
    assert read_code(written, FIELDS[field]) == code


@pytest.mark.parametrize(
    ("field", "written", "allowed"),
    [
        ("kind", "konzept", "integrationskonzept, leitbild"),
        ("kind", "kein", "integrationskonzept"),
        ("year", "2.014", "a year from 1970"),
        ("year", "14", "a year from 1970"),
        ("year", "2999", "kein"),
        ("year", "01.03.2014", "a year from 1970"),
        ("ags", "05", "5 (Kreis) or 8 digits"),
        ("ags", "99999999", "8 digits"),
        ("themes", "sprache|quatsch", "separated by |"),
        ("themes", "sprache, arbeit", "separated by |"),
        ("relevant", "vielleicht", "ja, nein"),
    ],
)
def test_what_is_no_code_is_refused_with_the_codes_allowed(field, written, allowed):
    with pytest.raises(ValueError, match="Allowed") as error:
        read_code(written, FIELDS[field])
    assert allowed in str(error.value)


def test_every_code_of_the_machine_is_a_code_that_can_be_read():
    for field in FIELDS.values():
        for code in field.codes:
            assert read_code(machine_code(code, field), field) == code
    assert machine_code(pd.NA, FIELDS["year"]) == "kein"
    assert machine_code(float("nan"), FIELDS["kind"]) == ""
    assert machine_code(np.int64(2014), FIELDS["year"]) == "2014"
    assert machine_code(True, FIELDS["relevant"]) == "ja"
    assert set(FIELDS) == set(review.REVIEW_FIELDS)
