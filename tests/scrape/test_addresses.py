"""Addresses: one spelling to ask for, keys to compare by, text to match on."""

from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from konzept_diffusion.scrape import addresses

BASE = "http://www.stadt.de/rathaus/seite.html?id=1"


@pytest.mark.parametrize(
    ("url", "expected"),
    [
        ("HTTP://WWW.Stadt.DE:80/a#oben", "http://www.stadt.de/a"),
        ("https://www.stadt.de:443", "https://www.stadt.de/"),
        ("http://www.stadt.de:8080/a", "http://www.stadt.de:8080/a"),
        ("http://www.stadt.de:443/a", "http://www.stadt.de:443/a"),
        ("  a.pdf\n", "http://www.stadt.de/rathaus/a.pdf"),
        ("/da\ntei\t.pdf", "http://www.stadt.de/datei.pdf"),
        ("../a/./b/../c", "http://www.stadt.de/a/c"),
        ("../../../a", "http://www.stadt.de/a"),
        ("..", "http://www.stadt.de/"),
        ("a/.", "http://www.stadt.de/rathaus/a/"),
        ("", BASE),
        ("#unten", BASE),
        ("?id=2", "http://www.stadt.de/rathaus/seite.html?id=2"),
        ("//stadt.de/x", "http://stadt.de/x"),
        ("\\dokumente\\a.pdf", "http://www.stadt.de/dokumente/a.pdf"),
        ("http:///stadt.de/x", "http://stadt.de/x"),
        ("http://stadt.de./x", "http://stadt.de/x"),
        ("http://münchen.de/ä ö.pdf", "http://xn--mnchen-3ya.de/%C3%A4%20%C3%B6.pdf"),
        ("http://m%C3%BCnchen.de/", "http://xn--mnchen-3ya.de/"),
        ("http://straße.de/", "http://xn--strae-oqa.de/"),
        ("/f%FCr/%c3%bc", "http://www.stadt.de/f%FCr/%c3%bc"),
        ("/100%/zz%g0", "http://www.stadt.de/100%25/zz%25g0"),
        ("/a;jsessionid=1A2B.node1?x=1", "http://www.stadt.de/a?x=1"),
        ("/a;JSESSIONID=1A2B/b", "http://www.stadt.de/a/b"),
        ("/a?PHPSESSID=abc&x=1", "http://www.stadt.de/a?PHPSESSID=abc&x=1"),
        (
            "/a?x=1&sid=0123456789abcdef0123456789abcdef",
            "http://www.stadt.de/a?x=1&sid=0123456789abcdef0123456789abcdef",
        ),
        ("/si0057.asp?sid=4711&__ksinr=3", "http://www.stadt.de/si0057.asp?sid=4711&__ksinr=3"),
        ("/a?tx_x[uid]=3&b=a b", "http://www.stadt.de/a?tx_x%5Buid%5D=3&b=a%20b"),
        ("/a?b=/c/../d", "http://www.stadt.de/a?b=/c/../d"),
        ("http://[::1]:8080/a", "http://[::1]:8080/a"),
        ("http://127.0.0.1:54321/a/b.html", "http://127.0.0.1:54321/a/b.html"),
        ("http://rathaus/a", "http://rathaus/a"),
    ],
)
def test_normalise_gives_the_spelling_that_is_asked_for(url: str, expected: str) -> None:
    assert addresses.normalise(url, BASE) == expected


@pytest.mark.parametrize(
    "url",
    [
        *(
            "mailto:rat@stadt.de",
            "tel:+49",
            "javascript:void(0)",
            "data:text/html,x",
            "ftp://stadt.de/",
            "file:///c",
        ),
        *(
            "http://stadt.de:0/",
            "http://stadt.de:65536/",
            "http://stadt.de:8a/",
            "http://",
            "http:",
            "https://?a=1",
        ),
        *(
            "http://a..b/",
            "http://a b.de/",
            "http://-a.de/",
            "http://user:pw@stadt.de/",
            "http://info@stadt.de",
        ),
        *(
            "http://[::1/",
            "http://[zz]/",
            "http://" + "a" * 64 + ".de/",
            "http://x.de/" + "a" * 9000,
            "http://<b>.de/",
        ),
    ],
)
def test_normalise_refuses_what_is_no_web_address(url: str) -> None:
    assert addresses.normalise(url, BASE) == ""


