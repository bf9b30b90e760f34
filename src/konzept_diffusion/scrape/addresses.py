"""Web addresses: one spelling to ask for, one key to compare by, and text to match terms on.

`normalise` gives what is asked of a server and written into the data; it never changes what a server could
tell apart (session ids excepted). `identity`, `site` and `shape` are keys for comparing and are never asked for.
"""

from __future__ import annotations

import ipaddress
import re
import unicodedata
from functools import lru_cache
from urllib.parse import quote, unquote_to_bytes

import idna

LONGEST = 8000
"""Characters of an address; longer ones are taken for rubbish (servers refuse them)."""

HTML_LIKE = frozenset(
    {"html", "htm", "xhtml", "shtml", "phtml", "php", "php3", "php4", "php5", "php7"}
    | {"asp", "aspx", "jsp", "jspx", "jspa", "do", "cfm", "cgi", "pl", "action", "faces"}
)
"""Extensions that say nothing of the media type: programs that write HTML."""

_QUERY_SAFE = "/?!$&'()*+,;=:@-._~%"
_CLEAN_PATH = r"/(?!\.)(?:[A-Za-z0-9_!$&'()*+,=@~.-]++|/(?!\.))*+"
_CLEAN = re.compile(
    r"https?://(?:[a-z0-9](?:[a-z0-9-]{0,61}[a-z0-9])?\.)+[a-z0-9](?:[a-z0-9-]{0,61}[a-z0-9])?"
    r"(?::(?:[1-5][0-9]{4}|[1-9][0-9]{3}))?" + _CLEAN_PATH
)
_CLEAN_ROOTED = re.compile("(?!//)" + _CLEAN_PATH)
_SCHEME = re.compile(r"([a-z][a-z0-9+.-]*):", re.I)
_SPACE = re.compile(r"[\t\r\n\x00]+")
_EDGES = " \t\r\n\f\v\x00\x01\x02\x03\x04\x05\x06\x07\x08\x0e\x0f\x10\x1b\x1f\xa0\u200b\u2028\u2029\ufeff"
_BAD_PATH = re.compile(r"[^/!$&'()*+,;=:@\-._~%A-Za-z0-9]|%(?![0-9A-Fa-f]{2})")
_BAD_QUERY = re.compile(r"[^/?!$&'()*+,;=:@\-._~%A-Za-z0-9]|%(?![0-9A-Fa-f]{2})")
_LONE_PERCENT = re.compile(r"%(?![0-9A-Fa-f]{2})")
_HOST = re.compile(r"[a-z0-9_](?:[a-z0-9_-]*[a-z0-9_])?(?:\.[a-z0-9_](?:[a-z0-9_-]*[a-z0-9_])?)*")

_SESSION_PATH = re.compile(r";(?:jsessionid|phpsessid|sessionid|sid)=[^/?;]*", re.I)
_SESSION_QUERY = re.compile(
    # `sid` and `sessionid` also number council sessions: only a long token with a digit is taken for a session.
    r"(?:jsessionid|phpsessid|aspsessionid\w*|cfid|cftoken|fe_typo_user)(?:=.*)?"
    r"|(?:sid|sessionid|session_id|session|sess|oscsid|zenid)=(?=[a-z,-]*[0-9])[0-9a-z,-]{16,}",
    re.I,
)
_ASP_SESSION = re.compile(r"/\([A-Z]\([0-9A-Za-z_-]{8,}\)\)", re.I)

