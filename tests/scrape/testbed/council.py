"""Council information systems: meetings, papers, files and search, in the address styles of five products."""

from __future__ import annotations

import json
import random
from collections.abc import Callable
from dataclasses import dataclass, field
from html import escape

from testbed import papers, pdfs, wording
from testbed.server import Answer, Ask, Host
from testbed.web import Web

Make = Callable[[], bytes]
BUSINESS = (
    "Bebauungsplan Nr. {n}, Aufstellungsbeschluss",
    "Haushaltssatzung, zweite Lesung",
    "Wahl der Schiedsperson",
    "Neufassung der Entgeltordnung für die Musikschule",
    "Sanierung der Turnhalle {street}",
    "Bericht zum Klimaschutz",
    "Straßenbenennung {street}",
    "Jahresabschluss der Stadtwerke",
    "Kita-Bedarfsplanung",
    "Zuschuss an den Sportverein",
    "Verkehrsberuhigung {street}",
    "Besetzung der Ausschüsse",
    "Annahme von Spenden",
    "Wirtschaftsplan des Eigenbetriebs",
    "Schulentwicklungsplan, Sachstand",
    "Umbesetzung im Beirat für Integration",
    "Einzelhandelskonzept, Auslegung",
    "Inklusionsplan, Zwischenbericht",
    "Neubau der Feuerwache",
    "Änderung der Hauptsatzung",
    "Digitalisierung der Akten",
)
BODIES = ("Rat", "Sozialausschuss", "Bauausschuss", "Schulausschuss", "Hauptausschuss")


@dataclass
class Paper:
    """A Vorlage: its files are (label, maker, document key)."""

    number: int
    title: str
    date: str
    files: list[tuple[str, Make, str]] = field(default_factory=list)
    relevant: bool = False


@dataclass(frozen=True)
class Style:
    """Addresses of a product; `{n}` is a number, `{y}` and `{m}` year and month, `{f}` a file name."""

    start: str
    calendar: str
    meeting: str
    paper: str
    file: str
    search: str
    term: str
    papers: str
    name: str
    method: str = "post"
    css: str = "smc"
    disposition: bool = True
    credit: str = ""


STYLES = {
    "sessionnet": Style(
        "/bi/info.php",
        "/bi/si0040.php?__cjahr={y}&__cmonat={m}",
        "/bi/si0057.php?__ksinr={n}",
        "/bi/vo0050.php?__kvonr={n}",
        "/bi/getfile.php?id={n}&type=do",
        "/bi/suchen01.php",
        "__swords",
        "/bi/vo0040.php",
        "SessionNet | Bürgerinfo",
        css="smc",
        credit="Software: Sitzungsdienst Session, Somacos",
    ),
    "allris3": Style(
        "/bi/allris.net.asp",
        "/bi/si010_e.asp?YY={y}&MM={m}",
        "/bi/to010.asp?SILFDNR={n}",
        "/bi/vo020.asp?VOLFDNR={n}",
        "/bi/___tmp/tmp/4508103{n}/{n}/Anlagen/{f}.pdf",
        "/bi/vo040.asp",
        "VO_BETREFF",
        "/bi/vo040.asp",
        "ALLRIS net",
        css="zl1",
        disposition=False,
        credit="ALLRIS&reg; net 3.9",
    ),
    "allris4": Style(
        "/public/",
        "/public/si010?YY={y}&MM={m}",
        "/public/to010?SILFDNR={n}",
        "/public/vo020?VOLFDNR={n}",
        "/public/doc?DOLFDNR={n}&DOCTYP=130&OTYP=41",
        "/public/vo040",
        "filter:betreff",
        "/public/vo040",
        "ALLRIS net",
        css="table-hover",
        credit="ALLRIS&reg; net Version 4.1.6",
    ),
    "sdnet": Style(
        "/",
        "/termine?jahr={y}&monat={m}",
        "/termine/sitzung-{n}",
        "/vorlagen/details/{n}",
        "/sdnetrim/UGhVM0hpd2NXNFdFcExjZR{n}/{f}.pdf",
        "/suchergebnisse",
        "suchbegriff",
        "/vorlagen",
        "SD.NET RIM",
        method="get",
        css="sdnet",
        disposition=False,
        credit="SD.NET RIM 4, Sternberg",
    ),
    "rubin": Style(
        "/",
        "/sitzungskalender.php?jahr={y}&monat={m}",
        "/sitzung_top.php?sid=ni_{n}",
        "/vorlagen_details.php?vid=ni_{n}",
        "/documents.php?document_type_id=4&submission_id={n}&inline=true",
        "/recherche.php",
        "suche",
        "/vorlagen.php",
        "more! rubin",
        method="get",
        css="rubin",
        credit="more! software",
    ),
}


