"""A crawl against what is held: new, changed, unchanged, vanished; what is accepted, what waits, what people say."""

import pandas as pd
import pytest

from konzept_diffusion.catalogue.crawls.classification import classify
from konzept_diffusion.catalogue.crawls.dedup import sketch
from konzept_diffusion.catalogue.crawls.merging import (
    crawled_documents,
    entries,
    human_codes,
    read_merged,
    review_queue,
    waiting_documents,
)
from konzept_diffusion.catalogue.crawls.readings import read_texts
from konzept_diffusion.catalogue.crawls.source import read_crawl
from konzept_diffusion.catalogue.events import adoption_events
from konzept_diffusion.errors import DataError
from konzept_diffusion.files import write_csv
from konzept_diffusion.schemas import validate
from konzept_diffusion.schemas.crawl import CAPTURES, COVERAGE
from konzept_diffusion.schemas.merge import TABLES
from konzept_diffusion.schemas.review import REVIEW

KREIS, TOWN, CITY = "05378", "05158012", "05315000"
FOUND = {
    "ags": TOWN, "found_for": TOWN, "source": "crawl", "text_status": "ok", "coder": "rules-1", "tdm": False,
    "media_type": "application/pdf", "confidence": "hoch", "url": "https://town.de/a.pdf", "sha256": "a" * 64,
}  # fmt: skip
TEXT = " ".join(f"wort{number}" for number in range(500))
OTHER = " ".join(f"anders{number}" for number in range(500))


@pytest.fixture
def crawl(tmp_path, documents):
    """Return a function that writes a crawl's output and reads it: rows of documents, status by Kommune."""
    made = []

    def make(*rows, **statuses):
        folder = tmp_path / f"crawl{len(made)}"
        made.append(folder)
        table = documents(*(FOUND | row for row in rows)) if rows else documents(FOUND).iloc[:0]
        write_csv(folder / "documents.csv", table)
        coverage = [
            {
                "ags": ags, "name": "Auental", "kind": "landkreis" if ags == KREIS else "stadt", "land": "05",
                "status": statuses.get(f"k{ags}", "searched"), "requests": 3, "documents": 0,
                "started_at": f"2026-11-{len(made):02}T08:00:00Z", "finished_at": f"2026-11-{len(made):02}T09:00:00Z",
            }
            for ags in (KREIS, TOWN, CITY)
        ]  # fmt: skip
        frame = pd.DataFrame(coverage, columns=COVERAGE.column_names)
        write_csv(folder / "coverage.csv", validate(frame, COVERAGE))
        return read_crawl(folder)

    return make


@pytest.fixture
def history(tmp_path, documents):
    """A catalogue that crawls are merged into: other sources, and the tables of merged crawls."""

    class History:
        def __init__(self):
            self.known = documents({"ags": CITY, "year": 2008, "title": "Konzept der Großstadt"})
            self.merged = read_merged(tmp_path / "nothing")

        def add(self, crawl, sketches=None):
            rows = classify(
                crawl, self.merged, self.known, [KREIS, TOWN, CITY], [CITY, "05334002"], sketches or {}
            )
            coverage = crawl.coverage.assign(crawl_id=crawl.crawl_id)
            self.merged = self.merged.with_crawl(crawl.provenance, coverage, rows)
            own = self.merged.documents[self.merged.documents["crawl_id"] == crawl.crawl_id]
            return own.set_index("document_id")

        def capture(self, crawl):
            self.merged = self.merged.with_captures(crawl.crawl_id, crawl.captures)

        def documents(self, review=()):
            return crawled_documents(self.merged, human_codes(_review(*review))).set_index("document_id")

        def queue(self, review=()):
            return (
                review_queue(self.merged, human_codes(_review(*review)))
                .set_index("document_id")["reasons"]
                .to_dict()
            )

    return History()


def _review(*codes):
    """Return the table `review` from (document, field, value) or (document, field, value, coder)."""
    rows = [
        {
            "document_id": code[0], "field": code[1], "value": code[2], "coder": code[3] if len(code) > 3 else "AB",
            "coded_on": "2026-11-20", "sheet_id": "s1", "blind": False, "stratum": "hoch", "inclusion_probability": 1.0,
        }
        for code in codes
    ]  # fmt: skip
    return validate(pd.DataFrame(rows, columns=REVIEW.column_names), REVIEW)


