"""From what was read to what could be asked next: links, sitemap entries, search forms, council systems."""

from __future__ import annotations

from collections import deque
from collections.abc import Iterable
from dataclasses import dataclass, field

from .. import addresses, councils
from ..exchange import Exchange, Request
from ..pages import Link, Page, forms, sitemaps
from ..reports import Kommune
from .frontier import COUNCIL, HOME, OPARL, OPENSEARCH, PAGE, SEARCH, SITEMAP, Candidate, Frontier
from .scope import EXCLUDED, FOREIGN, OWN, PORTAL, Scope
from .settings import Settings
from .terms import STRONG, Scorer, words

SEARCH_PROMISES = (10.4, 7.2, 6.6)
"""Promise of the searches on the Kommune's own site: first, second, third term."""
COUNCIL_SEARCH_PROMISES = (8.4, 5.6, 4.6)
"""The same for its council information system."""
COUNCIL_ENTRY_PROMISES = (8.0, 6.0, 5.0, 4.0)
"""What leads to a council system's search where the page at hand has none."""
OPARL_PROMISES = {"body": 7.6, "papers": 7.4, "next": 4.6, "object": 3.0}
"""Steps of the interface OParl on the way to files; files and papers are weighed by their names."""
RESERVE_PROMISE = -3.0
"""Promise above which an own page may be read when nothing else is left: news lists, but no imprint."""
AGENDA_PROMISE = 1.55
"""Promise of a council's agendas and lists of years: the only way where its search is out of reach."""
PORTAL_SEARCH_PROMISES = (6.2,)
"""The same for a separate portal."""


@dataclass(frozen=True, slots=True)
class Origin:
    """The page that links come from.

    Attributes
    ----------
    page
        As parsed.
    candidate
        The candidate that led to it.
    subject
        How much its title and headings speak of the subject; `STRONG` and more if it speaks of a document.
    way
        Strategy that its links count for.
    council
        The page belongs to a council information system.
    landing
        Its address, title and the beginning of its text: one tuple for all its links.
    """

    page: Page
    candidate: Candidate
    subject: float
    way: str
    council: bool = False
    landing: tuple[str, str, str] = field(init=False)

    def __post_init__(self) -> None:  # noqa: D105
        page = self.page
        object.__setattr__(self, "landing", (page.url, page.title, page.text[:1500]))


