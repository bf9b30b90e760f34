"""Which part of a page an element begins: navigation, header, footer, margin, breadcrumb, pages, search results."""

from __future__ import annotations

import re
from functools import lru_cache

CONTAINERS = frozenset(
    {"div", "ul", "ol", "dl", "table", "td", "section", "article", "form", "menu", "center", "p"}
    | {"nav", "main", "header", "footer", "aside"}
)
"""Elements that can begin a part; inline elements and list items never do."""

SECTIONING = frozenset({"nav", "main", "header", "footer", "aside"})

OWN_TEXT = frozenset({"main", "result"})
"""Parts whose text is the page's own."""

_ROLES = {
    "navigation": "nav",
    "menubar": "nav",
    "menu": "nav",
    "banner": "header",
    "contentinfo": "footer",
    "complementary": "aside",
    "main": "main",
}
_CONTENT = frozenset(
    {"content", "main", "inhalt", "hauptinhalt", "maincontent", "main-content", "contentarea"}
)
_CLASSES = tuple(
    (name, re.compile(pattern))
    for name, pattern in (
        ("cookie", r"cookie|consent|borlabs|usercentrics|klaro|ccm-(?:root|widget|modal)"),
        (
            "breadcrumb",
            r"bread-?crumb|brotkrum|rootline|klickpfad|click-?path|sie-?sind-?hier|you-?are-?here",
        ),
        ("pagination", r"pagin|\bpager\b|browse-?box|page-?browser|blaettern|seitennavigation|page-?nav\b"),
        (
            "result",
            r"(?:search|such)-?(?:result|ergebnis|treffer)|ergebnis-?liste|treffer-?liste|\bresults?\b|\btreffer\b"
            r"|result-?(?:list|item|entry|row)|indexedsearch-res|kesearch-result",
        ),
        ("nav", r"\bnav(?:i|bar)?\b|navigation|\bmeta-?nav|\bsubnav|\bsidenav|\bskip-?link"),
        ("footer", r"\bfooter\b|\bfuss(?:zeile|bereich|leiste)?\b"),
        ("header", r"^(?:page-?|site-?)?header\b|\bkopf(?:zeile|bereich|leiste)?\b|\btop-?bar\b|masthead"),
        ("aside", r"side-?bar\b|seitenleiste|marginal|rechte?-?spalte|\bcol(?:umn)?-?right\b|\bright-?col"),
        ("menu", r"\b(?:main|sub|top|side|left|haupt|unter)?-?men[ue]+\b"),
    )
)


@lru_cache(maxsize=8192)
def landmark(tag: str, classes: str, identifier: str, role: str) -> tuple[str, bool]:
    """Return the part of the page that an element begins and whether tag or role say so (a class only hints).

    Parameters
    ----------
    tag, classes, identifier, role
        Of the element, as written; empty for none.

    Returns
    -------
    tuple
        Name of the part: nav, main, header, footer, aside, cookie, breadcrumb, pagination, result, menu (a list that
        may be navigation), or empty. ARIA landmark roles (WAI-ARIA 1.2) count like the HTML elements.
    """
    names = f"{identifier} {classes}".strip().lower().replace("_", "-")
    hint = next((name for name, pattern in _CLASSES if pattern.search(names)), "") if names else ""
    if hint in ("breadcrumb", "pagination"):  # more exact than the <nav> that they mostly are
        return hint, True
    if tag in SECTIONING:
        return tag, True
    if role and (found := _ROLES.get(role.lower())):
        return found, True
    if identifier.lower() in _CONTENT:
        return "main", False
    return hint, False


def entered(mark: str, sure: bool, section: str, inside: bool) -> str:
    """Return the part that an element with that landmark is in, given where it stands; "" if it changes nothing.

    Parameters
    ----------
    mark, sure
        As `landmark` gives them.
    section
        The part around the element.
    inside
        It stands in a <main> or <article>, where headers and footers are the article's own.
    """
    if mark == "main":
        return "main" if sure or section not in ("footer", "cookie") else ""
    if section in ("footer", "cookie"):
        return ""
    if inside and (mark in ("header", "footer", "menu") or (mark == "aside" and not sure)):
        return ""
    if mark == "result" and section not in OWN_TEXT:
        return ""
    return "nav" if mark == "menu" else mark
