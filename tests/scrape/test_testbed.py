"""The testbed itself: its servers work, and its truth can be reached the way each shape says."""

import gzip
import http.client
import re
from collections import Counter
from urllib.parse import quote, urljoin, urlsplit

import pypdfium2
import pytest
from testbed import Testbed, baselines, load_shapes, papers, pdfs, score
from testbed.truth import Town

from konzept_diffusion.scrape.exchange import Request

PLAIN = {"links"}
TOWN = Town("05999999", "Musterau")


@pytest.fixture(scope="module")
def bed():
    with Testbed(crawl_delay=0.01, drip_seconds=0.5) as served:
        yield served


def _get(url, method="GET", headers=None):
    parts = urlsplit(url)
    connection = http.client.HTTPConnection(parts.hostname, parts.port, timeout=5)
    connection.request(
        method, parts.path + (f"?{parts.query}" if parts.query else "") or "/", headers=headers or {}
    )
    answer = connection.getresponse()
    body = answer.read()
    connection.close()
    return answer, body


def test_there_are_more_than_thirty_shapes_and_no_key_twice():
    shapes = load_shapes()
    assert len(shapes) >= 30
    keys = Counter(shape.town.ags for shape in shapes.values())
    assert [key for key, times in keys.items() if times > 1] == []
    assert {len(key) for key in keys} == {5, 8}


def test_every_town_is_invented(bed):
    """Made-up papers are not ascribed to real towns."""
    from konzept_diffusion import paths

    text = (paths.processed_dir() / "kommunen.csv").read_text(encoding="utf-8")
    real = {re.sub(r",.*", "", line.split(",", 2)[1].strip('"')) for line in text.splitlines()[1:]}
    for shape in bed.shapes.values():
        assert not {town.short for town in (shape.town, *shape.others)} & real


@pytest.mark.parametrize("name", [name for name, shape in load_shapes().items() if set(shape.reach) & PLAIN])
def test_documents_are_reached_by_links(bed, name):
    """A patient crawler that follows every link, in process, comes to all documents of the truth, to no other."""
    assert _everything(bed, bed.website(name)) == set(bed.webs[name].truth.documents)


@pytest.mark.parametrize(
    "name", [name for name, shape in load_shapes().items() if not {"links", "mixed"} & set(shape.reach)]
)
def test_documents_off_the_links_are_not_reached_by_links(bed, name):
    """Where search, sitemap or council is the way, the plain pages do not give it away."""
    assert not set(bed.webs[name].truth.required) & _everything(bed, bed.website(name), council=False)


@pytest.mark.parametrize("name", [name for name, shape in load_shapes().items() if "sitemap" in shape.reach])
def test_documents_are_reached_by_the_sitemap(bed, name):
    bed.reset()
    baselines.sitemap_only(bed.website(name), baselines.PlainClient(100))
    assert score(bed).shapes[name].found_within(100) == len(bed.webs[name].truth.required)


@pytest.mark.parametrize("name", ["search_get", "search_post_hidden"])
def test_documents_are_reached_by_the_search_form(bed, name):
    bed.reset()
    baselines.search_only(bed.website(name), baselines.PlainClient(100))
    assert score(bed).shapes[name].found_within(100) == len(bed.webs[name].truth.required)


def test_search_on_the_second_result_page_and_by_opensearch(bed):
    origin = bed.webs["search_paged"].origin()
    _, first = _get(f"{origin}/?s=Integration")
    _, second = _get(f"{origin}/?s=Integration&page=3")
    assert b"Grundlagenpapiere" not in first
    assert b"Grundlagenpapiere" in second
    origin = bed.webs["opensearch_only"].origin()
    _, start = _get(f"{origin}/")
    assert b"<form" not in start
    assert b"opensearchdescription" in start
    _, found = _get(f"{origin}/suche?text=Integrationskonzept&start=")
    assert b"Integration in Holmsgaarde" in found


def test_latin1_site_speaks_latin1(bed):
    origin = bed.webs["latin1"].origin()
    answer, body = _get(f"{origin}/b%FCrger/ausl%E4nder.htm")
    assert answer.headers["Content-Type"] == "text/html; charset=iso-8859-1"
    assert "Für ausländische".encode("latin-1") in body
    _, found = _get(f"{origin}/suche/?wort=%D6ffentlichkeit")
    assert "Amt für Öffentlichkeit".encode("latin-1") in found
    assert _everything(bed, bed.website("latin1")) == {"konzept"}


@pytest.mark.parametrize("name", ["sessionnet", "allris3", "allris4", "sdnet", "rubin"])
def test_council_systems_give_their_document_to_a_search(bed, name):
    web = bed.webs[name]
    host = web.host("ratsinfo")
    client = baselines.PlainClient(100)
    start = client.fetch(Request(_council_link(bed, name)))
    forms = [url for url, text in baselines.links(start) if text in ("Recherche", "Vorlagen")]
    pages = [client.fetch(Request(url)) for url in forms]
    text = next(p.body.decode() for p in pages if b"<form" in p.body)
    action, method = re.search(r'<form action="([^"]+)" method="(\w+)"', text).groups()
    field = re.search(r'type="text" name="([^"]+)"', text)[1]
    term = "Integration"
    if method == "post":
        found = client.fetch(Request(host.origin + action, "POST", ((field, term),)))
    else:
        found = client.fetch(Request(f"{host.origin}{action}?{field}={term}"))
    papers_found = [url for url, _ in baselines.links(found)]
    reached = {
        bed.document_at(url)[1]
        for page in dict.fromkeys(papers_found)
        for url, _ in baselines.links(client.fetch(Request(page)))
        if client.left > 30
    }
    assert set(web.truth.required) <= reached


