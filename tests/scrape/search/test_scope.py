"""Whose host is it: the Kommune's own, its council system's, a portal, another Kommune's, nobody's."""

import pytest

from konzept_diffusion.scrape.reports import Kommune
from konzept_diffusion.scrape.search.scope import EXCLUDED, FOREIGN, OWN, PORTAL, Scope, root

UNNA = Kommune("05978036", "Unna, Stadt", "stadt", "05", "https://www.unna.example/")


@pytest.fixture
def scope():
    scope = Scope(
        UNNA, {root("https://www.kreis-unna.example/"), root(UNNA.website)}, frozenset({"facebook.com"})
    )
    scope.add_own(UNNA.website)
    return scope


@pytest.mark.parametrize(
    ("url", "relation"),
    [
        ("https://www.unna.example/a", OWN),
        ("http://unna.example/a", OWN),
        ("https://rathaus.unna.example/a", OWN),
        ("https://www.kreis-unna.example/integration", EXCLUDED),
        ("https://de-de.facebook.com/unna", EXCLUDED),
        ("https://notfacebook.com/unna", FOREIGN),
        ("https://xunna.example/", FOREIGN),
    ],
)
def test_relation(scope, url, relation):
    assert scope.relation(url) == relation


def test_portals_are_taken_up_to_a_number(scope):
    taken = [scope.add_portal(f"https://portal{number}.example/") for number in range(6)]
    assert taken == [True] * Scope.LARGEST_PORTALS + [False] * (6 - Scope.LARGEST_PORTALS)
    assert scope.relation("https://portal0.example/x") == PORTAL


def test_hosts_by_address_have_no_subdomains():
    scope = Scope(Kommune("05978036", "Unna", "stadt", "05", "http://127.0.0.1:81/"), (), frozenset())
    scope.add_own("http://127.0.0.1:81/")
    assert scope.relation("http://127.0.0.1:81/a") == OWN
    assert scope.relation("http://127.0.0.1:82/a") == FOREIGN


def test_kommunen_that_share_a_host_keep_to_their_own_paths():
    one, other = "http://amt.example/aburg/", "http://amt.example/bestadt/"
    scope = Scope(Kommune("01051001", "Aburg", "stadt", "01", one), {root(one), root(other)}, frozenset())
    scope.add_own(one)
    assert scope.relation("http://amt.example/aburg/soziales") == OWN
    assert scope.relation("http://amt.example/bestadt/soziales") == EXCLUDED
    assert scope.relation("http://amt.example/downloads/x.pdf") == OWN


def test_telling_words_of_the_name_not_titles_of_towns():
    scope = Scope(Kommune("05315000", "Köln, Stadt", "stadt", "05", "https://k.example/"), (), frozenset())
    assert scope.bears_the_name("https://integration-koeln.example/")
    assert scope.bears_the_name("Integrationskonzept der Stadt Köln")
    assert not scope.bears_the_name("https://stadt.example/")
