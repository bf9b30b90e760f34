"""Crawlers to compare with: breadth-first, sitemap only, search only, on the client that the real one uses.

They follow everything the shape links to, on all its hosts, and know the words a person would look for. None of
them codes documents, so only what the servers saw is scored.
"""

from __future__ import annotations

import gzip
import re
import time
from collections import deque
from collections.abc import Callable, Iterable, Iterator
from urllib.parse import urljoin, urlsplit

import lxml.html
import requests
import urllib3
from protego import Protego

from konzept_diffusion.scrape.exchange import Exchange, KommuneClient, NotFetched, Request
from testbed.score import Score, score
from testbed.web import Testbed

TERMS = ("Integrationskonzept", "Integrationsleitbild", "Integration")
WORDS = re.compile(r"integration|migration|zuwander|leitbild|vielfalt", re.IGNORECASE)
CAP = 5_000_000


class _Robots:
    def __init__(self, text: str, status: str) -> None:
        self._rules, self.status = Protego.parse(text), status
        self.sitemaps = tuple(self._rules.sitemaps)
        self.crawl_delay: float | None = None

    def allows(self, url: str) -> bool:
        return self.status != "unreachable" and self._rules.can_fetch(url, "konzept-diffusion")


class PlainClient:
    """`KommuneClient` without manners for loopback: no pauses, no archive, no second try."""

    def __init__(self, budget: int = 100, timeout: float = 3) -> None:
        self._session = requests.Session()
        self._session.trust_env = False
        self._budget, self._timeout, self._used = budget, timeout, 0
        self._robots: dict[str, _Robots] = {}

    @property
    def requests(self) -> int:
        return self._used

    @property
    def left(self) -> int:
        return self._budget - self._used

    def robots(self, url: str) -> _Robots:
        origin = "{0.scheme}://{0.netloc}".format(urlsplit(url))
        if origin not in self._robots:
            try:
                answer = self._session.get(origin + "/robots.txt", timeout=self._timeout)
                text, status = (answer.text, "ok") if answer.ok else ("", "none")
                self._robots[origin] = _Robots(text, "unreachable" if answer.status_code >= 500 else status)
            except requests.RequestException:
                self._robots[origin] = _Robots("", "unreachable")
        return self._robots[origin]

    def fetch(self, request: Request) -> Exchange:
        url, hops = request.url, []
        while len(hops) < 6:
            if not self.robots(url).allows(url):
                raise NotFetched("robots", url)
            if self.left <= 0:
                raise NotFetched("budget", url)
            self._used += 1
            try:
                body = "&".join(
                    f"{k}={requests.utils.quote(v, encoding=request.charset)}" for k, v in request.fields
                )
                kind = {"Content-Type": "application/x-www-form-urlencoded"} if body else {}
                with self._session.request(
                    request.method,
                    url,
                    data=body or None,
                    headers=kind,
                    stream=True,
                    timeout=self._timeout,
                    allow_redirects=False,
                ) as answer:
                    if answer.is_redirect:
                        hops.append(url)
                        url = urljoin(url, answer.headers["Location"])
                        continue
                    if answer.status_code >= 500 or answer.status_code in (401, 403, 429):
                        raise NotFetched("server_error", url)
                    data, end = b"", time.monotonic() + 3 * self._timeout
                    while piece := answer.raw.read1(1 << 16, decode_content=True):
                        data += piece
                        if len(data) > CAP or time.monotonic() > end:
                            raise NotFetched("too_large", url)
            except (requests.RequestException, urllib3.exceptions.HTTPError) as problem:
                raise NotFetched("broken", url, str(problem)) from problem
            media = answer.headers.get("Content-Type", "").partition(";")[0].lower()
            return Exchange(request, answer.url, answer.status_code, {}, data, media, hops=tuple(hops))
        raise NotFetched("redirects", url)

    def note_tdm(self, exchange: Exchange) -> None:
        """Nothing is recorded here."""