_NOISE = re.compile(
    r"(?:utm_\w*|(?:pk|piwik|mtm|matomo)_\w*|fbclid|gclid|msclkid|dclid|yclid|mc_[ce]id|_ga|_gl"
    r"|_|cachebust\w*|cache_?buster|cb|ts|timestamp|no_?cache|rnd|rand|random|chash"
    r"|sort|sort_?by|sort_?order|sorting|order_?by|sort_?dir\w*|sort_on|tx_\w+\[(?:sort\w*|order\w*)\]"
    r"|print|printview|print_?version|druck|druckversion|druckansicht|printpage|for_?print"
    r"|font_?size|schriftgroesse|schriftgr|contrast|kontrast|highlight|hilite|sword_list(?:\[\w*\])?"
    r"|return_?url|return_?to|back_?url|referr?er|redirect_?(?:url|to))(?:=.*)?"
    r"|(?:view|layout|mode|ansicht|style)=(?:print|druck\w*)|tmpl=component|type=98",
    re.I | re.S,
)
_INDEX = re.compile(r"/(?:index|default)\.(?:html?|shtml|phtml|php\d?|aspx?|jsp|cfm)$", re.I)

_UUID = re.compile(r"[0-9a-f]{8}-?(?:[0-9a-f]{4}-?){3}[0-9a-f]{12}")
_HEX = re.compile(r"(?<![0-9a-z])(?=[a-f]*[0-9])[0-9a-f]{8,}(?![0-9a-z])")
_DIGITS = re.compile(r"[0-9]+")
_MONTH = re.compile(
    r"(?<![a-z])(?:januar|februar|maerz|m%c3%a4rz|april|mai|juni|juli|august|september|oktober|november|dezember"
    r"|jan|feb|mrz|apr|jun|jul|aug|sep|okt|nov|dez)(?![a-z])"
)

_ESCAPE = re.compile(r"%[0-9A-Fa-f]{2}")
_FOLDS = (
    ("ä", "ae"), ("ö", "oe"), ("ü", "ue"), ("ß", "ss"), ("\xa0", " "), ("\xad", ""), ("\u200b", ""), ("\u2060", ""),
    ("\ufeff", ""), ("\u200c", ""), ("\u200d", ""), ("\u2010", " "), ("\u2011", " "), ("\u2012", " "), ("\u2013", " "),
    ("\u2014", " "), ("\u2212", " "), ("ﬀ", "ff"), ("ﬁ", "fi"), ("ﬂ", "fl"),
)  # fmt: skip


@lru_cache(maxsize=4096)
def _host(name: str) -> str:
    """Return a host name as ASCII in lower case, "" if it is none."""
    if name.startswith("["):
        try:
            return f"[{ipaddress.IPv6Address(name[1:-1]).compressed}]" if name.endswith("]") else ""
        except ValueError:
            return ""
    if "%" in name:
        name = _decoded(name)
    name = name.lower()
    if not name.isascii():
        try:
            name = idna.encode(name, uts46=True).decode("ascii")
        except (idna.IDNAError, UnicodeError):
            return ""
    name = name.removesuffix(".")
    if len(name) > 253 or not _HOST.fullmatch(name) or any(len(label) > 63 for label in name.split(".")):
        return ""
    return name


@lru_cache(maxsize=4096)
def _authority(scheme: str, text: str) -> str:
    """Return host and port (default left out); "" for none, for credentials, and for a port out of range."""
    if "@" in text:
        return ""
    name, colon, port = text, "", ""
    if not text.endswith("]"):
        head, colon, tail = text.rpartition(":")
        if colon:
            name, port = head, tail
    name = _host(name)
    if not name or (
        port and not (port.isascii() and port.isdigit() and len(port) < 9 and 0 < int(port) < 65536)
    ):
        return ""
    number = int(port) if port else 0
    return name if number in (0, 443 if scheme == "https" else 80) else f"{name}:{number}"


@lru_cache(maxsize=512)
def _split(url: str) -> tuple[str, str, str, str]:
    """Return scheme, authority, path and query (with its "?") of a normalised address."""
    scheme, _, rest = url.partition("://")
    authority, slash, rest = rest.partition("/")
    path, mark, query = (slash + rest).partition("?")
    return scheme, authority, path, mark + query


@lru_cache(maxsize=512)
def _start(base: str) -> str:
    """Return scheme, host and port of any address; "" if none."""
    base = normalise(base)
    return "://".join(_split(base)[:2]) if base else ""


