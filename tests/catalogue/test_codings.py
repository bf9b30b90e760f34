"""Codings by hand: nothing is overwritten, contradictions are listed, people win and the machine stays visible."""

import pandas as pd
import pytest

from konzept_diffusion.catalogue.review.codings import (
    by_unit,
    conflicts,
    load_codings,
    resolve,
    standing,
    store_codings,
    with_codes,
)
from konzept_diffusion.errors import DataError
from konzept_diffusion.schemas import validate
from konzept_diffusion.schemas.processed import DOCUMENTS
from konzept_diffusion.schemas.review import REVIEW


def coding(
    value, *, document="synthetic-00", field="kind", coder="AB", day="2026-03-01", sheet="bogen-1", **other
):
    return {
        "document_id": document, "field": field, "value": value, "coder": coder, "coded_on": day, "comment": None,
        "machine_value": "integrationskonzept", "machine_coder": "rules-1", "sheet_id": sheet, "blind": True,
        "stratum": "hoch", "inclusion_probability": 0.5,
    } | other  # fmt: skip


def codings(*rows):
    return validate(pd.DataFrame(list(rows)), REVIEW)


@pytest.fixture
def file(tmp_path):
    return tmp_path / "raw" / "review.csv"


def test_codings_are_appended_and_the_file_keeps_its_beginning(file):
    assert store_codings(codings(coding("leitbild", comment="Ä; ö")), file).added == 1
    before = file.read_bytes()
    assert store_codings(codings(coding("sonstiges", coder="CD")), file).added == 1
    assert file.read_bytes().startswith(before)
    assert list(load_codings(file)["coder"]) == ["AB", "CD"]


def test_importing_a_sheet_twice_adds_nothing(file):
    rows = codings(coding("leitbild"), coding("2010", field="year"))
    store_codings(rows, file)
    before = file.read_bytes()
    again = store_codings(rows, file)
    later = store_codings(rows.assign(coded_on="2026-04-01"), file)
    assert (again.added, again.unchanged, later.added, later.unchanged) == (0, 2, 0, 2)
    assert file.read_bytes() == before


def test_a_changed_mind_is_a_row_of_its_later_day(file):
    store_codings(codings(coding("leitbild")), file)
    store_codings(codings(coding("sonstiges", day="2026-03-02")), file)
    store_codings(codings(coding("leitbild", day="2026-03-03")), file)
    assert list(load_codings(file)["value"]) == ["leitbild", "sonstiges", "leitbild"]
    assert conflicts(load_codings(file))["between"].tolist() == ["machine"]


def test_coding_the_same_document_again_in_another_sheet_is_kept(file):
    store_codings(codings(coding("leitbild")), file)
    assert store_codings(codings(coding("leitbild", day="2026-05-01", sheet="bogen-2")), file).added == 1


def test_two_codes_of_one_coder_on_one_day_are_refused_and_nothing_is_stored(file):
    store_codings(codings(coding("leitbild")), file)
    before = file.read_bytes()
    rows = codings(coding("sonstiges"), coding("2010", field="year"))
    with pytest.raises(DataError, match="as 'leitbild' on 2026-03-01; now it is 'sonstiges'"):
        store_codings(rows, file)
    assert file.read_bytes() == before


def test_a_remark_that_comes_later_on_the_same_day_is_not_dropped_silently(file):
    store_codings(codings(coding("leitbild")), file)
    with pytest.raises(DataError, match="the remark is another"):
        store_codings(codings(coding("leitbild", comment="doch unsicher")), file)
    assert (
        store_codings(codings(coding("leitbild", comment="doch unsicher", day="2026-03-02")), file).added == 1
    )


def test_no_codings_are_an_empty_table(file):
    assert load_codings(file).empty
    assert list(load_codings(file).columns) == REVIEW.column_names
    assert conflicts(load_codings(file)).empty


def test_coders_that_differ_are_listed_until_a_consensus_is_imported():
    two = [coding("leitbild"), coding("sonstiges", coder="CD")]
    found = conflicts(codings(*two)).query("between == 'coders'")
    assert found["codings"].tolist() == ["AB: leitbild | CD: sonstiges"]
    assert found["settled"].tolist() == [False]
    settled = conflicts(codings(*two, coding("leitbild", coder="konsens", day="2026-04-01")))
    assert settled.query("between == 'coders'")["settled"].tolist() == [True]
    assert set(settled["value"]) == {"leitbild"}


