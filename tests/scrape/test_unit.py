"""The unit of work: what a survey, a site or a disk does ends in an outcome, and its file is kept."""

import sqlite3

import little
import pytest

from konzept_diffusion.errors import DataError, StepError
from konzept_diffusion.scrape.archive.replay import Replay
from konzept_diffusion.scrape.crawl import unit
from konzept_diffusion.scrape.crawl.orders import Options, Orders, Task
from konzept_diffusion.scrape.exchange import Request
from konzept_diffusion.scrape.reports import Kommune, Report
from konzept_diffusion.scrape.search import settings

SETTINGS = settings.load()


@pytest.fixture(scope="module")
def all_sites():
    with little.serving(1) as found:
        yield found


@pytest.fixture
def sites(all_sites):
    all_sites.forget()
    return all_sites


@pytest.fixture
def workshop(tmp_path):
    def make(survey=None):
        orders = Orders(tmp_path, Options(0.0, 20, allow_private=True), SETTINGS, (), little.title_coder)
        return unit.Workshop(orders, survey=survey)

    return make


def asking(*paths, then=None):
    """Return a survey that asks for some pages and then does something."""

    def survey(kommune, client, *, settings, coder, research_use=False):
        for path in paths:
            client.fetch(Request(kommune.website + path))
        if then is not None:
            then()
        return Report(kommune, "searched", requests=client.requests)

    return survey


def test_a_finished_survey_brings_report_and_closed_file(sites, workshop, tmp_path):
    outcome = workshop(asking("", "integration/1")).run(Task(sites.kommunen[0], "one.warc.gz"))
    assert outcome.report.requests == 2
    assert outcome.segment.name == "one.warc.gz"
    assert len(outcome.segment.holdings) >= 2
    assert not outcome.trouble
    assert len(Replay(tmp_path / "archive" / ".open" / "one.warc.gz")) == 3, "and robots.txt"


def test_what_was_asked_before_is_not_asked_again(sites, workshop):
    task = Task(sites.kommunen[0], "one.warc.gz")
    first = workshop(asking("", "integration/1")).run(task)
    asked = len(sites.asked)
    second = workshop(asking("", "integration/1", "integration/2")).run(task)
    assert len(sites.asked) == asked + 1
    assert (first.report.requests, second.report.requests) == (2, 3)


def test_a_survey_that_fails_costs_its_kommune_and_says_why(sites, workshop):
    def fail():
        raise KeyError("no such thing")

    shop = workshop(asking("", then=fail))
    outcome = shop.run(Task(sites.kommunen[0], "one.warc.gz"))
    assert outcome.report.status == "error"
    assert outcome.report.detail == "KeyError: 'no such thing'"
    assert outcome.report.requests == 1
    assert "in fail" in outcome.trace
    assert outcome.segment is not None
    assert shop.counts().at_work == ()


@pytest.mark.parametrize(
    ("error", "trouble"),
    [
        (StepError("x: cannot be written (No space left on device)."), "No space left"),
        (OSError(28, "No space left on device", "x"), "x: cannot be written (No space left on device)"),
        (sqlite3.OperationalError("database or disk is full"), "disk is full"),
        (DataError("the record is damaged."), ""),
        (BrokenPipeError(32, "Broken pipe"), ""),
    ],
)
def test_only_what_the_disk_does_ends_the_crawl(sites, workshop, error, trouble):
    def fail():
        raise error

    outcome = workshop(asking(then=fail)).run(Task(sites.kommunen[0], "one.warc.gz"))
    if trouble:
        assert trouble in outcome.trouble
        assert outcome.report is None
    else:
        assert not outcome.trouble
        assert outcome.report.status == "error"


def test_a_stop_lets_no_further_request_out_and_keeps_what_was_asked(sites, workshop, tmp_path):
    shop = workshop()
    shop._survey = asking("", "integration/1", then=lambda: None)
    stopping = asking("", then=shop.stop)

    def survey(kommune, client, **given):
        stopping(kommune, client, **given)
        return asking("integration/1")(kommune, client, **given)

    shop._survey = survey
    outcome = shop.run(Task(sites.kommunen[0], "one.warc.gz"))
    assert outcome.report is None
    assert not outcome.trouble
    assert [path for _, path, _ in sites.asked] == ["/robots.txt", "/"]
    assert shop.run(Task(sites.kommunen[0], "two.warc.gz")).report is None
    assert len(sites.asked) == 2
    assert (
        workshop(asking("", "integration/1")).run(Task(sites.kommunen[0], "one.warc.gz")).report is not None
    )
    assert [path for _, path, _ in sites.asked][2:] == ["/integration/1"]


def test_counts_are_of_what_went_out(sites, workshop):
    seen = []
    shop = workshop()
    shop._survey = asking("", "integration/1", then=lambda: seen.append(shop.counts()))
    shop.run(Task(sites.kommunen[0], "one.warc.gz"))
    assert (seen[0].requests, seen[0].at_work) == (2, (("05000001", 2),))
    again = workshop()
    again._survey = asking("", "integration/1", then=lambda: seen.append(again.counts()))
    again.run(Task(sites.kommunen[0], "one.warc.gz"))
    assert (seen[1].requests, seen[1].at_work) == (0, (("05000001", 2),)), "replayed"


def test_a_kommune_without_website_needs_no_file(workshop, tmp_path):
    outcome = workshop().run(Task(Kommune("05374", "Oberbergischer Kreis", "landkreis", "05"), "x.warc.gz"))
    assert outcome.report.status == "no_website"
    assert outcome.segment is None
    assert not (tmp_path / "archive").exists()


def test_the_archive_says_who_asks_and_by_which_rules(monkeypatch):
    monkeypatch.setenv("KONZEPT_CONTACT", "team@example.org")
    fields = unit.operator(Options(research_use=True))
    assert fields["operator"] == "team@example.org"
    assert "team@example.org" in str(fields["http-header-user-agent"])
    assert "obey" in str(fields["robots"])
    assert "§ 60d" in str(fields["text-and-data-mining"])
    assert "§ 44b" in str(unit.operator(Options())["text-and-data-mining"])


@pytest.mark.parametrize("content", [b"no database", b"SQLite format 3\0" + b"\xff" * 4000])
def test_a_damaged_file_of_turns_is_begun_anew_and_a_whole_one_kept(tmp_path, workshop, content):
    path = tmp_path / unit.TURNS
    unit.mend_turns(tmp_path)
    path.write_bytes(content)
    unit.mend_turns(tmp_path)
    assert not path.exists()
    workshop()
    before = path.read_bytes()
    unit.mend_turns(tmp_path)
    assert path.read_bytes() == before
