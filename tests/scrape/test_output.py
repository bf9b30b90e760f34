"""documents.csv, coverage.csv and unresolved.csv fit their declarations, are stable, and drop nothing."""

from __future__ import annotations

import csv
import dataclasses
import os
import random
from pathlib import Path

import pytest

from konzept_diffusion.errors import StepError
from konzept_diffusion.schemas import crawl
from konzept_diffusion.schemas.core import read
from konzept_diffusion.schemas.processed import DOCUMENTS
from konzept_diffusion.scrape.archive.output import document_id, write_outputs
from konzept_diffusion.scrape.reports import STATUSES, Coding, Found, Kommune, Report

STADT = Kommune("09563000", "Fürth", "stadt", "09", "https://www.fuerth.example")
LANDKREIS = Kommune("09573", "Fürth", "landkreis", "09", "https://www.landkreis.example")


def found(kommune: Kommune, name: str, **changes: object) -> Found:
    """A document of the Kommune itself; `changes` go to the find or to its coding."""
    level = "kreis" if kommune.kind == "landkreis" else "stadt"
    names = {item.name for item in dataclasses.fields(Coding)}
    coding = Coding(
        True,
        kind="integrationskonzept",
        status="beschlossen",
        year=2011,
        year_basis="beschluss",
        owner_level=level,
        owner_ags=kommune.ags,
        title="Integrationskonzept",
        text_status="ok",
        text_digest=f"text of {name}",
        coder="rules-1",
    )
    coding = dataclasses.replace(coding, **{key: value for key, value in changes.items() if key in names})  # type: ignore[arg-type]
    place = Found(
        kommune.ags, f"{kommune.website}/{name}", coding, sha256=f"bytes of {name}", discovered_by="search"
    )
    return dataclasses.replace(place, **{key: value for key, value in changes.items() if key not in names})  # type: ignore[arg-type]


def report(kommune: Kommune, *documents: Found, **changes: object) -> Report:
    base = Report(kommune, "searched", requests=9, strategies=("robots", "search"), documents=documents)
    return dataclasses.replace(base, **changes)  # type: ignore[arg-type]


def rows(folder: Path, name: str = "documents") -> list[dict[str, str]]:
    with (folder / f"{name}.csv").open(encoding="utf-8", newline="") as stream:
        return list(csv.DictReader(stream))


def test_the_tables_fit_their_declarations(tmp_path: Path) -> None:
    counts = write_outputs(
        [
            report(STADT, found(STADT, "a.pdf"), found(STADT, "b.pdf", kind="fluechtlingskonzept")),
            report(LANDKREIS, found(LANDKREIS, "c.pdf", owner_ags="", owner_level="land"), requests=0),
        ],
        tmp_path,
    )
    assert counts == {"documents": 2, "coverage": 2, "unresolved": 1}
    documents = read(tmp_path / "documents.csv", DOCUMENTS)
    assert list(documents["target_group"].sort_values()) == ["allgemein", "fluechtlinge"]
    assert set(documents["source"]) == {"crawl"}
    coverage = read(tmp_path / "coverage.csv", crawl.COVERAGE)
    assert list(coverage["documents"]) == [2, 1]
    assert list(coverage["strategies"]) == ["robots|search"] * 2
    assert list(read(tmp_path / "unresolved.csv", crawl.UNRESOLVED)["reason"]) == [
        "the owner is no Kommune (land)"
    ]


def test_an_empty_crawl_writes_headers_only(tmp_path: Path) -> None:
    assert write_outputs([], tmp_path) == {"documents": 0, "coverage": 0, "unresolved": 0}
    assert (tmp_path / "documents.csv").read_text() == ",".join(DOCUMENTS.column_names) + "\n"
    assert read(tmp_path / "coverage.csv", crawl.COVERAGE).empty


def test_the_order_of_the_reports_changes_no_byte(tmp_path: Path) -> None:
    reports = [
        report(STADT, *(found(STADT, f"{n}.pdf") for n in range(9)), found(STADT, "x.pdf", owner_ags="")),
        report(
            LANDKREIS,
            found(LANDKREIS, "c.pdf"),
            found(LANDKREIS, "3.pdf", owner_ags=STADT.ags, owner_level="stadt"),
        ),
        report(Kommune("05315000", "Köln", "stadt", "05"), status="no_website", requests=0),
    ]
    contents = set()
    for seed in range(6):
        random.Random(seed).shuffle(reports)
        write_outputs(reports, tmp_path)
        contents.add(
            b"".join((tmp_path / f"{n}.csv").read_bytes() for n in ("documents", "coverage", "unresolved"))
        )
    assert len(contents) == 1


def test_an_id_rests_on_the_text_else_the_file_else_the_address() -> None:
    text = found(STADT, "a.pdf")
    assert document_id(text) == document_id(
        dataclasses.replace(text, url="https://x.example/", sha256="other")
    )
    scan = dataclasses.replace(text, coding=dataclasses.replace(text.coding, text_digest=""))
    assert document_id(scan) == document_id(dataclasses.replace(scan, url="https://x.example/"))
    assert len({document_id(item) for item in (text, scan, dataclasses.replace(scan, sha256=""))}) == 3
    assert document_id(text).startswith("crawl-09563000-")
    assert len(document_id(text)) == len("crawl-09563000-") + 12