class Trail:
    """The frontier of one survey and the rules by which it fills.

    Parameters
    ----------
    kommune, settings
        Whom the survey is about, and the maintainer's settings.
    """

    SITEMAPS = 6
    """Sitemap files asked for at most on one host."""

    def __init__(self, kommune: Kommune, settings: Settings) -> None:
        self.settings = settings
        self.scorer = Scorer(settings)
        self.frontier = Frontier(settings.threshold)
        self.scope = Scope(kommune, settings.foreign, settings.blocked_hosts)
        self._reserve: deque[Candidate] = deque(maxlen=300)
        self._searched: set[str] = set()
        self._weighed: set[int] = set()  # hashes: a menu of a thousand links costs next to nothing
        self._sitemaps = self._sections = 0

    def start(self, url: str, way: str) -> None:
        """Begin at an address: the website of the register, or a seed."""
        url = addresses.normalise(url)
        self.scope.add_own(url)
        promise = 100.0 if way == "links" else 12.0
        role = HOME if way == "links" else PAGE
        self.frontier.add(Candidate(Request(url), promise, role, [way]))

    def add_sitemaps(self, urls: Iterable[str], promise: float = 11.0) -> None:
        """Take addresses of sitemaps on own hosts, most promising first."""
        for number, url in enumerate(urls):
            if self._sitemaps >= self.SITEMAPS or self.scope.relation(url) not in (OWN, PORTAL):
                continue
            self._sitemaps += 1
            self.frontier.add(Candidate(Request(url), promise - 0.5 * number, SITEMAP, ["sitemap"]))

    def add_entries(self, found: sitemaps.Sitemap) -> int:
        """Take the entries of a sitemap that promise something; return how many."""
        if found.kind == "index":
            listed = [entry.url for entry in found.entries]
            subject = [url for url in listed if self.scorer.address(url).subject]
            self.add_sitemaps(subject or listed, 9.5)
            return len(listed)
        taken = 0
        for entry in found.entries:
            url = entry.url
            if not self.scorer.worth(url, entry.title) or self.scorer.skipped(url):
                continue
            link = Link(url, entry.title, "", "result", "", "", "", "", "", "")
            promise = self.scorer.promise(link)
            if promise >= 3 and self.scope.relation(url) in (OWN, PORTAL):
                self.frontier.add(Candidate(Request(url), promise, PAGE, ["sitemap"], 1))
                taken += 1
        return taken

    def add_search(self, page: Page, promises: tuple[float, ...], way: str) -> bool:
        """Take the page's own search form, once per host; return whether there is one."""
        site = addresses.site(page.url)
        if site in self._searched:
            return True
        for form in forms.search_forms(page)[:1]:
            self._searched.add(site)
            self.add_searches(
                [forms.fill(form, term) for term in self.settings.search_terms], promises, way, page.url
            )
            return True
        if page.opensearch and self.scope.relation(page.opensearch) != EXCLUDED:
            self.frontier.add(Candidate(Request(page.opensearch), promises[0], OPENSEARCH, [way]))
        return False

    def add_opensearch(self, body: bytes, url: str) -> bool:
        """Take the search that an OpenSearch description names; return whether it names one."""
        form = forms.opensearch(body, url)
        site = addresses.site(url)
        if form is None or site in self._searched:
            return False
        self._searched.add(site)
        self.add_searches(
            [forms.fill(form, term) for term in self.settings.search_terms], SEARCH_PROMISES, "search", url
        )
        return True

    def add_searches(
        self, requests: Iterable[Request], promises: tuple[float, ...], way: str, referer: str
    ) -> None:
        """Take filled search requests, best first."""
        for request, promise in zip(requests, promises, strict=False):
            if self.scope.relation(request.url) in (EXCLUDED, FOREIGN):
                continue
            asked = Request(request.url, request.method, request.fields, request.charset, referer)
            self.frontier.add(Candidate(asked, promise, SEARCH, [way], 1, council=way == "council"))

    def add_system(self, system: councils.System, page: Page) -> None:
        """Take the searches of a council information system: by the page's form, else the ways to one; once each."""
        ready = councils.has_search(system, page)
        key = f"council {addresses.site(system.base or page.url)} {ready}"
        if key in self._searched:
            return
        self._searched.add(key)
        if self.scope.relation(page.url) != OWN:
            self._searched.add(addresses.site(page.url))
        requests = councils.searches(system, page, self.settings.search_terms)
        promises = COUNCIL_SEARCH_PROMISES if ready else COUNCIL_ENTRY_PROMISES
        self.add_searches(requests, promises, "council", page.url)

    def add_listing(self, origin: Origin, system: councils.System, page: Page, *, results: bool) -> int:
        """Take the links of a council page worth following; return how many name a document looked for."""
        strong = 0
        for position, (link, _) in enumerate(councils.read_listing(system, page)):
            if self.scorer.skipped(link.url) or self.scope.relation(link.url) == EXCLUDED:
                continue
            kind = councils.role(system, link.url, link)
            near = self.scorer.score(words(f"{link.anchor} {link.context}"))
            promise = max(
                self.scorer.promise(link, origin.subject), near.total * (0.9 if near.target else 0.6)
            )
            if kind == "file" and (near.target or origin.subject >= STRONG):
                promise = max(promise, 0.6 * origin.subject) + self.settings.file_bonus.get("pdf", 0.0)
            elif kind == "paper" and results:
                promise = max(promise, 3.4 - 0.2 * position)
            elif kind in ("agenda", "page"):
                promise = max(promise * 0.5, AGENDA_PROMISE if position < 25 else 0.0)
            elif kind == "result":
                promise = max(promise, 2.4)
            strong += promise >= STRONG
            self._take(origin, link, promise, "council", council=True)
        return strong

    def add_oparl(self, candidate: Candidate, exchange: Exchange) -> int:
        """Take what an answer of the interface OParl points to; return how many name a document looked for."""
        strong = 0
        for entry in councils.oparl_entries(exchange):
            near = self.scorer.score(words(f"{entry.link.anchor} {entry.link.context}"))
            promise = OPARL_PROMISES.get(entry.kind, near.total)
            if entry.kind == "file":
                promise += self.settings.file_bonus.get("pdf", 0.0) if near.target else 0.5
            elif entry.kind == "next":
                promise -= 0.1 * entry.page
            if self.scope.relation(entry.request.url) == FOREIGN:
                self.scope.add_council(entry.request.url)
            strong += promise >= STRONG
            self.frontier.add(
                Candidate(
                    entry.request,
                    promise,
                    OPARL if entry.kind in OPARL_PROMISES else PAGE,
                    ["council"],
                    candidate.depth,
                    [entry.link.anchor],
                    entry.link.context,
                    (entry.landing_url, entry.link.context, ""),
                    council=True,
                )
            )
        return strong

    def add_links(self, origin: Origin, links: Iterable[Link], *, results: bool = False) -> int:
        """Take the links of a page; return how many of them name a document of the kind looked for."""
        strong = 0
        for position, link in enumerate(links):
            strong += self._add_link(origin, link, position if results else None)
        return strong

    def _add_link(self, origin: Origin, link: Link, position: int | None) -> bool:
        url = link.url
        key = hash((url, link.anchor, origin.way))
        known = key in self._weighed
        if known and position is None and origin.subject < STRONG:  # the menu of every page
            return False
        self._weighed.add(key)
        if self.scorer.skipped(url) or (link.lang and not link.lang.lower().startswith("de")):
            return False
        relation = self.scope.relation(url)
        if relation == EXCLUDED:
            return False
        promise = self.scorer.promise(link, origin.subject)
        if not known and relation != FOREIGN and origin.subject >= 4:
            promise = max(promise, self.scorer.inherited(link, origin.subject))
        if position is not None:  # a hit of a search: its engine has read the text, we have not
            promise = max(promise + 0.5, 3.4 - 0.2 * position)
        way = origin.way
        council = origin.council
        if relation in (OWN, FOREIGN) and not council:
            entry = councils.detect_link(link) * (2.6 if relation == FOREIGN else 1.0)
            if entry >= 0.5:
                if relation == FOREIGN:
                    self.scope.add_council(url)
                promise, way, council = max(promise, 6.8 * min(entry, 1.0)), "council", True
            elif relation == FOREIGN:
                promise = self._foreign(link, promise, origin)
                way = "portal" if self.scope.relation(url) == PORTAL else way
        in_menu = origin.candidate.role == HOME and link.section in ("nav", "header") and relation == OWN
        if in_menu and -1 < promise < SECTION_PROMISE and self._sections < SECTIONS:
            self._sections += 1
            promise = SECTION_PROMISE
        if link.section == "pagination" and relation == OWN and promise < NEXT_PAGE_PROMISE:
            promise = NEXT_PAGE_PROMISE
        if relation == PORTAL and promise > -1 and self.scorer.score(words(link.anchor)).noise == 0:
            promise = max(promise + 0.6, PORTAL_PAGE_PROMISE)  # the whole portal is about the subject
        role = COUNCIL if council and not origin.council else PAGE
        taken = self._take(origin, link, promise, way, council=council, role=role)
        if taken is not None and relation == OWN and promise > RESERVE_PROMISE and not council:
            self._reserve.append(taken)
        return promise >= STRONG

    def _take(
        self, origin: Origin, link: Link, promise: float, way: str, *, council: bool, role: str = PAGE
    ) -> Candidate | None:
        """Put a link into the frontier; return the candidate if it promises too little for that."""
        candidate = Candidate(
            Request(link.url, referer=origin.page.url),
            promise,
            role,
            [way],
            origin.candidate.depth + 1,
            [text for text in (link.anchor, link.title) if text],
            " ".join(part for part in (link.heading, link.context) if part)[:240],
            origin.landing,
            council,
        )
        return candidate if self.frontier.add(candidate) is None else None

    def _foreign(self, link: Link, promise: float, origin: Origin) -> float:
        """Return the promise of a link to another host: a portal, a single document, or nothing."""
        if self.scope.relation(origin.page.url) == FOREIGN:
            return promise if promise >= STRONG and _same_site(link.url, origin.page.url) else 0.0
        text = words(f"{link.anchor} {link.title} {addresses.host(link.url)}")
        score = self.scorer.score(text)
        named = self.scope.bears_the_name(f"{link.url} {link.anchor} {link.title}")
        told = named or any(word in text.split() for word in _PORTAL_WORDS)
        if score.subject >= 4 and told and score.noise < 5 and self.scope.add_portal(link.url):
            return max(promise, 6.5)
        return promise if promise >= STRONG + 1 and named else 0.0

    def next(self, *, desperate: bool) -> Candidate | None:
        """Return what to ask next; if nothing promises anything and nothing was found, any own page."""
        candidate = self.frontier.next()
        while candidate is None and desperate and self._reserve:
            waiting = self._reserve.popleft()
            if not self.frontier.seen(waiting.request.url):
                self.frontier.mark(waiting.request.url)
                candidate = waiting
        return candidate


SECTION_PROMISE = 1.75
"""Promise of the sections that the home page's menu names, whatever they are called."""
NEXT_PAGE_PROMISE = 1.5
"""Promise of a list's further pages."""
SECTIONS = 25
"""Sections that have it at most: of a menu that opens into all its branches, the first."""
PORTAL_PAGE_PROMISE = 2.8
"""Promise of any page of a portal, unless it is one of those that every site has."""
_PORTAL_WORDS = ("stadt", "kreis", "landkreis", "kreises", "landkreises", "gemeinde", "kommunales", "unser")


def _same_site(one: str, other: str) -> bool:
    return addresses.site(one) == addresses.site(other)