def _said(row):
    return row["change"], row["decision"], None if pd.isna(row["reasons"]) else row["reasons"]


def test_a_folder_without_crawl_tables_is_one_into_which_no_crawl_was_merged(tmp_path):
    merged = read_merged(tmp_path)
    assert entries(merged) == {}
    assert crawled_documents(merged, {}).empty
    assert review_queue(merged, {}).empty


def test_a_sure_find_that_contradicts_nothing_is_accepted(crawl, history):
    found = history.add(crawl({}))
    assert _said(found.loc["synthetic-00"]) == ("new", "accepted", None)
    row = history.documents().loc["synthetic-00"]
    assert (row["source"], row["year"], row["sha256"]) == ("crawl", 2010, "a" * 64)
    assert history.queue() == {}


@pytest.mark.parametrize(
    ("row", "reason"),
    [
        ({"confidence": "mittel"}, "confidence:mittel"),
        ({"text_status": "needs_ocr"}, "text:needs_ocr"),
        ({"ags": CITY, "found_for": CITY, "year": 2001}, "census:first_2008"),
        ({"ags": "05334002", "year": 2016}, None),
        ({"ags": CITY, "found_for": CITY, "title": "Konzept der Großstadt", "status": "entwurf", "year": 2008},
         "known:status:synthetic-00"),
    ],
    ids=["unsure", "unread", "before the census", "outside", "another source"],
)  # fmt: skip
def test_what_is_unsure_or_contradicts_waits(crawl, history, row, reason):
    found = history.add(crawl(row | {"document_id": "x"})).loc["x"]
    if reason is None:
        assert found["decision"] == "outside", "the owner is not in the catalogue's register"
    else:
        assert (found["decision"], found["reasons"]) == ("waits", reason)
        assert history.queue() == {"x": reason}
    assert history.documents().empty


def test_a_city_without_a_concept_in_the_census_cannot_have_one_unseen(crawl, history):
    history.known = history.known.assign(ags="05334002")
    found = history.add(crawl({"ags": CITY, "found_for": CITY, "year": 2016, "document_id": "x"}))
    assert found.loc["x", "reasons"] == "census:no_concept"
    later = history.add(
        crawl({"ags": CITY, "found_for": CITY, "year": 2019, "document_id": "y", "url": "https://b.de"})
    )
    assert pd.isna(later.loc["y", "reasons"]), "what came after the census contradicts it not"


def test_evidence_that_there_was_none_in_a_later_year_makes_a_find_wait(crawl, history, documents):
    history.known = documents(
        {
            "ags": TOWN,
            "status": "kein_konzept",
            "year": 2014,
            "source": "desk_research",
            "document_id": "dr-1",
        },
        {"ags": TOWN, "status": "in_arbeit", "year": 2015, "source": "desk_research", "document_id": "dr-2"},
    )
    found = history.add(crawl({"document_id": "x"}, {"document_id": "y", "year": 2016, "title": "B", "sha256": "b" * 64,
                                                     "url": "https://town.de/b.pdf"}))  # fmt: skip
    assert found.loc["x", "reasons"] == "absence:dr-1"
    assert found.loc["y", "decision"] == "accepted"


def test_one_file_of_two_owners_waits_for_both(crawl, history):
    found = history.add(crawl({}, {"ags": KREIS, "found_for": KREIS, "owner_level": "kreis"}))
    assert found["reasons"].tolist() == [f"owner:{KREIS}", f"owner:{TOWN}"]


def test_a_first_version_after_an_earlier_one_waits(crawl, history):
    found = history.add(
        crawl(
            {"year": 2010, "version": "first"},
            {
                "year": 2018,
                "version": "first",
                "url": "https://town.de/b.pdf",
                "sha256": "b" * 64,
                "title": "B",
            },
        )
    )
    assert found["decision"].tolist() == ["accepted", "waits"]
    assert found.loc["synthetic-01", "reasons"] == "earlier:synthetic-00"


def test_a_repetition_is_no_row_of_the_catalogue_but_its_address_is_kept(crawl, history):
    found = history.add(crawl({}, {"url": "https://mirror.de/a.pdf"}))
    assert found["decision"].tolist() == ["accepted", "duplicate"]
    assert found.loc["synthetic-01", "same_as"] == "synthetic-00"
    table = history.documents()
    assert list(table.index) == ["synthetic-00"]
    assert "also at https://mirror.de/a.pdf" in table["note"].iloc[0]


