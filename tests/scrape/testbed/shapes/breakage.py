"""Servers that fail, drip, flood or lead in circles."""

import functools
import gzip

from testbed.pages import Node, Site
from testbed.server import Answer, Ask, drip, endless, redirect, reset
from testbed.truth import Town, shape
from testbed.web import Web


@shape("flaky", Town("06973050", "Kinzigtalheim"))
def flaky(web: Web) -> None:
    """503 with Retry-After the first time, a reset now and then, then all is well."""
    site = Site(web, skin="citkomm", size=80)
    page = site.place("*", "Integration", relevant=True)
    path = site.attach(
        page,
        "Integrationskonzept",
        web.paper(imprint="Beschlossen von der Stadtverordnetenversammlung am 9. Februar 2017"),
        document=web.document("konzept", status="beschlossen", year=2017, year_basis="beschluss"),
    )
    site.publish()

    def moody(ask: Ask) -> Answer | None:
        if ask.probe or ask.tries > 1:
            return None
        if ask.path == path.partition("?")[0]:
            return Answer(status=0, raw=reset)
        if ask.number % 9 == 2:
            return Answer(b"Wartung", 503, headers=(("Retry-After", "1"),), plain=True)
        return None

    site.host.before.append(moody)


@shape("slow_drip", Town("01973011", "Eiderlund"))
def slow(web: Web) -> None:
    """A file that never ends stands first among the downloads; the concept is the third."""
    site = Site(web, skin="drupal", size=70)
    page = site.place("*", "Migration", relevant=True)
    stop = drip(web.testbed.drip_seconds)
    site.host.put("/sites/default/files/integration-praesentation.pdf", Answer(status=0, raw=stop))
    page.files += [
        ("/sites/default/files/integration-praesentation.pdf", "Vorstellung des Konzepts (Folien)", "PDF")
    ]
    site.attach(page, "Wegweiser für Zugewanderte", lambda: site._noise_pdf("Wegweiser"))
    site.attach(
        page,
        "Integrationskonzept der Stadt Eiderlund",
        web.paper(cover="Eiderlund 2013"),
        document=web.document("konzept", year=2013),
    )
    site.publish()


@shape("decompression_bomb", Town("13973060", "Trebelmark"))
def bomb(web: Web) -> None:
    """The sitemap and one page are small on the wire and huge in memory."""
    site = Site(web, skin="typo3", size=60)
    page = site.place("*", "Integration", relevant=True)
    site.attach(
        page, "Integrationskonzept", web.paper(cover="Mai 2016"), document=web.document("konzept", year=2016)
    )
    hidden = page.add(Node("Integration in Zahlen"))
    site.publish()
    coded = (("Content-Encoding", "gzip"),)

    @functools.cache
    def zeros() -> bytes:
        return gzip.compress(b" " * 400_000_000, 1)

    site.host.put(
        "/sitemap.xml", lambda ask: Answer(zeros(), media_type="application/xml", headers=coded, plain=True)
    )
    site.host.put(hidden.path, lambda ask: Answer(zeros(), headers=coded, plain=True))


@shape("huge_page", Town("05973101", "Venntal"))
def huge(web: Web) -> None:
    """A page without an end, and one nested a hundred thousand deep."""
    site = Site(web, skin="tables", size=70)
    page = site.place("*", "Integration", relevant=True)
    flood, deep = page.add(Node("Integrationskonzept, Gesamttext")), page.add(Node("Integration von A bis Z"))
    target = page.add(Node("Grundlagen", relevant=True))
    site.attach(
        target,
        "Integrationskonzept Venntal",
        web.paper(cover="Venntal im Juni 2012"),
        document=web.document("konzept", year=2012),
    )
    site.publish()
    site.host.put(flood.path, Answer(status=200, raw=endless(b"<p>Lorem Kommune dolor</p>\n" * 5000, 900)))
    nested = b"<html><body>" + b"<div>" * 100_000 + b"Ende" + b"</div>" * 100_000
    site.host.put(deep.path, Answer(nested))


@shape("redirect_loop", Town("07973055", "Nahebrunn"))
def loop(web: Web) -> None:
    site = Site(web, skin="joomla", size=75)
    page = site.place("*", "Integration", relevant=True)
    page.body = (
        "<p><a href='/integrationskonzept'>Integrationskonzept</a> | "
        "<a href='/konzept/integration'>Konzept</a></p>"
    )
    site.attach(
        page,
        "Integrationskonzept als PDF",
        web.paper("Konzept zur Integration", cover="Nahebrunn, 12/2014"),
        document=web.document("konzept", year=2014),
    )
    site.publish()
    site.host.put("/integrationskonzept", redirect("/konzept/integration"))
    site.host.put("/konzept/integration", redirect("/integrationskonzept", 301))
    site.host.put("/endlos", lambda ask: redirect(f"/endlos?n={ask.number}"))
