"""From a crawl to the catalogue: three little sites on loopback, the real commands, a copy of the raw tables.

The keys are real, the towns and papers are invented: nothing made up is ascribed to a real town.
"""

import shutil
import subprocess
import sys
import threading
from contextlib import contextmanager
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from pathlib import Path

import pandas as pd
import pytest

from konzept_diffusion import files, paths
from konzept_diffusion.catalogue.crawls.spread import prevalence
from konzept_diffusion.catalogue.review.codings import store_codings
from konzept_diffusion.errors import DataError
from konzept_diffusion.figures import Inputs, abbildung_02, karte_grossstaedte, karte_landkreise, verbreitung
from konzept_diffusion.pipeline.build import build, merge
from konzept_diffusion.riskset import panel
from konzept_diffusion.schemas import core
from konzept_diffusion.schemas.merge import TABLES as MERGE_TABLES
from konzept_diffusion.schemas.review import REVIEW
from konzept_diffusion.store import load

sys.path.insert(0, str(Path(__file__).parents[1] / "documents"))
from making import pdf

KREIS, TOWN, CITY, CITY_IN_KREIS = "05378", "05158012", "05315000", "05378004"
NAMES = {KREIS: "Kreis Auenland", TOWN: "Lindenfurt", CITY: "Großenau"}
FIELDS = ["Sprache", "Bildung", "Arbeit", "Wohnen", "Teilhabe", "Gesundheit", "Sport", "Kultur"]


def _paper(title, stated, words="gemeinsam"):
    """Return a concept of some pages as PDF."""
    pages = [
        [
            title,
            stated,
            "Inhaltsverzeichnis",
            *[f"{n} Handlungsfeld {name}" for n, name in enumerate(FIELDS, 1)],
        ]
    ]
    for number, name in enumerate(FIELDS, 1):
        lines = [
            f"Maßnahme {number}.{step}: {name} wird {words} {step} gestärkt, {words} {name} {step} für Zugewanderte"
            for step in range(1, 21)
        ]
        pages.append(
            [f"{number} Handlungsfeld {name}", *lines, "Die Integration ist Aufgabe der ganzen Gesellschaft."]
        )
    return pdf(pages, title)


class Sites:
    """Pages and files by Kommune; a test changes them between two crawls."""

    def __init__(self):
        kreis, town, city = (
            f"{word} {NAMES[ags]}"
            for ags, word in ((KREIS, "des Kreises"), (TOWN, "der Stadt"), (CITY, "der Stadt"))
        )
        kreis = kreis.replace("Kreises Kreis", "Kreises")
        self.papers = {
            (KREIS, "konzept.pdf"): (
                f"Integrationskonzept {kreis}",
                _paper(f"Integrationskonzept {kreis}", f"Beschlossen vom Kreistag {kreis} am 14.03.2005"),
            ),
            (TOWN, "konzept.pdf"): (
                f"Integrationskonzept {town}",
                _paper(f"Integrationskonzept {town}", f"Beschlossen vom Rat {town} am 12.03.2013"),
            ),
            (CITY, "frueh.pdf"): (
                f"Integrationskonzept {city}",
                _paper(f"Integrationskonzept {city}", f"Beschlossen vom Rat {city} am 08.02.1999"),
            ),
        }  # fmt: skip
        self.town = town

    def answer(self, ags, path):
        head = f"<html lang=de><head><title>{NAMES[ags]}</title></head><body><main>"
        if path == "/":
            return (
                "text/html",
                f"{head}<h1>{NAMES[ags]}</h1><a href='/integration'>Integration</a></main>".encode(),
            )
        own = {name: paper for (owner, name), paper in self.papers.items() if owner == ags}
        if path == "/integration":
            links = "".join(f"<p><a href='/{name}'>{title} (PDF)</a></p>" for name, (title, _) in own.items())
            return "text/html", f"{head}<h1>Integration</h1>{links}</main>".encode()
        name = path.strip("/")
        return ("application/pdf", own[name][1]) if name in own else None


