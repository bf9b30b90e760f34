"""Coding sheets as they come back: what Excel and people do to them, and what is refused with its place."""

import csv
import datetime
import io
import random
import zipfile
from collections import Counter

import openpyxl
import pytest
from hypothesis import HealthCheck, example, given, settings
from hypothesis import strategies as st

from konzept_diffusion.catalogue.review.cells import guard
from konzept_diffusion.catalogue.review.importing import import_sheet
from konzept_diffusion.catalogue.review.sheet import export_sheet
from konzept_diffusion.errors import DataError
from konzept_diffusion.schemas.core import validate
from konzept_diffusion.schemas.review import REVIEW

DAY = "2026-03-12"
UNKNOWN = {"year": None, "year_basis": "unbekannt"}


def fill(path, changes, *, separator=";", encoding="utf-8-sig", header=None):
    """Write codes into a CSV sheet; `changes` by document number (synthetic-NN) and column."""
    rows = list(csv.DictReader(io.StringIO(path.read_bytes().decode("utf-8-sig"), newline=""), delimiter=";"))
    for number, cells in changes.items():
        next(row for row in rows if row["document_id"] == f"synthetic-{number:02d}").update(cells)
    out = io.StringIO(newline="")
    writer = csv.DictWriter(
        out, header or list(rows[0]), delimiter=separator, lineterminator="\r\n", extrasaction="ignore"
    )
    writer.writeheader()
    writer.writerows(rows)
    path.write_bytes(out.getvalue().encode(encoding))
    return path


def fill_workbook(path, changes):
    """Write values into an XLSX sheet, as Excel stores them."""
    book = openpyxl.load_workbook(path)
    sheet = book["Kodierbogen"]
    header = [cell.value for cell in sheet[1]]
    for row in sheet.iter_rows(min_row=2):
        number = int(row[1].value[-2:])
        for name, value in changes.get(number, {}).items():
            row[header.index(name)].value = value
    book.save(path)
    return path


def coded(imported):
    return {(row.document_id[-2:], row.field): row.value for row in imported.rows.itertuples()}


@pytest.fixture
def sheet(documents, tmp_path):
    """Return a function that exports a sheet of three documents and gives the CSV's and the workbook's path."""

    def make(*rows, **options):
        made = documents(*(rows or ({}, UNKNOWN, {"confidence": "niedrig"})))
        return export_sheet(made, tmp_path / "bogen", **options).paths

    return make


CODES = {"relevant": "ja", "kind": "Leitbild ", "year": "2014,0", "year_basis": "beschluss", "ags": "5315000"}
READ = {("00", "relevant"): "ja", ("00", "kind"): "leitbild", ("00", "year"): "2014", ("00", "year_basis"): "beschluss",
        ("00", "ags"): "05315000"}  # fmt: skip


def test_a_csv_comes_back_with_its_codes(sheet):
    _, path = sheet()
    imported = import_sheet(fill(path, {0: CODES | {"bemerkung": "siehe S. 3"}}), coder="AB", coded_on=DAY)
    assert coded(imported) == READ
    row = imported.rows.iloc[1]
    assert (row["machine_value"], row["coder"], row["coded_on"], row["comment"]) == (
        "integrationskonzept", "AB", DAY, "siehe S. 3"
    )  # fmt: skip
    assert row["machine_coder"] == "synthetic"
    assert not row["blind"]
    assert row["inclusion_probability"] == 1
    validate(imported.rows, REVIEW)
    assert any("2 of 3 documents bear no code" in note for note in imported.notes)


def test_a_workbook_comes_back_with_numbers_dates_and_truth_values(sheet):
    path, _ = sheet()
    cells = CODES | {
        "year": 2014,
        "ags": 5315000,
        "relevant": True,
        "kodiert_am": datetime.datetime(2026, 2, 1),
    }
    imported = import_sheet(fill_workbook(path, {0: cells}), coder="AB", coded_on=DAY)
    assert coded(imported) == READ
    assert set(imported.rows["coded_on"]) == {"2026-02-01"}


@pytest.mark.parametrize(
    ("written", "stored"),
    [("1.2.2026", "2026-02-01"), ("01.02.2026", "2026-02-01"), ("2026-02-01", "2026-02-01")],
)
def test_a_row_may_bear_a_day_of_its_own(sheet, written, stored):
    _, path = sheet()
    imported = import_sheet(fill(path, {0: CODES | {"kodiert_am": written}}), coder="AB", coded_on=DAY)
    assert set(imported.rows["coded_on"]) == {stored}


