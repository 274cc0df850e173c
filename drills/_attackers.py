"""Clients that want the site to wait for them; each kind bounded in number and time.

They run in a process of their own, come from addresses of their own, and come again
wherever they are hung up on.
"""

import asyncio
import resource
import socket
import ssl
from collections.abc import Awaitable, Callable, Iterator
from contextlib import contextmanager, suppress
from dataclasses import dataclass
from functools import cache, partial
from itertools import cycle
from multiprocessing import get_context
from multiprocessing.synchronize import Event
from typing import NoReturn

MEGABYTE = 1_000_000
SECONDS_TO_BEGIN = 30.0
# Between two bytes.
PAUSE = 1.0
FORM = "/pins/new"
# Where much is sent, in turns.
TAKERS = cycle(("/", FORM, "/ogc/v1/"))
EXPORT = "/exports/pins.geojson"
URLENCODED = "Content-Type: application/x-www-form-urlencoded\r\n"
Wire = tuple[asyncio.StreamReader, asyncio.StreamWriter]
# Says that a client has got as far as to be waited for.
Begins = Callable[[], None]


@dataclass(frozen=True)
class Target:
    """Where the site listens, and whether by TLS."""

    port: int
    by_tls: bool


@dataclass(frozen=True)
class Kind:
    """So many clients from so many addresses, and what each of them does."""

    name: str
    clients: int
    addresses: int
    attack: Callable[[Target, str, Begins], Awaitable[None]]


async def _say_nothing(target: Target, address: str, begins: Begins) -> None:
    reader, writer = await _connect(target, address, in_clear=True)
    begins()
    await _until_hung_up(reader, writer)


async def _send_head_slowly(target: Target, address: str, begins: Begins) -> None:
    _reader, writer = await _connect(target, address)
    begins()
    await _send_slowly(writer, b"GET / HTTP/1.1\r\nHost: 127.0.0.1\r\nX-Slow: ")


async def _send_body_slowly(target: Target, address: str, begins: Begins) -> None:
    _reader, writer = await _connect(target, address)
    await _send(writer, _post(FORM, 900_000))
    begins()
    await _send_slowly(writer, b"")


async def _read_slowly(target: Target, address: str, begins: Begins) -> None:
    reader, writer = await _connect(target, address)
    await _send(writer, _get(EXPORT))
    # To make the file is work as any other; what counts is how it is read.
    while await reader.read(512):
        begins()
        await asyncio.sleep(PAUSE)
    writer.close()


