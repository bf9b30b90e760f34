"""`build`: the same input gives the same bytes, a bad input changes nothing."""

import json
import shutil

import pytest

from konzept_diffusion import paths
from konzept_diffusion.errors import DataError
from konzept_diffusion.files import atomic_path, digest
from konzept_diffusion.pipeline.build import build
from konzept_diffusion.schemas.processed import TABLES
from konzept_diffusion.schemas.raw import TABLES as RAW_TABLES


@pytest.fixture
def raw(tmp_path):
    """A copy of the raw tables that a test may spoil."""
    return shutil.copytree(paths.raw_dir(), tmp_path / "raw", ignore=shutil.ignore_patterns("downloads"))


@pytest.fixture(scope="module")
def built(tmp_path_factory):
    out = tmp_path_factory.mktemp("built")
    build(out=out)
    return out


def _edit(path, old, new):
    text = path.read_text(encoding="utf-8")
    assert text.count(old) >= 1
    path.write_text(text.replace(old, new, 1), encoding="utf-8")


def test_the_committed_tables_are_what_build_makes(built):
    for name in [*(f"{table}.csv" for table in TABLES), "datapackage.json"]:
        assert (built / name).read_bytes() == (paths.processed_dir() / name).read_bytes(), name


def test_building_twice_gives_the_same_bytes_and_touches_nothing(built):
    before = {path.name: (path.stat().st_mtime_ns, digest(path)) for path in built.iterdir()}
    build(out=built)
    assert {path.name: (path.stat().st_mtime_ns, digest(path)) for path in built.iterdir()} == before


# One spoilt cell each: file, what stands there, what is put there, what the error says.
BAD = [
    ("anlage1_grossstaedte.csv", ",05334002,Aachen", ",5334002,Aachen", r"row 2, column .ags.: .5334002. .* leading"),
    ("anlage1_grossstaedte.csv", ",2006,2006,dokument", ",1906,2006,dokument", "row 2, column .year.: .1906. is below"),
    ("anlage1_grossstaedte.csv", "integrationskonzept,fertiggestellt", "integrationsplan,fertiggestellt",
     r"row 2, column 'kind': 'integrationsplan' is not one of"),
    ("anlage1_grossstaedte.csv", "a1-09761000-01", "a1-05334002-01", r"row 3, column 'row_id': the key .* second time"),
    ("anlage1_grossstaedte.csv", "row_id,ags", "row_id,key", "row 1: the column 'ags' is missing"),
    ("anlage1_grossstaedte.csv", ",false,allgemein", ",true,allgemein", "row 2, column 'refugees_only': contradicts"),
    ("programmes.csv", ",gesetz,", ",verordnung,", "column 'kind'"),
    ("fussnote14.csv", "kein_konzept", "nur_kreis", "column 'footnote14'"),
    ("desk_research.csv", ",beschluss,", ",unbekannt,", "column 'year_basis': is 'unbekannt', but the year is given"),
    ("official/population.csv", "01001000", "01999000", "01999000 does not occur in table register"),
]  # fmt: skip


@pytest.mark.parametrize(
    ("name", "old", "new", "says"), BAD, ids=[f"{item[0]}:{item[2][:20]}" for item in BAD]
)
def test_a_bad_cell_is_named_and_nothing_is_written(raw, tmp_path, name, old, new, says):
    _edit(raw / name, old, new)
    out = tmp_path / "out"
    with pytest.raises(DataError, match=says) as caught:
        build(raw, out)
    assert name in str(caught.value)
    assert not out.exists()


def test_another_encoding_is_named_and_nothing_is_written(raw, tmp_path):
    path = raw / "anlage1_grossstaedte.csv"
    path.write_bytes(path.read_text(encoding="utf-8").encode("cp1252", errors="replace"))
    with pytest.raises(DataError, match=r"anlage1_grossstaedte\.csv, row \d+: is not UTF-8"):
        build(raw, tmp_path / "out")
    assert not (tmp_path / "out").exists()


def test_a_key_outside_the_register_is_named(raw, tmp_path):
    _edit(raw / "desk_research.csv", ",01001000,", ",01001999,")
    with pytest.raises(
        DataError, match=r"desk_research\.csv, row 2, column 'ags': 01001999 does not occur in table register"
    ):
        build(raw, tmp_path / "out")


def test_an_interrupted_write_leaves_the_old_file(tmp_path):
    target = tmp_path / "table.csv"
    target.write_text("old\n", encoding="utf-8")

    def interrupted():
        with atomic_path(target) as temporary:
            temporary.write_text("half", encoding="utf-8")
            raise KeyboardInterrupt

    with pytest.raises(KeyboardInterrupt):
        interrupted()
    assert target.read_text(encoding="utf-8") == "old\n"
    assert [path.name for path in tmp_path.iterdir()] == ["table.csv"]


def test_the_data_package_describes_every_table(built):
    package = json.loads((built / "datapackage.json").read_text(encoding="utf-8"))
    resources = {resource["name"]: resource for resource in package["resources"]}
    assert set(resources) == set(TABLES)
    for name, table in TABLES.items():
        fields = resources[name]["schema"]["fields"]
        assert [field["name"] for field in fields] == table.column_names
        assert all(field["description"] for field in fields)
        assert resources[name]["schema"]["primaryKey"] == list(table.primary_key)
        assert resources[name]["sources"]
        assert resources[name]["licenses"]


def test_the_data_package_is_valid_frictionless(built, monkeypatch):
    frictionless = pytest.importorskip("frictionless")
    monkeypatch.chdir(built)
    report = frictionless.validate("datapackage.json")
    problems = report.flatten(["title", "type", "rowNumber", "fieldName", "note"])
    assert report.valid, problems[:5]


def test_every_declared_column_says_what_it_is():
    for table in [*TABLES.values(), *RAW_TABLES.values()]:
        assert table.description
        assert table.sources
        for column in table.columns:
            assert column.description, f"{table.name}.{column.name}"
            assert column.name.isascii()
            assert column.name == column.name.lower()
