"""Where a request comes from; it is used at once, and neither kept nor written anywhere."""

from ipaddress import IPv4Address, IPv6Address, IPv6Network, ip_address

from django.conf import settings
from django.http import HttpRequest

# One household or phone has a network of its own with IPv6, and any address in it.
IPV6_PREFIX = 64
# Longer chains no proxy makes.
MOST_HOPS = 20
Address = IPv4Address | IPv6Address


def client_of(request: HttpRequest) -> str:
    """Return the address a request comes from, of IPv6 its /64; "" where it is unknown.

    `X-Forwarded-For` counts only where the request was handed on by a proxy of
    `TRUSTED_PROXIES`, and of it only what trusted proxies have added at its end.
    """
    address = address_of(request)
    return "" if address is None else _network(address)


def address_of(request: HttpRequest) -> Address | None:
    """Return the very address that `client_of` tells the network of."""
    peer = _read(request.META.get("REMOTE_ADDR", ""))
    # A socket of the machine itself has no address.
    is_local = peer is None and not request.META.get("REMOTE_ADDR")
    if settings.TRUSTED_PROXIES and (is_local or _is_trusted(peer)):
        peer = _handed_on(request.headers.get("X-Forwarded-For", ""), peer)
    return peer


def _handed_on(chain: str, peer: Address | None) -> Address | None:
    """Return the last address of the chain that is no trusted proxy's."""
    for text in reversed(chain.split(",")[-MOST_HOPS:]):
        address = _read(text.strip())
        if address is None:
            return peer
        peer = address
        if not _is_trusted(address):
            return address
    return peer


def _is_trusted(address: Address | None) -> bool:
    return address is not None and any(
        address in network for network in settings.TRUSTED_PROXIES
    )


def _read(text: str) -> Address | None:
    try:
        address = ip_address(text)
    except ValueError:
        return None
    mapped = address.ipv4_mapped if isinstance(address, IPv6Address) else None
    return mapped or address


def _network(address: Address) -> str:
    if isinstance(address, IPv6Address):
        return str(IPv6Network((int(address), IPV6_PREFIX), strict=False))
    return str(address)