def _without_dots(path: str) -> str:
    """Return an absolute path with its dot segments resolved (RFC 3986, 5.2.4)."""
    kept: list[str] = []
    parts = path.split("/")[1:]
    for part in parts:
        if part == "..":
            if kept:
                kept.pop()
        elif part != ".":
            kept.append(part)
    if parts[-1] in (".", ".."):
        kept.append("")
    return "/" + "/".join(kept)


def _escaped(text: str, charset: str) -> str:
    """Return text with everything escaped that may not stand in a path or query; escapes stay as they came."""
    text = _LONE_PERCENT.sub("%25", text)
    try:
        raw = text.encode(charset)
    except (UnicodeError, LookupError):
        raw = text.encode("utf-8", errors="replace")
    return quote(raw, safe=_QUERY_SAFE)


def normalise(url: str, base: str = "", charset: str = "utf-8") -> str:
    """Return the one spelling of a web address that is asked for and reported.

    Parameters
    ----------
    url
        As found: absolute or relative, IRIs and blanks allowed.
    base
        Address that a relative one is resolved against.
    charset
        Encoding of raw non-ASCII characters in the query: a browser takes the page's (the path's is UTF-8).

    Returns
    -------
    str
        Absolute http or https address in ASCII: host in IDNA, default port and fragment left out, dot segments
        resolved, well-known session ids left out of the path, existing escapes and the query unchanged.
        "" for what is no web address (mailto:, javascript:, credentials, bad host or port, over-long).

    Notes
    -----
    RFC 3986 and 3987; blanks at the edges, line breaks inside and backslashes are read as browsers do (WHATWG
    URL Standard).
    """
    if len(url) > LONGEST:
        return ""
    if _CLEAN.fullmatch(url):
        return url
    if url[:1] == "/" and base and _CLEAN_ROOTED.fullmatch(url):
        start = _start(base)
        return f"{start}{url}" if start else ""
    url = _SPACE.sub("", url.strip(_EDGES)).partition("#")[0]
    before, mark, query = url.partition("?")
    if "\\" in before:
        before = before.replace("\\", "/")
    found = _SCHEME.match(before)
    if found:
        scheme = found[1].lower()
        if scheme not in ("http", "https"):
            return ""
        authority, slash, path = before[found.end() :].lstrip("/").partition("/")
        path = slash + path
        authority = _authority(scheme, authority)
    else:
        base = normalise(base) if base else ""
        if not base:
            return ""
        scheme, authority, base_path, base_query = _split(base)
        if before.startswith("//"):
            text, slash, path = before.lstrip("/").partition("/")
            path = slash + path
            authority = _authority(scheme, text)
        elif before.startswith("/"):
            path = before
        elif before:
            path = base_path[: base_path.rindex("/") + 1] + before
        else:
            path = base_path
            if not mark:
                mark, query = base_query[:1], base_query[1:]
    if not authority:
        return ""
    if ";" in path:
        path = _SESSION_PATH.sub("", path)
    if "/." in path:
        path = _without_dots(path)
    if _BAD_PATH.search(path):
        path = _escaped(path, "utf-8").replace("?", "%3F")
    if query and _BAD_QUERY.search(query):
        query = _escaped(query, charset)
    result = f"{scheme}://{authority}{path or '/'}{'?' + query if query else ''}"
    return result if len(result) <= LONGEST else ""


def _decoded(text: str) -> str:
    """Return text with its percent escapes decoded: as UTF-8, else as windows-1252."""
    raw = unquote_to_bytes(text)
    try:
        return raw.decode("utf-8")
    except UnicodeDecodeError:
        return raw.decode("cp1252", errors="replace")