@contextmanager
def _serving(sites):
    """Yield the address of every site."""

    class Handler(BaseHTTPRequestHandler):
        protocol_version = "HTTP/1.1"

        def log_message(self, *_):
            pass

        def do_GET(self):
            found = sites.answer(self.server.ags, self.path)
            media, body = found or ("text/plain", b"Nicht gefunden")
            self.send_response(200 if found else 404)
            self.send_header("Content-Type", media)
            self.send_header("Content-Length", str(len(body)))
            self.end_headers()
            self.wfile.write(body)

    servers, addresses = [], {}
    for number, ags in enumerate(NAMES, start=1):
        server = ThreadingHTTPServer((f"127.0.7.{number}", 0), Handler)
        server.daemon_threads, server.ags = True, ags
        addresses[ags] = f"http://{server.server_address[0]}:{server.server_address[1]}/"
        threading.Thread(target=server.serve_forever, kwargs={"poll_interval": 0.05}, daemon=True).start()
        servers.append(server)
    try:
        yield addresses
    finally:
        for server in servers:
            server.shutdown()
            server.server_close()


def _crawl(addresses, out):
    """Run the real command on the sites."""
    out.parent.mkdir(parents=True, exist_ok=True)
    register = out.parent / "register.csv"
    rows = [
        f"{ags},{NAMES[ags]},{'landkreis' if ags == KREIS else 'stadt'},05,{addresses[ags]}" for ags in NAMES
    ]
    register.write_text("\n".join(["ags,name,kind,land,website", *rows]) + "\n", encoding="utf-8")
    done = subprocess.run(
        [
            sys.executable, "-m", "konzept_diffusion.scrape", "--register", str(register), "--out", str(out),
            "--delay", "0", "--workers", "1", "--allow-private-hosts", "--quiet",
        ],
        capture_output=True, text=True, encoding="utf-8",
    )  # fmt: skip
    assert done.returncode == 0, done.stderr
    return out


@pytest.fixture(scope="module")
def crawls(tmp_path_factory):
    """Two crawls of the same sites: between them the town replaced its concept and the city took its own away."""
    base = tmp_path_factory.mktemp("crawls")
    sites = Sites()
    with _serving(sites) as addresses:
        first = _crawl(addresses, base / "first")
        title = f"Integrationskonzept {sites.town}, Fortschreibung"
        sites.papers[TOWN, "konzept.pdf"] = (
            title, _paper(title, f"Beschlossen vom Rat {sites.town} am 23.06.2020", "auf neuen Wegen"),
        )  # fmt: skip
        del sites.papers[CITY, "frueh.pdf"]
        second = _crawl(addresses, base / "second")
    return first, second


def _copy_of_raw(target):
    return shutil.copytree(paths.raw_dir(), target, ignore=shutil.ignore_patterns("downloads"))


@pytest.fixture
def raw(tmp_path):
    """A copy of the raw tables, and nothing merged into it."""
    return _copy_of_raw(tmp_path / "raw")


@pytest.fixture(scope="module")
def once(crawls, tmp_path_factory):
    """The first crawl merged: raw tables, built tables, what `merge` said. Not to be changed."""
    base = tmp_path_factory.mktemp("once")
    raw, out = _copy_of_raw(base / "raw"), base / "built"
    return raw, out, merge(crawls[0], raw=raw, out=out)


@pytest.fixture
def merged(once, tmp_path):
    """Copies of the raw and built tables after the first crawl, to go on with."""
    return shutil.copytree(once[0], tmp_path / "raw"), shutil.copytree(once[1], tmp_path / "built")


def _digests(*folders):
    return {
        path.relative_to(folder.parent): files.file_sha256(path)
        for folder in folders
        for path in folder.rglob("*.csv")
    }


def _documents(crawl):
    return pd.read_csv(crawl / "documents.csv", dtype=str)


def _merged(raw, name):
    return core.read(raw / f"{name}.csv", MERGE_TABLES[name])


def _figures(folder):
    """Return the data behind the figures of the Großstädte."""
    tables = {name: load(name, folder=folder) for name in ("kommunen", "documents", "events", "programmes")}
    inputs = Inputs(tables, panel(folder=folder, full=True), pd.DataFrame(), pd.DataFrame())
    return {
        module.__name__: files.csv_text(module.data(inputs))
        for module in (abbildung_02, verbreitung, karte_grossstaedte)
    }


def test_the_crawl_finds_what_the_sites_have(crawls):
    first = _documents(crawls[0])
    assert sorted(zip(first["ags"], first["year"], strict=True)) == [
        (TOWN, "2013"),
        (CITY, "1999"),
        (KREIS, "2005"),
    ]
    assert set(first["status"]) == {"beschlossen"}


