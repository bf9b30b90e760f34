"""Search forms: which form of a page searches the site, and the request that a browser would send for a term."""

from __future__ import annotations

import re
from dataclasses import dataclass, field
from typing import TYPE_CHECKING
from urllib.parse import parse_qsl, quote, urlencode

from lxml import etree

from ..addresses import folded, host, normalise, site
from ..exchange import Request
from .charsets import codec

if TYPE_CHECKING:
    from . import Page

GOOD_ENOUGH = 5.0
"""Score from which on a form is taken for a search form."""

MOST_FIELDS = 500
"""Controls kept of one form; a form with more is no search form."""

_SLOT = "{searchTerms}"
_ESCAPED_SLOT = "%7BsearchTerms%7D"
_PARAMETER = re.compile(r"\{([\w:]+)(\?)?\}")
_DEFAULTS = {
    "startIndex": "1",
    "startPage": "1",
    "inputEncoding": "UTF-8",
    "outputEncoding": "UTF-8",
    "language": "*",
}

_NAMES = re.compile(
    r"(?:q|s|k|w|qs|qt|query|querytext|querystring|keys|keyword|keywords|word|words|sword|searchword|searchterm"
    r"|searchabletext|searchtext|searchstring|search|suche|suchen|such|suchbegriff|suchbegriffe|suchwort|suchworte|suchtext"
    r"|suchstring|stichwort|stichworte|volltext|fulltext|begriff|term|templatequerystring|search_block_form"
    r"|search_api_fulltext|fulltextsearch|freitext|tx_solr\[q\]|wsearchterm|text|find)"
)
_IN_NAME = re.compile(
    r"such|search|sword|query|stichw|volltext|fulltext|freitext|keyword|kesearch|indexedsearch|solr"
)
_SAYS_SEARCH = re.compile(r"such|search|stichw|volltext|finden\b|wonach")
_SEARCH_ACTION = re.compile(r"such|search|find|query|treffer|ergebnis")
_OTHER_PURPOSE = re.compile(
    r"newsletter|kontaktform|contact|kommentar|comment|gaestebuch|registrier|register|abonn|umfrage|captcha|warenkorb"
    r"|feedback|rueckmeld|anregung|passwor|log ?in\b|anmeld|e ?mail"
)
_OTHER_SEARCH = re.compile(
    r"veranstaltung|event|termin|kalender|stellen|job|strasse|abfall|muell|branche|firmen|unterk|hotel|gastgeb|opac|katalog"
    r"|personen|mitarbeiter|ansprechpartner|plz|postleit|fundbuero|fundsache|karte|geo|fahrplan|verein|immobilie|baugebiet"
    r"|dienstleistung|medien|buecher"
)
_WEB_SEARCH = re.compile(
    r"(?:^|\.)(?:google|bing|duckduckgo|ecosia|startpage|yahoo|qwant|fireball|metager)\."
)
_TEXTUAL = frozenset({"text", "search", "", "textfield", "string"})


@dataclass(frozen=True, slots=True)
class Form:
    """A form as the page gives it, ready to be filled.

    Attributes
    ----------
    action
        Absolute address; of an OpenSearch template with the term in its path, the term's place is escaped.
    method
        GET or POST.
    fields
        (name, value, type) of the controls a browser would send, in document order: unchecked boxes and disabled
        controls left out, of a selection the selected values; type as in HTML ("select", "textarea", "submit", ...).
    charset
        Encoding of what is sent.
    text_field
        Name of the field that takes the term; empty if there is none.
    score
        How sure it is that the form searches the site; 0 or less: it does something else.
    page
        Address of the page that has it.
    """

    action: str
    method: str
    fields: tuple[tuple[str, str, str], ...]
    charset: str
    text_field: str
    score: float
    page: str = ""


