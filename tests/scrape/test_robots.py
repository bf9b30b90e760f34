"""Verdicts after RFC 9309: cases written anew from its text, section by section."""

import pytest
from hypothesis import given
from hypothesis import strategies as st

from konzept_diffusion.scrape.network.robots import RobotsFile, canonical, path_of, read
from konzept_diffusion.scrape.network.standing import LONGEST

US = "konzept-diffusion"


def allowed(text, path, product=US):
    content = text if isinstance(text, bytes) else text.encode()
    return read(content, product).allows(f"https://www.stadt.example{path}")


def everyone(*lines):
    return "\n".join(["User-agent: *", *lines])


# fmt: off
LINES = [  # 2.2: how a line is read
    ("user-agent: *\ndisallow: /a", "/a", False),
    ("USER-AGENT: *\nDISALLOW: /a", "/a", False),
    ("User-Agent:*\nDisallow:/a", "/a", False),
    ("  User-agent :  *  \n\tDisallow\t:\t/a\t", "/a", False),
    ("User-agent: *\r\nDisallow: /a\r\n", "/a", False),
    ("User-agent: *\rDisallow: /a\r", "/a", False),
    ("User-agent: *\n\n\nDisallow: /a", "/a", False),
    ("User-agent: *\nDisallow: /a # not here", "/a", False),
    ("User-agent: * # all\nDisallow: /a", "/a", False),
    ("# User-agent: *\nDisallow: /a", "/a", True),
    ("User-agent: *\n# Disallow: /a", "/a", True),
    ("user-agent *\ndisallow /a", "/a", False),
    ("user-agent * now\ndisallow /a", "/a", True),
    ("foo: *\nbar: /a", "/a", True),
    ("User-agent: *\nDisallow:", "/a", True),
    ("User-agent: *\nDisallow", "/a", True),
    ("User-agent: *\nDissallow: /a", "/a", False),
    ("Disallow: /a", "/a", True),
    ("Disallow: /a\nUser-agent: *\nDisallow: /b", "/a", True),
    ("", "/a", True),
    ("<!doctype html><html><body>Nicht gefunden</body></html>", "/a", True),
    ("User-agent: *\nDisallow: /a\x0bDisallow: /b", "/b", True),
    (b"\xef\xbb\xbfUser-agent: *\nDisallow: /a", "/a", False),
    (b"\xef\xbbUser-agent: *\nDisallow: /a", "/a", False),
    (b"\xefUser-agent: *\nDisallow: /a", "/a", False),
    (b"\xef\x11\xbfUser-agent: *\nDisallow: /a", "/a", True),
    (b"User-agent: *\nDisallow: /gr\xf6\xdfe", "/gr%F6%DFe", False),
    (b"\xff\xfe\x00\x01\nUser-agent: *\nDisallow: /a", "/a", False),
]
AGENTS = [  # 2.2.1: which group is ours
    (f"User-agent: {US}\nDisallow: /a", "/a", False),
    ("User-agent: KONZEPT-Diffusion\nDisallow: /a", "/a", False),
    (f"User-agent: {US}/1.0\nDisallow: /a", "/a", False),
    (f"User-agent: {US} the crawler\nDisallow: /a", "/a", False),
    ("User-agent: konzept\nDisallow: /a", "/a", True),
    ("User-agent: diffusion\nDisallow: /a", "/a", True),
    (f"User-agent: {US}-bot\nDisallow: /a", "/a", True),
    ("User-agent: Googlebot\nDisallow: /a", "/a", True),
    (f"User-agent: *\nDisallow: /\nUser-agent: {US}\nDisallow: /a", "/b", True),
    (f"User-agent: {US}\nDisallow: /a\nUser-agent: *\nDisallow: /", "/b", True),
    (f"User-agent: *\nDisallow: /\nUser-agent: {US}\nDisallow:", "/b", True),
    (f"User-agent: *\nDisallow: /\nUser-agent: {US}\nUser-agent: other\nDisallow: /a", "/b", True),
    ("User-agent: other\nUser-agent: *\nDisallow: /a", "/a", False),
    ("User-agent: * bots\nDisallow: /a", "/a", False),
    ("User-agent: *bots\nDisallow: /a", "/a", True),
    ("User-agent: a\nDisallow: /a\nUser-agent: *\nDisallow: /b", "/a", True),
    (f"User-agent: {US}\nDisallow: /a\nUser-agent: x\nDisallow: /b\nUser-agent: {US}\nDisallow: /c", "/a", False),
    (f"User-agent: {US}\nDisallow: /a\nUser-agent: x\nDisallow: /b\nUser-agent: {US}\nDisallow: /c", "/b", True),
    (f"User-agent: {US}\nDisallow: /a\nUser-agent: x\nDisallow: /b\nUser-agent: {US}\nDisallow: /c", "/c", False),
    ("User-agent: *\nDisallow: /a\nUser-agent: *\nDisallow: /b", "/a", False),
    # 2.2.4: other records do not interfere with the groups
    (f"User-agent: {US}\nSitemap: https://stadt.example/s.xml\nUser-agent: x\nDisallow: /a", "/a", False),
    (f"User-agent: {US}\nUnknown: 1\nUser-agent: x\nDisallow: /a", "/a", False),
    (f"User-agent: {US}\nCrawl-delay: 1\nUser-agent: x\nDisallow: /a", "/a", False),
    (f"User-agent: {US}\nDisallow: /b\nSitemap: https://stadt.example/s.xml\nDisallow: /a", "/a", False),
]
MATCHING = [  # 2.2.2: which rule counts
    (["Disallow: /"], "/", False),
    (["Disallow: /"], "/a", False),
    (["Disallow: /a"], "/", True),
    (["Disallow: /a"], "/a.html", False),
    (["Disallow: /a"], "/A", True),
    (["Disallow: /a/"], "/a", True),
    (["Disallow: /a/"], "/a/b", False),
    (["Disallow: a"], "/a", True),
    (["Disallow: /a", "Allow: /a/b"], "/a/b/c", True),
    (["Allow: /a/b", "Disallow: /a"], "/a/b", True),
    (["Allow: /a/b", "Disallow: /a"], "/a/c", False),
    (["Disallow: /a/b", "Allow: /a"], "/a/b", False),
    (["Disallow: /a", "Allow: /a"], "/a", True),
    (["Allow: /a", "Disallow: /a"], "/a", True),
    (["Disallow: /", "Allow: /$"], "/", True),
    (["Disallow: /", "Allow: /$"], "/a", False),
    (["Disallow: /x", "Allow: "], "/x", False),
    (["Allow: /seite", "Disallow: /*.html"], "/seite.html", False),
    (["Allow: /seite.h", "Disallow: /*.html"], "/seite.html", True),
    (["Disallow: /", "Allow: /x/index.html"], "/x/index.html", True),
    (["Disallow: /", "Allow: /x/index.html"], "/x/", False),
    (["Disallow: /a?b=1"], "/a?b=1&c=2", False),
    (["Disallow: /a?b=1"], "/a?c=2&b=1", True),
    (["Disallow: /*?b="], "/a?b=2", False),
    (["Disallow: /a#b"], "/a", False),
    (["Disallow: /a"], "/b#/a", True),
    (["Disallow: /robots.txt", "Disallow: /"], "/robots.txt", True),
]
ENCODING = [  # 2.2.2: characters and escapes
    (["Disallow: /", "Allow: /foo/bar?baz=quz&u=https://x.example/"], "/foo/bar?baz=quz&u=https://x.example/", True),
    (["Disallow: /büro"], "/b%C3%BCro", False),
    (["Disallow: /büro"], "/b%c3%bcro", False),
    (["Disallow: /büro"], "/büro", False),
    (["Disallow: /b%C3%BCro"], "/b%C3%BCro", False),
    (["Disallow: /b%c3%bcro"], "/b%C3%BCro", False),
    (["Disallow: /foo/bar/\u30c4"], "/foo/bar/%E3%83%84", False),
    (["Disallow: /foo/bar/%62%61%7A"], "/foo/bar/baz", False),
    (["Disallow: /foo/bar/baz"], "/foo/bar/%62%61%7A", False),
    (["Disallow: /a%7eb"], "/a~b", False),
    (["Disallow: /a%2Fb"], "/a/b", True),
    (["Disallow: /a%2Fb"], "/a%2fb", False),
    (["Disallow: /a/b"], "/a%2Fb", True),
    (["Disallow: /a%3Fb"], "/a?b", True),
    (["Disallow: /a b"], "/a%20b", False),
    (["Disallow: /100%"], "/100%", False),
]
SPECIAL = [  # 2.2.3: "*", "$", "#"
    (["Disallow: *"], "/a", False),
    (["Disallow: /*"], "/", False),
    (["Disallow: /*/c"], "/a/b/c", False),
    (["Disallow: /*/c"], "/c", True),
    (["Disallow: /a*b*c"], "/a1b2c3", False),
    (["Disallow: /a*b*c"], "/a1c2b3", True),
    (["Disallow: /a**c"], "/abc", False),
    (["Disallow: /a*"], "/a", False),
    (["Disallow: /*.pdf$"], "/x/y.pdf", False),
    (["Disallow: /*.pdf$"], "/x/y.pdf?download=1", True),
    (["Disallow: /*.pdf$"], "/x.pdf/y.pdf", False),
    (["Disallow: /a$"], "/a", False),
    (["Disallow: /a$"], "/ab", True),
    (["Disallow: /a$"], "/a$", True),
    (["Disallow: /a$b"], "/a$b", False),
    (["Disallow: /a%24"], "/a$", False),
    (["Disallow: /*$"], "/a", False),
    (["Disallow: /ab*b$"], "/ab", True),
    (["Disallow: /datei-mit-%2A.html"], "/datei-mit-*.html", False),
    (["Disallow: /datei-mit-%2A.html"], "/datei-mit-x.html", True),
    (["Disallow: /datei-mit-*.html"], "/datei-mit-*.html", False),
]
# fmt: on


