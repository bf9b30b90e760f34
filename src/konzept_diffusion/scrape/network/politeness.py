"""How considerate and how patient the client is: one frozen object that every request keeps to."""

from __future__ import annotations

import os
from dataclasses import dataclass

import requests

from ...errors import SourceError
from ...sources.http import CONTACT_VARIABLE, user_agent

PRODUCT = "konzept-diffusion"
"""Product token: what a robots.txt can address us by (RFC 9309, section 2.2.1)."""


@dataclass(frozen=True, slots=True)
class Politeness:
    """Limits of the client; times in seconds, sizes in bytes.

    Attributes
    ----------
    delay
        Between the starts of two requests to one host, and to one IP address.
    timeout_connect, timeout_read
        To connect, and without a byte.
    total
        From the request to the last byte of its answer; what takes longer is not tried again.
    attempts
        Tries of one request in all (1 or more), after 5xx, 429 and broken connections.
    pause
        Before the second try; doubled before each further one.
    longest_pause
        A server that asks for more (Retry-After) is left alone: "throttled".
    max_bytes, max_decoded
        Largest body on the wire and after decompression.
    max_redirects
        Of one request.
    max_seconds
        For one Kommune.
    failures_to_stop
        Requests in a row that a host leaves without an answer until it is given up.
    max_robots_bytes
        Of a robots.txt that are read (RFC 9309, section 2.5, asks for at least 500 KiB).
    allow_private
        Private, loopback and reserved addresses may be asked.
    blocked_hosts
        Host names that are never asked, nor hosts below them.
    research_use
        Text and data mining for scientific research (§ 60d UrhG), against which no reservation is possible.
        The client does not act on it; whoever reads the texts does.
    """

    delay: float = 2.0
    timeout_connect: float = 15.0
    timeout_read: float = 30.0
    total: float = 120.0
    attempts: int = 3
    pause: float = 5.0
    longest_pause: float = 120.0
    max_bytes: int = 50 << 20
    max_decoded: int = 60 << 20
    max_redirects: int = 8
    max_seconds: float = 4 * 3600.0
    failures_to_stop: int = 3
    max_robots_bytes: int = 512 << 10
    allow_private: bool = False
    blocked_hosts: frozenset[str] = frozenset()
    research_use: bool = False

    @property
    def contact(self) -> str:
        """Return the mail address or web page that servers are told (environment, KONZEPT_CONTACT)."""
        return os.environ.get(CONTACT_VARIABLE, "").strip()


def identification() -> dict[str, str]:
    """Return the headers that say who asks: User-Agent, and From where the contact is a mail address.

    The name of the HTTP library is left out: many firewalls refuse every client that bears it.

    Raises
    ------
    SourceError
        If KONZEPT_CONTACT cannot stand in a header.
    """
    agent = user_agent().removesuffix(f" python-requests/{requests.__version__}")
    contact = os.environ.get(CONTACT_VARIABLE, "").strip()
    mail = "@" in contact and not contact.startswith(("http:", "https:"))
    return {"User-Agent": agent, **({"From": contact} if mail else {})}


def ca_bundle() -> str:
    """Return file or folder of the certificates that servers are checked against.

    Of the environment only the certificate variables count, as `requests` reads them; proxies do not, since
    the check of addresses would end at them.

    Raises
    ------
    SourceError
        If a variable names what is not there.
    """
    for variable in ("REQUESTS_CA_BUNDLE", "CURL_CA_BUNDLE", "SSL_CERT_FILE"):
        place = os.environ.get(variable, "")
        if place:
            if not os.path.exists(place):  # noqa: PTH110 - as `requests` does
                raise SourceError(
                    f"{variable}: {place} is not there. Name a file with certificates or unset it."
                )
            return place
    return requests.certs.where()
