"""What a site offers besides pages: sitemaps, search forms, OpenSearch, error pages."""

from __future__ import annotations

import gzip
import re
from collections.abc import Callable, Iterable
from html import escape

from testbed import wording
from testbed.pages import Node, Site
from testbed.server import Answer, Ask, Host

XML = "application/xml"
NAMESPACE = 'xmlns="http://www.sitemaps.org/schemas/sitemap/0.9"'


def urlset(origin: str, paths: Iterable[str]) -> bytes:
    rows = "".join(
        f"<url><loc>{escape(origin + path)}</loc><lastmod>2024-0{1 + n % 9}-11</lastmod></url>\n"
        for n, path in enumerate(paths)
    )
    return f'<?xml version="1.0" encoding="UTF-8"?>\n<urlset {NAMESPACE}>\n{rows}</urlset>\n'.encode()


def sitemap(
    site: Site, target: str = "/sitemap.xml", *, extra: Iterable[str] = (), hide: tuple[Node, ...] = ()
) -> None:
    """All pages in one sitemap."""
    paths = [path for path, node in site.nodes.items() if node not in hide]
    site.host.put(target, Answer(urlset(site.host.origin, [*paths, *extra]), media_type=XML))


def sitemap_index(site: Site, parts: dict[str, list[str]], target: str = "/sitemap.xml") -> None:
    """An index of gzipped sitemaps: file name to paths."""
    for name, paths in parts.items():
        body = gzip.compress(urlset(site.host.origin, paths), 6, mtime=0)
        site.host.put(f"/{name}", Answer(body, media_type="application/x-gzip", plain=True))
    rows = "".join(f"<sitemap><loc>{site.host.origin}/{name}</loc></sitemap>" for name in parts)
    text = f'<?xml version="1.0" encoding="UTF-8"?><sitemapindex {NAMESPACE}>{rows}</sitemapindex>'
    site.host.put(target, Answer(text.encode(), media_type=XML))


def matches(site: Site, term: str, *, files: bool = True) -> list[tuple[str, str, str]]:
    """Address, title and excerpt of what a term brings, best first: title, then text; files by their names."""
    wanted = wording.folded(term)
    if not wanted:
        return []
    found: list[tuple[int, str, str, str]] = []
    for path, node in site.nodes.items():
        text = re.sub(r"<[^>]+>", " ", node.body if isinstance(node.body, str) else "")
        if wanted in wording.folded(node.title):
            found.append((0, path, node.title, text[:160]))
        elif wanted in wording.folded(text):
            found.append((2, path, node.title, text[:160]))
        for target, label, note in node.files if files else ():
            if wanted in wording.folded(label):
                found.append((1, target, label, note))
    found.sort(key=lambda hit: hit[0])
    return [hit[1:] for hit in found]


def results(site: Site, term: str, hits: list[tuple[str, str, str]], base: str = "", page: int = 1) -> Answer:
    """A result page of ten hits."""
    part = hits[10 * (page - 1) : 10 * page]
    rows = "".join(
        f'<li class="result"><h3>{site.link(path, title)}</h3><p>{escape(text)} ...</p></li>'
        for path, title, text in part
    )
    more = ""
    if base and len(hits) > 10 * page:
        more = f'<div class="pagebrowser"><a href="{escape(base)}&amp;page={page + 1}">weiter</a></div>'
    body = f"<p>Ihre Suche nach <b>{escape(term)}</b> ergab {len(hits)} Treffer.</p><ol>{rows}</ol>{more}"
    if not hits:
        body = f"<p>Zu <b>{escape(term)}</b> wurde leider nichts gefunden.</p>"
    return site.wrap("Suchergebnis", body)


def search(
    site: Site,
    action: str,
    field: str,
    *,
    method: str = "get",
    hidden: dict[str, str] | None = None,
    button: tuple[str, str] = ("", ""),
    box: str = "",
    files: bool = True,
    find: Callable[[str], list[tuple[str, str, str]]] | None = None,
) -> None:
    """A search form in the site's head; answers only if the hidden fields come back as they were."""
    hidden = hidden or {}
    inputs = "".join(f'<input type="hidden" name="{k}" value="{escape(v)}">' for k, v in hidden.items())
    named = f' name="{button[0]}"' if button[0] else ""
    site.box = box or (
        f'<form action="{escape(action)}" method="{method}" class="suche" accept-charset="{site.charset}">{inputs}'
        f'<input type="text" name="{escape(field)}" placeholder="Suchbegriff" size="20">'
        f'<input type="submit"{named} value="{button[1] or "Suchen"}"></form>'
    )

    def route(ask: Ask) -> Answer | None:
        fields = ask.fields(site.charset)
        if field not in fields:
            return site.wrap("Suche", "<p>Bitte geben Sie einen Suchbegriff ein.</p>" + site.box)
        wrong = any(fields.get(k) != v for k, v in hidden.items()) or (button[0] and button[0] not in fields)
        if wrong or ask.method != method.upper():
            return site.wrap("Fehler", "<p>Die Anfrage war unvollständig.</p>")
        term = fields[field]
        hits = find(term) if find else matches(site, term, files=files)
        number = fields.get("page", "1")
        return results(
            site,
            term,
            hits,
            f"{action}?{ask.query}".split("&page=")[0] if method == "get" else "",
            int(number) if number.isdigit() else 1,
        )

    site.host.put(action.partition("?")[0], route)


def opensearch(site: Site, action: str, field: str) -> None:
    """OpenSearch description only: no form on any page."""
    template = f"{site.host.origin}{action}?{field}={{searchTerms}}&amp;start={{startPage?}}"
    text = (
        '<?xml version="1.0"?><OpenSearchDescription xmlns="http://a9.com/-/spec/opensearch/1.1/">'
        f"<ShortName>{escape(site.town.short)}</ShortName><Description>Suche</Description>"
        f'<Url type="application/rss+xml" template="{template}&amp;rss=1"/>'
        f'<Url type="text/html" template="{template}"/>'
        "<InputEncoding>UTF-8</InputEncoding></OpenSearchDescription>"
    )
    site.host.put(
        "/opensearch.xml", Answer(text.encode(), media_type="application/opensearchdescription+xml")
    )
    kind = "application/opensearchdescription+xml"
    site.head_extra += f'<link rel="search" type="{kind}" title="Suche" href="/opensearch.xml">'

    def route(ask: Ask) -> Answer:
        term = ask.fields().get(field, "")
        return results(site, term, matches(site, term))

    site.host.put(action, route)


def gate(host: Host, check: Callable[[Ask], Answer | None]) -> None:
    """Let `check` answer before everything else (robots.txt excepted)."""
    host.before.append(check)