@pytest.mark.parametrize(("text", "path", "verdict"), LINES)
def test_lines_are_read_leniently_but_only_what_is_one_counts(text, path, verdict):
    assert allowed(text, path) is verdict


@pytest.mark.parametrize(("text", "path", "verdict"), AGENTS)
def test_the_groups_of_our_product_token_count_and_else_those_for_all(text, path, verdict):
    assert allowed(text, path) is verdict


@pytest.mark.parametrize(("rules", "path", "verdict"), MATCHING)
def test_the_longest_match_counts_and_allow_wins_a_tie(rules, path, verdict):
    assert allowed(everyone(*rules), path) is verdict


@pytest.mark.parametrize(("rules", "path", "verdict"), ENCODING)
def test_octets_are_compared_after_escapes_are_unified(rules, path, verdict):
    assert allowed(everyone(*rules), path) is verdict


@pytest.mark.parametrize(("rules", "path", "verdict"), SPECIAL)
def test_asterisk_and_dollar_are_special_in_patterns_only(rules, path, verdict):
    assert allowed(everyone(*rules), path) is verdict


def test_a_path_may_be_missing_and_a_query_follow_the_host():
    robots = read(b"User-agent: *\nDisallow: /?q")
    assert robots.allows("https://stadt.example")
    assert not robots.allows("https://stadt.example?q=1")
    assert path_of("https://stadt.example#x") == "/"
    assert path_of("/weiter?zu=https://x.example/") == "/weiter?zu=https://x.example/"


