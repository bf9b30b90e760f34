"""Pages of ALLRIS 4 that load their table afterwards (Apache Wicket)."""

from __future__ import annotations

import html
import re
from dataclasses import replace

from .. import addresses
from ..exchange import Exchange, Request

_CALL = re.compile(r"""\{[^{}]*?["']u["']\s*:\s*["']([^"'\s]{3,300})["'][^{}]*""")
_EVENT = re.compile(r"""["']e["']\s*:\s*["'](?!domready|load)""")
_COMPONENT = re.compile(rb"<component\b[^>]*>\s*<!\[CDATA\[(.*?)\]\]>\s*</component>", re.S)


def ajax_requests(exchange: Exchange) -> list[Request]:
    """Return the requests that fill the tables of a page, at most two.

    The scripts of a page name them ("u":"./vo040?0-1.0-panel"). Wicket takes its two header fields as
    parameters, too; the session's cookie has to be the page's.
    """
    text = exchange.body.decode("latin-1")
    name = exchange.url.partition("?")[0].rpartition("/")[2]
    found: dict[str, Request] = {}
    for match in _CALL.finditer(text):
        call = html.unescape(match[1])
        if _EVENT.search(match[0]) or ".0-" not in call:  # waits for a click, or is no behaviour of a page
            continue
        joint = "&" if "?" in call else "?"
        url = addresses.normalise(f"{call}{joint}wicket-ajax=true&wicket-ajax-baseurl={name}", exchange.url)
        if url and addresses.site(url) == addresses.site(exchange.url):
            found.setdefault(url, Request(url, referer=exchange.url))
    return list(found.values())[:2]


def unwrapped(exchange: Exchange) -> Exchange:
    """Return an answer to such a request as the HTML that it carries; any other answer as it is."""
    if b"<ajax-response" not in exchange.body[:400]:
        return exchange
    parts = [part.replace(b"]^]^>", b"]]>") for part in _COMPONENT.findall(exchange.body)]
    body = b"<html><body>" + b"\n".join(parts) + b"</body></html>"
    return replace(exchange, body=body, media_type="text/html", charset=exchange.charset or "utf-8")