def test_normalise_needs_a_usable_base_for_a_relative_address() -> None:
    assert addresses.normalise("a.html") == ""
    assert addresses.normalise("a.html", "mailto:x@y.de") == ""


def test_a_raw_umlaut_in_the_query_takes_the_charset_of_the_page_and_in_the_path_utf_8() -> None:
    assert addresses.normalise("/ü?q=ü", BASE, "iso-8859-1") == "http://www.stadt.de/%C3%BC?q=%FC"
    assert addresses.normalise("/?q=ж", BASE, "iso-8859-1") == "http://www.stadt.de/?q=%D0%B6"


@pytest.mark.parametrize(
    ("one", "other"),
    [
        ("https://www.stadt.de/a", "http://stadt.de/a"),
        ("http://stadt.de/a?b=1&a=2", "http://stadt.de/a?a=2&b=1"),
        ("http://stadt.de/a/", "http://stadt.de/a"),
        ("http://stadt.de/a/index.php", "http://stadt.de/a/"),
        ("http://stadt.de/a/Default.aspx?id=1", "http://stadt.de/a/?id=1"),
        ("http://stadt.de/a?_=123&utm_source=x&cHash=ab&no_cache=1&ts=9", "http://stadt.de/a"),
        ("http://stadt.de/a?id=1&print=1", "http://stadt.de/a?id=1"),
        ("http://stadt.de/a?id=1&type=98", "http://stadt.de/a?id=1"),
        ("http://stadt.de/f%FCr", "http://stadt.de/f%C3%BCr"),
        ("http://stadt.de/%7Ea%2d", "http://stadt.de/~a-"),
        ("http://stadt.de/a?q=a+b", "http://stadt.de/a?q=a%20b"),
        ("http://stadt.de/a?tx%5Buid%5D=1", "http://stadt.de/a?tx[uid]=1"),
        ("http://stadt.de/(S(lit3py55t21z5v55vlm25s55))/a", "http://stadt.de/a"),
        ("http://stadt.de:80/a", "https://stadt.de:443/a"),
    ],
)
def test_identity_joins_spellings_of_one_page(one: str, other: str) -> None:
    assert addresses.identity(one) == addresses.identity(other) != ""


@pytest.mark.parametrize(
    ("one", "other"),
    [
        ("http://stadt.de/a?id=1", "http://stadt.de/a?id=2"),
        ("http://stadt.de/a", "http://stadt.de/A"),
        ("http://stadt.de/a%2Fb", "http://stadt.de/a/b"),
        ("http://stadt.de/a?x=1%26y=2", "http://stadt.de/a?x=1&y=2"),
        ("http://stadt.de/a", "http://stadt.de:8080/a"),
        ("http://stadt.de/a", "http://kreis.de/a"),
        ("http://stadt.de/getfile.php?id=1&type=do", "http://stadt.de/getfile.php?id=1&type=pdf"),
        ("http://stadt.de/a?version=1", "http://stadt.de/a?version=2"),
    ],
)
def test_identity_keeps_different_pages_apart(one: str, other: str) -> None:
    assert addresses.identity(one) != addresses.identity(other)


def test_site_host_and_origin() -> None:
    assert addresses.site("https://www.Stadt.de/a") == addresses.site("http://stadt.de:80") == "stadt.de"
    assert addresses.site("http://stadt.de:8080/a") == "stadt.de:8080"
    assert addresses.host("http://www.stadt.de:8080/a") == "www.stadt.de"
    assert addresses.host("http://[::1]:8080/a") == addresses.host("http://[::1]/a") == "[::1]"
    assert addresses.origin("HTTPS://www.stadt.de:443/a") == "https://www.stadt.de"
    for function in (addresses.site, addresses.host, addresses.origin, addresses.identity, addresses.shape):
        assert function("mailto:rat@stadt.de") == ""


@pytest.mark.parametrize(
    ("one", "other"),
    [
        ("http://stadt.de/kalender/2021-05-01?tag=3", "http://stadt.de/kalender/1999-12-31?tag=28"),
        ("http://stadt.de/kalender/2021/Mai", "http://stadt.de/kalender/2022/September"),
        ("http://stadt.de/d/0a1b2c3d4e5f", "http://stadt.de/d/ffeeddccbb00"),
        (
            "http://stadt.de/d/123e4567-e89b-12d3-a456-426614174000",
            "http://stadt.de/d/00000000-0000-0000-0000-000000000000",
        ),
    ],
)
def test_endless_families_have_one_shape(one: str, other: str) -> None:
    assert addresses.shape(one) == addresses.shape(other)


