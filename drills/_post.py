"""A mail server that can be slow, hang, refuse, and be away."""

import asyncio
import secrets
import socket
from collections import Counter
from email import message_from_bytes
from email.utils import parseaddr
from typing import Any

from aiosmtpd.controller import Controller

# Longer than the site waits for an answer.
HANGING = 30.0
# Below what Linux and macOS give to whoever connects.
NEVER_GIVEN = range(20_000, 32_000)


class Post:
    """Keeps whom a mail went to. What it does with a mail can be changed at any time."""

    def __init__(self, address: str = "127.0.0.1") -> None:
        self._address = address
        self.port = free_port()
        self.got: Counter[str] = Counter()
        # Seconds that it takes over each mail.
        self.pause = 0.0
        # What it says to each mail instead of taking it.
        self.refusal = ""
        self._controller: Controller | None = None

    def open(self) -> None:
        """Begin to listen."""
        self._controller = Controller(self, self._address, self.port)
        self._controller.start()

    def close(self) -> None:
        """Be away."""
        if self._controller is not None:
            self._controller.stop(no_assert=True)
            self._controller = None

    async def handle_DATA(self, _server: Any, _session: Any, envelope: Any) -> str:  # noqa: N802 -- aiosmtpd calls it so
        """Take a mail, or do not."""
        pause = self.pause
        await asyncio.sleep(pause)
        if pause >= HANGING:
            return "451 too late"
        if self.refusal:
            return self.refusal
        mail = message_from_bytes(envelope.content)
        self.got[parseaddr(str(mail["To"]))[1]] += 1
        return "250 OK"


def free_port() -> int:
    """Return a port of this machine that nobody has, nor gets without asking for it.

    Any that the system gives away might be somebody's by the time it is listened at: a city
    is made meanwhile, and all visitors come from ports of their own.
    """
    while True:
        port = secrets.choice(NEVER_GIVEN)
        with socket.socket() as one:
            try:
                one.bind(("127.0.0.1", port))
            except OSError:
                continue
        return port
