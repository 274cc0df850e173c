"""The way to a server of somebody else, and never to one inside.

A name may lead anywhere, and elsewhere a moment later: it is looked up once, every address
that comes back is checked, and the connection goes to one that was checked. Certificate
and Host are those of the name.
"""

import ipaddress
import socket
import ssl
import threading
from collections.abc import Callable, Generator
from contextlib import contextmanager, suppress
from dataclasses import dataclass
from http.client import HTTPConnection, HTTPException, HTTPResponse
from urllib.parse import urlsplit

from django.conf import settings

from exports.models import Delivery

Problem = Delivery.Problem
PORTS = {"https": 443, "http": 80}
ALLOWED_PORTS = {443, 8443}
# Seconds: to connect, and for all of it, however slowly somebody answers.
CONNECT_TIMEOUT, DEADLINE = 5.0, 10.0
# Of several addresses, such as one for each version of the protocol.
TRIED = 2
# Addresses that stand for others: with IPv4 inside (RFC 6052), by tunnel (3056, 4380).
NAT64 = ipaddress.ip_network("64:ff9b::/96")
TUNNELS = [ipaddress.ip_network(text) for text in ("2002::/16", "2001::/32")]

Address = ipaddress.IPv4Address | ipaddress.IPv6Address


class Unreachable(Exception):
    """No answer came; `problem` says why."""

    def __init__(self, problem: Delivery.Problem) -> None:
        super().__init__(problem)
        self.problem = problem


@dataclass(frozen=True)
class Target:
    """Where a message goes: the parts of an address that was checked."""

    scheme: str
    host: str
    port: int
    path: str

    @property
    def host_header(self) -> str:
        host = f"[{self.host}]" if ":" in self.host else self.host
        is_usual = self.port == PORTS[self.scheme]
        return host if is_usual else f"{host}:{self.port}"


class BadAddress(ValueError):
    """Nothing can be sent to an address like this."""


def read_target(url: str) -> Target:
    """Return the parts of an address.

    Raises BadAddress for anything but https at a usual port, without a user and without
    a fragment. Where the settings allow it, this machine may be asked by http as well,
    at any port.
    """
    try:
        parts = urlsplit(url)
        port = parts.port
    except ValueError as error:
        raise BadAddress(url) from error
    host = _ascii(parts.hostname or "")
    if parts.username is not None or parts.password is not None or parts.fragment:
        raise BadAddress(url)
    number = PORTS.get(parts.scheme, 0) if port is None else port
    is_allowed = parts.scheme == "https" and number in ALLOWED_PORTS
    if not is_allowed and not (parts.scheme in PORTS and _may_be_here(host)):
        raise BadAddress(url)
    path = f"{parts.path or '/'}?{parts.query}" if parts.query else parts.path or "/"
    if not (path.isascii() and path.isprintable()) or " " in path:
        raise BadAddress(url)
    return Target(parts.scheme, host, number, path)


def _ascii(host: str) -> str:
    """Return a name as the net knows it; an address in numbers stays."""
    if not host:
        raise BadAddress(host)
    try:
        ipaddress.ip_address(host)
    except ValueError:
        pass
    else:
        return host
    try:
        name = host.rstrip(".").encode("idna").decode()
    except UnicodeError as error:
        raise BadAddress(host) from error
    if not name or not all(c.isalnum() or c in "-._" for c in name):
        raise BadAddress(host)
    return name


def _may_be_here(host: str) -> bool:
    return settings.WEBHOOKS_TO_LOOPBACK and host in {"localhost", "127.0.0.1", "::1"}


def is_public(address: Address) -> bool:
    """Tell whether an address is one of the open net, whatever it is written as."""
    if isinstance(address, ipaddress.IPv6Address):
        if address.ipv4_mapped is not None:
            return is_public(address.ipv4_mapped)
        if address in NAT64:
            return is_public(ipaddress.IPv4Address(int(address) & 0xFFFFFFFF))
        if any(address in tunnel for tunnel in TUNNELS) or address.is_site_local:
            return False
    return address.is_global and not (address.is_multicast or address.is_reserved)


def demand_no_inner_number(target: Target) -> None:
    """Raise Unreachable for an address in numbers that is none of the open net.

    Names are looked up when something is sent.
    """
    try:
        address = ipaddress.ip_address(target.host)
    except ValueError:
        return
    _demand_public(address, target)


