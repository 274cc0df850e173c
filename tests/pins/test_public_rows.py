"""One public row for each published pin, with what it says and no more."""

from uuid import uuid4

import pytest
from django.db import connection
from django.utils import timezone

from pins.actions import (
    hide_pin,
    publish_pin,
    reject_pin,
    submit_pin,
    withdraw_pin,
)
from pins.models import Pin, PublicPin, PublicVersion
from pins.workflow import Visibility
from tests.factories import (
    make_contact,
    make_draft,
    make_pin,
    make_theme,
)


def test_a_row_says_what_the_pin_says(district, body):
    theme = make_theme("energy")
    pin = make_pin(
        theme=theme,
        kind="keep",
        language="en",
        is_approximate=True,
        place_note="Am Brunnen",
    )

    row = PublicPin.objects.get()

    same = [
        "pk",
        "reference",
        "kind",
        "theme",
        "status",
        "title",
        "text",
        "language",
        "location",
        "is_approximate",
        "place_note",
        "created_at",
        "published_at",
    ]
    pin.refresh_from_db()
    assert {n: getattr(row, n) for n in same} == {n: getattr(pin, n) for n in same}
    assert row.theme_slug == "energy"
    assert (row.district_number, row.district_name, row.district_slug) == (
        16,
        "Hohenecken",
        "hohenecken",
    )
    assert (row.body, row.body_name, row.body_slug) == (
        body,
        "Ortsbeirat Hohenecken",
        "ortsbeirat-hohenecken",
    )
    assert (row.support_count, row.comment_count) == (0, 0)
    assert (row.goal, row.measure) == (None, None)
    assert row.status_changed_at == pin.published_at
    assert (row.public_answer, row.duplicate_of, row.timeline) == ("", "", [])


@pytest.mark.parametrize(
    "visibility", [v for v in Visibility if v != Visibility.PUBLISHED]
)
def test_only_what_is_published_has_a_row(district, visibility):
    make_pin(visibility=visibility)

    assert not PublicPin.objects.exists()


def test_it_comes_and_goes_with_the_decisions(anna):
    pin, _ = submit_pin(
        draft=make_draft(email="kim@example.org"),
        idempotency_key=uuid4(),
    )
    assert not PublicPin.objects.exists()
    reject_pin(pin=pin, actor=anna, reason="Nein.")
    assert not PublicPin.objects.exists()
    publish_pin(pin=pin, actor=anna, read=pin.words_digest)
    assert PublicPin.objects.exists()
    hide_pin(pin=pin, actor=anna, reason="Doch nicht.")
    assert not PublicPin.objects.exists()
    publish_pin(pin=pin, actor=anna, read=pin.words_digest)
    assert PublicPin.objects.exists()
    withdraw_pin(pin=pin)
    assert not PublicPin.objects.exists()


def test_a_deleted_pin_leaves_no_row(district):
    pin = make_pin()
    with connection.cursor() as cursor:
        cursor.execute("DELETE FROM pins_pin WHERE id = %s", [pin.pk])

    assert not PublicPin.objects.exists()


def test_many_at_once(district):
    for _ in range(3):
        make_pin(visibility=Visibility.SUBMITTED)

    Pin.objects.update(visibility=Visibility.PUBLISHED, published_at=timezone.now())
    assert PublicPin.objects.count() == 3
    Pin.objects.update(visibility=Visibility.HIDDEN)
    assert PublicPin.objects.count() == 0


def test_no_column_holds_more_than_the_public_may_see(district):
    pin = make_pin(title="Ein Titel")
    make_contact(pin, "kim@example.org")
    with connection.cursor() as cursor:
        cursor.execute("SELECT pins_publicpin::text FROM pins_publicpin")
        row = cursor.fetchone()[0]

    assert "Ein Titel" in row
    for secret in ["kim@example.org", pin.token_hash, str(pin.idempotency_key)]:
        assert secret not in row


def test_what_a_row_calls_itself(district):
    make_pin(title="Eine Bank")
    row = PublicPin.objects.get()
    PublicVersion.objects.update(version=7)

    assert str(row) == f"{row.reference} Eine Bank"
    assert row.get_absolute_url() == f"/pins/{row.reference}"
    assert str(PublicVersion.objects.get()) == "7"
