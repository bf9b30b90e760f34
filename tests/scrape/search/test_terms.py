"""What a link promises: the maintainer's terms on real titles and on what every site links."""

import csv

import pytest

from konzept_diffusion import paths
from konzept_diffusion.scrape.pages import Link
from konzept_diffusion.scrape.search import settings
from konzept_diffusion.scrape.search.terms import STRONG, Scorer, words


@pytest.fixture(scope="module")
def scorer():
    return Scorer(settings.load())


def link(anchor, url="http://stadt.example/seite/12", section="main", context="", heading=""):
    return Link(url, anchor, "", section, "", context, heading, "", "", "")


def test_nearly_every_title_that_people_coded_by_hand_is_strong(scorer):
    titles = set()
    for name in ("anlage1_grossstaedte", "desk_research"):
        with (paths.raw_dir() / f"{name}.csv").open(encoding="utf-8") as file:
            titles |= {row.get("title", "") for row in csv.DictReader(file)}
    titles.discard("")
    strong = sum(scorer.score(words(title)).total >= STRONG for title in titles)
    assert len(titles) > 600
    assert strong / len(titles) >= 0.94


@pytest.mark.parametrize(
    "anchor",
    ["Impressum", "Datenschutz", "Veranstaltungskalender", "Hallenbad", "Inklusionskonzept",
     "Integrationskonzept der Kita Sonnenschein als Schulkonzept", "Systemintegration und Software"],
)  # fmt: skip
def test_what_every_site_links_is_not_strong(scorer, anchor):
    assert scorer.promise(link(anchor)) < STRONG


def test_the_file_itself_promises_more_than_the_page_about_it_and_that_more_than_the_field(scorer):
    file = scorer.promise(link("Integrationskonzept (PDF)", "http://stadt.example/a/integrationskonzept.pdf"))
    page = scorer.promise(link("Integrationskonzept"))
    field = scorer.promise(link("Integration und Migration"))
    section = scorer.promise(link("Soziales"))
    assert file > page >= STRONG > field > section > scorer.promise(link("Freibad"))


def test_a_link_that_says_nothing_is_weighed_by_what_stands_around_it(scorer):
    url = "http://stadt.example/download/4711.pdf"
    about = "Das Integrationskonzept der Stadt können Sie hier herunterladen. Download (PDF, 2 MB)"
    assert scorer.promise(link("Download (PDF, 2 MB)", url, context=about)) >= STRONG
    assert scorer.promise(link("Download (PDF, 2 MB)", url, context="Hundesteuersatzung")) < STRONG


def test_press_is_asked_later_than_the_page_of_the_same_name(scorer):
    plain = scorer.promise(link("Integrationskonzept", "http://s.example/integration/integrationskonzept"))
    press = scorer.promise(link("Integrationskonzept", "http://s.example/presse/integrationskonzept"))
    assert plain > press


def test_umlauts_hyphens_and_escapes_do_not_hide_a_word(scorer):
    for url in (
        "http://s.example/Fl%C3%BCchtlings-Konzept_2016.pdf",
        "http://s.example/Fl%FCchtlingskonzept.pdf",
        "http://s.example/fluechtlings_konzept.pdf",
    ):
        assert scorer.address(url).target >= STRONG, url


def test_only_the_last_part_of_a_path_makes_a_page_a_section(scorer):
    assert scorer.address("http://s.example/buergerservice").hub > 0
    assert scorer.address("http://s.example/buergerservice/hundesteuer").hub == 0
    assert scorer.address("http://s.example/integration/ansprechpartner").topic > 0


@pytest.mark.parametrize("suffix", ["jpg", "zip", "mp4", "css", "ics"])
def test_files_that_are_no_documents_are_never_asked_for(scorer, suffix):
    assert scorer.skipped(f"http://s.example/integrationskonzept.{suffix}")
    assert not scorer.skipped("http://s.example/integrationskonzept.pdf")
