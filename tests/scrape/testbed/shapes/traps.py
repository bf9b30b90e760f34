"""What sounds like a concept and is none."""

from testbed import papers, pdfs, services
from testbed.pages import Site
from testbed.truth import Town, shape
from testbed.web import Web


def _false(title: str, publisher: str, about: str, seed: int, cover: str = "2016"):
    return lambda: pdfs.pdf(papers.look_alike(title, publisher, about, seed=seed, cover=cover), title=title)


@shape("look_alikes", Town("05973133", "Erftbrück"))
def look_alikes(web: Web) -> None:
    """Inclusion, IT, school and nursery papers; nothing on integration policy."""
    site = Site(web, skin="typo3", size=130)
    schools = site.place("Lernen in Erftbrück", "Integration und Inklusion")
    site.attach(
        schools,
        "Inklusionskonzept der Stadt Erftbrück",
        _false("Inklusionskonzept", web.town.official, papers.INCLUSION, 1),
    )
    site.attach(
        schools,
        "Integrationskonzept der Grundschule Am Anger",
        _false("Integrationskonzept", "Grundschule Am Anger Erftbrück", papers.SCHOOL, 2),
    )
    site.attach(
        schools,
        "Integrationskonzept Kita Sonnenhügel",
        _false(
            "Integrationskonzept der Kindertagesstätte Sonnenhügel",
            "Elternverein Sonnenhügel e.V.",
            papers.NURSERY,
            3,
        ),
    )
    office = site.place("Digitales Rathaus")
    site.attach(
        office,
        "Integrationskonzept Fachverfahren",
        _false(
            "Integrationskonzept für Fachverfahren und Schnittstellen",
            "Stadt Erftbrück, Amt für Informationstechnik",
            papers.COMPUTERS,
            4,
        ),
    )
    services.search(site, "/suche/", "q")
    site.publish()


@shape("press_and_papers_only", Town("08973105", "Enzweihingen"))
def press(web: Web) -> None:
    """Announced, commissioned, discussed – and not online."""
    site = Site(web, skin="wordpress", size=150)
    site.report(
        "Gemeinderat bringt Integrationskonzept auf den Weg",
        "<p>Der Gemeinderat hat die Verwaltung am Dienstag "
        "beauftragt, ein Integrationskonzept zu erarbeiten. Bis zum Frühjahr sollen Werkstätten stattfinden, zu denen "
        "Vereine und Schulen eingeladen sind.</p>",
        "18.10.2016",
        relevant=True,
    )
    site.report(
        "Werkstatt zum Integrationskonzept gut besucht",
        "<p>Achtzig Gäste sprachen im Bürgerhaus über Sprache, "
        "Arbeit und Wohnen. Die Ergebnisse fließen in das Konzept ein.</p>",
        "22.02.2017",
        relevant=True,
    )
    page = site.place("*", "Integration")
    page.body = "<p>Das Integrationskonzept der Stadt wird zurzeit erarbeitet.</p>"
    vorlage = papers.agenda_paper(
        web.town,
        "Erstellung eines Integrationskonzeptes",
        "Der Gemeinderat beauftragt die Verwaltung, ein Integrationskonzept zu erstellen.",
        "88/2016",
        2016,
    )
    site.attach(page, "Vorlage 88/2016: Erstellung eines Integrationskonzeptes", lambda: pdfs.pdf(vorlage))
    minutes = [
        "= Niederschrift",
        f"über die Sitzung des {web.town.organ}s",
        "# TOP 5: Integrationskonzept",
        "Stadtrat "
        "Huber fragt nach dem Zeitplan. Die Verwaltung sagt einen Bericht zu. Der Auftrag wird einstimmig erteilt.",
    ]
    site.attach(page, "Niederschrift vom 18.10.2016 (Integrationskonzept)", lambda: pdfs.pdf(minutes))
    services.search(site, "/", "suche")
    searching = site.host.exact["/", ()]
    start = site.publish().root
    site.host.put("/", lambda ask: searching(ask) if "suche" in ask.fields() else site.page(start))


@shape("no_concept", Town("13973077", "Warnowhof", "gemeinde"))
def nothing(web: Web) -> None:
    site = Site(web, skin="tables", size=60)
    site.publish()
    services.sitemap(site)


@shape("third_parties", Town("05973149", "Ahrweilerscheid"))
def third_parties(web: Web) -> None:
    """A party's, a charity's and a university's text; a job advertisement; the statutes of the council."""
    site = Site(web, skin="drupal", size=120)
    page = site.place("*", "Netzwerk Integration")
    site.attach(
        page,
        "Positionspapier der Wohlfahrtsverbände zur Integration",
        _false(
            "Integration gelingt gemeinsam – Positionspapier",
            "Arbeitsgemeinschaft der Wohlfahrtsverbände",
            papers.STATE,
            5,
        ),
    )
    site.attach(
        page,
        "Studie: Integrationskonzepte in Kommunen",
        _false(
            "Integrationskonzepte in Kommunen – eine Untersuchung",
            "Institut für Stadtforschung der Hochschule",
            papers.STATE,
            6,
        ),
    )
    site.attach(
        page,
        "Wahlprogramm: Unser Integrationskonzept",
        _false(
            "Unser Konzept für Integration", "Wählergemeinschaft Aufbruch Ahrweilerscheid", papers.STATE, 7
        ),
    )
    rules = [
        "= Satzung über den Integrationsrat",
        f"= der {web.town.official}",
        "§ 1 Aufgaben. Der Integrationsrat befasst sich mit allen Angelegenheiten der Gemeinde.",
        "§ 2 Wahl. Die Mitglieder werden für fünf Jahre gewählt.",
    ]
    site.attach(page, "Satzung des Integrationsrates", lambda: pdfs.pdf(rules * 3))
    site.report(
        "Stellenausschreibung: Fortschreibung Integrationskonzept",
        "<p>Zum nächsten Ersten suchen wir eine Fachkraft "
        "für die Fortschreibung des Integrationskonzepts (39 Stunden).</p>",
        "04.05.2018",
    )
    own = site.place("*", "Fachdienst Integration", relevant=True)
    site.attach(
        own,
        "Konzept",
        web.paper("Interkulturelles Gesamtkonzept der Stadt Ahrweilerscheid", cover="2013"),
        path="/sites/default/files/gesamtkonzept.pdf",
        document=web.document("konzept", year=2013),
    )
    site.publish()
