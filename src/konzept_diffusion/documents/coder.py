"""The rule coder: every fact by a named rule on the text, the titles and the links of a file."""

from __future__ import annotations

import re
from dataclasses import replace

from ..scrape.pages import Page
from ..scrape.reports import Coding, File
from .codebook import any_of, coder_name
from .folding import clean, digest, folded, quotation
from .kinds import KindMatch
from .material import Material, Title
from .owners import Owner, Owners
from .record import is_record
from .relevance import Decision, decide
from .stated import stated_in_document, stated_on_page
from .status import Status, announced_status, document_status
from .text import Text, extract, of_page
from .themes import code_themes, theme_string
from .voice import Reading
from .years import NONE, Year, document_year, year_among

_WORTH_READING = re.compile(
    rb"integrat|migra|zuwander|einwander|interkult|vielfalt|diversit|zusammenleben|"
    rb"fl(?:\xc3\xbc|\xfc|&uuml;|ue)cht|asyl|ausl(?:\xc3\xa4|\xe4|&auml;|ae)nd",
    re.IGNORECASE,
)
_HTML = ("text/html", "application/xhtml+xml")
# The survey hands over no bytes of what must not be read (text and data mining reserved): its names are coded.
_UNREAD = Text("none", reason="not_read", detail="no bytes to read")
_UNREAD_PAGE = Text("none", reason="not_read", html=True, detail="no bytes to read")
_OWN_OWNERS = frozenset(["stadt", "kreis", "land"])


class RuleCoder:
    """Codes files by rules.

    Parameters
    ----------
    owners
        Who is known; the register in use first.
    """

    def __init__(self, owners: Owners) -> None:
        self._owners = owners

    def __call__(self, file: File, page: Page | None = None) -> Coding:
        """Return the coding of a file; never raises for a bad file. A page that was parsed is not parsed again."""
        if not file.body:
            return self.code(Material(file, _UNREAD_PAGE if file.media_type in _HTML else _UNREAD))
        if file.media_type in _HTML and not _WORTH_READING.search(file.body):
            return Coding(False, text_status="ok", coder=coder_name())
        text = of_page(page) if page is not None else extract(file)
        return self.code(Material(file, text))

    def code(self, material: Material) -> Coding:
        """Return the coding of a file whose text has been read."""
        decision = decide(material)
        text = material.text
        base = Coding(
            decision.is_document,
            decision.speaks_of,
            text_status=text.text_status,
            language=text.language,
            text_digest=digest(text.text) if text.status == "ok" and decision.is_document else "",
            coder=coder_name(),
        )
        if decision.title is None or decision.kind is None:
            return self._without_title(base, decision, material)
        owner = self._owner(decision, material)
        if not decision.is_document or (
            owner.level not in _OWN_OWNERS or (owner.level == "land" and not owner.ags)
        ):
            return self._announced(base, decision, owner, material)
        return self._document(base, decision, decision.title, decision.kind, owner, material)

    def _owner(self, decision: Decision, material: Material) -> Owner:
        assert decision.title is not None
        own = [
            decision.title.text,
            *(title.text for title in material.own_titles if title is not decision.title),
        ]
        links = [title.text for title in material.link_titles if title.kind] if not material.text.html else []
        readable = bool(material.text.text)
        titles = own if readable else [*own, *links, material.context]
        return self._owners.resolve(titles, material.text.text, material.file.found_for)

    def _without_title(self, base: Coding, decision: Decision, material: Material) -> Coding:
        status = announced_status(material.low) if decision.speaks_of else Status("unbekannt", "")
        return replace(
            base,
            is_document=False,
            status=status.status,
            title=material.own_titles[0].text if material.own_titles else "",
            evidence=f"[{decision.rule}]",
        )

    def _announced(self, base: Coding, decision: Decision, owner: Owner, material: Material) -> Coding:
        assert decision.title is not None
        assert decision.kind is not None
        rule = decision.rule if not decision.is_document else "fremder_traeger"
        status = announced_status(material.low)
        year = NONE
        if rule == "seite_zum_dokument":
            year = _stated(material.text.text, owner) or NONE
            if year.year is not None and status.status == "unbekannt":
                status = Status("beschlossen", "seite_beschluss", year.start, year.end)
        passage = quotation(material.text.text, year.start, year.end) if year.end else decision.title.text
        return replace(
            base,
            is_document=False,
            speaks_of=decision.speaks_of and rule != "fremder_traeger",
            kind=decision.kind.kind if rule == "seite_zum_dokument" else "sonstiges",
            status=status.status,
            year=year.year,
            year_basis=year.basis,
            owner_level=owner.level,
            owner_ags=owner.ags,
            owner_name=owner.name,
            title=decision.title.text,
            evidence=_evidence(passage, rule, status.rule, owner),
            text_digest="",
        )

    def _document(
        self,
        base: Coding,
        decision: Decision,
        title: Title,
        kind: KindMatch,
        owner: Owner,
        material: Material,
    ) -> Coding:
        names = [
            title,
            *material.own_titles,
            *(name for name in material.link_titles if name.origin != "dateiname"),
        ]
        named = folded(" \n ".join(dict.fromkeys(name.text for name in names)))
        update, first = (
            bool(any_of("edition", "update").search(folded(title.text))),
            bool(any_of("edition", "first").search(folded(title.text))),
        )
        update = update or bool(any_of("edition", "update").search(material.low[:400]) and not first)
        with_file = f"{named} \n {folded(material.filename)}"
        own = _own_year(material, title, owner, update=update)
        status = document_status(material.low, with_file, adopted=own.basis == "beschluss")
        year, outside = own, ""
        if own.basis != "beschluss" and status.status != "entwurf":
            year, outside = _linked_year(material, own, owner, update=update)
            if year.basis == "beschluss":
                status = Status("beschlossen", "beschluss_im_link")
        passage = outside or (quotation(material.text.text, year.start, year.end) if year.end else title.text)
        if not year.end and not outside and status.end:
            passage = quotation(material.text.text, status.start, status.end)
        return replace(
            base,
            kind=kind.kind,
            status=status.status,
            year=year.year,
            year_basis=year.basis,
            owner_level=owner.level,
            owner_ags=owner.ags,
            owner_name=owner.name,
            title=title.text,
            version="update" if update else "first" if first else "unclear",
            themes=_themes(material),
            update_of=str(year.predecessor) if update and year.predecessor else "",
            evidence=_evidence(passage, f"{kind.rule}/{year.rule}", status.rule, owner),
            confidence=decision.confidence,
        )