@pytest.mark.parametrize("alike", ["text_digest", "sha256", "url"])
def test_a_document_found_twice_on_a_site_is_one_row_that_names_both_places(
    tmp_path: Path, alike: str
) -> None:
    first, second = found(STADT, "a.pdf"), found(STADT, "b.pdf", tdm=True)
    source = first.coding if alike == "text_digest" else first
    value = {alike: getattr(source, alike)}
    second = found(STADT, "b.pdf", tdm=True, **value)
    write_outputs([report(STADT, first, second)], tmp_path)
    (row,) = rows(tmp_path)
    assert row["url"] == first.url
    assert row["note"] == ("" if alike == "url" else f"also at {second.url}")
    assert row["tdm"] == "true", "a reservation seen at one place counts"
    assert rows(tmp_path, "coverage")[0]["documents"] == "1"


def test_a_document_found_on_two_sites_stands_with_its_owners_own(tmp_path: Path) -> None:
    abroad = found(STADT, "copy.pdf", owner_ags=LANDKREIS.ags, owner_level="kreis", text_digest="same")
    own = found(LANDKREIS, "own.pdf", text_digest="same")
    write_outputs([report(STADT, abroad), report(LANDKREIS, own)], tmp_path)
    (row,) = rows(tmp_path)
    assert (row["ags"], row["found_for"], row["url"]) == (LANDKREIS.ags, LANDKREIS.ags, own.url)
    assert row["note"] == f"also found for {STADT.ags} at {abroad.url}"
    assert [item["documents"] for item in rows(tmp_path, "coverage")] == ["1", "1"]


def test_the_same_file_coded_to_two_owners_stays_two_rows(tmp_path: Path) -> None:
    write_outputs(
        [
            report(STADT, found(STADT, "a", text_digest="same")),
            report(LANDKREIS, found(LANDKREIS, "b", text_digest="same")),
        ],
        tmp_path,
    )
    assert [row["ags"] for row in rows(tmp_path)] == [STADT.ags, LANDKREIS.ags]


@pytest.mark.parametrize(
    ("changes", "reason"),
    [
        ({"owner_ags": ""}, "the owner could not be resolved"),
        ({"owner_ags": "", "owner_level": "bund"}, "the owner is no Kommune (bund)"),
        ({"owner_ags": "99999999"}, "ags: "),
        ({"kind": "roman"}, "kind: 'roman' is no code"),
        ({"year_basis": ""}, "year_basis is empty"),
    ],
)
def test_what_fits_no_row_is_kept_with_the_reason(
    tmp_path: Path, changes: dict[str, str], reason: str
) -> None:
    write_outputs([report(STADT, found(STADT, "a.pdf", **changes), found(STADT, "b.pdf"))], tmp_path)
    (kept,) = rows(tmp_path, "unresolved")
    assert kept["reason"].startswith(reason)
    assert kept["url"] == f"{STADT.website}/a.pdf"
    assert len(read(tmp_path / "documents.csv", DOCUMENTS)) == 1


def test_an_impossible_year_is_left_out_and_noted(tmp_path: Path) -> None:
    write_outputs([report(STADT, found(STADT, "a.pdf", year=1871))], tmp_path)
    (row,) = rows(tmp_path)
    assert (row["year"], row["year_basis"]) == ("", "unbekannt")
    assert row["note"] == "coded year 1871 left out: not from 1970 to today"


def test_hostile_text_breaks_no_table(tmp_path: Path) -> None:
    hostile = 'a,"b"\r\nc\x00d\x1b[2J \ud800 | ; =1+1'
    seen = report(
        STADT,
        found(STADT, "a.pdf", title=hostile, evidence=hostile),
        detail=hostile,
        unseen=("https://x.example/a|b", "https://x.example/c"),
    )
    write_outputs([seen], tmp_path)
    documents = read(tmp_path / "documents.csv", DOCUMENTS)
    assert list(documents["title"]) == ['a,"b" c d [2J ? | ; =1+1']
    assert list(read(tmp_path / "coverage.csv", crawl.COVERAGE)["unseen"]) == [
        "https://x.example/a%7Cb|https://x.example/c"
    ]


def test_every_status_of_a_report_is_a_code_of_coverage(tmp_path: Path) -> None:
    assert set(crawl.COVERAGE_STATUSES) == set(STATUSES)


@pytest.mark.skipif(os.geteuid() == 0, reason="root may write everywhere")
def test_a_folder_without_rights_is_named(tmp_path: Path) -> None:
    tmp_path.chmod(0o500)
    with pytest.raises(StepError, match="cannot be written"):
        write_outputs([], tmp_path)


def test_a_file_in_the_folders_place_is_named(tmp_path: Path) -> None:
    (tmp_path / "out").write_text("a file")
    with pytest.raises(StepError, match="cannot be written"):
        write_outputs([], tmp_path / "out")
