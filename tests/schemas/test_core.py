"""Reading a table against its declaration: types, and one clear error that names file, row and column."""

import datetime

import pytest

from konzept_diffusion.errors import DataError
from konzept_diffusion.schemas import Column, ForeignKey, Table, check_foreign_keys, read, validate

TOWNS = Table(
    name="towns",
    title="Towns",
    description="One row per town (synthetic).",
    primary_key=("ags",),
    columns=(
        Column("ags", "key", "Key", required=True, level=("gemeinde",)),
        Column("name", "string", "Name", required=True),
        Column("kind", "string", "Kind", categories=("stadt", "gemeinde")),
        Column("year", "year", "Year"),
        Column("share", "number", "Share", unit="percent", minimum=0, maximum=100),
        Column("seen", "boolean", "Seen?"),
        Column("count", "integer", "Count", minimum=0),
        Column("day", "date", "Day"),
    ),
)
HEADER = "ags,name,kind,year,share,seen,count,day\n"
GOOD = "05315000,Köln,stadt,2011,33.5,true,3,2017-12-31\n"


def _file(tmp_path, text, encoding="utf-8"):
    path = tmp_path / "towns.csv"
    path.write_bytes(text.encode(encoding))
    return path


def test_a_good_file_is_typed(tmp_path):
    table = read(_file(tmp_path, HEADER + GOOD + "06413000,Offenbach,,,,,,\n"), TOWNS)
    assert table.loc[0].tolist() == ["05315000", "Köln", "stadt", 2011, 33.5, True, 3, "2017-12-31"]
    assert [str(dtype) for dtype in table.dtypes] == [
        "str", "str", "str", "Int64", "float64", "boolean", "Int64", "str",
    ]  # fmt: skip
    assert table.loc[1, ["kind", "year", "share", "seen"]].isna().all()


def test_a_byte_order_mark_and_quoted_line_breaks_do_no_harm(tmp_path):
    text = "\ufeff" + HEADER + '05315000,"Köln\nam Rhein",stadt,2011,33.5,true,3,2017-12-31\n'
    assert read(_file(tmp_path, text), TOWNS).loc[0, "name"] == "Köln\nam Rhein"


@pytest.mark.parametrize(
    ("row", "column", "says"),
    [
        ("5315000,Köln,stadt,2011,1,true,3,", "ags", "leading zero may be lost: '05315000'"),
        ("05315,Köln,stadt,2011,1,true,3,", "ags", "key of a kreis, expected gemeinde"),
        (",Köln,stadt,2011,1,true,3,", "ags", "a value is required"),
        ("05315000,Köln,dorf,2011,1,true,3,", "kind", "'dorf' is not one of stadt, gemeinde"),
        ("05315000,Köln,stadt,1969,1,true,3,", "year", "'1969' is below 1970"),
        (f"05315000,Köln,stadt,{datetime.date.today().year + 1},1,true,3,", "year", "is above"),
        ("05315000,Köln,stadt,2011/12,1,true,3,", "year", "no whole number"),
        ('05315000,Köln,stadt,2011,"33,5",true,3,', "share", "Write a decimal point"),
        ("05315000,Köln,stadt,2011,101,true,3,", "share", "'101.0' is above 100"),
        ("05315000,Köln,stadt,2011,1,ja,3,", "seen", "neither true nor false"),
        ("05315000,Köln,stadt,2011,1,true,-1,", "count", "is below 0"),
        ("05315000,Köln,stadt,2011,1,true,3,31.12.2017", "day", "no date"),
    ],
)
def test_a_bad_cell_is_named_by_file_row_and_column(tmp_path, row, column, says):
    path = _file(tmp_path, HEADER + "06413000,Offenbach,,,,,,\n" + row + "\n")
    with pytest.raises(DataError, match=says) as caught:
        read(path, TOWNS)
    assert (caught.value.file, caught.value.row, caught.value.column) == (path, 3, column)
    assert f"{path}, row 3, column {column!r}: " in str(caught.value)


def test_a_duplicate_key_names_the_second_row(tmp_path):
    with pytest.raises(
        DataError, match=r"row 3, column 'ags': the key \(05315000\) stands there a second time"
    ):
        read(_file(tmp_path, HEADER + GOOD + GOOD), TOWNS)


def test_a_missing_an_unknown_and_a_repeated_column_are_named(tmp_path):
    with pytest.raises(DataError, match="row 1: the column 'year' is missing"):
        read(_file(tmp_path, HEADER.replace("year,", "")), TOWNS)
    with pytest.raises(DataError, match="'colour' is not declared"):
        read(_file(tmp_path, HEADER.replace("day", "day,colour")), TOWNS)
    with pytest.raises(DataError, match="'name' stands there twice"):
        read(_file(tmp_path, HEADER.replace("day", "day,name")), TOWNS)


