"""OParl 1.0 and 1.1: from a system object to the files of its papers, with few requests.

The interface has no search. Lists carry their objects in full, so a paper's files are known without asking
for the paper: system, body, pages of its paper list, file.
"""

from __future__ import annotations

import json
from collections.abc import Iterator
from dataclasses import dataclass
from typing import Any
from urllib.parse import parse_qsl, urlencode, urlsplit

from .. import addresses
from ..exchange import Exchange, Request
from ..pages import Link

LONG_LIST = 8
"""Pages from which on a list is asked for again with `LARGEST_PAGE` objects a page."""
LARGEST_PAGE = 100
"""Objects a page that are asked for (a server may give fewer)."""
LONGEST = 300
"""Characters of a context."""


@dataclass(frozen=True, slots=True)
class Entry:
    """Something that an OParl answer points to.

    Attributes
    ----------
    kind
        body (a body or the list of bodies), papers (the first page of a list of papers), next (a further
        page), paper (its page for people, or the object, where no file is embedded), object (a file's object
        that is only named), file.
    request
        What to ask for.
    link
        The same as a link: anchor is the file's or paper's name, context begins with the paper's name.
    landing_url
        The paper's page for people; empty if none is named.
    page
        Number of the list's page, from 1; 0 if it is none.
    """

    kind: str
    request: Request
    link: Link
    landing_url: str = ""
    page: int = 0


def is_oparl(exchange: Exchange) -> bool:
    """Return whether an answer is an OParl object or list, and no error object."""
    return bool(_objects(exchange)[0]) or _kind(_decoded(exchange)) == "System"


def oparl_entries(exchange: Exchange) -> list[Entry]:
    """Return what an OParl answer points to on the way to files, in the order given.

    Files of one paper follow each other, its main file first. Deleted objects, persons, organisations and
    meetings are left out; so are addresses on hosts that are no web addresses. An answer that is no OParl
    (or an error object, which some servers send with status 200) gives nothing.

    Parameters
    ----------
    exchange
        The answer: a system, a body, a paper, a file, or a list of them.
    """
    objects, listing = _objects(exchange)
    found: dict[tuple[str, str], Entry] = {}
    for item in objects:
        for entry in _of(item, exchange.url):
            found.setdefault((entry.kind, entry.request.url), entry)
    if listing and objects and _kind(objects[0]) in ("Paper", "File", "Body"):
        following = _next(listing, exchange.url)
        if following is not None:
            found.setdefault((following.kind, following.request.url), following)
    return list(found.values())


def _decoded(exchange: Exchange) -> Any:
    try:
        return json.loads(exchange.body.decode(exchange.charset or "utf-8-sig", "replace").lstrip("\ufeff"))
    except (ValueError, LookupError, RecursionError):
        return None


def _kind(item: Any) -> str:
    """Return the type of an object ("Paper" of https://schema.oparl.org/1.1/Paper), "" if it is none."""
    if not isinstance(item, dict):
        return ""
    kind = item.get("type")
    return kind.rpartition("/")[2] if isinstance(kind, str) and "schema.oparl.org" in kind else ""


def _objects(exchange: Exchange) -> tuple[list[Any], dict[str, Any]]:
    """Return the objects of an answer, and the list itself if it is one."""
    content = _decoded(exchange)
    if _kind(content) not in ("", "Error"):
        return [content], {}
    if isinstance(content, dict) and isinstance(content.get("data"), list):
        return [item for item in content["data"] if _kind(item)], content
    return [], {}


def _text(item: dict[str, Any], *names: str) -> str:
    for name in names:
        value = item.get(name)
        if isinstance(value, str) and value.strip():
            return " ".join(value.split())
    return ""


def _of(item: dict[str, Any], url: str) -> Iterator[Entry]:
    if item.get("deleted") is True:
        return
    kind = _kind(item)
    if kind == "System":
        bodies = item.get("body")
        for body in bodies if isinstance(bodies, list) else [bodies]:
            if isinstance(body, dict):
                yield from _of(body, url)
            else:
                yield from _named("body", body, url, _text(item, "name"))
    elif kind == "Body":
        yield from _named("papers", item.get("paper"), url, _text(item, "name", "shortName"), page=1)
    elif kind == "Paper":
        yield from _paper(item, url)
    elif kind == "File":
        yield from _file(item, url, "", "")


def _paper(paper: dict[str, Any], url: str) -> Iterator[Entry]:
    name = _text(paper, "name")
    said = [name, _text(paper, "paperType"), _text(paper, "reference"), _text(paper, "date")]
    context = " – ".join(part for part in said if part)
    landing = addresses.normalise(_text(paper, "web"), url)
    auxiliary = paper.get("auxiliaryFile")
    files = [paper.get("mainFile"), *(auxiliary if isinstance(auxiliary, list) else [auxiliary])]
    some = False
    for file in files:
        if isinstance(file, dict):
            for entry in _file(file, url, context, landing):
                some = True
                yield entry
        elif isinstance(file, str):
            some = True
            yield from _named("object", file, url, name, context)
    if not some:  # nothing embedded: the page for people, or the object itself, may have it
        yield from _named("paper", landing or paper.get("id"), url, name, context)


def _file(file: dict[str, Any], url: str, context: str, landing: str) -> Iterator[Entry]:
    if file.get("deleted") is True:
        return
    name = _text(file, "name", "fileName")
    address = _text(file, "accessUrl") or _text(file, "downloadUrl")
    told = " – ".join(dict.fromkeys(part for part in (context, name, _text(file, "fileName")) if part))
    yield from _named("file", address, url, name, told, landing, hint=_text(file, "mimeType"))


def _named(
    kind: str,
    address: object,
    url: str,
    anchor: str,
    context: str = "",
    landing: str = "",
    *,
    page: int = 0,
    hint: str = "",
) -> Iterator[Entry]:
    absolute = addresses.normalise(address, url) if isinstance(address, str) else ""
    if absolute:
        link = Link(
            absolute, anchor, "", "result", "oparl", context[:LONGEST], "", "next" if kind == "next" else "", "", hint
        )  # fmt: skip
        yield Entry(kind, Request(absolute, referer=landing or url), link, landing, page)


def _next(listing: dict[str, Any], url: str) -> Entry | None:
    """Return the next page of a list; of a long one with small pages the whole list again, in larger pages."""
    links, paging = listing.get("links"), listing.get("pagination")
    links = links if isinstance(links, dict) else {}
    paging = paging if isinstance(paging, dict) else {}
    pages, size, current = (paging.get(name) for name in ("totalPages", "elementsPerPage", "currentPage"))
    following = links.get("next")
    number = current + 1 if isinstance(current, int) else 2
    if not isinstance(following, str) or addresses.identity(following) == addresses.identity(url):
        return None
    small = isinstance(size, int) and 0 < size < LARGEST_PAGE
    if small and isinstance(pages, int) and pages >= LONG_LIST and number == 2 and "limit=" not in url:
        first = links.get("first") if isinstance(links.get("first"), str) else url
        parts = urlsplit(str(first))
        kept = [(name, value) for name, value in parse_qsl(parts.query) if name != "limit"]
        query = urlencode([*kept, ("limit", str(LARGEST_PAGE))])
        following, number = parts._replace(query=query).geturl(), 1
    return next(_named("next", following, url, "", page=number), None)
