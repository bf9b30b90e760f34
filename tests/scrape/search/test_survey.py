"""The survey of one Kommune as a plain function: answers in, report out."""

from collections.abc import Callable

import pytest

from konzept_diffusion.scrape.exchange import Exchange, NotFetched, Request
from konzept_diffusion.scrape.reports import Coding, File, Kommune
from konzept_diffusion.scrape.search import settings
from konzept_diffusion.scrape.search.survey import survey

HOME = "http://stadt.example/"
TOWN = Kommune("05315000", "Talstadt", "stadt", "05", HOME)
SETTINGS = settings.load()


class Robots:
    sitemaps: tuple[str, ...] = ()
    crawl_delay = None
    status = "missing"

    def allows(self, url: str) -> bool:
        return True


class Client:
    """Answers from a table: address to HTML, (media type, bytes), a reason why not, or a function."""

    def __init__(
        self, answers: dict[str, object], *, most: int = 100, sitemaps: tuple[str, ...] = ()
    ) -> None:
        self.answers, self.most, self.asked, self.noted = answers, most, [], []
        self._robots = Robots()
        self._robots.sitemaps = sitemaps

    @property
    def requests(self) -> int:
        return len(self.asked)

    @property
    def left(self) -> int:
        return self.most - len(self.asked)

    def robots(self, url: str) -> Robots:
        return self._robots

    def note_tdm(self, exchange: Exchange) -> None:
        self.noted.append(exchange.url)

    def fetch(self, request: Request) -> Exchange:
        self.asked.append(request.url)
        answer = self.answers.get(request.url)
        if isinstance(answer, Callable):
            answer = answer(request)
        if isinstance(answer, NotFetched):
            raise answer
        if answer is None:
            return Exchange(request, request.url, 404, {}, b"weg", "text/html")
        if isinstance(answer, Exchange):
            return answer
        media, body = answer if isinstance(answer, tuple) else ("text/html", str(answer).encode())
        return Exchange(request, request.url, 200, {}, body, media, archive_ref="archive/x#1")


def coder(file: File, page: object = None) -> Coding:
    """A document is what says so in its first bytes or whose link does."""
    told = file.body.startswith(b"DOKUMENT") or (
        not file.body and "konzept" in " ".join(file.anchors).lower()
    )
    return Coding(told, kind="integrationskonzept", owner_ags="05315000", title="T", coder="test")


def page(*links: str, head: str = "", body: str = "") -> str:
    items = "".join(f"<li>{link}</li>" for link in links)
    return f"<html><head><title>Talstadt</title>{head}</head><body><main>{body}<ul>{items}</ul></main></body></html>"


def link(path: str, text: str) -> str:
    return f'<a href="{path}">{text}</a>'


PDF = ("application/pdf", b"DOKUMENT eins")


def run(answers, **more):
    client = Client(answers, **more)
    return survey(TOWN, client, settings=SETTINGS, coder=coder), client


def test_a_link_on_the_home_page_is_followed_to_the_file():
    report, client = run(
        {HOME: page(link("/k.pdf", "Integrationskonzept (PDF)"), link("/freibad", "Freibad")),
         f"{HOME}k.pdf": PDF}
    )  # fmt: skip
    assert [found.url for found in report.documents] == [f"{HOME}k.pdf"]
    assert report.documents[0].landing_url == HOME
    assert report.documents[0].discovered_by == "links"
    assert report.status == "searched"
    assert f"{HOME}freibad" not in client.asked


def test_the_sitemaps_of_robots_are_filtered_by_terms():
    urls = "".join(f"<url><loc>{HOME}seite{n}</loc></url>" for n in range(500))
    listed = f"<urlset>{urls}<url><loc>{HOME}integration/integrationskonzept.pdf</loc></url></urlset>"
    report, client = run(
        {HOME: page(), f"{HOME}karte.xml": ("application/xml", listed.encode()),
         f"{HOME}integration/integrationskonzept.pdf": PDF},
        sitemaps=(f"{HOME}karte.xml",),
    )  # fmt: skip
    assert report.documents[0].discovered_by == "sitemap"
    assert client.requests == 3
    assert report.strategies == ("links", "robots", "sitemap")


