"""Old encodings: pages, addresses and search in ISO-8859-1; raw umlauts in UTF-8 addresses."""

from testbed import services
from testbed.pages import Site
from testbed.truth import Town, shape
from testbed.web import Web


@shape("latin1", Town("08973031", "Überkirch"), reach=("mixed",))
def latin1(web: Web) -> None:
    site = Site(web, skin="tables", size=90, charset="iso-8859-1")
    page = site.place("*", "Ausländische Mitbürger", relevant=True)
    page.path = "/b%FCrger/ausl%E4nder.htm"
    page.body = "<p>Für ausländische Mitbürgerinnen und Mitbürger gibt es in Überkirch viele Angebote.</p>"
    site.attach(
        page,
        "Städtisches Konzept für Zuwanderer",
        web.paper(
            "Integrationskonzept für Überkirch",
            imprint="Vom Gemeinderat der Stadt Überkirch beschlossen am 14.07.2008",
        ),
        path="/b%FCrger/Konzept%20Zuwanderer%20%DCberkirch.pdf",
        document=web.document("konzept", status="beschlossen", year=2008, year_basis="beschluss"),
    )
    hidden = site.place("Ämterverzeichnis", "Amt für Öffentlichkeit", relevant=True, menu=False)
    hidden.listed = False
    site.attach(
        hidden,
        "Leitbild Integration für Überkirch",
        lambda: _leitbild(web),
        path="/%F6ffentlich/leitbild%20ueb.pdf",
        document=web.document("leitbild", "leitbild", year=2005),
    )
    services.search(site, "/suche/", "wort")
    site.publish()


def _leitbild(web: Web) -> bytes:
    from testbed import papers, pdfs

    return pdfs.pdf(
        papers.principles(web.town, "Leitbild Integration", seed=web.seed, cover="Überkirch 2005")
    )


@shape("raw_umlauts", Town("09973177", "Größenried", "gemeinde"), reach=("links",))
def raw_umlauts(web: Web) -> None:
    site = Site(web, skin="joomla", size=60, paths="upper")
    page = site.place("*", "Miteinander für Größenried", relevant=True)
    page.path = "/Bürger/Miteinander-für-Größenried.htm"
    page.body = "<p>In der Gemeinde leben Menschen aus 31 Nationen.</p>"
    site.attach(
        page,
        "Integrationskonzept für die Gemeinde Größenried (Entwurf zur Beteiligung)",
        web.paper(cover="Entwurf, Stand 3. April 2017"),
        path="/Bürger/Dateien/Integrationskonzept Größenried Entwurf.pdf",
        document=web.document("entwurf", status="entwurf", year=2017),
    )
    site.publish()