def test_the_same_find_again_is_unchanged_whatever_tells_it(crawl, history):
    history.add(crawl({"title": "A"}), {"synthetic-00": sketch(TEXT)})
    before = history.documents()
    same_id = history.add(crawl({"title": "A", "retrieved_at": "later"}))
    assert _said(same_id.loc["synthetic-00"]) == ("unchanged", "held", None)
    file = history.add(crawl({"document_id": "b", "url": "https://new.de"}))
    assert (file.loc["b", "matched_id"], file.loc["b", "matched_by"]) == ("synthetic-00", "sha256")
    text = history.add(
        crawl({"document_id": "c", "url": "https://c.de", "sha256": "c" * 64}), {"c": sketch(f"{TEXT} neu")}
    )
    assert (text.loc["c", "matched_by"], text.loc["c", "decision"]) == ("text", "held")
    after = history.documents()
    assert list(after.index) == ["synthetic-00"]
    assert after.drop(columns="note").equals(before.drop(columns="note"))
    assert after["note"].iloc[0] == "also at https://new.de; also at https://c.de"


def test_another_coding_of_an_accepted_document_waits_and_the_accepted_one_stands(crawl, history):
    history.add(crawl({}))
    again = history.add(crawl({"year": 2012, "coder": "rules-2"})).loc["synthetic-00"]
    assert _said(again) == ("changed", "waits", "recoded:year")
    assert again["changed_fields"] == "year"
    assert history.documents().loc["synthetic-00", "year"] == 2010
    assert history.queue() == {"synthetic-00": "recoded:year"}


def test_a_surer_coding_of_a_document_that_waited_is_accepted(crawl, history):
    history.add(crawl({"confidence": "mittel", "year": 2009}))
    again = history.add(crawl({"coder": "rules-2"})).loc["synthetic-00"]
    assert _said(again) == ("changed", "accepted", None)
    assert history.queue() == {}


def test_new_content_at_a_known_address_is_another_version_and_the_old_one_stays(crawl, history):
    history.add(crawl({}), {"synthetic-00": sketch(TEXT)})
    new = {
        "document_id": "new",
        "sha256": "b" * 64,
        "year": 2020,
        "version": "update",
        "title": "Fortschreibung",
    }
    found = history.add(crawl(new), {"new": sketch(OTHER)})
    assert found.loc["new", ["change", "decision", "matched_id", "matched_by"]].tolist() == [
        "changed", "accepted", "synthetic-00", "url",
    ]  # fmt: skip
    assert found.loc["synthetic-00", ["change", "decision", "matched_id", "reasons"]].tolist() == [
        "vanished", "marked", "new", "replaced",
    ]  # fmt: skip
    table = history.documents()
    assert sorted(table.index) == ["new", "synthetic-00"]
    assert table.loc["synthetic-00", "flag"] == "vanished"


def test_nearly_the_same_text_with_another_year_waits(crawl, history):
    history.add(crawl({}), {"synthetic-00": sketch(TEXT)})
    found = history.add(
        crawl({"document_id": "b", "sha256": "b" * 64, "year": 2015}), {"b": sketch(f"{TEXT} neu")}
    )
    assert found.loc["b", "reasons"] == "recoded:year"


def test_only_a_search_that_came_to_its_end_lets_a_document_vanish_and_a_new_sight_brings_it_back(
    crawl, history
):
    history.add(crawl({}))
    assert history.add(crawl(**{f"k{TOWN}": "budget"})).empty
    gone = crawl()
    assert _said(history.add(gone).loc["synthetic-00"]) == ("vanished", "marked", None)
    row = history.documents().loc["synthetic-00"]
    assert (row["flag"], row["note"]) == ("vanished", f"not found again by crawl {gone.crawl_id}")
    assert history.add(crawl(**{f"k{KREIS}": "robots"})).empty, "it is marked once"
    back = history.add(crawl({"retrieved_at": "later"}))
    assert back.loc["synthetic-00", "decision"] == "held"
    assert pd.isna(history.documents().loc["synthetic-00", "flag"])


def test_a_vanished_document_found_again_with_another_coding_is_no_longer_marked(crawl, history):
    history.add(crawl({"confidence": "mittel", "year": 2009}))
    history.add(crawl())
    assert history.add(crawl({})).loc["synthetic-00", "decision"] == "accepted"
    assert pd.isna(history.documents().loc["synthetic-00", "flag"])