def test_the_sites_own_search_is_used_with_its_hidden_fields():
    fields = '<input type="hidden" name="t" value="7"><input type="search" name="q">'
    form = f'<form action="/suche" method="post">{fields}</form>'
    asked: list[Request] = []

    def search(request: Request) -> str:
        asked.append(request)
        return page(link("/treffer.pdf", "Konzept zur Integration"))

    report, _ = run({HOME: page(body=form), f"{HOME}suche": search, f"{HOME}treffer.pdf": PDF})
    assert asked[0].fields == (("t", "7"), ("q", "Integrationskonzept"))
    assert [request.method for request in asked] == ["POST"] * 3
    assert report.documents[0].discovered_by.split("|")[0] == "search"


def test_a_document_that_several_strategies_point_to_names_them_all():
    listed = f"<urlset><url><loc>{HOME}integrationskonzept.pdf</loc></url></urlset>"
    report, _ = run(
        {HOME: page(link("/integrationskonzept.pdf", "Integrationskonzept")),
         f"{HOME}sitemap.xml": ("application/xml", listed.encode()), f"{HOME}integrationskonzept.pdf": PDF}
    )  # fmt: skip
    assert set(report.documents[0].discovered_by.split("|")) <= {"links", "sitemap"}
    assert len(report.documents) == 1


def test_the_same_file_under_two_addresses_is_one_document():
    report, _ = run(
        {HOME: page(link("/a/integrationskonzept.pdf", "Integrationskonzept"),
                    link("/b/integrationskonzept.pdf", "Integrationskonzept als PDF")),
         f"{HOME}a/integrationskonzept.pdf": PDF, f"{HOME}b/integrationskonzept.pdf": PDF}
    )  # fmt: skip
    assert len(report.documents) == 1


@pytest.mark.parametrize(
    ("reason", "status"),
    [("dns", "unreachable"), ("timeout", "unreachable"), ("forbidden", "blocked"), ("challenge", "blocked"),
     ("robots", "robots"), ("private", "private"), ("server_error", "unreachable"), ("blocked_host", "blocked")],
)  # fmt: skip
def test_what_kept_us_away_is_the_status(reason, status):
    refusal = NotFetched(reason, HOME)
    report, client = run({HOME: refusal, f"{HOME}sitemap.xml": NotFetched(reason, f"{HOME}sitemap.xml")})
    assert report.status == status
    assert report.detail
    assert client.requests <= 2


def test_no_website_is_no_request():
    client = Client({})
    report = survey(Kommune("05315000", "Talstadt", "stadt", "05"), client, settings=SETTINGS, coder=coder)
    assert (report.status, report.requests, client.asked) == ("no_website", 0, [])


def test_https_that_fails_is_tried_without():
    secure = "https://stadt.example/"
    client = Client(
        {
            secure: NotFetched("tls", secure),
            HOME: page(link("/k.pdf", "Integrationskonzept")),
            f"{HOME}k.pdf": PDF,
        }
    )
    town = Kommune("05315000", "Talstadt", "stadt", "05", secure)
    report = survey(town, client, settings=SETTINGS, coder=coder)
    assert [found.url for found in report.documents] == [f"{HOME}k.pdf"]


def test_the_budget_ends_the_search_and_what_was_promising_is_listed():
    links = [link(f"/integrationskonzept-{n}.pdf", f"Integrationskonzept {n}") for n in range(20)]
    report, client = run({HOME: page(*links)}, most=5)
    assert report.status == "budget"
    assert client.requests == 5
    assert len(report.unseen) >= 10