def _themes(material: Material) -> str:
    text = material.text
    if not text.text:
        return ""
    headings = text.headings if text.html else None
    return theme_string(code_themes(text.text, headings, low=material.low))


def _evidence(passage: str, rule: str, status_rule: str, owner: Owner) -> str:
    rules = f"[{rule}; {status_rule}; traeger_{owner.basis}]"
    return f"{' '.join(passage.split())[: 296 - len(rules)]} {rules}"


def _stated(text: str, owner: Owner) -> Year | None:
    """Return the one adoption that a page states; None if it states none or several of different years."""
    found = [
        adoption
        for adoption in stated_on_page(Reading("", "", text), owner.name, owner.level)
        if adoption.year is not None
    ]
    if found and len({adoption.year for adoption in found}) == 1:
        return Year(found[0].year, "beschluss", "seite_beschluss", found[0].start, found[0].end)
    return None


def _own_year(material: Material, title: Title, owner: Owner, *, update: bool) -> Year:
    """Return the year that the file itself states or bears."""
    own = NONE
    if material.low:
        reading = Reading(title.text, "", material.text.text)
        stated = stated_in_document(reading, owner.name, owner.level, update=update)
        own = year_among(stated, document_year(material.low, html=material.text.html), update=update)
    if own.year is None:
        borne = document_year(folded(title.text), html=True)
        if borne.year is not None:
            own = replace(borne, start=0, end=0)
    return own


def _linked_year(material: Material, own: Year, owner: Owner, *, update: bool) -> tuple[Year, str]:
    """Return the year by the links to the file and the page that links to it, and the passage there."""
    for around in (material.context, *(anchor for anchor in material.file.anchors if len(anchor) > 20)):
        if (stated := _stated(clean(around), owner)) and _fits(stated, own):
            return replace(stated, rule="link_beschluss", start=0, end=0, predecessor=own.predecessor), around
    page = clean(material.file.landing_text[:20_000])
    low = folded(page)
    # What a council records on the page of a paper is about the paper's annex, first version or not.
    if page and (not update or is_record(low)) and (stated := _stated(page, owner)) and _fits(stated, own):
        passage = quotation(page, stated.start, stated.end)
        return replace(stated, rule="seite_beschluss", start=0, end=0, predecessor=own.predecessor), passage
    if own.year is None:
        for name in material.file.anchors:
            borne = document_year(folded(" ".join(name.split())), html=True)
            if borne.year is not None:
                return replace(borne, rule="jahr_im_link", start=0, end=0), name
        if (
            not material.low
            and (borne := document_year(folded(material.filename), html=True)).year is not None
        ):
            return replace(borne, rule="jahr_im_dateinamen", start=0, end=0), material.filename
    return own, ""


def _fits(stated: Year, own: Year) -> bool:
    """Return whether an adoption stated elsewhere can be that of a document that bears a year of its own."""
    return own.year is None or (stated.year is not None and own.year - 1 <= stated.year <= own.year + 2)
