"""What the scraper finds on the testbed, with how many requests, and that plain crawlers find less."""

import dataclasses
from concurrent.futures import ThreadPoolExecutor

import pytest
from testbed import Testbed, baselines, score

from konzept_diffusion.scrape.__main__ import make_coder
from konzept_diffusion.scrape.archive.output import write_outputs
from konzept_diffusion.scrape.crawl import register
from konzept_diffusion.scrape.network.client import Politeness, Transport
from konzept_diffusion.scrape.search import settings
from konzept_diffusion.scrape.search.scope import root
from konzept_diffusion.scrape.search.survey import survey

IMPATIENT = Politeness(
    delay=0, timeout_connect=1, timeout_read=1.5, total=3, pause=0.05, longest_pause=2, allow_private=True
)
"""Limits of a test; everything else is as in a crawl."""


@pytest.fixture(scope="module")
def found(tmp_path_factory):
    """Survey every shape once; return the testbed's score."""
    folder = tmp_path_factory.mktemp("recall")
    with Testbed(drip_seconds=4, crawl_delay=0.05) as bed:
        kommunen = register.read(bed.write_register(folder / "register.csv"))
        roots = frozenset(root(kommune.website) for kommune in kommunen if kommune.website)
        chosen = dataclasses.replace(settings.load(), foreign=roots)
        coder, transport = make_coder(tuple(kommunen)), Transport(IMPATIENT)

        def one(kommune):
            with transport.visit(kommune, max_requests=100) as visit:
                return survey(kommune, visit, settings=chosen, coder=coder)

        with ThreadPoolExecutor(8) as pool:
            reports = list(pool.map(one, kommunen))
        transport.close()
        write_outputs(reports, folder / "out")
        yield score(bed, folder / "out")


def test_the_documents_are_found_with_few_requests(found):
    print(found.table())
    assert found.recall(50) >= 0.97
    assert found.recall(10) >= 0.70
    assert found.reported_recall >= 0.97
    assert found.median_first <= 12


def test_what_is_reported_is_right(found):
    assert found.precision >= 0.97
    for aspect, floor in (("kind", 0.97), ("status", 0.95), ("year", 0.95), ("basis", 0.95)):
        assert found.exactness(aspect) >= floor, aspect


def test_every_site_ends_in_the_status_it_should(found):
    assert [shape.name for shape in found.shapes.values() if not shape.status_ok] == []


def test_nothing_is_asked_that_robots_or_the_host_refuse(found):
    assert sum(shape.trespasses for shape in found.shapes.values()) == 0
    assert sum(shape.after_refusal for shape in found.shapes.values()) == 0


def test_plain_crawlers_find_less_with_the_same_requests(found):
    names = ["search_get", "sitemap_5000", "sessionnet", "deep", "publications_200", "frameset", "jsessionid"]
    with Testbed(names, drip_seconds=4) as bed:
        plain = {name: baselines.run(bed, name, budget=50) for name in baselines.BASELINES}
    ours = [found.shapes[name] for name in names]
    recall = sum(shape.found_within(50) for shape in ours) / sum(shape.required for shape in ours)
    assert len(plain) == 3
    assert all(recall > other.recall(50) for other in plain.values())