def test_a_semicolon_file_says_so(tmp_path):
    with pytest.raises(DataError, match=r"row 1: is separated by semicolons\. Save it with commas"):
        read(_file(tmp_path, HEADER.replace(",", ";")), TOWNS)


def test_a_row_of_another_length_is_named(tmp_path):
    with pytest.raises(DataError, match="row 2: has 2 cells, the header has 8"):
        read(_file(tmp_path, HEADER + "05315000,Köln\n"), TOWNS)


def test_blank_lines_at_the_end_do_no_harm_elsewhere_they_are_named(tmp_path):
    assert len(read(_file(tmp_path, HEADER + GOOD + "\n\r\n"), TOWNS)) == 1
    with pytest.raises(DataError, match="row 3: is an empty line"):
        read(_file(tmp_path, HEADER + GOOD + "\n" + GOOD.replace("05315", "06413")), TOWNS)


@pytest.mark.parametrize(
    ("row", "column", "says"),
    [
        ("05315000,Köln,stadt,99999999999999999999,1,true,3,", "year", "no whole number"),
        ("05315000,Köln,stadt,2011,1e999,true,3,", "share", "no number"),
        ("05315000,Köln,stadt,2011,nan,true,3,", "share", "no number"),
        ("05315000,K\0ln,stadt,2011,1,true,3,", "name", "NUL"),
        ("05315000,Köln,stadt,2011,1,true,3,2000-W01-1", "day", "no date"),
        ("05315000\u00a0,Köln,stadt,2011,1,true,3,", "ags", "only digits"),
    ],
)
def test_what_other_readers_let_through_is_refused(tmp_path, row, column, says):
    with pytest.raises(DataError, match=says) as caught:
        read(_file(tmp_path, HEADER + row + "\n"), TOWNS)
    assert (caught.value.row, caught.value.column) == (2, column)


def test_an_unclosed_quote_is_named_by_its_row(tmp_path):
    with pytest.raises(DataError, match="row 3: is no readable CSV"):
        read(_file(tmp_path, HEADER + GOOD + '06413000,"Offenbach,,,,,,\n'), TOWNS)


def test_rows_are_counted_as_records_also_for_the_encoding(tmp_path):
    text = HEADER + '06413000,"Offenbach\nam Main",,,,,,\n' + GOOD
    with pytest.raises(DataError, match="row 3: is not UTF-8"):
        read(_file(tmp_path, text, encoding="latin-1"), TOWNS)


def test_another_encoding_is_refused_with_the_row(tmp_path):
    with pytest.raises(DataError, match=r"row 2: is not UTF-8 \(byte 0xf6\)"):
        read(_file(tmp_path, HEADER + GOOD, encoding="latin-1"), TOWNS)


def test_an_empty_and_an_absent_file_are_told_apart(tmp_path):
    with pytest.raises(DataError, match="is empty"):
        read(_file(tmp_path, ""), TOWNS)
    with pytest.raises(DataError, match="cannot be read"):
        read(tmp_path / "nothing.csv", TOWNS)


def test_further_problems_are_counted(tmp_path):
    bad = "05315000,Köln,dorf,1969,101,true,3,\n"
    with pytest.raises(DataError, match=r"\(2 more in this table\.\)"):
        read(_file(tmp_path, HEADER + bad), TOWNS)


def test_a_rule_across_columns_is_checked(tmp_path):
    def seen_needs_a_year(frame):
        for position in frame.index[frame["seen"].fillna(False) & frame["year"].isna()]:
            yield position, "year", "is empty although the town was seen."

    strict = Table(**{**TOWNS.__dict__, "name": "strict", "checks": (seen_needs_a_year,)})
    with pytest.raises(DataError, match="row 2, column 'year': is empty although"):
        read(_file(tmp_path, HEADER + "05315000,Köln,stadt,,1,true,3,\n"), strict)


def test_foreign_keys_must_exist(tmp_path):
    visits = Table(
        name="visits",
        title="Visits",
        description="One row per visit (synthetic).",
        primary_key=("ags",),
        foreign_keys=(ForeignKey(("ags",), "towns", ("ags",)),),
        columns=(Column("ags", "key", "Town"),),
    )
    towns = read(_file(tmp_path, HEADER + GOOD), TOWNS)
    good = validate(towns[["ags"]], visits)
    check_foreign_keys({"towns": towns, "visits": good}, {"towns": TOWNS, "visits": visits})
    bad = validate(good.assign(ags="06413000"), visits)
    with pytest.raises(
        DataError, match="table visits, row 2, column 'ags': 06413000 does not occur in table towns"
    ):
        check_foreign_keys({"towns": towns, "visits": bad}, {"towns": TOWNS, "visits": visits})