@dataclass(slots=True)
class FormParts:
    """A form while its page is read."""

    attributes: dict[str, str]
    fields: list[tuple[str, str, str]] = field(default_factory=list)
    hints: dict[int, str] = field(default_factory=dict)
    ids: dict[str, int] = field(default_factory=dict)
    labels: list[tuple[str, str]] = field(default_factory=list)
    buttons: list[str] = field(default_factory=list)

    def add(self, tag: str, attributes: dict[str, str]) -> None:
        """Take in an input, a textarea or a button (start tag)."""
        kind = attributes.get("type", "submit" if tag == "button" else "").strip().lower()
        kind = "textarea" if tag == "textarea" else kind
        value = attributes.get("value", "")
        said = " ".join(
            attributes.get(key, "") for key in ("placeholder", "aria-label", "title", "id", "class")
        )
        if kind in ("submit", "image"):
            self.buttons.append(f"{said} {value} {attributes.get('alt', '')}")
        if kind in ("reset", "button") or "disabled" in attributes or len(self.fields) >= MOST_FIELDS:
            return
        if kind in ("checkbox", "radio"):
            if "checked" not in attributes:
                return
            value = attributes.get("value", "on")
        index = len(self.fields)
        if identifier := attributes.get("id"):
            self.ids[identifier] = index
        if kind in _TEXTUAL or kind in ("textarea", "email"):
            role = " searchbox" if attributes.get("role", "").lower() in ("searchbox", "combobox") else ""
            self.hints[index] = said + role + (f" {value}" if value else "")
        self.fields.append((attributes.get("name", ""), value, kind))

    def select(self, name: str, options: list[tuple[str, bool]], *, several: bool) -> None:
        """Take in a selection: values of its options and whether each is selected."""
        chosen = [value for value, selected in options if selected]
        if not several:
            chosen = chosen[-1:] or [value for value, _ in options[:1]]
        self.fields.extend((name, value, "select") for value in chosen[: MOST_FIELDS - len(self.fields)])

    def waiting(self) -> bool:
        """Return whether neither a text field nor a button was seen: broken markup closed the form too early."""
        return not self.buttons or not any(kind in _TEXTUAL for _, _, kind in self.fields)

    def form(self, base: str, page: str, charset: str) -> Form:
        """Return the finished form."""
        given = self.attributes
        action = given.get("action", "").strip()
        address = normalise(action, base, charset) if action and action != "#" else normalise(page)
        method = "POST" if given.get("method", "").strip().lower() == "post" else "GET"
        asked = re.split(r"[\s,;]+", given.get("accept-charset", "").strip())[0]
        name, score = _text_field(self, address, page)
        return Form(address, method, tuple(self.fields), codec(asked) or charset, name, score, page)


def _text_field(parts: FormParts, action: str, page: str) -> tuple[str, float]:
    """Return the name of the field that takes the term and the score of the form."""
    kinds = [kind for _, _, kind in parts.fields]
    labels: dict[int, str] = {}
    for target, text in parts.labels:
        if target in parts.ids:
            labels[parts.ids[target]] = text
    best, name = 0.0, ""
    first = True
    for index, (field_name, _, kind) in enumerate(parts.fields):
        if kind not in _TEXTUAL or not field_name:
            continue
        low = field_name.lower()
        tail = re.split(r"[$:.]", low)[-1]  # ASP.NET and JSF put the containers' names in front
        said = folded(f"{parts.hints.get(index, '')} {labels.get(index, '')}")
        score = 1.0 if first else 0.0
        first = False
        score += 6 * (kind == "search") + 4 * ("searchbox" in said)
        score += 5 * bool(_NAMES.fullmatch(tail)) or 4 * bool(_IN_NAME.search(low))
        score += 3 * bool(_SAYS_SEARCH.search(said))
        score -= 6 * bool(
            _OTHER_PURPOSE.search(said) or re.search(r"mail|user|login|passw|vorname|nachname", low)
        )
        score -= 3 * bool(_OTHER_SEARCH.search(said) or _OTHER_SEARCH.search(low))
        if score > best:
            best, name = score, field_name
    if not name or not action:
        return name, 0.0
    given = parts.attributes
    said = folded(
        " ".join(given.get(key, "") for key in ("id", "class", "name", "aria-label", "title", "role"))
    )
    target = folded(action.partition("://")[2].partition("/")[2])
    score = best + 5 * (given.get("role", "").lower() == "search")
    score += 3 * bool(_SAYS_SEARCH.search(said)) + 3 * bool(_SEARCH_ACTION.search(target))
    score += 2 * bool(_SAYS_SEARCH.search(folded(" ".join(parts.buttons))))
    loose = folded(" ".join(text for _, text in parts.labels))
    score += 2 * bool(_SAYS_SEARCH.search(loose))
    score -= 3 * bool(_OTHER_SEARCH.search(said) or _OTHER_SEARCH.search(target))
    score -= 8 * bool(_OTHER_PURPOSE.search(said) or _OTHER_PURPOSE.search(target))
    whole_page = any(field_name == "__VIEWSTATE" for field_name, _, _ in parts.fields)
    if not whole_page:  # ASP.NET wraps the whole page in one form, whatever else is on it
        score -= (
            20 * bool({"password", "file"} & set(kinds)) + 10 * ("textarea" in kinds) + 6 * ("email" in kinds)
        )
        score -= 1.5 * max(0, sum(kind in _TEXTUAL for kind in kinds) - 2)
    if site(action) != site(page):
        score = 0.0 if _WEB_SEARCH.search(host(action)) else score - 3
    return name, score