def links(exchange: Exchange) -> Iterator[tuple[str, str]]:
    """Address and text of everything a page leads to."""
    if "html" not in exchange.media_type or not exchange.body.strip():
        return
    tree = lxml.html.fromstring(exchange.body[:CAP], parser=lxml.html.HTMLParser(huge_tree=True))
    pairs = [(e.get("href"), e.text_content()) for e in tree.iter("a", "area") if e.get("href")]
    pairs += [(e.get("src"), "") for e in tree.iter("frame", "iframe") if e.get("src")]
    for meta in tree.iter("meta"):
        found = re.search(r"url=\s*['\"]?([^'\";]+)", meta.get("content") or "", re.IGNORECASE)
        if (meta.get("http-equiv") or "").lower() == "refresh" and found:
            pairs.append((found[1], ""))
    for href, text in pairs:
        try:
            url = urljoin(exchange.url, href.strip()).partition("#")[0]
        except ValueError:
            continue
        if url.startswith("http"):
            yield url, " ".join(text.split())


def _get(client: KommuneClient, url: str) -> Exchange | None:
    try:
        return client.fetch(Request(url))
    except NotFetched:
        return None


def breadth_first(website: str, client: KommuneClient) -> None:
    """Page by page in the order in which links were seen."""
    queue, seen = deque([website]), {website}
    while queue and client.left > 0:
        answer = _get(client, queue.popleft())
        for url, _ in links(answer) if answer else ():
            if url not in seen:
                seen.add(url)
                queue.append(url)


def _targets(client: KommuneClient, pages: Iterable[str]) -> None:
    """Ask for pages and, from each, for the files and pages whose link bears one of the words."""
    seen: set[str] = set()
    for page in pages:
        if client.left <= 0:
            return
        if page in seen:
            continue
        seen.add(page)
        answer = _get(client, page)
        for url, text in links(answer) if answer else ():
            if url not in seen and WORDS.search(url + " " + text) and "konzept" in (url + text).lower():
                seen.add(url)
                _get(client, url)


def sitemap_only(website: str, client: KommuneClient) -> None:
    """All sitemaps, then their addresses: those with one of the words first."""
    queue = deque([*client.robots(website).sitemaps, urljoin(website, "/sitemap.xml")])
    seen, pages = set(queue), []
    while queue and client.left > 0:
        answer = _get(client, queue.popleft())
        if answer is None or answer.status != 200:
            continue
        body = gzip.decompress(answer.body) if answer.body[:2] == b"\x1f\x8b" else answer.body
        places = re.findall(r"<loc>\s*([^<\s]+)\s*</loc>", body.decode("utf-8", "replace"))
        places = [place.replace("&amp;", "&") for place in places]
        if b"<sitemapindex" in body[:500]:
            queue.extend(place for place in places if place not in seen)
            seen.update(places)
        else:
            pages += places
    _targets(client, sorted(pages, key=lambda url: not WORDS.search(url)))


def search_only(website: str, client: KommuneClient) -> None:
    """The first form with a text field on the start page, each term, each result."""
    start = _get(client, website)
    if start is None or "html" not in start.media_type or not start.body.strip():
        return
    tree = lxml.html.fromstring(start.body, base_url=start.url)
    forms = [f for f in tree.forms if f.xpath(".//input[@type='text' or @type='search' or not(@type)]")]
    if not forms:
        return
    form = forms[0]
    text = form.xpath(".//input[@type='text' or @type='search' or not(@type)]/@name")[0]
    others = [
        (e.get("name"), e.get("value") or "")
        for e in form.xpath(".//input[@type='hidden' or @type='submit'][@name]")
    ]
    for term in TERMS:
        fields = (*others, (text, term))
        action = urljoin(start.url, form.action or "")
        if form.method == "GET":
            query = "&".join(f"{k}={requests.utils.quote(v)}" for k, v in fields)
            request = Request(f"{action.partition('?')[0]}?{query}")
        else:
            request = Request(action, "POST", fields)
        try:
            answer = client.fetch(request)
        except NotFetched:
            return
        known = {url for url, _ in links(start)}
        _targets(client, [url for url, _ in links(answer) if url not in known])


BASELINES: dict[str, Callable[[str, KommuneClient], None]] = {
    "breadth_first": breadth_first,
    "sitemap_only": sitemap_only,
    "search_only": search_only,
}


def run(bed: Testbed, name: str, budget: int = 100) -> Score:
    """Run a baseline over all shapes that have hosts, one after the other, and score it."""
    bed.reset()
    for shape, web in bed.webs.items():
        if web.hosts:
            BASELINES[name](bed.website(shape), PlainClient(budget, timeout=1))
    return score(bed)
