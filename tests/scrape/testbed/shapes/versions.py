"""One document in several places, several versions of one, and ways that are long."""

from testbed import papers, pdfs, services
from testbed.pages import Node, Site
from testbed.truth import Town, shape
from testbed.web import Web


@shape("mirrors", Town("05973110", "Wuppensiepen"))
def mirrors(web: Web) -> None:
    """The same file under three addresses, the last saved anew (same text, other bytes)."""
    site = Site(web, skin="liferay", size=100)
    key = web.document("konzept", status="beschlossen", year=2016, year_basis="beschluss")
    words = {
        "seed": web.seed,
        "imprint": "Beschlossen vom Rat der Stadt Wuppensiepen in der Sitzung vom 3.3.2016",
    }
    text = papers.concept(web.town, "Integrationskonzept", **words)
    first, second = pdfs.pdf(text, created="20160310"), pdfs.pdf(text, created="20190101", producer="Quartz")
    page = site.place("*", "Integration", relevant=True)
    site.attach(page, "Integrationskonzept", first, document=key)
    other = site.place("Veröffentlichungen", "Konzepte der Stadt", relevant=True)
    site.attach(
        other,
        "Integrationskonzept (2016)",
        first,
        path="/c/document_library/get_file?uuid=77-1&groupId=20142",
        document=key,
    )
    site.attach(
        other, "Konzept Integration, barrierearm", second, path="/documents/20142/9/ik_neu.pdf", document=key
    )
    site.publish()


@shape("versions", Town("03973088", "Hasetor"))
def versions(web: Web) -> None:
    site = Site(web, skin="typo3", size=120)
    page = site.place("*", "Migration und Teilhabe", "Konzepte", relevant=True)
    site.attach(
        page,
        "Integrationskonzept 2008",
        web.paper(imprint="Vom Rat der Stadt Hasetor am 18.12.2008 beschlossen"),
        document=web.document("2008", status="beschlossen", year=2008, year_basis="beschluss"),
    )
    site.attach(
        page,
        "Fortschreibung 2015",
        web.paper(
            "Integrationskonzept – Fortschreibung 2015",
            salt=1,
            cover="Hasetor 2015",
            intro="Das erste Konzept aus dem Jahr "
            "2008 wird mit diesem Papier fortgeschrieben. Es bleibt in Teilen gültig.",
        ),
        document=web.document("2015", year=2015),
    )
    site.attach(
        page,
        "Integrationsbericht 2013",
        lambda: pdfs.pdf(
            papers.concept(
                web.town,
                "Integrationsbericht 2013",
                seed=web.seed + 2,
                intro="Der Bericht legt dar, was aus den Maßnahmen des "
                "Konzeptes geworden ist. Er wertet Kennzahlen zu Sprache, Bildung und Arbeit aus.",
                cover="2013",
            )
        ),
        document=web.document("bericht", "integrationsbericht", year=2013),
    )
    site.publish()


@shape("draft_and_final", Town("12973079", "Spreehagen"))
def draft_and_final(web: Web) -> None:
    """A draft and the adopted text; the validity span on the cover is no year."""
    site = Site(web, skin="wordpress", size=80)
    page = site.place("*", "Ankommen in Spreehagen", relevant=True)
    site.attach(
        page,
        "Entwurf des Integrationskonzepts",
        web.paper(cover="Entwurf – Stand 15. Januar 2019", fields=6),
        document=web.document("entwurf", status="entwurf", year=2019),
    )
    site.attach(
        page,
        "Integrationskonzept 2020–2025",
        web.paper(
            "Integrationskonzept 2020–2025",
            salt=1,
            imprint="Von der "
            "Stadtverordnetenversammlung am 28. November 2019 beschlossen. Antrag vom 12.06.2017.",
        ),
        document=web.document("konzept", status="beschlossen", year=2019, year_basis="beschluss"),
    )
    site.publish()


@shape("validity_span", Town("15973015", "Bodeförde"))
def validity(web: Web) -> None:
    """Only a span of validity and a commission are stated: the year stays open."""
    site = Site(web, skin="nolis", size=70)
    page = site.place("*", "Integration", relevant=True)
    site.attach(
        page,
        "Integrationskonzept der Stadt Bodeförde",
        web.paper(
            "Integrationskonzept 2012–2015",
            intro="Der "
            "Stadtrat hatte die Verwaltung mit Beschluss vom 4. Mai 2010 beauftragt, ein Konzept zu erarbeiten. Es "
            "gilt für die Jahre 2012 bis 2015.",
        ),
        document=web.document("konzept", year=None),
    )
    site.publish()