def search_forms(page: Page) -> list[Form]:
    """Return the forms of a page that search the site, best first; forms that send the same thing only once.

    Login, newsletter, contact and comment forms are refused, as are forms of web search engines; searches for
    events, jobs, streets and the like come last if at all.
    """
    found: dict[tuple[str, str, str], Form] = {}
    for form in sorted(page.forms, key=lambda form: -form.score):
        if form.score >= GOOD_ENOUGH and form.text_field:
            found.setdefault((form.action, form.method, form.text_field), form)
    return list(found.values())


def fill(form: Form, term: str) -> Request:
    """Return the request that a browser sends when the term is typed in and the search button pressed.

    Hidden fields, checked boxes and selections are kept; of several buttons, the first after the text field
    counts; GET replaces the query of the action. Characters that the charset lacks go as character references.
    """
    if _ESCAPED_SLOT in form.action:
        url = form.action.replace(
            _ESCAPED_SLOT, quote(term, safe="", encoding=form.charset, errors="replace")
        )
        return Request(normalise(url), referer=form.page)
    place = next(
        (i for i, (name, _, kind) in enumerate(form.fields) if name == form.text_field and kind in _TEXTUAL),
        -1,
    )
    buttons = [i for i, (_, _, kind) in enumerate(form.fields) if kind in ("submit", "image")]
    pressed = next((i for i in buttons if i > place), buttons[0] if buttons else -1)
    sent: list[tuple[str, str]] = []
    for index, (name, value, kind) in enumerate(form.fields):
        if index == place:
            sent.append((name, term))
        elif kind == "image":
            if index == pressed:
                prefix = f"{name}." if name else ""
                sent += [(f"{prefix}x", "1"), (f"{prefix}y", "1")]
        elif name and (kind != "submit" or index == pressed):
            sent.append((name, value))
    if form.method == "POST":
        return Request(form.action, "POST", tuple(sent), form.charset, form.page)
    query = urlencode(sent, encoding=form.charset, errors="xmlcharrefreplace")
    return Request(normalise(f"{form.action.partition('?')[0]}?{query}"), referer=form.page)


def opensearch(body: bytes, url: str) -> Form | None:
    """Return the search form that an OpenSearch description stands for (its HTML template by GET), or None.

    Parameters
    ----------
    body
        The description document (OpenSearch 1.1); malformed XML is read as far as it goes.
    url
        Its address; relative templates are resolved against it.
    """
    parser = etree.XMLParser(resolve_entities=False, no_network=True, recover=True, huge_tree=False)
    try:
        root = etree.fromstring(body.strip(), parser)
    except (etree.XMLSyntaxError, ValueError):
        return None
    if root is None:
        return None
    charset = "utf-8"
    for element in root.iter("{*}InputEncoding"):
        charset = codec((element.text or "").strip()) or charset
    for element in root.iter("{*}Url"):
        template = (element.get("template") or "").strip()
        kind = (element.get("type") or "").partition(";")[0].strip().lower()
        if kind not in ("text/html", "application/xhtml+xml") or _SLOT not in template:
            continue
        if (element.get("method") or "get").lower() != "get":
            continue
        path, _, query = template.partition("?")
        action = normalise(
            _PARAMETER.sub(lambda found: found[0] if found[1] == "searchTerms" else "", path), url
        )
        if not action:
            continue
        if _SLOT in path:
            return Form(normalise(template, url), "GET", (), charset, "", GOOD_ENOUGH * 2, url)
        fields, text_field = [], ""
        for name, value in parse_qsl(query, keep_blank_values=True):
            if value == _SLOT:
                text_field = name
                fields.append((name, "", "text"))
            elif not ((found := _PARAMETER.fullmatch(value)) and found[2]):
                fields.append(
                    (name, _PARAMETER.sub(lambda found: _DEFAULTS.get(found[1], ""), value), "hidden")
                )
        if text_field:
            return Form(action, "GET", tuple(fields), charset, text_field, GOOD_ENOUGH * 2, url)
    return None