async def _send_much(target: Target, address: str, begins: Begins) -> None:
    reader, writer = await _connect(target, address)
    await _send(writer, _post(next(TAKERS), 10 * MEGABYTE))
    begins()
    for _ in range(100):
        await _send(writer, b"x" * (MEGABYTE // 10))
    await _until_hung_up(reader, writer)


async def _send_endless_head(target: Target, address: str, begins: Begins) -> None:
    _reader, writer = await _connect(target, address)
    await _send(writer, b"GET / HTTP/1.1\r\nHost: 127.0.0.1\r\n")
    begins()
    for number in range(100_000):
        await _send(writer, b"X-%d: %s\r\n" % (number, b"x" * 200))
        await asyncio.sleep(PAUSE / 100)


async def _stay_after_an_answer(target: Target, address: str, begins: Begins) -> None:
    reader, writer = await _connect(target, address)
    await _send(writer, _get("/healthz"))
    begins()
    await _until_hung_up(reader, writer)


KINDS = (
    Kind("open connections that say nothing", 1_000, 100, _say_nothing),
    Kind("heads byte by byte", 200, 50, _send_head_slowly),
    Kind("forms byte by byte", 200, 50, _send_body_slowly),
    Kind("readers of a large file, 512 bytes a second", 40, 20, _read_slowly),
    Kind("bodies of 10 MB", 4, 4, _send_much),
    Kind("heads without an end", 20, 20, _send_endless_head),
    Kind("connections kept after an answer", 300, 50, _stay_after_an_answer),
)


@contextmanager
def attacking(target: Target, *kinds: Kind) -> Iterator[None]:
    """Attack until the end of the block, from when all clients have begun.

    Where they do not get as far, it begins after a while without the rest.
    """
    context = get_context("spawn")
    begun = context.Event()
    numbers = [KINDS.index(kind) for kind in kinds]
    process = context.Process(target=_attack, args=(target, numbers, begun))
    process.start()
    try:
        # Without a proxy some never get as far.
        begun.wait(SECONDS_TO_BEGIN)
        yield
    finally:
        process.kill()
        process.join()


def _attack(target: Target, numbers: list[int], begun: Event) -> None:
    most = resource.getrlimit(resource.RLIMIT_NOFILE)[1]
    resource.setrlimit(resource.RLIMIT_NOFILE, (most, most))
    asyncio.run(_attack_for_ever(target, numbers, begun))


async def _attack_for_ever(target: Target, numbers: list[int], begun: Event) -> None:
    clients = [
        (KINDS[number], client)
        for number in numbers
        for client in range(KINDS[number].clients)
    ]
    busy: set[tuple[str, int]] = set()
    attacks = [
        _again_and_again(kind, target, client, partial(busy.add, (kind.name, client)))
        for kind, client in clients
    ]
    await asyncio.gather(_say_when_begun(busy, len(clients), begun), *attacks)


async def _say_when_begun(
    busy: set[tuple[str, int]], clients: int, begun: Event
) -> None:
    while len(busy) < clients:
        await asyncio.sleep(PAUSE / 10)
    begun.set()


async def _again_and_again(
    kind: Kind, target: Target, number: int, begins: Begins
) -> None:
    address = f"127.0.{10 + KINDS.index(kind)}.{1 + number % kind.addresses}"
    while True:
        with suppress(OSError, asyncio.IncompleteReadError):
            await kind.attack(target, address, begins)
        await asyncio.sleep(PAUSE)


async def _connect(target: Target, address: str, *, in_clear: bool = False) -> Wire:
    wire = socket.socket()
    wire.settimeout(0)
    # What the system takes in for a slow reader is little.
    wire.setsockopt(socket.SOL_SOCKET, socket.SO_RCVBUF, 4096)
    wire.bind((address, 0))
    await asyncio.get_running_loop().sock_connect(wire, ("127.0.0.1", target.port))
    is_plain = in_clear or not target.by_tls
    return await asyncio.open_connection(
        sock=wire,
        limit=1024,
        ssl=None if is_plain else _believing_all(),
        server_hostname=None if is_plain else "127.0.0.1",
    )


@cache
def _believing_all() -> ssl.SSLContext:
    context = ssl.SSLContext(ssl.PROTOCOL_TLS_CLIENT)
    context.check_hostname, context.verify_mode = False, ssl.CERT_NONE
    return context


def _get(path: str) -> bytes:
    return f"GET {path} HTTP/1.1\r\nHost: 127.0.0.1\r\n\r\n".encode()


def _post(path: str, length: int) -> bytes:
    head = f"POST {path} HTTP/1.1\r\nHost: 127.0.0.1\r\n{URLENCODED}"
    return f"{head}Content-Length: {length}\r\n\r\n".encode()


async def _send(writer: asyncio.StreamWriter, content: bytes) -> None:
    # Else it would be told only in the log of asyncio that nobody takes it any more.
    if writer.is_closing():
        raise ConnectionResetError
    writer.write(content)
    await writer.drain()


async def _send_slowly(writer: asyncio.StreamWriter, start: bytes) -> NoReturn:
    await _send(writer, start)
    while True:
        await asyncio.sleep(PAUSE)
        await _send(writer, b"x")


async def _until_hung_up(
    reader: asyncio.StreamReader, writer: asyncio.StreamWriter
) -> None:
    while await reader.read(65_536):
        pass
    writer.close()
