"""Whose document it is: the Kreis's, the Land's, the neighbour's; Stadt and Landkreis of one name."""

from testbed import papers, pdfs
from testbed.pages import Site
from testbed.truth import Town, shape
from testbed.web import Web

UPPER = Town("05972", "Kreis Hardtberg", "landkreis")
NEXT_DOOR = Town("05974044", "Steinfurth an der Bever")
DISTRICT = Town("03971", "Landkreis Osterwede", "landkreis")
CITY = Town("03971013", "Osterwede")


@shape("kreis_document_on_town_site", Town("05972020", "Rodenkirch-Hardt"), others=(UPPER,))
def upper_level(web: Web) -> None:
    site = Site(web, skin="nolis", size=90)
    page = site.place("*", "Integration", relevant=True)
    page.body = "<p>Die Stadt hat kein eigenes Konzept; sie beteiligt sich an dem des Kreises Hardtberg.</p>"
    site.attach(
        page,
        "Integrationskonzept des Kreises Hardtberg",
        web.paper(
            "Integrationskonzept für den Kreis Hardtberg",
            town=UPPER,
            imprint="Vom Kreistag des Kreises Hardtberg am 17.06.2013 beschlossen",
        ),
        document=web.document("kreis", status="beschlossen", year=2013, year_basis="beschluss", owner=UPPER),
    )
    site.publish()


@shape("land_document", Town("05973127", "Sieglindenhof"))
def land(web: Web) -> None:
    """The Land's plan beside the town's own."""
    site = Site(web, skin="joomla", size=90)
    page = site.place("*", "Zuwanderung", relevant=True)
    site.attach(
        page,
        "Landesintegrationsplan",
        lambda: pdfs.pdf(
            papers.look_alike(
                "Integrationsplan des Landes Nordrhein-Westfalen",
                "Ministerium für Integration des Landes Nordrhein-Westfalen",
                papers.STATE,
                seed=3,
                cover="Düsseldorf 2012",
            )
        ),
    )
    site.attach(
        page,
        "Städtisches Integrationskonzept",
        web.paper("Städtisches Integrationskonzept", cover="März 2014"),
        document=web.document("konzept", year=2014),
    )
    site.publish()


@shape("neighbour", Town("05974036", "Bevergern-Süd"), others=(NEXT_DOOR,))
def neighbour(web: Web) -> None:
    """A neighbour's concept as an example; none of its own."""
    site = Site(web, skin="typo3", size=110)
    page = site.place("*", "Integration", "Beispiele", relevant=True)
    page.body = "<p>Der Arbeitskreis hat sich angesehen, wie andere Städte vorgehen.</p>"
    site.attach(
        page,
        "Integrationskonzept Steinfurth an der Bever",
        web.paper(town=NEXT_DOOR, cover="2011"),
        document=web.tolerated("nachbar", NEXT_DOOR),
    )
    site.publish()


@shape("same_name_city", CITY, others=(DISTRICT,))
def city(web: Web) -> None:
    site = Site(web, skin="bootstrap", size=120)
    page = site.place("*", "Integration", relevant=True)
    site.attach(
        page,
        "Integrationskonzept der Stadt Osterwede",
        web.paper(cover="Stadt Osterwede, Mai 2010"),
        document=web.document("stadt", year=2010),
    )
    site.attach(
        page,
        "Integrationskonzept des Landkreises Osterwede",
        web.paper(
            town=DISTRICT,
            salt=1,
            imprint="Beschlossen durch den Kreistag des Landkreises Osterwede am 11.10.2012",
        ),
        document=web.document(
            "landkreis",
            status="beschlossen",
            year=2012,
            year_basis="beschluss",
            owner=DISTRICT,
            required=False,
        ),
    )
    site.publish()


@shape("same_name_district", DISTRICT, others=(CITY,))
def district(web: Web) -> None:
    """The Landkreis's own site: another version than the one the city shows."""
    site = Site(web, skin="citkomm", size=130)
    page = site.place("*", "Migration und Teilhabe", relevant=True)
    site.attach(
        page,
        "Teilhabe- und Integrationskonzept",
        web.paper(
            "Teilhabe- und Integrationskonzept des Landkreises Osterwede",
            town=DISTRICT,
            salt=5,
            cover="Stand: Juni 2019",
        ),
        document=web.document("landkreis", year=2019),
    )
    site.publish()


@shape("landkreis", Town("06971", "Landkreis Schwalmtal-Knüll", "landkreis"))
def landkreis(web: Web) -> None:
    site = Site(web, skin="liferay", size=160)
    page = site.place("*", "Büro für Integration", "Strategie", relevant=True)
    site.attach(
        page,
        "Integrationsstrategie und Maßnahmenplan",
        web.paper(
            "Integrationskonzept des Landkreises Schwalmtal-Knüll",
            imprint="Der Kreistag hat das Integrationskonzept am 30.09.2019 beschlossen.",
        ),
        document=web.document("konzept", status="beschlossen", year=2019, year_basis="beschluss"),
    )
    site.publish()
