"""Sites whose documents only the search brings up."""

from testbed import services
from testbed.pages import Site
from testbed.truth import Town, shape
from testbed.web import Web


@shape("search_get", Town("03973018", "Wesendorn"), reach=("search",))
def search_get(web: Web) -> None:
    site = Site(web, skin="nolis", size=160)
    page = site.place("Publikationen aus dem Archiv", relevant=True, menu=False)
    page.listed = False
    page.body = "<p>Schriften der Verwaltung, nach Jahren geordnet.</p>"
    for number in range(12):
        site.attach(
            page, f"Tätigkeitsbericht {2000 + number}", lambda n=number: site._noise_pdf(f"Bericht {n}")
        )
    site.attach(
        page,
        "Handlungskonzept Integration",
        web.paper(
            "Handlungskonzept Integration",
            imprint="Der Rat der Stadt Wesendorn hat das Handlungskonzept in seiner Sitzung "
            "am 08.10.2009 beschlossen.",
        ),
        document=web.document("konzept", status="beschlossen", year=2009, year_basis="beschluss"),
    )
    services.search(site, "/portal/suche.html", "suchbegriff")
    site.publish()


@shape("search_post_hidden", Town("06973027", "Griesbachthal"), reach=("search",))
def search_post(web: Web) -> None:
    site = Site(web, skin="asp", size=110)
    holder = site.place("*", "Fachbereich Soziales", "Ablage", relevant=True, menu=False)
    holder.listed = False
    site.attach(
        holder,
        "Integrationskonzept der Stadt Griesbachthal",
        web.paper(cover="Griesbachthal, im März 2010"),
        document=web.document("konzept", year=2010),
        path="/files/00/01/doc10233.pdf",
    )
    services.search(
        site,
        "/suche/default.asp",
        "txtSuche",
        method="post",
        button=("btnSuche", "los"),
        hidden={"sprache": "de", "mandant": "0431", "bereich": "alle"},
    )
    site.publish()


@shape("opensearch_only", Town("01973055", "Holmsgaarde"), reach=("search",))
def opensearch(web: Web) -> None:
    site = Site(web, skin="drupal", size=120)
    page = site.place("Integration in Holmsgaarde", relevant=True, menu=False)
    page.listed = False
    page.body = "<p>Das Integrationskonzept ist Grundlage der Arbeit aller Ämter und Träger.</p>"
    site.attach(
        page,
        "Download",
        web.paper("Kommunales Integrationskonzept", cover="2018"),
        document=web.document("konzept", year=2018),
    )
    services.opensearch(site, "/suche", "text")
    site.publish()


@shape("search_paged", Town("05973066", "Ahlenbrück"), reach=("search",))
def paged(web: Web) -> None:
    """Search brings forty hits on "Integration"; the concept has a name of its own on the second page."""
    site = Site(web, skin="wordpress", size=200)
    for number in range(22):
        site.report(
            f"Woche der Integration, Veranstaltung {number + 1}",
            "<p>Musik, Vorträge und ein Markt der Vereine erwarten die Gäste.</p>",
            f"{number + 1:02d}.09.2019",
        )
    page = site.place("Grundlagenpapiere", relevant=True, menu=False)
    page.listed = False
    page.body = "<p>Leitlinien der Stadt zur Integration, zum Alter und zur Jugend.</p>"
    site.attach(
        page,
        "Leitlinien für das Zusammenleben in Vielfalt",
        lambda: pdfs_leitlinien(web),
        document=web.document("leitlinien", "leitbild", year=2014),
    )
    services.search(site, "/", "s")
    searching = site.host.exact["/", ()]
    start = site.publish().root
    site.host.put("/", lambda ask: searching(ask) if "s" in ask.fields() else site.page(start))


def pdfs_leitlinien(web: Web) -> bytes:
    from testbed import papers, pdfs

    return pdfs.pdf(
        papers.principles(
            web.town,
            "Leitlinien für das Zusammenleben in Vielfalt – Integration gestalten",
            seed=web.seed,
            cover="Ahlenbrück, November 2014",
        )
    )
