"""Nothing a server sends makes a parser take more than its time: 200 KB of the worst, under a deadline.

The parsers run in a process of their own: a pattern that does not end cannot be interrupted in this one. In
proportion to the length, all of it takes some seconds; a single case that grows with its square takes minutes.
"""

import subprocess
import sys

import pytest

from konzept_diffusion.scrape import addresses
from konzept_diffusion.scrape.councils import detection, oparl, rubin, wicket
from konzept_diffusion.scrape.exchange import Exchange, Request
from konzept_diffusion.scrape.network import bodies, robots, tdm
from konzept_diffusion.scrape.network.challenge import challenge, words
from konzept_diffusion.scrape.pages import charsets, forms, page, parts, sitemaps

LENGTH = 200_000
PATIENCE = 120
URL = "http://stadt.example/bi/si0040.asp"


def answer(text, media_type="text/html"):
    return Exchange(Request(URL), URL, 200, {}, text.encode("utf-8", "replace"), media_type, "utf-8")


def pages(text):
    for start in ("<html><body>", "<html><body><script>", "<html><body><a href='", "<title>"):
        parsed = page.parse(answer(start + text))
        page.search_results(parsed)
        page.is_soft_404(parsed)
        forms.search_forms(parsed)
        detection.detect(parsed, URL, text.encode("utf-8", "replace"), "text/html")


def councils(text):
    for media_type in ("application/json", "text/html", "text/xml"):
        oparl.is_oparl(answer(text, media_type))
        oparl.oparl_entries(answer(text, media_type))
        rubin.json_files(answer(text, media_type))
        wicket.ajax_requests(answer(text, media_type))
        wicket.unwrapped(answer(text, media_type))


def headers(text):
    for start in ("", "charset=", "attachment; filename=", 'filename="', "filename*=", "text/html; charset="):
        bodies.media_type({"content-type": start + text}, text.encode("utf-8", "replace"))
        bodies.charset({"content-type": start + text})
        bodies.filename({"content-disposition": start + text})
    tdm.reserved({"x-robots-tag": text})
    tdm.robots_reserved("content-signal", text)


def challenges(text):
    for start in ("<title>Just a moment...</title>", "<div class='h-captcha'></div>"):
        challenge(200, {}, (start + text).encode("utf-8", "replace")[:199_999], "text/html")
    words(text.encode("utf-8", "replace"))


def robots_files(text):
    for start in ("", "User-agent: *\n", "User-agent: *\nDisallow: /", "User-agent: *\nRequest-rate: "):
        robots.read((start + text).encode("utf-8", "replace")).allows("http://a.example/" + text[:8000])


def spellings(text):
    for url in (text, "http://" + text, "http://a.example/" + text, "http://a.example/" + text[:7900]):
        for function in (
            addresses.identity,
            addresses.site,
            addresses.host,
            addresses.shape,
            addresses.origin,
        ):
            function(url)
        addresses.normalise(url, "http://a.example/")
    addresses.folded(text)
    charsets.as_utf8(text.encode("utf-8", "replace"))
    parts.jump(text)


def site_maps(text):
    for start in ("", "<?xml version='1.0'?><urlset>"):
        sitemaps.read((start + text).encode("utf-8", "replace"), URL)
    forms.opensearch(text.encode("utf-8", "replace"), URL)


def decoding(text):
    for coding in ("br", "gzip", "deflate"):
        bodies.decode(text.encode("utf-8", "replace"), coding, 1 << 20)


PARSERS = {
    function.__name__: function
    for function in (pages, councils, headers, challenges, robots_files, spellings, site_maps, decoding)
}
# fmt: off
UNITS = (
    "<!---->", "<!-- ", "<!--", "--", "<script ", "<script>", "<svg ", "<style>", "<a ", "<a href=x>", "<", "</", "&",
    "<title>", "<meta charset=", "<form><input name=q>", "<select><option>", "<li><a href=x>a</a>", "<loc>", "<?xml ",
    "a", "1", " ", "\n", "\t", "a-", "1.", "(", "[", "{", '{"a":', "; ", ": ", '"', "'", "\\", '\\"', "%41", "%", "=",
    "/", "../", "./", "a.", "-", "_", "=?u?q?", "charset=", "filename=", "filename*='", "*", "*a", "$", "@", ":1",
    "?a=b&", "://", "http://", ";jsessionid=1", "user-agent: a\n", "user-agent: *\nallow: /a\n", "disallow: /*a\n",
    "crawl-delay: 1\n", "sitemap: http://a.example/x\n", "location.href='", "url=", "Wicket.Ajax.ajax({", "\u00e4",
    "integration ", "1 - 10 von ",
)
# fmt: on


@pytest.mark.parametrize("name", sorted(PARSERS))
def test_200_kb_of_the_worst_take_no_more_than_their_time(name):
    try:
        subprocess.run([sys.executable, __file__, name], check=True, timeout=PATIENCE)
    except subprocess.TimeoutExpired:
        pytest.fail(f"{name}: not done after {PATIENCE} s")


def test_a_long_run_of_comments_before_what_is_no_html_is_given_up_at_once():
    body = b"<!---->" * 2000 + b"<section>"
    assert bodies.decode(body, "br", 1 << 20).unknown == "br"
    assert (
        bodies.media_type({"content-type": "application/octet-stream"}, b"<!-- a --> <!-- b --><html>")
        == "text/html"
    )


@pytest.mark.parametrize(
    ("body", "expected"),
    [
        (b"a<b>c</b>d", b"a c d"),
        (b"a<script x>b<i></script >c", b"a c"),
        (b"a<SCRIPT>b</script>c</script>", b"a c "),
        (b"a<script>b", b"a b"),
        (b"a<scripts>b</scripts>c", b"a b c"),
        (b"a<!-- <b> -->c", b"a c"),
        (b"a<!-- b>c", b"a c"),
        (b"a<!-- b -->c<!-- d", b"a c <!-- d"),
        (b"a < b", b"a  < b"),
        (b"", b""),
    ],
)
def test_the_words_of_a_page_are_what_stands_outside_of_tags(body, expected):
    assert words(body) == expected


if __name__ == "__main__":
    for unit in UNITS:
        PARSERS[sys.argv[1]]((unit * (LENGTH // len(unit) + 1))[:LENGTH])
