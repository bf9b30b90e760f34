"""Kommunen at one place wait for each other, not for a worker; those whose process died come first."""

from konzept_diffusion.scrape.crawl.schedule import Places, Waiting
from konzept_diffusion.scrape.reports import Kommune


def kommune(number: int, host: str = "") -> Kommune:
    return Kommune(f"05{number:06}", f"K{number}", "stadt", "05", f"http://{host}/" if host else "")


def anybody(lost):
    return True


def test_a_place_is_the_address_once_it_is_known_and_the_name_before_or_without():
    addresses = {"a.example": ["192.0.2.7", "192.0.2.1"], "b.example": ["192.0.2.1"]}

    def resolve(name):
        if name not in addresses:
            raise OSError("unknown")
        return addresses[name]

    kommunen = [kommune(1, "a.example"), kommune(2, "b.example:8080"), kommune(3, "none.example"), kommune(4)]
    places = Places(kommunen, resolve)
    places.settle(10)
    assert [places(one) for one in kommunen] == ["192.0.2.1", "192.0.2.1", "none.example", "05000004"]
    assert Places([kommune(5, "[::1]:80")], resolve)(kommune(5, "[::1]:80")) == "::1"


def test_two_at_a_place_and_the_others_are_passed_over_not_lost():
    hosts = ["x", "x", "x", "y"]
    kommunen = [kommune(number, host) for number, host in enumerate(hosts)]
    waiting = Waiting(kommunen, lambda one: one.website, per_place=2)
    taken = [waiting.take(anybody) for _ in range(3)]
    assert [ticket.kommune for ticket in taken] == [kommunen[0], kommunen[1], kommunen[3]]
    assert waiting.take(anybody) is None
    assert len(waiting) == 1
    waiting.release(kommunen[3].ags)
    assert waiting.take(anybody) is None, "another place became free"
    waiting.release(kommunen[0].ags)
    assert waiting.take(anybody).kommune == kommunen[2]


def test_who_was_lost_comes_first_but_only_to_somebody_who_may_take_it():
    kommunen = [kommune(1, "x"), kommune(2, "y"), kommune(3, "z")]
    waiting = Waiting(kommunen, lambda one: one.website)
    first = waiting.take(anybody)
    waiting.put_back(first)
    assert waiting.take(lambda lost: lost == 0).kommune == kommunen[1]
    again = waiting.take(anybody)
    assert (again.kommune, again.lost) == (kommunen[0], 1)
