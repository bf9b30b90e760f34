"""The survey of one Kommune: one plain unit of work, with few requests and honest about what it could not see."""

from __future__ import annotations

import re
from collections.abc import Callable
from dataclasses import replace
from datetime import UTC, datetime

from .. import addresses, councils, pages
from ..exchange import Exchange, KommuneClient, NotFetched, Request
from ..pages import sitemaps
from ..reports import Coder, Coding, File, Found, Kommune, Report
from .ending import ending, silence
from .frontier import COUNCIL, HOME, OPENSEARCH, PAGE, SEARCH, SITEMAP, Candidate
from .scope import COUNCIL as COUNCIL_HOST
from .scope import EXCLUDED, FOREIGN, OWN, PORTAL
from .settings import Settings
from .terms import STRONG, words
from .trail import PORTAL_SEARCH_PROMISES, SEARCH_PROMISES, Origin, Trail

PATIENCE = 40
"""Requests in a row that may bring nothing more, once nothing that is left is more than faintly promising."""
LONG_PATIENCE = 120
"""The same as long as nothing at all was found."""
FAINT = 4.0
"""Promise below which patience counts."""
_NAMES_ONE = re.compile(
    r"(?:integrations|migrations|zuwanderungs|vielfalts|teilhabe)-?(?:konzept|leitbild|plan|programm|strategie|bericht)"
    r"|leitlinien|leitbild|handlungskonzept|masterplan|gesamtkonzept",
    re.IGNORECASE,
)
_HTML = {"text/html", "application/xhtml+xml"}
_XML = {"application/xml", "text/xml"}


def survey(
    kommune: Kommune,
    client: KommuneClient,
    *,
    settings: Settings,
    coder: Coder,
    research_use: bool = False,
    now: Callable[[], datetime] = lambda: datetime.now(UTC),
) -> Report:
    """Search the site, council information system and portals of one Kommune for its documents.

    Every answer is a step: robots.txt names sitemaps, the home page a search form and links, a result a
    document or a page about it. What is asked next is what promises most, whichever strategy pointed to it.

    Parameters
    ----------
    kommune
        Whom to survey.
    client
        The polite, counting client of this survey.
    settings
        The maintainer's settings, see `scrape.search.settings.load`.
    coder
        Says of a file whether it is a document, and which.
    research_use
        Read the text of files with a reservation against text and data mining, too (§ 60d UrhG). Without
        it they are coded by what links say of them.
    now
        The clock, for tests.

    Returns
    -------
    Report
        Its status says how the search ended; no status says that there is no document.
    """
    return _Survey(kommune, client, settings, coder, research_use, now).run()


