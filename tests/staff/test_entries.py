"""Each sign-in stands in the audit log, and each that was refused: without who tried."""

import logging

from django.test import Client
from django.utils import timezone

from staff import entries
from staff.entries import REFUSED
from tests.factories import make_user
from tests.staff.accounts import (
    CODE,
    LOGIN,
    enter,
    enter_with_code,
    make_protected,
    wrong_code,
)
from trust.models import AuditEntry, DailySalt
from trust.salts import salt_of

FROM = "203.0.113.77"


def refusals():
    return AuditEntry.objects.filter(action=REFUSED).order_by("pk")


def test_by_password(client, db):
    user = make_user("anna")

    enter(client, "anna")

    entry = AuditEntry.objects.get()
    assert (entry.action, entry.actor, entry.object_id) == (
        "sign in",
        user,
        str(user.pk),
    )
    assert entry.after == {"with": ["password"]}


def test_by_password_and_code_once(client, db):
    user = make_protected("anna")

    enter(client, "anna")
    assert not AuditEntry.objects.exists()
    enter_with_code(Client(), user)

    assert AuditEntry.objects.get().after == {"with": ["password", "totp"]}


def test_whoever_is_refused_is_there_by_hash(db):
    make_user("anna", email="anna@example.org")
    for name in ("anna", "ANNA@example.org", "nobody"):
        answer = Client(REMOTE_ADDR=FROM).post(
            LOGIN, {"username": name, "password": "falsch"}
        )
        assert answer.status_code == 200

    first, again, other = refusals()
    assert first.actor is None
    assert first.object_id == ""
    assert first.after["with"] == "password"
    assert first.after["name"] == again.after["name"] != other.after["name"]
    kept = str(list(refusals().values()))
    for secret in ("anna", "nobody", "falsch", FROM):
        assert secret not in kept


def test_the_hash_is_nobody_s_once_its_day_is_over(db):
    make_user("anna")
    Client().post(LOGIN, {"username": "anna", "password": "falsch"})
    # What the first request of the next day does.
    DailySalt.objects.all().delete()
    salt_of.cache_clear()

    Client().post(LOGIN, {"username": "anna", "password": "falsch"})

    first, second = refusals()
    assert first.after["name"] != second.after["name"]


def test_a_wrong_code(client, db):
    user = make_protected("anna")
    enter(client, user.username)

    client.post(CODE, {"code": wrong_code()})

    entry = refusals().get()
    assert entry.after["with"] == "code"
    assert str(user.pk) != entry.after["name"]


def test_who_is_kept_out_is_noted_too(client, db):
    make_user("anna")
    for _time in range(7):
        enter(client, "anna", "falsch")

    assert refusals().count() >= 6


def test_machines_do_not_fill_it(client, db, monkeypatch, caplog):
    """Nothing of the audit log can be taken away for three years."""
    monkeypatch.setattr(entries, "MOST_REFUSED", 2)
    with caplog.at_level(logging.WARNING, "staff.entries"):
        for name in ("one", "two", "three"):
            enter(client, name, "falsch")

    assert refusals().count() == 2
    assert "refused" in caplog.text
    assert "three" not in caplog.text


def test_after_an_hour_they_are_noted_again(client, db, monkeypatch):
    monkeypatch.setattr(entries, "MOST_REFUSED", 1)
    long_ago = timezone.now() - 2 * entries.HOUR
    AuditEntry.objects.create(action=REFUSED, at=long_ago)

    enter(client, "anna", "falsch")

    assert refusals().count() == 2
