"""Signing in the way a person does, with a clock of one's own."""

import re
import time
from inspect import unwrap
from typing import Any
from uuid import uuid4

from allauth.mfa.recovery_codes.internal.auth import RecoveryCodes
from allauth.mfa.totp.internal.auth import TOTP, format_hotp_value, hotp_value
from django.contrib.auth.models import User
from django.db import connection
from django.test import Client
from procrastinate.contrib.django import app
from procrastinate.contrib.django.models import ProcrastinateJob

from staff.invitations import Guest
from staff.invitations import invite as invite_by_mail
from staff.models import Invitation
from tests.factories import make_user
from tests.jobs import values_of
from tests.staff.authenticator import Passkey

LOGIN = "/accounts/login/"
CODE = "/accounts/second-factor/code/"
SET_UP = "/accounts/second-factor/"
APP = "/accounts/second-factor/app/"
PASSKEY = "/accounts/second-factor/passkeys/add/"
ACCOUNT = "/accounts/"
SECRET = "JBSWY3DPEHPK3PXPJBSWY3DPEHPK3PXP"
GOOD = "vier Worte fallen mir ein"


def code_of(secret: str = SECRET, *, steps: int = 0) -> str:
    """Return what an app shows now, or some intervals of 30 seconds before or after."""
    counter = int(time.time()) // 30 + steps
    code: str = format_hotp_value(hotp_value(secret, counter))
    return code


def wrong_code(secret: str = SECRET) -> str:
    """Return what no app shows within these minutes."""
    shown = {code_of(secret, steps=steps) for steps in range(-5, 6)}
    return next(code for n in range(12) if (code := f"{n:06}") not in shown)


def give_app(user: User) -> User:
    """Set up an app for codes."""
    TOTP.activate(user, SECRET)
    return user


def make_protected(username: str = "anna", **fields: Any) -> User:
    """Make a user with an app; the password is their name."""
    return give_app(make_user(username, **fields))


def enter(client: Any, name: str, password: str | None = None, **extra: Any) -> Any:
    """Send name and password."""
    data = {"username": name, "password": name if password is None else password}
    return client.post(LOGIN, data | extra)


def enter_with_code(client: Any, user: User) -> Any:
    """Sign in with password and code."""
    enter(client, user.username)
    response = client.post(CODE, {"code": code_of()})
    assert response.status_code == 302, response.content
    return response


def make_protected_by_all(username: str = "lee") -> User:
    """Make a user with a passkey, an app and codes to fall back on.

    The passkey is made as a browser does: `again/` reads what is kept of it.
    """
    user = make_user(username, email=f"{username}@example.org")
    # Passkeys are of a site with https, or of this machine.
    browser = Client(SERVER_NAME="localhost")
    enter(browser, username)
    asked = browser.get(PASSKEY).context["js_data"]["creation_options"]["publicKey"]
    sent = {"name": "Telefon", "credential": Passkey().create(asked)}
    assert browser.post(PASSKEY, sent).status_code == 302
    RecoveryCodes.activate(user)
    return give_app(user)


def make_manager(username: str = "betrieb") -> User:
    """Make a user who manages accounts, and has every other right, too."""
    return make_user(username, is_superuser=True, is_staff=True)


def invite(
    email: str = "kim@example.org", actor: User | None = None, **fields: Any
) -> Invitation:
    """Invite Kim Muster by mail."""
    values = {"first_name": "Kim", "last_name": "Müster"} | fields
    return invite_by_mail(
        guest=Guest(email=email, **values),
        key=uuid4(),
        actor=actor or User.objects.filter(is_superuser=True).first() or make_manager(),
    )


def jobs() -> list[ProcrastinateJob]:
    """Return what waits of the jobs of accounts."""
    ours = ProcrastinateJob.objects.filter(task_name__startswith="staff.")
    return list(ours.order_by("pk"))


def do_jobs() -> int:
    """Do the jobs, in the transaction of the test; return how many."""
    waiting = jobs()
    for job in waiting:
        unwrap(app.tasks[job.task_name].func)(**values_of(job))
    with connection.cursor() as cursor:
        cursor.execute("DELETE FROM procrastinate_jobs")
    return len(waiting)


def link_in(text: str) -> str:
    """Return the path of the first link to this site in a mail."""
    found = re.search(r"http://testserver(/\S+)", text)
    assert found is not None
    return found[1]