def test_a_missing_file_allows_all_and_an_unreachable_one_nothing_but_itself():
    assert RobotsFile("missing").allows("https://stadt.example/a")
    assert not RobotsFile("unreachable").allows("https://stadt.example/a")
    assert RobotsFile("unreachable").allows("https://stadt.example/robots.txt")


def test_sitemaps_belong_to_no_group_and_keep_their_order():
    robots = read(
        b"Sitemap: https://s.example/1.xml\nUser-agent: x\nDisallow: /\nSITEMAP:https://s.example/2.xml\n"
        b"sitemap: https://s.example/1.xml\nSitemap: /relativ.xml # Kommentar"
    )
    assert robots.sitemaps == ("https://s.example/1.xml", "https://s.example/2.xml", "/relativ.xml")


@pytest.mark.parametrize(
    ("text", "delay"),
    [
        (everyone("Crawl-delay: 10"), 10.0),
        (everyone("Crawl-delay: 0.5"), 0.5),
        (everyone("Crawl-delay: bald"), None),
        (everyone("Crawl-delay: -1"), None),
        (everyone("Request-rate: 1/5"), 5.0),
        (everyone("Crawl-delay: 3", "Request-rate: 1/1m"), 60.0),
        (everyone("Disallow: /a"), None),
        (f"User-agent: *\nCrawl-delay: 9\nUser-agent: {US}\nCrawl-delay: 2\nDisallow:", 2.0),
        ("User-agent: bingbot\nCrawl-delay: 30\n\nUser-agent: *\nDisallow: /a", None),
        ("User-agent: bingbot\nUser-agent: *\nCrawl-delay: 30", 30.0),
    ],
)
def test_the_pace_is_that_of_our_group(text, delay):
    assert read(text.encode()).crawl_delay == delay