@shape("deep", Town("09973145", "Altmühlgrund"))
def deep(web: Web) -> None:
    """Five clicks, no search, no sitemap, sober words on the way."""
    site = Site(web, skin="typo3", size=220)
    page = site.place(
        "*", "Gesellschaftliche Teilhabe", "Zugewanderte", "Fachstelle", "Arbeitsgrundlagen", relevant=True
    )
    site.attach(
        page,
        "Integrationskonzept",
        web.paper(cover="Altmühlgrund, Oktober 2014"),
        document=web.document("konzept", year=2014),
    )
    site.publish()


@shape("publications_200", Town("08973091", "Kocherlingen"))
def publications(web: Web) -> None:
    """A list of 200 files, in the style of a press office."""
    site = Site(web, skin="bootstrap", size=90)
    page = site.place("Stadtinfos", "Broschüren und Konzepte", relevant=True)
    subjects = (
        "Wohnungsmarktbericht",
        "Radverkehrskonzept",
        "Altenhilfeplan",
        "Sportentwicklungsplan",
        "Kulturbericht",
        "Nahverkehrsplan",
        "Spielraumkonzept",
        "Waldbericht",
        "Inklusionskonzept",
        "Digitalkonzept",
    )
    for number in range(200):
        if number == 137:
            site.attach(
                page,
                "Miteinander leben – Integrationsplan für Kocherlingen",
                web.paper("Miteinander leben – Integrationsplan", cover="Kocherlingen 2012"),
                path="/downloads/bro_137.pdf",
                document=web.document("plan", year=2012),
            )
            continue
        title = f"{subjects[number % 10]} {2003 + number // 10}"
        site.attach(page, title, lambda t=title: site._noise_pdf(t), path=f"/downloads/bro_{number}.pdf")
    site.publish()


@shape("upload_path_years", Town("06973061", "Lahnwiesen"))
def upload_years(web: Web) -> None:
    """The folder says 2021, the file's properties 2018, the title page 2009."""
    site = Site(web, skin="wordpress", size=110)
    page = site.place("*", "Internationales", relevant=True)
    site.attach(
        page,
        "Integrationskonzept",
        web.paper(cover="Lahnwiesen, im Juni 2009", created="20180303"),
        path="/wp-content/uploads/2021/07/integrationskonzept-scan-neu.pdf",
        document=web.document("konzept", year=2009),
    )
    services.search(site, "/suche/", "s")
    site.publish()


@shape("languages", Town("11973000", "Pankefurt"))
def languages(web: Web) -> None:
    """The site in four languages, with a translation and a short version that are no versions of their own."""
    site = Site(web, skin="drupal", size=80)
    page = site.place("*", "Integration und Migration", relevant=True)
    site.attach(
        page,
        "Integrationskonzept 2017 (Langfassung)",
        web.paper("Integrationskonzept Pankefurt", cover="2017"),
        document=web.document("konzept", year=2017),
    )
    brief = papers.concept(
        web.town, "Integrationskonzept – Kurzfassung", seed=web.seed, cover="2017", fields=1
    )
    site.attach(page, "Kurzfassung", lambda: pdfs.pdf(brief), document=web.tolerated("kurz"))
    english = ["= Integration Strategy of Pankefurt", "= Summary in English", "2017"] + [
        "# Goals",
        "People who move to our city shall find language courses, work and housing.",
        "The city council and associations work together to make this happen.",
    ] * 4
    site.attach(
        page,
        "Integration concept (English summary)",
        lambda: pdfs.pdf(english),
        document=web.tolerated("english"),
    )
    for code, word in (
        ("en", "Living in Pankefurt"),
        ("tr", "Pankefurt'ta yaşam"),
        ("fr", "Vivre à Pankefurt"),
    ):
        top = site.root.add(Node(f"{word}", "tourismus", listed=False))
        top.path = f"/{code}/"
        for sub in ("Integration", "Welcome", "Culture"):
            top.add(Node(f"{sub} {code}", "tourismus"))
    site.publish()
