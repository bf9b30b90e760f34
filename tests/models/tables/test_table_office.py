"""Excel with numbers that can be computed with, Word with a real table; the same bytes every time."""

from __future__ import annotations

import importlib
import io
import zipfile
from pathlib import Path

import openpyxl
import pytest

from konzept_diffusion.errors import ModelError
from konzept_diffusion.models.estimators.binary.result import Fit
from konzept_diffusion.models.tables import office
from konzept_diffusion.models.tables.great import to_great_table
from konzept_diffusion.models.tables.office import to_docx, to_excel


def sheet_of(content: bytes) -> object:
    return openpyxl.load_workbook(io.BytesIO(content)).active


def test_estimates_and_errors_are_numbers_with_all_their_digits(small: Fit, large: Fit) -> None:
    sheet = sheet_of(to_excel([small, large], title="T"))
    line = next(row for row in sheet.iter_rows() if row[0].value == "x")
    assert [cell.value for cell in line[1:]] == [small.params["x"], large.params["x"]]
    below = sheet[line[0].row + 1]
    assert below[1].value == small.se["x"]
    assert below[1].number_format == '\\(#,##0.000\\);\\("\u2212"#,##0.000\\)'
    counts = next(row for row in sheet.iter_rows() if row[0].value == "Beobachtungen")
    assert counts[1].value == 397
    assert isinstance(counts[1].value, int)


def test_stars_belong_to_the_format_and_not_to_the_number(small: Fit) -> None:
    sheet = sheet_of(to_excel(small, stars=True))
    line = next(row for row in sheet.iter_rows() if row[0].value == "x")
    assert line[1].value == small.params["x"]
    assert '"***"' in line[1].number_format


@pytest.mark.parametrize("evil", ["=1+1", "+1", "-1", "@SUM(A1)", '=HYPERLINK("http://x")'])
def test_no_text_becomes_a_formula(small: Fit, evil: str) -> None:
    sheet = sheet_of(to_excel({evil: small}, labels={"x": evil}, title=evil, notes=[evil]))
    found = [cell for row in sheet.iter_rows() for cell in row if cell.value == evil]
    assert len(found) == 4
    assert all(cell.data_type == "s" and cell.quotePrefix for cell in found)
    assert not any(cell.data_type == "f" for row in sheet.iter_rows() for cell in row)


def test_an_interval_has_two_numbers_and_is_a_text(small: Fit) -> None:
    sheet = sheet_of(to_excel(small, below="ci", lang="en"))
    line = next(row for row in sheet.iter_rows() if row[0].value == "x")
    assert sheet[line[0].row + 1][1].value.startswith("[")


def stamps(content: bytes) -> set[tuple[int, ...]]:
    with zipfile.ZipFile(io.BytesIO(content)) as package:
        return {item.date_time for item in package.infolist()}


def test_a_workbook_bears_no_time_of_writing(small: Fit, tmp_path: Path) -> None:
    content = to_excel(small, tmp_path / "t.xlsx")
    assert (tmp_path / "t.xlsx").read_bytes() == content
    assert stamps(content) == {(2000, 1, 1, 0, 0, 0)}
    with zipfile.ZipFile(io.BytesIO(content)) as package:
        core = package.read("docProps/core.xml").decode()
    assert core.count("2000-01-01T00:00:00Z") == 2


def test_a_word_table_shows_what_the_layout_shows(small: Fit, large: Fit, tmp_path: Path) -> None:
    docx = pytest.importorskip("docx", reason="python-docx is not installed (optional extra docx)")
    content = to_docx(
        {"A": small, "Größe": large}, tmp_path / "t.docx", title="Treiber", notes=["Quelle: erfunden."]
    )
    document = docx.Document(io.BytesIO(content))
    assert document.paragraphs[0].text == "Treiber"
    grid = [[cell.text for cell in row.cells] for row in document.tables[0].rows]
    assert grid[0] == ["", "A", "Größe"]
    assert len(grid) == 1 + 2 * 3 + 5
    assert [row[0] for row in grid[1::2]][:3] == ["Konstante", "x", "kind[T.b]"]
    assert grid[3][1].startswith("\u2212")
    assert document.tables[0].rows[0]._tr.xpath("./w:trPr/w:tblHeader")
    assert "Quelle: erfunden." in [paragraph.text for paragraph in document.paragraphs]
    assert stamps(content) == {(2000, 1, 1, 0, 0, 0)}
    assert (tmp_path / "t.docx").read_bytes() == content


def test_without_python_docx_the_error_says_what_to_do(small: Fit, monkeypatch: pytest.MonkeyPatch) -> None:
    def missing(name: str) -> object:
        raise ModuleNotFoundError(name)

    monkeypatch.setattr(office.importlib, "import_module", missing)
    with pytest.raises(ModelError, match=r"python-docx: pip install .* or use to_html"):
        to_docx(small)
    with pytest.raises(ModelError, match="great_tables: pip install great_tables"):
        to_great_table(small)


def test_great_tables_gets_every_row(small: Fit, large: Fit) -> None:
    pytest.importorskip("great_tables", reason="great_tables is not installed (it is no dependency)")
    made = importlib.import_module("konzept_diffusion.models.tables.great").to_great_table(
        [small, large], title="Treiber", notes=["Quelle: erfunden."]
    )
    text = made.as_raw_html()
    for expected in ("Treiber", "Quelle: erfunden.", "(1)", "(2)", "kind[T.b]", "397"):
        assert expected in text


def test_a_small_p_value_is_shown_as_such_and_kept_as_a_number(small: Fit) -> None:
    cell = sheet_of(to_excel(small, below="p", terms="x"))["B3"]
    assert cell.value == pytest.approx(small.tidy().set_index("term").loc["x", "p_value"])
    assert 0 < cell.value < 0.0005
    assert cell.number_format == '"(<\u00a00,001)"'
