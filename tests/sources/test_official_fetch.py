"""The command `fetch`: from a mirror, from the network, or with a word on what to download by hand."""

from __future__ import annotations

import hashlib
import json
from collections.abc import Iterator
from dataclasses import replace
from pathlib import Path

import pytest
from replay import Answer, Replay, Seen, client, file_plan

from konzept_diffusion.errors import SourceError
from konzept_diffusion.sources import extraction, fetch, genesis, retrieval
from konzept_diffusion.sources.download import LOCK, SourceFile, read_lock

ATLAS = json.dumps({"features": [{"attributes": {"ags": "06413", "jahr2": 2017, "ai0208": 36.1}}]}).encode()
WEBSITES = json.dumps(
    {
        "head": {"vars": ["item", "key", "level", "website"]},
        "results": {
            "bindings": [
                {
                    "item": {"value": "http://www.wikidata.org/entity/Q1"},
                    "key": {"value": "05315000"},
                    "level": {"value": "gemeinde"},
                    "website": {"value": "https://stadt.example/"},
                }
            ]
        },
    }
).encode()


@pytest.fixture
def server() -> Iterator[Replay]:
    with Replay() as replay:
        yield replay


@pytest.fixture(autouse=True)
def _no_mirror(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.delenv("KONZEPT_MIRROR", raising=False)
    for name in ("GENESIS", "REGIONALSTATISTIK"):
        for part in ("USERNAME", "PASSWORD", "TOKEN"):
            monkeypatch.delenv(f"{name}_{part}", raising=False)


@pytest.fixture(autouse=True)
def no_project_lock(monkeypatch, request):
    """Made-up files are not those of the project's lock; a test that wants it is marked `project_lock`."""
    if "project_lock" not in request.fixturenames:
        monkeypatch.setattr(retrieval, "_lock_for", lambda out: read_lock(out / LOCK))


@pytest.fixture
def project_lock():
    """Keep the project's own lock for a folder that has none."""


def test_a_folder_without_a_lock_is_checked_against_the_project_s(tmp_path, project_lock):
    mirror = tmp_path / "mirror"
    (mirror / "zensus2022").mkdir(parents=True)
    (mirror / "zensus2022" / "gemeinden.csv").write_text("ags,name\n", encoding="utf-8")
    with pytest.raises(SourceError, match=r"has the checksum .* sources\.lock says"):
        fetch("zensus2022", mirror, tmp_path / "out")


def test_a_mirror_that_is_no_folder_is_named(tmp_path):
    with pytest.raises(SourceError, match="there is no such folder to answer instead of the network"):
        fetch("inkar", tmp_path / "nowhere", tmp_path)


def test_without_an_address_the_user_learns_what_to_download_and_where_to(tmp_path: Path) -> None:
    with pytest.raises(
        SourceError, match=r"Download by hand into .*downloads: .*INKAR.*KONZEPT_MIRROR"
    ) as caught:
        fetch("inkar", None, tmp_path)
    assert "\n" not in str(caught.value)
    assert "Statistisches Bundesamt" not in str(caught.value)
    assert list(tmp_path.iterdir()) == []


@pytest.mark.parametrize("named_by", ["argument", "variable"])
def test_a_missing_subfolder_is_named(tmp_path: Path, monkeypatch: pytest.MonkeyPatch, named_by: str) -> None:
    monkeypatch.setenv("KONZEPT_MIRROR", str(tmp_path))
    mirror = tmp_path if named_by == "argument" else None
    with pytest.raises(
        SourceError, match=r"the subfolder gv_isys is missing. It should hold: the xlsx files"
    ):
        fetch("gv_isys", mirror, tmp_path / "out")
    assert not (tmp_path / "out").exists()


def test_a_missing_file_is_named(tmp_path: Path) -> None:
    (tmp_path / "inkar").mkdir()
    with pytest.raises(SourceError, match=r"kreise_1995_2022.csv: there is no such file"):
        fetch("inkar", tmp_path, tmp_path / "out")


def test_an_unknown_source_is_refused(tmp_path: Path) -> None:
    with pytest.raises(SourceError, match=r"there is no source 'zensus'. Known: gv_isys, inkar, .*, all"):
        fetch("zensus", tmp_path, tmp_path)


def test_a_mirror_is_held_against_the_lock(tmp_path: Path) -> None:
    mirror, out = tmp_path / "mirror", tmp_path / "out"
    (mirror / "wikidata").mkdir(parents=True)
    (mirror / "wikidata" / "websites.json").write_bytes(WEBSITES)
    assert fetch("wikidata", mirror, out) == [mirror / "wikidata" / "websites.json"]
    lock = read_lock(out / LOCK)
    other = tmp_path / "other"
    other.write_bytes(b"other")
    lock.record(retrieval.SOURCES["wikidata"], "wikidata/websites.json", other, None, None)
    lock.save()
    with pytest.raises(SourceError, match=r"websites.json: has the checksum .*--accept-changes"):
        fetch("wikidata", mirror, out)


def test_with_all_a_mirror_may_lack_the_services_which_is_said(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    mirror = tmp_path / "mirror"
    for name, item in list(retrieval.SOURCES.items()):
        monkeypatch.setitem(retrieval.SOURCES, name, replace(item, writer=""))
        if item.files:
            (mirror / item.folder).mkdir(parents=True)
            for one in item.files:
                (mirror / item.folder / one.name).write_bytes(b"synthetic")
    said: list[str] = []
    got = fetch("all", mirror, tmp_path / "out", say=said.append)
    assert len(got) == sum(len(item.files) for item in retrieval.SOURCES.values())
    left_out = [line.split(":")[0] for line in said if "left out" in line]
    assert left_out == ["genesis", "regionalatlas", "wikidata"]


def test_what_the_lock_does_not_hold_is_named(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    item = replace(retrieval.SOURCES["inkar"], files=(SourceFile("a.bin"),), writer="")
    monkeypatch.setitem(retrieval.SOURCES, "inkar", item)
    mirror, out = tmp_path / "mirror", tmp_path / "out"
    (mirror / "inkar").mkdir(parents=True)
    for name in ("a.bin", "b.bin"):
        (mirror / "inkar" / name).write_bytes(name.encode())
    said: list[str] = []
    fetch("inkar", mirror, out, say=said.append)
    assert said == ["inkar: not in sources.lock, so taken unchecked where needed: a.bin, b.bin"]
    assert not (out / LOCK).exists()
    said.clear()
    fetch("inkar", mirror, out, say=said.append, accept_changes=True)
    assert said == ["inkar: not in sources.lock, so taken unchecked where needed: b.bin"]
    assert list(read_lock(out / LOCK).entries) == ["inkar/a.bin"]


def test_the_workbooks_are_parsed_through_the_users_cache(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    asked: list[tuple[Path, Path | None]] = []

    def writer(mirror: Path, out: Path, *, cache: Path | None = None) -> list[Path]:
        asked.append((mirror, cache))
        return []

    monkeypatch.setattr(extraction, "write_gv_isys", writer)
    monkeypatch.setenv("XDG_CACHE_HOME", str(tmp_path / "cache"))
    (tmp_path / "gv_isys").mkdir()
    fetch("gv_isys", tmp_path, tmp_path / "out")
    assert asked == [(tmp_path, tmp_path / "cache" / "konzept_diffusion" / "gv_isys")]


def test_one_address_that_fails_does_not_keep_the_others_from_being_fetched(
    server: Replay, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    names = ("a.bin", "b.bin")
    urls = [server.plan(f"/{name}", Answer(404 if name == "a.bin" else 200, b"content")) for name in names]
    found = tuple(SourceFile(name, url) for name, url in zip(names, urls, strict=True))
    item = replace(retrieval.SOURCES["inkar"], files=(*found, SourceFile("c.bin")), writer="")
    monkeypatch.setitem(retrieval.SOURCES, "inkar", item)
    with pytest.raises(SourceError, match=r"a.bin: .*HTTP 404.*no stable address for c.bin"):
        fetch("inkar", None, tmp_path, client=client())
    assert [path.name for path in (tmp_path / "downloads" / "inkar").iterdir()] == ["b.bin"]
    assert list(read_lock(tmp_path / LOCK).entries) == ["inkar/b.bin"]


def test_a_published_file_may_stand_in_place_of_the_re_cut_one(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setitem(retrieval.SOURCES, "inkar", replace(retrieval.SOURCES["inkar"], writer=""))
    folder = tmp_path / "downloads" / "inkar"
    folder.mkdir(parents=True)
    for name in ("inkar_2024.csv", "inkar_2025.csv", "inkar.csv"):
        (folder / name).write_bytes(b"synthetic")
    assert fetch("inkar", None, tmp_path) == [folder / "inkar_2025.csv"]
    assert list(read_lock(tmp_path / LOCK).entries) == ["inkar/inkar_2025.csv"]


def test_an_input_that_is_not_published_as_such_is_called_re_cut(tmp_path: Path) -> None:
    for name in ("inkar", "zensus2022", "vg250"):
        with pytest.raises(SourceError, match=r"a re-cut (table|file)"):
            fetch(name, None, tmp_path)


@pytest.fixture
def published(monkeypatch: pytest.MonkeyPatch, server: Replay) -> str:
    """Give one source a file with an address on the test server; return the file's path there."""
    item = replace(retrieval.SOURCES["inkar"], files=(SourceFile("a.bin", f"{server.url}/a.bin"),), writer="")
    monkeypatch.setitem(retrieval.SOURCES, "inkar", item)
    return "/a.bin"


def test_a_published_file_is_downloaded_once_and_recorded(
    server: Replay, published: str, tmp_path: Path
) -> None:
    server.plan(published, file_plan(b"content", cuts=(3,)))
    got = fetch("inkar", None, tmp_path, client=client())
    assert got == [tmp_path / "downloads" / "inkar" / "a.bin"]
    assert got[0].read_bytes() == b"content"
    entry = read_lock(tmp_path / LOCK).entries["inkar/a.bin"]
    assert (entry.url, entry.sha256) == (server.url + published, hashlib.sha256(b"content").hexdigest())
    assert entry.retrieved is not None
    asked, before = len(server.seen), (tmp_path / LOCK).read_bytes()
    fetch("inkar", None, tmp_path, client=client())
    assert (len(server.seen), (tmp_path / LOCK).read_bytes()) == (asked, before)


def test_a_damaged_download_is_fetched_again_and_a_revised_one_only_on_request(
    server: Replay, published: str, tmp_path: Path
) -> None:
    server.plan(published, file_plan(b"content"))
    (got,) = fetch("inkar", None, tmp_path, client=client())
    got.write_bytes(b"damaged")
    fetch("inkar", None, tmp_path, client=client())
    assert got.read_bytes() == b"content"
    server.plan(published, file_plan(b"revised"))
    got.unlink()
    with pytest.raises(SourceError, match=r"has been revised by its publisher.*--accept-changes"):
        fetch("inkar", None, tmp_path, client=client())
    fetch("inkar", None, tmp_path, client=client(), accept_changes=True)
    assert got.read_bytes() == b"revised"
    assert read_lock(tmp_path / LOCK).entries["inkar/a.bin"].bytes == len(b"revised")


def test_a_file_downloaded_by_hand_is_recorded_without_a_date(
    monkeypatch: pytest.MonkeyPatch, tmp_path: Path
) -> None:
    item = replace(retrieval.SOURCES["inkar"], files=(SourceFile("a.bin"),), writer="")
    monkeypatch.setitem(retrieval.SOURCES, "inkar", item)
    hand = tmp_path / "hand" / "inkar"
    hand.mkdir(parents=True)
    (hand / "a.bin").write_bytes(b"content")
    assert fetch("inkar", None, tmp_path, downloads=tmp_path / "hand") == [hand / "a.bin"]
    entry = read_lock(tmp_path / LOCK).entries["inkar/a.bin"]
    assert (entry.url, entry.retrieved) == (None, None)


def test_services_are_asked_and_their_answers_kept(server: Replay, tmp_path: Path) -> None:
    atlas = server.plan("/atlas", Answer(body=ATLAS))
    sparql = server.plan("/sparql", Answer(body=WEBSITES))
    options = {"regionalatlas": {"url": atlas, "years": range(2017, 2018)}, "wikidata": {"url": sparql}}
    for name in options:
        (got,) = fetch(name, None, tmp_path, client=client(), options=options)
        assert got.parent == tmp_path / "downloads" / name
    entries = read_lock(tmp_path / LOCK).entries
    assert list(entries) == ["regionalatlas/ai002_1_5_2017.json", "wikidata/websites.json"]
    assert entries["wikidata/websites.json"].licence == "CC0-1.0"
    asked = len(server.seen)
    fetch("wikidata", None, tmp_path, client=client(), options=options)
    assert len(server.seen) == asked


def test_what_came_before_a_failure_is_kept_and_not_asked_for_again(server: Replay, tmp_path: Path) -> None:
    def atlas(seen: Seen) -> Answer:
        year = 2017 if "jahr = 2017" in seen.query["layer"] else 2018
        return (
            Answer(body=ATLAS.replace(b"2017", str(year).encode())) if year == 2017 or ready else Answer(404)
        )

    ready = False
    options = {"regionalatlas": {"url": server.plan("/atlas", atlas), "years": range(2017, 2019)}}
    with pytest.raises(SourceError, match=r"Regionalatlas: .*HTTP 404"):
        fetch("regionalatlas", None, tmp_path, client=client(), options=options)
    assert list(read_lock(tmp_path / LOCK).entries) == ["regionalatlas/ai002_1_5_2017.json"]
    ready, asked = True, len(server.seen)
    assert len(fetch("regionalatlas", None, tmp_path, client=client(), options=options)) == 2
    assert len(server.seen) == asked + 1


def test_with_all_what_can_be_done_is_done_and_the_rest_is_named(server: Replay, tmp_path: Path) -> None:
    def anything(seen: Seen) -> Answer:
        return Answer(body=ATLAS)

    hosts = {name: replace(host, base=server.url) for name, host in genesis.HOSTS.items()}
    options = {
        "genesis": {"hosts": hosts},
        "regionalatlas": {"url": server.plan("/atlas", anything), "years": range(2017, 2018)},
        "wikidata": {"url": server.plan("/sparql", Answer(body=WEBSITES))},
    }
    without = {
        name: replace(item, files=tuple(replace(one, url="") for one in item.files))
        for name, item in retrieval.SOURCES.items()
    }
    with pytest.MonkeyPatch.context() as patch:
        for name, item in without.items():
            patch.setitem(retrieval.SOURCES, name, item)
        with pytest.raises(SourceError) as caught:
            fetch("all", None, tmp_path, client=client(), options=options)
    message = str(caught.value)
    for name in ("gv_isys", "inkar", "zensus2022", "vg250", "crosswalk"):
        assert f"{name}: there is no stable address for" in message
    assert (
        "genesis: Regionaldatenbank Deutschland (regionalstatistik.de): there are no credentials" in message
    )
    assert message.endswith("Done: ai002_1_5_2017.json, websites.json.")
    assert "\n" not in message
