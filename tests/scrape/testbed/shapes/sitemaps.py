"""Sites whose sitemap is the short way: index with gzip, one of 5,000 addresses, or a page called sitemap."""

from testbed import services
from testbed.pages import Site
from testbed.server import Answer
from testbed.truth import Town, shape
from testbed.web import Web


@shape("sitemap_index_gzip", Town("05974991", "Brennstedt"), reach=("links", "sitemap"))
def index_gzip(web: Web) -> None:
    site = Site(web, skin="bootstrap", size=140)
    page = site.place("*", "Vielfalt und Zusammenleben", "Kommunale Integrationsarbeit", relevant=True)
    page.body = "<p>Seit 2013 arbeitet die Stadt nach einem gemeinsam erarbeiteten Konzept.</p>"
    site.attach(
        page,
        "Integrationskonzept Brennstedt",
        web.paper(imprint="Beschlossen vom Rat der Stadt Brennstedt am 20. Juni 2013."),
        document=web.document("konzept", status="beschlossen", year=2013, year_basis="beschluss"),
    )
    site.publish()
    news = [p for p, n in site.nodes.items() if n.date]
    pages = [p for p, n in site.nodes.items() if not n.date]
    images = [f"/img/galerie/{n:04d}.jpg" for n in range(400)]
    services.sitemap_index(
        site, {"sitemap-news.xml.gz": news, "sitemap-images.xml.gz": images, "sitemap-pages.xml.gz": pages}
    )
    site.host.robots = f"User-agent: *\nDisallow: /typo3/\n\nSitemap: {site.host.origin}/sitemap.xml\n"


@shape("sitemap_5000", Town("09973112", "Moosachau"), reach=("sitemap",))
def five_thousand(web: Web) -> None:
    site = Site(web, skin="typo3", size=300, paths="html")
    page = site.place(
        "*", "Migration", "Grundlagen", "Veröffentlichungen der Fachstelle", relevant=True, menu=False
    )
    page.listed = False  # in no menu any more since the relaunch
    page.body = "<p>Ältere und neuere Schriften der Fachstelle für Migration zum Nachlesen.</p>"
    path = site.attach(
        page,
        "Interkulturelles Integrationskonzept 2011",
        web.paper("Interkulturelles Integrationskonzept", cover="Moosachau 2011"),
        document=web.document("konzept", year=2011),
    )
    site.publish()
    archive = [
        f"/aktuelles/archiv/{2004 + n % 18}/meldung-{n}.html" for n in range(5000 - len(site.nodes) - 1)
    ]
    for old in archive:
        site.host.put(
            old,
            lambda ask: site.wrap("Meldung aus dem Archiv", "<p>Diese Meldung ist nicht mehr aktuell.</p>"),
        )
    everything = [*archive[:4300], *site.nodes, *archive[4300:], path]
    site.host.put(
        "/sitemap.xml", Answer(services.urlset(site.host.origin, everything), media_type=services.XML)
    )


@shape("script_menu_sitemap_page", Town("12973044", "Luckenried"), reach=("links",))
def way_out(web: Web) -> None:
    site = Site(web, skin="bootstrap", size=70)
    site.script_menu = True
    page = site.place("*", "Zuwanderung", relevant=True)
    page.body = "<p>Menschen aus vielen Ländern sind in den letzten Jahren nach Luckenried gezogen.</p>"
    site.attach(
        page,
        "Konzept zur Integration von Zugewanderten",
        web.paper(
            "Konzept zur Integration von Zugewanderten in der Stadt Luckenried", cover="Stand: September 2016"
        ),
        document=web.document("konzept", year=2016),
    )
    site.foot.append(("/sitemap.html", "Inhaltsübersicht"))
    site.publish()
    pages = [node for node in site.nodes.values() if not node.date]
    site.host.put(
        "/sitemap.html",
        lambda ask: site.wrap(
            "Inhaltsübersicht", "<ul>" + "".join(f"<li>{site.link(node)}</li>" for node in pages) + "</ul>"
        ),
    )