def test_oparl_pages_lead_to_the_file(bed):
    import json

    client = baselines.PlainClient(100)
    origin = bed.webs["oparl"].origin("ratsinfo")
    assert b"/oparl/v1.1/system" in client.fetch(Request(origin + "/")).body
    system = json.loads(client.fetch(Request(f"{origin}/oparl/v1.1/system")).body)
    bodies = json.loads(client.fetch(Request(system["body"])).body)
    url, files = bodies["data"][0]["paper"], []
    while url:
        page = json.loads(client.fetch(Request(url)).body)
        files += [file["accessUrl"] for paper in page["data"] for file in paper["auxiliaryFile"]]
        url = page["links"].get("next")
    assert set(bed.webs["oparl"].truth.required) <= {bed.document_at(file)[1] for file in files}


def test_servers_keep_a_record_and_answer_conditional_requests(bed):
    bed.reset()
    url = bed.website("deep")
    answer, _ = _get(url, headers={"User-Agent": "probe"})
    again, body = _get(url, headers={"If-None-Match": answer.headers["ETag"]})
    packed, raw = _get(url, headers={"Accept-Encoding": "gzip"})
    assert (again.status, body) == (304, b"")
    assert packed.headers["Content-Encoding"] == "gzip"
    assert gzip.decompress(raw).startswith(b"<!DOCTYPE html>")
    hits = bed.hits("deep")
    assert [hit.status for hit in hits] == [200, 304, 200]
    assert hits[0].headers["user-agent"] == "probe"
    assert hits[0].started <= hits[0].finished <= hits[1].started


def test_the_same_site_is_served_twice_alike():
    pages = []
    for _ in range(2):
        with Testbed(["publications_200"]) as bed:
            pages.append(
                {
                    path: web.host().exact and _get(web.origin() + "/")[1]
                    for web in bed.webs.values()
                    for path in ["/"]
                }
            )
    assert pages[0] == pages[1]


def test_broken_servers_are_broken_as_told(bed):
    bed.reset()
    origin = bed.webs["flaky"].origin()
    statuses = [_get(f"{origin}/?n={n}")[0].status for n in range(4)]
    assert statuses == [200, 503, 200, 200]
    assert _get(f"{origin}/?n=1")[0].status == 200
    path = next(p for p, (*_, document, _) in _files(bed, "flaky") if document)
    with pytest.raises(ConnectionResetError):
        _get(origin + path)
    assert _get(origin + path)[1].startswith(b"%PDF")
    with pytest.raises((http.client.HTTPException, OSError)):
        _get(bed.website("silent_host"))
    with pytest.raises(ConnectionRefusedError):
        _get(bed.website("dead_host"))
    loop = bed.webs["redirect_loop"].origin()
    assert _get(f"{loop}/integrationskonzept")[0].headers["Location"] == "/konzept/integration"
    assert _get(f"{loop}/konzept/integration")[0].headers["Location"] == "/integrationskonzept"


def _files(bed, name):
    """Addresses of the documents of a shape, by asking the routes."""
    out = []
    for (path, query), route in bed.webs[name].host().exact.items():
        text = path + ("?" + "&".join(f"{k}={v}" for k, v in query) if query else "")
        key = bed.document_at(bed.webs[name].origin() + text)[1]
        out.append((text, (None, None, key, None)))
        assert route is not None
    return out


def test_the_firewall_shuts_after_fifteen_requests(bed):
    bed.reset()
    url = bed.website("forbidden_after_15")
    assert [_get(url)[0].status for _ in range(17)] == [200] * 15 + [403] * 2


def test_moved_domain_leads_to_another_host(bed):
    answer, _ = _get(bed.website("moved_domain"))
    assert answer.status == 301
    assert answer.headers["Location"].startswith(bed.webs["moved_domain"].origin("neu"))


def test_sitemap_of_five_thousand_addresses(bed):
    _, body = _get(bed.webs["sitemap_5000"].origin() + "/sitemap.xml")
    assert body.count(b"<loc>") == 5000


def test_documents_have_text_and_title_page():
    text = papers.concept(
        TOWN, seed=4, cover="Stand: Mai 2012", imprint="Beschlossen vom Rat am 12. März 2012"
    )
    document = pypdfium2.PdfDocument(pdfs.pdf(text))
    pages = [page.get_textpage().get_text_range() for page in document]
    assert len(pages) >= 6
    assert "Integrationskonzept" in pages[0]
    assert "Musterau" in pages[0]
    assert "Stand: Mai 2012" in pages[0]
    assert "12. März 2012" in pages[1]
    assert len("".join(pages).split()) > 800


