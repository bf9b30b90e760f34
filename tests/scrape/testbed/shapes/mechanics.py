"""How pages hang together in odd ways: frames, refresh, session ids, cache busting, viewers, files without names."""

import itertools
import random

from testbed.pages import Node, Site
from testbed.server import Answer, Ask
from testbed.truth import Town, shape
from testbed.web import Web


@shape("frameset", Town("16973009", "Thalbürgel"))
def frameset(web: Web) -> None:
    site = Site(web, skin="tables", size=45, charset="iso-8859-1")
    page = site.place("*", "Ausländerbeirat", relevant=True)
    page.body = "<P>Der Beirat hat an dem Papier mitgewirkt, das der Stadtrat verabschiedet hat.</P>"
    site.attach(
        page,
        "Integrationskonzept",
        web.paper(imprint="beschlossen durch den Stadtrat am 12.03.2009"),
        document=web.document("konzept", status="beschlossen", year=2009, year_basis="beschluss"),
    )
    site.root.path = "/inhalt/start.htm"
    site.publish()
    top = "".join(f"<a href='{n.path}' target='main'>{n.title}</a><br>" for n in site.root.children if n.menu)
    site.host.put(
        "/navi.htm",
        Answer(
            f"<html><body>{top}</body></html>".encode("latin-1", "xmlcharrefreplace"), media_type="text/html"
        ),
    )
    site.host.put(
        "/kopf.htm", Answer(b"<html><body><img src=wappen.gif></body></html>", media_type="text/html")
    )
    site.host.put(
        "/",
        Answer(
            b"<html><head><title>Stadt Thalb&uuml;rgel</title></head><frameset rows='90,*'><frame src='kopf.htm'>"
            b"<frameset cols='200,*'><frame name='navi' src='navi.htm'>"
            b"<frame name='main' src='inhalt/start.htm'></frameset>"
            b"<noframes>Ihr Browser kann keine Frames anzeigen.</noframes></frameset></html>",
            media_type="text/html",
        ),
    )


@shape("meta_refresh", Town("14973020", "Zschornau"))
def meta_refresh(web: Web) -> None:
    site = Site(web, skin="citkomm", size=75)
    site.root.path = "/cms/index.php"
    page = site.place("*", "Integration und Migration", relevant=True)
    page.body = "<p>Alles Wichtige für neu Zugezogene auf einen Blick.</p>"
    moved = "/cms/integration-neu.html"
    site.attach(
        page,
        "Zuwanderungs- und Integrationskonzept 2019",
        web.paper("Zuwanderungs- und Integrationskonzept", cover="Zschornau 2019"),
        document=web.document("konzept", year=2019),
    )
    page.path = moved
    site.publish()
    site.host.put(
        "/",
        Answer(
            b'<html><head><meta http-equiv="refresh" content="2; URL=cms/index.php"></head><body>'
            b"<p>Herzlich willkommen! Sie werden weitergeleitet.</p></body></html>"
        ),
    )


@shape("jsessionid", Town("05973081", "Rurberge"))
def jsessionid(web: Web) -> None:
    site = Site(web, skin="liferay", size=120, paths="html")
    rng, numbers = random.Random(7), itertools.count()

    def decorate(path: str) -> str:
        head, mark, query = path.partition("?")
        return f"{head};jsessionid={rng.getrandbits(80):020X}.node{next(numbers) % 3}{mark}{query}"

    site.decorate = decorate
    page = site.place("*", "Soziale Stadt", "Interkulturelle Angelegenheiten", relevant=True)
    site.attach(
        page,
        "Integrationsplan der Stadt Rurberge (2. Auflage)",
        web.paper("Kommunaler Integrationsplan", subtitle="2. Auflage", cover="Dezember 2012"),
        path="/servlet/datei/9913",
        name="Integrationsplan.pdf",
        document=web.document("plan", year=2012),
    )
    site.publish()

    def strip(ask: Ask) -> Answer | None:
        if ";jsessionid=" not in ask.path:
            return None
        return site.host.answer(
            Ask(ask.method, ask.path.partition(";")[0], ask.query, ask.headers, ask.body, probe=True)
        )

    site.host.before.append(strip)


@shape("cache_busting", Town("10973044", "Saarwieben"))
def cache_busting(web: Web) -> None:
    site = Site(web, skin="typo3", size=110, paths="typo3")
    rng = random.Random(3)
    site.host.ignored = frozenset({"_", "nocache", "ts", "cHash"})
    site.decorate = lambda path: (
        f"{path}{'&' if '?' in path else '?'}{rng.choice(('_', 'nocache', 'ts'))}={rng.randint(10**9, 10**10)}"
    )
    page = site.place("*", "Chancengleichheit", "Integration", relevant=True)
    site.attach(
        page,
        "Gesamtkonzept Integration",
        web.paper("Gesamtkonzept Integration", cover="Saarwieben, 5. Mai 2015"),
        document=web.document("konzept", year=2015),
    )
    site.publish()


