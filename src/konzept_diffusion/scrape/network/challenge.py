"""Pages that ask for a proof of being human instead of answering: the host does not want us, and is left alone.

A contact form with a captcha is none: what counts is that the whole page is the challenge. Marks were taken
from the public descriptions of the systems: Cloudflare (header cf-mitigated, "Just a moment"), DDoS-Guard,
Imperva Incapsula, Sucuri, Anubis, Friendly Captcha, hCaptcha and reCAPTCHA interstitials, AWS WAF, F5.
"""

from __future__ import annotations

import re
from collections.abc import Mapping

_LARGEST = 200_000
_READ = 20_000
_SHORT_TEXT = 1200
_TITLE = re.compile(
    rb"<title[^>]*>\s*(?:just a moment|attention required! \| cloudflare|ddos-guard|checking your browser"
    rb"|making sure you(?:'|&#39;)re not a bot|please wait\.\.\. \| cloudflare|nur einen moment"
    rb"|einen moment(?:,| bitte)|human verification|bot verification|security check|sucuri website firewall"
    rb"|are you (?:a )?(?:human|robot)|sicherheits(?:\xc3\xbc|\xfc|ue)berpr(?:\xc3\xbc|\xfc|ue)fung)"
)
_MARKS = (
    b"/cdn-cgi/challenge-platform/h/",
    b"window._cf_chl_opt",
    b"/.well-known/ddos-guard/",
    b"/.within.website/x/cmd/anubis/",
    b"anubis_challenge",
    b"incapsula incident id",
    b"/_incapsula_resource?",
    b"enable javascript and cookies to continue",
    b"sucuri_cloudproxy_js",
    b"awswafcookiedomainlist",
    b"gokuprops",
    b"the requested url was rejected. please consult with your administrator",
)
_CAPTCHAS = (b"captcha", b"cf-turnstile", b"challenges.cloudflare.com", b"altcha")
_WIDGET = re.compile(
    rb"class=[\"'][^\"']*(?:frc-captcha|h-captcha|g-recaptcha|cf-turnstile|altcha|mcaptcha)"
    rb"|hcaptcha\.com/1/api\.js|/recaptcha/(?:api|enterprise)\.js|challenges\.cloudflare\.com/turnstile",
    re.I,
)
_ASKS = re.compile(
    rb"(?:not|kein)e?n?\s+(?:a\s+)?(?:ro)?bot|human|mensch(?!en\s+mit)|verif|sicherheits|security|captcha\s+(?:l|e)"
    rb"|unusual traffic|ungew(?:\xc3\xb6|\xf6|oe)hnlich|zugriff|access denied",
    re.I,
)
_HIDING = re.compile(rb"<(script|style|noscript|svg)\b", re.I)
_END = {
    name: re.compile(rb"</" + name + rb"\s*+>", re.I) for name in (b"script", b"style", b"noscript", b"svg")
}
_LINKS = re.compile(rb"<a\s", re.I)


def challenge(status: int, headers: Mapping[str, str], body: bytes, media_type: str) -> str:
    """Return what shows that an answer is a challenge; "" if it is none.

    Parameters
    ----------
    status
        Any; a challenge comes with 200, 202, 403, 429 or 503.
    headers
        Names in lower case.
    body
        Content-encoding undone.
    media_type
        Lower case.
    """
    if headers.get("cf-mitigated", "").lower() == "challenge":
        return "cf-mitigated"
    if headers.get("x-amzn-waf-action", "").lower() in ("challenge", "captcha"):
        return "x-amzn-waf-action"
    if status in (404, 410) or "html" not in media_type or len(body) > _LARGEST:
        return ""
    # On the path of every page: plain searches in lower-case bytes, which cost a hundredth of a pattern's.
    head = body[:_READ].lower()
    start = head.find(b"<title")
    title = _TITLE.match(head, start) if start >= 0 else None
    mark = title[0] if title else next((mark for mark in _MARKS if mark in head), b"")
    # A title may be a real page's, and some systems leave a script of theirs in every page: an interstitial
    # has hardly any words and links.
    if mark and _is_bare(body):
        return " ".join(mark.decode("latin-1").split())[:60]
    if any(mark in head for mark in _CAPTCHAS) and _WIDGET.search(head) and _is_bare(body):
        return "captcha" if _ASKS.search(words(body)) else ""
    return ""


def _is_bare(body: bytes) -> bool:
    """Return whether a page is little more than one question: few words, few links."""
    if len(_LINKS.findall(body)) > 5:
        return False
    return len(b" ".join(words(body).split())) < _SHORT_TEXT


def words(body: bytes) -> bytes:
    """Return a page without tags, comments, scripts and styles; each is a blank.

    Every search for an end that fails is the last of its kind, so a page of openings costs no more than another.
    """
    kept, at, missing = [], 0, set[bytes]()
    while (start := body.find(b"<", at)) >= 0:
        kept.append(body[at:start])
        end = -1
        hiding = _HIDING.match(body, start)
        name = hiding[1].lower() if hiding else b""
        if name and name not in missing:
            found = _END[name].search(body, start)
            end = found.end() if found else -1
            if not found:
                missing.add(name)
        elif body.startswith(b"<!--", start) and b"--" not in missing:
            end = body.find(b"-->", start + 4) + 3
            if end < 3:
                missing.add(b"--")
                end = -1
        if end < 0:
            end = body.find(b">", start) + 1
        if not end:
            kept.append(body[start:])
            return b" ".join(kept)
        at = end
    kept.append(body[at:])
    return b" ".join(kept)
