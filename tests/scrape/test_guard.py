"""Which addresses are refused: what is not of the public internet, however it is written."""

import socket

import pytest

from konzept_diffusion.scrape.exchange import NotFetched
from konzept_diffusion.scrape.network.guard import LIFETIME, Guard, is_public

URL = "http://stadt.example/"


def resolver(*addresses):
    def resolve(host, port, **_):
        resolve.asked.append((host, port))
        return [
            (socket.AF_INET6 if ":" in a else socket.AF_INET, socket.SOCK_STREAM, 6, "", (a, port))
            for a in addresses
        ]

    resolve.asked = []
    return resolve


@pytest.mark.parametrize(
    "address",
    [
        "10.0.0.1", "172.16.0.1", "172.31.255.255", "192.168.1.1", "127.0.0.1", "127.8.8.8", "0.0.0.0", "0.1.2.3",
        "169.254.169.254", "100.64.0.1", "100.127.255.255", "192.0.0.8", "192.0.2.1", "198.18.0.1", "198.19.255.1",
        "198.51.100.1", "203.0.113.1", "224.0.0.1", "239.255.255.255", "240.0.0.1", "255.255.255.255",
        "192.88.99.1", "::", "::1", "fe80::1", "fe80::1%eth0", "fec0::1", "fc00::1", "fd12:3456::1", "ff02::1",
        "2001:db8::1", "::ffff:10.0.0.1", "::ffff:127.0.0.1", "64:ff9b::7f00:1", "64:ff9b::a00:1", "64:ff9b:1::1",
        "2002:7f00:1::", "2002:a00:1::1", "2001:0:4136:e378::1", "100::1", "::7f00:1", "stadt", "",
    ],
)  # fmt: skip
def test_an_address_that_is_not_of_the_public_internet_is_refused(address):
    assert not is_public(address)


@pytest.mark.parametrize(
    "address",
    ["8.8.8.8", "93.184.216.34", "100.63.255.255", "100.128.0.1", "172.15.0.1", "172.32.0.1", "2a00:1450::1",
     "2606:4700::1111", "::ffff:8.8.8.8", "64:ff9b::808:808"],
)  # fmt: skip
def test_a_public_address_is_taken(address):
    assert is_public(address)


def test_a_name_with_one_private_address_among_public_ones_is_refused():
    with pytest.raises(NotFetched, match=r"10\.0\.0\.7") as caught:
        Guard(resolve=resolver("93.184.216.34", "10.0.0.7")).addresses(URL, "stadt.example", 80)
    assert caught.value.reason == "private"


def test_addresses_of_ipv4_come_first_and_each_once():
    guard = Guard(resolve=resolver("2a00:1450::1", "93.184.216.34", "2a00:1450::1"))
    assert guard.addresses(URL, "stadt.example", 80) == ("93.184.216.34", "2a00:1450::1")


def test_private_addresses_are_taken_if_asked_for():
    guard = Guard(allow_private=True, resolve=resolver("127.0.0.1"))
    assert guard.addresses(URL, "localhost", 80) == ("127.0.0.1",)


@pytest.mark.parametrize("written", ["127.1", "2130706433", "0x7f000001", "0177.0.0.1", "[::1]", "0"])
def test_odd_spellings_of_loopback_are_resolved_before_they_are_judged(written):
    with pytest.raises(NotFetched) as caught:
        Guard().addresses(URL, written, 80)
    assert caught.value.reason == "private"


def test_a_name_without_address_is_dns():
    def resolve(*_, **__):
        raise socket.gaierror(socket.EAI_NONAME, "Name or service not known")

    with pytest.raises(NotFetched) as caught:
        Guard(resolve=resolve).addresses(URL, "keine.example", 80)
    assert caught.value.reason == "dns"
    with pytest.raises(NotFetched) as caught:
        Guard(resolve=resolver()).addresses(URL, "keine.example", 80)
    assert caught.value.reason == "dns"


def test_a_name_that_none_can_be_is_no_address():
    def resolve(*_, **__):
        raise UnicodeError("label too long")

    with pytest.raises(NotFetched) as caught:
        Guard(resolve=resolve).addresses(URL, "x" * 70, 80)
    assert caught.value.reason == "bad_address"


def test_a_name_is_resolved_again_after_a_while_and_judged_again():
    times, answers = [0.0], ["93.184.216.34"]
    guard = Guard(resolve=lambda host, port, **_: resolver(*answers)(host, port), clock=lambda: times[0])
    assert guard.addresses(URL, "stadt.example", 80) == ("93.184.216.34",)
    answers[0] = "127.0.0.1"
    assert guard.addresses(URL, "stadt.example", 80) == ("93.184.216.34",)
    times[0] = LIFETIME
    with pytest.raises(NotFetched):
        guard.addresses(URL, "stadt.example", 80)


def test_names_are_forgotten_when_they_are_many():
    times = [0.0]
    guard = Guard(resolve=resolver("93.184.216.34"), clock=lambda: times[0])
    for number in range(10_000):
        guard.addresses(URL, f"h{number}.example", 80)
    assert len(guard._known) <= 4096
    assert ("h9999.example", 80) in guard._known


def test_an_address_that_cannot_be_reached_goes_to_the_end():
    guard = Guard(resolve=resolver("93.184.216.34", "93.184.216.35"))
    guard.addresses(URL, "stadt.example", 80)
    guard.demote("stadt.example", 80, "93.184.216.34")
    assert guard.addresses(URL, "stadt.example", 80) == ("93.184.216.35", "93.184.216.34")
