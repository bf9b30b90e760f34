"""What a survey of one Kommune takes in and gives back: plain, frozen, picklable."""

from __future__ import annotations

from dataclasses import dataclass, field
from typing import TYPE_CHECKING, Protocol

if TYPE_CHECKING:
    from .pages import Page

STATUSES: dict[str, str] = {
    "searched": "the search came to its end: nothing promising was left",
    "budget": "the search used up its requests or its time; promising addresses were left",
    "no_website": "the register names no website",
    "unreachable": "the website could not be reached (name, connection, TLS, timeout, server error)",
    "blocked": "the website refused us (401, 403, challenge) or is on the list of blocked hosts",
    "robots": "robots.txt does not allow a search",
    "private": "the website has a private or loopback address and --allow-private-hosts was not given",
    "error": "the survey itself failed; the detail says why (please report it)",
}
"""Status of a Kommune in `coverage`: code to meaning. None of them says that there is no document."""


@dataclass(frozen=True, slots=True)
class Kommune:
    """One line of the register.

    Attributes
    ----------
    ags
        Eight digits; Landkreise five.
    name
        As in the register.
    kind
        stadt, landkreis, kreisfreie_stadt, kreisangehoerige_stadt or gemeinde.
    land
        Two digits.
    website
        http(s) address; empty if unknown.
    seeds
        Further addresses to begin with (`scraper/seeds.csv`).
    """

    ags: str
    name: str
    kind: str
    land: str
    website: str = ""
    seeds: tuple[str, ...] = ()


@dataclass(frozen=True, slots=True)
class File:
    """A fetched file or page as a coder sees it.

    Attributes
    ----------
    body, media_type, charset, filename, url
        As in `scrape.exchange.Exchange`.
    anchors
        Texts of the links that led to it, most telling first.
    context
        Heading and sentence around such a link.
    landing_title, landing_url, landing_text
        Title, address and main text of the page that linked to it (empty for none).
    found_for
        Kommune whose site was searched.
    council
        It came out of a council information system.
    """

    body: bytes = field(repr=False)
    media_type: str
    url: str
    found_for: Kommune
    charset: str = ""
    filename: str = ""
    anchors: tuple[str, ...] = ()
    context: str = ""
    landing_title: str = ""
    landing_url: str = ""
    landing_text: str = field(default="", repr=False)
    council: bool = False


@dataclass(frozen=True, slots=True)
class Coding:
    """What a coder says of a file. Unknown is a value: year None, owner_ags empty.

    Attributes
    ----------
    is_document
        The file itself is a version of a municipal integration document (it carries the full text): it
        becomes a row. Landing pages, agenda items, press releases, third-party texts: False.
    speaks_of
        The file is no document but speaks of the Kommune's own one: worth following its links.
    kind, status, year, year_basis, owner_level
        Codes of `schemas.vocabulary`.
    owner_ags, owner_name
        Key (empty if the owner could not be resolved) and name of the owner.
    title
        As the document bears it.
    version
        first, update, unclear or empty.
    update_of
        Year of the version it updates, as text; empty if not said.
    themes
        Codes, separated by "|"; empty if not coded.
    text_status
        ok, needs_ocr, encrypted, broken or none.
    language
        ISO 639-1; empty if unknown.
    text_digest
        SHA-256 of the folded text, so that the same text in another file is seen; empty without text.
    evidence
        Quotation (at most 300 characters) and rule that the coding rests on.
    confidence
        hoch, mittel or niedrig.
    coder
        Who coded, with version: "rules-4".
    """

    is_document: bool
    speaks_of: bool = False
    kind: str = "sonstiges"
    status: str = "unbekannt"
    year: int | None = None
    year_basis: str = "unbekannt"
    owner_level: str = "sonstige"
    owner_ags: str = ""
    owner_name: str = ""
    title: str = ""
    version: str = ""
    update_of: str = ""
    themes: str = ""
    text_status: str = "none"
    language: str = ""
    text_digest: str = ""
    evidence: str = ""
    confidence: str = "niedrig"
    coder: str = ""


class Coder(Protocol):
    """What codes a file; the entry point hands one in (`documents` has it)."""

    def __call__(self, file: File, page: Page | None = None) -> Coding:
        """Return the coding; never raises for a bad file. `page` is the file parsed, if it is HTML and was."""
        ...


@dataclass(frozen=True, slots=True)
class Found:
    """One document version as found: a row of documents.csv before it gets its id.

    Of its fields, `unseen_on` is the day (ISO 8601) of a later survey that did not see it again and could not
    tell that it is gone; empty for what the last survey saw.
    """

    found_for: str
    url: str
    coding: Coding
    landing_url: str = ""
    media_type: str = ""
    sha256: str = ""
    archive_ref: str = ""
    retrieved_at: str = ""
    tdm: bool = False
    discovered_by: str = ""
    request_number: int = 0
    unseen_on: str = ""


@dataclass(frozen=True, slots=True)
class Report:
    """What the survey of one Kommune brought: a row of coverage.csv and its documents.

    Attributes
    ----------
    kommune
        Whom it was about.
    status
        Key of `STATUSES`.
    detail
        One sentence, or empty.
    requests
        Requests that counted (robots.txt not).
    strategies
        Tried, in order: robots, sitemap, search, links, council, portal.
    documents
        What was found.
    unseen
        Promising addresses that were not asked for (budget, robots, refusals), at most 20.
    systems
        Council systems seen ("sessionnet https://...").
    hosts
        Hosts that were asked.
    started_at, finished_at
        UTC, ISO 8601.
    """

    kommune: Kommune
    status: str
    detail: str = ""
    requests: int = 0
    strategies: tuple[str, ...] = ()
    documents: tuple[Found, ...] = ()
    unseen: tuple[str, ...] = ()
    systems: tuple[str, ...] = ()
    hosts: tuple[str, ...] = ()
    started_at: str = ""
    finished_at: str = ""