@pytest.mark.parametrize("separator", [";", ",", "\t"])
@pytest.mark.parametrize("encoding", ["utf-8", "utf-8-sig", "cp1252"])
def test_separator_and_encoding_are_recognised(sheet, separator, encoding):
    _, path = sheet()
    filled = fill(
        path, {0: CODES | {"bemerkung": "größer; über, „so“\tda"}}, separator=separator, encoding=encoding
    )
    imported = import_sheet(filled, coder="AB", coded_on=DAY)
    assert set(imported.rows["comment"]) == {"größer; über, „so“\tda"}
    assert any("code page 1252" in note for note in imported.notes) == (encoding == "cp1252")


@pytest.mark.parametrize(
    ("encoding", "message"),
    [("mac_roman", "neither UTF-8 nor"), ("utf-16", "UTF-16"), ("cp437", "neither UTF-8 nor")],
)
def test_an_encoding_that_would_be_misread_is_refused(sheet, encoding, message):
    _, path = sheet()
    with pytest.raises(DataError, match=message) as error:
        import_sheet(fill(path, {0: CODES}, encoding=encoding), coder="AB", coded_on=DAY)
    assert "CSV UTF-8" in str(error.value)


def test_columns_and_rows_may_stand_in_any_order(sheet):
    _, path = sheet()
    header = path.read_bytes().decode("utf-8-sig").splitlines()[0].split(";")
    filled = fill(path, {0: CODES}, header=sorted(header, reverse=True))
    first, *rows = filled.read_bytes().split(b"\r\n")[:-1]
    filled.write_bytes(b"\r\n".join([first, *rows[::-1], b""]))
    assert coded(import_sheet(filled, coder="AB", coded_on=DAY)) == READ


@settings(suppress_health_check=[HealthCheck.function_scoped_fixture], deadline=None, max_examples=40)
@given(st.text(st.characters(codec="utf-8", exclude_categories=["Cc", "Cs"]), min_size=1, max_size=30))
@example("=1+1")
@example("'=1+1")
@example("'s-Hertogenbosch")
def test_a_remark_survives_the_way_there_and_back(documents, tmp_path_factory, remark):
    path = export_sheet(documents({}), tmp_path_factory.mktemp("b") / "bogen.csv").paths[0]
    filled = fill(path, {0: CODES | {"bemerkung": guard(remark)}})
    comment = import_sheet(filled, coder="AB", coded_on=DAY).rows["comment"].iloc[0]
    assert (comment if isinstance(comment, str) else "") == remark.strip()


def test_ja_in_geprueft_confirms_the_machine_where_a_cell_is_empty(sheet):
    _, path = sheet()
    codes = coded(
        import_sheet(fill(path, {0: {"geprüft": "ja", "kind": "leitbild"}}), coder="AB", coded_on=DAY)
    )
    assert codes[("00", "kind")] == "leitbild"
    assert codes[("00", "status")] == "fertiggestellt"
    assert codes[("00", "version")] == "kein"
    assert len(codes) == 8


def test_ja_in_geprueft_confirms_nothing_in_a_blind_sheet(sheet):
    _, path = sheet(blind=True)
    imported = import_sheet(fill(path, {0: {"geprüft": "ja", "kind": "leitbild"}}), coder="AB", coded_on=DAY)
    assert coded(imported) == {("00", "kind"): "leitbild"}
    assert imported.rows["blind"].all()
    assert imported.rows["machine_value"].iloc[0] == "integrationskonzept"


def test_a_document_that_is_none_needs_no_further_codes(sheet):
    _, path = sheet()
    imported = import_sheet(fill(path, {0: {"relevant": "nein", "geprüft": "ja"}}), coder="AB", coded_on=DAY)
    assert coded(imported) == {("00", "relevant"): "nein"}


def test_a_remark_without_a_code_is_kept(sheet):
    _, path = sheet()
    imported = import_sheet(
        fill(path, {0: {"bemerkung": "PDF lässt sich nicht öffnen"}}), coder="AB", coded_on=DAY
    )
    assert coded(imported) == {("00", "comment"): "PDF lässt sich nicht öffnen"}


