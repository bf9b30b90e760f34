"""Result lists, paper pages and agendas: which files belong to which paper."""

from __future__ import annotations

import re
from dataclasses import replace
from typing import TYPE_CHECKING
from urllib.parse import urlencode

from .. import addresses
from .detection import System
from .roles import promise, role

if TYPE_CHECKING:
    from ..pages import Link, Page
    from ..pages.forms import Form

LONGEST = 300
"""Characters of a context."""

_SUBJECT = re.compile(
    r"^[ \t]*(?:Betreff|Gegenstand|Titel|Bezeichnung|Betreffzeile)[ \t]*:?[ \t]*\n?[ \t]*(?P<title>\S[^\n]{3,})$",
    re.MULTILINE | re.IGNORECASE,
)
_NAME_OF_PAGE = re.compile(
    r"^(?:vorlage|drucksache|vorgang|vorgaenge|details?|dokumente?|anlagen|auszug|beratungsfolge|beschluesse|"
    r"ratsinformation\w*|buergerinformation\w*|kreistagsinformation\w*|sessionnet|allris\w*|sd net rim|"
    r"(?:beschluss|sitzungs|mitteilungs|informations|verwaltungs)?vorlagen?(?:details?)?)\b[\s\d/.:|-]*$"
)
_NUMBERED = re.compile(
    r"^\W*(?:\b(?:\w*vorlagen?|drucksache|vorgang|betreff|details?|anzeigen|nr)\b\W*)*(?:\S*\d\S*)?\W*$",
    re.IGNORECASE,
)


def read_listing(system: System, page: Page) -> list[tuple[Link, str]]:
    """Return the links of a page worth following inside the system, most promising role first.

    Files, papers, further result pages and agendas; no calendars, persons or menus. Each link's `context`
    begins with the title of the paper it belongs to: "Anlage 1" says nothing, "Integrationskonzept der
    Stadt - Anlage 1" does. The second item of a pair is that context.

    Parameters
    ----------
    system
        As detected.
    page
        A result list, a paper's page or an agenda of it.
    """
    here = addresses.identity(page.url)
    links = [*page.links, *(link for form in page.forms for link in _form_links(system, form))]
    rated = [(link, role(system, link.url, link)) for link in links]
    papers = {link.context: _title(link) for link, kind in rated if kind == "paper" and link.context}
    whole = paper_title(page) if role(system, page.url) == "paper" else ""
    found: dict[str, tuple[float, int, Link, str]] = {}
    current, place = "", ""
    for number, (link, kind) in enumerate(rated):
        worth = promise(kind)
        if worth <= 0 or kind in ("search", "oparl"):
            continue
        key = addresses.identity(link.url)
        if key == here:
            continue
        if kind == "paper":
            current, place = _title(link), _container(link)
            title = current
        elif kind == "file":
            title = papers.get(link.context) or whole or (current if _container(link) == place else "")
        else:
            title = ""
        context = _joined(title, link.context, link.heading)
        known = found.get(key)
        if known is None or len(context) > len(known[3]):
            number = known[1] if known else number
            told = replace(link, context=context, anchor=link.anchor or (known[2].anchor if known else ""))
            found[key] = (worth, number, told, context)
    ordered = sorted(found.values(), key=lambda item: (-item[0], item[1]))
    return [(link, context) for _, _, link, context in ordered]


def paper_title(page: Page) -> str:
    """Return the subject of a paper's page: the line after "Betreff", else its first telling heading or title."""
    named = _SUBJECT.search(page.text)
    if named:
        return named["title"].strip()[:LONGEST]
    for text in (*page.headings, page.title):
        plain = " ".join(text.split())
        if plain and not _NAME_OF_PAGE.match(addresses.folded(plain)):
            return plain[:LONGEST]
    return ""


def _title(link: Link) -> str:
    """Return what a row says of its paper: the link's text, unless that is only a number."""
    for text in (link.anchor, link.title):
        if text and not _NUMBERED.match(text):
            return text[:LONGEST]
    return (link.context or link.anchor or link.title)[:LONGEST]


def _container(link: Link) -> str:
    """Return the tag path of the table or list a link is in, so that a row passes its title on to no other list."""
    return link.path.split(">")[0] + "|" + link.heading


def _joined(*texts: str) -> str:
    told: list[str] = []
    for text in texts:
        plain = " ".join(text.split())
        if plain and not any(plain in other for other in told):
            told.append(plain)
    return " – ".join(told)[:LONGEST]


def _form_links(system: System, form: Form) -> list[Link]:
    """Return what a form without text field leads to: ALLRIS 3 has a button with hidden fields for each file.

    Its programs take the fields in the query as well.
    """
    kinds = {kind for _, _, kind in form.fields}
    if not form.fields or kinds & {"text", "search", "password", "", "select", "file", "textarea"}:
        return []
    hidden = [(name, value) for name, value, kind in form.fields if kind == "hidden" and name and value]
    if not hidden:
        return []
    from ..pages import Link

    target = form.action.partition("?")[0]
    url = addresses.normalise(f"{target}?{urlencode(hidden)}")
    said = " ".join(value for _, value, kind in form.fields if kind in ("submit", "button", "image"))
    link = Link(url, said, "", "form", "form", "", "", "", "", "")
    return [link] if url and role(system, url) in ("file", "paper") else []