def test_a_host_that_gives_up_midway_is_not_called_searched():
    def gone(request: Request) -> NotFetched:
        return NotFetched("stopped", request.url)

    answers: dict[str, object] = {
        HOME: page(link("/integrationskonzept", "Integrationskonzept"), link("/integration", "Integration"))
    }
    answers[f"{HOME}integrationskonzept"] = NotFetched("challenge", f"{HOME}integrationskonzept")
    answers[f"{HOME}integration"] = gone
    report, _ = run(answers)
    assert report.status == "blocked"
    assert f"{HOME}integrationskonzept" in report.unseen


def test_other_kommunens_sites_and_networks_are_left_alone():
    report, client = run(
        {HOME: page(link("https://www.facebook.com/talstadt", "Integrationskonzept auf Facebook"),
                    link("http://land.example/integrationskonzept.pdf", "Integrationskonzept des Landes"))}
    )  # fmt: skip
    assert {url.split("/")[2] for url in client.asked} == {"stadt.example"}
    assert report.documents == ()


def test_a_portal_of_the_kommune_is_searched_too():
    portal = "http://portal.example/"
    report, _ = run(
        {HOME: page(link(portal, "Integrationsportal der Stadt Talstadt")),
         portal: page(link("/ueber-uns", "Über uns")),
         f"{portal}ueber-uns": page(link("/k.pdf", "Integrationskonzept 2020")), f"{portal}k.pdf": PDF}
    )  # fmt: skip
    assert [found.url for found in report.documents] == [f"{portal}k.pdf"]
    assert "portal" in report.strategies


def test_a_reservation_is_recorded_and_the_text_left_unread_unless_it_is_research():
    reserved = Exchange(
        Request(f"{HOME}k.pdf"), f"{HOME}k.pdf", 200, {}, b"DOKUMENT", "application/pdf", tdm=True
    )
    answers = {HOME: page(link("/k.pdf", "Integrationskonzept")), f"{HOME}k.pdf": reserved}
    seen: list[bytes] = []

    def watching(file: File, page: object = None) -> Coding:
        seen.append(file.body)
        return coder(file)

    report = survey(TOWN, Client(answers), settings=SETTINGS, coder=watching)
    assert seen == [b""]
    assert report.documents[0].tdm is True
    survey(TOWN, Client(answers), settings=SETTINGS, coder=watching, research_use=True)
    assert seen == [b"", b"DOKUMENT"]


def test_a_page_that_reserves_in_its_head_is_noted_with_the_client():
    body = page(head='<meta name="tdm-reservation" content="1">')
    _, client = run({HOME: body})
    assert client.noted == [HOME]


def test_the_same_answers_give_the_same_report():
    answers = {HOME: page(*(link(f"/integration/{n}", f"Integration {n}") for n in range(30)))}
    first, second = run(answers)[1].asked, run(answers)[1].asked
    assert first == second


def test_a_site_that_names_nothing_is_read_breadth_first_for_a_while():
    tree = {HOME: page(*(link(f"/x{n}", f"Zeug {n}") for n in range(5)))}
    tree[f"{HOME}x3"] = page(link("/k.pdf", "Integrationskonzept"))
    tree[f"{HOME}k.pdf"] = PDF
    assert [found.url for found in run(tree)[0].documents] == [f"{HOME}k.pdf"]


def test_a_website_without_a_slash_is_searched_too():
    town = Kommune("05315000", "Talstadt", "stadt", "05", "HTTP://Stadt.example")
    client = Client({HOME: page(link("/k.pdf", "Integrationskonzept")), f"{HOME}k.pdf": PDF})
    assert len(survey(town, client, settings=SETTINGS, coder=coder).documents) == 1


def test_a_site_that_shows_nothing_is_not_called_searched():
    report, _ = run({})
    assert (report.status, bool(report.detail)) == ("unreachable", True)
    report, _ = run({HOME: page()})
    assert (report.status, bool(report.detail)) == ("searched", True)


def test_an_empty_file_is_no_document():
    report, _ = run(
        {HOME: page(link("/k.pdf", "Integrationskonzept")), f"{HOME}k.pdf": ("application/pdf", b"")}
    )
    assert report.documents == ()
