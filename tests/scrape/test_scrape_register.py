"""The register is read strictly: one sentence that names file, row, column and what to do."""

import csv
from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st

from konzept_diffusion import keys
from konzept_diffusion.errors import DataError
from konzept_diffusion.scrape.crawl import register
from konzept_diffusion.scrape.reports import Kommune

HEADER = "ags,name,kind,land,website\n"
GOOD = (
    HEADER + "05315000,Köln,stadt,05,https://www.stadt-koeln.de\n05374,Oberbergischer Kreis,landkreis,05,\n"
)


def write(tmp_path: Path, content: str | bytes) -> Path:
    path = tmp_path / "register.csv"
    path.write_bytes(content if isinstance(content, bytes) else content.encode())
    return path


def test_the_rows_become_kommunen_in_their_order(tmp_path):
    assert register.read(write(tmp_path, GOOD)) == [
        Kommune("05315000", "Köln", "stadt", "05", "https://www.stadt-koeln.de"),
        Kommune("05374", "Oberbergischer Kreis", "landkreis", "05", ""),
    ]


@pytest.mark.parametrize(
    "content",
    [
        b"\xef\xbb\xbf" + GOOD.encode(),
        GOOD.replace("\n", "\r\n"),
        GOOD + "\n\n",
        GOOD.rstrip("\n"),
        "website,note,land,kind,name,ags\n"
        'https://www.stadt-koeln.de,"a, b",05,stadt,Köln,05315000\n,,05,landkreis,Oberbergischer Kreis,05374\n',
    ],
    ids=["BOM", "CRLF", "blank lines", "no last line end", "columns in another order, a further one"],
)
def test_harmless_variants_say_the_same(tmp_path, content):
    assert register.read(write(tmp_path, content)) == register.read(write(tmp_path, GOOD))


def row(ags="05315000", name="Köln", kind="stadt", land="05", website="https://www.stadt-koeln.de"):
    return f"{HEADER}{ags},{name},{kind},{land},{website}\n"


@pytest.mark.parametrize(
    ("content", "said"),
    [
        ("", "is empty"),
        ("\n \n", "is empty"),
        (HEADER, "holds no Kommune"),
        ("ags,name,kind,land\n05315000,Köln,stadt,05\n", "row 1: the register has no column 'website'"),
        ("ags,ags,name,kind,land,website\n", "'ags' stands there twice"),
        (GOOD.replace(",", ";"), "separated by semicolons"),
        (GOOD.replace(",", "\t"), "separated by tabs"),
        (GOOD.encode("latin-1"), "row 2: the register is not UTF-8"),
        (GOOD.encode("utf-16"), "is UTF-16"),
        (row(name="Bonn").encode("utf-16-be"), "NUL characters"),
        (GOOD.encode() + b"\0", "NUL characters"),
        (GOOD + '05111000,"Düsseldorf,stadt,05,\n', "row 4: the register is no valid CSV"),
        (GOOD + "05111000,Düsseldorf\n", "row 4: 2 cells instead of 5"),
        (GOOD + "05315000,Köln,stadt,05,\n", "row 4, column 'ags': 05315000 stands in row 2 already"),
        (row(ags="5315000"), "A leading zero may be lost: '05315000'"),
        (row(ags="99315000"), "no Land"),
        (row(ags="O5315000"), "only digits"),
        (row(ags=""), "row 2, column 'ags'"),
        (row(ags="05315"), "A Landkreis has five digits"),
        (row(kind="landkreis"), "A Landkreis has five digits"),
        (row(kind="Stadt"), "'Stadt' is no kind"),
        (row(name=""), "has no name"),
        (row(land="5"), "leading zero"),
        (row(land="06"), "does not fit the key"),
        (row(website="www.stadt-koeln.de"), "Write it with its scheme: 'https://www.stadt-koeln.de'"),
        (row(website="ftp://stadt-koeln.de"), "no http or https address"),
        (row(website="mailto:stadt@koeln.de"), "no http or https address"),
        (row(website="javascript:alert(1)"), "no http or https address"),
        (row(website="-"), "Leave the cell blank"),
        (row(website="http://"), "no valid address"),
        (row(website="https://stadt koeln.de"), "no valid address"),
        (row(website="http://stadt-koeln.de:99999/"), "no valid address"),
        (row(website="http://[::1"), "no http or https address"),
    ],
)
def test_a_malformed_register_is_refused_with_its_place(tmp_path, content, said):
    path = write(tmp_path, content)
    with pytest.raises(DataError) as refused:
        register.read(path)
    assert said in str(refused.value)
    assert str(path) in str(refused.value)
    assert "\n" not in str(refused.value)


def test_a_register_that_is_not_there_or_is_a_folder_is_refused(tmp_path):
    for path in (tmp_path / "none.csv", tmp_path):
        with pytest.raises(DataError, match=r"cannot be read.*--register"):
            register.read(path)


@given(st.binary(max_size=300))
def test_rubbish_is_refused_and_never_crashes(tmp_path_factory, content):
    path = tmp_path_factory.mktemp("rubbish") / "register.csv"
    path.write_bytes(content)
    with pytest.raises(DataError):
        register.read(path)


words = st.text(st.characters(blacklist_categories=("Cs", "Cc", "Zs", "Zl", "Zp")), min_size=1, max_size=20)


@given(st.lists(st.tuples(st.sampled_from(sorted(keys.LAENDER)), words), min_size=1, max_size=8))
def test_what_csv_writes_is_read_back(tmp_path_factory, entries):
    path = tmp_path_factory.mktemp("round") / "register.csv"
    kommunen = [
        Kommune(f"{land}{number:06}", name, "gemeinde", land, "http://127.0.0.1:8000/")
        for number, (land, name) in enumerate(entries)
    ]
    with path.open("w", encoding="utf-8", newline="") as stream:
        writer = csv.writer(stream)
        writer.writerow(register.COLUMNS)
        writer.writerows((k.ags, k.name, k.kind, k.land, k.website) for k in kommunen)
    assert register.read(path) == kommunen


def test_without_a_file_it_is_the_embedded_one():
    found = register.read()
    assert len(found) > 900
    assert sum(bool(kommune.website) for kommune in found) > 800
    assert {"05315000", "03404000", "03459"} <= {kommune.ags for kommune in found}


def test_seeds_are_added_and_others_left_alone(tmp_path):
    koeln, kreis = register.with_seeds(
        register.read(write(tmp_path, GOOD)), {"05315000": ("https://ratsinformation.example/",)}
    )
    assert koeln.seeds == ("https://ratsinformation.example/",)
    assert kreis.seeds == ()


def test_only_names_rows_of_the_register(tmp_path):
    kommunen = register.read(write(tmp_path, GOOD))
    assert [kommune.ags for kommune in register.select(kommunen, ["05374"])] == ["05374"]
    assert register.select(kommunen, []) == kommunen
    with pytest.raises(DataError, match="05111000 not in the register"):
        register.select(kommunen, ["05374", "05111000"])
