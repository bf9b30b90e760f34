"""Which IP address a host may be asked at: names are resolved here, and private addresses refused.

The connection is made to the address that was checked (see `connections`), so a name that is given another
address between check and connection gains nothing.

Sources: IANA IPv4 and IPv6 Special-Purpose Address Registries (RFC 6890), RFC 6598 (carrier-grade NAT), RFC 4291
(mapped addresses), RFC 3056 (6to4), RFC 6052 and RFC 8215 (NAT64).
"""

from __future__ import annotations

import ipaddress
import socket
import time
from collections.abc import Callable, Sequence
from typing import Any

from ..exchange import NotFetched

Resolve = Callable[..., Sequence[tuple[Any, ...]]]
"""What resolves a name: called and answering like `socket.getaddrinfo`."""

LIFETIME = 600.0
"""Seconds after which a name is resolved again."""

_SOME = 4096
"""Names that are kept."""

_NEVER = tuple(
    ipaddress.ip_network(network)
    for network in (
        "100.64.0.0/10",  # carrier-grade NAT
        "192.0.0.0/24",  # protocol assignments
        "192.88.99.0/24",  # 6to4 relays
        "198.18.0.0/15",  # benchmarks
        "64:ff9b:1::/48",  # NAT64 for local use
        "100::/64",  # discard
        "2001::/23",  # protocol assignments, Teredo
        "5f00::/16",  # segment routing
        "fec0::/10",  # site-local, withdrawn
    )
)
_NAT64 = ipaddress.ip_network("64:ff9b::/96")
_6TO4 = ipaddress.ip_network("2002::/16")


def is_public(address: str) -> bool:
    """Return whether an IP address (text, a zone allowed) is one of the public internet."""
    try:
        ip = ipaddress.ip_address(address.partition("%")[0])
    except ValueError:
        return False
    if isinstance(ip, ipaddress.IPv6Address):
        inner = ip.ipv4_mapped
        if inner is None and ip in _NAT64:
            inner = ipaddress.IPv4Address(int(ip) & 0xFFFFFFFF)
        if inner is not None:
            return is_public(str(inner))
        if ip in _6TO4 and not is_public(str(ipaddress.IPv4Address(int(ip) >> 80 & 0xFFFFFFFF))):
            return False
    refused = (
        ip.is_private
        or ip.is_loopback
        or ip.is_link_local
        or ip.is_multicast
        or ip.is_reserved
        or ip.is_unspecified
    )
    return not refused and not any(ip.version == net.version and ip in net for net in _NEVER)


class Guard:
    """Resolves names and vets what comes out; safe for use by many threads.

    Parameters
    ----------
    allow_private
        Take private and loopback addresses too.
    resolve
        Called like `socket.getaddrinfo`.
    clock
        Seconds, monotonic.
    """

    def __init__(
        self,
        *,
        allow_private: bool = False,
        resolve: Resolve = socket.getaddrinfo,
        clock: Callable[[], float] = time.monotonic,
    ) -> None:
        self._allow_private, self._resolve, self._clock = allow_private, resolve, clock
        self._known: dict[tuple[str, int], tuple[float, tuple[str, ...]]] = {}

    def addresses(self, url: str, host: str, port: int) -> tuple[str, ...]:
        """Return the vetted IP addresses of a host, those of IPv4 first.

        One family comes first so that a host counts as one address for the delay; which of a family's
        addresses comes first is the resolver's choice.

        Parameters
        ----------
        url
            For the message.
        host, port
            Name or literal address (IPv6 with or without brackets).

        Raises
        ------
        NotFetched
            "dns" without an address; "private" if any of them is not public: a name with a public and a
            private address is no mistake that a crawl should take part in.
        """
        found = self._known.get((host, port))
        if found is not None and self._clock() < found[0]:
            return found[1]
        try:
            answers = self._resolve(host.strip("[]"), port, type=socket.SOCK_STREAM, proto=socket.IPPROTO_TCP)
        except socket.gaierror as error:
            raise NotFetched("dns", url, str(error.strerror or error)) from None
        except (UnicodeError, ValueError) as error:
            raise NotFetched("bad_address", url, str(error)) from None
        except OSError as error:
            raise NotFetched("dns", url, error.strerror or type(error).__name__) from None
        pairs = [(answer[0], str(answer[4][0])) for answer in answers]
        pairs = [pair for pair in pairs if pair[0] in (socket.AF_INET, socket.AF_INET6)]
        if not pairs:
            raise NotFetched("dns", url, "no address")
        pairs.sort(key=lambda pair: pair[0] != socket.AF_INET)
        vetted = tuple(dict.fromkeys(address for _, address in pairs))
        if not self._allow_private:
            for address in vetted:
                if not is_public(address):
                    raise NotFetched("private", url, address)
        if len(self._known) >= _SOME:
            now = self._clock()
            fresh = [item for item in list(self._known.items()) if now < item[1][0]]
            self._known = dict(fresh[-(_SOME // 2) :])
        self._known[host, port] = (self._clock() + LIFETIME, vetted)
        return vetted

    def demote(self, host: str, port: int, address: str) -> None:
        """Put an address that cannot be reached behind the host's others."""
        found = self._known.get((host, port))
        if found is not None and address in found[1]:
            rest = tuple(other for other in found[1] if other != address)
            self._known[host, port] = (found[0], (*rest, address))