@shape("files_without_extension", Town("07973099", "Eifelstein"))
def without_extension(web: Web) -> None:
    site = Site(web, skin="asp", size=100)
    page = site.place("*", "Integration", relevant=True)
    page.body = "<p>Zum Nachlesen stehen die folgenden Unterlagen bereit.</p>"
    octets = "application/octet-stream"
    for number, (label, title) in enumerate((("Flyer Sprachkurse", "Flyer"), ("Notfallnummern", "Notfall"))):
        site.attach(
            page,
            label,
            lambda t=title: site._noise_pdf(t),
            path=f"/getfile.asp?id={4400 + number}",
            media_type=octets,
            name=f"{title}.pdf",
        )
    site.attach(
        page,
        "Unterlage 3",
        web.paper(
            "Integrationskonzept der Stadt Eifelstein",
            imprint="Der Stadtrat hat dieses Konzept am 24. September 2014 einstimmig beschlossen.",
        ),
        path="/getfile.asp?id=4410",
        media_type=octets,
        name="Integrationskonzept_Eifelstein.pdf",
        note="Integrationskonzept",
        document=web.document("konzept", status="beschlossen", year=2014, year_basis="beschluss"),
    )
    site.publish()


@shape("viewer_page", Town("13973015", "Recknitzau"))
def viewer(web: Web) -> None:
    """The link leads to a page with an <object>; the file itself is one step on."""
    site = Site(web, skin="drupal", size=90)
    page = site.place("*", "Zusammenleben der Kulturen", relevant=True)
    file = site.file(
        "/dumpFile/7731",
        web.paper("Integrationskonzept der Stadt Recknitzau", cover="Juli 2013"),
        document=web.document("konzept", year=2013),
        name="IK.pdf",
    )
    view = page.add(
        Node(
            "Integrationskonzept ansehen",
            menu=False,
            relevant=True,
            body=f'<object data="{file}" type="application/pdf" width="100%" height="800">'
            "Ihr Browser zeigt keine PDF-Dateien an.</object>",
        )
    )
    view.listed = False
    page.body = lambda: (
        "<p>Das Konzept der Stadt liegt vor.</p><button type='button' "
        f"onclick=\"window.open('{view.path}','doc','width=900')\">Integrationskonzept ansehen</button>"
    )
    site.publish()


@shape("soft_404", Town("15973064", "Bodeleben"))
def soft_404(web: Web) -> None:
    site = Site(web, skin="nolis", size=100)
    page = site.place("*", "Migration und Integration", relevant=True)
    dead = "".join(
        f'<li><a href="/alt/integration/{name}">{text}</a></li>'
        for name, text in (
            ("konzept.html", "Integrationskonzept (alt)"),
            ("konzept_alt.pdf", "Integrationskonzept 2003"),
            ("leitbild.php", "Leitbild Integration"),
            ("netzwerk.html", "Netzwerk Integration"),
        )
    )
    page.body = f"<p>Frühere Seiten:</p><ul>{dead}</ul>"
    site.attach(
        page,
        "Integrationskonzept Bodeleben, 1. Fortschreibung",
        web.paper("Integrationskonzept", subtitle="1. Fortschreibung", cover="Stand: August 2018"),
        document=web.document("konzept", year=2018),
    )
    site.publish()
    site.host.missing = lambda ask: site.wrap(
        "Seite nicht gefunden",
        "<p>Die gewünschte Seite gibt es leider nicht (mehr). Bitte nutzen Sie das Menü.</p>",
    )


@shape("endless_calendar", Town("03973043", "Heidewerder"))
def calendar(web: Web) -> None:
    site = Site(web, skin="wordpress", size=90)
    page = site.place("*", "Bunt in Heidewerder", "Dokumente", relevant=True)
    site.attach(
        page,
        "Integrationskonzept",
        web.paper(cover="Heidewerder im Oktober 2011"),
        document=web.document("konzept", year=2011),
    )
    site.place("Veranstaltungskalender").path = "/kalender/"
    site.publish()

    def month(ask: Ask) -> Answer:
        parts = [part for part in ask.path.split("/") if part.isdigit()]
        year, number = (int(parts[0]), int(parts[1])) if len(parts) > 1 else (2024, 6)
        day = int(parts[2]) if len(parts) > 2 else 0
        links = "".join(
            f'<td><a href="/kalender/{year}/{number:02d}/{d:02d}/">{d}</a></td>' for d in range(1, 29)
        )
        turn = "".join(
            f'<a href="/kalender/{y}/{m:02d}/" rel="nofollow">{t}</a> '
            for y, m, t in (
                (year - (number < 2), (number - 2) % 12 + 1, "zurück"),
                (year + (number > 11), number % 12 + 1, "weiter"),
            )
        )
        event = "Treffen Integration und Sprache" if day % 5 == 0 else "Skatabend"
        return site.wrap(
            f"Kalender {day}.{number}.{year}", f"{turn}<table><tr>{links}</tr></table><p>{event}</p>"
        )

    site.host.put("/kalender/", month)
    site.host.under("/kalender/", month)
