"""Each named constraint refuses what it should, whoever writes."""

import datetime
from itertools import chain

import pytest
from django.db import Error, IntegrityError, transaction

from councils.models import Membership
from pins.models import Pin, PublicVersion, StatusChange, VisibilityChange
from pins.workflow import Status, Visibility
from tests.factories import (
    broken_constraint,
    make_body,
    make_district,
    make_member,
    make_pin,
    make_user,
)

TODAY = datetime.date(2026, 6, 1)


@pytest.fixture(autouse=True)
def district(db):
    return make_district(16)


def its_own_duplicate():
    pin = make_pin()
    Pin.objects.filter(pk=pin.pk).update(status=Status.DUPLICATE, duplicate_of=pin)


def step(**fields):
    values = {
        "pin": make_pin(),
        "from_status": Status.RECEIVED,
        "to_status": Status.IN_REVIEW,
        "actor": make_user(),
    }
    StatusChange.objects.create(**(values | fields))


def decision(**fields):
    values = {
        "pin": make_pin(),
        "from_visibility": Visibility.SUBMITTED,
        "to_visibility": Visibility.PUBLISHED,
        "actor": make_user(),
    }
    VisibilityChange.objects.create(**(values | fields))


def same_key_twice():
    make_pin(idempotency_key=make_pin().idempotency_key)


def two_seats_at_once():
    body = make_body("Stadtrat")
    user = make_member(body)
    Membership.objects.create(user=user, body=body, role="clerk", valid_from=TODAY)


BREACHES = {
    "pin_idempotency_key_once": same_key_twice,
    "pin_kind_known": lambda: make_pin(kind="rant"),
    "pin_title_length": lambda: make_pin(title="Bank"),
    "pin_text_length": lambda: make_pin(text="x" * 4001),
    "pin_language_known": lambda: make_pin(language="fr"),
    "pin_source_known": lambda: make_pin(source="dream"),
    "pin_visibility_known": lambda: make_pin(visibility="shown"),
    "pin_status_known": lambda: make_pin(status="lost"),
    "pin_reference_once": lambda: make_pin(reference=make_pin().reference),
    "pin_erased_is_not_published": lambda: make_pin(
        erased_at=datetime.datetime(2026, 6, 1, tzinfo=datetime.UTC)
    ),
    "pin_published_has_a_date": lambda: make_pin(published_at=None),
    "pin_moves_only_when_published_once": lambda: make_pin(
        visibility=Visibility.SUBMITTED, status=Status.IN_REVIEW, published_at=None
    ),
    "pin_duplicate_names_its_survivor": lambda: make_pin(status=Status.DUPLICATE),
    "pin_not_its_own_duplicate": its_own_duplicate,
    "pin_approximate_place_in_words": lambda: make_pin(is_approximate=True),
    "statuschange_moves": lambda: step(to_status=Status.RECEIVED),
    "statuschange_reason_for_refusal": lambda: step(to_status=Status.NOT_ENDORSED),
    "statuschange_note_length": lambda: step(public_note="x" * 4001),
    "visibilitychange_moves": lambda: decision(to_visibility=Visibility.SUBMITTED),
    "visibilitychange_reason_to_refuse": lambda: decision(
        to_visibility=Visibility.REJECTED
    ),
    "visibilitychange_staff_decides": lambda: decision(actor=None),
    "visibilitychange_reason_length": lambda: decision(
        to_visibility=Visibility.HIDDEN, reason="x" * 4001
    ),
    "publicversion_one_row": lambda: PublicVersion.objects.create(pk=2),
    "membership_role_known": lambda: make_member(make_body("Stadtrat"), role="king"),
    "membership_ends_after_its_start": lambda: make_member(
        make_body("Stadtrat"), valid_from=TODAY, valid_to=TODAY
    ),
    "membership_one_seat_a_day": two_seats_at_once,
}


@pytest.mark.parametrize("name", BREACHES)
def test_the_database_refuses(name):
    with pytest.raises(IntegrityError) as refusal, transaction.atomic():
        BREACHES[name]()

    assert broken_constraint(refusal.value) == name


def test_no_constraint_is_left_out():
    models = [Pin, StatusChange, VisibilityChange, PublicVersion, Membership]
    named = chain.from_iterable(model._meta.constraints for model in models)
    assert {constraint.name for constraint in named} == set(BREACHES)


@pytest.mark.parametrize(
    "fields",
    [
        {"title": "Bänke"},
        {"title": "ß" * 120},
        {"text": "ß" * 20},
        {"text": "🌳" * 4000},
        {"visibility": Visibility.HIDDEN},
        {"is_approximate": True, "place_note": "Am Brunnen"},
        {"status": Status.DONE, "visibility": Visibility.WITHDRAWN},
    ],
    ids=str,
)
def test_the_limits_themselves_are_allowed(fields):
    make_pin(**fields)


@pytest.mark.parametrize("fields", [{"title": "x" * 121}, {"text": "x" * 19}])
def test_just_beyond_the_limits_is_refused(fields):
    with pytest.raises(Error), transaction.atomic():
        make_pin(**fields)


def test_a_seat_may_be_taken_again_after_it_ended():
    body = make_body("Stadtrat")
    user = make_member(body, valid_to=TODAY)

    Membership.objects.create(user=user, body=body, role="clerk", valid_from=TODAY)

    assert list(user.memberships.current(TODAY).values_list("role", flat=True)) == [
        "clerk"
    ]