@pytest.mark.parametrize(
    ("cells", "column", "message"),
    [
        (
            {"kind": "Konzept"},
            "kind",
            r"'Konzept' is no code of kind. Allowed: integrationskonzept, leitbild",
        ),
        ({"year": "um 2010"}, "year", "a year from 1970"),
        ({"status": "beschlosen"}, "status", "Allowed: beschlossen"),
        ({"geprüft": "vielleicht"}, "geprüft", "neither ja nor nein"),
        ({"kodiert_am": "31.2.2026"}, "kodiert_am", "no day of the calendar"),
        ({"kodiert_am": "1.2.26"}, "kodiert_am", "no date"),
        ({"kodiert_am": "1.2.2226"}, "kodiert_am", "in the future"),
        ({"year": "kein", "year_basis": "beschluss"}, "year_basis", "the year is 'kein'"),
        ({"year": "2010", "year_basis": "unbekannt"}, "year_basis", "there is a year"),
        ({"relevant": "nein", "kind": "leitbild"}, "kind", "relevant is 'nein'"),
        ({"maschine_kind": "leitbild"}, "maschine_kind", "into the column 'kind'"),
        ({"bogen": "bogen-0"}, "bogen", "is another sheet"),
        ({"document_id": "synthetic-77"}, "document_id", "no document of this sheet"),
        ({"document_id": "synthetic-00"}, "document_id", "stands already in row 3"),
    ],
)
@pytest.mark.parametrize("form", ["csv", "xlsx"])
def test_a_problem_is_named_with_file_row_and_column(sheet, form, cells, column, message):
    workbook, text = sheet()
    # The uncertain document 02 stands first, then 00 in row 3 and 01 in row 4.
    path = fill(text, {1: cells}) if form == "csv" else fill_workbook(workbook, {1: cells})
    with pytest.raises(DataError, match=message) as error:
        import_sheet(path, coder="AB", coded_on=DAY)
    assert (error.value.file, error.value.row, error.value.column) == (path, 4, column)


def test_a_machine_column_that_excel_has_reformatted_is_no_problem(sheet):
    _, path = sheet()
    filled = fill(path, {0: CODES | {"maschine_ags": "5315000", "maschine_year": "2010,0"}})
    assert coded(import_sheet(filled, coder="AB", coded_on=DAY)) == READ


def test_confirming_a_code_that_the_machine_does_not_have_is_refused(documents, tmp_path):
    made = documents({}).assign(status=None)
    path = export_sheet(made, tmp_path / "bogen.csv").paths[0]
    with pytest.raises(DataError, match="no code to confirm") as error:
        import_sheet(fill(path, {0: {"geprüft": "ja"}}), coder="AB", coded_on=DAY)
    assert error.value.column == "status"


def test_an_empty_sheet_is_no_coding(sheet):
    for path in sheet():
        with pytest.raises(DataError, match="holds no code"):
            import_sheet(path, coder="AB", coded_on=DAY)


def test_rows_that_are_gone_are_told(sheet):
    _, path = sheet()
    fill(path, {0: CODES})
    lines = path.read_bytes().split(b"\r\n")
    path.write_bytes(b"\r\n".join([*lines[:3], b";" * lines[0].count(b";"), b""]))
    assert any("1 of 3 documents" in note for note in import_sheet(path, coder="AB", coded_on=DAY).notes)


@pytest.mark.parametrize(
    ("header", "message"),
    [
        (lambda names: [name for name in names if name != "kind"], "'kind' is missing"),
        (lambda names: [*names, "notizen"], "'notizen' does not belong"),
        (lambda names: [*names, "kind"], "'kind' stands there twice"),
        (lambda names: [name for name in names if name != "geprüft"], "no column 'geprüft'"),
    ],
)
def test_a_header_that_was_changed_is_named(sheet, header, message):
    _, path = sheet()
    names = path.read_bytes().decode("utf-8-sig").splitlines()[0].split(";")
    rows = list(csv.DictReader(io.StringIO(path.read_bytes().decode("utf-8-sig"), newline=""), delimiter=";"))
    out = io.StringIO(newline="")
    writer = csv.writer(out, delimiter=";")
    writer.writerow(header(names))
    writer.writerows([[row.get(name, "") for name in header(names)] for row in rows])
    path.write_bytes(out.getvalue().encode("utf-8-sig"))
    with pytest.raises(DataError, match=message) as error:
        import_sheet(path, coder="AB", coded_on=DAY)
    assert error.value.row == 1


def test_cells_beyond_the_header_are_named(sheet):
    _, path = sheet()
    lines = path.read_bytes().split(b"\r\n")
    path.write_bytes(b"\r\n".join([lines[0], lines[1] + b";mehr", *lines[2:]]))
    with pytest.raises(DataError, match="beyond the header") as error:
        import_sheet(path, coder="AB", coded_on=DAY)
    assert error.value.row == 2


