"""Sitemaps and feeds: read as a stream, and as far as they are readable."""

from __future__ import annotations

import gzip

import pytest
from hypothesis import given
from hypothesis import strategies as st

from konzept_diffusion.scrape.exchange import Exchange, Request
from konzept_diffusion.scrape.pages import sitemaps
from konzept_diffusion.scrape.pages.sitemaps import Entry

URL = "http://stadt.de/sitemap.xml"
NAMESPACE = 'xmlns="http://www.sitemaps.org/schemas/sitemap/0.9"'
URLSET = f"""<?xml version="1.0" encoding="UTF-8"?>
<urlset {NAMESPACE} xmlns:image="http://www.google.com/schemas/sitemap-image/1.1"
 xmlns:xhtml="http://www.w3.org/1999/xhtml" xmlns:news="http://www.google.com/schemas/sitemap-news/0.9">
<url><loc> http://stadt.de/konzept?a=1&amp;b=2
</loc><lastmod>2012-03-01</lastmod><xhtml:link rel="alternate" hreflang="en" href="http://stadt.de/en"/>
<image:image><image:loc>http://stadt.de/bild.jpg</image:loc><image:title>Bild</image:title></image:image></url>
<url><loc><![CDATA[http://stadt.de/leitbild.pdf]]></loc><news:news><news:title>Leitbild</news:title></news:news></url>
<url><loc>mailto:x@y.de</loc></url><url></url></urlset>""".encode()
ENTRIES = (
    Entry("http://stadt.de/konzept?a=1&b=2", "2012-03-01"),
    Entry("http://stadt.de/leitbild.pdf", "", "Leitbild"),
)


def test_a_urlset_gives_addresses_dates_and_titles_but_no_images_or_translations() -> None:
    read = sitemaps.read(URLSET, URL)
    assert (read.kind, read.entries, read.complete) == ("urlset", ENTRIES, True)


def test_an_exchange_brings_its_address_along() -> None:
    body = f"<urlset {NAMESPACE}><url><loc>/a</loc></url></urlset>".encode()
    exchange = Exchange(Request(URL), URL, 200, {}, body, "text/xml")
    assert sitemaps.read(exchange).entries == (Entry("http://stadt.de/a"),)


@pytest.mark.parametrize(
    "body",
    [
        gzip.compress(URLSET),
        gzip.compress(gzip.compress(URLSET)),
        gzip.compress(URLSET[:100]) + gzip.compress(URLSET[100:]),
        b"\xef\xbb\xbf" + URLSET,
        b"\n \n" + URLSET,
        URLSET.decode().replace("UTF-8", "UTF-16").encode("utf-16"),
        URLSET.replace(b"&amp;b", b"&b"),
        URLSET.replace(b"</urlset>", b"</urlset>\n<!-- cached -->"),
    ],
    ids=["gzip", "gzip twice", "gzip members", "mark", "blank lines", "utf-16", "bare ampersand", "comment"],
)
def test_odd_wrappings_make_no_difference(body: bytes) -> None:
    assert sitemaps.read(body, URL).entries == ENTRIES


