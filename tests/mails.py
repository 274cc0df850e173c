"""A real mail server on this machine, and the worker that sends to it."""

import datetime
import email
import socket
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from email import policy
from email.message import EmailMessage
from typing import Any

import pytest
from aiosmtpd.controller import Controller
from django.db.models import F
from procrastinate.contrib.django import app
from procrastinate.periodic import PeriodicRegistry

from pins.models import Mailbox, News
from pins.telling.mailing import send_mails
from pins.telling.spreading import spread_news

MINUTES = datetime.timedelta(minutes=2)
DAY = datetime.timedelta(days=1)


class Sink:
    """Keeps what it is sent; `refuse` says what it answers instead of taking it."""

    def __init__(self) -> None:
        self.mails: list[tuple[list[str], EmailMessage]] = []
        self.refuse: Callable[[str], str | None] = lambda _address: None
        self.refuse_data: Callable[[str], str | None] = lambda _address: None

    async def handle_RCPT(  # noqa: N802 – aiosmtpd's
        self, server: Any, session: Any, envelope: Any, address: str, options: Any
    ) -> str:
        refusal = self.refuse(address)
        if refusal:
            return refusal
        envelope.rcpt_tos.append(address)
        return "250 known"

    async def handle_DATA(  # noqa: N802 – aiosmtpd's
        self, server: Any, session: Any, envelope: Any
    ) -> str:
        refusal = self.refuse_data(envelope.rcpt_tos[0])
        if refusal:
            return refusal
        message = email.message_from_bytes(envelope.content, policy=policy.default)
        assert isinstance(message, EmailMessage)
        self.mails.append((envelope.rcpt_tos, message))
        return "250 kept"

    @property
    def addresses(self) -> list[str]:
        return [recipients[0] for recipients, _message in self.mails]


class _Server(Controller):
    """Listens on a port that is its own before it starts: nobody else can take it."""

    def __init__(self, sink: Sink) -> None:
        self._listening = socket.socket()
        self._listening.bind(("127.0.0.1", 0))
        host, port = self._listening.getsockname()
        # It is waited for as long as a busy machine may take.
        super().__init__(sink, hostname=host, port=port, ready_timeout=60)

    def _create_server(self) -> Any:
        return self.loop.create_server(self._factory_invoker, sock=self._listening)


@contextmanager
def mail_server(settings: Any) -> Iterator[Sink]:
    """Let the site send to a real server; yield what it gets."""
    sink = Sink()
    controller = _Server(sink)
    controller.start()
    settings.EMAIL_BACKEND = "trust.mails.MailServer"
    settings.EMAIL_HOST, settings.EMAIL_PORT = controller.hostname, controller.port
    try:
        yield sink
    finally:
        controller.stop()


def let_the_minute_pass() -> None:
    """Make what was written down old enough to be told."""
    News.objects.update(created_at=F("created_at") - MINUTES)


def let_a_day_pass() -> None:
    """Let the pause of everybody end."""
    Mailbox.objects.update(not_before=F("not_before") - DAY)


def tell() -> int:
    """Do what the worker does each minute, once the minute for taking back is over."""
    let_the_minute_pass()
    spread_news()
    return send_mails()


def parts_of(message: EmailMessage) -> dict[str, str]:
    """Return the texts of a mail by their types."""
    return {
        part.get_content_type(): part.get_content()
        for part in message.walk()
        if not part.is_multipart()
    }


def work_off() -> None:
    """Let the worker do what is waiting, the way `manage.py procrastinate worker` does."""
    connector = app.connector.get_worker_connector()  # type: ignore[attr-defined]  # procrastinate's, by Django
    with (
        app.replace_connector(connector) as worker,
        pytest.MonkeyPatch.context() as patch,
    ):
        # What the schedule would add depends on the minute in which a test runs.
        patch.setattr(worker, "periodic_registry", PeriodicRegistry())
        worker.run_worker(
            wait=False,
            listen_notify=False,
            install_signal_handlers=False,
            delete_jobs="successful",
        )