def test_a_crawl_becomes_events_and_figures(once, raw):
    embedded, before = paths.processed_dir(), _digests(raw)
    raw, out, outcome = once
    assert outcome.changes == {"new": 3}
    assert outcome.decisions == {"accepted": 2, "waits": 1}
    assert outcome.waiting == 1

    # What was there is there as it was, also the other raw tables.
    after = _digests(raw)
    assert {name: after[name] for name in before} == before
    assert {name.name for name in set(after) - set(before)} == {f"{name}.csv" for name in MERGE_TABLES}
    unchanged = {
        path.name for path in out.glob("*.csv") if path.read_bytes() == (embedded / path.name).read_bytes()
    }
    assert {path.name for path in out.glob("*.csv")} - unchanged == {
        f"{name}.csv"
        for name in ("documents", "events", "panel", "coverage", "document_themes", "document_types")
    }

    # The events: one more for the Kreis and for the town, each of source crawl; none for the city, whose find waits.
    old, new = load("events", folder=embedded), load("events", folder=out)
    assert new[new["source"] != "crawl"].reset_index(drop=True).equals(old)
    found = new[new["source"] == "crawl"].set_index("ags")
    assert found["event"].to_dict() == {KREIS: "first_adoption", TOWN: "first_adoption"}
    assert found["year_upper"].to_dict() == {KREIS: 2005, TOWN: 2013}
    queue = _merged(raw, "review_queue").set_index("ags")
    census = old.query("ags == @CITY and source == 'anlage1_2017' and event == 'first_adoption'")[
        "year"
    ].iloc[0]
    assert queue["reasons"].to_dict() == {CITY: f"census:first_{census}"}

    # The risk set: the city in that Kreis was exposed to its Kreis from 2006 on; nothing else has changed.
    keys = ["ags", "year"]
    cells = load("panel", folder=embedded).merge(load("panel", folder=out), on=keys, suffixes=("", "_new"))
    assert len(cells) == len(load("panel", folder=out)) == len(load("panel", folder=embedded))
    moved = cells[cells["exposure_kreis"].fillna(-1) != cells["exposure_kreis_new"].fillna(-1)]
    assert set(moved["ags"]) == {CITY_IN_KREIS}
    assert moved["year"].tolist() == [2006, 2007, 2008, 2009, 2010]
    assert cells["adopt"].equals(cells["adopt_new"].rename("adopt"))

    # The figures: the Großstädte rest on the survey of 2017; the spread among towns and Landkreise has grown.
    assert _figures(out) == _figures(embedded)
    kommunen = load("kommunen", folder=out)
    grown = prevalence(new, kommunen).merge(
        prevalence(old, kommunen), on=["size_class", "source", "year"], how="left", suffixes=("", "_old")
    )
    shown = grown[grown["certain_old"].isna() & (grown["certain"] > 0)]
    assert shown.groupby("size_class")["year"].min().to_dict() == {"landkreis": 2005, "mittelstadt": 2013}
    assert set(shown["source"]) == {"crawl"}


def test_the_map_of_the_landkreise_shows_what_only_the_crawl_has_found(once):
    names = ("kommunen", "documents", "events", "search_log")
    before, after = (
        karte_landkreise.data(
            Inputs({name: load(name, folder=folder) for name in names}, *[pd.DataFrame()] * 3)
        ).set_index("ags")["state"]
        for folder in (paths.processed_dir(), once[1])
    )
    assert after[before != after].to_dict() == {KREIS: "konzept_crawl"}
    assert before[KREIS] != "konzept"


def test_provenance_and_evidence_stand_beside_the_facts(crawls, once):
    raw, out, outcome = once
    crawl = _merged(raw, "crawls").iloc[0]
    assert (crawl["crawl_id"], crawl["folder"]) == (outcome.crawl_id, "first")
    assert crawl["documents_sha256"] == files.file_sha256(crawls[0] / "documents.csv")
    assert crawl["coders"] == "|".join(sorted(set(_documents(crawls[0])["coder"])))
    rows = _merged(raw, "crawl_documents")
    assert rows["archive_ref"].notna().all()
    assert rows["text_sketch"].notna().all(), "the texts were read from the archive"
    built = load("documents", folder=out)
    assert set(built.loc[built["source"] == "crawl", "archive_ref"]) <= set(rows["archive_ref"])
    assert set(_merged(raw, "crawl_coverage")["ags"]) == set(NAMES)


