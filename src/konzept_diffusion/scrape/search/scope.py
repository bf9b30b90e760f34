"""Which hosts a survey may ask: the Kommune's own, its council system and its portals, nobody else's."""

from __future__ import annotations

import ipaddress
from collections.abc import Iterable
from urllib.parse import urlsplit

from .. import addresses
from ..reports import Kommune
from .terms import words

OWN, COUNCIL, PORTAL, FOREIGN, EXCLUDED = "own", "council", "portal", "foreign", "excluded"
"""How an address relates to the Kommune; foreign ones are asked for one file only, excluded ones never."""

_EMPTY_WORDS = {
    "stadt", "landkreis", "kreis", "gemeinde", "hansestadt", "landeshauptstadt", "universitaetsstadt",
    "kreisstadt", "wissenschaftsstadt", "region", "am", "an", "der", "im", "in", "bei", "und", "bad", "sankt",
    "stadtgemeinde", "kreisfreie", "freie", "markt", "main", "rhein", "neckar", "donau",
}  # fmt: skip


class Scope:
    """The hosts of one Kommune, growing as its site links to its council system and portals.

    Parameters
    ----------
    kommune
        Whom the survey is about.
    foreign
        Addresses (site and path) of other Kommunen in the register.
    blocked
        Hosts never asked, with their subdomains.
    """

    LARGEST_PORTALS = 4
    """Portals followed at most."""

    def __init__(self, kommune: Kommune, foreign: Iterable[str], blocked: frozenset[str]) -> None:
        self._own: set[str] = set()
        self._councils: set[str] = set()
        self._portals: set[str] = set()
        self._blocked = blocked
        self._name = {word for word in words(kommune.name).split() if len(word) > 3} - _EMPTY_WORDS
        self._foreign: dict[str, list[str]] = {}
        mine = {root(url) for url in (kommune.website, *kommune.seeds) if url}
        for other in foreign:
            if other not in mine:
                self._foreign.setdefault(other.partition("/")[0], []).append("/" + other.partition("/")[2])

    def add_own(self, url: str) -> None:
        """Take the host of an address as the Kommune's own (register, seed, redirect of the home page)."""
        self._own.add(addresses.site(url))

    def add_council(self, url: str) -> None:
        """Take the host of an address as that of the council information system."""
        self._councils.add(addresses.site(url))

    def add_portal(self, url: str) -> bool:
        """Take the host of an address as a portal of the Kommune; False if it has too many already."""
        site = addresses.site(url)
        if site not in self._portals and len(self._portals) >= self.LARGEST_PORTALS:
            return False
        self._portals.add(site)
        return True

    def relation(self, url: str) -> str:
        """Return how an address relates to the Kommune: own, council, portal, foreign or excluded."""
        site, host = addresses.site(url), addresses.host(url)
        if self._elsewhere(site, url):
            return EXCLUDED
        if site in self._own:
            return OWN
        if any(host == name or host.endswith(f".{name}") for name in self._blocked):
            return EXCLUDED
        if site in self._councils:
            return COUNCIL
        if site in self._portals:
            return PORTAL
        return OWN if self._is_subdomain(host) else FOREIGN

    def bears_the_name(self, text: str) -> bool:
        """Return whether an address or text contains a telling word of the Kommune's name."""
        plain = words(text).replace(" ", "")
        return any(word in plain for word in self._name)

    def _elsewhere(self, site: str, url: str) -> bool:
        """Return whether the address lies in the website of another Kommune of the register."""
        others = self._foreign.get(site)
        if not others:
            return False
        path = urlsplit(url).path or "/"
        if site in self._own:  # several Kommunen on one host, each under its own path
            return any(other != "/" and path.startswith(other) for other in others)
        return any(path.startswith(other) for other in others)

    def _is_subdomain(self, host: str) -> bool:
        """Return whether a host lies under the Kommune's own domain (not for IP addresses)."""
        if _is_ip(host):
            return False
        for own in self._own:
            domain = own if own.startswith("[") else own.partition(":")[0]
            if not _is_ip(domain) and "." in domain and host.endswith(f".{domain}"):
                return True
        return False


def root(url: str) -> str:
    """Return site and folder of a Kommune's website: "www.x.de/kreis/" as "x.de:443/kreis/"."""
    path = urlsplit(url).path or "/"
    return addresses.site(url) + path.rpartition("/")[0] + "/"


def _is_ip(host: str) -> bool:
    try:
        ipaddress.ip_address(host.strip("[]"))
    except ValueError:
        return False
    return True