def test_a_find_that_another_source_holds_is_evidence_of_its_own(crawl, history):
    row = {"ags": CITY, "found_for": CITY, "title": "Konzept der Großstadt", "year": 2008, "document_id": "x"}
    found = history.add(crawl(row)).loc["x"]
    assert found[["change", "decision", "matched_id", "matched_by"]].tolist() == [
        "unchanged", "accepted", "synthetic-00", "title",
    ]  # fmt: skip
    assert history.documents().loc["x", "source"] == "crawl"


def test_a_person_decides_what_waited_and_the_machines_code_stays_visible(crawl, history):
    history.add(crawl({"confidence": "mittel"}))
    codes = [
        ("synthetic-00", "relevant", "ja"),
        ("synthetic-00", "year", "2012"),
        ("synthetic-00", "kind", "leitbild"),
    ]
    row = history.documents(codes).loc["synthetic-00"]
    assert (row["source"], row["coder"], row["year"], row["kind"]) == ("review", "AB", 2012, "leitbild")
    assert row["note"] == "machine (rules-1): kind integrationskonzept, year 2010"
    assert history.queue(codes) == {}
    assert history.merged.documents["year"].tolist() == [2010], "the raw row is as it was"


def test_a_person_can_refuse_what_the_machine_accepted(crawl, history):
    history.add(crawl({}))
    assert len(history.documents()) == 1
    assert history.documents([("synthetic-00", "relevant", "nein")]).empty
    assert history.documents([("synthetic-00", "ags", "kein")]).empty


def test_what_waits_can_be_put_into_a_coding_sheet(crawl, history):
    history.add(crawl({"confidence": "mittel"}, {"title": "B", "url": "https://b.de", "sha256": "b" * 64}))
    waiting = waiting_documents(history.merged, {})
    assert waiting[["document_id", "source", "coder"]].to_numpy().tolist() == [
        ["synthetic-00", "crawl", "rules-1"]
    ]
    assert waiting_documents(history.merged, human_codes(_review(("synthetic-00", "relevant", "nein")))).empty


def test_coders_who_differ_leave_a_document_waiting(crawl, history):
    history.add(crawl({"confidence": "mittel"}))
    codes = [("synthetic-00", "relevant", "ja", "AB"), ("synthetic-00", "relevant", "nein", "CD")]
    assert history.documents(codes).empty
    assert history.queue(codes) == {"synthetic-00": "confidence:mittel|coders_differ:relevant"}
    settled = [*codes, ("synthetic-00", "relevant", "ja", "konsens")]
    assert list(history.documents(settled).index) == ["synthetic-00"]
    assert history.queue(settled) == {}


def test_rows_of_an_interrupted_merge_do_not_count(crawl, history, tmp_path):
    history.add(crawl({}))
    raw = tmp_path / "raw"
    for name, table in {
        "crawl_documents": history.merged.documents,
        "crawl_coverage": history.merged.coverage,
    }.items():
        write_csv(raw / f"{name}.csv", table)
    assert entries(read_merged(raw)) == {}
    write_csv(raw / "crawls.csv", history.merged.crawls)
    assert list(entries(read_merged(raw))) == ["synthetic-00"]
    assert read_merged(raw).documents.equals(history.merged.documents)


def test_the_same_result_is_the_same_crawl(crawl, tmp_path):
    one = crawl({})
    assert one.crawl_id.startswith("2026-11-01-")
    assert read_crawl(one.folder).crawl_id == one.crawl_id
    assert crawl({}).crawl_id != one.crawl_id, "it was searched at another time"


def test_a_folder_that_is_no_crawl_is_refused(crawl, tmp_path):
    with pytest.raises(DataError, match=r"documents\.csv: is not there\. Name the output folder"):
        read_crawl(tmp_path)
    folder = crawl({}).folder
    text = (folder / "documents.csv").read_text(encoding="utf-8")
    (folder / "documents.csv").write_text(text.replace(",crawl,", ",anlage1_2017,"), encoding="utf-8")
    with pytest.raises(
        DataError, match=r"row 2, column 'source': 'anlage1_2017' is not the source of a crawl"
    ):
        read_crawl(folder)
    (folder / "documents.csv").write_text(text.replace(f",{TOWN},", ",05158008,"), encoding="utf-8")
    with pytest.raises(DataError, match=r"column 'found_for': '05158008' is not in coverage\.csv"):
        read_crawl(folder)