@pytest.mark.parametrize(
    ("content", "message"),
    [
        (b"", "no column"),
        (b"\xd0\xcf\x11\xe0\xa1\xb1\x1a\xe1" + b"\0" * 600, "old or encrypted"),
        (b"PK\x03\x04" + b"\0" * 100, "no readable Excel"),
        (b"%PDF-1.7\0\0", "NUL bytes"),
        ('bogen;"geprüft'.encode(), "no readable CSV"),
    ],
)
def test_what_is_no_sheet_is_refused(sheet, content, message):
    _, path = sheet()
    path.write_bytes(content)
    with pytest.raises(DataError, match=message):
        import_sheet(path, coder="AB", coded_on=DAY)


@pytest.mark.parametrize("cut", [0.2, 0.5, 0.9, 0.99])
def test_a_truncated_workbook_is_refused(sheet, cut):
    path, _ = sheet()
    content = path.read_bytes()
    path.write_bytes(content[: int(len(content) * cut)])
    with pytest.raises(DataError, match="no readable Excel"):
        import_sheet(path, coder="AB", coded_on=DAY)


def test_damaged_sheets_are_read_or_refused_and_never_crash(sheet):
    workbook, text = sheet()
    fill(text, {0: CODES})
    fill_workbook(workbook, {0: CODES})
    rng = random.Random(20171231)
    outcomes = Counter()
    for path in (workbook, text):
        whole = path.read_bytes()
        for _ in range(60):
            content = bytearray(whole)
            for _ in range(rng.choice([1, 3, 20])):
                start = rng.randrange(len(content))
                content[start : start + rng.randrange(3)] = rng.randbytes(rng.randrange(3))
            path.write_bytes(content)
            try:
                import_sheet(path, coder="AB", coded_on=DAY)
                outcomes["read"] += 1
            except DataError:
                outcomes["refused"] += 1
    assert outcomes["read"] + outcomes["refused"] == 120
    assert min(outcomes.values()) > 5


def test_a_zip_of_an_unknown_version_is_refused(sheet):
    path, _ = sheet()
    content = path.read_bytes()
    at = content.index(b"PK\x01\x02") + 6
    path.write_bytes(content[:at] + b"\xc7\x00" + content[at + 2 :])
    with pytest.raises(DataError, match="no readable Excel"):
        import_sheet(path, coder="AB", coded_on=DAY)


def test_a_workbook_that_unpacks_to_too_much_is_refused(sheet):
    path, _ = sheet()
    with zipfile.ZipFile(path, "a", zipfile.ZIP_DEFLATED) as archive:
        archive.writestr("xl/bomb.xml", b" " * 201_000_000)
    with pytest.raises(DataError, match="no coding sheet is that large"):
        import_sheet(path, coder="AB", coded_on=DAY)


def test_a_workbook_without_the_sheet_is_refused(sheet):
    path, _ = sheet()
    book = openpyxl.load_workbook(path)
    del book["Kodierbogen"]
    book.save(path)
    with pytest.raises(DataError, match="has no sheet with a column 'geprüft'"):
        import_sheet(path, coder="AB", coded_on=DAY)


def test_the_key_is_needed_and_can_be_elsewhere(sheet, tmp_path):
    _, path = sheet()
    fill(path, {0: CODES})
    key = (tmp_path / "bogen.key.csv").rename(tmp_path / "anderswo.csv")
    with pytest.raises(DataError, match="--key"):
        import_sheet(path, coder="AB", coded_on=DAY)
    assert coded(import_sheet(path, coder="AB", coded_on=DAY, key=key)) == READ


@pytest.mark.parametrize("coder", ["", "  ", "A B", "x" * 41, "machine", "a|b", "=x"])
def test_a_coder_needs_a_plain_name(sheet, coder):
    _, path = sheet()
    with pytest.raises(DataError, match="no name of a coder"):
        import_sheet(path, coder=coder, coded_on=DAY)


@pytest.mark.parametrize("day", ["gestern", "2026-13-01", "2999-01-01"])
def test_the_day_of_the_coding_is_checked(sheet, day):
    _, path = sheet()
    with pytest.raises(DataError, match="Give the day of the coding"):
        import_sheet(path, coder="AB", coded_on=day)


def test_the_day_may_be_a_date(sheet):
    _, path = sheet()
    imported = import_sheet(fill(path, {0: CODES}), coder="AB", coded_on=datetime.date(2026, 3, 12))
    assert set(imported.rows["coded_on"]) == {DAY}