def test_shapes_keep_words() -> None:
    assert addresses.shape("http://stadt.de/maifest/konzept") == "stadt.de/maifest/konzept"
    assert addresses.shape("http://stadt.de/fassade") != addresses.shape("http://stadt.de/decade")


@pytest.mark.parametrize(
    ("url", "expected"),
    [
        ("http://stadt.de/a.PDF?x=1.doc#y.z", "pdf"),
        ("http://stadt.de/a.docx;x=1", "docx"),
        ("http://stadt.de/a.pdf%20", "pdf"),
        ("http://stadt.de", ""),
        ("http://stadt.de/", ""),
        ("http://stadt.de/a.html", ""),
        ("http://stadt.de/a.php", ""),
        ("http://stadt.de/getfile.asp?id=1", ""),
        ("http://stadt.de/a.b/c", ""),
        ("http://stadt.de/fassung-12.2009", ""),
        ("http://stadt.de/.htaccess", ""),
    ],
)
def test_suffix(url: str, expected: str) -> None:
    assert addresses.suffix(url) == expected


@pytest.mark.parametrize(
    ("text", "expected"),
    [
        ("Integrationskonzept für die STADT Fürth", "integrationskonzept fuer die stadt fuerth"),
        ("Integrations\u00adkonzept", "integrationskonzept"),
        ("Fu\u0308rth", "fuerth"),
        ("Leitbild_Integration-2012.pdf", "leitbild integration 2012 pdf"),
        ("Integrationskonzept%20F%C3%BCrth", "integrationskonzept fuerth"),
        ("Integrationskonzept_F%FCrth", "integrationskonzept fuerth"),
        ("100 % Straße\n\t–\xa0x", "100 % strasse x"),
        ("", ""),
    ],
)
def test_folded(text: str, expected: str) -> None:
    assert addresses.folded(text) == expected


URLS = st.one_of(
    st.text(max_size=60),
    st.text(alphabet="ab/.:?#&=%;[]@\\ü20F", max_size=40).map(lambda rest: "http://stadt.de" + rest),
    st.text(alphabet="ab/.:?#&=%;()\\ü2sid0F_+", max_size=40).map(lambda rest: "/" + rest),
    st.text(alphabet="ab.:-_0129xn@[]", max_size=20).map(lambda name: f"http://{name}/"),
)


@given(URLS)
def test_normalise_is_idempotent_and_ascii(url: str) -> None:
    once = addresses.normalise(url, BASE)
    assert addresses.normalise(once) == once
    assert once.isascii()
    assert once == "" or once.startswith(("http://", "https://"))
    assert not set(once) & set(' #"<>\\^`{|}\n\t')


@given(URLS)
def test_identity_is_idempotent_and_shared_by_a_normalised_address(url: str) -> None:
    once = addresses.normalise(url, BASE)
    key = addresses.identity(once)
    assert addresses.identity(key) == key
    assert bool(key) == bool(once)


@given(URLS)
def test_keys_never_raise(url: str) -> None:
    for function in (addresses.site, addresses.host, addresses.origin, addresses.shape, addresses.suffix):
        assert isinstance(function(url), str)


@given(st.text())
def test_folded_is_lower_case_with_single_blanks(text: str) -> None:
    folded = addresses.folded(text)
    assert folded == " ".join(folded.split())
    assert not set(folded) & set("äöüßÄÖÜ-_.+\u00ad")


@pytest.mark.parametrize(
    ("one", "other"),
    [
        ("http://s.example/a?PHPSESSID=abc&x=1", "http://s.example/a?x=1"),
        ("http://s.example/a?x=1&sid=0123456789abcdef0123456789abcdef", "http://s.example/a?x=1"),
    ],
)
def test_a_session_in_the_query_is_asked_with_and_compared_without(one: str, other: str) -> None:
    assert addresses.normalise(one) == one
    assert addresses.identity(one) == addresses.identity(other)