@pytest.mark.parametrize(
    ("text", "reserved"),
    [
        (everyone("Content-Signal: search=yes,ai-train=no", "Allow: /"), True),
        (everyone("Content-Signal: search=yes, ai-input=no"), True),
        (everyone("Content-Signal: search=yes,ai-train=yes"), False),
        ("User-agent: GPTBot\nContent-Signal: ai-train=no\nDisallow: /", False),
        ("User-agent: GPTBot\nDisallow: /", False),
        ("TDM-Reservation: 1", True),
        ("TDM-Reservation: 0", False),
    ],
)
def test_a_reservation_counts_if_it_is_addressed_to_us_or_all(text, reserved):
    assert read(text.encode()).tdm is reserved


@pytest.mark.parametrize(
    ("line", "delay"),
    [
        ("Crawl-delay: 99999999999", LONGEST),
        ("Request-rate: 1/" + "9" * 400, LONGEST),
        ("Crawl-delay: inf", None),
    ],
)
def test_an_absurd_pace_is_no_more_than_a_year(line, delay):
    assert read(everyone(line).encode()).crawl_delay == delay


def test_thousands_of_other_user_agents_cost_no_more_than_their_lines():
    letters = "abcdefghijklmnopqrstuvwxyz"
    others = [f"User-agent: {a}{b}{c}" for a in letters for b in letters for c in letters]
    text = "\n".join(
        [*others, "User-agent: *", *["Allow: /a"] * 30_000, "Disallow: /b", "tdm-reservation: 1"]
    )
    robots = read(text.encode())
    assert (robots.allows("/a"), robots.allows("/b"), robots.tdm) == (True, False, True)
    assert not read(b"User-agent: x\ntdm-reservation: 1").tdm


def test_many_asterisks_cost_no_time_without_end():
    robots = read(everyone("Disallow: /" + "*a" * 200 + "b").encode())
    assert robots.allows("https://stadt.example/" + "a" * 5000)


@given(st.binary(max_size=400), st.text(max_size=40))
def test_no_file_and_no_address_is_too_odd_for_a_verdict(content, path):
    assert read(content).allows(f"https://stadt.example/{path}") in (True, False)


@given(st.text(st.characters(exclude_categories=["Cs"]), max_size=40))
def test_the_canonical_spelling_is_its_own(text):
    assert canonical(canonical(text)) == canonical(text)