class Council:
    """A council information system on a host."""

    def __init__(
        self, web: Web, host: Host, style: str, *, papers_count: int = 150, full_text: bool = False
    ) -> None:
        self.web, self.host, self.style, self.full_text = web, host, STYLES[style], full_text
        self.product = style
        rng = self.rng = random.Random(f"{web.shape.name}/council")
        self.papers = [
            Paper(
                4000 + n * 3,
                wording.fill(rng.choice(BUSINESS), rng, web.town.short),
                f"{rng.randint(1, 28):02d}.{rng.randint(1, 12):02d}.{rng.randint(2005, 2024)}",
            )
            for n in range(papers_count)
        ]
        for paper in self.papers:
            label = f"Vorlage {paper.number}"
            paper.files.append((label, lambda p=paper: self._vorlage(p, "Der Vorlage wird zugestimmt."), ""))
            if rng.random() < 0.4:
                paper.files.append(("Anlage 1", lambda p=paper: self._vorlage(p, "Anlage zur Vorlage."), ""))

    def _vorlage(self, paper: Paper, text: str) -> bytes:
        return pdfs.pdf(
            papers.agenda_paper(self.web.town, paper.title, text, f"{paper.number}/20", int(paper.date[6:]))
        )

    def add(self, title: str, date: str, files: list[tuple[str, Make, str]], motion: str = "") -> Paper:
        """Put a paper of the shape's own among the others; its Vorlage comes first."""
        paper = Paper(9000 + len(self.papers), title, date, [], True)
        text = motion or f"Der {self.web.town.organ} beschließt die Vorlage „{title}“ gemäß Anlage."
        paper.files = [("Beschlussvorlage", lambda: self._vorlage(paper, text), ""), *files]
        self.papers.insert(len(self.papers) // 2, paper)
        return paper

    # -- pages -------------------------------------------------------------------------------------------
    def publish(self) -> Council:
        style, put = self.style, self.host.put
        self.papers.sort(key=lambda p: (p.date[6:], p.date[3:5], p.date[:2]), reverse=True)
        put(
            style.start,
            lambda ask: self._page(
                "Start",
                "<p>Willkommen im Informationssystem. Hier finden Sie "
                "Sitzungen, Vorlagen und Mitglieder der Gremien.</p>",
            ),
        )
        if style.start != "/":
            put("/", Answer(b"", 302, headers=(("Location", style.start),)))
        put(style.calendar.partition("?")[0], self._calendar)
        put(style.search, self._search)
        if style.papers != style.search:
            put(style.papers, lambda ask: self._page("Vorlagen", self._rows(self.papers[:30])))
        for paper in self.papers:
            put(style.paper.format(n=paper.number), lambda ask, p=paper: self._paper(p))
            for index, (label, make, document) in enumerate(paper.files):
                put(self._file(paper, index), self._body(make, document, label))
        for number in range(0, len(self.papers), 6):
            part = self.papers[number : number + 6]
            put(
                style.meeting.format(n=700 + number),
                lambda ask, rows=part: self._page("Tagesordnung", self._rows(rows)),
            )
        return self

    def _file(self, paper: Paper, index: int) -> str:
        name = wording.slug(f"{paper.files[index][0]} {paper.title}")[:40]
        return self.style.file.format(n=paper.number * 10 + index, f=name)

    def _body(self, make: Make, document: str, label: str) -> Callable[[Ask], Answer]:
        def route(ask: Ask) -> Answer:
            headers = (
                (("Content-Disposition", f'inline; filename="{label}.pdf"'),)
                if self.style.disposition
                else ()
            )
            media = "application/octet-stream" if self.product == "sessionnet" else "application/pdf"
            return Answer(make(), media_type=media, headers=headers, document=document)

        return route

    def _form(self) -> str:
        style = self.style
        extra = '<input type="hidden" name="__cwpnr" value="0">' if self.product == "sessionnet" else ""
        return (
            f'<form action="{style.search}" method="{style.method}" class="{style.css}-form">{extra}<label>Betreff / '
            f'Suchwort <input type="text" name="{style.term}"></label><input type="submit" value="Suchen"></form>'
        )

    def _page(self, title: str, main: str, relevant: bool = False) -> Answer:
        style = self.style
        tools = (
            (style.calendar.format(y=2024, m=5), "Sitzungskalender"),
            (style.papers, "Vorlagen"),
            (style.search, "Recherche"),
            ("/bi/gr0040.php" if "bi" in style.start else "/gremien", "Gremien"),
            ("/bi/kp0041.php" if "bi" in style.start else "/personen", "Mandatsträger"),
        )
        menu = "".join(f'<li class="{style.css}-nav"><a href="{escape(a)}">{t}</a></li>' for a, t in tools)
        return Answer(
            f'<!DOCTYPE html><html lang="de"><head><title>{escape(style.name)} - {escape(title)}</title></head><body>'
            f'<div id="{style.css}_page_header">Rats- und Bürgerinformationssystem '
            f"{escape(self.web.town.official)}</div>"
            f'<ul id="{style.css}_navi">{menu}</ul><div id="{style.css}_body"><h1>{escape(title)}</h1>{main}</div>'
            f'<div class="{style.css}_credit">{style.credit}</div></body></html>'.encode(),
            relevant=relevant,
        )

    def _rows(self, rows: list[Paper]) -> str:
        css = self.style.css
        return (
            f'<table class="{css}-table">'
            + "".join(
                f'<tr class="{css}{1 + n % 2}"><td>Ö {n + 1}</td><td>{p.date}</td><td><a href="'
                f'{escape(self.style.paper.format(n=p.number))}" title="Vorlage ansehen">{p.number}/20</a></td>'
                f"<td>{escape(p.title)}</td></tr>"
                for n, p in enumerate(rows)
            )
            + "</table>"
        )

    def _paper(self, paper: Paper) -> Answer:
        links = "".join(
            f'<li class="{self.style.css}-doc"><a href="{escape(self._file(paper, i))}">{escape(label)}</a> '
            f"<small>PDF, {120 + i * 37} KB</small></li>"
            for i, (label, _, _) in enumerate(paper.files)
        )
        body = (
            f"<table><tr><th>Betreff</th><td>{escape(paper.title)}</td></tr><tr><th>Datum</th><td>{paper.date}</td></tr>"
            f"<tr><th>Federführend</th><td>Fachbereich {paper.number % 7 + 1}</td></tr></table><ul>{links}</ul>"
        )
        return self._page(f"Vorlage {paper.number}/20", body, paper.relevant)

    def _calendar(self, ask: Ask) -> Answer:
        values = list(ask.fields().values())
        year, month = (int(v) if v.isdigit() else 1 for v in (*values, "2024", "5")[:2])
        before = (year - (month == 1), 12 if month == 1 else month - 1)
        after = (year + (month == 12), 1 if month == 12 else month + 1)
        steps = "".join(
            f'<a href="{escape(self.style.calendar.format(y=y, m=m))}">{t}</a> '
            for (y, m), t in ((before, "voriger Monat"), (after, "nächster Monat"))
        )
        rows = ""
        for number in range(0, len(self.papers), 6):
            day = self.papers[number].date
            if (int(day[6:]), int(day[3:5])) == (year, month):
                rows += (
                    f'<tr><td>{day}</td><td>{BODIES[number % 5]}</td><td><a href="'
                    f'{escape(self.style.meeting.format(n=700 + number))}">Tagesordnung</a></td></tr>'
                )
        return self._page(f"Sitzungskalender {month}/{year}", f"{steps}<table>{rows}</table>")

    def _search(self, ask: Ask) -> Answer:
        term = wording.folded(ask.fields().get(self.style.term, ""))
        wrong = ask.method != self.style.method.upper()
        if not term or wrong:
            recent = self._rows(self.papers[:20]) if self.style.papers == self.style.search else ""
            return self._page("Recherche", self._form() + recent)
        found = [p for p in self.papers if term in wording.folded(p.title)]
        text = self._rows(found) if found else "<p>Keine Einträge gefunden.</p>"
        return self._page("Suchergebnis", f"<p>{len(found)} Treffer</p>{text}{self._form()}")


def oparl(council: Council, root: str = "/oparl/v1.1") -> None:
    """The council's papers as OParl 1.1 objects instead of pages."""
    host, schema = council.host, "https://schema.oparl.org/1.1"
    base = host.origin + root

    def put(path: str, value: object, relevant: bool = False) -> None:
        host.put(
            root + path,
            Answer(
                json.dumps(value, ensure_ascii=False).encode(),
                media_type="application/json",
                relevant=relevant,
            ),
        )

    put(
        "/system",
        {
            "id": f"{base}/system",
            "type": f"{schema}/System",
            "oparlVersion": f"{schema}/",
            "name": "Ratsinformation",
            "body": f"{base}/bodies",
        },
    )
    body = {
        "id": f"{base}/body/1",
        "type": f"{schema}/Body",
        "name": council.web.town.official,
        "organization": f"{base}/body/1/organizations",
        "person": f"{base}/body/1/persons",
        "meeting": f"{base}/body/1/meetings",
        "paper": f"{base}/body/1/papers",
    }
    put("/body/1", body)
    put("/bodies", {"data": [body], "pagination": {"totalElements": 1}, "links": {}})
    for empty in ("organizations", "persons", "meetings"):
        put(f"/body/1/{empty}", {"data": [], "links": {}})
    listed = []
    for paper in council.papers:
        files = []
        for index, (label, make, document) in enumerate(paper.files):
            access = council._file(paper, index)
            host.put(access, council._body(make, document, label))
            files.append(
                {
                    "id": f"{base}/file/{paper.number}{index}",
                    "type": f"{schema}/File",
                    "name": label,
                    "mimeType": "application/pdf",
                    "accessUrl": host.origin + access,
                }
            )
        day = "-".join(reversed(paper.date.split(".")))
        listed.append(
            {
                "id": f"{base}/paper/{paper.number}",
                "type": f"{schema}/Paper",
                "name": paper.title,
                "reference": f"{paper.number}/20",
                "date": day,
                "paperType": "Beschlussvorlage",
                "mainFile": files[0],
                "auxiliaryFile": files[1:],
            }
        )
        put(f"/paper/{paper.number}", listed[-1], paper.relevant)
    pages = [listed[i : i + 40] for i in range(0, len(listed), 40)]
    for number, part in enumerate(pages, 1):
        links = {"next": f"{base}/body/1/papers?page={number + 1}"} if number < len(pages) else {}
        put(
            "/body/1/papers" + (f"?page={number}" if number > 1 else ""),
            {
                "data": part,
                "pagination": {"totalElements": len(listed), "currentPage": number},
                "links": links,
            },
        )