def test_what_came_before_a_cut_counts() -> None:
    body = f"<urlset {NAMESPACE}>" + "".join(
        f"<url><loc>http://stadt.de/{n}</loc></url>" for n in range(2000)
    )
    read = sitemaps.read(body.encode()[:-20], URL)
    assert len(read.entries) == 1999
    assert not read.complete
    squeezed = gzip.compress(body.encode())
    partly = sitemaps.read(squeezed[: len(squeezed) // 2], URL)
    assert 100 < len(partly.entries) < 2000
    damaged = sitemaps.read(squeezed[: len(squeezed) // 2] + b"\xff" * 500, URL)
    assert 100 < len(damaged.entries) <= 2000


def test_malformed_elements_do_not_lose_the_rest() -> None:
    body = f"<urlset {NAMESPACE}><url><loc>http://stadt.de/1</loc></ur><url><loc>http://stadt.de/2</loc></url></urlset>"
    assert "http://stadt.de/2" in [entry.url for entry in sitemaps.read(body.encode(), URL).entries]


def test_an_index_lists_promising_sitemaps_first() -> None:
    names = ["news", "bilder", "a", "page-sitemap", "tag", "dokumente", "veranstaltungen"]
    entries = "".join(f"<sitemap><loc>http://stadt.de/{name}.xml</loc></sitemap>" for name in names)
    read = sitemaps.read(f"<sitemapindex {NAMESPACE}>{entries}</sitemapindex>".encode(), URL)
    order = [entry.url[16:-4] for entry in read.entries]
    assert read.kind == "index"
    assert order == ["page-sitemap", "dokumente", "a", "news", "bilder", "tag", "veranstaltungen"]


def test_text_sitemaps() -> None:
    read = sitemaps.read(b"\xef\xbb\xbfhttp://stadt.de/a\r\n\r\nhttp://stadt.de/b\nrubbish\nftp://x\n", URL)
    assert (read.kind, [entry.url for entry in read.entries]) == (
        "text",
        ["http://stadt.de/a", "http://stadt.de/b"],
    )


RSS = b"""<rss version="2.0"><channel><title>Stadt</title><link>http://stadt.de/</link>
<item><title>Konzept f&uuml;r alle</title><link>/news/1</link><pubDate>Mon, 05 Mar 2012 10:00:00 GMT</pubDate>
<enclosure url="/konzept.pdf" type="application/pdf"/></item>
<item><title>Zwei</title><guid>http://stadt.de/news/2</guid></item></channel></rss>"""
ATOM = b"""<feed xmlns="http://www.w3.org/2005/Atom"><title>Stadt</title><link href="http://stadt.de/"/>
<entry><title>Konzept</title><link rel="self" href="/x"/><link href="/news/1"/>
<updated>2012-03-05</updated></entry></feed>"""
RDF = b"""<rdf:RDF xmlns:rdf="http://www.w3.org/1999/02/22-rdf-syntax-ns#" xmlns="http://purl.org/rss/1.0/">
<channel><link>http://stadt.de/</link></channel><item><title>Konzept</title><link>/news/1</link></item></rdf:RDF>"""


def test_feeds() -> None:
    rss = sitemaps.read(RSS, URL)
    assert rss.kind == "feed"
    assert rss.entries == (
        Entry("http://stadt.de/news/1", "Mon, 05 Mar 2012 10:00:00 GMT", "Konzept für alle"),
        Entry("http://stadt.de/konzept.pdf", "Mon, 05 Mar 2012 10:00:00 GMT", "Konzept für alle"),
        Entry("http://stadt.de/news/2", "", "Zwei"),
    )
    assert sitemaps.read(ATOM, URL).entries == (Entry("http://stadt.de/news/1", "2012-03-05", "Konzept"),)
    assert sitemaps.read(RDF, URL).entries == (Entry("http://stadt.de/news/1", "", "Konzept"),)


@pytest.mark.parametrize(
    "body",
    [
        b"",
        b"<",
        b"   ",
        b"<html><body><a href='http://x.de'>x</a></body></html>",
        b"\x1f\x8b",
        b"\x89PNG\r\n",
        b"{}",
    ],
)
def test_everything_else_is_none(body: bytes) -> None:
    read = sitemaps.read(body, URL)
    assert (read.kind, read.entries) == ("none", ())
    assert not sitemaps.looks_like_one(body)


@pytest.mark.parametrize("body", [URLSET, gzip.compress(URLSET), RSS, ATOM, RDF])
def test_sitemaps_and_feeds_are_known_by_their_beginning(body: bytes) -> None:
    assert sitemaps.looks_like_one(body)


def test_entities_are_not_expanded_and_nothing_is_loaded() -> None:
    levels = "".join(f'<!ENTITY e{n} "{f"&e{n - 1};" * 10}">' for n in range(1, 10))
    bomb = f"""<?xml version="1.0"?><!DOCTYPE urlset [<!ENTITY e0 "ha"><!ENTITY f SYSTEM "file:///etc/passwd">{levels}]>
    <urlset><url><loc>http://stadt.de/&e9;</loc></url><url><loc>http://stadt.de/&f;</loc></url>
    <url><loc>http://stadt.de/b</loc></url></urlset>"""
    urls = [entry.url for entry in sitemaps.read(bomb.encode(), URL).entries]
    assert urls[-1] == "http://stadt.de/b"
    assert all(len(url) < 40 and "root" not in url for url in urls)


def test_reading_stops_at_the_limit() -> None:
    body = "<urlset>" + "<url><loc>http://stadt.de/a</loc></url>" * 500 + "</urlset>"
    read = sitemaps.read(body.encode(), URL, limit=100)
    assert (len(read.entries), read.complete) == (100, False)
    assert len(sitemaps.read(b"http://stadt.de/a\n" * 500, URL, limit=100).entries) == 100


def test_a_bomb_is_cut_at_the_cap(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(sitemaps, "MOST_BYTES", 100_000)
    bomb = gzip.compress(
        URLSET[:-9] + b" " * 10_000_000 + b"<url><loc>http://stadt.de/ende</loc></url></urlset>"
    )
    read = sitemaps.read(bomb, URL)
    assert (read.entries, read.complete) == (ENTRIES, False)


@given(st.binary(max_size=300))
def test_bytes_never_raise(body: bytes) -> None:
    assert sitemaps.read(body, URL).kind in ("none", "text")


@given(st.integers(0, len(URLSET)), st.binary(max_size=5))
def test_damage_anywhere_never_raises(place: int, damage: bytes) -> None:
    read = sitemaps.read(URLSET[:place] + damage + URLSET[place + len(damage) :], URL)
    assert all(entry.url.startswith("http") for entry in read.entries)
