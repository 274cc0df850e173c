"""Webhooks reach servers of the open net and no others, whatever these do."""

import ipaddress
import socket
import ssl
from collections.abc import Iterator
from typing import Any

import pytest

from exports.models import Delivery
from exports.webhooks import connecting
from exports.webhooks.connecting import (
    BadAddress,
    Target,
    Unreachable,
    is_public,
    look_up,
    post,
    read_target,
    shut,
)
from tests.exports.webhooks.hook_server import CERTIFICATE, HookServer, hook_server

Problem = Delivery.Problem
HEADERS = {"Content-Type": "application/json"}
# Longer than any answer here takes, however busy the machine is.
PATIENCE = 60.0


@pytest.fixture
def at_home(settings: Any, monkeypatch: pytest.MonkeyPatch) -> None:
    settings.WEBHOOKS_TO_LOOPBACK = True
    monkeypatch.setattr(connecting, "CONNECT_TIMEOUT", PATIENCE)
    monkeypatch.setattr(connecting, "DEADLINE", PATIENCE)


@pytest.fixture
def server(at_home: None) -> Iterator[HookServer]:
    with hook_server() as running:
        yield running


@pytest.fixture
def answers(monkeypatch: pytest.MonkeyPatch) -> dict[str, list[str]]:
    """What names lead to; others are not known."""
    known: dict[str, list[str]] = {}

    def getaddrinfo(host: str, port: int, **_: Any) -> list[Any]:
        if host not in known:
            raise socket.gaierror(socket.EAI_NONAME, "Name or service not known")
        return [(0, 0, 0, "", (address, port)) for address in known[host]]

    monkeypatch.setattr(socket, "getaddrinfo", getaddrinfo)
    return known


def problem_of(url: str) -> Delivery.Problem:
    with pytest.raises(Unreachable) as raised:
        post(url, b"{}", HEADERS)
    return raised.value.problem


@pytest.mark.parametrize(
    "address",
    [
        *("127.0.0.1", "127.1.2.3", "0.0.0.0", "10.0.0.1", "172.16.0.1"),  # noqa: S104 -- nothing is bound
        *("192.168.1.1", "169.254.169.254", "100.64.0.1", "192.0.2.1", "224.0.0.1"),
        *("255.255.255.255", "198.18.0.1", "240.0.0.1", "192.0.0.1"),
        *("::1", "::", "fe80::1", "fc00::1", "fd12::1", "ff02::1", "2001:db8::1"),
        *("::ffff:127.0.0.1", "::ffff:10.0.0.1", "64:ff9b::a00:1", "64:ff9b:1::1"),
        *("2002:7f00:1::", "2001:0:1::1", "fec0::1", "100::1"),
    ],
)
def test_no_address_inside_is_public(address: str) -> None:
    assert not is_public(ipaddress.ip_address(address))


@pytest.mark.parametrize(
    "address",
    ["9.9.9.9", "2a01:4f8::1", "::ffff:9.9.9.9", "64:ff9b::909:909"],
)
def test_addresses_of_the_open_net_are(address: str) -> None:
    assert is_public(ipaddress.ip_address(address))


@pytest.mark.parametrize(
    "url",
    [
        *("", "x", "https://", "https:///path", "ftp://example.org/", "//example.org/"),
        *("http://example.org/", "https://example.org:8080/", "https://example.org:0/"),
        *("https://example.org:99999/", "https://example.org:x/", "https://[::1/"),
        *("https://user@example.org/", "https://:secret@example.org/"),
        *("https://example.org/#part", "https://example.org/a b", "https://a b.org/"),
        *("https://example.org/\r\nX: y", "https://example.org/ä", "https://.org/"),
        *("https://ex_am%ple.org/", f"https://{'a' * 64}.org/", "http://127.0.0.1:80/"),
    ],
)
def test_addresses_that_nothing_is_sent_to(url: str) -> None:
    with pytest.raises(BadAddress):
        read_target(url)


def test_an_address_is_read() -> None:
    assert read_target("https://bücher.example.org/a?b=c") == Target(
        "https", "xn--bcher-kva.example.org", 443, "/a?b=c"
    )
    target = read_target("https://example.org:8443")
    assert (target.path, target.host_header) == ("/", "example.org:8443")
    assert read_target("https://[2a01:4f8::1]/").host_header == "[2a01:4f8::1]"


def test_a_name_that_nobody_knows(answers: dict[str, list[str]]) -> None:
    assert problem_of("https://example.org/") == Problem.NO_ADDRESS