class _Survey:
    def __init__(
        self,
        kommune: Kommune,
        client: KommuneClient,
        settings: Settings,
        coder: Coder,
        research_use: bool,
        now: Callable[[], datetime],
    ) -> None:
        self._kommune, self._client, self._coder = kommune, client, coder
        self._research_use, self._now = research_use, now
        self._trail = Trail(kommune, settings)
        self._found: list[tuple[Found, Candidate]] = []
        self._strategies: list[str] = []
        self._systems: dict[str, councils.System] = {}
        self._hosts: dict[str, None] = {}
        self._bodies: set[str] = set()
        self._kept_away: list[str] = []
        self._trouble: dict[str, list[NotFetched]] = {}
        self._answered = self._shown = False
        self._fruitless = 0

    def run(self) -> Report:
        started = _stamp(self._now())
        if not self._kommune.website and not self._kommune.seeds:
            return Report(self._kommune, "no_website", started_at=started, finished_at=started)
        if self._kommune.website:
            self._trail.start(self._kommune.website, "links")
        for seed in self._kommune.seeds:
            self._trail.start(seed, "seed")
        out_of_budget = given_up = False
        while (candidate := self._trail.next(desperate=not self._found)) is not None:
            if self._client.left <= 0:
                out_of_budget = True
                self._kept_away.append(candidate.request.url)
                break
            if self._fruitless >= self._patience and candidate.promise < FAINT:
                given_up = True
                self._kept_away.append(candidate.request.url)
                break
            try:
                self._step(candidate)
            except NotFetched as refusal:
                if refusal.reason == "budget":
                    out_of_budget = True
                    break
                self._refused(candidate, refusal)
        own = addresses.site(self._kommune.website or self._kommune.seeds[0])
        status, detail = ending(self._trouble, own, answered=self._answered, out_of_budget=out_of_budget)
        if status == "searched" and not detail:
            status, detail = silence(
                self._shown,
                self._fruitless if given_up else 0,
                bool(self._found) or self._client.requests > 3,
            )
        unseen = list(dict.fromkeys([*self._kept_away, *self._trail.frontier.left(STRONG)]))
        return Report(
            self._kommune,
            status,
            detail,
            requests=self._client.requests,
            strategies=tuple(self._strategies),
            documents=tuple(self._documents()),
            unseen=tuple(unseen[:20]) if status != "searched" or self._kept_away else (),
            systems=tuple(f"{system.code} {system.base}" for system in self._systems.values()),
            hosts=tuple(self._hosts),
            started_at=started,
            finished_at=_stamp(self._now()),
        )

    @property
    def _patience(self) -> int:
        return PATIENCE if self._found else LONG_PATIENCE

    def _step(self, candidate: Candidate) -> None:
        """Ask for a candidate and read the answer as what it is."""
        self._try(candidate.ways[0])
        exchange = self._client.fetch(candidate.request)
        self._hosts.setdefault(addresses.site(exchange.url))
        self._fruitless += 1
        if candidate.role != HOME and not self._arrived(candidate, exchange):
            return
        self._answered = True
        if candidate.role == HOME:
            self._at_home(exchange)
        if exchange.status >= 400:
            self._trail.frontier.fruitless(exchange.url)
            return
        self._shown = True
        if candidate.role == SITEMAP:
            self._sitemap(exchange)
        elif candidate.role == OPENSEARCH:
            self._trail.add_opensearch(exchange.body, exchange.url)
        elif candidate.council and b"<ajax-response" in exchange.body[:400]:
            self._page(candidate, councils.unwrapped(exchange))
        elif exchange.media_type in _HTML:
            self._page(candidate, exchange)
        elif exchange.media_type == "application/json":
            self._json(candidate, exchange)
        elif exchange.media_type in _XML and sitemaps.looks_like_one(exchange.body):
            self._sitemap(exchange)
        else:
            self._file(candidate, exchange)

    def _arrived(self, candidate: Candidate, exchange: Exchange) -> bool:
        """Return whether an answer is new and lies where the survey may read."""
        if exchange.hops:
            frontier = self._trail.frontier
            moved = addresses.identity(exchange.url) != addresses.identity(candidate.request.url)
            if moved and candidate.role != SEARCH and frontier.seen(exchange.url):
                return False
            frontier.mark(exchange.url)
            relation = self._trail.scope.relation(exchange.url)
            if relation == EXCLUDED:
                return False
            if relation == FOREIGN and candidate.role == COUNCIL:
                self._trail.scope.add_council(exchange.url)
        return True

    def _at_home(self, exchange: Exchange) -> None:
        """Take the home page's final host as the Kommune's, and the sitemaps its robots.txt names."""
        self._trail.scope.add_own(exchange.url)
        self._trail.frontier.mark(exchange.url)
        self._look_for_sitemaps(exchange.url)

    def _look_for_sitemaps(self, url: str) -> None:
        self._try("robots")
        named = [addresses.normalise(address, url) for address in self._client.robots(url).sitemaps]
        default = addresses.normalise("/sitemap.xml", url)
        self._trail.add_sitemaps([address for address in named if address] or [default])

    def _sitemap(self, exchange: Exchange) -> None:
        self._trail.add_entries(sitemaps.read(exchange.body, exchange.url))

    def _page(self, candidate: Candidate, exchange: Exchange) -> None:
        page = pages.parse(exchange)
        tdm = exchange.tdm or page.tdm
        if page.tdm and not exchange.tdm:
            self._client.note_tdm(exchange)
        digest = exchange.sha256
        if digest in self._bodies or (candidate.role == PAGE and pages.is_soft_404(page)):
            self._trail.frontier.fruitless(exchange.url)
            return
        self._bodies.add(digest)
        trail = self._trail
        score = trail.scorer.score(words(f"{page.title} {' '.join(page.headings[:6])}"))
        system = self._council(candidate, page, exchange)
        subject = score.subject
        if candidate.role == PAGE and self._may_be_document(candidate, page, score.target):
            coding = self._code(candidate, exchange, page, tdm)
            if coding.speaks_of:
                subject = max(subject, STRONG + 1)
        if page.canonical and addresses.site(page.canonical) == addresses.site(page.url):
            trail.frontier.mark(page.canonical)
        relation = trail.scope.relation(exchange.url)
        inside = system is not None or relation == COUNCIL_HOST
        way = "council" if inside else "portal" if relation == PORTAL else "links"
        if candidate.role == SEARCH and not inside:
            way = candidate.ways[0]
        origin = Origin(page, candidate, subject, way, inside)
        if candidate.role == HOME and len(page.links) < 6:
            for link in page.links:
                if link.section in ("frame", "refresh"):
                    trail.scope.add_own(link.url)
        if candidate.role == SEARCH:
            self._results(origin, page, system)
            return
        if system is not None:
            strong = trail.add_listing(origin, system, page, results=False)
            # A thin entry page: frames and refreshes lead on.
            trail.add_links(origin, [link for link in page.links if link.section in ("frame", "refresh")])
            self._load_tables(candidate, exchange)
        else:
            strong = trail.add_links(origin, page.links)
        if strong:
            self._fruitless = max(0, self._fruitless - 5)
        if relation == PORTAL:
            trail.add_search(page, PORTAL_SEARCH_PROMISES, "portal")
        elif relation not in (FOREIGN, COUNCIL_HOST) and system is None:
            trail.add_search(page, SEARCH_PROMISES, "search")

    def _results(self, origin: Origin, page: pages.Page, system: councils.System | None) -> None:
        """Read a page of search results: its hits, and the next page if this one names documents."""
        if system is not None:
            strong = self._trail.add_listing(origin, system, page, results=True)
        else:
            strong = self._trail.add_links(origin, pages.search_results(page), results=True)
        following = [link for link in page.links if link.rel == "next" or link.section == "pagination"]
        for link in following[:1]:
            candidate = origin.candidate
            promise = 5.2 if strong else min(candidate.promise, 3.9) - 0.3
            self._trail.frontier.add(
                Candidate(
                    Request(link.url, referer=page.url),
                    promise,
                    SEARCH,
                    candidate.ways[:1],
                    candidate.depth + 1,
                    council=candidate.council,
                )
            )

    def _load_tables(self, candidate: Candidate, exchange: Exchange) -> None:
        """Take the requests that fill a page's tables afterwards (ALLRIS 4)."""
        promise = max(candidate.promise - 0.2, 2.0)
        for request in councils.ajax_requests(exchange):
            loading = Candidate(request, promise, candidate.role, ["council"], candidate.depth, council=True)
            self._trail.frontier.add(loading)

    def _council(self, candidate: Candidate, page: pages.Page, exchange: Exchange) -> councils.System | None:
        """Return the council information system a page belongs to, and take its searches in."""
        site = addresses.site(exchange.url)
        relation = self._trail.scope.relation(exchange.url)
        if relation == OWN and not candidate.council and candidate.role == PAGE:
            return None
        system = councils.detect(page, exchange.url, exchange.body, exchange.media_type)
        if system is None and relation == COUNCIL_HOST:  # its host tells, if not this page
            system = self._systems.get(site) or councils.System(
                "unknown", addresses.normalise("/", exchange.url)
            )
        if system is None:
            return None
        if relation == FOREIGN:
            self._trail.scope.add_council(exchange.url)
        candidate.council = True
        if self._systems.get(site, system).code in ("unknown", system.code):
            self._systems[site] = system
        self._try("council")
        self._trail.add_system(system, page)
        return system

    def _json(self, candidate: Candidate, exchange: Exchange) -> None:
        """Read an answer of a council system's interface: OParl, or the tables of more! rubin."""
        if councils.is_oparl(exchange):
            self._try("council")
            site = addresses.site(exchange.url)
            self._systems.setdefault(site, councils.System("oparl", exchange.url))
            if self._trail.add_oparl(candidate, exchange):
                self._fruitless = 0
            return
        page = pages.Page(exchange.url)
        self._trail.add_links(Origin(page, candidate, 0.0, "council"), councils.json_files(exchange))

    def _file(self, candidate: Candidate, exchange: Exchange) -> None:
        digest = exchange.sha256
        if digest in self._bodies or not exchange.body:  # an empty file is none
            return
        self._bodies.add(digest)
        self._code(candidate, exchange, None, exchange.tdm)

    def _may_be_document(self, candidate: Candidate, page: pages.Page, target: float) -> bool:
        if target or candidate.promise >= STRONG:
            return True
        return page.words > 600 and _NAMES_ONE.search(page.text) is not None

    def _code(self, candidate: Candidate, exchange: Exchange, page: pages.Page | None, tdm: bool) -> Coding:
        """Have a file coded; keep it if it is a document."""
        readable = self._research_use or not tdm
        landing_url, landing_title, landing_text = candidate.landing
        coding = self._coder(
            File(
                exchange.body if readable else b"",
                exchange.media_type,
                exchange.url,
                self._kommune,
                exchange.charset,
                exchange.filename,
                tuple(candidate.anchors),
                candidate.context,
                landing_title,
                landing_url,
                landing_text,
                candidate.council,
            ),
            page,
        )
        if coding.is_document:
            self._fruitless = 0
            found = Found(
                self._kommune.ags,
                exchange.url,
                coding,
                landing_url,
                exchange.media_type,
                exchange.sha256,
                exchange.archive_ref,
                exchange.retrieved_at,
                tdm,
                request_number=self._client.requests,
            )
            self._found.append((found, candidate))
        elif not coding.speaks_of:
            self._trail.frontier.fruitless(exchange.url)
        return coding

    def _documents(self) -> list[Found]:
        """Return what was found, each with all strategies that pointed to it."""
        return [replace(found, discovered_by="|".join(candidate.ways)) for found, candidate in self._found]

    def _try(self, strategy: str) -> None:
        if strategy not in self._strategies:
            self._strategies.append(strategy)

    def _refused(self, candidate: Candidate, refusal: NotFetched) -> None:
        """Keep what could not be asked for: it is part of the result."""
        site = addresses.site(candidate.request.url)
        if candidate.role == HOME:
            self._home_refused(candidate, refusal)
        self._trouble.setdefault(site, []).append(refusal)
        if candidate.promise >= STRONG and candidate.role == PAGE:
            self._kept_away.append(candidate.request.url)

    def _home_refused(self, candidate: Candidate, refusal: NotFetched) -> None:
        url = candidate.request.url
        if refusal.reason in ("tls", "refused") and url.startswith("https://"):
            plain = "http://" + url.removeprefix("https://")
            self._trail.frontier.add_anew(Candidate(Request(plain), 100.0, HOME, ["links"]))
        elif refusal.reason in ("robots", "too_large", "redirects"):  # other pages may still be open to us
            self._look_for_sitemaps(url)


def _stamp(moment: datetime) -> str:
    return moment.astimezone(UTC).strftime("%Y-%m-%dT%H:%M:%SZ")
