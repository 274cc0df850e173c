"""The version counts on exactly when the public data changes: it is everyone's ETag."""

import threading
from uuid import uuid4

import pytest
from django.db import connection, transaction

from districts.models import Body
from layers.models import Theme
from pins.actions import (
    change_status,
    edit_pin,
    hide_pin,
    publish_pin,
    reject_pin,
    submit_pin,
    withdraw_pin,
)
from pins.models import Comment, Pin, PublicPin, PublicVersion, Support
from pins.workflow import Role, Status, Visibility
from tests.factories import (
    make_body,
    make_comment,
    make_contact,
    make_district,
    make_draft,
    make_moderator,
    make_pin,
)
from tests.locks import wait_until_somebody_waits_for_this_transaction

REASON = "Es nennt einen Namen."


@pytest.fixture
def anna(db):
    make_district(16)
    return make_moderator("anna")


@pytest.fixture
def version(anna):
    """Return a function that tells whether the version went on since the last call."""
    last = [PublicVersion.now()]

    def went_on():
        before, last[0] = last[0], PublicVersion.now()
        return last[0] > before

    return went_on


def test_what_nobody_sees_leaves_it(anna, version):
    pin, _ = submit_pin(
        draft=make_draft(email="kim@example.org"),
        idempotency_key=uuid4(),
    )
    assert not version()
    edit_pin(pin=pin, title="Ein neuer Titel", text="Ein neuer Text, lang genug.")
    assert not version()
    reject_pin(pin=pin, actor=anna, reason=REASON)
    assert not version()
    withdraw_pin(pin=make_pin(visibility=Visibility.SUBMITTED))
    assert not version()


def test_publishing_moving_on_and_hiding_count(anna, version):
    pin = make_pin(visibility=Visibility.SUBMITTED)
    assert not version()

    publish_pin(pin=pin, actor=anna, read=pin.words_digest)
    assert version()
    change_status(
        pin=pin, to=Status.IN_REVIEW, actor=anna, roles={Role.BODY}, body=None
    )
    assert version()
    hide_pin(pin=pin, actor=anna, reason=REASON)
    assert version()
    publish_pin(pin=pin, actor=anna, read=pin.words_digest)
    assert version()
    withdraw_pin(pin=pin)
    assert version()


def test_names_and_counts_count(anna, version):
    pin = make_pin()
    version()

    Body.objects.update(name="Ein neuer Name")
    assert version()
    Theme.objects.update(slug="traffic")
    assert version()
    PublicPin.objects.update(support_count=1)
    assert version()
    make_contact(pin)
    assert not version()


def test_names_nobody_sees_leave_it(anna, version):
    body = make_body("Bauausschuss")
    body.name = "Ausschuss für Bauen"
    body.save()

    assert not version()


def test_a_change_that_is_rolled_back_leaves_it(anna, version):
    pin = make_pin(visibility=Visibility.SUBMITTED)
    before = PublicVersion.now()

    with transaction.atomic():
        publish_pin(pin=pin, actor=anna, read=pin.words_digest)
        assert version()
        transaction.set_rollback(True)

    assert PublicVersion.now() == before
    assert not PublicPin.objects.exists()


def test_voices(anna, version):
    pin = make_pin()
    version()
    comment = make_comment(pin, visibility=Visibility.SUBMITTED)
    assert not version()
    Comment.objects.update(text="Das sehe ich ganz anders.")
    assert not version()
    Comment.objects.update(
        visibility=Visibility.PUBLISHED, published_at=comment.created_at
    )
    assert version()
    Support.objects.bulk_create(
        [Support(pin=pin, key="0" * 64)] * 2, ignore_conflicts=True
    )
    assert version()
    Support.objects.bulk_create([Support(pin=pin, key="0" * 64)], ignore_conflicts=True)
    assert not version()


def test_a_refresh_that_finds_nothing_public_leaves_it(anna, version):
    pin = make_pin(visibility=Visibility.SUBMITTED)

    with connection.cursor() as cursor:
        cursor.execute("SELECT pins_refresh_public(ARRAY[%s::bigint])", [pin.pk])

    assert not version()


@pytest.mark.django_db(transaction=True)
def test_of_two_changes_at_once_the_public_row_has_both(anna):
    pin = make_pin()

    def rename_theme():
        Theme.objects.update(slug="traffic")
        connection.close()

    other = threading.Thread(target=rename_theme)
    with transaction.atomic():
        Pin.objects.filter(pk=pin.pk).update(title="Ein neuer Titel")
        other.start()
        wait_until_somebody_waits_for_this_transaction()
    other.join()

    shown = PublicPin.objects.get()
    assert (shown.title, shown.theme_slug) == ("Ein neuer Titel", "traffic")