def _captured(crawl, *rows):
    """Write captures.csv beside a crawl's tables and read the crawl again."""
    filled = [
        {
            "document_id": "synthetic-00", "url": "https://town.de/a.pdf", "archive": "wayback", "match": "bytes",
            "captured_at": f"{row.get('year', 2014)}-03-05T10:00:00Z", "year": 2014, "year_basis": "spaetestens",
        }
        | row
        for row in rows
    ]  # fmt: skip
    frame = pd.DataFrame(filled, columns=CAPTURES.column_names)
    write_csv(crawl.folder / "captures.csv", validate(frame, CAPTURES))
    return read_crawl(crawl.folder)


def _first_adoption(documents):
    events = adoption_events(documents.reset_index())
    row = events[events["event"] == "first_adoption"].iloc[0]
    return tuple(
        None if pd.isna(row[name]) else int(row[name]) for name in ("year", "year_lower", "year_upper")
    )


def test_a_capture_closes_the_interval_of_an_adoption_above(crawl, history):
    plan = {
        "status": "in_arbeit",
        "year": 2012,
        "url": "https://town.de/b.pdf",
        "sha256": "b" * 64,
        "title": "Plan",
    }
    one = crawl({"year": None, "year_basis": "unbekannt"}, plan)
    history.add(one)
    assert _first_adoption(history.documents()) == (None, None, None)
    history.capture(_captured(one, {"year": 2016}))
    assert _first_adoption(history.documents()) == (None, 2012, 2016)
    # Asked another archive later on: the earlier of the two counts, both are kept.
    history.capture(_captured(one, {"year": 2016}, {"archive": "commoncrawl", "year": 2014}))
    assert _first_adoption(history.documents()) == (None, 2012, 2014)
    assert len(history.merged.captures) == 2
    row = history.documents().loc["synthetic-00"]
    assert (row["year"], row["year_basis"], row["source"]) == (2014, "spaetestens", "crawl")


def test_a_capture_of_a_copy_bounds_the_document_that_stands_for_it(crawl, history):
    copy = {"url": "https://town.de/copy.pdf", "year": None, "year_basis": "unbekannt"}
    one = crawl({"year": None, "year_basis": "unbekannt"}, copy)
    history.add(one)
    assert len(history.documents()) == 1
    (kept,) = history.documents().index
    (other,) = {"synthetic-00", "synthetic-01"} - {kept}
    history.capture(_captured(one, {"document_id": other}))
    assert history.documents().loc[kept, "year"] == 2014


def test_no_capture_leaves_everything_as_it_was(crawl, history):
    one = crawl({"year": None, "year_basis": "unbekannt"})
    history.add(one)
    before = history.documents()
    none = {"match": None, "captured_at": None, "year": None, "year_basis": None}
    history.capture(_captured(one, none, {"archive": "commoncrawl", "match": "address"}))
    assert history.documents().equals(before)
    assert len(history.merged.captures) == 1, "a capture of the address is kept, though it bounds nothing"


def test_a_file_older_than_its_coded_year_waits(crawl, history):
    found = history.add(_captured(crawl({"year": 2018}), {}))
    assert _said(found.loc["synthetic-00"]) == ("new", "waits", "captured:2014")


def test_a_capture_may_contradict_the_census(crawl, history):
    late = {"ags": CITY, "found_for": CITY, "year": None, "year_basis": "unbekannt", "title": "Anderer Titel"}
    found = history.add(_captured(crawl(late), {"year": 2006}))
    assert _said(found.loc["synthetic-00"]) == ("new", "waits", "census:first_2008")


def test_captures_of_documents_that_are_gone_from_the_folder_are_left_out(crawl):
    assert _captured(crawl({}), {"document_id": "gone"}, {}).captures["document_id"].tolist() == [
        "synthetic-00"
    ]


@pytest.mark.parametrize("ref", ["archive/gone.warc.gz#urn:uuid:1", "../../secret#urn:uuid:1", "nonsense"])
def test_a_record_that_is_not_there_gives_no_sketch(crawl, ref):
    assert read_texts(crawl({"archive_ref": ref})).sketches == {}


def test_every_optional_table_is_described():
    for table in TABLES.values():
        assert table.folder == "raw"
        assert all(column.description for column in table.columns)
