"""Whose request it is: who hands it on is believed only where the operator trusts it."""

from ipaddress import ip_network

import pytest
from django.test import RequestFactory

from trust.addresses import client_of

LOOPBACK = [ip_network("127.0.0.0/8"), ip_network("::1")]


def asked(peer: str = "127.0.0.1", chain: str | None = None):
    headers = {} if chain is None else {"X-Forwarded-For": chain}
    return RequestFactory().get("/", headers=headers, REMOTE_ADDR=peer)


def test_without_a_proxy_nobody_says_who_they_are():
    assert client_of(asked("192.0.2.7", "198.51.100.1")) == "192.0.2.7"


@pytest.mark.parametrize(
    ("peer", "chain", "client"),
    [
        ("127.0.0.1", "198.51.100.1", "198.51.100.1"),
        # What the client itself wrote stands before what the proxy adds.
        ("127.0.0.1", "203.0.113.9, 198.51.100.1", "198.51.100.1"),
        ("127.0.0.1", "198.51.100.1, 127.0.0.2", "198.51.100.1"),
        ("::1", "198.51.100.1", "198.51.100.1"),
        # A socket of the machine has no address.
        ("", "198.51.100.1", "198.51.100.1"),
        ("", None, ""),
        ("127.0.0.1", None, "127.0.0.1"),
        ("127.0.0.1", "nonsense", "127.0.0.1"),
        ("127.0.0.1", "198.51.100.1, \x00", "127.0.0.1"),
        ("127.0.0.1", ", ".join(["127.0.0.3"] * 500), "127.0.0.3"),
        # Not the proxy: who it is, is said by the connection alone.
        ("192.0.2.7", "198.51.100.1", "192.0.2.7"),
        ("garbage", "198.51.100.1", ""),
    ],
)
def test_behind_a_proxy(settings, peer, chain, client):
    settings.TRUSTED_PROXIES = LOOPBACK

    assert client_of(asked(peer, chain)) == client


@pytest.mark.parametrize(
    ("address", "network"),
    [
        ("2001:db8:1:2:3:4:5:6", "2001:db8:1:2::/64"),
        ("2001:db8:1:2:ffff::1", "2001:db8:1:2::/64"),
        ("2001:db8:1:3::1", "2001:db8:1:3::/64"),
        # An address of IPv4, as some servers write it.
        ("::ffff:192.0.2.7", "192.0.2.7"),
    ],
)
def test_a_household_has_a_whole_network_of_ipv6(address, network):
    assert client_of(asked(address)) == network
