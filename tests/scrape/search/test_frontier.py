"""What is asked next: best first, each address once, endless families falling behind."""

from hypothesis import given
from hypothesis import strategies as st

from konzept_diffusion.scrape.exchange import Request
from konzept_diffusion.scrape.search.frontier import HOME, Candidate, Frontier


def candidate(url, promise, **more):
    return Candidate(Request(url), promise, ways=["links"], **more)


def drained(frontier):
    given_out = []
    while (found := frontier.next()) is not None:
        given_out.append(found.request.url)
    return given_out


def test_the_most_promising_comes_first_and_the_hopeless_never():
    frontier = Frontier(1.5)
    for url, promise in (("http://s.example/a", 2), ("http://s.example/b", 9), ("http://s.example/c", 1)):
        frontier.add(candidate(url, promise))
    assert drained(frontier) == ["http://s.example/b", "http://s.example/a"]


@given(st.lists(st.tuples(st.integers(0, 20), st.floats(1.5, 16)), max_size=60))
def test_no_address_is_given_out_twice(entries):
    frontier = Frontier(1.5)
    for number, promise in entries:
        frontier.add(candidate(f"http://s.example/seite{number}?id={number}", promise))
    given_out = drained(frontier)
    assert len(given_out) == len(set(given_out)) == len({number for number, _ in entries})


def test_the_same_page_under_another_spelling_is_the_same():
    frontier = Frontier(1.5)
    frontier.add(candidate("http://www.s.example/a?x=1&utm_source=mail", 5))
    frontier.add(candidate("https://s.example/a/?x=1", 6))
    assert len(drained(frontier)) == 1


def test_all_strategies_that_pointed_to_an_address_are_kept():
    frontier = Frontier(1.5)
    frontier.add(Candidate(Request("http://s.example/k.pdf"), 9, ways=["sitemap"]))
    found = frontier.next()
    frontier.add(Candidate(Request("http://s.example/k.pdf"), 12, ways=["search"], anchors=["Konzept"]))
    assert found.ways == ["sitemap", "search"]
    assert found.anchors == ["Konzept"]
    assert frontier.next() is None


def test_a_calendar_without_end_falls_behind_a_weaker_page_of_another_shape():
    frontier = Frontier(1.5)
    for month in range(60):
        frontier.add(candidate(f"http://s.example/termine?jahr=2020&monat={month}", 3.0))
    frontier.add(candidate("http://s.example/soziales", 2.4))
    order = drained(frontier)
    assert order.index("http://s.example/soziales") < 25


def test_a_strong_address_is_not_held_back_by_its_family():
    frontier = Frontier(1.5)
    for number in range(60):
        frontier.add(candidate(f"http://s.example/node/{number}", 2.5))
    while (found := frontier.next()) is not None:
        frontier.fruitless(found.request.url)
    frontier.add(candidate("http://s.example/node/999", 11))
    assert frontier.next().request.url == "http://s.example/node/999"


def test_an_address_that_failed_can_be_tried_anew_on_purpose():
    frontier = Frontier(1.5)
    frontier.add(candidate("https://s.example/", 100, role=HOME))
    frontier.next()
    frontier.add_anew(candidate("http://s.example/", 100, role=HOME))
    assert frontier.next().request.url == "http://s.example/"


def test_what_is_left_is_listed_best_first():
    frontier = Frontier(1.5)
    for number, promise in enumerate((9, 12, 3)):
        frontier.add(candidate(f"http://s.example/{'abc'[number]}", promise))
    assert frontier.left(8) == ["http://s.example/b", "http://s.example/a"]
