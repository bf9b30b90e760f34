"""Sites that set limits: robots.txt, 403 after some requests, a challenge, a password."""

from testbed import services
from testbed.pages import Site
from testbed.server import Answer
from testbed.truth import Town, shape
from testbed.web import Web


@shape("robots_5xx", Town("16973070", "Orlatal"), statuses=("robots", "unreachable"))
def robots_5xx(web: Web) -> None:
    """RFC 9309: a robots.txt that fails closes the site. The document must not be asked for."""
    site = Site(web, skin="typo3", size=40)
    site.attach(site.place("*", "Integration"), "Integrationskonzept", web.paper())
    site.publish()
    web.host().robots = Answer(b"Service Unavailable", 503, "text/plain", plain=True)
    web.host().disallowed = ("/",)


@shape("robots_document_folder", Town("09973188", "Lechmühlen"))
def folder(web: Web) -> None:
    """The concept's folder is closed, an older Leitbild lies elsewhere."""
    from testbed import papers, pdfs

    site = Site(web, skin="joomla", size=80)
    page = site.place("*", "Integration", relevant=True)
    site.attach(
        page, "Integrationskonzept 2018 (PDF)", web.paper(cover="2018"), path="/images/intern/konzept2018.pdf"
    )
    site.attach(
        page,
        "Integrationsleitbild",
        lambda: pdfs.pdf(
            papers.principles(
                web.town,
                "Integrationsleitbild",
                seed=web.seed,
                imprint="Vom Stadtrat am 26.01.2012 beschlossen.",
            )
        ),
        document=web.document("leitbild", "leitbild", "beschlossen", 2012, "beschluss"),
    )
    site.publish()
    site.host.robots = "User-agent: *\nDisallow: /images/intern/\nDisallow: /administrator/\n"
    site.host.disallowed = ("/images/intern/", "/administrator/")


@shape("robots_parts_and_delay", Town("08973066", "Neckarbühl"))
def parts(web: Web) -> None:
    """A group for us by name, with a delay, the search closed, and another for all."""
    site = Site(web, skin="nolis", size=70)
    page = site.place("*", "Menschen aus aller Welt", relevant=True)
    page.body = "<p>Seit zehn Jahren gibt es in Neckarbühl einen Arbeitskreis.</p>"
    site.attach(
        page,
        "Kommunales Integrationskonzept",
        web.paper(
            "Kommunales Integrationskonzept",
            imprint="Der Gemeinderat hat das Konzept am 21.07.2015 verabschiedet.",
        ),
        document=web.document("konzept", status="beschlossen", year=2015, year_basis="beschluss"),
    )
    services.search(site, "/portal/suche.html", "q")
    site.publish()
    site.host.robots = (
        "# Neckarbuehl\nUser-agent: *\nDisallow: /\n\nUser-agent: Konzept-Diffusion\nCrawl-delay: "
        f"{web.testbed.crawl_delay}\nDisallow: /portal/suche\nDisallow: /*.js$\n"
    )
    site.host.disallowed = ("/portal/suche",)


@shape("forbidden_after_15", Town("14973043", "Muldenhain"))
def forbidden(web: Web) -> None:
    """A firewall that shuts after fifteen requests: the way to the document is two clicks."""
    site = Site(web, skin="drupal", size=130)
    page = site.place("*", "Integration", relevant=True)
    site.attach(
        page,
        "Integrationskonzept der Stadt Muldenhain",
        web.paper(cover="November 2010"),
        document=web.document("konzept", year=2010),
    )
    site.publish()
    site.host.before.append(
        lambda ask: (
            Answer(b"<h1>Forbidden</h1>", 403, plain=True) if ask.number > 15 and not ask.probe else None
        )
    )


@shape("challenge", Town("02973000", "Elbstrand"), statuses=("blocked",))
def challenge(web: Web) -> None:
    """Every page asks for a proof of being human."""
    page = (
        b"<!DOCTYPE html><html lang='en-US'><head><title>Just a moment...</title><meta name='robots' "
        b"content='noindex,nofollow'></head><body><div class='main-wrapper'><h1>www</h1><p>Checking if the site "
        b"connection is secure</p><noscript>Enable JavaScript and cookies to continue</noscript></div><script "
        b"src='/cdn-cgi/challenge-platform/h/b/orchestrate/chl_page/v1'></script></body></html>"
    )
    headers = (("cf-mitigated", "challenge"), ("Server", "cloudflare"))
    web.host().before.append(lambda ask: Answer(page, 403, headers=headers, plain=True))


@shape("challenge_200", Town("04973000", "Weserhude"), statuses=("blocked",))
def challenge_200(web: Web) -> None:
    """The same by another product, with status 200."""
    page = (
        "<!DOCTYPE html><html lang='de'><head><title>DDoS-Guard</title><meta http-equiv='refresh' content='5'></head>"
        "<body data-ddg-origin='true'><h1>Überprüfung Ihres Browsers</h1><p>Bitte bestätigen Sie, dass Sie ein Mensch "
        "sind.</p><div class='h-captcha' data-sitekey='x'></div><script src='/.well-known/ddos-guard/js-challenge/"
        "index.js'></script></body></html>"
    ).encode()
    web.host().before.append(lambda ask: Answer(page, 200, headers=(("Server", "ddos-guard"),), plain=True))


@shape("password", Town("15973089", "Ohretal", "gemeinde"), statuses=("blocked",))
def password(web: Web) -> None:
    """401 on every page."""
    headers = (("WWW-Authenticate", 'Basic realm="intern"'),)
    web.host().before.append(lambda ask: Answer(b"<h1>Anmeldung</h1>", 401, headers=headers, plain=True))


@shape("contact_captcha", Town("03973066", "Vechtenburg"))
def contact_captcha(web: Web) -> None:
    """A captcha in the contact form of every page is no challenge."""
    site = Site(web, skin="wordpress", size=60)
    site.box = (
        "<form action='/kontakt/' method='post' class='newsletter'><input name='email' placeholder='E-Mail'><div "
        "class='g-recaptcha' data-sitekey='abc'></div><button>Newsletter bestellen</button></form>"
    )
    page = site.place("*", "Vielfalt", relevant=True)
    site.attach(
        page,
        "Integrationskonzept 2020",
        web.paper(cover="Vechtenburg, 2020"),
        document=web.document("konzept", year=2020),
    )
    site.publish()