def identity(url: str) -> str:
    """Return the key of "the same page": two addresses with one key are asked for once.

    Parameters
    ----------
    url
        Any spelling of an absolute address.

    Returns
    -------
    str
        `normalise` with http for https, without "www.", tracking, cache-busting, sorting, printing and
        highlighting and session parameters, cHash, ASP.NET session segments, a trailing /index.html
        and a trailing slash; query sorted, escapes unified. "" for what is no web address. Never to be asked for.
    """
    url = normalise(url)
    if not url:
        return ""
    _, authority, path, query = _split(url)
    path = _INDEX.sub("/", path)
    if "/(" in path:
        path = _ASP_SESSION.sub("", path)
    if "%" in path:
        path = quote(
            _decoded(path.replace("%2F", "%252F").replace("%2f", "%252F")), safe="/!$&'()*+,;=:@-._~"
        )
    path = path.rstrip("/") or "/"
    if query:
        parts = []
        for part in query[1:].split("&"):
            if "%" in part or "+" in part:
                part = quote(_decoded(part.replace("+", "%20")), safe="/?!$'()*,;=:@-._~")
            if _SESSION_QUERY.fullmatch(part):
                continue
            if part and not _NOISE.fullmatch(part.replace("%5B", "[").replace("%5D", "]")):
                parts.append(part)
        query = "?" + "&".join(sorted(parts)) if parts else ""
    return f"http://{_bare(authority)}{path}{query}"


def _bare(authority: str) -> str:
    """Return host and port without "www." and without either default port."""
    return authority.removeprefix("www.").removesuffix(":443").removesuffix(":80")


def site(url: str) -> str:
    """Return host and port for comparing: "www." and default ports left out, http and https the same; "" if none."""
    url = normalise(url)
    return _bare(_split(url)[1]) if url else ""


def host(url: str) -> str:
    """Return the host in lower-case ASCII, without port (an IPv6 address in brackets); "" if none."""
    url = normalise(url)
    if not url:
        return ""
    authority = _split(url)[1]
    return authority if authority.endswith("]") else authority.rpartition(":")[0] or authority


def origin(url: str) -> str:
    """Return scheme, host and port ("https://www.stadt.de"); "" if none."""
    return _start(url)


def shape(url: str) -> str:
    """Return the address with numbers, dates, month names, UUIDs and hexadecimal tokens replaced.

    Calendars and other families without end fall into one shape: "stadt.de/kalender/0/0?tag=0".
    """
    url = normalise(url)
    if not url:
        return ""
    _, authority, path, query = _split(url)
    text = _MONTH.sub("m", _HEX.sub("h", _UUID.sub("h", (path + query).lower())))
    return _bare(authority) + _DIGITS.sub("0", text)


def suffix(url: str) -> str:
    """Return the extension of the path's last segment in lower case ("pdf"); "" for none and for HTML-like ones."""
    path = url.partition("#")[0].partition("?")[0]
    name = path[path.rfind("/", 8) + 1 :] if path.find("/", 8) > 0 or "://" not in path else ""
    name = name.partition(";")[0].replace("%20", " ").rstrip()
    head, dot, tail = name.rpartition(".")
    if not dot or not head or not 1 < len(tail) < 6:
        return ""
    tail = tail.lower()
    return (
        tail if tail.isascii() and tail.isalnum() and not tail[0].isdigit() and tail not in HTML_LIKE else ""
    )


def folded(text: str) -> str:
    """Return the text that terms are matched on.

    Returns
    -------
    str
        Lower case; ä, ö, ü, ß as ae, oe, ue, ss (also where they are base letter and combining diaeresis);
        percent escapes decoded (UTF-8, else Latin-1); hyphens, underscores, dots and plus signs as blanks;
        soft hyphens and zero-width characters taken out, since they stand inside words; blanks collapsed.
    """
    if "%" in text and _ESCAPE.search(text):
        text = _decoded(text)
    text = text.lower()
    if not text.isascii():
        if "\u0308" in text:
            text = unicodedata.normalize("NFC", text)
        for old, new in _FOLDS:
            text = text.replace(old, new)
    text = text.replace("-", " ").replace("_", " ").replace(".", " ").replace("+", " ")
    return " ".join(text.split())
