"""More than one host, or none: portals, moved domains, dead and silent servers."""

from testbed.pages import Site
from testbed.server import Answer, hang, redirect
from testbed.truth import Town, shape
from testbed.web import Web


@shape("portal_other_host", Town("05973095", "Kohlmorgen"), hosts=("www", "portal"))
def portal(web: Web) -> None:
    site = Site(web, skin="typo3", size=150)
    page = site.place("*", "Internationale Stadt", relevant=True)
    page.body = lambda: (
        "<p>Unser Portal bündelt Angebote: "
        + site.link(web.origin("portal") + "/", "Integrationsportal der Stadt Kohlmorgen")
        + "</p>"
    )
    site.publish()
    other = Site(web, "portal", skin="wordpress", size=40, name="Kohlmorgen integriert")
    about = other.place("Über uns", "Grundlagen unserer Arbeit", relevant=True)
    other.attach(
        about,
        "Integrationskonzept Kohlmorgen 2022",
        web.paper(imprint="Beschlossen vom Rat der Stadt am 7. April 2022"),
        document=web.document("konzept", status="beschlossen", year=2022, year_basis="beschluss"),
    )
    other.publish()


@shape("moved_domain", Town("06973083", "Mainhausen-Süd"), hosts=("alt", "neu"))
def moved(web: Web) -> None:
    new = web.host("neu")
    site = Site(web, new, skin="bootstrap", size=85)
    page = site.place("*", "Integration und Vielfalt", relevant=True)
    site.attach(
        page,
        "Integrationsleitbild",
        lambda: _leitbild(web),
        document=web.document("leitbild", "leitbild", year=2016),
    )
    site.publish()
    web.host("alt").before.append(
        lambda ask: redirect(new.origin + (ask.path if ask.path != "/startseite" else "/"), 301)
    )


def _leitbild(web: Web) -> bytes:
    from testbed import papers, pdfs

    return pdfs.pdf(
        papers.principles(web.town, "Integrationsleitbild", seed=web.seed, cover="September 2016")
    )


@shape(
    "dead_host",
    Town("07973017", "Trierweilerbach"),
    hosts=(),
    website="http://{dead}/",
    statuses=("unreachable",),
)
def dead(web: Web) -> None:
    """Nobody listens."""


@shape(
    "nameless_host",
    Town("10973019", "Bliesweiler"),
    hosts=(),
    website="http://www.bliesweiler.invalid/",
    statuses=("unreachable",),
)
def nameless(web: Web) -> None:
    """The name has no address."""


@shape("no_website", Town("13973022", "Peenewiek"), hosts=(), website="", statuses=("no_website",))
def no_website(web: Web) -> None:
    """The register names none."""


@shape("silent_host", Town("09973133", "Ammerwinkel"), statuses=("unreachable",))
def silent(web: Web) -> None:
    """Takes requests and never answers."""
    web.host().robots = Answer(status=0, raw=hang(web.testbed.drip_seconds))
    web.host().before.append(lambda ask: Answer(status=0, raw=hang(web.testbed.drip_seconds)))