@pytest.mark.parametrize("second", ["10.0.0.1", "::ffff:127.0.0.1", "169.254.169.254"])
def test_a_name_that_leads_inside_if_only_in_part(
    answers: dict[str, list[str]], second: str
) -> None:
    answers["example.org"] = ["9.9.9.9", second]

    assert problem_of("https://example.org/") == Problem.NOT_PUBLIC


def test_a_name_of_this_very_machine() -> None:
    assert problem_of("https://localhost:8443/") == Problem.NOT_PUBLIC


def test_what_may_be_here_may_not_be_elsewhere(
    answers: dict[str, list[str]], at_home: None
) -> None:
    answers["localhost"] = ["10.0.0.1"]

    assert problem_of("http://localhost:8000/") == Problem.NOT_PUBLIC
    assert problem_of("http://10.0.0.1:8000/") == Problem.NOT_PUBLIC


def test_the_connection_goes_to_an_address_that_was_checked(
    answers: dict[str, list[str]], monkeypatch: pytest.MonkeyPatch
) -> None:
    answers["example.org"] = ["2a01:4f8::1", "9.9.9.9", "8.8.8.8"]
    asked = []

    def refuse(address: tuple[str, int], timeout: float) -> None:
        asked.append(address)
        raise TimeoutError if len(asked) == 2 else ConnectionRefusedError

    monkeypatch.setattr(socket, "create_connection", refuse)

    assert problem_of("https://example.org/") == Problem.TIMEOUT
    assert asked == [("2a01:4f8::1", 443), ("9.9.9.9", 443)]
    assert look_up(read_target("https://example.org/"))[1] == "9.9.9.9"


def test_a_message_arrives_as_it_was_sent(server: HookServer) -> None:
    assert post(f"{server.base}/ok?a=b", b'{"a": 1}', HEADERS) == 204

    (message,) = server.received
    assert (message.path, message.body) == ("/ok?a=b", b'{"a": 1}')
    assert message.headers["host"] == server.base.removeprefix("http://")
    assert message.headers["content-type"] == "application/json"
    assert "cookie" not in message.headers


def test_no_redirect_is_followed(server: HookServer) -> None:
    server.answers["/moved"] = 302

    assert post(f"{server.base}/moved", b"{}", HEADERS) == 302
    assert [message.path for message in server.received] == ["/moved"]


@pytest.mark.parametrize("path", ["/never", "/drip"])
def test_servers_that_come_to_no_end(
    server: HookServer, monkeypatch: pytest.MonkeyPatch, path: str
) -> None:
    monkeypatch.setattr(connecting, "DEADLINE", 0.3)

    assert problem_of(f"{server.base}{path}") == Problem.TIMEOUT


@pytest.mark.parametrize("path", ["/nonsense", "/gone"])
def test_servers_that_do_not_answer(server: HookServer, path: str) -> None:
    assert problem_of(f"{server.base}{path}") == Problem.NO_ANSWER


def test_of_a_huge_answer_only_the_status_is_read(server: HookServer) -> None:
    assert post(f"{server.base}/huge", b"{}", HEADERS) == 200


def test_nobody_at_home(at_home: None) -> None:
    # Taken, so that nobody else listens there, and nobody does here either.
    with socket.socket() as taken:
        taken.bind(("127.0.0.1", 0))
        port = taken.getsockname()[1]

        assert problem_of(f"http://127.0.0.1:{port}/ok") == Problem.NO_CONNECTION


def test_an_address_that_has_become_bad(settings: Any) -> None:
    settings.WEBHOOKS_TO_LOOPBACK = False

    assert problem_of("http://127.0.0.1:8000/") == Problem.NOT_PUBLIC


def trust(monkeypatch: pytest.MonkeyPatch) -> None:
    context = ssl.create_default_context(cafile=str(CERTIFICATE))
    monkeypatch.setattr(connecting, "tls_context", lambda: context)


def test_encrypted_to_a_server_that_is_who_it_says(
    at_home: None, monkeypatch: pytest.MonkeyPatch
) -> None:
    trust(monkeypatch)
    with hook_server(encrypted=True) as server:
        assert post(f"{server.base}/ok", b"{}", HEADERS) == 204


def test_not_to_one_that_is_somebody_else(
    at_home: None, monkeypatch: pytest.MonkeyPatch
) -> None:
    with hook_server(encrypted=True) as server:
        # Signed by nobody that this machine trusts.
        assert problem_of(f"{server.base}/ok") == Problem.TLS
        trust(monkeypatch)
        # For another name.
        other = server.base.replace("localhost", "127.0.0.1")
        assert problem_of(f"{other}/ok") == Problem.TLS
        assert server.received == []


def test_a_deadline_that_comes_too_late_ends_nothing() -> None:
    wire, other = socket.socketpair()
    wire.close()
    other.close()

    shut(wire)
