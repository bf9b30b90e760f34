"""Challenges are told from pages: the host that sends one is left alone, a contact form's captcha is none."""

import pytest

from konzept_diffusion.scrape.network.challenge import challenge

WORDS = "<p>Die Stadt fördert das Zusammenleben aller Menschen mit vielen Angeboten vor Ort.</p>" * 30
LINKS = "<a href=1></a>" * 8


def page(title, body):
    return f"<!DOCTYPE html><html><head><title>{title}</title></head><body>{body}</body></html>".encode()


@pytest.mark.parametrize(
    ("status", "headers", "body"),
    [
        (403, {"cf-mitigated": "challenge"}, b""),
        (202, {"x-amzn-waf-action": "challenge"}, b""),
        (403, {}, page("Just a moment...", "<script>window._cf_chl_opt={}</script>")),
        (503, {}, page("Just a moment...", "Enable JavaScript and cookies to continue")),
        (200, {}, page("Nur einen Moment…", "<div id=x></div>")),
        (403, {}, page("Attention Required! | Cloudflare", "Sorry, you have been blocked")),
        (403, {}, page("DDoS-Guard", "<script src='/.well-known/ddos-guard/js-challenge/index.js'></script>")),
        (200, {}, page("Making sure you&#39;re not a bot!", "<script id=anubis_challenge>{}</script>")),
        (200, {}, b"<html><head><META NAME='ROBOTS'></head><iframe src='/_Incapsula_Resource?CWUDNSAI=1'></html>"),
        (200, {}, page("Zugang", "<h1>Sind Sie ein Mensch?</h1><div class='frc-captcha'></div>")),
        (200, {}, page("Prüfung", "<p>Please verify you are human</p><div class='h-captcha' data-sitekey=x></div>")),
        (403, {}, page("Sicherheitsüberprüfung", "<div class='g-recaptcha'></div>")),
        (200, {}, page("Request Rejected", "The requested URL was rejected. Please consult with your administrator.")),
    ],
)  # fmt: skip
def test_a_page_that_only_asks_for_a_proof_is_a_challenge(status, headers, body):
    assert challenge(status, headers, body, "text/html")


@pytest.mark.parametrize(
    ("status", "body", "media_type"),
    [
        (200, page("Kontakt", WORDS + "<form><div class='g-recaptcha'></div>Sind Sie ein Mensch?</form>"), "text/html"),
        (200, page("Kontakt", LINKS + "<form>Sicherheitsabfrage <div class='frc-captcha'></div></form>"), "text/html"),
        (200, page("Sicherheitsüberprüfung von Spielplätzen", WORDS + "<a href=1>x</a>" * 20), "text/html"),
        (200, page("Einen Moment, bitte", WORDS * 2 + "<a href=1>x</a>" * 20), "text/html"),
        (200, page("Stadt", WORDS + "<script src='/cdn-cgi/challenge-platform/h/b/x.js'></script>"), "text/html"),
        (404, page("Just a moment...", ""), "text/html"),
        (403, page("403 Forbidden", "<h1>Forbidden</h1>"), "text/html"),
        (200, b"%PDF-1.7 Just a moment...", "application/pdf"),
        (200, b"", "text/html"),
    ],
)  # fmt: skip
def test_a_page_with_something_to_read_is_none(status, body, media_type):
    assert challenge(status, {}, body, media_type) == ""