def test_what_the_crawl_saw_and_what_the_texts_say_are_tables(crawls, once):
    raw, out, outcome = once
    coverage = load("coverage", folder=out)
    assert set(coverage["crawl_id"]) == {outcome.crawl_id}
    told = pd.read_csv(crawls[0] / "coverage.csv", dtype=str).set_index("ags")
    assert coverage.set_index("ags")["requests"].to_dict() == told["requests"].astype(int).to_dict()
    assert set(coverage["ags"]) == set(NAMES)

    # The two documents in the catalogue have themes and a type; the one that waits has them among the raw rows only.
    documents = load("documents", folder=out).query("source == 'crawl'").set_index("document_id")
    themes, types = load("document_themes", folder=out), load("document_types", folder=out)
    assert set(types["document_id"]) == set(themes["document_id"]) == set(documents.index)
    assert len(_merged(raw, "crawl_types")) == 3
    for name, rows in themes.groupby("document_id"):
        assert "|".join(rows["theme"]) == documents.loc[name, "themes"], "the same as the crawl coded"
    assert {"sprache", "bildung", "wohnen"} <= set(themes.loc[themes["basis"] == "heading", "theme"])
    assert types["cluster"].isna().all()


def test_captures_that_come_after_the_merge_still_bound_the_year(crawls, merged, tmp_path):
    raw, out = merged
    crawl = shutil.copytree(crawls[0], tmp_path / "first")
    town = _documents(crawl).set_index("ags").loc[TOWN]
    person = {
        "document_id": town["document_id"], "coder": "AB", "coded_on": "2026-11-20", "sheet_id": "s1",
        "blind": False, "stratum": "hoch", "inclusion_probability": 1.0,
    }  # fmt: skip
    capture = {
        "document_id": town["document_id"], "url": town["url"], "archive": "wayback", "match": "bytes",
        "captured_at": "2010-05-06T07:08:09Z", "year": "2010", "year_basis": "spaetestens",
        "capture_url": "https://web.archive.org/web/20100506070809/x", "digest": "A" * 32,
    }  # fmt: skip
    pd.DataFrame([capture]).to_csv(crawl / "captures.csv", index=False)
    outcome = merge(crawl, raw=raw, out=out)
    assert outcome.repeated, "captures do not make it another crawl"
    row = load("documents", folder=out).set_index("document_id").loc[town["document_id"]]
    assert (row["year"], row["year_basis"], row["flag"]) == (2013, "beschluss", "captured_earlier")
    assert "file captured by wayback on 2010-05-06" in row["note"]
    assert load("events", folder=out).query("ags == @TOWN and source == 'crawl'")["year_upper"].tolist() == [
        2013
    ]
    before = _digests(raw, out)
    merge(crawl, raw=raw, out=out)
    build(raw, out)
    assert _digests(raw, out) == before, "merging again adds no capture twice"
    assert len(_merged(raw, "crawl_captures")) == 1

    # A person who says that the year cannot be told is not overruled.
    rows = [person | {"field": what, "value": value} for what, value in
            (("relevant", "ja"), ("year", "kein"), ("year_basis", "unbekannt"))]  # fmt: skip
    store_codings(core.validate(pd.DataFrame(rows, columns=REVIEW.column_names), REVIEW), raw / "review.csv")
    merge(crawl, raw=raw, out=out)
    row = load("documents", folder=out).set_index("document_id").loc[town["document_id"]]
    assert (pd.isna(row["year"]), row["year_basis"], row["source"]) == (True, "unbekannt", "review")


def test_merging_again_changes_nothing(crawls, merged):
    raw, out = merged
    before = _digests(raw, out)
    assert merge(crawls[0], raw=raw, out=out).repeated
    assert _digests(raw, out) == before
    merge(crawls[1], raw=raw, out=out)
    both = _digests(raw, out)
    assert both != before
    assert merge(crawls[0], raw=raw, out=out).repeated
    assert _digests(raw, out) == both
    build(raw, out)
    assert _digests(raw, out) == both, "build reads the merged crawls from the raw tables"