def test_scan_has_no_text_and_the_locked_file_needs_its_password():
    document = pypdfium2.PdfDocument(pdfs.scan(3, 1))
    assert [page.get_textpage().get_text_range() for page in document] == ["", "", ""]
    assert sum(sum(image.get_px_size()) > 0 for page in document for image in page.get_objects()) == 3
    locked = pdfs.pdf(["= Titel", "Geheimer Text"], password="nurintern")
    with pytest.raises(pypdfium2.PdfiumError, match=r"[Pp]assword"):
        pypdfium2.PdfDocument(locked)
    opened = pypdfium2.PdfDocument(locked, password="nurintern")
    assert "Geheimer Text" in opened[0].get_textpage().get_text_range()


def test_score_counts_requests_and_rows(bed, tmp_path):
    """A hand-made crawl of three requests: one document found, one row right, one wrong, one double."""
    bed.reset()
    origin, town = bed.webs["versions"].origin(), bed.shapes["versions"].town
    documents = {key: path for path, (*_, key, _) in _files(bed, "versions") if key}
    for path in ("/robots.txt", "/", "/gibt-es-nicht", documents["2008"]):
        _get(origin + path)
    head = "ags,found_for,title,kind,status,year,year_basis,url\n"
    good = f"{town.ags},{town.ags},K,integrationskonzept,beschlossen,2009,beschluss,{origin}{documents['2008']}\n"
    (tmp_path / "documents.csv").write_text(
        head + good + good + f"{town.ags},{town.ags},N,integrationskonzept,unbekannt,,unbekannt,{origin}/\n"
    )
    lines = "".join(f"{shape.town.ags},searched\n" for shape in bed.shapes.values())
    (tmp_path / "coverage.csv").write_text("ags,status\n" + lines)
    result = score(bed, tmp_path)
    one = result.shapes["versions"]
    assert (one.required, one.requests, one.reached, one.first) == (3, 3, {"2008": 3}, 3)
    assert (one.right, one.neutral, one.wrong) == (1, 0, 2)
    assert one.exact == {"kind": (1, 1), "status": (1, 1), "year": (0, 1), "basis": (1, 1)}
    assert sorted(one.missing) == ["2015", "bericht"]
    assert one.harvested == 1
    assert result.precision == 1 / 3
    assert result.shapes["no_website"].status_ok is False
    assert "versions" in result.table()


def test_register_is_as_the_contract_says(bed, tmp_path):
    lines = bed.write_register(tmp_path / "register.csv").read_text(encoding="utf-8").splitlines()
    assert lines[0] == "ags,name,kind,land,website"
    assert len({line.split(",")[0] for line in lines[1:]}) == len(lines) - 1 >= len(bed.shapes)
    assert all(
        re.fullmatch(r"\d{5}(\d{3})?,[^,]+,(stadt|gemeinde|landkreis),\d\d,(http\S+)?", line)
        for line in lines[1:]
    )


def _council_link(bed, name):
    """The town's link to its council system."""
    client = baselines.PlainClient(400)
    start = client.fetch(Request(bed.website(name)))
    origin = bed.webs[name].origin("ratsinfo")
    queue, seen = [url for url, _ in baselines.links(start)], set()
    while queue and client.left > 0:
        url = queue.pop(0)
        if url.startswith(origin):
            return url
        if url not in seen:
            seen.add(url)
            queue += [link for link, _ in baselines.links(client.fetch(Request(url)))]
    raise AssertionError("no link to the council system")


def _everything(bed, website, council=True, limit=2500):
    """Document keys at the end of all links, asked of the routes without the network."""
    from testbed.server import Ask

    queue, seen, found = [website], set(), set()
    while queue and len(seen) < limit:
        url = queue.pop()
        identity = re.sub(r";jsessionid=[^?]*|[?&](_|nocache|ts)=\d+|/kalender/.*", "", url)
        parts = urlsplit(url)
        _shape, host = bed._by_netloc.get(parts.netloc, ("", None))
        if identity in seen or host is None or (not council and host.name == "ratsinfo"):
            continue
        seen.add(identity)
        path = quote(parts.path, safe="/%;=,:@!$&'()*+~") or "/"  # as it goes over the wire
        answer = host.answer(Ask("GET", path, parts.query, number=1, tries=9, probe=True))
        if answer.status == 200 and answer.document:
            found.add(answer.document)
        location = dict(answer.headers).get("Location")
        if location:
            queue.append(urljoin(url, location))
        if (
            answer.media_type.startswith("text/html")
            and len(answer.body) < 1_000_000
            and "Content-Encoding" not in dict(answer.headers)
        ):
            text = answer.body.decode("latin-1" if "8859" in answer.media_type else "utf-8", "replace")
            for raw in re.findall(
                r"(?:href|src|data)=[\"']([^\"'#>]+)|URL=([^\"']+)|window\.open\(&?[^/]*(/[^',]+)", text
            ):
                target = next(part for part in raw if part).replace("&amp;", "&")
                queue.append(urljoin(url, target))
    return found