def test_a_contradiction_with_the_machine_is_listed_against_its_code_of_today(documents):
    rows = codings(coding("leitbild"))
    assert conflicts(rows)["machine_value"].tolist() == ["integrationskonzept"]
    assert conflicts(rows, documents({"kind": "leitbild"})).empty


def test_remarks_are_no_contradictions(documents):
    rows = codings(
        coding("kaputt", field="comment", machine_value=None), coding("leer", field="comment", coder="CD")
    )
    assert conflicts(rows).empty
    assert set(resolve(documents({}), rows)["agreement"]) == {"machine"}


@pytest.mark.parametrize(
    ("rows", "value", "disputed"),
    [
        ([coding("leitbild")], "leitbild", False),
        ([coding("leitbild"), coding("leitbild", coder="CD"), coding("sonstiges", coder="EF", day="2026-09-01")],
         "leitbild", False),
        ([coding("leitbild", day="2026-03-05"), coding("sonstiges", coder="CD")], "leitbild", True),
        ([coding("leitbild"), coding("sonstiges", coder="CD"), coding("massnahmenplan", coder="konsens")],
         "massnahmenplan", False),
    ],
    ids=["one", "majority", "latest", "consensus"],
)  # fmt: skip
def test_which_code_stands(rows, value, disputed):
    (unit,) = by_unit(codings(*rows)).values()
    assert standing(unit) == (value, disputed)


def test_human_codes_win_and_both_stay_visible(documents):
    machine = documents({}, {"kind": "leitbild"}, {})
    human = codings(
        coding("leitbild"),
        coding("leitbild", document="synthetic-01", machine_value="leitbild"),
        coding("2014", document="synthetic-02", field="year", machine_value="2010"),
        coding(
            "2015", document="synthetic-02", field="year", machine_value="2010", coder="CD", day="2026-03-09"
        ),
        coding("sonstiges", document="verschwunden"),
    )
    table = resolve(machine, human).set_index(["document_id", "field"])
    columns = ["value", "machine_value", "coder", "agreement"]
    assert table.loc[("synthetic-00", "kind"), columns].tolist() == [
        "leitbild", "integrationskonzept", "AB", "corrected"
    ]  # fmt: skip
    assert table.loc[("synthetic-01", "kind"), "agreement"] == "agreed"
    assert table.loc[("synthetic-02", "year"), columns].tolist() == ["2015", "2010", "CD", "disputed"]
    assert table.loc[("synthetic-00", "year"), columns].tolist() == ["2010", "2010", "synthetic", "machine"]
    assert table.loc[("verschwunden", "kind"), "agreement"] == "human_only"


def test_the_codes_that_stand_are_put_into_the_documents(documents):
    machine = documents({}, {}, {}, {"year": None, "year_basis": "unbekannt"})
    human = codings(
        coding("leitbild"),
        coding("nein", document="synthetic-01", field="relevant", machine_value="ja"),
        coding("kein", document="synthetic-02", field="year", machine_value="2010"),
        coding("unbekannt", document="synthetic-02", field="year_basis", machine_value="dokument"),
        coding("2012", document="synthetic-03", field="year", machine_value="kein", coder="CD"),
        coding("dokument", document="synthetic-03", field="year_basis", machine_value="unbekannt"),
    )
    result = validate(with_codes(machine, resolve(machine, human)), DOCUMENTS).set_index("document_id")
    assert list(result.index) == ["synthetic-00", "synthetic-02", "synthetic-03"]
    assert result.loc["synthetic-00", "kind"] == "leitbild"
    assert pd.isna(result.loc["synthetic-02", "year"])
    assert result.loc["synthetic-03", "year"] == 2012
    assert result.loc["synthetic-03", "coder"] == "synthetic|AB|CD"
    assert machine.loc[0, "kind"] == "integrationskonzept"


def test_without_codings_the_documents_stay_as_they_are(documents):
    machine = documents({}, {})
    none = load_codings_of_nothing()
    pd.testing.assert_frame_equal(with_codes(machine, resolve(machine, none)), machine)


def load_codings_of_nothing():
    return validate(pd.DataFrame({name: [] for name in REVIEW.column_names}), REVIEW)