def test_a_second_crawl_brings_a_new_version_and_loses_nothing(crawls, merged):
    raw, out = merged
    first_rows = (raw / "crawl_documents.csv").read_text(encoding="utf-8")
    outcome = merge(crawls[1], raw=raw, out=out)
    assert outcome.changes == {"changed": 1, "unchanged": 1, "vanished": 2}
    assert (raw / "crawl_documents.csv").read_text(encoding="utf-8").startswith(first_rows), (
        "rows are only added"
    )
    town = load("documents", folder=out).query("ags == @TOWN and source == 'crawl'").sort_values("year")
    assert town["year"].tolist() == [2013, 2020]
    assert town["flag"].fillna("").tolist() == ["vanished", ""]
    events = load("events", folder=out).query("ags == @TOWN and source == 'crawl'")
    assert dict(zip(events["event"], events["year_upper"], strict=True)) == {
        "first_adoption": 2013,
        "update": 2020,
    }


def test_a_persons_code_lets_a_waiting_find_in_and_corrects_another(crawls, merged):
    raw, out = merged
    waiting = _merged(raw, "review_queue")["document_id"].iloc[0]
    town = _documents(crawls[0]).set_index("ags").loc[TOWN, "document_id"]
    codes = [(waiting, "relevant", "ja"), (town, "relevant", "ja"), (town, "version", "first")]
    rows = [
        {
            "document_id": name, "field": what, "value": value, "coder": "AB", "coded_on": "2026-11-20",
            "sheet_id": "s1", "blind": False, "stratum": "hoch", "inclusion_probability": 1.0,
        }
        for name, what, value in codes
    ]  # fmt: skip
    store_codings(core.validate(pd.DataFrame(rows, columns=REVIEW.column_names), REVIEW), raw / "review.csv")
    outcome = merge(crawls[0], raw=raw, out=out)
    assert (outcome.repeated, outcome.waiting) == (True, 0)
    events = (
        load("events", folder=out).query("source == 'crawl' and event == 'first_adoption'").set_index("ags")
    )
    assert events.loc[TOWN, ["year", "year_lower", "year_upper"]].tolist() == [2013, 2013, 2013]
    assert events.loc[CITY, "year_upper"] == 1999
    documents = load("documents", folder=out).set_index("document_id")
    assert documents.loc[[waiting, town], "source"].tolist() == ["review", "review"]
    assert "machine (" in documents.loc[town, "note"]
    assert _figures(out) == _figures(paths.processed_dir()), (
        "the survey of 2017 stays what the cities rest on"
    )


@pytest.mark.parametrize("file", ["crawl_documents", "crawls", "review_queue", "events"])
def test_an_interrupted_merge_leaves_the_old_state_and_can_be_run_again(
    crawls, once, raw, tmp_path, monkeypatch, file
):
    out = shutil.copytree(paths.processed_dir(), tmp_path / "built")
    before = _digests(out)
    real = files.write_bytes

    def interrupted(target, content):
        if target.name == f"{file}.csv":
            raise KeyboardInterrupt
        real(target, content)

    with monkeypatch.context() as patch:
        patch.setattr(files, "write_bytes", interrupted)
        with pytest.raises(KeyboardInterrupt):
            merge(crawls[0], raw=raw, out=out)
    assert (raw / "crawl_coverage.csv").is_file(), "it was stopped on the way"
    if file in ("crawl_documents", "crawls"):  # the crawl does not count yet
        build(raw, out)
        assert _digests(out) == before
    merge(crawls[0], raw=raw, out=out)
    assert _digests(raw, out) == _digests(once[0], once[1])


def test_a_crawl_that_does_not_fit_leaves_everything_as_it_was(crawls, raw, tmp_path):
    out, bad = tmp_path / "built", shutil.copytree(crawls[0], tmp_path / "bad")
    text = (bad / "documents.csv").read_text(encoding="utf-8")
    (bad / "documents.csv").write_text(text.replace("beschlossen", "verabschiedet", 1), encoding="utf-8")
    before = _digests(raw)
    with pytest.raises(
        DataError, match=r"documents\.csv, row 2, column 'status': 'verabschiedet' is not one of"
    ):
        merge(bad, raw=raw, out=out)
    assert _digests(raw) == before
    assert not out.exists()
