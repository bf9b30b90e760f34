"""Documents that lie in the council information system only, on a host of its own."""

from testbed import papers, pdfs
from testbed.council import Council, oparl
from testbed.pages import Node, Site
from testbed.server import Answer
from testbed.truth import Town, shape
from testbed.web import Web

HOSTS = ("www", "ratsinfo")
SHORT = "Menschen mit ausländischen Wurzeln finden hier Beratung, Kurse und Vereine."


def _town_site(web: Web, skin: str, size: int, link: str, path: str = "/") -> Site:
    site = Site(web, skin=skin, size=size)
    site.place("*", "Integration", relevant=True).body = f"<p>{SHORT}</p>"
    page = site.root.children[0].add(Node(link, "politik"))
    page.body = lambda: (
        "<p>Tagesordnungen, Vorlagen und Niederschriften der öffentlichen Sitzungen finden Sie im "
        + site.link(web.origin("ratsinfo") + path, link)
        + " unserer Stadt.</p>"
    )
    return site.publish()


@shape("sessionnet", Town("05973012", "Lippholthausen-Mark"), hosts=HOSTS, reach=("council",))
def sessionnet(web: Web) -> None:
    _town_site(web, "typo3", 110, "Ratsinformationssystem", "/bi/info.php")
    council = Council(web, web.host("ratsinfo"), "sessionnet", papers_count=180)
    council.add(
        "Integrationskonzept der Stadt Lippholthausen-Mark",
        "05.11.2012",
        [
            (
                "Anlage 1",
                web.paper(cover="Entwurf, Stand: Oktober 2012"),
                web.document("entwurf", status="entwurf", year=2012),
            )
        ],
    )
    council.add(
        "Antrag: Integrationskonzept erarbeiten",
        "11.02.2010",
        [],
        motion="Die Verwaltung wird beauftragt, ein "
        "Integrationskonzept zu erarbeiten und dem Rat im Jahr 2011 vorzulegen.",
    )
    council.publish()


@shape("allris3", Town("03973022", "Aller-Winsbüttel"), hosts=HOSTS, reach=("council",))
def allris3(web: Web) -> None:
    _town_site(web, "citkomm", 90, "Bürgerinformationssystem", "/bi/allris.net.asp")
    council = Council(web, web.host("ratsinfo"), "allris3", papers_count=220)
    council.add(
        "Handlungskonzept Integration und Teilhabe",
        "19.06.2014",
        [
            (
                "Anlage Konzept",
                web.paper("Handlungskonzept Integration und Teilhabe", cover="Mai 2014"),
                web.document("konzept", year=2014, judged=("kind", "year")),
            )
        ],
    )
    council.publish()


@shape("allris4", Town("12973060", "Havelrode"), hosts=HOSTS, reach=("council",))
def allris4(web: Web) -> None:
    _town_site(web, "bootstrap", 120, "Stadtverordnetenversammlung online", "/public/")
    council = Council(web, web.host("ratsinfo"), "allris4", papers_count=140)
    council.add(
        "Fortschreibung des Integrationskonzeptes",
        "22.03.2021",
        [
            (
                "Synopse",
                lambda: pdfs.pdf(["= Synopse", "Alt und neu im Vergleich.", "Stellungnahme der Verbände."]),
                "",
            ),
            (
                "Integrationskonzept 2021",
                web.paper(subtitle="Fortschreibung", cover="Havelrode, Februar 2021"),
                web.document("konzept", year=2021, judged=("kind", "year")),
            ),
        ],
    )
    council.publish()


@shape("sdnet", Town("05973036", "Emscherau"), hosts=HOSTS, reach=("council",))
def sdnet(web: Web) -> None:
    _town_site(web, "liferay", 130, "Sitzungsdienst und Politik", "/")
    council = Council(web, web.host("ratsinfo"), "sdnet", papers_count=160)
    council.add(
        "Beschluss über das Kommunale Integrationskonzept",
        "14.12.2017",
        [
            (
                "Kommunales Integrationskonzept Emscherau",
                web.paper("Kommunales Integrationskonzept", cover="2017"),
                web.document("konzept", year=2017, judged=("kind", "year")),
            )
        ],
    )
    council.publish()


@shape("rubin", Town("03973071", "Ilmenaufelde"), hosts=HOSTS, reach=("council",))
def rubin(web: Web) -> None:
    _town_site(web, "drupal", 80, "Ratsinformation")
    council = Council(web, web.host("ratsinfo"), "rubin", papers_count=150)
    council.add(
        "Leitbild Integration",
        "02.09.2010",
        [
            (
                "Leitbild",
                lambda: pdfs.pdf(
                    papers.principles(
                        web.town,
                        "Leitbild Integration",
                        seed=web.seed,
                        imprint="Vom Rat der Stadt Ilmenaufelde am 02.09.2010 beschlossen",
                    )
                ),
                web.document("leitbild", "leitbild", "beschlossen", 2010, "beschluss"),
            )
        ],
    )
    council.publish()


@shape("oparl", Town("05973048", "Sülzbach-Nord"), hosts=HOSTS, reach=("council",))
def oparl_only(web: Web) -> None:
    _town_site(web, "nolis", 100, "Ratsinformationssystem")
    host = web.host("ratsinfo")
    council = Council(web, host, "rubin", papers_count=150)
    council.add(
        "Integrationskonzept: Verabschiedung",
        "16.05.2013",
        [
            (
                "Integrationskonzept",
                web.paper(imprint="Beschluss des Rates vom 16.05.2013"),
                web.document("konzept", status="beschlossen", year=2013, year_basis="beschluss"),
            )
        ],
    )
    council.papers.sort(key=lambda p: p.number)
    oparl(council)
    host.put(
        "/",
        Answer(
            b'<!DOCTYPE html><html><head><title>Ratsinformation</title></head><body><div id="app"></div><noscript>'
            b"Bitte aktivieren Sie JavaScript.</noscript><footer>Offene Daten: "
            b"<a href='/oparl/v1.1/system'>OParl-Schnittstelle"
            b"</a></footer><script src='/bundle.js'></script></body></html>"
        ),
    )