def _demand_public(address: Address, target: Target) -> None:
    is_here = address.is_loopback and _may_be_here(target.host)
    if not (is_public(address) or is_here):
        raise Unreachable(Problem.NOT_PUBLIC)


def look_up(target: Target) -> list[str]:
    """Return the addresses of the server, all of which may be asked.

    Raises Unreachable where the name is not known, or any of its addresses is none of
    the open net: a name that leads inside, if only in part, is asked nothing.
    """
    try:
        found = socket.getaddrinfo(target.host, target.port, type=socket.SOCK_STREAM)
    except OSError as error:
        raise Unreachable(Problem.NO_ADDRESS) from error
    addresses = [ipaddress.ip_address(entry[4][0]) for entry in found]
    for address in addresses:
        _demand_public(address, target)
    return [str(address) for address in addresses]


def tls_context() -> ssl.SSLContext:
    """Return how certificates are checked: by the authorities of this machine."""
    return ssl.create_default_context()


def post(url: str, body: bytes, headers: dict[str, str]) -> int:
    """Send a message and return the status of the answer; nothing else of it is read.

    No redirect is followed, no proxy asked, no cookie kept. Raises Unreachable.
    """
    try:
        target = read_target(url)
    except BadAddress as error:
        raise Unreachable(Problem.NOT_PUBLIC) from error
    with _connected(look_up(target), target.port) as plain:
        plain.settimeout(DEADLINE)
        wire = _encrypted(plain, target) if target.scheme == "https" else plain
        with wire, _deadline(wire) as has_passed:
            return _exchange(wire, target, body, headers, has_passed)


def _connected(addresses: list[str], port: int) -> socket.socket:
    """Return a connection to the first address that takes one."""
    problem = Problem.NO_CONNECTION
    for address in addresses[:TRIED]:
        try:
            return socket.create_connection((address, port), CONNECT_TIMEOUT)
        except TimeoutError:
            problem = Problem.TIMEOUT
        except OSError:
            problem = Problem.NO_CONNECTION
    raise Unreachable(problem)


def _encrypted(plain: socket.socket, target: Target) -> ssl.SSLSocket:
    """Prepare the encryption; hands are shaken under the deadline."""
    return tls_context().wrap_socket(
        plain, server_hostname=target.host, do_handshake_on_connect=False
    )


@contextmanager
def _deadline(wire: socket.socket) -> Generator[Callable[[], bool]]:
    """End everything on a wire after a time: limits of single reads let drops through."""
    passed = threading.Event()

    def end() -> None:
        passed.set()
        shut(wire)

    timer = threading.Timer(DEADLINE, end)
    timer.daemon = True
    timer.start()
    try:
        yield passed.is_set
    finally:
        timer.cancel()


def shut(wire: socket.socket) -> None:
    """End what is read and written on a wire, if it is not closed already."""
    with suppress(OSError):
        # Below the encryption, which another thread is just using.
        socket.socket.shutdown(wire, socket.SHUT_RDWR)


def _exchange(
    wire: socket.socket,
    target: Target,
    body: bytes,
    headers: dict[str, str],
    has_passed: Callable[[], bool],
) -> int:
    try:
        if isinstance(wire, ssl.SSLSocket):
            wire.do_handshake()
        status = _ask(wire, target, body, headers).status
    except (OSError, HTTPException, ValueError) as error:
        if has_passed() or isinstance(error, TimeoutError):
            raise Unreachable(Problem.TIMEOUT) from error
        if isinstance(error, ssl.SSLCertVerificationError):
            raise Unreachable(Problem.TLS) from error
        raise Unreachable(Problem.NO_ANSWER) from error
    # Cut off in the middle of its headers, an answer looks like a whole one.
    if has_passed():
        raise Unreachable(Problem.TIMEOUT)
    return status


def _ask(
    wire: socket.socket, target: Target, body: bytes, headers: dict[str, str]
) -> HTTPResponse:
    connection = HTTPConnection(target.host, target.port)
    connection.sock = wire
    connection.putrequest(
        "POST", target.path, skip_host=True, skip_accept_encoding=True
    )
    connection.putheader("Host", target.host_header)
    connection.putheader("Content-Length", str(len(body)))
    connection.putheader("Connection", "close")
    for name, value in headers.items():
        connection.putheader(name, value)
    connection.endheaders(body)
    return connection.getresponse()
