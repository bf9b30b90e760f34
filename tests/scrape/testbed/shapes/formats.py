"""Documents that are no plain PDF: full text as a page, scans, passwords, Word files; other kinds and names."""

from html import escape

from testbed import papers, pdfs
from testbed.pages import Node, Site
from testbed.truth import Town, shape
from testbed.web import Web

WORD = "application/vnd.openxmlformats-officedocument.wordprocessingml.document"


@shape("html_full_text", Town("16973031", "Ilmrode"))
def full_text(web: Web) -> None:
    """The concept is a page of its own; the landing page is not it."""
    site = Site(web, skin="typo3", size=90)
    page = site.place("*", "Integration", relevant=True)
    page.body = "<p>Das Integrationskonzept der Stadt können Sie hier im vollen Wortlaut lesen.</p>"
    text = papers.concept(
        web.town,
        "Integrationskonzept der Stadt Ilmrode",
        seed=web.seed,
        fields=9,
        imprint="Beschlossen vom Stadtrat der Stadt Ilmrode am 25. August 2011",
    )
    html = "".join(
        f"<h2>{escape(line[2:])}</h2>" if line[:2] in ("# ", "= ") else f"<p>{escape(line)}</p>"
        for line in text
        if line != "\f"
    )
    key = web.document("seite", status="beschlossen", year=2011, year_basis="beschluss")
    page.add(Node("Integrationskonzept der Stadt Ilmrode", body=html, document=key, relevant=True))
    site.publish()


@shape("scan", Town("10973051", "Primswald"))
def scan(web: Web) -> None:
    """Images without text: title and year are in the link only."""
    site = Site(web, skin="asp", size=80)
    page = site.place("*", "Integration", relevant=True)
    site.attach(
        page,
        "Integrationskonzept der Stadt Primswald",
        lambda: pdfs.scan(14, web.seed),
        path="/pdf/20140211.pdf",
        document=web.document("scan", judged=("kind",)),
    )
    site.publish()


@shape("encrypted", Town("14973072", "Pleißengrund"))
def encrypted(web: Web) -> None:
    site = Site(web, skin="bootstrap", size=90)
    page = site.place("*", "Migration", relevant=True)
    text = papers.concept(web.town, "Integrationskonzept", seed=web.seed, cover="2015")
    site.attach(
        page,
        "Integrationskonzept der Stadt Pleißengrund",
        lambda: pdfs.pdf(text, password="nurintern"),
        document=web.document("konzept", judged=("kind",)),
    )
    site.publish()


@shape("word_file", Town("03973121", "Oertzetal", "gemeinde"))
def word_file(web: Web) -> None:
    site = Site(web, skin="joomla", size=70)
    page = site.place("*", "Willkommen in Oertzetal", relevant=True)
    text = papers.concept(
        web.town,
        "Integrationskonzept der Gemeinde Oertzetal",
        seed=web.seed,
        fields=5,
        cover="Stand: Februar 2016",
    )
    site.attach(
        page,
        "Integrationskonzept (Word)",
        lambda: pdfs.docx(text, "Integrationskonzept"),
        media_type=WORD,
        path="/images/downloads/integrationskonzept.docx",
        note="DOCX",
        document=web.document("konzept", year=2016),
    )
    site.publish()


@shape("other_kinds", Town("08973118", "Alblingen"))
def kinds(web: Web) -> None:
    """A refugee concept, a plan of measures and a concept, each its own document."""
    site = Site(web, skin="liferay", size=120)
    page = site.place("*", "Flucht und Integration", relevant=True)
    site.attach(
        page,
        "Flüchtlingskonzept",
        web.paper(
            "Konzept zur Unterbringung und Integration von Flüchtlingen",
            salt=1,
            cover="Alblingen, Dezember 2015",
            fields=5,
        ),
        document=web.document("flucht", "fluechtlingskonzept", year=2015),
    )
    site.attach(
        page,
        "Aktionsplan Integration 2018",
        web.paper("Aktionsplan Integration", salt=2, cover="2018", fields=5),
        document=web.document("aktionsplan", "massnahmenplan", year=2018),
    )
    site.attach(
        page,
        "Integrationskonzept",
        web.paper(salt=3, imprint="Vom Gemeinderat beschlossen am 9. Oktober 2012"),
        document=web.document("konzept", status="beschlossen", year=2012, year_basis="beschluss"),
    )
    site.publish()


@shape("unusual_title", Town("06973094", "Taunusgrund"))
def unusual(web: Web) -> None:
    """No "Integrationskonzept" in any title."""
    site = Site(web, skin="nolis", size=100)
    page = site.place("*", "Vielfalt leben", relevant=True)
    site.attach(
        page,
        "Masterplan Migration",
        web.paper(
            "Masterplan Migration – Zukunft durch Zuwanderung",
            imprint="Die Stadtverordnetenversammlung hat den Masterplan am 19.11.2015 beschlossen.",
        ),
        document=web.document("masterplan", status="beschlossen", year=2015, year_basis="beschluss"),
    )
    site.attach(
        page,
        "Gemeinsam in Vielfalt",
        lambda: pdfs.pdf(
            papers.principles(
                web.town,
                "Gemeinsam in Vielfalt – Leitlinien für das Zusammenleben",
                seed=web.seed,
                cover="Taunusgrund 2010",
            )
        ),
        document=web.document("leitlinien", "leitbild", year=2010),
    )
    for number in range(8):
        site.attach(
            page,
            f"Vielfalt-Newsletter {number + 1}/2016",
            lambda n=number: site._noise_pdf(f"Newsletter {n}"),
        )
    site.publish()
